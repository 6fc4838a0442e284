// SPDX-License-Identifier: MIT
//
// Who points where, by evidence.
//
// relocations   a symbol and what is added to it, or the load address and what is added to that. A
//               relocation that names a symbol means that symbol, whatever the code adds to it (x86 counts
//               from the end of an instruction); one that names a section means the place in it.
// typed         a word of the linked content that is a pointer by the type of its object. A number that
//               looks like an address is none.
// linkage       a word of the GOT: the linker puts nothing else there.

#include "analyzers/graph_private.h"
#include "code/code.h"

bool an__graph_number(struct img *img, uint64_t addr, uint64_t size, uint64_t *value)
{
    struct slice bytes;
    if ((size != 1 && size != 2 && size != 4 && size != 8) ||
        !img_bytes_at(img, addr, size, &bytes))
        return false;
    struct cur c = cur_make(bytes, img_info(img)->big_endian);
    *value = cur_uint(&c, (unsigned)size);
    return true;
}

bool an__graph_word(struct img *img, uint64_t addr, uint64_t *value)
{
    return an__graph_number(img, addr, img_info(img)->address_size, value);
}

bool an__graph_text(struct img *img, uint64_t addr, const char **text)
{
    const struct img_section *section = img_section_at(img, addr);
    struct slice bytes;
    if (section == NULL)
        return false;
    uint64_t most = MIN(section->addr + section->size - addr, (uint64_t)AN__TEXT_MAX + 1);
    if (!img_bytes_at(img, addr, most, &bytes) || memchr(bytes.data, 0, bytes.size) == NULL)
        return false;
    *text = (const char *)bytes.data;
    return **text != '\0';
}

// The literals of Xtensa are marked as data, but only the code beside them reads them.
bool an__graph_marks_data(struct img *img, uint64_t addr, uint64_t *until)
{
    return img_mark_at(img, addr, until) == 'd' && img_info(img)->machine != EM_XTENSA;
}

bool an__graph_is_code(struct img *img, const struct an__areas *areas, uint64_t addr)
{
    uint64_t until;
    const struct an__area *area = an__graph_area_at(areas, addr);
    return area != NULL && area->content == LED_CODE && !an__graph_marks_data(img, addr, &until);
}

uint64_t an__graph_without_mode(struct img *img, const struct an__areas *areas, uint64_t addr)
{
    uint16_t machine = img_info(img)->machine;
    bool modes = machine == EM_ARM || machine == EM_MIPS;
    return modes && (addr & 1) && an__graph_is_code(img, areas, addr - 1) ? addr - 1 : addr;
}

bool an__graph_fits_mode(struct img *img, const struct an__areas *areas, uint64_t addr)
{
    uint64_t until;
    return img_info(img)->machine != EM_ARM || (addr & 1) || !an__graph_is_code(img, areas, addr) ||
           img_mark_at(img, addr, &until) != 't';
}

// -------------------------------------------------------------------- relocations

// The symbols of a table by their number in it.
struct map {
    uint32_t *by_index;
    uint32_t count;
};

static struct map map_symbols(struct img *img, enum img_symbol_table which)
{
    size_t count;
    uint32_t most = 0;
    const struct img_symbol *symbols = img_symbols(img, &count);
    for (size_t i = 0; i < count; i++)
        if (symbols[i].table == which)
            most = MAX(most, symbols[i].index);
    struct map map = {mem_zalloc((size_t)most + 1, sizeof *map.by_index), most + 1};
    for (size_t i = 0; i < count; i++)
        if (symbols[i].table == which)
            map.by_index[symbols[i].index] = (uint32_t)i + 1;
    return map;
}

// One relocation section.
struct reader {
    struct img *img;
    const struct an__areas *areas;
    const struct img_section *section;
    const struct img_symbol *symbols;
    struct map map; // position in `symbols` + 1
    bool dynamic;   // for the loader
    bool addends;   // in the entries
    int64_t high;   // of MIPS: the upper half that was met last, of this symbol
    uint32_t high_symbol;
    const an__object_list *objects; // with a name
    uint64_t table_next; // where a table of distances into code goes on, of this symbol; 0: nowhere
    uint32_t table_symbol;
};

// What MIPS adds to a symbol stands in its instructions; of an address each of two holds a half. False when the
// other half tells.
static bool mips_addend(struct reader *r, const struct img_reloc *reloc, int64_t *addend)
{
    uint64_t word;
    *addend = 0;
    if (!an__graph_number(r->img, reloc->addr, 4, &word))
        return true;
    int64_t low = (int16_t)word;
    switch (reloc->type) {
    case R_MIPS_26:
        *addend = (int64_t)(word & 0x3ffffff) * 4;
        return true;
    case R_MIPS_HI16:
    case R_MIPS_GOT16:
        r->high = (int64_t)(word & 0xffff) << 16;
        r->high_symbol = reloc->symbol;
        return reloc->type == R_MIPS_GOT16 &&
               r->symbols[r->map.by_index[reloc->symbol] - 1].bind != STB_LOCAL;
    case R_MIPS_LO16:
        *addend = low + (r->high_symbol == reloc->symbol ? r->high : 0);
        return true;
    case R_MIPS_GPREL16:
        *addend = low;
        return true;
    default:
        return true;
    }
}

// What lies at the place where the entries have no addends: 0 where it is part of an instruction.
static int64_t addend_at_place(const struct reader *r, const struct img_reloc *reloc, bool code)
{
    uint64_t word;
    uint16_t machine = img_info(r->img)->machine;
    bool plain = !code || machine == EM_386 || (machine == EM_ARM && reloc->type == R_ARM_ABS32);
    if (!plain || !an__graph_word(r->img, reloc->addr, &word))
        return 0;
    return img_info(r->img)->address_size == 4 ? (int32_t)word : (int64_t)word;
}

// x86 counts from the end of the instruction, behind the place and the number that may follow; s390 from its beginning, two bytes
// before the place. What is added to the symbol makes up for that.
static int64_t counted_from(const struct reader *r, const struct img_reloc *reloc)
{
    struct slice before;
    uint32_t type = reloc->type;
    switch (img_info(r->img)->machine) {
    case EM_386:
        return type == R_386_PC32 || type == R_386_PLT32 ? 4 : 0;
    case EM_X86_64:
        if (type == R_X86_64_PC32 && img_bytes_at(r->img, reloc->addr - 6, 6, &before))
            return 4 + code_x86_behind(before);
        return type == R_X86_64_PC32 || type == R_X86_64_PLT32 || type == R_X86_64_GOTPCREL ||
                       type == R_X86_64_GOTPCRELX || type == R_X86_64_REX_GOTPCRELX
                   ? 4
                   : 0;
    case EM_S390:
        return (type >= R_390_PC16DBL && type <= R_390_GOTPCDBL) || type == R_390_GOTENT ? -2 : 0;
    default:
        return 0;
    }
}

// A word that tells how far away something is.
static bool is_distance(const struct reader *r, const struct img_reloc *reloc)
{
    static const struct {
        uint16_t machine, type;
    } distances[] = {
        {EM_X86_64, R_X86_64_PC32}, {EM_S390, R_390_PC32},          {EM_PPC, R_PPC_REL32},
        {EM_PPC64, R_PPC64_REL32},  {EM_AARCH64, R_AARCH64_PREL32},
    };
    for (size_t i = 0; i < COUNT_OF(distances); i++)
        if (distances[i].machine == img_info(r->img)->machine && distances[i].type == reloc->type)
            return true;
    return false;
}

// Whether it is one of a table of places to jump to but the first, each so far from where the table begins: what it adds
// up to is too far by how far it lies in the table. They are places of the function that has the table.
static bool goes_on(struct reader *r, const struct img_reloc *reloc)
{
    uint32_t at = reloc->symbol < r->map.count ? r->map.by_index[reloc->symbol] : 0;
    const struct img_symbol *symbol = at != 0 ? &r->symbols[at - 1] : NULL;
    bool place = symbol != NULL && symbol->type == STT_SECTION && is_distance(r, reloc) &&
                 an__graph_is_code(r->img, r->areas, symbol->addr);
    bool follows = place && r->table_next == reloc->addr && r->table_symbol == reloc->symbol;
    r->table_next = place ? reloc->addr + 4 : 0;
    r->table_symbol = reloc->symbol;
    return follows;
}

// The same of clang's tables of constants, which have a name.
static uint64_t too_far(const struct reader *r, const struct img_reloc *reloc)
{
    const struct an__object *object =
        is_distance(r, reloc) ? an__graph_named_at(r->objects, reloc->addr) : NULL;
    bool table = object != NULL && strncmp(object->name, "reltable.", 9) == 0;
    return table ? reloc->addr - object->addr : 0;
}

enum outcome { NOWHERE, OUTSIDE, FOUND };

// Code of PowerPC counts from where it stands to where a table of the linker's is found, that of MIPS N64 from where
// its function begins: what it finds is "- (f - _gp)".
static bool finds_table(const struct reader *r, uint32_t type)
{
    uint16_t machine = img_info(r->img)->machine;
    if (machine == EM_MIPS)
        return (type & 0xff) == R_MIPS_GPREL16 && (type >> 8 & 0xff) == R_MIPS_SUB;
    return (machine == EM_PPC || machine == EM_PPC64) && type >= R_PPC_REL16 &&
           type <= R_PPC_REL16_HA;
}

// In a linked image the word at the place is the result, not what was added: of a whole word it is the target.
static bool is_target(const struct reader *r, const struct img_reloc *reloc, uint64_t *target)
{
    uint16_t machine = img_info(r->img)->machine;
    bool whole = (machine == EM_386 && reloc->type == R_386_32) ||
                 (machine == EM_ARM && reloc->type == R_ARM_ABS32) ||
                 (machine == EM_MIPS && reloc->type == R_MIPS_32);
    return whole && an__graph_word(r->img, reloc->addr, target);
}

static enum outcome symbol_target(struct reader *r, const struct img_reloc *reloc, bool code,
                                  uint64_t *target)
{
    uint32_t at = reloc->symbol < r->map.count ? r->map.by_index[reloc->symbol] : 0;
    if (at == 0)
        return NOWHERE; // a mark within code
    const struct img_symbol *symbol = &r->symbols[at - 1];
    if (symbol->section == SHN_UNDEF || symbol->section == IMG_COMMON)
        return symbol->type == STT_TLS ? NOWHERE : OUTSIDE;
    if (symbol->section == IMG_ABS || symbol->type == STT_TLS || finds_table(r, reloc->type) ||
        (code && an__graph_names_base(symbol)))
        return NOWHERE;
    uint64_t word;
    int64_t addend = r->addends ? reloc->addend : addend_at_place(r, reloc, code);
    if (code && !r->addends && img_info(r->img)->machine == EM_MIPS &&
        !mips_addend(r, reloc, &addend))
        return NOWHERE;
    // Xtensa has entries with addends, and the word at the place counts too.
    if (img_info(r->img)->machine == EM_XTENSA && img_info(r->img)->type == ET_REL &&
        reloc->type == 1 && an__graph_word(r->img, reloc->addr, &word))
        addend += (int32_t)word;
    addend += code ? counted_from(r, reloc) : 0;
    bool linked = !r->dynamic && img_info(r->img)->type != ET_REL;
    if (linked && !r->addends && is_target(r, reloc, target))
        return FOUND;
    if (linked && !r->addends)
        addend = 0;
    bool inside =
        symbol->type == STT_SECTION || symbol->size == 0 || (uint64_t)addend < symbol->size;
    if (linked && !r->addends && symbol->type == STT_SECTION)
        return NOWHERE;
    *target = inside ? symbol->addr + (uint64_t)addend : symbol->addr;
    return FOUND;
}

static enum outcome target_of(struct reader *r, const struct img_reloc *reloc, bool code,
                              uint64_t *target)
{
    if (reloc->symbol != 0)
        return symbol_target(r, reloc, code, target);
    if (!img_is_relative(r->img, reloc->type))
        return NOWHERE;
    if (r->addends)
        *target = (uint64_t)reloc->addend;
    else if (!an__graph_word(r->img, reloc->addr, target))
        return NOWHERE;
    return FOUND;
}

// Places mostly ascend, so one for each part of a page is kept.
static void note_written(struct an__links *links, uint64_t place)
{
    size_t count = links->written.count;
    if (count == 0 || links->written.items[count - 1] / AN_PAGE_MIN != place / AN_PAGE_MIN)
        vec_push(&links->written, place);
}

static void note_import(struct an__links *links, const struct reader *r,
                        const struct img_reloc *reloc)
{
    const char *name = r->symbols[r->map.by_index[reloc->symbol] - 1].name;
    vec_push(&links->imports, ((struct an__import){reloc->addr, name}));
}

static void read_section(struct an__links *links, struct reader *r)
{
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    struct fault ignored = {0};
    const struct an__area *area = NULL;
    if (!img_reloc_open(&reader, r->img, r->section->index, &ignored))
        return; // who reads them all has said so
    while (img_reloc_next(&reader, &reloc)) {
        if (area == NULL || reloc.addr - area->start >= area->end - area->start)
            area = an__graph_area_at(r->areas, reloc.addr);
        if (area == NULL)
            continue;
        uint64_t target = 0;
        bool code = area->content == LED_CODE;
        enum outcome outcome = target_of(r, &reloc, code, &target);
        links->outside += outcome == OUTSIDE;
        if (outcome == OUTSIDE && r->dynamic && !code)
            note_import(links, r, &reloc);
        if (r->dynamic)
            note_written(links, reloc.addr);
        // In a linked image without addends of their own, those that name a section tell no more.
        if (code && !r->dynamic && r->addends)
            links->told[area - r->areas->items] = true;
        links->data |= !code && !r->dynamic;
        if (outcome != FOUND || (!code && goes_on(r, &reloc)))
            continue;
        target = an__graph_without_mode(r->img, r->areas, target - too_far(r, &reloc));
        vec_push(&links->list, ((struct an__link){reloc.addr, target, AN_LINK_RELOCATION}));
    }
}

static bool applies(const struct reader *r, const struct img_section *sections, size_t count)
{
    const struct img_section *s = r->section;
    if (r->dynamic)
        return true;
    return s->info != 0 && s->info < count && led_content_of(&sections[s->info]) != LED_ELSE;
}

// There are many, and a list that grows leaves holes behind.
static void make_room(struct an__links *links, const struct img_section *sections, size_t count)
{
    uint64_t entries = 0;
    for (size_t i = 1; i < count; i++)
        if (sections[i].type == SHT_RELA && (sections[i].flags & SHF_ALLOC))
            entries += sections[i].file_size / sizeof(Elf64_Rela);
    vec_reserve(&links->list, entries);
}

void an__graph_relocs(struct an__links *links, const struct an_graph_input *input,
                      const struct an__areas *areas, const an__object_list *objects)
{
    size_t count;
    struct map maps[] = {map_symbols(input->img, IMG_SYMTAB), map_symbols(input->img, IMG_DYNSYM)};
    const struct img_symbol *symbols = img_symbols(input->img, &count);
    const struct img_section *sections = img_sections(input->img, &count);
    links->told = mem_alloc(areas->count + 1);
    memset(links->told, img_info(input->img)->type == ET_REL, areas->count + 1);
    make_room(links, sections, count);
    for (size_t i = 1; i < count; i++) {
        struct reader r = {.img = input->img,
                           .areas = areas,
                           .section = &sections[i],
                           .symbols = symbols,
                           .objects = objects};
        r.dynamic = sections[i].flags & SHF_ALLOC;
        r.addends = img_has_addends(&sections[i]);
        if (!img_is_reloc_section(&sections[i]) || !applies(&r, sections, count))
            continue;
        uint32_t table = 0, strings;
        bool full = img_symbol_section(input->img, IMG_SYMTAB, &table, &strings) &&
                    table == sections[i].link;
        r.map = maps[full ? IMG_SYMTAB : IMG_DYNSYM];
        read_section(links, &r);
    }
    free(maps[0].by_index);
    free(maps[1].by_index);
}

// -------------------------------------------------------------------- typed members

struct typed {
    struct an__links *links;
    struct img *img;
    const struct an__areas *areas;
    const struct an__object *object;
};

// The linker's table of MIPS holds upper halves of addresses too, to which code adds the lower ones.
static bool is_half(const struct typed *t, uint64_t target, enum an_link how)
{
    return how == AN_LINK_LINKAGE && img_info(t->img)->machine == EM_MIPS && (target & 0xffff) == 0;
}

// False when there is no word.
static bool add_word(struct typed *t, uint64_t place, enum an_link how)
{
    uint64_t target;
    if (!an__graph_word(t->img, place, &target))
        return false;
    target = an__graph_without_mode(t->img, t->areas, target);
    if (target != 0 && !is_half(t, target, how) && an__graph_area_at(t->areas, target) != NULL)
        vec_push(&t->links->list, ((struct an__link){place, target, (uint8_t)how}));
    return true;
}

static void add_pointer(void *context, uint64_t offset)
{
    struct typed *t = context;
    add_word(t, t->object->addr + offset, AN_LINK_TYPED);
}

void an__graph_typed(struct an__links *links, const struct an_graph_input *input,
                     const struct an__areas *areas, struct dw_shapes *shapes,
                     const an__object_list *objects)
{
    struct typed t = {links, input->img, areas, NULL};
    uint64_t word = img_info(input->img)->address_size;
    // Sections of a .o hold nothing that is not in a relocation.
    if (img_info(input->img)->type == ET_REL)
        return;
    for (size_t i = 0; shapes != NULL && i < objects->count; i++) {
        uint64_t unused;
        t.object = &objects->items[i];
        if (t.object->type != DW_NO_REF && an__graph_word(input->img, t.object->addr, &unused))
            dw_shapes_pointers(shapes, t.object->type, t.object->size, add_pointer, &t);
    }
    for (size_t i = 0; i < areas->count; i++) {
        const struct an__area *area = &areas->items[i];
        bool table = area->content == LED_LINKAGE && !area->executable;
        // A damaged section may claim more than the file holds.
        for (uint64_t at = area->start; table && area->end - at >= word; at += word)
            if (!add_word(&t, at, AN_LINK_LINKAGE))
                break;
    }
}
