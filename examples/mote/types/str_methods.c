// SPDX-License-Identifier: MIT
// Methods that cut and put together, for str, bytes and bytearray alike.
//
// Numbers are taken from the arguments before the view of self is: __index__ may run anything, and a bytearray that
// changes moves its bytes.
#include "core/rooms.h"
#include "types/text.h"

// ------------------------------------------------------------------------------------------ cut

struct cut {
    const char *start, *end; // of a separator
};

// The first, or last, space in [start, end).
static bool find_space(const struct view *v, const char *start, const char *end, bool back,
                       struct cut *cut)
{
    while (start < end) {
        const char *at = back ? view_back(v, end) : start, *next = at;
        if (char_is_space(view_next(v, &next, v->data + v->size), v->type == &type_str)) {
            *cut = (struct cut){at, next};
            return true;
        }
        if (back)
            end = at;
        else
            start = next;
    }
    return false;
}

static bool find_separator(struct text sep, const char *start, const char *end, bool back,
                           struct cut *cut)
{
    size_t at =
        (back ? text_search_back : text_search)(start, (size_t)(end - start), sep.data, sep.size);
    if (at == TEXT_NOT_FOUND)
        return false;
    *cut = (struct cut){start + at, start + at + sep.size};
    return true;
}

enum { LEFT = 1, RIGHT = 2 };

// Whether the character is one to strip: white space when there are no chars. UTF-8 needs no decoding to find it.
static bool strips(const struct view *v, const char *at, const char *next, const struct text *chars)
{
    if (chars)
        return text_search(chars->data, chars->size, at, (size_t)(next - at)) != TEXT_NOT_FOUND;
    return char_is_space(view_next(v, &at, next), v->type == &type_str);
}

static void strip_ends(const struct view *v, const char **start, const char **end,
                       const struct text *chars, unsigned sides)
{
    while (sides & LEFT && *start < *end) {
        const char *next = view_on(v, *start);
        if (!strips(v, *start, next, chars))
            break;
        *start = next;
    }
    while (sides & RIGHT && *start < *end) {
        const char *last = view_back(v, *end);
        if (!strips(v, last, *end, chars))
            break;
        *end = last;
    }
}

static void reverse(val list)
{
    size_t n;
    val *values;
    values_of(list, &n, &values);
    for (size_t i = 0; i < n / 2; i++) {
        val swap = values[i];
        values[i] = values[n - 1 - i];
        values[n - 1 - i] = swap;
    }
}

static val split(val *a, bool back)
{
    intptr_t most = a[2] ? need_int(a[2]) : -1;
    struct view v = view_of(a[0]);
    bool blank = !a[1] || a[1] == NONE;
    struct text sep = {0};
    if (!blank) {
        if (FOR_WORDS(v.type == &type_str && !is_a(a[1], &type_str)))
            raise_type("must be str or None, not %t", a[1]);
        sep = view_other(&v, a[1]);
        if (sep.size == 0)
            raise_value("empty separator");
    }
    ROOTS(r, 2);
    r[0] = list_new(0, HOW_COPY);
    const char *start = v.data, *end = v.data + v.size;
    for (bool more = true; more;) {
        struct cut cut = {start, end};
        if (blank) {
            strip_ends(&v, &start, &end, NULL, back ? RIGHT : LEFT);
            if (start == end)
                break;
        }
        more = most != 0 && (blank ? find_space(&v, start, end, back, &cut)
                                   : find_separator(sep, start, end, back, &cut));
        most--;
        if (!more)
            cut = back ? (struct cut){start, start} : (struct cut){end, end};
        r[1] = back ? view_new(&v, cut.end, (size_t)(end - cut.end))
                    : view_new(&v, start, (size_t)(cut.start - start));
        list_append(r[0], r[1]);
        if (back)
            end = cut.start;
        else
            start = cut.end;
    }
    if (back)
        reverse(r[0]);
    ROOMS(room_split(r[0], a[2] ? need_int(a[2]) : -1));
    return r[0];
}

static const val split_keywords[] = {NOTHING, S(sep), S(maxsplit)};

static val text_split(size_t n, val *a)
{
    (void)n;
    return split(a, false);
}
SHARED_FULL(text_split, split, 1, 3, 0, split_keywords);

static val text_rsplit(size_t n, val *a)
{
    (void)n;
    return split(a, true);
}
SHARED_FULL(text_rsplit, rsplit, 1, 3, 0, split_keywords);

static bool ends_line(uint32_t c, bool of_str)
{
    return c == '\n' || c == '\r' ||
           (of_str && ((c >= 0x0b && c <= 0x0c) || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
                       c == 0x2028 || c == 0x2029));
}

static val text_splitlines(size_t n, val *a)
{
    (void)n;
    bool keep = a[1] && truth(a[1]);
    struct view v = view_of(a[0]);
    ROOTS(r, 2);
    r[0] = list_new(0, HOW_COPY);
    const char *end = v.data + v.size;
    for (const char *at = v.data; at < end;) {
        const char *start = at, *stop = at;
        while (at < end) {
            stop = at;
            uint32_t c = view_next(&v, &at, end);
            if (ends_line(c, v.type == &type_str)) {
                if (c == '\r' && at < end && *at == '\n')
                    at++;
                break;
            }
            stop = at;
        }
        r[1] = view_new(&v, start, (size_t)((keep ? at : stop) - start));
        list_append(r[0], r[1]);
    }
    return r[0];
}
static const val splitlines_keywords[] = {NOTHING, S(keepends)};
SHARED_FULL(text_splitlines, splitlines, 1, 2, 0, splitlines_keywords);

static val partition(val *a, bool back)
{
    struct view v = view_of(a[0]);
    struct text sep = view_other(&v, a[1]);
    if (sep.size == 0)
        raise_value("empty separator");
    const char *end = v.data + v.size;
    struct cut cut;
    if (!find_separator(sep, v.data, end, back, &cut))
        cut = back ? (struct cut){v.data, v.data} : (struct cut){end, end};
    ROOTS(r, 3);
    r[0] = view_new(&v, v.data, (size_t)(cut.start - v.data));
    r[1] = view_new(&v, cut.start, (size_t)(cut.end - cut.start));
    r[2] = view_new(&v, cut.end, (size_t)(end - cut.end));
    return tuple_new(3, r);
}

static val text_partition(size_t n, val *a)
{
    (void)n;
    return partition(a, false);
}
SHARED(text_partition, partition, 2, 2);

static val text_rpartition(size_t n, val *a)
{
    (void)n;
    return partition(a, true);
}
SHARED(text_rpartition, rpartition, 2, 2);

static val strip(val *a, unsigned sides)
{
    struct view v = view_of(a[0]);
    struct text chars;
    bool blank = !a[1] || a[1] == NONE;
    if (!blank)
        chars = view_other(&v, a[1]);
    const char *start = v.data, *end = v.data + v.size;
    strip_ends(&v, &start, &end, blank ? NULL : &chars, sides);
    if ((size_t)(end - start) == v.size)
        return view_self(&v);
    return view_new(&v, start, (size_t)(end - start));
}

static val text_strip(size_t n, val *a)
{
    (void)n;
    return strip(a, LEFT | RIGHT);
}
SHARED(text_strip, strip, 1, 2);

static val text_lstrip(size_t n, val *a)
{
    (void)n;
    return strip(a, LEFT);
}
SHARED(text_lstrip, lstrip, 1, 2);

static val text_rstrip(size_t n, val *a)
{
    (void)n;
    return strip(a, RIGHT);
}
SHARED(text_rstrip, rstrip, 1, 2);

// ------------------------------------------------------------------------------------------ put together

// The text of an item of join().
static struct text join_item(const struct view *v, val item, size_t i)
{
    if (v->type == &type_str) {
        if (FOR_WORDS(!is_a(item, &type_str)))
            raise_type("sequence item %z: expected str instance, %t found", i, item);
        return need_str(item);
    }
    struct buffer b;
    if (!buffer_find(item, &b))
        raise_type("sequence item %z: expected a bytes-like object, %t found", i, item);
    return (struct text){(const char *)b.data, b.size};
}

static val text_join(size_t n, val *a)
{
    ROOTS(r, 1);
    val *values;
    r[0] = a[1];
    if (!values_of(a[1], &n, &values)) {
        const struct ops *ops = type_of(a[1])->ops;
        if (FOR_WORDS(!ops->iter && !ops->item))
            raise_type("can only join an iterable");
        r[0] = list_from(a[1]);
        values_of(r[0], &n, &values);
    }
    struct view v = view_of(a[0]);
    if (n == 1 && is_str(values[0]) && v.type == &type_str)
        return values[0];
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        if (__builtin_add_overflow(total, join_item(&v, values[i], i).size + (i ? v.size : 0),
                                   &total))
            raise_memory();
    BUILDER(b);
    char *at = builder_room(&b, total);
    for (size_t i = 0; i < n; i++) {
        if (i && v.size) {
            memcpy(at, v.data, v.size);
            at += v.size;
        }
        struct text t = join_item(&v, values[i], i);
        if (t.size)
            memcpy(at, t.data, t.size);
        at += t.size;
    }
    return view_done(&v, &b);
}
SHARED(text_join, join, 2, 2);

static val text_replace(size_t n, val *a)
{
    (void)n;
    intptr_t most = a[3] ? need_int(a[3]) : -1;
    struct view v = view_of(a[0]);
    if (FOR_WORDS(v.type == &type_str))
        for (int i = 1; i <= 2; i++)
            if (!is_a(a[i], &type_str))
                raise_type("replace() argument %d must be str, not %t", i, a[i]);
    struct text old = view_other(&v, a[1]), new = view_other(&v, a[2]);
    BUILDER(b);
    const char *at = v.data, *end = v.data + v.size;
    for (; most != 0; most--) {
        size_t found = text_search(at, (size_t)(end - at), old.data, old.size);
        if (found == TEXT_NOT_FOUND)
            break;
        builder_add(&b, at, found);
        builder_add(&b, new.data, new.size);
        at += found + old.size;
        if (old.size == 0) { // between any two characters
            if (at == end)
                break;
            const char *next = view_on(&v, at);
            builder_add(&b, at, (size_t)(next - at));
            at = next;
        }
    }
    if (at == v.data && !b.size)
        return view_self(&v);
    builder_add(&b, at, (size_t)(end - at));
    return view_done(&v, &b);
}
SHARED(text_replace, replace, 3, 4);

#if MOTE_RARE
static val text_expandtabs(size_t n, val *a)
{
    (void)n;
    intptr_t tab = a[1] ? need_int(a[1]) : 8, column = 0;
    struct view v = view_of(a[0]);
    const char *end = v.data + v.size;
    BUILDER(b);
    for (const char *at = v.data; at < end;) {
        const char *start = at;
        uint32_t c = view_next(&v, &at, end);
        if (c == '\t') {
            intptr_t fill = tab > 0 ? tab - column % tab : 0;
            memset(builder_room(&b, (size_t)fill), ' ', (size_t)fill);
            column += fill;
            continue;
        }
        builder_add(&b, start, (size_t)(at - start));
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return view_done(&v, &b);
}
static const val expandtabs_keywords[] = {NOTHING, S(tabsize)};
SHARED_FULL(text_expandtabs, expandtabs, 1, 2, 0, expandtabs_keywords);
#endif

static void fill(struct builder *b, struct text with, size_t times)
{
    size_t total;
    if (__builtin_mul_overflow(with.size, times, &total))
        raise_memory();
    char *room = builder_room(b, total);
    for (size_t i = 0; i < times; i++)
        memcpy(room + i * with.size, with.data, with.size);
}

static struct text fill_of(const struct view *v, val arg, const char *name)
{
    if (!arg)
        return (struct text){" ", 1};
    struct text t = view_other(v, arg);
    if (v->type != &type_str && t.size != 1)
        raise_type("%s() argument 2 must be a byte string of length 1, not %t", name, arg);
    if (v->type == &type_str && utf8_length(t.data, t.size) != 1)
        raise_type("The fill character must be exactly one character long");
    return t;
}

// Sides: where the text stands.
static val pad(val *a, unsigned sides, const char *name)
{
    intptr_t width = need_int(a[1]);
    struct view v = view_of(a[0]);
    struct text with = fill_of(&v, a[2], name);
    intptr_t length = (intptr_t)view_length(&v);
    if (width <= length)
        return view_self(&v);
    size_t room = (size_t)(width - length);
    size_t left = sides == LEFT ? 0 : sides == RIGHT ? room : room / 2 + (room & (size_t)width & 1);
    BUILDER(b);
    fill(&b, with, left);
    builder_add(&b, v.data, v.size);
    fill(&b, with, room - left);
    return view_done(&v, &b);
}

static val text_center(size_t n, val *a)
{
    (void)n;
    return pad(a, LEFT | RIGHT, "center");
}
SHARED(text_center, center, 2, 3);

static val text_ljust(size_t n, val *a)
{
    (void)n;
    return pad(a, LEFT, "ljust");
}
SHARED(text_ljust, ljust, 2, 3);

static val text_rjust(size_t n, val *a)
{
    (void)n;
    return pad(a, RIGHT, "rjust");
}
SHARED(text_rjust, rjust, 2, 3);

#if MOTE_RARE
static val text_zfill(size_t n, val *a)
{
    (void)n;
    intptr_t width = need_int(a[1]);
    struct view v = view_of(a[0]);
    intptr_t length = (intptr_t)view_length(&v);
    if (width <= length)
        return view_self(&v);
    size_t sign = v.size && (v.data[0] == '-' || v.data[0] == '+');
    BUILDER(b);
    builder_add(&b, v.data, sign);
    fill(&b, (struct text){"0", 1}, (size_t)(width - length));
    builder_add(&b, v.data + sign, v.size - sign);
    return view_done(&v, &b);
}
SHARED(text_zfill, zfill, 2, 2);
#endif
