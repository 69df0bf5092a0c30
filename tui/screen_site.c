/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile on the screen, on a quiet day: hospital, people, lines that can be cut, who
 * decides what. Three levels: section, item, field. Each change is saved when it is made; the
 * version from before this visit is kept (site_file.h).
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "casefile.h"
#include "site_edit.h"

static int rows_of(const struct tui_site_edit *s) {
    if (s->level == 0)
        return (int)TUI_SITE_SECTIONS + 1; /* the check is last */
    if (s->level == 1)
        return (int)shodo_value_count(tui_site_list(s)) + 1; /* a new one is last */
    return (int)tui_site_fields(s) +
           tui_site_sections[s->section].is_list; /* taking it out is last */
}

static void row_text(const struct tui_app *app, const struct tui_site_edit *s, int i,
                     struct shodo_buf *out) {
    if (s->level == 0 && i < (int)TUI_SITE_SECTIONS) {
        shodo_buf_adds(out, tui_text(app, tui_site_sections[i].label));
        if (tui_site_sections[i].is_list)
            shodo_buf_addf(
                out, "  (%zu)",
                shodo_value_count(shodo_value_get(tui_site_root(s), tui_site_sections[i].key)));
    } else if (s->level == 0) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_CHECK));
    } else if (s->level == 1) {
        const struct shodo_value *v = shodo_value_at(tui_site_list(s), (size_t)i);
        const char *name = shodo_value_get_str(v, "name");
        shodo_buf_adds(out, i == rows_of(s) - 1 ? tui_text(app, MSG_SITE_ADD) : name ? name : "?");
    } else if (i == (int)tui_site_fields(s)) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_REMOVE));
    } else {
        const struct tui_site_field *f = &tui_site_sections[s->section].fields[i];
        shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
        tui_site_value_text(app, shodo_value_get(tui_site_item(s), f->key), f->kind, &value);
        shodo_buf_addf(out, "%s: %s", tui_text(app, f->label),
                       value.len ? shodo_buf_cstr(&value) : tui_text(app, MSG_SITE_EMPTY));
    }
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct tui_site_edit *s = v->data;
    enum tui_msg title = s->level == 0 ? s->is_checking ? MSG_SHEET_WORKING : MSG_SITE_TEXT
                                       : tui_site_sections[s->section].label;
    shodo_auto(shodo_buf) struct shodo_buf head = SHODO_BUF_INIT;
    const char *name = s->level == 2 && tui_site_sections[s->section].is_list
                           ? shodo_value_get_str(tui_site_item(s), "name")
                           : NULL;
    shodo_buf_addf(&head, "%s%s%s", tui_text(app, title), name ? ": " : "", name ? name : "");
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&head));
    v->selected = s->selected[s->level];
    tui_list_scroll(v, a.rows - 2);
    for (int i = v->scroll; i < rows_of(s) && i - v->scroll < a.rows - 2; i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_menu_row(&b, i, v->selected, -1);
        row_text(app, s, i, &b);
        tui_canvas_fill(c, a.row + 2 + i - v->scroll, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
}

static void on_remove(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    if (!s || index != 1)
        return;
    const struct tui_site_change c = {.section = tui_site_sections[s->section].key,
                                      .index = s->item};
    tui_site_save(app, &c);
    s->level = 1;
    s->selected[1] = 0;
}

static void ask_remove(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_SITE_REMOVE),
                                      tui_text(app, MSG_SITE_REMOVE_TEXT), on_remove, arg);
    tui_ask_add(a, tui_text(app, MSG_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_YES), NULL);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_remove, arg);
}

static void enter(struct tui_app *app, struct tui_site_edit *s, int i) {
    if (s->level == 0 && i == (int)TUI_SITE_SECTIONS) {
        tui_site_check_start(app, s);
    } else if (s->level == 0) {
        s->section = (size_t)i;
        s->level = tui_site_sections[i].is_list ? 1 : 2;
        s->selected[1] = s->selected[2] = 0;
    } else if (s->level == 1 && i == rows_of(s) - 1) {
        tui_site_add_item(app, s);
    } else if (s->level == 1) {
        s->item = i;
        s->level = 2;
        s->selected[2] = 0;
    } else if (i == (int)tui_site_fields(s)) {
        ask_remove(app, 0);
    } else {
        s->field = i;
        tui_site_edit_field(app, s);
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_site_edit *s = v->data;
    tui_site_check_hear(app, s);
    if (s->is_checking || key.action == TUI_ACTION_TICK)
        return key.action == TUI_ACTION_BACK ? TUI_EFFECT_IGNORED : TUI_EFFECT_REDRAW;
    v->selected = s->selected[s->level];
    if (tui_menu_key(v, key, rows_of(s), 10)) {
        s->selected[s->level] = v->selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_BACK && s->level > 0) {
        s->level = s->level == 2 && tui_site_sections[s->section].is_list ? 1 : 0;
        v->scroll = 0;
        return TUI_EFFECT_REDRAW;
    }
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (i < 0 || i >= rows_of(s))
        return TUI_EFFECT_IGNORED;
    s->selected[s->level] = i;
    v->scroll = 0;
    enter(app, s, i);
    return TUI_EFFECT_REDRAW;
}

static void open_site(struct tui_app *app, struct tui_view *v) {
    tui_site_load(app, v->data);
}

static void close_site(struct tui_app *app, struct tui_view *v) {
    struct tui_site_edit *s = v->data;
    if (s->is_checking)
        tui_child_done(&app->child);
    s->doc = shodo_doc_free(s->doc);
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_site = {.id = "site",
                                           .title = MSG_PREPARE_SITE,
                                           .help = MSG_SITE_HELP,
                                           .keys = keys,
                                           .data_bytes = sizeof(struct tui_site_edit),
                                           .open = open_site,
                                           .close = close_site,
                                           .draw = draw,
                                           .key = on_key};
