# Two units as ARM Compiler lays them in a .o: each with a .debug_info and .debug_line of its own, those of a
# header in a section group. `here` has a member whose type lies in the other one.
	.section .debug_abbrev,"",@progbits
.Labbrev:
	.uleb128 1, 0x11		# compile_unit: name, stmt_list
	.byte 1
	.uleb128 0x03, 0x08, 0x10, 0x06, 0, 0
	.uleb128 2, 0x13		# structure_type: name, byte_size, decl_file, decl_line
	.byte 1
	.uleb128 0x03, 0x08, 0x0b, 0x0b, 0x3a, 0x0b, 0x3b, 0x0b, 0, 0
	.uleb128 3, 0x0d		# member: name, type (ref_addr), data_member_location
	.byte 0
	.uleb128 0x03, 0x08, 0x49, 0x10, 0x38, 0x0b, 0, 0
	.uleb128 4, 0x24		# base_type: name, byte_size, encoding
	.byte 0
	.uleb128 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0, 0

	.macro line name, file
\name:	.long \name\()9 - \name\()0
\name\()0: .value 3
	.long \name\()2 - \name\()1
\name\()1: .byte 1, 1, -5 & 255, 14, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1
	.byte 0				# no directories
	.string "\file"
	.byte 0, 0, 0, 0		# directory, time, size, the end
\name\()2:
\name\()9:
	.endm

	.macro unit name, file, line
	.long \name\()9 - \name\()0
\name\()0: .value 3
	.long .Labbrev
	.byte 8
	.uleb128 1
	.string "\file"
	.long \line
	.endm

	.section .debug_line,"",@progbits
	line .Lline_here, "here.c"
	.section .debug_line,"G",@progbits,there,comdat
	line .Lline_there, "there.h"

	.section .debug_info,"",@progbits
	unit .Lhere, "here.c", .Lline_here
	.uleb128 2
	.string "here"
	.byte 4, 1, 10
	.uleb128 3
	.string "inner"
	.long .Lthere_type
	.byte 0, 0, 0			# offset, ends of the structure and of the unit
.Lhere9:
	.section .debug_info,"G",@progbits,there,comdat
	unit .Lthere, "there.h", .Lline_there
.Lthere_type: .uleb128 2
	.string "there"
	.byte 4, 1, 20
	.uleb128 3
	.string "number"
	.long .Lint
	.byte 0, 0
.Lint:	.uleb128 4
	.string "int"
	.byte 4, 5, 0
.Lthere9:
