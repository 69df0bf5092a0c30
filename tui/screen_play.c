/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a playbook: what, who, the words for the telephone with the facts filled in, what to photograph, the question.
 * Why is one key away; 分からない is an answer everywhere; any step can be reopened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casefile.h"
#include "play.h"
#include "screens.h"

#define WIDE_COLS 100
#define LIST_COLS 38
#define OPTIONS_MAX 24

enum option_kind { OPTION_ANSWER, OPTION_UNKNOWN, OPTION_DONE, OPTION_LATER, OPTION_OPEN };

struct option {
    enum option_kind kind;
    const char *value;
    const char *label;
};

struct play {
    int current; /* visit that was shown last */
    bool shows_why;
    struct shodo_buf note; /* answer on its way to the journal */
};

static const struct shodo_playbook *book_of(const struct tui_app *app, const struct tui_view *v) {
    return *(struct shodo_playbook **)shodo_vec_at(&app->books.list, (size_t)v->arg);
}

static const char *function_of(const struct shodo_step *s) {
    return s->commands_count > 0 ? s->commands[0].function : NULL;
}

static void add(struct option *out, size_t *n, enum option_kind kind, const char *value, const char *label) {
    if (*n < OPTIONS_MAX)
        out[(*n)++] = (struct option){.kind = kind, .value = value, .label = label};
}

static size_t options_of(const struct tui_app *app, const struct shodo_step *s, struct option out[OPTIONS_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < s->question.choices_count; i++)
        add(out, &n, OPTION_ANSWER, s->question.choices[i].value, tui_pick(app, &s->question.choices[i].label));
    if (s->question.variable && !s->question.choices_count)
        add(out, &n, OPTION_ANSWER, NULL, tui_text(app, MSG_OPTION_TYPE));
    if (s->question.variable) {
        add(out, &n, OPTION_UNKNOWN, "unknown", tui_text(app, MSG_OPTION_UNKNOWN));
        return n;
    }
    if (s->type == SHODO_STEP_PLAYBOOK_ACTION || function_of(s))
        add(out, &n, OPTION_OPEN, NULL, tui_text(app, s->type == SHODO_STEP_PLAYBOOK_ACTION ? MSG_OPTION_PLAYBOOK : MSG_OPTION_OPEN));
    add(out, &n, OPTION_DONE, "done", tui_text(app, MSG_OPTION_DONE));
    add(out, &n, OPTION_LATER, "skipped", tui_text(app, MSG_OPTION_LATER));
    add(out, &n, OPTION_UNKNOWN, "unknown", tui_text(app, MSG_OPTION_UNKNOWN));
    return n;
}

/* ---- drawing ---- */

static int para(struct tui_canvas *c, struct tui_area a, int row, const char *label, enum tui_role role, const char *text) {
    int bottom = a.row + a.rows;
    if (!text || !*text || row >= bottom)
        return row;
    int indent = label ? 12 : 0;
    if (label)
        tui_canvas_text(c, row, a.col, indent, TUI_ROLE_DIM, label);
    return row + tui_canvas_wrap(c, row, bottom - row, a.col + indent, a.cols - indent, 0, role, text, strlen(text));
}

static int draw_commands(const struct tui_app *app, const struct shodo_step *s, struct tui_canvas *c, struct tui_area a, int row) {
    for (size_t i = 0; i < s->commands_count; i++) {
        const struct shodo_command *k = &s->commands[i];
        bool is_foreign = !k->function && strcmp(k->type, "manual") != 0;
        if (is_foreign)
            row = para(c, a, row, tui_text(app, MSG_NOT_RUN), TUI_ROLE_WARN, tui_pick(app, &k->text));
        else if (!k->function)
            row = para(c, a, row, tui_text(app, MSG_STEP_DO), TUI_ROLE_NORMAL, tui_pick(app, &k->text));
        const char *say = tui_pick(app, &k->say);
        if (say && *say) {
            shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
            tui_fill(app, say, &b);
            row = para(c, a, row, tui_text(app, MSG_STEP_SAY), TUI_ROLE_LINK, shodo_buf_cstr(&b));
        }
    }
    return row;
}

static int draw_options(const struct tui_app *app, const struct shodo_step *s, const struct tui_view *v, struct tui_canvas *c,
                        struct tui_area a, int row) {
    struct option o[OPTIONS_MAX];
    size_t n = options_of(app, s, o);
    int bottom = a.row + a.rows;
    int first = bottom - (int)n;
    row = SHODO_MIN(row + 1, first); /* the answers are never pushed off the screen */
    for (size_t i = 0; i < n && row < bottom; i++, row++) {
        bool is_here = (int)i == v->selected;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s%2zu  %s", is_here ? ">" : " ", i + 1, o[i].label);
        tui_canvas_fill(c, row, a.col, a.cols, is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL);
        tui_canvas_text(c, row, a.col, a.cols, is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    }
    return row;
}

static void draw_step(const struct tui_app *app, const struct tui_standing *st, int visit, const struct tui_view *v,
                      struct tui_canvas *c, struct tui_area a) {
    const struct play *p = v->data;
    const struct shodo_step *s = tui_play_step(st, visit);
    struct option o[OPTIONS_MAX];
    int n = (int)options_of(app, s, o);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s %s", tui_text(app, s->is_must ? MSG_TAG_MUST : MSG_TAG_SHOULD), tui_pick(app, &s->name));
    int row = para(c, a, a.row, NULL, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    struct tui_area body = {.row = a.row, .col = a.col, .rows = SHODO_MAX(4, a.rows - n - 2), .cols = a.cols};
    row = para(c, body, row, tui_text(app, MSG_STEP_WHO), TUI_ROLE_NORMAL, tui_pick(app, &s->who));
    if (p->shows_why) {
        const char *why = tui_pick(app, &s->why);
        row = para(c, body, row, tui_text(app, MSG_STEP_WHY), TUI_ROLE_NORMAL, *why ? why : tui_text(app, MSG_NO_WHY));
        row = para(c, body, row, tui_text(app, MSG_STEP_HOW), TUI_ROLE_NORMAL, tui_pick(app, &s->how));
    }
    row = para(c, body, row, NULL, TUI_ROLE_NORMAL, tui_pick(app, &s->description));
    row = draw_commands(app, s, c, body, row);
    if (s->wants_photo || *tui_pick(app, &s->evidence))
        row = para(c, body, row, tui_text(app, MSG_STEP_PHOTO), TUI_ROLE_WARN,
                   *tui_pick(app, &s->evidence) ? tui_pick(app, &s->evidence) : tui_text(app, MSG_PHOTO_ANY));
    if (s->wants_two_people)
        row = para(c, body, row, NULL, TUI_ROLE_WARN, tui_text(app, MSG_TWO_PEOPLE));
    int question_row = SHODO_MIN(row + 1, a.row + a.rows - n - 1);
    const char *question = s->question.variable ? tui_pick(app, &s->question.text) : tui_text(app, MSG_STEP_RESULT);
    tui_canvas_fill(c, question_row, a.col, a.cols, TUI_ROLE_NORMAL);
    tui_canvas_text(c, question_row, a.col, a.cols, TUI_ROLE_TITLE, question);
    draw_options(app, s, v, c, a, question_row);
}

static void draw_list(const struct tui_app *app, const struct tui_standing *st, int here, struct tui_canvas *c, struct tui_area a) {
    int shown = 0, skip = 0;
    for (size_t i = 0; i < st->play.count; i++)
        shown += tui_play_is_action(tui_play_step(st, (int)i));
    skip = SHODO_MAX(0, shown - a.rows);
    int row = a.row, number = 0;
    for (size_t i = 0; i < st->play.count && row < a.row + a.rows; i++) {
        const struct shodo_visit *v = &st->play.visits[i];
        const struct shodo_step *s = &st->book->steps[v->step];
        if (!tui_play_is_action(s) || number++ < skip)
            continue;
        bool is_unknown = v->answer && strcmp(v->answer, "unknown") == 0;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s %2d %s", v->is_done ? is_unknown ? "[?]" : tui_text(app, MSG_TAG_DONE) : tui_text(app, MSG_TAG_OPEN), number,
                       tui_pick(app, &s->name));
        tui_canvas_text(c, row++, a.col, a.cols, (int)i == here ? TUI_ROLE_UNFOCUSED : v->is_done ? TUI_ROLE_DIM : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
    }
    for (int r = a.row; r < a.row + a.rows; r++)
        tui_canvas_text(c, r, a.col + a.cols, 1, TUI_ROLE_FRAME, "|");
}

static void draw_finished(const struct tui_app *app, struct tui_canvas *c, struct tui_area a) {
    const char *text = tui_text(app, MSG_PLAY_FINISHED);
    tui_canvas_wrap(c, a.row, a.rows, a.col, a.cols, 0, TUI_ROLE_NORMAL, text, strlen(text));
}

/* The step has moved on (also by a function that ended): choose anew. */
static void follow(struct tui_view *v, const struct tui_standing *st) {
    struct play *p = v->data;
    if (st->play.current == p->current)
        return;
    p->current = st->play.current;
    p->shows_why = false;
    v->selected = 0;
    /* A slip of Enter must not confirm anything: what changes least is preselected. */
    const struct shodo_step *s = tui_play_step(st, p->current);
    for (size_t i = 0; s && s->question.unknown_means && i < s->question.choices_count; i++) {
        if (strcmp(s->question.choices[i].value, s->question.unknown_means) == 0)
            v->selected = (int)i;
    }
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c, struct tui_area a) {
    struct tui_standing st;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!tui_play_load(app, book_of(app, v), &st, &err)) {
        tui_canvas_wrap(c, a.row, a.rows, a.col, a.cols, 0, TUI_ROLE_ERROR, err.text, strlen(err.text));
        return;
    }
    follow(v, &st);
    if (c->cols >= WIDE_COLS) {
        struct tui_area list = {.row = a.row, .col = a.col, .rows = a.rows, .cols = LIST_COLS};
        draw_list(app, &st, st.play.current, c, list);
        a.col += LIST_COLS + 2;
        a.cols -= LIST_COLS + 2;
    }
    if (st.play.current >= 0)
        draw_step(app, &st, st.play.current, v, c, a);
    else
        draw_finished(app, c, a);
    tui_play_done(&st);
}

static void crumb(const struct tui_app *app, const struct tui_view *v, struct shodo_buf *out) {
    struct tui_standing st;
    const struct shodo_playbook *p = book_of(app, v);
    shodo_buf_adds(out, tui_pick(app, &p->name));
    if (!tui_play_load(app, p, &st, NULL))
        return;
    if (st.play.current >= 0)
        shodo_buf_addf(out, " > %s %zu", tui_text(app, MSG_STEP), st.done + 1);
    tui_play_done(&st);
}

/* ---- answering ---- */

/* The answer is kept in the view until everything that goes with it was asked. */
static void answer_done(struct tui_app *app, const char *value, const char *note) {
    struct tui_view *v = tui_top(app);
    if (strcmp(v->screen->id, "play") != 0)
        return;
    struct tui_standing st;
    if (!tui_play_load(app, book_of(app, v), &st, NULL))
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
    answer_done(app, *text ? text : "unknown", NULL);
}

static void on_decided_by(struct tui_app *app, const char *who) {
    struct play *p = tui_top(app)->data;
    shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
    shodo_buf_adds(&value, shodo_buf_cstr(&p->note));
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    shodo_buf_addf(&note, "決めた人: %s", who);
    answer_done(app, shodo_buf_cstr(&value), shodo_buf_cstr(&note));
}

static void open_function(struct tui_app *app, struct tui_view *v, const struct tui_standing *st, const struct shodo_step *s) {
    char key[TUI_STEP_KEY_BYTES];
    tui_play_step_key(app, st->book, &st->play.visits[st->play.current], key);
    follow(v, st);
    v->selected = 1; /* back from there, the next Enter says done */
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
    if (!tui_function_open(app, function_of(s))) {
        app->pending[0] = 0;
        tui_message(app, TUI_ROLE_WARN, "%s: %s", tui_text(app, MSG_NO_FUNCTION), function_of(s));
    }
}

static void choose(struct tui_app *app, struct tui_view *v, int index) {
    struct tui_standing st;
    struct option o[OPTIONS_MAX];
    if (!tui_play_load(app, book_of(app, v), &st, NULL))
        return;
    const struct shodo_step *s = tui_play_step(&st, st.play.current);
    int n = s ? (int)options_of(app, s, o) : 0;
    if (index < 0 || index >= n) {
        tui_play_done(&st);
        return;
    }
    struct play *p = v->data;
    if (o[index].kind == OPTION_OPEN) {
        open_function(app, v, &st, s);
    } else if (o[index].kind == OPTION_ANSWER && !o[index].value) {
        tui_input_begin(app, tui_pick(app, &s->question.text), tui_pick(app, &s->description), "", TUI_INPUT_KANA, on_typed_answer, 0);
    } else if (o[index].kind == OPTION_ANSWER && s->is_decision) {
        shodo_buf_clear(&p->note);
        shodo_buf_adds(&p->note, o[index].value);
        tui_who_ask(app, tui_text(app, MSG_WHO_DECIDED), on_decided_by);
    } else {
        answer_done(app, o[index].value, NULL);
    }
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
    if (strcmp(v->screen->id, "play") != 0 || !tui_play_load(app, book_of(app, v), &st, NULL))
        return;
    int visit = nth_done(&st, index);
    if (visit >= 0) {
        char key[TUI_STEP_KEY_BYTES];
        tui_play_step_key(app, st.book, &st.play.visits[visit], key);
        tui_record(app, key, TUI_VALUE_REOPENED, NULL);
    }
    tui_play_done(&st);
}

static void ask_reopen(struct tui_app *app, struct tui_view *v) {
    struct tui_standing st;
    if (!tui_play_load(app, book_of(app, v), &st, NULL))
        return;
    if (nth_done(&st, 0) < 0) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NOTHING_DONE));
    } else {
        struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_REOPEN_TITLE), tui_text(app, MSG_REOPEN_TEXT), on_reopen, 0);
        for (int i = 0; nth_done(&st, i) >= 0; i++)
            tui_ask_add(a, tui_pick(app, &tui_play_step(&st, nth_done(&st, i))->name), NULL);
    }
    tui_play_done(&st);
}

static void on_again(struct tui_app *app, long arg, int index) {
    if (index != 1)
        return;
    const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&app->books.list, (size_t)arg);
    char key[120], next[16];
    snprintf(key, sizeof key, "again/%.90s", p->key);
    const char *now = tui_casefile_value(app->casefile, key);
    uint64_t n = 1;
    if (now && !shodo_text_parse_u64(now, strlen(now), &n))
        n = 1;
    snprintf(next, sizeof next, "%llu", (unsigned long long)(n + 1));
    tui_record(app, key, next, NULL);
}

static void ask_again(struct tui_app *app, const struct tui_view *v) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_AGAIN_TITLE), tui_text(app, MSG_AGAIN_TEXT), on_again, v->arg);
    tui_ask_add(a, tui_text(app, MSG_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_AGAIN_GO), NULL);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_standing st;
    struct option o[OPTIONS_MAX];
    struct play *p = v->data;
    int n = 0;
    if (tui_play_load(app, book_of(app, v), &st, NULL)) {
        const struct shodo_step *s = tui_play_step(&st, st.play.current);
        n = s ? (int)options_of(app, s, o) : 0;
        follow(v, &st);
        tui_play_done(&st);
    }
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_RELOAD;
    if (tui_list_key(v, key, SHODO_MAX(n, 1), 5))
        return TUI_EFFECT_REDRAW;
    switch (key.action) {
    case TUI_ACTION_ENTER:
        if (n == 0)
            ask_again(app, v);
        else
            choose(app, v, v->selected);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_CHAR:
        if (key.ch >= '1' && key.ch <= '9')
            choose(app, v, (int)(key.ch - '1'));
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_WHY: p->shows_why = !p->shows_why; return TUI_EFFECT_REDRAW;
    case TUI_ACTION_REOPEN: ask_reopen(app, v); return TUI_EFFECT_REDRAW;
    case TUI_ACTION_FACTS: tui_push(app, "facts", 0); return TUI_EFFECT_REDRAW;
    default: return TUI_EFFECT_IGNORED;
    }
}

static void open_play(struct tui_app *app, struct tui_view *v) {
    (void)app;
    *(struct play *)v->data = (struct play){.current = -2, .note = SHODO_BUF_INIT};
}

static void close_play(struct tui_app *app, struct tui_view *v) {
    struct play *p = v->data;
    shodo_buf_done(&p->note);
    const char *open = tui_casefile_value(app->casefile, TUI_KEY_PLAYBOOK);
    const struct tui_view *below = NULL; /* the playbook that led here, when there is one */
    for (int i = 0; i < app->depth && &app->stack[i] != v; i++)
        below = app->stack[i].screen == v->screen ? &app->stack[i] : below;
    if (!app->is_over && open && *open)
        tui_record(app, TUI_KEY_PLAYBOOK, below ? book_of(app, below)->key : "", NULL);
}

static const enum tui_action keys[] = {TUI_ACTION_ENTER, TUI_ACTION_WHY, TUI_ACTION_FACTS, TUI_ACTION_REOPEN, TUI_ACTION_NOTE,
                                       TUI_ACTION_JOURNAL, TUI_ACTION_NONE};
const struct tui_screen tui_screen_play = {.id = "play", .title = MSG_EMPTY, .help = MSG_PLAY_HELP, .keys = keys,
                                           .data_bytes = sizeof(struct play), .open = open_play, .close = close_play, .draw = draw,
                                           .key = on_key, .crumb = crumb};
