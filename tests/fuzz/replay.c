// SPDX-License-Identifier: MIT
//
// Replays a fuzz target's corpus without libFuzzer: replay DIRECTORY... runs every file in it, whole
// and cut short at each eighth, through LLVMFuzzerTestOneInput. What was found once stays found, with
// any compiler. An empty corpus fails: a test that tests nothing should not look green.

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS 8

// The input lies in a block of exactly its size, so that a sanitizer sees the first byte too far.
static void run_exactly(const uint8_t *data, size_t size)
{
    uint8_t *copy = mem_alloc(size);
    if (size != 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static bool read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char block[1 << 14];
    for (size_t size; (size = fread(block, 1, sizeof block, file)) != 0;)
        buf_bytes(out, block, size);
    bool good = !ferror(file);
    fclose(file);
    return good;
}

static bool replay_file(const char *path)
{
    struct buf bytes = {0};
    bool good = read_file(path, &bytes);
    if (good) {
        printf("%s\n", path); // before it runs: the last line names the one that crashed
        fflush(stdout);
        for (size_t cut = 0; cut <= CUTS; cut++)
            run_exactly((const uint8_t *)bytes.data, bytes.size * cut / CUTS);
    } else {
        perror(path);
    }
    buf_free(&bytes);
    return good;
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

// How many files were replayed, or -1.
static long replay_directory(const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    if (count < 0) {
        perror(directory);
        return -1;
    }
    long replayed = 0;
    for (int i = 0; i < count; i++) {
        struct buf path = {0};
        buf_printf(&path, "%s/%s", directory, entries[i]->d_name);
        if (is_file(path.data) && replayed >= 0)
            replayed = replay_file(path.data) ? replayed + 1 : -1;
        buf_free(&path);
        free(entries[i]);
    }
    free(entries);
    return replayed;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (replay_directory(argv[i]) <= 0) {
            fprintf(stderr, "replay: no inputs in %s\n", argv[i]);
            return 1;
        }
    return argc < 2;
}
