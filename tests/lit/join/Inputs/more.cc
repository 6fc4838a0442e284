// The same templates and literals again, and alignments.
#include <map>
#include <string>

static std::map<std::string, int> other = {{"gamma", 1}, {"beta", 2}};
__attribute__((aligned(64))) int aligned_data[3] = {1, 2, 3};
__attribute__((aligned(256))) char aligned_bss[100];

template <typename T> T twice(T x) { return x + x; }
double constant_too(double x) { return x * 3.14159; }
int more(int x)
{
    return twice(x) + other["gamma"] + aligned_data[x & 1] + aligned_bss[x] + (int)constant_too(x);
}
int never(int x) { return x; }
