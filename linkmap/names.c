// SPDX-License-Identifier: MIT
//
// How reports call what a map names: one spelling for the map alone and for the map beside its ELF file.

#include "linkmap/private.h"

static bool is_slash(uint8_t c)
{
    return c == '/' || c == '\\';
}

struct slice lm_base_name(struct slice path)
{
    size_t at = path.size;
    while (at > 0 && !is_slash(path.data[at - 1]))
        at--;
    return slice_of(path.data + at, path.size - at);
}

struct slice lm_member_name(const struct lm_file *file)
{
    return file->archive.size != 0 ? file->member : lm_base_name(file->path);
}

// "linker stubs", ".got.plt"; gold's "** PLT" is "PLT". In .rela.dyn there are ".rela.got",
// ".rela.data.table" ...: these are ".rela.dyn".
static struct slice made_by_linker(const struct lm_map *map, const struct lm_contribution *c)
{
    if (c->file != LM_NO && slice_is(map->files.items[c->file].path, "linker stubs"))
        return slice_text("linker stubs");
    if (slice_starts(c->name, "** "))
        return lm__from(c->name, 3);
    if (c->section != LM_NO && map->sections.items[c->section].made && !lm__is_made(c->name))
        return map->sections.items[c->section].name;
    return c->name;
}

bool lm_no_object(const struct lm_map *map, const struct lm_contribution *c, struct slice *name)
{
    switch (c->kind) {
    case LM_FILL:
        *name = slice_text("padding");
        return true;
    case LM_DATA:
        *name = slice_text("linker script");
        return true;
    default:
        if (c->kind != LM_MADE && c->file != LM_NO)
            return false;
        *name = made_by_linker(map, c);
        return true;
    }
}

// ld and gold: "/tmp/ccX.ltrans0.ltrans.o" (GCC), "a.out.lto.o" (LLVM's plugin); lld: "lto.tmp",
// "a.out.lto.o"; LLVM's other names are numbered.
bool lm_by_lto(const struct lm_file *file)
{
    struct slice name = lm_base_name(file->path);
    static const char *const globs[] = {"*.ltrans.o",   "*.ltrans[0-9]*.o", "*.lto.o",
                                        "*.lto.[0-9]*", "lto.tmp*",         "ld-temp.o"};
    for (size_t i = 0; i < COUNT_OF(globs); i++)
        if (glob_match(globs[i], name))
            return true;
    return false;
}
