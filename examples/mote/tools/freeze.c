// SPDX-License-Identifier: MIT
// mote-freeze: Python files to constant data in C.
//
//     mote-freeze DIRECTORY [NAME=]FILE.py ...
//
// Each file becomes DIRECTORY/frozen_NAME.c, so that each module is an object file of its own in the map of the linker; and
// DIRECTORY/frozen_pool.c holds what they share: the interned strings that the machine does not have itself, and the table of
// modules (struct frozen_module in mote.h). Compile all of them and link them with mote; then `import NAME` runs the module
// from where it lies, and copies nothing. NAME is the name of the file without .py if it is not given; pkg=pkg/__init__.py makes
// a package, pkg.part=pkg/part.py a module in it.
//
// The data does not depend on the width of a word or on the layout options, with one exception: it holds indices of interned
// strings, so mote-freeze must be built with the same names as the target, that is with the same set of parts (small.h
// or not). The pool file asserts that.
//
// In the files: objects as the compiler of mote made them, children first. Instructions are as they were but for the indices
// of names, which become those of the frozen pool; both are varints of two bytes.
#include "tools/freeze.h"

#include "port/port.h"

enum { HEAP_BYTES = 32 << 20 };

// ------------------------------------------------------------------------------------------ what is in the way

_Noreturn void fail(const char *what, const char *about)
{
    fprintf(stderr, "mote-freeze: %s%s\n", what, about);
    exit(1);
}

// ------------------------------------------------------------------------------------------ files

static const char head[] = "// SPDX-License-Identifier: MIT\n"
                           "// Written by mote-freeze from %s: do not edit.\n"
                           "#include \"mote.h\"\n\n"
                           "#define NAME(index) ((val)(index) << 2 | 2)\n\n";

static FILE *create(const char *directory, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/frozen_%s.c", directory, name);
    FILE *f = fopen(path, "w");
    if (!f)
        fail("cannot write ", path);
    return f;
}

static void finish(FILE *f, const char *name)
{
    if (ferror(f) || fclose(f))
        fail("cannot write the file of ", name);
}

static void write_module(struct freezer *f, const char *directory, const struct source *m)
{
    f->out = create(directory, m->symbol);
    f->module = m;
    f->seen.count = f->functions.count = 0;
    find_functions(f, (const struct code *)m->code);
    fprintf(f->out, head, m->file);
    write_object(f, m->code);
    finish(f->out, m->name);
}

static void write_entry(FILE *out, val v)
{
    struct text t = interned_text(v);
    uint32_t hash = 0;
    for (size_t i = 0; i < t.size; i++)
        hash = hash * 31 + (uint8_t)t.data[i];
    fprintf(out, "    HASH(%u, %u, %u, %u) %zu,", hash & 255, hash >> 8 & 255, hash >> 16 & 255,
            hash >> 24, t.size);
    for (size_t i = 0; i < t.size; i++)
        fprintf(out, " %u,", (uint8_t)t.data[i]);
    fprintf(out, " // ");
    for (size_t i = 0; i < t.size; i++)
        fputc(t.data[i] == '\n' || t.data[i] == '\\' ? ' ' : t.data[i], out);
    fputc('\n', out);
}

static bool is_identifier(struct text t)
{
    for (size_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        if (c != '_' && (unsigned char)((c | 32) - 'a') >= 26 &&
            ((unsigned char)(c - '0') >= 10 || i == 0))
            return false;
    }
    return t.size != 0;
}

static void write_asserts(struct freezer *f)
{
    fprintf(f->out, "_Static_assert(S_COUNT == %d, \"mote-freeze was built with other names\");\n",
            (int)S_COUNT);
    for (size_t i = 0; i < f->known.count; i++) {
        struct text t = interned_text(f->known.values[i]);
        if (is_identifier(t))
            fprintf(f->out,
                    "_Static_assert(S_%.*s == %zu, \"mote-freeze was built with other names\");\n",
                    (int)t.size, t.data, (size_t)(f->known.values[i] >> 2));
    }
}

static void write_pool(struct freezer *f)
{
    fprintf(f->out, "\n#if MOTE_HASH_BYTES == 0\n#define HASH(a, b, c, d)\n"
                    "#elif MOTE_HASH_BYTES == 1\n#define HASH(a, b, c, d) a,\n"
                    "#elif MOTE_HASH_BYTES == 2\n#define HASH(a, b, c, d) a, b,\n"
                    "#else\n#define HASH(a, b, c, d) a, b, c, d,\n#endif\n\n"
                    "static const uint8_t entries[] = {\n");
    for (size_t i = 0; i < f->fresh.count; i++)
        write_entry(f->out, f->fresh.values[i]);
    fprintf(f->out,
            "    0 // the end\n};\n\n#define AT(i, bytes) ((i) * MOTE_HASH_BYTES + (bytes))\n"
            "static const uint32_t offsets[] = {\n");
    size_t at = 0;
    for (size_t i = 0; i < f->fresh.count; i++) {
        fprintf(f->out, "    AT(%zu, %zu),\n", i, at);
        at += 1 + interned_text(f->fresh.values[i]).size;
    }
    fprintf(f->out, "    AT(%zu, %zu) // the end\n};\n\n", f->fresh.count, at);
    fprintf(f->out, "const struct intern_pool frozen_pool = {S_COUNT, %zu, entries, offsets};\n\n",
            f->fresh.count);
}

static void write_table(struct freezer *f, const struct source *modules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(f->out, "extern const struct code frozen_%s;\n", modules[i].symbol);
    fprintf(f->out, "\nconst struct frozen_module frozen_modules[] = {\n");
    for (size_t i = 0; i < count; i++)
        fprintf(f->out, "    {NAME(%zu), &frozen_%s, %s}, // %s\n",
                name_index(f, intern(modules[i].name, strlen(modules[i].name))), modules[i].symbol,
                modules[i].package ? "true" : "false", modules[i].name);
    fprintf(f->out,
            "    {NOTHING, NULL, false},\n};\nval frozen_globals[%zu];\nconst size_t frozen_count "
            "= %zu;\n",
            count, count);
}

static void write_pool_file(struct freezer *f, const char *directory, const struct source *modules,
                            size_t count)
{
    f->out = create(directory, "pool");
    fprintf(f->out, head, "all frozen modules");
    write_asserts(f);
    write_pool(f);
    write_table(f, modules, count);
    finish(f->out, "pool");
}

// ------------------------------------------------------------------------------------------ the program

#if MOTE_CENSUS
struct sink *port_census_sink(void)
{
    return &sink_stderr; // nothing runs here
}
#endif

static void name_module(struct source *m, const char *argument)
{
    const char *equals = strchr(argument, '=');
    m->file = equals ? equals + 1 : argument;
    const char *base = strrchr(m->file, '/');
    base = base ? base + 1 : m->file;
    size_t size = strlen(base);
    if (size < 4 || strcmp(base + size - 3, ".py") != 0)
        fail("no .py file: ", m->file);
    m->package = strcmp(base, "__init__.py") == 0;
    const char *name = equals ? argument : base;
    size = equals ? (size_t)(equals - argument) : size - 3;
    if (size >= sizeof m->name)
        fail("the name is too long: ", argument);
    for (size_t i = 0; i < size; i++) {
        m->name[i] = name[i];
        m->symbol[i] = name[i] == '.' ? '_' : name[i];
    }
    m->name[size] = m->symbol[size] = 0;
    if (!is_identifier((struct text){m->symbol, size}))
        fail("no name for a module: ", m->name);
}

static val compile_module(const struct source *m)
{
    char *text, file[160];
    size_t size;
    if (!port_load(m->file, &text, &size))
        fail("cannot read ", m->file);
    snprintf(file, sizeof file, "%s.py", m->name);
    struct catch c;
    if (TRY(c)) {
        val code = compile(text, size, intern(file, strlen(file)), COMPILE_MODULE);
        catch_leave(&c);
        port_unload(text, size);
        return code;
    }
    exception_print(c.exception, &sink_stderr);
    fail("cannot freeze ", m->file);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: mote-freeze DIRECTORY [NAME=]FILE.py ...\n");
        return 2;
    }
    size_t count = (size_t)argc - 2;
    struct source *modules = calloc(count, sizeof *modules);
    void *heap = malloc(HEAP_BYTES);
    if (!heap || !modules)
        fail("no memory", "");
    mote_init(heap, HEAP_BYTES);
    mote.no_collect =
        true; // there is room for all, and a test build would search it at each allocation
    struct freezer f = {0};
    ROOTS(codes, 1);
    codes[0] = list_new(count, HOW_LITERAL);
    for (size_t i = 0; i < count; i++) {
        name_module(&modules[i], argv[i + 2]);
        modules[i].code = compile_module(&modules[i]);
        list_append(codes[0], modules[i].code);
        note_names(&f, modules[i].code);
        name_note(&f, intern(modules[i].name, strlen(modules[i].name)));
    }
    names_sort(&f);
    for (f.place = 0; f.place < count; f.place++)
        write_module(&f, argv[1], &modules[f.place]);
    write_pool_file(&f, argv[1], modules, count);
    free(f.fresh.values);
    free(f.known.values);
    free(f.seen.values);
    free(f.functions.values);
    free(modules);
    return 0;
}
