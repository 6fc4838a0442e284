// SPDX-License-Identifier: MIT
// The grammar of statements, by descent. Blocks compare columns (lexer.c): a block ends where a line starts further left.
#include "compile/compile.h"

#if MOTE_COMPILER

static struct node *simple_line(void);

// The statements after a colon. `what` names the one they belong to, for the error.
static struct node *block(size_t at, const char *what)
{
    stack_check();
    expect(':');
    if (compiler.lex.token != T_NEWLINE)
        return simple_line();
    next();
    size_t outer = compiler.indent;
    if (compiler.lex.column <= outer)
        indent_error("expected an indented block after %s on line %z", what, line_of(at));
    check_tabs();
    compiler.indent = compiler.lex.column;
#if MOTE_RARE
    size_t outer_narrow = compiler.narrow;
    compiler.narrow = compiler.lex.narrow;
#endif
    struct node *list = NULL, **end = &list;
    while (compiler.lex.column == compiler.indent && compiler.lex.token != T_END)
        end = add(end, statement());
    if (compiler.lex.column > compiler.indent)
        indent_error("unexpected indent");
    compiler.indent = outer;
#if MOTE_RARE
    compiler.narrow = outer_narrow;
#endif
    if (compiler.lex.column > outer)
        indent_error("unindent does not match any outer indentation level");
    return list;
}

// Whether the word goes on with the compound statement of this block; the lexer is past it then.
static bool clause(val word)
{
    if (compiler.lex.column != compiler.indent || compiler.lex.token != word)
        return false;
    check_tabs();
    next();
    return true;
}

static struct node *else_block(void)
{
    size_t at = compiler.lex.at;
    return clause(T_else) ? block(at, "'else' statement") : NULL;
}

static struct node *if_statement(size_t at)
{
    struct node *first = NULL, **slot = &first;
    const char *what = "'if' statement";
    for (;;) {
        struct node *n = node_of(N_IF, at, named(), NULL);
        n->b = block(at, what);
        *slot = n;
        slot = &n->c;
        at = compiler.lex.at;
        if (!clause(T_elif))
            break;
        what = "'elif' statement";
    }
    *slot = else_block();
    return first;
}

static struct node *while_statement(size_t at)
{
    struct node *n = node_of(N_WHILE, at, named(), NULL);
    n->b = block(at, "'while' statement");
    n->c = else_block();
    return n;
}

static struct node *for_statement(size_t at)
{
    struct node *n = node_of(N_FOR, at, targets(), NULL);
    as_target(n->a, BINDING);
    expect(T_in);
    n->b = values();
    n->c = block(at, "'for' statement");
    n->d = else_block();
    return n;
}

static struct node *handler(size_t at)
{
    struct node *n = node(N_HANDLER, at);
    if (compiler.lex.token != ':') {
        n->a = test();
        if (compiler.lex.token == ',')
            syntax_error(n->a->at, "multiple exception types must be parenthesized");
        if (take(T_as)) {
            at = compiler.lex.at;
            n->c = node_value(N_TARGET, at, identifier());
        }
    }
    n->b = block(n->at, "'except' statement");
    return n;
}

static struct node *try_statement(size_t at)
{
    struct node *n = node(N_TRY, at), **end = &n->b;
    n->a = block(at, "'try' statement");
    size_t all = 0; // the place of `except:`
    for (at = compiler.lex.at; clause(T_except); at = compiler.lex.at) {
        if (all)
            syntax_error(all, "default 'except:' must be last");
        struct node *h = handler(at);
        all = h->a ? 0 : at;
        end = add(end, h);
    }
    if (n->b)
        n->c = else_block();
    at = compiler.lex.at;
    if (clause(T_finally))
        n->d = block(at, "'finally' statement");
    if (!n->b && !n->d)
        syntax_error(at, "expected 'except' or 'finally' block");
    return n;
}

// Whether a parenthesis of managers starts here, `with (a as b, c):`, and no expression.
static bool parenthesised_managers(void)
{
    struct lexer saved = compiler.lex;
    if (compiler.lex.token != '(')
        return false;
    size_t depth = compiler.lex.parens - 1;
    bool several = false;
    next();
    while (compiler.lex.parens > depth && compiler.lex.token != T_END) {
        if (compiler.lex.parens == depth + 1) {
            if (compiler.lex.token == T_as || compiler.lex.token == ',')
                several = true;
            if (compiler.lex.token == T_for || compiler.lex.token == T_yield ||
                compiler.lex.token == T_WALRUS)
                break;
        }
        next();
    }
    bool closed = take(')') && compiler.lex.token == ':';
    compiler.lex = saved;
    return several && closed;
}

static struct node *with_statement(size_t at)
{
    struct node *first = NULL, **slot = &first;
    bool parens = parenthesised_managers() && take('(');
    do {
        if (parens && compiler.lex.token == ')')
            break;
        struct node *n = node_of(N_WITH, at, test(), NULL);
        if (take(T_as)) {
            struct node *t = test();
            as_target(t, BINDING);
            n->b = t;
        }
        *slot = n;
        slot = &n->c;
    } while (take(','));
    if (parens)
        expect(')');
    *slot = block(at, "'with' statement");
    return first;
}

// ------------------------------------------------------------------------------------------ functions, classes

static void annotation(val token)
{
    if (take(token))
        test();
}

// The parameters up to the token `end`, which stays. Annotations are read and dropped.
struct node *parameters(val end_token, bool annotated)
{
    struct node *list = NULL, **end = &list;
    enum kind kind = N_ARG;
    bool defaults = false, bare = false;
    while (compiler.lex.token != end_token) {
        size_t at = compiler.lex.at;
        struct node *n = node(kind, at);
        if (take('*')) {
            if (kind != N_ARG)
                syntax_error(at, "* argument may appear only once");
            kind = N_ARG_NAMED;
            n->kind = N_ARG_REST;
            bare = compiler.lex.token == ',' || compiler.lex.token == end_token;
        } else if (take(T_POWER)) {
            n->kind = N_ARG_KEYWORDS;
        } else if (take('/')) {
            if (kind != N_ARG || !list)
                syntax_error(at, list ? "/ must be ahead of *"
                                      : "at least one argument must precede /");
            for (struct node *e = list; e; e = e->next)
                if (e->kind == N_ARG_SLASH)
                    syntax_error(at, "/ may appear only once");
            n->kind = N_ARG_SLASH;
        }
        if (n->kind != N_ARG_SLASH && !(n->kind == N_ARG_REST && bare)) {
            n->name = identifier();
            if (n->kind == N_ARG_NAMED)
                bare = false;
            if (annotated)
                annotation(':');
        }
        if (compiler.lex.token == '=') {
            if (n->kind != N_ARG && n->kind != N_ARG_NAMED)
                invalid();
            next();
            n->a = test();
            defaults = true;
        } else if (n->kind == N_ARG && defaults) {
            syntax_error(at, "non-default argument follows default argument");
        }
        end = add(end, n);
        if (!take(','))
            break;
        if (n->kind == N_ARG_KEYWORDS && compiler.lex.token != end_token && !bare)
            syntax_error(compiler.lex.at, "arguments cannot follow var-keyword argument");
    }
    if (bare)
        syntax_error(compiler.lex.at, "named arguments must follow bare *");
    return list;
}

static struct node *definition(enum kind kind, size_t at, struct node *decorators)
{
    struct node *n = node(N_DEFINE, at), *f = node(kind, at);
    size_t name_at = compiler.lex.at;
    f->title = identifier();
    n->a = f;
    n->b = decorators;
    n->c = node_value(N_TARGET, name_at, f->title);
    return n;
}

static struct node *def_statement(size_t at, struct node *decorators)
{
    struct node *n = definition(N_LAMBDA, at, decorators);
    expect('(');
    n->a->a = parameters(')', true);
    expect(')');
    annotation(T_ARROW);
    n->a->b = block(at, "function definition");
    return n;
}

static struct node *class_statement(size_t at, struct node *decorators)
{
    struct node *n = definition(N_CLASS, at, decorators);
    if (take('('))
        n->a->a = arguments();
    val outer = compiler.class_name;
    compiler.class_name = n->a->title;
    n->a->b = block(at, "class definition");
    compiler.class_name = outer;
    if (compiler.lex.token == T_NAME) { // read as if it were of the class
        compiler.lex.next = compiler.lex.at;
        next();
    }
    return n;
}

static struct node *decorated(void)
{
    struct node *list = NULL, **end = &list;
    while (take('@')) {
        end = add(end, named());
        expect(T_NEWLINE);
        if (compiler.lex.column != compiler.indent)
            indent_error("unexpected indent");
    }
    size_t at = compiler.lex.at;
    if (take(T_def))
        return def_statement(at, list);
    if (take(T_class))
        return class_statement(at, list);
    invalid();
}

// ------------------------------------------------------------------------------------------ import

static val dotted(void)
{
    val name = identifier();
    if (compiler.lex.token != '.')
        return name;
    BUILDER(b);
    struct text t = interned_text(name);
    builder_add(&b, t.data, t.size);
    while (take('.')) {
        t = interned_text(identifier());
        builder_add(&b, ".", 1);
        builder_add(&b, t.data, t.size);
    }
    name = intern((char *)((struct bytes *)b.store)->data, b.size);
    if (!is_interned(name))
        syntax_error(compiler.lex.at, "identifier too long");
    return name;
}

static struct node *alias(bool from)
{
    size_t at = compiler.lex.at;
    struct node *n = node(N_ALIAS, at);
    val first = compiler.lex.name;
    n->name = from ? identifier() : dotted();
    if (take(T_as)) {
        first = identifier();
        n->number = 1;
    }
    n->a = node_value(N_TARGET, at, first);
    return n;
}

static struct node *import_statement(size_t at)
{
    struct node *n = node(N_IMPORT, at), **end = &n->a;
    do
        end = add(end, alias(false));
    while (take(','));
    return n;
}

static struct node *from_statement(size_t at)
{
    struct node *n = node(N_FROM, at), **end = &n->a;
    while (compiler.lex.token == '.' || compiler.lex.token == T_ELLIPSIS) {
        n->number += compiler.lex.token == '.' ? 1 : 3;
        next();
    }
    n->name = n->number && compiler.lex.token == T_import ? S(empty) : dotted();
    expect(T_import);
    if (take('*'))
        return n;
    bool parens = take('(');
    do {
        if (parens && n->a && compiler.lex.token == ')')
            break;
        if (n->a && compiler.lex.token == T_NEWLINE)
            syntax_error(compiler.lex.at,
                         "trailing comma not allowed without surrounding parentheses");
        end = add(end, alias(true));
    } while (take(','));
    if (parens)
        expect(')');
    return n;
}

// ------------------------------------------------------------------------------------------ simple statements

static struct node *names_statement(enum kind kind, size_t at)
{
    struct node *list = NULL, **end = &list;
    next();
    do {
        end = add(end, node_value(kind, at, identifier()));
    } while (take(','));
    return list;
}

static struct node *annotated_statement(struct node *target)
{
    enum kind kind = target->kind;
    if (kind != N_NAME && kind != N_ATTR && kind != N_ITEM)
        syntax_error(target->at,
                     kind == N_TUPLE || kind == N_LIST
                         ? "only single target (not %s) can be annotated"
                         : "illegal target for annotation",
                     kind == N_TUPLE ? "tuple" : "list");
    annotation(':');
    as_target(target, BINDING);
    if (take('='))
        return node_of(N_ASSIGN, target->at, target, value_after());
    return node_of(N_ANNOTATED, target->at, target, NULL);
}

static struct node *expression_statement(void)
{
    size_t at = compiler.lex.at;
    struct node *e = value_after();
    enum op op;
    if (token_op(compiler.lex.token, &op)) {
        as_target(e, AUGMENTING);
        next();
        struct node *n = node_of(N_AUGMENTED, at, e, value_after());
        n->number = op;
        return n;
    }
    if (compiler.lex.token == ':')
        return annotated_statement(e);
    if (compiler.lex.token != '=')
        return node_of(N_EXPR, at, e, NULL);
    struct node *n = node(N_ASSIGN, at), **end = &n->a;
    while (take('=')) {
        as_target(e, ASSIGNING);
        end = add(end, e);
        e = value_after();
    }
    n->b = e;
    return n;
}

static struct node *delete_statement(size_t at)
{
    struct node *n = targets();
    as_target(n, DELETING);
    return node_of(N_DELETE, at, n, NULL);
}

static bool line_ends(void)
{
    return compiler.lex.token == T_NEWLINE || compiler.lex.token == ';' ||
           compiler.lex.token == T_END;
}

static struct node *simple(void)
{
    size_t at = compiler.lex.at;
    val token = compiler.lex.token;
    struct node *a = NULL, *b = NULL;
    enum kind kind;
    if (token < T_OPERATOR || token == T_NAME)
        return expression_statement();
    switch (token) {
    case T_return:
        next();
        return node_of(N_RETURN, at, line_ends() ? NULL : values(), NULL);
    case T_raise:
        next();
        if (!line_ends()) {
            a = test();
            if (take(T_from))
                b = test();
        }
        return node_of(N_RAISE, at, a, b);
    case T_assert:
        next();
        a = test();
        if (take(','))
            b = test();
        return node_of(N_ASSERT, at, a, b);
    case T_pass:
        kind = N_PASS;
        break;
    case T_break:
        kind = N_BREAK;
        break;
    case T_continue:
        kind = N_CONTINUE;
        break;
    case T_global:
        return names_statement(N_GLOBAL, at);
    case T_nonlocal:
        return names_statement(N_NONLOCAL, at);
    case T_del:
        next();
        return delete_statement(at);
    case T_import:
        next();
        return import_statement(at);
    case T_from:
        next();
        return from_statement(at);
    default:
        return expression_statement();
    }
    next();
    return node(kind, at);
}

static struct node *simple_line(void)
{
    struct node *list = NULL, **end = &list;
    do {
        end = add(end, simple());
    } while (take(';') && compiler.lex.token != T_NEWLINE);
    expect(T_NEWLINE);
    return list;
}

struct node *statement(void)
{
    size_t at = compiler.lex.at;
    check_tabs();
    if (take(T_if))
        return if_statement(at);
    if (take(T_while))
        return while_statement(at);
    if (take(T_for))
        return for_statement(at);
    if (take(T_try))
        return try_statement(at);
    if (take(T_with))
        return with_statement(at);
    if (take(T_def))
        return def_statement(at, NULL);
    if (take(T_class))
        return class_statement(at, NULL);
    if (compiler.lex.token == '@')
        return decorated();
    return simple_line();
}

#endif
