// SPDX-License-Identifier: MIT
// Generators: a function that stopped on its way. Its values lie in the heap while it waits and on the C stack while it
// runs: the frame is that of an ordinary call, filled from the object and put back into it at the next yield.
//
//     +------+----------+---------+----+-------+--------+-----+-------------+
//     | type | function | handled | ip | depth | locals | ... | value stack |
//     +------+----------+---------+----+-------+--------+-----+-------------+
//                                                 depth values, 0 behind
//
// The words behind are always 0, so that the collector may look at all of them.
#include "core/vm.h"

val generator_new(val function, const struct frame *f, size_t words)
{
    size_t depth = (size_t)(f->sp - f->base);
    ROOTS(r, 1);
    r[0] = function;
    struct roots hold = {mote.roots, depth, f->base};
    mote.roots = &hold;
    struct generator *g = heap_new_bytes(&type_generator, sizeof(struct generator) + words * WORD);
    mote.roots = hold.up;
    g->function = function;
    g->ip = f->ip;
    g->depth = depth;
    memcpy(g->values, f->base, depth * WORD);
    return (val)g;
}

static size_t room_of(const struct generator *g)
{
    const struct code *code = ((const struct function *)g->function)->code;
    return (size_t)code->nlocals + code->nstack;
}

static void finish(struct generator *g)
{
    if (g->depth != GENERATOR_RUNS)
        memset(g->values, 0, g->depth * WORD);
    g->ip = NULL;
    g->depth = 0;
    g->handled = NOTHING;
}

val generator_left(struct frame *f, val exception)
{
    struct generator *g = (struct generator *)f->generator;
    mote.handled = g->handled;
    finish(g);
    if (!is_a(exception, &type_StopIteration))
        return exception;
    ROOTS(r, 2);
    r[0] = exception;
    r[1] = MOTE_MESSAGES ? str_of_c("generator raised StopIteration") : NOTHING;
    r[1] = exception_new(&type_RuntimeError, r[1]);
    struct exception *e = exception_of(r[1]);
    e->cause = e->context = exception;
    e->traceback = exception_of(exception)->traceback;
    return r[1];
}

static bool started(const struct generator *g)
{
    return g->ip != ((const struct function *)g->function)->code->bytes->data;
}

// Puts the values back after a yield, or ends it; answers what generator_resume does.
static val paused(struct generator *g, const struct frame *f, val result)
{
    val inside = mote.handled;
    mote.handled = g->handled;
    if (!f->ip) {
        finish(g);
        mote.stop = result == NONE ? NOTHING : result;
        return NOTHING;
    }
    g->handled = inside == mote.handled ? NOTHING : inside;
    g->ip = f->ip;
    g->depth = (size_t)(f->sp - f->base);
    memcpy(g->values, f->base, g->depth * WORD);
    return result;
}

val generator_resume(val generator, val sent, val thrown)
{
    struct generator *g = (struct generator *)generator;
    if (g->depth == GENERATOR_RUNS)
        raise_value("generator already executing");
    if (!g->ip) {
        if (thrown)
            raise_thrown(thrown);
        mote.stop = NOTHING;
        return NOTHING;
    }
    if (sent && sent != NONE && !started(g))
        raise_type("can't send non-None value to a just-started generator");
    stack_check();
    size_t room = room_of(g);
    const struct function *fn = (const struct function *)g->function;
    val values[room + 1];
    memcpy(values, g->values, g->depth * WORD);
    memset(g->values, 0, g->depth * WORD);
    struct frame f = {.up = mote.frame,
                      .code = fn->code,
                      .function = g->function,
                      .globals = globals_of(fn),
                      .names = NOTHING,
                      .generator = generator,
                      .ip = g->ip,
                      .base = values,
                      .sp = values + g->depth};
    if (started(g) && !thrown)
        *f.sp++ = sent ? sent : NONE;
    g->depth = GENERATOR_RUNS;
    val inside = g->handled;
    g->handled = mote.handled;
    if (inside)
        mote.handled = inside;
    mote.frame = &f;
    val result = frame_run(&f, thrown);
    mote.frame = f.up;
    return paused(g, &f, result);
}

// ------------------------------------------------------------------------------------------ any iterator

val iterator_send(val iterator, val sent)
{
    if (has_type(iterator, &type_generator))
        return generator_resume(iterator, sent, NOTHING);
    if (!sent || sent == NONE)
        return iter_next(iterator);
    ROOTS(r, 2);
    r[0] = sent;
    r[1] = attr_get(iterator, S(send));
    return call_until_stop(r[1], 1, r);
}

static void close_any(val iterator);

static bool throwable(val v, const struct type *type)
{
    return is_a(v, type) || (has_type(v, &type_type) && derives((const struct type *)v, type));
}

_Noreturn void raise_thrown(val thrown)
{
    if (!throwable(thrown, &type_BaseException))
        raise_type("exceptions must be classes or instances deriving from BaseException, not %t",
                   thrown);
    raise_val(thrown);
}

val iterator_throw(val iterator, val exception)
{
    if (throwable(exception, &type_GeneratorExit)) {
        close_any(iterator);
        raise_val(exception);
    }
    if (has_type(iterator, &type_generator))
        return generator_resume(iterator, NOTHING, exception);
    ROOTS(r, 2);
    r[0] = exception;
    r[1] = attr_find(iterator, S(throw));
    if (!r[1])
        raise_thrown(exception);
    return call_until_stop(r[1], 1, r);
}

// ------------------------------------------------------------------------------------------ methods

static val step_or_stop(val generator, val sent, val thrown)
{
    val v = generator_resume(generator, sent, thrown);
    if (!v)
        raise_stop(mote.stop);
    return v;
}

static val generator_send(size_t n, val *a)
{
    (void)n;
    return step_or_stop((val)native_self(a[0], &type_generator), a[1], NOTHING);
}
NATIVE(generator_send, send, 2, 2);

// throw(type), throw(instance), throw(type, value or instance or None, traceback)
static val generator_throw(size_t n, val *a)
{
    (void)n;
    val g = (val)native_self(a[0], &type_generator);
    ROOTS(r, 1);
    r[0] = a[1];
    if (a[2] && a[2] != NONE)
        r[0] = exception_of(a[2]) ? a[2] : call1(a[1], a[2]);
    struct generator *generator = (struct generator *)g;
    if (generator->depth != GENERATOR_RUNS && generator->ip && !started(generator))
        finish(generator);
    return step_or_stop(g, NOTHING, r[0]);
}
NATIVE(generator_throw, throw, 2, 4);

static void close_generator(val generator)
{
    struct generator *g = (struct generator *)generator;
    if (g->depth != GENERATOR_RUNS && (!g->ip || !started(g))) {
        finish(g);
        return;
    }
    struct catch c;
    if (TRY(c)) {
        ROOTS(r, 1);
        r[0] = exception_new(&type_GeneratorExit, NOTHING);
        if (generator_resume(generator, NOTHING, r[0]))
            raise_error(&type_RuntimeError, "generator ignored GeneratorExit");
        catch_leave(&c);
        return;
    }
    if (!is_a(c.exception, &type_GeneratorExit))
        raise_on(c.exception);
}

static void close_any(val iterator)
{
    if (has_type(iterator, &type_generator)) {
        close_generator(iterator);
        return;
    }
    ROOTS(r, 1);
    r[0] = attr_find(iterator, S(close));
    if (r[0])
        call0(r[0]);
}

static val generator_close(size_t n, val *a)
{
    (void)n;
    close_generator((val)native_self(a[0], &type_generator));
    return NONE;
}
NATIVE(generator_close, close, 1, 1);

static val generator_next(val self)
{
    return generator_resume(self, NOTHING, NOTHING);
}

static val generator_attr(val self, val name, val value)
{
    struct generator *g = (struct generator *)self;
    if (value == LOAD && (name == S(__name__) || name == S(__qualname__)))
        return ((struct function *)g->function)->code->name;
#if MOTE_RARE
    if (value == LOAD && name == S(gi_running))
        return bool_new(g->depth == GENERATOR_RUNS);
#endif
    return NOTHING;
}

static void generator_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct generator *g = (const struct generator *)self;
    sink_format(out, "<generator object %v at 0x%x>",
                ((const struct function *)g->function)->code->name, (size_t)self);
}

METHODS(generator_names, ROW(close, generator_close), ROW(send, generator_send),
        ROW(throw, generator_throw));
static const struct ops generator_ops = {.print = TOLD_PRINT(generator_print),
                                         .attr = generator_attr,
                                         .iter = iter_self,
                                         .next = generator_next};
const struct type type_generator = {.head = {&type_type},
                                    .name = S(generator),
                                    .ops = &generator_ops,
                                    .dict = V(generator_names),
                                    .shape = {.size = sizeof(struct generator),
                                              .refs = 1 << 1 | 1 << 2,
                                              .rest = sizeof(struct generator) / WORD}};
