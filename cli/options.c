// SPDX-License-Identifier: MIT
//
// The options of all verbs: one table, which the parser and the help both walk. To add an option is
// to add a field to struct cmd_options and a row here.

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

// LIST: split at commas; ITEMS: one a time, since names of C++ have commas of their own.
enum option_kind { FLAG, TEXT, NUMBER, BYTES, LIST, ITEMS };

struct option_row {
    const char *name;
    char letter; // 0: none
    enum option_kind kind;
    const char *argument; // its name in the help; NULL for flags
    size_t field;         // where in struct cmd_options
    unsigned verbs;
    const char *help;
};

#define AT(field) offsetof(struct cmd_options, field)

static const struct option_row option_rows[] = {
    {"dimension", 'd', LIST, "DIM[,DIM]", AT(dims), VERB_SIZE | VERB_DIFF,
     "divide by these, nested: module dir unit source symbol section segment kind inlines; with a "
     "linker map also archive object member"},
    {"dimension", 'd', LIST, "DIM[,DIM]", AT(dims), VERB_MAP,
     "divide by these, nested: region section module archive object member input symbol dir"},
    {"dimension", 'd', LIST, "DIM", AT(dims), VERB_GRAPH, "rows are: module, type or object"},
    {"top", 'n', NUMBER, "N", AT(keep),
     VERB_SIZE | VERB_DIFF | VERB_STRUCT | VERB_MAP | VERB_PREDICT | VERB_GRAPH,
     "the N largest rows of each level, the rest as one row (0: all)"},
    {"top", 'n', NUMBER, "N", AT(keep), VERB_VERIFY, "tell the first N differences (0: all)"},
    {"sort", 's', TEXT, "KEY", AT(sort), VERB_SIZE,
     "file, vm, rom, ram or name (default: the larger of file and vm)"},
    {"sort", 's', TEXT, "KEY", AT(sort), VERB_STRUCT,
     "declared, name, size, holes, padding, members or saving"},
    {"sort", 's', TEXT, "KEY", AT(sort), VERB_MAP, "a column or name (default: the first column)"},
    {"sort", 's', TEXT, "KEY", AT(sort), VERB_GRAPH, "a column or name (default: retained)"},
    {"filter", 'f', ITEMS, "[DIM=]GLOB", AT(filters), VERB_SIZE | VERB_MAP | VERB_GRAPH,
     "only owners that match (of the first dimension), all of several; the rest is one row"},
    {"save", 0, TEXT, "FILE", AT(save), VERB_SIZE,
     "also write a snapshot, which stands wherever a BUILD may stand"},
    {"script", 0, TEXT, "FILE", AT(script), VERB_SIZE | VERB_MAP | VERB_CHECK,
     "the linker script, whose MEMORY block says what regions there are"},
    {"map", 0, TEXT, "FILE", AT(map), VERB_SIZE | VERB_VERIFY,
     "the linker map: archives and objects, and regions when no script says any"},
    {"force", 0, FLAG, NULL, AT(force), VERB_SIZE | VERB_DIFF | VERB_VERIFY | VERB_CHECK,
     "take a linker map that is of another build"},
    {"script-dir", 0, ITEMS, "DIR", AT(script_dirs), VERB_SIZE | VERB_MAP | VERB_CHECK,
     "where the script looks for what it includes, as -L of the linker"},
    {"ship", 0, TEXT, "FILE", AT(ship), VERB_SIZE | VERB_VERIFY,
     "what goes onto the target (.bin, .hex, .srec, .uf2, an ESP image), to be compared with the "
     "load image"},
    {"defsym", 0, ITEMS, "NAME=VALUE", AT(defines), VERB_SIZE | VERB_MAP | VERB_CHECK,
     "a symbol the script needs, as given to the linker"},
    {"inlines", 0, FLAG, NULL, AT(inlines), VERB_SIZE,
     "below these, the chain of inlined calls, as -d ...,inlines"},
    {"demangle", 0, TEXT, "HOW", AT(demangle), VERB_SIZE | VERB_DIFF | VERB_MAP | VERB_GRAPH,
     "C++ and Rust names: short (no parameters), full or none"},

    {"kind", 'k', LIST, "KIND[,KIND]", AT(kinds), VERB_STRUCT,
     "struct, class, union, enum, typedef (default: all but enum and typedef)"},
    {"expand", 'E', FLAG, NULL, AT(expand), VERB_STRUCT, "show the members of embedded types"},
    {"holes", 'H', FLAG, NULL, AT(holes), VERB_STRUCT, "types with holes, most bytes first"},
    {"padding", 0, BYTES, "N", AT(padding), VERB_STRUCT,
     "types with at least N bytes in holes and at the tail, most first"},
    {"reorder", 'R', FLAG, NULL, AT(reorder), VERB_STRUCT,
     "a better order of the members: the saving and the steps"},
    {"contains", 0, TEXT, "TYPE", AT(contains), VERB_STRUCT,
     "types that hold TYPE by value, at any depth"},
    {"points-to", 0, TEXT, "TYPE", AT(points_to), VERB_STRUCT, "members that point to TYPE"},
    {"flex", 0, FLAG, NULL, AT(flex), VERB_STRUCT, "audit of flexible array members"},
    {"sizes", 0, FLAG, NULL, AT(sizes), VERB_STRUCT, "a table: one row a type"},
    {"tax", 0, FLAG, NULL, AT(tax), VERB_STRUCT,
     "what objects cost before they hold anything; all arguments are BUILDs of interpreters"},
    {"filter", 'f', ITEMS, "GLOB", AT(filters), VERB_STRUCT, "with --tax: only types that match"},
    {"what-if", 0, ITEMS, "EDIT", AT(what_if), VERB_STRUCT | VERB_PREDICT,
     "as if 'TYPE.member: remove', ': TYPE', ': BYTES', ': first', ': after MEMBER', ': add TYPE', "
     "or 'TYPE: BYTES'; several in order"},
    {"at", 0, TEXT, "LABEL", AT(at), VERB_PREDICT,
     "the census of this label: mote.census(LABEL) (default: the last, when the program ends)"},
    {"argument", 'a', TEXT, "TEXT", AT(argument), VERB_PREDICT | VERB_VALIDATE,
     "an argument of PROGRAM, such as a number of elements"},
    {"interpreter", 0, TEXT, "PROGRAM", AT(interpreter), VERB_VALIDATE,
     "what runs the programs when BUILD is a library that it uses, such as libpython3.11.so"},
    {"runner", 0, TEXT, "PROGRAM", AT(runner), VERB_VALIDATE,
     "what runs BUILD where the machine cannot: qemu-i386, qemu-arm ..."},
    {"within", 0, NUMBER, "N", AT(within), VERB_VALIDATE,
     "hundredths of a percent that may differ (default: 0)"},
    {"shapes", 0, FLAG, NULL, AT(shapes), VERB_PREDICT,
     "a row for each shape: ints by bits, strings by length, lists by length and capacity ..."},
    {"mote", 0, TEXT, "FILE", AT(mote), VERB_PREDICT | VERB_VALIDATE,
     "the mote that runs PROGRAM to count its objects (default: mote); for builds whose ints are "
     "objects, FILE-boxed beside it"},
    {"profile", 0, TEXT, "NAME", AT(profile), VERB_PREDICT | VERB_VALIDATE,
     "the profile of all builds, by name or as a file (default: told by their types)"},
    {"profile", 0, TEXT, "NAME", AT(profile), VERB_STRUCT,
     "with --tax: the interpreter's profile, by name or as a file (default: told by its types)"},
    {"first", '1', FLAG, NULL, AT(first), VERB_STRUCT,
     "stop at the first definition of each name (faster)"},
    {"cacheline", 0, BYTES, "N", AT(cacheline), VERB_STRUCT,
     "mark boundaries of N bytes (default 64 on 64-bit machines, 0: none)"},

    {"of", 0, TEXT, "WHAT", AT(of), VERB_DIFF, "size (default) or struct"},
    {"min-change", 0, BYTES, "N", AT(min_change), VERB_DIFF,
     "fold rows that changed by fewer bytes into one"},
    {"all", 'a', FLAG, NULL, AT(all), VERB_DIFF, "rows that did not change, too"},

    {"regions", 0, FLAG, NULL, AT(regions), VERB_MAP, "memory regions and the sections in them"},
    {"discarded", 0, FLAG, NULL, AT(discarded), VERB_MAP, "input that was dropped"},
    {"why", 0, TEXT, "NAME", AT(why), VERB_MAP,
     "who pulled it in: a symbol, or a name or glob of members, objects, archives"},
    {"why", 0, TEXT, "OBJECT", AT(why), VERB_GRAPH,
     "who keeps it: the shortest ways to the objects of this name or glob"},
    {"unreachable", 0, FLAG, NULL, AT(unreachable), VERB_GRAPH,
     "only objects that nothing kept leads to"},
    {"pages", 0, FLAG, NULL, AT(pages), VERB_GRAPH,
     "on how many pages each module's data and code lie, on how few they could, and which are "
     "written at load"},
    {"page", 0, BYTES, "N", AT(page), VERB_GRAPH,
     "bytes of a page (default 4096), or of a line of a flash cache"},
    {"processes", 0, NUMBER, "N", AT(processes), VERB_GRAPH,
     "with --pages: what N processes take, clean pages once and dirty ones N times"},
    {"order", 0, TEXT, "FILE", AT(order), VERB_GRAPH,
     "write an order for the linker that packs what each module needs"},
    {"order-form", 0, TEXT, "LINKER", AT(order_form), VERB_GRAPH,
     "who reads it: lld (default), gold or ld"},
    {"with-code", 0, FLAG, NULL, AT(with_code), VERB_GRAPH,
     "functions count as well, and are kept by what refers to them"},
    {"features", 0, FLAG, NULL, AT(features), VERB_GRAPH,
     "what leaves with each module that the interpreter registers, as its profile knows"},
    {"typeids", 0, TEXT, "FILE", AT(typeids), VERB_GRAPH,
     "ids and names of the types of a program translated from RPython, such as PyPy"},
    {"profile", 0, TEXT, "NAME", AT(profile), VERB_GRAPH,
     "the profile of the build, by name or as a file (default: told by its types; with --typeids: "
     "rpython)"},
    {"duplicates", 0, FLAG, NULL, AT(duplicates), VERB_GRAPH, "objects of equal content"},
    {"deps", 0, FLAG, NULL, AT(deps), VERB_MAP,
     "which archive needs which (-d object: objects; --format dot: a graph)"},
    {"all", 'a', FLAG, NULL, AT(all), VERB_MAP, "sections that are not loaded, too"},
    {"dialect", 0, TEXT, "NAME", AT(dialect), VERB_MAP,
     "read it as the map of this linker (default: by its contents)"},
    {"gc-list", 0, TEXT, "FILE", AT(gc_list), VERB_MAP,
     "what the linker's --print-gc-sections said, for maps without"},
    {"why-extract", 0, TEXT, "FILE", AT(why_extract), VERB_MAP, "what lld wrote for --why-extract"},

    {"format", 0, TEXT, "FORMAT", AT(format_name), VERB_ALL,
     "text, json, csv or markdown; check has junit, sarif and github as well, graph html"},
    {"output", 'o', TEXT, "FILE", AT(output), VERB_ALL, "write the report there, on success only"},
    {"bytes", 0, FLAG, NULL, AT(plain_bytes), VERB_ALL, "plain bytes instead of KiB in text"},
    {"debug", 0, TEXT, "FILE", AT(debug), VERB_ALL, "the separate debug file; it must match"},
    {"debug-dir", 0, TEXT, "DIR", AT(debug_dir), VERB_ALL,
     "where debug files lie by build id (default /usr/lib/debug)"},
    {"config", 0, TEXT, "FILE", AT(config),
     VERB_SIZE | VERB_DIFF | VERB_MAP | VERB_CHECK | VERB_GRAPH, "instead of ./tare.yaml"},
    {"base", 0, TEXT, "FILE", AT(base), VERB_CHECK,
     "the build or snapshot that growth is measured against"},
    {"warn-only", 0, FLAG, NULL, AT(warn_only), VERB_CHECK,
     "exit status 0 also when a budget is broken"},
    {"jobs", 'j', NUMBER, "N", AT(jobs), VERB_ALL, "threads (default: one per core)"},
    {"strict", 0, FLAG, NULL, AT(strict), VERB_ALL, "damaged or missing input ends the run"},
    {"quiet", 'q', FLAG, NULL, AT(quiet), VERB_ALL, "no progress and no remarks on stderr"},
    {"verbose", 'v', FLAG, NULL, AT(verbose), VERB_ALL,
     "the evidence of each row, long names whole, all doubts"},
    {"no-color", 0, FLAG, NULL, AT(no_color), VERB_ALL, "no colour, as with NO_COLOR set"},
    {"help", 'h', FLAG, NULL, AT(help), VERB_ALL, "what the verb does, and its options"},
};

// -------------------------------------------------------------------------- values

static void add_item(struct cmd *cmd, struct cmd_list *list, struct slice text)
{
    const char **items = ARENA_ARRAY(cmd->arena, list->count + 1, const char *);
    if (list->count != 0)
        memcpy(items, list->items, list->count * sizeof *items);
    items[list->count++] = arena_text(cmd->arena, text);
    list->items = items;
}

static void add_parts(struct cmd *cmd, struct cmd_list *list, const char *text)
{
    while (*text != '\0') {
        size_t size = strcspn(text, ",");
        if (size != 0)
            add_item(cmd, list, slice_of(text, size));
        text += size + (text[size] == ',');
    }
}

// Decimal or 0x; for bytes also with K, M or G (of 1024), KiB and so on.
static bool parse_number(const char *text, bool bytes, uint64_t *value)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    unsigned long long number = strtoull(text, &end, hex ? 16 : 10);
    *value = number;
    if (bytes && *end != '\0') {
        const char *units = "KMG", *unit = strchr(units, *end & ~0x20);
        if (unit == NULL || *unit == '\0')
            return false;
        end++;
        if (strcmp(end, "iB") == 0 || strcmp(end, "B") == 0)
            end = strchr(end, '\0');
        if (!mul_u64(*value, UINT64_C(1) << (10 * (unit - units + 1)), value))
            return false;
    }
    return *end == '\0' && *value != CMD_NOT_GIVEN;
}

static bool store(struct cmd *cmd, const struct option_row *row, const char *value)
{
    void *field = (char *)&cmd->options + row->field;
    if (row->kind != FLAG && value[0] == '\0') {
        cmd_usage(cmd, "--%s needs its %s, not an empty text", row->name, row->argument);
        return false;
    }
    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return true;
    case TEXT:
        *(const char **)field = value;
        return true;
    case LIST:
        add_parts(cmd, field, value);
        return true;
    case ITEMS:
        add_item(cmd, field, slice_text(value));
        return true;
    case NUMBER:
    case BYTES:
        if (parse_number(value, row->kind == BYTES, field))
            return true;
        cmd_usage(cmd, "--%s takes a number%s, not '%s'", row->name,
                  row->kind == BYTES ? " of bytes (400, 2K, 1M)" : "", value);
        return false;
    }
    return false;
}

// ------------------------------------------------------------------------- parsing

static const struct option_row *find_long(unsigned verb, struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(option_rows); i++)
        if (option_rows[i].verbs & verb && slice_is(name, option_rows[i].name))
            return &option_rows[i];
    return NULL;
}

static const struct option_row *find_short(unsigned verb, char letter)
{
    for (size_t i = 0; i < COUNT_OF(option_rows); i++)
        if (option_rows[i].verbs & verb && option_rows[i].letter == letter)
            return &option_rows[i];
    return NULL;
}

static bool unknown(struct cmd *cmd, const char *option, struct slice name)
{
    struct an_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < COUNT_OF(option_rows); i++)
        if (option_rows[i].verbs & (unsigned)cmd->verb->bit)
            an_nearest_offer(&nearest, option_rows[i].name);
    if (nearest.count != 0)
        cmd_usage(cmd, "%s has no option %s; did you mean --%s?", cmd->verb->name, option,
                  nearest.text[0]);
    else
        cmd_usage(cmd, "%s has no option %s; see tare help %s", cmd->verb->name, option,
                  cmd->verb->name);
    return false;
}

// "--name", "--name=value", "--name value".
static bool parse_long(struct cmd *cmd, char **argv, int argc, int *at)
{
    const char *text = argv[*at] + 2;
    size_t size = strcspn(text, "=");
    struct slice name = slice_of(text, size);
    const struct option_row *row = find_long((unsigned)cmd->verb->bit, name);
    if (row == NULL)
        return unknown(cmd, argv[*at], name);
    bool inside = text[size] == '=';
    if (row->kind == FLAG && inside) {
        cmd_usage(cmd, "--%s takes no value", row->name);
        return false;
    }
    if (row->kind == FLAG || inside)
        return store(cmd, row, text + size + inside);
    if (*at + 1 >= argc) {
        cmd_usage(cmd, "--%s needs its %s", row->name, row->argument);
        return false;
    }
    return store(cmd, row, argv[++*at]);
}

// "-q", "-qv", "-n20", "-n 20".
static bool parse_short(struct cmd *cmd, char **argv, int argc, int *at)
{
    for (const char *text = argv[*at] + 1; *text != '\0'; text++) {
        const struct option_row *row = find_short((unsigned)cmd->verb->bit, *text);
        if (row == NULL)
            return unknown(cmd, argv[*at], slice_of(text, 1));
        if (row->kind == FLAG) {
            store(cmd, row, NULL);
            continue;
        }
        if (text[1] != '\0')
            return store(cmd, row, text + 1);
        if (*at + 1 >= argc) {
            cmd_usage(cmd, "-%c needs its %s", row->letter, row->argument);
            return false;
        }
        return store(cmd, row, argv[++*at]);
    }
    return true;
}

static void set_defaults(struct cmd_options *options)
{
    options->keep = options->padding = options->cacheline = CMD_NOT_GIVEN;
    options->min_change = options->page = CMD_NOT_GIVEN;
    options->within = CMD_NOT_GIVEN;
}

bool cmd_parse(struct cmd *cmd, int argc, char **argv)
{
    bool ended = false;
    set_defaults(&cmd->options);
    cmd->args = ARENA_ARRAY(cmd->arena, (size_t)argc, const char *);
    for (int at = 2; at < argc; at++) {
        const char *text = argv[at];
        bool option = !ended && text[0] == '-' && text[1] != '\0';
        if (!option)
            cmd->args[cmd->arg_count++] = text;
        else if (strcmp(text, "--") == 0)
            ended = true;
        else if (!(text[1] == '-' ? parse_long : parse_short)(cmd, argv, argc, &at))
            return false;
    }
    const char *format = cmd->options.format_name;
    if (format != NULL && !rep_format_parse(format, &cmd->format)) {
        cmd_usage(cmd, "there is no format '%s'; there are text, json, csv and markdown", format);
        return false;
    }
    if (rep_format_of_findings(cmd->format) && cmd->verb->bit != VERB_CHECK) {
        cmd_usage(cmd, "--format %s is for findings: tare check", format);
        return false;
    }
    if (cmd->format == REP_FORMAT_HTML && cmd->verb->bit != VERB_GRAPH) {
        cmd_usage(cmd, "--format html is a page to walk through a graph: tare graph");
        return false;
    }
    if (cmd->format == REP_FORMAT_DOT && !cmd->options.deps) {
        cmd_usage(cmd, "--format dot draws dependencies: tare map --deps");
        return false;
    }
    return true;
}

// ---------------------------------------------------------------------------- help

static void help_row(const struct option_row *row, struct buf *out)
{
    char left[64];
    char letter[6] = "    ";
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    buf_printf(out, "  %-28s %s\n", left, row->help);
}

void cmd_options_help(unsigned verb, struct buf *out)
{
    for (int common = 0; common < 2; common++) {
        size_t before = out->size;
        for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
            const struct option_row *row = &option_rows[i];
            if (row->verbs & verb && (row->verbs == (unsigned)VERB_ALL) == (common == 1))
                help_row(row, out);
        }
        if (common == 0 && out->size != before)
            buf_char(out, '\n');
    }
}
