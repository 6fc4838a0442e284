// SPDX-License-Identifier: MIT
//
// One ELF image: header, section table, segment table, through libelf.
//
// What libelf answers is checked here against the bytes there are. Afterwards holds, whatever the
// file says:
//   - [offset, offset + file_size) of each section and segment lies inside the image;
//   - addr + size does not overflow the address space of the class;
//   - names end with a NUL inside the string table.
// Where something had to be cut there is a doubt. A section table that cannot be read at all is a
// doubt too: segments alone still tell something.

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>

#include "image/private.h"

// What is only needed while the headers are read.
struct reading {
    struct img *img;
    Elf *elf;
    struct slice names; // section names
};

static void doubt(const struct reading *r, uint64_t offset, const char *text)
{
    doubt_add(r->img->doubts, r->img->info.path, NULL, offset, "%s", text);
}

static uint64_t address_limit(const struct img *img)
{
    return img->info.is64 ? UINT64_MAX : (uint64_t)UINT32_MAX + 1;
}

// ------------------------------------------------------------------------- header

// A table of `count` entries, cut to the image.
static uint64_t table_size(const struct img *img, uint64_t offset, uint64_t count, uint64_t entry)
{
    uint64_t size;
    if (count == 0 || !mul_u64(count, entry, &size) || offset > img->bytes.size)
        return 0;
    return MIN(size, img->bytes.size - offset);
}

static void read_header(struct reading *r, const GElf_Ehdr *header)
{
    struct img_info *info = &r->img->info;
    size_t count = 0;
    info->type = header->e_type;
    info->machine = header->e_machine;
    info->flags = header->e_flags;
    info->is64 = header->e_ident[EI_CLASS] == ELFCLASS64;
    info->big_endian = header->e_ident[EI_DATA] == ELFDATA2MSB;
    info->address_size = info->is64 ? 8 : 4;
    info->entry = header->e_entry;
    info->file_size = r->img->bytes.size;
    info->header_size = MIN((uint64_t)header->e_ehsize, info->file_size);
    if (elf_getphdrnum(r->elf, &count) == 0)
        info->segments_size =
            table_size(r->img, header->e_phoff, count, info->is64 ? 56 : sizeof(Elf32_Phdr));
    info->segments_offset = info->segments_size ? header->e_phoff : 0;
    count = 0;
    if (elf_getshdrnum(r->elf, &count) == 0)
        info->sections_size =
            table_size(r->img, header->e_shoff, count, info->is64 ? 64 : sizeof(Elf32_Shdr));
    info->sections_offset = info->sections_size ? header->e_shoff : 0;
}

// ----------------------------------------------------------------------- sections

static const char *text_in(struct slice table, uint64_t offset)
{
    if (offset >= table.size || memchr(table.data + offset, 0, table.size - (size_t)offset) == NULL)
        return NULL;
    return (const char *)table.data + offset;
}

static void clip_section(const struct reading *r, struct img_section *s)
{
    const struct img *img = r->img;
    uint64_t limit = img->bytes.size;
    bool fits = s->file_size == 0 || range_fits(s->offset, s->file_size, limit);
    s->offset = MIN(s->offset, limit);
    if (!fits) {
        uint64_t left = limit - s->offset;
        doubt_add(img->doubts, img->info.path, s->name, s->offset,
                  "section of %" PRIu64 " bytes reaches past the end of the file: %" PRIu64
                  " are there",
                  s->file_size, left);
        s->file_size = left;
        if (!(s->flags & SHF_ALLOC))
            s->size = left;
    }
    if (!range_fits(s->addr, s->size, address_limit(img))) {
        doubt_add(img->doubts, img->info.path, s->name, s->offset,
                  "section at 0x%" PRIx64 " of 0x%" PRIx64 " bytes leaves the address space",
                  s->addr, s->size);
        s->addr = MIN(s->addr, address_limit(img));
        s->size = address_limit(img) - s->addr;
    }
}

static void note_first(uint32_t *section, size_t index)
{
    if (*section == 0)
        *section = (uint32_t)index;
}

static void read_section(const struct reading *r, size_t index, const GElf_Shdr *shdr)
{
    struct img_section *s = &r->img->sections[index];
    const char *name = index ? text_in(r->names, shdr->sh_name) : "";
    *s = (struct img_section){
        .index = (uint32_t)index,
        .name = name ? name : "",
        .type = shdr->sh_type,
        .flags = shdr->sh_flags,
        .addr = shdr->sh_addr,
        .offset = shdr->sh_offset,
        .size = shdr->sh_size,
        .file_size = shdr->sh_type == SHT_NOBITS ? 0 : shdr->sh_size,
        .align = shdr->sh_addralign,
        .entry_size = shdr->sh_entsize,
        .link = shdr->sh_link,
        .info = shdr->sh_info,
    };
    // Entry 0, and holes like it, keep the extended counts of the header in their fields.
    if (index == 0 || s->type == SHT_NULL)
        s->size = s->file_size = s->offset = s->flags = s->addr = 0;
    if (name == NULL)
        doubt_add(r->img->doubts, r->img->info.path, NULL,
                  r->img->info.sections_offset + index * (r->img->info.is64 ? 64 : 40),
                  "name of section %zu lies outside the table of names", index);
    if (s->type == SHT_SYMTAB_SHNDX)
        note_first(&r->img->extended_section, index);
    if (s->type == SHT_SYMTAB)
        note_first(&r->img->symbol_tables[IMG_SYMTAB], index);
    if (s->type == SHT_DYNSYM)
        note_first(&r->img->symbol_tables[IMG_DYNSYM], index);
    clip_section(r, s);
}

// The bytes of the section that holds the section names.
static struct slice section_names(const struct reading *r)
{
    size_t index;
    GElf_Shdr shdr;
    Elf_Scn *section = NULL;
    if (elf_getshdrstrndx(r->elf, &index) == 0 && index != SHN_UNDEF)
        section = elf_getscn(r->elf, index);
    if (section == NULL || gelf_getshdr(section, &shdr) == NULL || shdr.sh_type == SHT_NOBITS ||
        shdr.sh_offset > r->img->bytes.size)
        return slice_of(NULL, 0);
    uint64_t left = r->img->bytes.size - shdr.sh_offset;
    return slice_of(r->img->bytes.data + shdr.sh_offset, MIN(shdr.sh_size, left));
}

static void read_sections(struct reading *r, const GElf_Ehdr *header)
{
    struct img *img = r->img;
    size_t count = 0;
    bool readable = elf_getshdrnum(r->elf, &count) == 0;
    if (!readable || (count == 0 && header->e_shoff != 0))
        doubt(r, header->e_shoff, "the section table cannot be read: is the file cut off?");
    // libelf may count entries that are not there.
    count = MIN(count, img->info.sections_size / (img->info.is64 ? 64 : 40));
    if (count == 0)
        return;
    img->sections = mem_zalloc(count, sizeof *img->sections);
    r->names = section_names(r);
    Elf_Scn *section = elf_getscn(r->elf, 0);
    for (size_t i = 0; i < count && section != NULL; i++) {
        GElf_Shdr shdr;
        if (gelf_getshdr(section, &shdr) == NULL) {
            doubt(r, header->e_shoff, elf_errmsg(-1));
            break;
        }
        read_section(r, i, &shdr);
        img->section_count++;
        section = i == 0 ? elf_getscn(r->elf, 1) : elf_nextscn(r->elf, section);
    }
}

// ----------------------------------------------------------------------- segments

static void clip_segment(const struct reading *r, struct img_segment *s)
{
    const struct img *img = r->img;
    uint64_t limit = img->bytes.size, space = address_limit(img);
    bool fits = s->file_size == 0 || range_fits(s->offset, s->file_size, limit);
    s->offset = MIN(s->offset, limit);
    s->file_size = MIN(s->file_size, limit - s->offset);
    if (s->type == PT_LOAD && s->file_size > s->size) {
        fits = false;
        s->file_size = s->size;
    }
    if (!range_fits(s->addr, s->size, space) || !range_fits(s->load_addr, s->size, space)) {
        fits = false;
        s->addr = MIN(s->addr, space);
        s->load_addr = MIN(s->load_addr, space);
        s->size = MIN(s->size, MIN(space - s->addr, space - s->load_addr));
        s->file_size = MIN(s->file_size, s->size);
    }
    // The segments of a separate debug file still describe the file it was taken from.
    if (!fits && !img->info.debug_only)
        doubt_add(img->doubts, img->info.path, NULL, s->offset,
                  "segment %u reaches past the end of the file or of the address space", s->index);
}

static void read_segments(struct reading *r, const GElf_Ehdr *header)
{
    struct img *img = r->img;
    size_t count = 0;
    bool readable = elf_getphdrnum(r->elf, &count) == 0;
    size_t there = img->info.segments_size / (img->info.is64 ? 56 : 32);
    if (!readable || count > there || (count == 0 && header->e_phoff != 0 && header->e_phnum != 0))
        doubt(r, header->e_phoff, "the segment table cannot be read whole: is the file cut off?");
    count = MIN(count, there);
    img->segments = mem_zalloc(count, sizeof *img->segments);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;
        if (gelf_getphdr(r->elf, (int)i, &p) == NULL) {
            doubt(r, header->e_phoff, elf_errmsg(-1));
            break;
        }
        img->segments[i] = (struct img_segment){
            .index = (uint32_t)i,
            .type = p.p_type,
            .flags = p.p_flags,
            .offset = p.p_offset,
            .file_size = p.p_filesz,
            .addr = p.p_vaddr,
            .load_addr = p.p_paddr,
            .size = p.p_memsz,
            .align = p.p_align,
        };
        clip_segment(r, &img->segments[i]);
        img->segment_count++;
    }
}

// -------------------------------------------------------------------------- opening

// Made by `objcopy --only-keep-debug`: allocated sections are there by name only, save notes.
static bool is_debug_only(const struct img *img)
{
    size_t empty = 0;
    for (size_t i = 0; i < img->section_count; i++) {
        const struct img_section *s = &img->sections[i];
        if (!(s->flags & SHF_ALLOC) || s->type == SHT_NOTE)
            continue;
        if (s->type != SHT_NOBITS)
            return false;
        empty += (s->flags & SHF_EXECINSTR) != 0;
    }
    return empty > 0;
}

static bool read_image(struct reading *r, struct fault *fault)
{
    GElf_Ehdr header;
    struct img *img = r->img;
    if (elf_kind(r->elf) != ELF_K_ELF || gelf_getehdr(r->elf, &header) == NULL)
        return fault_set(fault, FAULT_INPUT, img->info.path, NULL, 0,
                         "expected an ELF header; class, byte order or version is unknown, or the "
                         "%zu bytes of the file are too few",
                         img->bytes.size);
    read_header(r, &header);
    read_sections(r, &header);
    img->info.debug_only = is_debug_only(img);
    read_segments(r, &header);
    img__place_sections(img);
    img__contents_prepare(img);
    img->info.build_id = img__find_build_id(img);
    return true;
}

struct img *img__open(const struct img_info *name, const char *disk_path, struct slice bytes,
                      struct doubts *doubts, struct fault *fault)
{
    struct img *img = mem_zalloc(1, sizeof *img);
    img->info = *name;
    img->disk_path = disk_path;
    img->bytes = bytes;
    img->doubts = doubts;
    pthread_mutex_init(&img->lock, NULL);
    elf_version(EV_CURRENT);
    // libelf's argument is not const, but it only reads.
    struct reading r = {img, elf_memory((char *)(uintptr_t)bytes.data, bytes.size), {NULL, 0}};
    bool ok = r.elf != NULL ? read_image(&r, fault)
                            : fault_set(fault, FAULT_INPUT, name->path, NULL, 0,
                                        "expected an ELF header: %s", elf_errmsg(-1));
    elf_end(r.elf);
    if (ok)
        return img;
    img__close(img);
    return NULL;
}

void img__close(struct img *img)
{
    if (img == NULL)
        return;
    img__contents_free(img);
    arena_free(img->names);
    free(img->symbols);
    free(img->marks);
    free(img->descriptors);
    free(img->places);
    free(img->reloc_next);
    free(img->segments);
    free(img->sections);
    pthread_mutex_destroy(&img->lock);
    free(img);
}

const struct img_info *img_info(const struct img *img)
{
    return &img->info;
}

const struct img_section *img_sections(const struct img *img, size_t *count)
{
    *count = img->section_count;
    return img->sections;
}

const struct img_segment *img_segments(const struct img *img, size_t *count)
{
    *count = img->segment_count;
    return img->segments;
}
