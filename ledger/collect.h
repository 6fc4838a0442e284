// SPDX-License-Identifier: MIT
//
// collect: from what the readers say about a build to a settled ledger.
//
//   image/      headers, sections, segments ── base map: extents, kinds, roles   collect_elf.c
//               symbols ────────────────────── claims, symbol table charges      collect_symbols.c
//               .eh_frame .ARM.exidx LSDAs ─── charges to their functions        collect_eh.c
//               string sections, marks ─────── claims of kinds                   collect_strings.c
//   dwarfsize/  units, functions, lines ────── claims                            collect_dwarf.c
//   linkmap/    contributions ──────────────── claims of objects, archives       collect_map.c
//                        led_settle_claims
//   linkmap/    objects ────────────────────── units where no debug information  collect_map_units.c
//   image/      relocations ────────────────── charges, in runs                  collect_relocs.c
//               bytes nobody claims ────────── padding                           collect_fill.c
//                        led_settle_charges
//
// Only what the wanted dimensions need is read: `section` looks at headers alone, `symbol` at no
// DWARF when there is a symbol table.
//
// These are the ledger's only files that know ELF and DWARF.
#ifndef TARE_LEDGER_COLLECT_H
#define TARE_LEDGER_COLLECT_H

#include "dwarfsize/dwarfsize.h"
#include "image/image.h"
#include "ledger/ledger.h"
#include "linkmap/linkmap.h"

// A build as the readers have opened it. The arrays have one item per image of `file`.
struct led_build {
    struct img_file *file;
    const struct img_debug *debug; // NULL, or where each image's debug information was found
    struct dw *const *dw;          // NULL, or opened debug information; items may be NULL
    unsigned threads;              // 0: one per core
    const struct lm_map *map;      // NULL, or the linker map of the one image
    // Unless NULL, told of each image whose debug information will not be read again: of ten thousand
    // members not more than one need stay open.
    void (*read)(void *context, size_t image);
    void *context; // of `read`
};
// Dimensions that a map divides; with one they are settled whatever is asked for.
#define LED_FROM_MAP (LED_MASK(LED_OBJECT) | LED_MASK(LED_ARCHIVE) | LED_MASK(LED_MEMBER))

// What has to be opened before collecting these dimensions (LED_MASK of each): whether to look for
// a debug file at all, and, when it was found (`debug` may be NULL), whether to open its DWARF.
bool led_wants_debug(struct img *img, unsigned dims);
bool led_wants_dwarf(struct img *img, const struct img_debug *debug, unsigned dims);

// Fills a new ledger from the build and settles at least the dimensions in `dims` (`kind` brings
// `symbol` along: padding is what lies between symbols). Damage is a doubt; a fault means that the
// ledger is of no use.
bool led_collect(struct ledger *ledger, const struct led_build *build, unsigned dims,
                 struct doubts *doubts, struct fault *fault);

// The same in three steps, for readers of other inputs that claim between the first and the last.
struct led_collector;
struct led_collector *led_collector_new(struct ledger *ledger, const struct led_build *build,
                                        unsigned dims, struct doubts *doubts);
bool led_collect_base(struct led_collector *collector, struct fault *fault);   // extents, roles
bool led_collect_claims(struct led_collector *collector, struct fault *fault); // all that is stated
bool led_collect_settle(struct led_collector *collector, struct fault *fault); // the rest
void led_collector_free(struct led_collector *collector);

// Whether the image runs from ROM without a loader, so that its load addresses mean something:
// fixed address, no program interpreter, no dynamic section, not for an operating system, not x86.
bool led_is_firmware(const struct img *img);

// Which section of a linked image each section of a map is, by name and, where several share it, by
// address; 0: none. One item a section of the map, in `arena`.
const uint32_t *led_map_sections(const struct lm_map *map, const struct img *img,
                                 struct arena *arena);

// Whether bytes are what assemblers and linkers fill with: zeros, or in code no-operations.
bool led_is_fill(const struct img_info *info, struct slice bytes, bool code);

// What a section of an image holds: code or data of the program (content), tables of the linker that
// code reads (.got, .plt), or what only tools and loaders read.
enum led_content { LED_CODE, LED_CONSTANT, LED_DATA, LED_BSS, LED_LINKAGE, LED_ELSE };
enum led_content led_content_of(const struct img_section *section);

// Whether a symbol of that name marks where something ends ("_edata", "__stop_x"): what follows is not its
// own.
bool led_names_an_end(const char *name);

// The function a compiler cut a piece from: "f.constprop.0.cold" gives "f". Suffixes: .cold .part.N
// .__part.N (LLVM) .constprop.N .isra.N .lto_priv.N .llvm.N, any number of them.
struct slice led_parent_name(struct slice name);

#endif
