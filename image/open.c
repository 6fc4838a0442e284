// SPDX-License-Identifier: MIT
//
// Opening: a path becomes mapped bytes, and those become images.
//
// The file is mapped read only and stays so until it is closed; all that is lent points into the
// mapping.

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/private.h"

struct img_file {
    const char *path;
    struct slice bytes;
    struct buf owned; // the same, when it was made in memory
    bool archive;
    struct doubts *doubts;
    struct arena *arena;
    VEC(struct slice) mappings;
    VEC(struct img *) images;
    VEC(struct img_span) spans;
};

bool img__map(const char *path, struct slice *bytes, struct fault *fault)
{
    static const char expected[] = "an ELF file or an archive";
    if (!file_map(bytes, path, expected, false, fault))
        return false;
    return bytes->size != 0 ||
           fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "is empty; expected %s", expected);
}

void img_file_release(const struct img_file *file, struct slice bytes)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < file->mappings.count; i++) {
        struct slice map = file->mappings.items[i];
        bool inside = bytes.data >= map.data && bytes.data + bytes.size <= map.data + map.size;
        uintptr_t start = ((uintptr_t)bytes.data + page - 1) / page * page;
        uintptr_t end = ((uintptr_t)bytes.data + bytes.size) / page * page;
        if (inside && start < end) // a hint: nothing to do when the kernel declines
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
}

void img__file_keep(struct img_file *file, struct slice mapping)
{
    vec_push(&file->mappings, mapping);
}

void img__file_add_span(struct img_file *file, uint64_t offset, uint64_t size, const char *what)
{
    if (size != 0)
        vec_push(&file->spans, (struct img_span){offset, size, what});
}

struct arena *img__file_arena(struct img_file *file)
{
    return file->arena;
}

struct doubts *img__file_doubts(struct img_file *file)
{
    return file->doubts;
}

void img__file_add_member(struct img_file *file, struct slice bytes, uint64_t start,
                          const char *disk_path, const char *member)
{
    struct img_info name = {
        .external = disk_path != file->path,
        .path = arena_printf(file->arena, "%s(%s)", file->path, member),
        .member = member,
        .file_start = start,
    };
    struct fault fault = {0};
    struct img *img = img__open(&name, disk_path, bytes, file->doubts, &fault);
    if (img != NULL)
        vec_push(&file->images, img);
    else
        doubt_add(file->doubts, file->path, member, NO_OFFSET, "broken member: %s", fault.text);
}

static bool read_file(struct img_file *file, struct fault *fault)
{
    file->archive = img__is_archive(file->bytes);
    if (file->archive) {
        img__archive_read(file, file->bytes, file->path);
        return true;
    }
    if (file->bytes.size == 0)
        return fault_set(fault, FAULT_INPUT, file->path, NULL, NO_OFFSET,
                         "is empty; expected an ELF file or an archive");
    if (!img__is_elf(file->bytes))
        return fault_set(fault, FAULT_INPUT, file->path, NULL, NO_OFFSET,
                         "expected an ELF file or an archive; this looks like %s",
                         img__looks_like(file->bytes));
    struct img_info name = {.path = file->path};
    struct img *img = img__open(&name, file->path, file->bytes, file->doubts, fault);
    if (img == NULL)
        return false;
    vec_push(&file->images, img);
    return true;
}

static struct img_file *file_new(const char *path, struct slice bytes, struct doubts *doubts)
{
    struct img_file *file = mem_zalloc(1, sizeof *file);
    file->arena = arena_new();
    file->path = arena_text(file->arena, slice_text(path));
    file->bytes = bytes;
    file->doubts = doubts;
    return file;
}

static bool finish_open(struct img_file **out, struct img_file *file, struct fault *fault)
{
    *out = NULL;
    if (!read_file(file, fault)) {
        img_file_close(file);
        return false;
    }
    *out = file;
    return true;
}

bool img_file_open(struct img_file **out, const char *path, struct doubts *doubts,
                   struct fault *fault)
{
    struct slice bytes;
    *out = NULL;
    if (!img__map(path, &bytes, fault))
        return false;
    struct img_file *file = file_new(path, bytes, doubts);
    img__file_keep(file, bytes);
    return finish_open(out, file, fault);
}

bool img_file_open_memory(struct img_file **out, const void *data, size_t size, const char *path,
                          struct doubts *doubts, struct fault *fault)
{
    return finish_open(out, file_new(path, slice_of(data, size), doubts), fault);
}

bool img__file_open_owned(struct img_file **out, struct buf *bytes, const char *path,
                          struct doubts *doubts, struct fault *fault)
{
    struct img_file *file = file_new(path, slice_of(bytes->data, bytes->size), doubts);
    file->owned = *bytes;
    *bytes = (struct buf){0};
    return finish_open(out, file, fault);
}

void img__set_member(struct img_file *file, uint32_t section, const char *member)
{
    struct img *img = img_file_image(file, 0);
    if (member != NULL && section < img->section_count)
        img->sections[section].member = arena_text(file->arena, slice_text(member));
}

void img_file_close(struct img_file *file)
{
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->images.count; i++)
        img__close(file->images.items[i]);
    for (size_t i = 0; i < file->mappings.count; i++)
        file_unmap(file->mappings.items[i]);
    vec_free(&file->images);
    vec_free(&file->mappings);
    vec_free(&file->spans);
    buf_free(&file->owned);
    arena_free(file->arena);
    free(file);
}

const char *img_file_path(const struct img_file *file)
{
    return file->path;
}

uint64_t img_file_size(const struct img_file *file)
{
    return file->bytes.size;
}

struct slice img_file_bytes(const struct img_file *file)
{
    return file->bytes;
}

bool img_file_is_archive(const struct img_file *file)
{
    return file->archive;
}

size_t img_file_count(const struct img_file *file)
{
    return file->images.count;
}

struct img *img_file_image(struct img_file *file, size_t index)
{
    return index < file->images.count ? file->images.items[index] : NULL;
}

const struct img_span *img_file_spans(const struct img_file *file, size_t *count)
{
    *count = file->spans.count;
    return file->spans.items;
}
