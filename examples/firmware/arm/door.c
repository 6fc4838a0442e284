// SPDX-License-Identifier: MIT
// ARM semihosting ("Semihosting for AArch32 and AArch64", 2022): BKPT 0xAB with the number of the call in r0 and a pointer
// to its arguments in r1. And what runs before main.
#include "../firmware.h"

#include <string.h>

enum { SYS_OPEN = 1, SYS_WRITE = 5, SYS_READC = 7, SYS_CLOCK = 0x10, SYS_EXIT_EXTENDED = 0x20 };

static int call(int number, const void *arguments)
{
    register int r0 __asm__("r0") = number;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

// ":tt" opened for writing is standard output, for appending standard error.
static int open_terminal(uintptr_t mode)
{
    const uintptr_t arguments[] = {(uintptr_t) ":tt", mode, 3};
    return call(SYS_OPEN, arguments);
}

void door_write(int fd, const char *text, size_t size)
{
    static int handles[2];
    int *handle = &handles[fd - 1];
    if (*handle == 0)
        *handle = open_terminal(fd == 1 ? 4 : 8);
    const uintptr_t arguments[] = {(uintptr_t)*handle, (uintptr_t)text, size};
    call(SYS_WRITE, arguments);
}

int door_read(void)
{
    return call(SYS_READC, NULL);
}

uint64_t door_microseconds(void)
{
    return (uint64_t)((uint32_t)call(SYS_CLOCK, NULL)) * 10000; // it counts in hundredths
}

void door_exit(int status)
{
    enum { APPLICATION_EXIT = 0x20026 };
    const uintptr_t arguments[] = {APPLICATION_EXIT, (uintptr_t)status};
    call(SYS_EXIT_EXTENDED, arguments);
    for (;;)
        ;
}

// ------------------------------------------------------------------------------------------ start

extern char stack_top[], data_load[], data_start[], data_end[], bss_start[], bss_end[];
int main(void);

_Noreturn void start(void)
{
    memcpy(data_start, data_load, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    door_exit(main());
}

_Noreturn static void fault(void)
{
    static const char text[] = "fault of the processor\n";
    door_write(2, text, sizeof text - 1);
    door_exit(3);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top, start, fault, fault, fault, fault, fault};
