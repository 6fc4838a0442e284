// SPDX-License-Identifier: MIT
//
// Owners and sets of owners; making and freeing a ledger.
//
// A set is interned as its members' texts in order, joined by " = ". A long one is cut to whole
// names and ends in "(+N more)"; so that two sets that read alike stay apart, the interned text
// then goes on, behind a NUL that no reader of C text sees, with a hash of the members.

#include "ledger/private.h"

#define SET_TEXT_MAX 200
#define HASH_BYTES   256 // of a member's text: enough to tell apart, and a bound on the work
// Damaged input can make a million sets of one huge name, or of one huge set and one more each.
// Real builds come nowhere near these sums over all sets.
#define LONG_NAMES_MAX ((uint64_t)8 << 20) // bytes of names longer than a set's text
#define FLATTENED_MAX  ((uint64_t)8 << 20) // members taken from other sets

// ------------------------------------------------------------------- words as tables

const char *led_dim_name(enum led_dim dim)
{
    static const char *const names[LED_DIM_COUNT] = {
        [LED_SEGMENT] = "segment", [LED_SECTION] = "section", [LED_KIND] = "kind",
        [LED_MEMBER] = "member",   [LED_UNIT] = "unit",       [LED_SOURCE] = "source",
        [LED_SYMBOL] = "symbol",   [LED_INLINES] = "inlines", [LED_OBJECT] = "object",
        [LED_ARCHIVE] = "archive",
    };
    ASSERT(dim < LED_DIM_COUNT);
    return names[dim];
}

struct reader_row {
    const char *text;
    bool inferred;
};

static const struct reader_row *reader_row(enum led_reader reader)
{
    static const struct reader_row rows[] = {
#define X(name, rank, is_inferred, words) [rank] = {words, is_inferred},
        LED_READERS(X)
#undef X
    };
    _Static_assert(COUNT_OF(rows) == LED_READER_COUNT, "ranks are the order of the table");
    ASSERT(reader < LED_READER_COUNT);
    return &rows[reader];
}

const char *led_reader_text(enum led_reader reader)
{
    return reader_row(reader)->text;
}

bool led_reader_inferred(enum led_reader reader)
{
    return reader_row(reader)->inferred;
}

// --------------------------------------------------------------------------- a ledger

struct ledger *led_new(void)
{
    struct ledger *ledger = mem_zalloc(1, sizeof *ledger);
    ledger->names = names_new();
    ledger->arena = arena_new();
    ledger->padding = led_owner_of(ledger, "[padding]");
    return ledger;
}

void led_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    for (unsigned dim = 0; dim < LED_DIM_COUNT; dim++) {
        for (unsigned reader = 0; reader < LED_READER_COUNT; reader++)
            vec_free(&ledger->layers[dim][reader].claims);
        vec_free(&ledger->stretches[dim].list);
        led__tally_free(&ledger->tallies[dim]);
    }
    vec_free(&ledger->by_addr.spans);
    vec_free(&ledger->by_addr.groups);
    vec_free(&ledger->by_file.spans);
    vec_free(&ledger->by_file.groups);
    vec_free(&ledger->extents);
    vec_free(&ledger->charges.claims);
    vec_free(&ledger->bounds);
    vec_free(&ledger->disputes);
    vec_free(&ledger->sets);
    vec_free(&ledger->set_of);
    names_free(ledger->names);
    arena_free(ledger->arena);
    free(ledger->payload);
    free(ledger);
}

void led_set_threads(struct ledger *ledger, unsigned threads)
{
    ledger->threads = threads;
}

struct names *led_names(struct ledger *ledger)
{
    return ledger->names;
}

// ----------------------------------------------------------------------------- owners

static const char unattributed[] = "[unattributed]";

led_owner led_owner_of(struct ledger *ledger, const char *text)
{
    if (strcmp(text, unattributed) == 0)
        return LED_UNATTRIBUTED;
    return names_intern_text(ledger->names, text);
}

const char *led_owner_text(const struct ledger *ledger, led_owner owner)
{
    return owner == LED_UNATTRIBUTED ? unattributed : names_text(ledger->names, owner);
}

led_owner led_owner_padding(struct ledger *ledger)
{
    return ledger->padding;
}

int led__owner_compare(const struct ledger *ledger, led_owner a, led_owner b)
{
    if (a == b)
        return 0;
    struct slice x = names_slice(ledger->names, a), y = names_slice(ledger->names, b);
    size_t common = MIN(x.size, y.size);
    int order = common == 0 ? 0 : memcmp(x.data, y.data, common);
    if (order != 0)
        return order;
    if (x.size != y.size)
        return x.size < y.size ? -1 : 1;
    return a < b ? -1 : 1;
}

// ------------------------------------------------------------------------------- sets

static const struct led__set *find_set(const struct ledger *ledger, led_owner owner)
{
    if (owner >= ledger->set_of.count || ledger->set_of.items[owner] == 0)
        return NULL;
    return &ledger->sets.items[ledger->set_of.items[owner] - 1];
}

const led_owner *led_owner_members(const struct ledger *ledger, led_owner owner, size_t *count)
{
    const struct led__set *set = find_set(ledger, owner);
    *count = set == NULL ? 0 : set->count;
    return set == NULL ? NULL : set->members;
}

void led__set_add(struct ledger *ledger, led_owner owner, const led_owner *members, size_t count)
{
    ASSERT(find_set(ledger, owner) == NULL && count <= UINT32_MAX);
    const led_owner *copy = arena_copy(ledger->arena, members, count * sizeof *members);
    vec_push(&ledger->sets, (struct led__set){owner, (uint32_t)count, copy});
    while (ledger->set_of.count <= owner)
        vec_push(&ledger->set_of, 0);
    ledger->set_of.items[owner] = (uint32_t)ledger->sets.count;
}

typedef VEC(led_owner) owner_vec;

static bool may_flatten(struct ledger *ledger, const led_owner *owners, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct led__set *set = find_set(ledger, owners[i]);
        ledger->flattened += set == NULL ? 0 : set->count;
    }
    return ledger->flattened <= FLATTENED_MAX;
}

// What stands for owners that may not become a set.
static led_owner first_of(const struct ledger *ledger, const led_owner *owners, size_t count)
{
    led_owner first = owners[0];
    for (size_t i = 1; i < count; i++)
        if (led__owner_compare(ledger, owners[i], first) < 0)
            first = owners[i];
    return first;
}

static void push_flat(const struct ledger *ledger, owner_vec *list, led_owner owner)
{
    const struct led__set *set = find_set(ledger, owner);
    if (set == NULL && owner != LED_UNATTRIBUTED)
        vec_push(list, owner);
    for (uint32_t i = 0; set != NULL && i < set->count; i++)
        vec_push(list, set->members[i]);
}

static int compare_owners(const void *a, const void *b, void *ledger)
{
    return led__owner_compare(ledger, *(const led_owner *)a, *(const led_owner *)b);
}

static void sort_unique(struct ledger *ledger, owner_vec *list)
{
    if (list->count > 0)
        qsort_r(list->items, list->count, sizeof *list->items, compare_owners, ledger);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[kept - 1] != list->items[i])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

// The first name of a set: whole, unless so many long ones were repeated already that it does harm.
static bool put_first(struct ledger *ledger, struct slice name, size_t room, struct buf *text)
{
    if (name.size > room)
        ledger->long_names += name.size;
    bool whole = name.size <= room || (ledger->long_names <= LONG_NAMES_MAX &&
                                       name.size <= NAMES_LONGEST / 2); // more is cut by names
    buf_bytes(text, name.data, whole ? name.size : room);
    if (!whole)
        buf_text(text, "...");
    return whole;
}

// The joined text; false when something had to be left out.
static bool join_texts(struct ledger *ledger, const owner_vec *members, struct buf *text)
{
    const size_t room = SET_TEXT_MAX - (sizeof "... (+4294967295 more)" - 1);
    struct slice first = names_slice(ledger->names, members->items[0]);
    bool whole = put_first(ledger, first, room, text);
    size_t fitting = text->size; // size of the text that still leaves room for "(+N more)"
    size_t named = 1;            // members in it
    for (size_t i = 1; i < members->count && whole; i++) {
        struct slice name = names_slice(ledger->names, members->items[i]);
        whole = text->size + 3 + name.size <= SET_TEXT_MAX;
        if (!whole)
            break;
        buf_text(text, " = ");
        buf_bytes(text, name.data, name.size);
        if (text->size <= room)
            fitting = text->size, named = i + 1;
    }
    if (!whole) {
        text->size = fitting;
        buf_printf(text, " (+%zu more)", members->count - named);
    }
    return whole;
}

static uint64_t members_hash(const struct ledger *ledger, const owner_vec *members)
{
    uint64_t hash = members->count;
    for (size_t i = 0; i < members->count; i++) {
        struct slice name = names_slice(ledger->names, members->items[i]);
        hash = hash_mix(hash, hash_bytes(name.data, MIN(name.size, HASH_BYTES), name.size));
    }
    return hash;
}

static bool set_is(const struct led__set *set, const owner_vec *members)
{
    return set->count == members->count &&
           memcmp(set->members, members->items, members->count * sizeof *members->items) == 0;
}

// Interns the members, sorted and two or more, under the first text no other set has.
static led_owner intern_set(struct ledger *ledger, const owner_vec *members)
{
    struct buf text = {0};
    bool whole = join_texts(ledger, members, &text);
    size_t shown = text.size;
    uint64_t hash = whole ? 0 : members_hash(ledger, members);
    for (;; whole = false, hash++) {
        text.size = shown;
        if (!whole) {
            buf_char(&text, '\0');
            buf_printf(&text, "%016llx", (unsigned long long)hash);
        }
        led_owner owner = names_intern(ledger->names, slice_of(text.data, text.size));
        if (names_slice(ledger->names, owner).size < text.size) {
            shown = MIN(shown, (size_t)SET_TEXT_MAX); // cut for want of room, and the hash with it
            continue;
        }
        const struct led__set *set = find_set(ledger, owner);
        if (set == NULL)
            led__set_add(ledger, owner, members->items, members->count);
        if (set == NULL || set_is(set, members)) {
            buf_free(&text);
            return owner;
        }
    }
}

led_owner led_owner_set(struct ledger *ledger, const led_owner *members, size_t count)
{
    owner_vec flat = {0};
    if (count > 0 && !may_flatten(ledger, members, count))
        return first_of(ledger, members, count);
    for (size_t i = 0; i < count; i++)
        push_flat(ledger, &flat, members[i]);
    sort_unique(ledger, &flat);
    led_owner owner = LED_UNATTRIBUTED;
    if (flat.count == 1)
        owner = flat.items[0];
    else if (flat.count > 1)
        owner = intern_set(ledger, &flat);
    vec_free(&flat);
    return owner;
}
