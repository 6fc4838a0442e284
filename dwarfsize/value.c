// SPDX-License-Identifier: MIT
//
// Attribute values: what a form's bytes mean (7.5.5), with the unit's bases applied.

#include "dwarfsize/private.h"

bool dw__is_constant_form(uint16_t form)
{
    switch (form) {
    case DW_FORM_data1:
    case DW_FORM_data2:
    case DW_FORM_data4:
    case DW_FORM_data8:
    case DW_FORM_sdata:
    case DW_FORM_udata:
    case DW_FORM_implicit_const:
        return true;
    default:
        return false;
    }
}

uint64_t dw__number(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot,
                    uint64_t fallback)
{
    (void)unit;
    if (!dw__has(die, slot))
        return fallback;
    uint16_t form = die->form[slot];
    bool number = dw__is_constant_form(form) || form == DW_FORM_sec_offset ||
                  form == DW_FORM_flag || form == DW_FORM_flag_present;
    return number ? die->value[slot] : fallback;
}

bool dw__flag(const struct dw__die *die, enum dw__slot slot)
{
    return dw__has(die, slot) && die->value[slot] != 0;
}

struct slice dw__block(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot)
{
    if (!dw__has(die, slot) || !dw__is_block_form(die->form[slot]))
        return slice_of(NULL, 0);
    // The scan has checked the range.
    return slice_of(unit->chunk->bytes.data + die->value[slot], (size_t)die->extra[slot]);
}

// -------------------------------------------------------------------------- texts

const char *dw__text_in(struct slice section, uint64_t offset)
{
    return offset < section.size ? (const char *)section.data + offset : "";
}

const char *dw__indexed_text(const struct dw__unit *unit, uint64_t index)
{
    struct cur c = cur_make(dw__section_of(unit, DW__STR_OFFSETS), unit->object->big_endian);
    uint64_t offset;
    if (!mul_u64(index, unit->offset_size, &offset) ||
        !add_u64(offset, unit->str_offsets_base, &offset))
        return "";
    cur_seek(&c, offset);
    offset = cur_uint(&c, unit->offset_size);
    return c.failed ? "" : dw__text_in(dw__section_of(unit, DW__STR), offset);
}

const char *dw__text(const struct dw__unit *unit, const struct dw__die *die, enum dw__slot slot)
{
    if (!dw__has(die, slot))
        return "";
    uint64_t value = die->value[slot];
    switch (die->form[slot]) {
    case DW_FORM_string: // the scan has seen its NUL
        return (const char *)unit->chunk->bytes.data + value;
    case DW_FORM_strp:
        return dw__text_in(dw__section_of(unit, DW__STR), value);
    case DW_FORM_line_strp:
        return dw__text_in(dw__section_of(unit, DW__LINE_STR), value);
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_strp_alt:
        if (unit->object->alt == NULL)
            return "";
        return dw__text_in(dw__object_section(unit->object->alt, DW__STR), value);
    case DW_FORM_strx:
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
    case DW_FORM_GNU_str_index:
        return dw__indexed_text(unit, value);
    default:
        return "";
    }
}

// ---------------------------------------------------------------------- addresses

bool dw__indexed_address(const struct dw *dw, const struct dw__unit *unit, uint64_t index,
                         uint64_t *address)
{
    // A split unit's addresses lie in the .debug_addr of its skeleton's file.
    if (unit->object->split && unit->partner != DW_NO_UNIT)
        unit = &dw->units.items[unit->partner];
    struct cur c = cur_make(dw__section_of(unit, DW__ADDR), unit->object->big_endian);
    uint64_t offset;
    if (!mul_u64(index, unit->address_size, &offset) || !add_u64(offset, unit->addr_base, &offset))
        return false;
    cur_seek(&c, offset);
    *address = cur_uint(&c, unit->address_size);
    return !c.failed;
}

bool dw__address(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                 enum dw__slot slot, uint64_t *address)
{
    if (!dw__has(die, slot))
        return false;
    switch (die->form[slot]) {
    case DW_FORM_addr:
        *address = die->value[slot];
        return true;
    case DW_FORM_addrx:
    case DW_FORM_addrx1:
    case DW_FORM_addrx2:
    case DW_FORM_addrx3:
    case DW_FORM_addrx4:
    case DW_FORM_GNU_addr_index:
        return dw__indexed_address(dw, unit, die->value[slot], address);
    default:
        return false;
    }
}

// --------------------------------------------------------------------- references

static dw_ref signed_type(const struct dw *dw, uint64_t signature)
{
    size_t at = keyed_first(dw->signatures.items, dw->signatures.count, signature);
    if (at == dw->signatures.count || dw->signatures.items[at].key != signature)
        return DW_NO_REF;
    const struct dw__unit *unit = &dw->units.items[dw->signatures.items[at].value];
    return dw__ref_make(unit, unit->start + unit->type_offset);
}

dw_ref dw__reference(const struct dw *dw, const struct dw__unit *unit, const struct dw__die *die,
                     enum dw__slot slot)
{
    if (!dw__has(die, slot))
        return DW_NO_REF;
    uint64_t value = die->value[slot];
    switch (die->form[slot]) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
        return value < unit->end - unit->start ? dw__ref_make(unit, unit->start + value)
                                               : DW_NO_REF;
    case DW_FORM_ref_addr:
        return value < unit->object->info_size ? (uint64_t)unit->object->number << 48 | value
                                               : DW_NO_REF;
    case DW_FORM_ref_sig8:
        return signed_type(dw, value);
    case DW_FORM_ref_sup4:
    case DW_FORM_ref_sup8:
    case DW_FORM_GNU_ref_alt:
        if (unit->object->alt == NULL || value >> 47 != 0)
            return DW_NO_REF;
        return (uint64_t)unit->object->alt->number << 48 | value;
    default:
        return DW_NO_REF;
    }
}

// ---------------------------------------------------------------------- locations

// One operation that pushes a constant; false for any other (2.5.1.1).
static bool constant_operand(struct cur *c, uint8_t op, unsigned address_size, uint64_t *value)
{
    switch (op) {
    case DW_OP_addr:
        *value = cur_uint(c, address_size);
        return true;
    case DW_OP_const1u:
        *value = cur_u8(c);
        return true;
    case DW_OP_const2u:
        *value = cur_u16(c);
        return true;
    case DW_OP_const4u:
        *value = cur_u32(c);
        return true;
    case DW_OP_const8u:
        *value = cur_u64(c);
        return true;
    case DW_OP_const1s:
        *value = (uint64_t)(int8_t)cur_u8(c);
        return true;
    case DW_OP_const2s:
        *value = (uint64_t)(int16_t)cur_u16(c);
        return true;
    case DW_OP_const4s:
        *value = (uint64_t)(int32_t)cur_u32(c);
        return true;
    case DW_OP_const8s:
        *value = cur_u64(c);
        return true;
    case DW_OP_constu:
        *value = cur_uleb(c);
        return true;
    case DW_OP_consts:
        *value = (uint64_t)cur_sleb(c);
        return true;
    default:
        return false;
    }
}

static bool indexed_operand(const struct dw *dw, const struct dw__unit *unit, struct cur *c,
                            uint8_t op, uint64_t *value)
{
    bool indexed = op == DW_OP_addrx || op == DW_OP_GNU_addr_index || op == DW_OP_constx ||
                   op == DW_OP_GNU_const_index;
    return indexed && dw__indexed_address(dw, unit, cur_uleb(c), value);
}

bool dw__location(const struct dw *dw, const struct dw__unit *unit, struct slice expression,
                  uint64_t *address, bool *tls)
{
    struct cur c = cur_make(expression, unit->object->big_endian);
    uint64_t value = 0, pending = 0;
    bool have = false, have_pending = false;
    bool placed = false; // an address was pushed: a bare constant is a value, not a place
    *tls = false;
    if (expression.size == 0)
        return false;
    while (cur_left(&c) > 0 && !c.failed) {
        uint8_t op = cur_u8(&c);
        uint64_t operand;
        if (op == DW_OP_plus_uconst && have && !have_pending) {
            value += cur_uleb(&c);
        } else if (op == DW_OP_plus && have_pending) {
            value += pending;
            have_pending = false;
        } else if ((op == DW_OP_form_tls_address || op == DW_OP_GNU_push_tls_address) && have) {
            *tls = placed = true;
        } else if (constant_operand(&c, op, unit->address_size, &operand) ||
                   indexed_operand(dw, unit, &c, op, &operand)) {
            if (have_pending || *tls)
                return false;
            have_pending = have;
            if (have)
                pending = operand;
            else
                value = operand;
            have = true;
            placed |= op == DW_OP_addr || op == DW_OP_addrx || op == DW_OP_GNU_addr_index;
        } else {
            return false; // registers, frame bases, pieces, entry values: not fixed
        }
    }
    *address = value;
    return placed && have && !have_pending && !c.failed;
}
