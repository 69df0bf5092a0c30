/* SPDX-License-Identifier: Apache-2.0 */
#include "base/deflate.h"

#include <stdint.h>
#include <zlib.h>

#define LEVEL       9
#define WINDOW_AUTO 47 /* 15 bits of window, zlib or gzip header recognised */
#define STEP_BYTES  65536

enum shodo_status shodo_deflate(struct shodo_buf *out, const void *p, size_t n,
                                struct shodo_error *err) {
    if (n > UINT32_MAX / 2)
        return shodo_fail(err, SHODO_LIMIT, "%zu bytes are too many to compress in one piece", n);
    uLong bound = compressBound((uLong)n);
    if (!shodo_buf_reserve(out, bound))
        return shodo_fail(err, SHODO_NOMEM, "no memory to compress %zu bytes", n);
    uLongf got = bound;
    if (compress2((Bytef *)out->data + out->len, &got, p, (uLong)n, LEVEL) != Z_OK)
        return shodo_fail(err, SHODO_NOMEM, "no memory to compress %zu bytes", n);
    out->len += got;
    out->data[out->len] = '\0';
    return SHODO_OK;
}

/* Steps until the stream ends; on failure the caller takes back what was appended. */
static enum shodo_status inflate_all(z_stream *z, struct shodo_buf *out, size_t max,
                                     struct shodo_error *err) {
    size_t start = out->len;
    int rc = Z_OK;

    while (rc == Z_OK) {
        if (!shodo_buf_reserve(out, STEP_BYTES))
            return shodo_fail(err, SHODO_NOMEM, "no memory to unpack");
        z->next_out = (Bytef *)out->data + out->len;
        z->avail_out = STEP_BYTES;
        rc = inflate(z, Z_NO_FLUSH);
        out->len += STEP_BYTES - z->avail_out;
        if (out->len - start > max)
            return shodo_fail(err, SHODO_LIMIT, "it unpacks to more than %zu bytes", max);
    }
    if (rc != Z_STREAM_END || z->avail_in > 0)
        return shodo_fail(err, rc == Z_MEM_ERROR ? SHODO_NOMEM : SHODO_DAMAGED,
                          "the compressed data are damaged, cut off or followed by others");
    return SHODO_OK;
}

enum shodo_status shodo_inflate(struct shodo_buf *out, const void *p, size_t n, size_t max,
                                struct shodo_error *err) {
    size_t start = out->len;

    if (n > UINT32_MAX)
        return shodo_fail(err, SHODO_LIMIT, "%zu bytes are too many to unpack in one piece", n);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n};
    if (inflateInit2(&z, WINDOW_AUTO) != Z_OK)
        return shodo_fail(err, SHODO_NOMEM, "no memory to unpack");
    enum shodo_status rc = inflate_all(&z, out, max, err);
    inflateEnd(&z);
    if (rc != SHODO_OK)
        out->len = start;
    if (out->data)
        out->data[out->len] = '\0';
    return rc;
}
