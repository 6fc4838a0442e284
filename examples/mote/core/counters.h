// SPDX-License-Identifier: MIT
// What the machine says about its own memory, for the module `mote` and the options of the program.
#ifndef MOTE_COUNTERS_H
#define MOTE_COUNTERS_H

#include "mote.h"

// The counters as JSON, after a collection. See census.md for its members.
void counters_write(struct sink *out);
val counters_dict(void); // the same as a dict

size_t intern_pool_count(void); // strings on the heap (core/intern.c)

#if MOTE_CENSUS
// The population of the heap as one JSON object on a line of its own, after a collection. See census.md.
void census_write(val label, struct sink *out);
#endif

#endif
