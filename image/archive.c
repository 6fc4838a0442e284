// SPDX-License-Identifier: MIT
//
// Archives: System V (GNU), BSD, and GNU thin ones.
//
//   "!<arch>\n" or "!<thin>\n"
//   header 60: name[16] date[12] uid[6] gid[6] mode[8] size[10] "`\n"
//   size bytes, then "\n" if that leaves an odd offset
//   header ...
//
//   name in the header   means
//   "foo.o/"             foo.o (GNU)
//   "/" "/SYM64/"        symbol index (GNU); "__.SYMDEF..." (BSD)
//   "//"                 table of long names, each ended by "/\n"
//   "/123"               long name at 123 of that table
//   "/123:456"           thin only: the member whose header is at 456 of the archive named at 123
//   "#1/20"              BSD: the name is the first 20 bytes of the contents
//
// In a thin archive only the index and the names have contents; the members are files, named
// relative to the archive. Images and spans together tile the file: every byte is a member's that
// could be read, or in a span.

#include <stdio.h>
#include <stdlib.h>

#include "image/private.h"

#define MAGIC_SIZE    8
#define SHOWN_NAME    255  // longer names are cut
#define FOLLOWED_NAME 4095 // of a file a thin archive refers to

struct header {
    struct slice name; // trailing spaces removed
    uint64_t size;
};

// One file of a thin archive; the last one is kept, since members of one nested archive follow each
// other.
struct target {
    const char *path;
    struct slice bytes;
};

struct archive {
    struct img_file *file;
    const char *path;
    struct slice bytes;
    struct slice names; // the long-name table
    struct target last;
    bool thin;
};

bool img__is_archive(struct slice bytes)
{
    return slice_starts(bytes, "!<arch>\n") || slice_starts(bytes, "!<thin>\n");
}

static struct slice trimmed(struct slice text)
{
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

// A decimal number that is the whole text; at most 18 digits.
static bool read_decimal(struct slice text, uint64_t *value)
{
    *value = 0;
    if (text.size == 0 || text.size > 18)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *value = *value * 10 + (text.data[i] - '0');
    }
    return true;
}

static bool read_header(struct cur *c, struct header *header)
{
    struct slice name = cur_bytes(c, 16);
    cur_skip(c, 12 + 6 + 6 + 8);
    struct slice size = cur_bytes(c, 10);
    struct slice end = cur_bytes(c, 2);
    if (c->failed || !slice_is(end, "`\n") || !read_decimal(trimmed(size), &header->size))
        return false;
    header->name = trimmed(name);
    return true;
}

static bool is_index(struct slice name)
{
    return slice_is(name, "/") || slice_is(name, "/SYM64/") || slice_starts(name, "__.SYMDEF");
}

static struct slice until(struct slice text, char end)
{
    const uint8_t *at = text.size ? memchr(text.data, end, text.size) : NULL;
    return at ? slice_of(text.data, (size_t)(at - text.data)) : text;
}

static struct slice long_name(struct slice names, uint64_t offset)
{
    if (offset >= names.size)
        return slice_of(NULL, 0);
    struct slice rest = slice_of(names.data + offset, names.size - offset);
    rest.size = MIN(rest.size, (size_t)FOLLOWED_NAME + 2);
    struct slice name = until(until(rest, '\n'), '\0');
    if (slice_ends(name, "/"))
        name.size--;
    return name;
}

// The name of a member and, in `origin`, where it lies in a nested archive (0 when it does not).
static struct slice gnu_name(const struct archive *ar, struct slice name, uint64_t *origin)
{
    *origin = 0;
    if (!slice_starts(name, "/"))
        return slice_ends(name, "/") ? slice_of(name.data, name.size - 1) : name;
    struct slice digits = slice_of(name.data + 1, name.size - 1);
    struct slice first = until(digits, ':');
    uint64_t offset;
    if (!read_decimal(first, &offset))
        return name;
    if (ar->thin && first.size < digits.size) {
        size_t rest = digits.size - first.size - 1;
        if (!read_decimal(slice_of(first.data + first.size + 1, rest), origin))
            return slice_of(NULL, 0);
    }
    return long_name(ar->names, offset);
}

// BSD's "#1/20": takes the name off the front of the contents.
static struct slice bsd_name(struct slice name, struct slice *contents)
{
    uint64_t size;
    struct slice digits = slice_of(name.data + 3, name.size - 3);
    if (!read_decimal(digits, &size) || size > contents->size)
        return name;
    struct slice text = slice_of(contents->data, size);
    *contents = slice_of(contents->data + size, contents->size - size);
    return until(text, '\0');
}

static const char *shown(const struct archive *ar, struct slice name)
{
    name.size = MIN(name.size, (size_t)SHOWN_NAME);
    return name.size ? arena_text(img__file_arena(ar->file), name) : "?";
}

static uint64_t offset_of(const struct archive *ar, const uint8_t *at)
{
    return (uint64_t)(at - ar->bytes.data);
}

static void add_span(const struct archive *ar, const uint8_t *start, const uint8_t *end,
                     const char *what)
{
    img__file_add_span(ar->file, offset_of(ar, start), (uint64_t)(end - start), what);
}

static void add_member(const struct archive *ar, struct slice name, struct slice contents)
{
    struct img_file *file = ar->file;
    const char *text = shown(ar, name);
    size_t before = img_file_count(file);
    if (img__is_elf(contents))
        img__file_add_member(file, contents, offset_of(ar, contents.data), ar->path, text);
    if (img_file_count(file) == before)
        img__file_add_span(file, offset_of(ar, contents.data), contents.size,
                           arena_printf(img__file_arena(file), "member %s", text));
}

// ------------------------------------------------------------------- thin members

static const char *beside(const struct archive *ar, struct slice name)
{
    struct arena *arena = img__file_arena(ar->file);
    const char *slash = strrchr(ar->path, '/');
    if (slash == NULL || slice_starts(name, "/"))
        return arena_text(arena, name);
    return arena_printf(arena, "%.*s/%.*s", (int)(slash - ar->path), ar->path, (int)name.size,
                        (const char *)name.data);
}

static bool follow(struct archive *ar, struct slice name, struct fault *fault)
{
    const char *path = beside(ar, name);
    if (ar->last.path != NULL && strcmp(ar->last.path, path) == 0)
        return true;
    struct slice bytes;
    if (!img__map(path, &bytes, fault))
        return false;
    img__file_keep(ar->file, bytes);
    ar->last = (struct target){path, bytes};
    return true;
}

// The member whose header is at `origin` of the nested archive: its contents, and its own name when
// that is short (a long one would need the nested table of names).
static bool nested(struct slice archive, uint64_t origin, struct slice *contents,
                   struct slice *name)
{
    struct cur c = cur_make(archive, false);
    struct header header;
    cur_seek(&c, origin);
    if (!img__is_archive(archive) || !read_header(&c, &header))
        return false;
    *contents = cur_bytes(&c, header.size);
    if (slice_starts(header.name, "#1/"))
        *name = bsd_name(header.name, contents);
    else if (slice_ends(header.name, "/"))
        *name = slice_of(header.name.data, header.name.size - 1);
    return !c.failed;
}

static void add_thin_member(struct archive *ar, struct slice name, uint64_t origin)
{
    struct img_file *file = ar->file;
    struct fault fault = {0};
    const char *text = shown(ar, name);
    if (!follow(ar, name, &fault)) {
        doubt_add(img__file_doubts(file), ar->path, text, NO_OFFSET, "missing member: %s",
                  fault.text);
        return;
    }
    struct slice contents = ar->last.bytes;
    if (origin != 0 && !nested(ar->last.bytes, origin, &contents, &name)) {
        doubt_add(img__file_doubts(file), ar->path, text, origin,
                  "no member header at this offset of the nested archive");
        return;
    }
    if (img__is_elf(contents))
        img__file_add_member(file, contents, (uint64_t)(contents.data - ar->last.bytes.data),
                             ar->last.path, shown(ar, name));
}

// -------------------------------------------------------------------------- walk

// The contents that follow a header; those that reach past the end are cut, with a doubt.
static struct slice read_contents(const struct archive *ar, struct cur *c, uint64_t size)
{
    if (size > cur_left(c)) {
        doubt_add(img__file_doubts(ar->file), ar->path, NULL, cur_offset(c),
                  "member of %llu bytes reaches past the end of the file: %zu are left",
                  (unsigned long long)size, cur_left(c));
        size = cur_left(c);
    }
    struct slice contents = slice_of(c->at, size);
    cur_skip(c, size);
    return contents;
}

static void read_member(struct archive *ar, struct cur *c, const uint8_t *start,
                        const struct header *header)
{
    uint64_t origin = 0;
    if (is_index(header->name) || slice_is(header->name, "//")) {
        struct slice contents = read_contents(ar, c, header->size);
        bool names = slice_is(header->name, "//");
        if (names)
            ar->names = contents;
        add_span(ar, start, c->at, names ? "archive names" : "archive index");
    } else if (ar->thin) {
        add_span(ar, start, c->at, "archive header");
        struct slice name = gnu_name(ar, header->name, &origin);
        add_thin_member(ar, name, origin);
    } else {
        struct slice contents = read_contents(ar, c, header->size);
        struct slice name = slice_starts(header->name, "#1/") ? bsd_name(header->name, &contents)
                                                              : gnu_name(ar, header->name, &origin);
        bool index = is_index(name);
        add_span(ar, start, index ? c->at : contents.data,
                 index ? "archive index" : "archive header");
        if (!index)
            add_member(ar, name, contents);
    }
}

static void skip_padding(const struct archive *ar, struct cur *c)
{
    if (cur_offset(c) % 2 == 0 || cur_left(c) == 0 || *c->at != '\n')
        return;
    add_span(ar, c->at, c->at + 1, "archive padding");
    cur_skip(c, 1);
}

void img__archive_read(struct img_file *file, struct slice bytes, const char *path)
{
    struct archive ar = {.file = file, .path = path, .bytes = bytes};
    ar.thin = slice_starts(bytes, "!<thin>\n");
    struct cur c = cur_make(bytes, false);
    cur_skip(&c, MAGIC_SIZE);
    img__file_add_span(file, 0, MAGIC_SIZE, "archive header");
    while (cur_left(&c) > 0) {
        const uint8_t *start = c.at;
        struct header header;
        if (!read_header(&c, &header)) {
            doubt_add(img__file_doubts(file), path, NULL, offset_of(&ar, start),
                      "expected the header of an archive member; the rest is passed over");
            add_span(&ar, start, bytes.data + bytes.size, "archive damage");
            return;
        }
        read_member(&ar, &c, start, &header);
        skip_padding(&ar, &c);
    }
}
