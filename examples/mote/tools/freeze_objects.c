// SPDX-License-Identifier: MIT
// Part of mote-freeze: objects as constants in C, children first.
#include "tools/freeze.h"

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
    size_t id, function;
    if (!names_have(&f->seen, v, &id))
        fail("a constant was not written", "");
    bool made = has_type(v, &type_code) && names_have(&f->functions, v, &function);
    fprintf(f->out, is_int(v) ? "int_%zu" : made ? "V(function_%zu)" : "V(object_%zu)", id);
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

// The function of the code, if it lies in ROM.
static void write_function(struct freezer *f, size_t id, val code)
{
    size_t place;
    if (!names_have(&f->functions, code, &place))
        return;
    fprintf(
        f->out,
        "static const struct function function_%zu = {{&type_function}, &object_%zu, SMALL(%zu), "
        "NOTHING, ",
        id, id, f->place);
    val defaults = f->functions.values[place + 1];
    if (defaults)
        write_ref(f, defaults);
    else
        fputs("NOTHING", f->out);
    fputs(", NOTHING, NOTHING};\n", f->out);
}

static void write_code(struct freezer *f, size_t id, const struct code *code)
{
    size_t size = count_of(code->bytes);
    uint8_t *bytes = malloc(size);
    if (!bytes)
        fail("no memory", "");
    memcpy(bytes, code->bytes->data, size);
    names_patch(f, code, bytes);
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
    write_function(f, id, V(*code));
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
    size_t id;
    return names_have(&f->seen, v, &id);
}

// Writes the objects that v is made of, and v; once each.
void write_object(struct freezer *f, val v)
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
    size_t id = f->seen.count;
    names_add(&f->seen, v);
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
