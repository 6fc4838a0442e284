// SPDX-License-Identifier: MIT
//
// Words for schemas of YAML files. Numbers are texts to libcyaml: what they mean is worked out later.
#ifndef TARE_CONFIG_SCHEMA_H
#define TARE_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

#include "config/private.h"

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

#define TEXT(key, type, member)                                                                    \
    CYAML_FIELD_STRING_PTR(key, OPTIONAL, type, member, 1, CYAML_UNLIMITED)
#define NEEDED_TEXT(key, type, member)                                                             \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, CYAML_UNLIMITED)
// A list of which only the key is there has no entries.
#define LIST(key, type, member, count, entry, min, max)                                            \
    CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL | ((min) == 0 ? CYAML_FLAG_POINTER_NULL_STR : 0),     \
                               type, member, count, entry, min, max)
#define MAPPING(type, fields) CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields)

static const cyaml_schema_value_t text_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED),
};

#define TEXTS(key, type, member)                                                                   \
    LIST(key, type, member.items, member.count, &text_value, 1, CYAML_UNLIMITED)

#endif
