// SPDX-License-Identifier: MIT
// Methods that search, for str, bytes and bytearray alike. (In a view of self: see str_methods.c.)
#include "types/text.h"

// A bound as in slices, not yet counted from the end.
static intptr_t bound(val given, intptr_t otherwise)
{
    if (!given || given == NONE)
        return otherwise;
    val v = index_val(given);
    intptr_t i;
    if (int_fits(v, &i))
        return i;
    return ((const struct big *)v)->len & COUNT_FLAG ? INTPTR_MIN / 2 : INTPTR_MAX;
}

static intptr_t clip(intptr_t i, intptr_t length)
{
    if (i < 0)
        i += length;
    return i < 0 ? 0 : i;
}

struct part { // of a view, from a start and an end
    struct view v;
    const char *data;
    size_t size;
    bool none; // the start lies behind the end: nothing is found there, not even ""
};

static struct part part_of(val self, val start_arg, val end_arg)
{
    intptr_t start = bound(start_arg, 0), end = bound(end_arg, INTPTR_MAX);
    struct part p = {.v = view_of(self)};
    p.data = p.v.data;
    p.size = p.v.size;
    if (start == 0 && end == INTPTR_MAX)
        return p;
    intptr_t length = (intptr_t)view_length(&p.v);
    start = clip(start, length);
    end = end > length ? length : clip(end, length);
    p.none = start > end;
    if (!p.none) {
        size_t from = view_offset(&p.v, (size_t)start);
        p.data += from;
        p.size = view_offset(&p.v, (size_t)end) - from;
    }
    return p;
}

// What to look for: a byte may stand for itself in bytes.
static struct text needle_of(const struct view *self, val arg, char *byte)
{
    if (self->type == &type_str)
        return need_str(arg);
    if (is_int(arg)) {
        *byte = (char)need_byte(arg, TOLD("byte must be in range(0, 256)"));
        return (struct text){byte, 1};
    }
    struct buffer b;
    if (!buffer_find(arg, &b))
        raise_type("argument should be integer or bytes-like object, not '%t'", arg);
    return (struct text){(const char *)b.data, b.size};
}

enum { BACK = 1, MUST = 2 };

static val search(val *a, unsigned how)
{
    struct part p = part_of(a[0], a[2], a[3]);
    char byte;
    struct text what = needle_of(&p.v, a[1], &byte);
    size_t at = TEXT_NOT_FOUND;
    if (!p.none)
        at = (how & BACK ? text_search_back : text_search)(p.data, p.size, what.data, what.size);
    if (at != TEXT_NOT_FOUND)
        return int_new((intptr_t)view_index(&p.v, (size_t)(p.data - p.v.data) + at));
    if (how & MUST)
        raise_value("%s not found", p.v.type == &type_str ? "substring" : "subsection");
    return int_new(-1);
}

static val text_find(size_t n, val *a)
{
    (void)n;
    return search(a, 0);
}
SHARED(text_find, find, 2, 4);

static val text_rfind(size_t n, val *a)
{
    (void)n;
    return search(a, BACK);
}
SHARED(text_rfind, rfind, 2, 4);

static val text_index(size_t n, val *a)
{
    (void)n;
    return search(a, MUST);
}
SHARED(text_index, index, 2, 4);

static val text_rindex(size_t n, val *a)
{
    (void)n;
    return search(a, BACK | MUST);
}
SHARED(text_rindex, rindex, 2, 4);

static val text_count(size_t n, val *a)
{
    (void)n;
    struct part p = part_of(a[0], a[2], a[3]);
    char byte;
    struct text what = needle_of(&p.v, a[1], &byte);
    if (p.none)
        return int_new(0);
    if (what.size == 0)
        return int_new((intptr_t)(p.v.wide ? utf8_length(p.data, p.size) : p.size) + 1);
    intptr_t found = 0;
    for (size_t at; (at = text_search(p.data, p.size, what.data, what.size)) != TEXT_NOT_FOUND;
         found++) {
        p.data += at + what.size;
        p.size -= at + what.size;
    }
    return int_new(found);
}
SHARED(text_count, count, 2, 4);

static bool affix(const struct part *p, val what, bool at_end)
{
    struct text t = view_other(&p->v, what);
    return !p->none && t.size <= p->size &&
           memcmp(p->data + (at_end ? p->size - t.size : 0), t.data, t.size) == 0;
}

static val affixes(val *a, bool at_end)
{
    struct part p = part_of(a[0], a[2], a[3]);
    size_t n = 1;
    val *values = &a[1];
    bool of_str = p.v.type == &type_str;
    if (is_a(a[1], &type_tuple))
        values_of(a[1], &n, &values);
    else if (FOR_WORDS(of_str ? !is_a(a[1], &type_str) : !buffer_find(a[1], &(struct buffer){0})))
        raise_type("%s first arg must be %s or a tuple of %s, not %t",
                   at_end ? "endswith" : "startswith", of_str ? "str" : "bytes",
                   of_str ? "str" : "bytes", a[1]);
    for (size_t i = 0; i < n; i++)
        if (affix(&p, values[i], at_end))
            return TRUE;
    return FALSE;
}

static val text_startswith(size_t n, val *a)
{
    (void)n;
    return affixes(a, false);
}
SHARED(text_startswith, startswith, 2, 4);

static val text_endswith(size_t n, val *a)
{
    (void)n;
    return affixes(a, true);
}
SHARED(text_endswith, endswith, 2, 4);

#if MOTE_RARE
static val without_affix(val *a, bool at_end)
{
    struct part p = part_of(a[0], NOTHING, NOTHING);
    if (!affix(&p, a[1], at_end))
        return view_self(&p.v);
    size_t size = view_other(&p.v, a[1]).size;
    return view_new(&p.v, p.data + (at_end ? 0 : size), p.size - size);
}

static val text_removeprefix(size_t n, val *a)
{
    (void)n;
    return without_affix(a, false);
}
SHARED(text_removeprefix, removeprefix, 2, 2);

static val text_removesuffix(size_t n, val *a)
{
    (void)n;
    return without_affix(a, true);
}
SHARED(text_removesuffix, removesuffix, 2, 2);
#endif
