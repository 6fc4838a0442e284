// SPDX-License-Identifier: MIT
// Prints code objects: for those who work on the machine (`mote --dis file.py`, in debug builds).
#include "bytecode.h"
#include "mote.h"

#if MOTE_DEBUG

static const char *const names[] = {
#define X(name, operands) #name,
    MOTE_INSTRUCTIONS(X)
#undef X
};

static const char *const operands[] = {
#define X(name, operands) #operands,
    MOTE_INSTRUCTIONS(X)
#undef X
};

static const uint8_t *varint(const uint8_t *at, size_t *out)
{
    *out = 0;
    for (unsigned shift = 0;; shift += 7) {
        *out |= (size_t)(*at & 0x7f) << shift;
        if (!(*at++ & 0x80))
            return at;
    }
}

static intptr_t signed_of(size_t zigzag)
{
    return (intptr_t)(zigzag >> 1 ^ (0 - (zigzag & 1)));
}

static void dis_operands(const struct code *code, unsigned op, size_t u, size_t v, struct sink *out)
{
    const char *kind = operands[op];
    if (instruction_names(op))
        sink_format(out, " %v", (val)u << 2 | 2);
    else if (op == I_CONST && u < code->consts->len)
        sink_format(out, " %r", code->consts->values[u]);
    else if (kind[0] == 'S')
        sink_format(out, " %d", (int)signed_of(u));
    else if (kind[0] == 'U')
        sink_format(out, " %z", u);
    if (op == I_LOAD_CLASS_DEREF)
        sink_format(out, " %v", (val)v << 2 | 2);
    else if (kind[1] == 'U')
        sink_format(out, " %z", v);
}

static const uint8_t *dis_instruction(const struct code *code, const uint8_t *at, struct sink *out)
{
    const uint8_t *start = code->bytes->data;
    size_t u = 0, v = 0;
    unsigned op = *at;
    sink_format(out, "%z\t", (size_t)(at++ - start));
    if (op >= I_BINARY) {
        sink_format(out, "BINARY %d\n", (int)(op - I_BINARY));
        return at;
    }
    if (op >= I_LOAD_FAST_SHORT) {
        sink_format(out, "%s %d\n",
                    op >= I_INT_SHORT          ? "INT"
                    : op >= I_STORE_FAST_SHORT ? "STORE_FAST"
                                               : "LOAD_FAST",
                    op >= I_INT_SHORT ? (int)op - I_INT_SHORT - 8 : (int)op & 15);
        return at;
    }
    sink_text(out, names[op]);
    switch (operands[op][0]) {
    case 'J':
        at += 2;
        sink_format(out, " to %z", (size_t)(at - start + (int16_t)(at[-2] | at[-1] << 8)));
        break;
    case 'S':
        at = varint(at, &u);
        break;
    case 'U':
        at = varint(at, &u);
        if (operands[op][1] == 'U')
            at = varint(at, &v);
        break;
    }
    dis_operands(code, op, u, v, out);
    sink_char(out, '\n');
    return at;
}

static const uint8_t *dis_handlers(const uint8_t *at, struct sink *out)
{
    size_t n, v[4];
    for (at = varint(at, &n); n--;) {
        for (int i = 0; i < 4; i++)
            at = varint(at, &v[i]);
        sink_format(out, "  [%z, %z) -> %z, depth %z\n", v[0], v[0] + v[1], v[2], v[3]);
    }
    return at;
}

static void dis_tables(const struct code *code, struct sink *out)
{
    const uint8_t *at = dis_handlers(code->bytes->data + code->size, out);
    const uint8_t *end = code->bytes->data + count_of(code->bytes);
    size_t u, v;
    sink_text(out, "  locals:");
    for (size_t i = 0; i < code->nlocals; i++) {
        at = varint(at, &u);
        sink_format(out, " %r", (val)u << 2 | 2);
    }
    sink_format(out, "\n  lines: %d", code->line);
    while (at < end) {
        at = varint(at, &u);
        at = varint(at, &v);
        sink_format(out, " (+%z, %d)", u, (int)signed_of(v));
    }
    sink_char(out, '\n');
}

void dis_code(val v, struct sink *out)
{
    const struct code *code = (const struct code *)v;
    sink_format(out, "%v: %d positional, %d named, %d closure, stack %d, flags %d\n", code->name,
                code->npos, code->nkwonly, code->nclosure, code->nstack, code->flags);
    for (const uint8_t *at = code->bytes->data, *end = at + code->size; at < end;)
        at = dis_instruction(code, at, out);
    dis_tables(code, out);
    for (size_t i = 0; i < code->consts->len; i++)
        if (has_type(code->consts->values[i], &type_code))
            dis_code(code->consts->values[i], out);
}

#endif
