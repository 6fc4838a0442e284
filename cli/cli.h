// SPDX-License-Identifier: MIT
//
// cli: the only code that prints, exits or reads the environment.
//
//   tare.c      main: the verb table, help, exit status
//   options.c   one table of options for all verbs; the parser and the help both walk it
//   build.c     a BUILD argument opened: image, debug information, or a snapshot
//   map.c       the linker map beside it
//   model.c     a BUILD as an interpreter, with its profile
//   run.c       other programs, run to their end
//   output.c    reports to stdout or -o FILE, messages, the progress line
//   cmd_*.c     one file a verb
//
// A verb takes a `struct cmd` and returns an exit status. It reports failure through cmd_fail and
// never prints to stdout itself: cmd_render does.
#ifndef TARE_CLI_H
#define TARE_CLI_H

#include "analyzers/analyzers.h"
#include "base/base.h"
#include "dwarfsize/dwarfsize.h"
#include "image/image.h"
#include "ledger/collect.h"
#include "reports/reports.h"

#define TARE_VERSION "0.1.0"

// Exit status: all well; the answer is no; a wrong request or unreadable input; out of resources.
enum cmd_status { CMD_OK = 0, CMD_NO = 1, CMD_USAGE = 2, CMD_LIMIT = 3 };

enum cmd_verb {
    VERB_SIZE = 1,
    VERB_STRUCT = 2,
    VERB_DIFF = 4,
    VERB_VERIFY = 8,
    VERB_MAP = 16,
    VERB_CHECK = 32,
    VERB_PREDICT = 64,
    VERB_GRAPH = 128,
    VERB_VALIDATE = 256,
    VERB_ALL = 511
};

#define CMD_NOT_GIVEN UINT64_MAX

struct cmd_list {
    const char **items;
    size_t count;
};

// Where the parser puts what the user asked for; the comments of the table in options.c say what
// each means.
struct cmd_options {
    // all verbs
    const char *format_name, *output, *debug, *debug_dir, *config;
    uint64_t jobs;
    bool quiet, verbose, no_color, strict, plain_bytes, help;
    // size, diff
    struct cmd_list dims, filters;
    struct cmd_list what_if; // struct, predict
    const char *sort, *save, *demangle, *of;
    const char *script, *map, *ship; // size, verify, check
    struct cmd_list defines, script_dirs;
    uint64_t keep, min_change;
    bool all, force;
    // struct
    struct cmd_list kinds;
    const char *contains, *points_to;
    uint64_t padding, cacheline;
    bool holes, reorder, expand, flex, first, sizes, inlines, tax;
    const char *profile;   // struct --tax, predict, graph
    const char *mote, *at; // predict
    const char *argument;  // predict, validate
    const char *runner;    // validate
    const char *interpreter;
    uint64_t within;
    bool shapes;
    // map
    const char *dialect, *why, *gc_list, *why_extract;
    bool discarded, deps, regions;
    // graph (and `why`)
    bool unreachable, duplicates, pages, with_code;
    uint64_t page, processes;
    const char *order, *order_form;
    const char *typeids;
    bool features;
    // check
    const char *base;
    bool warn_only;
};

struct cmd_demangler; // demangle.c

struct cmd {
    const struct cmd_verb_row *verb;
    struct cmd_options options;
    const char **args; // what is neither verb nor option
    size_t arg_count;
    size_t build_count; // opened so far
    enum rep_format format;
    struct arena *arena; // lives as long as the run
    struct doubts *doubts;
    struct cmd_demangler *demangler; // after cmd_demangle_parse
    struct fault fault;              // of the first thing that failed
};

struct cmd_verb_row {
    const char *name;
    enum cmd_verb bit;
    int (*run)(struct cmd *cmd);
    const char *arguments; // "BUILD [NAME...]"
    const char *summary;   // one line
    const char *help;      // paragraphs and examples
    size_t args_min, args_max;
};

int cmd_size(struct cmd *cmd);
int cmd_struct(struct cmd *cmd);
int cmd_diff(struct cmd *cmd);
int cmd_map(struct cmd *cmd);
int cmd_check(struct cmd *cmd);
int cmd_predict(struct cmd *cmd);
int cmd_graph(struct cmd *cmd);
int cmd_validate(struct cmd *cmd);
// Stands on libdwarf; a program built without cmd_verify.c has no such verb.
int cmd_verify(struct cmd *cmd) __attribute__((weak));

// ------------------------------------------------------------------------- options

// Parses argv[1..] after the verb; false with cmd->fault. "--" ends the options.
bool cmd_parse(struct cmd *cmd, int argc, char **argv);
// The options a verb takes, as help text.
void cmd_options_help(unsigned verb, struct buf *out);

// -------------------------------------------------------------------------- output

// "tare: ..." on stderr, after clearing the progress line.
void cmd_message(const struct cmd *cmd, const char *format, ...) PRINTF_LIKE(2, 3);
// Sets cmd->fault as FAULT_USAGE; returns CMD_USAGE, so that it can be returned.
int cmd_usage(struct cmd *cmd, const char *format, ...) PRINTF_LIKE(2, 3);
// The status of cmd->fault.
int cmd_fail(const struct cmd *cmd);
// "nothing is called X; the nearest are: A, B". Returns CMD_USAGE.
int cmd_not_found(struct cmd *cmd, const char *what, const char *name, const char *const *nearest,
                  size_t count);
// Renders to stdout or the -o file, which appears only when all went well; fills in verb, version
// and doubts. With --strict a doubt is fatal: then no report is written. Returns the exit status.
int cmd_render(struct cmd *cmd, struct rep_report *report);

// With --strict, whether there are doubts: then cmd->fault says so, and nothing may be written.
bool cmd_refuse_doubts(struct cmd *cmd);
// The first doubts on stderr, one a line: a run that fails may have failed because of them.
void cmd_tell_doubts(const struct cmd *cmd);

// Writes a file beside its place and moves it there.
bool cmd_write_file(struct cmd *cmd, const char *path, struct slice bytes);

// A line on stderr from the second second on, when stderr is a terminal: what is being done, and
// for how long. One at a time.
void cmd_progress(const struct cmd *cmd, const char *what);
void cmd_progress_end(void);

// -------------------------------------------------------------------------- builds

// A BUILD: FILE[,debug=FILE][,map=FILE]...
struct cmd_build {
    const char *path, *debug_path, *map_path, *profile;
    struct img_file *file;   // NULL for a snapshot
    size_t image_count;      // images of the file
    struct img_debug *debug; // by image, after cmd_build_debug
    struct dw **dw;          // by image, after cmd_build_dwarf; NULL where there is none
    struct dw *types_dw;     // of all images, after cmd_build_types
    // after cmd_build_ledger, of a snapshot from the start
    struct ledger *ledger;
    struct lm_map *map; // after cmd_build_map; NULL where there is none
    // of a snapshot
    void *bytes;
    struct slice types; // for dw_types_load
    struct led_snapshot_info info;
};

bool cmd_build_open(struct cmd *cmd, const char *spec, struct cmd_build *out);
void cmd_build_close(struct cmd_build *build);
// Makes one relocatable file of the members of an archive; before anything else is asked of it.
bool cmd_build_join(struct cmd *cmd, struct cmd_build *build);
// Looks for debug information; idempotent.
bool cmd_build_debug(struct cmd *cmd, struct cmd_build *build);
// Opens it; idempotent. Until cmd_build_ledger of an archive, which closes what it has read: ask for it
// again after.
bool cmd_build_dwarf(struct cmd *cmd, struct cmd_build *build);
// Whether any image has debug information with units in it: opens it and reads up to the first that has.
bool cmd_build_units(struct cmd *cmd, struct cmd_build *build, bool *units);
// Opens the linker map, if one is named. One of another build than a file is a fault, with --force a
// doubt. Idempotent.
bool cmd_build_map(struct cmd *cmd, struct cmd_build *build);
// What stands behind the name of a map: whether it agrees with its build.
const char *cmd_map_agrees(struct cmd *cmd, struct an_map_check check);
// Reads what these dimensions (LED_MASK of each) need, and settles them in build->ledger. A snapshot
// has been settled; dimensions it lacks are a fault.
bool cmd_build_ledger(struct cmd *cmd, struct cmd_build *build, unsigned dims);
// Types: read from all images, or all there are in the snapshot.
bool cmd_build_types(struct cmd *cmd, struct cmd_build *build,
                     const struct dw_types_options *wanted, struct dw_types **types);
struct led_snapshot_info cmd_build_info(struct cmd *cmd, const struct cmd_build *build);
// The header of a report about these builds.
void cmd_build_describe(struct cmd *cmd, const struct cmd_build *builds, size_t count,
                        struct rep_report *report);

// An interpreter: a build with its profile, which is the one of BUILD,profile=NAME, else of --profile,
// else the first that recognises it. All NULL before; to be closed also when opening failed.
struct cmd_model {
    struct cmd_build build;
    const char *program; // what was named, when `build` is a library of it; else NULL
    struct dw_types *types;
    const struct cfg_profile *profile;
    struct an_model *model;
    struct an_model *edited; // as --what-if would have it; NULL without, and
    struct fault no_edit;    // when it cannot be
};
// Where the dynamic linker finds a library that a program needs; NULL: nowhere.
const char *cmd_library(struct cmd *cmd, const char *program, const struct img_needed *needed,
                        size_t index);
// A profile by its name or as a file; the first that fits types.
bool cmd_profile_recognise(struct cmd *cmd, const char *path, const struct dw_types *types,
                           const struct cfg_profile **out);
bool cmd_profile_named(struct cmd *cmd, const char *name, const struct cfg_profile **out);
bool cmd_model_open(struct cmd *cmd, const char *spec, struct cmd_model *model);
void cmd_model_close(struct cmd_model *model);
int cmd_tax(struct cmd *cmd); // tare struct --tax

// Several of them, for a report about all. Zeroed before; closed also when opening failed.
struct cmd_models {
    struct cmd_model *items;
    size_t count;
    struct an_model **bound; // the models alone, each followed by its edited one
    size_t bound_count;
};
bool cmd_models_open(struct cmd *cmd, const char *const *specs, size_t count,
                     struct cmd_models *models);
void cmd_models_close(struct cmd_models *models);
int cmd_models_render(struct cmd *cmd, const struct cmd_models *models,
                      const struct rep_part *parts, size_t part_count);

// tare predict, of a trace of allocations.
int cmd_replay(struct cmd *cmd);

// The census of a program: a file, or made by mote when it is a .py. For builds whose ints are objects it
// is made by mote-boxed, where they are too; where that is not to be had, and for all others, by mote.
struct cmd_census {
    struct cfg_censuses *plain, *boxed; // those that were asked for
};
bool cmd_census(struct cmd *cmd, const char *program, bool boxed, struct cmd_census *census,
                const struct cfg_censuses **out);
void cmd_census_free(struct cmd_census *census);
// What to say of a census that counts other ints than the model has; NULL: nothing.
const char *cmd_census_note(struct cmd *cmd, const struct cfg_census *census,
                            const struct cmd_model *m);
// An empty file that ends in "-WHAT", or NULL; to be unlinked.
const char *cmd_temporary(struct cmd *cmd, const char *what);
// The file of a program: the name itself when it has a slash, else what PATH finds; NULL: none is there.
// `binary`: a script only where PATH leads to nothing else.
const char *cmd_program(struct cmd *cmd, const char *name, bool binary);
// Runs a command (NULL behind its words) for a program, to its end. `hint` is said when it cannot be run.
bool cmd_run(struct cmd *cmd, const char *const *words, const char *program, const char *hint);

// ------------------------------------------------------------------------- regions

// The target of tare.yaml whose path or map is this file; what stands at the top when there is none.
const struct cfg_target *cmd_target_of(struct cmd *cmd, const struct cfg *cfg, const char *path);
// A path of tare.yaml, seen from the working directory. NULL stays NULL.
const char *cmd_beside_config(struct cmd *cmd, const struct cfg *cfg, const char *path);
// The regions of a build: those of its linker script (--script, else the target's), else those of its
// linker map, completed by tare.yaml.
bool cmd_regions(struct cmd *cmd, const struct cfg *cfg, const struct cfg_target *target,
                 struct cmd_build *build, struct cfg_regions *out);
// The same of a map without its build.
bool cmd_map_regions(struct cmd *cmd, const struct cfg *cfg, const struct lm_map *map,
                     struct cfg_regions *out);
// The file that ships a build (--ship, else the target's; NULL: none), against its load image. What
// is said of it, behind its name, is in `text`, the ranges that differ (the first `keep`) in `ranges`.
const char *cmd_ship_path(struct cmd *cmd, const struct cfg *cfg, const struct cfg_target *target);
bool cmd_shipped(struct cmd *cmd, struct cmd_build *build, const char *path, uint64_t keep,
                 struct an_shipped *shipped, const char **text, struct rep_table *ranges);

// ----------------------------------------------------------------------- demangling

// Reads --demangle; before cmd_shown.
bool cmd_demangle_parse(struct cmd *cmd);
// The name a symbol is shown by: `name` itself, or a text that lives as long as the run of `cmd`, which
// analyzers hand on as the context. Handles owner sets ("a = b"). Not thread-safe.
const char *cmd_shown(void *cmd, const char *name);
void cmd_demangler_free(struct cmd_demangler *demangler);

// ---------------------------------------------------------------- dividing by owner

// A set of dimensions, as -d and -f name them.
struct cmd_dimensions {
    const char *(*name)(unsigned dim);
    unsigned count;
    const char *of; // behind a name that is none: "" or " in a map"
};
struct cmd_filter {
    unsigned dim;
    const char *glob;
};

// What -d asks for, outermost first, none twice: at most as many as there are.
bool cmd_parse_dims(struct cmd *cmd, const struct cmd_dimensions *all, unsigned *dims,
                    size_t *count);
// What -f asks for: "GLOB", of the dimension `first`, or "DIM=GLOB". At most AN_FILTERS_MAX.
bool cmd_parse_filters(struct cmd *cmd, const struct cmd_dimensions *all, unsigned first,
                       struct cmd_filter *filters, size_t *count);

// What size and diff share: the dimensions and filters asked for, tare.yaml, how names are shown.
struct cmd_division {
    struct an_footprint_options options;
    struct cfg *cfg;
    const char *note; // why the dimensions are what they are, or NULL
    bool by_default;  // nobody asked for modules
};

#define CMD_CONFIG    "tare.yaml" // in the working directory
#define CMD_KEEP_ROWS 20          // of each level, without -n

// The file named on the command line must load; ./tare.yaml only when it is there, NULL otherwise.
bool cmd_load_config(struct cmd *cmd, struct cfg **cfg);
bool cmd_division_open(struct cmd *cmd, struct cmd_division *division);
void cmd_division_close(struct cmd_division *division);
// When no -d was given: modules when all builds have debug information, else section and symbol.
bool cmd_division_default(struct cmd *cmd, struct cmd_division *division, struct cmd_build *builds,
                          size_t count);
unsigned cmd_division_needs(const struct cmd_division *division);
// The ledgers of the builds, by what is divided by and `also` (LED_MASK of each), and their modules.
// Modules that nobody asked for and that tell nothing apart in any of the builds become units; where in
// one of them units tell nothing, sections and symbols.
bool cmd_division_ledgers(struct cmd *cmd, struct cmd_division *division, struct cmd_build *builds,
                          struct an_modules **modules, size_t count, unsigned also);

#endif
