// SPDX-License-Identifier: MIT
//
// Linker maps as tables: the pieces of all sections (map_cut.c) by whatever they are divided by.

#include <inttypes.h>

#include "analyzers/map_private.h"

// --------------------------------------------------------------------- dimensions

static const char *const dim_names[AN_MAP_DIM_COUNT] = {
    [AN_MAP_REGION] = "region",   [AN_MAP_SECTION] = "section", [AN_MAP_MODULE] = "module",
    [AN_MAP_ARCHIVE] = "archive", [AN_MAP_OBJECT] = "object",   [AN_MAP_MEMBER] = "member",
    [AN_MAP_INPUT] = "input",     [AN_MAP_SYMBOL] = "symbol",   [AN_MAP_DIR] = "dir",
};

const char *an_map_dim_name(enum an_map_dim dim)
{
    return dim_names[dim];
}

struct an_map *an_map_new(const struct lm_map *map, const struct cfg *cfg,
                          struct cfg_regions regions)
{
    struct an_map *made = mem_zalloc(1, sizeof *made);
    made->map = map;
    made->cfg = cfg;
    made->regions = regions;
    made->names = names_new();
    names_limit(made->names, map->text.size + ((uint64_t)1 << 20));
    return made;
}

void an_map_free(struct an_map *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < AN_MAP_DIM_COUNT; i++)
        free(map->of_file[i]);
    names_free(map->names);
    free(map->symbols);
    free(map->first_symbol);
    free(map->region_of);
    free(map);
}

// ------------------------------------------------------------------ names of files

static bool is_slash(uint8_t c)
{
    return c == '/' || c == '\\';
}

// The directory of a path with "x/.." taken out ("/usr/lib/gcc/../x" is "/usr/lib/x"), or nothing.
static void directory(struct slice path, struct buf *out)
{
    size_t dir = path.size - lm_base_name(path).size;
    for (size_t at = 0; at < dir;) {
        size_t size = 0;
        while (at + size < dir && !is_slash(path.data[at + size]))
            size++;
        bool up = size == 2 && memcmp(path.data + at, "..", 2) == 0;
        size_t back = out->size;
        while (up && back > 1 && !is_slash((uint8_t)out->data[back - 2]))
            back--;
        bool droppable = up && out->size > 1 && back > 0 && back + 1 < out->size &&
                         memcmp(out->data + back, "..", 2) != 0;
        if (droppable)
            out->size = back - 1 + (back == 1);
        else
            buf_bytes(out, path.data + at, size);
        at += size + 1;
        if (!droppable || out->size == 0 || !is_slash((uint8_t)out->data[out->size - 1]))
            buf_char(out, '/');
    }
    while (out->size > 1 && is_slash((uint8_t)out->data[out->size - 1]))
        out->size--;
}

static name_id dir_name(struct an_map *map, struct slice path)
{
    struct buf text = {0};
    directory(path, &text);
    name_id id = text.size == 0 ? names_intern_text(map->names, ".")
                                : names_intern(map->names, slice_of(text.data, text.size));
    buf_free(&text);
    return id;
}

static name_id make_file_name(struct an_map *map, enum an_map_dim dim, const struct lm_file *file)
{
    bool archived = file->archive.size != 0;
    switch (dim) {
    case AN_MAP_MODULE:
        return archived ? names_intern(map->names, lm_base_name(file->archive))
                        : dir_name(map, file->path);
    case AN_MAP_ARCHIVE:
        return archived ? names_intern(map->names, file->archive)
                        : names_intern_text(map->names, "[no archive]");
    case AN_MAP_MEMBER:
        return names_intern(map->names, lm_member_name(file));
    case AN_MAP_DIR:
        return dir_name(map, archived ? file->archive : file->path);
    default:
        return names_intern(map->names, file->path);
    }
}

name_id an__map_file_name(struct an_map *map, enum an_map_dim dim, uint32_t file)
{
    size_t count = map->map->files.count;
    if (map->of_file[dim] == NULL) {
        map->of_file[dim] = mem_alloc((count + 1) * sizeof(name_id));
        memset(map->of_file[dim], 0xff, (count + 1) * sizeof(name_id));
    }
    name_id *known = &map->of_file[dim][file];
    if (*known == AN__NOT_YET)
        *known = make_file_name(map, dim, &map->map->files.items[file]);
    return *known;
}

// ----------------------------------------------------------------- names of pieces

static const struct lm_contribution *contribution_of(const struct an_map *map,
                                                     const struct an__piece *piece)
{
    if (piece->contribution == LM_NO)
        return NULL;
    return piece->section == LM_NO ? &map->map->discarded.items[piece->contribution]
                                   : &map->map->contributions.items[piece->contribution];
}

static const char *text_of(struct an_map *map, struct slice text)
{
    return text.size == 0 ? NULL : names_text(map->names, names_intern(map->names, text));
}

// Rules on units see objects: a map knows no better.
static name_id module_name(struct an_map *map, const struct an__piece *piece,
                           const struct lm_contribution *c)
{
    const struct lm_map *lm = map->map;
    const struct lm_file *file = &lm->files.items[c->file];
    struct slice section =
        piece->section == LM_NO ? c->name : lm->sections.items[piece->section].name;
    struct cfg_place place = {.unit = text_of(map, file->path),
                              .section = text_of(map, section),
                              .archive = text_of(map, file->archive),
                              .object = text_of(map, file->path)};
    if (piece->symbol != LM_NO)
        place.symbol = text_of(map, lm->symbols.items[piece->symbol].name);
    const char *rule = cfg_module(map->cfg, &place);
    return rule != NULL ? names_intern_text(map->names, rule)
                        : an__map_file_name(map, AN_MAP_MODULE, c->file);
}

static name_id region_name(struct an_map *map, const struct an__piece *piece)
{
    uint32_t region = piece->section == LM_NO ? LM_NO : an__map_region_of(map, piece->section);
    return region == LM_NO ? names_intern_text(map->names, "[no region]")
                           : names_intern_text(map->names, map->regions.items[region].name);
}

name_id an__map_name(struct an_map *map, enum an_map_dim dim, const struct an__piece *piece)
{
    const struct lm_contribution *c = contribution_of(map, piece);
    if (dim == AN_MAP_REGION)
        return region_name(map, piece);
    if (dim == AN_MAP_SECTION)
        return piece->section == LM_NO
                   ? names_intern(map->names, c->name) // it came to no output section
                   : names_intern(map->names, map->map->sections.items[piece->section].name);
    if (piece->owner != 0)
        return piece->owner;
    if (dim == AN_MAP_SYMBOL)
        return piece->symbol == LM_NO
                   ? an__map_bracketed(map, c->name)
                   : names_intern(map->names, map->map->symbols.items[piece->symbol].name);
    if (dim == AN_MAP_INPUT)
        return names_intern(map->names, c->name);
    if (c->file == LM_NO)
        return names_intern_text(map->names, "[unattributed]");
    if (dim == AN_MAP_MODULE && map->cfg != NULL)
        return module_name(map, piece, c);
    return an__map_file_name(map, dim, c->file);
}

// -------------------------------------------------------------------------- filters

enum { UNKNOWN, MATCHES, MATCHES_NOT };

struct gathering {
    struct an_map *map;
    const struct an_map_options *options;
    struct an__tally tally;
    VEC(uint8_t) verdicts[AN_FILTERS_MAX]; // by name
    uint64_t values[AN__TALLY_COLUMNS];    // bits of the columns a piece counts in
    name_id filtered_out;
};

static bool name_matches(const struct gathering *g, size_t filter, name_id name)
{
    const char *glob = g->options->filters[filter].glob;
    const char *text = names_text(g->map->names, name);
    if (glob_names(glob, slice_text(text)))
        return true;
    if (g->options->filters[filter].dim != AN_MAP_SYMBOL || g->options->shown == NULL)
        return false;
    return glob_match(glob, slice_text(g->options->shown(g->options->shown_context, text)));
}

static bool passes(struct gathering *g, const struct an__piece *piece)
{
    for (size_t i = 0; i < g->options->filter_count; i++) {
        name_id name = an__map_name(g->map, g->options->filters[i].dim, piece);
        while (g->verdicts[i].count <= name)
            vec_push(&g->verdicts[i], UNKNOWN);
        uint8_t *verdict = &g->verdicts[i].items[name];
        if (*verdict == UNKNOWN)
            *verdict = name_matches(g, i, name) ? MATCHES : MATCHES_NOT;
        if (*verdict == MATCHES_NOT)
            return false;
    }
    return true;
}

// A filter that nothing passed is a mistake; the nearest names may tell which.
static bool check_filters(const struct gathering *g, struct fault *fault)
{
    for (size_t i = 0; i < g->options->filter_count; i++) {
        struct an_nearest nearest = {.wanted = slice_text(g->options->filters[i].glob)};
        bool matched = false;
        for (name_id name = 0; name < g->verdicts[i].count && !matched; name++) {
            matched = g->verdicts[i].items[name] == MATCHES;
            if (g->verdicts[i].items[name] == MATCHES_NOT)
                an_nearest_offer(&nearest, names_text(g->map->names, name));
        }
        if (!matched)
            return fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "no %s matches '%s'%s%s",
                             dim_names[g->options->filters[i].dim], g->options->filters[i].glob,
                             nearest.count ? "; the nearest: " : "",
                             nearest.count ? nearest.text[0] : "");
    }
    return true;
}

// --------------------------------------------------------------------------- tables

static void gather(struct gathering *g, const struct an__piece *piece)
{
    name_id path[AN_MAP_DIM_COUNT];
    size_t levels = g->options->dim_count;
    if (!passes(g, piece)) {
        path[0] = g->filtered_out;
        levels = 1;
    } else {
        for (size_t i = 0; i < levels; i++)
            path[i] = an__map_name(g->map, g->options->dims[i], piece);
    }
    const struct lm_contribution *c = contribution_of(g->map, piece);
    an__tally_add(&g->tally, path, levels, g->values, c == NULL ? 0 : c->line);
}

static void gather_bytes(void *context, const struct an__piece *piece)
{
    struct gathering *g = context;
    const struct lm_section *section = &g->map->map->sections.items[piece->section];
    g->values[0] = piece->size;
    g->values[1] = section->loaded && !section->nobits ? piece->size : 0;
    gather(g, piece);
}

static bool divides_by(const struct an_map_options *options, enum an_map_dim dim)
{
    bool found = false;
    for (size_t i = 0; i < options->dim_count; i++)
        found |= options->dims[i] == dim;
    for (size_t i = 0; i < options->filter_count; i++)
        found |= options->filters[i].dim == dim;
    return found;
}

static void show_symbols(const struct an_map_options *options, struct rep_row *row)
{
    for (size_t i = 0; i < row->row_count; i++) {
        struct rep_row *child = &row->rows[i];
        if (child->dimension == dim_names[AN_MAP_SYMBOL] && !child->faint)
            child->name = options->shown(options->shown_context, child->name);
        show_symbols(options, child);
    }
}

static bool finish(struct gathering *g, struct arena *arena, struct rep_table *out,
                   struct fault *fault)
{
    const struct an_map_options *options = g->options;
    const char *dimensions[AN_MAP_DIM_COUNT];
    for (size_t i = 0; i < options->dim_count; i++)
        dimensions[i] = dim_names[options->dims[i]];
    size_t column = 0;
    while (options->sort != NULL && column < out->column_count &&
           strcmp(out->columns[column].name, options->sort) != 0)
        column++;
    if (column == out->column_count && strcmp(options->sort, "name") != 0)
        return fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET,
                         "--sort: this table has no column '%s'", options->sort);
    if (!check_filters(g, fault))
        return false;
    // Names that are cut or not, two different texts never share a row of one level.
    an__tally_rows(&g->tally, dimensions, options->evidence, arena, &out->total);
    if (options->shown != NULL)
        show_symbols(options, &out->total);
    rep_sort(out, column, true);
    rep_trim(arena, out, options->keep);
    return true;
}

static void gathering_open(struct gathering *g, struct an_map *map,
                           const struct an_map_options *options, size_t columns)
{
    *g = (struct gathering){.map = map, .options = options};
    g->filtered_out = names_intern_text(map->names, "[filtered out]");
    an__tally_open(&g->tally, map->names, columns);
}

static void gathering_close(struct gathering *g)
{
    an__tally_free(&g->tally);
    for (size_t i = 0; i < AN_FILTERS_MAX; i++)
        vec_free(&g->verdicts[i]);
}

static const struct rep_column byte_columns[] = {{"size", "SIZE", REP_BYTES, true, true},
                                                 {"image", "IMAGE", REP_BYTES, true, true}};

// The names of rows live as long as the map's names do, which is as long as `map`.
bool an_map_table(struct an_map *map, const struct an_map_options *options, struct arena *arena,
                  struct rep_table *out, struct fault *fault)
{
    struct gathering g;
    gathering_open(&g, map, options, COUNT_OF(byte_columns));
    *out = (struct rep_table){.columns = byte_columns, .column_count = COUNT_OF(byte_columns)};
    bool symbols = divides_by(options, AN_MAP_SYMBOL) ||
                   (map->cfg != NULL && divides_by(options, AN_MAP_MODULE));
    uint64_t sum = 0; // sections that would make it overflow are none that exist
    for (uint32_t i = 0; i < map->map->sections.count; i++) {
        const struct lm_section *s = &map->map->sections.items[i];
        if ((s->loaded || options->all) && an__grow(&sum, s->size))
            an__map_cut(map, i, symbols, gather_bytes, &g);
    }
    bool good = finish(&g, arena, out, fault);
    gathering_close(&g);
    return good;
}

void an__map_objects_in(struct an_map *map, const uint32_t *sections, size_t count,
                        const struct an_map_options *options, struct arena *arena,
                        struct rep_table *out)
{
    struct an_map_options by_object = {
        .dims = {AN_MAP_OBJECT}, .dim_count = 1, .keep = options->keep};
    struct gathering g;
    gathering_open(&g, map, &by_object, COUNT_OF(byte_columns));
    const char *title = out->title;
    *out = (struct rep_table){.name = "overflow",
                              .title = title,
                              .columns = byte_columns,
                              .column_count = COUNT_OF(byte_columns),
                              .hidden_columns_mask = 2};
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        if (an__grow(&sum, map->map->sections.items[sections[i]].size))
            an__map_cut(map, sections[i], false, gather_bytes, &g);
    (void)finish(&g, arena, out, NULL); // no filter, no sort: nothing to fail
    gathering_close(&g);
}

bool an_map_discarded(struct an_map *map, const struct an_map_options *options, struct arena *arena,
                      struct rep_table *out, struct fault *fault)
{
    static const struct rep_column columns[] = {{"size", "SIZE", REP_BYTES, true, true},
                                                {"sections", "SECTIONS", REP_COUNT, true, false}};
    struct gathering g;
    const struct lm_map *lm = map->map;
    if (!lm->lists_discarded)
        return fault_set(fault, FAULT_USAGE, lm->name, NULL, NO_OFFSET,
                         "this map does not tell what was discarded%s",
                         lm->dialect->tells_apart
                             ? " (--gc-list reads what the linker's --print-gc-sections said)"
                             : "");
    gathering_open(&g, map, options, COUNT_OF(columns));
    *out = (struct rep_table){.name = "discarded", .columns = columns, .column_count = 2};
    bool sized = false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < lm->discarded.count; i++) {
        uint64_t size = lm->discarded.items[i].size;
        struct an__piece piece = {LM_NO, i, LM_NO, 0, size == LM_NONE ? 0 : size};
        sized |= size != LM_NONE;
        g.values[0] = piece.size;
        g.values[1] = 1;
        if (size != 0 && an__grow(&sum, piece.size))
            gather(&g, &piece);
    }
    out->hidden_columns_mask = sized ? 0 : 1;
    bool good = finish(&g, arena, out, fault);
    gathering_close(&g);
    return good;
}

const char *an_map_note(const struct an_map *map, struct arena *arena)
{
    uint64_t bytes = 0, count = 0;
    for (size_t i = 0; i < map->map->sections.count; i++) {
        const struct lm_section *s = &map->map->sections.items[i];
        if (s->loaded || s->size == 0 || !an__grow(&bytes, s->size))
            continue;
        count++;
    }
    if (count == 0)
        return NULL;
    return arena_printf(arena,
                        "%" PRIu64 " bytes in %" PRIu64 " sections are not loaded (--all shows "
                        "them, too)",
                        bytes, count);
}
