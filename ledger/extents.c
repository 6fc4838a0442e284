// SPDX-License-Identifier: MIT
//
// The base map: extents one after the other on the line, and the way back from addresses and file
// offsets to positions.
//
// Extents may share addresses; the index keeps, for every address, the position that a lookup
// gives, so that a lookup is one binary search over disjoint spans:
//
//   extents, in order of adding   |----0----|     |--2--|        addresses ->
//                                      |-------1-------|
//   spans                         |----0----|--1--|--1--|1|      (the first added wins)
//
// One group of spans is the whole image, and one each is a section of it. Spans that go on both in
// the outer space and on the line are joined, so a claim over both is one claim.

#include "ledger/private.h"

// ------------------------------------------------------------------------ adding

bool led_extent_add(struct ledger *ledger, struct led_extent extent)
{
    ASSERT(!ledger->mapped);
    if (extent.size > LED_LINE_MAX - ledger->end)
        return false;
    if (extent.size == 0)
        return true;
    extent.pos = ledger->end;
    ledger->end += extent.size;
    for (unsigned bit = 0; bit < LED__WEIGHTS; bit++)
        if (extent.weights >> bit & 1)
            ledger->totals[bit] += extent.size;
    vec_push(&ledger->extents, extent);
    return true;
}

const struct led_extent *led_extents(const struct ledger *ledger, size_t *count)
{
    *count = ledger->extents.count;
    return ledger->extents.items;
}

uint64_t led_total(const struct ledger *ledger, enum led_weight weight)
{
    ASSERT(weight != 0 && (weight & (weight - 1)) == 0 && weight < 1 << LED__WEIGHTS);
    return ledger->totals[__builtin_ctz(weight)];
}

uint64_t led_end(const struct ledger *ledger)
{
    return ledger->end;
}

// ---------------------------------------------------------------------- flattening

// A range of an outer space, one extent's.
struct item {
    uint64_t group;
    struct led__span span;
    size_t order; // of adding
};

typedef VEC(struct item) item_vec;

static void push_item(item_vec *items, uint64_t group, uint64_t start,
                      const struct led_extent *extent)
{
    uint64_t end;
    if (!add_u64(start, extent->size, &end))
        end = UINT64_MAX; // the last byte of the address space is not looked up
    if (start < end)
        vec_push(items, (struct item){group, {start, end, extent->pos}, items->count});
}

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// All starts and ends, ascending, each once. Cell i is from bound i to bound i + 1.
static uint64_t *sorted_bounds(const struct item *items, size_t count, size_t *bound_count)
{
    uint64_t *bounds = mem_alloc(2 * count * sizeof *bounds);
    for (size_t i = 0; i < count; i++) {
        bounds[2 * i] = items[i].span.start;
        bounds[2 * i + 1] = items[i].span.end;
    }
    qsort(bounds, 2 * count, sizeof *bounds, compare_u64);
    size_t kept = 1;
    for (size_t i = 1; i < 2 * count; i++)
        if (bounds[i] != bounds[kept - 1])
            bounds[kept++] = bounds[i];
    *bound_count = kept;
    return bounds;
}

static size_t cell_of(const uint64_t *bounds, size_t count, uint64_t start)
{
    const uint64_t *bound = bsearch(&start, bounds, count, sizeof *bounds, compare_u64);
    return (size_t)(bound - bounds);
}

// The first cell from `cell` on that nobody has; the way there is made shorter for the next search.
static size_t free_from(size_t *next, size_t cell)
{
    while (next[cell] != cell) {
        next[cell] = next[next[cell]];
        cell = next[cell];
    }
    return cell;
}

// For each cell the item that has it (index + 1), or 0: the first of the items that cover it.
static size_t *cell_items(const struct item *items, size_t count, const uint64_t *bounds,
                          size_t bound_count)
{
    size_t *owners = mem_zalloc(bound_count, sizeof *owners);
    size_t *next = mem_alloc(bound_count * sizeof *next);
    for (size_t i = 0; i < bound_count; i++)
        next[i] = i;
    for (size_t i = 0; i < count; i++) {
        size_t cell = free_from(next, cell_of(bounds, bound_count, items[i].span.start));
        for (; bounds[cell] < items[i].span.end; cell = free_from(next, cell)) {
            owners[cell] = i + 1;
            next[cell] = cell + 1;
        }
    }
    free(next);
    return owners;
}

static void push_span(struct led__index *index, struct led__group *group, struct led__span span)
{
    if (group->count > 0) {
        struct led__span *last = &index->spans.items[index->spans.count - 1];
        if (last->end == span.start && last->pos + (last->end - last->start) == span.pos) {
            last->end = span.end;
            return;
        }
    }
    vec_push(&index->spans, span);
    group->count++;
}

static void flatten_group(struct led__index *index, const struct item *items, size_t count)
{
    size_t bound_count;
    uint64_t *bounds = sorted_bounds(items, count, &bound_count);
    size_t *owners = cell_items(items, count, bounds, bound_count);
    struct led__group group = {items[0].group, index->spans.count, 0};
    for (size_t i = 0; i + 1 < bound_count; i++) {
        if (owners[i] == 0)
            continue;
        const struct led__span *from = &items[owners[i] - 1].span;
        push_span(
            index, &group,
            (struct led__span){bounds[i], bounds[i + 1], from->pos + (bounds[i] - from->start)});
    }
    vec_push(&index->groups, group);
    free(owners);
    free(bounds);
}

static void flatten(struct led__index *index, item_vec *items)
{
    if (items->count > 0)
        qsort(items->items, items->count, sizeof *items->items, compare_items);
    for (size_t first = 0, end; first < items->count; first = end) {
        for (end = first + 1; end < items->count; end++)
            if (items->items[end].group != items->items[first].group)
                break;
        flatten_group(index, items->items + first, end - first);
    }
    vec_free(items);
}

static uint64_t space_of(uint32_t image, uint32_t section)
{
    return (uint64_t)image << 32 | section;
}

static void index_memory(struct ledger *ledger)
{
    item_vec items = {0};
    for (size_t i = 0; i < ledger->extents.count; i++) {
        const struct led_extent *extent = &ledger->extents.items[i];
        if (extent->addr == LED_NOWHERE)
            continue;
        push_item(&items, space_of(extent->image, 0), extent->addr, extent);
        if (extent->section != 0)
            push_item(&items, space_of(extent->image, extent->section), extent->addr, extent);
    }
    flatten(&ledger->by_addr, &items);
}

static void index_file(struct ledger *ledger)
{
    item_vec items = {0};
    for (size_t i = 0; i < ledger->extents.count; i++) {
        const struct led_extent *extent = &ledger->extents.items[i];
        if (extent->file != LED_NOWHERE)
            push_item(&items, 0, extent->file, extent);
    }
    flatten(&ledger->by_file, &items);
}

void led_extents_done(struct ledger *ledger)
{
    ASSERT(!ledger->mapped);
    ledger->mapped = true;
    index_memory(ledger);
    index_file(ledger);
}

// ---------------------------------------------------------------------- looking up

static const struct led__group *find_group(const struct led__index *index, uint64_t key)
{
    size_t low = 0, high = index->groups.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->groups.items[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < index->groups.count && index->groups.items[low].key == key;
    return found ? &index->groups.items[low] : NULL;
}

// The first span of the group that ends behind `value`, or the end of the group. `hint` is tried
// first.
static size_t find_span(const struct led__index *index, const struct led__group *group,
                        uint64_t value, size_t hint)
{
    const struct led__span *spans = index->spans.items;
    if (hint - group->first < group->count && spans[hint].start <= value && value < spans[hint].end)
        return hint;
    size_t low = group->first, high = group->first + group->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].end <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint64_t pos_in_group(const struct led__index *index, const struct led__group *group,
                             uint64_t value)
{
    if (group == NULL)
        return LED_NOWHERE;
    size_t at = find_span(index, group, value, SIZE_MAX);
    if (at == group->first + group->count || index->spans.items[at].start > value)
        return LED_NOWHERE;
    return index->spans.items[at].pos + (value - index->spans.items[at].start);
}

// The group that answers for an address: of the section if that holds it, else of the image.
static const struct led__group *group_for(const struct ledger *ledger, uint32_t image,
                                          uint32_t section, uint64_t addr)
{
    const struct led__group *group = NULL;
    if (section != 0)
        group = find_group(&ledger->by_addr, space_of(image, section));
    if (group != NULL && pos_in_group(&ledger->by_addr, group, addr) != LED_NOWHERE)
        return group;
    return find_group(&ledger->by_addr, space_of(image, 0));
}

uint64_t led_pos_addr(const struct ledger *ledger, uint32_t image, uint32_t section, uint64_t addr)
{
    ASSERT(ledger->mapped);
    return pos_in_group(&ledger->by_addr, group_for(ledger, image, section, addr), addr);
}

uint64_t led_pos_file(const struct ledger *ledger, uint64_t offset)
{
    ASSERT(ledger->mapped);
    return pos_in_group(&ledger->by_file, find_group(&ledger->by_file, 0), offset);
}

// ----------------------------------------------------------------- claims by place

// A claim over many spans becomes many claims. Real ones have few; damaged input may make every one
// of a million symbols cover every one of a thousand sections, so what is cut off beyond a few per
// claim is dropped.
static bool may_cut(struct ledger *ledger)
{
    return ++ledger->cuts <= 65536 + 4 * ledger->placed;
}

static uint64_t claim_in_group(struct ledger *ledger, const struct led__index *index,
                               const struct led__group *group, uint64_t start, uint64_t size,
                               struct led_claim claim)
{
    uint64_t end, placed = 0;
    if (group == NULL || size == 0)
        return 0;
    if (!add_u64(start, size, &end))
        end = UINT64_MAX;
    size_t at = find_span(index, group, start, ledger->last_span);
    ledger->last_span = at;
    ledger->placed++;
    for (; at < group->first + group->count && index->spans.items[at].start < end; at++) {
        struct led__span span = index->spans.items[at];
        uint64_t from = MAX(start, span.start), to = MIN(end, span.end);
        uint64_t pos = span.pos + (from - span.start);
        led__claim_range(ledger, pos, pos + (to - from), claim);
        placed += to - from;
        if (to < end && !may_cut(ledger))
            break;
    }
    return placed;
}

uint64_t led_claim_addr(struct ledger *ledger, uint32_t image, uint32_t section, uint64_t addr,
                        uint64_t size, struct led_claim claim)
{
    ASSERT(ledger->mapped);
    const struct led__group *group = group_for(ledger, image, section, addr);
    return claim_in_group(ledger, &ledger->by_addr, group, addr, size, claim);
}

uint64_t led_claim_file(struct ledger *ledger, uint64_t offset, uint64_t size,
                        struct led_claim claim)
{
    ASSERT(ledger->mapped);
    const struct led__group *group = find_group(&ledger->by_file, 0);
    return claim_in_group(ledger, &ledger->by_file, group, offset, size, claim);
}
