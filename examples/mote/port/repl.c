// SPDX-License-Identifier: MIT
// The prompt: reads until a statement is whole, runs it, prints what an expression is worth. Lines are edited by libedit
// where it is installed.
#define _POSIX_C_SOURCE 200809L
#include "port/port.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if MOTE_EDIT
#include <editline/readline.h>
#endif

static char *read_line(const char *prompt)
{
    port_flush();
#if MOTE_EDIT
    if (isatty(0)) {
        char *line = readline(prompt);
        if (line && *line)
            add_history(line);
        return line;
    }
#endif
    if (isatty(0))
        fputs(prompt, stdout), fflush(stdout);
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline(&line, &room, stdin);
    if (n < 0) {
        free(line);
        return NULL;
    }
    if (n && line[n - 1] == '\n')
        line[n - 1] = 0;
    return line;
}

struct text_so_far {
    char *text;
    size_t size;
};

static bool add_line(struct text_so_far *t, const char *line)
{
    size_t n = strlen(line);
    char *grown = realloc(t->text, t->size + n + 2);
    if (!grown)
        return false;
    t->text = grown;
    memcpy(grown + t->size, line, n);
    t->size += n;
    t->text[t->size++] = '\n';
    t->text[t->size] = 0;
    return true;
}

// What keeps a statement open: brackets and long strings, as far as one can see without parsing.
struct open {
    int brackets;
    char quote; // of a string over several lines
};

static void scan_line(struct open *o, const char *s)
{
    for (; *s; s++) {
        bool triple = (*s == '"' || *s == '\'') && s[1] == *s && s[2] == *s;
        if (o->quote) {
            if (*s == '\\' && s[1])
                s++;
            else if (triple && *s == o->quote)
                o->quote = 0, s += 2;
        } else if (triple) {
            o->quote = *s, s += 2;
        } else if (*s == '"' || *s == '\'') {
            char quote = *s;
            for (s++; *s && *s != quote; s++)
                if (*s == '\\' && s[1])
                    s++;
            if (!*s)
                return;
        } else if (*s == '#') {
            return;
        } else {
            o->brackets += (strchr("([{", *s) != NULL) - (strchr(")]}", *s) != NULL);
        }
    }
}

static bool ends_with(const char *line, char c)
{
    size_t n = strlen(line);
    while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
        n--;
    return n && line[n - 1] == c;
}

// One statement: a line, or more of them while something is open; a block ends with an empty line.
static bool read_statement(struct text_so_far *t)
{
    struct open open = {0, 0};
    bool block = false;
    for (;;) {
        char *line = read_line(t->size ? "... " : ">>> ");
        if (!line)
            return t->size != 0;
        bool empty = line[strspn(line, " \t")] == 0;
        scan_line(&open, line);
        block |= ends_with(line, ':') || (t->size == 0 && line[0] == '@');
        bool good = add_line(t, line), more = ends_with(line, '\\');
        free(line);
        if (!good)
            return false;
        if (!more && !open.quote && open.brackets <= 0 && (!block || empty))
            return true;
    }
}

int repl(void)
{
    int status = 0;
    for (;;) {
        struct text_so_far t = {NULL, 0};
        if (!read_statement(&t)) {
            free(t.text);
            break;
        }
        bool leave = false;
        if (strspn(t.text, " \t\n") != t.size)
            leave = mote_run_mode("<stdin>", t.text, t.size, COMPILE_SINGLE, &status) && status;
        free(t.text);
        if (leave)
            break;
    }
    if (isatty(0))
        fputs("\n", stdout);
    return status;
}
