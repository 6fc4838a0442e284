// SPDX-License-Identifier: MIT
//
// Linker scripts, inside: what the reader of statements (script.c) and that of expressions
// (script_expr.c) share.
//
// The linker works expressions out when it has read the whole script, so a region may use a symbol
// that is assigned below it. So the first reading only notes where expressions start, and each is
// worked out when a region asks for it, once.
#ifndef TARE_SCRIPT_PRIVATE_H
#define TARE_SCRIPT_PRIVATE_H

#include "config/private.h"

// A place in the text of a script. A lexer walks from one.
struct cfg__lexer {
    const char *file;
    const uint8_t *at, *end;
    uint32_t line;
};

struct cfg__symbol {
    struct slice name;
    struct cfg__lexer value; // where its expression starts
    bool provided;           // PROVIDE: only when nobody else defines it
    enum { CFG__UNSEEN, CFG__OPEN, CFG__KNOWN } state;
    uint64_t number;
};

struct cfg__memory {
    struct slice name, attributes;
    struct cfg__lexer origin, length;
    size_t symbols; // how many symbols were assigned above it
    uint32_t line;
};

struct cfg__alias {
    struct slice name, region;
};

struct cfg__script {
    struct arena *arena;
    struct fault *fault;
    const struct cfg_script_options *options;
    VEC(struct cfg__symbol) symbols;
    VEC(struct cfg__memory) regions;
    VEC(struct cfg__alias) aliases;
    bool includes;     // INCLUDE is followed
    bool memory;       // there is a MEMORY block
    unsigned included; // depth, files so far
    unsigned files;
    unsigned depth; // of the expression being worked out
    uint64_t terms; // worked out so far
};

// Passes blanks, comments and the preprocessor's line marks; false at the end of the text.
bool cfg__lex_blank(struct cfg__lexer *lex);
// A name as expressions have it, or an empty slice.
struct slice cfg__lex_name(struct cfg__lexer *lex);
// Takes the text if it comes next.
bool cfg__lex_take(struct cfg__lexer *lex, const char *text);
// "FILE:LINE: ..."; returns false.
#define CFG__LEX_FAULT(script, lex, ...)                                                           \
    cfg__fault((script)->fault, (lex)->file, (lex)->line, __VA_ARGS__)

// The value of the expression that starts there; `symbols` were assigned before it.
bool cfg__evaluate(struct cfg__script *script, struct cfg__lexer at, size_t symbols,
                   uint64_t *value);

#endif
