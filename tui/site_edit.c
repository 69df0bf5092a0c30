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
#include "base/time.h"
#include "casefile.h"

struct tui_site_edit *tui_site_edit_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "site") == 0 ? v->data : NULL;
}

static const struct shodo_value *root_of(const struct tui_site_edit *s) {
    return s->doc ? shodo_doc_root(s->doc) : NULL;
}

static const struct shodo_value *list_of(const struct tui_site_edit *s, size_t section) {
    return shodo_value_get(root_of(s), tui_site_sections[section].key);
}

bool tui_site_has_id(const struct tui_site_edit *s, size_t section, const char *id, long but) {
    const struct shodo_value *list = list_of(s, section);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *old = shodo_value_get_str(shodo_value_at(list, i), "id");
        if ((long)i != but && old && strcmp(old, id) == 0)
            return true;
    }
    return false;
}

size_t tui_site_count(const struct tui_app *app, const struct tui_site_edit *s, size_t section) {
    size_t n = 0;
    if (section != TUI_SITE_CONTACTS)
        return shodo_value_count(list_of(s, section));
    while (tui_site_contact(app, n))
        n++;
    return n;
}

const char *tui_site_item_name(const struct tui_app *app, const struct tui_site_edit *s,
                               size_t section, long item) {
    bool is_contact = section == TUI_SITE_CONTACTS;
    const struct shodo_value *v = is_contact ? tui_site_contact(app, (size_t)item)
                                             : shodo_value_at(list_of(s, section), (size_t)item);
    const char *key = !is_contact ? "name" : tui_is_ja(app) ? "name_ja" : "name_en";
    const char *name = item >= 0 ? shodo_value_get_str(v, key) : NULL;
    return name ? name : "";
}

const struct shodo_value *tui_site_item(const struct tui_app *app, const struct tui_site_edit *s) {
    const struct shodo_value *v = list_of(s, s->section), *own = NULL;
    if (s->section == TUI_SITE_CONTACTS) {
        const char *id = shodo_value_get_str(tui_site_contact(app, (size_t)s->item), "id");
        tui_site_own_contact(s, id ? id : "", &own);
        return own;
    }
    return tui_site_sections[s->section].is_list ? shodo_value_at(v, (size_t)s->item) : v;
}

size_t tui_site_fields(size_t section) {
    size_t n = 0;
    while (n < TUI_SITE_FIELDS && tui_site_sections[section].fields[n].key)
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

static void load_file(struct tui_app *app, int dir, const char *name, struct shodo_doc **doc) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    *doc = shodo_doc_free(*doc);
    if (tui_site_read(dir, name, &text, NULL) == SHODO_OK &&
        shodo_doc_parse_yaml(doc, name, shodo_buf_cstr(&text), text.len, &err) != SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
}

void tui_site_load(struct tui_app *app, struct tui_site_edit *s) {
    int dir = open_folder(app);
    if (dir < 0)
        return;
    load_file(app, dir, "site.yaml", &s->doc);
    load_file(app, dir, "contacts.yaml", &s->contacts);
    close(dir);
}

/* `doc` becomes the profile with the change. */
static enum shodo_status apply(struct shodo_doc **doc, const struct tui_site_change *c,
                               struct shodo_buf *text, struct shodo_error *err) {
    shodo_buf_clear(text);
    if (c->section)
        tui_site_write(*doc ? shodo_doc_root(*doc) : NULL, c, text);
    else
        tui_site_rename(*doc ? shodo_doc_root(*doc) : NULL, c->key, c->json, text);
    *doc = shodo_doc_free(*doc);
    return text->failed
               ? shodo_fail(err, SHODO_NOMEM, "no memory for the profile")
               : shodo_doc_parse_yaml(doc, "site.yaml", shodo_buf_cstr(text), text->len, err);
}

/* What was written today is of today: the check asks for the day of the last change. */
static void today(char out[16]) {
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(shodo_time_now(), 540, when);
    snprintf(out, 16, "\"%.10s\"", when);
}

static enum shodo_status save_all(struct tui_app *app, struct tui_site_edit *s,
                                  const struct tui_site_change *c, size_t count,
                                  struct shodo_error *err) {
    bool is_contacts = c[0].section && strcmp(c[0].section, "contacts") == 0;
    struct shodo_doc **doc = is_contacts ? &s->contacts : &s->doc;
    bool *has_saved = is_contacts ? &s->has_saved_contacts : &s->has_saved;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    char date[16];
    today(date);
    const struct tui_site_change updated = {.section = "updated", .index = -1, .json = date};
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; st == SHODO_OK && i < count; i++)
        st = apply(doc, &c[i], &text, err);
    if (st == SHODO_OK && !is_contacts)
        st = apply(doc, &updated, &text, err);
    if (st != SHODO_OK)
        return st;
    shodo_buf_clear(&text);
    tui_site_write(shodo_doc_root(*doc), NULL, &text);
    int dir = open_folder(app);
    if (dir < 0)
        return shodo_fail_errno(err, "opening '%s'", tui_casefile_site_dir(app->casefile));
    st = tui_site_replace(dir, is_contacts ? "contacts.yaml" : "site.yaml", &text, !*has_saved,
                          err);
    close(dir);
    *has_saved = *has_saved || st == SHODO_OK;
    return st;
}

void tui_site_save(struct tui_app *app, const struct tui_site_change *c, size_t count) {
    struct tui_site_edit *s = tui_site_edit_of(app);
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!s)
        return;
    if (save_all(app, s, c, count, &err) != SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
    else
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_SITE_SAVED));
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
    tui_site_save(app, &c, 1);
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

void tui_site_value_text(const struct tui_app *app, const struct tui_site_edit *s,
                         const struct tui_site_field *f, struct shodo_buf *out) {
    const struct shodo_value *item = tui_site_item(app, s), *v = shodo_value_get(item, f->key);
    enum tui_site_kind kind = f->kind;
    if (kind == TUI_SITE_NUMBER || kind == TUI_SITE_CHECKED) {
        tui_site_contact_text(item, kind, out);
        return;
    }
    if (shodo_value_kind(v) == SHODO_VALUE_BOOL) {
        shodo_buf_adds(out, tui_text(app, shodo_value_bool(v, false) ? MSG_YES : MSG_NO));
        return;
    }
    const char *one = shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
    bool is_id = kind == TUI_SITE_PEOPLE || kind == TUI_SITE_PERSON;
    if (one)
        shodo_buf_adds(out, is_id ? person_name(app, one) : one);
    for (size_t i = 0; shodo_value_kind(v) == SHODO_VALUE_LIST && i < shodo_value_count(v); i++) {
        const char *x = shodo_value_str(shodo_value_at(v, i));
        shodo_buf_addf(out, "%s%s", i ? ", " : "", x ? is_id ? person_name(app, x) : x : "");
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
        tui_site_item(app, s), tui_site_sections[s->section].fields[s->field].key);
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

void tui_site_edit_field(struct tui_app *app, struct tui_site_edit *s) {
    const struct tui_site_field *f = &tui_site_sections[s->section].fields[s->field];
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    const char *title = tui_text(app, f->label);
    if (f->kind == TUI_SITE_PEOPLE || f->kind == TUI_SITE_PERSON) {
        ask_people(app, title, f->kind == TUI_SITE_PERSON);
        return;
    }
    if (f->kind == TUI_SITE_ROLE) {
        tui_site_ask_role(app, s);
        return;
    }
    if (f->kind == TUI_SITE_NUMBER || f->kind == TUI_SITE_CHECKED) {
        tui_site_ask_contact(app, s);
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
    tui_site_value_text(app, s, f, &now);
    unsigned flags = f->kind == TUI_SITE_LETTERS ? 0
                     : f->kind == TUI_SITE_LIST  ? TUI_INPUT_KANA | TUI_INPUT_LETTERS
                                                 : TUI_INPUT_KANA;
    tui_input_begin(app, title,
                    tui_text(app, f->kind == TUI_SITE_LIST ? MSG_SITE_LIST_TEXT : MSG_EMPTY),
                    shodo_buf_cstr(&now), flags, on_text, f->kind == TUI_SITE_LIST);
    tui_told_by(app, edit_again, 0);
}
