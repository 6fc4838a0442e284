// SPDX-License-Identifier: MIT
//
// Writes what join.c put together: relocations whose symbols have other numbers, the tables, the header.

#include "image/join.h"

// ---------------------------------------------------------------------- relocations

static void put(struct buf *out, const struct join *join, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        buf_char(out, (char)(value >> 8 * (join->like->big_endian ? size - 1 - i : i)));
}

static void put_word(struct buf *out, const struct join *join, uint64_t value)
{
    put(out, join, value, join->like->is64 ? 8 : 4);
}

static uint32_t renumbered(const struct join *join, const struct part *part, uint64_t symbol)
{
    uint32_t number = symbol < part->symbol_count ? part->symbols[symbol] : 0;
    return number & IMG__GLOBAL ? (number & ~IMG__GLOBAL) + (uint32_t)join->locals.count + 1
                                : number;
}

// MIPS of 64 bits has the symbol in front in either byte order.
static void copy_entries(const struct join *join, const struct part *part, struct buf *out,
                         struct slice bytes, unsigned size, uint64_t offset)
{
    bool is64 = join->like->is64, mips = join->like->machine == EM_MIPS;
    struct cur c = img__cursor(part->img, bytes);
    while (cur_left(&c) >= size) {
        put_word(out, join, (is64 ? cur_u64(&c) : cur_u32(&c)) + offset);
        uint64_t info = is64 ? cur_u64(&c) : cur_u32(&c);
        if (!is64)
            put(out, join, (uint64_t)renumbered(join, part, info >> 8) << 8 | (info & 0xff), 4);
        else if (mips && !join->like->big_endian)
            put(out, join, (info & ~UINT64_C(0xffffffff)) | renumbered(join, part, (uint32_t)info),
                8);
        else
            put(out, join, (uint64_t)renumbered(join, part, info >> 32) << 32 | (uint32_t)info, 8);
        struct slice rest = cur_bytes(&c, size - (is64 ? 16 : 8));
        buf_bytes(out, rest.data, rest.size);
    }
}

static void add_relocs(struct join *join, const struct part *part, uint32_t symtab)
{
    for (size_t i = 1; i < part->img->section_count; i++) {
        const struct img_section *s = &part->img->sections[i];
        uint32_t target = s->info < part->img->section_count ? part->sections[s->info] : 0;
        if ((s->type != SHT_REL && s->type != SHT_RELA) || target == 0 ||
            !img__join_take(join, s->file_size))
            continue;
        unsigned size =
            join->like->is64 ? (s->type == SHT_RELA ? 24 : 16) : (s->type == SHT_RELA ? 12 : 8);
        uint32_t number = img__join_section(join, part, s);
        struct joined_section *new = &join->sections.items[number];
        new->s.link = symtab;
        new->s.info = target;
        copy_entries(join, part, &new->bytes, img_section_raw(part->img, (uint32_t)i), size,
                     part->offsets[s->info]);
        new->merged = true;
        new->s.size = new->bytes.size;
    }
}

// ------------------------------------------------------------------------- writing

static void put_symbol(struct join *join, struct buf *out, struct buf *indices,
                       const struct joined_symbol *symbol)
{
    const struct raw_symbol *raw = &symbol->raw;
    bool reserved = raw->section >= SHN_LORESERVE && raw->section != SHN_XINDEX;
    bool extended = !reserved && symbol->section >= SHN_LORESERVE;
    uint16_t section = reserved ? raw->section : extended ? SHN_XINDEX : (uint16_t)symbol->section;
    uint64_t value = section == SHN_UNDEF ? 0 : raw->value;
    put(indices, join, extended ? symbol->section : 0, 4);
    put(out, join, raw->name, 4);
    if (!join->like->is64) {
        put(out, join, value, 4);
        put(out, join, raw->size, 4);
    }
    buf_char(out, (char)raw->info);
    buf_char(out, (char)raw->other);
    put(out, join, section, 2);
    if (join->like->is64) {
        put(out, join, value, 8);
        put(out, join, raw->size, 8);
    }
}

static struct joined_section *add_table(struct join *join, const char *name, uint32_t type)
{
    struct joined_section new = {.s = {.name = name, .type = type, .align = 8}, .merged = true};
    vec_push(&join->sections, new);
    return &join->sections.items[join->sections.count - 1];
}

// The tables that a joined file has of its own; they come last.
static void add_symbols(struct join *join, uint32_t symtab)
{
    const struct joined_symbol none = {0};
    struct buf symbols = {0}, indices = {0};
    put_symbol(join, &symbols, &indices, &none);
    for (size_t i = 0; i < join->locals.count; i++)
        put_symbol(join, &symbols, &indices, &join->locals.items[i]);
    for (size_t i = 0; i < join->globals.count; i++)
        put_symbol(join, &symbols, &indices, &join->globals.items[i]);
    struct joined_section *s = &join->sections.items[symtab];
    s->bytes = symbols;
    s->s.link = symtab + 1;
    s->s.info = (uint32_t)join->locals.count + 1;
    s->s.entry_size = join->like->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    join->sections.items[symtab + 1].bytes = join->strings;
    join->sections.items[symtab + 2].bytes = indices;
    join->sections.items[symtab + 2].s.link = symtab;
    join->strings = (struct buf){0};
}

static void put_header(const struct join *join, struct buf *out, uint64_t table)
{
    bool is64 = join->like->is64;
    const char ident[EI_NIDENT] = {0x7f,
                                   'E',
                                   'L',
                                   'F',
                                   (char)(is64 ? ELFCLASS64 : ELFCLASS32),
                                   (char)(join->like->big_endian ? ELFDATA2MSB : ELFDATA2LSB),
                                   1};
    size_t count = join->sections.count;
    buf_bytes(out, ident, sizeof ident);
    put(out, join, ET_REL, 2);
    put(out, join, join->like->machine, 2);
    put(out, join, 1, 4);
    put_word(out, join, 0);
    put_word(out, join, 0);
    put_word(out, join, table);
    put(out, join, join->like->flags, 4);
    put(out, join, is64 ? 64 : 52, 2);
    put(out, join, 0, 2);
    put(out, join, 0, 2);
    put(out, join, is64 ? 64 : 40, 2);
    put(out, join, count < SHN_LORESERVE ? count : 0, 2); // else section 0 says it
    put(out, join, count - 1 < SHN_LORESERVE ? count - 1 : SHN_XINDEX, 2);
}

static void put_section(const struct join *join, struct buf *out, const struct joined_section *s,
                        uint32_t name, uint64_t offset)
{
    put(out, join, name, 4);
    put(out, join, s->s.type, 4);
    put_word(out, join, s->s.flags);
    put_word(out, join, 0);
    put_word(out, join, offset);
    put_word(out, join, s->s.size);
    put(out, join, s->s.link, 4);
    put(out, join, s->s.info, 4);
    put_word(out, join, s->s.align);
    put_word(out, join, s->s.entry_size);
}

static void write_all(struct join *join, struct buf *out)
{
    struct buf table = {0}, ignored = {0};
    size_t count = join->sections.count, header = join->like->is64 ? 64 : 52;
    struct joined_section none = {0};
    struct joined_section *last = &join->sections.items[count - 1];
    if (count >= SHN_LORESERVE) {
        none.s.size = count;
        none.s.link = (uint32_t)count - 1;
    }
    put_section(join, &table, &none, 0, 0);
    for (size_t i = 1; i < count; i++)
        buf_bytes(&last->bytes, join->sections.items[i].s.name,
                  strlen(join->sections.items[i].s.name) + 1);
    uint32_t name = 1;
    buf_reserve(out, header);
    out->size = header;
    for (size_t i = 1; i < count; i++) {
        struct joined_section *s = &join->sections.items[i];
        struct slice bytes = s->merged ? slice_of(s->bytes.data, s->bytes.size) : s->lent;
        while (out->size % 8 != 0)
            buf_char(out, 0);
        s->s.size = s->s.type == SHT_NOBITS ? s->s.size : bytes.size;
        put_section(join, &table, s, name, out->size);
        name += (uint32_t)strlen(s->s.name) + 1;
        if (s->s.type != SHT_NOBITS)
            buf_bytes(out, bytes.data, bytes.size);
        buf_free(&s->bytes);
    }
    while (out->size % 8 != 0)
        buf_char(out, 0);
    uint64_t table_at = out->size;
    buf_bytes(out, table.data, table.size);
    put_header(join, &ignored, table_at);
    memcpy(out->data, ignored.data, header);
    buf_free(&ignored);
    buf_free(&table);
}

void img__join_write(struct join *join, struct buf *out)
{
    uint32_t symtab = (uint32_t)join->sections.count;
    add_table(join, ".symtab", SHT_SYMTAB);
    add_table(join, ".strtab", SHT_STRTAB);
    add_table(join, ".symtab_shndx", SHT_SYMTAB_SHNDX)->s.entry_size = 4;
    for (size_t i = 0; i < join->parts.count; i++)
        add_relocs(join, &join->parts.items[i], symtab);
    add_symbols(join, symtab);
    buf_char(&add_table(join, ".shstrtab", SHT_STRTAB)->bytes, 0);
    write_all(join, out);
}
