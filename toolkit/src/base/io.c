/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/text.h"

#define READ_PIECE_BYTES 65536
#define PART_SUFFIX      ".part"

static int rename_noreplace(int olddir, const char *old, int newdir, const char *name) {
    if (renameat2(olddir, old, newdir, name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* A file system without the flag (older exFAT, FUSE). Only we write in these directories, so a
     * look before the rename is enough; a symbolic link counts as existing. */
    if (faccessat(newdir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    if (errno != ENOENT)
        return -1;
    return renameat(olddir, old, newdir, name);
}

static const struct shodo_io_ops system_ops = {
    .write = write,
    .fsync = fsync,
    .renameat = rename_noreplace,
    .ftruncate = ftruncate,
};

static const struct shodo_io_ops *ops = &system_ops;

void shodo_io_set_ops(const struct shodo_io_ops *replacement) {
    ops = replacement ? replacement : &system_ops;
}

/* Below a directory a name is one component, so that no name from outside can climb out of it. */
static enum shodo_status check_name(int dirfd, const char *name, struct shodo_error *err) {
    if (*name == '\0' || (dirfd != AT_FDCWD &&
                          (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)))
        return shodo_fail(err, SHODO_INVALID, "'%s' is not a file name", name);
    return SHODO_OK;
}

static enum shodo_status open_at(int *ret_fd, int dirfd, const char *name, int flags,
                                 struct shodo_error *err) {
    enum shodo_status rc = check_name(dirfd, name, err);
    int fd;

    if (rc != SHODO_OK)
        return rc;
    do
        fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return shodo_fail_errno(err, "opening '%s'", name);
    *ret_fd = fd;
    return SHODO_OK;
}

enum shodo_status shodo_io_open_dir(int *ret_fd, int dirfd, const char *name,
                                    struct shodo_error *err) {
    return open_at(ret_fd, dirfd, name, O_RDONLY | O_DIRECTORY, err);
}

enum shodo_status shodo_io_make_dir(int *ret_fd, int dirfd, const char *name,
                                    struct shodo_error *err) {
    enum shodo_status rc = check_name(dirfd, name, err);

    if (rc != SHODO_OK)
        return rc;
    if (mkdirat(dirfd, name, 0700) != 0 && errno != EEXIST)
        return shodo_fail_errno(err, "making directory '%s'", name);
    return shodo_io_open_dir(ret_fd, dirfd, name, err);
}

enum shodo_status shodo_io_open_read(int *ret_fd, int dirfd, const char *name,
                                     struct shodo_error *err) {
    /* O_NONBLOCK: a FIFO put in place of the file must not hang us; no effect on regular files */
    return open_at(ret_fd, dirfd, name, O_RDONLY | O_NOCTTY | O_NONBLOCK, err);
}

enum shodo_status shodo_io_read_file(struct shodo_buf *out, int dirfd, const char *name, size_t max,
                                     struct shodo_error *err) {
    enum shodo_status rc;
    size_t start = out->len;
    struct stat st;
    int fd = -1;

    rc = shodo_io_open_read(&fd, dirfd, name, err);
    if (rc != SHODO_OK)
        return rc;
    if (fstat(fd, &st) != 0)
        rc = shodo_fail_errno(err, "reading '%s'", name);
    else if (!S_ISREG(st.st_mode))
        rc = shodo_fail(err, SHODO_INVALID, "'%s' is not a regular file", name);
    while (rc == SHODO_OK) {
        if (!shodo_buf_reserve(out, READ_PIECE_BYTES)) {
            rc = shodo_fail(err, SHODO_NOMEM, "reading '%s': out of memory", name);
            break;
        }
        ssize_t got = read(fd, out->data + out->len, READ_PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = shodo_fail_errno(err, "reading '%s'", name);
        if (got <= 0)
            break;
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        if (out->len - start > max)
            rc = shodo_fail(err, SHODO_LIMIT, "'%s' is larger than %zu bytes", name, max);
    }
    shodo_io_close(&fd);
    if (rc != SHODO_OK && out->data) {
        out->len = start;
        out->data[start] = '\0';
    }
    return rc;
}

enum shodo_status shodo_io_write_all(int fd, const void *p, size_t n, struct shodo_error *err) {
    const char *s = (const char *)p;

    while (n > 0) {
        ssize_t put = ops->write(fd, s, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put == 0)
            errno = ENOSPC; /* a device that takes nothing and says nothing */
        if (put <= 0)
            return shodo_fail_errno(err, "writing");
        s += put;
        n -= (size_t)put;
    }
    return SHODO_OK;
}

enum shodo_status shodo_io_fsync(int fd, struct shodo_error *err) {
    while (ops->fsync(fd) != 0) {
        if (errno == EINTR)
            continue;
        return shodo_fail_errno(err, "flushing to the medium");
    }
    return SHODO_OK;
}

enum shodo_status shodo_io_truncate(int fd, uint64_t size_bytes, struct shodo_error *err) {
    while (ops->ftruncate(fd, (off_t)size_bytes) != 0) {
        if (errno == EINTR)
            continue;
        return shodo_fail_errno(err, "cutting a file");
    }
    return SHODO_OK;
}

/* The directory that holds `name`: `dirfd` itself, or for AT_FDCWD the parent of the path. */
static enum shodo_status sync_dir(int dirfd, const char *name, struct shodo_error *err) {
    enum shodo_status rc = SHODO_OK;
    int fd = dirfd;

    if (dirfd == AT_FDCWD) {
        shodo_auto(shodo_buf) struct shodo_buf parent = SHODO_BUF_INIT;
        const char *slash = strrchr(name, '/');
        size_t n = slash ? (size_t)(slash - name) : 0;
        bool ok = n > 0 ? shodo_buf_add(&parent, name, n)
                        : shodo_buf_adds(&parent, slash ? "/" : ".");
        if (!ok)
            return shodo_fail(err, SHODO_NOMEM, "out of memory");
        fd = open(parent.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return shodo_fail_errno(err, "opening '%s'", parent.data);
    }
    while (ops->fsync(fd) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EINVAL) /* EINVAL: no fsync of directories there; nothing more to be done */
            rc = shodo_fail_errno(err, "flushing the directory of '%s'", name);
        break;
    }
    if (fd != dirfd)
        shodo_io_close(&fd);
    return rc;
}

static bool part_name(struct shodo_buf *out, const char *name) {
    return shodo_buf_addf(out, "%s" PART_SUFFIX, name);
}

/*
 * A ".part" that is there already is either being written by another process (it holds a lock:
 * EXISTS) or was left by a power cut: it never became a file, so it is removed.
 */
static enum shodo_status remove_stale_part(int dirfd, const char *part, struct shodo_error *err) {
    enum shodo_status rc = SHODO_OK;
    int fd = openat(dirfd, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0)
        rc = shodo_fail(err, SHODO_EXISTS, "'%s' is being written by another program", part);
    else if (unlinkat(dirfd, part, 0) != 0 && errno != ENOENT)
        rc = shodo_fail_errno(err, "removing '%s'", part);
    shodo_io_close(&fd);
    return rc;
}

enum shodo_status shodo_outfile_open(struct shodo_outfile *f, int dirfd, const char *name,
                                     struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf part = SHODO_BUF_INIT;
    enum shodo_status rc;
    int fd = -1;

    *f = (struct shodo_outfile){.dirfd = dirfd, .fd = -1, .name = NULL, .bytes = 0};
    rc = check_name(dirfd, name, err);
    if (rc != SHODO_OK)
        return rc;
    if (faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return shodo_fail(err, SHODO_EXISTS, "'%s' exists", name);
    if (!part_name(&part, name))
        return shodo_fail(err, SHODO_NOMEM, "out of memory");
    rc = open_at(&fd, dirfd, part.data, O_WRONLY | O_CREAT | O_EXCL, err);
    if (rc == SHODO_EXISTS) {
        rc = remove_stale_part(dirfd, part.data, err);
        if (rc == SHODO_OK)
            rc = open_at(&fd, dirfd, part.data, O_WRONLY | O_CREAT | O_EXCL, err);
    }
    if (rc != SHODO_OK)
        return rc;
    (void)flock(fd, LOCK_EX | LOCK_NB); /* only tells others that somebody is at work */
    f->name = strdup(name);
    if (!f->name) {
        shodo_io_close(&fd);
        (void)unlinkat(dirfd, part.data, 0);
        return shodo_fail(err, SHODO_NOMEM, "out of memory");
    }
    f->fd = fd;
    return SHODO_OK;
}

enum shodo_status shodo_outfile_write(struct shodo_outfile *f, const void *p, size_t n,
                                      struct shodo_error *err) {
    enum shodo_status rc;

    if (f->fd < 0)
        return shodo_fail(err, SHODO_INVALID, "shodo_outfile_write: the file is not open");
    rc = shodo_io_write_all(f->fd, p, n, err);
    if (rc != SHODO_OK) {
        shodo_error_context(err, "'%s'", f->name);
        return rc;
    }
    f->bytes += n;
    return SHODO_OK;
}

enum shodo_status shodo_outfile_finish(struct shodo_outfile *f, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf part = SHODO_BUF_INIT;
    enum shodo_status rc;

    if (f->fd < 0)
        return shodo_fail(err, SHODO_INVALID, "shodo_outfile_finish: the file is not open");
    rc = shodo_io_fsync(f->fd, err);
    if (rc != SHODO_OK) {
        shodo_error_context(err, "'%s'", f->name);
        goto fail;
    }
    if (!part_name(&part, f->name)) {
        rc = shodo_fail(err, SHODO_NOMEM, "out of memory");
        goto fail;
    }
    if (ops->renameat(f->dirfd, part.data, f->dirfd, f->name) != 0) {
        rc = shodo_fail_errno(err, "naming '%s'", f->name);
        goto fail;
    }
    rc = sync_dir(f->dirfd, f->name, err);
    shodo_io_close(&f->fd);
    free(f->name);
    f->name = NULL;
    return rc;
fail:
    shodo_outfile_abort(f);
    return rc;
}

void shodo_outfile_abort(struct shodo_outfile *f) {
    shodo_auto(shodo_buf) struct shodo_buf part = SHODO_BUF_INIT;

    if (!f->name)
        return;
    if (part_name(&part, f->name))
        (void)unlinkat(f->dirfd, part.data, 0);
    shodo_io_close(&f->fd);
    free(f->name);
    f->name = NULL;
}

enum shodo_status shodo_io_write_file(int dirfd, const char *name, const void *p, size_t n,
                                      struct shodo_error *err) {
    struct shodo_outfile f;
    enum shodo_status rc = shodo_outfile_open(&f, dirfd, name, err);

    if (rc != SHODO_OK)
        return rc;
    rc = shodo_outfile_write(&f, p, n, err);
    if (rc == SHODO_OK)
        return shodo_outfile_finish(&f, err);
    shodo_outfile_abort(&f);
    return rc;
}

enum shodo_status shodo_io_open_append(int *ret_fd, int dirfd, const char *name,
                                       struct shodo_error *err) {
    enum shodo_status rc = open_at(ret_fd, dirfd, name, O_RDWR | O_APPEND | O_CREAT | O_EXCL, err);

    if (rc == SHODO_OK) { /* new: make its name durable before the first record */
        rc = sync_dir(dirfd, name, err);
        if (rc != SHODO_OK)
            shodo_io_close(ret_fd);
        return rc;
    }
    if (rc != SHODO_EXISTS)
        return rc;
    return open_at(ret_fd, dirfd, name, O_RDWR | O_APPEND, err);
}

/* Number in "STEM.NNNN.EXT", 0 when `name` is not of that form. Four digits, more when they are
 * needed. */
static unsigned generation_of(const char *name, const char *stem, const char *ext) {
    size_t n = strlen(name), ns = strlen(stem), ne = strlen(ext);
    uint64_t number = 0;

    if (n < ns + ne + 6 || strncmp(name, stem, ns) != 0 || name[ns] != '.' ||
        name[n - ne - 1] != '.' || strcmp(name + n - ne, ext) != 0)
        return 0;
    if (!shodo_text_parse_u64(name + ns + 1, n - ns - ne - 2, &number) || number > 99999999)
        return 0;
    return (unsigned)number;
}

enum shodo_status shodo_io_generation(int dirfd, const char *stem, const char *ext,
                                      unsigned *ret_newest, struct shodo_error *err) {
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    unsigned newest = 0;
    struct dirent *e;
    int failed;

    if (!dir) {
        enum shodo_status rc = shodo_fail_errno(err, "listing the directory of '%s'", stem);
        shodo_io_close(&fd);
        return rc;
    }
    while (errno = 0, (e = readdir(dir)) != NULL) {
        unsigned g = generation_of(e->d_name, stem, ext);
        newest = SHODO_MAX(newest, g);
    }
    failed = errno;
    closedir(dir);
    errno = failed;
    if (failed)
        return shodo_fail_errno(err, "listing the directory of '%s'", stem);
    if (newest == 0)
        return shodo_fail(err, SHODO_NOTFOUND, "no '%s.NNNN.%s'", stem, ext);
    *ret_newest = newest;
    return SHODO_OK;
}

bool shodo_io_generation_name(struct shodo_buf *out, const char *stem, unsigned generation,
                              const char *ext) {
    return shodo_buf_addf(out, "%s.%04u.%s", stem, generation, ext);
}

enum shodo_status shodo_io_read_generation(struct shodo_buf *out, int dirfd, const char *stem,
                                           const char *ext, size_t max, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    unsigned newest;
    enum shodo_status rc = shodo_io_generation(dirfd, stem, ext, &newest, err);

    if (rc != SHODO_OK)
        return rc;
    if (!shodo_io_generation_name(&name, stem, newest, ext))
        return shodo_fail(err, SHODO_NOMEM, "out of memory");
    return shodo_io_read_file(out, dirfd, name.data, max, err);
}

enum shodo_status shodo_io_write_generation(int dirfd, const char *stem, const char *ext,
                                            const void *p, size_t n, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    unsigned newest = 0;
    enum shodo_status rc = shodo_io_generation(dirfd, stem, ext, &newest, err);

    if (rc != SHODO_OK && rc != SHODO_NOTFOUND)
        return rc;
    if (!shodo_io_generation_name(&name, stem, newest + 1, ext))
        return shodo_fail(err, SHODO_NOMEM, "out of memory");
    return shodo_io_write_file(dirfd, name.data, p, n, err);
}

uint64_t shodo_io_free_bytes(int fd) {
    struct statvfs v;
    uint64_t bytes;

    if (fstatvfs(fd, &v) != 0 || !shodo_mul_u64(v.f_bavail, v.f_frsize, &bytes))
        return 0;
    return bytes;
}

void shodo_io_close(int *fd) {
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}
