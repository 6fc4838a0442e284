# A list that is changed while it is sorted says so, and keeps its values.
l = [3, 1, 2]
def key(x):
    l.append(x)
    return x
try:
    l.sort(key=key)
except ValueError as e:
    print(e)
print(l)
def look(x):
    print('seen', l)
    return -x
l.sort(key=look)
print(l)
