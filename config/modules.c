// SPDX-License-Identifier: MIT
//
// Which module something belongs to. Rules are tried in order and globs are matched anew for every
// question: callers ask once per distinct place, not per byte.

#include "config/private.h"

const char *cfg_strip(const struct cfg *cfg, const char *unit)
{
    if (cfg == NULL || cfg->strip_prefix == NULL ||
        !slice_starts(slice_text(unit), cfg->strip_prefix))
        return unit;
    return unit + strlen(cfg->strip_prefix);
}

static bool one_matches(const struct cfg_globs *globs, const char *text)
{
    for (size_t i = 0; text != NULL && i < globs->count; i++)
        if (glob_match(globs->items[i], slice_text(text)))
            return true;
    return false;
}

static bool list_matches(const struct cfg_globs *globs, const char *text)
{
    return globs->count == 0 || one_matches(globs, text);
}

const char *cfg_module(const struct cfg *cfg, const struct cfg_place *place)
{
    if (cfg == NULL)
        return NULL;
    const char *stripped = place->unit ? cfg_strip(cfg, place->unit) : NULL;
    for (size_t i = 0; i < cfg->module_count; i++) {
        const struct cfg_rule *rule = &cfg->modules[i];
        if ((list_matches(&rule->units, place->unit) || one_matches(&rule->units, stripped)) &&
            list_matches(&rule->symbols, place->symbol) &&
            list_matches(&rule->sections, place->section) &&
            list_matches(&rule->archives, place->archive) &&
            list_matches(&rule->objects, place->object))
            return rule->name;
    }
    return NULL;
}

const char *cfg_module_name(const struct cfg *cfg, size_t index)
{
    return cfg != NULL && index < cfg->module_count ? cfg->modules[index].name : NULL;
}
