// SPDX-License-Identifier: MIT
// The program for the desktop: options, the heap, a script or the REPL.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "core/counters.h"
#include "core/heap.h"
#include "core/rooms.h"
#include "port/port.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const char usage_text[] =
    "usage: mote [options] SCRIPT.py [ARGUMENTS]\n"
    "       mote [options] -c 'PROGRAM'\n"
    "       mote                           a prompt\n"
    "\n"
    "  --heap=SIZE        all the memory the program gets: 64M, 16K ... (64M)\n"
    "  --counters=FILE    what the heap held at the end, as JSON\n"
#if MOTE_CENSUS
    "  --census=FILE      the population of the heap at each mote.census(label) and at the end\n"
#endif
#if MOTE_TRACE
    "  --trace=FILE       every allocation, resize and free in order\n"
#endif
#if MOTE_DEBUG
    "  --dis              show the instructions, do not run\n"
    "  --fail-after=N     the allocation after N ones fails\n"
    "  --fail-from=N      all allocations after N ones fail\n"
#endif
    "  --version          which build this is\n"
    "  -h, --help         this text\n";

struct options {
    const char *program, *counters, *census, *trace;
    size_t heap;
    bool dis;
};

static void say(const char *what, const char *about)
{
    fprintf(stderr, "mote: %s%s\n", what, about);
}

static size_t parse_size(const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    static const char units[] = "KMG";
    const char *unit = *end ? strchr(units, *end & ~32) : NULL;
    if (end == text || n == 0 || (*end && (!unit || end[1]))) {
        say("no size: ", text);
        exit(2);
    }
    return (size_t)n << (unit ? 10 * (unit - units + 1) : 0);
}

static void print_version(void)
{
    static const char *const floats[] = {"none", "single", "double"};
    printf("mote 0.1.0: words of %d bits, blocks of %d words, floats %s, ints %s, %d hash bytes\n",
           MOTE_WORD_BITS, MOTE_BLOCK_WORDS, floats[MOTE_FLOAT],
           MOTE_BOXED_INT ? "boxed" : "tagged", MOTE_HASH_BYTES);
}

// Whether `arg` is --NAME=VALUE; the value.
static const char *value_of(const char *arg, const char *name)
{
    size_t n = strlen(name);
    return strncmp(arg, name, n) == 0 && arg[n] == '=' ? arg + n + 1 : NULL;
}

// The number of arguments that were options; 0 ends the run with *status.
static int parse_options(int argc, char **argv, struct options *o, int *status)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        const char *arg = argv[i], *value;
        *status = 0;
        if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0) {
            fputs(usage_text, stdout);
            return 0;
        } else if (strcmp(arg, "--version") == 0) {
            print_version();
            return 0;
        } else if (strcmp(arg, "-c") == 0 && i + 1 < argc) {
            o->program = argv[i + 1];
            return i + 1;
        } else if ((value = value_of(arg, "--heap"))) {
            o->heap = parse_size(value);
        } else if ((value = value_of(arg, "--counters"))) {
            o->counters = value;
        } else if (MOTE_CENSUS && (value = value_of(arg, "--census"))) {
            o->census = value;
        } else if (MOTE_TRACE && (value = value_of(arg, "--trace"))) {
            o->trace = value;
#if MOTE_DEBUG
        } else if (strcmp(arg, "--dis") == 0) {
            o->dis = true;
        } else if ((value = value_of(arg, "--fail-after"))) {
            heap_test.fail_after = strtoul(value, NULL, 10);
        } else if ((value = value_of(arg, "--fail-from"))) {
            heap_test.fail_after = strtoul(value, NULL, 10);
            heap_test.fail_on = true;
#endif
        } else {
            say("no such option: ", arg);
            fputs(usage_text, stderr);
            *status = 2;
            return 0;
        }
    }
    return i;
}

// ------------------------------------------------------------------------------------------ files to write

static struct file_sink {
    struct sink sink;
    FILE *file;
} census_file;

static void file_write(struct sink *sink, const char *text, size_t size)
{
    fwrite(text, 1, size, ((struct file_sink *)sink)->file);
}

static bool file_open(struct file_sink *f, const char *path)
{
    f->sink.write = file_write;
    f->file = fopen(path, "w");
    if (!f->file)
        say("cannot write ", path);
    return f->file != NULL;
}

struct sink *port_census_sink(void)
{
    return census_file.file ? &census_file.sink : &sink_stdout;
}

#if MOTE_TRACE
// A line an event: kind, first block, bytes: `n 1a 32`; blocks in hex.
static FILE *trace_file;

static void trace(enum heap_event event, size_t block, size_t bytes)
{
    if (event == TRACE_FREE)
        fprintf(trace_file, "f %zx\n", block);
    else
        fprintf(trace_file, "%c %zx %zu\n", (char)event, block, bytes);
}
#endif

static bool open_files(const struct options *o)
{
    if (o->census && !file_open(&census_file, o->census))
        return false;
#if MOTE_TRACE
    if (o->trace) {
        trace_file = fopen(o->trace, "w");
        if (!trace_file) {
            say("cannot write ", o->trace);
            return false;
        }
        fprintf(trace_file, "mote-trace 1 word %zu block %zu\n", WORD, BLOCK);
        heap_tracer = trace;
    }
#endif
    return true;
}

static void close_files(const struct options *o)
{
#if MOTE_CENSUS
    if (o->census) {
        census_write(S(end), &census_file.sink);
        fclose(census_file.file);
        census_file.file = NULL;
        rooms_end();
    }
#endif
    struct file_sink counters;
    if (o->counters && file_open(&counters, o->counters)) {
        counters_write(&counters.sink);
        fclose(counters.file);
    }
#if MOTE_TRACE
    if (trace_file)
        fclose(trace_file);
    trace_file = NULL;
    heap_tracer = NULL;
#endif
}

// ------------------------------------------------------------------------------------------ run

// sys.argv and sys.path; without a script argv[0] is not the name of a file.
static void set_arguments(int count, char **args, const char *script)
{
    for (int i = 0; i < count; i++)
        list_append(mote.argv, str_of_c(i || script ? args[i] : "-c"));
    const char *slash = script ? strrchr(script, '/') : NULL;
    list_append(mote.path, slash ? str_new(script, (size_t)(slash - script)) : S(empty));
}

#if MOTE_DEBUG
static int disassemble(const char *file, const char *text, size_t size)
{
    struct catch c;
    if (TRY(c)) {
        ROOTS(r, 1);
        r[0] = compile(text, size, intern(file, strlen(file)), COMPILE_MODULE);
        dis_code(r[0], &sink_stdout);
        catch_leave(&c);
        return 0;
    }
    exception_print(c.exception, &sink_stderr);
    return 1;
}
#endif

static int run_script(const struct options *o, int argc, char **argv, enum run_end *end)
{
    const char *file = o->program ? "<string>" : argv[0];
    char *text = (char *)o->program;
    size_t size = o->program ? strlen(o->program) : 0;
    if (!o->program && !port_load(file, &text, &size)) {
        say("cannot read ", file);
        return 2;
    }
    set_arguments(argc, argv, o->program ? NULL : file);
    int status;
#if MOTE_DEBUG
    if (o->dis)
        status = disassemble(file, text, size);
    else
#endif
        *end = mote_run(file, text, size, &status);
    if (!o->program)
        port_unload(text, size);
    return status;
}

// The C stack must hold what MOTE_C_STACK promises; the limit of the process may be lower.
static void check_stack(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < 2 * MOTE_C_STACK)
        say("the limit of the stack is low; deep recursion may end the program", "");
}

int main(int argc, char **argv)
{
    struct options o = {.heap = 64u << 20};
    int status;
    enum run_end end = RUN_DONE;
    int used = parse_options(argc, argv, &o, &status);
    if (used == 0)
        return status;
    check_stack();
    void *memory = mmap(NULL, o.heap, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        say("no memory for a heap of that size", "");
        return 2;
    }
    if (!open_files(&o))
        return 2;
    mote_init(memory, o.heap);
    port_signals();
#if MOTE_CENSUS
    if (o.census && !rooms_start()) {
        say("no memory for a census", "");
        return 2;
    }
#endif
    if (o.program || used < argc) {
        status = run_script(&o, argc - used, argv + used, &end);
    } else {
        set_arguments(0, NULL, NULL);
        status = repl();
    }
    close_files(&o);
    port_flush();
    if (end == RUN_INTERRUPTED) { // who waits for the program is to know that ^C ended it
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
    }
    return status;
}
