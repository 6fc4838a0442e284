// SPDX-License-Identifier: MIT
//
// Section headers and symbols against libelf, asked for every entry by itself.
//
// What our reading changes on purpose is changed here too, by the rules of the formats: addresses in
// a relocatable image are relative to their section, symbols lose their version, Thumb and microMIPS
// code its mode bit, and mapping symbols are no symbols.

#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>

#include "analyzers/verify_private.h"

#define VALUE_MAX           320
#define X86_64_LARGE_COMMON 0xff02 // SHN_X86_64_LCOMMON, not in every elf.h

struct elf_check {
    struct an_verify *v;
    struct img *img;
    const struct img_info *info;
    const struct img_section *sections;
    size_t section_count;
    Elf *elf;
    const char *section; // of the symbol table, or "section headers"
};

static void tell(struct elf_check *c, enum an__check check, uint64_t index, const char *what,
                 const char *name, const char *ours, const char *theirs)
{
    char where[VALUE_MAX], said[VALUE_MAX];
    snprintf(where, sizeof where, "%s:%s[%" PRIu64 "]", c->info->path, c->section, index);
    snprintf(said, sizeof said, "%s of %s", what, name[0] != '\0' ? name : "one without a name");
    an__different(c->v, check, where, said, ours, theirs);
}

struct field {
    const char *name;
    uint64_t ours, theirs;
    bool compared;
};

// One difference an entry.
static void compare_fields(struct elf_check *c, enum an__check check, uint64_t index,
                           const char *name, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].compared || fields[i].ours == fields[i].theirs)
            continue;
        char a[32], b[32];
        snprintf(a, sizeof a, "0x%" PRIx64, fields[i].ours);
        snprintf(b, sizeof b, "0x%" PRIx64, fields[i].theirs);
        tell(c, check, index, fields[i].name, name, a, b);
        return;
    }
    an__equal(c->v, check);
}

// -------------------------------------------------------------------------- sections

// A compressed section is described as it is when inflated.
static bool inflate_header(Elf_Scn *scn, GElf_Shdr *header)
{
    GElf_Chdr chdr;
    if (!(header->sh_flags & SHF_COMPRESSED))
        return true;
    if (gelf_getchdr(scn, &chdr) == NULL)
        return false;
    header->sh_size = chdr.ch_size;
    header->sh_addralign = chdr.ch_addralign;
    return true;
}

static bool is_cut(const struct elf_check *c, const GElf_Shdr *header)
{
    return header->sh_type != SHT_NOBITS &&
           !range_fits(header->sh_offset, header->sh_size, c->info->file_size);
}

static void compare_section(struct elf_check *c, size_t index, Elf_Scn *scn, size_t names)
{
    GElf_Shdr header;
    if (gelf_getshdr(scn, &header) == NULL) {
        an__skipped(c->v, AN_CHECK_SECTIONS, 1, "libelf cannot read the section header");
        return;
    }
    const struct img_section *ours = &c->sections[index];
    const char *name = elf_strptr(c->elf, names, header.sh_name);
    if (name == NULL || is_cut(c, &header)) {
        an__skipped(c->v, AN_CHECK_SECTIONS, 1, "the section's bytes or name are not in the file");
        return;
    }
    if (strcmp(ours->name, name) != 0) {
        tell(c, AN_CHECK_SECTIONS, index, "name", name, ours->name, name);
        return;
    }
    uint64_t file_size = header.sh_size;
    bool has_bytes =
        header.sh_type != SHT_NOBITS; // else its offset may lie behind the file, and ours does not
    bool inflated = inflate_header(scn, &header), object = c->info->type == ET_REL;
    bool old_compressed = strncmp(name, ".zdebug", 7) == 0; // its size is inside
    const struct field fields[] = {
        {"type", ours->type, header.sh_type, true},
        {"flags", ours->flags, header.sh_flags, true},
        {"address", ours->addr, header.sh_addr, !object}, // a .o gets addresses of our own
        {"offset", ours->offset, header.sh_offset, has_bytes},
        {"size", ours->size, header.sh_size, inflated && !old_compressed},
        {"size in the file", ours->file_size, file_size, has_bytes},
        {"alignment", ours->align, header.sh_addralign, inflated},
        {"entry size", ours->entry_size, header.sh_entsize, true},
        {"link", ours->link, header.sh_link, true},
        {"info", ours->info, header.sh_info, true},
    };
    compare_fields(c, AN_CHECK_SECTIONS, index, name, fields, COUNT_OF(fields));
}

static void compare_sections(struct elf_check *c)
{
    size_t count = 0, names = 0;
    elf_getshdrnum(c->elf, &count);
    elf_getshdrstrndx(c->elf, &names);
    c->section = "section headers";
    for (size_t i = 1; i < count; i++) {
        Elf_Scn *scn = elf_getscn(c->elf, i);
        if (scn == NULL)
            an__skipped(c->v, AN_CHECK_SECTIONS, 1, "libelf cannot read the section header");
        else if (i >= c->section_count)
            tell(c, AN_CHECK_SECTIONS, i, "presence", "", "none", "there");
        else
            compare_section(c, i, scn, names);
    }
}

// --------------------------------------------------------------------------- symbols

// One symbol as libelf gives it, with what the formats say about names and addresses.
struct symbol {
    GElf_Sym raw;
    const char *name;
    uint32_t section; // as in img_symbol
};

static uint32_t section_of(const struct elf_check *c, const GElf_Sym *raw, GElf_Word extended)
{
    uint32_t section = raw->st_shndx == SHN_XINDEX ? extended : raw->st_shndx;
    if (raw->st_shndx >= SHN_LORESERVE && raw->st_shndx != SHN_XINDEX) {
        bool common = section == SHN_COMMON ||
                      (c->info->machine == EM_X86_64 && section == X86_64_LARGE_COMMON) ||
                      (c->info->machine == EM_MIPS &&
                       (section == SHN_MIPS_ACOMMON || section == SHN_MIPS_SCOMMON));
        return common ? IMG_COMMON : IMG_ABS;
    }
    return section < c->section_count ? section : IMG_ABS;
}

// $a, $d.7, $xrv64gc: what code and data the bytes behind them are, not a symbol.
static bool is_mapping(const struct elf_check *c, const struct symbol *s)
{
    const char *kinds = c->info->machine == EM_ARM                                       ? "atd"
                        : c->info->machine == EM_AARCH64 || c->info->machine == EM_RISCV ? "xd"
                                                                                         : NULL;
    bool local =
        GELF_ST_TYPE(s->raw.st_info) == STT_NOTYPE && GELF_ST_BIND(s->raw.st_info) == STB_LOCAL;
    if (kinds == NULL || !local || s->name[0] != '$' || s->name[1] == '\0')
        return false;
    bool ends = s->name[2] == '\0' || s->name[2] == '.';
    bool isa = c->info->machine == EM_RISCV && strncmp(s->name, "$xrv", 4) == 0;
    return strchr(kinds, s->name[1]) != NULL && (ends || isa);
}

// Labels of RISC-V code, which its assembler keeps for the linker.
static bool is_label(const struct elf_check *c, const struct symbol *s)
{
    return c->info->machine == EM_RISCV && strncmp(s->name, ".L", 2) == 0;
}

static uint64_t address_of(const struct elf_check *c, const struct symbol *s)
{
    uint64_t address = s->raw.st_value;
    uint8_t type = GELF_ST_TYPE(s->raw.st_info), other = s->raw.st_other;
    bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
    bool micro = c->info->machine == EM_MIPS && ((other & 0xf0) == 0xf0 || (other & 0xc0) == 0x80);
    if (micro || (function && (c->info->machine == EM_ARM || c->info->machine == EM_MIPS)))
        address &= ~UINT64_C(1);
    bool nowhere = s->section == SHN_UNDEF || s->section == IMG_COMMON;
    return c->info->type == ET_REL && nowhere ? 0 : address;
}

// Our name is theirs up to a version.
static bool same_name(const char *ours, const char *theirs)
{
    size_t size = strlen(ours);
    return strncmp(ours, theirs, size) == 0 && (theirs[size] == '\0' || theirs[size] == '@');
}

static void compare_symbol(struct elf_check *c, const struct img_symbol *ours,
                           const struct symbol *theirs)
{
    if (!same_name(ours->name, theirs->name)) {
        tell(c, AN_CHECK_SYMBOLS, ours->index, "name", theirs->name, ours->name, theirs->name);
        return;
    }
    uint64_t base = 0;
    if (c->info->type == ET_REL && ours->section < c->section_count && ours->section != SHN_UNDEF)
        base = c->sections[ours->section].addr;
    const struct field fields[] = {
        {"address", ours->addr - base, address_of(c, theirs), true},
        {"size", ours->size, theirs->raw.st_size, true},
        {"section", ours->section, theirs->section, true},
        {"type", ours->type, GELF_ST_TYPE(theirs->raw.st_info), true},
        {"binding", ours->bind, GELF_ST_BIND(theirs->raw.st_info), true},
        {"visibility", ours->visibility, GELF_ST_VISIBILITY(theirs->raw.st_other), true},
    };
    compare_fields(c, AN_CHECK_SYMBOLS, ours->index, theirs->name, fields, COUNT_OF(fields));
}

static Elf_Data *extended_of(const struct elf_check *c, uint32_t table)
{
    for (size_t i = 1; i < c->section_count; i++)
        if (c->sections[i].type == SHT_SYMTAB_SHNDX && c->sections[i].link == table)
            return elf_getdata(elf_getscn(c->elf, i), NULL);
    return NULL;
}

static bool symbol_at(const struct elf_check *c, Elf_Data *data, Elf_Data *extended, size_t strings,
                      size_t index, struct symbol *out)
{
    GElf_Word number = 0;
    if (gelf_getsymshndx(data, extended, (int)index, &out->raw, &number) == NULL)
        return false;
    out->name = elf_strptr(c->elf, strings, out->raw.st_name);
    out->section = section_of(c, &out->raw, number);
    return out->name != NULL;
}

// Both in table order, the null symbol left out on both sides if at all.
static void compare_table(struct elf_check *c, enum img_symbol_table which,
                          const struct img_symbol *ours, size_t count)
{
    uint32_t table, strings;
    if (!img_symbol_section(c->img, which, &table, &strings))
        return;
    c->section = c->sections[table].name;
    Elf_Data *data = elf_getdata(elf_getscn(c->elf, table), NULL);
    Elf_Data *extended = extended_of(c, table);
    size_t entry = gelf_fsize(c->elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t total = data != NULL && entry != 0 ? data->d_size / entry : 0, at = 0;
    while (at < count && ours[at].table != which)
        at++;
    for (size_t i = 1; i < total; i++) {
        struct symbol theirs;
        bool readable = symbol_at(c, data, extended, strings, i, &theirs);
        while (at < count && ours[at].table == which && ours[at].index < i)
            at++;
        bool have = at < count && ours[at].table == which && ours[at].index == i;
        if (!readable)
            an__skipped(c->v, AN_CHECK_SYMBOLS, 1, "libelf cannot read the symbol or its name");
        else if (have)
            compare_symbol(c, &ours[at], &theirs);
        else if (!is_mapping(c, &theirs) && !is_label(c, &theirs))
            tell(c, AN_CHECK_SYMBOLS, i, "presence", theirs.name, "none", "there");
    }
}

void an_verify_image(struct an_verify *v, struct img_file *file, struct img *image)
{
    struct elf_check c = {.v = v, .img = image, .info = img_info(image)};
    struct slice bytes = img_file_bytes(file);
    c.sections = img_sections(image, &c.section_count);
    if (c.info->external || !range_fits(c.info->file_start, c.info->file_size, bytes.size)) {
        an__skipped(v, AN_CHECK_SECTIONS, c.section_count, "in another file than its archive");
        return;
    }
    elf_version(EV_CURRENT);
    c.elf =
        elf_memory((char *)(uintptr_t)bytes.data + c.info->file_start, (size_t)c.info->file_size);
    if (c.elf == NULL || elf_kind(c.elf) != ELF_K_ELF) {
        an__skipped(v, AN_CHECK_SECTIONS, c.section_count, "libelf does not take the file");
    } else {
        size_t count;
        const struct img_symbol *symbols = img_symbols(image, &count);
        compare_sections(&c);
        compare_table(&c, IMG_SYMTAB, symbols, count);
        compare_table(&c, IMG_DYNSYM, symbols, count);
    }
    elf_end(c.elf);
}
