/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/recipients.h"

#include <dirent.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "engine/host.h"

static enum shodo_status add(struct shodo_recipients *r, const char *name,
                             const struct shodo_buf *pem, struct shodo_error *err) {
    if (r->list.count >= SHODO_LIMIT_RECIPIENTS)
        return shodo_fail(err, SHODO_LIMIT, "more than %u recipients", SHODO_LIMIT_RECIPIENTS);
    struct shodo_recipient *one = shodo_vec_push(&r->list);
    if (!one)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a certificate");
    *one = (struct shodo_recipient){
        .cert_pem = shodo_arena_str(&r->arena, pem->data ? pem->data : "", pem->len),
        .cert_len = pem->len,
        .name = shodo_arena_str(&r->arena, name, strlen(name))};
    return one->cert_pem && one->name ? SHODO_OK
                                      : shodo_fail(err, SHODO_NOMEM, "no memory for a certificate");
}

enum shodo_status shodo_recipients_add_files(struct shodo_recipients *r,
                                             const struct shodo_vec *paths,
                                             struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < paths->count && st == SHODO_OK; i++) {
        const char *path = *(const char **)shodo_vec_at(paths, i);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        st = shodo_host_read(&b, path, SHODO_LIMIT_KEY_BYTES, err);
        if (st == SHODO_OK)
            st = add(r, path, &b, err);
    }
    return st;
}

enum shodo_status shodo_recipients_add_site(struct shodo_recipients *r, int site_fd,
                                            struct shodo_error *err) {
    int fd = -1;
    if (site_fd < 0 || shodo_io_open_dir(&fd, site_fd, "recipients", NULL) != SHODO_OK)
        return SHODO_OK;
    DIR *d = fdopendir(fd);
    enum shodo_status st = SHODO_OK;
    if (!d)
        shodo_io_close(&fd);
    for (struct dirent *e; d && st == SHODO_OK && (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        if (e->d_name[0] == '.' || n < 5 || strcmp(e->d_name + n - 4, ".pem") != 0)
            continue;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        st = shodo_io_read_file(&b, dirfd(d), e->d_name, SHODO_LIMIT_KEY_BYTES, err);
        if (st == SHODO_OK)
            st = add(r, e->d_name, &b, err);
    }
    if (d)
        closedir(d);
    return st;
}

void shodo_recipients_done(struct shodo_recipients *r) {
    shodo_vec_done(&r->list);
    shodo_arena_done(&r->arena);
}
