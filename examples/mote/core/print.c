// SPDX-License-Identifier: MIT
// Text out: sinks, the little format language of messages, and the builder that makes strings of what it is given.
//
// A sink is whatever text can be written to: a function with its state behind it. All printing goes through sinks, so that
// print() needs no string of what it prints, and str() is printing into a builder.
//
// A builder collects bytes in one bytes object that grows by half; at the end the same object is cut to size and becomes
// the str: nothing is copied. Its root lies in the chain of roots, so an error that leaves it behind loses only garbage.
#include "mote.h"

// ------------------------------------------------------------------------------------------ sinks

static void stdout_write(struct sink *sink, const char *text, size_t size)
{
    (void)sink;
    port_write(text, size);
}

static void stderr_write(struct sink *sink, const char *text, size_t size)
{
    (void)sink;
    port_write_error(text, size);
}

struct sink sink_stdout = {stdout_write}, sink_stderr = {stderr_write};

void sink_text(struct sink *out, const char *text)
{
    out->write(out, text, strlen(text));
}

void sink_char(struct sink *out, char c)
{
    out->write(out, &c, 1);
}

static void sink_number(struct sink *out, size_t n, bool negative)
{
    char digits[24], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + n % 10);
    while (n /= 10);
    if (negative)
        *--at = '-';
    out->write(out, at, (size_t)(digits + sizeof digits - at));
}

static void sink_hex(struct sink *out, size_t n)
{
    char digits[2 * WORD], *at = digits + sizeof digits;
    do
        *--at = "0123456789abcdef"[n & 15];
    while (n >>= 4);
    out->write(out, at, (size_t)(digits + sizeof digits - at));
}

void sink_vformat(struct sink *out, const char *format, va_list list)
{
    for (;;) {
        const char *percent = format;
        while (*percent && *percent != '%')
            percent++;
        if (percent > format)
            out->write(out, format, (size_t)(percent - format));
        if (*percent == '\0')
            return;
        int d;
        switch (percent[1]) {
        case 's':
            sink_text(out, va_arg(list, const char *));
            break;
        case 'v':
            print_val(va_arg(list, val), out, PRINT_STR);
            break;
        case 'r':
            print_val(va_arg(list, val), out, PRINT_REPR);
            break;
        case 't':
            print_val(type_name(va_arg(list, val)), out, PRINT_STR);
            break;
        case 'd':
            d = va_arg(list, int);
            sink_number(out, d < 0 ? 0 - (size_t)d : (size_t)d, d < 0);
            break;
        case 'z':
            sink_number(out, va_arg(list, size_t), false);
            break;
        case 'x':
            sink_hex(out, va_arg(list, size_t));
            break;
        case 'c':
            sink_char(out, (char)va_arg(list, int));
            break;
        default:
            sink_char(out, percent[1]);
        }
        format = percent + 2;
    }
}

void sink_format(struct sink *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    sink_vformat(out, format, list);
    va_end(list);
}

// ------------------------------------------------------------------------------------------ values

const struct obj printing_mark = {&type_object};

// Whether a PRINT_ONCE of the value is among the roots.
bool printing(val self)
{
    for (const struct roots *r = mote.roots; r; r = r->up)
        if (r->count == 2 && r->values[1] == V(printing_mark) && r->values[0] == self)
            return true;
    return false;
}

// If it is being printed further up prints the dots, else says that it is from now on.
bool printed_above(val *marks, val self, struct sink *out, const char *dots)
{
    if (printing(self)) {
        sink_text(out, dots);
        return true;
    }
    marks[0] = self;
    marks[1] = V(printing_mark);
    return false;
}

void print_val(val v, struct sink *out, enum print_how how)
{
    stack_check();
    const struct ops *ops = type_of(v)->ops;
    if (ops && ops->print)
        ops->print(v, out, how);
    else
        sink_format(out, "<%t object at 0x%x>", v, (size_t)v);
}

static val printed(val v, enum print_how how)
{
    BUILDER(b);
    print_val(v, &b.sink, how);
    return builder_str(&b);
}

val str_of(val v)
{
    return is_str(v) ? v : printed(v, PRINT_STR);
}

val repr_of(val v)
{
    return printed(v, PRINT_REPR);
}

// ------------------------------------------------------------------------------------------ builder

enum { BUILDER_MIN = BLOCK - sizeof(struct bytes) }; // what a first block holds

static void builder_write(struct sink *sink, const char *text, size_t size)
{
    builder_add((struct builder *)sink, text, size);
}

void builder_enter(struct builder *b)
{
    b->sink.write = builder_write;
    b->roots = (struct roots){mote.roots, 1, &b->store};
    b->store = NOTHING;
    b->size = 0;
    mote.roots = &b->roots;
}

void builder_leave(struct builder *b)
{
    mote.roots = b->roots.up;
    if (b->store)
        heap_free((void *)b->store);
    b->store = NOTHING;
}

char *builder_room(struct builder *b, size_t size)
{
    size_t capacity = b->store ? count_of((void *)b->store) : 0;
    if (size > capacity - b->size || !b->store) {
        size_t need = b->size + size;
        if (need < size || need > SIZE_MAX / 4)
            raise_memory();
        if (capacity && need < capacity + capacity / 2)
            need = capacity + capacity / 2;
        size_t bytes = (need + sizeof(struct bytes) + BLOCK - 1) & ~(BLOCK - 1);
        need = bytes - sizeof(struct bytes);
        b->store = (val)(b->store ? heap_resize_counted((void *)b->store, need)
                                  : heap_new_counted(&type_bytes, need));
    }
    char *room = (char *)((struct bytes *)b->store)->data + b->size;
    b->size += size;
    return room;
}

void builder_add(struct builder *b, const char *text, size_t size)
{
    if (size)
        memcpy(builder_room(b, size), text, size);
}

// The store, cut to what is in it; the builder is empty then.
static struct bytes *builder_take(struct builder *b)
{
    struct bytes *store = (struct bytes *)b->store;
    if (b->size != count_of(store))
        store = heap_resize_counted(store, b->size);
    b->store = NOTHING;
    b->size = 0;
    return store;
}

val builder_str(struct builder *b)
{
    const char *text = b->store ? (const char *)((struct bytes *)b->store)->data : "";
    if (b->size <= (MOTE_SHARE_TEXT ? MOTE_INTERN_MAX : 0)) {
        val known = intern_find(text, b->size);
        if (known) {
            b->size = 0;
            return known;
        }
    }
    bool ascii = is_ascii(text, b->size);
    struct bytes *store = builder_take(b);
    store->head.type = &type_str;
    if (!ascii)
        store->len |= COUNT_FLAG;
    return (val)store;
}

val builder_bytes(struct builder *b)
{
    return b->store && b->size ? (val)builder_take(b) : bytes_new(NULL, 0);
}
