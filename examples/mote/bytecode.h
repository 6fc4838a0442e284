// SPDX-License-Identifier: MIT
// The instructions of the machine, and the tables that follow them: what the compiler writes, the machine and mote-freeze
// read. Words and pointers do not occur in it, so that the same bytes serve every build.
//
//     struct code.bytes
//     +--------------+------------+--------+-------+
//     | instructions | exceptions | locals | lines |
//     +--------------+------------+--------+-------+
//     0              code->size
//
//     exceptions: how many, then each: start, length, handler, depth. Offsets of instructions; inner ranges first. When an
//                 instruction in [start, start + length) raises, the stack is cut to depth values, the exception is pushed
//                 and the machine goes on at handler.
//     locals:     nlocals names (S_empty, the empty string, for places without one)
//     lines:      pairs: bytes of instructions, lines further (signed); from code->line on, to the end
//
// All numbers of the tables and all operands are varints: 7 bits a byte, low ones first, bit 7 set when more follow; signed
// ones are zigzag (0 -1 1 -2 ...). Only jumps have a fixed size: two bytes, low first, a signed distance from the end
// of the instruction. `name` is the index of an interned string.
#ifndef MOTE_BYTECODE_H
#define MOTE_BYTECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// X(name, operands): N none, U varint, S signed, J jump, UU two varints
// Behind each: the stack before -- after, top to the right. ∅ is NOTHING.
#define MOTE_INSTRUCTIONS(X)                                                                           \
    X(NOP, N)                                                                                          \
    /* constants */                                                                                    \
    X(NONE, N)    /* -- None */                                                                        \
    X(TRUE, N)    /* -- True */                                                                        \
    X(FALSE, N)   /* -- False */                                                                       \
    X(NOTHING, N) /* -- ∅ */                                                                         \
    X(INT,                                                                                             \
      S) /* -- int            31 bits at most, so that it is small everywhere (see also INT_SHORT) */  \
    X(STR, U)   /* -- str            name */                                                           \
    X(CONST, U) /* -- consts[u] */                                                                     \
    /* variables: u is the place of a local (see also LOAD_FAST_SHORT) */                              \
    X(LOAD_FAST, U)                                                                                    \
    X(STORE_FAST, U)                                                                                   \
    X(DELETE_FAST, U)                                                                                  \
    X(MAKE_CELL, U)  /* local u becomes a new cell with its value (∅ too) */                         \
    X(LOAD_CELL, U)  /* -- cell       the cell itself, for BUILD_TUPLE and MAKE_FUNCTION */            \
    X(LOAD_DEREF, U) /* -- value      of the cell in local u */                                        \
    X(STORE_DEREF, U)                                                                                  \
    X(DELETE_DEREF, U)                                                                                 \
    X(LOAD_NAME, U) /* -- value      names, then globals, then built-ins */                            \
    X(STORE_NAME, U)                                                                                   \
    X(DELETE_NAME, U)                                                                                  \
    X(LOAD_GLOBAL, U) /* -- value      globals, then built-ins */                                      \
    X(STORE_GLOBAL, U)                                                                                 \
    X(DELETE_GLOBAL, U)                                                                                \
    X(LOAD_CLASS_DEREF,                                                                                \
      UU) /* -- value  local place u1, or name u2 in names first (free variables of a class body) */   \
    /* attributes and items */                                                                         \
    X(LOAD_ATTR, U)    /* o -- o.name */                                                               \
    X(STORE_ATTR, U)   /* value o -- */                                                                \
    X(DELETE_ATTR, U)  /* o -- */                                                                      \
    X(LOAD_METHOD, U)  /* o -- function self, or value ∅ */                                          \
    X(SUPER_METHOD, U) /* class self -- function self, or value ∅      super().name */               \
    X(SUPER_ATTR, U)   /* class self -- value                          super().name */                 \
    X(LOAD_ITEM, N)    /* o key -- o[key] */                                                           \
    X(STORE_ITEM, N)   /* value o key -- */                                                            \
    X(DELETE_ITEM, N)  /* o key -- */                                                                  \
    /* stack */                                                                                        \
    X(POP, N)                                                                                          \
    X(DUP, N)  /* a -- a a */                                                                          \
    X(DUP2, N) /* a b -- a b a b */                                                                    \
    X(SWAP, N) /* a b -- b a */                                                                        \
    X(ROT3, N) /* a b c -- c a b */                                                                    \
    X(ROT4, N) /* a b c d -- d a b c */                                                                \
    /* operators; the binary ones are BINARY + op, below */                                            \
    X(NEG, N)                                                                                          \
    X(POS, N)                                                                                          \
    X(INVERT, N)                                                                                       \
    X(NOT, N) /* v -- bool */                                                                          \
    X(IS, N)  /* a b -- bool */                                                                        \
    X(IS_NOT, N)                                                                                       \
    X(NOT_IN, N)                                                                                       \
    /* jumps */                                                                                        \
    X(JUMP, J)                                                                                         \
    X(POP_JUMP_FALSE, J) /* v --      jumps when it is false */                                        \
    X(POP_JUMP_TRUE, J)                                                                                \
    X(JUMP_FALSE_OR_POP, J) /* v -- v   when it jumps, else v -- */                                    \
    X(JUMP_TRUE_OR_POP, J)                                                                             \
    X(GET_ITER, N) /* o -- iter */                                                                     \
    X(FOR_ITER, J) /* iter -- iter value; at the end iter -- and it jumps */                           \
    /* calls */                                                                                        \
    X(CALL, UU)        /* f values*u1 (name value)*u2 -- result */                                     \
    X(CALL_METHOD, UU) /* f self|∅ values*u1 (name value)*u2 -- result */                            \
    X(CALL_STAR, N)    /* f list dict|∅ -- result */                                                 \
    X(RETURN, N)       /* value */                                                                     \
    X(MAKE_FUNCTION,                                                                                   \
      UU) /* defaults? kwdefaults? closure? -- f      u1: FUNCTION_*, u2: const with the code */       \
    X(BUILD_CLASS, UU) /* body name bases*u1 (name value)*u2 -- class */                               \
    /* building */                                                                                     \
    X(BUILD_TUPLE, U) /* values*u -- tuple */                                                          \
    X(BUILD_LIST, U)                                                                                   \
    X(BUILD_COMP_LIST, N) /* -- list    for a comprehension to append to */                            \
    X(BUILD_SET, U)                                                                                    \
    X(BUILD_DICT, U)   /* -- dict       with room for u pairs */                                       \
    X(BUILD_SLICE, U)  /* values*u -- slice    u is 2 or 3; None where not given */                    \
    X(BUILD_STRING, U) /* strs*u -- str */                                                             \
    X(STORE_PAIR, N)   /* dict key value -- dict */                                                    \
    X(LIST_APPEND,                                                                                     \
      U) /* value --      to the list u below the top after popping (1: the new top) */                \
    X(SET_ADD, U)                                                                                      \
    X(DICT_ADD, U)    /* key value --  to the dict u below */                                          \
    X(LIST_EXTEND, N) /* list iterable -- list */                                                      \
    X(SET_UPDATE, N)  /* set iterable -- set */                                                        \
    X(DICT_UPDATE, N) /* dict mapping -- dict */                                                       \
    X(DICT_MERGE, N)  /* dict mapping -- dict    for **kwargs: names twice are a TypeError */          \
    X(LIST_TO_TUPLE, N)                                                                                \
    X(UNPACK, U)       /* iterable -- value_u-1 ... value_0 (the first on top) */                      \
    X(UNPACK_STAR, UU) /* the same: u1 values, a list, u2 values (the first on top) */                 \
    X(FORMAT, U)       /* value spec? -- str   u: FORMAT_* */                                          \
    /* exceptions */                                                                                   \
    X(RAISE, U)        /* u values --   0: again what is handled; exception; exception cause */        \
    X(PUSH_HANDLED, N) /* exc -- previous exc    exc is what is handled now */                         \
    X(POP_HANDLED, N)  /* previous --            previous is handled again */                          \
    X(MATCH, N)        /* exc class|tuple -- exc bool */                                               \
    X(RERAISE, N)      /* exc                    raised again as it is: no context, no new line */     \
    X(END_HANDLER,                                                                                     \
      N) /* previous exc           POP_HANDLED, then RERAISE: where a handler itself is left by exc */ \
    X(WITH_ENTER, N) /* manager -- exit value  exit is bound */                                        \
    X(WITH_LEAVE, N) /* exit --                exit(None, None, None) */                               \
    X(WITH_EXCEPT,                                                                                     \
      N) /* exit previous exc -- exit previous exc bool     exit(type, exc, None): true swallows it */ \
    /* generators */                                                                                   \
    X(YIELD, N)          /* value -- sent */                                                           \
    X(YIELD_FROM, N)     /* iter sent -- result    yields all that iter yields */                      \
    X(GET_YIELD_ITER, N) /* o -- iter   generators as they are */                                      \
    /* modules */                                                                                      \
    X(IMPORT_NAME, U) /* level names|None -- module */                                                 \
    X(IMPORT_FROM, U) /* module -- module value */                                                     \
    X(IMPORT_STAR, N) /* module -- */                                                                  \
    X(PRINT, N)       /* value --      what the REPL does with an expression */

enum instruction {
#define X(name, operands) I_##name,
    MOTE_INSTRUCTIONS(X)
#undef X
        I_COUNT,
    // One-byte forms of what is frequent.
    I_LOAD_FAST_SHORT = 0x80, // + place, 0 to 15
    I_STORE_FAST_SHORT = 0x90,
    I_INT_SHORT = 0xa0, // + value + 8: -8 to 23
    I_BINARY = 0xc0     // + enum op, those in place too:   a b -- a op b
};

// Whether the first operand is a name: its index.
static inline bool instruction_names(unsigned op)
{
    return op == I_STR || (op >= I_LOAD_NAME && op <= I_DELETE_GLOBAL) ||
           (op >= I_LOAD_ATTR && op <= I_SUPER_ATTR) || op == I_IMPORT_NAME || op == I_IMPORT_FROM;
}

// What an instruction does to the depth of the stack when it does not jump (compile/unit.c).
intptr_t instruction_effect(unsigned op, size_t u, size_t v);

enum { FUNCTION_DEFAULTS = 1, FUNCTION_KWDEFAULTS = 2, FUNCTION_CLOSURE = 4 };
enum { FORMAT_SPEC = 1, FORMAT_STR = 2 /* !s */, FORMAT_REPR = 4 /* !r */ };

enum code_flags {
    CODE_VARARGS = 1, // *args: the local after npos + nkwonly
    CODE_VARKW = 2,   // **kwargs: the local after that
    CODE_GENERATOR = 4,
    CODE_CLASS = 8,   // a class body: names are its dict; returns the cell of __class__, or None
    CODE_NESTED = 16, // has a closure
    CODE_DOC = 32     // consts[0] is the docstring
};

// Order of the locals: positional arguments, keyword-only ones, *args, **kwargs, other locals, and last the nclosure cells
// of the closure, copied there from function->closure when the function starts. A local that an inner function uses is
// made a cell by MAKE_CELL at the start; its place then holds the cell.

#endif
