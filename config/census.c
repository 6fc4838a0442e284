// SPDX-License-Identifier: MIT
//
// A census: how many objects of which kind and shape a heap holds (examples/mote/census.md has the
// format). One file may hold several, each with a label; they are read one after the other.

#include <jansson.h>
#include <stdlib.h>

#include "config/config.h"

#define VERSION 1

static bool wrong(const char *path, struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "%s", what);
}

static enum cfg_shape shape_named(const char *name)
{
    static const char *const names[CFG_SHAPE_COUNT] = {
#define X(name, text) text,
        CFG_SHAPE(X)
#undef X
    };
    for (unsigned i = 0; i < CFG_SHAPE_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum cfg_shape)i;
    return CFG_SHAPE_COUNT;
}

static bool read_member(const char *key, json_t *value, struct cfg_population *row,
                        struct arena *arena, const char *path, struct fault *fault)
{
    enum cfg_shape shape = shape_named(key);
    if (strcmp(key, "kind") == 0 && json_is_string(value)) {
        row->kind = arena_text(arena, slice_text(json_string_value(value)));
    } else if (strcmp(key, "class") == 0 && json_is_string(value)) {
        row->class = arena_text(arena, slice_text(json_string_value(value)));
    } else if (strcmp(key, "how") == 0 && json_is_string(value)) {
        shape = shape_named(json_string_value(value));
        if (shape < CFG_LITERAL || shape == CFG_SHAPE_COUNT)
            return wrong(path, fault, "'how' is none of those this version knows");
        row->shape[shape] = 1;
    } else if (json_is_integer(value) && json_integer_value(value) >= 0) {
        if (strcmp(key, "count") == 0)
            row->count = (uint64_t)json_integer_value(value);
        else if (shape < CFG_LITERAL)
            row->shape[shape] = json_integer_value(value);
        else
            return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                             "a row has a member '%s', which this version does not know", key);
    } else if (json_is_boolean(value) && shape < CFG_LITERAL) {
        row->shape[shape] = json_is_true(value);
    } else {
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                         "a row's member '%s' is not as expected", key);
    }
    return true;
}

static bool read_row(json_t *object, struct cfg_population *row, struct arena *arena,
                     const char *path, struct fault *fault)
{
    const char *key;
    json_t *value;
    *row = (struct cfg_population){0};
    json_object_foreach(object, key,
                        value) if (!read_member(key, value, row, arena, path, fault)) return false;
    return (row->kind != NULL && row->count != 0) ||
           wrong(path, fault, "a row has no kind, or no count");
}

struct cfg_censuses {
    const char *path;
    struct arena *arena;
    VEC(struct cfg_census) list;
};

static void find_class_fields(struct cfg_population *rows, size_t count)
{
    struct names *classes = names_new();
    VEC(int64_t) most = {0}; // by name
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            const char *class = rows[i].class;
            if (class == NULL) {
                rows[i].shape[CFG_CLASS_FIELDS] = rows[i].shape[CFG_FIELDS];
                continue;
            }
            size_t id = names_intern_text(classes, class);
            while (most.count <= id)
                vec_push(&most, 0);
            most.items[id] = MAX(most.items[id], rows[i].shape[CFG_FIELDS]);
            rows[i].shape[CFG_CLASS_FIELDS] = most.items[id];
        }
    vec_free(&most);
    names_free(classes);
}

static bool read_census(json_t *root, struct cfg_censuses *out, struct fault *fault)
{
    json_t *objects = json_object_get(root, "objects"), *version = json_object_get(root, "census");
    const char *label = json_string_value(json_object_get(root, "label"));
    if (!json_is_integer(version) || !json_is_array(objects))
        return wrong(out->path, fault, "no census: expected an object with 'census' and 'objects'");
    if (json_integer_value(version) != VERSION)
        return fault_set(fault, FAULT_INPUT, out->path, NULL, NO_OFFSET,
                         "a census of version %lld; this program reads version %d",
                         (long long)json_integer_value(version), VERSION);
    size_t count = json_array_size(objects);
    struct cfg_population *rows = ARENA_ARRAY(out->arena, count, struct cfg_population);
    struct cfg_census one = {
        .path = out->path,
        .label = arena_text(out->arena, slice_text(label ? label : "")),
        .rows = rows,
        .row_count = count,
        .boxed = json_is_true(json_object_get(root, "boxed_int")),
    };
    for (size_t i = 0; i < count; i++)
        if (!read_row(json_array_get(objects, i), &rows[i], out->arena, out->path, fault))
            return false;
    find_class_fields(rows, count);
    vec_push(&out->list, one);
    return true;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static bool read_all(struct cfg_censuses *out, struct slice text, struct fault *fault)
{
    for (size_t at = 0; at < text.size;) {
        json_error_t error;
        if (is_space(text.data[at])) {
            at++;
            continue;
        }
        json_t *root = json_loadb((const char *)text.data + at, text.size - at,
                                  JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
        if (root == NULL)
            return fault_set(fault, FAULT_INPUT, out->path, NULL, at + (size_t)error.position, "%s",
                             error.text);
        bool good = read_census(root, out, fault);
        json_decref(root);
        if (!good)
            return false;
        at += (size_t)error.position;
    }
    return out->list.count != 0 || wrong(out->path, fault, "the file holds no census");
}

bool cfg_censuses_read(struct cfg_censuses **out, struct slice text, const char *path,
                       struct fault *fault)
{
    struct cfg_censuses *censuses = mem_zalloc(1, sizeof *censuses);
    censuses->arena = arena_new();
    censuses->path = arena_text(censuses->arena, slice_text(path));
    if (!read_all(censuses, text, fault)) {
        cfg_censuses_free(censuses);
        return false;
    }
    *out = censuses;
    return true;
}

void cfg_censuses_free(struct cfg_censuses *censuses)
{
    if (censuses == NULL)
        return;
    vec_free(&censuses->list);
    arena_free(censuses->arena);
    free(censuses);
}

const struct cfg_census *cfg_census_labelled(const struct cfg_censuses *censuses, const char *label)
{
    for (size_t i = censuses->list.count; i-- > 0;)
        if (label == NULL || strcmp(censuses->list.items[i].label, label) == 0)
            return &censuses->list.items[i];
    return NULL;
}

// ------------------------------------------------------------------------- counters

static bool is_apart(const struct cfg_profile *profile, const char *name)
{
    for (size_t i = 0; name != NULL && i < profile->apart_count; i++)
        if (strcmp(profile->apart[i], name) == 0)
            return true;
    return false;
}

// Numbers that are none count as 0.
static uint64_t bytes_of(json_t *number)
{
    return json_is_integer(number) && json_integer_value(number) > 0
               ? (uint64_t)json_integer_value(number)
               : 0;
}

static void read_counters(json_t *types, struct arena *arena, struct cfg_counters *out)
{
    size_t i;
    json_t *type;
    struct cfg_counter *rows = ARENA_ARRAY(arena, json_array_size(types), struct cfg_counter);
    json_array_foreach(types, i, type)
    {
        const char *name = json_string_value(json_object_get(type, "name"));
        rows[i] = (struct cfg_counter){arena_text(arena, slice_text(name)),
                                       bytes_of(json_object_get(type, "held"))};
    }
    out->types = rows;
    out->type_count = json_array_size(types);
}

bool cfg_counted(struct slice text, const char *path, const struct cfg_profile *profile,
                 struct arena *arena, struct cfg_counters *out, struct fault *fault)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)text.data, text.size, 0, &error);
    json_t *total = json_object_get(root, "held_bytes");
    bool good = json_is_integer(total) && json_integer_value(total) >= 0;
    *out = (struct cfg_counters){.held = bytes_of(total)};
    read_counters(json_object_get(root, "types"), arena, out);
    for (size_t i = 0; good && i < out->type_count; i++) {
        uint64_t apart = is_apart(profile, out->types[i].name) ? out->types[i].held : 0;
        good = apart <= out->held;
        out->held -= good ? apart : 0;
    }
    json_decref(root);
    return good || fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                             "no counters: expected an object with 'held_bytes'");
}
