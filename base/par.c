// SPDX-License-Identifier: MIT
//
// A loop on several threads: workers take the next index from one counter until none is left.

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/base.h"

#define WORKERS_MAX 64
#ifdef TARE_SMALL_PARTS
#define WORTH_BYTES ((uint64_t)1)
#else
#define WORTH_BYTES ((uint64_t)128 << 10)
#endif

struct loop {
    atomic_size_t next;
    size_t count;
    void (*body)(void *context, size_t index, unsigned worker);
    void *context;
};

struct worker {
    struct loop *loop;
    unsigned number;
};

unsigned par_workers(unsigned threads, size_t count)
{
    if (threads == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        threads = cores < 1 ? 1 : (unsigned)MIN(cores, (long)WORKERS_MAX);
    }
    threads = MIN(threads, (unsigned)WORKERS_MAX);
    return count < threads ? MAX((unsigned)count, 1u) : threads;
}

unsigned par_worth(unsigned threads, uint64_t bytes)
{
    return bytes < WORTH_BYTES ? 1 : threads;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct loop *loop = worker->loop;
    for (;;) {
        size_t index = atomic_fetch_add(&loop->next, 1);
        if (index >= loop->count)
            return NULL;
        loop->body(loop->context, index, worker->number);
    }
}

void par_for(unsigned threads, size_t count,
             void (*body)(void *context, size_t index, unsigned worker), void *context)
{
    struct loop loop = {.count = count, .body = body, .context = context};
    struct worker workers[WORKERS_MAX];
    pthread_t handles[WORKERS_MAX];
    unsigned wanted = par_workers(threads, count), started = 0;
    for (unsigned i = 0; i < wanted; i++)
        workers[i] = (struct worker){&loop, i};
    // The caller is worker 0; where no thread can be had it does the work alone.
    for (unsigned i = 1; i < wanted; i++, started++)
        if (pthread_create(&handles[i], NULL, work, &workers[i]) != 0)
            break;
    work(&workers[0]);
    for (unsigned i = 1; i <= started; i++)
        pthread_join(handles[i], NULL);
}
