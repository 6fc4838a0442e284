// SPDX-License-Identifier: MIT
//
// Formulas of profiles: C's arithmetic, against C itself, and what is answered when one is wrong.

#include "analyzers/formula.h"
#include "check.h"

static const char *const variables[] = {"length", "room", "bits"};

static bool ask(void *context, struct slice name, struct slice words, int64_t *value,
                struct fault *fault)
{
    (void)context;
    *value = slice_equal(words, slice_text("T.m")) ? 24 : 16;
    return slice_equal(name, slice_text("sizeof")) ||
           fault_set(fault, FAULT_INPUT, "p", NULL, NO_OFFSET, "no function");
}

static bool table_of(void *context, struct slice name, const struct an__table **out,
                     struct fault *fault)
{
    static const int64_t numbers[] = {1, 2, 4, 12};
    static const struct an__table table = {numbers, COUNT_OF(numbers)};
    (void)context;
    *out = &table;
    return slice_equal(name, slice_text("sizes")) ||
           fault_set(fault, FAULT_INPUT, "p", NULL, NO_OFFSET, "no table");
}

static bool word_value(void *context, struct slice name, int64_t *value)
{
    (void)context;
    *value = 4096;
    return slice_is(name, "PAGE");
}

static bool cast_to(void *context, struct slice type, uint64_t *size, bool *is_signed)
{
    (void)context;
    *is_signed = slice_is(type, "signed char");
    *size = *is_signed || slice_is(type, "unsigned char") ? 1 : 8;
    return *size == 1 || slice_is(type, "size_t");
}

// A constant expression of C.
static bool compute_c(const char *text, int64_t *out)
{
    const struct an__scope scope = {.ask = ask, .word = word_value, .cast = cast_to};
    struct arena *arena = arena_new();
    struct fault fault = {0};
    struct an__formula formula;
    bool good = an__formula_compile(&formula, text, &scope, "c", arena, &fault) &&
                an__formula_value(&formula, NULL, out);
    arena_free(arena);
    return good;
}

static int64_t c_value(const char *text)
{
    int64_t value = -1;
    CHECK(compute_c(text, &value));
    return value;
}

static void test_c(void)
{
    int64_t value;
    CHECK(c_value("(1UL << 12) + 010 + 0x10u + 0") == 4096 + 8 + 16);
    CHECK(c_value("(PAGE - 1) & ~(size_t)7 | ~0 + 2") == 4089);
    CHECK(c_value("(unsigned char)(PAGE + 255) - (signed char) 255") == 256);
    CHECK(c_value("(size_t)(PAGE) / (signed char)8 * 0 + 1 ? (PAGE) : missing") == 4096);
    CHECK(!compute_c("(size_t)-1", &value)); // beyond what a formula holds
    CHECK(!compute_c("missing", &value));
    CHECK(!compute_c("(missing)1", &value));
    CHECK(!compute_c("09", &value));
    CHECK(!compute_c("1 +", &value));
}

static bool compute(const char *text, int64_t *values, int64_t *out, struct fault *fault)
{
    struct arena *arena = arena_new();
    struct an__formula named, formula;
    struct an__scope scope = {.variables = variables,
                              .variable_count = COUNT_OF(variables),
                              .room = 1,
                              .ask = ask,
                              .table = table_of};
    CHECK(an__formula_compile(&named, "length * 2", &scope, "p:1", arena, fault));
    struct an__named_formula names[] = {{"twice", named}};
    scope.named = names;
    scope.named_count = 1;
    bool good = an__formula_compile(&formula, text, &scope, "p:2", arena, fault) &&
                an__formula_value(&formula, values, out);
    arena_free(arena);
    return good;
}

#define SAME(expression)                                                                           \
    do {                                                                                           \
        int64_t length = 10, room = 3, bits = 34, got = -1;                                        \
        int64_t values[] = {length, room, bits};                                                   \
        struct fault fault = {0};                                                                  \
        CHECK(compute(#expression, values, &got, &fault));                                         \
        CHECK(got == (int64_t)(expression));                                                       \
        CHECK(values[1] == room);                                                                  \
    } while (0)

static void test_arithmetic(void)
{
    SAME(1 + 2 * 3 - 4 / 2);
    SAME((1 + 2) * (3 - 4));
    SAME(length % 3 + -bits);
    SAME((length << 3) | (5 & 4));
    SAME(bits >> 1 == 17 && length != 11);
    SAME(length > 9 || 1 / 1 < 0);
    SAME(length <= 9 ? 1 : bits >= 34 ? 2 : 3);
    SAME(!length + !(length == 11));
    SAME(0x10 + 0xff);
    SAME(1 < 2 && 2 > 1 && !(3 < 2));
}

static int64_t value_of(const char *text)
{
    int64_t values[] = {10, 0, 34}, got = -1;
    struct fault fault = {0};
    CHECK(compute(text, values, &got, &fault));
    return got;
}

static void test_functions(void)
{
    CHECK(value_of("min(3, 2) + max(3, length)") == 12);
    CHECK(value_of("ceil(length, 3)") == 4);
    CHECK(value_of("align(bits, 16)") == 48);
    CHECK(value_of("pow2(bits) + pow2(64) + pow2(0)") == 64 + 64 + 1);
    CHECK(value_of("log2(bits) + log2(0)") == 5);
    CHECK(value_of("twice + sizeof(T.m) + sizeof( struct T )") == 20 + 24 + 16);
    CHECK(value_of("grow(length, room * 2 + 1)") == 15);
    CHECK(value_of("grow(0, 7)") == 0);
    CHECK(value_of("next(sizes, length) + next(sizes, 2) + next( sizes , 99)") == 12 + 2 + 99);
    CHECK(value_of("at(4, room * room) + room") == 16);
    CHECK(value_of("grow(20, at(room + 1, room * 3))") == 39);
    CHECK(value_of("length == 10 ? 1 : 1 / 0") == 1); // what is not taken need not make sense
}

// What a constant condition leaves out is not asked for; what it leaves in is, and must be well formed.
static void test_dropped(void)
{
    CHECK(value_of("1 ? 2 : size(T)") == 2);
    CHECK(value_of("0 ? size(T) : 3") == 3);
    CHECK(value_of("1 + (sizeof(T) == 16 ? length : next(primes, size(T))) * 2") == 21);
    CHECK(value_of("0 && size(T) || length == 10 && 1") == 1);
    CHECK(value_of("1 || size(T)") == 1);
    CHECK(value_of("5 && 7 && (0 || 3)") == 1);
    CHECK(value_of("1 ? 0 ? size(T) : 4 : size(T)") == 4);
    CHECK(value_of("length ? 1 ? 5 : size(T) : 6") == 5);
    CHECK(value_of("min(2, 0 ? size(T) : 1) + twice") == 21);
}

static void refused(const char *text, const char *message)
{
    int64_t values[] = {10, 0, 34}, got;
    struct fault fault = {0};
    CHECK(!compute(text, values, &got, &fault));
    CHECK(message == NULL || strstr(fault.text, message) != NULL);
}

static void test_refusals(void)
{
    refused("1 / 0", NULL);
    refused("9223372036854775807 + 1", NULL);
    refused("9223372036854775807 * length", NULL);
    refused("1 << 63", NULL);
    refused("pow2(9223372036854775807)", NULL);
    refused("grow(5, 3)", NULL); // never gets there
    refused("9223372036854775808", "too large");
    refused("lenght", "unknown name at 'lenght'");
    refused("1 +", "expected a value");
    refused("(1", "expected ')'");
    refused("1 2", "expected an operator");
    refused("min(1)", "expected ','");
    refused("size(T)", "no function");
    refused("next(primes, 3)", "no table");
    refused("sizeof(T", "expected ')'");
    refused("", "expected a value");
    refused("1 ? 2", "expected ':'");
    refused("length ? 2 : size(T)", "no function");
    refused("1 && size(T)", "no function");
    refused("1 ? 2 : lenght", "unknown name");
    refused("0 ? (2 : 3", "expected ')'");
    char deep[4000];
    memset(deep, '(', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    refused(deep, "nested too deep");
}

int main(void)
{
    test_c();
    test_arithmetic();
    test_functions();
    test_dropped();
    test_refusals();
    return check_done();
}
