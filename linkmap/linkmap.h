// SPDX-License-Identifier: MIT
//
// linkmap: linker maps, the text a linker writes about what it placed where. One reader a dialect
// behind one table; all of them fill the same model, which knows no linker:
//
//   region          FLASH 0x08000000 + 256K          the memory of the target, where the map has it
//   section           .text 0x08000000 + 0x1234      an output section: where it runs, where it loads
//   contribution        .text.main 0x08000010 + 0x3c   an input section, fill, what the linker made
//     file                libc.a(printf.o)               the object, or archive and member
//   symbol              main 0x08000011              at or in a contribution, or set by a script
//   discarded         .text.unused 0x40              input that was dropped (contributions, too)
//   reason            libc.a(printf.o) <- main.o (printf)   why an archive member was pulled in
//   reference         main.o -> libc.a(printf.o) (printf)   the cross reference table
//   total             what the map itself sums up, beside what was read
//
// What a dialect does not print stays empty or LM_NONE; docs/formats/maps.md has a table of who
// prints what, with a sample of each. Lists are in the order of the map, except that the
// contributions of a section are neighbours (`first`, `count`).
//
// Texts are slices of the map's bytes, or of an arena where a name had to be put together; they live
// as long as the map, and may hold any bytes. Numbers of lines count from 1, 0: no line. Addresses
// and sizes are bytes.
//
// A map is text that anybody may have written: what contradicts itself (a contribution outside its
// section, totals that differ, a line that fits nowhere) is a doubt at "FILE:LINE", never a crash.
// Nothing that is stated is corrected: who adds up sizes must be ready for overlaps and ends past
// the section (both have been doubted). One habit is undone: GNU ld prints strings that it merged
// into an earlier section with their old size; here they have size 0 and a `size_before`.
#ifndef TARE_LINKMAP_H
#define TARE_LINKMAP_H

#include "base/base.h"

#define LM_NONE UINT64_MAX // an address or size that the map does not state
#define LM_NO   UINT32_MAX // no region, section, contribution or file

// The memory of the target. A map without a memory configuration has none; the catch-all region of
// GNU ld ("*default*") is left out.
struct lm_region {
    struct slice name;
    uint64_t origin, length;
    uint64_t used;           // as the map states it, else LM_NONE
    struct slice attributes; // "xr", "RW X"; may be empty
    uint32_t line;
};

struct lm_section {
    struct slice name;
    uint64_t addr; // where it runs
    uint64_t lma;  // where it is loaded from; equal to addr when the map says nothing else
    uint64_t size;
    uint64_t packed;       // its bytes in the load image where they are compressed, else LM_NONE
    uint64_t align;        // 0: not stated
    uint32_t region;       // only when the map states it, else LM_NO
    uint32_t first, count; // its contributions
    uint32_t line;
    bool loaded; // takes memory of the target. Few dialects say; then a section at address 0 is not
                 // when its name is one of debug information and notes, or another lies there
    bool nobits; // takes no load image (.bss): stated, or by the names of what is in it
    bool made;   // by the linker, by its name, and so is all in it (".rela.got" within .rela.dyn,
                 // which GNU ld hangs on the first object)
};

// Bytes of its load image, unless it is `nobits`.
static inline uint64_t lm_load_size(const struct lm_section *section)
{
    return section->packed == LM_NONE ? section->size : section->packed;
}

enum lm_kind {
    LM_INPUT,  // an input section of an object
    LM_COMMON, // common symbols of an object
    LM_FILL,   // stated padding: no file
    LM_DATA,   // bytes a linker script put there (LONG(0x1234)): no file
    LM_MADE,   // made by the linker: stubs, veneers, PLT, GOT, string tables. The file, if any, is
               // only the one the linker hung it on
};

struct lm_contribution {
    struct slice name; // of the input section; "*fill*", "LONG" ... of what is none
    uint64_t addr, size;
    uint64_t size_before; // relaxing or merging, where the map tells, else LM_NONE
    uint32_t align;       // 0: not stated, or too large to be true
    uint32_t section;     // index; LM_NO for what was discarded
    uint32_t file;        // index or LM_NO
    uint32_t line;
    uint8_t kind; // enum lm_kind
    bool nobits;
};

enum lm_symbol_flags {
    LM_SYMBOL_LOCAL = 1,     // stated as local
    LM_SYMBOL_ASSIGNED = 2,  // by a linker script or the command line
    LM_SYMBOL_PROVIDED = 4,  // with PROVIDE
    LM_SYMBOL_UNUSED = 8,    // a PROVIDE that nobody asked for: it has no address
    LM_SYMBOL_UNDEFINED = 16 // could not be evaluated: it has no address
};

struct lm_symbol {
    struct slice name;
    uint64_t addr;         // LM_NONE with the last two flags
    uint64_t size;         // LM_NONE: not stated
    uint32_t contribution; // the one it is printed under, else LM_NO
    uint32_t line;
    uint32_t flags; // enum lm_symbol_flags
};

// An object as the linker names it: `archive` and `member`, or an empty archive and the path as
// member. Each is listed once.
struct lm_file {
    struct slice path;            // the whole: "libc.a(printf.o)"
    struct slice archive, member; // "libc.a", "printf.o"; "" and "main.o"
};

// Why a member is there. A requirer of LM_NO: the command line (-u, --defsym, an entry point).
struct lm_reason {
    uint32_t file, by;   // files
    struct slice symbol; // may be empty
    uint32_t line;
    bool shared; // a shared library that was linked only as needed
};

// A symbol that `user` refers to, and the file that defines it (LM_NO: not stated).
struct lm_reference {
    struct slice symbol;
    uint32_t definer, user; // files
    uint32_t line;
};

// What the map says about itself. `read` is what the lists above sum up to; where it differs from
// what is stated there is a doubt.
struct lm_total {
    struct slice name;
    uint64_t stated, read;
    uint32_t line;
};

// A region that is too small, in the words of the linker (few write it into the map).
struct lm_overflow {
    struct slice region;
    uint64_t by;
    uint32_t line;
};

// A common symbol, in the order in which they lie.
struct lm_common {
    struct slice name;
    uint64_t size;
    uint32_t file;
};

struct lm_dialect;

struct lm_map {
    const struct lm_dialect *dialect;
    const char *name;      // of the file, for messages
    struct slice text;     // all of it
    struct slice producer; // "TI ARM Linker PC v20.2.7"; may be empty
    struct slice output;   // the file that was linked; may be empty
    struct slice entry;    // symbol; may be empty
    uint64_t entry_addr;   // or LM_NONE
    unsigned unit_bits;    // of what addresses and sizes count; 0: 8
    uint32_t line_count;
    bool lists_discarded; // the map tells what was dropped, be it nothing
    bool lists_reasons;   // and why members are there
    VEC(struct lm_region) regions;
    VEC(struct lm_section) sections;
    VEC(struct lm_contribution) contributions;
    VEC(struct lm_contribution) discarded;
    VEC(struct lm_symbol) symbols;
    VEC(struct lm_file) files;
    VEC(struct lm_reason) reasons;
    VEC(struct lm_reference) references;
    VEC(struct lm_total) totals;
    VEC(struct lm_overflow) overflows;
    VEC(struct lm_common)
    commons; // gold's, whose places are guessed: the contributions of files that are
             // LM_COMMON, one by one
    struct lm__owned *owned; // what lm_free gives back
};

// ------------------------------------------------------------------------ dialects

struct lm__reader;

struct lm_dialect {
    const char *name;  // for --dialect: "ld"
    const char *title; // for people: "GNU ld"
    // How much a map looks like this dialect: 0 not at all, 100 nothing else looks so.
    unsigned (*score)(struct slice text);
    void (*read)(struct lm__reader *reader);
    bool tells_apart; // the linker can tell elsewhere what the map does not: --print-gc-sections
    bool hides_stubs; // the map has no line for the stubs behind input of code
    // What has no load image takes no load addresses, and a section without input (a stack, by `. += 1K`)
    // has none.
    bool skips_nobits;
};

const struct lm_dialect *lm_dialects(size_t *count);
// NULL when there is none of that name.
const struct lm_dialect *lm_dialect_named(const char *name);
// The one the bytes look like, whatever the file is called; NULL when they look like none.
const struct lm_dialect *lm_dialect_of(struct slice text);

// ------------------------------------------------------------------------- reading

#define LM_SIZE_MAX ((uint64_t)1 << 31) // bytes; lines are counted in 32 bits, and so is all else

// Reads a map. `dialect` NULL: recognised; a map that looks like none is a fault. `text` and `name`
// are borrowed as long as the map lives. Doubts may be NULL.
bool lm_read(struct lm_map **out, struct slice text, const char *name,
             const struct lm_dialect *dialect, struct doubts *doubts, struct fault *fault);
// The same from a file, whose bytes the map owns.
bool lm_open(struct lm_map **out, const char *path, const struct lm_dialect *dialect,
             struct doubts *doubts, struct fault *fault);
void lm_free(struct lm_map *map); // NULL is fine

// Adds what linkers write beside their maps. Lines of what is added are 0, sizes of dropped input that
// are not told LM_NONE.
// What --print-gc-sections said (ld, gold, lld, mold), be it within the log of a whole build.
bool lm_add_gc_list(struct lm_map *map, const char *path, struct doubts *doubts,
                    struct fault *fault);
// What lld wrote for --why-extract=FILE.
bool lm_add_why_extract(struct lm_map *map, const char *path, struct doubts *doubts,
                        struct fault *fault);

// What the ELF says of where the common symbols lie; LM_NONE: nothing. Without effect when that cannot be.
void lm_place_commons(struct lm_map *map, const uint64_t *addresses);

// "libc.a(printf.o)" taken apart: the parenthesis that closes at the end opens the member, so that
// paths with parentheses and blanks survive. What is no member has an empty archive.
void lm_split_path(struct slice path, struct slice *archive, struct slice *member);

// -------------------------------------------------------------------------- naming

struct slice lm_base_name(struct slice path); // behind the last '/' or '\\'
// The member of an archive, the base name of a plain object.
struct slice lm_member_name(const struct lm_file *file);
// Whether a contribution is no object's, and what reports call it in brackets then: "padding",
// "linker script", "linker stubs", ".got.plt".
bool lm_no_object(const struct lm_map *map, const struct lm_contribution *contribution,
                  struct slice *name);
// Whether a link-time optimiser wrote the object: its name tells.
bool lm_by_lto(const struct lm_file *file);

#endif
