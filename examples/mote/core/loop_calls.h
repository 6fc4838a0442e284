// SPDX-License-Identifier: MIT
// Part of the loop of vm.c: instructions for calls, building, exceptions, generators and modules.

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
    val v = args[-1] ? call_at(args[-2], n + 1, kw, args - 1) : call_at(args[-2], n, kw, args);
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
#if MOTE_REPL
    if (!mote.builtins)
        mote.builtins = dict_new(0);
    dict_set(mote.builtins, S(_), TOP);
#endif
}
sp--;
NEXT;
