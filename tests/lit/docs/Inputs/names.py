# SPDX-License-Identifier: MIT
"""names.py ROOT DOC...: every path and every name of the code that a document puts in backticks is there.

NAME, VERB, SUITE and X in a path stand for anything; what is not there yet, or not in the source, is
in ELSEWHERE."""
import os
import re
import sys

root, *documents = sys.argv[1:]
ELSEWHERE = {"linkmap/", "linkmap/LINKER.c", "ledger/collect_map.c", "tests/lit/map/Inputs",  # the next folder
             "dw__x", "tare.yaml", "build/release/tare"}
paths, code = [], []
for folder, below, names in os.walk(root):
    below[:] = [b for b in below if not b.startswith(".") and b != "build"]
    for name in below + names:
        path = os.path.join(folder, name)
        paths.append(os.path.relpath(path, root))
        if name.endswith((".c", ".h")):
            code.append(open(path, encoding="utf-8").read())
code = "\n".join(code)


def is_there(word):
    if word in ELSEWHERE:
        return True
    if word.startswith("./"):
        word = word.split()[0][2:]
    if "/" in word or re.search(r"\.(c|h|py|md|json)$", word):
        pattern = re.sub(r"NAME|VERB|SUITE|(?<![A-Z])X(?![A-Z])|\\\*", "[^/]*", re.escape(word.rstrip("/")))
        return any(re.search("(^|/)" + pattern + "$", path) for path in paths)
    name = re.fullmatch(r"(?:enum |struct |const struct )*(\w*_\w+|[A-Z_]{4,})(?: \*)?", word)
    return not name or re.search(r"\b%s" % name.group(1), code) is not None


missing = [(document, word) for document in documents
           for word in re.findall(r"(?<!`)`([\w./*_ -]+)`", open(os.path.join(root, document)).read())
           if not is_there(word)]
print("\n".join("%s: `%s` is nowhere" % m for m in missing))
sys.exit(bool(missing))
