# Instances: methods, attributes, inheritance, properties, operators.
class Shape:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, dx, dy):
        self.x += dx
        self.y += dy
        return self

    def area(self):
        return 0

class Box(Shape):
    def __init__(self, x, y, side):
        super().__init__(x, y)
        self.side = side

    def area(self):
        return self.side * self.side

    @property
    def right(self):
        return self.x + self.side

    def __lt__(self, other):
        return self.side < other.side

def run(n):
    total, last = 0, Box(0, 0, 1)
    for i in range(n):
        box = Box(i, i + 1, i & 7)
        box.moved(1, 2).moved(2, 1)
        total += box.area() + box.right
        if last < box:
            last = box
        total += last.x & 3
    return total

print(run(220000))
