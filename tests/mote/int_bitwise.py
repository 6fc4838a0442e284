# & | ^ ~ see two's complement without end
values = [0, 1, -1, 255, -256, 2**31, -2**31 - 1, 2**63, -2**63, 2**64 - 1, -2**64, 10**40, -10**40]
for a in values:
    print(~a, [a & b for b in values])
    print([a | b for b in values])
    print([a ^ b for b in values])
print(True & False, True | False, True ^ True, True & 3, ~True)
