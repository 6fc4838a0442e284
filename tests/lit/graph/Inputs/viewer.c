// What the viewer has to read: every kind of content once, a tree of who holds whom, names that try to
// break the page. No C library, so that it links for any machine.
enum colour { RED = 1, GREEN = 2, NEGATIVE = -3 };
struct point {
    short x, y;
};
struct inner {
    const char *label;
    struct point corners[2];
};
struct everything {
    unsigned char byte;
    signed char small;
    char letter;
    _Bool yes;
    short negative;
    unsigned wide;
    long long least;
    float half;
    double third;
    enum colour colour, odd;
    unsigned bits3 : 3;
    int bits5 : 5;
    unsigned long long bits40 : 40;
    char text[8];
    int table[2][3];
    struct inner inner;
    union {
        unsigned number;
        unsigned char first;
    } either;
    const short *middle;
    const void *nothing;
    int (*run)(int);
};

const short numbers[] = {1, 2, 3, 4};
static int run(int x)
{
    return x + 1;
}
const struct everything everything = {
    200,
    -5,
    'A',
    1,
    -300,
    4000000000u,
    -9000000000000000000ll,
    0.5f,
    0.1,
    GREEN,
    7,
    5,
    -9,
    0x123456789aull,
    "text",
    {{1, 2, 3}, {4, 5, 6}},
    {"label", {{1, -2}, {3, -4}}},
    {1},
    &numbers[2],
    0,
    run,
};

struct node {
    const char *name;
    const struct node *below[2];
};
static const struct node leaf = {"leaf", {0, 0}};
static const struct node left = {"left", {&leaf, 0}}, right = {"right", {0, &leaf}};
const struct node tree = {"tree", {&left, &right}};
int zeros[100];
const int long_table[300] = {[299] = 7};

#define HOSTILE(name)                                                                              \
    __asm__(".pushsection .rodata\n.balign 8\n.globl \"" name "\"\n.type \"" name "\",%object\n"   \
            "\"" name "\": .quad 1\n.size \"" name "\", 8\n.popsection\n")
HOSTILE("</script><script>document.title='broken'</script>");
HOSTILE("<img src=x onerror=document.title='broken'>");
HOSTILE("quo\\\"te'&amp;<!--#&=%41");
HOSTILE("bad\xff\xe2\x80\xaeX");

const void *volatile sink;
void _start(void)
{
    sink = &everything;
    sink = &tree;
    zeros[1] = everything.run(2);
}
