// SPDX-License-Identifier: MIT
// EDIT says which of the edits of what_if.py is already made in the source.
#if EDIT == 6
typedef short count_t;
#else
typedef int count_t;
#endif

struct head {
#if EDIT == 3
    char kind;
#endif
#if EDIT == 2
    short count;
#elif EDIT != 1
    long count;
#endif
    struct head *next;
#if EDIT != 3
    char kind;
#endif
#if EDIT == 5
    double mark;
#endif
};

struct inner {
#if EDIT != 7
    short a;
    char b;
#endif
};

union any {
    char narrow;
#if EDIT != 8
    long long wide;
#endif
    struct inner inner[3];
};

struct bits {
    unsigned a : 3;
#if EDIT == 9
    unsigned char b;
#else
    unsigned b : 7;
#endif
    unsigned c : 25, d : 4;
    char e;
};

struct __attribute__((packed)) tight {
    char tag;
#if EDIT == 10
    void *value;
#else
    short value;
#endif
    struct inner inner;
};

struct list {
    struct head head;
#if EDIT == 4
    count_t room;
    count_t used;
#else
    count_t used;
    count_t room;
#endif
    struct {
        char small;
        union {
#if EDIT != 11
            char view[12];
            int words[3];
#endif
        };
    } store;
    struct inner pairs[2][3];
    struct tight tight;
    struct bits bits;
    union any *any;
    union any by_value;
    count_t items[];
};

struct outer {
    char first;
    struct list *list;
    struct head heads[2];
    struct head tail;
#if EDIT == 12
    char added[5];
#endif
};

struct list a_list;
struct outer an_outer;
