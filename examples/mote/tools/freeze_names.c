// SPDX-License-Identifier: MIT
// Part of mote-freeze: the names that modules use, and the instructions that hold them.
#include "tools/freeze.h"

enum { MOST_NAMES = 1 << 14 }; // indices of two bytes

// ------------------------------------------------------------------------------------------ names

bool names_have(const struct names *names, val v, size_t *place)
{
    for (size_t i = 0; i < names->count; i++) {
        if (names->values[i] == v) {
            *place = i;
            return true;
        }
    }
    return false;
}

static void names_append(struct names *names, val v)
{
    if (names->count == names->room) {
        names->room = names->room ? names->room * 2 : 64;
        names->values = realloc(names->values, names->room * sizeof(val));
        if (!names->values)
            fail("no memory", "");
    }
    names->values[names->count++] = v;
}

void names_add(struct names *names, val v)
{
    size_t place;
    if (!names_have(names, v, &place))
        names_append(names, v);
}

void name_note(struct freezer *f, val v)
{
    size_t index = v >> 2;
    if (index >= S_COUNT)
        names_add(&f->fresh, v);
    else if (index > S_FIRST)
        names_add(&f->known, v);
}

static int by_text(const void *a, const void *b)
{
    struct text x = interned_text(*(const val *)a), y = interned_text(*(const val *)b);
    int order = memcmp(x.data, y.data, x.size < y.size ? x.size : y.size);
    return order ? order : (x.size > y.size) - (x.size < y.size);
}

void names_sort(struct freezer *f)
{
    if (f->fresh.count)
        qsort(f->fresh.values, f->fresh.count, sizeof(val), by_text);
    if (S_COUNT + f->fresh.count > MOST_NAMES)
        fail("too many names", "");
}

size_t name_index(const struct freezer *f, val v)
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

static const uint8_t *instruction_end(const uint8_t *at)
{
    const char *operands = operands_of(*at++);
    if (operands[0] == 'J')
        return at + 2;
    for (const char *o = operands; *o == 'U' || *o == 'S'; o++)
        varint_read(&at);
    return at;
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

void note_names(struct freezer *f, val v)
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

void names_patch(struct freezer *f, const struct code *code, uint8_t *bytes)
{
    each_name(f, code, bytes, visit_patch);
}

// ------------------------------------------------------------------------------------------ functions

// Whether a jump leads back over the instruction.
static bool in_loop(const struct code *code, const uint8_t *instruction)
{
    const uint8_t *at = code->bytes->data, *end = at + code->size;
    for (const uint8_t *next; at < end; at = next) {
        next = instruction_end(at);
        if (operands_of(*at)[0] != 'J')
            continue;
        const uint8_t *to = next + (int16_t)(next[-2] | next[-1] << 8);
        if (to <= instruction && instruction < next)
            return true;
    }
    return false;
}

// Generator expressions have a function too, but only while they start.
static bool stays(const struct code *code)
{
    return code->name == S(lt_lambda) || interned_text(code->name).data[0] != '<';
}

static val constant_of(const struct code *code, const uint8_t *operand)
{
    return code->consts->values[varint_read(&operand)];
}

static void find_function(struct freezer *f, const struct code *code, const uint8_t *at,
                          const uint8_t *before)
{
    const uint8_t *operand = at + 1;
    size_t flags = varint_read(&operand), place;
    val made = constant_of(code, operand), defaults = NOTHING;
    if (flags == FUNCTION_DEFAULTS && *before == I_CONST) {
        defaults = constant_of(code, before + 1);
        flags = 0;
    }
    if (((const struct code *)made)->flags & CODE_CLASS) {
        find_functions(f, (const struct code *)made);
    } else if (flags == 0 && stays((const struct code *)made) &&
               !names_have(&f->functions, made, &place)) {
        names_append(&f->functions, made);
        names_append(&f->functions, defaults);
    }
}

void find_functions(struct freezer *f, const struct code *code)
{
    const uint8_t *at = code->bytes->data, *end = at + code->size;
    for (const uint8_t *before = at; at < end; before = at, at = instruction_end(at))
        if (*at == I_MAKE_FUNCTION && !in_loop(code, at))
            find_function(f, code, at, before);
}
