// SPDX-License-Identifier: MIT
//
// What is read twice, cut into jobs: one section of units of one object each. A .o may hold many
// .debug_info sections (type units in groups); libdwarf is shown one of them at a time, beside the sections
// all of them share. An archive has thousands of members, so that one child does many jobs: if it dies at
// one, the next child goes on behind it.

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/verify_private.h"

#define BATCH 256 // jobs of one child

// What libdwarf is shown of an object. Location lists are left out: nothing of them is compared, and
// reading them is where it crashes.
static const char *const shared_sections[] = {
    ".debug_abbrev", ".debug_str",    ".debug_line_str", ".debug_str_offsets",
    ".debug_addr",   ".debug_ranges", ".debug_rnglists",
};

#define SECTIONS_MAX (COUNT_OF(shared_sections) + 4)

// An object with the one section of units that is looked at.
struct shown {
    struct an__object object;
    struct an__section sections[SECTIONS_MAX];
    char names[SECTIONS_MAX][32];
};

static bool add_section(struct shown *s, struct img *image, const struct img_section *section,
                        const char *name)
{
    struct slice bytes;
    struct fault ignored = {0}; // the first reader has made it a doubt
    if (section == NULL || !img_section_bytes(image, section->index, &bytes, &ignored) ||
        bytes.size == 0)
        return false;
    size_t i = s->object.section_count++;
    snprintf(s->names[i], sizeof s->names[i], "%s", name);
    s->sections[i] = (struct an__section){s->names[i], bytes};
    return true;
}

static void add_named(struct shown *s, struct img *image, const char *base, const char *suffix)
{
    char name[32];
    snprintf(name, sizeof name, "%s%s", base, suffix);
    add_section(s, image, img_section_named(image, name), name);
}

// `section`: index of the section of units, or 0 for the first .debug_info.
static void show_object(struct shown *s, const struct dw_object *from, uint32_t section, bool types)
{
    const struct img_info *info = img_info(from->image);
    const char *suffix = from->split ? ".dwo" : "";
    size_t count;
    const struct img_section *sections = img_sections(from->image, &count);
    *s = (struct shown){.object = {.big_endian = info->big_endian,
                                   .split = from->split,
                                   .types = types,
                                   .address_size = info->address_size}};
    s->object.sections = s->sections;
    char name[32];
    snprintf(name, sizeof name, "%s%s", types ? ".debug_types" : ".debug_info", suffix);
    if (section != 0)
        add_section(s, from->image, &sections[section], name);
    if (section == 0 || types)
        add_named(s, from->image, ".debug_info", suffix);
    for (size_t i = 0; i < COUNT_OF(shared_sections); i++)
        add_named(s, from->image, shared_sections[i], suffix);
    if (from->split) {
        s->object.package = img_section_named(from->image, ".debug_cu_index") != NULL;
        add_named(s, from->image, ".debug_cu_index", "");
        add_named(s, from->image, ".debug_tu_index", "");
    }
}

// ------------------------------------------------------------------------------ jobs

struct jobs {
    struct an_verify *v;
    an__reader *reader;
    unsigned timeout;
    size_t count;
    struct an__job items[BATCH];
    struct shown shown[BATCH][2]; // the object, and the one it is tied to
};

static void add_job(struct jobs *jobs, struct dw *dw, uint32_t first, uint32_t end)
{
    struct dw_header header = dw_unit_header(dw, first);
    struct dw_object object = dw_object_at(dw, header.object);
    struct shown *shown = jobs->shown[jobs->count];
    show_object(&shown[0], &object, header.section, header.types);
    if (object.split || object.supplement != UINT32_MAX) {
        struct dw_object tied = dw_object_at(dw, object.split ? 0 : object.supplement);
        show_object(&shown[1], &tied, 0, false);
        shown[0].object.tied = &shown[1].object;
    }
    jobs->items[jobs->count++] = (struct an__job){&shown[0].object, dw, first, end};
}

static bool do_jobs(struct jobs *jobs, struct fault *fault)
{
    for (size_t at = 0; at < jobs->count;) {
        struct an__child *child =
            an__child_start(jobs->reader, &jobs->items[at], jobs->count - at, jobs->timeout, fault);
        if (child == NULL)
            return false;
        while (at < jobs->count && an__compare_section(jobs->v, &jobs->items[at++], child))
            ;
        an__child_free(child);
    }
    jobs->count = 0;
    return true;
}

// The units of a section, from `first` on.
static uint32_t section_end(struct dw *dw, uint32_t first, size_t count)
{
    struct dw_header header = dw_unit_header(dw, first);
    for (uint32_t end = first + 1; end < count; end++) {
        struct dw_header next = dw_unit_header(dw, end);
        if (next.object != header.object || next.section != header.section)
            return end;
    }
    return (uint32_t)count;
}

bool an__verify_dies(struct an_verify *v, struct dw *const *dws, size_t dw_count,
                     an__reader *reader, unsigned timeout, struct fault *fault)
{
    bool good = true;
    struct jobs *jobs = mem_zalloc(1, sizeof *jobs);
    jobs->v = v;
    jobs->reader = reader;
    jobs->timeout = timeout;
    for (size_t i = 0; i < dw_count && good; i++) {
        size_t count = 0;
        if (dws[i] != NULL)
            dw_units(dws[i], &count);
        for (uint32_t first = 0, end; first < count && good; first = end) {
            end = section_end(dws[i], first, count);
            add_job(jobs, dws[i], first, end);
            good = jobs->count < BATCH || do_jobs(jobs, fault);
        }
    }
    good = good && do_jobs(jobs, fault);
    free(jobs);
    return good;
}
