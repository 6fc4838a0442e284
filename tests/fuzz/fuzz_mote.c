// SPDX-License-Identifier: MIT
//
// Any bytes as a program for mote: it compiles or says why not, and what compiles runs for so many steps, in a small heap.
// Afterwards the machine is as before, and a walk of its heap finds what the counters say (a debug build checks that, and
// much on the way).
//
// An input that starts with # is the program as it is. Others say in two bytes how to run the rest: the lowest bits of the
// first, what is different from #: 1 a collection at every allocation, 2 a heap of 16 KiB, 4 the second byte says
// which allocation fails, 8 as at the prompt.

#include <errno.h>
#include <stdlib.h>

#include "core/heap.h"
#include "modules/stream.h"
#include "port/port.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STRESS = 1, SMALL_HEAP = 2, FAIL = 4, PROMPT = 8 };
enum { STEPS = 20000, STRESSED_STEPS = 1000 };

// ------------------------------------------------------------------------------------------ a port without a world

void port_write(const char *text, size_t size)
{
    (void)text, (void)size;
}

void port_write_error(const char *text, size_t size)
{
    (void)text, (void)size;
}

int port_read_char(void)
{
    return -1;
}

uint64_t port_microseconds(void)
{
    return 0;
}

uint64_t port_clock(void)
{
    return 0;
}

void port_sleep(uint64_t microseconds)
{
    (void)microseconds;
}

_Noreturn void port_exit(int status)
{
    (void)status;
    abort(); // nothing here ends the program
}

bool port_load(const char *path, char **text, size_t *size)
{
    (void)path, (void)text, (void)size;
    return false;
}

void port_unload(char *text, size_t size)
{
    (void)text, (void)size;
}

void port_flush(void)
{
}

struct sink *port_census_sink(void)
{
    return &sink_stdout;
}

int file_open(const char *path, bool read, bool write, bool create, bool truncate, bool append)
{
    (void)path, (void)read, (void)write, (void)create, (void)truncate, (void)append;
    return -ENOENT;
}

intptr_t file_read(int fd, void *data, size_t size)
{
    (void)fd, (void)data, (void)size;
    return -EBADF;
}

intptr_t file_write(int fd, const void *data, size_t size)
{
    (void)fd, (void)data, (void)size;
    return -EBADF;
}

intptr_t file_seek(int fd, intptr_t offset, int whence)
{
    (void)fd, (void)offset, (void)whence;
    return -EBADF;
}

void file_close(int fd)
{
    (void)fd;
}

// ------------------------------------------------------------------------------------------ one program

static void run(const char *text, size_t size, unsigned how, unsigned fail)
{
    size_t bytes = (size_t)(how & SMALL_HEAP ? 16 : 256) << 10;
    void *memory = malloc(bytes);
    if (!memory)
        return;
    mote_init(memory, bytes);
    mote.steps = how & STRESS ? STRESSED_STEPS : STEPS;
    heap_test.stress = how & STRESS;
    heap_test.fail_after = how & FAIL ? fail * 8 : SIZE_MAX;
    int status;
    mote_run_mode("fuzz", text, size, how & PROMPT ? COMPILE_SINGLE : COMPILE_MODULE, &status);
    heap_test.fail_after = SIZE_MAX;
    ASSERT(!mote.frame && !mote.roots && !mote.catcher && !mote.compiling && !mote.no_memory);
    heap_collect();
    heap_check();
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    if (size && text[0] == '#')
        run(text, size, 0, 0);
    else if (size > 1)
        run(text + 2, size - 2, data[0] ^ '#', data[1]);
    return 0;
}
