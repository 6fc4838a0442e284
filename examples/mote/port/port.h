// SPDX-License-Identifier: MIT
// What the files of the desktop's port share.
#ifndef MOTE_PORT_H
#define MOTE_PORT_H

#include "mote.h"

void port_flush(void);               // standard output, before anything else is shown
struct sink *port_census_sink(void); // where mote.census() writes
int repl(void);                      // the exit status
enum run_end mote_run_mode(const char *file, const char *text, size_t size, enum compile_mode mode,
                           int *status); // as mote_run
void port_signals(void);                 // ^C sets mote.interrupted
bool port_interrupted(void);             // since it was asked last
#if MOTE_DEBUG
void dis_code(val code, struct sink *out);
#endif

#endif
