/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static char root[] = "/tmp/shodo-test-io.XXXXXX";
static int dirfd = -1;

static int setup(void **state) {
    (void)state;
    memcpy(root + sizeof(root) - 7, "XXXXXX", 6);
    if (!mkdtemp(root))
        return -1;
    dirfd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dirfd < 0;
}

static int teardown(void **state) {
    static const char *const names[] = {
        "a",           "a.part",      "b",           "link",
        "d/x",         "fifo",        "j",           "g.0001.json",
        "g.0002.json", "g.0003.json", "g.0010.json", "g.12345.json",
        "g.x.json",    "g..json",     "h.0099.json", "g.0099.json.part"};
    (void)state;
    shodo_io_set_ops(NULL);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        unlinkat(dirfd, names[i], 0);
    unlinkat(dirfd, "d", AT_REMOVEDIR);
    shodo_io_close(&dirfd);
    return rmdir(root); /* anything left over is a failure of the test */
}

static bool exists(const char *name) {
    return faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void put_file(const char *name, const char *text) {
    int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_write_read(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    assert_int_equal(shodo_io_write_file(dirfd, "a", "hello", 5, &err), SHODO_OK);
    assert_false(exists("a.part"));
    assert_int_equal(shodo_io_read_file(&b, dirfd, "a", 5, &err), SHODO_OK);
    assert_buf(b, "hello");
    assert_int_equal(shodo_io_read_file(&b, dirfd, "a", 4, &err), SHODO_LIMIT);
    assert_string_equal(err.text, "'a' is larger than 4 bytes");
    assert_buf(b, "hello"); /* unchanged by a failure */
    assert_int_equal(shodo_io_read_file(&b, dirfd, "b", 4, &err), SHODO_NOTFOUND);
    assert_int_equal(shodo_io_write_file(dirfd, "a", "other", 5, &err), SHODO_EXISTS);
    assert_string_equal(err.text, "'a' exists");
    shodo_buf_clear(&b);
    shodo_io_read_file(&b, dirfd, "a", 5, &err);
    assert_buf(b, "hello");
    assert_true(shodo_io_free_bytes(dirfd) > 0);
    assert_true(shodo_io_free_bytes(-1) == 0);
}

static void test_names(void **state) {
    static const char *const bad[] = {"", ".", "..", "../a", "d/x", "/etc/passwd"};
    struct shodo_error err = SHODO_ERROR_INIT;
    int fd = -1;
    (void)state;

    assert_int_equal(shodo_io_make_dir(&fd, dirfd, "d", &err), SHODO_OK);
    shodo_io_close(&fd);
    assert_int_equal(shodo_io_make_dir(&fd, dirfd, "d", &err), SHODO_OK); /* again is fine */
    assert_int_equal(shodo_io_write_file(fd, "x", "1", 1, &err), SHODO_OK);
    shodo_io_close(&fd);
    assert_int_equal(fd, -1);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bad); i++) {
        assert_int_equal(shodo_io_open_read(&fd, dirfd, bad[i], &err), SHODO_INVALID);
        assert_int_equal(shodo_io_write_file(dirfd, bad[i], "", 0, &err), SHODO_INVALID);
        assert_int_equal(shodo_io_make_dir(&fd, dirfd, bad[i], &err), SHODO_INVALID);
    }
    /* the user's own path */
    assert_int_equal(shodo_io_open_dir(&fd, AT_FDCWD, root, &err), SHODO_OK);
    shodo_io_close(&fd);
}

static void test_links(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int fd = -1;
    (void)state;

    assert_int_equal(symlinkat("/etc/passwd", dirfd, "link"), 0);
    assert_true(shodo_io_open_read(&fd, dirfd, "link", &err) < 0);
    assert_true(shodo_io_open_append(&fd, dirfd, "link", &err) < 0);
    assert_int_equal(shodo_io_write_file(dirfd, "link", "x", 1, &err), SHODO_EXISTS);
    assert_int_equal(mkfifoat(dirfd, "fifo", 0600), 0);
    /* and does not hang */
    assert_int_equal(shodo_io_read_file(&b, dirfd, "fifo", 10, &err), SHODO_INVALID);
    assert_int_equal(fd, -1);
}

static void test_stale_part(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_outfile f;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    put_file("a.part", "torn by a power cut");
    assert_int_equal(shodo_io_write_file(dirfd, "a", "whole", 5, &err), SHODO_OK);
    assert_int_equal(shodo_io_read_file(&b, dirfd, "a", 100, &err), SHODO_OK);
    assert_buf(b, "whole");
    /* but not one that somebody is writing */
    assert_int_equal(shodo_outfile_open(&f, dirfd, "b", &err), SHODO_OK);
    assert_int_equal(shodo_io_write_file(dirfd, "b", "x", 1, &err), SHODO_EXISTS);
    assert_int_equal(shodo_outfile_write(&f, "first", 5, &err), SHODO_OK);
    assert_false(exists("b"));
    assert_int_equal(shodo_outfile_finish(&f, &err), SHODO_OK);
    assert_int_equal(f.bytes, 5);
    shodo_outfile_abort(&f); /* safe after finish */
    assert_true(exists("b"));
    assert_int_equal(shodo_outfile_write(&f, "x", 1, &err), SHODO_INVALID);
    assert_int_equal(shodo_outfile_finish(&f, &err), SHODO_INVALID);
}

/* Somebody else makes the name between open and finish. */
static void test_name_taken_meanwhile(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_outfile f;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    (void)state;

    assert_int_equal(shodo_outfile_open(&f, dirfd, "a", &err), SHODO_OK);
    put_file("a", "theirs");
    assert_int_equal(shodo_outfile_finish(&f, &err), SHODO_EXISTS);
    assert_false(exists("a.part"));
    shodo_io_read_file(&b, dirfd, "a", 100, &err);
    assert_buf(b, "theirs");
}

/* The faulty layer: call number `fail_at` (1-based, over all operations) fails with `fault`. */
static int calls, fail_at, fault;

static bool faulty(void) {
    if (++calls != fail_at)
        return false;
    errno = fault;
    return true;
}

static ssize_t faulty_write(int fd, const void *p, size_t n) {
    if (calls + 1 == fail_at && n > 3) { /* first a short write, then the failure: a torn file */
        ssize_t put = write(fd, p, 3);
        fail_at++;
        calls++;
        return put;
    }
    return faulty() ? -1 : write(fd, p, SHODO_MIN(n, (size_t)7));
}

static int faulty_fsync(int fd) {
    return faulty() ? -1 : fsync(fd);
}

static int faulty_renameat(int od, const char *o, int nd, const char *n) {
    return faulty() ? -1 : renameat2(od, o, nd, n, RENAME_NOREPLACE);
}

static int faulty_ftruncate(int fd, off_t n) {
    return faulty() ? -1 : ftruncate(fd, n);
}

static void test_every_failure(void **state) {
    static const struct shodo_io_ops ops = {.write = faulty_write,
                                            .fsync = faulty_fsync,
                                            .renameat = faulty_renameat,
                                            .ftruncate = faulty_ftruncate};
    static const struct {
        int e;
        enum shodo_status rc;
    } faults[] = {{ENOSPC, SHODO_NOSPACE}, {EIO, SHODO_UNREADABLE}, {EROFS, SHODO_NOSPACE}};
    static const char text[] = "twenty-five bytes of text";
    struct shodo_error err = SHODO_ERROR_INIT;
    (void)state;

    shodo_io_set_ops(&ops);
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(faults); k++) {
        int n = 1;
        for (;; n++) {
            calls = 0;
            fail_at = n;
            fault = faults[k].e;
            enum shodo_status rc = shodo_io_write_file(dirfd, "a", text, strlen(text), &err);
            bool done = rc == SHODO_OK;
            shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
            if (!done)
                assert_int_equal(rc, faults[k].rc);
            assert_false(exists("a.part"));
            /* whole or not there; only the very last fsync can fail with the file in place */
            if (exists("a")) {
                assert_int_equal(shodo_io_read_file(&b, dirfd, "a", 100, &err), SHODO_OK);
                assert_buf(b, text);
            } else {
                assert_false(done);
            }
            unlinkat(dirfd, "a", 0);
            if (done)
                break;
            assert_true(n < 30);
        }
        assert_true(n >= 7); /* 4 writes, fsync, rename, fsync of the directory */
    }
}

/* What the layer must put up with: interrupted calls, and a file system that cannot fsync a
 * directory. */
static int eintr_left;

static ssize_t eintr_write(int fd, const void *p, size_t n) {
    if (eintr_left-- > 0) {
        errno = EINTR;
        return -1;
    }
    return write(fd, p, n);
}

static int eintr_fsync(int fd) {
    if (eintr_left-- > 0) {
        errno = EINTR;
        return -1;
    }
    return fsync(fd);
}

static int dir_fsync_unsupported(int fd) {
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    if (S_ISDIR(st.st_mode)) {
        errno = EINVAL;
        return -1;
    }
    return fsync(fd);
}

static void test_tolerated(void **state) {
    struct shodo_io_ops ops = {
        .write = eintr_write, .fsync = eintr_fsync, .renameat = faulty_renameat};
    (void)state;

    fail_at = 0;
    eintr_left = 3;
    shodo_io_set_ops(&ops);
    assert_int_equal(shodo_io_write_file(dirfd, "a", "x", 1, NULL), SHODO_OK);
    ops.fsync = dir_fsync_unsupported;
    assert_int_equal(shodo_io_write_file(dirfd, "b", "x", 1, NULL), SHODO_OK);
}

/* A file system without RENAME_NOREPLACE (exFAT in older kernels): the linker puts this in front of
 * the system call. */
int __real_renameat2(int od, const char *o, int nd, const char *n, unsigned flags);
int __wrap_renameat2(int od, const char *o, int nd, const char *n, unsigned flags);
static bool no_noreplace;

int __wrap_renameat2(int od, const char *o, int nd, const char *n, unsigned flags) {
    if (no_noreplace && flags != 0) {
        errno = EINVAL;
        return -1;
    }
    return __real_renameat2(od, o, nd, n, flags);
}

static void test_no_noreplace(void **state) {
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_outfile f;
    (void)state;

    no_noreplace = true;
    assert_int_equal(shodo_io_write_file(dirfd, "a", "mine", 4, &err), SHODO_OK);
    assert_false(exists("a.part"));
    assert_int_equal(shodo_outfile_open(&f, dirfd, "b", &err), SHODO_OK);
    assert_int_equal(symlinkat("nowhere", dirfd, "b"), 0); /* a dangling link is there, too */
    assert_int_equal(shodo_outfile_finish(&f, &err), SHODO_EXISTS);
    assert_false(exists("b.part"));
    no_noreplace = false;
    shodo_io_read_file(&b, dirfd, "a", 10, &err);
    assert_buf(b, "mine");
}

static void test_append(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    int fd = -1;
    (void)state;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(shodo_io_open_append(&fd, dirfd, "j", &err), SHODO_OK);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(shodo_io_write_all(fd, "line\n", 5, &err), SHODO_OK);
        assert_int_equal(shodo_io_fsync(fd, &err), SHODO_OK);
        shodo_io_close(&fd);
    }
    shodo_io_read_file(&b, dirfd, "j", 100, &err);
    assert_buf(b, "line\nline\nline\n");
}

static void test_generations(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    unsigned g = 99;
    (void)state;

    assert_int_equal(shodo_io_generation(dirfd, "g", "json", &g, &err), SHODO_NOTFOUND);
    assert_int_equal(g, 99);
    assert_int_equal(shodo_io_write_generation(dirfd, "g", "json", "one", 3, &err), SHODO_OK);
    assert_true(exists("g.0001.json"));
    assert_int_equal(shodo_io_write_generation(dirfd, "g", "json", "two", 3, &err), SHODO_OK);
    put_file("g.x.json", "");
    put_file("g..json", "");
    put_file("h.0099.json", "");
    put_file("g.0099.json.part", ""); /* not finished: does not count */
    assert_int_equal(shodo_io_generation(dirfd, "g", "json", &g, &err), SHODO_OK);
    assert_int_equal(g, 2);
    assert_int_equal(shodo_io_read_generation(&b, dirfd, "g", "json", 100, &err), SHODO_OK);
    assert_buf(b, "two");
    put_file("g.0010.json", "ten");
    put_file("g.12345.json", "many");
    assert_int_equal(shodo_io_generation(dirfd, "g", "json", &g, &err), SHODO_OK);
    assert_int_equal(g, 12345);
}

#define io_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        io_test(test_write_read),
        io_test(test_names),
        io_test(test_links),
        io_test(test_stale_part),
        io_test(test_name_taken_meanwhile),
        io_test(test_every_failure),
        io_test(test_tolerated),
        io_test(test_append),
        io_test(test_generations),
        io_test(test_no_noreplace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
