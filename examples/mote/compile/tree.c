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

static const struct type type_nodes = {.head = {&type_type},
                                       .name = S(nodes),
                                       .ops = &no_ops,
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

void *words_new(size_t words)
{
    struct chunk *chunk = (struct chunk *)compiler.roots[ROOT_CHUNKS];
    if (!chunk || chunk->used + words > chunk->count) {
        struct chunk *fresh = heap_new_counted(&type_nodes, CHUNK_WORDS);
        fresh->before = chunk;
        compiler.roots[ROOT_CHUNKS] = (val)fresh;
        chunk = fresh;
    }
    chunk->used += words;
    return chunk->words + chunk->used - words;
}

struct node *node(enum kind kind, size_t at)
{
    struct node *n = words_new(offsetof(struct node, a) / WORD + node_words[kind]);
    n->kind = kind;
    n->at = at;
    return n;
}

struct node *node_of(enum kind kind, size_t at, struct node *a, struct node *b)
{
    struct node *n = node(kind, at);
    n->a = a;
    if (node_words[kind] > 1)
        n->b = b;
    return n;
}

struct node *node_value(enum kind kind, size_t at, val value)
{
    return node_of(kind, at, (struct node *)value, NULL);
}

val keep(val constant)
{
    if (is_object(constant)) {
        compiler.roots[ROOT_NEW] = constant;
        if (!compiler.roots[ROOT_KEPT])
            compiler.roots[ROOT_KEPT] = list_new(0, HOW_APPEND);
        list_append(compiler.roots[ROOT_KEPT], constant);
        compiler.roots[ROOT_NEW] = NOTHING;
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

void forget(void)
{
    struct chunk *chunk = (struct chunk *)compiler.roots[ROOT_CHUNKS];
    while (chunk && chunk->before) {
        struct chunk *before = chunk->before;
        heap_free(chunk);
        chunk = before;
    }
    compiler.roots[ROOT_CHUNKS] = (val)chunk;
    if (chunk) {
        memset(chunk->words, 0, chunk->used * WORD);
        chunk->used = 0;
    }
    if (compiler.roots[ROOT_KEPT])
        list_clear(compiler.roots[ROOT_KEPT]);
}

#endif
