// SPDX-License-Identifier: MIT
// mote on a microcontroller under an emulator: the program lies in ROM as text (script.S), the heap is what RAM has left,
// output goes through the emulator's door (door.h). Standard error gets the counters at the end, as JSON.
#include "firmware.h"

#include "core/counters.h"
#include "mote.h"

extern char heap_start[], heap_end[]; // of the linker script

void port_write(const char *text, size_t size)
{
    door_write(1, text, size);
}

void port_write_error(const char *text, size_t size)
{
    door_write(2, text, size);
}

int port_read_char(void)
{
    return door_read();
}

uint64_t port_microseconds(void)
{
    return door_microseconds();
}

uint64_t port_clock(void)
{
    return door_microseconds();
}

void port_sleep(uint64_t microseconds)
{
    for (uint64_t start = door_microseconds(); door_microseconds() - start < microseconds;)
        ;
}

void port_exit(int status)
{
    door_exit(status);
}

// There are no files: modules are frozen.
bool port_load(const char *path, char **text, size_t *size)
{
    (void)path, (void)text, (void)size;
    return false;
}

void port_unload(char *text, size_t size)
{
    (void)text, (void)size;
}

int main(void)
{
    int status;
    mote_init(heap_start, (size_t)(heap_end - heap_start));
    list_append(mote.argv, str_of_c("main.py"));
    mote_run("main.py", script_start, (size_t)(script_end - script_start), &status);
    counters_write(&sink_stderr);
    door_exit(status);
}
