// SPDX-License-Identifier: MIT
// Streams and the three standard ones. Reading is by bytes with a position; text is cut between characters. Without module io
// there are only those of standard.c.
#include "modules/stream.h"
#include "types/text.h"

#if MOTE_IO

// ------------------------------------------------------------------------------------------ bytes

static struct stream *native_of(val v)
{
    static const struct type *const types[] = {&type_text_file, &type_binary_file, &type_string_io,
                                               &type_bytes_io};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        val native = has_type(v, types[i]) ? v : as_native(v, types[i]);
        if (native)
            return (struct stream *)native;
    }
    return (struct stream *)need_native(v, &type_text_file);
}

struct stream *stream_of(val v)
{
    struct stream *s = native_of(v);
    if (s->flags & STREAM_CLOSED)
        raise_value("I/O operation on closed file%s", s->flags & STREAM_FILE ? "." : "");
    return s;
}

static struct bytearray *data_of(const struct stream *s)
{
    return (struct bytearray *)s->data;
}

size_t stream_ahead(struct stream *s)
{
    if (!s->data)
        return 0;
#if MOTE_FILES
    struct bytearray *b = data_of(s);
    if (s->flags & STREAM_FILE && s->at >= b->len) {
        enum { CHUNK = 512 };
        if (!b->store)
            b->store = (struct bytes *)bytes_new(NULL, CHUNK);
        intptr_t got = file_read(s->fd, b->store->data, count_of(b->store));
        if (got < 0)
            raise_os((int)-got, NOTHING);
        s->at = 0;
        b->len = (size_t)got;
    }
#endif
    return s->at < data_of(s)->len ? data_of(s)->len - s->at : 0;
}

int stream_byte(struct stream *s)
{
    if (s->flags & STREAM_STANDARD)
        return port_read_char();
    return stream_ahead(s) ? data_of(s)->store->data[s->at++] : -1;
}

// A whole character into the builder; false at the end.
static bool take_char(struct stream *s, struct builder *b)
{
    int c = stream_byte(s);
    if (c < 0)
        return false;
    sink_char(&b->sink, (char)c);
    if (s->flags & STREAM_TEXT)
        for (int more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3; more > 0; more--)
            if ((c = stream_byte(s)) >= 0)
                sink_char(&b->sink, (char)c);
    return true;
}

static bool ends_with_newline(const struct builder *b)
{
    return b->size && ((struct bytes *)b->store)->data[b->size - 1] == '\n';
}

val stream_read(struct stream *s, intptr_t n, bool line)
{
    if (!(s->flags & STREAM_READ))
        raise_error(&type_OSError, "not readable");
    BUILDER(b);
    for (intptr_t left = n; left != 0; left--) {
        size_t ahead = (n < 0 || !(s->flags & STREAM_TEXT)) ? stream_ahead(s) : 0;
        if (ahead) { // many bytes at once
            const uint8_t *from = data_of(s)->store->data + s->at;
            const uint8_t *end = line ? memchr(from, '\n', ahead) : NULL;
            size_t size = end ? (size_t)(end + 1 - from) : ahead;
            if (n >= 0 && size > (size_t)left)
                size = (size_t)left;
            builder_add(&b, (const char *)from, size);
            s->at += size;
            left = n < 0 ? left : left - (intptr_t)size + 1;
        } else if (!take_char(s, &b)) {
            break;
        }
        if (line && ends_with_newline(&b))
            break;
    }
    if (!(s->flags & STREAM_TEXT))
        return builder_bytes(&b);
    const char *text = b.store ? (const char *)((struct bytes *)b.store)->data : "";
    if (!utf8_valid(text, b.size))
        return text_decode(text, b.size, NOTHING, NOTHING);
    return builder_str(&b);
}

// Room in memory at the position, with zeros before it if it lies behind the end.
static uint8_t *room_at(struct stream *s, size_t size)
{
    struct bytearray *b = data_of(s);
    size_t end = s->at + size, has = b->store ? count_of(b->store) : 0;
    if (end < size || end > SIZE_MAX / 4)
        raise_memory();
    if (end > has) {
        size_t want = end < has + has / 2 ? has + has / 2 : end;
        want = ((want + sizeof(struct bytes) + BLOCK - 1) & ~(BLOCK - 1)) - sizeof(struct bytes);
        b->store =
            b->store ? heap_resize_counted(b->store, want) : heap_new_counted(&type_bytes, want);
    }
    if (s->at > b->len)
        memset(b->store->data + b->len, 0, s->at - b->len);
    if (end > b->len)
        b->len = end;
    return b->store->data + s->at;
}

// As many characters as are to be written there take the room of the new ones.
static void make_way(struct stream *s, const uint8_t *data, size_t size)
{
    struct bytearray *b = data_of(s);
    size_t at = s->at, ahead = b->len - at, chars = utf8_length((const char *)data, size);
    size_t old = utf8_offset((const char *)b->store->data + at, ahead, chars);
    if (old > ahead)
        old = ahead;
    if (size > old) {
        s->at = b->len;
        room_at(s, size - old);
        s->at = at;
    }
    memmove(b->store->data + at + size, b->store->data + at + old, ahead - old);
    b->len = at + size + ahead - old;
}

void stream_write(struct stream *s, const uint8_t *data, size_t size)
{
    if (!(s->flags & STREAM_WRITE))
        raise_error(&type_OSError, "not writable");
    if (s->flags & STREAM_STANDARD) {
        (s->fd == 1 ? port_write : port_write_error)((const char *)data, size);
        return;
    }
#if MOTE_FILES
    if (s->flags & STREAM_FILE) {
        if (data_of(s)->len > s->at) // the file is ahead of the program
            file_seek(s->fd, (intptr_t)s->at - (intptr_t)data_of(s)->len, 1);
        data_of(s)->len = s->at = 0;
        intptr_t done = file_write(s->fd, data, size);
        if (done < 0)
            raise_os((int)-done, NOTHING);
        return;
    }
#endif
    if (s->flags & STREAM_TEXT && s->at < data_of(s)->len)
        make_way(s, data, size);
    if (size)
        memcpy(room_at(s, size), data, size);
    s->at += size;
}

// ------------------------------------------------------------------------------------------ methods

static intptr_t limit_of(val v)
{
    return v && v != NONE ? need_int(v) : -1;
}

static val stream_read_method(size_t n, val *a)
{
    (void)n;
    intptr_t limit = limit_of(a[1]);
    return stream_read(stream_of(a[0]), limit, false);
}
NATIVE_OBJECT(stream_read_native, stream_read_method, read, 1, 2, 0);

static val stream_readline(size_t n, val *a)
{
    (void)n;
    intptr_t limit = limit_of(a[1]);
    return stream_read(stream_of(a[0]), limit, true);
}
SHARED(stream_readline, readline, 1, 2);

val stream_next(val self)
{
    val line = stream_read(stream_of(self), -1, true);
    struct view v = view_of(line);
    if (v.size)
        return line;
    mote.stop = NOTHING;
    return NOTHING;
}

static val stream_readlines(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    r[0] = list_new(0, HOW_APPEND);
    while ((r[1] = stream_next(a[0])) != NOTHING)
        list_append(r[0], r[1]);
    return r[0];
}
SHARED(stream_readlines, readlines, 1, 1);

static val stream_write_method(size_t n, val *a)
{
    (void)n;
    struct stream *s = stream_of(a[0]);
    if (s->flags & STREAM_TEXT) {
        if (!is_a(a[1], &type_str))
            raise_type("string argument expected, got '%t'", a[1]);
        struct text t = need_str(a[1]);
        stream_write(s, (const uint8_t *)t.data, t.size);
        return int_new((intptr_t)utf8_length(t.data, t.size));
    }
    struct buffer b;
    buffer_need(a[1], &b);
    stream_write(s, b.data, b.size);
    return int_new((intptr_t)b.size);
}
NATIVE_OBJECT(stream_write_native, stream_write_method, write, 2, 2, 0);

static val stream_flush(size_t n, val *a)
{
    (void)n;
    stream_of(a[0]);
#if MOTE_FILES
    port_flush();
#endif
    return NONE;
}
SHARED(stream_flush, flush, 1, 1);

static val stream_close(size_t n, val *a)
{
    (void)n;
    struct stream *s = native_of(a[0]);
    if (s->flags & (STREAM_CLOSED | STREAM_STANDARD))
        return NONE;
#if MOTE_FILES
    if (s->flags & STREAM_FILE)
        file_close(s->fd);
#endif
    s->flags |= STREAM_CLOSED;
    s->data = NOTHING;
    return NONE;
}
SHARED(stream_close, close, 1, 1);

static val stream_enter(size_t n, val *a)
{
    (void)n;
    stream_of(a[0]);
    return a[0];
}
SHARED(stream_enter, __enter__, 1, 1);

static val stream_exit(size_t n, val *a)
{
    (void)n;
    return method_call(a[0], S(close), 0, NULL);
}
SHARED(stream_exit, __exit__, 4, 4);

// ------------------------------------------------------------------------------------------ types

static const struct stream buffers[] = {
    {{&type_binary_file}, NOTHING, 0, 0, STREAM_STANDARD | STREAM_READ},
    {{&type_binary_file}, NOTHING, 0, 1, STREAM_STANDARD | STREAM_WRITE},
    {{&type_binary_file}, NOTHING, 0, 2, STREAM_STANDARD | STREAM_WRITE}};

val stream_attr(val self, val name, val value)
{
    struct stream *s = native_of(self);
    if (value != LOAD)
        return NOTHING;
    if (name == S(closed))
        return bool_new(s->flags & STREAM_CLOSED);
    if (name == S(buffer) && s->flags & STREAM_STANDARD && s->flags & STREAM_TEXT)
        return V(buffers[s->fd]);
    return NOTHING;
}

void stream_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_format(out, "<_io.%t object at 0x%x>", self, (size_t)self);
}

static const struct ops stream_ops = {
    .print = TOLD_PRINT(stream_print), .attr = stream_attr, .iter = iter_self, .next = stream_next};

// the methods are listed in io.c
const struct type type_text_file = {{&type_type}, S(TextIOWrapper),
                                    &stream_ops,  V(stream_names),
                                    NOTHING,      {sizeof(struct stream), 0, 2, 0, 0}};
const struct type type_binary_file = {{&type_type}, S(FileIO),
                                      &stream_ops,  V(stream_names),
                                      NOTHING,      {sizeof(struct stream), 0, 2, 0, 0}};

const struct stream stdin_stream = {
    {&type_text_file}, NOTHING, 0, 0, STREAM_TEXT | STREAM_STANDARD | STREAM_READ};
const struct stream stdout_stream = {
    {&type_text_file}, NOTHING, 0, 1, STREAM_TEXT | STREAM_STANDARD | STREAM_WRITE};
const struct stream stderr_stream = {
    {&type_text_file}, NOTHING, 0, 2, STREAM_TEXT | STREAM_STANDARD | STREAM_WRITE};

#endif
