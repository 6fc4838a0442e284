// SPDX-License-Identifier: MIT
//
// Loading a YAML file with libcyaml, and what is wrong with it in our words.

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/private.h"

// ------------------------------------------------------------------ cyaml's messages

// libcyaml says an error in one line and then where, from the inside out:
//   Load: Unexpected key: unist
//   Load: Backtrace:
//     in mapping (line: 2, column: 11)
//     in sequence entry '1' (line: 2, column: 5)
//     in mapping field 'modules' (line: 2, column: 3)
struct complaint {
    char text[200];
    char field[60];                // the innermost field that is named, or ""
    struct cfg__place at;          // the innermost place
    struct cfg__place entry_start; // of the list entry that it is or is directly in
};

static void note_place(struct complaint *complaint, const char *line)
{
    struct cfg__place place;
    const char *numbers = strstr(line, "(line: ");
    if (numbers == NULL ||
        sscanf(numbers, "(line: %zu, column: %zu)", &place.line, &place.column) != 2)
        return;
    if (complaint->at.line == 0)
        complaint->at = place;
    if (complaint->entry_start.line == 0 && complaint->field[0] == '\0' &&
        strncmp(line, "in sequence entry", 17) == 0)
        complaint->entry_start = place;
    if (complaint->field[0] == '\0')
        sscanf(line, "in mapping field '%59[^']'", complaint->field);
}

static void listen(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct complaint *complaint = context;
    char line[400];
    (void)level;
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "Load: Backtrace:") == 0)
        return;
    if (strncmp(line, "Load: ", 6) == 0 && complaint->text[0] == '\0')
        snprintf(complaint->text, sizeof complaint->text, "%.199s", line + 6);
    else
        note_place(complaint, line + strspn(line, " "));
}

// What `text` says after `prefix`, or NULL when it does not start with it.
static const char *after(const char *text, const char *prefix)
{
    size_t size = strlen(prefix);
    return strncmp(text, prefix, size) == 0 ? text + size : NULL;
}

static const char *kind_word(const char *text)
{
    static const struct {
        const char *prefix, *word;
    } rows[] = {{"SEQUENCE", "a list"}, {"MAPPING", "a mapping"}, {"", "a text"}};
    size_t i = 0;
    while (after(text, rows[i].prefix) == NULL)
        i++;
    return rows[i].word;
}

// "Expecting SEQUENCE, got event: SCALAR"
static void say_kind(struct buf *out, const char *wanted)
{
    const char *got = strstr(wanted, "event: ");
    buf_printf(out, "expected %s, found %s", kind_word(wanted), kind_word(got ? got + 7 : ""));
}

#define FAR 3 // edits from which a key is no misspelling of another

static const char *nearest_key(const struct cfg__yaml *yaml, const char *field, const char *key)
{
    const char *nearest = NULL;
    unsigned best = FAR;
    for (size_t t = 0; t < yaml->table_count; t++) {
        const cyaml_schema_field_t *at = yaml->tables[t].keys;
        for (; strcmp(yaml->tables[t].field, field) == 0 && at->key != NULL; at++) {
            unsigned distance = text_distance(slice_text(key), slice_text(at->key), best);
            if (distance < best)
                best = distance, nearest = at->key;
        }
    }
    return nearest;
}

static void say_unknown_key(struct buf *out, const struct cfg__yaml *yaml, const char *field,
                            const char *key)
{
    const char *nearest = nearest_key(yaml, field, key);
    buf_printf(out, "unknown key '%s'", key);
    if (nearest != NULL)
        buf_printf(out, ", did you mean '%s'?", nearest);
}

// Complaints about a key; the line it is on, or 0 when it is none of these.
static size_t say_key(struct buf *out, const struct cfg__yaml *yaml,
                      const struct complaint *complaint, struct slice text)
{
    const char *key;
    if ((key = after(complaint->text, "Unexpected key: "))) {
        say_unknown_key(out, yaml, complaint->field, key);
        return cfg__line_of_text(text, key, complaint->at);
    }
    if ((key = after(complaint->text, "Mapping field already seen: "))) {
        buf_printf(out, "'%s' is there twice", key);
        return cfg__line_of_text(text, key, complaint->at);
    }
    if ((key = after(complaint->text, "Missing required mapping field: "))) {
        buf_printf(out, "'%s' is missing", key);
        return complaint->entry_start.line ? complaint->entry_start.line : complaint->at.line;
    }
    return 0;
}

static void say_value(struct buf *out, const struct complaint *complaint, cyaml_err_t error)
{
    const char *said = complaint->text[0] ? complaint->text : cyaml_strerror(error), *wanted;
    if (complaint->field[0] != '\0')
        buf_printf(out, "%s: ", complaint->field);
    if ((wanted = after(said, "Expecting ")))
        say_kind(out, wanted);
    else if (after(said, "Insufficient entries"))
        buf_text(out, "the list is empty");
    else if (after(said, "Excess entries"))
        buf_text(out, "the list is too long");
    else if (after(said, "STRING length <"))
        buf_text(out, "the text is empty");
    else
        buf_printf(out, "not understood: %s", said);
}

static bool complain(const struct cfg__yaml *yaml, const struct complaint *complaint,
                     cyaml_err_t error, struct slice text, const char *name, struct fault *fault)
{
    struct buf out = {0};
    size_t line = say_key(&out, yaml, complaint, text);
    if (line == 0) {
        line = MAX(complaint->at.line, (size_t)1);
        say_value(&out, complaint, error);
    }
    cfg__fault(fault, name, line, "%.*s", (int)out.size, out.data);
    buf_free(&out);
    return false;
}

// ------------------------------------------------------------------------- loading

static void *allocate(void *context, void *old, size_t size)
{
    (void)context;
    if (size != 0)
        return mem_realloc(old, size);
    free(old);
    return NULL;
}

static cyaml_config_t cyaml_settings(struct complaint *complaint)
{
    return (cyaml_config_t){
        .log_fn = complaint ? listen : NULL,
        .log_ctx = complaint,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = allocate,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

bool cfg__yaml_load(const struct cfg__yaml *yaml, void **data, struct slice text, const char *name,
                    struct fault *fault)
{
    struct complaint complaint = {0};
    cyaml_config_t settings = cyaml_settings(&complaint);
    *data = NULL;
    if (text.data == NULL)
        text = slice_text("");
    if (text.size > CFG_SIZE_MAX)
        return cfg__fault(fault, name, 0, "%zu bytes are too long for a configuration", text.size);
    if (!cfg__check_yaml(text, name, fault))
        return false;
    cyaml_err_t error = cyaml_load_data(text.data, text.size, &settings, yaml->schema, data, NULL);
    return error == CYAML_OK || complain(yaml, &complaint, error, text, name, fault);
}

void cfg__yaml_free(const struct cfg__yaml *yaml, void *data)
{
    cyaml_config_t settings = cyaml_settings(NULL);
    cyaml_free(&settings, yaml->schema, data, 0);
}

// ----------------------------------------------------------------------- tare.yaml

void cfg_free(struct cfg *cfg)
{
    if (cfg == NULL)
        return;
    arena_free(cfg->arena);
    cfg__yaml_free(&cfg__tare_yaml, cfg);
}

bool cfg_load_text(struct cfg **out, struct slice text, const char *name, struct fault *fault)
{
    void *data;
    if (!cfg__yaml_load(&cfg__tare_yaml, &data, text, name, fault))
        return false;
    struct cfg *cfg = data ? data : mem_zalloc(1, sizeof *cfg); // an empty document
    if (!cfg__understand(cfg, text.data ? text : slice_text(""), name, fault)) {
        cfg_free(cfg);
        return false;
    }
    *out = cfg;
    return true;
}

bool cfg_load(struct cfg **out, const char *path, struct fault *fault)
{
    struct buf bytes = {0};
    bool good = buf_read_file(&bytes, path, CFG_SIZE_MAX, fault) &&
                cfg_load_text(out, slice_of(bytes.data, bytes.size), path, fault);
    buf_free(&bytes);
    return good;
}
