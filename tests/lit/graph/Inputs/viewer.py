#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""viewer.py TARE PROGRAM OTHER: opens the pages of two programs in headless Chromium and checks what they say.

All states are opened in frames of one page, so the browser starts once. PROGRAM is viewer.c for this machine,
OTHER the same for a big endian one: what is read of the content must be the same.
"""
import html
import json
import os
import re
import shlex
import subprocess
import sys

HARNESS = """<!DOCTYPE html><meta charset="utf-8"><pre id="out"></pre><script>
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const texts = (list) => Array.from(list, (item) => item.textContent);
function look(frame) {
  const page = frame.contentDocument;
  return {
    title: page.title, view: page.body.dataset.view, detail: page.getElementById('detail').textContent,
    heading: texts(page.querySelectorAll('h2')), crumbs: texts(page.getElementById('crumbs').children),
    members: Array.from(page.querySelectorAll('.members tbody tr'), (row) => texts(row.children)),
    lists: Object.fromEntries(Array.from(page.querySelectorAll('.block'), (block) =>
      [block.querySelector('h3').textContent, texts(block.querySelectorAll('li'))])),
    facts: Object.fromEntries(Array.from(page.querySelectorAll('.facts > div'), (fact) => texts(fact.children))),
    found: texts(page.querySelectorAll('#detail > .list li .object')),
    tiles: texts(page.querySelectorAll('.tile .label b')), cells: page.querySelectorAll('.cell').length,
    dirty: page.querySelectorAll('.cell.dirty').length, strays: page.querySelectorAll('img, #detail script').length,
    wide: page.documentElement.scrollWidth > page.documentElement.clientWidth,
    hash: frame.contentWindow.location.hash,
  };
}
async function open(file, hash, width, act) {
  const frame = document.createElement('iframe');
  frame.width = width; frame.height = 800;
  frame.src = file + hash;
  document.body.append(frame);
  await new Promise((done) => { frame.onload = done; });
  if (act) { act(frame.contentDocument, frame.contentWindow); await wait(300); }
  return look(frame);
}
const acts = {
  type: (page) => {
    page.getElementById('search').value = 'node tre';
    page.getElementById('search').dispatchEvent(new Event('input'));
  },
  click: (page) => page.querySelector('a.tile').click(),
  escape: (page, view) => page.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'Escape', bubbles: true })),
  arrow: (page, view) => {
    page.querySelector('a.tile').focus();
    page.activeElement.dispatchEvent(new view.KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    page.title = page.activeElement.className;
  },
};
(async () => {
  const out = {};
  for (const [name, file, hash, width, act] of STATES) out[name] = await open(file, hash, width, acts[act]);
  document.getElementById('out').textContent = JSON.stringify(out);
})();
</script>"""

STATES = [
    ["all", "one.html", "", 1280, None],
    ["everything", "one.html", "#object=everything", 1280, None],
    ["other", "other.html", "#object=everything", 1280, None],
    ["tree", "one.html", "#object=tree", 1280, None],
    ["leaf", "one.html", "#object=leaf", 420, None],
    ["zeros", "one.html", "#object=zeros", 1280, None],
    ["long", "one.html", "#object=long_table", 1280, None],
    ["numbers", "one.html", "#object=numbers", 1280, None],
    ["run", "one.html", "#object=run", 1280, None],
    ["search", "one.html", "#search=node%20le", 1280, None],
    ["none", "one.html", "#search=no%20such%20thing", 420, None],
    ["missing", "one.html", "#object=gone", 1280, None],
    ["hostile", "one.html", "#search=broken", 1280, None],
    ["page", "one.html", "#page", 1280, None],
    ["one page", "one.html", "#page=0", 420, None],
    ["few", "few.html", "", 1280, None],
    ["left out", "few.html", "#object=leaf", 1280, None],
    ["typed", "one.html", "", 1280, "type"],
    ["clicked", "one.html", "", 1280, "click"],
    ["up", "one.html", "#object=leaf", 1280, "escape"],
    ["moved", "one.html", "", 1280, "arrow"],
]

# member: value, of everything
VALUES = {
    "byte": "200", "small": "-5", "letter": "'A' 65", "yes": "true", "negative": "-300", "wide": "4000000000",
    "least": "-9000000000000000000", "half": "0.5", "third": "0.1", "colour": "GREEN (2)", "odd": "7",
    "bits3 : 3": "5", "bits5 : 5": "-9", "bits40 : 40": str(0x123456789a), "text": '"text"',
    "label": '"label"', "middle": "numbers + 4", "nothing": "NULL", "run": "run",
}
HOSTILE = ["</script><script>document.title='broken'</script>", "<img src=x onerror=document.title='broken'>",
           "quo\"te'&amp;<!--#&=%41", "bad\\xff\\u202eX"]

failures = []


def check(what, found, wanted):
    if found != wanted:
        failures.append("%s: %r, not %r" % (what, found, wanted))


def run_tare(tare, *arguments):
    return subprocess.run(shlex.split(tare) + ["graph"] + list(arguments), stdout=subprocess.PIPE, check=True).stdout


def browse(states):
    with open("harness.html", "w") as file:
        file.write(HARNESS.replace("STATES", json.dumps(states)))
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--user-data-dir=" + os.path.abspath("profile"), "--virtual-time-budget=60000", "--dump-dom",
         "file://" + os.path.abspath("harness.html")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout.decode(), re.S)
    if not found or not found.group(1):
        sys.exit("the pages did not open: " + done.stderr.decode(errors="replace")[-2000:])
    return json.loads(html.unescape(found.group(1)))


def data_of(path):
    with open(path) as file:
        return json.loads(re.search(r'id="data">(.*?)</script>', file.read(), re.S).group(1))


def check_data(tare, program):
    """The page's objects are those of the table, and its account closes, however few are shown."""
    report = json.loads(run_tare(tare, program, "-d", "object", "-n0", "--format", "json"))
    table = sorted((row["name"], row["size"], row["retained"], row["users"]) for row in report["rows"]
                   if not row["name"].startswith("["))
    for path in ("one.html", "few.html"):
        graph = data_of(path)["graph"]
        columns = graph["objects"]
        rows = [row for row in zip(columns["name"], columns["size"], columns["retained"], columns["users"],
                                   columns["flags"]) if not row[4] & 1]
        check(path + ": total", graph["total"], report["total"]["size"])
        check(path + ": account", sum(row[1] for row in rows) + sum(rest[3] for rest in graph["rests"]), graph["total"])
        check(path + ": objects", len(rows) + graph["left_out"], len(table))
        check(path + ": not in the table", [row[0] for row in rows if row[:4] not in table], [])
    check("few.html: shown", len(rows), 5)
    pages = json.loads(run_tare(tare, program, "--pages", "--format", "json"))["pages"]["total"]
    written = [page[2] for page in data_of("one.html")["graph"]["pages"]]
    check("pages", [len(written), written.count(2), written.count(1)], [pages[key] for key in ("pages", "dirty", "first_use")])


def check_content(seen):
    for name in ("everything", "other"):
        values = {row[1]: row[3] for row in seen[name]["members"]}
        for member, value in VALUES.items():
            check("%s.%s" % (name, member), values.get(member), value)
        table = [row[3] for row in seen[name]["members"] if row[2] == "int"][1:7]
        check(name + ".table", table, ["1", "2", "3", "4", "5", "6"])
        check(name + ".corners", [row[3] for row in seen[name]["members"] if row[1] in ("x", "y")], ["1", "-2", "3", "-4"])
    types = {row[1]: row[2].replace("\u00a0", " ") for row in seen["everything"]["members"]}
    check("types", [types[name] for name in ("text", "table", "label", "corners")],
          ["char [8]", "int [6]", "char *", "point [2]"])
    check("zeros", "All zeros" in seen["zeros"]["detail"], True)
    check("long array", seen["long"]["members"][-1][1:], ["[16 to 299]", "", "..."])
    check("numbers", [row[3] for row in seen["numbers"]["members"]], ["1", "2", "3", "4"])


def check_tree(seen):
    check("crumbs", seen["leaf"]["crumbs"][-2:], ["tree", "leaf"])
    check("held by", seen["leaf"]["facts"]["Held by"], "tree")
    check("referrers", sorted(seen["leaf"]["lists"]["Referred to by 2"]), ["lefttype", "righttype"])
    retains = [re.match(r"[^0-9]+", row).group(0) for row in seen["tree"]["lists"]["Retains 4"]]
    check("retains", sorted(retains), ['"tree"', "leaf", "left", "right"])
    check("a function's users", seen["run"]["lists"]["Referred to by 1"], ["everythingtype"])
    check("click leads on", seen["clicked"]["crumbs"][0] == "All objects" and len(seen["clicked"]["crumbs"]) == 2, True)
    check("escape leads up", seen["up"]["crumbs"][-1], "tree")
    check("arrows move", seen["moved"]["title"].startswith("tile"), True)


def check_views(seen):
    check("search", sorted(seen["search"]["found"]), ["leaf", "left"])
    check("typed", (seen["typed"]["found"], seen["typed"]["hash"]), (["tree"], "#search=node%20tre"))
    check("nothing found", seen["none"]["heading"][-1], "0 found")
    check("missing", seen["missing"]["heading"][-1], "Not on this page")
    check("hostile names", sorted(seen["hostile"]["found"]), sorted(HOSTILE[:2]))
    check("every cell", seen["page"]["cells"], len(data_of("one.html")["graph"]["pages"]))
    check("one page", seen["one page"]["heading"][-1].startswith("Page 0x"), True)
    check("few", "are summed up" in seen["few"]["detail"], True)
    check("left out", seen["left out"]["heading"][-1], "Not on this page")
    for name, state in seen.items():
        check(name + ": no markup of names", state["strays"], 0)
        check(name + ": fits the width", state["wide"], False)
        check(name + ": title", state["title"].endswith(" - tare graph") or name == "moved", True)


def main():
    tare, program, other = sys.argv[1:]
    for build, path, more in ((program, "one.html", []), (other, "other.html", []), (program, "few.html", ["-n5"])):
        run_tare(tare, build, "--format", "html", "-o", path, *more)
    check_data(tare, program)
    seen = browse(STATES)
    check_content(seen)
    check_tree(seen)
    check_views(seen)
    print("\n".join(failures) or "the pages say what is known")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
