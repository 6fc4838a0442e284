# SPDX-License-Identifier: MIT
"""The inputs: the distribution's CPython, a kernel with debug information, generated programs.

Everything made or fetched lies in one directory (build/bench) and is used again by the next run.
"""
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

CPYTHON = "/usr/bin/python3.11"
CPYTHON_DEBUG_BUILD = "/usr/bin/python3.11d"
PYPY = "/usr/lib/x86_64-linux-gnu/libpypy3.9-c.so"
KERNEL_PACKAGE = "linux-image-amd64-dbg"
SCALES = [1, 2, 4, 8]
INDEX = "index.json"


def output_of(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    return done.stdout if done.returncode == 0 else ""


# ------------------------------------------------------------------------------ CPython

def debug_file_of(program):
    """The detached debug file by build id, the program itself if it has .debug_info, or None."""
    if re.search(r"\.debug_info\b", output_of("readelf", "-SW", program)):
        return program
    found = re.search(r"Build ID: ([0-9a-f]+)", output_of("readelf", "-n", program))
    if not found:
        return None
    name = found.group(1)
    path = "/usr/lib/debug/.build-id/%s/%s.debug" % (name[:2], name[2:])
    return path if os.path.exists(path) else None


# --------------------------------------------------------------------------- the kernel

def kernel(given, directory):
    """The vmlinux given, or the one fetched before, or the distribution's."""
    if given and not os.path.exists(given):
        sys.exit("bench: there is no %s" % given)
    if given:
        return given
    there = sorted(glob.glob(os.path.join(directory, "vmlinux-*")))
    return there[-1] if there else fetch_kernel(directory)


def fetch_kernel(directory):
    package = re.search(r"Depends: (\S+)", output_of("apt-cache", "depends", KERNEL_PACKAGE))
    if not package:
        sys.exit("bench: apt knows no %s: apt-get update may help, or give a path (--big FILE)"
                 % KERNEL_PACKAGE)
    package = package.group(1)
    shown = output_of("apt-cache", "show", "--no-all-versions", package)
    size = re.search(r"^Size: (\d+)", shown, re.M)
    print("downloading %s: %s MB; only its vmlinux is unpacked, into %s"
          % (package, int(size.group(1)) // 10**6 if size else "about 860", directory), flush=True)
    work = os.path.join(directory, "fetch")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    subprocess.run(["apt-get", "-q", "download", package], cwd=work, check=True)
    archive = glob.glob(os.path.join(work, "*.deb"))[0]
    unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", work, "--wildcards", "./usr/lib/debug/boot/vmlinux-*"],
                   stdin=unpack.stdout, check=True)
    unpack.communicate()
    image = glob.glob(os.path.join(work, "usr/lib/debug/boot/vmlinux-*"))[0]
    path = os.path.join(directory, os.path.basename(image))
    os.rename(image, path)
    shutil.rmtree(work)
    return path


# -------------------------------------------------------------------- generated programs
#
# One unit is compiled; the others are copies of its object file in which a mark of fixed width,
# part of every name, has been replaced. So a program of any size costs little more than its link,
# and doubling the units exactly doubles DIEs and symbols.

STRUCTS, MEMBERS = 300, 12
BASE_UNITS = 24  # at scale 1
ONE_UNIT, ONE_UNIT_STRUCTS = "one-unit", 600  # at scale 1
MARKS = {  # series: which of the two marks (of types; of functions and variables) are renamed
    "distinct-types": (b"tttt", b"ffff"),
    "shared-types": (b"ffff",),
}


def unit_source(structs):
    lines = []
    kinds = ["int", "char", "long", "short", "void *", "unsigned char"]
    for n in range(structs):
        members = ["%s m%d;" % (kinds[(n + m) % len(kinds)], m) for m in range(MEMBERS - 2)]
        members += ["struct tttt_%d *next;" % ((n + 1) % structs), "unsigned b1 : 3, b2 : 5;"]
        lines.append("struct tttt_%d { %s };" % (n, " ".join(members)))
        lines.append("struct tttt_%d ffff_v%d = {.b1 = 1};" % (n, n))
        lines.append("static inline int ffff_i%d(struct tttt_%d *p)" % (n, n))
        lines.append("{ int s = p->b1; return s * %d + p->b2; }" % (n + 3))
        lines.append("int ffff_f%d(int a, int b) { int c = a * b; return ffff_i%d(&ffff_v%d) + c; }"
                     % (n, n, n))
    return "\n".join(lines) + "\n"


def compile_unit(directory, structs):
    """Its name has the mark, so that the copies are units of different names."""
    with open(os.path.join(directory, "ffff.c"), "w", encoding="ascii") as out:
        out.write(unit_source(structs))
    subprocess.run(["gcc", "-g", "-O1", "-c", "ffff.c"], cwd=directory, check=True)
    return os.path.join(directory, "ffff.o")


def copies(unit, marks, count, directory):
    with open(unit, "rb") as source:
        data = source.read()
    paths = []
    for n in range(count):
        renamed = data
        for mark in marks:
            renamed = renamed.replace(mark, b"%c%03d" % (mark[0], n))
        paths.append(os.path.join(directory, "u%d.o" % n))
        with open(paths[-1], "wb") as out:
            out.write(renamed)
    return paths


def link(path, units):
    subprocess.run(["ld", "-e", "0", "-o", path + ".new", *units], check=True)
    os.rename(path + ".new", path)


class Program:
    """A generated program: its path, and how many DIEs and symbols it has."""

    def __init__(self, path, dies, symbols):
        self.path, self.dies, self.symbols = path, dies, symbols


def count(unit):
    """How many DIEs and symbols an object file has, by readelf and nm."""
    dies = re.findall(r"Abbrev Number: [1-9]", output_of("readelf", "--debug-dump=info", unit))
    return len(dies), len(output_of("nm", unit).splitlines())


def linked_series(directory, series):
    """N times BASE_UNITS units for every scale N."""
    work = os.path.join(directory, "units")
    os.makedirs(work, exist_ok=True)
    unit = compile_unit(directory, STRUCTS)
    dies, symbols = count(unit)
    for scale in SCALES:
        units = scale * BASE_UNITS
        path = os.path.join(directory, "%s-%d" % (series, scale))
        link(path, copies(unit, MARKS[series], units, work))
        yield [path, dies * units, symbols * units]
    shutil.rmtree(work)


def one_unit_series(directory):
    """One unit that is N times as long."""
    for scale in SCALES:
        unit = compile_unit(directory, ONE_UNIT_STRUCTS * scale)
        path = os.path.join(directory, "%s-%d" % (ONE_UNIT, scale))
        link(path, [unit])
        yield [path, *count(unit)]


# ------------------------------------------------------------------------ object graphs
#
# Objects that each refer to three others: the next, one twice as far, one anywhere.

GRAPH_OBJECTS = [10000, 100000, 1000000]
GRAPH_FIELDS = 3
GRAPH_CODE = '''.text
.globl _start
.type _start, @function
_start: lea o0(%rip), %rax
ret
.size _start, . - _start
.section .data.rel.ro, "aw"
.balign 8
'''


def graph_series(directory):
    """[[path, references, objects]]"""
    for objects in GRAPH_OBJECTS:
        path = os.path.join(directory, "graph-%d" % objects)
        source = GRAPH_CODE + "".join(
            ".type o%d, @object\n.size o%d, %d\no%d: .quad o%d, o%d, o%d\n" % (
                n, n, 8 * GRAPH_FIELDS, n, (n + 1) % objects, (2 * n + 1) % objects, n * 7919 % objects)
            for n in range(objects))
        subprocess.run(["as", "-o", path + ".o", "-"], input=source.encode(), check=True)
        subprocess.run(["ld", "-pie", "-o", path, path + ".o"], check=True)
        os.remove(path + ".o")
        yield [path, GRAPH_FIELDS * objects, objects]


# ------------------------------------------------------------------------- linker maps
#
# Objects with tens of thousands of functions in sections of their own, linked by each linker there is.

MAP_UNITS, MAP_FUNCTIONS = 8, 45000
LINKERS = {"ld": "ld", "gold": "ld.gold", "lld": "ld.lld", "mold": "mold"}


def map_object(directory, unit):
    path = os.path.join(directory, "unit_%d.o" % unit)
    source = "".join(
        '.section .text.%s,"ax"\n.globl %s\n%s: .skip %d\n' % (name, name, name, 8 + number % 5 * 8)
        for number in range(MAP_FUNCTIONS)
        for name in ["function_%d_%d_with_a_name" % (unit, number)])
    subprocess.run(["as", "-o", path, "-"], input=source.encode(), check=True)
    return path


def linker_maps(directory):
    """{linker: path of its map}, each over 50 MB."""
    work = os.path.join(directory, "objects/of/a/large/program")
    os.makedirs(work)
    objects = [map_object(work, unit) for unit in range(MAP_UNITS)]
    objects = [os.path.relpath(path, directory) for path in objects]
    maps = {}
    for name, program in LINKERS.items():
        if shutil.which(program) is None:
            continue
        path = os.path.join(directory, name + ".map")
        subprocess.run([program, "-e", "0", "-o", "linked", "-Map=" + path, *objects],
                       cwd=directory, check=True)
        if os.path.getsize(path) < 50 * 10**6:
            sys.exit("bench: %s is too small" % path)
        maps[name] = path
    os.remove(os.path.join(directory, "linked"))
    shutil.rmtree(os.path.join(directory, "objects"))
    return maps


CENSUS_SHAPES, CENSUS_EACH = 20000, 500  # ten million objects


def shape(number):
    return [{"kind": "list", "length": number + 1, "how": "append"},
            {"kind": "str", "length": number + 2, "width": 0, "bytes": number + 2},
            {"kind": "int", "bits": number + 9},
            {"kind": "dict", "entries": number + 1, "strings": number + 1, "how": "grown"},
            {"kind": "tuple", "length": number + 1}][number % 5]


def census(directory, name, shapes, each):
    path = os.path.join(directory, name + ".json")
    rows = [dict(shape(number), count=each) for number in range(shapes)]
    with open(path, "w", encoding="ascii") as out:
        json.dump({"census": 1, "label": "end", "word": 8, "block": 32, "boxed_int": False,
                   "objects": rows}, out)
    return path


def generate(directory, recipe):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    series = {name: list(linked_series(directory, name)) for name in MARKS}
    series[ONE_UNIT] = list(one_unit_series(directory))
    graphs = list(graph_series(directory))
    maps = linker_maps(directory)
    censuses = [census(directory, "many", CENSUS_SHAPES, CENSUS_EACH), census(directory, "one", 1, 1)]
    with open(os.path.join(directory, INDEX), "w", encoding="ascii") as out:
        json.dump({"recipe": recipe, "series": series, "maps": maps, "graphs": graphs,
                   "censuses": censuses}, out)


def generated(directory):
    """{series: [Program of each scale]}, {linker: map}, [Program of each graph] and the censuses. Made again only when
    this file has changed, and by another process: this one has to stay small (Command.run says why)."""
    with open(__file__, "rb") as this:
        recipe = hashlib.sha256(this.read()).hexdigest()
    made = stored_index(directory)
    if made.get("recipe") != recipe:
        print("generating programs in %s" % directory, flush=True)
        subprocess.run([sys.executable, __file__, directory, recipe], check=True)
        made = stored_index(directory)
    series = {name: [Program(*row) for row in rows] for name, rows in made["series"].items()}
    return series, made["maps"], [Program(*row) for row in made["graphs"]], made["censuses"]


def stored_index(directory):
    try:
        with open(os.path.join(directory, INDEX), encoding="ascii") as stored:
            return json.load(stored)
    except (OSError, ValueError):
        return {}


if __name__ == "__main__":
    generate(*sys.argv[1:])
