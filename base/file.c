// SPDX-License-Identifier: MIT
//
// Files as a whole: small ones are copied (configurations, scripts, images for a target), large ones
// are mapped. A mapped file that somebody truncates meanwhile ends the process with SIGBUS, as with every
// program that maps its input. Special files are refused without reading them: opening a FIFO must not
// wait for a writer.

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

static bool read_all(int file, const char *path, size_t max, struct buf *out, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "cannot be read: %s",
                         strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "expected a regular file");
    char block[1 << 14];
    ssize_t size;
    while (out->size <= max && (size = read(file, block, sizeof block)) != 0) {
        if (size < 0 && errno != EINTR)
            return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "cannot be read: %s",
                             strerror(errno));
        if (size > 0)
            buf_bytes(out, block, (size_t)size);
    }
    return true;
}

bool buf_read_file(struct buf *out, const char *path, size_t max, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not keep us waiting
    if (file < 0)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "cannot be opened: %s",
                         strerror(errno));
    bool good = read_all(file, path, max, out, fault);
    close(file);
    return good;
}

// ------------------------------------------------------------------------- mapping

static const char *special_kind(mode_t mode)
{
    return S_ISDIR(mode)    ? "is a directory"
           : S_ISFIFO(mode) ? "is a FIFO"
           : S_ISSOCK(mode) ? "is a socket"
           : S_ISREG(mode)  ? NULL
                            : "is a device";
}

static bool map_descriptor(int file, struct slice *bytes, const char *path, const char *expected,
                           bool whole, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "%s", strerror(errno));
    const char *special = special_kind(status.st_mode);
    if (special != NULL)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "%s; expected %s", special,
                         expected);
    size_t size = (size_t)status.st_size;
    if (size == 0)
        return true;
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE | (whole ? MAP_POPULATE : 0), file, 0);
    if (map == MAP_FAILED)
        return fault_set(fault, FAULT_LIMIT, path, NULL, NO_OFFSET, "cannot map: %s",
                         strerror(errno));
    *bytes = slice_of(map, size);
    return true;
}

bool file_map(struct slice *bytes, const char *path, const char *expected, bool whole,
              struct fault *fault)
{
    *bytes = slice_of(NULL, 0);
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return fault_set(fault, FAULT_INPUT, path, NULL, NO_OFFSET, "%s", strerror(errno));
    bool good = map_descriptor(file, bytes, path, expected, whole, fault);
    close(file);
    return good;
}

void file_want(struct slice bytes)
{
#ifdef MADV_POPULATE_READ
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)bytes.data / page * page, end = (uintptr_t)bytes.data + bytes.size;
    if (bytes.size > page)
        madvise((void *)start, end - start, MADV_POPULATE_READ);
#else
    (void)bytes;
#endif
}

void file_unmap(struct slice bytes)
{
    if (bytes.data != NULL)
        munmap((void *)(uintptr_t)bytes.data, bytes.size);
}
