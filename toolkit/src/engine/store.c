/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cur.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"

enum { FILE_FINDINGS, FILE_FACTS, FILE_LEDGER, FILE_MARKS, FILES };
enum { FLUSH_BYTES = 256 << 10, SEEN_FIRST = 4096, KEY_BYTES = 8, BEFORE_MAX = 10000 };

static const char *const file_names[FILES] = {"findings", "facts", "ledger", "marks"};

/* Set of 64-bit keys (first bytes of a SHA-256); 0 is an empty slot. */
struct seen {
    uint64_t *slots;
    size_t size, count;
};

struct shodo_store {
    int dirfd;
    char endpoint[SHODO_ENDPOINT_TEXT_BYTES];
    int fds[FILES];
    struct shodo_buf pending[FILES];
    struct shodo_buf line;
    struct seen seen;
    struct shodo_store_counts counts;
};

static bool seen_grow(struct seen *s) {
    size_t size = s->size ? s->size * 2 : SEEN_FIRST;
    uint64_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < s->size; i++) {
        if (!s->slots[i])
            continue;
        size_t at = s->slots[i] & (size - 1);
        while (slots[at])
            at = (at + 1) & (size - 1);
        slots[at] = s->slots[i];
    }
    free(s->slots);
    s->slots = slots;
    s->size = size;
    return true;
}

/* SKIP when it was there already. */
static enum shodo_status seen_add(struct seen *s, uint64_t key) {
    key = key ? key : 1;
    if (s->count * 2 >= s->size && !seen_grow(s))
        return SHODO_NOMEM;
    size_t at = key & (s->size - 1);
    for (; s->slots[at]; at = (at + 1) & (s->size - 1))
        if (s->slots[at] == key)
            return SHODO_SKIP;
    s->slots[at] = key;
    s->count++;
    return SHODO_OK;
}

static enum shodo_status seen_id(struct seen *s, int file, const char *id) {
    uint8_t b[KEY_BYTES];
    if (!id || !shodo_text_parse_hex(id, SHODO_MIN(strlen(id), (size_t)2 * KEY_BYTES), b, sizeof b))
        return SHODO_OK;
    return seen_add(s, shodo_le64(b) ^ (uint64_t)(file + 1));
}

static uint64_t ledger_key(const struct shodo_ledger *l) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    uint8_t d[SHODO_SHA256_BYTES] = {0};
    shodo_ledger_write(&j, l, SHODO_TIME_NONE);
    if (!b.failed)
        shodo_sha256(b.data, b.len, d);
    shodo_buf_done(&b);
    return shodo_le64(d);
}

enum shodo_status shodo_store_each(int dirfd, const char *name,
                                   enum shodo_status (*each)(void *ctx, const char *line, size_t n),
                                   void *ctx, struct shodo_error *err) {
    int fd = -1;
    enum shodo_status st = shodo_io_open_read(&fd, dirfd, name, err);
    if (st != SHODO_OK)
        return st;
    enum { PIECE = 1 << 18 };
    struct shodo_buf b = SHODO_BUF_INIT;
    while (st == SHODO_OK) {
        if (!shodo_buf_reserve(&b, PIECE + 1)) {
            st = shodo_fail(err, SHODO_NOMEM, "no memory for a line of '%s'", name);
            break;
        }
        ssize_t r = read(fd, b.data + b.len, PIECE);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            st = shodo_fail_errno(err, "reading '%s'", name);
        if (r <= 0)
            break;
        b.len += (size_t)r;
        size_t at = 0;
        for (char *lf; st == SHODO_OK && (lf = memchr(b.data + at, '\n', b.len - at));
             at = (size_t)(lf - b.data) + 1)
            st = each(ctx, b.data + at, (size_t)(lf - b.data) - at);
        memmove(b.data, b.data + at, b.len - at);
        b.len -= at;
        if (b.len > SHODO_LIMIT_LINE_BYTES)
            st = shodo_fail(err, SHODO_LIMIT, "'%s' has a line above the limit", name);
    }
    shodo_buf_done(&b);
    shodo_io_close(&fd);
    return st;
}

struct loading {
    struct shodo_store *s;
    int file;
    struct shodo_arena arena;
};

static enum shodo_status load_line(void *ctx, const char *line, size_t n) {
    struct loading *l = ctx;
    struct shodo_store_counts *c = &l->s->counts;
    struct shodo_doc *doc = NULL;
    struct shodo_arena *a = &l->arena;
    enum shodo_status st = SHODO_OK;
    shodo_arena_clear(a);
    if (shodo_doc_parse_json(&doc, file_names[l->file], line, n, NULL) != SHODO_OK)
        return SHODO_OK; /* not ours to judge: it stays where it is */
    const struct shodo_value *v = shodo_doc_root(doc);
    if (l->file == FILE_FINDINGS) {
        struct shodo_finding f;
        if (shodo_finding_read(&f, v, a, NULL) == SHODO_OK) {
            st = seen_id(&l->s->seen, l->file, f.id);
            if (st == SHODO_OK)
                (*(strcmp(f.kind, "artifact") == 0 ? &c->artifacts : &c->detections))++;
        }
    } else if (l->file == FILE_FACTS) {
        struct shodo_fact f;
        if (shodo_fact_read(&f, v, a, NULL) == SHODO_OK) {
            st = seen_id(&l->s->seen, l->file, f.id);
            c->facts += st == SHODO_OK;
        }
    } else {
        struct shodo_ledger g;
        if (shodo_ledger_read(&g, v, a, NULL) == SHODO_OK) {
            g.endpoint = l->s->endpoint;
            st = seen_add(&l->s->seen, ledger_key(&g));
            if (st == SHODO_OK)
                (void)shodo_unexamined_add(&c->unexamined, &g);
        }
    }
    shodo_doc_free(doc);
    return st == SHODO_NOMEM ? st : SHODO_OK;
}

/* A line that a power cut left half written would join the next one. */
static enum shodo_status cut_torn_line(int dirfd, const char *name, struct shodo_error *err) {
    int fd = openat(dirfd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? SHODO_OK : shodo_fail_errno(err, "opening '%s'", name);
    struct stat st;
    enum shodo_status r = SHODO_OK;
    char c = 0;
    off_t end = fstat(fd, &st) == 0 ? st.st_size : 0;
    off_t at = end;
    while (at > 0 && pread(fd, &c, 1, at - 1) == 1 && c != '\n')
        at--;
    if (at != end && (ftruncate(fd, at) != 0 || fsync(fd) != 0))
        r = shodo_fail_errno(err, "cutting the torn last line of '%s'", name);
    close(fd);
    return r;
}

static enum shodo_status move_away(int dirfd, const char *stem, struct shodo_error *err) {
    char from[64], to[64];
    snprintf(from, sizeof from, "%s.jsonl", stem);
    for (unsigned i = 1; i < BEFORE_MAX; i++) {
        snprintf(to, sizeof to, "%s.before-%u.jsonl", stem, i);
        if (renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) == 0 || errno == ENOENT)
            return SHODO_OK;
        if (errno == EINVAL && faccessat(dirfd, to, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
            renameat(dirfd, from, dirfd, to) == 0)
            return SHODO_OK; /* file systems without RENAME_NOREPLACE */
        if (errno != EEXIST && errno != EINVAL)
            return shodo_fail_errno(err, "moving '%s' of an earlier run away", from);
    }
    return shodo_fail(err, SHODO_LIMIT, "too many earlier runs of '%s'", from);
}

static enum shodo_status open_file(struct shodo_store *s, int file, bool is_resumed,
                                   struct shodo_error *err) {
    char name[64];
    snprintf(name, sizeof name, "%s.jsonl", file_names[file]);
    enum shodo_status st = is_resumed ? cut_torn_line(s->dirfd, name, err)
                                      : move_away(s->dirfd, file_names[file], err);
    if (st == SHODO_OK && is_resumed && file != FILE_MARKS) {
        struct loading l = {.s = s, .file = file};
        st = shodo_store_each(s->dirfd, name, load_line, &l, err);
        shodo_arena_done(&l.arena);
        if (st == SHODO_NOTFOUND)
            st = SHODO_OK;
    }
    if (st == SHODO_OK)
        st = shodo_io_open_append(&s->fds[file], s->dirfd, name, err);
    return st;
}

enum shodo_status shodo_store_open(struct shodo_store **ret, int dirfd, const char *endpoint,
                                   bool is_resumed, struct shodo_error *err) {
    *ret = NULL;
    struct shodo_store *s = calloc(1, sizeof *s);
    if (!s)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the result files");
    s->dirfd = dirfd;
    snprintf(s->endpoint, sizeof s->endpoint, "%s", endpoint);
    for (int i = 0; i < FILES; i++)
        s->fds[i] = -1;
    enum shodo_status st = SHODO_OK;
    for (int i = 0; i < FILES && st == SHODO_OK; i++)
        st = open_file(s, i, is_resumed, err);
    if (st != SHODO_OK) {
        shodo_store_free(s);
        return st;
    }
    *ret = s;
    return SHODO_OK;
}

struct shodo_store *shodo_store_free(struct shodo_store *s) {
    if (s) {
        for (int i = 0; i < FILES; i++) {
            shodo_io_close(&s->fds[i]);
            shodo_buf_done(&s->pending[i]);
        }
        shodo_buf_done(&s->line);
        free(s->seen.slots);
        free(s);
    }
    return NULL;
}

static enum shodo_status flush(struct shodo_store *s, int file, struct shodo_error *err) {
    struct shodo_buf *b = &s->pending[file];
    if (b->failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the result files");
    if (!b->len)
        return SHODO_OK;
    enum shodo_status st = shodo_io_write_all(s->fds[file], b->data, b->len, err);
    if (st != SHODO_OK)
        return shodo_error_context(err, "writing '%s.jsonl'", file_names[file]), st;
    s->counts.bytes += b->len;
    shodo_buf_clear(b);
    return SHODO_OK;
}

static enum shodo_status append(struct shodo_store *s, int file, const char **ret_line,
                                struct shodo_error *err) {
    if (s->line.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a result line");
    shodo_buf_add(&s->pending[file], s->line.data, s->line.len);
    shodo_buf_addc(&s->pending[file], '\n');
    if (ret_line)
        *ret_line = shodo_buf_cstr(&s->line);
    return s->pending[file].len >= FLUSH_BYTES ? flush(s, file, err) : SHODO_OK;
}

static enum shodo_status known(enum shodo_status st, struct shodo_error *err) {
    return st == SHODO_SKIP ? SHODO_OK
                            : shodo_fail(err, SHODO_NOMEM, "no memory for the ids of the results");
}

enum shodo_status shodo_store_finding(struct shodo_store *s, struct shodo_finding *f,
                                      const char **ret_line, struct shodo_error *err) {
    if (ret_line)
        *ret_line = NULL;
    f->endpoint = s->endpoint;
    shodo_finding_id(f);
    enum shodo_status st = seen_id(&s->seen, FILE_FINDINGS, f->id);
    if (st != SHODO_OK)
        return known(st, err);
    (*(strcmp(f->kind, "artifact") == 0 ? &s->counts.artifacts : &s->counts.detections))++;
    shodo_buf_clear(&s->line);
    struct shodo_json j = shodo_json_to(&s->line);
    shodo_finding_write(&j, f, shodo_time_now());
    return append(s, FILE_FINDINGS, ret_line, err);
}

enum shodo_status shodo_store_fact(struct shodo_store *s, struct shodo_fact *f,
                                   const char **ret_line, struct shodo_error *err) {
    if (ret_line)
        *ret_line = NULL;
    f->endpoint = s->endpoint;
    shodo_fact_id(f);
    enum shodo_status st = seen_id(&s->seen, FILE_FACTS, f->id);
    if (st != SHODO_OK)
        return known(st, err);
    s->counts.facts++;
    shodo_buf_clear(&s->line);
    struct shodo_json j = shodo_json_to(&s->line);
    shodo_fact_write(&j, f);
    return append(s, FILE_FACTS, ret_line, err);
}

enum shodo_status shodo_store_ledger(struct shodo_store *s, struct shodo_ledger *l,
                                     const char **ret_line, struct shodo_error *err) {
    if (ret_line)
        *ret_line = NULL;
    l->endpoint = s->endpoint;
    enum shodo_status st = seen_add(&s->seen, ledger_key(l));
    if (st != SHODO_OK)
        return known(st, err);
    (void)shodo_unexamined_add(&s->counts.unexamined, l);
    shodo_buf_clear(&s->line);
    struct shodo_json j = shodo_json_to(&s->line);
    shodo_ledger_write(&j, l, shodo_time_now());
    return append(s, FILE_LEDGER, ret_line, err);
}

enum shodo_status shodo_store_sync(struct shodo_store *s, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (int i = 0; i < FILE_MARKS && st == SHODO_OK; i++) {
        bool has = s->pending[i].len > 0;
        st = flush(s, i, err);
        if (st == SHODO_OK && has)
            st = shodo_io_fsync(s->fds[i], err);
    }
    return st;
}

enum shodo_status shodo_store_mark(struct shodo_store *s, const char *mark_json, size_t n,
                                   struct shodo_error *err) {
    enum shodo_status st = shodo_store_sync(s, err);
    if (st != SHODO_OK)
        return st;
    shodo_buf_add(&s->pending[FILE_MARKS], mark_json, n);
    shodo_buf_addc(&s->pending[FILE_MARKS], '\n');
    st = flush(s, FILE_MARKS, err);
    return st == SHODO_OK ? shodo_io_fsync(s->fds[FILE_MARKS], err) : st;
}

const struct shodo_store_counts *shodo_store_counts(const struct shodo_store *s) {
    return &s->counts;
}
