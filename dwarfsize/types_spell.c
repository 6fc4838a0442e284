// SPDX-License-Identifier: MIT
//
// C spelling of a type around a declarator. C reads inside out: the declarator grows on its way
// from the name to the type that has one.
//
//   array of 4 pointers to function(int) returning char:      char *(*name[4])(int)
//     name -> name[4] -> *name[4] -> (*name[4])(int) -> *(*name[4])(int) -> char *(*name[4])(int)

#include "dwarfsize/types.h"

// Damaged input can lead a type back to itself: a function type inside its own parameters reads
// "(...)", and what has grown absurdly long is cut.

#define DEPTH_MAX 64
#define LONGEST   2000 // bytes of one spelling

// A function type whose parameters are being spelled.
struct around {
    dw_type_id id;
    const struct around *outer;
};

struct spelling {
    const struct dw_types *types;
    const struct around *functions;
    unsigned depth;
    bool method; // the function type to come is that of a member function
};

static void spell(const struct spelling *s, dw_type_id id, struct buf *declarator, struct buf *out);

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

// The declarator goes on to the type that `type` points to, holds or returns.
static void spell_target(const struct spelling *s, const struct dw_type *type,
                         struct buf *declarator, struct buf *out)
{
    struct spelling inner = *s;
    inner.depth++;
    spell(&inner, type->target, declarator, out);
}

// Pointers bind weaker than [] and (): "(*name)[4]".
static void spell_pointer(const struct spelling *s, const struct dw_type *type, const char *sign,
                          struct buf *declarator, struct buf *out)
{
    const struct dw_type *target = dw_types_get(s->types, type->target);
    bool binds = target != NULL && (target->kind == DW_ARRAY || target->kind == DW_FUNCTION);
    prepend(declarator, sign);
    if (binds) {
        prepend(declarator, "(");
        buf_char(declarator, ')');
    }
    spell_target(s, type, declarator, out);
}

// "void (C::*name)(int) const": the object goes without saying.
static void spell_member_pointer(const struct spelling *s, const struct dw_type *type,
                                 struct buf *declarator, struct buf *out)
{
    struct buf sign = {0};
    struct spelling method = *s;
    method.method = true;
    dw_types_qualified(s->types, type->contains, &sign);
    buf_bytes(&sign, "::*", 4);
    spell_pointer(&method, type, sign.data, declarator, out);
    buf_free(&sign);
}

static void spell_array(const struct spelling *s, const struct dw_type *type,
                        struct buf *declarator, struct buf *out)
{
    for (uint32_t i = 0; i < type->dimension_count; i++) {
        buf_char(declarator, '[');
        if (type->dimensions[i] != DW_COUNT_UNKNOWN)
            buf_u64(declarator, type->dimensions[i]);
        buf_char(declarator, ']');
    }
    if (type->dimension_count == 0)
        buf_text(declarator, "[]");
    spell_target(s, type, declarator, out);
}

// The object that a member function is called on, or NULL: its first parameter, which nobody wrote.
static const struct dw_type *object_of(const struct spelling *s, const struct dw_type *function)
{
    bool there = s->method && function->member_count != 0 &&
                 (function->members[0].flags & DW_MEMBER_ARTIFICIAL);
    if (!there)
        return NULL;
    dw_type_id pointer = dw_types_strip(s->types, function->members[0].type);
    return dw_types_get(s->types, pointer);
}

static void spell_object_qualifiers(const struct spelling *s, const struct dw_type *pointer,
                                    struct buf *out)
{
    const struct dw_type *object = dw_types_get(s->types, pointer->target);
    for (unsigned depth = 0; object != NULL && depth < 2; depth++) {
        if (object->kind == DW_CONST || object->kind == DW_VOLATILE)
            buf_text(out, object->kind == DW_CONST ? " const" : " volatile");
        object = dw_types_get(s->types, object->target);
    }
}

static void spell_parameters(const struct spelling *s, const struct dw_type *type, dw_type_id id,
                             uint32_t first, struct buf *out)
{
    struct around here = {id, s->functions};
    struct spelling inner = {s->types, &here, s->depth + 1, false};
    for (const struct around *at = s->functions; at != NULL; at = at->outer)
        if (at->id == id) {
            buf_text(out, "...");
            return;
        }
    for (uint32_t i = first; i < type->member_count; i++) {
        struct buf none = {0};
        if (i != first)
            buf_text(out, ", ");
        spell(&inner, type->members[i].type, &none, out);
        buf_free(&none);
    }
    bool none = type->member_count == first;
    if (type->variadic && !(none && type->tagged)) // C's () takes anything
        buf_text(out, none ? "..." : ", ...");
    else if (!type->variadic && none && type->tagged)
        buf_text(out, "void");
}

static void spell_function(const struct spelling *s, const struct dw_type *type, dw_type_id id,
                           struct buf *declarator, struct buf *out)
{
    const struct dw_type *object = object_of(s, type);
    struct spelling result = *s;
    result.method = false;
    buf_char(declarator, '(');
    spell_parameters(s, type, id, object != NULL, declarator);
    buf_char(declarator, ')');
    if (object != NULL)
        spell_object_qualifiers(s, object, declarator);
    spell_target(&result, type, declarator, out);
}

static bool is_qualifier(const struct dw_type *type)
{
    return type->kind >= DW_CONST && type->kind <= DW_ATOMIC && type->name[0] == '\0';
}

// Whether a qualifier of this type is one of a pointer, through further qualifiers.
static bool qualifies_pointer(const struct spelling *s, const struct dw_type *target)
{
    for (unsigned depth = 0; target != NULL && depth < DEPTH_MAX; depth++) {
        if (!is_qualifier(target))
            return target->name[0] == '\0' &&
                   (target->kind == DW_POINTER || target->kind == DW_MEMBER_POINTER);
        target = dw_types_get(s->types, target->target);
    }
    return false;
}

// A qualifier of a pointer stands behind its star, of anything else before the name.
static void spell_qualifier(const struct spelling *s, const struct dw_type *type, const char *word,
                            struct buf *declarator, struct buf *out)
{
    const struct dw_type *target = dw_types_get(s->types, type->target);
    const struct dw_type *element =
        target != NULL && target->kind == DW_ARRAY ? dw_types_get(s->types, target->target) : NULL;
    if (element != NULL && element->kind == type->kind) {
        // gcc qualifies an array and its elements; in C that is one thing, said once.
    } else if (qualifies_pointer(s, target)) {
        if (declarator->size != 0)
            prepend(declarator, " ");
        prepend(declarator, word);
    } else {
        buf_text(out, word);
        buf_char(out, ' ');
    }
    spell_target(s, type, declarator, out);
}

static void spell(const struct spelling *s, dw_type_id id, struct buf *declarator, struct buf *out)
{
    static const char *const words[] = {
        [DW_POINTER] = "*",      [DW_REFERENCE] = "&",       [DW_RVALUE_REFERENCE] = "&&",
        [DW_CONST] = "const",    [DW_VOLATILE] = "volatile", [DW_RESTRICT] = "restrict",
        [DW_ATOMIC] = "_Atomic",
    };
    const struct dw_type *type = dw_types_get(s->types, id);
    if (s->depth > DEPTH_MAX || declarator->size > LONGEST || out->size > LONGEST)
        buf_text(out, "...");
    else if (type == NULL || type->name[0] != '\0')
        spell_named(s->types, id, declarator, out);
    else if (type->kind >= DW_POINTER && type->kind <= DW_RVALUE_REFERENCE)
        spell_pointer(s, type, words[type->kind], declarator, out);
    else if (is_qualifier(type))
        spell_qualifier(s, type, words[type->kind], declarator, out);
    else if (type->kind == DW_MEMBER_POINTER)
        spell_member_pointer(s, type, declarator, out);
    else if (type->kind == DW_ARRAY)
        spell_array(s, type, declarator, out);
    else if (type->kind == DW_FUNCTION)
        spell_function(s, type, id, declarator, out);
    else if (type->kind == DW_SUBRANGE && type->target != DW_NO_TYPE)
        spell_target(s, type, declarator, out);
    else
        spell_named(s->types, id, declarator, out);
}

void dw_types_spell(const struct dw_types *types, dw_type_id id, const char *declarator,
                    struct buf *out)
{
    struct spelling s = {.types = types};
    struct buf around = {0}, text = {0};
    buf_text(&around, declarator);
    spell(&s, id, &around, &text);
    buf_bytes(out, text.data, text.size);
    buf_free(&around);
    buf_free(&text);
}
