# SPDX-License-Identifier: MIT
"""A log of records in one bytearray of fixed size: the oldest make room for new ones. For machines with little memory."""

DEBUG, INFO, WARNING, ERROR = range(4)
LEVELS = ("debug", "info", "warning", "error")
MAGIC = b"rl"
HEADER = 4  # a record: level, length, sequence (2 bytes), text


class Ring:
    """Records one behind the other, around the end of the buffer."""

    def __init__(self, size):
        if size < 16:
            raise ValueError("a ring of at least 16 bytes")
        self.data = bytearray(size)
        self.start = self.used = self.count = self.lost = 0

    def byte(self, offset):
        return self.data[(self.start + offset) % len(self.data)]

    def put(self, record):
        size = len(self.data)
        while self.used + len(record) > size:
            self.drop()
        at = (self.start + self.used) % size
        for b in record:
            self.data[at] = b
            at = at + 1 if at + 1 < size else 0
        self.used += len(record)
        self.count += 1

    def drop(self):
        length = HEADER + self.byte(1)
        self.start = (self.start + length) % len(self.data)
        self.used -= length
        self.count -= 1
        self.lost += 1

    def __iter__(self):
        offset = 0
        while offset < self.used:
            length = self.byte(offset + 1)
            sequence = self.byte(offset + 2) | self.byte(offset + 3) << 8
            text = bytes(self.byte(offset + HEADER + i) for i in range(length))
            yield self.byte(offset), sequence, text
            offset += HEADER + length

    def __len__(self):
        return self.count


def checksum(data):
    """Fletcher's, of 16 bits."""
    a = b = 0
    for byte in data:
        a = (a + byte) % 255
        b = (b + a) % 255
    return b << 8 | a


class Log:
    def __init__(self, size=256, level=DEBUG):
        self.ring = Ring(size)
        self.level = level
        self.sequence = 0
        self.listeners = []

    def write(self, level, text, *args):
        if level < self.level:
            return False
        data = (text % args if args else text).encode()
        data = data[:min(255, len(self.ring.data) - HEADER)]
        number = self.sequence & 0xffff
        self.sequence += 1
        self.ring.put(bytes((level, len(data), number & 255, number >> 8)) + data)
        for listener in self.listeners:
            listener(level, number, data)
        return True

    def debug(self, text, *args):
        return self.write(DEBUG, text, *args)

    def info(self, text, *args):
        return self.write(INFO, text, *args)

    def warning(self, text, *args):
        return self.write(WARNING, text, *args)

    def error(self, text, *args):
        return self.write(ERROR, text, *args)

    def lines(self, level=DEBUG):
        for rank, number, text in self.ring:
            if rank >= level:
                yield "%05d %-7s %s" % (number, LEVELS[rank], text.decode())

    def dump(self):
        """All records as bytes that `load` understands."""
        body = bytearray()
        for rank, number, text in self.ring:
            body += bytes((rank, len(text), number & 255, number >> 8)) + text
        mark = checksum(body)
        return MAGIC + bytes((mark & 255, mark >> 8)) + bytes(body)

    @classmethod
    def load(cls, data, size=256):
        if data[:2] != MAGIC:
            raise ValueError("no log")
        body = data[4:]
        if checksum(body) != data[2] | data[3] << 8:
            raise ValueError("the log is damaged")
        log = cls(size)
        at = 0
        while at < len(body):
            end = at + HEADER + body[at + 1]
            log.ring.put(body[at:end])
            log.sequence = (body[at + 2] | body[at + 3] << 8) + 1
            at = end
        return log


def check():
    log = Log(96, INFO)
    heard = []
    log.listeners.append(lambda level, number, data: heard.append((LEVELS[level], number)))
    print(log.debug("not kept"), log.info("started with %d bytes", 96))
    for i in range(8):
        (log.error if i % 3 == 0 else log.warning)("event %d of %s", i, "eight")
    print("\n".join(log.lines()))
    print(list(log.lines(ERROR)))
    print(len(log.ring), log.ring.lost, log.ring.used, heard)
    data = log.dump()
    print(len(data), data[:12])
    again = Log.load(data)
    print(list(again.lines()) == list(log.lines()), again.sequence)
    for bad in (b"xx", data[:-1] + b"!"):
        try:
            Log.load(bad)
        except ValueError as e:
            print(e)
    log.info("x" * 300)
    print([len(line) for line in log.lines()])
