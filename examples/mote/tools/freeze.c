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
#include "bytecode.h"
#include "mote.h"
#include "port/port.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAP_BYTES = 32 << 20, MOST_NAMES = 1 << 14 /* indices of two bytes */ };

struct names { // of the pool, and of the machine as far as they occur
    val *values;
    size_t count, room;
};

struct source {
    const char *file;
    char name[128];   // with dots
    char symbol[128]; // without
    bool package;
    val code;
};

struct freezer {
    struct names fresh, known;
    FILE *out;
    const struct source *module; // that is being written
    val *seen; // objects of this module that have been written; the number is the place
    size_t seen_count, seen_room;
};

// ------------------------------------------------------------------------------------------ what is in the way

_Noreturn static void fail(const char *what, const char *about)
{
    fprintf(stderr, "mote-freeze: %s%s\n", what, about);
    exit(1);
}

static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 64;
    array = realloc(array, *room * size);
    if (!array)
        fail("no memory", "");
    return array;
}

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

// ------------------------------------------------------------------------------------------ names

static void name_add(struct names *names, val v)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->values[i] == v)
            return;
    names->values = grown(names->values, names->count, &names->room, sizeof(val));
    names->values[names->count++] = v;
}

static void name_note(struct freezer *f, val v)
{
    size_t index = v >> 2;
    if (index >= S_COUNT)
        name_add(&f->fresh, v);
    else if (index > S_FIRST)
        name_add(&f->known, v);
}

static int by_text(const void *a, const void *b)
{
    struct text x = interned_text(*(const val *)a), y = interned_text(*(const val *)b);
    int order = memcmp(x.data, y.data, x.size < y.size ? x.size : y.size);
    return order ? order : (x.size > y.size) - (x.size < y.size);
}

// The index of a name in the finished program.
static size_t name_index(const struct freezer *f, val v)
{
    if (v >> 2 < S_COUNT)
        return v >> 2;
    const val *found = bsearch(&v, f->fresh.values, f->fresh.count, sizeof(val), by_text);
    return S_COUNT + (size_t)(found - f->fresh.values);
}

// ------------------------------------------------------------------------------------------ bytes of code

static size_t varint_read(const uint8_t **at)
{
    size_t n = 0;
    for (unsigned shift = 0;; shift += 7) {
        n |= (size_t)(**at & 0x7f) << shift;
        if (!(*(*at)++ & 0x80))
            return n;
    }
}

typedef void name_visit(struct freezer *f, uint8_t *at);

static void visit_note(struct freezer *f, uint8_t *at)
{
    const uint8_t *p = at;
    name_note(f, (val)varint_read(&p) << 2 | 2);
}

// Writes the final index over the one of this process, in as many bytes.
static void visit_patch(struct freezer *f, uint8_t *at)
{
    const uint8_t *end = at;
    size_t index = name_index(f, (val)varint_read(&end) << 2 | 2);
    for (; at < end; at++, index >>= 7)
        *at = (uint8_t)((index & 0x7f) | (at + 1 < end ? 0x80 : 0));
    if (index)
        fail("too many names", "");
}

static const char *operands_of(unsigned op)
{
    static const char *const operands[] = {
#define X(name, operands) #operands,
        MOTE_INSTRUCTIONS(X)
#undef X
    };
    return op < I_COUNT ? operands[op] : "N";
}

static void each_name(struct freezer *f, const struct code *code, uint8_t *bytes, name_visit *visit)
{
    const uint8_t *at = bytes, *end = bytes + code->size;
    while (at < end) {
        unsigned op = *at++;
        const char *operands = operands_of(op);
        if (operands[0] == 'J')
            at += 2;
        for (const char *o = operands; *o == 'U' || *o == 'S'; o++) {
            if (instruction_names(op) || (op == I_LOAD_CLASS_DEREF && o > operands))
                visit(f, (uint8_t *)at);
            varint_read(&at);
        }
    }
    for (size_t n = varint_read(&at) * 4; n--;)
        varint_read(&at);
    for (size_t i = 0; i < code->nlocals; i++) {
        visit(f, (uint8_t *)at);
        varint_read(&at);
    }
}

// ------------------------------------------------------------------------------------------ names of a module

static void note_names(struct freezer *f, val v)
{
    if (is_interned(v)) {
        name_note(f, v);
    } else if (has_type(v, &type_tuple)) {
        const struct tuple *t = (const struct tuple *)v;
        for (size_t i = 0; i < t->len; i++)
            note_names(f, t->values[i]);
    } else if (has_type(v, &type_code)) {
        const struct code *code = (const struct code *)v;
        name_note(f, code->name);
        name_note(f, code->file);
        each_name(f, code, code->bytes->data, visit_note);
        note_names(f, V(*code->consts));
    }
}

// ------------------------------------------------------------------------------------------ objects

static void write_text(FILE *out, const char *text, size_t size)
{
    fputs("{\"", out);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c >= 127 || c == '"' || c == '\\' || c == '?')
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputs("\"}", out);
}

static void write_data(FILE *out, const uint8_t *data, size_t size)
{
    fputc('{', out);
    for (size_t i = 0; i < size; i++)
        fprintf(out, "%s%u", i % 20 ? "," : i ? ",\n    " : "\n    ", data[i]);
    fprintf(out, "}");
}

// How the value is written where it is referred to.
static void write_ref(struct freezer *f, val v)
{
    static const struct {
        val value;
        const char *text;
    } constants[] = {{NONE, "NONE"},
                     {TRUE, "TRUE"},
                     {FALSE, "FALSE"},
                     {ELLIPSIS, "ELLIPSIS"},
                     {V(tuple_empty), "V(tuple_empty)"}};
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        if (constants[i].value == v) {
            fputs(constants[i].text, f->out);
            return;
        }
    }
    if (is_interned(v)) {
        fprintf(f->out, "NAME(%zu)", name_index(f, v));
        return;
    }
    for (size_t i = 0; i < f->seen_count; i++) {
        if (f->seen[i] == v) {
            fprintf(f->out, is_int(v) ? "int_%zu" : "V(object_%zu)", i);
            return;
        }
    }
    fail("a constant was not written", "");
}

static void write_digits(FILE *out, const uint8_t *bytes, size_t size, size_t width)
{
    fprintf(out, "{");
    for (size_t i = 0; i < size; i += width) {
        unsigned long digit = 0;
        for (size_t k = 0; k < width && i + k < size; k++)
            digit |= (unsigned long)bytes[i + k] << 8 * k;
        fprintf(out, "%s0x%lx", i ? ", " : "", digit);
    }
    fprintf(out, "}");
}

// An int is in the word or an object, as the build has it.
static void write_int(struct freezer *f, size_t id, val v)
{
    bool negative = op_binary(OP_LT, v, int_new(0)) == TRUE;
    ROOTS(r, 1);
    r[0] = negative ? op_unary(OP_NEG, v) : v;
    size_t bits = int_bits(r[0]), size = (bits + 7) / 8;
    uint8_t *bytes = calloc(1, size + 1);
    if (!bytes)
        fail("no memory", "");
    int_bytes(r[0], bytes, size + 1, false);
    unsigned long long magnitude = 0;
    for (size_t i = 0; i < size && i < 8; i++)
        magnitude |= (unsigned long long)bytes[i] << 8 * i;
    bool fits = size <= 8;
    bool word32 = fits && (magnitude - negative) >> 30 == 0,
         word64 = fits && (magnitude - negative) >> 62 == 0;
    fprintf(f->out, "#if %s\n",
            word32   ? "!MOTE_BOXED_INT"
            : word64 ? "MOTE_64 && !MOTE_BOXED_INT"
                     : "0");
    fprintf(f->out, "#define int_%zu SMALL(%s%llu)\n#else\n", id, negative ? "-" : "",
            fits ? magnitude : 0);
    fprintf(f->out, "#define int_%zu V(object_%zu)\n", id, id);
    for (size_t width = 4; width >= 2; width -= 2) {
        fprintf(f->out, width == 4 ? "#if MOTE_64\n" : "#else\n");
        fprintf(f->out, "static const struct big object_%zu = {{&type_int}, %zu%s, ", id,
                (bits + 8 * width - 1) / (8 * width), negative ? " | COUNT_FLAG" : "");
        write_digits(f->out, bytes, size, width);
        fprintf(f->out, "};\n");
    }
    fprintf(f->out, "#endif\n#endif\n");
    free(bytes);
}

static void write_tuple(struct freezer *f, size_t id, const struct tuple *t)
{
    fprintf(f->out, "static const struct tuple object_%zu = {{&type_tuple}, %zu, {", id, t->len);
    for (size_t i = 0; i < t->len; i++) {
        fprintf(f->out, i ? ", " : "");
        write_ref(f, t->values[i]);
    }
    fprintf(f->out, "}};\n");
}

static void write_code(struct freezer *f, size_t id, const struct code *code)
{
    size_t size = count_of(code->bytes);
    uint8_t *bytes = malloc(size);
    if (!bytes)
        fail("no memory", "");
    memcpy(bytes, code->bytes->data, size);
    each_name(f, code, bytes, visit_patch);
    fprintf(f->out, "\n// ");
    struct text name = interned_text(code->name);
    fwrite(name.data, 1, name.size, f->out);
    fprintf(f->out, "\nstatic const struct bytes bytes_%zu = {{&type_bytes}, %zu, ", id, size);
    write_data(f->out, bytes, size);
    free(bytes);
    if (V(*code) == f->module->code)
        fprintf(f->out, "};\nextern const struct code frozen_%s;\nconst struct code frozen_%s",
                f->module->symbol, f->module->symbol);
    else
        fprintf(f->out, "};\nstatic const struct code object_%zu", id);
    fprintf(f->out, " = {{&type_code}, NAME(%zu), NAME(%zu), ", name_index(f, code->name),
            name_index(f, code->file));
    fprintf(f->out, "(struct bytes *)&bytes_%zu, (struct tuple *)", id);
    write_ref(f, V(*code->consts));
    fprintf(f->out, ", %u, %u, %u, %u, %u, %u, %u, %u, %u};\n", (unsigned)code->size, code->line,
            code->nlocals, code->nstack, code->flags, code->npos, code->nkwonly, code->nclosure,
            code->nposonly);
}

static void write_string(struct freezer *f, size_t id, val v)
{
    bool bytes = has_type(v, &type_bytes);
    const struct bytes *b = (const struct bytes *)v;
    size_t size = count_of(b);
    fprintf(f->out, "static const struct %s object_%zu = {{&type_%s}, %zu%s, ",
            bytes ? "bytes" : "str", id, bytes ? "bytes" : "str", size,
            b->len & COUNT_FLAG ? " | COUNT_FLAG" : "");
    if (bytes)
        write_data(f->out, b->data, size);
    else
        write_text(f->out, (const char *)b->data, size);
    fprintf(f->out, "};\n");
}

#if MOTE_FLOAT
static void write_float(struct freezer *f, size_t id, real value)
{
    fprintf(f->out, "static const struct floating object_%zu = {{&type_float}, (real)", id);
    if (value == value && value - value != 0)
        fprintf(f->out, "%s__builtin_inf()};\n", value < 0 ? "-" : "");
    else
        fprintf(f->out, "%a};\n", (double)value);
}
#endif

static bool written(const struct freezer *f, val v)
{
    if (v == NONE || v == TRUE || v == FALSE || v == ELLIPSIS || v == V(tuple_empty) ||
        is_interned(v))
        return true;
    for (size_t i = 0; i < f->seen_count; i++)
        if (f->seen[i] == v)
            return true;
    return false;
}

// Writes the objects that v is made of, and v; once each.
static void write_object(struct freezer *f, val v)
{
    if (written(f, v))
        return;
    if (has_type(v, &type_tuple)) {
        const struct tuple *t = (const struct tuple *)v;
        for (size_t i = 0; i < t->len; i++)
            write_object(f, t->values[i]);
    } else if (has_type(v, &type_code)) {
        write_object(f, V(*((const struct code *)v)->consts));
    }
    size_t id = f->seen_count;
    f->seen = grown(f->seen, f->seen_count, &f->seen_room, sizeof(val));
    f->seen[f->seen_count++] = v;
    if (is_int(v))
        write_int(f, id, v);
    else if (has_type(v, &type_tuple))
        write_tuple(f, id, (const struct tuple *)v);
    else if (has_type(v, &type_code))
        write_code(f, id, (const struct code *)v);
    else if (is_str(v) || has_type(v, &type_bytes))
        write_string(f, id, v);
#if MOTE_FLOAT
    else if (has_type(v, &type_float))
        write_float(f, id, ((const struct floating *)v)->value);
#endif
    else
        fail("a constant of a type that cannot be frozen", "");
}

// ------------------------------------------------------------------------------------------ files

static const char head[] = "// SPDX-License-Identifier: MIT\n"
                           "// Written by mote-freeze from %s: do not edit.\n"
                           "#include \"mote.h\"\n\n"
                           "#define NAME(index) ((val)(index) << 2 | 2)\n\n";

static void write_module(struct freezer *f, const char *directory, const struct source *m)
{
    f->out = create(directory, m->symbol);
    f->module = m;
    f->seen_count = 0;
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
    fprintf(f->out, "    {NOTHING, NULL, false},\n};\n");
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
    if (f.fresh.count)
        qsort(f.fresh.values, f.fresh.count, sizeof(val), by_text);
    if (S_COUNT + f.fresh.count > MOST_NAMES)
        fail("too many names", "");
    for (size_t i = 0; i < count; i++)
        write_module(&f, argv[1], &modules[i]);
    write_pool_file(&f, argv[1], modules, count);
    free(f.fresh.values);
    free(f.known.values);
    free(f.seen);
    free(modules);
    return 0;
}
