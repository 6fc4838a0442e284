int two(int a);
int common_buffer[10];
int counter = 3;
static int zeros[25];

int start(void)
{
    zeros[counter] = two(counter) * (counter + 1);
    return common_buffer[counter] + zeros[2];
}
