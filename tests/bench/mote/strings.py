# Text: split, joined, formatted, searched, replaced, built by characters.
TEXT = "The quick brown fox jumps over the lazy dog, and the dog does not mind. " * 20

def words(n):
    total = 0
    for _ in range(n):
        parts = TEXT.split()
        total += len(" ".join(p.upper() for p in parts if p.startswith("t") or p.endswith("g")))
    return total

def lines(n):
    out = []
    for i in range(n):
        out.append("%05d %s" % (i, "ab"))
        out.append("{:>8}|{}".format(i, i % 7))
        out.append(f"{i:x}-{i % 13}")
    return len("\n".join(out))

def letters(n):
    text = ""
    count = 0
    for i in range(n):
        text = text[-40:] + chr(97 + i % 26)
        if "xyz" in text:
            count += 1
        for c in text:
            if c == "a":
                count += 1
    return count

print(words(1200), lines(100000), letters(20000), TEXT.replace("dog", "cat").find("cat"), TEXT.count("the"))
