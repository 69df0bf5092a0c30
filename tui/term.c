/* SPDX-License-Identifier: Apache-2.0 */
#include "term.h"

#include <ncurses.h>

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/text.h"
#include "terminfo.h"

struct tui_term {
    SCREEN *screen;
    enum tui_theme theme;
    bool has_colour;
    bool has_japanese;
    struct tui_canvas shown; /* what is on the glass */
    bool is_stale;
};

struct look {
    short fore, back; /* 8-colour safe */
    attr_t attr;      /* with colour */
    attr_t mono;      /* without */
};

/* No blinking, no red against green; DANGER is reverse, so that it also stands out without colour.
 */
static const struct look looks[TUI_ROLE_COUNT] = {
    [TUI_ROLE_NORMAL] = {COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [TUI_ROLE_DIM] = {COLOR_WHITE, COLOR_BLACK, A_DIM, A_DIM},
    [TUI_ROLE_TITLE] = {COLOR_WHITE, COLOR_BLACK, A_BOLD, A_BOLD},
    [TUI_ROLE_KEY] = {COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE},
    [TUI_ROLE_SELECTED] = {COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE},
    [TUI_ROLE_UNFOCUSED] = {COLOR_WHITE, COLOR_BLACK, A_UNDERLINE, A_UNDERLINE},
    [TUI_ROLE_OK] = {COLOR_CYAN, COLOR_BLACK, A_NORMAL, A_NORMAL},
    [TUI_ROLE_WARN] = {COLOR_YELLOW, COLOR_BLACK, A_BOLD, A_BOLD},
    [TUI_ROLE_DANGER] = {COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD},
    [TUI_ROLE_UNKNOWN] = {COLOR_MAGENTA, COLOR_BLACK, A_BOLD, A_BOLD},
    [TUI_ROLE_PROGRESS] = {COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE},
    [TUI_ROLE_INPUT] = {COLOR_WHITE, COLOR_BLUE, A_BOLD, A_UNDERLINE},
    [TUI_ROLE_ERROR] = {COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD},
    [TUI_ROLE_LINK] = {COLOR_CYAN, COLOR_BLACK, A_UNDERLINE, A_UNDERLINE},
    [TUI_ROLE_HEADER] = {COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE},
    [TUI_ROLE_FRAME] = {COLOR_WHITE, COLOR_BLACK, A_DIM, A_NORMAL},
};

static attr_t attr_of(const struct tui_term *t, int role) {
    const struct look *l = &looks[role];
    if (!t->has_colour || t->theme == TUI_THEME_MONO)
        return l->mono;
    if (t->theme == TUI_THEME_CONTRAST)
        return (l->attr & ~A_DIM) | A_BOLD | COLOR_PAIR(role + 1);
    return l->attr | COLOR_PAIR(role + 1);
}

static void start_colours(struct tui_term *t) {
    t->has_colour = !getenv("NO_COLOR") && has_colors() && start_color() == OK &&
                    COLOR_PAIRS > TUI_ROLE_COUNT;
    t->theme = t->has_colour ? TUI_THEME_COLOUR : TUI_THEME_MONO;
    for (short i = 0; t->has_colour && i < TUI_ROLE_COUNT; i++)
        init_pair((short)(i + 1), looks[i].fore, looks[i].back);
}

enum shodo_status tui_term_open(struct tui_term **ret, struct shodo_error *err) {
    const char *term = getenv("TERM");
    const char *description = tui_terminfo_find(term ? term : "");
    if (description)
        setenv("TERMINFO", description, 1);
    struct tui_term *t = calloc(1, sizeof(*t));
    if (!t)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the terminal");
    setenv("ESCDELAY", "50", 0);
    t->screen = newterm(NULL, stdout, stdin);
    if (!t->screen) {
        free(t);
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "the terminal type '%s' is not known; set TERM to linux, xterm or vt100",
                          term ? term : "");
    }
    set_term(t->screen);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    start_colours(t);
    /* The kernel console has no kanji; a real UTF-8 terminal calls itself something else. */
    t->has_japanese = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && term &&
                      strcmp(term, "linux") != 0 && strcmp(term, "vt100") != 0;
    t->is_stale = true;
    *ret = t;
    return SHODO_OK;
}

struct tui_term *tui_term_free(struct tui_term *t) {
    if (!t)
        return NULL;
    endwin();
    delscreen(t->screen);
    tui_canvas_done(&t->shown);
    free(t);
    return NULL;
}

void tui_term_size(const struct tui_term *t, int *ret_rows, int *ret_cols) {
    (void)t;
    getmaxyx(stdscr, *ret_rows, *ret_cols);
}

bool tui_term_has_japanese(const struct tui_term *t) {
    return t->has_japanese;
}

enum tui_theme tui_term_theme(const struct tui_term *t) {
    return t->theme;
}

void tui_term_set_theme(struct tui_term *t, enum tui_theme theme) {
    t->theme = t->has_colour ? theme : TUI_THEME_MONO;
    t->is_stale = true;
}

void tui_term_redraw(struct tui_term *t) {
    t->is_stale = true;
    clearok(stdscr, TRUE);
}

static void show_cell(struct tui_term *t, int row, int col, const struct tui_cell *cell) {
    wchar_t text[CCHARW_MAX + 1];
    size_t n = 0;
    for (size_t pos = 0; pos < cell->len && n < CCHARW_MAX;)
        text[n++] = (wchar_t)shodo_text_next(cell->text, cell->len, &pos);
    text[n] = 0;
    cchar_t out;
    attr_t attr = attr_of(t, cell->role);
    if (setcchar(&out, text, attr & ~A_COLOR, (short)PAIR_NUMBER(attr), NULL) == OK)
        mvadd_wch(row, col, &out);
}

void tui_term_show(struct tui_term *t, const struct tui_canvas *c) {
    if (t->shown.rows != c->rows || t->shown.cols != c->cols) {
        if (!tui_canvas_size(&t->shown, c->rows, c->cols))
            return;
        t->is_stale = true;
    }
    if (t->is_stale)
        erase();
    for (int row = 0; row < c->rows; row++) {
        for (int col = 0; col < c->cols; col++) {
            const struct tui_cell *cell = tui_canvas_at(c, row, col);
            struct tui_cell *old = &t->shown.cells[row * c->cols + col];
            if (cell->width > 0 && (t->is_stale || memcmp(cell, old, sizeof(*cell)) != 0) &&
                !(row == c->rows - 1 && col == c->cols - 1))
                show_cell(t, row, col, cell);
            *old = *cell;
        }
    }
    t->is_stale = false;
    if (c->cursor_row >= 0) {
        curs_set(1);
        move(c->cursor_row, c->cursor_col);
    } else {
        curs_set(0);
    }
    refresh();
}

int tui_term_fd(const struct tui_term *t) {
    (void)t;
    return STDIN_FILENO;
}

static const struct {
    int code;
    enum tui_action action;
} special[] = {
    {KEY_F(1), TUI_ACTION_HELP},     {KEY_F(2), TUI_ACTION_THEME},
    {KEY_F(3), TUI_ACTION_LANGUAGE}, {KEY_F(4), TUI_ACTION_NOTE},
    {KEY_F(5), TUI_ACTION_CANCEL},   {KEY_F(6), TUI_ACTION_SCOPE},
    {KEY_F(7), TUI_ACTION_FINDINGS}, {KEY_F(8), TUI_ACTION_SHIFT},
    {KEY_F(9), TUI_ACTION_JOURNAL},  {KEY_F(10), TUI_ACTION_QUIT},
    {KEY_UP, TUI_ACTION_UP},         {KEY_DOWN, TUI_ACTION_DOWN},
    {KEY_LEFT, TUI_ACTION_LEFT},     {KEY_RIGHT, TUI_ACTION_RIGHT},
    {KEY_PPAGE, TUI_ACTION_PAGE_UP}, {KEY_NPAGE, TUI_ACTION_PAGE_DOWN},
    {KEY_HOME, TUI_ACTION_FIRST},    {KEY_END, TUI_ACTION_LAST},
    {KEY_ENTER, TUI_ACTION_ENTER},   {KEY_BACKSPACE, TUI_ACTION_ERASE},
    {KEY_DC, TUI_ACTION_ERASE},      {KEY_RESIZE, TUI_ACTION_RESIZE},
};

struct tui_key tui_term_key(struct tui_term *t, bool in_text_field) {
    (void)t;
    wint_t ch = 0;
    int kind = get_wch(&ch);
    if (kind == ERR)
        return (struct tui_key){.action = TUI_ACTION_NONE, .ch = 0};
    if (kind == KEY_CODE_YES) {
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(special); i++) {
            if ((int)ch == special[i].code)
                return (struct tui_key){.action = special[i].action, .ch = 0};
        }
        return (struct tui_key){.action = TUI_ACTION_NONE, .ch = 0};
    }
    return tui_key_from_char((uint32_t)ch, in_text_field);
}
