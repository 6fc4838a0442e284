# f-strings
a, b, w = 5, "text", 10
print(f"{a}{b}", f"{a!r:>4}|{b!s:<6}|{b!r}", f"{{}}{{{a}}}")
print(f"{a:{w}}|{b:^{w + 2}}|{a:0{w}d}|{a:#x}")
print(f"{a=} {b = } {a+1=:>5} {b=!s}")
print(f'{"quoted"} {b["xe".index("e")]} {[x for x in range(3)]} {dict(a=1)["a"]}')
print(f"{(lambda x: x * 2)(3)} {a if a > 3 else b} {a!=5} {a==5}")
print(f"""{a
}
{b}""" "plain" f"{a}" 'end {a}')
print(rf"\n{a}\t", f"\n{a}\x41\{a}" == "\n5A\\5", fR"{a}\d")
print(f"" == "", f"{''}", f"{a,b}", f"{a:%}" if False else "")
print(f"{b:{'>'}{w}}", f"{3:{'+'}d}", f"{(y := 7)}{y}")
print(f"é{b}ü", f"{'ß'!a}", f"{'ß'!r}")
print(f"{a}" f"{b}", "x" f"{a}" "y")
print(f"{a:>{w}}{{literal}}{a:<{w}}|")


def outer():
    v = 1

    def inner():
        return f"{v:>{v + 3}}"

    return inner()


print(outer())


class C:
    def __format__(self, spec):
        return "<" + spec + ">"


print(f"{C()} {C():abc} {C():{a}{b}}")
