// SPDX-License-Identifier: MIT
//
// The schema of tare.yaml. A new key is a member in private.h and a line in a table here. Numbers
// are texts to libcyaml: they may say "96 KiB" or "95%" (amount.c).

#include "config/schema.h"

// Each target is compared with its neighbours and has the budgets of the top besides its own.
#define REGIONS_MAX 256
#define BUDGETS_MAX 4096
#define TARGETS_MAX 256

static const cyaml_schema_field_t rule_fields[] = {
    NEEDED_TEXT("name", struct cfg_rule, name),
    TEXTS("units", struct cfg_rule, units),
    TEXTS("symbols", struct cfg_rule, symbols),
    TEXTS("sections", struct cfg_rule, sections),
    TEXTS("archives", struct cfg_rule, archives),
    TEXTS("objects", struct cfg_rule, objects),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_value = {MAPPING(struct cfg_rule, rule_fields)};

static const cyaml_schema_field_t region_fields[] = {
    NEEDED_TEXT("name", struct cfg__region, name), TEXT("origin", struct cfg__region, origin),
    TEXT("length", struct cfg__region, length),    TEXT("kind", struct cfg__region, kind),
    TEXTS("aliases", struct cfg__region, aliases), CYAML_FIELD_END,
};
static const cyaml_schema_value_t region_value = {MAPPING(struct cfg__region, region_fields)};

static const cyaml_schema_field_t growth_fields[] = {
    TEXT("percent", struct cfg__growth, percent),
    TEXT("bytes", struct cfg__growth, bytes),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t waiver_fields[] = {
    NEEDED_TEXT("reason", struct cfg__waiver, reason),
    NEEDED_TEXT("until", struct cfg__waiver, until),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t budget_fields[] = {
    TEXT("total", struct cfg__budget, subject[CFG_TOTAL]),
    TEXT("region", struct cfg__budget, subject[CFG_REGION]),
    TEXT("module", struct cfg__budget, subject[CFG_MODULE]),
    TEXT("section", struct cfg__budget, subject[CFG_SECTION]),
    TEXT("symbol", struct cfg__budget, subject[CFG_SYMBOL]),
    TEXT("struct", struct cfg__budget, subject[CFG_STRUCT]),
    TEXT("objects", struct cfg__budget, subject[CFG_OBJECTS]),
    TEXT("objects_of", struct cfg__budget, subject[CFG_OBJECTS_OF]),
    TEXT("in", struct cfg__budget, column),
    TEXT("max", struct cfg__budget, max),
    TEXT("warn", struct cfg__budget, warn),
    CYAML_FIELD_MAPPING_PTR("growth", OPTIONAL, struct cfg__budget, growth, growth_fields),
    CYAML_FIELD_MAPPING_PTR("waiver", OPTIONAL, struct cfg__budget, waiver, waiver_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t budget_value = {MAPPING(struct cfg__budget, budget_fields)};

static const cyaml_schema_field_t target_fields[] = {
    NEEDED_TEXT("name", struct cfg__target, name),
    NEEDED_TEXT("path", struct cfg__target, path),
    TEXT("map", struct cfg__target, map),
    TEXT("debug", struct cfg__target, debug),
    TEXT("script", struct cfg__target, script),
    TEXTS("defsym", struct cfg__target, defines),
    TEXTS("script_dirs", struct cfg__target, script_dirs),
    TEXT("ship", struct cfg__target, ship),
    TEXT("base", struct cfg__target, base),
    LIST("regions", struct cfg__target, regions, region_count, &region_value, 0, REGIONS_MAX),
    LIST("budgets", struct cfg__target, budgets, budget_count, &budget_value, 0, BUDGETS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t target_value = {MAPPING(struct cfg__target, target_fields)};

static const cyaml_schema_field_t fields[] = {
    TEXT("strip_prefix", struct cfg, strip_prefix),
    LIST("modules", struct cfg, modules, module_count, &rule_value, 0, CYAML_UNLIMITED),
    LIST("regions", struct cfg, top.regions, top.region_count, &region_value, 0, REGIONS_MAX),
    LIST("budgets", struct cfg, top.budgets, top.budget_count, &budget_value, 0, BUDGETS_MAX),
    TEXT("base", struct cfg, top.base),
    LIST("targets", struct cfg, targets, target_count, &target_value, 0, TARGETS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct cfg, fields),
};

static const struct cfg__keys tables[] = {
    {"", fields},
    {"modules", rule_fields},
    {"regions", region_fields},
    {"budgets", budget_fields},
    {"growth", growth_fields},
    {"waiver", waiver_fields},
    {"targets", target_fields},
};

const struct cfg__yaml cfg__tare_yaml = {&schema, tables, COUNT_OF(tables)};
