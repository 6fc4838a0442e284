// SPDX-License-Identifier: MIT
// The full configuration for firmware: all but what needs a desktop.
#ifndef MOTE_FLOAT
#define MOTE_FLOAT 1
#endif
#define MOTE_REPL       0
#define MOTE_FILES      0
#define MOTE_CENSUS     0
#define MOTE_TRACE      0
#define MOTE_MARK_STACK 128
