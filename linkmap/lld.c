// SPDX-License-Identifier: MIT
//
// The maps of lld for ELF: one table, where the column a name begins in says what it is.
//
//        VMA      LMA     Size Align Out     In      Symbol
//     200158   200158       14     4 .rodata                        a section
//     200158   200158       14     1         main.o:(.rodata)       a contribution
//     200158   200158        5     1                 text           a symbol
//          0        0        0     1 stack_top = 0x1000             an assignment
//     20016c   20016c        4     1         BYTE ( 1 )             bytes of a script
//     200170   200170       10     1         . = ALIGN(16)          the place moves on
//
// Numbers are hexadecimal without a mark, the alignment is decimal. Cross references, when asked
// for, follow as a table of their own. Neither dropped input nor reasons are in it: they are read from what
// --print-gc-sections and --why-extract wrote.
//
// mold writes the same table without LMA and with decimal sizes (mold.c).

#include "linkmap/lists.h"

#define INPUT_INDENT  8
#define SYMBOL_INDENT 16

struct table {
    struct lm__reader *r;
    const struct lm__columns *columns;
    struct lm__lists lists; // for the cross references only
    size_t cref_width;      // 0: not there yet
};

// -------------------------------------------------------------------------- columns

struct row {
    uint64_t addr, lma, size, align;
    size_t indent;
    struct slice name;
};

static bool number(struct slice *rest, bool decimal, uint64_t *value)
{
    struct slice word = lm__word(rest);
    return decimal ? lm__decimal(word, value) : lm__hex(word, value);
}

static bool parse_row(const struct lm__columns *columns, struct slice line, struct row *out)
{
    bool decimal = columns->decimal_sizes;
    if (!number(&line, false, &out->addr))
        return false;
    out->lma = out->addr;
    if (columns->numbers == 4 && !number(&line, false, &out->lma))
        return false;
    if (!number(&line, decimal, &out->size) || !number(&line, true, &out->align))
        return false;
    line = lm__from(line, 1); // an empty command of a script leaves nothing here
    out->indent = lm__blanks(line);
    out->name = lm__from(line, out->indent);
    return true;
}

// ---------------------------------------------------------------------------- rows

// "name = expression" in a script; false when it is something else.
static bool assignment_row(struct table *t, const struct row *row)
{
    struct slice rest = row->name, word = lm__word(&rest);
    if (!slice_starts(lm__from(rest, lm__blanks(rest)), "= "))
        return false;
    struct lm_symbol *symbol = lm__symbol(t->r, word, row->addr);
    symbol->contribution = LM_NO;
    symbol->flags = LM_SYMBOL_ASSIGNED;
    return true;
}

static void input_row(struct table *t, const struct row *row)
{
    struct slice file, section;
    static const char *const data[] = {"BYTE", "SHORT", "LONG", "QUAD"};
    if (lm__split_input(row->name, &file, &section)) {
        bool internal = slice_is(file, "<internal>");
        struct lm_contribution *c = lm__contribution(t->r, section, row->addr, row->size,
                                                     internal ? LM_NO : lm__file(t->r, file));
        // Records of .eh_frame are rows of their own, aligned to words but printed with 1.
        bool record = slice_starts(section, ".eh_frame+0x");
        c->align = !record && row->align <= UINT32_MAX ? (uint32_t)row->align : 0;
        if (internal && c->kind == LM_INPUT)
            c->kind = LM_MADE;
        return;
    }
    struct slice rest = row->name, word = lm__word(&rest);
    for (size_t i = 0; i < COUNT_OF(data); i++) {
        if (!slice_starts(word, data[i]))
            continue;
        lm__contribution(t->r, word, row->addr, row->size, LM_NO)->kind = LM_DATA;
        return;
    }
    if (!slice_is(word, "."))
        assignment_row(t, row);
    else if (row->size != 0)
        lm__contribution(t->r, slice_text("*fill*"), row->addr, row->size, LM_NO)->kind = LM_FILL;
}

// "name = expression", "PROVIDE(name = ...)", "ASSERT(...)": sections have no blanks in their names
// when somebody assigns to them, so the second word tells.
static bool is_command(struct slice text)
{
    struct slice rest = text;
    struct slice word = lm__word(&rest), operation = lm__word(&rest);
    return slice_starts(word, "PROVIDE") || slice_starts(word, "HIDDEN") ||
           slice_starts(word, "ASSERT") ||
           (operation.size >= 1 && operation.size <= 3 &&
            operation.data[operation.size - 1] == '=');
}

// What a linker made of nothing but its own has no rows below its section, and the zero that ends
// .eh_frame has none behind the records.
static void close_section(struct table *t)
{
    struct lm_map *map = t->r->map;
    if (map->sections.count == 0)
        return;
    struct lm_section *s = &map->sections.items[map->sections.count - 1];
    uint64_t from = s->addr, size = s->size;
    if (s->count != 0 && slice_is(s->name, ".eh_frame")) {
        const struct lm_contribution *last = &map->contributions.items[s->first + s->count - 1];
        from = last->addr + last->size;
        size = from - s->addr <= s->size && last->size != 0 ? s->size - (from - s->addr) : 0;
    } else if (s->count != 0) {
        return;
    }
    if (size == 0)
        return;
    struct lm_contribution *c = lm__contribution(t->r, s->name, from, size, LM_NO);
    c->line = s->line;
    c->kind = LM_MADE;
}

static void section_row(struct table *t, const struct row *row)
{
    if (is_command(row->name)) {
        assignment_row(t, row);
        return;
    }
    close_section(t);
    struct lm_section *s = lm__section(t->r, row->name, row->addr, row->size);
    s->lma = row->lma;
    s->align = row->align;
}

// mold prints the entry in the PLT of a function that has one, which lies elsewhere.
static bool is_elsewhere(const struct table *t, uint64_t addr)
{
    const struct lm_map *map = t->r->map;
    if (!t->columns->symbols_unsized || map->contributions.count == 0)
        return false;
    const struct lm_contribution *c = &map->contributions.items[map->contributions.count - 1];
    return addr < c->addr || addr - c->addr > c->size;
}

static void symbol_row(struct table *t, const struct row *row)
{
    if (is_elsewhere(t, row->addr))
        return;
    struct lm_symbol *symbol = lm__symbol(t->r, row->name, row->addr);
    if (row->size != 0 || !t->columns->symbols_unsized)
        symbol->size = row->size;
}

static void one_line(struct table *t, struct slice line)
{
    struct row row;
    if (line.size == 0)
        return;
    if (slice_starts(line, "Cross Reference Table")) {
        t->cref_width = SIZE_MAX;
    } else if (t->cref_width == SIZE_MAX) {
        t->cref_width = MIN(lm__find(line, "File"), (size_t)50); // its header
    } else if (t->cref_width != 0) {
        lm__cref_line(&t->lists, line, t->cref_width);
    } else if (!parse_row(t->columns, line, &row)) {
        lm__doubt(t->r, t->r->line, "not a row of the map: %.*s", LM__TEXT(line));
    } else if (row.name.size == 0) {
        return;
    } else if (row.indent < INPUT_INDENT) {
        section_row(t, &row);
    } else if (t->r->map->sections.count == 0) {
        lm__doubt(t->r, t->r->line, "a row below no section");
    } else if (row.indent < SYMBOL_INDENT) {
        input_row(t, &row);
    } else {
        symbol_row(t, &row);
    }
}

// ------------------------------------------------------------------------ the whole

void lm__columns_read(struct lm__reader *r, const struct lm__columns *columns)
{
    struct table t = {.r = r, .columns = columns, .lists = {.r = r, .member = LM_NO}};
    struct slice line;
    (void)lm__line(r, &line); // the heading
    while (lm__line(r, &line))
        one_line(&t, line);
    close_section(&t);
}

// Whether the first line consists of these words.
static bool has_header(struct slice head, const char *const *words)
{
    struct slice line = lm__until(head, MIN(lm__find(head, "\n"), head.size));
    while (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    for (; *words != NULL; words++)
        if (!slice_is(lm__word(&line), *words))
            return false;
    return lm__trim(line).size == 0;
}

static const char *const with_lma[] = {"VMA", "LMA", "Size", "Align", "Out", "In", "Symbol", NULL};
static const char *const without_lma[] = {"Address", "Size",   "Align", "Out",
                                          "In",      "Symbol", NULL}; // before lld 8
static const char *const of_mold[] = {"VMA", "Size", "Align", "Out", "In", "Symbol", NULL};

unsigned lm__lld_score(struct slice text)
{
    struct slice head = lm__head(text);
    return has_header(head, with_lma) || has_header(head, without_lma) ? 100 : 0;
}

void lm__lld_read(struct lm__reader *r)
{
    struct lm__columns columns = {.numbers = has_header(r->map->text, without_lma) ? 3 : 4};
    lm__columns_read(r, &columns);
}

unsigned lm__mold_score(struct slice text)
{
    struct slice head = lm__head(text);
    return has_header(head, of_mold) ? 100 : 0;
}
