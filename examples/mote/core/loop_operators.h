// SPDX-License-Identifier: MIT
// Part of the loop of vm.c: instructions for operators, comparisons and jumps.

// ---------------------------------------------------------------- operators
#if LABELS
BINARY(ADD) :
{
    val a = SECOND, b = TOP;
    intptr_t sum;
    if (is_small(a) && is_small(b) && !__builtin_add_overflow((intptr_t)a, (intptr_t)b - 1, &sum)) {
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
BINARY(OR) : if (is_small(SECOND) && is_small(TOP))
{
    sp--;
    TOP |= sp[0];
    NEXT;
}
goto binary;
BINARY(XOR) : if (is_small(SECOND) && is_small(TOP))
{
    sp--;
    TOP = (TOP ^ sp[0]) | 1;
    NEXT;
}
goto binary;
BINARY(LSHIFT) :
{
    val a = SECOND, b = TOP;
    intptr_t shifted;
    if (is_small(a) && is_small(b) && b < SMALL(8 * WORD - 2) &&
        !__builtin_mul_overflow((intptr_t)(a - 1), (intptr_t)1 << small_of(b), &shifted)) {
        sp--;
        TOP = (val)shifted | 1;
        NEXT;
    }
    goto binary;
}
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
L_BINARY_ALL : binary:
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
compared : sp -= 2;
tested : if (*ip == I_POP_JUMP_FALSE)
{
    ip++;
    if (test)
        SKIP();
    else
        JUMP();
}
else
{
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
