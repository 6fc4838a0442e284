// SPDX-License-Identifier: MIT
//
// What the files of the object graph share.
//
//   graph_objects   what lies where, by name;  graph_fill  every byte of code and data in one object
//   graph_frames    functions of stripped programs, by their unwind entries
//   graph_links     who points where: relocations, typed members, GOT;  graph_code  instructions
//   graph_looks     numbers that look like addresses
//   graph_tagged    words of an interpreter that hold a pointer or the number of a string
//   graph_rpython   objects that name their type in their first word (graph_rpython.h)
//   graph           both made into one graph, its roots, its modules;  graph_names  what they are called
//   graph_tree      dominators, components: nothing but numbers
//   graph_sets      sets of modules, and what they say of nodes
//   graph_table     tables;  graph_why  paths;  graph_equal  duplicates
//   graph_features  what leaves with a row of a table of modules
//   graph_pages     locality;  graph_dirty  what is written at load
//   graph_order     an order for the linker;  graph_order_gain  what it is worth;  graph_order_forms  as each
//                   linker reads it
//   graph_view      all of it for the viewer (graph_view_private.h)
//
// An object is a number; so is a module and a type. Objects are sorted by address. Edges lie behind one
// another, those of object i at first[i] up to first[i + 1]:
//
//   objects   0 spam_type   1 methods   2 "spam"        first  0 2 3 3
//   to                                                         1 2 | 2 |
#ifndef TARE_GRAPH_PRIVATE_H
#define TARE_GRAPH_PRIVATE_H

#include "analyzers/analyzers.h"
#include "ledger/collect.h"

// ------------------------------------------------------------------------- objects

// Who says that there is an object, and how long it is.
enum an__by {
    AN__BY_SYMBOL,
    AN__BY_VARIABLE, // DWARF
    AN__BY_HEADER,   // its first word, or the shape of what it holds: graph_rpython.h
    AN__BY_FRAME,    // an unwind entry
    AN__BY_STRING,   // a string literal: between two zeros of a string section, or pointed to
    AN__BY_LABEL,    // a symbol without a size: up to the next object
    AN__BY_POINTER,  // something points there: up to the next object
    AN__BY_LINKAGE,  // a word of the GOT, a PLT
    AN__BY_PADDING,  // fill in front of an aligned object
    AN__BY_NOBODY,
    AN__BY_COUNT,
};

struct an__object {
    uint64_t addr, size;
    const char *name; // lent from the image; NULL: none
    dw_ref type;      // DW_NO_REF
    uint32_t section;
    uint32_t module; // an_module_of; 0: none
    uint32_t made;   // type that is not of DWARF, an__rpython_type; 0: none
    uint8_t by;      // enum an__by
    bool code;
    bool exported; // other programs or the loader may refer to it
};

// A section of code or data, by address.
struct an__area {
    uint64_t start, end;
    uint32_t section;
    uint8_t content; // enum led_content
    bool executable;
    bool for_loader; // whatever lies there is used
};

// The code and data sections of an image, by address, disjoint.
struct an__areas {
    struct an__area *items;
    size_t count;
};
struct an__areas an__graph_areas(struct img *img, struct arena *arena, struct doubts *doubts);
const struct an__area *an__graph_area_at(const struct an__areas *areas, uint64_t addr);

typedef VEC(struct an__object) an__object_list;

// Objects that somebody names, disjoint, by address; then, in `labels`, places that have a name and
// no size.
struct an__named {
    an__object_list objects, labels;
};
bool an__graph_named(struct an__named *out, const struct an_graph_input *input,
                     const struct an__areas *areas, struct fault *fault);
// Whether a symbol is what code counts from to find other things, in the linker's tables or near them.
bool an__graph_names_base(const struct img_symbol *symbol);
// Adds objects, by address and disjoint, where none is.
void an__graph_add(struct an__named *named, const an__object_list *more);
// Functions that no symbol names, by their unwind entries.
void an__graph_frames(struct an__named *named, struct img *img, const struct an__areas *areas);

// --------------------------------------------------------------------------- links

struct an__link {
    uint64_t place, target; // addresses
    uint8_t how;            // enum an_link
};
typedef VEC(struct an__link) an__link_list;
// Fills what lies between: string literals, what `targets` (sorted) point to, padding, nobody's. Moves
// all into `out`, which then tiles the areas.
void an__graph_fill(struct img *img, struct an__named *named, const struct an__areas *areas,
                    const struct keyed *targets, size_t target_count, const an__link_list *links,
                    an__object_list *out);

// A word of data that the loader fills with the address of something in another program.
struct an__import {
    uint64_t place;
    const char *name;
};
typedef VEC(struct an__import) an__import_list;

typedef VEC(uint64_t) an__address_list;

struct an__links {
    an__link_list list;
    an__address_list written; // places the loader writes to, one for each AN_PAGE_MIN bytes
    uint64_t outside;         // relocations to other programs
    an__import_list imports;  // those of data, for the loader
    bool *told;               // by area: relocations say all that its code refers to
    bool code;                // what code refers to is among them
    bool data;                // and all that data refers to: nothing needs to be guessed
};

// `objects` have a name.
void an__graph_relocs(struct an__links *links, const struct an_graph_input *input,
                      const struct an__areas *areas, const an__object_list *objects);
// Pointers in the content of objects whose type is known, and in the GOT.
void an__graph_typed(struct an__links *links, const struct an_graph_input *input,
                     const struct an__areas *areas, struct dw_shapes *shapes,
                     const an__object_list *objects);
// The profiles that are part of the program.
typedef VEC(const struct cfg_profile *) an__profile_list;
void an__profiles_read(an__profile_list *out);
void an__profiles_free(an__profile_list *profiles);
// What the types of objects are called; and whether one of them is a type a profile is recognised by.
struct names *an__type_names(struct dw_shapes *shapes, const struct an__object *objects,
                             size_t count);
bool an__profile_is_for(const struct cfg_profile *profile, const struct names *types);
// What a profile says of words with tags: pointers among them, and numbers of interned strings. The input's
// profile, else one of these.
void an__graph_tagged(struct an__links *links, const struct an_graph_input *input,
                      const struct an__areas *areas, struct dw_shapes *shapes,
                      const an__object_list *objects, const an__profile_list *profiles);
// In an image for a fixed address, in objects whose type is not known (the compiler's constants, tables
// of assemblers): words that are the address of an object with a name. `objects` are all of them.
void an__graph_looks(struct an__links *links, const struct an_graph_input *input,
                     const struct an__areas *areas, const an__object_list *objects);
// The same: words that are the address of a text. `objects` are those with a name and a size.
void an__graph_looks_texts(struct an__links *links, const struct an_graph_input *input,
                           const struct an__areas *areas, const an__object_list *objects);
// The last one that begins at or before an address, or that holds it; or NULL.
const struct an__object *an__graph_last_before(const an__object_list *list, uint64_t addr);
const struct an__object *an__graph_named_at(const an__object_list *list, uint64_t addr);
// Whether letters lie at an address of an area, and something ends in front of them; or some end there that begin
// before, and the address is no number one often meets.
bool an__graph_begins_text(struct img *img, const struct an__area *area,
                           const an__object_list *objects, uint64_t addr);
bool an__graph_is_tail(struct img *img, const struct an__area *area, const an__object_list *objects,
                       uint64_t addr);
// What instructions refer to, where relocations have not told; the literals among them become objects.
void an__graph_code(struct an__links *links, const struct an_graph_input *input,
                    const struct an__areas *areas, struct an__named *named);
// Whether a mark says that data lies at an address; the same up to `until`.
bool an__graph_marks_data(struct img *img, uint64_t addr, uint64_t *until);
// Whether code lies at an address: in a section of code, and no mark says that it is data.
bool an__graph_is_code(struct img *img, const struct an__areas *areas, uint64_t addr);
// The lowest bit of the address of a Thumb or microMIPS function is a mode: without it.
uint64_t an__graph_without_mode(struct img *img, const struct an__areas *areas, uint64_t addr);
// Whether a number may be the address of what lies there: that of a Thumb function has the bit.
bool an__graph_fits_mode(struct img *img, const struct an__areas *areas, uint64_t addr);
// A number of 1, 2, 4 or 8 bytes in the image's content, or a word of it; false when there is none.
bool an__graph_number(struct img *img, uint64_t addr, uint64_t size, uint64_t *value);
bool an__graph_word(struct img *img, uint64_t addr, uint64_t *value);
// Bytes of the letter at `data`, in UTF-8; 0 when there is none. Addresses and numbers mostly fail here.
unsigned an__graph_letter(const uint8_t *data, uint64_t left);
// Bytes of the letters at `data`, without the zero that may end them.
uint64_t an__graph_letters(const uint8_t *data, uint64_t limit);
// Text up to its zero, not empty and no longer than AN__TEXT_MAX; lent from the image.
#define AN__TEXT_MAX 255
bool an__graph_text(struct img *img, uint64_t addr, const char **text);

// ------------------------------------------------------------------ graphs of numbers

// Edges out of the nodes 0 .. count - 1.
struct an__net {
    uint32_t count;
    const uint32_t *first, *to;
};
#define AN__NO_NODE UINT32_MAX

// The same edges the other way round; both arrays to be freed.
struct an__net an__net_reverse(const struct an__net *net);
void an__net_free(struct an__net *net);
// The immediate dominator of every node: without it, `root` does not lead there. AN__NO_NODE for the
// root and for what it does not lead to. `order` gets the nodes it leads to in the order of a depth
// first walk (room for all), so that dominators come before what they dominate; how many.
// Lengauer and Tarjan 1979, in m log n, without recursion.
uint32_t an__net_dominators(const struct an__net *net, uint32_t root, uint32_t *dominator,
                            uint32_t *order);
// The strongly connected component of every node; their number. Edges between two of them lead from the
// higher to the lower.
uint32_t an__net_components(const struct an__net *net, uint32_t *component);

// ---------------------------------------------------------------------------- sets

// Interned sets of small numbers. 0 is the empty one.
struct an__sets;
#define AN__SET_ALL UINT32_MAX // everything: what nothing is known of yet

struct an__sets *an__sets_new(void);
void an__sets_free(struct an__sets *sets);
const uint32_t *an__sets_items(const struct an__sets *sets, uint32_t set, uint32_t *count);
uint32_t an__sets_single(struct an__sets *sets, uint32_t item);
uint32_t an__sets_unite(struct an__sets *sets, uint32_t a, uint32_t b);
uint32_t an__sets_intersect(struct an__sets *sets, uint32_t a, uint32_t b);

// For every node the colours without which `root` does not lead there: those that every path passes
// through. `colour` of a node, 0: none. AN__SET_ALL for what the root does not lead to.
void an__net_needed(const struct an__net *net, const struct an__net *reverse, uint32_t root,
                    const uint32_t *colour, struct an__sets *sets, uint32_t *needed);
// For every node its own colour and those of all nodes that lead to it.
void an__net_leading(const struct an__net *net, const uint32_t *colour, struct an__sets *sets,
                     uint32_t *leading);
// For every node without a colour the colours of those that refer to it, through nodes without one.
void an__net_users(const struct an__net *net, const uint32_t *colour, struct an__sets *sets,
                   uint32_t *users);

// ------------------------------------------------------------------------ the graph

struct an__rpython;

struct an_graph {
    struct img *img;
    struct arena *arena;
    struct dw_shapes *shapes; // NULL without debug information
    struct dw *dw;            // the same
    const struct ledger *ledger;
    struct an_modules *modules;
    an__profile_list profiles;   // with debug information
    struct an__rpython *rpython; // NULL: no table of types was given
    struct an__areas areas;
    an__address_list written; // places the loader writes to
    an__import_list imports;  // in no order
    struct an__object *objects;
    uint64_t *starts;       // of the objects, dense, for the search
    struct an__net net;     // the objects, and as the last node the root
    struct an__net users;   // net, reversed
    uint8_t *how;           // of the edges: enum an_link
    struct an__link *links; // by place
    size_t link_count;
    size_t found;   // objects, perhaps more than there are numbers
    uint32_t count; // objects; the number of the root
    bool code;      // code was read
    bool with_code; // functions count as data does: only what they are reached by keeps them
    bool firmware;
    uint64_t outside; // pointers to other programs
    uint64_t strays;  // pointers that lead to no object
    uint64_t by_how[AN_LINK_COUNT];
    uint32_t *dominator; // made by an__graph_dominate
    uint64_t *retained;  // bytes of data
    uint32_t *order, reached;
};

// Numbers of pages, ascending.
struct an__page_list {
    uint64_t *items;
    size_t count;
};
// The pages of `page` bytes that are written at load; `items` to be freed.
struct an__page_list an__graph_dirty(const struct an_graph *graph, uint64_t page);
// Those that become dirty when objects on them are used: their references are counted, and the profile
// of an interpreter says where. Without those written at load.
struct an__page_list an__graph_counted(const struct an_graph *graph, uint64_t page,
                                       const struct an__page_list *dirty);
// How many pages of a list come before `page`.
size_t an__pages_before(const struct an__page_list *list, uint64_t page);

// The object that holds an address, or AN__NO_NODE.
uint32_t an__graph_at(const struct an_graph *graph, uint64_t addr);
// The same for addresses that mostly ascend; `hint` begins as 0.
uint32_t an__graph_near(const struct an_graph *graph, uint64_t addr, uint32_t *hint);
void an__graph_dominate(struct an_graph *graph);
// The first link at or behind a place, or link_count.
size_t an__graph_first_link(const struct an_graph *graph, uint64_t addr);
// What an object is called; lives in `arena` or longer.
const char *an__graph_name(const struct an_graph *graph, uint32_t object, struct arena *arena);
// Letters in quotes, the first of many, with the usual escapes.
const char *an__graph_quoted(struct img *img, uint64_t addr, uint64_t letters, struct arena *arena);
const char *an__graph_type(const struct an_graph *graph, uint32_t object);
const char *an__graph_module(const struct an_graph *graph, uint32_t object);
const char *an__graph_by(uint8_t by);
// How one refers to another, by enum an_link.
const char *const *an__graph_link_names(void);
// How many refer to it; the root is none.
uint32_t an__graph_user_count(const struct an_graph *graph, uint32_t object);
// Whether it counts: data does, and code where that was asked for.
static inline bool an__graph_counts(const struct an_graph *graph, uint32_t object)
{
    return object < graph->count && (graph->with_code || !graph->objects[object].code);
}
// Whether it is an object, not padding or nobody's.
static inline bool an__graph_is_object(const struct an_graph *graph, uint32_t object)
{
    return an__graph_counts(graph, object) && graph->objects[object].by < AN__BY_PADDING;
}

#endif
