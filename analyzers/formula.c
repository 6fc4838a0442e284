// SPDX-License-Identifier: MIT
//
// Formulas: a recursive descent compiles them into postfix steps. A census has a formula evaluated for
// each of its rows, so nothing is parsed twice.
//
// What a constant condition leaves out (has(A) ? sizeof(A) : sizeof(B)) is read and dropped: a build
// need not have what only others have.

#include "analyzers/formula_private.h"

#include <ctype.h>

#define DEPTH_MAX 100   // of parentheses
#define OPS_MAX   10000 // of one formula with all it names: more is no formula

struct compiler {
    const struct an__scope *scope;
    const char *where, *text, *at;
    struct fault *fault;
    VEC(struct an__op) ops;
    unsigned depth;
    unsigned steps;  // all that were ever pushed
    unsigned unused; // more than 0: in what will be dropped
};

static bool choose(struct compiler *c);

static bool wrong(struct compiler *c, const char *what)
{
    return fault_set(c->fault, FAULT_INPUT, c->where, NULL, NO_OFFSET,
                     "%s at '%.20s' of the formula '%.200s'", what, c->at, c->text);
}

static bool push(struct compiler *c, enum op_code code, int64_t value)
{
    if (c->steps++ == OPS_MAX)
        return wrong(c, "the formula is too long");
    vec_push(&c->ops, (struct an__op){code, value});
    return true;
}

// ------------------------------------------------------------------------- tokens

static void skip_space(struct compiler *c)
{
    while (isspace((unsigned char)*c->at))
        c->at++;
}

static bool takes(struct compiler *c, const char *token)
{
    size_t size = strlen(token);
    skip_space(c);
    if (strncmp(c->at, token, size) != 0)
        return false;
    c->at += size;
    return true;
}

// An operator that is not the start of a longer one.
static bool takes_alone(struct compiler *c, const char *token, const char *not_before)
{
    const char *start = c->at;
    if (takes(c, token) && (*c->at == '\0' || strchr(not_before, *c->at) == NULL))
        return true;
    c->at = start;
    return false;
}

static struct slice word(struct compiler *c)
{
    const char *start = c->at;
    while (isalnum((unsigned char)*c->at) || *c->at == '_')
        c->at++;
    return slice_of(start, (size_t)(c->at - start));
}

// ------------------------------------------------------------------------- primaries

static bool reads_c(const struct compiler *c)
{
    return c->scope->word != NULL;
}

static void suffix(struct compiler *c)
{
    while (reads_c(c) && *c->at != '\0' && strchr("uUlL", *c->at) != NULL)
        c->at++;
}

static bool number(struct compiler *c)
{
    unsigned base = reads_c(c) && c->at[0] == '0' && isdigit((unsigned char)c->at[1]) ? 8 : 10;
    uint64_t value = 0;
    if (c->at[0] == '0' && (c->at[1] == 'x' || c->at[1] == 'X'))
        base = 16, c->at += 2;
    const char *start = c->at;
    for (; isxdigit((unsigned char)*c->at); c->at++) {
        unsigned digit = isdigit((unsigned char)*c->at)
                             ? (unsigned)(*c->at - '0')
                             : (unsigned)(tolower((unsigned char)*c->at) - 'a') + 10;
        if (digit >= base)
            break;
        if (!mul_u64(value, base, &value) || !add_u64(value, digit, &value) || value > INT64_MAX)
            return wrong(c, "the number is too large");
    }
    if (c->at == start)
        return wrong(c, "expected a number");
    suffix(c);
    return push(c, OP_NUMBER, (int64_t)value);
}

static bool arguments(struct compiler *c, enum op_code code)
{
    if (!choose(c))
        return false;
    if (code < OP_NEG && !(takes(c, ",") ? choose(c) : wrong(c, "expected ','")))
        return false;
    return takes(c, ")") ? push(c, code, 0) : wrong(c, "expected ')'");
}

// grow(need, next) and at(room, value): the steps of the second stand behind OP_GROW or OP_AT, which
// run them.
static bool with_room(struct compiler *c, enum op_code code)
{
    if (c->scope->room >= c->scope->variable_count)
        return wrong(c, "there is no room to grow");
    if (!choose(c) || !(takes(c, ",") || wrong(c, "expected ','")))
        return false;
    size_t at = c->ops.count;
    if (!push(c, code, 0) || !choose(c))
        return false;
    c->ops.items[at].value = (int64_t)((c->ops.count - at - 1) << 16 | (c->scope->room & 0xffff));
    return takes(c, ")") || wrong(c, "expected ')'");
}

// next(TABLE, value)
static bool next_in(struct compiler *c)
{
    const struct an__table *table = NULL;
    skip_space(c);
    struct slice name = word(c);
    return (takes(c, ",") || wrong(c, "expected ','")) &&
           (c->unused || c->scope->table(c->scope->context, name, &table, c->fault)) && choose(c) &&
           (takes(c, ")") || wrong(c, "expected ')'")) &&
           push(c, OP_NEXT, (int64_t)(intptr_t)table);
}

static bool ask(struct compiler *c, struct slice name)
{
    const char *start = c->at;
    int64_t value = 0;
    while (*c->at != '\0' && *c->at != ')')
        c->at++;
    if (*c->at == '\0')
        return wrong(c, "expected ')'");
    struct slice words = slice_of(start, (size_t)(c->at++ - start));
    return (c->unused || c->scope->ask(c->scope->context, name, words, &value, c->fault)) &&
           push(c, OP_NUMBER, value);
}

static bool call(struct compiler *c, struct slice name)
{
    static const struct {
        const char *name;
        enum op_code code;
    } functions[] = {{"min", OP_MIN},     {"max", OP_MAX},   {"ceil", OP_CEIL},
                     {"align", OP_ALIGN}, {"pow2", OP_POW2}, {"log2", OP_LOG2}};
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (slice_equal(name, slice_text(functions[i].name)))
            return arguments(c, functions[i].code);
    if (slice_equal(name, slice_text("next")) && c->scope->table != NULL)
        return next_in(c);
    if (slice_equal(name, slice_text("grow")))
        return with_room(c, OP_GROW);
    if (slice_equal(name, slice_text("at")))
        return with_room(c, OP_AT);
    return ask(c, name);
}

static bool name(struct compiler *c)
{
    const struct an__scope *scope = c->scope;
    const char *start = c->at;
    struct slice text = word(c);
    if (takes(c, "("))
        return call(c, text);
    for (size_t i = 0; i < scope->variable_count; i++)
        if (slice_equal(text, slice_text(scope->variables[i])))
            return push(c, OP_VARIABLE, (int64_t)i);
    for (size_t i = scope->named_count; i-- > 0;) {
        const struct an__formula *formula = &scope->named[i].formula;
        if (!slice_equal(text, slice_text(scope->named[i].name)))
            continue;
        for (size_t k = 0; k < formula->count; k++)
            if (!push(c, formula->ops[k].code, formula->ops[k].value))
                return false;
        return true;
    }
    int64_t value = 0;
    if (reads_c(c) && (c->unused || scope->word(scope->context, text, &value)))
        return push(c, OP_NUMBER, value);
    c->at = start;
    return wrong(c, "unknown name");
}

// Whether the steps from `start` on are the same for every object, and their value.
static bool is_constant(const struct compiler *c, size_t start, int64_t *value)
{
    for (size_t i = start; i < c->ops.count; i++)
        if (c->ops.items[i].code == OP_VARIABLE || c->ops.items[i].code == OP_GROW ||
            c->ops.items[i].code == OP_AT)
            return false;
    struct an__formula formula = {c->ops.items + start, c->ops.count - start};
    return !c->unused && an__formula_value(&formula, NULL, value);
}

// The value that a cast leaves of the steps from `start` on.
static bool converted(struct compiler *c, size_t start, uint64_t size, bool is_signed)
{
    int64_t value;
    unsigned drop = size == 0 || size > 8 ? 0 : 64 - (unsigned)size * 8;
    if (c->unused)
        return true;
    if (!is_constant(c, start, &value))
        return wrong(c, "expected a constant");
    uint64_t moved = (uint64_t)value << drop;
    value = is_signed ? (int64_t)moved >> drop : (int64_t)(moved >> drop);
    if (!is_signed && value < 0)
        return wrong(c, "the number is too large");
    c->ops.count = start;
    return push(c, OP_NUMBER, value);
}

// (TYPE) before a value. What stands in parentheses and is no type is a value itself.
static bool takes_cast(struct compiler *c, uint64_t *size, bool *is_signed)
{
    const char *start = c->at, *end;
    if (c->scope->cast == NULL || !takes(c, "("))
        return false;
    for (end = c->at; isalnum((unsigned char)*end) || (*end != '\0' && strchr("_ *", *end)); end++)
        ;
    if (*end == ')' && c->scope->cast(c->scope->context, slice_of(c->at, (size_t)(end - c->at)),
                                      size, is_signed)) {
        c->at = end + 1;
        return true;
    }
    c->at = start;
    return false;
}

static bool primary(struct compiler *c)
{
    skip_space(c);
    if (isdigit((unsigned char)*c->at))
        return number(c);
    if (isalpha((unsigned char)*c->at) || *c->at == '_')
        return name(c);
    if (!takes(c, "("))
        return wrong(c, "expected a value");
    return choose(c) && (takes(c, ")") || wrong(c, "expected ')'"));
}

static bool unary(struct compiler *c)
{
    if (c->depth == DEPTH_MAX)
        return wrong(c, "nested too deep");
    c->depth++;
    size_t first = c->ops.count;
    uint64_t size;
    bool good, is_signed;
    if (takes(c, "-"))
        good = unary(c) && push(c, OP_NEG, 0);
    else if (reads_c(c) && takes(c, "~")) // -x - 1
        good = unary(c) && push(c, OP_NEG, 0) && push(c, OP_NUMBER, 1) && push(c, OP_SUB, 0);
    else if (takes_cast(c, &size, &is_signed))
        good = unary(c) && converted(c, first, size, is_signed);
    else if (takes_alone(c, "!", "="))
        good = unary(c) && push(c, OP_NOT, 0);
    else
        good = primary(c);
    c->depth--;
    return good;
}

// ------------------------------------------------------------------- binary operators

struct operator
{
    const char *token, *not_before;
    enum op_code code;
};

// Lowest precedence first, as in C; && and || and ?: stand above them in their own functions.
static const struct operator levels[][5] = {
    {{"|", "|", OP_OR}},
    {{"&", "&", OP_AND}},
    {{"==", "", OP_EQ}, {"!=", "", OP_NE}},
    {{"<=", "", OP_LE}, {">=", "", OP_GE}, {"<", "<", OP_LT}, {">", ">", OP_GT}},
    {{"<<", "", OP_SHL}, {">>", "", OP_SHR}},
    {{"+", "", OP_ADD}, {"-", "", OP_SUB}},
    {{"*", "", OP_MUL}, {"/", "", OP_DIV}, {"%", "", OP_MOD}},
};

static bool binary(struct compiler *c, size_t level)
{
    if (level == COUNT_OF(levels))
        return unary(c);
    if (!binary(c, level + 1))
        return false;
    for (;;) {
        const struct operator* op = levels[level];
        while (op->token != NULL && !takes_alone(c, op->token, op->not_before))
            op++;
        if (op->token == NULL)
            return true;
        if (!binary(c, level + 1) || !push(c, op->code, 0))
            return false;
    }
}

// Reads what has no effect.
static bool drop(struct compiler *c, bool (*read)(struct compiler *c))
{
    size_t count = c->ops.count;
    c->unused++;
    bool good = read(c);
    c->unused--;
    c->ops.count = count;
    return good;
}

static bool bits(struct compiler *c)
{
    return binary(c, 0);
}

static bool logical(struct compiler *c, const char *token, enum op_code keep,
                    bool (*operand)(struct compiler *c))
{
    int64_t value;
    size_t start = c->ops.count;
    if (!operand(c))
        return false;
    bool known = is_constant(c, start, &value);
    while (takes(c, token)) {
        if (known && (value != 0) == (keep == OP_SKIP_TRUE_KEEP)) {
            if (!drop(c, operand))
                return false;
        } else {
            size_t skip = c->ops.count;
            if (!push(c, keep, 0) || !operand(c))
                return false;
            c->ops.items[skip].value = (int64_t)(c->ops.count - skip - 1);
            known = known && is_constant(c, skip + 1, &value);
        }
        if (!push(c, OP_BOOL, 0))
            return false;
    }
    return true;
}

static bool all(struct compiler *c)
{
    return logical(c, "&&", OP_SKIP_FALSE_KEEP, bits);
}

// a || b: a, and when it is false b instead; the value is 0 or 1.
static bool any(struct compiler *c)
{
    return logical(c, "||", OP_SKIP_TRUE_KEEP, all);
}

// The condition stands in the steps from `start` on.
static bool choose_known(struct compiler *c, size_t start, bool first)
{
    c->ops.count = start;
    return (first ? choose(c) : drop(c, choose)) && (takes(c, ":") || wrong(c, "expected ':'")) &&
           (first ? drop(c, choose) : choose(c));
}

static bool choose_between(struct compiler *c, size_t start)
{
    int64_t value;
    if (is_constant(c, start, &value))
        return choose_known(c, start, value != 0);
    size_t condition = c->ops.count;
    if (!push(c, OP_SKIP_FALSE, 0) || !choose(c))
        return false;
    size_t first = c->ops.count;
    if (!takes(c, ":"))
        return wrong(c, "expected ':'");
    if (!push(c, OP_SKIP, 0) || !choose(c))
        return false;
    c->ops.items[condition].value = (int64_t)(first - condition);
    c->ops.items[first].value = (int64_t)(c->ops.count - first - 1);
    return true;
}

static bool choose(struct compiler *c)
{
    size_t start = c->ops.count;
    if (c->depth == DEPTH_MAX)
        return wrong(c, "nested too deep");
    c->depth++;
    bool good = any(c) && (!takes(c, "?") || choose_between(c, start));
    c->depth--;
    return good;
}

bool an__formula_compile(struct an__formula *out, const char *text, const struct an__scope *scope,
                         const char *where, struct arena *arena, struct fault *fault)
{
    struct compiler c = {.scope = scope, .where = where, .text = text, .at = text, .fault = fault};
    bool good = choose(&c);
    skip_space(&c);
    if (good && *c.at != '\0')
        good = wrong(&c, "expected an operator");
    if (good)
        *out = (struct an__formula){
            arena_copy(arena, c.ops.items, c.ops.count * sizeof *c.ops.items), c.ops.count};
    vec_free(&c.ops);
    return good;
}
