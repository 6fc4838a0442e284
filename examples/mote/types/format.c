// SPDX-License-Identifier: MIT
// Formatting one value: the little language of format specs.
//
//     [[fill]align][sign][z][#][0][width][group][.precision][type]
//
// A number is made in three parts, so that signs, zeros and separators find their places:
//
//     head  -0x     body  1234567     rest  .50e+10%
//
// Padding goes before the head, behind the rest, or between head and body, where zeros are grouped with the digits.
#include "types/format.h"
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ padding

static void pad(struct sink *out, const struct spec *spec, size_t n)
{
    while (n--)
        out->write(out, spec->fill, spec->fill_size);
}

static size_t pad_left(char align, size_t room)
{
    return align == '>' ? room : align == '^' ? room / 2 : 0;
}

void format_text(struct text text, const struct spec *spec, struct sink *out)
{
    size_t length = utf8_length(text.data, text.size);
    if (spec->precision >= 0 && (size_t)spec->precision < length) {
        length = (size_t)spec->precision;
        text.size = utf8_offset(text.data, text.size, length);
    }
    size_t room = spec->width > length ? spec->width - length : 0;
    size_t left = pad_left(spec->align, room);
    pad(out, spec, left);
    out->write(out, text.data, text.size);
    pad(out, spec, room - left);
}

struct number {
    struct text head, body, rest;
    size_t group; // digits between separators; 0: none
};

static size_t grouped(size_t digits, size_t group)
{
    return group && digits ? digits + (digits - 1) / group : digits;
}

// The body with its separators, and zeros before it to make up `digits`.
static void write_body(const struct number *n, size_t digits, char separator, struct sink *out)
{
    size_t zeros = digits - n->body.size;
    for (size_t i = 0; i < digits; i++) {
        if (n->group && i && (digits - i) % n->group == 0)
            sink_char(out, separator);
        sink_char(out, i < zeros ? '0' : n->body.data[i - zeros]);
    }
}

static void write_number(const struct number *n, const struct spec *spec, struct sink *out)
{
    size_t digits = n->body.size, others = n->head.size + n->rest.size;
    char align = spec->align ? spec->align : '>';
    if (align == '=' && spec->fill[0] == '0' && spec->fill_size == 1) {
        size_t wanted = spec->width > others ? spec->width - others : 0;
        size_t least = !QUICK ? 0 : n->group ? wanted / (n->group + 1) * n->group : wanted;
        digits = digits > least ? digits : least;
        while (grouped(digits, n->group) < wanted)
            digits++;
    }
    size_t length = grouped(digits, n->group) + others;
    size_t room = spec->width > length ? spec->width - length : 0;
    size_t left = pad_left(align, room);
    pad(out, spec, left);
    out->write(out, n->head.data, n->head.size);
    if (align == '=')
        pad(out, spec, room);
    if (n->group || digits != n->body.size)
        write_body(n, digits, spec->group, out);
    else
        out->write(out, n->body.data, n->body.size);
    out->write(out, n->rest.data, n->rest.size);
    if (align != '=')
        pad(out, spec, room - left);
}

// Takes a minus off the text, and writes the head: sign and prefix.
static void head_of(struct text *text, const struct spec *spec, const char *prefix, char head[4],
                    struct text *out)
{
    char sign = spec->sign == '-' ? 0 : spec->sign;
    size_t size = 0;
    if (text->size && *text->data == '-') {
        sign = '-';
        text->data++;
        text->size--;
    }
    if (sign)
        head[size++] = sign;
    while (*prefix)
        head[size++] = *prefix++;
    *out = (struct text){head, size};
}

static struct text built(const struct builder *b)
{
    return (struct text){b->store ? (const char *)((struct bytes *)b->store)->data : "", b->size};
}

// ------------------------------------------------------------------------------------------ numbers

_Noreturn static void unknown_code(const struct spec *spec, val v)
{
    raise_value("Unknown format code '%c' for object of type '%t'", spec->type, v);
}

static void format_char(val v, const struct spec *spec, struct sink *out)
{
    if (spec->sign)
        raise_value("Sign not allowed with integer format specifier 'c'");
    if (spec->alternate)
        raise_value("Alternate form (#) not allowed with integer format specifier 'c'");
    intptr_t c;
    if (!int_fits(v, &c) || c < 0 || c > 0x10ffff)
        raise_error(&type_OverflowError, "%%c arg not in range(0x110000)");
    char text[4];
    struct spec right = *spec;
    if (!right.align || right.align == '=')
        right.align = '>';
    format_text((struct text){text, utf8_encode((uint32_t)c, text)}, &right, out);
}

void format_int(val v, const struct spec *spec, size_t digits, struct sink *out)
{
    char type = spec->type, head[4];
    int base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
    char prefix[3] = {'0', type, 0};
    struct number n = {{"", 0}, {"", 0}, {"", 0}, 0};
    BUILDER(b);
    int_print(v, &b.sink, base, type == 'X');
    n.body = built(&b);
    head_of(&n.body, spec, spec->alternate && base != 10 ? prefix : "", head, &n.head);
    if (spec->group)
        n.group = base == 10 ? 3 : 4;
    if (digits <= n.body.size) {
        write_number(&n, spec, out);
        return;
    }
    BUILDER(longer);
    write_body(&n, digits, 0, &longer.sink);
    n.body = built(&longer);
    write_number(&n, spec, out);
}

#if MOTE_FLOAT
// Precision without a type: as g, but no integer without point or exponent.
static void general(real value, intptr_t precision, bool alternate, struct builder *b)
{
    float_format(value, &b->sink, 'g', (int)precision, alternate);
    struct text t = built(b);
    size_t digits = 0;
    for (size_t i = 0; i < t.size; i++) {
        digits += t.data[i] >= '0' && t.data[i] <= '9';
        if (memchr(".ein", t.data[i], 4))
            return;
    }
    if (digits < (size_t)precision) {
        sink_text(&b->sink, ".0");
        return;
    }
    b->size = 0;
    float_format(value, &b->sink, 'e', (int)(precision ? precision - 1 : 0), false);
    t = built(b);
    size_t e = (size_t)((const char *)memchr(t.data, 'e', t.size) - t.data), keep = e;
    if (memchr(t.data, '.', e)) {
        while (t.data[keep - 1] == '0')
            keep--;
        keep -= t.data[keep - 1] == '.';
    }
    memmove((char *)t.data + keep, t.data + e, t.size - e);
    b->size -= e - keep;
}

static bool is_zero(struct text t)
{
    for (size_t i = 0; i < t.size && t.data[i] != 'e' && t.data[i] != 'E'; i++)
        if ((t.data[i] >= '1' && t.data[i] <= '9') || t.data[i] == 'n')
            return false;
    return true;
}

static void format_float(val v, const struct spec *spec, struct sink *out)
{
    char kind = spec->type == 'n' ? 'g' : spec->type, head[4];
    real value = need_float(v);
    struct number n = {{"", 0}, {"", 0}, {"", 0}, 0};
    if (spec->precision > 10000)
        raise_value("precision too big");
    BUILDER(b);
    if (kind == 0 && spec->precision < 0)
        float_print(value, &b.sink);
    else if (kind == 0)
        general(value, spec->precision, spec->alternate, &b);
    else
        float_format(value, &b.sink, kind, spec->precision < 0 ? 6 : (int)spec->precision,
                     spec->alternate);
    n.body = built(&b);
    if (spec->no_negative_zero && n.body.data[0] == '-' && is_zero(n.body))
        n.body = (struct text){n.body.data + 1, n.body.size - 1};
    head_of(&n.body, spec, "", head, &n.head);
    n.rest = n.body;
    while (n.rest.size && *n.rest.data >= '0' && *n.rest.data <= '9') {
        n.rest.data++;
        n.rest.size--;
    }
    n.body.size -= n.rest.size;
    if (spec->group && n.body.size)
        n.group = 3;
    write_number(&n, spec, out);
}
#endif

void format_number(val v, const struct spec *spec, struct sink *out)
{
    char type = spec->type;
#if MOTE_FLOAT
    if (has_type(v, &type_float) || (type && memchr("eEfFgG%", type, 7))) {
        if (type && !memchr("eEfFgGn%", type, 8))
            unknown_code(spec, v);
        format_float(v, spec, out);
        return;
    }
#endif
    if (type && !memchr("bdoxXnc", type, 7))
        unknown_code(spec, v);
    if (spec->precision >= 0)
        raise_value("Precision not allowed in integer format specifier");
    if (spec->no_negative_zero)
        raise_value("Negative zero coercion (z) not allowed in integer format specifier");
    if (type == 'c')
        format_char(v, spec, out);
    else
        format_int(v, spec, 0, out);
}

// ------------------------------------------------------------------------------------------ specs

intptr_t format_digits(const char **at, const char *end)
{
    if (*at == end || **at < '0' || **at > '9')
        return -1;
    intptr_t n = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        if (n > (INTPTR_MAX - 9) / 10)
            raise_value("Too many decimal digits in format string");
        n = n * 10 + (**at - '0');
    }
    return n;
}

static bool is_align(const char *at, const char *end)
{
    return at < end && memchr("<>^=", *at, 4);
}

static bool take(const char **at, const char *end, char c)
{
    return *at < end && **at == c && ++*at;
}

static void parse_fill(struct spec *spec, const char **at, const char *end)
{
    const char *next = *at;
    if (next < end)
        utf8_decode(&next, end);
    if (is_align(next, end)) {
        spec->fill_size = (uint8_t)(next - *at);
        memcpy(spec->fill, *at, spec->fill_size);
        spec->align = *next;
        *at = next + 1;
    } else if (is_align(*at, end)) {
        spec->align = *(*at)++;
    }
}

static void parse_group(struct spec *spec, const char **at, const char *end)
{
    if (*at == end || (**at != ',' && **at != '_'))
        return;
    spec->group = *(*at)++;
    if (*at < end && (**at == ',' || **at == '_') && **at != spec->group)
        raise_value("Cannot specify both ',' and '_'.");
    if (*at < end && **at == spec->group)
        raise_value("Cannot specify '%c' with '%c'.", spec->group, spec->group);
}

static struct spec parse(val spec_val, val v)
{
    struct text text = need_str(spec_val);
    struct spec spec = {.fill = " ", .fill_size = 1, .precision = -1};
    const char *at = text.data, *end = at + text.size;
    parse_fill(&spec, &at, end);
    if (at < end && memchr("+- ", *at, 3))
        spec.sign = *at++;
    spec.no_negative_zero = take(&at, end, 'z');
    spec.alternate = take(&at, end, '#');
    if (at < end && *at == '0') {
        if (!spec.align) {
            spec.align = is_a(v, &type_str) ? '<' : '=';
            spec.fill[0] = '0';
        } else if (spec.fill[0] == ' ' && spec.fill_size == 1 && text.data[1] != spec.align) {
            spec.fill[0] = '0';
        }
        at++;
    }
    intptr_t width = format_digits(&at, end);
    spec.width = width < 0 ? 0 : (size_t)width;
    parse_group(&spec, &at, end);
    if (take(&at, end, '.') && (spec.precision = format_digits(&at, end)) < 0)
        raise_value("Format specifier missing precision");
    if (at < end)
        spec.type = *at++;
    if (at < end)
        raise_value("Invalid format specifier '%v' for object of type '%t'", spec_val, v);
    char type = spec.type ? spec.type : is_a(v, &type_str) ? 's' : 'd';
    if (spec.group && !memchr("defgEG%F", type, 8) &&
        !(spec.group == '_' && memchr("boxX", type, 4)))
        raise_value("Cannot specify '%c' with '%c'.", spec.group, type);
    return spec;
}

static void format_str(val v, const struct spec *spec, struct sink *out)
{
    if (spec->type && spec->type != 's')
        unknown_code(spec, v);
    if (spec->sign)
        raise_value("%s not allowed in string format specifier",
                    spec->sign == ' ' ? "Space" : "Sign");
    if (spec->alternate)
        raise_value("Alternate form (#) not allowed in string format specifier");
    if (spec->align == '=')
        raise_value("'=' alignment not allowed in string format specifier");
    format_text(need_str(v), spec, out);
}

// A class of the program may have its own __format__.
static bool format_own(val v, val spec, struct sink *out)
{
    ROOTS(r, 2);
    r[1] = spec ? spec : S(empty);
    r[0] = special_call(v, S(__format__), 1, &r[1]);
    if (!r[0])
        return false;
    if (!is_a(r[0], &type_str))
        raise_type("__format__ must return a str, not %t", r[0]);
    struct text t = need_str(r[0]);
    out->write(out, t.data, t.size);
    return true;
}

void format_val(val v, val spec, struct sink *out)
{
    if (is_instance(v) && format_own(v, spec, out))
        return;
    struct text text = spec ? need_str(spec) : (struct text){"", 0};
    if (text.size == 0) {
        print_val(v, out, PRINT_STR);
        return;
    }
    static const struct type *const natives[] = {
        &type_str,
        &type_bool,
        &type_int,
#if MOTE_FLOAT
        &type_float
#endif
    };
    for (size_t i = 0; i < COUNT_OF(natives); i++) {
        val native = has_type(v, natives[i]) ? v : as_native(v, natives[i]);
        if (!native)
            continue;
        struct spec s = parse(spec, v);
        if (i == 0)
            format_str(native, &s, out);
        else
            format_number(native, &s, out);
        return;
    }
    raise_type("unsupported format string passed to %t.__format__", v);
}
