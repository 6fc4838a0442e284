// SPDX-License-Identifier: MIT
// Module sys. Its dict lies in ROM; argv, path and modules, which live on the heap, are asked for by sys_attr().
#include "modules/stream.h"
#include "types/text.h"

#undef linux // a macro of some compilers

val sys_stdout(void)
{
    val module = mote.modules ? dict_get(mote.modules, S(sys)) : NOTHING;
    val file = module && has_type(module, &type_module)
                   ? dict_get(((const struct module *)module)->dict, S(stdout))
                   : NOTHING;
    return file ? file : V(stdout_stream);
}

val sys_attr(val name)
{
    return name == S(argv)      ? mote.argv
           : name == S(path)    ? mote.path
           : name == S(modules) ? mote.modules
                                : NOTHING;
}

// ------------------------------------------------------------------------------------------ functions

static val sys_exit(size_t n, val *a)
{
    (void)n;
    raise_val(exception_new(&type_SystemExit, a[0] == NONE ? NOTHING : a[0]));
}
NATIVE(sys_exit, exit, 0, 1);

static val sys_intern(size_t n, val *a)
{
    (void)n;
    if (!is_str(a[0]))
        raise_type("intern() argument must be str, not %t", a[0]);
    return intern_val(a[0]);
}
NATIVE(sys_intern, intern, 1, 1);

#if MOTE_RARE
// What the object asks of the heap, with the growing part that is its alone.
static val sys_getsizeof(size_t n, val *a)
{
    (void)n;
    val v = a[0];
    if (is_interned(v)) {
        size_t size = interned_text(v).size;
        return int_new_unsigned(size > 1 ? MOTE_HASH_BYTES + 1 + size : size);
    }
    if (!is_object(v))
        return int_new_unsigned(WORD);
    if (!heap_holds((void *)v))
        return int_new(0);
    size_t size = heap_asked((void *)v);
    const struct shape *shape = &type_of(v)->shape;
    const val *words = (const val *)v;
    for (unsigned i = 1, refs = shape->refs >> 1; refs; i++, refs >>= 1)
        if (refs & 1 && is_object(words[i]) && heap_holds((void *)words[i]) &&
            type_of(words[i])->shape.flags & TYPE_INTERNAL)
            size += heap_asked((void *)words[i]);
    return int_new_unsigned(size);
}
NATIVE(sys_getsizeof, getsizeof, 1, 2);
#endif

static val sys_exc_info(size_t n, val *a)
{
    (void)n, (void)a;
    val e = mote.handled;
    if (!e)
        return tuple_new(3, (val[]){NONE, NONE, NONE});
    return tuple_new(3, (val[]){V(*type_of(e)), e, attr_get(e, S(__traceback__))});
}
NATIVE(sys_exc_info, exc_info, 0, 0);

#if MOTE_RARE
static val sys_getrecursionlimit(size_t n, val *a)
{
    (void)n, (void)a;
    return int_new(1000);
}
NATIVE(sys_getrecursionlimit, getrecursionlimit, 0, 0);
#endif

// print_exception(exception, file): as for one that nobody caught
static val sys_print_exception(size_t n, val *a)
{
    (void)n;
    if (!is_a(a[0], &type_BaseException))
        raise_type("exception expected, not %t", a[0]);
    val file = a[1] && a[1] != NONE ? a[1] : sys_stdout();
    ROOTS(r, 1);
    BUILDER(b);
    exception_print(a[0], &b.sink);
    r[0] = builder_str(&b);
    method_call(file, S(write), 1, r);
    return NONE;
}
NATIVE(sys_print_exception, print_exception, 1, 2);

// ------------------------------------------------------------------------------------------ facts

#if MOTE_BOXED_INT
#define INT(id, n) static const struct big id = {{&type_int}, (n) != 0, {n}}
#define I(id, n)   V(id)
INT(int_0, 0);
INT(int_1, 1);
INT(int_3, 3);
INT(int_11, 11);
#else
#define I(id, n) SMALL(n)
#endif

#if MOTE_64
static const struct big maxsize = {{&type_int}, 2, {0xffffffff, 0x7fffffff}};
#else
static const struct big maxsize = {{&type_int}, 2, {0xffff, 0x7fff}};
#endif

static const struct tuple version_info = {
    {&type_tuple}, 5, {I(int_3, 3), I(int_11, 11), I(int_0, 0), S(final), I(int_0, 0)}};
static const struct tuple own_version = {{&type_tuple}, 3, {I(int_0, 0), I(int_1, 1), I(int_0, 0)}};

NAMES(implementation_names, S(name), S(mote), S(version), V(own_version));
static const struct module implementation = {
    {&type_module}, S(implementation), V(implementation_names)};

static const struct str version = {{&type_str}, 17, {"3.11.0 (mote 0.1)"}};

NAMES(module_sys, S(__name__), S(sys), S(byteorder),
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      S(big),
#else
      S(little),
#endif
      N(exc_info, sys_exc_info), N(exit, sys_exit),
      RARE(N(getrecursionlimit, sys_getrecursionlimit), N(getsizeof, sys_getsizeof))
          S(implementation),
      V(implementation), N(intern, sys_intern), S(maxsize), V(maxsize), S(platform),
#ifdef __linux__
      S(linux),
#else
      S(mote),
#endif
      N(print_exception, sys_print_exception), S(stderr), V(stderr_stream), S(stdin),
      V(stdin_stream), S(stdout), V(stdout_stream), S(version), V(version), S(version_info),
      V(version_info));
