// Structures laid out as those of CPython of a version (-DV=36 ... 315), enough of them to tell the version and for
// the kinds whose rules changed; with -DFT those of a build without the GIL. No part of CPython.
#include <stddef.h>
#include <stdint.h>
struct type;
#ifdef FT
typedef struct {
    uintptr_t ob_tid;
    uint16_t padding;
    uint8_t ob_mutex, ob_gc_bits;
    uint32_t ob_ref_local;
    ptrdiff_t ob_ref_shared;
    struct type *ob_type;
} PyObject;
typedef struct {
    ptrdiff_t allocated;
    PyObject *ob_item[];
} _PyListArray;
_PyListArray items;
#else
typedef struct {
    ptrdiff_t ob_refcnt;
    struct type *ob_type;
} PyObject;
#endif
typedef struct {
    PyObject ob_base;
    ptrdiff_t ob_size;
} PyVarObject;
typedef struct type {
    PyVarObject ob_base;
    const char *tp_name;
    ptrdiff_t tp_basicsize, tp_itemsize;
    unsigned long tp_flags;
    struct type *tp_base;
#if V >= 312
    unsigned char tp_watched;
#endif
} PyTypeObject;
#if V < 38
typedef union {
    struct {
        void *next, *prev;
        ptrdiff_t refs;
    } gc;
    double dummy;
} PyGC_Head;
#else
typedef struct {
    uintptr_t next, prev;
} PyGC_Head;
#endif
#if V >= 37
typedef struct {
    PyObject ob_base;
} PyContext;
PyContext context;
#endif
#if V >= 38
typedef PyObject *(*vectorcallfunc)(PyObject *);
vectorcallfunc call;
#endif
#if V >= 39
typedef struct {
    PyObject ob_base;
} gaobject;
gaobject ga;
#endif
#if V >= 310
typedef struct {
    PyObject ob_base;
} unionobject;
unionobject both;
typedef struct {
    int x;
} arena_map_bot_t;
arena_map_bot_t map;
#endif
#if V >= 314
typedef struct {
    PyObject ob_base;
} templateobject;
templateobject template;
#endif
typedef uint32_t digit;
#if V >= 312
typedef struct {
    PyObject ob_base;
    struct {
        uintptr_t lv_tag;
        digit ob_digit[1];
    } long_value;
} PyLongObject;
struct _obmalloc_pools {
    struct pool_header *used[64];
} pools;
#else
typedef struct {
    PyVarObject ob_base;
    digit ob_digit[1];
} PyLongObject;
void *usedpools[V < 38 ? 128 : 64];
#endif
struct pool_header {
    void *a[6];
} pool;
typedef struct {
    PyObject ob_base;
} PyUnicodeObject;
typedef struct {
    PyVarObject ob_base;
    PyObject *ob_item[1];
} PyTupleObject;
typedef struct {
    PyVarObject ob_base;
    PyObject **ob_item;
    ptrdiff_t allocated;
} PyListObject;
typedef struct {
    ptrdiff_t hash;
    PyObject *key, *value;
} PyDictKeyEntry;
struct _dictkeysobject {
    ptrdiff_t a[4];
    char dk_indices[];
};
typedef struct {
    PyObject ob_base;
    ptrdiff_t used;
    uint64_t version;
    void *keys, *values;
} PyDictObject;
typedef struct {
    PyVarObject ob_base;
    char ob_sval[1];
} PyBytesObject;
typedef struct {
    PyVarObject ob_base;
    ptrdiff_t ob_alloc;
    char *ob_bytes, *ob_start;
    ptrdiff_t ob_exports;
#if V >= 315
    PyObject *ob_bytes_object;
#endif
} PyByteArrayObject;
PyBytesObject bytes;
PyByteArrayObject bytearray;
#if V >= 311
struct _Py_static_objects {
    struct {
        PyLongObject small_ints[V >= 315 ? 1030 : 262];
    } singletons;
} statics;
#endif
typedef struct {
    PyObject *key;
    ptrdiff_t hash;
} setentry;
typedef struct {
    PyObject ob_base;
    ptrdiff_t fill, used, mask;
    setentry *table;
    ptrdiff_t hash, finger;
    setentry smalltable[8];
    PyObject *weak;
} PySetObject;
#if V >= 313
typedef struct {
    uint8_t capacity, size, embedded, valid;
    PyObject *values[1];
} PyDictValues;
PyDictValues values;
#elif V >= 311
typedef struct {
    PyObject *values[1];
} PyDictValues;
PyDictValues values;
#endif
#if V >= 311
typedef struct {
    void *a[9];
    PyObject *localsplus[1];
} _PyInterpreterFrame;
typedef struct {
    PyObject ob_base;
    void *a[7];
    PyObject *gi_iframe[1];
} PyGenObject;
_PyInterpreterFrame frame;
#else
typedef struct {
    PyVarObject ob_base;
    void *a[50];
    PyObject *f_localsplus[1];
} PyFrameObject;
typedef struct {
    PyObject ob_base;
    void *gi_frame, *a[8];
} PyGenObject;
PyFrameObject frame;
#endif
PyTypeObject PyType_Type;
#define TYPE(symbol, name, size, item, flags)                                                      \
    PyTypeObject symbol = {{{.ob_type = &PyType_Type}, 0}, name, size, item, flags, 0};
#define GC (1ul << 14)
TYPE(PyType_Type, "type", sizeof(PyTypeObject), 0, GC)
TYPE(PyList_Type, "list", sizeof(PyListObject), 0, GC)
TYPE(PyDict_Type, "dict", sizeof(PyDictObject), 0, GC)
TYPE(PySet_Type, "set", sizeof(PySetObject), 0, GC)
TYPE(PyGen_Type, "generator", sizeof(PyGenObject), 0, GC)
TYPE(PyLong_Type, "int", sizeof(PyVarObject), sizeof(digit), 0)
TYPE(PyByteArray_Type, "bytearray", sizeof(PyByteArrayObject), 0, 0)
typedef struct {
    PyObject ob_base;
    void *a[15];
} PyFunctionObject;
PyFunctionObject function;
TYPE(PyFunction_Type, "function", sizeof(PyFunctionObject), 0, GC)
TYPE(PyListIter_Type, "list_iterator", 32, 0, GC)
PyGC_Head head;
PyLongObject number;
PyListObject list;
PyDictObject dict;
PySetObject set;
PyGenObject generator;
PyUnicodeObject text;
PyTupleObject tuple;
PyDictKeyEntry entry;
struct _dictkeysobject keys;
#ifdef DEBUG
long _Py_RefTotal;
#endif
int main(void)
{
    return 0;
}
