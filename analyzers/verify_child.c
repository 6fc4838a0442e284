// SPDX-License-Identifier: MIT
//
// The child process, and the stream of records from it.
//
//   stream   records of an object, then an empty one of kind "end", and so the next object
//   record   | size 4 | kind 1 | fields ... |        size: of kind and fields, little endian
//   fields   LEB128; a text as size, hash, bytes of its head; a list as count and items
//
// The child may crash, loop, or, taken over by a hostile file, write anything: the parent bounds
// every record, reads it through a cursor, and waits only so long for the next bytes.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzers/verify_private.h"

#define FLUSH_AT   (64u << 10)
#define RECORD_MAX (4u << 20) // bytes of one record: AN_RANGES_MAX ranges and some
#define TEXT_SEED  0x7a12

// ------------------------------------------------------------------------- writing

struct an__sink {
    struct buf out;
    int fd;
};

static void flush(struct an__sink *sink)
{
    for (size_t done = 0; done < sink->out.size;) {
        ssize_t wrote = write(sink->fd, sink->out.data + done, sink->out.size - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            _exit(1); // nobody listens
        done += (size_t)wrote;
    }
    sink->out.size = 0;
}

static size_t begin(struct an__sink *sink, enum an__record record)
{
    size_t start = sink->out.size;
    buf_bytes(&sink->out, "\0\0\0", 4);
    buf_char(&sink->out, (char)record);
    return start;
}

static void end(struct an__sink *sink, size_t start)
{
    uint32_t size = (uint32_t)(sink->out.size - start - 4);
    uint8_t bytes[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16),
                        (uint8_t)(size >> 24)};
    memcpy(sink->out.data + start, bytes, sizeof bytes);
    if (sink->out.size >= FLUSH_AT)
        flush(sink);
}

struct an__text an__text_of(const char *text)
{
    size_t size = strlen(text);
    struct an__text out = {.size = size, .head_size = (uint8_t)MIN(size, (size_t)AN_TEXT_HEAD)};
    memcpy(out.head, text, out.head_size);
    if (size > AN_TEXT_HEAD) // else the head says it all
        out.hash = hash_bytes(text, size, TEXT_SEED);
    return out;
}

static void put_text(struct buf *out, const struct an__text *text)
{
    buf_uleb(out, text->size);
    buf_uleb(out, text->hash);
    buf_bytes(out, text->head, text->head_size);
}

void an__put_unit(struct an__sink *sink, const struct an__unit *unit)
{
    size_t start = begin(sink, AN_RECORD_UNIT);
    const uint64_t fields[] = {unit->offset,    unit->size,         unit->abbrev_offset,
                               unit->signature, unit->type_offset,  unit->version,
                               unit->kind,      unit->address_size, unit->offset_size};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        buf_uleb(&sink->out, fields[i]);
    end(sink, start);
}

static void put_target(struct buf *out, struct dw_target target)
{
    buf_uleb(out, target.kind);
    if (target.kind != DW_TARGET_NONE)
        buf_uleb(out, target.value);
}

void an__put_die(struct an__sink *sink, const struct an__die *die)
{
    size_t start = begin(sink, AN_RECORD_DIE);
    struct buf *out = &sink->out;
    buf_uleb(out, die->offset);
    buf_uleb(out, die->parent + 1); // NO_OFFSET becomes 0
    buf_uleb(out, die->tag);
    buf_uleb(out, die->parts);
    buf_uleb(out, die->unreadable);
    if (die->parts & DW_DIE_NAME)
        put_text(out, &die->name);
    if (die->parts & DW_DIE_LINKAGE_NAME)
        put_text(out, &die->linkage_name);
    if (die->parts & DW_DIE_BYTE_SIZE)
        buf_uleb(out, die->byte_size);
    if (die->parts & DW_DIE_BIT_SIZE)
        buf_uleb(out, die->bit_size);
    if (die->parts & DW_DIE_MEMBER)
        buf_uleb(out, die->member_offset);
    put_target(out, die->type);
    put_target(out, die->origin);
    buf_uleb(out, die->ranges.count);
    for (size_t i = 0; i < die->ranges.count; i++) {
        buf_uleb(out, die->ranges.items[i].start);
        buf_uleb(out, die->ranges.items[i].end - die->ranges.items[i].start);
    }
    end(sink, start);
}

void an__put_error(struct an__sink *sink, enum an__check check, const char *text)
{
    size_t start = begin(sink, AN_RECORD_ERROR);
    buf_uleb(&sink->out, check);
    buf_bytes(&sink->out, text, strnlen(text, 159));
    end(sink, start);
}

// ------------------------------------------------------------------------- reading

struct an__child {
    pid_t pid;
    int fd;
    unsigned timeout;
    bool ended; // the last record was the end of an object
    bool gone, timed_out, garbled;
    uint8_t *bytes; // [at, filled) of the stream, RECORD_MAX + 4 of them
    size_t at, filled;
};

// At least `need` bytes, or false: the end, damage, or nothing came in time.
static bool fill(struct an__child *child, size_t need)
{
    if (child->filled - child->at >= need)
        return true;
    memmove(child->bytes, child->bytes + child->at, child->filled - child->at);
    child->filled -= child->at;
    child->at = 0;
    while (child->filled < need) {
        struct pollfd wait = {.fd = child->fd, .events = POLLIN};
        int ready = poll(&wait, 1, (int)child->timeout * 1000);
        if (ready < 0 && errno == EINTR)
            continue;
        child->timed_out = ready == 0;
        if (ready <= 0)
            return false;
        ssize_t got = read(child->fd, child->bytes + child->filled, RECORD_MAX + 4 - child->filled);
        if (got < 0 && errno == EINTR)
            continue;
        child->gone = got <= 0;
        if (child->gone)
            return false;
        child->filled += (size_t)got;
    }
    return true;
}

static void take_text(struct cur *c, struct an__text *text)
{
    text->size = cur_uleb(c);
    text->hash = cur_uleb(c);
    text->head_size = (uint8_t)MIN(text->size, (uint64_t)AN_TEXT_HEAD);
    struct slice head = cur_bytes(c, text->head_size);
    if (!c->failed)
        memcpy(text->head, head.data, head.size);
}

static void take_unit(struct cur *c, struct an__unit *unit)
{
    unit->offset = cur_uleb(c);
    unit->size = cur_uleb(c);
    unit->abbrev_offset = cur_uleb(c);
    unit->signature = cur_uleb(c);
    unit->type_offset = cur_uleb(c);
    unit->version = (uint16_t)cur_uleb(c);
    unit->kind = (uint8_t)cur_uleb(c);
    unit->address_size = (uint8_t)cur_uleb(c);
    unit->offset_size = (uint8_t)cur_uleb(c);
}

static struct dw_target take_target(struct cur *c)
{
    struct dw_target target = {DW_TARGET_NONE, 0};
    uint64_t kind = cur_uleb(c);
    target.kind = kind <= DW_TARGET_BAD ? (int)kind : DW_TARGET_BAD;
    if (kind != DW_TARGET_NONE)
        target.value = cur_uleb(c);
    return target;
}

static void take_die(struct cur *c, struct an__die *die)
{
    die->offset = cur_uleb(c);
    die->parent = cur_uleb(c) - 1;
    die->tag = (uint16_t)cur_uleb(c);
    die->parts = (uint32_t)cur_uleb(c);
    die->unreadable = (uint32_t)cur_uleb(c);
    if (die->parts & DW_DIE_NAME)
        take_text(c, &die->name);
    if (die->parts & DW_DIE_LINKAGE_NAME)
        take_text(c, &die->linkage_name);
    die->byte_size = die->parts & DW_DIE_BYTE_SIZE ? cur_uleb(c) : 0;
    die->bit_size = die->parts & DW_DIE_BIT_SIZE ? cur_uleb(c) : 0;
    die->member_offset = die->parts & DW_DIE_MEMBER ? cur_uleb(c) : 0;
    die->type = take_target(c);
    die->origin = take_target(c);
    uint64_t count = cur_uleb(c);
    die->ranges.count = 0;
    for (uint64_t i = 0; i < count && !c->failed; i++) {
        uint64_t start = cur_uleb(c), size = cur_uleb(c);
        vec_push(&die->ranges, (struct dw_range){start, start + size});
    }
}

static void take_error(struct cur *c, struct an__message *out)
{
    uint64_t check = cur_uleb(c);
    out->check = check < AN_CHECK_COUNT ? (enum an__check)check : AN_CHECK_UNITS;
    struct slice text = cur_bytes(c, MIN(cur_left(c), sizeof out->text - 1));
    if (text.size != 0)
        memcpy(out->text, text.data, text.size);
    out->text[text.size] = '\0';
}

static struct cur next_record(struct an__child *child)
{
    struct cur c = cur_make(slice_of(NULL, 0), false);
    if (!fill(child, 4))
        return c;
    struct cur head = cur_make(slice_of(child->bytes + child->at, 4), false);
    uint32_t size = cur_u32(&head);
    child->garbled = size == 0 || size > RECORD_MAX;
    if (child->garbled || !fill(child, 4 + (size_t)size))
        return c;
    c = cur_make(slice_of(child->bytes + child->at + 4, size), false);
    child->at += 4 + (size_t)size;
    return c;
}

void an__child_next(struct an__child *child, struct an__message *out)
{
    struct cur c = next_record(child);
    child->ended = false;
    out->record = AN_RECORD_END;
    if (cur_left(&c) == 0)
        return;
    uint8_t record = cur_u8(&c);
    if (record == AN_RECORD_UNIT)
        take_unit(&c, &out->unit);
    else if (record == AN_RECORD_DIE)
        take_die(&c, &out->die);
    else if (record == AN_RECORD_ERROR)
        take_error(&c, out);
    child->ended = record == AN_RECORD_END;
    child->garbled = c.failed || record > AN_RECORD_ERROR;
    if (!child->garbled)
        out->record = (enum an__record)record;
}

// --------------------------------------------------------------------- the process

// A library that writes messages must not write them into the report, and its crash must be a
// crash: not a sanitizer's report, nor a core file.
static void make_quiet(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE};
    struct rlimit none = {0, 0};
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null >= 0; fd++)
        dup2(null, fd);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // one that loops must not outlive us
    for (size_t i = 0; i < COUNT_OF(crashes); i++)
        signal(crashes[i], SIG_DFL);
}

// Memory in proportion to what is read, as everywhere. A sanitizer's shadow is out of proportion.
static void limit_memory(const struct an__object *object)
{
#ifndef __SANITIZE_ADDRESS__
    uint64_t input = 0;
    for (size_t i = 0; i < object->section_count; i++)
        input += object->sections[i].bytes.size;
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0)
        return;
    limit.rlim_cur = MIN(limit.rlim_max, (rlim_t)(input * 8 + (UINT64_C(2) << 30)));
    setrlimit(RLIMIT_DATA, &limit);
#else
    (void)object;
#endif
}

static _Noreturn void run(an__reader *reader, const struct an__job *jobs, size_t count, int fd)
{
    struct an__sink sink = {.fd = fd};
    make_quiet();
    for (size_t i = 0; i < count; i++) {
        limit_memory(jobs[i].object);
        reader(jobs[i].object, &sink);
        end(&sink, begin(&sink, AN_RECORD_END));
        flush(&sink); // a crash at the next object costs nothing of this one
    }
    _exit(0);
}

struct an__child *an__child_start(an__reader *reader, const struct an__job *jobs, size_t count,
                                  unsigned timeout_seconds, struct fault *fault)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fault_set(fault, FAULT_LIMIT, NULL, NULL, NO_OFFSET, "no pipe: %s", strerror(errno));
        return NULL;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        run(reader, jobs, count, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        fault_set(fault, FAULT_LIMIT, NULL, NULL, NO_OFFSET, "no process: %s", strerror(errno));
        return NULL;
    }
    struct an__child *child = mem_zalloc(1, sizeof *child);
    child->pid = pid;
    child->fd = ends[0];
    child->timeout = timeout_seconds;
    child->bytes = mem_alloc(RECORD_MAX + 4);
    return child;
}

// Waits for the end of the child, which is on its way or made so here.
static int reap(struct an__child *child)
{
    int status = 0;
    if (child->pid == 0)
        return 0;
    if (!child->gone)
        kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    child->pid = 0;
    return status;
}

bool an__child_finished(struct an__child *child, char text[160])
{
    if (child->ended)
        return true;
    int status = reap(child);
    if (child->timed_out)
        snprintf(text, 160, "libdwarf did not answer for %u s", child->timeout);
    else if (child->garbled || !child->gone)
        snprintf(text, 160, "libdwarf wrote over the records of this reading");
    else if (WIFSIGNALED(status))
        snprintf(text, 160, "libdwarf crashed on this input (signal %d)", WTERMSIG(status));
    else
        snprintf(text, 160, "libdwarf ended the process on this input (status %d)",
                 WEXITSTATUS(status));
    return false;
}

void an__child_free(struct an__child *child)
{
    reap(child);
    close(child->fd);
    free(child->bytes);
    free(child);
}
