// SPDX-License-Identifier: MIT
//
// What a file is that no dialect reads: the maps of other linkers and what else users take for a map. Each is
// known by a text near its beginning, which stands in its maps of all versions seen.

#include "linkmap/private.h"

#define HEAD 4096 // bytes that are looked at

const char *lm__stranger(struct slice text)
{
    static const struct {
        const char *mark, *what;
    } strangers[] = {
        {"\177ELF", "an ELF file, beside which its linker writes a map"},
        {"IAR Universal Linker", "a map of IAR XLINK"},
        {"IAR XLINK", "a map of IAR XLINK"},
        {"<link_info>", "the XML of a TI linker, beside which it writes a map"},
        {"Preferred load address is", "a map of Microsoft LINK"},
        {" Start         Length     Name                   Class",
         "a map of Borland's TLINK or Delphi"},
        {"    Addr      Off     Size Out     In      Symbol", "a map of wasm-ld"},
        {"Microchip MPLAB XC8 Compiler", "a map of XC8"},
        {"HI-TECH Software", "a map of HI-TECH C (XC8)"},
        {"Renesas Optimizing Linker", "a map of Renesas' CC-RX, CC-RL or CC-RH"},
        {"*** Mapping List ***", "a map of Renesas' CC-RX, CC-RL or CC-RH"},
        {"Link map of ", "a map of CodeWarrior"},
        {"TARGET SECTION", "a map of CodeWarrior"},
        {" section layout", "a map of CodeWarrior"},
        {"SEGGER Linker", "a map of the SEGGER linker"},
        {"Tool and Invocation", "a map of TASKING"},
        {"Image Summary", "a map of Green Hills"},
        {"Watcom Linker", "a map of Watcom"},
        {"WATCOM Linker", "a map of Watcom"},
        {"LINKER/LOCATER", "a map of Keil's BL51 or LX51"},
        {"MPLINK ", "a map of MPLINK"},
        {"ASxxxx Linker", "a map of SDCC"},
        {"Modules list:", "a map of ld65"},
        {" from link file ", "a map of Cosmic"},
        {"ROM0 bank #", "a map of RGBDS"},
        {" ; const, local, ", "a map of z88dk"},
        {"RAM Allocation", "a list of variables of CodeVisionAVR"},
        {"\"mappings\":", "a source map of JavaScript"},
        {"\"version\":3", "a source map of JavaScript"},
        {" D __per_cpu_start", "System.map, the kernel's list of symbols"},
        {" T _text\n", "System.map, the kernel's list of symbols"},
        {"SECTIONS", "a linker script, not what the linker made of it"},
    };
    struct slice head = lm__until(text, MIN(text.size, (size_t)HEAD));
    if (text.size == 0)
        return "an empty file, which gold leaves of a link that fails";
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        if (lm__find(head, strangers[i].mark) != SIZE_MAX)
            return strangers[i].what;
    return NULL;
}
