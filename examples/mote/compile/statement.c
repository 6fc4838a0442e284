// SPDX-License-Identifier: MIT
// The grammar of statements, by descent. Blocks compare columns (lexer.c): a block ends where a line starts further left.
#include "compile/compile.h"

#if MOTE_COMPILER

static struct node *simple_line(struct compiler *c);

// The statements after a colon. `what` names the one they belong to, for the error.
static struct node *block(struct compiler *c, size_t at, const char *what)
{
    stack_check();
    expect(c, ':');
    if (c->lex.token != T_NEWLINE)
        return simple_line(c);
    next(c);
    size_t outer = c->indent;
    if (c->lex.column <= outer)
        indent_error(c, "expected an indented block after %s on line %z", what, line_of(c, at));
    c->indent = c->lex.column;
    struct node *list = NULL, **end = &list;
    while (c->lex.column == c->indent && c->lex.token != T_END)
        end = add(end, statement(c));
    if (c->lex.column > c->indent)
        indent_error(c, "unexpected indent");
    c->indent = outer;
    if (c->lex.column > outer)
        indent_error(c, "unindent does not match any outer indentation level");
    return list;
}

// Whether the word goes on with the compound statement of this block; the lexer is past it then.
static bool clause(struct compiler *c, val word)
{
    return c->lex.column == c->indent && take(c, word);
}

static struct node *else_block(struct compiler *c)
{
    size_t at = c->lex.at;
    return clause(c, S(else)) ? block(c, at, "'else' statement") : NULL;
}

static struct node *if_statement(struct compiler *c, size_t at)
{
    struct node *first = NULL, **slot = &first;
    const char *what = "'if' statement";
    for (;;) {
        struct node *n = node_of(c, N_IF, at, named(c), NULL);
        n->b = block(c, at, what);
        *slot = n;
        slot = &n->c;
        at = c->lex.at;
        if (!clause(c, S(elif)))
            break;
        what = "'elif' statement";
    }
    *slot = else_block(c);
    return first;
}

static struct node *while_statement(struct compiler *c, size_t at)
{
    struct node *n = node_of(c, N_WHILE, at, named(c), NULL);
    n->b = block(c, at, "'while' statement");
    n->c = else_block(c);
    return n;
}

static struct node *for_statement(struct compiler *c, size_t at)
{
    struct node *n = node_of(c, N_FOR, at, targets(c), NULL);
    as_target(c, n->a, BINDING);
    expect(c, S(in));
    n->b = values(c);
    n->c = block(c, at, "'for' statement");
    n->d = else_block(c);
    return n;
}

static struct node *handler(struct compiler *c, size_t at)
{
    struct node *n = node(c, N_HANDLER, at);
    if (c->lex.token != ':') {
        n->a = test(c);
        if (c->lex.token == ',')
            syntax_error(c, n->a->at, "multiple exception types must be parenthesized");
        if (take(c, S(as))) {
            at = c->lex.at;
            n->c = node_value(c, N_TARGET, at, identifier(c));
        }
    }
    n->b = block(c, n->at, "'except' statement");
    return n;
}

static struct node *try_statement(struct compiler *c, size_t at)
{
    struct node *n = node(c, N_TRY, at), **end = &n->b;
    n->a = block(c, at, "'try' statement");
    bool all = false;
    for (at = c->lex.at; clause(c, S(except)); at = c->lex.at) {
        if (all)
            syntax_error(c, at, "default 'except:' must be last");
        struct node *h = handler(c, at);
        all = h->a == NULL;
        end = add(end, h);
    }
    if (n->b)
        n->c = else_block(c);
    at = c->lex.at;
    if (clause(c, S(finally)))
        n->d = block(c, at, "'finally' statement");
    if (!n->b && !n->d)
        syntax_error(c, at, "expected 'except' or 'finally' block");
    return n;
}

// Whether a parenthesis of managers starts here, `with (a as b, c):`, and no expression.
static bool parenthesised_managers(struct compiler *c)
{
    struct lexer saved = c->lex;
    if (c->lex.token != '(')
        return false;
    size_t depth = c->lex.parens - 1;
    bool several = false;
    next(c);
    while (c->lex.parens > depth && c->lex.token != T_END) {
        if (c->lex.parens == depth + 1) {
            if (c->lex.token == S(as) || c->lex.token == ',')
                several = true;
            if (c->lex.token == S(for) || c->lex.token == S(yield) || c->lex.token == T_WALRUS)
                break;
        }
        next(c);
    }
    bool closed = take(c, ')') && c->lex.token == ':';
    c->lex = saved;
    return several && closed;
}

static struct node *with_statement(struct compiler *c, size_t at)
{
    struct node *first = NULL, **slot = &first;
    bool parens = parenthesised_managers(c) && take(c, '(');
    do {
        if (parens && c->lex.token == ')')
            break;
        struct node *n = node_of(c, N_WITH, at, test(c), NULL);
        if (take(c, S(as))) {
            struct node *t = test(c);
            as_target(c, t, BINDING);
            n->b = t;
        }
        *slot = n;
        slot = &n->c;
    } while (take(c, ','));
    if (parens)
        expect(c, ')');
    *slot = block(c, at, "'with' statement");
    return first;
}

// ------------------------------------------------------------------------------------------ functions, classes

static void annotation(struct compiler *c, val token)
{
    if (take(c, token))
        test(c);
}

// The parameters up to the token `end`, which stays. Annotations are read and dropped.
struct node *parameters(struct compiler *c, val end_token, bool annotated)
{
    struct node *list = NULL, **end = &list;
    enum kind kind = N_ARG;
    bool defaults = false, bare = false;
    while (c->lex.token != end_token) {
        size_t at = c->lex.at;
        struct node *n = node(c, kind, at);
        if (take(c, '*')) {
            if (kind != N_ARG)
                syntax_error(c, at, "* argument may appear only once");
            kind = N_ARG_NAMED;
            n->kind = N_ARG_REST;
            bare = c->lex.token == ',' || c->lex.token == end_token;
        } else if (take(c, T_POWER)) {
            n->kind = N_ARG_KEYWORDS;
        } else if (take(c, '/')) {
            if (kind != N_ARG || !list)
                syntax_error(
                    c, at, list ? "/ must be ahead of *" : "at least one argument must precede /");
            for (struct node *e = list; e; e = e->next)
                if (e->kind == N_ARG_SLASH)
                    syntax_error(c, at, "/ may appear only once");
            n->kind = N_ARG_SLASH;
        }
        if (n->kind != N_ARG_SLASH && !(n->kind == N_ARG_REST && bare)) {
            n->name = identifier(c);
            if (n->kind == N_ARG_NAMED)
                bare = false;
            if (annotated)
                annotation(c, ':');
        }
        if (c->lex.token == '=') {
            if (n->kind != N_ARG && n->kind != N_ARG_NAMED)
                invalid(c);
            next(c);
            n->a = test(c);
            defaults = true;
        } else if (n->kind == N_ARG && defaults) {
            syntax_error(c, at, "non-default argument follows default argument");
        }
        end = add(end, n);
        if (!take(c, ','))
            break;
        if (n->kind == N_ARG_KEYWORDS && c->lex.token != end_token && !bare)
            syntax_error(c, c->lex.at, "arguments cannot follow var-keyword argument");
    }
    if (bare)
        syntax_error(c, c->lex.at, "named arguments must follow bare *");
    return list;
}

static struct node *definition(struct compiler *c, enum kind kind, size_t at,
                               struct node *decorators)
{
    struct node *n = node(c, N_DEFINE, at), *f = node(c, kind, at);
    size_t name_at = c->lex.at;
    f->title = identifier(c);
    n->a = f;
    n->b = decorators;
    n->c = node_value(c, N_TARGET, name_at, f->title);
    return n;
}

static struct node *def_statement(struct compiler *c, size_t at, struct node *decorators)
{
    struct node *n = definition(c, N_LAMBDA, at, decorators);
    expect(c, '(');
    n->a->a = parameters(c, ')', true);
    expect(c, ')');
    annotation(c, T_ARROW);
    n->a->b = block(c, at, "function definition");
    return n;
}

static struct node *class_statement(struct compiler *c, size_t at, struct node *decorators)
{
    struct node *n = definition(c, N_CLASS, at, decorators);
    if (take(c, '('))
        n->a->a = arguments(c);
    val outer = c->class_name;
    c->class_name = n->a->title;
    n->a->b = block(c, at, "class definition");
    c->class_name = outer;
    if (c->lex.token == T_NAME) { // read as if it were of the class
        c->lex.next = c->lex.at;
        next(c);
    }
    return n;
}

static struct node *decorated(struct compiler *c)
{
    struct node *list = NULL, **end = &list;
    while (take(c, '@')) {
        end = add(end, named(c));
        expect(c, T_NEWLINE);
        if (c->lex.column != c->indent)
            indent_error(c, "unexpected indent");
    }
    size_t at = c->lex.at;
    if (take(c, S(def)))
        return def_statement(c, at, list);
    if (take(c, S(class)))
        return class_statement(c, at, list);
    invalid(c);
}

// ------------------------------------------------------------------------------------------ import

static val dotted(struct compiler *c)
{
    val name = identifier(c);
    if (c->lex.token != '.')
        return name;
    BUILDER(b);
    struct text t = interned_text(name);
    builder_add(&b, t.data, t.size);
    while (take(c, '.')) {
        t = interned_text(identifier(c));
        builder_add(&b, ".", 1);
        builder_add(&b, t.data, t.size);
    }
    name = intern((char *)((struct bytes *)b.store)->data, b.size);
    if (!is_interned(name))
        syntax_error(c, c->lex.at, "identifier too long");
    return name;
}

static struct node *alias(struct compiler *c, bool from)
{
    size_t at = c->lex.at;
    struct node *n = node(c, N_ALIAS, at);
    val first = c->lex.name;
    n->name = from ? identifier(c) : dotted(c);
    if (take(c, S(as))) {
        first = identifier(c);
        n->number = 1;
    }
    n->a = node_value(c, N_TARGET, at, first);
    return n;
}

static struct node *import_statement(struct compiler *c, size_t at)
{
    struct node *n = node(c, N_IMPORT, at), **end = &n->a;
    do
        end = add(end, alias(c, false));
    while (take(c, ','));
    return n;
}

static struct node *from_statement(struct compiler *c, size_t at)
{
    struct node *n = node(c, N_FROM, at), **end = &n->a;
    while (c->lex.token == '.' || c->lex.token == T_ELLIPSIS) {
        n->number += c->lex.token == '.' ? 1 : 3;
        next(c);
    }
    n->name = n->number && c->lex.token == S(import) ? S(empty) : dotted(c);
    expect(c, S(import));
    if (take(c, '*'))
        return n;
    bool parens = take(c, '(');
    do {
        if (parens && n->a && c->lex.token == ')')
            break;
        if (n->a && c->lex.token == T_NEWLINE)
            syntax_error(c, c->lex.at,
                         "trailing comma not allowed without surrounding parentheses");
        end = add(end, alias(c, true));
    } while (take(c, ','));
    if (parens)
        expect(c, ')');
    return n;
}

// ------------------------------------------------------------------------------------------ simple statements

static struct node *names_statement(struct compiler *c, enum kind kind, size_t at)
{
    struct node *list = NULL, **end = &list;
    next(c);
    do {
        end = add(end, node_value(c, kind, at, identifier(c)));
    } while (take(c, ','));
    return list;
}

static struct node *annotated_statement(struct compiler *c, struct node *target)
{
    enum kind kind = target->kind;
    if (kind != N_NAME && kind != N_ATTR && kind != N_ITEM)
        syntax_error(c, target->at,
                     kind == N_TUPLE || kind == N_LIST
                         ? "only single target (not %s) can be annotated"
                         : "illegal target for annotation",
                     kind == N_TUPLE ? "tuple" : "list");
    annotation(c, ':');
    as_target(c, target, BINDING);
    if (take(c, '='))
        return node_of(c, N_ASSIGN, target->at, target, value_after(c));
    return node_of(c, N_ANNOTATED, target->at, target, NULL);
}

static struct node *expression_statement(struct compiler *c)
{
    size_t at = c->lex.at;
    struct node *e = value_after(c);
    enum op op;
    if (token_op(c->lex.token, &op)) {
        as_target(c, e, AUGMENTING);
        next(c);
        struct node *n = node_of(c, N_AUGMENTED, at, e, value_after(c));
        n->number = op;
        return n;
    }
    if (c->lex.token == ':')
        return annotated_statement(c, e);
    if (c->lex.token != '=')
        return node_of(c, N_EXPR, at, e, NULL);
    struct node *n = node(c, N_ASSIGN, at), **end = &n->a;
    while (take(c, '=')) {
        as_target(c, e, ASSIGNING);
        end = add(end, e);
        e = value_after(c);
    }
    n->b = e;
    return n;
}

static struct node *delete_statement(struct compiler *c, size_t at)
{
    struct node *n = targets(c);
    as_target(c, n, DELETING);
    return node_of(c, N_DELETE, at, n, NULL);
}

static bool line_ends(const struct compiler *c)
{
    return c->lex.token == T_NEWLINE || c->lex.token == ';' || c->lex.token == T_END;
}

static struct node *simple(struct compiler *c)
{
    size_t at = c->lex.at;
    val token = c->lex.token;
    struct node *a = NULL, *b = NULL;
    enum kind kind;
    if (token < T_OPERATOR || token == T_NAME)
        return expression_statement(c);
    switch (token) {
    case S(return ):
        next(c);
        return node_of(c, N_RETURN, at, line_ends(c) ? NULL : values(c), NULL);
    case S(raise):
        next(c);
        if (!line_ends(c)) {
            a = test(c);
            if (take(c, S(from)))
                b = test(c);
        }
        return node_of(c, N_RAISE, at, a, b);
    case S(assert):
        next(c);
        a = test(c);
        if (take(c, ','))
            b = test(c);
        return node_of(c, N_ASSERT, at, a, b);
    case S(pass):
        kind = N_PASS;
        break;
    case S(break):
        kind = N_BREAK;
        break;
    case S(continue):
        kind = N_CONTINUE;
        break;
    case S(global):
        return names_statement(c, N_GLOBAL, at);
    case S(nonlocal):
        return names_statement(c, N_NONLOCAL, at);
    case S(del):
        next(c);
        return delete_statement(c, at);
    case S(import):
        next(c);
        return import_statement(c, at);
    case S(from):
        next(c);
        return from_statement(c, at);
    default:
        return expression_statement(c);
    }
    next(c);
    return node(c, kind, at);
}

static struct node *simple_line(struct compiler *c)
{
    struct node *list = NULL, **end = &list;
    do {
        end = add(end, simple(c));
    } while (take(c, ';') && c->lex.token != T_NEWLINE);
    expect(c, T_NEWLINE);
    return list;
}

struct node *statement(struct compiler *c)
{
    size_t at = c->lex.at;
    if (take(c, S(if)))
        return if_statement(c, at);
    if (take(c, S(while)))
        return while_statement(c, at);
    if (take(c, S(for)))
        return for_statement(c, at);
    if (take(c, S(try)))
        return try_statement(c, at);
    if (take(c, S(with)))
        return with_statement(c, at);
    if (take(c, S(def)))
        return def_statement(c, at, NULL);
    if (take(c, S(class)))
        return class_statement(c, at, NULL);
    if (c->lex.token == '@')
        return decorated(c);
    return simple_line(c);
}

#endif
