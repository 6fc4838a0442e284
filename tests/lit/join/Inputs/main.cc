// Something of everything a linker has to place: literals to merge, templates, exceptions, TLS.
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>

int more(int);
thread_local int counter = 3;
thread_local std::string text = "thread";
static std::map<std::string, int> table = {{"alpha", 1}, {"beta", 2}};
int big[5000];
const char *const words[] = {"alpha", "beta", "gamma", "a gamma"};

template <typename T> T twice(T x) { return x + x; }
double constant(double x) { return x * 3.14159 + 2.71828; }

struct Base {
    virtual ~Base() {}
    virtual int f(int x) { return x; }
};
struct Derived : Base {
    int f(int x) override
    {
        if (x > 40)
            throw std::runtime_error("too large");
        return twice(x);
    }
};

int main(int argc, char **)
{
    Derived d;
    Base *b = &d;
    try {
        big[argc] = b->f(argc);
    } catch (const std::exception &e) {
        std::puts(e.what());
    }
    counter += argc;
    text += words[argc & 3];
    std::printf("%d %s %f\n", big[argc] + table["alpha"] + counter + more(argc), text.c_str(),
                constant(argc));
}
