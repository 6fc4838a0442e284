// SPDX-License-Identifier: MIT
// str.format and str.format_map: text with replacement fields.
//
//     { [name or number] (.attribute | [item])* [!conversion] [:spec] }      a spec may have fields itself, once
#include "types/format.h"

struct fields {
    size_t n; // positional arguments
    val *args;
    val names;     // dict of the keyword arguments or any mapping; NOTHING: none
    intptr_t next; // of the automatic numbers; -1: the template numbers them itself
    bool numbered; // automatically
};

static void expand(struct fields *f, struct text template, int depth, struct sink *out);

static val by_number(struct fields *f, intptr_t number, bool automatic)
{
    if (automatic ? f->next < 0 : f->numbered)
        raise_value(automatic ? "cannot switch from manual field specification to automatic field "
                                "numbering"
                              : "cannot switch from automatic field numbering to manual field "
                                "specification");
    if (automatic) {
        f->numbered = true;
        number = f->next++;
    } else {
        f->next = -1;
    }
    if (!f->args)
        raise_value("Format string contains positional fields");
    if ((size_t)number >= f->n)
        raise_error(&type_IndexError, "Replacement index %z out of range for positional args tuple",
                    (size_t)number);
    return f->args[number];
}

static val by_name(struct fields *f, val name)
{
    if (!f->names)
        raise_val(exception_new(&type_KeyError, name));
    return item_get(f->names, name);
}

static const char *span(const char *at, const char *end, const char *stops)
{
    while (at < end && !memchr(stops, *at, strlen(stops)))
        at++;
    return at;
}

// The text as a number if all of it is one, else -1.
static intptr_t number_of(const char *start, const char *end)
{
    const char *at = start;
    intptr_t n = format_digits(&at, end);
    return at == end ? n : -1;
}

// The object that the name of a field stands for; r[0] and r[1] hold what is on the way.
static val field_value(struct fields *f, const char *at, const char *end, val *r)
{
    const char *stop = span(at, end, ".[");
    intptr_t number = number_of(at, stop);
    if (at == stop || number >= 0) {
        r[0] = by_number(f, number, at == stop);
    } else {
        r[1] = str_new(at, (size_t)(stop - at));
        r[0] = by_name(f, r[1]);
    }
    for (at = stop; at < end; at = stop) {
        bool item = *at == '[';
        if (!item && *at != '.')
            raise_value("Only '.' or '[' may follow ']' in format field specifier");
        stop = span(++at, end, item ? "]" : ".[");
        if (item && stop == end)
            raise_value("Missing ']' in format string");
        if (stop == at)
            raise_value("Empty attribute in format string");
        number = item ? number_of(at, stop) : -1;
        r[1] = number >= 0 ? int_new(number) : str_new(at, (size_t)(stop - at));
        r[0] = item ? item_get(r[0], r[1]) : attr_get(r[0], intern_val(r[1]));
        stop += item;
    }
    return r[0];
}

static val converted(val v, char conversion)
{
    switch (conversion) {
    case 's':
        return str_of(v);
    case 'r':
        return repr_of(v);
    case 'a': {
        BUILDER(b);
        print_ascii(v, &b.sink);
        return builder_str(&b);
    }
    default:
        raise_value("Unknown conversion specifier %c", conversion);
    }
}

// The end of the field that starts at `at`: its closing brace. Brackets hide braces in names.
static const char *field_end(const char *at, const char *end)
{
    size_t depth = 1;
    bool bracket = false, in_spec = false;
    const char *start = at;
    for (; at < end; at++) {
        if (!in_spec && *at == '[')
            bracket = true;
        else if (*at == ']')
            bracket = false;
        if (bracket)
            continue;
        if (*at == ':' || *at == '!')
            in_spec = true;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            return at;
    }
    if (start == end)
        raise_value("Single '{' encountered in format string");
    raise_value(in_spec && end[-1] == '!' ? "unmatched '{' in format spec"
                : in_spec && memchr(start, ':', (size_t)(end - start))
                    ? "unmatched '{' in format spec"
                    : "expected '}' before end of string");
}

// A field between its braces.
static void expand_field(struct fields *f, const char *at, const char *end, int depth,
                         struct sink *out)
{
    const char *name_end = at;
    for (bool bracket = false; name_end < end; name_end++) {
        bracket = *name_end == '[' || (bracket && *name_end != ']');
        if (!bracket && (*name_end == '!' || *name_end == ':'))
            break;
        if (!bracket && *name_end == '{')
            raise_value("unexpected '{' in field name");
    }
    ROOTS(r, 3);
    r[0] = field_value(f, at, name_end, r);
    at = name_end;
    if (at < end && *at == '!') {
        if (++at == end)
            raise_value("unmatched '{' in format spec");
        char conversion = *at++;
        if (at < end && *at != ':')
            raise_value("expected ':' after conversion specifier");
        r[0] = converted(r[0], conversion);
    }
    if (at < end) {
        if (depth == 0)
            raise_value("Max string recursion exceeded");
        at++;
        if (memchr(at, '{', (size_t)(end - at))) {
            BUILDER(b);
            expand(f, (struct text){at, (size_t)(end - at)}, depth - 1, &b.sink);
            r[2] = builder_str(&b);
        } else {
            r[2] = str_new(at, (size_t)(end - at));
        }
    }
    format_val(r[0], r[2], out);
}

static void expand(struct fields *f, struct text template, int depth, struct sink *out)
{
    const char *at = template.data, *end = at + template.size;
    if (depth < 0)
        raise_value("Max string recursion exceeded");
    while (at < end) {
        const char *brace = span(at, end, "{}");
        out->write(out, at, (size_t)(brace - at));
        if (brace == end)
            return;
        at = brace + 1;
        if (at < end && *at == *brace) {
            out->write(out, at++, 1);
        } else if (*brace == '}') {
            raise_value("Single '}' encountered in format string");
        } else {
            const char *stop = field_end(at, end);
            expand_field(f, at, stop, depth, out);
            at = stop + 1;
        }
    }
}

static val str_format(size_t n, val *a)
{
    struct fields f = {n - 1, a + 1, a[n], 0, false};
    BUILDER(b);
    expand(&f, text_of(a[0]), 1, &b.sink);
    return builder_str(&b);
}
SHARED_FULL(str_format, format, 1, 15, NATIVE_VAR | NATIVE_KW);

static val str_format_map(size_t n, val *a)
{
    (void)n;
    struct fields f = {0, NULL, a[1], 0, false};
    BUILDER(b);
    expand(&f, text_of(a[0]), 1, &b.sink);
    return builder_str(&b);
}
SHARED(str_format_map, format_map, 2, 2);
