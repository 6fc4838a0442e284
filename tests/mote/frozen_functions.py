# functions of frozen modules, which lie in ROM: attributes, defaults, globals, and a second import beside the first
# needs: rare
import sys

sys.path.append(sys.argv[0].rsplit("/", 1)[0] + "/../../examples/mote/frozen")
import tinyjson

first = tinyjson
dumps = tinyjson.dumps
dumps.note = [1]
dumps.note.append(2)
print(dumps.note, dumps.__dict__, hasattr(tinyjson.loads, "note"), dumps.__name__, dumps.__module__)
del dumps.note
print(dumps.__dict__, dumps.__defaults__, dumps.__globals__ is first.__dict__)
tinyjson.loads.other = 3

del sys.modules["tinyjson"]
import tinyjson

print(tinyjson is first, tinyjson.dumps is dumps, tinyjson.__dict__ is tinyjson.dumps.__globals__)
print(tinyjson.dumps.__defaults__, hasattr(tinyjson.loads, "other"), first.loads.other)
tinyjson.dumps.__defaults__ = (1, 2)
print(tinyjson.dumps.__defaults__, dumps.__defaults__)
tinyjson.WORDS = {"true": "new"}
print(tinyjson.loads("true"), first.loads("true"))
tinyjson.dumps = None
print(first.dumps([1, {"a": None}]), dumps([]))
