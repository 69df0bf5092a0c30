/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/wof.h"

#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "evidence/xpress.h"

struct wof {
    struct shodo_content *packed;
    uint64_t plain_bytes, chunks, table_bytes;
    uint32_t chunk;
    unsigned entry_bytes;
    uint8_t *in, *out;
    uint64_t index; /* chunk in `out`; UINT64_MAX none */
};

enum shodo_status wof_open(struct wof **ret, struct shodo_content *packed, uint64_t plain_bytes,
                           uint32_t chunk_bytes, struct shodo_error *err) {
    struct wof *w = calloc(1, sizeof(*w));
    if (!w || chunk_bytes < 4096 || chunk_bytes > SHODO_LZX_CHUNK_BYTES) {
        shodo_content_free(packed);
        free(w);
        return w ? shodo_fail(err, SHODO_UNSUPPORTED,
                              "compressed by Windows (WOF) in an unknown way")
                 : shodo_fail(err, SHODO_NOMEM, "no memory for a stream");
    }
    w->packed = packed;
    w->plain_bytes = plain_bytes;
    w->chunk = chunk_bytes;
    w->entry_bytes = plain_bytes < UINT32_MAX ? 4 : 8;
    w->chunks = plain_bytes / chunk_bytes + (plain_bytes % chunk_bytes != 0);
    w->table_bytes = w->chunks > 1 ? (w->chunks - 1) * w->entry_bytes : 0;
    w->index = UINT64_MAX;
    w->in = malloc(chunk_bytes);
    w->out = malloc(chunk_bytes);
    if (!w->in || !w->out) {
        wof_free(w);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a stream");
    }
    if (w->table_bytes > shodo_content_size(packed)) {
        wof_free(w);
        return shodo_fail(err, SHODO_DAMAGED,
                          "compressed by Windows (WOF), but its chunk table is cut off");
    }
    *ret = w;
    return SHODO_OK;
}

struct wof *wof_free(struct wof *w) {
    if (!w)
        return NULL;
    shodo_content_free(w->packed);
    free(w->in);
    free(w->out);
    free(w);
    return NULL;
}

/* Reads all n bytes at `at`, none of them lost. */
static bool read_packed(struct wof *w, uint64_t at, void *p, size_t n) {
    uint64_t lost = shodo_content_lost(w->packed);
    size_t got = 0;
    return shodo_content_read(w->packed, at, p, n, &got, NULL) == SHODO_OK && got == n &&
           shodo_content_lost(w->packed) == lost;
}

/* End of chunk `index`, counted from the end of the table. */
static bool chunk_end(struct wof *w, uint64_t index, uint64_t *ret) {
    uint8_t e[8];
    if (index + 1 == w->chunks) {
        *ret = shodo_content_size(w->packed) - w->table_bytes;
        return true;
    }
    if (!read_packed(w, index * w->entry_bytes, e, w->entry_bytes))
        return false;
    *ret = w->entry_bytes == 8 ? shodo_le64(e) : shodo_le32(e);
    return true;
}

static bool load_chunk(struct wof *w, uint64_t index, size_t plain) {
    uint64_t from = 0, to = 0;
    size_t n = 0;
    if ((index > 0 && !chunk_end(w, index - 1, &from)) || !chunk_end(w, index, &to))
        return false;
    if (to < from || to - from > plain || to > shodo_content_size(w->packed) - w->table_bytes)
        return false;
    n = (size_t)(to - from);
    if (n == plain)
        return read_packed(w, w->table_bytes + from, w->out, n);
    if (!read_packed(w, w->table_bytes + from, w->in, n))
        return false;
    return w->chunk == SHODO_LZX_CHUNK_BYTES ? shodo_lzx_decode(w->in, n, w->out, plain)
                                             : shodo_xpress_decode(w->in, n, w->out, plain);
}

uint64_t wof_read(struct wof *w, uint64_t offset, uint8_t *p, size_t n) {
    uint64_t lost = 0;
    while (n > 0) {
        uint64_t index = offset / w->chunk;
        size_t within = (size_t)(offset % w->chunk);
        size_t plain = (size_t)SHODO_MIN((uint64_t)w->chunk, w->plain_bytes - index * w->chunk);
        size_t piece = SHODO_MIN(n, plain - within);
        if (index != w->index) {
            w->index = index;
            if (!load_chunk(w, index, plain)) {
                memset(w->out, 0, plain);
                lost += plain;
            }
        }
        memcpy(p, w->out + within, piece);
        p += piece;
        offset += piece;
        n -= piece;
    }
    return lost;
}
