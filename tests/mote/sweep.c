// SPDX-License-Identifier: MIT
// Runs one program again and again, and lets each of its allocations fail once: sweep EVERY MORE PROGRAM.py
//
// The first EVERY allocations are all tried, of those behind them MORE, evenly spread. Each of them fails alone in one run;
// in another all that follow fail, too. Whatever the program then does, afterwards the machine is as it was before: no
// frame, no root, no catch is left, a walk of the heap finds what the counters say, and another program runs on it.
// A program that catches nothing must end with MemoryError.
//
// One process for all runs: the machine starts anew in the same memory, with what the run before left in it.
#include "core/heap.h"
#include "port/port.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAP    ((size_t)512 << 10)
#define SECONDS 20 // no run takes so long

// Something of every part of the machine, and none of the names that the first program may have changed.
static const char afterwards[] = "class AfterWards:\n"
                                 "    def __init__(self, n):\n"
                                 "        self.number = [n] * 3 + [n << 80]\n"
                                 "def after_wards(n):\n"
                                 "    yield from (AfterWards(i) for i in (1, n))\n"
                                 "got_after = {f'key {o.number}': o for o in after_wards(7)}\n"
                                 "assert [*got_after][1] == 'key [7, 7, 7, %d]' % (7 << 80)\n"
                                 "try:\n"
                                 "    got_after['nothing'].of_that_name\n"
                                 "except BaseException as e:\n"
                                 "    assert e.args == ('nothing',)\n"
                                 "else:\n"
                                 "    assert False\n";

static struct program {
    const char *path;
    char *text;
    size_t size;
    bool catches;
} program;
static FILE *report;

struct sink *port_census_sink(void)
{
    return &sink_stdout;
}

// ------------------------------------------------------------------------------------------ one run

// What the run wrote to its standard error, from `at` on.
static size_t errors_read(char *text, size_t room)
{
    off_t end = lseek(2, 0, SEEK_END);
    off_t at = end > (off_t)room ? end - (off_t)room : 0;
    ssize_t n = pread(2, text, room, at);
    return n < 0 ? 0 : (size_t)n;
}

_Noreturn static void broken(const char *what)
{
    fprintf(report, "%s\n", what);
    fflush(report);
    _exit(1);
}

// Nothing left of the run, and the machine still works.
static void check_machine(void)
{
    if (mote.frame || mote.roots || mote.catcher)
        broken("a frame, a root or a catch was left behind");
    if (mote.compiling || mote.no_memory)
        broken("the machine thinks it still compiles, or has no memory");
    mote.no_collect = false;
    heap_collect(); // and checks the heap
    int status;
    mote_run("afterwards", afterwards, sizeof afterwards - 1, &status);
    if (status)
        broken("the next program fails");
    heap_check();
}

// Without a handler nothing may come of a failure but MemoryError.
static void check_ending(int status)
{
    char said[4096];
    size_t n = errors_read(said, sizeof said - 1);
    said[n] = 0;
    if (status == 0)
        broken("the failure was lost");
    if (!strstr(said, "MemoryError") && !strstr(said, "an error in the print of an error"))
        broken("the program failed with another error");
}

// As the program mote does it: modules are looked for where the script is.
static void set_arguments(void)
{
    ROOTS(r, 1);
    const char *slash = strrchr(program.path, '/');
    r[0] = str_new(program.path, slash ? (size_t)(slash - program.path) : 0);
    list_append(mote.path, r[0]);
    r[0] = str_of_c(program.path);
    list_append(mote.argv, r[0]);
}

// A run in which the allocation after so many fails. Whether one did.
static bool run(void *memory, size_t after, bool on)
{
    fprintf(report, "\r%s: %zu%s ", program.path, after, on ? " and on" : "");
    fflush(report);
    if (ftruncate(2, 0) < 0 || lseek(2, 0, SEEK_SET) < 0)
        broken("standard error is no file");
    alarm(SECONDS);
    mote_init(memory, HEAP);
    set_arguments();
    heap_test.fail_after = after;
    heap_test.fail_on = on;
    heap_test.failures = 0;
    int status;
    mote_run(program.path, program.text, program.size, &status);
    heap_test.fail_after = SIZE_MAX;
    bool failed = heap_test.failures != 0;
    if (failed && !program.catches)
        check_ending(status);
    check_machine();
    port_flush();
    return failed;
}

// The allocations of the machine's own start: none may fail in another way than by saying so.
static void check_start(void *memory)
{
    for (size_t after = 0;; after++) {
        pid_t child = fork();
        if (child == 0) {
            heap_test.fail_after = after;
            mote_init(memory, HEAP);
            _exit(heap_test.failures ? 3 : 0);
        }
        int status;
        if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
            broken("the start ended in no good way");
        if (WEXITSTATUS(status) == 0)
            break;
        if (WEXITSTATUS(status) != 1)
            broken("the start went on without memory");
    }
}

// ------------------------------------------------------------------------------------------ all runs

static bool contains(const char *word)
{
    return memmem(program.text, program.size, word, strlen(word)) != NULL;
}

static size_t allocations_of_program(void *memory)
{
    size_t most = SIZE_MAX - 1;
    run(memory, most, false);
    return (size_t)mote.counts.allocations;
}

static size_t sweep(void *memory, size_t every, size_t more, bool on)
{
    size_t all = allocations_of_program(memory), runs = 0;
    size_t step = all > every && more ? (all - every) / more + 1 : all + 1;
    for (size_t after = 0; run(memory, after, on); after += after < every ? 1 : step)
        runs++;
    return runs;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    size_t every = strtoul(argv[1], NULL, 10), more = strtoul(argv[2], NULL, 10);
    program.path = argv[3];
    report = fdopen(dup(1), "w");
    int nowhere = open("/dev/null", O_WRONLY);
    if (!report || nowhere < 0 || dup2(nowhere, 1) < 0)
        return 2;
    if (!port_load(program.path, &program.text, &program.size))
        broken("no such program");
    // An exception that the machine catches itself (hasattr) may be short of a line of its traceback, no more.
    program.catches = contains("except") || contains("Error") || contains("import");
    void *memory = malloc(HEAP);
    check_start(memory);
    size_t alone = sweep(memory, every, more, false);
    size_t on = sweep(memory, every / 4, more / 4, true);
    fprintf(report, "\r%s: %zu failures\n", program.path, alone + on);
    free(memory);
    port_unload(program.text, program.size);
    return 0;
}
