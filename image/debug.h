// SPDX-License-Identifier: MIT
//
// What debug.c and companions.c share: one search for debug information.
#ifndef TARE_IMAGE_DEBUG_H
#define TARE_IMAGE_DEBUG_H

#include "image/private.h"

#define IMG__HEX_MAX 132 // a build id of at most 64 bytes, and a NUL

struct img__search {
    struct img_debug *out;
    struct img *img;
    const char *dir; // --debug-dir
    bool symbols_only;
    struct doubts *doubts;
    struct arena *arena; // paths tried
};

// debug.c
void img__hex(struct slice bytes, char text[IMG__HEX_MAX]);
bool img__has_debug(const struct img *img);
// Opens a file that must not be an archive.
struct img *img__open_single(struct img_file **file, const char *path, struct doubts *doubts,
                             struct fault *fault);
char *img__build_id_path(struct arena *arena, const char *dir, struct slice id); // or NULL
char *img__directory(struct arena *arena, const char *path); // absolute where it exists

// companions.c: when there is debug information, what belongs to it. All that goes wrong is a doubt.
void img__find_alt(const struct img__search *s);
void img__find_package(const struct img__search *s);

#endif
