/* SPDX-License-Identifier: Apache-2.0 */
/* What follows when an answer of a step was chosen: who, when, in which words, then the journal. */
#include "play_answer.h"

#include <string.h>

#include "casefile.h"
#include "promise.h"
#include "screens.h"
#include "walk.h"

const struct shodo_playbook *tui_play_book(const struct tui_app *app, const struct tui_view *v) {
    return *(struct shodo_playbook **)shodo_vec_at(&app->books.list, (size_t)v->arg);
}

/* The answer is kept in the view until everything that goes with it was asked. */
void tui_play_answer(struct tui_app *app, const char *value, const char *note) {
    struct tui_view *v = tui_top(app);
    if (strcmp(v->screen->id, "play") != 0)
        return;
    struct tui_standing st;
    if (!tui_play_load(app, tui_play_book(app, v), &st, NULL))
        return;
    if (st.play.current >= 0) {
        char key[TUI_STEP_KEY_BYTES];
        tui_play_step_key(app, st.book, &st.play.visits[st.play.current], key);
        tui_record(app, key, value, note);
    }
    tui_play_done(&st);
}

static void on_typed_answer(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    tui_play_answer(app, *text ? text : "unknown", NULL);
}

/* Done with another tool: who and how, or it is not done. */
static void on_otherwise(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    if (!*text) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_OTHERWISE_TEXT));
        return;
    }
    shodo_buf_addf(&note, "%s: %s", tui_text(app, MSG_OPTION_OTHERWISE), text);
    tui_play_answer(app, "done", shodo_buf_cstr(&note));
}

void tui_play_ask_otherwise(struct tui_app *app) {
    tui_input_ask(app, MSG_OPTION_OTHERWISE, MSG_OTHERWISE_TEXT, "", TUI_INPUT_KANA, on_otherwise,
                  0);
}

static void on_promised(struct tui_app *app, const char *time) {
    tui_play_answer(app, *time ? time : "unknown", NULL);
}

/* A named person confirmed it; kept as the newest one, to be offered again. */
static void on_confirmed_by(struct tui_app *app, const char *who) {
    struct tui_play_state *p = tui_top(app)->data;
    shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    shodo_buf_adds(&value, shodo_buf_cstr(&p->note));
    shodo_buf_addf(&note, "答えた人: %s", who);
    tui_play_answer(app, shodo_buf_cstr(&value), shodo_buf_cstr(&note));
    const char *known = tui_fact(app, "clinical");
    if (!known || strcmp(known, who) != 0)
        tui_record(app, "fact/clinical", who, NULL);
}

static void on_decided_by(struct tui_app *app, const char *who) {
    struct tui_play_state *p = tui_top(app)->data;
    shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
    shodo_buf_adds(&value, shodo_buf_cstr(&p->note));
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    shodo_buf_addf(&note, "決めた人: %s", who);
    tui_play_answer(app, shodo_buf_cstr(&value), shodo_buf_cstr(&note));
}

/* A call that waits for an answer is promised for a time. */
static void ask_again_later(struct tui_app *app, const struct shodo_step *s, const char *value) {
    if (s->call && (strcmp(value, "later") == 0 || strcmp(value, "none") == 0))
        tui_promise_ask_step(app, s, NULL);
}

static void type_answer(struct tui_app *app, long arg) {
    struct tui_standing st;
    if (!tui_play_load(app, tui_play_book(app, tui_top(app)), &st, NULL))
        return;
    const struct shodo_step *s = tui_play_step(&st, st.play.current);
    if (s) {
        tui_input_begin(app, tui_pick(app, &s->question.text), tui_pick(app, &s->description), "",
                        TUI_INPUT_KANA, on_typed_answer, arg);
        tui_told_by(app, type_answer, arg);
    }
    tui_play_done(&st);
}

void tui_play_answer_option(struct tui_app *app, struct tui_view *v, const struct shodo_step *s,
                            const struct tui_option *o) {
    struct tui_play_state *p = v->data;
    /* What unknown_means names is the undecided one: then there is nobody who decided. */
    bool is_unsure = s->question.unknown_means && o->value &&
                     strcmp(s->question.unknown_means, o->value) == 0;
    bool is_decided = s->is_decision && o->value && !is_unsure;
    if (!o->value && s->is_promise) {
        tui_promise_ask_step(app, s, on_promised);
    } else if (!o->value) {
        type_answer(app, 0);
    } else if (s->asks_name && !is_unsure) {
        shodo_buf_clear(&p->note);
        shodo_buf_adds(&p->note, o->value);
        tui_clinical_ask(app, on_confirmed_by);
    } else if (is_decided) {
        shodo_buf_clear(&p->note);
        shodo_buf_adds(&p->note, o->value);
        tui_ask_needs_enter(tui_who_ask(app, MSG_WHO_DECIDED, on_decided_by));
    } else {
        tui_play_answer(app, o->value, NULL);
        ask_again_later(app, s, o->value);
    }
}

/* Lines of the step's walk of which nothing was said. */
size_t tui_play_open_lines(const struct tui_app *app, const struct shodo_step *s) {
    static const char walk[] = "isolation-walk:";
    const char *f = tui_step_function(s);
    if (!f || strncmp(f, walk, sizeof walk - 1) != 0)
        return 0;
    const char *kind = f + sizeof walk - 1;
    return tui_walk_open(app, strcmp(kind, "hold") == 0 ? "" : kind);
}

static void on_open_lines(struct tui_app *app, long count, int index) {
    if (index == 0) {
        struct tui_view *v = tui_top(app);
        if (strcmp(v->screen->id, "play") == 0)
            tui_play_choose(app, v, 0); /* the list: 開く is the first answer of such a step */
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    shodo_buf_addf(&note, "答えていない線が %ld 本残る", count);
    tui_play_answer(app, "done", shodo_buf_cstr(&note));
}

void tui_play_ask_open_lines(struct tui_app *app, long count) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, tui_text(app, MSG_OPEN_LINES_TEXT), (size_t)count);
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_OPEN_LINES), shodo_buf_cstr(&b),
                                      on_open_lines, count);
    tui_ask_add(a, tui_text(app, MSG_OPEN_LINES_LIST), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPEN_LINES_DONE), NULL);
    tui_ask_select(a, -1);
    tui_ask_needs_enter(a);
    tui_told_by(app, tui_play_ask_open_lines, count);
}
