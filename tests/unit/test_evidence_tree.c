/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of the host as a source: what is listed, what is never followed, what is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "evidence_lib.h"

static char top[] = "/tmp/shodo-tree-XXXXXX";
static int dir = -1;

static void put(const char *name, const char *text) {
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static int make_tree(void **state) {
    (void)state;
    assert_non_null(mkdtemp(top));
    dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(dir >= 0);
    mkdirat(dir, "医事課", 0700);
    put("医事課/b.txt", "bbbb");
    put("医事課/a.txt", "a");
    put("z.txt", "zz");
    put("bad\xff.txt", "not utf-8");
    assert_int_equal(symlinkat("/etc/passwd", dir, "out"), 0);
    assert_int_equal(symlinkat("医事課", dir, "in"), 0);
    mkfifoat(dir, "pipe", 0600);
    return 0;
}

static int remove_tree(void **state) {
    const char *argv[] = {"rm", "-rf", top, NULL};
    char out[16];
    (void)state;
    close(dir);
    return run_text(argv, out, sizeof(out));
}

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    char *out = ctx;
    size_t n = strlen(out);
    assert_int_equal(e->record, 0);
    assert_int_equal(e->names_count, 1);
    snprintf(out + n, 4096 - n, "%c %.*s %llu %.*s\n", "fdlo"[e->kind], (int)e -> path_len,
             e -> path,
             e -> streams_count > 0 ? (unsigned long long)e -> streams[0].size_bytes : 0ULL,
             (int)e->names[0].name_len, e->names[0].name);
    return SHODO_OK;
}

static void test_list(void **state) {
    char out[4096] = "";
    const struct shodo_walk_sink sink = {.ctx = out, .entry = on_entry};
    struct shodo_walk_stats stats;
    (void)state;
    assert_int_equal(shodo_tree_walk(dir, &sink, &stats, NULL), SHODO_OK);
    assert_string_equal(out, "f /bad\xff.txt 9 bad\xff.txt\n"
                             "l /in 0 in\n"
                             "l /out 0 out\n"
                             "o /pipe 0 pipe\n"
                             "f /z.txt 2 z.txt\n"
                             "d /医事課 0 医事課\n"
                             "f /医事課/a.txt 1 a.txt\n"
                             "f /医事課/b.txt 4 b.txt\n");
    assert_int_equal(stats.entries, 8);
    assert_int_equal(stats.directories, 1);
    assert_int_equal(stats.data_bytes, 16);
    assert_int_equal(stats.problems, 0);
}

static void test_open(void **state) {
    static const char *const refused[] = {"/out",           "/in/a.txt", "/pipe", "/医事課",
                                          "/../etc/passwd", "/nothing",  "",      "/"};
    uint64_t size = 0;
    int fd = -1;
    char buf[8];
    (void)state;
    assert_int_equal(
        shodo_tree_open_file(&fd, dir, "/医事課/b.txt", strlen("/医事課/b.txt"), &size, NULL),
        SHODO_OK);
    assert_int_equal(size, 4);
    assert_int_equal(read(fd, buf, sizeof(buf)), 4);
    assert_memory_equal(buf, "bbbb", 4);
    assert_int_equal(write(fd, "x", 1), -1);
    close(fd);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct shodo_error err = SHODO_ERROR_INIT;
        if (shodo_tree_open_file(&fd, dir, refused[i], strlen(refused[i]), &size, &err) == SHODO_OK)
            fail_msg("'%s' was opened", refused[i]);
        assert_true(err.text[0] != '\0');
    }
}

static void test_content(void **state) {
    struct shodo_stream s = {.name = "",
                             .size_bytes = 4,
                             .valid_bytes = 4,
                             .flags = SHODO_STREAM_HOST_FD,
                             .attr_type = 128};
    const struct shodo_entry e = {.path = "/x", .path_len = 2, .streams = &s, .streams_count = 1};
    struct shodo_source *src = NULL;
    struct shodo_content *c = NULL;
    uint64_t size = 0;
    size_t n = 0;
    uint8_t buf[16];
    int fd = -1;
    (void)state;
    assert_int_equal(shodo_tree_open_file(&fd, dir, "/z.txt", 6, &size, NULL), SHODO_OK);
    assert_int_equal(shodo_source_from_fd(&src, fd, size, 512, NULL), SHODO_OK);
    assert_int_equal(shodo_content_open(&c, src, &e, 0, NULL), SHODO_OK);
    assert_int_equal(shodo_content_read(c, 1, buf, sizeof(buf), &n, NULL), SHODO_OK);
    assert_int_equal(n, 1);
    assert_int_equal(buf[0], 'z');
    shodo_content_free(c);
    shodo_source_free(src);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_content),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
