// SPDX-License-Identifier: MIT
//
// Tables in which a linker keeps addresses (.got, .got2, .toc), with what the loader puts there: where relocations
// have addends of their own, the words in the file are mostly 0.

#include <string.h>

#include "code/flow.h"

bool code__symbol(struct img *img, const char *name, uint64_t *addr)
{
    size_t count;
    const struct img_symbol *symbols = img_symbols(img, &count);
    for (size_t i = 0; i < count; i++)
        if (symbols[i].section != SHN_UNDEF && strcmp(symbols[i].name, name) == 0) {
            *addr = symbols[i].addr;
            return true;
        }
    return false;
}

static void relocate(const struct code__cpu *cpu, struct code__table *table, uint32_t section)
{
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    struct fault ignored = {0};
    unsigned word = cpu->wide ? 8 : 4;
    if (!img_reloc_open(&reader, cpu->img, section, &ignored))
        return;
    while (img_reloc_next(&reader, &reloc))
        if (reloc.addr - table->start < table->end - table->start && reloc.symbol == 0 &&
            img_is_relative(cpu->img, reloc.type))
            table->words[(reloc.addr - table->start) / word] = (uint64_t)reloc.addend;
}

static void read_words(const struct code__cpu *cpu, struct code__table *table, struct slice bytes)
{
    size_t count;
    const struct img_section *sections = img_sections(cpu->img, &count);
    unsigned word = cpu->wide ? 8 : 4;
    struct cur c = cur_make(bytes, cpu->big_endian);
    table->words = mem_alloc((bytes.size / word + 1) * sizeof *table->words);
    for (size_t i = 0; i < bytes.size / word; i++)
        table->words[i] = cur_uint(&c, word);
    for (uint32_t i = 1; i < count; i++)
        if (img_is_reloc_section(&sections[i]) && img_has_addends(&sections[i]) &&
            (sections[i].flags & SHF_ALLOC))
            relocate(cpu, table, i);
}

bool code__table_add(struct code__cpu *cpu, const char *name)
{
    size_t count;
    struct slice bytes;
    const struct img_section *sections = img_sections(cpu->img, &count);
    uint64_t word = cpu->wide ? 8 : 4;
    for (size_t i = 1; i < count; i++) {
        const struct img_section *s = &sections[i];
        if (strcmp(s->name, name) != 0 || s->size < word ||
            !img_bytes_at(cpu->img, s->addr, s->size, &bytes))
            continue;
        struct code__table *table = &cpu->tables.items[cpu->tables.count++];
        *table = (struct code__table){s->addr, s->addr + s->size / word * word, NULL};
        read_words(cpu, table, bytes);
        return true;
    }
    return false;
}

void code__tables_free(struct code__tables *tables)
{
    for (size_t i = 0; i < tables->count; i++)
        free(tables->items[i].words);
}

bool code__table_word(const struct code__cpu *cpu, uint64_t addr, uint64_t *word)
{
    unsigned size = cpu->wide ? 8 : 4;
    for (size_t i = 0; i < cpu->tables.count; i++) {
        const struct code__table *table = &cpu->tables.items[i];
        if (addr - table->start < table->end - table->start && (addr - table->start) % size == 0) {
            *word = table->words[(addr - table->start) / size];
            return *word != 0 || cpu->halves;
        }
    }
    return false;
}
