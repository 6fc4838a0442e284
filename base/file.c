// SPDX-License-Identifier: MIT
//
// Small files as a whole: configurations, scripts, images for a target. Large inputs are mapped by
// those who read them.

#include <errno.h>
#include <fcntl.h>
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
