// SPDX-License-Identifier: MIT
// The port to Linux and the like.
#define _POSIX_C_SOURCE 200809L
#include "port/port.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void write_all(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t n = write(fd, text, size);
        if (n <= 0)
            return; // nobody reads it
        text += n;
        size -= (size_t)n;
    }
}

// Standard output is gathered when it is no terminal; before anything else is shown it goes out.
static struct {
    char text[1 << 14];
    size_t size;
} out;

void port_flush(void)
{
    write_all(1, out.text, out.size);
    out.size = 0;
}

void port_write(const char *text, size_t size)
{
    if (size >= sizeof out.text - out.size)
        port_flush();
    if (size >= sizeof out.text) {
        write_all(1, text, size);
        return;
    }
    memcpy(out.text + out.size, text, size);
    out.size += size;
    if (size && text[size - 1] == '\n' && isatty(1))
        port_flush();
}

void port_write_error(const char *text, size_t size)
{
    port_flush();
    write_all(2, text, size);
}

int port_read_char(void)
{
    port_flush();
    clearerr(stdin); // of a read that ^C ended
    return getchar();
}

#if MOTE_SIGNALS
static void on_interrupt(int signal)
{
    (void)signal;
    mote.interrupted = true;
}

void port_signals(void)
{
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_interrupt},
              NULL); // reads and sleeps end
}

bool port_interrupted(void)
{
    bool was = mote.interrupted;
    mote.interrupted = false;
    return was;
}
#else
void port_signals(void)
{
}

bool port_interrupted(void)
{
    return false;
}
#endif

uint64_t port_microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t port_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void port_sleep(uint64_t microseconds)
{
    port_flush();
    struct timespec t = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000) * 1000};
    nanosleep(&t, NULL);
}

void port_exit(int status)
{
    port_flush();
    exit(status);
}

bool port_load(const char *path, char **text, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char *all = NULL;
    size_t used = 0, room = 0;
    for (;;) {
        if (used == room) {
            char *grown = realloc(all, room = room ? room * 2 : 4096);
            if (!grown)
                break;
            all = grown;
        }
        size_t n = fread(all + used, 1, room - used, f);
        if (n == 0)
            break;
        used += n;
    }
    bool good = all && !ferror(f);
    fclose(f);
    if (!good) {
        free(all);
        return false;
    }
    *text = all;
    *size = used;
    return true;
}

void port_unload(char *text, size_t size)
{
    (void)size;
    free(text);
}
