# SPDX-License-Identifier: MIT
"""Three modules whose constants and functions take turns: order.py TARE CC DIRECTORY LINKER OPTION FORM

Links the program without and with the order that tare makes of it, and prints the pages of each module, and whether
what modules need lies on about as many as was said beforehand.
"""
import csv
import os
import re
import subprocess
import sys

MODULES, PARTS, SIZE = ["spam", "eggs", "ham"], 16, 700

FUNCTION = 'void %s_f%d(void) { __asm__ volatile(".skip %d, 0x90"); sink = %s_c%d; %s }\n'
LOCAL = "static const char local[100] = {%d}; void %s_init(void) { sink = local; %s_f0(); sink = common; shared(); }\n"


# A symbol whose name would be more than a name in a file for a linker.
ODD = r'''__asm__(".section .rodata.odd,\"a\"\n.type \"odd *) name\", @object\n.size \"odd *) name\", 1\n"
"\"odd *) name\": .byte 1\n.text");
'''


def sources():
    head = "extern const void *volatile sink; extern const char common[]; void shared(void);\n"
    mixed = head
    for part in range(PARTS):
        for name in MODULES:
            mixed += "extern const void *%s_p%d[80]; const void *%s_p%d[80] = {%s_p%d};\n" % (
                (name, part) * 3)
            mixed += "const char %s_c%d[%d] = {%d};\n" % (name, part, SIZE, part + 1)
            more = "void %s_f%d(void);\n" % (name, part + 1)
            call = "sink = %s_p%d; " % (name, part) + (
                "%s_f%d();" % (name, part + 1) if part + 1 < PARTS else "")
            mixed += more + FUNCTION % (name, part, SIZE, name, part, call)
    files = {"mixed": mixed}
    for number, name in enumerate(MODULES):
        files[name] = head + "void %s_f0(void);\n" % name + LOCAL % (number + 1, name, name)
    table = "".join("{\"%s\", %s_init}," % (name, name) for name in MODULES)
    files["main"] = (
        ODD +
        "const void *volatile sink; const char common[64] = {1};\n"
        + "".join("void %s_init(void);\n" % name for name in MODULES)
        + "static const struct { const char *name; void (*init)(void); } modules[] = {%s};\n" % table
        + "void shared(void) { sink = modules; }\n" # whoever can import leads to all
        + "int main(int argc, char **argv) { (void)argv; modules[argc % 3].init(); return 0; }\n")
    return files


def run(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 or done.stdout:
        print(*argv, done.stdout, sep="\n")
    return done.returncode == 0


def pages(tare, program, *options):
    """{module: pages of data, of code}"""
    done = subprocess.run([*tare, "graph", program, "--pages", "--config", "rules.yaml", "--format", "csv",
                           *options], stdout=subprocess.PIPE, text=True, check=True)
    rows = csv.DictReader(done.stdout.splitlines())
    return {row["module"]: (int(row["pages"]), int(row["code_pages"])) for row in rows}


def needed(tare, program, form):
    """Pages that modules need, as it is and in an order."""
    done = subprocess.run([*tare, "graph", program, "--config", "rules.yaml", "--order", "again", "--order-form", form],
                          stdout=subprocess.PIPE, text=True, check=True)
    found = re.search(r"what modules need lies on (\d+) pages, .* about (\d+)", done.stdout)
    return int(found[1]), int(found[2])


def main(tare, compiler, directory, linker, option, form):
    os.makedirs(directory, exist_ok=True)
    os.chdir(directory)
    with open("rules.yaml", "w", encoding="ascii") as rules:
        rules.write("modules:\n" + "".join(
            '  - {name: %s, symbols: ["%s_*"]}\n  - {name: %s, units: ["*%s.c"]}\n' % ((name,) * 4)
            for name in MODULES) + '  - {name: main, units: ["*"]}\n')
    objects = []
    for name, text in sources().items():
        with open(name + ".c", "w", encoding="ascii") as out:
            out.write(text)
        objects.append(name + ".o")
        run(*compiler, "-O1", "-g", "-fPIE", "-fno-toplevel-reorder", "-ffunction-sections", "-fdata-sections", "-c", name + ".c")
    link = [*compiler, "-pie", "-fuse-ld=" + linker, "-Wl,--fatal-warnings", *objects]
    if not run(*link, "-o", "before"):
        return
    before = pages(tare, "before", "--order", "order", "--order-form", form)
    if not run(*link, "-Wl,%sorder" % option, "-o", "after") or not run("./after"):
        return
    after = pages(tare, "after")
    for name in MODULES:
        good = all(new < old for old, new in zip(before[name], after[name]))
        print(name, *before[name], *after[name], "fewer" if good else "NOT FEWER")
    old, said = needed(tare, "before", form)
    new = needed(tare, "after", form)[0]
    print("needed", old, said, new, "as said" if new < old and abs(new - said) <= said / 10 else "NOT AS SAID")


main(sys.argv[1].split(), sys.argv[2].split(), *sys.argv[3:])
