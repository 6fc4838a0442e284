# SPDX-License-Identifier: MIT
# So many functions whose range lists are tails of one list of as many ranges.
        .set COUNT, 20000
        .text
        .skip 4096
        .section .debug_abbrev, "", @progbits
        .byte 1, 0x11, 1, 3, 8, 0, 0            # compile_unit: name
        .byte 2, 0x2e, 0, 3, 8, 0x55, 0x17, 0, 0 # subprogram: name; ranges
        .byte 0
        .section .debug_ranges, "", @progbits
        .set at, 1
        .rept COUNT
        .quad at, at + 1
        .set at, (at + 1) % 4000 + 1
        .endr
        .quad 0, 0
        .section .debug_info, "", @progbits
        .long .Lend - .Lstart
.Lstart:
        .short 4
        .long 0
        .byte 8, 1, 'x', 0
        .set at, 0
        .rept COUNT
        .byte 2, 'f', 0
        .long at
        .set at, at + 16
        .endr
        .byte 0
.Lend:
