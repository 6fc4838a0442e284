// SPDX-License-Identifier: MIT
//
// Walks over relocation sections. Nothing is stored: a kernel has 11 million entries.
//
//   REL     | place | info |                 RELA   | place | info | addend |
//   RELR    words: even = a place, which is relocated, and the next word starts after it;
//           odd = bitmap of the following 31 or 63 words, bit 1 the first of them
//   APS2    "APS2", then sleb128 numbers: count, first place; then groups:
//             size, flags, [place delta] [info] [addend delta], then `size` entries with what the
//             group does not share:  [place delta] [info] [addend delta]
//
// APS2 can give any number of relocations for a few bytes: that a hostile count does not keep us here
// forever is due to `left`, which starts at no more than the image has bytes.

#include "image/private.h"

enum form { REL32, REL64, RELA32, RELA64, RELR, APS2 };

enum { // flags of an APS2 group
    BY_INFO = 1,
    BY_PLACE_DELTA = 2,
    BY_ADDEND = 4,
    HAS_ADDEND = 8
};

// The type of a relocation that adds the load address: what every RELR entry is.
static uint32_t relative_type(uint16_t machine)
{
    static const struct {
        uint16_t machine, type;
    } types[] = {
        {EM_X86_64, R_X86_64_RELATIVE}, {EM_386, R_386_RELATIVE},
        {EM_ARM, R_ARM_RELATIVE},       {EM_AARCH64, R_AARCH64_RELATIVE},
        {EM_RISCV, R_RISCV_RELATIVE},   {EM_PPC, R_PPC_RELATIVE},
        {EM_PPC64, R_PPC64_RELATIVE},   {EM_S390, R_390_RELATIVE},
        {EM_MIPS, R_MIPS_REL32},        {EM_XTENSA, 5},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].machine == machine)
            return types[i].type;
    return 0;
}

bool img_is_relative(const struct img *img, uint32_t type)
{
    static const struct {
        uint16_t machine, type;
    } indirect[] = {
        {EM_X86_64, R_X86_64_IRELATIVE}, {EM_386, R_386_IRELATIVE},
        {EM_ARM, R_ARM_IRELATIVE},       {EM_AARCH64, R_AARCH64_IRELATIVE},
        {EM_RISCV, R_RISCV_IRELATIVE},   {EM_S390, R_390_IRELATIVE},
    };
    for (size_t i = 0; i < COUNT_OF(indirect); i++)
        if (indirect[i].machine == img->info.machine && indirect[i].type == type)
            return true;
    if (img->info.machine == EM_MIPS)
        type &= 0xff; // of N64 the second says how wide it is
    return type != 0 && type == relative_type(img->info.machine);
}

static bool is_relr(uint32_t type)
{
    return type == SHT_RELR || type == SHT_ANDROID_RELR;
}

static bool is_packed(uint32_t type)
{
    return type == SHT_ANDROID_REL || type == SHT_ANDROID_RELA;
}

bool img_is_reloc_section(const struct img_section *s)
{
    return s->type == SHT_REL || s->type == SHT_RELA || is_relr(s->type) || is_packed(s->type);
}

bool img_has_addends(const struct img_section *s)
{
    return s->type == SHT_RELA || s->type == SHT_ANDROID_RELA;
}

// ------------------------------------------------------------------------ opening

static uint8_t form_of(uint32_t type, bool is64)
{
    if (is_relr(type))
        return RELR;
    if (is_packed(type))
        return APS2;
    if (type == SHT_REL)
        return is64 ? REL64 : REL32;
    return is64 ? RELA64 : RELA32;
}

static bool open_packed(struct img_reloc_reader *r, const struct img *img, const char *section,
                        struct fault *fault)
{
    struct slice magic = cur_bytes(&r->cur, 4);
    if (!slice_is(magic, "APS2"))
        return fault_set(fault, FAULT_INPUT, img->info.path, section, 0,
                         "expected packed relocations to start with \"APS2\"");
    uint64_t most = r->left;
    r->left = (uint64_t)cur_sleb(&r->cur);
    r->place = (uint64_t)cur_sleb(&r->cur);
    if (r->cur.failed || r->left > most)
        return fault_set(fault, FAULT_INPUT, img->info.path, section, 4,
                         "damaged head of packed relocations: a count of at most %llu, then an "
                         "address expected",
                         (unsigned long long)most);
    return true;
}

bool img_reloc_open(struct img_reloc_reader *r, struct img *img, uint32_t section,
                    struct fault *fault)
{
    *r = (struct img_reloc_reader){0};
    if (section >= img->section_count || !img_is_reloc_section(&img->sections[section]))
        return fault_set(fault, FAULT_INPUT, img->info.path, NULL, NO_OFFSET,
                         "section %u holds no relocations", section);
    const struct img_section *s = &img->sections[section];
    struct slice bytes;
    if (!img_section_bytes(img, section, &bytes, fault))
        return false;
    r->cur = img__cursor(img, bytes);
    r->machine = img->info.machine;
    r->is64 = img->info.is64;
    r->form = form_of(s->type, r->is64);
    r->left = img->bytes.size;
    if (img->info.type == ET_REL && s->info < img->section_count)
        r->base = img->sections[s->info].addr;
    r->plain = r->form == RELA64 && !img->info.big_endian && r->machine != EM_MIPS &&
               __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    uint64_t size = r->form == RELA64   ? sizeof(Elf64_Rela)
                    : r->form == RELA32 ? sizeof(Elf32_Rela)
                    : r->form == REL64  ? sizeof(Elf64_Rel)
                    : r->form == REL32  ? sizeof(Elf32_Rel)
                                        : 0;
    if (size != 0 && s->entry_size != 0 && s->entry_size != size)
        return fault_set(fault, FAULT_INPUT, img->info.path, s->name, NO_OFFSET,
                         "entries of %llu bytes, expected %llu", (unsigned long long)s->entry_size,
                         (unsigned long long)size);
    return r->form != APS2 || open_packed(r, img, s->name, fault);
}

// ------------------------------------------------------------------ fixed entries

// MIPS N64 splits info into symbol 4, special symbol 1, type3 1, type2 1, type 1 in that order in
// both byte orders. `type` becomes type | type2 << 8 | type3 << 16 | special << 24.
static void set_info64(struct img_reloc *out, const struct img_reloc_reader *r, uint64_t info)
{
    if (r->machine == EM_MIPS && !r->cur.big_endian) {
        out->symbol = (uint32_t)info;
        out->type = __builtin_bswap32((uint32_t)(info >> 32));
    } else {
        out->symbol = (uint32_t)(info >> 32);
        out->type = (uint32_t)info;
    }
}

static void set_info32(struct img_reloc *out, uint32_t info)
{
    out->symbol = info >> 8;
    out->type = info & 0xff;
}

// No more whole entries: bytes that are left over are damage.
static bool fixed_end(struct img_reloc_reader *r)
{
    r->failed = cur_left(&r->cur) != 0;
    return false;
}

// The usual case, spelled out because it is walked by the million.
static bool next_rela64(struct img_reloc_reader *r, struct img_reloc *out)
{
    Elf64_Rela rela;
    memcpy(&rela, r->cur.at, sizeof rela); // the caller saw that it is there
    cur_skip(&r->cur, sizeof rela);
    out->addr = r->base + rela.r_offset;
    out->symbol = (uint32_t)(rela.r_info >> 32);
    out->type = (uint32_t)rela.r_info;
    out->addend = rela.r_addend;
    out->entry_offset = cur_offset(&r->cur) - sizeof rela;
    out->entry_size = sizeof rela;
    return true;
}

static bool next_fixed(struct img_reloc_reader *r, struct img_reloc *out)
{
    static const uint8_t sizes[] = {8, 16, 12, 24}; // by form
    uint8_t size = sizes[r->form];
    if (cur_left(&r->cur) < size)
        return fixed_end(r);
    if (r->plain)
        return next_rela64(r, out);
    out->entry_offset = cur_offset(&r->cur);
    out->entry_size = size;
    out->addend = 0;
    if (r->is64) {
        out->addr = r->base + cur_u64(&r->cur);
        set_info64(out, r, cur_u64(&r->cur));
        if (r->form == RELA64)
            out->addend = (int64_t)cur_u64(&r->cur);
    } else {
        out->addr = r->base + cur_u32(&r->cur);
        set_info32(out, cur_u32(&r->cur));
        if (r->form == RELA32)
            out->addend = (int32_t)cur_u32(&r->cur);
    }
    return true;
}

// ------------------------------------------------------------------------- packed

static uint64_t cut_address(const struct img_reloc_reader *r, uint64_t addr)
{
    return r->is64 ? addr : (uint32_t)addr;
}

// `mask` holds the bits of the current bitmap that are still to come, `place` the address of the
// word its lowest bit stands for.
static bool next_relr(struct img_reloc_reader *r, struct img_reloc *out)
{
    unsigned width = r->is64 ? 8 : 4;
    uint64_t at = cur_offset(&r->cur);
    out->entry_size = 0;
    while (r->mask == 0) {
        // `bit` counts the words of the last bitmap that were not walked: zeros at its top.
        r->place += (uint64_t)r->bit * width;
        r->bit = 0;
        if (cur_left(&r->cur) == 0)
            return false;
        at = cur_offset(&r->cur);
        uint64_t word = cur_uint(&r->cur, width);
        if (r->cur.failed || (at == 0 && (word & 1))) { // a bitmap needs an address before it
            r->failed = true;
            return false;
        }
        out->entry_size = width;
        if ((word & 1) == 0) {
            r->place = cut_address(r, word + width);
            *out =
                (struct img_reloc){.addr = r->base + word, .entry_offset = at, .entry_size = width};
            out->type = relative_type(r->machine);
            return true;
        }
        r->mask = word >> 1;
        r->bit = (uint8_t)(width * 8 - 1);
    }
    if (out->entry_size == 0)
        at -= width; // still in the word read before
    unsigned skip = (unsigned)__builtin_ctzll(r->mask);
    uint64_t addr = cut_address(r, r->place + (uint64_t)skip * width);
    uint32_t size = out->entry_size;
    *out = (struct img_reloc){.addr = r->base + addr, .entry_offset = at, .entry_size = size};
    out->type = relative_type(r->machine);
    r->place = addr + width;
    r->mask = r->mask >> skip >> 1;
    r->bit = (uint8_t)(r->bit - (skip + 1));
    return true;
}

static void open_group(struct img_reloc_reader *r)
{
    r->group_left = (uint64_t)cur_sleb(&r->cur);
    r->group_flags = (uint64_t)cur_sleb(&r->cur);
    if (r->group_flags & BY_PLACE_DELTA)
        r->group_delta = (uint64_t)cur_sleb(&r->cur);
    if (r->group_flags & BY_INFO)
        r->group_info = (uint64_t)cur_sleb(&r->cur);
    uint64_t addend = BY_ADDEND | HAS_ADDEND;
    if ((r->group_flags & addend) == addend)
        r->addend = (int64_t)((uint64_t)r->addend + (uint64_t)cur_sleb(&r->cur));
    if (!(r->group_flags & HAS_ADDEND))
        r->addend = 0;
    if (r->group_left == 0 || r->group_left > r->left)
        r->cur.failed = true;
}

static bool next_packed(struct img_reloc_reader *r, struct img_reloc *out)
{
    if (r->left == 0)
        return false;
    uint64_t start = cur_offset(&r->cur);
    if (r->group_left == 0)
        open_group(r);
    bool shared = r->group_flags & BY_PLACE_DELTA;
    r->place += shared ? r->group_delta : (uint64_t)cur_sleb(&r->cur);
    uint64_t info = r->group_flags & BY_INFO ? r->group_info : (uint64_t)cur_sleb(&r->cur);
    if ((r->group_flags & HAS_ADDEND) && !(r->group_flags & BY_ADDEND))
        r->addend = (int64_t)((uint64_t)r->addend + (uint64_t)cur_sleb(&r->cur));
    if (r->cur.failed) {
        r->failed = true;
        r->left = 0;
        return false;
    }
    r->left--;
    r->group_left--;
    *out = (struct img_reloc){.addr = r->base + cut_address(r, r->place),
                              .addend = r->is64 ? r->addend : (int32_t)r->addend,
                              .entry_offset = start,
                              .entry_size = (uint32_t)(cur_offset(&r->cur) - start)};
    if (r->is64)
        set_info64(out, r, info);
    else
        set_info32(out, (uint32_t)info);
    return true;
}

bool img_reloc_next(struct img_reloc_reader *r, struct img_reloc *out)
{
    if (__builtin_expect(r->form <= RELA64, 1))
        return next_fixed(r, out);
    return r->form == RELR ? next_relr(r, out) : next_packed(r, out);
}

// --------------------------------------------------------------------------- words

static void add_loaded(struct img *img, uint32_t relocs, uint64_t start, uint64_t *words,
                       size_t count)
{
    struct img_reloc_reader reader;
    struct img_reloc reloc;
    struct fault ignored = {0};
    if (!img_reloc_open(&reader, img, relocs, &ignored))
        return;
    while (img_reloc_next(&reader, &reloc)) {
        uint64_t word = (reloc.addr - start) / img->info.address_size;
        if (word < count && reloc.symbol == 0 && img_is_relative(img, reloc.type))
            words[word] = (uint64_t)reloc.addend;
    }
}

uint64_t *img_words(struct img *img, uint32_t section, size_t *count)
{
    const struct img_section *s = &img->sections[section];
    unsigned word = img->info.address_size;
    struct slice bytes;
    *count = 0;
    if (s->size > img->bytes.size || !img_section_bytes(img, section, &bytes, NULL) ||
        bytes.size < word)
        return NULL;
    *count = bytes.size / word;
    struct cur c = img__cursor(img, bytes);
    uint64_t *words = mem_alloc(*count * sizeof *words);
    for (size_t i = 0; i < *count; i++)
        words[i] = cur_uint(&c, word);
    for (uint32_t i = 1; i < img->section_count; i++)
        if (img_is_reloc_section(&img->sections[i]) && img_has_addends(&img->sections[i]) &&
            (img->sections[i].flags & SHF_ALLOC))
            add_loaded(img, i, s->addr, words, *count);
    return words;
}
