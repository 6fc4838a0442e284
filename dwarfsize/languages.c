// SPDX-License-Identifier: MIT
//
// What follows from the language of a unit (DWARF 5, 7.12).

#include "dwarfsize/private.h"

bool dw__is_c(uint16_t language)
{
    switch (language) {
    case DW_LANG_C89:
    case DW_LANG_C:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case DW_LANG_ObjC:
    case DW_LANG_UPC:
    case 0x2c: // DW_LANG_C17
    case 0x3e: // DW_LANG_C23
    case 0:
        return true;
    default:
        return false;
    }
}

bool dw__is_cxx(uint16_t language)
{
    switch (language) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
    case DW_LANG_ObjC_plus_plus:
    case 0x2b: // DW_LANG_C_plus_plus_17
    case 0x3a: // DW_LANG_C_plus_plus_20
        return true;
    default:
        return false;
    }
}

uint64_t dw__lowest_index(uint16_t language)
{
    switch (language) {
    case DW_LANG_Ada83:
    case DW_LANG_Ada95:
    case 0x2e: // DW_LANG_Ada2005
    case 0x2f: // DW_LANG_Ada2012
    case DW_LANG_Cobol74:
    case DW_LANG_Cobol85:
    case DW_LANG_Fortran77:
    case DW_LANG_Fortran90:
    case DW_LANG_Fortran95:
    case DW_LANG_Fortran03:
    case DW_LANG_Fortran08:
    case 0x2d: // DW_LANG_Fortran18
    case DW_LANG_Julia:
    case DW_LANG_Modula2:
    case DW_LANG_Modula3:
    case DW_LANG_Pascal83:
    case DW_LANG_PLI:
        return 1;
    default:
        return 0;
    }
}
