// SPDX-License-Identifier: MIT
//
// What leaves the program: reports on stdout or into a file, messages and the progress line on
// stderr.

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define DOUBTS_TOLD 3 // when a run fails

// ------------------------------------------------------------------------ progress

// The one thread that writes while others work. It wakes ten times a second, stays silent for the
// first second, and leaves the line empty.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, end;
    const char *what;
    struct timespec start;
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER};

static double since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void *show_progress(void *unused)
{
    (void)unused;
    bool shown = false;
    pthread_mutex_lock(&progress.lock);
    while (!progress.end) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&progress.wake, &progress.lock, &until);
        double seconds = since(&progress.start);
        if (progress.end || seconds < 1)
            continue;
        fprintf(stderr, "\r\033[Ktare: %s, %.1f s ", progress.what, seconds);
        fflush(stderr);
        shown = true;
    }
    pthread_mutex_unlock(&progress.lock);
    if (shown)
        fputs("\r\033[K", stderr);
    fflush(stderr);
    return NULL;
}

void cmd_progress(const struct cmd *cmd, const char *what)
{
    if (cmd->options.quiet || !isatty(STDERR_FILENO))
        return;
    pthread_mutex_lock(&progress.lock);
    progress.what = what;
    bool start = !progress.running;
    pthread_mutex_unlock(&progress.lock);
    if (!start)
        return;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&progress.wake, &attributes);
    pthread_condattr_destroy(&attributes);
    clock_gettime(CLOCK_MONOTONIC, &progress.start);
    progress.end = false;
    progress.running = pthread_create(&progress.thread, NULL, show_progress, NULL) == 0;
}

void cmd_progress_end(void)
{
    if (!progress.running)
        return;
    pthread_mutex_lock(&progress.lock);
    progress.end = true;
    pthread_cond_signal(&progress.wake);
    pthread_mutex_unlock(&progress.lock);
    pthread_join(progress.thread, NULL);
    pthread_cond_destroy(&progress.wake);
    progress.running = false;
}

// ------------------------------------------------------------------------ messages

void cmd_message(const struct cmd *cmd, const char *format, ...)
{
    (void)cmd;
    cmd_progress_end();
    va_list args;
    va_start(args, format);
    fputs("tare: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int cmd_usage(struct cmd *cmd, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fault_set(&cmd->fault, FAULT_USAGE, NULL, NULL, NO_OFFSET, "%s", text);
    return CMD_USAGE;
}

int cmd_fail(const struct cmd *cmd)
{
    return cmd->fault.kind == FAULT_LIMIT ? CMD_LIMIT : CMD_USAGE;
}

int cmd_not_found(struct cmd *cmd, const char *what, const char *name, const char *const *nearest,
                  size_t count)
{
    struct buf list = {0};
    for (size_t i = 0; i < count; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", nearest[i]);
    buf_char(&list, '\0');
    cmd_usage(cmd, "no %s is called '%s'%s%s", what, name, count ? "; the nearest: " : "",
              list.data);
    buf_free(&list);
    return CMD_USAGE;
}

// -------------------------------------------------------------------------- report

struct target {
    int fd;
    char *temporary; // NULL when written in place
    const char *path;
};

static bool write_all(void *context, const void *data, size_t size)
{
    const struct target *target = context;
    for (const char *at = data; size != 0;) {
        ssize_t done = write(target->fd, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        size -= (size_t)done;
    }
    return true;
}

// A regular file is written beside its place and moved there at the end; a device or a pipe has no
// such way.
static bool target_open(struct cmd *cmd, struct target *target, const char *path)
{
    struct stat info;
    *target = (struct target){.fd = STDOUT_FILENO, .path = path ? path : "standard output"};
    if (path == NULL || strcmp(path, "-") == 0)
        return true;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        target->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        target->temporary = arena_printf(cmd->arena, "%s.XXXXXX", path);
        target->fd = mkostemp(target->temporary, O_CLOEXEC);
    }
    if (target->fd < 0)
        return fault_set(&cmd->fault, FAULT_INPUT, path, NULL, NO_OFFSET, "cannot be written: %s",
                         strerror(errno));
    return true;
}

static bool target_close(struct cmd *cmd, struct target *target, bool good)
{
    if (target->fd == STDOUT_FILENO)
        return good;
    if (good && target->temporary != NULL) {
        mode_t mask = umask(0);
        umask(mask);
        good = fchmod(target->fd, 0666 & ~mask) == 0;
    }
    good = close(target->fd) == 0 && good;
    if (target->temporary == NULL)
        return good;
    if (good && rename(target->temporary, target->path) == 0)
        return true;
    unlink(target->temporary);
    return fault_set(&cmd->fault, FAULT_LIMIT, target->path, NULL, NO_OFFSET,
                     "cannot be written: %s", strerror(errno));
}

bool cmd_write_file(struct cmd *cmd, const char *path, struct slice bytes)
{
    struct target target;
    if (!target_open(cmd, &target, path))
        return false;
    bool good = write_all(&target, bytes.data, bytes.size);
    int error = errno;
    if (target_close(cmd, &target, good))
        return true;
    return fault_set(&cmd->fault, FAULT_LIMIT, path, NULL, NO_OFFSET, "cannot be written: %s",
                     strerror(error));
}

static bool wants_colour(const struct cmd *cmd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool asked_not = cmd->options.no_color || (no_color != NULL && no_color[0] != '\0');
    bool dumb = term == NULL || strcmp(term, "dumb") == 0;
    return !asked_not && !dumb && cmd->options.output == NULL && isatty(STDOUT_FILENO);
}

static unsigned terminal_width(const struct cmd *cmd)
{
    struct winsize size;
    bool terminal = cmd->options.output == NULL && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return terminal ? size.ws_col : 0;
}

bool cmd_refuse_doubts(struct cmd *cmd)
{
    uint64_t count = doubts_total(cmd->doubts);
    if (!cmd->options.strict || count == 0)
        return false;
    cmd_usage(cmd, "%llu doubt%s, and --strict was asked for", (unsigned long long)count,
              count == 1 ? "" : "s");
    return true;
}

// With --strict they are the answer, so all of them.
void cmd_tell_doubts(const struct cmd *cmd)
{
    size_t count;
    const struct doubt *doubts = doubts_list(cmd->doubts, &count);
    if (!cmd->options.strict)
        count = cmd->options.quiet ? 0 : MIN(count, (size_t)DOUBTS_TOLD);
    for (size_t i = 0; i < count; i++) {
        if (doubts[i].offset == NO_OFFSET)
            cmd_message(cmd, "%s: %s", doubts[i].where, doubts[i].text);
        else
            cmd_message(cmd, "%s+0x%llx: %s", doubts[i].where, (unsigned long long)doubts[i].offset,
                        doubts[i].text);
    }
}

int cmd_render(struct cmd *cmd, struct rep_report *report)
{
    report->verb = cmd->verb->name;
    report->version = TARE_VERSION;
    report->doubts = doubts_list(cmd->doubts, &report->doubt_count);
    report->doubt_total = doubts_total(cmd->doubts);
    if (cmd_refuse_doubts(cmd))
        return cmd_fail(cmd);
    struct target target;
    struct rep_style style = {.format = cmd->format,
                              .colour = wants_colour(cmd),
                              .plain_bytes = cmd->options.plain_bytes,
                              .verbose = cmd->options.verbose,
                              .width = terminal_width(cmd)};
    if (!target_open(cmd, &target, cmd->options.output))
        return cmd_fail(cmd);
    if (target.fd == STDOUT_FILENO && isatty(STDOUT_FILENO))
        cmd_progress_end();
    struct rep_sink sink = {write_all, &target};
    struct fault fault = {0};
    bool good = rep_render(report, &style, &sink, &fault);
    int error = errno;
    cmd_progress_end();
    if (target_close(cmd, &target, good))
        return CMD_OK;
    if (error == EPIPE && target.fd == STDOUT_FILENO)
        return CMD_OK; // the reader has seen enough
    fault_set(&cmd->fault, FAULT_LIMIT, target.path, NULL, NO_OFFSET, "cannot be written: %s",
              strerror(error));
    return cmd_fail(cmd);
}
