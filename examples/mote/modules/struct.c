// SPDX-License-Identifier: MIT
// Module struct: values packed as C would lay them out.
//
// A format is walked field by field (next_field), each time anew: once for the size and the number of items, once to
// pack or unpack. Values are packed into new bytes and copied from there, since converting one may run the program.
#include "core/vm.h"
#include "modules/modules.h"
#include "types/big.h"
#include "types/element.h"
#include "types/real.h"

#if MOTE_STRUCT

static const struct type type_struct_error = {
    .head = {&type_type},
    .name = S(error),
    .ops = &exception_ops,
    .bases = V(type_Exception),
    .shape = {.size = sizeof(struct exception), .refs = 0x1e, .flags = TYPE_BASE | TYPE_EXCEPTION}};

#define raise_struct(...) raise_error(&type_struct_error, __VA_ARGS__)

// ------------------------------------------------------------------------------------------ formats

struct walk {
    const char *at, *end;
    bool native, big_endian;
    size_t offset; // of what comes next
};
struct field {
    const struct element *element;
    size_t count;  // items; of s and p one, whatever their length
    size_t size;   // bytes of an item
    size_t offset; // of the first
};

static struct walk walk_start(val format)
{
    struct text t;
    struct buffer b;
    val s = as_native(format, &type_str);
    if (s)
        t = text_of(s);
    else if (has_type(format, &type_bytes) && buffer_find(format, &b))
        t = (struct text){(const char *)b.data, b.size};
    else
        raise_type("Struct() argument 1 must be a str or bytes object, not %t", format);
    struct walk w = {t.data, t.data + t.size, true, BIG_ENDIAN_MACHINE, 0};
    char first = t.size ? *t.data : 0;
    if (first && strchr("@=<>!", first)) {
        w.at++;
        w.native = first == '@';
        w.big_endian = first == '>' || first == '!' || (first != '<' && BIG_ENDIAN_MACHINE);
    }
    return w;
}

static size_t repeat(struct walk *w)
{
    size_t count = 0;
    if (*w->at < '0' || *w->at > '9')
        return 1;
    for (; w->at < w->end && *w->at >= '0' && *w->at <= '9'; w->at++)
        if (__builtin_mul_overflow(count, 10, &count) ||
            __builtin_add_overflow(count, *w->at - '0', &count))
            raise_struct("total struct size too long");
    if (w->at == w->end)
        raise_struct("repeat count given without format specifier");
    return count;
}

static bool next_field(struct walk *w, struct field *f)
{
    size_t align, all;
    while (w->at < w->end && (*w->at == ' ' || (*w->at >= '\t' && *w->at <= '\r')))
        w->at++;
    if (w->at == w->end)
        return false;
    f->count = repeat(w);
    char code = *w->at++;
    f->element = element_find(code);
    if (!f->element || (!w->native && !f->element->standard))
        raise_struct("bad char in struct format");
    f->size = w->native ? f->element->size : f->element->standard;
    align = w->native ? f->element->align : 1;
    if (code == 's' || code == 'p' || code == 'x') {
        f->size = f->count;
        f->count = 1;
    }
    f->offset = (w->offset + align - 1) / align * align;
    if (__builtin_mul_overflow(f->size, f->count, &all) ||
        __builtin_add_overflow(f->offset, all, &w->offset) || w->offset > INTPTR_MAX - BLOCK)
        raise_struct("total struct size too long");
    return true;
}

// The bytes of the whole, and how many values it takes.
static size_t measure(val format, size_t *items)
{
    struct field f;
    size_t count = 0;
    struct walk w = walk_start(format);
    while (next_field(&w, &f))
        if (f.element->code != 'x')
            count += f.count;
    if (items)
        *items = count;
    return w.offset;
}

// ------------------------------------------------------------------------------------------ pack

static val item_int(val v)
{
    val i = index_try(v);
    if (!i)
        raise_struct("required argument is not an integer");
    return i;
}

// CPython has a C long on the way, and other words for what does not fit that.
_Noreturn static void raise_bounds(const struct field *f, const struct walk *w, val v)
{
    char code = f->element->code;
    bool is_signed = f->element->is_signed,
         named = f->size == 1 || (f->size == 2 && w->big_endian == BIG_ENDIAN_MACHINE);
    if (f->size > 4 || !int_fits_bytes(v, 8, is_signed || named))
        raise_struct("argument out of range");
    size_t top = SIZE_MAX >> (WORD_BITS - 8 * f->size + is_signed);
    ROOTS(r, 1);
    const char *name = code == 'b'   ? "byte"
                       : code == 'B' ? "ubyte"
                       : code == 'h' ? "short"
                                     : "ushort";
    r[0] = named ? str_of_c(name) : character((unsigned char)code);
    if (is_signed)
        raise_struct(named ? "%v format requires -%z <= number <= %z"
                           : "%r format requires -%z <= number <= %z",
                     r[0], top + 1, top);
    raise_struct(named ? "%v format requires 0 <= number <= %z"
                       : "%r format requires 0 <= number <= %z",
                 r[0], top);
}

static void pack_int(const struct field *f, const struct walk *w, uint8_t *at, val v)
{
    ROOTS(r, 1);
    r[0] = item_int(v);
    if (!int_fits_bytes(r[0], f->size, f->element->is_signed) &&
        !(f->element->code == 'P' && int_fits_bytes(r[0], f->size, true)))
        raise_bounds(f, w, r[0]);
    int_bytes(r[0], at, f->size, w->big_endian);
}

static void swap_bytes(uint8_t *to, const uint8_t *from, size_t size, bool swap)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[swap ? size - 1 - i : i];
}

static void pack_float(const struct field *f, const struct walk *w, uint8_t *at, val v)
{
#if MOTE_FLOAT
    uint8_t bytes[8];
    real value;
    if (!float_fits(v, &value))
        raise_struct("required argument is not a float");
    ROOTS(r, 1);
    r[0] = float_new(value);
    if (f->element->code == 'f' && !w->native && isinf((float)value) && isfinite(value))
        raise_error(&type_OverflowError, "float too large to pack with f format");
    element_store(f->element->code, bytes, r[0]);
    swap_bytes(at, bytes, f->size, w->big_endian != BIG_ENDIAN_MACHINE);
#else
    (void)f, (void)w, (void)at, (void)v;
#endif
}

static void pack_text(const struct field *f, uint8_t *at, val v)
{
    struct buffer b;
    char code = f->element->code;
    if (!v || is_str(v) || !buffer_find(v, &b) || (code == 'c' && b.size != 1)) {
        if (code == 'c')
            raise_struct("char format requires a bytes object of length 1");
        raise_struct("argument for '%s' must be a bytes object", code == 's' ? "s" : "p");
    }
    size_t room = f->size, size = b.size;
    if (code == 'p' && room) {
        room = room > 256 ? 255 : room - 1;
        *at++ = (uint8_t)(size < room ? size : room);
    }
    if (size)
        memcpy(at, b.data, size < room ? size : room);
}

static void pack_item(const struct field *f, const struct walk *w, uint8_t *at, val v)
{
    char code = f->element->code;
    if (code == 'c' || code == 's' || code == 'p')
        pack_text(f, at, v);
    else if (code == '?')
        *at = truth(v);
    else if (element_is_float(code))
        pack_float(f, w, at, v);
    else
        pack_int(f, w, at, v);
}

static val pack(val format, size_t n, val *values, const char *name)
{
    struct field f;
    size_t items, size = measure(format, &items);
    if (n != items)
        raise_struct("%s expected %z items for packing (got %z)", name, items, n);
    ROOTS(r, 1);
    r[0] = bytes_new(NULL, size);
    uint8_t *out = ((struct bytes *)r[0])->data;
    struct walk w = walk_start(format);
    while (next_field(&w, &f))
        if (f.element->code != 'x')
            for (size_t i = 0; i < f.count; i++)
                pack_item(&f, &w, out + f.offset + i * f.size, *values++);
    return r[0];
}

static val struct_pack(size_t n, val *a)
{
    return pack(a[0], n - 1, a + 1, "pack");
}
NATIVE_FULL(struct_pack, pack, 1, 0, NATIVE_VAR);

// Where `size` bytes at an offset, which may count from the end, begin in the buffer.
static size_t place(const struct buffer *b, val offset, size_t size, bool packs)
{
    intptr_t at = offset ? need_int(offset) : 0;
    if (at < 0) {
        if (at + (intptr_t)size > 0) {
            if (packs)
                raise_struct("no space to pack %z bytes at offset %d", size, (int)at);
            raise_struct("not enough data to unpack %z bytes at offset %d", size, (int)at);
        }
        if (at + (intptr_t)b->size < 0)
            raise_struct("offset %v out of range for %z-byte buffer", offset, b->size);
        at += (intptr_t)b->size;
    }
    if (b->size < (size_t)at || b->size - (size_t)at < size)
        raise_struct("%s requires a buffer of at least %z bytes for %s %z bytes at offset %z "
                     "(actual buffer size is %z)",
                     packs ? "pack_into" : "unpack_from", size + (size_t)at,
                     packs ? "packing" : "unpacking", size, (size_t)at, b->size);
    return (size_t)at;
}

static val struct_pack_into(size_t n, val *a)
{
    struct buffer b;
    ROOTS(r, 1);
    if (n < 3)
        raise_type("pack_into expected buffer and offset arguments");
    r[0] = pack(a[0], n - 3, a + 3, "pack_into");
    buffer_need(a[1], &b);
    if (!b.writable)
        raise_type("argument must be read-write bytes-like object, not %t", a[1]);
    const struct bytes *packed = (const struct bytes *)r[0];
    size_t at = place(&b, a[2], count_of(packed), true);
    memcpy(b.data + at, packed->data, count_of(packed));
    return NONE;
}
NATIVE_FULL(struct_pack_into, pack_into, 1, 0, NATIVE_VAR);

// ------------------------------------------------------------------------------------------ unpack

static val unpack_item(const struct field *f, const struct walk *w, const uint8_t *at)
{
    char code = f->element->code;
    uint8_t bytes[8];
    if (code == 's' || code == 'c')
        return bytes_new(at, f->size);
    if (code == 'p') {
        size_t size = f->size ? *at : 0;
        return bytes_new(at + 1, size < f->size ? size : f->size ? f->size - 1 : 0);
    }
    if (code != '?' && !element_is_float(code))
        return int_of_bytes(at, f->size, w->big_endian, f->element->is_signed);
    swap_bytes(bytes, at, f->size, w->big_endian != BIG_ENDIAN_MACHINE);
    return element_load(code, bytes);
}

// The tuple of what lies at an offset of the data; which is not changed meanwhile, since nothing runs.
static val unpack(val format, size_t items, const uint8_t *data)
{
    struct field f;
    ROOTS(r, 2);
    r[0] = tuple_new(items, NULL);
    size_t at = 0;
    struct walk w = walk_start(format);
    while (next_field(&w, &f))
        if (f.element->code != 'x')
            for (size_t i = 0; i < f.count; i++) {
                r[1] = unpack_item(&f, &w, data + f.offset + i * f.size);
                ((struct tuple *)r[0])->values[at++] = r[1];
            }
    return r[0];
}

static val struct_unpack(size_t n, val *a)
{
    (void)n;
    struct buffer b;
    size_t items, size = measure(a[0], &items);
    buffer_need(a[1], &b);
    if (b.size != size)
        raise_struct("unpack requires a buffer of %z bytes", size);
    return unpack(a[0], items, b.data);
}
NATIVE(struct_unpack, unpack, 2, 2);

static const val unpack_keywords[] = {NOTHING, S(buffer), S(offset)};

static val struct_unpack_from(size_t n, val *a)
{
    (void)n;
    struct buffer b;
    size_t items, size = measure(a[0], &items);
    buffer_need(a[1], &b);
    size_t at = place(&b, a[2], size, false);
    return unpack(a[0], items, b.data + at);
}
NATIVE_FULL(struct_unpack_from, unpack_from, 2, 3, 0, unpack_keywords);

static val struct_calcsize(size_t n, val *a)
{
    (void)n;
    return int_new_unsigned(measure(a[0], NULL));
}
NATIVE(struct_calcsize, calcsize, 1, 1);

NAMES(module_struct, S(__name__), S(struct), N(calcsize, struct_calcsize), S(error),
      V(type_struct_error), N(pack, struct_pack), N(pack_into, struct_pack_into),
      N(unpack, struct_unpack), N(unpack_from, struct_unpack_from));
#endif
