// SPDX-License-Identifier: MIT
//
// Symbols and mapping symbols, read in one pass when first asked for.
//
// Our own pass over the table instead of gelf_getsym: it is read once, in order, so 200,000 symbols
// take a few milliseconds, most of them in finding the ends of names. Names are lent from the string
// table; only those that lose a version are copied.

#include <inttypes.h>
#include <stdlib.h>

#include "image/private.h"

#define MIPS_ISA_MASK  0xc0 // of st_other: 0x80 is microMIPS, 0xf0 of 0xf0 is MIPS16
#define MIPS_MICROMIPS 0x80
#define MIPS_MIPS16    0xf0

// One table being read.
struct table {
    struct img *img;
    const struct img_section *section;
    struct slice strings;
    struct slice extended;
    enum img_symbol_table which;
    uint32_t file;        // current STT_FILE
    uint64_t copies_left; // bytes of names that may be copied: symbols of damaged files share them
    uint64_t long_left;   // bytes that may be looked at for the ends of very long names, likewise
    uint64_t bad_names;   // outside the string table
    uint64_t bad_sections;
};

typedef VEC(struct img_symbol) symbol_list;

// -------------------------------------------------------------------- one symbol

struct slice img__extended_indices(const struct img *img, uint32_t symbols)
{
    uint32_t section = img->extended_section;
    if (section == 0 || img->sections[section].link != symbols)
        return slice_of(NULL, 0);
    return img_section_raw(img, section);
}

uint32_t img__symbol_section(const struct img *img, uint16_t section, uint32_t index,
                             struct slice extended)
{
    uint32_t number = section;
    if (section == SHN_XINDEX) {
        struct cur c = img__cursor(img, extended);
        cur_seek(&c, (uint64_t)index * 4);
        number = cur_u32(&c);
        if (c.failed)
            return IMG_ABS;
    } else if (section >= SHN_LORESERVE) {
        bool common = section == SHN_COMMON ||
                      (img->info.machine == EM_X86_64 && section == 0xff02) ||
                      (img->info.machine == EM_MIPS && (section == 0xff00 || section == 0xff03));
        return common ? IMG_COMMON : IMG_ABS;
    }
    return number < img->section_count ? number : IMG_ABS;
}

static bool has_mode_bit(const struct img *img, const struct raw_symbol *raw)
{
    uint8_t type = ELF64_ST_TYPE(raw->info);
    bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
    if (img->info.machine == EM_ARM)
        return function;
    if (img->info.machine != EM_MIPS)
        return false;
    return function || (raw->other & MIPS_MIPS16) == MIPS_MIPS16 ||
           (raw->other & MIPS_ISA_MASK) == MIPS_MICROMIPS;
}

uint64_t img__symbol_addr(const struct img *img, const struct raw_symbol *raw, uint32_t section)
{
    uint64_t addr = raw->value;
    if (has_mode_bit(img, raw))
        addr &= ~(uint64_t)1;
    if (img->info.type != ET_REL)
        return addr;
    if (section == SHN_UNDEF || section == IMG_COMMON)
        return 0; // a common symbol's value is its alignment
    return section < img->section_count ? addr + img->sections[section].addr : addr;
}

// Where a version starts in "name@VERSION" or "name@@VERSION"; the length when there is none. A
// version starts with a letter or '_', which keeps "fastcall@8" whole.
static size_t version_start(const char *name, size_t size)
{
    const char *at = size > 1 ? memchr(name + 1, '@', size - 1) : NULL;
    if (at == NULL)
        return size;
    char first = at[1] == '@' ? at[2] : at[1];
    bool letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '_';
    return letter ? (size_t)(at - name) : size;
}

// The end of a name with `left` bytes of the string table before it; NULL when there is none.
static const uint8_t *name_end(struct table *t, const uint8_t *name, size_t left)
{
    const uint8_t *nul = left ? memchr(name, 0, MIN(left, IMG__NAME_MAX)) : NULL;
    if (nul != NULL || left <= IMG__NAME_MAX)
        return nul;
    size_t more = MIN(left, t->long_left);
    nul = memchr(name, 0, more);
    t->long_left -= nul ? (size_t)(nul - name) : more;
    return nul;
}

static void set_name(struct table *t, struct img_symbol *symbol, uint32_t offset)
{
    symbol->name = "";
    symbol->name_offset = offset;
    if (offset == 0 && t->strings.size == 0)
        return;
    const uint8_t *name = t->strings.data + offset;
    size_t left = offset < t->strings.size ? t->strings.size - offset : 0;
    const uint8_t *nul = name_end(t, name, left);
    if (nul == NULL) {
        t->bad_names++;
        symbol->name_offset = 0;
        return;
    }
    symbol->name = (const char *)name;
    symbol->name_size = (uint32_t)(nul - name);
    size_t size = version_start(symbol->name, symbol->name_size);
    if (size == symbol->name_size || size > t->copies_left)
        return;
    t->copies_left -= size;
    if (t->img->names == NULL)
        t->img->names = arena_new();
    symbol->name = arena_text(t->img->names, slice_of(name, size));
}

// $a $t $d $x, also "$d.123" and RISC-V's "$xrv64i2p0"; 0 for any other name.
static char mark_kind(const struct img *img, const char *name)
{
    if (name[0] != '$' || name[1] == 0)
        return 0;
    uint16_t machine = img->info.machine;
    const char *kinds = machine == EM_ARM                              ? "atd"
                        : machine == EM_AARCH64 || machine == EM_RISCV ? "xd"
                                                                       : "";
    if (strchr(kinds, name[1]) == NULL)
        return 0;
    bool isa = machine == EM_RISCV && name[1] == 'x' && strncmp(name + 2, "rv", 2) == 0;
    return name[2] == 0 || name[2] == '.' || isa ? name[1] : 0;
}

static char mark_of(const struct img *img, const struct img_symbol *symbol)
{
    if (symbol->type != STT_NOTYPE || symbol->bind != STB_LOCAL || symbol->section == SHN_UNDEF ||
        symbol->section >= img->section_count)
        return 0;
    return mark_kind(img, symbol->name);
}

// Labels that RISC-V assemblers keep because the linker moves code: not symbols anybody wrote.
static bool is_label_noise(const struct img *img, const struct img_symbol *symbol)
{
    return img->info.machine == EM_RISCV && symbol->name[0] == '.' && symbol->name[1] == 'L' &&
           symbol->section < img->section_count &&
           (img->sections[symbol->section].flags & SHF_EXECINSTR);
}

static struct img_symbol make_symbol(struct table *t, const struct raw_symbol *raw, uint32_t index)
{
    struct img_symbol symbol = {
        .section = img__symbol_section(t->img, raw->section, index, t->extended),
        .index = index,
        .size = raw->size,
        .file = UINT32_MAX,
        .type = ELF64_ST_TYPE(raw->info),
        .bind = ELF64_ST_BIND(raw->info),
        .visibility = ELF64_ST_VISIBILITY(raw->other),
        .table = (uint8_t)t->which,
    };
    if (symbol.section == IMG_ABS && raw->section != SHN_ABS && raw->section < SHN_LORESERVE)
        t->bad_sections++;
    symbol.addr = img__symbol_addr(t->img, raw, symbol.section);
    set_name(t, &symbol, raw->name);
    return symbol;
}

// ------------------------------------------------------------------------- tables

bool img_symbol_section(const struct img *img, enum img_symbol_table table, uint32_t *symbols,
                        uint32_t *strings)
{
    *symbols = img->symbol_tables[table];
    *strings = *symbols ? img->sections[*symbols].link : 0;
    if (*strings >= img->section_count)
        *strings = 0;
    return *symbols != 0;
}

static void report_table(const struct table *t, uint64_t rest)
{
    const struct img_section *s = t->section;
    const char *path = t->img->info.path;
    if (t->bad_names != 0)
        doubt_add(t->img->doubts, path, s->name, NO_OFFSET,
                  "%" PRIu64 " symbols have names outside the string table, or without an end",
                  t->bad_names);
    if (t->bad_sections != 0)
        doubt_add(t->img->doubts, path, s->name, NO_OFFSET,
                  "%" PRIu64 " symbols are in sections that do not exist", t->bad_sections);
    if (rest != 0)
        doubt_add(t->img->doubts, path, s->name, s->file_size - rest,
                  "%" PRIu64 " bytes at the end are no whole symbol", rest);
}

static void add_symbol(struct table *t, const struct img_symbol *symbol, symbol_list *list,
                       img__mark_list *marks)
{
    char kind = symbol->name[0] == '$' ? mark_of(t->img, symbol) : 0;
    if (kind != 0) {
        // The dynamic table repeats what the full one has.
        if (t->which == IMG_SYMTAB)
            vec_push(marks, (struct img_mark){symbol->addr, symbol->section, kind});
        return;
    }
    if (is_label_noise(t->img, symbol))
        return;
    if (symbol->type == STT_FILE)
        t->file = (uint32_t)list->count;
    list->items[list->count] = *symbol;
    if (symbol->bind == STB_LOCAL && symbol->type != STT_FILE)
        list->items[list->count].file = t->file;
    list->count++;
}

// A compiler makes no hidden symbol local: linkers do, and some put those of all objects behind the
// last file. From the first of them on nobody knows which file it was.
static void leave_last_file(const struct table *t, symbol_list *list)
{
    size_t i = t->file == UINT32_MAX ? list->count : t->file;
    while (i < list->count && list->items[i].visibility != STV_HIDDEN &&
           list->items[i].visibility != STV_INTERNAL)
        i++;
    for (; i < list->count; i++)
        list->items[i].file = UINT32_MAX;
}

static void read_table(struct img *img, enum img_symbol_table which, symbol_list *list,
                       img__mark_list *marks)
{
    uint32_t section, strings;
    if (!img_symbol_section(img, which, &section, &strings))
        return;
    struct table t = {.img = img, .which = which, .file = UINT32_MAX};
    t.section = &img->sections[section];
    t.strings = img_section_raw(img, strings);
    t.copies_left = t.long_left = t.strings.size;
    t.extended = img__extended_indices(img, section);
    struct cur c = img__cursor(img, img_section_raw(img, section));
    size_t size = img__symbol_size(img);
    size_t count = cur_left(&c) / size;
    vec_reserve(list, list->count + count);
    cur_skip(&c, count ? size : 0); // entry 0 is empty by definition
    for (size_t i = 1; i < count; i++) {
        struct raw_symbol raw = img__raw_symbol(&c, img->info.is64);
        struct img_symbol symbol = make_symbol(&t, &raw, (uint32_t)i);
        add_symbol(&t, &symbol, list, marks);
    }
    leave_last_file(&t, list);
    report_table(&t, cur_left(&c));
}

// --------------------------------------------------------------------------- marks

// By address; a mark that says what the one before it says is left out.
static struct img_mark *sorted_marks(const img__mark_list *list, size_t *count)
{
    struct keyed *order = mem_alloc(2 * list->count * sizeof *order);
    for (size_t i = 0; i < list->count; i++)
        order[i] = (struct keyed){list->items[i].addr, i};
    sort_keyed(order, order + list->count, list->count);
    struct img_mark *marks = mem_alloc(list->count * sizeof *marks);
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct img_mark mark = list->items[order[i].value];
        const struct img_mark *last = *count ? &marks[*count - 1] : NULL;
        if (last == NULL || last->kind != mark.kind || last->section != mark.section)
            marks[(*count)++] = mark;
    }
    free(order);
    return marks;
}

static void read_symbols(struct img *img)
{
    symbol_list symbols = {0};
    img__mark_list marks = {0};
    read_table(img, IMG_SYMTAB, &symbols, &marks);
    read_table(img, IMG_DYNSYM, &symbols, &marks);
    img__read_properties(img, &marks);
    img__read_descriptors(img);
    img->symbols = symbols.items;
    img->symbol_count = symbols.count;
    img->marks = sorted_marks(&marks, &img->mark_count);
    vec_free(&marks);
}

static void need_symbols(struct img *img)
{
    if (atomic_load_explicit(&img->symbols_ready, memory_order_acquire))
        return;
    pthread_mutex_lock(&img->lock);
    if (!atomic_load_explicit(&img->symbols_ready, memory_order_relaxed)) {
        read_symbols(img);
        atomic_store_explicit(&img->symbols_ready, true, memory_order_release);
    }
    pthread_mutex_unlock(&img->lock);
}

const struct img_symbol *img_symbols(struct img *img, size_t *count)
{
    need_symbols(img);
    *count = img->symbol_count;
    return img->symbols;
}

const struct img_mark *img_marks(struct img *img, size_t *count)
{
    need_symbols(img);
    *count = img->mark_count;
    return img->marks;
}

char img_mark_at(struct img *img, uint64_t addr, uint64_t *until)
{
    need_symbols(img);
    size_t low = 0, high = img->mark_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (img->marks[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    *until = low < img->mark_count ? img->marks[low].addr : UINT64_MAX;
    return low == 0 ? 0 : img->marks[low - 1].kind;
}
