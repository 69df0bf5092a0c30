/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The volume file as a device of libntfs-3g, mapped into memory: the library reads and writes a
 * great many small pieces, and as system calls they cost half of the time of a large tree.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <time.h> /* ntfs-3g/ntfstime.h needs it and does not include it (Debian 13) */

#include <ntfs-3g/device.h>

#include "device.h"

struct mapped {
    int fd;
    unsigned char *p;
    s64 size, pos;
};

static int dev_open(struct ntfs_device *dev, int flags) {
    struct mapped *m = td_alloc(sizeof *m);
    struct stat st;

    (void)flags;
    m->fd = open(dev->d_name, O_RDWR | O_CLOEXEC);
    if (m->fd < 0 || fstat(m->fd, &st))
        goto fail;
    m->size = st.st_size;
    m->p = mmap(NULL, (size_t)m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
    if (m->p == MAP_FAILED)
        goto fail;
    madvise(m->p, (size_t)m->size,
            MADV_RANDOM); /* reading ahead would fill memory with the zeros of holes */
    dev->d_private = m;
    NDevSetOpen(dev);
    return 0;
fail:
    if (m->fd >= 0)
        close(m->fd);
    free(m);
    return -1;
}

static int dev_close(struct ntfs_device *dev) {
    struct mapped *m = dev->d_private;
    int rc = munmap(m->p, (size_t)m->size);

    rc |= close(m->fd);
    NDevClearOpen(dev);
    dev->d_private = NULL;
    free(m);
    return rc;
}

static s64 dev_seek(struct ntfs_device *dev, s64 offset, int whence) {
    struct mapped *m = dev->d_private;
    s64 to = whence == SEEK_SET ? offset : whence == SEEK_CUR ? m->pos + offset : m->size + offset;

    if (to < 0) {
        errno = EINVAL;
        return -1;
    }
    m->pos = to;
    return to;
}

static s64 dev_pread(struct ntfs_device *dev, void *buf, s64 count, s64 offset) {
    const struct mapped *m = dev->d_private;

    if (offset < 0 || count < 0) {
        errno = EINVAL;
        return -1;
    }
    if (offset >= m->size)
        return 0;
    if (count > m->size - offset)
        count = m->size - offset;
    memcpy(buf, m->p + offset, (size_t)count);
    return count;
}

static s64 dev_pwrite(struct ntfs_device *dev, const void *buf, s64 count, s64 offset) {
    struct mapped *m = dev->d_private;

    if (offset < 0 || count < 0 || offset > m->size || count > m->size - offset) {
        errno = ENOSPC;
        return -1;
    }
    NDevSetDirty(dev);
    memcpy(m->p + offset, buf, (size_t)count);
    return count;
}

static s64 dev_read(struct ntfs_device *dev, void *buf, s64 count) {
    struct mapped *m = dev->d_private;
    s64 n = dev_pread(dev, buf, count, m->pos);

    m->pos += n > 0 ? n : 0;
    return n;
}

static s64 dev_write(struct ntfs_device *dev, const void *buf, s64 count) {
    struct mapped *m = dev->d_private;
    s64 n = dev_pwrite(dev, buf, count, m->pos);

    m->pos += n > 0 ? n : 0;
    return n;
}

static int dev_sync(struct ntfs_device *dev) {
    NDevClearDirty(dev); /* a test image needs no power-cut safety */
    return 0;
}

static int dev_stat(struct ntfs_device *dev, struct stat *st) {
    const struct mapped *m = dev->d_private;

    return fstat(m->fd, st);
}

static int dev_ioctl(struct ntfs_device *dev, unsigned long request, void *argp) {
    (void)dev, (void)request, (void)argp;
    errno = EOPNOTSUPP;
    return -1;
}

struct ntfs_device *td_device_new(const char *path) {
    static struct ntfs_device_operations operations = {.open = dev_open,
                                                       .close = dev_close,
                                                       .seek = dev_seek,
                                                       .read = dev_read,
                                                       .write = dev_write,
                                                       .pread = dev_pread,
                                                       .pwrite = dev_pwrite,
                                                       .sync = dev_sync,
                                                       .stat = dev_stat,
                                                       .ioctl = dev_ioctl};

    return ntfs_device_alloc(path, 0, &operations, NULL);
}
