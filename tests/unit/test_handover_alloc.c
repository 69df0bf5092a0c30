/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of making and verifying a bundle fails once: no crash, no leak, and no half
 * bundle on the medium. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/time.h"
#include "handover/bag.h"
#include "handover/document.h"
#include "handover/verify.h"
#include "test_case_alloc.h"

static void remove_all(const char *path) {
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static unsigned files_in(int dirfd) {
    DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    unsigned n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static enum shodo_status make(int dir, struct shodo_key *key) {
    const struct shodo_bag_options o = {.out_dirfd = dir,
                                        .name = "b",
                                        .key = key,
                                        .read_me = "read me\n",
                                        /* a passphrase costs 600,000 rounds each time */
                                        .is_plain = true};
    const struct shodo_bag_file f = {.path = "/C/予約.txt",
                                     .size_bytes = 3,
                                     .modified = 0,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE};
    const struct shodo_bag_file q = {.path = "/C/note.txt",
                                     .size_bytes = 3,
                                     .modified = 0,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE,
                                     .is_quarantined = true};
    shodo_autop(shodo_bag) struct shodo_bag *b = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_seal seal;
    enum shodo_status st = shodo_bag_new(&b, &o, &err);
    if (st == SHODO_OK)
        st = shodo_bag_add(b, &f, "abc", 3, &err);
    if (st == SHODO_OK)
        st = shodo_bag_add(b, &q, "abc", 3, &err);
    if (st == SHODO_OK)
        st = shodo_bag_info(b, "Source-Organization", "x", &err);
    return st == SHODO_OK ? shodo_bag_seal(b, &seal, &err) : st;
}

static void on_problem(void *ctx, const char *code, const char *path, const char *text) {
    snprintf(ctx, 512, "%s '%s' %s", code, path, text);
}

static void test_allocations(void **state) {
    (void)state;
    struct shodo_key *key = NULL;
    char path[] = "/tmp/shodo-alloc-XXXXXX";
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    assert_non_null(mkdtemp(path));
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(mkdirat(root, "keys", 0700), 0);
    assert_int_equal(mkdirat(root, "out", 0700), 0);
    int keys = openat(root, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int out = openat(root, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(shodo_key_open(&key, keys, NULL, NULL, NULL), SHODO_OK);
    shodo_hash_prepare();
    unsigned long n = 0, step = 1;
    for (bool reached = true; reached;) {
        n += step;
        alloc_arm(n);
        enum shodo_status st = make(out, key);
        reached = alloc_disarm();
        if (reached && st != SHODO_OK) {
            assert_int_equal(st, SHODO_NOMEM);
            assert_int_equal(files_in(out), 0);
        } else {
            assert_int_equal(st, SHODO_OK);
            if (reached) /* a failed allocation that did not matter */
                for (DIR *d = fdopendir(openat(root, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
                     d;) {
                    const struct dirent *e = readdir(d);
                    if (!e) {
                        closedir(d);
                        break;
                    }
                    unlinkat(out, e->d_name, 0);
                }
        }
    }
    print_message("%lu allocations while sealing\n", n - 1);
    static char seen[512];
    const struct shodo_verify_options o = {.problem = on_problem, .ctx = seen};
    struct shodo_verify_report r;
    assert_int_equal(shodo_verify(root, "out", &o, &r, NULL), SHODO_OK);
    n = 0;
    for (bool reached = true; reached;) {
        n++;
        alloc_arm(n);
        enum shodo_status st = shodo_verify(root, "out", &o, &r, NULL);
        reached = alloc_disarm();
        if (st != SHODO_OK && st != SHODO_NOMEM)
            fail_msg("allocation %lu: %s", n, seen);
        if (st != SHODO_OK)
            assert_false(r.is_unchanged);
    }
    print_message("%lu allocations while verifying\n", n - 1);
    shodo_key_free(key);
    close(keys);
    close(out);
    close(root);
    remove_all(path);
}

/* Memory runs out and stays out while a PDF is written: an error, never an endless loop. */
static void test_pdf(void **state) {
    (void)state;
    alarm(300); /* what never ends is an error, too */
    alloc_fails_on = true;
    unsigned long n = 0;
    for (bool reached = true; reached;) {
        struct shodo_document d;
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        shodo_document_init(&d, "x", "題", true);
        shodo_document_paragraph(&d, "髙﨑㈱ 第Ⅷ病院");
        alloc_arm(n += n < 40 ? 1 : n / 8);
        enum shodo_status st = shodo_document_pdf(&d, &out, NULL);
        reached = alloc_disarm();
        assert_true(reached == (st != SHODO_OK));
        shodo_document_done(&d);
    }
    alloc_fails_on = false;
    alarm(0);
    print_message("about %lu allocations in a PDF\n", n);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pdf),
                                       cmocka_unit_test(test_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
