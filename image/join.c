// SPDX-License-Identifier: MIT
//
// The members of an archive as one relocatable file, what `ld -r --whole-archive` would make of them, in memory: so
// what refers from one member to another by name leads there.
//
//   a.o   .text .data .rela.text | main, @f            sections stay apart: each knows its member,
//   b.o   .text .rela.text       | f, @main            but those of debugging are put behind one another
//     │
//     v
//   joined: |header|.text|.data|.rela.text|.text|.rela.text| ... |.symtab|.strtab|.shstrtab|indices|section table|
//           symbols: all local ones, then each global name once
//
// Of a name that several members define, the first counts that is not weak; the others stay as local ones. Of groups
// of one signature the first stays. Section symbols say where in the joined section theirs began, so no addend changes.
// A name that several members have is "member:name" where it is local.

#include <stdlib.h>

#include "image/join.h"

#define ROOM_BASE ((uint64_t)1 << 20)

enum { UNDEFINED, COMMON, WEAK, STRONG };

static uint64_t aligned(uint64_t size, uint64_t align)
{
    return align > 1 && align <= 0x10000 ? (size + align - 1) / align * align : size;
}

// ------------------------------------------------------------------------- sections

static bool is_kept(const struct img_section *s)
{
    return s->type != SHT_NULL && s->type != SHT_SYMTAB && s->type != SHT_SYMTAB_SHNDX &&
           s->type != SHT_STRTAB && s->type != SHT_GROUP;
}

static const char *name_of(const struct img *img, const struct img_section *table, uint32_t offset)
{
    if (table == NULL || table->link >= img->section_count)
        return "";
    struct slice strings = img_section_raw(img, table->link);
    bool ends = offset < strings.size &&
                memchr(strings.data + offset, 0, MIN(strings.size - offset, IMG__NAME_MAX)) != NULL;
    return ends ? (const char *)strings.data + offset : "";
}

static const struct img_section *symbol_table(const struct img *img)
{
    uint32_t index = img->symbol_tables[IMG_SYMTAB];
    return index != 0 ? &img->sections[index] : NULL;
}

static struct raw_symbol symbol_at(const struct img *img, const struct img_section *table,
                                   uint64_t i)
{
    struct cur c = img__cursor(img, img_section_raw(img, table->index));
    cur_seek(&c, i * img__symbol_size(img));
    return img__raw_symbol(&c, img->info.is64);
}

// Marks the sections of a group that came before as left out.
static void read_group(struct join *join, struct part *part, const struct img_section *group)
{
    const struct img_section *table = symbol_table(part->img);
    struct cur c = img__cursor(part->img, img_section_raw(part->img, group->index));
    if (table == NULL || !(cur_u32(&c) & GRP_COMDAT))
        return;
    const char *name = name_of(part->img, table, symbol_at(part->img, table, group->info).name);
    uint32_t before = names_count(join->signatures);
    names_intern_text(join->signatures, name);
    if (name[0] == '\0' || names_count(join->signatures) != before)
        return;
    while (cur_left(&c) >= 4) {
        uint32_t section = cur_u32(&c);
        if (section < part->img->section_count)
            part->sections[section] = UINT32_MAX;
    }
}

uint32_t img__join_section(struct join *join, const struct part *part, const struct img_section *s)
{
    struct joined_section new = {.s = *s, .member = part->img->info.member};
    new.s.link = new.s.info = 0;
    new.s.flags &= ~(uint64_t)(SHF_COMPRESSED | SHF_GROUP);
    vec_push(&join->sections, new);
    return (uint32_t)join->sections.count - 1;
}

// What is only for debugging goes by its name; the rest stays apart.
static void place_section(struct join *join, struct part *part, const struct img_section *s)
{
    struct fault ignored = {0};
    bool merged = !(s->flags & SHF_ALLOC) && s->type == SHT_PROGBITS;
    uint32_t number = 0;
    struct slice bytes = {0};
    if (s->type != SHT_NOBITS && !img_section_bytes(part->img, s->index, &bytes, &ignored))
        return; // compressed in a way nobody knows
    if (!img__join_take(join, bytes.size))
        return;
    if (merged) {
        name_id id = names_intern_text(join->debug, s->name);
        while (join->section_of.count <= id)
            vec_push(&join->section_of, 0);
        number = join->section_of.items[id];
        if (number == 0)
            join->section_of.items[id] = number = img__join_section(join, part, s);
    } else {
        number = img__join_section(join, part, s);
    }
    struct joined_section *new = &join->sections.items[number];
    part->sections[s->index] = number;
    new->merged = merged;
    new->lent = bytes;
    if (!merged)
        return;
    static const char zeros[64] = {0};
    uint64_t start = aligned(new->bytes.size, MIN(s->align, (uint64_t)sizeof zeros));
    buf_bytes(&new->bytes, zeros, start - new->bytes.size);
    part->offsets[s->index] = start;
    buf_bytes(&new->bytes, bytes.data, bytes.size);
    new->s.size = new->bytes.size;
    new->s.compressed = false;
}

static bool fits(const struct join *join, const struct img_info *info)
{
    return info->type == ET_REL && info->machine == join->like->machine &&
           info->is64 == join->like->is64 && info->big_endian == join->like->big_endian;
}

static void add_part(struct join *join, struct img *img)
{
    struct part part = {.img = img};
    part.sections = mem_zalloc(img->section_count + 1, sizeof *part.sections);
    part.offsets = mem_zalloc(img->section_count + 1, sizeof *part.offsets);
    for (size_t i = 1; i < img->section_count; i++) {
        if (img->contents != NULL && img->contents[i] != NULL)
            img->contents[i]->relocs = 0; // they are applied when all lies where it will be
        if (img->sections[i].type == SHT_GROUP)
            read_group(join, &part, &img->sections[i]);
    }
    for (size_t i = 1; i < img->section_count; i++) {
        const struct img_section *s = &img->sections[i];
        bool left_out = part.sections[i] == UINT32_MAX || !is_kept(s) || img_is_reloc_section(s);
        part.sections[i] = 0;
        if (!left_out)
            place_section(join, &part, s);
    }
    vec_push(&join->parts, part);
}

// -------------------------------------------------------------------------- symbols

static uint32_t add_string(struct join *join, const char *prefix, const char *name)
{
    struct buf *strings = &join->strings;
    if (!img__join_take(join, strlen(name) + (prefix ? strlen(prefix) + 1 : 0)) ||
        strings->size > INT32_MAX)
        return 0;
    uint32_t at = (uint32_t)strings->size;
    if (prefix != NULL) {
        buf_text(strings, prefix);
        buf_char(strings, ':');
    }
    buf_bytes(strings, name, strlen(name) + 1);
    return at;
}

// The symbol as it is in the joined file, but for its name.
static struct joined_symbol convert(const struct part *part, uint32_t index, struct raw_symbol raw,
                                    struct slice extended)
{
    struct joined_symbol new = {.raw = raw, .section = raw.section};
    bool reserved = raw.section >= SHN_LORESERVE && raw.section != SHN_XINDEX;
    if (raw.section == SHN_UNDEF || reserved) {
        new.rank = raw.section == SHN_UNDEF    ? UNDEFINED
                   : raw.section == SHN_COMMON ? COMMON
                                               : STRONG;
        return new;
    }
    uint32_t section = img__symbol_section(part->img, raw.section, index, extended);
    new.section = section < part->img->section_count ? part->sections[section] : 0;
    new.raw.value += new.section ? part->offsets[section] : 0;
    new.rank = new.section == 0 ? UNDEFINED : ELF64_ST_BIND(raw.info) == STB_WEAK ? WEAK : STRONG;
    return new;
}

static uint8_t as_local(uint8_t info)
{
    return ELF64_ST_INFO(STB_LOCAL, ELF64_ST_TYPE(info));
}

// Adds a global symbol or makes the one of its name better; its number among the global ones.
static uint32_t add_global(struct join *join, struct joined_symbol new, const char *name)
{
    new.id = names_intern_text(join->names, name);
    while (join->global_of.count <= new.id)
        vec_push(&join->global_of, 0);
    uint32_t *known = &join->global_of.items[new.id];
    if (*known == 0) {
        new.raw.name = add_string(join, NULL, name);
        vec_push(&join->globals, new);
        *known = (uint32_t)join->globals.count;
        return *known - 1;
    }
    struct joined_symbol *old = &join->globals.items[*known - 1];
    new.raw.name = old->raw.name;
    struct joined_symbol other = new.rank > old->rank ? *old : new;
    *old = new.rank > old->rank ? new : *old;
    if (other.rank <= COMMON || other.section == 0)
        return *known - 1;
    other.raw.info = as_local(other.raw.info);
    other.raw.name = add_string(join, other.member, name);
    vec_push(&join->locals, other);
    return *known - 1;
}

static void read_symbols(struct join *join, struct part *part)
{
    const struct img_section *table = symbol_table(part->img);
    if (table == NULL)
        return;
    struct slice extended = img__extended_indices(part->img, table->index);
    part->symbol_count =
        (uint32_t)(img_section_raw(part->img, table->index).size / img__symbol_size(part->img));
    part->symbols = mem_zalloc((size_t)part->symbol_count + 1, sizeof *part->symbols);
    for (uint32_t i = 1; i < part->symbol_count; i++) {
        struct raw_symbol raw = symbol_at(part->img, table, i);
        const char *name = name_of(part->img, table, raw.name);
        struct joined_symbol new = convert(part, i, raw, extended);
        new.member = part->img->info.member;
        if (ELF64_ST_BIND(raw.info) != STB_LOCAL) {
            part->symbols[i] = IMG__GLOBAL | add_global(join, new, name);
            continue;
        }
        if (new.rank == UNDEFINED && raw.section != SHN_UNDEF)
            continue; // of a section that was left out
        uint8_t type = ELF64_ST_TYPE(raw.info);
        bool thing = type == STT_OBJECT || type == STT_FUNC;
        name_id id = thing ? names_find(join->statics, slice_text(name)) : 0;
        bool twice = id != 0 && join->static_count.items[id] > 1;
        new.raw.name = add_string(join, twice ? part->img->info.member : NULL, name);
        vec_push(&join->locals, new);
        part->symbols[i] = (uint32_t)join->locals.count;
    }
}

// How many members have a local thing of each name.
static void count_statics(struct join *join, const struct part *part)
{
    const struct img_section *table = symbol_table(part->img);
    uint64_t count =
        table ? img_section_raw(part->img, table->index).size / img__symbol_size(part->img) : 0;
    for (uint64_t i = 1; i < count; i++) {
        struct raw_symbol raw = symbol_at(part->img, table, i);
        uint8_t type = ELF64_ST_TYPE(raw.info);
        if (ELF64_ST_BIND(raw.info) != STB_LOCAL || (type != STT_OBJECT && type != STT_FUNC))
            continue;
        name_id id = names_intern_text(join->statics, name_of(part->img, table, raw.name));
        while (join->static_count.count <= id)
            vec_push(&join->static_count, 0);
        join->static_count.items[id]++;
    }
}

// ------------------------------------------------------------------------- joining

static void join_parts(struct join *join, struct buf *out)
{
    buf_char(&join->strings, 0);
    for (size_t i = 0; i < join->parts.count; i++)
        count_statics(join, &join->parts.items[i]);
    for (size_t i = 0; i < join->parts.count; i++)
        read_symbols(join, &join->parts.items[i]);
    img__join_write(join, out);
}

static void join_free(struct join *join)
{
    for (size_t i = 0; i < join->parts.count; i++) {
        free(join->parts.items[i].sections);
        free(join->parts.items[i].offsets);
        free(join->parts.items[i].symbols);
    }
    vec_free(&join->parts);
    vec_free(&join->sections);
    vec_free(&join->locals);
    vec_free(&join->globals);
    vec_free(&join->global_of);
    vec_free(&join->section_of);
    vec_free(&join->static_count);
    names_free(join->names);
    names_free(join->signatures);
    names_free(join->debug);
    names_free(join->statics);
}

bool img_file_join(struct img_file **out, struct img_file *archive, struct doubts *doubts,
                   struct fault *fault)
{
    const char *path = img_file_path(archive);
    struct join join = {.names = names_new(), .signatures = names_new(), .debug = names_new()};
    struct buf bytes = {0};
    join.statics = names_new();
    join.room = 4 * ROOM_BASE + 4 * img_file_size(archive);
    vec_push(&join.sections, ((struct joined_section){0}));
    for (size_t i = 0; i < img_file_count(archive); i++) {
        struct img *img = img_file_image(archive, i);
        if (join.like == NULL && img->info.type == ET_REL)
            join.like = &img->info;
        join.room += img->info.full_size - img->info.file_size;
        if (join.like != NULL && fits(&join, &img->info))
            add_part(&join, img);
        else
            doubt_add(doubts, img->info.path, NULL, NO_OFFSET,
                      "is no relocatable file of the machine of the others: it is left out");
    }
    bool good = join.like != NULL;
    if (good)
        join_parts(&join, &bytes);
    else
        fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET,
                  "has no member that is a relocatable file");
    good = good && img__file_open_owned(out, &bytes, path, doubts, fault);
    for (size_t i = 1; good && i < join.sections.count; i++)
        img__set_member(*out, (uint32_t)i, join.sections.items[i].member);
    join_free(&join);
    return good;
}
