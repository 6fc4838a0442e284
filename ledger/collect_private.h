// SPDX-License-Identifier: MIT
//
// What the collectors share. A section of a sane image lies in one extent; then the position of any
// byte of it is one addition (`pos`), and only odd images need the ledger's search.
#ifndef TARE_LEDGER_COLLECT_PRIVATE_H
#define TARE_LEDGER_COLLECT_PRIVATE_H

#include "ledger/collect.h"

enum led__kind {
    LED__NO_KIND,
    LED__CODE,
    LED__CONSTANT,
    LED__DATA,
    LED__BSS,
    LED__METADATA,
    LED__DEBUG,
    LED__PADDING,
    LED__KIND_COUNT,
};

// What becomes of a section.
struct led__about {
    uint64_t pos;      // of its first byte when one extent holds all of it, else LED_NOWHERE
    uint64_t unpacked; // bytes of memory it takes beyond its size, see struct led__stray
    uint8_t kind;      // enum led__kind
    bool role;         // owned by its role when nobody else says; false: content
};

struct led__image {
    struct led_collector *run;
    uint32_t index;
    struct img *img;
    const struct img_info *info;
    const struct img_section *sections;
    const struct img_segment *segments;
    size_t section_count, segment_count;
    struct led__about *about; // by section
    bool firmware;            // led_is_firmware
    bool copies;       // firmware: some segment is loaded at one address and copied to another
    uint64_t tls_addr; // of the TLS template
    size_t first_tls;  // first section of it
    struct img *symbols_from; // whose .symtab counts: the image, its debug file, or NULL
    bool names_by_dwarf;      // symbols are wanted, and that table leaves names out
    struct dw *dw;            // NULL: none, or all was read
    bool had_dwarf;
    struct img *dwarf_from; // the image that holds the debug sections
    unsigned threads;       // to read it on
    struct keyed *sized;    // by address: the size of a symbol, see led__symbol_size_at
    size_t sized_count;
    bool sized_ready;
    struct keyed *starts; // by address: the unit (led_owner) that has a function or variable there
    size_t start_count;
    struct led__joined *joined;   // with the linker map, see collect_map.c
    const led_owner *unit_owners; // by unit of `dw`; LED_UNATTRIBUTED for artificial ones
};

struct led_collector {
    struct ledger *ledger;
    const struct led_build *build;
    unsigned dims;
    struct doubts *doubts;
    struct arena *arena; // as long as the collector
    led_owner kinds[LED__KIND_COUNT];
    led_owner padding;
    struct led__image *images;
    size_t image_count;
};

static inline bool led__wants(const struct led_collector *run, enum led_dim dim)
{
    return (run->dims & LED_MASK(dim)) != 0;
}
// Dimensions that only debug information (or a linker map) can divide well.
#define LED__FROM_DWARF (LED_MASK(LED_UNIT) | LED_MASK(LED_SOURCE) | LED_MASK(LED_INLINES))
#define LED__CHARGED                                                                               \
    (LED_MASK(LED_UNIT) | LED_MASK(LED_SOURCE) | LED_MASK(LED_SYMBOL) | LED_MASK(LED_INLINES))

// Claims positions in a dimension when it is wanted.
static inline void led__claim_dim(struct led_collector *run, enum led_dim dim,
                                  enum led_reader reader, led_owner owner, uint64_t order,
                                  uint64_t pos, uint64_t size)
{
    if (led__wants(run, dim) && owner != LED_UNATTRIBUTED)
        led_claim_pos(run->ledger, pos, size, (struct led_claim){owner, dim, reader, order});
}

static inline bool led__is_allocated(const struct led__image *im, uint32_t section)
{
    return section != 0 && section < im->section_count &&
           (im->sections[section].flags & SHF_ALLOC) != 0;
}
// Whether [addr, addr + 1) lies in that section.
static inline bool led__holds(const struct img_section *section, uint64_t addr)
{
    return addr - section->addr < section->size;
}
static inline bool led__is_content(const struct led__image *im, uint32_t section)
{
    return led__is_allocated(im, section) && !im->about[section].role;
}

// Position of an address in an allocated section (0: not known), or of a byte of any section.
uint64_t led__pos_addr(const struct led__image *im, uint32_t section, uint64_t addr);
uint64_t led__pos_in(const struct led__image *im, uint32_t section, uint64_t offset);
// Claims memory, cut at the end of the section.
void led__claim_addr(struct led__image *im, uint32_t section, uint64_t addr, uint64_t size,
                     struct led_claim claim);
// Charges bytes of a section to whoever owns that address.
void led__charge_in(struct led__image *im, uint32_t section, uint64_t offset, uint64_t size,
                    uint64_t target_pos);
// "image path" and section name for doubts.
void led__doubt(const struct led__image *im, uint32_t section, uint64_t offset, const char *what);

// Lets go of the pages of a file of many images, now and then, while image after image is read.
void led__release_read(const struct led_collector *run, size_t index);

// collect_role.c: what sections and headers are.
void led__describe_sections(struct led__image *im);
led_owner led__role_owner(struct led_collector *run, const struct img_section *section);
led_owner led__section_owner(struct led_collector *run, const struct img_section *section);

// collect_elf.c
bool led__collect_extents(struct led_collector *run, struct fault *fault);

// collect_segments.c: where in memory the allocated sections are.
struct led__stray {
    uint32_t section;
    uint32_t segment;  // that loads its contents, or ends where it has none; UINT32_MAX: none
    uint64_t unpacked; // bytes of memory its contents take beyond their size in the file
};
struct led__members {
    struct keyed *items; // value: section; those of one segment next to each other, by address
    size_t *first;       // by segment, and one more
    uint64_t *memory;    // by segment: bytes it takes at its own addresses; 0: no PT_LOAD
    VEC(struct led__stray) strays; // sections of a firmware that run where no segment is
};
void led__members_find(const struct led__image *im, struct led__members *members);
void led__members_free(struct led__members *members);
// .tbss: for each thread, and not in memory itself.
bool led__is_template_only(const struct img_section *section);

// collect_spots.c: what may lie between the allocated sections of a segment, by offset in the image.
enum led__what {
    LED__IN_SECTION,
    LED__ELF_HEADER,
    LED__PROGRAM_HEADERS,
    LED__SECTION_HEADERS,
    LED__SPAN,
    LED__GAP,
    LED__PACKED, // compressed contents of a section
};
struct led__spots {
    struct led__spot {
        uint64_t start, end;
        uint32_t section;
        uint8_t what; // enum led__what up to LED__SECTION_HEADERS
    } * items;
    size_t count;
};
void led__spots_find(const struct led__image *im, struct led__spots *spots);
void led__spots_free(struct led__spots *spots);
// The first spot that ends behind an offset, or `count`.
size_t led__spots_first(const struct led__spots *spots, uint64_t offset);

// collect_tile.c: who gets each byte of the file, when several ranges want it: the one that stands
// first in the list.
struct led__range {
    uint64_t start, end;
};
struct led__tile {
    uint64_t start, end;
    size_t owner; // index of the range
};
// The tiles of range i are tiles[first[i]] up to tiles[first[i + 1]], ascending. Both malloc'd.
void led__tile(const struct led__range *ranges, size_t count, struct led__tile **tiles,
               size_t **first);

// collect_marks.c: data among code, told by mapping symbols.
void led__collect_marks(struct led__image *im);

// collect_classes.c: the units of virtual tables, after the debug information.
void led__collect_classes(struct led__image *im);

// collect_vtables.c
void led__collect_vtables(struct led__image *im);

// collect_symbols.c
void led__collect_symbols(struct led__image *im);
void led__collect_files(struct led__image *im); // after the debug information
bool led__collect_definitions(struct led__image *im, struct fault *fault); // likewise
// To size what DWARF does not, or not all of.
uint64_t led__symbol_size_at(struct led__image *im, uint64_t addr);

// The others, one a file.
void led__collect_eh(struct led__image *im);
void led__collect_exidx(struct led__image *im);
void led__collect_strings(struct led__image *im);
// All content of an image in one dimension.
void led__claim_content(struct led__image *im, enum led_dim dim, enum led_reader reader,
                        led_owner owner);
bool led__collect_dwarf(struct led__image *im, struct fault *fault); // and the tables, meanwhile
void led__collect_tables(struct led__image *im); // symbols, strings, unwind entries
// Claims the line tables and makes the units' owners go by the paths those use.
void led__collect_lines(struct led__image *im, led_owner *owners, size_t unit_count);
void led__collect_relocs(struct led__image *im);
// collect_map.c: claims of objects, archives and members; once claims are settled, of the units that
// objects stand for.
void led__collect_map(struct led__image *im);
void led__collect_map_units(struct led__image *im);
void led__collect_fill(struct led_collector *run);

#endif
