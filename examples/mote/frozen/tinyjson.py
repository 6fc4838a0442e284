# SPDX-License-Identifier: MIT
"""A JSON-like parser and printer: numbers, strings, lists, dicts, true, false, null, and comments."""


class ParseError(ValueError):
    def __init__(self, message, text, at):
        line = text.count("\n", 0, at) + 1
        ValueError.__init__(self, "%s in line %d" % (message, line))
        self.line = line


WORDS = {"true": True, "false": False, "null": None}
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
NAMES = {ord(v): "\\" + k for k, v in ESCAPES.items() if k != "/"}
SPACES = " \t\r\n"


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def fail(self, message):
        raise ParseError(message, self.text, self.at)

    def peek(self):
        """The next character that means something, or the empty string."""
        text, at = self.text, self.at
        while at < len(text):
            if text[at] == "#":
                end = text.find("\n", at)
                at = len(text) if end < 0 else end
            elif text[at] in SPACES:
                at += 1
            else:
                break
        self.at = at
        return text[at:at + 1]

    def expect(self, c):
        if self.peek() != c:
            self.fail("expected %r" % c)
        self.at += 1

    def value(self):
        c = self.peek()
        if c == "{":
            return self.object()
        if c == "[":
            return self.array()
        if c == '"':
            return self.string()
        if c == "-" or c.isdigit():
            return self.number()
        return self.word()

    def word(self):
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        self.fail("no value")

    def number(self):
        start = self.at
        if self.text[start] == "-":
            self.at += 1
        while self.at < len(self.text) and self.text[self.at].isdigit():
            self.at += 1
        if self.at == start + (self.text[start] == "-"):
            self.fail("no digits")
        return int(self.text[start:self.at])

    def string(self):
        self.expect('"')
        parts = []
        while True:
            c = self.text[self.at:self.at + 1]
            self.at += 1
            if c == '"':
                return "".join(parts)
            if c == "" or c == "\n":
                self.fail("string without end")
            if c == "\\":
                c = self.escape()
            parts.append(c)

    def escape(self):
        c = self.text[self.at:self.at + 1]
        self.at += 1
        if c == "u":
            code = self.text[self.at:self.at + 4]
            self.at += 4
            return chr(int(code, 16))
        if c not in ESCAPES:
            self.fail("unknown escape")
        return ESCAPES[c]

    def array(self):
        self.expect("[")
        values = []
        while self.peek() != "]":
            values.append(self.value())
            if self.peek() != "]":
                self.expect(",")
        self.at += 1
        return values

    def object(self):
        self.expect("{")
        values = {}
        while self.peek() != "}":
            key = self.string()
            self.expect(":")
            values[key] = self.value()
            if self.peek() != "}":
                self.expect(",")
        self.at += 1
        return values


def loads(text):
    parser = Parser(text)
    value = parser.value()
    if parser.peek():
        parser.fail("text after the value")
    return value


def quote(text):
    return '"' + "".join(NAMES.get(ord(c), c) for c in text) + '"'


def dumps(value, indent=None, depth=0):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        parts = [quote(k) + ": " + dumps(v, indent, depth + 1) for k, v in value.items()]
        return wrap("{", parts, "}", indent, depth)
    if isinstance(value, (list, tuple)):
        return wrap("[", [dumps(v, indent, depth + 1) for v in value], "]", indent, depth)
    return str(value)


def wrap(start, parts, end, indent, depth):
    if indent is None or not parts:
        return start + ", ".join(parts) + end
    margin = "\n" + " " * indent * (depth + 1)
    return start + margin + ("," + margin).join(parts) + "\n" + " " * indent * depth + end


def check():
    text = '{"a": [1, -20, 3000000000000000000000], # remark\n "b": {"c": null, "d\\n\\u00e9": [true, false]}}'
    value = loads(text)
    print(value)
    print(dumps(value))
    print(dumps({"x": [], "y": [1, {"z": "q\"\t"}]}, indent=2))
    print(loads(dumps(value)) == value)
    for bad in ("", "[1", '"abc', "{1: 2}", "[1 2]", "nul", '{"a": 1}\n\n x', '"\\q"', "-"):
        try:
            loads(bad)
            print("no error:", bad)
        except ParseError as e:
            print(repr(bad), "->", e, e.line)
