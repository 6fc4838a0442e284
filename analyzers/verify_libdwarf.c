// SPDX-License-Identifier: MIT
//
// libdwarf as the second reader, and the one place that knows its versions: that of 2021 and those
// with DW_LIBDWARF_VERSION, which renamed the access interface.
//
// It is given sections by name and nothing else: no file, no relocations, no location lists (whose
// reader crashes). What it computes itself is taken from it; what it leaves to its callers (bases of
// old range lists, bit fields, member expressions) is computed here a second time, from the
// standard and not from our other reader.

#if __has_include(<libdwarf/libdwarf.h>)
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#elif __has_include(<libdwarf-2/libdwarf.h>)
#include <libdwarf-2/dwarf.h>
#include <libdwarf-2/libdwarf.h>
#else
#include <libdwarf-0/dwarf.h>
#include <libdwarf-0/libdwarf.h>
#endif

#include <stdio.h>

#include "analyzers/verify_private.h"

#ifdef DW_LIBDWARF_VERSION
#define IS_OLD 0
typedef Dwarf_Obj_Access_Interface_a access_interface;
typedef Dwarf_Obj_Access_Methods_a access_methods;
typedef Dwarf_Obj_Access_Section_a access_section;
typedef Dwarf_Unsigned section_number;
typedef Dwarf_Small byte_order;
#define FIELD(prefix, name) prefix##_##name
#define BIG_ENDIAN_VALUE    DW_END_big
#define LITTLE_ENDIAN_VALUE DW_END_little
#define FREE_RANGES         dwarf_dealloc_ranges
#else
#define IS_OLD              1
typedef Dwarf_Obj_Access_Interface access_interface;
typedef Dwarf_Obj_Access_Methods access_methods;
typedef Dwarf_Obj_Access_Section access_section;
typedef Dwarf_Half section_number;
typedef Dwarf_Endianness byte_order;
#define FIELD(prefix, name) name
#define BIG_ENDIAN_VALUE    DW_OBJECT_MSB
#define LITTLE_ENDIAN_VALUE DW_OBJECT_LSB
#define FREE_RANGES         dwarf_ranges_dealloc
#endif

#define DEPTH_MAX 4096 // of DIEs
#define HOPS_MAX  32   // from a typedef to what has a size

// ---------------------------------------------------------------- access to sections

static int get_section(void *object, section_number index, access_section *out, int *error)
{
    const struct an__object *o = object;
    (void)error;
    memset(out, 0, sizeof *out);
    out->FIELD(as, name) = "";
    if (index > o->section_count)
        return DW_DLV_NO_ENTRY;
    if (index == 0)
        return DW_DLV_OK;
    out->FIELD(as, name) = o->sections[index - 1].name;
    out->FIELD(as, size) = o->sections[index - 1].bytes.size;
    out->FIELD(as, type) = 1; // SHT_PROGBITS
    return DW_DLV_OK;
}

static int load_section(void *object, section_number index, Dwarf_Small **data, int *error)
{
    const struct an__object *o = object;
    (void)error;
    if (index == 0 || index > o->section_count)
        return DW_DLV_NO_ENTRY;
    *data = (Dwarf_Small *)(uintptr_t)o->sections[index - 1].bytes.data;
    return DW_DLV_OK;
}

static byte_order get_byte_order(void *object)
{
    return ((const struct an__object *)object)->big_endian ? BIG_ENDIAN_VALUE : LITTLE_ENDIAN_VALUE;
}

static Dwarf_Small get_word_size(void *object)
{
    return ((const struct an__object *)object)->address_size;
}

static Dwarf_Unsigned get_section_count(void *object)
{
    return ((const struct an__object *)object)->section_count + 1;
}

#if !IS_OLD
static Dwarf_Unsigned get_file_size(void *object)
{
    const struct an__object *o = object;
    Dwarf_Unsigned size = 0;
    for (size_t i = 0; i < o->section_count; i++)
        size += o->sections[i].bytes.size;
    return size;
}
#endif

static const access_methods methods = {
    .FIELD(om, get_section_info) = get_section,
    .FIELD(om, get_byte_order) = get_byte_order,
    .FIELD(om, get_length_size) = get_word_size,
    .FIELD(om, get_pointer_size) = get_word_size,
#if !IS_OLD
    .om_get_filesize = get_file_size,
#endif
    .FIELD(om, get_section_count) = get_section_count,
    .FIELD(om, load_section) = load_section,
};

// ---------------------------------------------------------------------- the reading

// Low pc of the units of a tied main file, by dwo id: the base of their split units' lists.
struct skeleton {
    uint64_t id, low_pc;
};

struct reading {
    const struct an__object *object;
    struct an__sink *sink;
    Dwarf_Debug dbg, tied;
    access_interface access, tied_access;
    Dwarf_Bool is_info;
    VEC(struct skeleton) skeletons;
    struct an__unit unit;
    uint64_t next; // lowest offset the next DIE may have
    uint64_t base; // of the unit's range lists before DWARF 5
    Dwarf_Error error;
};

static void forget_error(struct reading *r)
{
    if (r->error != NULL)
        dwarf_dealloc_error(r->dbg, r->error);
    r->error = NULL;
}

static void put_error(struct reading *r, enum an__check check, const char *doing)
{
    char text[160];
    const char *message = r->error != NULL ? dwarf_errmsg(r->error) : "out of order or too deep";
    snprintf(text, sizeof text, "%s: %s", doing, message);
    an__put_error(r->sink, check, text);
    forget_error(r);
}

static void unreadable(struct reading *r, struct an__die *die, enum an__check check,
                       const char *doing)
{
    die->unreadable |= 1u << check;
    put_error(r, check, doing);
}

static uint64_t signature_of(const struct reading *r, const Dwarf_Sig8 *signature)
{
    struct cur c = cur_make(slice_of(signature->signature, 8), r->object->big_endian);
    return cur_u64(&c);
}

// The attributes of one DIE that are looked at.
#define ATTRIBUTES(X)                                                                              \
    X(NAME, DW_AT_name)                                                                            \
    X(LINKAGE_NAME, DW_AT_linkage_name)                                                            \
    X(MIPS_LINKAGE_NAME, DW_AT_MIPS_linkage_name)                                                  \
    X(BYTE_SIZE, DW_AT_byte_size)                                                                  \
    X(BIT_SIZE, DW_AT_bit_size)                                                                    \
    X(BIT_OFFSET, DW_AT_bit_offset)                                                                \
    X(DATA_BIT_OFFSET, DW_AT_data_bit_offset)                                                      \
    X(MEMBER_LOCATION, DW_AT_data_member_location)                                                 \
    X(TYPE, DW_AT_type)                                                                            \
    X(ORIGIN, DW_AT_abstract_origin)                                                               \
    X(SPECIFICATION, DW_AT_specification)                                                          \
    X(LOW_PC, DW_AT_low_pc)                                                                        \
    X(HIGH_PC, DW_AT_high_pc)                                                                      \
    X(RANGES, DW_AT_ranges)                                                                        \
    X(EXTERNAL, DW_AT_external)                                                                    \
    X(DECLARATION, DW_AT_declaration)                                                              \
    X(VIRTUALITY, DW_AT_virtuality)                                                                \
    X(GNU_DWO_ID, DW_AT_GNU_dwo_id)

enum attribute {
#define X(id, at) AT_##id,
    ATTRIBUTES(X)
#undef X
        AT_COUNT,
};

static const Dwarf_Half attribute_codes[] = {
#define X(id, at) [AT_##id] = (at),
    ATTRIBUTES(X)
#undef X
};

struct attributes {
    Dwarf_Die die;
    Dwarf_Attribute *list, at[AT_COUNT];
    Dwarf_Signed count;
};

static bool attributes_open(struct reading *r, Dwarf_Die die, struct attributes *a)
{
    *a = (struct attributes){.die = die};
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

static void attributes_close(struct reading *r, struct attributes *a)
{
    for (Dwarf_Signed i = 0; i < a->count; i++)
        dwarf_dealloc_attribute(a->list[i]);
    if (a->list != NULL)
        dwarf_dealloc(r->dbg, a->list, DW_DLA_LIST);
    forget_error(r);
}

// -------------------------------------------------------------------------- numbers

static Dwarf_Half form_of(struct reading *r, Dwarf_Attribute attribute)
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
static bool constant_of(struct reading *r, Dwarf_Attribute attribute, uint64_t *value)
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

static uint64_t constant_or_zero(struct reading *r, Dwarf_Attribute attribute)
{
    uint64_t value = 0;
    if (attribute != NULL)
        constant_of(r, attribute, &value);
    return value;
}

static void read_number(struct reading *r, Dwarf_Attribute attribute, enum an__check check,
                        uint32_t part, uint64_t *value, struct an__die *die)
{
    if (attribute == NULL || !is_constant(form_of(r, attribute)))
        return; // an expression: its value is known only when the program runs
    die->parts |= part;
    if (!constant_of(r, attribute, value))
        unreadable(r, die, check, "constant");
}

static bool flag_of(struct reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Bool value = 0;
    return attribute != NULL && dwarf_formflag(attribute, &value, &r->error) == DW_DLV_OK && value;
}

// ---------------------------------------------------------------------------- texts

static void read_text(struct reading *r, Dwarf_Attribute attribute, enum an__check check,
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

static void read_target(struct reading *r, Dwarf_Attribute attribute, enum an__check check,
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
            target->value = signature_of(r, &signature);
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
static uint64_t one_size(struct reading *r, Dwarf_Off *offset)
{
    Dwarf_Die type = NULL;
    struct attributes a;
    Dwarf_Off next = 0;
    uint64_t size = 0;
    if (dwarf_offdie_b(r->dbg, *offset, r->is_info, &type, &r->error) == DW_DLV_OK) {
        if (attributes_open(r, type, &a)) {
            size = constant_or_zero(r, a.at[AT_BYTE_SIZE]);
            if (size == 0 && a.at[AT_TYPE] != NULL)
                dwarf_global_formref(a.at[AT_TYPE], &next, &r->error);
        }
        attributes_close(r, &a);
        dwarf_dealloc_die(type);
    }
    *offset = next;
    return size;
}

// The bytes of a type, through typedefs and qualifiers.
static uint64_t type_size(struct reading *r, Dwarf_Attribute attribute)
{
    Dwarf_Off offset = 0;
    uint64_t size = 0;
    if (attribute == NULL || dwarf_global_formref(attribute, &offset, &r->error) != DW_DLV_OK)
        return 0;
    for (unsigned hops = 0; size == 0 && offset != 0 && hops < HOPS_MAX; hops++)
        size = one_size(r, &offset);
    forget_error(r);
    return size;
}

// A member's place as an expression is a function of the record's address, which is on the stack
// when it starts (5.7.6). Those that only add constants are the same in every object.
static bool constant_place(const struct reading *r, struct slice expression, uint64_t *bytes)
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

static bool place_of(struct reading *r, Dwarf_Attribute attribute, uint64_t *bytes, bool *readable)
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
static uint64_t old_bit_place(struct reading *r, const struct attributes *a, uint64_t bytes)
{
    uint64_t from_top = constant_or_zero(r, a->at[AT_BIT_OFFSET]);
    uint64_t bits = constant_or_zero(r, a->at[AT_BIT_SIZE]);
    if (r->object->big_endian)
        return bytes * 8 + from_top;
    uint64_t storage = constant_or_zero(r, a->at[AT_BYTE_SIZE]);
    if (storage == 0)
        storage = type_size(r, a->at[AT_TYPE]);
    return (bytes + storage) * 8 - from_top - bits;
}

static void read_member(struct reading *r, const struct attributes *a, struct an__die *die)
{
    bool member = die->tag == DW_TAG_member, base = die->tag == DW_TAG_inheritance, readable;
    bool placed = a->at[AT_MEMBER_LOCATION] != NULL || a->at[AT_DATA_BIT_OFFSET] != NULL;
    if (!placed || (!member && !base))
        return;
    if (member && (flag_of(r, a->at[AT_EXTERNAL]) || flag_of(r, a->at[AT_DECLARATION])))
        return; // static
    if (base && constant_or_zero(r, a->at[AT_VIRTUALITY]) != 0)
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
        die->member_offset += constant_or_zero(r, a->at[AT_DATA_BIT_OFFSET]);
    else if (a->at[AT_BIT_OFFSET] != NULL)
        die->member_offset = old_bit_place(r, a, bytes);
}

// --------------------------------------------------------------------------- ranges

static void add_range(struct an__die *die, uint64_t start, uint64_t end)
{
    if (start < end && die->ranges.count < AN_RANGES_MAX)
        vec_push(&die->ranges, (struct dw_range){start, end});
}

static bool list_offset(struct reading *r, Dwarf_Attribute attribute, Dwarf_Unsigned *value)
{
    if (form_of(r, attribute) == DW_FORM_rnglistx)
        return dwarf_formudata(attribute, value, &r->error) == DW_DLV_OK;
    return dwarf_global_formref(attribute, value, &r->error) == DW_DLV_OK;
}

// The head of a list. A split unit states no base for its indexes: of one .dwo it is the only table
// there is (7.28), which libdwarf has to be told. In a package it is not known.
static Dwarf_Rnglists_Head list_head(struct reading *r, Dwarf_Attribute attribute,
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
    forget_error(r);
    got = dwarf_get_rnglist_offset_index_value(r->dbg, 0, value, &offset, &place, &r->error);
    if (got == DW_DLV_OK)
        got = dwarf_rnglists_get_rle_head(attribute, DW_FORM_sec_offset, place, &head, count,
                                          &offset, &r->error);
    return got == DW_DLV_OK ? head : NULL;
}

static bool read_list_5(struct reading *r, Dwarf_Attribute attribute, struct an__die *die)
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

static bool read_list_2(struct reading *r, const struct attributes *a, struct an__die *die)
{
    Dwarf_Unsigned offset = 0, bytes = 0;
    Dwarf_Off real = 0;
    Dwarf_Ranges *list = NULL;
    Dwarf_Signed count = 0;
    uint64_t base = r->base;
    if (!list_offset(r, a->at[AT_RANGES], &offset))
        return false;
    int got = dwarf_get_ranges_b(r->dbg, offset, a->die, &real, &list, &count, &bytes, &r->error);
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
    FREE_RANGES(r->dbg, list, count);
    return true;
}

static bool read_low_high(struct reading *r, const struct attributes *a, struct an__die *die)
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

static void read_ranges(struct reading *r, const struct attributes *a, struct an__die *die)
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

// ----------------------------------------------------------------------------- DIEs

static bool read_values(struct reading *r, Dwarf_Die handle, struct an__die *die)
{
    struct attributes a;
    Dwarf_Half tag = 0;
    bool good = attributes_open(r, handle, &a) && dwarf_tag(handle, &tag, &r->error) == DW_DLV_OK;
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
    attributes_close(r, &a);
    return good;
}

// A DIE whose attributes cannot be read still has its place: what follows is read on.
static bool put_die(struct reading *r, Dwarf_Die handle, uint64_t parent, uint64_t *offset,
                    struct an__die *die)
{
    Dwarf_Off at = 0;
    if (dwarf_dieoffset(handle, &at, &r->error) != DW_DLV_OK)
        return false;
    if (at < r->next) // a sibling behind: libdwarf would go round for ever
        return false;
    r->next = at + 1;
    die->offset = *offset = at;
    die->parent = parent;
    die->parts = die->unreadable = 0;
    die->type = die->origin = (struct dw_target){DW_TARGET_NONE, 0};
    die->ranges.count = 0;
    if (!read_values(r, handle, die))
        return false;
    an__put_die(r->sink, die);
    return true;
}

struct level {
    Dwarf_Die handle;
    uint64_t offset;
};

// Preorder, with the DIEs around the current one on a stack. False with r->error.
static bool walk(struct reading *r, Dwarf_Die root)
{
    VEC(struct level) around = {0};
    struct an__die die = {0};
    Dwarf_Die at = root;
    uint64_t offset = 0;
    bool good = true;
    while (at != NULL) {
        uint64_t parent = around.count ? around.items[around.count - 1].offset : NO_OFFSET;
        good = put_die(r, at, parent, &offset, &die) && around.count < DEPTH_MAX;
        if (!good)
            break;
        vec_push(&around, (struct level){at, offset});
        Dwarf_Die next = NULL;
        int got = dwarf_child(at, &next, &r->error);
        at = NULL;
        while (got == DW_DLV_NO_ENTRY && around.count > 1) {
            Dwarf_Die last = around.items[--around.count].handle;
            got = dwarf_siblingof_b(r->dbg, last, r->is_info, &next, &r->error);
            dwarf_dealloc_die(last);
        }
        good = got != DW_DLV_ERROR;
        if (got == DW_DLV_OK)
            at = next;
    }
    while (around.count != 0)
        dwarf_dealloc_die(around.items[--around.count].handle);
    vec_free(&around);
    vec_free(&die.ranges);
    return good;
}

// ---------------------------------------------------------------------------- units

// One unit header; the cursor of `dbg` moves on. DW_DLV_* of libdwarf.
static int next_header(struct reading *r, Dwarf_Debug dbg, struct an__unit *unit, uint64_t *start)
{
    Dwarf_Unsigned length = 0, type_offset = 0, next = 0;
    Dwarf_Half version = 0, address_size = 0, offset_size = 0, extension = 0, kind = 0;
    Dwarf_Off abbrevs = 0;
    Dwarf_Sig8 signature;
    memset(&signature, 0, sizeof signature);
    int got = dwarf_next_cu_header_d(dbg, r->is_info, &length, &version, &abbrevs, &address_size,
                                     &offset_size, &extension, &signature, &type_offset, &next,
                                     &kind, &r->error);
    if (got != DW_DLV_OK)
        return got;
    if (next <= *start)
        return DW_DLV_ERROR;
    *unit = (struct an__unit){.offset = *start,
                              .size = next - *start,
                              .abbrev_offset = abbrevs,
                              .signature = signature_of(r, &signature),
                              .type_offset = type_offset,
                              .version = version,
                              .kind = (uint8_t)kind,
                              .address_size = (uint8_t)address_size,
                              .offset_size = (uint8_t)offset_size};
    *start = next;
    return got;
}

// Base and dwo id of a unit: from its root, before DWARF 5 (or of an object without split units)
// nowhere else.
static void read_root(struct reading *r, Dwarf_Die root, uint64_t *low_pc, uint64_t *id)
{
    struct attributes a;
    Dwarf_Addr low = 0;
    *low_pc = *id = 0;
    if (attributes_open(r, root, &a)) {
        if (a.at[AT_LOW_PC] != NULL &&
            dwarf_formaddr(a.at[AT_LOW_PC], &low, &r->error) == DW_DLV_OK)
            *low_pc = low;
        *id = constant_or_zero(r, a.at[AT_GNU_DWO_ID]);
    }
    attributes_close(r, &a);
}

static void list_skeletons(struct reading *r)
{
    struct an__unit unit;
    uint64_t start = 0;
    while (next_header(r, r->tied, &unit, &start) == DW_DLV_OK) {
        Dwarf_Die root = NULL;
        struct skeleton skeleton;
        if (dwarf_siblingof_b(r->tied, NULL, r->is_info, &root, &r->error) != DW_DLV_OK)
            continue;
        read_root(r, root, &skeleton.low_pc, &skeleton.id);
        dwarf_dealloc_die(root);
        vec_push(&r->skeletons, skeleton);
    }
    forget_error(r);
}

static void set_base(struct reading *r, Dwarf_Die root)
{
    uint64_t id;
    read_root(r, root, &r->base, &id);
    for (size_t i = 0; r->object->split && i < r->skeletons.count; i++)
        if (r->skeletons.items[i].id == id)
            r->base = r->skeletons.items[i].low_pc;
}

static void read_unit(struct reading *r)
{
    Dwarf_Die root = NULL;
    if (dwarf_siblingof_b(r->dbg, NULL, r->is_info, &root, &r->error) != DW_DLV_OK) {
        put_error(r, AN_CHECK_DIES, "root DIE");
        return;
    }
    set_base(r, root);
    r->next = r->unit.offset;
    if (!walk(r, root))
        put_error(r, AN_CHECK_DIES, "DIE");
}

static void read_units(struct reading *r)
{
    uint64_t start = 0;
    for (;;) {
        int got = next_header(r, r->dbg, &r->unit, &start);
        if (got == DW_DLV_ERROR)
            put_error(r, AN_CHECK_UNITS, "unit header");
        if (got != DW_DLV_OK)
            return;
        an__put_unit(r->sink, &r->unit);
        read_unit(r);
    }
}

static int open_object(struct reading *r, const struct an__object *object, access_interface *access,
                       Dwarf_Debug *dbg)
{
    access->FIELD(ai, object) = (void *)(uintptr_t)object;
    access->FIELD(ai, methods) = &methods;
    unsigned group = object->split ? DW_GROUPNUMBER_DWO : DW_GROUPNUMBER_BASE;
    return dwarf_object_init_b(access, NULL, NULL, group, dbg, &r->error);
}

// Nothing is closed: the process that reads ends with the reading.
void an__libdwarf_read(const struct an__object *object, struct an__sink *sink)
{
    struct reading r = {.object = object, .sink = sink, .is_info = !object->types};
    int got = open_object(&r, object, &r.access, &r.dbg);
    if (got == DW_DLV_OK && object->tied != NULL &&
        open_object(&r, object->tied, &r.tied_access, &r.tied) == DW_DLV_OK) {
        dwarf_set_tied_dbg(r.dbg, r.tied, &r.error);
        if (object->split)
            list_skeletons(&r);
    }
    if (got == DW_DLV_OK)
        read_units(&r);
    else
        put_error(&r, AN_CHECK_UNITS, "opening");
    vec_free(&r.skeletons);
}
