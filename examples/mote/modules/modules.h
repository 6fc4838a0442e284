// SPDX-License-Identifier: MIT
// What the files of modules/ give to the table of built-in names (builtins.c) and to import (core/module.c).
//
// BUILTIN(len, 1, 1) defines the native of the function builtin_len; BUILTIN_FULL has flags and keywords as NATIVE_FULL.
#ifndef MOTE_MODULES_H
#define MOTE_MODULES_H

#include "mote.h"

#define BUILTIN_FULL(name, min, max, ...)                                                          \
    NATIVE_OBJECT(builtin_##name##_native, builtin_##name, name, min, max, __VA_ARGS__)
#define BUILTIN(name, min, max) BUILTIN_FULL(name, min, max, 0)

extern const struct native builtin___build_class___native, builtin___import___native,
    builtin_abs_native, builtin_all_native, builtin_any_native, builtin_ascii_native,
    builtin_bin_native, builtin_callable_native, builtin_chr_native, builtin_compile_native,
    builtin_delattr_native, builtin_dir_native, builtin_divmod_native, builtin_eval_native,
    builtin_exec_native, builtin_format_native, builtin_getattr_native, builtin_globals_native,
    builtin_hasattr_native, builtin_hash_native, builtin_hex_native, builtin_id_native,
    builtin_input_native, builtin_isinstance_native, builtin_issubclass_native, builtin_iter_native,
    builtin_len_native, builtin_locals_native, builtin_max_native, builtin_min_native,
    builtin_next_native, builtin_oct_native, builtin_open_native, builtin_ord_native,
    builtin_pow_native, builtin_print_native, builtin_repr_native, builtin_reversed_native,
    builtin_round_native, builtin_setattr_native, builtin_sorted_native, builtin_sum_native,
    builtin_vars_native;

size_t deque_length(const struct obj *deque);
size_t deque_room(const struct obj *deque);
size_t deque_limit(const struct obj *deque); // its maxlen; 0: none
extern const struct type type_deque, type_enumerate, type_filter, type_map, type_zip;

// The names of each, __name__ among them; those of builtins are the built-in names.
extern const struct dict module_array, module_builtins, module_collections, module_gc, module_io,
    module_json, module_math, module_mote, module_struct, module_sys, module_time;

val sys_attr(val name); // sys.argv, path, modules: what no dict in ROM can hold. NOTHING for others

#endif
