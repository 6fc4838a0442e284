// SPDX-License-Identifier: MIT
// Part of mote.h: functions in Python and in C, code, classes, modules.
#ifndef MOTE_FUNCTIONS_H
#define MOTE_FUNCTIONS_H

// ------------------------------------------------------------------------------------------ functions, classes, modules

// A function in C. Positional and keyword arguments are brought into places before it runs: a[i] is NOTHING when it was
// not given. With NATIVE_VAR it gets all n positional ones as they are; a[n] is then the dict of keyword arguments or
// NOTHING if it has NATIVE_KW too. Methods have self in a[0].
struct native {
    struct obj head;
    val (*run)(size_t n, val *a);
    uint16_t name; // interned: the index
    uint8_t min : 4, max : 4;
    uint8_t flags;
    const val *keywords
        []; // with NATIVE_NAMED one: of max places, NOTHING where an argument is positional only
};
enum {
    NATIVE_VAR = 1,
    NATIVE_KW = 2,
    NATIVE_CLASS = 4, // a[0] is the type
    NATIVE_STATIC = 8,
    NATIVE_NAMED = 16
};
// NATIVE(list_append, append, 2, 2) declares the object list_append_native for the function list_append; a list of
// keywords may follow the flags of NATIVE_FULL.
#define NATIVE_OBJECT(object, fn, name, min, max, flags, ...)                                      \
    const struct native object = {                                                                 \
        {&type_native},                                                                            \
        fn,                                                                                        \
        S(name) >> 2,                                                                              \
        min,                                                                                       \
        max,                                                                                       \
        (flags) | (sizeof((const val *const[]){__VA_ARGS__}) ? NATIVE_NAMED : 0),                  \
        {__VA_ARGS__}}
#define NATIVE_FULL(fn, name, min, max, ...)                                                       \
    static NATIVE_OBJECT(fn##_native, fn, name, min, max, __VA_ARGS__)
#define NATIVE(fn, name, min, max) NATIVE_FULL(fn, name, min, max, 0)
// Self of a method in C: who bound it has seen that it is of the type, or took the native part (core/descriptor.c).
static inline void *native_self(val self, const struct type *type)
{
    ASSERT(derives(type_of(self), type));
    (void)type;
    return (void *)self;
}
static inline val native_name(val native)
{
    return ((val)((const struct native *)native)->name << 2) | 2;
}
#define N(name, fn) S(name), V(fn##_native)
#if MOTE_KEYLESS // a row of METHODS
#define ROW(name, fn) V(fn##_native)
#else
#define ROW(name, fn) N(name, fn)
#endif
// The names of a module that has functions alone, besides its own name, which every module knows.
#if MOTE_KEYLESS
#define MODULE(module, ...) METHODS(module_##module, __VA_ARGS__)
#else
#define MODULE(module, ...) NAMES(module_##module, S(__name__), S(module), __VA_ARGS__)
#endif

// bytecode.h draws what the bytes hold.
struct code {
    struct obj head;
    val name, file;      // interned
    struct bytes *bytes; // instructions, then the tables
    struct tuple *consts;
    uint32_t size;         // bytes of instructions
    uint16_t line;         // the first
    uint16_t nlocals;      // arguments, other locals, cells of the closure
    uint16_t nstack;       // values on the stack at most
    uint16_t flags;        // CODE_*
    uint8_t npos, nkwonly; // arguments before *args, and after
    uint8_t nclosure;      // cells of the closure: the last locals
    uint8_t nposonly;      // of npos, those before a /
};
struct function { // of a frozen module: in ROM, if all of it is constant
    struct obj head;
    const struct code *code;
    val globals;    // in ROM: a small integer, the place of the module (globals_of)
    val closure;    // tuple of cells, or NOTHING
    val defaults;   // tuple for the last positional arguments, or NOTHING
    val kwdefaults; // dict, or NOTHING
    val attrs;      // dict: __name__, __doc__ ... set by the program, or NOTHING
};
struct cell {
    struct obj head;
    val value; // NOTHING: not set
};
struct method { // bound
    struct obj head;
    val function, self;
};
struct instance { // of a class of the program
    struct obj head;
    struct table
        table; // attributes; the native part of a class derived from a native type is the value of PART_NAME
};
#define PART_NAME character(0)
struct module {
    struct obj head;
    val name;
    val dict; // in ROM for built-in modules, until the program changes it
};

val function_call(val function, size_t n, size_t kw, val *args); // of type_function
val native_call(val native, size_t n, size_t kw, val *args);
// The arguments of TYPE(...) into `count` places by position and by name, NOTHING where there is none; TypeError.
void make_arguments(const struct type *type, size_t n, size_t kw, const val *args, const val *names,
                    size_t count, val *places);
val method_new(val function, val self);
val class_new(val name, val bases_tuple, val dict, val keywords); // type(name, bases, dict)
val instance_new(const struct type *cls);                         // without __init__
val generator_new(val function, const struct frame *f, size_t words);
val module_new(val name, val dict);
val module_import(val name, val from_list, intptr_t level, val globals); // the import statement
const struct module *module_builtin(val name);                           // or NULL
val code_run(const struct code *code, val globals, val names);           // a module, or exec

// modules/frozen: what mote-freeze wrote. NULL names: the end of the list.
struct frozen_module {
    val name; // interned: "a.b"
    const struct code *code;
    bool package;
};
extern const struct frozen_module frozen_modules[];
extern val frozen_globals[]; // the dict of each as it was imported first; NOTHING before
extern const size_t frozen_count;
HELPER val globals_of(const struct function *f);
struct intern_pool {         // in ROM, sorted by text
    uint32_t first, count;   // index of the first entry: S_COUNT for the frozen one
    const uint8_t *entries;  // each: MOTE_HASH_BYTES of hash, low byte first, one of length, text
    const uint32_t *offsets; // of each entry
};
extern const struct intern_pool frozen_pool;

#endif
