// SPDX-License-Identifier: MIT
//
// What the files of image/ share.
//
//   img_file ── mappings (the file itself, the files of a thin archive), images, spans
//      └─ img ── sections, segments: read when opened, never changed afterwards
//            ├─ contents[i]: NULL for a section whose bytes are simply those in the file; else what
//            │               must be done once, under its own lock (inflate, relocate)
//            └─ symbols, marks: read once, under the image's lock
//
// libelf reads the headers at opening time and is let go: nothing later depends on its state, so an
// open image may be used from several threads.
#ifndef TARE_IMAGE_PRIVATE_H
#define TARE_IMAGE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "image/image.h"

#ifndef SHT_RELR
#define SHT_RELR 19
#endif
#define SHT_ANDROID_REL  0x60000001u
#define SHT_ANDROID_RELA 0x60000002u
#define SHT_ANDROID_RELR 0x6fffff00u
#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

// Beyond this the length of a name is taken from what all names of a table may cost together, the
// size of the string table: a million symbols may share the end of one endless name.
#define IMG__NAME_MAX ((size_t)1 << 16)

enum compression { PLAIN, ZLIB, ZSTD, UNKNOWN_COMPRESSION };

struct content {
    pthread_mutex_t lock;
    atomic_bool ready;
    uint8_t compression; // enum compression
    uint8_t header_size; // bytes before the compressed stream
    bool refused;        // inflates beyond what the image may
    uint32_t relocs;     // first relocation section to apply, 0 for none; then img.reloc_next
    struct slice bytes;  // when ready and there is no fault
    uint8_t *owned;
    struct fault *fault; // what went wrong, NULL when all went well
};

// An allocated section by address; `reach` is the largest end of this and all before it, so that a
// search among overlapping sections knows when to stop.
struct place {
    uint64_t start, end, reach;
    uint32_t section;
};

struct img {
    struct img_info info;
    const char *disk_path; // of the file that holds the bytes
    struct slice bytes;
    struct doubts *doubts;
    struct img_section *sections;
    size_t section_count;
    struct img_segment *segments;
    size_t segment_count;
    struct content **contents;
    uint32_t extended_section; // SHT_SYMTAB_SHNDX, or 0
    uint32_t symbol_tables[2]; // by enum img_symbol_table: the first section of that type, or 0
    uint32_t *reloc_next;      // by section: the next relocation section with the same target
    struct place *places;
    size_t place_count;

    pthread_mutex_t lock;
    atomic_bool symbols_ready;
    struct arena *names; // names that had to be cut
    struct img_symbol *symbols;
    size_t symbol_count;
    struct img_mark *marks;
    size_t mark_count;
    const struct img_section *opd; // of `descriptors`, the words of it
    uint64_t *descriptors;
    size_t descriptor_count;
};

// open.c
struct img_file;
bool img__map(const char *path, struct slice *bytes, struct fault *fault);
void img__file_keep(struct img_file *file, struct slice mapping); // unmapped at closing
void img__file_add_span(struct img_file *file, uint64_t offset, uint64_t size, const char *what);
// Opens one ELF image and adds it; a doubt when it is broken.
void img__file_add_member(struct img_file *file, struct slice bytes, uint64_t start,
                          const char *disk_path, const char *member);
struct arena *img__file_arena(struct img_file *file);
struct doubts *img__file_doubts(struct img_file *file);

// Opens what was made in memory, which it takes over; `path` is what messages say.
bool img__file_open_owned(struct img_file **out, struct buf *bytes, const char *path,
                          struct doubts *doubts, struct fault *fault);
// Says which member of an archive a section is of; the name is copied. NULL: of none.
void img__set_member(struct img_file *file, uint32_t section, const char *member);

// looks.c: "a GNU ld map", "a PE file" ...
const char *img__looks_like(struct slice bytes);
static inline bool img__is_elf(struct slice bytes)
{
    return bytes.size >= SELFMAG && memcmp(bytes.data, ELFMAG, SELFMAG) == 0;
}

// archive.c
bool img__is_archive(struct slice bytes);
void img__archive_read(struct img_file *file, struct slice bytes, const char *path);

// elf.c
struct img *img__open(const struct img_info *name, const char *disk_path, struct slice bytes,
                      struct doubts *doubts, struct fault *fault);
void img__close(struct img *img);

// layout.c: what follows from the section table
void img__place_sections(struct img *img);

// notes.c
struct slice img__find_build_id(const struct img *img);

// bytes.c
void img__contents_prepare(struct img *img);
void img__contents_free(struct img *img);

// apply.c: `bytes` is the section's own copy. Relocates it in place.
void img__apply(struct img *img, uint32_t target, uint32_t relocs, uint8_t *bytes, size_t size);

// property.c: marks from Xtensa's property tables, unordered
typedef VEC(struct img_mark) img__mark_list;
void img__read_properties(struct img *img, img__mark_list *marks);

// opd.c
void img__read_descriptors(struct img *img);

// symbols.c
// A symbol as it lies in a table, address still that of the file.
struct raw_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};
static inline struct raw_symbol img__raw_symbol(struct cur *c, bool is64)
{
    struct raw_symbol s;
    s.name = cur_u32(c);
    if (is64) {
        s.info = cur_u8(c);
        s.other = cur_u8(c);
        s.section = cur_u16(c);
        s.value = cur_u64(c);
        s.size = cur_u64(c);
    } else {
        s.value = cur_u32(c);
        s.size = cur_u32(c);
        s.info = cur_u8(c);
        s.other = cur_u8(c);
        s.section = cur_u16(c);
    }
    return s;
}
static inline size_t img__symbol_size(const struct img *img)
{
    return img->info.is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}
// The section of a symbol, as img_symbol.section says it. `extended` is what SHT_SYMTAB_SHNDX holds.
uint32_t img__symbol_section(const struct img *img, uint16_t section, uint32_t index,
                             struct slice extended);
struct slice img__extended_indices(const struct img *img, uint32_t symbols);
uint64_t img__symbol_addr(const struct img *img, const struct raw_symbol *raw, uint32_t section);

static inline struct cur img__cursor(const struct img *img, struct slice bytes)
{
    return cur_make(bytes, img->info.big_endian);
}

#endif
