// SPDX-License-Identifier: MIT
//
// What the texts of tare.yaml mean: regions, budgets and targets, with the line each stands on. What
// a schema cannot say is checked here, so that everything above may rely on it: a budget has one
// subject and a limit, a percentage a region to be of, a region a place that does not wrap.

#include "config/private.h"

// A walk over the loaded mapping and the tree of the text side by side.
struct reading {
    struct arena *arena;
    struct cfg__tree *tree;
    const char *file;
    struct fault *fault;
};

static uint32_t line_of(const struct reading *r, int mapping, const char *key)
{
    int child = cfg__tree_child(r->tree, mapping, key);
    return cfg__tree_line(r->tree, child ? child : mapping);
}

#define MISTAKE(r, node, key, ...)                                                                 \
    cfg__fault((r)->fault, (r)->file, line_of(r, node, key), __VA_ARGS__)

// The index of `text` among the words, `count` when it is none of them (then a mistake is told).
static size_t word_of(const struct reading *r, int node, const char *key, const char *text,
                      const char *const *words, size_t count)
{
    struct buf list = {0};
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, words[i]) == 0)
            return i;
    for (size_t i = 0; i < count; i++)
        buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
    buf_char(&list, '\0');
    MISTAKE(r, node, key, "%s: expected %s, not '%s'", key, list.data, text);
    buf_free(&list);
    return count;
}

static bool read_amount(const struct reading *r, int node, const char *key, const char *text,
                        uint64_t *value)
{
    return cfg__amount(text, value) ||
           MISTAKE(r, node, key, "%s: expected a number (4096, 0x1000, 96 KiB), not '%s'", key,
                   text);
}

// ------------------------------------------------------------------------- regions

static bool place_region(const struct reading *r, int node, const struct cfg__region *raw,
                         struct cfg_region *out)
{
    uint64_t end;
    out->placed = raw->origin != NULL || raw->length != NULL;
    if (!out->placed)
        return true;
    if (raw->origin == NULL || raw->length == NULL)
        return MISTAKE(r, node, "name", "region '%s' has no %s", out->name,
                       raw->origin ? "length" : "origin");
    if (!read_amount(r, node, "origin", raw->origin, &out->origin) ||
        !read_amount(r, node, "length", raw->length, &out->length))
        return false;
    if (out->length == 0 || !add_u64(out->origin, out->length, &end))
        return MISTAKE(r, node, "length", "region '%s' is empty or ends beyond 64 bits", out->name);
    return true;
}

static bool read_aliases(const struct reading *r, int node, const struct cfg__region *raw,
                         struct cfg_region *out)
{
    uint64_t *aliases = ARENA_ARRAY(r->arena, raw->aliases.count, uint64_t), end;
    out->aliases = aliases;
    out->alias_count = raw->aliases.count;
    for (uint32_t i = 0; i < out->alias_count; i++) {
        if (!read_amount(r, node, "aliases", raw->aliases.items[i], &aliases[i]))
            return false;
        if (!add_u64(aliases[i], out->length, &end))
            return MISTAKE(r, node, "aliases", "region '%s' ends beyond 64 bits", out->name);
    }
    return true;
}

static bool read_region(const struct reading *r, int node, const struct cfg__region *raw,
                        struct cfg_region *out)
{
    static const char *const kinds[] = {"ROM", "RAM"};
    out->name = raw->name;
    out->line = cfg__tree_line(r->tree, node);
    if (raw->kind != NULL) {
        size_t kind = word_of(r, node, "kind", raw->kind, kinds, COUNT_OF(kinds));
        if (kind == COUNT_OF(kinds))
            return false;
        out->kind = kind == 0 ? CFG_ROM : CFG_RAM;
    }
    return place_region(r, node, raw, out) && read_aliases(r, node, raw, out);
}

static bool read_regions(const struct reading *r, int list, const struct cfg__region *raw,
                         size_t count, struct cfg_regions *out)
{
    struct cfg_region *items = ARENA_ARRAY(r->arena, count, struct cfg_region);
    *out = (struct cfg_regions){items, count};
    for (size_t i = 0; i < count; i++) {
        int node = cfg__tree_item(r->tree, list, i);
        if (!read_region(r, node, &raw[i], &items[i]))
            return false;
        for (size_t old = 0; old < i; old++)
            if (strcmp(items[old].name, items[i].name) == 0)
                return MISTAKE(r, node, "name", "region '%s' is there twice, first on line %u",
                               items[i].name, items[old].line);
    }
    return true;
}

const struct cfg_region *cfg_region_named(struct cfg_regions regions, const char *name)
{
    for (size_t i = 0; i < regions.count; i++)
        if (strcmp(regions.items[i].name, name) == 0)
            return &regions.items[i];
    return NULL;
}

static void complete(struct cfg_region *region, const struct cfg_region *ours)
{
    if (ours->kind != CFG_ANY_MEMORY) {
        region->kind = ours->kind;
        region->guessed = false;
    }
    if (ours->alias_count != 0) {
        region->aliases = ours->aliases;
        region->alias_count = ours->alias_count;
    }
}

bool cfg_regions_join(struct cfg_regions stated, struct cfg_regions ours, const char *file,
                      struct arena *arena, struct cfg_regions *out, struct fault *fault)
{
    size_t count = stated.count;
    struct cfg_region *items = ARENA_ARRAY(arena, count + ours.count, struct cfg_region);
    if (count != 0)
        memcpy(items, stated.items, count * sizeof *items);
    for (size_t i = 0; i < ours.count; i++) {
        const struct cfg_region *our = &ours.items[i];
        const struct cfg_region *found =
            cfg_region_named((struct cfg_regions){items, count}, our->name);
        struct cfg_region *old = found ? &items[found - items] : NULL;
        if (old == NULL && !our->placed)
            return cfg__fault(fault, file, our->line,
                              "region '%s' has no origin and length, and nothing else says where "
                              "it lies",
                              our->name);
        if (old != NULL && !our->placed)
            complete(old, our);
        else if (old != NULL)
            *old = *our;
        else
            items[count++] = *our;
    }
    *out = (struct cfg_regions){items, count};
    return true;
}

// ------------------------------------------------------------------------- budgets

static const char *const subject_keys[CFG_SUBJECT_COUNT] = {
    [CFG_TOTAL] = "total",     [CFG_REGION] = "region",         [CFG_MODULE] = "module",
    [CFG_SECTION] = "section", [CFG_SYMBOL] = "symbol",         [CFG_STRUCT] = "struct",
    [CFG_OBJECTS] = "objects", [CFG_OBJECTS_OF] = "objects_of",
};

const char *cfg_subject_key(enum cfg_subject subject)
{
    return subject_keys[subject];
}

static const char *const columns[] = {"file", "vm", "rom", "ram"};

static bool has_bytes(enum cfg_subject subject) // of owners, which a region or column narrows
{
    return subject == CFG_MODULE || subject == CFG_SECTION || subject == CFG_SYMBOL;
}

// A region beside one of those narrows it; otherwise there is one subject.
static bool read_subject(const struct reading *r, int node, const struct cfg__budget *raw,
                         struct cfg_budget *out)
{
    size_t count = 0;
    for (unsigned i = 0; i < CFG_SUBJECT_COUNT; i++)
        if (raw->subject[i] != NULL && i != CFG_REGION) {
            out->subject = (enum cfg_subject)i;
            count++;
        }
    out->region = raw->subject[CFG_REGION];
    if (count == 0 && out->region == NULL)
        return MISTAKE(r, node, "",
                       "this budget is on nothing: total, region, module, section, "
                       "symbol, struct, objects or objects_of");
    if (count == 0)
        out->subject = CFG_REGION;
    if (count > 1 || (count == 1 && out->region != NULL && !has_bytes(out->subject)))
        return MISTAKE(r, node, "",
                       "this budget is on two things at once; only module, section "
                       "and symbol go with a region");
    out->name = raw->subject[out->subject];
    return out->subject != CFG_TOTAL ||
           word_of(r, node, "total", out->name, columns, COUNT_OF(columns)) != COUNT_OF(columns);
}

static bool read_column(const struct reading *r, int node, const struct cfg__budget *raw,
                        struct cfg_budget *out)
{
    bool takes = has_bytes(out->subject) && out->region == NULL;
    if (raw->column != NULL && !takes)
        return MISTAKE(r, node, "in", "in: goes with module, section or symbol, without a region");
    if (!takes)
        return true;
    const char *text = raw->column ? raw->column : "vm";
    size_t column = word_of(r, node, "in", text, columns, COUNT_OF(columns));
    if (column == COUNT_OF(columns))
        return false;
    out->column = columns[column];
    return true;
}

static bool read_limit(const struct reading *r, int node, const char *key, const char *text,
                       const struct cfg_budget *budget, struct cfg_limit *out)
{
    if (text == NULL)
        return true;
    if (!cfg__limit(text, out))
        return MISTAKE(r, node, key,
                       "%s: expected bytes (4096, 96 KiB) or percent (95%%), not "
                       "'%s'",
                       key, text);
    if (out->kind == CFG_PERMILLE && budget->region == NULL)
        return MISTAKE(r, node, key, "%s: a percentage is of a region, and this budget names none",
                       key);
    return true;
}

static bool read_growth(const struct reading *r, int node, const struct cfg__growth *raw,
                        struct cfg_budget *out)
{
    int growth = cfg__tree_child(r->tree, node, "growth");
    if (raw == NULL)
        return true;
    out->grows = true;
    if (out->subject == CFG_OBJECTS_OF)
        return MISTAKE(r, node, "growth", "growth: not of objects_of, which a base cannot tell");
    if (raw->percent == NULL && raw->bytes == NULL)
        return MISTAKE(r, node, "growth", "growth: expected percent, bytes or both");
    if (raw->percent != NULL) {
        struct buf text = {0}; // "2" and "2%" are the same
        buf_printf(&text, "%s%s", raw->percent, strchr(raw->percent, '%') ? "" : "%");
        buf_char(&text, '\0');
        bool good =
            cfg__limit(text.data, &out->growth_percent) && out->growth_percent.kind == CFG_PERMILLE;
        buf_free(&text);
        if (!good)
            return MISTAKE(r, growth, "percent", "percent: expected a percentage, not '%s'",
                           raw->percent);
    }
    if (raw->bytes == NULL)
        return true;
    out->growth_bytes.kind = CFG_AMOUNT;
    return read_amount(r, growth, "bytes", raw->bytes, &out->growth_bytes.value);
}

static bool read_waiver(const struct reading *r, int node, const struct cfg__waiver *raw,
                        struct cfg_budget *out)
{
    if (raw == NULL)
        return true;
    out->waiver = raw->reason;
    out->until = cfg_date(raw->until);
    return out->until != 0 || MISTAKE(r, cfg__tree_child(r->tree, node, "waiver"), "until",
                                      "until: expected a date (2026-12-31), not '%s'", raw->until);
}

static bool read_budget(const struct reading *r, int node, const struct cfg__budget *raw,
                        struct cfg_budget *out)
{
    out->line = cfg__tree_line(r->tree, node);
    if (!read_subject(r, node, raw, out) || !read_column(r, node, raw, out) ||
        !read_limit(r, node, "max", raw->max, out, &out->max) ||
        !read_limit(r, node, "warn", raw->warn, out, &out->warn) ||
        !read_growth(r, node, raw->growth, out) || !read_waiver(r, node, raw->waiver, out))
        return false;
    if (out->max.kind == CFG_NO_LIMIT && out->warn.kind == CFG_NO_LIMIT && !out->grows)
        return MISTAKE(r, node, "", "this budget has no limit: max, warn or growth");
    if (out->max.kind == out->warn.kind && out->warn.value > out->max.value)
        return MISTAKE(r, node, "warn", "warn: above max, so that it would never be told");
    return true;
}

// Room for `more` behind them.
static bool read_budgets(const struct reading *r, int list, const struct cfg__budget *raw,
                         size_t count, struct cfg_budgets more, struct cfg_budgets *out)
{
    struct cfg_budget *items = ARENA_ARRAY(r->arena, count + more.count, struct cfg_budget);
    *out = (struct cfg_budgets){items, count + more.count};
    for (size_t i = 0; i < count; i++)
        if (!read_budget(r, cfg__tree_item(r->tree, list, i), &raw[i], &items[i]))
            return false;
    if (more.count != 0)
        memcpy(items + count, more.items, more.count * sizeof *items);
    return true;
}

// ------------------------------------------------------------------------- targets

static bool read_target(const struct reading *r, int node, const struct cfg__target *raw,
                        const struct cfg_target *top, struct cfg_target *out)
{
    static const struct cfg_budgets none = {NULL, 0};
    *out = (struct cfg_target){.name = raw->name,
                               .path = raw->path,
                               .map = raw->map,
                               .debug = raw->debug,
                               .script = raw->script,
                               .defines = (const char *const *)raw->defines.items,
                               .define_count = raw->defines.count,
                               .script_dirs = (const char *const *)raw->script_dirs.items,
                               .script_dir_count = raw->script_dirs.count,
                               .ship = raw->ship,
                               .base = raw->base,
                               .line = cfg__tree_line(r->tree, node)};
    if (!read_regions(r, cfg__tree_child(r->tree, node, "regions"), raw->regions, raw->region_count,
                      &out->regions) ||
        !read_budgets(r, cfg__tree_child(r->tree, node, "budgets"), raw->budgets, raw->budget_count,
                      top ? top->budgets : none, &out->budgets))
        return false;
    if (top != NULL && out->regions.count == 0)
        out->regions = top->regions;
    if (top != NULL && out->base == NULL)
        out->base = top->base;
    return true;
}

static bool read_targets(const struct reading *r, struct cfg *cfg)
{
    int root = cfg__tree_root(r->tree), list = cfg__tree_child(r->tree, root, "targets");
    if (!read_target(r, root, &cfg->top, NULL, &cfg->top_meaning))
        return false;
    cfg->target_meanings = ARENA_ARRAY(r->arena, cfg->target_count, struct cfg_target);
    for (size_t i = 0; i < cfg->target_count; i++) {
        int node = cfg__tree_item(r->tree, list, i);
        if (!read_target(r, node, &cfg->targets[i], &cfg->top_meaning, &cfg->target_meanings[i]))
            return false;
        for (size_t old = 0; old < i; old++)
            if (strcmp(cfg->targets[old].name, cfg->targets[i].name) == 0)
                return MISTAKE(r, node, "name", "target '%s' is there twice, first on line %u",
                               cfg->targets[i].name, cfg->target_meanings[old].line);
    }
    return true;
}

// ----------------------------------------------------------------------------- all

// A rule has something to match.
static bool check_rules(const struct reading *r, const struct cfg *cfg)
{
    int list = cfg__tree_child(r->tree, cfg__tree_root(r->tree), "modules");
    for (size_t i = 0; i < cfg->module_count; i++) {
        const struct cfg_rule *rule = &cfg->modules[i];
        if (rule->units.count + rule->symbols.count + rule->sections.count + rule->archives.count +
                rule->objects.count ==
            0)
            return MISTAKE(
                r, cfg__tree_item(r->tree, list, i), "",
                "module '%s' has no units, symbols, sections, archives or objects to match",
                rule->name);
    }
    return true;
}

bool cfg__understand(struct cfg *cfg, struct slice text, const char *name, struct fault *fault)
{
    cfg->arena = arena_new();
    cfg->path = arena_text(cfg->arena, slice_text(name));
    struct reading r = {cfg->arena, cfg__tree_new(text), name, fault};
    bool good = check_rules(&r, cfg) && read_targets(&r, cfg);
    cfg__tree_free(r.tree);
    return good;
}

const struct cfg_target *cfg_top(const struct cfg *cfg)
{
    static const struct cfg_target nothing = {0};
    return cfg != NULL ? &cfg->top_meaning : &nothing;
}

const struct cfg_target *cfg_targets(const struct cfg *cfg, size_t *count)
{
    *count = cfg != NULL ? cfg->target_count : 0;
    return cfg != NULL ? cfg->target_meanings : NULL;
}

const char *cfg_path(const struct cfg *cfg)
{
    return cfg != NULL ? cfg->path : "";
}
