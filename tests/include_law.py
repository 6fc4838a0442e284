#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The law of the folders, checked on the sources: include_law.py SOURCE_DIR [BUILD_DIR].

1. A folder includes only the folders below it (MAY_INCLUDE), by "folder/header.h".
2. From outside only its public header is included, the one of its own name (or ALSO_PUBLIC).
3. A library belongs to the folders that adapt it (LIBRARIES).
4. Below cli/ nothing prints, exits or reads the environment.
5. A name with a double underscore (dw__x) stays in its folder.
"""
import os
import re
import sys

# folder: what it may include besides itself
READERS = ["image", "dwarfsize", "linkmap", "code"]
MAY_INCLUDE = {
    "base": [],
    "image": ["base"],
    "dwarfsize": ["base", "image"],
    "linkmap": ["base"],
    "code": ["base", "image"],
    "ledger": ["base"],  # and the readers, in collect_* files only
    "config": ["base"],
    "reports": ["base"],  # a renderer cannot see the ledger
    "analyzers": ["base", "config", "ledger", "reports"] + READERS,
    "cli": ["base", "config", "ledger", "reports", "analyzers"] + READERS,
}
# Public headers besides FOLDER/FOLDER.h, and why.
ALSO_PUBLIC = {"ledger/collect.h": "ledger.h must not know the readers, the collecting has to"}
COLLECTORS = re.compile(r"ledger/collect\w*\.[ch]$")

# system header: the only folders that may know it
LIBRARIES = {
    r"(libelf|gelf|elfutils/.*)\.h": ["image", "analyzers"],  # analyzers: verify, a second reading
    r"(zlib|zstd)\.h": ["image", "ledger"],  # sections; snapshots
    r"libdwarf(-\d)?/.*|libdwarf\.h": ["analyzers"],
    r"cyaml/.*|yaml\.h": ["config"],
    r"jansson\.h": ["config"],
    r"capstone/.*": ["code"],
    r"clang-c/.*": ["analyzers"],
    r"(libiberty/)?demangle\.h": ["cli"],
}

BANNED_CALLS = ["printf", "vprintf", "fprintf", "vfprintf", "dprintf", "puts", "fputs", "putchar",
                "putc", "perror", "exit", "quick_exit", "_Exit", "abort", "getenv", "secure_getenv",
                "setenv", "setlocale", "warn", "warnx", "err", "errx"]
BANNED_WORDS = ["stdout", "stderr", "stdin", "environ"]
BANNED = re.compile(r"\b(?:(%s)\s*\(|(%s)\b)" % ("|".join(BANNED_CALLS), "|".join(BANNED_WORDS)))
# Where the fourth point does not hold, and why.
MAY_SPEAK = {"base/memory.c": "panic: nothing sensible can be returned from there"}

PREFIX = {"dw": "dwarfsize", "img": "image", "led": "ledger", "ledger": "ledger", "lm": "linkmap",
          "an": "analyzers", "rep": "reports", "cfg": "config", "cmd": "cli", "code": "code"}
PRIVATE = re.compile(r"\b(%s)__\w+" % "|".join(PREFIX))

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.M)
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blanked(text):
    """The code alone: comments and literals become blanks, lines stay where they are."""
    return NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def allowed(path, folder, other):
    if other == folder or other in MAY_INCLUDE[folder]:
        return True
    return bool(COLLECTORS.search(path)) and other in READERS


def check_include(path, folder, quote, header):
    if quote == "<":
        for pattern, folders in LIBRARIES.items():
            if re.fullmatch(pattern, header) and folder not in folders:
                yield "<%s> belongs to %s" % (header, " and ".join(folders))
        return
    other = header.split("/")[0]
    if "/" not in header or other not in MAY_INCLUDE:
        yield '"%s" does not name its folder' % header
    elif not allowed(path, folder, other):
        yield '%s/ may not include "%s"' % (folder, header)
    elif other != folder and header not in ALSO_PUBLIC and header != "%s/%s.h" % (other, other):
        yield '"%s" is private to %s/' % (header, other)


def check_speech(path, folder, code):
    if folder == "cli" or path in MAY_SPEAK:
        return
    for found in BANNED.finditer(code):
        yield found.start(), "%s below cli/" % (found.group(1) or found.group(2))


def check_private(folder, code):
    for found in PRIVATE.finditer(code):
        if PREFIX[found.group(1)] != folder:
            yield found.start(), "%s is private to %s/" % (found.group(), PREFIX[found.group(1)])


def check_file(path, text):
    """Yields (line, message)."""
    folder = path.split("/")[0]
    code = blanked(text)

    def line(at):
        return text.count("\n", 0, at) + 1
    for found in INCLUDE.finditer(text):
        for message in check_include(path, folder, *found.groups()):
            yield line(found.start(2)), message
    for at, message in list(check_speech(path, folder, code)) + list(check_private(folder, code)):
        yield line(at), message
    if not text.startswith("// SPDX-License-Identifier: MIT\n"):
        yield 1, "the first line is not the SPDX line"


def sources(root):
    for folder in sorted(MAY_INCLUDE):
        for directory, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(directory, name), root)


# The law is tried on offenders first: a check that finds nothing may be a check that looks nowhere.
OFFENDERS = [
    ("base/x.c", '#include "image/image.h"\n'),
    ("image/x.c", '#include "dwarfsize/dwarfsize.h"\n'),
    ("reports/x.c", '#include "ledger/ledger.h"\n'),
    ("ledger/settle.c", '#include "image/image.h"\n'),
    ("ledger/x.c", '#include "private.h"\n'),
    ("cli/x.c", '#include "image/private.h"\n'),
    ("cli/x.c", "#include <gelf.h>\n"),
    ("image/x.c", 'int f(void) { return printf("x"); }\n'),
    ("image/x.c", "void f(void) { exit (1); }\n"),
    ("config/x.c", 'char *f(void) { return getenv("HOME"); }\n'),
    ("ledger/x.c", "int f(void) { return dw__scan(); }\n"),
]
INNOCENTS = [
    ("ledger/collect_elf.c", '#include "image/image.h"\n'),
    ("image/x.c", '#include "image/private.h"\n'),
    ("image/x.c", '// printf("x")\nconst char *f(void) { return "exit(1)"; }\n'),
    ("image/x.c", "int f(char *p) { return snprintf(p, 1, p); }\n"),
    ("cli/x.c", 'int f(void) { return puts("x"); }\n'),
]


def self_test():
    spdx = "// SPDX-License-Identifier: MIT\n"
    for path, text in OFFENDERS:
        assert list(check_file(path, spdx + text)), "not caught: %s: %s" % (path, text)
    for path, text in INNOCENTS:
        found = list(check_file(path, spdx + text))
        assert not found, "wrongly caught: %s: %s: %s" % (path, text, found)


def main():
    root = sys.argv[1]
    self_test()
    offences = files = 0
    for path in sources(root):
        files += 1
        with open(os.path.join(root, path), encoding="utf-8") as file:
            for line, message in check_file(path, file.read()):
                print("%s:%d: %s" % (path, line, message))
                offences += 1
    print("%d files, %d offences" % (files, offences))
    return 1 if offences or not files else 0


sys.exit(main())
