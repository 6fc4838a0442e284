// SPDX-License-Identifier: MIT
// The tree of one statement: words cut from chunks, and the constants it refers to. Both are given back as a whole.
#include "compile/compile.h"

#if MOTE_COMPILER

struct chunk { // counted
    struct obj head;
    size_t count;
    struct chunk *before;
    size_t used;
    val words[];
};
enum { CHUNK_WORDS = 64 - sizeof(struct chunk) / WORD };

static const struct ops chunk_ops = {0};
static const struct type type_nodes = {.head = {&type_type},
                                       .name = S(nodes),
                                       .ops = &chunk_ops,
                                       .shape = {.size = sizeof(struct chunk),
                                                 .unit = WORD,
                                                 .refs = 1 << 2,
                                                 .flags = TYPE_COUNTED | TYPE_INTERNAL}};

const uint8_t node_kids[] = {
#define X(name, nodes, words) nodes,
    NODES(X)
#undef X
};
const uint8_t node_words[] = {
#define X(name, nodes, words) words,
    NODES(X)
#undef X
};

void *words_new(struct compiler *c, size_t words)
{
    struct chunk *chunk = (struct chunk *)c->roots[ROOT_CHUNKS];
    if (!chunk || chunk->used + words > chunk->count) {
        struct chunk *fresh = heap_new_counted(&type_nodes, CHUNK_WORDS);
        fresh->before = chunk;
        c->roots[ROOT_CHUNKS] = (val)fresh;
        chunk = fresh;
    }
    chunk->used += words;
    return chunk->words + chunk->used - words;
}

struct node *node(struct compiler *c, enum kind kind, size_t at)
{
    struct node *n = words_new(c, offsetof(struct node, a) / WORD + node_words[kind]);
    n->kind = kind;
    n->at = at;
    return n;
}

struct node *node_of(struct compiler *c, enum kind kind, size_t at, struct node *a, struct node *b)
{
    struct node *n = node(c, kind, at);
    n->a = a;
    if (node_words[kind] > 1)
        n->b = b;
    return n;
}

struct node *node_value(struct compiler *c, enum kind kind, size_t at, val value)
{
    return node_of(c, kind, at, (struct node *)value, NULL);
}

val keep(struct compiler *c, val constant)
{
    if (is_object(constant)) {
        c->roots[ROOT_NEW] = constant;
        if (!c->roots[ROOT_KEPT])
            c->roots[ROOT_KEPT] = list_new(0, HOW_APPEND);
        list_append(c->roots[ROOT_KEPT], constant);
        c->roots[ROOT_NEW] = NOTHING;
    }
    return constant;
}

struct node **add(struct node **end, struct node *n)
{
    *end = n;
    while (*end)
        end = &(*end)->next;
    return end;
}

void forget(struct compiler *c)
{
    struct chunk *chunk = (struct chunk *)c->roots[ROOT_CHUNKS];
    while (chunk && chunk->before) {
        struct chunk *before = chunk->before;
        heap_free(chunk);
        chunk = before;
    }
    c->roots[ROOT_CHUNKS] = (val)chunk;
    if (chunk) {
        memset(chunk->words, 0, chunk->used * WORD);
        chunk->used = 0;
    }
    if (c->roots[ROOT_KEPT])
        list_clear(c->roots[ROOT_KEPT]);
}

#endif
