# DIEs nested a hundred thousand deep.
	.section .debug_abbrev,"",@progbits
	.uleb128 1; .uleb128 0x11; .byte 1; .uleb128 0; .uleb128 0
	.uleb128 2; .uleb128 0x13; .byte 1; .uleb128 3; .uleb128 8; .uleb128 0; .uleb128 0
	.byte 0
	.section .debug_info,"",@progbits
	.long 2f-1f
1:	.short 4; .long 0; .byte 8
	.uleb128 1
	.rept 100000
	.uleb128 2; .asciz "s"
	.endr
2:
