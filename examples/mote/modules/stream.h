// SPDX-License-Identifier: MIT
// Streams: what print() writes to, what module io makes, and the standard ones.
#ifndef MOTE_STREAM_H
#define MOTE_STREAM_H

#include "modules/modules.h"

// Bytes with a position. A stream in memory has them all in `data`; a file what was read ahead of the program, or nothing;
// the standard ones have no data and lie in ROM.
struct stream {
    struct obj head;
    val data;  // bytearray, or NOTHING
    size_t at; // bytes of data before the position
    int fd;    // of a file
    unsigned flags;
};
enum {
    STREAM_TEXT = 1,
    STREAM_STANDARD = 2,
    STREAM_FILE = 4,
    STREAM_READ = 8,
    STREAM_WRITE = 16,
    STREAM_CLOSED = 32
};

extern const struct type type_text_file, type_binary_file, type_string_io, type_bytes_io;
extern const struct stream stdin_stream, stdout_stream, stderr_stream;

struct stream *stream_of(val v);       // ValueError when it is closed
int stream_byte(struct stream *s);     // the next one; -1 at the end
size_t stream_ahead(struct stream *s); // bytes of data behind the position, read if need be
void stream_write(struct stream *s, const uint8_t *data, size_t size);
val stream_read(struct stream *s, intptr_t n, bool line); // n < 0: all

val sys_stdout(void); // what the program may have put there

void stream_print(val self, struct sink *out, enum print_how how);
val stream_attr(val self, val name, val value);
val stream_next(val self);
extern const struct dict stream_names;
extern const struct native stream_close_native, stream_enter_native, stream_exit_native,
    stream_flush_native, stream_read_native, stream_readline_native, stream_readlines_native,
    stream_write_native;

// Files of the desktop (port/files.c): negative answers are -errno.
#if MOTE_FILES
int file_open(const char *path, bool read, bool write, bool create, bool truncate, bool append);
intptr_t file_read(int fd, void *data, size_t size);
intptr_t file_write(int fd, const void *data, size_t size);
intptr_t file_seek(int fd, intptr_t offset, int whence);
void file_close(int fd);
void port_flush(void); // standard output was gathered
#endif

#endif
