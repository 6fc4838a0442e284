// SPDX-License-Identifier: MIT
// The few functions that every file calls all the time. mote.h declares them; a build for speed has them in place
// everywhere, a build for size (-Os) once, in core/machine.c.
#ifndef HELPERS_H
#define HELPERS_H

HELPER const struct type *type_of(val v)
{
    if (is_object(v))
        return ((const struct obj *)v)->type;
#if MOTE_SINGLE_WORDS
    static const struct type *const singles[] = {&type_none, &type_ellipsis, &type_not_implemented,
                                                 &type_bool, &type_bool};
    if ((v & 3) == 0 && v >= NONE)
        return singles[(v - NONE) / 4];
#endif
    return is_interned(v) ? &type_str : &type_int;
}

#ifdef HELPERS_CALLED
bool has_type_given(val v, const struct type *type)
{
    return type_of(v) == type;
}
#define X(name)                                                                                    \
    bool has_type_##name(val v)                                                                    \
    {                                                                                              \
        return has_type_given(v, &type_##name);                                                    \
    }
ASKED_OFTEN(X)
#undef X
#else
static inline bool has_type(val v, const struct type *type)
{
    return type_of(v) == type;
}
#endif

HELPER val bool_new(bool b)
{
    return b ? TRUE : FALSE;
}

HELPER bool is_str(val v)
{
    return is_interned(v) || (is_object(v) && has_type(v, &type_str));
}

HELPER struct text text_of(val str)
{
    if (is_interned(str))
        return interned_text(str);
    const struct str *s = (const struct str *)str;
    return (struct text){s->text, count_of(s)};
}

HELPER val globals_of(const struct function *f)
{
    return is_small(f->globals) ? frozen_globals[small_of(f->globals)] : f->globals;
}

#ifdef HELPERS_CALLED
static
#else
HELPER
#endif
    void
    roots_enter(struct roots *r, size_t count)
{
    *r = (struct roots){mote.roots, count, (val *)(r + 1)};
    mote.roots = r;
    memset(r->values, 0, count * WORD);
}
#define ENTER(n)                                                                                   \
    HELPER void roots_enter_##n(struct roots *r)                                                   \
    {                                                                                              \
        roots_enter(r, n);                                                                         \
    }
ENTER(1)
ENTER(2)
ENTER(3)
ENTER(4)
ENTER(5)
ENTER(6)
ENTER(8)
#undef ENTER

#ifdef ROOTS_POP_KEEPS_RESULT
_Static_assert(offsetof(struct mote, roots) == 0 && offsetof(struct roots, up) == 0, "first");
__attribute__((naked, used)) void roots_pop(void)
{
    __asm__("ldr r3, =mote\n"
            "ldr r2, [r3]\n"
            "ldr r2, [r2]\n"
            "str r2, [r3]\n"
            "bx lr\n"
            ".ltorg");
}
#else
HELPER void roots_pop(void)
{
    mote.roots = mote.roots->up;
}
#endif

#endif
