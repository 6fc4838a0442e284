// SPDX-License-Identifier: MIT
// Ints from text and to text.
//
// Both ways go through a number in chunks of several digits of the text at once: reading, text digits are gathered into one
// machine digit before the whole number is multiplied; writing in base 10, the number is turned into base 10**9 (10**4 on
// 32-bit machines) from its top digit down, which needs no copy of it.
#include "types/big.h"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 28 && c <= 31);
}

void text_trim(const char **at, const char **end)
{
    while (*at < *end && is_space(**at))
        ++*at;
    while (*at < *end && is_space((*end)[-1]))
        --*end;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

// The base that a prefix like 0x names, or 0.
static int prefix_base(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '0')
        return 0;
    char c = at[1] | 0x20;
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
}

// How many digits of the base stand between at and end; 0 when anything else does, or an underscore in a wrong place.
static size_t count_digits(const char *at, const char *end, int base)
{
    size_t count = 0;
    bool digit_before = false;
    for (; at < end; at++) {
        bool is_digit = digit_value(*at) < base;
        if (!is_digit && !(*at == '_' && digit_before))
            return 0;
        count += is_digit;
        digit_before = is_digit;
    }
    return digit_before ? count : 0;
}

static val parse_digits(const char *at, const char *end, size_t count, int base, bool negative)
{
    size_t bits = 1, used = 0;
    while (1 << bits < base)
        bits++;
    if (count < WORD_BITS / bits) {
        intptr_t i = 0;
        for (; at < end; at++)
            if (*at != '_')
                i = i * base + digit_value(*at);
        return int_new(negative ? -i : i);
    }
    steps_take(count * (count / 64) / 64);
    struct big *b = big_new(count / (DIGIT_BITS / bits) +
                            1); // with bits of a digit left over, so never too few
    digit chunk = 0, scale = 1;
    for (; at <= end; at++) {
        if (at < end && *at == '_')
            continue;
        if (at == end || scale > DIGIT_MAX / (digit)base) {
            digit carry = mag_mul_small(b->digits, used, scale, chunk);
            if (carry)
                b->digits[used++] = carry;
            chunk = 0;
            scale = 1;
        }
        if (at < end) {
            chunk = (digit)(chunk * (digit)base + (digit)digit_value(*at));
            scale = (digit)(scale * (digit)base);
        }
    }
    return big_done(b, negative);
}

val int_parse(const char *text, size_t size, int base)
{
    const char *end = text + size;
    text_trim(&text, &end);
    bool negative = text < end && *text == '-';
    if (text < end && (*text == '-' || *text == '+'))
        text++;
    int prefix = prefix_base(text, end);
    bool any = base == 0;
    if (prefix && (any || prefix == base)) {
        base = prefix;
        text += 2;
        if (text < end && *text == '_')
            text++;
    } else if (any) {
        base = 10;
    }
    size_t count = count_digits(text, end, base);
    if (!count)
        return NOTHING;
    // 010 is no number in a program, but 00 is.
    if (any && !prefix && *text == '0')
        for (const char *z = text; z < end; z++)
            if (*z != '0' && *z != '_')
                return NOTHING;
    return parse_digits(text, end, count, base, negative);
}

// ------------------------------------------------------------------------------------------ to text

#define CHUNK        (MOTE_64 ? 1000000000 : 10000)
#define CHUNK_DIGITS (MOTE_64 ? 9 : 4)

// Writes the digits of the word so that they end before `end`, at least `least` of them; answers where they start.
static char *word_text(uintptr_t u, int base, bool upper, int least, char *end)
{
    const char *names = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; u || least > 0; least--, u /= (unsigned)base)
        *--end = names[u % (unsigned)base];
    return end;
}

static void print_word(uintptr_t u, struct sink *out, int base, bool upper, int least)
{
    char text[WORD_BITS], *end = text + sizeof text, *start = word_text(u, base, upper, least, end);
    out->write(out, start, (size_t)(end - start));
}

static void print_decimal(const struct operand *o, struct sink *out)
{
    // A digit of the chunked number holds at least 29 of 32 (13 of 16) bits.
    size_t room = o->len + o->len / (MOTE_64 ? 9 : 4) + 2, used = 0;
    steps_take(room * room / 64);
    ROOTS(r, 1);
    struct big *b = big_new(room);
    r[0] = V(*b);
    for (size_t i = o->len; i--;) {
        two_digits carry = o->digits[i];
        for (size_t j = 0; j < used; j++) {
            carry += (two_digits)b->digits[j] << DIGIT_BITS;
            b->digits[j] = (digit)(carry % CHUNK);
            carry /= CHUNK;
        }
        for (; carry; carry /= CHUNK)
            b->digits[used++] = (digit)(carry % CHUNK);
    }
    for (size_t i = used; i--;)
        print_word(b->digits[i], out, 10, false, i + 1 < used ? CHUNK_DIGITS : 1);
    r[0] = NOTHING;
    heap_free(b);
}

static void print_bits(const struct operand *o, struct sink *out, size_t width, bool upper)
{
    size_t bits = mag_bits(o->digits, o->len);
    char text[32];
    size_t used = 0;
    for (size_t i = (bits + width - 1) / width; i--;) {
        size_t at = i * width, from = at / DIGIT_BITS, shift = at % DIGIT_BITS;
        two_digits pair = (two_digits)(from + 1 < o->len ? o->digits[from + 1] : 0) << DIGIT_BITS |
                          o->digits[from];
        word_text((pair >> shift) & ((1u << width) - 1), 1 << width, upper, 1, text + ++used);
        if (used == sizeof text || !i) {
            out->write(out, text, used);
            used = 0;
        }
    }
}

void int_print(val v, struct sink *out, int base, bool upper)
{
    struct operand o;
    operand_of(v, &o);
    if (o.negative)
        sink_char(out, '-');
    if (o.len <= WORD / sizeof(digit)) {
        uintptr_t u = 0;
        for (size_t i = o.len; i--;)
            u = u << DIGIT_BITS | o.digits[i];
        print_word(u, out, base, upper, 1);
    } else if (base == 10) {
        print_decimal(&o, out);
    } else {
        print_bits(&o, out, base == 16 ? 4 : base == 8 ? 3 : 1, upper);
    }
}
