// SPDX-License-Identifier: MIT
//
// tare check [BUILD...]: builds against the budgets of tare.yaml.
//
//   each target:  build (and base) ── ledger, types ── an_budgets ── findings of all targets
//
// Growth is measured against base:, a snapshot or a build, read with the same rules.

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

// One check: a target of tare.yaml, or what stands at its top, applied to a build.
struct check {
    const struct cfg_target *target;
    const char *name, *spec, *base;
};

struct run {
    struct cmd *cmd;
    struct cfg *cfg;
    uint32_t today;
    const char *directory; // working directory, with its last '/'
    VEC(struct check) checks;
    VEC(struct rep_finding) findings;
    VEC(struct rep_build) builds;
    VEC(struct rep_table) regions; // of each build that has some
    struct cmd_build *current;     // whose symbols are looked for
};

// A build, opened as far as the budgets need it.
struct side {
    struct cmd_build build;
    struct an_measured measured;
    struct img **images;
    struct dw_types *types;
};

// ------------------------------------------------------------------ what is checked

// The specification of a target: its path and what belongs to it.
static const char *target_spec(struct run *run, const struct cfg_target *target)
{
    struct cmd *cmd = run->cmd;
    const char *path = cmd_beside_config(cmd, run->cfg, target->path);
    const char *map = cmd_beside_config(cmd, run->cfg, target->map);
    const char *debug = cmd_beside_config(cmd, run->cfg, target->debug);
    return arena_printf(cmd->arena, "%s%s%s%s%s", path, map ? ",map=" : "", map ? map : "",
                        debug ? ",debug=" : "", debug ? debug : "");
}

static void add_target(struct run *run, const struct cfg_target *target, const char *spec)
{
    struct check check = {.target = target, .name = target->name, .spec = spec};
    if (check.name == NULL)
        check.name = spec;
    if (check.spec == NULL)
        check.spec = target_spec(run, target);
    check.base = run->cmd->options.base;
    if (check.base == NULL)
        check.base = cmd_beside_config(run->cmd, run->cfg, target->base);
    vec_push(&run->checks, check);
}

// The name of a target, else a file, which may be that of a target.
static void add_argument(struct run *run, const char *argument)
{
    size_t count;
    const struct cfg_target *targets = cfg_targets(run->cfg, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(targets[i].name, argument) == 0) {
            add_target(run, &targets[i], NULL);
            return;
        }
    const struct cfg_target *target = cmd_target_of(run->cmd, run->cfg, argument);
    add_target(run, target, target->name != NULL ? NULL : argument);
}

static bool find_checks(struct run *run)
{
    size_t count;
    struct cmd *cmd = run->cmd;
    const struct cfg_target *targets = cfg_targets(run->cfg, &count);
    for (size_t i = 0; i < cmd->arg_count; i++)
        add_argument(run, cmd->args[i]);
    for (size_t i = 0; i < count && cmd->arg_count == 0; i++)
        add_target(run, &targets[i], NULL);
    if (run->cfg == NULL)
        cmd_usage(cmd, "there is no " CMD_CONFIG " here; --config FILE names one");
    else if (run->checks.count == 0)
        cmd_usage(cmd, "%s states no targets: name a BUILD to check", cfg_path(run->cfg));
    for (size_t i = 0; i < run->checks.count && run->cfg != NULL; i++)
        if (run->checks.items[i].target->budgets.count == 0)
            cmd_usage(cmd, "%s states no budgets for %s", cfg_path(run->cfg),
                      run->checks.items[i].name);
    return cmd->fault.kind == FAULT_NONE;
}

// ------------------------------------------------------------------- what is needed

static void use_images(struct side *side)
{
    struct cmd_build *build = &side->build;
    side->images = mem_zalloc(build->image_count, sizeof(struct img *));
    for (size_t i = 0; i < build->image_count; i++)
        side->images[i] = img_file_image(build->file, i);
    side->measured.dw = build->dw;
    side->measured.images = side->images;
    side->measured.image_count = build->dw != NULL ? build->image_count : 0;
}

static bool open_side(struct run *run, struct side *side, const char *spec, unsigned dims,
                      bool types, bool variables)
{
    static const struct dw_types_options everything = {0};
    struct cmd *cmd = run->cmd;
    struct cmd_build *build = &side->build;
    if (!cmd_build_open(cmd, spec, build))
        return false;
    if (variables && build->file == NULL)
        return fault_set(&cmd->fault, FAULT_INPUT, build->path, NULL, NO_OFFSET,
                         "is a snapshot, which does not tell the types of objects (objects_of)");
    if (!cmd_build_ledger(cmd, build, dims) || (variables && !cmd_build_dwarf(cmd, build)) ||
        (types && !cmd_build_types(cmd, build, &everything, &side->types)))
        return false;
    side->measured.ledger = build->ledger;
    side->measured.types = side->types;
    if (dims & LED_MASK(LED_UNIT))
        side->measured.modules = an_modules_new(build->ledger, run->cfg);
    if (variables)
        use_images(side);
    return true;
}

// --debug is the debug file of what is checked, not of the base.
static bool open_base(struct run *run, struct side *side, const char *spec,
                      const struct an_budget_needs *needs)
{
    const char *debug = run->cmd->options.debug;
    run->cmd->options.debug = NULL;
    bool good = open_side(run, side, spec, needs->dims, needs->base_types, false);
    run->cmd->options.debug = debug;
    return good;
}

static void close_side(struct side *side)
{
    an_modules_free(side->measured.modules);
    dw_types_free(side->types);
    free(side->images);
    cmd_build_close(&side->build);
}

// ----------------------------------------------------------------- how it is shown

static const char *shown(void *context, const char *name)
{
    const struct run *run = context;
    return cmd_shown(run->cmd, name);
}

// As seen from the working directory, which is where annotations look from.
static const char *shown_path(void *context, const char *path)
{
    const struct run *run = context;
    size_t size = strlen(run->directory);
    if (strncmp(path, run->directory, size) == 0)
        return path + size;
    return strncmp(path, "./", 2) == 0 ? path + 2 : cfg_strip(run->cfg, path);
}

static bool is_called(const char *name, const char *linkage_name, const char *symbol)
{
    return strcmp(linkage_name != NULL ? linkage_name : name, symbol) == 0;
}

// Where one of the functions or variables of a symbol's name is declared.
static bool declared_in(struct dw *dw, struct img *image, const char *symbol, const char **file,
                        uint32_t *line)
{
    const struct dw_code *code;
    if (dw == NULL || !dw_read_code(dw, image, DW_CODE_NAMES, &code, NULL))
        return false;
    for (size_t i = 0; i < code->function_count; i++)
        if (is_called(code->functions[i].name, code->functions[i].linkage_name, symbol))
            return dw_declared(dw, code->functions[i].die, file, line);
    for (size_t i = 0; i < code->variable_count; i++)
        if (is_called(code->variables[i].name, code->variables[i].linkage_name, symbol))
            return dw_declared(dw, code->variables[i].die, file, line);
    return false;
}

static bool declared(void *context, const char *symbol, const char **file, uint32_t *line)
{
    const struct run *run = context;
    struct cmd_build *build = run->current;
    if (build->file == NULL || !cmd_build_dwarf(run->cmd, build))
        return false;
    for (size_t i = 0; i < build->image_count; i++)
        if (declared_in(build->dw[i], img_file_image(build->file, i), symbol, file, line))
            return true;
    return false;
}

// ----------------------------------------------------------------------- one check

// What ships is what was measured: a finding like the others, on as many bytes as are not.
static bool check_shipped(struct run *run, const struct check *check, struct cmd_build *build)
{
    struct cmd *cmd = run->cmd;
    struct an_shipped shipped;
    struct rep_table ranges;
    const char *path = cmd_beside_config(cmd, run->cfg, check->target->ship), *text;
    if (path == NULL)
        return true;
    if (!cmd_shipped(cmd, build, path, 1, &shipped, &text, &ranges))
        return false;
    vec_push(
        &run->findings,
        (struct rep_finding){.rule = "ship.same",
                             .about = "What goes onto the target is what was linked and measured.",
                             .build = check->name,
                             .subject = arena_printf(cmd->arena, "ship %s", check->target->ship),
                             .message = text,
                             .file = shown_path(run, cfg_path(run->cfg)),
                             .line = check->target->line,
                             .severity = an_shipped_same(&shipped) ? REP_PASS : REP_ERROR,
                             .unit = REP_BYTES,
                             .measured = shipped.different + shipped.missing + shipped.extra,
                             .limit = 0});
    return true;
}

static bool check_sides(struct run *run, const struct check *check, struct side *now,
                        struct side *base)
{
    struct cmd *cmd = run->cmd;
    struct cfg_budgets budgets = check->target->budgets;
    struct rep_finding *findings;
    struct an_budget_needs needs = an_budgets_need(budgets, true);
    if (needs.base != 0 && check->base == NULL) {
        cmd_usage(cmd,
                  "%s:%u: this budget of %s is on growth, and there is no base: to measure it "
                  "against",
                  cfg_path(run->cfg), needs.base, check->name);
        return false;
    }
    if (!open_side(run, now, check->spec, needs.dims, needs.types, needs.variables) ||
        (needs.base != 0 && !open_base(run, base, check->base, &needs)) ||
        !cmd_regions(cmd, run->cfg, check->target, &now->build, &now->measured.regions))
        return false;
    now->measured.name = base->measured.name = check->name;
    base->measured.regions = now->measured.regions;
    run->current = &now->build;
    const struct an_budget_options options = {.config = cfg_path(run->cfg),
                                              .today = run->today,
                                              .shown = shown,
                                              .declared = declared,
                                              .path = shown_path,
                                              .context = run};
    if (!an_budgets(budgets, &now->measured, needs.base != 0 ? &base->measured : NULL, &options,
                    cmd->arena, &findings, &cmd->fault))
        return false;
    for (size_t i = 0; i < budgets.count; i++)
        vec_push(&run->findings, findings[i]);
    return check_shipped(run, check, &now->build);
}

static void add_regions(struct run *run, const struct check *check, const struct an_measured *build)
{
    struct rep_table table;
    if (build->regions.count == 0)
        return;
    an_regions(build->ledger, build->regions, run->cmd->arena, &table);
    table.title = check->name;
    vec_push(&run->regions, table);
}

// The report outlives the builds.
static const char *keep(struct cmd *cmd, const char *text)
{
    return text != NULL ? arena_text(cmd->arena, slice_text(text)) : NULL;
}

static void keep_build(struct run *run, const struct cmd_build *build)
{
    struct cmd *cmd = run->cmd;
    struct rep_report described;
    cmd_build_describe(cmd, build, 1, &described);
    struct rep_build kept = described.builds[0];
    kept.build_id = keep(cmd, kept.build_id);
    kept.arch = keep(cmd, kept.arch);
    kept.debug = keep(cmd, kept.debug);
    vec_push(&run->builds, kept);
}

// What is wrong with a target has its name, and a line: its own, when none is said.
static void say_target(struct run *run, const struct check *check)
{
    struct cmd *cmd = run->cmd;
    const char *path = cfg_path(run->cfg), *text = keep(cmd, cmd->fault.text);
    const char *place = arena_printf(cmd->arena, "%s:%u", path, check->target->line);
    if (check->target->name == NULL || cmd->fault.kind != FAULT_INPUT)
        return;
    if (strncmp(text, path, strlen(path)) == 0) {
        const char *rest = strstr(text + strlen(path), ": ");
        if (rest == NULL || strstr(rest, check->name) != NULL)
            return;
        place = arena_text(cmd->arena, slice_of(text, (size_t)(rest - text)));
        text = rest + 2;
    }
    cmd->fault = (struct fault){0};
    fault_set(&cmd->fault, FAULT_INPUT, place, NULL, NO_OFFSET, "target %s: %s", check->name, text);
}

static bool run_check(struct run *run, const struct check *check)
{
    struct side now = {0}, base = {0};
    size_t first = run->findings.count;
    bool good = check_sides(run, check, &now, &base);
    for (size_t i = first; i < run->findings.count; i++)
        run->findings.items[i].file = keep(run->cmd, run->findings.items[i].file);
    if (good) {
        add_regions(run, check, &now.measured);
        keep_build(run, &now.build);
    } else {
        say_target(run, check);
    }
    close_side(&now);
    close_side(&base);
    return good;
}

// -------------------------------------------------------------------------- report

static const char *summary(struct run *run, size_t *broken)
{
    size_t counts[4] = {0};
    for (size_t i = 0; i < run->findings.count; i++) {
        const struct rep_finding *finding = &run->findings.items[i];
        counts[finding->waived ? 3 : finding->severity]++;
    }
    *broken = counts[REP_ERROR];
    return arena_printf(run->cmd->arena, "%zu broken, %zu warned of, %zu waived, %zu held",
                        counts[REP_ERROR], counts[REP_WARNING], counts[3], counts[REP_PASS]);
}

static int report(struct run *run)
{
    struct cmd *cmd = run->cmd;
    struct rep_part *parts = ARENA_ARRAY(cmd->arena, run->regions.count + 4, struct rep_part);
    struct rep_report out = {.parts = parts, .builds = run->builds.items};
    size_t broken, count = run->findings.count;
    struct rep_finding *findings = run->findings.items;
    out.build_count = run->builds.count;
    an_findings_table(findings, count, REP_BYTES, cmd->arena, &parts[out.part_count].table);
    out.part_count += parts[0].table.total.row_count != 0;
    struct rep_part *counts = &parts[out.part_count];
    an_findings_table(findings, count, REP_COUNT, cmd->arena, &counts->table);
    out.part_count += counts->table.total.row_count != 0;
    for (size_t i = 0; i < run->regions.count; i++)
        parts[out.part_count++].table = run->regions.items[i];
    const char *text = summary(run, &broken);
    an_findings_sort(findings, count);
    parts[out.part_count++] =
        (struct rep_part){.kind = REP_FINDINGS, .findings = findings, .finding_count = count};
    parts[out.part_count++] = (struct rep_part){.kind = REP_NOTES, .notes = &text, .note_count = 1};
    int status = cmd_render(cmd, &out);
    return status == CMD_OK && broken != 0 && !cmd->options.warn_only ? CMD_NO : status;
}

// ----------------------------------------------------------------------------- run

// The day on which waivers are looked at: SOURCE_DATE_EPOCH makes a run repeatable.
static bool find_today(struct run *run)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = time(NULL);
    if (epoch != NULL && epoch[0] != '\0') {
        char *end;
        errno = 0;
        long long seconds = strtoll(epoch, &end, 10);
        if (*end != '\0' || errno != 0) {
            cmd_usage(run->cmd, "SOURCE_DATE_EPOCH is no number of seconds: '%s'", epoch);
            return false;
        }
        now = (time_t)seconds;
    }
    struct tm day;
    if (gmtime_r(&now, &day) == NULL || day.tm_year < 0 || day.tm_year > 8000) {
        cmd_usage(run->cmd, "today is no day waivers can be compared with");
        return false;
    }
    run->today = (uint32_t)(day.tm_year + 1900) * 10000 + (uint32_t)(day.tm_mon + 1) * 100 +
                 (uint32_t)day.tm_mday;
    return true;
}

static int run_all(struct run *run)
{
    struct cmd *cmd = run->cmd;
    char directory[PATH_MAX];
    bool known = getcwd(directory, sizeof directory) != NULL;
    run->directory = known ? arena_printf(cmd->arena, "%s/", directory) : "\n";
    if (!cmd_demangle_parse(cmd) || !find_today(run) || !cmd_load_config(cmd, &run->cfg) ||
        !find_checks(run))
        return cmd_fail(cmd);
    for (size_t i = 0; i < run->checks.count; i++)
        if (!run_check(run, &run->checks.items[i]))
            return cmd_fail(cmd);
    return report(run);
}

int cmd_check(struct cmd *cmd)
{
    struct run run = {.cmd = cmd};
    int status = run_all(&run);
    vec_free(&run.checks);
    vec_free(&run.findings);
    vec_free(&run.builds);
    vec_free(&run.regions);
    cfg_free(run.cfg);
    return status;
}
