// SPDX-License-Identifier: MIT
// The built-in names: one dict in ROM, in the order of the names.
#include "core/vm.h"
#include "modules/modules.h"

#define F(name) ROW(name, builtin_##name)
#if MOTE_KEYLESS // what has no name of its own is in core/module.c
#define T(name) V(type_##name)
#define IF_KEYS(...)
#else
#define T(name)      S(name), V(type_##name)
#define IF_KEYS(...) __VA_ARGS__
#endif

#if MOTE_FLOAT
#define IF_FLOAT(...) __VA_ARGS__
#else
#define IF_FLOAT(...)
#endif
#if MOTE_MEMORYVIEW
#define IF_MEMORYVIEW(...) __VA_ARGS__
#else
#define IF_MEMORYVIEW(...)
#endif
#if MOTE_IO
#define IF_IO(...) __VA_ARGS__
#else
#define IF_IO(...)
#endif
#if MOTE_COMPILER
#define IF_COMPILER(...) __VA_ARGS__
#else
#define IF_COMPILER(...)
#endif

// clang-format off
METHODS(module_builtins,
      T(ArithmeticError),
      T(AssertionError),
      T(AttributeError),
      T(BaseException),
      T(EOFError),
      IF_KEYS(S(Ellipsis), ELLIPSIS,)
      T(Exception),
      RARE(T(FileNotFoundError))
      T(GeneratorExit),
      T(ImportError),
      T(IndentationError),
      T(IndexError),
      T(KeyError),
      T(KeyboardInterrupt),
      T(LookupError),
      T(MemoryError),
      RARE(T(ModuleNotFoundError))
      T(NameError),
      IF_KEYS(S(NotImplemented), NOT_IMPLEMENTED,)
      T(NotImplementedError),
      T(OSError),
      T(OverflowError),
      T(RecursionError),
      T(RuntimeError),
      T(StopIteration),
      T(SyntaxError),
      T(SystemExit),
      RARE(T(TabError))
      T(TypeError),
      T(UnboundLocalError),
      RARE(T(UnicodeDecodeError), T(UnicodeEncodeError))
      T(UnicodeError),
      T(ValueError),
      T(ZeroDivisionError),
      F(__build_class__),
      IF_KEYS(S(__debug__), TRUE,)
      F(__import__),
      IF_KEYS(S(__name__), S(builtins),)
      F(abs),
      F(all),
      F(any),
      F(ascii),
      F(bin),
      IF_KEYS(S(bool),) V(type_bool), // a macro, that T would expand
      T(bytearray),
      T(bytes),
      F(callable),
      F(chr),
      T(classmethod),
      IF_COMPILER(F(compile),)
      F(delattr),
      T(dict),
      F(dir),
      F(divmod),
      T(enumerate),
      IF_COMPILER(F(eval),)
      IF_COMPILER(F(exec),)
      T(filter),
      IF_FLOAT(T(float),)
      F(format),
      T(frozenset),
      F(getattr),
      F(globals),
      F(hasattr),
      F(hash),
      F(hex),
      F(id),
      F(input),
      T(int),
      F(isinstance),
      F(issubclass),
      F(iter),
      F(len),
      T(list),
      F(locals),
      T(map),
      F(max),
      IF_MEMORYVIEW(T(memoryview),)
      F(min),
      F(next),
      T(object),
      F(oct),
      IF_IO(F(open),)
      F(ord),
      F(pow),
      F(print),
      T(property),
      T(range),
      F(repr),
      F(reversed),
      F(round),
      T(set),
      F(setattr),
      T(slice),
      F(sorted),
      T(staticmethod),
      T(str),
      F(sum),
      T(super),
      T(tuple),
      T(type),
      F(vars),
      T(zip));
// clang-format on
