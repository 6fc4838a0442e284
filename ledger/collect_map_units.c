// SPDX-License-Identifier: MIT
//
// Which unit an object of the linker map is, so that bytes no debug information tells of (literals,
// assembler, libraries built without -g) have a unit as well.
//
//   object   |main.o .text        |main.o .rodata  |libgcc.a(_divdi3.o) .text |
//   unit     |main.c (by ranges)  |                |                          |   settled so far
//            |main.c              |main.c          |[no debug] libgcc.a:_divdi3.o|
//
// The evidence is addresses: an object is the unit that has nearly all of its bytes that ranges,
// functions and variables give to any unit. Where less than that is one unit's (a few inlined or
// folded pieces), the names of object and source have to agree. An object of several units (link-time
// optimisation, ld -r) is none of them, and one with none stands as itself. Strings of several objects
// that were merged into one are [merged strings]; fill, stubs and the like are what they are in the other
// dimensions of the map.

#include <stdlib.h>

#include "ledger/collect_map.h"

#define NEARLY_ALL 90 // percent
#define NAMED      50 // percent, when the names agree

// Bytes of a unit in an object, by (object, unit).
struct shares {
    struct keyed *items; // key: object << 32 | unit, value: bytes
    size_t count;
};

static bool tells(const struct led__image *im, const struct led_stretch *stretch)
{
    size_t members;
    return (stretch->reader == LED_BY_UNIT_RANGE || stretch->reader == LED_BY_FUNCTION ||
            stretch->reader == LED_BY_VARIABLE) &&
           led_owner_members(im->run->ledger, stretch->owner, &members) == NULL;
}

// The settled stretches of both dimensions in one merge.
static struct shares share_out(const struct led__image *im)
{
    size_t unit_count, object_count;
    const struct led_stretch *units = led_stretches(im->run->ledger, LED_UNIT, &unit_count);
    const struct led_stretch *objects = led_stretches(im->run->ledger, LED_OBJECT, &object_count);
    VEC(struct keyed) list = {0};
    uint64_t pos = 0;
    for (size_t u = 0, o = 0; u < unit_count && o < object_count;) {
        uint64_t end = MIN(units[u + 1].pos, objects[o + 1].pos);
        uint64_t key = (uint64_t)objects[o].owner << 32 | units[u].owner;
        if (objects[o].reader == LED_BY_MAP && tells(im, &units[u])) {
            if (list.count != 0 && list.items[list.count - 1].key == key)
                list.items[list.count - 1].value += end - pos;
            else
                vec_push(&list, (struct keyed){key, end - pos});
        }
        u += units[u + 1].pos == end;
        o += objects[o + 1].pos == end;
        pos = end;
    }
    struct keyed *scratch = mem_alloc((list.count + 1) * sizeof *scratch);
    sort_keyed(list.items, scratch, list.count);
    free(scratch);
    return (struct shares){list.items, list.count};
}

// "build/main.c.o" and "/src/main.c", "x.obj" and "x.cpp": up to the first dot.
static bool same_stem(const char *object, const char *unit)
{
    struct slice path = slice_text(object), archive, member;
    lm_split_path(path, &archive, &member);
    struct slice a = lm_base_name(member), b = lm_base_name(slice_text(unit));
    size_t i = 0;
    while (i < a.size && i < b.size && a.data[i] != '.' && a.data[i] == b.data[i])
        i++;
    return i != 0 && (i == a.size || a.data[i] == '.') && (i == b.size || b.data[i] == '.');
}

struct verdict {
    led_owner unit;
    bool covered; // some debug information tells of it
};

// What items[at, end), all of one object, come to.
static struct verdict judge(const struct led__image *im, const struct keyed *items, size_t at,
                            size_t end)
{
    const struct ledger *ledger = im->run->ledger;
    uint64_t total = 0, most = 0;
    led_owner best = LED_UNATTRIBUTED;
    const char *object = led_owner_text(ledger, (led_owner)(items[at].key >> 32));
    bool named = false;
    while (at < end) {
        uint64_t key = items[at].key, bytes = 0;
        for (; at < end && items[at].key == key; at++)
            bytes += items[at].value;
        total += bytes;
        bool same = same_stem(object, led_owner_text(ledger, (led_owner)key));
        if (bytes > most || (bytes == most && same)) {
            most = bytes;
            best = (led_owner)key;
            named = same;
        }
    }
    __uint128_t wanted = (__uint128_t)total * (named ? NAMED : NEARLY_ALL);
    bool alone = (__uint128_t)most * 100 >= wanted && most != 0;
    return (struct verdict){alone ? best : LED_UNATTRIBUTED, true};
}

// "[no debug] libgcc.a:_divdi3.o"
static led_owner stands_as_itself(struct led_collector *run, const struct lm_file *file)
{
    struct buf text = {0};
    struct slice archive = lm_base_name(file->archive), member = lm_member_name(file);
    if (lm_by_lto(file)) // "/tmp/ccTvwvUi.ltrans0.ltrans.o": another name in each build
        member = slice_text("link-time optimised");
    buf_text(&text, "[no debug] ");
    buf_bytes(&text, archive.data, archive.size);
    if (archive.size != 0)
        buf_char(&text, ':');
    buf_bytes(&text, member.data, member.size);
    led_owner owner = names_intern(led_names(run->ledger), slice_of(text.data, text.size));
    buf_free(&text);
    return owner;
}

// Strings of several objects, hung on one of them: it grew.
static bool is_pool(const struct lm_contribution *c)
{
    return c->size_before != LM_NONE && c->size > c->size_before;
}

// Headers, unwind tables and the like have roles of their own.
static bool wants_unit(const struct led__image *im, const struct lm_contribution *c)
{
    uint32_t section = im->joined->sections[c->section];
    return c->size != 0 && (section == 0 || led__is_content(im, section));
}

static led_owner unit_of(struct led__image *im, struct verdict *verdicts,
                         const struct lm_contribution *c)
{
    const struct led__joined *joined = im->joined;
    struct slice name;
    if (lm_no_object(joined->map, c, &name))
        return led__bracketed(im->run, name);
    if (is_pool(c))
        return led_owner_of(im->run->ledger, "[merged strings]");
    struct verdict *verdict = &verdicts[joined->from[c->file].object];
    if (!verdict->covered)
        *verdict =
            (struct verdict){stands_as_itself(im->run, &joined->map->files.items[c->file]), true};
    return verdict->unit;
}

static struct verdict *judge_all(const struct led__image *im, size_t owners)
{
    struct verdict *verdicts = mem_zalloc(owners, sizeof *verdicts); // by object
    struct shares shares = share_out(im);
    for (size_t at = 0, end; at < shares.count; at = end) {
        uint64_t object = shares.items[at].key >> 32;
        for (end = at; end < shares.count && shares.items[end].key >> 32 == object; end++)
            ;
        verdicts[object] = judge(im, shares.items, at, end);
    }
    free(shares.items);
    return verdicts;
}

// Sources are told by lines; only what is no source's is the same there.
void led__collect_map_units(struct led__image *im)
{
    const struct led__joined *joined = im->joined;
    const struct lm_map *map = joined->map;
    struct verdict *verdicts = judge_all(im, names_count(led_names(im->run->ledger)));
    for (uint32_t i = 0; i < map->contributions.count; i++) {
        if (!wants_unit(im, &map->contributions.items[i]))
            continue;
        led_owner unit = unit_of(im, verdicts, &map->contributions.items[i]);
        led__claim_mapped(im, joined, i, (struct led_claim){unit, LED_UNIT, LED_BY_MAP, i});
        if (led_owner_text(im->run->ledger, unit)[0] == '[')
            led__claim_mapped(im, joined, i, (struct led_claim){unit, LED_SOURCE, LED_BY_MAP, i});
    }
    free(verdicts);
}
