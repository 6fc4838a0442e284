// A program with a bit of everything a map shows.
#include <stdio.h>
#include <stdlib.h>

int one(int a);
int common_buffer[10];
static int counter = 3;
static int zeros[25];

int unused_function(int a)
{
    return a * 77;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int main(int count, char **words)
{
    int list[3] = {3, count, counter};
    qsort(list, 3, sizeof *list, compare);
    printf("%d %s %f\n", one(list[0]), words[0], 0.5 * count);
    return common_buffer[count] + zeros[count];
}
