/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/collect.h"

#include <stdlib.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/channel.h"
#include "engine/host_image.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "engine/worker.h"
#include "evidence/content.h"
#include "evidence/walk.h"

enum { PIECE_BYTES = 256 << 10, BEAT_EVERY = 4096 };

/* What the worker inherits. */
struct reading {
    struct shodo_picks *picks;
    const struct shodo_host_source *host;
    size_t first; /* pick to go on with */
};

struct found {
    const uint8_t *bytes; /* encoded entry */
    size_t len;
};

struct walking {
    const struct reading *job;
    int fd;
    struct shodo_volume_table table;
    struct found *found;     /* one per pick */
    struct shodo_vec sorted; /* uint32_t: planned picks by volume, record, sequence */
    struct shodo_arena arena;
    struct shodo_buf scratch;
    uint64_t seen;
};

static const struct shodo_pick *pick_at(const struct reading *r, size_t i) {
    return shodo_vec_at(&r->picks->list, i);
}

static int compare_key(const struct shodo_pick *a, uint32_t volume, uint64_t record,
                       uint16_t sequence) {
    if (a->volume != volume)
        return a->volume < volume ? -1 : 1;
    if (a->record != record)
        return a->record < record ? -1 : 1;
    return a->sequence == sequence ? 0 : a->sequence < sequence ? -1 : 1;
}

static int compare_sorted(const void *pa, const void *pb, void *ctx) {
    const struct shodo_pick *a = pick_at(ctx, *(const uint32_t *)pa),
                            *b = pick_at(ctx, *(const uint32_t *)pb);
    return compare_key(a, b->volume, b->record, b->sequence);
}

/* First of the sorted picks that is not below the key. */
static size_t lower_bound(const struct walking *w, const struct shodo_entry *e) {
    size_t lo = 0, hi = w->sorted.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const struct shodo_pick *p = pick_at(w->job,
                                             *(const uint32_t *)shodo_vec_at(&w->sorted, mid));
        if (compare_key(p, e->volume, e->record, e->sequence) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static enum shodo_status on_entry(void *ctx, const struct shodo_entry *e) {
    struct walking *w = ctx;
    if (++w->seen % BEAT_EVERY == 0 &&
        shodo_channel_send(w->fd, SHODO_MSG_LISTING, NULL, 0, NULL) != SHODO_OK)
        return SHODO_IO;
    for (size_t i = lower_bound(w, e); i < w->sorted.count; i++) {
        uint32_t at = *(const uint32_t *)shodo_vec_at(&w->sorted, i);
        if (compare_key(pick_at(w->job, at), e->volume, e->record, e->sequence) != 0)
            break;
        if (w->found[at].bytes)
            continue;
        shodo_buf_clear(&w->scratch);
        if (!shodo_entry_encode(&w->scratch, e))
            continue;
        char *copy = shodo_arena_alloc(&w->arena, w->scratch.len, 1);
        if (!copy)
            return SHODO_NOMEM;
        memcpy(copy, w->scratch.data, w->scratch.len);
        w->found[at] = (struct found){.bytes = (const uint8_t *)copy, .len = w->scratch.len};
    }
    return SHODO_OK;
}

static void on_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                       const char *path, const char *text) {
    /* triage has put it into the ledger; here it only means that a pick may be missing */
    (void)ctx, (void)reason, (void)record, (void)path, (void)text;
}

static enum shodo_status send_end(struct walking *w, uint64_t lost, const char *text,
                                  struct shodo_error *err) {
    shodo_buf_clear(&w->scratch);
    shodo_buf_add_var(&w->scratch, lost);
    shodo_msg_put_text(&w->scratch, text);
    return shodo_channel_send(w->fd, SHODO_MSG_END, w->scratch.data, w->scratch.len, err);
}

static enum shodo_status send_begin(struct walking *w, size_t i, bool is_found, uint64_t size,
                                    uint64_t skipped, struct shodo_error *err) {
    shodo_buf_clear(&w->scratch);
    shodo_buf_add_var(&w->scratch, i);
    shodo_buf_addc(&w->scratch, is_found);
    shodo_buf_add_var(&w->scratch, size);
    shodo_buf_add_var(&w->scratch, skipped);
    return shodo_channel_send(w->fd, SHODO_MSG_BEGIN, w->scratch.data, w->scratch.len, err);
}

static enum shodo_status send_content(struct walking *w, size_t i, struct shodo_content *c,
                                      const char *stream, struct shodo_error *err) {
    uint64_t size = shodo_content_size(c);
    uint64_t at = strcmp(stream, "$J") == 0 ? shodo_content_next_data(c, 0) : 0;
    if (at < SHODO_COLLECT_HOLE_BYTES)
        at = 0;
    enum shodo_status st = send_begin(w, i, true, size - at, at, err);
    struct shodo_buf b = SHODO_BUF_INIT;
    if (st == SHODO_OK && !shodo_buf_reserve(&b, PIECE_BYTES))
        st = shodo_fail(err, SHODO_NOMEM, "no memory for reading");
    const char *text = NULL;
    while (st == SHODO_OK && at < size) {
        struct shodo_error why = SHODO_ERROR_INIT;
        size_t n = 0;
        if (shodo_content_read(c, at, b.data, (size_t)SHODO_MIN((uint64_t)PIECE_BYTES, size - at),
                               &n, &why) != SHODO_OK ||
            n == 0) {
            text = why.text[0] ? "the rest cannot be read" : "the stream ended early";
            break;
        }
        st = shodo_channel_send(w->fd, SHODO_MSG_DATA, b.data, n, err);
        at += n;
    }
    shodo_buf_done(&b);
    if (st == SHODO_OK)
        st = send_end(w, shodo_content_lost(c), text ? text : shodo_content_damage(c), err);
    return st;
}

static enum shodo_status send_pick(struct walking *w, size_t i, struct shodo_error *err) {
    const struct shodo_pick *p = pick_at(w->job, i);
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry e;
    struct shodo_error why = SHODO_ERROR_INIT;
    struct shodo_cur c = shodo_cur_of(w->found[i].bytes, w->found[i].len);
    if (!w->found[i].bytes || shodo_entry_decode(&e, &c, &arena, &why) != SHODO_OK ||
        e.volume >= w->table.volumes.count)
        return send_begin(w, i, false, 0, 0, err);
    size_t s = 0;
    while (s < e.streams_count &&
           (e.streams[s].name_len != strlen(p->stream) ||
            memcmp(e.streams[s].name, p->stream, e.streams[s].name_len) != 0))
        s++;
    if (s == e.streams_count)
        return send_begin(w, i, false, 0, 0, err);
    struct shodo_content *content = NULL;
    enum shodo_status st = shodo_content_open(
        &content, shodo_volume_at(&w->table, e.volume)->source, &e, s, &why);
    if (st == SHODO_OK) {
        st = send_content(w, i, content, p->stream, err);
    } else {
        st = send_begin(w, i, true, 0, 0, err);
        if (st == SHODO_OK)
            st = send_end(w, UINT64_MAX, why.text, err);
    }
    shodo_content_free(content);
    return st;
}

static enum shodo_status find_entries(struct walking *w, struct shodo_error *err) {
    struct shodo_source *s = NULL;
    const struct shodo_host_source *h = w->job->host;
    size_t n = w->job->picks->list.count;
    for (size_t i = w->job->first; i < n; i++)
        if (pick_at(w->job, i)->outcome == SHODO_OUTCOME_PLANNED) {
            uint32_t *slot = shodo_vec_push(&w->sorted);
            if (!slot)
                return shodo_fail(err, SHODO_NOMEM, "no memory for the list of files");
            *slot = (uint32_t)i;
        }
    if (w->sorted.count)
        qsort_r(w->sorted.data, w->sorted.count, sizeof(uint32_t), compare_sorted,
                (void *)(uintptr_t)w->job);
    w->found = calloc(n ? n : 1, sizeof *w->found);
    enum shodo_status st = w->found
                               ? SHODO_OK
                               : shodo_fail(err, SHODO_NOMEM, "no memory for the list of files");
    if (st == SHODO_OK)
        st = shodo_host_volumes_open(&s, &w->table, h, NULL, err);
    const struct shodo_walk_sink sink = {.ctx = w, .entry = on_entry, .problem = on_problem};
    const struct shodo_walk_options o = {.want_deleted = true, .want_system = true};
    for (size_t i = 0; st == SHODO_OK && i < w->table.volumes.count; i++) {
        struct shodo_volume *v = shodo_volume_at(&w->table, i);
        struct shodo_walk *walk = NULL;
        struct shodo_walk_stats stats = {0};
        if (v->fs == SHODO_FS_NONE || v->why[0] || shodo_walk_open(&walk, v, NULL) != SHODO_OK)
            continue;
        /* A walk that a damaged volume ends early: what it did not come to is sent as not found. */
        if (shodo_walk_run(walk, &o, &sink, &stats, err) == SHODO_NOMEM)
            st = SHODO_NOMEM;
        shodo_walk_free(walk);
    }
    return st;
}

static int reader_run(void *ctx, int channel_fd) {
    struct walking w = {.job = ctx, .fd = channel_fd, .sorted = SHODO_VEC_INIT(sizeof(uint32_t))};
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_sandbox_enter(NULL, &err);
    if (st == SHODO_OK)
        st = find_entries(&w, &err);
    for (size_t i = w.job->first; st == SHODO_OK && i < w.job->picks->list.count; i++)
        if (pick_at(w.job, i)->outcome == SHODO_OUTCOME_PLANNED)
            st = send_pick(&w, i, &err);
    if (st == SHODO_OK)
        st = shodo_channel_send(channel_fd, SHODO_MSG_LISTED, NULL, 0, &err);
    if (st != SHODO_OK)
        shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
    return st != SHODO_OK;
}

/* ---- supervisor's side ---- */

struct receiving {
    struct reading job;
    const struct shodo_collect_sink *sink;
    struct shodo_pick *now; /* between BEGIN and END */
    bool is_skipped;        /* the sink did not want it */
    uint64_t announced;
    struct shodo_arena arena;
    bool is_done;
};

static void set_text(struct shodo_pick *p, const char *text) {
    shodo_text_safe_fixed(p->text, sizeof p->text, text, strlen(text));
}

static enum shodo_status finish_pick(struct receiving *r, uint64_t lost, const char *text,
                                     struct shodo_error *err) {
    struct shodo_pick *p = r->now;
    r->now = NULL;
    if (r->is_skipped)
        return SHODO_OK;
    p->lost_bytes = lost == UINT64_MAX ? p->size_bytes : lost;
    bool is_short = p->written_bytes < r->announced;
    p->outcome = lost || is_short                             ? SHODO_OUTCOME_FAILED
                 : p->written_bytes == 0 && r->announced == 0 ? SHODO_OUTCOME_EMPTY
                                                              : SHODO_OUTCOME_COLLECTED;
    if (text && *text)
        set_text(p, text);
    else if (lost)
        snprintf(p->text, sizeof p->text, "%llu bytes could not be read and are zeros",
                 (unsigned long long)lost);
    return r->sink->end(r->sink->ctx, p, err);
}

static enum shodo_status on_begin(struct receiving *r, struct shodo_cur *c, struct shodo_error *why,
                                  struct shodo_error *fatal) {
    uint64_t i = shodo_cur_var(c);
    bool is_found = shodo_cur_u8(c) != 0;
    uint64_t size = shodo_cur_var(c), skipped = shodo_cur_var(c);
    struct shodo_vec *list = &r->job.picks->list;
    if (c->bad || r->now || i < r->job.first || i >= list->count)
        return shodo_fail(why, SHODO_DAMAGED, "the reader sent a damaged beginning");
    struct shodo_pick *p = shodo_vec_at(list, (size_t)i);
    if (p->outcome != SHODO_OUTCOME_PLANNED)
        return shodo_fail(why, SHODO_DAMAGED, "the reader sent what was not asked for");
    r->job.first = (size_t)i + 1;
    if (!is_found) {
        p->outcome = SHODO_OUTCOME_MISSING;
        set_text(p, "not there any more, or its volume could not be listed");
        return SHODO_OK;
    }
    r->now = p;
    r->announced = size;
    p->skipped_bytes = skipped;
    p->written_bytes = 0;
    fatal->status = r->sink->begin(r->sink->ctx, p, fatal);
    r->is_skipped = fatal->status == SHODO_SKIP;
    fatal->status = r->is_skipped ? SHODO_OK : fatal->status;
    return SHODO_OK;
}

static enum shodo_status take(struct receiving *r, uint8_t type, struct shodo_cur *c,
                              struct shodo_error *why, struct shodo_error *fatal) {
    switch (type) {
    case SHODO_MSG_LISTING:
        return SHODO_OK;
    case SHODO_MSG_BEGIN:
        return on_begin(r, c, why, fatal);
    case SHODO_MSG_DATA:
        if (!r->now || c->len > r->announced - r->now->written_bytes)
            return shodo_fail(why, SHODO_DAMAGED, "the reader sent more than it announced");
        r->now->written_bytes += c->len;
        if (!r->is_skipped)
            fatal->status = r->sink->data(r->sink->ctx, r->now, c->data, c->len, fatal);
        return SHODO_OK;
    case SHODO_MSG_END: {
        const char *text = NULL;
        uint64_t lost = shodo_cur_var(c);
        shodo_arena_clear(&r->arena);
        if (!r->now || !shodo_msg_get_text(&text, SHODO_MSG_TEXT_BYTES, c, &r->arena))
            return shodo_fail(why, SHODO_DAMAGED, "the reader sent a damaged end");
        fatal->status = finish_pick(r, lost, text, fatal);
        return SHODO_OK;
    }
    case SHODO_MSG_LISTED:
        r->is_done = true;
        return SHODO_OK;
    case SHODO_MSG_FAIL:
        return shodo_fail(why, SHODO_DAMAGED, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                          (const char *)c->data);
    default:
        return shodo_fail(why, SHODO_DAMAGED, "unexpected message %u from the reader", type);
    }
}

/* One reader until its end; `why` says what became of it. Returns what ends the whole collection.
 */
static enum shodo_status receive(struct receiving *r, struct shodo_error *why,
                                 struct shodo_error *err) {
    struct shodo_worker w;
    struct shodo_error fatal = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_worker_start(&w, reader_run, &r->job, r->job.host, err);
    if (st != SHODO_OK)
        return st;
    while (!r->is_done && fatal.status == SHODO_OK) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_worker_next(&w, SHODO_LIMIT_ENTRY_SECONDS * 1000ULL, &type, &c, why);
        if (st == SHODO_CANCELLED)
            fatal = *why;
        if (st == SHODO_OK)
            st = take(r, type, &c, why, &fatal);
        if (st != SHODO_OK)
            break;
    }
    char how[96] = "";
    shodo_worker_stop(&w, true, how, NULL);
    if (st == SHODO_END)
        shodo_fail(why, SHODO_DAMAGED, "the reading process %s", how);
    if (fatal.status != SHODO_OK && err)
        *err = fatal;
    return fatal.status;
}

static enum shodo_status read_tree_file(struct receiving *r, struct shodo_pick *p,
                                        struct shodo_error *err) {
    int fd = -1;
    uint64_t size = 0;
    struct shodo_error why = SHODO_ERROR_INIT;
    if (shodo_tree_open_file(&fd, r->job.host->fd, p->path, strlen(p->path), &size, &why) !=
        SHODO_OK) {
        p->outcome = SHODO_OUTCOME_MISSING;
        set_text(p, why.text);
        return SHODO_OK;
    }
    r->now = p;
    r->announced = size;
    enum shodo_status st = r->sink->begin(r->sink->ctx, p, err);
    r->is_skipped = st == SHODO_SKIP;
    struct shodo_buf b = SHODO_BUF_INIT;
    if (st == SHODO_OK && !shodo_buf_reserve(&b, PIECE_BYTES))
        st = shodo_fail(err, SHODO_NOMEM, "no memory for reading");
    bool is_broken = false;
    while (st == SHODO_OK && p->written_bytes < size && !is_broken) {
        ssize_t n = read(fd, b.data,
                         (size_t)SHODO_MIN((uint64_t)PIECE_BYTES, size - p->written_bytes));
        if (n < 0 && errno == EINTR)
            continue;
        is_broken = n <= 0;
        if (n > 0) {
            p->written_bytes += (uint64_t)n;
            st = r->sink->data(r->sink->ctx, p, b.data, (size_t)n, err);
        }
        if (shodo_signals_is_cancelled())
            st = shodo_fail(err, SHODO_CANCELLED, "cancelled");
    }
    shodo_buf_done(&b);
    shodo_io_close(&fd);
    if (st < 0)
        return st;
    return finish_pick(r, is_broken ? size - p->written_bytes : 0,
                       is_broken ? "the rest cannot be read" : NULL, err);
}

enum shodo_status shodo_collect_read(struct shodo_picks *p, const struct shodo_host_source *host,
                                     const struct shodo_collect_sink *sink,
                                     struct shodo_error *err) {
    struct receiving r = {.job = {.picks = p, .host = host}, .sink = sink};
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; host->is_tree && st == SHODO_OK && i < p->list.count; i++) {
        struct shodo_pick *k = shodo_vec_at(&p->list, i);
        if (k->outcome == SHODO_OUTCOME_PLANNED)
            st = read_tree_file(&r, k, err);
    }
    unsigned deaths = 0;
    while (!host->is_tree && st == SHODO_OK && !r.is_done) {
        struct shodo_error why = SHODO_ERROR_INIT;
        size_t before = r.job.first;
        st = receive(&r, &why, err);
        if (st != SHODO_OK || r.is_done)
            break;
        /* the reader died: the stream it was in is lost, the next reader goes on behind it */
        if (r.now) {
            set_text(r.now, why.text);
            uint64_t left = r.announced - r.now->written_bytes;
            st = finish_pick(&r, left ? left : 1, why.text, err);
        } else if (r.job.first == before && ++deaths > 2) {
            st = shodo_fail(err, SHODO_IO, "reading the source: %s", why.text);
        }
    }
    shodo_arena_done(&r.arena);
    return st;
}
