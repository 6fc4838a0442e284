// SPDX-License-Identifier: MIT
//
// What symbols say: a symbol with a size owns its bytes; one without (an assembler's label) is
// guessed to own what follows, up to the next symbol; local symbols belong to the file they stand
// under; and the entries of the symbol tables, their strings and versions serve the bytes that the
// symbol names.
//
//   .symtab  |FILE a.c|local f|local g|FILE b.c|local h|global main|
//                ^-------'-------'         ^------'
//
// In a link-time optimised build, functions that no concrete DIE describes belong to the one unit
// that defines a function of their name, a global one only to a unit that lets others see it.
//
// A stripped image's symbols are in its debug file; section numbers are trusted there only when
// address and flags agree. Its own .dynsym then names what the debug file may not.

#include <stdlib.h>

#include "ledger/collect_private.h"

// ------------------------------------------------------------------------- names

static struct slice without_digits(struct slice name)
{
    size_t size = name.size;
    while (size > 0 && name.data[size - 1] >= '0' && name.data[size - 1] <= '9')
        size--;
    if (size == 0 || size == name.size || name.data[size - 1] != '.')
        return name;
    return slice_of(name.data, size - 1);
}

static bool strip(struct slice *name, struct slice from, const char *suffix)
{
    size_t size = strlen(suffix);
    if (from.size <= size || !slice_ends(from, suffix))
        return false;
    *name = slice_of(from.data, from.size - size);
    return true;
}

struct slice led_parent_name(struct slice name)
{
    static const char *const numbered[] = {".cold", ".part",     ".__part", ".constprop",
                                           ".isra", ".lto_priv", ".llvm"};
    for (bool again = true; again;) {
        struct slice bare = without_digits(name);
        again = strip(&name, name, ".cold");
        for (size_t i = 0; !again && bare.size != name.size && i < COUNT_OF(numbered); i++)
            again = strip(&name, bare, numbered[i]);
    }
    return name;
}

static led_owner owner_of_symbol(struct led__image *im, const char *text)
{
    struct slice name = slice_text(text);
    if (name.size != 0 && memchr(name.data, '.', name.size))
        name = led_parent_name(name);
    return names_intern(led_names(im->run->ledger), name);
}

// Names a compiler or optimiser makes up for its intermediate files.
static bool is_file_name(const char *name)
{
    struct slice text = slice_text(name);
    return text.size != 0 && text.data[0] != '<' && !slice_is(text, "ld-temp.o") &&
           !glob_match("*.ltrans[0-9]*", text) && !glob_match("*.lto.o", text);
}

// ------------------------------------------------------------------------- places

// One table of symbols of one image, as it is used for another.
struct table {
    struct led__image *im;
    const struct img_symbol *symbols;
    size_t count;
    const struct img_section *sections; // of the image that has the table
    size_t section_count;
    bool foreign; // it is the debug file
};

static struct table table_of(struct led__image *im, struct img *from)
{
    struct table table = {.im = im, .foreign = from != im->img};
    table.symbols = img_symbols(from, &table.count);
    table.sections = img_sections(from, &table.section_count);
    return table;
}

static bool is_placed_type(uint8_t type)
{
    return type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC || type == STT_COMMON ||
           type == STT_TLS || type == STT_GNU_IFUNC;
}

// Where a symbol lies in the image: its address and section (0: not known). Of a function that has a
// descriptor it is the code.
static bool locate(const struct table *table, const struct img_symbol *symbol, uint32_t *section,
                   uint64_t *addr)
{
    const struct led__image *im = table->im;
    *addr = symbol->addr;
    *section = symbol->section;
    if (!is_placed_type(symbol->type) || symbol->section == SHN_UNDEF ||
        symbol->section >= table->section_count)
        return false;
    if (symbol->type == STT_FUNC && img_descriptor(im->img, symbol->addr, addr)) {
        *section = img_section_at(im->img, *addr)->index;
        return true;
    }
    const struct img_section *own = &table->sections[symbol->section];
    if ((own->flags & SHF_ALLOC) == 0)
        return false;
    if (symbol->type == STT_TLS && im->info->type != ET_REL)
        *addr += im->tls_addr;
    if (table->foreign &&
        (!led__is_allocated(im, *section) || im->sections[*section].addr != own->addr))
        *section = 0;
    return *section == 0 || led__holds(&im->sections[*section], *addr);
}

// ------------------------------------------------------------------------- claims

static void claim_symbols(const struct table *table, enum img_symbol_table which)
{
    struct led__image *im = table->im;
    for (size_t i = 0; led__wants(im->run, LED_SYMBOL) && i < table->count; i++) {
        const struct img_symbol *symbol = &table->symbols[i];
        uint32_t section;
        uint64_t addr;
        if (symbol->table != which || symbol->size == 0 || !locate(table, symbol, &section, &addr))
            continue;
        struct led_claim claim = {owner_of_symbol(im, symbol->name), LED_SYMBOL, LED_BY_SYMBOL,
                                  symbol->index};
        led__claim_addr(im, section, addr, symbol->size, claim);
        if (addr != symbol->addr && img_descriptor(im->img, symbol->addr, &addr))
            led__claim_addr(im, 0, symbol->addr, IMG_DESCRIPTOR_SIZE, claim);
    }
}

// -------------------------------------------------------------------------- files

// The unit that starts something at an address, if it has the name of this file.
static led_owner unit_at(const struct led__image *im, uint64_t addr, const char *file)
{
    size_t low = keyed_first(im->starts, im->start_count, addr);
    for (; low < im->start_count && im->starts[low].key == addr; low++) {
        led_owner owner = (led_owner)im->starts[low].value;
        if (strcmp(path_base(led_owner_text(im->run->ledger, owner)), path_base(file)) == 0)
            return owner;
    }
    return LED_UNATTRIBUTED;
}

// By symbol: whether it is a file's name. Each stands over many that ask.
static bool *file_names(const struct table *table)
{
    bool *named = mem_zalloc(table->count + 1, sizeof *named);
    for (size_t i = 0; i < table->count; i++)
        named[i] = table->symbols[i].type == STT_FILE && is_file_name(table->symbols[i].name);
    return named;
}

// A local symbol that says something of a file: it stands under one and lies in content.
static bool is_in_file(const struct table *table, const bool *named,
                       const struct img_symbol *symbol, uint32_t *section, uint64_t *addr)
{
    return symbol->size != 0 && symbol->bind == STB_LOCAL && symbol->file < table->count &&
           named[symbol->file] && locate(table, symbol, section, addr) &&
           (*section == 0 || led__is_content(table->im, *section));
}

// Files are told by their last name only. One is the unit of that last name in which the debug
// information has something where one of the file's symbols has it, else an owner of its own.
static led_owner *units_of_files(const struct table *table, const bool *named)
{
    led_owner *units = mem_zalloc(table->count + 1, sizeof *units);
    for (size_t i = 0; table->im->start_count != 0 && i < table->count; i++) {
        const struct img_symbol *symbol = &table->symbols[i];
        uint32_t section;
        uint64_t addr;
        if (symbol->file < table->count && units[symbol->file] == LED_UNATTRIBUTED &&
            symbol->type != STT_TLS && is_in_file(table, named, symbol, &section, &addr))
            units[symbol->file] = unit_at(table->im, addr, table->symbols[symbol->file].name);
    }
    return units;
}

static void claim_files(const struct table *table, enum img_symbol_table which)
{
    struct led__image *im = table->im;
    bool *named = file_names(table);
    led_owner *units = units_of_files(table, named);
    for (size_t i = 0; i < table->count; i++) {
        const struct img_symbol *symbol = &table->symbols[i];
        uint32_t section;
        uint64_t addr;
        if (symbol->table != which || !is_in_file(table, named, symbol, &section, &addr))
            continue;
        led_owner *unit = &units[symbol->file];
        if (*unit == LED_UNATTRIBUTED)
            *unit = led_owner_of(im->run->ledger, table->symbols[symbol->file].name);
        led__claim_addr(im, section, addr, symbol->size,
                        (struct led_claim){*unit, LED_UNIT, LED_BY_FILE_SYMBOL, symbol->index});
    }
    free(units);
    free(named);
}

// The one file an object without debug information was made of owns its content.
static void claim_single_file(const struct table *table)
{
    struct led__image *im = table->im;
    const char *file = NULL;
    if (im->info->type != ET_REL || !led__wants(im->run, LED_UNIT))
        return;
    for (size_t i = 0; i < table->count; i++)
        if (table->symbols[i].type == STT_FILE && is_file_name(table->symbols[i].name)) {
            if (file)
                return;
            file = table->symbols[i].name;
        }
    if (file)
        led__claim_content(im, LED_UNIT, LED_BY_FILE_SYMBOL, led_owner_of(im->run->ledger, file));
}

// -------------------------------------------------------------------- definitions

// By name: what is known of its definition; else an index, counted from FOUND.
enum { UNASKED, ASKED, AMBIGUOUS, FOUND };

static bool has_artificial_units(const struct dw *dw)
{
    size_t count;
    const struct dw_unit *units = dw_units(dw, &count);
    for (size_t i = 0; i < count; i++)
        if (units[i].artificial)
            return true;
    return false;
}

// A function in whose code no unit says it has something.
static bool is_orphan(const struct table *table, const struct img_symbol *symbol, uint32_t *section,
                      uint64_t *addr)
{
    const struct led__image *im = table->im;
    if (symbol->type != STT_FUNC || symbol->size == 0 || !locate(table, symbol, section, addr))
        return false;
    size_t at = keyed_first(im->starts, im->start_count, *addr);
    return at == im->start_count || im->starts[at].key != *addr;
}

// The names of all orphans, as asked for.
static uint64_t *ask_for_orphans(const struct table *table, size_t *name_count)
{
    struct led__image *im = table->im;
    VEC(led_owner) asked = {0};
    uint32_t section;
    uint64_t addr;
    for (size_t i = 0; i < table->count; i++)
        if (is_orphan(table, &table->symbols[i], &section, &addr))
            vec_push(&asked, owner_of_symbol(im, table->symbols[i].name));
    *name_count = names_count(led_names(im->run->ledger));
    uint64_t *known = asked.count ? mem_zalloc(*name_count, sizeof *known) : NULL;
    for (size_t i = 0; i < asked.count; i++)
        known[asked.items[i]] = ASKED;
    vec_free(&asked);
    return known;
}

static void answer(const struct led__image *im, const struct dw_definition *definitions,
                   size_t count, uint64_t *known, size_t name_count)
{
    struct names *names = led_names(im->run->ledger);
    for (size_t i = 0; i < count; i++) {
        const char *linkage = definitions[i].linkage_name;
        name_id id = names_find(names, slice_text(linkage ? linkage : definitions[i].name));
        if (id == 0 || id >= name_count || known[id] == UNASKED)
            continue;
        bool again = known[id] >= FOUND && im->unit_owners[definitions[known[id] - FOUND].unit] ==
                                               im->unit_owners[definitions[i].unit];
        if (!again)
            known[id] = known[id] == ASKED ? FOUND + i : AMBIGUOUS;
    }
}

static void claim_orphans(const struct table *table, const struct dw_definition *definitions,
                          const uint64_t *known, size_t name_count)
{
    struct led__image *im = table->im;
    for (size_t i = 0; i < table->count; i++) {
        const struct img_symbol *symbol = &table->symbols[i];
        uint32_t section;
        uint64_t addr;
        if (!is_orphan(table, symbol, &section, &addr))
            continue;
        led_owner name = owner_of_symbol(im, symbol->name);
        ASSERT(name < name_count); // it was asked for
        uint64_t found = known[name];
        if (found < FOUND)
            continue;
        const struct dw_definition *definition = &definitions[found - FOUND];
        if (symbol->bind == STB_LOCAL || definition->external)
            led__claim_addr(im, section, addr, symbol->size,
                            (struct led_claim){im->unit_owners[definition->unit], LED_UNIT,
                                               LED_BY_DEFINITION, symbol->index});
    }
}

bool led__collect_definitions(struct led__image *im, struct fault *fault)
{
    if (im->dw == NULL || im->symbols_from == NULL || im->start_count == 0 ||
        !led__wants(im->run, LED_UNIT) || !has_artificial_units(im->dw))
        return true;
    struct table table = table_of(im, im->symbols_from);
    size_t name_count, count = 0;
    const struct dw_definition *definitions = NULL;
    uint64_t *known = ask_for_orphans(&table, &name_count);
    bool good = known == NULL || dw_read_definitions(im->dw, &definitions, &count, fault);
    if (known != NULL && good) {
        answer(im, definitions, count, known, name_count);
        claim_orphans(&table, definitions, known, name_count);
    }
    free(known);
    return good;
}

// ------------------------------------------------------------------------- labels

// A place where some symbol starts, on its way to sorting.
struct labels {
    struct keyed *items; // key: address, value: index in the table
    size_t count;
};

// All symbols in content sections, by address. The guess of what a label owns needs those with a
// size as well, to know where it ends.
static struct labels sorted_labels(const struct table *table, enum img_symbol_table which)
{
    struct labels labels = {mem_alloc((table->count + 1) * sizeof *labels.items), 0};
    for (size_t i = 0; i < table->count; i++) {
        uint32_t section;
        uint64_t addr;
        if (table->symbols[i].table == which && table->symbols[i].type != STT_TLS &&
            locate(table, &table->symbols[i], &section, &addr) &&
            led__is_content(table->im, section))
            labels.items[labels.count++] = (struct keyed){addr, i};
    }
    struct keyed *scratch = mem_alloc((labels.count + 1) * sizeof *scratch);
    sort_keyed(labels.items, scratch, labels.count);
    free(scratch);
    return labels;
}

bool led_names_an_end(const char *name)
{
    static const char *const globs[] = {"__stop_*", "*_end",   "*_end__", "*_stop", "_end",
                                        "end",      "_e*t",    "_edata",  "edata",  "_ebss",
                                        "*_END",    "*_END__", "__bss_*"};
    for (size_t i = 0; i < COUNT_OF(globs); i++)
        if (glob_match(globs[i], slice_text(name)))
            return true;
    return false;
}

// Names a compiler gave to what has none, such as a string literal, start with ".L".
static bool is_label(const struct img_symbol *symbol)
{
    return symbol->size == 0 && symbol->name[0] != '\0' && strncmp(symbol->name, ".L", 2) != 0 &&
           (symbol->type == STT_NOTYPE || symbol->type == STT_FUNC || symbol->type == STT_OBJECT) &&
           !led_names_an_end(symbol->name);
}

// Of the labels at one address the one that speaks: a function before any other, else the first.
static const struct img_symbol *speaker(const struct table *table, const struct keyed *items,
                                        size_t count)
{
    const struct img_symbol *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct img_symbol *symbol = &table->symbols[items[i].value];
        if (symbol->size != 0)
            return NULL; // somebody states what is here
        if (is_label(symbol) &&
            (best == NULL || (best->type != STT_FUNC && symbol->type == STT_FUNC)))
            best = symbol;
    }
    return best;
}

// What a label may own at most. The start files of C have a pointer under each of these names; what
// follows it is somebody else's (in node, 11 MiB of literals).
static uint64_t most_of(const struct led__image *im, const char *label)
{
    static const char *const pointers[] = {"__dso_handle", "__data_start", "data_start"};
    for (size_t i = 0; i < COUNT_OF(pointers); i++)
        if (strcmp(label, pointers[i]) == 0)
            return im->info->address_size;
    return UINT64_MAX;
}

static void claim_labels(const struct table *table, enum img_symbol_table which)
{
    struct led__image *im = table->im;
    struct labels labels = sorted_labels(table, which);
    uint64_t stated = 0; // end of the furthest symbol with a size
    for (size_t i = 0, next; i < labels.count; i = next) {
        uint64_t addr = labels.items[i].key;
        for (next = i; next < labels.count && labels.items[next].key == addr; next++)
            ;
        const struct img_symbol *label =
            addr >= stated ? speaker(table, &labels.items[i], next - i) : NULL;
        if (label) {
            uint64_t end = next < labels.count ? labels.items[next].key : UINT64_MAX;
            led__claim_addr(im, label->section, addr, MIN(end - addr, most_of(im, label->name)),
                            (struct led_claim){owner_of_symbol(im, label->name), LED_SYMBOL,
                                               LED_BY_GAP, label->index});
        }
        for (size_t j = i; j < next; j++) {
            const struct img_symbol *symbol = &table->symbols[labels.items[j].value];
            if (symbol->size <= UINT64_MAX - addr)
                stated = MAX(stated, addr + symbol->size);
        }
    }
    free(labels.items);
}

// ------------------------------------------------------------------------- sizes

uint64_t led__symbol_size_at(struct led__image *im, uint64_t addr)
{
    if (!im->sized_ready) {
        im->sized_ready = true;
        struct table table = table_of(im, im->symbols_from ? im->symbols_from : im->img);
        struct labels labels = sorted_labels(&table, im->symbols_from ? IMG_SYMTAB : IMG_DYNSYM);
        im->sized = ARENA_ARRAY(im->run->arena, labels.count + 1, struct keyed);
        for (size_t i = 0; i < labels.count; i++) {
            uint64_t size = table.symbols[labels.items[i].value].size;
            if (size != 0)
                im->sized[im->sized_count++] = (struct keyed){labels.items[i].key, size};
        }
        free(labels.items);
    }
    size_t at = keyed_first(im->sized, im->sized_count, addr);
    return at < im->sized_count && im->sized[at].key == addr ? im->sized[at].value : 0;
}

// ------------------------------------------------------------------------- charges

static uint32_t find_versions(const struct led__image *im)
{
    for (size_t i = 1; i < im->section_count; i++)
        if (im->sections[i].type == SHT_GNU_versym)
            return (uint32_t)i;
    return 0;
}

// What a symbol of the table `which` is served by, or LED_NOWHERE.
static uint64_t target_of(const struct table *table, const struct img_symbol *symbol,
                          enum img_symbol_table which)
{
    uint32_t section;
    uint64_t addr;
    if (symbol->table != which || !locate(table, symbol, &section, &addr))
        return LED_NOWHERE;
    return led__pos_addr(table->im, section, addr);
}

// Entries, strings and versions of one of the image's own tables, each section in one go: charges
// that come in the order of the line are not sorted again.
static void charge_table(const struct table *table, enum img_symbol_table which)
{
    struct led__image *im = table->im;
    const struct img_symbol *symbols = table->symbols;
    uint32_t entries, strings;
    if (!img_symbol_section(im->img, which, &entries, &strings))
        return;
    uint32_t versions = which == IMG_DYNSYM ? find_versions(im) : 0;
    uint64_t size = im->info->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    uint64_t *targets = mem_alloc(table->count * sizeof *targets);
    for (size_t i = 0; i < table->count; i++) {
        targets[i] = target_of(table, &symbols[i], which);
        led__charge_in(im, entries, symbols[i].index * size, size, targets[i]);
    }
    for (size_t i = 0; i < table->count; i++)
        if (symbols[i].name_size != 0)
            led__charge_in(im, strings, symbols[i].name_offset, (uint64_t)symbols[i].name_size + 1,
                           targets[i]);
    for (size_t i = 0; versions != 0 && i < table->count; i++)
        led__charge_in(im, versions, 2 * (uint64_t)symbols[i].index, 2, targets[i]);
    free(targets);
}

void led__collect_symbols(struct led__image *im)
{
    struct table own = table_of(im, im->img);
    struct table table =
        im->symbols_from && im->symbols_from != im->img ? table_of(im, im->symbols_from) : own;
    enum img_symbol_table which = im->symbols_from ? IMG_SYMTAB : IMG_DYNSYM;
    claim_symbols(&table, which);
    if (im->symbols_from != NULL && im->symbols_from != im->img)
        claim_symbols(&own, IMG_DYNSYM);
    if (led__wants(im->run, LED_SYMBOL))
        claim_labels(&table, which);
    charge_table(&own, IMG_SYMTAB);
    charge_table(&own, IMG_DYNSYM);
}

void led__collect_files(struct led__image *im)
{
    if (!led__wants(im->run, LED_UNIT))
        return;
    struct table own = table_of(im, im->img);
    struct table table =
        im->symbols_from && im->symbols_from != im->img ? table_of(im, im->symbols_from) : own;
    claim_files(&table, im->symbols_from ? IMG_SYMTAB : IMG_DYNSYM);
    claim_single_file(&table);
}
