/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rules_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/host.h"
#include "engine/probe.h"
#include "engine/message.h"
#include "engine/worker.h"

extern const unsigned char shodo_rules_pack_gz[];
extern const size_t shodo_rules_pack_gz_len;

#define PACK_BYTES_MAX SHODO_MIB(16)

enum { TRIAL_SLICE = 64, TRIAL_WORKERS = 2, DEPTH_MAX = 16, TRIAL_MS = 120000, NAME_BYTES = 1024 };

void shodo_rules_init(struct shodo_rules_set *r, enum shodo_rules_kind kind) {
    *r = (struct shodo_rules_set){.kind = kind,
                                  .texts = SHODO_VEC_INIT(sizeof(struct shodo_rule_text)),
                                  .verdicts = SHODO_VEC_INIT(sizeof(struct shodo_rule_verdict)),
                                  .arena = SHODO_ARENA_INIT};
}

void shodo_rules_done(struct shodo_rules_set *r) {
    shodo_vec_done(&r->texts);
    shodo_vec_done(&r->verdicts);
    shodo_arena_done(&r->arena);
}

static enum shodo_status add_text(struct shodo_rules_set *r, const char *name, size_t name_len,
                                  const char *text, size_t n, struct shodo_error *err) {
    if (r->texts.count >= SHODO_LIMIT_RULE_FILES)
        return shodo_fail(err, SHODO_LIMIT, "more than %u rule files", SHODO_LIMIT_RULE_FILES);
    struct shodo_rule_text *t = shodo_vec_push(&r->texts);
    if (!t)
        return shodo_fail(err, SHODO_NOMEM, "no memory for rule files");
    *t = (struct shodo_rule_text){.name = shodo_arena_str(&r->arena, name, name_len),
                                  .text = shodo_arena_str(&r->arena, text, n),
                                  .len = n};
    if (!t->name || !t->text)
        return shodo_fail(err, SHODO_NOMEM, "no memory for rule files");
    uint8_t d[SHODO_SHA256_BYTES];
    shodo_sha256(text, n, d);
    shodo_hex(d, sizeof d, t->digest);
    return SHODO_OK;
}

static bool has_suffix(const char *s, size_t n, const char *suffix) {
    size_t m = strlen(suffix);
    return n > m && memcmp(s + n - m, suffix, m) == 0;
}

static bool is_wanted(const struct shodo_rules_set *r, const char *name, size_t n) {
    if (r->kind == SHODO_RULES_YARA)
        return has_suffix(name, n, ".yar") || has_suffix(name, n, ".yara");
    return has_suffix(name, n, ".yaml") || has_suffix(name, n, ".yml");
}

/* The folder of the pack that holds rules of this kind. */
static bool is_packed_here(const struct shodo_rules_set *r, const char *name, size_t n) {
    static const char *const folders[] = {"yara/", "artifacts/", "detect/"};
    size_t k = strlen(folders[r->kind]);
    return n > k && memcmp(name, folders[r->kind], k) == 0 && is_wanted(r, name, n);
}

enum shodo_status shodo_rules_add_builtin(struct shodo_rules_set *r, struct shodo_error *err) {
    static const char magic[] = "shodo-file ";
    shodo_auto(shodo_buf) struct shodo_buf pack = SHODO_BUF_INIT;
    enum shodo_status st = shodo_inflate(&pack, shodo_rules_pack_gz, shodo_rules_pack_gz_len,
                                         PACK_BYTES_MAX, err);
    const char *p = shodo_buf_cstr(&pack), *end = p + pack.len;
    while (st == SHODO_OK && p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *space = lf ? memchr(p + sizeof magic - 1, ' ',
                                        (size_t)(lf - p) - (sizeof magic - 1))
                               : NULL;
        uint64_t size = 0;
        shodo_assert(space && memcmp(p, magic, sizeof magic - 1) == 0);
        bool ok = shodo_text_parse_u64(p + sizeof magic - 1,
                                       (size_t)(space - p) - (sizeof magic - 1), &size);
        shodo_assert(ok && size < (uint64_t)(end - lf));
        if (is_packed_here(r, space + 1, (size_t)(lf - space - 1)))
            st = add_text(r, space + 1, (size_t)(lf - space - 1), lf + 1, (size_t)size, err);
        p = lf + 1 + size + 1;
    }
    return st;
}

static enum shodo_status add_file(struct shodo_rules_set *r, int dirfd, const char *name,
                                  const char *shown, struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_file(&b, dirfd, name, SHODO_LIMIT_RULE_FILE_BYTES, err);
    if (st == SHODO_OK)
        st = add_text(r, shown, strlen(shown), shodo_buf_cstr(&b), b.len, err);
    shodo_buf_done(&b);
    return st;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(struct shodo_vec *names) {
    for (size_t i = 0; i < names->count; i++)
        free(*(char **)shodo_vec_at(names, i));
    shodo_vec_done(names);
}

static enum shodo_status read_names(int fd, struct shodo_vec *names, struct shodo_error *err) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
    if (!d) {
        shodo_io_close(&copy);
        return shodo_fail_errno(err, "listing a rule folder");
    }
    enum shodo_status st = SHODO_OK;
    for (struct dirent *e; st == SHODO_OK && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        char **slot = shodo_vec_push(names);
        if (slot)
            *slot = strdup(e->d_name);
        if (!slot || !*slot || names->count > SHODO_LIMIT_RULE_FILES)
            st = shodo_fail(err, SHODO_LIMIT, "too many files in a rule folder");
    }
    closedir(d);
    if (names->count)
        qsort(names->data, names->count, sizeof(char *), by_name);
    return st;
}

static enum shodo_status add_tree(struct shodo_rules_set *r, int fd, const char *shown,
                                  unsigned depth, struct shodo_error *err) {
    struct shodo_vec names = SHODO_VEC_INIT(sizeof(char *));
    enum shodo_status st = depth < DEPTH_MAX
                               ? read_names(fd, &names, err)
                               : shodo_fail(err, SHODO_LIMIT,
                                            "rule folders nested too deeply at '%s'", shown);
    for (size_t i = 0; i < names.count && st == SHODO_OK; i++) {
        const char *name = *(char **)shodo_vec_at(&names, i);
        struct stat sb;
        char path[NAME_BYTES];
        if (fstatat(fd, name, &sb, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (snprintf(path, sizeof path, "%s/%s", shown, name) >= (int)sizeof path)
            st = shodo_fail(err, SHODO_LIMIT, "path of a rule file is too long");
        else if (S_ISDIR(sb.st_mode)) {
            int sub = -1;
            st = shodo_io_open_dir(&sub, fd, name, err);
            if (st == SHODO_OK)
                st = add_tree(r, sub, path, depth + 1, err);
            shodo_io_close(&sub);
        } else if (S_ISREG(sb.st_mode) && is_wanted(r, name, strlen(name)))
            st = add_file(r, fd, name, path, err);
    }
    free_names(&names);
    return st;
}

enum shodo_status shodo_rules_add_dir(struct shodo_rules_set *r, int dirfd, const char *name,
                                      const char *shown, struct shodo_error *err) {
    int fd = -1;
    enum shodo_status st = shodo_io_open_dir(&fd, dirfd, name, err);
    if (st == SHODO_OK)
        st = add_tree(r, fd, shown, 0, err);
    shodo_io_close(&fd);
    return st;
}

enum shodo_status shodo_rules_add_path(struct shodo_rules_set *r, const char *path,
                                       struct shodo_error *err) {
    struct stat sb;
    if (stat(path, &sb) != 0)
        return shodo_fail_errno(err, "opening '%s'", path);
    if (!S_ISDIR(sb.st_mode)) {
        struct shodo_buf b = SHODO_BUF_INIT;
        enum shodo_status st = shodo_host_read(&b, path, SHODO_LIMIT_RULE_FILE_BYTES, err);
        if (st == SHODO_OK)
            st = add_text(r, path, strlen(path), shodo_buf_cstr(&b), b.len, err);
        shodo_buf_done(&b);
        return st;
    }
    int fd = -1;
    enum shodo_status st = shodo_host_open_dir(&fd, path, false, err);
    if (st == SHODO_OK)
        st = add_tree(r, fd, path, 0, err);
    shodo_io_close(&fd);
    return st;
}

/* One trial process and the slice it has. */
struct trying {
    struct shodo_trial trial;
    struct shodo_worker worker;
    size_t next; /* verdict that is awaited */
};

static enum shodo_status take_slice(struct shodo_rules_set *r, struct trying *t, size_t first,
                                    size_t count, bool is_alone, struct shodo_error *err) {
    t->trial = (struct shodo_trial){.texts = r->texts.data,
                                    .first = first,
                                    .count = count,
                                    .is_artifacts = r->kind == SHODO_RULES_ARTIFACTS,
                                    .is_alone = is_alone};
    t->next = first;
    return shodo_worker_start(&t->worker, shodo_trial_run, &t->trial, NULL, err);
}

/* Reads one slice to its end; a text that ends the process is marked and the rest goes on in a new
 * one. */
static enum shodo_status finish_slice(struct shodo_rules_set *r, struct trying *t,
                                      struct shodo_error *err) {
    size_t end = t->trial.first + t->trial.count;
    while (t->next < end) {
        uint8_t type = 0;
        struct shodo_cur c;
        struct shodo_error why = SHODO_ERROR_INIT;
        uint64_t index = 0;
        struct shodo_rule_verdict v;
        enum shodo_status st = shodo_worker_next(&t->worker, TRIAL_MS, &type, &c, &why);
        if (st == SHODO_CANCELLED) {
            shodo_worker_stop(&t->worker, true, NULL, NULL);
            return shodo_fail(err, st, "cancelled");
        }
        if (st == SHODO_OK && type == SHODO_MSG_FAIL)
            return shodo_worker_stop(&t->worker, true, NULL, NULL),
                   shodo_fail(err, SHODO_IO, "trying rules: %.*s",
                              (int)SHODO_MIN(c.len, (size_t)400), (const char *)c.data);
        if (st == SHODO_OK && type == SHODO_MSG_VERDICT &&
            shodo_msg_get_verdict(&index, &v, &c, &why) == SHODO_OK && index == t->next) {
            *(struct shodo_rule_verdict *)shodo_vec_at(&r->verdicts, t->next++) = v;
            continue;
        }
        char how[96] = "sent a damaged answer";
        if (!t->trial.is_alone && t->trial.count > 1) {
            /* which of them it was is not known yet */
            shodo_worker_stop(&t->worker, true, NULL, NULL);
            if ((st = take_slice(r, t, t->next, end - t->next, true, err)) != SHODO_OK)
                return st;
            continue;
        }
        shodo_worker_stop(&t->worker, true, st == SHODO_END ? how : NULL, NULL);
        struct shodo_rule_verdict *bad = shodo_vec_at(&r->verdicts, t->next++);
        *bad = (struct shodo_rule_verdict){.accepted = false};
        snprintf(bad->message, sizeof bad->message, "the compiling process %s",
                 st == SHODO_TIMEOUT ? "did not finish in time" : how);
        if (t->next < end && (st = take_slice(r, t, t->next, end - t->next, true, err)) != SHODO_OK)
            return st;
    }
    if (t->worker.pid)
        shodo_worker_stop(&t->worker, true, NULL, NULL);
    return SHODO_OK;
}

/* Accepted ones to the front, both groups in their order. */
static enum shodo_status sort_accepted(struct shodo_rules_set *r, struct shodo_error *err) {
    struct shodo_vec texts = SHODO_VEC_INIT(sizeof(struct shodo_rule_text));
    struct shodo_vec verdicts = SHODO_VEC_INIT(sizeof(struct shodo_rule_verdict));
    for (int want = 1; want >= 0; want--)
        for (size_t i = 0; i < r->texts.count; i++) {
            const struct shodo_rule_verdict *v = shodo_vec_at(&r->verdicts, i);
            if (v->accepted != (want == 1))
                continue;
            struct shodo_rule_text *t2 = shodo_vec_push(&texts);
            struct shodo_rule_verdict *v2 = shodo_vec_push(&verdicts);
            if (!t2 || !v2) {
                shodo_vec_done(&texts);
                shodo_vec_done(&verdicts);
                return shodo_fail(err, SHODO_NOMEM, "no memory for rule files");
            }
            *t2 = *(const struct shodo_rule_text *)shodo_vec_at(&r->texts, i);
            *v2 = *v;
            r->accepted += want == 1;
        }
    shodo_vec_done(&r->texts);
    shodo_vec_done(&r->verdicts);
    r->texts = texts;
    r->verdicts = verdicts;
    return SHODO_OK;
}

enum shodo_status shodo_rules_try(struct shodo_rules_set *r, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    r->verdicts.count = 0;
    r->accepted = 0;
    for (size_t i = 0; i < r->texts.count; i++)
        if (!shodo_vec_push(&r->verdicts))
            return shodo_fail(err, SHODO_NOMEM, "no memory for rule files");
    for (size_t at = 0; at < r->texts.count && st == SHODO_OK;) {
        struct trying t[TRIAL_WORKERS];
        size_t n = 0;
        for (; n < TRIAL_WORKERS && at < r->texts.count && st == SHODO_OK; n++) {
            size_t count = SHODO_MIN((size_t)TRIAL_SLICE, r->texts.count - at);
            st = take_slice(r, &t[n], at, count, false, err);
            at += count;
        }
        for (size_t i = 0; i < n; i++) {
            if (st == SHODO_OK)
                st = finish_slice(r, &t[i], err);
            else if (t[i].worker.pid)
                shodo_worker_stop(&t[i].worker, true, NULL, NULL);
        }
    }
    return st == SHODO_OK ? sort_accepted(r, err) : st;
}
