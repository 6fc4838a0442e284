# files: write, append, read, seek, iterate, with
# needs: io
name = 'io-files.txt'
with open(name, 'w') as f:
    print(f.write('añb\nsecond\n'), f.write('third'))
with open(name) as f:
    print(f.readline(), f.read(3), f.read())
with open(name, 'a') as f:
    f.write('\nmore')
with open(name, 'rb') as f:
    print(f.read(3), f.tell(), f.seek(0, 2), f.seek(-4, 2), f.read(), f.read())
for line in open(name):
    print(line.strip(), end='|')
print()
f = open(name, 'r+b'); f.seek(2); f.write(b'ZZ'); f.seek(0); print(f.readlines()); f.close(); print(f.closed)
open(name, 'w').close()
for g in (lambda: open('/no/such/file'), lambda: open(name, 'q'), lambda: f.read(), lambda: open(name).write('x')):
    try:
        g()
    except (OSError, ValueError) as e:
        print(isinstance(e, OSError), isinstance(e, ValueError) and not isinstance(e, OSError))
