# SPDX-License-Identifier: MIT
#
# The types of the running PyPy, for tare graph --typeids:
#
#   pypy3 typeids.py > typeids.txt
#   tare graph libpypy3.9-c.so --typeids typeids.txt
#
# A line a member of its table of types, in their order: the id (0: it has no row), a tab, "memberN TEXT".
import gc
import zlib

for id, text in zip(gc.get_typeids_list(), zlib.decompress(gc.get_typeids_z()).decode().splitlines()):
    print("%d\t%s" % (id, text))
