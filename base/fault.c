// SPDX-License-Identifier: MIT
//
// Faults and doubts.

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

// "FILE:SECTION+0xOFFSET: " with the parts that are given.
static void place(struct buf *text, const char *file, const char *section, uint64_t offset)
{
    if (file != NULL)
        buf_text(text, file);
    if (section != NULL)
        buf_printf(text, "%s%s", file ? ":" : "", section);
    if (offset != NO_OFFSET)
        buf_printf(text, "%s0x%" PRIx64, file || section ? "+" : "", offset);
    if (text->size != 0)
        buf_text(text, ": ");
}

bool fault_set(struct fault *fault, enum fault_kind kind, const char *file, const char *section,
               uint64_t offset, const char *format, ...)
{
    if (fault == NULL || fault->kind != FAULT_NONE)
        return false;
    struct buf text = {0};
    place(&text, file, section, offset);
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fault->kind = kind;
    snprintf(fault->text, sizeof fault->text, "%.*s%s", (int)MIN(text.size, (size_t)400),
             text.data ? text.data : "", message);
    buf_free(&text);
    return false;
}

struct doubts {
    pthread_mutex_t lock;
    struct arena *arena;
    VEC(struct doubt) kept;
    uint64_t total;
};

struct doubts *doubts_new(void)
{
    struct doubts *doubts = mem_zalloc(1, sizeof *doubts);
    pthread_mutex_init(&doubts->lock, NULL);
    doubts->arena = arena_new();
    return doubts;
}

void doubts_free(struct doubts *doubts)
{
    if (doubts == NULL)
        return;
    pthread_mutex_destroy(&doubts->lock);
    arena_free(doubts->arena);
    vec_free(&doubts->kept);
    free(doubts);
}

void doubt_add(struct doubts *doubts, const char *file, const char *section, uint64_t offset,
               const char *format, ...)
{
    if (doubts == NULL)
        return;
    pthread_mutex_lock(&doubts->lock);
    doubts->total++;
    if (doubts->kept.count < DOUBTS_KEPT) {
        char message[400];
        va_list args;
        va_start(args, format);
        vsnprintf(message, sizeof message, format, args);
        va_end(args);
        const char *where = arena_printf(doubts->arena, "%s%s%s", file ? file : "",
                                         file && section ? ":" : "", section ? section : "");
        struct doubt doubt = {where, offset, arena_text(doubts->arena, slice_text(message))};
        vec_push(&doubts->kept, doubt);
    }
    pthread_mutex_unlock(&doubts->lock);
}

uint64_t doubts_total(const struct doubts *doubts)
{
    return doubts == NULL ? 0 : doubts->total;
}

static int compare_doubts(const void *left, const void *right)
{
    const struct doubt *a = left, *b = right;
    int order = strcmp(a->where, b->where);
    if (order != 0)
        return order;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return strcmp(a->text, b->text);
}

const struct doubt *doubts_list(struct doubts *doubts, size_t *count)
{
    *count = doubts ? doubts->kept.count : 0;
    if (*count == 0)
        return NULL;
    qsort(doubts->kept.items, *count, sizeof *doubts->kept.items, compare_doubts);
    return doubts->kept.items;
}
