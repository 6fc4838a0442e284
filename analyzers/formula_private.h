// SPDX-License-Identifier: MIT
//
// The steps of a compiled formula: written by formula.c, run by formula_run.c.
#ifndef TARE_FORMULA_PRIVATE_H
#define TARE_FORMULA_PRIVATE_H

#include "analyzers/formula.h"

enum op_code {
    OP_NUMBER,
    OP_VARIABLE, // its index
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_SHL,
    OP_SHR,
    OP_AND,
    OP_OR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_MIN,
    OP_MAX,
    OP_CEIL,
    OP_ALIGN,
    OP_NEG, // from here on of one value
    OP_NOT,
    OP_BOOL,
    OP_NEXT, // in the table it points to
    OP_POW2,
    OP_LOG2,
    OP_SKIP,       // so many steps
    OP_SKIP_FALSE, // and takes the value
    OP_SKIP_FALSE_KEEP,
    OP_SKIP_TRUE_KEEP, // keeps it when it skips
    OP_GROW,           // so many steps say the next room
    OP_AT,             // so many steps say the value, with this as the room
};

struct an__op {
    enum op_code code;
    int64_t value;
};

#endif
