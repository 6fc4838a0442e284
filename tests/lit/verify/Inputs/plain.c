/* SPDX-License-Identifier: MIT */
struct packed {
    int a : 3;
    unsigned b : 5;
    char c;
    union {
        long l;
        double d;
    };
    int flex[];
};
struct big {
    struct packed *p;
    int (*f)(struct big *, ...);
    enum { LOW = -3, HIGH = 7 } e;
    long long wide : 40;
};
int limit;
static struct big table[4];
static inline int square(int x)
{
    return x * x;
}
int sum(struct big *b)
{
    int r = 0;
    for (int i = 0; i < limit; i++) {
        int q = square(i);
        r += q * table[i & 3].e;
    }
    return r + b->e;
}
__attribute__((cold)) int rare(int a)
{
    return square(a) + limit;
}
int main(int argc, char **argv)
{
    (void)argv;
    return argc > 3 ? rare(argc) : sum(&table[argc & 3]);
}
