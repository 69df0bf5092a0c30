/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/lister_shadow.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/compare.h"

#define STORE_SUFFIX "{3808876b-c176-4e48-b7ae-04046e6cc752}"

/* "{GUID of the copy}{GUID of the provider}"; the catalog file has the second part only. */
bool shodo_shadow_is_store(const char *path, size_t path_len) {
    size_t suffix = sizeof(STORE_SUFFIX) - 1, n = 0;
    const char *name = NULL;
    shodo_entry_base_name(path, path_len, &name, &n);
    return n > suffix && name[0] == '{' && memcmp(name + n - suffix, STORE_SUFFIX, suffix) == 0;
}

bool shodo_shadow_is_own(const char *path, size_t path_len) {
    size_t n = 0;
    const char *name = NULL;
    shodo_entry_base_name(path, path_len, &name, &n);
    return shodo_shadow_is_store(path, path_len) ||
           (n == sizeof(STORE_SUFFIX) - 1 && memcmp(name, STORE_SUFFIX, n) == 0);
}

void shodo_shadow_trace(struct shodo_shadow_traces *t, const struct shodo_entry *e) {
    if (!shodo_shadow_is_store(e->path, e->path_len))
        return;
    if (!(e->flags & SHODO_ENTRY_DELETED)) {
        t->live++;
        return;
    }
    if (t->deleted < SHODO_SHADOW_TRACES) {
        struct shodo_shadow_trace *r = &t->rows[t->deleted];
        *r = (struct shodo_shadow_trace){.record = e->record,
                                         .born = e->times[SHODO_TIME_BORN],
                                         .changed = e->times[SHODO_TIME_CHANGED],
                                         .bytes = e->streams_count ? e->streams[0].size_bytes : 0};
        shodo_text_safe_fixed(r->path, sizeof r->path, e->path, e->path_len);
    }
    t->deleted++;
}

struct telling {
    struct shodo_fact fact;
    struct shodo_buf values;
    void (*tell)(void *ctx, const struct shodo_fact *f);
    void *ctx;
};

static struct shodo_json begin(struct telling *t, const char *kind, int64_t time, uint64_t record,
                               const char *path) {
    t->fact.kind = kind;
    t->fact.time = time;
    t->fact.record = record;
    t->fact.path = path;
    shodo_buf_clear(&t->values);
    struct shodo_json j = shodo_json_to(&t->values);
    shodo_json_object(&j, NULL);
    return j;
}

static void end(struct telling *t, struct shodo_json *j) {
    shodo_json_object_end(j);
    t->fact.values_json = shodo_buf_cstr(&t->values);
    if (!t->values.failed)
        t->tell(t->ctx, &t->fact);
}

static void tell_copies(struct telling *t, const struct shodo_shadow_traces *traces,
                        const struct shodo_volume_shadows *s) {
    uint32_t shown = SHODO_MIN(s->count, SHODO_VOLUME_SHADOWS), unreadable = 0;
    int64_t newest = shown ? s->created[shown - 1] : SHODO_TIME_NONE;
    struct shodo_json j = begin(t, "copies", newest, 0, "/System Volume Information");
    for (uint32_t i = 0; i < shown; i++)
        unreadable += !(s->local >> i & 1);
    shodo_json_str(&j, "state", shodo_vss_state_name(s->state));
    shodo_json_u64(&j, "count", s->count);
    shodo_json_u64(&j, "unreadable", unreadable);
    shodo_json_array(&j, "created");
    for (uint32_t i = 0; i < shown; i++)
        shodo_json_time(&j, NULL, s->created[i]);
    shodo_json_array_end(&j);
    shodo_json_u64(&j, "store_files", traces->live);
    shodo_json_u64(&j, "deleted_store_files", traces->deleted);
    end(t, &j);
    for (uint32_t i = 0; i < shown; i++) {
        j = begin(t, "copy", s->created[i], 0, "/System Volume Information");
        shodo_json_u64(&j, "number", i + 1);
        shodo_json_bool(&j, "readable", s->local >> i & 1);
        end(t, &j);
    }
}

void shodo_shadow_facts(const struct shodo_shadow_traces *traces, struct shodo_volume *v,
                        void (*fact)(void *ctx, const struct shodo_fact *f), void *ctx) {
    struct telling t = {.fact = {.reader = "vss", .volume = v->index, .source = ""},
                        .values = SHODO_BUF_INIT,
                        .tell = fact,
                        .ctx = ctx};
    shodo_vss_describe(v);
    if (v->shadows.is_known)
        tell_copies(&t, traces, &v->shadows);
    for (uint32_t i = 0; i < traces->deleted && i < SHODO_SHADOW_TRACES; i++) {
        const struct shodo_shadow_trace *r = &traces->rows[i];
        struct shodo_json j = begin(&t, "store_deleted", r->changed, r->record, r->path);
        shodo_json_time(&j, "born", r->born);
        shodo_json_u64(&j, "bytes", r->bytes);
        end(&t, &j);
    }
    shodo_buf_done(&t.values);
}

/* ---- what differs ---- */

struct counting {
    uint64_t kinds[SHODO_DIFFERENCE_REPLACED + 1];
    uint64_t appended, appended_bytes, unread;
    enum shodo_status (*beat)(void *ctx);
    void *ctx;
};

/* "a.docx" → "a.docx.locked" */
static bool is_appended(const struct shodo_version *before, const struct shodo_version *now) {
    const char *old = NULL, *new = NULL;
    size_t old_len = 0, new_len = 0;
    shodo_entry_base_name(before->path, before->path_len, &old, &old_len);
    shodo_entry_base_name(now->path, now->path_len, &new, &new_len);
    return old_len && new_len > old_len && memcmp(old, new, old_len) == 0;
}

static enum shodo_status count_difference(void *ctx, const struct shodo_difference *d) {
    struct counting *n = ctx;
    n->kinds[d->kind]++;
    if (d->kind == SHODO_DIFFERENCE_RENAMED && is_appended(d->before, d->now)) {
        n->appended++;
        if (!shodo_add_u64(n->appended_bytes, d->before->size_bytes, &n->appended_bytes))
            n->appended_bytes = UINT64_MAX;
    }
    return SHODO_OK;
}

static void count_problem(void *ctx, enum shodo_ledger_reason reason, uint64_t record,
                          const char *path, const char *text) {
    (void)reason, (void)record, (void)path, (void)text;
    ((struct counting *)ctx)->unread++;
}

static enum shodo_status count_beat(void *ctx) {
    struct counting *n = ctx;
    return n->beat(n->ctx);
}

static void tell_differs(struct telling *t, const struct counting *n,
                         const struct shodo_compare_stats *stats, int64_t made, uint32_t number) {
    struct shodo_json j = begin(t, "differs", made, 0, "/System Volume Information");
    uint64_t gone = n->kinds[SHODO_DIFFERENCE_REMOVED], other = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(n->kinds); i++)
        other += i == SHODO_DIFFERENCE_ADDED ? 0 : n->kinds[i];
    shodo_json_u64(&j, "number", number);
    shodo_json_u64(&j, "before", stats->before);
    shodo_json_u64(&j, "now", stats->now);
    shodo_json_u64(&j, "same", stats->before - SHODO_MIN(stats->before, other));
    shodo_json_u64(&j, "changed", n->kinds[SHODO_DIFFERENCE_CHANGED]);
    shodo_json_u64(&j, "renamed", n->kinds[SHODO_DIFFERENCE_RENAMED]);
    shodo_json_u64(&j, "appended", n->appended);
    shodo_json_u64(&j, "appended_bytes", n->appended_bytes);
    shodo_json_u64(&j, "replaced", n->kinds[SHODO_DIFFERENCE_REPLACED]);
    shodo_json_u64(&j, "removed", gone);
    shodo_json_u64(&j, "added", n->kinds[SHODO_DIFFERENCE_ADDED]);
    shodo_json_u64(&j, "unread_places", n->unread);
    end(t, &j);
}

enum shodo_status shodo_shadow_differs(struct shodo_volume *v, uint32_t number,
                                       void (*fact)(void *ctx, const struct shodo_fact *f),
                                       enum shodo_status (*beat)(void *ctx), void *ctx,
                                       struct shodo_error *err) {
    const struct shodo_compare_options o = {.max_streams = SHODO_LIMIT_COMPARE_STREAMS,
                                            .is_left_out = shodo_shadow_is_own};
    struct counting n = {.beat = beat, .ctx = ctx};
    const struct shodo_compare_sink sink = {
        .ctx = &n, .difference = count_difference, .problem = count_problem, .beat = count_beat};
    struct telling t = {.fact = {.reader = "vss", .volume = v->index, .source = ""},
                        .values = SHODO_BUF_INIT,
                        .tell = fact,
                        .ctx = ctx};
    struct shodo_compare_stats stats = {0};
    struct shodo_volume then;
    struct shodo_vss *vss = NULL;
    enum shodo_status st = shodo_vss_volume(&then, &vss, v, number, err);
    if (st != SHODO_OK)
        return st;
    st = shodo_compare(&then, v, &o, &sink, &stats, err);
    if (st == SHODO_OK)
        tell_differs(&t, &n, &stats, v->shadows.created[number - 1], number);
    shodo_source_free(then.source);
    shodo_vss_free(vss);
    shodo_buf_done(&t.values);
    return st;
}

static void json_version(struct shodo_json *j, const char *key, const struct shodo_version *v) {
    if (!v) {
        shodo_json_null(j, key);
        return;
    }
    shodo_json_object(j, key);
    shodo_json_strn(j, "path", v->path, v->path_len);
    shodo_json_u64(j, "record", v->record);
    shodo_json_u64(j, "sequence", v->sequence);
    shodo_json_u64(j, "size_bytes", v->size_bytes);
    shodo_json_time(j, "modified", v->modified);
    shodo_json_object_end(j);
}

static void add_pair(struct shodo_buf *b, const char *before, const char *now) {
    shodo_buf_addc(b, '\t');
    shodo_buf_adds(b, before ? before : now);
    if (before && now && strcmp(before, now) != 0)
        shodo_buf_addf(b, " -> %s", now);
}

static void size_text(const struct shodo_version *v, char out[24]) {
    snprintf(out, 24, "%llu", (unsigned long long)(v ? v->size_bytes : 0));
}

/* kind, volume:record-sequence, size, written, path; "before -> now" where the two differ. */
static void text_line(struct shodo_buf *b, uint32_t volume, const struct shodo_difference *d) {
    const struct shodo_version *any = d->now ? d->now : d->before;
    char size[2][24], written[2][SHODO_TIME_TEXT_BYTES] = {"", ""};
    size_text(d->before, size[0]);
    size_text(d->now, size[1]);
    if (d->before)
        shodo_time_utc(d->before->modified, 0, written[0]);
    if (d->now)
        shodo_time_utc(d->now->modified, 0, written[1]);
    shodo_buf_addf(b, "%s%s\t%u:%llu-%u", shodo_difference_name(d->kind),
                   d->is_content ? " (bytes only)" : "", volume, (unsigned long long)any->record,
                   any->sequence);
    add_pair(b, d->before ? size[0] : NULL, d->now ? size[1] : NULL);
    add_pair(b, d->before ? written[0] : NULL, d->now ? written[1] : NULL);
    shodo_buf_addc(b, '\t');
    if (d->kind == SHODO_DIFFERENCE_RENAMED) {
        shodo_text_safe(b, d->before->path, d->before->path_len);
        shodo_buf_adds(b, " -> ");
    }
    shodo_text_safe(b, any->path, any->path_len);
    if (d->stream_len) {
        shodo_buf_addc(b, ':');
        shodo_text_safe(b, d->stream, d->stream_len);
    }
    shodo_buf_addc(b, '\n');
}

void shodo_shadow_line(struct shodo_buf *b, uint32_t volume, const struct shodo_difference *d,
                       bool is_json) {
    if (!is_json) {
        text_line(b, volume, d);
        return;
    }
    struct shodo_json j = shodo_json_to(b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "difference", shodo_difference_name(d->kind));
    shodo_json_u64(&j, "volume", volume);
    shodo_json_strn(&j, "stream", d->stream, d->stream_len);
    shodo_json_bool(&j, "only_bytes", d->is_content);
    json_version(&j, "before", d->before);
    json_version(&j, "now", d->now);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
}
