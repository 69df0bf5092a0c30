/* SPDX-License-Identifier: Apache-2.0 */
/* Feeding the checker: a bag directory, read without following any link, or a bag in a ZIP. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "handover/check.h"
#include "handover/names.h"
#include "handover/zip.h"

#define READ_BYTES 65536u

struct scan {
    struct shodo_check *c;
    struct shodo_problems *p;
    struct shodo_buf path;
    uint8_t *block; /* READ_BYTES */
};

static enum shodo_status scan_file(struct scan *s, int fd, struct shodo_error *err) {
    enum shodo_status st = shodo_check_begin(s->c, s->path.data, s->path.len, err);
    if (st == SHODO_SKIP)
        return SHODO_OK;
    while (st == SHODO_OK) {
        ssize_t got = read(fd, s->block, READ_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return shodo_fail_errno(err, "reading '%s'", shodo_buf_cstr(&s->path));
        if (got == 0)
            return shodo_check_end(s->c, err);
        st = shodo_check_data(s->c, s->block, (size_t)got, err);
    }
    return st;
}

static enum shodo_status scan_folder(struct scan *s, int fd, unsigned depth,
                                     struct shodo_error *err);

static enum shodo_status scan_entry(struct scan *s, int dirfd, const char *name, unsigned depth,
                                    struct shodo_error *err) {
    size_t before = s->path.len;
    if ((before > 0 && !shodo_buf_addc(&s->path, '/')) || !shodo_buf_adds(&s->path, name))
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bag");
    enum shodo_status st = SHODO_OK;
    struct stat sb;
    int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ELOOP || errno == ENXIO))
        shodo_problem(s->p, "link", shodo_buf_cstr(&s->path),
                      "a link or a special file: it was not followed");
    else if (fd < 0 || fstat(fd, &sb) != 0)
        st = shodo_fail_errno(err, "opening '%s'", shodo_buf_cstr(&s->path));
    else if (S_ISDIR(sb.st_mode))
        st = scan_folder(s, fd, depth + 1, err);
    else if (S_ISREG(sb.st_mode))
        st = scan_file(s, fd, err);
    else
        shodo_problem(s->p, "link", shodo_buf_cstr(&s->path), "not a regular file");
    shodo_io_close(&fd);
    s->path.len = before;
    if (s->path.data)
        s->path.data[before] = '\0';
    return st;
}

static enum shodo_status scan_folder(struct scan *s, int fd, unsigned depth,
                                     struct shodo_error *err) {
    if (depth > SHODO_LIMIT_BAG_DEPTH) {
        shodo_problem(s->p, "limit", shodo_buf_cstr(&s->path), "folders are nested deeper than %u",
                      SHODO_LIMIT_BAG_DEPTH);
        return SHODO_OK;
    }
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    if (!dir) {
        enum shodo_status st = shodo_fail_errno(err, "listing '%s'", shodo_buf_cstr(&s->path));
        shodo_io_close(&again);
        return st;
    }
    enum shodo_status st = SHODO_OK;
    const struct dirent *e = NULL;
    while (st == SHODO_OK && (errno = 0, e = readdir(dir)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            st = scan_entry(s, fd, e->d_name, depth, err);
    closedir(dir);
    return st;
}

enum shodo_status shodo_scan_dir(struct shodo_check *c, struct shodo_problems *p, int bag_fd,
                                 struct shodo_error *err) {
    struct scan s = {.c = c, .p = p, .path = SHODO_BUF_INIT, .block = malloc(READ_BYTES)};
    enum shodo_status st = s.block ? scan_folder(&s, bag_fd, 0, err)
                                   : shodo_fail(err, SHODO_NOMEM, "no memory to verify the bag");
    shodo_buf_done(&s.path);
    free(s.block);
    return st;
}

/* ---- ZIP ---- */

/* Path inside the bag, or NULL (reported) when the member lies outside the one top folder. The
 * first member names it. */
static const char *below_base(struct scan *s, struct shodo_buf *base,
                              const struct shodo_zip_member *m) {
    const char *code = NULL, *slash = strchr(m->name, '/');
    size_t n = strlen(m->name);
    if (m->is_dir && n > 0 && m->name[n - 1] == '/')
        n--;
    const char *why = shodo_name_refuse(m->name, n, &code);
    if (why) {
        shodo_problem(s->p, code, m->name, "the name is refused: %s", why);
        return NULL;
    }
    size_t k = slash ? (size_t)(slash - m->name) : n;
    if (base->len == 0 && slash && !shodo_buf_add(base, m->name, k))
        return NULL; /* the caller sees `failed` */
    if (!slash || base->len != k || memcmp(base->data, m->name, k) != 0) {
        shodo_problem(s->p, "extra", m->name, "it lies outside the bag's folder");
        return NULL;
    }
    return slash + 1;
}

static enum shodo_status scan_member(struct scan *s, struct shodo_unzip *u, const char *path,
                                     struct shodo_error *err) {
    enum shodo_status st = shodo_check_begin(s->c, path, strlen(path), err);
    if (st == SHODO_SKIP)
        return SHODO_OK;
    size_t got = 0;
    while (st == SHODO_OK) {
        struct shodo_error why = SHODO_ERROR_INIT;
        st = shodo_unzip_read(u, s->block, READ_BYTES, &got, &why);
        if (st == SHODO_DAMAGED) {
            shodo_problem(s->p, "damaged", path, "%s", why.text);
            return shodo_check_end(s->c, err);
        }
        if (st != SHODO_OK)
            return shodo_fail(err, st, "'%s': %s", path, why.text);
        if (got == 0)
            return shodo_check_end(s->c, err);
        st = shodo_check_data(s->c, s->block, got, err);
    }
    return st;
}

static enum shodo_status scan_members(struct scan *s, struct shodo_unzip *u, struct shodo_buf *base,
                                      struct shodo_error *err) {
    for (uint64_t count = 0;; count++) {
        struct shodo_zip_member m;
        struct shodo_error why = SHODO_ERROR_INIT;
        enum shodo_status st = shodo_unzip_next(u, &m, &why);
        if (st == SHODO_END)
            return SHODO_OK;
        if (st == SHODO_DAMAGED) {
            shodo_problem(s->p, "damaged", "", "%s", why.text);
            return SHODO_OK;
        }
        if (st != SHODO_OK)
            return shodo_fail(err, st, "%s", why.text);
        if (count >= SHODO_LIMIT_BAG_FILES)
            return shodo_fail(err, SHODO_LIMIT, "more than %u members in the ZIP",
                              SHODO_LIMIT_BAG_FILES);
        const char *path = below_base(s, base, &m);
        if (base->failed)
            return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bag");
        if (!path || m.is_dir)
            continue;
        if (!m.is_regular)
            shodo_problem(s->p, "link", m.name, "a link or a special file");
        else if (m.is_encrypted)
            shodo_problem(s->p, "damaged", m.name, "it is encrypted inside the ZIP");
        else
            st = scan_member(s, u, path, err);
        if (st != SHODO_OK)
            return st;
    }
}

enum shodo_status shodo_scan_zip(struct shodo_check *c, struct shodo_problems *p, int zip_fd,
                                 struct shodo_buf *ret_base, struct shodo_error *err) {
    struct scan s = {.c = c, .p = p, .path = SHODO_BUF_INIT, .block = malloc(READ_BYTES)};
    shodo_autop(shodo_unzip) struct shodo_unzip *u = NULL;
    struct shodo_error why = SHODO_ERROR_INIT;
    if (!s.block)
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bag");
    enum shodo_status st = shodo_unzip_new(&u, zip_fd, &why);
    if (st == SHODO_DAMAGED) {
        shodo_problem(p, "damaged", "", "%s", why.text);
        st = SHODO_OK;
    } else if (st == SHODO_OK) {
        st = scan_members(&s, u, ret_base, err);
    } else if (err) {
        *err = why;
    }
    free(s.block);
    return st;
}
