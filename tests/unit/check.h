// SPDX-License-Identifier: MIT
//
// The whole unit test framework: a test is a program whose main calls CHECK and returns check_done().
// A failed check says where and goes on, so that one run shows all that is wrong.
#ifndef TARE_CHECK_H
#define TARE_CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures;

// Random rounds: a third of them under sanitizers, which slow each one down (as TARE_THIN does in lit).
#ifdef __SANITIZE_ADDRESS__
#define CHECK_ROUNDS(rounds) ((rounds) / 3)
#else
#define CHECK_ROUNDS(rounds) (rounds)
#endif

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0                                                                         \
                 : (void)(check_failures++,                                                        \
                          fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition)))

// The same, with both values in the message.
#define CHECK_U64(got, want)                                                                       \
    check__u64(__FILE__, __LINE__, #got, (unsigned long long)(got), (unsigned long long)(want))
#define CHECK_TEXT(got, want) check__text(__FILE__, __LINE__, #got, (got), (want))

static inline void check__u64(const char *file, int line, const char *what, unsigned long long got,
                              unsigned long long want)
{
    if (got == want)
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: failed: %s is %llu (0x%llx), want %llu (0x%llx)\n", file, line, what,
            got, got, want, want);
}

static inline void check__text(const char *file, int line, const char *what, const char *got,
                               const char *want)
{
    if (got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want)
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: failed: %s is \"%s\", want \"%s\"\n", file, line, what,
            got ? got : "(null)", want ? want : "(null)");
}

// The exit status of main.
static inline int check_done(void)
{
    if (check_failures != 0)
        fprintf(stderr, "%d checks failed\n", check_failures);
    return check_failures != 0;
}

#endif
