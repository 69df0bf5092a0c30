/* SPDX-License-Identifier: Apache-2.0 */
/* The fold: one function per event in a table. Pure: no file, no clock, no environment. */
#include "case/case.h"

#include <string.h>

#include "base/limits.h"

void shodo_case_init(struct shodo_case *c) {
    *c = (struct shodo_case){.arena = SHODO_ARENA_INIT,
                             .id = "",
                             .site = "",
                             .created = SHODO_TIME_NONE,
                             .last = SHODO_TIME_NONE,
                             .endpoints = SHODO_VEC_INIT(sizeof(struct shodo_case_endpoint)),
                             .runs = SHODO_VEC_INIT(sizeof(struct shodo_case_run)),
                             .seals = SHODO_VEC_INIT(sizeof(struct shodo_case_seal)),
                             .decisions = SHODO_VEC_INIT(sizeof(struct shodo_case_decision)),
                             .notes = SHODO_VEC_INIT(sizeof(struct shodo_case_note)),
                             .hosts = SHODO_VEC_INIT(sizeof(struct shodo_case_host))};
}

void shodo_case_done(struct shodo_case *c) {
    shodo_vec_done(&c->endpoints);
    shodo_vec_done(&c->runs);
    shodo_vec_done(&c->seals);
    shodo_vec_done(&c->decisions);
    shodo_vec_done(&c->notes);
    shodo_vec_done(&c->hosts);
    shodo_arena_done(&c->arena);
}

const char *shodo_run_status_name(enum shodo_run_status s) {
    static const char *const names[] = {"started", "done", "incomplete", "cancelled", "failed"};
    return (size_t)s < SHODO_ARRAY_SIZE(names) ? names[s] : "failed";
}

static enum shodo_run_status run_status_of(const char *name) {
    for (int s = SHODO_RUN_STARTED; s <= SHODO_RUN_FAILED; s++)
        if (name && strcmp(name, shodo_run_status_name((enum shodo_run_status)s)) == 0)
            return (enum shodo_run_status)s;
    return SHODO_RUN_FAILED; /* a word we do not know is not success */
}

/* What one event handler works with; `failed` collects memory failures of the string copies. */
struct apply {
    struct shodo_case *c;
    const struct shodo_record *r;
    bool failed;
};

static const char *copy(struct apply *a, const char *s) {
    if (!s || !*s)
        return "";
    const char *p = shodo_arena_str(&a->c->arena, s, strlen(s));
    if (!p)
        a->failed = true;
    return p ? p : "";
}

static const char *text(struct apply *a, const char *key) {
    return copy(a, shodo_value_get_str(a->r->data, key));
}

/* Replaces `*field` only when the record has the key. */
static void update(struct apply *a, const char **field, const char *key) {
    const char *s = shodo_value_get_str(a->r->data, key);
    if (s)
        *field = copy(a, s);
}

static uint64_t number(const struct apply *a, const char *key) {
    int64_t v = shodo_value_get_int(a->r->data, key, 0);
    return v < 0 ? 0 : (uint64_t)v;
}

/* Index of the row whose first member (a string) is `id`, or SIZE_MAX; newest first. */
static size_t find_row(const struct shodo_vec *v, const char *id) {
    for (size_t i = v->count; id && i > 0; i--) {
        const char *const *key = shodo_vec_at(v, i - 1);
        if (strcmp(*key, id) == 0)
            return i - 1;
    }
    return SIZE_MAX;
}

static enum shodo_status new_row(struct shodo_vec *v, void *ret) {
    if (v->count >= SHODO_LIMIT_CASE_ROWS)
        return SHODO_LIMIT;
    void *row = shodo_vec_push(v);
    if (!row)
        return SHODO_NOMEM;
    memcpy(ret, &row, sizeof row);
    return SHODO_OK;
}

static enum shodo_status on_new(struct apply *a) {
    /* Every stick that joins writes its own case.new; the first one names the case. */
    if (*a->c->id == '\0') {
        a->c->id = text(a, "case");
        a->c->created = a->r->time;
    }
    update(a, &a->c->site, "site");
    a->c->is_drill = a->c->is_drill ||
                     shodo_value_bool(shodo_value_get(a->r->data, "drill"), false);
    return SHODO_OK;
}

static enum shodo_status on_end(struct apply *a) {
    a->c->is_ended = true;
    return SHODO_OK;
}

static enum shodo_status on_reopen(struct apply *a) {
    a->c->is_ended = false;
    return SHODO_OK;
}

static enum shodo_status on_torn(struct apply *a) {
    a->c->torn++;
    return SHODO_OK;
}

static enum shodo_status on_checkpoint(struct apply *a) {
    a->c->checkpoints++;
    return SHODO_OK;
}

static enum shodo_status on_start(struct apply *a) {
    (void)a;
    return SHODO_OK;
}

static enum shodo_status on_endpoint(struct apply *a) {
    const char *id = shodo_value_get_str(a->r->data, "endpoint");
    if (!id)
        return SHODO_SKIP;
    size_t i = find_row(&a->c->endpoints, id);
    struct shodo_case_endpoint *e = NULL;
    if (i != SIZE_MAX) {
        e = shodo_vec_at(&a->c->endpoints, i);
    } else {
        enum shodo_status st = new_row(&a->c->endpoints, &e);
        if (st != SHODO_OK)
            return st;
        *e = (struct shodo_case_endpoint){
            .id = copy(a, id), .name = "", .computer = "", .source = "", .added = a->r->time};
    }
    update(a, &e->name, "name");
    update(a, &e->computer, "computer");
    update(a, &e->source, "source");
    if (shodo_value_get(a->r->data, "size_bytes"))
        e->size_bytes = number(a, "size_bytes");
    return SHODO_OK;
}

static enum shodo_status on_run_start(struct apply *a) {
    const char *id = shodo_value_get_str(a->r->data, "run");
    if (!id)
        return SHODO_SKIP;
    struct shodo_case_run *run = NULL;
    size_t i = find_row(&a->c->runs, id);
    if (i != SIZE_MAX) { /* resumed under its old id */
        run = shodo_vec_at(&a->c->runs, i);
        run->status = SHODO_RUN_STARTED;
        run->ended = SHODO_TIME_NONE;
        return SHODO_OK;
    }
    enum shodo_status st = new_row(&a->c->runs, &run);
    if (st != SHODO_OK)
        return st;
    *run = (struct shodo_case_run){.id = copy(a, id),
                                   .endpoint = text(a, "endpoint"),
                                   .kind = text(a, "kind"),
                                   .profile = text(a, "profile"),
                                   .status = SHODO_RUN_STARTED,
                                   .started = a->r->time,
                                   .ended = SHODO_TIME_NONE,
                                   .stick = copy(a, a->r->stick)};
    return SHODO_OK;
}

static enum shodo_status on_run_end(struct apply *a) {
    size_t i = find_row(&a->c->runs, shodo_value_get_str(a->r->data, "run"));
    if (i == SIZE_MAX)
        return SHODO_SKIP;
    struct shodo_case_run *run = shodo_vec_at(&a->c->runs, i);
    run->status = run_status_of(shodo_value_get_str(a->r->data, "status"));
    run->ended = a->r->time;
    run->findings = number(a, "findings");
    run->problems = number(a, "problems");
    run->files = number(a, "files");
    run->bytes = number(a, "bytes");
    return SHODO_OK;
}

static enum shodo_status on_seal(struct apply *a) {
    const char *name = shodo_value_get_str(a->r->data, "name");
    if (!name)
        return SHODO_SKIP;
    struct shodo_case_seal *s = NULL;
    enum shodo_status st = new_row(&a->c->seals, &s);
    if (st != SHODO_OK)
        return st;
    uint64_t segments = number(a, "segments");
    *s = (struct shodo_case_seal){.name = copy(a, name),
                                  .endpoint = text(a, "endpoint"),
                                  .tagmanifest_sha256 = text(a, "tagmanifest_sha256"),
                                  .segments_sha256 = text(a, "segments_sha256"),
                                  .signer = text(a, "signer"),
                                  .timestamp_query_sha256 = text(a, "timestamp_query_sha256"),
                                  .recipients = text(a, "recipients"),
                                  .files = number(a, "files"),
                                  .payload_bytes = number(a, "payload_bytes"),
                                  .sealed_bytes = number(a, "sealed_bytes"),
                                  .segments = segments > UINT32_MAX ? UINT32_MAX
                                                                    : (uint32_t)segments,
                                  .time = a->r->time};
    return SHODO_OK;
}

static enum shodo_status on_timestamp(struct apply *a) {
    size_t i = find_row(&a->c->seals, shodo_value_get_str(a->r->data, "name"));
    if (i == SIZE_MAX)
        return SHODO_SKIP;
    ((struct shodo_case_seal *)shodo_vec_at(&a->c->seals, i))->is_timestamped = true;
    return SHODO_OK;
}

static enum shodo_status on_decision(struct apply *a) {
    const char *key = shodo_value_get_str(a->r->data, "key");
    if (!key)
        return SHODO_SKIP;
    struct shodo_case_decision *d = NULL;
    size_t i = find_row(&a->c->decisions, key);
    if (i != SIZE_MAX) {
        d = shodo_vec_at(&a->c->decisions, i);
    } else {
        enum shodo_status st = new_row(&a->c->decisions, &d);
        if (st != SHODO_OK)
            return st;
        d->key = copy(a, key);
    }
    d->value = text(a, "value");
    d->note = text(a, "note");
    d->actor = copy(a, a->r->actor);
    d->time = a->r->time;
    d->changes++;
    return SHODO_OK;
}

/* A note that withdraws another one: that one stays, and says that it no longer holds. */
static void withdraw(struct apply *a) {
    int64_t seq = shodo_value_get_int(a->r->data, "withdraws", -1);
    const char *stick = shodo_value_get_str(a->r->data, "withdraws_stick");
    for (size_t i = 0; seq >= 0 && stick && i < a->c->notes.count; i++) {
        struct shodo_case_note *n = shodo_vec_at(&a->c->notes, i);
        if (n->is_withdrawn || n->seq != (uint64_t)seq || strcmp(n->stick, stick) != 0)
            continue;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "〔取り消し済み〕%s", n->text);
        n->text = copy(a, shodo_buf_cstr(&b));
        n->is_withdrawn = true;
    }
}

static enum shodo_status on_note(struct apply *a) {
    struct shodo_case_note *n = NULL;
    withdraw(a);
    enum shodo_status st = new_row(&a->c->notes, &n);
    if (st != SHODO_OK)
        return st;
    *n = (struct shodo_case_note){.text = text(a, "text"),
                                  .actor = copy(a, a->r->actor),
                                  .time = a->r->time,
                                  .seq = a->r->seq,
                                  .stick = copy(a, a->r->stick)};
    return SHODO_OK;
}

static enum shodo_status add_host(struct apply *a, const struct shodo_value *v,
                                  const char *endpoint) {
    const char *name = shodo_value_get_str(v, "host");
    if (!name || !*name)
        return SHODO_OK;
    struct shodo_case_host *h = NULL;
    size_t i = find_row(&a->c->hosts, name);
    if (i == SIZE_MAX) {
        enum shodo_status st = new_row(&a->c->hosts, &h);
        if (st != SHODO_OK)
            return st;
        *h = (struct shodo_case_host){.host = copy(a, name), .endpoint = ""};
    } else {
        h = shodo_vec_at(&a->c->hosts, i);
    }
    h->endpoint = endpoint;
    h->alias = copy(a, shodo_value_get_str(v, "alias"));
    h->why_ja = copy(a, shodo_value_get_str(v, "why_ja"));
    h->why_en = copy(a, shodo_value_get_str(v, "why_en"));
    h->is_touched = h->is_touched ||
                    shodo_value_bool(shodo_value_get(v, "used_after_intrusion"), false);
    h->time = a->r->time;
    return SHODO_OK;
}

/* The machines that one examined machine names. A later triage adds, it takes none away. */
static enum shodo_status on_scope(struct apply *a) {
    const struct shodo_value *list = shodo_value_get(a->r->data, "hosts");
    const char *endpoint = text(a, "endpoint");
    enum shodo_status st = *endpoint ? SHODO_OK : SHODO_SKIP;
    for (size_t i = 0; st == SHODO_OK && i < shodo_value_count(list); i++)
        st = add_host(a, shodo_value_at(list, i), endpoint);
    int64_t named = shodo_value_get_int(a->r->data, "named", 0),
            listed = (int64_t)shodo_value_count(list);
    if (named > listed)
        a->c->hosts_left_out = SHODO_MAX(a->c->hosts_left_out, (uint64_t)(named - listed));
    return st;
}

static const struct {
    const char *event;
    enum shodo_status (*apply)(struct apply *a);
} events[] = {
    {"journal.start", on_start},
    {"journal.torn", on_torn},
    {"journal.checkpoint", on_checkpoint},
    {"case.new", on_new},
    {"case.end", on_end},
    {"case.reopen", on_reopen},
    {"case.note", on_note},
    {"endpoint.add", on_endpoint},
    {"run.start", on_run_start},
    {"run.end", on_run_end},
    {"scope.add", on_scope},
    {"seal.done", on_seal},
    {"seal.timestamp", on_timestamp},
    {"decision", on_decision},
};

enum shodo_status shodo_case_apply(struct shodo_case *c, const struct shodo_record *r,
                                   struct shodo_error *err) {
    struct apply a = {.c = c, .r = r, .failed = false};
    c->records++;
    if (c->last == SHODO_TIME_NONE || r->time > c->last)
        c->last = r->time;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(events); i++) {
        if (strcmp(events[i].event, r->event) != 0)
            continue;
        enum shodo_status st = events[i].apply(&a);
        if (a.failed)
            st = SHODO_NOMEM;
        if (st == SHODO_NOMEM)
            return shodo_fail(err, st, "no memory for the case");
        if (st == SHODO_LIMIT)
            return shodo_fail(err, st, "more than %u rows of '%s' in one case",
                              SHODO_LIMIT_CASE_ROWS, r->event);
        if (st == SHODO_SKIP)
            c->unknown++; /* a known event that lacks its key says nothing */
        return SHODO_OK;
    }
    c->unknown++;
    return SHODO_OK;
}

const struct shodo_case_endpoint *shodo_case_find_endpoint(const struct shodo_case *c,
                                                           const char *id) {
    size_t i = find_row(&c->endpoints, id);
    return i == SIZE_MAX ? NULL : shodo_vec_at(&c->endpoints, i);
}

const struct shodo_case_run *shodo_case_find_run(const struct shodo_case *c, const char *id) {
    size_t i = find_row(&c->runs, id);
    return i == SIZE_MAX ? NULL : shodo_vec_at(&c->runs, i);
}

const struct shodo_case_run *shodo_case_last_run(const struct shodo_case *c, const char *endpoint,
                                                 const char *kind) {
    for (size_t i = c->runs.count; i > 0; i--) {
        const struct shodo_case_run *r = shodo_vec_at(&c->runs, i - 1);
        if (strcmp(r->endpoint, endpoint) == 0 && (!kind || strcmp(r->kind, kind) == 0))
            return r;
    }
    return NULL;
}

const struct shodo_case_seal *shodo_case_find_seal(const struct shodo_case *c, const char *name) {
    size_t i = find_row(&c->seals, name);
    return i == SIZE_MAX ? NULL : shodo_vec_at(&c->seals, i);
}

const struct shodo_case_decision *shodo_case_find_decision(const struct shodo_case *c,
                                                           const char *key) {
    size_t i = find_row(&c->decisions, key);
    return i == SIZE_MAX ? NULL : shodo_vec_at(&c->decisions, i);
}
