// SPDX-License-Identifier: MIT
// translate and maketrans of str, bytes and bytearray.
#include "types/text.h"

#if MOTE_RARE
// What the table has for the character: NOTHING when it has nothing, which a LookupError says too.
static val translation(val table, val key)
{
    if (has_type(table, &type_dict))
        return dict_get(table, key);
    struct catch c;
    if (TRY(c)) {
        val to = item_get(table, key);
        catch_leave(&c);
        return to;
    }
    if (!is_a(c.exception, &type_LookupError))
        raise_val(c.exception);
    return NOTHING;
}

static val str_translate(const struct view *v, val table)
{
    ROOTS(r, 2);
    BUILDER(b);
    for (const char *at = v->data, *end = at + v->size; at < end;) {
        const char *start = at;
        r[0] = int_new((intptr_t)view_next(v, &at, end));
        r[1] = translation(table, r[0]);
        if (!r[1]) {
            builder_add(&b, start, (size_t)(at - start));
        } else if (is_int(r[1])) {
            intptr_t c = need_int(r[1]);
            char text[4];
            if (c < 0 || c > 0x10ffff)
                raise_value("character mapping must be in range(0x110000)");
            size_t size = utf8_encode((uint32_t)c, text);
            builder_add(&b, text, size);
        } else if (r[1] != NONE) {
            if (!is_a(r[1], &type_str))
                raise_type("character mapping must return integer, None or str");
            struct text t = need_str(r[1]);
            builder_add(&b, t.data, t.size);
        }
    }
    return builder_str(&b);
}

static val text_translate(size_t n, val *a)
{
    (void)n;
    struct view v = view_of(a[0]);
    if (v.type == &type_str)
        return str_translate(&v, a[1]);
    struct text table = {0}, delete = {0};
    if (a[1] != NONE) {
        table = view_other(&v, a[1]);
        if (table.size != 256)
            raise_value("translation table must be 256 characters long");
    }
    if (a[2])
        delete = view_other(&v, a[2]);
    BUILDER(b);
    for (size_t i = 0; i < v.size; i++)
        if (!delete.size || !memchr(delete.data, v.data[i], delete.size))
            sink_char(&b.sink, table.size ? table.data[(uint8_t)v.data[i]] : v.data[i]);
    return view_done(&v, &b);
}
static const val translate_keywords[] = {NOTHING, NOTHING, S(delete)};
SHARED_FULL(text_translate, translate, 2, 3, 0, translate_keywords);

static val bytes_maketrans(val *a)
{
    struct buffer from, to;
    buffer_need(a[0], &from);
    buffer_need(a[1], &to);
    if (from.size != to.size)
        raise_value("maketrans arguments must have same length");
    struct bytes *table = (struct bytes *)bytes_new(NULL, 256);
    for (size_t i = 0; i < 256; i++)
        table->data[i] = (uint8_t)i;
    for (size_t i = 0; i < from.size; i++)
        table->data[from.data[i]] = to.data[i];
    return (val)table;
}

// A copy of a dict whose keys of one character become their numbers.
static val maketrans_dict(val dict)
{
    ROOTS(r, 2);
    if (!is_a(dict, &type_dict))
        raise_type("if you give only one argument to maketrans it must be a dict");
    r[0] = dict_new(0);
    val *slot;
    const struct table *t = table_of(as_native(dict, &type_dict));
    for (size_t at = 0; table_next(t, &at, &slot);) {
        val value = slot[1];
        r[1] = slot[0];
        if (is_str(r[1])) {
            struct text s = text_of(r[1]);
            if (utf8_length(s.data, s.size) != 1)
                raise_value("string keys in translate table must be of length 1");
            r[1] = int_new((intptr_t)utf8_decode(&s.data, s.data + s.size));
        }
        dict_set(r[0], r[1], value);
    }
    return r[0];
}

static val text_maketrans(size_t n, val *a)
{
    (void)n;
    if (!a[1])
        return maketrans_dict(a[0]);
    if (!is_a(a[0], &type_str))
        return bytes_maketrans(a);
    struct text from = need_str(a[0]), to = need_str(a[1]);
    if (utf8_length(from.data, from.size) != utf8_length(to.data, to.size))
        raise_value("the first two maketrans arguments must have equal length");
    ROOTS(r, 3);
    r[0] = dict_new(0);
    for (const char *end = from.data + from.size; from.data < end;) {
        r[1] = int_new((intptr_t)utf8_decode(&from.data, end));
        r[2] = int_new((intptr_t)utf8_decode(&to.data, to.data + to.size));
        dict_set(r[0], r[1], r[2]);
    }
    if (a[2]) {
        struct text gone = need_str(a[2]);
        for (const char *end = gone.data + gone.size; gone.data < end;) {
            r[1] = int_new((intptr_t)utf8_decode(&gone.data, end));
            dict_set(r[0], r[1], NONE);
        }
    }
    return r[0];
}
SHARED_FULL(text_maketrans, maketrans, 1, 3, NATIVE_STATIC);
#endif
