// SPDX-License-Identifier: MIT
//
// What objects of the graph, their types and modules are called.

#include <inttypes.h>

#include "analyzers/graph_private.h"
#include "analyzers/graph_rpython.h"

const char *an__graph_by(uint8_t by)
{
    static const char *const texts[AN__BY_COUNT] = {
        [AN__BY_SYMBOL] = "symbol",         [AN__BY_VARIABLE] = "DWARF variable",
        [AN__BY_HEADER] = "what it holds",  [AN__BY_FRAME] = "unwind entry",
        [AN__BY_STRING] = "string literal", [AN__BY_LABEL] = "label",
        [AN__BY_POINTER] = "pointed to",    [AN__BY_LINKAGE] = "linker's table",
        [AN__BY_PADDING] = "padding",       [AN__BY_NOBODY] = "nobody",
    };
    return texts[by];
}

const char *const *an__graph_link_names(void)
{
    static const char *const texts[AN_LINK_COUNT] = {
        [AN_LINK_RELOCATION] = "relocation",
        [AN_LINK_TYPED] = "type",
        [AN_LINK_LINKAGE] = "linker's table",
        [AN_LINK_CODE] = "instruction",
        [AN_LINK_LOOKS] = "looks",
    };
    return texts;
}

#define QUOTED_MAX 48 // bytes of a literal that are shown

// As C writes it: what is no letter, or none that can be seen, by its number.
static void quote_letter(struct buf *out, const uint8_t *data, size_t size)
{
    const char *plain = "\n\t\r", *names = "ntr";
    const char *found = *data != 0 ? strchr(plain, *data) : NULL;
    if (found != NULL)
        buf_printf(out, "\\%c", names[found - plain]);
    else if (size == 0 || *data < ' ')
        buf_printf(out, "\\x%02x", *data);
    else
        buf_bytes(out, data, size);
}

const char *an__graph_quoted(struct img *img, uint64_t addr, uint64_t letters, struct arena *arena)
{
    struct slice bytes = {0};
    struct buf text = {0};
    uint64_t size = MIN(letters, (uint64_t)QUOTED_MAX), more = letters > size;
    img_bytes_at(img, addr, size + more, &bytes);
    while (more && size != 0 && bytes.size > size && (bytes.data[size] & 0xc0) == 0x80)
        size--; // do not cut a letter of UTF-8
    buf_char(&text, '"');
    for (size_t i = 0, letter; i < size && i < bytes.size; i += MAX(letter, (size_t)1)) {
        letter = an__graph_letter(bytes.data + i, MIN(size, bytes.size) - i);
        quote_letter(&text, bytes.data + i, letter);
    }
    buf_text(&text, letters > size ? "\"..." : "\"");
    const char *out = arena_text(arena, slice_of(text.data, text.size));
    buf_free(&text);
    return out;
}

const char *an__graph_name(const struct an_graph *graph, uint32_t i, struct arena *arena)
{
    size_t count;
    const struct an__object *object = &graph->objects[i];
    if (object->name != NULL)
        return object->name;
    if (object->by == AN__BY_PADDING)
        return "[padding]";
    if (object->by == AN__BY_NOBODY)
        return "[unattributed]";
    if (object->by == AN__BY_STRING)
        return an__graph_quoted(graph->img, object->addr, object->size - 1, arena);
    const char *found = object->made != 0 ? an__rpython_name(graph, i, arena) : NULL;
    if (found != NULL)
        return found;
    const struct img_section *section = &img_sections(graph->img, &count)[object->section];
    return arena_printf(arena, "%s+0x%" PRIx64, section->name, object->addr - section->addr);
}

const char *an__graph_type(const struct an_graph *graph, uint32_t i)
{
    const struct an__object *object = &graph->objects[i];
    static const char *const made[AN__BY_COUNT] = {
        [AN__BY_STRING] = "[string literals]",
        [AN__BY_LINKAGE] = "[linker's tables]",
        [AN__BY_PADDING] = "[padding]",
        [AN__BY_NOBODY] = "[unattributed]",
    };
    if (graph->shapes != NULL && object->type != DW_NO_REF)
        return dw_shapes_name(graph->shapes, object->type);
    if (object->made != 0)
        return an__rpython_type(graph->rpython, object->made);
    if (made[object->by] != NULL)
        return made[object->by];
    return object->code ? "[code]" : "[type not known]";
}

const char *an__graph_module(const struct an_graph *graph, uint32_t i)
{
    const struct an__object *object = &graph->objects[i];
    if (object->module != 0)
        return an_modules_text(graph->modules, object->module);
    if (object->by == AN__BY_STRING || object->by == AN__BY_LINKAGE || object->by >= AN__BY_PADDING)
        return an__graph_type(graph, i);
    return object->name != NULL ? "[unattributed]" : "[unnamed constants]";
}
