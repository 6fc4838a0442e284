# SPDX-License-Identifier: MIT
"""terminal.py out|err|slow CMD...: runs CMD with that stream a terminal and prints what came, an escape
as ESC. With `slow` that stream is stderr, and the program stands still for over a second."""
import os
import pty
import signal
import subprocess
import sys
import time

stream, *command = sys.argv[1:]
ours, theirs = pty.openpty()
child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                         stdout=theirs if stream == "out" else subprocess.DEVNULL,
                         stderr=None if stream == "out" else theirs,
                         start_new_session=True) # a group from the first instant on
os.close(theirs)
if stream == "slow":
    time.sleep(0.2)
    os.killpg(child.pid, signal.SIGSTOP)
    time.sleep(1.1)
    os.killpg(child.pid, signal.SIGCONT)
said = b""
while True:
    try:
        part = os.read(ours, 65536)
    except OSError:  # the other end is closed
        break
    if not part:
        break
    said += part
sys.stdout.write(said.decode().replace("\033", "ESC").replace("\r", "\n"))
sys.exit(child.wait())
