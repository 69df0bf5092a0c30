/* SPDX-License-Identifier: Apache-2.0 */
/* Key, journal: append, chain, verify, torn tails at every byte, two writers, two sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "case/journal.h"
#include "case/journal_line.h"

struct fixture {
    char path[64];
    int dir, keys, journal;
    struct shodo_key *key;
    char file[32];
};

static void make_dir(const char *path, int *ret_fd) {
    assert_int_equal(mkdir(path, 0700), 0);
    *ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(*ret_fd >= 0);
}

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    char sub[96];
    assert_non_null(f);
    memcpy(f->path, "/tmp/shodo-journal-XXXXXX", 26);
    assert_non_null(mkdtemp(f->path));
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(sub, sizeof sub, "%s/keys", f->path);
    make_dir(sub, &f->keys);
    snprintf(sub, sizeof sub, "%s/journal", f->path);
    make_dir(sub, &f->journal);
    bool made = false;
    assert_int_equal(shodo_key_open(&f->key, f->keys, NULL, &made, NULL), SHODO_OK);
    assert_true(made);
    snprintf(f->file, sizeof f->file, "%s.jsonl", shodo_key_stick_id(f->key));
    *state = f;
    return 0;
}

static void remove_all(const char *path) {
    char cmd[160];
    snprintf(cmd, sizeof cmd, "%s", path);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", cmd, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static int teardown(void **state) {
    struct fixture *f = *state;
    shodo_key_free(f->key);
    close(f->dir);
    close(f->keys);
    close(f->journal);
    remove_all(f->path);
    free(f);
    return 0;
}

static struct shodo_journal *open_journal(struct fixture *f) {
    struct shodo_journal *j = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_journal_open(&j, f->journal, f->key, "{\"build\":\"test\"}", &err);
    if (st != SHODO_OK)
        fail_msg("open: %s", err.text);
    return j;
}

static void read_journal(struct fixture *f, struct shodo_buf *out) {
    shodo_buf_clear(out);
    assert_int_equal(shodo_io_read_file(out, f->journal, f->file, 1 << 24, NULL), SHODO_OK);
}

static void put_journal(struct fixture *f, const char *p, size_t n) {
    int fd = openat(f->journal, f->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

struct problems {
    unsigned count;
    char all[8192];
};

static void on_problem(void *ctx, const char *text) {
    struct problems *p = ctx;
    size_t used = strlen(p->all);
    p->count++;
    snprintf(p->all + used, sizeof p->all - used, "%s\n", text);
}

static enum shodo_status verify(struct fixture *f, const char *head, struct problems *p,
                                struct shodo_journal_report *r) {
    memset(p, 0, sizeof *p);
    return shodo_journal_verify(f->journal, head, on_problem, p, r, NULL);
}

static void test_append_and_verify(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *j = open_journal(f);
    assert_int_equal(shodo_journal_seq(j), 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            shodo_journal_add(j, "医事課", "case.note", "{ \"text\" :\n \"一行目\" }", NULL),
            SHODO_OK);
    assert_int_equal(shodo_journal_checkpoint(j, NULL), SHODO_OK);
    assert_int_equal(shodo_journal_add(j, "a", "case.note", NULL, NULL), SHODO_OK);
    char head[65];
    memcpy(head, shodo_journal_head(j), 65);
    assert_int_equal(shodo_journal_seq(j), 8);
    shodo_journal_free(j);

    struct problems p;
    struct shodo_journal_report r;
    assert_int_equal(verify(f, head, &p, &r), SHODO_OK);
    assert_int_equal(r.records, 8);
    assert_int_equal(r.checkpoints, 1);
    assert_int_equal(r.after_checkpoint, 1);
    assert_false(r.torn);
    /* a shortened journal still chains, but not against the head that was handed over */
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    read_journal(f, &b);
    size_t cut = b.len - 1;
    while (b.data[cut - 1] != '\n')
        cut--;
    put_journal(f, b.data, cut);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_OK);
    assert_int_equal(verify(f, head, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "records were removed"));
}

static void test_bad_arguments(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *j = open_journal(f);
    static const char *const bad[] = {"[]", "1", "{", "{\"a\":1}x", "\"x\"", "{\"a\":1,\"a\":2"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++)
        assert_int_equal(shodo_journal_add(j, "a", "b", bad[i], NULL), SHODO_INVALID);
    assert_int_equal(shodo_journal_add(j, NULL, "b", "{}", NULL), SHODO_INVALID);
    assert_int_equal(shodo_journal_seq(j), 1);
    shodo_journal_free(j);
}

/* Every kind of edit before a checkpoint is found, with the right words. */
static void test_edits(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *j = open_journal(f);
    for (int i = 0; i < 4; i++) {
        char data[64];
        snprintf(data, sizeof data, "{\"text\":\"note %d\"}", i);
        assert_int_equal(shodo_journal_add(j, "a", "case.note", data, NULL), SHODO_OK);
    }
    assert_int_equal(shodo_journal_checkpoint(j, NULL), SHODO_OK);
    shodo_journal_free(j);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    read_journal(f, &b);
    size_t start[8], count = 0;
    start[count++] = 0;
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] == '\n')
            start[count++] = i + 1;
    assert_int_equal(count, 7);
    struct problems p;
    struct shodo_journal_report r;
    shodo_auto(shodo_buf) struct shodo_buf t = SHODO_BUF_INIT;

    shodo_buf_add(&t, b.data, b.len); /* changed */
    *strstr(t.data, "note 1") = 'N';
    put_journal(f, t.data, t.len);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "the chain is broken"));

    shodo_buf_clear(&t); /* removed */
    shodo_buf_add(&t, b.data, start[2]);
    shodo_buf_add(&t, b.data + start[3], b.len - start[3]);
    put_journal(f, t.data, t.len);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "record 4 stands where 3 is expected"));

    shodo_buf_clear(&t); /* re-ordered */
    shodo_buf_add(&t, b.data, start[2]);
    shodo_buf_add(&t, b.data + start[3], start[4] - start[3]);
    shodo_buf_add(&t, b.data + start[2], start[3] - start[2]);
    shodo_buf_add(&t, b.data + start[4], b.len - start[4]);
    put_journal(f, t.data, t.len);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "the chain is broken"));

    put_journal(f, b.data + start[1], b.len - start[1]); /* beginning removed */
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "the beginning is missing"));

    shodo_buf_clear(&t); /* not JSON in the middle */
    shodo_buf_add(&t, b.data, b.len);
    t.data[start[2]] = '#';
    put_journal(f, t.data, t.len);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "line 3 is not a record"));
    /* ... and it stays where it is: work goes on after it */
    j = open_journal(f);
    assert_int_equal(shodo_journal_add(j, "a", "case.note", "{}", NULL), SHODO_OK);
    shodo_journal_free(j);
    read_journal(f, &t);
    assert_true(t.len > b.len && t.data[start[2]] == '#');
}

/* A whole chain written again from the first changed record on: only the checkpoint's signature can
 * tell. */
static void test_rewritten_chain(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *j = open_journal(f);
    assert_int_equal(shodo_journal_add(j, "a", "case.note", "{\"text\":\"true\"}", NULL), SHODO_OK);
    assert_int_equal(shodo_journal_checkpoint(j, NULL), SHODO_OK);
    shodo_journal_free(j);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, out = SHODO_BUF_INIT;
    read_journal(f, &b);
    size_t pos = 0, len = 0;
    const char *line = NULL;
    assert_true(shodo_line_next(b.data, b.len, &pos, &line, &len));
    shodo_buf_add(&out, line, len);
    char head[65];
    shodo_line_hash(line, len, head);
    assert_int_equal(shodo_line_write(&out, 2, "a", "case.note", "{\"text\":\"lies\"}", head, NULL),
                     SHODO_OK);
    size_t second = len;
    shodo_line_hash(out.data + second, out.len - second, head);
    assert_true(shodo_line_next(b.data, b.len, &pos, &line, &len));
    assert_true(shodo_line_next(b.data, b.len, &pos, &line, &len));
    shodo_auto(shodo_line) struct shodo_line l = {.doc = NULL};
    assert_int_equal(shodo_line_parse(&l, line, len - 1, NULL), SHODO_OK);
    char data[1024]; /* the digest corrected, the signature cannot be */
    snprintf(data, sizeof data,
             "{\"upto\":2,\"digest\":\"%s\",\"cert\":\"%s\",\"signature\":\"%s\"}", head,
             shodo_value_get_str(l.data, "cert"), shodo_value_get_str(l.data, "signature"));
    assert_int_equal(shodo_line_write(&out, 3, "shodo", "journal.checkpoint", data, head, NULL),
                     SHODO_OK);
    put_journal(f, out.data, out.len);
    struct problems p;
    struct shodo_journal_report r;
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_int_equal(p.count, 1);
    assert_non_null(strstr(p.all, "is not by the stick's key"));
}

/* The last record cut at every byte: recovered or refused, never invented. */
static void test_torn_everywhere(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *j = open_journal(f);
    assert_int_equal(shodo_journal_add(j, "a", "case.note", "{\"text\":\"kept\"}", NULL), SHODO_OK);
    shodo_auto(shodo_buf) struct shodo_buf before = SHODO_BUF_INIT, b = SHODO_BUF_INIT,
                                           now = SHODO_BUF_INIT;
    read_journal(f, &before);
    assert_int_equal(shodo_journal_add(j, "a", "case.note", "{\"text\":\"last 最後\"}", NULL),
                     SHODO_OK);
    shodo_journal_free(j);
    read_journal(f, &b);
    struct problems p;
    struct shodo_journal_report r;
    for (size_t n = before.len + 1; n < b.len; n++) {
        put_journal(f, b.data, n);
        assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
        assert_true(r.torn);
        j = open_journal(f);
        assert_int_equal(shodo_journal_seq(j), 3); /* start, kept, journal.torn */
        shodo_journal_free(j);
        read_journal(f, &now);
        assert_memory_equal(now.data, before.data, before.len);
        assert_non_null(strstr(now.data + before.len, "\"event\":\"journal.torn\""));
        assert_null(strstr(now.data, "last"));
        assert_int_equal(verify(f, NULL, &p, &r), SHODO_OK);
        char torn[48];
        shodo_auto(shodo_buf) struct shodo_buf kept = SHODO_BUF_INIT;
        snprintf(torn, sizeof torn, "%s.torn-1", shodo_key_stick_id(f->key));
        assert_int_equal(shodo_io_read_file(&kept, f->journal, torn, 1 << 20, NULL), SHODO_OK);
        assert_int_equal(kept.len, n - before.len);
        assert_memory_equal(kept.data, b.data + before.len, kept.len);
        assert_int_equal(unlinkat(f->journal, torn, 0), 0);
    }
    /* nothing but garbage: the start record comes first all the same */
    put_journal(f, "\0\0\0garbage\n\xff", 12);
    j = open_journal(f);
    assert_int_equal(shodo_journal_seq(j), 2);
    shodo_journal_free(j);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_OK);
}

/* Two programs at one file, and the same journal opened twice: one chain. */
static void test_two_writers(void **state) {
    struct fixture *f = *state;
    struct shodo_journal *a = open_journal(f), *b = open_journal(f);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(shodo_journal_add(a, "a", "case.note", "{}", NULL), SHODO_OK);
        assert_int_equal(shodo_journal_add(b, "b", "case.note", "{}", NULL), SHODO_OK);
        if (i % 4 == 0)
            assert_int_equal(shodo_journal_checkpoint(a, NULL), SHODO_OK);
    }
    shodo_journal_free(a);
    shodo_journal_free(b);
    pid_t pids[3];
    for (int k = 0; k < 3; k++) {
        pids[k] = fork();
        if (pids[k] == 0) {
            struct shodo_journal *j = NULL;
            bool ok = shodo_journal_open(&j, f->journal, f->key, NULL, NULL) == SHODO_OK;
            for (int i = 0; ok && i < 20; i++)
                ok = shodo_journal_add(j, "child", "case.note", "{}", NULL) == SHODO_OK;
            _exit(ok ? 0 : 1);
        }
    }
    for (int k = 0; k < 3; k++) {
        int status = 0;
        waitpid(pids[k], &status, 0);
        assert_int_equal(status, 0);
    }
    struct problems p;
    struct shodo_journal_report r;
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_OK);
    assert_int_equal(r.records, 1 + 20 + 3 + 60);
}

static enum shodo_status note_stick(void *ctx, const struct shodo_record *r) {
    shodo_buf_addf(ctx, "%.4s:%llu ", r->stick, (unsigned long long)r->seq);
    return SHODO_OK;
}

static void test_two_sticks(void **state) {
    struct fixture *f = *state;
    char path[96];
    int keys = -1;
    struct shodo_key *other = NULL;
    snprintf(path, sizeof path, "%s/keys2", f->path);
    make_dir(path, &keys);
    assert_int_equal(shodo_key_open(&other, keys, "a passphrase", NULL, NULL), SHODO_OK);
    struct shodo_journal *a = open_journal(f), *b = NULL;
    assert_int_equal(shodo_journal_open(&b, f->journal, other, NULL, NULL), SHODO_OK);
    assert_int_equal(shodo_journal_add(a, "a", "case.note", "{}", NULL), SHODO_OK);
    assert_int_equal(shodo_journal_add(b, "b", "case.note", "{}", NULL), SHODO_OK);
    assert_int_equal(shodo_journal_add(a, "a", "case.note", "{}", NULL), SHODO_OK);
    char expect[256];
    snprintf(expect, sizeof expect, "%.4s:1 %.4s:1 %.4s:2 %.4s:2 %.4s:3 ",
             shodo_key_stick_id(f->key), shodo_key_stick_id(other), shodo_key_stick_id(f->key),
             shodo_key_stick_id(other), shodo_key_stick_id(f->key));
    shodo_auto(shodo_buf) struct shodo_buf order = SHODO_BUF_INIT;
    assert_int_equal(shodo_journal_each(f->journal, note_stick, &order, NULL), SHODO_OK);
    assert_string_equal(shodo_buf_cstr(&order), expect);
    shodo_journal_free(a);
    shodo_journal_free(b);
    /* a journal under another stick's name */
    struct problems p;
    struct shodo_journal_report r;
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_OK);
    assert_int_equal(renameat(f->journal, f->file, f->journal, "00000000.jsonl"), 0);
    assert_int_equal(verify(f, NULL, &p, &r), SHODO_REFUSED);
    assert_non_null(strstr(p.all, "another stick"));
    shodo_key_free(other);
    close(keys);
}

static void test_key(void **state) {
    struct fixture *f = *state;
    struct shodo_key *again = NULL;
    bool made = true;
    assert_int_equal(shodo_key_open(&again, f->keys, NULL, &made, NULL), SHODO_OK);
    assert_false(made);
    assert_string_equal(shodo_key_fingerprint(again), shodo_key_fingerprint(f->key));
    assert_false(shodo_key_is_expired(again));
    shodo_auto(shodo_buf) struct shodo_buf sig = SHODO_BUF_INIT;
    assert_int_equal(shodo_key_sign(again, "abc", 3, &sig, NULL), SHODO_OK);
    const char *cert = shodo_key_cert_pem(f->key);
    assert_int_equal(shodo_key_verify(cert, strlen(cert), "abc", 3, sig.data, sig.len, NULL),
                     SHODO_OK);
    assert_int_equal(shodo_key_verify(cert, strlen(cert), "abd", 3, sig.data, sig.len, NULL),
                     SHODO_REFUSED);
    sig.data[sig.len - 1] ^= 1;
    assert_int_equal(shodo_key_verify(cert, strlen(cert), "abc", 3, sig.data, sig.len, NULL),
                     SHODO_REFUSED);
    shodo_key_free(again);
    /* the certificate lost between two writes: made again for the same key */
    assert_int_equal(unlinkat(f->keys, "stick.cert.pem", 0), 0);
    assert_int_equal(shodo_key_open(&again, f->keys, NULL, &made, NULL), SHODO_OK);
    assert_false(made);
    shodo_key_free(again);
    /* a passphrase is needed and must be right */
    char path[96];
    int keys = -1;
    snprintf(path, sizeof path, "%s/locked", f->path);
    make_dir(path, &keys);
    assert_int_equal(shodo_key_open(&again, keys, "right", &made, NULL), SHODO_OK);
    shodo_key_free(again);
    assert_int_equal(shodo_key_open(&again, keys, "wrong", &made, NULL), SHODO_REFUSED);
    assert_int_equal(shodo_key_open(&again, keys, NULL, &made, NULL), SHODO_REFUSED);
    assert_int_equal(shodo_key_open(&again, keys, "right", &made, NULL), SHODO_OK);
    shodo_key_free(again);
    close(keys);
}

static void test_base64(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, back = SHODO_BUF_INIT;
        assert_true(shodo_base64_add(&b, rows[i][0], strlen(rows[i][0])));
        assert_string_equal(shodo_buf_cstr(&b), rows[i][1]);
        assert_true(shodo_base64_read(&back, b.data ? b.data : "", b.len));
        assert_string_equal(shodo_buf_cstr(&back), rows[i][0]);
    }
    static const char *const bad[] = {"Z", "Zg=", "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9", "=m9v"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++) {
        shodo_auto(shodo_buf) struct shodo_buf back = SHODO_BUF_INIT;
        assert_false(shodo_base64_read(&back, bad[i], strlen(bad[i])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append_and_verify, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_edits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rewritten_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_torn_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_writers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_sticks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_key, setup, teardown),
        cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
