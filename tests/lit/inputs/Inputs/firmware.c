/* SPDX-License-Identifier: MIT */
/* A firmware in flash at 0. The linker drops two functions, whose debug information stays, at 0. */
extern unsigned stack_top;
void reset(void);
__attribute__((section(".vectors"), used)) void *const vectors[16] = {&stack_top, (void *)reset};
int counter = 5;
int zeros[50];
const int table[25] = {1, 2, 3};
__attribute__((noinline)) int dropped_one(int x)
{
    return x * 77 + table[x & 7];
}
__attribute__((noinline)) int dropped_two(int x)
{
    return dropped_one(x) * 3;
}
__attribute__((noinline)) unsigned pool(unsigned x)
{
    return x ^ 0x12345678u ^ (unsigned)&counter;
}
void reset(void)
{
    for (;;)
        zeros[counter++ & 7] = (int)pool((unsigned)table[counter & 7]);
}
