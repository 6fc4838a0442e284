// A small interpreter's objects: a count and a type pointer; some have two words in front.
#include <stddef.h>
struct type;
typedef struct object {
    size_t count;
    const struct type *type;
} object;
struct type {
    object head;
    const char *name;
    size_t size, item;
    unsigned long flags;
};
struct link {
    struct link *next, *before;
};
typedef struct {
    object head;
    char kind;
    long value;
} number_object; // a hole of 7 bytes
struct list_object {
    object head;
    struct list_object *items;
    unsigned used;
}; // 4 bytes of tail padding
struct text_object {
    object head;
    size_t length;
    char text[1];
};
struct base_object {
    number_object base; // begins as objects do, two levels deep
};
struct stranger {
    size_t count;
    void *type;
};
extern const struct type number_type, list_type, text_type, wrong_type;
const struct type number_type = {{1, &number_type}, "number", sizeof(number_object), 0, 0};
const struct type list_type = {{1, &list_type}, "list", sizeof(struct list_object), 0, 4};
const struct type text_type = {{1, &text_type}, "text", offsetof(struct text_object, text), 1, 0};
const struct type wrong_type = {{1, &wrong_type}, "wrong", 100, 0, 4};
struct wrong_object {
    object head;
    long value;
} wrong;
struct link links;
struct stranger stranger;
struct base_object based;
struct list_object list;
struct text_object text;
int main(void)
{
    return 0;
}
