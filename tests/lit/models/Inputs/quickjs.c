// Structures laid out as those of QuickJS of 2025 (of 2026 with -DARENAS), enough of them for its profile. No part of
// QuickJS.
#include <stdint.h>
struct list_head {
    struct list_head *prev, *next;
};
#ifdef ARENAS
typedef struct JSMallocBlockHeader {
    uint16_t block;
    uint8_t size, type;
    int ref_count;
    __attribute__((aligned(8))) uint8_t user_data[];
} JSMallocBlockHeader;
JSMallocBlockHeader block;
#define COUNT
typedef struct JSGCObjectHeader {
    struct list_head link;
} JSGCObjectHeader;
#else
typedef struct {
    int ref_count;
} JSRefCountHeader;
#define COUNT JSRefCountHeader header;
typedef struct JSGCObjectHeader {
    int ref_count;
    unsigned gc_obj_type : 4;
    uint8_t mark : 4;
    uint8_t dummy1;
    uint16_t dummy2;
    struct list_head link;
} JSGCObjectHeader;
#endif
#if UINTPTR_MAX > 0xffffffffu
typedef struct {
    union {
        int32_t int32;
        double float64;
        void *ptr;
    } u;
    int64_t tag;
} JSValue;
typedef uint64_t js_limb_t;
#else
typedef uint64_t JSValue;
typedef uint32_t js_limb_t;
#endif
typedef struct {
    COUNT
    uint32_t len : 31;
    uint8_t is_wide_char : 1;
    uint32_t hash : 30;
    uint8_t atom_type : 2;
    uint32_t hash_next;
    union {
        uint8_t str8[0];
        uint16_t str16[0];
    } u;
} JSString;
typedef struct {
    COUNT
    uint32_t len;
    js_limb_t tab[];
} JSBigInt;
typedef struct {
    union {
        JSValue value;
        struct {
            void *getter, *setter;
        } getset;
    } u;
} JSProperty;
typedef struct {
    JSGCObjectHeader header;
    uint8_t is_hashed;
    uint32_t hash, mask;
    int size, count;
} JSShape;
typedef struct {
    union {
        JSGCObjectHeader header;
        struct {
            int count;
            uint8_t mark;
            uint8_t extensible : 1;
            uint16_t class_id;
        };
    };
    uint32_t weakref_count;
    JSShape *shape;
    JSProperty *prop;
    union {
        struct {
            void *a, *b, *c;
        } func;
        JSValue data;
    } u;
} JSObject;
typedef struct {
    union {
        JSGCObjectHeader header;
        struct {
            int count;
            uint8_t mark, detached;
        };
    };
    JSValue *pvalue;
    JSValue value;
} JSVarRef;
typedef struct JSMapRecord {
    int ref_count, empty;
    struct list_head link;
    struct JSMapRecord *hash_next;
    JSValue key, value;
} JSMapRecord;
typedef struct {
    int is_weak;
    struct list_head records;
    uint32_t count;
    JSMapRecord **hash_table;
    int hash_bits;
    uint32_t hash_size, threshold;
    struct {
        struct list_head link;
        int type;
    } weak;
} JSMapState;
typedef struct {
    int byte_length;
    uint8_t detached, shared;
    uint8_t *data;
    struct list_head list;
    void *opaque, *free;
} JSArrayBuffer;
typedef struct {
    struct list_head link;
    JSObject *obj, *buffer;
    uint32_t offset, length;
} JSTypedArray;
typedef struct {
    JSGCObjectHeader *objects;
} JSRuntime;
JSString string;
JSBigInt big;
JSObject object;
JSVarRef var;
JSMapState map;
JSMapRecord record;
JSArrayBuffer buffer;
JSTypedArray view;
JSRuntime runtime;
int main(void)
{
    return 0;
}
