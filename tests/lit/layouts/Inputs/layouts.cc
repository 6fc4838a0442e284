// SPDX-License-Identifier: MIT
// Every way a C++ class is laid out that tests/lit/layouts compares.
namespace outer { namespace inner { struct point { double x, y; }; } }
enum class strong : unsigned char { one, two };
class hidden { char a; int b; protected: short c; public: static int shared; int get() const { return b; } };
struct base { int a; char b; };
struct derived : base { char c; long d; };
struct pod_tail : derived { char e; };
struct first { virtual ~first() {} char f; };
struct second { virtual int go() { return 1; } long s; };
struct both : first, second { char last; };
struct shared_base { long v; };
struct left : virtual shared_base { int l; };
struct right : virtual shared_base { int r; };
struct diamond : left, right { int d; };
struct nothing { };
struct folded : nothing { int a; };
template <class T> struct box { T value; char flag; };
template <class T, int N> struct row { T cells[N]; box<T> inner; };
struct owner { struct part { char c; long l; } p; int (owner::*method)(int); int owner::*field; int &ref; part &&rref; outer::inner::point at; strong s; bool on : 1; unsigned u : 7; owner(int &i, part &p) : ref(i), rref((part &&)p) {} };
struct in_order { box<char> a; box<double> b; row<short, 3> c; };
hidden v1; derived v2; pod_tail v3; both v4; diamond v5; folded v6; owner *v7; in_order v8; row<int, 4> v9; box<box<long> > v10;
int use(owner *o) { struct local { char a; int b; } x = {1, 2}; return x.a + o->ref; }
