// SPDX-License-Identifier: MIT
//
// Text: prefixes, globs, distances, interned names.

#include <stdlib.h>

#include "base/base.h"

struct slice slice_cut(struct slice *rest, char separator)
{
    const uint8_t *at = memchr(rest->data, separator, rest->size);
    size_t size = at ? (size_t)(at - rest->data) : rest->size;
    struct slice word = slice_of(rest->data, size);
    size_t taken = at ? size + 1 : size;
    *rest = slice_of(rest->data + taken, rest->size - taken);
    while (word.size > 0 && word.data[0] == ' ')
        word = slice_of(word.data + 1, word.size - 1);
    while (word.size > 0 && word.data[word.size - 1] == ' ')
        word.size--;
    return word;
}

bool slice_starts(struct slice text, const char *prefix)
{
    size_t size = strlen(prefix);
    return size == 0 || (text.size >= size && memcmp(text.data, prefix, size) == 0);
}

bool slice_ends(struct slice text, const char *suffix)
{
    size_t size = strlen(suffix);
    return size == 0 ||
           (text.size >= size && memcmp(text.data + (text.size - size), suffix, size) == 0);
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// -------------------------------------------------------------------------- glob

// Matches one bracket expression against `byte`; *pattern stands after '[' and is moved past ']'.
// A bracket that never closes matches a literal '['.
static bool match_bracket(const char **pattern, uint8_t byte)
{
    const char *p = *pattern;
    bool negated = *p == '!' || *p == '^';
    bool found = false;
    p += negated;
    for (const char *first = p; *p != '\0' && (*p != ']' || p == first);) {
        uint8_t low = (uint8_t)*p++;
        uint8_t high = low;
        if (p[0] == '-' && p[1] != '\0' && p[1] != ']') {
            high = (uint8_t)p[1];
            p += 2;
        }
        found |= low <= byte && byte <= high;
    }
    if (*p != ']')
        return byte == '[';
    *pattern = p + 1;
    return found != negated;
}

// Matches one pattern element other than `*` and moves past it.
static bool match_one(const char **pattern, uint8_t byte)
{
    char c = *(*pattern)++;
    if (c == '?')
        return true;
    if (c == '[')
        return match_bracket(pattern, byte);
    if (c == '\\' && **pattern != '\0')
        c = *(*pattern)++;
    return (uint8_t)c == byte;
}

bool glob_match(const char *pattern, struct slice text)
{
    size_t at = 0, star_at = 0;
    const char *star = NULL; // the pattern after the last `*`
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            star_at = at;
            continue;
        }
        if (at == text.size && *pattern == '\0')
            return true;
        if (at < text.size && *pattern != '\0' && match_one(&pattern, text.data[at])) {
            at++;
            continue;
        }
        if (star == NULL || star_at >= text.size)
            return false;
        pattern = star;
        at = ++star_at;
    }
}

// ---------------------------------------------------------------------- distance

#define DISTANCE_MAX 255

unsigned text_distance(struct slice a, struct slice b, unsigned limit)
{
    size_t rows = MIN(a.size, (size_t)DISTANCE_MAX), columns = MIN(b.size, (size_t)DISTANCE_MAX);
    unsigned lines[3][DISTANCE_MAX + 1];
    unsigned *before = lines[0], *previous = lines[1], *current = lines[2];
    if ((rows > columns ? rows - columns : columns - rows) > limit)
        return limit + 1;
    for (size_t j = 0; j <= columns; j++)
        previous[j] = (unsigned)j;
    for (size_t i = 1; i <= rows; i++) {
        unsigned best = current[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            unsigned change = previous[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            unsigned value = MIN(change, MIN(previous[j], current[j - 1]) + 1);
            bool swapped =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            if (swapped)
                value = MIN(value, before[j - 2] + 1);
            current[j] = value;
            best = MIN(best, value);
        }
        if (best > limit)
            return limit + 1;
        unsigned *oldest = before;
        before = previous, previous = current, current = oldest;
    }
    return MIN(previous[columns], limit + 1);
}

// ------------------------------------------------------------------------- names

// Open addressing over ids; texts lie NUL-terminated in an arena. Slot 0 means empty, else id + 1.
// The hash is seeded by the process, so that no file can hold names that all fall into one slot.
struct name {
    const char *text;
    uint32_t size;
    uint32_t hash;
};

struct names {
    struct arena *arena;
    VEC(struct name) list;
    uint32_t *slots;
    uint32_t slot_mask;
    uint64_t seed;
    uint64_t bytes, limit; // of text
};

#define SLOTS_FIRST 16
#define NAMES_MAX   (1u << 30) // slots are counted in 32 bits and at most half of them are used

static uint32_t *find_slot(const struct names *names, struct slice text, uint32_t hash)
{
    for (uint32_t at = hash & names->slot_mask;; at = (at + 1) & names->slot_mask) {
        uint32_t *slot = &names->slots[at];
        if (*slot == 0)
            return slot;
        const struct name *name = &names->list.items[*slot - 1];
        if (name->hash == hash && slice_equal(slice_of(name->text, name->size), text))
            return slot;
    }
}

static void rehash(struct names *names, uint32_t slots)
{
    free(names->slots);
    names->slots = mem_zalloc(slots, sizeof *names->slots);
    names->slot_mask = slots - 1;
    for (uint32_t id = 0; id < names->list.count; id++) {
        uint32_t at = names->list.items[id].hash & names->slot_mask;
        while (names->slots[at] != 0)
            at = (at + 1) & names->slot_mask;
        names->slots[at] = id + 1;
    }
}

struct names *names_new(void)
{
    struct names *names = mem_zalloc(1, sizeof *names);
    names->limit = UINT64_MAX;
    names->arena = arena_new();
    names->seed = hash_seed();
    rehash(names, SLOTS_FIRST);
    names_intern(names, slice_text(""));
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    arena_free(names->arena);
    vec_free(&names->list);
    free(names->slots);
    free(names);
}

static uint32_t text_hash(const struct names *names, struct slice text)
{
    return (uint32_t)hash_bytes(text.data, text.size, names->seed);
}

void names_limit(struct names *names, uint64_t bytes)
{
    names->limit = bytes;
}

name_id names_intern(struct names *names, struct slice text)
{
    text.size = MIN(text.size, (size_t)NAMES_LONGEST);
    uint32_t hash = text_hash(names, text);
    uint32_t *slot = find_slot(names, text, hash);
    if (*slot == 0 && text.size > NAMES_CUT && names->bytes + text.size > names->limit)
        return names_intern(names, slice_of(text.data, NAMES_CUT));
    if (*slot != 0)
        return *slot - 1;
    ASSERT(names->list.count < NAMES_MAX);
    struct name name = {arena_text(names->arena, text), (uint32_t)text.size, hash};
    vec_push(&names->list, name);
    names->bytes += text.size;
    *slot = (uint32_t)names->list.count;
    if (names->list.count > names->slot_mask / 2)
        rehash(names, (names->slot_mask + 1) * 2);
    return (name_id)names->list.count - 1;
}

name_id names_intern_text(struct names *names, const char *text)
{
    return names_intern(names, slice_text(text));
}

name_id names_find(const struct names *names, struct slice text)
{
    uint32_t slot = *find_slot(names, text, text_hash(names, text));
    return slot == 0 ? 0 : slot - 1;
}

const char *names_text(const struct names *names, name_id id)
{
    ASSERT(id < names->list.count);
    return names->list.items[id].text;
}

struct slice names_slice(const struct names *names, name_id id)
{
    ASSERT(id < names->list.count);
    return slice_of(names->list.items[id].text, names->list.items[id].size);
}

uint32_t names_count(const struct names *names)
{
    return (uint32_t)names->list.count;
}
