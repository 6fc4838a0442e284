// SPDX-License-Identifier: MIT
//
// DIEs read twice: our walk and the records of the child go through a unit side by side, both in
// the order of their offsets, and are compared where they meet.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzers/verify_private.h"

// DW_UT_* of header kinds that matter here (7.5.1)
enum { UT_COMPILE = 1, UT_TYPE = 2, UT_PARTIAL = 3, UT_SKELETON = 4, UT_SPLIT_TYPE = 6 };

#define VALUE_MAX 320 // of a value or a place as text

static const char *const check_names[] = {
#define X(id, name, one) [id] = one,
    AN_CHECKS(X)
#undef X
};

// One section of units, read twice.
struct comparison {
    struct an_verify *v;
    struct dw *dw;
    const struct dw_unit *units;
    const char *path, *section;
    uint32_t at, end; // our units: the next one to meet, past the last one
    uint32_t met;     // units that were met
    bool package;     // a .dwp: libdwarf adds where the unit\'s part of a section starts
    bool in_unit;     // both are inside one
    bool cut;         // they left the unit unfinished
    uint64_t forward; // lowest offset the next record may have
    struct dw_walk *walk;
    struct dw_die ours; // the next one of the unit, when `have`
    bool have;
    struct an__message message;
    char reasons[AN_CHECK_COUNT][160]; // why values of the next DIE are unreadable
    char why[200];                     // why the reading ended early, or ""
};

// ----------------------------------------------------------------------- telling

static void tell(struct comparison *c, enum an__check check, uint64_t offset, const char *name,
                 const char *ours, const char *theirs)
{
    char where[VALUE_MAX], what[VALUE_MAX];
    where[0] = what[0] = '\0';
    if (an__wants_difference(c->v)) {
        snprintf(where, sizeof where, "%s:%s+0x%" PRIx64, c->path, c->section, offset);
        snprintf(what, sizeof what, "%s%s%s", check_names[check],
                 name != NULL && name[0] != '\0' ? " of " : "", name != NULL ? name : "");
    }
    an__different(c->v, check, where, what, ours, theirs);
}

static void tell_numbers(struct comparison *c, enum an__check check, uint64_t offset,
                         const char *name, const char *format, uint64_t ours, uint64_t theirs)
{
    char a[VALUE_MAX], b[VALUE_MAX];
    bool hex = strcmp(format, "hex") == 0;
    snprintf(a, sizeof a, hex ? "0x%" PRIx64 : "%" PRIu64, ours);
    snprintf(b, sizeof b, hex ? "0x%" PRIx64 : "%" PRIu64, theirs);
    tell(c, check, offset, name, a, b);
}

// Whether a value is there to be compared; when only one reader has it, or theirs could not be
// read, that is settled here.
static bool both_have(struct comparison *c, enum an__check check, bool ours, bool theirs)
{
    if (c->message.die.unreadable >> check & 1) {
        an__skipped(c->v, check, 1, c->reasons[check]);
        return false;
    }
    if (ours != theirs)
        tell(c, check, c->ours.offset, c->ours.name, ours ? "there" : "none",
             theirs ? "there" : "none");
    return ours && theirs;
}

// -------------------------------------------------------------------- single values

static void compare_number(struct comparison *c, enum an__check check, uint32_t part, uint64_t ours,
                           uint64_t theirs)
{
    if (!both_have(c, check, c->ours.parts & part, c->message.die.parts & part))
        return;
    if (ours == theirs)
        an__equal(c->v, check);
    else
        tell_numbers(c, check, c->ours.offset, c->ours.name, "decimal", ours, theirs);
}

static void compare_text(struct comparison *c, enum an__check check, uint32_t part,
                         const char *ours, const struct an__text *theirs)
{
    if (!both_have(c, check, c->ours.parts & part, c->message.die.parts & part))
        return;
    struct an__text text = an__text_of(ours);
    if (text.size == theirs->size && text.hash == theirs->hash &&
        memcmp(text.head, theirs->head, text.head_size) == 0) {
        an__equal(c->v, check);
        return;
    }
    char a[VALUE_MAX], b[VALUE_MAX];
    snprintf(a, sizeof a, "'%.*s'", text.head_size, text.head);
    snprintf(b, sizeof b, "'%.*s'", theirs->head_size, theirs->head);
    tell(c, check, c->ours.offset, NULL, a, b);
}

static void show_target(char *out, struct dw_target target)
{
    static const char *const kinds[] = {[DW_TARGET_NONE] = "none",
                                        [DW_TARGET_SECTION] = "",
                                        [DW_TARGET_SUPPLEMENT] = "supplementary file ",
                                        [DW_TARGET_SIGNATURE] = "signature ",
                                        [DW_TARGET_BAD] = "nowhere"};
    if (target.kind == DW_TARGET_NONE || target.kind == DW_TARGET_BAD)
        snprintf(out, VALUE_MAX, "%s", kinds[target.kind]);
    else
        snprintf(out, VALUE_MAX, "%s0x%" PRIx64, kinds[target.kind], target.value);
}

static void compare_target(struct comparison *c, enum an__check check, struct dw_target ours,
                           struct dw_target theirs)
{
    if (!both_have(c, check, ours.kind != DW_TARGET_NONE, theirs.kind != DW_TARGET_NONE))
        return;
    if (ours.kind == theirs.kind && ours.value == theirs.value) {
        an__equal(c->v, check);
        return;
    }
    char a[VALUE_MAX], b[VALUE_MAX];
    show_target(a, ours);
    show_target(b, theirs);
    tell(c, check, c->ours.offset, c->ours.name, a, b);
}

// ---------------------------------------------------------------------------- ranges

static void show_range(char *out, const struct dw_range *ranges, size_t count, size_t i)
{
    if (i < count)
        snprintf(out, VALUE_MAX, "%zu of %zu: 0x%" PRIx64 "-0x%" PRIx64, i + 1, count,
                 ranges[i].start, ranges[i].end);
    else
        snprintf(out, VALUE_MAX, "%zu", count);
}

static void compare_ranges(struct comparison *c)
{
    const struct an__die *theirs = &c->message.die;
    const struct dw_die *ours = &c->ours;
    if (!both_have(c, AN_CHECK_RANGES, ours->parts & DW_DIE_RANGES, theirs->parts & DW_DIE_RANGES))
        return;
    size_t count = MIN(ours->range_count, (size_t)AN_RANGES_MAX), i = 0;
    while (i < count && i < theirs->ranges.count &&
           ours->ranges[i].start == theirs->ranges.items[i].start &&
           ours->ranges[i].end == theirs->ranges.items[i].end)
        i++;
    if (i == count && i == theirs->ranges.count) {
        an__equal(c->v, AN_CHECK_RANGES);
        return;
    }
    char a[VALUE_MAX], b[VALUE_MAX];
    show_range(a, ours->ranges, ours->range_count, i);
    show_range(b, theirs->ranges.items, theirs->ranges.count, i);
    tell(c, AN_CHECK_RANGES, ours->offset, ours->name, a, b);
}

// ------------------------------------------------------------------------------ DIEs

static void compare_always(struct comparison *c, enum an__check check, uint64_t ours,
                           uint64_t theirs)
{
    if (ours == theirs)
        an__equal(c->v, check);
    else
        tell_numbers(c, check, c->ours.offset, c->ours.name, "hex", ours, theirs);
}

static void compare_values(struct comparison *c)
{
    const struct dw_die *ours = &c->ours;
    const struct an__die *theirs = &c->message.die;
    an__equal(c->v, AN_CHECK_DIES);
    compare_always(c, AN_CHECK_TAG, ours->tag, theirs->tag);
    compare_always(c, AN_CHECK_PARENT, ours->parent, theirs->parent);
    compare_text(c, AN_CHECK_NAME, DW_DIE_NAME, ours->name, &theirs->name);
    compare_text(c, AN_CHECK_LINKAGE_NAME, DW_DIE_LINKAGE_NAME, ours->linkage_name,
                 &theirs->linkage_name);
    compare_number(c, AN_CHECK_BYTE_SIZE, DW_DIE_BYTE_SIZE, ours->byte_size, theirs->byte_size);
    compare_number(c, AN_CHECK_BIT_SIZE, DW_DIE_BIT_SIZE, ours->bit_size, theirs->bit_size);
    compare_number(c, AN_CHECK_MEMBER, DW_DIE_MEMBER, ours->member_offset, theirs->member_offset);
    compare_target(c, AN_CHECK_TYPE, ours->type, theirs->type);
    compare_target(c, AN_CHECK_ORIGIN, ours->origin, theirs->origin);
    compare_ranges(c);
}

static void next_of_ours(struct comparison *c)
{
    c->have = dw_walk_next(c->walk, &c->ours);
}

static void only_ours(struct comparison *c)
{
    tell(c, AN_CHECK_DIES, c->ours.offset, c->ours.name, "there", "none");
}

static void meet_die(struct comparison *c)
{
    const struct an__die *theirs = &c->message.die;
    while (c->have && c->ours.offset < theirs->offset) {
        only_ours(c);
        next_of_ours(c);
    }
    if (c->have && c->ours.offset == theirs->offset) {
        compare_values(c);
        next_of_ours(c);
    } else if (!c->in_unit || dw_walk_damaged(c->walk)) {
        an__skipped(c->v, AN_CHECK_DIES, 1, "tare met damage in the unit (a doubt)");
    } else {
        tell(c, AN_CHECK_DIES, theirs->offset, NULL, "none", "there");
    }
}

// ----------------------------------------------------------------------------- units

// What of our unit is left when they are done with it.
static void leave_unit(struct comparison *c, const char *why)
{
    uint64_t left = 0;
    for (; c->have; next_of_ours(c)) {
        if (why == NULL)
            only_ours(c);
        else
            left++;
    }
    an__skipped(c->v, AN_CHECK_DIES, left, why != NULL ? why : "");
    c->in_unit = c->cut = false;
    memset(c->reasons, 0, sizeof c->reasons);
}

static void skip_unit(struct comparison *c, uint32_t unit, const char *why)
{
    uint64_t dies = 0;
    dw_walk_unit(c->walk, unit);
    for (struct dw_die die; dw_walk_next(c->walk, &die);)
        dies++;
    an__skipped(c->v, AN_CHECK_UNITS, 1, why);
    an__skipped(c->v, AN_CHECK_DIES, dies, why);
}

static bool has_signature(const struct an__unit *unit, bool types)
{
    return types || (unit->version >= 5 && unit->kind != UT_COMPILE && unit->kind != UT_PARTIAL);
}

static void compare_header(struct comparison *c, uint32_t index)
{
    const struct an__unit *theirs = &c->message.unit;
    const struct dw_unit *unit = &c->units[index];
    struct dw_header header = dw_unit_header(c->dw, index);
    bool types = header.types || unit->kind == UT_TYPE || unit->kind == UT_SPLIT_TYPE;
    bool signature = has_signature(theirs, header.types);
    const struct {
        const char *name;
        uint64_t ours, theirs;
        bool compared;
    } fields[] = {
        {"size", unit->size, theirs->size, true},
        {"version", unit->version, theirs->version, true},
        {"address size", unit->address_size, theirs->address_size, true},
        {"offset size", unit->offset_size, theirs->offset_size, true},
        {"kind", unit->kind, theirs->kind, unit->version >= 5},
        {"abbreviations", header.abbrev_offset, theirs->abbrev_offset, !c->package},
        {"signature", header.signature, theirs->signature, signature},
        {"type offset", header.type_offset, theirs->type_offset, types},
    };
    bool equal = true;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (!fields[i].compared || fields[i].ours == fields[i].theirs)
            continue;
        if (equal) // one difference a unit
            tell_numbers(c, AN_CHECK_UNITS, unit->offset, fields[i].name, "hex", fields[i].ours,
                         fields[i].theirs);
        equal = false;
    }
    if (equal)
        an__equal(c->v, AN_CHECK_UNITS);
}

static void meet_unit(struct comparison *c)
{
    const struct an__unit *theirs = &c->message.unit;
    leave_unit(c, c->cut ? c->why : NULL);
    c->why[0] = '\0';
    for (; c->at < c->end && c->units[c->at].offset < theirs->offset; c->at++)
        tell(c, AN_CHECK_UNITS, c->units[c->at].offset, NULL, "there", "none");
    if (c->at == c->end || c->units[c->at].offset != theirs->offset) {
        tell(c, AN_CHECK_UNITS, theirs->offset, NULL, "none", "there");
        return;
    }
    uint32_t index = c->at++;
    c->met++;
    if (dw_unit_header(c->dw, index).damaged) {
        an__skipped(c->v, AN_CHECK_UNITS, 1, "tare gave the unit up (a doubt)");
        return;
    }
    compare_header(c, index);
    c->in_unit = true;
    dw_walk_unit(c->walk, index);
    next_of_ours(c);
}

static void meet_error(struct comparison *c)
{
    const struct an__message *m = &c->message;
    if (m->check == AN_CHECK_UNITS || m->check == AN_CHECK_DIES) {
        snprintf(c->why, sizeof c->why, "libdwarf cannot read them: %s", m->text);
        c->cut = true;
    } else {
        snprintf(c->reasons[m->check], sizeof c->reasons[m->check], "libdwarf: %.140s", m->text);
    }
}

// ---------------------------------------------------------------------- one section

// libdwarf does not look at what remains of a section when no DIE can be in it.
static bool is_empty_end(const struct comparison *c)
{
    struct dw_die die;
    dw_walk_unit(c->walk, c->at);
    return c->at + 1 == c->end && !dw_walk_next(c->walk, &die);
}

// What of our units is left when they are done.
static void leave_section(struct comparison *c, bool finished, const char *text)
{
    if (!finished) {
        doubt_add(c->v->doubts, c->path, c->section, NO_OFFSET, "%s after unit %u", text,
                  c->met != 0 ? c->met - 1 : 0);
        snprintf(c->why, sizeof c->why, "%s", text);
        c->cut = true;
    }
    leave_unit(c, c->cut ? c->why : NULL);
    for (; c->at < c->end; c->at++) {
        if (c->why[0] != '\0')
            skip_unit(c, c->at, c->why);
        else if (dw_unit_header(c->dw, c->at).damaged)
            an__skipped(c->v, AN_CHECK_UNITS, 1, "tare gave the unit up (a doubt)");
        else if (is_empty_end(c))
            an__skipped(c->v, AN_CHECK_UNITS, 1,
                        "libdwarf passes over a unit of no DIE at the end");
        else
            tell(c, AN_CHECK_UNITS, c->units[c->at].offset, NULL, "there", "none");
    }
}

// Units and the DIEs in them come in the order of their offsets, which ends every stream.
static bool is_forward(struct comparison *c)
{
    bool unit = c->message.record == AN_RECORD_UNIT, die = c->message.record == AN_RECORD_DIE;
    uint64_t offset = unit ? c->message.unit.offset : c->message.die.offset;
    if (!unit && !die)
        return true;
    bool good = offset >= c->forward;
    c->forward = unit ? offset : offset + 1;
    return good;
}

bool an__compare_section(struct an_verify *v, const struct an__job *job, struct an__child *child)
{
    char text[160] = "";
    size_t count;
    struct dw_header header = dw_unit_header(job->dw, job->first);
    struct dw_object object = dw_object_at(job->dw, header.object);
    struct comparison *c = mem_zalloc(1, sizeof *c);
    *c = (struct comparison){.v = v,
                             .dw = job->dw,
                             .units = dw_units(job->dw, &count),
                             .path = object.path,
                             .section = img_sections(object.image, &count)[header.section].name,
                             .package = job->object->package,
                             .at = job->first,
                             .end = job->end,
                             .walk = dw_walk_open(job->dw)};
    do {
        an__child_next(child, &c->message);
        if (!is_forward(c))
            break;
        if (c->message.record == AN_RECORD_UNIT)
            meet_unit(c);
        else if (c->message.record == AN_RECORD_DIE)
            meet_die(c);
        else if (c->message.record == AN_RECORD_ERROR)
            meet_error(c);
    } while (c->message.record != AN_RECORD_END);
    bool finished = an__child_finished(child, text);
    leave_section(c, finished, text);
    vec_free(&c->message.die.ranges);
    dw_walk_close(c->walk);
    free(c);
    return finished;
}
