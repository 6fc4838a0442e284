// SPDX-License-Identifier: MIT
//
// What size and diff share: by what to divide, what to leave out, tare.yaml, how names are shown.

#include <unistd.h>

#include "cli/cli.h"

static const char *dim_name(unsigned dim)
{
    return an_dim_name((enum an_dim)dim);
}

static const struct cmd_dimensions dimensions = {dim_name, AN_DIM_COUNT, ""};

static bool parse_dims(struct cmd *cmd, struct an_footprint_options *options)
{
    unsigned dims[AN_DIM_COUNT];
    bool good = cmd_parse_dims(cmd, &dimensions, dims, &options->dim_count);
    for (size_t i = 0; i < options->dim_count; i++)
        options->dims[i] = (enum an_dim)dims[i];
    return good;
}

static bool parse_filters(struct cmd *cmd, struct an_footprint_options *options)
{
    struct cmd_filter filters[AN_FILTERS_MAX];
    unsigned first = options->dim_count ? options->dims[0] : AN_MODULE;
    bool good = cmd_parse_filters(cmd, &dimensions, first, filters, &options->filter_count);
    for (size_t i = 0; i < options->filter_count; i++)
        options->filters[i] = (struct an_filter){(enum an_dim)filters[i].dim, filters[i].glob};
    return good;
}

bool cmd_load_config(struct cmd *cmd, struct cfg **cfg)
{
    const char *path = cmd->options.config;
    if (path == NULL && access(CMD_CONFIG, F_OK) != 0)
        return true;
    return cfg_load(cfg, path ? path : CMD_CONFIG, &cmd->fault);
}

bool cmd_division_open(struct cmd *cmd, struct cmd_division *division)
{
    *division = (struct cmd_division){0};
    struct an_footprint_options *options = &division->options;
    options->keep = cmd->options.keep == CMD_NOT_GIVEN ? CMD_KEEP_ROWS : cmd->options.keep;
    options->sort = cmd->options.sort;
    options->evidence = cmd->options.verbose;
    options->shown = cmd_shown;
    options->shown_context = cmd;
    return cmd_demangle_parse(cmd) && parse_dims(cmd, options) && parse_filters(cmd, options) &&
           cmd_load_config(cmd, &division->cfg);
}

void cmd_division_close(struct cmd_division *division)
{
    cfg_free(division->cfg);
}

static void by_symbol(struct cmd_division *division, const char *note)
{
    struct an_footprint_options *options = &division->options;
    options->dims[options->dim_count++] = AN_SECTION;
    options->dims[options->dim_count++] = AN_SYMBOL;
    division->note = note;
}

// Without -d: modules when all builds have debug information, else sections and symbols.
static bool choose_dims(struct cmd *cmd, struct cmd_division *division, struct cmd_build *builds,
                        size_t count)
{
    bool units = true;
    struct an_footprint_options *options = &division->options;
    for (size_t i = 0; i < count; i++) {
        if (builds[i].file == NULL)
            continue;
        bool has;
        if (!cmd_build_units(cmd, &builds[i], &has))
            return false;
        units = units && (has || builds[i].map_path != NULL);
    }
    if (units) {
        options->dims[options->dim_count++] = AN_MODULE;
        division->by_default = true;
        return parse_filters(cmd, options);
    }
    by_symbol(division,
              "divided by section and symbol: no debug information was found that would tell "
              "modules apart (-d chooses)");
    return parse_filters(cmd, options);
}

bool cmd_division_default(struct cmd *cmd, struct cmd_division *division, struct cmd_build *builds,
                          size_t count)
{
    struct an_footprint_options *options = &division->options;
    if (options->dim_count == 0 && !choose_dims(cmd, division, builds, count))
        return false;
    bool given = false;
    for (size_t i = 0; i < options->dim_count; i++)
        given = given || options->dims[i] == AN_INLINES;
    if (cmd->options.inlines && !given && options->dim_count < AN_DIMS_MAX)
        options->dims[options->dim_count++] = AN_INLINES;
    return true;
}

unsigned cmd_division_needs(const struct cmd_division *division)
{
    const struct an_footprint_options *options = &division->options;
    enum an_dim dims[AN_DIMS_MAX + AN_FILTERS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < options->dim_count; i++) {
        dims[count++] = options->dims[i];
        if (options->dims[i] == AN_OBJECT && options->evidence)
            dims[count++] = AN_UNIT; // which is evidence of objects
    }
    for (size_t i = 0; i < options->filter_count; i++)
        dims[count++] = options->filters[i].dim;
    return an_dims_needed(dims, count, division->cfg != NULL);
}

static bool make_ledgers(struct cmd *cmd, const struct cmd_division *division,
                         struct cmd_build *builds, struct an_modules **modules, size_t count,
                         unsigned also)
{
    for (size_t i = 0; i < count; i++) {
        if (!cmd_build_ledger(cmd, &builds[i], cmd_division_needs(division) | also))
            return false;
        an_modules_free(modules[i]);
        modules[i] = an_modules_new(builds[i].ledger, division->cfg);
    }
    return true;
}

static bool by_unit(struct cmd *cmd, struct cmd_division *division)
{
    division->options.dims[0] = AN_UNIT;
    division->note = "divided by unit: the sources lie in one directory, so modules tell nothing "
                     "apart (-d chooses)";
    return parse_filters(cmd, &division->options);
}

bool cmd_division_ledgers(struct cmd *cmd, struct cmd_division *division, struct cmd_build *builds,
                          struct an_modules **modules, size_t count, unsigned also)
{
    bool units = true, tell = false;
    if (!make_ledgers(cmd, division, builds, modules, count, also))
        return false;
    if (!division->by_default)
        return true;
    for (size_t i = 0; i < count; i++) {
        tell = tell || an_modules_tell(modules[i]);
        units = units && (builds[i].map_path != NULL || an_units_tell(modules[i]));
    }
    if (units)
        return tell || by_unit(cmd, division);
    division->options.dim_count = 0;
    by_symbol(division, "divided by section and symbol: most bytes are of no unit that has debug "
                        "information, or all of one (-d chooses)");
    return parse_filters(cmd, &division->options) &&
           make_ledgers(cmd, division, builds, modules, count, also);
}
