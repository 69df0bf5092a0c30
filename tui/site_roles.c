/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen in the site profile: the role of a person, and the number of an office outside. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "site_edit.h"

/* ---- roles ---- */

static void free_id(const struct tui_site_edit *s, int role, long but, char out[40]) {
    snprintf(out, 40, "%.30s", tui_site_roles[role].id);
    for (unsigned n = 2; tui_site_has_id(s, TUI_SITE_SECTION_PEOPLE, out, but); n++)
        snprintf(out, 40, "%.20s-%u", tui_site_roles[role].id, n);
}

void tui_site_role_id(const struct tui_site_edit *s, int role, char out[40]) {
    free_id(s, role, -1, out);
}

static void save_role(struct tui_app *app, struct tui_site_edit *s, const char *text,
                      const char *id) {
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    const char *old = shodo_value_get_str(tui_site_item(app, s), "id");
    char was[40];
    snprintf(was, sizeof was, "%.39s", old ? old : "");
    shodo_json_str(&j, NULL, text);
    const struct tui_site_change c[] = {
        {.section = "people", .index = s->item, .key = "role", .json = shodo_buf_cstr(&json)},
        {.key = was, .json = id}}; /* the second: the person's id, wherever it stands */
    tui_site_save(app, c, id && *was && strcmp(was, id) != 0 ? 2 : 1);
    s->selected[TUI_SITE_ITEM] = 2; /* the number is next */
}

static void on_role_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    if (s)
        save_role(app, s, text, NULL);
}

static void on_role(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    char id[40];
    if (!s)
        return;
    if (index >= TUI_SITE_ROLES) {
        const char *now = shodo_value_get_str(tui_site_item(app, s), "role");
        tui_input_ask(app, MSG_SITE_ROLE, MSG_EMPTY, now ? now : "", TUI_INPUT_KANA, on_role_typed,
                      0);
        return;
    }
    free_id(s, index, s->item, id);
    save_role(app, s, tui_msg(tui_site_roles[index].label, TUI_LANG_JA), id);
}

static void role_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_site_ask_role(app, tui_site_edit_of(app));
}

void tui_site_ask_role(struct tui_app *app, struct tui_site_edit *s) {
    const char *name = shodo_value_get_str(tui_site_item(app, s), "name");
    shodo_auto(shodo_buf) struct shodo_buf title = SHODO_BUF_INIT;
    shodo_buf_addf(&title, "%s: %s", name ? name : "", tui_text(app, MSG_SITE_ROLE));
    struct tui_ask *a = tui_ask_begin(app, shodo_buf_cstr(&title),
                                      tui_text(app, MSG_SITE_ROLE_TEXT), on_role, 0);
    for (int i = 0; i < TUI_SITE_ROLES; i++)
        tui_ask_add(a, tui_text(app, tui_site_roles[i].label), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
    tui_told_by(app, role_again, 0);
}

/* ---- contacts outside ---- */

const struct shodo_value *tui_site_contact(const struct tui_app *app, size_t i) {
    const struct shodo_doc *d = app->books.contacts;
    return d ? shodo_value_at(shodo_value_get(shodo_doc_root(d), "contacts"), i) : NULL;
}

long tui_site_own_contact(const struct tui_site_edit *s, const char *id,
                          const struct shodo_value **ret_row) {
    const struct shodo_value *list = shodo_value_get(
        s->contacts ? shodo_doc_root(s->contacts) : NULL, "contacts");
    *ret_row = NULL;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *own = shodo_value_get_str(shodo_value_at(list, i), "id");
        if (own && strcmp(own, id) == 0) {
            *ret_row = shodo_value_at(list, i);
            return (long)i;
        }
    }
    return (long)shodo_value_count(list);
}

static const char *plain(const struct shodo_value *map, const char *key) {
    const struct shodo_value *v = shodo_value_get(map, key);
    const char *s = shodo_value_kind(v) == SHODO_VALUE_NULL ? NULL : shodo_value_str(v);
    return s ? s : "";
}

void tui_site_contact_text(const struct shodo_value *own, enum tui_site_kind kind,
                           struct shodo_buf *out) {
    if (kind == TUI_SITE_CHECKED) {
        shodo_buf_adds(out, plain(shodo_value_get(own, "verification"), "date"));
        return;
    }
    shodo_buf_adds(out, plain(own, "phone"));
    const struct shodo_value *list = shodo_value_get(own, "channels");
    for (size_t i = 0; !*plain(own, "phone") && i < shodo_value_count(list); i++) {
        const struct shodo_value *c = shodo_value_at(list, i);
        if (strcmp(plain(c, "kind"), "phone") == 0)
            shodo_buf_addf(out, "%s%s", out->len ? ", " : "", plain(c, "value"));
    }
}

/* The row of contacts.yaml that belongs to the shown one, made when there is none. */
static void save_contact(struct tui_app *app, const char *key, const char *json) {
    struct tui_site_edit *s = tui_site_edit_of(app);
    shodo_auto(shodo_buf) struct shodo_buf id = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&id);
    const struct shodo_value *own = NULL;
    if (!s)
        return;
    const char *name = plain(tui_site_contact(app, (size_t)s->item), "id");
    long index = tui_site_own_contact(s, name, &own);
    shodo_json_str(&j, NULL, name);
    const struct tui_site_change c[] = {
        {.section = "contacts", .index = index, .key = "id", .json = shodo_buf_cstr(&id)},
        {.section = "contacts", .index = index, .key = key, .json = json}};
    tui_site_save(app, c, 2);
}

static void save_checked(struct tui_app *app, const char *date) {
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    shodo_json_object(&j, NULL);
    if (date)
        shodo_json_str(&j, "date", date);
    else
        shodo_json_null(&j, "date");
    shodo_json_object_end(&j);
    save_contact(app, "verification", shodo_buf_cstr(&json));
}

static void on_date(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    int64_t t = 0;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%sT00:00:00Z", text);
    if (strlen(text) == 10 && shodo_time_parse(shodo_buf_cstr(&b), b.len, &t))
        save_checked(app, text);
    else
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_SITE_DATE_BAD));
}

static void on_checked(struct tui_app *app, long arg, int index) {
    (void)arg;
    char now[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), 540, now);
    now[10] = 0;
    if (index == 1)
        tui_input_ask(app, MSG_SITE_CHECKED, MSG_SITE_DATE_TEXT, "", 0, on_date, 0);
    else
        save_checked(app, index == 0 ? now : NULL);
}

static void ask_checked(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_SITE_CHECKED),
                                      tui_text(app, MSG_SITE_CHECKED_TEXT), on_checked, arg);
    tui_ask_add(a, tui_text(app, MSG_SITE_CHECKED_TODAY), NULL);
    tui_ask_add(a, tui_text(app, MSG_SITE_CHECKED_DAY), NULL);
    tui_ask_add(a, tui_text(app, MSG_SITE_CHECKED_NOT), NULL);
    tui_ask_last_is_unknown(a);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_checked, arg);
}

/* A number that was just written is asked about: checked, or not yet. */
static void on_number(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    shodo_auto(shodo_buf) struct shodo_buf json = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&json);
    if (*text)
        shodo_json_str(&j, NULL, text);
    else
        shodo_json_null(&j, NULL);
    save_contact(app, "phone", shodo_buf_cstr(&json));
    if (*text)
        ask_checked(app, 0);
}

static void contact_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_site_ask_contact(app, tui_site_edit_of(app));
}

void tui_site_ask_contact(struct tui_app *app, struct tui_site_edit *s) {
    const struct tui_site_field *f = &tui_site_sections[s->section].fields[s->field];
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    if (f->kind == TUI_SITE_CHECKED) {
        ask_checked(app, 0);
        return;
    }
    tui_site_contact_text(tui_site_item(app, s), f->kind, &now);
    tui_input_begin(app, tui_site_item_name(app, s, s->section, s->item),
                    tui_text(app, MSG_SITE_NUMBER_TEXT), shodo_buf_cstr(&now), 0, on_number, 0);
    tui_told_by(app, contact_again, 0);
}
