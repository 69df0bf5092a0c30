/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app.h"
#include "screens.h"

static const struct tui_screen *const table[] = {
#define X(id) &tui_screen_##id,
    TUI_SCREEN_TABLE(X)
#undef X
};

const struct tui_screen *tui_screen_find(const char *id) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        if (strcmp(table[i]->id, id) == 0)
            return table[i];
    }
    return NULL;
}

bool tui_list_key(struct tui_view *v, struct tui_key key, int count, int rows) {
    switch (key.action) {
    case TUI_ACTION_UP:
        v->selected--;
        break;
    case TUI_ACTION_DOWN:
        v->selected++;
        break;
    case TUI_ACTION_PAGE_UP:
        v->selected -= rows;
        break;
    case TUI_ACTION_PAGE_DOWN:
        v->selected += rows;
        break;
    case TUI_ACTION_FIRST:
        v->selected = 0;
        break;
    case TUI_ACTION_LAST:
        v->selected = count - 1;
        break;
    default:
        return false;
    }
    v->selected = SHODO_MAX(0, SHODO_MIN(v->selected, count - 1));
    return true;
}

bool tui_menu_key(struct tui_view *v, struct tui_key key, int count, int rows) {
    if (key.action != TUI_ACTION_CHAR || key.ch < '0' || key.ch > '9')
        return tui_list_key(v, key, count, rows);
    int i = key.ch == '0' ? 9 : (int)(key.ch - '1');
    if (i >= count)
        return false;
    v->selected = i;
    return true;
}

struct tui_key tui_menu_zero(struct tui_key key, int zero) {
    if (key.action != TUI_ACTION_CHAR || zero < 0)
        return key;
    if (key.ch == '0')
        key.ch = (uint32_t)(zero < 9 ? '1' + zero : '0');
    else if (key.ch == (uint32_t)('1' + zero))
        key.ch = ' ';
    return key;
}

void tui_menu_row(struct shodo_buf *out, int row, int selected, int zero) {
    char sign = ' ';
    if (row == zero || (zero < 0 && row == 9))
        sign = '0';
    else if (row < 9)
        sign = (char)('1' + row);
    shodo_buf_addf(out, "%s %c  ", row == selected ? ">" : " ", sign);
}

bool tui_menu_answers(struct tui_app *app, struct tui_view *v, struct tui_key *key, int count) {
    if (key->action != TUI_ACTION_CHAR || !tui_menu_key(v, *key, count, 0))
        return false;
    tui_held_answers(&app->held);
    key->action = TUI_ACTION_ENTER;
    return true;
}

void tui_list_scroll(struct tui_view *v, int fit) {
    if (v->selected < v->scroll)
        v->scroll = v->selected;
    if (v->selected >= v->scroll + fit)
        v->scroll = v->selected - fit + 1;
    v->scroll = SHODO_MAX(0, v->scroll);
}
