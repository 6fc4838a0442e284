// SPDX-License-Identifier: MIT
// The % operator of str, and with MOTE_RARE of bytes and bytearray.
//
//     % [(key)] [-+ #0]* [width or *] [.precision or .*] [hlL] conversion
#include "types/big.h"
#include "types/format.h"

struct percent {
    const struct view *format;
    val args; // a tuple, or one value
    size_t n, next;
    val *values;  // of the tuple, or &args
    bool mapping; // args may be asked by key, and need not be used up
    val given;    // by key; NOTHING: take the next
};

static bool is_text(const struct view *format)
{
    return !MOTE_RARE || format->type == &type_str;
}

static val next_arg(struct percent *p)
{
    val given = p->given;
    p->given = NOTHING;
    if (given)
        return given;
    if (p->next >= p->n)
        raise_type("not enough arguments for format string");
    return p->values[p->next++];
}

// (key): the value of the key, with parentheses in it counted.
static const char *keyed(struct percent *p, const char *at, const char *end, val *root)
{
    if (!p->mapping)
        raise_type("format requires a mapping");
    const char *start = ++at;
    for (size_t depth = 1; at < end; at++)
        if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            break;
    if (at == end)
        raise_value("incomplete format key");
    *root = view_new(MOTE_RARE && p->format->type == &type_bytearray
                         ? &(struct view){.type = &type_bytes}
                         : p->format,
                     start, (size_t)(at - start));
    *root = p->given = item_get(p->args, *root);
    p->next = p->n; // what has a key takes the rest for used
    return at + 1;
}

static const char *flags(const char *at, const char *end, struct spec *spec)
{
    for (; at < end; at++) {
        switch (*at) {
        case '-':
            spec->align = '<';
            break;
        case '+':
            spec->sign = '+';
            break;
        case ' ':
            spec->sign = spec->sign ? spec->sign : ' ';
            break;
        case '#':
            spec->alternate = true;
            break;
        case '0':
            spec->fill[0] = '0';
            break;
        default:
            return at;
        }
    }
    return at;
}

static intptr_t number_or_star(struct percent *p, const char **at, const char *end)
{
    if (*at == end || **at != '*')
        return format_digits(at, end);
    ++*at;
    val v = next_arg(p);
    if (!is_int(v))
        raise_type("* wants int");
    return need_int(v);
}

static void percent_int(const struct percent *p, val v, struct spec *spec, struct sink *out)
{
    ROOTS(r, 1);
    char type = spec->type == 'i' || spec->type == 'u' ? 'd' : spec->type;
    if (!is_int(v)) {
        val native = is_object(v) ? as_native(v, &type_int) : NOTHING;
#if MOTE_FLOAT
        if (!native && type == 'd' && is_a(v, &type_float))
            native = int_of_float(need_float(v));
#endif
        if (!native)
            native = int_ask(v, S(__index__));
        if (!native && type == 'd')
            native = int_ask(v, S(__int__));
        v = r[0] = native ? native : v;
    }
    if (!is_int(v))
        raise_type(type == 'd' ? "%%%c format: a real number is required, not %t"
                               : "%%%c format: an integer is required, not %t",
                   !is_text(p->format) && spec->type == 'i' ? 'd' : spec->type, v);
    size_t digits = spec->precision > 0 ? (size_t)spec->precision : 0;
    spec->type = type;
    format_int(v, spec, digits, out);
}

static void percent_char(const struct percent *p, val v, const struct spec *spec, struct sink *out)
{
    bool of_str = is_text(p->format);
    char text[4];
    struct text t = {text, 1};
    intptr_t c;
    struct buffer b;
    if (is_int(v)) {
        if (!int_fits(v, &c) || c < 0 || c > (of_str ? 0x10ffff : 255))
            raise_error(&type_OverflowError, "%%c arg not in range(%s)",
                        of_str ? "0x110000" : "256");
        if (of_str)
            t.size = utf8_encode((uint32_t)c, text);
        else
            text[0] = (char)c;
    } else if (of_str) {
        if (!is_a(v, &type_str) || (t = need_str(v), utf8_length(t.data, t.size) != 1))
            raise_type("%%c requires int or char");
    } else {
        if (!buffer_find(v, &b) || b.size != 1)
            raise_type("%%c requires an integer in range(256) or a single byte");
        text[0] = (char)b.data[0];
    }
    format_text(t, spec, out);
}

static void percent_bytes(val v, const struct spec *spec, struct sink *out)
{
    struct buffer b;
    ROOTS(r, 1);
    r[0] = v;
    if (!buffer_find(v, &b)) {
        if (!is_object(v) || !attr_find(v, S(__bytes__)))
            raise_type("%%b requires a bytes-like object, or an object that implements __bytes__, "
                       "not '%t'",
                       v);
        r[0] = method_call(v, S(__bytes__), 0, NULL);
        buffer_need(r[0], &b);
    }
    size_t size =
        spec->precision >= 0 && (size_t)spec->precision < b.size ? (size_t)spec->precision : b.size;
    size_t room = spec->width > size ? spec->width - size : 0;
    for (size_t i = 0; i < room && spec->align != '<'; i++)
        sink_char(out, ' ');
    out->write(out, (const char *)b.data, size);
    for (size_t i = 0; i < room && spec->align == '<'; i++)
        sink_char(out, ' ');
}

static void percent_text(const struct percent *p, val v, const struct spec *spec, struct sink *out)
{
    ROOTS(r, 1);
    bool of_str = is_text(p->format);
    if (spec->type == 's' && of_str) {
        r[0] = str_of(v);
    } else {
        BUILDER(b);
        if (of_str && spec->type == 'r')
            print_val(v, &b.sink, PRINT_REPR);
        else
            print_ascii(v, &b.sink);
        r[0] = builder_str(&b);
    }
    format_text(text_of(r[0]), spec, out);
}

static void convert(struct percent *p, struct spec *spec, size_t index, struct sink *out)
{
    bool zeros = spec->fill[0] == '0';
    bool text = memchr("sbrac", spec->type, 5) != NULL;
    if (text) {
        spec->fill[0] = ' ';
        spec->align = spec->align ? spec->align : '>';
    } else if (zeros) {
        if (spec->align == '<')
            spec->fill[0] = ' ';
        else
            spec->align = '=';
    }
    switch (spec->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        percent_int(p, next_arg(p), spec, out);
        return;
#if MOTE_FLOAT
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
        val v = next_arg(p);
        real f;
        if (!float_fits(v, &f))
            raise_type(is_text(p->format) ? "must be real number, not %t"
                                          : "float argument required, not %t",
                       v);
        ROOTS(r, 1);
        r[0] = float_new(f);
        format_number(r[0], spec, out);
        return;
    }
#endif
    case 'c':
        percent_char(p, next_arg(p), spec, out);
        return;
    case 's':
    case 'b':
        if (!is_text(p->format)) {
            percent_bytes(next_arg(p), spec, out);
            return;
        }
        if (spec->type == 'b')
            break;
        // fall through
    case 'r':
    case 'a':
        percent_text(p, next_arg(p), spec, out);
        return;
    }
    next_arg(p);
    raise_value("unsupported format character '%c' (0x%x) at index %z", spec->type,
                (size_t)(uint8_t)spec->type, index);
}

static void expand(struct percent *p, struct sink *out, val *root)
{
    const char *start = p->format->data, *at = start, *end = at + p->format->size;
    while (at < end) {
        const char *stop = memchr(at, '%', (size_t)(end - at));
        stop = stop ? stop : end;
        out->write(out, at, (size_t)(stop - at));
        if (stop == end)
            return;
        at = stop + 1;
        struct spec spec = {.fill = " ", .fill_size = 1, .precision = -1};
        p->given = NOTHING;
        if (at < end && *at == '(')
            at = keyed(p, at, end, root);
        at = flags(at, end, &spec);
        intptr_t width = number_or_star(p, &at, end);
        if (width < 0 && at > stop + 1 && at[-1] == '*') {
            spec.align = '<';
            width = width > INTPTR_MIN ? -width : 0;
        }
        spec.width = width < 0 ? 0 : (size_t)width;
        if (at < end && *at == '.') {
            at++;
            spec.precision = number_or_star(p, &at, end);
            spec.precision = spec.precision < 0 ? 0 : spec.precision;
        }
        while (at < end && memchr("hlL", *at, 3))
            at++;
        if (at == end)
            raise_value("incomplete format");
        spec.type = *at++;
        if (spec.type == '%' && at == stop + 2)
            sink_char(out, '%');
        else
            convert(p, &spec, (size_t)(at - 1 - start), out);
    }
}

// As CPython decides it: what can be indexed and is no tuple or text.
static bool is_mapping(const struct view *format, val v)
{
    if (!is_object(v) || is_a(v, &type_tuple) || is_a(v, &type_str))
        return false;
    if (!is_text(format) && (is_a(v, &type_bytes) || is_a(v, &type_bytearray)))
        return false;
    const struct type *type = type_of(v);
    return type->shape.flags & TYPE_CLASS ? attr_find(v, S(__getitem__)) != NOTHING
                                          : type->ops->item != NULL;
}

val format_percent(const struct view *format, val args)
{
    ROOTS(r, 3);
    r[1] = args;
    struct view copy = *format;
    if (MOTE_RARE && format->type == &type_bytearray) { // which a conversion may change
        r[2] = bytes_new(format->data, format->size);
        copy.data = (const char *)((struct bytes *)r[2])->data;
        format = &copy;
    }
    struct percent p = {format, args, 1, 0, &r[1], is_mapping(format, args), NOTHING};
    val tuple = as_native(args, &type_tuple);
    if (tuple)
        values_of(tuple, &p.n, &p.values);
    BUILDER(b);
    expand(&p, &b.sink, &r[0]);
    if (p.next < p.n && !p.mapping)
        raise_type("not all arguments converted during %s formatting",
                   is_text(format) ? "string" : "bytes");
    return view_done(format, &b);
}
