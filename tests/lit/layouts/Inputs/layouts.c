/* SPDX-License-Identifier: MIT */
/* Every way a C struct is laid out that tests/lit/layouts compares. */
enum color { RED, GREEN = 5, BLUE };
typedef struct {
    short x;
    char y;
} pair;
struct bits {
    char lead;
    int a : 3;
    int b : 5;
    unsigned c : 17;
    long long d : 40;
    unsigned : 0;
    char e : 2;
};
struct crossing {
    unsigned a : 31, b : 2;
    unsigned char c : 4;
    _Bool d : 1;
};
struct __attribute__((packed)) tight {
    char a;
    int b;
    long long c;
    short d;
};
struct __attribute__((aligned(64))) wide {
    char a;
    int b;
};
struct part {
    char a;
    int b __attribute__((aligned(16)));
    char c;
};
struct flex {
    int count;
    pair items[];
};
struct zero {
    int count;
    char items[0];
};
union either {
    int i;
    double d;
    char text[12];
};
struct anonymous {
    int kind;
    union {
        struct {
            char a;
            short b;
        };
        long c;
    };
    struct {
        char in;
    } named;
};
struct arrays {
    int table[2][3];
    pair pairs[4];
    char *names[5];
    enum color color;
};
struct node {
    struct node *next;
    int (*visit)(struct node *, int (*)(struct node *));
    void (*(*signal)(int))(int);
};
struct calls {
    void (*plain)(void);
    int (*table[3])(int, const char *);
    int (*(*returns)(int))(char);
};
struct nested {
    char a;
    struct wide w;
    struct bits b;
    struct tight t;
    union either u;
};
struct quality {
    const volatile int a;
    int *restrict b;
    _Atomic int c;
    long double d;
    _Complex double e;
};
struct empty {
};
struct opaque;
struct uses {
    struct opaque *hidden;
    struct empty none;
    char last;
};
struct bits g1;
struct crossing g2;
struct tight g3;
struct wide g4;
struct part g5;
struct flex g6;
struct zero g7;
union either g8;
struct anonymous g9;
struct arrays g10;
struct node g11;
struct calls g12;
struct nested g13;
struct quality g14;
struct uses g16;
int main(void)
{
    return g1.a;
}
