# SPDX-License-Identifier: MIT
"""formats.py SCHEMA OUT TARE ARGS...: the report of one run, in every format. Without ARGS of each run that a line of
the standard input has.

JSON holds to the schema, has no NaN, and its additive columns add up at every depth; CSV has as many
fields in every row and the same numbers; a Markdown table has as many cells in every row."""
import csv
import json
import re
import shlex
import subprocess
import sys

import jsonschema

schema_path, out, tare, *only = sys.argv[1:]
with open(schema_path) as file:
    schema = jsonschema.Draft202012Validator(json.load(file))


def run(args, form):
    subprocess.run(["timeout", "60", tare, *args, "--format", form, "-o", out], check=True)
    return open(out, encoding="utf-8", newline="").read()


def no_number(text):
    raise ValueError(text)


def add_up(total, rows, columns):
    for column in columns:
        got = sum(row[column] or 0 for row in rows)
        assert got == (total[column] or 0), (column, got, total[column])
    for row in rows:
        if row.get("rows"):
            add_up(row, row["rows"], columns)


def records(rows, additive):
    """The leaves; and where nothing adds up, the rows above them too."""
    for row in rows:
        if not (additive and row.get("rows")):
            yield row
        yield from records(row.get("rows", []), additive)


def cells(line):
    return len(re.findall(r"(?<!\\)\|", line))


def check_json(args):
    """The report, and its tables."""
    report = json.loads(run(args, "json"), parse_constant=no_number)
    schema.validate(report)
    assert report["verb"] == args[0] and report["schema"] == 1
    tables = [t for t in [report, *report.values()] if isinstance(t, dict) and "rows" in t]
    for table in tables:
        additive = [c["name"] for c in table["columns"] if c["additive"]]
        add_up(table["total"], table["rows"], additive)
    return report, tables


def check_csv(args, report, tables):
    blocks = [list(csv.reader(b.splitlines())) for b in run(args, "csv").replace("\r", "").split("\n\n")]
    for rows in filter(None, blocks):
        assert len({len(row) for row in rows}) == 1, rows[:3]
    if tables and not report.get("types"):
        head, *rows = blocks[0]
        for column in [c["name"] for c in tables[0]["columns"] if c["unit"] in ("bytes", "delta")]:
            at = head.index(column)
            additive = any(c["additive"] for c in tables[0]["columns"])
            want = [row[column] for row in records(tables[0]["rows"], additive)]
            got = [int(row[at]) if row[at] else None for row in rows]
            assert sorted(map(str, got)) == sorted(map(str, want)), (column, got, want)


def check_markdown(args):
    lines = run(args, "markdown").splitlines()
    for before, line in zip(lines, lines[1:]):
        if before.startswith("|") and line.startswith("|"):
            assert cells(before) == cells(line), (before, line)


for args in [only] if only else map(shlex.split, sys.stdin):
    print(*args, flush=True)
    check_csv(args, *check_json(args))
    check_markdown(args)
    assert run(args, "text").strip()
