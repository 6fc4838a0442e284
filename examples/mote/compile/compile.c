// SPDX-License-Identifier: MIT
// The compiler's way through a module: one statement after the other is read, understood, written and forgotten.
#include "compile/compile.h"

#if MOTE_COMPILER

struct compiler compiler;

static void write_top_statement(void)
{
    if (compiler.lex.column)
        indent_error("unexpected indent");
    struct node *list = statement();
    resolve_names(list);
    write_statements(list);
    forget();
}

static void module_body(struct node *n)
{
    (void)n;
    bool first = true;
    while (compiler.lex.token != T_END) {
        bool doc = first && compiler.lex.token == T_STRING && compiler.mode == COMPILE_MODULE;
        if (doc) {
            struct lexer saved = compiler.lex;
            next();
            while (compiler.lex.token == T_STRING)
                next();
            doc = compiler.lex.token == T_NEWLINE;
            compiler.lex = saved;
        }
        if (doc) {
            struct node *text = strings();
            if (text->kind == N_CONST && is_str(text->value)) {
                write_const(text->value);
                write_u(I_STORE_NAME, S(__doc__) >> 2);
            }
            expect(T_NEWLINE);
            forget();
        } else {
            write_top_statement();
        }
        first = false;
    }
    write_op(I_NONE);
    write_op(I_RETURN);
}

static void expression_body(struct node *n)
{
    (void)n;
    struct node *value = values();
    take(T_NEWLINE);
    if (compiler.lex.token != T_END)
        invalid();
    resolve_names(value);
    write_value(value);
    write_op(I_RETURN);
}

static void check_text(size_t size)
{
    if (memchr(compiler.text, 0, size))
        syntax_error(0, "source code cannot contain null bytes");
    if (!utf8_valid(compiler.text, size))
        syntax_error(0, "(unicode error) 'utf-8' codec can't decode bytes");
    if (size >> (8 * WORD - 8))
        syntax_error(0, "the text is too large");
}

static val compile_text(size_t size)
{
    check_text(size);
    size_t start = size >= 3 && memcmp(compiler.text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (compiler.mode == COMPILE_EVAL) // spaces before the expression are no indentation
        while (start < size && (compiler.text[start] == ' ' || compiler.text[start] == '\t'))
            start++;
    struct scope module = {.kind = SCOPE_MODULE};
    compiler.scope = &module;
    lexer_start(start, size);
    compiler.at = start;
    return code_new(NULL, S(lt_module), &module, NULL,
                    compiler.mode == COMPILE_EVAL ? expression_body : module_body);
}

val compile(const char *text, size_t size, val file, enum compile_mode mode)
{
    ROOTS(roots, 3);
    ROOTS(result, 1);
    compiler = (struct compiler){.text = text, .file = file, .roots = roots, .mode = mode};
    bool compiling = mote.compiling;
    mote.compiling = true;
    result[0] = compile_text(size);
    mote.compiling = compiling;
    forget();
    if (roots[ROOT_CHUNKS])
        heap_free((void *)roots[ROOT_CHUNKS]);
    if (roots[ROOT_KEPT])
        heap_free((void *)roots[ROOT_KEPT]);
    return result[0];
}

#endif
