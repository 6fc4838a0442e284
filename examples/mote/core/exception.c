// SPDX-License-Identifier: MIT
// Exceptions: their types, how they are raised and caught, and how a traceback is printed.
//
// An error leaves by longjmp to the innermost struct catch. On its way the machine walks the frames between, adds a line of
// traceback for each, and finishes the generators whose frames they are. A frame with handlers has a catch of its own
// (of_frame), whose line is added too before it looks for a handler; for others the line of the frame that called is
// still to come.
//
//     mote.catcher -> catch (of_frame, frame 3) -> catch (native, frame 1) -> ...
//     mote.frame   -> frame 4 -> frame 3 -> frame 2 -> frame 1
//                     line       line, handler?
//
// A traceback is a list: code, line, code, line ... innermost first. What it needs is allocated while the error is under way;
// if that fails the traceback is shorter, no more.
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ catch, throw

void catch_enter(struct catch *c)
{
    c->up = mote.catcher;
    c->frame = mote.frame;
    c->roots = mote.roots;
    c->exception = NOTHING;
    c->handled = mote.handled;
    c->compiling = mote.compiling;
    c->of_frame = false;
    mote.catcher = c;
}

void catch_leave(struct catch *c)
{
    mote.catcher = c->up;
}

struct exception *exception_of(val v)
{
    return (struct exception *)as_native(v, &type_BaseException);
}

static void add_line(val exception, const struct frame *f)
{
    struct exception *e = exception_of(exception);
    if (!heap_holds(e))
        return; // the MemoryError in ROM
    struct catch c;
    if (TRY(c)) {
        ROOTS(r, 1);
        if (!e->traceback)
            e->traceback = list_new(0, HOW_APPEND);
        r[0] = int_new((intptr_t)code_line(f->code, frame_place(f)));
        list_append(e->traceback, V(*f->code));
        list_append(e->traceback, r[0]);
        catch_leave(&c);
    }
}

_Noreturn static void throw(val exception, bool again)
{
    struct catch *c = mote.catcher;
    if (!c) { // not even the start of the machine had enough
        sink_text(&sink_stderr, "mote: no memory to start\n");
        port_exit(1);
    }
    ROOTS(r, 1);
    r[0] = exception;
    for (struct frame *f = mote.frame; f != c->frame || c->of_frame; f = f->up) {
        if (!again)
            add_line(r[0], f);
        again = false;
        if (f == c->frame)
            break;
        if (f->generator)
            r[0] = generator_left(f, r[0]);
    }
    mote.catcher = c->up;
    mote.frame = c->frame;
    mote.roots = c->roots;
    mote.compiling = c->compiling;
    if (!c->of_frame)
        mote.handled = c->handled;
    c->exception = r[0];
    longjmp(c->target, 1);
}

_Noreturn void raise_again(val exception)
{
    throw(exception, true);
}

_Noreturn void raise_on(val exception)
{
    throw(exception, false);
}

// What is being handled becomes the context, and no ring may come of it.
static void set_context(val exception)
{
    struct exception *e = exception_of(exception);
    if (!mote.handled || mote.handled == exception || !heap_holds(e))
        return;
    for (struct exception *h = exception_of(mote.handled); h && h->context;
         h = exception_of(h->context)) {
        if (h->context == exception) {
            h->context = NOTHING;
            break;
        }
    }
    e->context = mote.handled;
}

_Noreturn void raise_val(val exception)
{
    ROOTS(r, 1);
    r[0] = exception;
    bool made = has_type(exception, &type_type) &&
                derives((const struct type *)exception, &type_BaseException);
    if (made)
        r[0] = call0(exception);
    if (made && !exception_of(r[0]))
        raise_type("calling %r should have returned an instance of BaseException, not %t",
                   exception, r[0]);
    if (!exception_of(r[0]))
        raise_type("exceptions must derive from BaseException");
    set_context(r[0]);
    throw(r[0], false);
}

// ------------------------------------------------------------------------------------------ raise

static val exception_make(const struct type *type, size_t n, size_t kw, val *args)
{
    if (kw && !derives(type, &type_ImportError))
        raise_type("%v() takes no keyword arguments", type->name);
    if (MOTE_RARE && type == &type_OSError && n >= 2 && equal(args[0], int_new(2)))
        type = &type_FileNotFoundError;
    ROOTS(r, 1);
    r[0] = n ? tuple_new(n, args) : V(tuple_empty);
    struct exception *e = heap_new(type);
    e->args = r[0];
    return (val)e;
}

val exception_new(const struct type *type, val argument)
{
    ROOTS(r, 1);
    r[0] = argument;
    return exception_make(type, argument != NOTHING, 0, r);
}

_Noreturn static void raise_format(const struct type *type, const char *format, va_list list)
{
    ROOTS(r, 1);
    BUILDER(b);
    sink_vformat(&b.sink, format, list);
    r[0] = builder_str(&b);
    raise_val(exception_new(type, r[0]));
}

_Noreturn void raise_told(const struct type *type, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_format(type, format, list);
}

#if MOTE_MESSAGES

_Noreturn void raise_type(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_format(&type_TypeError, format, list);
}

_Noreturn void raise_value(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_format(&type_ValueError, format, list);
}
#else
_Noreturn void raise_bare_type(const struct type *type)
{
    raise_val(exception_new(type, NOTHING));
}

#define X(name)                                                                                    \
    _Noreturn void raise_bare_##name(void)                                                         \
    {                                                                                              \
        raise_bare_type(&type_##name);                                                             \
    }
RAISED_OFTEN(X)
#undef X
#endif

_Noreturn void raise_stop(val value)
{
    raise_val(exception_new(&type_StopIteration, value == NONE ? NOTHING : value));
}

_Noreturn void raise_os(int number, val file)
{
    ROOTS(r, 3);
    r[0] = int_new(number);
    r[2] = file;
#if MOTE_FILES
    r[1] = str_of_c(strerror(number));
    raise_val(exception_make(&type_OSError, file ? 3 : 2, 0, r));
#else
    raise_val(exception_new(&type_OSError, r[0]));
#endif
}

// One in the heap if there is room for that much: it can have a traceback. Else the one in ROM.
_Noreturn void raise_memory(void)
{
    static const struct exception last = {.head = {&type_MemoryError}, .args = V(tuple_empty)};
    val e = V(last);
    if (!mote.no_memory) {
        mote.no_memory = true;
        struct catch c;
        if (TRY(c)) {
            e = exception_new(&type_MemoryError, NOTHING);
            catch_leave(&c);
        } else {
            e = V(last);
        }
        mote.no_memory = false;
    }
    raise_val(e);
}

void stack_check(void)
{
    size_t depth = (size_t)(mote.stack_start - (char *)__builtin_frame_address(0));
    if (depth > mote.stack_deepest)
        mote.stack_deepest = depth;
    if (depth > MOTE_C_STACK)
        raise_error(&type_RecursionError, "maximum recursion depth exceeded");
}

#if MOTE_STEPS
void steps_take(size_t n)
{
    if (mote.steps == 0)
        return;
    if (mote.steps > n) {
        mote.steps -= n;
        return;
    }
    mote.steps = 1;
    raise_told(&type_KeyboardInterrupt, "no steps left");
}
#endif

#if MOTE_SIGNALS
_Noreturn void interrupt(void)
{
    mote.interrupted = false;
    raise_val(exception_new(&type_KeyboardInterrupt, NOTHING));
}
#endif

val call_until_stop(val f, size_t n, val *args)
{
    struct catch c;
    if (TRY(c)) {
        val v = call(f, n, 0, args);
        catch_leave(&c);
        return v;
    }
    if (!is_a(c.exception, &type_StopIteration))
        raise_on(c.exception);
    struct tuple *values = (struct tuple *)exception_of(c.exception)->args;
    mote.stop = values->len ? values->values[0] : NOTHING;
    return NOTHING;
}

// ------------------------------------------------------------------------------------------ objects

void exception_write(val v, struct sink *out, enum print_how how)
{
    const struct exception *e = exception_of(v);
    const struct tuple *args = (const struct tuple *)e->args;
    size_t n = args->len;
    if (how == PRINT_REPR) {
        sink_format(out,
                    n == 1 ? "%t(%r)"
                    : n    ? "%t%r"
                           : "%t()",
                    v, n == 1 ? args->values[0] : e->args);
    } else if (n == 1) {
        print_val(args->values[0], out, is_a(v, &type_KeyError) ? PRINT_REPR : PRINT_STR);
    } else if (n == 2 && is_a(v, &type_OSError)) {
        sink_format(out, "[Errno %v] %v", args->values[0], args->values[1]);
#if MOTE_RARE
    } else if (n == 3 && is_a(v, &type_OSError)) {
        sink_format(out, "[Errno %v] %v: %r", args->values[0], args->values[1], args->values[2]);
#endif
    } else if (n == 2 && is_a(v, &type_SyntaxError)) {
        size_t m;
        val *where;
        print_val(args->values[0], out, PRINT_STR);
        if (values_of(args->values[1], &m, &where) && m >= 2)
            sink_format(out, " (%v, line %v)", where[0], where[1]);
    } else if (n) {
        print_val(e->args, out, PRINT_REPR);
    }
}

static val argument(const struct exception *e, size_t i)
{
    const struct tuple *args = (const struct tuple *)e->args;
    return i < args->len ? args->values[i] : NONE;
}

// The field behind a name that the program may set.
static val *exception_field(struct exception *e, val name)
{
    return name == S(__cause__)       ? &e->cause
           : name == S(__context__)   ? &e->context
           : name == S(__traceback__) ? &e->traceback
                                      : NULL;
}

val exception_attr(val self, val name, val value)
{
    struct exception *e = exception_of(self);
    val *field = exception_field(e, name);
    if (value != LOAD) {
        if (name == S(args) && value != DELETE)
            e->args = tuple_from(value);
        else if (field && heap_holds(e))
            *field = value == DELETE || (value == NONE && field != &e->cause) ? NOTHING : value;
        else
            return NOTHING;
        return NONE;
    }
    if (field)
        return *field ? *field : NONE;
    if (name == S(args)) {
        const struct tuple *t = (const struct tuple *)e->args;
        bool file = MOTE_RARE && t->len == 3 && is_a(self, &type_OSError); // is no argument
        return file ? tuple_new(2, t->values) : e->args;
    }
    if (name == S(__suppress_context__))
        return bool_new(e->cause != NOTHING);
    if (name == S(value) && is_a(self, &type_StopIteration))
        return argument(e, 0);
    if (name == S(code) && is_a(self, &type_SystemExit))
        return argument(e, 0);
#if MOTE_RARE
    if (is_a(self, &type_SyntaxError)) {
        static const val names[] = {S(filename), S(lineno), S(offset)};
        size_t n = 0;
        val *where = NULL;
        values_of(argument(e, 1), &n, &where);
        for (size_t i = 0; i < COUNT_OF(names); i++)
            if (name == names[i])
                return i < n ? where[i] : NONE;
        if (name == S(msg))
            return argument(e, 0);
    }
#endif
    if (is_a(self, &type_OSError)) {
        if (MOTE_RARE && name == S(filename))
            return argument(e, 2);
        if (name == S(errno))
            return argument(e, 0);
        if (name == S(strerror))
            return argument(e, 1);
    }
    return NOTHING;
}

#if MOTE_RARE
// Those that the program sets, too. An instance of a class of its own keeps them itself.
static val exception_attr_any(val self, val name, val value)
{
    struct exception *e = exception_of(self);
    val v = exception_attr(self, name, value);
    if (v || !heap_holds(e))
        return v;
    if (!e->attrs && (name == S(__dict__) || (value != LOAD && value != DELETE)))
        e->attrs = dict_new(0);
    if (name == S(__dict__))
        return value == LOAD ? e->attrs : NOTHING;
    if (value == LOAD)
        return e->attrs ? dict_get(e->attrs, name) : NOTHING;
    if (value == DELETE)
        return e->attrs && dict_delete(e->attrs, name) ? NONE : NOTHING;
    dict_set(e->attrs, name, value);
    return NONE;
}
#else
#define exception_attr_any exception_attr
#endif

const struct ops exception_ops = {
    .print = exception_write, .attr = exception_attr_any, .make = exception_make};

// BaseException.__init__(self, *args)
static val exception_init(size_t n, val *a)
{
    struct exception *e = exception_of(a[0]);
    if (heap_holds(e))
        e->args = n > 1 ? tuple_new(n - 1, a + 1) : V(tuple_empty);
    return NONE;
}
NATIVE_FULL(exception_init, __init__, 1, 1, NATIVE_VAR);

static val exception_with_traceback(size_t n, val *a)
{
    (void)n;
    exception_attr(a[0], S(__traceback__), a[1]);
    return a[0];
}
NATIVE(exception_with_traceback, with_traceback, 2, 2);

METHODS(exception_names, ROW(__init__, exception_init),
        ROW(with_traceback, exception_with_traceback));

#define EXCEPTION_SHAPE                                                                            \
    {                                                                                              \
        .size = sizeof(struct exception), .refs = MOTE_RARE ? 0x3e : 0x1e,                         \
        .flags = TYPE_BASE | TYPE_EXCEPTION                                                        \
    }
const struct type type_BaseException = {.head = {&type_type},
                                        .name = S(BaseException),
                                        .ops = &exception_ops,
                                        .dict = V(exception_names),
                                        .shape = EXCEPTION_SHAPE};
#define X(name_, base)                                                                             \
    const struct type type_##name_ = {.head = {&type_type},                                        \
                                      .name = S(name_),                                            \
                                      .ops = &exception_ops,                                       \
                                      .bases = V(type_##base),                                     \
                                      .shape = EXCEPTION_SHAPE};
MOTE_EXCEPTIONS(X)
#undef X

// ------------------------------------------------------------------------------------------ print

static void print_lines(const struct exception *e, struct sink *out)
{
    const struct list *list = (const struct list *)e->traceback;
    if (!list || !has_type(e->traceback, &type_list))
        return;
    sink_text(out, "Traceback (most recent call last):\n");
    for (size_t i = list->len & ~(size_t)1; i; i -= 2) {
        const struct code *code = (const struct code *)list->items->values[i - 2];
        if (!has_type(V(*code), &type_code))
            return;
        sink_format(out, "  File \"%v\", line %v, in %v\n", code->file, list->items->values[i - 1],
                    code->name);
    }
}

// SyntaxError(message, (file, line, column, text)): where it is.
static void print_place(val exception, struct sink *out)
{
    val where = argument(exception_of(exception), 1);
    size_t n;
    val *values;
    if (is_a(exception, &type_SyntaxError) && values_of(where, &n, &values) && n >= 2)
        sink_format(out, n > 2 ? "  File \"%v\", line %v, column %v\n" : "  File \"%v\", line %v\n",
                    values[0], values[1], n > 2 ? values[2] : NONE);
}

static void print_chain(val exception, struct sink *out, int most)
{
    const struct exception *e = exception_of(exception);
    if (!e || most == 0)
        return;
    if (!MOTE_MESSAGES) {
        // what led to it is not told
    } else if (e->cause && e->cause != NONE) {
        print_chain(e->cause, out, most - 1);
        sink_text(out,
                  "\nThe above exception was the direct cause of the following exception:\n\n");
    } else if (!e->cause && e->context) {
        print_chain(e->context, out, most - 1);
        sink_text(out, "\nDuring handling of the above exception, another exception occurred:\n\n");
    }
    print_lines(e, out);
    print_place(exception, out);
    sink_format(out, "%t", exception);
    BUILDER(b);
    print_val(is_a(exception, &type_SyntaxError) ? argument(e, 0) : exception, &b.sink, PRINT_STR);
    if (b.size) {
        sink_text(out, ": ");
        out->write(out, (const char *)((struct bytes *)b.store)->data, b.size);
    }
    sink_char(out, '\n');
}

void exception_print(val exception, struct sink *out)
{
    print_chain(exception, out, 16);
}
