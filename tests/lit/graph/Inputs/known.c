// A graph that is known: every kind of reference once, and what each is called.
struct node {
    const char *text;
    const struct node *left, *right;
};

// A tree with a diamond in it: `both` hangs on two nodes, so only `top` keeps it.
static const struct node both = {"both", 0, 0};
static const struct node left = {"left", &both, 0};
static const struct node right = {"right", 0, &both};
const struct node top = {"top", &left, &right};

// A cycle, and a list that refers to itself.
extern const struct node cycle_b;
static const struct node cycle_a = {0, &cycle_b, 0};
const struct node cycle_b = {0, &cycle_a, &cycle_b};

// Two tables that share a text; pointers in an array of structs, into the middle of an object.
static const short numbers[] = {1, 2, 3, 4, 5, 6, 7, 8};
static const struct entry {
    int flags;
    const void *what;
} entries[] = {{1, "shared text"}, {2, &numbers[3]}, {3, 0}};
static const char *const words[] = {"shared text", "own text"};

// A union that holds a pointer, a function in a table, a number that looks like an address.
union either {
    long number;
    const struct node *pointer;
};
static const int pointed = 7;
static const struct {
    union either either;
    int (*run)(int);
} odd;
static int run(int x)
{
    return x + pointed;
}
static const struct node held = {"held", 0, 0};
static const union either in_union = {.pointer = &held};
static int (*const table_of_code[])(int) = {run};

// Nobody refers to these two, but one to the other.
__attribute__((used)) static const struct node lost_b = {"lost", 0, 0};
__attribute__((used)) static const struct node lost_a = {0, &lost_b, 0};

const void *volatile sink;
int counts[4];

__attribute__((noinline)) int use(int x)
{
    static const char *const *in_function = words; // a static local
    static int calls;
    sink = &top;
    sink = &cycle_b;
    sink = entries;
    sink = &in_function;
    sink = &in_union;
    sink = &odd;
    counts[x & 3] += ++calls;
    return ((int (*const volatile *)(int))table_of_code)[x & 1](x);
}

void _start(void)
{
    use(1);
    for (;;)
        ;
}

#ifdef VECTORS
// Where a processor starts, in numbers.
__attribute__((section(".vectors"), used)) static const unsigned long vectors[] = {
    0x20000000, (unsigned long)_start};
#endif
