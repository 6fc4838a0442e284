# SPDX-License-Identifier: MIT
# ROM and RAM by module, from the map that GNU ld wrote: awk -f report.awk firmware.map
#
# A row of the memory map is "section address size object", or the section alone where its name is long and the rest on
# the next line. What starts out in ROM and lives in RAM (.data) counts in both.
function hex(text,    i, n) {
    n = 0
    for (i = 3; i <= length(text); i++)
        n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return n
}
function folder(object) {
    sub(/\.o$|\.o\)$/, "", object)
    if (object ~ /libmote\.a\(/)
        return "mote"
    return object ~ /\.a\(/ ? "libraries" : "firmware"
}
/^Linker script and memory map/ { inside = 1 }
/^Cross Reference Table/        { inside = 0 }
!inside                         { next }
/^ \.[A-Za-z]/ && NF == 1       { section = $1; next }
/^ \.[A-Za-z]/ && NF == 4       { section = $1; address = $2; size = $3; object = $4 }
/^  +0x/ && NF == 3             { address = $1; size = $2; object = $3 }
!size                           { next }
{
    bytes = hex(size)
    size = ""
    kind = section ~ /^\.(text|rodata|vectors|ARM\.exidx|literal)/ ? "rom" : section ~ /^\.data/ ? "both" : section ~ /^\.bss/ ? "ram" : ""
    if (kind == "" || hex(address) == 0 && section !~ /vectors/ || bytes == 0)
        next
    name = object
    sub(/.*\//, "", name)
    sub(/^lib[a-z]*\.a\(/, "", name)
    sub(/\.o\)?$/, "", name)
    name = folder(object) " " name
    names[name] = 1
    if (kind != "ram") { rom[name] += bytes; all_rom += bytes }
    if (kind != "rom") { ram[name] += bytes; all_ram += bytes }
}
END {
    order = "sort -k1,1nr -k3"
    for (name in names)
        printf "%7d %6d  %s\n", rom[name], ram[name], name | order
    close(order)
    printf "%7d %6d  all (ROM, RAM)\n", all_rom, all_ram
}
