// SPDX-License-Identifier: MIT
//
// config: tare.yaml, read once.
//
//   strip_prefix: /build/python3.11/       # taken off the front of unit paths
//   modules:                               # the first rule that matches names the module
//     - name: unicode
//       units: ["*/Objects/unicode*.c", "*/Objects/stringlib/*"]
//     - name: frozen
//       units: ["*/Python/frozen.c"]
//       symbols: ["_Py_M__*"]
//     - name: relocations
//       sections: [".rela*"]
//
// A list matches when one of its globs does (glob_match of base: `*` runs over slashes); a rule
// matches when each list it has matches. For "or" write two rules with one name. Unknown keys are
// errors: a budget with a misspelt name must not pass for one that holds.
//
// Every fault says FILE:LINE. YAML aliases and further documents are refused.
#ifndef TARE_CONFIG_H
#define TARE_CONFIG_H

#include "base/base.h"

struct cfg;

#define CFG_SIZE_MAX ((size_t)4 << 20) // bytes; a longer file is no configuration

// Reads a file, or a text that `name` stands for in messages (the text is copied). False with
// `fault` when it is not readable or not valid. An empty file is a configuration without rules.
bool cfg_load(struct cfg **out, const char *path, struct fault *fault);
bool cfg_load_text(struct cfg **out, struct slice text, const char *name, struct fault *fault);
void cfg_free(struct cfg *cfg); // NULL is fine

// The module of what lies in this unit, symbol and section, or NULL when no rule matches. Any of
// the three may be NULL (not known): then no glob on it matches. Unit globs are tried on the whole
// path and on the path without strip_prefix. `cfg` may be NULL. The name lives as long as `cfg`.
const char *cfg_module(const struct cfg *cfg, const char *unit, const char *symbol,
                       const char *section);

// The unit path as reports show it: without strip_prefix. Points into `unit`.
const char *cfg_strip(const struct cfg *cfg, const char *unit);

#endif
