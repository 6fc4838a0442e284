// SPDX-License-Identifier: MIT
//
// Layouts, checked against the compiler: this program reads its own debug information and compares
// what it finds with sizeof, offsetof and _Alignof.

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/analyzers.h"
#include "tests/unit/check.h"

// ----------------------------------------------------------------- what is looked at

struct plain {
    char a;
    void *b;
    char c;
    void *d;
    short e;
};

struct bits {
    unsigned a : 3;
    unsigned b : 7;
    unsigned c : 20;
    unsigned long d : 40;
    char e;
};

struct __attribute__((packed)) packed_one {
    char a;
    int b;
    short c;
};

struct inner {
    int x;
    char y;
};

struct nested {
    char first;
    struct {
        char p;
        int q;
    };
    union {
        int whole;
        char bytes[6];
    } mixed;
    struct inner in;
    struct inner pair[2];
};

struct flexible {
    size_t count;
    struct inner items[];
};

struct wide {
    char a;
    _Alignas(32) int b;
};

struct small_bits {
    char tag;
    int flag : 1;
};

struct header_first {
    struct inner head;
    char a;
    double b;
    char c;
};

struct pointing {
    struct plain *one;
    struct plain **many[3];
    void (*run)(struct plain *);
};

union either {
    char bytes[5];
    int word;
};

typedef struct {
    int only;
} anonymous_alias;

struct everything {
    struct plain plain;
    struct bits bits;
    struct packed_one packed;
    struct nested nested;
    struct flexible *flexible;
    struct wide wide;
    struct small_bits small;
    struct header_first header;
    struct pointing pointing;
    union either either;
    anonymous_alias alias;
};

struct everything everything; // keeps the types in the debug information

// -------------------------------------------------------------------------- helpers

struct own {
    struct img_file *file;
    struct img_debug debug;
    struct dw *dw;
    struct dw_types *types;
    struct fault fault;
};

static bool own_open(struct own *own)
{
    const struct dw_options options = {.threads = 1};
    const struct dw_types_options all = {0};
    const struct img_debug_options where = {0};
    *own = (struct own){0};
    if (img_file_open(&own->file, "/proc/self/exe", NULL, &own->fault) &&
        img_debug_find(&own->debug, img_file_image(own->file, 0), &where, NULL, &own->fault) &&
        dw_open(&own->dw, &own->debug, &options, &own->fault) &&
        dw_read_types(own->dw, &all, &own->types, &own->fault))
        return true;
    fprintf(stderr, "%s\n", own->fault.text);
    return false;
}

static void own_close(struct own *own)
{
    dw_types_free(own->types);
    dw_close(own->dw);
    img_debug_close(&own->debug);
    img_file_close(own->file);
}

static struct an_layouts *select_one(struct own *own, const char *const *name,
                                     struct an_layout_options options)
{
    options.names = name;
    options.name_count = 1;
    return an_layouts_new(own->types, &options);
}

static const struct rep_member *member(const struct rep_type *type, const char *name)
{
    for (size_t i = 0; i < type->member_count; i++)
        if (strcmp(type->members[i].name, name) == 0)
            return &type->members[i];
    return NULL;
}

static bool at(const struct rep_type *type, const char *name, uint64_t offset, uint64_t size)
{
    const struct rep_member *m = member(type, name);
    return m != NULL && m->bit_offset == offset * 8 && m->bit_size == size * 8;
}

// Holes, members and tail fill the type exactly.
static bool adds_up(const struct rep_type *type)
{
    uint64_t bits = type->tail_padding * 8 + type->tail_padding_bits;
    for (size_t i = 0; i < type->member_count; i++)
        if (type->members[i].depth == 0)
            bits += type->members[i].bit_size;
    for (size_t i = 0; i < type->hole_count; i++)
        bits += type->holes[i].bit_size;
    return bits == type->size * 8;
}

#define WITH_TYPE(own, spelled, chosen, type)                                                      \
    const char *const name_of_##type = spelled;                                                    \
    struct an_layouts *chosen =                                                                    \
        select_one(own, &name_of_##type, (struct an_layout_options){.cacheline = 64});             \
    struct rep_type type;                                                                          \
    CHECK(an_layouts_count(chosen) == 1);                                                          \
    CHECK(an_layouts_next(chosen, &type))

// ---------------------------------------------------------------------------- tests

static void test_plain(struct own *own)
{
    WITH_TYPE(own, "struct plain", layouts, type);
    CHECK(strcmp(type.name, "plain") == 0 && strcmp(type.kind, "struct") == 0);
    CHECK(type.size == sizeof(struct plain) && type.alignment == _Alignof(struct plain));
    CHECK(at(&type, "a", 0, 1));
    CHECK(at(&type, "d", offsetof(struct plain, d), sizeof(void *)));
    CHECK(type.hole_total == 2 && type.holes_size == 2 * (sizeof(void *) - 1));
    CHECK(type.tail_padding == sizeof(void *) - 2);
    CHECK(type.holes[0].before_member == 1 && type.holes[1].before_member == 3);
    CHECK(adds_up(&type));
    CHECK(strncmp(type.declared, "test_layout.c:", 14) == 0);
    CHECK(strcmp(member(&type, "b")->declaration, "void *b") == 0);
    CHECK(strcmp(member(&type, "b")->type, "void *") == 0);
    CHECK(!an_layouts_next(layouts, &type));
    an_layouts_free(layouts);
}

static void test_bits(struct own *own)
{
    WITH_TYPE(own, "bits", layouts, type);
    CHECK(type.size == sizeof(struct bits));
    CHECK(member(&type, "b")->bit_field && member(&type, "b")->bit_size == 7);
    CHECK(member(&type, "a")->storage_size == sizeof(unsigned));
    CHECK(adds_up(&type));
    CHECK(type.bit_hole_total >= 1);
    an_layouts_free(layouts);
}

static void test_packed(struct own *own)
{
    WITH_TYPE(own, "packed_one", layouts, type);
    CHECK(type.size == 7 && type.alignment == 1);
    CHECK(type.hole_count == 0 && type.tail_padding == 0);
    CHECK(at(&type, "b", 1, 4));
    an_layouts_free(layouts);
}

static void test_nested(struct own *own)
{
    WITH_TYPE(own, "nested", layouts, type);
    CHECK(type.size == sizeof(struct nested));
    CHECK(at(&type, "q", offsetof(struct nested, q), sizeof(int)));
    CHECK(member(&type, "q")->depth == 1);
    const struct rep_member *mixed = member(&type, "mixed");
    CHECK(mixed != NULL && mixed->expanded && strcmp(mixed->expanded, "union") == 0);
    CHECK(mixed != NULL && mixed->expanded_count == 2);
    CHECK(member(&type, "in")->expanded == NULL);
    CHECK(type.hole_total == 1); // its own, not the one in the anonymous struct
    CHECK(type.hole_count == 2);
    an_layouts_free(layouts);

    const char *const name = "nested";
    layouts = select_one(own, &name, (struct an_layout_options){.expand = true});
    CHECK(an_layouts_next(layouts, &type));
    CHECK(member(&type, "in")->expanded_count == 2 && member(&type, "pair")->expanded_count == 2);
    CHECK(at(&type, "y", offsetof(struct nested, in.y), 1));
    an_layouts_free(layouts);
}

static void test_others(struct own *own)
{
    {
        WITH_TYPE(own, "flexible", layouts, type);
        CHECK(member(&type, "items")->flexible && type.size == sizeof(struct flexible));
        an_layouts_free(layouts);
    }
    {
        WITH_TYPE(own, "wide", layouts, type);
        CHECK(type.alignment == _Alignof(struct wide) && type.size == sizeof(struct wide));
        CHECK(type.holes_size == offsetof(struct wide, b) - 1);
        an_layouts_free(layouts);
    }
    {
        WITH_TYPE(own, "either", layouts, type);
        CHECK(strcmp(type.kind, "union") == 0 && type.hole_count == 0);
        CHECK(type.tail_padding == sizeof(union either) - 5);
        an_layouts_free(layouts);
    }
    {
        WITH_TYPE(own, "anonymous_alias", layouts, type);
        CHECK(type.alias != NULL && strcmp(type.alias, "anonymous_alias") == 0);
        CHECK(type.name[0] == '\0');
        an_layouts_free(layouts);
    }
}

static void reordered(struct own *own, const char *name, uint64_t size, const char *first_note)
{
    struct an_layouts *layouts =
        select_one(own, &name, (struct an_layout_options){.reorder = true});
    struct rep_type type;
    CHECK(an_layouts_next(layouts, &type));
    CHECK(type.size == size);
    CHECK(type.note_count >= 1 && strncmp(type.notes[0], first_note, strlen(first_note)) == 0);
    CHECK(adds_up(&type));
    an_layouts_free(layouts);
}

static void test_reorder(struct own *own)
{
    size_t word = sizeof(void *);
    reordered(own, "plain", 3 * word, "saves");
    reordered(own, "header_first", sizeof(struct header_first) - 8, "saves");
    reordered(own, "small_bits", 2, "saves");
    reordered(own, "inner", sizeof(struct inner), "no order");
    reordered(own, "wide", 32, "saves");
}

static const struct rep_row *row_of(const struct rep_table *table, const char *name)
{
    for (size_t i = 0; i < table->total.row_count; i++)
        if (strcmp(table->total.rows[i].name, name) == 0)
            return &table->total.rows[i];
    return NULL;
}

static void test_finds(struct own *own)
{
    struct arena *arena = arena_new();
    struct an_layouts *layouts = an_layouts_new(own->types, &(struct an_layout_options){0});
    struct rep_table table;
    CHECK(an_contains(layouts, "struct inner", arena, &table));
    const struct rep_row *row = row_of(&table, "nested");
    CHECK(row != NULL && row->values[1].u == offsetof(struct nested, in));
    row = row_of(&table, "everything");
    CHECK(row != NULL && strcmp(row->values[3].text, "nested.in") == 0);
    CHECK(row != NULL && row->values[1].u == offsetof(struct everything, nested.in));
    CHECK(!an_contains(layouts, "struct nowhere", arena, &table));
    CHECK(an_points_to(layouts, "plain", arena, &table));
    CHECK(table.total.row_count == 2); // not the function pointer
    row = row_of(&table, "pointing");
    CHECK(row != NULL && strcmp(row->values[1].text, "one") == 0);
    an_flexible(layouts, arena, &table);
    row = row_of(&table, "flexible");
    CHECK(row != NULL && row->values[2].u == sizeof(struct inner));
    an_layouts_table(layouts, arena, &table);
    row = row_of(&table, "plain");
    CHECK(row != NULL && row->values[0].u == sizeof(struct plain) && row->values[2].u == 2);
    an_layouts_free(layouts);
    arena_free(arena);
}

static void test_selection(struct own *own)
{
    const char *const names[] = {"struct pl?in", "union either", "no_such"};
    struct an_layout_options options = {.names = names, .name_count = COUNT_OF(names)};
    struct an_layouts *layouts = an_layouts_new(own->types, &options);
    CHECK(an_layouts_count(layouts) == 2);
    CHECK(strcmp(an_layouts_missing(layouts, 0), "no_such") == 0);
    CHECK(an_layouts_missing(layouts, 1) == NULL);
    an_layouts_free(layouts);

    const char *nearest[5];
    size_t count = an_nearest_types(own->types, "struct paked_one", nearest, COUNT_OF(nearest));
    CHECK(count > 0 && strcmp(nearest[0], "packed_one") == 0);

    options = (struct an_layout_options){.holes_only = true, .sort = AN_SORT_HOLES};
    layouts = an_layouts_new(own->types, &options);
    struct rep_type type;
    uint64_t before = UINT64_MAX;
    while (an_layouts_next(layouts, &type)) {
        CHECK(type.hole_total + type.bit_hole_total > 0);
        CHECK(type.holes_size <= before);
        before = type.holes_size;
    }
    an_layouts_free(layouts);
}

int main(void)
{
    struct own own;
    if (!own_open(&own))
        return 1;
    test_plain(&own);
    test_bits(&own);
    test_packed(&own);
    test_nested(&own);
    test_others(&own);
    test_reorder(&own);
    test_finds(&own);
    test_selection(&own);
    own_close(&own);
    return check_done();
}
