// SPDX-License-Identifier: MIT
// Types and classes: the order of bases, what is derived from what, the class statement, and class(...).
//
// A class of the program is a struct type on the heap whose ops are those of all instances; its dict says what they can do.
// Flags that save looking: TYPE_HOOKS, when it or a base has descriptors that go before attributes, or its own
// __getattribute__, __setattr__, __delattr__ (mote.hooks, when such a thing came into a class later).
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ order of bases

struct mro mro_of(const struct type *type)
{
    return (struct mro){type, (const struct tuple *)mro_known(type), 1};
}

const struct type *base_of(const struct type *type)
{
    if (type == &type_object)
        return NULL;
    return type->bases ? (const struct type *)type->bases : &type_object;
}

const struct type *mro_next(struct mro *m)
{
    const struct type *now = m->next;
    if (!now)
        return NULL;
    if (!m->list)
        m->next = base_of(now);
    else
        m->next = m->at < m->list->len ? (const struct type *)m->list->values[m->at++] : NULL;
    return now;
}

val type_find(const struct type *type, val name, const struct type **where)
{
    struct mro m = mro_of(type);
    for (const struct type *t; (t = mro_next(&m));) {
        if (!t->dict)
            continue;
        val *slot = find_hinted(table_of(t->dict), name, hint_of(t));
        if (slot) {
            if (where)
                *where = t;
            return slot[1];
        }
    }
    return NOTHING;
}

bool derives(const struct type *type, const struct type *base)
{
    if (type == base || base == &type_object)
        return true;
    struct mro m = mro_of(type);
    for (const struct type *t; (t = mro_next(&m));)
        if (t == base)
            return true;
    return false;
}

bool is_a(val v, const struct type *type)
{
    return derives(type_of(v), type);
}

const struct type *native_base(const struct type *type)
{
    struct mro m = mro_of(type);
    for (const struct type *t; (t = mro_next(&m));)
        if (!is_class(t))
            return t;
    return &type_object;
}

val as_native(val v, const struct type *type)
{
    const struct type *own = type_of(v);
    if (own == type)
        return v;
    if (!is_class(own))
        return derives(own, type) ? v : NOTHING;
    val part = native_part(v);
    return part && derives(type_of(part), type) ? part : NOTHING;
}

val need_native(val v, const struct type *type)
{
    val part = as_native(v, type);
    if (!part)
        raise_type("expected %v, got %t", type->name, v);
    return part;
}

// ------------------------------------------------------------------------------------------ C3

val mro_tuple(const struct type *type)
{
    if (mro_known(type))
        return mro_known(type);
    ROOTS(r, 1);
    r[0] = list_new(0, HOW_APPEND);
    struct mro m = mro_of(type);
    for (const struct type *t; (t = mro_next(&m));)
        list_append(r[0], V(*t));
    return tuple_from(r[0]);
}

static bool in_tail(const struct tuple *t, size_t from, val v)
{
    for (size_t i = from; i < t->len; i++)
        if (t->values[i] == v)
            return true;
    return false;
}

// The first head that is in no tail; NOTHING: there is none. `sequences` are n tuples.
static val next_head(val *sequences, const size_t *at, size_t n, bool *left)
{
    *left = false;
    for (size_t i = 0; i < n; i++) {
        const struct tuple *t = (const struct tuple *)sequences[i];
        if (at[i] >= t->len)
            continue;
        *left = true;
        bool good = true;
        for (size_t k = 0; k < n && good; k++)
            good = !in_tail((const struct tuple *)sequences[k], at[k] + 1, t->values[at[i]]);
        if (good)
            return t->values[at[i]];
    }
    return NOTHING;
}

static void merge(val *sequences, size_t n, val out)
{
    size_t at[n];
    memset(at, 0, sizeof at);
    for (bool left;;) {
        val head = next_head(sequences, at, n, &left);
        if (!left)
            return;
        if (!head)
            raise_type("Cannot create a consistent method resolution order (MRO) for bases");
        list_append(out, head);
        for (size_t i = 0; i < n; i++) {
            const struct tuple *t = (const struct tuple *)sequences[i];
            at[i] += at[i] < t->len && t->values[at[i]] == head;
        }
    }
}

enum { MOST_BASES = 64 };

static val linearize(val cls, val bases)
{
    const struct tuple *b = (const struct tuple *)bases;
    if (b->len > MOST_BASES)
        raise_type("too many bases");
    ROOTS(r, 2);
    r[0] = list_new(b->len + 1, HOW_APPEND);
    r[1] = list_of(1, &cls, HOW_APPEND);
    for (size_t i = 0; i < b->len; i++)
        list_append(r[0], mro_tuple((const struct type *)b->values[i]));
    list_append(r[0], bases);
    struct list *sequences = (struct list *)r[0];
    merge(sequences->items->values, sequences->len, r[1]);
    return tuple_from(r[1]);
}

// ------------------------------------------------------------------------------------------ a new class

static void check_bases(val bases)
{
    const struct tuple *b = (const struct tuple *)bases;
    const struct type *native = &type_object;
    for (size_t i = 0; i < b->len; i++) {
        const struct type *t = (const struct type *)b->values[i];
        if (!has_type(b->values[i], &type_type))
            raise_type("bases must be types");
        if (!is_class(t) && !(t->shape.flags & TYPE_BASE) && t != &type_object)
            raise_type("type %r is not an acceptable base type", t->name);
        t = native_base(t);
        if (derives(t, native))
            native = t;
        else if (!derives(native, t) && !(t->shape.flags & native->shape.flags & TYPE_EXCEPTION))
            raise_type("multiple bases have instance lay-out conflict");
        for (size_t k = 0; k < i; k++)
            if (b->values[k] == b->values[i])
                raise_type("duplicate base class %v", ((const struct type *)b->values[i])->name);
    }
}

bool is_hook(val name, val v)
{
    return is_data(v) || name == S(__getattribute__) || name == S(__setattr__) ||
           name == S(__delattr__);
}

// Fields of __slots__ become members, after those of the base; an ordinary table if any base has one.
static void make_slots(struct type *cls)
{
    const struct tuple *bases = (const struct tuple *)cls->bases;
    size_t words = 1;
    for (size_t i = 0; i < bases->len; i++) {
        const struct type *b = (const struct type *)bases->values[i];
        if (b != &type_object && !(b->shape.flags & TYPE_SLOTS))
            return;
        size_t size = b == &type_object ? 1 : b->shape.size / WORD;
        if (size > 1 && words > 1)
            raise_type("multiple bases have instance lay-out conflict");
        if (size > words)
            words = size;
    }
    ROOTS(r, 2);
    r[0] = dict_get(cls->dict, S(__slots__));
    if (!r[0])
        return;
    r[0] = is_str(r[0]) ? tuple_new(1, &r[0]) : tuple_from(r[0]);
    const struct tuple *names = (const struct tuple *)r[0];
    if (names->len > 1000)
        raise_value("too many __slots__");
    for (size_t i = 0; i < names->len; i++) {
        if (!is_str(names->values[i]))
            raise_type("__slots__ items must be strings, not %r", type_of(names->values[i])->name);
        if (names->values[i] == S(__dict__))
            return;
    }
    for (size_t i = 0; i < names->len; i++) {
        struct member *m = heap_new(&type_member);
        r[1] = (val)m;
        m->name = intern_val(names->values[i]);
        m->place = words++;
        dict_set(cls->dict, m->name, r[1]);
    }
    cls->shape = (struct shape){.size = (uint16_t)(words * WORD),
                                .rest = 1,
                                .flags = cls->shape.flags | TYPE_SLOTS | TYPE_HOOKS};
}

static void inherit_flags(struct type *cls)
{
    struct mro m = mro_of(cls);
    unsigned flags = TYPE_CLASS | TYPE_BASE;
    for (const struct type *t; (t = mro_next(&m));)
        flags |= t->shape.flags & (TYPE_EXCEPTION | TYPE_HOOKS);
    size_t at = 0;
    val *slot;
    while (table_next(table_of(cls->dict), &at, &slot))
        if (is_hook(slot[0], slot[1]))
            flags |= TYPE_HOOKS;
    cls->shape =
        (struct shape){.size = sizeof(struct instance), .refs = 1 << 1, .flags = (uint8_t)flags};
}

// Some functions are class methods or static without saying so.
static void wrap_function(val dict, val name, const struct type *type)
{
    val f = dict_get(dict, name);
    if (!f || !has_type(f, &type_function))
        return;
    ROOTS(r, 1);
    r[0] = type->ops->make(type, 1, 0, &f);
    dict_set(dict, name, r[0]);
}

// __set_name__ may change the class under way: it is called for what was there.
static void set_names(val cls)
{
    ROOTS(r, 4);
    r[3] = dict_new(0);
    table_copy(table_of(r[3]), table_of(((struct type *)cls)->dict));
    size_t at = 0;
    val *slot;
    while (table_next(table_of(r[3]), &at, &slot)) {
        if (!is_instance(slot[1]))
            continue;
        r[0] = cls;
        r[1] = slot[0];
        r[2] = slot[1];
        special_call(r[2], S(__set_name__), 2, r);
    }
}

static void init_subclass(val cls, val keywords)
{
    ROOTS(r, 3);
    r[0] = super_find(cls, cls, S(__init_subclass__), &r[1]);
    if (!r[0])
        return;
    r[0] = method_join(r[0], r[1]);
    r[2] = list_new(0, HOW_APPEND);
    call_list(r[0], r[2], keywords);
}

val class_new(val name, val bases, val dict, val keywords)
{
    ROOTS(r, 4);
    r[0] = name;
    r[1] = bases;
    r[2] = dict;
    val object = V(type_object);
    if (((struct tuple *)bases)->len == 0)
        r[1] = tuple_new(1, &object);
    check_bases(r[1]);
    if (dict_get(dict, S(__eq__)) && !dict_get(dict, S(__hash__)))
        dict_set(dict, S(__hash__), NONE);
    wrap_function(dict, S(__new__), &type_staticmethod);
    wrap_function(dict, S(__init_subclass__), &type_classmethod);
    wrap_function(dict, S(__class_getitem__), &type_classmethod);
    struct type *cls = heap_new(&type_type);
    r[3] = (val)cls;
    cls->name = name;
    cls->ops = &instance_ops;
    cls->dict = dict;
    cls->bases = r[1];
    cls->shape.flags = TYPE_CLASS;
    ((struct class *)cls)->mro = linearize(r[3], r[1]);
    inherit_flags(cls);
    make_slots(cls);
    set_names(r[3]);
    init_subclass(r[3], keywords);
    return r[3];
}

// body name bases*n (name value)*kw: the class statement.
val class_build(val function, val name, size_t n, size_t kw, val *args)
{
    ROOTS(r, 5);
    r[0] = dict_new(0);
    r[1] = function_run(function, r[0], 0, 0, NULL);
    val module = dict_get(globals_of((struct function *)function), S(__name__));
    if (module && module != S(__main__) && !dict_get(r[0], S(__module__)))
        dict_set(r[0], S(__module__), module);
    for (size_t i = 0; i < kw; i++) {
        if (args[n + 2 * i] == S(metaclass) && args[n + 2 * i + 1] == V(type_type))
            continue;
        if (args[n + 2 * i] == S(metaclass))
            raise_type("metaclasses are not supported");
        if (!r[2])
            r[2] = dict_new(0);
        dict_set(r[2], args[n + 2 * i], args[n + 2 * i + 1]);
    }
    r[3] = tuple_new(n, args);
    r[4] = class_new(name, r[3], r[0], r[2]);
    if (r[1] && has_type(r[1], &type_closure_cell))
        ((struct cell *)r[1])->value = r[4];
    return r[4];
}
