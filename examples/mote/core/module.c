// SPDX-License-Identifier: MIT
// Import. A module comes, in this order, from mote.modules (it is there), the built-in ones (their dict lies in ROM),
// the frozen ones (their code does) and files along sys.path. A package is a module with __path__: where its parts are.
#include "core/vm_ops.h"

#include "modules/modules.h"

// ------------------------------------------------------------------------------------------ built-in

static const struct {
    uint16_t name;
    const struct dict *dict;
} builtin_modules[] = {
#define M(module)                                                                                  \
    {                                                                                              \
        (uint16_t)(S(module) >> 2), &module_##module                                               \
    }
    M(builtins),    M(gc), M(mote), M(sys), M(time),
#if MOTE_ARRAY
    M(array),
#endif
#if MOTE_COLLECTIONS
    M(collections),
#endif
#if MOTE_FLOAT
    M(math),
#endif
#if MOTE_IO
    M(io),
#endif
#if MOTE_JSON
    M(json),
#endif
#if MOTE_STRUCT
    M(struct),
#endif
#undef M
};

static val builtin_dict(val name)
{
    for (size_t i = 0; i < COUNT_OF(builtin_modules); i++)
        if (builtin_modules[i].name == name >> 2)
            return V(*builtin_modules[i].dict);
    return NOTHING;
}

// What the program put in the place of a built-in name; NOTHING.
val builtin_override(val name)
{
    val *slot = mote.builtins ? table_find_name(table_of(mote.builtins), name) : NULL;
    return slot ? slot[1] : NOTHING;
}

val builtin_find(val name)
{
    val *slot = mote.builtins ? table_find_name(table_of(mote.builtins), name) : NULL;
    if (!slot)
        slot = find_hinted(&module_builtins.table, name, 0);
#if MOTE_KEYLESS
    if (!slot)
        return name == S(Ellipsis)         ? ELLIPSIS
               : name == S(NotImplemented) ? NOT_IMPLEMENTED
               : name == S(__debug__)      ? TRUE
                                           : NOTHING;
#endif
    return slot ? slot[1] : NOTHING;
}

// What the program put into the module builtins goes before the names in ROM.
val module_find(val module, val name)
{
    const struct module *m = (const struct module *)module;
    if (m->name == S(builtins)) {
        val v = builtin_find(name);
        if (v)
            return v;
    }
    val *slot = m->dict ? table_find_name(table_of(m->dict), name) : NULL;
    if (slot)
        return slot[1];
    if (name == S(__name__))
        return m->name;
    if (m->name == S(sys) && sys_attr(name))
        return sys_attr(name);
    slot = m->dict ? table_find_name(table_of(m->dict), S(__getattr__)) : NULL;
    return slot && has_type(slot[1], &type_function) ? call1(slot[1], name) : NOTHING;
}

// ------------------------------------------------------------------------------------------ code of a module

_Noreturn static void raise_no_module(val name)
{
    raise_told(&type_ModuleNotFoundError, "No module named %r", name);
}

// A module that is being run is in mote.modules already; an error takes it out again. *globals becomes its dict if there is
// none yet.
static val run_module(val name, val code, val file, val path, val *globals)
{
    ROOTS(r, 3);
    r[0] = code;
    r[1] = dict_new(0);
    if (!*globals)
        *globals = r[1];
    dict_set(r[1], S(__name__), name);
    if (file)
        dict_set(r[1], S(__file__), file);
    if (path)
        dict_set(r[1], S(__path__), path);
    r[2] = module_new(name, r[1]);
    dict_set(mote.modules, name, r[2]);
    struct catch c;
    if (TRY(c)) {
        code_run((const struct code *)code, r[1], NOTHING);
        catch_leave(&c);
        return r[2];
    }
    r[0] = c.exception;
    dict_delete(mote.modules, name);
    raise_on(r[0]);
}

static val import_frozen(val name)
{
    const struct frozen_module *m = frozen_modules;
    for (val *globals = frozen_globals; m->name; m++, globals++)
        if (m->name == name)
            return run_module(name, V(*m->code), m->code->file, m->package ? name : NOTHING,
                              globals);
    return NOTHING;
}

#if MOTE_COMPILER
static val compile_file(char *text, size_t size, val file)
{
    struct catch c;
    if (TRY(c)) {
        val code = compile(text, size, file, COMPILE_MODULE);
        catch_leave(&c);
        port_unload(text, size);
        return code;
    }
    port_unload(text, size);
    raise_on(c.exception);
}

// DIRECTORY/LAST SUFFIX, if there is such a file: run as the module `name`.
static val import_file(val name, val directory, struct text last, const char *suffix, bool package)
{
    ROOTS(r, 3);
    BUILDER(b);
    struct text t = text_of(directory);
    builder_add(&b, t.data, t.size);
    if (t.size)
        sink_char(&b.sink, '/');
    builder_add(&b, last.data, last.size);
    size_t size_of_path = b.size;
    builder_add(&b, suffix, strlen(suffix) + 1);
    char *text;
    size_t size;
    const char *path = (const char *)((struct bytes *)b.store)->data;
    if (!port_load(path, &text, &size))
        return NOTHING;
    struct catch c; // the text is to be given back whatever happens
    if (TRY(c)) {
        r[0] = intern(path, b.size - 1);
        if (package)
            r[1] = str_new(path, size_of_path);
        catch_leave(&c);
    } else {
        port_unload(text, size);
        raise_on(c.exception);
    }
    r[2] = compile_file(text, size, r[0]);
    val globals = NOTHING;
    return run_module(name, r[2], r[0], r[1], &globals);
}

static val import_from_directory(val name, val directory, struct text last)
{
    val m = import_file(name, directory, last, ".py", false);
    return m ? m : import_file(name, directory, last, "/__init__.py", true);
}

static val import_files(val name, val parent, struct text last)
{
    if (parent) {
        val path = module_find(parent, S(__path__));
        return path && is_str(path) ? import_from_directory(name, path, last) : NOTHING;
    }
    struct list *path = (struct list *)mote.path;
    for (size_t i = 0; i < path->len; i++) {
        val directory = path->items->values[i];
        val m = is_str(directory) ? import_from_directory(name, directory, last) : NOTHING;
        if (m)
            return m;
    }
    return NOTHING;
}
#else
static val import_files(val name, val parent, struct text last)
{
    (void)name, (void)parent, (void)last;
    return NOTHING;
}
#endif

// One module by its full name; NOTHING when there is none.
static val import_one(val name, val parent, struct text last)
{
    val m = dict_get(mote.modules, name);
    if (m)
        return m;
    val dict = builtin_dict(name);
    if (dict) {
        ROOTS(r, 1);
        r[0] = module_new(name, dict);
        dict_set(mote.modules, name, r[0]);
        return r[0];
    }
    m = import_frozen(name);
    return m ? m : import_files(name, parent, last);
}

// ------------------------------------------------------------------------------------------ the statement

static size_t last_dot(struct text t)
{
    while (t.size && t.data[t.size - 1] != '.')
        t.size--;
    return t.size ? t.size - 1 : 0;
}

// The full name of a relative import: the package of the importer, less a part for each dot but the first.
static val absolute_name(val name, intptr_t level, val globals)
{
    val *package = table_find_name(table_of(globals), S(__name__));
    bool is_package = table_find_name(table_of(globals), S(__path__));
    struct text t = package && is_str(package[1]) ? text_of(package[1]) : (struct text){"", 0};
    for (intptr_t up = is_package ? 1 : 0; up < level; up++) {
        if (t.size == 0)
            raise_error(&type_ImportError, "attempted relative import beyond top-level package");
        t.size = last_dot(t);
    }
    if (t.size == 0)
        raise_error(&type_ImportError, "attempted relative import with no known parent package");
    struct text rest = text_of(name);
    BUILDER(b);
    char *room = builder_room(&b, t.size + (rest.size ? rest.size + 1 : 0));
    memcpy(room, t.data, t.size);
    if (rest.size) {
        room[t.size] = '.';
        memcpy(room + t.size + 1, rest.data, rest.size);
    }
    return intern((const char *)((struct bytes *)b.store)->data, b.size);
}

// a.b.c: each package after the other. Answers the last; *first is a.
static val import_path(val name, val *first)
{
    ROOTS(r, 3);
    size_t size = text_of(name).size;
    for (size_t from = 0, at = 0; at <= size; at++) {
        struct text t = text_of(name);
        if (at < size && t.data[at] != '.')
            continue;
        r[1] = intern(t.data, at);
        t = text_of(name); // a pool may have moved
        struct text last = {t.data + from, at - from};
        r[2] = import_one(r[1], r[0], last);
        if (!r[2])
            raise_no_module(r[1]);
        if (r[0]) {
            t = text_of(name);
            r[1] = intern(t.data + from, at - from);
            attr_set(r[0], r[1], r[2]);
        } else {
            *first = r[2];
        }
        r[0] = r[2];
        from = at + 1;
    }
    return r[0];
}

static val joined(val package, val name)
{
    BUILDER(b);
    sink_format(&b.sink, "%v.%v", package, name);
    return intern((const char *)((struct bytes *)b.store)->data, b.size);
}

// `from package import name`: the name may be a module of the package that nobody imported yet.
static void import_parts(val module, val names)
{
    size_t n;
    val *values, *slot;
    const struct module *m = (const struct module *)module;
    if (!has_type(module, &type_module) || !table_find_name(table_of(m->dict), S(__path__)))
        return;
    ROOTS(r, 2);
    for (size_t i = 0; values_of(names, &n, &values) && i < n; i++) {
        val name = values[i];
        if (!is_interned(name) || (slot = table_find_name(table_of(m->dict), name)))
            continue;
        r[0] = joined(m->name, name);
        r[1] = import_one(r[0], module, text_of(name));
        if (r[1])
            attr_set(module, name, r[1]);
    }
}

// The import statement; what the program gives as builtins.__import__ is asked instead.
val import_statement(val name, val names, val level, val globals)
{
    val f = builtin_override(S(__import__));
    if (!f)
        return module_import(name, names, need_int(level), globals);
    val args[] = {name, globals, NONE, names, level};
    return call(f, 5, 0, args);
}

val module_import(val name, val names, intptr_t level, val globals)
{
    ROOTS(r, 3);
    r[0] = level > 0 ? absolute_name(name, level, globals) : name;
    r[1] = import_path(r[0], &r[2]);
    if (names == NONE)
        return r[2];
    import_parts(r[1], names);
    return r[1];
}

val import_from(val module, val name)
{
    val v = attr_find(module, name);
    if (!v && has_type(module, &type_module)) {
        ROOTS(r, 1);
        r[0] = joined(((struct module *)module)->name, name);
        v = dict_get(mote.modules, r[0]);
    }
    if (!v)
        raise_told(&type_ImportError, "cannot import name %r from %r", name,
                   has_type(module, &type_module) ? ((struct module *)module)->name : S(module));
    return v;
}

void import_star(val module, val names)
{
    ROOTS(r, 3);
    r[0] = attr_find(module, S(__all__));
    if (r[0]) {
        r[0] = iter_of(r[0]);
        while ((r[1] = iter_next(r[0]))) {
            r[1] = intern_val(r[1]);
            r[2] = import_from(module, r[1]);
            dict_set(names, r[1], r[2]);
        }
        return;
    }
    r[0] = attr_get(module, S(__dict__));
    size_t at = 0;
    val *slot;
    while (table_next(table_of(r[0]), &at, &slot))
        if (is_str(slot[0]) && text_of(slot[0]).size && text_of(slot[0]).data[0] != '_')
            dict_set(names, slot[0], slot[1]);
}
