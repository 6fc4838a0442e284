// SPDX-License-Identifier: MIT
//
// analyzers: questions asked of the readers' answers. Read-only over ledger and types; what they
// find goes into report parts (reports/reports.h), which cli/ hands to a renderer.
//
//   ledger ──── modules    units as people group them
//          ├─── footprint  who owns the bytes of a build
//          ├─── regions    how full the memories of the target are
//          └─── budgets    what tare.yaml allows, and what became of it
//   dw_types ── layout     what a type's bytes are spent on
//   two of either ── diff  what changed
//
// Nothing here prints, exits, or changes a ledger.
#ifndef TARE_ANALYZERS_H
#define TARE_ANALYZERS_H

#include "base/base.h"
#include "config/config.h"
#include "dwarfsize/dwarfsize.h"
#include "ledger/ledger.h"
#include "linkmap/linkmap.h"
#include "reports/reports.h"

// ------------------------------------------------------------------------- modules

// What a table may be divided by: the dimensions of the ledger, and two made from units.
enum an_dim {
    AN_SEGMENT,
    AN_SECTION,
    AN_KIND,
    AN_MEMBER,
    AN_UNIT,
    AN_SOURCE,
    AN_SYMBOL,
    AN_INLINES,
    AN_OBJECT,
    AN_ARCHIVE,
    AN_MODULE, // a rule of tare.yaml, else the directory of the unit without the common prefix
    AN_DIR,    // the directory of the unit
    AN_DIM_COUNT,
};
const char *an_dim_name(enum an_dim dim);
// The dimensions of the ledger that have to be settled for these.
unsigned an_dims_needed(const enum an_dim *dims, size_t count, bool rules);

// Modules and directories of the units of a ledger.
//
// The common prefix is the longest directory that holds at least 80 % of the bytes of the user's
// units: startup files and libraries built elsewhere must not destroy it. Units under /usr, with
// /sysdeps/ in their path or starting with ../ do not count. A module inside the prefix is named by
// the rest of its path, "." when nothing is left; one beside it as "../lib", anything farther away
// by its whole path.
struct an_modules;

// `cfg` may be NULL; both must outlive the result. The units must be settled.
struct an_modules *an_modules_new(const struct ledger *ledger, const struct cfg *cfg);
void an_modules_free(struct an_modules *modules);
const char *an_modules_prefix(const struct an_modules *modules); // ends in '/'; "" for none
// Whether modules tell anything apart: false when nearly all sources lie in one directory.
bool an_modules_tell(struct an_modules *modules);
// Whether units do: false when there is but one, or when most of what lies in memory is no unit's (only
// a library or two of a program were built with debug information). True when a tare.yaml has its say.
bool an_units_tell(const struct an_modules *modules);
// Owners of the dimensions AN_MODULE and AN_DIR are numbered by these; 0 is [unattributed].
// `owners` by dimension of the ledger, as a parcel has them.
name_id an_module_of(struct an_modules *modules, const led_owner owners[LED_DIM_COUNT]);
name_id an_module_of_unit(struct an_modules *modules, led_owner unit); // whatever rules say
// The module a rule gives a place, else `other`.
name_id an_module_at(struct an_modules *modules, const struct cfg_place *place, const char *other);
name_id an_dir_of(struct an_modules *modules, led_owner unit);
const char *an_modules_text(const struct an_modules *modules, name_id id);

// ----------------------------------------------------------------------- footprint

#define AN_DIMS_MAX    AN_DIM_COUNT
#define AN_FILTERS_MAX 16

struct an_filter {
    enum an_dim dim;
    const char *glob;
};

struct an_footprint_options {
    enum an_dim dims[AN_DIMS_MAX]; // the nesting, outermost first
    size_t dim_count;
    // Bytes whose owners do not match all of these are one row, [filtered out].
    struct an_filter filters[AN_FILTERS_MAX];
    size_t filter_count;
    const char *sort;   // "file" "vm" "rom" "ram" "tls" "inferred" "name"; NULL: larger of file, vm
    uint64_t keep;      // rows of each level, 0: all
    bool evidence;      // which readers claimed a row's bytes, and what they overruled
    bool by_position;   // rows in order of their first byte, none left out
    bool padding_apart; // [padding] is one row of the first level, wherever it lies
    // The name a symbol is shown by (may be NULL: as it is); filters try both.
    const char *(*shown)(void *context, const char *name);
    void *shown_context;
};

// The table of who owns the bytes; it lives in `arena`. Every column is additive. `modules` may be
// NULL when no dimension needs them.
bool an_footprint(const struct ledger *ledger, struct an_modules *modules,
                  const struct an_footprint_options *options, struct arena *arena,
                  struct rep_table *out, struct fault *fault);

// ------------------------------------------------------------------------- regions

// How full a memory is: the union of what lies there and of what is loaded from there, so that
// .data counts in RAM and, by its load address, in ROM.
struct an_region_use {
    const struct cfg_region *region;
    uint64_t used, free, largest; // bytes; the largest run of free ones
    enum cfg_memory kind;         // as stated, else by what lies in it
};
struct an_region_use an_region_measure(const struct ledger *ledger,
                                       const struct cfg_region *region);
// One row a region, in their order, and one for the bytes in none. Nothing adds up: regions may
// overlap. Lives in `arena`.
void an_regions(const struct ledger *ledger, struct cfg_regions regions, struct arena *arena,
                struct rep_table *out);

// ------------------------------------------------------------------------- layouts

// A selection of the types of a build, in an order, measured one at a time.
struct an_layouts;

enum an_layout_sort {
    AN_SORT_DECLARED, // in the order of the DIEs
    AN_SORT_NAME,
    AN_SORT_SIZE,    // the following: largest first
    AN_SORT_HOLES,   // bytes in holes
    AN_SORT_PADDING, // bytes in holes and at the tail
    AN_SORT_MEMBERS,
    AN_SORT_SAVING, // bytes the proposed order saves
};

enum an_kind { AN_STRUCTS = 1, AN_CLASSES = 2, AN_UNIONS = 4, AN_ENUMS = 8, AN_TYPEDEFS = 16 };
#define AN_RECORDS (AN_STRUCTS | AN_CLASSES | AN_UNIONS)

struct an_layout_options {
    // Plain or qualified names or globs, "struct X" allowed; a typedef stands for what it names.
    // None: all of `kinds`.
    const char *const *names;
    size_t name_count;
    unsigned kinds; // enum an_kind; 0: records, and with names everything
    enum an_layout_sort sort;
    bool holes_only;      // types with holes only
    uint64_t padding_min; // types with at least that many bytes in holes or at the tail; 0: all
    bool reorder;         // show the proposed order; without names only types that gain by it
    bool expand;          // members of named aggregates too (of anonymous ones always)
    uint64_t cacheline;   // bytes; 0: not marked
    uint64_t keep;        // the first so many of the order; 0: all
    // Paths of the units that dw_types_units numbers (may be NULL).
    const char *const *units;
    size_t unit_count;
};

// `types` and what `options` borrows must outlive the result.
struct an_layouts *an_layouts_new(const struct dw_types *types,
                                  const struct an_layout_options *options);
void an_layouts_free(struct an_layouts *layouts);
size_t an_layouts_count(const struct an_layouts *layouts);
// How many `keep` left out.
size_t an_layouts_cut(const struct an_layouts *layouts);
// The i-th name of the options that matched no type, or NULL.
const char *an_layouts_missing(const struct an_layouts *layouts, size_t i);
// For rep_types.next; `context` is the an_layouts. What it gives is valid until the next call.
bool an_layouts_next(void *layouts, struct rep_type *out);
void an_layouts_rewind(struct an_layouts *layouts);

// Tables over the selection; they live in `arena`.
// One row per type: size, members, holes, padding.
void an_layouts_table(struct an_layouts *layouts, struct arena *arena, struct rep_table *out);
// Types that hold `name` by value, directly or deep inside, with the member path and the offset.
// False when no type has that name.
bool an_contains(struct an_layouts *layouts, const char *name, struct arena *arena,
                 struct rep_table *out);
// Members that point to `name` through any number of pointers; pointers to functions that merely
// take or return one are not meant.
bool an_points_to(struct an_layouts *layouts, const char *name, struct arena *arena,
                  struct rep_table *out);
// The audit of flexible arrays: where one ends a type, where one is not last, where a type that
// ends in one is embedded before other members or in an array.
void an_flexible(struct an_layouts *layouts, struct arena *arena, struct rep_table *out);

// -------------------------------------------------------------------------- what if

// Types as they could be: a copy in which members are removed, retyped, moved or added, and types given another
// size, and everything that holds them by value is laid out again. Edits, applied in order:
//
//   TYPE.member: remove | TYPE | BYTES | first | last | after MEMBER | add TYPE
//   TYPE: remove | TYPE | BYTES
struct an_what_if {
    struct dw_types *types; // lends from the original
    struct arena *arena;
    size_t changed; // records laid out again
    size_t
        kept; // that hold something changed, but follow no plain rules (packed, by hand): as they were
};
// False with `fault` when an edit names what is not there. `fault` is FAULT_USAGE when it cannot be read.
bool an_what_if(const struct dw_types *types, const char *const *edits, size_t count,
                struct an_what_if *out, struct fault *fault);
void an_what_if_free(struct an_what_if *what_if);

// -------------------------------------------------------------------- object models

// The profiles that come with the program; NULL after the last. Text and the name it goes by.
const char *an_profile_text(size_t index, const char **name);
// Whether a build with these types is one that a profile is for.
bool an_profile_fits(const struct cfg_profile *profile, const struct dw_types *types);

// A profile bound to a build. Lent: all of it, longer than the model.
struct an_model;
struct an_model_input {
    const char *name; // what reports call the build
    const struct cfg_profile *profile;
    const struct dw_types *types; // all of them
    struct dw *const *dw;         // by image; NULL where there is none
    struct img *const *images;    // at least one
    struct img *const *symbols;   // by image: where its symbol table is, or NULL
    size_t image_count;
    // As of an_what_if; also "NAME: FORMULA" for a value of the profile or a parameter of its allocator.
    const char *const *edits;
    size_t edit_count;
};
// False with `fault` when the profile names what the build has not, or an edit does.
bool an_model_new(struct an_model **out, const struct an_model_input *input, struct fault *fault);
void an_model_free(struct an_model *model); // NULL is fine
// What the interpreter makes in advance, in bytes, as a sentence in `arena`; NULL: its profile knows of none.
const char *an_caches_note(struct an_model *model, struct arena *arena);
// Values of the profile that macros of the build tell, and with `all` also those that the build does not tell,
// with where they come from, as a line; NULL: there are none.
const char *an_model_origins(struct an_model *model, bool all, struct arena *arena);
// What the edits came to, as a sentence; NULL without edits.
const char *an_model_edits(const struct an_model *model, struct arena *arena);

// What an object costs before it holds anything: a row for every type of objects of the build, or, with
// several builds, for every kind that the profiles name. Lives in `arena`.
void an_tax(struct an_model *const *models, size_t count, const char *const *globs,
            size_t glob_count, struct arena *arena, struct rep_table *out);
// Type objects that disagree with the debug information, a line each.
size_t an_tax_notes(struct an_model *const *models, size_t count, struct arena *arena,
                    const char *const **notes);

struct an_predict_options {
    bool shapes; // a row for each shape of a kind, not for each kind
};
struct an_unpriced {
    const char *kind, *why; // kind: as the rows of the table are called
};
// Lists are by build.
struct an_prediction {
    struct rep_table table;     // a row for each kind; 0 bytes for those that have no price
    uint64_t held;              // on the first build, bytes of blocks without shared bookkeeping
    const char *const *savings; // what a smaller header would save
    const struct an_unpriced *const
        *unpriced; // kinds without a price; ends with one without a kind
};
// "generator (it holds the frame of each interpreter), ghost (...)"; NULL: none.
const char *an_unpriced_text(const struct an_unpriced *unpriced, struct arena *arena);
// What a population takes on each build, by the census of each (one may be that of several). False with
// `fault` when a size is negative or too large.
bool an_predict(const struct cfg_census *const *censuses, const struct an_predict_options *options,
                struct an_model *const *models, size_t count, struct arena *arena,
                struct an_prediction *out, struct fault *fault);

// The memory that the requests of a trace need on the allocator of each build, a row a build. Columns: `peak_asked`,
// `peak_held`, `peak_heap`: the highest, each for itself, in bytes; heap: what the allocator has of the
// system, or how large a fixed heap has to be, bookkeeping included. Lives in `arena`.
void an_replay(const struct cfg_trace *trace, struct an_model *const *models, size_t count,
               struct arena *arena, struct rep_table *out);
// Builds with other words than the trace, a line each.
size_t an_replay_notes(const struct cfg_trace *trace, struct an_model *const *models, size_t count,
                       struct arena *arena, const char *const **notes);

// ------------------------------------------------------------------------- budgets

// A build as budgets look at it. What no budget needs may be NULL.
struct an_measured {
    const char *name; // what findings call it: the target, or the path
    const struct ledger *ledger;
    struct an_modules *modules;
    struct cfg_regions regions;
    const struct dw_types *types;
    // Of objects_of: opened debug information by image; NULL of a snapshot.
    struct dw *const *dw;
    struct img *const *images;
    size_t image_count;
};

struct an_budget_needs {
    unsigned dims; // LED_MASK of each
    bool types, variables, base_types;
    uint32_t base; // line of the first budget that is on growth; 0: none is
};
struct an_budget_needs an_budgets_need(struct cfg_budgets budgets, bool rules);

struct an_budget_options {
    const char *config; // path of tare.yaml, where findings point to
    uint32_t today;     // 20261231
    // The name a symbol is shown by (may be NULL), which globs are tried on as well.
    const char *(*shown)(void *context, const char *name);
    // Where a symbol is declared; false when nobody knows. May be NULL.
    bool (*declared)(void *context, const char *symbol, const char **file, uint32_t *line);
    // How a path is shown: relative to where the report is read. May be NULL.
    const char *(*path)(void *context, const char *path);
    void *context;
};

// One finding a budget, in their order, in `arena`. Growth is measured against `base` (NULL: there
// is none, which a budget with growth must not meet). False with `fault` when a budget names
// something that is not in the build; with max: 0, its absence is what is asked for.
bool an_budgets(struct cfg_budgets budgets, const struct an_measured *now,
                const struct an_measured *base, const struct an_budget_options *options,
                struct arena *arena, struct rep_finding **out, struct fault *fault);
// Findings as a table: what was measured, the limit, how much of it is used. Those of one unit.
void an_findings_table(const struct rep_finding *findings, size_t count, enum rep_unit unit,
                       struct arena *arena, struct rep_table *out);
// The worst first: by severity, what is waived after what is not, then by share of the limit.
void an_findings_sort(struct rep_finding *findings, size_t count);

// ---------------------------------------------------------------------------- diff

struct an_diff_options {
    uint64_t min_change; // bytes; rows that changed by less are one row
    bool all;            // unchanged rows, too
    uint64_t keep;       // rows of each level, 0: all
};

// What changed between two footprints, made with the same dimensions, by_position and
// padding_apart. Columns old, new and delta of each size; rows match by name (paths without their
// build's common prefix), then by what is left of a symbol's name without the compiler's suffixes,
// then by equal size between the same neighbours. The largest change comes first.
struct an_diff_side {
    const struct rep_table *table;
    const char *prefix; // an_modules_prefix, or ""
};
void an_diff(struct an_diff_side old_side, struct an_diff_side new_side,
             const struct an_diff_options *options, struct arena *arena, struct rep_table *out);

// Types that came, went, or changed their layout; one row a type, below it one a changed member.
void an_diff_types(struct an_layouts *old_types, struct an_layouts *new_types,
                   const struct an_diff_options *options, struct arena *arena,
                   struct rep_table *out);

// -------------------------------------------------------------------------- verify

// A second reading by other people's libraries, and where it differs from ours: sections and symbols
// against libelf, DIEs against libdwarf (in a child process: it crashes on damaged input, which is
// a doubt).
struct an_verify;

// The first `keep` differences are told (0: all). `doubts` may be NULL.
struct an_verify *an_verify_new(uint64_t keep, struct doubts *doubts);
void an_verify_free(struct an_verify *verify);
// Section headers and symbols of one image of the file.
void an_verify_image(struct an_verify *verify, struct img_file *file, struct img *image);
// Every DIE of every unit of each that is not NULL. False when no process can be started.
bool an_verify_dwarf(struct an_verify *verify, struct dw *const *dws, size_t count,
                     struct fault *fault);
uint64_t an_verify_different(const struct an_verify *verify);
// Tables and notes live in `arena`, as long as `verify`. The second table is empty (false) when
// nothing differs; the notes say what was not compared and why.
void an_verify_counts(const struct an_verify *verify, struct arena *arena, struct rep_table *out);
bool an_verify_differences(const struct an_verify *verify, struct arena *arena,
                           struct rep_table *out);
size_t an_verify_notes(const struct an_verify *verify, struct arena *arena,
                       const char *const **out);

// ------------------------------------------------------------------ what is shipped

// The bytes of a shipped file against the load image: the allocated sections with contents, at their
// load addresses. Sums in bytes.
struct an_shipped {
    uint64_t identical, different;
    uint64_t missing; // of the load image, not in the file
    uint64_t extra;   // in the file, not of the load image
    uint64_t fill;    // of these, not counted as extra: runs of one value, 0 or 0xff, between or
                      // behind sections
    uint64_t stamped; // of the load image: zeros that a hash of the ELF file was written over
    uint64_t bad;     // records of the file whose checksum is wrong, or that overlap
};
static inline bool an_shipped_same(const struct an_shipped *shipped)
{
    return shipped->different + shipped->missing + shipped->extra + shipped->bad == 0;
}
// Compares; `ranges`, in `arena`, gets the first `keep` (0: all) ranges that differ, are missing or
// extra, each with the owner of its first byte by `ledger` (by symbol, else section; may be NULL).
// False with `fault` for what has no load image.
bool an_shipped_compare(struct img_file *file, const struct img_ship *ship,
                        const struct ledger *ledger, uint64_t keep, struct arena *arena,
                        struct an_shipped *out, struct rep_table *ranges, struct fault *fault);
// The sums as a table, which closes: every byte of the load image and of the file once.
void an_shipped_table(const struct an_shipped *shipped, struct arena *arena, struct rep_table *out);
// What stands behind the name of the file: "(binary) ships all 185796 bytes of the load image".
const char *an_shipped_text(const struct an_shipped *shipped, const struct img_ship *ship,
                            struct arena *arena);

// ------------------------------------------------------------------ the object graph

// The static data of an image as objects that refer to each other: prebuilt constants, tables, strings,
// and the functions that use them. Every byte of the data sections is in one object, in [padding] or
// [unattributed].
struct an_graph;

// How it is known that one object refers to another.
enum an_link {
    AN_LINK_RELOCATION,
    AN_LINK_TYPED,   // a member that is a pointer by its type, read out of the linked content
    AN_LINK_LINKAGE, // a word of the GOT
    AN_LINK_CODE,    // an instruction
    AN_LINK_LOOKS,   // the address of an object that has a name, in content whose type is not known
    AN_LINK_COUNT,
};

struct an_graph_input {
    const struct img_file *file; // of `img`, whose pages may leave memory when they were read; NULL
    struct img *img;
    struct img *debug; // where its symbols are when it has none itself; NULL
    struct dw *dw;     // NULL: no types
    // With units, symbols and sections settled, for the modules.
    const struct ledger *ledger;
    uint32_t image; // number of `img` in its ledger
    struct an_modules *modules;
    unsigned threads; // 0: one per core
    bool with_code;   // functions count as data does, and are kept by what refers to them
    // What is said of words with tags, and of prebuilt constants that say their type. NULL: of the profiles
    // that come with the program, the one whose types the build has.
    const struct cfg_profile *profile;
    // Of a program translated from RPython: the ids and names of its types (docs/graph.md). NULL: none.
    struct slice typeids;
    const char *typeids_path;
    struct doubts *doubts;
};

// What `input` borrows must outlive the graph. False with `fault` when there is too much of it.
bool an_graph_new(struct an_graph **out, const struct an_graph_input *input, struct fault *fault);
void an_graph_free(struct an_graph *graph);
// Whether it is known what code refers to. When not, whatever has a name counts as referred to by the
// code of its module.
bool an_graph_knows_code(const struct an_graph *graph);

enum an_graph_dim { AN_GRAPH_MODULE, AN_GRAPH_TYPE, AN_GRAPH_OBJECT, AN_GRAPH_DIM_COUNT };
const char *an_graph_dim_name(enum an_graph_dim dim);

struct an_graph_options {
    enum an_graph_dim dim;
    struct {
        enum an_graph_dim dim;
        const char *glob;
    } filters[AN_FILTERS_MAX]; // what does not match all of these is one row, [filtered out]
    size_t filter_count;
    const char *sort; // a column or "name"; NULL: what it keeps alive
    uint64_t keep;    // rows, 0: all
    bool unreachable; // only what nothing that is kept leads to
    // The name a symbol is shown by (may be NULL: as it is); filters try both.
    const char *(*shown)(void *context, const char *name);
    void *shown_context;
};

// Objects by module, type, or one by one. Columns: `size`, additive, bytes; `retained`, the bytes that
// nothing leads to without the row's objects, its own included. By module `size` is divided into `own`,
// what its units define; `only`, what has no module and only this one refers to; and `shared`, its even
// part of what several refer to.
bool an_graph_table(struct an_graph *graph, const struct an_graph_options *options,
                    struct arena *arena, struct rep_table *out, struct fault *fault);
// The shortest ways from what is kept anyway to the objects of that name or glob, a row an object, below
// it a row a way. When nothing is called so: fault, with the nearest names.
bool an_graph_why(struct an_graph *graph, const char *name, const struct an_graph_options *options,
                  struct arena *arena, struct rep_table *out, struct fault *fault);
// Groups of objects with equal content. Columns: `waste`, additive, bytes of all but one; `copies`;
// `each`; `section`.
void an_graph_duplicates(struct an_graph *graph, const struct an_graph_options *options,
                         struct arena *arena, struct rep_table *out);
// On how many pages the data and the code of each module lie. Columns: `size`, additive, bytes of data: what it
// defines and what only it refers to; `pages` it lies on; `fewest`, if every section were packed; `ratio`;
// `dirty`, pages of them that the loader writes to; `first_use`, those that become dirty when used; the
// same of code; and `memory`, bytes that so many processes take: clean pages once, dirty ones each.
#define AN_PAGE_MIN 16 // bytes
struct an_graph_page_options {
    uint64_t page;      // bytes, a power of two
    uint64_t processes; // 0: no column `memory`
};
void an_graph_pages(struct an_graph *graph, const struct an_graph_page_options *pages,
                    const struct an_graph_options *options, struct arena *arena,
                    struct rep_table *out);
// Which pages are written at load, as a sentence.
const char *an_graph_dirty_note(const struct an_graph *graph, uint64_t page, struct arena *arena);
// An order of functions and constants for a linker that packs what each module needs, in the form that
// the linker reads. The graph has to be one with code. Gives a sentence that says how much it orders, and on how many
// pages of `page` bytes lies what modules need.
enum an_order_form {
    AN_ORDER_LLD,  // names of symbols
    AN_ORDER_GOLD, // names of input sections
    AN_ORDER_LD,   // a linker script that adds to the linker's own
    AN_ORDER_FORM_COUNT,
};
const char *an_order_form_name(enum an_order_form form);
const char *an_graph_order(struct an_graph *graph, enum an_order_form form, uint64_t page,
                           struct arena *arena, struct buf *out);
// All of it for the viewer: the `options->keep` objects that retain most (0: all), the functions around
// them, and what is left out beside them. Names are lent from the graph or live in `arena`.
void an_graph_view(struct an_graph *graph, uint64_t page, const struct an_graph_options *options,
                   struct arena *arena, struct rep_graph *out);
// What leaves with each feature, a row of the tables that a profile names; the graph was made with_code.
// Columns, additive, bytes: `size`, which is `only`, what nothing but this feature leads to, and `shared`, its even
// part of what several lead to; the same as `data` and `code`, and of the data `strings` (literals). False with
// `fault` when there is no such table.
bool an_graph_features(struct an_graph *graph, const struct cfg_profile *profile,
                       const struct an_graph_options *options, struct arena *arena,
                       struct rep_table *out, struct fault *fault);
// How the graph was found: objects, edges, cycles, as sentences.
size_t an_graph_notes(struct an_graph *graph, struct arena *arena, const char *const **out);

// ------------------------------------------------------------------- nearest names

// Whether types of that name, plain or qualified, are declared and none is defined.
bool an_only_declared(const struct dw_types *types, const char *name);
// The names nearest to `name` among the types that are defined, best first; returns how many (at most `max`).
size_t an_nearest_types(const struct dw_types *types, const char *name, const char **out,
                        size_t max);
// The same over any texts: keeps the best `max` of those offered.
struct an_nearest {
    struct slice wanted;
    const char *text[5];
    unsigned distance[5];
    size_t count;
};
void an_nearest_offer(struct an_nearest *nearest, const char *text);
// Appends "; the nearest: a, b" with a NUL behind it; only that when there are none.
void an_nearest_list(const struct an_nearest *nearest, struct buf *out);

// --------------------------------------------------------------------- linker maps

// A linker map as an account: every byte of every output section is one contribution's, padding, or
// nobody's. It knows no ELF; tare size joins the two.
struct an_map;

enum an_map_dim {
    AN_MAP_REGION,  // memory region the section runs in
    AN_MAP_SECTION, // output section
    AN_MAP_MODULE,  // a rule of tare.yaml, else the archive, else the directory of the object
    AN_MAP_ARCHIVE,
    AN_MAP_OBJECT, // as the linker names it: "libc.a(printf.o)"
    AN_MAP_MEMBER, // "printf.o"
    AN_MAP_INPUT,  // input section
    AN_MAP_SYMBOL,
    AN_MAP_DIR, // directory of the archive or object
    AN_MAP_DIM_COUNT,
};
const char *an_map_dim_name(enum an_map_dim dim);

struct an_map_options {
    enum an_map_dim dims[AN_MAP_DIM_COUNT]; // the nesting, outermost first
    size_t dim_count;
    struct {
        enum an_map_dim dim;
        const char *glob;
    } filters[AN_FILTERS_MAX]; // what does not match all of these is one row, [filtered out]
    size_t filter_count;
    const char *sort; // a column or "name"; NULL: the first column
    uint64_t keep;    // rows of each level, 0: all
    bool all;         // sections that are not loaded (debug information), too
    bool evidence;    // the lines of the map a row stands on
    // The name a symbol is shown by (may be NULL: as it is); filters try both.
    const char *(*shown)(void *context, const char *name);
    void *shown_context;
};

// The regions a map states, but for those of no length, in which nothing lies.
void an_map_stated(const struct lm_map *map, struct arena *arena, struct cfg_regions *out);
// All must outlive the result; `cfg` may be NULL. `regions`: all that is known, what the map states included.
struct an_map *an_map_new(const struct lm_map *map, const struct cfg *cfg,
                          struct cfg_regions regions);
void an_map_free(struct an_map *map);

// Columns `size` (bytes of sections) and `image` (those in the load image), both additive.
bool an_map_table(struct an_map *map, const struct an_map_options *options, struct arena *arena,
                  struct rep_table *out, struct fault *fault);
// Dropped input: columns `size` and `sections` (how many of them were not empty), both additive.
bool an_map_discarded(struct an_map *map, const struct an_map_options *options, struct arena *arena,
                      struct rep_table *out, struct fault *fault);
// What stands in no region and in no loaded section, as a sentence; NULL when there is nothing.
const char *an_map_note(const struct an_map *map, struct arena *arena);

// Regions, and the sections in each, with the columns of an_regions and `over`: by how much a region of
// a failed link is too small. A section with a load image elsewhere counts in both regions. False
// when there are no regions.
bool an_map_regions(struct an_map *map, struct arena *arena, struct rep_table *out);
// A region that was too small: by how much, and the objects in it, the largest `keep` ones. Gives
// how many tables were written to `out` (at most `max`), one a region.
size_t an_map_overflows(struct an_map *map, const struct an_map_options *options,
                        struct arena *arena, struct rep_table *out, size_t max);

// Why members are there: `name` is a symbol, or a name or glob of members, objects or archives. For
// each object it means, the chain of members and symbols that pulled it in, up to the root. When
// nothing is called so: fault, with the nearest names.
bool an_map_why(struct an_map *map, const char *name, struct arena *arena, struct rep_table *out,
                struct fault *fault);
// Who needs whom, by archive or (`members`) by object: rows of users with rows of what they need
// below. Columns `members` (pulled in) and `symbols` (referred to).
bool an_map_deps(struct an_map *map, bool members, struct arena *arena, struct rep_table *out,
                 struct fault *fault);

// ------------------------------------------------------- a map beside its ELF file

// Why a map is of another build than this linked image, with what both say; NULL when it is of it. The
// text lives in `arena`.
const char *an_map_stale(const struct lm_map *map, struct img *img, struct arena *arena);

// Where the image has the common symbols that gold's map only lists.
void an_map_place_commons(struct lm_map *map, struct img *img);

// How a map and its image agree, over the sections in memory.
struct an_map_check {
    uint64_t sections;
    uint64_t unexplained; // of them: they differ, and no reason is known for all of it
    uint64_t bytes;       // in how many bytes
};
// The table, in `arena`: a row a section with what the map adds up to, what is in memory, and the
// reasons for a difference; what takes no memory is one row. Every column is additive. `ledger` has
// the extents of the image, the only one of its build.
struct an_map_check an_map_check(const struct lm_map *map, const struct img *img,
                                 const struct ledger *ledger, struct arena *arena,
                                 struct rep_table *out);

#endif
