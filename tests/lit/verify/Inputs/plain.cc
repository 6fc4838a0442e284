// SPDX-License-Identifier: MIT
namespace ns {
template <class T, int N> struct arr { T v[N]; T &at(int i) { return v[i]; } };
inline namespace v1 { enum class colour : unsigned char { red, green }; }
}
struct A { virtual ~A() {} int a; static int s; };
int A::s;
struct B : virtual A { int b : 3; int c : 7; unsigned long long d : 40; };
struct C : virtual A { char x; };
struct D : B, C {
    double y;
    ns::arr<int, 3> arr;
    union { int i; float f; };
    int D::*member;
    void (D::*function)(int);
};
template <class... Ts> struct tuple;
template <> struct tuple<> {};
template <class H, class... T> struct tuple<H, T...> : tuple<T...> { H h; };
int use(D *d, tuple<int, char, double> t)
{
    auto l = [d](int q) { return d->b + q; };
    return l(t.h) + d->arr.at(1) + (int)ns::colour::green;
}
int main()
{
    D d;
    return use(&d, {});
}
