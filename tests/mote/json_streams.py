# json.dump and load
# needs: json io
import io
import json
s = io.StringIO()
json.dump({'a': [1, 2]}, s)
print(s.getvalue())
s.seek(0)
print(json.load(s))
