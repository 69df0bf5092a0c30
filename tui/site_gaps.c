/* SPDX-License-Identifier: Apache-2.0 */
/* The check of the site profile: the engine says where something is missing, this screen says it in
 * its own words and leads there. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "casefile.h"
#include "site_edit.h"

#define NAME_COLS 34

void tui_site_check_start(struct tui_app *app, struct tui_site_edit *s) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!s->doc) { /* nothing is written yet: begin at the beginning */
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_SITE_NOTHING_YET));
        s->section = 0;
        s->level = TUI_SITE_ITEM;
        s->selected[TUI_SITE_ITEM] = 0;
        return;
    }
    shodo_buf_addf(&path, "%s/site.yaml", tui_casefile_site_dir(app->casefile));
    const char *argv[] = {app->engine_path, "site", "check", "--json", shodo_buf_cstr(&path), NULL};
    s->is_checking = tui_child_start(&app->child, argv, &err) == SHODO_OK;
    if (s->is_checking)
        tui_child_say(&app->child, "", true);
    else
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
}

static void copy(char *out, size_t n, const char *s) {
    snprintf(out, n, "%s", s ? s : "");
}

static void add_line(struct tui_site_edit *s, const char *p, size_t n) {
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    struct tui_site_gap *g = NULL;
    if (n < 2 || shodo_doc_parse_json(&doc, "check", p, n, NULL) != SHODO_OK ||
        !(g = shodo_vec_push(&s->gaps)))
        return;
    const struct shodo_value *v = shodo_value_get(shodo_doc_root(doc), "gap");
    *g = (struct tui_site_gap){.index = (long)shodo_value_get_int(v, "index", -1)};
    copy(g->section, sizeof g->section, shodo_value_get_str(v, "section"));
    copy(g->id, sizeof g->id, shodo_value_get_str(v, "id"));
    copy(g->field, sizeof g->field, shodo_value_get_str(v, "field"));
    copy(g->why, sizeof g->why, shodo_value_get_str(v, "why"));
    copy(g->text, sizeof g->text, shodo_value_get_str(shodo_doc_root(doc), "text"));
}

void tui_site_check_hear(struct tui_app *app, struct tui_site_edit *s) {
    tui_child_poll(&app->child);
    if (!s->is_checking || app->child.is_running)
        return;
    s->is_checking = false;
    const struct shodo_buf *out = &app->child.text[TUI_CHILD_OUT],
                           *errors = &app->child.text[TUI_CHILD_ERR];
    shodo_vec_done(&s->gaps);
    s->gaps = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct tui_site_gap));
    for (size_t from = 0; from < out->len;) {
        const char *lf = memchr(out->data + from, '\n', out->len - from);
        size_t n = lf ? (size_t)(lf - out->data) - from : out->len - from;
        add_line(s, out->data + from, n);
        from += n + 1;
    }
    s->level = s->gaps.count ? TUI_SITE_GAPS : TUI_SITE_TOP;
    s->is_from_gaps = false;
    int last = (int)s->gaps.count - 1;
    s->selected[TUI_SITE_GAPS] = SHODO_MAX(0, SHODO_MIN(s->selected[TUI_SITE_GAPS], last));
    if (!s->gaps.count && app->child.exit_code == 0)
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_PREPARE_SITE_OK));
    else if (!s->gaps.count)
        tui_message(app, TUI_ROLE_ERROR, "%s %.*s", tui_text(app, MSG_SITE_CHECK_BAD),
                    (int)errors->len, errors->len ? errors->data : "");
    tui_child_done(&app->child);
}

/* ---- one line ---- */

static int section_of(const struct tui_site_gap *g) {
    for (int i = 0; i < TUI_SITE_SECTIONS; i++) {
        if (strcmp(tui_site_sections[i].key, g->section) == 0)
            return i;
    }
    return -1;
}

static int field_of(const struct tui_site_gap *g, int section) {
    for (size_t i = 0; section >= 0 && i < tui_site_fields((size_t)section); i++) {
        if (strcmp(tui_site_sections[section].fields[i].key, g->field) == 0)
            return (int)i;
    }
    return -1;
}

static int role_of(const struct tui_site_gap *g) {
    for (int i = 0; strcmp(g->section, "people") == 0 && i < TUI_SITE_ROLES; i++) {
        if (strcmp(tui_site_roles[i].id, g->id) == 0)
            return i;
    }
    return -1;
}

static long item_of(const struct tui_app *app, const struct tui_site_gap *g, int section) {
    if (section != TUI_SITE_CONTACTS)
        return g->index;
    const struct shodo_value *row = NULL;
    for (size_t i = 0; (row = tui_site_contact(app, i)) != NULL; i++) {
        const char *id = shodo_value_get_str(row, "id");
        if (id && strcmp(id, g->id) == 0)
            return (long)i;
    }
    return -1;
}

void tui_site_gap_text(const struct tui_app *app, const struct tui_site_edit *s,
                       const struct tui_site_gap *g, struct shodo_buf *out) {
    int section = section_of(g), field = field_of(g, section), role = role_of(g);
    bool is_updated = strcmp(g->section, "updated") == 0;
    enum tui_msg why = strcmp(g->why, "old") == 0       ? MSG_SITE_GAP_OLD
                       : strcmp(g->why, "undated") == 0 ? MSG_SITE_GAP_UNDATED
                       : role >= 0                      ? MSG_SITE_GAP_NOBODY
                       : field < 0                      ? MSG_SITE_GAP_NONE
                                                        : MSG_SITE_EMPTY;
    if (is_updated) {
        shodo_buf_addf(out, "%s: %s", tui_text(app, MSG_SITE_UPDATED), tui_text(app, why));
    } else if (strcmp(g->section, "recipients") == 0) {
        shodo_buf_addf(out, "%s > %s: %s", tui_text(app, MSG_PREPARE),
                       tui_text(app, MSG_PREPARE_RECIPIENTS), tui_text(app, MSG_SITE_GAP_NONE));
    } else if (section < 0) {
        shodo_buf_adds(out, g->text);
    } else {
        const char *name = role >= 0 ? tui_text(app, tui_site_roles[role].label)
                                     : tui_site_item_name(app, s, (size_t)section,
                                                          item_of(app, g, section));
        shodo_buf_addf(out, "%s%s", tui_text(app, tui_site_sections[section].label),
                       *name ? " > " : "");
        /* the field stands behind it: a long name is cut, never the field */
        shodo_text_safe_clip(out, name, strlen(name), NAME_COLS, false);
        if (field >= 0)
            shodo_buf_addf(out, " > %s",
                           tui_text(app, tui_site_sections[section].fields[field].label));
        shodo_buf_addf(out, ": %s", tui_text(app, why));
    }
}

static void on_updated(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    const struct tui_site_change none = {
        .section = "schema", .index = -1, .json = "\"shodo-site/1\""};
    if (!s || index != 1)
        return;
    tui_site_save(app, &none, 1); /* any change carries the day */
    tui_site_check_start(app, s);
}

static void ask_updated(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_SITE_UPDATED),
                                      tui_text(app, MSG_SITE_UPDATED_TEXT), on_updated, arg);
    tui_ask_add(a, tui_text(app, MSG_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_YES), NULL);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_updated, arg);
}

static void open_place(struct tui_app *app, struct tui_site_edit *s, const struct tui_site_gap *g,
                       int section) {
    int field = field_of(g, section);
    s->section = (size_t)section;
    s->item = item_of(app, g, section);
    s->is_from_gaps = true;
    if (tui_site_sections[section].is_list && s->item < 0) {
        s->level = TUI_SITE_ITEMS;
        s->selected[TUI_SITE_ITEMS] = (int)tui_site_count(app, s, s->section); /* + add one */
        s->role = role_of(g);
        if (s->role >= 0)
            tui_site_add_item(app, s);
        return;
    }
    s->level = TUI_SITE_ITEM;
    s->selected[TUI_SITE_ITEM] = SHODO_MAX(0, field);
    s->field = field;
    if (field >= 0)
        tui_site_edit_field(app, s);
}

static void show_gap(struct tui_app *app, long at) {
    const struct tui_site_edit *s = tui_site_edit_of(app);
    const struct tui_site_gap *g = shodo_vec_at(&s->gaps, (size_t)at);
    tui_page_show(app, tui_text(app, MSG_PREPARE_SITE), g->text);
    tui_told_by(app, show_gap, at);
}

void tui_site_gap_open(struct tui_app *app, struct tui_site_edit *s, size_t i) {
    const struct tui_site_gap *g = shodo_vec_at(&s->gaps, i);
    int section = section_of(g);
    if (section >= 0) {
        open_place(app, s, g, section);
    } else if (strcmp(g->section, "recipients") == 0) {
        tui_recipients_ask(app);
    } else if (strcmp(g->section, "updated") == 0) {
        ask_updated(app, 0);
    } else {
        show_gap(app, (long)i);
    }
}
