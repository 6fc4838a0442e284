/* SPDX-License-Identifier: MIT */
/* A little of everything that machines differ in: big constants, tables, calls, zeros. */
extern int outside(int, void *);
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
    return x ^ 0x12345678u ^ (unsigned)(unsigned long)&counter;
}
int start(void)
{
    zeros[counter++ & 7] = (int)pool((unsigned)table[2]);
    return zeros[1];
}
