/* SPDX-License-Identifier: Apache-2.0 */
/* Help of the screen below: its purpose, its keys, then the global keys; generated from the tables.
 */
#include <string.h>

#include "screens.h"

static int key_line(const struct tui_app *app, struct tui_canvas *c, struct tui_area a, int row,
                    enum tui_action action) {
    if (row >= a.row + a.rows)
        return row;
    char letter[2] = {tui_key_letter(action), 0};
    tui_canvas_text(c, row, a.col + 2, 10, TUI_ROLE_KEY, tui_key_name(action));
    tui_canvas_text(c, row, a.col + 13, 2, TUI_ROLE_KEY, letter);
    tui_canvas_text(c, row, a.col + 17, a.cols - 17, TUI_ROLE_NORMAL,
                    tui_text(app, tui_key_label(action)));
    return row + 1;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    (void)v;
    const struct tui_view *below = app->depth > 1 ? &app->stack[app->depth - 2] : v;
    const char *text = tui_text(app, below->screen->help);
    int row = a.row;
    tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, below->screen->title));
    row += 1 +
           tui_canvas_wrap(c, row + 1, 4, a.col, a.cols, 0, TUI_ROLE_NORMAL, text, strlen(text)) +
           1;
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_DIM, tui_text(app, MSG_LETTERS));
    for (const enum tui_action *k = below->screen->keys; k && *k != TUI_ACTION_NONE; k++)
        row = key_line(app, c, a, row, *k);
    static const enum tui_action global[] = {
        TUI_ACTION_FINDINGS,  TUI_ACTION_SCOPE, TUI_ACTION_NOTE,     TUI_ACTION_JOURNAL,
        TUI_ACTION_SHIFT,     TUI_ACTION_HELP,  TUI_ACTION_LANGUAGE, TUI_ACTION_THEME,
        TUI_ACTION_TEXT_SIZE, TUI_ACTION_MASK,  TUI_ACTION_BACK,     TUI_ACTION_QUIT};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(global); i++) {
        bool is_listed = false;
        for (const enum tui_action *k = below->screen->keys; k && *k != TUI_ACTION_NONE; k++)
            is_listed = is_listed || *k == global[i];
        if (!is_listed)
            row = key_line(app, c, a, row, global[i]);
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    (void)app;
    (void)v;
    bool leaves = key.action == TUI_ACTION_HELP || key.action == TUI_ACTION_ENTER ||
                  key.action == TUI_ACTION_BACK;
    return leaves ? TUI_EFFECT_POP | TUI_EFFECT_REDRAW : TUI_EFFECT_IGNORED;
}

const struct tui_screen tui_screen_help = {
    .id = "help", .title = MSG_HELP, .help = MSG_HELP_HELP, .draw = draw, .key = on_key};
