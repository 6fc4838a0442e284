// SPDX-License-Identifier: MIT
//
// The second reading: what its files share.
//
//   verify.c           counts, the first differences, the report
//   verify_elf.c       sections and symbols, against libelf
//   verify_jobs.c      which sections of DIEs are read twice, many of them by one child
//   verify_dies.c      DIEs, ours against the records of a child process
//   verify_child.c     the child process and the stream of its records
//   verify_libdwarf.c  libdwarf, behind the one adapter to its versions
//
// The child, for it may crash or loop on damaged input:
//
//   parent                                 child
//   sections of many objects ── fork ────> libdwarf over these sections, object by object
//   our walk ──┐                              │ a record per unit and DIE
//   compare <──┴──────────── pipe <───────────┘
#ifndef TARE_ANALYZERS_VERIFY_PRIVATE_H
#define TARE_ANALYZERS_VERIFY_PRIVATE_H

#include "analyzers/analyzers.h"

// --------------------------------------------------------------------- the account

// What is compared: a row of the report each, and what one of them is called.
#define AN_CHECKS(X)                                                                               \
    X(AN_CHECK_SECTIONS, "sections", "section")                                                    \
    X(AN_CHECK_SYMBOLS, "symbols", "symbol")                                                       \
    X(AN_CHECK_UNITS, "units", "unit")                                                             \
    X(AN_CHECK_DIES, "DIEs", "DIE")                                                                \
    X(AN_CHECK_TAG, "tags", "tag")                                                                 \
    X(AN_CHECK_PARENT, "parents", "parent")                                                        \
    X(AN_CHECK_NAME, "names", "name")                                                              \
    X(AN_CHECK_LINKAGE_NAME, "linkage names", "linkage name")                                      \
    X(AN_CHECK_BYTE_SIZE, "sizes", "size")                                                         \
    X(AN_CHECK_BIT_SIZE, "bit sizes", "bit size")                                                  \
    X(AN_CHECK_MEMBER, "member offsets", "member offset")                                          \
    X(AN_CHECK_TYPE, "type references", "type")                                                    \
    X(AN_CHECK_ORIGIN, "origins", "origin")                                                        \
    X(AN_CHECK_RANGES, "ranges", "ranges")

enum an__check {
#define X(id, name, one) id,
    AN_CHECKS(X)
#undef X
        AN_CHECK_COUNT,
};

struct an__difference {
    const char *where, *what, *ours, *theirs;
};

struct an_verify {
    struct arena *arena;
    struct doubts *doubts;
    uint64_t keep; // differences, UINT64_MAX: all
    uint64_t equal[AN_CHECK_COUNT], different[AN_CHECK_COUNT], skipped[AN_CHECK_COUNT];
    VEC(struct an__difference) differences;
    struct names *reasons; // why something was not compared
    VEC(uint64_t) reason_counts;
};

// A difference is counted always and told while there is room: `where` as "FILE:SECTION+0xOFFSET".
bool an__wants_difference(const struct an_verify *v);
void an__different(struct an_verify *v, enum an__check check, const char *where, const char *what,
                   const char *ours, const char *theirs);
// Counts as different and says whether to tell.
void an__skipped(struct an_verify *v, enum an__check check, uint64_t count, const char *reason);

static inline void an__equal(struct an_verify *v, enum an__check check)
{
    v->equal[check]++;
}

// ------------------------------------------------------------- what one reader says

// A text, by its length, hash and beginning: it may be as long as the file.
#define AN_TEXT_HEAD 200
struct an__text {
    uint64_t size, hash;
    char head[AN_TEXT_HEAD];
    uint8_t head_size;
};
struct an__text an__text_of(const char *text);

struct an__unit {
    uint64_t offset, size; // in its section, header included
    uint64_t abbrev_offset, signature, type_offset;
    uint16_t version;
    uint8_t kind; // DW_UT_*
    uint8_t address_size, offset_size;
};

#define AN_RANGES_MAX 100000 // of one DIE that are looked at

struct an__die {
    uint64_t offset, parent;
    uint32_t parts;      // enum dw_die_parts
    uint32_t unreadable; // bit per enum an__check: there, but this reader cannot read it
    uint16_t tag;
    struct an__text name, linkage_name;
    uint64_t byte_size, bit_size, member_offset;
    struct dw_target type, origin;
    VEC(struct dw_range) ranges;
};

// ----------------------------------------------------------------------- the child

struct an__section {
    const char *name; // ".debug_info", ".debug_info.dwo"
    struct slice bytes;
};

// One object as libdwarf shall see it. At most one section of a name.
struct an__object {
    const struct an__section *sections;
    size_t section_count;
    bool big_endian;
    bool split;
    bool package; // a .dwp
    bool types;   // walk .debug_types, not .debug_info
    uint8_t address_size;
    const struct an__object *tied; // supplementary file, or of a split object the main file
};

// Where a reader puts what it reads.
struct an__sink;
void an__put_unit(struct an__sink *sink, const struct an__unit *unit);
void an__put_die(struct an__sink *sink, const struct an__die *die);
// Why a value of the DIE to come is unreadable, or with AN_CHECK_UNITS why the reading ends, or with
// AN_CHECK_DIES why the rest of the unit is left out.
void an__put_error(struct an__sink *sink, enum an__check check, const char *text);

// Reads all of the object; runs in the child.
void an__libdwarf_read(const struct an__object *object, struct an__sink *sink);

typedef void an__reader(const struct an__object *object, struct an__sink *sink);

enum an__record { AN_RECORD_END, AN_RECORD_UNIT, AN_RECORD_DIE, AN_RECORD_ERROR };

struct an__message {
    enum an__record record;
    struct an__unit unit;
    struct an__die die;
    enum an__check check; // AN_RECORD_ERROR
    char text[160];
};

// A section of units to be read twice: units [first, end) of `dw`, and how libdwarf shall see their object.
struct an__job {
    const struct an__object *object;
    struct dw *dw;
    uint32_t first, end;
};

// Reads the objects of the jobs one after the other.
struct an__child;
struct an__child *an__child_start(an__reader *reader, const struct an__job *jobs, size_t count,
                                  unsigned timeout_seconds, struct fault *fault);
void an__child_free(struct an__child *child);
// The next record; AN_RECORD_END when the child is done with an object, or gone.
void an__child_next(struct an__child *child, struct an__message *out);
// Whether the last record was the end of an object. If not, the child is put to an end, and `text` says
// what became of it.
bool an__child_finished(struct an__child *child, char text[160]);

// -------------------------------------------------------------------- the comparers

// Meets the records of one job. False when the child did not finish it and is gone.
bool an__compare_section(struct an_verify *v, const struct an__job *job, struct an__child *child);

// `reader` is an__libdwarf_read, in tests something worse. NULLs among the `dws` are passed over.
bool an__verify_dies(struct an_verify *v, struct dw *const *dws, size_t dw_count,
                     an__reader *reader, unsigned timeout_seconds, struct fault *fault);

#endif
