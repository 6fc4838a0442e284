// SPDX-License-Identifier: MIT
//
// ledger: who owns every byte. Claims go in, parcels come out, and the parcels tile.
//
// One coordinate for all spaces. A byte may lie in the file, in memory, in the load image, in the
// TLS template, or in several of these. The base map cuts a build into extents, each alike in all
// these respects, and lays them one after the other in a single line of positions, so that every
// byte exists once, whatever spaces it is in:
//
//   file      |ELF hdr|.text |.data |.symtab|
//   memory    |ELF hdr|.text | |.data |.bss |
//   position  |  e0   |  e1  |   e2  |  e3  | e4 |
//   weights     F V R   F V R  F V R A  F      V A
//
// e0 e1 e2 are in file and memory, e3 in the file only, e4 in memory only. Weights: F file, V vm,
// R rom (load image), A ram, T tls.
//
// A column of a report is the sum of the sizes of the extents (cut further by owners) that have its
// weight; so the columns close by construction: sum of F = bytes of the file, sum of V = sum of
// p_memsz over PT_LOAD (allocated sections in a .o), and in a firmware what no segment has memory for
// (IAR writes none for RAM).
//
// A claim says: these positions belong, in this dimension, to this owner, says this reader. Readers
// are ranked in one table (LED_READERS). Settling paints the claims of a dimension from the lowest
// rank to the highest; within one rank the claim that starts later wins where two overlap (so the
// inner one of a nest), then the shorter, then the lower `order`; claims on exactly the same range
// in a sharing dimension (symbol) become one owner set. What lost is kept as disputes. The result
// does not depend on the order in which claims arrived.
//
// A charge says: these positions serve whoever owns that other position: a relocation entry serves
// the owner of the place it applies to, a symbol table entry the owner of its symbol, an unwind
// entry the owner of its function. Charges are resolved after the claims are settled.
#ifndef TARE_LEDGER_H
#define TARE_LEDGER_H

#include "base/base.h"

// --------------------------------------------------------------------------- words

enum led_dim {
    LED_SEGMENT, // "LOAD #2 [RX]"
    LED_SECTION, // ".text"
    LED_KIND,    // code, constant, data, bss, metadata, debug, padding
    LED_MEMBER,  // archive member, of an archive or by a linker map
    LED_UNIT,    // path of the compile unit
    LED_SOURCE,  // path of the source file, innermost inlined call
    LED_SYMBOL,  // linkage name, or a set of aliases
    LED_INLINES, // the function and the calls inlined into it: "outer > inner > innermost"
    LED_OBJECT,  // the file the linker took it from: "build/main.o", "lib/libc.a(printf.o)"
    LED_ARCHIVE, // "lib/libc.a"
    LED_DIM_COUNT,
};
#define LED_MASK(dim) (1u << (dim))

const char *led_dim_name(enum led_dim dim);

// Who may claim, from the weakest word to the strongest. `inferred` readers guess; their bytes are
// told apart.
//      name                rank  inferred  what the reader is called in evidence
#define LED_READERS(X)                                                                             \
    X(LED_NOBODY, 0, false, "nobody")                                                              \
    X(LED_BY_ROLE, 1, false, "role of the section or header")   /* "[.dynamic]", "[ELF header]" */ \
    X(LED_BY_FILL, 2, false, "fill pattern up to an alignment") /* "[padding]" */                  \
    X(LED_BY_GAP, 3, true, "gap after a symbol")                                                   \
    X(LED_BY_CLASS, 4, true, "functions of the same class or table")                               \
    X(LED_BY_STRING, 5, false, "string literal")                                                   \
    X(LED_BY_DEFINITION, 6, false, "definition of the same name")                                  \
    X(LED_BY_FILE_SYMBOL, 7, false, "file symbol above a local symbol")                            \
    X(LED_BY_MAP, 8, false, "linker map")                                                          \
    X(LED_BY_UNIT_RANGE, 9, false, "address range of a compile unit")                              \
    X(LED_BY_LINE, 10, false, "line table")                                                        \
    X(LED_BY_VARIABLE, 11, false, "DWARF variable")                                                \
    X(LED_BY_FUNCTION, 12, false, "DWARF function")                                                \
    X(LED_BY_SYMBOL, 13, false, "symbol table")                                                    \
    X(LED_BY_CHARGE, 14, false, "serves the owner of another place")                               \
    X(LED_BY_CONTENT, 15, false, "contents of the section") /* a unit's part of .debug_info */     \
    X(LED_BY_BASE, 16, false, "section and segment tables")

enum led_reader {
#define X(name, rank, inferred, text) name,
    LED_READERS(X)
#undef X
        LED_READER_COUNT,
};
const char *led_reader_text(enum led_reader reader);
bool led_reader_inferred(enum led_reader reader);

enum led_weight {
    LED_FILE = 1,
    LED_VM = 2,
    LED_ROM = 4,
    LED_RAM = 8,
    LED_TLS = 16,
    LED_WEIGHT_END = 32, // the bit after the last
};

// An owner is an interned text. 0 is [unattributed]. Brackets mark owners that are not the user's:
// "[padding]", "[.dynamic]". An owner set ("memcpy = memmove") is interned as its text and
// remembers its members; a text of more than 200 bytes is cut after whole names and ends in
// "(+N more)", and two sets that read alike are still two owners. So show an owner with
// led_owner_text, not with names_slice.
typedef name_id led_owner;
#define LED_UNATTRIBUTED 0u

struct ledger;

struct ledger *led_new(void);
void led_free(struct ledger *ledger);
void led_set_threads(struct ledger *ledger, unsigned threads); // to settle on; 0: one per core
struct names *led_names(struct ledger *ledger);
led_owner led_owner_of(struct ledger *ledger, const char *text);
const char *led_owner_text(const struct ledger *ledger, led_owner owner); // "[unattributed]" for 0
led_owner led_owner_padding(struct ledger *ledger);
// A set of two or more owners, order and repetition do not matter. Members are lent.
led_owner led_owner_set(struct ledger *ledger, const led_owner *members, size_t count);
const led_owner *led_owner_members(const struct ledger *ledger, led_owner owner,
                                   size_t *count); // count 0: not a set

// -------------------------------------------------------------------- the base map

#define LED_NOWHERE UINT64_MAX

struct led_extent {
    uint64_t pos, size;
    uint64_t file;    // offset in the file, or LED_NOWHERE
    uint64_t addr;    // address in memory, or LED_NOWHERE
    uint64_t load;    // load address (LMA), or LED_NOWHERE
    uint32_t image;   // which image of the build
    uint32_t section; // section index, 0: none
    uint32_t segment; // program header index, UINT32_MAX: none
    uint8_t weights;  // enum led_weight
};

// The line ends here at the latest, so that no sum over it overflows.
#define LED_LINE_MAX ((uint64_t)1 << 62)

// The base map is built by collect_elf.c; tests and snapshots may build one by hand. Extents are
// appended; `pos` is assigned; empty ones are passed over. False, and nothing added, when the line
// would grow beyond LED_LINE_MAX. After led_extents_done nothing can be added and lookups work.
bool led_extent_add(struct ledger *ledger, struct led_extent extent);
void led_extents_done(struct ledger *ledger);
const struct led_extent *led_extents(const struct ledger *ledger, size_t *count); // by pos
uint64_t led_total(const struct ledger *ledger, enum led_weight weight);
uint64_t led_end(const struct ledger *ledger); // end of the line: sum of all extents

// -------------------------------------------------------------- claims and charges

struct led_claim {
    led_owner owner;
    uint8_t dim, reader;
    uint64_t order; // position in the input that breaks ties: lower wins (a DIE or symbol number)
};

// Claims of no bytes and claims for LED_UNATTRIBUTED are passed over.
//
// Extents of one image may share addresses (overlays, TLS, the sections of a .o). Where they do, an
// address belongs to the extent that was added first. With a `section` that holds `addr`, only the
// extents of that section count; with 0, or one that does not hold it, all of the image.

// A range of memory of one image. Parts that no extent holds are dropped; returns the bytes that
// were placed. Not thread-safe.
uint64_t led_claim_addr(struct ledger *ledger, uint32_t image, uint32_t section, uint64_t addr,
                        uint64_t size, struct led_claim claim);
// A range of the file.
uint64_t led_claim_file(struct ledger *ledger, uint64_t offset, uint64_t size,
                        struct led_claim claim);
// A range of positions (of one extent or several).
void led_claim_pos(struct ledger *ledger, uint64_t pos, uint64_t size, struct led_claim claim);

// Position of an address or a file offset; LED_NOWHERE when no extent holds it. Thread-safe.
uint64_t led_pos_addr(const struct ledger *ledger, uint32_t image, uint32_t section, uint64_t addr);
uint64_t led_pos_file(const struct ledger *ledger, uint64_t offset);

// [pos, pos + size) serves the owner of the byte at `target`, in the dimensions unit, source and
// symbol. A target that is nobody's, or LED_NOWHERE, changes nothing. Charges overrule what is claimed
// by LED_BY_CHARGE itself.
void led_charge(struct ledger *ledger, uint64_t pos, uint64_t size, uint64_t target);
// Does now what settling would do to the charges so far. Not while others make owners.
void led_sort_charges(struct ledger *ledger);

// ------------------------------------------------------------------------ settling

// Settles the claims of the dimensions in `dims`. Between the two calls the stretches and
// led_bounds tell where owners change, so that long tables (relocations) are charged in runs, not
// entry by entry, and what is still nobody's can be looked at ([padding] by its fill). Claims made
// between the two calls count in the second one, before the charges are resolved. Nothing can be
// claimed after it.
void led_settle_claims(struct ledger *ledger, unsigned dims); // dims: LED_MASK of each
void led_settle_charges(struct ledger *ledger);
unsigned led_settled(const struct ledger *ledger); // LED_MASK of the settled dimensions

// After led_settle_claims: the sorted positions at which the owner of any settled charged dimension
// changes (the first is 0, the last the end of the line). Lent until the next call.
const uint64_t *led_bounds(struct ledger *ledger, size_t *count);

// One settled stretch of one dimension. Stretches tile the line; neighbours differ in owner or
// reader. One more item follows the last: its pos is the end of the line. None (count 0) for a
// dimension that is not settled.
struct led_stretch {
    uint64_t pos; // up to the next stretch's pos
    led_owner owner;
    uint8_t reader;
};
const struct led_stretch *led_stretches(const struct ledger *ledger, enum led_dim dim,
                                        size_t *count);

// A parcel: alike in every settled dimension and in every space.
struct led_parcel {
    uint64_t pos, size;
    const struct led_extent *extent;
    led_owner owner[LED_DIM_COUNT]; // of settled dimensions; 0 in others
    uint8_t reader[LED_DIM_COUNT];
};

// Walks the parcels in order of position. Asserts that they tile and that every weight adds up to
// led_total.
void led_walk(const struct ledger *ledger,
              void (*parcel)(void *context, const struct led_parcel *parcel), void *context);

// What was overruled, summed by (dimension, winner, loser, their readers), the largest first. Among
// readers, the owner in the end against every other that had a word on the byte; within one reader,
// the claim that won against the next best. A default that was overruled (a role, a fill, a gap) is
// no dispute, nor is a loser who is a member of the winning set.
struct led_dispute {
    uint8_t dim, winner_reader, loser_reader;
    led_owner winner, loser;
    uint64_t size;
};
const struct led_dispute *led_disputes(const struct ledger *ledger, size_t *count);

// ----------------------------------------------------------------------- snapshots

// A settled ledger as a file (layout: snapshot.c). What a verb shows about the build goes along.
// Texts may be NULL; loaded ones are NULL when empty, and lent until led_free.
struct led_snapshot_info {
    const char *path;     // of the build
    const char *build_id; // hex
    const char *machine;  // "x86-64"
    const char *debug;    // path of the debug file
    uint32_t word_size;   // bytes; 0 when not known
};

// Appends a snapshot to `out`: extents, settled dimensions, owner sets, the largest disputes
// (1000), and `types`, bytes for dw_types_load (may be empty). Equal ledgers give equal bytes.
void led_snapshot_save(const struct ledger *ledger, const struct led_snapshot_info *info,
                       struct slice types, struct buf *out);
// Whether the bytes start like a snapshot of any version.
bool led_snapshot_is(struct slice bytes);
// A ledger that answers like the saved one; nothing can be claimed in it. `types` is lent until
// led_free. Faults name the offset in the file, or in its inflated payload.
bool led_snapshot_load(struct ledger **out, struct led_snapshot_info *info, struct slice *types,
                       struct slice bytes, const char *path, struct fault *fault);

#endif
