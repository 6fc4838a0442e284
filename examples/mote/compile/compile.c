// SPDX-License-Identifier: MIT
// The compiler's way through a module: one statement after the other is read, understood, written and forgotten.
#include "compile/compile.h"

#if MOTE_COMPILER

static void write_top_statement(struct compiler *c)
{
    if (c->lex.column)
        indent_error(c, "unexpected indent");
    struct node *list = statement(c);
    resolve_names(c, list);
    write_statements(c, list);
    forget(c);
}

static void module_body(struct compiler *c, struct node *n)
{
    (void)n;
    bool first = true;
    while (c->lex.token != T_END) {
        bool doc = first && c->lex.token == T_STRING && c->mode == COMPILE_MODULE;
        if (doc) {
            struct lexer saved = c->lex;
            next(c);
            while (c->lex.token == T_STRING)
                next(c);
            doc = c->lex.token == T_NEWLINE;
            c->lex = saved;
        }
        if (doc) {
            struct node *text = strings(c);
            if (text->kind == N_CONST && is_str(text->value)) {
                write_const(c, text->value);
                write_u(c, I_STORE_NAME, S(__doc__) >> 2);
            }
            expect(c, T_NEWLINE);
            forget(c);
        } else {
            write_top_statement(c);
        }
        first = false;
    }
    write_op(c, I_NONE);
    write_op(c, I_RETURN);
}

static void expression_body(struct compiler *c, struct node *n)
{
    (void)n;
    struct node *value = values(c);
    take(c, T_NEWLINE);
    if (c->lex.token != T_END)
        invalid(c);
    resolve_names(c, value);
    write_value(c, value);
    write_op(c, I_RETURN);
}

static void check_text(struct compiler *c, size_t size)
{
    if (memchr(c->text, 0, size))
        syntax_error(c, 0, "source code cannot contain null bytes");
    if (!utf8_valid(c->text, size))
        syntax_error(c, 0, "(unicode error) 'utf-8' codec can't decode bytes");
    if (size >> (8 * WORD - 8))
        syntax_error(c, 0, "the text is too large");
}

static val compile_text(struct compiler *c, size_t size)
{
    check_text(c, size);
    size_t start = size >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (c->mode == COMPILE_EVAL) // spaces before the expression are no indentation
        while (start < size && (c->text[start] == ' ' || c->text[start] == '\t'))
            start++;
    struct scope module = {.kind = SCOPE_MODULE};
    c->scope = &module;
    lexer_start(c, start, size);
    c->at = start;
    return code_new(c, NULL, S(lt_module), &module, NULL,
                    c->mode == COMPILE_EVAL ? expression_body : module_body);
}

val compile(const char *text, size_t size, val file, enum compile_mode mode)
{
    ROOTS(roots, ROOT_COUNT);
    ROOTS(result, 1);
    struct compiler c = {.text = text, .file = file, .roots = roots, .mode = mode};
    bool compiling = mote.compiling;
    mote.compiling = true;
    result[0] = compile_text(&c, size);
    mote.compiling = compiling;
    forget(&c);
    if (roots[ROOT_CHUNKS])
        heap_free((void *)roots[ROOT_CHUNKS]);
    if (roots[ROOT_KEPT])
        heap_free((void *)roots[ROOT_KEPT]);
    return result[0];
}

#endif
