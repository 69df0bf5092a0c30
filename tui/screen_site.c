/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile on the screen, on a quiet day: hospital, people, lines that can be cut, who
 * decides what. Three levels: section, item, field. Each change is saved when it is made; the
 * version from before this visit is kept (site_file.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "casefile.h"
#include "screens.h"
#include "site_file.h"

enum kind { TEXT, LETTERS, LIST, YESNO, PEOPLE, PERSON };
struct field {
    const char *key;
    enum tui_msg label;
    enum kind kind;
};
#define FIELDS_MAX 12

static const struct section {
    const char *key;
    enum tui_msg label;
    bool is_list;
    struct field fields[FIELDS_MAX]; /* key NULL ends */
} sections[] = {
    {"hospital",
     MSG_SITE_HOSPITAL,
     false,
     {{"name", MSG_FACT_HOSPITAL, TEXT},
      {"address", MSG_SITE_ADDRESS, TEXT},
      {"beds", MSG_SITE_BEDS, LETTERS},
      {"founder", MSG_SITE_FOUNDER, TEXT},
      {"mail", MSG_SITE_MAIL, LETTERS}}},
    {"communication",
     MSG_SITE_PHONES,
     false,
     {{"internal_phones_over_network", MSG_SITE_OVER_NETWORK, YESNO},
      {"mobile_numbers_to_hand_out", MSG_SITE_MOBILES, LIST},
      {"meeting_place", MSG_SITE_MEETING, TEXT}}},
    {"people",
     MSG_SITE_PEOPLE,
     true,
     {{"name", MSG_WHO_TYPE, TEXT},
      {"role", MSG_SITE_ROLE, TEXT},
      {"phones", MSG_SITE_NUMBERS, LIST},
      {"hours", MSG_SITE_HOURS, LETTERS}}},
    {"connections",
     MSG_SITE_CONNECTIONS,
     true,
     {{"name", MSG_SITE_LINE, TEXT},
      {"room", MSG_WALK_PLACE, TEXT},
      {"device", MSG_SITE_DEVICE, TEXT},
      {"vendor", MSG_WALK_VENDOR, TEXT},
      {"vendor_phone", MSG_STEP_CALL, LETTERS},
      {"how_to_cut", MSG_WALK_HOW, TEXT},
      {"what_stops", MSG_WALK_STOPS, LIST},
      {"patient_effect", MSG_WALK_PATIENT, TEXT},
      {"substitute", MSG_WALK_SUBSTITUTE, TEXT},
      {"may_decide", MSG_WALK_DECIDES, PEOPLE},
      {"pre_approved", MSG_SITE_APPROVED, YESNO}}},
    {"backup_paths",
     MSG_SITE_BACKUP,
     true,
     {{"name", MSG_SITE_LINE, TEXT},
      {"room", MSG_WALK_PLACE, TEXT},
      {"how_to_cut", MSG_WALK_HOW, TEXT},
      {"what_stops", MSG_WALK_STOPS, LIST},
      {"vendor_phone", MSG_STEP_CALL, LETTERS},
      {"may_decide", MSG_WALK_DECIDES, PEOPLE},
      {"pre_approved", MSG_SITE_APPROVED, YESNO}}},
    {"borders",
     MSG_SITE_BORDERS,
     true,
     {{"name", MSG_SITE_LINE, TEXT},
      {"room", MSG_WALK_PLACE, TEXT},
      {"how_to_cut", MSG_WALK_HOW, TEXT},
      {"what_stops", MSG_WALK_STOPS, LIST},
      {"patient_effect", MSG_WALK_PATIENT, TEXT},
      {"may_decide", MSG_WALK_DECIDES, PEOPLE},
      {"pre_approved", MSG_SITE_APPROVED, YESNO}}},
    {"big_cut",
     MSG_SITE_BIG_CUT,
     false,
     {{"place", MSG_WALK_PLACE, TEXT},
      {"how_to_cut", MSG_WALK_HOW, TEXT},
      {"what_stops", MSG_WALK_STOPS, LIST},
      {"phones_stop", MSG_SITE_PHONES_STOP, YESNO},
      {"who", MSG_WALK_DECIDES, PEOPLE},
      {"pre_approved", MSG_SITE_APPROVED, YESNO}}},
    {"rooms",
     MSG_SITE_ROOMS,
     true,
     {{"name", MSG_WALK_PLACE, TEXT},
      {"building", MSG_SITE_BUILDING, TEXT},
      {"floor", MSG_SITE_FLOOR, LETTERS},
      {"key", MSG_SITE_ROOM_KEY, TEXT}}},
    {"systems",
     MSG_SITE_SYSTEMS,
     true,
     {{"name", MSG_WHO_TYPE, TEXT},
      {"vendor", MSG_WALK_VENDOR, TEXT},
      {"critical_to", MSG_SITE_CRITICAL, LIST},
      {"paper_substitute", MSG_WALK_SUBSTITUTE, TEXT}}},
    {"decisions",
     MSG_SITE_DECISIONS,
     true,
     {{"decider", MSG_DECIDER, PERSON},
      {"deputies", MSG_DEPUTIES, PEOPLE},
      {"night", MSG_NIGHT, PEOPLE}}},
};
#define SECTIONS SHODO_ARRAY_SIZE(sections)

struct site {
    struct shodo_doc *doc; /* the profile as it is now */
    int level;             /* 0 sections, 1 items, 2 fields */
    size_t section;
    long item, field;
    int selected[3];
    bool has_saved, is_checking;
};

static struct site *site_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "site") == 0 ? v->data : NULL;
}

static const struct shodo_value *root_of(const struct site *s) {
    return s->doc ? shodo_doc_root(s->doc) : NULL;
}

static const struct shodo_value *list_of(const struct site *s) {
    return shodo_value_get(root_of(s), sections[s->section].key);
}

static const struct shodo_value *item_of(const struct site *s) {
    const struct shodo_value *v = list_of(s);
    return sections[s->section].is_list ? shodo_value_at(v, (size_t)s->item) : v;
}

static size_t fields_of(const struct site *s) {
    size_t n = 0;
    while (n < FIELDS_MAX && sections[s->section].fields[n].key)
        n++;
    return n;
}

/* ---- reading and saving ---- */

static int open_folder(const struct tui_app *app) {
    const char *path = tui_casefile_site_dir(app->casefile);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void load(struct tui_app *app, struct site *s) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    s->doc = shodo_doc_free(s->doc);
    int dir = open_folder(app);
    if (dir < 0)
        return;
    if (tui_site_read(dir, "site.yaml", &text, NULL) == SHODO_OK &&
        shodo_doc_parse_yaml(&s->doc, "site.yaml", shodo_buf_cstr(&text), text.len, &err) !=
            SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
    close(dir);
}

static void save(struct tui_app *app, const struct tui_site_change *c) {
    struct site *s = site_of(app);
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!s)
        return;
    int dir = open_folder(app);
    tui_site_write(root_of(s), c, &text);
    if (dir < 0 || tui_site_replace(dir, "site.yaml", &text, !s->has_saved, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
    } else {
        s->has_saved = true;
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_SITE_SAVED));
    }
    if (dir >= 0)
        close(dir);
    load(app, s);
    tui_books_done(&app->books);
    tui_books_load(&app->books, app->options->playbooks, tui_casefile_site_dir(app->casefile));
}

static void save_field(struct tui_app *app, const char *json) {
    const struct site *s = site_of(app);
    if (!s)
        return;
    const struct tui_site_change c = {.section = sections[s->section].key,
                                      .index = sections[s->section].is_list ? s->item : -1,
                                      .key = sections[s->section].fields[s->field].key,
                                      .json = json};
    save(app, &c);
}

/* ---- fields ---- */

static const char *person_name(const struct tui_app *app, const char *id) {
    for (size_t i = 0; app->books.site && i < app->books.site->people.count; i++) {
        const struct shodo_site_person *p = shodo_vec_at(&app->books.site->people, i);
        if (strcmp(p->id, id) == 0)
            return p->shown;
    }
    return id;
}

static void value_text(const struct tui_app *app, const struct shodo_value *v, enum kind kind,
                       struct shodo_buf *out) {
    if (shodo_value_kind(v) == SHODO_VALUE_BOOL) {
        shodo_buf_adds(out, tui_text(app, shodo_value_bool(v, false) ? MSG_YES : MSG_NO));
        return;
    }
    const char *one = shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
    bool is_id = kind == PEOPLE || kind == PERSON;
    if (one)
        shodo_buf_adds(out, is_id ? person_name(app, one) : one);
    for (size_t i = 0; shodo_value_kind(v) == SHODO_VALUE_LIST && i < shodo_value_count(v); i++) {
        const char *s = shodo_value_str(shodo_value_at(v, i));
        shodo_buf_addf(out, "%s%s", i ? ", " : "", s ? is_id ? person_name(app, s) : s : "");
    }
}

static void list_json(const char *text, struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_array(&j, NULL);
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, ",\n");
        const char *wide = strstr(p, "、");
        if (wide && (size_t)(wide - p) < n)
            n = (size_t)(wide - p);
        size_t lead = strspn(p, " ");
        if (n > lead)
            shodo_json_strn(&j, NULL, p + lead, n - lead);
        p += n;
        p += strncmp(p, "、", 3) == 0 ? 3 : *p ? 1 : 0;
    }
    shodo_json_array_end(&j);
}

static void on_text(struct tui_app *app, long is_list, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    if (is_list)
        list_json(text, &json);
    else if (*text)
        shodo_json_str(&j, NULL, text);
    else
        shodo_json_null(&j, NULL);
    save_field(app, shodo_buf_cstr(&json));
}

static void on_yes(struct tui_app *app, long arg, int index) {
    (void)arg;
    save_field(app, index == 0 ? "true" : index == 1 ? "false" : "null");
}

/* People: one more or one less; the order is the order of calling. */
static void on_people(struct tui_app *app, long is_one, int index) {
    const struct site *s = site_of(app);
    const struct shodo_site *known = app->books.site;
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    if (!s || !known)
        return;
    if ((size_t)index >= known->people.count) {
        save_field(app, is_one ? "null" : "[]");
        return;
    }
    const char *id = ((const struct shodo_site_person *)shodo_vec_at(&known->people, (size_t)index))
                         ->id;
    if (is_one) {
        shodo_json_str(&j, NULL, id);
        save_field(app, shodo_buf_cstr(&json));
        return;
    }
    const struct shodo_value *now = shodo_value_get(item_of(s),
                                                    sections[s->section].fields[s->field].key);
    bool was_in = false;
    shodo_json_array(&j, NULL);
    for (size_t i = 0; shodo_value_kind(now) == SHODO_VALUE_LIST && i < shodo_value_count(now);
         i++) {
        const char *x = shodo_value_str(shodo_value_at(now, i));
        was_in = was_in || (x && strcmp(x, id) == 0);
        if (x && strcmp(x, id) != 0)
            shodo_json_str(&j, NULL, x);
    }
    if (!was_in)
        shodo_json_str(&j, NULL, id);
    shodo_json_array_end(&j);
    save_field(app, shodo_buf_cstr(&json));
}

static void ask_people(struct tui_app *app, const char *title, bool is_one) {
    if (!app->books.site || !app->books.site->people.count) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_SITE_PEOPLE_FIRST));
        return;
    }
    struct tui_ask *a = tui_ask_begin(
        app, title, tui_text(app, is_one ? MSG_EMPTY : MSG_SITE_TOGGLE), on_people, is_one);
    for (size_t i = 0; i < app->books.site->people.count; i++)
        tui_ask_add(
            a, ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people, i))->shown,
            NULL);
    tui_ask_add(a, tui_text(app, MSG_SITE_NOBODY), NULL);
}

static void edit_field(struct tui_app *app, struct site *s) {
    const struct field *f = &sections[s->section].fields[s->field];
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    const char *title = tui_text(app, f->label);
    if (f->kind == PEOPLE || f->kind == PERSON) {
        ask_people(app, title, f->kind == PERSON);
        return;
    }
    if (f->kind == YESNO) {
        struct tui_ask *a = tui_ask_begin(app, title, "", on_yes, 0);
        tui_ask_add(a, tui_text(app, MSG_YES), NULL);
        tui_ask_add(a, tui_text(app, MSG_NO), NULL);
        tui_ask_add(a, tui_text(app, MSG_OPTION_UNKNOWN), NULL);
        tui_ask_select(a, -1);
        return;
    }
    value_text(app, shodo_value_get(item_of(s), f->key), f->kind, &now);
    unsigned flags = f->kind == LETTERS ? 0
                     : f->kind == LIST  ? TUI_INPUT_KANA | TUI_INPUT_LETTERS
                                        : TUI_INPUT_KANA;
    tui_input_begin(app, title, tui_text(app, f->kind == LIST ? MSG_SITE_LIST_TEXT : MSG_EMPTY),
                    shodo_buf_cstr(&now), flags, on_text, f->kind == LIST);
}

/* ---- a new item ---- */

/* The item gets its id and name, and is opened. Both are JSON. */
static void put_new(struct tui_app *app, struct site *s, const char *id, const char *name) {
    struct tui_site_change c = {.section = sections[s->section].key,
                                .index = (long)shodo_value_count(list_of(s)),
                                .key = "id",
                                .json = id};
    s->item = c.index;
    save(app, &c);
    c.key = "name";
    c.json = name;
    save(app, &c);
    s->level = 2;
    s->selected[2] = 0;
}

static void on_new_name(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct site *s = site_of(app);
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    char id[40];
    if (!s || !*text)
        return;
    for (size_t n = shodo_value_count(list_of(s)) + 1, is_taken = 1; is_taken; n++) {
        snprintf(id, sizeof id, "\"%.3s-%zu\"", sections[s->section].key, n);
        is_taken = 0;
        for (size_t i = 0; i < shodo_value_count(list_of(s)); i++) {
            const char *old = shodo_value_get_str(shodo_value_at(list_of(s), i), "id");
            is_taken = is_taken || (old && strlen(old) + 2 == strlen(id) &&
                                    memcmp(old, id + 1, strlen(old)) == 0);
        }
    }
    shodo_json_str(&j, NULL, text);
    put_new(app, s, id, shodo_buf_cstr(&json));
}

static const struct shodo_site_decision *missing_decision(const struct tui_app *app, int want) {
    const struct shodo_site *g = app->books.generic;
    for (size_t i = 0; g && i < g->decisions.count; i++) {
        const struct shodo_site_decision *d = shodo_vec_at(&g->decisions, i);
        if (!shodo_site_decision(app->books.site, d->id) && want-- == 0)
            return d;
    }
    return NULL;
}

static void on_new_decision(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct site *s = site_of(app);
    const struct shodo_site_decision *d = missing_decision(app, index);
    shodo_auto(shodo_buf) struct shodo_buf id = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    if (!s || !d)
        return;
    struct shodo_json j = shodo_json_to(&id), k = shodo_json_to(&name);
    shodo_json_str(&j, NULL, d->id);
    shodo_json_str(&k, NULL, d->question.ja);
    put_new(app, s, shodo_buf_cstr(&id), shodo_buf_cstr(&name));
}

static void add_item(struct tui_app *app, const struct site *s) {
    if (strcmp(sections[s->section].key, "decisions") != 0) {
        tui_input_begin(app, tui_text(app, sections[s->section].fields[0].label), "", "",
                        TUI_INPUT_KANA, on_new_name, 0);
        return;
    }
    if (!missing_decision(app, 0)) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_SITE_ALL_THERE));
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_SITE_DECISIONS), "", on_new_decision,
                                      0);
    for (int i = 0; missing_decision(app, i); i++)
        tui_ask_add(a, tui_pick(app, &missing_decision(app, i)->question), NULL);
}

/* ---- check ---- */

static void start_check(struct tui_app *app, struct site *s) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_buf_addf(&path, "%s/site.yaml", tui_casefile_site_dir(app->casefile));
    const char *argv[] = {app->engine_path, "site", "check", shodo_buf_cstr(&path), NULL};
    s->is_checking = tui_child_start(&app->child, argv, &err) == SHODO_OK;
    if (s->is_checking)
        tui_child_say(&app->child, "", true);
    else
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
}

static void hear_check(struct tui_app *app, struct site *s) {
    tui_child_poll(&app->child);
    if (!s->is_checking || app->child.is_running)
        return;
    s->is_checking = false;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_buf *out = &app->child.text[TUI_CHILD_OUT],
                           *errors = &app->child.text[TUI_CHILD_ERR];
    shodo_buf_add(&b, out->data ? out->data : "", out->len);
    shodo_buf_add(&b, errors->data ? errors->data : "", errors->len);
    tui_child_done(&app->child);
    tui_page_show(app, tui_text(app, MSG_PREPARE_SITE),
                  b.len ? shodo_buf_cstr(&b) : tui_text(app, MSG_PREPARE_SITE_OK));
}

/* ---- the screen ---- */

static int rows_of(const struct site *s) {
    if (s->level == 0)
        return (int)SECTIONS + 1; /* the check is last */
    if (s->level == 1)
        return (int)shodo_value_count(list_of(s)) + 1;       /* a new one is last */
    return (int)fields_of(s) + sections[s->section].is_list; /* taking it out is last */
}

static void row_text(const struct tui_app *app, const struct site *s, int i,
                     struct shodo_buf *out) {
    if (s->level == 0 && i < (int)SECTIONS) {
        shodo_buf_adds(out, tui_text(app, sections[i].label));
        if (sections[i].is_list)
            shodo_buf_addf(out, "  (%zu)",
                           shodo_value_count(shodo_value_get(root_of(s), sections[i].key)));
    } else if (s->level == 0) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_CHECK));
    } else if (s->level == 1) {
        const struct shodo_value *v = shodo_value_at(list_of(s), (size_t)i);
        const char *name = shodo_value_get_str(v, "name");
        shodo_buf_adds(out, i == rows_of(s) - 1 ? tui_text(app, MSG_SITE_ADD) : name ? name : "?");
    } else if (i == (int)fields_of(s)) {
        shodo_buf_adds(out, tui_text(app, MSG_SITE_REMOVE));
    } else {
        const struct field *f = &sections[s->section].fields[i];
        shodo_auto(shodo_buf) struct shodo_buf value = SHODO_BUF_INIT;
        value_text(app, shodo_value_get(item_of(s), f->key), f->kind, &value);
        shodo_buf_addf(out, "%s: %s", tui_text(app, f->label),
                       value.len ? shodo_buf_cstr(&value) : tui_text(app, MSG_SITE_EMPTY));
    }
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct site *s = v->data;
    enum tui_msg title = s->level == 0 ? s->is_checking ? MSG_SHEET_WORKING : MSG_SITE_TEXT
                                       : sections[s->section].label;
    shodo_auto(shodo_buf) struct shodo_buf head = SHODO_BUF_INIT;
    const char *name = s->level == 2 && sections[s->section].is_list
                           ? shodo_value_get_str(item_of(s), "name")
                           : NULL;
    shodo_buf_addf(&head, "%s%s%s", tui_text(app, title), name ? ": " : "", name ? name : "");
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&head));
    v->selected = s->selected[s->level];
    tui_list_scroll(v, a.rows - 2);
    for (int i = v->scroll; i < rows_of(s) && i - v->scroll < a.rows - 2; i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s%2d  ", i == v->selected ? ">" : " ", i + 1);
        row_text(app, s, i, &b);
        tui_canvas_fill(c, a.row + 2 + i - v->scroll, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
}

static void on_remove(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct site *s = site_of(app);
    if (!s || index != 1)
        return;
    const struct tui_site_change c = {.section = sections[s->section].key, .index = s->item};
    save(app, &c);
    s->level = 1;
    s->selected[1] = 0;
}

static void enter(struct tui_app *app, struct site *s, int i) {
    if (s->level == 0 && i == (int)SECTIONS) {
        start_check(app, s);
    } else if (s->level == 0) {
        s->section = (size_t)i;
        s->level = sections[i].is_list ? 1 : 2;
        s->selected[1] = s->selected[2] = 0;
    } else if (s->level == 1 && i == rows_of(s) - 1) {
        add_item(app, s);
    } else if (s->level == 1) {
        s->item = i;
        s->level = 2;
        s->selected[2] = 0;
    } else if (i == (int)fields_of(s)) {
        struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_SITE_REMOVE),
                                          tui_text(app, MSG_SITE_REMOVE_TEXT), on_remove, 0);
        tui_ask_add(a, tui_text(app, MSG_NO), NULL);
        tui_ask_add(a, tui_text(app, MSG_YES), NULL);
        tui_ask_needs_enter(a);
    } else {
        s->field = i;
        edit_field(app, s);
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct site *s = v->data;
    hear_check(app, s);
    if (s->is_checking || key.action == TUI_ACTION_TICK)
        return key.action == TUI_ACTION_BACK ? TUI_EFFECT_IGNORED : TUI_EFFECT_REDRAW;
    v->selected = s->selected[s->level];
    if (tui_menu_key(v, key, rows_of(s), 10)) {
        s->selected[s->level] = v->selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_BACK && s->level > 0) {
        s->level = s->level == 2 && sections[s->section].is_list ? 1 : 0;
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
    load(app, v->data);
}

static void close_site(struct tui_app *app, struct tui_view *v) {
    struct site *s = v->data;
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
                                           .data_bytes = sizeof(struct site),
                                           .open = open_site,
                                           .close = close_site,
                                           .draw = draw,
                                           .key = on_key};
