// SPDX-License-Identifier: MIT
// Calls: how arguments come into their places. Arguments lie in the caller's stack: n values, then kw pairs of name and
// value. A function of the program gets a frame on the C stack; the usual case is a copy of the values into its locals.
//
//     caller's stack    ... f | a0 | a1 | name | value |
//                               n = 2     kw = 1
//     callee's frame    a0 | a1 | value | other locals | cells of the closure | value stack ...
//
// A native runs right on the caller's values when they are complete.
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ code

// The table of names behind the exceptions.
static const uint8_t *code_names(const struct code *code)
{
    size_t handlers, skip;
    const uint8_t *at = varint(code->bytes->data + code->size, &handlers);
    for (handlers *= 4; handlers; handlers--)
        at = varint(at, &skip);
    return at;
}

val code_local(const struct code *code, size_t place)
{
    size_t name;
    const uint8_t *at = code_names(code);
    do
        at = varint(at, &name);
    while (place--);
    return ((val)name << 2) | 2;
}

size_t frame_place(const struct frame *f)
{
    return (size_t)(f->ip - f->code->bytes->data);
}

size_t code_line(const struct code *code, size_t place)
{
    size_t skip, length, step;
    const uint8_t *at = code_names(code);
    const uint8_t *end = code->bytes->data + count_of(code->bytes);
    for (size_t i = 0; i < code->nlocals; i++)
        at = varint(at, &skip);
    size_t line = code->line;
    size_t next = 0;
    while (at < end) {
        at = varint(at, &length);
        at = varint(at, &step);
        next += length;
        if (place <= next)
            break;
        line += (step >> 1) ^ (0 - (step & 1));
    }
    return line;
}

// ------------------------------------------------------------------------------------------ errors of calls

_Noreturn static void raise_too_many(const struct code *code, size_t defaults, size_t n)
{
    val name = code->name;
    size_t most = code->npos;
    const char *were = n == 1 ? "was" : "were";
    if (defaults)
        raise_type("%v() takes from %z to %z positional arguments but %z %s given", name,
                   most - defaults, most, n, were);
    raise_type("%v() takes %z positional argument%s but %z %s given", name, most,
               most == 1 ? "" : "s", n, were);
}

// Missing are the places in [from, to) that hold nothing.
_Noreturn static void raise_missing(const struct code *code, const val *locals, size_t from,
                                    size_t to, const char *kind)
{
    size_t missing = 0, seen = 0;
    if (!MOTE_MESSAGES)
        raise_type("missing");
    for (size_t i = from; i < to; i++)
        missing += locals[i] == NOTHING;
    ROOTS(r, 1);
    BUILDER(b);
    for (size_t i = from; i < to; i++) {
        if (locals[i])
            continue;
        seen++;
        if (seen > 1)
            sink_text(&b.sink, missing == 2 ? " and " : seen == missing ? ", and " : ", ");
        sink_format(&b.sink, "%r", code_local(code, i));
    }
    r[0] = builder_str(&b);
    raise_type("%v() missing %z required %s argument%s: %v", code->name, missing, kind,
               missing == 1 ? "" : "s", r[0]);
}

// ------------------------------------------------------------------------------------------ functions

static void bind_keyword(const struct code *code, val name, val value, val *locals, val rest)
{
    size_t named = (size_t)code->npos + code->nkwonly;
    const uint8_t *at = code_names(code);
    for (size_t i = 0; i < named; i++) {
        size_t index;
        at = varint(at, &index);
        if ((((val)index << 2) | 2) != name || i < code->nposonly)
            continue;
        if (locals[i])
            raise_type("%v() got multiple values for argument %r", code->name, name);
        locals[i] = value;
        return;
    }
    if (!rest)
        raise_type("%v() got an unexpected keyword argument %r", code->name, name);
    if (dict_get(rest, name))
        raise_type("%v() got multiple values for keyword argument %r", code->name, name);
    dict_set(rest, name, value);
}

static void bind_defaults(const struct function *f, val *locals)
{
    const struct code *code = f->code;
    const struct tuple *defaults = (const struct tuple *)f->defaults;
    size_t first = code->npos - (defaults ? defaults->len : 0);
    for (size_t i = first; i < code->npos; i++)
        if (!locals[i])
            locals[i] = defaults->values[i - first];
    for (size_t i = 0; i < first; i++)
        if (!locals[i])
            raise_missing(code, locals, 0, code->npos, "positional");
    size_t end = (size_t)code->npos + code->nkwonly;
    for (size_t i = code->npos; i < end; i++)
        if (!locals[i] && f->kwdefaults)
            locals[i] = dict_get(f->kwdefaults, code_local(code, i));
    for (size_t i = code->npos; i < end; i++)
        if (!locals[i])
            raise_missing(code, locals, code->npos, end, "keyword-only");
}

static void bind(const struct function *f, size_t n, size_t kw, val *args, val *locals)
{
    const struct code *code = f->code;
    struct roots hold = {mote.roots, code->nlocals, locals};
    mote.roots = &hold;
    size_t place = (size_t)code->npos + code->nkwonly;
    if (code->flags & CODE_VARARGS)
        locals[place++] =
            n > code->npos ? tuple_new(n - code->npos, args + code->npos) : V(tuple_empty);
    else if (n > code->npos)
        raise_too_many(code, f->defaults ? ((struct tuple *)f->defaults)->len : 0, n);
    val rest = NOTHING;
    if (code->flags & CODE_VARKW)
        rest = locals[place] = dict_new(0);
    for (size_t i = n; i < n + 2 * kw; i += 2)
        bind_keyword(code, args[i], args[i + 1], locals, rest);
    bind_defaults(f, locals);
    mote.roots = hold.up;
}

// Flags and counts that say: the arguments are just the first locals.
static inline bool plain(const struct code *code, size_t n, size_t kw)
{
    return n == code->npos && kw == 0 && code->nkwonly == 0 &&
           !(code->flags & (CODE_VARARGS | CODE_VARKW));
}

static void stack_room(size_t bytes)
{
    steps_take(0);
    size_t depth = (size_t)(mote.stack_start - (char *)__builtin_frame_address(0));
    if (depth + bytes > MOTE_C_STACK)
        raise_error(&type_RecursionError, "maximum recursion depth exceeded");
    if (depth > mote.stack_deepest)
        mote.stack_deepest = depth;
}

val function_run(val function, val names, size_t n, size_t kw, val *args)
{
    const struct function *fn = (const struct function *)function;
    const struct code *code = fn->code;
    size_t words = (size_t)code->nlocals + code->nstack;
    stack_room(words * WORD);
    val values[words + 1];
    size_t direct = n < code->npos ? n : code->npos;
    for (size_t i = 0; i < direct; i++)
        values[i] = args[i];
    for (size_t i = direct; i < code->nlocals; i++)
        values[i] = NOTHING;
    if (!plain(code, n, kw))
        bind(fn, n, kw, args, values);
    if (code->nclosure)
        memcpy(values + code->nlocals - code->nclosure, ((struct tuple *)fn->closure)->values,
               code->nclosure * WORD);
    struct frame f = {.up = mote.frame,
                      .code = code,
                      .function = function,
                      .globals = globals_of(fn),
                      .names = names,
                      .generator = NOTHING,
                      .ip = code->bytes->data,
                      .base = values,
                      .sp = values + code->nlocals};
    if (code->flags & CODE_GENERATOR)
        return generator_new(function, &f, words);
    mote.frame = &f;
    val result = frame_run(&f, NOTHING);
    mote.frame = f.up;
    return result;
}

val function_call(val function, size_t n, size_t kw, val *args)
{
    return function_run(function, NOTHING, n, kw, args);
}

// A module or what exec runs: no arguments, no closure.
val code_run(const struct code *code, val globals, val names)
{
    size_t words = (size_t)code->nlocals + code->nstack;
    stack_room(words * WORD);
    val values[words + 1];
    memset(values, 0, code->nlocals * WORD);
    struct frame f = {.up = mote.frame,
                      .code = code,
                      .globals = globals,
                      .names = names,
                      .ip = code->bytes->data,
                      .base = values,
                      .sp = values + code->nlocals};
    mote.frame = &f;
    val result = frame_run(&f, NOTHING);
    mote.frame = f.up;
    return result;
}

// ------------------------------------------------------------------------------------------ natives

_Noreturn static void raise_count(const struct native *f, size_t n)
{
    size_t limit = n < f->min ? f->min : f->max;
    if (f->min == f->max && !(f->flags & NATIVE_VAR))
        raise_type(limit == 1   ? "%v() takes exactly one argument (%z given)"
                   : limit == 0 ? "%v() takes no arguments (%z given)"
                                : "%v() expected %z arguments, got %z",
                   native_name(V(*f)), limit > 1 ? limit : n, n);
    raise_type("%v() expected at %s %z argument%s, got %z", native_name(V(*f)),
               n < f->min ? "least" : "most", limit, limit == 1 ? "" : "s", n);
}

static size_t keyword_place(const struct native *f, val name)
{
    if (!(f->flags & NATIVE_NAMED))
        raise_type("%v() takes no keyword arguments", native_name(V(*f)));
    for (size_t i = 0; i < f->max; i++)
        if (f->keywords[0][i] == name)
            return i;
    raise_type("%v() got an unexpected keyword argument %r", native_name(V(*f)), name);
}

// Arguments into the places of a native that has some left free or given by name.
static val native_places(const struct native *f, size_t n, size_t kw, val *args)
{
    val places[f->max + 1];
    memset(places, 0, (f->max + 1u) * WORD);
    values_copy(places, args, n);
    struct roots hold = {mote.roots, f->max, places};
    mote.roots = &hold;
    for (size_t i = n, most = n; i < most + 2 * kw; i += 2) {
        size_t place = keyword_place(f, args[i]);
        if (places[place])
            raise_type("%v() got multiple values for argument %r", native_name(V(*f)), args[i]);
        places[place] = args[i + 1];
        if (place >= n)
            n = place + 1;
    }
    for (size_t i = 0; i < f->min; i++)
        if (!places[i])
            raise_count(f, i);
    val result = f->run(n, places);
    mote.roots = hold.up;
    return result;
}

// All positional ones as they are, and the others as a dict behind them.
static val native_with_dict(const struct native *f, size_t n, size_t kw, val *args)
{
    stack_room((n + 1) * WORD);
    val values[n + 1];
    values_copy(values, args, n);
    values[n] = NOTHING;
    struct roots hold = {mote.roots, n + 1, values};
    mote.roots = &hold;
    if (kw)
        values[n] = dict_new(kw);
    for (size_t i = 0; i < kw; i++)
        dict_set(values[n], args[n + 2 * i], args[n + 2 * i + 1]);
    val result = f->run(n, values);
    mote.roots = hold.up;
    return result;
}

val native_call(val native, size_t n, size_t kw, val *args)
{
    const struct native *f = (const struct native *)native;
    if (n > f->max && !(f->flags & NATIVE_VAR))
        raise_count(f, n);
    if (n < f->min && !kw)
        raise_count(f, n);
    if (f->flags & NATIVE_KW)
        return native_with_dict(f, n, kw, args);
    if (kw == 0 && (n == f->max || f->flags & NATIVE_VAR))
        return f->run(n, args);
    if (f->flags & NATIVE_VAR)
        raise_type("%v() takes no keyword arguments", native_name(V(*f)));
    return native_places(f, n, kw, args);
}

void make_arguments(const struct type *type, size_t n, size_t kw, const val *args, const val *names,
                    size_t count, val *places)
{
    if (n > count)
        raise_type("%v() takes at most %z arguments (%z given)", type->name, count, n + kw);
    memset(places, 0, count * WORD);
    values_copy(places, args, n);
    for (const val *pair = args + n; kw; kw--, pair += 2) {
        size_t i = 0;
        while (i < count && names[i] != pair[0])
            i++;
        if (i == count || places[i])
            raise_type("'%v' is an invalid keyword argument for %v()", pair[0], type->name);
        places[i] = pair[1];
    }
}

// ------------------------------------------------------------------------------------------ any callable

// With one more value before the arguments; NOTHING: f is a type, which may put others in their place.
val call_with(val f, val first, size_t n, size_t kw, val *args)
{
    size_t words = n + 2 * kw, more = first != NOTHING;
    stack_room(words * WORD);
    val values[words + 2];
    values[0] = f;
    values[1] = first;
    values_copy(values + 1 + more, args, words);
    struct roots hold = {mote.roots, words + 1 + more, values};
    mote.roots = &hold;
    val result = more ? call(f, n + 1, kw, values + 1) : class_call(f, n, kw, values + 1);
    mote.roots = hold.up;
    return result;
}

val call(val f, size_t n, size_t kw, val *args)
{
    const struct type *type = type_of(f);
    if (type == &type_function)
        return function_run(f, NOTHING, n, kw, args);
    if (type == &type_native)
        return native_call(f, n, kw, args);
    if (type == &type_method)
        return call_with(((struct method *)f)->function, ((struct method *)f)->self, n, kw, args);
    if (type == &type_type)
        return call_with(f, NOTHING, n, kw, args);
    if (type->ops->call)
        return type->ops->call(f, n, kw, args);
    raise_type("%r object is not callable", type->name);
}

val call0(val f)
{
    ROOTS(r, 1);
    r[0] = f;
    return call(f, 0, 0, NULL);
}

val call1(val f, val a)
{
    ROOTS(r, 2);
    r[0] = a;
    r[1] = f;
    return call(f, 1, 0, r);
}

val call2(val f, val a, val b)
{
    ROOTS(r, 3);
    r[0] = a;
    r[1] = b;
    r[2] = f;
    return call(f, 2, 0, r);
}

val method_call(val o, val name, size_t n, val *args)
{
    ROOTS(r, 3);
    r[0] = o;
    r[2] = method_find(o, name, &r[1]);
    if (!r[2])
        raise_no_attribute(o, name);
    return r[1] ? call_with(r[2], r[1], n, 0, args) : call(r[2], n, 0, args);
}

// The list is nobody else's, so names and values of the dict may go behind what is in it.
val call_list(val f, val list, val dict)
{
    struct list *l = (struct list *)list;
    size_t n = l->len, kw = 0, at = 0;
    val *slot;
    while (dict && table_next(table_of(dict), &at, &slot)) {
        if (!is_str(slot[0]))
            raise_type("keywords must be strings");
        list_append(list, intern_val(slot[0]));
        list_append(list, slot[1]);
        kw++;
    }
    return call(f, n, kw, l->items ? l->items->values : NULL);
}
