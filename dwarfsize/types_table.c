// SPDX-License-Identifier: MIT
//
// Every distinct type once. Workers meet the same type in thousands of units; the first one builds
// it, the others count. Of equal definitions the one with the lowest DIE stays, so that the outcome
// does not depend on which worker came first: a worker that comes with a lower one builds again.
//
// The table is cut into shards by hash, each with its lock. Two kinds of keys live in it:
//
//   identity             a type that was built
//   ~name                a record that is only pointed to or declared: a name, perhaps never defined

#include "dwarfsize/types.h"

#define SHARDS    64
#define DEPTH_MAX 200

// Bytes of room: what a type, its members and enumerators take here, and in the layouts and tables
// that are made of them.
#define TYPE_COST       600
#define MEMBER_COST     200
#define ENUMERATOR_COST 60
#define SEEN_COST       (4 * sizeof(struct dw__seen))

struct dw__shard {
    pthread_mutex_t lock;
    VEC(struct dw__entry) entries;
    VEC(uint32_t) slots; // open addressing: index + 1, 0 empty; the count is a power of two
};

static uint64_t input_size(const struct dw *dw)
{
    uint64_t size = 0;
    for (size_t i = 0; i < dw->objects.count; i++)
        size += img_info(dw->objects.items[i]->img)->full_size;
    return size;
}

void dw__table_open(struct dw__table *table, const struct dw *dw,
                    const struct dw_types_options *options)
{
    atomic_init(&table->room.left, ROOM_BASE + ROOM_RATE * input_size(dw));
    atomic_init(&table->room.was_short, false);
    table->options = options;
    table->shards = mem_zalloc(SHARDS, sizeof *table->shards);
    for (unsigned i = 0; i < SHARDS; i++)
        pthread_mutex_init(&table->shards[i].lock, NULL);
}

void dw__table_close(struct dw__table *table)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&table->shards[i].lock);
        vec_free(&table->shards[i].entries);
        vec_free(&table->shards[i].slots);
    }
    free(table->shards);
}

// ------------------------------------------------------------------------ look-up

static struct dw__shard *shard_of(struct dw__table *table, uint64_t key)
{
    return &table->shards[key >> 58 & (SHARDS - 1)];
}

static uint32_t *slot_of(struct dw__shard *shard, uint64_t key)
{
    uint32_t mask = (uint32_t)shard->slots.count - 1;
    for (uint32_t at = (uint32_t)(key >> 8) & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &shard->slots.items[at];
        if (*slot == 0 || shard->entries.items[*slot - 1].identity == key)
            return slot;
    }
}

static void grow(struct dw__shard *shard)
{
    size_t count = MAX(shard->slots.count * 2, (size_t)64);
    vec_reserve(&shard->slots, count);
    shard->slots.count = count;
    memset(shard->slots.items, 0, count * sizeof *shard->slots.items);
    for (uint32_t i = 0; i < shard->entries.count; i++)
        *slot_of(shard, shard->entries.items[i].identity) = i + 1;
}

// The entry of a key, or NULL. Call with the lock held.
static struct dw__entry *find(struct dw__shard *shard, uint64_t key)
{
    if (shard->slots.count == 0)
        return NULL;
    uint32_t slot = *slot_of(shard, key);
    return slot == 0 ? NULL : &shard->entries.items[slot - 1];
}

static void insert(struct dw__shard *shard, const struct dw__entry *entry)
{
    if ((shard->entries.count + 1) * 2 > shard->slots.count)
        grow(shard);
    vec_push(&shard->entries, *entry);
    *slot_of(shard, entry->identity) = (uint32_t)shard->entries.count;
}

// Puts an entry in, or merges it with the one that is there: the lower DIE stays.
static void put(struct dw__table *table, const struct dw__entry *entry)
{
    struct dw__shard *shard = shard_of(table, entry->identity);
    pthread_mutex_lock(&shard->lock);
    struct dw__entry *have = find(shard, entry->identity);
    if (have == NULL) {
        insert(shard, entry);
    } else {
        uint32_t copies = have->type.copies + entry->type.copies;
        bool wanted = have->wanted || entry->wanted, deep = have->deep || entry->deep;
        if (entry->type.die < have->type.die)
            *have = *entry;
        have->type.copies = copies;
        have->wanted = wanted;
        have->deep = deep;
    }
    pthread_mutex_unlock(&shard->lock);
}

// Counts one more definition of a known type. False when it must be built: not known yet, or this
// DIE is a lower one. `deep` asks that what it holds by value is in the table too, and says whether
// it already was.
static bool count_known(struct dw__table *table, uint64_t identity, dw_ref die, bool counted,
                        bool wanted, bool *deep)
{
    struct dw__shard *shard = shard_of(table, identity);
    pthread_mutex_lock(&shard->lock);
    struct dw__entry *have = find(shard, identity);
    bool known = have != NULL && have->type.die <= die;
    bool was_deep = have != NULL && have->deep;
    if (known) {
        have->type.copies += counted;
        have->wanted |= wanted;
        have->deep |= *deep;
    }
    pthread_mutex_unlock(&shard->lock);
    *deep = was_deep;
    return known;
}

// ----------------------------------------------------------------------- building

static enum dw_kind kind_of(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_base_type:
        return DW_BASE;
    case DW_TAG_pointer_type:
        return DW_POINTER;
    case DW_TAG_reference_type:
        return DW_REFERENCE;
    case DW_TAG_rvalue_reference_type:
        return DW_RVALUE_REFERENCE;
    case DW_TAG_ptr_to_member_type:
        return DW_MEMBER_POINTER;
    case DW_TAG_const_type:
    case DW_TAG_immutable_type:
        return DW_CONST;
    case DW_TAG_volatile_type:
        return DW_VOLATILE;
    case DW_TAG_restrict_type:
        return DW_RESTRICT;
    case DW_TAG_atomic_type:
        return DW_ATOMIC;
    case DW_TAG_typedef:
    case DW_TAG_template_alias:
        return DW_TYPEDEF;
    case DW_TAG_array_type:
    case DW_TAG_coarray_type:
        return DW_ARRAY;
    case DW_TAG_structure_type:
        return DW_STRUCT;
    case DW_TAG_class_type:
    case DW_TAG_interface_type:
        return DW_CLASS;
    case DW_TAG_union_type:
        return DW_UNION;
    case DW_TAG_enumeration_type:
        return DW_ENUM;
    case DW_TAG_subroutine_type:
        return DW_FUNCTION;
    case DW_TAG_unspecified_type:
        return DW_UNSPECIFIED;
    case DW_TAG_subrange_type:
        return DW_SUBRANGE;
    default:
        return DW_OTHER;
    }
}

static void set_encoding(struct dw_type *type, uint8_t encoding)
{
    type->is_bool = encoding == DW_ATE_boolean;
    type->is_float = encoding == DW_ATE_float || encoding == DW_ATE_complex_float ||
                     encoding == DW_ATE_imaginary_float || encoding == DW_ATE_decimal_float;
    type->is_char = encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char ||
                    encoding == DW_ATE_UTF;
    type->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    type->is_unsigned = encoding == DW_ATE_unsigned || encoding == DW_ATE_unsigned_char ||
                        encoding == DW_ATE_boolean || encoding == DW_ATE_UTF;
}

static struct dw__link link_to(const struct dw__worker *w, struct dw__tree *tree, dw_ref ref)
{
    struct dw__place place = dw__place_of(w->forest, tree, ref);
    if (place.node == NULL)
        return (struct dw__link){0, 0};
    return (struct dw__link){dw__hash_identity(w->forest, place), dw__hash_name(w->forest, place)};
}

// All long names of a file may be tails of one text, so those that find no room are cut.
static const char *kept_name(struct dw__worker *w, const char *name)
{
    size_t size = strnlen(name, NAMES_LONGEST + 1);
    if (size <= NAMES_CUT || (size <= NAMES_LONGEST && dw__room_take(&w->table->room, 4 * size)))
        return name;
    return arena_text(w->arena, slice_of(name, NAMES_CUT));
}

static const char *make_scope(struct dw__worker *w, struct dw__place scope)
{
    const char *chain[32];
    size_t depth = 0, size = 0;
    struct buf text = {0};
    while (scope.node != NULL && depth < COUNT_OF(chain) && size < NAMES_LONGEST) {
        chain[depth] = scope.node->name[0] ? scope.node->name : "{anonymous}";
        size += strnlen(chain[depth++], NAMES_LONGEST);
        scope = dw__scope_of(w->forest, scope);
    }
    while (depth-- > 0)
        buf_printf(&text, "%.*s%s", NAMES_LONGEST, chain[depth], depth ? "::" : "");
    bool fits = size <= NAMES_CUT || dw__room_take(&w->table->room, 4 * size);
    size_t kept = fits ? text.size : MIN(text.size, (size_t)NAMES_CUT);
    const char *copy = arena_text(w->arena, slice_of(text.data, kept));
    buf_free(&text);
    return copy;
}

// "outer::inner", from the nodes around; "" at file scope. Scopes without a name read "{anonymous}".
static const char *scope_text(struct dw__worker *w, struct dw__place place)
{
    struct dw__place scope = dw__scope_of(w->forest, place);
    if (scope.node == NULL)
        return "";
    if (w->scope.node != scope.node) {
        w->scope.node = scope.node;
        w->scope.text = make_scope(w, scope);
    }
    return w->scope.text;
}

static bool is_member(const struct dw__item *item)
{
    return item->tag == DW_TAG_member || item->tag == DW_TAG_inheritance ||
           item->tag == DW_TAG_variable || item->tag == DW_TAG_formal_parameter ||
           item->tag == DW_TAG_unspecified_parameters;
}

struct counts {
    uint32_t members, enumerators, dimensions;
};

static struct counts count_items(const struct dw__tree *tree, const struct dw__node *node)
{
    struct counts counts = {0};
    for (uint32_t i = node->first; i != NO_INDEX; i = tree->items.items[i].next) {
        const struct dw__item *item = &tree->items.items[i];
        counts.members += is_member(item);
        counts.enumerators += item->tag == DW_TAG_enumerator;
        counts.dimensions +=
            item->tag == DW_TAG_subrange_type || item->tag == DW_TAG_generic_subrange;
    }
    return counts;
}

static void build_items(struct dw__worker *w, struct dw__place place, struct dw__entry *entry)
{
    struct dw__tree *tree = place.tree;
    struct counts counts = count_items(tree, place.node);
    struct dw_member *member = ARENA_ARRAY(w->arena, counts.members, struct dw_member);
    struct dw__link *link = ARENA_ARRAY(w->arena, counts.members, struct dw__link);
    struct dw_enumerator *value = ARENA_ARRAY(w->arena, counts.enumerators, struct dw_enumerator);
    uint64_t *dimension = ARENA_ARRAY(w->arena, counts.dimensions, uint64_t);
    struct dw_type *type = &entry->type;
    entry->members = member;
    entry->links = link;
    type->members = member;
    type->member_count = counts.members;
    type->enumerators = value;
    type->enumerator_count = counts.enumerators;
    type->dimensions = dimension;
    type->dimension_count = counts.dimensions;
    for (uint32_t i = place.node->first; i != NO_INDEX; i = tree->items.items[i].next) {
        const struct dw__item *item = &tree->items.items[i];
        if (item->tag == DW_TAG_enumerator) {
            *value++ = (struct dw_enumerator){kept_name(w, item->name), (int64_t)item->offset};
        } else if (item->tag == DW_TAG_subrange_type || item->tag == DW_TAG_generic_subrange) {
            *dimension++ = dw__item_elements(tree, item);
        } else if (item->tag == DW_TAG_unspecified_parameters) {
            type->variadic = true;
            type->member_count--;
        } else if (is_member(item)) {
            *link++ = link_to(w, tree, item->type);
            *member++ = (struct dw_member){
                .name = kept_name(w, item->name),
                .type = DW_NO_TYPE,
                .flags = item->flags,
                .bit_offset = dw__item_bit_offset(w->forest, tree, item),
                .bit_size = item->bit_size,
                .alignment = item->alignment,
            };
        }
    }
}

// What an anonymous type is called where other languages have types that C has not.
static const char *word_for(uint16_t tag)
{
    switch (tag) {
    case DW_TAG_string_type:
        return "string";
    case DW_TAG_set_type:
        return "set";
    case DW_TAG_file_type:
        return "file";
    default:
        return "";
    }
}

// A record that is defined without a size (a VLA in it) has one at run time.
static bool is_dynamic(const struct dw__node *node)
{
    bool sizeless = dw__tag_is_record(node->tag) && node->size == UINT64_MAX &&
                    !(node->flags & NODE_DECLARATION);
    return sizeless || (node->flags & NODE_DYNAMIC);
}

// Bytes of an array as far as it states them: else its elements say it, and 0 stands for that.
static uint64_t stated_size(const struct dw__node *array, const struct dw_type *type)
{
    uint64_t bits = array->bit_stride;
    if (array->size != UINT64_MAX)
        return array->size;
    for (uint32_t i = 0; i < type->dimension_count; i++)
        if (type->dimensions[i] == DW_COUNT_UNKNOWN || !mul_u64(bits, type->dimensions[i], &bits))
            return 0;
    return bits / 8 + (bits % 8 != 0);
}

static bool has_room(struct dw__worker *w, struct dw__place place)
{
    struct counts counts = count_items(place.tree, place.node);
    return dw__room_take(&w->table->room, TYPE_COST + (uint64_t)counts.members * MEMBER_COST +
                                              (uint64_t)counts.enumerators * ENUMERATOR_COST);
}

static const char *node_name(struct dw__worker *w, const struct dw__node *node)
{
    if (node->flags & NODE_SPELLED)
        return arena_text(w->arena, slice_text(node->name));
    return kept_name(w, node->name[0] != '\0' ? node->name : word_for(node->tag));
}

// False when there is no room for it.
static bool build(struct dw__worker *w, struct dw__place place, struct dw__entry *entry)
{
    const struct dw__node *node = place.node;
    struct dw__tree *tree = place.tree;
    if (!has_room(w, place))
        return false;
    *entry = (struct dw__entry){
        .identity = dw__hash_identity(w->forest, place),
        .name = dw__hash_name(w->forest, place),
        .target = link_to(w, tree, node->type),
        .contains = link_to(w, tree, node->contains),
        .decl_file = node->decl_file,
    };
    entry->type = (struct dw_type){
        .kind = kind_of(node->tag),
        .declaration = node->flags & NODE_DECLARATION,
        .dynamic = is_dynamic(node),
        .vector = node->flags & NODE_VECTOR,
        .tagged = tree->tagged,
        .name = node_name(w, node),
        .scope = scope_text(w, place),
        .decl_file = "",
        .decl_line = node->decl_line,
        .unit = dw__unit_index(w->forest->dw, tree->unit),
        .die = dw__ref_make(tree->unit, tree->unit->start + node->offset),
        .target = DW_NO_TYPE,
        .contains = DW_NO_TYPE,
        .size = dw__node_size(w->forest, place),
        .alignment = dw__node_align(w->forest, place),
        .copies = 1,
    };
    if (node->tag == DW_TAG_base_type)
        set_encoding(&entry->type, node->encoding);
    build_items(w, place, entry);
    if (node->tag == DW_TAG_array_type)
        entry->type.size = stated_size(node, &entry->type);
    return true;
}

// ----------------------------------------------------------------------- entering

static bool selects(const struct dw_types_options *options)
{
    return options->name_count != 0;
}

// A record that is only named: its own key, so that it never hides a definition.
static void add_shell(struct dw__worker *w, struct dw__place place)
{
    struct dw__entry entry;
    uint64_t key = ~dw__hash_name(w->forest, place);
    dw_ref die = dw__ref_make(place.tree->unit, place.tree->unit->start + place.node->offset);
    bool deep = false;
    if (count_known(w->table, key, die, false, false, &deep) || !build(w, place, &entry))
        return;
    entry.wanted = !selects(w->table->options);
    entry.identity = key;
    entry.type.declaration = true;
    entry.type.member_count = entry.type.enumerator_count = 0;
    entry.type.copies = 0;
    put(w->table, &entry);
}

static bool is_defined_record(const struct dw__node *node)
{
    return dw__tag_is_record(node->tag) && !(node->flags & NODE_DECLARATION);
}

static void need(struct dw__worker *w, struct dw__place place, bool by_value, unsigned depth);

// What a type needs of others: the targets of its links.
static void need_links(struct dw__worker *w, struct dw__place place, bool by_value, unsigned depth)
{
    const struct dw__node *node = place.node;
    bool points = node->tag == DW_TAG_pointer_type || node->tag == DW_TAG_reference_type ||
                  node->tag == DW_TAG_rvalue_reference_type ||
                  node->tag == DW_TAG_ptr_to_member_type || node->tag == DW_TAG_subroutine_type;
    need(w, dw__place_of(w->forest, place.tree, node->type), by_value && !points, depth + 1);
    need(w, dw__place_of(w->forest, place.tree, node->contains), false, depth + 1);
    for (uint32_t i = node->first; i != NO_INDEX; i = place.tree->items.items[i].next) {
        const struct dw__item *item = &place.tree->items.items[i];
        bool whole = by_value && !points && !(item->flags & DW_MEMBER_STATIC);
        if (is_member(item))
            need(w, dw__place_of(w->forest, place.tree, item->type), whole, depth + 1);
    }
}

// Enters a type that another one needs. When all types are read, records get in by themselves.
static void need(struct dw__worker *w, struct dw__place place, bool by_value, unsigned depth)
{
    if (place.node == NULL || depth > DEPTH_MAX)
        return;
    const struct dw__node *node = place.node;
    if (dw__tag_is_record(node->tag)) {
        if (!is_defined_record(node) || (!by_value && selects(w->table->options))) {
            add_shell(w, place);
            return;
        }
        if (!selects(w->table->options))
            return;
    }
    bool deep = by_value;
    uint64_t identity = dw__hash_identity(w->forest, place);
    dw_ref die = dw__ref_make(place.tree->unit, place.tree->unit->start + node->offset);
    bool known = count_known(w->table, identity, die, false, false, &deep);
    if (known && (deep || !by_value))
        return;
    if (!known) {
        struct dw__entry entry;
        if (!build(w, place, &entry))
            return;
        entry.deep = by_value;
        entry.type.copies = 0;
        put(w->table, &entry);
    }
    need_links(w, place, by_value, depth);
}

bool dw__name_wanted(const struct dw_types_options *options, const char *scope, const char *name)
{
    static const char *const words[] = {"struct ", "class ", "union ", "enum "};
    for (size_t i = 0; i < options->name_count; i++) {
        const char *glob = options->names[i];
        for (size_t w = 0; w < COUNT_OF(words); w++)
            if (strncmp(glob, words[w], strlen(words[w])) == 0)
                glob += strlen(words[w]);
        if (glob_match(glob, slice_text(name)))
            return true;
        if (scope[0] == '\0' || strstr(glob, "::") == NULL)
            continue;
        struct buf full = {0};
        buf_printf(&full, "%s::%s", scope, name);
        bool match = glob_match(glob, slice_of(full.data, full.size));
        buf_free(&full);
        if (match)
            return true;
    }
    return options->name_count == 0;
}

static bool node_wanted(struct dw__worker *w, struct dw__place place)
{
    const struct dw__node *node = place.node;
    const struct dw_types_options *options = w->table->options;
    if (!selects(options))
        return true;
    if (node->name[0] == '\0')
        return false;
    bool qualified = false;
    for (size_t i = 0; i < options->name_count; i++)
        qualified |= strstr(options->names[i], "::") != NULL;
    return dw__name_wanted(options, qualified ? scope_text(w, place) : "", node->name);
}

static bool is_listed(const struct dw__node *node)
{
    return dw__tag_is_record(node->tag) || node->tag == DW_TAG_enumeration_type ||
           node->tag == DW_TAG_typedef || node->tag == DW_TAG_template_alias;
}

static struct dw__seen *seen_slot(struct dw__worker *w, uint64_t place)
{
    size_t mask = w->seen.count - 1;
    for (size_t at = (size_t)(place >> 8) & mask;; at = (at + 1) & mask) {
        struct dw__seen *slot = &w->seen.items[at];
        if (slot->place == place || slot->place == 0)
            return slot;
    }
}

static void grow_seen(struct dw__worker *w)
{
    size_t old_count = w->seen.count, count = MAX(old_count * 2, (size_t)1024);
    struct dw__seen *old = w->seen.items;
    w->seen.items = mem_zalloc(count, sizeof *old);
    w->seen.count = w->seen.capacity = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].place != 0)
            *seen_slot(w, old[i].place) = old[i];
    free(old);
}

// What the worker knows of a definition; it is new when `identity` is 0, and the caller fills that
// in. NULL when there is no room for it. Units come in ascending order, so what a worker met before
// it met at a lower DIE.
static struct dw__seen *look_seen(struct dw__worker *w, struct dw__place place)
{
    struct dw__forest by_place = *w->forest;
    by_place.hashing = DW__BY_PLACE;
    uint64_t key = dw__hash_identity(&by_place, place);
    if ((w->seen_used + 1) * 2 > w->seen.count)
        grow_seen(w);
    struct dw__seen *seen = seen_slot(w, key);
    if (seen->place == 0) {
        if (!dw__room_take(&w->table->room, SEEN_COST))
            return NULL;
        seen->place = key;
        seen->last = NO_INDEX;
        w->seen_used++;
    }
    return seen;
}

void dw__table_flush(struct dw__worker *worker)
{
    for (size_t i = 0; i < worker->seen.count; i++) {
        struct dw__seen seen = worker->seen.items[i];
        struct dw__entry *entry = NULL;
        if (seen.count != 0)
            entry = find(shard_of(worker->table, seen.identity), seen.identity);
        if (entry != NULL)
            entry->type.copies += seen.count;
    }
}

static void note_definition(struct dw__worker *w, struct dw__seen *seen, uint32_t unit)
{
    uint32_t index = (uint32_t)w->definitions.count;
    vec_push(&w->definitions, (struct dw__definition){unit, seen->last});
    seen->last = index;
}

static void add_wanted(struct dw__worker *w, struct dw__place place)
{
    if (place.node->flags & NODE_DECLARATION) {
        if (dw__tag_is_record(place.node->tag) && place.node->name[0] != '\0')
            add_shell(w, place);
        return;
    }
    struct dw__seen *seen = look_seen(w, place);
    if (seen == NULL)
        return;
    bool known = seen->identity != 0;
    if (!known)
        seen->identity = dw__hash_identity(w->forest, place);
    uint32_t unit = dw__unit_index(w->forest->dw, place.tree->unit);
    if (w->table->options->units)
        note_definition(w, seen, unit);
    if (known) {
        seen->count++;
        return;
    }
    bool deep = selects(w->table->options);
    dw_ref die = dw__ref_make(place.tree->unit, place.tree->unit->start + place.node->offset);
    if (count_known(w->table, seen->identity, die, true, true, &deep))
        return;
    struct dw__entry entry;
    if (!build(w, place, &entry))
        return;
    entry.wanted = true;
    entry.deep = selects(w->table->options);
    put(w->table, &entry);
    need_links(w, place, true, 0);
}

void dw__table_add_tree(struct dw__worker *worker, struct dw__tree *tree)
{
    worker->scope.node = NULL; // a tree's memory serves one unit after the other
    for (size_t i = 0; i < tree->nodes.count; i++) {
        struct dw__node *node = &tree->nodes.items[i];
        struct dw__place place = {tree, node};
        if (is_listed(node) && node_wanted(worker, place))
            add_wanted(worker, place);
    }
}

struct dw__entry *dw__table_entries(struct dw__table *table, size_t *count)
{
    size_t total = 0;
    for (unsigned i = 0; i < SHARDS; i++)
        total += table->shards[i].entries.count;
    struct dw__entry *all = mem_alloc(total * sizeof *all);
    *count = 0;
    for (unsigned i = 0; i < SHARDS; i++) {
        size_t size = table->shards[i].entries.count;
        if (size != 0)
            memcpy(all + *count, table->shards[i].entries.items, size * sizeof *all);
        *count += size;
    }
    return all;
}
