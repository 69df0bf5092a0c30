/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Home: what is happening? The three playbooks that are needed most and whatever is under way, then
 * the tools of this PC; the rest is one key away. A short list: nobody reads seventeen lines at
 * night.
 */
#include <stdio.h>
#include <string.h>

#include "case/case.h"
#include "casefile.h"
#include "play.h"
#include "screens.h"

#define ROWS_MAX    24
#define BOOKS_MAX   64
#define BOOKS_FIRST 3

static const char *const order[] = {"ransomware",     "suspicious-machine", "leak-suspected",
                                    "medical-device", "vpn-firewall",       "server-host",
                                    "ddos",           "supplier-calls",     "recovery-gate",
                                    "report-state",   "preparedness",       "drill"};

enum { ON_GUIDE = 1, ON_SUSPECT = 2, IN_MORE = 4 };
static const struct {
    const char *what; /* screen; '!' before a function */
    enum tui_msg label;
    unsigned where;
} tools[] = {
    {"disks", MSG_EXAMINE, ON_SUSPECT},
    {"!collect", MSG_COLLECT_TOOL, ON_SUSPECT},
    {"machines", MSG_HOME, ON_GUIDE | ON_SUSPECT},
    {"walk", MSG_WALK, ON_GUIDE},
    {"facts", MSG_FACTS, ON_GUIDE},
    {"sheet", MSG_SHEETS, ON_GUIDE | ON_SUSPECT},
    {"answers", MSG_ANSWERS_TOOL, ON_GUIDE | ON_SUSPECT},
    {"seals", MSG_SEALS, IN_MORE},
    {"scope", MSG_SCOPE, IN_MORE},
    {"!eject", MSG_EJECT_TOOL, ON_GUIDE | ON_SUSPECT},
    {"role", MSG_CHANGE_PC, ON_GUIDE | ON_SUSPECT},
};

enum kind { BOOK, MORE_BOOKS, TOOL, MORE_TOOLS };
struct row {
    enum kind kind;
    size_t index; /* of the playbook in order of need, or of the tool */
};

/* Playbook i: the known ones in order, then others as they were read. */
static const struct shodo_playbook *book_at(const struct tui_app *app, size_t i) {
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(order); k++) {
        const struct shodo_playbook *p = tui_books_find(&app->books, order[k]);
        if (p && i-- == 0)
            return p;
    }
    for (size_t k = 0; k < app->books.list.count; k++) {
        const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&app->books.list,
                                                                                 k);
        bool is_known = false;
        for (size_t m = 0; m < SHODO_ARRAY_SIZE(order); m++)
            is_known = is_known || strcmp(order[m], p->key) == 0;
        if (!is_known && i-- == 0)
            return p;
    }
    return NULL;
}

static bool is_begun(const struct tui_app *app, const struct shodo_playbook *p) {
    struct tui_standing st;
    if (!tui_play_load(app, p, &st, NULL))
        return false;
    bool is = st.done > 0;
    tui_play_done(&st);
    return is;
}

static unsigned here(const struct tui_app *app) {
    const char *pc = tui_casefile_value(app->casefile, TUI_KEY_PC);
    return pc && strcmp(pc, "suspect") == 0 ? ON_SUSPECT : ON_GUIDE;
}

static int rows_of(const struct tui_app *app, struct row out[ROWS_MAX]) {
    int n = 0;
    const struct shodo_playbook *p = NULL;
    for (size_t i = 0; i < BOOKS_FIRST && book_at(app, i) != NULL; i++)
        out[n++] = (struct row){.kind = BOOK, .index = i};
    if (app->books.list.count > (size_t)n)
        out[n++] = (struct row){.kind = MORE_BOOKS};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(tools); i++) {
        if ((tools[i].where & here(app)))
            out[n++] = (struct row){.kind = TOOL, .index = i};
    }
    out[n++] = (struct row){.kind = MORE_TOOLS};
    /* begun ones go last: a digit means the same the whole night */
    for (size_t i = BOOKS_FIRST; n < ROWS_MAX && (p = book_at(app, i)) != NULL; i++) {
        if (is_begun(app, p))
            out[n++] = (struct row){.kind = BOOK, .index = i};
    }
    return n;
}

/* What was put off or is not known is not done. */
static void add_done(const struct tui_app *app, const struct tui_standing *st,
                     struct shodo_buf *out) {
    size_t unknown = 0, later = 0;
    for (size_t i = 0; i < st->play.count; i++) {
        char key[TUI_STEP_KEY_BYTES];
        if (!st->play.visits[i].is_done || !tui_play_is_action(tui_play_step(st, (int)i)))
            continue;
        tui_play_step_key(app, st->book, &st->play.visits[i], key);
        const char *value = tui_casefile_value(app->casefile, key);
        unknown += value && strcmp(value, "unknown") == 0;
        later += value && strcmp(value, "skipped") == 0;
    }
    shodo_buf_addf(out, "  (%s %zu", tui_text(app, MSG_STEPS_DONE), st->done - unknown - later);
    if (unknown)
        shodo_buf_addf(out, ", %s %zu", tui_text(app, MSG_STEPS_UNKNOWN), unknown);
    if (later)
        shodo_buf_addf(out, ", %s %zu", tui_text(app, MSG_OPTION_LATER_WORD), later);
    shodo_buf_addc(out, ')');
}

static void book_text(const struct tui_app *app, const struct shodo_playbook *p,
                      struct shodo_buf *out) {
    struct tui_standing st;
    if (!tui_play_load(app, p, &st, NULL)) {
        shodo_buf_addf(out, "[!]  %s", tui_pick(app, &p->name));
        return;
    }
    const char *tag = st.play.current < 0 && st.done ? tui_text(app, MSG_TAG_DONE)
                      : st.done                      ? tui_text(app, MSG_TAG_GOING)
                                                     : "    ";
    shodo_buf_addf(out, "%s %s", tag, tui_pick(app, &p->name));
    if (st.done)
        add_done(app, &st, out);
    tui_play_done(&st);
}

static void row_text(const struct tui_app *app, const struct row *r, struct shodo_buf *out) {
    if (r->kind == BOOK)
        book_text(app, book_at(app, r->index), out);
    else if (r->kind == TOOL)
        shodo_buf_addf(out, "     %s", tui_text(app, tools[r->index].label));
    else
        shodo_buf_addf(out, "     %s",
                       tui_text(app, r->kind == MORE_BOOKS ? MSG_MORE_BOOKS : MSG_MORE_TOOLS));
}

/* Sealing and unplugging by Enter only. */
static bool seals(const struct row *r) {
    return r->kind == TOOL && *tools[r->index].what == '!';
}

static void draw_home(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                      struct tui_area a) {
    struct row rows[ROWS_MAX];
    int n = rows_of(app, rows), row = a.row;
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE,
                    tui_text(app, here(app) == ON_GUIDE ? MSG_HOME_GUIDE : MSG_HOME_SUSPECT));
    tui_list_scroll(v, a.rows - 4);
    for (int i = v->scroll; i < n && row < a.row + a.rows; i++) {
        bool is_first_tool = rows[i].kind == TOOL && i > 0 && rows[i - 1].kind != TOOL;
        if (is_first_tool && row + 1 < a.row + a.rows)
            tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_DIM, tui_text(app, MSG_TOOLS));
        bool is_first_begun = rows[i].kind == BOOK && i > 0 && rows[i - 1].kind == MORE_TOOLS;
        if (is_first_begun && row + 1 < a.row + a.rows)
            tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_DIM, tui_text(app, MSG_BOOKS_BEGUN));
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        tui_menu_row(&b, i, v->selected, -1);
        row_text(app, &rows[i], &b);
        if (seals(&rows[i]))
            shodo_buf_adds(&b, TUI_NEEDS_ENTER);
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row++, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
}

static void open_tool(struct tui_app *app, size_t i) {
    const char *what = tools[i].what;
    if (*what == '!')
        tui_function_open(app, what + 1);
    else if (strcmp(what, "answers") == 0)
        tui_answers_go(app);
    else if (strcmp(what, "role") == 0)
        tui_start_change_pc(app);
    else
        tui_push(app, what, strcmp(what, "disks") == 0 ? 2 : 0);
}

/* Rows of the second list: those that the first one left out. */
static bool is_shown_first(const struct row *rows, int n, enum kind kind, size_t index) {
    for (int i = 0; i < n; i++) {
        if (rows[i].kind == kind && rows[i].index == index)
            return true;
    }
    return false;
}

static int nth_left_out(const struct tui_app *app, enum kind kind, int want) {
    struct row rows[ROWS_MAX];
    int n = rows_of(app, rows);
    size_t all = kind == BOOK ? app->books.list.count : SHODO_ARRAY_SIZE(tools);
    for (size_t i = 0; i < all && i < BOOKS_MAX; i++) {
        if (!is_shown_first(rows, n, kind, i) && want-- == 0)
            return (int)i;
    }
    return -1;
}

static void on_more(struct tui_app *app, long kind, int index) {
    int i = nth_left_out(app, (enum kind)kind, index);
    if (i < 0)
        return;
    if (kind == BOOK)
        tui_play_open(app, book_at(app, (size_t)i)->key);
    else
        open_tool(app, (size_t)i);
}

static void ask_more(struct tui_app *app, long kind) {
    struct tui_ask *a = tui_ask_begin(
        app, tui_text(app, kind == BOOK ? MSG_MORE_BOOKS : MSG_MORE_TOOLS), "", on_more, kind);
    for (int i = 0, at; (at = nth_left_out(app, (enum kind)kind, i)) >= 0; i++)
        tui_ask_add(a,
                    kind == BOOK ? tui_pick(app, &book_at(app, (size_t)at)->name)
                                 : tui_text(app, tools[at].label),
                    NULL);
    tui_told_by(app, ask_more, kind);
}

static unsigned home_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct row rows[ROWS_MAX];
    int n = rows_of(app, rows);
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_RELOAD;
    struct tui_view there = *v;
    if (!tui_menu_key(&there, key, n, 10) || !seals(&rows[there.selected]))
        tui_menu_answers(app, v, &key, n);
    if (tui_menu_key(v, key, n, 10))
        return TUI_EFFECT_REDRAW;
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (i < 0 || i >= n)
        return TUI_EFFECT_IGNORED;
    app->pending[0] = app->open_text[0] = 0;
    v->selected = i;
    switch (rows[i].kind) {
    case BOOK:
        tui_play_open(app, book_at(app, rows[i].index)->key);
        break;
    case MORE_BOOKS:
        ask_more(app, BOOK);
        break;
    case TOOL:
        open_tool(app, rows[i].index);
        break;
    case MORE_TOOLS:
        ask_more(app, TOOL);
        break;
    }
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action home_keys[] = {TUI_ACTION_UP,      TUI_ACTION_DOWN,  TUI_ACTION_ENTER,
                                            TUI_ACTION_NOTE,    TUI_ACTION_SCOPE, TUI_ACTION_SHIFT,
                                            TUI_ACTION_JOURNAL, TUI_ACTION_NONE};
const struct tui_screen tui_screen_home = {.id = "home",
                                           .title = MSG_PLAYBOOKS,
                                           .help = MSG_PLAYBOOKS_HELP,
                                           .keys = home_keys,
                                           .draw = draw_home,
                                           .key = home_key};
