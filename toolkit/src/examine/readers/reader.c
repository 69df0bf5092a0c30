/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "evidence/content.h"
#include "examine/plan.h"

static const struct shodo_reader *const table[] = {
    &shodo_reader_registry, &shodo_reader_evtx,     &shodo_reader_usn, &shodo_reader_prefetch,
    &shodo_reader_text,     &shodo_reader_defender, &shodo_reader_wmi,
};

size_t shodo_reader_count(void) {
    return SHODO_ARRAY_SIZE(table);
}

const struct shodo_reader *shodo_reader_at(size_t i) {
    return table[i];
}

/* ---- which files ---- */

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* `*` does not cross '/'. Iterative: the last star is the only place to come back to, within one
 * segment. */
static bool fits_from(const char *pattern, const char *path, size_t n) {
    const char *star = NULL;
    size_t at = 0, mark = 0;
    while (at < n) {
        if (*pattern == '*') {
            star = ++pattern;
            mark = at;
        } else if (*pattern && lower(*pattern) == lower(path[at])) {
            if (*pattern == '/')
                star = NULL;
            pattern++;
            at++;
        } else if (star && path[mark] != '/') {
            pattern = star;
            at = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == 0;
}

bool shodo_reader_fits(const char *pattern, const char *path, size_t n) {
    if (strncmp(pattern, "**", 2) != 0)
        return fits_from(pattern, path, n);
    for (size_t i = 0; i < n; i++)
        if (path[i] == '/' && fits_from(pattern + 2, path + i, n - i))
            return true;
    return false;
}

static bool is_stream(const struct shodo_stream *s, const char *name) {
    size_t n = strlen(name);
    if (s->name_len != n || (s->flags & SHODO_STREAM_NOT_DATA))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(s->name[i]) != lower(name[i]))
            return false;
    return true;
}

const struct shodo_reader *shodo_reader_of(const struct shodo_entry *e, size_t stream) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        if (!is_stream(&e->streams[stream], table[i]->stream))
            continue;
        for (const char *const *p = table[i]->patterns; *p; p++)
            if (shodo_reader_fits(*p, e->path, e->path_len))
                return table[i];
    }
    return NULL;
}

bool shodo_reader_wants(const struct shodo_entry *e) {
    if (e->kind != SHODO_ENTRY_FILE || (e->flags & (SHODO_ENTRY_DELETED | SHODO_ENTRY_OFFLINE)))
        return false;
    for (size_t i = 0; i < e->streams_count; i++)
        if (shodo_reader_of(e, i))
            return true;
    return false;
}

bool shodo_reader_is_companion(const struct shodo_entry *e) {
    size_t n = e->path_len;
    if (e->kind != SHODO_ENTRY_FILE || (e->flags & SHODO_ENTRY_DELETED) || n < 5)
        return false;
    n -= e->path[n - 1] == '1' || e->path[n - 1] == '2';
    static const char suffix[] = ".log";
    for (size_t i = 0; i < 4; i++)
        if (lower(e->path[n - 4 + i]) != suffix[i])
            return false;
    for (const char *const *p = shodo_reader_registry.patterns; *p; p++)
        if (shodo_reader_fits(*p, e->path, n - 4))
            return true;
    return false;
}

/* ---- bytes ---- */

static enum shodo_status memory_read(void *ctx, uint64_t offset, void *p, size_t n, size_t *ret_n,
                                     struct shodo_error *err) {
    const struct shodo_reader_memory *m = ctx;
    (void)err;
    *ret_n = offset < m->n ? SHODO_MIN(n, m->n - (size_t)offset) : 0;
    if (*ret_n > 0)
        memcpy(p, m->p + offset, *ret_n);
    return SHODO_OK;
}

static uint64_t memory_next(void *ctx, uint64_t offset) {
    const struct shodo_reader_memory *m = ctx;
    return SHODO_MIN(offset, (uint64_t)m->n);
}

struct shodo_reader_bytes shodo_reader_in_memory(struct shodo_reader_memory *mem) {
    return (struct shodo_reader_bytes){
        .ctx = mem, .size = mem->n, .read = memory_read, .next_data = memory_next};
}

static enum shodo_status content_read(void *ctx, uint64_t offset, void *p, size_t n, size_t *ret_n,
                                      struct shodo_error *err) {
    return shodo_content_read(ctx, offset, p, n, ret_n, err);
}

static uint64_t content_next(void *ctx, uint64_t offset) {
    return shodo_content_next_data(ctx, offset);
}

void shodo_reader_problem(const struct shodo_reader_sink *s, enum shodo_ledger_reason reason,
                          uint64_t examined_bytes, const char *fmt, ...) {
    char text[SHODO_ERROR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    s->problem(s->ctx, reason, examined_bytes, text);
}

bool shodo_reader_load(struct shodo_buf *out, const struct shodo_reader_bytes *b,
                       uint64_t max_bytes, const char *what, const struct shodo_reader_sink *sink) {
    struct shodo_error err = SHODO_ERROR_INIT;
    if (b->size > max_bytes) {
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, 0, "%s of %llu bytes: not read", what,
                             (unsigned long long)b->size);
        return false;
    }
    if (!shodo_buf_reserve(out, (size_t)b->size + 1)) {
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, 0, "no memory for %s of %llu bytes",
                             what, (unsigned long long)b->size);
        return false;
    }
    while (out->len < b->size) {
        size_t got = 0;
        enum shodo_status st = b->read(b->ctx, out->len, out->data + out->len,
                                       (size_t)b->size - out->len, &got, &err);
        if (st != SHODO_OK || got == 0) {
            shodo_reader_problem(
                sink, SHODO_LEDGER_UNREADABLE, out->len, "%s: read %zu of %llu bytes: %s", what,
                out->len, (unsigned long long)b->size, st == SHODO_OK ? "it ends early" : err.text);
            break;
        }
        out->len += got;
    }
    out->data[out->len] = 0;
    return out->len == b->size;
}

/* ---- running ---- */

struct telling {
    struct shodo_look *look;
};

static void tell_fact(void *ctx, const char *reader, const char *kind, int64_t time,
                      const char *source, const char *values_json) {
    const struct telling *t = ctx;
    const struct shodo_look *l = t->look;
    struct shodo_fact f = {.endpoint = l->plan->endpoint,
                           .reader = reader,
                           .kind = kind,
                           .time = time,
                           .volume = l->entry->volume,
                           .record = l->entry->record,
                           .path = l->path,
                           .source = source,
                           .values_json = values_json};
    shodo_fact_id(&f);
    if (l->sink->fact)
        l->sink->fact(l->sink->ctx, &f);
}

static void tell_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t examined_bytes,
                         const char *text) {
    const struct telling *t = ctx;
    shodo_look_problem(t->look, reason, examined_bytes, "%s", text);
}

static struct shodo_reader_bytes bytes_of(struct shodo_content *c) {
    return (struct shodo_reader_bytes){
        .ctx = c, .size = shodo_content_size(c), .read = content_read, .next_data = content_next};
}

static void run_one(struct shodo_look *l, const struct shodo_reader *reader,
                    struct shodo_source *source, const struct shodo_exam_companion *companions,
                    size_t companions_count) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct telling t = {.look = l};
    const struct shodo_reader_sink sink = {.ctx = &t, .fact = tell_fact, .problem = tell_problem};
    struct shodo_content *content = NULL, *logs[SHODO_READER_COMPANIONS] = {NULL};
    enum shodo_status st = shodo_content_open(&content, source, l->entry, l->stream, &err);
    if (st != SHODO_OK) {
        shodo_reader_problem(&sink,
                             st == SHODO_ENCRYPTED ? SHODO_LEDGER_ENCRYPTED : SHODO_LEDGER_DAMAGED,
                             0, "%s: %s", reader->name, err.text);
        return;
    }
    struct shodo_reader_file f = {
        .path = l->path, .stream = l->stream_name, .bytes = bytes_of(content)};
    for (size_t i = 0;
         reader->wants_logs && i < companions_count && f.companions_count < SHODO_READER_COMPANIONS;
         i++) {
        struct shodo_content **c = &logs[f.companions_count];
        const struct shodo_entry *e = &companions[i].entry;
        struct shodo_source *s = companions[i].source ? companions[i].source : source;
        if (e->streams_count > 0 && e->streams[0].size_bytes > 0 &&
            shodo_content_open(c, s, e, 0, &err) == SHODO_OK)
            f.companions[f.companions_count++] = bytes_of(*c);
    }
    reader->run(&f, &sink);
    uint64_t lost = shodo_content_lost(content);
    if (lost > 0)
        shodo_reader_problem(
            &sink, SHODO_LEDGER_UNREADABLE, f.bytes.size - SHODO_MIN(lost, f.bytes.size),
            "%s: %llu of %llu bytes could not be had and were taken as zeros", reader->name,
            (unsigned long long)lost, (unsigned long long)f.bytes.size);
    for (size_t i = 0; i < SHODO_READER_COMPANIONS; i++)
        (void)shodo_content_free(logs[i]);
    (void)shodo_content_free(content);
}

void shodo_readers_run(struct shodo_look *l, struct shodo_source *source,
                       const struct shodo_exam_companion *companions, size_t companions_count) {
    const struct shodo_entry *e = l->entry;
    if (!shodo_reader_wants(e))
        return;
    for (size_t i = 0; i < e->streams_count; i++) {
        const struct shodo_reader *r = shodo_reader_of(e, i);
        if (!r)
            continue;
        l->stream = i;
        l->stream_name = r->stream;
        l->size_bytes = e->streams[i].size_bytes;
        run_one(l, r, source, companions, companions_count);
    }
    l->stream = 0;
    l->stream_name = "";
}
