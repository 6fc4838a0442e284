// SPDX-License-Identifier: MIT
//
// Builds small ELF files in memory, of either class and byte order:
//
//   | ELF header | contents of the sections ... | section header table |
//
// Section 0 and the table of section names are made here; the rest is what add_section was given.
#ifndef TARE_IMAGE_BUILD_H
#define TARE_IMAGE_BUILD_H

#include <elf.h>
#include <stdlib.h>

#include "base/base.h"

struct made_section {
    const char *name;
    uint32_t type;
    uint64_t flags, addr, size, entry_size, align;
    uint32_t link, info;
    struct buf bytes;
};

struct maker {
    bool is64, big_endian;
    uint16_t type, machine;
    struct made_section sections[16]; // [0] stays empty
    uint32_t count;
};

static inline void put(const struct maker *m, struct buf *out, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        buf_char(out, (char)(value >> 8 * (m->big_endian ? size - 1 - i : i)));
}

static inline void put_word(const struct maker *m, struct buf *out, uint64_t value)
{
    put(m, out, value, m->is64 ? 8 : 4);
}

static inline struct maker maker(bool is64, bool big_endian, uint16_t type, uint16_t machine)
{
    return (struct maker){is64, big_endian, type, machine, {{0}}, 1};
}

// Its index is what the return value says; `bytes` may be filled later.
static inline uint32_t add_section(struct maker *m, const char *name, uint32_t type, uint64_t flags,
                                   uint64_t addr)
{
    struct made_section *s = &m->sections[m->count];
    *s =
        (struct made_section){.name = name, .type = type, .flags = flags, .addr = addr, .align = 1};
    return m->count++;
}

static inline struct buf *bytes_of(struct maker *m, uint32_t section)
{
    return &m->sections[section].bytes;
}

// Appends a symbol to .symtab, making the table and its strings when they are not there yet.
static inline uint32_t add_symbol(struct maker *m, const char *name, uint64_t value, uint8_t type,
                                  uint8_t bind, uint8_t other, uint16_t section)
{
    uint32_t table = 0, strings = 0;
    for (uint32_t i = 1; i < m->count; i++)
        if (m->sections[i].type == SHT_SYMTAB)
            table = i;
    uint8_t info = ELF64_ST_INFO(bind, type);
    if (table == 0) {
        strings = add_section(m, ".strtab", SHT_STRTAB, 0, 0);
        buf_char(bytes_of(m, strings), 0);
        table = add_section(m, ".symtab", SHT_SYMTAB, 0, 0);
        m->sections[table].link = strings;
        m->sections[table].entry_size = m->is64 ? 24 : 16;
        add_symbol(m, "", 0, 0, 0, 0, 0);
    }
    struct buf *out = bytes_of(m, table), *names = bytes_of(m, m->sections[table].link);
    uint32_t index = (uint32_t)(out->size / m->sections[table].entry_size);
    put(m, out, name[0] ? names->size : 0, 4);
    if (name[0])
        buf_bytes(names, name, strlen(name) + 1);
    if (m->is64) {
        put(m, out, info, 1), put(m, out, other, 1), put(m, out, section, 2);
        put(m, out, value, 8), put(m, out, 4, 8);
    } else {
        put(m, out, value, 4), put(m, out, 4, 4);
        put(m, out, info, 1), put(m, out, other, 1), put(m, out, section, 2);
    }
    return index;
}

static inline void put_section_header(const struct maker *m, struct buf *out,
                                      const struct made_section *s, uint32_t name, uint64_t offset)
{
    put(m, out, name, 4), put(m, out, s->type, 4);
    put_word(m, out, s->flags), put_word(m, out, s->addr), put_word(m, out, offset);
    put_word(m, out, s->size ? s->size : s->bytes.size);
    put(m, out, s->link, 4), put(m, out, s->info, 4);
    put_word(m, out, s->align), put_word(m, out, s->entry_size);
}

static inline void put_elf_header(const struct maker *m, struct buf *out, uint64_t sections)
{
    const char ident[] = {0x7f, 'E', 'L', 'F', m->is64 ? 2 : 1, m->big_endian ? 2 : 1, 1};
    buf_bytes(out, ident, sizeof ident);
    put(m, out, 0, 8), put(m, out, 0, 1);
    put(m, out, m->type, 2), put(m, out, m->machine, 2), put(m, out, 1, 4);
    put_word(m, out, 0x1000), put_word(m, out, 0), put_word(m, out, sections);
    put(m, out, 0, 4), put(m, out, m->is64 ? 64 : 52, 2);
    put(m, out, m->is64 ? 56 : 32, 2), put(m, out, 0, 2);
    put(m, out, m->is64 ? 64 : 40, 2), put(m, out, m->count, 2), put(m, out, m->count - 1, 2);
}

// The file; frees what the maker holds.
static inline struct buf make_elf(struct maker *m)
{
    struct buf names = {0}, file = {0}, body = {0};
    uint32_t name_at[16] = {0};
    uint64_t offsets[16] = {0}, head = m->is64 ? 64 : 52;
    uint32_t table = add_section(m, ".shstrtab", SHT_STRTAB, 0, 0);
    buf_char(&names, 0);
    for (uint32_t i = 1; i < m->count; i++) {
        name_at[i] = (uint32_t)names.size;
        buf_bytes(&names, m->sections[i].name, strlen(m->sections[i].name) + 1);
    }
    m->sections[table].bytes = names;
    for (uint32_t i = 1; i < m->count; i++) {
        offsets[i] = head + body.size;
        buf_bytes(&body, m->sections[i].bytes.data, m->sections[i].bytes.size);
    }
    put_elf_header(m, &file, head + body.size);
    buf_bytes(&file, body.data, body.size);
    for (uint32_t i = 0; i < m->count; i++)
        put_section_header(m, &file, &m->sections[i], name_at[i], offsets[i]);
    for (uint32_t i = 0; i < m->count; i++)
        buf_free(&m->sections[i].bytes);
    buf_free(&body);
    return file;
}

#endif
