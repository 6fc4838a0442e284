// SPDX-License-Identifier: MIT
//
// The library is looked for under the name it has in the version that tare was built with: another
// one would not fit the structures of its header.

#include "code/capstone.h"

#include <dlfcn.h>

#include "base/base.h"

#define TEXT(x)      #x
#define NAME_OF(api) "libcapstone.so." TEXT(api)

static bool find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found); // C has no cast from data to a function; POSIX has
    return found != NULL;
}

bool code__capstone_load(struct code__capstone *c)
{
    c->library = dlopen(NAME_OF(CS_API_MAJOR), RTLD_NOW | RTLD_LOCAL);
    if (c->library == NULL)
        return false;
    bool whole = find(c->library, "cs_open", &c->open) &&
                 find(c->library, "cs_option", &c->option) &&
                 find(c->library, "cs_malloc", &c->malloc) &&
                 find(c->library, "cs_disasm_iter", &c->disasm_iter) &&
                 find(c->library, "cs_free", &c->free) && find(c->library, "cs_close", &c->close);
    if (!whole)
        code__capstone_unload(c);
    return whole;
}

void code__capstone_unload(struct code__capstone *c)
{
    if (c->library != NULL)
        dlclose(c->library);
    c->library = NULL;
}
