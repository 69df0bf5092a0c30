/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in the folder of a bundle: what is left over, and the sums for sha256sum, which no
 * signature covers. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "handover/check.h"
#include "handover/segment.h"

#define LIST_SUFFIX ".segments.txt"
enum { NOTES_MAX = 20 };

struct folder {
    struct shodo_problems *p;
    int dirfd;
    const struct shodo_segment_list *l;
    unsigned notes;
};

static bool ends_with(const char *s, const char *end) {
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

static bool is_listed(const struct shodo_segment_list *l, const char *name) {
    const struct shodo_vec *const all[] = {&l->segments, &l->files};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(all); k++)
        for (size_t i = 0; i < all[k]->count; i++)
            if (strcmp(((const struct shodo_segment *)shodo_vec_at(all[k], i))->name, name) == 0)
                return true;
    return false;
}

/* Belongs to another bundle of the same folder: some beginning of its name has a list of its own.
 */
static bool is_of_other(const struct folder *f, const char *name) {
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT;
        if (shodo_buf_add(&list, name, (size_t)(dot - name)) &&
            shodo_buf_adds(&list, LIST_SUFFIX) &&
            faccessat(f->dirfd, list.data, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
    }
    return false;
}

/* What carries the bundle's name, but is in no list, is a problem. Opened segments and a later
 * time-stamp reply may lie there. */
static void look_at(struct folder *f, const char *name) {
    static const char *const ours[] = {"segments.txt", "segments.txt.p7s", "sha256",
                                       "tagmanifest-sha256.tsr", "zip"};
    size_t k = strlen(f->l->bundle);
    bool is_named = strncmp(name, f->l->bundle, k) == 0 && name[k] == '.';
    if (is_listed(f->l, name))
        return;
    for (size_t i = 0; is_named && i < SHODO_ARRAY_SIZE(ours); i++)
        if (strcmp(name + k + 1, ours[i]) == 0)
            return;
    if (is_named && (f->l->is_plain || !ends_with(name, ".zip"))) {
        shodo_problem(f->p, "extra", name, "it is not in the segment list");
    } else if (!is_named && strcmp(name, f->l->bundle) != 0 && f->p->o->note &&
               !is_of_other(f, name) && f->notes++ < NOTES_MAX) {
        shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
        shodo_text_safe(&safe, name, strlen(name));
        f->p->o->note(f->p->o->ctx, shodo_buf_cstr(&safe),
                      "lies beside the bundle and is no part of it: nothing vouches for it");
    }
}

/* NAME.sha256 is only a convenience, but whoever uses it trusts it. */
static enum shodo_status check_sums(struct folder *f, const char *list_sha256,
                                    const char *signature_sha256, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT, want = SHODO_BUF_INIT,
                                           got = SHODO_BUF_INIT;
    struct shodo_error why = SHODO_ERROR_INIT;
    if (!shodo_buf_addf(&name, "%s.sha256", f->l->bundle) ||
        !shodo_segment_sums_write(&want, f->l, list_sha256, signature_sha256))
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    enum shodo_status st = shodo_io_read_file(&got, f->dirfd, name.data,
                                              SHODO_LIMIT_SEGMENT_LIST_BYTES, &why);
    if (st == SHODO_NOMEM)
        return shodo_fail(err, st, "%s", why.text);
    if (st != SHODO_OK)
        shodo_problem(f->p, "missing", name.data, "%s",
                      st == SHODO_NOTFOUND ? "the sums for sha256sum are not there" : why.text);
    else if (signature_sha256[0] &&
             (got.len != want.len || memcmp(got.data, want.data, want.len) != 0))
        shodo_problem(f->p, "changed", name.data,
                      "the sums for sha256sum are not those of the segment list");
    return SHODO_OK;
}

enum shodo_status shodo_folder_check(struct shodo_problems *p, int dirfd,
                                     const struct shodo_segment_list *l, const char *list_sha256,
                                     const char *signature_sha256, struct shodo_error *err) {
    struct folder f = {.p = p, .dirfd = dirfd, .l = l};
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        enum shodo_status st = shodo_fail_errno(err, "listing the folder of the bundle");
        shodo_io_close(&fd);
        return st;
    }
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            look_at(&f, e->d_name);
    closedir(dir);
    if (f.notes > NOTES_MAX)
        p->o->note(p->o->ctx, ".", "more files lie there that are no part of the bundle");
    return check_sums(&f, list_sha256, signature_sha256, err);
}
