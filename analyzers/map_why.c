// SPDX-License-Identifier: MIT
//
// Why members are there, and who needs whom. A linker lists for each member it took out of an archive
// the first file that asked for one of its symbols:
//
//   libc.a(vfprintf.o)   <- libc.a(printf.o)  (vfprintf)
//   libc.a(printf.o)     <- main.o            (printf)       main.o was named on the command line
//
// so the chain of a member is a path up a tree. A map without that list but with cross references (that
// of armlink) gives the same tree: the shortest way from objects that are no members.

#include <inttypes.h>

#include "analyzers/map_private.h"

struct step {
    uint32_t by; // file, LM_NO: the command line
    struct slice symbol;
};

struct tree {
    const struct lm_map *map;
    struct step *up; // by file
    uint8_t *known;  // by file: it has a step
    bool guessed;    // from cross references
};

// ---------------------------------------------------------------------------- tree

static void tree_from_reasons(struct tree *tree)
{
    for (size_t i = 0; i < tree->map->reasons.count; i++) {
        const struct lm_reason *reason = &tree->map->reasons.items[i];
        if (reason->file == LM_NO || tree->known[reason->file])
            continue;
        tree->up[reason->file] = (struct step){reason->by, reason->symbol};
        tree->known[reason->file] = 1;
    }
}

// References by user: those of file i are order[first[i]] up to order[first[i + 1]].
static void sort_references(const struct lm_map *map, uint32_t *first, uint32_t *order)
{
    for (size_t i = 0; i < map->references.count; i++)
        if (map->references.items[i].user != LM_NO)
            first[map->references.items[i].user + 1]++;
    for (size_t i = 1; i < map->files.count + 1; i++)
        first[i] += first[i - 1];
    uint32_t *place = mem_alloc((map->files.count + 1) * sizeof *place);
    memcpy(place, first, (map->files.count + 1) * sizeof *place);
    for (uint32_t i = 0; i < map->references.count; i++)
        if (map->references.items[i].user != LM_NO)
            order[place[map->references.items[i].user]++] = i;
    free(place);
}

static void tree_from_references(struct tree *tree)
{
    const struct lm_map *map = tree->map;
    uint32_t *first = mem_zalloc(map->files.count + 2, sizeof *first);
    uint32_t *order = mem_zalloc(map->references.count + 1, sizeof *order);
    VEC(uint32_t) queue = {0};
    sort_references(map, first, order);
    for (uint32_t i = 0; i < map->files.count; i++)
        if (map->files.items[i].archive.size == 0)
            vec_push(&queue, i);
    for (size_t at = 0; at < queue.count; at++) {
        uint32_t user = queue.items[at];
        for (uint32_t i = first[user]; i < first[user + 1]; i++) {
            const struct lm_reference *reference = &map->references.items[order[i]];
            uint32_t file = reference->definer;
            if (file == LM_NO || tree->known[file] || map->files.items[file].archive.size == 0)
                continue;
            tree->up[file] = (struct step){user, reference->symbol};
            tree->known[file] = 1;
            vec_push(&queue, file);
        }
    }
    vec_free(&queue);
    free(order);
    free(first);
}

static void tree_open(struct tree *tree, const struct lm_map *map)
{
    *tree = (struct tree){.map = map, .guessed = map->reasons.count == 0};
    tree->up = mem_zalloc(map->files.count + 1, sizeof *tree->up);
    tree->known = mem_zalloc(map->files.count + 1, sizeof *tree->known);
    if (tree->guessed)
        tree_from_references(tree);
    else
        tree_from_reasons(tree);
}

static void tree_free(struct tree *tree)
{
    free(tree->up);
    free(tree->known);
}

// ------------------------------------------------------------------ what is meant

// C++ symbols are asked for without their parameters, versioned ones without the version.
static bool symbol_matches(const char *wanted, struct slice symbol)
{
    size_t size = 0;
    while (size < symbol.size && symbol.data[size] != '(' && symbol.data[size] != '@')
        size++;
    return glob_names(wanted, symbol) ||
           (size != 0 && size < symbol.size && slice_is(slice_of(symbol.data, size), wanted));
}

static bool file_matches(const char *wanted, const struct lm_file *file)
{
    return glob_names(wanted, file->path) || glob_names(wanted, file->member) ||
           glob_names(wanted, lm_base_name(file->path)) ||
           (file->archive.size != 0 &&
            (slice_is(file->archive, wanted) || slice_is(lm_base_name(file->archive), wanted)));
}

static bool set(uint8_t *mark)
{
    *mark = 1;
    return true;
}

// Marks the files that define a symbol of this name.
static bool mark_definers(struct an_map *analyzed, const char *name, uint8_t *marks)
{
    bool found = false;
    const struct lm_map *map = analyzed->map;
    an__map_place_symbols(analyzed);
    for (size_t c = 0; c < map->contributions.count; c++) {
        uint32_t file = map->contributions.items[c].file;
        for (uint32_t i = analyzed->first_symbol[c]; i < analyzed->first_symbol[c + 1]; i++) {
            const struct lm_symbol *symbol = &map->symbols.items[analyzed->symbols[i].value];
            if (file != LM_NO && symbol_matches(name, symbol->name))
                found |= set(&marks[file]);
        }
    }
    return found;
}

// Marks files of this name. What was placed or dropped: lists of armlink name members without their library,
// and are told apart later.
static bool mark_named(const struct lm_map *map, const char *name, uint8_t *marks)
{
    bool found = false;
    for (size_t i = 0; i < map->contributions.count + map->discarded.count; i++) {
        size_t at = i < map->contributions.count ? i : i - map->contributions.count;
        uint32_t file = i < map->contributions.count ? map->contributions.items[at].file
                                                     : map->discarded.items[at].file;
        if (file != LM_NO && !marks[file] && file_matches(name, &map->files.items[file]))
            found |= set(&marks[file]);
    }
    return found;
}

// Marks the files that `name` means: by their own names, or by a symbol they define.
static bool mark(struct an_map *analyzed, const char *name, uint8_t *marks)
{
    const struct lm_map *map = analyzed->map;
    bool found = mark_definers(analyzed, name, marks);
    found |= mark_named(map, name, marks);
    for (size_t i = 0; i < map->reasons.count; i++)
        if (map->reasons.items[i].file != LM_NO &&
            (symbol_matches(name, map->reasons.items[i].symbol) ||
             file_matches(name, &map->files.items[map->reasons.items[i].file])))
            found |= set(&marks[map->reasons.items[i].file]);
    for (size_t i = 0; i < map->references.count; i++)
        if (map->references.items[i].definer != LM_NO &&
            symbol_matches(name, map->references.items[i].symbol))
            found |= set(&marks[map->references.items[i].definer]);
    return found;
}

static const char *text_of(struct an_map *map, struct slice text)
{
    return names_text(map->names, names_intern(map->names, text));
}

static bool not_found(struct an_map *map, const char *name, struct fault *fault)
{
    const struct lm_map *lm = map->map;
    struct an_nearest nearest = {.wanted = slice_text(name)};
    for (size_t i = 0; i < lm->files.count; i++) {
        an_nearest_offer(&nearest, text_of(map, lm->files.items[i].member));
        if (lm->files.items[i].archive.size != 0)
            an_nearest_offer(&nearest, text_of(map, lm_base_name(lm->files.items[i].archive)));
    }
    for (size_t i = 0; i < lm->symbols.count; i++)
        an_nearest_offer(&nearest, text_of(map, lm->symbols.items[i].name));
    struct buf list = {0};
    an_nearest_list(&nearest, &list);
    fault_set(fault, FAULT_USAGE, lm->name, NULL, NO_OFFSET,
              "no symbol, member or object is called '%s'%s", name, list.data);
    buf_free(&list);
    return false;
}

// --------------------------------------------------------------------------- chains

enum { SYMBOL, BY, WHY_COLUMNS };

static struct rep_row why_row(struct arena *arena, const char *name, const char *symbol,
                              const char *by)
{
    struct rep_row row = {.name = name,
                          .dimension = "object",
                          .values = ARENA_ARRAY(arena, WHY_COLUMNS, union rep_value),
                          .faint = name[0] == '['};
    row.values[SYMBOL].text = symbol;
    row.values[BY].text = by;
    return row;
}

#define COMMAND_LINE "[command line]"

static const char *file_text(struct an_map *map, uint32_t file)
{
    return file == LM_NO ? COMMAND_LINE : text_of(map, map->map->files.items[file].path);
}

// One step: the member, the symbol it was taken for, and who asked.
static struct rep_row step_row(struct an_map *map, const struct tree *tree, struct arena *arena,
                               uint32_t file)
{
    const struct step *step = &tree->up[file];
    if (!tree->known[file]) {
        bool member = map->map->files.items[file].archive.size != 0;
        return why_row(arena, file_text(map, file), NULL, member ? NULL : COMMAND_LINE);
    }
    const char *symbol = step->symbol.size != 0 ? text_of(map, step->symbol) : NULL;
    return why_row(arena, file_text(map, file), symbol, file_text(map, step->by));
}

// The steps up from a file as rows below it, the last one who was not asked for by anybody. `seen`
// holds the number of the chain, so that a circle, which no linker writes, ends.
static void chain(struct an_map *map, const struct tree *tree, struct arena *arena, uint32_t file,
                  uint32_t *seen, uint32_t number, struct rep_row *out)
{
    VEC(struct rep_row) steps = {0};
    *out = step_row(map, tree, arena, file);
    seen[file] = number;
    while (tree->known[file] && tree->up[file].by != LM_NO && seen[tree->up[file].by] != number) {
        file = tree->up[file].by;
        seen[file] = number;
        vec_push(&steps, step_row(map, tree, arena, file));
    }
    if (tree->known[file] && tree->up[file].by == LM_NO)
        vec_push(&steps, why_row(arena, COMMAND_LINE, NULL, NULL));
    out->rows = arena_copy(arena, steps.items, steps.count * sizeof *steps.items);
    out->row_count = steps.count;
    vec_free(&steps);
}

#define CHAIN_ROWS ((size_t)1 << 20) // rows in all, for hostile maps

bool an_map_why(struct an_map *map, const char *name, struct arena *arena, struct rep_table *out,
                struct fault *fault)
{
    static const struct rep_column columns[WHY_COLUMNS] = {
        [SYMBOL] = {"symbol", "FOR", REP_TEXT, false, false},
        [BY] = {"by", "ASKED BY", REP_TEXT, false, false}};
    const struct lm_map *lm = map->map;
    if (lm->reasons.count == 0 && lm->references.count == 0 && !lm->lists_reasons)
        return fault_set(fault, FAULT_USAGE, lm->name, NULL, NO_OFFSET,
                         "this map does not tell why members are there%s",
                         lm->dialect->tells_apart
                             ? " (--why-extract reads what lld's --why-extract wrote)"
                             : "");
    uint8_t *marks = mem_zalloc(lm->files.count + 1, 1);
    if (!mark(map, name, marks)) {
        free(marks);
        return not_found(map, name, fault);
    }
    struct tree tree;
    tree_open(&tree, lm);
    uint32_t *seen = mem_zalloc(lm->files.count + 1, sizeof *seen), number = 0;
    VEC(struct rep_row) rows = {0};
    size_t total = 0;
    for (uint32_t i = 0; i < lm->files.count && total < CHAIN_ROWS; i++) {
        if (!marks[i])
            continue;
        struct rep_row row;
        chain(map, &tree, arena, i, seen, ++number, &row);
        vec_push(&rows, row);
        total += 1 + row.row_count;
    }
    *out = (struct rep_table){.name = "why",
                              .names = "OBJECT",
                              .columns = columns,
                              .column_count = WHY_COLUMNS,
                              .hidden_columns_mask = 1u << BY}; // the next row says it
    out->total.values = ARENA_ARRAY(arena, WHY_COLUMNS, union rep_value);
    out->total.rows = arena_copy(arena, rows.items, rows.count * sizeof *rows.items);
    out->total.row_count = rows.count;
    vec_free(&rows);
    free(seen);
    tree_free(&tree);
    free(marks);
    return true;
}

// --------------------------------------------------------------------- dependencies

// Objects that are no members are one user, as archives are.
static name_id user_name(struct an_map *map, uint32_t file, bool members)
{
    if (file == LM_NO)
        return names_intern_text(map->names, "[command line]");
    if (members)
        return an__map_file_name(map, AN_MAP_OBJECT, file);
    if (map->map->files.items[file].archive.size == 0)
        return names_intern_text(map->names, "[objects]");
    return an__map_file_name(map, AN_MAP_ARCHIVE, file);
}

static void add_edge(struct an_map *map, struct an__tally *tally, uint32_t user, uint32_t definer,
                     bool members, uint64_t pulled, uint64_t symbols)
{
    name_id path[2] = {user_name(map, user, members), user_name(map, definer, members)};
    if (path[0] != path[1])
        an__tally_add(tally, path, 2, (uint64_t[]){pulled, symbols}, 0);
}

bool an_map_deps(struct an_map *map, bool members, struct arena *arena, struct rep_table *out,
                 struct fault *fault)
{
    static const struct rep_column columns[] = {{"members", "MEMBERS", REP_COUNT, true, false},
                                                {"symbols", "SYMBOLS", REP_COUNT, true, false}};
    static const char *const dimensions[2][2] = {{"archive", "archive"}, {"object", "object"}};
    const struct lm_map *lm = map->map;
    if (lm->reasons.count == 0 && lm->references.count == 0 && !lm->lists_reasons)
        return fault_set(fault, FAULT_USAGE, lm->name, NULL, NO_OFFSET,
                         "this map tells neither why members are there nor cross references%s",
                         lm->dialect->tells_apart ? " (ld: --cref; lld: --why-extract)" : "");
    struct an__tally tally;
    an__tally_open(&tally, map->names, COUNT_OF(columns));
    for (size_t i = 0; i < lm->reasons.count; i++) {
        const struct lm_reason *reason = &lm->reasons.items[i];
        if (reason->file != LM_NO)
            add_edge(map, &tally, reason->by, reason->file, members, 1, 0);
    }
    for (size_t i = 0; i < lm->references.count; i++) {
        const struct lm_reference *r = &lm->references.items[i];
        if (r->definer != LM_NO && r->user != LM_NO)
            add_edge(map, &tally, r->user, r->definer, members, 0, 1);
    }
    *out = (struct rep_table){.name = "dependencies",
                              .names = "USER",
                              .columns = columns,
                              .column_count = COUNT_OF(columns),
                              .hidden_columns_mask = lm->references.count == 0 ? 2 : 0};
    an__tally_rows(&tally, dimensions[members], false, arena, &out->total);
    an__tally_free(&tally);
    rep_sort(out, 0, true);
    return true;
}
