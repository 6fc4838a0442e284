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

// The members are what the schema in load.c fills in.
struct cfg_globs {
    char **items;
    uint32_t count;
};

struct cfg_rule {
    char *name;
    struct cfg_globs units, symbols, sections;
};

struct cfg {
    char *strip_prefix; // or NULL
    struct cfg_rule *modules;
    uint32_t module_count;
};

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
// The line on which entry `index` of the top-level list `key` starts, or 0.
size_t cfg__line_of_entry(struct slice text, const char *key, size_t index);

#endif
