// SPDX-License-Identifier: MIT
//
// Budgets: what was measured against what is allowed.
//
//   max      more than this is an error          growth   more than all that is given, against the
//   warn     more than this is a warning                  base, is an error
//
// A waiver takes the error away up to and with its last day; it is still told. One finding a budget,
// whatever becomes of it.

#include <stdlib.h>

#include "analyzers/budget_private.h"

struct an_budget_needs an_budgets_need(struct cfg_budgets budgets, bool rules)
{
    struct an_budget_needs needs = {0};
    for (size_t i = 0; i < budgets.count; i++) {
        const struct cfg_budget *budget = &budgets.items[i];
        enum cfg_subject subject = budget->subject;
        needs.types |= subject == CFG_STRUCT || subject == CFG_OBJECTS_OF;
        needs.variables |= subject == CFG_OBJECTS_OF;
        if (budget->grows && needs.base == 0)
            needs.base = budget->line;
        needs.base_types |= budget->grows && subject == CFG_STRUCT;
        const enum an_dim module = AN_MODULE;
        if (subject == CFG_MODULE)
            needs.dims |= an_dims_needed(&module, 1, rules);
        if (subject == CFG_SECTION)
            needs.dims |= LED_MASK(LED_SECTION);
        if (subject == CFG_SYMBOL || subject == CFG_OBJECTS)
            needs.dims |= LED_MASK(LED_SYMBOL);
        if (subject == CFG_OBJECTS)
            needs.dims |= LED_MASK(LED_KIND);
    }
    needs.dims |= needs.dims == 0 ? LED_MASK(LED_SECTION) : 0;
    return needs;
}

// --------------------------------------------------------------------------- texts

// "in" narrows, so it belongs to the name: "module unicode in rom".
static const char *subject_text(const struct cfg_budget *budget, struct arena *arena)
{
    const char *key = cfg_subject_key(budget->subject);
    if (budget->subject != CFG_REGION && budget->region != NULL)
        return arena_printf(arena, "%s %s in %s", key, budget->name, budget->region);
    if (budget->column != NULL && strcmp(budget->column, "vm") != 0)
        return arena_printf(arena, "%s %s in %s", key, budget->name, budget->column);
    return arena_printf(arena, "%s %s", key, budget->name);
}

static const char *about(const struct cfg_budget *budget, const char *what, struct arena *arena)
{
    static const char *const subjects[CFG_SUBJECT_COUNT] = {
        [CFG_TOTAL] = "the whole build",
        [CFG_REGION] = "a memory region",
        [CFG_MODULE] = "a module",
        [CFG_SECTION] = "sections",
        [CFG_SYMBOL] = "symbols",
        [CFG_STRUCT] = "a type",
        [CFG_OBJECTS] = "the number of data objects of a name",
        [CFG_OBJECTS_OF] = "the number of data objects of a type",
    };
    return arena_printf(arena, "The budget of %s: %s.", subjects[budget->subject], what);
}

static void put_date(struct buf *buf, uint32_t date)
{
    buf_printf(buf, "%04u-%02u-%02u", date / 10000, date / 100 % 100, date % 100);
}

// -------------------------------------------------------------------------- limits

struct judged {
    const struct cfg_budget *budget;
    const struct cfg_region *region; // or NULL
    enum rep_unit unit;
    uint64_t value, old; // old: of the base, with growth
};

static uint64_t limit_bytes(const struct judged *j, struct cfg_limit limit)
{
    if (limit.kind == CFG_AMOUNT)
        return limit.value;
    __uint128_t bytes = (__uint128_t)j->region->length * limit.value / 1000;
    return bytes > UINT64_MAX / 2 ? UINT64_MAX / 2 : (uint64_t)bytes;
}

// What growth allows: it fails when all that is given is passed, so the larger allowance counts.
static uint64_t growth_limit(const struct judged *j)
{
    const struct cfg_budget *budget = j->budget;
    __uint128_t percent = 0, bytes = 0;
    if (budget->growth_percent.kind != CFG_NO_LIMIT)
        percent = (__uint128_t)j->old * budget->growth_percent.value / 1000;
    if (budget->growth_bytes.kind != CFG_NO_LIMIT)
        bytes = budget->growth_bytes.value;
    __uint128_t limit = j->old + MAX(percent, bytes);
    return limit > UINT64_MAX / 2 ? UINT64_MAX / 2 : (uint64_t)limit;
}

static void put_percent(struct buf *buf, uint64_t permille)
{
    buf_printf(buf, "%llu", (unsigned long long)(permille / 10));
    if (permille % 10 != 0)
        buf_printf(buf, ".%llu", (unsigned long long)(permille % 10));
    buf_char(buf, '%');
}

static void put_amount(const struct judged *j, struct buf *buf, uint64_t value)
{
    rep_show(buf, j->unit, value);
    if (j->unit == REP_COUNT)
        buf_text(buf, value == 1 ? " object" : " objects");
    else if (value < 1024)
        buf_text(buf, value == 1 ? " byte" : " bytes");
}

static void put_limit(const struct judged *j, struct buf *buf, struct cfg_limit limit)
{
    put_amount(j, buf, limit_bytes(j, limit));
    if (limit.kind != CFG_PERMILLE)
        return;
    buf_text(buf, " (");
    put_percent(buf, limit.value);
    buf_printf(buf, " of %s)", j->region->name);
}

static void say_over(const struct judged *j, struct buf *buf, struct cfg_limit limit,
                     const char *what)
{
    buf_text(buf, "is at ");
    put_amount(j, buf, j->value);
    buf_text(buf, ", ");
    put_amount(j, buf, j->value - limit_bytes(j, limit));
    buf_printf(buf, " over the %s of ", what);
    put_limit(j, buf, limit);
}

static void say_grown(const struct judged *j, struct buf *buf)
{
    const struct cfg_budget *budget = j->budget;
    bool percent = budget->growth_percent.kind != CFG_NO_LIMIT;
    buf_text(buf, "grew from ");
    put_amount(j, buf, j->old);
    buf_text(buf, " to ");
    put_amount(j, buf, j->value);
    buf_text(buf, ", by ");
    put_amount(j, buf, j->value - j->old);
    if (j->old != 0) {
        buf_text(buf, " (");
        put_percent(buf, (uint64_t)((__uint128_t)(j->value - j->old) * 1000 / j->old));
        buf_char(buf, ')');
    }
    buf_text(buf, ", more than ");
    if (percent)
        put_percent(buf, budget->growth_percent.value);
    buf_text(buf, percent && budget->growth_bytes.kind != CFG_NO_LIMIT ? " and " : "");
    if (budget->growth_bytes.kind != CFG_NO_LIMIT)
        put_amount(j, buf, budget->growth_bytes.value);
}

// ------------------------------------------------------------------------- judging

static void judge(const struct judged *j, struct arena *arena, struct buf *message,
                  struct rep_finding *out)
{
    const struct cfg_budget *budget = j->budget;
    const char *key = cfg_subject_key(budget->subject);
    bool max = budget->max.kind != CFG_NO_LIMIT, warn = budget->warn.kind != CFG_NO_LIMIT;
    const char *what = max ? "max" : budget->grows ? "growth" : "warn";
    out->limit = max             ? limit_bytes(j, budget->max)
                 : budget->grows ? growth_limit(j)
                                 : limit_bytes(j, budget->warn);
    if (max && j->value > out->limit) {
        out->severity = REP_ERROR;
        say_over(j, message, budget->max, "limit");
    } else if (budget->grows && j->value > j->old && j->value > growth_limit(j)) {
        out->severity = REP_ERROR;
        out->limit = growth_limit(j);
        what = "growth";
        say_grown(j, message);
    } else if (warn && j->value > limit_bytes(j, budget->warn)) {
        out->severity = REP_WARNING;
        out->limit = limit_bytes(j, budget->warn);
        what = "warn";
        say_over(j, message, budget->warn, "warning level");
    } else {
        buf_text(message, "is at ");
        put_amount(j, message, j->value);
        buf_text(message, " of ");
        put_amount(j, message, out->limit);
    }
    out->rule = arena_printf(arena, "%s.%s", key, what);
    out->about = about(budget,
                       strcmp(what, "max") == 0    ? "an upper limit"
                       : strcmp(what, "warn") == 0 ? "a level that is worth a warning"
                                                   : "growth against the base",
                       arena);
}

static void apply_waiver(const struct cfg_budget *budget, uint32_t today, struct buf *message,
                         struct rep_finding *out)
{
    if (budget->waiver == NULL || out->severity != REP_ERROR)
        return;
    bool holds = today <= budget->until;
    buf_text(message, holds ? "; waived until " : "; its waiver ended on ");
    put_date(message, budget->until);
    buf_printf(message, " (%s)", budget->waiver);
    out->waived = holds ? budget->waiver : NULL;
}

// Symbols and types are found where they are declared, all else where its budget stands.
static void place(const struct an_budget_options *options, const struct cfg_budget *budget,
                  const struct an__amount *measure, struct rep_finding *out)
{
    const char *file = NULL;
    uint32_t line = 0;
    bool symbol = budget->subject == CFG_SYMBOL || budget->subject == CFG_OBJECTS;
    if (budget->subject == CFG_STRUCT && measure->file != NULL && measure->file[0] != '\0')
        file = measure->file, line = measure->line;
    if (symbol && out->severity != REP_PASS && options->declared != NULL &&
        measure->largest != NULL &&
        !options->declared(options->context, measure->largest, &file, &line))
        file = NULL;
    out->file = file != NULL ? file : options->config;
    out->line = file != NULL ? line : budget->line;
    if (options->path != NULL)
        out->file = options->path(options->context, out->file);
}

static bool not_there(const struct an__account *account, const struct cfg_budget *budget,
                      struct fault *fault)
{
    struct an_nearest nearest;
    struct buf list = {0};
    an__nearest(account, budget, &nearest);
    an_nearest_list(&nearest, &list);
    an__budget_fault(account->options, budget, fault, "%s has no %s '%s'%s", account->build->name,
                     budget->subject == CFG_OBJECTS_OF ? "object of type"
                     : budget->subject == CFG_OBJECTS  ? "symbol"
                                                       : cfg_subject_key(budget->subject),
                     budget->name, list.data);
    buf_free(&list);
    return false;
}

static bool wants_absence(const struct cfg_budget *budget)
{
    return budget->max.kind == CFG_AMOUNT && budget->max.value == 0;
}

static bool check(const struct cfg_budget *budget, struct an__account *now,
                  struct an__account *base, struct arena *arena, struct rep_finding *out,
                  struct fault *fault)
{
    struct an__amount measure, old = {0};
    struct judged j = {.budget = budget,
                       .unit = cfg_counts(budget->subject) ? REP_COUNT : REP_BYTES};
    if (!an__budget_measure(now, budget, &measure, fault))
        return false;
    if (measure.matched == 0 && !wants_absence(budget))
        return not_there(now, budget, fault);
    if (budget->grows && !an__budget_measure(base, budget, &old, fault))
        return false;
    if (budget->region != NULL)
        j.region = an__budget_region(now->build, budget, now->options, fault);
    j.value = measure.value;
    j.old = old.value;
    struct buf message = {0};
    *out = (struct rep_finding){.build = now->build->name,
                                .subject = subject_text(budget, arena),
                                .unit = j.unit,
                                .measured = j.value};
    judge(&j, arena, &message, out);
    if (out->severity == REP_ERROR && budget->subject == CFG_STRUCT && measure.largest != NULL &&
        strcmp(measure.largest, budget->name) != 0)
        buf_printf(&message, " (%s)", measure.largest);
    apply_waiver(budget, now->options->today, &message, out);
    out->message = arena_text(arena, slice_of(message.data, message.size));
    buf_free(&message);
    place(now->options, budget, &measure, out);
    return true;
}

bool an_budgets(struct cfg_budgets budgets, const struct an_measured *now,
                const struct an_measured *base, const struct an_budget_options *options,
                struct arena *arena, struct rep_finding **out, struct fault *fault)
{
    struct an__account accounts[2] = {{0}, {0}};
    *out = ARENA_ARRAY(arena, budgets.count, struct rep_finding);
    bool good = an__account_open(&accounts[0], now, options, budgets, fault) &&
                (base == NULL || an__account_open(&accounts[1], base, options, budgets, fault));
    for (size_t i = 0; i < budgets.count && good; i++)
        good = check(&budgets.items[i], &accounts[0], &accounts[1], arena, &(*out)[i], fault);
    an__account_close(&accounts[0]);
    an__account_close(&accounts[1]);
    return good;
}

// ------------------------------------------------------------------------- showing

enum { STATUS, MEASURED, LIMIT, USED, BUILD, COLUMNS };

static const struct rep_column columns[2][COLUMNS] = {
    {
        [STATUS] = {"status", NULL, REP_TEXT, false, false},
        [MEASURED] = {"measured", NULL, REP_BYTES, false, false},
        [LIMIT] = {"limit", NULL, REP_BYTES, false, false},
        [USED] = {"used", NULL, REP_PERMILLE, false, false},
        [BUILD] = {"build", NULL, REP_TEXT, false, false},
    },
    {
        [STATUS] = {"status", NULL, REP_TEXT, false, false},
        [MEASURED] = {"objects", NULL, REP_COUNT, false, false},
        [LIMIT] = {"limit", NULL, REP_COUNT, false, false},
        [USED] = {"used", NULL, REP_PERMILLE, false, false},
        [BUILD] = {"build", NULL, REP_TEXT, false, false},
    },
};

static void fill_row(const struct rep_finding *finding, struct arena *arena, struct rep_row *row)
{
    row->name = finding->subject;
    row->dimension = "budget";
    row->values = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    row->values[STATUS].text = rep_finding_word(finding);
    row->values[MEASURED].u = finding->measured;
    row->values[LIMIT].u = finding->limit;
    row->values[BUILD].text = finding->build;
    __uint128_t used = finding->limit ? (__uint128_t)finding->measured * 1000 / finding->limit : 0;
    row->values[USED].u = finding->limit && used < INT64_MAX ? (uint64_t)used : REP_NONE;
}

void an_findings_table(const struct rep_finding *findings, size_t count, enum rep_unit unit,
                       struct arena *arena, struct rep_table *out)
{
    struct rep_row *rows = ARENA_ARRAY(arena, count, struct rep_row);
    union rep_value *total = ARENA_ARRAY(arena, COLUMNS, union rep_value);
    total[MEASURED].u = total[LIMIT].u = total[USED].u = REP_NONE;
    *out = (struct rep_table){.name = unit == REP_COUNT ? "counts" : "rows",
                              .names = "BUDGET",
                              .columns = columns[unit == REP_COUNT],
                              .column_count = COLUMNS,
                              .total = {.rows = rows, .values = total}};
    bool builds = false;
    for (size_t i = 0; i < count; i++) {
        builds = builds || strcmp(findings[i].build, findings[0].build) != 0;
        if (findings[i].unit == unit)
            fill_row(&findings[i], arena, &rows[out->total.row_count++]);
    }
    out->hidden_columns_mask = builds ? 0 : (size_t)1 << BUILD;
}

static int rank(const struct rep_finding *finding)
{
    return finding->severity == REP_ERROR     ? (finding->waived == NULL ? 0 : 2)
           : finding->severity == REP_WARNING ? 1
                                              : 3;
}

static int compare_findings(const void *left, const void *right)
{
    const struct rep_finding *a = left, *b = right;
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    __uint128_t x = (__uint128_t)a->measured * b->limit, y = (__uint128_t)b->measured * a->limit;
    if (x != y)
        return x > y ? -1 : 1;
    if (a->measured != b->measured)
        return a->measured > b->measured ? -1 : 1;
    int builds = strcmp(a->build, b->build);
    return builds != 0 ? builds : strcmp(a->subject, b->subject);
}

void an_findings_sort(struct rep_finding *findings, size_t count)
{
    if (count > 1)
        qsort(findings, count, sizeof *findings, compare_findings);
}
