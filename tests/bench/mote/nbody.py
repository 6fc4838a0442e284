# Five bodies under gravity: floats, attributes of lists, pairs.
PAIRS_OF_FIVE = [(i, j) for i in range(5) for j in range(i)]
BODIES = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47],
    [4.84, -1.16, -0.10, 0.60, 2.81, -0.02, 0.037],
    [8.34, 4.12, -0.40, -1.01, 1.82, 0.008, 0.011],
    [12.89, -15.11, -0.22, 1.08, 0.86, -0.010, 0.0017],
    [15.37, -25.91, 0.17, 0.97, 0.59, -0.034, 0.0020],
]

def advance(bodies, dt, steps):
    for _ in range(steps):
        for i, j in PAIRS_OF_FIVE:
            a, b = bodies[i], bodies[j]
            x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            force = dt / (x * x + y * y + z * z) ** 1.5
            to_a, to_b = b[6] * force, a[6] * force
            a[3] -= x * to_a
            a[4] -= y * to_a
            a[5] -= z * to_a
            b[3] += x * to_b
            b[4] += y * to_b
            b[5] += z * to_b
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]

def energy(bodies):
    return sum(b[6] * (b[3] * b[3] + b[4] * b[4] + b[5] * b[5]) for b in bodies) / 2

advance(BODIES, 0.01, 40000)
print("%.6f" % energy(BODIES))
