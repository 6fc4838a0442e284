# A table of abbreviations without an end, with one code twice; a unit of absurd length.
	.section .debug_abbrev,"",@progbits
	.uleb128 1; .uleb128 0x11; .byte 1; .uleb128 0; .uleb128 0
	.uleb128 1; .uleb128 0x11; .byte 1; .uleb128 0; .uleb128 0
	.rept 3000
	.uleb128 2; .uleb128 0x13; .byte 1; .uleb128 3; .uleb128 0x16
	.endr
	.section .debug_info,"",@progbits
	.long 2f-1f
1:	.short 4; .long 0; .byte 8
	.uleb128 1
	.rept 20000
	.uleb128 2; .uleb128 0x16; .uleb128 0x16; .uleb128 0x16
	.endr
2:	.long 0xfffffff0
