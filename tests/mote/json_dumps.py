# json.dumps
# needs: json
import json
for v in (None, True, 0, -5, 10 ** 20, 'a', 'q"\\/\b\f\n\r\t\x01é€😀', [], [1, [2, []]], {}, {'a': [1, {'b': None}]}, (1, 2), {1: 2, None: 3, True: 4}):
    print(json.dumps(v), json.dumps(v, separators=(',', ':')))
    print(json.dumps(v, indent=2), json.dumps(v, ensure_ascii=False))
print(json.dumps({'b': 1, 'a': 2}, sort_keys=True, indent='--'), json.dumps([1, {2}], default=lambda o: list(o)))
l = []
l.append(l)
for v, e in ((object(), TypeError), ({(1,): 1}, TypeError), (l, ValueError), (b'a', TypeError)):
    try:
        json.dumps(v)
    except e as x:
        print(x)
