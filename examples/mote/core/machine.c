// SPDX-License-Identifier: MIT
// The one machine: its start, and the run of a program from its text to its end.
#include "core/heap.h"

#include "mote.h"
#ifdef HELPERS_CALLED
#include "helpers.h"
#endif

struct mote mote;

#if MOTE_TRACE
void (*heap_tracer)(enum heap_event event, size_t block, size_t bytes);
#endif

#if MOTE_DEBUG
_Noreturn void bug(const char *file, int line, const char *what)
{
    sink_format(&sink_stderr, "%s:%d: broken: %s\n", file, line, what);
    __builtin_trap();
}
#endif

void mote_init(void *memory, size_t bytes)
{
    memset(&mote, 0, sizeof mote);
    char here;
    mote.stack_start = &here;
#if MOTE_DEBUG // tests start it more than once
    memset(frozen_globals, 0, frozen_count * WORD);
#endif
    heap_init(memory, bytes);
    mote.modules = dict_new(0);
    mote.path = list_new(0, HOW_LITERAL);
    mote.argv = list_new(0, HOW_LITERAL);
}

// What SystemExit asks for: nothing is 0, a number is itself, anything else is printed and 1.
static int exit_status(val exception)
{
    struct exception *e = (struct exception *)as_native(exception, &type_BaseException);
    struct tuple *args = (struct tuple *)e->args;
    val what = args->len == 0 ? NONE : args->len == 1 ? args->values[0] : e->args;
    intptr_t status;
    if (what == NONE)
        return 0;
    if (int_fits(what, &status))
        return (int)status;
    print_val(what, &sink_stderr, PRINT_STR);
    sink_char(&sink_stderr, '\n');
    return 1;
}

static val main_module(void)
{
    val module = dict_get(mote.modules, S(__main__));
    if (!module) {
        ROOTS(r, 1);
        r[0] = dict_new(0);
        dict_set(r[0], S(__name__), S(__main__));
        module = r[0] = module_new(S(__main__), r[0]);
        dict_set(mote.modules, S(__main__), module);
    }
    return module;
}

static void run_text(const char *file, const char *text, size_t size, enum compile_mode mode)
{
    ROOTS(r, 2);
    r[0] = intern(file, strlen(file));
    r[0] = compile(text, size, r[0], mode);
    r[1] = ((struct module *)main_module())->dict;
    code_run((struct code *)r[0], r[1], NOTHING);
}

enum run_end mote_run_mode(const char *file, const char *text, size_t size, enum compile_mode mode,
                           int *status)
{
    struct catch c;
    if (TRY(c)) {
        run_text(file, text, size, mode);
        catch_leave(&c);
        *status = 0;
        return RUN_DONE;
    }
    ROOTS(r, 1);
    r[0] = c.exception;
    struct catch printing;
    if (TRY(printing)) {
        if (is_a(r[0], &type_SystemExit)) {
            *status = exit_status(r[0]);
        } else {
            exception_print(r[0], &sink_stderr);
            *status = 1;
        }
        catch_leave(&printing);
    } else {
        sink_text(&sink_stderr, "an error in the print of an error\n");
        *status = 1;
    }
    return is_a(r[0], &type_SystemExit)                          ? RUN_EXIT
           : MOTE_SIGNALS && is_a(r[0], &type_KeyboardInterrupt) ? RUN_INTERRUPTED
                                                                 : RUN_FAILED;
}

enum run_end mote_run(const char *file, const char *text, size_t size, int *status)
{
    return mote_run_mode(file, text, size, COMPILE_MODULE, status);
}
