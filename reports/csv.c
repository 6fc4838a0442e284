// SPDX-License-Identifier: MIT
//
// CSV (RFC 4180: CRLF, quotes doubled), for spreadsheets and scripts that want no tree:
//
//   module,symbol,file,vm          one record per leaf row; a path column per nesting level,
//   Objects,list_append,120,120    named by the dimension; numbers in plain bytes
//   [padding],,64,64               a leaf that lies higher leaves the rest of its path empty
//
// The records of an additive column add up to the total. Where nothing adds up, a row that has others
// under it is a record too: what it says is not in them. Names keep their bytes. Types are one
// record per member or enumerator. Several parts are separated by an empty line; notes and doubts
// have no place here.

#include <stdlib.h>

#include "reports/private.h"

static void end_record(struct rep__out *out)
{
    buf_text(&out->buf, "\r\n");
    rep__breathe(out);
}

// --------------------------------------------------------------------------- tables

struct grid {
    struct rep__out *out;
    const struct rep_table *table;
    VEC(const char *) levels; // dimension of each nesting level; NULL: no row there has one
    VEC(const char *) path;   // names down to the row being written
};

static void find_levels(struct grid *grid, const struct rep_row *row, size_t depth)
{
    for (size_t i = 0; i < row->row_count; i++) {
        if (grid->levels.count == depth)
            vec_push(&grid->levels, NULL);
        if (grid->levels.items[depth] == NULL)
            grid->levels.items[depth] = row->rows[i].dimension;
        find_levels(grid, &row->rows[i], depth + 1);
    }
}

// Levels of one dimension (directories in directories) are told apart by a number.
static void put_level(struct grid *grid, size_t level)
{
    struct buf *buf = &grid->out->buf;
    const char *name = grid->levels.items[level] ? grid->levels.items[level] : "name";
    unsigned number = 1;
    for (size_t i = 0; i < level; i++)
        number += strcmp(grid->levels.items[i] ? grid->levels.items[i] : "name", name) == 0;
    rep__csv_text(buf, name);
    if (number > 1) {
        buf_char(buf, '_');
        buf_u64(buf, number);
    }
}

static void put_header(struct grid *grid)
{
    struct buf *buf = &grid->out->buf;
    for (size_t i = 0; i < grid->levels.count; i++) {
        buf_text(buf, i ? "," : "");
        put_level(grid, i);
    }
    for (size_t i = 0; i < grid->table->column_count; i++) {
        buf_text(buf, i || grid->levels.count ? "," : "");
        rep__csv_text(buf, grid->table->columns[i].name);
    }
    end_record(grid->out);
}

static void put_record(struct grid *grid, const struct rep_row *row)
{
    struct buf *buf = &grid->out->buf;
    for (size_t i = 0; i < grid->levels.count; i++) {
        buf_text(buf, i ? "," : "");
        rep__csv_text(buf, i < grid->path.count ? grid->path.items[i] : NULL);
    }
    for (size_t i = 0; i < grid->table->column_count; i++) {
        enum rep_unit unit = grid->table->columns[i].unit;
        buf_char(buf, ',');
        if (unit == REP_TEXT)
            rep__csv_text(buf, row->values[i].text);
        else if (!rep__missing(unit, row->values[i]))
            rep__plain_value(buf, unit, row->values[i]);
    }
    end_record(grid->out);
}

static bool adds_up(const struct rep_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].additive)
            return true;
    return false;
}

static void put_rows(struct grid *grid, const struct rep_row *parent)
{
    for (size_t i = 0; i < parent->row_count; i++) {
        const struct rep_row *row = &parent->rows[i];
        vec_push(&grid->path, row->name);
        if (row->row_count == 0 || !adds_up(grid->table))
            put_record(grid, row);
        put_rows(grid, row);
        grid->path.count--;
    }
}

static void put_table(struct rep__out *out, const struct rep_table *table)
{
    struct grid grid = {.out = out, .table = table};
    find_levels(&grid, &table->total, 0);
    if (grid.levels.count == 0)
        vec_push(&grid.levels, NULL);
    put_header(&grid);
    put_rows(&grid, &table->total);
    vec_free(&grid.levels);
    vec_free(&grid.path);
}

// ---------------------------------------------------------------------------- types

static const char type_header[] = "kind,type,size,alignment,holes_size,tail_padding,declared,"
                                  "member,member_type,offset,member_size,bit_offset,bit_size,value";

static void put_number(struct buf *buf, uint64_t value)
{
    buf_char(buf, ',');
    buf_u64(buf, value);
}

// The columns of the type, the same in each of its records.
static void put_type_columns(struct buf *buf, const struct rep_type *type)
{
    bool anonymous = type->name[0] == '\0' && type->alias != NULL;
    rep__csv_text(buf, type->kind);
    buf_char(buf, ',');
    rep__csv_text(buf, anonymous ? type->alias : type->name);
    put_number(buf, type->size);
    put_number(buf, type->alignment);
    put_number(buf, type->holes_size);
    put_number(buf, type->tail_padding);
    buf_char(buf, ',');
    rep__csv_text(buf, type->declared);
    buf_char(buf, ',');
}

static void put_place(struct buf *buf, const struct rep_member *member)
{
    uint64_t bit = member->bit_offset % 8;
    if (rep__unplaced(member)) {
        buf_text(buf, ",,,,,");
        return;
    }
    put_number(buf, member->bit_offset / 8);
    put_number(buf, member->bit_size / 8 + (member->bit_size % 8 + bit + 7) / 8);
    if (member->bit_field) {
        put_number(buf, member->bit_offset);
        put_number(buf, member->bit_size);
    } else {
        buf_text(buf, ",,");
    }
    buf_char(buf, ',');
}

// The names a member lies in: "list" "next" for list.next.
struct member_path {
    struct buf text;
    VEC(size_t) ends; // of the text, by depth
};

static const char *join_path(struct member_path *path, const struct rep_member *member)
{
    path->ends.count = MIN(path->ends.count, member->depth);
    path->text.size = path->ends.count ? path->ends.items[path->ends.count - 1] : 0;
    if (path->text.size != 0 && member->name[0] != '\0')
        buf_char(&path->text, '.');
    buf_text(&path->text, member->name);
    vec_push(&path->ends, path->text.size);
    buf_char(&path->text, '\0');
    return path->text.data;
}

static void put_members(struct rep__out *out, const struct rep_type *type, struct member_path *path)
{
    path->ends.count = 0;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        put_type_columns(&out->buf, type);
        rep__csv_text(&out->buf, join_path(path, member));
        buf_char(&out->buf, ',');
        rep__csv_text(&out->buf, member->type);
        put_place(&out->buf, member);
        end_record(out);
    }
}

static void put_enumerators(struct rep__out *out, const struct rep_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct rep_enumerator *item = &type->enumerators[i];
        put_type_columns(&out->buf, type);
        rep__csv_text(&out->buf, item->name);
        buf_text(&out->buf, ",,,,,,");
        rep__plain_value(&out->buf, item->is_unsigned ? REP_COUNT : REP_DELTA,
                         (union rep_value){.i = item->value});
        end_record(out);
    }
}

static void put_type(struct rep__out *out, const struct rep_type *type, struct member_path *path)
{
    put_members(out, type, path);
    put_enumerators(out, type);
    if (type->member_count != 0 || type->enumerator_count != 0)
        return;
    put_type_columns(&out->buf, type);
    buf_char(&out->buf, ',');
    rep__csv_text(&out->buf, type->target);
    buf_text(&out->buf, ",,,,,");
    end_record(out);
}

static void put_types(struct rep__out *out, const struct rep_types *types)
{
    struct member_path path = {0};
    struct rep_type type = {0};
    buf_text(&out->buf, type_header);
    end_record(out);
    while (!out->failed && types->next(types->context, &type)) {
        put_type(out, &type, &path);
        type = (struct rep_type){0};
    }
    buf_free(&path.text);
    vec_free(&path.ends);
}

void rep__csv(struct rep__out *out, const struct rep_report *report)
{
    bool first = true;
    for (size_t i = 0; i < report->part_count; i++) {
        const struct rep_part *part = &report->parts[i];
        if (part->kind == REP_NOTES)
            continue;
        if (!first)
            end_record(out);
        first = false;
        if (part->kind == REP_TABLE)
            put_table(out, &part->table);
        else if (part->kind == REP_FINDINGS)
            rep__findings_csv(out, part);
        else
            put_types(out, &part->types);
    }
}
