// SPDX-License-Identifier: MIT
// The objects of functions as the program sees them: functions, natives, code, cells, modules.
#include "core/vm.h"

// ------------------------------------------------------------------------------------------ functions

static val function_doc(const struct function *f)
{
    return f->code->flags & CODE_DOC ? f->code->consts->values[0] : NONE;
}

// The dict of attributes, or NOTHING. Those of functions in ROM lie in a dict by function.
static val attrs_of(const struct function *f)
{
    if (!MOTE_RARE || heap_holds(f))
        return f->attrs;
    val all = mote.spare[SPARE_ATTRS];
    return all ? dict_get(all, V(*f)) : NOTHING;
}

static val attrs_made(struct function *f)
{
    val attrs = attrs_of(f);
    if (attrs)
        return attrs;
    if (heap_holds(f))
        return f->attrs = dict_new(0);
    if (!MOTE_RARE)
        raise_error(&type_AttributeError, "function %v is in ROM", f->code->name);
    ROOTS(r, 1);
    r[0] = dict_new(0);
    if (!mote.spare[SPARE_ATTRS])
        mote.spare[SPARE_ATTRS] = dict_new(0);
    dict_set(mote.spare[SPARE_ATTRS], V(*f), r[0]);
    return r[0];
}

static val function_load(const struct function *f, val name)
{
    val attrs = attrs_of(f);
    if (attrs) {
        val *slot = table_find_name(table_of(attrs), name);
        if (slot)
            return slot[1];
    }
    if (name == S(__name__) || name == S(__qualname__))
        return f->code->name;
    if (name == S(__doc__))
        return function_doc(f);
    if (name == S(__module__))
        return dict_get(globals_of(f), S(__name__));
#if MOTE_RARE
    if (name == S(__globals__))
        return globals_of(f);
    if (name == S(__code__))
        return V(*f->code);
    if (name == S(__defaults__))
        return f->defaults ? f->defaults : NONE;
    if (name == S(__kwdefaults__))
        return f->kwdefaults ? f->kwdefaults : NONE;
    if (name == S(__closure__))
        return f->closure ? f->closure : NONE;
#endif
    return NOTHING;
}

#if MOTE_RARE
// Other code must find as many cells and no more defaults than it can take. The function keeps its name.
static void function_set_code(struct function *f, val value)
{
    if (!has_type(value, &type_code))
        raise_type("__code__ must be set to a code object");
    const struct code *code = (const struct code *)value;
    if (code->nclosure != f->code->nclosure)
        raise_value("%v() requires a code object with %d free vars, not %d",
                    function_load(f, S(__name__)), f->code->nclosure, code->nclosure);
    if (f->defaults && ((struct tuple *)f->defaults)->len > code->npos)
        raise_value("too many defaults");
    dict_set(attrs_made(f), S(__name__), function_load(f, S(__name__)));
    f->code = code;
}
#endif

static val function_attr(val self, val name, val value)
{
    struct function *f = (struct function *)self;
    if (value == LOAD)
        return name == S(__dict__) ? attrs_made(f) : function_load(f, name);
    if (value == DELETE)
        return attrs_of(f) && dict_delete(attrs_of(f), name) ? NONE : NOTHING;
#if MOTE_RARE
    if ((name == S(__defaults__) || name == S(__code__)) && !heap_holds(f))
        raise_error(&type_AttributeError, "function %v is in ROM", f->code->name);
    if (name == S(__defaults__) && (value == NONE || has_type(value, &type_tuple))) {
        if (value != NONE && ((struct tuple *)value)->len > f->code->npos)
            raise_value("too many defaults");
        f->defaults = value == NONE ? NOTHING : value;
        return NONE;
    }
    if (name == S(__code__)) {
        function_set_code(f, value);
        return NONE;
    }
    if (name == S(__globals__) || name == S(__closure__))
        raise_error(&type_AttributeError, "readonly attribute");
#endif
    dict_set(attrs_made(f), name, value);
    return NONE;
}

static void function_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_format(out, "<function %v at 0x%x>",
                function_load((const struct function *)self, S(__qualname__)), (size_t)self);
}

#if MOTE_RARE
// function(code, globals)
static val function_make(const struct type *type, size_t n, size_t kw, val *args)
{
    if (n != 2 || kw)
        raise_type("function() takes a code object and a dict");
    need_native(args[0], &type_code);
    if (!has_type(args[1], &type_dict) || ((const struct code *)args[0])->nclosure)
        raise_type("function() takes a code object without free variables and a dict");
    struct function *f = heap_new(type);
    f->code = (const struct code *)args[0];
    f->globals = args[1];
    return (val)f;
}
#else
#define function_make NULL
#endif

static const struct ops function_ops = {
    .print = function_print, .attr = function_attr, .call = function_call, .make = function_make};
const struct type type_function = {.head = {&type_type},
                                   .name = S(function),
                                   .ops = &function_ops,
                                   .shape = {.size = sizeof(struct function), .refs = 0x7e}};

// ------------------------------------------------------------------------------------------ natives

static val native_attr(val self, val name, val value)
{
    if (value == LOAD && (name == S(__name__) || name == S(__qualname__)))
        return native_name(self);
    if (value == LOAD && name == S(__module__))
        return S(builtins);
    return NOTHING;
}

static void native_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    sink_format(out, "<built-in function %v>", native_name(self));
}

static const struct ops native_ops = {
    .print = native_print, .attr = native_attr, .call = native_call};
const struct type type_native = {.head = {&type_type},
                                 .name = S(builtin_function_or_method),
                                 .ops = &native_ops,
                                 .shape = {.size = sizeof(struct native)}};

// ------------------------------------------------------------------------------------------ code, cells

#if MOTE_RARE
static val code_attr(val self, val name, val value)
{
    const struct code *code = (const struct code *)self;
    if (value != LOAD)
        return NOTHING;
    if (name == S(co_name))
        return code->name;
    if (name == S(co_filename))
        return code->file;
    if (name == S(co_firstlineno))
        return int_new(code->line);
    if (name == S(co_argcount))
        return int_new(code->npos);
    return NOTHING;
}

static void code_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct code *code = (const struct code *)self;
    sink_format(out, "<code object %v at 0x%x, file \"%v\", line %d>", code->name, (size_t)self,
                code->file, code->line);
}

static const struct ops code_ops = {.print = TOLD_PRINT(code_print), .attr = code_attr};
#else
#define code_ops no_ops
#endif
const struct type type_code = {.head = {&type_type},
                               .name = S(code),
                               .ops = &code_ops,
                               .shape = {.size = sizeof(struct code), .refs = 0x1e}};

#if MOTE_RARE
static val cell_attr(val self, val name, val value)
{
    struct cell *cell = (struct cell *)self;
    if (name != S(cell_contents))
        return NOTHING;
    if (value == LOAD && !cell->value)
        raise_value("Cell is empty");
    if (value == LOAD)
        return cell->value;
    cell->value = value == DELETE ? NOTHING : value;
    return NONE;
}

static const struct ops cell_ops = {.attr = cell_attr};
#else
#define cell_ops no_ops
#endif
const struct type type_closure_cell = {.head = {&type_type},
                                       .name = S(cell),
                                       .ops = &cell_ops,
                                       .shape = {.size = sizeof(struct cell), .refs = 1 << 1}};

// ------------------------------------------------------------------------------------------ modules

val module_new(val name, val dict)
{
    ROOTS(r, 2);
    r[0] = name;
    r[1] = dict;
    struct module *m = heap_new(&type_module);
    m->name = name;
    m->dict = dict;
    return (val)m;
}

// A dict in ROM is copied when the program changes the module.
static val module_attr(val self, val name, val value)
{
    struct module *m = (struct module *)self;
    if (name == S(__dict__))
        return value == LOAD ? m->dict : NOTHING;
    if (value == LOAD)
        return module_find(self, name);
    if (!heap_holds(m))
        raise_error(&type_AttributeError, "module %r cannot be changed", m->name);
    if (m->name == S(builtins)) { // the names in ROM stay, what is new goes before them
        if (!mote.builtins)
            mote.builtins = dict_new(0);
        if (value != DELETE)
            dict_set(mote.builtins, name, value);
        else if (!dict_delete(mote.builtins, name))
            return NOTHING;
        return NONE;
    }
    if (!heap_holds((void *)m->dict)) {
        ROOTS(r, 1);
        r[0] = dict_new(0);
        table_copy(table_of(r[0]), table_of(m->dict));
        m->dict = r[0];
    }
    if (value == DELETE)
        return dict_delete(m->dict, name) ? NONE : NOTHING;
    dict_set(m->dict, name, value);
    return NONE;
}

static void module_print(val self, struct sink *out, enum print_how how)
{
    (void)how;
    const struct module *m = (const struct module *)self;
    val file = dict_get(m->dict, S(__file__));
    if (file)
        sink_format(out, "<module %r from %r>", m->name, file);
    else
        sink_format(out, "<module %r (built-in)>", m->name);
}

static const struct ops module_ops = {.print = module_print, .attr = module_attr};
const struct type type_module = {.head = {&type_type},
                                 .name = S(module),
                                 .ops = &module_ops,
                                 .shape = {.size = sizeof(struct module), .refs = 3 << 1}};
