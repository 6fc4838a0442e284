// Structures laid out as those of mruby 4.0 with values of a word (NONE: without boxing), enough of them for its
// profile. No part of mruby.
#include <stdbool.h>
#include <stdint.h>
#define HEADER                                                                                     \
    struct RClass *c;                                                                              \
    unsigned tt : 8, gc_color : 3, frozen : 1;                                                     \
    uint32_t flags : 20
typedef int64_t mrb_int;
typedef uint32_t mrb_sym;
#ifdef NONE
typedef struct {
    union {
        double f;
        void *p;
        mrb_int i;
    } value;
    int tt;
} mrb_value;
#else
typedef struct {
    uintptr_t w;
} mrb_value;
#endif
struct RBasic {
    HEADER;
};
typedef struct iv_tbl {
    int size, alloc;
    mrb_value *ptr;
} iv_tbl;
typedef struct {
    void *shape;
    mrb_value values[1];
} mrb_shaped_iv;
struct RObject {
    HEADER;
    iv_tbl *iv;
};
struct RInteger {
    HEADER;
    mrb_int i;
};
struct RBigint {
    HEADER;
    union {
        struct {
            uint32_t *p;
            int sn;
            long sz;
        } heap;
        uint32_t ary[3 * sizeof(void *) / 4];
    } as;
};
struct RString {
    HEADER;
    union {
        struct {
            long len;
            union {
                long capa;
                void *shared;
            } aux;
            char *ptr;
        } heap;
    } as;
};
struct RStringEmbed {
    HEADER;
    char ary[28];
};
struct RArray {
    HEADER;
    union {
        struct {
            long len, capa;
            mrb_value *ptr;
        } heap;
#ifndef NONE
        mrb_value ary[3];
#endif
    } as;
};
struct hash_entry {
    mrb_value key, val;
};
struct hash_table {
    struct hash_entry *ea;
    uint32_t ib[];
};
struct RHash {
    HEADER;
    uint32_t size;
    iv_tbl *iv;
    uint32_t capa, used;
    union {
        struct hash_entry *ea;
        struct hash_table *ht;
    } hsh;
};
#ifdef NONE
typedef struct {
    mrb_value beg, end;
} mrb_range_edges;
struct RRange {
    HEADER;
    mrb_range_edges *edges;
    bool excl;
};
mrb_range_edges edges;
#else
struct RRange {
    HEADER;
    mrb_value beg, end;
    bool excl;
};
#endif
struct RProc {
    HEADER;
    void *body, *upper, *env;
};
typedef struct {
    union {
        struct RBasic basic;
        struct RObject object;
        struct RString string;
        struct RHash hash;
    } as;
} RVALUE;
typedef struct mrb_heap_page {
    RVALUE *freelist;
    struct mrb_heap_page *next, *free_next;
    bool old : 1;
    RVALUE objects[1024];
} mrb_heap_page;
typedef struct {
    mrb_heap_page *heaps;
} mrb_state;
struct RBasic basic;
struct RInteger integer;
struct RBigint big;
struct RObject object;
struct RString string;
struct RStringEmbed embed;
struct RArray array;
struct RHash hash;
struct RRange range;
struct RProc proc;
mrb_state state;
mrb_shaped_iv shaped;
mrb_sym symbol;
int main(void)
{
    return 0;
}
