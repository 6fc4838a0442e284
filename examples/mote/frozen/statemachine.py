# SPDX-License-Identifier: MIT
"""State machines: states as classes with handlers, or as tables of transitions; and two that use them."""


class Transition(Exception):
    pass


class Machine:
    """Events go to the method on_EVENT of the state; what it answers, if anything, is the next state."""

    states = {}

    def __init__(self, start):
        self.trace = []
        self.state = None
        self.enter(start)

    def enter(self, name):
        if name not in self.states:
            raise Transition("no state %r" % name)
        if self.state is not None:
            self.call("leave", self.state)
        self.state = name
        self.trace.append(name)
        self.call("enter", name)

    def call(self, what, name, *args):
        method = getattr(self.states[name], what, None)
        return method(self, *args) if method else None

    def send(self, event, *args):
        state = self.states[self.state]
        handler = getattr(state, "on_" + event, None)
        if handler is None:
            raise Transition("%s does not know %s" % (self.state, event))
        then = handler(self, *args)
        if then is not None:
            self.enter(then)
        return self.state


class Locked:
    def on_coin(machine, value):
        machine.sum += value
        return "open" if machine.sum >= machine.price else None

    def on_push(machine):
        machine.alarms += 1


class Open:
    def enter(machine):
        machine.sum -= machine.price

    def on_push(machine):
        machine.passed += 1
        return "locked"

    def on_coin(machine, value):
        machine.sum += value


class Turnstile(Machine):
    states = {"locked": Locked, "open": Open}

    def __init__(self, price):
        self.price = price
        self.sum = self.alarms = self.passed = 0
        super().__init__("locked")


# The tokens of a small language by a table: state -> ((characters, next state), ...). A state that ends has a name for what
# was read.
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz_"
TABLE = {
    "start": ((DIGITS, "number"), (LETTERS, "word"), (" \n", "space"), ("<>=!", "relation"), ("+-*/()", "operator")),
    "number": ((DIGITS, "number"), (".", "fraction")),
    "fraction": ((DIGITS, "fraction"),),
    "word": ((LETTERS + DIGITS, "word"),),
    "space": ((" \n", "space"),),
    "relation": (("=", "operator"),),
    "operator": (),
}
KINDS = {"number": "int", "fraction": "real", "word": "name", "relation": "op", "operator": "op", "space": None}


def step(state, c):
    for characters, then in TABLE[state]:
        if c in characters:
            return then
    return None


def tokens(text):
    state, start = "start", 0
    for at, c in enumerate(text + "\0"):
        then = step(state, c)
        if then is None:
            if state == "start":
                if c != "\0":
                    raise Transition("no token starts with %r at %d" % (c, at))
                return
            if KINDS[state]:
                yield KINDS[state], text[start:at]
            start = at
            then = step("start", c)
            if then is None and c != "\0":
                raise Transition("no token starts with %r at %d" % (c, at))
        state = then


def check():
    gate = Turnstile(50)
    for event in (("push",), ("coin", 20), ("coin", 40), ("coin", 40), ("push",), ("coin", 1), ("push",)):
        print(event[0], gate.send(*event), gate.sum)
    print(gate.trace, gate.alarms, gate.passed)
    try:
        gate.send("kick")
    except Transition as e:
        print(e)
    print(list(tokens("x1 <= 3.14*(y + 42) != z")))
    try:
        print(list(tokens("a ? b")))
    except Transition as e:
        print(e)
