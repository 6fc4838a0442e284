// SPDX-License-Identifier: MIT
//
// The scan: walks the DIEs of a unit by the steps of their abbreviations (7.5.2). Most DIEs cost a
// code, a table look-up and one addition. Codes are looked up in a dense array; the few that do not
// fit there are searched.

#include <stdlib.h>

#include "dwarfsize/steps.h"

static const struct dw__abbrev *find_abbrev(const struct dw__abbrevs *a, uint64_t code)
{
    if (__builtin_expect(code < a->dense.count, 1)) {
        uint32_t at = a->dense.items[code];
        return at == 0 ? NULL : &a->list.items[at - 1];
    }
    for (size_t i = 0; i < a->list.count; i++)
        if (a->list.items[i].code == code)
            return &a->list.items[i];
    return NULL;
}

static uint64_t read_odd(struct cur *c, unsigned width)
{
    if (width == 3)
        return cur_u24(c);
    cur_skip(c, width); // data16 and odd address sizes: the value is its place
    return cur_offset(c) - width;
}

static inline void keep(struct dw__die *die, const struct dw__step *step, uint64_t value)
{
    die->value[step->slot] = value;
    die->form[step->slot] = step->form;
}

static void read_block(struct cur *c, const struct dw__step *step, struct dw__die *die)
{
    uint64_t size = step->amount == 0 ? cur_uleb(c) : cur_uint(c, step->amount);
    keep(die, step, cur_offset(c));
    die->extra[step->slot] = size;
    cur_skip(c, size);
}

static bool run_step(const struct dw__scan *scan, const struct dw__step *step, struct cur *c,
                     struct dw__die *die);

// DW_FORM_indirect: the form stands before the value (7.5.3). An indirect or implicit form inside
// an indirect one is damage.
static bool run_indirect(const struct dw__scan *scan, const struct dw__step *step, struct cur *c,
                         struct dw__die *die)
{
    struct dw__step inner;
    bool read = step->op == DW__READ_INDIRECT;
    return dw__step_for(scan->unit, cur_uleb(c), read, step->slot, &inner) &&
           run_step(scan, &inner, c, die);
}

static bool run_rare(const struct dw__scan *scan, const struct dw__step *step, struct cur *c,
                     struct dw__die *die)
{
    switch (step->op) {
    case DW__READ_ODD:
        keep(die, step, read_odd(c, step->amount));
        return true;
    case DW__SKIP_TEXT:
        cur_text(c);
        return true;
    case DW__SKIP_SIZED:
        cur_skip(c, cur_uint(c, step->amount));
        return true;
    case DW__READ_SLEB:
        keep(die, step, (uint64_t)cur_sleb(c));
        return true;
    case DW__READ_TEXT:
        keep(die, step, cur_offset(c));
        cur_text(c);
        return true;
    case DW__READ_BLOCK:
        read_block(c, step, die);
        return true;
    default:
        return run_indirect(scan, step, c, die);
    }
}

// The scan keeps its cursor in registers: nothing on the way may take its address, so the slow reads
// work on a copy.
static inline uint64_t read_uleb(struct cur *c)
{
    if (__builtin_expect(c->at < c->end && *c->at < 0x80 && !c->failed, 1))
        return *c->at++;
    struct cur copy = *c;
    uint64_t value = cur_uleb_long(&copy);
    c->at = copy.at;
    c->failed = copy.failed;
    return value;
}

static inline __attribute__((always_inline)) bool run_step(const struct dw__scan *scan,
                                                           const struct dw__step *step,
                                                           struct cur *c, struct dw__die *die)
{
    switch (step->op) {
    case DW__SKIP:
        cur_skip(c, step->amount);
        return true;
    case DW__READ1:
        keep(die, step, cur_u8(c));
        return true;
    case DW__READ2:
        keep(die, step, cur_u16(c));
        return true;
    case DW__READ4:
        keep(die, step, cur_u32(c));
        return true;
    case DW__READ8:
        keep(die, step, cur_u64(c));
        return true;
    case DW__READ_PRESENT:
        keep(die, step, 1);
        return true;
    case DW__READ_CONSTANT:
        keep(die, step, (uint64_t)scan->abbrevs->constants.items[step->amount]);
        return true;
    case DW__READ_ULEB:
        keep(die, step, read_uleb(c));
        return true;
    case DW__SKIP_LEB:
        read_uleb(c);
        return true;
    case DW__SKIP_BLOCK:
        cur_skip(c, read_uleb(c));
        return true;
    default: {
        struct cur copy = *c;
        bool good = run_rare(scan, step, &copy, die);
        c->at = copy.at;
        c->failed = copy.failed;
        return good;
    }
    }
}

void dw__scan_start(struct dw__scan *scan, const struct dw *dw, const struct dw__unit *unit,
                    const struct dw__abbrevs *abbrevs)
{
    *scan = (struct dw__scan){.dw = dw, .unit = unit, .abbrevs = abbrevs};
    scan->cur = cur_make(unit->chunk->bytes, unit->object->big_endian);
    scan->cur.end = scan->cur.base + unit->end;
    cur_seek(&scan->cur, unit->first_die);
}

void dw__scan_seek(struct dw__scan *scan, uint64_t offset, uint32_t depth)
{
    cur_seek(&scan->cur, offset);
    scan->depth = depth;
}

static bool damaged(struct dw__scan *scan, uint64_t offset, const char *what)
{
    scan->damaged = true;
    dw__doubt(scan->dw, scan->unit, offset, what);
    return false;
}

// Passes over the attributes of a DIE that nobody wants, or reads those of one that is.
static inline __attribute__((always_inline)) bool run_steps(const struct dw__scan *scan,
                                                            const struct dw__abbrev *abbrev,
                                                            struct cur *c, struct dw__die *die)
{
    if (abbrev->step_count == 0)
        return true;
    const struct dw__step *step = scan->abbrevs->steps.items + abbrev->step_first;
    if (abbrev->plain != 0 || (!abbrev->wanted && abbrev->fixed != DW__VARIABLE)) {
        cur_skip(c, abbrev->fixed);
        return true;
    }
    for (unsigned n = abbrev->step_count; n > 0; n--, step++)
        if (!run_step(scan, step, c, die))
            return false;
    return true;
}

bool dw__scan_next(struct dw__scan *scan, struct dw__die *die)
{
    struct cur c = scan->cur; // in registers for the length of the loop, see read_uleb
    uint32_t depth = scan->depth, lowest = UINT32_MAX;
    if (scan->damaged || c.failed)
        return false;
    while (c.at < c.end) {
        uint64_t offset = cur_offset(&c), code = read_uleb(&c);
        if (code == 0) {
            if (depth > 1) {
                depth--;
                continue;
            }
            break; // the root's children end here; what follows is padding
        }
        const struct dw__abbrev *abbrev = find_abbrev(scan->abbrevs, code);
        if (abbrev == NULL)
            return damaged(scan, offset, "DIE has an abbreviation code that is not in its table");
        const uint8_t *fields = c.at;
        if (!run_steps(scan, abbrev, &c, die))
            return damaged(scan, offset, "DIE has an unknown indirect form");
        if (c.failed)
            return damaged(scan, offset, "DIE ends past its unit");
        lowest = MIN(lowest, depth);
        depth += abbrev->children;
        if (abbrev->wanted) {
            die->lowest = lowest;
            die->offset = offset;
            die->present = abbrev->present;
            die->plain =
                abbrev->plain != 0 ? &scan->abbrevs->plains.items[abbrev->plain - 1] : NULL;
            die->fields = fields;
            die->depth = depth - abbrev->children;
            die->tag = abbrev->tag;
            die->children = abbrev->children;
            scan->cur.at = c.at;
            scan->depth = depth;
            return true;
        }
        if (depth == 0)
            break; // a root without children
    }
    scan->cur.at = scan->cur.end;
    return false;
}

// ------------------------------------------------------------------ random access

static const struct dw__pass everything = {.slots = UINT64_MAX};

// Tables whose compiled form is kept: per object so many bytes, and once its .debug_abbrev. Units that
// come later cannot be looked into.
#define KEPT_BASE ((uint64_t)1 << 20)

static const struct dw__abbrevs *abbrevs_of(struct dw *dw, struct dw__near *near,
                                            struct dw__unit *unit)
{
    if (near != NULL && near->unit == unit) {
        dw__abbrevs_compile(&near->abbrevs, dw, unit, &everything);
        return &near->abbrevs;
    }
    struct dw__abbrevs *have = atomic_load(&unit->abbrevs);
    if (have != NULL)
        return have;
    struct dw__abbrevs *made = mem_zalloc(1, sizeof *made);
    struct slice section = dw__section_of(unit, DW__ABBREV);
    _Atomic uint64_t *kept = &unit->object->abbrevs_kept;
    if (atomic_load(kept) <= KEPT_BASE + section.size) {
        dw__abbrevs_reserve(made, unit);
        if (dw__abbrevs_compile(made, dw, unit, &everything))
            atomic_fetch_add(kept, made->size);
    }
    if (atomic_compare_exchange_strong(&unit->abbrevs, &have, made))
        return made;
    dw__abbrevs_clear(made);
    free(made);
    return have;
}

bool dw__scan_at(struct dw *dw, struct dw__near *near, dw_ref ref, struct dw__scan *scan)
{
    struct dw__unit *unit = dw__unit_of(dw, ref);
    if (unit == NULL)
        return false;
    dw__scan_start(scan, dw, unit, abbrevs_of(dw, near, unit));
    uint64_t offset = (ref & 0xffffffffffffu) - unit->chunk->base;
    // Depth 1 and not 0: a null entry after the DIE's own children then ends the scan.
    dw__scan_seek(scan, offset, offset == unit->first_die ? 0 : 1);
    return offset >= unit->first_die;
}

bool dw__die_at(struct dw *dw, struct dw__near *near, dw_ref ref, struct dw__die *die,
                struct dw__unit **unit)
{
    struct dw__scan scan;
    if (!dw__scan_at(dw, near, ref, &scan) || !dw__scan_next(&scan, die))
        return false;
    *unit = dw__unit_of(dw, ref);
    return die->offset == (ref & 0xffffffffffffu) - scan.unit->chunk->base;
}
