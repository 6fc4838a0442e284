// SPDX-License-Identifier: MIT
//
// Types as JSON objects, one member a line:
//
//   {"name": "PyListObject", "kind": "struct", "size": 40, "alignment": 8, ...
//     "members": [
//       {"name": "ob_item", "type": "PyObject **", "offset": 24, "size": 8}],
//     "holes": [{"offset": 4, "size": 4}], "tail_padding": 0, ...}
//
// The members of an expanded aggregate stand inside it, as its own "members".

#include <stdlib.h>

#include "reports/private.h"

// Integers beyond this do not survive in every JSON reader; as text they do.
#define EXACT_MAX ((INT64_C(1) << 53) - 1)

static void put_text(struct buf *buf, const char *key, const char *value)
{
    if (value == NULL)
        return;
    buf_text(buf, key);
    rep__json_text(buf, value);
}

static void put_u64(struct buf *buf, const char *key, uint64_t value)
{
    buf_text(buf, key);
    buf_u64(buf, value);
}

// --------------------------------------------------------------------------- members

static void put_place(struct buf *buf, const struct rep_member *member)
{
    uint64_t bit = member->bit_offset % 8;
    bool bits = member->bit_field || bit != 0 || member->bit_size % 8 != 0;
    put_u64(buf, ", \"offset\": ", member->bit_offset / 8);
    // The whole bytes it touches; written so that no sum can overflow.
    put_u64(buf, ", \"size\": ", member->bit_size / 8 + (member->bit_size % 8 + bit + 7) / 8);
    if (bits) {
        put_u64(buf, ", \"bit_offset\": ", member->bit_offset);
        put_u64(buf, ", \"bit_size\": ", member->bit_size);
    }
    if (member->bit_field && member->storage_size != 0)
        put_u64(buf, ", \"storage_size\": ", member->storage_size);
}

// All but the closing brace.
static void put_member(struct buf *buf, const struct rep_member *member)
{
    put_text(buf, "{\"name\": ", member->name);
    put_text(buf, ", \"type\": ", member->type);
    if (member->is_static)
        buf_text(buf, ", \"static\": true");
    if (!rep__unplaced(member))
        put_place(buf, member);
    if (member->flexible)
        buf_text(buf, ", \"flexible\": true");
    if (member->variant)
        buf_text(buf, ", \"variant\": true");
    if (member->discriminant)
        buf_text(buf, ", \"discriminant\": true");
    if (member->inherited)
        buf_text(buf, ", \"base\": true");
    if (member->virtual_base)
        buf_text(buf, ", \"virtual\": true");
    if (member->vtable_pointer)
        buf_text(buf, ", \"vtable_pointer\": true");
}

// Depth falls from `from` to `to`: closes what was opened in between.
static void put_closings(struct buf *buf, size_t from, size_t to)
{
    for (; from > to; from--)
        buf_text(buf, "]}");
}

static void put_members(struct buf *buf, const struct rep_type *type)
{
    size_t open = 0; // expanded members whose "members" are being written
    bool first = true;
    buf_text(buf, ",\n  \"members\": [");
    for (size_t i = 0; i < type->member_count; i++) {
        const struct rep_member *member = &type->members[i];
        first = first && open == member->depth;
        put_closings(buf, open, member->depth);
        open = MIN(open, member->depth);
        ASSERT(open == member->depth);
        buf_text(buf, first ? "\n" : ",\n");
        rep__pad(buf, 4 + 2 * open);
        put_member(buf, member);
        first = member->expanded != NULL;
        if (first) {
            put_text(buf, ", \"expanded\": ", member->expanded);
            buf_text(buf, ", \"members\": [");
            open++;
        } else {
            buf_char(buf, '}');
        }
    }
    put_closings(buf, open, 0);
    buf_char(buf, ']');
}

static void put_holes(struct buf *buf, const struct rep_type *type)
{
    buf_text(buf, ",\n  \"holes\": [");
    for (size_t i = 0; i < type->hole_count; i++) {
        const struct rep_hole *hole = &type->holes[i];
        bool bytes = hole->bit_offset % 8 == 0 && hole->bit_size % 8 == 0;
        buf_text(buf, i ? ", {" : "{");
        put_u64(buf, bytes ? "\"offset\": " : "\"bit_offset\": ",
                bytes ? hole->bit_offset / 8 : hole->bit_offset);
        put_u64(buf, bytes ? ", \"size\": " : ", \"bit_size\": ",
                bytes ? hole->bit_size / 8 : hole->bit_size);
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

static void put_record(struct buf *buf, const struct rep_type *type)
{
    put_members(buf, type);
    put_holes(buf, type);
    put_u64(buf, ",\n  \"tail_padding\": ", type->tail_padding);
    put_u64(buf, ", \"tail_padding_bits\": ", type->tail_padding_bits);
    put_u64(buf, ", \"member_total\": ", type->member_total);
    put_u64(buf, ", \"members_size\": ", type->members_size);
    put_u64(buf, ", \"hole_total\": ", type->hole_total);
    put_u64(buf, ", \"bit_hole_total\": ", type->bit_hole_total);
    put_u64(buf, ", \"holes_size\": ", type->holes_size);
}

// ---------------------------------------------------------------------- enums and all

static void put_enumerators(struct buf *buf, const struct rep_type *type)
{
    buf_text(buf, ",\n  \"enumerators\": [");
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct rep_enumerator *item = &type->enumerators[i];
        bool exact = item->is_unsigned ? (uint64_t)item->value <= EXACT_MAX
                                       : item->value <= EXACT_MAX && item->value >= -EXACT_MAX;
        put_text(buf, i ? ", {\"name\": " : "{\"name\": ", item->name);
        buf_text(buf, exact ? ", \"value\": " : ", \"value\": \"");
        rep__plain_value(buf, item->is_unsigned ? REP_COUNT : REP_DELTA,
                         (union rep_value){.i = item->value});
        buf_text(buf, exact ? "}" : "\"}");
    }
    buf_char(buf, ']');
}

static void put_texts(struct buf *buf, const char *key, const char **texts, size_t count)
{
    if (count == 0)
        return;
    buf_text(buf, key);
    for (size_t i = 0; i < count; i++)
        put_text(buf, i ? ", " : "[", texts[i]);
    buf_char(buf, ']');
}

static void put_type(struct buf *buf, const struct rep_type *type)
{
    put_text(buf, "{\"name\": ", type->name);
    put_text(buf, ", \"kind\": ", type->kind);
    put_u64(buf, ", \"size\": ", type->size);
    if (type->dynamic)
        buf_text(buf, ", \"dynamic\": true");
    if (type->alignment != 0)
        put_u64(buf, ", \"alignment\": ", type->alignment);
    put_text(buf, ", \"alias\": ", type->alias);
    put_text(buf, ", \"target\": ", type->target);
    put_text(buf, ", \"declared\": ", type->declared);
    if (type->instances != 0)
        put_u64(buf, ", \"instances\": ", type->instances);
    put_texts(buf, ", \"units\": ", type->units, type->unit_count);
    put_texts(buf, ", \"notes\": ", type->notes, type->note_count);
    if (strcmp(type->kind, "enum") == 0)
        put_enumerators(buf, type);
    else if (strcmp(type->kind, "typedef") != 0)
        put_record(buf, type);
    buf_char(buf, '}');
}

void rep__types_json(struct rep__out *out, const struct rep_types *types)
{
    struct rep_type type = {0};
    for (bool first = true; !out->failed && types->next(types->context, &type); first = false) {
        buf_text(&out->buf, first ? "\n " : ",\n ");
        put_type(&out->buf, &type);
        rep__breathe(out);
        type = (struct rep_type){0};
    }
}
