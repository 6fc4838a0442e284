// SPDX-License-Identifier: MIT
//
// Expressions of linker scripts: unsigned 64-bit arithmetic with C's operators, but for / and %, which take
// signed numbers as GNU ld does, worked out while they are read. What only the linker knows (`.`,
// SIZEOF, ADDR) is a fault, and so is what a script leaves to the command line and nobody gave.

#include <ctype.h>

#include "config/script_private.h"

#define DEPTH_MAX 100     // of parentheses and of symbols in symbols
#define TERMS_MAX 1000000 // of all expressions: more is no script

struct expr {
    struct cfg__script *script;
    struct cfg__lexer lex;
    size_t symbols; // assigned before this expression
    size_t self;    // the symbol it is the value of, or SIZE_MAX
    bool skip;      // the branch not taken of ?: && ||: need not make sense
};

static bool choose(struct expr *e, uint64_t *value);

// ------------------------------------------------------------------------- symbols

static bool given(const struct cfg__script *script, struct slice name, const char **value)
{
    for (size_t i = 0; i < script->options->define_count; i++) {
        const char *define = script->options->defines[i], *equals = strchr(define, '=');
        if (equals != NULL && slice_equal(name, slice_of(define, (size_t)(equals - define)))) {
            *value = equals + 1;
            return true;
        }
    }
    return false;
}

// The assignment that holds at a place: the last above it, else what was given, else one below it.
static size_t find_symbol(const struct expr *e, struct slice name, const char **value)
{
    const struct cfg__script *script = e->script;
    bool is_given = given(script, name, value);
    for (size_t i = e->symbols; i-- > 0;)
        if (slice_equal(script->symbols.items[i].name, name) &&
            !(is_given && script->symbols.items[i].provided))
            return i;
    for (size_t i = e->symbols; i < script->symbols.count && !is_given; i++)
        if (i != e->self && slice_equal(script->symbols.items[i].name, name))
            return i;
    return SIZE_MAX;
}

static bool is_defined(const struct expr *e, struct slice name)
{
    const char *value;
    bool defined = given(e->script, name, &value);
    for (size_t i = 0; i < e->symbols && !defined; i++)
        defined = slice_equal(e->script->symbols.items[i].name, name);
    return defined;
}

static bool evaluate(struct cfg__script *script, struct cfg__lexer at, size_t symbols, size_t self,
                     uint64_t *value)
{
    struct expr e = {script, at, symbols, self, false};
    if (++script->depth > DEPTH_MAX)
        return CFG__LEX_FAULT(script, &at, "expressions nest too deep");
    bool good = choose(&e, value);
    script->depth--;
    return good;
}

static bool symbol_value(struct expr *e, struct slice name, uint64_t *value)
{
    const char *text = NULL;
    size_t index = find_symbol(e, name, &text);
    if (index == SIZE_MAX && text != NULL)
        return cfg__amount(text, value) ||
               CFG__LEX_FAULT(e->script, &e->lex, "%.*s=%s: expected a number", (int)name.size,
                              name.data, text);
    if (index == SIZE_MAX)
        return CFG__LEX_FAULT(e->script, &e->lex,
                              "'%.*s' is not assigned in the script; --defsym %.*s=VALUE gives it",
                              (int)name.size, name.data, (int)name.size, name.data);
    struct cfg__symbol *symbol = &e->script->symbols.items[index];
    if (symbol->state == CFG__OPEN)
        return CFG__LEX_FAULT(e->script, &e->lex, "'%.*s' is defined by itself", (int)name.size,
                              name.data);
    if (symbol->state == CFG__UNSEEN) {
        symbol->state = CFG__OPEN;
        if (!evaluate(e->script, symbol->value, index, index, &symbol->number))
            return false;
        symbol->state = CFG__KNOWN;
    }
    *value = symbol->number;
    return true;
}

// ------------------------------------------------------------------------- regions

static struct slice unaliased(const struct cfg__script *script, struct slice name)
{
    for (size_t i = 0; i < script->aliases.count; i++)
        if (slice_equal(script->aliases.items[i].name, name))
            return script->aliases.items[i].region;
    return name;
}

static bool region_value(struct expr *e, bool origin, uint64_t *value)
{
    cfg__lex_blank(&e->lex);
    struct slice written = cfg__lex_name(&e->lex), name = unaliased(e->script, written);
    if (!cfg__lex_take(&e->lex, ")"))
        return CFG__LEX_FAULT(e->script, &e->lex, "expected a region in parentheses");
    for (size_t i = 0; i < e->script->regions.count && !e->skip; i++) {
        const struct cfg__memory *region = &e->script->regions.items[i];
        if (slice_equal(region->name, name))
            return evaluate(e->script, origin ? region->origin : region->length, region->symbols,
                            SIZE_MAX, value);
    }
    *value = 0;
    return e->skip || CFG__LEX_FAULT(e->script, &e->lex, "there is no region '%.*s'",
                                     (int)written.size, written.data);
}

// ----------------------------------------------------------------------- functions

static bool one_argument(struct expr *e, uint64_t *value)
{
    return choose(e, value) &&
           (cfg__lex_take(&e->lex, ")") || CFG__LEX_FAULT(e->script, &e->lex, "expected ')'"));
}

static bool two_arguments(struct expr *e, uint64_t *a, uint64_t *b)
{
    return choose(e, a) &&
           (cfg__lex_take(&e->lex, ",") || CFG__LEX_FAULT(e->script, &e->lex, "expected ','")) &&
           one_argument(e, b);
}

static uint64_t log2_ceil(uint64_t value)
{
    uint64_t result = 0;
    while (result < 64 && ((uint64_t)1 << result) < value)
        result++;
    return result;
}

// After NAME and '('.
static bool call(struct expr *e, struct slice name, uint64_t *value)
{
    uint64_t other;
    if (slice_is(name, "ORIGIN") || slice_is(name, "LENGTH"))
        return region_value(e, slice_is(name, "ORIGIN"), value);
    if (slice_is(name, "DEFINED")) {
        cfg__lex_blank(&e->lex);
        *value = is_defined(e, cfg__lex_name(&e->lex));
        return cfg__lex_take(&e->lex, ")") || CFG__LEX_FAULT(e->script, &e->lex, "expected ')'");
    }
    if (slice_is(name, "ABSOLUTE"))
        return one_argument(e, value);
    if (slice_is(name, "LOG2CEIL")) {
        bool good = one_argument(e, value);
        *value = good ? log2_ceil(*value) : 0;
        return good;
    }
    bool max = slice_is(name, "MAX"), min = slice_is(name, "MIN");
    if (max || min || slice_is(name, "ALIGN")) {
        if (!two_arguments(e, value, &other))
            return false;
        *value = max ? MAX(*value, other) : min ? MIN(*value, other) : align_up(*value, other);
        return true;
    }
    return CFG__LEX_FAULT(e->script, &e->lex, "%.*s() is known to the linker only", (int)name.size,
                          name.data);
}

// --------------------------------------------------------------------------- terms

static unsigned digit_of(uint8_t c)
{
    return isdigit(c) ? c - (unsigned)'0' : isxdigit(c) ? (c | 0x20u) - 'a' + 10 : 99;
}

// The base of a word that begins with a digit or '$': octal after 0, hexadecimal after 0x and $, or as the
// letter at its end says. Leaves the digits and their unit.
static unsigned base_of(struct slice *word)
{
    static const char letters[] = "hxobd";
    static const unsigned bases[] = {16, 16, 8, 2, 10};
    bool zero = word->size > 1 && word->data[0] == '0';
    if (word->data[0] == '$' || (zero && (word->data[1] | 0x20) == 'x')) {
        size_t prefix = word->data[0] == '$' ? 1 : 2;
        *word = slice_of(word->data + prefix, word->size - prefix);
        return 16;
    }
    const char *letter = strchr(letters, word->data[word->size - 1] | 0x20);
    if (letter != NULL) {
        word->size--;
        return bases[letter - letters];
    }
    return zero && isdigit(word->data[1]) ? 8 : 10;
}

static uint64_t unit_of(struct slice *digits)
{
    uint8_t unit = digits->size ? digits->data[digits->size - 1] | 0x20 : 0;
    if (unit != 'k' && unit != 'm')
        return 1;
    digits->size--;
    return unit == 'k' ? 1024 : 1024 * 1024;
}

static bool number(struct expr *e, uint64_t *value)
{
    struct cfg__lexer *lex = &e->lex;
    const uint8_t *first = lex->at++;
    while (lex->at < lex->end && (isalnum(*lex->at) || *lex->at == '_'))
        lex->at++;
    struct slice digits = slice_of(first, (size_t)(lex->at - first));
    unsigned base = base_of(&digits);
    uint64_t unit = unit_of(&digits);
    if (digits.size == 0)
        return CFG__LEX_FAULT(e->script, lex, "expected a number");
    *value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        unsigned digit = digit_of(digits.data[i]);
        if (digit >= base)
            return CFG__LEX_FAULT(e->script, lex, "a number with an unknown end");
        if (!mul_u64(*value, base, value) || !add_u64(*value, digit, value))
            return CFG__LEX_FAULT(e->script, lex, "a number beyond 64 bits");
    }
    return mul_u64(*value, unit, value) ||
           CFG__LEX_FAULT(e->script, lex, "a number beyond 64 bits");
}

static bool named(struct expr *e, uint64_t *value)
{
    struct slice name = cfg__lex_name(&e->lex);
    if (name.size == 0)
        return CFG__LEX_FAULT(e->script, &e->lex, "expected an expression");
    if (slice_is(name, "."))
        return CFG__LEX_FAULT(e->script, &e->lex, "'.' is known to the linker only");
    if (cfg__lex_take(&e->lex, "("))
        return call(e, name, value);
    *value = 0;
    return e->skip || symbol_value(e, name, value);
}

static bool term(struct expr *e, uint64_t *value)
{
    if (++e->script->terms > TERMS_MAX)
        return CFG__LEX_FAULT(e->script, &e->lex, "too many expressions");
    if (!cfg__lex_blank(&e->lex))
        return CFG__LEX_FAULT(e->script, &e->lex, "expected an expression, found the end");
    uint8_t c = *e->lex.at;
    if (strchr("-~!+", c) != NULL) {
        e->lex.at++;
        bool good = ++e->script->depth <= DEPTH_MAX
                        ? term(e, value)
                        : CFG__LEX_FAULT(e->script, &e->lex, "expressions nest too deep");
        e->script->depth--;
        *value = !good ? 0 : c == '-' ? -*value : c == '~' ? ~*value : c == '!' ? !*value : *value;
        return good;
    }
    if (c == '(') {
        e->lex.at++;
        return one_argument(e, value);
    }
    return isdigit(c) || c == '$' ? number(e, value) : named(e, value);
}

// ----------------------------------------------------------------------- operators

static const struct op {
    char text[3];
    uint8_t rank; // the higher binds the tighter
} ops[] = {
    {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<=", 7}, {">=", 7},
    {"<<", 8}, {">>", 8}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
    {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

static const struct op *next_op(struct expr *e, unsigned rank)
{
    cfg__lex_blank(&e->lex);
    size_t left = (size_t)(e->lex.end - e->lex.at);
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        size_t size = strlen(ops[i].text);
        if (left >= size && memcmp(e->lex.at, ops[i].text, size) == 0) {
            if (ops[i].rank < rank)
                return NULL;
            e->lex.at += size;
            return &ops[i];
        }
    }
    return NULL;
}

static bool apply(struct expr *e, const struct op *op, uint64_t a, uint64_t b, uint64_t *value)
{
    char second = op->text[1];
    if ((op->text[0] == '/' || op->text[0] == '%') && b == 0) {
        *value = 0;
        return e->skip || CFG__LEX_FAULT(e->script, &e->lex, "division by 0");
    }
    switch (op->text[0]) {
    case '|':
        *value = second ? a || b : a | b;
        break;
    case '&':
        *value = second ? a && b : a & b;
        break;
    case '=':
        *value = a == b;
        break;
    case '!':
        *value = a != b;
        break;
    case '<':
        *value = second == '<' ? (b < 64 ? a << b : 0) : second == '=' ? a <= b : a < b;
        break;
    case '>':
        *value = second == '>' ? (b < 64 ? a >> b : 0) : second == '=' ? a >= b : a > b;
        break;
    case '^':
        *value = a ^ b;
        break;
    case '+':
        *value = a + b;
        break;
    case '-':
        *value = a - b;
        break;
    case '*':
        *value = a * b;
        break;
    case '/':
        *value = b == UINT64_MAX ? -a : (uint64_t)((int64_t)a / (int64_t)b);
        break;
    default:
        *value = b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
    }
    return true;
}

// Terms joined by operators of at least this rank, left to right.
static bool binary(struct expr *e, unsigned rank, uint64_t *value)
{
    const struct op *op;
    uint64_t right;
    bool good = term(e, value), skip = e->skip;
    while (good && (op = next_op(e, rank)) != NULL) {
        bool decided = (op->rank == 1 && *value != 0) || (op->rank == 2 && *value == 0);
        e->skip = skip || decided;
        good = binary(e, op->rank + 1u, &right) && apply(e, op, *value, right, value);
        e->skip = skip;
    }
    return good;
}

static bool branch(struct expr *e, bool taken, uint64_t *value)
{
    bool skip = e->skip;
    e->skip = skip || !taken;
    bool good = choose(e, value);
    e->skip = skip;
    return good;
}

static bool ternary(struct expr *e, uint64_t *value)
{
    uint64_t yes, no;
    if (!binary(e, 1, value))
        return false;
    if (!cfg__lex_take(&e->lex, "?"))
        return true;
    bool is = *value != 0;
    if (!branch(e, is, &yes))
        return false;
    if (!cfg__lex_take(&e->lex, ":"))
        return CFG__LEX_FAULT(e->script, &e->lex, "expected ':' after '?'");
    if (!branch(e, !is, &no))
        return false;
    *value = is ? yes : no;
    return true;
}

static bool choose(struct expr *e, uint64_t *value)
{
    bool good = ++e->script->depth <= DEPTH_MAX
                    ? ternary(e, value)
                    : CFG__LEX_FAULT(e->script, &e->lex, "expressions nest too deep");
    e->script->depth--;
    return good;
}

bool cfg__evaluate(struct cfg__script *script, struct cfg__lexer at, size_t symbols,
                   uint64_t *value)
{
    return evaluate(script, at, symbols, SIZE_MAX, value);
}
