// SPDX-License-Identifier: MIT
//
// Abbreviations compiled into steps, and the scan that runs them.
//
// .debug_abbrev says, per code, which attributes a DIE has and in which forms (7.5.3). A pass wants
// few of them. Compiling turns the rest into skips and joins neighbouring skips of known width:
//
//   name strp | decl_file data1 | decl_line data1 | decl_column data1 | type ref4 | location data1
//   read 4      skip 3 ............................................     read 4      read 1
//
// So most DIEs cost a code, a table look-up and one addition. Codes are looked up in a dense array;
// the few that do not fit there are searched.

#include <stdlib.h>

#include "dwarfsize/private.h"

enum step_op {
    OP_SKIP, // amount bytes
    OP_READ1,
    OP_READ2,
    OP_READ4,
    OP_READ8,
    OP_READ_ODD,      // amount bytes: 3, 16 ...
    OP_READ_PRESENT,  // no bytes: the attribute's being there is the value
    OP_READ_CONSTANT, // no bytes: constants[amount]
    OP_READ_ULEB,
    OP_SKIP_LEB,
    OP_SKIP_BLOCK, // length in LEB128
    // From here on: see run_rare.
    OP_SKIP_TEXT,
    OP_SKIP_SIZED, // length of amount bytes
    OP_SKIP_INDIRECT,
    OP_READ_SLEB,
    OP_READ_TEXT,
    OP_READ_BLOCK,
    OP_READ_INDIRECT,
};

// How the bytes of a form are passed over.
enum form_shape {
    SHAPE_FIXED,
    SHAPE_LEB,
    SHAPE_SLEB,
    SHAPE_TEXT,
    SHAPE_BLOCK,
    SHAPE_CONSTANT,
    SHAPE_INDIRECT,
    SHAPE_ADDRESS,
    SHAPE_OFFSET,
    SHAPE_REF_ADDR,
    SHAPE_UNKNOWN
};

struct form {
    uint8_t shape;
    uint8_t width; // fixed: bytes; block: bytes of the length, 0 for LEB128
};

// By form below 0x40 (7.5.6); the GNU extensions follow in form_of.
static const struct form forms[] = {
    [DW_FORM_addr] = {SHAPE_ADDRESS, 0},      [DW_FORM_block2] = {SHAPE_BLOCK, 2},
    [DW_FORM_block4] = {SHAPE_BLOCK, 4},      [DW_FORM_data2] = {SHAPE_FIXED, 2},
    [DW_FORM_data4] = {SHAPE_FIXED, 4},       [DW_FORM_data8] = {SHAPE_FIXED, 8},
    [DW_FORM_string] = {SHAPE_TEXT, 0},       [DW_FORM_block] = {SHAPE_BLOCK, 0},
    [DW_FORM_block1] = {SHAPE_BLOCK, 1},      [DW_FORM_data1] = {SHAPE_FIXED, 1},
    [DW_FORM_flag] = {SHAPE_FIXED, 1},        [DW_FORM_sdata] = {SHAPE_SLEB, 0},
    [DW_FORM_strp] = {SHAPE_OFFSET, 0},       [DW_FORM_udata] = {SHAPE_LEB, 0},
    [DW_FORM_ref_addr] = {SHAPE_REF_ADDR, 0}, [DW_FORM_ref1] = {SHAPE_FIXED, 1},
    [DW_FORM_ref2] = {SHAPE_FIXED, 2},        [DW_FORM_ref4] = {SHAPE_FIXED, 4},
    [DW_FORM_ref8] = {SHAPE_FIXED, 8},        [DW_FORM_ref_udata] = {SHAPE_LEB, 0},
    [DW_FORM_indirect] = {SHAPE_INDIRECT, 0}, [DW_FORM_sec_offset] = {SHAPE_OFFSET, 0},
    [DW_FORM_exprloc] = {SHAPE_BLOCK, 0},     [DW_FORM_flag_present] = {SHAPE_FIXED, 0},
    [DW_FORM_strx] = {SHAPE_LEB, 0},          [DW_FORM_addrx] = {SHAPE_LEB, 0},
    [DW_FORM_ref_sup4] = {SHAPE_FIXED, 4},    [DW_FORM_strp_sup] = {SHAPE_OFFSET, 0},
    [DW_FORM_data16] = {SHAPE_FIXED, 16},     [DW_FORM_line_strp] = {SHAPE_OFFSET, 0},
    [DW_FORM_ref_sig8] = {SHAPE_FIXED, 8},    [DW_FORM_implicit_const] = {SHAPE_CONSTANT, 0},
    [DW_FORM_loclistx] = {SHAPE_LEB, 0},      [DW_FORM_rnglistx] = {SHAPE_LEB, 0},
    [DW_FORM_ref_sup8] = {SHAPE_FIXED, 8},    [DW_FORM_strx1] = {SHAPE_FIXED, 1},
    [DW_FORM_strx2] = {SHAPE_FIXED, 2},       [DW_FORM_strx3] = {SHAPE_FIXED, 3},
    [DW_FORM_strx4] = {SHAPE_FIXED, 4},       [DW_FORM_addrx1] = {SHAPE_FIXED, 1},
    [DW_FORM_addrx2] = {SHAPE_FIXED, 2},      [DW_FORM_addrx3] = {SHAPE_FIXED, 3},
    [DW_FORM_addrx4] = {SHAPE_FIXED, 4},
};

// The form with the unit's widths filled in; width 0xff marks a form nobody knows.
static struct form form_of(uint64_t code, unsigned version, unsigned address, unsigned offset)
{
    struct form form = {SHAPE_UNKNOWN, 0};
    if (code == DW_FORM_GNU_addr_index || code == DW_FORM_GNU_str_index)
        return (struct form){SHAPE_LEB, 0};
    if (code == DW_FORM_GNU_ref_alt || code == DW_FORM_GNU_strp_alt)
        return (struct form){SHAPE_FIXED, (uint8_t)offset};
    if (code == 0 || code >= COUNT_OF(forms))
        return form;
    form = forms[code];
    if (form.shape == SHAPE_FIXED && form.width == 0 && code != DW_FORM_flag_present)
        return (struct form){SHAPE_UNKNOWN, 0};
    if (form.shape == SHAPE_ADDRESS || (form.shape == SHAPE_REF_ADDR && version <= 2))
        return (struct form){SHAPE_FIXED, (uint8_t)address};
    if (form.shape == SHAPE_OFFSET || form.shape == SHAPE_REF_ADDR)
        return (struct form){SHAPE_FIXED, (uint8_t)offset};
    return form;
}

// --------------------------------------------------------- attributes and passes

// The slot of an attribute, or SLOT_TOTAL when no pass asks for it.
static unsigned slot_of(uint64_t attribute)
{
    static const uint8_t standard[0x100] = {
#define X(slot, at) [at] = (slot) + 1,
        DW_SLOTS(X)
#undef X
    };
    if (attribute < COUNT_OF(standard))
        return standard[attribute] == 0 ? SLOT_TOTAL : standard[attribute] - 1u;
    switch (attribute) {
#define X(slot, at)                                                                                \
    case at:                                                                                       \
        return slot;
        DW_VENDOR_SLOTS(X)
#undef X
    default:
        return SLOT_TOTAL;
    }
}

// The slots a pass wants of DIEs with a tag; 0: such DIEs do not come out.
static uint64_t slots_of_tag(const struct dw__pass *pass, uint64_t tag)
{
    if (pass->tags == NULL)
        return pass->slots;
    return tag < 0x100 ? pass->tags[tag] : 0;
}

// ---------------------------------------------------------------------- compiling

static void push_skip(struct dw__abbrevs *a, uint32_t first, uint32_t bytes)
{
    struct dw__step *last = a->steps.count > first ? &a->steps.items[a->steps.count - 1] : NULL;
    if (bytes == 0)
        return;
    if (last != NULL && last->op == OP_SKIP)
        last->amount += bytes;
    else
        vec_push(&a->steps, (struct dw__step){.op = OP_SKIP, .amount = bytes});
}

static void compile_skip(struct dw__abbrevs *a, uint32_t first, struct form form)
{
    static const uint8_t ops[] = {[SHAPE_LEB] = OP_SKIP_LEB,
                                  [SHAPE_SLEB] = OP_SKIP_LEB,
                                  [SHAPE_TEXT] = OP_SKIP_TEXT,
                                  [SHAPE_BLOCK] = OP_SKIP_BLOCK,
                                  [SHAPE_INDIRECT] = OP_SKIP_INDIRECT};
    if (form.shape == SHAPE_FIXED) {
        push_skip(a, first, form.width);
    } else if (form.shape != SHAPE_CONSTANT) {
        bool sized = form.shape == SHAPE_BLOCK && form.width != 0;
        uint8_t op = sized ? OP_SKIP_SIZED : ops[form.shape];
        vec_push(&a->steps, (struct dw__step){.op = op, .amount = form.width});
    }
}

static uint8_t fixed_read(unsigned width)
{
    switch (width) {
    case 1:
        return OP_READ1;
    case 2:
        return OP_READ2;
    case 4:
        return OP_READ4;
    case 8:
        return OP_READ8;
    default:
        return OP_READ_ODD;
    }
}

static void compile_read(struct dw__abbrevs *a, struct form form, uint16_t code, unsigned slot)
{
    static const uint8_t ops[] = {
        [SHAPE_LEB] = OP_READ_ULEB,          [SHAPE_SLEB] = OP_READ_SLEB,
        [SHAPE_TEXT] = OP_READ_TEXT,         [SHAPE_BLOCK] = OP_READ_BLOCK,
        [SHAPE_CONSTANT] = OP_READ_CONSTANT, [SHAPE_INDIRECT] = OP_READ_INDIRECT};
    struct dw__step step = {0, (uint8_t)slot, code, form.width};
    step.op = form.shape == SHAPE_FIXED ? fixed_read(form.width) : ops[form.shape];
    if (code == DW_FORM_flag_present)
        step.op = OP_READ_PRESENT;
    if (form.shape == SHAPE_CONSTANT)
        step.amount = (uint32_t)a->constants.count - 1;
    vec_push(&a->steps, step);
}

#define VARIABLE UINT32_MAX

static uint32_t fixed_width(const struct dw__step *step)
{
    static const uint8_t widths[] = {[OP_READ1] = 1, [OP_READ2] = 2,        [OP_READ4] = 4,
                                     [OP_READ8] = 8, [OP_READ_PRESENT] = 0, [OP_READ_CONSTANT] = 0};
    if (step->op == OP_SKIP || step->op == OP_READ_ODD)
        return step->amount;
    return step->op < OP_READ_ULEB ? widths[step->op] : VARIABLE;
}

// What the scan wants to know of an abbreviation before it runs its steps.
static void summarize(const struct dw__abbrevs *a, struct dw__abbrev *abbrev)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < abbrev->step_count; i++) {
        const struct dw__step *step = &a->steps.items[abbrev->step_first + i];
        bool skips =
            step->op == OP_SKIP || (step->op >= OP_SKIP_LEB && step->op <= OP_SKIP_INDIRECT);
        if (!skips)
            abbrev->present |= (uint64_t)1 << step->slot;
        total += fixed_width(step); // VARIABLE makes it too large
    }
    abbrev->fixed = total < VARIABLE ? (uint32_t)total : VARIABLE;
}

// The attribute list of one abbreviation. False at damage.
static bool compile_attributes(struct dw__abbrevs *a, struct dw__abbrev *abbrev, struct cur *c,
                               uint64_t slots)
{
    abbrev->step_first = (uint32_t)a->steps.count;
    for (;;) {
        uint64_t attribute = cur_uleb(c), code = cur_uleb(c);
        if (c->failed)
            return false;
        if (attribute == 0 && code == 0)
            break;
        struct form form = form_of(code, a->version, a->address_size, a->offset_size);
        if (form.shape == SHAPE_CONSTANT)
            vec_push(&a->constants, cur_sleb(c));
        if (form.shape == SHAPE_UNKNOWN)
            return false;
        unsigned slot = slot_of(attribute);
        if (slot < SLOT_TOTAL && (slots >> slot & 1))
            compile_read(a, form, (uint16_t)code, slot);
        else
            compile_skip(a, abbrev->step_first, form);
    }
    size_t steps = a->steps.count - abbrev->step_first;
    abbrev->step_count = (uint16_t)steps;
    summarize(a, abbrev);
    return steps <= UINT16_MAX;
}

static void skip_attributes(struct cur *c)
{
    for (;;) {
        uint64_t attribute = cur_uleb(c), form = cur_uleb(c);
        if (form == DW_FORM_implicit_const)
            cur_uleb(c);
        if (c->failed || (attribute == 0 && form == 0))
            return;
    }
}

#define DENSE_SLACK 256 // codes up to this far above the count are looked up by index

static void index_codes(struct dw__abbrevs *a)
{
    uint64_t limit = a->list.count + DENSE_SLACK, highest = 0;
    for (size_t i = 0; i < a->list.count; i++)
        if (a->list.items[i].code < limit)
            highest = MAX(highest, a->list.items[i].code);
    vec_reserve(&a->dense, (size_t)highest + 1);
    a->dense.count = (size_t)highest + 1;
    memset(a->dense.items, 0, a->dense.count * sizeof *a->dense.items);
    for (size_t i = a->list.count; i-- > 0;) // the first of two with one code stays
        if (a->list.items[i].code <= highest)
            a->dense.items[a->list.items[i].code] = (uint32_t)i + 1;
}

// Whether an abbreviation is one that the pass leaves out for an attribute it has.
static bool is_unwanted(const struct dw__pass *pass, uint64_t tag, struct cur c)
{
    uint64_t unwanted = 0;
    if (tag == DW_TAG_formal_parameter)
        unwanted = pass->unwanted | pass->unwanted_parameters;
    else if (tag == DW_TAG_variable)
        unwanted = pass->unwanted;
    while (unwanted != 0) {
        uint64_t attribute = cur_uleb(&c), form = cur_uleb(&c);
        if (form == DW_FORM_implicit_const)
            cur_uleb(&c);
        if (c.failed || (attribute == 0 && form == 0))
            return false;
        unsigned slot = slot_of(attribute);
        if (slot < SLOT_TOTAL && (unwanted >> slot & 1))
            return true;
    }
    return false;
}

static bool compile_table(struct dw__abbrevs *a, struct cur *c, const struct dw__pass *pass)
{
    for (;;) {
        uint64_t code = cur_uleb(c);
        if (c->failed)
            return false;
        if (code == 0)
            return true;
        uint64_t tag = cur_uleb(c);
        struct dw__abbrev abbrev = {.code = code, .tag = (uint16_t)tag, .children = cur_u8(c)};
        uint64_t slots = slots_of_tag(pass, tag);
        if (slots != 0 && is_unwanted(pass, tag, *c))
            slots = 0;
        abbrev.wanted = slots != 0;
        if (!compile_attributes(a, &abbrev, c, slots))
            return false;
        vec_push(&a->list, abbrev);
    }
}

bool dw__abbrevs_compile(struct dw__abbrevs *a, const struct dw *dw, const struct dw__unit *unit,
                         const struct dw__pass *pass)
{
    struct slice section = dw__section_of(unit, DW__ABBREV);
    struct cur c = cur_make(section, unit->object->big_endian);
    cur_seek(&c, unit->abbrev_offset);
    if (c.failed || section.size == 0) {
        dw__abbrevs_clear(a);
        dw__doubt(dw, unit, unit->start, "abbreviations lie outside .debug_abbrev");
        return false;
    }
    bool same = a->table == c.at && a->version == unit->version &&
                a->address_size == unit->address_size && a->offset_size == unit->offset_size;
    if (same)
        return true;
    a->list.count = a->steps.count = a->constants.count = 0;
    a->table = c.at;
    a->version = (uint8_t)unit->version;
    a->address_size = unit->address_size;
    a->offset_size = unit->offset_size;
    bool whole = compile_table(a, &c, pass);
    index_codes(a);
    if (!whole) {
        a->table = NULL; // not to be taken for whole by the next unit
        dw__doubt(dw, unit, unit->start, "abbreviation table is damaged or has an unknown form");
    }
    return whole;
}

bool dw__abbrevs_compile_one(struct dw__abbrevs *a, const struct dw__unit *unit,
                             const struct dw__pass *pass, uint64_t code)
{
    struct cur c = cur_make(dw__section_of(unit, DW__ABBREV), unit->object->big_endian);
    cur_seek(&c, unit->abbrev_offset);
    a->list.count = a->steps.count = a->constants.count = a->dense.count = 0;
    a->table = NULL;
    a->version = (uint8_t)unit->version;
    a->address_size = unit->address_size;
    a->offset_size = unit->offset_size;
    for (;;) {
        uint64_t at = cur_uleb(&c);
        struct dw__abbrev abbrev = {.code = at, .tag = (uint16_t)cur_uleb(&c)};
        abbrev.children = cur_u8(&c) != 0;
        abbrev.wanted = at == code;
        if (c.failed || at == 0)
            return false;
        if (!abbrev.wanted) {
            skip_attributes(&c);
            continue;
        }
        bool good = compile_attributes(a, &abbrev, &c, slots_of_tag(pass, abbrev.tag));
        vec_push(&a->list, abbrev);
        return good;
    }
}

void dw__abbrevs_clear(struct dw__abbrevs *a)
{
    vec_free(&a->list);
    vec_free(&a->steps);
    vec_free(&a->constants);
    vec_free(&a->dense);
    a->table = NULL;
}

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

// ----------------------------------------------------------------------- the scan

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
    uint64_t code = cur_uleb(c);
    const struct dw__unit *unit = scan->unit;
    struct form form = form_of(code, unit->version, unit->address_size, unit->offset_size);
    struct dw__abbrevs one = {0};
    if (form.shape >= SHAPE_CONSTANT)
        return false;
    if (step->op == OP_READ_INDIRECT)
        compile_read(&one, form, (uint16_t)code, step->slot);
    else
        compile_skip(&one, 0, form);
    bool good = one.steps.count == 0 || run_step(scan, &one.steps.items[0], c, die);
    vec_free(&one.steps);
    return good;
}

static bool run_rare(const struct dw__scan *scan, const struct dw__step *step, struct cur *c,
                     struct dw__die *die)
{
    switch (step->op) {
    case OP_READ_ODD:
        keep(die, step, read_odd(c, step->amount));
        return true;
    case OP_SKIP_TEXT:
        cur_text(c);
        return true;
    case OP_SKIP_SIZED:
        cur_skip(c, cur_uint(c, step->amount));
        return true;
    case OP_READ_SLEB:
        keep(die, step, (uint64_t)cur_sleb(c));
        return true;
    case OP_READ_TEXT:
        keep(die, step, cur_offset(c));
        cur_text(c);
        return true;
    case OP_READ_BLOCK:
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
    case OP_SKIP:
        cur_skip(c, step->amount);
        return true;
    case OP_READ1:
        keep(die, step, cur_u8(c));
        return true;
    case OP_READ2:
        keep(die, step, cur_u16(c));
        return true;
    case OP_READ4:
        keep(die, step, cur_u32(c));
        return true;
    case OP_READ8:
        keep(die, step, cur_u64(c));
        return true;
    case OP_READ_PRESENT:
        keep(die, step, 1);
        return true;
    case OP_READ_CONSTANT:
        keep(die, step, (uint64_t)scan->abbrevs->constants.items[step->amount]);
        return true;
    case OP_READ_ULEB:
        keep(die, step, read_uleb(c));
        return true;
    case OP_SKIP_LEB:
        read_uleb(c);
        return true;
    case OP_SKIP_BLOCK:
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
    if (!abbrev->wanted && abbrev->fixed != VARIABLE) {
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

static const struct dw__abbrevs *abbrevs_of(struct dw *dw, struct dw__unit *unit)
{
    struct dw__abbrevs *have = atomic_load(&unit->abbrevs);
    if (have != NULL)
        return have;
    struct dw__abbrevs *made = mem_zalloc(1, sizeof *made);
    dw__abbrevs_compile(made, dw, unit, &everything);
    if (atomic_compare_exchange_strong(&unit->abbrevs, &have, made))
        return made;
    dw__abbrevs_clear(made);
    free(made);
    return have;
}

bool dw__scan_at(struct dw *dw, dw_ref ref, struct dw__scan *scan)
{
    struct dw__unit *unit = dw__unit_of(dw, ref);
    if (unit == NULL)
        return false;
    dw__scan_start(scan, dw, unit, abbrevs_of(dw, unit));
    uint64_t offset = (ref & 0xffffffffffffu) - unit->chunk->base;
    // Depth 1 and not 0: a null entry after the DIE's own children then ends the scan.
    dw__scan_seek(scan, offset, offset == unit->first_die ? 0 : 1);
    return offset >= unit->first_die;
}

bool dw__die_at(struct dw *dw, dw_ref ref, struct dw__die *die, struct dw__unit **unit)
{
    struct dw__scan scan;
    if (!dw__scan_at(dw, ref, &scan) || !dw__scan_next(&scan, die))
        return false;
    *unit = dw__unit_of(dw, ref);
    return die->offset == (ref & 0xffffffffffffu) - scan.unit->chunk->base;
}
