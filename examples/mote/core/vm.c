// SPDX-License-Identifier: MIT
// The loop over the instructions of bytecode.h. Each call of the program is a call of this function: the frame lies on the
// C stack, and the collector sees its values from f->base to f->sp. So before anything that may allocate, raise or run
// code: SAVE(), with the operands still on the stack. f->ip then tells handlers and tracebacks where it was.
//
// What is frequent and simple is done here: small integers, attributes and globals by hint, loops over ranges and lists.
// The rest is in the files for it, or in vm_ops.c.
#include "core/vm_ops.h"

#if defined(__OPTIMIZE_SIZE__) || defined(MOTE_SWITCH)
#define LABELS 0
#else
#define LABELS 1
#endif

#if LABELS
#define CASE(name) L_##name
#define NEXT       goto *labels[*ip++]
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
#define JUMP() (ip += 2 + (int16_t)(ip[0] | ip[1] << 8))
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
        CASE(NOP) : NEXT;

        // ---------------------------------------------------------------- constants
        CASE(NONE) : *sp++ = NONE;
        NEXT;
        CASE(TRUE) : *sp++ = TRUE;
        NEXT;
        CASE(FALSE) : *sp++ = FALSE;
        NEXT;
        CASE(NOTHING) : *sp++ = NOTHING;
        NEXT;
        CASE(INT) :
        {
            size_t n;
            UNSIGNED(n);
            val v = INTEGER((intptr_t)(n >> 1) ^ -(intptr_t)(n & 1));
            *sp++ = v;
            NEXT;
        }
#if LABELS
    L_INT_SHORT :
#else
        case INT_SHORT:
#endif
    {
        val v = INTEGER((intptr_t)ip[-1] - I_INT_SHORT - 8);
        *sp++ = v;
        NEXT;
    }
        CASE(STR) :
        {
            NAME_OPERAND(name);
            *sp++ = name;
            NEXT;
        }
        CASE(CONST) :
        {
            size_t n;
            UNSIGNED(n);
            *sp++ = f->code->consts->values[n];
            NEXT;
        }

        // ---------------------------------------------------------------- variables
#if LABELS
    L_LOAD_FAST_SHORT : {
        val v = locals[ip[-1] - I_LOAD_FAST_SHORT];
        if (!v) {
            SAVE();
            raise_unbound(f, ip[-1] - I_LOAD_FAST_SHORT);
        }
        *sp++ = v;
        NEXT;
    }
    L_STORE_FAST_SHORT:
        locals[ip[-1] - I_STORE_FAST_SHORT] = *--sp;
        NEXT;
#endif
        CASE(LOAD_FAST) :
        {
            size_t n;
            UNSIGNED(n);
            if (!locals[n]) {
                SAVE();
                raise_unbound(f, n);
            }
            *sp++ = locals[n];
            NEXT;
        }
        CASE(STORE_FAST) :
        {
            size_t n;
            UNSIGNED(n);
            locals[n] = *--sp;
            NEXT;
        }
        CASE(DELETE_FAST) :
        {
            size_t n;
            UNSIGNED(n);
            if (!locals[n]) {
                SAVE();
                raise_unbound(f, n);
            }
            locals[n] = NOTHING;
            NEXT;
        }
        CASE(MAKE_CELL) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            struct cell *cell = heap_new(&type_closure_cell);
            cell->value = locals[n];
            locals[n] = (val)cell;
            NEXT;
        }
        CASE(LOAD_CELL) :
        {
            size_t n;
            UNSIGNED(n);
            *sp++ = locals[n];
            NEXT;
        }
        CASE(LOAD_DEREF) :
        {
            size_t n;
            UNSIGNED(n);
            val v = ((struct cell *)locals[n])->value;
            if (!v) {
                SAVE();
                raise_unbound(f, n);
            }
            *sp++ = v;
            NEXT;
        }
        CASE(STORE_DEREF) :
        {
            size_t n;
            UNSIGNED(n);
            ((struct cell *)locals[n])->value = *--sp;
            NEXT;
        }
        CASE(DELETE_DEREF) :
        {
            size_t n;
            UNSIGNED(n);
            struct cell *cell = (struct cell *)locals[n];
            if (!cell->value) {
                SAVE();
                raise_unbound(f, n);
            }
            cell->value = NOTHING;
            NEXT;
        }
        CASE(LOAD_NAME) :
        {
            NAME_OPERAND(name);
            SAVE();
            *sp = name_get(f, name);
            sp++;
            NEXT;
        }
        CASE(STORE_NAME) :
        {
            NAME_OPERAND(name);
            SAVE();
            dict_set(f->names ? f->names : f->globals, name, TOP);
            sp--;
            NEXT;
        }
        CASE(DELETE_NAME) :
        {
            NAME_OPERAND(name);
            SAVE();
            if (!dict_delete(f->names ? f->names : f->globals, name))
                raise_no_name(name);
            NEXT;
        }
        CASE(LOAD_GLOBAL) :
        {
            NAME_OPERAND(name);
            val v;
#if LABELS
            val *slot = find_hinted(table_of(f->globals), name, hint_of((void *)f->globals));
            v = slot ? slot[1] : (SAVE(), builtin_find(name));
#else
                v = global_get(f, name);
#endif
            if (!v)
                raise_no_name(name);
            *sp++ = v;
            NEXT;
        }
        CASE(STORE_GLOBAL) :
        {
            NAME_OPERAND(name);
            val *slot = LABELS
                            ? find_hinted(table_of(f->globals), name, hint_of((void *)f->globals))
                            : NULL;
            if (!slot) {
                SAVE();
                slot = table_add(table_of(f->globals), name);
            }
            slot[1] = *--sp;
            NEXT;
        }
        CASE(DELETE_GLOBAL) :
        {
            NAME_OPERAND(name);
            SAVE();
            if (!dict_delete(f->globals, name))
                raise_no_name(name);
            NEXT;
        }
        CASE(LOAD_CLASS_DEREF) :
        {
            size_t place;
            UNSIGNED(place);
            size_t index;
            SECOND_UNSIGNED(index);
            val name = ((val)index << 2) | 2;
            val *slot = table_find_name(table_of(f->names), name);
            val v = slot ? slot[1] : ((struct cell *)locals[place])->value;
            if (!v) {
                SAVE();
                raise_unbound(f, place);
            }
            *sp++ = v;
            NEXT;
        }

        // ---------------------------------------------------------------- attributes and items
        CASE(LOAD_ATTR) :
        {
            NAME_OPERAND(name);
            val v = LABELS ? attr_fast(TOP, name) : NOTHING;
            if (!v) {
                SAVE();
                v = attr_get(TOP, name);
            }
            TOP = v;
            NEXT;
        }
        CASE(STORE_ATTR) :
        {
            NAME_OPERAND(name);
            val *slot = LABELS ? attr_slot(TOP, name) : NULL;
            if (slot) {
                slot[1] = SECOND;
            } else {
                SAVE();
                attr_set(TOP, name, SECOND);
            }
            sp -= 2;
            NEXT;
        }
        CASE(DELETE_ATTR) :
        {
            NAME_OPERAND(name);
            SAVE();
            attr_delete(TOP, name);
            sp--;
            NEXT;
        }
        CASE(LOAD_METHOD) :
        {
            NAME_OPERAND(name);
            val o = TOP;
            val v = LABELS ? method_fast(o, name) : NOTHING;
            if (v) {
                TOP = v;
                *sp++ = o;
                NEXT;
            }
            SAVE();
            val self;
            v = method_find(o, name, &self);
            if (!v)
                attr_get(o, name); // raises
            TOP = v;
            *sp++ = self;
            NEXT;
        }
        CASE(SUPER_METHOD) :
        {
            NAME_OPERAND(name);
            SAVE();
            val self;
            val v = super_get(SECOND, TOP, name, &self);
            SECOND = v;
            TOP = self;
            NEXT;
        }
        CASE(SUPER_ATTR) :
        {
            NAME_OPERAND(name);
            SAVE();
            val self;
            SECOND = super_get(SECOND, TOP, name, &self);
            TOP = self;
            SAVE();
            val v = method_join(SECOND, self);
            sp--;
            TOP = v;
            NEXT;
        }
        CASE(LOAD_ITEM) :
        {
            val o = SECOND, key = TOP;
            const val *place = list_place(o, key);
            if (place) {
                sp--;
                TOP = *place;
                NEXT;
            }
            SAVE();
            val v = item_get(o, key);
            sp--;
            TOP = v;
            NEXT;
        }
        CASE(STORE_ITEM) :
        {
            val o = SECOND, key = TOP;
            val *place = list_place(o, key);
            if (place) {
                *place = sp[-3];
                sp -= 3;
                NEXT;
            }
            SAVE();
            item_set(o, key, sp[-3]);
            sp -= 3;
            NEXT;
        }
        CASE(DELETE_ITEM) : SAVE();
        item_delete(SECOND, TOP);
        sp -= 2;
        NEXT;

        // ---------------------------------------------------------------- stack
        CASE(POP) : sp--;
        NEXT;
        CASE(DUP) :
        {
            val v = TOP;
            *sp++ = v;
            NEXT;
        }
        CASE(DUP2) : sp[0] = sp[-2];
        sp[1] = sp[-1];
        sp += 2;
        NEXT;
        CASE(SWAP) :
        {
            val v = TOP;
            TOP = SECOND;
            SECOND = v;
            NEXT;
        }
        CASE(ROT3) :
        {
            val v = TOP;
            sp[-1] = sp[-2];
            sp[-2] = sp[-3];
            sp[-3] = v;
            NEXT;
        }
        CASE(ROT4) :
        {
            val v = TOP;
            sp[-1] = sp[-2];
            sp[-2] = sp[-3];
            sp[-3] = sp[-4];
            sp[-4] = v;
            NEXT;
        }

        // ---------------------------------------------------------------- operators
#if LABELS
        BINARY(ADD) :
        {
            val a = SECOND, b = TOP;
            intptr_t sum;
            if (is_small(a) && is_small(b) &&
                !__builtin_add_overflow((intptr_t)a, (intptr_t)b - 1, &sum)) {
                sp--;
                TOP = (val)sum;
                NEXT;
            }
            IF_FLOATS(a, b, {
                val v = float_new(x + y);
                sp--;
                TOP = v;
                NEXT;
            })
            goto binary;
        }
        BINARY(SUB) :
        {
            val a = SECOND, b = TOP;
            intptr_t difference;
            if (is_small(a) && is_small(b) &&
                !__builtin_sub_overflow((intptr_t)a, (intptr_t)b - 1, &difference)) {
                sp--;
                TOP = (val)difference;
                NEXT;
            }
            IF_FLOATS(a, b, {
                val v = float_new(x - y);
                sp--;
                TOP = v;
                NEXT;
            })
            goto binary;
        }
        BINARY(MUL) :
        {
            val a = SECOND, b = TOP;
            intptr_t product;
            if (is_small(a) && is_small(b) &&
                !__builtin_mul_overflow((intptr_t)(a - 1), small_of(b), &product)) {
                sp--;
                TOP = (val)product | 1;
                NEXT;
            }
            IF_FLOATS(a, b, {
                val v = float_new(x * y);
                sp--;
                TOP = v;
                NEXT;
            })
            goto binary;
        }
        BINARY(TRUEDIV) :
        {
            IF_FLOATS(SECOND, TOP, {
                if (y != 0) {
                    val v = float_new(x / y);
                    sp--;
                    TOP = v;
                    NEXT;
                }
            })
            goto binary;
        }
        BINARY(AND) : if (is_small(SECOND) && is_small(TOP))
        {
            sp--;
            TOP &= sp[0];
            NEXT;
        }
        goto binary;
        BINARY(RSHIFT) : if (is_small(SECOND) && is_small(TOP) && TOP < SMALL(8 * WORD))
        {
            sp--;
            TOP = (val)((intptr_t)TOP >> small_of(sp[0])) | 1;
            NEXT;
        }
        goto binary;
        BINARY(MOD) : if (is_small(SECOND) && is_small(TOP) && (intptr_t)TOP > 1)
        {
            intptr_t b = small_of(TOP), r = small_of(SECOND) % b;
            sp--;
            TOP = SMALL(r < 0 ? r + b : r);
            NEXT;
        }
        goto binary;
        BINARY(FLOORDIV) : if (is_small(SECOND) && is_small(TOP) && (intptr_t)TOP > 1)
        {
            intptr_t a = small_of(SECOND), b = small_of(TOP);
            sp--;
            TOP = SMALL(a >= 0 ? a / b : -1 - (-1 - a) / b);
            NEXT;
        }
        goto binary;
        COMPARISON(LT, <)
        COMPARISON(LE, <=)
        COMPARISON(GT, >)
        COMPARISON(GE, >=)
        BINARY(EQ) :
        {
            val a = SECOND, b = TOP;
            if ((is_small(a) && is_small(b)) || (is_interned(a) && is_interned(b))) {
                test = a == b;
                goto compared;
            }
            goto binary;
        }
        BINARY(NE) :
        {
            val a = SECOND, b = TOP;
            if ((is_small(a) && is_small(b)) || (is_interned(a) && is_interned(b))) {
                test = a != b;
                goto compared;
            }
            goto binary;
        }
    L_BINARY_ALL:
    binary :
#else
        case BINARY_ALL:
#endif
    {
#if LABELS
        enum op op = (enum op)(ip[-1] - I_BINARY);
#else
            enum op op = (enum op)operand;
            val a = SECOND, b = TOP;
            if (is_small(a) && is_small(b)) {
                val v = small_binary(op, (intptr_t)a, (intptr_t)b);
                if (v) {
                    sp--;
                    TOP = v;
                    NEXT;
                }
            }
#endif
        SAVE();
        val v = op_binary(op, SECOND, TOP);
        sp--;
        TOP = v;
        NEXT;
    }

    // A comparison is nearly always tested at once.
    compared:
        sp -= 2;
    tested:
        if (*ip == I_POP_JUMP_FALSE) {
            ip++;
            if (test)
                SKIP();
            else
                JUMP();
        } else {
            *sp++ = bool_new(test);
        }
        NEXT;

        CASE(NEG) : if (LABELS && is_small(TOP) && TOP != SMALL(SMALL_MIN))
        {
            TOP = SMALL(-small_of(TOP));
            NEXT;
        }
        SAVE();
        TOP = op_unary(OP_NEG, TOP);
        NEXT;
        CASE(POS) : SAVE();
        TOP = op_unary(OP_POS, TOP);
        NEXT;
        CASE(INVERT) : SAVE();
        TOP = op_unary(OP_INVERT, TOP);
        NEXT;
        CASE(NOT) :
        {
            SAVE();
            test = !truth(TOP);
            sp--;
            goto tested;
        }
        CASE(IS) : test = SECOND == TOP;
        goto compared;
        CASE(IS_NOT) : test = SECOND != TOP;
        goto compared;
        CASE(NOT_IN) :
        {
            SAVE();
            test = op_binary(OP_IN, SECOND, TOP) == FALSE;
            goto compared;
        }

        // ---------------------------------------------------------------- jumps
        CASE(JUMP) : JUMP();
        NEXT;
        CASE(POP_JUMP_FALSE) :
        {
            val v = TOP;
            test = v == TRUE;
            if (!LABELS || (v != TRUE && v != FALSE)) {
                SAVE();
                test = truth(v);
            }
            sp--;
            if (test)
                SKIP();
            else
                JUMP();
            NEXT;
        }
        CASE(POP_JUMP_TRUE) :
        {
            SAVE();
            test = truth(TOP);
            sp--;
            if (test)
                JUMP();
            else
                SKIP();
            NEXT;
        }
        CASE(JUMP_FALSE_OR_POP) : SAVE();
        if (truth(TOP)) {
            SKIP();
            sp--;
        } else {
            JUMP();
        }
        NEXT;
        CASE(JUMP_TRUE_OR_POP) : SAVE();
        if (truth(TOP)) {
            JUMP();
        } else {
            SKIP();
            sp--;
        }
        NEXT;
        CASE(GET_ITER) : SAVE();
        TOP = iter_of(TOP);
        NEXT;
        CASE(FOR_ITER) :
        {
            val iterator = TOP, v;
            const struct type *type = type_of(iterator);
            if (LABELS && type == &type_range_iterator) {
                struct range_iterator *r = (struct range_iterator *)iterator;
                if (!MOTE_BOXED_INT && r->left && r->next >= SMALL_MIN && r->next <= SMALL_MAX) {
                    v = SMALL(r->next);
                    r->next = (intptr_t)((uintptr_t)r->next + (uintptr_t)r->step);
                    r->left--;
                    SKIP();
                    *sp++ = v;
                    NEXT;
                }
            } else if (LABELS && type == &type_iterator) {
                struct iterator *it = (struct iterator *)iterator;
                if (it->kind == ITERATE_LIST && it->container) {
                    const struct list *l = (const struct list *)it->container;
                    if (it->at < l->len) {
                        SKIP();
                        *sp++ = l->items->values[it->at++];
                        NEXT;
                    }
                }
            }
            SAVE();
            v = type == &type_generator ? generator_resume(iterator, NOTHING, NOTHING)
                                        : iter_next(iterator);
            if (v) {
                SKIP();
                *sp++ = v;
            } else {
                mote.stop = NOTHING;
                sp--;
                JUMP();
            }
            NEXT;
        }

        // ---------------------------------------------------------------- calls
        CASE(CALL) :
        {
            size_t n, kw;
            UNSIGNED(n);
            SECOND_UNSIGNED(kw);
            SAVE();
            val *args = sp - n - 2 * kw;
            val v = call_at(args[-1], n, kw, args);
            sp = args;
            TOP = v;
            NEXT;
        }
        CASE(CALL_METHOD) :
        {
            size_t n, kw;
            UNSIGNED(n);
            SECOND_UNSIGNED(kw);
            SAVE();
            val *args = sp - n - 2 * kw;
            val v =
                args[-1] ? call_at(args[-2], n + 1, kw, args - 1) : call_at(args[-2], n, kw, args);
            sp = args - 1;
            TOP = v;
            NEXT;
        }
        CASE(CALL_STAR) :
        {
            SAVE();
            val v = call_list(sp[-3], sp[-2], sp[-1]);
            sp -= 2;
            TOP = v;
            NEXT;
        }
        CASE(RETURN) : f->ip = NULL;
        return TOP;
        CASE(MAKE_FUNCTION) :
        {
            size_t flags, n;
            UNSIGNED(flags);
            SECOND_UNSIGNED(n);
            SAVE();
            sp = make_function(f, flags, n);
            NEXT;
        }
        CASE(BUILD_CLASS) :
        {
            size_t n, kw;
            UNSIGNED(n);
            SECOND_UNSIGNED(kw);
            SAVE();
            val *args = sp - n - 2 * kw;
            val v = class_statement(args, n, kw);
            sp = args - 1;
            TOP = v;
            NEXT;
        }

        // ---------------------------------------------------------------- building
        CASE(BUILD_TUPLE) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = n ? tuple_new(n, sp - n) : V(tuple_empty);
            sp -= n;
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_LIST) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = list_of(n, sp - n, HOW_LITERAL);
            sp -= n;
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_COMP_LIST) :
        {
            SAVE();
            val v = list_new(0, HOW_COMPREHENSION);
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_SET) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = build_set(n, sp - n);
            sp -= n;
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_DICT) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = dict_new(n);
            table_of(v)->live |= TABLE_HOW;
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_SLICE) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = slice_new(sp[-(intptr_t)n], sp[1 - (intptr_t)n], n == 3 ? TOP : NONE);
            sp -= n;
            *sp++ = v;
            NEXT;
        }
        CASE(BUILD_STRING) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            val v = build_string(n, sp - n);
            sp -= n;
            *sp++ = v;
            NEXT;
        }
        CASE(STORE_PAIR) : SAVE();
        dict_set(sp[-3], sp[-2], sp[-1]);
        sp -= 2;
        NEXT;
        CASE(LIST_APPEND) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            list_append(sp[-1 - (intptr_t)n], TOP);
            sp--;
            NEXT;
        }
        CASE(SET_ADD) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            set_add(sp[-1 - (intptr_t)n], TOP);
            sp--;
            NEXT;
        }
        CASE(DICT_ADD) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            dict_set(sp[-2 - (intptr_t)n], SECOND, TOP);
            sp -= 2;
            NEXT;
        }
        CASE(LIST_EXTEND) : SAVE();
        list_extend(SECOND, TOP);
        sp--;
        NEXT;
        CASE(SET_UPDATE) : SAVE();
        set_update(SECOND, TOP);
        sp--;
        NEXT;
        CASE(DICT_UPDATE) : SAVE();
        dict_spread(SECOND, TOP);
        sp--;
        NEXT;
        CASE(DICT_MERGE) : SAVE();
        dict_merge(SECOND, TOP);
        sp--;
        NEXT;
        CASE(LIST_TO_TUPLE) : SAVE();
        TOP = tuple_from(TOP);
        NEXT;
        CASE(UNPACK) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            unpack(f, n);
            sp = f->sp;
            NEXT;
        }
        CASE(UNPACK_STAR) :
        {
            size_t before, after;
            UNSIGNED(before);
            SECOND_UNSIGNED(after);
            SAVE();
            unpack_star(f, before, after);
            sp = f->sp;
            NEXT;
        }
        CASE(FORMAT) :
        {
            size_t flags;
            UNSIGNED(flags);
            SAVE();
            val *at = flags & FORMAT_SPEC ? sp - 2 : sp - 1;
            val v = format_value(at, flags);
            sp = at + 1;
            TOP = v;
            NEXT;
        }

        // ---------------------------------------------------------------- exceptions
        CASE(RAISE) :
        {
            size_t n;
            UNSIGNED(n);
            SAVE();
            raise_values(sp - n, n);
        }
        CASE(PUSH_HANDLED) :
        {
            val exception = TOP;
            TOP = mote.handled;
            mote.handled = exception;
            *sp++ = exception;
            NEXT;
        }
        CASE(POP_HANDLED) : mote.handled = *--sp;
        NEXT;
        CASE(MATCH) :
        {
            SAVE();
            TOP = bool_new(exception_matches(SECOND, TOP));
            NEXT;
        }
        CASE(RERAISE) : SAVE();
        raise_again(TOP);
        CASE(END_HANDLER) : SAVE();
        mote.handled = SECOND;
        raise_again(TOP);
        CASE(WITH_ENTER) :
        {
            SAVE();
            with_enter(f);
            sp = f->sp;
            NEXT;
        }
        CASE(WITH_LEAVE) :
        {
            SAVE();
            val args[3] = {NONE, NONE, NONE};
            call(TOP, 3, 0, args);
            sp--;
            NEXT;
        }
        CASE(WITH_EXCEPT) :
        {
            SAVE();
            val args[3] = {V(*type_of(TOP)), TOP, NONE};
            val v = call(sp[-3], 3, 0, args);
            *sp++ = v; // it may be anything, and truth may run the program's code
            f->sp = sp;
            TOP = bool_new(truth(v));
            NEXT;
        }

        // ---------------------------------------------------------------- generators
        CASE(YIELD) : f->ip = ip;
        f->sp = sp - 1;
        return TOP;
        CASE(YIELD_FROM) :
        {
            SAVE();
            val v = iterator_send(SECOND, TOP);
            sp--;
            if (v) {
                f->ip = ip - 1;
                f->sp = sp;
                return v;
            }
            TOP = stop_value();
            NEXT;
        }
        CASE(GET_YIELD_ITER) : if (!is_object(TOP) || !has_type(TOP, &type_generator))
        {
            SAVE();
            TOP = iter_of(TOP);
        }
        NEXT;

        // ---------------------------------------------------------------- modules
        CASE(IMPORT_NAME) :
        {
            NAME_OPERAND(name);
            SAVE();
            val v = import_statement(name, TOP, SECOND, f->globals);
            sp--;
            TOP = v;
            NEXT;
        }
        CASE(IMPORT_FROM) :
        {
            NAME_OPERAND(name);
            SAVE();
            val v = import_from(TOP, name);
            *sp++ = v;
            NEXT;
        }
        CASE(IMPORT_STAR) : SAVE();
        import_star(TOP, f->names ? f->names : f->globals);
        sp--;
        NEXT;
        CASE(PRINT) : SAVE();
        if (TOP != NONE) {
            print_val(TOP, &sink_stdout, PRINT_REPR);
            sink_char(&sink_stdout, '\n');
        }
        sp--;
        NEXT;
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
