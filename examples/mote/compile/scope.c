// SPDX-License-Identifier: MIT
// Names: a walk over the tree of a statement that finds for each name the symbol it means.
//
// A symbol is a name in one scope. Where a scope ends, what it has not bound is asked of the scope around it: `up` leads to
// the symbol there. When the walk is over, where_is follows the links: to a scope that binds the name (the variable is then
// a cell, and each function on the way gets it with its closure), or out of all functions (it is global).
//
//     def f():            f:   x bound, inner                x lives in a cell
//         x = 1
//         def g():        g:   x -> up                       x comes with the closure
//             [x+i for i in y]   comp: i bound; x -> up, y -> up     a comprehension is part of g
//
// A class body has two symbols for a name: its own (SYM_CLASS), and one that stands for what lies further out, which is all
// that inner functions see. __class__ is bound among the latter. At module level there are no symbols: names stay as they are.
#include "compile/compile.h"

#if MOTE_COMPILER

static struct symbol *find(const struct scope *scope, val name, unsigned own)
{
    for (struct symbol *s = scope->first; s; s = s->next)
        if (s->name == name && (s->flags & SYM_CLASS) == own)
            return s;
    return NULL;
}

struct symbol *symbol_find(const struct scope *scope, val name)
{
    return find(scope, name, 0);
}

static struct symbol *symbol_add(struct scope *scope, val name, unsigned own)
{
    struct symbol *s = find(scope, name, own);
    if (s)
        return s;
    s = words_new((sizeof *s + WORD - 1) / WORD);
    s->name = name;
    s->flags = own | (scope->kind == SCOPE_COMP ? SYM_COMP : 0);
    if (scope->kind == SCOPE_CLASS && !own && name == S(__class__))
        s->flags |= SYM_BOUND | SYM_INNER;
    *scope->last = s;
    scope->last = &s->next;
    return s;
}

static struct symbol *own_symbol(struct scope *scope, val name)
{
    return symbol_add(scope, name, scope->kind == SCOPE_CLASS ? SYM_CLASS : 0);
}

struct scope *code_scope(struct scope *scope)
{
    while (scope->kind == SCOPE_COMP)
        scope = scope->up;
    return scope;
}

struct symbol *real_symbol(struct symbol *s)
{
    while ((s->flags & (SYM_COMP | SYM_BOUND)) == SYM_COMP && s->up)
        s = s->up;
    return s;
}

enum where where_is(struct symbol *s)
{
    s = real_symbol(s);
    if (s->flags & SYM_GLOBAL)
        return AT_GLOBAL;
    if (s->flags & SYM_BOUND)
        return s->flags & SYM_CLASS ? AT_NAME : s->flags & SYM_INNER ? AT_DEREF : AT_FAST;
    enum where up = s->up ? where_is(s->up) : AT_GLOBAL;
    if (s->flags & SYM_CLASS && !(s->flags & SYM_NONLOCAL))
        return up == AT_DEREF ? AT_CLASS_DEREF : AT_NAME;
    return up;
}

// ------------------------------------------------------------------------------------------ scopes

static struct scope *enter(enum scope_kind kind)
{
    struct scope *scope = words_new((sizeof *scope + WORD - 1) / WORD);
    scope->kind = kind;
    scope->up = compiler.scope;
    scope->last = &scope->first;
    compiler.scope = scope;
    return scope;
}

static void ask_around(struct scope *scope, struct symbol *s)
{
    bool needed = s->flags & (SYM_NONLOCAL | SYM_NEEDED);
    size_t declared = s->declared;
    struct symbol *up = NULL;
    if (s->flags & SYM_CLASS) {
        if (s->name != S(__class__))
            up = symbol_add(scope, s->name, 0);
    } else if (scope->up->kind != SCOPE_MODULE) {
        up = symbol_add(scope->up, s->name, 0);
        if (scope->kind != SCOPE_COMP || s->flags & SYM_INNER)
            up->flags |= SYM_INNER;
    }
    s->up = up;
    if (!needed)
        return;
    if (!up || up->flags & SYM_GLOBAL)
        syntax_error(declared, "no binding for nonlocal %r found", s->name);
    up->flags |= SYM_NEEDED;
    up->declared = declared;
}

static void leave(void)
{
    struct scope *scope = compiler.scope;
    for (struct symbol *s = scope->first; s; s = s->next) {
        if (!(s->flags & (SYM_BOUND | SYM_GLOBAL)))
            ask_around(scope, s);
        else if (!(s->flags & (SYM_CLASS | SYM_COMP | SYM_GLOBAL))) {
            if (scope->locals == UINT16_MAX / 2)
                syntax_error(compiler.at, "too many local variables");
            s->place = scope->locals++;
        }
    }
    compiler.scope = scope->up;
}

// ------------------------------------------------------------------------------------------ names

static void use(struct node *n)
{
    if (compiler.scope->kind == SCOPE_MODULE)
        return;
    n->symbol = own_symbol(compiler.scope, n->value);
    n->symbol->flags |= SYM_USED;
}

static void bind_symbol(struct scope *scope, struct symbol *s)
{
    if (s->flags & (SYM_GLOBAL | SYM_NONLOCAL | SYM_BOUND))
        return;
    s->flags |= SYM_BOUND;
    if (s->flags & SYM_COMP) {
        struct scope *code = code_scope(scope);
        s->place = code->comps++;
        if (code->comps > code->comps_most)
            code->comps_most = code->comps;
    }
}

static void bind(struct node *n)
{
    if (compiler.scope->kind == SCOPE_MODULE)
        return;
    n->symbol = own_symbol(compiler.scope, n->value);
    bind_symbol(compiler.scope, n->symbol);
}

// The target of := is a variable of the function around comprehensions and generator expressions. NULL: of the module.
static struct symbol *bind_outside(struct node *n, val name, struct scope *scope)
{
    for (; scope->kind == SCOPE_COMP || scope->expression; scope = scope->up) {
        struct symbol *s = symbol_find(scope, name);
        if (s && s->flags & SYM_BOUND && !(s->flags & SYM_NONLOCAL))
            syntax_error(n->at,
                         "assignment expression cannot rebind comprehension iteration variable %r",
                         name);
        if (scope->expression) {
            struct symbol *outer = bind_outside(n, name, scope->up);
            s = symbol_add(scope, name, 0);
            s->flags |= outer && !(outer->flags & SYM_GLOBAL) ? SYM_NONLOCAL : SYM_GLOBAL;
            return s;
        }
    }
    if (scope->kind == SCOPE_MODULE)
        return NULL;
    if (scope->kind == SCOPE_CLASS && scope != compiler.scope)
        syntax_error(n->at,
                     "assignment expression within a comprehension cannot be used in a class body");
    struct symbol *s = own_symbol(scope, name);
    bind_symbol(scope, s);
    return s;
}

static void declare(struct node *n)
{
    bool global = n->kind == N_GLOBAL;
    const char *what = global ? "global" : "nonlocal";
    if (compiler.scope->kind == SCOPE_MODULE) {
        if (!global)
            syntax_error(n->at, "nonlocal declaration not allowed at module level");
        return;
    }
    struct symbol *s = own_symbol(compiler.scope, n->value);
    if (s->flags & SYM_PARAM)
        syntax_error(n->at, "name %r is parameter and %s", n->value, what);
    if (s->flags & SYM_USED)
        syntax_error(n->at, "name %r is used prior to %s declaration", n->value, what);
    if (s->flags & SYM_BOUND)
        syntax_error(n->at, "name %r is assigned to before %s declaration", n->value, what);
    if (s->flags & (global ? SYM_NONLOCAL : SYM_GLOBAL))
        syntax_error(s->declared, "name %r is nonlocal and global", n->value);
    s->declared = n->at;
    s->flags |= global ? SYM_GLOBAL : SYM_NONLOCAL;
}

// ------------------------------------------------------------------------------------------ the walk

static void parameter(struct node *list, enum kind kind)
{
    for (; list; list = list->next) {
        if (list->kind != kind || !list->name)
            continue;
        struct symbol *s = symbol_add(compiler.scope, list->name, 0);
        if (s->flags & SYM_PARAM)
            syntax_error(list->at, "duplicate argument %r in function definition", list->name);
        s->flags |= SYM_PARAM | SYM_BOUND;
    }
}

static void walk(struct node *list);

static void walk_function(struct node *n)
{
    for (struct node *a = n->a; a; a = a->next)
        walk(a->a);
    n->scope = enter(SCOPE_FUNCTION);
    for (enum kind kind = N_ARG; kind <= N_ARG_KEYWORDS; kind++)
        parameter(n->a, kind);
    walk(n->b);
    leave();
}

static void walk_class(struct node *n)
{
    walk(n->a);
    n->scope = enter(SCOPE_CLASS);
    walk(n->b);
    leave();
}

static void walk_iterable(struct node *n)
{
#if MOTE_RARE
    compiler.iterables++;
    walk(n);
    compiler.iterables--;
#else
    walk(n);
#endif
}

// The outermost iterable belongs to the scope around. Targets come before the element, which is written first.
static void walk_comprehension(struct node *n)
{
    walk_iterable(n->b->b);
    struct scope *outer = compiler.scope;
    uint16_t comps = outer->comps;
    n->scope = enter(n->kind == N_GENERATOR ? SCOPE_FUNCTION : SCOPE_COMP);
    if (n->kind == N_GENERATOR) {
        n->scope->expression = n->scope->generator = true;
        symbol_add(n->scope, S(empty), 0)->flags |= SYM_PARAM | SYM_BOUND;
    }
    for (struct node *clause = n->b; clause; clause = clause->next) {
        if (clause->kind == N_CLAUSE_IF) {
            walk(clause->a);
            continue;
        }
        if (clause != n->b)
            walk_iterable(clause->b);
        walk(clause->a);
    }
    walk(n->a);
    leave();
    if (outer->kind != SCOPE_COMP)
        outer->comps = comps;
}

static void check_yield(const struct node *n)
{
    if (compiler.scope->kind == SCOPE_COMP || compiler.scope->expression)
        syntax_error(n->at, "'yield' inside %s",
                     compiler.scope->expression ? "generator expression" : "list comprehension");
    if (compiler.scope->kind != SCOPE_FUNCTION)
        syntax_error(n->at, "'yield' outside function");
    compiler.scope->generator = true;
}

static void walk_kids(struct node *n)
{
    for (struct node **kid = &n->a, **end = kid + node_kids[n->kind]; kid < end; kid++)
        walk(*kid);
}

static void walk_one(struct node *n)
{
    switch (n->kind) {
    case N_NAME:
        use(n);
        return;
    case N_TARGET:
        bind(n);
        return;
    case N_GLOBAL:
    case N_NONLOCAL:
        declare(n);
        return;
    case N_LAMBDA:
        walk_function(n);
        return;
    case N_CLASS:
        walk_class(n);
        return;
    case N_LIST_COMP:
    case N_SET_COMP:
    case N_DICT_COMP:
    case N_GENERATOR:
        walk_comprehension(n);
        return;
    case N_WALRUS: {
#if MOTE_RARE
        if (compiler.iterables)
            syntax_error(n->at, "assignment expression cannot be used in a comprehension "
                                "iterable expression");
#endif
        walk(n->b);
        struct symbol *s = bind_outside(n, n->a->value, compiler.scope);
        if (s)
            n->a->symbol = s;
        return;
    }
    case N_YIELD:
    case N_YIELD_FROM:
        check_yield(n);
        break;
    case N_RETURN:
        if (compiler.scope->kind != SCOPE_FUNCTION)
            syntax_error(n->at, "'return' outside function");
        break;
    case N_FROM:
        if (!n->a && compiler.scope->kind != SCOPE_MODULE)
            syntax_error(n->at, "import * only allowed at module level");
        break;
    case N_CALL: // super() needs the class
        if (n->a->kind == N_NAME && n->a->value == S(super) && !n->b &&
            code_scope(compiler.scope)->kind == SCOPE_FUNCTION)
            symbol_add(compiler.scope, S(__class__), 0);
        break;
    }
    walk_kids(n);
}

static void walk(struct node *list)
{
    stack_check();
    for (; list; list = list->next) {
        compiler.at = list->at;
        walk_one(list);
    }
}

void resolve_names(struct node *list)
{
    walk(list);
}

#endif
