// SPDX-License-Identifier: MIT
//
// The schema of tare.yaml and its loading with libcyaml. A new key is a member in private.h and a
// line in a table here.

#include <cyaml/cyaml.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/private.h"

// -------------------------------------------------------------------------- schema

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t glob_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED),
};

#define GLOBS(key, member)                                                                         \
    CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL, struct cfg_rule, member.items, member.count,         \
                               &glob_value, 1, CYAML_UNLIMITED)

static const cyaml_schema_field_t rule_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct cfg_rule, name, 1, CYAML_UNLIMITED),
    GLOBS("units", units),
    GLOBS("symbols", symbols),
    GLOBS("sections", sections),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t rule_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct cfg_rule, rule_fields),
};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING_PTR("strip_prefix", OPTIONAL, struct cfg, strip_prefix, 1, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE_COUNT("modules", OPTIONAL, struct cfg, modules, module_count, &rule_value,
                               0, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct cfg, fields),
};

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
    struct cfg__place entry_start; // of the innermost list entry
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
    if (complaint->entry_start.line == 0 && strncmp(line, "in sequence entry", 17) == 0)
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

// The key nearest to a misspelt one, or NULL.
static const char *nearest_key(const char *key)
{
    const cyaml_schema_field_t *tables[] = {fields, rule_fields};
    const char *nearest = NULL;
    unsigned best = 3;
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (const cyaml_schema_field_t *field = tables[t]; field->key != NULL; field++) {
            unsigned distance = text_distance(slice_text(key), slice_text(field->key), best);
            if (distance < best)
                best = distance, nearest = field->key;
        }
    return nearest;
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

static void say_unknown_key(struct buf *out, const char *key)
{
    const char *nearest = nearest_key(key);
    buf_printf(out, "unknown key '%s'", key);
    if (nearest != NULL)
        buf_printf(out, ", did you mean '%s'?", nearest);
}

// Complaints about a key; the line it is on, or 0 when it is none of these.
static size_t say_key(struct buf *out, const struct complaint *complaint, struct slice text)
{
    const char *key;
    if ((key = after(complaint->text, "Unexpected key: "))) {
        say_unknown_key(out, key);
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
    else if (after(said, "STRING length <"))
        buf_text(out, "the text is empty");
    else
        buf_printf(out, "not understood: %s", said);
}

static bool complain(const struct complaint *complaint, cyaml_err_t error, struct slice text,
                     const char *name, struct fault *fault)
{
    struct buf out = {0};
    size_t line = say_key(&out, complaint, text);
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

void cfg_free(struct cfg *cfg)
{
    cyaml_config_t settings = cyaml_settings(NULL);
    if (cfg != NULL)
        cyaml_free(&settings, &schema, cfg, 0);
}

// What a schema cannot say: a rule has something to match.
static bool check_rules(const struct cfg *cfg, struct slice text, const char *name,
                        struct fault *fault)
{
    for (size_t i = 0; i < cfg->module_count; i++) {
        const struct cfg_rule *rule = &cfg->modules[i];
        if (rule->units.count + rule->symbols.count + rule->sections.count == 0)
            return cfg__fault(fault, name, cfg__line_of_entry(text, "modules", i),
                              "module '%s' has no units, symbols or sections to match", rule->name);
    }
    return true;
}

bool cfg_load_text(struct cfg **out, struct slice text, const char *name, struct fault *fault)
{
    struct cfg *cfg = NULL;
    struct complaint complaint = {0};
    cyaml_config_t settings = cyaml_settings(&complaint);
    if (text.data == NULL)
        text = slice_text("");
    if (text.size > CFG_SIZE_MAX)
        return cfg__fault(fault, name, 0, "%zu bytes are too long for a configuration", text.size);
    if (!cfg__check_yaml(text, name, fault))
        return false;
    cyaml_err_t error =
        cyaml_load_data(text.data, text.size, &settings, &schema, (cyaml_data_t **)&cfg, NULL);
    if (error != CYAML_OK)
        return complain(&complaint, error, text, name, fault);
    if (cfg == NULL)
        cfg = mem_zalloc(1, sizeof *cfg); // an empty document
    if (!check_rules(cfg, text, name, fault)) {
        cfg_free(cfg);
        return false;
    }
    *out = cfg;
    return true;
}

static bool read_all(int file, const char *path, struct buf *out, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return cfg__fault(fault, path, 0, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return cfg__fault(fault, path, 0, "expected a regular file");
    char block[1 << 14];
    ssize_t size;
    while (out->size <= CFG_SIZE_MAX && (size = read(file, block, sizeof block)) != 0) {
        if (size < 0)
            return cfg__fault(fault, path, 0, "cannot be read: %s", strerror(errno));
        buf_bytes(out, block, (size_t)size);
    }
    return true;
}

bool cfg_load(struct cfg **out, const char *path, struct fault *fault)
{
    struct buf bytes = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not keep us waiting
    if (file < 0)
        return cfg__fault(fault, path, 0, "cannot be opened: %s", strerror(errno));
    bool good = read_all(file, path, &bytes, fault) &&
                cfg_load_text(out, slice_of(bytes.data, bytes.size), path, fault);
    close(file);
    buf_free(&bytes);
    return good;
}
