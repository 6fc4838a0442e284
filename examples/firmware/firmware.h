// SPDX-License-Identifier: MIT
// The door to the emulator, one per machine, and the program in ROM.
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

void door_write(int fd, const char *text, size_t size); // 1 standard output, 2 standard error
int door_read(void); // a character of standard input, -1 at the end
uint64_t door_microseconds(void);
_Noreturn void door_exit(int status);

extern const char script_start[], script_end[];

#endif
