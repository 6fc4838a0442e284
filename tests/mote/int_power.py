# needs: float
# powers, and powers modulo something
print(2**100, (-3)**41, 0**0, 1**(10**30), (-1)**(10**30 + 1), 10**0)
print(pow(3, 10**20, 10**9 + 7), pow(-3, 5, 7), pow(3, 5, -7), pow(5, 0, 1), pow(2, 200, 2**70))
print(pow(3, -1, 7), pow(-3, -2, 7), pow(10**20, -1, 10**9 + 7), pow(base=2, exp=5, mod=3))
for a in ((2, 3, 0), (2, -1, 4), (2, 1.0, 3)):
    try:
        pow(*a)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
