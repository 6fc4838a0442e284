# Types that lead back to themselves, functions whose origin is each other.
	.section .debug_abbrev,"",@progbits
	.uleb128 1; .uleb128 0x11; .byte 1; .uleb128 3; .uleb128 8; .uleb128 0; .uleb128 0
	.uleb128 2; .uleb128 0x16; .byte 0; .uleb128 3; .uleb128 8; .uleb128 0x49; .uleb128 0x13; .uleb128 0; .uleb128 0
	.uleb128 3; .uleb128 0x13; .byte 1; .uleb128 3; .uleb128 8; .uleb128 0xb; .uleb128 0xb; .uleb128 0; .uleb128 0
	.uleb128 4; .uleb128 0xd; .byte 0; .uleb128 3; .uleb128 8; .uleb128 0x49; .uleb128 0x13; .uleb128 0x38; .uleb128 0xb; .uleb128 0; .uleb128 0
	.uleb128 5; .uleb128 0x26; .byte 0; .uleb128 0x49; .uleb128 0x13; .uleb128 0; .uleb128 0
	.uleb128 6; .uleb128 0x1; .byte 1; .uleb128 0x49; .uleb128 0x13; .uleb128 0; .uleb128 0
	.uleb128 7; .uleb128 0x21; .byte 0; .uleb128 0x37; .uleb128 0x7; .uleb128 0; .uleb128 0
	.uleb128 8; .uleb128 0x2e; .byte 0; .uleb128 0x31; .uleb128 0x13; .uleb128 0x11; .uleb128 1; .uleb128 0x12; .uleb128 7;.uleb128 0; .uleb128 0
	.byte 0
	.section .debug_info,"",@progbits
0:	.long 2f-1f
1:	.short 4; .long 0; .byte 8
	.uleb128 1; .asciz "a.c"
10:	.uleb128 2; .asciz "a"; .long 11f-0b
11:	.uleb128 2; .asciz "b"; .long 10b-0b
12:	.uleb128 5; .long 13f-0b
13:	.uleb128 5; .long 12b-0b
14:	.uleb128 6; .long 14b-0b
	.uleb128 7; .quad 0xffffffffffffffff
	.byte 0
15:	.uleb128 3; .asciz "itself"; .byte 16
	.uleb128 4; .asciz "me"; .long 15b-0b; .byte 0
	.uleb128 4; .asciz "alias"; .long 10b-0b; .byte 8
	.uleb128 4; .asciz "qualified"; .long 12b-0b; .byte 8
	.uleb128 4; .asciz "array"; .long 14b-0b; .byte 8
	.byte 0
16:	.uleb128 8; .long 17f-0b; .quad 0; .quad 4
17:	.uleb128 8; .long 16b-0b; .quad 0; .quad 4
	.byte 0
2:
	.text
	.skip 16
