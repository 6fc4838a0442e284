// SPDX-License-Identifier: MIT
//
// The lists of the model: what the readers put in, and what is derived and checked at the end.

#include <inttypes.h>

#include "linkmap/owned.h"

// --------------------------------------------------------------------------- files

void lm_split_path(struct slice path, struct slice *archive, struct slice *member)
{
    *archive = slice_of(NULL, 0);
    *member = path;
    if (path.size < 4 || path.data[path.size - 1] != ')')
        return;
    size_t at = lm__open_parenthesis(path);
    // "a copy (2)" is no archive.
    if (at == SIZE_MAX || at == 0 || at + 2 >= path.size || lm__is_blank(path.data[at - 1]))
        return;
    *archive = lm__until(path, at);
    *member = slice_of(path.data + at + 1, path.size - at - 2);
}

static void files_grow(struct lm_map *map)
{
    struct lm__owned *owned = map->owned;
    uint32_t slots = owned->file_slots == NULL ? 256 : (owned->file_mask + 1) * 2;
    free(owned->file_slots);
    owned->file_slots = mem_zalloc(slots, sizeof *owned->file_slots);
    owned->file_mask = slots - 1;
    for (uint32_t id = 0; id < map->files.count; id++) {
        uint32_t at = owned->file_hashes.items[id] & owned->file_mask;
        while (owned->file_slots[at] != 0)
            at = (at + 1) & owned->file_mask;
        owned->file_slots[at] = id + 1;
    }
}

static uint32_t new_file(struct lm__reader *r, struct slice path, uint32_t hash, uint32_t *slot)
{
    struct lm_map *map = r->map;
    r->held += sizeof(struct lm_file) + 4 * sizeof *slot;
    struct lm_file file = {.path = path};
    lm_split_path(path, &file.archive, &file.member);
    vec_push(&map->files, file);
    vec_push(&map->owned->file_hashes, hash);
    *slot = (uint32_t)map->files.count;
    return (uint32_t)map->files.count - 1;
}

uint32_t lm__file(struct lm__reader *r, struct slice path)
{
    struct lm_map *map = r->map;
    struct lm__owned *owned = map->owned;
    if (path.size == 0)
        return LM_NO;
    if (r->last_file < map->files.count && slice_equal(map->files.items[r->last_file].path, path))
        return r->last_file;
    if (map->files.count * 2 >= owned->file_mask)
        files_grow(map);
    uint32_t hash = (uint32_t)hash_bytes(path.data, path.size, owned->seed);
    uint32_t at = hash & owned->file_mask;
    for (; owned->file_slots[at] != 0; at = (at + 1) & owned->file_mask) {
        uint32_t id = owned->file_slots[at] - 1;
        if (owned->file_hashes.items[id] == hash && slice_equal(map->files.items[id].path, path))
            return r->last_file = id;
    }
    return r->last_file = new_file(r, path, hash, &owned->file_slots[at]);
}

uint32_t lm__member(struct lm__reader *r, struct slice archive, struct slice member)
{
    if (archive.size == 0)
        return lm__file(r, member);
    size_t size = archive.size + member.size + 2;
    char stack[512], *text = size <= sizeof stack ? stack : mem_alloc(size);
    memcpy(text, archive.data, archive.size);
    text[archive.size] = '(';
    if (member.size != 0)
        memcpy(text + archive.size + 1, member.data, member.size);
    text[size - 1] = ')';
    size_t before = r->map->files.count;
    uint32_t id = lm__file(r, slice_of(text, size));
    if (r->map->files.count != before) { // the text was ours for a moment only
        struct lm_file *file = &r->map->files.items[id];
        file->path = lm__keep(r, slice_of(text, size));
        file->archive = lm__until(file->path, archive.size);
        file->member = slice_of(file->path.data + archive.size + 1, member.size);
    }
    if (text != stack)
        free(text);
    return id;
}

struct slice lm__keep(struct lm__reader *r, struct slice text)
{
    return slice_of(arena_text(r->map->owned->arena, text), text.size);
}

struct slice lm__join(struct lm__reader *r, struct slice a, const char *between, struct slice b)
{
    struct buf text = {0};
    buf_bytes(&text, a.data, a.size);
    buf_text(&text, between);
    buf_bytes(&text, b.data, b.size);
    struct slice kept = lm__keep(r, slice_of(text.data, text.size));
    buf_free(&text);
    return kept;
}

// ------------------------------------------------------------------ what names tell

// Whether the name is one of the list, or begins with one of it and a '.'.
static bool is_or_under(struct slice name, const char *const *list)
{
    // Nearly all names are of these, which no list has.
    if (slice_starts(name, ".text") || slice_starts(name, ".rodata") || slice_starts(name, ".data"))
        return false;
    for (; *list != NULL; list++) {
        size_t size = strlen(*list);
        if (slice_starts(name, *list) && (name.size == size || name.data[size] == '.'))
            return true;
    }
    return false;
}

bool lm__is_nobits(struct slice name)
{
    static const char *const names[] = {
        ".bss",    ".sbss",   ".tbss",  ".dynbss", ".dynsbss",        ".lbss", ".zbss",
        ".noinit", ".common", "COMMON", "__bss",   ".gnu.linkonce.b", NULL};
    return is_or_under(name, names) || slice_is(name, ".scommon") || slice_is(name, "LARGE_COMMON");
}

bool lm__is_made(struct slice name)
{
    static const char *const names[] = {".plt",
                                        ".got",
                                        ".iplt",
                                        ".igot",
                                        ".dynamic",
                                        ".dynsym",
                                        ".dynstr",
                                        ".hash",
                                        ".gnu.hash",
                                        ".gnu.version",
                                        ".interp",
                                        ".rel.dyn",
                                        ".rela.dyn",
                                        ".rel.plt",
                                        ".rela.plt",
                                        ".relr",
                                        ".rel.iplt",
                                        ".rela.iplt",
                                        ".glue_7",
                                        ".glue_7t",
                                        ".v4_bx",
                                        ".vfp11_veneer",
                                        ".stm32l4xx_veneer",
                                        ".eh_frame_hdr",
                                        ".branch_lt",
                                        ".gnu.version_d",
                                        ".gnu.version_r",
                                        ".note.gnu.build-id",
                                        ".symtab",
                                        ".strtab",
                                        ".shstrtab",
                                        ".rel.ifunc",
                                        ".rela.ifunc",
                                        NULL};
    return is_or_under(name, names);
}

// What takes no memory of the target, by long convention.
static bool is_note(struct slice name)
{
    static const char *const names[] = {".comment",
                                        ".stab",
                                        ".stabstr",
                                        ".line",
                                        ".symtab",
                                        ".strtab",
                                        ".shstrtab",
                                        ".note.GNU-stack",
                                        ".gnu.build",
                                        ".gnu.warning",
                                        ".ARM.attributes",
                                        ".riscv.attributes",
                                        ".xtensa.info",
                                        ".xt.prop",
                                        ".xt.lit",
                                        ".xt.insn",
                                        ".gnu.attributes",
                                        ".GCC.command",
                                        ".mdebug",
                                        ".pdr",
                                        ".gnu_debuglink",
                                        ".gnu_debugaltlink",
                                        ".symtab_shndx",
                                        ".llvm_addrsig",
                                        ".debug",
                                        ".ARC.attributes",
                                        ".note.gnu.gold-version",
                                        ".gnu.lto_",
                                        ".TI",
                                        NULL};
    return is_or_under(name, names) || slice_starts(name, ".debug_") ||
           slice_starts(name, ".zdebug_") || slice_starts(name, ".xt.prop") ||
           slice_starts(name, ".gnu.warning") || slice_starts(name, ".gnu.lto_");
}

// ----------------------------------------------------------------------- the lists

struct lm_section *lm__section(struct lm__reader *r, struct slice name, uint64_t addr,
                               uint64_t size)
{
    struct lm_section section = {.name = name,
                                 .addr = addr,
                                 .lma = addr,
                                 .size = size,
                                 .packed = LM_NONE,
                                 .region = LM_NO,
                                 .first = (uint32_t)r->map->contributions.count,
                                 .line = r->line,
                                 .loaded = true,
                                 .made = lm__is_made(name)};
    r->held += sizeof section;
    vec_push(&r->map->sections, section);
    return &r->map->sections.items[r->map->sections.count - 1];
}

static struct lm_contribution contribution(struct lm__reader *r, struct slice name, uint64_t addr,
                                           uint64_t size, uint32_t file)
{
    r->held += sizeof(struct lm_contribution);
    return (struct lm_contribution){.name = name,
                                    .addr = addr,
                                    .size = size,
                                    .size_before = LM_NONE,
                                    .section = LM_NO,
                                    .file = file,
                                    .line = r->line,
                                    .kind = slice_is(name, "COMMON") ? LM_COMMON
                                            : lm__is_made(name)      ? LM_MADE
                                                                     : LM_INPUT,
                                    .nobits = lm__is_nobits(name)};
}

struct lm_contribution *lm__discarded(struct lm__reader *r, struct slice name, uint64_t size,
                                      uint32_t file)
{
    vec_push(&r->map->discarded, contribution(r, name, 0, size, file));
    return &r->map->discarded.items[r->map->discarded.count - 1];
}

struct lm_contribution *lm__contribution(struct lm__reader *r, struct slice name, uint64_t addr,
                                         uint64_t size, uint32_t file)
{
    struct lm_map *map = r->map;
    if (map->sections.count == 0)
        return lm__discarded(r, name, size, file);
    vec_push(&map->contributions, contribution(r, name, addr, size, file));
    struct lm_contribution *made = &map->contributions.items[map->contributions.count - 1];
    made->section = (uint32_t)map->sections.count - 1;
    struct lm_section *in = &map->sections.items[made->section];
    in->count++;
    if (made->kind == LM_INPUT && in->made)
        made->kind = LM_MADE;
    return made;
}

struct lm_symbol *lm__symbol(struct lm__reader *r, struct slice name, uint64_t addr)
{
    struct lm_map *map = r->map;
    uint32_t last = map->contributions.count == 0 ? LM_NO : (uint32_t)map->contributions.count - 1;
    r->held += sizeof(struct lm_symbol);
    vec_push(&map->symbols, (struct lm_symbol){name, addr, LM_NONE, last, r->line, 0});
    return &map->symbols.items[map->symbols.count - 1];
}

void lm__reason(struct lm__reader *r, uint32_t file, uint32_t by, struct slice symbol)
{
    bool shared = file != LM_NO && r->map->files.items[file].archive.size == 0;
    r->held += sizeof(struct lm_reason);
    vec_push(&r->map->reasons, (struct lm_reason){file, by, symbol, r->line, shared});
}

void lm__reference(struct lm__reader *r, struct slice symbol, uint32_t definer, uint32_t user)
{
    r->held += sizeof(struct lm_reference);
    vec_push(&r->map->references, (struct lm_reference){symbol, definer, user, r->line});
}

void lm__total(struct lm__reader *r, struct slice name, uint64_t stated, uint64_t read)
{
    vec_push(&r->map->totals, (struct lm_total){name, stated, read, r->line});
    if (stated != read)
        lm__doubt(r, r->line, "%.*s: %" PRIu64 " bytes stated, %" PRIu64 " read", LM__TEXT(name),
                  stated, read);
}

// ------------------------------------------------------------------------ finishing

// Contributions end inside their section, and do not overlap. Most maps print them by address; the
// others are not checked for overlaps.
static void check_section(struct lm__reader *r, const struct lm_section *section)
{
    uint64_t end, reached = section->addr;
    if (!add_u64(section->addr, section->size, &end)) {
        lm__doubt(r, section->line, "section %.*s ends past 64 bits", LM__TEXT(section->name));
        return;
    }
    for (uint32_t i = 0; i < section->count; i++) {
        const struct lm_contribution *c = &r->map->contributions.items[section->first + i];
        // lld states the size of debug information when it is compressed, and that of the input before.
        if (c->size == 0 || slice_starts(section->name, ".debug"))
            continue;
        if (c->addr < section->addr || !range_fits(c->addr - section->addr, c->size, section->size))
            lm__doubt(r, c->line, "%.*s lies outside its section %.*s", LM__TEXT(c->name),
                      LM__TEXT(section->name));
        else if (c->addr < reached)
            lm__doubt(r, c->line, "%.*s overlaps what comes before it in %.*s", LM__TEXT(c->name),
                      LM__TEXT(section->name));
        reached = range_fits(c->addr, c->size, end) ? MAX(reached, c->addr + c->size) : reached;
    }
}

// Contributions by section, in their order within each; the symbols follow.
static void sort_contributions(struct lm_map *map)
{
    size_t count = map->contributions.count;
    struct keyed *order = mem_alloc(count * sizeof *order);
    struct keyed *scratch = mem_alloc(count * sizeof *scratch);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct keyed){map->contributions.items[i].section, i};
    sort_keyed(order, scratch, count);
    struct lm_contribution *sorted = mem_alloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = map->contributions.items[order[i].value];
        scratch[order[i].value].key = i;
    }
    for (size_t i = 0; i < map->symbols.count; i++)
        if (map->symbols.items[i].contribution != LM_NO)
            map->symbols.items[i].contribution =
                (uint32_t)scratch[map->symbols.items[i].contribution].key;
    free(map->contributions.items);
    map->contributions.items = sorted;
    map->contributions.capacity = count;
    free(scratch);
    free(order);
}

static void group_contributions(struct lm_map *map)
{
    bool sorted = true;
    for (size_t i = 1; i < map->contributions.count && sorted; i++)
        sorted = map->contributions.items[i - 1].section <= map->contributions.items[i].section;
    if (!sorted)
        sort_contributions(map);
    for (size_t i = 0; i < map->sections.count; i++)
        map->sections.items[i].count = 0;
    for (uint32_t i = 0; i < map->contributions.count; i++) {
        struct lm_section *s = &map->sections.items[map->contributions.items[i].section];
        s->first = s->count++ == 0 ? i : s->first;
    }
}

// A section has no load image when nothing in it has one. Where there is only fill, input without bytes
// counts, too.
static bool only_nobits(const struct lm_map *map, const struct lm_section *section)
{
    bool contents = false, room = false, fill = false, some = false;
    for (uint32_t i = 0; i < section->count; i++) {
        const struct lm_contribution *c = &map->contributions.items[section->first + i];
        if (c->kind == LM_FILL) {
            fill |= c->size != 0;
            continue;
        }
        if (!c->nobits && c->size != 0)
            return false;
        *(c->nobits ? &room : &contents) = true;
        some |= c->size != 0;
    }
    return some || lm__is_nobits(section->name) ||
           (fill && !contents && (room || map->dialect->skips_nobits));
}

// NOLOAD is not told: but the load image of what comes next begins where that of such a section would lie.
static void find_skipped(struct lm_map *map)
{
    struct lm_section *last = NULL;
    for (size_t i = 0; i < map->sections.count; i++) {
        struct lm_section *s = &map->sections.items[i];
        if (s->size == 0 || s->lma == s->addr)
            continue;
        if (last != NULL && s->lma >= last->lma && s->lma - last->lma < last->size)
            last->nobits = true;
        last = s;
    }
}

// At address 0 lies either the vector table of a microcontroller, or everything that has no address.
static void find_loaded(struct lm_map *map)
{
    // In a map of ld -r nothing has an address.
    bool taken = false, placed = false;
    for (size_t i = 0; i < map->sections.count; i++)
        placed |= map->sections.items[i].addr != 0 && map->sections.items[i].size != 0;
    for (size_t i = 0; i < map->sections.count; i++) {
        struct lm_section *s = &map->sections.items[i];
        if (s->addr != 0 || s->size == 0 || !s->loaded)
            continue;
        bool note = is_note(s->name) || (i != 0 && slice_starts(s->name, ".note."));
        s->loaded = !note && (!taken || s->lma != 0);
        taken |= s->loaded && placed;
    }
}

void lm__finish(struct lm__reader *r)
{
    struct lm_map *map = r->map;
    group_contributions(map);
    for (size_t i = 0; i < map->sections.count; i++) {
        struct lm_section *s = &map->sections.items[i];
        s->nobits = s->nobits || only_nobits(map, s);
        check_section(r, s);
    }
    if (map->dialect->skips_nobits)
        find_skipped(map);
    find_loaded(map);
    if (map->sections.count == 0)
        lm__doubt(r, 0, "no output section was found");
    map->line_count = r->line;
    map->lists_discarded |= map->discarded.count != 0;
    map->lists_reasons |= map->reasons.count != 0;
}
