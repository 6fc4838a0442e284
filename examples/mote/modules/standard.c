// SPDX-License-Identifier: MIT
// The three standard streams where there is no module io: they read lines and write text.
#include "modules/stream.h"
#include "types/text.h"

#if !MOTE_IO

static const struct stream *self_of(val v)
{
    return native_self(v, &type_text_file);
}

static val standard_readline(size_t n, val *a)
{
    (void)n;
    self_of(a[0]);
    BUILDER(b);
    for (int c = 0; c != '\n' && (c = port_read_char()) >= 0;)
        sink_char(&b.sink, (char)c);
    return builder_text(&b);
}
NATIVE(standard_readline, readline, 1, 1);

static val standard_write(size_t n, val *a)
{
    (void)n;
    bool error = self_of(a[0])->fd == 2;
    struct text t = need_str(a[1]);
    (error ? port_write_error : port_write)(t.data, t.size);
    return int_new((intptr_t)utf8_length(t.data, t.size));
}
NATIVE(standard_write, write, 2, 2);

static val standard_flush(size_t n, val *a)
{
    (void)n, (void)a;
    return NONE;
}
NATIVE(standard_flush, flush, 1, 1);

METHODS(standard_names, ROW(flush, standard_flush), ROW(readline, standard_readline),
        ROW(write, standard_write));
const struct type type_text_file = {.head = {&type_type},
                                    .name = S(TextIOWrapper),
                                    .ops = &no_ops,
                                    .dict = V(standard_names),
                                    .shape = {.size = sizeof(struct stream)}};
const struct stream stdin_stream = {.head = {&type_text_file}, .fd = 0};
const struct stream stdout_stream = {.head = {&type_text_file}, .fd = 1};
const struct stream stderr_stream = {.head = {&type_text_file}, .fd = 2};

#endif
