# gc: collections can be asked for and switched off.
import gc
print(gc.isenabled())
gc.disable()
print(gc.isenabled())
gc.enable()
l = []
l.append(l)
del l
print(gc.collect() >= 0, gc.isenabled())
