/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a bundle: only after everything was verified, only names that the checker took, every
 * file compared once more while it is written. The folder has its final name only when it is
 * complete.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/time.h"
#include "handover/check.h"
#include "handover/zip.h"

#define READ_BYTES    65536u
#define NS_PER_SECOND 1000000000LL
#define PART_SUFFIX   ".opening"

struct opening {
    struct shodo_check *check;
    int root; /* <base>.opening */
    size_t base_len;
    uint8_t *block;
};

/* Directory of the file, made part by part below the root; `*ret_name` = last part. Names were
 * checked by the checker. */
static enum shodo_status make_parents(int root, const char *path, int *ret_fd,
                                      const char **ret_name, struct shodo_error *err) {
    int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return shodo_fail_errno(err, "opening the folder");
    const char *slash = NULL;
    while ((slash = strchr(path, '/')) != NULL) {
        shodo_auto(shodo_buf) struct shodo_buf part = SHODO_BUF_INIT;
        int next = -1;
        enum shodo_status st = shodo_buf_add(&part, path, (size_t)(slash - path))
                                   ? shodo_io_make_dir(&next, fd, part.data, err)
                                   : shodo_fail(err, SHODO_NOMEM, "no memory to open the bundle");
        shodo_io_close(&fd);
        if (st != SHODO_OK)
            return st;
        fd = next;
        path = slash + 1;
    }
    *ret_fd = fd;
    *ret_name = path;
    return SHODO_OK;
}

static enum shodo_status copy_member(struct opening *o, struct shodo_unzip *u, int fd,
                                     const uint8_t *expect, struct shodo_error *err) {
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    if (!h)
        return shodo_fail(err, SHODO_NOMEM, "no memory to open the bundle");
    for (;;) {
        size_t got = 0;
        enum shodo_status st = shodo_unzip_read(u, o->block, READ_BYTES, &got, err);
        if (st == SHODO_OK && got > 0)
            st = shodo_io_write_all(fd, o->block, got, err);
        if (st != SHODO_OK)
            return st;
        if (got == 0)
            break;
        shodo_hash_update(h, o->block, got);
    }
    shodo_hash_final(h, digest);
    if (memcmp(digest, expect, sizeof digest) != 0)
        return shodo_fail(err, SHODO_REFUSED, "the bundle changed while it was being opened");
    return SHODO_OK;
}

static enum shodo_status extract(struct opening *o, struct shodo_unzip *u,
                                 const struct shodo_zip_member *m, struct shodo_error *err) {
    if (m->is_dir)
        return SHODO_OK;
    const char *path = strlen(m->name) > o->base_len ? m->name + o->base_len + 1 : "";
    const uint8_t *expect = shodo_check_digest(o->check, path, strlen(path));
    if (!expect || !m->is_regular)
        return shodo_fail(err, SHODO_REFUSED, "the bundle changed while it was being opened");
    int dir = -1;
    const char *name = NULL;
    int64_t modified = m->modified;
    enum shodo_status st = make_parents(o->root, path, &dir, &name, err);
    if (st != SHODO_OK)
        return st;
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    st = fd < 0 ? shodo_fail_errno(err, "making '%s'", name) : copy_member(o, u, fd, expect, err);
    if (st == SHODO_OK && modified != SHODO_TIME_NONE) {
        const struct timespec times[2] = {
            {.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)(modified / NS_PER_SECOND), .tv_nsec = 0}};
        (void)futimens(fd, times); /* the exact times stand in tags/files.jsonl */
    }
    shodo_io_close(&fd);
    shodo_io_close(&dir);
    return st;
}

static enum shodo_status extract_all(struct opening *o, int zip_fd, struct shodo_error *err) {
    shodo_autop(shodo_unzip) struct shodo_unzip *u = NULL;
    enum shodo_status st = shodo_unzip_new(&u, zip_fd, err);
    while (st == SHODO_OK) {
        struct shodo_zip_member m;
        st = shodo_unzip_next(u, &m, err);
        if (st == SHODO_OK)
            st = extract(o, u, &m, err);
    }
    return st == SHODO_END ? SHODO_OK : st;
}

/* Removes what a failed opening left; never follows a link, never leaves the folder. */
static void remove_tree(int dirfd, const char *name, unsigned depth) {
    int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 && depth <= SHODO_LIMIT_BAG_DEPTH ? fdopendir(fd) : NULL;
    if (!dir) {
        shodo_io_close(&fd);
        return;
    }
    const struct dirent *e = NULL;
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, e->d_name, 0) != 0)
            remove_tree(fd, e->d_name, depth + 1);
    }
    closedir(dir);
    (void)unlinkat(dirfd, name, AT_REMOVEDIR);
}

static enum shodo_status unpack(struct shodo_check *check, int zip_fd, const char *base,
                                int out_dirfd, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf part = SHODO_BUF_INIT;
    struct stat sb;
    if (fstatat(out_dirfd, base, &sb, AT_SYMLINK_NOFOLLOW) == 0)
        return shodo_fail(err, SHODO_EXISTS, "'%s' is there already", base);
    struct opening o = {
        .check = check, .root = -1, .base_len = strlen(base), .block = malloc(READ_BYTES)};
    if (!o.block || !shodo_buf_addf(&part, "%s" PART_SUFFIX, base)) {
        free(o.block);
        return shodo_fail(err, SHODO_NOMEM, "no memory to open the bundle");
    }
    remove_tree(out_dirfd, part.data, 0); /* of an opening that was cut off */
    enum shodo_status st = mkdirat(out_dirfd, part.data, 0700) == 0
                               ? shodo_io_open_dir(&o.root, out_dirfd, part.data, err)
                               : shodo_fail_errno(err, "making '%s'", part.data);
    if (st == SHODO_OK)
        st = extract_all(&o, zip_fd, err);
    if (st == SHODO_OK && renameat(out_dirfd, part.data, out_dirfd, base) != 0)
        st = shodo_fail_errno(err, "naming '%s'", base);
    if (st != SHODO_OK && o.root >= 0)
        remove_tree(out_dirfd, part.data, 0);
    shodo_io_close(&o.root);
    free(o.block);
    return st;
}

enum shodo_status shodo_open_bundle(int dirfd, const char *name,
                                    const struct shodo_verify_options *o, int out_dirfd,
                                    struct shodo_verify_report *ret, struct shodo_error *err) {
    shodo_autop(shodo_check) struct shodo_check *check = NULL;
    shodo_auto(shodo_buf) struct shodo_buf base = SHODO_BUF_INIT;
    int zip_fd = -1;
    enum shodo_status st = shodo_verify_run(dirfd, name, o, out_dirfd, ret, &zip_fd, &check, &base,
                                            err);
    if (st == SHODO_OK && !check)
        st = shodo_fail(err, SHODO_INVALID, "a key or a passphrase is needed to open the bundle");
    else if (st == SHODO_OK && zip_fd < 0)
        st = shodo_fail(err, SHODO_INVALID, "this bag is open already");
    if (st == SHODO_OK)
        st = unpack(check, zip_fd, shodo_buf_cstr(&base), out_dirfd, err);
    shodo_io_close(&zip_fd);
    return st;
}
