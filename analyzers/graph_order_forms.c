// SPDX-License-Identifier: MIT
//
// An order as each linker reads it.
//
//   lld    --symbol-ordering-file     f                        names of symbols
//   gold   --section-ordering-file    .text.f                  names of input sections
//   ld     -T                         *(.text.f)               lines of a linker script, in output sections of
//                                                              their own, put in front of those they come from
//
// Sections that do not exist are no error anywhere, so each name is written with all sections that compilers
// call after it. lld warns of symbols that do not exist: only symbols of the program are written.

#include "analyzers/graph_order.h"

// ----------------------------------------------------------------- kinds of sections

#define PREFIXES_MAX 3

// By output section, the first that matches.
static const struct {
    const char *output; // glob; code is code wherever it lies
    const char *prefixes[PREFIXES_MAX];
} kind_rows[AN__ORDER_KIND_COUNT] = {
    [AN__ORDER_CODE] = {"", {".text.", ".text.startup.", ".text.hot."}},
    [AN__ORDER_RELRO] = {"*.data.rel.ro*", {".data.rel.ro.", ".data.rel.ro.local."}},
    [AN__ORDER_CONSTANT] = {"*[.]rodata*", {".rodata."}},
    [AN__ORDER_TLS_DATA] = {"*[.]tdata*", {".tdata."}},
    [AN__ORDER_TLS_BSS] = {"*[.]tbss*", {".tbss."}},
    [AN__ORDER_SMALL_DATA] = {"*[.]sdata*", {".sdata."}},
    [AN__ORDER_SMALL_BSS] = {"*[.]sbss*", {".sbss."}},
    [AN__ORDER_BSS] = {"*[.]bss*", {".bss."}},
    [AN__ORDER_DATA] = {"*[.]data*", {".data.", ".data.rel.", ".data.rel.local."}},
};

const char *an__order_output(const struct an_graph *graph, const struct an__object *object)
{
    size_t count;
    return img_sections(graph->img, &count)[object->section].name;
}

enum an__order_kind an__order_kind(const struct an_graph *graph, const struct an__object *object)
{
    struct slice name = slice_text(an__order_output(graph, object));
    bool text = glob_match("*[.]text*", name);
    if (text) // firmware keeps constants there
        return object->code ? AN__ORDER_CODE : AN__ORDER_CONSTANT;
    for (unsigned kind = AN__ORDER_CODE + 1; kind < AN__ORDER_KIND_COUNT; kind++)
        if (glob_match(kind_rows[kind].output, name))
            return object->code ? AN__ORDER_KIND_COUNT : (enum an__order_kind)kind;
    return AN__ORDER_KIND_COUNT;
}

// ------------------------------------------------------------------------- comments

struct writer {
    struct an__order *order;
    struct buf *out;
    const char *open, *close; // of a comment
    uint32_t group;           // set of the last line
    bool any;
};

// Names of modules and files may hold anything.
static void put_text(struct writer *w, const char *text)
{
    for (; *text != '\0'; text++) {
        bool plain = *text >= ' ' && *text != 0x7f && *text != '*';
        buf_char(w->out, plain ? *text : '?');
    }
}

static void comment(struct writer *w, const char *text)
{
    buf_printf(w->out, "%s ", w->open);
    put_text(w, text);
    buf_printf(w->out, "%s\n", w->close);
}

#define MODULES_TOLD 4

static void begin_group(struct writer *w, uint32_t set)
{
    uint32_t count;
    const struct an__order *order = w->order;
    const uint32_t *modules = an__sets_items(order->sets, set, &count);
    if (w->any && w->group == set)
        return;
    w->group = set;
    w->any = true;
    buf_printf(w->out, "%s needed by ", w->open);
    for (uint32_t i = 0; i < count && i < MODULES_TOLD; i++) {
        buf_text(w->out, i ? ", " : "");
        put_text(w, an_modules_text(order->graph->modules, modules[i]));
    }
    if (count > MODULES_TOLD)
        buf_printf(w->out, " and %u more", count - MODULES_TOLD);
    buf_printf(w->out, "%s%s\n", count ? "" : "no module", w->close);
}

// -------------------------------------------------------------------------- lines

// Whether a name is still to be written for sections of this kind; begins its group.
static bool begin_name(struct writer *w, const struct an__order_item *item, unsigned kind)
{
    struct an__order_name *name = &w->order->by_name[item->name];
    if (name->written & 1u << kind)
        return false;
    begin_group(w, name->set);
    name->written |= 1u << kind;
    return true;
}

// The sections of a name, each behind `before`. GCC cuts "f.cold" from f into a section that is called
// after f.
static void put_sections(struct writer *w, const char *name, unsigned kind, const char *before,
                         const char *after)
{
    struct slice text = slice_text(name);
    if (kind == AN__ORDER_CODE && slice_ends(text, ".cold")) {
        buf_printf(w->out, "%s.text.unlikely.%.*s%s", before, (int)(text.size - strlen(".cold")),
                   name, after);
        return;
    }
    for (unsigned i = 0; i < PREFIXES_MAX && kind_rows[kind].prefixes[i] != NULL; i++)
        buf_printf(w->out, "%s%s%s%s", before, kind_rows[kind].prefixes[i], name, after);
}

static const struct an__object *object_of(const struct an__order *order, size_t i)
{
    return &order->graph->objects[order->items.items[i].object];
}

static void write_lld(struct writer *w)
{
    for (size_t i = 0; i < w->order->items.count; i++) {
        const struct an__object *object = object_of(w->order, i);
        if (begin_name(w, &w->order->items.items[i], 0))
            buf_printf(w->out, "%s\n", object->name);
    }
}

static void write_gold(struct writer *w)
{
    for (size_t i = 0; i < w->order->items.count; i++) {
        const struct an__object *object = object_of(w->order, i);
        unsigned kind = an__order_kind(w->order->graph, object);
        if (begin_name(w, &w->order->items.items[i], kind))
            put_sections(w, object->name, kind, "", "\n");
    }
}

// One output section: items [from, end) of those sorted by section. In a firmware something has to come
// first (vectors), and only its own script knows what: lines to be copied.
static void write_output(struct writer *w, const struct keyed *keys, size_t from, size_t end)
{
    const struct an__object *first = object_of(w->order, keys[from].value);
    const char *output = an__order_output(w->order->graph, first);
    bool copied = w->order->graph->firmware;
    w->any = false;
    if (copied)
        buf_printf(w->out, "%s into %s:%s\n", w->open, output, w->close);
    else
        buf_printf(w->out, "SECTIONS\n{\n%s.ordered :\n{\n", output);
    for (size_t i = from; i < end; i++) {
        const struct an__object *object = object_of(w->order, keys[i].value);
        unsigned kind = an__order_kind(w->order->graph, object);
        if (!begin_name(w, &w->order->items.items[keys[i].value], kind))
            continue;
        buf_text(w->out, "*(");
        put_sections(w, object->name, kind, " ", "");
        buf_text(w->out, " )\n");
    }
    if (!copied)
        buf_printf(w->out, "}\n}\nINSERT BEFORE %s;\n", output);
}

static void write_ld(struct writer *w)
{
    size_t count = w->order->items.count;
    struct keyed *keys = mem_alloc(2 * (count + 1) * sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = (struct keyed){object_of(w->order, i)->section, i};
    sort_keyed(keys, keys + count, count);
    for (size_t from = 0, end; from < count; from = end) {
        for (end = from; end < count && keys[end].key == keys[from].key; end++)
            ;
        write_output(w, keys, from, end);
    }
    free(keys);
}

// -------------------------------------------------------------------------- forms

static const struct {
    const char *name, *open, *close;
    const char *use[4];
    void (*write)(struct writer *w);
} form_rows[AN_ORDER_FORM_COUNT] = {
    [AN_ORDER_LLD] =
        {"lld",
         "#",
         "",
         {"cc ... -fuse-ld=lld -Wl,--symbol-ordering-file=FILE",
          "It warns of a static function that is called like one of a library, but orders it;",
          "-Wl,--no-warn-symbol-ordering keeps it quiet."},
         write_lld},
    [AN_ORDER_GOLD] =
        {"gold", "#", "", {"cc ... -fuse-ld=gold -Wl,--section-ordering-file=FILE"}, write_gold},
    [AN_ORDER_LD] =
        {"ld",
         "/*",
         " */",
         {"cc ... -fuse-ld=bfd -Wl,-T,FILE",
          "INSERT adds these sections to the linker's own script. Into a script of your own (that",
          "of a firmware) copy the lines, in front of its wildcards and behind what has to come",
          "first, such as vectors."},
         write_ld},
};

const char *an_order_form_name(enum an_order_form form)
{
    return form_rows[form].name;
}

void an__order_write(struct an__order *order, enum an_order_form form, struct buf *out)
{
    struct writer w = {order, out, form_rows[form].open, form_rows[form].close, 0, false};
    comment(&w, "Functions and constants, by the modules that need them.");
    comment(&w, "Works for objects compiled with -ffunction-sections -fdata-sections. Use:");
    for (size_t i = 0; i < COUNT_OF(form_rows[form].use) && form_rows[form].use[i] != NULL; i++)
        comment(&w, form_rows[form].use[i]);
    form_rows[form].write(&w);
}
