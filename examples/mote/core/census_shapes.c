// SPDX-License-Identifier: MIT
// The census: what is told of the objects of each type.
#include "core/census.h"

#if MOTE_CENSUS
#include "core/rooms.h"
#include "core/vm.h"
#include "modules/modules.h"
#include "types/containers.h"

// Bytes a character takes where all of a string take the same: by its largest one.
static size_t width_of(const char *text, size_t size)
{
    size_t width = 1;
    for (const char *at = text, *end = text + size; at < end;) {
        uint32_t c = utf8_decode(&at, end);
        size_t need = c < 256 ? 1 : c < 65536 ? 2 : 4;
        width = need > width ? need : width;
    }
    return width;
}

void shape_text(struct text t, struct shape_key *key)
{
    key->number[0] = utf8_length(t.data, t.size);
    key->number[1] = is_ascii(t.data, t.size) ? 0 : width_of(t.data, t.size);
    key->number[2] = t.size;
}

static void shape_int(const struct obj *o, struct shape_key *key)
{
    key->number[0] = int_bits((val)o);
}

static void shape_str(const struct obj *o, struct shape_key *key)
{
    shape_text(text_of((val)o), key);
}

static void shape_counted(const struct obj *o, struct shape_key *key)
{
    key->number[0] = count_of(o);
}

static void shape_bytearray(const struct obj *o, struct shape_key *key)
{
    const struct bytearray *b = (const struct bytearray *)o;
    key->number[0] = b->len;
    key->number[1] = b->store ? count_of(b->store) : 0;
    key->number[2] = room_of(b)->cpython;
    key->number[3] = room_of(b)->later;
    key->how = key->number[1] >= key->number[0] + BLOCK ? "append" : NULL;
}

static void shape_list(const struct obj *o, struct shape_key *key)
{
    static const char *const hows[] = {"literal", "append", "comprehension", "copy", "repeat"};
    const struct list *l = (const struct list *)o;
    key->number[0] = l->len;
    key->number[1] = list_capacity(l);
    key->number[2] = room_of(l)->cpython;
    key->number[3] = room_of(l)->later;
    key->number[4] = room_of(l)->micropython;
    key->how = list_how(l) < COUNT_OF(hows) ? hows[list_how(l)] : NULL;
}

static size_t pairs_of(const struct table *t)
{
    return t->pairs ? count_of(t->pairs) / (t->live & TABLE_SET ? 1 : 2) : 0;
}

static void shape_table(const struct obj *o, struct shape_key *key)
{
    const struct table *t = &((const struct dict *)o)->table;
    key->number[0] = table_live(t);
    key->number[1] = pairs_of(t);
    key->number[3] = t->used;
    key->number[4] = room_of(t)->cpython;
    key->number[5] = room_of(t)->micropython;
    key->number[6] = room_of(t)->most;
    key->how = t->live & TABLE_HOW ? "literal" : t->live & TABLE_COPY ? "copy" : "grown";
    const val *slot;
    for (size_t at = 0; table_next(t, &at, (val **)&slot);)
        key->number[2] += is_str(*slot);
}

static void shape_named(const struct obj *o, struct shape_key *key)
{
    key->class = o->type;
    shape_counted(o, key);
}

// The names in __slots__ of a class; SIZE_MAX: it has none, or a dict among them.
static size_t slots_of(const struct type *class)
{
    const val *slot = table_find_name(table_of(class->dict), S(__slots__));
    size_t n = 1;
    val *names = NULL;
    if (!slot)
        return SIZE_MAX;
    if (!values_of(slot[1], &n, &names))
        return 1;
    for (size_t i = 0; i < n; i++)
        if (names[i] == S(__dict__))
            return SIZE_MAX;
    return n;
}

// Slots of its class and those it derives from; whether each of them does without a dict.
static size_t count_slots(const struct type *class, bool *all)
{
    size_t sum = 0;
    const struct tuple *order = (const struct tuple *)mro_known(class);
    *all = true;
    for (size_t i = 0; order && i < order->len; i++) {
        const struct type *t = (const struct type *)order->values[i];
        size_t n = t->shape.flags & TYPE_CLASS ? slots_of(t) : 0;
        *all = *all && n != SIZE_MAX;
        sum += n == SIZE_MAX ? 0 : n;
    }
    return sum;
}

// Whether a class that it derives from, and not it alone, has given instances what it would give: a dict, or to
// exceptions a place for weak references.
static bool base_gives(const struct type *t)
{
    const struct tuple *order = (const struct tuple *)mro_known(t);
    for (size_t i = 1; order && i < order->len; i++) {
        const struct type *base = (const struct type *)order->values[i];
        if (base->shape.flags & TYPE_CLASS && slots_of(base) == SIZE_MAX)
            return true;
    }
    return false;
}

// A class of the program; the types of the machine lie in ROM.
static void shape_type(const struct obj *o, struct shape_key *key)
{
    const struct type *t = (const struct type *)o;
    bool all, exception = t->shape.flags & TYPE_EXCEPTION;
    count_slots(t, &all);
    key->number[0] = table_live(table_of(t->dict));
    // That of a named tuple has one base, which is in ROM, and no order of its own.
    key->number[1] = has_type(t->bases, &type_tuple) ? ((const struct tuple *)t->bases)->len : 1;
    val order = mro_known(t);
    key->number[2] = order ? ((const struct tuple *)order)->len : 0;
    key->number[3] = slots_of(t) == SIZE_MAX ? 0 : slots_of(t);
    key->number[4] = base_gives(t);
    key->number[5] = pairs_of(table_of(t->dict));
    key->how = exception ? "exception" : all && order ? "slots" : "table";
}

val native_part_of(const struct obj *o)
{
    val part = o->type->shape.flags & TYPE_CLASS ? native_part((val)o) : NOTHING;
    return part && is_object(part) && heap_holds((void *)part) ? part : NOTHING;
}

static void shape_instance(const struct obj *o, struct shape_key *key)
{
    bool slots = o->type->shape.flags & TYPE_SLOTS;
    key->class = o->type;
    key->fields =
        slots ? o->type->shape.size / WORD - 1
              : table_live(&((const struct instance *)o)->table) - (native_part_of(o) != NOTHING);
    key->how = slots ? "slots" : "table";
    if (!slots) {
        bool all;
        key->slotted = count_slots(o->type, &all);
        key->derived = native_part_of(o) == NOTHING ? 0 : all ? 2 : 1;
        key->number[0] = pairs_of(&((const struct instance *)o)->table);
    }
}

static void shape_function(const struct obj *o, struct shape_key *key)
{
    const struct function *f = (const struct function *)o;
    key->number[0] = f->closure ? count_of((void *)f->closure) : 0;
    key->number[1] = f->defaults ? count_of((void *)f->defaults) : 0;
}

static void shape_code(const struct obj *o, struct shape_key *key)
{
    const struct code *c = (const struct code *)o;
    key->number[0] = count_of((const void *)c->bytes);
    key->number[1] = count_of(c->consts);
}

#if MOTE_COLLECTIONS
static void shape_deque(const struct obj *o, struct shape_key *key)
{
    key->number[0] = deque_length(o);
    key->number[1] = deque_limit(o);
    key->number[2] = deque_room(o);
}
#endif

static void shape_exception(const struct obj *o, struct shape_key *key)
{
    (void)o;
    key->how = "exception";
}

static void shape_lazy(const struct obj *o, struct shape_key *key)
{
    key->number[0] = lazy_width(o);
}

static void shape_method(const struct obj *o, struct shape_key *key)
{
    key->how = has_type(((const struct method *)o)->function, &type_native) ? "native" : NULL;
}

// Room for its variables and what it works with: how much of it there is follows from its function.
static void shape_generator(const struct obj *o, struct shape_key *key)
{
    const struct code *c = ((const struct function *)((const struct generator *)o)->function)->code;
    key->number[0] = (size_t)c->nlocals + c->nstack;
#if MOTE_COMPILER
    struct places p = places_of(c);
    key->number[1] = p.values;
    key->number[2] = p.tries;
    key->number[3] = frame_of(c);
#endif
}

#define TABLE                                                                                      \
    {                                                                                              \
        "entries", "capacity", "strings", "filled", "cpython", "made", "most"                      \
    }
// The types whose objects differ in shape; the names are the members of the row.
static const struct described described[] = {
    {&type_int, NULL, {"bits"}, shape_int},
    {&type_str, NULL, {"length", "width", "bytes"}, shape_str},
    {&type_bytes, NULL, {"length"}, shape_counted},
    {&type_bytearray, NULL, {"length", "capacity", "cpython", "later"}, shape_bytearray},
    {&type_tuple, NULL, {"length"}, shape_counted},
    {&type_list, NULL, {"length", "capacity", "cpython", "later", "micropython"}, shape_list},
    {&type_set, NULL, TABLE, shape_table},
    {&type_frozenset, NULL, TABLE, shape_table},
    {&type_function, NULL, {"closure", "defaults"}, shape_function},
    {&type_code, NULL, {"bytes", "constants"}, shape_code},
    {&type_generator, NULL, {"values", "micropython", "tries", "cpython"}, shape_generator},
    {&type_type,
     NULL,
     {"entries", "bases", "order", "slotted", "inherits", "capacity"},
     shape_type},
#if MOTE_COLLECTIONS
    {&type_deque, NULL, {"length", "made", "capacity"}, shape_deque},
#endif
    {&type_method, NULL, {NULL}, shape_method},
    {&type_zip, NULL, {"length"}, shape_lazy},
    {&type_map, NULL, {"length"}, shape_lazy},
};
static const struct described named = {NULL, "namedtuple", {"length"}, shape_named};
static const struct described tables = {NULL, NULL, TABLE, shape_table};
static const struct described instances = {NULL, "instance", {"capacity"}, shape_instance};
static const struct described exceptions = {NULL, NULL, {NULL}, shape_exception};
static const struct described others = {NULL, NULL, {NULL}, NULL};

const struct described *described_of(const struct type *type)
{
    if (type->shape.flags & TYPE_CLASS)
        return &instances;
    for (size_t i = 0; i < COUNT_OF(described); i++)
        if (described[i].type == type)
            return &described[i];
    if (type->shape.flags & TYPE_EXCEPTION)
        return &exceptions;
    if (derives(type, &type_tuple))
        return &named;
    return derives(type, &type_dict) ? &tables : &others;
}
#endif
