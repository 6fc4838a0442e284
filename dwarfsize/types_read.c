// SPDX-License-Identifier: MIT
//
// Reading all types: units in parallel into the table, then the table into a list with ids.

#include "dwarfsize/types.h"

struct read {
    struct dw *dw;
    struct dw__forest forest;
    struct dw__table table;
    struct dw__worker *workers;
    const struct dw_types_options *options;
    struct dw__filter *filter;
    atomic_bool foreign;   // a unit refers to another one's types: start over with all trees kept
    atomic_size_t missing; // --first: names not found yet
    atomic_bool *found;    // by name
};

// -------------------------------------------------------------------- by unit

// With `first`, marks the names a tree defines; once all are marked no further unit is read.
static void mark_found(struct read *read, const struct dw__tree *tree)
{
    for (size_t i = 0; i < tree->nodes.count; i++) {
        const struct dw__node *node = &tree->nodes.items[i];
        if ((node->flags & NODE_DECLARATION) || node->name[0] == '\0')
            continue;
        for (size_t n = 0; n < read->options->name_count; n++) {
            struct dw_types_options one = {.names = &read->options->names[n], .name_count = 1};
            bool defines = dw__tag_is_record(node->tag) || node->tag == DW_TAG_typedef ||
                           node->tag == DW_TAG_enumeration_type;
            if (defines && dw__name_wanted(&one, "", node->name) &&
                !atomic_exchange(&read->found[n], true))
                atomic_fetch_sub(&read->missing, 1);
        }
    }
}

static bool is_done(const struct read *read)
{
    return read->options->first && atomic_load(&read->missing) == 0;
}

static void read_one(void *context, size_t index, unsigned number)
{
    struct read *read = context;
    struct dw__worker *worker = &read->workers[number];
    if (atomic_load(&read->foreign) || is_done(read))
        return;
    if (!dw__filter_passes(read->filter, &read->dw->units.items[index]))
        return;
    struct dw__tree *tree = &worker->tree;
    dw__tree_read(read->dw, &read->dw->units.items[index], &worker->abbrevs, &read->table.room,
                  tree);
    if (tree->foreign) {
        atomic_store(&read->foreign, true);
        return;
    }
    dw__templates_spell(&read->forest, tree, &read->table.room);
    dw__templates_apply(tree);
    dw__table_add_tree(worker, tree);
    if (read->options->first)
        mark_found(read, tree);
}

static void read_kept_tree(void *context, size_t index, unsigned number)
{
    struct read *read = context;
    dw__tree_read(read->dw, &read->dw->units.items[index], &read->workers[number].abbrevs,
                  &read->table.room, &read->forest.trees[index]);
}

static void spell_kept_tree(void *context, size_t index, unsigned number)
{
    (void)number;
    struct read *read = context;
    dw__templates_spell(&read->forest, &read->forest.trees[index], &read->table.room);
}

static void apply_kept_tree(void *context, size_t index, unsigned number)
{
    (void)number;
    struct read *read = context;
    dw__templates_apply(&read->forest.trees[index]);
}

static void add_kept_tree(void *context, size_t index, unsigned number)
{
    struct read *read = context;
    // A supplementary file serves many programs: ours are the units that are imported, and of the
    // others the types that are referred to.
    struct dw__unit *unit = &read->dw->units.items[index];
    bool ours = !unit->object->supplementary || read->forest.trees[index].imported;
    if (!ours || is_done(read))
        return;
    dw__table_add_tree(&read->workers[number], &read->forest.trees[index]);
    if (read->options->first)
        mark_found(read, &read->forest.trees[index]);
}

// Marks what the program's units import, and what that imports. A partial unit may state no language:
// it speaks that of the first unit it serves.
static void settle_imports(struct read *read)
{
    struct import {
        uint32_t unit;
        uint16_t language;
    };
    VEC(struct import) work = {0};
    for (size_t i = read->dw->units.count; i-- > 0;) {
        const struct dw__unit *unit = &read->dw->units.items[i];
        if (unit->language != 0 && !unit->object->supplementary)
            vec_push(&work, ((struct import){(uint32_t)i, unit->language}));
    }
    while (work.count != 0) {
        struct import from = work.items[--work.count];
        const struct dw__tree *tree = &read->forest.trees[from.unit];
        for (size_t i = 0; i < tree->imports.count; i++) {
            struct dw__unit *unit = dw__unit_of(read->dw, tree->imports.items[i]);
            uint32_t index = unit != NULL ? dw__unit_index(read->dw, unit) : from.unit;
            struct dw__tree *to = &read->forest.trees[index];
            if (to == tree || to->imported)
                continue;
            to->imported = true;
            uint16_t language = unit->language != 0 ? unit->language : from.language;
            dw__tree_speak(to, language);
            vec_push(&work, ((struct import){index, language}));
        }
    }
    vec_free(&work);
}

static void forget(struct dw__worker *worker)
{
    dw__tree_free(&worker->tree);
    worker->scope.node = NULL;
    worker->definitions.count = 0;
    vec_free(&worker->seen);
    worker->seen_used = 0;
}

static void read_units(struct read *read)
{
    size_t count = read->dw->units.count;
    par_for(read->dw->threads, count, read_one, read);
    if (!atomic_load(&read->foreign))
        return;
    dw__table_close(&read->table);
    dw__table_open(&read->table, read->dw, read->options);
    for (unsigned i = 0; i < par_workers(read->dw->threads, count); i++)
        forget(&read->workers[i]);
    for (size_t n = 0; n < read->options->name_count && read->options->first; n++)
        atomic_store(&read->found[n], false);
    atomic_store(&read->missing, read->options->name_count);
    read->forest.trees = mem_zalloc(count, sizeof *read->forest.trees);
    par_for(read->dw->threads, count, read_kept_tree, read);
    settle_imports(read);
    par_for(read->dw->threads, count, spell_kept_tree, read);
    par_for(read->dw->threads, count, apply_kept_tree, read);
    par_for(read->dw->threads, count, add_kept_tree, read);
}

// ----------------------------------------------------------------------- the list

static int compare_entries(const void *left, const void *right)
{
    const struct dw__entry *a = left, *b = right;
    if (a->type.die != b->type.die)
        return a->type.die < b->type.die ? -1 : 1;
    // One DIE may be there defined and as a mere name.
    return (int)a->type.declaration - (int)b->type.declaration;
}

// Finds ids by hash: sorted by key, lowest id first among equals.
struct index {
    struct keyed *items;
    size_t count;
};

static dw_type_id look_up(const struct index *index, uint64_t key)
{
    size_t at = keyed_first(index->items, index->count, key);
    bool found = at < index->count && index->items[at].key == key;
    return found ? (dw_type_id)index->items[at].value : DW_NO_TYPE;
}

struct indexes {
    struct index identity, name, shell;
};

static dw_type_id resolve(const struct indexes *by, struct dw__link link)
{
    if (link.identity == 0)
        return DW_NO_TYPE;
    dw_type_id id = look_up(&by->identity, link.identity);
    if (id == DW_NO_TYPE)
        id = look_up(&by->name, link.name);
    return id != DW_NO_TYPE ? id : look_up(&by->shell, ~link.name);
}

static void make_index(struct index *index, const struct dw__entry *entries, size_t count,
                       const uint32_t *ids, bool shells, bool by_name)
{
    struct keyed *scratch = mem_alloc(count * sizeof *scratch);
    index->items = mem_alloc(count * sizeof *index->items);
    index->count = 0;
    for (size_t i = 0; i < count; i++) {
        bool shell = (entries[i].identity & 1) == 0;
        if (shell == shells && ids[i] != DW_NO_TYPE)
            index->items[index->count++] =
                (struct keyed){by_name ? entries[i].name : entries[i].identity, ids[i]};
    }
    sort_keyed(index->items, scratch, index->count);
    free(scratch);
}

// A shell whose name some entry defines is not needed: its links go to the definition.
static void assign_ids(struct dw__entry *entries, size_t count, uint32_t *ids)
{
    struct index defined;
    for (size_t i = 0; i < count; i++)
        ids[i] = (uint32_t)i;
    make_index(&defined, entries, count, ids, false, true);
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        bool shell = (entries[i].identity & 1) == 0;
        bool needless = shell && look_up(&defined, ~entries[i].identity) != DW_NO_TYPE;
        ids[i] = needless ? DW_NO_TYPE : next++;
    }
    free(defined.items);
}

static void resolve_links(struct dw__entry *entry, const struct indexes *by)
{
    entry->type.target = resolve(by, entry->target);
    entry->type.contains = resolve(by, entry->contains);
    for (uint32_t m = 0; m < entry->type.member_count; m++)
        entry->members[m].type = resolve(by, entry->links[m]);
}

#define SIZE_DEPTH 64

// Typedefs and qualifiers have the size of what they name, arrays that times their elements.
static uint64_t size_of(const struct dw_types *types, dw_type_id id, unsigned depth)
{
    if (id == DW_NO_TYPE || depth > SIZE_DEPTH)
        return 0;
    const struct dw_type *type = &types->list[id];
    uint64_t size = type->size;
    switch (type->kind) {
    case DW_TYPEDEF:
    case DW_CONST:
    case DW_VOLATILE:
    case DW_RESTRICT:
    case DW_ATOMIC:
        return size_of(types, type->target, depth + 1);
    case DW_ARRAY:
        if (size != 0) // as stated: packed, or with strides
            return size;
        size = size_of(types, type->target, depth + 1);
        for (uint32_t i = 0; i < type->dimension_count; i++)
            if (type->dimensions[i] == DW_COUNT_UNKNOWN ||
                !mul_u64(size, type->dimensions[i], &size))
                return 0;
        return size;
    default:
        return size;
    }
}

static void set_sizes(struct dw_types *types)
{
    for (size_t i = 0; i < types->count; i++) {
        struct dw_type *type = &types->list[i];
        bool derived = type->kind == DW_TYPEDEF || type->kind == DW_CONST ||
                       type->kind == DW_VOLATILE || type->kind == DW_RESTRICT ||
                       type->kind == DW_ATOMIC || type->kind == DW_ARRAY;
        if (derived)
            type->size = size_of(types, (dw_type_id)i, 0);
    }
}

// Whose units are told: types asked for by name, and types that share their name with another one.
static bool *tell_units(const struct read *read, const struct dw_types *types,
                        const struct index *names)
{
    bool *tell = mem_zalloc(types->count, sizeof *tell);
    for (size_t i = 0; i < types->count; i++)
        tell[i] = read->options->name_count != 0;
    for (size_t i = 1; i < names->count; i++)
        if (names->items[i].key == names->items[i - 1].key)
            tell[names->items[i].value] = tell[names->items[i - 1].value] = true;
    return tell;
}

typedef VEC(struct keyed) pair_list;

// (type, unit) of each definition a worker has seen of the types in `tell`.
static void collect_units(const struct dw__worker *worker, const struct index *identities,
                          const bool *tell, pair_list *pairs)
{
    for (size_t i = 0; i < worker->seen.count; i++) {
        const struct dw__seen *seen = &worker->seen.items[i];
        dw_type_id id = seen->place ? look_up(identities, seen->identity) : DW_NO_TYPE;
        if (id == DW_NO_TYPE || !tell[id])
            continue;
        for (uint32_t at = seen->last; at != NO_INDEX; at = worker->definitions.items[at].next) {
            uint32_t unit = worker->definitions.items[at].unit;
            vec_push(pairs, (struct keyed){(uint64_t)id << 32 | unit, unit});
        }
    }
}

static void list_units(struct read *read, struct dw_types *types, const struct indexes *by)
{
    pair_list pairs = {0};
    bool *tell = tell_units(read, types, &by->name);
    for (unsigned w = 0; w < types->part_count; w++)
        collect_units(&read->workers[w], &by->identity, tell, &pairs);
    struct keyed *scratch = mem_alloc(pairs.count * sizeof *scratch);
    sort_keyed(pairs.items, scratch, pairs.count);
    uint32_t *first = ARENA_ARRAY(types->arena, types->count + 1, uint32_t);
    uint32_t *units = ARENA_ARRAY(types->arena, pairs.count, uint32_t);
    size_t at = 0, out = 0;
    for (size_t id = 0; id < types->count; id++) {
        first[id] = (uint32_t)out;
        for (; at < pairs.count && pairs.items[at].key >> 32 == id; at++)
            if (at == 0 || pairs.items[at].key != pairs.items[at - 1].key)
                units[out++] = (uint32_t)pairs.items[at].value;
    }
    first[types->count] = (uint32_t)out;
    types->units = units;
    types->unit_first = first;
    free(scratch);
    free(tell);
    vec_free(&pairs);
}

static void make_indexes(struct indexes *by, const struct dw__entry *entries, size_t count,
                         const uint32_t *ids)
{
    make_index(&by->identity, entries, count, ids, false, false);
    make_index(&by->name, entries, count, ids, false, true);
    make_index(&by->shell, entries, count, ids, true, false);
}

static void free_indexes(struct indexes *by)
{
    free(by->identity.items);
    free(by->name.items);
    free(by->shell.items);
}

// A definition that lost to a lower one may have brought types that only it needs. They are left
// behind: only what wanted types lead to is kept, in the order of the entries.
static size_t keep_reachable(struct dw__entry *entries, size_t count)
{
    uint32_t *ids = mem_alloc(count * sizeof *ids);
    bool *reached = mem_zalloc(count, sizeof *reached);
    VEC(uint32_t) work = {0};
    struct indexes by;
    for (size_t i = 0; i < count; i++) {
        ids[i] = (uint32_t)i;
        reached[i] = entries[i].wanted;
        if (entries[i].wanted)
            vec_push(&work, (uint32_t)i);
    }
    make_indexes(&by, entries, count, ids);
    while (work.count != 0) {
        const struct dw__entry *entry = &entries[work.items[--work.count]];
        for (uint32_t m = 0; m < entry->type.member_count + 2; m++) {
            struct dw__link link = m == 0   ? entry->target
                                   : m == 1 ? entry->contains
                                            : entry->links[m - 2];
            dw_type_id id = resolve(&by, link);
            if (id == DW_NO_TYPE || reached[id])
                continue;
            reached[id] = true;
            vec_push(&work, id);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (reached[i])
            entries[kept++] = entries[i];
    vec_free(&work);
    free_indexes(&by);
    free(reached);
    free(ids);
    return kept;
}

static void publish(struct read *read, struct dw_types *types)
{
    size_t count;
    struct dw__entry *entries = dw__table_entries(&read->table, &count);
    qsort(entries, count, sizeof *entries, compare_entries);
    count = keep_reachable(entries, count);
    uint32_t *ids = mem_alloc(count * sizeof *ids);
    struct indexes by;
    assign_ids(entries, count, ids);
    make_indexes(&by, entries, count, ids);
    types->list = ARENA_ARRAY(types->arena, count, struct dw_type);
    types->wanted = ARENA_ARRAY(types->arena, count, bool);
    for (size_t i = 0; i < count; i++) {
        struct dw__entry *entry = &entries[i];
        if (ids[i] == DW_NO_TYPE)
            continue;
        resolve_links(entry, &by);
        struct dw__unit *unit = &read->dw->units.items[entry->type.unit];
        if (entry->decl_file != NO_INDEX)
            entry->type.decl_file = dw__file_path(read->dw, unit, entry->decl_file);
        types->list[ids[i]] = entry->type;
        types->wanted[ids[i]] = entry->wanted;
        types->count = ids[i] + 1;
    }
    set_sizes(types);
    if (read->options->units)
        list_units(read, types, &by);
    free_indexes(&by);
    free(ids);
    free(entries);
}

// With `first`: of all types of a wanted name only the one with the lowest DIE stays wanted. (More
// may have been seen while other workers were still at it.)
static void keep_first(struct dw_types *types, const struct dw_types_options *options)
{
    for (size_t n = 0; n < options->name_count; n++) {
        struct dw_types_options one = {.names = &options->names[n], .name_count = 1};
        enum dw_kind seen = DW_OTHER;
        for (size_t i = 0; i < types->count; i++) {
            const struct dw_type *type = &types->list[i];
            if (!types->wanted[i] || !dw__name_wanted(&one, type->scope, type->name))
                continue;
            types->wanted[i] = seen == DW_OTHER || type->kind != seen;
            if (seen == DW_OTHER)
                seen = type->kind;
        }
    }
}

// -------------------------------------------------------------------- the public face

static void start(struct read *read, struct dw_types *types)
{
    unsigned workers = par_workers(read->dw->threads, read->dw->units.count);
    types->arena = arena_new();
    types->parts = mem_zalloc(workers, sizeof *types->parts);
    types->part_count = workers;
    read->workers = mem_zalloc(workers, sizeof *read->workers);
    read->found = mem_zalloc(read->options->name_count, sizeof *read->found);
    read->filter = dw__filter_new(read->dw, read->options);
    atomic_store(&read->missing, read->options->name_count);
    dw__table_open(&read->table, read->dw, read->options);
    for (unsigned i = 0; i < workers; i++) {
        types->parts[i] = arena_new();
        read->workers[i].forest = &read->forest;
        read->workers[i].table = &read->table;
        read->workers[i].arena = types->parts[i];
    }
}

static void finish(struct read *read, struct dw_types *types)
{
    for (unsigned i = 0; i < types->part_count; i++) {
        dw__abbrevs_clear(&read->workers[i].abbrevs);
        dw__tree_free(&read->workers[i].tree);
        vec_free(&read->workers[i].definitions);
        vec_free(&read->workers[i].seen);
    }
    for (size_t i = 0; read->forest.trees != NULL && i < read->dw->units.count; i++)
        dw__tree_free(&read->forest.trees[i]);
    free(read->forest.trees);
    free(read->workers);
    free(read->found);
    dw__filter_free(read->filter);
    dw__table_close(&read->table);
}

// Reads what is open of the units. False when that is not all and something was not found in it.
static bool read_types(struct dw *dw, const struct dw_types_options *options,
                       struct dw_types *types)
{
    struct read read = {.dw = dw, .forest = {.dw = dw}, .options = options};
    start(&read, types);
    if (dw->partial)
        par_for(1, dw->units.count, read_one, &read);
    else
        read_units(&read);
    bool enough = !dw->partial || (is_done(&read) && !atomic_load(&read.foreign));
    for (unsigned i = 0; enough && i < types->part_count; i++)
        dw__table_flush(&read.workers[i]);
    if (enough && atomic_load(&read.table.room.was_short))
        doubt_add(
            dw->doubts, dw->objects.items[0]->path, ".debug_info", NO_OFFSET,
            "more types, or longer names, than a file of this size can hold: not all are read");
    if (enough)
        publish(&read, types);
    finish(&read, types);
    return enough;
}

static void note_paths(const struct dw *dw, struct dw_types *types)
{
    types->path_count = dw->units.count;
    types->paths = ARENA_ARRAY(types->arena, types->path_count, const char *);
    for (size_t i = 0; i < types->path_count; i++)
        types->paths[i] = dw->public_units[i].path;
}

bool dw_read_types(struct dw *dw, const struct dw_types_options *options, struct dw_types **out,
                   struct fault *fault)
{
    if (!options->first && !dw_complete(dw, fault))
        return false;
    *out = mem_zalloc(1, sizeof **out);
    if (!read_types(dw, options, *out)) {
        dw_types_free(*out);
        if (!dw_complete(dw, fault))
            return false;
        *out = mem_zalloc(1, sizeof **out);
        read_types(dw, options, *out);
    }
    if (options->first)
        keep_first(*out, options);
    note_paths(dw, *out);
    return true;
}

void dw_types_free(struct dw_types *types)
{
    if (types == NULL)
        return;
    for (unsigned i = 0; i < types->part_count; i++)
        arena_free(types->parts[i]);
    free(types->parts);
    arena_free(types->arena);
    free(types);
}

size_t dw_types_count(const struct dw_types *types)
{
    return types->count;
}

const struct dw_type *dw_types_get(const struct dw_types *types, dw_type_id id)
{
    return id < types->count ? &types->list[id] : NULL;
}

bool dw_types_wanted(const struct dw_types *types, dw_type_id id)
{
    return id < types->count && types->wanted[id];
}

const char *const *dw_types_unit_paths(const struct dw_types *types, size_t *count)
{
    *count = types->path_count;
    return types->paths;
}

const uint32_t *dw_types_units(const struct dw_types *types, dw_type_id id, size_t *count)
{
    *count = 0;
    if (types->unit_first == NULL || id >= types->count)
        return NULL;
    *count = types->unit_first[id + 1] - types->unit_first[id];
    return types->units + types->unit_first[id];
}

dw_type_id dw_types_strip(const struct dw_types *types, dw_type_id id)
{
    for (unsigned hops = 0; id < types->count && hops < SIZE_DEPTH; hops++) {
        const struct dw_type *type = &types->list[id];
        if (type->kind < DW_CONST || type->kind > DW_TYPEDEF)
            return id;
        id = type->target;
    }
    return id;
}

uint64_t dw_types_size(const struct dw_types *types, dw_type_id id)
{
    return id < types->count ? types->list[id].size : 0;
}
