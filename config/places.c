// SPDX-License-Identifier: MIT
//
// Places in YAML text, by walking its events with libyaml.

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "config/private.h"

bool cfg__fault(struct fault *fault, const char *name, size_t line, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct buf place = {0};
    buf_text(&place, name);
    if (line != 0)
        buf_printf(&place, ":%zu", line);
    buf_char(&place, '\0');
    fault_set(fault, FAULT_INPUT, place.data, NULL, NO_OFFSET, "%s", message);
    buf_free(&place);
    return false;
}

// A walk over events; `event` is valid until the next step.
struct walk {
    yaml_parser_t parser;
    yaml_event_t event;
    size_t depth; // open mappings and lists around the event
};

static void walk_start(struct walk *walk, struct slice text)
{
    *walk = (struct walk){0};
    if (!yaml_parser_initialize(&walk->parser))
        panic(__FILE__, __LINE__, "out of memory");
    yaml_parser_set_input_string(&walk->parser, text.data, text.size);
}

static void walk_end(struct walk *walk)
{
    yaml_event_delete(&walk->event);
    yaml_parser_delete(&walk->parser);
}

// False at the end and on a syntax error.
static bool walk_next(struct walk *walk)
{
    yaml_event_type_t before = walk->event.type;
    yaml_event_delete(&walk->event);
    if (before == YAML_STREAM_END_EVENT || !yaml_parser_parse(&walk->parser, &walk->event))
        return false;
    if (before == YAML_MAPPING_START_EVENT || before == YAML_SEQUENCE_START_EVENT)
        walk->depth++;
    if (walk->event.type == YAML_MAPPING_END_EVENT || walk->event.type == YAML_SEQUENCE_END_EVENT)
        walk->depth--;
    return true;
}

static size_t walk_line(const struct walk *walk)
{
    return walk->event.start_mark.line + 1;
}

static bool is_scalar(const struct walk *walk, const char *text)
{
    return walk->event.type == YAML_SCALAR_EVENT &&
           slice_is(slice_of(walk->event.data.scalar.value, walk->event.data.scalar.length), text);
}

static bool has_nul(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT &&
           memchr(event->data.scalar.value, 0, event->data.scalar.length) != NULL;
}

static bool check_event(const struct walk *walk, size_t documents, const char *name,
                        struct fault *fault)
{
    if (walk->event.type == YAML_ALIAS_EVENT)
        return cfg__fault(fault, name, walk_line(walk), "YAML aliases are not supported");
    if (documents > 1)
        return cfg__fault(fault, name, walk_line(walk),
                          "expected one YAML document, found another");
    if (has_nul(&walk->event))
        return cfg__fault(fault, name, walk_line(walk), "a NUL in a text");
    return true;
}

// Where the reader stopped: what is no text it says by its offset, which has no line yet.
static size_t problem_line(const yaml_parser_t *parser, struct slice text)
{
    size_t line = 1;
    if (parser->error != YAML_READER_ERROR)
        return parser->problem_mark.line + 1;
    for (size_t i = 0; i < MIN(parser->problem_offset, text.size); i++)
        line += text.data[i] == '\n';
    return line;
}

static bool syntax_fault(const yaml_parser_t *parser, struct slice text, const char *name,
                         struct fault *fault)
{
    struct buf why = {0};
    size_t line = problem_line(parser, text);
    if (parser->context != NULL)
        buf_text(&why, parser->context);
    if (parser->context != NULL && parser->context_mark.line + 1 < line)
        buf_printf(&why, " that begins on line %zu", parser->context_mark.line + 1);
    if (parser->context != NULL)
        buf_text(&why, ", ");
    buf_text(&why, parser->problem ? parser->problem : "unknown error");
    cfg__fault(fault, name, line, "not YAML: %.*s", (int)why.size, why.data);
    buf_free(&why);
    return false;
}

bool cfg__check_yaml(struct slice text, const char *name, struct fault *fault)
{
    struct walk walk;
    size_t documents = 0;
    bool good = true;
    walk_start(&walk, text);
    while (good && walk_next(&walk)) {
        documents += walk.event.type == YAML_DOCUMENT_START_EVENT;
        good = check_event(&walk, documents, name, fault);
    }
    if (good && walk.parser.error != YAML_NO_ERROR)
        good = syntax_fault(&walk.parser, text, name, fault);
    walk_end(&walk);
    return good;
}

size_t cfg__line_of_text(struct slice text, const char *scalar, struct cfg__place from)
{
    struct walk walk;
    size_t line = 0;
    walk_start(&walk, text);
    while (line == 0 && walk_next(&walk)) {
        size_t at = walk_line(&walk), column = walk.event.start_mark.column + 1;
        bool after = at > from.line || (at == from.line && column >= from.column);
        if (after && is_scalar(&walk, scalar))
            line = at;
    }
    walk_end(&walk);
    return line ? line : from.line;
}

// -------------------------------------------------------------------------- the tree

struct cfg__tree {
    yaml_parser_t parser;
    yaml_document_t document;
};

struct cfg__tree *cfg__tree_new(struct slice text)
{
    struct cfg__tree *tree = mem_zalloc(1, sizeof *tree);
    if (!yaml_parser_initialize(&tree->parser))
        panic(__FILE__, __LINE__, "out of memory");
    yaml_parser_set_input_string(&tree->parser, text.data, text.size);
    if (!yaml_parser_load(&tree->parser, &tree->document))
        memset(&tree->document, 0, sizeof tree->document);
    return tree;
}

void cfg__tree_free(struct cfg__tree *tree)
{
    yaml_document_delete(&tree->document);
    yaml_parser_delete(&tree->parser);
    free(tree);
}

static yaml_node_t *tree_node(struct cfg__tree *tree, int node, yaml_node_type_t type)
{
    yaml_node_t *found = node > 0 ? yaml_document_get_node(&tree->document, node) : NULL;
    return found != NULL && (type == YAML_NO_NODE || found->type == type) ? found : NULL;
}

int cfg__tree_root(struct cfg__tree *tree)
{
    return yaml_document_get_root_node(&tree->document) != NULL ? 1 : 0;
}

int cfg__tree_child(struct cfg__tree *tree, int mapping, const char *key)
{
    const yaml_node_t *node = tree_node(tree, mapping, YAML_MAPPING_NODE);
    if (node == NULL)
        return 0;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = tree_node(tree, pair->key, YAML_SCALAR_NODE);
        if (name != NULL &&
            slice_is(slice_of(name->data.scalar.value, name->data.scalar.length), key))
            return pair->value;
    }
    return 0;
}

int cfg__tree_item(struct cfg__tree *tree, int list, size_t index)
{
    const yaml_node_t *node = tree_node(tree, list, YAML_SEQUENCE_NODE);
    if (node == NULL ||
        index >= (size_t)(node->data.sequence.items.top - node->data.sequence.items.start))
        return 0;
    return node->data.sequence.items.start[index];
}

uint32_t cfg__tree_line(struct cfg__tree *tree, int node)
{
    const yaml_node_t *found = tree_node(tree, node, YAML_NO_NODE);
    return found != NULL ? (uint32_t)found->start_mark.line + 1 : 0;
}
