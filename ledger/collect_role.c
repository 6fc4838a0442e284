// SPDX-License-Identifier: MIT
//
// What a section is: its kind (code, constant, data ...) and whether it is content, which somebody
// of the program should own, or serves a role ("[.dynamic]"), which is then its owner of last
// resort. Kinds follow from type and flags; the table holds the names that say more than the flags.

#include "ledger/collect_private.h"

// Names end at the first '*', or have to match in full.
static const struct rule {
    const char *pattern;
    uint8_t kind;
    bool role;
} name_rules[] = {
    {".debug_*", LED__DEBUG, true},
    {".zdebug_*", LED__DEBUG, true},
    {".gnu.debuglto_*", LED__DEBUG, true},
    {".debug", LED__DEBUG, true},
    {".gdb_index", LED__DEBUG, true},
    {".stab*", LED__DEBUG, true},
    {".eh_frame*", LED__METADATA, true},
    {".gcc_except_table*", LED__METADATA, true},
    {".sframe", LED__METADATA, true},
    {".ARM.exidx*", LED__METADATA, true},
    {".ARM.extab*", LED__METADATA, true},
    {".ARM.attributes", LED__METADATA, true},
    {".IA_64.unwind*", LED__METADATA, true},
    {".orc_*", LED__METADATA, true}, // a kernel's unwind tables
    {".BTF*", LED__DEBUG, true},
    // What Go's runtime knows of functions and types.
    {".gopclntab", LED__METADATA, true},
    {".gosymtab", LED__METADATA, true},
    {".typelink", LED__METADATA, true},
    {".itablink", LED__METADATA, true},
    {".go.buildinfo", LED__METADATA, true},
    {".data.rel.ro.gopclntab", LED__METADATA, true},
    {".data.rel.ro.gosymtab", LED__METADATA, true},
    {".data.rel.ro.typelink", LED__METADATA, true},
    {".data.rel.ro.itablink", LED__METADATA, true},
    {".interp", LED__METADATA, true},
    {".note*", LED__METADATA, true},
    {".dynamic", LED__METADATA, true},
    {".gnu_debug*", LED__METADATA, true},
    {".comment", LED__METADATA, true},
    {".plt*", LED__CODE, true},
    {".iplt*", LED__CODE, true},
    {".MIPS.stubs", LED__CODE, true},
    {".glink", LED__CODE, true},
    {".got*", LED__DATA, true},
    {".relro_padding", LED__PADDING, true}, // lld, mold: up to the end of a page
    {".igot*", LED__DATA, true},
    // A kernel's and some firmware's read-only data is linked together with writable sections.
    {".rodata*", LED__CONSTANT, false},
    {".flash.rodata*", LED__CONSTANT, false},
};

static bool name_matches(const char *name, const char *pattern)
{
    size_t size = strcspn(pattern, "*");
    return strncmp(name, pattern, size) == 0 && (pattern[size] == '*' || name[size] == '\0');
}

static bool type_is_metadata(const struct img_section *section)
{
    switch (section->type) {
    case SHT_SYMTAB:
    case SHT_STRTAB:
    case SHT_DYNSYM:
    case SHT_DYNAMIC:
    case SHT_HASH:
    case SHT_NOTE:
    case SHT_GROUP:
    case SHT_SYMTAB_SHNDX:
        return true;
    default:
        // The system's own types (versions, GNU hash, attributes) and the processor's (unwind
        // tables, attributes, MIPS register info).
        return img_is_reloc_section(section) ||
               (section->type >= SHT_LOOS && section->type <= SHT_HIPROC);
    }
}

static uint8_t kind_by_flags(const struct img_section *section)
{
    if ((section->flags & SHF_ALLOC) == 0)
        return LED__METADATA;
    if (section->type == SHT_NOBITS)
        return LED__BSS;
    if (section->flags & SHF_EXECINSTR)
        return LED__CODE;
    return section->flags & SHF_WRITE ? LED__DATA : LED__CONSTANT;
}

static void describe(const struct img_section *section, struct led__about *about)
{
    about->pos = LED_NOWHERE;
    for (size_t i = 0; i < COUNT_OF(name_rules); i++)
        if (name_matches(section->name, name_rules[i].pattern)) {
            about->kind = section->type == SHT_NOBITS && !name_rules[i].role ? (uint8_t)LED__BSS
                                                                             : name_rules[i].kind;
            about->role = name_rules[i].role;
            return;
        }
    bool metadata = type_is_metadata(section) || (section->flags & SHF_ALLOC) == 0;
    about->kind = metadata ? (uint8_t)LED__METADATA : kind_by_flags(section);
    about->role = metadata;
}

enum led_content led_content_of(const struct img_section *section)
{
    struct led__about about = {0};
    describe(section, &about);
    if ((section->flags & SHF_ALLOC) == 0)
        return LED_ELSE;
    if (about.role)
        return about.kind == LED__CODE || about.kind == LED__DATA ? LED_LINKAGE : LED_ELSE;
    switch (about.kind) {
    case LED__CODE:
        return LED_CODE;
    case LED__CONSTANT:
        return LED_CONSTANT;
    case LED__BSS:
        return LED_BSS;
    default:
        return about.kind == LED__DATA ? LED_DATA : LED_ELSE;
    }
}

void led__describe_sections(struct led__image *im)
{
    im->about = ARENA_ARRAY(im->run->arena, im->section_count + 1, struct led__about);
    for (size_t i = 0; i < im->section_count; i++)
        describe(&im->sections[i], &im->about[i]);
}

static led_owner owner_text(struct led_collector *run, const struct img_section *section,
                            bool brackets)
{
    struct buf text = {0};
    if (section->name[0] == '\0')
        buf_printf(&text, "[section #%u]", section->index);
    else
        buf_printf(&text, brackets ? "[%s]" : "%s", section->name);
    led_owner owner = names_intern(led_names(run->ledger), slice_of(text.data, text.size));
    buf_free(&text);
    return owner;
}

led_owner led__role_owner(struct led_collector *run, const struct img_section *section)
{
    return owner_text(run, section, true);
}

led_owner led__section_owner(struct led_collector *run, const struct img_section *section)
{
    return owner_text(run, section, false);
}
