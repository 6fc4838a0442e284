// SPDX-License-Identifier: MIT
//
// Which units can define a type of a wanted name? Those whose bytes hold the name: inline
// (DW_FORM_string) or as the offset of its text in .debug_str (DW_FORM_strp). Searching a unit for a
// few bytes costs a fraction of reading its DIEs, and most units are ruled out.
//
// The filter never says no to a unit that has the name: it steps aside for globs, for indexed
// strings, for texts of a supplementary file, when a name's text occurs too often, and when it turns
// out that most units have the name.

#include "dwarfsize/types.h"

#define PATTERNS_MAX 16
#define GLOB_CHARS   "*?[\\"

struct pattern {
    uint8_t bytes[8];
    struct slice text; // instead of `bytes` when not empty
    uint8_t size;
};

struct dw__filter {
    struct pattern patterns[PATTERNS_MAX];
    char *simple[PATTERNS_MAX]; // by wanted name: without template arguments, or NULL
    size_t count;
    bool steps_aside;
    atomic_uint asked, passed;
};

#define TRIALS 64 // units after which it is known whether searching pays

static void add_offset(struct dw__filter *filter, uint64_t offset, uint8_t size, bool big_endian)
{
    if (filter->count == PATTERNS_MAX) {
        filter->steps_aside = true;
        return;
    }
    struct pattern *pattern = &filter->patterns[filter->count++];
    *pattern = (struct pattern){.size = size};
    for (unsigned i = 0; i < size; i++)
        pattern->bytes[big_endian ? size - 1 - i : i] = (uint8_t)(offset >> (8 * i));
}

// Every place where a text equal to `name`, NUL included, starts: tails of longer texts too, since
// linkers merge them.
static void add_offsets(struct dw__filter *filter, struct slice strings, struct slice name,
                        bool big_endian)
{
    const uint8_t *at = strings.data, *end = strings.data + strings.size;
    while (at < end && !filter->steps_aside) {
        at = memmem(at, (size_t)(end - at), name.data, name.size);
        if (at == NULL)
            return;
        uint64_t offset = (uint64_t)(at - strings.data);
        add_offset(filter, offset, 4, big_endian);
        add_offset(filter, offset, 8, big_endian);
        at++;
    }
}

static void add_name(struct dw__filter *filter, struct slice strings, struct slice name,
                     bool big_endian)
{
    filter->steps_aside |= name.size < 2 || filter->count == PATTERNS_MAX;
    if (filter->steps_aside)
        return;
    filter->patterns[filter->count++] = (struct pattern){.text = name};
    add_offsets(filter, strings, name, big_endian);
}

// The part of a wanted name that DW_AT_name holds, NUL included: "foo" of "struct a::foo".
static struct slice plain_name(const char *wanted)
{
    const char *name = wanted;
    for (const char *at = wanted; *at != '\0' && *at != '<'; at++)
        if (*at == ' ' || *at == ':')
            name = at + 1;
    return slice_of(name, strlen(name) + 1);
}

struct dw__filter *dw__filter_new(const struct dw *dw, const struct dw_types_options *options)
{
    struct dw__filter *filter = mem_zalloc(1, sizeof *filter);
    if (dw->objects.count != 1 || dw->objects.items[0]->split || options->name_count == 0) {
        filter->steps_aside = true; // split units and dwz have texts elsewhere
        return filter;
    }
    struct dw__object *object = dw->objects.items[0];
    struct slice strings = dw__object_section(object, DW__STR);
    for (size_t i = 0; i < options->name_count && !filter->steps_aside; i++) {
        struct slice name = plain_name(options->names[i]);
        filter->steps_aside = strpbrk(options->names[i], GLOB_CHARS) != NULL;
        if (filter->steps_aside)
            break;
        add_name(filter, strings, name, object->big_endian);
        size_t simple = strcspn((const char *)name.data, "<");
        if (simple + 1 == name.size)
            continue;
        filter->simple[i] = mem_zalloc(simple + 1, 1); // clang -gsimple-template-names
        memcpy(filter->simple[i], name.data, simple);
        add_name(filter, strings, slice_of(filter->simple[i], simple + 1), object->big_endian);
    }
    return filter;
}

void dw__filter_free(struct dw__filter *filter)
{
    for (size_t i = 0; i < PATTERNS_MAX; i++)
        free(filter->simple[i]);
    free(filter);
}

static bool holds_name(const struct dw__filter *filter, const struct dw__unit *unit)
{
    const uint8_t *bytes = unit->chunk->bytes.data + unit->start;
    size_t size = unit->end - unit->start;
    for (size_t i = 0; i < filter->count; i++) {
        const struct pattern *pattern = &filter->patterns[i];
        bool text = pattern->text.size != 0;
        if (!text && pattern->size != unit->offset_size)
            continue;
        const void *needle = text ? pattern->text.data : pattern->bytes;
        if (memmem(bytes, size, needle, text ? pattern->text.size : pattern->size) != NULL)
            return true;
    }
    return false;
}

bool dw__filter_passes(struct dw__filter *filter, const struct dw__unit *unit)
{
    unsigned asked = atomic_load(&filter->asked);
    bool useless = asked >= TRIALS && atomic_load(&filter->passed) > asked / 2;
    if (filter->steps_aside || unit->str_offsets_base != 0 || useless)
        return true;
    bool passes = holds_name(filter, unit);
    atomic_fetch_add(&filter->asked, 1);
    atomic_fetch_add(&filter->passed, passes);
    return passes;
}
