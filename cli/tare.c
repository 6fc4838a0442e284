// SPDX-License-Identifier: MIT
//
// tare: the program. Finds the verb, parses its options, runs it, says why when it failed.

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

// --------------------------------------------------------------------------- verbs

static const struct cmd_verb_row verbs[] = {
    {"size", VERB_SIZE, cmd_size, "BUILD", "who owns every byte",
     "Divides a build by module, unit, symbol, section ... Every byte has one owner, and the rows\n"
     "add up to the size of the file and of the memory. Without -d the rows are modules (units, "
     "if\n"
     "the sources lie in one directory); without debug information, or with little, sections and "
     "symbols.\n"
     "\n"
     "  tare size /usr/bin/python3.11                    modules, 20 largest\n"
     "  tare size python3.11 -d unit,symbol -n 0         everything\n"
     "  tare size fw.elf,debug=fw.debug -d segment,unit  a firmware with its debug file\n"
     "  tare size a.out -d symbol -f 'Py*' -v            some symbols, with the evidence\n"
     "  tare size fw.elf --map fw.map -d archive,object  where the linker took it from\n"
     "  tare size a.out --save v1.tare                   a snapshot for tare diff\n",
     1, 1},
    {"struct", VERB_STRUCT, cmd_struct, "BUILD [NAME...]", "layouts, holes, better orders",
     "Shows types with offsets, sizes, holes and padding, read from the debug information. A NAME\n"
     "is a type, a typedef or a glob; without one all structs, classes and unions are shown.\n"
     "\n"
     "  tare struct python3.11 PyTypeObject              one type\n"
     "  tare struct python3.11 '_Py*' --holes            those with holes, worst first\n"
     "  tare struct python3.11 PyThreadState -R          a better order of its members\n"
     "  tare struct python3.11 --contains PyObject       who starts with an object header\n"
     "  tare struct python3.11 --sizes --format csv      a table of all types\n"
     "  tare struct --tax python3.11                     objects before they hold anything\n"
     "  tare struct --tax python3.11 micropython         two interpreters side by side\n"
     "  tare struct app foo --what-if 'foo.id: short'    as if the source said so\n",
     1, SIZE_MAX},
    {"graph", VERB_GRAPH, cmd_graph, "BUILD", "prebuilt constants: who keeps them alive",
     "Shows static data as objects that refer to each other: tables, prebuilt constants, string\n"
     "literals. By module: what it defines, what only it uses, its part of what several use, and\n"
     "what it retains: the bytes that nothing leads to without it.\n"
     "\n"
     "  tare graph /usr/bin/python3.11                   modules, what they retain\n"
     "  tare graph python3.11 -d object -n 50            the objects that keep most alive\n"
     "  tare graph python3.11 -d type -s size            which types take the most\n"
     "  tare graph fw.elf -d object -f 'module=py'       the objects of one module\n"
     "  tare graph fw.elf --why mp_type_dict             who keeps it\n"
     "  tare graph fw.elf --duplicates                   equal objects\n"
     "  tare graph python3.11 --pages --processes 5      locality, pages written at load\n"
     "  tare graph prog --order prog.order               for -Wl,--symbol-ordering-file of lld\n"
     "  tare graph fw.elf --format html -o graph.html    a page to walk through it\n",
     1, 1},
    {"diff", VERB_DIFF, cmd_diff, "OLD NEW", "what changed between two builds",
     "Compares two builds or snapshots, the old one first.\n"
     "\n"
     "  tare diff v1.elf v2.elf                          by module\n"
     "  tare diff v1.tare v2.elf -d unit,symbol          a snapshot and a build\n"
     "  tare diff v1.elf v2.elf --of struct              types that changed their layout\n"
     "  tare diff v1.elf v2.elf --min-change 1K          leave out the noise\n",
     2, 2},
    {"map", VERB_MAP, cmd_map, "MAPFILE", "what the linker placed, dropped and pulled in",
     "Reads the map a linker wrote (GNU ld, gold, lld, mold, armlink, IAR, Apple, TI; told by its\n"
     "contents) and sums it up by module, output section and region. A module is a rule of\n"
     "tare.yaml, else the archive, else the directory of the object.\n"
     "\n"
     "  tare map fw.map                                  modules, sections, regions\n"
     "  tare map fw.map -d section,object -n 0           everything\n"
     "  tare map fw.map --discarded -d archive           what was dropped\n"
     "  tare map fw.map --why printf                     who pulled it in\n"
     "  tare map fw.map --deps --format dot              archives as a graph\n",
     1, 1},
    {"check", VERB_CHECK, cmd_check, "[BUILD...]", "builds against the budgets of tare.yaml",
     "Holds builds to the budgets in tare.yaml: on regions, modules, sections, symbols, types and\n"
     "numbers of objects. Without a BUILD all targets of the file are checked; a BUILD is the "
     "name\n"
     "of a target or a file. Exit status 1 when a budget is broken; a budget on something that is\n"
     "not in the build is an error, with the nearest names.\n"
     "\n"
     "  tare check                                       all targets of ./tare.yaml\n"
     "  tare check fw.elf --script fw.ld                 one build\n"
     "  tare check --base main.tare                      growth against a snapshot\n"
     "  tare check --format github                       annotations in a workflow\n",
     0, SIZE_MAX},
    {"predict", VERB_PREDICT, cmd_predict, "PROGRAM BUILD...", "the heap of a program on any build",
     "Prices one program on every build. The objects it has when it ends are counted once, by "
     "mote;\n"
     "what each takes follows from the build's own layouts and its allocator's rules. PROGRAM is "
     "a\n"
     ".py file, which mote runs, or a census that mote wrote; of a trace that mote wrote, the "
     "same\n"
     "requests are played on each build's allocator, for the peak.\n"
     "\n"
     "  tare predict work.py python3.11                  by kind of object\n"
     "  tare predict work.py python3.11 micropython      side by side\n"
     "  tare predict work.json fw.elf --at loaded        a census made before, at a label\n"
     "  tare predict work.trace python3.11               peaks, from mote --trace=work.trace\n"
     "  tare predict work.py python3.11 --what-if 'PyGC_Head: remove'\n",
     2, SIZE_MAX},
    {"validate", VERB_VALIDATE, cmd_validate, "BUILD PROGRAM...", "predictions against counters",
     "Predicts what each program's heap takes on a build, runs it there, and shows what the "
     "build's\n"
     "own counters say; both as the difference to an empty program. Exit status 1 when they "
     "differ.\n"
     "\n"
     "  tare validate mote examples/experiments/*.py             to the byte\n"
     "  tare validate python3.11 lists_append.py --within 10     to 0.1 %\n"
     "  tare validate mote32 ints.py --runner qemu-i386          another machine\n"
     "  tare validate libpython3.11.so ints.py --interpreter embedding-program\n",
     2, SIZE_MAX},
    {"verify", VERB_VERIFY, cmd_verify, "BUILD", "our reading against independent readers",
     "Reads a build a second time with other people's libraries and tells every difference:\n"
     "sections and symbols against libelf, every DIE against libdwarf. Exit status 1 when\n"
     "something differs. What the other reader cannot read is counted as not compared.\n"
     "With --map the linker map, too: each section's bytes there and in the file, and why they\n"
     "differ (padding, merged strings, relaxing, veneers, LTO); what nothing explains is an "
     "error.\n"
     "\n"
     "  tare verify /usr/bin/python3.11                  with its debug file\n"
     "  tare verify fw.elf -n 0                          every difference, not the first 20\n"
     "  tare verify fw.elf --map fw.map                  does the map explain the file?\n",
     1, 1},
};

static const struct cmd_verb_row *find_verb(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (verbs[i].run != NULL && strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

// ---------------------------------------------------------------------------- help

static void help_all(struct buf *out)
{
    buf_text(out, "tare accounts for every byte of a binary exactly once, and says who owns it.\n\n"
                  "usage: tare VERB BUILD... [options]\n\n");
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (verbs[i].run != NULL)
            buf_printf(out, "  %-8s %-18s %s\n", verbs[i].name, verbs[i].arguments,
                       verbs[i].summary);
    buf_text(out,
             "\n"
             "A BUILD is an ELF file (program, library, .o, .a), with its debug file after a\n"
             "comma if need be (fw.elf,debug=fw.debug), a program on the PATH, or a snapshot.\n"
             "tare help VERB explains a verb; tare --version.\n\n"
             "Exit status: 0 all well; 1 the answer is no; 2 a wrong request, unreadable\n"
             "input or a name that is not there; 3 out of resources.\n");
}

static void help_verb(const struct cmd_verb_row *verb, struct buf *out)
{
    buf_printf(out, "usage: tare %s %s [options]\n\n%s\n", verb->name, verb->arguments, verb->help);
    cmd_options_help((unsigned)verb->bit, out);
}

static int print(struct buf *text, FILE *where)
{
    bool good = fwrite(text->data, 1, text->size, where) == text->size && fflush(where) == 0;
    buf_free(text);
    return good ? CMD_OK : CMD_LIMIT;
}

static int show_help(const struct cmd_verb_row *verb)
{
    struct buf text = {0};
    if (verb != NULL)
        help_verb(verb, &text);
    else
        help_all(&text);
    return print(&text, stdout);
}

// ----------------------------------------------------------------------------- run

static int unknown_verb(const char *name)
{
    if (name[0] == '-') {
        fprintf(stderr, "tare: expected a verb, not '%s': options come after it; see tare help\n",
                name);
        return CMD_USAGE;
    }
    struct an_nearest nearest = {.wanted = slice_text(name)};
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (verbs[i].run != NULL)
            an_nearest_offer(&nearest, verbs[i].name);
    if (nearest.count != 0)
        fprintf(stderr, "tare: there is no verb '%s'; did you mean %s?\n", name, nearest.text[0]);
    else
        fprintf(stderr, "tare: there is no verb '%s'; see tare help\n", name);
    return CMD_USAGE;
}

static int run_parsed(struct cmd *cmd)
{
    const struct cmd_verb_row *verb = cmd->verb;
    if (cmd->arg_count < verb->args_min)
        return cmd_usage(cmd, "too few arguments: tare %s %s", verb->name, verb->arguments);
    if (cmd->arg_count > verb->args_max)
        return cmd_usage(cmd, "too many arguments: tare %s %s", verb->name, verb->arguments);
    return verb->run(cmd);
}

static int run_verb(const struct cmd_verb_row *verb, int argc, char **argv)
{
    struct cmd cmd = {.verb = verb, .arena = arena_new(), .doubts = doubts_new()};
    int status;
    if (!cmd_parse(&cmd, argc, argv))
        status = CMD_USAGE;
    else if (cmd.options.help)
        status = show_help(verb);
    else
        status = run_parsed(&cmd);
    cmd_progress_end();
    if (cmd.fault.kind != FAULT_NONE) {
        cmd_tell_doubts(&cmd);
        cmd_message(&cmd, "%s", cmd.fault.text);
    }
    cmd_demangler_free(cmd.demangler);
    arena_free(cmd.arena);
    doubts_free(cmd.doubts);
    return status;
}

static bool is_any(const char *text, const char *a, const char *b)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

// Inputs are mapped; reading a page that the file has lost since ends here.
static void input_shrank(int signal_number)
{
    static const char text[] = "tare: an input file was cut short while it was read\n";
    (void)signal_number;
    ssize_t unused = write(STDERR_FILENO, text, sizeof text - 1);
    (void)unused;
    _exit(CMD_USAGE);
}

// One heap that only grows: what a run frees it soon asks for again, and a block that goes back to
// the kernel comes again page fault by page fault. It grows by much at a time, which costs nothing
// until it is touched: mem_alloc asks for large pages up to its end, so seldom must it ask again.
static void prepare_heap(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1); // threads ask for whole chunks, seldom: nothing to gain from more
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TOP_PAD, 128 << 20);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

static void prepare_process(void)
{
    prepare_heap();
    // A file of ours must not become the standard output or error that somebody closed: what is
    // written there fails then, as it should.
    int fd = STDIN_FILENO;
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(fd);
    signal(SIGPIPE, SIG_DFL); // head(1) ends us quietly, even when a parent ignored the signal
    signal(SIGBUS, input_shrank);
}

int main(int argc, char **argv)
{
    prepare_process();
    const char *word = argc > 1 ? argv[1] : "";
    if (is_any(word, "--version", "-V")) {
        struct buf text = {0};
        buf_text(&text, "tare " TARE_VERSION "\n");
        return print(&text, stdout);
    }
    if (argc < 2) {
        struct buf text = {0};
        help_all(&text);
        print(&text, stderr);
        return CMD_USAGE;
    }
    bool help = is_any(word, "help", "--help") || strcmp(word, "-h") == 0;
    if (help && argc == 2)
        return show_help(NULL);
    const struct cmd_verb_row *verb = find_verb(help ? argv[2] : word);
    if (verb == NULL)
        return unknown_verb(help ? argv[2] : word);
    return help ? show_help(verb) : run_verb(verb, argc, argv);
}
