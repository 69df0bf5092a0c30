/* SPDX-License-Identifier: Apache-2.0 */
/* Reading all sticks' journals of a case: merged in time order for the fold, and checked record by
 * record. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "case/journal.h"
#include "case/journal_line.h"

#define SUFFIX ".jsonl"

struct file {
    char stick[32];
    struct shodo_buf text;
    size_t pos;
    /* the record at the head of the file */
    struct shodo_line line;
    const char *raw;
    size_t raw_len;
    bool has_line;
};

static bool stick_of(const char *name, char *ret, size_t n) {
    size_t len = strlen(name), end = strlen(SUFFIX);
    if (len <= end || strcmp(name + len - end, SUFFIX) != 0 || len - end >= n || name[0] == '.')
        return false;
    memcpy(ret, name, len - end);
    ret[len - end] = '\0';
    return true;
}

static void files_done(struct shodo_vec *files) {
    for (size_t i = 0; i < files->count; i++) {
        struct file *f = shodo_vec_at(files, i);
        shodo_buf_done(&f->text);
        shodo_line_done(&f->line);
    }
    shodo_vec_done(files);
}

static int by_stick(const void *a, const void *b) {
    return strcmp(((const struct file *)a)->stick, ((const struct file *)b)->stick);
}

static enum shodo_status load_file(struct shodo_vec *files, int dirfd, const char *name,
                                   struct shodo_error *err) {
    char stick[32];
    if (!stick_of(name, stick, sizeof stick))
        return SHODO_OK;
    if (files->count >= SHODO_LIMIT_STICKS)
        return shodo_fail(err, SHODO_LIMIT, "more than %u journals in one case",
                          SHODO_LIMIT_STICKS);
    struct file *f = shodo_vec_push(files);
    if (!f)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a journal");
    memcpy(f->stick, stick, sizeof stick);
    enum shodo_status st = shodo_io_read_file(&f->text, dirfd, name, SHODO_LIMIT_JOURNAL_BYTES,
                                              err);
    return st;
}

/* All journals, sorted by stick id, so that equal times give one order everywhere. */
static enum shodo_status load(struct shodo_vec *files, int journal_dirfd, struct shodo_error *err) {
    int fd = openat(journal_dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        enum shodo_status st = shodo_fail_errno(err, "listing the journals");
        shodo_io_close(&fd);
        return st;
    }
    enum shodo_status st = SHODO_OK;
    const struct dirent *e = NULL;
    while (st == SHODO_OK && (errno = 0, e = readdir(dir)) != NULL)
        st = load_file(files, journal_dirfd, e->d_name, err);
    if (st == SHODO_OK && errno != 0)
        st = shodo_fail_errno(err, "listing the journals");
    closedir(dir);
    if (st == SHODO_OK && files->count > 1)
        qsort(files->data, files->count, sizeof(struct file), by_stick);
    return st;
}

/* Next well-formed record of one file; lines that are not are verify's business, never a source of
 * state. */
static enum shodo_status advance(struct file *f, struct shodo_error *err) {
    shodo_line_done(&f->line);
    f->has_line = false;
    while (shodo_line_next(f->text.data, f->text.len, &f->pos, &f->raw, &f->raw_len)) {
        enum shodo_status st = shodo_line_parse(&f->line, f->raw, f->raw_len - 1, err);
        if (st == SHODO_NOMEM)
            return st;
        if (st == SHODO_OK) {
            f->has_line = true;
            return SHODO_OK;
        }
    }
    return SHODO_OK;
}

static struct file *earliest(struct shodo_vec *files) {
    struct file *best = NULL;
    for (size_t i = 0; i < files->count; i++) {
        struct file *f = shodo_vec_at(files, i);
        if (f->has_line && (!best || f->line.time < best->line.time))
            best = f;
    }
    return best;
}

enum shodo_status shodo_journal_each(int journal_dirfd,
                                     enum shodo_status (*each)(void *ctx,
                                                               const struct shodo_record *r),
                                     void *ctx, struct shodo_error *err) {
    struct shodo_vec files = SHODO_VEC_INIT(sizeof(struct file));
    enum shodo_status st = load(&files, journal_dirfd, err);
    for (size_t i = 0; st == SHODO_OK && i < files.count; i++)
        st = advance(shodo_vec_at(&files, i), err);
    struct file *f = NULL;
    while (st == SHODO_OK && (f = earliest(&files)) != NULL) {
        const struct shodo_record r = {.seq = f->line.seq,
                                       .time = f->line.time,
                                       .stick = f->stick,
                                       .actor = f->line.actor,
                                       .event = f->line.event,
                                       .data = f->line.data,
                                       .line = f->raw,
                                       .line_len = f->raw_len};
        st = each(ctx, &r);
        if (st < 0)
            shodo_fail(err, st, "journal '%s' record %llu could not be used", f->stick,
                       (unsigned long long)r.seq);
        else if (st == SHODO_SKIP)
            st = SHODO_OK;
        if (st == SHODO_OK)
            st = advance(f, err);
    }
    files_done(&files);
    return st == SHODO_END ? SHODO_OK : st;
}

/* ---- verify ---- */

struct check {
    const char *stick;
    const char *cert; /* borrowed from cert_doc */
    struct shodo_doc *cert_doc;
    const char *expect_head;
    bool has_expected;
    void (*problem)(void *ctx, const char *text);
    void *ctx;
    struct shodo_journal_report *report;
    uint64_t seq, since_checkpoint;
    char head[65];
    bool is_bad;
    bool has_no_memory; /* must never look like a forged checkpoint */
};

static SHODO_PRINTF(2, 3) void complain(struct check *c, const char *fmt, ...) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    va_list ap;
    c->is_bad = true;
    shodo_buf_addf(&b, "journal '%s': ", c->stick);
    va_start(ap, fmt);
    shodo_buf_addv(&b, fmt, ap);
    va_end(ap);
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    shodo_text_safe(&safe, shodo_buf_cstr(&b), b.len);
    if (c->problem)
        c->problem(c->ctx, shodo_buf_cstr(&safe));
}

static void check_first(struct check *c, struct shodo_line *l) {
    const char *cert = shodo_value_get_str(l->data, "cert");
    const char *stick = shodo_value_get_str(l->data, "stick");
    char fingerprint[65];
    if (strcmp(l->event, "journal.start") != 0 || !cert || !stick) {
        complain(
            c,
            "the first record is not 'journal.start' with a certificate: the beginning is missing");
        return;
    }
    if (shodo_key_cert_fingerprint(cert, strlen(cert), fingerprint, NULL) != SHODO_OK) {
        complain(c, "the certificate in the first record cannot be read");
        return;
    }
    if (strncmp(fingerprint, c->stick, 8) != 0 || strlen(c->stick) != 8 ||
        strcmp(stick, c->stick) != 0)
        complain(c, "the certificate in the first record is that of another stick (%.8s)",
                 fingerprint);
    c->cert = cert;
    c->cert_doc = l->doc; /* keep the document that holds the text */
    l->doc = NULL;
}

static void check_checkpoint(struct check *c, const struct shodo_line *l) {
    const char *digest = shodo_value_get_str(l->data, "digest");
    const char *text = shodo_value_get_str(l->data, "signature");
    uint64_t upto = (uint64_t)shodo_value_get_int(l->data, "upto", 0);
    shodo_auto(shodo_buf) struct shodo_buf sig = SHODO_BUF_INIT;
    c->report->checkpoints++;
    if (digest && text && !shodo_base64_read(&sig, text, strlen(text)) && sig.failed) {
        c->has_no_memory = true;
        return;
    }
    if (!digest || !text || sig.len == 0) {
        complain(c, "checkpoint at record %llu is incomplete", (unsigned long long)l->seq);
        return;
    }
    if (strcmp(digest, c->head) != 0 || upto != c->seq) {
        complain(
            c,
            "checkpoint at record %llu does not fit the records before it: they were changed, removed or "
            "re-ordered",
            (unsigned long long)l->seq);
        return;
    }
    if (!c->cert || shodo_key_verify(c->cert, strlen(c->cert), digest, 64, sig.data, sig.len,
                                     NULL) != SHODO_OK) {
        complain(c, "the signature of the checkpoint at record %llu is not by the stick's key",
                 (unsigned long long)l->seq);
        return;
    }
    c->since_checkpoint = 0;
}

/* One line; returns NOMEM only. */
static enum shodo_status check_line(struct check *c, const char *raw, size_t n, uint64_t number) {
    shodo_auto(shodo_line) struct shodo_line l = {.doc = NULL};
    struct shodo_error why = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_line_parse(&l, raw, n - 1, &why);
    if (st == SHODO_NOMEM)
        return st;
    if (st != SHODO_OK) {
        complain(c, "line %llu is not a record: %s", (unsigned long long)number, why.text);
        shodo_line_hash(raw, n, c->head);
        return SHODO_OK;
    }
    c->report->records++;
    if (strcmp(l.prev, c->head) != 0)
        complain(c, "record %llu does not follow from the line before it: the chain is broken",
                 (unsigned long long)l.seq);
    if (l.seq != c->seq + 1)
        complain(c, "record %llu stands where %llu is expected", (unsigned long long)l.seq,
                 (unsigned long long)c->seq + 1);
    if (c->seq == 0 && number == 1)
        check_first(c, &l);
    c->since_checkpoint++;
    if (strcmp(l.event, "journal.checkpoint") == 0)
        check_checkpoint(c, &l);
    c->seq = l.seq;
    shodo_line_hash(raw, n, c->head);
    if (c->expect_head && strcmp(c->expect_head, c->head) == 0)
        c->has_expected = true;
    return SHODO_OK;
}

static enum shodo_status check_file(struct check *c, const struct file *f) {
    size_t pos = 0, len = 0;
    const char *raw = NULL;
    uint64_t number = 0;
    c->stick = f->stick;
    c->cert = NULL;
    c->seq = c->since_checkpoint = 0;
    memcpy(c->head, SHODO_JOURNAL_ZERO, sizeof c->head);
    enum shodo_status st = SHODO_OK;
    while (st == SHODO_OK && shodo_line_next(f->text.data, f->text.len, &pos, &raw, &len))
        st = check_line(c, raw, len, ++number);
    if (st == SHODO_OK && c->has_no_memory)
        st = SHODO_NOMEM;
    if (st == SHODO_OK && pos < f->text.len) {
        c->report->torn = true;
        complain(c, "the last line is incomplete (%zu bytes)", f->text.len - pos);
    }
    if (number == 0)
        complain(c, "it is empty");
    c->report->after_checkpoint += c->since_checkpoint;
    c->cert_doc = shodo_doc_free(c->cert_doc);
    return st;
}

enum shodo_status shodo_journal_verify(int journal_dirfd, const char *expect_head,
                                       void (*problem)(void *ctx, const char *text), void *ctx,
                                       struct shodo_journal_report *ret, struct shodo_error *err) {
    struct shodo_vec files = SHODO_VEC_INIT(sizeof(struct file));
    *ret = (struct shodo_journal_report){.records = 0};
    struct check c = {
        .expect_head = expect_head, .problem = problem, .ctx = ctx, .report = ret, .stick = "-"};
    enum shodo_status st = load(&files, journal_dirfd, err);
    for (size_t i = 0; st == SHODO_OK && i < files.count; i++)
        st = check_file(&c, shodo_vec_at(&files, i));
    if (st == SHODO_OK && files.count == 0)
        complain(&c, "there is no journal here");
    if (st == SHODO_OK && expect_head && !c.has_expected)
        complain(
            &c,
            "the record whose hash was handed over (%.16s...) is not in the chain: records were removed",
            expect_head);
    files_done(&files);
    if (st != SHODO_OK)
        return st == SHODO_NOMEM ? shodo_fail(err, st, "no memory for the journal") : st;
    return c.is_bad ? shodo_fail(err, SHODO_REFUSED, "the journal does not verify") : SHODO_OK;
}
