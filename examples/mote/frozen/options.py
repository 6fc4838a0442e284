# SPDX-License-Identifier: MIT
"""Options of a command line: flags, values, counts, choices; short and long forms; help."""

USAGE = "usage: {} [options] {}"
INDENT = 22


class UsageError(Exception):
    def __init__(self, message, option=None):
        super().__init__(message if option is None else "%s: %s" % (option, message))
        self.option = option


class Option:
    takes_value = False

    def __init__(self, names, help="", default=None):
        self.names = names.split()
        self.help = help
        self.default = default
        longest = max(self.names, key=len)
        self.key = longest.lstrip("-").replace("-", "_")

    def take(self, old, text):
        return True

    def heading(self):
        return ", ".join(self.names)


class Value(Option):
    takes_value = True

    def __init__(self, names, help="", default=None, kind=str, name="VALUE"):
        super().__init__(names, help, default)
        self.kind = kind
        self.name = name

    def take(self, old, text):
        try:
            return self.kind(text)
        except ValueError:
            raise UsageError("cannot use %r" % text, self.names[0]) from None

    def heading(self):
        return super().heading() + " " + self.name


class Choice(Value):
    def __init__(self, names, choices, help="", default=None):
        super().__init__(names, help, default or choices[0], name="|".join(choices))
        self.choices = choices

    def take(self, old, text):
        hits = [c for c in self.choices if c.startswith(text)]
        if len(hits) != 1:
            raise UsageError("%s is %s" % (text, "ambiguous" if hits else "unknown"), self.names[0])
        return hits[0]


class Several(Value):
    def take(self, old, text):
        return (old or []) + [super().take(None, text)]


class Count(Option):
    def __init__(self, names, help=""):
        super().__init__(names, help, 0)

    def take(self, old, text):
        return old + 1


class Parser:
    def __init__(self, program, rest="", options=()):
        self.program = program
        self.rest = rest
        self.options = list(options)
        self.by_name = {name: o for o in self.options for name in o.names}

    def find(self, name):
        option = self.by_name.get(name)
        if option is None and name.startswith("--"):
            hits = {o.key: o for n, o in self.by_name.items() if n.startswith(name)}
            if len(hits) == 1:
                option, = hits.values()
        if option is None:
            raise UsageError("unknown option", name)
        return option

    def parse(self, arguments):
        values = {o.key: o.default for o in self.options}
        rest = []
        queue = list(arguments)
        while queue:
            word = queue.pop(0)
            if word == "--":
                rest += queue
                break
            if word.startswith("--"):
                name, equals, text = word.partition("=")
                self.store(values, name, text if equals else None, queue)
            elif word.startswith("-") and word != "-":
                self.letters(values, word[1:], queue)
            else:
                rest.append(word)
        return values, rest

    def letters(self, values, word, queue):
        for i, letter in enumerate(word):
            if self.find("-" + letter).takes_value:
                self.store(values, "-" + letter, word[i + 1:] or None, queue)
                return
            self.store(values, "-" + letter, None, queue)

    def store(self, values, name, text, queue):
        option = self.find(name)
        if option.takes_value and text is None:
            if not queue:
                raise UsageError("needs a value", name)
            text = queue.pop(0)
        elif not option.takes_value and text is not None:
            raise UsageError("takes no value", name)
        values[option.key] = option.take(values[option.key], text)

    def help(self):
        out = [USAGE.format(self.program, self.rest), ""]
        for option in self.options:
            line = "  " + option.heading()
            if len(line) >= INDENT:
                out.append(line)
                line = ""
            text = option.help
            if option.default not in (None, 0):
                text += " (%s)" % (option.default,)
            out.append((line + " " * (INDENT - len(line)) + text).rstrip())
        return "\n".join(out)


def sample():
    return Parser("weigh", "FILE...", [
        Option("-h --help", "this text"),
        Count("-v --verbose", "say more; twice: everything"),
        Value("-w --width", "columns", 80, kind=int, name="N"),
        Choice("-f --format", ("text", "table", "json"), "how it prints"),
        Several("-x --exclude", "leave these out", name="NAME"),
        Value("--very-long-option-name", "which is long"),
    ])


def check():
    parser = sample()
    print(parser.help())
    for line in ("a.elf", "-vv -w40 b", "--width=20 -x p -x q --format json", "-f te --verb x -- -y", "-",
                 "--w 7 -vxh z"):
        values, rest = parser.parse(line.split())
        print(line, "->", sorted(values.items(), key=lambda item: item[0]), rest)
    for line in ("--what", "-w", "-w x", "--format=t", "--format=z", "--help=1", "--ve", "-q"):
        try:
            print(parser.parse(line.split()))
        except UsageError as e:
            print(line, "->", e, e.option)
