// SPDX-License-Identifier: MIT
//
// What the readers of linkmap/ share: lines, numbers and the lists of the model being filled.
#ifndef TARE_LINKMAP_PRIVATE_H
#define TARE_LINKMAP_PRIVATE_H

#include "linkmap/linkmap.h"

struct lm__reader {
    struct lm_map *map;
    const char *name; // of what is read, for doubts
    struct doubts *doubts;
    const uint8_t *at, *end; // what was not read yet
    char line_end;           // '\n', or '\r' in a map that has no other
    uint32_t line;           // the number of the line lm__line gave last
    uint32_t last_file;      // neighbours mostly come from one file
    uint64_t held, limit;    // bytes of the lists, and how many there may be
};

// --------------------------------------------------------------------------- lines

// Begins with the first line of a text.
void lm__start(struct lm__reader *r, struct slice text);
// The next line without its end ("\n", "\r\n"). False after the last one, and when the lists have grown
// out of proportion to the text: rows of ten bytes are none of a linker's.
bool lm__line(struct lm__reader *r, struct slice *line);
// The line after, which stays where it is; empty at the end.
struct slice lm__peek(const struct lm__reader *r);
// A doubt at a line.
void lm__doubt(struct lm__reader *r, uint32_t line, const char *format, ...) PRINTF_LIKE(3, 4);
// For %.*s in messages: at most a few words of a text.
#define LM__TEXT(s) (int)MIN((s).size, (size_t)60), (const char *)(s).data

static inline struct slice lm__from(struct slice s, size_t offset)
{
    offset = MIN(offset, s.size);
    return offset == 0 ? s : slice_of(s.data + offset, s.size - offset); // NULL + 0 is undefined
}

static inline struct slice lm__until(struct slice s, size_t size)
{
    return slice_of(s.data, MIN(size, s.size));
}

static inline bool lm__is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static inline size_t lm__blanks(struct slice s)
{
    size_t count = 0;
    while (count < s.size && lm__is_blank(s.data[count]))
        count++;
    return count;
}

struct slice lm__trim(struct slice s);
// Takes the next run of non-blanks, and the blanks before it, off the front.
struct slice lm__word(struct slice *s);
struct slice lm__last_word(struct slice s);
// Takes what stands before the next tab off the front, and the tab.
struct slice lm__field(struct slice *s);
// Takes a text off the front, when it is there.
bool lm__eat(struct slice *s, const char *text);
// Where `text` begins in `s`, or SIZE_MAX.
size_t lm__find(struct slice s, const char *text);
// The first pages of a map, which tell its dialect.
static inline struct slice lm__head(struct slice text)
{
    return lm__until(text, (size_t)256 << 10);
}
// The part of a map that a line begins.
struct lm__heading {
    const char *text; // the line starts with it
    int part;
};
bool lm__is_heading(const struct lm__heading *headings, size_t count, struct slice line, int *part);
// A doubt when the last line has no end.
void lm__check_end(struct lm__reader *r);
// Whether a line of the text begins with it.
bool lm__has_line(struct slice text, const char *heading);

// ------------------------------------------------------------------------- numbers

// A whole word as a number. False when it is none, or does not fit into 64 bits.
bool lm__hex(struct slice word, uint64_t *value);      // "0x1f", "1f", "1F"
bool lm__prefixed(struct slice word, uint64_t *value); // "0x1f" only
bool lm__decimal(struct slice word, uint64_t *value);

// ----------------------------------------------------------------------- the model

// The index of a file; its path is split when it is seen first. An empty path is LM_NO.
uint32_t lm__file(struct lm__reader *r, struct slice path);
// The same of an archive and a member that stand apart. An empty archive is a plain object.
uint32_t lm__member(struct lm__reader *r, struct slice archive, struct slice member);
// A section with what is known; line, region, alignment and load address have their defaults. Lends
// it until the next one. Contributions belong to the last one.
struct lm_section *lm__section(struct lm__reader *r, struct slice name, uint64_t addr,
                               uint64_t size);
// A contribution to the section that came last, or dropped input when there is none; both with
// their defaults: kind and nobits by its name. Lends it.
struct lm_contribution *lm__contribution(struct lm__reader *r, struct slice name, uint64_t addr,
                                         uint64_t size, uint32_t file);
struct lm_contribution *lm__discarded(struct lm__reader *r, struct slice name, uint64_t size,
                                      uint32_t file);
// A symbol of the last contribution.
struct lm_symbol *lm__symbol(struct lm__reader *r, struct slice name, uint64_t addr);
void lm__reason(struct lm__reader *r, uint32_t file, uint32_t by, struct slice symbol);
void lm__reference(struct lm__reader *r, struct slice symbol, uint32_t definer, uint32_t user);
void lm__total(struct lm__reader *r, struct slice name, uint64_t stated, uint64_t read);
// Text that lives as long as the map.
struct slice lm__keep(struct lm__reader *r, struct slice text);
struct slice lm__join(struct lm__reader *r, struct slice a, const char *between, struct slice b);

bool lm__is_nobits(struct slice name); // .bss, .noinit.x, COMMON ...
bool lm__is_made(struct slice name);   // .plt, .got ...

// Where the parenthesis opens that the last byte closes, or SIZE_MAX.
size_t lm__open_parenthesis(struct slice text);
// "file:(section)"; the last parenthesis of that kind opens it.
bool lm__split_input(struct slice text, struct slice *file, struct slice *section);

// The bytes of a regular file, mapped.
bool lm__map_file(const char *path, struct slice *bytes, struct fault *fault);

// What a text looks like that is of no dialect, or NULL.
const char *lm__stranger(struct slice text);

// Derives what the dialect does not state and checks what it does.
void lm__finish(struct lm__reader *r);

// --------------------------------------------------------------------- the dialects

unsigned lm__ld_score(struct slice text);
void lm__ld_read(struct lm__reader *r);
unsigned lm__gold_score(struct slice text);
void lm__gold_read(struct lm__reader *r);
unsigned lm__lld_score(struct slice text);
void lm__lld_read(struct lm__reader *r);
unsigned lm__mold_score(struct slice text);
void lm__mold_read(struct lm__reader *r);
unsigned lm__armlink_score(struct slice text);
void lm__armlink_read(struct lm__reader *r);
unsigned lm__iar_score(struct slice text);
void lm__iar_read(struct lm__reader *r);
unsigned lm__ld64_score(struct slice text);
void lm__ld64_read(struct lm__reader *r);
unsigned lm__ti_score(struct slice text);
void lm__ti_read(struct lm__reader *r);

// The tables of lld and mold, which differ in their numbers: read in lld.c.
struct lm__columns {
    unsigned numbers;     // before the name: VMA LMA Size Align, or without LMA
    bool decimal_sizes;   // sizes and alignments
    bool symbols_unsized; // a size of 0 says nothing
};
void lm__columns_read(struct lm__reader *r, const struct lm__columns *columns);

// Common symbols of the list from `from` on into [addr, addr + size) of the last section; how many.
size_t lm__commons(struct lm__reader *r, size_t from, uint64_t addr, uint64_t size);

#endif
