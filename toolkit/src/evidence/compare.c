/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "evidence/content.h"

enum { PIECE_BYTES = 1 << 16, BEAT_EVERY = 4096 };

struct row {
    struct shodo_version v;
    const char *stream;
    size_t stream_len;
    const uint8_t *entry; /* want_content: the encoded entry */
    size_t entry_len, stream_at;
    bool is_paired;
};

struct state {
    struct shodo_volume *volume;
    struct shodo_vec rows; /* struct row */
    struct shodo_arena arena;
    struct shodo_buf scratch;
};

struct comparison {
    struct state before, now;
    struct state *filling;
    const struct shodo_compare_sink *sink;
    struct shodo_compare_stats *stats;
    struct shodo_compare_options o;
    uint64_t steps;
    bool is_too_many;
};

const char *shodo_difference_name(enum shodo_difference_kind k) {
    static const char *const names[] = {"added", "removed", "changed", "renamed", "replaced"};
    return names[k <= SHODO_DIFFERENCE_REPLACED ? k : SHODO_DIFFERENCE_CHANGED];
}

static enum shodo_status beat(struct comparison *c) {
    return ++c->steps % BEAT_EVERY == 0 && c->sink->beat ? c->sink->beat(c->sink->ctx) : SHODO_OK;
}

static enum shodo_status keep_streams(struct comparison *c, const struct shodo_entry *e) {
    struct state *s = c->filling;
    const char *path = shodo_arena_str(&s->arena, e->path, e->path_len);
    const uint8_t *entry = NULL;
    size_t entry_len = 0;
    if (c->o.want_content) {
        shodo_buf_clear(&s->scratch);
        if (!shodo_entry_encode(&s->scratch, e))
            return SHODO_OK; /* beyond the limits of an entry: the listing of the volume says so */
        entry_len = s->scratch.len;
        entry = (const uint8_t *)shodo_arena_str(&s->arena, s->scratch.data, entry_len);
        if (!entry)
            return SHODO_NOMEM;
    }
    for (size_t i = 0; path && i < e->streams_count; i++) {
        const struct shodo_stream *t = &e->streams[i];
        struct row *r = t->flags & SHODO_STREAM_NOT_DATA ? NULL : shodo_vec_push(&s->rows);
        if (t->flags & SHODO_STREAM_NOT_DATA)
            continue;
        if (!r || !(r->stream = shodo_arena_str(&s->arena, t->name, t->name_len)))
            return SHODO_NOMEM;
        r->stream_len = t->name_len;
        r->stream_at = i;
        r->entry = entry;
        r->entry_len = entry_len;
        r->v = (struct shodo_version){.path = path,
                                      .path_len = e->path_len,
                                      .record = e->record,
                                      .sequence = e->sequence,
                                      .size_bytes = t->size_bytes,
                                      .modified = e->times[SHODO_TIME_MODIFIED]};
    }
    return path ? SHODO_OK : SHODO_NOMEM;
}

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct comparison *c = ctx;
    enum shodo_status st = beat(c);
    if (st != SHODO_OK || (e->flags & (SHODO_ENTRY_DELETED | SHODO_ENTRY_SYSTEM)))
        return st;
    if (c->o.is_left_out && c->o.is_left_out(e->path, e->path_len))
        return SHODO_OK;
    c->is_too_many = c->o.max_streams && c->filling->rows.count >= c->o.max_streams;
    if (c->is_too_many)
        return SHODO_LIMIT;
    return keep_streams(c, e);
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    struct comparison *c = ctx;
    if (c->sink->problem)
        c->sink->problem(c->sink->ctx, reason, record, path, text);
}

static int by_text(const char *a, size_t na, const char *b, size_t nb) {
    int r = memcmp(a, b, SHODO_MIN(na, nb));
    return r ? r : (na > nb) - (na < nb);
}

static int by_record(const void *pa, const void *pb) {
    const struct row *a = pa, *b = pb;
    if (a->v.record != b->v.record)
        return a->v.record < b->v.record ? -1 : 1;
    if (a->v.sequence != b->v.sequence)
        return a->v.sequence < b->v.sequence ? -1 : 1;
    return by_text(a->stream, a->stream_len, b->stream, b->stream_len);
}

static int by_path(const void *pa, const void *pb) {
    const struct row *a = *(const struct row *const *)pa, *b = *(const struct row *const *)pb;
    int r = by_text(a->v.path, a->v.path_len, b->v.path, b->v.path_len);
    return r ? r : by_text(a->stream, a->stream_len, b->stream, b->stream_len);
}

static enum shodo_status list(struct comparison *c, struct state *s, struct shodo_error *err) {
    const struct shodo_walk_options o = {.want_deleted = false};
    const struct shodo_walk_sink sink = {.ctx = c, .entry = on_entry, .problem = on_problem};
    shodo_autop(shodo_walk) struct shodo_walk *w = NULL;
    enum shodo_status st = shodo_walk_open(&w, s->volume, err);
    c->filling = s;
    if (st == SHODO_OK)
        st = shodo_walk_run(w, &o, &sink, NULL, err);
    if (c->is_too_many)
        return shodo_fail(err, SHODO_LIMIT, "more than %llu files in one state",
                          (unsigned long long)c->o.max_streams);
    if (s->rows.count)
        qsort(s->rows.data, s->rows.count, sizeof(struct row), by_record);
    return st;
}

/* false: not all of it could be read. */
static bool digest(struct comparison *c, const struct state *s, const struct row *r,
                   uint8_t out[SHODO_SHA256_BYTES]) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    shodo_autop(shodo_content) struct shodo_content *content = NULL;
    static uint8_t piece[PIECE_BYTES];
    struct shodo_cur cur = shodo_cur_of(r->entry, r->entry_len);
    struct shodo_entry e;
    if (shodo_entry_decode(&e, &cur, &arena, NULL) != SHODO_OK || r->stream_at >= e.streams_count ||
        shodo_content_open(&content, s->volume->source, &e, r->stream_at, NULL) != SHODO_OK)
        return false;
    struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    bool is_whole = h != NULL;
    for (uint64_t at = 0, size = shodo_content_size(content); is_whole && at < size;) {
        size_t n = 0;
        is_whole = shodo_content_read(content, at, piece, sizeof(piece), &n, NULL) == SHODO_OK &&
                   n > 0 && beat(c) == SHODO_OK;
        if (is_whole)
            shodo_hash_update(h, piece, n);
        at += n;
    }
    if (is_whole)
        shodo_hash_final(h, out);
    shodo_hash_free(h);
    return is_whole && shodo_content_lost(content) == 0;
}

static bool is_same_content(struct comparison *c, const struct row *a, const struct row *b) {
    uint8_t da[SHODO_SHA256_BYTES], db[SHODO_SHA256_BYTES];
    if (a->v.size_bytes > SHODO_LIMIT_COMPARE_BYTES || !digest(c, &c->before, a, da) ||
        !digest(c, &c->now, b, db)) {
        c->stats->unread++;
        return true;
    }
    return memcmp(da, db, sizeof(da)) == 0;
}

static enum shodo_status tell(struct comparison *c, enum shodo_difference_kind kind,
                              const struct row *before, const struct row *now, bool is_content) {
    const struct row *named = now ? now : before;
    const struct shodo_difference d = {.kind = kind,
                                       .stream = named->stream,
                                       .stream_len = named->stream_len,
                                       .before = before ? &before->v : NULL,
                                       .now = now ? &now->v : NULL,
                                       .is_content = is_content};
    c->stats->differences++;
    return c->sink->difference(c->sink->ctx, &d);
}

/* The same record, sequence and stream in both states. */
static enum shodo_status compare_pair(struct comparison *c, struct row *a, struct row *b) {
    bool is_touched = a->v.size_bytes != b->v.size_bytes || a->v.modified != b->v.modified;
    a->is_paired = b->is_paired = true;
    if (by_text(a->v.path, a->v.path_len, b->v.path, b->v.path_len) != 0)
        return tell(c, SHODO_DIFFERENCE_RENAMED, a, b, false);
    if (is_touched)
        return tell(c, SHODO_DIFFERENCE_CHANGED, a, b, false);
    if (c->o.want_content && !is_same_content(c, a, b))
        return tell(c, SHODO_DIFFERENCE_CHANGED, a, b, true);
    return SHODO_OK;
}

static enum shodo_status compare_records(struct comparison *c) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0, k = 0;
         st == SHODO_OK && i < c->before.rows.count && k < c->now.rows.count;) {
        struct row *a = shodo_vec_at(&c->before.rows, i), *b = shodo_vec_at(&c->now.rows, k);
        int order = by_record(a, b);
        st = beat(c);
        if (order == 0 && st == SHODO_OK)
            st = compare_pair(c, a, b);
        i += order <= 0;
        k += order >= 0;
    }
    return st;
}

/* Rows that found no partner, by path. */
static const struct row **left_over(const struct state *s, size_t *ret) {
    const struct row **rows = calloc(s->rows.count + 1, sizeof(const struct row *));
    *ret = 0;
    for (size_t i = 0; rows && i < s->rows.count; i++) {
        const struct row *r = shodo_vec_at(&s->rows, i);
        if (!r->is_paired)
            rows[(*ret)++] = r;
    }
    if (rows && *ret)
        qsort(rows, *ret, sizeof(const struct row *), by_path);
    return rows;
}

/* A program that writes a new file and renames it over the old one leaves the path and changes the
 * record. */
static enum shodo_status compare_paths(struct comparison *c, struct shodo_error *err) {
    size_t na = 0, nb = 0, i = 0, k = 0;
    const struct row **a = left_over(&c->before, &na), **b = left_over(&c->now, &nb);
    enum shodo_status st = a && b ? SHODO_OK
                                  : shodo_fail(err, SHODO_NOMEM, "no memory for comparing");
    while (st == SHODO_OK && (i < na || k < nb)) {
        int order = i == na ? 1 : k == nb ? -1 : by_path(&a[i], &b[k]);
        if (order == 0)
            st = tell(c, SHODO_DIFFERENCE_REPLACED, a[i++], b[k++], false);
        else if (order < 0)
            st = tell(c, SHODO_DIFFERENCE_REMOVED, a[i++], NULL, false);
        else
            st = tell(c, SHODO_DIFFERENCE_ADDED, NULL, b[k++], false);
    }
    free(a);
    free(b);
    return st;
}

static void state_done(struct state *s) {
    shodo_vec_done(&s->rows);
    shodo_arena_done(&s->arena);
    shodo_buf_done(&s->scratch);
}

enum shodo_status shodo_compare(struct shodo_volume *before, struct shodo_volume *now,
                                const struct shodo_compare_options *o,
                                const struct shodo_compare_sink *sink,
                                struct shodo_compare_stats *ret, struct shodo_error *err) {
    const struct state empty = {.rows = SHODO_VEC_INIT(sizeof(struct row)),
                                .arena = SHODO_ARENA_INIT,
                                .scratch = SHODO_BUF_INIT};
    struct comparison c = {.before = empty, .now = empty, .sink = sink, .stats = ret, .o = *o};
    c.before.volume = before;
    c.now.volume = now;
    *ret = (struct shodo_compare_stats){0};
    enum shodo_status st = list(&c, &c.before, err);
    if (st == SHODO_OK)
        st = list(&c, &c.now, err);
    ret->before = c.before.rows.count;
    ret->now = c.now.rows.count;
    if (st == SHODO_OK)
        st = compare_records(&c);
    if (st == SHODO_OK)
        st = compare_paths(&c, err);
    state_done(&c.before);
    state_done(&c.now);
    return st;
}
