// SPDX-License-Identifier: MIT
//
// Where the debug information of an image lies. The order is the promise of image.h:
//
//   given by the user            must load and match: a fault otherwise
//   the image itself
//   DIR/.build-id/ab/cdef.debug  the image's build id is abcdef
//   .gnu_debuglink               | name, NUL | to 4 bytes | CRC-32 of the file 4 |
//     beside the image, in .debug/ beside it, under DIR at the image's own directory
//
// and for what dwz shared out of the file that was found (companions.c): supplementary files, and
// packages of split units. What was found by guess and does not match is a doubt and passed over.

#include <inttypes.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/debug.h"

void img__hex(struct slice bytes, char text[IMG__HEX_MAX])
{
    size_t size = MIN(bytes.size, (size_t)IMG__HEX_MAX / 2 - 1);
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes.data[i]);
    text[2 * size] = 0;
}

bool img__has_debug(const struct img *img)
{
    const struct img_section *s = img_section_named(img, ".debug_info");
    if (s == NULL || s->file_size == 0)
        s = img_section_named(img, ".debug_info.dwo");
    return s != NULL && s->file_size != 0;
}

static bool has_symbols(const struct img *img)
{
    uint32_t symbols, strings;
    return img_symbol_section(img, IMG_SYMTAB, &symbols, &strings) &&
           img->sections[symbols].file_size != 0;
}

// Whether `found` may describe `img`; the fault says why not.
static bool matches(const struct img *img, const struct img *found, struct fault *fault)
{
    const struct img_info *a = &img->info, *b = &found->info;
    if (a->machine != b->machine || a->is64 != b->is64 || a->big_endian != b->big_endian)
        return fault_set(fault, FAULT_INPUT, b->path, NULL, NO_OFFSET,
                         "is for %s, %u bits, but %s is for %s, %u bits",
                         img_machine_name(b->machine), b->address_size * 8, a->path,
                         img_machine_name(a->machine), a->address_size * 8);
    if (a->build_id.size != 0 && b->build_id.size != 0 && !slice_equal(a->build_id, b->build_id)) {
        char ours[IMG__HEX_MAX], theirs[IMG__HEX_MAX];
        img__hex(a->build_id, ours);
        img__hex(b->build_id, theirs);
        return fault_set(fault, FAULT_INPUT, b->path, NULL, NO_OFFSET,
                         "its build id %s is not that of %s: %s", theirs, a->path, ours);
    }
    if (!img__has_debug(found) && !has_symbols(found))
        return fault_set(fault, FAULT_INPUT, b->path, NULL, NO_OFFSET,
                         "has neither debug information nor symbols");
    return true;
}

struct img *img__open_single(struct img_file **file, const char *path, struct doubts *doubts,
                             struct fault *fault)
{
    if (!img_file_open(file, path, doubts, fault))
        return NULL;
    if (!img_file_is_archive(*file))
        return img_file_image(*file, 0);
    fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
              "expected one ELF file with debug information, found an archive");
    img_file_close(*file);
    *file = NULL;
    return NULL;
}

// Opens `path` as the debug file of the search's image when it is one.
static bool accept_file(const struct img__search *s, const char *path, enum img_debug_origin origin,
                        struct fault *fault)
{
    struct img_file *file;
    struct img *found = img__open_single(&file, path, s->doubts, fault);
    if (found == NULL)
        return false;
    if (!matches(s->img, found, fault)) {
        img_file_close(file);
        return false;
    }
    s->out->origin = origin;
    s->out->img = found;
    s->out->opened[0] = file;
    return true;
}

// The same for a guess: nothing there says nothing, a wrong file is a doubt.
static bool try_file(const struct img__search *s, const char *path, enum img_debug_origin origin)
{
    struct fault fault = {0};
    if (access(path, F_OK) != 0)
        return false;
    if (accept_file(s, path, origin, &fault))
        return true;
    doubt_add(s->doubts, s->img->info.path, NULL, NO_OFFSET, "debug file refused: %s", fault.text);
    return false;
}

char *img__build_id_path(struct arena *arena, const char *dir, struct slice id)
{
    char hex[IMG__HEX_MAX];
    if (id.size < 2)
        return NULL;
    img__hex(id, hex);
    return arena_printf(arena, "%s/.build-id/%.2s/%s.debug", dir, hex, hex + 2);
}

char *img__directory(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *name = real ? real : path;
    const char *slash = strrchr(name, '/');
    size_t size = slash ? (size_t)(slash - name) : 0;
    char *directory =
        slash ? arena_text(arena, slice_of(name, size)) : arena_text(arena, slice_text("."));
    free(real);
    return directory;
}

// ---------------------------------------------------------------------- debuglink

static bool read_link(struct img *img, struct slice *name, uint32_t *crc)
{
    struct slice bytes;
    const struct img_section *s = img_section_named(img, ".gnu_debuglink");
    if (s == NULL || !img_section_bytes(img, s->index, &bytes, NULL))
        return false;
    struct cur c = img__cursor(img, bytes);
    *name = cur_text(&c);
    cur_skip(&c, (4 - cur_offset(&c) % 4) % 4);
    *crc = cur_u32(&c);
    if (!c.failed && name->size != 0)
        return true;
    doubt_add(img->doubts, img->info.path, s->name, cur_offset(&c),
              "damaged: expected a file name and its CRC");
    return false;
}

static bool same_file(const char *a, const char *b)
{
    char *real_a = realpath(a, NULL), *real_b = realpath(b, NULL);
    bool same = real_a != NULL && real_b != NULL && strcmp(real_a, real_b) == 0;
    free(real_a);
    free(real_b);
    return same;
}

static uint32_t file_crc(struct slice bytes)
{
    return (uint32_t)libdeflate_crc32(0, bytes.data, bytes.size);
}

static bool try_link(const struct img__search *s, const char *path, uint32_t crc)
{
    struct slice bytes;
    if (access(path, F_OK) != 0 || same_file(path, s->img->disk_path))
        return false;
    struct fault fault = {0};
    if (!img__map(path, &bytes, &fault)) {
        doubt_add(s->doubts, s->img->info.path, NULL, NO_OFFSET, "debug file refused: %s",
                  fault.text);
        return false;
    }
    uint32_t found = file_crc(bytes);
    file_unmap(bytes);
    if (found == crc)
        return try_file(s, path, IMG_DEBUG_LINK);
    doubt_add(s->doubts, s->img->info.path, ".gnu_debuglink", NO_OFFSET,
              "debug file refused: %s has CRC %08" PRIx32 ", expected %08" PRIx32, path, found,
              crc);
    return false;
}

static bool by_link(const struct img__search *s)
{
    struct slice name;
    uint32_t crc;
    if (!read_link(s->img, &name, &crc))
        return false;
    const char *file = (const char *)name.data; // ends with NUL
    const char *beside = img__directory(s->arena, s->img->disk_path);
    if (file[0] == '/')
        return try_link(s, file, crc);
    return try_link(s, arena_printf(s->arena, "%s/%s", beside, file), crc) ||
           try_link(s, arena_printf(s->arena, "%s/.debug/%s", beside, file), crc) ||
           try_link(s, arena_printf(s->arena, "%s%s/%s", s->dir, beside, file), crc);
}

// -------------------------------------------------------------------------- search

static bool by_build_id(const struct img__search *s)
{
    const char *path = img__build_id_path(s->arena, s->dir, s->img->info.build_id);
    return path != NULL && !same_file(path, s->img->disk_path) &&
           try_file(s, path, IMG_DEBUG_BUILD_ID);
}

static bool by_itself(const struct img__search *s)
{
    bool enough = s->symbols_only ? has_symbols(s->img) : img__has_debug(s->img);
    if (enough) {
        s->out->origin = IMG_DEBUG_SELF;
        s->out->img = s->img;
    }
    return enough;
}

bool img_debug_find(struct img_debug *out, struct img *img, const struct img_debug_options *options,
                    struct doubts *doubts, struct fault *fault)
{
    static const struct img_debug_options defaults = {0};
    *out = (struct img_debug){0};
    if (options == NULL)
        options = &defaults;
    struct img__search s = {
        .out = out,
        .img = img,
        .dir = options->dir ? options->dir : "/usr/lib/debug",
        .symbols_only = options->symbols_only,
        .doubts = doubts,
        .arena = arena_new(),
    };
    bool ok = true;
    if (options->given != NULL)
        ok = accept_file(&s, options->given, IMG_DEBUG_GIVEN, fault);
    else if (!by_itself(&s) && !by_build_id(&s))
        by_link(&s);
    if (out->img != NULL && !s.symbols_only) {
        img__find_alt(&s);
        img__find_package(&s);
    }
    arena_free(s.arena);
    return ok;
}

void img_debug_close(struct img_debug *debug)
{
    for (size_t i = 0; i < COUNT_OF(debug->opened); i++)
        img_file_close(debug->opened[i]);
    *debug = (struct img_debug){0};
}
