/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal on a medium that loses power: at the k-th fsync the machine stops, and every write
 * that was not yet flushed is kept, dropped, cut in half or replaced by garbage. What was reported
 * as OK before must be there afterwards, what was not may be there or not, and nothing else. Then
 * writes that fail (full medium, unplugged), and allocations that fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "case/journal.h"

enum fate { KEEP, DROP, HALF, GARBAGE, FATES };

/* The one fault plan of the process: the layer under base/io.c has no context pointer. */
static struct plan {
    int stop_at_fsync; /* 0 = never */
    enum fate fate;
    int fsyncs;
    bool is_off; /* the machine is off: every call fails */
    off_t flushed;
    int fail_write_at, writes;
    int fail_errno;
} plan;

static int journal_file(int fd) {
    char link[64], path[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return 0;
    path[n] = '\0';
    size_t len = strlen(path);
    return len > 6 && strcmp(path + len - 6, ".jsonl") == 0;
}

/* Overwrites what was not flushed; the bytes hold NULs, line feeds and quotes. The journal's own
 * descriptor appends. */
static void spoil(int fd, off_t from, off_t n) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int raw = open(link, O_WRONLY | O_CLOEXEC);
    assert_true(raw >= 0);
    for (off_t i = 0; i < n; i++) {
        char c = (char)(i * 37 + 11);
        assert_int_equal(pwrite(raw, &c, 1, from + i), 1);
    }
    close(raw);
}

static void lose_power(int fd) {
    struct stat st;
    fstat(fd, &st);
    off_t lost = st.st_size - plan.flushed;
    if (plan.fate == DROP)
        assert_int_equal(ftruncate(fd, plan.flushed), 0);
    else if (plan.fate == HALF)
        assert_int_equal(ftruncate(fd, plan.flushed + lost / 2), 0);
    else if (plan.fate == GARBAGE)
        spoil(fd, plan.flushed, lost);
    plan.is_off = true;
}

static ssize_t plan_write(int fd, const void *p, size_t n) {
    if (plan.is_off) {
        errno = EIO;
        return -1;
    }
    if (plan.fail_write_at && ++plan.writes == plan.fail_write_at) {
        ssize_t some = n > 1 ? write(fd, p, n / 2) : 0; /* a full medium takes a part */
        (void)some;
        errno = plan.fail_errno;
        return -1;
    }
    return write(fd, p, n);
}

static int plan_fsync(int fd) {
    if (plan.is_off) {
        errno = EIO;
        return -1;
    }
    plan.fsyncs++;
    if (journal_file(fd)) {
        if (plan.fsyncs == plan.stop_at_fsync) {
            lose_power(fd);
            errno = EIO;
            return -1;
        }
        struct stat st;
        fstat(fd, &st);
        plan.flushed = st.st_size;
    } else if (plan.fsyncs == plan.stop_at_fsync) {
        plan.is_off = true;
        errno = EIO;
        return -1;
    }
    return 0;
}

static int plan_rename(int olddir, const char *old, int newdir, const char *name) {
    if (plan.is_off) {
        errno = EIO;
        return -1;
    }
    return renameat(olddir, old, newdir, name);
}

static int plan_truncate(int fd, off_t size) {
    if (plan.is_off) {
        errno = EIO;
        return -1;
    }
    return ftruncate(fd, size);
}

static const struct shodo_io_ops plan_ops = {plan_write, plan_fsync, plan_rename, plan_truncate};

struct place {
    char path[64];
    int dir;
    struct shodo_key *key;
};

static struct shodo_key *the_key;
static char key_path[64];

static int group_setup(void **state) {
    (void)state;
    memcpy(key_path, "/tmp/shodo-faultkey-XXXXXX", 27);
    assert_non_null(mkdtemp(key_path));
    int fd = open(key_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(shodo_key_open(&the_key, fd, NULL, NULL, NULL), SHODO_OK);
    close(fd);
    return 0;
}

static void remove_all(const char *path) {
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static int group_teardown(void **state) {
    (void)state;
    shodo_key_free(the_key);
    remove_all(key_path);
    return 0;
}

static void place_open(struct place *p) {
    memcpy(p->path, "/tmp/shodo-fault-XXXXXX", 24);
    assert_non_null(mkdtemp(p->path));
    p->dir = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    p->key = the_key;
}

static void place_close(struct place *p) {
    close(p->dir);
    remove_all(p->path);
}

/* Opens, adds six notes and a checkpoint; gives how many notes were acknowledged, stops at the
 * first failure. */
static int work(struct place *p, bool *ret_opened) {
    struct shodo_journal *j = NULL;
    int acked = 0;
    *ret_opened = shodo_journal_open(&j, p->dir, p->key, NULL, NULL) == SHODO_OK;
    for (int i = 0; *ret_opened && i < 6; i++) {
        char data[32];
        snprintf(data, sizeof data, "{\"n\":%d}", i);
        if (shodo_journal_add(j, "a", "case.note", data, NULL) != SHODO_OK)
            break;
        acked = i + 1;
        if (i == 3 && shodo_journal_checkpoint(j, NULL) != SHODO_OK)
            break;
    }
    shodo_journal_free(j);
    return acked;
}

struct seen {
    int notes;
    bool in_order;
};

static enum shodo_status count_notes(void *ctx, const struct shodo_record *r) {
    struct seen *s = ctx;
    if (strcmp(r->event, "case.note") == 0) {
        if (shodo_value_get_int(r->data, "n", -1) != s->notes)
            s->in_order = false;
        s->notes++;
    }
    return SHODO_OK;
}

static void print_problem(void *ctx, const char *text) {
    (void)ctx;
    print_error("%s\n", text);
}

static void check_after(struct place *p, int acked) {
    struct shodo_journal *j = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_journal_open(&j, p->dir, p->key, NULL, &err) != SHODO_OK)
        fail_msg("after the power cut: %s", err.text);
    assert_int_equal(shodo_journal_add(j, "a", "case.after", "{}", NULL), SHODO_OK);
    shodo_journal_free(j);
    struct seen s = {.in_order = true};
    assert_int_equal(shodo_journal_each(p->dir, count_notes, &s, NULL), SHODO_OK);
    assert_true(s.in_order);
    assert_true(s.notes == acked || s.notes == acked + 1);
    struct shodo_journal_report r;
    assert_int_equal(shodo_journal_verify(p->dir, NULL, print_problem, NULL, &r, NULL), SHODO_OK);
}

static void test_power_cuts(void **state) {
    (void)state;
    int cuts = 0;
    for (int fate = KEEP; fate < FATES; fate++) {
        for (int k = 1;; k++) {
            struct place p;
            bool opened = false;
            place_open(&p);
            plan = (struct plan){.stop_at_fsync = k, .fate = (enum fate)fate};
            shodo_io_set_ops(&plan_ops);
            int acked = work(&p, &opened);
            shodo_io_set_ops(NULL);
            bool stopped = plan.is_off;
            check_after(&p, acked);
            place_close(&p);
            if (!stopped)
                break;
            cuts++;
        }
    }
    print_message("%d power cuts\n", cuts);
    assert_true(cuts >= 4 * 8);
}

static void test_failing_writes(void **state) {
    (void)state;
    static const int errors[] = {ENOSPC, EIO, ENODEV};
    for (size_t e = 0; e < SHODO_ARRAY_SIZE(errors); e++) {
        for (int k = 1;; k++) {
            struct place p;
            place_open(&p);
            plan = (struct plan){.fail_write_at = k, .fail_errno = errors[e]};
            shodo_io_set_ops(&plan_ops);
            struct shodo_journal *j = NULL;
            int acked = 0, failed = 0;
            struct shodo_error err = SHODO_ERROR_INIT;
            enum shodo_status st = shodo_journal_open(&j, p.dir, p.key, NULL, &err);
            if (st != SHODO_OK)
                failed++;
            for (int i = 0; st == SHODO_OK && i < 5; i++) {
                char data[32];
                snprintf(data, sizeof data, "{\"n\":%d}", acked);
                if (shodo_journal_add(j, "a", "case.note", data, &err) == SHODO_OK)
                    acked++;
                else
                    failed++;
            }
            if (failed)
                assert_int_equal(err.status,
                                 errors[e] == ENOSPC
                                     ? SHODO_NOSPACE
                                     : (errors[e] == EIO ? SHODO_UNREADABLE : SHODO_IO));
            /* one failure costs one record: the same journal goes on */
            assert_true(failed <= 1);
            shodo_journal_free(j);
            shodo_io_set_ops(NULL);
            struct seen s = {.in_order = true};
            assert_int_equal(shodo_journal_each(p.dir, count_notes, &s, NULL), SHODO_OK);
            assert_int_equal(s.notes, acked);
            assert_true(s.in_order);
            bool done = plan.writes < k;
            if (acked > 0) {
                struct shodo_journal_report r;
                assert_int_equal(shodo_journal_verify(p.dir, NULL, print_problem, NULL, &r, NULL),
                                 SHODO_OK);
            }
            place_close(&p);
            if (done)
                break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_cuts),
        cmocka_unit_test(test_failing_writes),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
