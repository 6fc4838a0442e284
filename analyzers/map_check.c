// SPDX-License-Identifier: MIT
//
// The linker map against the ELF file it is of, section by section: what the objects brought, what is in
// memory, and why the two differ. Each reason is worked out on its own; none is what is left over.
//
//   map bytes     input sections, commons, data of the script, by their sizes before any of this
//   padding       fill that is stated, gaps below the alignment of what follows; in both the ELF must
//                 have fill
//   merged        sections of strings and constants: their size in the end less that before; pools
//                 the linker lists as its own
//   relaxed       any other section that states two sizes (relaxing, unwind entries that were dropped);
//                 relocation tables that came out shorter than the linker had planned
//   veneers       what the linker made: stubs, PLT, GOT, dynamic tables, headers
//   lto           objects that a link-time optimiser wrote
//   not loaded    all of a section that takes no memory in the ELF
//   stripped      all of a section that is not in the ELF, and nothing lies where it was
//   remainder     ELF bytes less all of these: 0, or one of the two files is not understood

#include <inttypes.h>
#include <stdlib.h>

#include "analyzers/map_private.h"
#include "ledger/collect.h"

enum {
    IN_MAP,
    IN_ELF,
    DIFFERENCE,
    PADDING,
    MERGED,
    RELAXED,
    VENEERS,
    LTO,
    NOT_LOADED,
    STRIPPED,
    REMAINDER,
    COLUMN_COUNT
};

static const struct rep_column columns[COLUMN_COUNT] = {
    [IN_MAP] = {"map", "MAP", REP_BYTES, true, false},
    [IN_ELF] = {"elf", "ELF", REP_BYTES, true, false},
    [DIFFERENCE] = {"difference", "DIFFERENCE", REP_DELTA, true, false},
    [PADDING] = {"padding", "PADDING", REP_DELTA, true, false},
    [MERGED] = {"merged", "MERGED", REP_DELTA, true, false},
    [RELAXED] = {"relaxed", "RELAXED", REP_DELTA, true, false},
    [VENEERS] = {"veneers", "VENEERS", REP_DELTA, true, false},
    [LTO] = {"lto", "LTO", REP_DELTA, true, false},
    [NOT_LOADED] = {"not_loaded", "NOT LOADED", REP_DELTA, true, false},
    [STRIPPED] = {"stripped", "STRIPPED", REP_DELTA, true, false},
    [REMAINDER] = {"remainder", "REMAINDER", REP_DELTA, true, false},
};

// Signed bytes; sums stay far from overflow (MOST).
struct account {
    int64_t values[COLUMN_COUNT];
};

#define MOST ((uint64_t)1 << 60) // bytes that are counted; a map that states more is no account

struct checking {
    const struct lm_map *map;
    struct an_map *cutter;
    const struct img *img;
    const struct ledger *ledger;
    const struct img_section *sections;
    size_t section_count;
    const uint32_t *found; // section of the ELF, by section of the map
    uint64_t *memory;      // bytes in memory, by section of the ELF
    uint64_t budget;
    struct account not_loaded, stripped;
    struct arena *arena;
    VEC(struct rep_row) rows;
    struct an_map_check *sums;
};

static int64_t take(struct checking *c, uint64_t size)
{
    if (size > c->budget)
        return 0;
    c->budget -= size;
    return (int64_t)size;
}

// ------------------------------------------------------------------- of one section

static bool has_digit_after(struct slice name, const char *mark)
{
    size_t size = strlen(mark);
    for (size_t i = 0; i + size < name.size; i++)
        if (memcmp(name.data + i, mark, size) == 0 && name.data[i + size] >= '0' &&
            name.data[i + size] <= '9')
            return true;
    return false;
}

// ".rodata.str1.1", ".rodata.cst8", ".ARM.attributes"; what the ELF says of the whole section holds for all in it.
static bool is_mergeable(struct slice name, const struct img_section *in)
{
    static const char *const names[] = {".comment", ".debug_str", ".debug_line_str",
                                        "** merge strings", "** merge constants"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_is(name, names[i]))
            return true;
    return (in->flags & SHF_MERGE) != 0 || slice_ends(name, ".attributes") ||
           has_digit_after(name, ".str") || has_digit_after(name, ".cst");
}

// A section on both sides.
struct side {
    const struct lm_section *map;
    const struct img_section *elf; // the null section when it has none
    struct slice bytes;
};

// Whether the ELF has nothing but fill there: no bytes at all, all the same, or no-operations.
static bool is_fill(const struct checking *c, const struct side *side, uint64_t addr, uint64_t size)
{
    uint64_t offset = addr - side->map->addr;
    if (side->elf->type == SHT_NOBITS || side->elf->index == 0 || addr < side->map->addr ||
        !range_fits(offset, size, side->bytes.size))
        return true;
    struct slice bytes = slice_of(side->bytes.data + offset, size);
    bool code = (side->elf->flags & SHF_EXECINSTR) != 0;
    bool same = size > 1 && memcmp(bytes.data, bytes.data + 1, size - 1) == 0;
    return same || (size == 1 && bytes.data[0] == 0xff) ||
           led_is_fill(img_info(c->img), bytes, code);
}

static void add_contribution(struct checking *c, const struct side *side,
                             const struct lm_contribution *part, struct account *account)
{
    bool merged = is_mergeable(part->name, side->elf);
    int64_t size = take(c, part->size), before = size;
    if (part->kind == LM_FILL && size != 0) {
        // gold calls "fill" what it made itself, too.
        bool fill = is_fill(c, side, part->addr, part->size);
        account->values[fill ? PADDING : VENEERS] += size;
    } else if (part->kind == LM_MADE) {
        account->values[merged ? MERGED : VENEERS] += size;
    } else if (part->file != LM_NO && lm_by_lto(&c->map->files.items[part->file])) {
        account->values[LTO] += size;
    } else {
        if (part->size_before != LM_NONE)
            before = take(c, part->size_before);
        account->values[IN_MAP] += before;
        account->values[merged ? MERGED : RELAXED] += size - before;
    }
}

// On machines that need stubs, where the map does not list them.
static bool has_silent_stubs(const struct checking *c, const struct side *side)
{
    uint16_t machine = img_info(c->img)->machine;
    return c->map->dialect->hides_stubs && side->elf->flags & SHF_EXECINSTR &&
           (machine == EM_ARM || machine == EM_AARCH64 || machine == EM_PPC64);
}

struct gaps {
    struct checking *checking;
    const struct side *side;
    struct account *account;
    name_id padding;
    uint64_t addr; // of the next piece
};

static void add_gap(void *context, const struct an__piece *piece)
{
    struct gaps *gaps = context;
    struct checking *c = gaps->checking;
    bool gap = piece->contribution == LM_NO, small = piece->owner == gaps->padding;
    if (gap && small && is_fill(c, gaps->side, gaps->addr, piece->size))
        gaps->account->values[PADDING] += take(c, piece->size);
    else if (gap && has_silent_stubs(c, gaps->side))
        gaps->account->values[VENEERS] += take(c, piece->size);
    gaps->addr += piece->size;
}

static struct account account_of(struct checking *c, uint32_t index)
{
    struct account account = {0};
    const struct lm_section *s = &c->map->sections.items[index];
    struct side side = {.map = s, .elf = &c->sections[c->found[index]]};
    if (!side.elf->compressed)
        side.bytes = img_section_raw(c->img, side.elf->index);
    for (uint32_t i = 0; i < s->count; i++)
        add_contribution(c, &side, &c->map->contributions.items[s->first + i], &account);
    struct gaps gaps = {c, &side, &account, names_intern_text(c->cutter->names, "[padding]"),
                        s->addr};
    an__map_cut(c->cutter, index, false, add_gap, &gaps);
    return account;
}

// ------------------------------------------------------------------------- the rows

static int64_t explained(const struct account *account)
{
    int64_t sum = account->values[IN_MAP];
    for (size_t i = PADDING; i < REMAINDER; i++)
        sum += account->values[i];
    return sum;
}

static void add_row(struct checking *c, const char *name, bool faint, struct account account)
{
    account.values[DIFFERENCE] = account.values[IN_ELF] - account.values[IN_MAP];
    account.values[REMAINDER] = account.values[IN_ELF] - explained(&account);
    int64_t left = account.values[REMAINDER];
    c->sums->sections += !faint;
    c->sums->unexplained += left != 0;
    c->sums->bytes += (uint64_t)(left < 0 ? -left : left);
    union rep_value *values = ARENA_ARRAY(c->arena, COLUMN_COUNT, union rep_value);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        values[i].i = account.values[i];
    vec_push(&c->rows, (struct rep_row){
                           .name = name, .dimension = "section", .values = values, .faint = faint});
}

static void add_to(struct account *sum, const struct account *account)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        sum->values[i] += account->values[i];
}

// Bytes in memory from `addr` on, when they follow each other and belong to no section.
static uint64_t bare_memory(const struct checking *c, uint64_t addr, uint64_t size)
{
    if (size == 0 || !add_u64(addr, size, &(uint64_t){0}))
        return 0;
    uint64_t first = led_pos_addr(c->ledger, 0, 0, addr);
    uint64_t last = led_pos_addr(c->ledger, 0, 0, addr + (size - 1));
    return first != LED_NOWHERE && last == first + (size - 1) ? size : 0;
}

static void check_section(struct checking *c, uint32_t index)
{
    const struct lm_section *s = &c->map->sections.items[index];
    uint32_t found = c->found[index];
    struct account account = account_of(c, index);
    uint64_t memory = found != 0  ? c->memory[found]
                      : s->loaded ? bare_memory(c, s->addr, s->size)
                                  : 0;
    bool nothing = s->size == 0 && explained(&account) == 0;
    if (memory == 0 && (nothing || (found == 0 && account.values[IN_MAP] == 0)))
        return; // such as section headers, which mold lists
    if (memory == 0) {
        account.values[found != 0 ? NOT_LOADED : STRIPPED] = -explained(&account);
        add_to(found != 0 ? &c->not_loaded : &c->stripped, &account);
        return;
    }
    account.values[IN_ELF] = take(c, memory);
    account.values[RELAXED] -= (int64_t)an__map_unused_relocs(c->img, s, &c->sections[found]);
    add_row(c, arena_text(c->arena, s->name), false, account);
}

static void check_others(struct checking *c)
{
    bool *known = mem_zalloc(c->section_count + 1, sizeof *known);
    for (size_t i = 0; i < c->map->sections.count; i++)
        known[c->found[i]] = true;
    for (size_t i = 1; i < c->section_count; i++) {
        struct account account = {.values = {[IN_ELF] = take(c, c->memory[i])}};
        if (!known[i] && c->memory[i] != 0)
            add_row(c, c->sections[i].name, false, account);
    }
    free(known);
}

static void measure_memory(struct checking *c)
{
    size_t count;
    const struct led_extent *extents = led_extents(c->ledger, &count);
    c->memory = mem_zalloc(c->section_count + 1, sizeof *c->memory);
    for (size_t i = 0; i < count; i++)
        if (extents[i].weights & LED_VM && extents[i].section < c->section_count)
            c->memory[extents[i].section] += extents[i].size;
}

static void make_table(struct checking *c, struct rep_table *out)
{
    *out = (struct rep_table){
        .name = "map", .names = "SECTION", .columns = columns, .column_count = COLUMN_COUNT};
    out->total.values = ARENA_ARRAY(c->arena, COLUMN_COUNT, union rep_value);
    out->total.row_count = c->rows.count;
    out->total.rows = arena_copy(c->arena, c->rows.items, c->rows.count * sizeof *c->rows.items);
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        bool used = column <= DIFFERENCE || column == REMAINDER;
        for (size_t i = 0; i < c->rows.count; i++) {
            out->total.values[column].i += c->rows.items[i].values[column].i;
            used = used || c->rows.items[i].values[column].i != 0;
        }
        out->hidden_columns_mask |= used ? 0 : (size_t)1 << column;
    }
}

struct an_map_check an_map_check(const struct lm_map *map, const struct img *img,
                                 const struct ledger *ledger, struct arena *arena,
                                 struct rep_table *out)
{
    struct an_map_check sums = {0};
    struct checking c = {.map = map, .img = img, .ledger = ledger, .arena = arena, .sums = &sums};
    c.budget = MOST;
    c.cutter = an_map_new(map, NULL, (struct cfg_regions){0});
    c.sections = img_sections(img, &c.section_count);
    c.found = led_map_sections(map, img, arena);
    measure_memory(&c);
    for (uint32_t i = 0; i < map->sections.count; i++)
        check_section(&c, i);
    check_others(&c);
    if (c.stripped.values[STRIPPED] != 0)
        add_row(&c, "[stripped]", true, c.stripped);
    if (c.not_loaded.values[NOT_LOADED] != 0)
        add_row(&c, "[not loaded]", true, c.not_loaded);
    make_table(&c, out);
    vec_free(&c.rows);
    free(c.memory);
    an_map_free(c.cutter);
    return sums;
}
