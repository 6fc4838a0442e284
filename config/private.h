// SPDX-License-Identifier: MIT
//
// What the files of config/ share: the loaded mapping, and places in the YAML text.
//
// libcyaml checks the text against a schema, but knows lines only roughly (the last value it saw) and
// syntax errors without their line. So the text is walked with libyaml as well: first for syntax,
// then, after an error, for the line it is really on.
#ifndef TARE_CONFIG_PRIVATE_H
#define TARE_CONFIG_PRIVATE_H

#include "config/config.h"

// The members are what the schema fills in: texts as they are written. What they mean is worked out
// once (meaning.c) and lies beside them.
struct cfg_globs { // or other texts
    char **items;
    uint32_t count;
};

struct cfg_rule {
    char *name;
    struct cfg_globs units, symbols, sections, archives, objects;
};

struct cfg__region {
    char *name, *origin, *length, *kind;
    struct cfg_globs aliases;
};

struct cfg__growth {
    char *percent, *bytes;
};

struct cfg__waiver {
    char *reason, *until;
};

struct cfg__budget {
    char *subject[CFG_SUBJECT_COUNT];
    char *column, *max, *warn;
    struct cfg__growth *growth;
    struct cfg__waiver *waiver;
};

struct cfg__target {
    char *name, *path, *map, *debug, *script, *ship, *base;
    struct cfg_globs defines, script_dirs;
    struct cfg__region *regions;
    struct cfg__budget *budgets;
    uint32_t region_count, budget_count;
};

struct cfg {
    char *strip_prefix; // or NULL
    struct cfg_rule *modules;
    uint32_t module_count;
    struct cfg__target top; // regions, budgets, base
    struct cfg__target *targets;
    uint32_t target_count;
    // not of the schema
    struct arena *arena;
    const char *path;
    struct cfg_target top_meaning;
    struct cfg_target *target_meanings;
};

// The format of a YAML file: its schema (libcyaml's), and the keys of the mapping, or of the entries of
// the list, that is the value of a field ("" for the top), to answer a misspelt one.
struct cfg__keys {
    const char *field;
    const struct cyaml_schema_field *keys;
};

struct cfg__yaml {
    const struct cyaml_schema_value *schema;
    const struct cfg__keys *tables;
    size_t table_count;
};

extern const struct cfg__yaml cfg__tare_yaml; // schema.c

// What the schema says; NULL for an empty document. Freed with the same format.
bool cfg__yaml_load(const struct cfg__yaml *yaml, void **data, struct slice text, const char *name,
                    struct fault *fault);
void cfg__yaml_free(const struct cfg__yaml *yaml, void *data);

// Works out regions, budgets and targets; false with `fault` when they make no sense.
bool cfg__understand(struct cfg *cfg, struct slice text, const char *name, struct fault *fault);

// "96 KiB", "100k", "4096", "0x1000" (K, KB and KiB are 1024 bytes); false when it is none.
bool cfg__amount(const char *text, uint64_t *value);
// The same, or "95%", "92.5%".
bool cfg__limit(const char *text, struct cfg_limit *limit);

// Lines and columns count from 1; line 0: not known.
struct cfg__place {
    size_t line, column;
};

// Fills `fault` as "NAME:LINE: message".
bool cfg__fault(struct fault *fault, const char *name, size_t line, const char *format, ...)
    PRINTF_LIKE(4, 5);

// One well-formed document without aliases and without NUL in its texts.
bool cfg__check_yaml(struct slice text, const char *name, struct fault *fault);
// The line of the first scalar with this text after `from`, else that of `from`.
size_t cfg__line_of_text(struct slice text, const char *scalar, struct cfg__place from);

// The tree of a well-formed text, for the lines of its nodes. Node 0 is none; asking it for a child
// gives none.
struct cfg__tree;
struct cfg__tree *cfg__tree_new(struct slice text);
void cfg__tree_free(struct cfg__tree *tree);
int cfg__tree_root(struct cfg__tree *tree);
int cfg__tree_child(struct cfg__tree *tree, int mapping, const char *key);
int cfg__tree_item(struct cfg__tree *tree, int list, size_t index);
// The line of a node; 0 for none.
uint32_t cfg__tree_line(struct cfg__tree *tree, int node);

#endif
