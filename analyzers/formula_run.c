// SPDX-License-Identifier: MIT
//
// Formulas, run: postfix steps on a small stack.

#include "analyzers/formula_private.h"

#define STACK_MAX 256

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
