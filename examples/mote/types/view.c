// SPDX-License-Identifier: MIT
// Views: str, bytes and bytearray seen as the same thing, bytes with a type. Indices of a wide str are characters, all
// others are bytes; everything that depends on it is here.
#include "core/rooms.h"
#include "types/big.h"
#include "types/text.h"

struct view view_of_str(val str)
{
    struct text t = text_of(str);
    bool wide = is_interned(str) ? !is_ascii(t.data, t.size)
                                 : (((const struct str *)str)->len & COUNT_FLAG) != 0;
    return (struct view){t.data, t.size, &type_str, wide, str};
}

struct view view_of(val self)
{
    if (is_str(self))
        return view_of_str(self);
    val native = as_native(self, &type_bytearray);
    if (native) {
        const struct bytearray *b = (const struct bytearray *)native;
        const char *data = b->store ? (const char *)b->store->data : "";
        return (struct view){data, b->len, &type_bytearray, false, native};
    }
    native = as_native(self, &type_bytes);
    if (native) {
        const struct bytes *b = (const struct bytes *)native;
        return (struct view){(const char *)b->data, count_of(b), &type_bytes, false, native};
    }
    return view_of_str(need_native(self, &type_str));
}

val view_new(const struct view *like, const char *data, size_t size)
{
    if (like->type == &type_str)
        return str_new(data, size);
    return like->type == &type_bytes ? bytes_new(data, size) : bytearray_of(data, size);
}

val view_done(const struct view *like, struct builder *b)
{
    if (like->type == &type_str)
        return builder_str(b);
    size_t size = b->size;
    val bytes = builder_bytes(b);
    return like->type == &type_bytes ? bytes : bytearray_wrap(bytes, size);
}

val view_self(const struct view *v)
{
    return v->type == &type_bytearray ? bytearray_of(v->data, v->size) : v->self;
}

struct text view_other(const struct view *self, val arg)
{
    if (self->type == &type_str)
        return need_str(arg);
    struct buffer b;
    buffer_need(arg, &b);
    return (struct text){(const char *)b.data, b.size};
}

size_t view_length(const struct view *v)
{
    return v->wide ? utf8_length(v->data, v->size) : v->size;
}

size_t view_offset(const struct view *v, size_t index)
{
    return v->wide ? utf8_offset(v->data, v->size, index) : index;
}

size_t view_index(const struct view *v, size_t offset)
{
    return v->wide ? utf8_length(v->data, offset) : offset;
}

uint32_t view_next(const struct view *v, const char **at, const char *end)
{
    return v->wide ? utf8_decode(at, end) : (uint8_t) * (*at)++;
}

// ------------------------------------------------------------------------------------------ items

static inline bool continues(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

// The character before `at`; the text's start is no continuation.
const char *view_back(const struct view *v, const char *at)
{
    do
        at--;
    while (v->wide && continues(*at));
    return at;
}

const char *view_on(const struct view *v, const char *at)
{
    view_next(v, &at, v->data + v->size);
    return at;
}

// A character of a wide str: from the end for negative indices; NULL when there is none.
static const char *wide_item(const struct view *v, intptr_t index)
{
    if (index >= 0) {
        size_t at = utf8_offset(v->data, v->size, (size_t)index);
        return at < v->size ? v->data + at : NULL;
    }
    const char *at = v->data + v->size;
    while (index++ < 0) {
        if (at == v->data)
            return NULL;
        at = view_back(v, at);
    }
    return at;
}

static val wide_char(const struct view *v, val key)
{
    intptr_t index;
    const char *at = int_fits(key, &index) ? wide_item(v, index) : NULL;
    if (!at)
        raise_error(&type_IndexError, "string index out of range");
    return str_new(at, (size_t)(view_on(v, at) - at));
}

static val view_slice(const struct view *v, val slice)
{
    intptr_t start, step;
    size_t count;
    slice_bounds(slice, view_length(v), &start, &step, &count);
    if (count == 0)
        return view_new(v, "", 0);
    const char *at = v->data + view_offset(v, (size_t)start);
    if (step == 1) {
        if (count == v->size && v->type != &type_bytearray)
            return v->self;
        size_t size = v->wide ? utf8_offset(at, (size_t)(v->data + v->size - at), count) : count;
        return view_new(v, at, size);
    }
    BUILDER(b);
    if (QUICK && !v->wide) {
        char *room = builder_room(&b, count);
        for (size_t i = 0; i < count; i++)
            room[i] = at[(intptr_t)i * step];
        return view_done(v, &b);
    }
    for (size_t i = 0;; i++) {
        builder_add(&b, at, (size_t)(view_on(v, at) - at));
        if (i + 1 == count)
            return view_done(v, &b);
        for (intptr_t k = 0; k < step; k++)
            at = view_on(v, at);
        for (intptr_t k = 0; k > step; k--)
            at = view_back(v, at);
    }
}

// Where the byte of an index is.
static size_t index_of(const struct view *v, val key)
{
    intptr_t i;
    bool fits = int_fits(key, &i);
    if (fits && i < 0)
        i += (intptr_t)v->size;
    if (!fits || (size_t)i >= v->size)
        raise_error(&type_IndexError, "%sindex out of range",
                    v->type == &type_str     ? "string "
                    : v->type == &type_bytes ? ""
                                             : "bytearray ");
    return (size_t)i;
}

val view_item(const struct view *v, val key)
{
    if (has_type(key, &type_slice))
        return view_slice(v, key);
    bool of_str = v->type == &type_str;
    key = key_settled(key);
    if (!is_int(key)) {
        if (FOR_WORDS(of_str))
            raise_type("string indices must be integers, not '%t'", key);
        raise_type("%s indices must be integers or slices, not %t",
                   v->type == &type_bytes ? "byte" : "bytearray", key);
    }
    if (v->wide)
        return wide_char(v, key);
    unsigned char byte = (unsigned char)v->data[index_of(v, key)];
    if (of_str)
        ROOMS(room_character(byte));
    return of_str ? character(byte) : int_new(byte);
}

val view_repeat(const struct view *v, val count)
{
    count = index_try(count);
    if (!count)
        return NOTHING;
    intptr_t times = need_int(count);
    if (times <= 0 || v->size == 0)
        return view_new(v, "", 0);
    if (times == 1)
        return view_self(v);
    size_t total;
    if (__builtin_mul_overflow(v->size, (size_t)times, &total) || total > SIZE_MAX / 4)
        raise_memory();
    BUILDER(b);
    char *room = builder_room(&b, total);
    if (QUICK && v->size == 1) {
        memset(room, v->data[0], total);
        return view_done(v, &b);
    }
    memcpy(room, v->data, v->size);
    for (size_t done = v->size; done < total;) {
        size_t more = !QUICK ? v->size : done < total - done ? done : total - done;
        memcpy(room + done, room, more);
        done += more;
    }
    return view_done(v, &b);
}

// ------------------------------------------------------------------------------------------ searching

size_t text_search(const char *data, size_t size, const char *what, size_t what_size)
{
    if (what_size == 0)
        return 0;
    for (const char *at = data; size >= what_size;) {
        const char *found = memchr(at, what[0], size - what_size + 1);
        if (!found)
            break;
        if (memcmp(found, what, what_size) == 0)
            return (size_t)(found - data);
        size -= (size_t)(found + 1 - at);
        at = found + 1;
    }
    return TEXT_NOT_FOUND;
}

size_t text_search_back(const char *data, size_t size, const char *what, size_t what_size)
{
    if (what_size > size)
        return TEXT_NOT_FOUND;
    for (size_t at = size - what_size + 1; at-- > 0;)
        if (memcmp(data + at, what, what_size) == 0)
            return at;
    return TEXT_NOT_FOUND;
}
