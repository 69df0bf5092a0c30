/* SPDX-License-Identifier: Apache-2.0 */
/* The case directory: making it, opening it, and the folders below it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/json.h"
#include "case/case.h"

#define ENDPOINT_ID_DIGITS 12

void shodo_case_dir_done(struct shodo_case_dir *d) {
    d->journal = shodo_journal_free(d->journal);
    d->key = shodo_key_free(d->key);
    int *const fds[] = {&d->fd,       &d->keys_fd,   &d->journal_fd, &d->endpoints_fd,
                        &d->relay_fd, &d->sheets_fd, &d->out_fd,     &d->site_fd};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(fds); i++)
        shodo_io_close(fds[i]);
}

static bool is_same_dir(int a, int b) {
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The stick's root when the case lies in <stick>/cases/<id>, else -1. */
static int stick_root(int case_fd) {
    int parent = openat(case_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int root = parent >= 0 ? openat(parent, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int cases = root >= 0 ? openat(root, "cases", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
                          : -1;
    bool is_stick = cases >= 0 && is_same_dir(cases, parent) && !is_same_dir(case_fd, parent);
    shodo_io_close(&cases);
    shodo_io_close(&parent);
    if (!is_stick)
        shodo_io_close(&root);
    return root;
}

/* keys/ inside the case wins (a case that was moved), then the stick's, then (when `make`) a new
 * one. */
static enum shodo_status open_keys(struct shodo_case_dir *d, bool make, struct shodo_error *err) {
    enum shodo_status st = shodo_io_open_dir(&d->keys_fd, d->fd, "keys", err);
    if (st != SHODO_NOTFOUND)
        return st;
    int root = stick_root(d->fd);
    if (root >= 0)
        st = make ? shodo_io_make_dir(&d->keys_fd, root, "keys", err)
                  : shodo_io_open_dir(&d->keys_fd, root, "keys", err);
    else if (make)
        st = shodo_io_make_dir(&d->keys_fd, d->fd, "keys", err);
    shodo_io_close(&root);
    return st;
}

static void open_site(struct shodo_case_dir *d) {
    if (shodo_io_open_dir(&d->site_fd, d->fd, "site", NULL) == SHODO_OK)
        return;
    int root = stick_root(d->fd);
    if (root < 0 || shodo_io_open_dir(&d->site_fd, root, "site", NULL) != SHODO_OK)
        d->site_fd = -1;
    shodo_io_close(&root);
}

static enum shodo_status open_folders(struct shodo_case_dir *d, bool make,
                                      struct shodo_error *err) {
    const struct {
        const char *name;
        int *fd;
    } folders[] = {{"journal", &d->journal_fd},
                   {"endpoints", &d->endpoints_fd},
                   {"relay", &d->relay_fd},
                   {"sheets", &d->sheets_fd},
                   {"out", &d->out_fd}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(folders); i++) {
        enum shodo_status st = make ? shodo_io_make_dir(folders[i].fd, d->fd, folders[i].name, err)
                                    : shodo_io_open_dir(folders[i].fd, d->fd, folders[i].name, err);
        if (st == SHODO_NOTFOUND && !make && i > 0)
            continue; /* looking: only the journal must be there */
        if (st != SHODO_OK)
            return st;
    }
    return make ? shodo_io_fsync(d->fd, err) : SHODO_OK;
}

static bool has_journal(int case_fd) {
    struct stat st;
    return fstatat(case_fd, "journal", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum shodo_status open_root(struct shodo_case_dir *d, const char *path, bool must_be_case,
                                   struct shodo_error *err) {
    /* The user's own path: a link to the stick's mount point is fine here. */
    d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->fd < 0)
        return shodo_fail_errno(err, "opening case '%s'", path);
    if (must_be_case && !has_journal(d->fd))
        return shodo_fail(err, SHODO_NOTFOUND, "'%s' is not a case: there is no journal in it",
                          path);
    return SHODO_OK;
}

static enum shodo_status open_work(struct shodo_case_dir *d, const struct shodo_case_options *o,
                                   struct shodo_error *err) {
    enum shodo_status st = open_folders(d, true, err);
    if (st == SHODO_OK)
        st = open_keys(d, true, err);
    if (st == SHODO_OK)
        st = shodo_key_open(&d->key, d->keys_fd, o ? o->passphrase : NULL, &d->is_key_new, err);
    if (st == SHODO_OK)
        st = shodo_journal_open(&d->journal, d->journal_fd, d->key, o ? o->start_json : NULL, err);
    open_site(d);
    return st;
}

/* Sorts by time, and four hex digits keep two cases of one day apart. */
static enum shodo_status make_id(char ret[32], struct shodo_error *err) {
    struct shodo_civil c;
    uint8_t random[2];
    enum shodo_status st = shodo_random(random, sizeof random, err);
    if (st != SHODO_OK)
        return st;
    shodo_time_to_civil(shodo_time_now(), 9 * 60, &c); /* Japan has one zone and no summer time */
    snprintf(ret, 32, "%04d%02d%02d-%02x%02x", c.year, c.month, c.day, random[0], random[1]);
    return SHODO_OK;
}

static enum shodo_status write_case_new(struct shodo_case_dir *d,
                                        const struct shodo_case_options *o,
                                        struct shodo_error *err) {
    char id[32] = "";
    if (!o->id) {
        enum shodo_status st = make_id(id, err);
        if (st != SHODO_OK)
            return st;
    }
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&data);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "case", o->id ? o->id : id);
    if (o->site)
        shodo_json_str(&j, "site", o->site);
    shodo_json_bool(&j, "drill", o->is_drill);
    shodo_json_object_end(&j);
    if (data.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a journal record");
    return shodo_journal_add(d->journal, o->actor ? o->actor : "operator", "case.new",
                             shodo_buf_cstr(&data), err);
}

enum shodo_status shodo_case_dir_new(struct shodo_case_dir *ret, const char *path,
                                     const struct shodo_case_options *o, struct shodo_error *err) {
    const struct shodo_case_options none = {.id = NULL};
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    if (!o)
        o = &none;
    if (o->is_drill)
        shodo_random_allow_seed(true);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return shodo_fail_errno(err, "making case '%s'", path);
    enum shodo_status st = open_root(&d, path, false, err);
    if (st == SHODO_OK && has_journal(d.fd))
        st = shodo_fail(err, SHODO_EXISTS, "'%s' already holds a case", path);
    if (st == SHODO_OK)
        st = open_work(&d, o, err);
    if (st == SHODO_OK)
        st = write_case_new(&d, o, err);
    if (st == SHODO_OK)
        st = shodo_journal_checkpoint(d.journal, err);
    if (st != SHODO_OK) {
        shodo_case_dir_done(&d);
        return st;
    }
    *ret = d;
    return SHODO_OK;
}

enum shodo_status shodo_case_dir_open(struct shodo_case_dir *ret, const char *path,
                                      const struct shodo_case_options *o, struct shodo_error *err) {
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    enum shodo_status st = open_root(&d, path, true, err);
    if (st == SHODO_OK)
        st = open_work(&d, o, err);
    if (st != SHODO_OK) {
        shodo_case_dir_done(&d);
        return st;
    }
    *ret = d;
    return SHODO_OK;
}

enum shodo_status shodo_case_dir_look(struct shodo_case_dir *ret, const char *path,
                                      struct shodo_error *err) {
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    enum shodo_status st = open_root(&d, path, true, err);
    if (st == SHODO_OK)
        st = open_folders(&d, false, err);
    if (st != SHODO_OK) {
        shodo_case_dir_done(&d);
        return st;
    }
    if (open_keys(&d, false, NULL) != SHODO_OK)
        d.keys_fd = -1;
    open_site(&d);
    *ret = d;
    return SHODO_OK;
}

struct fold {
    struct shodo_case *c;
    struct shodo_error *err;
};

static enum shodo_status fold_record(void *ctx, const struct shodo_record *r) {
    struct fold *f = ctx;
    return shodo_case_apply(f->c, r, f->err);
}

enum shodo_status shodo_case_load(struct shodo_case *c, const struct shodo_case_dir *d,
                                  struct shodo_error *err) {
    shodo_case_init(c);
    struct fold f = {.c = c, .err = err};
    enum shodo_status st = shodo_journal_each(d->journal_fd, fold_record, &f, err);
    if (st != SHODO_OK)
        shodo_case_done(c);
    return st;
}

static bool is_endpoint_id(const char *id) {
    return strlen(id) == ENDPOINT_ID_DIGITS && strspn(id, "0123456789abcdef") == ENDPOINT_ID_DIGITS;
}

enum shodo_status shodo_case_endpoint_dir(int *ret_fd, const struct shodo_case_dir *d,
                                          const char *id, bool make, struct shodo_error *err) {
    if (!is_endpoint_id(id))
        return shodo_fail(err, SHODO_INVALID, "'%s' is not an endpoint id (12 hex digits)", id);
    if (d->endpoints_fd < 0)
        return shodo_fail(err, SHODO_NOTFOUND, "the case has no endpoints yet");
    return make ? shodo_io_make_dir(ret_fd, d->endpoints_fd, id, err)
                : shodo_io_open_dir(ret_fd, d->endpoints_fd, id, err);
}

void shodo_case_endpoint_id(const struct shodo_endpoint_facts *f, char ret[13]) {
    char hex[2 * SHODO_SHA256_BYTES + 1], size[24];
    uint8_t digest[SHODO_SHA256_BYTES];
    snprintf(size, sizeof size, "%llu\n", (unsigned long long)f->size_bytes);
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    shodo_assert(h);
    shodo_hash_update(h, size, strlen(size));
    if (f->table_id)
        shodo_hash_update(h, f->table_id, strlen(f->table_id));
    shodo_hash_update(h, "\n", 1);
    for (size_t i = 0; i < f->volume_serials_count; i++) {
        shodo_hash_update(h, f->volume_serials[i], strlen(f->volume_serials[i]));
        shodo_hash_update(h, "\n", 1);
    }
    shodo_hash_final(h, digest);
    shodo_hex(digest, sizeof digest, hex);
    memcpy(ret, hex, ENDPOINT_ID_DIGITS);
    ret[ENDPOINT_ID_DIGITS] = '\0';
}

static bool is_changed(const char *now, const char *before) {
    return now && *now && strcmp(now, before) != 0;
}

enum shodo_status shodo_case_register(struct shodo_case_dir *d, const struct shodo_case *c,
                                      const struct shodo_endpoint_facts *f, const char *actor,
                                      char ret_id[13], struct shodo_error *err) {
    int fd = -1;
    shodo_case_endpoint_id(f, ret_id);
    enum shodo_status st = shodo_case_endpoint_dir(&fd, d, ret_id, true, err);
    shodo_io_close(&fd);
    if (st != SHODO_OK)
        return st;
    const struct shodo_case_endpoint *known = c ? shodo_case_find_endpoint(c, ret_id) : NULL;
    if (known && !is_changed(f->name, known->name) && !is_changed(f->computer, known->computer) &&
        !is_changed(f->source, known->source))
        return SHODO_OK;
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&data);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "endpoint", ret_id);
    shodo_json_u64(&j, "size_bytes", f->size_bytes);
    if (f->name && *f->name)
        shodo_json_str(&j, "name", f->name);
    if (f->computer && *f->computer)
        shodo_json_str(&j, "computer", f->computer);
    if (f->source && *f->source)
        shodo_json_str(&j, "source", f->source);
    shodo_json_object_end(&j);
    if (data.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a journal record");
    return shodo_journal_add(d->journal, actor, "endpoint.add", shodo_buf_cstr(&data), err);
}
