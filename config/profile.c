// SPDX-License-Identifier: MIT
//
// Profiles: the schema, and the same with lines.

#include <inttypes.h>
#include <stdlib.h>

#include "config/schema.h"

#define WORDS_MAX 64 // of a row of a table of types

struct value {
    char *name, *is, *macro, *unit, *from;
};

struct part {
    char *name, *size, *count, *when;
};

struct kind {
    char *kind, *type, *class, *flags, *object, *spare, *shared, *first, *differs, *when;
    struct part *parts;
    uint32_t part_count;
};

struct header {
    char *type, *count, *class, *when;
    bool part;
    uint64_t immortal;
    struct cfg_globs gc;
};

struct before {
    char *type, *size, *when;
};

struct types {
    char *type, *name, *size, *item, *flags, *base, *inherits;
};

struct prebuilt {
    char *flags, *others, *number, *varies, *row, *size, *pointers, *item, *items, *length;
};

struct features {
    struct cfg_globs tables, walkers;
    struct value *caches;
    uint32_t cache_count;
};

struct tagged {
    struct cfg_globs values, numbers, pools, named;
    struct cfg_tag *pointer, *strings;
    uint32_t string_count;
    char *sample, *previous, *count, *texts;
};

struct allocator {
    char *model, *when;
    struct value *with;
    uint32_t with_count;
};

struct profile {
    char *name, *about;
    bool boxed;
    struct cfg_globs recognise;
    struct value *values;
    uint32_t value_count;
    struct header *headers;
    uint32_t header_count;
    struct before *before;
    struct types *types;
    uint32_t type_count;
    struct prebuilt *prebuilt;
    struct features *features;
    struct tagged *tagged;
    struct allocator *allocator, *objects, *instead;
    struct kind *kinds;
    uint32_t kind_count;
    struct cfg_globs count, apart;
};

#define MAY(key, type, member, fields) CYAML_FIELD_MAPPING_PTR(key, OPTIONAL, type, member, fields)

static const cyaml_schema_field_t value_fields[] = {
    NEEDED_TEXT("name", struct value, name), NEEDED_TEXT("is", struct value, is),
    TEXT("macro", struct value, macro),      TEXT("unit", struct value, unit),
    TEXT("from", struct value, from),        CYAML_FIELD_END,
};
static const cyaml_schema_value_t value_value = {MAPPING(struct value, value_fields)};

static const cyaml_schema_field_t part_fields[] = {
    NEEDED_TEXT("name", struct part, name),
    NEEDED_TEXT("size", struct part, size),
    TEXT("count", struct part, count),
    TEXT("when", struct part, when),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t part_value = {MAPPING(struct part, part_fields)};

static const cyaml_schema_field_t kind_fields[] = {
    NEEDED_TEXT("kind", struct kind, kind),
    TEXT("type", struct kind, type),
    TEXT("class", struct kind, class),
    TEXT("flags", struct kind, flags),
    TEXT("object", struct kind, object),
    TEXT("spare", struct kind, spare),
    TEXT("shared", struct kind, shared),
    TEXT("first", struct kind, first),
    TEXT("differs", struct kind, differs),
    TEXT("when", struct kind, when),
    LIST("parts", struct kind, parts, part_count, &part_value, 1, 16),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t kind_value = {MAPPING(struct kind, kind_fields)};

static const cyaml_schema_field_t header_fields[] = {
    NEEDED_TEXT("type", struct header, type),
    TEXT("count", struct header, count),
    TEXT("class", struct header, class),
    TEXT("when", struct header, when),
    CYAML_FIELD_BOOL("part", CYAML_FLAG_OPTIONAL, struct header, part),
    CYAML_FIELD_UINT("immortal", CYAML_FLAG_OPTIONAL, struct header, immortal),
    TEXTS("gc", struct header, gc),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t header_value = {MAPPING(struct header, header_fields)};

static const cyaml_schema_field_t before_fields[] = {
    TEXT("type", struct before, type),
    NEEDED_TEXT("size", struct before, size),
    NEEDED_TEXT("when", struct before, when),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t types_fields[] = {
    NEEDED_TEXT("type", struct types, type),  TEXT("name", struct types, name),
    TEXT("size", struct types, size),         TEXT("item", struct types, item),
    TEXT("flags", struct types, flags),       TEXT("base", struct types, base),
    TEXT("inherits", struct types, inherits), CYAML_FIELD_END,
};

static const cyaml_schema_value_t types_value = {MAPPING(struct types, types_fields)};

static const cyaml_schema_field_t prebuilt_fields[] = {
    NEEDED_TEXT("flags", struct prebuilt, flags),
    NEEDED_TEXT("others", struct prebuilt, others),
    NEEDED_TEXT("number", struct prebuilt, number),
    NEEDED_TEXT("varies", struct prebuilt, varies),
    NEEDED_TEXT("row", struct prebuilt, row),
    NEEDED_TEXT("size", struct prebuilt, size),
    NEEDED_TEXT("item", struct prebuilt, item),
    NEEDED_TEXT("items", struct prebuilt, items),
    NEEDED_TEXT("length", struct prebuilt, length),
    NEEDED_TEXT("pointers", struct prebuilt, pointers),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t features_fields[] = {
    TEXTS("tables", struct features, tables),
    TEXTS("walkers", struct features, walkers),
    LIST("caches", struct features, caches, cache_count, &value_value, 1, 64),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t tag_fields[] = {
    CYAML_FIELD_UINT("mask", CYAML_FLAG_DEFAULT, struct cfg_tag, mask),
    CYAML_FIELD_UINT("tag", CYAML_FLAG_DEFAULT, struct cfg_tag, tag),
    CYAML_FIELD_UINT("shift", CYAML_FLAG_OPTIONAL, struct cfg_tag, shift),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t tag_value = {MAPPING(struct cfg_tag, tag_fields)};

static const cyaml_schema_field_t tagged_fields[] = {
    TEXTS("values", struct tagged, values),
    TEXTS("numbers", struct tagged, numbers),
    MAY("pointer", struct tagged, pointer, tag_fields),
    LIST("strings", struct tagged, strings, string_count, &tag_value, 1, 16),
    TEXT("sample", struct tagged, sample),
    TEXTS("pools", struct tagged, pools),
    TEXT("previous", struct tagged, previous),
    TEXT("count", struct tagged, count),
    TEXT("texts", struct tagged, texts),
    TEXTS("named", struct tagged, named),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t allocator_fields[] = {
    NEEDED_TEXT("model", struct allocator, model),
    LIST("with", struct allocator, with, with_count, &value_value, 1, 64),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t instead_fields[] = {
    NEEDED_TEXT("when", struct allocator, when),
    NEEDED_TEXT("model", struct allocator, model),
    LIST("with", struct allocator, with, with_count, &value_value, 1, 64),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t fields[] = {
    NEEDED_TEXT("profile", struct profile, name),
    TEXT("about", struct profile, about),
    CYAML_FIELD_BOOL("boxed", CYAML_FLAG_OPTIONAL, struct profile, boxed),
    TEXTS("recognise", struct profile, recognise),
    LIST("values", struct profile, values, value_count, &value_value, 1, 256),
    LIST("headers", struct profile, headers, header_count, &header_value, 1, 16),
    MAY("before", struct profile, before, before_fields),
    LIST("types", struct profile, types, type_count, &types_value, 1, 16),
    MAY("prebuilt", struct profile, prebuilt, prebuilt_fields),
    MAY("features", struct profile, features, features_fields),
    MAY("tagged", struct profile, tagged, tagged_fields),
    MAY("allocator", struct profile, allocator, allocator_fields),
    MAY("objects", struct profile, objects, allocator_fields),
    MAY("instead", struct profile, instead, instead_fields),
    TEXTS("count", struct profile, count),
    TEXTS("apart", struct profile, apart),
    LIST("kinds", struct profile, kinds, kind_count, &kind_value, 1, 256),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct profile, fields),
};

static const struct cfg__keys tables[] = {
    {"", fields},
    {"values", value_fields},
    {"headers", header_fields},
    {"before", before_fields},
    {"types", types_fields},
    {"prebuilt", prebuilt_fields},
    {"features", features_fields},
    {"caches", value_fields},
    {"tagged", tagged_fields},
    {"pointer", tag_fields},
    {"strings", tag_fields},
    {"allocator", allocator_fields},
    {"objects", allocator_fields},
    {"instead", instead_fields},
    {"with", value_fields},
    {"kinds", kind_fields},
    {"parts", part_fields},
};

static const struct cfg__yaml profile_yaml = {&schema, tables, COUNT_OF(tables)};

// ------------------------------------------------------------------------- meaning

// The profile, and what it is lent from.
struct whole {
    struct cfg_profile profile; // the first member: the address of one is that of the other
    struct profile *raw;
    struct arena *arena;
};

struct reader {
    struct whole *whole;
    struct cfg__tree *tree;
};

static struct cfg_values read_values(struct reader *r, const struct value *raw, size_t count,
                                     int list)
{
    struct cfg_value *items = ARENA_ARRAY(r->whole->arena, count, struct cfg_value);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct cfg_value){
            .name = raw[i].name,
            .is = raw[i].is,
            .macro = raw[i].macro,
            .unit = raw[i].unit,
            .from = raw[i].from,
            .line = cfg__tree_line(r->tree, cfg__tree_item(r->tree, list, i)),
        };
    return (struct cfg_values){items, count};
}

static const struct cfg_part *read_parts(struct reader *r, const struct kind *raw, int list)
{
    struct cfg_part *items = ARENA_ARRAY(r->whole->arena, raw->part_count, struct cfg_part);
    for (size_t i = 0; i < raw->part_count; i++) {
        const struct part *part = &raw->parts[i];
        items[i] = (struct cfg_part){
            .name = part->name,
            .size = part->size,
            .count = part->count,
            .when = part->when,
            .line = cfg__tree_line(r->tree, cfg__tree_item(r->tree, list, i)),
        };
    }
    return items;
}

static void read_kinds(struct reader *r, int list)
{
    const struct profile *raw = r->whole->raw;
    struct cfg_kind *kinds = ARENA_ARRAY(r->whole->arena, raw->kind_count, struct cfg_kind);
    for (size_t i = 0; i < raw->kind_count; i++) {
        const struct kind *kind = &raw->kinds[i];
        int node = cfg__tree_item(r->tree, list, i);
        kinds[i] = (struct cfg_kind){
            .kind = kind->kind,
            .type = kind->type,
            .class = kind->class,
            .flags = kind->flags,
            .object = kind->object,
            .spare = kind->spare,
            .shared = kind->shared,
            .first = kind->first,
            .differs = kind->differs,
            .when = kind->when,
            .parts = read_parts(r, kind, cfg__tree_child(r->tree, node, "parts")),
            .part_count = kind->part_count,
            .line = cfg__tree_line(r->tree, node),
        };
    }
    r->whole->profile.kinds = kinds;
    r->whole->profile.kind_count = raw->kind_count;
}

static void read_headers(struct reader *r, int list)
{
    const struct profile *raw = r->whole->raw;
    struct cfg_header *headers = ARENA_ARRAY(r->whole->arena, raw->header_count, struct cfg_header);
    for (size_t i = 0; i < raw->header_count; i++) {
        const struct header *h = &raw->headers[i];
        headers[i] =
            (struct cfg_header){.type = h->type,
                                .count = h->count,
                                .class = h->class,
                                .when = h->when,
                                .part = h->part,
                                .immortal = h->immortal,
                                .gc = (const char *const *)h->gc.items,
                                .gc_count = h->gc.count,
                                .line = cfg__tree_line(r->tree, cfg__tree_item(r->tree, list, i))};
    }
    r->whole->profile.headers = headers;
    r->whole->profile.header_count = raw->header_count;
}

static void read_types(struct reader *r, int list)
{
    const struct profile *raw = r->whole->raw;
    struct cfg_types *types = ARENA_ARRAY(r->whole->arena, raw->type_count, struct cfg_types);
    for (size_t i = 0; i < raw->type_count; i++) {
        const struct types *t = &raw->types[i];
        types[i] = (struct cfg_types){
            t->type,     t->name,
            t->size,     t->item,
            t->flags,    t->base,
            t->inherits, cfg__tree_line(r->tree, cfg__tree_item(r->tree, list, i))};
    }
    r->whole->profile.types = types;
    r->whole->profile.type_count = raw->type_count;
}

static void read_allocator(struct reader *r, const struct allocator *raw, int node,
                           struct cfg_allocator *out)
{
    if (raw == NULL)
        return;
    out->model = raw->model;
    out->when = raw->when;
    out->with = read_values(r, raw->with, raw->with_count, cfg__tree_child(r->tree, node, "with"));
    out->line = cfg__tree_line(r->tree, node);
}

static bool read_prebuilt(struct reader *r, const char *name, struct fault *fault)
{
    const struct prebuilt *raw = r->whole->raw->prebuilt;
    struct cfg_prebuilt *out = &r->whole->profile.prebuilt;
    if (raw == NULL)
        return true;
    const struct {
        const char *key, *text;
        uint64_t *value, max;
    } rows[] = {
        {"flags", raw->flags, &out->flags, UINT32_MAX},
        {"others", raw->others, &out->others, UINT32_MAX},
        {"number", raw->number, &out->number, UINT32_MAX},
        {"varies", raw->varies, &out->varies, UINT32_MAX},
        {"row", raw->row, &out->row, WORDS_MAX},
        {"size", raw->size, &out->size, WORDS_MAX},
        {"pointers", raw->pointers, &out->pointers, WORDS_MAX},
        {"item", raw->item, &out->item, WORDS_MAX},
        {"items", raw->items, &out->items, WORDS_MAX},
        {"length", raw->length, &out->length, WORDS_MAX},
    };
    int node = cfg__tree_child(r->tree, cfg__tree_root(r->tree), "prebuilt");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!cfg__amount(rows[i].text, rows[i].value) || *rows[i].value > rows[i].max)
            return cfg__fault(fault, name,
                              cfg__tree_line(r->tree, cfg__tree_child(r->tree, node, rows[i].key)),
                              "'%s' is no number up to %" PRIu64, rows[i].text, rows[i].max);
    out->given = true;
    return true;
}

static void read_features(struct reader *r, int node)
{
    const struct features *raw = r->whole->raw->features;
    struct cfg_features *out = &r->whole->profile.features;
    if (raw == NULL)
        return;
    out->tables = (const char *const *)raw->tables.items;
    out->table_count = raw->tables.count;
    out->walkers = (const char *const *)raw->walkers.items;
    out->walker_count = raw->walkers.count;
    out->caches =
        read_values(r, raw->caches, raw->cache_count, cfg__tree_child(r->tree, node, "caches"));
}

static void read_tagged(struct reader *r)
{
    const struct tagged *raw = r->whole->raw->tagged;
    if (raw == NULL)
        return;
    r->whole->profile.tagged = (struct cfg_tagged){
        .given = true,
        .values = (const char *const *)raw->values.items,
        .value_count = raw->values.count,
        .numbers = (const char *const *)raw->numbers.items,
        .number_count = raw->numbers.count,
        .pointer = raw->pointer != NULL ? *raw->pointer : (struct cfg_tag){0},
        .strings = raw->strings,
        .string_count = raw->string_count,
        .sample = raw->sample,
        .pools = (const char *const *)raw->pools.items,
        .pool_count = raw->pools.count,
        .previous = raw->previous,
        .count = raw->count,
        .texts = raw->texts,
        .named = (const char *const *)raw->named.items,
        .named_count = raw->named.count,
    };
}

static void read_profile(struct reader *r, const char *name)
{
    const struct profile *raw = r->whole->raw;
    struct cfg_profile *out = &r->whole->profile;
    int root = cfg__tree_root(r->tree);
    out->name = raw->name;
    out->about = raw->about;
    out->boxed = raw->boxed;
    out->path = arena_text(r->whole->arena, slice_text(name));
    out->recognise = (const char *const *)raw->recognise.items;
    out->recognise_count = raw->recognise.count;
    out->count = (const char *const *)raw->count.items;
    out->count_words = raw->count.count;
    out->apart = (const char *const *)raw->apart.items;
    out->apart_count = raw->apart.count;
    out->values =
        read_values(r, raw->values, raw->value_count, cfg__tree_child(r->tree, root, "values"));
    read_headers(r, cfg__tree_child(r->tree, root, "headers"));
    if (raw->before != NULL) {
        out->before.type = raw->before->type;
        out->before.size = raw->before->size;
        out->before.when = raw->before->when;
        out->before.line = cfg__tree_line(r->tree, cfg__tree_child(r->tree, root, "before"));
    }
    read_types(r, cfg__tree_child(r->tree, root, "types"));
    read_allocator(r, raw->allocator, cfg__tree_child(r->tree, root, "allocator"), &out->allocator);
    read_allocator(r, raw->objects, cfg__tree_child(r->tree, root, "objects"), &out->objects);
    read_allocator(r, raw->instead, cfg__tree_child(r->tree, root, "instead"), &out->instead);
    read_features(r, cfg__tree_child(r->tree, root, "features"));
    read_tagged(r);
    read_kinds(r, cfg__tree_child(r->tree, root, "kinds"));
}

bool cfg_profile_load_text(const struct cfg_profile **out, struct slice text, const char *name,
                           struct fault *fault)
{
    void *data;
    if (!cfg__yaml_load(&profile_yaml, &data, text, name, fault))
        return false;
    if (data == NULL)
        return cfg__fault(fault, name, 1, "the profile is empty");
    struct whole *whole = mem_zalloc(1, sizeof *whole);
    struct reader reader = {whole, cfg__tree_new(text)};
    whole->raw = data;
    whole->arena = arena_new();
    read_profile(&reader, name);
    bool good = read_prebuilt(&reader, name, fault);
    cfg__tree_free(reader.tree);
    if (good)
        *out = &whole->profile;
    else
        cfg_profile_free(&whole->profile);
    return good;
}

bool cfg_profile_load(const struct cfg_profile **out, const char *path, struct fault *fault)
{
    struct buf bytes = {0};
    bool good = buf_read_file(&bytes, path, CFG_SIZE_MAX, fault) &&
                cfg_profile_load_text(out, slice_of(bytes.data, bytes.size), path, fault);
    buf_free(&bytes);
    return good;
}

void cfg_profile_free(const struct cfg_profile *profile)
{
    if (profile == NULL)
        return;
    struct whole *whole = (struct whole *)(uintptr_t)profile;
    cfg__yaml_free(&profile_yaml, whole->raw);
    arena_free(whole->arena);
    free(whole);
}
