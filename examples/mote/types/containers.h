// SPDX-License-Identifier: MIT
// What the containers share among themselves, beyond mote.h.
#ifndef MOTE_CONTAINERS_H
#define MOTE_CONTAINERS_H

#include "mote.h"

// ---- tables

void table_remove_slot(struct table *t, val *slot); // takes out a pair that was found
val *table_first(const struct table *t);            // the slot of the oldest pair, or NULL
val *table_last(const struct table *t);             // of the newest
void table_change(const struct table *t);           // TypeError when it lies in ROM

// ---- sequences of values: lists and tuples

// How many times n values are to be repeated; MemoryError when the result cannot exist.
size_t repeat_count(val times, size_t n);
void repeat_fill(val *values, size_t n, size_t times); // the first n, times - 1 times more
void values_print(val self, struct sink *out);         // a, b, c
val values_compare(enum op op, val a, val b);
bool values_contain(val self, val v);
extern const struct native values_count_native, values_index_native; // methods
// OP_LEN, OP_TRUTH; TypeError for OP_HASH.
val container_unary(enum op op, val self, size_t n);
// The one argument of TYPE(iterable), or NOTHING.
val one_argument(const struct type *type, size_t n, size_t kw, val *args);

// ---- tuples: operations for types with their layout

val tuple_item(val self, val key, val value);
val tuple_unary(enum op op, val self);
val tuple_binary(enum op op, val a, val b);
val tuple_iter(val self);

size_t lazy_width(const struct obj *zip_or_map); // iterators that it takes from at a time
val lazy_source(const struct obj *o);            // its iterator, or the tuple of them

// ---- lists

// Puts n values in place of `cut` ones. They must not be of the list itself; NULL: NOTHING, to be filled at once.
void list_splice(struct list *l, size_t at, size_t cut, const val *values, size_t n);
void sort_list(val list, val options, const char *name); // key and reverse, of a dict or NOTHING

// ---- dicts and sets

extern const struct type type_dict_keys, type_dict_values, type_dict_items;
struct dict_view { // of a dict
    struct obj head;
    val dict;
};
val dict_copy(val dict); // of the same type
val dict_item(val self, val key, val value);
val dict_unary(enum op op, val self);
val dict_binary(enum op op, val a, val b);
val dict_iter(val self);
void dict_print(val self, struct sink *out, enum print_how how);
val dict_make(const struct type *type, size_t n, size_t kw, val *args);
val pair_new(val key, val value);  // a tuple of two
_Noreturn void raise_key(val key); // KeyError(key)
val set_from(val iterable);
val set_binary(enum op op, val a, val b);

#endif
