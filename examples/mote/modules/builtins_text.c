// SPDX-License-Identifier: MIT
// Built-in functions about text: print, input, repr, ascii, chr, ord, format.
#include "modules/stream.h"
#include "types/text.h"

// ------------------------------------------------------------------------------------------ print

// Where the output goes: NOTHING for the machine's own standard output.
struct target {
    val file;
    struct sink *sink; // NULL: call file.write
};

static struct target target_of(val file)
{
    if (!file || file == NONE)
        file = sys_stdout();
    if (file == V(stdout_stream))
        return (struct target){file, &sink_stdout};
    if (file == V(stderr_stream))
        return (struct target){file, &sink_stderr};
    return (struct target){file, NULL};
}

// Whether printing it runs nothing of the program and cannot fail.
static bool is_plain(val v)
{
    const struct type *type = type_of(v);
    return type == &type_str || type == &type_int || type == &type_bool || type == &type_none
#if MOTE_FLOAT
           || type == &type_float
#endif
        ;
}

static void put(const struct target *to, val v)
{
    if (to->sink && is_plain(v)) {
        print_val(v, to->sink, PRINT_STR);
        return;
    }
    ROOTS(r, 1);
    r[0] = str_of(v);
    if (to->sink)
        print_val(r[0], to->sink, PRINT_STR);
    else
        method_call(to->file, S(write), 1, r);
}

// A keyword argument of print that is a str or None.
static val separator(val names, val name, val otherwise)
{
    val v = names ? dict_get(names, name) : NOTHING;
    if (!v || v == NONE)
        return otherwise;
    if (!is_a(v, &type_str))
        raise_type("%v must be None or a string, not %t", name, v);
    return v;
}

static void check_names(val names)
{
    val *slot;
    for (size_t at = 0; names && table_next(table_of(names), &at, &slot);)
        if (*slot != S(sep) && *slot != S(end) && *slot != S(file) && *slot != S(flush))
            raise_type("'%v' is an invalid keyword argument for print()", *slot);
}

static val builtin_print(size_t n, val *a)
{
    val names = a[n];
    check_names(names);
    val sep = separator(names, S(sep), character(' ')),
        end = separator(names, S(end), character('\n'));
    val flush = names ? dict_get(names, S(flush)) : NOTHING;
    struct target to = target_of(names ? dict_get(names, S(file)) : NOTHING);
    if (to.file == NONE)
        return NONE;
    for (size_t i = 0; i < n; i++) {
        if (i)
            put(&to, sep);
        put(&to, a[i]);
    }
    put(&to, end);
    if (flush && truth(flush))
        method_call(to.file, S(flush), 0, NULL);
    return NONE;
}
BUILTIN_FULL(print, 0, 15, NATIVE_VAR | NATIVE_KW);

static val builtin_input(size_t n, val *a)
{
    (void)n;
    if (a[0]) {
        struct target to = target_of(NOTHING);
        put(&to, a[0]);
    }
    BUILDER(b);
    int c;
    while ((c = port_read_char()) >= 0 && c != '\n')
        sink_char(&b.sink, (char)c);
    steps_take(0);
    if (c < 0 && b.size == 0)
        raise_val(V(type_EOFError));
    return builder_text(&b);
}
BUILTIN(input, 0, 1);

// ------------------------------------------------------------------------------------------ one value

static val builtin_repr(size_t n, val *a)
{
    (void)n;
    return repr_of(a[0]);
}
BUILTIN(repr, 1, 1);

static val builtin_ascii(size_t n, val *a)
{
    (void)n;
    BUILDER(b);
    print_ascii(a[0], &b.sink);
    return builder_str(&b);
}
BUILTIN(ascii, 1, 1);

static val builtin_format(size_t n, val *a)
{
    (void)n;
    if (FOR_WORDS(a[1] && !is_a(a[1], &type_str)))
        raise_type("format() argument 2 must be str, not %t", a[1]);
    BUILDER(b);
    format_val(a[0], a[1], &b.sink);
    return builder_str(&b);
}
BUILTIN(format, 1, 2);

static val builtin_chr(size_t n, val *a)
{
    (void)n;
    intptr_t c = need_int(a[0]);
    if (c < 0 || c > 0x10ffff)
        raise_value("chr() arg not in range(0x110000)");
    return str_char((uint32_t)c);
}
BUILTIN(chr, 1, 1);

static val builtin_ord(size_t n, val *a)
{
    (void)n;
    if (FOR_WORDS(!is_a(a[0], &type_str) && !as_native(a[0], &type_bytes) &&
                  !as_native(a[0], &type_bytearray)))
        raise_type("ord() expected string of length 1, but %t found", a[0]);
    struct view v = view_of(a[0]);
    size_t length = view_length(&v);
    if (length != 1)
        raise_type("ord() expected a character, but string of length %z found", length);
    return int_new((intptr_t)view_next(&v, &v.data, v.data + v.size));
}
BUILTIN(ord, 1, 1);
