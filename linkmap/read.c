// SPDX-License-Identifier: MIT
//
// The table of dialects, and the way into them.

#include "linkmap/owned.h"

static const struct lm_dialect dialects[] = {
    {"ld", "GNU ld", lm__ld_score, lm__ld_read, true, false, true},
    {"gold", "gold", lm__gold_score, lm__gold_read, true, true, false},
    {"lld", "LLVM lld", lm__lld_score, lm__lld_read, true, false, false},
    {"mold", "mold", lm__mold_score, lm__mold_read, true, false, false},
    {"armlink", "Keil armlink", lm__armlink_score, lm__armlink_read, false, false, false},
    {"iar", "IAR ILINK", lm__iar_score, lm__iar_read, false, false, false},
    {"ld64", "Apple ld64", lm__ld64_score, lm__ld64_read, false, false, false},
    {"ti", "TI linker", lm__ti_score, lm__ti_read, false, false, false},
};

const struct lm_dialect *lm_dialects(size_t *count)
{
    *count = COUNT_OF(dialects);
    return dialects;
}

const struct lm_dialect *lm_dialect_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    return NULL;
}

const struct lm_dialect *lm_dialect_of(struct slice text)
{
    const struct lm_dialect *best = NULL;
    unsigned best_score = 0;
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        unsigned score = dialects[i].score(text);
        if (score > best_score) {
            best = &dialects[i];
            best_score = score;
        }
    }
    return best;
}

// ------------------------------------------------------------------------- reading

static bool unknown(struct slice text, const char *name, struct fault *fault)
{
    const char *what = lm__stranger(text);
    struct buf known = {0};
    for (size_t i = 0; i < COUNT_OF(dialects); i++)
        buf_printf(&known, "%s%s", i == 0 ? "" : ", ", dialects[i].title);
    fault_set(fault, FAULT_INPUT, name, NULL, NO_OFFSET,
              "looks like %s; those of these linkers are read: %s",
              what != NULL ? what : "the map of no linker that is known here", known.data);
    buf_free(&known);
    return false;
}

#define RESERVE_RATE 192 // bytes of text a contribution or symbol

static void read_all(struct lm_map *map, struct doubts *doubts)
{
    struct lm__reader r = {.map = map, .name = map->name, .doubts = doubts};
    lm__start(&r, map->text);
    // About what functions in sections of their own come to: lists that grow are copied.
    vec_reserve(&map->contributions, map->text.size / RESERVE_RATE);
    vec_reserve(&map->symbols, map->text.size / RESERVE_RATE);
    map->dialect->read(&r);
    lm__check_end(&r);
    lm__finish(&r);
}

bool lm_read(struct lm_map **out, struct slice text, const char *name,
             const struct lm_dialect *dialect, struct doubts *doubts, struct fault *fault)
{
    if (text.size > LM_SIZE_MAX)
        return fault_set(fault, FAULT_INPUT, name, NULL, NO_OFFSET, "too large for a linker map");
    if (dialect == NULL)
        dialect = lm_dialect_of(text);
    if (dialect == NULL)
        return unknown(text, name, fault);
    struct lm_map *map = mem_zalloc(1, sizeof *map);
    map->owned = mem_zalloc(1, sizeof *map->owned);
    map->owned->arena = arena_new();
    map->owned->seed = hash_seed();
    map->dialect = dialect;
    map->name = name;
    map->text = text;
    map->entry_addr = LM_NONE;
    read_all(map, doubts);
    *out = map;
    return true;
}

// --------------------------------------------------------------------------- files

bool lm__map_file(const char *path, struct slice *bytes, struct fault *fault)
{
    if (!file_map(bytes, path, "a text that a linker wrote", true, fault))
        return false;
    if (bytes->size <= LM_SIZE_MAX)
        return true;
    file_unmap(*bytes);
    return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "too large for a linker map");
}

bool lm_open(struct lm_map **out, const char *path, const struct lm_dialect *dialect,
             struct doubts *doubts, struct fault *fault)
{
    struct slice bytes;
    if (!lm__map_file(path, &bytes, fault))
        return false;
    if (!lm_read(out, bytes, path, dialect, doubts, fault)) {
        file_unmap(bytes);
        return false;
    }
    vec_push(&(*out)->owned->bytes, bytes);
    return true;
}

void lm_free(struct lm_map *map)
{
    if (map == NULL)
        return;
    vec_free(&map->regions);
    vec_free(&map->sections);
    vec_free(&map->contributions);
    vec_free(&map->discarded);
    vec_free(&map->symbols);
    vec_free(&map->files);
    vec_free(&map->reasons);
    vec_free(&map->references);
    vec_free(&map->totals);
    vec_free(&map->overflows);
    vec_free(&map->commons);
    vec_free(&map->owned->file_hashes);
    arena_free(map->owned->arena);
    free(map->owned->file_slots);
    for (size_t i = 0; i < map->owned->bytes.count; i++)
        file_unmap(map->owned->bytes.items[i]);
    vec_free(&map->owned->bytes);
    free(map->owned);
    free(map);
}
