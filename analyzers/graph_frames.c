// SPDX-License-Identifier: MIT
//
// Functions of stripped programs: every one that can be unwound has an entry that says where it starts
// and how long it is.
//
// Symbols know more, so an entry counts only where no object with a name is. One that covers several
// names is a piece of assembly with several entries: these cut it better.

#include "analyzers/graph_private.h"

void an__graph_add(struct an__named *named, const an__object_list *more)
{
    an__object_list all = {0};
    const an__object_list *old = &named->objects;
    uint64_t end = 0; // of the last object that was there before
    size_t i = 0;
    vec_reserve(&all, old->count + more->count);
    for (size_t k = 0; k < more->count; k++) {
        const struct an__object *object = &more->items[k];
        for (; i < old->count && old->items[i].addr <= object->addr; i++) {
            vec_push(&all, old->items[i]);
            end = old->items[i].addr + old->items[i].size;
        }
        bool hits = i < old->count && old->items[i].addr - object->addr < object->size;
        if (object->addr >= end && !hits)
            vec_push(&all, *object);
    }
    for (; i < old->count; i++)
        vec_push(&all, old->items[i]);
    vec_free(&named->objects);
    named->objects = all;
}

// -------------------------------------------------------------------------- frames

static bool by_frame(const struct an__areas *areas, const struct img_frame *frame,
                     struct an__object *out)
{
    const struct an__area *area = an__graph_area_at(areas, frame->code);
    if (!frame->readable || area == NULL || area->content != LED_CODE || frame->code_size == 0)
        return false;
    *out = (struct an__object){.addr = frame->code,
                               .size = MIN(frame->code_size, area->end - frame->code),
                               .type = DW_NO_REF,
                               .section = area->section,
                               .by = AN__BY_FRAME,
                               .code = true};
    return true;
}

static void read_entries(an__object_list *list, struct img *img, const struct img_section *section,
                         const struct an__areas *areas)
{
    struct img_frame_reader reader;
    struct img_frame frame;
    struct an__object object;
    struct fault ignored = {0};
    if (!img_frame_open(&reader, img, section, &ignored))
        return; // who charges them has said so
    while (img_frame_next(&reader, &frame))
        if (by_frame(areas, &frame, &object))
            vec_push(list, object);
}

static int compare(const void *left, const void *right)
{
    const struct an__object *a = left, *b = right;
    if (a->addr != b->addr)
        return a->addr < b->addr ? -1 : 1;
    return a->size > b->size ? -1 : a->size < b->size;
}

// Keeps those that overlap none before them; the label where one starts gives it its name, labels
// inside of it make it go.
static void settle(an__object_list *list, const an__object_list *labels)
{
    size_t kept = 0, label = 0;
    uint64_t end = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct an__object object = list->items[i];
        if (object.addr < end)
            continue;
        while (label < labels->count && labels->items[label].addr < object.addr)
            label++;
        size_t inside = label;
        if (inside < labels->count && labels->items[inside].addr == object.addr) {
            object.name = labels->items[inside].name;
            object.exported = labels->items[inside++].exported;
        }
        if (inside < labels->count && labels->items[inside].addr - object.addr < object.size)
            continue;
        end = object.addr + object.size;
        list->items[kept++] = object;
    }
    list->count = kept;
}

void an__graph_frames(struct an__named *named, struct img *img, const struct an__areas *areas)
{
    size_t count;
    const struct img_section *sections = img_sections(img, &count);
    an__object_list list = {0};
    for (size_t i = 1; i < count; i++)
        if (sections[i].type != SHT_NOBITS && strcmp(sections[i].name, ".eh_frame") == 0)
            read_entries(&list, img, &sections[i], areas);
    if (list.count > 1)
        qsort(list.items, list.count, sizeof *list.items, compare);
    settle(&list, &named->labels);
    an__graph_add(named, &list);
    vec_free(&list);
}
