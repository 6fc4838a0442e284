// SPDX-License-Identifier: MIT
//
// C spelling of a type around a declarator. C reads inside out: the declarator grows on its way
// from the name to the type that has one.
//
//   array of 4 pointers to function(int) returning char:      char *(*name[4])(int)
//     name -> name[4] -> *name[4] -> (*name[4])(int) -> *(*name[4])(int) -> char *(*name[4])(int)

#include "dwarfsize/types.h"

#define DEPTH_MAX 64

static void spell(const struct dw_types *types, dw_type_id id, struct buf *declarator,
                  unsigned depth, struct buf *out);

static void prepend(struct buf *text, const char *front)
{
    size_t size = strlen(front);
    buf_reserve(text, size);
    memmove(text->data + size, text->data, text->size);
    memcpy(text->data, front, size);
    text->size += size;
}

void dw_types_qualified(const struct dw_types *types, dw_type_id id, struct buf *out)
{
    const struct dw_type *type = dw_types_get(types, id);
    if (type == NULL) {
        buf_text(out, "void");
        return;
    }
    if (type->scope[0] != '\0') {
        buf_text(out, type->scope);
        buf_text(out, "::");
    }
    buf_text(out, type->name[0] ? type->name : "{anonymous}");
}

static const char *keyword_of(const struct dw_type *type)
{
    switch (type->kind) {
    case DW_STRUCT:
        return "struct";
    case DW_CLASS:
        return "class";
    case DW_UNION:
        return "union";
    case DW_ENUM:
        return "enum";
    default:
        return NULL;
    }
}

// "name declarator", with no blank where one of them is empty.
static void spell_named(const struct dw_types *types, dw_type_id id, const struct buf *declarator,
                        struct buf *out)
{
    const struct dw_type *type = dw_types_get(types, id);
    const char *keyword =
        type != NULL && (type->tagged || type->name[0] == '\0') ? keyword_of(type) : NULL;
    if (keyword != NULL) {
        buf_text(out, keyword);
        buf_char(out, ' ');
    }
    dw_types_qualified(types, id, out);
    if (declarator->size != 0)
        buf_char(out, ' ');
    buf_bytes(out, declarator->data, declarator->size);
}

// Pointers bind weaker than [] and (): "(*name)[4]".
static void spell_pointer(const struct dw_types *types, const struct dw_type *type,
                          const char *sign, struct buf *declarator, unsigned depth, struct buf *out)
{
    const struct dw_type *target = dw_types_get(types, type->target);
    bool binds = target != NULL && (target->kind == DW_ARRAY || target->kind == DW_FUNCTION);
    prepend(declarator, sign);
    if (binds) {
        prepend(declarator, "(");
        buf_char(declarator, ')');
    }
    spell(types, type->target, declarator, depth + 1, out);
}

static void spell_array(const struct dw_types *types, const struct dw_type *type,
                        struct buf *declarator, unsigned depth, struct buf *out)
{
    for (uint32_t i = 0; i < type->dimension_count; i++) {
        buf_char(declarator, '[');
        if (type->dimensions[i] != DW_COUNT_UNKNOWN)
            buf_u64(declarator, type->dimensions[i]);
        buf_char(declarator, ']');
    }
    if (type->dimension_count == 0)
        buf_text(declarator, "[]");
    spell(types, type->target, declarator, depth + 1, out);
}

static void spell_function(const struct dw_types *types, const struct dw_type *type,
                           struct buf *declarator, unsigned depth, struct buf *out)
{
    buf_char(declarator, '(');
    for (uint32_t i = 0; i < type->member_count; i++) {
        struct buf none = {0};
        if (i != 0)
            buf_text(declarator, ", ");
        spell(types, type->members[i].type, &none, depth + 1, declarator);
        buf_free(&none);
    }
    if (type->variadic)
        buf_text(declarator, type->member_count ? ", ..." : "...");
    else if (type->member_count == 0 && type->tagged)
        buf_text(declarator, "void");
    buf_char(declarator, ')');
    spell(types, type->target, declarator, depth + 1, out);
}

// A qualifier of a pointer stands behind its star, of anything else before the name.
static void spell_qualifier(const struct dw_types *types, const struct dw_type *type,
                            const char *word, struct buf *declarator, unsigned depth,
                            struct buf *out)
{
    const struct dw_type *target = dw_types_get(types, type->target);
    if (target != NULL && target->kind == DW_POINTER) {
        if (declarator->size != 0)
            prepend(declarator, " ");
        prepend(declarator, word);
    } else {
        buf_text(out, word);
        buf_char(out, ' ');
    }
    spell(types, type->target, declarator, depth + 1, out);
}

static void spell(const struct dw_types *types, dw_type_id id, struct buf *declarator,
                  unsigned depth, struct buf *out)
{
    const struct dw_type *type = dw_types_get(types, id);
    if (type == NULL || depth > DEPTH_MAX) {
        spell_named(types, DW_NO_TYPE, declarator, out);
        return;
    }
    bool named = type->name[0] != '\0';
    switch (type->kind) {
    case DW_POINTER:
        if (!named) {
            spell_pointer(types, type, "*", declarator, depth, out);
            return;
        }
        break;
    case DW_REFERENCE:
        spell_pointer(types, type, "&", declarator, depth, out);
        return;
    case DW_RVALUE_REFERENCE:
        spell_pointer(types, type, "&&", declarator, depth, out);
        return;
    case DW_MEMBER_POINTER: {
        struct buf sign = {0};
        dw_types_qualified(types, type->contains, &sign);
        buf_bytes(&sign, "::*", 4);
        spell_pointer(types, type, sign.data, declarator, depth, out);
        buf_free(&sign);
        return;
    }
    case DW_CONST:
        spell_qualifier(types, type, "const", declarator, depth, out);
        return;
    case DW_VOLATILE:
        spell_qualifier(types, type, "volatile", declarator, depth, out);
        return;
    case DW_RESTRICT:
        spell_qualifier(types, type, "restrict", declarator, depth, out);
        return;
    case DW_ATOMIC:
        spell_qualifier(types, type, "_Atomic", declarator, depth, out);
        return;
    case DW_ARRAY:
        if (!named) {
            spell_array(types, type, declarator, depth, out);
            return;
        }
        break;
    case DW_FUNCTION:
        if (!named) {
            spell_function(types, type, declarator, depth, out);
            return;
        }
        break;
    default:
        break;
    }
    spell_named(types, id, declarator, out);
}

void dw_types_spell(const struct dw_types *types, dw_type_id id, const char *declarator,
                    struct buf *out)
{
    struct buf around = {0};
    buf_text(&around, declarator);
    spell(types, id, &around, 0, out);
    buf_free(&around);
}
