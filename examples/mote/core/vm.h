// SPDX-License-Identifier: MIT
// What the files of the running machine share: frames, binding of arguments, generators, classes. The rest sees mote.h only.
#ifndef MOTE_VM_H
#define MOTE_VM_H

#include "bytecode.h"
#include "mote.h"

// ---- code (call.c)

// An unsigned number of the tables of bytecode.h; answers where the next one is.
static inline const uint8_t *varint(const uint8_t *at, size_t *out)
{
    size_t n = *at & 0x7f;
    for (unsigned shift = 7; *at++ & 0x80; shift += 7)
        n |= (size_t)(*at & 0x7f) << shift;
    *out = n;
    return at;
}
static inline bool has_handlers(const struct code *code)
{
    return code->bytes->data[code->size] != 0;
}
val code_local(const struct code *code, size_t place); // its name
size_t code_line(const struct code *code, size_t at);  // of the instruction before `at`
size_t frame_place(const struct frame *f);             // offset of f->ip
val function_run(val function, val names, size_t n, size_t kw, val *args); // names: of a class body
val call_list(val f, val list, val dict); // f(*list, **dict): the list is the caller's alone

// ---- the loop (vm.c)

// Runs a frame from f->ip on, which has been made the frame of the machine, until it returns or yields (f->ip is NULL when
// it has returned). `thrown` is raised first if it is not NOTHING.
val frame_run(struct frame *f, val thrown);

// ---- errors (exception.c)

_Noreturn void
raise_again(val exception); // without a line for the frame that runs, and without a new context
_Noreturn void raise_on(val exception); // after a TRY: as it is, with a line for this frame
struct exception *exception_of(val v);  // the native part; NULL
void exception_write(val v, struct sink *out, enum print_how how);
// Calls the function; whether StopIteration came out of it: its value is in mote.stop then.
val call_until_stop(val f, size_t n, val *args);
extern const struct ops exception_ops;
val exception_attr(val self, val name, val value); // those that every exception has

// ---- generators (generator.c)

struct generator { // raw words, then the values: all to the end of the blocks
    struct obj head;
    val function;
    val handled;       // suspended: what is handled inside; running: what its caller handles
    const uint8_t *ip; // where it goes on; NULL: finished
    size_t depth;      // values in use; GENERATOR_RUNS while it runs
    val values[];
};
#define GENERATOR_RUNS SIZE_MAX
// One step: the value it yields, or NOTHING at its end (mote.stop). `sent` is NOTHING for a first step.
val generator_resume(val generator, val sent, val thrown);
// An exception passes its frame: the generator is finished. Answers the exception that goes on (PEP 479).
val generator_left(struct frame *f, val exception);
// One step of any iterator for YIELD_FROM, with the same answers.
val iterator_send(val iterator, val sent);
_Noreturn void raise_thrown(val thrown); // what throw() was given
val iterator_throw(val iterator, val exception);

// ---- classes (class.c, construct.c, type.c, instance.c, descriptor.c, special.c)

// An attribute of the type or its bases; *where (if not NULL) is the type that has it.
val type_find(const struct type *type, val name, const struct type **where);
// The next type of the linear order of bases; NULL at the end. Start with type_first.
struct mro {
    const struct type *next;
    const struct tuple *list;
    size_t at;
};
struct mro mro_of(const struct type *type);
const struct type *mro_next(struct mro *m);

#define TYPE_HOOKS TYPE_HAS_DEL                      // see class.c
const struct type *base_of(const struct type *type); // of a native one; NULL for object
val mro_tuple(const struct type *type);
bool is_hook(val name, val attr); // see TYPE_HOOKS
static inline bool is_class(const struct type *type)
{
    return type->shape.flags & TYPE_CLASS;
}
static inline bool is_instance(val v)
{
    return is_object(v) && is_class(((struct obj *)v)->type);
}
// The first base that is no class of the program: type_object, or a native type whose part an instance holds.
const struct type *native_base(const struct type *type);
val native_part(val instance); // NOTHING when there is none
// What the attribute v, found in `where`, is for object o (NOTHING: asked of the class itself) of class cls. With *self set
// the answer is to be called with it first.
val attr_bind(val v, val o, const struct type *cls, const struct type *where, val *self);
val method_join(val function, val self); // one value of the two: bound, or the function itself
bool is_data(val attr); // a descriptor that goes before the attributes of the instance
val super_find(val cls, val self, val name, val *method_self);
val class_build(val function, val name, size_t n, size_t kw, val *args); // the class statement
// cls(...): args[-1] is free for the use of it.
val class_call(val cls, size_t n, size_t kw, val *args);
// A method of an instance with a special name, as a call: NOTHING when its class has none.
val special_call(val o, val name, size_t n, val *args);
val special_of_native(val o, const struct type *type,
                      val name); // o.__add__ and the like of native types
val op_name(enum op op, bool reflected);
const char *op_text(enum op op) __attribute__((const)); // no call where messages are not told
_Noreturn void raise_no_attribute(val o, val name);
val attr_name(val v);                          // the interned name that a str is; TypeError
val slot_bind(val slot, val self);             // of type_slot
val instance_load(val o, val name, val *self); // without the hooks of its class
val instance_find(val o, val name, val *self); // *self as method_find
void instance_store(val o, val name, val value);
void instance_change_class(val o, val cls);
void instance_print_plain(val self, struct sink *out);
struct text need_printed(val v, enum print_how how); // the str that __str__ or __repr__ gave
val type_load(val type, val name, val *self);
val class_module(const struct type *type);
size_t hash_of_identity(val v);
bool is_iterator(val v);
val call_with(val f, val first, size_t n, size_t kw, val *args); // f(first, *args)
extern const struct ops instance_ops;
extern const struct dict object_names;
extern const struct native native_new_native; // __new__ of native types

struct member { // of a class with __slots__: the place of the value in the instance
    struct obj head;
    val name;
    size_t place;
};
val *member_place(val o, const struct member *m); // NULL: not there
struct wrapper {                                  // classmethod, staticmethod
    struct obj head;
    val function;
};
struct property {
    struct obj head;
    val get, set, del, doc; // NONE where there is none
};
extern const struct type type_member, type_unbound, type_slot, type_super;

// ---- lookups with a hint of the place

static inline val *find_hinted(const struct table *t, val name, size_t salt)
{
#if MOTE_HINTS
    const struct pairs *p = t->pairs;
    if (!p)
        return NULL;
    uint8_t *hint = &mote.hints[((name >> 2) ^ salt) % MOTE_HINTS];
    size_t at = *hint;
    if (at < t->used && p->slots[2 * at] == name)
        return (val *)&p->slots[2 * at];
    val *slot = table_find_name(t, name);
    if (slot)
        *hint = (uint8_t)((size_t)(slot - p->slots) / 2);
    return slot;
#else
    (void)salt;
    return table_find_name(t, name);
#endif
}
static inline size_t hint_of(const void *p)
{
    return (uintptr_t)p / BLOCK;
}

val builtin_override(val name);        // what the program put over a built-in name, or NOTHING
val builtin_find(val name);            // NOTHING
val module_find(val module, val name); // NOTHING
val global_get(const struct frame *f, val name);
_Noreturn void raise_no_name(val name);

#endif
