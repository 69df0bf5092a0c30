/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"

/* After this many bytes in a row that fail, the rest of one request is given up (and recorded): a
 * dead zone answers each sector only after seconds, and the person at the screen is waiting. */
#define GIVE_UP_BYTES SHODO_KIB(64)

struct shodo_source {
    const struct shodo_source_ops *ops;
    void *self;
    uint64_t size;
    uint32_t sector;
    uint64_t bytes_read;
    bool is_gone;         /* the medium has vanished: nothing is asked of it any more */
    struct shodo_vec bad; /* struct shodo_bad_range, ascending, disjoint, not touching */
};

struct fd_self {
    int fd;
};

struct window_self {
    struct shodo_source *parent;
    uint64_t offset;
};

static int64_t fd_read(void *self, uint64_t offset, void *p, size_t n) {
    const struct fd_self *f = self;
    for (;;) {
        ssize_t got = pread(f->fd, p, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) { /* shorter than it was when it was opened */
            errno = EIO;
            return -1;
        }
        return got;
    }
}

static const struct shodo_source_ops fd_ops = {.read = fd_read, .free = free};

/* Bytes the parent could not read make this read fail as a whole: the caller then goes sector by
 * sector, and the parent answers from its list without asking the medium again. */
static int64_t window_read(void *self, uint64_t offset, void *p, size_t n) {
    const struct window_self *w = self;
    uint64_t bad = 0;
    if (shodo_source_read(w->parent, w->offset + offset, p, n, &bad, NULL) != SHODO_OK || bad > 0) {
        errno = EIO;
        return -1;
    }
    return (int64_t)n;
}

static const struct shodo_source_ops window_ops = {.read = window_read, .free = free};

enum shodo_status shodo_source_layer(struct shodo_source **ret, const struct shodo_source_ops *ops,
                                     void *self, uint64_t size_bytes, uint32_t sector_bytes,
                                     struct shodo_error *err) {
    struct shodo_source *s = NULL;
    if (sector_bytes == 0 || sector_bytes > SHODO_KIB(64) ||
        (sector_bytes & (sector_bytes - 1)) != 0 || size_bytes > INT64_MAX) {
        if (self)
            ops->free(self);
        return shodo_fail(err, SHODO_INVALID, "shodo_source_layer: sector size %u, size %llu",
                          sector_bytes, (unsigned long long)size_bytes);
    }
    s = calloc(1, sizeof(*s));
    if (!s) {
        if (self)
            ops->free(self);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a source");
    }
    s->ops = ops;
    s->self = self;
    s->size = size_bytes;
    s->sector = sector_bytes;
    s->bad = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_bad_range));
    *ret = s;
    return SHODO_OK;
}

enum shodo_status shodo_source_from_fd(struct shodo_source **ret, int fd, uint64_t size_bytes,
                                       uint32_t sector_bytes, struct shodo_error *err) {
    struct fd_self *self = calloc(1, sizeof(*self));
    if (!self)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a source");
    self->fd = fd;
    return shodo_source_layer(ret, &fd_ops, self, size_bytes, sector_bytes, err);
}

enum shodo_status shodo_source_window(struct shodo_source **ret, struct shodo_source *parent,
                                      uint64_t offset, uint64_t length, struct shodo_error *err) {
    struct window_self *self = NULL;
    if (offset > parent->size || length > parent->size - offset)
        return shodo_fail(err, SHODO_INVALID, "window at %llu with %llu bytes leaves the source",
                          (unsigned long long)offset, (unsigned long long)length);
    self = calloc(1, sizeof(*self));
    if (!self)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a source");
    self->parent = parent;
    self->offset = offset;
    return shodo_source_layer(ret, &window_ops, self, length, parent->sector, err);
}

struct shodo_source *shodo_source_free(struct shodo_source *s) {
    if (!s)
        return NULL;
    if (s->self)
        s->ops->free(s->self);
    shodo_vec_done(&s->bad);
    free(s);
    return NULL;
}

uint64_t shodo_source_size(const struct shodo_source *s) {
    return s->size;
}

uint32_t shodo_source_sector(const struct shodo_source *s) {
    return s->sector;
}

uint64_t shodo_source_bytes_read(const struct shodo_source *s) {
    return s->bytes_read;
}

size_t shodo_source_bad_count(const struct shodo_source *s) {
    return s->bad.count;
}

const struct shodo_bad_range *shodo_source_bad_at(const struct shodo_source *s, size_t i) {
    return shodo_vec_at(&s->bad, i);
}

/* Index of the first range that ends after `offset`; count when there is none. */
static size_t bad_after(const struct shodo_source *s, uint64_t offset) {
    const struct shodo_bad_range *r = s->bad.data;
    size_t lo = 0, hi = s->bad.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (r[mid].offset + r[mid].length <= offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool shodo_source_is_bad(const struct shodo_source *s, uint64_t offset, uint64_t length) {
    size_t i = 0;
    const struct shodo_bad_range *r = s->bad.data;
    if (length == 0 || s->bad.count == 0)
        return false;
    i = bad_after(s, offset);
    return i < s->bad.count && (r[i].offset < offset || r[i].offset - offset < length);
}

/* The list is full, or memory is: the range before (or after) grows to cover the new one. That
 * names more than was lost, never less. */
static void bad_widen(struct shodo_source *s, size_t i, uint64_t offset, uint64_t end) {
    struct shodo_bad_range *r = s->bad.data;
    if (s->bad.count == 0)
        return;
    if (i > 0) {
        r[i - 1].length = end - r[i - 1].offset;
    } else {
        r[0].length += r[0].offset - offset;
        r[0].offset = offset;
    }
}

static void bad_record(struct shodo_source *s, uint64_t offset, uint64_t length) {
    uint64_t end = offset + length;
    /* the first range that touches or follows the new one */
    size_t i = bad_after(s, offset > 0 ? offset - 1 : 0), last = 0;
    struct shodo_bad_range *r = s->bad.data;
    if (i < s->bad.count && r[i].offset <= end) {
        uint64_t from = SHODO_MIN(r[i].offset, offset), to = end;
        for (last = i; last < s->bad.count && r[last].offset <= end; last++)
            to = SHODO_MAX(to, r[last].offset + r[last].length);
        r[i] = (struct shodo_bad_range){.offset = from, .length = to - from};
        memmove(&r[i + 1], &r[last], (s->bad.count - last) * sizeof(*r));
        s->bad.count -= last - i - 1;
        return;
    }
    if (s->bad.count >= SHODO_LIMIT_BAD_RANGES || !shodo_vec_push(&s->bad)) {
        bad_widen(s, i, offset, end);
        return;
    }
    r = s->bad.data;
    memmove(&r[i + 1], &r[i], (s->bad.count - 1 - i) * sizeof(*r));
    r[i] = (struct shodo_bad_range){.offset = offset, .length = length};
}

/* One attempt; never more than asked. Remembers a medium that is no longer there. */
static int64_t attempt(struct shodo_source *s, uint64_t offset, uint8_t *p, size_t n) {
    int64_t got = 0;
    if (s->is_gone)
        return -1;
    errno = 0;
    got = s->ops->read(s->self, offset, p, n);
    if (got < 0 && (errno == ENODEV || errno == ENXIO || errno == ENOMEDIUM))
        s->is_gone = true;
    if (got <= 0)
        return -1;
    got = SHODO_MIN(got, (int64_t)n);
    s->bytes_read += (uint64_t)got;
    return got;
}

/* Reads [offset, offset+n) sector by sector; what fails is zeroed and recorded. Returns bad bytes.
 */
static uint64_t read_by_sector(struct shodo_source *s, uint64_t offset, uint8_t *p, size_t n) {
    uint64_t bad = 0, run = 0;
    size_t at = 0;
    while (at < n) {
        uint64_t in_sector = (offset + at) % s->sector;
        size_t want = (size_t)SHODO_MIN((uint64_t)(n - at), s->sector - in_sector), done = 0;
        while (done < want) {
            int64_t got = attempt(s, offset + at + done, p + at + done, want - done);
            if (got < 0)
                break;
            done += (size_t)got;
        }
        if (done == want) {
            run = 0;
        } else {
            run += want;
            if (run >= GIVE_UP_BYTES || s->is_gone)
                want = n - at;
            memset(p + at, 0, want);
            bad_record(s, offset + at, want);
            bad += want;
        }
        at += want;
    }
    return bad;
}

/* A piece that holds no recorded bad range. */
static uint64_t read_piece(struct shodo_source *s, uint64_t offset, uint8_t *p, size_t n) {
    size_t done = 0;
    while (done < n) {
        int64_t got = attempt(s, offset + done, p + done, n - done);
        if (got < 0)
            return read_by_sector(s, offset + done, p + done, n - done);
        done += (size_t)got;
    }
    return 0;
}

enum shodo_status shodo_source_read(struct shodo_source *s, uint64_t offset, void *p, size_t n,
                                    uint64_t *ret_bad_bytes, struct shodo_error *err) {
    uint8_t *out = p;
    uint64_t bad = 0;
    size_t at = 0;
    if (offset > s->size || n > s->size - offset)
        return shodo_fail(err, SHODO_INVALID, "read of %zu bytes at %llu leaves the source", n,
                          (unsigned long long)offset);
    while (at < n) {
        const struct shodo_bad_range *r = s->bad.data;
        uint64_t pos = offset + at;
        size_t i = s->bad.count > 0 ? bad_after(s, pos) : 0, piece = n - at;
        if (i < s->bad.count && r[i].offset <= pos) { /* known: the medium is not asked again */
            piece = (size_t)SHODO_MIN((uint64_t)piece, r[i].offset + r[i].length - pos);
            memset(out + at, 0, piece);
            bad += piece;
        } else {
            if (i < s->bad.count)
                piece = (size_t)SHODO_MIN((uint64_t)piece, r[i].offset - pos);
            bad += read_piece(s, pos, out + at, piece);
        }
        at += piece;
    }
    if (ret_bad_bytes)
        *ret_bad_bytes = bad;
    return SHODO_OK;
}
