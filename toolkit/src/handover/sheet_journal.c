/* SPDX-License-Identifier: Apache-2.0 */
/* Values that are counted from the records of the journal. */
#include <stdio.h>
#include <string.h>

#include "handover/sheet_value.h"

/* The line of a record walk/<id> belongs to this vendor. */
static bool is_of_vendor(const struct shodo_sheet *s, const char *id) {
    static const char *const lists[] = {"connections", "backup_paths"};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const char *name = shodo_value_get_str(shodo_value_at(rows, i), "id"),
                       *vendor = shodo_value_get_str(shodo_value_at(rows, i), "vendor");
            if (name && strcmp(name, id) == 0)
                return vendor && s->vendor && strcmp(vendor, s->vendor) == 0;
        }
    }
    return false;
}

static struct shodo_sheet_value isolation(struct shodo_sheet *s, bool of_vendor) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_case_decision *last = NULL;
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const char *label = "";
        if (strncmp(d->key, "walk/", 5) != 0 || (of_vendor && !is_of_vendor(s, d->key + 5)))
            continue;
        const char *name = shodo_sheet_decision_name(s, d, &label);
        shodo_buf_addf(&b, "%s%s: %s %s", b.len ? "\n" : "", name, label,
                       shodo_sheet_time(s, d->time));
        last = !last || d->time > last->time ? d : last;
    }
    if (!last)
        return shodo_sheet_unknown(s, shodo_sheet_say(s, "切った線を書く（線、時刻、だれが）",
                                                      "write which lines were cut, when, by whom"));
    return (struct shodo_sheet_value){
        .text = shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
        .source = SHODO_FIELD_ANSWERED,
        .note = shodo_sheet_printf(s, "%s  %s", shodo_sheet_mask(s, "staff", last->actor),
                                   shodo_sheet_note_time(s, last->time)),
        .time = last->time};
}

static bool has_result(const struct shodo_sheet *s, const char *line) {
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        if (strncmp(d->key, "walk/", 5) == 0 && strcmp(d->key + 5, line) == 0)
            return true;
    }
    return false;
}

/* Lines of the site profile of which nobody said anything yet; false: there is no such list. */
static bool count_open(const struct shodo_sheet *s, size_t *ret) {
    static const char *const lists[] = {"connections", "backup_paths"};
    bool has_list = false;
    *ret = 0;
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        const struct shodo_value *rows = shodo_value_get(s->site, lists[k]);
        for (size_t i = 0; i < shodo_value_count(rows); i++) {
            const char *id = shodo_value_get_str(shodo_value_at(rows, i), "id");
            has_list = true;
            *ret += !id || !has_result(s, id);
        }
    }
    return has_list;
}

/* How many lines were cut, are on hold and are still open: for who does not need their names. */
static struct shodo_sheet_value isolation_count(struct shodo_sheet *s) {
    size_t cut = 0, hold = 0, other = 0, open = 0;
    const struct shodo_case_decision *last = NULL;
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        if (strncmp(d->key, "walk/", 5) != 0)
            continue;
        cut += strcmp(d->value, "cut") == 0;
        hold += strcmp(d->value, "hold") == 0;
        other += strcmp(d->value, "cut") != 0 && strcmp(d->value, "hold") != 0;
        last = !last || d->time > last->time ? d : last;
    }
    if (!last)
        return isolation(s, false);
    struct shodo_sheet_value v = shodo_sheet_from_decision(s, last, "", NULL);
    v.text = shodo_sheet_printf(
        s,
        s->is_ja ? "外部・バックアップの線を切った %zu本、保留 %zu本、その他 %zu本、%s"
                 : "lines cut %zu, on hold %zu, other %zu, %s",
        cut, hold, other,
        !count_open(s, &open)
            ? shodo_sheet_say(s, "まだの線は不明（一覧がない）", "still open: unknown (no list)")
            : shodo_sheet_printf(s, s->is_ja ? "まだ %zu本" : "still open %zu", open));
    v.source = SHODO_FIELD_ANSWERED;
    return v;
}

static struct shodo_sheet_value notes(struct shodo_sheet *s) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->c.notes.count; i++) {
        const struct shodo_case_note *n = shodo_vec_at(&s->c.notes, i);
        shodo_buf_addf(&b, "%s%s %s", b.len ? "\n" : "", shodo_sheet_time(s, n->time), n->text);
    }
    return shodo_sheet_computed(s, shodo_sheet_printf(s, "%s", shodo_buf_cstr(&b)),
                                shodo_sheet_say(s, "記録のメモ", "notes of the journal"));
}

static struct shodo_sheet_value since_start(struct shodo_sheet *s, int64_t t, const char *what) {
    if (t == SHODO_TIME_NONE || s->c.created == SHODO_TIME_NONE || t < s->c.created)
        return shodo_sheet_unknown(s,
                                   shodo_sheet_say(s, "記録にまだない", "not in the journal yet"));
    long long min = (long long)((t - s->c.created) / INT64_C(60000000000));
    return shodo_sheet_computed(s, shodo_sheet_printf(s, s->is_ja ? "%lld分" : "%lld minutes", min),
                                what);
}

static int64_t first_end(const struct shodo_sheet *s, const char *kind) {
    int64_t t = SHODO_TIME_NONE;
    for (size_t i = 0; i < s->c.runs.count; i++) {
        const struct shodo_case_run *r = shodo_vec_at(&s->c.runs, i);
        if (strcmp(r->kind, kind) == 0 && r->ended != SHODO_TIME_NONE &&
            (t == SHODO_TIME_NONE || r->ended < t))
            t = r->ended;
    }
    return t;
}

static struct shodo_sheet_value from_drill(struct shodo_sheet *s, const char *name) {
    const char *note = shodo_sheet_say(s, "記録の開始から", "from the start of the journal");
    const struct shodo_case_decision *d = NULL;
    if (strcmp(name, "to_verdict") == 0)
        return since_start(s, first_end(s, "triage"), note);
    if (strcmp(name, "to_seal") == 0)
        return since_start(s,
                           s->c.seals.count
                               ? ((struct shodo_case_seal *)shodo_vec_at(&s->c.seals, 0))->time
                               : SHODO_TIME_NONE,
                           note);
    if (strcmp(name, "to_hq") == 0)
        d = shodo_case_find_decision(&s->c, "decide/headquarters");
    if (strcmp(name, "to_safety") == 0)
        d = shodo_sheet_answer(s, "patients_affected", NULL);
    return since_start(s, d ? d->time : SHODO_TIME_NONE, note);
}

struct shodo_sheet_value shodo_sheet_from_journal(struct shodo_sheet *s, const char *name) {
    const struct shodo_case_seal *seal = s->c.seals.count
                                             ? shodo_vec_at(&s->c.seals, s->c.seals.count - 1)
                                             : NULL;
    const struct shodo_case_endpoint *e = s->c.endpoints.count
                                              ? shodo_vec_at(&s->c.endpoints,
                                                             s->c.endpoints.count - 1)
                                              : NULL;
    if (strcmp(name, "isolation") == 0)
        return isolation(s, false);
    if (strcmp(name, "isolation.count") == 0 || strcmp(name, "measures") == 0)
        return isolation_count(s);
    if (strcmp(name, "isolation.vendor") == 0)
        return isolation(s, true);
    if (strcmp(name, "notes") == 0)
        return notes(s);
    if (strncmp(name, "drill.", 6) == 0)
        return from_drill(s, name + 6);
    if (strcmp(name, "calls.vendor") == 0)
        return shodo_sheet_resolve(s, "answer.r_call_vendor", NULL);
    if (strcmp(name, "collect.at") == 0)
        return shodo_sheet_computed(s, shodo_sheet_time(s, first_end(s, "collect")),
                                    shodo_sheet_say(s, "採取の実行", "collecting run"));
    if (strcmp(name, "collect.disk") == 0 && e)
        return shodo_sheet_computed(
            s,
            shodo_sheet_printf(s, "%s  %llu bytes", e->source, (unsigned long long)e->size_bytes),
            e->id);
    if (strcmp(name, "seal.digest") == 0 && seal)
        return shodo_sheet_computed(
            s, shodo_sheet_digest(s, seal->segments_sha256),
            shodo_sheet_say(s, "封をした束の要約値", "digest of the sealed bundle"));
    if (strcmp(name, "seal.signer") == 0 && seal)
        return shodo_sheet_computed(
            s, shodo_sheet_digest(s, seal->signer),
            shodo_sheet_say(s, "署名した鍵の指紋", "fingerprint of the signer"));
    if (strcmp(name, "timeline") == 0)
        return s->records.count ? shodo_sheet_computed(s,
                                                       shodo_sheet_say(s, "別紙「時系列」のとおり",
                                                                       "see the paper 'timeline'"),
                                                       shodo_sheet_say(s, "記録", "journal"))
                                : shodo_sheet_nothing(s);
    if (strcmp(name, "steps") == 0)
        return s->c.decisions.count
                   ? shodo_sheet_computed(
                         s,
                         shodo_sheet_printf(s, s->is_ja ? "%zu件（下の表）" : "%zu (table below)",
                                            s->c.decisions.count),
                         shodo_sheet_say(s, "記録", "journal"))
                   : shodo_sheet_nothing(s);
    return shodo_sheet_nothing(s);
}
