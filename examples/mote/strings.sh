#!/bin/sh
# SPDX-License-Identifier: MIT
# Collects the interned strings that the sources name as S(name), and writes interned.h: sorted by text, each entry with its
# hash and length as core/intern.c wants it.
#
#     strings.sh HASH_BYTES CC FLAGS... FILE.c...  > interned.h
set -eu
export LC_ALL=C
bytes=$1
shift

# Strings that are no identifiers: name, then the text as awk and C write it.
odd='empty
star *
invalid_syntax invalid syntax
lt_module <module>
lt_lambda <lambda>
lt_genexpr <genexpr>
lt_stdin <stdin>
linux
lt_string <string>
lt_listcomp <listcomp>
dot_slash ./
'

{
    printf '%s' "$odd"
    "$@" -E -P -DMOTE_SCAN | grep -o '\<S([A-Za-z_][A-Za-z0-9_]*)' | sed 's/^S(//; s/)$//' | sort -u
} | awk -v bytes="$bytes" '
    # h = h * 31 + c over the text, modulo 2^32: text_hash of core/intern.c.
    BEGIN {
        for (i = 1; i < 128; i++)
            code[sprintf("%c", i)] = i
    }
    function hash(text,   i, h) {
        h = 0
        for (i = 1; i <= length(text); i++)
            h = (h * 31 + code[substr(text, i, 1)]) % 4294967296
        return h
    }
    function octal(n) {
        return sprintf("\\%03o", n)
    }
    {
        name = $1
        space = index($0, " ")
        text = name == "empty" ? "" : space ? substr($0, space + 1) : name
        if (name in seen)
            next
        seen[name] = 1
        if (length(text) == 1) {
            printf "0\t\tCHARACTER(%s, %d)\n", name, code[text]
            next
        }
        h = hash(text)
        entry = ""
        for (i = 0; i < bytes; i++) {
            entry = entry octal(h % 256)
            h = int(h / 256)
        }
        printf "1\t%s\tSTRING(%s, \"%s%s\" \"%s\")\n", text, name, entry, octal(length(text)), text
    }' | sort -t "$(printf '\t')" -k1,1 -k2,2 | cut -f 3
