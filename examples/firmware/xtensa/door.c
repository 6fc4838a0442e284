// SPDX-License-Identifier: MIT
// The simulator's calls (instruction SIMCALL): the number in a2, arguments from a3 on, the result in a2.
#include "../firmware.h"

#include <string.h>

enum { CALL_EXIT = 1, CALL_READ = 3, CALL_WRITE = 4 };

static int call(int number, int a, const void *b, size_t c)
{
    register int a2 __asm__("a2") = number;
    register int a3 __asm__("a3") = a;
    register const void *a4 __asm__("a4") = b;
    register size_t a5 __asm__("a5") = c;
    __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
    return a2;
}

void door_write(int fd, const char *text, size_t size)
{
    while (size) {
        int n = call(CALL_WRITE, fd, text, size);
        if (n <= 0)
            return;
        text += n;
        size -= (size_t)n;
    }
}

int door_read(void)
{
    char c;
    return call(CALL_READ, 0, &c, 1) == 1 ? (unsigned char)c : -1;
}

// The processor counts its cycles; the simulator's are taken as 80 a microsecond, as the real part runs.
uint64_t door_microseconds(void)
{
    static uint32_t before, high;
    uint32_t now;
    __asm__ volatile("rsr %0, ccount" : "=r"(now));
    high += now < before;
    before = now;
    // (high * 2^32 + now) / 80 in 32-bit steps: this libgcc divides no 64 bits
    uint32_t quotient = high / 80, rest = high % 80;
    uint32_t low = 0;
    for (int i = 31; i >= 0; i--) {
        rest = rest << 1 | (now >> i & 1);
        low <<= 1;
        if (rest >= 80) {
            rest -= 80;
            low |= 1;
        }
    }
    return (uint64_t)quotient << 32 | low;
}

void door_exit(int status)
{
    for (;;)
        call(CALL_EXIT, status, NULL, 0);
}

// ------------------------------------------------------------------------------------------ start

extern char stack_top[], data_load[], data_start[], data_end[], bss_start[], bss_end[];
int main(void);

__attribute__((noreturn, used)) static void start_c(void)
{
    memcpy(data_start, data_load, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    door_exit(main());
}

// The simulator starts at the reset vector; the literal lies before the instruction that loads it.
__asm__(".section .reset, \"ax\"\n"
        "    .global start\n"
        "    .begin no-transform\n"
        "start:\n"
        "    j 1f\n"
        "    .align 4\n"
        "2:  .word stack_top\n"
        "3:  .word start_c\n"
        "1:  l32r a1, 2b\n"
        "    l32r a2, 3b\n"
        "    jx a2\n"
        "    .end no-transform\n"
        "    .text\n");
