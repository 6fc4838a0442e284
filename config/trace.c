// SPDX-License-Identifier: MIT
//
// A trace of allocations, as mote writes it (examples/mote/census.md has the format).
//
// Blocks are freed and used again; the reader gives each object a number of its own, so that what follows
// needs no look-up: first the events are read, then those of one block, in order, are told apart.

#include <inttypes.h>
#include <stdlib.h>

#include "config/config.h"

#define VERSION         1
#define SIZE_MAX_TRACED ((uint64_t)1 << 48) // bytes of one object

struct reader {
    const char *path, *at, *end;
    uint32_t line;
    struct fault *fault;
};

static bool wrong(const struct reader *r, uint32_t line, const char *what)
{
    return fault_set(r->fault, FAULT_INPUT, r->path, NULL, NO_OFFSET, "line %" PRIu32 ": %s", line,
                     what);
}

static bool number(struct reader *r, unsigned base, uint64_t *value)
{
    const char *start = r->at;
    *value = 0;
    for (; r->at < r->end; r->at++) {
        char c = *r->at;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : base;
        if (digit >= base)
            break;
        if (*value > (UINT64_MAX - digit) / base)
            return false;
        *value = *value * base + digit;
    }
    return r->at > start;
}

static bool text(struct reader *r, const char *wanted)
{
    size_t size = strlen(wanted);
    if ((size_t)(r->end - r->at) < size || memcmp(r->at, wanted, size) != 0)
        return false;
    r->at += size;
    return true;
}

static bool line_ends(struct reader *r)
{
    text(r, "\r");
    r->line++;
    return text(r, "\n");
}

// A number that is cut off would be another number.
static bool is_whole(const struct reader *r)
{
    return r->at == r->end || r->end[-1] == '\n' ||
           fault_set(r->fault, FAULT_INPUT, r->path, NULL, NO_OFFSET,
                     "the last line has no end: the trace is cut off");
}

// "mote-trace 1 word 8 block 32"
static bool read_head(struct reader *r, struct cfg_trace *trace)
{
    uint64_t version, word, block;
    if (!text(r, CFG_TRACE_MAGIC) || !number(r, 10, &version))
        return wrong(r, 1, "'" CFG_TRACE_MAGIC "VERSION' expected");
    if (version != VERSION)
        return fault_set(r->fault, FAULT_INPUT, r->path, NULL, NO_OFFSET,
                         "a trace of version %" PRIu64 "; this program reads version %d", version,
                         VERSION);
    if (!text(r, " word ") || !number(r, 10, &word) || !text(r, " block ") ||
        !number(r, 10, &block) || word == 0 || word > 16 || !line_ends(r))
        return wrong(r, 1, "the sizes of a word and of a block are expected");
    trace->word = (unsigned)word;
    return true;
}

struct event {
    uint64_t block, size;
    char what;
};
typedef VEC(struct event) event_list;

static bool read_events(struct reader *r, event_list *events)
{
    while (r->at < r->end) {
        struct event event = {.what = *r->at++};
        bool sized = event.what == 'n' || event.what == 'r';
        if (!sized && event.what != 'f')
            return wrong(r, r->line + 1, "'n', 'r' or 'f' expected");
        if (!text(r, " ") || !number(r, 16, &event.block))
            return wrong(r, r->line + 1, "the number of a block is expected");
        if (sized && (!text(r, " ") || !number(r, 10, &event.size)))
            return wrong(r, r->line + 1, "a number of bytes is expected");
        if (event.size > SIZE_MAX_TRACED)
            return wrong(r, r->line + 1, "no object is as large as that");
        if (!line_ends(r))
            return wrong(r, r->line, "there is more on this line than expected");
        vec_push(events, event);
    }
    return true;
}

// Numbers for the objects: with the events sorted by block, stably, every "n" begins one.
static bool number_objects(const struct reader *r, const event_list *events,
                           struct cfg_trace *trace)
{
    struct keyed *by_block = mem_alloc((2 * events->count + 1) * sizeof *by_block);
    struct cfg_event *out = mem_alloc((events->count + 1) * sizeof *out);
    const char *broken = NULL;
    size_t broken_at = 0;
    bool live = false;
    for (size_t i = 0; i < events->count; i++)
        by_block[i] = (struct keyed){events->items[i].block, i};
    sort_keyed(by_block, by_block + events->count, events->count);
    for (size_t i = 0; i < events->count && broken == NULL; i++) {
        const struct event *event = &events->items[by_block[i].value];
        if (i == 0 || by_block[i].key != by_block[i - 1].key)
            live = false;
        if (live == (event->what == 'n')) {
            broken = live ? "an object lies there already" : "no object lies there";
            broken_at = by_block[i].value;
        }
        trace->object_count += event->what == 'n';
        live = event->what != 'f';
        out[by_block[i].value] =
            (struct cfg_event){event->size, (uint32_t)(trace->object_count - 1), event->what};
    }
    free(by_block);
    trace->events = out;
    trace->count = events->count;
    return broken == NULL || wrong(r, (uint32_t)broken_at + 2, broken);
}

bool cfg_trace_read(struct cfg_trace *trace, struct slice bytes, const char *path,
                    struct fault *fault)
{
    const char *start = (const char *)bytes.data;
    struct reader r = {path, start, start + bytes.size, 0, fault};
    event_list events = {0};
    *trace = (struct cfg_trace){0};
    bool good = is_whole(&r) && read_head(&r, trace) && read_events(&r, &events);
    if (good && events.count >= UINT32_MAX)
        good = fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "too many events");
    good = good && number_objects(&r, &events, trace);
    vec_free(&events);
    if (!good)
        cfg_trace_free(trace);
    return good;
}

void cfg_trace_free(struct cfg_trace *trace)
{
    free(trace->events);
    *trace = (struct cfg_trace){0};
}
