// SPDX-License-Identifier: MIT
//
// Words of an interpreter that hold a pointer or a number with a tag, by its profile:
//
//   key    | number of a string | 010 |      (representation A of MicroPython)
//   value  | a small integer      | 1 |      what a pointer's type makes of it is none
//   value  | an address          | 00 |
//
// Interned strings lie in pools, each of which leads to the one before; they are numbered through, the
// oldest pool first:
//
//   pool 2 | previous | count | "spam" | "eggs" |       numbers n1, n1 + 1
//   pool 1 | 0        | n1    | ...             |               0 to n1 - 1
//
// A pool refers to all of its strings. Where nobody but data names them (those of frozen modules), it is no user of
// those that have one.

#include "analyzers/graph_private.h"

#define POOLS_MAX 16

struct pool {
    const struct an__object *object;
    uint64_t first;    // number of its first string
    uint64_t count;    // strings
    uint64_t texts;    // address of the first pointer
    uint64_t previous; // address of the member
    uint64_t *targets; // by string; 0: not known
    bool *named;       // by string: a word has its number
    bool loose;        // its strings are there for what names them
};

struct tagged {
    struct an__links *links;
    struct img *img;
    const struct an__areas *areas;
    struct dw_shapes *shapes;
    const an__object_list *objects;
    const struct cfg_tagged *stated;
    const struct cfg_tag *string; // NULL: none
    struct pool pools[POOLS_MAX]; // the newest first
    size_t pool_count;
    const struct an__object *object; // being looked at
    bool bare;                       // words are numbers without a tag
    an__address_list numbers;        // places of words that are no pointers
};

// --------------------------------------------------------------------------- profile

// The profile that comes with the program and knows a type of these objects; NULL: none.
static const struct cfg_profile *recognise(const struct tagged *t, const an__profile_list *profiles)
{
    const struct cfg_profile *found = NULL;
    struct names *types = an__type_names(t->shapes, t->objects->items, t->objects->count);
    for (size_t i = 0; found == NULL && i < profiles->count; i++)
        if (profiles->items[i]->tagged.given && an__profile_is_for(profiles->items[i], types))
            found = profiles->items[i];
    names_free(types);
    return found;
}

// ----------------------------------------------------------------------------- pools

static const struct an__object *object_called(const struct tagged *t, const char *name)
{
    for (size_t i = 0; name != NULL && i < t->objects->count; i++)
        if (t->objects->items[i].name != NULL && strcmp(t->objects->items[i].name, name) == 0)
            return &t->objects->items[i];
    return NULL;
}

static bool has_tag(const struct cfg_tag *tag, uint64_t word)
{
    return (word & tag->mask) == tag->tag;
}

static void choose_tag(struct tagged *t)
{
    uint64_t word;
    const struct an__object *sample = object_called(t, t->stated->sample);
    unsigned size = img_info(t->img)->address_size;
    for (size_t i = 0; sample != NULL && t->string == NULL && i < t->stated->string_count; i++) {
        const struct cfg_tag *tag = &t->stated->strings[i];
        if (an__graph_number(t->img, sample->addr, tag->mask > UINT32_MAX ? 8 : size, &word) &&
            has_tag(tag, word))
            t->string = tag;
    }
}

static bool member_of(const struct dw_shape *shape, const char *name, const struct pool *pool,
                      uint64_t *addr)
{
    for (size_t i = 0; name != NULL && i < shape->member_count; i++)
        if (strcmp(shape->members[i].name, name) == 0) {
            *addr = pool->object->addr + shape->members[i].bit_offset / 8;
            return shape->members[i].bit_offset / 8 <= pool->object->size;
        }
    return false;
}

// Where the strings of a pool are; the type says it.
static bool open_pool(struct tagged *t, const struct an__object *object, struct arena *arena,
                      struct pool *pool)
{
    struct dw_shape shape;
    uint64_t count, word = img_info(t->img)->address_size;
    *pool = (struct pool){.object = object};
    if (object->type == DW_NO_REF || !dw_shapes_describe(t->shapes, object->type, arena, &shape) ||
        !member_of(&shape, t->stated->previous, pool, &pool->previous) ||
        !member_of(&shape, t->stated->texts, pool, &pool->texts) ||
        !member_of(&shape, t->stated->count, pool, &count) ||
        !an__graph_word(t->img, count, &pool->count))
        return false;
    pool->count = MIN(pool->count, (object->addr + object->size - pool->texts) / word);
    pool->targets = mem_zalloc(pool->count + 1, sizeof *pool->targets);
    pool->named = mem_zalloc(pool->count + 1, sizeof *pool->named);
    for (size_t i = 0; i < t->stated->named_count; i++)
        pool->loose |=
            object->name != NULL && glob_names(t->stated->named[i], slice_text(object->name));
    return true;
}

// Which string of a pool a place leads to, or its count.
static uint64_t string_at(const struct tagged *t, const struct pool *pool, uint64_t place)
{
    uint64_t at = (place - pool->texts) / img_info(t->img)->address_size;
    return place >= pool->texts && at < pool->count ? at : pool->count;
}

// What the pointers of a pool lead to; gives the address of the pool before, or 0.
static uint64_t read_pool(const struct tagged *t, struct pool *pool)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < t->links->list.count; i++) {
        const struct an__link *link = &t->links->list.items[i];
        uint64_t at = string_at(t, pool, link->place);
        if (link->place == pool->previous)
            previous = link->target;
        if (at < pool->count)
            pool->targets[at] = link->target;
    }
    return previous;
}

static const struct an__object *object_at(const struct tagged *t, uint64_t addr)
{
    size_t low = 0, high = t->objects->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->objects->items[middle].addr < addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->objects->count && t->objects->items[low].addr == addr ? &t->objects->items[low]
                                                                          : NULL;
}

static void open_pools(struct tagged *t, struct arena *arena)
{
    const struct an__object *object = NULL;
    uint64_t first = 0;
    for (size_t i = 0; object == NULL && i < t->stated->pool_count; i++)
        object = object_called(t, t->stated->pools[i]);
    while (object != NULL && t->pool_count < POOLS_MAX) {
        struct pool *pool = &t->pools[t->pool_count];
        if (!open_pool(t, object, arena, pool))
            break;
        t->pool_count++;
        uint64_t previous = read_pool(t, pool);
        object = previous != 0 ? object_at(t, previous) : NULL;
    }
    if (object != NULL) // a chain that does not end has no numbers
        t->string = NULL;
    for (size_t i = t->pool_count; i-- > 0; first += t->pools[i].count)
        t->pools[i].first = first;
}

// ----------------------------------------------------------------------------- words

static void name_string(struct tagged *t, uint64_t place, uint64_t number)
{
    for (size_t i = 0; i < t->pool_count; i++) {
        struct pool *pool = &t->pools[i];
        uint64_t at = number - pool->first;
        if (number < pool->first || at >= pool->count || pool->targets[at] == 0)
            continue;
        if (t->object != pool->object) {
            pool->named[at] = true;
            vec_push(&t->links->list, ((struct an__link){place, pool->targets[at], AN_LINK_TYPED}));
        }
        return;
    }
}

static void read_word(void *context, uint64_t offset)
{
    struct tagged *t = context;
    uint64_t word, place = t->object->addr + offset;
    uint64_t size = dw_shapes_watched_size(t->shapes);
    if (!an__graph_number(t->img, place, size, &word))
        return;
    if (t->bare) {
        name_string(t, place, word);
        return;
    }
    bool pointer = t->stated->pointer.mask != 0 && has_tag(&t->stated->pointer, word);
    if (!pointer)
        vec_push(&t->numbers, place);
    if (!pointer && t->string != NULL && has_tag(t->string, word))
        name_string(t, place, (uint32_t)(word >> t->string->shift));
    else if (pointer && word != 0 && img_info(t->img)->type != ET_REL &&
             an__graph_area_at(t->areas, word) != NULL)
        vec_push(&t->links->list, ((struct an__link){place, word, AN_LINK_TYPED}));
}

static void read_words(struct tagged *t, struct dw *dw, const char *type, bool bare)
{
    struct dw_shapes *before = t->shapes;
    t->shapes = dw_shapes_new(dw);
    t->bare = bare;
    dw_shapes_watch_typedef(t->shapes, type);
    for (size_t i = 0; i < t->objects->count; i++) {
        t->object = &t->objects->items[i];
        if (t->object->type != DW_NO_REF && !t->object->code)
            dw_shapes_watched(t->shapes, t->object->type, t->object->size, read_word, t);
    }
    dw_shapes_free(t->shapes);
    t->shapes = before;
}

// ---------------------------------------------------------------------------- what is none

static int compare_places(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static bool is_number(const struct tagged *t, const struct an__link *link)
{
    return link->how == AN_LINK_TYPED && t->numbers.count != 0 &&
           bsearch(&link->place, t->numbers.items, t->numbers.count, sizeof link->place,
                   compare_places) != NULL;
}

static bool is_named(const struct tagged *t, const struct an__link *link)
{
    for (size_t i = 0; i < t->pool_count; i++) {
        const struct pool *pool = &t->pools[i];
        uint64_t at = string_at(t, pool, link->place);
        if (pool->loose && at < pool->count)
            return pool->named[at];
    }
    return false;
}

// Takes out what types made of numbers, up to `count` links, and pools as users of strings that have another.
static void take_out(struct tagged *t, size_t count)
{
    an__link_list *list = &t->links->list;
    size_t kept = 0;
    if (t->numbers.count > 1)
        qsort(t->numbers.items, t->numbers.count, sizeof *t->numbers.items, compare_places);
    for (size_t i = 0; i < list->count; i++)
        if (i >= count || !(is_number(t, &list->items[i]) || is_named(t, &list->items[i])))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

void an__graph_tagged(struct an__links *links, const struct an_graph_input *input,
                      const struct an__areas *areas, struct dw_shapes *shapes,
                      const an__object_list *objects, const an__profile_list *profiles)
{
    struct tagged t = {
        .links = links, .img = input->img, .areas = areas, .shapes = shapes, .objects = objects};
    if (shapes == NULL)
        return;
    const struct cfg_profile *profile =
        input->profile != NULL ? input->profile : recognise(&t, profiles);
    if (profile == NULL || !profile->tagged.given)
        return;
    struct arena *arena = arena_new();
    size_t before = links->list.count;
    t.stated = &profile->tagged;
    choose_tag(&t);
    open_pools(&t, arena);
    for (size_t i = 0; i < t.stated->value_count; i++)
        read_words(&t, input->dw, t.stated->values[i], false);
    for (size_t i = 0; i < t.stated->number_count; i++)
        read_words(&t, input->dw, t.stated->numbers[i], true);
    take_out(&t, before);
    for (size_t i = 0; i < t.pool_count; i++) {
        free(t.pools[i].targets);
        free(t.pools[i].named);
    }
    vec_free(&t.numbers);
    arena_free(arena);
}
