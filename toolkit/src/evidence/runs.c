/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/runs.h"

#include <string.h>

#include "base/limits.h"

bool shodo_runs_add(struct shodo_vec *runs, uint64_t offset, uint64_t length, bool is_hole) {
    struct shodo_run *r = NULL;
    if (runs->count > 0) {
        r = shodo_vec_at(runs, runs->count - 1);
        if (r->is_hole == is_hole && (is_hole || r->offset + r->length == offset)) {
            r->length += length;
            return true;
        }
    }
    r = shodo_vec_push(runs);
    if (!r)
        return false;
    *r = (struct shodo_run){.offset = is_hole ? 0 : offset, .length = length, .is_hole = is_hole};
    return true;
}

/* Little-endian signed number of n bytes, n 1..8. */
static int64_t signed_le(const uint8_t *p, unsigned n) {
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    if (n < 8 && (p[n - 1] & 0x80) != 0)
        v |= UINT64_MAX << (8 * n);
    return (int64_t)v;
}

enum shodo_runs_end shodo_runs_decode(struct shodo_vec *runs, const uint8_t *pairs, size_t n,
                                      uint32_t cluster_bytes, uint64_t *ret_clusters) {
    int64_t lcn = 0;
    uint64_t total = 0;
    size_t at = 0;
    while (at < n && pairs[at] != 0) {
        unsigned length_bytes = pairs[at] & 15, offset_bytes = pairs[at] >> 4;
        int64_t clusters = 0;
        uint64_t offset = 0, length = 0;
        at++;
        if (length_bytes == 0 || length_bytes > 8 || offset_bytes > 8 ||
            length_bytes + offset_bytes > n - at)
            return SHODO_RUNS_BROKEN;
        clusters = signed_le(pairs + at, length_bytes);
        if (clusters <= 0 || !shodo_mul_u64((uint64_t)clusters, cluster_bytes, &length) ||
            length > INT64_MAX || !shodo_add_u64(total, (uint64_t)clusters, &total) ||
            total > INT64_MAX / cluster_bytes)
            return SHODO_RUNS_BROKEN;
        at += length_bytes;
        if (offset_bytes > 0 &&
            (__builtin_add_overflow(lcn, signed_le(pairs + at, offset_bytes), &lcn) || lcn < 0 ||
             !shodo_mul_u64((uint64_t)lcn, cluster_bytes, &offset) || offset > INT64_MAX))
            return SHODO_RUNS_BROKEN;
        at += offset_bytes;
        if (runs->count >= SHODO_LIMIT_RUNS)
            return SHODO_RUNS_CUT;
        if (!shodo_runs_add(runs, offset, length, offset_bytes == 0))
            return SHODO_RUNS_NOMEM;
        *ret_clusters += (uint64_t)clusters;
    }
    return SHODO_RUNS_OK;
}

bool shodo_runs_seek(const struct shodo_run *runs, size_t count, struct shodo_runs_pos *pos,
                     uint64_t at) {
    if (pos->index >= count || at < pos->start)
        *pos = (struct shodo_runs_pos){.index = 0, .start = 0};
    while (pos->index < count && at - pos->start >= runs[pos->index].length) {
        pos->start += runs[pos->index].length;
        pos->index++;
    }
    return pos->index < count;
}

uint64_t shodo_runs_read(struct shodo_source *s, const struct shodo_run *runs, size_t count,
                         struct shodo_runs_pos *pos, uint64_t at, void *p, size_t n) {
    uint8_t *out = p;
    uint64_t lost = 0, size = shodo_source_size(s);
    while (n > 0) {
        size_t piece = n, can = 0;
        uint64_t within = 0, bad = 0;
        const struct shodo_run *r = NULL;
        if (!shodo_runs_seek(runs, count, pos, at)) {
            memset(out, 0, n);
            return lost + n;
        }
        r = &runs[pos->index];
        within = at - pos->start;
        piece = (size_t)SHODO_MIN((uint64_t)n, r->length - within);
        if (r->is_hole) {
            memset(out, 0, piece);
        } else {
            uint64_t from = r->offset + within;
            can = from >= size ? 0 : (size_t)SHODO_MIN((uint64_t)piece, size - from);
            if (can > 0 && shodo_source_read(s, from, out, can, &bad, NULL) != SHODO_OK)
                can = 0;
            memset(out + can, 0, piece - can);
            lost += bad + (piece - can);
        }
        out += piece;
        at += piece;
        n -= piece;
    }
    return lost;
}
