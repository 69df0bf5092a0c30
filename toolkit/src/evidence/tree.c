/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of the host as a source. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "evidence/walk.h"

struct tree_name {
    size_t at; /* in the names of its level */
    size_t len;
};

struct tree {
    const struct shodo_walk_sink *sink;
    struct shodo_walk_stats stats;
    struct shodo_buf path; /* "/a/b" of the folder being listed; "" = top */
    dev_t device;
    struct shodo_error *err;
};

static void problem(struct tree *t, enum shodo_ledger_reason reason, const char *text) {
    t->stats.problems++;
    if (t->sink->problem)
        t->sink->problem(t->sink->ctx, reason, 0, shodo_buf_cstr(&t->path), text);
}

static int64_t time_of(const struct statx_timestamp *ts) {
    return shodo_time_from_unix(ts->tv_sec, ts->tv_nsec);
}

static enum shodo_entry_kind kind_of(uint16_t mode) {
    if (S_ISREG(mode))
        return SHODO_ENTRY_FILE;
    if (S_ISDIR(mode))
        return SHODO_ENTRY_DIR;
    return S_ISLNK(mode) ? SHODO_ENTRY_LINK : SHODO_ENTRY_OTHER;
}

/* t->path is the entry's own path now. */
static enum shodo_status emit(struct tree *t, const struct statx *x, size_t name_at) {
    shodo_auto(shodo_buf) struct shodo_buf owner = SHODO_BUF_INIT;
    struct shodo_stream stream = {.name = "",
                                  .size_bytes = x->stx_size,
                                  .valid_bytes = x->stx_size,
                                  .flags = SHODO_STREAM_HOST_FD,
                                  .attr_type = 128};
    struct shodo_name name = {
        .name = t->path.data + name_at,
        .name_len = t->path.len - name_at,
        .name_space = 0,
        .path = t->path.data,
        .path_len = t->path.len,
        .times = {SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE}};
    struct shodo_entry e = {
        .kind = kind_of(x->stx_mode),
        .path = t->path.data,
        .path_len = t->path.len,
        .owner = "",
        .damage = "",
        .names = &name,
        .names_count = 1,
        .streams = &stream,
        .streams_count = S_ISREG(x->stx_mode) ? 1 : 0,
    };
    e.times[SHODO_TIME_MODIFIED] = time_of(&x->stx_mtime);
    e.times[SHODO_TIME_ACCESSED] = time_of(&x->stx_atime);
    e.times[SHODO_TIME_CHANGED] = time_of(&x->stx_ctime);
    e.times[SHODO_TIME_BORN] = x->stx_mask & STATX_BTIME ? time_of(&x->stx_btime) : SHODO_TIME_NONE;
    shodo_buf_addf(&owner, "uid:%u", x->stx_uid);
    e.owner = shodo_buf_cstr(&owner);
    e.owner_len = owner.len;
    t->stats.entries++;
    t->stats.streams += e.streams_count;
    t->stats.directories += e.kind == SHODO_ENTRY_DIR;
    if (e.streams_count > 0)
        t->stats.data_bytes += x->stx_size;
    return t->sink->entry(t->sink->ctx, &e);
}

static int compare_names(const void *a, const void *b, void *base) {
    const struct tree_name *x = a, *y = b;
    return strcmp((const char *)base + x->at, (const char *)base + y->at);
}

/* All names of a folder, sorted: the order of a run must not depend on the disk's hash order. */
static enum shodo_status read_names(struct tree *t, int fd, struct shodo_buf *names,
                                    struct shodo_vec *list) {
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    enum shodo_status st = SHODO_OK;
    if (!d) {
        if (copy >= 0)
            close(copy);
        problem(t, SHODO_LEDGER_UNREADABLE, "folder cannot be opened");
        return SHODO_OK;
    }
    for (;;) {
        const struct dirent *de = NULL;
        struct tree_name *n = NULL;
        errno = 0;
        de = readdir(d);
        if (!de) {
            if (errno != 0)
                problem(t, SHODO_LEDGER_UNREADABLE, "folder cannot be read to its end");
            break;
        }
        if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
            continue;
        n = list->count < SHODO_LIMIT_ENTRIES ? shodo_vec_push(list) : NULL;
        if (!n || !shodo_buf_add(names, de->d_name, strlen(de->d_name) + 1)) {
            st = shodo_fail(t->err, SHODO_NOMEM, "no memory for the names of a folder");
            break;
        }
        n->len = strlen(de->d_name);
        n->at = names->len - n->len - 1;
    }
    closedir(d);
    if (list->count > 0)
        qsort_r(list->data, list->count, sizeof(struct tree_name), compare_names, names->data);
    return st;
}

static enum shodo_status list_folder(struct tree *t, int fd, unsigned depth);

static enum shodo_status descend(struct tree *t, int fd, const char *name, const struct statx *x,
                                 unsigned depth) {
    enum shodo_status st = SHODO_OK;
    int sub = -1;
    if (makedev(x->stx_dev_major, x->stx_dev_minor) != t->device) {
        problem(t, SHODO_LEDGER_POLICY, "another file system is mounted here; name it on its own");
        return SHODO_OK;
    }
    if (depth >= SHODO_LIMIT_DEPTH) {
        problem(t, SHODO_LEDGER_TOO_LARGE, "folders are nested deeper than the limit of 512");
        return SHODO_OK;
    }
    sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (sub < 0) {
        problem(t, SHODO_LEDGER_UNREADABLE, strerror(errno));
        return SHODO_OK;
    }
    st = list_folder(t, sub, depth + 1);
    close(sub);
    return st;
}

static enum shodo_status list_one(struct tree *t, int fd, const char *name, size_t len,
                                  unsigned depth) {
    struct statx x;
    size_t before = t->path.len;
    enum shodo_status st = SHODO_OK;
    if (!shodo_buf_addc(&t->path, '/') || !shodo_buf_add(&t->path, name, len))
        return shodo_fail(t->err, SHODO_NOMEM, "no memory for a path");
    if (t->path.len > SHODO_LIMIT_PATH_BYTES)
        problem(t, SHODO_LEDGER_TOO_LARGE, "path is longer than the limit of 32768 bytes");
    else if (statx(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME,
                   &x) != 0)
        problem(t, SHODO_LEDGER_UNREADABLE, strerror(errno));
    else if (t->stats.entries >= SHODO_LIMIT_ENTRIES)
        st = shodo_fail(t->err, SHODO_LIMIT, "more entries than the limit of 8000000");
    else {
        st = emit(t, &x, before + 1);
        if (st == SHODO_OK && S_ISDIR(x.stx_mode))
            st = descend(t, fd, name, &x, depth);
    }
    t->path.len = before;
    t->path.data[before] = '\0';
    return st;
}

static enum shodo_status list_folder(struct tree *t, int fd, unsigned depth) {
    shodo_auto(shodo_buf) struct shodo_buf names = SHODO_BUF_INIT;
    shodo_auto(shodo_vec) struct shodo_vec list = SHODO_VEC_INIT(sizeof(struct tree_name));
    enum shodo_status st = read_names(t, fd, &names, &list);
    for (size_t i = 0; st == SHODO_OK && i < list.count; i++) {
        const struct tree_name *n = shodo_vec_at(&list, i);
        st = list_one(t, fd, names.data + n->at, n->len, depth);
    }
    return st;
}

enum shodo_status shodo_tree_walk(int dirfd, const struct shodo_walk_sink *sink,
                                  struct shodo_walk_stats *ret_stats, struct shodo_error *err) {
    struct tree t = {.sink = sink, .path = SHODO_BUF_INIT, .err = err};
    struct stat sb;
    enum shodo_status st = SHODO_OK;
    if (fstat(dirfd, &sb) != 0)
        return shodo_fail_errno(err, "folder of the source");
    t.device = sb.st_dev;
    st = list_folder(&t, dirfd, 0);
    shodo_buf_done(&t.path);
    if (ret_stats)
        *ret_stats = t.stats;
    return st;
}

enum shodo_status shodo_tree_open_file(int *ret_fd, int dirfd, const char *path, size_t path_len,
                                       uint64_t *ret_size, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf rel = SHODO_BUF_INIT;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOATIME,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
                                      RESOLVE_NO_MAGICLINKS};
    struct stat sb;
    int fd = -1;
    while (path_len > 0 && path[0] == '/') {
        path++;
        path_len--;
    }
    if (path_len == 0 || memchr(path, '\0', path_len) || path_len > SHODO_LIMIT_PATH_BYTES)
        return shodo_fail(err, SHODO_INVALID,
                          "shodo_tree_open_file: path is empty, too long or has NUL");
    if (!shodo_buf_add(&rel, path, path_len))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a path");
    fd = (int)syscall(SYS_openat2, dirfd, shodo_buf_cstr(&rel), &how, sizeof(how));
    if (fd < 0 && errno == EPERM) { /* O_NOATIME is for the owner and root only */
        how.flags &= ~(uint64_t)O_NOATIME;
        fd = (int)syscall(SYS_openat2, dirfd, shodo_buf_cstr(&rel), &how, sizeof(how));
    }
    if (fd < 0)
        return shodo_fail_errno(err, "file of the source cannot be opened");
    if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode)) {
        close(fd);
        return shodo_fail(err, SHODO_UNSUPPORTED, "not a regular file");
    }
    *ret_fd = fd;
    *ret_size = (uint64_t)sb.st_size;
    return SHODO_OK;
}
