// SPDX-License-Identifier: MIT
// The grammar of expressions: operators by precedence climbing over a table, the rest by descent.
#include "compile/compile.h"

#if MOTE_COMPILER

enum level { // of operators; what binds more is higher
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_BITS, // | ^ & << + * follow
    LEVEL_UNARY = 11,
    LEVEL_POWER
};

static const struct infix {
    uint16_t token;
    uint8_t op; // enum op, of comparisons the instruction
    uint8_t level;
} infixes[] = {
    {S(or), 0, LEVEL_OR},
    {S(and), 0, LEVEL_AND},
    {'<', I_BINARY + OP_LT, LEVEL_COMPARE},
    {'>', I_BINARY + OP_GT, LEVEL_COMPARE},
    {T_EQ, I_BINARY + OP_EQ, LEVEL_COMPARE},
    {T_NE, I_BINARY + OP_NE, LEVEL_COMPARE},
    {T_LE, I_BINARY + OP_LE, LEVEL_COMPARE},
    {T_GE, I_BINARY + OP_GE, LEVEL_COMPARE},
    {S(in), I_BINARY + OP_IN, LEVEL_COMPARE},
    {S(not ), I_NOT_IN, LEVEL_COMPARE},
    {S(is), I_IS, LEVEL_COMPARE},
    {'|', OP_OR, 5},
    {'^', OP_XOR, 6},
    {'&', OP_AND, 7},
    {T_LSHIFT, OP_LSHIFT, 8},
    {T_RSHIFT, OP_RSHIFT, 8},
    {'+', OP_ADD, 9},
    {'-', OP_SUB, 9},
    {'*', OP_MUL, 10},
    {'/', OP_TRUEDIV, 10},
    {T_FLOORDIV, OP_FLOORDIV, 10},
    {'%', OP_MOD, 10},
    {'@', OP_MATMUL, 10},
    {T_POWER, OP_POW, LEVEL_POWER},
};

static struct node *binary(struct compiler *c, enum level level);

// ------------------------------------------------------------------------------------------ constants

static bool is_const(const struct node *n)
{
    return n->kind == N_CONST;
}

static bool is_number(const struct node *n)
{
    if (!is_const(n))
        return false;
#if MOTE_FLOAT
    if (has_type(n->value, &type_float))
        return true;
#endif
    return has_type(n->value, &type_int);
}

static struct node *fold_unary(struct compiler *c, enum kind kind, size_t at, struct node *a)
{
    if (kind == N_NOT || !is_number(a) || (kind == N_INVERT && !is_int(a->value)))
        return node_of(c, kind, at, a, NULL);
    a->value = keep(c, op_unary(kind == N_NEG   ? OP_NEG
                                : kind == N_POS ? OP_POS
                                                : OP_INVERT,
                                a->value));
    return a;
}

// Small arithmetic only: what is folded must not grow the code, and must not raise.
static struct node *fold_binary(struct compiler *c, enum op op, size_t at, struct node *a,
                                struct node *b)
{
    intptr_t x, y;
    if (is_number(a) && is_number(b) && int_fits(a->value, &x) && int_fits(b->value, &y) &&
        y <= 64 && y > 0 && x > -1024 && x < 1024 && op != OP_MATMUL && op != OP_TRUEDIV) {
        a->value = keep(c, op_binary(op, a->value, b->value));
        return a;
    }
    struct node *n = node_of(c, N_BINARY, at, a, b);
    n->number = op;
    return n;
}

static struct node *fold_tuple(struct compiler *c, struct node *n)
{
    size_t count = 0;
    for (struct node *e = n->a; e; e = e->next, count++)
        if (!is_const(e))
            return n;
    struct tuple *t =
        count ? (struct tuple *)tuple_new(count, NULL) : (struct tuple *)V(tuple_empty);
    count = 0;
    for (struct node *e = n->a; e; e = e->next)
        t->values[count++] = e->value;
    n->kind = N_CONST;
    n->value = keep(c, (val)t);
    return n;
}

// ------------------------------------------------------------------------------------------ lists with commas

static bool starts_value(const struct compiler *c)
{
    switch (c->lex.token) {
    case T_NAME:
    case T_NUMBER:
    case T_STRING:
    case T_ELLIPSIS:
    case '(':
    case '[':
    case '{':
    case '-':
    case '+':
    case '~':
    case '*':
    case S(None):
    case S(True):
    case S(False):
    case S(not ):
    case S(lambda):
        return true;
    }
    return false;
}

static struct node *operand(struct compiler *c)
{
    return binary(c, LEVEL_BITS);
}

static struct node *starred(struct compiler *c, struct node *(*plain)(struct compiler *c))
{
    size_t at = c->lex.at;
    return take(c, '*') ? node_of(c, N_STAR, at, operand(c), NULL) : plain(c);
}

static struct node *with_commas(struct compiler *c, struct node *(*plain)(struct compiler *c))
{
    size_t at = c->lex.at;
    struct node *first = starred(c, plain);
    if (c->lex.token != ',') {
        if (first->kind == N_STAR)
            syntax_error(c, at, "can't use starred expression here");
        return first;
    }
    struct node **end = &first->next;
    while (take(c, ',') && starts_value(c))
        end = add(end, starred(c, plain));
    return fold_tuple(c, node_of(c, N_TUPLE, at, first, NULL));
}

struct node *values(struct compiler *c)
{
    return with_commas(c, test);
}

struct node *targets(struct compiler *c)
{
    return with_commas(c, operand);
}

struct node *value_after(struct compiler *c)
{
    size_t at = c->lex.at;
    if (!take(c, S(yield)))
        return values(c);
    if (take(c, S(from)))
        return node_of(c, N_YIELD_FROM, at, test(c), NULL);
    return node_of(c, N_YIELD, at, starts_value(c) ? values(c) : NULL, NULL);
}

// ------------------------------------------------------------------------------------------ displays

static struct node *comprehension(struct compiler *c, enum kind kind, size_t at,
                                  struct node *element)
{
    struct node *n = node(c, kind, at), **end = &n->b;
    if (element->kind == N_STAR)
        syntax_error(c, at, "iterable unpacking cannot be used in comprehension");
    n->a = element;
    for (;;) {
        size_t here = c->lex.at;
        struct node *clause;
        if (take(c, S(for))) {
            clause = node_of(c, N_CLAUSE_FOR, here, targets(c), NULL);
            as_target(c, clause->a, BINDING);
            expect(c, S(in));
            clause->b = binary(c, LEVEL_OR);
        } else if (take(c, S(if))) {
            clause = node_of(c, N_CLAUSE_IF, here, binary(c, LEVEL_OR), NULL);
            if (take(c, T_WALRUS))
                invalid(c);
        } else {
            return n;
        }
        end = add(end, clause);
    }
}

static struct node *parenthesised(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *n;
    next(c);
    if (c->lex.token == ')') {
        n = node_value(c, N_CONST, at, V(tuple_empty));
    } else if (c->lex.token == S(yield)) {
        n = value_after(c);
    } else {
        struct node *first = starred(c, named);
        n = first;
        if (c->lex.token == S(for)) {
            n = comprehension(c, N_GENERATOR, at, first);
        } else if (c->lex.token == ',') {
            struct node **end = &first->next;
            while (take(c, ',') && c->lex.token != ')')
                end = add(end, starred(c, named));
            n = fold_tuple(c, node_of(c, N_TUPLE, at, first, NULL));
        } else if (first->kind == N_STAR) {
            syntax_error(c, at + 1, "cannot use starred expression here");
        }
    }
    expect(c, ')');
    return n;
}

static struct node *list_display(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *n = node(c, N_LIST, at), **end = &n->a;
    next(c);
    while (c->lex.token != ']') {
        end = add(end, starred(c, named));
        if (c->lex.token == S(for) && end == &n->a->next) {
            n = comprehension(c, N_LIST_COMP, at, n->a);
            break;
        }
        if (!take(c, ','))
            break;
    }
    expect(c, ']');
    return n;
}

// One element of {}: a PAIR, **a (STAR, in *is_dict) or a value.
static struct node *brace_element(struct compiler *c, bool *is_dict)
{
    size_t at = c->lex.at;
    *is_dict = true;
    if (take(c, T_POWER))
        return node_of(c, N_STAR, at, operand(c), NULL);
    struct node *n = starred(c, named);
    *is_dict = c->lex.token == ':' && n->kind != N_STAR;
    if (*is_dict) {
        next(c);
        n = node_of(c, N_PAIR, at, n, test(c));
    }
    return n;
}

static struct node *brace_display(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *n = node(c, N_DICT, at), **end = &n->a;
    bool is_dict = true, first = true, this;
    next(c);
    while (c->lex.token != '}') {
        size_t element_at = c->lex.at;
        end = add(end, brace_element(c, &this));
        if (first)
            is_dict = this;
        else if (is_dict != this)
            syntax_error(c, element_at,
                         is_dict ? "':' expected after dictionary key" : "invalid syntax");
        if (c->lex.token == S(for) && first) {
            if (is_dict && n->a->kind == N_STAR)
                syntax_error(c, at, "dict unpacking cannot be used in dict comprehension");
            n = comprehension(c, is_dict ? N_DICT_COMP : N_SET_COMP, at, n->a);
            expect(c, '}');
            return n;
        }
        first = false;
        if (!take(c, ','))
            break;
    }
    expect(c, '}');
    if (!is_dict)
        n->kind = N_SET;
    return n;
}

// ------------------------------------------------------------------------------------------ calls

static void check_repeated(struct compiler *c, struct node *list, struct node *k)
{
    for (; list; list = list->next)
        if (list->kind == N_KEYWORD && list->name == k->name)
            syntax_error(c, k->at, "keyword argument repeated: %v", k->name);
}

static struct node *argument(struct compiler *c, struct node *before, bool keywords, bool unpacking)
{
    size_t at = c->lex.at;
    if (take(c, '*')) {
        if (unpacking)
            syntax_error(c, at, "iterable argument unpacking follows keyword argument unpacking");
        return node_of(c, N_STAR, at, test(c), NULL);
    }
    if (take(c, T_POWER))
        return node_of(c, N_KEYWORD, at, test(c), NULL);
    struct node *n = named(c);
    if (c->lex.token == '=') {
        if (n->kind != N_NAME)
            syntax_error(c, at, "expression cannot contain assignment, perhaps you meant \"==\"?");
        next(c);
        struct node *k = node(c, N_KEYWORD, at);
        k->a = test(c);
        k->name = n->value;
        check_repeated(c, before, k);
        return k;
    }
    if (c->lex.token == S(for))
        return comprehension(c, N_GENERATOR, at, n);
    if (keywords)
        syntax_error(c, at, "positional argument follows keyword argument%s",
                     unpacking ? " unpacking" : "");
    return n;
}

struct node *arguments(struct compiler *c)
{
    struct node *list = NULL, **end = &list;
    bool keywords = false, unpacking = false;
    while (c->lex.token != ')') {
        struct node *n = argument(c, list, keywords, unpacking);
        keywords |= n->kind == N_KEYWORD;
        unpacking |= n->kind == N_KEYWORD && !n->name;
        end = add(end, n);
        bool bare = n->kind == N_GENERATOR && c->text[n->at] != '(';
        bool more = take(c, ',');
        if (bare && (list->next || (more && c->lex.token != ')')))
            syntax_error(c, n->at, "Generator expression must be parenthesized");
        if (!more)
            break;
    }
    expect(c, ')');
    return list;
}

static struct node *subscript(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *n = NULL, *parts[3] = {NULL, NULL, NULL};
    if (c->lex.token != ':') {
        n = starred(c, named);
        if (c->lex.token != ':')
            return n;
    }
    parts[0] = n;
    for (int i = 1; i < 3 && take(c, ':'); i++)
        if (c->lex.token != ':' && c->lex.token != ',' && c->lex.token != ']')
            parts[i] = test(c);
    n = node_of(c, N_SLICE, at, parts[0], parts[1]);
    n->c = parts[2];
    return n;
}

static struct node *subscripts(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *first = subscript(c);
    if (c->lex.token != ',' && first->kind != N_STAR)
        return first;
    struct node **end = &first->next;
    while (take(c, ',') && c->lex.token != ']')
        end = add(end, subscript(c));
    return fold_tuple(c, node_of(c, N_TUPLE, at, first, NULL));
}

static struct node *lambda(struct compiler *c)
{
    struct node *n = node(c, N_LAMBDA, c->lex.at);
    next(c);
    n->title = S(lt_lambda);
    n->a = parameters(c, ':', false);
    expect(c, ':');
    n->b = node(c, N_RETURN, c->lex.at);
    n->b->a = test(c);
    return n;
}

static struct node *atom(struct compiler *c)
{
    size_t at = c->lex.at;
    val token = c->lex.token, value;
    switch (token) {
    case T_NAME:
        return node_value(c, N_NAME, at, identifier(c));
    case T_NUMBER:
        return number(c);
    case T_STRING:
        return strings(c);
    case '(':
        return parenthesised(c);
    case '[':
        return list_display(c);
    case '{':
        return brace_display(c);
    case T_ELLIPSIS:
        value = ELLIPSIS;
        break;
    case S(None):
        value = NONE;
        break;
    case S(True):
        value = TRUE;
        break;
    case S(False):
        value = FALSE;
        break;
    default:
        invalid(c);
    }
    next(c);
    return node_value(c, N_CONST, at, value);
}

static struct node *primary(struct compiler *c)
{
    struct node *n = atom(c);
    for (;;) {
        size_t at = c->lex.at;
        if (take(c, '.')) {
            n = node_of(c, N_ATTR, at, n, NULL);
            n->name = identifier(c);
        } else if (take(c, '(')) {
            n = node_of(c, N_CALL, n->at, n, NULL);
            n->b = arguments(c);
        } else if (take(c, '[')) {
            n = node_of(c, N_ITEM, n->at, n, NULL);
            n->b = subscripts(c);
            expect(c, ']');
        } else {
            return n;
        }
    }
}

// ------------------------------------------------------------------------------------------ operators

static struct node *prefix(struct compiler *c, enum level level)
{
    size_t at = c->lex.at;
    if (c->lex.token == S(not ) && level <= LEVEL_NOT) {
        next(c);
        return node_of(c, N_NOT, at, binary(c, LEVEL_NOT), NULL);
    }
    enum kind kind = c->lex.token == '-'   ? N_NEG
                     : c->lex.token == '+' ? N_POS
                     : c->lex.token == '~' ? N_INVERT
                                           : N_NAME;
    if (kind == N_NAME)
        return primary(c);
    next(c);
    return fold_unary(c, kind, at, binary(c, LEVEL_UNARY));
}

static const struct infix *infix_here(const struct compiler *c)
{
    for (size_t i = 0; i < COUNT_OF(infixes); i++)
        if (infixes[i].token == c->lex.token)
            return &infixes[i];
    return NULL;
}

static struct node *comparison(struct compiler *c, struct node *left, const struct infix *infix)
{
    struct node *n = node_of(c, N_COMPARE, left->at, left, NULL), **end = &n->b;
    while (infix && infix->level == LEVEL_COMPARE) {
        struct node *compared = node(c, N_COMPARED, c->lex.at);
        compared->number_b = infix->op;
        next(c);
        if (infix->op == I_NOT_IN)
            expect(c, S(in));
        else if (infix->op == I_IS && take(c, S(not )))
            compared->number_b = I_IS_NOT;
        compared->a = operand(c);
        end = add(end, compared);
        infix = infix_here(c);
    }
    return n;
}

static struct node *binary(struct compiler *c, enum level level)
{
    stack_check();
    struct node *left = prefix(c, level);
    const struct infix *infix;
    while ((infix = infix_here(c)) != NULL && infix->level >= level) {
        size_t at = c->lex.at;
        if (infix->level == LEVEL_COMPARE) {
            left = comparison(c, left, infix);
        } else if (infix->level <= LEVEL_AND) {
            struct node *n = node_of(c, infix->level == LEVEL_OR ? N_OR : N_AND, at, left, NULL);
            struct node **end = &left->next;
            while (take(c, infix->token))
                end = add(end, binary(c, infix->level + 1));
            left = n;
        } else {
            next(c);
            struct node *right = binary(
                c, infix->level == LEVEL_POWER ? LEVEL_UNARY : (enum level)(infix->level + 1));
            left = fold_binary(c, infix->op, left->at, left, right);
        }
    }
    return left;
}

struct node *test(struct compiler *c)
{
    if (c->lex.token == S(lambda)) {
        stack_check();
        return lambda(c);
    }
    size_t at = c->lex.at;
    struct node *a = binary(c, LEVEL_OR);
    if (!take(c, S(if)))
        return a;
    struct node *n = node_of(c, N_COND, at, a, binary(c, LEVEL_OR));
    if (!take(c, S(else)))
        syntax_error(c, at, "expected 'else' after 'if' expression");
    n->c = test(c);
    return n;
}

struct node *named(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *n = test(c);
    if (c->lex.token != T_WALRUS)
        return n;
    if (n->kind != N_NAME)
        as_target(c, n, NAMING);
    next(c);
    n->kind = N_TARGET;
    return node_of(c, N_WALRUS, at, n, test(c));
}

#endif
