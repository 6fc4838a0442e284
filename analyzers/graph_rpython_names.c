// SPDX-License-Identifier: MIT
//
// Names and modules of an RPython program.
//
//   code of a function ──> its traceback records ──> "pypy_module__io.c", "W_BytesIO_read"
//
// A function is called as most of its records say (what was inlined brings its own). One without records
// is of the file that those before and behind it are of: the compiler writes one file after another.
//
// A file's name is that of a package with the dots gone, and perhaps a number. Types are spelled with dots,
// pypy.module._io.interp_bytesio.W_BytesIO, and tell where they were. A row of the table, with its virtual
// table, is of the package that is the longest beginning of its type's name.

#include <inttypes.h>

#include "analyzers/graph_rpython.h"

// ------------------------------------------------------------------------- spelling

struct spelling {
    struct names *stems;      // "pypy_module__io"
    VEC(const char *) dotted; // by stem: "pypy.module._io"
    struct names *packages;   // dotted, that are of some file
    struct arena *arena;
};

static const char *with_underscores(struct arena *arena, struct slice dotted)
{
    char *stem = arena_text(arena, dotted);
    for (size_t i = 0; i < dotted.size; i++)
        stem[i] = stem[i] == '.' ? '_' : stem[i];
    return stem;
}

static void add_spelling(struct spelling *s, struct slice stem, const char *dotted)
{
    name_id id = names_intern(s->stems, stem);
    while (s->dotted.count <= id)
        vec_push(&s->dotted, NULL);
    if (s->dotted.items[id] == NULL)
        s->dotted.items[id] = dotted;
}

// Every beginning of a type's name, up to a dot.
static void add_type(struct spelling *s, const char *name)
{
    size_t size = strcspn(name, " *");
    if (name[size] != '\0')
        return; // "GcArray of ..."
    for (size_t i = 0; i < size; i++) {
        if (name[i] != '.')
            continue;
        struct slice dotted = slice_of(name, i);
        add_spelling(s, slice_text(with_underscores(s->arena, dotted)),
                     arena_text(s->arena, dotted));
    }
}

static const char *known_spelling(const struct spelling *s, struct slice stem)
{
    name_id id = names_find(s->stems, stem);
    return id != 0 && id < s->dotted.count ? s->dotted.items[id] : NULL;
}

static struct slice without_number(struct slice stem)
{
    size_t size = stem.size;
    while (size != 0 && stem.data[size - 1] >= '0' && stem.data[size - 1] <= '9')
        size--;
    bool numbered = size != stem.size && size > 1 && stem.data[size - 1] == '_';
    return numbered ? slice_of(stem.data, size - 1) : stem;
}

// "pypy_module_time_1.c" as "pypy.module.time": by the longest beginning that types spell.
static const char *spell(const struct spelling *s, const char *file)
{
    struct slice stem = slice_of(file, strlen(file) - strlen(".c"));
    const char *known = known_spelling(s, stem);
    stem = known ? stem : without_number(stem);
    known = known ? known : known_spelling(s, stem);
    for (size_t i = stem.size; known == NULL && i-- != 0;) {
        if (stem.data[i] != '_')
            continue;
        const char *before = known_spelling(s, slice_of(stem.data, i));
        if (before != NULL)
            return arena_printf(s->arena, "%s.%.*s", before, (int)(stem.size - i - 1),
                                (const char *)stem.data + i + 1);
    }
    return known ? known : arena_text(s->arena, stem);
}

// ------------------------------------------------------------------------ functions

// What the records say of a function.
struct told {
    const char *file, *function; // NULL
};

struct naming {
    struct an_graph *graph;
    struct an__rpython *rp;
    struct spelling spelling;
    VEC(struct keyed) group; // of one function: names by where they lie, and the record
    struct told *told;       // by object
    struct names *files;
    name_id *modules; // by file
};

static uint64_t points_to(const struct an__rpython *rp, uint64_t place)
{
    size_t at = keyed_first(rp->places, rp->place_count, place);
    return at < rp->place_count && rp->places[at].key == place ? rp->places[at].value : 0;
}

static int compare_group(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

// The name that most records of a function have; of several the one whose record comes first.
static void settle_group(struct naming *n, uint32_t function)
{
    size_t count = n->group.count, best = 0;
    uint64_t record = 0;
    if (count == 0)
        return;
    qsort(n->group.items, count, sizeof *n->group.items, compare_group);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && n->group.items[next].key == n->group.items[i].key;
             next++)
            ;
        bool more = next - i > best || (next - i == best && n->group.items[i].value < record);
        best = more ? next - i : best;
        record = more ? n->group.items[i].value : record;
    }
    an__graph_text(n->rp->img, points_to(n->rp, record), &n->told[function].file);
    an__graph_text(n->rp->img, points_to(n->rp, record + n->rp->word), &n->told[function].function);
    n->group.count = 0;
}

// Links come by place, so those of a function follow each other.
static void read_records(struct naming *n)
{
    const struct an_graph *graph = n->graph;
    uint32_t near_place = 0, near_target = 0, function = AN__NO_NODE;
    for (size_t i = 0; i < graph->link_count; i++) {
        const struct an__link *link = &graph->links[i];
        if (link->how != AN_LINK_CODE)
            continue;
        uint32_t to = an__graph_near(graph, link->target, &near_target);
        if (to == AN__NO_NODE || graph->objects[to].made != AN__RP_RECORD)
            continue;
        uint32_t from = an__graph_near(graph, link->place, &near_place);
        if (from == AN__NO_NODE || !graph->objects[from].code)
            continue;
        if (from != function && function != AN__NO_NODE)
            settle_group(n, function);
        function = from;
        uint64_t record = graph->objects[to].addr;
        vec_push(&n->group, ((struct keyed){points_to(n->rp, record + n->rp->word), record}));
    }
    if (function != AN__NO_NODE)
        settle_group(n, function);
}

static bool same_file(const char *a, const char *b)
{
    return a != NULL && b != NULL && (a == b || strcmp(a, b) == 0);
}

// Functions without records, between two of one file.
static void fill_files(struct naming *n)
{
    const struct an_graph *graph = n->graph;
    uint32_t last = AN__NO_NODE;
    for (uint32_t i = 0; i < graph->count; i++) {
        if (n->told[i].file == NULL)
            continue;
        bool same = last != AN__NO_NODE && same_file(n->told[last].file, n->told[i].file) &&
                    graph->objects[last].section == graph->objects[i].section;
        for (uint32_t k = last + 1; same && k < i; k++)
            n->told[k].file = n->told[last].file;
        last = i;
    }
}

// The shorter names first: packages are told by those that they are in.
static void spell_files(struct naming *n)
{
    for (uint32_t i = 0; i < n->graph->count; i++)
        if (n->told[i].file != NULL)
            names_intern_text(n->files, n->told[i].file);
    uint32_t count = names_count(n->files);
    struct keyed *order = mem_alloc(2 * ((size_t)count + 1) * sizeof *order);
    for (uint32_t f = 0; f < count; f++)
        order[f] = (struct keyed){names_slice(n->files, f).size, f};
    sort_keyed(order, order + count, count);
    n->modules = mem_zalloc((size_t)count + 1, sizeof *n->modules);
    for (uint32_t k = 1; k < count; k++) { // 0 is the empty name
        const char *file = names_text(n->files, (name_id)order[k].value);
        const char *package = spell(&n->spelling, file);
        const struct cfg_place place = {.unit = file};
        struct slice stem = slice_of(file, strlen(file) - strlen(".c"));
        add_spelling(&n->spelling, without_number(stem), package);
        names_intern_text(n->spelling.packages, package);
        n->modules[order[k].value] = an_module_at(n->graph->modules, &place, package);
    }
    free(order);
}

static void name_functions(struct naming *n)
{
    for (uint32_t i = 0; i < n->graph->count; i++) {
        struct an__object *object = &n->graph->objects[i];
        if (!object->code || n->told[i].file == NULL)
            continue;
        if (object->name == NULL)
            object->name = n->told[i].function;
        if (object->module == 0)
            object->module = n->modules[names_find(n->files, slice_text(n->told[i].file))];
    }
}

// ----------------------------------------------------------------------------- rows

static uint32_t module_of_row(const struct naming *n, const struct an__rpython_row *row)
{
    size_t size = strcspn(row->name, " *");
    if (row->name[size] != '\0')
        return 0;
    while (size != 0) {
        while (size != 0 && row->name[--size] != '.')
            ;
        name_id package = names_find(n->spelling.packages, slice_of(row->name, size));
        const struct cfg_place place = {.unit = row->name};
        if (package != 0)
            return an_module_at(n->graph->modules, &place,
                                names_text(n->spelling.packages, package));
    }
    return 0;
}

// The row at or before an address in the table.
static const struct an__rpython_row *row_before(const struct an__rpython *rp, uint64_t addr)
{
    size_t low = 0, high = rp->row_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (rp->rows[middle].id <= addr - rp->base)
            low = middle;
        else
            high = middle;
    }
    return &rp->rows[low];
}

static bool is_of_table(const struct an__object *object)
{
    return object->made == AN__RP_INFO || object->made == AN__RP_VTABLE;
}

static void own_rows(struct naming *n)
{
    for (uint32_t i = 0; i < n->graph->count; i++) {
        struct an__object *object = &n->graph->objects[i];
        if (is_of_table(object))
            object->module = module_of_row(n, row_before(n->rp, object->addr));
    }
}

void an__rpython_modules(struct an_graph *graph)
{
    struct naming n = {.graph = graph, .rp = graph->rpython};
    n.spelling =
        (struct spelling){.stems = names_new(), .packages = names_new(), .arena = arena_new()};
    n.files = names_new();
    n.told = mem_zalloc((size_t)graph->count + 1, sizeof *n.told);
    for (size_t i = 0; i < n.rp->row_count; i++)
        add_type(&n.spelling, n.rp->rows[i].name);
    read_records(&n);
    fill_files(&n);
    spell_files(&n);
    name_functions(&n);
    own_rows(&n);
    names_free(n.spelling.stems);
    names_free(n.spelling.packages);
    names_free(n.files);
    arena_free(n.spelling.arena);
    vec_free(&n.spelling.dotted);
    vec_free(&n.group);
    free(n.modules);
    free(n.told);
}

// ---------------------------------------------------------------------------- names

// The text of an object that holds letters, or NULL.
static const char *as_text(const struct an__rpython *rp, uint64_t addr, uint64_t length,
                           uint64_t items, struct arena *arena)
{
    uint64_t count;
    struct slice bytes;
    if (!an__graph_word(rp->img, addr + length, &count) ||
        !img_bytes_at(rp->img, addr + items, count, &bytes))
        return NULL;
    for (size_t i = 0; i < bytes.size && i < AN__TEXT_MAX; i++)
        if (bytes.data[i] < '\t' || bytes.data[i] == 0x7f)
            return NULL;
    return an__graph_quoted(rp->img, addr + items, count, arena);
}

static const char *record_name(const struct an__rpython *rp, uint64_t addr, struct arena *arena)
{
    const char *function = "?";
    uint64_t line = 0;
    an__graph_text(rp->img, points_to(rp, addr + rp->word), &function);
    an__graph_word(rp->img, addr + 2 * rp->word, &line);
    return arena_printf(arena, "traceback %s:%" PRIu64, function, line);
}

static const char *instance_name(const struct an__rpython *rp, const struct an__object *object,
                                 struct arena *arena)
{
    const struct an__rpython_row *row = &rp->rows[object->made - AN__RP_FIRST];
    const char *dot = strchr(row->name, ' ') ? NULL : strrchr(row->name, '.'), *text = NULL;
    if (row->item == 1)
        text = as_text(rp, object->addr, row->length, row->items, arena);
    if (text != NULL)
        return text;
    return arena_printf(arena, "%s@0x%" PRIx64, dot ? dot + 1 : row->name, object->addr);
}

const char *an__rpython_name(const struct an_graph *graph, uint32_t i, struct arena *arena)
{
    const struct an__rpython *rp = graph->rpython;
    const struct an__object *object = &graph->objects[i];
    if (object->made >= AN__RP_FIRST)
        return instance_name(rp, object, arena);
    if (is_of_table(object))
        return arena_printf(arena, "%s of %s", an__rpython_type(rp, object->made),
                            row_before(rp, object->addr)->name);
    if (object->made == AN__RP_RECORD)
        return record_name(rp, object->addr, arena);
    return object->made == AN__RP_TEXT ? as_text(rp, object->addr, 0, rp->word, arena) : NULL;
}

// ----------------------------------------------------------------------------- note

struct known {
    uint64_t typed, padding, all; // bytes
};

// In hundredths of a percent.
static uint64_t share(uint64_t part, uint64_t all)
{
    return (uint64_t)((__uint128_t)part * 10000 / all);
}

static const char *spell_known(struct arena *arena, const char *before, const char *section,
                               const struct known *known)
{
    uint64_t parts = share(known->typed + known->padding, known->all);
    uint64_t padding = share(known->padding, known->all);
    return arena_printf(arena,
                        "%s%s%s: %" PRIu64 ".%02" PRIu64 " %% of %" PRIu64
                        " bytes are of a known type (%" PRIu64 ".%02" PRIu64 " %% is padding)",
                        before, before[0] ? "; " : "", section, parts / 100, parts % 100,
                        known->all, padding / 100, padding % 100);
}

const char *an__rpython_note(const struct an_graph *graph, struct arena *arena)
{
    const char *note = "";
    size_t count;
    const struct img_section *sections = img_sections(graph->img, &count);
    for (uint32_t i = 0, next; i < graph->count; i = next) {
        struct known known = {0};
        uint32_t section = graph->objects[i].section;
        bool headers = false;
        for (next = i; next < graph->count && graph->objects[next].section == section; next++) {
            const struct an__object *object = &graph->objects[next];
            bool typed =
                object->made != 0 || object->type != DW_NO_REF || object->by == AN__BY_STRING;
            headers |= object->made >= AN__RP_FIRST;
            known.all += object->size;
            known.typed += typed ? object->size : 0;
            known.padding += object->by == AN__BY_PADDING ? object->size : 0;
        }
        if (headers)
            note = spell_known(arena, note, sections[section].name, &known);
    }
    return note;
}
