// SPDX-License-Identifier: MIT
//
// Static type objects, read out of the linked bytes of a build: what an interpreter itself believes an
// object takes.
//
// A pointer in a position-independent image is not in its bytes yet; the relocations that will put it
// there, as the object graph reads them, are laid over them.

#include <ctype.h>
#include <stdlib.h>

#include "analyzers/graph_private.h"
#include "analyzers/model_private.h"

// What relocations will put where, sorted by place.
struct memory {
    struct img *img;
    struct keyed *pointers;
    size_t count;
};

static struct memory memory_open(struct img *img, struct arena *arena)
{
    const struct an_graph_input input = {.img = img};
    struct an__areas areas = an__graph_areas(img, arena, NULL);
    const an__object_list none = {0};
    struct an__links links = {0};
    an__graph_relocs(&links, &input, &areas, &none);
    struct memory memory = {img, mem_alloc(2 * (links.list.count + 1) * sizeof(struct keyed)),
                            links.list.count};
    for (size_t i = 0; i < memory.count; i++)
        memory.pointers[i] = (struct keyed){links.list.items[i].place, links.list.items[i].target};
    sort_keyed(memory.pointers, memory.pointers + memory.count, memory.count);
    vec_free(&links.list);
    vec_free(&links.written);
    vec_free(&links.imports);
    free(links.told);
    return memory;
}

static uint64_t number_at(const struct memory *memory, uint64_t addr, uint64_t size)
{
    struct slice bytes;
    size_t at = keyed_first(memory->pointers, memory->count, addr);
    if (at < memory->count && memory->pointers[at].key == addr)
        return memory->pointers[at].value;
    if (size == 0 || size > 8 || !img_bytes_at(memory->img, addr, size, &bytes))
        return 0;
    struct cur c = cur_make(bytes, img_info(memory->img)->big_endian);
    return cur_uint(&c, (unsigned)size);
}

#define NAME_LONGEST 200

static const char *text_at(const struct memory *memory, uint64_t addr, struct arena *arena)
{
    struct slice bytes;
    size_t size = 0;
    while (size < NAME_LONGEST && img_bytes_at(memory->img, addr + size, 1, &bytes) &&
           isprint(bytes.data[0]))
        size++;
    if (size == 0 || !img_bytes_at(memory->img, addr, size, &bytes))
        return NULL;
    return arena_text(arena, bytes);
}

// ------------------------------------------------------------- names of types, alike

// "PySetIter_Type" and "setiterobject", "mp_type_list" and "mp_obj_list_t", "Random_Type_spec" and
// "RandomObject": what is left without the words that only say what sort of thing it is.
static void core_of(const char *name, char *core, size_t size)
{
    static const char *const words[] = {"struct", "mp", "obj", "object", "type", "spec", "py", "t"};
    static const char *const ends[] = {"object", "type"};
    size_t used = 0;
    while (*name != '\0' && used + 1 < size) {
        char word[64];
        size_t n = 0;
        while (*name == '_')
            name++;
        while (*name != '\0' && *name != '_' && n + 1 < sizeof word)
            word[n++] = (char)tolower((unsigned char)*name++);
        word[n] = '\0';
        bool plain = false;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            plain = plain || strcmp(word, words[i]) == 0;
        const char *at = strncmp(word, "py", 2) == 0 ? word + 2 : word;
        n = strlen(at);
        for (size_t i = 0; i < COUNT_OF(ends); i++)
            if (n > strlen(ends[i]) && strcmp(at + n - strlen(ends[i]), ends[i]) == 0)
                n -= strlen(ends[i]);
        for (size_t i = 0; !plain && i < n && used + 1 < size; i++)
            core[used++] = at[i];
    }
    core[used] = '\0';
}

#define ENDS_MAX 8 // of records whose last member is a record

// Where the array starts that a type ends with, in bytes; NO_OFFSET: with none.
static uint64_t last_array(const struct dw_types *types, const struct dw_type *type)
{
    uint64_t offset = 0;
    for (unsigned depth = 0; depth < ENDS_MAX; depth++) {
        if (type == NULL || !an__is_record(type) || type->member_count == 0)
            return NO_OFFSET;
        const struct dw_member *last = &type->members[type->member_count - 1];
        offset += last->bit_offset / 8;
        type = dw_types_get(types, dw_types_strip(types, last->type));
        if (type != NULL && type->kind == DW_ARRAY)
            return offset;
    }
    return NO_OFFSET;
}

bool an__size_fits(const struct an_model *model, const struct dw_type *type, uint64_t size)
{
    uint64_t start = last_array(model->input.types, type);
    return size == 0 || size == type->size || (start != NO_OFFSET && size >= start);
}

// The struct of the objects of a class: one that begins like an object, is called like the class, and
// has the size that it says; else what the profile calls the type of its kind.
static dw_type_id struct_of(const struct an_model *model, const struct an__class *class)
{
    char wanted[80], core[80];
    core_of(class->symbol, wanted, sizeof wanted);
    for (dw_type_id id = 0; wanted[0] != '\0' && id < dw_types_count(model->input.types); id++) {
        const struct dw_type *type = dw_types_get(model->input.types, id);
        if (type->declaration || !an__is_record(type) || !an__size_fits(model, type, class->size))
            continue;
        core_of(an__name(&model->facts, id), core, sizeof core);
        if (strcmp(core, wanted) == 0 && an__header_of(model, id) != NULL)
            return id;
    }
    for (size_t i = 0; i < model->profile->kind_count; i++) {
        const struct cfg_kind *kind = &model->profile->kinds[i];
        if (kind->class != NULL && kind->type != NULL && strcmp(kind->class, class->symbol) == 0)
            return dw_types_strip(model->input.types,
                                  an__model_type(model, slice_text(kind->type)));
    }
    return DW_NO_TYPE;
}

const struct an__class *an__class_called(const struct an_model *model, const char *name)
{
    char wanted[80], core[80];
    core_of(name, wanted, sizeof wanted);
    for (size_t i = 0; i < model->classes.count; i++) {
        const struct an__class *class = &model->classes.items[i];
        core_of(class->symbol, core, sizeof core);
        if (strcmp(class->name, name) == 0 || (core[0] != '\0' && strcmp(core, wanted) == 0))
            return class;
    }
    return NULL;
}

// ------------------------------------------------------------------------- classes

struct members {
    uint64_t name, size, item, flags, base; // offsets; NO_OFFSET: not named
    uint64_t name_size, size_size, item_size, flags_size, base_size;
    int64_t inherits;
};

static bool find(struct an_model *model, const struct cfg_types *types, const char *member,
                 uint64_t *offset, uint64_t *size, struct fault *fault)
{
    dw_type_id type = an__model_type(model, slice_text(types->type)), found;
    *offset = NO_OFFSET;
    if (member == NULL)
        return true;
    if (!an__model_member(model, type, slice_text(member), offset, &found))
        return fault_set(fault, FAULT_INPUT, model->profile->path, NULL, NO_OFFSET,
                         "'%s' has no member '%s'", types->type, member);
    *size = dw_types_size(model->input.types, found);
    return true;
}

static bool find_members(struct an_model *model, const struct cfg_types *types, struct members *m,
                         struct fault *fault)
{
    return find(model, types, types->name, &m->name, &m->name_size, fault) &&
           find(model, types, types->size, &m->size, &m->size_size, fault) &&
           find(model, types, types->item, &m->item, &m->item_size, fault) &&
           find(model, types, types->flags, &m->flags, &m->flags_size, fault) &&
           find(model, types, types->base, &m->base, &m->base_size, fault) &&
           an__model_number(model, types->inherits, types->line, &m->inherits, fault);
}

static uint64_t member_at(const struct memory *memory, uint64_t addr, uint64_t offset,
                          uint64_t size)
{
    return offset == NO_OFFSET ? 0 : number_at(memory, addr + offset, size);
}

static void add_class(struct an_model *model, const struct memory *memory, const struct members *m,
                      const struct dw_variable *variable)
{
    struct an__class class = {.symbol = variable->name, .addr = variable->addr};
    class.size = member_at(memory, class.addr, m->size, m->size_size);
    class.item = member_at(memory, class.addr, m->item, m->item_size);
    class.flags = member_at(memory, class.addr, m->flags, m->flags_size);
    class.base = member_at(memory, class.addr, m->base, m->base_size);
    class.inherited = m->inherits;
    if (m->name != NO_OFFSET)
        class.name =
            text_at(memory, number_at(memory, class.addr + m->name, m->name_size), model->arena);
    if (class.name == NULL)
        class.name = class.symbol;
    vec_push(&model->classes, class);
}

// By the name the profile has for the type, or by the tag of its struct: a variable may be declared with
// either. An array of them is none: there is no name for each.
static bool is_class(const char *type, const char *tag, struct dw *dw,
                     const struct dw_variable *variable)
{
    const char *names[8];
    uint64_t size;
    size_t count = dw_type_names(dw, variable->type, names, COUNT_OF(names), &size);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], type) == 0 || (tag[0] != '\0' && strcmp(names[i], tag) == 0))
            return variable->size == size && !variable->tls;
    return false;
}

static int by_symbol(const void *a, const void *b)
{
    const struct an__class *x = a, *y = b;
    int order = strcmp(x->symbol, y->symbol);
    return order != 0 ? order : (x->addr > y->addr) - (x->addr < y->addr);
}

#define BASES_MAX 32 // from one to the next

// What an interpreter does when it starts: a class takes from its base what it does not say itself.
static void inherit(struct an_model *model, struct an__class *class, size_t first)
{
    uint64_t base = class->base;
    for (unsigned hops = 0; base != 0 && hops < BASES_MAX; hops++) {
        const struct an__class *from = NULL;
        for (size_t i = first; i < model->classes.count && from == NULL; i++)
            if (model->classes.items[i].addr == base)
                from = &model->classes.items[i];
        if (from == NULL)
            return;
        if (class->size == 0)
            class->size = from->size;
        class->flags |= from->flags & (uint64_t) class->inherited;
        base = from->base;
    }
}

static bool read_image(struct an_model *model, size_t index, struct fault *fault)
{
    const struct cfg_profile *p = model->profile;
    struct dw *dw = model->input.dw[index];
    const struct dw_code *code;
    bool good = true;
    if (dw == NULL)
        return true;
    if (!dw_read_code(dw, model->input.images[index], DW_CODE_SIZES | DW_CODE_NAMES, &code, fault))
        return false;
    size_t first = model->classes.count;
    struct memory memory = memory_open(model->input.images[index], model->arena);
    for (size_t t = 0; good && t < p->type_count; t++) {
        struct members m = {0};
        dw_type_id type = an__model_type(model, slice_text(p->types[t].type));
        if (type == DW_NO_TYPE)
            continue; // of another version
        const struct dw_type *record =
            dw_types_get(model->input.types, dw_types_strip(model->input.types, type));
        const char *tag = record != NULL ? record->name : "";
        good = find_members(model, &p->types[t], &m, fault);
        for (size_t v = 0; good && v < code->variable_count; v++)
            if (is_class(p->types[t].type, tag, dw, &code->variables[v]))
                add_class(model, &memory, &m, &code->variables[v]);
    }
    for (size_t i = first; i < model->classes.count; i++)
        inherit(model, &model->classes.items[i], first);
    for (size_t i = first; i < model->classes.count; i++)
        model->classes.items[i].type = struct_of(model, &model->classes.items[i]);
    free(memory.pointers);
    return good;
}

bool an__read_classes(struct an_model *model, struct fault *fault)
{
    for (size_t i = 0; i < model->input.image_count; i++)
        if (!read_image(model, i, fault))
            return false;
    if (model->classes.count != 0)
        qsort(model->classes.items, model->classes.count, sizeof *model->classes.items, by_symbol);
    return true;
}

// -------------------------------------------------------------------------- tables

#define TABLE_LONGEST 4096 // numbers

static const struct an__table *read_table(struct an_model *model, struct img *img, uint64_t addr,
                                          uint64_t element, uint64_t size)
{
    struct slice bytes;
    if (element == 0 || element > 8 || size / element > TABLE_LONGEST ||
        !img_bytes_at(img, addr, size, &bytes))
        return NULL;
    struct an__table *table = ARENA_NEW(model->arena, struct an__table);
    int64_t *values = ARENA_ARRAY(model->arena, size / element, int64_t);
    struct cur c = cur_make(bytes, img_info(img)->big_endian);
    for (; table->count < size / element; table->count++)
        values[table->count] = (int64_t)cur_uint(&c, (unsigned)element);
    table->values = values;
    return table;
}

// The variable of a name, and the image it is in; NULL when there is none.
static const struct dw_variable *variable_named(const struct an_model *model, struct slice name,
                                                size_t *image)
{
    for (*image = 0; *image < model->input.image_count; ++*image) {
        const struct dw_code *code;
        struct fault fault = {0};
        struct dw *dw = model->input.dw[*image];
        if (dw == NULL || !dw_read_code(dw, model->input.images[*image],
                                        DW_CODE_SIZES | DW_CODE_NAMES, &code, &fault))
            continue;
        for (size_t v = 0; v < code->variable_count; v++)
            if (slice_equal(name, slice_text(code->variables[v].name)))
                return &code->variables[v];
    }
    return NULL;
}

const struct an__table *an__read_table(struct an_model *model, struct slice name)
{
    size_t image;
    const char *names[1];
    uint64_t element;
    const struct dw_variable *variable = variable_named(model, name, &image);
    if (variable == NULL)
        return NULL;
    dw_type_names(model->input.dw[image], variable->type, names, 0, &element);
    return read_table(model, model->input.images[image], variable->addr, element, variable->size);
}

bool an__first_word(const struct an_model *model, struct slice name, int64_t *value)
{
    size_t image;
    struct slice bytes;
    const struct dw_variable *variable = variable_named(model, name, &image);
    if (variable == NULL || variable->size < model->word ||
        !img_bytes_at(model->input.images[image], variable->addr, model->word, &bytes))
        return false;
    struct cur c = cur_make(bytes, img_info(model->input.images[image])->big_endian);
    *value = (int64_t)cur_uint(&c, model->word);
    return true;
}
