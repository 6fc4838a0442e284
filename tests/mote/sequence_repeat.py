# repeats of sequences by what has __index__, which may change them, and what is said when it cannot be
class Times:
    def __init__(self, n, change=None):
        self.n, self.change = n, change

    def __index__(self):
        if self.change is not None:
            self.change.clear()
            self.change.extend([65] * 40)
        return self.n


class Other:
    def __rmul__(self, other):
        return "rmul"

    def __radd__(self, other):
        return "radd"


print([1] * Times(3), Times(2) * (1, 2), "ab" * Times(2), b"x" * Times(3), Times(2) * bytearray(b"q"), [0] * True)
a, b = [1, 2], bytearray(b"abc")
a *= Times(2)
b *= Times(2)
print(a, b, len([1, 2] * Times(-1)))
for s in [1, 2], bytearray(b"abc"):
    print(len(s * Times(2, s)), len(s))
    s *= Times(2, s)
    print(len(s))
print([1] * Other(), "a" * Other(), (1,) + Other(), b"a" + Other(), [1] + Other())
for text in ("[1] * 'x'", "'x' * [1]", "1 * {}", "'a' * None", "None * 'a'", "(1,) * (2,)", "[1] + (1,)", "(1,) + [1]", "b'a' + 1",
             "b'a' + 'a'", "bytearray(b'a') + 1", "1 + [1]", "{} * 2", "[1] - [1]", "[1] * 2 ** 70", "'' * 2 ** 70"):
    try:
        print(eval(text))
    except (TypeError, OverflowError) as e:
        print(text, type(e).__name__, e)
for text in "a *= 'x'", "a += 1", "t += [1]", "t *= 'x'", "b += 'a'", "b *= 'x'":
    a, t, b = [1], (1,), bytearray(b"a")
    try:
        exec(text)
    except TypeError as e:
        print(text, e)
