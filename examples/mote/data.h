// SPDX-License-Identifier: MIT
// Part of mote.h: strings, numbers, containers. Their layouts, and what the other files ask of them.
#ifndef MOTE_DATA_H
#define MOTE_DATA_H

// ------------------------------------------------------------------------------------------ strings

// Counted: the count is the length in bytes, the flag says that there are bytes over 127. No end mark.
struct str {
    struct obj head;
    size_t len;
    char text[];
};
struct bytes { // the same layout
    struct obj head;
    size_t len;
    uint8_t data[];
};
struct text {
    const char *data;
    size_t size; // bytes
};

// Interned strings (core/intern.c): pools in ROM (this machine's names, frozen modules) and one that grows.
val intern(const char *text, size_t size);      // at most 255 bytes, else a str object
val intern_find(const char *text, size_t size); // NOTHING when there is none
val intern_val(val str);                        // the interned one of equal text, made if need be
struct text interned_text(val v);
size_t interned_hash(val v);
size_t intern_pool_bytes(void);                  // of RAM
size_t text_hash(const char *text, size_t size); // the one hash of str and bytes

HELPER struct text text_of(val str); // of a str, interned or not
HELPER bool is_str(val v);
bool text_is(val str, const char *text);
bool str_equal(val a, val b); // of two str
val str_new(const char *text,
            size_t size); // UTF-8; short ones that are known are the interned ones
val str_of_c(const char *text);
val bytes_new(const void *data, size_t size); // data may be NULL: zeros
struct text need_str(val v);                  // of a str or a class derived from it; TypeError

// UTF-8 (types/utf8.c)
size_t utf8_length(const char *text, size_t size); // code points
bool utf8_valid(const char *text, size_t size);
uint32_t utf8_decode(const char **at, const char *end); // one code point, valid text
size_t utf8_encode(uint32_t c, char out[4]);
bool is_ascii(const char *text, size_t size);
size_t utf8_offset(const char *text, size_t size,
                   size_t index); // of a code point, in bytes; > size: none
val str_char(uint32_t c);         // chr(c)

// bytes-like objects: bytes, bytearray, memoryview, array
struct buffer {
    uint8_t *data; // changes of it are seen by the object if it is writable
    size_t size;   // bytes
    char format;   // of the elements, as in module struct: 'B' for bytes
    bool writable;
};
bool buffer_find(val v, struct buffer *out);
void buffer_need(val v, struct buffer *out); // TypeError

struct bytearray {
    struct obj head;
    size_t len;
    struct bytes *store; // whose length is the capacity; NULL: none
};

// ------------------------------------------------------------------------------------------ numbers

// An int that is no small one: magnitude in digits, the least first; the count flag is the sign. Never has leading zeros,
// and never holds what a small one could (unless MOTE_BOXED_INT).
#if MOTE_64
typedef uint32_t digit;
typedef uint64_t two_digits;
#else
typedef uint16_t digit; // so that no product needs 64 bits
typedef uint32_t two_digits;
#endif
struct big {
    struct obj head;
    size_t len;
    digit digits[];
};

bool is_int(val v); // int or bool
val int_new(intptr_t i);
val int_new_unsigned(uintptr_t u);
val int_new_64(int64_t i);
val int_new_u64(uint64_t u);
bool int_fits(val v, intptr_t *out); // false: no int or bool, or too large
intptr_t need_int(val v);            // an int or what has __index__; OverflowError, TypeError
size_t need_size(val v);             // not negative
val index_val(val v);                // the int of an int or of what has __index__; TypeError
val int_parse(const char *text, size_t size,
              int base); // as int(text, base): NOTHING when it is no number
void int_print(val v, struct sink *out, int base, bool upper); // no prefix; base 2, 8, 10 or 16
size_t int_bits(val v);                                        // bit_length
void int_bytes(val v, uint8_t *out, size_t size,
               bool big_endian); // two's complement; cut off when too large
val int_of_bytes(const uint8_t *data, size_t size, bool big_endian, bool is_signed);
val int_pow_mod(val base, val exponent, val modulus);
val int_shift_right_bits(val v, size_t bits);
size_t int_hash(val v); // of an int or bool: as CPython's, and the same for equal floats

// Elements of arrays, memoryviews and packed structs in the machine's own byte order and sizes; codes as in module struct.
size_t element_size(char code); // 0: no such code
val element_load(char code, const uint8_t *at);
void element_store(char code, uint8_t *at, val v); // TypeError, OverflowError

#if MOTE_FLOAT
#if MOTE_FLOAT == 1
typedef float real;
#else
typedef double real;
#endif
struct floating {
    struct obj head;
    real value;
};
val float_new(real value);
bool float_fits(val v, real *out); // float, int or bool, or what has __float__
real need_float(val v);
val float_parse(const char *text, size_t size); // NOTHING when it is no number
val int_of_float(real value); // truncates; OverflowError, ValueError for inf and nan
void float_print(real value, struct sink *out); // shortest text that reads back as the same
// As printf("%.*e", ...) and so on: kind is e E f F g G %; alternate is the # flag. No sign for positive values.
void float_format(real value, struct sink *out, char kind, int precision, bool alternate);
#endif

// ------------------------------------------------------------------------------------------ containers

struct items { // the values of a list; as many as the blocks hold, unused ones 0
    struct obj head;
    val values[];
};
enum how { // how a list came to be, for the census: other interpreters give other sizes to each
    HOW_LITERAL,
    HOW_APPEND,
    HOW_COMPREHENSION,
    HOW_COPY, // list(x), slices, sorted, methods that answer with a list of known length
    HOW_REPEAT
};
struct list {
    struct obj head;
    struct items *items; // NULL while empty
    size_t len;
    size_t how; // enum how; above HOW_BITS the capacity of items
};
enum { HOW_BITS = 4 };
static inline size_t list_capacity(const struct list *l)
{
    return l->how >> HOW_BITS;
}
static inline enum how list_how(const struct list *l)
{
    return l->how & ((1 << HOW_BITS) - 1);
}
val list_new(size_t capacity, enum how how);
void list_append(val list, val v);
val list_of(size_t n, const val *values, enum how how);
val list_from(val iterable); // a new list
void list_extend(val list, val iterable);
void list_clear(val list);
void sort_values(val *values, size_t n, val key,
                 bool reverse); // of a list the program cannot reach meanwhile

struct tuple { // counted
    struct obj head;
    size_t len;
    val values[];
};
extern const struct tuple tuple_empty;
val tuple_new(size_t n, const val *values); // values may be NULL: zeros, to be filled at once
val tuple_from(val iterable);
// The values of a list or tuple (or of a class derived from them), without running anything; false for others.
bool values_of(val v, size_t *n, val **values);

// Tables: what dict, set, instances and modules keep their names in. Pairs stand in the order of insertion; a deleted
// one has the key NOTHING. Past a few an index of places by hash follows the pairs in the same object (types/table.c).
struct pairs { // counted: the count is the number of words in slots
    struct obj head;
    size_t count; // with COUNT_FLAG in sets
    val slots[];  // key, value, key, value ...; in sets only keys
};
struct table {
    struct pairs *pairs; // NULL while empty
    size_t used;         // pairs from the start, deleted ones included
    size_t live;         // pairs that are there; top bits: TABLE_*
};
#define TABLE_FIXED                                                                                \
    (SIZE_MAX - (SIZE_MAX >> 1)) // in ROM: sorted by key word, all keys interned; cannot change
#define TABLE_SET  (SIZE_MAX / 4 + 1) // keys only
#define TABLE_HOW  (TABLE_SET >> 1)   // made with room for what it holds (census)
#define TABLE_COPY (TABLE_SET >> 4)   // made as a copy, and has not grown since (census)
struct dict {
    struct obj head;
    struct table table;
};
struct set { // and frozenset
    struct obj head;
    struct table table;
};
size_t table_live(const struct table *t);
val *table_find(const struct table *t,
                val key); // the slot of the key, its value behind it; or NULL
val *table_find_name(const struct table *t, val name); // the same for an interned key; runs nothing
val *table_add(struct table *t,
               val key); // found or new: a new value is NOTHING and must be set at once
bool table_remove(struct table *t, val key);
void table_clear(struct table *t);
void table_reserve(struct table *t, size_t pairs);
val *table_slot(const struct table *t, size_t at); // of the pair at a place; NULL: it is gone
bool table_next(const struct table *t, size_t *at, val **slot); // *at starts as 0
void table_copy(struct table *to, const struct table *from);    // `to` is empty

val dict_new(size_t reserve);
val dict_get(val dict, val key); // NOTHING
void dict_set(val dict, val key, val value);
bool dict_delete(val dict, val key);
void dict_update(val dict, val mapping_or_pairs);
val set_new(void);
void set_add(val set, val key);
void set_update(val set, val iterable);
static inline struct table *table_of(val dict_or_set)
{
    return &((struct dict *)dict_or_set)->table;
}

// A dict in ROM: `NAMES(list_names, N(append, list_append), ..., {key, value} ...)` in the order of the strings. The
// order is checked at each look-up in a debug build; names of one character stand first.
#define NAMES(id, ...) FIXED_TABLE(id, 2, TABLE_FIXED, __VA_ARGS__)
// The same for a table of natives and types alone: `METHODS(list_names, ROW(append, list_append) ...)`. With MOTE_KEYLESS it
// holds no keys, for each has its name; it then looks like a set.
#if MOTE_KEYLESS
#define METHODS(id, ...) FIXED_TABLE(id, 1, TABLE_FIXED | TABLE_SET, __VA_ARGS__)
#else
#define METHODS NAMES
#endif
#define FIXED_TABLE(id, stride, flags, ...)                                                        \
    static const struct pairs id##_pairs = {                                                       \
        {&type_pairs}, sizeof((const val[]){__VA_ARGS__}) / WORD, {__VA_ARGS__}};                  \
    const struct dict id = {{&type_dict},                                                          \
                            {(struct pairs *)&id##_pairs,                                          \
                             sizeof((const val[]){__VA_ARGS__}) / WORD / (stride),                 \
                             (sizeof((const val[]){__VA_ARGS__}) / WORD / (stride)) | (flags)}}
// A run of rows that a build without MOTE_RARE leaves out.
#if MOTE_RARE
#define RARE(...) __VA_ARGS__,
#else
#define RARE(...)
#endif

// Iterators over what others hold (types/iterators.c). An exhausted one has no container.
enum iterate {
    ITERATE_LIST,
    ITERATE_TUPLE,
    ITERATE_KEYS, // of a dict; of a set
    ITERATE_VALUES,
    ITERATE_ITEMS,
    ITERATE_GETITEM, // o[0], o[1] ... to the length; of an instance until IndexError
    ITERATE_CALL,    // f() until it answers the sentinel
    ITERATE_REVERSED = 8,
    ITERATE_SHIFT = 4 // bits of these; above: the size of the table at the start
};
struct iterator {
    struct obj head;
    val container;
    size_t at;   // the next; reversed: the one after it
    size_t kind; // enum iterate
};
val iterator_new(val container, enum iterate kind);
val iterator_call(val f, val sentinel); // iter(f, sentinel)
val iter_self(val self);                // ops.iter of every iterator

struct slice {
    struct obj head;
    val start, stop, step; // NONE where not given
};
val slice_new(val start, val stop, val step);
// The key with ints for what has __index__: it runs nothing any more, so what it is for cannot change meanwhile.
val key_settled(val key);
// The indices of a slice over a sequence of n elements, as slice.indices: *count elements from *start by *step.
void slice_bounds(val slice, size_t n, intptr_t *start, intptr_t *step, size_t *count);
// Takes those elements, of `unit` bytes, out of the n at `data`; answers how many stay.
size_t slice_cut(void *data, size_t n, size_t unit, intptr_t start, intptr_t step, size_t count);
// An index, negative ones from the end; IndexError "NAME index out of range", TypeError.
size_t index_in(val key, size_t n, const char *name);
// Where insert() puts something among *n elements: an index, negative ones from the end, cut to the ends.
size_t insert_place(val index, const size_t *n);

struct range {
    struct obj head;
    intptr_t start, stop, step;
};
struct range_iterator {
    struct obj head;
    intptr_t next, step;
    size_t left;
};
extern const struct type type_range_iterator;

#endif
