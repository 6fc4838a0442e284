// A firmware with some of its C library; built without optimisation a compiler does nothing about it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int data[100] = {1, 2, 3};
int bss[300];
const char *const names[] = {"one", "two", "one two"};

double half(double x) { return x * 0.5 + 1; }

int main(void)
{
    char text[100];
    snprintf(text, sizeof text, "%s %f %d", names[data[2] & 1], half(data[1]), bss[4]);
    void *more = malloc(100);
    memset(more, text[0], 100);
    free(more);
    return (int)strlen(text);
}
