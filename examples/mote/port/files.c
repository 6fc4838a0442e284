// SPDX-License-Identifier: MIT
// Files, for open() of module io.
#define _POSIX_C_SOURCE 200809L
#include "modules/stream.h"

#if MOTE_FILES

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int file_open(const char *path, bool read, bool write, bool create, bool truncate, bool append)
{
    int fd = open(path,
                  (read && write ? O_RDWR
                   : write       ? O_WRONLY
                                 : O_RDONLY) |
                      (create ? O_CREAT : 0) | (truncate ? O_TRUNC : 0) | (append ? O_APPEND : 0) |
                      O_CLOEXEC,
                  0666);
    return fd < 0 ? -errno : fd;
}

intptr_t file_read(int fd, void *data, size_t size)
{
    ssize_t n = read(fd, data, size);
    return n < 0 ? -errno : n;
}

intptr_t file_write(int fd, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)data + done, size - done);
        if (n < 0)
            return -errno;
        done += (size_t)n;
    }
    return (intptr_t)size;
}

intptr_t file_seek(int fd, intptr_t offset, int whence)
{
    off_t at = lseek(fd, offset, whence == 0 ? SEEK_SET : whence == 1 ? SEEK_CUR : SEEK_END);
    return at < 0 ? -errno : (intptr_t)at;
}

void file_close(int fd)
{
    close(fd);
}

#endif
