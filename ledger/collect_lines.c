// SPDX-License-Identifier: MIT
//
// Whose source each byte of code came from, by the line tables. Units are read in parallel, in
// batches, so that the runs of all of them are never held at once, and claimed in their order.
//
// A build that maps its own directory away ("-ffile-prefix-map") may leave a unit with a relative
// path while the line tables, rewritten by a link-time optimiser, know the absolute one. Then the
// unit goes by the path in the line tables that ends in its own, if there is exactly one; else one
// file would be two rows.

#include <stdlib.h>

#include "ledger/collect_private.h"

#define LINE_BATCH 256
#define PATHS_KEPT 256

// The runs of one unit, read by one worker.
struct lines {
    VEC(struct dw_line_run) runs;
    struct fault fault;
    bool failed;
};

struct batch {
    const struct led__image *im;
    struct lines *lines; // of the units from `first` on
    size_t first;
};

// Paths are lent, one pointer a file of a unit: a small table of those met saves the hashing.
struct paths {
    const char *texts[PATHS_KEPT];
    led_owner owners[PATHS_KEPT];
    VEC(uint8_t) met;   // by owner
    VEC(led_owner) all; // owners met, each once
};

static void keep_run(void *context, const struct dw_line_run *run)
{
    struct lines *lines = context;
    vec_push(&lines->runs, *run);
}

static void read_unit(void *context, size_t index, unsigned worker)
{
    struct batch *batch = context;
    struct lines *lines = &batch->lines[index];
    (void)worker;
    lines->failed = !dw_read_lines(batch->im->dw, batch->im->img, (uint32_t)(batch->first + index),
                                   true, keep_run, lines, &lines->fault);
}

static led_owner meet(struct paths *paths, struct ledger *ledger, const char *path)
{
    led_owner owner = led_owner_of(ledger, path);
    while (paths->met.count <= owner)
        vec_push(&paths->met, 0);
    if (!paths->met.items[owner])
        vec_push(&paths->all, owner);
    paths->met.items[owner] = 1;
    return owner;
}

static led_owner owner_of_path(struct paths *paths, struct ledger *ledger, const char *path)
{
    size_t slot = (size_t)(hash_mix((uintptr_t)path, 0) % PATHS_KEPT);
    if (paths->texts[slot] != path) {
        paths->texts[slot] = path;
        paths->owners[slot] = meet(paths, ledger, path);
    }
    return paths->owners[slot];
}

static void claim_lines(struct led__image *im, const struct lines *lines, size_t unit,
                        struct paths *paths)
{
    if (lines->failed)
        doubt_add(im->run->doubts, im->info->path, ".debug_line", NO_OFFSET, "%s",
                  lines->fault.text);
    for (size_t i = 0; i < lines->runs.count; i++) {
        const struct dw_line_run *run = &lines->runs.items[i];
        led_owner owner = owner_of_path(paths, im->run->ledger, run->path);
        led__claim_addr(
            im, 0, run->start, run->end - run->start,
            (struct led_claim){owner, LED_SOURCE, LED_BY_LINE, (uint64_t)unit << 32 | i});
    }
}

static void read_all(struct led__image *im, size_t unit_count, struct paths *paths)
{
    struct lines *lines = mem_alloc(LINE_BATCH * sizeof *lines);
    for (size_t first = 0; first < unit_count; first += LINE_BATCH) {
        size_t count = MIN((size_t)LINE_BATCH, unit_count - first);
        struct batch batch = {im, lines, first};
        memset(lines, 0, count * sizeof *lines);
        par_for(im->threads, count, read_unit, &batch);
        for (size_t i = 0; i < count; i++) {
            claim_lines(im, &lines[i], first + i, paths);
            vec_free(&lines[i].runs);
        }
    }
    free(lines);
}

// ------------------------------------------------------------------- relative paths

// By owner: what a unit's relative path stands for. UNKNOWN: not a unit's; itself: none met yet.
#define UNKNOWN   LED_UNATTRIBUTED
#define AMBIGUOUS UINT32_MAX

#define MOST_PARTS 32 // of a relative path

static void match_suffixes(struct names *names, led_owner path, led_owner *stands, size_t count)
{
    struct slice text = names_slice(names, path);
    unsigned parts = 0;
    if (text.size == 0 || text.data[0] != '/')
        return;
    for (size_t i = text.size; i-- > 1 && parts < MOST_PARTS;) {
        if (text.data[i - 1] != '/')
            continue;
        parts++;
        name_id suffix = names_find(names, slice_of(text.data + i, text.size - i));
        if (suffix < count && stands[suffix] != UNKNOWN)
            stands[suffix] = stands[suffix] == suffix ? path : AMBIGUOUS;
    }
}

static void resolve_relative(struct led__image *im, const struct paths *paths, led_owner *owners,
                             size_t unit_count)
{
    struct names *names = led_names(im->run->ledger);
    size_t count = names_count(names);
    led_owner *stands = mem_zalloc(count, sizeof *stands);
    for (size_t i = 0; i < unit_count; i++)
        if (owners[i] != LED_UNATTRIBUTED && names_text(names, owners[i])[0] != '/')
            stands[owners[i]] = owners[i];
    for (size_t i = 0; i < paths->all.count; i++)
        match_suffixes(names, paths->all.items[i], stands, count);
    for (size_t i = 0; i < unit_count; i++) {
        led_owner owner = stands[owners[i]];
        bool itself = owners[i] < paths->met.count && paths->met.items[owners[i]];
        if (owner != UNKNOWN && owner != AMBIGUOUS && !itself)
            owners[i] = owner;
    }
    free(stands);
}

void led__collect_lines(struct led__image *im, led_owner *owners, size_t unit_count)
{
    struct paths *paths = mem_zalloc(1, sizeof *paths);
    read_all(im, unit_count, paths);
    resolve_relative(im, paths, owners, unit_count);
    vec_free(&paths->met);
    vec_free(&paths->all);
    free(paths);
}
