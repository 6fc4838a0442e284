// SPDX-License-Identifier: MIT
// Iterators over what others hold, in one type of one block; and enumerate, zip, map and filter.
//
//     iterator                               lazy
//     +-----------+-----------+              +--------+---------------+
//     | type      | container |              | type   | source        |    zip, map: source is a tuple of iterators
//     | at        | kind      |              | f      | extra         |
//     +-----------+-----------+              +--------+---------------+
//
// Those over dicts and sets remember the size of the table, which may not change meanwhile. An iterator at its end lets
// its container go, and so stays at its end.
#include "core/vm.h"
#include "modules/modules.h"
#include "types/containers.h"

val iter_self(val self)
{
    return self;
}

static val ended(val *source)
{
    *source = NOTHING;
    mote.stop = NOTHING;
    return NOTHING;
}

// ------------------------------------------------------------------------------------------ iterator

static bool has_table(enum iterate kind)
{
    kind &= ITERATE_REVERSED - 1;
    return kind == ITERATE_KEYS || kind == ITERATE_VALUES || kind == ITERATE_ITEMS;
}

val iterator_new(val container, enum iterate kind)
{
    size_t at = kind & ITERATE_REVERSED
                    ? has_table(kind) ? table_of(container)->used : length_of(container)
                    : 0;
    struct iterator *it = heap_new(&type_iterator);
    it->container = container;
    it->at = at;
    it->kind = kind;
    if (has_table(kind))
        it->kind |= table_live(table_of(container)) << ITERATE_SHIFT;
    return (val)it;
}

val iterator_call(val f, val sentinel)
{
    ROOTS(r, 1);
    r[0] = pair_new(f, sentinel);
    return iterator_new(r[0], ITERATE_CALL);
}

// The place of the next one of n; false at the end.
static bool step(struct iterator *it, size_t n, size_t *at)
{
    if (it->kind & ITERATE_REVERSED) {
        if (it->at == 0 || it->at > n)
            return false;
        *at = --it->at;
    } else {
        if (it->at >= n)
            return false;
        *at = it->at++;
    }
    return true;
}

static val *next_slot(struct iterator *it, const struct table *t)
{
    if (table_live(t) != it->kind >> ITERATE_SHIFT)
        raise_error(&type_RuntimeError, "%s changed size during iteration",
                    t->live & TABLE_SET ? "Set" : "dictionary");
    val *slot;
    if (!(it->kind & ITERATE_REVERSED))
        return table_next(t, &it->at, &slot) ? slot : NULL;
    if (it->at > t->used)
        it->at = t->used;
    while (it->at) {
        slot = table_slot(t, --it->at);
        if (slot)
            return slot;
    }
    return NULL;
}

static val table_step(struct iterator *it, enum iterate kind)
{
    val *slot = next_slot(it, table_of(it->container));
    if (!slot)
        return NOTHING;
    return kind == ITERATE_KEYS     ? slot[0]
           : kind == ITERATE_VALUES ? slot[1]
                                    : pair_new(slot[0], slot[1]);
}

// o[i], or NOTHING when it says that there is none.
static val item_try(val o, size_t i)
{
    ROOTS(r, 2);
    struct catch c;
    if (!TRY(c)) {
        if (is_a(c.exception, &type_IndexError) || is_a(c.exception, &type_StopIteration))
            return NOTHING;
        raise_on(c.exception);
    }
    r[0] = int_new_unsigned(i);
    val v = item_get(o, r[0]);
    catch_leave(&c);
    return v;
}

static val getitem_step(struct iterator *it)
{
    size_t at;
    if (!is_instance(it->container)) {
        if (!step(it, length_of(it->container), &at))
            return NOTHING;
        ROOTS(r, 1);
        r[0] = int_new_unsigned(at);
        return item_get(it->container, r[0]);
    }
    return step(it, it->kind & ITERATE_REVERSED ? SIZE_MAX : SIZE_MAX - 1, &at)
               ? item_try(it->container, at)
               : NOTHING;
}

static val call_step(struct iterator *it)
{
    ROOTS(r, 2);
    stack_check();
    r[0] = it->container;
    const struct tuple *pair = (const struct tuple *)r[0];
    r[1] = call_until_stop(pair->values[0], 0, NULL);
    return r[1] && !equal(r[1], pair->values[1]) ? r[1] : NOTHING;
}

static val list_step(struct iterator *it)
{
    struct list *l = (struct list *)it->container;
    size_t at;
    return step(it, l->len, &at) ? l->items->values[at] : NOTHING;
}

static val tuple_step(struct iterator *it)
{
    struct tuple *t = (struct tuple *)it->container;
    size_t at;
    return step(it, t->len, &at) ? t->values[at] : NOTHING;
}

static val iterator_next(val self)
{
    struct iterator *it = (struct iterator *)self;
    if (!it->container)
        return ended(&it->container);
    val v;
    enum iterate kind = it->kind & (ITERATE_REVERSED - 1);
    switch (kind) {
    case ITERATE_LIST:
        v = list_step(it);
        break;
    case ITERATE_TUPLE:
        v = tuple_step(it);
        break;
    case ITERATE_GETITEM:
        v = getitem_step(it);
        break;
    case ITERATE_CALL:
        v = call_step(it);
        break;
    default:
        v = table_step(it, kind);
    }
    return v ? v : ended(&it->container);
}

static const struct ops iterator_ops = {.iter = iter_self, .next = iterator_next};
const struct type type_iterator = {{&type_type},  S(iterator),
                                   &iterator_ops, NOTHING,
                                   NOTHING,       {sizeof(struct iterator), 0, 1 << 1, 0, 0}};

// ------------------------------------------------------------------------------------------ reversed

static val builtin_reversed(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 1);
    val v = a[0];
    if ((r[0] = attr_find(v, S(__reversed__))) != NOTHING)
        return call0(r[0]);
    const struct type *type = type_of(v);
    val native;
    if (type == &type_dict_keys || type == &type_dict_values || type == &type_dict_items)
        return iterator_new(((struct dict_view *)v)->dict,
                            ITERATE_REVERSED | (type == &type_dict_keys     ? ITERATE_KEYS
                                                : type == &type_dict_values ? ITERATE_VALUES
                                                                            : ITERATE_ITEMS));
    if ((native = as_native(v, &type_dict)) != NOTHING)
        return iterator_new(native, ITERATE_REVERSED | ITERATE_KEYS);
    if (!type->ops->item || as_native(v, &type_set))
        raise_type("'%t' object is not reversible", v);
    enum iterate kind = type == &type_list    ? ITERATE_LIST
                        : type == &type_tuple ? ITERATE_TUPLE
                                              : ITERATE_GETITEM;
    return iterator_new(v, ITERATE_REVERSED | kind);
}
BUILTIN(reversed, 1, 1);

// ------------------------------------------------------------------------------------------ lazy ones

struct lazy {
    struct obj head;
    val source, f, extra;
};

// Lazy ones may stand behind each other without end.
static val next_of(val source)
{
    stack_check();
    return iter_next(source);
}

static struct lazy *lazy_new(const struct type *type, val source, val f, val extra)
{
    struct lazy *l = heap_new(type);
    l->source = source;
    l->f = f;
    l->extra = extra;
    return l;
}

// The iterators of n things, as a tuple.
static val iters_of(size_t n, val *args)
{
    ROOTS(r, 1);
    r[0] = tuple_new(n, NULL);
    for (size_t i = 0; i < n; i++) {
        val it = iter_of(args[i]);
        ((struct tuple *)r[0])->values[i] = it;
    }
    return r[0];
}

// The value of the one keyword that is allowed, or NOTHING.
static val keyword(const struct type *type, size_t kw, val *pairs, val name)
{
    for (size_t i = 0; i < kw; i++)
        if (pairs[2 * i] != name)
            raise_type("%v() got an unexpected keyword argument '%v'", type->name, pairs[2 * i]);
    return kw ? pairs[1] : NOTHING;
}

// The value of the StopIteration that came from the source goes on.
static val source_ended(val *source)
{
    return *source ? (*source = NOTHING) : ended(source);
}

// enumerate(iterable, start=0)
static val enumerate_make(const struct type *type, size_t n, size_t kw, val *args)
{
    ROOTS(r, 2);
    static const val names[] = {S(iterable), S(start)};
    val given[COUNT_OF(names)];
    make_arguments(type, n, kw, args, names, COUNT_OF(names), given);
    if (!given[0])
        raise_type("enumerate() missing required argument 'iterable' (pos 1)");
    r[0] = iter_of(given[0]);
    r[1] = index_val(given[1] ? given[1] : FALSE);
    r[1] = op_binary(OP_ADD, r[1], FALSE); // False is 0
    return (val)lazy_new(type, r[0], NOTHING, r[1]);
}

static val enumerate_next(val self)
{
    struct lazy *l = (struct lazy *)self;
    if (!l->source)
        return source_ended(&l->source);
    ROOTS(r, 2);
    r[0] = next_of(l->source);
    if (!r[0])
        return source_ended(&l->source);
    r[1] = l->extra;
    r[0] = pair_new(r[1], r[0]);
    l->extra = op_binary(OP_ADD, r[1], TRUE); // an int too
    return r[0];
}

static val zip_make(const struct type *type, size_t n, size_t kw, val *args)
{
    val strict = keyword(type, kw, args + n, S(strict));
    ROOTS(r, 1);
    r[0] = iters_of(n, args);
    return (val)lazy_new(type, n ? r[0] : NOTHING, NOTHING, bool_new(strict && truth(strict)));
}

_Noreturn static void raise_uneven(size_t at, const char *how)
{
    raise_value("zip() argument %z is %s than argument%s%z", at + 1, how, at == 1 ? " " : "s 1-",
                at);
}

// The one at `at` is at its end first: with strict, it must be the first, and the others must be too.
static void check_strict(const struct tuple *iters, size_t at)
{
    if (at)
        raise_uneven(at, "shorter");
    for (size_t i = 1; i < iters->len; i++)
        if (iter_next(iters->values[i]))
            raise_uneven(i, "longer");
}

// A tuple of what each gives, or NOTHING.
static val next_of_each(struct lazy *l)
{
    ROOTS(r, 2);
    r[0] = l->source;
    const struct tuple *iters = (const struct tuple *)r[0];
    r[1] = tuple_new(iters->len, NULL);
    for (size_t i = 0; i < iters->len; i++) {
        val v = next_of(iters->values[i]);
        if (!v) {
            if (l->extra == TRUE)
                check_strict(iters, i);
            return NOTHING;
        }
        ((struct tuple *)r[1])->values[i] = v;
    }
    return r[1];
}

static val zip_next(val self)
{
    struct lazy *l = (struct lazy *)self;
    val v = l->source ? next_of_each(l) : NOTHING;
    return v ? v : source_ended(&l->source);
}

static val map_make(const struct type *type, size_t n, size_t kw, val *args)
{
    keyword(type, kw, args + n, NOTHING);
    if (n < 2)
        raise_type("map() must have at least two arguments.");
    ROOTS(r, 1);
    r[0] = n == 2 ? iter_of(args[1]) : iters_of(n - 1, args + 1);
    return (val)lazy_new(type, r[0], args[0], n > 2 ? FALSE : NOTHING);
}

static val map_next(val self)
{
    struct lazy *l = (struct lazy *)self;
    if (!l->source)
        return source_ended(&l->source);
    ROOTS(r, 1);
    if (l->extra) {
        r[0] = next_of_each(l);
        if (r[0])
            return call_until_stop(l->f, ((struct tuple *)r[0])->len,
                                   ((struct tuple *)r[0])->values);
    } else if ((r[0] = next_of(l->source)) != NOTHING) {
        return call_until_stop(l->f, 1, r);
    }
    return source_ended(&l->source);
}

static val filter_make(const struct type *type, size_t n, size_t kw, val *args)
{
    keyword(type, kw, args + n, NOTHING);
    if (n != 2)
        raise_type("filter expected 2 arguments, got %z", n);
    ROOTS(r, 1);
    r[0] = iter_of(args[1]);
    return (val)lazy_new(type, r[0], args[0], NOTHING);
}

static val filter_next(val self)
{
    struct lazy *l = (struct lazy *)self;
    ROOTS(r, 1);
    while (l->source && (r[0] = next_of(l->source)) != NOTHING)
        if (truth(l->f == NONE ? r[0] : call1(l->f, r[0])))
            return r[0];
    return source_ended(&l->source);
}

#if MOTE_CENSUS
size_t lazy_width(const struct obj *o)
{
    const struct lazy *l = (const struct lazy *)o;
    return has_type(l->source, &type_tuple) ? ((const struct tuple *)l->source)->len
                                            : l->source != NOTHING;
}

val lazy_source(const struct obj *o)
{
    return ((const struct lazy *)o)->source;
}
#endif

#define LAZY(name)                                                                                 \
    static const struct ops name##_ops = {                                                         \
        .iter = iter_self, .next = name##_next, .make = name##_make};                              \
    const struct type type_##name = {{&type_type}, S(name),                                        \
                                     &name##_ops,  NOTHING,                                        \
                                     NOTHING,      {sizeof(struct lazy), 0, 7 << 1, 0, TYPE_BASE}}
LAZY(enumerate);
LAZY(zip);
LAZY(map);
LAZY(filter);
