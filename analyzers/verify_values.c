// SPDX-License-Identifier: MIT
//
// What libdwarf says of one DIE.
//
// What it computes itself is taken from it; what it leaves to its callers (bases of old range lists,
// bit fields, member expressions) is computed here a second time, from the standard and not from our
// other reader.

#include <stdio.h>

#include "analyzers/verify_libdwarf.h"

#define HOPS_MAX 32 // from a typedef to what has a size

// ------------------------------------------------------------ errors and attributes

void an__forget_error(struct an__reading *r)
{
    if (r->error != NULL)
        dwarf_dealloc_error(r->dbg, r->error);
    r->error = NULL;
}

void an__put_doing(struct an__reading *r, enum an__check check, const char *doing)
{
    char text[160];
    bool walking = check == AN_CHECK_UNITS || check == AN_CHECK_DIES;
    const char *message = r->error != NULL ? dwarf_errmsg(r->error)
                          : walking        ? "out of order or too deep"
                                           : "it has no answer";
    snprintf(text, sizeof text, "%s: %s", doing, message);
    an__put_error(r->sink, check, text);
    an__forget_error(r);
}

static void unreadable(struct an__reading *r, struct an__die *die, enum an__check check,
                       const char *doing)
{
    die->unreadable |= 1u << check;
    an__put_doing(r, check, doing);
}

uint64_t an__signature_of(const struct an__reading *r, const Dwarf_Sig8 *signature)
{
    struct cur c = cur_make(slice_of(signature->signature, 8), r->object->big_endian);
    return cur_u64(&c);
}

static const Dwarf_Half attribute_codes[] = {
#define X(id, at) [AT_##id] = (at),
    ATTRIBUTES(X)
#undef X
};

bool an__attributes_open(struct an__reading *r, Dwarf_Die die, struct an__attributes *a)
{
    *a = (struct an__attributes){.die = die};
    int got = dwarf_attrlist(die, &a->list, &a->count, &r->error);
    if (got != DW_DLV_OK)
        return got == DW_DLV_NO_ENTRY;
    for (Dwarf_Signed i = 0; i < a->count; i++) {
        Dwarf_Half code = 0;
        if (dwarf_whatattr(a->list[i], &code, &r->error) != DW_DLV_OK)
            return false;
        for (unsigned n = 0; n < AT_COUNT; n++)
            if (attribute_codes[n] == code)
                a->at[n] = a->list[i];
    }
    return true;
}

void an__attributes_close(struct an__reading *r, struct an__attributes *a)
{
    for (Dwarf_Signed i = 0; i < a->count; i++)
        dwarf_dealloc_attribute(a->list[i]);
    if (a->list != NULL)
        dwarf_dealloc(r->dbg, a->list, DW_DLA_LIST);
    an__forget_error(r);
}
// -------------------------------------------------------------------------- numbers

static Dwarf_Half form_of(struct an__reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Half form = 0;
    dwarf_whatform(attribute, &form, &r->error);
    return form;
}

static bool is_constant(Dwarf_Half form)
{
    return form == DW_FORM_data1 || form == DW_FORM_data2 || form == DW_FORM_data4 ||
           form == DW_FORM_data8 || form == DW_FORM_sdata || form == DW_FORM_udata ||
           form == DW_FORM_implicit_const;
}

static bool is_block(Dwarf_Half form)
{
    return form == DW_FORM_block || form == DW_FORM_block1 || form == DW_FORM_block2 ||
           form == DW_FORM_block4 || form == DW_FORM_exprloc;
}

// A constant of any form, with its sign where the form has one. False when it is none.
static bool constant_of(struct an__reading *r, Dwarf_Attribute attribute, uint64_t *value)
{
    Dwarf_Half form = form_of(r, attribute);
    Dwarf_Signed with_sign = 0;
    Dwarf_Unsigned plain = 0;
    *value = 0;
    if (!is_constant(form))
        return false;
    int got;
    if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
        got = dwarf_formsdata(attribute, &with_sign, &r->error);
        *value = (uint64_t)with_sign;
    } else {
        got = dwarf_formudata(attribute, &plain, &r->error);
        *value = plain;
    }
    return got == DW_DLV_OK;
}

uint64_t an__constant_or_zero(struct an__reading *r, Dwarf_Attribute attribute)
{
    uint64_t value = 0;
    if (attribute != NULL)
        constant_of(r, attribute, &value);
    return value;
}

uint64_t an__offset_or_zero(struct an__reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Unsigned value = 0;
    if (attribute != NULL && dwarf_global_formref(attribute, &value, &r->error) != DW_DLV_OK)
        return 0;
    return value;
}

static void read_number(struct an__reading *r, Dwarf_Attribute attribute, enum an__check check,
                        uint32_t part, uint64_t *value, struct an__die *die)
{
    if (attribute == NULL || !is_constant(form_of(r, attribute)))
        return; // an expression: its value is known only when the program runs
    die->parts |= part;
    if (!constant_of(r, attribute, value))
        unreadable(r, die, check, "constant");
}

static bool flag_of(struct an__reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Bool value = 0;
    return attribute != NULL && dwarf_formflag(attribute, &value, &r->error) == DW_DLV_OK && value;
}

// ---------------------------------------------------------------------------- texts

static void read_text(struct an__reading *r, Dwarf_Attribute attribute, enum an__check check,
                      uint32_t part, struct an__text *text, struct an__die *die)
{
    char *found = NULL;
    if (attribute == NULL)
        return;
    die->parts |= part;
    if (dwarf_formstring(attribute, &found, &r->error) == DW_DLV_OK)
        *text = an__text_of(found);
    else
        unreadable(r, die, check, "text");
}

// ----------------------------------------------------------------------- references

static void read_target(struct an__reading *r, Dwarf_Attribute attribute, enum an__check check,
                        struct dw_target *target, struct an__die *die)
{
    if (attribute == NULL)
        return;
    Dwarf_Half form = form_of(r, attribute);
    Dwarf_Sig8 signature;
    Dwarf_Off offset = 0;
    bool alt = form == DW_FORM_GNU_ref_alt || form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8;
    if (form == DW_FORM_ref_sig8) {
        target->kind = DW_TARGET_SIGNATURE;
        if (dwarf_formsig8(attribute, &signature, &r->error) == DW_DLV_OK)
            target->value = an__signature_of(r, &signature);
        else
            unreadable(r, die, check, "signature");
        return;
    }
    target->kind = alt ? DW_TARGET_SUPPLEMENT : DW_TARGET_SECTION;
    if (dwarf_global_formref(attribute, &offset, &r->error) == DW_DLV_OK)
        target->value = offset;
    else
        unreadable(r, die, check, "reference");
}

// -------------------------------------------------------------------------- members

// The bytes of the type at `offset`; when it only names another one, 0 and the offset of that.
static uint64_t one_size(struct an__reading *r, Dwarf_Off *offset)
{
    Dwarf_Die type = NULL;
    struct an__attributes a;
    Dwarf_Off next = 0;
    uint64_t size = 0;
    if (dwarf_offdie_b(r->dbg, *offset, r->is_info, &type, &r->error) == DW_DLV_OK) {
        if (an__attributes_open(r, type, &a)) {
            size = an__constant_or_zero(r, a.at[AT_BYTE_SIZE]);
            if (size == 0 && a.at[AT_TYPE] != NULL)
                dwarf_global_formref(a.at[AT_TYPE], &next, &r->error);
        }
        an__attributes_close(r, &a);
        dwarf_dealloc_die(type);
    }
    *offset = next;
    return size;
}

// The bytes of a type, through typedefs and qualifiers.
static uint64_t type_size(struct an__reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Off offset = 0;
    uint64_t size = 0;
    if (attribute == NULL || dwarf_global_formref(attribute, &offset, &r->error) != DW_DLV_OK)
        return 0;
    for (unsigned hops = 0; size == 0 && offset != 0 && hops < HOPS_MAX; hops++)
        size = one_size(r, &offset);
    an__forget_error(r);
    return size;
}

// A member's place as an expression is a function of the record's address, which is on the stack
// when it starts (5.7.6). Those that only add constants are the same in every object.
static bool constant_place(const struct an__reading *r, struct slice expression, uint64_t *bytes)
{
    struct cur c = cur_make(expression, r->object->big_endian);
    uint64_t stack[4] = {0}; // [0]: the record's address, as 0
    unsigned depth = 1;
    while (cur_left(&c) > 0 && !c.failed) {
        uint8_t op = cur_u8(&c);
        uint64_t value = 0;
        bool push = true;
        if (op == DW_OP_plus_uconst && depth > 0) {
            stack[depth - 1] += cur_uleb(&c);
            push = false;
        } else if (op == DW_OP_plus && depth > 1) {
            stack[depth - 2] += stack[depth - 1];
            depth--;
            push = false;
        } else if (op >= DW_OP_lit0 && op <= DW_OP_lit31) {
            value = op - DW_OP_lit0;
        } else if (op == DW_OP_constu) {
            value = cur_uleb(&c);
        } else if (op == DW_OP_const1u) {
            value = cur_u8(&c);
        } else if (op == DW_OP_const2u) {
            value = cur_u16(&c);
        } else if (op == DW_OP_const4u) {
            value = cur_u32(&c);
        } else {
            return false;
        }
        if (push && depth == COUNT_OF(stack))
            return false;
        if (push)
            stack[depth++] = value;
    }
    // Old compilers push the offset and leave the addition to the reader.
    *bytes = stack[depth - 1];
    return !c.failed;
}

static bool place_of(struct an__reading *r, Dwarf_Attribute attribute, uint64_t *bytes,
                     bool *readable)
{
    Dwarf_Half form = form_of(r, attribute);
    Dwarf_Block *block = NULL;
    Dwarf_Unsigned size = 0;
    Dwarf_Ptr data = NULL;
    *readable = true;
    if (!is_block(form)) {
        *readable = constant_of(r, attribute, bytes);
        return *readable;
    }
    if (form == DW_FORM_exprloc) {
        *readable = dwarf_formexprloc(attribute, &size, &data, &r->error) == DW_DLV_OK;
        return *readable && constant_place(r, slice_of(data, size), bytes);
    }
    *readable = dwarf_formblock(attribute, &block, &r->error) == DW_DLV_OK;
    if (!*readable)
        return false;
    bool constant = constant_place(r, slice_of(block->bl_data, block->bl_len), bytes);
    dwarf_dealloc(r->dbg, block, DW_DLA_BLOCK);
    return constant;
}

// DWARF 2 and 3 count a bit field from the most significant bit of its storage; on a little-endian
// machine that is its far end (5.6.6 of DWARF 3).
static uint64_t old_bit_place(struct an__reading *r, const struct an__attributes *a, uint64_t bytes)
{
    uint64_t from_top = an__constant_or_zero(r, a->at[AT_BIT_OFFSET]);
    uint64_t bits = an__constant_or_zero(r, a->at[AT_BIT_SIZE]);
    if (r->object->big_endian)
        return bytes * 8 + from_top;
    uint64_t storage = an__constant_or_zero(r, a->at[AT_BYTE_SIZE]);
    if (storage == 0)
        storage = type_size(r, a->at[AT_TYPE]);
    return (bytes + storage) * 8 - from_top - bits;
}

static void read_member(struct an__reading *r, const struct an__attributes *a, struct an__die *die)
{
    bool member = die->tag == DW_TAG_member, base = die->tag == DW_TAG_inheritance, readable;
    bool placed = a->at[AT_MEMBER_LOCATION] != NULL || a->at[AT_DATA_BIT_OFFSET] != NULL;
    if (!placed || (!member && !base))
        return;
    if (member && (flag_of(r, a->at[AT_EXTERNAL]) || flag_of(r, a->at[AT_DECLARATION])))
        return; // static
    if (base && an__constant_or_zero(r, a->at[AT_VIRTUALITY]) != 0)
        return;
    uint64_t bytes = 0;
    if (a->at[AT_MEMBER_LOCATION] != NULL &&
        !place_of(r, a->at[AT_MEMBER_LOCATION], &bytes, &readable)) {
        if (!readable) {
            die->parts |= DW_DIE_MEMBER;
            unreadable(r, die, AN_CHECK_MEMBER, "member location");
        }
        return;
    }
    die->parts |= DW_DIE_MEMBER;
    die->member_offset = bytes * 8;
    if (a->at[AT_DATA_BIT_OFFSET] != NULL)
        die->member_offset += an__constant_or_zero(r, a->at[AT_DATA_BIT_OFFSET]);
    else if (a->at[AT_BIT_OFFSET] != NULL)
        die->member_offset = old_bit_place(r, a, bytes);
}

// --------------------------------------------------------------------------- ranges

static void add_range(struct an__die *die, uint64_t start, uint64_t end)
{
    if (start < end && die->ranges.count < AN_RANGES_MAX)
        vec_push(&die->ranges, (struct dw_range){start, end});
}

static bool list_offset(struct an__reading *r, Dwarf_Attribute attribute, Dwarf_Unsigned *value)
{
    if (form_of(r, attribute) == DW_FORM_rnglistx)
        return dwarf_formudata(attribute, value, &r->error) == DW_DLV_OK;
    return dwarf_global_formref(attribute, value, &r->error) == DW_DLV_OK;
}

// The head of a list. A split unit states no base for its indexes: of one .dwo it is the only table
// there is (7.28), which libdwarf has to be told. In a package it is not known.
static Dwarf_Rnglists_Head list_head(struct an__reading *r, Dwarf_Attribute attribute,
                                     Dwarf_Unsigned *count)
{
    Dwarf_Half form = form_of(r, attribute);
    Dwarf_Unsigned value = 0, offset = 0, place = 0;
    Dwarf_Rnglists_Head head = NULL;
    if (!list_offset(r, attribute, &value))
        return NULL;
    int got = dwarf_rnglists_get_rle_head(attribute, form, value, &head, count, &place, &r->error);
    if (got == DW_DLV_OK)
        return head;
    if (form != DW_FORM_rnglistx || !r->object->split || r->object->package)
        return NULL;
    an__forget_error(r);
    got = dwarf_get_rnglist_offset_index_value(r->dbg, 0, value, &offset, &place, &r->error);
    if (got == DW_DLV_OK)
        got = dwarf_rnglists_get_rle_head(attribute, DW_FORM_sec_offset, place, &head, count,
                                          &offset, &r->error);
    return got == DW_DLV_OK ? head : NULL;
}

static bool read_list_5(struct an__reading *r, Dwarf_Attribute attribute, struct an__die *die)
{
    Dwarf_Unsigned count = 0;
    Dwarf_Rnglists_Head head = list_head(r, attribute, &count);
    if (head == NULL)
        return false;
    bool good = true;
    for (Dwarf_Unsigned i = 0; i < count && good; i++) {
        unsigned size = 0, kind = 0;
        Dwarf_Unsigned raw1, raw2, start, end;
        Dwarf_Bool no_addresses = 0;
        good = dwarf_get_rnglists_entry_fields_a(head, i, &size, &kind, &raw1, &raw2, &no_addresses,
                                                 &start, &end, &r->error) == DW_DLV_OK &&
               !no_addresses;
        if (kind == DW_RLE_end_of_list)
            break;
        if (good && kind != DW_RLE_base_address && kind != DW_RLE_base_addressx)
            add_range(die, start, end);
    }
    dwarf_dealloc_rnglists_head(head);
    return good;
}

// The lists of a split unit lie in the main file, read there by their place.
static bool read_list_2(struct an__reading *r, const struct an__attributes *a, struct an__die *die)
{
    const struct an__skeleton *skeleton = r->skeleton;
    Dwarf_Unsigned offset = 0, bytes = 0;
    Dwarf_Off real = 0;
    Dwarf_Ranges *list = NULL;
    Dwarf_Signed count = 0;
    uint64_t base = r->base;
    if (!list_offset(r, a->at[AT_RANGES], &offset))
        return false;
    Dwarf_Debug dbg = skeleton != NULL ? r->main : r->dbg;
    Dwarf_Die die_of_lists = skeleton != NULL ? NULL : a->die;
    offset += skeleton != NULL ? skeleton->lists : 0;
    int got =
        dwarf_get_ranges_b(dbg, offset, die_of_lists, &real, &list, &count, &bytes, &r->error);
    if (got != DW_DLV_OK)
        return false;
    for (Dwarf_Signed i = 0; i < count; i++) {
        if (list[i].dwr_type == DW_RANGES_END)
            break;
        if (list[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
            base = list[i].dwr_addr2;
        else
            add_range(die, base + list[i].dwr_addr1, base + list[i].dwr_addr2);
    }
    FREE_RANGES(dbg, list, count);
    return true;
}

static bool read_low_high(struct an__reading *r, const struct an__attributes *a,
                          struct an__die *die)
{
    Dwarf_Addr low = 0, high = 0;
    uint64_t size = 0;
    if (dwarf_formaddr(a->at[AT_LOW_PC], &low, &r->error) != DW_DLV_OK)
        return false;
    if (constant_of(r, a->at[AT_HIGH_PC], &size))
        high = low + size;
    else if (dwarf_formaddr(a->at[AT_HIGH_PC], &high, &r->error) != DW_DLV_OK)
        return false;
    add_range(die, low, high);
    return true;
}

static void read_ranges(struct an__reading *r, const struct an__attributes *a, struct an__die *die)
{
    bool good;
    if (a->at[AT_RANGES] != NULL && r->unit.version >= 5)
        good = read_list_5(r, a->at[AT_RANGES], die);
    else if (a->at[AT_RANGES] != NULL)
        good = read_list_2(r, a, die);
    else if (a->at[AT_LOW_PC] != NULL && a->at[AT_HIGH_PC] != NULL)
        good = read_low_high(r, a, die);
    else
        return;
    die->parts |= DW_DIE_RANGES;
    if (!good)
        unreadable(r, die, AN_CHECK_RANGES, "ranges");
}
// ---------------------------------------------------------------------- all of a DIE

bool an__read_values(struct an__reading *r, Dwarf_Die handle, struct an__die *die)
{
    struct an__attributes a;
    Dwarf_Half tag = 0;
    bool good =
        an__attributes_open(r, handle, &a) && dwarf_tag(handle, &tag, &r->error) == DW_DLV_OK;
    if (good) {
        die->tag = tag;
        unsigned linkage = a.at[AT_LINKAGE_NAME] != NULL ? AT_LINKAGE_NAME : AT_MIPS_LINKAGE_NAME;
        unsigned origin = a.at[AT_ORIGIN] != NULL ? AT_ORIGIN : AT_SPECIFICATION;
        read_text(r, a.at[AT_NAME], AN_CHECK_NAME, DW_DIE_NAME, &die->name, die);
        read_text(r, a.at[linkage], AN_CHECK_LINKAGE_NAME, DW_DIE_LINKAGE_NAME, &die->linkage_name,
                  die);
        read_number(r, a.at[AT_BYTE_SIZE], AN_CHECK_BYTE_SIZE, DW_DIE_BYTE_SIZE, &die->byte_size,
                    die);
        read_number(r, a.at[AT_BIT_SIZE], AN_CHECK_BIT_SIZE, DW_DIE_BIT_SIZE, &die->bit_size, die);
        read_target(r, a.at[AT_TYPE], AN_CHECK_TYPE, &die->type, die);
        read_target(r, a.at[origin], AN_CHECK_ORIGIN, &die->origin, die);
        read_member(r, &a, die);
        read_ranges(r, &a, die);
    }
    an__attributes_close(r, &a);
    return good;
}
