// SPDX-License-Identifier: MIT
//
// The bytes of sections: borrowed from the file, or made once: inflated, relocated.
//
//   SHF_COMPRESSED   | type 4 | (64-bit: reserved 4) | size 4/8 | alignment 4/8 | stream ...
//   .zdebug_*        | "ZLIB" | size 8, big-endian | zlib stream ...
//
// zstd is inflated with libzstd here, because libelf of elfutils before 0.190 cannot. A declared
// size is believed only within limits, since memory is allocated for it: per section what the
// format can reach, per image a multiple of the image's own size. A section over the limits is a
// doubt when the file is opened and a fault when its bytes are asked for.

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <zstd.h>

#include "image/private.h"

#define RATIO_MAX   1032 // zlib cannot exceed it; zstd does so only for trivial data
#define SMALL       ((uint64_t)64 << 10) // sections up to this inflated size may have any ratio
#define BUDGET_BASE ((uint64_t)16 << 20) // inflated bytes per image: this much ...
#define BUDGET_RATE 16                   // ... and so many times its size

static struct slice raw_bytes(const struct img *img, const struct img_section *s)
{
    return slice_of(img->bytes.data + s->offset, s->file_size);
}

static struct content *content_of(struct img *img, uint32_t section)
{
    if (img->contents == NULL)
        img->contents = mem_zalloc(img->section_count, sizeof *img->contents);
    if (img->contents[section] == NULL) {
        img->contents[section] = mem_zalloc(1, sizeof **img->contents);
        pthread_mutex_init(&img->contents[section]->lock, NULL);
    }
    return img->contents[section];
}

// -------------------------------------------------------------------- what to do

static void read_compressed_header(struct img *img, struct img_section *s, struct content *content)
{
    struct cur c = img__cursor(img, raw_bytes(img, s));
    uint32_t type = cur_u32(&c);
    if (img->info.is64)
        cur_skip(&c, 4);
    uint64_t size = cur_uint(&c, img->info.address_size);
    s->align = cur_uint(&c, img->info.address_size);
    content->compression = type == ELFCOMPRESS_ZLIB   ? ZLIB
                           : type == ELFCOMPRESS_ZSTD ? ZSTD
                                                      : UNKNOWN_COMPRESSION;
    if (c.failed)
        content->compression = UNKNOWN_COMPRESSION;
    content->header_size = (uint8_t)cur_offset(&c);
    if (content->compression != UNKNOWN_COMPRESSION)
        s->size = size;
}

static void read_zdebug_header(struct img *img, struct img_section *s, struct content *content)
{
    struct cur c = cur_make(raw_bytes(img, s), true);
    content->compression = slice_is(cur_bytes(&c, 4), "ZLIB") ? ZLIB : UNKNOWN_COMPRESSION;
    uint64_t size = cur_u64(&c);
    if (c.failed)
        content->compression = UNKNOWN_COMPRESSION;
    content->header_size = (uint8_t)cur_offset(&c);
    if (content->compression != UNKNOWN_COMPRESSION)
        s->size = size;
}

static bool within_limits(uint64_t inflated, uint64_t stream, uint64_t *budget)
{
    if (inflated > SMALL && inflated / RATIO_MAX > stream)
        return false;
    if (inflated > *budget)
        return false;
    *budget -= inflated;
    return true;
}

static void prepare_compressed(struct img *img, struct img_section *s, uint64_t *budget)
{
    bool zdebug = strncmp(s->name, ".zdebug_", 8) == 0;
    if ((!zdebug && !(s->flags & SHF_COMPRESSED)) || (s->flags & SHF_ALLOC) ||
        s->type == SHT_NOBITS || s->index == 0)
        return;
    // Some tools leave sections that would not shrink plain under the .zdebug name.
    if (zdebug && !(s->flags & SHF_COMPRESSED) && !slice_starts(raw_bytes(img, s), "ZLIB"))
        return;
    struct content *content = content_of(img, s->index);
    s->compressed = true;
    if (s->flags & SHF_COMPRESSED)
        read_compressed_header(img, s, content);
    else
        read_zdebug_header(img, s, content);
    if (content->compression == UNKNOWN_COMPRESSION) {
        doubt_add(img->doubts, img->info.path, s->name, 0, "unknown compression");
        return;
    }
    if (within_limits(s->size, s->file_size - content->header_size, budget)) {
        img->info.full_size += s->size;
        return;
    }
    content->refused = true;
    doubt_add(img->doubts, img->info.path, s->name, 0,
              "%" PRIu64 " compressed bytes declare %" PRIu64 ": not inflated", s->file_size,
              s->size);
}

static bool is_relocated(const char *name)
{
    return strncmp(name, ".xt.prop", 8) == 0 || strncmp(name, ".debug_", 7) == 0 ||
           strncmp(name, ".zdebug_", 8) == 0 || strncmp(name, ".gnu.debuglto_", 14) == 0 ||
           strcmp(name, ".eh_frame") == 0 || strcmp(name, ".opd") == 0;
}

// Sections that lie in the file side by side cannot sum to more than it has. Those of a damaged file
// can overlap, and would be copied and walked again and again.
static bool take(uint64_t *budget, uint64_t size)
{
    if (size > *budget)
        return false;
    *budget -= size;
    return true;
}

// Chains the relocation sections of each section that is relocated, in table order.
static void prepare_relocs(struct img *img)
{
    uint64_t copies = img->bytes.size, entries = img->bytes.size;
    for (size_t i = img->section_count; i-- > 1;) {
        const struct img_section *s = &img->sections[i];
        if ((s->type != SHT_REL && s->type != SHT_RELA) || s->info == 0 ||
            s->info >= img->section_count || s->file_size == 0)
            continue;
        const struct img_section *target = &img->sections[s->info];
        // Relocations of relocations could form a ring, each waiting for the other.
        if (!is_relocated(target->name) || target->type == SHT_NOBITS ||
            img_is_reloc_section(target))
            continue;
        if (img->reloc_next == NULL)
            img->reloc_next = mem_zalloc(img->section_count, sizeof *img->reloc_next);
        bool copied = img->contents != NULL && img->contents[s->info] != NULL;
        if (!take(&entries, s->file_size) || (!copied && !take(&copies, target->file_size))) {
            doubt_add(img->doubts, img->info.path, s->name, NO_OFFSET,
                      "not applied to %s: sections overlap", target->name);
            continue;
        }
        struct content *content = content_of(img, s->info);
        img->reloc_next[i] = content->relocs;
        content->relocs = (uint32_t)i;
    }
}

void img__contents_prepare(struct img *img)
{
    uint64_t budget;
    if (!mul_u64(img->bytes.size, BUDGET_RATE, &budget) || !add_u64(budget, BUDGET_BASE, &budget))
        budget = UINT64_MAX;
    img->info.full_size = img->bytes.size;
    for (size_t i = 0; i < img->section_count; i++)
        prepare_compressed(img, &img->sections[i], &budget);
    if (img->info.type == ET_REL)
        prepare_relocs(img);
}

static void drop(struct content *content)
{
    free(content->owned);
    free(content->fault);
    content->owned = NULL;
    content->fault = NULL;
    atomic_store(&content->ready, false);
}

void img_drop_debug_bytes(struct img *img)
{
    for (size_t i = 0; img->contents != NULL && i < img->section_count; i++)
        if (img->contents[i] != NULL && !(img->sections[i].flags & SHF_ALLOC))
            drop(img->contents[i]);
}

void img__contents_free(struct img *img)
{
    for (size_t i = 0; img->contents != NULL && i < img->section_count; i++) {
        struct content *content = img->contents[i];
        if (content == NULL)
            continue;
        pthread_mutex_destroy(&content->lock);
        drop(content);
        free(content);
    }
    free(img->contents);
}

// ------------------------------------------------------------------------ inflate

static bool inflate_zlib(struct slice in, uint8_t *out, size_t size)
{
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    size_t got = 0;
    bool whole = inflater != NULL &&
                 libdeflate_zlib_decompress(inflater, in.data, in.size, out, size, &got) ==
                     LIBDEFLATE_SUCCESS &&
                 got == size;
    libdeflate_free_decompressor(inflater);
    return whole;
}

static bool inflate_stream(uint8_t compression, struct slice in, uint8_t *out, size_t size)
{
    if (compression == ZSTD) {
        size_t got = ZSTD_decompress(out, size, in.data, in.size);
        return !ZSTD_isError(got) && got == size;
    }
    return inflate_zlib(in, out, size);
}

static bool inflate_section(struct img *img, const struct img_section *s, struct content *content,
                            struct fault *fault)
{
    const char *path = img->info.path;
    if (content->compression == UNKNOWN_COMPRESSION)
        return fault_set(fault, FAULT_INPUT, path, s->name, 0,
                         "unknown compression: expected zlib or zstd");
    if (content->refused)
        return fault_set(fault, FAULT_INPUT, path, s->name, 0,
                         "%" PRIu64 " compressed bytes declare %" PRIu64 ": not inflated",
                         s->file_size, s->size);
    struct slice raw = raw_bytes(img, s);
    struct slice stream =
        slice_of(raw.data + content->header_size, raw.size - content->header_size);
    content->owned = malloc(s->size ? s->size : 1);
    if (content->owned == NULL)
        return fault_set(fault, FAULT_LIMIT, path, s->name, 0,
                         "no memory for its %" PRIu64 " bytes", s->size);
    if (!inflate_stream(content->compression, stream, content->owned, s->size))
        return fault_set(fault, FAULT_INPUT, path, s->name, content->header_size,
                         "damaged %s stream: expected %" PRIu64 " bytes from it",
                         content->compression == ZSTD ? "zstd" : "zlib", s->size);
    content->bytes = slice_of(content->owned, s->size);
    return true;
}

// ------------------------------------------------------------------------- making

static void relocate_section(struct img *img, uint32_t index, struct content *content)
{
    if (content->owned == NULL) {
        content->owned = mem_alloc(content->bytes.size);
        memcpy(content->owned, content->bytes.data, content->bytes.size);
        content->bytes.data = content->owned;
    }
    for (uint32_t r = content->relocs; r != 0; r = img->reloc_next[r])
        img__apply(img, index, r, content->owned, content->bytes.size);
}

static void make(struct img *img, uint32_t index, struct content *content)
{
    const struct img_section *s = &img->sections[index];
    struct fault fault = {0};
    content->bytes = raw_bytes(img, s);
    if (s->compressed && !inflate_section(img, s, content, &fault)) {
        content->fault = mem_alloc(sizeof fault);
        *content->fault = fault;
        free(content->owned);
        content->owned = NULL;
        content->bytes = slice_of(NULL, 0);
    } else if (content->relocs != 0) {
        relocate_section(img, index, content);
    }
}

bool img_section_bytes(struct img *img, uint32_t index, struct slice *bytes, struct fault *fault)
{
    *bytes = slice_of(NULL, 0);
    if (index >= img->section_count)
        return fault_set(fault, FAULT_INPUT, img->info.path, NULL, NO_OFFSET,
                         "no section %u: there are %zu", index, img->section_count);
    struct content *content = img->contents ? img->contents[index] : NULL;
    if (content == NULL) {
        *bytes = raw_bytes(img, &img->sections[index]);
        return true;
    }
    if (!atomic_load_explicit(&content->ready, memory_order_acquire)) {
        pthread_mutex_lock(&content->lock);
        if (!atomic_load_explicit(&content->ready, memory_order_relaxed)) {
            make(img, index, content);
            atomic_store_explicit(&content->ready, true, memory_order_release);
        }
        pthread_mutex_unlock(&content->lock);
    }
    *bytes = content->bytes;
    if (content->fault == NULL)
        return true;
    return fault_set(fault, content->fault->kind, NULL, NULL, NO_OFFSET, "%s",
                     content->fault->text);
}

struct slice img_section_raw(const struct img *img, uint32_t index)
{
    return index < img->section_count ? raw_bytes(img, &img->sections[index]) : slice_of(NULL, 0);
}

bool img_bytes_at(struct img *img, uint64_t addr, uint64_t size, struct slice *bytes)
{
    const struct img_section *s = img_section_at(img, addr);
    struct slice all;
    *bytes = slice_of(NULL, 0);
    if (s == NULL || s->type == SHT_NOBITS || !img_section_bytes(img, s->index, &all, NULL) ||
        !range_fits(addr - s->addr, size, all.size))
        return false;
    *bytes = slice_of(all.data + (addr - s->addr), size);
    return true;
}
