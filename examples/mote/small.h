// SPDX-License-Identifier: MIT
// The small configuration, for a part with 256 KiB of flash and 16 KiB of RAM: the whole language without floats, json,
// struct, memoryview, files, the prompt, the messages of exceptions and rare methods (differences.md).
// make HASH=0 FLAGS='-include small.h'
#undef MOTE_FLOAT
#define MOTE_FLOAT        0
#define MOTE_JSON         0
#define MOTE_STRUCT       0
#define MOTE_ARRAY        0
#define MOTE_COLLECTIONS  0
#define MOTE_REPL         0
#define MOTE_MEMORYVIEW   0
#define MOTE_IO           0
#define MOTE_UNICODE      0
#define MOTE_CODECS       0
#define MOTE_RARE         0
#define MOTE_CENSUS       0
#define MOTE_TRACE        0
#define MOTE_SINGLE_WORDS 1
#define MOTE_KEYLESS      1
#define MOTE_HINTS        0
#define MOTE_MESSAGES     0
#define MOTE_MARK_STACK   32
#ifndef MOTE_C_STACK
#define MOTE_C_STACK 5120
#endif
