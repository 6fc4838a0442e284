# center, ljust, rjust
for s in ('', 'a', 'abc', '-12', '+7', 'é€'):
    for w in (-1, 0, 3, 4, 7):
        print([s.center(w, '*'), s.ljust(w, 'é'), s.rjust(w), s.encode().center(w, b'*'), bytearray(s.encode()).rjust(w, b'0')])
try:
    'a'.center(5, 'xy')
except TypeError as e:
    print(e)
