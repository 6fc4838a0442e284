// SPDX-License-Identifier: MIT
//
// image: one ELF file or archive, opened: what it says about itself, before anybody interprets it.
//
//   file on disk
//     └─ img_file ── one image (executable, shared object, .o)
//                 └─ or many (members of an archive; those of a thin archive are files)
//          └─ img: sections, segments, symbols, relocations, bytes (inflated, relocated)
//
// ELF parsing is libelf's; its answers are checked here, so that nothing above has to distrust a
// section's range. Bytes are borrowed from the mapped file where they can be; sections that are
// compressed (SHF_COMPRESSED with zlib or zstd, or .zdebug_*) are inflated once, when first asked
// for. Everything lives until img_file_close.
//
// Addresses. In a linked image they are the file's virtual addresses. A relocatable image (ET_REL)
// has no addresses: every section starts at 0. So that one address names one byte there too, each
// allocated section of a .o is given a synthetic base (consecutive, aligned, from IMG_OBJECT_BASE
// on), symbols move with their section, and relocations in debug sections are applied against
// those. Report such addresses relative to the section. Debug sections of one name (ARM Compiler and
// section groups make several) begin where the one before ends, the first at 0, as a linker would
// lay them.
//
//   .o:   .text @0   .data @0   .bss @0          image:  |IMG_OBJECT_BASE .text |.data |.bss |
#ifndef TARE_IMAGE_H
#define TARE_IMAGE_H

#include <elf.h>

#include "base/base.h"

#define IMG_OBJECT_BASE 0x10000u

struct img;
struct img_file;

// ------------------------------------------------------------------------- opening

// Opens a file; false with `fault` for what is not readable, not regular (directory, FIFO), empty,
// or neither ELF nor archive (then the message says what it looks like: a linker map, a script, a
// Mach-O, PE ...). `doubts` (may be NULL) receives what was passed over: a broken archive member, a
// section past the end of the file; it must outlive the file, because bytes are read lazily.
bool img_file_open(struct img_file **out, const char *path, struct doubts *doubts,
                   struct fault *fault);
// The same for bytes that the caller holds until the file is closed; `path` is what messages say, and
// where the members of a thin archive are looked for.
bool img_file_open_memory(struct img_file **out, const void *data, size_t size, const char *path,
                          struct doubts *doubts, struct fault *fault);
// The members of an archive as one relocatable file, in which they refer to each other; it lives without the archive,
// and looks like a file at the same path. `archive` is of no use afterwards but to be closed.
bool img_file_join(struct img_file **out, struct img_file *archive, struct doubts *doubts,
                   struct fault *fault);
void img_file_close(struct img_file *file);

const char *img_file_path(const struct img_file *file);
uint64_t img_file_size(const struct img_file *file); // bytes on disk
struct slice img_file_bytes(const struct img_file *file);
// The caller is done with these bytes of the file for now: their pages leave this process's memory
// and come back when they are read again. Bytes that are not mapped from the file are left alone.
void img_file_release(const struct img_file *file, struct slice bytes);
bool img_file_is_archive(const struct img_file *file);
size_t img_file_count(const struct img_file *file); // images in it: 1, or the readable ELF members
struct img *img_file_image(struct img_file *file, size_t index);

// Parts of an archive that are not members' contents (magic, member headers, symbol index,
// long-name table, padding, members that are not ELF), in file order, for the ledger.
struct img_span {
    uint64_t offset, size; // bytes of the file
    const char *what;      // "archive header", "archive index", "archive names", "member NAME" ...
};
const struct img_span *img_file_spans(const struct img_file *file, size_t *count);

// ----------------------------------------------------------------------- the image

struct img_info {
    const char *path;    // "libx.a(member.o)" for a member
    const char *member;  // member name, or NULL
    bool external;       // member of a thin archive: its bytes are in another file
    uint64_t file_start; // offset of this image in its file (not 0 for a member of a plain archive)
    uint64_t file_size;  // bytes of this image
    uint64_t full_size;  // and of it with its compressed sections inflated: what "input" means
                         // where memory is promised to stay in proportion to it
    uint16_t type;       // ET_*
    uint16_t machine;    // EM_*
    uint32_t flags;      // e_flags
    bool is64, big_endian;
    uint8_t address_size; // 4 or 8
    uint64_t entry;
    uint64_t header_size;                    // e_ehsize
    uint64_t segments_offset, segments_size; // program header table, in the image
    uint64_t sections_offset, sections_size; // section header table, in the image
    struct slice build_id;                   // from the note, or empty
    bool debug_only; // a separate debug file: its allocated sections have no bytes
};

const struct img_info *img_info(const struct img *img);
// "x86-64", "ARM", "Xtensa" ...; "?" for those nobody asked for.
const char *img_machine_name(uint16_t machine);

// -------------------------------------------------------------- sections, segments

struct img_section {
    uint32_t index;     // number in the section header table
    uint32_t type;      // SHT_*
    const char *name;   // "" when it has none
    const char *member; // of the archive it was in before members were joined, or NULL
    uint64_t flags;     // SHF_*
    uint64_t addr;      // synthetic in a .o (0 but for allocated and debug sections)
    uint64_t offset;    // in the image; clipped so that [offset, offset + file_size) lies inside it
    uint64_t size;      // bytes in memory: sh_size, for compressed sections the inflated size
    uint64_t file_size; // bytes in the file: 0 for SHT_NOBITS
    uint64_t align, entry_size;
    uint32_t link, info;
    bool compressed;
};

struct img_segment {
    uint32_t index;
    uint32_t type, flags; // PT_*, PF_*
    uint64_t offset;      // in the image; clipped with file_size
    uint64_t file_size;
    uint64_t addr, load_addr; // p_vaddr, p_paddr
    uint64_t size;            // p_memsz
    uint64_t align;
};

// All sections in table order; [0] is the null section.
const struct img_section *img_sections(const struct img *img, size_t *count);
const struct img_segment *img_segments(const struct img *img, size_t *count);
// The first section of that name, or NULL; ".debug_x" finds ".zdebug_x" too.
const struct img_section *img_section_named(const struct img *img, const char *name);
// The allocated section that covers an address (not .tbss), or NULL.
const struct img_section *img_section_at(const struct img *img, uint64_t addr);

// The contents of a section: inflated, in a .o with its relocations applied (debug, .eh_frame, .opd
// and Xtensa property sections). Thread-safe; lent until the file closes. SHT_NOBITS gives an empty slice.
bool img_section_bytes(struct img *img, uint32_t index, struct slice *bytes, struct fault *fault);
// Gives back what was lent of sections that are not loaded; they are made again when asked for. Not
// while another thread reads them.
void img_drop_debug_bytes(struct img *img);
// The bytes as they lie in the file (compressed, not relocated).
struct slice img_section_raw(const struct img *img, uint32_t index);
// Linked content at [addr, addr + size) when one section holds it all; false for bss and gaps.
bool img_bytes_at(struct img *img, uint64_t addr, uint64_t size, struct slice *bytes);

// The shared libraries an image is linked with (DT_NEEDED; gABI 5), and where they are looked for before
// anywhere else (DT_RUNPATH, else DT_RPATH: directories with ':' between them, "" when not stated). The
// array in `arena`, texts lent until the file closes.
struct img_needed {
    const char **names;
    size_t count;
    const char *path;
};
struct img_needed img_needed(const struct img *img, struct arena *arena);

// ------------------------------------------------------------------------- symbols

enum img_symbol_table { IMG_SYMTAB, IMG_DYNSYM };

// Not SHN_ABS and SHN_COMMON: a file of 65,522 sections has those that really bear such numbers.
#define IMG_ABS    UINT32_MAX
#define IMG_COMMON (UINT32_MAX - 1)

struct img_symbol {
    const char *name; // version ("@GLIBC_2.2", "@@...") stripped
    uint64_t
        addr; // Thumb and microMIPS mode bits cleared; for STT_TLS the offset in the TLS template
              // (in a .o TLS sections have their synthetic base like any other); in a .o 0 for
              // undefined and common symbols
    uint64_t size;    // bytes; 0 when not stated
    uint32_t section; // section index (extended numbering resolved), or SHN_UNDEF, IMG_ABS,
                      // IMG_COMMON; other reserved numbers and sections not there are IMG_ABS
    uint32_t index;   // number in its table
    uint32_t name_offset,
        name_size; // where in the string table, bytes without NUL, version included
    uint32_t file; // index in this array of the STT_FILE symbol it stands under (local symbols), or
                   // UINT32_MAX
    uint8_t type, bind, visibility; // STT_*, STB_*, STV_*
    uint8_t table;                  // enum img_symbol_table
};

// .symtab then .dynsym, in table order, aliases kept, mapping symbols ($a $t $d $x) left out.
const struct img_symbol *img_symbols(struct img *img, size_t *count);
// Whether a function descriptor lies there (64-bit PowerPC, first ABI: symbols and pointers lead to one, and the
// size of a symbol is that of the code), and where its code begins.
bool img_descriptor(struct img *img, uint64_t addr, uint64_t *code);
#define IMG_DESCRIPTOR_SIZE 24 // bytes; the next one may begin 8 earlier
// The section index of a symbol table and of its strings; false when the image has none.
bool img_symbol_section(const struct img *img, enum img_symbol_table table, uint32_t *symbols,
                        uint32_t *strings);

// Mapping symbols (ARM, AArch64, RISC-V) and Xtensa's property tables: from `addr` up to the next
// mark of that section the bytes are of this kind. Marks that change nothing are left out.
struct img_mark {
    uint64_t addr;
    uint32_t section;
    char kind; // 'a' ARM code, 't' Thumb code, 'x' AArch64, RISC-V or Xtensa code, 'd' data
};
const struct img_mark *img_marks(struct img *img, size_t *count); // by address
// The kind of the byte at an address, 0 where no mark lies before it; the same up to `until`.
char img_mark_at(struct img *img, uint64_t addr, uint64_t *until);

// --------------------------------------------------------------------- relocations

struct img_reloc {
    uint64_t addr;         // the place it applies to, as an address of this image
    uint32_t type;         // R_*; MIPS N64: three of them, the first in the low byte
    uint32_t symbol;       // index in the linked symbol table, 0 for none
    int64_t addend;        // RELA; for REL and RELR 0 (it lies at the place)
    uint64_t entry_offset; // where the entry lies in the section's bytes
    uint32_t entry_size;   // bytes; packed formats (RELR, Android) share bytes: the bytes are with
                           // the first of a group
};

// Walks one relocation section: REL, RELA, RELR (SHT_RELR and Android's), Android packed APS2
// (SHT_ANDROID_REL[A]).
//   struct img_reloc_reader reader; struct img_reloc reloc;
//   if (!img_reloc_open(&reader, img, section, fault)) return false;
//   while (img_reloc_next(&reader, &reloc)) ...
//   reader.failed says whether the section ended early (a doubt).
struct img_reloc_reader {
    struct cur cur;
    uint64_t base;        // added to r_offset: the section's address in a .o
    uint64_t place, mask; // RELR and packed state
    uint64_t left, group_left, group_flags, group_delta, group_info;
    int64_t addend;
    uint16_t machine;
    uint8_t form; // REL, RELA, RELR, packed
    uint8_t bit;
    bool is64, plain, failed;
};
bool img_is_reloc_section(const struct img_section *section);
// Whether it holds entries of one size that were merged, and nothing else. Linkers that put literals
// and tables into one section keep SHF_MERGE and SHF_STRINGS, but no size of an entry.
static inline bool img_is_merged(const struct img_section *section)
{
    return (section->flags & SHF_MERGE) != 0 && section->entry_size != 0;
}
// Whether its entries have addends; else they lie at the place.
bool img_has_addends(const struct img_section *section);
// Whether a relocation of this type adds the load address to what needs no symbol, R_*_RELATIVE or
// R_*_IRELATIVE (whose target is a function that the loader calls).
bool img_is_relative(const struct img *img, uint32_t type);
bool img_reloc_open(struct img_reloc_reader *reader, struct img *img, uint32_t section,
                    struct fault *fault);
bool img_reloc_next(struct img_reloc_reader *reader, struct img_reloc *reloc);
// The words of a section, each of the size of an address, with what the loader adds: where relocations have addends
// of their own, those in the file are mostly 0. To be freed; NULL when there are none.
uint64_t *img_words(struct img *img, uint32_t section, size_t *count);

// ------------------------------------------------------------------ unwind entries

// Walks .eh_frame or .debug_frame: an entry for each function, or part of one, that can be unwound.
// Entries of an unknown kind are passed over. When `next` ends, reader.failed says whether an entry
// went past the end of the section; then frame.entry_offset tells which.
struct img_frame {
    uint64_t entry_offset, entry_size; // in the section
    uint64_t code, code_size;          // where the function starts, its bytes
    uint64_t lsda;                     // its language-specific data; 0: none
    bool readable;                     // else only the entry's place is known
};
struct img_frame_reader {
    struct img *img;
    const struct img_section *section;
    struct cur cur;
    uint64_t cie; // offset of the one that was read last
    uint8_t code_encoding, lsda_encoding;
    bool augmented, cie_good;
    bool debug; // .debug_frame
    bool failed;
};
bool img_frame_open(struct img_frame_reader *reader, struct img *img,
                    const struct img_section *section, struct fault *fault);
bool img_frame_next(struct img_frame_reader *reader, struct img_frame *out);

// Pointer encodings: format in the low half, what it is relative to in the high half.
#define IMG_PE_OMIT    0xff
#define IMG_PE_FORMAT  0x0f
#define IMG_PE_BASE    0x70
#define IMG_PE_PCREL   0x10
#define IMG_PE_DATAREL 0x30
// Reads an encoded pointer; 0 when there is none.
uint64_t img_read_encoded(const struct img *img, const struct img_section *section, struct cur *c,
                          uint8_t encoding);

// --------------------------------------------------------------- debug information

// Where the debug information of an image was found.
enum img_debug_origin {
    IMG_DEBUG_NONE,
    IMG_DEBUG_GIVEN,
    IMG_DEBUG_SELF,
    IMG_DEBUG_BUILD_ID,
    IMG_DEBUG_LINK
};

struct img_debug_options {
    const char *given; // --debug FILE: must load and match, else a fault; NULL
    const char *dir;   // --debug-dir; NULL means /usr/lib/debug
    bool symbols_only; // a stripped image's separate file is wanted for its .symtab; do not open
                       // the dwz file
};

struct img_debug {
    enum img_debug_origin origin;
    struct img
        *img; // that has .debug_info (or, failing that, the symbols); may be the image itself
    struct img *alt; // dwz supplementary file (.gnu_debugaltlink, DWARF 5 .debug_sup), or NULL
    struct img *dwp; // FILE.dwp beside the image, or NULL
    struct img_file *opened[3]; // closed by img_debug_close
};

// Looks in this order: `given`; the image itself; DIR/.build-id/ab/cdef.debug; .gnu_debuglink
// (beside the image, in .debug/ beside it, under DIR, CRC checked). A candidate whose build id
// differs is refused: a fault with both ids when it was given, a doubt when it was found. True with
// origin NONE when there is none.
bool img_debug_find(struct img_debug *out, struct img *img, const struct img_debug_options *options,
                    struct doubts *doubts, struct fault *fault);
void img_debug_close(struct img_debug *debug);

// -------------------------------------------------------------------- what is shipped

// The file that goes onto the target, beside the ELF it was made from. Told by its contents:
//
//   Intel HEX    :10 0100 00 2146017E... 40     lines: size, address, type, bytes, checksum
//   S-records    S1 13 0100 2146017E... 40      lines: type, size, address, bytes, checksum
//   UF2          blocks of 512 bytes, each with the address of its up to 476 bytes
//   ESP image    what esptool makes for ESP8266 and ESP32: a header, then segments
//
//                  E9 |count|mode|size|entry (4)|        and 16 bytes more, but for the ESP8266
//                  address (4)|size (4)|bytes ...        for each segment: where it runs; 0: filling
//                  ... to a multiple of 16|sum|          0xEF and all bytes of segments, xor; a hash may follow
//
//   binary       anything else: bytes from the lowest load address on
enum img_ship_kind {
    IMG_SHIP_BINARY,
    IMG_SHIP_HEX,
    IMG_SHIP_SREC,
    IMG_SHIP_UF2,
    IMG_SHIP_ESP,
};

struct img_ship_run {
    uint64_t addr; // of a binary: from 0
    struct slice bytes;
};

struct img_ship;

// False with `fault` for what cannot be read or is damaged so that what follows is lost. A record
// whose checksum is wrong, or that overlaps another, is a doubt, and counted as bad.
bool img_ship_open(struct img_ship **out, const char *path, struct doubts *doubts,
                   struct fault *fault);
// The same for bytes, which the caller holds until it is closed.
bool img_ship_open_memory(struct img_ship **out, struct slice bytes, const char *path,
                          struct doubts *doubts, struct fault *fault);
void img_ship_close(struct img_ship *ship); // NULL is fine

enum img_ship_kind img_ship_kind(const struct img_ship *ship);
const char *img_ship_kind_name(enum img_ship_kind kind); // "Intel HEX"
// By address, disjoint.
const struct img_ship_run *img_ship_runs(const struct img_ship *ship, size_t *count);
uint64_t img_ship_bad(const struct img_ship *ship);
// Where the tool that made the file writes a hash of the ELF file over zeros of it (ESP images of
// applications); an empty range else.
struct img_ship_stamp {
    uint64_t addr, size;
};
struct img_ship_stamp img_ship_stamp(const struct img_ship *ship);

#endif
