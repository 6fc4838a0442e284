// SPDX-License-Identifier: MIT
// Ranges: three machine words, not ints of any size (OverflowError beyond); the machine's loop runs through them itself.
#include "types/big.h"

static val range_new(intptr_t start, intptr_t stop, intptr_t step)
{
    struct range *r = heap_new(&type_range);
    r->start = start;
    r->stop = stop;
    r->step = step;
    return V(*r);
}

static size_t range_count(const struct range *r)
{
    if (r->step > 0 && r->start < r->stop)
        return ((uintptr_t)r->stop - (uintptr_t)r->start - 1) / (uintptr_t)r->step + 1;
    if (r->step < 0 && r->start > r->stop)
        return ((uintptr_t)r->start - (uintptr_t)r->stop - 1) / -(uintptr_t)r->step + 1;
    return 0;
}

static intptr_t range_at(const struct range *r, size_t i)
{
    return (intptr_t)((uintptr_t)r->start + i * (uintptr_t)r->step);
}

static val range_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (kw)
        raise_type("range() takes no keyword arguments");
    if (n < 1 || n > 3)
        raise_type("range expected at %s, got %z", n ? "most 3 arguments" : "least 1 argument", n);
    intptr_t start = n > 1 ? need_int(args[0]) : 0, stop = need_int(args[n > 1]),
             step = n > 2 ? need_int(args[2]) : 1;
    if (step == 0)
        raise_value("range() arg 3 must not be zero");
    return range_new(start, stop, step);
}

static void range_print(val self, struct sink *out, enum print_how how)
{
    const struct range *r = (const struct range *)self;
    (void)how;
    ROOTS(v, 3);
    v[0] = int_new(r->start);
    v[1] = int_new(r->stop);
    v[2] = int_new(r->step);
    sink_format(out, r->step == 1 ? "range(%v, %v)" : "range(%v, %v, %v)", v[0], v[1], v[2]);
}

// Whether v is in the range, and where.
static bool range_find(const struct range *r, val v, size_t *at)
{
    intptr_t i;
    size_t count = range_count(r);
    if (!int_fits(v, &i) || !count)
        return false;
    // Counted in steps from the start, in the direction of the range.
    uintptr_t way =
        r->step > 0 ? (uintptr_t)i - (uintptr_t)r->start : (uintptr_t)r->start - (uintptr_t)i;
    uintptr_t step = r->step > 0 ? (uintptr_t)r->step : -(uintptr_t)r->step;
    if ((r->step > 0 ? i < r->start : i > r->start) || way % step || way / step >= count)
        return false;
    *at = way / step;
    return true;
}

static bool range_contains(const struct range *r, val v)
{
    size_t at;
    if (is_int(v))
        return range_find(r, v, &at);
    ROOTS(item, 1);
    for (size_t i = 0, n = range_count(r); i < n; i++) {
        item[0] = int_new(range_at(r, i));
        if (equal(item[0], v))
            return true;
    }
    return false;
}

static bool range_equal(const struct range *a, const struct range *b)
{
    size_t n = range_count(a);
    return n == range_count(b) && (!n || (a->start == b->start && (n == 1 || a->step == b->step)));
}

static val range_binary(enum op op, val a, val b)
{
    if (op == OP_IN)
        return bool_new(range_contains((const struct range *)b, a));
    if ((op != OP_EQ && op != OP_NE) || !has_type(a, &type_range) || !has_type(b, &type_range))
        return NOTHING;
    return bool_new(range_equal((const struct range *)a, (const struct range *)b) == (op == OP_EQ));
}

static val range_unary(enum op op, val self)
{
    const struct range *r = (const struct range *)self;
    size_t n = range_count(r);
    switch (op) {
    case OP_LEN:
        if (n > INTPTR_MAX)
            raise_error(&type_OverflowError, "Python int too large to convert to C ssize_t");
        return int_new((intptr_t)n);
    case OP_TRUTH:
        return bool_new(n);
    case OP_HASH: // what range_equal looks at
        return int_new(
            (intptr_t)((n * 31 + (n ? (size_t)r->start : 0)) * 31 + (n > 1 ? (size_t)r->step : 0)));
    default:
        return NOTHING;
    }
}

static val range_slice(const struct range *r, val slice)
{
    intptr_t start, stop, step, by;
    slice_ends(slice, range_count(r), &start, &stop, &step);
    if (__builtin_mul_overflow(r->step, step, &by) ||
        __builtin_mul_overflow(stop, r->step, &stop) ||
        __builtin_add_overflow(r->start, stop, &stop))
        raise_error(&type_OverflowError, "cannot fit 'int' into an index-sized integer");
    return range_new(range_at(r, (size_t)start), stop, by);
}

static val range_item(val self, val key, val value)
{
    const struct range *r = (const struct range *)self;
    if (value != LOAD)
        return NOTHING;
    if (has_type(key, &type_slice))
        return range_slice(r, key);
    size_t n = range_count(r);
    return int_new(range_at(r, index_in(key, n, TOLD(is_int(key) ? "range object" : "range"))));
}

static val range_attr(val self, val name, val value)
{
    const struct range *r = (const struct range *)self;
    if (value != LOAD)
        return NOTHING;
    return name == S(start)  ? int_new(r->start)
           : name == S(stop) ? int_new(r->stop)
           : name == S(step) ? int_new(r->step)
                             : NOTHING;
}

static val range_index(size_t n, val *a)
{
    (void)n;
    size_t at;
    if (!range_find(native_self(a[0], &type_range), a[1], &at))
        raise_value("%r is not in range", a[1]);
    return int_new_unsigned(at);
}
NATIVE(range_index, index, 2, 2);

static val range_count_method(size_t n, val *a)
{
    (void)n;
    return int_new(range_contains(native_self(a[0], &type_range), a[1]));
}
NATIVE(range_count_method, count, 2, 2);

METHODS(range_names, ROW(count, range_count_method), ROW(index, range_index));

// ------------------------------------------------------------------------------------------ iterators

static val range_iter(val self)
{
    const struct range *r = (const struct range *)self;
    struct range_iterator *i = heap_new(&type_range_iterator);
    i->next = r->start;
    i->step = r->step;
    i->left = range_count(r);
    return V(*i);
}

static val range_next(val self)
{
    struct range_iterator *i = (struct range_iterator *)self;
    if (!i->left) {
        mote.stop = NOTHING;
        return NOTHING;
    }
    i->left--;
    intptr_t next = i->next;
    i->next = (intptr_t)((uintptr_t)next + (uintptr_t)i->step);
    return int_new(next);
}

static const struct ops range_ops = {.print = range_print,
                                     .unary = range_unary,
                                     .binary = range_binary,
                                     .item = range_item,
                                     .attr = range_attr,
                                     .iter = range_iter,
                                     .make = range_make};
static const struct ops iterator_ops = {.iter = iter_self, .next = range_next};

const struct type type_range = {{&type_type},   S(range), &range_ops,
                                V(range_names), NOTHING,  {sizeof(struct range), 0, 0, 0, 0}};
const struct type type_range_iterator = {
    {&type_type}, S(range_iterator), &iterator_ops,
    NOTHING,      NOTHING,           {sizeof(struct range_iterator), 0, 0, 0, 0}};
