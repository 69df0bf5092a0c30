/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The isolation walk: the site's lines one by one (or the usual kinds when there is no list), with
 * place, how to cut, what stops, substitute, who decides. Results are entered for one line or by
 * number ("1-12,15"); 保留 always has a reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "promise.h"
#include "screens.h"

#define LINES_MAX   2000
#define OWN_MAX     200
#define NUMBERS_MAX (LINES_MAX + OWN_MAX + 1) /* the big cut is a row too */

enum result { RESULT_CUT, RESULT_HOLD, RESULT_MISSING, RESULT_NOT_OURS, RESULT_COUNT };
static const char *const values[RESULT_COUNT] = {"cut", "hold", "not-found", "not-applicable"};
static const enum tui_msg tags[RESULT_COUNT] = {MSG_WALK_CUT, MSG_WALK_HOLD, MSG_WALK_MISSING,
                                                MSG_WALK_NOT_OURS};
static const enum tui_msg reasons[] = {MSG_HOLD_CLINICAL, MSG_HOLD_DECIDER, MSG_HOLD_VENDOR,
                                       MSG_HOLD_PLACE, MSG_HOLD_OTHER};

struct walk {
    /* connections that examinations found and the list does not have, one a line */
    struct shodo_buf unlisted;
    char filter[16]; /* kind, "hold", "list", "big-cut" or "" */
    bool marked[NUMBERS_MAX + 1];
    enum result result;
    bool has_results;
    /* some were entered since this list was opened */ /* chosen, while the reason is asked */
};

static const char *value_of(const struct tui_app *app, const char *id) {
    char key[120];
    snprintf(key, sizeof key, "walk/%.100s", id);
    return tui_casefile_value(app->casefile, key);
}

static const char *note_of(const struct tui_app *app, const char *id) {
    char key[120];
    snprintf(key, sizeof key, "walk/%.100s", id);
    return tui_casefile_note_of(app->casefile, key);
}

/* Lines people added on the way: decisions "line/N" with the name as value. */
static const char *own_line(const struct tui_app *app, size_t i) {
    char key[32];
    snprintf(key, sizeof key, "line/%zu", i + 1);
    return i < OWN_MAX ? tui_casefile_value(app->casefile, key) : NULL;
}

struct row {
    const struct shodo_site_line *line; /* NULL: an own one */
    const char *own;
    char id[100];
    size_t number; /* of the whole list: the same on every screen and on the printed round list */
};

static bool wanted(const struct tui_app *app, const char *filter, const struct row *r) {
    if (!*filter || strcmp(filter, "list") == 0 || strcmp(filter, "supplier") == 0)
        return true;
    const char *value = value_of(app, r->id);
    if (strcmp(filter, "hold") == 0)
        return !value || strcmp(value, "hold") == 0; /* a whole group on hold has no results yet */
    if (strcmp(filter, "big-cut") == 0)
        return r->line && strcmp(r->line->kind, "big-cut") == 0;
    return r->line ? strcmp(r->line->kind, filter) == 0 : strcmp(filter, "external") == 0;
}

/* Row number i (from 0) of the list under the filter; false when there are no more. The order never
 * changes. */
static bool row_at(const struct tui_app *app, const char *filter, size_t want, struct row *ret) {
    const struct shodo_site *s = tui_books_lines_of(&app->books);
    size_t lines = s ? s->lines.count : 0, big = s && s->has_big_cut;
    for (size_t i = 0; i < big + lines + OWN_MAX; i++) {
        *ret = (struct row){.line = i < big           ? &s->big_cut
                                    : i < big + lines ? shodo_vec_at(&s->lines, i - big)
                                                      : NULL,
                            .number = i + 1};
        if (ret->line) {
            snprintf(ret->id, sizeof ret->id, "%.90s", ret->line->id);
        } else {
            ret->own = own_line(app, i - big - lines);
            if (!ret->own)
                return false;
            snprintf(ret->id, sizeof ret->id, "own-%zu", i - big - lines + 1);
        }
        if (wanted(app, filter, ret) && want-- == 0)
            return true;
    }
    return false;
}

static size_t count_rows(const struct tui_app *app, const char *filter) {
    struct row r;
    size_t n = 0;
    while (n < NUMBERS_MAX && row_at(app, filter, n, &r))
        n++;
    return n;
}

static const char *row_name(const struct tui_app *app, const struct row *r) {
    if (!r->line)
        return r->own;
    const char *name = tui_pick(app, &r->line->name);
    return *name ? name : r->line->place;
}

static const char *tag_of(const struct tui_app *app, const char *value) {
    for (int i = 0; value && i < RESULT_COUNT; i++) {
        if (strcmp(values[i], value) == 0)
            return tui_text(app, tags[i]);
    }
    return tui_text(app, MSG_WALK_OPEN);
}

/* "4" is a floor only with the word behind it. */
static const char *floor_word(const struct tui_app *app, const char *floor) {
    return *floor && strspn(floor, "0123456789") == strlen(floor) ? tui_text(app, MSG_FLOOR_WORD)
                                                                  : "";
}

/* ---- paper ---- */

static void walk_text(const struct tui_app *app, struct shodo_buf *out) {
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), 540, when);
    when[16] = 0;
    shodo_buf_addf(out, "%s  %s%s\n", tui_text(app, MSG_WALK_SHEET), when,
                   tui_casefile_is_drill(app->casefile) ? tui_text(app, MSG_DRILL_MARK) : "");
    const char *place = NULL;
    struct row r;
    /* rooms in the order of the list; rows of one building and floor stay together */
    size_t n = count_rows(app, "");
    bool *is_done = calloc(n + 1, sizeof *is_done);
    for (size_t i = 0; is_done && i < n; i++) {
        if (is_done[i])
            continue;
        row_at(app, "", i, &r);
        const char *building = r.line ? r.line->building : "", *floor = r.line ? r.line->floor : "";
        place = *building || *floor ? building : tui_text(app, MSG_WALK_NO_PLACE);
        shodo_buf_addf(out, "\n== %s %s%s\n", place, floor, floor_word(app, floor));
        for (size_t k = i; k < n; k++) {
            struct row x;
            row_at(app, "", k, &x);
            if (is_done[k] || strcmp(x.line ? x.line->building : "", building) != 0 ||
                strcmp(x.line ? x.line->floor : "", floor) != 0)
                continue;
            is_done[k] = true;
            shodo_buf_addf(out, "%3zu [%s] %s  %s\n", k + 1, tag_of(app, value_of(app, x.id)),
                           row_name(app, &x), x.line ? x.line->place : "");
            if (x.line && *x.line->how.ja)
                shodo_buf_addf(out, "      %s: %s\n", tui_text(app, MSG_WALK_HOW),
                               tui_pick(app, &x.line->how));
            if (x.line && *x.line->stops.ja)
                shodo_buf_addf(out, "      %s: %s\n", tui_text(app, MSG_WALK_STOPS),
                               tui_pick(app, &x.line->stops));
            shodo_buf_addf(out, "      %s\n", tui_text(app, MSG_WALK_BLANKS));
        }
    }
    free(is_done);
    shodo_auto(shodo_buf) struct shodo_buf unlisted = SHODO_BUF_INIT;
    tui_unlisted_text(app, &unlisted);
    if (unlisted.len)
        shodo_buf_addf(out, "\n== %s\n%s", tui_text(app, MSG_UNLISTED), unlisted.data);
}

void tui_walk_print(struct tui_app *app) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    walk_text(app, &b);
    enum shodo_status st = shodo_case_dir_look(&d, tui_casefile_path(app->casefile), &err);
    if (st == SHODO_OK)
        st = shodo_io_write_generation(d.sheets_fd, "isolation", "txt", b.data, b.len, &err);
    tui_page_show(app, tui_text(app, MSG_WALK_SHEET), shodo_buf_cstr(&b));
    if (st == SHODO_OK)
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_WALK_SAVED));
    else
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
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

static void draw_detail(const struct tui_app *app, const struct row *r, struct tui_canvas *c,
                        struct tui_area a) {
    tui_canvas_hline(c, a.row, a.col, a.cols);
    int row = a.row + 1;
    if (r->line) {
        const struct shodo_site_line *l = r->line;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s %s%s %s", l->building, l->floor, floor_word(app, l->floor),
                       l->place);
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
    detail(c, a, row, tui_text(app, MSG_WALK_REASON), note_of(app, r->id));
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
    if (s && s->has_big_cut && !*w->filter)
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, tui_text(app, MSG_WALK_BIG_FIRST));
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

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct walk *w = v->data;
    int row = draw_warnings(app, w, c, a), details = SHODO_MIN(9, a.rows / 2);
    int fit = a.row + a.rows - row - details, n = (int)count_rows(app, w->filter);
    struct row r;
    if (n == 0)
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL, tui_text(app, MSG_WALK_NONE));
    v->selected = SHODO_MAX(0, SHODO_MIN(v->selected, n - 1));
    tui_list_scroll(v, fit);
    for (int i = v->scroll; i < n && i - v->scroll < fit && row_at(app, w->filter, (size_t)i, &r);
         i++, row++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s%3zu %s[%s] %s", i == v->selected ? ">" : " ", r.number,
                       w->marked[r.number] ? "*" : " ", tag_of(app, value_of(app, r.id)),
                       row_name(app, &r));
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row, a.col, a.cols, role, shodo_buf_cstr(&b));
        if (r.line)
            tui_canvas_text(c, row, a.col + a.cols * 2 / 3, a.cols / 3, role, r.line->place);
    }
    if (n > 0 && row_at(app, w->filter, (size_t)v->selected, &r)) {
        struct tui_area below = {
            .row = a.row + a.rows - details, .col = a.col, .rows = details, .cols = a.cols};
        draw_detail(app, &r, c, below);
    }
}

/* ---- results ---- */

static struct walk *walk_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "walk") == 0 ? v->data : NULL;
}

static bool all_said(const struct tui_app *app, const struct walk *w) {
    struct row r;
    if (strcmp(w->filter, "hold") == 0) /* a list that empties while it is worked on */
        return count_rows(app, w->filter) == 0;
    for (size_t i = 0; row_at(app, w->filter, i, &r); i++) {
        if (!value_of(app, r.id))
            return false;
    }
    return true;
}

/* Writes the result to every marked row. All ids are taken first: a filter may change under the
 * first record. */
static void apply(struct tui_app *app, struct walk *w, const char *note) {
    struct shodo_vec ids = SHODO_VEC_INIT(sizeof(struct row));
    struct row r;
    for (size_t i = 0; i < NUMBERS_MAX && row_at(app, "", i, &r); i++) {
        struct row *keep = w->marked[r.number] ? shodo_vec_push(&ids) : NULL;
        if (keep)
            *keep = r;
    }
    memset(w->marked, 0, sizeof w->marked);
    bool ok = true;
    for (size_t i = 0; ok && i < ids.count; i++) {
        char key[120];
        snprintf(key, sizeof key, "walk/%.100s", ((struct row *)shodo_vec_at(&ids, i))->id);
        ok = tui_record(app, key, values[w->result], note);
    }
    if (ok)
        tui_message(app, TUI_ROLE_OK, "%s: %zu", tui_text(app, MSG_RECORDED), ids.count);
    if (ok && w->result == RESULT_HOLD && ids.count) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s: %s", row_name(app, shodo_vec_at(&ids, 0)),
                       note && *note ? note : tui_text(app, MSG_WALK_HOLD));
        if (ids.count > 1)
            shodo_buf_addf(&b, " +%zu", ids.count - 1);
        tui_promise_ask(app, shodo_buf_cstr(&b), NULL);
    }
    w->has_results = w->has_results || (ok && ids.count);
    bool is_finished = ok && ids.count && w->result != RESULT_HOLD && app->pending[0] &&
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
        tui_input_begin(app, tui_text(app, MSG_HOLD_OTHER), "", "", TUI_INPUT_KANA, on_reason_typed,
                        0);
}

static void on_result(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct walk *w = walk_of(app);
    if (!w)
        return;
    w->result = (enum result)index;
    if (index != RESULT_HOLD) {
        apply(app, w, NULL);
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_HOLD_TITLE),
                                      tui_text(app, MSG_HOLD_TEXT), on_reason, 0);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(reasons); i++)
        tui_ask_add(a, tui_text(app, reasons[i]), NULL);
    tui_ask_select(a, -1);
    tui_ask_needs_enter(a);
}

static void ask_result(struct tui_app *app) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_WALK_RESULT),
                                      tui_text(app, MSG_WALK_RESULT_TEXT), on_result, 0);
    for (int i = 0; i < RESULT_COUNT; i++)
        tui_ask_add(a, tui_text(app, tags[i]), NULL);
    tui_ask_select(a, -1); /* a slip of Enter must not say anything */
    tui_ask_needs_enter(a);
}

static void mark_number(void *ctx, unsigned n) {
    bool *marked = ctx;
    if (n <= NUMBERS_MAX)
        marked[n] = true;
}

/* Every line of this list that has no result yet. */
static void mark_open(struct tui_app *app, struct walk *w) {
    struct row r;
    bool any = false;
    for (size_t i = 0; row_at(app, w->filter, i, &r); i++) {
        if (value_of(app, r.id) || r.number > NUMBERS_MAX)
            continue;
        any = w->marked[r.number] = true;
    }
    if (any)
        ask_result(app);
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
    if (shodo_site_numbers(text, (unsigned)count_rows(app, ""), mark_number, w->marked, &err) !=
        SHODO_OK) {
        memset(w->marked, 0, sizeof w->marked); /* all or nothing */
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_WALK_BAD_NUMBERS), err.text);
        return;
    }
    ask_result(app);
}

static void on_own(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    char key[32];
    size_t i = 0;
    while (own_line(app, i))
        i++;
    if (!*text || i >= OWN_MAX)
        return;
    snprintf(key, sizeof key, "line/%zu", i + 1);
    tui_record(app, key, text, NULL);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct walk *w = v->data;
    int n = (int)count_rows(app, w->filter);
    struct row r;
    if (tui_list_key(v, key, SHODO_MAX(n, 1), 10))
        return TUI_EFFECT_REDRAW;
    bool any = false;
    for (int i = 1; i <= NUMBERS_MAX; i++)
        any = any || w->marked[i];
    switch (key.action) {
    case TUI_ACTION_MARK:
        if (row_at(app, w->filter, (size_t)v->selected, &r) && r.number <= NUMBERS_MAX)
            w->marked[r.number] = !w->marked[r.number];
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_ENTER:
        if (n == 0) {
            tui_function_done(app, "done", NULL); /* nothing to walk: seen */
            return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
        }
        if (!any && row_at(app, w->filter, (size_t)v->selected, &r) && r.number <= NUMBERS_MAX)
            w->marked[r.number] = true;
        ask_result(app);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_NUMBERS:
        tui_input_begin(app, tui_text(app, MSG_WALK_NUMBERS), tui_text(app, MSG_WALK_NUMBERS_TEXT),
                        "", 0, on_numbers, 0);
        return TUI_EFFECT_REDRAW;
    case TUI_ACTION_ADD:
        tui_input_begin(app, tui_text(app, MSG_WALK_ADD), "", "", TUI_INPUT_KANA, on_own, 0);
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

static const enum tui_action keys[] = {TUI_ACTION_ENTER, TUI_ACTION_MARK, TUI_ACTION_NUMBERS,
                                       TUI_ACTION_PRINT, TUI_ACTION_ADD,  TUI_ACTION_NONE};
const struct tui_screen tui_screen_walk = {.id = "walk",
                                           .title = MSG_WALK,
                                           .help = MSG_WALK_HELP,
                                           .keys = keys,
                                           .data_bytes = sizeof(struct walk),
                                           .open = open_walk,
                                           .close = close_walk,
                                           .draw = draw,
                                           .key = on_key};
