/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a playbook: what, who, the words for the telephone with the facts filled in, what to
 * photograph, the question. Why is one key away; 分からない is an answer everywhere; any step can
 * be reopened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casefile.h"
#include "play_answer.h"
#include "screens.h"

#define WIDE_COLS   100
#define LIST_COLS   38
#define STEP_COLS   66 /* the list of steps leaves so much */
#define SCROLL_ROWS 5

/* The playbook that led here, NULL when it was opened from the list. */
static const struct tui_view *parent_of(const struct tui_app *app, const struct tui_view *v) {
    const struct tui_view *below = NULL;
    for (int i = 0; i < app->depth && &app->stack[i] != v; i++)
        below = app->stack[i].screen == v->screen ? &app->stack[i] : below;
    return below;
}

static void draw_finished(const struct tui_app *app, const struct tui_view *v, struct tui_canvas *c,
                          struct tui_area a) {
    const struct tui_view *parent = parent_of(app, v);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (parent)
        shodo_buf_addf(&b, tui_text(app, MSG_PLAY_RETURN),
                       tui_pick(app, &tui_play_book(app, parent)->name));
    else
        shodo_buf_adds(&b, tui_text(app, MSG_PLAY_FINISHED));
    tui_canvas_wrap(c, a.row, a.rows, a.col, a.cols, 0, TUI_ROLE_NORMAL, shodo_buf_cstr(&b), b.len);
}

/* The step has moved on (also by a function that ended): choose anew. */
static void follow(const struct tui_app *app, struct tui_view *v, const struct tui_standing *st) {
    struct tui_play_state *p = v->data;
    if (st->play.current == p->current)
        return;
    p->current = st->play.current;
    p->shows_why = false;
    v->scroll = 0;
    /* Holding Enter must not confirm anything: only 開く is preselected, an answer never. */
    const struct shodo_step *s = tui_play_step(st, p->current);
    struct tui_option o[TUI_OPTIONS_MAX];
    bool opens = s && tui_step_options(app, s, o) > 0 && o[0].kind == TUI_OPTION_OPEN &&
                 !tui_step_is_run(s);
    v->selected = opens ? 0 : -1;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    struct tui_standing st;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!tui_play_load(app, tui_play_book(app, v), &st, &err)) {
        tui_canvas_wrap(c, a.row, a.rows, a.col, a.cols, 0, TUI_ROLE_ERROR, err.text,
                        strlen(err.text));
        return;
    }
    follow(app, v, &st);
    if (c->cols >= WIDE_COLS) {
        int cols = SHODO_MIN(LIST_COLS, a.cols - STEP_COLS);
        struct tui_area list = {.row = a.row, .col = a.col, .rows = a.rows, .cols = cols};
        tui_step_draw_list(app, &st, c, list);
        a.col += cols + 2;
        a.cols -= cols + 2;
    }
    struct tui_play_state *p = v->data;
    struct tui_step_look look = {
        .selected = v->selected, .scroll = v->scroll, .shows_why = p->shows_why};
    if (st.play.current >= 0)
        p->scroll_max = tui_step_draw(app, tui_play_step(&st, st.play.current), &look, c, a);
    else
        draw_finished(app, v, c, a);
    tui_play_done(&st);
}

static void crumb(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out) {
    struct tui_standing st;
    const struct shodo_playbook *p = tui_play_book(app, v);
    shodo_buf_adds(out, tui_pick(app, &p->name));
    if (!tui_play_load(app, p, &st, NULL))
        return;
    if (st.play.current >= 0)
        shodo_buf_addf(out, tui_text(app, MSG_STEP_OF), st.done + 1,
                       SHODO_MAX(tui_play_expected(app, p), st.done + 1));
    tui_play_done(&st);
}

/* ---- answering ---- */

static void open_function(struct tui_app *app, struct tui_view *v, const struct tui_standing *st,
                          const struct shodo_step *s) {
    char key[TUI_STEP_KEY_BYTES];
    tui_play_step_key(app, st->book, &st->play.visits[st->play.current], key);
    follow(app, v, st);
    v->selected = -1; /* back from there a person says how it went */
    if (s->type == SHODO_STEP_PLAYBOOK_ACTION) {
        const char *id = s->playbook_id ? s->playbook_id : "";
        const struct shodo_playbook *other = tui_books_find(&app->books, id);
        if (other)
            tui_play_open(app, other->key);
        else
            tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NO_PLAYBOOK));
        return;
    }
    snprintf(app->pending, sizeof app->pending, "%s", key);
    if (s->decision_id) {
        tui_decide_step(app, s);
    } else if (!tui_function_open(app, tui_step_function(s))) {
        app->pending[0] = 0;
        tui_message(app, TUI_ROLE_WARN, "%s: %s", tui_text(app, MSG_NO_FUNCTION),
                    tui_step_function(s));
    }
}

void tui_play_choose(struct tui_app *app, struct tui_view *v, int index) {
    struct tui_standing st;
    struct tui_option o[TUI_OPTIONS_MAX];
    if (!tui_play_load(app, tui_play_book(app, v), &st, NULL))
        return;
    const struct shodo_step *s = tui_play_step(&st, st.play.current);
    int n = s ? (int)tui_step_options(app, s, o) : 0;
    if (index < 0)
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_CHOOSE_FIRST));
    else if (index < n && o[index].kind == TUI_OPTION_OPEN)
        open_function(app, v, &st, s);
    else if (index < n && o[index].kind == TUI_OPTION_ANSWER)
        tui_play_answer_option(app, v, s, &o[index]);
    else if (index < n && o[index].kind == TUI_OPTION_OTHERWISE)
        tui_play_ask_otherwise(app);
    else if (index < n && o[index].kind == TUI_OPTION_DONE && tui_play_open_lines(app, s))
        tui_play_ask_open_lines(app, (long)tui_play_open_lines(app, s));
    else if (index < n)
        tui_play_answer(app, o[index].value, NULL);
    tui_play_done(&st);
}

/* ---- reopening ---- */

static int nth_done(const struct tui_standing *st, int n) {
    for (size_t i = st->play.count; i-- > 0;) { /* newest first */
        if (tui_play_is_action(tui_play_step(st, (int)i)) && st->play.visits[i].is_done && n-- == 0)
            return (int)i;
    }
    return -1;
}

static void on_reopen(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct tui_view *v = tui_top(app);
    struct tui_standing st;
    if (strcmp(v->screen->id, "play") != 0 || !tui_play_load(app, tui_play_book(app, v), &st, NULL))
        return;
    int visit = nth_done(&st, index);
    if (visit >= 0) {
        char key[TUI_STEP_KEY_BYTES];
        tui_play_step_key(app, st.book, &st.play.visits[visit], key);
        tui_record(app, key, TUI_VALUE_REOPENED, NULL);
    }
    tui_play_done(&st);
}

static void ask_reopen(struct tui_app *app, long arg) {
    struct tui_standing st;
    if (!tui_play_load(app, tui_play_book(app, tui_top(app)), &st, NULL))
        return;
    if (nth_done(&st, 0) < 0) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NOTHING_DONE));
    } else {
        struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_REOPEN_TITLE),
                                          tui_text(app, MSG_REOPEN_TEXT), on_reopen, arg);
        for (int i = 0; nth_done(&st, i) >= 0; i++)
            tui_ask_add(a, tui_pick(app, &tui_play_step(&st, nth_done(&st, i))->name), NULL);
        tui_told_by(app, ask_reopen, arg);
    }
    tui_play_done(&st);
}

static void begin_again(struct tui_app *app, const struct shodo_playbook *p) {
    char key[120], next[16];
    snprintf(key, sizeof key, "again/%.90s", p->key);
    const char *now = tui_casefile_value(app->casefile, key);
    uint64_t n = 1;
    if (now && !shodo_text_parse_u64(now, strlen(now), &n))
        n = 1;
    snprintf(next, sizeof next, "%llu", (unsigned long long)(n + 1));
    tui_record(app, key, next, NULL);
}

static void on_again(struct tui_app *app, long arg, int index) {
    if (index == 1)
        begin_again(app, *(struct shodo_playbook **)shodo_vec_at(&app->books.list, (size_t)arg));
    else
        tui_pop(app); /* to the list of playbooks */
}

static void ask_begin_again(struct tui_app *app, long book) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_AGAIN_TITLE),
                                      tui_text(app, MSG_AGAIN_TEXT), on_again, book);
    tui_ask_add(a, tui_text(app, MSG_AGAIN_BACK), NULL);
    tui_ask_add(a, tui_text(app, MSG_AGAIN_GO), NULL);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_begin_again, book);
}

/* At the end: back to the playbook that led here, whose step is then done; or to the list. */
static void finish(struct tui_app *app, const struct tui_view *v) {
    if (parent_of(app, v)) {
        tui_pop(app);
        tui_play_answer(app, "done", NULL);
        return;
    }
    ask_begin_again(app, v->arg);
}

static bool needs_enter(const struct shodo_step *s, const struct tui_option *o, int n,
                        struct tui_key key) {
    struct tui_view there = {.selected = -1};
    return key.action == TUI_ACTION_CHAR && tui_menu_key(&there, key, n, 5) &&
           tui_step_needs_enter(s, &o[there.selected]);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_standing st;
    struct tui_option o[TUI_OPTIONS_MAX];
    struct tui_play_state *p = v->data;
    int n = 0;
    bool is_grave = false;
    /* whoever came back without a result left the step open: nothing later may close it */
    app->pending[0] = 0;
    if (tui_play_load(app, tui_play_book(app, v), &st, NULL)) {
        const struct shodo_step *s = tui_play_step(&st, st.play.current);
        n = s ? (int)tui_step_options(app, s, o) : 0;
        follow(app, v, &st);
        key = tui_menu_zero(key, tui_step_unknown(o, (size_t)n));
        is_grave = s && needs_enter(s, o, n, key);
        tui_play_done(&st);
    }
    if (key.action == TUI_ACTION_BACK && p->shows_why) {
        p->shows_why = false; /* back from the reason, not from the step */
        return TUI_EFFECT_REDRAW;
    }
    if (!is_grave && n > 0)
        tui_menu_answers(app, v, &key, n);
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_RELOAD;
    if (key.action == TUI_ACTION_PAGE_DOWN || key.action == TUI_ACTION_PAGE_UP) {
        int by = key.action == TUI_ACTION_PAGE_DOWN ? SCROLL_ROWS : -SCROLL_ROWS;
        v->scroll = SHODO_MAX(0, SHODO_MIN(v->scroll + by, p->scroll_max));
        return TUI_EFFECT_REDRAW;
    }
    if (tui_menu_key(v, key, SHODO_MAX(n, 1), 5)) {
        if (key.action == TUI_ACTION_CHAR)
            tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_ENTER_CONFIRMS));
        return TUI_EFFECT_REDRAW;
    }
    switch (key.action) {
    case TUI_ACTION_ENTER:
        if (n == 0)
            finish(app, v);
        else
            tui_play_choose(app, v, v->selected);
        if (tui_top(app) > v) /* back from a question nothing is chosen */
            v->selected = -1;
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_CHAR:
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_WHY:
        p->shows_why = !p->shows_why;
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_REOPEN:
        ask_reopen(app, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_FACTS:
        tui_push(app, "facts", 0);
        return TUI_EFFECT_REDRAW;
    default:
        return TUI_EFFECT_IGNORED;
    }
}

static void open_play(struct tui_app *app, struct tui_view *v) {
    (void)app;
    *(struct tui_play_state *)v->data = (struct tui_play_state){.current = -2,
                                                                .note = SHODO_BUF_INIT};
}

static void close_play(struct tui_app *app, struct tui_view *v) {
    struct tui_play_state *p = v->data;
    shodo_buf_done(&p->note);
    if (!app->is_over &&
        parent_of(app, v)) /* back in the parent; from the list it stays the one to go on with */
        tui_play_remember(app, app->depth - 1);
}

static const enum tui_action keys[] = {TUI_ACTION_ENTER,  TUI_ACTION_WHY,  TUI_ACTION_FACTS,
                                       TUI_ACTION_REOPEN, TUI_ACTION_NOTE, TUI_ACTION_JOURNAL,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_play = {.id = "play",
                                           .title = MSG_EMPTY,
                                           .help = MSG_PLAY_HELP,
                                           .keys = keys,
                                           .data_bytes = sizeof(struct tui_play_state),
                                           .open = open_play,
                                           .close = close_play,
                                           .draw = draw,
                                           .key = on_key,
                                           .crumb = crumb};
