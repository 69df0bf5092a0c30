/* SPDX-License-Identifier: Apache-2.0 */
/* What people add: a note, a promised call, the change of shift. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "play.h"
#include "promise.h"
#include "said.h"
#include "screens.h"

#define PROMISES_SHOWN 4
#define SHIFT_PROMISES 12

/* ---- a note: usual words first, typing as the last way ---- */

static const enum tui_msg note_words[] = {MSG_NOTE_CALLED,        MSG_NOTE_WAITING,
                                          MSG_NOTE_PHOTO,         MSG_NOTE_VENDOR,
                                          MSG_NOTE_HOLD_CLINICAL, MSG_NOTE_HOLD_VENDOR};

static void keep_note(struct tui_app *app, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_step *step = app->pending[0] ? tui_step_of_key(app, app->pending) : NULL;
    if (step) /* the step in words, not the name of its function */
        shodo_buf_addf(&b, "[%s] ", tui_pick(app, &step->name));
    shodo_buf_adds(&b, text);
    if (tui_casefile_note(app->casefile, tui_actor(app), shodo_buf_cstr(&b), &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
        return;
    }
    bool is_hold = app->pending[0] && strcmp(app->open_text, "hold") == 0;
    tui_function_done(app, "done", text);
    tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_RECORDED));
    if (strcmp(tui_top(app)->screen->id, "note") == 0)
        tui_pop(app);
    if (is_hold) /* whose answer is awaited is asked again at a time */
        tui_promise_ask(app, text, NULL);
}

static void on_note_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    if (*text)
        keep_note(app, text);
}

/* Rows: the usual words, a new promise, typing, then the open promises ("called"). */
struct note_rows {
    struct tui_promise promises[PROMISES_SHOWN];
    int words, kept, all;
};

static struct note_rows note_rows_of(const struct tui_app *app) {
    struct note_rows r = {.words = (int)SHODO_ARRAY_SIZE(note_words)};
    r.kept = (int)tui_promises(app, r.promises, PROMISES_SHOWN);
    r.all = r.words + 2 + r.kept;
    return r;
}

static void note_label(const struct tui_app *app, const struct note_rows *r, int i,
                       struct shodo_buf *out) {
    const struct tui_promise *p = &r->promises[i < r->words + 2 ? 0 : i - r->words - 2];
    if (i < r->words)
        shodo_buf_adds(out, tui_text(app, note_words[i]));
    else if (i < r->words + 2)
        shodo_buf_adds(out, tui_text(app, i == r->words ? MSG_NOTE_PROMISE : MSG_OPTION_TYPE));
    else
        shodo_buf_addf(out, tui_text(app, MSG_NOTE_KEPT), p->time + 11, p->who);
}

static void draw_note(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                      struct tui_area a) {
    struct note_rows r = note_rows_of(app);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_NOTE_TEXT));
    for (int i = 0; i < r.all; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        tui_menu_row(&b, i, v->selected, -1);
        note_label(app, &r, i, &b);
        tui_canvas_fill(c, a.row + 1 + i, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 1 + i, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    int row = a.row + 2 + r.all;
    for (size_t i = k ? k->notes.count : 0; i > 0 && row < a.row + a.rows; i--, row++) {
        const struct shodo_case_note *note = shodo_vec_at(&k->notes, i - 1);
        char when[SHODO_TIME_TEXT_BYTES];
        shodo_time_local(note->time, 540, when);
        when[16] = 0;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s  %s  %s", when + 5,
                       strcmp(note->actor, "operator") == 0 ? tui_text(app, MSG_J_OPERATOR)
                                                            : note->actor,
                       tui_said(app, note->text, &said));
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_DIM, shodo_buf_cstr(&b));
    }
}

static void on_promise_who(struct tui_app *app, long arg, const char *who) {
    (void)arg;
    if (*who)
        tui_promise_ask(app, who, NULL);
}

static unsigned note_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct note_rows r = note_rows_of(app);
    tui_menu_answers(app, v, &key, r.all);
    if (tui_menu_key(v, key, r.all, 5))
        return TUI_EFFECT_REDRAW;
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (key.action == TUI_ACTION_ENTER && i < 0) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_CHOOSE_FIRST));
        return TUI_EFFECT_REDRAW;
    }
    if (i < 0 || i >= r.all)
        return TUI_EFFECT_IGNORED;
    if (i < r.words)
        keep_note(app, tui_text(app, note_words[i]));
    else if (i == r.words)
        tui_input_ask(app, MSG_PROMISE_WHO, MSG_EMPTY, "", TUI_INPUT_KANA, on_promise_who, 0);
    else if (i == r.words + 1)
        tui_input_ask(app, MSG_NOTE, MSG_EMPTY, "", TUI_INPUT_KANA, on_note_typed, 0);
    else
        tui_promise_keep(app, r.promises[i - r.words - 2].number);
    return TUI_EFFECT_REDRAW;
}

static void open_note(struct tui_app *app, struct tui_view *v) {
    (void)app;
    v->selected = -1;
}

static const enum tui_action note_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                            TUI_ACTION_NONE};
const struct tui_screen tui_screen_note = {.id = "note",
                                           .title = MSG_NOTE,
                                           .help = MSG_NOTE_HELP,
                                           .keys = note_keys,
                                           .open = open_note,
                                           .draw = draw_note,
                                           .key = note_key};

/* ---- change of shift: read aloud in a minute ---- */

/* Answers that speak of patients (ui.named), the newest of each step. */
static void shift_patients(const struct tui_app *app, const struct shodo_case *k,
                           struct shodo_buf *out) {
    shodo_buf_addf(out, "%s\n", tui_text(app, MSG_SHIFT_PATIENTS));
    size_t n = 0;
    for (size_t i = 0; i < k->decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&k->decisions, i);
        const struct shodo_step *s = tui_step_of_key(app, d->key);
        if (!s || !s->asks_name || strcmp(d->value, TUI_VALUE_REOPENED) == 0)
            continue;
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_addf(out, "  %s: %s  %s\n", tui_pick(app, &s->name),
                       tui_answer_word(app, s, d->value), tui_said(app, d->note, &said));
        n++;
    }
    if (!n)
        shodo_buf_addf(out, "  %s\n", tui_text(app, MSG_BEING_CHECKED));
}

static void shift_machines(const struct tui_app *app, const struct shodo_case *k,
                           struct shodo_buf *out) {
    shodo_buf_addf(out, "%s %zu\n", tui_text(app, MSG_SHIFT_MACHINES),
                   tui_casefile_endpoints(app->casefile));
    for (size_t i = 0; i < tui_casefile_endpoints(app->casefile); i++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        enum tui_msg verdict = e->matches ? MSG_MATCH : e->suspects ? MSG_SUSPECT : MSG_NOTHING;
        shodo_buf_addf(out, "  %s: [%s]  %s %llu\n", e->name && *e->name ? e->name : e->id,
                       tui_text(app, verdict), tui_text(app, MSG_NOT_EXAMINED),
                       (unsigned long long)(e->problems + e->policy_items));
    }
    shodo_buf_addf(out, "%s %zu\n", tui_text(app, MSG_SHIFT_SEALED), k->seals.count);
    for (size_t i = 0; i < k->seals.count; i++) {
        const struct shodo_case_seal *s = shodo_vec_at(&k->seals, i);
        shodo_buf_addf(out, "  %s  %s\n", s->name,
                       *s->recipients ? s->recipients : tui_text(app, MSG_SHIFT_PAPER));
    }
}

static void shift_lines(const struct tui_app *app, const struct shodo_case *k,
                        struct shodo_buf *out) {
    unsigned cut = 0, held = 0;
    for (size_t i = 0; i < k->decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&k->decisions, i);
        bool is_line = strncmp(d->key, "walk/", 5) == 0;
        cut += is_line && strcmp(d->value, "cut") == 0;
        held += is_line && strcmp(d->value, "hold") == 0;
    }
    shodo_buf_addf(out, tui_text(app, MSG_SHIFT_LINES), cut, held);
    shodo_buf_addc(out, '\n');
}

/* Decisions nobody made yet, and steps put off. */
static void shift_open(const struct tui_app *app, const struct shodo_case *k,
                       struct shodo_buf *out) {
    for (size_t i = 0; i < k->decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&k->decisions, i);
        const struct shodo_step *s = tui_step_of_key(app, d->key);
        bool is_undecided = s && s->decision_id && s->question.unknown_means &&
                            strcmp(s->question.unknown_means, d->value) == 0;
        bool is_put_off = strcmp(d->value, "unknown") == 0 || strcmp(d->value, "hold") == 0 ||
                          strcmp(d->value, "skipped") == 0;
        if (s && (is_undecided || is_put_off))
            shodo_buf_addf(out, "%s %s\n", tui_text(app, MSG_SHIFT_OPEN), tui_pick(app, &s->name));
    }
}

static void shift_standing(const struct tui_app *app, struct shodo_buf *out) {
    for (size_t i = 0; i < app->books.list.count; i++) {
        struct tui_standing st;
        if (!tui_play_load(app, *(struct shodo_playbook **)shodo_vec_at(&app->books.list, i), &st,
                           NULL))
            continue;
        if (st.done && st.play.current >= 0)
            shodo_buf_addf(out, "%s %s: %s\n", tui_text(app, MSG_SHIFT_NOW),
                           tui_pick(app, &st.book->name),
                           tui_pick(app, &tui_play_step(&st, st.play.current)->name));
        tui_play_done(&st);
    }
    struct tui_promise promises[SHIFT_PROMISES];
    size_t promised = tui_promises(app, promises, SHIFT_PROMISES);
    for (size_t i = 0; i < promised; i++)
        shodo_buf_addf(out, "%s %s %s\n", tui_text(app, MSG_SHIFT_CALL), promises[i].time + 11,
                       promises[i].who);
}

/* In the order of what may harm: patients, machines, evidence, lines, decisions, the step, calls.
 */
static void shift_text(const struct tui_app *app, struct shodo_buf *out) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), 540, when);
    when[16] = 0;
    const char *hospital = tui_fact(app, "hospital");
    shodo_buf_addf(out, tui_text(app, MSG_SHIFT_HEAD), when,
                   hospital ? hospital : tui_text(app, MSG_BEING_CHECKED));
    shodo_buf_adds(out, "\n\n");
    if (!k)
        return;
    shift_patients(app, k, out);
    shift_machines(app, k, out);
    shift_lines(app, k, out);
    shift_open(app, k, out);
    shift_standing(app, out);
    for (size_t i = k->notes.count, n = 0; i > 0 && n < 5; i--, n++) {
        const struct shodo_case_note *note = shodo_vec_at(&k->notes, i - 1);
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_addf(out, "- %s (%s)\n", tui_said(app, note->text, &said),
                       strcmp(note->actor, "operator") == 0 ? tui_text(app, MSG_J_OPERATOR)
                                                            : note->actor);
    }
}

static void draw_shift(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shift_text(app, &b);
    while (b.len && b.data[b.len - 1] == '\n') /* no empty line at the end */
        b.len--;
    int fit = a.rows - 1;
    int lines = tui_canvas_wrap(c, a.row, 0, a.col, a.cols, 0, TUI_ROLE_NORMAL, shodo_buf_cstr(&b),
                                b.len);
    v->scroll = SHODO_MAX(0, SHODO_MIN(v->scroll, lines - fit));
    tui_canvas_wrap(c, a.row, fit, a.col, a.cols, v->scroll, TUI_ROLE_NORMAL, shodo_buf_cstr(&b),
                    b.len);
    if (v->scroll + fit < lines)
        tui_canvas_text(c, a.row + a.rows, a.col, a.cols, TUI_ROLE_WARN,
                        tui_text(app, MSG_PAGE_MORE));
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_TITLE,
                    tui_text(app, MSG_SHIFT_GO));
}

static void on_comes(struct tui_app *app, const char *who) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    const char *leaves = tui_fact(app, "my_name");
    shodo_buf_addf(&b, "引継ぎ: %s から %s へ", leaves ? leaves : tui_text(app, MSG_J_OPERATOR),
                   who);
    if (tui_casefile_note(app->casefile, tui_actor(app), shodo_buf_cstr(&b), &err) == SHODO_OK &&
        tui_record(app, "fact/my_name", who, NULL)) {
        tui_function_done(app, "done", who);
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_RECORDED));
    }
    if (strcmp(tui_top(app)->screen->id, "shift") == 0)
        tui_pop(app);
}

static unsigned shift_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_view list = {.selected = v->scroll};
    if (tui_list_key(&list, key, 200, 10)) {
        v->scroll = list.selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action != TUI_ACTION_ENTER)
        return TUI_EFFECT_IGNORED;
    tui_person_ask(app, MSG_SHIFT_WHO, on_comes);
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action shift_keys[] = {TUI_ACTION_PAGE_UP, TUI_ACTION_PAGE_DOWN,
                                             TUI_ACTION_ENTER, TUI_ACTION_NONE};
const struct tui_screen tui_screen_shift = {.id = "shift",
                                            .title = MSG_SHIFT,
                                            .help = MSG_SHIFT_HELP,
                                            .keys = shift_keys,
                                            .draw = draw_shift,
                                            .key = shift_key};
