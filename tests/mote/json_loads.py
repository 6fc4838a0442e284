# json.loads
# needs: json
import json
for t in ('null', ' true ', 'false', '0', '-12', '123456789012345678901234567890', '"a"', r'"\u00e9\ud83d\ude00\n\"\\\/"', '[]', '[1, [2, "x"], {}]', '{"a": {"b": [null]}, "c": 1}', '{"a":1,"a":2}', '\n[\t1 ,\r2 ]'):
    print(json.loads(t), json.loads(t.encode()))
for t in ('', 'nul', '[1', '[1,]', '{"a"}', '{"a":}', '{a:1}', '"abc', '"a\nb"', '"\\x"', '1 2', '[1 2]', '{"a":1,}', '"\\u12"', '01', '-', '\n\n  x', '{"a" 1}'):
    try:
        print(json.loads(t))
    except ValueError as e:
        print(e)
x = {'k': [1, 'é', None, {'n': -1}]}
print(json.loads(json.dumps(x)) == x)
