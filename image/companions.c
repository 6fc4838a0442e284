// SPDX-License-Identifier: MIT
//
// Files that belong to debug information: the supplementary file that dwz moved common parts into,
// and the package of split units.
//
//   .gnu_debugaltlink   | name, NUL | build id of the supplementary file ... |
//   .debug_sup (DWARF 5, 7.3.6)
//                       | version 2 | is supplementary 1 | name, NUL | size uleb | checksum |
//
// A relative name counts from the directory of the file with the link, links resolved.

#include <unistd.h>

#include "image/debug.h"

struct alt_link {
    const char *section;
    struct slice name; // ends with NUL
    struct slice id;   // build id or checksum of the file that is meant
    bool dwarf5;
};

static bool read_section(struct img *img, const char *name, struct cur *c)
{
    struct slice bytes;
    const struct img_section *s = img_section_named(img, name);
    if (s == NULL || s->file_size == 0 || !img_section_bytes(img, s->index, &bytes, NULL))
        return false;
    *c = img__cursor(img, bytes);
    return true;
}

// .debug_sup of either side; `supplementary` says which side.
static bool read_sup(struct img *img, struct alt_link *link, bool supplementary)
{
    struct cur c;
    if (!read_section(img, ".debug_sup", &c))
        return false;
    uint16_t version = cur_u16(&c);
    bool is_supplementary = cur_u8(&c) != 0;
    *link = (struct alt_link){.section = ".debug_sup", .dwarf5 = true};
    link->name = cur_text(&c);
    link->id = cur_bytes(&c, cur_uleb(&c));
    return !c.failed && version == 5 && is_supplementary == supplementary;
}

static bool read_alt_link(struct img *img, struct alt_link *link)
{
    struct cur c;
    if (read_section(img, ".gnu_debugaltlink", &c)) {
        *link = (struct alt_link){.section = ".gnu_debugaltlink"};
        link->name = cur_text(&c);
        link->id = cur_bytes(&c, cur_left(&c));
        return !c.failed && link->name.size != 0;
    }
    return read_sup(img, link, false) && link->name.size != 0;
}

static struct slice id_of(struct img *img, bool dwarf5)
{
    struct alt_link own;
    if (!dwarf5)
        return img->info.build_id;
    return read_sup(img, &own, true) ? own.id : slice_of(NULL, 0);
}

static bool try_alt(const struct img__search *s, const struct alt_link *link, const char *path)
{
    struct fault fault = {0};
    struct img_file *file;
    if (path == NULL || access(path, F_OK) != 0)
        return false;
    struct img *alt = img__open_single(&file, path, s->doubts, &fault);
    if (alt == NULL) {
        doubt_add(s->doubts, s->out->img->info.path, link->section, NO_OFFSET,
                  "supplementary file refused: %s", fault.text);
        return false;
    }
    struct slice id = id_of(alt, link->dwarf5);
    if (!slice_equal(id, link->id)) {
        char wanted[IMG__HEX_MAX], found[IMG__HEX_MAX];
        img__hex(link->id, wanted);
        img__hex(id, found);
        doubt_add(s->doubts, s->out->img->info.path, link->section, NO_OFFSET,
                  "supplementary file refused: %s has id %s, expected %s", path, found, wanted);
        img_file_close(file);
        return false;
    }
    s->out->alt = alt;
    s->out->opened[1] = file;
    return true;
}

void img__find_alt(const struct img__search *s)
{
    struct alt_link link;
    if (!read_alt_link(s->out->img, &link))
        return;
    const char *name = (const char *)link.name.data;
    const char *slash = strrchr(name, '/');
    const char *path = name;
    if (name[0] != '/')
        path =
            arena_printf(s->arena, "%s/%s", img__directory(s->arena, s->out->img->disk_path), name);
    if (try_alt(s, &link, path) ||
        try_alt(s, &link, img__build_id_path(s->arena, s->dir, link.id)) ||
        try_alt(s, &link, arena_printf(s->arena, "%s/.dwz/%s", s->dir, slash ? slash + 1 : name)))
        return;
    doubt_add(s->doubts, s->out->img->info.path, link.section, NO_OFFSET,
              "supplementary file %s not found: what dwz moved there is missing", name);
}

static bool try_package(const struct img__search *s, const char *image)
{
    struct fault fault = {0};
    struct img_file *file;
    const char *path = arena_printf(s->arena, "%s.dwp", image);
    if (access(path, F_OK) != 0)
        return false;
    struct img *package = img__open_single(&file, path, s->doubts, &fault);
    if (package == NULL || package->info.machine != s->img->info.machine) {
        doubt_add(s->doubts, s->img->info.path, NULL, NO_OFFSET, "package %s refused: %s", path,
                  package ? "it is for another machine" : fault.text);
        img_file_close(package ? file : NULL);
        return false;
    }
    s->out->dwp = package;
    s->out->opened[2] = file;
    return true;
}

void img__find_package(const struct img__search *s)
{
    if (!try_package(s, s->img->disk_path) && s->out->img != s->img)
        try_package(s, s->out->img->disk_path);
}
