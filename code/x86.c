// SPDX-License-Identifier: MIT
//
// The length of an x86-64 instruction, and the numbers in it that may be addresses.
//
//   [legacy prefixes] [REX | VEX | EVEX] opcode [ModRM [SIB] [displacement]] [immediate]
//
// What follows an opcode is in a table, a letter each (Intel SDM 2, appendix A):
//
//   m  ModRM            b  8 bits of immediate        z  16 or 32 bits, by the operand size
//   r  ModRM and b      R  ModRM and z                v  as z, 64 bits with REX.W
//   j  branch, 8 bits   J  branch, 32 bits            o  an address of 64 bits
//   w  16 bits          e  16 and 8 bits              g  ModRM; b for the first two of its group
//   G  ModRM; z for the first two of its group        .  nothing
//   p  a prefix         x  not in 64-bit mode, or not known here
//
// Instructions with VEX or EVEX always have a ModRM byte, but for VZEROUPPER.

#include "code/x86.h"
#include "code/code.h"

static const char one_byte[] = "mmmmbzxxmmmmbzxx"  // 00: add or
                               "mmmmbzxxmmmmbzxx"  // 10: adc sbb
                               "mmmmbzpxmmmmbzpx"  // 20: and sub; ES CS
                               "mmmmbzpxmmmmbzpx"  // 30: xor cmp; SS DS
                               "pppppppppppppppp"  // 40: REX
                               "................"  // 50: push pop
                               "xxxmppppzRbr...."  // 60: FS GS; operand and address size
                               "jjjjjjjjjjjjjjjj"  // 70
                               "rRxrmmmmmmmmmmmm"  // 80
                               "..........x....."  // 90
                               "oooo....bz......"  // a0
                               "bbbbbbbbvvvvvvvv"  // b0: mov
                               "rrw.xxrRe.w..bx."  // c0: VEX
                               "mmmmxxx.mmmmmmmm"  // d0: x87
                               "jjjjbbbbJJxj...."  // e0
                               "p.pp..gG......mm"; // f0: LOCK REP

static const char two_byte[] = "mmmmx......x.mxx"  // 00: 3DNow!
                               "mmmmmmmmmmmmmmmm"  // 10
                               "mmmmxxxxmmmmmmmm"  // 20
                               "......x.xxxxxxxx"  // 30: longer maps
                               "mmmmmmmmmmmmmmmm"  // 40
                               "mmmmmmmmmmmmmmmm"  // 50
                               "mmmmmmmmmmmmmmmm"  // 60
                               "rrrrmmm.mmxxmmmm"  // 70
                               "JJJJJJJJJJJJJJJJ"  // 80
                               "mmmmmmmmmmmmmmmm"  // 90
                               "...mrmxx...mrmmm"  // a0
                               "mmmmmmmmmmrmmmmm"  // b0
                               "mmrmrrrm........"  // c0
                               "mmmmmmmmmmmmmmmm"  // d0
                               "mmmmmmmmmmmmmmmm"  // e0
                               "mmmmmmmmmmmmmmmm"; // f0

struct decoder {
    struct cur c;
    struct code__x86 *out;
    bool wide;        // REX.W
    bool half;        // operands of 16 bits
    bool small;       // addresses of 32 bits
    bool has_segment; // FS or GS
    bool group5;      // calls and jumps through memory, among others
    uint8_t opcode;   // of one byte, else 0
};

static void read_prefixes(struct decoder *d, uint8_t *opcode)
{
    for (*opcode = cur_u8(&d->c); one_byte[*opcode] == 'p'; *opcode = cur_u8(&d->c)) {
        d->wide = (*opcode & 0xf8) == 0x48; // counts only right before the opcode
        d->half |= *opcode == 0x66;
        d->small |= *opcode == 0x67;
        d->has_segment |= *opcode == 0x64 || *opcode == 0x65;
    }
}

// ModRM, SIB and displacement. Gives the middle field: which of a group it is.
static unsigned read_modrm(struct decoder *d)
{
    uint8_t modrm = cur_u8(&d->c), mode = modrm >> 6, rm = modrm & 7;
    if (mode == 3)
        return modrm >> 3 & 7;
    bool scaled = rm == 4;
    uint8_t sib = scaled ? cur_u8(&d->c) : 0, base = scaled ? sib & 7 : rm;
    bool no_base = mode == 0 && base == 5, no_index = (sib & 0x38) == 0x20;
    if (mode == 1)
        cur_skip(&d->c, 1);
    if (mode != 2 && !no_base)
        return modrm >> 3 & 7;
    d->out->memory = (int32_t)cur_u32(&d->c);
    d->out->relative = no_base && !scaled;
    d->out->has_memory = !d->has_segment && !d->small;
    d->out->absolute = no_base && scaled && (no_index || d->group5) && d->out->has_memory;
    return modrm >> 3 & 7;
}

// What is done to numbers and not to addresses, but for adding to them and comparing them: or, adc, sbb, and,
// xor, test, imul. The first four and xor are members of group 1, too.
static bool is_number(const struct decoder *d, unsigned member)
{
    switch (d->opcode) {
    case 0x81:
        return member != 0 && member != 5 && member != 7; // add sub cmp
    case 0x0d:
    case 0x15:
    case 0x1d:
    case 0x25:
    case 0x35:
    case 0x69:
    case 0xa9:
    case 0xf7:
        return true;
    default:
        return false;
    }
}

static void read_constant(struct decoder *d, unsigned size)
{
    d->out->has_constant = size >= 4;
    if (size == 8)
        d->out->constant = (int64_t)cur_u64(&d->c);
    else if (size == 4)
        d->out->constant = (int32_t)cur_u32(&d->c);
    else
        cur_skip(&d->c, size);
}

static void read_branch(struct decoder *d, bool near)
{
    d->out->branches = true;
    d->out->constant = near ? (int8_t)cur_u8(&d->c) : (int32_t)cur_u32(&d->c);
}

static bool read_kind(struct decoder *d, char kind, unsigned member)
{
    unsigned word = d->half && !d->wide ? 2 : 4;
    switch (kind) {
    case '.':
    case 'm':
        return true;
    case 'g':
        return read_constant(d, member < 2 ? 1 : 0), true;
    case 'G':
        return read_constant(d, member < 2 ? word : 0), true;
    case 'b':
    case 'r':
        return read_constant(d, 1), true;
    case 'z':
    case 'R':
        return read_constant(d, word), true;
    case 'v':
        return read_constant(d, d->wide ? 8 : word), true;
    case 'w':
        return read_constant(d, 2), true;
    case 'e':
        return read_constant(d, 3), true;
    case 'o':
        return read_constant(d, d->small ? 4 : 8), true;
    case 'j':
    case 'J':
        return read_branch(d, kind == 'j'), true;
    default:
        return false;
    }
}

static bool read_operands(struct decoder *d, char kind)
{
    unsigned member = strchr("mrRgG", kind) != NULL ? read_modrm(d) : 2;
    bool known = read_kind(d, kind, member);
    d->out->has_constant = d->out->has_constant && !is_number(d, member);
    return known;
}

// Opcode maps 2 (0f 38) and 3 (0f 3a), and those of VEX and EVEX, which have the same immediates.
static bool read_in_map(struct decoder *d, unsigned map, uint8_t opcode)
{
    switch (map) {
    case 1:
        return read_operands(d, two_byte[opcode] == 'r' ? 'r' : opcode == 0x77 ? '.' : 'm');
    case 2:
        return read_operands(d, 'm');
    case 3:
        return read_operands(d, 'r');
    default:
        return false;
    }
}

static bool read_vector(struct decoder *d, uint8_t first)
{
    uint8_t next = cur_u8(&d->c);
    unsigned map = 1;
    if (first != 0xc5) {
        map = next & (first == 0x62 ? 7 : 0x1f);
        cur_skip(&d->c, first == 0x62 ? 2 : 1);
    }
    return read_in_map(d, map, cur_u8(&d->c));
}

static bool read_two_byte(struct decoder *d)
{
    uint8_t opcode = cur_u8(&d->c);
    if (opcode == 0x38 || opcode == 0x3a)
        return read_in_map(d, opcode == 0x38 ? 2 : 3, cur_u8(&d->c));
    return read_operands(d, two_byte[opcode]);
}

#define LONGEST 15 // bytes of an instruction

bool code__x86_decode(const uint8_t *at, size_t left, struct code__x86 *out)
{
    uint8_t opcode;
    struct decoder d = {.c = cur_make(slice_of(at, MIN(left, (size_t)LONGEST)), false), .out = out};
    *out = (struct code__x86){0};
    read_prefixes(&d, &opcode);
    d.group5 = opcode == 0xff;
    d.opcode = opcode == 0x0f ? 0 : opcode;
    bool known;
    if (opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62)
        known = read_vector(&d, opcode);
    else if (opcode == 0x0f)
        known = read_two_byte(&d);
    else
        known = read_operands(&d, one_byte[opcode]);
    out->size = (uint8_t)cur_offset(&d.c);
    return known && !d.c.failed;
}

// Told by the opcode, which stands in front of ModRM; the prefixes VEX and REX may stand before it, and 66.
unsigned code_x86_behind(struct slice before)
{
    uint8_t b[7] = {0}; // b[1] is ModRM, b[2] the opcode, b[3] what stands before it
    for (size_t i = 1; i < sizeof b && i <= before.size; i++)
        b[i] = before.data[before.size - i];
    unsigned field = b[1] >> 3 & 7;
    bool half = b[3] == 0x66 || ((b[3] & 0xf0) == 0x40 && b[4] == 0x66);
    bool vex = b[5] == 0xc4, evex = b[6] == 0x62, vector = b[4] == 0xc5 || vex || evex;
    if ((b[1] & 0xc7) != 5)
        return 0;
    if ((b[4] == 0x0f && b[3] == 0x3a) || (vex && (b[4] & 0x1f) == 3) || (evex && (b[5] & 7) == 3))
        return 1;
    if (b[3] == 0x0f)
        return two_byte[b[2]] == 'r';
    if (one_byte[b[2]] == 'r' || (one_byte[b[2]] == 'g' && field < 2))
        return 1;
    if (!vector && (one_byte[b[2]] == 'R' || (one_byte[b[2]] == 'G' && field < 2)))
        return half ? 2 : 4;
    return 0;
}
