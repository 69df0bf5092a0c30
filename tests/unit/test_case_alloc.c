/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of opening, appending, checkpointing, folding and verifying fails once: no
 * crash, no leak, no lost record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "case/case.h"
#include "test_case_alloc.h"

static void remove_all(const char *path) {
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static void expect_ok_or_nomem(enum shodo_status st) {
    if (st != SHODO_OK && st != SHODO_NOMEM)
        fail_msg("allocation %lu: %s", alloc_fail_at, shodo_status_name(st));
}

static enum shodo_status fold_one(void *ctx, const struct shodo_record *r) {
    return shodo_case_apply(ctx, r, NULL);
}

static void on_problem(void *ctx, const char *text) {
    (void)ctx;
    print_message("%s\n", text);
}

/* Gives the number of acknowledged notes. */
static unsigned work(int dir, struct shodo_key *key) {
    struct shodo_journal *j = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    unsigned acked = 0;
    enum shodo_status st = shodo_journal_open(&j, dir, key, "{\"build\":\"x\"}", &err);
    expect_ok_or_nomem(st);
    for (int i = 0; st == SHODO_OK && i < 3; i++) {
        enum shodo_status added = shodo_journal_add(j, "a", "case.note", "{\"text\":\"n\"}", &err);
        expect_ok_or_nomem(added);
        acked += added == SHODO_OK;
        if (i == 1)
            expect_ok_or_nomem(shodo_journal_checkpoint(j, &err));
    }
    shodo_journal_free(j);
    return acked;
}

static void test_allocations(void **state) {
    (void)state;
    char keys_path[] = "/tmp/shodo-alloc-XXXXXX";
    struct shodo_key *key = NULL;
    assert_non_null(mkdtemp(keys_path));
    int keys = open(keys_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(shodo_key_open(&key, keys, NULL, NULL, NULL), SHODO_OK);
    shodo_hash_prepare();
    unsigned long n = 0;
    for (bool reached = true; reached;) {
        n++;
        char path[] = "/tmp/shodo-alloc-XXXXXX";
        assert_non_null(mkdtemp(path));
        int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        alloc_arm(n);
        unsigned acked = work(dir, key);
        reached = alloc_disarm();
        shodo_auto(shodo_case) struct shodo_case c;
        shodo_case_init(&c);
        assert_int_equal(shodo_journal_each(dir, fold_one, &c, NULL), SHODO_OK);
        assert_int_equal(c.notes.count, acked);
        struct shodo_journal_report r;
        if (c.records > 0)
            assert_int_equal(shodo_journal_verify(dir, NULL, NULL, NULL, &r, NULL), SHODO_OK);
        close(dir);
        remove_all(path);
    }
    print_message("%lu allocations while writing\n", n - 1);
    assert_true(n > 50);

    char path[] = "/tmp/shodo-alloc-XXXXXX";
    assert_non_null(mkdtemp(path));
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(work(dir, key), 3);
    n = 0;
    for (bool reached = true; reached;) {
        n++;
        struct shodo_case c;
        struct shodo_journal_report r;
        shodo_case_init(&c);
        alloc_arm(n);
        enum shodo_status st = shodo_journal_each(dir, fold_one, &c, NULL);
        expect_ok_or_nomem(st);
        if (st == SHODO_OK)
            assert_int_equal(c.notes.count, 3);
        expect_ok_or_nomem(shodo_journal_verify(dir, NULL, on_problem, NULL, &r, NULL));
        reached = alloc_disarm();
        shodo_case_done(&c);
    }
    print_message("%lu allocations while reading\n", n - 1);
    close(dir);
    remove_all(path);
    shodo_key_free(key);
    close(keys);
    remove_all(keys_path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
