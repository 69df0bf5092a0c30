/* SPDX-License-Identifier: Apache-2.0 */
/* What was written, in the reader's own language: names of steps and answers instead of keys; the
 * record itself is behind Enter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "filter.h"
#include "play.h"
#include "record_text.h"
#include "said.h"
#include "screens.h"
#include "walk.h"

#define LINES_MAX   2000
#define JST_MINUTES 540

struct line {
    char *text, *whole; /* on a line of the list; on a page of its own */
    uint64_t seq;
    char stick[40]; /* of a note that can be withdrawn, "" otherwise */
};

struct journal {
    struct shodo_vec lines; /* struct line */
    uint64_t records, left_out;
};

static const struct {
    const char *word;
    enum tui_msg text;
} words[] = {
    {"journal.start", MSG_J_START},
    {"journal.checkpoint", MSG_J_CHECKPOINT},
    {"journal.torn", MSG_J_TORN},
    {"case.new", MSG_J_CASE_NEW},
    {"case.note", MSG_NOTE},
    {"case.end", MSG_J_CASE_END},
    {"case.reopen", MSG_J_CASE_REOPEN},
    {"endpoint.add", MSG_J_ENDPOINT},
    {"run.start", MSG_J_RUN_START},
    {"run.end", MSG_J_RUN_END},
    {"seal.done", MSG_J_SEAL},
    {"seal.timestamp", MSG_J_TIMESTAMP},
    {"decision", MSG_DECIDE},
    {"start/pc", MSG_PC_TITLE},
    {"start/boot", MSG_J_BOOT},
    {"start/clock", MSG_J_CLOCK},
    {"start/reboot", MSG_PRIOR_TITLE},
    {"start/power-off", MSG_POWER_TITLE},
    {"power-button", MSG_POWER_BUTTON},
    {"power-windows", MSG_POWER_WINDOWS},
    {"power-plug", MSG_POWER_PLUG},
    {"start/playbook", MSG_J_PLAYBOOK},
    {"start/disk", MSG_DISKS},
    {"start/facts", MSG_J_FACTS},
    {"done", MSG_OPTION_DONE_WORD},
    {"skipped", MSG_OPTION_LATER_WORD},
    {"unknown", MSG_OPTION_UNKNOWN},
    {"reopened", MSG_KEY_REOPEN},
    {"guide", MSG_PC_GUIDE},
    {"suspect", MSG_PC_SUSPECT},
    {"recorded", MSG_RECORDED},
    {"none", MSG_PRIOR_NONE},
    {"decided", MSG_J_DECIDED},
    {"triage", MSG_RUN_TRIAGE},
    {"collect", MSG_RUN_COLLECT},
    {"cut", MSG_WALK_CUT},
    {"hold", MSG_WALK_HOLD},
    {"not-found", MSG_WALK_MISSING},
    {"not-applicable", MSG_WALK_NOT_OURS},
    {"incomplete", MSG_J_INCOMPLETE},
    {"cancelled", MSG_J_CANCELLED},
    {"failed", MSG_J_FAILED},
    {"asked", MSG_J_ASKED},
    {"operator", MSG_J_OPERATOR},
    {"shodo", MSG_J_PROGRAM},
    {"yes", MSG_DECIDE_YES},
    {"wait", MSG_DECIDE_WAIT},
    {"quick", MSG_J_QUICK},
    {"standard", MSG_J_STANDARD},
    {"full", MSG_J_FULL},
    {"fact/my_name", MSG_FACT_MY_NAME},
    {"fact/hospital", MSG_FACT_HOSPITAL},
    {"fact/found_at", MSG_FACT_FOUND_AT},
    {"fact/place", MSG_FACT_PLACE},
    {"fact/symptom", MSG_FACT_SYMPTOM},
    {"fact/stopped", MSG_FACT_STOPPED},
    {"fact/callback", MSG_FACT_CALLBACK},
    {"fact/known_at", MSG_FACT_KNOWN_AT},
    {"fact/clinical", MSG_CLINICAL},
};

/* The word in the reader's language, else as it stands. */
static const char *word(const struct tui_app *app, const char *s) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].word, s) == 0)
            return tui_text(app, words[i].text);
    }
    return s;
}

const struct shodo_step *tui_step_of_key(const struct tui_app *app, const char *key) {
    const char *slash = strchr(key, '/');
    char book[64], step[160];
    if (!slash)
        return NULL;
    snprintf(book, sizeof book, "%.*s", (int)SHODO_MIN(strcspn(key, "/~"), (size_t)60), key);
    snprintf(step, sizeof step, "%.*s", (int)SHODO_MIN(strcspn(slash + 1, "#"), (size_t)150),
             slash + 1);
    const struct shodo_playbook *p = tui_books_find(&app->books, book);
    int i = p ? shodo_playbook_find(p, step) : -1;
    return i >= 0 ? &p->steps[i] : NULL;
}

const char *tui_answer_word(const struct tui_app *app, const struct shodo_step *s,
                            const char *value) {
    for (size_t i = 0; s && i < s->question.choices_count; i++) {
        if (strcmp(s->question.choices[i].value, value) == 0)
            return tui_pick(app, &s->question.choices[i].label);
    }
    return word(app, value);
}

/* Label of an option of the decision table; the site's own options first. */
static const char *option_word(const struct tui_app *app, const char *id, const char *value) {
    const struct shodo_site_decision *tables[] = {tui_books_decision(&app->books, id),
                                                  tui_books_generic_decision(&app->books, id)};
    for (size_t t = 0; t < SHODO_ARRAY_SIZE(tables); t++) {
        for (size_t i = 0; tables[t] && i < tables[t]->options.count; i++) {
            const struct shodo_site_option *o = shodo_vec_at(&tables[t]->options, i);
            if (strcmp(o->value, value) == 0)
                return tui_pick(app, &o->label);
        }
    }
    return word(app, value);
}

static const char *line_name(const struct tui_app *app, const char *id) {
    const struct shodo_site *const lists[] = {tui_books_lines_of(&app->books), app->books.generic};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(lists); k++) {
        for (size_t i = 0; lists[k] && i < lists[k]->lines.count; i++) {
            const struct shodo_site_line *l = shodo_vec_at(&lists[k]->lines, i);
            if (strcmp(l->id, id) == 0)
                return tui_pick(app, &l->name);
        }
    }
    uint64_t own = 0;
    bool is_own = strncmp(id, "own-", 4) == 0 &&
                  shodo_text_parse_u64(id + 4, strlen(id + 4), &own) && own > 0;
    const char *name = is_own ? tui_walk_own(app, (size_t)own - 1) : NULL;
    return name ? name : id;
}

/* "a>b": b was opened from a; b is the one that is open. */
static const char *book_name(const struct tui_app *app, const char *keys) {
    const char *last = strrchr(keys, '>');
    const struct shodo_playbook *p = tui_books_find(&app->books, last ? last + 1 : keys);
    return p ? tui_pick(app, &p->name) : keys;
}

/* A decision that neither the site's table nor the usual one has: the step that asks for it names
 * it. */
static const struct shodo_step *step_that_decides(const struct tui_app *app, const char *id) {
    for (size_t b = 0; b < app->books.list.count; b++) {
        const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&app->books.list,
                                                                                 b);
        for (size_t i = 0; i < p->steps_count; i++) {
            if (p->steps[i].decision_id && strcmp(p->steps[i].decision_id, id) == 0)
                return &p->steps[i];
        }
    }
    return NULL;
}

static void decision_text(const struct tui_app *app, const struct shodo_record *r,
                          struct shodo_buf *out) {
    const char *key = shodo_value_get_str(r->data, "key"),
               *value = shodo_value_get_str(r->data, "value");
    const char *note = shodo_value_get_str(r->data, "note");
    const struct shodo_step *s = key ? tui_step_of_key(app, key) : NULL;
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    if (!key || !value)
        return;
    const struct shodo_site_decision *d = strncmp(key, "decide/", 7) == 0
                                              ? tui_books_decision(&app->books, key + 7)
                                              : NULL;
    if (!s && !d && strncmp(key, "decide/", 7) == 0)
        s = step_that_decides(app, key + 7);
    if (s)
        shodo_buf_addf(out, "%s: %s", tui_pick(app, &s->name), tui_answer_word(app, s, value));
    else if (!d && strncmp(key, "decide/", 7) == 0)
        shodo_buf_addf(out, "%s (%s): %s", tui_text(app, MSG_RECORD_OTHER_DECISION), key + 7,
                       word(app, value));
    else if (d)
        shodo_buf_addf(out, "%s: %s", tui_pick(app, &d->question),
                       option_word(app, key + 7, value));
    else if (strncmp(key, "walk/", 5) == 0)
        shodo_buf_addf(out, "%s: %s", line_name(app, key + 5), word(app, value));
    else if (strncmp(key, "promise/", 8) == 0)
        shodo_buf_addf(out, "%s: %s", tui_text(app, MSG_J_PROMISE), word(app, value));
    else if (strncmp(key, "line/", 5) == 0)
        shodo_buf_addf(out, "%s: %s", tui_text(app, MSG_WALK_ADD), value);
    else if (strcmp(key, "start/boot") == 0)
        /* the number of the PC's start says nothing to people */
        shodo_buf_adds(out, word(app, key));
    else if (strcmp(key, TUI_KEY_PLAYBOOK) == 0)
        shodo_buf_addf(out, "%s: %s", word(app, key), book_name(app, value));
    else
        shodo_buf_addf(out, "%s: %s", word(app, key), tui_said(app, word(app, value), &said));
    for (int i = 0; note && strncmp(key, "line/", 5) == 0 && i < TUI_WALK_KINDS; i++)
        note = strcmp(note, tui_walk_kinds[i]) == 0 ? tui_text(app, tui_walk_kind_words[i]) : note;
    if (note && *note)
        shodo_buf_addf(out, "  (%s)", tui_said(app, word(app, note), &said));
}

static void event_text(const struct tui_app *app, const struct shodo_record *r,
                       struct shodo_buf *out) {
    static const char *const keys[] = {"text", "kind",     "profile", "status",
                                       "name", "computer", "case",    "file"};
    if (strcmp(r->event, "decision") == 0) {
        decision_text(app, r, out);
        return;
    }
    shodo_buf_adds(out, word(app, r->event));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(keys); i++) {
        const char *s = shodo_value_get_str(r->data, keys[i]);
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        if (s && *s)
            shodo_buf_addf(out, "  %s", tui_said(app, word(app, s), &said));
    }
    if (strcmp(r->event, "run.end") == 0)
        shodo_buf_addf(out, "  %s %lld", tui_text(app, MSG_FOUND),
                       (long long)shodo_value_get_int(r->data, "findings", 0));
}

struct collect {
    const struct tui_app *app;
    struct journal *j;
};

static void drop_oldest(struct journal *j, size_t n) {
    for (size_t i = 0; i < n && i < j->lines.count; i++) {
        struct line *l = shodo_vec_at(&j->lines, i);
        free(l->text);
        free(l->whole);
    }
    memmove(j->lines.data, (struct line *)j->lines.data + n,
            (j->lines.count - n) * sizeof(struct line));
    j->lines.count -= n;
    j->left_out += n;
}

/* Is the record a note, and is it still what was meant? */
static const struct shodo_case_note *note_of(const struct tui_app *app,
                                             const struct shodo_record *r) {
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    for (size_t i = 0; c && strcmp(r->event, "case.note") == 0 && i < c->notes.count; i++) {
        const struct shodo_case_note *n = shodo_vec_at(&c->notes, i);
        if (n->seq == r->seq && strcmp(n->stick, r->stick) == 0)
            return n;
    }
    return NULL;
}

static enum shodo_status add_line(void *ctx, const struct shodo_record *r) {
    struct collect *k = ctx;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    char when[SHODO_TIME_TEXT_BYTES];
    k->j->records++;
    if (k->j->lines.count >= LINES_MAX) /* the newest are wanted */
        drop_oldest(k->j, LINES_MAX / 2);
    shodo_time_local(r->time, JST_MINUTES, when);
    when[19] = 0;
    shodo_buf_addf(&b, "%s  %s  ", when + 5, word(k->app, r->actor));
    const struct shodo_case_note *note = note_of(k->app, r);
    if (note && note->is_withdrawn)
        shodo_buf_addf(&b, "[%s] ", tui_text(k->app, MSG_WITHDRAWN));
    event_text(k->app, r, &b);
    struct line *line = shodo_vec_push(&k->j->lines);
    if (line) {
        shodo_auto(shodo_buf) struct shodo_buf all = SHODO_BUF_INIT;
        shodo_buf_addf(&all, "%s\n\n", shodo_buf_cstr(&b));
        tui_record_lines(k->app, r, word, &all);
        *line = (struct line){
            .text = shodo_buf_steal(&b), .whole = shodo_buf_steal(&all), .seq = r->seq};
        if (note && !note->is_withdrawn)
            snprintf(line->stick, sizeof line->stick, "%.36s", r->stick);
    }
    return SHODO_OK;
}

static void drop_all(struct journal *j) {
    drop_oldest(j, j->lines.count);
    j->records = j->left_out = 0;
}

static void open_journal(struct tui_app *app, struct tui_view *v) {
    struct journal *j = v->data;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct collect k = {.app = app, .j = j};
    j->lines = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct line));
    if (tui_casefile_each(app->casefile, add_line, &k, &err) != SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
    v->selected = SHODO_MAX(0, (int)j->lines.count - 1);
}

static void close_journal(struct tui_app *app, struct tui_view *v) {
    (void)app;
    struct journal *j = v->data;
    drop_oldest(j, j->lines.count);
    shodo_vec_done(&j->lines);
}

static const struct line *nth(const struct tui_view *v, int n) {
    const struct journal *j = v->data;
    for (size_t i = 0; i < j->lines.count; i++) {
        const struct line *l = shodo_vec_at(&j->lines, i);
        if (tui_filter_hits(v, l->text) && n-- == 0)
            return l;
    }
    return NULL;
}

static int count(const struct tui_view *v) {
    const struct journal *j = v->data;
    int n = 0;
    for (size_t i = 0; i < j->lines.count; i++)
        n += tui_filter_hits(v, ((const struct line *)shodo_vec_at(&j->lines, i))->text);
    return n;
}

static void draw_journal(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                         struct tui_area a) {
    const struct journal *j = v->data;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    shodo_buf_addf(&b, "%s %llu  %s %llu", tui_text(app, MSG_RECORDS),
                   (unsigned long long)j->records, tui_text(app, MSG_CHECKPOINTS),
                   (unsigned long long)(k ? k->checkpoints : 0));
    if (k && k->torn)
        shodo_buf_addf(&b, "  %s %llu", tui_text(app, MSG_TORN), (unsigned long long)k->torn);
    tui_filter_text(app, v, &b);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    int n = count(v), fit = a.rows - 2;
    v->selected = SHODO_MAX(0, SHODO_MIN(v->selected, n - 1));
    tui_list_scroll(v, fit);
    for (int i = v->scroll; i < n && i - v->scroll < fit; i++)
        tui_canvas_text(c, a.row + 1 + i - v->scroll, a.col, a.cols,
                        i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL, nth(v, i)->text);
}

static void read_again(struct tui_app *app, struct tui_view *v) {
    int row = v->selected;
    drop_all(v->data);
    shodo_vec_done(&((struct journal *)v->data)->lines);
    open_journal(app, v);
    v->selected = row;
}

static void on_withdraw(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct tui_view *v = tui_top(app);
    const struct line *l = index == 1 && strcmp(v->screen->id, "journal") == 0 ? nth(v, v->selected)
                                                                               : NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!l || !l->stick[0])
        return;
    if (tui_casefile_withdraw(app->casefile, tui_actor(app), l->seq, l->stick, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
        return;
    }
    read_again(app, v);
    tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_RECORDED));
}

/* What becomes a statement in the journal needs Enter; keeping it is preselected. */
static void ask_withdraw(struct tui_app *app, long at) {
    const struct line *l = nth(tui_top(app), (int)at);
    if (!l || !l->stick[0]) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_WITHDRAW_NOT_NOTE));
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s\n\n%s", l->text, tui_text(app, MSG_WITHDRAW_TEXT));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_WITHDRAW_TITLE), shodo_buf_cstr(&b),
                                      on_withdraw, at);
    tui_told_by(app, ask_withdraw, at);
    tui_ask_add(a, tui_text(app, MSG_WITHDRAW_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_WITHDRAW_YES), NULL);
    tui_ask_needs_enter(a);
}

static void show_line(struct tui_app *app, long at) {
    const struct line *l = nth(tui_top(app), (int)at);
    if (!l || !l->whole)
        return;
    tui_page_show(app, tui_text(app, MSG_DETAIL), l->whole);
    tui_told_by(app, show_line, at);
}

static unsigned journal_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    if (tui_list_key(v, key, SHODO_MAX(1, count(v)), 15))
        return TUI_EFFECT_REDRAW;
    if (key.action == TUI_ACTION_ENTER) {
        show_line(app, v->selected);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_WITHDRAW) {
        ask_withdraw(app, v->selected);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_FILTER) {
        tui_filter_ask(app);
        return TUI_EFFECT_REDRAW;
    }
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action journal_keys[] = {
    TUI_ACTION_FILTER, TUI_ACTION_ENTER,   TUI_ACTION_WITHDRAW,  TUI_ACTION_UP,
    TUI_ACTION_DOWN,   TUI_ACTION_PAGE_UP, TUI_ACTION_PAGE_DOWN, TUI_ACTION_NONE};
const struct tui_screen tui_screen_journal = {.id = "journal",
                                              .title = MSG_JOURNAL,
                                              .help = MSG_JOURNAL_HELP,
                                              .keys = journal_keys,
                                              .data_bytes = sizeof(struct journal),
                                              .open = open_journal,
                                              .close = close_journal,
                                              .draw = draw_journal,
                                              .key = journal_key,
                                              .retell = read_again};
