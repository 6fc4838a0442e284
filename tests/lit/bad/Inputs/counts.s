# Counts that would need more memory than there is: of an array, of a block, of a unit's DIEs.
	.section .debug_abbrev,"",@progbits
	.uleb128 1; .uleb128 0x11; .byte 1; .uleb128 0; .uleb128 0
	.uleb128 2; .uleb128 0x13; .byte 1; .uleb128 3; .uleb128 8; .uleb128 0xb; .uleb128 0x7; .uleb128 0; .uleb128 0
	.uleb128 3; .uleb128 0xd; .byte 0; .uleb128 3; .uleb128 8; .uleb128 0x49; .uleb128 0x13; .uleb128 0x38; .uleb128 0x7; .uleb128 0; .uleb128 0
	.uleb128 4; .uleb128 1; .byte 1; .uleb128 0x49; .uleb128 0x13; .uleb128 0; .uleb128 0
	.uleb128 5; .uleb128 0x21; .byte 0; .uleb128 0x37; .uleb128 0x7; .uleb128 0; .uleb128 0
	.uleb128 6; .uleb128 0x34; .byte 0; .uleb128 3; .uleb128 8; .uleb128 0x2; .uleb128 0x4; .uleb128 0; .uleb128 0
	.uleb128 0xffffffffffffffff; .uleb128 0x24; .byte 0; .uleb128 3; .uleb128 8; .uleb128 0; .uleb128 0
	.byte 0
	.section .debug_info,"",@progbits
0:	.long 2f-1f
1:	.short 4; .long 0; .byte 8
	.uleb128 1
10:	.uleb128 2; .asciz "huge"; .quad 0xffffffffffffffff
	.uleb128 3; .asciz "table"; .long 11f-0b; .quad 0xfffffffffffffff0
	.byte 0
11:	.uleb128 4; .long 10b-0b
	.uleb128 5; .quad 0xffffffffffffffff
	.uleb128 5; .quad 0xffffffffffffffff
	.byte 0
	.uleb128 0xffffffffffffffff; .asciz "odd"
	.uleb128 6; .asciz "block"; .long 0xfffffff0
2:
