// SPDX-License-Identifier: MIT
// Part of the loop of vm.c: instructions for constants, variables, attributes, items and the stack.

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
L_INT_SHORT:
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
L_LOAD_FAST_SHORT:
{
    val v = locals[ip[-1] - I_LOAD_FAST_SHORT];
    if (!v) {
        SAVE();
        raise_unbound(f, ip[-1] - I_LOAD_FAST_SHORT);
    }
    *sp++ = v;
    NEXT;
}
L_STORE_FAST_SHORT : locals[ip[-1] - I_STORE_FAST_SHORT] = *--sp;
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
    val *slot =
        LABELS ? find_hinted(table_of(f->globals), name, hint_of((void *)f->globals)) : NULL;
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
    const uint8_t *byte = byte_place(o, key, false);
    if (byte) {
        sp--;
        TOP = SMALL(*byte);
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
    uint8_t *byte = is_small(sp[-3]) && sp[-3] <= SMALL(255) ? byte_place(o, key, true) : NULL;
    if (byte) {
        *byte = (uint8_t)small_of(sp[-3]);
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
