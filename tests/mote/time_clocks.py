# needs: float double
# clocks go forward, and sleep takes its time
import time
a, m = time.time(), time.monotonic()
time.sleep(0.01)
print(time.time() > a, time.monotonic() - m >= 0.009, a > 1.5e9, time.time_ns() // 10**9 >= int(a), time.perf_counter() <= time.perf_counter())
try:
    time.sleep(-1)
except ValueError as e:
    print(e)
