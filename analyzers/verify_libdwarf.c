// SPDX-License-Identifier: MIT
//
// libdwarf as the second reader: objects, units, the tree of DIEs.
//
// It is given sections by name and nothing else: no file, no relocations, no location lists (whose
// reader crashes).

#include "analyzers/verify_libdwarf.h"

#define DEPTH_MAX 4096 // of DIEs

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

static int open_object(struct an__reading *r, const struct an__object *object,
                       access_interface *access, Dwarf_Debug *dbg)
{
    access->FIELD(ai, object) = (void *)(uintptr_t)object;
    access->FIELD(ai, methods) = &methods;
    unsigned group = object->split ? DW_GROUPNUMBER_DWO : DW_GROUPNUMBER_BASE;
    return dwarf_object_init_b(access, NULL, NULL, group, dbg, &r->error);
}

// ----------------------------------------------------------------------------- DIEs

// A DIE whose attributes cannot be read still has its place: what follows is read on.
static bool put_die(struct an__reading *r, Dwarf_Die handle, uint64_t parent, uint64_t *offset,
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
    if (!an__read_values(r, handle, die))
        return false;
    an__put_die(r->sink, die);
    return true;
}

struct level {
    Dwarf_Die handle;
    uint64_t offset;
};

// Preorder, with the DIEs around the current one on a stack. False with r->error.
static bool walk(struct an__reading *r, Dwarf_Die root)
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
static int next_header(struct an__reading *r, Dwarf_Debug dbg, struct an__unit *unit,
                       uint64_t *start)
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
                              .signature = an__signature_of(r, &signature),
                              .type_offset = type_offset,
                              .version = version,
                              .kind = (uint8_t)kind,
                              .address_size = (uint8_t)address_size,
                              .offset_size = (uint8_t)offset_size};
    *start = next;
    return got;
}

// What the root of a unit tells of its range lists and its split unit, before DWARF 5 (or of an object
// without split units) nowhere else.
static struct an__skeleton read_root(struct an__reading *r, Dwarf_Die root)
{
    struct an__attributes a;
    struct an__skeleton found = {0};
    Dwarf_Addr low = 0;
    if (an__attributes_open(r, root, &a)) {
        if (a.at[AT_LOW_PC] != NULL &&
            dwarf_formaddr(a.at[AT_LOW_PC], &low, &r->error) == DW_DLV_OK)
            found.low_pc = low;
        found.id = an__constant_or_zero(r, a.at[AT_GNU_DWO_ID]);
        found.lists = an__offset_or_zero(r, a.at[AT_GNU_RANGES_BASE]);
    }
    an__attributes_close(r, &a);
    return found;
}

// In a handle of their own: libdwarf looks for skeletons in the tied one, and leaves it where it
// stopped.
static void list_skeletons(struct an__reading *r)
{
    struct an__unit unit;
    uint64_t start = 0;
    r->listed = true;
    bool good = r->object->tied != NULL &&
                open_object(r, r->object->tied, &r->skeleton_access, &r->main) == DW_DLV_OK;
    while (good && next_header(r, r->main, &unit, &start) == DW_DLV_OK) {
        Dwarf_Die root = NULL;
        if (dwarf_siblingof_b(r->main, NULL, r->is_info, &root, &r->error) != DW_DLV_OK)
            continue;
        vec_push(&r->skeletons, read_root(r, root));
        dwarf_dealloc_die(root);
    }
    an__forget_error(r);
}

static void set_base(struct an__reading *r, Dwarf_Die root)
{
    struct an__skeleton own = read_root(r, root);
    r->base = own.low_pc;
    r->skeleton = NULL;
    if (!r->object->split || r->unit.version >= 5) // then libdwarf finds the base itself
        return;
    if (!r->listed)
        list_skeletons(r);
    for (size_t i = 0; i < r->skeletons.count; i++)
        if (r->skeletons.items[i].id == own.id)
            r->skeleton = &r->skeletons.items[i];
    if (r->skeleton != NULL)
        r->base = r->skeleton->low_pc;
}

static void read_unit(struct an__reading *r)
{
    Dwarf_Die root = NULL;
    if (dwarf_siblingof_b(r->dbg, NULL, r->is_info, &root, &r->error) != DW_DLV_OK) {
        an__put_doing(r, AN_CHECK_DIES, "root DIE");
        return;
    }
    set_base(r, root);
    r->next = r->unit.offset;
    if (!walk(r, root))
        an__put_doing(r, AN_CHECK_DIES, "DIE");
}

static void read_units(struct an__reading *r)
{
    uint64_t start = 0;
    for (;;) {
        int got = next_header(r, r->dbg, &r->unit, &start);
        if (got == DW_DLV_ERROR)
            an__put_doing(r, AN_CHECK_UNITS, "unit header");
        if (got != DW_DLV_OK)
            return;
        an__put_unit(r->sink, &r->unit);
        read_unit(r);
    }
}

// Nothing is closed: the process that reads ends with the reading.
void an__libdwarf_read(const struct an__object *object, struct an__sink *sink)
{
    struct an__reading r = {.object = object, .sink = sink, .is_info = !object->types};
    int got = open_object(&r, object, &r.access, &r.dbg);
    if (got == DW_DLV_OK && object->tied != NULL &&
        open_object(&r, object->tied, &r.tied_access, &r.tied) == DW_DLV_OK)
        dwarf_set_tied_dbg(r.dbg, r.tied, &r.error);
    if (got == DW_DLV_OK)
        read_units(&r);
    else
        an__put_doing(&r, AN_CHECK_UNITS, "opening");
    vec_free(&r.skeletons);
}
