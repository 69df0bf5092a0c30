/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The isolation walk: the site's lines one by one (or the usual kinds when there is no list), with
 * place, how to cut, what stops, substitute, who decides. Results are entered for one line or by
 * number ("1-12,15"); 保留 always has a reason.
 */
#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "filter.h"
#include "promise.h"
#include "said.h"
#include "screens.h"
#include "walk.h"

#define NAMES_ASKED 3 /* lines named in the question for their result */

static const enum tui_msg reasons[] = {MSG_HOLD_CLINICAL, MSG_HOLD_DECIDER, MSG_HOLD_VENDOR,
                                       MSG_HOLD_PLACE, MSG_HOLD_OTHER};

struct walk {
    /* connections that examinations found and the list does not have, one a line */
    struct shodo_buf unlisted;
    char filter[16]; /* kind, "hold", "list", "big-cut" or "" */
    bool marked[TUI_WALK_ROWS_MAX + 1];
    enum tui_walk_result result; /* chosen, while the reason is asked */
    bool is_marked_once; /* marked by Enter or by numbers: ends with the question for the result */
    bool has_results;    /* some were entered since this list was opened */
};

/* A long profile has rows that cannot be marked. */
static bool is_marked(const struct walk *w, size_t number) {
    return number <= TUI_WALK_ROWS_MAX && w->marked[number];
}

static const struct tui_walk_filter all_rows = {.kind = "", .view = NULL};

/* Everything the step is about, whatever `/` hides. */
static struct tui_walk_filter of_kind(const struct walk *w) {
    return (struct tui_walk_filter){.kind = w->filter, .view = NULL};
}

/* What is on the screen. */
static struct tui_walk_filter shown(const struct tui_view *v) {
    const struct walk *w = v->data;
    return (struct tui_walk_filter){.kind = w->filter, .view = v};
}

/* ---- drawing ---- */

static int detail(struct tui_canvas *c, struct tui_area a, int row, const char *label,
                  const char *text) {
    int bottom = a.row + a.rows;
    if (!text || !*text || row >= bottom)
        return row;
    tui_canvas_text(c, row, a.col, 14, TUI_ROLE_DIM, label);
    return row + tui_canvas_wrap(c, row, bottom - row, a.col + 14, a.cols - 14, 0, TUI_ROLE_NORMAL,
                                 text, strlen(text));
}

static void draw_detail(const struct tui_app *app, const struct tui_walk_row *r,
                        struct tui_canvas *c, struct tui_area a) {
    tui_canvas_hline(c, a.row, a.col, a.cols);
    int row = a.row + 1;
    if (r->line) {
        const struct shodo_site_line *l = r->line;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s%s%s%s%s%s", l->building, *l->building ? " " : "", l->floor,
                       tui_walk_floor_word(app, l->floor), *l->floor ? " " : "", l->place);
        if (*l->building || *l->floor || *l->place)
            row = detail(c, a, row, tui_text(app, MSG_WALK_PLACE), shodo_buf_cstr(&b));
        row = detail(c, a, row, tui_text(app, MSG_WALK_STOPS), tui_pick(app, &l->stops));
        row = detail(c, a, row, tui_text(app, MSG_WALK_PATIENT), tui_pick(app, &l->patient_effect));
        row = detail(c, a, row, tui_text(app, MSG_WALK_SUBSTITUTE), tui_pick(app, &l->substitute));
        row = detail(c, a, row, tui_text(app, MSG_WALK_HOW), tui_pick(app, &l->how));
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, "%s%s%s", l->decides, l->is_pre_approved ? " " : "",
                       l->is_pre_approved ? tui_text(app, MSG_PRE_APPROVED) : "");
        row = detail(c, a, row, tui_text(app, MSG_WALK_DECIDES), shodo_buf_cstr(&b));
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, "%s %s", l->vendor, l->phone);
        if (*l->vendor || *l->phone)
            row = detail(c, a, row, tui_text(app, MSG_WALK_VENDOR), shodo_buf_cstr(&b));
        row = detail(c, a, row, tui_text(app, MSG_WALK_NOTE), tui_pick(app, &l->note));
    }
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    detail(c, a, row, tui_text(app, MSG_WALK_REASON),
           tui_said(app, tui_walk_note(app, r->id), &said));
}

static int draw_warnings(const struct tui_app *app, const struct walk *w, struct tui_canvas *c,
                         struct tui_area a) {
    const struct shodo_site *s = app->books.site;
    int row = a.row;
    bool stops = s && (strcmp(s->phones_over_network, "yes") == 0 || s->big_cut_stops_phones);
    if (stops) /* before anything else: who is called when the telephones are gone? */
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_DANGER, tui_text(app, MSG_WALK_PHONES));
    if (!s || !s->lines.count)
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, tui_text(app, MSG_WALK_GENERIC));
    size_t big = *w->filter ? 0 : tui_walk_big_cut(app);
    if (big) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, tui_text(app, MSG_WALK_BIG_FIRST), big);
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    }
    size_t first = w->unlisted.len ? strcspn(w->unlisted.data, "\n") : 0, lines = 0;
    for (size_t i = 0; i < w->unlisted.len; i++)
        lines += w->unlisted.data[i] == '\n';
    if (lines) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "[!] %s: %zu  %.*s", tui_text(app, MSG_UNLISTED), lines, (int)first,
                       w->unlisted.data);
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    }
    return row;
}

static int draw_filter(const struct tui_app *app, const struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a, int row) {
    if (!v->filter[0])
        return row;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s: %s  %zu / %zu", tui_text(app, MSG_KEY_FILTER), v->filter,
                   tui_walk_count(app, shown(v)), tui_walk_count(app, of_kind(v->data)));
    tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    return row + 1;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct walk *w = v->data;
    int row = draw_warnings(app, w, c, a), details = SHODO_MIN(9, a.rows / 2);
    row = draw_filter(app, v, c, a, row);
    int fit = a.row + a.rows - row - details, n = (int)tui_walk_count(app, shown(v));
    struct tui_walk_row r;
    if (n == 0)
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL,
                        tui_text(app, v->filter[0] ? MSG_FILTER_NONE : MSG_WALK_NONE));
    v->selected = SHODO_MAX(0, SHODO_MIN(v->selected, n - 1));
    tui_list_scroll(v, fit);
    for (int i = v->scroll;
         i < n && i - v->scroll < fit && tui_walk_row(app, shown(v), (size_t)i, &r); i++, row++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s%3zu %s[%s] %s", i == v->selected ? ">" : " ", r.number,
                       is_marked(w, r.number) ? "*" : " ",
                       tui_walk_tag(app, tui_walk_value(app, r.id)), tui_walk_name(app, &r));
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row, a.col, a.cols, role, shodo_buf_cstr(&b));
        tui_canvas_text(c, row, a.col + a.cols * 2 / 3, a.cols / 3, role,
                        r.line ? r.line->place : tui_text(app, tui_walk_kind_words[r.own_kind]));
    }
    size_t more = (size_t)SHODO_MAX(0, n - v->scroll - fit);
    if (n > 0 && tui_walk_row(app, shown(v), (size_t)v->selected, &r)) {
        struct tui_area below = {
            .row = a.row + a.rows - details, .col = a.col, .rows = details, .cols = a.cols};
        draw_detail(app, &r, c, below);
        if (more) { /* on the line between list and detail */
            shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
            shodo_buf_addf(&b, tui_text(app, MSG_WALK_MORE), more);
            tui_canvas_text(c, below.row, a.col + 2, a.cols - 2, TUI_ROLE_WARN, shodo_buf_cstr(&b));
        }
    }
}

/* ---- results ---- */

static struct walk *walk_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "walk") == 0 ? v->data : NULL;
}

static bool all_said(const struct tui_app *app, const struct walk *w) {
    struct tui_walk_row r;
    if (strcmp(w->filter, "hold") == 0) /* a list that empties while it is worked on */
        return tui_walk_count(app, of_kind(w)) == 0;
    for (size_t i = 0; tui_walk_row(app, of_kind(w), i, &r); i++) {
        if (!tui_walk_value(app, r.id))
            return false;
    }
    return true;
}

/* Writes the result to every marked row. All ids are taken first: a filter may change under the
 * first record. */
static void apply(struct tui_app *app, struct walk *w, const char *note) {
    struct shodo_vec ids = SHODO_VEC_INIT(sizeof(struct tui_walk_row));
    struct tui_walk_row r;
    for (size_t i = 0; i < TUI_WALK_ROWS_MAX && tui_walk_row(app, all_rows, i, &r); i++) {
        struct tui_walk_row *keep = is_marked(w, r.number) ? shodo_vec_push(&ids) : NULL;
        if (keep)
            *keep = r;
    }
    memset(w->marked, 0, sizeof w->marked);
    bool ok = true;
    for (size_t i = 0; ok && i < ids.count; i++) {
        char key[120];
        snprintf(key, sizeof key, "walk/%.100s",
                 ((struct tui_walk_row *)shodo_vec_at(&ids, i))->id);
        ok = tui_record(app, key, tui_walk_values[w->result], note);
    }
    if (ok)
        tui_message(app, TUI_ROLE_OK, "%s: %zu", tui_text(app, MSG_RECORDED), ids.count);
    if (ok && w->result == TUI_WALK_HOLD && ids.count) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s: %s", tui_walk_name(app, shodo_vec_at(&ids, 0)),
                       note && *note ? note : tui_text(app, MSG_WALK_HOLD));
        if (ids.count > 1)
            shodo_buf_addf(&b, " +%zu", ids.count - 1);
        tui_promise_ask(app, shodo_buf_cstr(&b), NULL);
    }
    w->has_results = w->has_results || (ok && ids.count);
    bool is_finished = ok && ids.count && w->result != TUI_WALK_HOLD && app->pending[0] &&
                       all_said(app, w);
    shodo_vec_done(&ids);
    if (is_finished) { /* the last line of the step: back to it, by itself */
        tui_pop(app);
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_WALK_ALL_SAID));
    }
}

static void on_reason_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    if (walk_of(app) && *text)
        apply(app, walk_of(app), text);
}

static void on_reason(struct tui_app *app, long arg, int index) {
    (void)arg;
    if (!walk_of(app))
        return;
    if ((size_t)index < SHODO_ARRAY_SIZE(reasons) - 1)
        apply(app, walk_of(app), tui_text(app, reasons[index]));
    else
        tui_input_ask(app, MSG_HOLD_OTHER, MSG_EMPTY, "", TUI_INPUT_KANA, on_reason_typed, 0);
}

static void ask_hold(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_HOLD_TITLE),
                                      tui_text(app, MSG_HOLD_TEXT), on_reason, arg);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(reasons); i++)
        tui_ask_add(a, tui_text(app, reasons[i]), NULL);
    tui_ask_select(a, -1);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_hold, arg);
}

static void on_result(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct walk *w = walk_of(app);
    if (!w)
        return;
    w->result = (enum tui_walk_result)index;
    if (index != TUI_WALK_HOLD) {
        apply(app, w, NULL);
        return;
    }
    ask_hold(app, 0);
}

/* Which lines the answer will be about: marked ones may be out of sight. */
static void add_marked(const struct tui_app *app, const struct walk *w, struct shodo_buf *out) {
    struct tui_walk_row r;
    size_t n = 0;
    for (size_t i = 0; tui_walk_row(app, all_rows, i, &r); i++) {
        if (!is_marked(w, r.number))
            continue;
        if (n++ < NAMES_ASKED)
            shodo_buf_addf(out, "%s%zu %s", n > 1 ? ", " : "", r.number, tui_walk_name(app, &r));
    }
    if (n > NAMES_ASKED)
        shodo_buf_addf(out, " +%zu", n - NAMES_ASKED);
}

static void ask_result(struct tui_app *app, long arg) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    add_marked(app, walk_of(app), &b);
    shodo_buf_addf(&b, "\n%s", tui_text(app, MSG_WALK_RESULT_TEXT));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_WALK_RESULT), shodo_buf_cstr(&b),
                                      on_result, arg);
    tui_told_by(app, ask_result, arg);
    for (int i = 0; i < TUI_WALK_RESULTS; i++)
        tui_ask_add(a, tui_text(app, tui_walk_tags[i]), NULL);
    tui_ask_select(a, -1); /* a slip of Enter must not say anything */
    tui_ask_needs_enter(a);
}

static void mark_number(void *ctx, unsigned n) {
    bool *marked = ctx;
    if (n <= TUI_WALK_ROWS_MAX)
        marked[n] = true;
}

/* Every line of this list that has no result yet. */
static void mark_open(struct tui_app *app, struct walk *w) {
    struct tui_walk_row r;
    bool any = false;
    for (size_t i = 0; tui_walk_row(app, shown(tui_top(app)), i, &r); i++) {
        if (tui_walk_value(app, r.id) || r.number > TUI_WALK_ROWS_MAX)
            continue;
        any = w->marked[r.number] = true;
    }
    w->is_marked_once = any;
    if (any)
        ask_result(app, 0);
    else
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_WALK_NONE_OPEN));
}

static void on_numbers(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct walk *w = walk_of(app);
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!w)
        return;
    memset(w->marked, 0, sizeof w->marked);
    if (!*text) {
        mark_open(app, w);
        return;
    }
    if (shodo_site_numbers(text, (unsigned)tui_walk_count(app, all_rows), mark_number, w->marked,
                           &err) != SHODO_OK) {
        memset(w->marked, 0, sizeof w->marked); /* all or nothing */
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_WALK_BAD_NUMBERS), err.text);
        return;
    }
    w->is_marked_once = true;
    ask_result(app, 0);
}

/* The new line under the cursor; one that another list has is said. */
static void show_own(struct tui_app *app, size_t own) {
    struct tui_view *v = tui_top(app);
    struct tui_walk_row r;
    char id[24];
    snprintf(id, sizeof id, "own-%zu", own + 1);
    for (size_t i = 0; tui_walk_row(app, all_rows, i, &r) && strcmp(r.id, id) != 0; i++) {
    }
    const char *kind = tui_text(app, tui_walk_kind_words[r.own_kind]);
    tui_message(app, TUI_ROLE_OK, "%s: %zu %s（%s）", tui_text(app, MSG_WALK_ADDED), r.number,
                tui_walk_name(app, &r), kind);
    v->filter[0] = 0;
    for (size_t i = 0; tui_walk_row(app, shown(v), i, &r); i++) {
        if (strcmp(r.id, id) == 0) {
            v->selected = (int)i;
            return;
        }
    }
    shodo_buf_addf(&app->message, " %s", tui_text(app, MSG_WALK_ADDED_ELSEWHERE));
}

static void on_own(struct tui_app *app, long kind, const char *text) {
    char key[32];
    size_t i = 0;
    while (tui_walk_own(app, i))
        i++;
    if (!walk_of(app) || !*text || i >= TUI_WALK_OWN_MAX)
        return;
    snprintf(key, sizeof key, "line/%zu", i + 1);
    if (tui_record(app, key, text, kind < TUI_WALK_KINDS ? tui_walk_kinds[kind] : "unknown"))
        show_own(app, i);
}

static void on_own_kind(struct tui_app *app, long arg, int index) {
    (void)arg;
    tui_input_ask(app, MSG_WALK_ADD, MSG_EMPTY, "", TUI_INPUT_KANA, on_own, index);
}

/* What kind of line: it decides in which step it is cut. The kind of this list is preselected. */
static void ask_own(struct tui_app *app, long arg) {
    const struct walk *w = walk_of(app);
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_WALK_ADD_KIND),
                                      tui_text(app, MSG_WALK_ADD_KIND_TEXT), on_own_kind, arg);
    tui_ask_select(a, -1);
    for (int k = 0; k < TUI_WALK_KINDS; k++) {
        tui_ask_add(a, tui_text(app, tui_walk_kind_words[k]), NULL);
        if (strcmp(w->filter, tui_walk_kinds[k]) == 0)
            tui_ask_select(a, k);
    }
    tui_ask_add(a, tui_text(app, MSG_WALK_ADD_UNKNOWN), NULL);
    tui_ask_last_is_unknown(a);
    tui_told_by(app, ask_own, arg);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct walk *w = v->data;
    int n = (int)tui_walk_count(app, shown(v));
    struct tui_walk_row r;
    if (w->is_marked_once) /* back from the question without a result */
        memset(w->marked, 0, sizeof w->marked);
    w->is_marked_once = false;
    if (tui_list_key(v, key, SHODO_MAX(n, 1), 10))
        return TUI_EFFECT_REDRAW;
    bool any = false;
    for (int i = 1; i <= TUI_WALK_ROWS_MAX; i++)
        any = any || w->marked[i];
    switch (key.action) {
    case TUI_ACTION_MARK:
        if (tui_walk_row(app, shown(v), (size_t)v->selected, &r) && r.number <= TUI_WALK_ROWS_MAX)
            w->marked[r.number] = !w->marked[r.number];
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_ENTER:
        if (n == 0 && v->filter[0])
            return TUI_EFFECT_REDRAW; /* the filter hides them all */
        if (n == 0) {
            tui_function_done(app, "done", NULL); /* nothing to walk: seen */
            return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
        }
        if (!any && tui_walk_row(app, shown(v), (size_t)v->selected, &r) &&
            r.number <= TUI_WALK_ROWS_MAX)
            w->is_marked_once = w->marked[r.number] = true;
        ask_result(app, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_NUMBERS:
        tui_input_ask(app, MSG_WALK_NUMBERS, MSG_WALK_NUMBERS_TEXT, "", 0, on_numbers, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_CHAR: /* a number of the list: that line, or the start of several */
        if (key.ch < '1' || key.ch > '9')
            return TUI_EFFECT_IGNORED;
        tui_input_ask(app, MSG_WALK_NUMBERS, MSG_WALK_NUMBERS_TEXT, (const char[]){(char)key.ch, 0},
                      0, on_numbers, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_FILTER:
        tui_filter_ask(app);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_ADD:
        ask_own(app, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_PRINT:
        tui_walk_print(app);
        return TUI_EFFECT_REDRAW;
    default:
        return TUI_EFFECT_IGNORED;
    }
}

static void open_walk(struct tui_app *app, struct tui_view *v) {
    struct walk *w = v->data;
    snprintf(w->filter, sizeof w->filter, "%.15s", app->pending[0] ? app->open_text : "");
    tui_unlisted_text(app, &w->unlisted);
}

static void close_walk(struct tui_app *app, struct tui_view *v) {
    const struct walk *w = v->data;
    bool was_seen = strcmp(w->filter, "hold") != 0 || w->has_results;
    if (!app->is_over && app->pending[0] && was_seen && all_said(app, w))
        tui_function_done(app, "done", NULL);
    shodo_buf_done(&((struct walk *)v->data)->unlisted);
}

static const enum tui_action keys[] = {TUI_ACTION_ENTER, TUI_ACTION_MARK,   TUI_ACTION_NUMBERS,
                                       TUI_ACTION_PRINT, TUI_ACTION_FILTER, TUI_ACTION_ADD,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_walk = {.id = "walk",
                                           .title = MSG_WALK,
                                           .help = MSG_WALK_HELP,
                                           .keys = keys,
                                           .data_bytes = sizeof(struct walk),
                                           .open = open_walk,
                                           .close = close_walk,
                                           .draw = draw,
                                           .key = on_key};
