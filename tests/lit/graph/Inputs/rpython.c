// Laid out as a translated RPython program: a table of types whose rows are followed by virtual tables, prebuilt
// constants that begin with the offset of their row and flags, traceback records.
#include <stddef.h>
#include <stdint.h>

struct info {
    uint64_t bits;
    void (*custom)(void);
    uint64_t size;
    const void *places;
};
struct items {
    struct info info;
    uint64_t item, items, length;
    const void *places;
};
struct vtable {
    uint64_t first, last;
    void (*method[2])(void);
};
static struct table {
    uint64_t none;
    struct items string;
    struct info point;
    struct vtable point_methods;
    struct items array;
    struct info pair;
    uint64_t end;
} table;

#define HEAD(member) offsetof(struct table, member), 3
struct head {
    uint32_t id, flags;
};
struct string {
    struct head head;
    uint64_t hash, length;
    char chars[24];
};
struct point {
    struct head head;
    void *x, *y;
};
struct pair {
    struct head head;
    void *item[2];
};
struct array {
    struct head head;
    uint64_t length;
    void *item[3];
};
struct record {
    const char *file, *function;
    int line;
};

static struct string shared = {{HEAD(string)}, 1, 12, "used by both"};
static struct string drawn = {{HEAD(string)}, 2, 16, "drawn by shapes!"};
static struct string said = {{HEAD(string)}, 3, 10, "said by me"};
static struct pair pair;
static struct point point = {{HEAD(point)}, &drawn, &pair};
static struct pair pair = {{HEAD(pair)}, {&point, &shared}};
static struct array array = {{HEAD(array)}, 3, {&said, &shared, 0}};
static struct point unseen = {{HEAD(point)}, 0, 0}; // only code refers to it
static struct record at_draw = {"app_shapes.c", "draw", 12};
static struct record at_say = {"app_text_1.c", "say", 7};
static struct {
    uint64_t length;
    char letters[8];
} raw = {7, "a text."};

#define NOINLINE __attribute__((noinline))
static void *volatile sink;
static NOINLINE void draw(void)
{
    sink = &at_draw;
    sink = &pair;
}
static NOINLINE void quiet(void)
{
    sink = &unseen;
}
static NOINLINE void redraw(void)
{
    sink = &at_draw;
}
static NOINLINE void say(void)
{
    sink = &at_say;
    sink = &array;
    sink = &raw;
}
void run(void)
{
    draw();
    quiet();
    redraw();
    say();
    sink = &table;
}

static struct {
    uint64_t count, place[2];
} places = {2, {8, 16}};
static struct {
    uint64_t count;
} no_places;
static struct table table = {
    .string = {{0x58010001, 0, 24, &no_places}, 1, 24, 16, &no_places},
    .point = {0x59100002, 0, sizeof(struct point), &places},
    .point_methods = {1, 2, {draw, say}},
    .array = {{0x59070004, 0, 16, &no_places}, 8, 16, 8, &places},
    .pair = {0x59000005, 0, sizeof(struct pair), &places},
};
