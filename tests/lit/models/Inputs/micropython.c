// Structures laid out as those of MicroPython in one of its object representations (-DREPR=0 ... 3 for A to D), enough
// of them to tell which it is. No part of MicroPython.
#include <stddef.h>
#include <stdint.h>
#if REPR == 3
typedef uint64_t mp_obj_t, mp_rom_obj_t;
#define QSTR(n) ((uint64_t)(n) << 1 | 0x0002000000000001)
#else
typedef void *mp_obj_t;
typedef const void *mp_rom_obj_t;
#define QSTR(n) ((mp_rom_obj_t)(REPR == 2 ? (uintptr_t)(n) << 4 | 6 : (uintptr_t)(n) << 3 | (REPR == 0 ? 2 : 3)))
#endif
struct type;
typedef struct { const struct type *type; } mp_obj_base_t;
typedef struct type { mp_obj_base_t base; uint16_t flags, name; } mp_obj_type_t;
typedef struct { mp_obj_t key, value; } mp_map_elem_t;
typedef struct { mp_rom_obj_t key, value; } mp_rom_map_elem_t;
typedef struct { size_t flags, alloc; mp_map_elem_t *table; } mp_map_t;
typedef struct { size_t bits, len; uint16_t *dig; } mpz_t;
typedef struct { mp_obj_base_t base; mpz_t mpz; } mp_obj_int_t;
typedef struct { mp_obj_base_t base; size_t len; mp_obj_t items[]; } mp_obj_tuple_t;
typedef struct { mp_obj_base_t base; size_t hash, len; const uint8_t *data; } mp_obj_str_t;
typedef struct { mp_obj_base_t base; size_t alloc, len; mp_obj_t *items; } mp_obj_list_t;
typedef struct { void *fun_bc; const uint8_t *ip; mp_obj_t *sp; uint16_t n_state, exc_sp_idx; void *old_globals; mp_obj_t state[]; } mp_code_state_t;
typedef struct { mp_obj_base_t base; mp_obj_t pend_exc; mp_code_state_t code_state; } mp_obj_gen_instance_t;
typedef struct { const uint8_t *handler; mp_obj_t *val_sp, *prev_exc; } mp_exc_stack_t;
#if REPR < 2
typedef struct { mp_obj_base_t base; double value; } mp_obj_float_t;
mp_obj_float_t number;
#endif
typedef struct { char *gc_finaliser_table_start; } mp_state_mem_area_t;
const mp_rom_map_elem_t mp_module_builtins_globals_table[] = {{QSTR(20), QSTR(30)}, {QSTR(21), 0}};
const uint16_t hash_allocation_sizes[] = {0, 2, 4, 6, 8, 10, 12, 17};
const mp_obj_type_t mp_type_str, mp_type_int, mp_type_float, mp_type_tuple, mp_type_list, mp_type_gen_instance;
mp_obj_gen_instance_t generator; mp_exc_stack_t handlers[1];
mp_obj_str_t string; mp_obj_int_t integer; mp_obj_tuple_t tuple; mp_obj_list_t list; mp_map_t map; mp_state_mem_area_t area;
int main(void) { return 0; }
