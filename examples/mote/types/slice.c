// SPDX-License-Identifier: MIT
// Slices, and what a key means to a sequence of n elements.
#include "types/big.h"

val slice_new(val start, val stop, val step)
{
    struct slice *s = heap_new(&type_slice);
    s->start = start;
    s->stop = stop;
    s->step = step;
    return V(*s);
}

// v as an int if it is one or has __index__; what is neither as it is.
static val settled(val v)
{
    val i = v == NONE ? NOTHING : index_try(v);
    return i ? i : v;
}

val key_settled(val key)
{
    if (!has_type(key, &type_slice))
        return settled(key);
    const struct slice *s = (const struct slice *)key;
    ROOTS(r, 4);
    r[3] = key;
    r[2] = settled(s->step);
    r[0] = settled(s->start);
    r[1] = settled(s->stop);
    bool same = r[0] == s->start && r[1] == s->stop && r[2] == s->step;
    return same ? key : slice_new(r[0], r[1], r[2]);
}

// A part of a slice as a word, those too large cut to the ends of it.
static intptr_t part(val v, intptr_t if_none)
{
    intptr_t i;
    if (v == NONE)
        return if_none;
    if (is_small(v))
        return small_of(v);
    ROOTS(r, 1);
    r[0] = index_try(v);
    if (!r[0])
        raise_type("slice indices must be integers or None or have an __index__ method");
    if (int_fits(r[0], &i))
        return i;
    return int_compare(r[0], FALSE) < 0 ? INTPTR_MIN : INTPTR_MAX;
}

// i from the end if it is negative, and within what a slice of this direction may start or end with.
static intptr_t clip(intptr_t i, intptr_t n, intptr_t step)
{
    if (i < 0) {
        i += n;
        return i >= 0 ? i : step < 0 ? -1 : 0;
    }
    return i < n ? i : step < 0 ? n - 1 : n;
}

void slice_ends(val slice, size_t size, intptr_t *start, intptr_t *stop, intptr_t *step)
{
    if (size > INTPTR_MAX)
        raise_error(&type_OverflowError, "cannot fit 'int' into an index-sized integer");
    intptr_t n = (intptr_t)size;
    const struct slice *s = (const struct slice *)slice;
    *step = part(s->step, 1);
    if (*step == 0)
        raise_value("slice step cannot be zero");
    if (*step < -INTPTR_MAX)
        *step = -INTPTR_MAX;
    *start = clip(part(s->start, *step < 0 ? INTPTR_MAX : 0), n, *step);
    *stop = part(s->stop, *step < 0 ? INTPTR_MIN : INTPTR_MAX);
    *stop = clip(*stop, n, *step);
}

void slice_bounds(val slice, size_t n, intptr_t *start, intptr_t *step, size_t *count)
{
    intptr_t stop;
    slice_ends(slice, n, start, &stop, step);
    *count = 0;
    if (*step > 0 && *start < stop)
        *count = (size_t)(stop - *start - 1) / (size_t)*step + 1;
    if (*step < 0 && *start > stop)
        *count = (size_t)(*start - stop - 1) / (size_t) - *step + 1;
}

// What stands between two of them moves up at once.
size_t slice_cut(void *data, size_t n, size_t unit, intptr_t start, intptr_t step, size_t count)
{
    uint8_t *bytes = data;
    size_t by = step < 0 ? -(size_t)step : (size_t)step;
    size_t from = (size_t)start - (step < 0 && count ? (count - 1) * by : 0), to = from;
    for (; count; count--) {
        size_t stay = count > 1 ? by - 1 : n - from - 1;
        memmove(bytes + to * unit, bytes + (from + 1) * unit, stay * unit);
        to += stay;
        from += by;
    }
    return to;
}

size_t index_in(val key, size_t n, const char *name)
{
    intptr_t i;
    if (is_small(key)) {
        i = small_of(key);
    } else {
        ROOTS(r, 1);
        r[0] = index_try(key);
        if (!r[0])
            raise_type("%s indices must be integers or slices, not %t", name, key);
        if (!int_fits(r[0], &i))
            raise_error(&type_IndexError, "cannot fit 'int' into an index-sized integer");
    }
    if (i < 0)
        i += (intptr_t)n;
    if (i < 0 || (size_t)i >= n)
        raise_error(&type_IndexError, "%s index out of range", name);
    return (size_t)i;
}

size_t insert_place(val index, const size_t *n)
{
    intptr_t i = need_int(index), len = (intptr_t)*n; // in this order: __index__ may change it
    i += i < 0 ? len : 0;
    return i < 0 ? 0 : i > len ? *n : (size_t)i;
}

// ------------------------------------------------------------------------------------------ the type

static val slice_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (kw)
        raise_type("slice() takes no keyword arguments");
    if (n < 1 || n > 3)
        raise_type("slice expected at %s, got %z", n ? "most 3 arguments" : "least 1 argument", n);
    return n == 1 ? slice_new(NONE, args[0], NONE)
                  : slice_new(args[0], args[1], n > 2 ? args[2] : NONE);
}

static void slice_print(val self, struct sink *out, enum print_how how)
{
    const struct slice *s = (const struct slice *)self;
    (void)how;
    stack_check();
    sink_format(out, "slice(%r, %r, %r)", s->start, s->stop, s->step);
}

static val slice_attr(val self, val name, val value)
{
    const struct slice *s = (const struct slice *)self;
    if (value != LOAD)
        return NOTHING;
    return name == S(start)  ? s->start
           : name == S(stop) ? s->stop
           : name == S(step) ? s->step
                             : NOTHING;
}

static val slice_binary(enum op op, val a, val b)
{
    if (op > OP_GE || !has_type(a, &type_slice) || !has_type(b, &type_slice))
        return NOTHING;
    const struct slice *x = (const struct slice *)a, *y = (const struct slice *)b;
    ROOTS(r, 2);
    r[0] = tuple_new(3, &x->start);
    r[1] = tuple_new(3, &y->start);
    return binary_try(op, r[0], r[1]);
}

static val slice_indices(size_t n, val *a)
{
    (void)n;
    intptr_t length = need_int(a[1]), start, stop, step;
    if (length < 0)
        raise_value("length should not be negative");
    const struct slice *s = native_self(a[0], &type_slice);
    slice_ends(V(*s), (size_t)length, &start, &stop, &step);
    ROOTS(r, 3);
    r[0] = int_new(start);
    r[1] = int_new(stop);
    r[2] = s->step == NONE ? int_new(1) : index_val(s->step); // as large as it is
    return tuple_new(3, r);
}
NATIVE(slice_indices, indices, 2, 2);

METHODS(slice_names, ROW(indices, slice_indices));

static const struct ops slice_ops = {
    .print = slice_print, .binary = slice_binary, .attr = slice_attr, .make = slice_make};

const struct type type_slice = {{&type_type},   S(slice), &slice_ops,
                                V(slice_names), NOTHING,  {sizeof(struct slice), 0, 0xe, 0, 0}};
