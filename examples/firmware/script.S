/* SPDX-License-Identifier: MIT */
/* The text of the program, as it is, in ROM. SCRIPT is the name of its file. */
    .section .rodata.script, "a"
    .global script_start
    .global script_end
script_start:
    .incbin SCRIPT
script_end:
    .byte 0
