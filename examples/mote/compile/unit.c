// SPDX-License-Identifier: MIT
// A code object in the making: instructions, jumps, constants, ranges of handlers, lines; and the object in the end. See
// bytecode.h for what the bytes say.
#include "compile/compile.h"

#if MOTE_COMPILER

// What instructions do to the depth of the stack, where operands do not matter.
static const int8_t effects[I_COUNT] = {
    [I_NONE] = 1,
    [I_TRUE] = 1,
    [I_FALSE] = 1,
    [I_NOTHING] = 1,
    [I_INT] = 1,
    [I_STR] = 1,
    [I_CONST] = 1,
    [I_LOAD_FAST] = 1,
    [I_STORE_FAST] = -1,
    [I_LOAD_CELL] = 1,
    [I_LOAD_DEREF] = 1,
    [I_STORE_DEREF] = -1,
    [I_LOAD_NAME] = 1,
    [I_STORE_NAME] = -1,
    [I_LOAD_GLOBAL] = 1,
    [I_STORE_GLOBAL] = -1,
    [I_LOAD_CLASS_DEREF] = 1,
    [I_STORE_ATTR] = -2,
    [I_DELETE_ATTR] = -1,
    [I_LOAD_METHOD] = 1,
    [I_SUPER_ATTR] = -1,
    [I_LOAD_ITEM] = -1,
    [I_STORE_ITEM] = -3,
    [I_DELETE_ITEM] = -2,
    [I_POP] = -1,
    [I_DUP] = 1,
    [I_DUP2] = 2,
    [I_IS] = -1,
    [I_IS_NOT] = -1,
    [I_NOT_IN] = -1,
    [I_POP_JUMP_FALSE] = -1,
    [I_POP_JUMP_TRUE] = -1,
    [I_JUMP_FALSE_OR_POP] = -1,
    [I_JUMP_TRUE_OR_POP] = -1,
    [I_FOR_ITER] = 1,
    [I_CALL_STAR] = -2,
    [I_RETURN] = -1,
    [I_BUILD_COMP_LIST] = 1,
    [I_BUILD_DICT] = 1,
    [I_STORE_PAIR] = -2,
    [I_LIST_APPEND] = -1,
    [I_SET_ADD] = -1,
    [I_DICT_ADD] = -2,
    [I_LIST_EXTEND] = -1,
    [I_SET_UPDATE] = -1,
    [I_DICT_UPDATE] = -1,
    [I_DICT_MERGE] = -1,
    [I_PUSH_HANDLED] = 1,
    [I_POP_HANDLED] = -1,
    [I_END_HANDLER] = -2,
    [I_RERAISE] = -1,
    [I_WITH_ENTER] = 1,
    [I_WITH_LEAVE] = -1,
    [I_WITH_EXCEPT] = 1,
    [I_YIELD_FROM] = -1,
    [I_IMPORT_NAME] = -1,
    [I_IMPORT_FROM] = 1,
    [I_IMPORT_STAR] = -1,
    [I_PRINT] = -1,
};

intptr_t instruction_effect(unsigned op, size_t u, size_t v)
{
    switch (op) {
    case I_BUILD_TUPLE:
    case I_BUILD_LIST:
    case I_BUILD_SET:
    case I_BUILD_SLICE:
    case I_BUILD_STRING:
        return 1 - (intptr_t)u;
    case I_UNPACK:
        return (intptr_t)u - 1;
    case I_FORMAT:
        return u & FORMAT_SPEC ? -1 : 0;
    case I_RAISE:
        return -(intptr_t)u;
    case I_CALL:
        return -(intptr_t)(u + 2 * v);
    case I_CALL_METHOD:
    case I_BUILD_CLASS:
        return -(intptr_t)(u + 2 * v) - 1;
    case I_MAKE_FUNCTION:
        return 1 - (intptr_t)((u & 1) + (u >> 1 & 1) + (u >> 2 & 1));
    case I_UNPACK_STAR:
        return (intptr_t)(u + v);
    }
    return op < I_COUNT                        ? effects[op]
           : op >= I_BINARY                    ? -1
           : (op & 0xf0) == I_STORE_FAST_SHORT ? -1
                                               : 1;
}

static size_t here(const struct unit *u)
{
    return u->code->size;
}

_Noreturn static void too_large(void)
{
    syntax_error(compiler.at, "code too large");
}

// ------------------------------------------------------------------------------------------ bytes

static void put_varint(struct builder *b, size_t n)
{
    char bytes[WORD * 8 / 7 + 1];
    size_t size = 0;
    for (; n >= 128; n >>= 7)
        bytes[size++] = (char)(n | 128);
    bytes[size++] = (char)n;
    builder_add(b, bytes, size);
}

static size_t zigzag(intptr_t i)
{
    return (size_t)i << 1 ^ (size_t)(i >> (8 * WORD - 1));
}

static void change_depth(struct unit *u, intptr_t by)
{
    u->depth += (size_t)by;
    ASSERT(u->depth < SIZE_MAX / 2);
    if (u->depth > u->depth_most)
        u->depth_most = u->depth;
}

static void put_op(unsigned op)
{
    struct unit *u = compiler.unit;
    size_t line = line_of(compiler.at);
    if (line != u->line) {
        put_varint(u->lines, here(u) - u->line_start);
        put_varint(u->lines, zigzag((intptr_t)(line - u->line)));
        u->line = line;
        u->line_start = here(u);
    }
    builder_add(u->code, &(char){(char)op}, 1);
}

void write_op(unsigned op)
{
    put_op(op);
    change_depth(compiler.unit, instruction_effect(op, 0, 0));
}

void write_u(unsigned op, size_t u)
{
    put_op(op);
    put_varint(compiler.unit->code, u);
    change_depth(compiler.unit, instruction_effect(op, u, 0));
}

void write_uu(unsigned op, size_t u, size_t v)
{
    put_op(op);
    put_varint(compiler.unit->code, u);
    put_varint(compiler.unit->code, v);
    change_depth(compiler.unit, instruction_effect(op, u, v));
}

// ------------------------------------------------------------------------------------------ constants

// Two objects without references, or with the same ones, of one type and the same bytes.
static bool same_object(val a, val b)
{
    const void *x = (const void *)a, *y = (const void *)b;
    return heap_holds(x) && heap_holds(y) && has_type(a, type_of(b)) &&
           heap_asked(x) == heap_asked(y) && memcmp(x, y, heap_asked(x)) == 0;
}

size_t const_index(val v)
{
    enum { NEAR = 32 }; // so many are compared: a table of thousands is no search of millions
    struct unit *u = compiler.unit;
    compiler.roots[ROOT_NEW] = v;
    if (!*u->consts)
        *u->consts = list_new(0, HOW_APPEND);
    const struct list *list = (struct list *)*u->consts;
    for (size_t i = list->len, end = i > NEAR ? i - NEAR : 0; i-- > end;)
        if (list->items->values[i] == v ||
            (QUICK && is_object(v) && same_object(list->items->values[i], v)))
            return i;
    list_append(*u->consts, v);
    return list->len - 1;
}

void write_const(val v)
{
    intptr_t i;
    if (v == NONE || v == TRUE || v == FALSE)
        write_op(v == NONE ? I_NONE : v == TRUE ? I_TRUE : I_FALSE);
    else if (is_interned(v))
        write_u(I_STR, v >> 2);
    else if (int_fits(v, &i) && i >= -8 && i < 24)
        write_op((unsigned)(I_INT_SHORT + 8 + i));
    else if (int_fits(v, &i) && i >= -(1 << 30) && i < 1 << 30)
        write_u(I_INT, zigzag(i));
    else
        write_u(I_CONST, const_index(v));
}

// ------------------------------------------------------------------------------------------ names

bool is_free(struct symbol *s)
{
    return !(s->flags & (SYM_BOUND | SYM_GLOBAL | SYM_CLASS)) && where_is(s) == AT_DEREF;
}

size_t place_of(struct symbol *s)
{
    return s->place + (s->flags & SYM_COMP ? compiler.unit->scope->locals : 0);
}

void write_symbol(struct symbol *s, int what)
{
    static const uint8_t ops[] = {[AT_FAST] = I_LOAD_FAST,
                                  [AT_DEREF] = I_LOAD_DEREF,
                                  [AT_NAME] = I_LOAD_NAME,
                                  [AT_GLOBAL] = I_LOAD_GLOBAL};
    s = real_symbol(s);
    enum where where = where_is(s);
    if (where == AT_NAME || where == AT_GLOBAL) {
        write_u(ops[where] + (unsigned)what, s->name >> 2);
        return;
    }
    if (s->flags & SYM_CLASS)
        s = s->up;
    size_t place = place_of(s);
    if (where == AT_CLASS_DEREF)
        write_uu(I_LOAD_CLASS_DEREF, place, s->name >> 2);
    else if (where == AT_FAST && place < 16 && what != DELETING_NAME)
        write_op((unsigned)((what == LOADING ? I_LOAD_FAST_SHORT : I_STORE_FAST_SHORT) + place));
    else
        write_u(ops[where] + (unsigned)what, place);
}

void write_name(struct node *n, int what)
{
    if (is_interned(n->value))
        write_u(I_LOAD_NAME + (unsigned)what, n->value >> 2);
    else
        write_symbol(n->symbol, what);
}

void write_cell(struct symbol *s)
{
    write_u(I_LOAD_CELL, place_of(real_symbol(s)));
}

// ------------------------------------------------------------------------------------------ jumps

// Jumps to a place that is not known form a chain: each holds the distance to the one before, the first one 0.
static uint8_t *jump_at(size_t at)
{
    return ((struct bytes *)compiler.unit->code->store)->data + at;
}

static void put_16(size_t at, size_t n)
{
    uint8_t *p = jump_at(at);
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
}

static void put_distance(size_t at, size_t to)
{
    intptr_t distance = (intptr_t)(to - (at + 2));
    if (distance > INT16_MAX || distance < INT16_MIN)
        too_large();
    put_16(at, (size_t)distance);
}

void write_jump(unsigned op, struct label *to)
{
    struct unit *u = compiler.unit;
    size_t before = u->depth;
    write_op(op);
    size_t at = here(u);
    builder_add(u->code, "\0", 2);
    to->depth = op == I_FOR_ITER                                        ? before - 1
                : op == I_JUMP_FALSE_OR_POP || op == I_JUMP_TRUE_OR_POP ? before
                                                                        : u->depth;
    if (to->known) {
        put_distance(at, to->place);
        return;
    }
    size_t back = to->chain ? at - to->chain : 0;
    if (back > UINT16_MAX)
        too_large();
    put_16(at, back);
    to->chain = at;
}

void place_label(struct label *label)
{
    label->known = true;
    label->place = here(compiler.unit);
    size_t at = label->chain;
    if (at)
        compiler.unit->depth = label->depth;
    while (at) {
        const uint8_t *p = jump_at(at);
        size_t back = p[0] | (size_t)p[1] << 8;
        put_distance(at, label->place);
        at = back ? at - back : 0;
    }
}

// ------------------------------------------------------------------------------------------ ranges of handlers

// Until the handler has a place, the id of its block stands for it: blocks inside one another have different ones.
struct protected
{ // in the builder until the code is whole
    uint32_t start, length, handler, depth;
};
void block_enter(struct block *b, enum block_kind kind, struct node *n)
{
    struct unit *u = compiler.unit;
    *b = (struct block){.up = u->block,
                        .kind = kind,
                        .node = n,
                        .id = u->block ? u->block->id - 1 : UINT32_MAX,
                        .start = here(u),
                        .first = u->ranges->size,
                        .depth = u->depth};
    u->block = b;
}

void range_end(struct block *b)
{
    struct unit *u = compiler.unit;
    if (b->kind != BLOCK_LOOP && b->kind != BLOCK_FOR && b->kind != BLOCK_VALUE &&
        here(u) > b->start) {
        struct protected r = {(uint32_t)b->start, (uint32_t)(here(u) - b->start), b->id,
                              (uint32_t)b->depth};
        builder_add(u->ranges, (const char *)&r, sizeof r);
    }
    b->start = here(u);
}

void block_leave(struct block *b)
{
    range_end(b);
    compiler.unit->block = b->up;
}

void block_handler(struct block *b)
{
    struct unit *u = compiler.unit;
    for (size_t at = b->first; at < u->ranges->size; at += sizeof(struct protected)) {
        struct protected *r = (struct protected *)(((struct bytes *)u->ranges->store)->data + at);
        if (r->handler == b->id)
            r->handler = (uint32_t)here(u);
    }
    u->depth = b->depth;
    change_depth(u, 1);
}

// ------------------------------------------------------------------------------------------ the object

static void put_ranges(struct unit *u)
{
    size_t n = u->ranges->size / sizeof(struct protected);
    put_varint(u->code, n);
    for (size_t i = 0; i < n; i++) {
        const struct protected r =
            ((struct protected *)((struct bytes *)u->ranges->store)->data)[i];
        put_varint(u->code, r.start);
        put_varint(u->code, r.length);
        put_varint(u->code, r.handler);
        put_varint(u->code, r.depth);
    }
}

static bool is_local(const struct symbol *s)
{
    return (s->flags & (SYM_BOUND | SYM_CLASS | SYM_GLOBAL)) == SYM_BOUND;
}

// The names in the order of their places; how many come with the closure.
static size_t put_locals(struct unit *u)
{
    size_t closure = 0;
    for (struct symbol *s = u->scope->first; s; s = s->next)
        if (is_local(s))
            put_varint(u->code, s->name >> 2);
    for (size_t i = 0; i < u->scope->comps_most; i++)
        put_varint(u->code, S(empty) >> 2);
    for (struct symbol *s = u->scope->first; s; s = s->next) {
        if (is_free(s)) {
            put_varint(u->code, s->name >> 2);
            closure++;
        }
    }
    return closure;
}

static void count_arguments(struct node *list)
{
    struct unit *u = compiler.unit;
    size_t counts[N_ARG_SLASH - N_ARG + 1] = {0};
    for (; list; list = list->next) {
        if (list->kind == N_ARG_SLASH)
            u->nposonly = (uint8_t)counts[0];
        else if (list->name && ++counts[list->kind - N_ARG] == 256)
            syntax_error(list->at, "more than 255 arguments");
    }
    u->npos = (uint8_t)counts[0];
    u->nkwonly = (uint8_t)counts[N_ARG_NAMED - N_ARG];
    u->flags |= (counts[N_ARG_REST - N_ARG] ? CODE_VARARGS : 0) |
                (counts[N_ARG_KEYWORDS - N_ARG] ? CODE_VARKW : 0);
}

static void place_variables(struct scope *scope)
{
    size_t place = (size_t)scope->locals + scope->comps_most;
    for (struct symbol *s = scope->first; s; s = s->next) {
        if (is_free(s))
            s->place = (uint16_t)place++;
        else if (is_local(s) && s->flags & SYM_INNER)
            write_u(I_MAKE_CELL, s->place);
    }
    if (place > UINT16_MAX)
        syntax_error(compiler.at, "too many local variables");
}

static val code_finish(struct unit *u, val name, size_t line)
{
    ROOTS(r, 2);
    size_t size = here(u);
    put_ranges(u);
    size_t closure = put_locals(u);
    builder_add(u->code, u->lines->size ? (char *)((struct bytes *)u->lines->store)->data : "",
                u->lines->size);
    if (u->depth_most > UINT16_MAX || size > INT32_MAX)
        too_large();
    r[0] = builder_bytes(u->code);
    const struct list *consts = (struct list *)*u->consts;
    r[1] = consts ? tuple_new(consts->len, consts->items->values) : V(tuple_empty);
    struct code *code = heap_new(&type_code);
    code->name = name;
    code->file = compiler.file;
    code->bytes = (struct bytes *)r[0];
    code->consts = (struct tuple *)r[1];
    code->size = (uint32_t)size;
    code->line = (uint16_t)line;
    code->nlocals = (uint16_t)(u->scope->locals + u->scope->comps_most + closure);
    code->nstack = (uint16_t)u->depth_most;
    code->flags = u->flags | (closure ? CODE_NESTED : 0) |
                  (u->scope->generator ? CODE_GENERATOR : 0) |
                  (u->scope->kind == SCOPE_CLASS ? CODE_CLASS : 0);
    code->npos = u->npos;
    code->nkwonly = u->nkwonly;
    code->nposonly = u->nposonly;
    code->nclosure = (uint8_t)closure;
    if (closure > UINT8_MAX)
        syntax_error(compiler.at, "too many free variables");
    return (val)code;
}

val code_new(struct node *n, val name, struct scope *scope, struct node *args,
             void (*body)(struct node *n))
{
    ROOTS(consts, 1);
    BUILDER(code);
    BUILDER(lines);
    BUILDER(ranges);
    compiler.at = n ? n->at : 0;
    size_t line = line_of(compiler.at);
    if (line > UINT16_MAX)
        line = UINT16_MAX;
    struct unit u = {.up = compiler.unit,
                     .scope = scope,
                     .code = &code,
                     .lines = &lines,
                     .ranges = &ranges,
                     .consts = consts,
                     .line = line};
    compiler.unit = &u;
    if (scope->expression)
        u.npos = 1;
    else
        count_arguments(args);
    place_variables(scope);
    body(n);
    val v = code_finish(&u, name, line);
    compiler.unit = u.up;
    return v;
}

#endif
