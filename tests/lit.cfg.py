# SPDX-License-Identifier: MIT
#
# The lit suites under tests/lit: one directory a verb (or a subject), one *.test a behaviour. A test
# is a shell script in RUN lines with its expectation below (FileCheck), and ends with status 0.
#
# Words for RUN lines:
#   %tare           the program of this build; a run over TARE_TIMEOUT seconds (120) fails with 124
#   %exit N CMD...  runs CMD, passes when its exit status is exactly N (a crash never is 2)
#   %gcc %gxx %clang %clangxx           compilers for this machine
#   %m32 %arm %xtensa %riscv            gcc -m32 and the bare-metal cross compilers
#   %python         the distribution's python3     %root    the source tree
#   %inputs         the directory TARE_INPUTS names, with further real builds to try
#   %maps           the directory TARE_MAPS names (else ../shared/maps), with real linker maps
#   %pypy           the library of the distribution's PyPy
#   %s %S %t %T     as always in lit: this file, its directory, a name and a directory for output
# FileCheck, not, yaml2obj, obj2yaml and the llvm-* tools of one LLVM are first on the PATH.
#
# Words for REQUIRES and UNSUPPORTED: clang m32 arm xtensa riscv gold lld ld64.lld mold dwz pahole eu-readelf
# zstd-debug (assembler and linker write zstd sections), cpython (python3.11 with the debug file of
# the same build id), pypy (pypy3 with its library), chromium, inputs, real-maps, asan, and the preset's name. What is
# absent makes a test UNSUPPORTED.
import glob
import os
import re
import shutil
import subprocess

import lit.formats

if not hasattr(config, "tare_program"):
    lit_config.fatal("start the suites through ctest, or lit on BUILD/tests/lit/SUITE")

config.name = "tare-" + config.tare_preset
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.tare_source, "tests", "lit")
config.test_exec_root = os.path.join(config.tare_build, "tests", "lit")


# --------------------------------------------------------------------- the environment

def newest_llvm_bin():
    """The bin directory of the newest LLVM that has the test tools."""
    found = [d for d in glob.glob("/usr/lib/llvm-*/bin")
             if all(os.access(os.path.join(d, t), os.X_OK) for t in ("FileCheck", "yaml2obj", "not"))]
    return max(found, key=lambda d: int(re.search(r"llvm-(\d+)", d).group(1)), default=None)


llvm_bin = newest_llvm_bin()
if llvm_bin is None:
    lit_config.fatal("FileCheck, not and yaml2obj are not installed (Debian: llvm-14 llvm-14-tools)")
search = os.pathsep.join([llvm_bin, "/usr/bin", "/bin", os.environ.get("PATH", "")])
config.environment["PATH"] = search
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["TERM"] = "dumb"
for name in ("NO_COLOR", "COLUMNS", "DEBUGINFOD_URLS", "PYTHONPATH"):
    config.environment.pop(name, None)
# A sanitizer's finding is a crash: exit statuses 1, 2 and 3 have meanings of their own.
config.environment["ASAN_OPTIONS"] = "abort_on_error=1:handle_abort=0:detect_stack_use_after_return=1"
config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1:abort_on_error=1"
if config.tare_sanitize:
    config.environment["TARE_THIN"] = "3" # tools that run tare hundreds of times do so a third as often


# ------------------------------------------------------------------------------- words

def which(*programs):
    return next((found for found in (shutil.which(p, path=search) for p in programs) if found), None)


picolibc = "/usr/lib/xtensa-lx106-elf/picolibc.specs"
gcc = which("gcc") or "gcc"
words = {
    "%gcc": gcc,
    "%gxx": which("g++") or "g++",
    "%clang": which("clang") or "clang",
    "%clangxx": which("clang++") or "clang++",
    "%m32": gcc + " -m32 -isystem /usr/include/x86_64-linux-gnu",
    "%arm": (which("arm-none-eabi-gcc") or "arm-none-eabi-gcc") + " --specs=picolibc.specs",
    "%xtensa": (which("xtensa-lx106-elf-gcc") or "xtensa-lx106-elf-gcc") + " --specs=" + picolibc,
    "%riscv": (which("riscv64-unknown-elf-gcc") or "riscv64-unknown-elf-gcc")
              + " --specs=picolibc.specs",
    "%python": "/usr/bin/python3",
    "%pypy": next(iter(sorted(glob.glob("/usr/lib/*/libpypy3*-c.so"))), ""),
    "%root": config.tare_source,
    "%inputs": os.environ.get("TARE_INPUTS", ""),
    "%maps": os.environ.get("TARE_MAPS", os.path.join(config.tare_source, "..", "shared", "maps")),
    "%tare": "timeout %s %s" % (os.environ.get("TARE_TIMEOUT", "120"), config.tare_program),
    "%exit": "sh -c 'want=$1; shift; \"$@\"; got=$?; test $got -eq $want || "
             "{ echo \"exit status $got, expected $want\" >&2; exit 99; }' exit",
}
for word in sorted(words, key=len, reverse=True):
    config.substitutions.append((word + r"\b", words[word]))


# ---------------------------------------------------------------------------- features

def compiles(command, source="#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n"):
    """Whether a whole program can be built: a compiler without its C library is of no use."""
    done = subprocess.run(command.split() + ["-x", "c", "-", "-o", os.devnull], input=source.encode(),
                          env=dict(os.environ, PATH=search), stderr=subprocess.DEVNULL)
    return done.returncode == 0


def cpython_has_debug_file():
    if not os.path.exists("/usr/bin/python3.11") or which("readelf") is None:
        return False
    notes = subprocess.run(["readelf", "-n", "/usr/bin/python3.11"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout.decode(errors="replace")
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    return found is not None and os.path.exists(
        "/usr/lib/debug/.build-id/%s/%s.debug" % (found.group(1)[:2], found.group(1)[2:]))


empty = "int main(void) { return 0; }\n"
features = {
    "clang": which("clang") and compiles(words["%clang"]),
    "m32": compiles(words["%m32"]),
    "arm": which("arm-none-eabi-gcc") and compiles(words["%arm"] + " -c"),
    "xtensa": which("xtensa-lx106-elf-gcc") and compiles(words["%xtensa"] + " -c"),
    "riscv": which("riscv64-unknown-elf-gcc") and compiles(words["%riscv"] + " -c"),
    "gold": which("ld.gold"),
    "lld": which("ld.lld"),
    "ld64.lld": which("ld64.lld"),
    "mold": which("mold"),
    "dwz": which("dwz"),
    "pahole": which("pahole"),
    "eu-readelf": which("eu-readelf"),
    "zstd-debug": compiles(gcc + " -g -Wa,--compress-debug-sections=zstd -Wl,--compress-debug-sections=zstd", empty),
    "cpython": cpython_has_debug_file(),
    "chromium": which("chromium"),
    "pypy": which("pypy3") and words["%pypy"],
    "inputs": os.path.isdir(words["%inputs"]),
    "real-maps": os.path.isdir(words["%maps"]),
    "asan": config.tare_sanitize,
    config.tare_preset: True,
}
config.available_features.update(name for name, there in features.items() if there)
