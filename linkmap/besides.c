// SPDX-License-Identifier: MIT
//
// What linkers write beside the map, because their maps lack it:
//
//   ld: removing unused section '.text.f' in file 'main.o'        --print-gc-sections, GNU ld
//   ld.gold: removing unused section from '.text.f' in file 'main.o'
//   removing unused section libx.a(y.o):(.text.f)                  lld, mold
//
//   reference<TAB>extracted<TAB>symbol                             --why-extract=FILE, lld
//   main.o<TAB>libx.a(y.o)<TAB>f
//
// The first may be the log of a whole build: other lines are passed over.

#include "linkmap/owned.h"

static bool open_beside(struct lm__reader *r, struct lm_map *map, const char *path,
                        struct doubts *doubts, struct fault *fault)
{
    struct slice bytes;
    if (!lm__map_file(path, &bytes, fault))
        return false;
    vec_push(&map->owned->bytes, bytes);
    *r = (struct lm__reader){.map = map, .name = path, .doubts = doubts};
    lm__start(r, bytes);
    return true;
}

// ------------------------------------------------------------- --print-gc-sections

// The text between the first quotes, and what comes after them.
static bool quoted(struct slice *rest, struct slice *out)
{
    size_t from = lm__find(*rest, "'");
    if (from == SIZE_MAX)
        return false;
    struct slice text = lm__from(*rest, from + 1);
    size_t size = lm__find(text, "'");
    if (size == SIZE_MAX)
        return false;
    *out = lm__until(text, size);
    *rest = lm__from(text, size + 1);
    return true;
}

static bool removed(struct slice line, struct slice *section, struct slice *file)
{
    static const char phrase[] = "removing unused section ";
    size_t at = lm__find(line, phrase);
    if (at == SIZE_MAX)
        return false;
    struct slice rest = lm__from(line, at + strlen(phrase));
    if (slice_starts(rest, "'") || slice_starts(rest, "from '")) {
        if (!quoted(&rest, section))
            return false;
        // The file's name may hold quotes itself: up to the last one.
        rest = lm__trim(rest);
        size_t from = lm__find(rest, "'");
        if (from == SIZE_MAX || !slice_ends(rest, "'") || from + 1 == rest.size)
            return false;
        *file = slice_of(rest.data + from + 1, rest.size - from - 2);
        return true;
    }
    return lm__split_input(lm__trim(rest), file, section);
}

bool lm_add_gc_list(struct lm_map *map, const char *path, struct doubts *doubts,
                    struct fault *fault)
{
    struct lm__reader r;
    if (!open_beside(&r, map, path, doubts, fault))
        return false;
    struct slice line, section, file;
    size_t before = map->discarded.count;
    while (lm__line(&r, &line))
        if (removed(line, &section, &file))
            lm__discarded(&r, section, LM_NONE, lm__file(&r, file))->line = 0;
    if (map->discarded.count == before)
        lm__doubt(&r, r.line, "no section was removed here");
    map->lists_discarded = true;
    return true;
}

// ------------------------------------------------------------------- --why-extract

bool lm_add_why_extract(struct lm_map *map, const char *path, struct doubts *doubts,
                        struct fault *fault)
{
    struct lm__reader r;
    if (!open_beside(&r, map, path, doubts, fault))
        return false;
    struct slice line;
    while (lm__line(&r, &line)) {
        struct slice reference = lm__field(&line), extracted = lm__field(&line);
        if (slice_is(extracted, "extracted") || (reference.size == 0 && extracted.size == 0))
            continue;
        if (extracted.size == 0) {
            lm__doubt(&r, r.line, "expected three fields with tabs between them");
            continue;
        }
        // "<internal>", "--entry" and "-u" stand for the command line.
        bool none = slice_starts(reference, "<") || slice_starts(reference, "-");
        lm__reason(&r, lm__file(&r, extracted), none ? LM_NO : lm__file(&r, reference), line);
        map->reasons.items[map->reasons.count - 1].line = 0;
    }
    map->lists_reasons = true;
    return true;
}
