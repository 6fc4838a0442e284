// SPDX-License-Identifier: MIT
//
// Formulas: a recursive descent compiles them into postfix steps, which a small stack runs. A census
// has a formula evaluated for each of its rows, so nothing is parsed twice.

#include "analyzers/formula.h"

#include <ctype.h>

#define DEPTH_MAX 100   // of parentheses
#define OPS_MAX   10000 // of one formula with all it names: more is no formula
#define STACK_MAX 256

enum op_code {
    OP_NUMBER,
    OP_VARIABLE, // its index
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_SHL,
    OP_SHR,
    OP_AND,
    OP_OR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_MIN,
    OP_MAX,
    OP_CEIL,
    OP_ALIGN,
    OP_NEG, // from here on of one value
    OP_NOT,
    OP_BOOL,
    OP_NEXT, // in the table it points to
    OP_POW2,
    OP_LOG2,
    OP_SKIP,       // so many steps
    OP_SKIP_FALSE, // and takes the value
    OP_SKIP_FALSE_KEEP,
    OP_SKIP_TRUE_KEEP, // keeps it when it skips
    OP_GROW,           // so many steps say the next room
    OP_AT,             // so many steps say the value, with this as the room
};

struct an__op {
    enum op_code code;
    int64_t value;
};

struct compiler {
    const struct an__scope *scope;
    const char *where, *text, *at;
    struct fault *fault;
    VEC(struct an__op) ops;
    unsigned depth;
};

static bool choose(struct compiler *c);

static bool wrong(struct compiler *c, const char *what)
{
    return fault_set(c->fault, FAULT_INPUT, c->where, NULL, NO_OFFSET,
                     "%s at '%.20s' of the formula '%.200s'", what, c->at, c->text);
}

static bool push(struct compiler *c, enum op_code code, int64_t value)
{
    if (c->ops.count == OPS_MAX)
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

static bool number(struct compiler *c)
{
    unsigned base = 10;
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
    return c->at == start ? wrong(c, "expected a number") : push(c, OP_NUMBER, (int64_t)value);
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
           c->scope->table(c->scope->context, name, &table, c->fault) && choose(c) &&
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
    return c->scope->ask(c->scope->context, name, words, &value, c->fault) &&
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
    c->at = start;
    return wrong(c, "unknown name");
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
    bool good;
    if (takes(c, "-"))
        good = unary(c) && push(c, OP_NEG, 0);
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

// a && b: a, and when it is true b instead; the value is 0 or 1.
static bool logical(struct compiler *c, bool either)
{
    if (!(either ? logical(c, false) : binary(c, 0)))
        return false;
    while (takes(c, either ? "||" : "&&")) {
        size_t skip = c->ops.count;
        if (!push(c, either ? OP_SKIP_TRUE_KEEP : OP_SKIP_FALSE_KEEP, 0) ||
            !(either ? logical(c, false) : binary(c, 0)))
            return false;
        c->ops.items[skip].value = (int64_t)(c->ops.count - skip - 1);
        if (!push(c, OP_BOOL, 0))
            return false;
    }
    return true;
}

static bool choose_between(struct compiler *c)
{
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
    if (c->depth == DEPTH_MAX)
        return wrong(c, "nested too deep");
    c->depth++;
    bool good = logical(c, true) && (!takes(c, "?") || choose_between(c));
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

// ------------------------------------------------------------------------- running

static bool round_up(int64_t a, int64_t b, int64_t *value)
{
    if (a < 0 || b <= 0)
        return false;
    *value = a / b + (a % b != 0);
    return true;
}

static bool power_above(int64_t a, int64_t *value)
{
    *value = 1;
    while (*value < a)
        if (__builtin_mul_overflow(*value, 2, value))
            return false;
    return true;
}

// The least number of the table that is not below, or the value itself beyond its end.
static int64_t next_of(const struct an__table *table, int64_t value)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->values[i] >= value)
            return table->values[i];
    return value;
}

static bool of_one(const struct an__op *op, int64_t *value)
{
    switch (op->code) {
    case OP_NEXT:
        *value = next_of((const struct an__table *)(intptr_t)op->value, *value);
        return true;
    case OP_NEG:
        return !__builtin_sub_overflow((int64_t)0, *value, value);
    case OP_NOT:
        *value = !*value;
        return true;
    case OP_BOOL:
        *value = *value != 0;
        return true;
    case OP_POW2:
        return power_above(*value, value);
    default: // OP_LOG2
        *value = *value <= 0 ? 0 : 63 - __builtin_clzll((uint64_t)*value);
        return true;
    }
}

static bool shifted(enum op_code code, int64_t a, int64_t b, int64_t *value)
{
    if (a < 0 || b < 0 || b > 62)
        return false;
    *value = code == OP_SHR ? a >> b : 0;
    return code == OP_SHR || !__builtin_mul_overflow(a, (int64_t)1 << b, value);
}

static bool of_two(enum op_code code, int64_t a, int64_t b, int64_t *value)
{
    switch (code) {
    case OP_ADD:
        return !__builtin_add_overflow(a, b, value);
    case OP_SUB:
        return !__builtin_sub_overflow(a, b, value);
    case OP_MUL:
        return !__builtin_mul_overflow(a, b, value);
    case OP_DIV:
    case OP_MOD:
        if (b <= 0)
            return false;
        *value = code == OP_DIV ? a / b : a % b;
        return true;
    case OP_SHL:
    case OP_SHR:
        return shifted(code, a, b, value);
    case OP_CEIL:
        return round_up(a, b, value);
    case OP_ALIGN:
        return round_up(a, b, value) && !__builtin_mul_overflow(*value, b, value);
    default:
        *value = code == OP_AND   ? (a & b)
                 : code == OP_OR  ? (a | b)
                 : code == OP_EQ  ? a == b
                 : code == OP_NE  ? a != b
                 : code == OP_LT  ? a < b
                 : code == OP_LE  ? a <= b
                 : code == OP_GT  ? a > b
                 : code == OP_GE  ? a >= b
                 : code == OP_MIN ? MIN(a, b)
                                  : MAX(a, b);
        return true;
    }
}

static bool run(const struct an__op *ops, size_t count, int64_t *variables, int64_t *value,
                unsigned depth);

#define ROOM_STEPS 4096 // growing by a factor needs some tens
#define ROOM_DEPTH 6    // of at() and grow() in each other

// The first room that is enough, from 0 on.
static bool grown(const struct an__op *op, int64_t *variables, int64_t *need, unsigned depth)
{
    size_t count = (size_t)(op->value >> 16), room = (size_t)(op->value & 0xffff);
    int64_t saved = variables[room], next = 0;
    bool good = true;
    variables[room] = 0;
    for (unsigned i = 0; good && variables[room] < *need; i++) {
        good = i < ROOM_STEPS && run(op + 1, count, variables, &next, depth + 1) &&
               next > variables[room];
        variables[room] = next;
    }
    *need = variables[room];
    variables[room] = saved;
    return good;
}

static bool at_room(const struct an__op *op, int64_t *variables, int64_t *value, unsigned depth)
{
    size_t count = (size_t)(op->value >> 16), room = (size_t)(op->value & 0xffff);
    int64_t saved = variables[room];
    variables[room] = *value;
    bool good = run(op + 1, count, variables, value, depth + 1);
    variables[room] = saved;
    return good;
}

// The number of steps to go on by, 0 at a fault. `top` is the number of values on the stack.
static size_t step(const struct an__op *op, int64_t *variables, int64_t *stack, size_t *top,
                   unsigned depth)
{
    int64_t last = *top != 0 ? stack[*top - 1] : 0;
    size_t skip = (size_t)op->value + 1;
    switch (op->code) {
    case OP_SKIP:
        return skip;
    case OP_SKIP_FALSE:
        --*top;
        return last == 0 ? skip : 1;
    case OP_SKIP_FALSE_KEEP:
    case OP_SKIP_TRUE_KEEP:
        if ((last != 0) == (op->code == OP_SKIP_TRUE_KEEP))
            return skip;
        --*top;
        return 1;
    case OP_GROW:
        return grown(op, variables, &stack[*top - 1], depth) ? (size_t)(op->value >> 16) + 1 : 0;
    case OP_AT:
        return at_room(op, variables, &stack[*top - 1], depth) ? (size_t)(op->value >> 16) + 1 : 0;
    default:
        break;
    }
    if (op->code >= OP_NEG)
        return of_one(op, &stack[*top - 1]);
    --*top;
    return of_two(op->code, stack[*top - 1], last, &stack[*top - 1]);
}

static bool run(const struct an__op *ops, size_t count, int64_t *variables, int64_t *value,
                unsigned depth)
{
    int64_t stack[STACK_MAX];
    size_t top = 0;
    if (depth > ROOM_DEPTH)
        return false;
    for (size_t at = 0; at < count;) {
        if (ops[at].code <= OP_VARIABLE) {
            if (top == STACK_MAX)
                return false;
            stack[top++] = ops[at].code == OP_NUMBER ? ops[at].value : variables[ops[at].value];
            at++;
            continue;
        }
        size_t steps = step(&ops[at], variables, stack, &top, depth);
        if (steps == 0)
            return false;
        at += steps;
    }
    *value = stack[0];
    return true;
}

bool an__formula_value(const struct an__formula *formula, int64_t *variables, int64_t *value)
{
    return run(formula->ops, formula->count, variables, value, 0);
}
