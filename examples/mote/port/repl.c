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

static bool starts_block(const char *line)
{
    static const char words[] = "@ class def for if try while with ";
    size_t n = strcspn(line, " \t:(");
    for (const char *w = words; n && *w; w = strchr(w, ' ') + 1)
        if ((strncmp(w, line, n) == 0 && w[n] == ' ') || (*w == '@' && *line == '@'))
            return true;
    return false;
}

// One statement: a line, or more of them while something is open; a block ends with an empty line. RUN_EXIT: no more of
// them; RUN_INTERRUPTED: by ^C.
static enum run_end read_statement(struct text_so_far *t)
{
    struct open open = {0, 0};
    bool block = false;
    for (;;) {
        char *line = read_line(t->size ? "... " : ">>> ");
        if (port_interrupted()) {
            free(line);
            return RUN_INTERRUPTED;
        }
        if (!line)
            return t->size ? RUN_DONE : RUN_EXIT;
        size_t n = strlen(line);
        bool empty = line[strspn(line, " \t")] == 0, more = n && line[n - 1] == '\\';
        scan_line(&open, line);
        block |= t->size == 0 && starts_block(line);
        bool good = add_line(t, line);
        free(line);
        if (!good)
            return RUN_EXIT;
        if (!more && !open.quote && open.brackets <= 0 && (!block || empty))
            return RUN_DONE;
    }
}

// False: the prompt ends.
static bool read_and_run(struct text_so_far *t, int *status)
{
    switch (read_statement(t)) {
    case RUN_INTERRUPTED:
        clearerr(stdin);
        port_write_error("\nKeyboardInterrupt\n", 19);
        return true;
    case RUN_EXIT:
        if (isatty(0))
            port_write("\n", 1);
        *status = 0;
        return false;
    default:
        return strspn(t->text, " \t\n") == t->size ||
               mote_run_mode("<stdin>", t->text, t->size, COMPILE_SINGLE, status) != RUN_EXIT;
    }
}

int repl(void)
{
    int status = 0;
    for (bool more = true; more;) {
        struct text_so_far t = {NULL, 0};
        more = read_and_run(&t, &status);
        free(t.text);
    }
    return status;
}
