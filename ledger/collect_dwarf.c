// SPDX-License-Identifier: MIT
//
// What the debug information says.
//
//   dimension   claims                                                     reader
//   unit        ranges of units; functions; variables; parts of debug      UNIT_RANGE FUNCTION
//               sections                                                   VARIABLE CONTENT
//   source      line runs (collect_lines.c); else the unit's path, as      LINE
//               above
//   symbol      functions and variables, when there is no symbol table     FUNCTION VARIABLE
//   inlines     functions, the calls inlined into them; variables          FUNCTION VARIABLE
//
// A unit made by a link-time optimiser ("<artificial>") is no source and owns nothing. One range
// that several units claim under one name is a COMDAT: the linker kept the first unit's copy. Under
// different names it is code that was folded: an owner set.

#include <dwarf.h>
#include <stdlib.h>

#include "ledger/collect_private.h"

struct reading {
    struct led__image *im;
    const struct dw_unit *units;
    size_t unit_count;
    led_owner *owners;  // by unit; LED_UNATTRIBUTED for artificial ones
    led_owner *sources; // the same, as the line tables spell it
    const struct dw_code *code;
};

static led_owner owner_of_unit(const struct reading *reading, uint32_t unit)
{
    return unit < reading->unit_count ? reading->owners[unit] : LED_UNATTRIBUTED;
}

static led_owner source_of_unit(const struct reading *reading, uint32_t unit)
{
    return unit < reading->unit_count ? reading->sources[unit] : LED_UNATTRIBUTED;
}

static void name_units(struct reading *reading)
{
    struct led_collector *run = reading->im->run;
    reading->owners = ARENA_ARRAY(run->arena, reading->unit_count + 1, led_owner);
    for (size_t i = 0; i < reading->unit_count; i++)
        if (!reading->units[i].artificial)
            reading->owners[i] = led_owner_of(run->ledger, reading->units[i].path);
    reading->sources =
        arena_copy(run->arena, reading->owners, reading->unit_count * sizeof *reading->owners);
    reading->im->unit_owners = reading->owners;
}

static void claim(const struct reading *reading, uint64_t addr, uint64_t size, led_owner owner,
                  enum led_dim dim, enum led_reader reader, uint64_t order)
{
    led__claim_addr(reading->im, 0, addr, size,
                    (struct led_claim){owner, (uint8_t)dim, (uint8_t)reader, order});
}

// --------------------------------------------------------------------------- units

static void claim_unit_ranges(const struct reading *reading)
{
    const struct dw_code *code = reading->code;
    for (size_t u = 0; u < reading->unit_count; u++)
        for (uint32_t i = code->unit_first[u]; i < code->unit_first[u + 1]; i++) {
            const struct dw_range *range = &code->unit_ranges[i];
            claim(reading, range->start, range->end - range->start, reading->owners[u], LED_UNIT,
                  LED_BY_UNIT_RANGE, u);
            claim(reading, range->start, range->end - range->start, reading->sources[u], LED_SOURCE,
                  LED_BY_UNIT_RANGE, u);
        }
}

// An object that was made of one unit: all its content is that unit's.
static void claim_single_unit(const struct reading *reading)
{
    size_t found = SIZE_MAX;
    if (reading->im->info->type != ET_REL)
        return;
    for (size_t i = 0; i < reading->unit_count; i++) {
        uint8_t kind = reading->units[i].kind;
        bool whole = kind == DW_UT_compile || kind == DW_UT_skeleton;
        if (whole && found != SIZE_MAX)
            return;
        if (whole)
            found = i;
    }
    if (found == SIZE_MAX)
        return;
    led__claim_content(reading->im, LED_UNIT, LED_BY_UNIT_RANGE, reading->owners[found]);
    led__claim_content(reading->im, LED_SOURCE, LED_BY_UNIT_RANGE, reading->sources[found]);
}

// ----------------------------------------------------------------------- functions

static const char *linkage_name(const struct dw_function *function)
{
    return function->linkage_name ? function->linkage_name : function->name;
}

// One range of one function.
struct piece {
    uint64_t start, end;
    uint32_t function;
};

static int compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return x->function < y->function ? -1 : x->function > y->function;
}

static struct piece *sorted_pieces(const struct dw_code *code, size_t *count)
{
    VEC(struct piece) pieces = {0};
    bool sorted = true;
    for (size_t f = 0; f < code->function_count; f++)
        for (uint32_t i = 0; i < code->functions[f].range_count; i++) {
            const struct dw_range *range = &code->ranges[code->functions[f].range_first + i];
            vec_push(&pieces, (struct piece){range->start, range->end, (uint32_t)f});
            size_t n = pieces.count;
            sorted = sorted &&
                     (n == 1 || compare_pieces(&pieces.items[n - 2], &pieces.items[n - 1]) <= 0);
        }
    if (!sorted)
        qsort(pieces.items, pieces.count, sizeof *pieces.items, compare_pieces);
    *count = pieces.count;
    return pieces.items;
}

// The owner of one range that `count` functions claim.
static led_owner owner_of_pieces(const struct reading *reading, const struct piece *pieces,
                                 size_t count)
{
    const struct dw_function *first = &reading->code->functions[pieces[0].function];
    led_owner owners[16];
    size_t used = 0;
    for (size_t i = 0; i < count && used < COUNT_OF(owners); i++) {
        const struct dw_function *function = &reading->code->functions[pieces[i].function];
        led_owner owner = owner_of_unit(reading, function->unit);
        bool copy = i > 0 && strcmp(linkage_name(first), linkage_name(function)) == 0;
        if (owner != LED_UNATTRIBUTED && (used == 0 || !copy))
            owners[used++] = owner;
    }
    bool differ = false;
    for (size_t i = 1; i < used; i++)
        differ = differ || owners[i] != owners[0];
    if (differ)
        return led_owner_set(reading->im->run->ledger, owners, used);
    return used ? owners[0] : LED_UNATTRIBUTED;
}

static void claim_functions(const struct reading *reading)
{
    size_t count, next;
    struct piece *pieces = sorted_pieces(reading->code, &count);
    for (size_t i = 0; i < count; i = next) {
        const struct piece *piece = &pieces[i];
        for (next = i + 1; next < count; next++)
            if (pieces[next].start != piece->start || pieces[next].end != piece->end)
                break;
        led_owner owner =
            next == i + 1 ? owner_of_unit(reading, reading->code->functions[piece->function].unit)
                          : owner_of_pieces(reading, piece, next - i);
        claim(reading, piece->start, piece->end - piece->start, owner, LED_UNIT, LED_BY_FUNCTION,
              piece->function);
    }
    free(pieces);
}

static led_owner owner_by_name(const struct reading *reading, const char *name)
{
    return names_intern(led_names(reading->im->run->ledger), led_parent_name(slice_text(name)));
}

static void name_functions(const struct reading *reading)
{
    const struct dw_code *code = reading->code;
    for (size_t f = 0; f < code->function_count; f++) {
        led_owner owner = owner_by_name(reading, linkage_name(&code->functions[f]));
        for (uint32_t i = 0; i < code->functions[f].range_count; i++) {
            const struct dw_range *range = &code->ranges[code->functions[f].range_first + i];
            claim(reading, range->start, range->end - range->start, owner, LED_SYMBOL,
                  LED_BY_FUNCTION, f);
        }
    }
}

// ------------------------------------------------------------------------ inlines

#define CHAIN_LONGEST 1000 // bytes of a chain's text: a recursion inlined into itself is cut

static void claim_ranges(const struct reading *reading, uint32_t first, uint32_t count,
                         led_owner owner, uint64_t order)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct dw_range *range = &reading->code->ranges[first + i];
        claim(reading, range->start, range->end - range->start, owner, LED_INLINES, LED_BY_FUNCTION,
              order);
    }
}

// "outer > inner > innermost". A call stands behind the one around it, so its owner is known; where
// both cover the same bytes the inner one has to win, so orders descend.
static void claim_inlines(const struct reading *reading)
{
    const struct dw_code *code = reading->code;
    struct names *names = led_names(reading->im->run->ledger);
    led_owner *chains = ARENA_ARRAY(reading->im->run->arena, code->inline_count, led_owner);
    struct buf text = {0};
    for (size_t f = 0; f < code->function_count; f++)
        claim_ranges(reading, code->functions[f].range_first, code->functions[f].range_count,
                     owner_by_name(reading, code->functions[f].name), UINT64_MAX);
    for (size_t i = 0; i < code->inline_count; i++) {
        const struct dw_inline *call = &code->inlines[i];
        led_owner outer = call->parent == UINT32_MAX
                              ? owner_by_name(reading, code->functions[call->function].name)
                              : chains[call->parent];
        struct slice around = names_slice(names, outer);
        text.size = 0;
        buf_bytes(&text, around.data, around.size);
        if (around.size < CHAIN_LONGEST)
            buf_printf(&text, " > %s", call->name[0] ? call->name : "?");
        chains[i] = names_intern(names, slice_of(text.data, text.size));
        claim_ranges(reading, call->range_first, call->range_count, chains[i], UINT64_MAX - 1 - i);
    }
    buf_free(&text);
}

// ----------------------------------------------------------------------- variables

// The section of a thread-local variable, for .tbss shares addresses with what follows it. The
// sections of the template lie side by side, and are few.
#define TEMPLATE_SECTIONS 64
static uint32_t template_section(const struct led__image *im, uint64_t addr)
{
    size_t end = MIN(im->section_count, im->first_tls + TEMPLATE_SECTIONS);
    for (size_t i = im->first_tls; i < end; i++)
        if ((im->sections[i].flags & SHF_TLS) && led__is_allocated(im, (uint32_t)i) &&
            led__holds(&im->sections[i], addr))
            return (uint32_t)i;
    return 0;
}

// What of a variable is claimed; section 0: the one that holds the address.
struct place {
    uint64_t addr, size;
    uint32_t section;
};

static void claim_variable(const struct reading *reading, bool names,
                           const struct dw_variable *variable, struct place at, uint64_t order)
{
    struct led__image *im = reading->im;
    led_owner owner = owner_of_unit(reading, variable->unit);
    struct led_claim claims = {owner, LED_UNIT, LED_BY_VARIABLE, order};
    led__claim_addr(im, at.section, at.addr, at.size, claims);
    claims.dim = LED_SOURCE;
    claims.owner = source_of_unit(reading, variable->unit);
    led__claim_addr(im, at.section, at.addr, at.size, claims);
    if (!names)
        return;
    claims.dim = LED_SYMBOL;
    claims.owner =
        owner_by_name(reading, variable->linkage_name ? variable->linkage_name : variable->name);
    led__claim_addr(im, at.section, at.addr, at.size, claims);
    claims.dim = LED_INLINES;
    led__claim_addr(im, at.section, at.addr, at.size, claims);
}

// The type of a variable does not tell how many elements its flexible array member was given; the
// symbol that starts where it starts does. That claim comes after those of all types, for a symbol
// may span several variables (clang merges small ones into one).
static void claim_variables(const struct reading *reading, bool names)
{
    struct led__image *im = reading->im;
    const struct dw_code *code = reading->code;
    for (size_t v = 0; v < code->variable_count; v++) {
        const struct dw_variable *variable = &code->variables[v];
        struct place at = {variable->addr, variable->size, 0};
        if (variable->tls) {
            at.addr += im->tls_addr;
            at.section = template_section(im, at.addr);
            if (at.section == 0)
                continue;
            claim_variable(reading, names, variable, at, v);
            continue;
        }
        claim_variable(reading, names, variable, at, v);
        uint64_t stated = led__symbol_size_at(im, at.addr);
        if (stated <= at.size)
            continue;
        at.size = stated;
        claim_variable(reading, names, variable, at, code->variable_count + v);
    }
}

// ------------------------------------------------------------------ debug sections

// Parts of the debug sections, which lie in the image itself; those that lie there as they are.
static bool claim_parts(const struct reading *reading, struct fault *fault)
{
    struct led__image *im = reading->im;
    const struct dw_part *parts;
    size_t count;
    if (!dw_read_parts(im->dw, &parts, &count, fault))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct dw_part *part = &parts[i];
        if (part->section == 0 || part->section >= im->section_count ||
            im->sections[part->section].compressed || im->about[part->section].pos == LED_NOWHERE ||
            !range_fits(part->offset, part->size, im->sections[part->section].file_size))
            continue;
        uint64_t pos = im->about[part->section].pos + part->offset;
        led__claim_dim(im->run, LED_UNIT, LED_BY_CONTENT, owner_of_unit(reading, part->unit), i,
                       pos, part->size);
        led__claim_dim(im->run, LED_SOURCE, LED_BY_CONTENT, source_of_unit(reading, part->unit), i,
                       pos, part->size);
    }
    return true;
}

// Where units have something, for those who know the place and want the unit.
static void note_starts(const struct reading *reading)
{
    struct led__image *im = reading->im;
    const struct dw_code *code = reading->code;
    size_t most = code->function_count + code->variable_count;
    im->starts = ARENA_ARRAY(im->run->arena, most + 1, struct keyed);
    im->start_count = 0;
    for (size_t i = 0; i < code->function_count; i++) {
        const struct dw_function *function = &code->functions[i];
        led_owner owner = owner_of_unit(reading, function->unit);
        if (owner != LED_UNATTRIBUTED && function->range_count != 0)
            im->starts[im->start_count++] =
                (struct keyed){code->ranges[function->range_first].start, owner};
    }
    for (size_t i = 0; i < code->variable_count; i++) {
        const struct dw_variable *variable = &code->variables[i];
        led_owner owner = owner_of_unit(reading, variable->unit);
        if (owner != LED_UNATTRIBUTED && !variable->tls)
            im->starts[im->start_count++] = (struct keyed){variable->addr, owner};
    }
    struct keyed *scratch = mem_alloc((im->start_count + 1) * sizeof *scratch);
    sort_keyed(im->starts, scratch, im->start_count);
    free(scratch);
}

// Names are needed for symbols, and to tell copies from folded code where a language has them.
static bool needs_names(const struct reading *reading)
{
    for (size_t i = 0; i < reading->unit_count; i++)
        switch (reading->units[i].language) {
        case DW_LANG_C89:
        case DW_LANG_C:
        case DW_LANG_C99:
        case DW_LANG_C11:
        case DW_LANG_Mips_Assembler:
            break;
        default:
            return true;
        }
    return false;
}

// The two halves of reading: the DIEs on one side, and on the other what needs none. Neither makes
// owners while the other does.
struct halves {
    struct reading *reading;
    bool names, parts, good; // good: of the DIEs' side, whose fault it is
    struct fault fault;
};

static bool read_code(struct halves *h)
{
    struct reading *reading = h->reading;
    struct led__image *im = reading->im;
    if (!dw_complete(im->dw, &h->fault))
        return false;
    reading->units = dw_units(im->dw, &reading->unit_count);
    unsigned flags = DW_CODE_SIZES;
    if (h->names || needs_names(reading))
        flags |= DW_CODE_NAMES;
    if (led__wants(im->run, LED_INLINES))
        flags |= DW_CODE_INLINES;
    return dw_read_code(im->dw, im->img, flags, &reading->code, &h->fault);
}

static void read_half(void *context, size_t index, unsigned worker)
{
    struct halves *h = context;
    (void)worker;
    if (index == 0)
        h->good = read_code(h);
    else
        led__collect_tables(h->reading->im);
}

static void claim_code(const struct reading *reading, bool names)
{
    struct led__image *im = reading->im;
    if (led__wants(im->run, LED_SOURCE))
        led__collect_lines(im, reading->sources, reading->unit_count);
    claim_unit_ranges(reading);
    claim_single_unit(reading);
    if (led__wants(im->run, LED_UNIT))
        claim_functions(reading);
    if (names)
        name_functions(reading);
    if (led__wants(im->run, LED_INLINES))
        claim_inlines(reading);
    claim_variables(reading, names);
    if (led__wants(im->run, LED_UNIT))
        note_starts(reading);
}
static void claim_half(void *context, size_t index, unsigned worker)
{
    struct halves *h = context;
    const struct dw_part *parts;
    size_t count;
    (void)worker;
    if (index == 0)
        claim_code(h->reading, h->names);
    else if (h->parts)
        h->good = dw_read_parts(h->reading->im->dw, &parts, &count, &h->fault);
}

bool led__collect_dwarf(struct led__image *im, struct fault *fault)
{
    struct reading reading = {.im = im};
    bool units = led__wants(im->run, LED_UNIT) || led__wants(im->run, LED_SOURCE);
    bool names = led__wants(im->run, LED_INLINES) || im->names_by_dwarf;
    if (im->dw == NULL || !(units || names)) {
        led__collect_tables(im);
        return true;
    }
    struct halves h = {.reading = &reading, .names = names, .good = true};
    par_for(im->threads, 2, read_half, &h);
    if (h.good && reading.unit_count != 0) {
        name_units(&reading);
        h.parts = units && im->dwarf_from == im->img;
        par_for(im->threads, 2, claim_half, &h);
    }
    if (!h.good)
        *fault = h.fault;
    return h.good && (!h.parts || claim_parts(&reading, fault));
}
