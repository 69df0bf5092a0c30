/* SPDX-License-Identifier: Apache-2.0 */
/* The message form of an entry. Paths and JSON are in entry_show.c. */
#include "model/entry.h"

#include <string.h>

#include "base/limits.h"

/* First byte of every encoded entry; a different build on the other end of the pipe cannot be
 * misread. */
#define ENTRY_FORMAT 1u

enum { HAS_HOLE = 1 }; /* low bit of a run's length field */

static uint64_t zigzag(int64_t v) {
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t v) {
    return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

static void add_times(struct shodo_buf *b, const int64_t times[SHODO_TIMES]) {
    for (size_t i = 0; i < SHODO_TIMES; i++)
        shodo_buf_add_le64(b, (uint64_t)times[i]);
}

/*
 * Offsets as difference to the end of the run before: the runs of a fragmented file lie near each
 * other, and 100,000 of them should fit into one message.
 */
static bool add_runs(struct shodo_buf *b, const struct shodo_stream *s) {
    uint64_t end = 0;

    shodo_buf_add_var(b, s->runs_count);
    for (size_t i = 0; i < s->runs_count; i++) {
        const struct shodo_run *r = &s->runs[i];
        if (r->length > INT64_MAX || r->offset > INT64_MAX)
            return false;
        shodo_buf_add_var(b, r->length << 1 | (r->is_hole ? HAS_HOLE : 0));
        if (r->is_hole)
            continue;
        shodo_buf_add_var(b, zigzag((int64_t)(r->offset - end)));
        end = r->offset + r->length;
    }
    return true;
}

static bool add_stream(struct shodo_buf *b, const struct shodo_stream *s) {
    if (s->name_len > SHODO_LIMIT_PATH_BYTES || s->resident_len > SHODO_LIMIT_RESIDENT_BYTES ||
        s->runs_count > SHODO_LIMIT_RUNS)
        return false;
    shodo_buf_add_str(b, s->name, s->name_len);
    shodo_buf_add_var(b, s->size_bytes);
    shodo_buf_add_var(b, s->valid_bytes);
    shodo_buf_add_var(b, s->flags);
    shodo_buf_add_var(b, s->unit_bytes);
    shodo_buf_add_le16(b, s->attr_id);
    shodo_buf_add_le16(b, s->attr_type);
    shodo_buf_add_str(b, (const char *)s->resident, s->resident_len);
    return add_runs(b, s);
}

static bool add_name(struct shodo_buf *b, const struct shodo_name *n) {
    if (n->name_len > SHODO_LIMIT_PATH_BYTES || n->path_len > SHODO_LIMIT_PATH_BYTES)
        return false;
    shodo_buf_add_str(b, n->name, n->name_len);
    shodo_buf_add_var(b, n->parent);
    shodo_buf_add_le16(b, n->parent_seq);
    shodo_buf_addc(b, (char)n->name_space);
    shodo_buf_add_str(b, n->path, n->path_len);
    add_times(b, n->times);
    return true;
}

bool shodo_entry_encode(struct shodo_buf *out, const struct shodo_entry *e) {
    size_t start = out->len;

    if (e->path_len > SHODO_LIMIT_PATH_BYTES || e->owner_len > SHODO_LIMIT_PATH_BYTES ||
        e->damage_len > SHODO_LIMIT_PATH_BYTES || e->names_count > SHODO_LIMIT_NAMES ||
        e->streams_count > SHODO_LIMIT_STREAMS)
        return false;
    shodo_buf_addc(out, ENTRY_FORMAT);
    shodo_buf_add_var(out, e->volume);
    shodo_buf_add_var(out, e->record);
    shodo_buf_add_le16(out, e->sequence);
    shodo_buf_addc(out, (char)e->kind);
    shodo_buf_add_var(out, e->flags);
    shodo_buf_add_var(out, e->reparse_tag);
    shodo_buf_addc(out, e->drive);
    shodo_buf_add_str(out, e->path, e->path_len);
    shodo_buf_add_str(out, e->owner, e->owner_len);
    shodo_buf_add_str(out, e->damage, e->damage_len);
    add_times(out, e->times);
    shodo_buf_add_var(out, e->names_count);
    bool ok = true;
    for (size_t i = 0; i < e->names_count; i++)
        ok &= add_name(out, &e->names[i]);
    shodo_buf_add_var(out, e->streams_count);
    for (size_t i = 0; i < e->streams_count; i++)
        ok &= add_stream(out, &e->streams[i]);
    if (!ok && !out->failed) { /* leave no half entry behind */
        out->len = start;
        out->data[start] = '\0';
    }
    return ok && !out->failed;
}

/* What goes wrong while decoding is kept here and reported once. */
struct decoder {
    struct shodo_cur *c;
    struct shodo_arena *arena;
    enum shodo_status rc;
    const char *what;
};

static void stop(struct decoder *d, enum shodo_status rc, const char *what) {
    if (d->rc == SHODO_OK) {
        d->rc = rc;
        d->what = what;
    }
}

static const char *take_text(struct decoder *d, size_t max, size_t *ret_len) {
    const char *s = shodo_cur_str(d->c, ret_len);

    if (!s || *ret_len > max) {
        stop(d, s ? SHODO_LIMIT : SHODO_DAMAGED, "text");
        *ret_len = 0;
        return "";
    }
    s = shodo_arena_str(d->arena, s, *ret_len);
    if (!s) {
        stop(d, SHODO_NOMEM, "text");
        *ret_len = 0;
        return "";
    }
    return s;
}

/* A count of items of at least `item_min` encoded bytes: what cannot be there is not allocated. */
static size_t take_count(struct decoder *d, uint64_t max, size_t item_min, const char *what) {
    uint64_t n = shodo_cur_var(d->c);

    if (d->c->bad || n > shodo_cur_left(d->c) / item_min) {
        stop(d, SHODO_DAMAGED, what);
        return 0;
    }
    if (n > max) {
        stop(d, SHODO_LIMIT, what);
        return 0;
    }
    return (size_t)n;
}

static void *take_array(struct decoder *d, size_t count, size_t bytes, size_t align) {
    size_t total;

    if (count == 0)
        return NULL;
    void *p = shodo_mul_size(count, bytes, &total) ? shodo_arena_alloc(d->arena, total, align)
                                                   : NULL;
    if (!p)
        stop(d, SHODO_NOMEM, "array");
    return p;
}

static void take_times(struct decoder *d, int64_t times[SHODO_TIMES]) {
    for (size_t i = 0; i < SHODO_TIMES; i++)
        times[i] = (int64_t)shodo_cur_le64(d->c);
}

static uint32_t take_u32(struct decoder *d) {
    uint64_t v = shodo_cur_var(d->c);

    if (v > UINT32_MAX)
        stop(d, SHODO_DAMAGED, "number");
    return (uint32_t)v;
}

static void take_runs(struct decoder *d, struct shodo_stream *s) {
    uint64_t end = 0;
    size_t count = take_count(d, SHODO_LIMIT_RUNS, 1, "runs");
    struct shodo_run *runs = take_array(d, count, sizeof(*runs), _Alignof(struct shodo_run));

    for (size_t i = 0; runs && i < count && d->rc == SHODO_OK; i++) {
        uint64_t v = shodo_cur_var(d->c);
        runs[i].length = v >> 1;
        runs[i].is_hole = v & HAS_HOLE;
        if (runs[i].is_hole)
            continue;
        runs[i].offset = end + (uint64_t)unzigzag(shodo_cur_var(d->c));
        if (runs[i].offset > INT64_MAX)
            stop(d, SHODO_DAMAGED, "run");
        end = runs[i].offset + runs[i].length;
    }
    s->runs = runs;
    s->runs_count = runs ? count : 0;
}

static void take_stream(struct decoder *d, struct shodo_stream *s) {
    s->name = take_text(d, SHODO_LIMIT_PATH_BYTES, &s->name_len);
    s->size_bytes = shodo_cur_var(d->c);
    s->valid_bytes = shodo_cur_var(d->c);
    s->flags = take_u32(d);
    s->unit_bytes = take_u32(d);
    s->attr_id = shodo_cur_le16(d->c);
    s->attr_type = shodo_cur_le16(d->c);
    s->resident = (const uint8_t *)take_text(d, SHODO_LIMIT_RESIDENT_BYTES, &s->resident_len);
    take_runs(d, s);
}

static void take_name(struct decoder *d, struct shodo_name *n) {
    n->name = take_text(d, SHODO_LIMIT_PATH_BYTES, &n->name_len);
    n->parent = shodo_cur_var(d->c);
    n->parent_seq = shodo_cur_le16(d->c);
    n->name_space = shodo_cur_u8(d->c);
    n->path = take_text(d, SHODO_LIMIT_PATH_BYTES, &n->path_len);
    if (n->path_len == 0)
        n->path = NULL;
    take_times(d, n->times);
}

/* Smallest encodings: variable numbers and empty texts take one byte each. */
#define NAME_BYTES_MIN   (3 + 3 + 8 * SHODO_TIMES)
#define STREAM_BYTES_MIN (7 + 4)

static void take_entry(struct decoder *d, struct shodo_entry *e) {
    if (shodo_cur_u8(d->c) != ENTRY_FORMAT)
        stop(d, SHODO_DAMAGED, "format");
    e->volume = take_u32(d);
    e->record = shodo_cur_var(d->c);
    e->sequence = shodo_cur_le16(d->c);
    uint8_t kind = shodo_cur_u8(d->c);
    if (kind > SHODO_ENTRY_OTHER)
        stop(d, SHODO_DAMAGED, "kind");
    e->kind = (enum shodo_entry_kind)(kind & 3);
    e->flags = take_u32(d);
    e->reparse_tag = take_u32(d);
    e->drive = (char)shodo_cur_u8(d->c);
    e->path = take_text(d, SHODO_LIMIT_PATH_BYTES, &e->path_len);
    e->owner = take_text(d, SHODO_LIMIT_PATH_BYTES, &e->owner_len);
    e->damage = take_text(d, SHODO_LIMIT_PATH_BYTES, &e->damage_len);
    take_times(d, e->times);
    e->names_count = take_count(d, SHODO_LIMIT_NAMES, NAME_BYTES_MIN, "names");
    e->names = take_array(d, e->names_count, sizeof(*e->names), _Alignof(struct shodo_name));
    for (size_t i = 0; i < e->names_count && d->rc == SHODO_OK; i++)
        take_name(d, &e->names[i]);
    e->streams_count = take_count(d, SHODO_LIMIT_STREAMS, STREAM_BYTES_MIN, "streams");
    e->streams = take_array(d, e->streams_count, sizeof(*e->streams),
                            _Alignof(struct shodo_stream));
    for (size_t i = 0; i < e->streams_count && d->rc == SHODO_OK; i++)
        take_stream(d, &e->streams[i]);
}

enum shodo_status shodo_entry_decode(struct shodo_entry *ret, struct shodo_cur *c,
                                     struct shodo_arena *arena, struct shodo_error *err) {
    struct shodo_entry e = {.volume = 0};
    struct decoder d = {.c = c, .arena = arena, .rc = SHODO_OK, .what = ""};

    take_entry(&d, &e);
    if (c->bad)
        stop(&d, SHODO_DAMAGED, "end of message");
    if (d.rc != SHODO_OK)
        return shodo_fail(err, d.rc, "entry message: bad %s near byte %zu", d.what, c->pos);
    *ret = e;
    return SHODO_OK;
}
