/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile ZIPs: our own writer takes any name, so it makes them. Verify must name the problem, open
 * must write nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "handover/bag.h"
#include "handover/verify.h"
#include "handover/zip.h"

struct fixture {
    char path[64];
    int dir, out;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    memcpy(f->path, "/tmp/shodo-zip-XXXXXX", 22);
    assert_non_null(mkdtemp(f->path));
    f->dir = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(mkdirat(f->dir, "out", 0700), 0);
    f->out = openat(f->dir, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", f->path, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    close(f->dir);
    close(f->out);
    free(f);
    return 0;
}

static enum shodo_status to_buf(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    (void)err;
    return shodo_buf_add(ctx, p, n) ? SHODO_OK : SHODO_NOMEM;
}

static void add(struct shodo_zip *z, const char *name, const char *text) {
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_zip_begin(z, name, false, SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE, &err) !=
            SHODO_OK ||
        shodo_zip_data(z, text, strlen(text), &err) != SHODO_OK)
        fail_msg("%s", err.text);
}

static void put(struct fixture *f, const char *name, const void *p, size_t n) {
    int fd = openat(f->dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

struct seen {
    char all[16384];
};

static void on_problem(void *ctx, const char *code, const char *path, const char *text) {
    struct seen *s = ctx;
    size_t used = strlen(s->all);
    snprintf(s->all + used, sizeof s->all - used, "%s '%s' %s\n", code, path, text);
}

static bool is_empty(int dirfd) {
    DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n == 2;
}

static void expect_refused(struct fixture *f, const char *words) {
    struct seen s = {.all = ""};
    const struct shodo_verify_options o = {.problem = on_problem, .ctx = &s};
    struct shodo_verify_report r;
    assert_int_equal(shodo_verify(f->dir, "x.zip", &o, &r, NULL), SHODO_REFUSED);
    assert_false(r.is_unchanged);
    if (!strstr(s.all, words))
        fail_msg("'%s' is not in: %s", words, s.all);
    s.all[0] = '\0';
    assert_int_equal(shodo_open_bundle(f->dir, "x.zip", &o, f->out, &r, NULL), SHODO_REFUSED);
    assert_true(is_empty(f->out));
}

static void test_hostile_names(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *name, *words;
    } rows[] = {
        {"../../etc/passwd", "traversal '../../etc/passwd' the name is refused: traversal ('..')"},
        {"b/../../x", "traversal 'b/../../x'"},
        {"/etc/passwd", "traversal '/etc/passwd' the name is refused: absolute path"},
        {"b/data\\..\\x", "the name is refused: backslash"},
        {"C:/x", "the name is refused: drive letter"},
        {"b//x", "the name is refused: empty part"},
        {"~root/x", "home directory"},
        {"b/data/a\x1b[2J", "control character"},
        {"c/data/x", "extra 'c/data/x' it lies outside the bag's folder"},
        {"loose", "extra 'loose' it lies outside"},
        {"b/data/f", "duplicate 'data/f' the file is there twice"},
        {"b/DATA/F", "case 'DATA/F'"},
        {"b/fetch.txt", "fetch 'fetch.txt'"},
        {"b/data/new", "extra 'data/new' in no manifest"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        const struct shodo_sink sink = {.write = to_buf, .ctx = &b};
        shodo_autop(shodo_zip) struct shodo_zip *z = NULL;
        assert_int_equal(shodo_zip_new(&z, &sink, NULL, NULL), SHODO_OK);
        add(z, "b/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        add(z, "b/data/f", "abc");
        add(z, rows[i].name, "evil");
        add(z, "b/manifest-sha256.txt",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/f\n");
        assert_int_equal(shodo_zip_finish(z, NULL), SHODO_OK);
        put(f, "x.zip", b.data, b.len);
        expect_refused(f, rows[i].words);
    }
}

/* A good plain bundle's ZIP, for the mutations. */
static void make_good(struct fixture *f, struct shodo_buf *zip) {
    int keys = -1;
    assert_int_equal(mkdirat(f->dir, "keys", 0700), 0);
    keys = openat(f->dir, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    shodo_autop(shodo_key) struct shodo_key *key = NULL;
    shodo_autop(shodo_bag) struct shodo_bag *b = NULL;
    struct shodo_seal seal;
    assert_int_equal(shodo_key_open(&key, keys, NULL, NULL, NULL), SHODO_OK);
    close(keys);
    const struct shodo_bag_options o = {
        .out_dirfd = f->dir, .name = "g", .key = key, .read_me = "read me\n", .is_plain = true};
    assert_int_equal(shodo_bag_new(&b, &o, NULL), SHODO_OK);
    const struct shodo_bag_file file = {.path = "/C/予約.txt",
                                        .size_bytes = 3,
                                        .modified = 0,
                                        .accessed = SHODO_TIME_NONE,
                                        .born = SHODO_TIME_NONE};
    assert_int_equal(shodo_bag_add(b, &file, "abc", 3, NULL), SHODO_OK);
    /* and the bag goes on */
    assert_int_equal(shodo_bag_add(b, &file, "abc", 3, NULL), SHODO_EXISTS);
    assert_int_equal(shodo_bag_seal(b, &seal, NULL), SHODO_OK);
    assert_int_equal(seal.files, 1);
    assert_int_equal(shodo_bag_seal(b, &seal, NULL), SHODO_INVALID);
    int fd = openat(f->dir, "g.zip", O_RDONLY | O_CLOEXEC);
    char block[4096];
    ssize_t n = 0;
    while ((n = read(fd, block, sizeof block)) > 0)
        shodo_buf_add(zip, block, (size_t)n);
    close(fd);
}

/* Every byte of the ZIP changed, and the ZIP cut everywhere (every 7th): never accepted with other
 * content, never a crash. */
static void test_mutations(void **state) {
    struct fixture *f = *state;
    shodo_auto(shodo_buf) struct shodo_buf good = SHODO_BUF_INIT;
    make_good(f, &good);
    struct seen s = {.all = ""};
    const struct shodo_verify_options o = {.problem = on_problem, .ctx = &s};
    struct shodo_verify_report r;
    put(f, "x.zip", good.data, good.len);
    assert_int_equal(shodo_verify(f->dir, "x.zip", &o, &r, NULL), SHODO_OK);
    assert_true(r.is_unchanged);
    assert_false(r.is_signer_confirmed);
    uint64_t files = r.files, bytes = r.bytes;
    unsigned refused = 0, kept = 0;
    for (size_t i = 0; i < good.len; i++) {
        s.all[0] = '\0';
        good.data[i] ^= 0x41;
        put(f, "x.zip", good.data, good.len);
        good.data[i] ^= 0x41;
        if (shodo_verify(f->dir, "x.zip", &o, &r, NULL) == SHODO_OK) {
            /* a time, a version, a name in a local header: nothing of the bag */
            assert_int_equal(r.files, files);
            assert_int_equal(r.bytes, bytes);
            kept++;
        } else {
            refused++;
        }
    }
    for (size_t n = 0; n < good.len; n += 7) {
        s.all[0] = '\0';
        put(f, "x.zip", good.data, n);
        assert_int_not_equal(shodo_verify(f->dir, "x.zip", &o, &r, NULL), SHODO_OK);
    }
    print_message("%u refused, %u changed nothing of the bag\n", refused, kept);
    assert_true(refused > kept);
}

static enum shodo_status full(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    size_t *left = ctx;
    (void)p;
    if (n > *left)
        return shodo_fail(err, SHODO_NOSPACE, "full");
    *left -= n;
    return SHODO_OK;
}

/* The medium is full at any byte: the status comes through, nothing leaks. */
static void test_sink_fails(void **state) {
    (void)state;
    for (size_t room = 0; room < 700; room += 13) {
        size_t left = room;
        const struct shodo_sink sink = {.write = full, .ctx = &left};
        shodo_autop(shodo_zip) struct shodo_zip *z = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        assert_int_equal(shodo_zip_new(&z, &sink, room % 2 ? "infected" : NULL, NULL), SHODO_OK);
        enum shodo_status st = SHODO_OK;
        for (int i = 0; st == SHODO_OK && i < 20; i++) {
            char name[16];
            snprintf(name, sizeof name, "f%d", i);
            st = shodo_zip_begin(z, name, i % 2, 0, 0, 0, &err);
            if (st == SHODO_OK)
                st = shodo_zip_data(z, "0123456789", 10, &err);
        }
        if (st == SHODO_OK)
            st = shodo_zip_finish(z, &err);
        assert_int_equal(st, SHODO_NOSPACE);
        assert_string_equal(err.text, "full");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hostile_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mutations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sink_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
