// SPDX-License-Identifier: MIT
// collections.deque: a ring of values.
//
//     deque                          items
//     +-------+-------+-------+      +------+----+----+----+----+
//     | type  | items | start |      | type | v1 | v2 |    | v0 |    start 3, len 3, capacity 4
//     | len   | room  | limit |      +------+----+----+----+----+
//     +-------+-------+-------+
#include "core/vm.h"
#include "modules/modules.h"
#include "types/containers.h"

#if MOTE_COLLECTIONS

struct deque {
    struct obj head;
    struct items *items; // NULL: none yet
    size_t start, len;
    size_t room;  // capacity of items
    size_t limit; // maxlen, or SIZE_MAX
};

static struct deque *deque_self(val v)
{
    return native_self(v, &type_deque);
}

size_t deque_length(const struct obj *deque)
{
    return ((const struct deque *)deque)->len;
}

size_t deque_room(const struct obj *deque)
{
    return ((const struct deque *)deque)->room;
}

size_t deque_limit(const struct obj *deque)
{
    size_t limit = ((const struct deque *)deque)->limit;
    return limit == SIZE_MAX ? 0 : limit;
}

static val *place(struct deque *d, size_t i)
{
    size_t at = d->start + i;
    return &d->items->values[at >= d->room ? at - d->room : at];
}

static void grow(struct deque *d)
{
    size_t room = ((d->len + d->len / 2 + 2) * WORD + BLOCK - 1) / BLOCK * MOTE_BLOCK_WORDS - 1;
    struct items *items = heap_new_bytes(&type_items, (room + 1) * WORD);
    for (size_t i = 0; i < d->len; i++)
        items->values[i] = *place(d, i);
    if (d->items)
        heap_free(d->items);
    d->items = items;
    d->start = 0;
    d->room = room;
}

static val take(struct deque *d, bool left)
{
    if (d->len == 0)
        raise_error(&type_IndexError, "pop from an empty deque");
    val *at = place(d, left ? 0 : d->len - 1), v = *at;
    *at = NOTHING;
    d->len--;
    if (left && ++d->start == d->room)
        d->start = 0;
    return v;
}

static void put(struct deque *d, val v, bool left)
{
    if (d->limit == 0)
        return;
    if (d->len == d->limit)
        take(d, !left);
    if (d->len == d->room)
        grow(d);
    if (left)
        d->start = (d->start ? d->start : d->room) - 1;
    *place(d, left ? 0 : d->len) = v;
    d->len++;
}

static void put_all(struct deque *d, val iterable, bool left)
{
    ROOTS(r, 2);
    r[0] = iterable == (val)d ? list_from(iterable) : iterable;
    r[0] = iter_of(r[0]);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        put(d, r[1], left);
}

static void clear(struct deque *d)
{
    if (d->items)
        heap_free(d->items);
    d->items = NULL;
    d->start = d->len = d->room = 0;
}

static val deque_new(size_t limit)
{
    struct deque *d = heap_new(&type_deque);
    d->limit = limit;
    return (val)d;
}

static val copy_of(struct deque *d)
{
    ROOTS(r, 1);
    r[0] = deque_new(d->limit);
    for (size_t i = 0; i < d->len; i++)
        put((struct deque *)r[0], *place(d, i), false);
    return r[0];
}

// deque(iterable=(), maxlen=None)
static val deque_make(const struct type *type, size_t n, size_t kw, val *args)
{
    static const val names[] = {S(iterable), S(maxlen)};
    val given[COUNT_OF(names)];
    make_arguments(type, n, kw, args, names, COUNT_OF(names), given);
    bool limited = given[1] && given[1] != NONE;
    ROOTS(r, 1);
    if (limited && need_int(given[1]) < 0)
        raise_value("maxlen must be non-negative");
    r[0] = deque_new(limited ? need_size(given[1]) : SIZE_MAX);
    if (given[0])
        put_all((struct deque *)r[0], given[0], false);
    return r[0];
}

// ------------------------------------------------------------------------------------------ operators

static void delete_at(struct deque *d, size_t i)
{
    for (; i + 1 < d->len; i++)
        *place(d, i) = *place(d, i + 1);
    take(d, false);
}

static val deque_item(val self, val key, val value)
{
    struct deque *d = (struct deque *)self;
    ROOTS(r, 1);
    r[0] = key_settled(key);
    if (value == LOAD)
        index_val(r[0]); // TypeError
    size_t i = index_in(r[0], d->len, TOLD("deque"));
    if (value == LOAD)
        return *place(d, i);
    if (value == DELETE)
        delete_at(d, i);
    else
        *place(d, i) = value;
    return NONE;
}

static val deque_compare(enum op op, val a, val b)
{
    ROOTS(r, 2);
    r[0] = list_from(a);
    r[1] = list_from(b);
    return values_compare(op, r[0], r[1]);
}

static val deque_repeat(struct deque *d, val times)
{
    size_t count = repeat_count(times, d->len), n = d->len;
    ROOTS(r, 1);
    r[0] = deque_new(d->limit);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < n; i++)
            put((struct deque *)r[0], *place(d, i), false);
    return r[0];
}

static val deque_binary(enum op op, val a, val b)
{
    ROOTS(r, 1);
    if (op == OP_IN) {
        r[0] = list_from(b);
        return bool_new(values_contain(r[0], a));
    }
    val x = as_native(a, &type_deque), y = as_native(b, &type_deque);
    if (op == OP_MUL && !x != !y && is_int(x ? b : a))
        return deque_repeat((struct deque *)(x ? x : y), x ? b : a);
    if (x && op == OP_IADD) {
        put_all((struct deque *)x, b, false);
        return a;
    }
    if (!x || !y)
        return NOTHING;
    if (op <= OP_GE)
        return deque_compare(op, x, y);
    if (op != OP_ADD)
        return NOTHING;
    r[0] = copy_of((struct deque *)x);
    put_all((struct deque *)r[0], y, false);
    return r[0];
}

static val deque_unary(enum op op, val self)
{
    return container_unary(op, self, ((struct deque *)self)->len);
}

static void deque_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    PRINT_ONCE(self, out, "[...]");
    ROOTS(r, 1);
    r[0] = list_from(self);
    sink_format(out, "deque(%r", r[0]);
    if (((struct deque *)self)->limit != SIZE_MAX)
        sink_format(out, ", maxlen=%z", ((struct deque *)self)->limit);
    sink_char(out, ')');
}

static val deque_attr(val self, val name, val value)
{
    size_t limit = ((struct deque *)self)->limit;
    if (name != S(maxlen) || value != LOAD)
        return NOTHING;
    return limit == SIZE_MAX ? NONE : int_new_unsigned(limit);
}

// ------------------------------------------------------------------------------------------ iteration

struct deque_iterator {
    struct obj head;
    val deque; // NOTHING: at its end
    size_t at, len;
};

static val deque_iterator_next(val self)
{
    struct deque_iterator *it = (struct deque_iterator *)self;
    struct deque *d = (struct deque *)it->deque;
    mote.stop = NOTHING;
    if (!d)
        return NOTHING;
    if (d->len != it->len)
        raise_error(&type_RuntimeError, "deque mutated during iteration");
    if (it->at < d->len)
        return *place(d, it->at++);
    it->deque = NOTHING;
    return NOTHING;
}

static const struct ops deque_iterator_ops = {.iter = iter_self, .next = deque_iterator_next};
static const struct type type_deque_iterator = {
    {&type_type}, S(iterator), &deque_iterator_ops,
    NOTHING,      NOTHING,     {sizeof(struct deque_iterator), 0, 1 << 1, 0, 0}};

static val deque_iter(val self)
{
    struct deque_iterator *it = heap_new(&type_deque_iterator);
    it->deque = self;
    it->len = ((struct deque *)self)->len;
    return (val)it;
}

// ------------------------------------------------------------------------------------------ methods

static val deque_append(size_t n, val *a)
{
    (void)n;
    put(deque_self(a[0]), a[1], false);
    return NONE;
}
NATIVE(deque_append, append, 2, 2);

static val deque_appendleft(size_t n, val *a)
{
    (void)n;
    put(deque_self(a[0]), a[1], true);
    return NONE;
}
NATIVE(deque_appendleft, appendleft, 2, 2);

static val deque_clear(size_t n, val *a)
{
    (void)n;
    clear(deque_self(a[0]));
    return NONE;
}
NATIVE(deque_clear, clear, 1, 1);

static val deque_copy(size_t n, val *a)
{
    (void)n;
    return copy_of(deque_self(a[0]));
}
NATIVE(deque_copy, copy, 1, 1);

static val deque_count(size_t n, val *a)
{
    ROOTS(r, 2);
    r[0] = list_from((val)deque_self(a[0]));
    r[1] = a[1];
    return values_count_native.run(n, r);
}
NATIVE(deque_count, count, 2, 2);

static val deque_extend(size_t n, val *a)
{
    (void)n;
    put_all(deque_self(a[0]), a[1], false);
    return NONE;
}
NATIVE(deque_extend, extend, 2, 2);

#if MOTE_RARE
static val deque_extendleft(size_t n, val *a)
{
    (void)n;
    put_all(deque_self(a[0]), a[1], true);
    return NONE;
}
NATIVE(deque_extendleft, extendleft, 2, 2);
#endif

static val deque_index(size_t n, val *a)
{
    ROOTS(r, 4);
    r[0] = list_from((val)deque_self(a[0]));
    memcpy(r + 1, a + 1, 3 * WORD);
    if (!values_contain(r[0], a[1]))
        raise_value("%r is not in deque", a[1]);
    return values_index_native.run(n, r);
}
NATIVE(deque_index, index, 2, 4);

static val deque_insert(size_t n, val *a)
{
    (void)n;
    struct deque *d = deque_self(a[0]);
    size_t at = insert_place(a[1], &d->len);
    if (d->len == d->limit)
        raise_error(&type_IndexError, "deque already at its maximum size");
    put(d, a[2], false);
    for (size_t i = d->len - 1; i > at; i--)
        *place(d, i) = *place(d, i - 1);
    *place(d, at) = a[2];
    return NONE;
}
NATIVE(deque_insert, insert, 3, 3);

static val deque_pop(size_t n, val *a)
{
    (void)n;
    return take(deque_self(a[0]), false);
}
NATIVE(deque_pop, pop, 1, 1);

static val deque_popleft(size_t n, val *a)
{
    (void)n;
    return take(deque_self(a[0]), true);
}
NATIVE(deque_popleft, popleft, 1, 1);

static val deque_remove(size_t n, val *a)
{
    (void)n;
    struct deque *d = deque_self(a[0]);
    ROOTS(r, 1);
    for (size_t i = 0; i < d->len; i++) {
        r[0] = *place(d, i);
        bool found = equal(r[0], a[1]);
        if (found && i < d->len) {
            delete_at(d, i);
            return NONE;
        }
    }
    raise_value("%r is not in deque", a[1]);
}
NATIVE(deque_remove, remove, 2, 2);

static val deque_reverse(size_t n, val *a)
{
    (void)n;
    struct deque *d = deque_self(a[0]);
    for (size_t i = 0, j = d->len; i + 1 < j; i++) {
        val v = *place(d, i);
        *place(d, i) = *place(d, --j);
        *place(d, j) = v;
    }
    return NONE;
}
NATIVE(deque_reverse, reverse, 1, 1);

#if MOTE_RARE
static void rotate(struct deque *d, intptr_t by)
{
    if (d->len == 0)
        return;
    by %= (intptr_t)d->len;
    for (; by > 0; by--)
        put(d, take(d, false), true);
    for (; by < 0; by++)
        put(d, take(d, true), false);
}

static val deque_rotate(size_t n, val *a)
{
    (void)n;
    rotate(deque_self(a[0]), a[1] ? need_int(a[1]) : 1);
    return NONE;
}
NATIVE(deque_rotate, rotate, 1, 2);
#endif

METHODS(deque_names, ROW(append, deque_append), ROW(appendleft, deque_appendleft),
        ROW(clear, deque_clear), ROW(copy, deque_copy), ROW(count, deque_count),
        ROW(extend, deque_extend), RARE(ROW(extendleft, deque_extendleft)) ROW(index, deque_index),
        ROW(insert, deque_insert), ROW(pop, deque_pop), ROW(popleft, deque_popleft),
        ROW(remove, deque_remove), ROW(reverse, deque_reverse), RARE(ROW(rotate, deque_rotate)));

static const struct ops deque_ops = {.print = deque_print,
                                     .unary = deque_unary,
                                     .binary = deque_binary,
                                     .item = deque_item,
                                     .attr = deque_attr,
                                     .iter = deque_iter,
                                     .make = deque_make};
const struct type type_deque = {{&type_type}, S(deque),
                                &deque_ops,   V(deque_names),
                                NOTHING,      {sizeof(struct deque), 0, 1 << 1, 0, TYPE_BASE}};

#endif
