# floats in json
# needs: json float double
import json
print(json.dumps([1.5, 1e100, -0.0, float('inf'), float('-inf'), float('nan'), {1.5: 2}]))
print(json.loads('[1.5, 1e5, -2.5E-3, 0.1, 1E2, NaN, Infinity, -Infinity]'))
