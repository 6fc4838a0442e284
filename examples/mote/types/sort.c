// SPDX-License-Identifier: MIT
// Sorting: a stable merge sort that is linear on what is sorted already.
//
// A comparison may be the program's own code, raise an error and leave by longjmp. Therefore the values form a
// permutation of what they were at every comparison, but for one gap: the left run of a merge lies in `temp`, from `left`
// to `left_end`, and belongs at `out`. Whoever catches the error puts it back.
//
// With a key function an element is two words: the key, then the value.
#include "types/containers.h"

#include "core/vm.h"

struct sort {
    val *temp;
    val *left, *left_end, *out;
    size_t stride;
};

static inline bool before(const val *a, const val *b)
{
    if (QUICK && is_small(*a) && is_small(*b))
        return (intptr_t)*a < (intptr_t)*b;
    return less(*a, *b);
}

static inline void move(val *to, const val *from, size_t stride)
{
    to[0] = from[0];
    if (stride == 2)
        to[1] = from[1];
}

// Each element goes to its place among those before it, found by halving.
static void sort_few(struct sort *s, val *a, size_t n)
{
    size_t stride = s->stride;
    for (size_t i = 1; i < n; i++) {
        val *element = &a[i * stride];
        if (!before(element, element - stride))
            continue;
        size_t low = 0, high = i - 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (before(element, &a[middle * stride]))
                high = middle;
            else
                low = middle + 1;
        }
        val kept[2];
        move(kept, element, stride);
        memmove(&a[(low + 1) * stride], &a[low * stride], (i - low) * stride * WORD);
        move(&a[low * stride], kept, stride);
    }
}

// a up to right, and right up to end, are sorted.
static void merge(struct sort *s, val *a, val *right, val *end)
{
    size_t stride = s->stride;
    memcpy(s->temp, a, (size_t)((char *)right - (char *)a));
    s->left = s->temp;
    s->left_end = s->temp + (right - a);
    s->out = a;
    while (s->left < s->left_end && right < end) {
        if (before(right, s->left)) {
            move(s->out, right, stride);
            right += stride;
        } else {
            move(s->out, s->left, stride);
            s->left += stride;
        }
        s->out += stride;
    }
    memcpy(s->out, s->left, (size_t)((char *)s->left_end - (char *)s->left));
    s->left = s->left_end;
}

static void sort(struct sort *s, val *a, size_t n)
{
    // Messages tell which two could not be compared: where there are any, few are compared in the order of CPython.
    bool insert = QUICK || MOTE_MESSAGES;
    if (n <= (insert ? 8 : 1)) {
        if (insert)
            sort_few(s, a, n);
        return;
    }
    val *middle = a + n / 2 * s->stride;
    sort(s, a, n / 2);
    sort(s, middle, n - n / 2);
    if (before(middle, middle - s->stride))
        merge(s, a, middle, a + n * s->stride);
}

static void reverse_values(val *values, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        val v = values[i];
        values[i] = values[--n];
        values[n] = v;
    }
}

static val *items_new(val *root, size_t n)
{
    struct items *items = heap_new_bytes(&type_items, (n + 1) * WORD);
    *root = (val)items;
    return items->values;
}

static void sort_or_restore(val *values, size_t n, size_t stride)
{
    ROOTS(r, 1);
    struct sort s = {.stride = stride};
    s.temp = items_new(&r[0], n / 2 * stride);
    struct catch c;
    if (TRY(c)) {
        sort(&s, values, n);
        catch_leave(&c);
    } else {
        values_copy(s.out, s.left, (size_t)(s.left_end - s.left));
        raise_on(c.exception);
    }
    heap_free((void *)r[0]);
}

static void sort_by_key(val *values, size_t n, val key)
{
    ROOTS(r, 1);
    val *pairs = items_new(&r[0], 2 * n);
    for (size_t i = 0; i < n; i++) {
        pairs[2 * i + 1] = values[i];
        pairs[2 * i] = call1(key, values[i]);
    }
    sort_or_restore(pairs, n, 2);
    for (size_t i = 0; i < n; i++)
        values[i] = pairs[2 * i + 1];
    heap_free((void *)r[0]);
}

void sort_values(val *values, size_t n, val key, bool reverse)
{
    // Reversed before and after, so that equal elements keep their order.
    if (reverse)
        reverse_values(values, n);
    if (key)
        sort_by_key(values, n, key);
    else if (n > 1)
        sort_or_restore(values, n, 1);
    if (reverse)
        reverse_values(values, n);
}

// The list is empty while it is sorted, so that nothing the program does can reach the values.
static void sort_taken(struct list *l, val key, bool reverse)
{
    const struct list taken = *l;
    if (l->len == 0)
        return;
    ROOTS(r, 3);
    r[0] = (val)taken.items;
    l->items = NULL;
    l->len = 0;
    l->how = list_how(l);
    struct catch c;
    if (TRY(c)) {
        sort_values(taken.items->values, taken.len, key, reverse);
        catch_leave(&c);
    }
    r[1] = c.exception;
    r[2] = (val)l->items;
    *l = taken;
    if (r[1])
        raise_on(r[1]);
    if (r[2])
        raise_value("list modified during sort");
}

void sort_list(val list, val options, const char *name)
{
    val key = NOTHING, reverse = NOTHING, *slot;
    for (size_t at = 0; options && table_next(table_of(options), &at, &slot);) {
        if (slot[0] == S(key))
            key = slot[1];
        else if (slot[0] == S(reverse))
            reverse = slot[1];
        else
            raise_type("'%v' is an invalid keyword argument for %s()", slot[0], name);
    }
    sort_taken((struct list *)list, key == NONE ? NOTHING : key, reverse && truth(reverse));
}
