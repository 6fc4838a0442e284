int two(int a);

int one(int a)
{
    return two(a) + 1;
}

int nobody_calls_this(int a)
{
    return a / 3;
}
