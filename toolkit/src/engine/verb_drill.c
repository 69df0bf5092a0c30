/* SPDX-License-Identifier: Apache-2.0 */
/* shodo drill unpack: the compressed drill disk (zstd or xz) to a sparse image. */
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/io.h"
#include "base/limits.h"
#include "engine/host.h"
#include "engine/verb.h"

enum { BLOCK_BYTES = 65536, READ_BYTES = 1 << 20 };

static bool is_zero(const char *p, size_t n) {
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Writes what is not zero; the file's length makes the rest a hole. */
static enum shodo_status put(int fd, uint64_t at, const char *p, size_t n,
                             struct shodo_error *err) {
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

/* One of two decoders behind one call. */
struct unpacker {
    ZSTD_DStream *zstd;
    lzma_stream xz;
    bool is_xz, is_end;
};

/* Takes from in, gives to out; false when the bytes contradict the format. */
static bool step(struct unpacker *u, ZSTD_inBuffer *in, ZSTD_outBuffer *out, bool is_last) {
    if (!u->is_xz) {
        if (u->is_end && in->pos == in->size)
            return true; /* between two frames: nothing is owed */
        size_t r = ZSTD_decompressStream(u->zstd, out, in);
        u->is_end = r == 0;
        return !ZSTD_isError(r);
    }
    u->xz.next_in = (const uint8_t *)in->src + in->pos;
    u->xz.avail_in = in->size - in->pos;
    u->xz.next_out = (uint8_t *)out->dst + out->pos;
    u->xz.avail_out = out->size - out->pos;
    lzma_ret r = lzma_code(&u->xz, is_last ? LZMA_FINISH : LZMA_RUN);
    in->pos = in->size - u->xz.avail_in;
    out->pos = out->size - u->xz.avail_out;
    u->is_end = r == LZMA_STREAM_END;
    return r == LZMA_OK || r == LZMA_STREAM_END || r == LZMA_BUF_ERROR;
}

static enum shodo_status copy(struct unpacker *u, int in, int fd, char *from, char *to,
                              uint64_t *ret_bytes, struct shodo_error *err) {
    ZSTD_inBuffer source = {.src = from};
    uint64_t at = 0;
    bool is_last = false;
    for (;;) {
        if (source.pos == source.size && !is_last) {
            ssize_t n = read(in, from, READ_BYTES);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return shodo_fail_errno(err, "reading the compressed image");
            source = (ZSTD_inBuffer){.src = from, .size = (size_t)n};
            is_last = n == 0;
        }
        ZSTD_outBuffer target = {.dst = to, .size = READ_BYTES};
        size_t before = source.pos;
        if (!step(u, &source, &target, is_last))
            return shodo_fail(err, SHODO_DAMAGED, "the compressed image is damaged");
        enum shodo_status st = put(fd, at, to, target.pos, err);
        if (st != SHODO_OK)
            return st;
        at += target.pos;
        if (at > SHODO_LIMIT_DRILL_BYTES)
            return shodo_fail(err, SHODO_LIMIT, "the unpacked image is above the limit");
        if (is_last && target.pos == 0 && source.pos == before)
            break;
    }
    if (!u->is_end)
        return shodo_fail(err, SHODO_DAMAGED, "the compressed image ends too early");
    *ret_bytes = at;
    if (ftruncate(fd, (off_t)at) != 0)
        return shodo_fail_errno(err, "setting the size of the image");
    return shodo_io_fsync(fd, err);
}

static enum shodo_status unpack(int in, int out, uint64_t *ret_bytes, struct shodo_error *err) {
    static const uint8_t xz_magic[] = {0xfd, '7', 'z', 'X', 'Z', 0},
                         zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    uint8_t head[sizeof xz_magic] = {0};
    struct unpacker u = {.xz = LZMA_STREAM_INIT};
    if (pread(in, head, sizeof head, 0) != (ssize_t)sizeof head)
        return shodo_fail(err, SHODO_UNSUPPORTED, "not compressed with zstd or xz");
    u.is_xz = memcmp(head, xz_magic, sizeof xz_magic) == 0;
    if (!u.is_xz && memcmp(head, zstd_magic, sizeof zstd_magic) != 0)
        return shodo_fail(err, SHODO_UNSUPPORTED, "not compressed with zstd or xz");
    shodo_auto(shodo_buf) struct shodo_buf from = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf to = SHODO_BUF_INIT;
    bool ok = shodo_buf_reserve(&from, READ_BYTES) && shodo_buf_reserve(&to, READ_BYTES);
    if (u.is_xz)
        ok = ok && lzma_stream_decoder(&u.xz, SHODO_LIMIT_XZ_BYTES, LZMA_CONCATENATED) == LZMA_OK;
    else
        ok = ok && (u.zstd = ZSTD_createDStream()) != NULL;
    enum shodo_status st = ok ? copy(&u, in, out, from.data, to.data, ret_bytes, err)
                              : shodo_fail(err, SHODO_NOMEM, "no memory for unpacking");
    ZSTD_freeDStream(u.zstd);
    lzma_end(&u.xz);
    return st;
}

static enum shodo_status default_out(struct shodo_buf *out, const char *in,
                                     struct shodo_error *err) {
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
        fd = open(shodo_buf_cstr(&name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  0600);
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
