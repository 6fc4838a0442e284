// SPDX-License-Identifier: MIT
// The census: how many objects of which kind and shape the heap holds, in terms of the language, so that their price on
// another interpreter can be computed. census.md has the format.
//
// One walk over the heap after a collection; equal shapes are counted in one row of a hash table that lies outside of the
// heap (the census is a tool for the desktop, and must not change what it counts). Values without an object of their own
// (small integers, interned strings) are counted where they are held: integers at every place, as another interpreter
// would have an object there; strings once each, as every interpreter that interns shares them, but for those of one
// character that were cut out of others.
#include "core/counters.h"

#if MOTE_CENSUS
#include "core/census.h"
#include "core/heap.h"
#include "core/rooms.h"
#include "core/vm.h"
#include "modules/modules.h"
#include "types/containers.h"

#include <stdlib.h>

struct row {
    struct shape_key key;
    size_t count; // 0: the place is free
};

struct census {
    struct row *rows;
    size_t room, used;
    uint8_t *interned; // a bit a string: counted already
    uint8_t *constant; // a bit a block: a constant starts there
    uint8_t *part;     // a bit a block: what starts there is a part of another object
    uint8_t *inside;   // a bit a block: what starts there others have in the object that holds it
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

// ------------------------------------------------------------------------------------------ walks

static size_t bits_of(uintptr_t magnitude)
{
    size_t bits = 0;
    for (; magnitude; magnitude >>= 1)
        bits++;
    return bits;
}

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
    } else if (is_interned(v) && v != PART_NAME) {
        bool cut = v >> 2 < 128 && MOTE_SHARE_TEXT && !room_interns((unsigned char)(v >> 2));
        bool again = bit_test_set(c->interned, v >> 2);
        if (again && !cut)
            return;
        key.type = &type_str;
        key.how = again ? "again" : cut ? "cut" : "interned";
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
    if (c->inside[block / 8] >> block % 8 & 1)
        key.how = "inside";
    if (key.derived)
        shape_derived((const struct obj *)native_part_of(o), &key);
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
static void mark(uint8_t *bits, const void *part)
{
    if (part && heap_holds((void *)part))
        bit_test_set(bits, heap_index((void *)part));
}

// The function of a generator expression, and the iterators of its loops; one that it was given, as generator expressions are, lies in its locals as well.
static void mark_loops(struct census *c, const struct generator *g)
{
    const struct code *code = ((const struct function *)g->function)->code;
    if (code->name == S(lt_genexpr))
        mark(c->inside, (const void *)g->function); // nobody else has it
    if (g->depth == GENERATOR_RUNS)
        return;
    bool from =
        g->ip != NULL && *g->ip == I_YIELD_FROM; // the last one is an object of its own everywhere
    for (size_t i = code->nlocals; i + from < g->depth; i++) {
        bool given = code->nlocals > 0 && g->values[0] == g->values[i];
        const struct type *type = type_of(g->values[i]);
        if ((type->name == S(iterator) || type == &type_range_iterator) && !given)
            mark(c->inside, (const void *)g->values[i]);
    }
}

static void mark_object(const struct obj *o, void *context)
{
    struct census *c = context;
    mark(c->part, (void *)native_part_of(o));
    if (o->type == &type_function) {
        mark(c->part, (const void *)((const struct function *)o)->closure);
        mark(c->inside, (const void *)((const struct function *)o)->defaults);
    }
    if ((o->type == &type_zip || o->type == &type_map) && has_type(lazy_source(o), &type_tuple))
        mark(c->inside, (const void *)lazy_source(o));
    if (o->type == &type_generator)
        mark_loops(c, (const struct generator *)o);
    if (o->type == &type_bytearray)
        mark(c->part, ((const struct bytearray *)o)->store);
    if (o->type == &type_type) {
        mark(c->part, (const void *)((const struct type *)o)->dict);
        mark(c->part, (const void *)((const struct type *)o)->bases);
        mark(c->part, (const void *)((const struct class *)o)->mro);
    }
    if (o->type != &type_code)
        return;
    const struct code *code = (const struct code *)o;
    mark(c->part, code->bytes);
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
    if (d->kind)
        sink_format(out, "{\"kind\": \"%s\"", d->kind);
    else
        sink_format(out, "{\"kind\": \"%v\"", k->type->name);
    if (k->class)
        sink_format(out, ", \"class\": \"%v\"", k->class->name);
    if (k->class && k->class->shape.flags & TYPE_CLASS)
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
    c->inside = calloc(mote.counts.total_blocks / 8 + 1, 1);
    return c->interned && c->constant && c->part && c->inside && census_grow(c);
}

static void census_end(struct census *c)
{
    free(c->rows);
    free(c->interned);
    free(c->constant);
    free(c->part);
    free(c->inside);
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
