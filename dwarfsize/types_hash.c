// SPDX-License-Identifier: MIT
//
// When are two type DIEs the same type? When they hash alike.
//
//   name      of "struct foo *": the hash of its spelling, built from parts, never spelled out
//   identity  of a record: kind, qualified name, size, and for each member name, bit offset and the
//             NAME of its type; so cycles through pointers, and even through members, end at a name
//             of a derived type: its kind and the name (pointers) or identity (the rest) of its
//             target
//
// An anonymous type has no name to end at and is called by its identity, a function type by its
// result and parameters. That recursion is a tree in any real program; damaged input may close it to
// a circle, which a depth limit ends. Then the innermost round is done first and stays with its node,
// so the rounds around it find it there: the cost is the depth, not a power of it.

#include "dwarfsize/types.h"

#define DEPTH_MAX  200
#define SCOPES_MAX 32 // around one type

static uint64_t name_of(const struct dw__forest *forest, struct dw__place place, unsigned depth);
static uint64_t identity_of(const struct dw__forest *forest, struct dw__place place,
                            unsigned depth);

static uint64_t hash_text(const struct dw__forest *forest, const struct dw__tree *tree,
                          const char *text)
{
    struct slice unit = tree->unit->chunk->bytes;
    // An inline text (DW_FORM_string) lies in its DIE, each time in another place.
    if (forest->hashing == DW__BY_PLACE && (uintptr_t)text - (uintptr_t)unit.data >= unit.size)
        return hash_mix((uintptr_t)text, 7);
    return hash_bytes(text, strlen(text), 7);
}

// What templates are called by their arguments lies where the next unit's names will lie.
static uint64_t hash_node_text(const struct dw__forest *forest, struct dw__place place)
{
    const char *name = place.node->name;
    return place.node->flags & NODE_SPELLED ? hash_bytes(name, strlen(name), 7)
                                            : hash_text(forest, place.tree, name);
}

bool dw__tag_is_record(uint16_t tag)
{
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_interface_type;
}

static bool is_anonymous(const struct dw__node *node)
{
    return node->name[0] == '\0';
}

// The namespaces and classes around a node. Functions do not count: a local type goes by its name.
static uint64_t scope_of(const struct dw__forest *forest, struct dw__place place)
{
    uint64_t hash = 1;
    struct dw__place scope = dw__scope_of(forest, place);
    for (unsigned depth = 0; scope.node != NULL && depth < SCOPES_MAX; depth++) {
        hash = hash_mix(hash, hash_node_text(forest, scope));
        scope = dw__scope_of(forest, scope);
    }
    return hash;
}

// ------------------------------------------------------------------------- sizes

static uint64_t size_of(const struct dw__forest *forest, struct dw__place place, unsigned depth)
{
    const struct dw__node *node = place.node;
    if (node == NULL || depth > DEPTH_MAX)
        return 0;
    if (node->size != UINT64_MAX)
        return node->size;
    switch (node->tag) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return place.tree->unit->address_size;
    case DW_TAG_subroutine_type:
        return 0;
    default:
        break;
    }
    struct dw__place target = dw__place_of(forest, place.tree, node->type);
    if (node->tag != DW_TAG_ptr_to_member_type)
        return size_of(forest, target, depth + 1);
    // The standard gives none; in the Itanium C++ ABI (2.3) one to a function is a pair of words.
    bool function = target.node != NULL && target.node->tag == DW_TAG_subroutine_type;
    return place.tree->unit->address_size * (function ? 2u : 1u);
}

uint64_t dw__node_size(const struct dw__forest *forest, struct dw__place place)
{
    return size_of(forest, place, 0);
}

// DWARF 4 and later count a bit field from the start of the record. DWARF 2 and 3 give the storage
// unit by bytes and count from its most significant bit (5.6.6 of DWARF 3), little endian:
//
//   storage    | 31 .............. bit_offset | field | 0 |      from the start: storage bits
//                                                                - bit_offset - bit_size
//
// A bit offset without bits (rustc 1.63 for a member of no size) tells nothing.
uint64_t dw__item_bit_offset(const struct dw__forest *forest, struct dw__tree *tree,
                             const struct dw__item *item)
{
    uint64_t start = item->offset * 8;
    if (!item->old_bits)
        return start + item->bits;
    if (!(item->flags & DW_MEMBER_BIT_FIELD))
        return start;
    if (tree->unit->object->big_endian)
        return start + item->bits;
    uint64_t storage = item->storage;
    if (storage == 0)
        storage = dw__node_size(forest, dw__place_of(forest, tree, item->type));
    return start + storage * 8 - item->bits - item->bit_size; // bits may be negative: wraps right
}

// ------------------------------------------------------------------------- names

// Dimensions of an array, parameters of a function.
static uint64_t hash_items(const struct dw__forest *forest, struct dw__place place, unsigned depth)
{
    uint64_t hash = place.node->count;
    for (uint32_t i = place.node->first; i != NO_INDEX; i = place.tree->items.items[i].next) {
        const struct dw__item *item = &place.tree->items.items[i];
        hash = hash_mix(hash, item->tag);
        if (item->tag == DW_TAG_subrange_type || item->tag == DW_TAG_generic_subrange)
            hash = hash_mix(hash, dw__item_elements(place.tree, item));
        else if (item->tag != DW_TAG_unspecified_parameters)
            hash = hash_mix(
                hash, name_of(forest, dw__place_of(forest, place.tree, item->type), depth + 1));
    }
    return hash;
}

static uint64_t compute_name(const struct dw__forest *forest, struct dw__place place,
                             unsigned depth)
{
    const struct dw__node *node = place.node;
    if (!is_anonymous(node))
        return hash_mix(hash_mix(scope_of(forest, place), hash_node_text(forest, place)),
                        node->tag * (uint64_t)place.tree->tagged + 1);
    if (dw__tag_is_record(node->tag) || node->tag == DW_TAG_enumeration_type)
        return identity_of(forest, place, depth + 1);
    struct dw__place target = dw__place_of(forest, place.tree, node->type);
    if (node->tag == DW_TAG_subroutine_type)
        return hash_mix(hash_mix(node->tag, name_of(forest, target, depth + 1)),
                        hash_items(forest, place, depth));
    uint64_t hash = hash_mix(node->tag, name_of(forest, target, depth + 1));
    if (node->tag != DW_TAG_array_type)
        return hash;
    hash = hash_mix(hash ^ node->bit_stride, (node->flags & NODE_VECTOR) ^ node->size);
    return hash_mix(hash, hash_items(forest, place, depth));
}

static uint64_t name_of(const struct dw__forest *forest, struct dw__place place, unsigned depth)
{
    struct dw__node *node = place.node;
    if (node == NULL)
        return 2; // void
    uint64_t hash = atomic_load_explicit(&node->name_hash[forest->hashing], memory_order_relaxed);
    if (hash != 0)
        return hash;
    if (depth > DEPTH_MAX)
        return 3;
    hash = compute_name(forest, place, depth) | 1;
    atomic_store_explicit(&node->name_hash[forest->hashing], hash, memory_order_relaxed);
    return hash;
}

// ---------------------------------------------------------------------- identity

static uint64_t hash_members(const struct dw__forest *forest, struct dw__place place,
                             unsigned depth)
{
    uint64_t hash = 5;
    for (uint32_t i = place.node->first; i != NO_INDEX; i = place.tree->items.items[i].next) {
        const struct dw__item *item = &place.tree->items.items[i];
        if (dw__is_template_argument(item) || item->tag == DW_TAG_variant_part ||
            item->tag == DW_TAG_variant)
            continue; // the name says it
        hash = hash_mix(hash, hash_text(forest, place.tree, item->name));
        if (item->tag == DW_TAG_enumerator) {
            hash = hash_mix(hash, item->offset);
            continue;
        }
        struct dw__place type = dw__place_of(forest, place.tree, item->type);
        hash = hash_mix(hash, dw__item_bit_offset(forest, place.tree, item));
        hash = hash_mix(hash ^ item->bit_size, name_of(forest, type, depth + 1));
    }
    return hash;
}

static uint64_t compute_identity(const struct dw__forest *forest, struct dw__place place,
                                 unsigned depth)
{
    const struct dw__node *node = place.node;
    uint64_t name = is_anonymous(node) ? 11 : name_of(forest, place, depth + 1);
    uint64_t hash = hash_mix(hash_mix(node->tag, name), node->size);
    if (dw__tag_is_record(node->tag) || node->tag == DW_TAG_enumeration_type) {
        if (node->flags & NODE_DECLARATION)
            return hash_mix(hash, 13);
        return hash_mix(hash, hash_members(forest, place, depth));
    }
    struct dw__place target = dw__place_of(forest, place.tree, node->type);
    switch (node->tag) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_ptr_to_member_type:
        return hash_mix(hash, name_of(forest, target, depth + 1));
    case DW_TAG_subroutine_type:
        hash = hash_mix(hash, name_of(forest, target, depth + 1));
        return hash_mix(hash, hash_items(forest, place, depth));
    case DW_TAG_base_type:
        return hash_mix(hash, node->encoding);
    case DW_TAG_array_type:
        hash = hash_mix(hash, hash_items(forest, place, depth));
        break;
    default: // typedefs and qualifiers
        break;
    }
    return hash_mix(hash, identity_of(forest, target, depth + 1));
}

static uint64_t identity_of(const struct dw__forest *forest, struct dw__place place, unsigned depth)
{
    struct dw__node *node = place.node;
    if (node == NULL)
        return 2; // void
    uint64_t hash = atomic_load_explicit(&node->identity[forest->hashing], memory_order_relaxed);
    if (hash != 0)
        return hash;
    if (depth > DEPTH_MAX)
        return 3;
    hash = compute_identity(forest, place, depth) | 1;
    atomic_store_explicit(&node->identity[forest->hashing], hash, memory_order_relaxed);
    return hash;
}

uint64_t dw__hash_name(const struct dw__forest *forest, struct dw__place place)
{
    return name_of(forest, place, 0);
}

uint64_t dw__hash_identity(const struct dw__forest *forest, struct dw__place place)
{
    return identity_of(forest, place, 0);
}
