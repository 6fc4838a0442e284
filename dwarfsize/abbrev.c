// SPDX-License-Identifier: MIT
//
// Abbreviations compiled into steps, which scan.c runs.
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

#include "dwarfsize/steps.h"

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
    if (tag >= 0x100)
        return pass->vendor_tags ? pass->vendor_tags(tag) : 0;
    return pass->tags[tag];
}

// ---------------------------------------------------------------------- compiling

static void push_skip(struct dw__abbrevs *a, uint32_t first, uint32_t bytes)
{
    struct dw__step *last = a->steps.count > first ? &a->steps.items[a->steps.count - 1] : NULL;
    if (bytes == 0)
        return;
    if (last != NULL && last->op == DW__SKIP)
        last->amount += bytes;
    else
        vec_push(&a->steps, (struct dw__step){.op = DW__SKIP, .amount = bytes});
}

static void compile_skip(struct dw__abbrevs *a, uint32_t first, struct form form)
{
    static const uint8_t ops[] = {[SHAPE_LEB] = DW__SKIP_LEB,
                                  [SHAPE_SLEB] = DW__SKIP_LEB,
                                  [SHAPE_TEXT] = DW__SKIP_TEXT,
                                  [SHAPE_BLOCK] = DW__SKIP_BLOCK,
                                  [SHAPE_INDIRECT] = DW__SKIP_INDIRECT};
    if (form.shape == SHAPE_FIXED) {
        push_skip(a, first, form.width);
    } else if (form.shape != SHAPE_CONSTANT) {
        bool sized = form.shape == SHAPE_BLOCK && form.width != 0;
        uint8_t op = sized ? DW__SKIP_SIZED : ops[form.shape];
        vec_push(&a->steps, (struct dw__step){.op = op, .amount = form.width});
    }
}

static uint8_t fixed_read(unsigned width)
{
    switch (width) {
    case 1:
        return DW__READ1;
    case 2:
        return DW__READ2;
    case 4:
        return DW__READ4;
    case 8:
        return DW__READ8;
    default:
        return DW__READ_ODD;
    }
}

static void compile_read(struct dw__abbrevs *a, struct form form, uint16_t code, unsigned slot)
{
    static const uint8_t ops[] = {
        [SHAPE_LEB] = DW__READ_ULEB,          [SHAPE_SLEB] = DW__READ_SLEB,
        [SHAPE_TEXT] = DW__READ_TEXT,         [SHAPE_BLOCK] = DW__READ_BLOCK,
        [SHAPE_CONSTANT] = DW__READ_CONSTANT, [SHAPE_INDIRECT] = DW__READ_INDIRECT};
    struct dw__step step = {0, (uint8_t)slot, code, form.width};
    step.op = form.shape == SHAPE_FIXED ? fixed_read(form.width) : ops[form.shape];
    if (code == DW_FORM_flag_present)
        step.op = DW__READ_PRESENT;
    if (form.shape == SHAPE_CONSTANT)
        step.amount = (uint32_t)a->constants.count - 1;
    vec_push(&a->steps, step);
}

static uint32_t fixed_width(const struct dw__step *step)
{
    static const uint8_t widths[] = {
        [DW__READ1] = 1, [DW__READ2] = 2,        [DW__READ4] = 4,
        [DW__READ8] = 8, [DW__READ_PRESENT] = 0, [DW__READ_CONSTANT] = 0};
    if (step->op == DW__SKIP || step->op == DW__READ_ODD)
        return step->amount;
    return step->op < DW__READ_ULEB ? widths[step->op] : DW__VARIABLE;
}

// What the scan wants to know of an abbreviation before it runs its steps.
static void summarize(const struct dw__abbrevs *a, struct dw__abbrev *abbrev)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < abbrev->step_count; i++) {
        const struct dw__step *step = &a->steps.items[abbrev->step_first + i];
        bool skips =
            step->op == DW__SKIP || (step->op >= DW__SKIP_LEB && step->op <= DW__SKIP_INDIRECT);
        if (!skips)
            abbrev->present |= (uint64_t)1 << step->slot;
        total += fixed_width(step); // DW__VARIABLE makes it too large
    }
    abbrev->fixed = total < DW__VARIABLE ? (uint32_t)total : DW__VARIABLE;
}

// The field a slot's value goes to in a plain DIE, FIELD_TOTAL for none.
static enum dw__field field_of(unsigned slot, uint16_t tag)
{
    bool item = tag == DW_TAG_member || tag == DW_TAG_enumerator;
    switch (slot) {
    case SLOT_NAME:
        return FIELD_NAME;
    case SLOT_TYPE:
        return FIELD_TYPE;
    case SLOT_DECL_FILE:
        return FIELD_FILE;
    case SLOT_DECL_LINE:
        return FIELD_LINE;
    case SLOT_BYTE_SIZE:
        return item ? FIELD_TOTAL : FIELD_VALUE;
    case SLOT_MEMBER_LOCATION:
    case SLOT_CONST_VALUE:
        return item ? FIELD_VALUE : FIELD_TOTAL;
    default:
        return FIELD_TOTAL;
    }
}

static bool is_plain_form(enum dw__field field, uint16_t form)
{
    if (field == FIELD_NAME)
        return form == DW_FORM_strp;
    if (field == FIELD_TYPE)
        return form == DW_FORM_ref1 || form == DW_FORM_ref2 || form == DW_FORM_ref4 ||
               form == DW_FORM_ref8;
    return form == DW_FORM_data1 || form == DW_FORM_data2 || form == DW_FORM_data4 ||
           form == DW_FORM_data8 || form == DW_FORM_implicit_const;
}

// Notes one step of a plain DIE, whose bytes lie at `at`. False when it cannot be plain.
static bool place_field(const struct dw__abbrevs *a, const struct dw__abbrev *abbrev,
                        const struct dw__step *step, uint32_t at, struct dw__plain *plain)
{
    if (step->op == DW__SKIP)
        return true;
    if (step->op == DW__READ_PRESENT && step->slot == SLOT_DECLARATION) {
        plain->declaration = true;
        return true;
    }
    enum dw__field field = field_of(step->slot, abbrev->tag);
    if (field == FIELD_TOTAL || !is_plain_form(field, step->form) || at > UINT8_MAX)
        return false;
    plain->at[field] = (uint8_t)at;
    plain->width[field] = (uint8_t)fixed_width(step);
    if (step->op == DW__READ_CONSTANT)
        plain->constant[field] = (uint64_t)a->constants.items[step->amount];
    return true;
}

static void make_plain(struct dw__abbrevs *a, struct dw__abbrev *abbrev)
{
    struct dw__plain plain = {0};
    uint32_t at = 0;
    memset(plain.constant, 0xff, sizeof plain.constant);
    for (uint32_t i = 0; i < abbrev->step_count; i++) {
        const struct dw__step *step = &a->steps.items[abbrev->step_first + i];
        if (!place_field(a, abbrev, step, at, &plain))
            return;
        at += fixed_width(step);
    }
    vec_push(&a->plains, plain);
    abbrev->plain = (uint32_t)a->plains.count;
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

size_t dw__skip_attributes(struct cur *c)
{
    for (size_t count = 0;; count++) {
        uint64_t attribute = cur_uleb(c), form = cur_uleb(c);
        if (form == DW_FORM_implicit_const)
            cur_uleb(c);
        if (c->failed || (attribute == 0 && form == 0))
            return count;
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

// Tables of an honest file lie side by side, though units may share one. Those of a hostile one can be
// tails of each other: a unit of some ten bytes for every entry of one long table.
#define ENTRIES_MAX 65536
#define READ_BASE   ((uint64_t)512 << 20) // bytes of tables compiled per object: this much ...
#define READ_RATE   64                    // ... and so many times its .debug_abbrev

static bool has_read_enough(const struct dw__unit *unit, struct slice section)
{
    return atomic_load(&unit->object->abbrevs_read) > READ_BASE + READ_RATE * section.size;
}

static bool compile_table(struct dw__abbrevs *a, struct cur *c, const struct dw__pass *pass)
{
    bool can_be_plain = pass->plain != NULL && !c->big_endian;
    for (;;) {
        uint64_t code = cur_uleb(c);
        if (c->failed)
            return false;
        if (code == 0)
            return true;
        if (a->list.count == ENTRIES_MAX)
            return false;
        uint64_t tag = cur_uleb(c);
        struct dw__abbrev abbrev = {.code = code, .tag = (uint16_t)tag, .children = cur_u8(c)};
        uint64_t slots = slots_of_tag(pass, tag);
        if (slots != 0 && is_unwanted(pass, tag, *c))
            slots = 0;
        abbrev.wanted = slots != 0;
        if (!compile_attributes(a, &abbrev, c, slots))
            return false;
        bool plain = can_be_plain && abbrev.wanted && abbrev.fixed != DW__VARIABLE && tag < 0x100 &&
                     pass->plain[tag];
        if (plain)
            make_plain(a, &abbrev);
        vec_push(&a->list, abbrev);
    }
}

// How much a table will hold, for one that is kept: grown step by step it would leave four times its
// size in holes, and threads would meet at the heap's lock on every step.
void dw__abbrevs_reserve(struct dw__abbrevs *a, const struct dw__unit *unit)
{
    struct slice section = dw__section_of(unit, DW__ABBREV);
    struct cur c = cur_make(section, unit->object->big_endian);
    size_t entries = 0, attributes = 0;
    if (has_read_enough(unit, section))
        return;
    cur_seek(&c, unit->abbrev_offset);
    while (!c.failed && entries < ENTRIES_MAX && cur_uleb(&c) != 0) {
        cur_uleb(&c);
        cur_u8(&c);
        attributes += dw__skip_attributes(&c);
        entries++;
    }
    vec_reserve(&a->list, entries);
    vec_reserve(&a->steps, attributes);
    vec_reserve(&a->dense, entries + 1);
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
    if (has_read_enough(unit, section)) {
        dw__abbrevs_clear(a);
        dw__doubt(dw, unit, unit->start, "abbreviation tables overlap: not read again and again");
        return false;
    }
    a->list.count = a->steps.count = a->constants.count = a->plains.count = 0;
    a->table = c.at;
    a->version = (uint8_t)unit->version;
    a->address_size = unit->address_size;
    a->offset_size = unit->offset_size;
    bool whole = compile_table(a, &c, pass);
    a->size = cur_offset(&c) - unit->abbrev_offset;
    atomic_fetch_add(&unit->object->abbrevs_read, a->size);
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
    struct slice section = dw__section_of(unit, DW__ABBREV);
    struct cur c = cur_make(section, unit->object->big_endian);
    cur_seek(&c, unit->abbrev_offset);
    if (has_read_enough(unit, section))
        return false;
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
        bool good = !c.failed && at != 0;
        if (good && !abbrev.wanted) {
            dw__skip_attributes(&c);
            continue;
        }
        good = good && compile_attributes(a, &abbrev, &c, slots_of_tag(pass, abbrev.tag));
        vec_push(&a->list, abbrev);
        atomic_fetch_add(&unit->object->abbrevs_read, cur_offset(&c) - unit->abbrev_offset);
        return good;
    }
}

void dw__abbrevs_clear(struct dw__abbrevs *a)
{
    vec_free(&a->list);
    vec_free(&a->steps);
    vec_free(&a->constants);
    vec_free(&a->plains);
    vec_free(&a->dense);
    a->table = NULL;
}

bool dw__step_for(const struct dw__unit *unit, uint64_t code, bool read, unsigned slot,
                  struct dw__step *step)
{
    struct form form = form_of(code, unit->version, unit->address_size, unit->offset_size);
    struct dw__abbrevs one = {0};
    *step = (struct dw__step){.op = DW__SKIP};
    if (form.shape >= SHAPE_CONSTANT)
        return false;
    if (read)
        compile_read(&one, form, (uint16_t)code, slot);
    else
        compile_skip(&one, 0, form);
    if (one.steps.count != 0)
        *step = one.steps.items[0];
    vec_free(&one.steps);
    return true;
}
