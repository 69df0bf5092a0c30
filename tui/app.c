/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "promise.h"
#include "said.h"

#define MIN_ROWS      24
#define MIN_COLS      80
#define JST_MINUTES   540
#define TICK_MS       500
#define BURST_MS      100
#define ELAPSED_COLS  14
#define CRUMB_GAP     5 /* ".. > " or " > " */
#define NS_PER_MINUTE 60000000000LL

const char *tui_text(const struct tui_app *app, enum tui_msg id) {
    return tui_msg(id, app->lang);
}

static struct tui_view *top(struct tui_app *app) {
    return app->depth > 0 ? &app->stack[app->depth - 1] : NULL;
}

void tui_push(struct tui_app *app, const char *screen_id, long arg) {
    const struct tui_screen *s = tui_screen_find(screen_id);
    shodo_assert(s != NULL);
    app->is_full = app->depth == TUI_STACK;
    if (app->is_full) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_TOO_DEEP));
        return;
    }
    struct tui_view *v = &app->stack[app->depth];
    *v = (struct tui_view){.screen = s, .arg = arg};
    if (s->data_bytes) {
        v->data = calloc(1, s->data_bytes);
        app->is_full = !v->data;
        if (!v->data)
            return;
    }
    app->depth++;
    if (s->open)
        s->open(app, v);
}

struct tui_view *tui_top(struct tui_app *app) {
    return top(app);
}

void tui_pop(struct tui_app *app) {
    struct tui_view *v = top(app);
    if (v->screen->close)
        v->screen->close(app, v);
    free(v->data);
    app->depth--;
}

void tui_told_by(struct tui_app *app, tui_opener opener, long arg) {
    struct tui_view *v = top(app);
    if (app->is_full)
        return;
    v->told_by = opener;
    v->told_arg = arg;
}

/* Opens the view again as it was opened: with the views below it and none above. When the opener
 * opens something else the old texts stay. */
void tui_tell_again(struct tui_app *app, struct tui_view *v) {
    struct tui_view old = *v;
    int depth = app->depth, at = (int)(v - app->stack);
    if (!old.told_by)
        return;
    app->depth = at;
    old.told_by(app, old.told_arg);
    bool is_same = app->depth == at + 1 && v->screen == old.screen;
    if (is_same && v->screen->carry)
        v->screen->carry(v, &old);
    if (is_same) {
        struct tui_view again = *v;
        *v = old;
        tui_pop(app);
        *v = again;
    } else {
        while (app->depth > at)
            tui_pop(app);
        *v = old;
    }
    app->depth = depth;
}

void tui_set_language(struct tui_app *app, enum tui_lang lang) {
    bool differs = app->lang != lang;
    app->lang = lang;
    for (int i = 0; differs && i < app->depth; i++) {
        struct tui_view *v = &app->stack[i];
        if (v->screen->retell)
            v->screen->retell(app, v);
        else
            tui_tell_again(app, v);
    }
}

void tui_message(struct tui_app *app, enum tui_role role, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    shodo_buf_clear(&app->message);
    shodo_buf_addv(&app->message, fmt, ap);
    va_end(ap);
    app->message_role = role;
}

bool tui_app_in_text_field(const struct tui_app *app) {
    const struct tui_view *v = app->depth > 0 ? &app->stack[app->depth - 1] : NULL;
    return v && v->screen->is_text_field && v->screen->is_text_field(v);
}

static void on_quit(struct tui_app *app, long arg, int index) {
    (void)arg;
    app->is_over = app->is_over || index == 1;
}

/* Staying is preselected: a slip of the finger ends nothing. */
static void ask_quit(struct tui_app *app, long arg) {
    bool is_busy = app->child.is_running;
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_QUIT_TITLE),
                                      tui_text(app, is_busy ? MSG_QUIT_BUSY : MSG_QUIT_TEXT),
                                      on_quit, arg);
    if (!a)
        return;
    tui_ask_add(a, tui_text(app, MSG_QUIT_STAY), NULL);
    tui_ask_add(a, tui_text(app, MSG_QUIT_GO), NULL);
    tui_told_by(app, ask_quit, arg);
    tui_ask_needs_enter(a);
}

/* Only to be read: nothing is lost when such a screen closes. */
static bool is_for_reading(const struct tui_view *v) {
    static const char *const ids[] = {"machines", "findings", "detail", "scope", "journal",
                                      "shift",    "note",     "help",   "page"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ids); i++) {
        if (strcmp(v->screen->id, ids[i]) == 0)
            return true;
    }
    return false;
}

/* A screen that is open already is not opened again: on top it closes, below it comes back. */
static void open_once(struct tui_app *app, const char *id) {
    int at = app->depth - 1;
    while (at >= 0 && strcmp(app->stack[at].screen->id, id) != 0)
        at--;
    if (at < 0) {
        tui_push(app, id, 0);
        return;
    }
    if (at == app->depth - 1) {
        tui_pop(app);
        return;
    }
    for (int i = at + 1; i < app->depth; i++) {
        if (!is_for_reading(&app->stack[i])) {
            tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_OPEN_BELOW));
            return;
        }
    }
    while (app->depth > at + 1)
        tui_pop(app);
}

static unsigned global_screen(struct tui_app *app, enum tui_action action) {
    static const struct {
        enum tui_action action;
        const char *screen;
    } screens[] = {{TUI_ACTION_FINDINGS, "machines"},
                   {TUI_ACTION_SCOPE, "scope"},
                   {TUI_ACTION_JOURNAL, "journal"},
                   {TUI_ACTION_SHIFT, "shift"},
                   {TUI_ACTION_NOTE, "note"}};
    if (!tui_casefile_case(app->casefile)) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NO_CASE_YET));
        return TUI_EFFECT_REDRAW;
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(screens); i++) {
        if (screens[i].action == action)
            open_once(app, screens[i].screen);
    }
    return TUI_EFFECT_REDRAW;
}

/* The session script starts this program again with the other size; the journal brings it back to
 * the same step. */
static unsigned text_size(struct tui_app *app) {
    if (app->child.is_running) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NOT_WHILE_RUNNING));
    } else if (!tui_image_switch_text_size(&app->image)) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NO_TEXT_SIZE));
    } else {
        app->exit_code = TUI_IMAGE_EXIT_TEXT_SIZE;
        return TUI_EFFECT_QUIT;
    }
    return TUI_EFFECT_REDRAW;
}

/* The line of messages goes on in the other language; one with names or numbers in it goes. */
static void switch_language(struct tui_app *app) {
    shodo_auto(shodo_buf) struct shodo_buf before = app->message;
    app->message = (struct shodo_buf)SHODO_BUF_INIT;
    tui_set_language(app, app->lang == TUI_LANG_JA ? TUI_LANG_EN : TUI_LANG_JA);
    const char *again = tui_same_words(app, shodo_buf_cstr(&before), before.len);
    if (again && !app->message.len)
        shodo_buf_adds(&app->message, again);
}

static unsigned global_key(struct tui_app *app, struct tui_key key) {
    switch (key.action) {
    case TUI_ACTION_LANGUAGE:
        switch_language(app);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_THEME:
        if (app->term)
            tui_term_set_theme(app->term,
                               (enum tui_theme)((tui_term_theme(app->term) + 1) % TUI_THEME_COUNT));
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_TEXT_SIZE:
        return text_size(app);
    case TUI_ACTION_MASK:
        app->shows_names = !app->shows_names;
        tui_message(app, TUI_ROLE_OK, "%s",
                    tui_text(app, app->shows_names ? MSG_NAMES_SHOWN : MSG_NAMES_MASKED));
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_HELP:
        tui_push(app, "help", 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_FINDINGS:
    case TUI_ACTION_SCOPE:
    case TUI_ACTION_JOURNAL:
    case TUI_ACTION_SHIFT:
    case TUI_ACTION_NOTE:
        return global_screen(app, key.action);
    case TUI_ACTION_BACK:
        return app->depth > 1 ? TUI_EFFECT_POP : TUI_EFFECT_NONE;
    case TUI_ACTION_QUIT:
        ask_quit(app, 0);
        return TUI_EFFECT_REDRAW;
    default:
        return TUI_EFFECT_NONE;
    }
}

bool tui_app_key(struct tui_app *app, struct tui_key key) {
    struct tui_view *v = top(app);
    if (key.action == TUI_ACTION_NONE || !v)
        return v != NULL;
    if (key.action != TUI_ACTION_TICK && key.action != TUI_ACTION_RESIZE) {
        if (tui_held_is_habit(&app->held, key)) {
            tui_message(app, TUI_ROLE_NORMAL, "%s", tui_text(app, MSG_ENTER_DROPPED));
            return true;
        }
        if (key.action != TUI_ACTION_LANGUAGE)
            shodo_buf_clear(&app->message);
    }
    if (key.action == TUI_ACTION_TICK)
        tui_child_poll(&app->child); /* also below a dialog: the engine must not wait for us */
    unsigned effects = v->screen->key ? v->screen->key(app, v, key) : TUI_EFFECT_IGNORED;
    if (effects & TUI_EFFECT_IGNORED)
        effects = global_key(app, key);
    if (effects & TUI_EFFECT_RELOAD)
        tui_casefile_reload(app->casefile);
    if ((effects & TUI_EFFECT_POP) && app->depth > 0)
        tui_pop(app);
    app->is_over = app->is_over || (effects & TUI_EFFECT_QUIT);
    return !app->is_over && app->depth > 0;
}

/* Time since the case began, and the next promised call: reminders, nothing runs out. */
static void draw_times(struct tui_app *app) {
    struct tui_canvas *c = &app->canvas;
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    if (!k || k->created == SHODO_TIME_NONE)
        return;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int64_t minutes = (shodo_time_now() - k->created) / NS_PER_MINUTE;
    if (minutes >= 0)
        shodo_buf_addf(&b, "%s %lld:%02lld", tui_text(app, MSG_ELAPSED), (long long)(minutes / 60),
                       (long long)(minutes % 60));
    tui_canvas_text(c, 1, c->cols - ELAPSED_COLS + 1, ELAPSED_COLS - 1, TUI_ROLE_DIM,
                    shodo_buf_cstr(&b));
    shodo_buf_clear(&b);
    bool is_due = tui_promise_next(app, &b);
    if (b.len)
        tui_canvas_text(c, 2, 1, c->cols - 2, is_due ? TUI_ROLE_DANGER : TUI_ROLE_WARN,
                        shodo_buf_cstr(&b));
}

static void crumb_text(const struct tui_app *app, int i, struct shodo_buf *out) {
    const struct tui_view *v = &app->stack[i];
    shodo_buf_adds(out, tui_text(app, v->screen->title));
    if (v->screen->crumb)
        v->screen->crumb(app, v, out);
}

/* Where we are: when there is no room for all, the first ones go. */
static void draw_crumbs(struct tui_app *app, int cols) {
    struct tui_canvas *c = &app->canvas;
    int first = app->depth, used = 0, col = 1;
    while (first > 0) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        crumb_text(app, first - 1, &b);
        used += (int)shodo_text_columns(shodo_buf_cstr(&b), b.len) + CRUMB_GAP;
        if (used > cols && first < app->depth)
            break;
        first--;
    }
    for (int i = first; i < app->depth; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        crumb_text(app, i, &b);
        if (i > 0)
            col += tui_canvas_text(c, 1, col, cols - col, TUI_ROLE_DIM,
                                   i == first ? ".. > " : " > ");
        col += tui_canvas_text(c, 1, col, cols - col,
                               i == app->depth - 1 ? TUI_ROLE_TITLE : TUI_ROLE_DIM,
                               shodo_buf_cstr(&b));
    }
}

static void draw_header(struct tui_app *app) {
    struct tui_canvas *c = &app->canvas;
    tui_canvas_fill(c, 0, 0, c->cols, TUI_ROLE_HEADER);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), JST_MINUTES, when);
    when[16] = 0; /* minutes are enough here */
    int right = (int)strlen(when) + 5;
    shodo_auto(shodo_buf) struct shodo_buf left = SHODO_BUF_INIT;
    tui_casefile_header(app->casefile, app->lang, &left);
    tui_canvas_text(c, 0, 1, c->cols - right - 3, TUI_ROLE_HEADER, shodo_buf_cstr(&left));
    tui_canvas_text(c, 0, c->cols - right, right, TUI_ROLE_HEADER, when);
    tui_canvas_text(c, 0, c->cols - 4, 4, TUI_ROLE_HEADER, "JST");
    draw_times(app);
    draw_crumbs(app, c->cols - ELAPSED_COLS);
}

static int key_cols(const struct tui_app *app, enum tui_action a) {
    const char *label = tui_text(app, tui_key_label(a));
    return (int)(strlen(tui_key_name(a)) + 2 + shodo_text_columns(label, strlen(label)));
}

static bool has_key(const struct tui_view *v, enum tui_action a) {
    return !v->screen->has_key || v->screen->has_key(v, a);
}

static int keys_cols(const struct tui_app *app, const struct tui_view *v) {
    int n = 0;
    for (const enum tui_action *k = v->screen->keys; k && *k != TUI_ACTION_NONE; k++)
        n += has_key(v, *k) ? key_cols(app, *k) : 0;
    return n;
}

/* Everybody tries these without being told: the first to go when the line is full. */
static bool is_plain(enum tui_action a) {
    return a == TUI_ACTION_UP || a == TUI_ACTION_DOWN || a == TUI_ACTION_PAGE_UP ||
           a == TUI_ACTION_ERASE;
}

static int draw_key(struct tui_app *app, int row, int col, enum tui_action a, int end) {
    struct tui_canvas *c = &app->canvas;
    const char *label = tui_text(app, tui_key_label(a));
    if (col + key_cols(app, a) > end)
        return col;
    col += tui_canvas_text(c, row, col, c->cols, TUI_ROLE_KEY, tui_key_name(a));
    col += 1;
    col += tui_canvas_text(c, row, col, c->cols, TUI_ROLE_NORMAL, label);
    return col + 1;
}

static void draw_footer(struct tui_app *app) {
    struct tui_canvas *c = &app->canvas;
    const struct tui_view *v = top(app);
    if (app->message.len)
        tui_canvas_text(c, c->rows - 2, 1, c->cols - 2, app->message_role,
                        shodo_buf_cstr(&app->message));
    /* back, language and the end are on every screen */
    static const enum tui_action always[] = {TUI_ACTION_BACK, TUI_ACTION_LANGUAGE, TUI_ACTION_QUIT};
    int row = c->rows - 1, end = c->cols - 1, kept = end;
    int first = app->depth > 1 ? 0 : 1;
    for (int i = first; i < (int)SHODO_ARRAY_SIZE(always); i++)
        kept -= key_cols(app, always[i]);
    int col = draw_key(app, row, 1, TUI_ACTION_HELP, kept), above = 1;
    bool is_tight = col + keys_cols(app, v) > kept;
    for (const enum tui_action *k = v->screen->keys; k && *k != TUI_ACTION_NONE; k++) {
        if ((is_tight && is_plain(*k)) || !has_key(v, *k))
            continue;
        int next = draw_key(app, row, col, *k, kept);
        if (next == col && !app->message.len) /* no room: the line of messages, when it is free */
            above = draw_key(app, row - 1, above, *k, end);
        col = next;
    }
    for (int i = first; i < (int)SHODO_ARRAY_SIZE(always); i++)
        col = draw_key(app, row, col, always[i], end);
}

void tui_app_draw(struct tui_app *app) {
    struct tui_canvas *c = &app->canvas;
    tui_canvas_clear(c);
    if (c->rows < MIN_ROWS || c->cols < MIN_COLS) {
        tui_canvas_text(c, 0, 0, c->cols, TUI_ROLE_WARN, tui_text(app, MSG_TOO_SMALL));
        return;
    }
    struct tui_view *v = top(app);
    if (!v)
        return;
    draw_header(app);
    struct tui_area area = {.row = 3, .col = 1, .rows = c->rows - 6, .cols = c->cols - 2};
    v->screen->draw(app, v, c, area);
    draw_footer(app);
}

static void resize(struct tui_app *app) {
    int rows = 0, cols = 0;
    tui_term_size(app->term, &rows, &cols);
    tui_canvas_size(&app->canvas, rows, cols);
    tui_term_redraw(app->term);
}

int tui_loop(struct tui_app *app) {
    resize(app);
    for (bool is_on = true; is_on;) {
        tui_app_draw(app);
        tui_term_show(app->term, &app->canvas);
        struct pollfd fds[1 + TUI_CHILD_FDS] = {{.fd = tui_term_fd(app->term), .events = POLLIN}};
        size_t count = 1 + tui_child_pollfds(&app->child, fds + 1);
        int n = poll(fds, (nfds_t)count, TICK_MS);
        if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR)))
            break;
        struct tui_key key = tui_term_key(app->term, tui_app_in_text_field(app));
        if (key.action == TUI_ACTION_RESIZE)
            resize(app);
        if (key.action == TUI_ACTION_NONE) {
            key.action = TUI_ACTION_TICK;
            if (n > 0 && count > 1) { /* events come in bursts; ten redraws a second are enough */
                struct pollfd only_keys = fds[0];
                poll(&only_keys, 1, BURST_MS);
            }
        }
        bool is_press = key.action != TUI_ACTION_TICK && key.action != TUI_ACTION_RESIZE;
        if (!is_press ||
            !tui_held_repeats(&app->held, key, tui_app_in_text_field(app), shodo_time_mono_ms()))
            is_on = tui_app_key(app, key);
    }
    return 0;
}
