/* SPDX-License-Identifier: Apache-2.0 */
#include "site_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "casefile.h"

#define CHECK_WAIT_MS 10000

struct tui_site_edit *tui_site_edit_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "site") == 0 ? v->data : NULL;
}

const struct shodo_value *tui_site_root(const struct tui_site_edit *s) {
    return s->doc ? shodo_doc_root(s->doc) : NULL;
}

const struct shodo_value *tui_site_list(const struct tui_site_edit *s) {
    return shodo_value_get(tui_site_root(s), tui_site_sections[s->section].key);
}

const struct shodo_value *tui_site_item(const struct tui_site_edit *s) {
    const struct shodo_value *v = tui_site_list(s);
    return tui_site_sections[s->section].is_list ? shodo_value_at(v, (size_t)s->item) : v;
}

size_t tui_site_fields(const struct tui_site_edit *s) {
    size_t n = 0;
    while (n < TUI_SITE_FIELDS && tui_site_sections[s->section].fields[n].key)
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

void tui_site_load(struct tui_app *app, struct tui_site_edit *s) {
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

void tui_site_save(struct tui_app *app, const struct tui_site_change *c) {
    struct tui_site_edit *s = tui_site_edit_of(app);
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!s)
        return;
    int dir = open_folder(app);
    tui_site_write(tui_site_root(s), c, &text);
    if (dir < 0 || tui_site_replace(dir, "site.yaml", &text, !s->has_saved, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
    } else {
        s->has_saved = true;
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_SITE_SAVED));
    }
    if (dir >= 0)
        close(dir);
    tui_site_load(app, s);
    tui_books_done(&app->books);
    tui_books_load(&app->books, app->options->playbooks, tui_casefile_site_dir(app->casefile));
}

static void save_field(struct tui_app *app, const char *json) {
    const struct tui_site_edit *s = tui_site_edit_of(app);
    if (!s)
        return;
    const struct tui_site_change c = {.section = tui_site_sections[s->section].key,
                                      .index = tui_site_sections[s->section].is_list ? s->item : -1,
                                      .key = tui_site_sections[s->section].fields[s->field].key,
                                      .json = json};
    tui_site_save(app, &c);
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

void tui_site_value_text(const struct tui_app *app, const struct shodo_value *v,
                         enum tui_site_kind kind, struct shodo_buf *out) {
    if (shodo_value_kind(v) == SHODO_VALUE_BOOL) {
        shodo_buf_adds(out, tui_text(app, shodo_value_bool(v, false) ? MSG_YES : MSG_NO));
        return;
    }
    const char *one = shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
    bool is_id = kind == TUI_SITE_PEOPLE || kind == TUI_SITE_PERSON;
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
    const struct tui_site_edit *s = tui_site_edit_of(app);
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
    const struct shodo_value *now = shodo_value_get(
        tui_site_item(s), tui_site_sections[s->section].fields[s->field].key);
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

static void edit_again(struct tui_app *app, long arg);

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
    tui_told_by(app, edit_again, 0);
}

static void edit_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_site_edit_field(app, tui_site_edit_of(app));
}

static void add_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_site_add_item(app, tui_site_edit_of(app));
}

void tui_site_edit_field(struct tui_app *app, struct tui_site_edit *s) {
    const struct tui_site_field *f = &tui_site_sections[s->section].fields[s->field];
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    const char *title = tui_text(app, f->label);
    if (f->kind == TUI_SITE_PEOPLE || f->kind == TUI_SITE_PERSON) {
        ask_people(app, title, f->kind == TUI_SITE_PERSON);
        return;
    }
    if (f->kind == TUI_SITE_YESNO) {
        struct tui_ask *a = tui_ask_begin(app, title, "", on_yes, 0);
        tui_ask_add(a, tui_text(app, MSG_YES), NULL);
        tui_ask_add(a, tui_text(app, MSG_NO), NULL);
        tui_ask_add(a, tui_text(app, MSG_OPTION_UNKNOWN), NULL);
        tui_ask_last_is_unknown(a);
        tui_ask_select(a, -1);
        tui_told_by(app, edit_again, 0);
        return;
    }
    tui_site_value_text(app, shodo_value_get(tui_site_item(s), f->key), f->kind, &now);
    unsigned flags = f->kind == TUI_SITE_LETTERS ? 0
                     : f->kind == TUI_SITE_LIST  ? TUI_INPUT_KANA | TUI_INPUT_LETTERS
                                                 : TUI_INPUT_KANA;
    tui_input_begin(app, title,
                    tui_text(app, f->kind == TUI_SITE_LIST ? MSG_SITE_LIST_TEXT : MSG_EMPTY),
                    shodo_buf_cstr(&now), flags, on_text, f->kind == TUI_SITE_LIST);
    tui_told_by(app, edit_again, 0);
}

/* ---- a new item ---- */

/* The item gets its id and name, and is opened. Both are JSON. */
static void put_new(struct tui_app *app, struct tui_site_edit *s, const char *id,
                    const char *name) {
    struct tui_site_change c = {.section = tui_site_sections[s->section].key,
                                .index = (long)shodo_value_count(tui_site_list(s)),
                                .key = "id",
                                .json = id};
    s->item = c.index;
    tui_site_save(app, &c);
    c.key = "name";
    c.json = name;
    tui_site_save(app, &c);
    s->level = 2;
    s->selected[2] = 0;
}

static void on_new_name(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    char id[40];
    if (!s || !*text)
        return;
    for (size_t n = shodo_value_count(tui_site_list(s)) + 1, is_taken = 1; is_taken; n++) {
        snprintf(id, sizeof id, "\"%.3s-%zu\"", tui_site_sections[s->section].key, n);
        is_taken = 0;
        for (size_t i = 0; i < shodo_value_count(tui_site_list(s)); i++) {
            const char *old = shodo_value_get_str(shodo_value_at(tui_site_list(s), i), "id");
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
    struct tui_site_edit *s = tui_site_edit_of(app);
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

void tui_site_add_item(struct tui_app *app, const struct tui_site_edit *s) {
    if (strcmp(tui_site_sections[s->section].key, "decisions") != 0) {
        tui_input_ask(app, tui_site_sections[s->section].fields[0].label, MSG_EMPTY, "",
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
    tui_told_by(app, add_again, 0);
}

/* ---- check ---- */

void tui_site_check_start(struct tui_app *app, struct tui_site_edit *s) {
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

/* In the language of now; it takes well under a second. */
static void check_again(struct tui_app *app, long arg) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    tui_site_check_start(app, s);
    if (s->is_checking && tui_child_wait(&app->child, CHECK_WAIT_MS))
        tui_site_check_hear(app, s);
    else
        tui_child_done(&app->child);
    s->is_checking = false;
}

void tui_site_check_hear(struct tui_app *app, struct tui_site_edit *s) {
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
    tui_told_by(app, check_again, 0);
}
