// SPDX-License-Identifier: MIT
// What the machine says about its memory: one list of counters, told as JSON or as a dict, and a row a type from a walk
// over the heap.
#include "core/counters.h"

#include "core/heap.h"

enum { TYPE_ROWS = MOTE_64 ? 512 : 48 };

struct type_row {
    const struct type *type; // NULL: all that found no row
    size_t objects, asked, held;
};

struct types {
    struct type_row rows[TYPE_ROWS];
    size_t count;
};

static void count_object(const struct obj *o, void *context)
{
    struct types *t = context;
    size_t i = 0;
    while (i < t->count && t->rows[i].type != o->type)
        i++;
    if (i == t->count) {
        if (t->count < TYPE_ROWS - 1)
            t->rows[t->count].type = o->type;
        else
            i = TYPE_ROWS - 1;
        t->count = i + 1;
    }
    t->rows[i].objects++;
    t->rows[i].asked += heap_asked(o);
    t->rows[i].held += heap_bytes(o);
}

// Where the counters go.
struct teller {
    void (*tell)(struct teller *teller, val name, uint64_t value);
    struct sink *out;
    val dict;
};

// Of the free blocks those that the largest run does not hold, in thousandths.
static size_t fragmentation(size_t blocks_free, size_t largest)
{
    // By 16 bits at most, so that no product needs more than a word.
    while (blocks_free > UINT16_MAX)
        blocks_free >>= 1, largest >>= 1;
    return blocks_free ? (blocks_free - largest) * 1000 / blocks_free : 0;
}

// X(name, value)
#define COUNTERS(X)                                                                                \
    X(word_bytes, WORD)                                                                            \
    X(block_bytes, BLOCK)                                                                          \
    X(bitmap_bytes, c.bitmap_bytes)                                                                \
    X(blocks, c.total_blocks)                                                                      \
    X(blocks_used, c.used_blocks)                                                                  \
    X(blocks_free, free_blocks)                                                                    \
    X(blocks_largest_run, largest)                                                                 \
    X(blocks_peak, c.peak_blocks)                                                                  \
    X(blocks_peak_compile, c.compile_peak_blocks)                                                  \
    X(fragmentation, fragmentation(free_blocks, largest))                                          \
    X(asked_bytes, asked)                                                                          \
    X(held_bytes, c.used_blocks *BLOCK)                                                            \
    X(allocations, c.allocations)                                                                  \
    X(allocated_bytes, c.bytes_allocated)                                                          \
    X(collections, c.collections)                                                                  \
    X(pause_total, c.pause_total)                                                                  \
    X(pause_longest, c.pause_longest)                                                              \
    X(pool_bytes, intern_pool_bytes())                                                             \
    X(stack_bytes, mote.stack_deepest)

static void tell_all(struct teller *t, const struct types *types)
{
    const struct heap_counts c = mote.counts; // telling may allocate
    size_t free_blocks = c.total_blocks - c.used_blocks, largest = heap_largest_run(), asked = 0;
    for (size_t i = 0; i < types->count; i++)
        asked += types->rows[i].asked;
#define X(name, value) S(name),
    static const uint16_t names[] = {COUNTERS(X)};
#undef X
#define X(name, value) value,
    const uint64_t values[] = {COUNTERS(X)};
#undef X
    for (size_t i = 0; i < COUNT_OF(names); i++)
        t->tell(t, names[i], values[i]);
}

static val name_of_row(const struct type_row *row)
{
    return row->type ? row->type->name : S(others);
}

// ------------------------------------------------------------------------------------------ JSON

// A long division by ten in limbs of 16 bits: small parts have no 64-bit one. The remainder.
static unsigned divide_by_ten(uint16_t limb[4])
{
    uint32_t rest = 0;
    for (int i = 3; i >= 0; i--) {
        rest = rest << 16 | limb[i];
        limb[i] = (uint16_t)(rest / 10);
        rest %= 10;
    }
    return rest;
}

static void number_out(struct sink *out, uint64_t n)
{
    uint16_t limb[4] = {(uint16_t)n, (uint16_t)(n >> 16), (uint16_t)(n >> 32), (uint16_t)(n >> 48)};
    char text[20];
    size_t at = sizeof text;
    do
        text[--at] = (char)('0' + divide_by_ten(limb));
    while (limb[0] | limb[1] | limb[2] | limb[3]);
    out->write(out, text + at, sizeof text - at);
}

static void tell_json(struct teller *t, val name, uint64_t value)
{
    sink_format(t->out, "\"%v\": ", name);
    number_out(t->out, value);
    sink_text(t->out, ", ");
}

void counters_write(struct sink *out)
{
    heap_collect();
    struct types types = {.count = 0};
    heap_each(count_object, &types);
    struct teller t = {tell_json, out, NOTHING};
    sink_text(out, "{");
    tell_all(&t, &types);
    sink_text(out, "\"types\": [");
    for (size_t i = 0; i < types.count; i++) {
        const struct type_row *row = &types.rows[i];
        sink_format(out, "%s{\"name\": \"%v\", \"objects\": %z, \"asked\": %z, \"held\": %z}",
                    i ? ", " : "", name_of_row(row), row->objects, row->asked, row->held);
    }
    sink_text(out, "]}\n");
}

// ------------------------------------------------------------------------------------------ dict

static void tell_dict(struct teller *t, val name, uint64_t value)
{
    dict_set(t->dict, name, int_new_u64(value));
}

static void add_type(val types, const struct type_row *row)
{
    ROOTS(r, 1);
    r[0] = tuple_new(3, NULL);
    struct tuple *t = (struct tuple *)r[0];
    t->values[0] = int_new_unsigned(row->objects);
    t->values[1] = int_new_unsigned(row->asked);
    t->values[2] = int_new_unsigned(row->held);
    dict_set(types, name_of_row(row), r[0]);
}

val counters_dict(void)
{
    heap_collect();
    struct types types = {.count = 0};
    heap_each(count_object, &types);
    ROOTS(r, 2);
    r[0] = dict_new(20);
    struct teller t = {tell_dict, NULL, r[0]};
    tell_all(&t, &types);
    r[1] = dict_new(types.count);
    dict_set(r[0], S(types), r[1]);
    for (size_t i = 0; i < types.count; i++)
        add_type(r[1], &types.rows[i]);
    return r[0];
}
