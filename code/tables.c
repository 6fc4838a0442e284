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

bool code__table_add(struct code__cpu *cpu, const char *name)
{
    size_t count, word_count;
    const struct img_section *sections = img_sections(cpu->img, &count);
    for (uint32_t i = 1; i < count; i++) {
        uint64_t *words =
            strcmp(sections[i].name, name) == 0 ? img_words(cpu->img, i, &word_count) : NULL;
        if (words == NULL)
            continue;
        uint64_t start = sections[i].addr, size = word_count * (cpu->wide ? 8 : 4);
        cpu->tables.items[cpu->tables.count++] = (struct code__table){start, start + size, words};
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
