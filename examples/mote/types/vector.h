// SPDX-License-Identifier: MIT
// Elements of C side by side: what bytearray and array have in common.
#ifndef MOTE_VECTOR_H
#define MOTE_VECTOR_H

#include "mote.h"

extern const struct type type_array;
struct array { // its elements are as its code says, and `len` of them
    struct bytearray bytes;
    size_t code;
};

#if MOTE_ARRAY
size_t vector_unit(const struct bytearray *b); // bytes of an element
#else
#define vector_unit(b) ((size_t)1)
#endif
uint8_t *vector_at(const struct bytearray *b, size_t i);
val vector_load(const struct bytearray *b, size_t i);
// Puts `count` elements at `data` (not of this vector; NULL: to be filled at once) in the place of `cut` ones; answers where.
uint8_t *vector_splice(struct bytearray *b, size_t from, size_t cut, const void *data,
                       size_t count);
// b[key] = v, or del b[key], for an index; and for a slice with elements as in vector_splice, none to delete.
void vector_store(struct bytearray *b, val key, val v);
void vector_store_slice(struct bytearray *b, val slice, const void *data, size_t count);
// The place of the first element equal to v from `i` on; the length when there is none.
size_t vector_find(const struct bytearray *b, val v, size_t i);
extern const struct native vector_append_native, vector_insert_native, vector_pop_native,
    vector_remove_native, vector_reverse_native; // methods

#endif
