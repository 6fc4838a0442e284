// SPDX-License-Identifier: MIT
//
// Line programs (6.2.5): which bytes come from which line.
//
// A program is a machine that appends rows (address, file, line) to a matrix. Rows of one sequence
// go up in address; a row's bytes reach to the next row. The matrix is never built: the run of
// bytes under way grows until a row of another file (or line) comes, and is then handed out.
//
//   rows     100 a.c:1   104 a.c:2   104 a.h:9   10c a.c:2   110 end of sequence
//   runs     100-104 a.c:1           104-10c a.h:9   10c-110 a.c:2
//
// Most instructions are special opcodes (a row with a small step in address and line) and column
// changes; the registers they touch stay in a local for the length of the loop.
//
// Deliberately not kept: is_stmt, column, basic block, prologue, discriminator, view.

#include <stdlib.h>

#include "dwarfsize/lines.h"

// The registers (6.2.2), and how the sequence under way is doing.
struct registers {
    struct cur cur;
    uint64_t address, operation;
    const char *path; // of the file register
    uint32_t line;
    enum { SEQUENCE_NEW, SEQUENCE_LIVE, SEQUENCE_DEAD } sequence;
    // The run under way: from `start` to the row after `last`.
    uint64_t start, last;
    const char *run_path;
    uint32_t run_line;
};

struct reader {
    struct dw *dw;
    struct dw__line_table *table;
    struct dw__line_places places;
    bool by_file;
    void (*run)(void *context, const struct dw_line_run *run);
    void *context;
    struct dw_line_run pending; // grows as long as its neighbours are alike; path NULL: none
    // A sequence at 0 is held back until its end tells whose it is.
    bool holding;
    VEC(struct dw_line_run) held;
    VEC(uint64_t) ends;        // of the unit's functions, ascending, when one of them is at 0
    uint64_t mask;             // of an address
    bool backwards;            // said once
    VEC(uint32_t) defined;     // entries of DW_LNE_define_file
    uint8_t address_step[256]; // of special opcodes, in operations
    int16_t line_step[256];
};

// ------------------------------------------------------------------------ handing out

static void flush(struct reader *r)
{
    if (r->pending.path != NULL && r->holding)
        vec_push(&r->held, r->pending);
    else if (r->pending.path != NULL)
        r->run(r->context, &r->pending);
    r->pending.path = NULL;
}

// The bytes of a run that has ended. Rows without bytes leave neighbours that are alike after all.
static void end_run(struct reader *r, uint64_t start, uint64_t end, const char *path, uint32_t line)
{
    if (start >= end)
        return;
    struct dw_line_run *p = &r->pending;
    if (p->path == path && p->end == start && (r->by_file || p->line == line)) {
        p->end = end;
        return;
    }
    flush(r);
    *p = (struct dw_line_run){start, end, path, line};
}

// -------------------------------------------------------------------------- sequences

static bool is_kept(const struct reader *r, uint64_t address)
{
    return !dw__is_tombstone(&r->places.places, address) &&
           (!r->places.sections || img_section_at(r->places.places.image, address) != NULL);
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

// Adds the ends of a unit's functions; true when one of them starts at 0. Functions are in the
// order of their units.
static bool add_ends(struct reader *r, const struct dw_code *code, uint32_t unit)
{
    size_t low = 0, high = code->function_count;
    bool zero = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code->functions[middle].concrete < unit)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < code->function_count && code->functions[low].concrete == unit; low++) {
        const struct dw_function *f = &code->functions[low];
        for (uint32_t i = 0; i < f->range_count; i++) {
            zero |= code->ranges[f->range_first + i].start == 0;
            vec_push(&r->ends, code->ranges[f->range_first + i].end);
        }
    }
    return zero;
}

static void find_ends(struct reader *r)
{
    const struct dw__unit *unit = r->table->unit;
    if (r->places.code == NULL)
        return;
    bool zero = add_ends(r, r->places.code, dw__unit_index(r->dw, unit));
    if (unit->partner != DW_NO_UNIT)
        zero |= add_ends(r, r->places.code, unit->partner);
    if (!zero)
        r->ends.count = 0;
    if (r->ends.count != 0)
        qsort(r->ends.items, r->ends.count, sizeof *r->ends.items, by_value);
}

// Hands out the sequence at 0 that was held back, if it ends where a function does.
static void release(struct reader *r, uint64_t end)
{
    bool kept = r->ends.count != 0 && bsearch(&end, r->ends.items, r->ends.count,
                                              sizeof *r->ends.items, by_value) != NULL;
    for (size_t i = 0; kept && i < r->held.count; i++)
        r->run(r->context, &r->held.items[i]);
    r->held.count = 0;
    r->holding = false;
}

static void start_sequence(struct reader *r, struct registers *g)
{
    g->sequence = is_kept(r, g->address) ? SEQUENCE_LIVE : SEQUENCE_DEAD;
    r->holding = g->address == 0 && r->places.code != NULL;
    g->start = g->last = g->address;
    g->run_path = g->path;
    g->run_line = g->line;
}

// A row that lies before the one above it (6.2.5 does not allow it): what the run had it keeps.
static void go_backwards(struct reader *r, struct registers *g)
{
    if (!r->backwards)
        dw__line_doubt(r->dw, r->table, cur_offset(&g->cur),
                       "addresses go backwards inside a sequence of a line program");
    r->backwards = true;
    end_run(r, g->start, g->last, g->run_path, g->run_line);
    g->start = g->address;
}

static void change_run(struct reader *r, struct registers *g)
{
    if (g->sequence == SEQUENCE_NEW)
        start_sequence(r, g);
    if (g->sequence == SEQUENCE_DEAD)
        return;
    if (g->address < g->last)
        go_backwards(r, g);
    end_run(r, g->start, g->address, g->run_path, g->run_line);
    g->start = g->last = g->address;
    g->run_path = g->path;
    g->run_line = g->line;
}

static inline void add_row(struct reader *r, struct registers *g)
{
    bool same = g->path == g->run_path && (g->line == g->run_line || r->by_file);
    if (same && g->sequence == SEQUENCE_LIVE && g->address >= g->last) {
        g->last = g->address;
        return;
    }
    struct registers copy = *g; // not to make the loop's own registers addressable
    change_run(r, &copy);
    *g = copy;
}

static void reset(struct reader *r, struct registers *g)
{
    g->address = g->operation = 0;
    g->path = dw__line_path(r->dw, r->table, 1);
    g->line = 1;
    g->sequence = SEQUENCE_NEW;
}

static void end_sequence(struct reader *r, struct registers *g)
{
    if (g->sequence == SEQUENCE_LIVE)
        change_run(r, g);
    flush(r);
    if (r->holding)
        release(r, g->address);
    reset(r, g);
}

// ----------------------------------------------------------------------- instructions

// Long LEB128 numbers go through a copy for the same reason.
static inline uint64_t number(struct cur *c)
{
    if (__builtin_expect(c->at < c->end && *c->at < 0x80 && !c->failed, 1))
        return *c->at++;
    struct cur copy = *c;
    uint64_t value = cur_uleb_long(&copy);
    *c = copy;
    return value;
}

static inline int64_t signed_number(struct cur *c)
{
    if (__builtin_expect(c->at < c->end && *c->at < 0x80 && !c->failed, 1))
        return (int8_t)(*c->at++ << 1) >> 1;
    struct cur copy = *c;
    int64_t value = cur_sleb(&copy);
    *c = copy;
    return value;
}

// Steps on by operations: instructions, or their parts where several are packed into one (VLIW).
static inline void advance(const struct dw__line_table *table, struct registers *g, uint64_t steps,
                           uint64_t mask)
{
    if (table->max_operations > 1) {
        steps += g->operation;
        g->operation = steps % table->max_operations;
        steps /= table->max_operations;
    }
    g->address = (g->address + steps * table->min_length) & mask;
}

static const char *path_of_number(struct reader *r, uint64_t file)
{
    size_t declared = r->table->files.at.count + (r->table->version < 5);
    if (file >= declared && file - declared < r->defined.count)
        return dw__line_entry_path(r->dw, r->table, r->defined.items[file - declared]);
    return dw__line_path(r->dw, r->table, file);
}

static void set_address(struct reader *r, struct registers *g, struct cur *c)
{
    size_t size = cur_left(c);
    bool known = size == 1 || size == 2 || size == 4 || size == 8;
    uint64_t address = known ? cur_uint(c, (unsigned)size) : 0;
    if (known && size <= r->places.places.address_size)
        r->mask = size == 8 ? UINT64_MAX : (1ull << size * 8) - 1;
    g->address = address;
    g->operation = 0;
}

static void run_extended(struct reader *r, struct registers *g)
{
    uint64_t size = cur_uleb(&g->cur);
    struct cur c = cur_sub(&g->cur, size);
    if (size == 0)
        return;
    switch (cur_u8(&c)) {
    case DW_LNE_end_sequence:
        end_sequence(r, g);
        break;
    case DW_LNE_set_address:
        set_address(r, g, &c);
        break;
    case DW_LNE_define_file:
        if (cur_offset(&c) - r->table->offset <= UINT32_MAX)
            vec_push(&r->defined, (uint32_t)(cur_offset(&c) - r->table->offset));
        break;
    default: // discriminators, and what vendors add
        break;
    }
}

// What the loop does not do itself.
static void run_rare(struct reader *r, struct registers *g, uint8_t opcode)
{
    const struct dw__line_table *table = r->table;
    switch (opcode) {
    case 0:
        run_extended(r, g);
        break;
    case DW_LNS_fixed_advance_pc:
        g->address = (g->address + cur_u16(&g->cur)) & r->mask;
        g->operation = 0;
        break;
    case DW_LNS_set_basic_block:
    case DW_LNS_set_prologue_end:
    case DW_LNS_set_epilogue_begin:
        break;
    case DW_LNS_set_isa:
        cur_uleb(&g->cur);
        break;
    default: // unknown: the header says how many numbers follow
        for (unsigned i = 0; i < table->operands[opcode]; i++)
            cur_uleb(&g->cur);
    }
}

static inline void run_standard(struct reader *r, struct registers *g, uint8_t opcode)
{
    switch (opcode) {
    case DW_LNS_copy:
        add_row(r, g);
        break;
    case DW_LNS_advance_pc:
        advance(r->table, g, number(&g->cur), r->mask);
        break;
    case DW_LNS_advance_line:
        g->line += (uint32_t)signed_number(&g->cur);
        break;
    case DW_LNS_set_file:
        g->path = path_of_number(r, number(&g->cur));
        break;
    case DW_LNS_set_column:
        number(&g->cur);
        break;
    case DW_LNS_negate_stmt:
        break;
    case DW_LNS_const_add_pc:
        advance(r->table, g, r->address_step[255], r->mask);
        break;
    default: {
        struct registers copy = *g;
        run_rare(r, &copy, opcode);
        *g = copy;
    }
    }
}

static void run_program(struct reader *r)
{
    const uint8_t base = r->table->opcode_base;
    struct registers g = {.cur = r->table->bytes};
    cur_seek(&g.cur, r->table->program);
    reset(r, &g);
    while (g.cur.at < g.cur.end && !g.cur.failed) {
        uint8_t opcode = *g.cur.at++;
        if (opcode >= base) {
            advance(r->table, &g, r->address_step[opcode], r->mask);
            g.line += (uint32_t)r->line_step[opcode];
            add_row(r, &g);
        } else {
            run_standard(r, &g, opcode);
        }
    }
    if (g.cur.failed || g.sequence == SEQUENCE_LIVE)
        dw__line_doubt(r->dw, r->table, cur_offset(&g.cur),
                       "line program ends inside a sequence or an instruction");
    flush(r);
}

// ---------------------------------------------------------------------------- calling

// What the special opcodes stand for (6.2.5.1).
static void prepare_steps(struct reader *r)
{
    const struct dw__line_table *table = r->table;
    for (unsigned opcode = table->opcode_base; opcode < 256; opcode++) {
        unsigned adjusted = opcode - table->opcode_base;
        r->address_step[opcode] = (uint8_t)(adjusted / table->line_range);
        r->line_step[opcode] = (int16_t)(table->line_base + (int)(adjusted % table->line_range));
    }
}

bool dw_read_lines(struct dw *dw, struct img *image, uint32_t unit, bool by_file,
                   void (*run)(void *context, const struct dw_line_run *run), void *context,
                   struct fault *fault)
{
    if (unit >= dw->units.count)
        return fault_set(fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "there is no unit %u", unit);
    // A table that several units share is the first compile unit's: no byte comes twice.
    const struct dw__unit *u = &dw->units.items[unit];
    if (u->kind != DW_UT_compile && u->kind != DW_UT_skeleton)
        return true;
    struct dw__line_table *table = dw__line_table_of(dw, u);
    if (table == NULL || table->unit != u || table->program == table->end)
        return true;
    struct reader reader = {.dw = dw,
                            .table = table,
                            .places = dw__line_places_of(dw, image),
                            .by_file = by_file,
                            .run = run,
                            .context = context};
    reader.mask = reader.places.places.address_size == 4 ? UINT32_MAX : UINT64_MAX;
    prepare_steps(&reader);
    find_ends(&reader);
    run_program(&reader);
    vec_free(&reader.defined);
    vec_free(&reader.held);
    vec_free(&reader.ends);
    return true;
}
