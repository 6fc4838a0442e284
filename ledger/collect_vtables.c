// SPDX-License-Identifier: MIT
//
// Virtual tables of Rust, which have no name: inferred to belong where the functions are that they hold.
//
//   .data.rel.ro   |drop_in_place|size|align|method|method|ptr to text|len| ...
//                  '------------- one table -------------'
//
// A word that is the address of a function begins one; numbers may follow it, and more functions of the same unit. It ends
// before a word that leads elsewhere. Two functions are needed, or one with a size and an alignment behind it: one alone
// may be anything.

#include <stdlib.h>

#include "ledger/collect_private.h"

#define NUMBERS_MAX 2 // between two functions: size and alignment
#define ALIGN_MAX   4096

struct run {
    led_owner unit;
    size_t start, end; // words
    unsigned functions;
};

static led_owner unit_of(const struct led__image *im, uint64_t word)
{
    uint64_t addr = im->info->machine == EM_ARM ? word & ~UINT64_C(1) : word;
    size_t at = keyed_first(im->starts, im->start_count, addr);
    bool found = word != 0 && at < im->start_count && im->starts[at].key == addr;
    return found ? (led_owner)im->starts[at].value : LED_UNATTRIBUTED;
}

static bool has_header(const uint64_t *words, size_t count, const struct run *run)
{
    if (run->start + 2 >= count)
        return false;
    uint64_t size = words[run->start + 1], align = words[run->start + 2];
    return align != 0 && align <= ALIGN_MAX && (align & (align - 1)) == 0 && size % align == 0;
}

static void claim_run(struct led__image *im, const struct img_section *section,
                      const uint64_t *words, size_t count, struct run *run)
{
    uint64_t word = im->info->address_size;
    bool header = run->functions != 0 && has_header(words, count, run);
    if (header)
        run->end = MAX(run->end, run->start + 3);
    if (run->functions > 1 || header)
        led__claim_addr(im, section->index, section->addr + run->start * word,
                        (run->end - run->start) * word,
                        (struct led_claim){run->unit, LED_UNIT, LED_BY_CLASS, run->start});
    *run = (struct run){0};
}

static void read_section(struct led__image *im, const struct img_section *section)
{
    size_t count;
    struct run run = {0};
    uint64_t *words = img_words(im->img, section->index, &count);
    for (size_t i = 0; i < count; i++) {
        led_owner unit = unit_of(im, words[i]);
        bool number = unit == LED_UNATTRIBUTED && img_section_at(im->img, words[i]) == NULL;
        if (number && i - run.end < NUMBERS_MAX)
            continue;
        if (unit == LED_UNATTRIBUTED || unit != run.unit || i - run.end > NUMBERS_MAX)
            claim_run(im, section, words, count, &run);
        if (unit == LED_UNATTRIBUTED)
            continue;
        run = (struct run){unit, run.functions ? run.start : i, i + 1, run.functions + 1};
    }
    claim_run(im, section, words, count, &run);
    free(words);
}

// "src/lib.rs/@/std.e28293b1aa0f68bd-cgu.0", "main.rs"
static bool is_rust(const char *unit)
{
    return strstr(unit, ".rs/@/") != NULL || strstr(unit, "-cgu.") != NULL ||
           slice_ends(slice_text(unit), ".rs");
}

static bool has_rust(const struct led__image *im)
{
    led_owner last = LED_UNATTRIBUTED;
    for (size_t i = 0; i < im->start_count; i++) {
        led_owner unit = (led_owner)im->starts[i].value;
        if (unit != last && is_rust(led_owner_text(im->run->ledger, unit)))
            return true;
        last = unit;
    }
    return false;
}

void led__collect_vtables(struct led__image *im)
{
    if (!led__wants(im->run, LED_UNIT) || im->info->type == ET_REL || !has_rust(im))
        return;
    for (size_t i = 1; i < im->section_count; i++) {
        const struct img_section *s = &im->sections[i];
        enum led_content content = led_content_of(s);
        if ((content == LED_CONSTANT || content == LED_DATA) && !img_is_merged(s))
            read_section(im, s);
    }
}
