# SPDX-License-Identifier: MIT
"""Matrices of exact numbers: ints and fractions, so that every result is right and prints the same everywhere."""


def gcd(a, b):
    while b:
        a, b = b, a % b
    return abs(a)


class Ratio:
    __slots__ = ("top", "bottom")

    def __init__(self, top, bottom=1):
        if bottom == 0:
            raise ZeroDivisionError("ratio with 0 below")
        divisor = gcd(top, bottom) or 1
        if bottom < 0:
            divisor = -divisor
        self.top = top // divisor
        self.bottom = bottom // divisor

    @staticmethod
    def of(value):
        return value if isinstance(value, Ratio) else Ratio(value)

    def __add__(self, other):
        other = Ratio.of(other)
        return Ratio(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)

    __radd__ = __add__

    def __neg__(self):
        return Ratio(-self.top, self.bottom)

    def __sub__(self, other):
        return self + -Ratio.of(other)

    def __mul__(self, other):
        other = Ratio.of(other)
        return Ratio(self.top * other.top, self.bottom * other.bottom)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Ratio.of(other)
        return Ratio(self.top * other.bottom, self.bottom * other.top)

    def __eq__(self, other):
        other = Ratio.of(other)
        return self.top == other.top and self.bottom == other.bottom

    def __bool__(self):
        return self.top != 0

    def __repr__(self):
        return str(self.top) if self.bottom == 1 else "%d/%d" % (self.top, self.bottom)


class Matrix:
    def __init__(self, rows):
        self.rows = [list(row) for row in rows]
        self.height = len(self.rows)
        self.width = len(self.rows[0]) if self.rows else 0
        if any(len(row) != self.width for row in self.rows):
            raise ValueError("rows of different lengths")

    @classmethod
    def identity(cls, n):
        return cls([int(i == j) for j in range(n)] for i in range(n))

    def __getitem__(self, place):
        i, j = place
        return self.rows[i][j]

    def __setitem__(self, place, value):
        i, j = place
        self.rows[i][j] = value

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __add__(self, other):
        return Matrix([a + b for a, b in zip(p, q)] for p, q in zip(self.rows, other.rows))

    def __mul__(self, other):
        if not isinstance(other, Matrix):
            return Matrix([a * other for a in row] for row in self.rows)
        if self.width != other.height:
            raise ValueError("%d columns times %d rows" % (self.width, other.height))
        columns = list(zip(*other.rows))
        return Matrix([sum(a * b for a, b in zip(row, column)) for column in columns] for row in self.rows)

    def __pow__(self, n):
        result, power = Matrix.identity(self.height), self
        while n:
            if n & 1:
                result = result * power
            power = power * power
            n >>= 1
        return result

    def transposed(self):
        return Matrix(zip(*self.rows))

    def eliminated(self):
        """The rows in echelon form with the unit at the right (Gauss and Jordan), and the determinant."""
        n = self.height
        rows = [[Ratio.of(a) for a in row] + [Ratio(int(i == j)) for j in range(n)] for i, row in enumerate(self.rows)]
        determinant = Ratio(1)
        for i in range(n):
            pivot = next((k for k in range(i, n) if rows[k][i]), None)
            if pivot is None:
                return None, Ratio(0)
            if pivot != i:
                rows[i], rows[pivot] = rows[pivot], rows[i]
                determinant = -determinant
            factor = rows[i][i]
            determinant = determinant * factor
            rows[i] = [a / factor for a in rows[i]]
            for k in range(n):
                if k != i and rows[k][i]:
                    factor = rows[k][i]
                    rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
        return rows, determinant

    def determinant(self):
        return self.eliminated()[1]

    def inverse(self):
        rows, _ = self.eliminated()
        if rows is None:
            raise ValueError("the matrix is singular")
        return Matrix(row[self.width:] for row in rows)

    def __str__(self):
        cells = [[str(a) for a in row] for row in self.rows]
        widths = [max(len(row[j]) for row in cells) for j in range(self.width)]
        return "\n".join("[" + " ".join(c.rjust(w) for c, w in zip(row, widths)) + "]" for row in cells)


SAMPLES = ((2, 1), (5, 3)), ((1, 2, 3), (0, 1, 4), (5, 6, 0)), ((0, 1), (1, 0)), ((1, 2), (2, 4))


def check():
    for sample in SAMPLES:
        m = Matrix(sample)
        print(m)
        print("determinant", m.determinant())
        try:
            inverse = m.inverse()
            print(inverse)
            print((m * inverse) == Matrix.identity(m.height))
        except ValueError as e:
            print(e)
    print(Matrix([[1, 1], [1, 0]]) ** 90)
    print(Matrix([[1, 2, 3]]).transposed() * Matrix([[4, 5]]) + Matrix([[1, 1]] * 3))
    print(Ratio(6, -4), Ratio(1, 3) + Ratio(1, 6), 2 * Ratio(3, 4))
    try:
        Matrix([[1, 2]]) * Matrix([[1, 2]])
    except ValueError as e:
        print(e)
