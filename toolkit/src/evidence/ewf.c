/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/deflate.h"
#include "base/hash.h"
#include "base/limits.h"
#include "evidence/image.h"

#define HEADER_BYTES       13u
#define SECTION_BYTES      76u
#define TABLE_HEADER_BYTES 24u
#define SECTIONS_MAX       (4u * SHODO_LIMIT_EWF_TABLES)
#define ERRORS_MAX         65536u

/* One chunk table: where its entries are; they are read when a chunk is. */
struct table {
    uint64_t first_chunk, entries_at, base, data_end;
    uint32_t count;
    uint32_t segment;
    bool is_sound;
};

struct bad_sectors {
    uint64_t first, count;
};

struct ewf {
    struct shodo_source **parts; /* in segment order */
    size_t count;
    uint64_t media_bytes, chunks;
    uint32_t chunk_bytes, sector_bytes;
    struct shodo_vec tables; /* struct table, ascending first_chunk */
    struct shodo_vec errors; /* struct bad_sectors */
    uint64_t sectors_end;    /* while reading sections: end of the last "sectors" */
    char md5[33], sha1[41];
    /* chunk that was read last */
    struct shodo_buf packed, plain;
    uint64_t index;
    bool is_good;
};

static uint32_t adler32_of(const uint8_t *p, size_t n) {
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < n; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static bool read_exact(struct shodo_source *s, uint64_t at, void *p, size_t n) {
    uint64_t bad = 0, size = shodo_source_size(s);
    return at <= size && n <= size - at && shodo_source_read(s, at, p, n, &bad, NULL) == SHODO_OK &&
           bad == 0;
}

struct section {
    char type[17];
    uint64_t at, data, data_bytes, next;
};

/* Geometry of the medium. */
static void take_volume(struct ewf *w, struct shodo_source *s, const struct section *c) {
    uint8_t p[1052];
    uint64_t sectors = 0, chunk = 0;
    size_t n = c->data_bytes < sizeof(p) ? 94 : sizeof(p); /* the short form is that of SMART */
    if (c->data_bytes < n || !read_exact(s, c->data, p, n) ||
        adler32_of(p, n - 4) != shodo_le32(p + n - 4))
        return;
    w->sector_bytes = shodo_le32(p + 12);
    sectors = n == 94 ? shodo_le32(p + 16) : shodo_le64(p + 16);
    if (w->sector_bytes == 0 || w->sector_bytes > 65536 ||
        (w->sector_bytes & (w->sector_bytes - 1)) != 0 ||
        !shodo_mul_u64(shodo_le32(p + 8), w->sector_bytes, &chunk) || chunk == 0 ||
        chunk > SHODO_LIMIT_EWF_CHUNK_BYTES ||
        !shodo_mul_u64(sectors, w->sector_bytes, &w->media_bytes) || w->media_bytes > INT64_MAX)
        return;
    w->chunk_bytes = (uint32_t)chunk;
}

/* Checksums of header and entries. Images whose chunks follow the table itself have none for the
 * entries. */
static bool table_is_sound(const struct ewf *w, struct shodo_source *s, const struct section *c,
                           const uint8_t *head, uint32_t count) {
    uint64_t bytes = 4ULL * count, room = c->data_bytes - TABLE_HEADER_BYTES;
    uint8_t *p = NULL;
    bool is_sound = false;
    if (adler32_of(head, 20) != shodo_le32(head + 20) || bytes > room)
        return false;
    if (w->sectors_end == 0 || room < bytes + 4)
        return true;
    p = malloc(bytes + 4);
    is_sound = p && read_exact(s, c->data + TABLE_HEADER_BYTES, p, bytes + 4) &&
               adler32_of(p, bytes) == shodo_le32(p + bytes);
    free(p);
    return is_sound;
}

/* "table", or "table2" when the copy before it is not sound. */
static enum shodo_status take_table(struct ewf *w, uint32_t segment, const struct section *c,
                                    bool is_copy, struct shodo_error *err) {
    struct shodo_source *s = w->parts[segment];
    struct table *t = w->tables.count > 0 ? shodo_vec_at(&w->tables, w->tables.count - 1) : NULL;
    uint8_t head[TABLE_HEADER_BYTES];
    uint32_t count = 0;
    if (is_copy && (!t || t->is_sound))
        return SHODO_OK;
    if (c->data_bytes < sizeof(head) || !read_exact(s, c->data, head, sizeof(head)))
        return shodo_fail(err, SHODO_DAMAGED, "E01: a chunk table cannot be read");
    count = shodo_le32(head);
    if (4ULL * count > c->data_bytes - sizeof(head))
        return shodo_fail(err, SHODO_DAMAGED, "E01: a chunk table is cut off");
    if (!is_copy) {
        if (w->tables.count >= SHODO_LIMIT_EWF_TABLES)
            return shodo_fail(err, SHODO_LIMIT, "E01: more chunk tables than the limit");
        t = shodo_vec_push(&w->tables);
        if (!t)
            return shodo_fail(err, SHODO_NOMEM, "no memory for an E01 image");
        t->first_chunk = w->chunks;
    } else {
        w->chunks -= t->count;
    }
    t->entries_at = c->data + TABLE_HEADER_BYTES;
    t->base = shodo_le64(head + 8);
    t->count = count;
    t->segment = segment;
    t->data_end = w->sectors_end > 0 ? w->sectors_end : c->data + c->data_bytes;
    t->is_sound = table_is_sound(w, s, c, head, count);
    w->chunks += count;
    return SHODO_OK;
}

/* Sectors that the acquisition could not read. */
static enum shodo_status take_errors(struct ewf *w, struct shodo_source *s, const struct section *c,
                                     struct shodo_error *err) {
    uint8_t head[520], row[8];
    uint64_t count = 0, at = c->data + sizeof(head);
    if (c->data_bytes < sizeof(head) || !read_exact(s, c->data, head, sizeof(head)))
        return SHODO_OK;
    count = SHODO_MIN((uint64_t)shodo_le32(head), (c->data_bytes - sizeof(head)) / sizeof(row));
    for (uint64_t i = 0; i < count && w->errors.count < ERRORS_MAX; i++) {
        struct bad_sectors *b = NULL;
        if (!read_exact(s, at + 8 * i, row, sizeof(row)))
            break;
        b = shodo_vec_push(&w->errors);
        if (!b)
            return shodo_fail(err, SHODO_NOMEM, "no memory for an E01 image");
        *b = (struct bad_sectors){.first = shodo_le32(row), .count = shodo_le32(row + 4)};
    }
    return SHODO_OK;
}

static enum shodo_status take_section(struct ewf *w, uint32_t segment, const struct section *c,
                                      struct shodo_error *err) {
    struct shodo_source *s = w->parts[segment];
    uint8_t p[36];
    if (strcmp(c->type, "volume") == 0 || strcmp(c->type, "disk") == 0 ||
        strcmp(c->type, "data") == 0) {
        if (w->chunk_bytes == 0) /* one that is damaged is followed by a copy ("data") */
            take_volume(w, s, c);
    } else if (strcmp(c->type, "sectors") == 0) {
        w->sectors_end = c->data + c->data_bytes;
    } else if (strcmp(c->type, "table") == 0 || strcmp(c->type, "table2") == 0) {
        return take_table(w, segment, c, c->type[5] == '2', err);
    } else if (strcmp(c->type, "error2") == 0) {
        return take_errors(w, s, c, err);
    } else if (strcmp(c->type, "hash") == 0 && c->data_bytes >= 16 &&
               read_exact(s, c->data, p, 16)) {
        shodo_hex(p, 16, w->md5);
    } else if (strcmp(c->type, "digest") == 0 && c->data_bytes >= 36 &&
               read_exact(s, c->data, p, 36)) {
        shodo_hex(p, 16, w->md5);
        shodo_hex(p + 16, 20, w->sha1);
    }
    return SHODO_OK;
}

/* The chain of sections of one segment; ends with "next" or "done". */
static enum shodo_status read_segment(struct ewf *w, uint32_t segment, bool *ret_is_last,
                                      struct shodo_error *err) {
    struct shodo_source *s = w->parts[segment];
    uint64_t at = HEADER_BYTES, size = 0;
    w->sectors_end = 0;
    for (uint32_t i = 0; i < SECTIONS_MAX; i++) {
        uint8_t p[SECTION_BYTES];
        struct section c = {.at = at, .data = at + SECTION_BYTES};
        enum shodo_status st = SHODO_OK;
        if (!read_exact(s, at, p, sizeof(p)) || adler32_of(p, 72) != shodo_le32(p + 72))
            return shodo_fail(err, SHODO_DAMAGED,
                              "E01: segment %u is cut off or damaged at byte %llu", segment + 1,
                              (unsigned long long)at);
        memcpy(c.type, p, 16);
        c.next = shodo_le64(p + 16);
        size = shodo_le64(p + 24);
        if (strcmp(c.type, "done") == 0 || strcmp(c.type, "next") == 0) {
            *ret_is_last = c.type[0] == 'd';
            return SHODO_OK;
        }
        if (c.next <= at + SECTION_BYTES - 1 || c.next > shodo_source_size(s))
            return shodo_fail(err, SHODO_DAMAGED,
                              "E01: the chain of sections of segment %u is broken", segment + 1);
        c.data_bytes = c.next - c.data; /* the size field is wrong in some writers' "sectors" */
        if (size >= SECTION_BYTES && size - SECTION_BYTES < c.data_bytes)
            c.data_bytes = size - SECTION_BYTES;
        st = take_section(w, segment, &c, err);
        if (st != SHODO_OK)
            return st;
        at = c.next;
    }
    return shodo_fail(err, SHODO_DAMAGED, "E01: the chain of sections of segment %u does not end",
                      segment + 1);
}

static int64_t find_table(const struct ewf *w, uint64_t chunk) {
    const struct table *t = w->tables.data;
    size_t lo = 0, hi = w->tables.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t[mid].first_chunk + t[mid].count <= chunk)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < w->tables.count ? (int64_t)lo : -1;
}

/* Place of a chunk in its segment. */
static bool locate(struct ewf *w, uint64_t chunk, const struct table **ret, uint64_t *ret_at,
                   uint64_t *ret_bytes, bool *ret_packed) {
    int64_t found = find_table(w, chunk);
    const struct table *t = NULL;
    uint8_t e[8];
    uint64_t i = 0, end = 0;
    if (found < 0)
        return false;
    t = shodo_vec_at(&w->tables, (size_t)found);
    i = chunk - t->first_chunk;
    if (!t->is_sound ||
        !read_exact(w->parts[t->segment], t->entries_at + 4 * i, e, i + 1 < t->count ? 8 : 4))
        return false;
    *ret_packed = (e[3] & 0x80) != 0;
    if (!shodo_add_u64(t->base, shodo_le32(e) & 0x7fffffff, ret_at))
        return false;
    end = i + 1 < t->count ? t->base + (shodo_le32(e + 4) & 0x7fffffff) : t->data_end;
    if (end <= *ret_at || end - *ret_at > 2ULL * w->chunk_bytes + 1024)
        return false;
    *ret = t;
    *ret_bytes = end - *ret_at;
    return true;
}

static bool load_chunk(struct ewf *w, uint64_t chunk) {
    const struct table *t = NULL;
    uint64_t at = 0, n = 0,
             want = SHODO_MIN((uint64_t)w->chunk_bytes, w->media_bytes - chunk * w->chunk_bytes);
    bool is_packed = false;
    const uint8_t *p = NULL;
    shodo_buf_clear(&w->packed);
    shodo_buf_clear(&w->plain);
    if (!locate(w, chunk, &t, &at, &n, &is_packed) || !shodo_buf_reserve(&w->packed, n) ||
        !read_exact(w->parts[t->segment], at, w->packed.data, n))
        return false;
    p = (const uint8_t *)w->packed.data;
    if (is_packed)
        return shodo_inflate(&w->plain, p, n, w->chunk_bytes, NULL) == SHODO_OK &&
               w->plain.len >= want;
    /* stored: the bytes and their checksum; the last one may be a whole chunk or just what is left
     */
    if (n < want + 4)
        return false;
    n = n >= w->chunk_bytes + 4ULL ? w->chunk_bytes : n - 4;
    return adler32_of(p, n) == shodo_le32(p + n) && shodo_buf_add(&w->plain, p, n);
}

static bool is_acquired(const struct ewf *w, uint64_t offset, size_t n) {
    for (size_t i = 0; i < w->errors.count; i++) {
        const struct bad_sectors *b = shodo_vec_at(&w->errors, i);
        uint64_t from = b->first * w->sector_bytes, to = from + b->count * w->sector_bytes;
        if (offset < to && from < offset + n)
            return false;
    }
    return true;
}

static int64_t ewf_read(void *self, uint64_t offset, void *p, size_t n) {
    struct ewf *w = self;
    uint64_t chunk = offset / w->chunk_bytes;
    size_t within = (size_t)(offset % w->chunk_bytes);
    n = SHODO_MIN(n, w->chunk_bytes - within);
    if (chunk != w->index) {
        w->index = chunk;
        w->is_good = load_chunk(w, chunk);
    }
    if (!w->is_good || !is_acquired(w, offset, n)) {
        errno = EIO;
        return -1;
    }
    memcpy(p, w->plain.data + within, n);
    return (int64_t)n;
}

static void ewf_free(void *self) {
    struct ewf *w = self;
    for (size_t i = 0; i < w->count; i++)
        shodo_source_free(w->parts[i]);
    free(w->parts);
    shodo_vec_done(&w->tables);
    shodo_vec_done(&w->errors);
    shodo_buf_done(&w->packed);
    shodo_buf_done(&w->plain);
    free(w);
}

static const struct shodo_source_ops ewf_ops = {.read = ewf_read, .free = ewf_free};

/* Puts the parts where their numbers say; every number from 1 must be there once. */
static enum shodo_status sort_parts(struct ewf *w, struct shodo_source **parts, size_t count,
                                    struct shodo_error *err) {
    for (size_t i = 0; i < count; i++) {
        uint8_t p[HEADER_BYTES];
        size_t number = 0;
        if (!read_exact(parts[i], 0, p, sizeof(p)))
            return shodo_fail(err, SHODO_DAMAGED, "E01: a segment is empty or cannot be read");
        if (memcmp(p, "EVF2", 4) == 0 || memcmp(p, "LEF2", 4) == 0 || memcmp(p, "LVF", 3) == 0)
            return shodo_fail(err, SHODO_UNSUPPORTED,
                              "Ex01 and L01 images are not read: ask for E01 or a raw image");
        if (memcmp(p, "EVF\x09\x0d\x0a\xff\x00", 8) != 0)
            return shodo_fail(err, SHODO_DAMAGED, "E01: one of the segments is no E01 file");
        number = shodo_le16(p + 9);
        if (number == 0 || number > count)
            return shodo_fail(
                err, SHODO_DAMAGED,
                "E01: %zu segments are here, but one is number %zu: the set is incomplete", count,
                number);
        if (w->parts[number - 1])
            return shodo_fail(err, SHODO_DAMAGED, "E01: segment %zu is here twice", number);
        w->parts[number - 1] = parts[i];
        parts[i] = NULL;
    }
    return SHODO_OK;
}

static enum shodo_status read_all(struct ewf *w, struct shodo_error *err) {
    bool is_last = false;
    for (size_t i = 0; i < w->count; i++) {
        enum shodo_status st = read_segment(w, (uint32_t)i, &is_last, err);
        if (st != SHODO_OK)
            return st;
        if (is_last && i + 1 < w->count)
            return shodo_fail(err, SHODO_DAMAGED, "E01: there are segments after the last one");
        if (!is_last && i + 1 == w->count)
            return shodo_fail(err, SHODO_DAMAGED,
                              "E01: segment %zu is missing: ask for the complete set", i + 2);
    }
    if (w->chunk_bytes == 0)
        return shodo_fail(err, SHODO_DAMAGED,
                          "E01: the description of its medium is missing or damaged");
    return SHODO_OK;
}

enum shodo_status shodo_ewf_open(struct shodo_source **ret, struct shodo_source **parts,
                                 size_t count, struct shodo_ewf_info *ret_info,
                                 struct shodo_error *err) {
    struct ewf *w = calloc(1, sizeof(*w));
    enum shodo_status st = SHODO_OK;
    if (w)
        w->parts = calloc(count > 0 ? count : 1, sizeof(struct shodo_source *));
    if (!w || !w->parts) {
        st = shodo_fail(err, SHODO_NOMEM, "no memory for an E01 image");
    } else {
        w->count = count;
        w->tables = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct table));
        w->errors = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct bad_sectors));
        w->index = UINT64_MAX;
        st = sort_parts(w, parts, count, err);
        if (st == SHODO_OK)
            st = read_all(w, err);
    }
    if (st != SHODO_OK) {
        for (size_t i = 0; i < count; i++)
            shodo_source_free(parts[i]);
        if (w && w->parts)
            ewf_free(w);
        else
            free(w);
        return st;
    }
    if (ret_info) {
        *ret_info = (struct shodo_ewf_info){
            .chunks = w->chunks, .chunk_bytes = w->chunk_bytes, .sector_bytes = w->sector_bytes};
        memcpy(ret_info->md5, w->md5, sizeof(w->md5));
        memcpy(ret_info->sha1, w->sha1, sizeof(w->sha1));
        for (size_t i = 0; i < w->errors.count; i++)
            ret_info->bad_sectors += ((const struct bad_sectors *)w->errors.data)[i].count;
    }
    return shodo_source_layer(ret, &ewf_ops, w, w->media_bytes, w->sector_bytes, err);
}
