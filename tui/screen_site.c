/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile on the screen, on a quiet day: hospital, people, lines that can be cut, who
 * decides what, numbers outside. Three levels: section, item, field; beside them the list of what
 * the check found, each line of which leads to its field. Each change is saved when it is made; the
 * version from before this visit is kept (site_file.h).
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "casefile.h"
#include "site_edit.h"

static bool can_add(const struct tui_site_edit *s) {
    return tui_site_sections[s->section].is_list && s->section != TUI_SITE_CONTACTS;
}

static int rows_of(const struct tui_app *app, const struct tui_site_edit *s) {
    switch (s->level) {
    case TUI_SITE_TOP:
        return TUI_SITE_SECTIONS + 1; /* the check is last */
    case TUI_SITE_ITEMS:
        return (int)tui_site_count(app, s, s->section) + can_add(s); /* a new one is last */
    case TUI_SITE_ITEM:
        return (int)tui_site_fields(s->section) + can_add(s); /* taking it out is last */
    default:
        return (int)s->gaps.count;
    }
}

static void field_text(const struct tui_app *app, const struct tui_site_edit *s, int i,
                       struct shodo_buf *out) {
    if (i == (int)tui_site_fields(s->section)) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_REMOVE));
        return;
    }
    const struct tui_site_field *f = &tui_site_sections[s->section].fields[i];
    shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
    tui_site_value_text(app, s, f, &value);
    shodo_buf_addf(out, "%s: %s", tui_text(app, f->label),
                   value.len ? shodo_buf_cstr(&value) : tui_text(app, MSG_SITE_EMPTY));
}

static void row_text(const struct tui_app *app, const struct tui_site_edit *s, int i,
                     struct shodo_buf *out) {
    if (s->level == TUI_SITE_TOP && i < TUI_SITE_SECTIONS) {
        shodo_buf_adds(out, tui_text(app, tui_site_sections[i].label));
        if (tui_site_sections[i].is_list && i != TUI_SITE_CONTACTS)
            shodo_buf_addf(out, "  (%zu)", tui_site_count(app, s, (size_t)i));
    } else if (s->level == TUI_SITE_TOP) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_CHECK));
    } else if (s->level == TUI_SITE_ITEMS) {
        const char *name = tui_site_item_name(app, s, s->section, i);
        bool is_new = can_add(s) && i == rows_of(app, s) - 1;
        shodo_buf_adds(out, is_new ? tui_text(app, MSG_SITE_ADD) : *name ? name : "?");
    } else if (s->level == TUI_SITE_ITEM) {
        field_text(app, s, i, out);
    } else {
        tui_site_gap_text(app, s, shodo_vec_at(&s->gaps, (size_t)i), out);
    }
}

static void draw_head(const struct tui_app *app, const struct tui_site_edit *s,
                      struct tui_canvas *c, struct tui_area a) {
    enum tui_msg title = s->is_checking              ? MSG_SHEET_WORKING
                         : s->level == TUI_SITE_TOP  ? MSG_SITE_TEXT
                         : s->level == TUI_SITE_GAPS ? MSG_SITE_GAPS_TEXT
                                                     : tui_site_sections[s->section].label;
    shodo_auto(shodo_buf) struct shodo_buf head = SHODO_BUF_INIT;
    bool has_name = s->level == TUI_SITE_ITEM && tui_site_sections[s->section].is_list;
    const char *name = has_name ? tui_site_item_name(app, s, s->section, s->item) : "";
    shodo_buf_addf(&head, "%s%s%s", tui_text(app, title), *name ? ": " : "", name);
    if (s->level == TUI_SITE_GAPS)
        shodo_buf_addf(&head, " (%zu)", s->gaps.count);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&head));
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct tui_site_edit *s = v->data;
    draw_head(app, s, c, a);
    v->selected = s->selected[s->level];
    int fit = a.rows - 3; /* the last line says that there is more */
    tui_list_scroll(v, fit);
    if (rows_of(app, s) - v->scroll > fit)
        tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN,
                        tui_text(app, MSG_LIST_MORE));
    for (int i = v->scroll; i < rows_of(app, s) && i - v->scroll < fit; i++) {
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
    tui_site_save(app, &c, 1);
    s->level = TUI_SITE_ITEMS;
    s->selected[TUI_SITE_ITEMS] = 0;
}

static void enter_top(struct tui_app *app, struct tui_site_edit *s, int i) {
    s->is_from_gaps = false;
    if (i == TUI_SITE_SECTIONS) {
        s->selected[TUI_SITE_GAPS] = 0;
        tui_site_check_start(app, s);
        return;
    }
    s->section = (size_t)i;
    s->item = -1;
    s->level = tui_site_sections[i].is_list ? TUI_SITE_ITEMS : TUI_SITE_ITEM;
    s->selected[TUI_SITE_ITEMS] = s->selected[TUI_SITE_ITEM] = 0;
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
    if (s->level == TUI_SITE_TOP) {
        enter_top(app, s, i);
    } else if (s->level == TUI_SITE_GAPS) {
        tui_site_gap_open(app, s, (size_t)i);
    } else if (s->level == TUI_SITE_ITEMS && can_add(s) && i == rows_of(app, s) - 1) {
        s->role = -1;
        tui_site_add_item(app, s);
    } else if (s->level == TUI_SITE_ITEMS) {
        s->item = i;
        s->level = TUI_SITE_ITEM;
        s->selected[TUI_SITE_ITEM] = 0;
    } else if (i == (int)tui_site_fields(s->section)) {
        ask_remove(app, 0);
    } else {
        s->field = i;
        tui_site_edit_field(app, s);
    }
}

/* One level up; from a place that the check led to, back to what it still finds. */
static void leave(struct tui_app *app, struct tui_site_edit *s) {
    if (s->is_from_gaps && s->level != TUI_SITE_GAPS) {
        s->level = TUI_SITE_GAPS;
        tui_site_check_start(app, s);
    } else {
        bool is_listed = s->level == TUI_SITE_ITEM && tui_site_sections[s->section].is_list;
        s->level = is_listed ? TUI_SITE_ITEMS : TUI_SITE_TOP;
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_site_edit *s = v->data;
    tui_site_check_hear(app, s);
    if (s->is_checking || key.action == TUI_ACTION_TICK)
        return key.action == TUI_ACTION_BACK ? TUI_EFFECT_IGNORED : TUI_EFFECT_REDRAW;
    v->selected = s->selected[s->level];
    tui_menu_answers(app, v, &key, rows_of(app, s)); /* taking an item out asks again */
    if (tui_menu_key(v, key, rows_of(app, s), 10)) {
        s->selected[s->level] = v->selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_BACK && s->level != TUI_SITE_TOP) {
        leave(app, s);
        v->scroll = 0;
        return TUI_EFFECT_REDRAW;
    }
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (i < 0 || i >= rows_of(app, s))
        return TUI_EFFECT_IGNORED;
    s->selected[s->level] = i;
    v->scroll = 0;
    enter(app, s, i);
    return TUI_EFFECT_REDRAW;
}

static void open_site(struct tui_app *app, struct tui_view *v) {
    struct tui_site_edit *s = v->data;
    s->gaps = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_site_gap));
    tui_site_load(app, s);
}

static void close_site(struct tui_app *app, struct tui_view *v) {
    struct tui_site_edit *s = v->data;
    if (s->is_checking)
        tui_child_done(&app->child);
    s->doc = shodo_doc_free(s->doc);
    s->contacts = shodo_doc_free(s->contacts);
    shodo_vec_done(&s->gaps);
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
