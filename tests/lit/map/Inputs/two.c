static const char text[] = "a constant text";
const char other[] = "merged text";

int two(int a)
{
    return text[a % 5] + other[a % 4];
}

int a_function_whose_name_does_not_fit_into_its_column(int a)
{
    return a - 1;
}
