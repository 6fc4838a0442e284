// Structures laid out as those of LuaJIT with pointers of 64 bits, enough of them for its profile. No part of LuaJIT.
#include <stdint.h>
typedef struct GCRef {
    uint64_t gcptr64;
} GCRef;
typedef struct MRef {
    uint64_t ptr64;
} MRef;
typedef union TValue {
    uint64_t u64;
    double n;
} TValue;
#define HEADER                                                                                     \
    GCRef nextgc;                                                                                  \
    uint8_t marked, gct
typedef struct GCstr {
    HEADER;
    uint8_t reserved, hashalg;
    uint32_t sid, hash, len;
} GCstr;
typedef struct GCtab {
    HEADER;
    uint8_t nomm;
    int8_t colo;
    MRef array;
    GCRef gclist, metatable;
    MRef node;
    uint32_t asize, hmask;
    MRef freetop;
} GCtab;
typedef struct GCupval {
    HEADER;
    uint8_t closed, immutable;
    union {
        TValue tv;
        struct {
            GCRef prev, next;
        };
    };
    MRef v;
    uint32_t dhash;
} GCupval;
typedef struct GCfuncL {
    HEADER;
    uint8_t ffid, nupvalues;
    GCRef env, gclist;
    MRef pc;
    GCRef uvptr[1];
} GCfuncL;
typedef struct GCproto {
    HEADER;
    uint8_t numparams, framesize;
} GCproto;
typedef struct Node {
    TValue val, key;
    MRef next;
} Node;
typedef struct GChead {
    HEADER;
    uint8_t unused1, unused2;
    GCRef env, gclist, metatable;
} GChead;
typedef union GCobj {
    GChead gch;
    GCstr str;
    GCtab tab;
    GCupval uv;
    GCproto pt;
    GCfuncL fn;
} GCobj;
GCobj object;
Node node;
int main(void)
{
    return 0;
}
