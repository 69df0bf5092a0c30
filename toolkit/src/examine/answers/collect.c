/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in, rows out; and the small things that all answers need. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "examine/answers/state.h"

enum { FACTS_KEPT_MAX = 100000 };

enum shodo_status shodo_answers_new(struct shodo_answers **ret, const struct shodo_detect *d,
                                    const struct shodo_answers_options *o,
                                    struct shodo_error *err) {
    struct shodo_answers *a = *ret = calloc(1, sizeof *a);
    if (!a)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the answers");
    a->detect = d;
    a->o = *o;
    a->hits = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_hit));
    a->contents = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_content));
    a->facts = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_fact));
    a->lines = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_line));
    a->reasons = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_reason));
    a->folders = a->users = a->untouched = (struct shodo_vec)SHODO_VEC_INIT(
        sizeof(struct ans_share));
    a->ways = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_way));
    a->next_hosts = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_next_host));
    a->link_says = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ans_say));
    a->first = a->last = a->first_note = a->earliest = SHODO_TIME_NONE;
    a->zone_name = a->computer = "";
    a->confidence = "low";
    return SHODO_OK;
}

struct shodo_answers *shodo_answers_free(struct shodo_answers *a) {
    if (!a)
        return NULL;
    for (size_t i = 0; i < a->facts.count; i++)
        shodo_doc_free(((struct ans_fact *)shodo_vec_at(&a->facts, i))->doc);
    struct shodo_vec *all[] = {&a->hits,    &a->contents,   &a->facts,    &a->lines,
                               &a->reasons, &a->folders,    &a->users,    &a->untouched,
                               &a->ways,    &a->next_hosts, &a->link_says};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(all); i++)
        shodo_vec_done(all[i]);
    shodo_buf_done(&a->links);
    shodo_arena_done(&a->arena);
    free(a);
    return NULL;
}

const char *ans_text(struct shodo_answers *a, const char *s) {
    const char *t = s ? shodo_arena_str(&a->arena, s, strlen(s)) : NULL;
    return t ? t : "";
}

const char *ans_format(struct shodo_answers *a, const char *fmt, ...) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    shodo_buf_addv(&b, fmt, ap);
    va_end(ap);
    return ans_text(a, shodo_buf_cstr(&b));
}

const char *ans_local(struct shodo_answers *a, int64_t t) {
    char s[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(t, a->zone_minutes, s);
    return ans_text(a, s);
}

const struct shodo_value *ans_value(const struct ans_fact *f, const char *key) {
    const struct shodo_value *v = shodo_value_get(f->values, key);
    return v ? v : shodo_value_get(shodo_value_get(f->values, "data"), key);
}

const char *ans_str(const struct ans_fact *f, const char *key) {
    const char *s = shodo_value_str(ans_value(f, key));
    return s ? s : "";
}

const char *ans_get(const struct shodo_value *map, const char *key) {
    const char *s = shodo_value_get_str(map, key);
    return s ? s : "";
}

int64_t ans_get_time(const struct shodo_value *map, const char *key) {
    const char *s = shodo_value_get_str(map, key);
    int64_t t = SHODO_TIME_NONE;
    return s && shodo_time_parse(s, strlen(s), &t) ? t : SHODO_TIME_NONE;
}

struct ans_line *ans_line_add(struct shodo_answers *a, int64_t time, const char *what,
                              const char *id, const char *place) {
    struct ans_line *l = NULL;
    if (time == SHODO_TIME_NONE)
        return NULL;
    if (a->lines.count < SHODO_LIMIT_TIMELINE_LINES)
        l = shodo_vec_push(&a->lines);
    if (!l) {
        a->cut_rows++;
        return NULL;
    }
    *l = (struct ans_line){.time = time,
                           .what = what,
                           .ja = "",
                           .en = "",
                           .id = id,
                           .place = place,
                           .technique = "",
                           .data_type = "shodo:fact",
                           .address = "",
                           .account = ""};
    return l;
}

const struct ans_fact *ans_next(const struct shodo_answers *a, const char *reader, const char *kind,
                                size_t *i) {
    while (*i < a->facts.count) {
        const struct ans_fact *f = shodo_vec_at(&a->facts, (*i)++);
        if (strcmp(f->reader, reader) == 0 && (!kind || strcmp(f->kind, kind) == 0))
            return f;
    }
    return NULL;
}

struct ans_vote *ans_vote_begin(struct shodo_answers *a, enum ans_voice voice) {
    static const char *const names[ANS_VOICES] = {"notes", "note names", "encrypted files", "tools",
                                                  "logs"};
    a->votes[voice] = (struct ans_vote){.name = names[voice], .ja = "", .en = ""};
    return &a->votes[voice];
}

void ans_vote_id(struct ans_vote *v, const char *id) {
    v->count++;
    if (v->ids_count < SHODO_ARRAY_SIZE(v->ids))
        v->ids[v->ids_count++] = id;
}

/* ---- lines ---- */

static struct shodo_doc *parse(struct shodo_answers *a, const char *line, size_t n) {
    struct shodo_doc *d = NULL;
    if (shodo_doc_parse_json(&d, "line", line, n, NULL) != SHODO_OK ||
        shodo_value_kind(shodo_doc_root(d)) != SHODO_VALUE_MAP) {
        a->bad_lines++;
        return shodo_doc_free(d);
    }
    return d;
}

static void *row(struct shodo_answers *a, struct shodo_vec *v) {
    void *p = v->count < SHODO_LIMIT_ANSWER_ROWS ? shodo_vec_push(v) : NULL;
    a->cut_rows += !p;
    return p;
}

enum shodo_status shodo_answers_finding(struct shodo_answers *a, const char *line, size_t n,
                                        struct shodo_error *err) {
    (void)err;
    shodo_autop(shodo_doc) struct shodo_doc *d = parse(a, line, n);
    const struct shodo_value *v = shodo_doc_root(d);
    if (!d)
        return SHODO_OK;
    a->findings_count++;
    if (strcmp(ans_get(v, "shodo.kind"), "detection") != 0)
        return SHODO_OK;
    struct ans_hit *h = row(a, &a->hits);
    if (!h)
        return SHODO_OK;
    *h = (struct ans_hit){.id = ans_text(a, ans_get(v, "event.id")),
                          .rule = ans_text(a, ans_get(v, "rule.name")),
                          .ruleset = ans_text(a, ans_get(v, "rule.ruleset")),
                          .path = ans_text(a, ans_get(v, "shodo.path")),
                          .name = ans_text(a, ans_get(v, "file.name")),
                          .owner = ans_text(a, ans_get(v, "file.owner")),
                          .ja = ans_text(a, ans_get(v, "shodo.description_ja")),
                          .en = ans_text(a, ans_get(v, "rule.description")),
                          .sha256 = ans_text(a, ans_get(v, "file.hash.sha256")),
                          .is_match = strcmp(ans_get(v, "shodo.verdict"), "match") == 0,
                          .born = ans_get_time(v, "file.created"),
                          .changed = ans_get_time(v, "file.ctime")};
    return SHODO_OK;
}

static bool is_cache(const struct shodo_answers *a, const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_fold_path(&b, path, strlen(path));
    return shodo_wild_any(shodo_detect_value(a->detect, "benign-tools", "random_folders"),
                          shodo_buf_cstr(&b), b.len);
}

static void take_content(struct shodo_answers *a, const struct shodo_value *v) {
    struct shodo_crypt_signs s;
    shodo_crypt_read(&s, shodo_value_get(v, "shodo.values"));
    if (*ans_get(shodo_value_get(v, "shodo.values"), "stream"))
        return; /* a hidden stream is no lost file */
    if (!*s.extension && is_cache(a, ans_get(v, "shodo.path")))
        return; /* compressed pages without name or signature */
    struct ans_content *c = row(a, &a->contents);
    if (c)
        *c = (struct ans_content){.id = ans_text(a, ans_get(v, "event.id")),
                                  .path = ans_text(a, ans_get(v, "shodo.path")),
                                  .extension = ans_text(a, s.extension),
                                  .size = s.size,
                                  .changed = ans_get_time(v, "@timestamp"),
                                  .crypt = shodo_crypt_judge(&s, a->detect)};
}

enum shodo_status shodo_answers_fact(struct shodo_answers *a, const char *line, size_t n,
                                     struct shodo_error *err) {
    (void)err;
    struct shodo_doc *d = parse(a, line, n);
    const struct shodo_value *v = shodo_doc_root(d);
    if (!d)
        return SHODO_OK;
    a->facts_count++;
    const char *reader = ans_get(v, "event.module"), *kind = ans_get(v, "event.action");
    if (strcmp(reader, "content") == 0) {
        if (strcmp(kind, "odd") == 0)
            take_content(a, v);
        shodo_doc_free(d);
        return SHODO_OK;
    }
    struct ans_fact f = {.doc = d,
                         .values = shodo_value_get(v, "shodo.values"),
                         .id = ans_get(v, "event.id"),
                         .reader = reader,
                         .kind = kind,
                         .path = ans_get(v, "shodo.path"),
                         .volume = (uint32_t)shodo_value_get_int(v, "shodo.volume", 0),
                         .time = ans_get_time(v, "@timestamp")};
    struct ans_fact *kept = a->facts.count < FACTS_KEPT_MAX ? shodo_vec_push(&a->facts) : NULL;
    if (!kept) {
        a->cut_rows++;
        shodo_doc_free(d);
        return SHODO_OK;
    }
    *kept = f;
    return SHODO_OK;
}

enum shodo_status shodo_answers_ledger(struct shodo_answers *a, const char *line, size_t n,
                                       struct shodo_error *err) {
    (void)err;
    shodo_autop(shodo_doc) struct shodo_doc *d = parse(a, line, n);
    const struct shodo_value *v = shodo_doc_root(d);
    enum shodo_ledger_reason reason;
    if (!d || !shodo_ledger_reason_parse(ans_get(v, "event.reason"), &reason))
        return SHODO_OK;
    if (strcmp(ans_get(v, "shodo.stage"), "collect") == 0)
        return SHODO_OK; /* not copied is not unexamined */
    a->ledger_count++;
    bool is_problem = strcmp(ans_get(v, "shodo.class"), "problem") == 0;
    a->is_locked = a->is_locked || (is_problem && reason == SHODO_LEDGER_ENCRYPTED &&
                                    ans_get(v, "shodo.path")[0] == '\0');
    struct ans_reason *r = NULL;
    for (size_t i = 0; i < a->reasons.count && !r; i++) {
        struct ans_reason *x = shodo_vec_at(&a->reasons, i);
        r = x->is_problem == is_problem && x->reason == reason &&
                    (is_problem || strcmp(x->text, ans_get(v, "message")) == 0)
                ? x
                : NULL;
    }
    if (!r && (r = a->reasons.count < 200 ? shodo_vec_push(&a->reasons) : NULL) != NULL)
        *r = (struct ans_reason){.is_problem = is_problem,
                                 .reason = reason,
                                 .example = ans_text(a, ans_get(v, "shodo.path")),
                                 .text = ans_text(a, ans_get(v, "message"))};
    if (!r) {
        a->cut_rows++;
        return SHODO_OK;
    }
    r->lines++;
    r->items += (uint64_t)SHODO_MAX((int64_t)1, shodo_value_get_int(v, "shodo.count", 1));
    r->bytes += (uint64_t)SHODO_MAX((int64_t)0, shodo_value_get_int(v, "file.size", 0));
    return SHODO_OK;
}

/* ---- conclusions, in the order they need each other ---- */

static int by_time(const void *pa, const void *pb) {
    const struct ans_line *a = pa, *b = pb;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    int r = strcmp(a->what, b->what);
    return r ? r : strcmp(a->id, b->id);
}

enum shodo_status shodo_answers_conclude(struct shodo_answers *a, struct shodo_error *err) {
    (void)err;
    ans_read_machine(a);
    ans_make_extent(a);
    ans_make_lines(a);
    ans_make_events(a);
    ans_make_traces(a);
    ans_make_recovery(a);
    if (a->lines.count)
        qsort(a->lines.data, a->lines.count, sizeof(struct ans_line), by_time);
    ans_make_ways(a);
    ans_make_times(a);
    ans_add_first_logon(a);
    ans_make_verdict(a);
    ans_make_connections(a);
    ans_make_next(a);
    return SHODO_OK;
}
