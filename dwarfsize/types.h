// SPDX-License-Identifier: MIT
//
// Reading types: what its files share.
//
//   tree    the type DIEs of one unit in a compact form (types_tree.c), made by one scan
//   hashes  of a type DIE: `name`, of what the type is called, and `identity`, of what it is
//           (types_hash.c)
//   table   every distinct identity once, shared by all workers (types_table.c)
//   types   the finished list (types_read.c)
//
// A unit's tree lives only while the unit is read, unless some unit refers to types of another one
// (link-time optimisation, dwz, type units): then all trees are kept.
#ifndef TARE_DWARFSIZE_TYPES_H
#define TARE_DWARFSIZE_TYPES_H

#include "dwarfsize/private.h"

#define NO_INDEX UINT32_MAX

struct dw__forest;

// -------------------------------------------------------------------------- room

// The memory that reading types may take, and what is made of them may. A type that a file spends
// few bytes on takes hundreds here, so a file made for it could ask for anything; honest ones hold
// much else besides their types. What finds no room is left out, which is a doubt.
struct dw__room {
    _Atomic uint64_t left;
    atomic_bool was_short;
};

#define ROOM_BASE ((uint64_t)32 << 20) // bytes: this much ...
#define ROOM_RATE 2                    // ... and so many for each byte of the input

static inline bool dw__room_take(struct dw__room *room, uint64_t bytes)
{
    uint64_t left = atomic_load_explicit(&room->left, memory_order_relaxed);
    while (bytes <= left)
        if (atomic_compare_exchange_weak(&room->left, &left, left - bytes))
            return true;
    atomic_store(&room->was_short, true);
    return false;
}

// -------------------------------------------------------------------------- tree

// A member, base class, enumerator, dimension, parameter or template argument.
struct dw__item {
    const char *name;
    dw_ref type;
    uint64_t offset;   // bytes, of DW_AT_data_member_location; enumerator: its value
    uint64_t bits;     // DW_AT_data_bit_offset or DW_AT_bit_offset as written; dimension: elements
    uint32_t bit_size; // 0: not a bit field
    uint32_t storage;  // DW_AT_byte_size of a bit field, 0 when absent
    uint32_t alignment;
    uint32_t next; // next item of the same type DIE, NO_INDEX
    uint16_t tag;
    uint8_t flags; // enum dw_member_flags
    bool old_bits; // `bits` is DW_AT_bit_offset: counted from the high end of the storage
};

enum { ITEM_NO_LOWER = 1 }; // flag of a dimension: it begins where its language says

enum {
    NODE_DECLARATION = 1,
    NODE_VECTOR = 2,   // an array that is a machine's vector
    NODE_DYNAMIC = 4,  // its size is computed at run time, or its elements lie elsewhere
    NODE_TEMPLATE = 8, // it has template arguments
    NODE_SPELLED = 16, // its name lives only while the tree does
};

// A type DIE, or a namespace that types lie in.
struct dw__node {
    uint32_t offset;             // from the start of the unit
    uint32_t parent;             // node of the enclosing scope, NO_INDEX
    uint32_t first, last, count; // items
    uint32_t alignment, decl_file, decl_line;
    uint16_t tag;
    uint8_t flags, encoding;
    uint16_t bit_stride; // of an array whose elements are packed, else 0
    const char *name;
    uint64_t size;   // bytes, UINT64_MAX when not stated
    dw_ref type;     // DW_AT_type
    dw_ref alias;    // where the real one is: DW_AT_signature or DW_AT_specification
    dw_ref contains; // DW_AT_containing_type
    _Atomic uint64_t name_hash[2], identity[2]; // by enum dw__hashing; 0: not computed
};

#define DW__BUCKET 8 // bytes: few nodes start in one, so the search ends where it starts

struct dw__spelled {
    uint32_t node;
    const char *name;
};

struct dw__tree {
    struct dw__unit *unit;
    dw_ref start;               // of the unit's bytes
    uint64_t size;              // bytes of the unit
    VEC(struct dw__node) nodes; // by offset
    VEC(uint32_t) offsets;      // of the nodes: dense, for the search
    VEC(struct dw__item) items;
    VEC(uint32_t) buckets; // offset / DW__BUCKET -> first node at or after it
    VEC(dw_ref) imports;   // units whose DIEs are as good as this one's
    VEC(struct dw__spelled) spelled;
    struct arena *names; // of `spelled`; NULL: none
    bool tagged;         // C: names carry "struct"
    bool cxx;
    bool from_one; // arrays begin at 1 (Fortran, Ada, Pascal ...)
    bool foreign;  // it needs other units to be understood
    bool imported; // by a unit of the program, directly or not
};

// Reads as much as there is room for.
void dw__tree_read(struct dw *dw, struct dw__unit *unit, struct dw__abbrevs *abbrevs,
                   struct dw__room *room, struct dw__tree *tree);
void dw__tree_free(struct dw__tree *tree);
// Finds names with their arguments for templates that clang gave none; applying them replaces the names.
// Between the two no other tree of the forest may be applied. What finds no room stays as it is.
void dw__templates_spell(const struct dw__forest *forest, struct dw__tree *tree,
                         struct dw__room *room);
void dw__templates_apply(struct dw__tree *tree);
// What follows from the language: dw__tree_read does it where the unit states one.
void dw__tree_speak(struct dw__tree *tree, uint16_t language);
static inline bool dw__is_template_argument(const struct dw__item *item)
{
    return item->tag == DW_TAG_template_type_parameter ||
           item->tag == DW_TAG_template_value_parameter ||
           item->tag == DW_TAG_GNU_template_template_param;
}
// Elements of a dimension, or DW_COUNT_UNKNOWN.
uint64_t dw__item_elements(const struct dw__tree *tree, const struct dw__item *item);

// A node and the tree it lies in; node NULL: nothing there (void, or damage).
struct dw__place {
    struct dw__tree *tree;
    struct dw__node *node;
};

// Texts are hashed by what they say, or, quicker, by where they lie: a linked file holds each text
// of .debug_str once, so most types that are the same hash alike by place too.
enum dw__hashing { DW__BY_CONTENT, DW__BY_PLACE };

struct dw__forest {
    struct dw *dw;
    struct dw__tree *trees; // by unit; NULL while trees live only as long as their unit is read
    enum dw__hashing hashing;
};

// The namespace or type around a node: the type itself where a skeleton stands for it; node NULL at
// the end.
struct dw__place dw__scope_of(const struct dw__forest *forest, struct dw__place place);
// The node a reference leads to; through signatures and specifications.
struct dw__place dw__place_of(const struct dw__forest *forest, struct dw__tree *from, dw_ref ref);

// ------------------------------------------------------------------------ hashes

// Of the spelled type: "struct foo *". Anonymous types are called by what they are.
uint64_t dw__hash_name(const struct dw__forest *forest, struct dw__place place);
// Of the type itself: kind, name, size, and members by name, offset and type name.
uint64_t dw__hash_identity(const struct dw__forest *forest, struct dw__place place);
bool dw__tag_is_record(uint16_t tag);
// The place of a member, base class or variable as its DIE states it; item->name is set before.
void dw__member_read(const struct dw__unit *unit, const struct dw__die *die, struct dw__item *item);
// The members and base classes of the record at `ref`, those of variant parts (Rust) included; name and
// type are set. Reading another DIE may replace the tables of `near`, so all come at once.
typedef VEC(struct dw__item) dw__item_list;
void dw__members_read(struct dw *dw, struct dw__near *near, dw_ref ref, dw__item_list *out);
// Bits from the start of the record to a member, whatever the encoding and byte order.
uint64_t dw__item_bit_offset(const struct dw__forest *forest, struct dw__tree *tree,
                             const struct dw__item *item);
uint64_t dw__node_size(const struct dw__forest *forest, struct dw__place place);
// Bytes a scalar is aligned to, as stated or by the machine's ABI; of other types only as stated,
// else 0.
uint64_t dw__node_align(const struct dw__forest *forest, struct dw__place place);

// ------------------------------------------------------------------------- table

// Where a type that another one needs is found: by identity, else by name.
struct dw__link {
    uint64_t identity, name;
};

struct dw__entry {
    uint64_t identity, name;
    struct dw_type type; // its ids are not set yet; members point into `members`
    struct dw_member *members;
    struct dw__link target, contains;
    struct dw__link *links; // one per member
    uint32_t decl_file;     // number in the unit's line table, or NO_INDEX
    bool wanted, deep;
};

struct dw__shard;

struct dw__table {
    struct dw__shard *shards;
    struct dw__room room;
    const struct dw_types_options *options;
};

// A definition a worker has met.
struct dw__seen {
    uint64_t place, identity; // both hashes of its identity
    uint32_t count;           // how often it was met since
    uint32_t last;            // the latest of its definitions, when units are asked for
};

// One definition: a list per type, the latest first.
struct dw__definition {
    uint32_t unit, next; // next: NO_INDEX at the end
};

struct dw__worker {
    struct dw__forest *forest;
    struct dw__table *table;
    struct arena *arena; // entries' members
    struct {             // the scope that was told last: neighbours share it
        const struct dw__node *node;
        const char *text;
    } scope;
    struct dw__abbrevs abbrevs;
    struct dw__tree tree;                   // while trees are not kept
    VEC(struct dw__definition) definitions; // of what was seen
    // Definitions this worker has entered before: nearly all it meets, and to count them no lock is
    // needed and no text is read. Open addressing by `place`, a power of two of slots.
    VEC(struct dw__seen) seen;
    size_t seen_used;
};

void dw__table_open(struct dw__table *table, const struct dw *dw,
                    const struct dw_types_options *options);
void dw__table_close(struct dw__table *table);
// Enters all wanted types of a tree.
void dw__table_add_tree(struct dw__worker *worker, struct dw__tree *tree);
// Adds up what a worker has counted on its own.
void dw__table_flush(struct dw__worker *worker);
// Every entry, in no particular order; moved out of the table.
struct dw__entry *dw__table_entries(struct dw__table *table, size_t *count);
bool dw__name_wanted(const struct dw_types_options *options, const char *scope, const char *name);

// ------------------------------------------------------------------------ filter

struct dw__filter;

struct dw__filter *dw__filter_new(const struct dw *dw, const struct dw_types_options *options);
void dw__filter_free(struct dw__filter *filter);
// False only for a unit that cannot define any of the wanted names. Thread-safe.
bool dw__filter_passes(struct dw__filter *filter, const struct dw__unit *unit);

// ------------------------------------------------------------------------- types

struct dw_types {
    struct arena *arena;
    struct dw_type *list;
    size_t count;
    bool *wanted;
    const uint32_t
        *units; // definitions of type t: units[unit_first[t]] .. units[unit_first[t + 1]]
    const uint32_t *unit_first; // NULL when not asked for
    const char **paths;         // of units, lent from their dw; of a snapshot: in the arena
    size_t path_count;
    struct arena **parts; // what the workers built
    unsigned part_count;
};

#endif
