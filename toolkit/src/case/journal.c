/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the journal. The file is the truth: before each append the lines that another process of
 * ours has added since are read, so that TUI and engine can write to one chain. A record counts
 * when fsync has returned.
 *
 * After a power cut the end of the file may hold a partial line or garbage. What follows the last
 * well-formed record is cut off into <stick-id>.torn-N; a bad line *between* good ones is not a
 * torn tail but an edit or a bad medium: it stays where it is, the chain goes on over its bytes,
 * and `verify` names it.
 */
#include "case/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "case/journal_line.h"

#define TORN_FILES_MAX 1000u

struct shodo_journal {
    int dirfd;
    int fd;                /* read and append */
    struct shodo_key *key; /* borrowed */
    char name[32];
    uint64_t size; /* bytes of the file that `seq` and `head` speak about */
    uint64_t seq;
    char head[65];
    bool is_stale; /* an append failed half-way: look at the whole file again before the next one */
};

/* What a scan of (a part of) the file found. */
struct scan {
    uint64_t seq;
    char head[65];
    size_t good; /* end of the last well-formed record */
};

/* Goes over whole lines. Bad lines count as bytes of the chain only when a good one follows them.
 */
static enum shodo_status scan_lines(struct scan *s, const char *p, size_t n,
                                    struct shodo_error *err) {
    size_t pos = 0, len = 0;
    const char *line = NULL;
    while (shodo_line_next(p, n, &pos, &line, &len)) {
        shodo_auto(shodo_line) struct shodo_line l = {.doc = NULL};
        enum shodo_status st = shodo_line_parse(&l, line, len - 1, err);
        if (st == SHODO_NOMEM)
            return st; /* must not be taken for a torn tail */
        if (st != SHODO_OK)
            continue;
        s->seq = l.seq;
        s->good = pos;
        shodo_line_hash(line, len, s->head);
    }
    return SHODO_OK;
}

static enum shodo_status read_from(int fd, uint64_t offset, struct shodo_buf *out,
                                   struct shodo_error *err) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return shodo_fail_errno(err, "looking at the journal");
    if ((uint64_t)st.st_size > SHODO_LIMIT_JOURNAL_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "the journal is larger than %llu bytes",
                          (unsigned long long)SHODO_LIMIT_JOURNAL_BYTES);
    if ((uint64_t)st.st_size <= offset)
        return SHODO_OK;
    size_t want = (size_t)((uint64_t)st.st_size - offset);
    if (!shodo_buf_reserve(out, want + 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the journal");
    while (want > 0) {
        ssize_t got = pread(fd, out->data + out->len, want, (off_t)(offset + out->len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return shodo_fail_errno(err, "reading the journal");
        if (got == 0)
            break;
        out->len += (size_t)got;
        want -= (size_t)got;
    }
    out->data[out->len] = '\0';
    return SHODO_OK;
}

/* Puts the bytes that are to be cut into the next free <stick-id>.torn-N. */
static enum shodo_status keep_torn(struct shodo_journal *j, const char *p, size_t n, char *ret_name,
                                   size_t name_bytes, struct shodo_error *err) {
    for (unsigned i = 1; i <= TORN_FILES_MAX; i++) {
        snprintf(ret_name, name_bytes, "%s.torn-%u", shodo_key_stick_id(j->key), i);
        enum shodo_status st = shodo_io_write_file(j->dirfd, ret_name, p, n, err);
        if (st != SHODO_EXISTS)
            return st;
    }
    return shodo_fail(err, SHODO_LIMIT, "more than %u torn pieces of the journal", TORN_FILES_MAX);
}

/* Under the lock. Brings size, seq and head up to date; cuts a torn tail. `*ret_torn` (may be
 * empty) names its file. */
static enum shodo_status refresh(struct shodo_journal *j, char *ret_torn, size_t torn_bytes,
                                 uint64_t *ret_cut, struct shodo_error *err) {
    uint64_t from = j->is_stale ? 0 : j->size;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = read_from(j->fd, from, &b, err);
    if (st != SHODO_OK)
        return st;
    struct scan s = {.seq = from ? j->seq : 0, .good = 0};
    memcpy(s.head, from ? j->head : SHODO_JOURNAL_ZERO, sizeof s.head);
    st = scan_lines(&s, b.data, b.len, err);
    if (st != SHODO_OK)
        return st;
    ret_torn[0] = '\0';
    if (s.good < b.len) {
        *ret_cut = b.len - s.good;
        st = keep_torn(j, b.data + s.good, b.len - s.good, ret_torn, torn_bytes, err);
        if (st == SHODO_OK)
            st = shodo_io_truncate(j->fd, from + s.good, err);
        if (st == SHODO_OK)
            st = shodo_io_fsync(j->fd, err);
        if (st != SHODO_OK)
            return st;
    }
    j->size = from + s.good;
    j->seq = s.seq;
    memcpy(j->head, s.head, sizeof j->head);
    j->is_stale = false;
    return SHODO_OK;
}

/* Under the lock and after refresh(). */
static enum shodo_status append(struct shodo_journal *j, const char *actor, const char *event,
                                const char *data_json, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
    enum shodo_status st = shodo_line_write(&line, j->seq + 1, actor, event, data_json, j->head,
                                            err);
    if (st != SHODO_OK)
        return st;
    if (j->size + line.len > SHODO_LIMIT_JOURNAL_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "the journal is full (%llu bytes)",
                          (unsigned long long)SHODO_LIMIT_JOURNAL_BYTES);
    st = shodo_io_write_all(j->fd, line.data, line.len, err);
    if (st == SHODO_OK)
        st = shodo_io_fsync(j->fd, err);
    if (st != SHODO_OK) {
        /* Take back what may have been written; whether that worked is seen at the next append. */
        (void)shodo_io_truncate(j->fd, j->size, NULL);
        j->is_stale = true;
        return st;
    }
    j->size += line.len;
    j->seq++;
    shodo_line_hash(line.data, line.len, j->head);
    return SHODO_OK;
}

static enum shodo_status report_torn(struct shodo_journal *j, const char *file, uint64_t bytes,
                                     struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;
    struct shodo_json js = shodo_json_to(&data);
    shodo_json_object(&js, NULL);
    shodo_json_str(&js, "file", file);
    shodo_json_u64(&js, "bytes", bytes);
    shodo_json_object_end(&js);
    if (data.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a journal record");
    return append(j, "shodo", "journal.torn", shodo_buf_cstr(&data), err);
}

static enum shodo_status lock(struct shodo_journal *j, int how, struct shodo_error *err) {
    while (flock(j->fd, how) != 0)
        if (errno != EINTR)
            return shodo_fail_errno(err, "locking the journal '%s'", j->name);
    return SHODO_OK;
}

/* Locks, catches up, appends, unlocks. The lock is released by close too. */
static enum shodo_status locked(struct shodo_journal *j, const char *actor, const char *event,
                                const char *data_json, struct shodo_error *err) {
    enum shodo_status st = lock(j, LOCK_EX, err);
    if (st != SHODO_OK)
        return st;
    char torn[64];
    uint64_t cut = 0;
    st = refresh(j, torn, sizeof torn, &cut, err);
    if (st == SHODO_OK && torn[0])
        st = report_torn(j, torn, cut, err);
    if (st == SHODO_OK)
        st = append(j, actor, event, data_json, err);
    (void)lock(j, LOCK_UN, NULL);
    return st;
}

/* First record: stick, certificate, then the caller's keys. */
static enum shodo_status first_data(struct shodo_journal *j, const char *first_data_json,
                                    struct shodo_buf *out, struct shodo_error *err) {
    const char *text = first_data_json && *first_data_json ? first_data_json : "{}";
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    enum shodo_status st = shodo_doc_parse_json(&doc, "data", text, strlen(text), err);
    if (st != SHODO_OK)
        return st;
    const struct shodo_value *root = shodo_doc_root(doc);
    if (shodo_value_kind(root) != SHODO_VALUE_MAP)
        return shodo_fail(err, SHODO_INVALID,
                          "data of the first journal record must be one JSON object");
    struct shodo_json js = shodo_json_to(out);
    shodo_json_object(&js, NULL);
    shodo_json_str(&js, "format", "shodo-journal-1");
    shodo_json_str(&js, "stick", shodo_key_stick_id(j->key));
    shodo_json_str(&js, "cert", shodo_key_cert_pem(j->key));
    for (size_t i = 0; i < shodo_value_count(root); i++) {
        const char *key = shodo_value_key_at(root, i);
        if (strcmp(key, "format") != 0 && strcmp(key, "stick") != 0 && strcmp(key, "cert") != 0)
            shodo_value_write(&js, key, shodo_value_at(root, i));
    }
    shodo_json_object_end(&js);
    return out->failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a journal record") : SHODO_OK;
}

static enum shodo_status start(struct shodo_journal *j, int journal_dirfd,
                               const char *first_data_json, struct shodo_error *err) {
    int written = snprintf(j->name, sizeof j->name, "%s.jsonl", shodo_key_stick_id(j->key));
    if (written < 0 || (size_t)written >= sizeof j->name)
        return shodo_fail(err, SHODO_INVALID, "shodo_journal_open: bad stick id");
    j->dirfd = fcntl(journal_dirfd, F_DUPFD_CLOEXEC, 0);
    if (j->dirfd < 0)
        return shodo_fail_errno(err, "opening the journal's directory");
    enum shodo_status st = shodo_io_open_append(&j->fd, j->dirfd, j->name, err);
    if (st != SHODO_OK)
        return st;
    shodo_auto(shodo_buf) struct shodo_buf data = SHODO_BUF_INIT;
    st = first_data(j, first_data_json, &data, err);
    /* Two programs may start at once on a fresh stick: the loser sees the other's record and adds
     * none. */
    if (st == SHODO_OK)
        st = lock(j, LOCK_EX, err);
    if (st != SHODO_OK)
        return st;
    char torn[64];
    uint64_t cut = 0;
    st = refresh(j, torn, sizeof torn, &cut, err);
    if (st == SHODO_OK && j->seq == 0)
        st = append(j, "shodo", "journal.start", shodo_buf_cstr(&data), err);
    if (st == SHODO_OK && torn[0])
        st = report_torn(j, torn, cut, err);
    (void)lock(j, LOCK_UN, NULL);
    return st;
}

enum shodo_status shodo_journal_open(struct shodo_journal **ret, int journal_dirfd,
                                     struct shodo_key *key, const char *first_data_json,
                                     struct shodo_error *err) {
    struct shodo_journal *j = calloc(1, sizeof *j);
    if (!j)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the journal");
    j->dirfd = j->fd = -1;
    j->key = key;
    memcpy(j->head, SHODO_JOURNAL_ZERO, sizeof j->head);
    enum shodo_status st = start(j, journal_dirfd, first_data_json, err);
    if (st != SHODO_OK) {
        shodo_journal_free(j);
        return st;
    }
    *ret = j;
    return SHODO_OK;
}

struct shodo_journal *shodo_journal_free(struct shodo_journal *j) {
    if (!j)
        return NULL;
    shodo_io_close(&j->fd);
    shodo_io_close(&j->dirfd);
    free(j);
    return NULL;
}

enum shodo_status shodo_journal_add(struct shodo_journal *j, const char *actor, const char *event,
                                    const char *data_json, struct shodo_error *err) {
    if (!j || !actor || !event)
        return shodo_fail(err, SHODO_INVALID,
                          "shodo_journal_add: journal, actor and event are needed");
    return locked(j, actor, event, data_json, err);
}

/* Signs the head under the lock: nothing may come between the digest and the record that carries
 * it. */
static enum shodo_status add_checkpoint(struct shodo_journal *j, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf sig = SHODO_BUF_INIT, text = SHODO_BUF_INIT,
                                           data = SHODO_BUF_INIT;
    enum shodo_status st = shodo_key_sign(j->key, j->head, 64, &sig, err);
    if (st != SHODO_OK)
        return st;
    if (!shodo_base64_add(&text, sig.data, sig.len))
        return shodo_fail(err, SHODO_NOMEM, "no memory for a checkpoint");
    struct shodo_json js = shodo_json_to(&data);
    shodo_json_object(&js, NULL);
    shodo_json_u64(&js, "upto", j->seq);
    shodo_json_str(&js, "digest", j->head);
    shodo_json_str(&js, "cert", shodo_key_fingerprint(j->key));
    shodo_json_str(&js, "signature", shodo_buf_cstr(&text));
    shodo_json_object_end(&js);
    if (data.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a checkpoint");
    return append(j, "shodo", "journal.checkpoint", shodo_buf_cstr(&data), err);
}

enum shodo_status shodo_journal_checkpoint(struct shodo_journal *j, struct shodo_error *err) {
    if (!j)
        return shodo_fail(err, SHODO_INVALID, "shodo_journal_checkpoint: no journal");
    enum shodo_status st = lock(j, LOCK_EX, err);
    if (st != SHODO_OK)
        return st;
    char torn[64];
    uint64_t cut = 0;
    st = refresh(j, torn, sizeof torn, &cut, err);
    if (st == SHODO_OK && torn[0])
        st = report_torn(j, torn, cut, err);
    if (st == SHODO_OK)
        st = add_checkpoint(j, err);
    (void)lock(j, LOCK_UN, NULL);
    return st;
}

uint64_t shodo_journal_seq(const struct shodo_journal *j) {
    return j->seq;
}

const char *shodo_journal_head(const struct shodo_journal *j) {
    return j->head;
}
