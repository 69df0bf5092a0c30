/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/exam.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "base/time.h"
#include "evidence/content.h"
#include "examine/plan.h"
#include "examine/readers/reader.h"
#include "examine/tap.h"

/* Streaming reads of large files. */
#define CHUNK_BYTES (1u << 20)
/* After a large file the buffer's pages behind this go back to the system. */
#define KEEP_BYTES (4u << 20)

struct shodo_exam {
    const struct shodo_plan *plan;
    const struct shodo_exam_sink *sink;
    struct shodo_exam_stats stats;
    void **states; /* one per tap */
    uint8_t *buffer;
    size_t buffer_bytes;
    struct shodo_arena arena;                      /* of one entry */
    const struct shodo_exam_companion *companions; /* of the next entry; borrowed */
    size_t companions_count;
    uint64_t digest_ms; /* for one stream */
};

enum shodo_status shodo_exam_new(struct shodo_exam **ret, const struct shodo_plan *p,
                                 const struct shodo_exam_sink *sink, struct shodo_error *err) {
    struct shodo_exam *x = calloc(1, sizeof *x);
    if (!x)
        return shodo_fail(err, SHODO_NOMEM, "no memory for an examiner");
    x->plan = p;
    x->sink = sink;
    x->digest_ms = p->digest_ms;
    x->arena = (struct shodo_arena)SHODO_ARENA_INIT;
    x->states = calloc(shodo_tap_count(), sizeof *x->states);
    /* untouched pages cost nothing: the whole room is taken now, while the sandbox is open */
    x->buffer_bytes = (size_t)p->scan_limit_bytes;
    void *m = mmap(NULL, x->buffer_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    x->buffer = m == MAP_FAILED ? NULL : m;
    enum shodo_status st = x->states && x->buffer
                               ? SHODO_OK
                               : shodo_fail(err, SHODO_NOMEM, "no memory for an examiner");
    for (size_t i = 0; st == SHODO_OK && i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->open)
            st = shodo_tap_at(i)->open(&x->states[i], p, err);
    }
    if (st == SHODO_OK)
        *ret = x;
    else
        (void)shodo_exam_free(x);
    return st;
}

struct shodo_exam *shodo_exam_free(struct shodo_exam *x) {
    if (!x)
        return NULL;
    for (size_t i = 0; x->states && i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->close)
            shodo_tap_at(i)->close(x->states[i]);
    }
    free(x->states);
    if (x->buffer)
        munmap(x->buffer, x->buffer_bytes);
    shodo_arena_done(&x->arena);
    free(x);
    return NULL;
}

const struct shodo_exam_stats *shodo_exam_stats(const struct shodo_exam *x) {
    return &x->stats;
}

void shodo_exam_companions(struct shodo_exam *x, const struct shodo_exam_companion *companions,
                           size_t count) {
    x->companions = companions;
    x->companions_count = count;
}

/* ---- one stream ---- */

struct reading {
    struct shodo_exam *x;
    struct shodo_look *look;
    struct shodo_content *content;
    uint64_t examined;
};

static void tap_data(struct reading *r, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->data)
            shodo_tap_at(i)->data(r->x->states[i], r->look, p, n);
    }
}

static void tap_whole(struct reading *r, const struct shodo_bytes *b) {
    for (size_t i = 0; i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->whole)
            shodo_tap_at(i)->whole(r->x->states[i], r->look, b);
    }
}

static void tap_sample(struct reading *r, unsigned i, unsigned count, const uint8_t *p, size_t n) {
    for (size_t k = 0; k < shodo_tap_count(); k++) {
        if (shodo_tap_at(k)->sample)
            shodo_tap_at(k)->sample(r->x->states[k], r->look, i, count, p, n);
    }
}

/* Fills n bytes; a stream that ends early is a problem of its own. */
static enum shodo_status fill(struct reading *r, uint64_t offset, uint8_t *p, size_t n,
                              struct shodo_error *err) {
    size_t done = 0;
    while (done < n) {
        size_t got = 0;
        enum shodo_status st = shodo_content_read(r->content, offset + done, p + done, n - done,
                                                  &got, err);
        if (st != SHODO_OK)
            return st;
        if (got == 0)
            return shodo_fail(err, SHODO_DAMAGED, "the stream ends at byte %llu",
                              (unsigned long long)(offset + done));
        done += got;
    }
    r->x->stats.bytes_read += n;
    return SHODO_OK;
}

static enum shodo_status read_whole(struct reading *r, struct shodo_error *err) {
    struct shodo_exam *x = r->x;
    size_t n = (size_t)r->look->size_bytes;
    enum shodo_status st = fill(r, 0, x->buffer, n, err);
    if (st != SHODO_OK)
        return st;
    tap_data(r, x->buffer, n);
    struct shodo_window w[SHODO_MEASURE_SAMPLES_MAX];
    unsigned count = shodo_measure_windows(n, w);
    for (unsigned i = 0; i < count; i++)
        tap_sample(r, i, count, x->buffer + w[i].offset, w[i].length);
    struct shodo_bytes b = {.head = x->buffer, .head_len = n};
    tap_whole(r, &b);
    r->examined = n;
    return SHODO_OK;
}

/*
 * Larger than the buffer: head and tail windows lie in the buffer, what is between them goes
 * through it in chunks for the digest. What is not through after SHODO_LIMIT_DIGEST_SECONDS gets
 * none: an entry must not take minutes.
 */
static enum shodo_status read_large(struct reading *r, struct shodo_error *err) {
    struct shodo_exam *x = r->x;
    uint64_t size = r->look->size_bytes;
    size_t window = (size_t)SHODO_MIN(SHODO_LIMIT_SCAN_WINDOW_BYTES, (uint64_t)x->buffer_bytes / 4);
    uint8_t *tail = x->buffer + window, *chunk = x->buffer + 2 * window;
    size_t chunk_bytes = SHODO_MIN((size_t)CHUNK_BYTES, x->buffer_bytes - 2 * window);
    uint64_t deadline_ms = shodo_time_mono_ms() + x->digest_ms;
    bool is_streamed = true;
    enum shodo_status st = fill(r, 0, x->buffer, window, err);
    if (st == SHODO_OK && is_streamed)
        tap_data(r, x->buffer, window);
    for (uint64_t at = window; st == SHODO_OK && is_streamed && at < size - window;) {
        size_t n = (size_t)SHODO_MIN((uint64_t)chunk_bytes, size - window - at);
        st = fill(r, at, chunk, n, err);
        if (st == SHODO_OK)
            tap_data(r, chunk, n);
        at += n;
        is_streamed = shodo_time_mono_ms() <= deadline_ms;
    }
    if (st == SHODO_OK)
        st = fill(r, size - window, tail, window, err);
    if (st == SHODO_OK && is_streamed)
        tap_data(r, tail, window);
    r->look->has_sha256 = r->look->has_sha256 && is_streamed; /* of a part it would be no digest */
    struct shodo_window w[SHODO_MEASURE_SAMPLES_MAX];
    unsigned count = shodo_measure_windows(size, w);
    for (unsigned i = 0; st == SHODO_OK && i < count; i++) {
        st = fill(r, w[i].offset, chunk, w[i].length, err);
        if (st == SHODO_OK)
            tap_sample(r, i, count, chunk, w[i].length);
    }
    if (st != SHODO_OK)
        return st;
    struct shodo_bytes b = {.head = x->buffer,
                            .head_len = window,
                            .tail = tail,
                            .tail_len = window,
                            .tail_offset = size - window};
    tap_whole(r, &b);
    r->examined = 2 * (uint64_t)window;
    shodo_look_problem(r->look, SHODO_LEDGER_TOO_LARGE, r->examined,
                       "examined %llu of %llu bytes with rules (beginning and end)%s",
                       (unsigned long long)r->examined, (unsigned long long)size,
                       is_streamed ? "" : "; no digest: reading took too long");
    return SHODO_OK;
}

static enum shodo_ledger_reason reason_of(enum shodo_status st) {
    switch (st) {
    case SHODO_ENCRYPTED:
        return SHODO_LEDGER_ENCRYPTED;
    case SHODO_UNSUPPORTED:
        return SHODO_LEDGER_UNSUPPORTED;
    case SHODO_UNREADABLE:
    case SHODO_IO:
        return SHODO_LEDGER_UNREADABLE;
    case SHODO_LIMIT:
        return SHODO_LEDGER_TOO_LARGE;
    case SHODO_TIMEOUT:
        return SHODO_LEDGER_TIMEOUT;
    default:
        return SHODO_LEDGER_DAMAGED;
    }
}

static void examine_content(struct reading *r) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_look *l = r->look;
    for (size_t i = 0; i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->start)
            shodo_tap_at(i)->start(r->x->states[i], l);
    }
    l->size_bytes = shodo_content_size(r->content);
    enum shodo_status st = l->size_bytes <= r->x->buffer_bytes ? read_whole(r, &err)
                                                               : read_large(r, &err);
    uint64_t lost = shodo_content_lost(r->content);
    const char *damage = shodo_content_damage(r->content);
    if (st != SHODO_OK)
        shodo_look_problem(l, reason_of(st), r->examined, "%s", err.text);
    else if (lost > 0 || damage[0])
        shodo_look_problem(l, damage[0] ? SHODO_LEDGER_DAMAGED : SHODO_LEDGER_UNREADABLE,
                           l->size_bytes - SHODO_MIN(lost, l->size_bytes),
                           "%llu of %llu bytes could not be had and were taken as zeros%s%s",
                           (unsigned long long)lost, (unsigned long long)l->size_bytes,
                           damage[0] ? ": " : "", damage);
    if (l->size_bytes > KEEP_BYTES)
        madvise(r->x->buffer + KEEP_BYTES, r->x->buffer_bytes - KEEP_BYTES, MADV_DONTNEED);
}

static void examine_stream(struct shodo_exam *x, struct shodo_look *l, struct shodo_source *source,
                           size_t stream) {
    const struct shodo_stream *s = &l->entry->streams[stream];
    struct shodo_error err = SHODO_ERROR_INIT;
    l->stream = stream;
    l->size_bytes = s->size_bytes;
    l->findings = 0;
    l->signature = NULL;
    l->has_sha256 = false;
    if (s->flags & SHODO_STREAM_ENCRYPTED) {
        shodo_look_policy(l, SHODO_LEDGER_ENCRYPTED, "encrypted by EFS");
        return;
    }
    struct reading r = {.x = x, .look = l};
    enum shodo_status st = shodo_content_open(&r.content, source, l->entry, stream, &err);
    if (st != SHODO_OK) {
        shodo_look_problem(l, reason_of(st), 0, "%s", err.text);
        return;
    }
    x->stats.streams++;
    examine_content(&r);
    (void)shodo_content_free(r.content);
}

/* ---- one entry ---- */

static bool is_other_name(const struct shodo_entry *e, const struct shodo_name *n) {
    return n->path && n->path_len > 0 &&
           !(n->path_len == e->path_len && memcmp(n->path, e->path, n->path_len) == 0);
}

static bool look_at(struct shodo_exam *x, struct shodo_look *l, const struct shodo_entry *e) {
    shodo_auto(shodo_buf) struct shodo_buf extension = SHODO_BUF_INIT;
    *l = (struct shodo_look){
        .plan = x->plan, .sink = x->sink, .stats = &x->stats, .entry = e, .stream_name = ""};
    l->path = shodo_arena_str(&x->arena, e->path, e->path_len);
    if (!l->path || !shodo_entry_extension(&extension, e->path, e->path_len))
        return false;
    l->extension = shodo_arena_str(&x->arena, shodo_buf_cstr(&extension), extension.len);
    for (size_t i = 0; i < e->names_count && l->others_count < SHODO_LIMIT_NAMES_PER_FINDING; i++) {
        const struct shodo_name *n = &e->names[i];
        if (!is_other_name(e, n))
            continue;
        const char *path = shodo_arena_str(&x->arena, n->path, n->path_len);
        if (!path)
            return false;
        l->others[l->others_count++] = path;
    }
    return l->extension != NULL;
}

/* The compressed twin of a WOF file: its bytes are examined through the unnamed stream. */
static bool is_wof_twin(const struct shodo_entry *e, const struct shodo_stream *s) {
    static const char name[] = "WofCompressedData";
    return e->streams_count > 0 && (e->streams[0].flags & SHODO_STREAM_WOF) &&
           s->name_len == sizeof name - 1 && memcmp(s->name, name, sizeof name - 1) == 0;
}

enum shodo_status shodo_exam_entry(struct shodo_exam *x, struct shodo_source *source,
                                   const struct shodo_entry *e, struct shodo_error *err) {
    struct shodo_look l;
    shodo_arena_clear(&x->arena);
    if (!look_at(x, &l, e))
        return shodo_fail(err, SHODO_NOMEM, "no memory for an entry");
    for (size_t i = 0; i < shodo_tap_count(); i++) {
        if (shodo_tap_at(i)->entry)
            shodo_tap_at(i)->entry(x->states[i], &l);
    }
    shodo_readers_run(&l, source, x->companions, x->companions_count);
    if (e->flags & SHODO_ENTRY_SYSTEM)
        return SHODO_OK;
    if (e->flags & SHODO_ENTRY_OFFLINE) {
        l.size_bytes = e->streams_count > 0 ? e->streams[0].size_bytes : 0;
        shodo_look_policy(&l, SHODO_LEDGER_POLICY,
                          "cloud placeholder: the content is not on this disk");
        return SHODO_OK;
    }
    for (size_t i = 0; i < e->streams_count; i++) {
        const struct shodo_stream *s = &e->streams[i];
        if ((s->flags & SHODO_STREAM_NOT_DATA) || is_wof_twin(e, s))
            continue;
        l.stream_name = shodo_arena_str(&x->arena, s->name, s->name_len);
        if (!l.stream_name)
            return shodo_fail(err, SHODO_NOMEM, "no memory for an entry");
        examine_stream(x, &l, source, i);
    }
    return SHODO_OK;
}
