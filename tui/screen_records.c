/* SPDX-License-Identifier: Apache-2.0 */
/* What was written: the journal, a note, the change of shift. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "play.h"
#include "screens.h"

#define LINES_MAX 2000

struct journal {
    struct shodo_vec lines; /* char * */
    uint64_t records, left_out;
};

static void data_text(const struct shodo_record *r, struct shodo_buf *out) {
    static const char *const keys[] = {"key", "value", "note", "text", "status", "kind", "name", "endpoint", "case", "profile"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(keys); i++) {
        const char *s = shodo_value_get_str(r->data, keys[i]);
        if (s && i == 0 && strcmp(s, "start/boot") == 0) { /* a number of the PC's start */
            shodo_buf_addf(out, " %s", s);
            return;
        }
        const char *step = s && i == 0 ? strstr(s, "--") : NULL; /* the long id says nothing to people */
        if (s && *s)
            shodo_buf_addf(out, " %.*s", step ? (int)(step - s) + 6 : 200, s);
    }
}

/* The name of the step that a key stands for, "" when it is none. */
static void step_name(const struct tui_app *app, const char *key, struct shodo_buf *out) {
    const char *slash = strchr(key, '/');
    if (!slash)
        return;
    char book[64], step[160];
    snprintf(book, sizeof book, "%.*s", (int)SHODO_MIN(strcspn(key, "/~"), (size_t)60), key);
    snprintf(step, sizeof step, "%.*s", (int)SHODO_MIN(strcspn(slash + 1, "#"), (size_t)150), slash + 1);
    const struct shodo_playbook *p = tui_books_find(&app->books, book);
    int i = p ? shodo_playbook_find(p, step) : -1;
    if (i >= 0)
        shodo_buf_adds(out, tui_pick(app, &p->steps[i].name));
}

struct collect {
    const struct tui_app *app;
    struct journal *j;
};

static enum shodo_status add_line(void *ctx, const struct shodo_record *r) {
    struct collect *k = ctx;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    char when[SHODO_TIME_TEXT_BYTES];
    k->j->records++;
    if (k->j->lines.count >= LINES_MAX) { /* the newest are wanted: drop the oldest half */
        for (size_t i = 0; i < LINES_MAX / 2; i++)
            free(*(char **)shodo_vec_at(&k->j->lines, i));
        memmove(k->j->lines.data, (char **)k->j->lines.data + LINES_MAX / 2, LINES_MAX / 2 * sizeof(char *));
        k->j->lines.count -= LINES_MAX / 2;
        k->j->left_out += LINES_MAX / 2;
    }
    shodo_time_local(r->time, 540, when);
    when[19] = 0;
    shodo_buf_addf(&b, "%s  %s  ", when + 5, r->actor);
    const char *key = shodo_value_get_str(r->data, "key");
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    if (key)
        step_name(k->app, key, &name);
    if (name.len) {
        const char *value = shodo_value_get_str(r->data, "value"), *note = shodo_value_get_str(r->data, "note");
        shodo_buf_addf(&b, "%s = %s%s%s", name.data, value ? value : "", note ? "  " : "", note ? note : "");
    } else {
        shodo_buf_adds(&b, r->event);
        data_text(r, &b);
    }
    char **line = shodo_vec_push(&k->j->lines);
    if (line)
        *line = shodo_buf_steal(&b);
    return SHODO_OK;
}

static void open_journal(struct tui_app *app, struct tui_view *v) {
    struct journal *j = v->data;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct collect k = {.app = app, .j = j};
    j->lines = (struct shodo_vec)SHODO_VEC_INIT(sizeof(char *));
    if (tui_casefile_each(app->casefile, add_line, &k, &err) != SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
    v->selected = SHODO_MAX(0, (int)j->lines.count - 1);
}

static void close_journal(struct tui_app *app, struct tui_view *v) {
    (void)app;
    struct journal *j = v->data;
    for (size_t i = 0; i < j->lines.count; i++)
        free(*(char **)shodo_vec_at(&j->lines, i));
    shodo_vec_done(&j->lines);
}

static void draw_journal(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c, struct tui_area a) {
    const struct journal *j = v->data;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    shodo_buf_addf(&b, "%s %llu  %s %llu", tui_text(app, MSG_RECORDS), (unsigned long long)j->records, tui_text(app, MSG_CHECKPOINTS),
                   (unsigned long long)(k ? k->checkpoints : 0));
    if (k && k->torn)
        shodo_buf_addf(&b, "  %s %llu", tui_text(app, MSG_TORN), (unsigned long long)k->torn);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    tui_list_scroll(v, a.rows - 2);
    for (int i = v->scroll; i < (int)j->lines.count && i - v->scroll < a.rows - 2; i++) {
        const char *s = *(char **)shodo_vec_at(&j->lines, (size_t)i);
        tui_canvas_text(c, a.row + 1 + i - v->scroll, a.col, a.cols, i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL, s ? s : "");
    }
}

static unsigned journal_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    const struct journal *j = v->data;
    if (tui_list_key(v, key, SHODO_MAX(1, (int)j->lines.count), 15))
        return TUI_EFFECT_REDRAW;
    if (key.action == TUI_ACTION_ENTER && j->lines.count) {
        const char *s = *(char **)shodo_vec_at(&j->lines, (size_t)v->selected);
        tui_page_show(app, tui_text(app, MSG_DETAIL), s ? s : "");
        return TUI_EFFECT_REDRAW;
    }
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action journal_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_PAGE_UP, TUI_ACTION_PAGE_DOWN, TUI_ACTION_ENTER,
                                               TUI_ACTION_NONE};
const struct tui_screen tui_screen_journal = {.id = "journal", .title = MSG_JOURNAL, .help = MSG_JOURNAL_HELP, .keys = journal_keys,
                                              .data_bytes = sizeof(struct journal), .open = open_journal, .close = close_journal,
                                              .draw = draw_journal, .key = journal_key};

/* ---- a note: usual words first, typing as the last way ---- */

static const enum tui_msg note_words[] = {MSG_NOTE_CALLED, MSG_NOTE_WAITING, MSG_NOTE_PHOTO, MSG_NOTE_VENDOR, MSG_NOTE_HOLD_CLINICAL,
                                          MSG_NOTE_HOLD_VENDOR};

static void keep_note(struct tui_app *app, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (app->open_text[0] && app->pending[0])
        shodo_buf_addf(&b, "[%s] ", app->open_text);
    shodo_buf_adds(&b, text);
    if (tui_casefile_note(app->casefile, tui_actor(app), shodo_buf_cstr(&b), &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
        return;
    }
    tui_function_done(app, "done", text);
    tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_RECORDED));
    if (strcmp(tui_top(app)->screen->id, "note") == 0)
        tui_pop(app);
}

static void on_note_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    if (*text)
        keep_note(app, text);
}

static void draw_note(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c, struct tui_area a) {
    int n = (int)SHODO_ARRAY_SIZE(note_words) + 1;
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_NOTE_TEXT));
    for (int i = 0; i < n; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_buf_addf(&b, "%s%2d  %s", i == v->selected ? ">" : " ", i + 1,
                       tui_text(app, i < n - 1 ? note_words[i] : MSG_OPTION_TYPE));
        tui_canvas_fill(c, a.row + 2 + i, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    int row = a.row + 3 + n;
    for (size_t i = k ? k->notes.count : 0; i > 0 && row < a.row + a.rows; i--, row++) {
        const struct shodo_case_note *note = shodo_vec_at(&k->notes, i - 1);
        char when[SHODO_TIME_TEXT_BYTES];
        shodo_time_local(note->time, 540, when);
        when[16] = 0;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s  %s  %s", when + 5, note->actor, note->text);
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_DIM, shodo_buf_cstr(&b));
    }
}

static unsigned note_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    int n = (int)SHODO_ARRAY_SIZE(note_words) + 1;
    if (tui_list_key(v, key, n, 5))
        return TUI_EFFECT_REDRAW;
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (key.action == TUI_ACTION_CHAR && key.ch >= '1' && key.ch <= '9')
        i = (int)(key.ch - '1');
    if (i < 0 || i >= n)
        return TUI_EFFECT_IGNORED;
    if (i == n - 1)
        tui_input_begin(app, tui_text(app, MSG_NOTE), "", "", TUI_INPUT_KANA, on_note_typed, 0);
    else
        keep_note(app, tui_text(app, note_words[i]));
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action note_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER, TUI_ACTION_NONE};
const struct tui_screen tui_screen_note = {.id = "note", .title = MSG_NOTE, .help = MSG_NOTE_HELP, .keys = note_keys, .draw = draw_note,
                                           .key = note_key};

/* ---- change of shift: read aloud in a minute ---- */

static void shift_text(const struct tui_app *app, struct shodo_buf *out) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), 540, when);
    when[16] = 0;
    shodo_buf_addf(out, tui_text(app, MSG_SHIFT_HEAD), when, k && *k->site ? k->site : tui_text(app, MSG_BEING_CHECKED));
    shodo_buf_adds(out, "\n\n");
    for (size_t i = 0; i < app->books.list.count; i++) {
        struct tui_standing st;
        if (!tui_play_load(app, *(struct shodo_playbook **)shodo_vec_at(&app->books.list, i), &st, NULL))
            continue;
        if (st.done && st.play.current >= 0)
            shodo_buf_addf(out, "%s: %s\n", tui_pick(app, &st.book->name), tui_pick(app, &tui_play_step(&st, st.play.current)->name));
        tui_play_done(&st);
    }
    size_t held = 0, machines = k ? k->endpoints.count : 0;
    for (size_t i = 0; k && i < k->decisions.count; i++) {
        const struct shodo_case_decision *d = shodo_vec_at(&k->decisions, i);
        held += strncmp(d->key, "walk/", 5) == 0 && strcmp(d->value, "hold") == 0;
        if (strcmp(d->value, "unknown") != 0 && strcmp(d->value, "hold") != 0 && strcmp(d->value, "skipped") != 0)
            continue;
        shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
        step_name(app, d->key, &name);
        if (name.len)
            shodo_buf_addf(out, "%s %s\n", tui_text(app, MSG_SHIFT_OPEN), name.data);
    }
    shodo_buf_addf(out, tui_text(app, MSG_SHIFT_COUNTS), (unsigned)machines, (unsigned)held);
    shodo_buf_addc(out, '\n');
    for (size_t i = k ? k->notes.count : 0, n = 0; i > 0 && n < 5; i--, n++) {
        const struct shodo_case_note *note = shodo_vec_at(&k->notes, i - 1);
        shodo_buf_addf(out, "- %s (%s)\n", note->text, note->actor);
    }
}

static void draw_shift(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c, struct tui_area a) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shift_text(app, &b);
    tui_canvas_wrap(c, a.row, a.rows - 1, a.col, a.cols, v->scroll, TUI_ROLE_NORMAL, shodo_buf_cstr(&b), b.len);
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_SHIFT_GO));
}

static void on_comes(struct tui_app *app, const char *who) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_buf_addf(&b, "引継ぎ: %s から %s へ", tui_actor(app), who);
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
    tui_who_ask(app, tui_text(app, MSG_SHIFT_WHO), on_comes);
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action shift_keys[] = {TUI_ACTION_PAGE_UP, TUI_ACTION_PAGE_DOWN, TUI_ACTION_ENTER, TUI_ACTION_NONE};
const struct tui_screen tui_screen_shift = {.id = "shift", .title = MSG_SHIFT, .help = MSG_SHIFT_HELP, .keys = shift_keys,
                                            .draw = draw_shift, .key = shift_key};
