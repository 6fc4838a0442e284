// SPDX-License-Identifier: MIT
// Build options. Each may be set on the command line of the compiler (-DMOTE_FLOAT=0); the files small.h and full.h
// are sets of them (-include small.h). The first group changes the layout of objects: each choice is another build to weigh.
#ifndef MOTE_CONFIG_H
#define MOTE_CONFIG_H

#include <stdint.h>

#define MOTE_WORD_BITS (UINTPTR_MAX == UINT64_MAX ? 64 : 32)
#if UINTPTR_MAX == UINT64_MAX
#define MOTE_64 1
#else
#define MOTE_64 0
#endif

// ---- layout

#ifndef MOTE_BLOCK_WORDS
#define MOTE_BLOCK_WORDS 4 // words in a block of the heap: 2, 4 or 8
#endif
#ifndef MOTE_FLOAT
#define MOTE_FLOAT 2 // 0 no floats, 1 single, 2 double precision
#endif
#ifndef MOTE_BOXED_INT
#define MOTE_BOXED_INT 0 // 1: every int is an object, none lives in the value word
#endif
#ifndef MOTE_SINGLE_WORDS
#define MOTE_SINGLE_WORDS 0 // 1: None, True, False ... are small words instead of objects in ROM
#endif
#ifndef MOTE_KEYLESS
#define MOTE_KEYLESS                                                                               \
    0 // 1: tables of methods hold no names besides those of the natives; needs MOTE_HINTS 0
#endif
#ifndef MOTE_HASH_BYTES
#define MOTE_HASH_BYTES 2 // bytes of hash kept with each interned string: 0, 1, 2 or 4
#endif
#ifndef MOTE_SHARE_TEXT
#define MOTE_SHARE_TEXT                                                                            \
    1 // 0: a string made at run time is an object of its own, though an equal one be interned
#endif
#ifndef MOTE_INTERN_MAX
#define MOTE_INTERN_MAX 10 // literals of the program text up to so many bytes are interned
#endif

// ---- what is there

#ifndef MOTE_JSON
#define MOTE_JSON 1
#endif
#ifndef MOTE_STRUCT
#define MOTE_STRUCT 1
#endif
#ifndef MOTE_ARRAY
#define MOTE_ARRAY 1
#endif
#ifndef MOTE_COLLECTIONS
#define MOTE_COLLECTIONS 1
#endif
#ifndef MOTE_REPL
#define MOTE_REPL 1
#endif
#ifndef MOTE_IO
#define MOTE_IO 1
#endif
#ifndef MOTE_FILES
#ifdef __unix__
#define MOTE_FILES MOTE_IO // open()
#else
#define MOTE_FILES 0
#endif
#endif
#ifndef MOTE_SIGNALS
#define MOTE_SIGNALS MOTE_FILES // ^C is KeyboardInterrupt
#endif
#ifndef MOTE_UNICODE
#define MOTE_UNICODE                                                                               \
    1 // case and kind of Latin, Greek, Cyrillic letters; 0: of ASCII, others are letters without case
#endif
#ifndef MOTE_CODECS
#define MOTE_CODECS 1 // ASCII and Latin-1, and ways to go past errors; 0: UTF-8, strict
#endif
#ifndef MOTE_MEMORYVIEW
#define MOTE_MEMORYVIEW 1
#endif
#ifndef MOTE_RARE
#define MOTE_RARE                                                                                  \
    1 // methods few programs call (title, translate, zfill, bit_count ...): RARE in the tables of names
#endif
#ifndef MOTE_COMPILER
#define MOTE_COMPILER 1 // 0: only frozen modules run
#endif
#ifndef MOTE_CENSUS
#define MOTE_CENSUS 1
#endif
#ifndef MOTE_TRACE
#define MOTE_TRACE 1
#endif

// ---- speed against size

#ifndef MOTE_MESSAGES
#define MOTE_MESSAGES                                                                              \
    1 // 0: most exceptions say only their type, methods and code objects print as any object
#endif

#ifndef MOTE_HINTS
#define MOTE_HINTS                                                                                 \
    256 // entries of the cache of places in tables (a power of two), a byte each; 0: none
#endif
#ifndef MOTE_PLACES
#ifdef __OPTIMIZE_SIZE__
#define MOTE_PLACES 1
#else
#define MOTE_PLACES 8 // lengths of free runs for which the heap remembers where the first may lie
#endif
#endif
#ifndef MOTE_COLLECT_AFTER
#define MOTE_COLLECT_AFTER                                                                         \
    (1024 * 1024) // bytes of new objects before a collection, unless the heap is full
#endif
#ifndef MOTE_MARK_STACK
#define MOTE_MARK_STACK                                                                            \
    256 // objects the collector remembers before it has to search the heap again
#endif
#ifndef MOTE_C_STACK
#define MOTE_C_STACK (512 * 1024) // bytes of C stack a program may use before RecursionError
#endif

// ---- for tests

#ifndef MOTE_DEBUG
#define MOTE_DEBUG 0 // assertions, and a check of the whole heap after each collection
#endif
#ifndef MOTE_STRESS
#define MOTE_STRESS 0 // 1: collect at every allocation
#endif
#ifndef MOTE_STEPS
#define MOTE_STEPS 0 // 1: a program may be given so many steps and no more (mote.steps)
#endif

#endif
