# SPDX-License-Identifier: MIT
"""Text for terminals: paragraphs, columns, tables, numbers with units."""

LEFT, RIGHT, CENTRE = "<", ">", "^"
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
BORDER = {"plain": ("-", "+", "|"), "double": ("=", "#", "!"), "none": ("", "", " ")}


def words(text):
    return [w for w in text.replace("\n", " ").split(" ") if w]


def lines(text, width):
    """The words of the text in lines of at most so many characters; longer words are cut."""
    line = ""
    for word in words(text):
        while len(word) > width:
            if line:
                yield line
                line = ""
            yield word[:width]
            word = word[width:]
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        elif word:
            line = line + " " + word if line else word
    if line:
        yield line


def fill(text, width=40, first="", rest=None):
    if rest is None:
        rest = " " * len(first)
    out = []
    for line in lines(text, width - len(first)):
        out.append((rest if out else first) + line)
    return "\n".join(out)


def justify(text, width):
    for line in lines(text, width):
        gaps = line.count(" ")
        room = width - len(line)
        if gaps == 0 or room > width // 3:
            yield line
            continue
        parts = line.split(" ")
        out = parts[0]
        for i, part in enumerate(parts[1:]):
            out += " " * (1 + room // gaps + (i < room % gaps)) + part
        yield out


def size(n):
    """A number of bytes, in tenths of the largest unit that fits."""
    tenths, unit = n * 10, 0
    while tenths >= 10240 and unit < len(UNITS) - 1:
        tenths //= 1024
        unit += 1
    if unit == 0:
        return "%d B" % n
    return "%d.%d %s" % (tenths // 10, tenths % 10, UNITS[unit])


def grouped(n, mark=" "):
    text = str(abs(n))
    head = len(text) % 3 or 3
    parts = [text[:head]] + [text[i:i + 3] for i in range(head, len(text), 3)]
    return ("-" if n < 0 else "") + mark.join(parts)


class Table:
    def __init__(self, *titles, align=None, border="plain"):
        self.rows = [titles]
        self.align = align or LEFT * len(titles)
        self.border = BORDER[border]

    def add(self, *cells):
        if len(cells) != len(self.rows[0]):
            raise ValueError("a row of %d cells in a table of %d" % (len(cells), len(self.rows[0])))
        self.rows.append(tuple(str(c) for c in cells))
        return self

    def widths(self):
        return [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]

    def rule(self, widths):
        dash, cross, _ = self.border
        return cross + cross.join(dash * (w + 2) for w in widths) + cross

    def render(self):
        widths = self.widths()
        bar = self.border[2]
        rule = self.rule(widths)
        for i, row in enumerate(self.rows):
            if i < 2 and rule:
                yield rule
            cells = ["{:{}{}}".format(c, a, w) for c, a, w in zip(row, self.align, widths)]
            yield (bar + " " + (" " + bar + " ").join(cells) + " " + bar).rstrip()
        if rule:
            yield rule

    def __str__(self):
        return "\n".join(self.render())


def check():
    text = "The quick brown fox jumps over the lazy dog, and the incomprehensibilities of it are many."
    print(fill(text, 30, first="* "))
    for line in justify(text, 24):
        print("[" + line + "]")
    print([size(n) for n in (0, 1023, 1024, 1536, 10 ** 6, 2 ** 31, 10 ** 18)])
    print([grouped(n) for n in (0, -12, 123, 1234, -1234567, 10 ** 12)])
    table = Table("name", "bytes", "note", align=LEFT + RIGHT + CENTRE)
    table.add("alpha", 12, "-").add("be", grouped(1234567), "odd")
    print(table)
    print(Table("a", "b", border="none").add(1, 22))
    try:
        table.add(1)
    except ValueError as e:
        print(e)
