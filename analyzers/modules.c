// SPDX-License-Identifier: MIT
//
// Units as people group them: modules by the rules of tare.yaml, else by directory.
//
// What a unit maps to is worked out once per unit; only rules that look at symbols or sections cost
// more, once per distinct set of what they look at.
//
// Owners in brackets ([padding], [.dynamic]) are nobody's unit and pass as they are.

#include <stdlib.h>

#include "analyzers/analyzers.h"

#define PREFIX_PERCENT 80
#define NOT_YET        UINT32_MAX

// The dimensions that rules look at. What is not settled is nobody's, and no glob matches it.
static const enum led_dim ruled_dims[] = {LED_UNIT, LED_SYMBOL, LED_SECTION, LED_OBJECT,
                                          LED_ARCHIVE};
#define RULED_COUNT COUNT_OF(ruled_dims)

struct an_modules {
    const struct ledger *ledger;
    const struct cfg *cfg;
    struct names *names;
    char *prefix;                             // with its last '/', or ""
    VEC(name_id) module_of_unit, dir_of_unit; // by unit owner; NOT_YET
    // What rules look at -> module, open addressing; used with rules only
    struct ruled {
        led_owner by[RULED_COUNT];
        name_id module; // NOT_YET: free
    } * ruled;
    size_t ruled_mask, ruled_count;
};

// --------------------------------------------------------------------- dimensions

static const struct {
    const char *name;
    unsigned needs;
} dim_rows[AN_DIM_COUNT] = {
    [AN_SEGMENT] = {"segment", LED_MASK(LED_SEGMENT)},
    [AN_SECTION] = {"section", LED_MASK(LED_SECTION)},
    [AN_KIND] = {"kind", LED_MASK(LED_KIND)},
    [AN_MEMBER] = {"member", LED_MASK(LED_MEMBER)},
    [AN_UNIT] = {"unit", LED_MASK(LED_UNIT)},
    [AN_SOURCE] = {"source", LED_MASK(LED_SOURCE)},
    [AN_SYMBOL] = {"symbol", LED_MASK(LED_SYMBOL)},
    [AN_INLINES] = {"inlines", LED_MASK(LED_INLINES)},
    [AN_OBJECT] = {"object", LED_MASK(LED_OBJECT)},
    [AN_ARCHIVE] = {"archive", LED_MASK(LED_ARCHIVE)},
    [AN_MODULE] = {"module", LED_MASK(LED_UNIT)},
    [AN_DIR] = {"dir", LED_MASK(LED_UNIT)},
};

const char *an_dim_name(enum an_dim dim)
{
    return dim_rows[dim].name;
}

unsigned an_dims_needed(const enum an_dim *dims, size_t count, bool rules)
{
    unsigned needs = 0;
    for (size_t i = 0; i < count; i++) {
        needs |= dim_rows[dims[i]].needs;
        if (rules && dims[i] == AN_MODULE)
            needs |= LED_MASK(LED_SYMBOL) | LED_MASK(LED_SECTION);
    }
    return needs;
}

// ------------------------------------------------------------------ common prefix

// rustc calls its units "src/lib.rs/@/crate.hash-cgu.0", or "crate.hash-cgu.0", and cuts a crate into
// any number of them.
static const char rust_unit[] = "/@/";

struct weighed {
    const char *path;
    uint64_t bytes;
};

struct paths {
    VEC(struct weighed) list; // distinct units
    uint64_t total;
};

// What the compiler and the C library brought, from wherever they were built.
static bool is_toolchain(const char *path)
{
    static const char *const parts[] = {"/sysdeps/", "/libgcc/", "/newlib/", "/libstdc++-v3/"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strstr(path, parts[i]) != NULL)
            return true;
    return strncmp(path, "/usr/", 5) == 0 || strncmp(path, "../", 3) == 0;
}

// By owner in the dimension unit, its bytes of that weight. For free().
static uint64_t *unit_bytes(const struct ledger *ledger, unsigned weight, size_t *owners)
{
    size_t count, extent_count, e = 0;
    const struct led_stretch *stretches = led_stretches(ledger, LED_UNIT, &count);
    const struct led_extent *extents = led_extents(ledger, &extent_count);
    *owners = 1;
    for (size_t i = 0; i < count; i++)
        *owners = MAX(*owners, (size_t)stretches[i].owner + 1);
    uint64_t *bytes = mem_zalloc(*owners, sizeof *bytes);
    for (size_t i = 0; i < count; i++) {
        uint64_t start = stretches[i].pos, end = stretches[i + 1].pos;
        while (e < extent_count && extents[e].pos + extents[e].size <= start)
            e++;
        for (size_t x = e; x < extent_count && extents[x].pos < end; x++)
            if (extents[x].weights & weight)
                bytes[stretches[i].owner] +=
                    MIN(end, extents[x].pos + extents[x].size) - MAX(start, extents[x].pos);
    }
    return bytes;
}

static void weigh_units(const struct ledger *ledger, struct paths *paths, bool toolchain)
{
    size_t owners;
    uint64_t *bytes = unit_bytes(ledger, LED_FILE | LED_VM, &owners);
    for (led_owner owner = 1; owner < owners; owner++) {
        const char *path = led_owner_text(ledger, owner);
        bool counts = bytes[owner] != 0 && path[0] != '[' && strchr(path, '/') != NULL &&
                      (toolchain || !is_toolchain(path));
        if (!counts)
            continue;
        vec_push(&paths->list, (struct weighed){path, bytes[owner]});
        paths->total += bytes[owner];
    }
    free(bytes);
}

// Whether the directory `path[0, size)` (with its '/') holds enough of the bytes.
static bool holds_most(const struct paths *paths, const char *path, size_t size)
{
    uint64_t held = 0;
    for (size_t i = 0; i < paths->list.count; i++)
        if (strncmp(paths->list.items[i].path, path, size) == 0)
            held += paths->list.items[i].bytes;
    return held >= paths->total - paths->total / 100 * (100 - PREFIX_PERCENT);
}

// Whether something lies in the directory `path[0, size)` but not in `path[0, next)` below it.
static bool has_siblings(const struct paths *paths, const char *path, size_t size, size_t next)
{
    for (size_t i = 0; i < paths->list.count; i++) {
        const char *other = paths->list.items[i].path;
        if (strncmp(other, path, size) == 0 && strncmp(other, path, next) != 0)
            return true;
    }
    return false;
}

// A directory that holds most of the bytes holds the byte in the middle of the sorted paths, so
// only the directories of one path are candidates.
static int compare_weighed(const void *left, const void *right)
{
    const struct weighed *a = left, *b = right;
    return strcmp(a->path, b->path);
}

static const char *middle_path(const struct paths *paths)
{
    uint64_t before = 0;
    for (size_t i = 0; i < paths->list.count; i++) {
        before += paths->list.items[i].bytes;
        if (before > paths->total / 2)
            return paths->list.items[i].path;
    }
    return "";
}

static char *find_prefix(const struct ledger *ledger)
{
    struct paths paths = {0};
    size_t size = 0;
    weigh_units(ledger, &paths, false);
    if (paths.list.count == 0)
        weigh_units(ledger, &paths, true);
    if (paths.list.count != 0)
        qsort(paths.list.items, paths.list.count, sizeof *paths.list.items, compare_weighed);
    const char *path = middle_path(&paths);
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t next = (size_t)(slash - path) + 1;
        if (strncmp(slash, rust_unit, strlen(rust_unit)) == 0 || !holds_most(&paths, path, next))
            break;
        bool deepest = strchr(slash + 1, '/') == NULL;
        if (deepest && size > 1 && has_siblings(&paths, path, size, next))
            break; // "py" and "shared" tell more than "." and "../shared"
        size = next;
    }
    char *prefix = mem_zalloc(size + 1, 1);
    memcpy(prefix, path, size);
    vec_free(&paths.list);
    return prefix;
}

// ------------------------------------------------------------------------ mapping

struct an_modules *an_modules_new(const struct ledger *ledger, const struct cfg *cfg)
{
    struct an_modules *modules = mem_zalloc(1, sizeof *modules);
    modules->ledger = ledger;
    modules->cfg = cfg;
    modules->names = names_new();
    modules->prefix = find_prefix(ledger);
    return modules;
}

void an_modules_free(struct an_modules *modules)
{
    if (modules == NULL)
        return;
    names_free(modules->names);
    vec_free(&modules->module_of_unit);
    vec_free(&modules->dir_of_unit);
    free(modules->prefix);
    free(modules->ruled);
    free(modules);
}

const char *an_modules_prefix(const struct an_modules *modules)
{
    return modules->prefix;
}

const char *an_modules_text(const struct an_modules *modules, name_id id)
{
    return id == 0 ? led_owner_text(modules->ledger, LED_UNATTRIBUTED)
                   : names_text(modules->names, id);
}

static const char no_directory[] = "[no directory]";

static struct slice source_path(const char *path)
{
    const char *at = strstr(path, rust_unit);
    return at != NULL ? slice_of(path, (size_t)(at - path)) : slice_text(path);
}

// Whether the last part of a path is a file's name: it has an extension (a Go package's ".v2" is
// none). Go calls its units by their package, which is a directory.
static bool is_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash + 1 : path, '.');
    return dot != NULL && !(dot[1] == 'v' && dot[2] >= '0' && dot[2] <= '9');
}

// The directory of a path without its last '/', or no_directory.
static struct slice directory(const char *path)
{
    struct slice source = source_path(path);
    size_t size = source.size;
    if (size == strlen(path) && size != 0 && !is_file(path))
        return source;
    while (size > 0 && source.data[size - 1] != '/')
        size--;
    if (size == 0)
        return slice_text(no_directory);
    return slice_of(path, size == 1 ? 1 : size - 1);
}

// How much of the prefix, in whole parts, the path shares.
static size_t shared(const char *prefix, const char *path)
{
    size_t parts = 0;
    for (size_t i = 0; prefix[i] != '\0' && prefix[i] == path[i]; i++)
        if (prefix[i] == '/')
            parts = i + 1;
    return parts;
}

// A file right in the prefix belongs to ".": the name of that directory differs from checkout to
// checkout, and tells nothing.
static name_id inside_prefix(struct an_modules *modules, struct slice dir, size_t prefix)
{
    if (dir.size <= prefix)
        return names_intern_text(modules->names, ".");
    return names_intern(modules->names, slice_of(dir.data + prefix, dir.size - prefix));
}

// What a Rust programmer calls a module of the build; the directory is "src" for most of them.
static struct slice crate(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return slice_of(name, strstr(name, "-cgu.") != NULL ? strcspn(name, ".") : 0);
}

// "/p/src/" and "/p/lib/x" give "../lib/x".
static name_id default_module(struct an_modules *modules, const char *path)
{
    if (crate(path).size != 0)
        return names_intern(modules->names, crate(path));
    struct slice dir = directory(path);
    size_t prefix = strlen(modules->prefix), common = shared(modules->prefix, path);
    if (strchr(path, '/') == NULL || prefix == 0)
        return names_intern(modules->names, dir);
    if (common == prefix)
        return inside_prefix(modules, dir, prefix);
    size_t up = 0;
    for (size_t i = common; i < prefix; i++)
        up += modules->prefix[i] == '/';
    if (common <= 1 || up > 1 || dir.size < common)
        return names_intern(modules->names, dir);
    struct buf text = {0};
    buf_text(&text, "../");
    buf_bytes(&text, dir.data + common, dir.size - common);
    name_id id = names_intern(modules->names, slice_of(text.data, text.size));
    buf_free(&text);
    return id;
}

static void make_room(struct an_modules *modules, led_owner unit)
{
    while (modules->module_of_unit.count <= unit) {
        vec_push(&modules->module_of_unit, NOT_YET);
        vec_push(&modules->dir_of_unit, NOT_YET);
    }
}

static bool is_bracketed(const char *text)
{
    return text[0] == '[';
}

// Owners in brackets are groups of their own, but "[no debug] libgcc.a:_divdi3.o" is of its archive.
static struct slice bracketed_group(const char *text)
{
    const char *colon = strchr(text, ':');
    bool member = colon != NULL && strncmp(text, "[no debug] ", 11) == 0;
    return member ? slice_of(text, (size_t)(colon - text)) : slice_text(text);
}

name_id an_dir_of(struct an_modules *modules, led_owner unit)
{
    if (unit == LED_UNATTRIBUTED)
        return 0;
    make_room(modules, unit);
    name_id *known = &modules->dir_of_unit.items[unit];
    if (*known == NOT_YET) {
        const char *path = led_owner_text(modules->ledger, unit);
        struct slice dir = is_bracketed(path) ? bracketed_group(path) : directory(path);
        *known = names_intern(modules->names, dir);
    }
    return *known;
}

name_id an_module_of_unit(struct an_modules *modules, led_owner unit)
{
    if (unit == LED_UNATTRIBUTED)
        return 0;
    make_room(modules, unit);
    name_id *known = &modules->module_of_unit.items[unit];
    if (*known == NOT_YET) {
        const char *path = led_owner_text(modules->ledger, unit);
        *known = is_bracketed(path) ? names_intern(modules->names, bracketed_group(path))
                                    : default_module(modules, path);
    }
    return *known;
}

// -------------------------------------------------------------------------- rules

// A "." that holds so much of the sources says nothing.
#define DOT_PERCENT 90

bool an_modules_tell(struct an_modules *modules)
{
    struct paths paths = {0};
    uint64_t in_dot = 0;
    weigh_units(modules->ledger, &paths, false);
    for (size_t i = 0; i < paths.list.count; i++) {
        name_id module = default_module(modules, paths.list.items[i].path);
        if (strcmp(an_modules_text(modules, module), ".") == 0)
            in_dot += paths.list.items[i].bytes;
    }
    bool several = paths.list.count > 1;
    vec_free(&paths.list);
    return modules->cfg != NULL || !several || in_dot < paths.total / 100 * DOT_PERCENT;
}

// A unit that has so much of what units have at all says nothing.
#define UNIT_PERCENT 99

bool an_units_tell(const struct an_modules *modules)
{
    size_t owners;
    uint64_t all = 0, most = 0, *bytes = unit_bytes(modules->ledger, LED_VM, &owners);
    for (led_owner owner = 1; owner < owners; owner++) {
        if (led_owner_text(modules->ledger, owner)[0] == '[')
            continue;
        all += bytes[owner];
        most = MAX(most, bytes[owner]);
    }
    bool tell = all - most > all / 100 * (100 - UNIT_PERCENT) && all >= bytes[LED_UNATTRIBUTED];
    free(bytes);
    return modules->cfg != NULL || tell;
}

static const char *text_or_null(const struct ledger *ledger, led_owner owner)
{
    return owner == LED_UNATTRIBUTED ? NULL : led_owner_text(ledger, owner);
}

static struct ruled *ruled_slot(const struct an_modules *modules, const led_owner by[RULED_COUNT])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < RULED_COUNT; i++)
        hash = hash_mix(hash, by[i]);
    for (size_t at = hash & modules->ruled_mask;; at = (at + 1) & modules->ruled_mask) {
        struct ruled *slot = &modules->ruled[at];
        if (slot->module == NOT_YET || memcmp(slot->by, by, sizeof slot->by) == 0)
            return slot;
    }
}

static void ruled_grow(struct an_modules *modules)
{
    struct ruled *old = modules->ruled;
    size_t old_slots = old ? modules->ruled_mask + 1 : 0;
    size_t slots = old ? old_slots * 2 : 1024;
    modules->ruled = mem_alloc(slots * sizeof *modules->ruled);
    memset(modules->ruled, 0xff, slots * sizeof *modules->ruled);
    modules->ruled_mask = slots - 1;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].module != NOT_YET)
            *ruled_slot(modules, old[i].by) = old[i];
    free(old);
}

// A rule on symbols names the module of an alias set when it matches one of the set.
static const char *rule_for(const struct an_modules *modules, const led_owner owners[LED_DIM_COUNT])
{
    const struct ledger *ledger = modules->ledger;
    size_t count;
    const led_owner *members = led_owner_members(ledger, owners[LED_SYMBOL], &count);
    struct cfg_place place = {.unit = text_or_null(ledger, owners[LED_UNIT]),
                              .symbol = text_or_null(ledger, owners[LED_SYMBOL]),
                              .section = text_or_null(ledger, owners[LED_SECTION]),
                              .object = text_or_null(ledger, owners[LED_OBJECT]),
                              .archive = text_or_null(ledger, owners[LED_ARCHIVE])};
    const char *rule = cfg_module(modules->cfg, &place);
    for (size_t i = 0; i < count && rule == NULL; i++) {
        place.symbol = led_owner_text(ledger, members[i]);
        rule = cfg_module(modules->cfg, &place);
    }
    return rule;
}

name_id an_module_of(struct an_modules *modules, const led_owner owners[LED_DIM_COUNT])
{
    if (modules->cfg == NULL)
        return an_module_of_unit(modules, owners[LED_UNIT]);
    if (modules->ruled_count * 2 >= modules->ruled_mask)
        ruled_grow(modules);
    led_owner by[RULED_COUNT];
    for (size_t i = 0; i < RULED_COUNT; i++)
        by[i] = owners[ruled_dims[i]];
    struct ruled *slot = ruled_slot(modules, by);
    if (slot->module == NOT_YET) {
        const char *rule = rule_for(modules, owners);
        memcpy(slot->by, by, sizeof by);
        slot->module = rule ? names_intern_text(modules->names, rule)
                            : an_module_of_unit(modules, owners[LED_UNIT]);
        modules->ruled_count++;
    }
    return slot->module;
}

name_id an_module_at(struct an_modules *modules, const struct cfg_place *place, const char *other)
{
    const char *rule = cfg_module(modules->cfg, place);
    return names_intern_text(modules->names, rule ? rule : other);
}
