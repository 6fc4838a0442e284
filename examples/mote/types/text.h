// SPDX-License-Identifier: MIT
// What str, bytes and bytearray share: their methods are written once, over a view of the bytes.
#ifndef MOTE_TEXT_H
#define MOTE_TEXT_H

#include "mote.h"

struct view {
    const char *data;
    size_t size;             // bytes
    const struct type *type; // type_str, type_bytes or type_bytearray
    bool wide;               // a str with characters over 127: indices are no byte offsets
    val self;                // the native object
};

struct view view_of(val self);                                        // TypeError for others
struct view view_of_str(val str);                                     // of type_str
val view_new(const struct view *like, const char *data, size_t size); // of the same type
val view_done(const struct view *like, struct builder *b);            // the same
val view_self(const struct view *v);                      // itself; a copy of a bytearray
struct text view_other(const struct view *self, val arg); // str for a str, else bytes-like
size_t view_length(const struct view *v);                 // in its own units
size_t view_offset(const struct view *v, size_t index);   // bytes before the index
size_t view_index(const struct view *v, size_t offset);   // the reverse
val view_item(const struct view *v, val key);     // x[key], slices too; settled for a bytearray
val view_repeat(const struct view *v, val count); // x * count
uint32_t view_next(const struct view *v, const char **at, const char *end); // a character or a byte
const char *view_on(const struct view *v, const char *at);                  // to the next character
const char *view_back(const struct view *v, const char *at);                // to the one before
val text_iterator_new(val text);

#define TEXT_NOT_FOUND SIZE_MAX
size_t text_search(const char *data, size_t size, const char *what, size_t what_size);
size_t text_search_back(const char *data, size_t size, const char *what, size_t what_size);
int text_compare(const char *a, size_t a_size, const char *b, size_t b_size); // as memcmp

bool char_is_space(uint32_t c, bool of_str);
bool char_printable(uint32_t c);
bool char_in_name(uint32_t c); // MOTE_UNICODE; false: never part of an identifier
uint32_t char_upper(uint32_t c);
uint32_t char_lower(uint32_t c);

// bytes.c, bytearray.c
void print_ascii(val v, struct sink *out);              // repr() with escapes for all over 127
void view_repr(const struct view *v, struct sink *out); // in quotes, with escapes
val bytes_binary(enum op op, val a, val b);
val bytearray_wrap(val store, size_t size); // a bytearray that owns the bytes object
val bytearray_of(const void *data, size_t size);
uint8_t need_byte(val v, const char *message); // 0 .. 255, ValueError
// bytes(x) and bytearray(x), as the constructors have it.
void bytes_collect(struct builder *b, const struct type *type, size_t n, size_t kw, val *args);
val text_decode(const char *data, size_t size, val encoding, val errors);
val builder_text(struct builder *b); // a str of what came from outside: UTF-8, or UnicodeError
void text_encode(struct text text, val encoding, val errors, struct builder *b);

// format.c
val format_percent(const struct view *format, val args);
extern const struct native str_format_native, str_format_map_native;

// methods of str_search.c, str_methods.c, str_case.c, for the tables in text_names.c
// clang-format off
#define TEXT_METHODS(X)                                                                            \
    X(find) X(rfind) X(index) X(rindex) X(count) X(startswith) X(endswith) X(join) X(split) X(rsplit)\
    X(splitlines) X(partition) X(rpartition) X(strip) X(lstrip) X(rstrip) X(replace)               \
    X(removeprefix) X(removesuffix) X(expandtabs) X(center) X(ljust) X(rjust) X(zfill) X(upper)    \
    X(lower) X(title) X(capitalize) X(swapcase) X(casefold) X(isalpha) X(isdigit) X(isalnum)       \
    X(isspace) X(islower) X(isupper) X(istitle) X(isascii) X(isdecimal) X(isnumeric)               \
    X(isidentifier) X(isprintable) X(translate) X(maketrans) X(encode) X(decode) X(fromhex)        \
    X(hex)
// clang-format on
#define X(name) extern const struct native text_##name##_native;
TEXT_METHODS(X)
#undef X
#define BYTEARRAY_METHODS(X) X(clear) X(copy) X(extend)
#define X(name)              extern const struct native bytearray_##name##_native;
BYTEARRAY_METHODS(X)
#undef X
extern const struct dict str_names, bytes_names, bytearray_names;

// A native for other files to name: no static.
#define SHARED_FULL(fn, name, min, max, ...)                                                       \
    NATIVE_OBJECT(fn##_native, fn, name, min, max, __VA_ARGS__)
#define SHARED(fn, name, min, max) SHARED_FULL(fn, name, min, max, 0)

#endif
