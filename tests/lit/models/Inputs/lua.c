// Structures laid out as those of Lua 5.4 (5.1 with -DVIEWS, 5.3 with -DOLD, 5.5 with -DAPART), enough
// of them for its profile. No part of Lua.
#include <stddef.h>
#ifdef VIEWS
#define ANY union GCObject
#else
#define ANY struct GCObject
#endif
#define HEADER                                                                                     \
    ANY *next;                                                                                     \
    unsigned char tt, marked
#ifdef VIEWS
typedef union GCObject GCObject;
typedef struct GCheader {
    HEADER;
} GCheader;
#else
typedef struct GCObject {
    HEADER;
} GCObject;
#endif
typedef union Value {
    GCObject *gc;
    void *p;
    long long i;
    double n;
} Value;
typedef struct TValue {
    Value value_;
    unsigned char tt_;
} TValue;
#ifdef VIEWS
typedef union TString {
    double align;
    struct {
        HEADER;
        unsigned char reserved;
        unsigned hash;
        size_t len;
    } tsv;
} TString;
union GCObject {
    GCheader gch;
    TString ts;
};
#else
typedef struct TString {
    HEADER;
    unsigned char extra, shrlen;
    unsigned hash;
    union {
        size_t lnglen;
        struct TString *hnext;
    } u;
#ifdef APART
    char *contents;
    void *(*falloc)(void *, void *, size_t, size_t);
    void *ud;
#elif !defined(OLD)
    char contents[1];
#endif
} TString;
#endif
#ifdef OLD
typedef struct Node {
    TValue i_val;
    union {
        struct {
            Value v;
            int tt, next;
        } nk;
        TValue tvk;
    } i_key;
} Node;
typedef struct UpVal {
    TValue *v;
    size_t refcount;
    union {
        TValue value;
    } u;
} UpVal;
#else
typedef union Node {
    struct {
        Value v;
        unsigned char tt, key_tt;
        int next;
        Value key_val;
    } u;
    TValue i_val;
} Node;
typedef union StackValue {
    TValue val;
} StackValue;
typedef struct UpVal {
    HEADER;
    TValue *v;
    union {
        void *open[2];
        TValue value;
    } u;
} UpVal;
StackValue stack;
#endif
typedef struct Table {
    HEADER;
    unsigned char flags, lsizenode;
    unsigned size;
#ifdef APART
    Value *array;
    Node *node;
#else
    TValue *array;
    Node *node, *lastfree;
#endif
    struct Table *metatable;
    GCObject *gclist;
} Table;
typedef struct LClosure {
    HEADER;
    unsigned char nupvalues;
    GCObject *gclist;
    void *p;
    UpVal *upvals[1];
} LClosure;
typedef struct CallInfo {
    void *func, *top;
    struct CallInfo *previous, *next;
} CallInfo;
typedef struct lua_State {
    HEADER;
    unsigned char status;
    void *stack;
    CallInfo base_ci;
} lua_State;
typedef struct LX {
    unsigned char extra_[sizeof(void *)];
    lua_State l;
} LX;
GCObject object;
TString string;
Table table;
LClosure closure;
UpVal up;
LX state;
int main(void)
{
    return 0;
}
