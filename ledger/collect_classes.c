// SPDX-License-Identifier: MIT
//
// Virtual tables and type information, which no debug information tells of: they are inferred to belong
// where the functions of their class are.
//
//   _ZTVN2ns4PumpE   vtable of ns::Pump        _ZN2ns4PumpD0Ev    its deleting destructor
//          -------                                 -------
//
// A compiler writes a virtual table beside its class's first function that is not inline, or wherever it is
// used if all are; the linker keeps the first. A deleting destructor is written where the table is.
// Functions that are not weak are written once, and mostly in one unit. So units are weighed by what they
// have of a class; of two that weigh the same none is it.
//
// Names are not demangled. In the name of a member (Itanium C++ ABI, 5.1.3) all before the last component is
// the name of its class; the last one ends in the E that ends the whole. That place is sought by a hash of
// what stands before it, so that no name costs more than its length.

#include <stdlib.h>

#include "ledger/collect_private.h"

enum weight { WEAK = 1, STRONG = 1 << 10, DELETING = 1 << 20 };

struct classes {
    struct led__image *im;
    const struct img_symbol *symbols;
    size_t symbol_count;
    enum img_symbol_table which;
    uint64_t seed;
    struct keyed *tables; // symbols of tables, by hash of their class; value: index
    size_t table_count;
    VEC(struct keyed) votes; // key: number in `tables` << 32 | unit, value: weight
};

// --------------------------------------------------------------------------- names

static uint64_t hash_more(uint64_t hash, char c)
{
    return hash_mix(hash, (uint8_t)c);
}

static uint64_t hash_name(uint64_t seed, struct slice name)
{
    for (size_t i = 0; i < name.size; i++)
        seed = hash_more(seed, (char)name.data[i]);
    return seed;
}

// "_ZTVN2ns4PumpE" -> "2ns4Pump", "_ZTI4Pump" -> "4Pump". Empty when it is no such table.
static struct slice class_of_table(const char *symbol)
{
    struct slice name = slice_text(symbol);
    if (!slice_starts(name, "_ZT") || name.size < 6 || strchr("VTIS", symbol[3]) == NULL)
        return slice_of(NULL, 0);
    name = slice_of(name.data + 4, name.size - 4);
    if (name.data[0] == 'N' && name.data[name.size - 1] == 'E')
        name = slice_of(name.data + 1, name.size - 2);
    return name;
}

// Whether a last component of a name ends at `at` with its E: "D0E", "C2E", "3runE".
static bool ends_in_member(struct slice name, size_t at, bool *deleting)
{
    char first = (char)name.data[at];
    *deleting = false;
    if ((first == 'C' || first == 'D') && name.size - at > 2 && name.data[at + 2] == 'E') {
        *deleting = first == 'D' && name.data[at + 1] == '0';
        return name.data[at + 1] >= '0' && name.data[at + 1] <= '5';
    }
    size_t size = 0; // has no leading 0
    for (; first != '0' && at < name.size && name.data[at] >= '0' && name.data[at] <= '9'; at++)
        if ((size = size * 10 + (size_t)(name.data[at] - '0')) > name.size)
            return false;
    return size != 0 && size < name.size - at && name.data[at + size] == 'E';
}

// -------------------------------------------------------------------------- tables

static void find_tables(struct classes *c)
{
    c->tables = mem_alloc((c->symbol_count + 1) * sizeof *c->tables);
    for (size_t i = 0; i < c->symbol_count; i++) {
        const struct img_symbol *symbol = &c->symbols[i];
        struct slice name = class_of_table(symbol->name);
        if (symbol->table == c->which && symbol->type == STT_OBJECT && symbol->size != 0 &&
            name.size != 0)
            c->tables[c->table_count++] = (struct keyed){hash_name(c->seed, name), i};
    }
    struct keyed *scratch = mem_alloc((c->table_count + 1) * sizeof *scratch);
    sort_keyed(c->tables, scratch, c->table_count);
    free(scratch);
}

// The first table of the class, or table_count.
static size_t table_of_class(const struct classes *c, uint64_t hash, struct slice name)
{
    size_t at = keyed_first(c->tables, c->table_count, hash);
    if (at == c->table_count || c->tables[at].key != hash ||
        !slice_equal(class_of_table(c->symbols[c->tables[at].value].name), name))
        return c->table_count;
    return at;
}

// --------------------------------------------------------------------------- votes

static led_owner unit_of(const struct led__image *im, uint64_t addr)
{
    size_t at = keyed_first(im->starts, im->start_count, addr);
    bool found = at < im->start_count && im->starts[at].key == addr;
    return found ? (led_owner)im->starts[at].value : LED_UNATTRIBUTED;
}

static void vote(struct classes *c, const struct img_symbol *function)
{
    struct slice name = slice_text(function->name);
    if (!slice_starts(name, "_ZN"))
        return;
    size_t start = strlen("_ZN");
    while (start < name.size && strchr("KVrRO", name.data[start]) != NULL)
        start++;
    uint64_t hash = c->seed;
    for (size_t at = start; at < name.size; at++) {
        bool deleting;
        size_t table = c->table_count;
        if (at != start && ends_in_member(name, at, &deleting))
            table = table_of_class(c, hash, slice_of(name.data + start, at - start));
        led_owner unit = table != c->table_count ? unit_of(c->im, function->addr) : 0;
        if (unit != LED_UNATTRIBUTED)
            vec_push(&c->votes, (struct keyed){(uint64_t)table << 32 | unit,
                                               deleting                     ? DELETING
                                               : function->bind == STB_WEAK ? WEAK
                                                                            : STRONG});
        hash = hash_more(hash, (char)name.data[at]);
    }
}

static void count_votes(struct classes *c)
{
    for (size_t i = 0; i < c->symbol_count; i++)
        if (c->symbols[i].table == c->which && c->symbols[i].type == STT_FUNC &&
            c->symbols[i].size != 0)
            vote(c, &c->symbols[i]);
    struct keyed *scratch = mem_alloc((c->votes.count + 1) * sizeof *scratch);
    sort_keyed(c->votes.items, scratch, c->votes.count);
    free(scratch);
}

// The unit that weighs most among votes [at, end), all of one class.
static led_owner winner(const struct classes *c, size_t at, size_t end)
{
    uint64_t most = 0;
    led_owner best = LED_UNATTRIBUTED;
    while (at < end) {
        uint64_t key = c->votes.items[at].key, weight = 0;
        for (; at < end && c->votes.items[at].key == key; at++)
            weight += c->votes.items[at].value;
        if (weight >= most)
            best = weight == most ? LED_UNATTRIBUTED : (led_owner)key;
        most = MAX(most, weight);
    }
    return best;
}

// -------------------------------------------------------------------------- claims

static void claim_class(const struct classes *c, size_t table, led_owner unit)
{
    uint64_t hash = c->tables[table].key;
    for (; table < c->table_count && c->tables[table].key == hash; table++) {
        const struct img_symbol *symbol = &c->symbols[c->tables[table].value];
        led__claim_addr(c->im, 0, symbol->addr, symbol->size,
                        (struct led_claim){unit, LED_UNIT, LED_BY_CLASS, symbol->index});
    }
}

void led__collect_classes(struct led__image *im)
{
    struct img *from = im->symbols_from ? im->symbols_from : im->img;
    struct classes c = {.im = im, .seed = hash_seed()};
    if (!led__wants(im->run, LED_UNIT) || im->start_count == 0 || im->info->type == ET_REL)
        return;
    c.symbols = img_symbols(from, &c.symbol_count);
    c.which = im->symbols_from ? IMG_SYMTAB : IMG_DYNSYM;
    find_tables(&c);
    if (c.table_count != 0)
        count_votes(&c);
    for (size_t at = 0, end; at < c.votes.count; at = end) {
        uint64_t table = c.votes.items[at].key >> 32;
        for (end = at; end < c.votes.count && c.votes.items[end].key >> 32 == table; end++)
            ;
        led_owner unit = winner(&c, at, end);
        if (unit != LED_UNATTRIBUTED)
            claim_class(&c, table, unit);
    }
    vec_free(&c.votes);
    free(c.tables);
}
