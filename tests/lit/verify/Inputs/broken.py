# SPDX-License-Identifier: MIT
"""broken.py TARE FILE COUNT: FILE with some bytes of its debug sections changed, COUNT times over.
verify must answer each time: libdwarf may crash, tare may not. TARE_THIN=N in the environment: COUNT / N times."""
import os
import random
import re
import subprocess
import sys

tare, path, count = sys.argv[1].split(), sys.argv[2], int(sys.argv[3])
good = open(path, "rb").read()
table = subprocess.run(["readelf", "-SW", path], stdout=subprocess.PIPE, check=True).stdout.decode()
places = [(int(offset, 16), int(size, 16)) for name, offset, size in
          re.findall(r"\] \.debug_(\S+)\s+PROGBITS\s+\S+\s+(\S+)\s+(\S+)", table)
          if name in ("info", "abbrev", "rnglists", "str_offsets", "addr")]
random.seed(5)
answers = set()
for _ in range(count // int(os.environ.get("TARE_THIN", "1"))):
    bad = bytearray(good)
    for _ in range(random.choice([1, 2, 10])):
        offset, size = random.choice(places)
        bad[offset + random.randrange(size)] = random.choice([0, 0x7f, 0x80, 0xff])
    open("bad", "wb").write(bad)
    done = subprocess.run(tare + ["verify", "bad"], stdout=subprocess.PIPE)
    if done.returncode not in (0, 1) or b"DIEs" not in done.stdout:
        open("failed", "wb").write(bad)
        sys.exit("exit status %d; the file is kept as 'failed'" % done.returncode)
    answers.add(done.returncode)
print("answered")
