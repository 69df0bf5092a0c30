/* SPDX-License-Identifier: Apache-2.0 */
/* A new item of the site profile: its name, a person's role, or one of the decisions that are
 * missing. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "site_edit.h"

/* The item gets its id and name, and is opened. All JSON; `role` NULL: none yet. */
static void put_new(struct tui_app *app, struct tui_site_edit *s, const char *id, const char *name,
                    const char *role) {
    struct tui_site_change c[3];
    const char *const keys[] = {"id", "name", "role"}, *const values[] = {id, name, role};
    s->item = (long)tui_site_count(app, s, s->section);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(c); i++)
        c[i] = (struct tui_site_change){.section = tui_site_sections[s->section].key,
                                        .index = s->item,
                                        .key = keys[i],
                                        .json = values[i]};
    tui_site_save(app, c, role ? 3 : 2);
    s->level = TUI_SITE_ITEM;
    s->selected[TUI_SITE_ITEM] = 0;
}

/* A person's role follows at once: it is what the steps call by. */
static void on_new_name(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    struct tui_site_edit *s = tui_site_edit_of(app);
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT, id = SHODO_BUF_INIT,
                                           role = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&name), k = shodo_json_to(&id), l = shodo_json_to(&role);
    char plain[40];
    if (!s || !*text)
        return;
    bool is_person = s->section == TUI_SITE_SECTION_PEOPLE, has_role = is_person && s->role >= 0;
    if (has_role)
        tui_site_role_id(s, s->role, plain);
    for (size_t n = tui_site_count(app, s, s->section) + 1; !has_role; n++) {
        snprintf(plain, sizeof plain, "%.3s-%zu", tui_site_sections[s->section].key, n);
        if (!tui_site_has_id(s, s->section, plain, -1))
            break;
    }
    shodo_json_str(&j, NULL, text);
    shodo_json_str(&k, NULL, plain);
    if (has_role)
        shodo_json_str(&l, NULL, tui_msg(tui_site_roles[s->role].label, TUI_LANG_JA));
    put_new(app, s, shodo_buf_cstr(&id), shodo_buf_cstr(&name),
            has_role ? shodo_buf_cstr(&role) : NULL);
    if (has_role) { /* the number is next */
        s->selected[TUI_SITE_ITEM] = 2;
    } else if (is_person) {
        s->selected[TUI_SITE_ITEM] = (int)(s->field = 1);
        tui_site_edit_field(app, s);
    }
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
    put_new(app, s, shodo_buf_cstr(&id), shodo_buf_cstr(&name), NULL);
}

static void add_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_site_add_item(app, tui_site_edit_of(app));
}

void tui_site_add_item(struct tui_app *app, struct tui_site_edit *s) {
    if (strcmp(tui_site_sections[s->section].key, "decisions") != 0) {
        bool has_role = s->section == TUI_SITE_SECTION_PEOPLE && s->role >= 0;
        tui_input_ask(app, tui_site_sections[s->section].fields[0].label,
                      has_role ? tui_site_roles[s->role].label : MSG_EMPTY, "", TUI_INPUT_KANA,
                      on_new_name, 0);
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
