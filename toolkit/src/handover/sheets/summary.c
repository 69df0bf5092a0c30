/* SPDX-License-Identifier: Apache-2.0 */
/* One page for management: not examined first, then known, decided, to decide, deadlines. */
#include <string.h>

#include "base/time.h"
#include "handover/sheet_data.h"

/* rows of their own, the rest in a sentence: the summary is one page */
#define OPEN_MAX     5u
#define OPEN_MIN     2u
#define DECIDED_MAX  3u /* the newest */
#define MACHINES_MAX 8u
#define BLANK_ROWS   3u /* for the pen */

/* The verdict word of the first answer; "" while there is none. */
static const char *verdict_of(const struct shodo_sheet *s, const char *endpoint) {
    const char *v = shodo_value_get_str(
        shodo_sheet_find_answer(shodo_sheet_answers_of(s, endpoint), "hit"),
        s->is_ja ? "verdict_ja" : "verdict");
    return v ? v : "";
}

static void machines(struct shodo_sheet *s) {
    const int widths[] = {300, 130, 160, 150, 260};
    const char *const head[] = {
        shodo_sheet_say(s, "機械", "Machine"), shodo_sheet_say(s, "調べた方法", "Profile"),
        shodo_sheet_say(s, "読めなかった項目", "Problems"),
        shodo_sheet_say(s, "見つかったもの", "Findings"), shodo_sheet_say(s, "状態", "State")};
    shodo_document_heading(
        s->d, 2, shodo_sheet_say(s, "調べた機械（未検査が先）", "Machines (not examined first)"));
    if (s->c.endpoints.count == 0 && !s->is_blank) {
        shodo_document_paragraph(s->d, shodo_sheet_say(s, "まだ1台も調べていません（未検査）。",
                                                       "No machine has been examined yet."));
        return;
    }
    shodo_document_table(s->d, "machines", 5, widths, head);
    shodo_document_table_small(s->d);
    size_t shown = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < s->c.endpoints.count; i++) {
            const struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
            const struct shodo_case_run *r = shodo_case_last_run(&s->c, e->id, "triage");
            bool is_whole = r && r->status == SHODO_RUN_DONE;
            if (is_whole != (pass == 1) || ++shown > MACHINES_MAX)
                continue;
            const char *state = !r ? shodo_sheet_say(s, "未検査（まだ調べていない）",
                                                     "not examined")
                                : is_whole
                                    ? r->findings
                                          ? shodo_sheet_say(s, "一致・要確認あり",
                                                            "matches or suspects")
                                          : shodo_sheet_say(s, "該当なし（調べた範囲で）",
                                                            "nothing found in what was examined")
                                : r->status == SHODO_RUN_INCOMPLETE
                                    ? shodo_sheet_say(s, "一部 未検査（読めない項目）",
                                                      "partly not examined")
                                    : shodo_sheet_say(s, "一部 未検査（途中まで）",
                                                      "partly not examined (stopped)");
            const char *verdict = verdict_of(s, e->id);
            if (*verdict)
                state = is_whole ? verdict : shodo_sheet_printf(s, "%s\n%s", verdict, state);
            shodo_document_row(
                s->d, (const char *const[]){
                          shodo_sheet_mask(s, "internal", shodo_sheet_machine(s, e)),
                          r ? shodo_sheet_profile(s, r->profile) : "",
                          r ? shodo_sheet_printf(s, "%llu", (unsigned long long)r->problems) : "-",
                          r ? shodo_sheet_printf(s, "%llu", (unsigned long long)r->findings) : "-",
                          state});
        }
    }
    for (size_t i = 0; s->is_blank && i < BLANK_ROWS; i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", "", ""});
    if (shown > MACHINES_MAX)
        shodo_document_paragraph(
            s->d, shodo_sheet_printf(s,
                                     s->is_ja ? "ほかに%zu台（時系列と証拠受渡書に載せる）"
                                              : "%zu more machines",
                                     shown - MACHINES_MAX));
}

static void known(struct shodo_sheet *s) {
    static const struct {
        const char *key, *from, *ja, *en, *class_name;
    } rows[] = {
        {"symptom", "case.symptom", "何が起きたか", "What happened", "general"},
        {"stopped", "answer.stopped", "止まっているもの", "Stopped", "general"},
        {"patients", "answer.patients_affected", "患者への影響", "Patients", "general"},
        {"since", "answers.since", "いつから", "Since when", "technical"},
        {"how-far", "answers.how_far", "どこまで", "How far", "technical"},
        {"way-in", "answers.way_in", "入口", "Way in", "technical"},
        {"families", "answers.hit.families", "種類の候補", "Possible family", "technical"},
        {"leak", "answer.event", "漏えいの疑い", "Leak suspected", "general"},
        {"lines", "journal.isolation.count", "切った線", "Lines cut", "general"},
        {"offsite", "answer.offsite", "バックアップ", "Backup", "general"},
    };
    shodo_auto(shodo_buf) struct shodo_buf unknown = SHODO_BUF_INIT;
    shodo_document_heading(
        s->d, 2, shodo_sheet_say(s, "分かっていること・分かっていないこと", "Known and unknown"));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_sheet_value v = shodo_sheet_resolve(s, rows[i].from, NULL);
        if (!s->is_blank && !*v.text) {
            shodo_buf_addf(&unknown, "%s%s", unknown.len ? shodo_sheet_say(s, "、", ", ") : "",
                           shodo_sheet_say(s, rows[i].ja, rows[i].en));
            continue;
        }
        shodo_document_field(s->d, rows[i].key, s->is_ja ? rows[i].ja : rows[i].en,
                             shodo_sheet_mask(s, rows[i].class_name, v.text),
                             s->is_blank ? SHODO_FIELD_BY_HAND : v.source,
                             s->is_blank ? "" : v.note);
    }
    if (unknown.len)
        shodo_document_field(
            s->d, "not-known", shodo_sheet_say(s, "まだ分かっていない", "Not known yet"),
            shodo_buf_cstr(&unknown), SHODO_FIELD_COMPUTED,
            shodo_sheet_say(s, "調べる、または現場に聞く", "examine, or ask the wards"));
}

/* The hospital's own table, else the usual one (a blank form has none). */
static const struct shodo_value *decision_table(struct shodo_sheet *s) {
    const struct shodo_value *own = shodo_value_get(s->site, "decisions");
    return shodo_value_count(own) || s->is_blank
               ? own
               : shodo_value_get(shodo_sheet_usual(s), "decisions");
}

static bool is_decided(struct shodo_sheet *s, const char *id) {
    const struct shodo_case_decision *d = shodo_case_find_decision(
        &s->c, shodo_sheet_printf(s, "decide/%s", id));
    struct shodo_sheet_decided what = {.is_open = true};
    if (d)
        shodo_sheet_decided(s, d, &what);
    return !what.is_open;
}

/* Rows of what was decided, in time order, without the first `skip`; how many these were (with
 * `skip` SIZE_MAX: how many there are). What was left undecided stands among what is to be decided.
 */
static size_t decided_rows(struct shodo_sheet *s, size_t skip) {
    size_t seen = 0, shown = 0;
    for (size_t i = 0; i < s->c.decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&s->c.decisions, i);
        const char *label = "";
        struct shodo_sheet_decided what;
        if (strncmp(d->key, "decide/", 7) != 0)
            continue;
        const char *name = shodo_sheet_decision_name(s, d, &label);
        shodo_sheet_decided(s, d, &what);
        if (what.is_open || seen++ < skip)
            continue;
        shodo_document_row(s->d,
                           (const char *const[]){
                               name, what.label,
                               *what.who ? shodo_sheet_mask(s, "staff", what.who)
                                         : shodo_sheet_say(s, "名前の記録なし", "no name"),
                               shodo_sheet_printf(s, "%s  %s", shodo_sheet_clock(s, d->time),
                                                  shodo_sheet_mask(s, "decision", what.reason))});
        shown++;
    }
    return skip == SIZE_MAX ? seen : shown;
}

static void decisions(struct shodo_sheet *s) {
    const int widths[] = {230, 200, 150, 420};
    const char *const head[] = {shodo_sheet_say(s, "判断", "Decision"),
                                shodo_sheet_say(s, "結果", "Result"),
                                shodo_sheet_say(s, "決めた人", "Decided by"),
                                shodo_sheet_say(s, "いつ・理由", "When, why")};
    const struct shodo_value *rows = decision_table(s);
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "決めたこと", "Decided"));
    shodo_document_table(s->d, "decided", 4, widths, head);
    shodo_document_table_small(s->d);
    size_t n = 0, all = decided_rows(s, SIZE_MAX);
    n = decided_rows(s, all > DECIDED_MAX ? all - DECIDED_MAX : 0);
    for (size_t i = n; i < (s->is_blank ? BLANK_ROWS : 1); i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    if (all > n)
        shodo_document_paragraph(
            s->d, shodo_sheet_printf(
                      s, s->is_ja ? "先に決めた%zu件は時系列に載せる" : "%zu earlier: see timeline",
                      all - n));
    size_t open_max = n > OPEN_MAX - OPEN_MIN ? OPEN_MIN : OPEN_MAX - n;
    const int to_widths[] = {330, 290, 250, 130};
    const char *const to_head[] = {shodo_sheet_say(s, "判断", "Decision"),
                                   shodo_sheet_say(s, "だれが（代理の順）", "By (deputies)"),
                                   shodo_sheet_say(s, "勧め", "Recommended"),
                                   shodo_sheet_say(s, "いつまでに", "Until")};
    shodo_auto(shodo_buf) struct shodo_buf more = SHODO_BUF_INIT;
    size_t open = 0;
    shodo_document_heading(s->d, 2, shodo_sheet_say(s, "これから決めること", "To decide"));
    shodo_document_table(s->d, "to-decide", 4, to_widths, to_head);
    shodo_document_table_small(s->d);
    for (size_t i = 0; i < shodo_value_count(rows); i++) {
        const struct shodo_value *r = shodo_value_at(rows, i);
        const char *id = shodo_value_get_str(r, "id"), *decider = shodo_value_get_str(r, "decider");
        if (!id || is_decided(s, id))
            continue;
        if (++open > open_max) {
            shodo_buf_addf(&more, "%s%s", more.len ? shodo_sheet_say(s, "、", ", ") : "",
                           shodo_sheet_text(s, r, "name"));
            continue;
        }
        const char *who = decider ? shodo_sheet_resolve(
                                        s, shodo_sheet_printf(s, "site.people.%s", decider), NULL)
                                        .text
                                  : "";
        if (decider && !*who) /* the usual table names a post, not a person */
            who = decider;
        shodo_document_row(s->d, (const char *const[]){shodo_sheet_text(s, r, "name"),
                                                       shodo_sheet_mask(s, "staff", who),
                                                       shodo_sheet_text(s, r, "recommend"),
                                                       shodo_sheet_say(s, "  月  日  時", "")});
    }
    for (size_t i = shodo_value_count(rows); i < (s->is_blank ? BLANK_ROWS : 1); i++)
        shodo_document_row(s->d, (const char *const[]){"", "", "", ""});
    if (more.len)
        shodo_document_paragraph(
            s->d, shodo_sheet_printf(s, s->is_ja ? "このあと決めること: %s" : "Later: %s",
                                     shodo_buf_cstr(&more)));
}

enum shodo_status shodo_sheet_summary(struct shodo_sheet *s, struct shodo_error *err) {
    (void)err;
    s->d->is_compact = s->d->is_one_page = true;
    s->has_short_times = true;
    machines(s);
    known(s);
    decisions(s);
    shodo_sheet_deadlines_short(s);
    return SHODO_OK;
}
