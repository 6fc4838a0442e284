#!/bin/sh
# SPDX-License-Identifier: MIT
# The tale of two Pythons, with the builds of today: what objects of CPython and of MicroPython take, each number worked out by
# tare from the debug information of a build, beside the one that was told in 2017 of CPython 3.6 and MicroPython 1.8.
#
#   examples/tale.sh [CPYTHON [MICROPYTHON]]      (default: /usr/bin/python3.11, and micropython where it is installed)
#
# TARE names the program (default: the release build, else tare on the PATH). A number that is not what was told is marked.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
tare=${TARE:-$here/build/release/tare}
[ -x "$tare" ] || tare=tare
cpython=${1:-/usr/bin/python3.11}
micropython=${2:-$(command -v micropython || true)}
census=$(mktemp)
trap 'rm -f "$census"' EXIT

# price BUILD SHAPE: bytes that the objects of this shape ask for, with what lies in front of them.
price() {
    [ -n "$1" ] || { echo -; return; }
    printf '{"census": 1, "objects": [{%s}]}\n' "$2" > "$census"
    "$tare" predict "$census" "$1" --format csv | awk -F, 'NR == 2 { print $4 + $5 }'
}

# size BUILD TYPE: bytes of a struct.
size() {
    [ -n "$1" ] || { echo -; return; }
    "$tare" struct "$1" "$2" --format csv 2> /dev/null | awk -F, 'NR == 2 { print $3; found = 1 } END { if (!found) print 0 }'
}

# members BUILD TYPE: "ob_refcnt 8, ob_type 8".
members() {
    "$tare" struct "$1" "$2" --format csv |
        awk -F, -v type="$2" 'NR > 1 { line = line (NR > 2 ? ", " : "") $8 " " $11 } END { print type ": " line }'
}

# mark TOLD NOW: nothing was told where there is a dash.
mark() {
    case "$1:$2" in
    "$2:$1" | -:* | *:-) echo "$2" ;;
    *) echo "$2 *" ;;
    esac
}

# row WHAT TOLD_OF_CPYTHON NOW TOLD_OF_MICROPYTHON NOW ORIGIN
row() {
    printf '%-34s %10s %12s %10s %12s   %s\n' "$1" "$2" "$(mark "$2" "$3")" "$4" "$(mark "$4" "$5")" "$6"
}

# object WHAT TOLD TOLD SHAPE ORIGIN
object() { row "$1" "$2" "$(price "$cpython" "$4")" "$3" "$(price "$micropython" "$4")" "$5"; }

printf '%-34s %10s %12s %10s %12s   %s\n' BYTES 'CPY 3.6' "$(basename "$cpython")" 'uPY 1.8' "$(basename "${micropython:--}")" ORIGIN
row 'what every object begins with' 16 "$(size "$cpython" PyObject)" 8 "$(size "$micropython" mp_obj_base_t)" \
    "$(members "$cpython" PyObject)"
row 'in front, for the collector' 24 "$(size "$cpython" PyGC_Head)" 0 "$([ -n "$micropython" ] && echo 0 || echo -)" \
    "$(members "$cpython" PyGC_Head)"
object 'x = 300' 28 0 '"kind": "int", "bits": 9, "count": 1' 'a digit of 30 bits; a small integer is a word'
object 'x = 10 ** 10' 32 0 '"kind": "int", "bits": 34, "count": 1' 'two digits; a small integer is a word'
object "x = 'gotmemory?'" 59 - '"kind": "str", "length": 10, "bytes": 10, "count": 1' 'PyASCIIObject, 10 characters and a zero'
object 'x = [1]' 72 40 '"kind": "list", "length": 1, "capacity": 1, "how": "literal", "count": 1' "$(members "$cpython" PyListObject), one word"
object 'x = []; x.append(1)' 96 - '"kind": "list", "length": 1, "capacity": 4, "how": "append", "count": 1' 'room for four items'
object '200,000 ints of about 10 ** 10' 6400000 0 '"kind": "int", "bits": 34, "count": 200000' '200,000 times the above'
echo
echo "* is not what was told: CPython's collector takes two words since 3.8; MicroPython gives the first item of a list room for four."
