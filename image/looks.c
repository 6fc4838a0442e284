// SPDX-License-Identifier: MIT
//
// What a file that is neither ELF nor archive looks like, so that the message can name the mistake:
// most often a map, a script or a firmware image was given in place of the ELF file.

#include "image/private.h"

struct look {
    const char *magic;
    uint16_t size, offset;
    const char *what;
};

#define MAGIC(text, what)                                                                          \
    {                                                                                              \
        text, sizeof(text) - 1, 0, what                                                            \
    }

static const struct look looks[] = {
    MAGIC("#!", "a script"),
    MAGIC("MZ", "a PE or DOS program"),
    MAGIC("\xfe\xed\xfa\xce", "a Mach-O file"),
    MAGIC("\xfe\xed\xfa\xcf", "a Mach-O file"),
    MAGIC("\xce\xfa\xed\xfe", "a Mach-O file"),
    MAGIC("\xcf\xfa\xed\xfe", "a Mach-O file"),
    MAGIC("\xca\xfe\xba\xbe", "a universal Mach-O file or a Java class"),
    MAGIC("BC\xc0\xde", "LLVM bitcode (compiled with -flto by clang)"),
    MAGIC("\xde\xc0\x17\x0b", "wrapped LLVM bitcode"),
    MAGIC("\0asm", "WebAssembly"),
    MAGIC("\x1f\x8b", "a gzip file"),
    MAGIC("\xfd"
          "7zXZ",
          "an xz file"),
    MAGIC("\x28\xb5\x2f\xfd", "a zstd file"),
    MAGIC("BZh", "a bzip2 file"),
    MAGIC("PK\3\4", "a zip file"),
    MAGIC("UF2\n", "a UF2 firmware image"),
    MAGIC("\xe9", "an ESP firmware image"),
    MAGIC("\x64\x86", "a COFF object"),
    MAGIC("\x4c\x01", "a COFF object"),
    MAGIC("S0", "Motorola S-records"),
    MAGIC("/* GNU ld script", "a linker script"),
    {"ustar", 5, 257, "a tar file"},
};

// Lines only a linker map has, in its first part.
static const struct {
    const char *text, *what;
} maps[] = {
    {"Archive member included", "a GNU ld map"},
    {"Memory Configuration", "a GNU ld map"},
    {"Discarded input sections", "a GNU ld map"},
    {"Allocating common symbols", "a GNU ld map"},
    {"Linker script and memory map", "a GNU ld map"},
    {"VMA              LMA     Size Align Out", "an lld map"},
    {"VMA      LMA     Size Align Out", "an lld map"},
    {"VMA       Size Align Out", "a mold map"},
    {"Component: ARM Compiler", "an armlink map"},
    {"IAR ELF Linker", "an IAR map"},
    {"# Path: ", "a Mach-O linker map"},
};

static const char *looks_like_text(struct slice head)
{
    for (size_t i = 0; i < COUNT_OF(maps); i++)
        if (memmem(head.data, head.size, maps[i].text, strlen(maps[i].text)) != NULL)
            return maps[i].what;
    if (head.size >= 11 && head.data[0] == ':' && memchr("0123456789", head.data[1], 10) != NULL)
        return "Intel HEX";
    for (size_t i = 0; i < head.size; i++)
        if (head.data[i] < 0x20 && memchr("\t\n\r\f\v\033", head.data[i], 6) == NULL)
            return NULL;
    return "text";
}

const char *img__looks_like(struct slice bytes)
{
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        const struct look *look = &looks[i];
        if (range_fits(look->offset, look->size, bytes.size) &&
            memcmp(bytes.data + look->offset, look->magic, look->size) == 0)
            return look->what;
    }
    const char *text = looks_like_text(slice_of(bytes.data, MIN(bytes.size, (size_t)8192)));
    return text ? text : "unknown binary data";
}
