// SPDX-License-Identifier: MIT
//
// The object graph made ready for the viewer: what its files share.
//
//   graph_view          which objects are shown, the tree they hang in, what they refer to, their content
//   graph_view_shapes   how content is read: types, each once
//   graph_view_pages    whose bytes lie on which page
#ifndef TARE_GRAPH_VIEW_PRIVATE_H
#define TARE_GRAPH_VIEW_PRIVATE_H

#include "analyzers/graph_private.h"

// Shapes as they are asked for, each distinct one once.
struct an__shapes;
struct an__shapes *an__shapes_new(struct dw_shapes *source, struct arena *arena);
void an__shapes_free(struct an__shapes *shapes);
// The number of a type's shape; 0 when nothing is known of it.
uint32_t an__shapes_of(struct an__shapes *shapes, dw_ref type);
// That of a type of which only the name is known.
uint32_t an__shapes_named(struct an__shapes *shapes, const char *name);
// Moves all into the view, in its arena.
void an__shapes_finish(const struct an__shapes *shapes, struct rep_graph *out);

// Pages of at least `page` bytes, larger ones when there are too many. `group` of every object of the
// graph, `section` by number of the image: its number in the view.
void an__view_pages(const struct an_graph *graph, uint64_t page, const uint32_t *group,
                    const uint32_t *section, struct arena *arena, struct rep_graph *out);

#endif
