// SPDX-License-Identifier: MIT
// The census: how many objects of which kind and shape the heap holds, in terms of the language, so that their price on
// another interpreter can be computed. census.md has the format.
//
// One walk over the heap after a collection; equal shapes are counted in one row of a hash table that lies outside of the
// heap (the census is a tool for the desktop, and must not change what it counts). Values without an object of their own
// (small integers, interned strings) are counted where they are held: integers at every place, as another interpreter
// would have an object there; strings once each, as every interpreter that interns shares them.
#include "core/counters.h"

#if MOTE_CENSUS
#include "core/heap.h"
#include "core/rooms.h"
#include "core/vm.h"
#include "modules/modules.h"
#include "types/containers.h"

#include <stdlib.h>

enum { NUMBERS = 8 };

// The shape of an object: its type, and some numbers and a word whose names depend on the type. What a class of the
// program derived from a native type holds (functions.h) is one object with the instance: its native part tells the rest.
struct shape_key {
    const struct type *type;
    const struct type *class; // of the program, or a named tuple; or NULL
    size_t fields,
        slotted;    // of a class of the program: attributes, and how many of them have slots
    size_t derived; // has a native part, and 1 attributes besides, or 2 none
    size_t number[NUMBERS];
    const char *how; // a static text, or NULL
    bool constant;   // came with the program's code
};

struct row {
    struct shape_key key;
    size_t count; // 0: the place is free
};

struct census {
    struct row *rows;
    size_t room, used;
    uint8_t *interned;    // a bit a string: counted already
    uint8_t *constant;    // a bit a block: a constant starts there
    uint8_t *part;        // a bit a block: what starts there is a part of another object
    bool holder_constant; // while one object is visited
    bool failed;          // no memory outside
};

// ------------------------------------------------------------------------------------------ rows

static size_t key_hash(const struct shape_key *k)
{
    size_t h = (size_t)k->type >> 4 ^ (size_t)k->how;
    for (size_t i = 0; i < COUNT_OF(k->number); i++)
        h = (h ^ k->number[i]) * 0x9e3779b1u;
    h ^= (size_t)k->class >> 4 ^ (k->fields << 8 ^ k->slotted << 4 ^ k->derived) * 0x9e3779b1u;
    return h ^ h >> 15 ^ k->constant;
}

static bool key_equal(const struct shape_key *a, const struct shape_key *b)
{
    return a->type == b->type && a->class == b->class && a->fields == b->fields &&
           a->slotted == b->slotted && a->derived == b->derived &&
           memcmp(a->number, b->number, sizeof a->number) == 0 && a->how == b->how &&
           a->constant == b->constant;
}

static struct row *row_of(struct row *rows, size_t room, const struct shape_key *key)
{
    size_t at = key_hash(key) & (room - 1);
    while (rows[at].count && !key_equal(&rows[at].key, key))
        at = (at + 1) & (room - 1);
    return &rows[at];
}

static bool census_grow(struct census *c)
{
    size_t room = c->room ? c->room * 2 : 256;
    struct row *rows = calloc(room, sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < c->room; i++)
        if (c->rows[i].count)
            *row_of(rows, room, &c->rows[i].key) = c->rows[i];
    free(c->rows);
    c->rows = rows;
    c->room = room;
    return true;
}

static void census_add(struct census *c, const struct shape_key *key)
{
    if ((c->used + 1) * 2 > c->room && !census_grow(c)) {
        c->failed = true;
        return;
    }
    struct row *row = row_of(c->rows, c->room, key);
    if (row->count++ == 0) {
        row->key = *key;
        c->used++;
    }
}

static bool bit_test_set(uint8_t *bits, size_t i)
{
    bool was = bits[i / 8] >> i % 8 & 1;
    bits[i / 8] |= (uint8_t)(1 << i % 8);
    return was;
}

// ------------------------------------------------------------------------------------------ shapes

static size_t bits_of(uintptr_t magnitude)
{
    size_t bits = 0;
    for (; magnitude; magnitude >>= 1)
        bits++;
    return bits;
}

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

static void shape_text(struct text t, struct shape_key *key)
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
    key->how = key->number[1] >= key->number[0] + BLOCK ? "append" : NULL;
}

static void shape_list(const struct obj *o, struct shape_key *key)
{
    static const char *const hows[] = {"literal", "append", "comprehension", "copy", "repeat"};
    const struct list *l = (const struct list *)o;
    key->number[0] = l->len;
    key->number[1] = list_capacity(l);
    key->number[2] = room_of(l)->cpython;
    key->number[3] = room_of(l)->micropython;
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
    const struct tuple *order = (const struct tuple *)class->mro;
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
    const struct tuple *order = (const struct tuple *)t->mro;
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
    key->number[2] = t->mro ? ((const struct tuple *)t->mro)->len : 0;
    key->number[3] = slots_of(t) == SIZE_MAX ? 0 : slots_of(t);
    key->number[4] = base_gives(t);
    key->number[5] = pairs_of(table_of(t->dict));
    key->how = exception ? "exception" : all && t->mro ? "slots" : "table";
}

static val part_of(const struct obj *o)
{
    val part = o->type->shape.flags & TYPE_CLASS ? native_part((val)o) : NOTHING;
    return part && is_object(part) && heap_holds((void *)part) ? part : NOTHING;
}

static void shape_instance(const struct obj *o, struct shape_key *key)
{
    bool slots = o->type->shape.flags & TYPE_SLOTS;
    key->class = o->type;
    key->fields = slots
                      ? o->type->shape.size / WORD - 1
                      : table_live(&((const struct instance *)o)->table) - (part_of(o) != NOTHING);
    key->how = slots ? "slots" : "table";
    if (!slots) {
        bool all;
        key->slotted = count_slots(o->type, &all);
        key->derived = part_of(o) == NOTHING ? 0 : all ? 2 : 1;
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

static void shape_deque(const struct obj *o, struct shape_key *key)
{
    key->number[0] = deque_length(o);
}

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
}

#define TABLE                                                                                      \
    {                                                                                              \
        "entries", "capacity", "strings", "filled", "cpython", "made", "most"                      \
    }
// The types whose objects differ in shape; the names are the members of the row.
static const struct described {
    const struct type *type;
    const char *names[NUMBERS];
    void (*shape)(const struct obj *o, struct shape_key *key);
} described[] = {
    {&type_int, {"bits"}, shape_int},
    {&type_str, {"length", "width", "bytes"}, shape_str},
    {&type_bytes, {"length"}, shape_counted},
    {&type_bytearray, {"length", "capacity", "cpython"}, shape_bytearray},
    {&type_tuple, {"length"}, shape_counted},
    {&type_list, {"length", "capacity", "cpython", "micropython"}, shape_list},
    {&type_set, TABLE, shape_table},
    {&type_frozenset, TABLE, shape_table},
    {&type_function, {"closure", "defaults"}, shape_function},
    {&type_code, {"bytes", "constants"}, shape_code},
    {&type_generator, {"values"}, shape_generator},
    {&type_type, {"entries", "bases", "order", "slotted", "inherits", "capacity"}, shape_type},
    {&type_deque, {"length"}, shape_deque},
    {&type_method, {NULL}, shape_method},
    {&type_zip, {"length"}, shape_lazy},
    {&type_map, {"length"}, shape_lazy},
};
static const struct described named = {NULL, {"length"}, shape_named};
static const struct described tables = {NULL, TABLE, shape_table};
static const struct described instances = {NULL, {NULL}, shape_instance};
static const struct described exceptions = {NULL, {NULL}, shape_exception};
static const struct described others = {NULL, {NULL}, NULL};

static const struct described *described_of(const struct type *type)
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

// ------------------------------------------------------------------------------------------ walks

// A value that is held somewhere; only those without an object of their own count here.
static void count_value(val v, void *context)
{
    struct census *c = context;
    struct shape_key key = {.constant = c->holder_constant};
    if (is_small(v)) {
        intptr_t i = small_of(v);
        key.type = &type_int;
        key.number[0] = bits_of(i < 0 ? -(uintptr_t)i : (uintptr_t)i);
        census_add(c, &key);
    } else if (is_interned(v) && !bit_test_set(c->interned, v >> 2)) {
        key.type = &type_str;
        key.how = "interned";
        shape_text(interned_text(v), &key);
        census_add(c, &key);
    }
}

// The row of an instance becomes one of its native part.
static void shape_derived(const struct obj *part, struct shape_key *key)
{
    const struct type *class = key->class;
    const struct described *d = described_of(part->type);
    key->type = part->type;
    key->how = NULL;
    if (d->shape)
        d->shape(part, key);
    key->class = class;
}

static bool is_constant(const struct census *c, const struct obj *o)
{
    size_t block = heap_index(o);
    return c->constant[block / 8] >> block % 8 & 1;
}

static void count_object(const struct obj *o, void *context)
{
    struct census *c = context;
    c->holder_constant = is_constant(c, o);
    heap_visit(o, count_value, c);
    size_t block = heap_index(o);
    if ((o->type->shape.flags & TYPE_INTERNAL) || c->part[block / 8] >> block % 8 & 1)
        return; // a part of another object
    struct shape_key key = {.type = o->type, .constant = c->holder_constant};
    const struct described *d = described_of(o->type);
    if (d->shape)
        d->shape(o, &key);
    if (key.derived)
        shape_derived((const struct obj *)part_of(o), &key);
    census_add(c, &key);
}

// Constants hold only constants: tuples of them, and what an int, str, bytes or float is.
static void mark_constant(val v, void *context)
{
    struct census *c = context;
    if (!is_object(v) || !heap_holds((void *)v) || bit_test_set(c->constant, heap_index((void *)v)))
        return;
    if (has_type(v, &type_tuple))
        heap_visit((struct obj *)v, mark_constant, c);
}

// The bytes of a code and of a bytearray, the native part of an instance, the cells of a function and the tables of a class are objects, but nobody's but theirs.
static void mark_part(struct census *c, const void *part)
{
    if (part && heap_holds((void *)part))
        bit_test_set(c->part, heap_index((void *)part));
}

static void mark_object(const struct obj *o, void *context)
{
    struct census *c = context;
    mark_part(c, (void *)part_of(o));
    if (o->type == &type_function)
        mark_part(c, (const void *)((const struct function *)o)->closure);
    if (o->type == &type_bytearray)
        mark_part(c, ((const struct bytearray *)o)->store);
    if (o->type == &type_type) {
        mark_part(c, (const void *)((const struct type *)o)->dict);
        mark_part(c, (const void *)((const struct type *)o)->bases);
        mark_part(c, (const void *)((const struct type *)o)->mro);
    }
    if (o->type != &type_code)
        return;
    const struct code *code = (const struct code *)o;
    mark_part(c, code->bytes);
    mark_constant((val)code, c);
    mark_constant((val)code->consts, c);
}

static void count_frames(struct census *c)
{
    c->holder_constant = false;
    for (const struct frame *f = mote.frame; f; f = f->up)
        for (const val *v = f->base; v < f->sp; v++)
            count_value(*v, c);
}

// ------------------------------------------------------------------------------------------ JSON

static void write_row(const struct row *row, struct sink *out)
{
    const struct shape_key *k = &row->key;
    const struct described *d = described_of(k->type);
    if (d == &instances)
        sink_text(out, "{\"kind\": \"instance\"");
    else if (d == &named)
        sink_text(out, "{\"kind\": \"namedtuple\"");
    else
        sink_format(out, "{\"kind\": \"%v\"", k->type->name);
    if (k->class)
        sink_format(out, ", \"class\": \"%v\"", k->class->name);
    if (k->class && (d != &named || k->derived))
        sink_format(out, ", \"fields\": %z, \"slotted\": %z", k->fields, k->slotted);
    if (k->derived)
        sink_format(out, ", \"derived\": %z", k->derived);
    for (size_t i = 0; i < COUNT_OF(k->number) && d->names[i]; i++)
        sink_format(out, ", \"%s\": %z", d->names[i], k->number[i]);
    if (k->how)
        sink_format(out, ", \"how\": \"%s\"", k->how);
    sink_format(out, "%s, \"count\": %z}", k->constant ? ", \"constant\": true" : "", row->count);
}

static void write_rows(const struct census *c, struct sink *out)
{
    const char *between = "\n  ";
    for (size_t i = 0; i < c->room; i++) {
        if (c->rows[i].count == 0)
            continue;
        sink_text(out, between);
        write_row(&c->rows[i], out);
        between = ",\n  ";
    }
}

static bool census_start(struct census *c)
{
    size_t strings = S_COUNT + frozen_pool.count + intern_pool_count();
    c->interned = calloc(strings / 8 + 1, 1);
    c->constant = calloc(mote.counts.total_blocks / 8 + 1, 1);
    c->part = calloc(mote.counts.total_blocks / 8 + 1, 1);
    return c->interned && c->constant && c->part && census_grow(c);
}

static void census_end(struct census *c)
{
    free(c->rows);
    free(c->interned);
    free(c->constant);
    free(c->part);
}

void census_write(val label, struct sink *out)
{
    heap_collect();
    struct census c = {0};
    bool good = census_start(&c);
    if (good) {
        heap_each(mark_object, &c);
        heap_each(count_object, &c);
        count_frames(&c);
    }
    if (good && !c.failed) {
        sink_format(out, "{\"census\": 1, \"label\": \"%v\", \"word\": %z, \"block\": %z, ", label,
                    WORD, BLOCK);
        sink_format(out, "\"boxed_int\": %s, \"objects\": [", MOTE_BOXED_INT ? "true" : "false");
        write_rows(&c, out);
        sink_text(out, "\n]}\n");
    }
    census_end(&c);
    if (!good || c.failed)
        raise_memory();
}
#endif
