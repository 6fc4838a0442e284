# What has no hash is no key, also in an empty dict.
for key in [], {}, bytearray(b'a'), ([],), [1, 2]:
    for f in (lambda: {key: 1}, lambda: {}[key], lambda: key in {}, lambda: {key}, lambda: key in set(),
              lambda: {1: 2}.get(key)):
        try:
            f()
            print('no error')
        except TypeError as e:
            print(e)
