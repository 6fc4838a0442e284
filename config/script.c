// SPDX-License-Identifier: MIT
//
// Linker scripts: their statements, of which MEMORY, REGION_ALIAS, INCLUDE and assignments count and
// all others are passed over by their brackets.
//
//   MEMORY {
//     FLASH (rx)  : ORIGIN = 0x08000000, LENGTH = 1M - 16K
//     RAM   (xrw) : org = 0x20000000, l = DEFINED(BIG) ? 256K : 128K
//   }
//   REGION_ALIAS("STACK", RAM)
//   _heap = ORIGIN(RAM) + 4K;

#include <ctype.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/script_private.h"

#define INCLUDE_DEPTH 10
#define FILES_MAX     100
#define SYMBOLS_MAX   16384 // each look-up goes over all of them
#define REGIONS_MAX   256

// --------------------------------------------------------------------------- lexer

static void skip_to(struct cfg__lexer *lex, const uint8_t *to)
{
    for (; lex->at < to; lex->at++)
        lex->line += *lex->at == '\n';
}

static bool comes(const struct cfg__lexer *lex, const char *text)
{
    size_t size = strlen(text);
    return (size_t)(lex->end - lex->at) >= size && memcmp(lex->at, text, size) == 0;
}

static const uint8_t *line_end(const struct cfg__lexer *lex)
{
    const uint8_t *end = memchr(lex->at, '\n', (size_t)(lex->end - lex->at));
    return end ? end : lex->end;
}

bool cfg__lex_blank(struct cfg__lexer *lex)
{
    while (lex->at < lex->end) {
        size_t left = (size_t)(lex->end - lex->at);
        if (isspace(*lex->at)) {
            skip_to(lex, lex->at + 1);
        } else if (comes(lex, "/*")) {
            const uint8_t *end = left > 3 ? memmem(lex->at + 2, left - 2, "*/", 2) : NULL;
            skip_to(lex, end ? end + 2 : lex->end);
        } else if (comes(lex, "//") || *lex->at == '#') {
            skip_to(lex, line_end(lex));
        } else {
            return true;
        }
    }
    return false;
}

static bool is_name_byte(uint8_t c)
{
    return isalnum(c) || c == '_' || c == '.' || c == '$';
}

struct slice cfg__lex_name(struct cfg__lexer *lex)
{
    const uint8_t *start = lex->at;
    if (lex->at < lex->end && *lex->at == '"') {
        const uint8_t *end = memchr(start + 1, '"', (size_t)(lex->end - start - 1));
        skip_to(lex, end ? end + 1 : lex->end);
        return slice_of(start + 1, end ? (size_t)(end - start - 1) : 0);
    }
    while (lex->at < lex->end && is_name_byte(*lex->at))
        lex->at++;
    return slice_of(start, (size_t)(lex->at - start));
}

bool cfg__lex_take(struct cfg__lexer *lex, const char *text)
{
    cfg__lex_blank(lex);
    if (!comes(lex, text))
        return false;
    lex->at += strlen(text);
    return true;
}

// A text up to a blank or one of `ends`, or in quotes.
static struct slice lex_word(struct cfg__lexer *lex, const char *ends)
{
    cfg__lex_blank(lex);
    if (lex->at < lex->end && *lex->at == '"')
        return cfg__lex_name(lex);
    const uint8_t *start = lex->at;
    while (lex->at < lex->end && !isspace(*lex->at) && memchr(ends, *lex->at, strlen(ends)) == NULL)
        lex->at++;
    return slice_of(start, (size_t)(lex->at - start));
}

// Passes over what comes up to the closing bracket of an open one, or up to `stop` outside of any.
static void skip_balanced(struct cfg__lexer *lex, int open, const char *stop)
{
    while (cfg__lex_blank(lex)) {
        uint8_t c = *lex->at;
        if (open == 0 && memchr(stop, c, strlen(stop)) != NULL)
            return;
        if (c == '"') {
            cfg__lex_name(lex);
            continue;
        }
        lex->at++;
        open += (c == '(' || c == '{') - (c == ')' || c == '}');
        if (open <= 0 && (c == ')' || c == '}'))
            return;
    }
}

// ------------------------------------------------------------------------- include

static bool read_statements(struct cfg__script *script, struct cfg__lexer *lex, bool in_memory);

// Lines that only the C preprocessor understands; "# 12 "file"" is one of its marks.
static bool check_preprocessed(struct cfg__script *script, struct cfg__lexer lex)
{
    static const char *const words[] = {"if", "else", "elif", "endif", "define", "include"};
    const uint8_t *next;
    for (; lex.at < lex.end; skip_to(&lex, next)) {
        next = line_end(&lex);
        next += next < lex.end;
        const uint8_t *at = lex.at;
        if (*at++ != '#')
            continue;
        while (at < next && (*at == ' ' || *at == '\t'))
            at++;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (slice_starts(slice_of(at, (size_t)(next - at)), words[i]))
                return CFG__LEX_FAULT(script, &lex,
                                      "this script has to go through the C "
                                      "preprocessor first (cpp -P)");
    }
    return true;
}

static bool read_text(struct cfg__script *script, struct slice text, const char *name,
                      bool in_memory)
{
    static const uint8_t none[1];
    const uint8_t *data = text.data ? text.data : none;
    struct cfg__lexer lex = {name, data, data + text.size, 1};
    return check_preprocessed(script, lex) && read_statements(script, &lex, in_memory);
}

static bool read_path(struct cfg__script *script, const char *path, bool in_memory)
{
    struct buf bytes = {0};
    bool good = buf_read_file(&bytes, path, CFG_SIZE_MAX, script->fault) &&
                (bytes.size <= CFG_SIZE_MAX ||
                 cfg__fault(script->fault, path, 0, "is too long for a linker script"));
    if (good) {
        const void *kept = arena_copy(script->arena, bytes.data, bytes.size);
        good = read_text(script, slice_of(kept, bytes.size), path, in_memory);
    }
    buf_free(&bytes);
    return good;
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0;
}

// Beside the script, in the directories given, else from the working directory; NULL when it is in
// none of them.
static const char *included_path(struct cfg__script *script, const char *from, struct slice name)
{
    const char *slash = strrchr(from, '/'), *plain = arena_text(script->arena, name);
    size_t dirs = plain[0] == '/' ? 0 : script->options->dir_count;
    const char *path = plain;
    if (slash != NULL && plain[0] != '/')
        path = arena_printf(script->arena, "%.*s/%s", (int)(slash - from), from, plain);
    for (size_t i = 0;; i++) {
        if (is_file(path))
            return path;
        if (i == dirs)
            return is_file(plain) ? plain : NULL;
        path = arena_printf(script->arena, "%s/%s", script->options->dirs[i], plain);
    }
}

static bool include(struct cfg__script *script, struct cfg__lexer *lex, bool in_memory)
{
    struct slice name = lex_word(lex, ";{}");
    if (!script->includes)
        return CFG__LEX_FAULT(script, lex, "INCLUDE is not followed here");
    if (script->included >= INCLUDE_DEPTH || ++script->files > FILES_MAX)
        return CFG__LEX_FAULT(script, lex, "too many scripts in scripts");
    const char *path = included_path(script, lex->file, name);
    if (path == NULL)
        return CFG__LEX_FAULT(script, lex,
                              "there is no '%.*s' to include; --script-dir says where to look",
                              (int)MIN(name.size, (size_t)200), name.data);
    script->included++;
    bool good = read_path(script, path, in_memory);
    script->included--;
    return good;
}

// -------------------------------------------------------------------------- MEMORY

static bool read_field(struct cfg__script *script, struct cfg__lexer *lex, bool origin,
                       struct cfg__lexer *value)
{
    static const char *const words[2][3] = {{"LENGTH", "len", "l"}, {"ORIGIN", "org", "o"}};
    cfg__lex_blank(lex);
    struct slice name = cfg__lex_name(lex);
    bool known = false;
    for (size_t i = 0; i < 3; i++)
        known = known || slice_is(name, words[origin][i]);
    if (!known || !cfg__lex_take(lex, "="))
        return CFG__LEX_FAULT(script, lex, "expected %s = ...", words[origin][0]);
    *value = *lex;
    return true;
}

// Behind an expression, which is not worked out yet: it ends at a comma, or where the next region or
// the block does. A name that follows a whole term starts something new.
static void skip_expression(struct cfg__lexer *lex)
{
    bool operand = false; // the last thing read was one
    while (cfg__lex_blank(lex)) {
        uint8_t c = *lex->at;
        if (c == ',' || c == '}' || c == ';')
            return;
        if (is_name_byte(c) || c == '"') {
            if (operand)
                return;
            cfg__lex_name(lex);
            operand = true;
        } else if (c == '(') {
            lex->at++;
            skip_balanced(lex, 1, "");
            operand = true;
        } else {
            lex->at++;
            operand = false;
        }
    }
}

static bool read_region(struct cfg__script *script, struct cfg__lexer *lex)
{
    struct cfg__memory region = {.symbols = script->symbols.count, .line = lex->line};
    region.name = lex_word(lex, ":(){},=");
    if (region.name.size == 0)
        return CFG__LEX_FAULT(script, lex, "expected the name of a region");
    if (cfg__lex_take(lex, "(")) {
        region.attributes = lex_word(lex, ")");
        if (!cfg__lex_take(lex, ")"))
            skip_balanced(lex, 1, "");
    }
    if (!cfg__lex_take(lex, ":"))
        return CFG__LEX_FAULT(script, lex, "expected ':' after the name of a region");
    if (!read_field(script, lex, true, &region.origin))
        return false;
    skip_expression(lex);
    cfg__lex_take(lex, ",");
    if (!read_field(script, lex, false, &region.length))
        return false;
    skip_expression(lex);
    cfg__lex_take(lex, ",");
    if (script->regions.count == REGIONS_MAX)
        return CFG__LEX_FAULT(script, lex, "more than %d regions", REGIONS_MAX);
    vec_push(&script->regions, region);
    return true;
}

static bool is_include(struct cfg__lexer *lex)
{
    struct cfg__lexer ahead = *lex;
    if (!slice_is(cfg__lex_name(&ahead), "INCLUDE"))
        return false;
    *lex = ahead;
    return true;
}

// Up to '}', or, in an included script, its end.
static bool read_memory(struct cfg__script *script, struct cfg__lexer *lex, bool included)
{
    script->memory = true;
    while (!cfg__lex_take(lex, "}")) {
        if (!cfg__lex_blank(lex))
            return included || CFG__LEX_FAULT(script, lex, "MEMORY is not closed");
        if (!(is_include(lex) ? include(script, lex, true) : read_region(script, lex)))
            return false;
        cfg__lex_take(lex, ";");
    }
    return true;
}

// ---------------------------------------------------------------------- statements

// The operator of an assignment: 0 for none, '=' or that before "=".
static char take_assignment(struct cfg__lexer *lex)
{
    static const char *const forms[] = {"<<=", ">>=", "+=", "-=", "*=", "/=", "&=", "|="};
    cfg__lex_blank(lex);
    if (comes(lex, "=") && !comes(lex, "==")) {
        lex->at++;
        return '=';
    }
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (comes(lex, forms[i])) {
            lex->at += strlen(forms[i]);
            return forms[i][0];
        }
    return 0;
}

static bool assign(struct cfg__script *script, const struct cfg__lexer *lex, struct slice name,
                   bool provided)
{
    if (slice_is(name, ".") || name.size == 0)
        return true;
    if (script->symbols.count == SYMBOLS_MAX)
        return CFG__LEX_FAULT(script, lex, "more than %d symbols", SYMBOLS_MAX);
    vec_push(&script->symbols,
             (struct cfg__symbol){.name = name, .value = *lex, .provided = provided});
    return true;
}

// NAME(a = b) of these assigns.
static bool read_provide(struct cfg__script *script, struct cfg__lexer *lex, struct slice word)
{
    cfg__lex_blank(lex);
    struct slice name = cfg__lex_name(lex);
    bool provided = slice_starts(word, "PROVIDE");
    if (take_assignment(lex) == '=' && !assign(script, lex, name, provided))
        return false;
    skip_balanced(lex, 1, "");
    return true;
}

static void read_alias(struct cfg__script *script, struct cfg__lexer *lex)
{
    struct cfg__alias alias;
    cfg__lex_blank(lex);
    alias.name = cfg__lex_name(lex);
    cfg__lex_take(lex, ",");
    cfg__lex_blank(lex);
    alias.region = cfg__lex_name(lex);
    if (script->aliases.count < SYMBOLS_MAX)
        vec_push(&script->aliases, alias);
    skip_balanced(lex, 1, "");
}

static bool read_word(struct cfg__script *script, struct cfg__lexer *lex, struct slice word)
{
    char assignment = take_assignment(lex);
    if (assignment != 0) {
        if (assignment == '=' && !assign(script, lex, word, false))
            return false;
        skip_balanced(lex, 0, ";}");
        return true;
    }
    if (slice_is(word, "INCLUDE"))
        return include(script, lex, false);
    if (slice_is(word, "MEMORY") && cfg__lex_take(lex, "{"))
        return read_memory(script, lex, false);
    if (!cfg__lex_take(lex, "("))
        return true;
    if (slice_is(word, "REGION_ALIAS"))
        read_alias(script, lex);
    else if (slice_starts(word, "PROVIDE") || slice_is(word, "HIDDEN"))
        return read_provide(script, lex, word);
    else
        skip_balanced(lex, 1, "");
    return true;
}

static bool read_statements(struct cfg__script *script, struct cfg__lexer *lex, bool in_memory)
{
    if (in_memory)
        return read_memory(script, lex, true);
    while (cfg__lex_blank(lex)) {
        struct slice word = cfg__lex_name(lex);
        if (word.size == 0 && lex->at < lex->end && *lex->at == '{')
            skip_balanced(lex, 0, "");
        else if (word.size == 0)
            lex->at += lex->at < lex->end;
        else if (!read_word(script, lex, word))
            return false;
    }
    return true;
}

// ------------------------------------------------------------------------- regions

static bool may_write(struct slice attributes)
{
    for (size_t i = 0; i < attributes.size && attributes.data[i] != '!'; i++)
        if ((attributes.data[i] | 0x20) == 'w')
            return true;
    return false;
}

static bool named_ram(struct slice name)
{
    for (size_t i = 0; i + 3 <= name.size; i++)
        if (strncasecmp((const char *)name.data + i, "ram", 3) == 0)
            return true;
    return false;
}

enum cfg_memory cfg_memory_kind(struct slice name, struct slice attributes, bool *guessed)
{
    bool ram = named_ram(name);
    *guessed = !may_write(attributes) && (ram || attributes.size == 0);
    return may_write(attributes) || ram ? CFG_RAM : CFG_ROM;
}

static bool make_region(struct cfg__script *script, const struct cfg__memory *memory,
                        struct cfg_region *out)
{
    uint64_t end;
    *out = (struct cfg_region){
        .name = arena_text(script->arena, memory->name), .line = memory->line, .placed = true};
    out->kind = cfg_memory_kind(memory->name, memory->attributes, &out->guessed);
    if (!cfg__evaluate(script, memory->origin, memory->symbols, &out->origin) ||
        !cfg__evaluate(script, memory->length, memory->symbols, &out->length))
        return false;
    return add_u64(out->origin, out->length, &end) ||
           CFG__LEX_FAULT(script, &memory->length, "region '%s' ends beyond 64 bits", out->name);
}

// Scripts state regions of no length for memory a part does not have; nothing lies in them.
static bool make_regions(struct cfg__script *script, const char *name, struct cfg_regions *out)
{
    if (!script->memory)
        return cfg__fault(script->fault, name, 0, "has no MEMORY block");
    struct cfg_region *items = ARENA_ARRAY(script->arena, script->regions.count, struct cfg_region);
    *out = (struct cfg_regions){items, 0};
    for (size_t i = 0; i < script->regions.count; i++) {
        if (!make_region(script, &script->regions.items[i], &items[out->count]))
            return false;
        out->count += items[out->count].length != 0;
    }
    return true;
}

static bool finish(struct cfg__script *script, bool good, const char *name, struct cfg_regions *out)
{
    good = good && make_regions(script, name, out);
    vec_free(&script->symbols);
    vec_free(&script->regions);
    vec_free(&script->aliases);
    return good;
}

bool cfg_script_load(const char *path, const struct cfg_script_options *options,
                     struct arena *arena, struct cfg_regions *out, struct fault *fault)
{
    struct cfg__script script = {
        .arena = arena, .fault = fault, .options = options, .includes = true};
    return finish(&script, read_path(&script, path, false), path, out);
}

bool cfg_script_load_text(struct slice text, const char *name,
                          const struct cfg_script_options *options, struct arena *arena,
                          struct cfg_regions *out, struct fault *fault)
{
    struct cfg__script script = {.arena = arena, .fault = fault, .options = options};
    return finish(&script, read_text(&script, text, name, false), name, out);
}
