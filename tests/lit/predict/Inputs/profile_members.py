"""Changes the members that a profile names, one by one, to their neighbours: each must be noticed.

usage: profile_members.py PROFILE BUILD DIRECTORY TARE...

Noticed is a change when the sizes differ from the interpreter's own, or when the table of type objects
does: it must name what it names, with the sizes it has, and no type object may disagree with its struct;
or when the report on features says other bytes than tests/lit/graph/cpython.test.
"""
import functools
import json
import os
import re
import subprocess
import sys

SIZES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_sizes.py")


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode(), done.returncode


@functools.lru_cache(maxsize=None)
def members_of(build, tare, kind):
    """The names of the members of a struct, in their order; none of one that the build does not have."""
    out, status = run([*tare, "struct", build, kind, "--format", "json"])
    return [m["name"] for m in json.loads(out)["types"][0]["members"]] if status == 0 else []


def neighbour(build, tare, path):
    """The member of the same struct before or behind one, of a place of its own."""
    kind, *members = path.split(".")
    names = members_of(build, tuple(tare), kind)
    if len(names) < 2:
        raise ValueError("no other member")
    at = names.index(members[0])
    other = names[at - 1] if at > 0 else names[at + 1]
    return ".".join([kind, other, *members[1:]] if len(members) > 1 else [kind, other])


def changes(text, build, tare):
    for found in re.finditer(r"(sizeof|offsetof|elements|element)\(((?:struct )?\w+(?:\.\w+)+)", text):
        try:
            other = neighbour(build, tare, found.group(2))
        except ValueError:
            continue  # of another version
        yield found.group(2), text[:found.start(2)] + other + text[found.end(2):]
    for line in re.finditer(r"type: (\w+), (.*)}", text):
        for found in re.finditer(r"\b(count|class|name|size|item|flags|base): (\w+)", line.group(2)):
            path = line.group(1) + "." + found.group(2)
            if "kind:" in text[text.rfind("\n", 0, line.start()):line.start()] or "(" in found.group(2):
                continue
            try:
                other = neighbour(build, tare, path).split(".")[1]
            except ValueError:
                continue
            start = line.start(2) + found.start(2)
            yield path, text[:start] + other + text[start + len(found.group(2)):]


def table(build, tare):
    out, status = run([*tare, "struct", "--tax", build, "--format", "json"])
    return out if status == 0 else None


def features(build, profile, tare):
    out, status = run([*tare, "graph", build, "--features", "--profile", profile, "--format", "json"])
    return out if status == 0 else None


def main():
    profile, build, directory, *tare = sys.argv[1:]
    text = open(profile).read()
    os.makedirs(directory, exist_ok=True)
    right, right_features = table(build, tare), features(build, profile, tare)
    total = missed = 0
    for path, changed in changes(text, build, tare):
        name = os.path.join(directory, "changed.yaml")
        with open(name, "w") as out:
            out.write(changed)
        other = f"{build},profile={name}"
        total += 1
        noticed = run([build, SIZES, other, *tare])[1] != 0 or table(other, tare) != right \
            or features(build, name, tare) != right_features
        if not noticed:
            missed += 1
            print(f"{path} was changed, and nothing noticed")
    print(f"{missed} of {total} changes were not noticed")


if __name__ == "__main__":
    main()
