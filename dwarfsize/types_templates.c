// SPDX-License-Identifier: MIT
//
// Names of templates that say no arguments. With -gsimple-template-names clang calls both vector<int> and
// vector<char> "vector" and leaves the rest to the DIEs below:
//
//   DW_TAG_structure_type "pair"
//     DW_TAG_template_type_parameter "A" -> int              pair<int, 3U, 'x', char *>
//     DW_TAG_template_value_parameter "N" = 3
//     DW_TAG_GNU_template_parameter_pack
//       DW_TAG_template_value_parameter = 120 ...
//
// The arguments are put back as clang (16 and later) spells them without the option, so that types compare across builds.
// Names of all trees are spelled from those in the file before any is replaced: the order does not matter.

#include <inttypes.h>

#include "dwarfsize/types.h"

#define DEPTH_MAX        24
#define SIZE_MAX_OF_NAME 2000 // bytes; what is longer stays as the file has it

struct speller {
    const struct dw__forest *forest;
    struct buf *out;
    bool failed; // too long or too deep
};

static void spell_type(struct speller *s, struct dw__place place, const char *declarator,
                       unsigned depth);

static bool is_simple(struct dw__place place)
{
    return place.tree->cxx && (place.node->flags & NODE_TEMPLATE) && place.node->name[0] != '\0' &&
           strchr(place.node->name, '<') == NULL;
}

// ------------------------------------------------------------------------- values

static bool print_character(struct buf *out, const char *type, uint64_t value)
{
    static const struct {
        const char *type, *prefix;
        uint64_t mask;
    } kinds[] = {{"char", "", 0xff},
                 {"signed char", "(signed char)", 0xff},
                 {"unsigned char", "(unsigned char)", 0xff},
                 {"wchar_t", "L", UINT32_MAX},
                 {"char8_t", "u8", 0xff},
                 {"char16_t", "u", 0xffff},
                 {"char32_t", "U", UINT32_MAX}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(type, kinds[i].type) != 0)
            continue;
        unsigned c = (unsigned)(value & kinds[i].mask);
        static const char escapes[] = "\aa\bb\ff\nn\rr\tt\vv\'\'\\\\";
        const char *escape = escapes;
        while (escape[0] != '\0' && (unsigned char)escape[0] != c)
            escape += 2;
        if (c != 0 && escape[0] != '\0')
            buf_printf(out, "%s'\\%c'", kinds[i].prefix, escape[1]);
        else if (c >= ' ' && c < 0x7f)
            buf_printf(out, "%s'%c'", kinds[i].prefix, c);
        else
            buf_printf(out, c > 0xff ? "%s'\\u%04x'" : "%s'\\x%02x'", kinds[i].prefix, c);
        return true;
    }
    return false;
}

static void print_number(struct buf *out, const struct dw__node *type, uint64_t value)
{
    static const struct {
        const char *type, *suffix; // none: a cast says it
    } suffixes[] = {{"int", ""},         {"unsigned int", "U"},
                    {"long", "L"},       {"unsigned long", "UL"},
                    {"long long", "LL"}, {"unsigned long long", "ULL"}};
    const char *suffix = NULL;
    for (size_t i = 0; i < COUNT_OF(suffixes); i++)
        if (strcmp(type->name, suffixes[i].type) == 0)
            suffix = suffixes[i].suffix;
    if (suffix == NULL)
        buf_printf(out, "(%s)", type->name);
    bool is_signed = type->encoding == DW_ATE_signed;
    if (is_signed && type->size < 8)
        value = (uint64_t)((int64_t)(value << (64 - 8 * type->size)) >> (64 - 8 * type->size));
    if (is_signed && (int64_t)value < 0) {
        buf_char(out, '-');
        value = -value;
    }
    buf_u64(out, value);
    buf_text(out, suffix ? suffix : "");
}

static void print_value(struct speller *s, struct dw__place type, uint64_t value, unsigned depth)
{
    while (type.node != NULL && depth++ < DEPTH_MAX &&
           (type.node->tag == DW_TAG_const_type || type.node->tag == DW_TAG_typedef))
        type = dw__place_of(s->forest, type.tree, type.node->type);
    if (type.node == NULL || depth >= DEPTH_MAX || type.node->size == 0) {
        s->failed = true;
    } else if (type.node->tag == DW_TAG_enumeration_type) {
        buf_char(s->out, '(');
        spell_type(s, type, "", depth);
        buf_char(s->out, ')');
        buf_printf(s->out, "%" PRId64, (int64_t)value);
    } else if (type.node->encoding == DW_ATE_boolean) {
        buf_text(s->out, value ? "true" : "false");
    } else if (!print_character(s->out, type.node->name, value)) {
        print_number(s->out, type.node, value);
    }
}

// --------------------------------------------------------------------------- types

// They stand before all members.
static void spell_arguments(struct speller *s, struct dw__place place, unsigned depth)
{
    bool first = true;
    buf_char(s->out, '<');
    for (uint32_t i = place.node->first; i != NO_INDEX; i = place.tree->items.items[i].next) {
        const struct dw__item *item = &place.tree->items.items[i];
        s->failed |= s->out->size > SIZE_MAX_OF_NAME;
        if (!dw__is_template_argument(item) || s->failed)
            break;
        buf_text(s->out, first ? "" : ", ");
        first = false;
        struct dw__place type = dw__place_of(s->forest, place.tree, item->type);
        if (item->tag == DW_TAG_GNU_template_template_param)
            buf_text(s->out, item->name);
        else if (item->tag == DW_TAG_template_value_parameter)
            print_value(s, type, item->offset, depth + 1);
        else
            spell_type(s, type, "", depth + 1);
    }
    buf_text(s->out, s->out->size && s->out->data[s->out->size - 1] == '>' ? " >" : ">");
}

static void spell_name(struct speller *s, struct dw__place place, unsigned depth)
{
    const char *name = place.node->name;
    if (strcmp(name, "decltype(nullptr)") == 0)
        name = "std::nullptr_t";
    buf_text(s->out, name[0] ? name : "(anonymous namespace)");
    if (is_simple(place))
        spell_arguments(s, place, depth);
}

static void spell_scopes(struct speller *s, struct dw__place place, unsigned depth)
{
    struct dw__place scope = dw__scope_of(s->forest, place);
    if (depth > DEPTH_MAX || s->out->size > SIZE_MAX_OF_NAME)
        s->failed = true;
    if (scope.node == NULL || s->failed)
        return;
    spell_scopes(s, scope, depth + 1);
    spell_name(s, scope, depth + 1);
    buf_text(s->out, "::");
}

// "(int, char *)"; the object of a method goes without saying, but for its "const".
static void spell_parameters(struct speller *s, struct dw__place function, unsigned depth)
{
    bool first = true, is_const = false;
    buf_char(s->out, '(');
    for (uint32_t i = function.node->first; i != NO_INDEX; i = function.tree->items.items[i].next) {
        const struct dw__item *item = &function.tree->items.items[i];
        s->failed |= s->out->size > SIZE_MAX_OF_NAME;
        if (s->failed)
            break;
        struct dw__place type = dw__place_of(s->forest, function.tree, item->type);
        if (item->flags & DW_MEMBER_ARTIFICIAL) {
            type = type.node ? dw__place_of(s->forest, type.tree, type.node->type) : type;
            is_const = type.node != NULL && type.node->tag == DW_TAG_const_type;
            continue;
        }
        buf_text(s->out, first ? "" : ", ");
        first = false;
        if (item->tag == DW_TAG_unspecified_parameters)
            buf_text(s->out, "...");
        else
            spell_type(s, type, "", depth + 1);
    }
    buf_text(s->out, is_const ? ") const" : ")");
}

// Goes on to what `place` points to, holds or returns.
static void spell_target(struct speller *s, struct dw__place place, struct buf *declarator,
                         unsigned depth)
{
    buf_char(declarator, '\0');
    spell_type(s, dw__place_of(s->forest, place.tree, place.node->type), declarator->data,
               depth + 1);
}

static void add_sign(struct speller *s, struct dw__place place, struct buf *declarator,
                     unsigned depth)
{
    struct dw__place target = dw__place_of(s->forest, place.tree, place.node->type);
    bool binds = target.node != NULL && (target.node->tag == DW_TAG_array_type ||
                                         target.node->tag == DW_TAG_subroutine_type);
    buf_text(declarator, binds ? "(" : "");
    if (place.node->tag == DW_TAG_ptr_to_member_type) {
        struct speller inner = {s->forest, declarator, false};
        spell_type(&inner, dw__place_of(s->forest, place.tree, place.node->contains), "",
                   depth + 1);
        buf_text(declarator, "::");
        s->failed |= inner.failed;
    }
    buf_text(declarator, place.node->tag == DW_TAG_reference_type          ? "&"
                         : place.node->tag == DW_TAG_rvalue_reference_type ? "&&"
                                                                           : "*");
}

static bool is_pointer(const struct dw__node *node)
{
    return node != NULL &&
           (node->tag == DW_TAG_pointer_type || node->tag == DW_TAG_ptr_to_member_type);
}

static void spell_qualified(struct speller *s, struct dw__place place, const char *declarator,
                            unsigned depth)
{
    const char *word = place.node->tag == DW_TAG_const_type ? "const" : "volatile";
    struct dw__place target = dw__place_of(s->forest, place.tree, place.node->type);
    struct buf inner = {0};
    if (is_pointer(target.node)) {
        buf_printf(&inner, declarator[0] ? "%s %s" : "%s", word, declarator);
    } else {
        buf_printf(s->out, "%s ", word);
        buf_text(&inner, declarator);
    }
    spell_target(s, place, &inner, depth);
    buf_free(&inner);
}

static void spell_named(struct speller *s, struct dw__place place, const char *declarator,
                        unsigned depth)
{
    if (place.node == NULL) {
        buf_text(s->out, "void");
    } else {
        s->failed |= place.node->name[0] == '\0';
        spell_scopes(s, place, depth);
        spell_name(s, place, depth);
    }
    buf_text(s->out, declarator[0] != '\0' && declarator[0] != '[' ? " " : "");
    buf_text(s->out, declarator);
}

static void spell_dimensions(struct dw__place array, struct buf *out)
{
    uint32_t i = array.node->first;
    for (; i != NO_INDEX && out->size <= SIZE_MAX_OF_NAME; i = array.tree->items.items[i].next) {
        uint64_t elements = dw__item_elements(array.tree, &array.tree->items.items[i]);
        buf_char(out, '[');
        if (elements != DW_COUNT_UNKNOWN)
            buf_u64(out, elements);
        buf_char(out, ']');
    }
}

static void spell_around(struct speller *s, struct dw__place place, const char *declarator,
                         unsigned depth)
{
    struct buf inner = {0};
    if (place.node->tag == DW_TAG_array_type) {
        buf_text(&inner, declarator);
        spell_dimensions(place, &inner);
    } else if (place.node->tag == DW_TAG_subroutine_type) {
        struct speller parameters = {s->forest, &inner, false};
        buf_text(&inner, declarator);
        spell_parameters(&parameters, place, depth);
        s->failed |= parameters.failed;
    } else {
        add_sign(s, place, &inner, depth);
        bool binds = inner.data[0] == '(';
        buf_text(&inner, declarator);
        buf_text(&inner, binds ? ")" : "");
    }
    spell_target(s, place, &inner, depth);
    buf_free(&inner);
}

static void spell_type(struct speller *s, struct dw__place place, const char *declarator,
                       unsigned depth)
{
    if (depth > DEPTH_MAX || s->out->size > SIZE_MAX_OF_NAME)
        s->failed = true;
    if (s->failed)
        return;
    switch (place.node ? place.node->tag : 0) {
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
        spell_qualified(s, place, declarator, depth);
        break;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_ptr_to_member_type:
    case DW_TAG_array_type:
    case DW_TAG_subroutine_type:
        spell_around(s, place, declarator, depth);
        break;
    default:
        spell_named(s, place, declarator, depth);
        break;
    }
}

// ------------------------------------------------------------------------ a tree

void dw__templates_spell(const struct dw__forest *forest, struct dw__tree *tree,
                         struct dw__room *room)
{
    struct buf name = {0};
    tree->spelled.count = 0;
    for (size_t i = 0; tree->cxx && i < tree->nodes.count; i++) {
        struct speller s = {forest, &name, false};
        struct dw__place place = {tree, &tree->nodes.items[i]};
        if (!is_simple(place))
            continue;
        name.size = 0;
        spell_name(&s, place, 0);
        if (s.failed || name.size > SIZE_MAX_OF_NAME || !dw__room_take(room, 2 * name.size))
            continue;
        if (tree->names == NULL)
            tree->names = arena_new();
        char *text = arena_text(tree->names, slice_of(name.data, name.size));
        vec_push(&tree->spelled, ((struct dw__spelled){(uint32_t)i, text}));
    }
    buf_free(&name);
}

void dw__templates_apply(struct dw__tree *tree)
{
    for (size_t i = 0; i < tree->spelled.count; i++) {
        struct dw__node *node = &tree->nodes.items[tree->spelled.items[i].node];
        node->name = tree->spelled.items[i].name;
        node->flags |= NODE_SPELLED;
    }
}
