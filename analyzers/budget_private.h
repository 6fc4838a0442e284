// SPDX-License-Identifier: MIT
//
// Budgets, inside: measuring (budget_measure.c) and judging (budget.c).
#ifndef TARE_BUDGET_PRIVATE_H
#define TARE_BUDGET_PRIVATE_H

#include "analyzers/analyzers.h"

// Sums of one kind over a build, by owner: made in one walk for all budgets that ask alike.
struct an__sums {
    enum an_dim dim;
    const struct cfg_region *region; // the bytes in it, or NULL:
    uint8_t weight;                  // those with this weight
    bool objects;                    // 1 for each owner of data
    VEC(uint64_t) by_key;            // AN__UNSEEN: no byte of the build is that owner's
};
#define AN__UNSEEN UINT64_MAX

struct an__account {
    const struct an_measured *build;
    const struct an_budget_options *options;
    VEC(struct an__sums) sums;
};

// What a budget came to.
struct an__amount {
    uint64_t value;      // bytes or objects
    size_t matched;      // owners, types
    const char *largest; // symbol or type
    const char *file;    // of a type
    uint32_t line;
};

// Gathers what the budgets need. False with `fault` when a region is not known.
bool an__account_open(struct an__account *account, const struct an_measured *build,
                      const struct an_budget_options *options, struct cfg_budgets budgets,
                      struct fault *fault);
void an__account_close(struct an__account *account);
bool an__budget_measure(struct an__account *account, const struct cfg_budget *budget,
                        struct an__amount *out, struct fault *fault);
// Names in the build nearest to that of a budget that matched nothing.
void an__nearest(const struct an__account *account, const struct cfg_budget *budget,
                 struct an_nearest *nearest);
// The region a budget is on or is narrowed by; NULL with `fault` when there is none of that name.
const struct cfg_region *an__budget_region(const struct an_measured *build,
                                           const struct cfg_budget *budget,
                                           const struct an_budget_options *options,
                                           struct fault *fault);
bool an__budget_fault(const struct an_budget_options *options, const struct cfg_budget *budget,
                      struct fault *fault, const char *format, ...) PRINTF_LIKE(4, 5);

#endif
