// SPDX-License-Identifier: MIT
//
// The maps of mold: the table of lld (lld.c) with other numbers, addresses marked hexadecimal and
// sizes decimal. Symbols have no size. What mold made itself has no rows of its own, nor have merged
// strings: their sections have none, or gaps.
//
//                  VMA       Size Align Out     In      Symbol
//             0x20d528        246     1 .gcc_except_table
//             0x20d528         39     1         libc.a(iofclose.o):(.gcc_except_table)
//             0x20d528          0     0                 label

#include "linkmap/private.h"

void lm__mold_read(struct lm__reader *r)
{
    static const struct lm__columns columns = {3, true, true};
    lm__columns_read(r, &columns);
    // The table of section headers is no section.
    for (size_t i = 0; i < r->map->sections.count; i++)
        if (slice_is(r->map->sections.items[i].name, "SHDR"))
            r->map->sections.items[i].loaded = false;
}
