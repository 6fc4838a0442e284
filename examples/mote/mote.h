// SPDX-License-Identifier: MIT
// mote, a small virtual machine for a subset of Python 3: the object model, and what its files may ask of one another.
//
// A value is one machine word. Its low bits say what it is:
//
//     xxxx...xxx1   small integer, in the other bits
//     xxxx...xx10   interned string: the index of its entry in the pools (intern.c)
//     pppp...pp00   pointer to an object; 0 is no value at all (NOTHING)
//
// An object starts with one word, the pointer to its type, and nothing else: no reference count, no header for the
// collector. Whatever lies in the heap is an object, the growing parts of a list or a dict too, so the heap describes
// itself: from the type word follow the size of the object and which of its words hold values (struct shape).
//
//     list                  items                          str                    tuple
//     +-------+------+      +-------+----+----+----+       +------+------------+  +------+-----+----+----+
//     | type  | items|----->| type  | v0 | v1 | .. |       | type | len | text |  | type | len | v0 | v1 |
//     | len   | how  |      +-------+----+----+----+       +------+------------+  +------+-----+----+----+
//     +-------+------+
//
// Objects that never change lie in ROM as `const` data and look the same: types, native functions, tables of names,
// frozen code. The collector passes over what is not in its heap.
//
// Three laws for every function that may allocate (nearly all: an int may be boxed, an operator may be the program's own):
//  1. a new object must be reachable before the next allocation: from the value stack of a frame, from another object, or
//     from a slot of ROOTS. Arguments of natives lie in the caller's stack and are safe.
//  2. objects never move: a pointer to one stays good as long as it is reachable. Its growing part may be replaced by any
//     call that changes it, so fetch `list->items` again after running anything.
//  3. an error does not return: raise_* leaves by longjmp to the nearest struct catch. Nothing may be left half done.
#ifndef MOTE_H
#define MOTE_H

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uintptr_t val;

// What every file does all the time (helpers.h): in place, or where size counts a function of core/machine.c.
#ifdef __OPTIMIZE_SIZE__
#define HELPERS_CALLED
#define HELPER
#else
#define HELPER static inline
#endif
// Whether code may be there for speed alone.
#ifdef __OPTIMIZE_SIZE__
#define QUICK 0
#else
#define QUICK 1
#endif

struct type;
struct obj {
    const struct type *type;
};

#define NOTHING         ((val)0)
#define V(object)       ((val) & (object)) // the value of a static object
#define WORD            sizeof(val)
#define BLOCK           (MOTE_BLOCK_WORDS * WORD) // bytes
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#if MOTE_DEBUG
_Noreturn void bug(const char *file, int line, const char *what);
#define ASSERT(x) ((x) ? (void)0 : bug(__FILE__, __LINE__, #x))
#else
#define ASSERT(x) ((void)0)
#endif

// ------------------------------------------------------------------------------------------ values

static inline bool is_interned(val v)
{
    return (v & 3) == 2;
}
// The single objects. With MOTE_SINGLE_WORDS they are small words, where no object can lie: a word of code to name, where
// an address takes two.
#if MOTE_SINGLE_WORDS
#define NONE            ((val)8)
#define ELLIPSIS        ((val)12)
#define NOT_IMPLEMENTED ((val)16)
#define FALSE           ((val)20)
#define TRUE            ((val)24)
#define SINGLE_LAST     TRUE
#else
extern const struct obj none_object, ellipsis_object, not_implemented_object, true_object,
    false_object;
#define NONE            V(none_object)
#define TRUE            V(true_object)
#define FALSE           V(false_object)
#define ELLIPSIS        V(ellipsis_object)
#define NOT_IMPLEMENTED V(not_implemented_object)
#define SINGLE_LAST     NOTHING
#endif
static inline bool is_object(val v) // in memory
{
    return (v & 3) == 0 && v > SINGLE_LAST;
}

// Tagged integers. With MOTE_BOXED_INT there are none, and every int is a struct big.
#define SMALL_MAX (INTPTR_MAX >> 1)
#define SMALL_MIN (-SMALL_MAX - 1)
#define SMALL(i)  (((val)(i) << 1) | 1)
static inline bool is_small(val v)
{
    return v & 1;
}
static inline intptr_t small_of(val v)
{
    return (intptr_t)v >> 1;
}

// S(append) is the interned string "append", known at compile time. The build collects the names from the sources
// (strings.sh) and sorts them; strings that are no identifiers have names in a list there. One ASCII character is the
// string whose index is its code, and has no entry.
#ifdef MOTE_SCAN
#undef bool // S(bool) means the name
#else
enum interned_index {
#define CHARACTER(name, code) S_##name = code,
#define STRING(name, entry)
#include "interned.h"
#undef CHARACTER
#undef STRING
    S_FIRST = 127, // the entries start at 128, with the empty string
#define CHARACTER(name, code)
#define STRING(name, entry) S_##name,
#include "interned.h"
#undef CHARACTER
#undef STRING
    S_COUNT
};
#define S(name) (((val)(S_##name) << 2) | 2)
#endif
static inline val character(unsigned char ascii)
{
    return ((val)ascii << 2) | 2;
}

HELPER val bool_new(bool b);

// No values may have no address.
static inline void values_copy(val *to, const val *from, size_t n)
{
    if (n)
        memcpy(to, from, n * WORD);
}

// ------------------------------------------------------------------------------------------ types

// Operators, binary first; those in place lie OP_INPLACE further on.
enum op {
    OP_LT,
    OP_LE,
    OP_EQ,
    OP_NE,
    OP_GT,
    OP_GE,
    OP_IN, // a in b: asked of the type of b only
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_MATMUL,
    OP_TRUEDIV,
    OP_FLOORDIV,
    OP_MOD,
    OP_POW,
    OP_LSHIFT,
    OP_RSHIFT,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_DIVMOD,
    OP_BINARY_COUNT,
    OP_INPLACE = OP_BINARY_COUNT - OP_ADD, // OP_ADD + OP_INPLACE is +=
    OP_IADD = OP_BINARY_COUNT,
    OP_IXOR = OP_XOR + OP_INPLACE,
    // unary
    OP_NEG,
    OP_POS,
    OP_INVERT,
    OP_ABS,
    OP_LEN,   // an int
    OP_HASH,  // an int
    OP_TRUTH, // TRUE or FALSE
    OP_COUNT
};

enum print_how { PRINT_STR, PRINT_REPR };

struct sink;
struct buffer;

// What objects of a type can do; absent functions mean it cannot. Functions that answer with a value answer NOTHING for
// "not this" (the caller then tries something else or raises).
struct ops {
    void (*print)(val self, struct sink *out, enum print_how how);
    val (*unary)(enum op op, val self);
    val (*binary)(enum op op, val a,
                  val b); // self is a; or b, when a's type had no answer (a reflected operator)
    val (*item)(val self, val key,
                val value); // value: LOAD, DELETE, or what to store; answers non-NOTHING when done
    val (*attr)(val self, val name,
                val value); // the same; for attributes that are not in the type's dict
    val (*call)(val self, size_t n, size_t kw,
                val *args); // n values, then kw pairs of name and value
    val (*iter)(val self);
    val (*next)(
        val self); // NOTHING at the end; mote.stop then holds the value of the StopIteration, or NOTHING
    val (*make)(const struct type *type, size_t n, size_t kw, val *args); // TYPE(...)
    bool (*buffer)(val self, struct buffer *out); // the bytes behind a bytes-like object
};
extern const struct ops no_ops; // of what only lies there
#define LOAD   NOTHING
#define DELETE ((val)4) // no object lies there

// What the heap must know of the objects of a type. The count of a counted one stands in its word 1 (see count_of).
//
//     bytes asked for = size + unit * count
//     words with values: those in `refs` (bit i: word i), and from word `rest` (0: none) on, `count` of them if counted,
//     else to the end of the object's blocks (what is unused there is 0), which then counts as asked for: heap_new_bytes
struct shape {
    uint16_t size;
    uint8_t unit;
    uint8_t refs;
    uint8_t rest;
    uint8_t flags;
};
enum {
    TYPE_COUNTED = 1, // word 1 is a count
    TYPE_CLASS = 2,   // made by a class statement: its objects are struct instance (or slots)
    TYPE_BASE = 4,    // may be a base of classes
    TYPE_HASHED = 8,  // has the index of a table behind its values (struct pairs)
    TYPE_SLOTS = 16,  // a class whose instances have fields instead of a table
    TYPE_EXCEPTION = 32,
    TYPE_HAS_DEL = 64,  // reserved
    TYPE_INTERNAL = 128 // no object of the language: items, pairs ...
};

// A type of the language is a const struct in ROM; a class of the program is the same struct on the heap, and a word more.
struct type {
    struct obj head; // its type: type_type
    val name;        // a str
    const struct ops *ops;
    val dict;  // dict of methods and class attributes; NOTHING: none
    val bases; // tuple, or one type (ROM), or NOTHING: object
    struct shape shape;
};
struct class
{ // those on the heap; the order of bases of a type in ROM is this one, then along the bases
    struct type type;
    val mro; // tuple of types, this one first; NOTHING as long as there is none
};
static inline val mro_known(const struct type *type)
{
    return type->shape.flags & TYPE_CLASS ? ((const struct class *)type)->mro : NOTHING;
}

extern const struct type type_type, type_object, type_none, type_ellipsis, type_not_implemented,
    type_bool, type_int, type_float, type_str, type_bytes, type_bytearray, type_memoryview,
    type_list, type_tuple, type_dict, type_set, type_frozenset, type_range, type_slice,
    type_function, type_native, type_method, type_closure_cell, type_generator, type_module,
    type_property, type_classmethod, type_staticmethod, type_super, type_code, type_items,
    type_pairs, type_iterator, type_traceback;

HELPER const struct type *type_of(val v);
#ifdef HELPERS_CALLED // the types that are asked for most are a call with one argument
#define ASKED_OFTEN(X) X(list) X(module) X(slice) X(tuple) X(type)
#define X(name)        bool has_type_##name(val v);
ASKED_OFTEN(X)
#undef X
bool has_type_given(val v, const struct type *type);
__attribute__((always_inline)) static inline bool has_type(val v, const struct type *type)
{
#define X(name)                                                                                    \
    if (__builtin_constant_p(type == &type_##name) && type == &type_##name)                        \
        return has_type_##name(v);
    ASKED_OFTEN(X)
#undef X
    return has_type_given(v, type);
}
#else
static inline bool has_type(val v, const struct type *type);
#endif

// Whether v is of the type or of a class derived from it; `derives` is the same question of two types.
bool is_a(val v, const struct type *type);
bool derives(const struct type *type, const struct type *base);
// v as an object of a native type: v itself, or the native part of an instance whose class derives from it; else NOTHING.
val as_native(val v, const struct type *type);
// The same, or TypeError.
val need_native(val v, const struct type *type);

// The count of a counted object. The top bit of word 1 is free for the type's own use.
#define COUNT_FLAG (~(SIZE_MAX >> 1))
static inline size_t count_of(const void *object)
{
    return ((const size_t *)object)[1] & ~COUNT_FLAG;
}

// ------------------------------------------------------------------------------------------ heap (heap.c)

// Zeroed memory for an object of the type; MemoryError after a collection did not help. The bytes of a counted type
// follow from its count, which is set (with its flag).
void *heap_new(const struct type *type);
void *heap_new_counted(const struct type *type, size_t count);
void *heap_new_bytes(const struct type *type,
                     size_t bytes); // types whose values go to the end of the blocks
// Another size for an object, in place where the next blocks are free; what is new is zeroed. The old pointer is dead
// afterwards (the caller stores the new one). For counted types the count is set.
void *heap_resize_counted(void *object, size_t count);
void *heap_resize_bytes(void *object, size_t bytes);
void heap_free(void *object);          // by its only owner
size_t heap_bytes(const void *object); // bytes of its blocks
size_t heap_asked(const void *object); // bytes asked for, from its shape
bool heap_holds(const void *object);   // false for ROM
void heap_collect(void);
void heap_init(void *memory, size_t bytes); // all the memory the machine will ever have
#if MOTE_DEBUG
void heap_check(void); // the counters against a walk of the heap
#endif

struct heap_counts {
    size_t total_blocks, used_blocks;
    size_t peak_blocks;         // while programs ran
    size_t compile_peak_blocks; // while the compiler ran
    size_t bitmap_bytes;
    uint64_t allocations, bytes_allocated, collections;
    uint64_t pause_total, pause_longest; // microseconds
};

// Values in C variables that an allocation must not lose. `ROOTS(r, 2);` declares val r[2], zeroed, safe until the end
// of the scope. The number is a digit, 1 to 6 or 8: each has a function that saves the callers an argument.
struct roots {
    struct roots *up;
    size_t count;
    val *values;
};
#define ROOTS(name, n)                                                                             \
    struct {                                                                                       \
        struct roots head;                                                                         \
        val values[n];                                                                             \
    } name##_roots __attribute__((cleanup(roots_leave)));                                          \
    val *const name = name##_roots.values;                                                         \
    roots_enter_##n(&name##_roots.head)
HELPER void roots_enter_1(struct roots *r); // the values lie behind it
HELPER void roots_enter_2(struct roots *r);
HELPER void roots_enter_3(struct roots *r);
HELPER void roots_enter_4(struct roots *r);
HELPER void roots_enter_5(struct roots *r);
HELPER void roots_enter_6(struct roots *r);
HELPER void roots_enter_8(struct roots *r);
HELPER void roots_pop(void);
// It stands at the end of nearly every function that has roots. On Thumb the call is written so that the result, in r0 and r1,
// may stay there: otherwise each function would bring it to safety and back.
#if defined(HELPERS_CALLED) && defined(__thumb2__)
#define ROOTS_POP_KEEPS_RESULT
#endif
static inline void roots_leave(void *innermost)
{
    (void)innermost;
#ifdef ROOTS_POP_KEEPS_RESULT
    __asm__ volatile("bl roots_pop" : : : "r2", "r3", "ip", "lr", "cc", "memory");
#else
    roots_pop();
#endif
}

// ------------------------------------------------------------------------------------------ the machine

struct frame {
    struct frame *up;
    const struct code *code;
    val function;       // struct function, or NOTHING for the code of a module or class
    val globals, names; // dicts; names: of a class body or of exec, else NOTHING
    val generator;      // whose frame it is, or NOTHING
    const uint8_t *ip;  // the instruction after the one that runs
    val *base, *sp;     // locals, then the value stack: [base, sp) are roots
};

struct mote {
    struct roots *roots;
    struct frame *frame;
    struct catch *catcher;
    char *stack_start;    // of the C stack, when the program started
    size_t stack_deepest; // bytes
    // From here to `roots_end` all are roots of the collector.
    val stop;       // value of the last StopIteration (see ops.next)
    val modules;    // dict: name -> module
    val builtins;   // dict: what the program put over the built-in names; NOTHING until then
    val path, argv; // lists
    val handled;    // the exception that is being handled, for a bare raise
    val pool;       // interned strings made at run time (core/intern.c)
    val spare[8];   // roots for the modules (compiler, io ...), by enum spare
    char roots_end[0];
    struct heap_counts counts;
    val row[2]; // name and native: what table_next found last in a table without keys
    uint8_t hints[MOTE_HINTS ? MOTE_HINTS : 1];
    bool no_collect; // gc.disable()
    bool hooks;      // some class got descriptors after it was made (core/class.c)
    bool no_memory;  // a MemoryError is being made
    bool compiling;  // set by compile(): which peak counts
#if MOTE_SIGNALS
    volatile bool interrupted; // by ^C; seen at calls, jumps and turns of iterators
#endif
#if MOTE_STEPS
    size_t steps; // the program has left; 1: every further one raises; 0: no limit
#endif
};
extern struct mote
    mote; // the one machine of the program: its address in every call would cost kilobytes of ROM
enum spare { SPARE_COMPILER, SPARE_STDOUT, SPARE_ATTRS, SPARE_FREE };

void mote_init(void *memory, size_t bytes); // heap, pools, modules dict
// Runs the text as module __main__ (its exceptions are printed). The status is that of SystemExit, or 0, or 1.
enum run_end { RUN_DONE, RUN_FAILED, RUN_EXIT, RUN_INTERRUPTED };
enum run_end mote_run(const char *file, const char *text, size_t size, int *status);

// ------------------------------------------------------------------------------------------ errors (core/exception.c)

// X(name, base); each is type_NAME.
#if MOTE_RARE
#define MOTE_RARE_EXCEPTIONS(X)                                                                    \
    X(ModuleNotFoundError, ImportError)                                                            \
    X(FileNotFoundError, OSError)                                                                  \
    X(TabError, IndentationError)                                                                  \
    X(UnicodeDecodeError, UnicodeError)                                                            \
    X(UnicodeEncodeError, UnicodeError)
#else
#define MOTE_RARE_EXCEPTIONS(X)
#define type_ModuleNotFoundError type_ImportError
#define type_FileNotFoundError   type_OSError
#define type_UnicodeDecodeError  type_UnicodeError
#define type_UnicodeEncodeError  type_UnicodeError
#endif
#define MOTE_EXCEPTIONS(X)                                                                         \
    X(SystemExit, BaseException)                                                                   \
    X(KeyboardInterrupt, BaseException)                                                            \
    X(GeneratorExit, BaseException)                                                                \
    X(Exception, BaseException)                                                                    \
    X(StopIteration, Exception)                                                                    \
    X(ArithmeticError, Exception)                                                                  \
    X(OverflowError, ArithmeticError)                                                              \
    X(ZeroDivisionError, ArithmeticError)                                                          \
    X(AssertionError, Exception)                                                                   \
    X(AttributeError, Exception)                                                                   \
    X(EOFError, Exception)                                                                         \
    X(ImportError, Exception)                                                                      \
    X(LookupError, Exception)                                                                      \
    X(IndexError, LookupError)                                                                     \
    X(KeyError, LookupError)                                                                       \
    X(MemoryError, Exception)                                                                      \
    X(NameError, Exception)                                                                        \
    X(UnboundLocalError, NameError)                                                                \
    X(OSError, Exception)                                                                          \
    X(RuntimeError, Exception)                                                                     \
    X(NotImplementedError, RuntimeError)                                                           \
    X(RecursionError, RuntimeError)                                                                \
    X(SyntaxError, Exception)                                                                      \
    X(IndentationError, SyntaxError)                                                               \
    X(TypeError, Exception)                                                                        \
    X(ValueError, Exception)                                                                       \
    X(UnicodeError, ValueError)                                                                    \
    MOTE_RARE_EXCEPTIONS(X)
extern const struct type type_BaseException;
#define X(name, base) extern const struct type type_##name;
MOTE_EXCEPTIONS(X)
#undef X

struct exception {
    struct obj head;
    val args;      // tuple
    val traceback; // list: code, line, code, line ... innermost first; or NOTHING
    val cause;     // of `raise from`; NONE: said so; NOTHING: nothing said
    val context;   // what was being handled
#if MOTE_RARE
    val attrs; // dict: what the program sets; NOTHING
#endif
};

_Noreturn void raise_val(val exception); // an instance, or a class to be called
// The message: %s C string, %v str() of a val, %r its repr, %t the name of its type, %d int, %z size_t, %%.
// With MOTE_MESSAGES=0 only raise_told keeps its text: for what says which name is missing. The others are a call without
// arguments, and the format and its values are in no ROM.
_Noreturn void raise_told(const struct type *type, const char *format, ...);
#if MOTE_MESSAGES
#define TOLD(text)  (text) // a piece of a message
#define raise_error raise_told
_Noreturn void raise_type(const char *format, ...);  // TypeError
_Noreturn void raise_value(const char *format, ...); // ValueError
#else
#define TOLD(text)             NULL
int never_told(const char *format, ...); // nowhere: what is behind `0 &&` only has to compile
#define UNTOLD(raise, ...)     ((void)(0 && never_told(__VA_ARGS__)), raise)
#define raise_error(type, ...) UNTOLD(raise_bare(type), __VA_ARGS__)
#define raise_type(...)        UNTOLD(raise_bare_TypeError(), __VA_ARGS__)
#define raise_value(...)       UNTOLD(raise_bare_ValueError(), __VA_ARGS__)
// The frequent ones are a call without arguments.
#define RAISED_OFTEN(X)                                                                            \
    X(AttributeError) X(IndexError) X(OverflowError) X(RuntimeError) X(TypeError) X(ValueError)
#define X(name) _Noreturn void raise_bare_##name(void);
RAISED_OFTEN(X)
#undef X
_Noreturn void raise_bare_type(const struct type *type);
__attribute__((always_inline)) _Noreturn static inline void raise_bare(const struct type *type)
{
#define X(name)                                                                                    \
    if (__builtin_constant_p(type == &type_##name) && type == &type_##name)                        \
        raise_bare_##name();
    RAISED_OFTEN(X)
#undef X
    raise_bare_type(type);
}
#endif
// A check that only finds better words for an error that comes anyway.
#define FOR_WORDS(condition) (MOTE_MESSAGES && (condition))
// How an object that is no data prints; where messages are not told as <TYPE object at ADDRESS>.
#define TOLD_PRINT(print) (MOTE_MESSAGES ? (print) : NULL)
_Noreturn void raise_stop(val value);          // StopIteration(value)
_Noreturn void raise_memory(void);             // the exception that exists already
_Noreturn void raise_os(int number, val file); // OSError; the name of the file, or NOTHING
val exception_new(const struct type *type, val argument); // argument NOTHING: no arguments
void exception_print(val exception, struct sink *out);    // with its traceback and what led to it

// struct catch c;
// if (TRY(c)) { ...; catch_leave(&c); } else { the error is c.exception; frames and roots are as at TRY }
// Local variables that change between TRY and the error must be volatile.
struct catch
{
    struct catch *up;
    struct frame *frame;
    struct roots *roots;
    val exception, handled;
    bool compiling;
    bool
        of_frame; // of a frame with handlers: its own line of the traceback is added before the jump
    jmp_buf target;
};
void catch_enter(struct catch *c);
void catch_leave(struct catch *c); // the innermost one, when all went well
#define TRY(c) (catch_enter(&(c)), setjmp((c).target) == 0)

// An instruction, or as much work inside of one: KeyboardInterrupt when the program has had its steps.
#if MOTE_STEPS
void steps_take(size_t n);
#elif MOTE_SIGNALS
_Noreturn void interrupt(void); // raises KeyboardInterrupt
#define steps_take(n) (__builtin_expect(mote.interrupted, 0) ? interrupt() : (void)0)
#else
#define steps_take(n) ((void)0)
#endif

void stack_check(void); // RecursionError when little C stack is left: in every recursion over data

// ------------------------------------------------------------------------------------------ objects (core/object.c)

val op_binary(enum op op, val a, val b); // TypeError when neither knows
val op_unary(enum op op, val a);
bool op_order(enum op op, int order); // OP_LT .. OP_GE of two things, from their order (<0, 0, >0)
val binary_try(enum op op, val a, val b); // NOTHING when neither knows
bool truth(val v);
bool equal(val a, val b);       // ==, identity first
bool less(val a, val b);        // <
size_t hash_of(val v);          // TypeError when it has none
size_t length_of(val v);        // len()
val attr_get(val o, val name);  // AttributeError
val attr_find(val o, val name); // NOTHING
void attr_set(val o, val name, val value);
void attr_delete(val o, val name);
val item_get(val o, val key);
void item_set(val o, val key, val value);
void item_delete(val o, val key);
val iter_of(val o);
val iter_next(val iterator);                     // NOTHING at the end
val call(val f, size_t n, size_t kw, val *args); // args must be reachable
val call0(val f);
val call1(val f, val a);
val call2(val f, val a, val b);
val method_call(val o, val name, size_t n, val *args); // o.name(*args)
val type_name(val v);                                  // str: the name of its type
val dir_of(val v);                                     // list of names

// A method of a type found by name, for instances and natives alike: with LOAD_METHOD no bound method is made.
// *self is NOTHING when the result is an ordinary value.
val method_find(val o, val name, val *self);

// ------------------------------------------------------------------------------------------ text out

struct sink {
    void (*write)(struct sink *sink, const char *text, size_t size);
};
void sink_text(struct sink *out, const char *text);
void sink_char(struct sink *out, char c);
void sink_format(struct sink *out, const char *format, ...); // as raise_error
void sink_vformat(struct sink *out, const char *format, va_list list);
void print_val(val v, struct sink *out, enum print_how how);
extern struct sink sink_stdout, sink_stderr;
val str_of(val v);  // str(v)
val repr_of(val v); // repr(v)
// format(v, spec): what f-strings, format() and str.format do (types/format.c). spec is a str, or NOTHING.
void format_val(val v, val spec, struct sink *out);
// A container that prints its values guards itself against being among them: `PRINT_ONCE(self, out, "[...]");` prints
// the dots and returns when self is being printed further up. The marks lie among the roots, so errors clean up.
#define PRINT_ONCE(self, out, dots)                                                                \
    ROOTS(printing_root, 2);                                                                       \
    if (printed_above(printing_root, self, out, dots))                                             \
    return
extern const struct obj printing_mark;
bool printing(val self); // whether it is
bool printed_above(val *marks, val self, struct sink *out, const char *dots);

// A sink that builds a str or bytes. `BUILDER(b);` is emptied at the end of the scope; b.sink is the sink.
struct builder {
    struct sink sink;
    struct roots roots;
    val store; // bytes whose length is the capacity, or NOTHING
    size_t size;
};
#define BUILDER(name)                                                                              \
    struct builder name __attribute__((cleanup(builder_leave)));                                   \
    builder_enter(&name)
void builder_enter(struct builder *b);
void builder_leave(struct builder *b);
void builder_add(struct builder *b, const char *text, size_t size);
char *builder_room(struct builder *b, size_t size); // adds so many bytes, to be written at once
val builder_str(struct builder *b);                 // the bytes must be UTF-8
val builder_bytes(struct builder *b);

#include "data.h"
#include "functions.h"

// ------------------------------------------------------------------------------------------ the compiler (compile/)

enum compile_mode { COMPILE_MODULE, COMPILE_SINGLE /* prints expressions */, COMPILE_EVAL };
val compile(const char *text, size_t size, val file,
            enum compile_mode mode); // a code object; SyntaxError

// ------------------------------------------------------------------------------------------ the port (port/)

void port_write(const char *text, size_t size);       // stdout
void port_write_error(const char *text, size_t size); // stderr
int port_read_char(void);                             // stdin; -1 at the end
uint64_t port_microseconds(void);                     // since any moment
uint64_t port_clock(void); // since 1970, or since the start where no clock runs
void port_sleep(uint64_t microseconds);
_Noreturn void port_exit(int status);
bool port_load(const char *path, char **text,
               size_t *size); // a file, for import; false: there is none
void port_unload(char *text, size_t size);

#ifndef HELPERS_CALLED
#include "helpers.h"
#endif
#endif
