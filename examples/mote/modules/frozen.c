// SPDX-License-Identifier: MIT
// No frozen modules: what stands in a program until the files that mote-freeze writes are linked to it.
#include "mote.h"

__attribute__((weak)) const struct frozen_module frozen_modules[] = {{NOTHING, NULL, false}};
__attribute__((weak)) val frozen_globals[1];
__attribute__((weak)) const size_t frozen_count = 0;
__attribute__((weak)) const struct intern_pool frozen_pool = {S_COUNT, 0, NULL, NULL};
