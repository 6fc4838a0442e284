#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a program and writes to a file the messages of the exceptions that python3 itself raised in it, one a line as repr.

    messages.py FILE PROGRAM

What the program says with `raise` is its own and not among them. run.py asks for this where mote is built without messages.
"""
import dis
import sys

RAISES = {dis.opmap[name] for name in ("RAISE_VARARGS", "RERAISE")}
# What the instruction itself may say.
found = {"exception causes must derive from BaseException", "exceptions must derive from BaseException",
         "No active exception to reraise"}


def trace(frame, event, argument):
    if event == "exception" and frame.f_code.co_code[frame.f_lasti] not in RAISES:
        error = argument[1]
        messages = {error} if isinstance(error, str) else {str(error), *error.args[:1]}
        found.update(m for m in messages if isinstance(m, str) and " " in m) # else a key, or a value
    return trace


def main():
    out, program = sys.argv[1:]
    sys.argv = [program]
    with open(program) as f:
        code = compile(f.read(), program, "exec")
    sys.settrace(trace)
    try:
        exec(code, {"__name__": "__main__"})
    except BaseException:
        pass
    finally:
        sys.settrace(None)
    with open(out, "w") as f:
        for message in sorted(found):
            f.write(repr(message) + "\n")


main()
