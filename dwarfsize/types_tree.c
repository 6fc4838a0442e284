// SPDX-License-Identifier: MIT
//
// One scan of a unit into its type DIEs, their members and the scopes they lie in.

#include "dwarfsize/types.h"

// Which tags come out of the scan. N: a node; I: an item of the node right above it.
//   parameters are wanted only where they look like those of a function type (no name's place)
// clang-format off
#define NODE_TAGS(X)                                                                               \
    X(class_type) X(enumeration_type) X(pointer_type) X(reference_type)                            \
    X(string_type) X(structure_type) X(subroutine_type) X(typedef) X(union_type)                   \
    X(ptr_to_member_type) X(set_type) X(const_type) X(file_type) X(packed_type)                    \
    X(volatile_type) X(restrict_type) X(interface_type) X(namespace) X(module)                     \
    X(unspecified_type) X(rvalue_reference_type) X(template_alias) X(shared_type)                  \
    X(coarray_type) X(dynamic_type) X(atomic_type) X(immutable_type)
#define ITEM_TAGS(X)                                                                               \
    X(member) X(inheritance) X(enumerator) X(formal_parameter) X(unspecified_parameters)           \
    X(template_type_parameter) X(template_value_parameter) X(variable) X(generic_subrange)         \
    X(subrange_type) X(variant_part) X(variant)
// clang-format on

#define SLOT(name) (1ull << SLOT_##name)
#define NODE_SLOTS                                                                                 \
    (SLOT(NAME) | SLOT(BYTE_SIZE) | SLOT(TYPE) | SLOT(DECLARATION) | SLOT(DECL_FILE) |             \
     SLOT(DECL_LINE) | SLOT(SPECIFICATION) | SLOT(ALIGNMENT) | SLOT(CONTAINING_TYPE) |             \
     SLOT(SIGNATURE))
#define MEMBER_SLOTS                                                                               \
    (SLOT(NAME) | SLOT(BYTE_SIZE) | SLOT(BIT_SIZE) | SLOT(BIT_OFFSET) | SLOT(DATA_BIT_OFFSET) |    \
     SLOT(MEMBER_LOCATION) | SLOT(TYPE) | SLOT(DECLARATION) | SLOT(EXTERNAL) | SLOT(ARTIFICIAL) |  \
     SLOT(VIRTUALITY) | SLOT(ALIGNMENT))
#define RANGE_SLOTS (SLOT(UPPER_BOUND) | SLOT(LOWER_BOUND) | SLOT(COUNT) | SLOT(TYPE))

static const uint64_t type_tags[0x100] = {
#define X(name) [DW_TAG_##name] = NODE_SLOTS,
    NODE_TAGS(X)
#undef X
        [DW_TAG_base_type] = NODE_SLOTS | SLOT(ENCODING),
    [DW_TAG_array_type] = NODE_SLOTS | SLOT(GNU_VECTOR) | SLOT(DATA_LOCATION) | SLOT(BIT_STRIDE),
    [DW_TAG_member] = MEMBER_SLOTS,
    [DW_TAG_inheritance] = MEMBER_SLOTS,
    [DW_TAG_variable] = MEMBER_SLOTS,
    [DW_TAG_enumerator] = SLOT(NAME) | SLOT(CONST_VALUE),
    [DW_TAG_formal_parameter] = SLOT(TYPE) | SLOT(ARTIFICIAL),
    [DW_TAG_unspecified_parameters] = SLOT(TYPE),
    [DW_TAG_template_type_parameter] = SLOT(NAME) | SLOT(TYPE),
    [DW_TAG_template_value_parameter] = SLOT(NAME) | SLOT(TYPE) | SLOT(CONST_VALUE),
    [DW_TAG_generic_subrange] = RANGE_SLOTS,
    [DW_TAG_subrange_type] = RANGE_SLOTS | NODE_SLOTS,
    [DW_TAG_variant_part] = SLOT(DISCR),
    [DW_TAG_variant] = SLOT(DISCR_VALUE),
    [DW_TAG_imported_unit] = SLOT(IMPORT),
};

static uint64_t template_slots(uint64_t tag)
{
    return tag == DW_TAG_GNU_template_parameter_pack   ? SLOT(NAME)
           : tag == DW_TAG_GNU_template_template_param ? SLOT(GNU_TEMPLATE_NAME)
                                                       : 0;
}

// The tags there are most of.
static const bool plain_tags[0x100] = {
    [DW_TAG_member] = true,           [DW_TAG_enumerator] = true,
    [DW_TAG_formal_parameter] = true, [DW_TAG_pointer_type] = true,
    [DW_TAG_const_type] = true,       [DW_TAG_volatile_type] = true,
    [DW_TAG_typedef] = true,          [DW_TAG_structure_type] = true,
    [DW_TAG_union_type] = true,       [DW_TAG_enumeration_type] = true,
    [DW_TAG_array_type] = true,       [DW_TAG_subroutine_type] = true,
};

static const struct dw__pass type_pass = {
    .tags = type_tags,
    .vendor_tags = template_slots,
    .plain = plain_tags,
    // Parameters and variables of functions, which have a place in the source or in memory.
    .unwanted = SLOT(LOCATION) | SLOT(ORIGIN),
    .unwanted_parameters = SLOT(DECL_LINE),
};

static bool is_item(uint16_t tag)
{
#define CASE_OF(name) case DW_TAG_##name:
    switch (tag) {
        ITEM_TAGS(CASE_OF)
    case DW_TAG_GNU_template_template_param:
        return true;
    default:
        return false;
    }
}

// An enclosing DIE while the scan is inside of it.
struct scope {
    uint32_t depth;
    uint32_t node; // where items go and scopes nest
    uint8_t flags; // of members found here: variants
};

struct builder {
    struct dw *dw;
    struct dw__room *room;
    bool full; // no room for more
    struct dw__tree *tree;
    VEC(struct scope) stack;
    VEC(uint32_t) specified; // nodes that complete a declaration
    struct slice strings;    // .debug_str
};

// ------------------------------------------------------------------------- items

// DW_AT_data_member_location: a constant, or an expression that adds a constant (5.7.6).
static bool member_location(const struct dw__unit *unit, const struct dw__die *die, uint64_t *bytes)
{
    *bytes = 0;
    if (!dw__has(die, SLOT_MEMBER_LOCATION))
        return true;
    struct slice block = dw__block(unit, die, SLOT_MEMBER_LOCATION);
    if (block.size == 0) {
        *bytes = dw__number(unit, die, SLOT_MEMBER_LOCATION, 0);
        return true;
    }
    struct cur c = cur_make(block, unit->object->big_endian);
    uint8_t op = cur_u8(&c);
    if (op != DW_OP_plus_uconst && op != DW_OP_constu)
        return false; // computed at run time: a virtual base
    *bytes = cur_uleb(&c);
    return !c.failed;
}

static uint8_t member_flags(const struct dw__die *die, const char *name)
{
    uint8_t flags = 0;
    if (dw__flag(die, SLOT_ARTIFICIAL))
        flags |= DW_MEMBER_ARTIFICIAL;
    if (die->tag == DW_TAG_inheritance)
        flags |= DW_MEMBER_BASE;
    if (die->tag == DW_TAG_inheritance && dw__flag(die, SLOT_VIRTUALITY))
        flags |= DW_MEMBER_VIRTUAL;
    bool is_static = dw__flag(die, SLOT_EXTERNAL) || dw__flag(die, SLOT_DECLARATION);
    if (die->tag == DW_TAG_variable || (die->tag == DW_TAG_member && is_static))
        flags |= DW_MEMBER_STATIC;
    if ((flags & DW_MEMBER_ARTIFICIAL) && strncmp(name, "_vptr", 5) == 0)
        flags |= DW_MEMBER_VTABLE;
    return flags;
}

void dw__member_read(const struct dw__unit *unit, const struct dw__die *die, struct dw__item *item)
{
    item->flags |= member_flags(die, item->name);
    if (!member_location(unit, die, &item->offset))
        item->flags |= DW_MEMBER_VIRTUAL;
    item->bit_size = (uint32_t)dw__number(unit, die, SLOT_BIT_SIZE, 0);
    if (item->bit_size != 0)
        item->flags |= DW_MEMBER_BIT_FIELD;
    item->storage = (uint32_t)dw__number(unit, die, SLOT_BYTE_SIZE, 0);
    item->alignment = (uint32_t)dw__number(unit, die, SLOT_ALIGNMENT, 0);
    item->old_bits = dw__has(die, SLOT_BIT_OFFSET);
    item->bits = dw__number(unit, die, item->old_bits ? SLOT_BIT_OFFSET : SLOT_DATA_BIT_OFFSET, 0);
}

// Whether a reference leaves the unit.
static void note_foreign(struct builder *b, dw_ref ref)
{
    b->tree->foreign |= ref != DW_NO_REF && ref - b->tree->start >= b->tree->size;
}

// Room is taken where memory is: when an array grows.
static bool has_room(struct builder *b, size_t count, size_t capacity, size_t item_size)
{
    if (count < capacity)
        return true;
    b->full = !dw__room_take(b->room, MAX(capacity / 2, (size_t)8) * item_size);
    return !b->full;
}

// A new item at the end of the node's list. Written in place and field by field: a million of them
// go through here, and a copy of a record just written stalls.
static struct dw__item *append_item(struct dw__tree *tree, uint32_t node_index)
{
    struct dw__node *node = &tree->nodes.items[node_index];
    uint32_t index = (uint32_t)tree->items.count;
    vec_reserve(&tree->items, tree->items.count + 1);
    tree->items.count++;
    if (node->last == NO_INDEX)
        node->first = index;
    else
        tree->items.items[node->last].next = index;
    node->last = index;
    node->count++;
    struct dw__item *item = &tree->items.items[index];
    item->next = NO_INDEX;
    item->offset = item->bits = 0;
    item->bit_size = item->storage = item->alignment = 0;
    item->old_bits = false;
    return item;
}

static const char *plain_name(const struct builder *b, const struct dw__die *die)
{
    uint64_t offset = dw__field(die, FIELD_NAME);
    return offset < b->strings.size ? (const char *)b->strings.data + offset : "";
}

static dw_ref plain_type(const struct builder *b, const struct dw__die *die)
{
    uint64_t offset = dw__field(die, FIELD_TYPE);
    return offset < b->tree->size ? b->tree->start + offset : DW_NO_REF;
}

static void mark_template(struct builder *b, const struct scope *scope)
{
    b->tree->nodes.items[scope->node].flags |= NODE_TEMPLATE;
}

static void add_item(struct builder *b, const struct dw__unit *unit, const struct dw__die *die,
                     const struct scope *scope)
{
    if (!has_room(b, b->tree->items.count, b->tree->items.capacity, sizeof(struct dw__item)))
        return;
    struct dw__item *item = append_item(b->tree, scope->node);
    item->tag = die->tag;
    item->flags = scope->flags;
    if (die->plain != NULL) {
        uint64_t value = dw__field(die, FIELD_VALUE);
        item->name = plain_name(b, die);
        item->type = plain_type(b, die);
        bool absent = value == UINT64_MAX && die->tag != DW_TAG_enumerator; // there it is -1
        item->offset = absent ? 0 : value;
        if (die->plain->declaration)
            item->flags |= DW_MEMBER_STATIC;
        return;
    }
    item->name = dw__text(unit, die, SLOT_NAME);
    item->type = dw__reference(b->dw, unit, die, SLOT_TYPE);
    note_foreign(b, item->type);
    switch (die->tag) {
    case DW_TAG_formal_parameter:
        if (dw__flag(die, SLOT_ARTIFICIAL))
            item->flags |= DW_MEMBER_ARTIFICIAL;
        break;
    case DW_TAG_member:
    case DW_TAG_inheritance:
    case DW_TAG_variable:
        dw__member_read(unit, die, item);
        break;
    case DW_TAG_enumerator:
        item->offset = dw__number(unit, die, SLOT_CONST_VALUE, 0);
        break;
    case DW_TAG_GNU_template_template_param:
        item->name = dw__text(unit, die, SLOT_GNU_TEMPLATE_NAME);
        mark_template(b, scope);
        break;
    case DW_TAG_template_type_parameter:
    case DW_TAG_template_value_parameter:
        item->offset = dw__number(unit, die, SLOT_CONST_VALUE, 0);
        mark_template(b, scope);
        break;
    case DW_TAG_subrange_type:
    case DW_TAG_generic_subrange:
        item->bits = dw__dimension(unit, die, 0);
        if (!dw__has(die, SLOT_LOWER_BOUND) && !dw__has(die, SLOT_COUNT))
            item->flags |= ITEM_NO_LOWER;
        break;
    default:
        break;
    }
}

// ------------------------------------------------------------------------- nodes

static void fill_node(struct builder *b, const struct dw__unit *unit, const struct dw__die *die,
                      struct dw__node *node)
{
    node->name = dw__text(unit, die, SLOT_NAME);
    node->size = dw__number(unit, die, SLOT_BYTE_SIZE, UINT64_MAX);
    node->type = dw__reference(b->dw, unit, die, SLOT_TYPE);
    node->contains = dw__reference(b->dw, unit, die, SLOT_CONTAINING_TYPE);
    node->alignment = (uint32_t)dw__number(unit, die, SLOT_ALIGNMENT, 0);
    node->decl_file = (uint32_t)dw__number(unit, die, SLOT_DECL_FILE, NO_INDEX);
    node->decl_line = (uint32_t)dw__number(unit, die, SLOT_DECL_LINE, 0);
    node->encoding = (uint8_t)dw__number(unit, die, SLOT_ENCODING, 0);
    // What a type unit describes is only declared here, even where the producer does not say so.
    bool elsewhere = dw__flag(die, SLOT_DECLARATION) || dw__has(die, SLOT_SIGNATURE);
    node->flags = elsewhere ? NODE_DECLARATION : 0;
    if (dw__flag(die, SLOT_GNU_VECTOR))
        node->flags |= NODE_VECTOR;
    node->bit_stride = (uint16_t)dw__number(unit, die, SLOT_BIT_STRIDE, 0);
    bool computed = dw__has(die, SLOT_BYTE_SIZE) && node->size == UINT64_MAX;
    if (computed || dw__has(die, SLOT_DATA_LOCATION))
        node->flags |= NODE_DYNAMIC;
    if (dw__has(die, SLOT_SIGNATURE))
        node->alias = dw__reference(b->dw, unit, die, SLOT_SIGNATURE);
    else if (dw__has(die, SLOT_SPECIFICATION))
        node->alias = dw__reference(b->dw, unit, die, SLOT_SPECIFICATION);
    note_foreign(b, node->type);
    note_foreign(b, node->alias);
    note_foreign(b, node->contains);
}

static void fill_plain_node(const struct builder *b, const struct dw__die *die,
                            struct dw__node *node)
{
    uint64_t line = dw__field(die, FIELD_LINE);
    node->name = plain_name(b, die);
    node->size = dw__field(die, FIELD_VALUE);
    node->type = plain_type(b, die);
    node->decl_file = (uint32_t)dw__field(die, FIELD_FILE); // NO_INDEX when there is none
    node->decl_line = line == UINT64_MAX ? 0 : (uint32_t)line;
    if (die->plain->declaration)
        node->flags = NODE_DECLARATION;
}

static uint32_t add_node(struct builder *b, const struct dw__unit *unit, const struct dw__die *die,
                         uint32_t parent)
{
    struct dw__tree *tree = b->tree;
    uint32_t index = (uint32_t)tree->nodes.count;
    if (!has_room(b, tree->nodes.count, tree->nodes.capacity,
                  sizeof(struct dw__node) + sizeof(uint32_t)))
        return NO_INDEX;
    vec_reserve(&tree->nodes, tree->nodes.count + 1);
    tree->nodes.count++;
    struct dw__node *node = &tree->nodes.items[index];
    node->offset = (uint32_t)(die->offset - unit->start);
    vec_push(&tree->offsets, node->offset);
    node->parent = parent;
    node->first = node->last = NO_INDEX;
    node->count = 0;
    node->tag = die->tag;
    node->alias = node->contains = DW_NO_REF;
    node->alignment = 0;
    node->encoding = 0;
    node->bit_stride = 0;
    node->flags = 0;
    for (unsigned i = 0; i < 2; i++) {
        atomic_init(&node->name_hash[i], 0);
        atomic_init(&node->identity[i], 0);
    }
    for (size_t bucket = node->offset / DW__BUCKET; tree->buckets.count <= bucket;)
        vec_push(&tree->buckets, index);
    if (die->plain != NULL)
        fill_plain_node(b, die, node);
    else
        fill_node(b, unit, die, node);
    if (node->alias != DW_NO_REF && !(node->flags & NODE_DECLARATION))
        vec_push(&b->specified, index);
    return index;
}

// Whether a DIE right below `scope` is one of its items: dimensions of arrays, members of records.
static bool belongs(const struct builder *b, const struct scope *scope, const struct dw__die *die)
{
    if (scope == NULL || scope->depth + 1 != die->depth || scope->node == NO_INDEX)
        return false;
    uint16_t parent = b->tree->nodes.items[scope->node].tag;
    if (parent == DW_TAG_namespace || parent == DW_TAG_module)
        return false;
    bool dimension = die->tag == DW_TAG_subrange_type || die->tag == DW_TAG_generic_subrange;
    return !dimension || parent == DW_TAG_array_type || parent == DW_TAG_coarray_type;
}

static void add_import(struct builder *b, const struct dw__unit *unit, const struct dw__die *die)
{
    dw_ref ref = dw__reference(b->dw, unit, die, SLOT_IMPORT);
    if (ref != DW_NO_REF)
        vec_push(&b->tree->imports, ref);
    note_foreign(b, ref);
}

static void add_die(struct builder *b, const struct dw__unit *unit, const struct dw__die *die)
{
    while (b->stack.count != 0 && b->stack.items[b->stack.count - 1].depth >= die->lowest)
        b->stack.count--;
    if (die->tag == DW_TAG_imported_unit) {
        add_import(b, unit, die);
        return;
    }
    const struct scope *top = b->stack.count ? &b->stack.items[b->stack.count - 1] : NULL;
    struct scope scope = {.depth = die->depth, .node = top ? top->node : NO_INDEX};
    if (die->tag == DW_TAG_GNU_template_parameter_pack) {
        if (!belongs(b, top, die))
            return;
        mark_template(b, top);
    } else if (die->tag == DW_TAG_variant_part || die->tag == DW_TAG_variant) {
        if (!belongs(b, top, die))
            return;
        // Their members are members of the record around them.
        scope.flags = die->tag == DW_TAG_variant ? DW_MEMBER_VARIANT : DW_MEMBER_DISCRIMINANT;
    } else if (is_item(die->tag)) {
        if (belongs(b, top, die)) {
            add_item(b, unit, die, top);
            return;
        }
        if (die->tag != DW_TAG_subrange_type) // as a type of its own (Ada, Modula-2)
            return;
        scope.node = add_node(b, unit, die, scope.node);
    } else {
        scope.node = add_node(b, unit, die, scope.node);
    }
    if (die->children)
        vec_push(&b->stack, scope);
}

void dw__tree_speak(struct dw__tree *tree, uint16_t language)
{
    tree->tagged = dw__is_c(language);
    tree->cxx = dw__is_cxx(language);
    tree->from_one = dw__lowest_index(language);
}

uint64_t dw__item_elements(const struct dw__tree *tree, const struct dw__item *item)
{
    bool less = tree->from_one && (item->flags & ITEM_NO_LOWER) && item->bits != 0;
    return less && item->bits != DW_COUNT_UNKNOWN ? item->bits - 1 : item->bits;
}

static struct dw__node *node_at(struct dw__tree *tree, uint64_t offset)
{
    if (offset / DW__BUCKET >= tree->buckets.count)
        return NULL;
    size_t at = tree->buckets.items[offset / DW__BUCKET];
    while (at < tree->offsets.count && tree->offsets.items[at] < offset)
        at++;
    bool found = at < tree->offsets.count && tree->offsets.items[at] == offset;
    return found ? &tree->nodes.items[at] : NULL;
}

// A definition apart from its declaration (class A::B { ... }) lies where that one lies, and may leave
// the name to it.
static void complete_declarations(struct builder *b)
{
    struct dw__tree *tree = b->tree;
    for (size_t i = 0; i < b->specified.count; i++) {
        struct dw__node *node = &tree->nodes.items[b->specified.items[i]];
        bool inside = node->alias - tree->start < tree->size;
        const struct dw__node *declaration =
            inside ? node_at(tree, node->alias - tree->start) : NULL;
        if (declaration == NULL)
            continue;
        node->parent = declaration->parent;
        if (node->name[0] == '\0')
            node->name = declaration->name;
    }
}

void dw__tree_read(struct dw *dw, struct dw__unit *unit, struct dw__abbrevs *abbrevs,
                   struct dw__room *room, struct dw__tree *tree)
{
    tree->unit = unit;
    tree->start = dw__ref_make(unit, unit->start);
    tree->size = unit->end - unit->start;
    tree->nodes.count = tree->offsets.count = tree->items.count = tree->buckets.count = 0;
    tree->imports.count = tree->spelled.count = 0;
    if (tree->names != NULL)
        arena_reset(tree->names);
    tree->foreign = tree->imported = false;
    dw__tree_speak(tree, unit->language);
    if (unit->damaged || unit->end - unit->start > UINT32_MAX)
        return;
    struct builder builder = {
        .dw = dw, .room = room, .tree = tree, .strings = dw__section_of(unit, DW__STR)};
    struct dw__scan scan;
    struct dw__die die;
    dw__abbrevs_compile(abbrevs, dw, unit, &type_pass);
    dw__scan_start(&scan, dw, unit, abbrevs);
    while (!builder.full && dw__scan_next(&scan, &die))
        add_die(&builder, unit, &die);
    complete_declarations(&builder);
    // A partial unit that states no language: whoever imports it knows more of its types.
    tree->foreign |= unit->language == 0 && tree->nodes.count != 0;
    vec_free(&builder.specified);
    vec_free(&builder.stack);
}

void dw__tree_free(struct dw__tree *tree)
{
    vec_free(&tree->nodes);
    vec_free(&tree->offsets);
    vec_free(&tree->items);
    vec_free(&tree->buckets);
    vec_free(&tree->imports);
    vec_free(&tree->spelled);
    arena_free(tree->names);
    tree->names = NULL;
}

// -------------------------------------------------------------------- references

static struct dw__place place_at(const struct dw__forest *forest, struct dw__tree *from, dw_ref ref)
{
    struct dw__place none = {NULL, NULL};
    if (ref == DW_NO_REF)
        return none;
    if (ref - from->start < from->size)
        return (struct dw__place){from, node_at(from, ref - from->start)};
    struct dw__unit *other = dw__unit_of(forest->dw, ref);
    if (other == NULL || forest->trees == NULL)
        return none;
    struct dw__tree *tree = &forest->trees[dw__unit_index(forest->dw, other)];
    return (struct dw__place){tree, node_at(tree, ref - dw__ref_make(other, other->start))};
}

struct dw__place dw__place_of(const struct dw__forest *forest, struct dw__tree *from, dw_ref ref)
{
    struct dw__place place = place_at(forest, from, ref);
    // A skeleton of a type that lies in a type unit stands for it.
    for (unsigned hops = 0; place.node != NULL && hops < 4; hops++) {
        bool stands_for = (place.node->flags & NODE_DECLARATION) && place.node->alias != DW_NO_REF;
        if (!stands_for)
            break;
        struct dw__place real = place_at(forest, place.tree, place.node->alias);
        if (real.node == NULL)
            break;
        place = real;
    }
    return place;
}

struct dw__place dw__scope_of(const struct dw__forest *forest, struct dw__place place)
{
    uint32_t parent = place.node->parent;
    if (parent == NO_INDEX)
        return (struct dw__place){NULL, NULL};
    struct dw__node *scope = &place.tree->nodes.items[parent];
    struct dw__place real = {NULL, NULL};
    if ((scope->flags & NODE_DECLARATION) && scope->alias != DW_NO_REF)
        real = dw__place_of(forest, place.tree, scope->alias);
    return real.node != NULL ? real : (struct dw__place){place.tree, scope};
}
