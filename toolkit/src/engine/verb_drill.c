/* SPDX-License-Identifier: Apache-2.0 */
/* shodo drill unpack: the compressed drill disk (zstd, xz, gzip …) to a sparse image. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "engine/host.h"
#include "engine/verb.h"

enum { BLOCK_BYTES = 65536, READ_BYTES = 1 << 20 };

static bool is_zero(const char *p, size_t n) {
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Writes what is not zero; the file's length makes the rest a hole. */
static enum shodo_status put(int fd, uint64_t at, const char *p, size_t n, struct shodo_error *err) {
    for (size_t i = 0; i < n; i += BLOCK_BYTES) {
        size_t m = SHODO_MIN((size_t)BLOCK_BYTES, n - i);
        if (is_zero(p + i, m))
            continue;
        if (lseek(fd, (off_t)(at + i), SEEK_SET) < 0)
            return shodo_fail_errno(err, "writing the image");
        enum shodo_status st = shodo_io_write_all(fd, p + i, m, err);
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

static enum shodo_status copy(struct archive *a, int fd, uint64_t *ret_bytes, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!shodo_buf_reserve(&b, READ_BYTES))
        return shodo_fail(err, SHODO_NOMEM, "no memory for unpacking");
    uint64_t at = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(a, b.data, READ_BYTES);
        if (n < 0)
            return shodo_fail(err, SHODO_DAMAGED, "unpacking: %s", archive_error_string(a));
        if (n == 0)
            break;
        enum shodo_status st = put(fd, at, b.data, (size_t)n, err);
        if (st != SHODO_OK)
            return st;
        at += (uint64_t)n;
        if (at > SHODO_LIMIT_DRILL_BYTES)
            return shodo_fail(err, SHODO_LIMIT, "the unpacked image is above the limit");
    }
    *ret_bytes = at;
    if (ftruncate(fd, (off_t)at) != 0)
        return shodo_fail_errno(err, "setting the size of the image");
    return shodo_io_fsync(fd, err);
}

static enum shodo_status unpack(int in, int out, uint64_t *ret_bytes, struct shodo_error *err) {
    struct archive *a = archive_read_new();
    struct archive_entry *e = NULL;
    if (!a)
        return shodo_fail(err, SHODO_NOMEM, "no memory for unpacking");
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_format_raw(a);
    enum shodo_status st = SHODO_OK;
    if (archive_read_open_fd(a, in, READ_BYTES) != ARCHIVE_OK || archive_read_next_header(a, &e) != ARCHIVE_OK)
        st = shodo_fail(err, SHODO_DAMAGED, "not a compressed image: %s", archive_error_string(a) ? archive_error_string(a) : "?");
    else if (archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE)
        st = shodo_fail(err, SHODO_UNSUPPORTED, "not compressed with zstd, xz or gzip");
    if (st == SHODO_OK)
        st = copy(a, out, ret_bytes, err);
    archive_read_free(a);
    return st;
}

static enum shodo_status default_out(struct shodo_buf *out, const char *in, struct shodo_error *err) {
    size_t n = strlen(in);
    const char *dot = strrchr(in, '.');
    if (!dot || strchr(dot, '/') || dot == in)
        return shodo_fail(err, SHODO_INVALID, "say where to: --out IMAGE");
    n = (size_t)(dot - in);
    shodo_buf_add(out, in, n);
    shodo_buf_cstr(out);
    return SHODO_OK;
}

int shodo_verb_drill(const struct shodo_verb *v, int argc, char **argv) {
    const char *words[2] = {NULL}, *out = NULL;
    const struct shodo_option options[] = {{.name = "--out", .text = &out}};
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, 2, &n))
        return SHODO_EXIT_USAGE;
    if (n != 2 || strcmp(words[0], "unpack") != 0)
        return shodo_verb_usage(v, "unpack FILE");
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    uint64_t bytes = 0;
    enum shodo_status st = SHODO_OK;
    if (out)
        shodo_buf_adds(&name, out);
    else
        st = default_out(&name, words[1], &err);
    int in = open(words[1], O_RDONLY | O_CLOEXEC);
    if (st == SHODO_OK && in < 0)
        st = shodo_fail_errno(&err, "opening '%s'", words[1]);
    int fd = -1;
    if (st == SHODO_OK) {
        fd = open(shodo_buf_cstr(&name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            st = shodo_fail_errno(&err, "making '%s'", shodo_buf_cstr(&name));
    }
    if (st == SHODO_OK && (st = unpack(in, fd, &bytes, &err)) != SHODO_OK)
        unlink(shodo_buf_cstr(&name));
    shodo_io_close(&in);
    shodo_io_close(&fd);
    if (st != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    printf("%s: %llu bytes\n", shodo_buf_cstr(&name), (unsigned long long)bytes);
    return SHODO_EXIT_NOTHING;
}
