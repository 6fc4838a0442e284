// SPDX-License-Identifier: MIT
//
// Faults and doubts.

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

#define PLACE_MAX 300 // bytes of a fault's text: the message must not be what is left out

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
    size_t cut = text.size > PLACE_MAX ? text.size - PLACE_MAX : 0; // its end says more
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fault->kind = kind;
    snprintf(fault->text, sizeof fault->text, "%s%.*s%s", cut ? "..." : "", (int)(text.size - cut),
             text.data ? text.data + cut : "", message);
    buf_free(&text);
    return false;
}

// ------------------------------------------------------------------------ doubts

struct doubts {
    pthread_mutex_t lock;
    VEC(struct doubt) kept; // texts are owned
    size_t last;            // of the kept ones the last by place; counts once all places are taken
    uint64_t total;
};

struct doubts *doubts_new(void)
{
    struct doubts *doubts = mem_zalloc(1, sizeof *doubts);
    pthread_mutex_init(&doubts->lock, NULL);
    return doubts;
}

static void free_texts(struct doubt *doubt)
{
    free((char *)doubt->where);
    free((char *)doubt->text);
}

void doubts_free(struct doubts *doubts)
{
    if (doubts == NULL)
        return;
    pthread_mutex_destroy(&doubts->lock);
    for (size_t i = 0; i < doubts->kept.count; i++)
        free_texts(&doubts->kept.items[i]);
    vec_free(&doubts->kept);
    free(doubts);
}

static int compare_doubts(const void *left, const void *right)
{
    const struct doubt *a = left, *b = right;
    int order = strverscmp(a->where, b->where); // places may be lines: 9 before 10
    if (order != 0)
        return order;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return strcmp(a->text, b->text);
}

static void find_last(struct doubts *doubts)
{
    const struct doubt *items = doubts->kept.items;
    doubts->last = 0;
    for (size_t i = 1; i < doubts->kept.count; i++)
        if (compare_doubts(&items[i], &items[doubts->last]) > 0)
            doubts->last = i;
}

// Takes over the texts.
static void keep(struct doubts *doubts, struct doubt doubt)
{
    if (doubts->kept.count < DOUBTS_KEPT) {
        vec_push(&doubts->kept, doubt);
    } else if (compare_doubts(&doubt, &doubts->kept.items[doubts->last]) < 0) {
        free_texts(&doubts->kept.items[doubts->last]);
        doubts->kept.items[doubts->last] = doubt;
    } else {
        free_texts(&doubt);
        return;
    }
    if (doubts->kept.count == DOUBTS_KEPT)
        find_last(doubts);
}

static char *where_text(const char *file, const char *section)
{
    struct buf text = {0};
    buf_printf(&text, "%s%s%s", file ? file : "", file && section ? ":" : "",
               section ? section : "");
    return text.data;
}

void doubt_add(struct doubts *doubts, const char *file, const char *section, uint64_t offset,
               const char *format, ...)
{
    if (doubts == NULL)
        return;
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct buf text = {0};
    buf_bytes(&text, message, strlen(message) + 1);
    pthread_mutex_lock(&doubts->lock);
    doubts->total++;
    keep(doubts, (struct doubt){where_text(file, section), offset, text.data});
    pthread_mutex_unlock(&doubts->lock);
}

uint64_t doubts_total(const struct doubts *doubts)
{
    return doubts == NULL ? 0 : doubts->total;
}

const struct doubt *doubts_list(struct doubts *doubts, size_t *count)
{
    *count = doubts ? doubts->kept.count : 0;
    if (*count == 0)
        return NULL;
    qsort(doubts->kept.items, *count, sizeof *doubts->kept.items, compare_doubts);
    find_last(doubts);
    return doubts->kept.items;
}
