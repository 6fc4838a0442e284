// SPDX-License-Identifier: MIT
// The loop over the instructions of bytecode.h. Each call of the program is a call of this function: the frame lies on the
// C stack, and the collector sees its values from f->base to f->sp. So before anything that may allocate, raise or run
// code: SAVE(), with the operands still on the stack. f->ip then tells handlers and tracebacks where it was.
//
// What is frequent and simple is done here: small integers, attributes and globals by hint, loops over ranges and lists.
// The rest is in the files for it, or in vm_ops.c. The cases stand in three parts, loop_*.h.
#include "core/vm_ops.h"

#if defined(__OPTIMIZE_SIZE__) || defined(MOTE_SWITCH)
#define LABELS 0
#else
#define LABELS 1
#endif

// The instruction before `at` has not begun: if there are no steps left, it raises.
#if MOTE_STEPS
#define STEP(at) (f->ip = (at), f->sp = sp, steps_take(1))
#else
#define STEP(at) ((void)0)
#endif

#if LABELS
#define CASE(name) L_##name
#define NEXT                                                                                       \
    do {                                                                                           \
        STEP(ip + 1);                                                                              \
        goto *labels[*ip++];                                                                       \
    } while (0)
#define BINARY(op) L_BINARY_##op
#else
#define CASE(name) case I_##name
#define NEXT       goto next
#endif

// Two forms of the loop. For speed each instruction jumps to the next one's label, reads its own operand, saves where it
// must, and has a fast path. For size one switch has all that before it, once: the operand is read, the places are saved,
// short forms have become the long ones.
#if LABELS
#define SAVE() (f->ip = ip, f->sp = sp)
#define UNSIGNED(n)                                                                                \
    do {                                                                                           \
        n = *ip++;                                                                                 \
        if (n & 0x80)                                                                              \
            ip = varint(ip - 1, &n);                                                               \
    } while (0)
#define SECOND_UNSIGNED(n) UNSIGNED(n)
#else
#define SAVE()             ((void)0)
#define UNSIGNED(n)        (n = operand)
#define SECOND_UNSIGNED(n) (ip = varint(ip, &n))
#endif
#define TOP    sp[-1]
#define SECOND sp[-2]
#define NAME_OPERAND(name)                                                                         \
    val name;                                                                                      \
    do {                                                                                           \
        size_t index_;                                                                             \
        UNSIGNED(index_);                                                                          \
        name = ((val)index_ << 2) | 2;                                                             \
    } while (0)
#if MOTE_SIGNALS && !MOTE_STEPS
// In a jump the instruction that it goes to is the one that ^C ends.
#define JUMP()                                                                                     \
    do {                                                                                           \
        ip += 2 + (int16_t)(ip[0] | ip[1] << 8);                                                   \
        if (__builtin_expect(mote.interrupted, 0)) {                                               \
            f->ip = ip + 1;                                                                        \
            f->sp = sp;                                                                            \
            interrupt();                                                                           \
        }                                                                                          \
    } while (0)
#else
#define JUMP() (ip += 2 + (int16_t)(ip[0] | ip[1] << 8))
#endif
#define SKIP() (ip += 2)

#if MOTE_BOXED_INT
#define INTEGER(i) (SAVE(), int_new(i))
#else
#define INTEGER(i) SMALL(i)
#endif

#if MOTE_FLOAT
#define IF_FLOATS(a, b, result)                                                                    \
    if (is_object(a) && is_object(b) && has_type(a, &type_float) && has_type(b, &type_float)) {    \
        real x = ((struct floating *)a)->value, y = ((struct floating *)b)->value;                 \
        SAVE();                                                                                    \
        result;                                                                                    \
    }
#else
#define IF_FLOATS(a, b, result)
#endif

#define COMPARISON(op, sign)                                                                       \
    BINARY(op) :                                                                                   \
    {                                                                                              \
        val a = SECOND, b = TOP;                                                                   \
        if (is_small(a) && is_small(b)) {                                                          \
            test = (intptr_t)a sign(intptr_t) b;                                                   \
            goto compared;                                                                         \
        }                                                                                          \
        IF_FLOATS(a, b, {                                                                          \
            test = x sign y;                                                                       \
            goto compared;                                                                         \
        })                                                                                         \
        goto binary;                                                                               \
    }

// Where a list keeps what a small index names; NULL: look properly.
static inline val *list_place(val o, val key)
{
    if (!LABELS || !is_small(key) || !is_object(o) || !has_type(o, &type_list))
        return NULL;
    const struct list *l = (const struct list *)o;
    size_t at = (size_t)small_of(key);
    if ((intptr_t)at < 0)
        at += l->len;
    return at < l->len ? &l->items->values[at] : NULL;
}

// The same of bytes, when not to be stored to, and of a bytearray.
static inline uint8_t *byte_place(val o, val key, bool store)
{
    if (!LABELS || !is_small(key) || !is_object(o))
        return NULL;
    const struct type *type = ((const struct obj *)o)->type;
    const struct bytes *b = (const struct bytes *)o;
    size_t n = count_of(b), at = (size_t)small_of(key);
    if (type == &type_bytearray)
        b = ((const struct bytearray *)o)->store;
    else if (type != &type_bytes || store)
        return NULL;
    if ((intptr_t)at < 0)
        at += n;
    return at < n ? (uint8_t *)&b->data[at] : NULL;
}

#if !LABELS
static const bool has_operand[] = {
#define KIND_N           false
#define KIND_U           true
#define KIND_S           true
#define KIND_UU          true
#define KIND_J           false // two bytes
#define X(name, operand) KIND_##operand,
    MOTE_INSTRUCTIONS(X)
#undef X
};
#endif

static val loop(struct frame *f)
{
    const uint8_t *ip = f->ip;
    val *sp = f->sp;
    val *const locals = f->base;
    bool test;
#if LABELS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
    static const void *const labels[256] = {
        [0 ... 255] = &&L_bad,
#define X(name, operands) [I_##name] = &&L_##name,
        MOTE_INSTRUCTIONS(X)
#undef X
            [I_LOAD_FAST_SHORT... I_LOAD_FAST_SHORT + 15] = &&L_LOAD_FAST_SHORT,
        [I_STORE_FAST_SHORT... I_STORE_FAST_SHORT + 15] = &&L_STORE_FAST_SHORT,
        [I_INT_SHORT... I_INT_SHORT + 31] = &&L_INT_SHORT,
        [I_BINARY... I_BINARY + OP_IXOR] = &&L_BINARY_ALL,
        [I_BINARY + OP_ADD] = &&L_BINARY_ADD,
        [I_BINARY + OP_ADD + OP_INPLACE] = &&L_BINARY_ADD,
        [I_BINARY + OP_SUB] = &&L_BINARY_SUB,
        [I_BINARY + OP_SUB + OP_INPLACE] = &&L_BINARY_SUB,
        [I_BINARY + OP_MUL] = &&L_BINARY_MUL,
        [I_BINARY + OP_MUL + OP_INPLACE] = &&L_BINARY_MUL,
        [I_BINARY + OP_TRUEDIV] = &&L_BINARY_TRUEDIV,
        [I_BINARY + OP_AND] = &&L_BINARY_AND,
        [I_BINARY + OP_AND + OP_INPLACE] = &&L_BINARY_AND,
        [I_BINARY + OP_OR] = &&L_BINARY_OR,
        [I_BINARY + OP_OR + OP_INPLACE] = &&L_BINARY_OR,
        [I_BINARY + OP_XOR] = &&L_BINARY_XOR,
        [I_BINARY + OP_XOR + OP_INPLACE] = &&L_BINARY_XOR,
        [I_BINARY + OP_LSHIFT] = &&L_BINARY_LSHIFT,
        [I_BINARY + OP_LSHIFT + OP_INPLACE] = &&L_BINARY_LSHIFT,
        [I_BINARY + OP_RSHIFT] = &&L_BINARY_RSHIFT,
        [I_BINARY + OP_RSHIFT + OP_INPLACE] = &&L_BINARY_RSHIFT,
        [I_BINARY + OP_MOD] = &&L_BINARY_MOD,
        [I_BINARY + OP_FLOORDIV] = &&L_BINARY_FLOORDIV,
        [I_BINARY + OP_LT] = &&L_BINARY_LT,
        [I_BINARY + OP_LE] = &&L_BINARY_LE,
        [I_BINARY + OP_EQ] = &&L_BINARY_EQ,
        [I_BINARY + OP_NE] = &&L_BINARY_NE,
        [I_BINARY + OP_GT] = &&L_BINARY_GT,
        [I_BINARY + OP_GE] = &&L_BINARY_GE,
    };
#pragma GCC diagnostic pop
    NEXT;
#else
    enum { BINARY_ALL = I_COUNT, INT_SHORT };
    size_t instruction, operand;
next:
    instruction = *ip++;
    f->ip = ip;
    f->sp = sp;
    STEP(ip);
    if (instruction < I_COUNT) {
        if (has_operand[instruction])
            ip = varint(ip, &operand);
    } else if (instruction >= I_LOAD_FAST_SHORT) {
        operand = instruction & 15;
        if (instruction >= I_BINARY) {
            operand = instruction - I_BINARY;
            instruction = BINARY_ALL;
        } else if (instruction >= I_INT_SHORT) {
            instruction = INT_SHORT;
        } else {
            instruction = instruction < I_STORE_FAST_SHORT ? I_LOAD_FAST : I_STORE_FAST;
        }
    }
    switch (instruction) {
#endif
    {
        CASE(NOP)
            : __asm__(
                  ""); // else the case would be the head of the loop: its table, with places of two
        NEXT;          // bytes, reaches forward only

#include "core/loop_calls.h"
#include "core/loop_data.h"
#include "core/loop_operators.h"

#if LABELS
    L_bad:
#else
        default:
#endif
        SAVE();
        raise_error(&type_RuntimeError, "bad instruction %d", ip[-1]);
    }
#if !LABELS
}
#endif
}

// ------------------------------------------------------------------------------------------ frames

// The handler for the instruction that raised: f->ip and f->sp are set for it. False: there is none.
static bool find_handler(struct frame *f, val exception)
{
    const struct code *code = f->code;
    size_t at = frame_place(f) - 1, handlers;
    const uint8_t *table = varint(code->bytes->data + code->size, &handlers);
    while (handlers--) {
        size_t row[4];
        for (int i = 0; i < 4; i++)
            table = varint(table, &row[i]);
        if (at - row[0] < row[1]) {
            f->ip = code->bytes->data + row[2];
            f->sp = f->base + code->nlocals + row[3];
            *f->sp++ = exception;
            return true;
        }
    }
    return false;
}

// An exception that the caller of a generator throws into it: into the one it delegates to, if it does.
static val inject(struct frame *f, val thrown)
{
    if (*f->ip != I_YIELD_FROM)
        raise_thrown(thrown);
    f->ip++;
    val v = iterator_throw(f->sp[-1], thrown);
    if (v)
        f->ip--;
    else
        f->sp[-1] = stop_value();
    return v;
}

static val start(struct frame *f, val thrown)
{
    val v = thrown ? inject(f, thrown) : NOTHING;
    return v ? v : loop(f);
}

// With handlers: the catch stays where it is, and each error comes back to it.
static val run_catching(struct frame *f, val thrown)
{
    struct catch c;
    val result;
    catch_enter(&c);
    c.of_frame = true;
    if (setjmp(c.target) == 0) {
        result = start(f, thrown);
    } else {
        if (!find_handler(f, c.exception))
            raise_again(c.exception);
        catch_enter(&c);
        c.of_frame = true;
        result = loop(f);
    }
    catch_leave(&c);
    return result;
}

val frame_run(struct frame *f, val thrown)
{
    return has_handlers(f->code) ? run_catching(f, thrown) : start(f, thrown);
}
