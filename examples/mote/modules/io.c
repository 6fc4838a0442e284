// SPDX-License-Identifier: MIT
// Module io: StringIO and BytesIO, files on the desktop, BufferedWriter and IOBase.
//
// Deliberately simple: text is UTF-8 as it lies in the file, line ends too; files are read ahead by 512 bytes and written at
// once. tell() of a file in text mode counts bytes, of a StringIO characters.
#include "modules/stream.h"
#include "types/text.h"

#if MOTE_IO

static struct bytearray *data_of(const struct stream *s)
{
    return (struct bytearray *)s->data;
}

static const char *text_of_stream(const struct stream *s)
{
    return data_of(s)->store ? (const char *)data_of(s)->store->data : "";
}

// A str or bytes-like object as the bytes of a new stream.
static val content(val given, bool text)
{
    if (!given || given == NONE)
        return bytearray_of(NULL, 0);
    if (text) {
        if (!is_a(given, &type_str))
            raise_type("initial_value must be str or None, not %t", given);
        struct text t = need_str(given);
        return bytearray_of(t.data, t.size);
    }
    struct buffer b;
    buffer_need(given, &b);
    return bytearray_of(b.data, b.size);
}

static val stream_new(const struct type *type, val data, int fd, unsigned flags)
{
    ROOTS(r, 1);
    r[0] = data;
    struct stream *s = heap_new(type);
    s->data = data;
    s->fd = fd;
    s->flags = flags;
    return (val)s;
}

static val memory_make(const struct type *type, size_t n, size_t kw, val *args)
{
    bool text = type == &type_string_io || derives(type, &type_string_io);
    if (n > 2 || kw)
        raise_type("%v() takes at most 2 arguments", type->name);
    return stream_new(text ? &type_string_io : &type_bytes_io, content(n ? args[0] : NOTHING, text),
                      -1, STREAM_READ | STREAM_WRITE | (text ? STREAM_TEXT : 0));
}

// ------------------------------------------------------------------------------------------ methods

static val stream_getvalue(size_t n, val *a)
{
    (void)n;
    struct stream *s = stream_of(a[0]);
    if (s->flags & (STREAM_FILE | STREAM_STANDARD))
        raise_error(&type_AttributeError, "'%t' object has no attribute 'getvalue'", a[0]);
    if (s->flags & STREAM_TEXT)
        return str_new(text_of_stream(s), data_of(s)->len);
    return bytes_new(text_of_stream(s), data_of(s)->len);
}
NATIVE(stream_getvalue, getvalue, 1, 1);

static val position(struct stream *s)
{
    if (s->flags & STREAM_TEXT && s->data && s->at <= data_of(s)->len)
        return int_new((intptr_t)utf8_length(text_of_stream(s), s->at));
    return int_new((intptr_t)s->at);
}

static val file_position(struct stream *s, intptr_t offset, int whence)
{
#if MOTE_FILES
    if (s->flags & STREAM_FILE) {
        if (whence == 1)
            offset -= (intptr_t)(data_of(s)->len - s->at);
        intptr_t at = file_seek(s->fd, offset, whence);
        if (at < 0)
            raise_os((int)-at, NOTHING);
        data_of(s)->len = s->at = 0;
        return int_new(at);
    }
#endif
    (void)s, (void)offset, (void)whence;
    raise_error(&type_OSError, "underlying stream is not seekable");
}

static val stream_tell(size_t n, val *a)
{
    (void)n;
    struct stream *s = stream_of(a[0]);
    return s->flags & (STREAM_FILE | STREAM_STANDARD) ? file_position(s, 0, 1) : position(s);
}
NATIVE(stream_tell, tell, 1, 1);

static val stream_seek(size_t n, val *a)
{
    (void)n;
    intptr_t offset = need_int(a[1]), whence = a[2] ? need_int(a[2]) : 0;
    struct stream *s = stream_of(a[0]);
    if (whence < 0 || whence > 2)
        raise_value("invalid whence (%d, should be 0, 1 or 2)", (int)whence);
    if (s->flags & (STREAM_FILE | STREAM_STANDARD))
        return file_position(s, offset, (int)whence);
    if (whence == 0 && offset < 0)
        raise_value("%s %d",
                    s->flags & STREAM_TEXT ? "Negative seek position" : "negative seek value",
                    (int)offset);
    if (whence && s->flags & STREAM_TEXT && offset)
        raise_error(&type_OSError, "Can't do nonzero cur-relative seeks");
    size_t len = data_of(s)->len;
    if (s->flags & STREAM_TEXT && whence == 0) {
        size_t at = utf8_offset(text_of_stream(s), len, (size_t)offset);
        s->at = at <= len ? at : (size_t)offset;
        return position(s);
    }
    offset += whence == 1 ? (intptr_t)s->at : whence == 2 ? (intptr_t)len : 0;
    s->at = offset < 0 ? 0 : (size_t)offset;
    return position(s);
}
NATIVE(stream_seek, seek, 2, 3);

static val stream_truncate(size_t n, val *a)
{
    (void)n;
    struct stream *s = stream_of(a[0]);
    if (s->flags & (STREAM_FILE | STREAM_STANDARD))
        raise_error(&type_OSError, "underlying stream is not seekable");
    size_t size = a[1] && a[1] != NONE ? need_size(a[1]) : s->at;
    if (a[1] && a[1] != NONE && s->flags & STREAM_TEXT)
        size = utf8_offset(text_of_stream(s), data_of(s)->len, size);
    if (size < data_of(s)->len)
        data_of(s)->len = size;
    return int_new((intptr_t)size);
}
NATIVE(stream_truncate, truncate, 1, 2);

static val stream_readinto(size_t n, val *a)
{
    (void)n;
    struct stream *s = stream_of(a[0]);
    struct buffer b;
    buffer_need(a[1], &b);
    if (!b.writable)
        raise_type("readinto() argument must be read-write bytes-like object, not %t", a[1]);
    size_t done = 0;
    for (int c; done < b.size && (c = stream_byte(s)) >= 0;)
        b.data[done++] = (uint8_t)c;
    return int_new((intptr_t)done);
}
NATIVE(stream_readinto, readinto, 2, 2);

static val stream_writelines(size_t n, val *a)
{
    (void)n;
    ROOTS(r, 2);
    r[0] = iter_of(a[1]);
    while ((r[1] = iter_next(r[0])) != NOTHING)
        method_call(a[0], S(write), 1, &r[1]);
    return NONE;
}
NATIVE(stream_writelines, writelines, 2, 2);

static val stream_able(val self, unsigned flag)
{
    return bool_new(stream_of(self)->flags & flag);
}

static val stream_readable(size_t n, val *a)
{
    (void)n;
    return stream_able(a[0], STREAM_READ);
}
NATIVE(stream_readable, readable, 1, 1);

static val stream_writable(size_t n, val *a)
{
    (void)n;
    return stream_able(a[0], STREAM_WRITE);
}
NATIVE(stream_writable, writable, 1, 1);

METHODS(stream_names, ROW(__enter__, stream_enter), ROW(__exit__, stream_exit),
        ROW(close, stream_close), ROW(flush, stream_flush), ROW(getvalue, stream_getvalue),
        ROW(read, stream_read), ROW(readable, stream_readable), ROW(readinto, stream_readinto),
        ROW(readline, stream_readline), ROW(readlines, stream_readlines), ROW(seek, stream_seek),
        ROW(tell, stream_tell), ROW(truncate, stream_truncate), ROW(writable, stream_writable),
        ROW(write, stream_write), ROW(writelines, stream_writelines));

static const struct ops memory_ops = {.print = TOLD_PRINT(stream_print),
                                      .attr = stream_attr,
                                      .iter = iter_self,
                                      .next = stream_next,
                                      .make = memory_make};
const struct type type_string_io = {{&type_type}, S(StringIO),
                                    &memory_ops,  V(stream_names),
                                    NOTHING,      {sizeof(struct stream), 0, 2, 0, TYPE_BASE}};
const struct type type_bytes_io = {{&type_type}, S(BytesIO),
                                   &memory_ops,  V(stream_names),
                                   NOTHING,      {sizeof(struct stream), 0, 2, 0, TYPE_BASE}};

// ------------------------------------------------------------------------------------------ open

#if MOTE_FILES
static val builtin_open(size_t n, val *a)
{
    (void)n;
    const char *mode = "r";
    struct text m = a[1] ? need_str(a[1]) : (struct text){mode, 1}, path = need_str(a[0]);
    char kind = 0, name[4096];
    bool plus = false, binary = false;
    for (size_t i = 0; i < m.size; i++) {
        if (memchr("rwax", m.data[i], 4) && !kind)
            kind = m.data[i];
        else if (m.data[i] == '+' && !plus)
            plus = true;
        else if (m.data[i] == 'b' || m.data[i] == 't')
            binary = m.data[i] == 'b';
        else
            raise_value("invalid mode: '%v'", a[1]);
    }
    if (!kind)
        raise_value("Must have exactly one of create/read/write/append mode and at most one plus");
    if (path.size >= sizeof name || memchr(path.data, 0, path.size))
        raise_value("embedded null byte");
    memcpy(name, path.data, path.size);
    name[path.size] = '\0';
    ROOTS(r, 1);
    r[0] = bytearray_of(NULL, 0);
    int fd = file_open(name, kind == 'r' || plus, kind != 'r' || plus, kind != 'r', kind == 'w',
                       kind == 'a');
    if (fd < 0)
        raise_os(-fd, a[0]);
    unsigned flags = STREAM_FILE | (binary ? 0 : STREAM_TEXT) |
                     (kind == 'r' || plus ? STREAM_READ : 0) |
                     (kind != 'r' || plus ? STREAM_WRITE : 0);
    return stream_new(binary ? &type_binary_file : &type_text_file, r[0], fd, flags);
}
static const val open_keywords[] = {S(file),     S(mode),   S(buffering),
                                    S(encoding), S(errors), S(newline)};
#else
static val builtin_open(size_t n, val *a)
{
    (void)n, (void)a;
    raise_error(&type_OSError, "there are no files in this build");
}
#define open_keywords NULL
#endif
BUILTIN_FULL(open, 1, 6, 0, open_keywords);

// ------------------------------------------------------------------------------------------ BufferedWriter

struct writer {
    struct obj head;
    val raw;
    val pending; // bytearray
    size_t size; // of what is gathered at most
};

static const struct type type_buffered_writer;

static struct writer *writer_of(val self)
{
    return (struct writer *)need_native(self, &type_buffered_writer);
}

static void writer_flush(struct writer *w)
{
    struct bytearray *b = (struct bytearray *)w->pending;
    if (b->len == 0)
        return;
    if (method_call(w->raw, S(write), 1, &w->pending) == NONE)
        raise_os(11, NOTHING); // it would block
    b->len = 0;
}

static val writer_write(size_t n, val *a)
{
    (void)n;
    struct writer *w = writer_of(a[0]);
    struct bytearray *pending = (struct bytearray *)w->pending;
    struct buffer b;
    for (size_t done = 0;;) {
        buffer_need(a[1], &b);
        if (!pending->store || count_of(pending->store) < w->size || pending->len > w->size)
            raise_value("the pending bytes were changed");
        size_t rest = b.size > done ? b.size - done : 0;
        size_t part = pending->len + rest < w->size ? rest : w->size - pending->len;
        memcpy(pending->store->data + pending->len, b.data + done, part);
        pending->len += part;
        done += part;
        if (pending->len < w->size)
            return int_new_unsigned(done);
        writer_flush(w);
    }
}
NATIVE(writer_write, write, 2, 2);

static val writer_flush_method(size_t n, val *a)
{
    (void)n;
    writer_flush(writer_of(a[0]));
    return NONE;
}
NATIVE(writer_flush_method, flush, 1, 1);

static val writer_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type;
    if (n < 1 || n > 2 || kw)
        raise_type("BufferedWriter() takes 1 or 2 arguments (%z given)", n + kw);
    size_t size = n > 1 ? need_size(args[1]) : 512;
    if (size == 0)
        raise_value("buffer size must be strictly positive");
    ROOTS(r, 1);
    r[0] = bytearray_of(NULL, size);
    ((struct bytearray *)r[0])->len = 0;
    struct writer *w = heap_new(&type_buffered_writer);
    w->raw = args[0];
    w->pending = r[0];
    w->size = size;
    return (val)w;
}

static const struct ops writer_ops = {.make = writer_make};
METHODS(writer_names, ROW(flush, writer_flush_method), ROW(write, writer_write));
static const struct type type_buffered_writer = {{&type_type}, S(BufferedWriter),
                                                 &writer_ops,  V(writer_names),
                                                 NOTHING,      {sizeof(struct writer), 0, 6, 0, 0}};

// ------------------------------------------------------------------------------------------ IOBase

static const struct type type_io_base;

static val base_make(const struct type *type, size_t n, size_t kw, val *args)
{
    (void)type, (void)n, (void)kw, (void)args;
    return (val)heap_new(&type_io_base);
}

static val base_nothing(size_t n, val *a)
{
    (void)n, (void)a;
    return NONE;
}
NATIVE(base_nothing, flush, 1, 1);

static const struct ops base_ops = {.make = base_make};
NAMES(base_names, S(__enter__), V(stream_enter_native), S(__exit__), V(stream_exit_native),
      S(close), V(base_nothing_native), S(flush), V(base_nothing_native));
static const struct type type_io_base = {{&type_type}, S(IOBase),
                                         &base_ops,    V(base_names),
                                         NOTHING,      {sizeof(struct obj), 0, 0, 0, TYPE_BASE}};

NAMES(module_io, S(BufferedWriter), V(type_buffered_writer), S(BytesIO), V(type_bytes_io),
      S(FileIO), V(type_binary_file), S(IOBase), V(type_io_base), S(StringIO), V(type_string_io),
      S(TextIOWrapper), V(type_text_file), S(__name__), S(io), S(open), V(builtin_open_native));

#endif
