# SPDX-License-Identifier: MIT
# What a file has once is used again and again: NAMES structs, each named by another tail of one text of
# 60,000 bytes, in a namespace named so too; and, with TABLES, so many units whose abbreviations are
# tails of one long table (up to 16,000: codes of two bytes).
        .section .debug_str, "MS", @progbits, 1
        .fill 60000, 1, 'n'
        .byte 0
        .section .debug_abbrev, "", @progbits
.Lnames:
        .byte 1, 0x11, 1, 3, 8, 0, 0            # compile_unit: name, string
        .byte 2, 0x13, 1, 3, 0x0e, 0x0b, 0x0b, 0, 0 # structure_type: name, strp; byte_size
        .byte 3, 0x39, 1, 3, 0x0e, 0, 0         # namespace: name, strp
        .byte 4, 0x0d, 0, 3, 0x0e, 0x49, 0x13, 0, 0 # member: name, strp; type
        .byte 0
.Ltables:
        .set code, 128
        .rept TABLES
        .uleb128 code
        .byte 0x34, 0, 0, 0                     # variable
        .set code, code + 1
        .endr
        .byte 0
        .section .debug_info, "", @progbits
        .long .Lend - .Lstart
.Lstart:
        .short 4
        .long 0
        .byte 8
        .byte 1, 'x', 0
        .byte 3
        .long 0
        .set at, 0
        .rept NAMES
        .byte 2
        .long at
        .byte 4
        .byte 4
        .long at, 14
        .byte 0
        .set at, at + 1
        .endr
        .byte 0, 0
.Lend:
        .set at, .Ltables - .Lnames
        .set code, 128
        .rept TABLES
        .long 9
        .short 4
        .long at
        .byte 8
        .uleb128 code                           # the first of its table, so that it has a root
        .set at, at + 6
        .set code, code + 1
        .endr
