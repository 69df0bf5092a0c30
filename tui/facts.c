/* SPDX-License-Identifier: Apache-2.0 */
/* What the screens know for sure: who is here, facts for the telephone, and the one way answers get
 * into the journal. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/time.h"
#include "casefile.h"
#include "mask.h"
#include "said.h"
#include "screens.h"
#include "case/case.h"

#define FACT_NAME_BYTES 64
#define JST_MINUTES     540

const char *tui_pick(const struct tui_app *app, const struct shodo_text2 *t) {
    const char *s = app->lang == TUI_LANG_JA ? t->ja : t->en;
    return s ? s : "";
}

bool tui_is_ja(const struct tui_app *app) {
    return app->lang == TUI_LANG_JA;
}

const char *tui_fact(const struct tui_app *app, const char *name) {
    char key[FACT_NAME_BYTES + 8];
    snprintf(key, sizeof key, "fact/%.60s", name);
    const char *value = tui_casefile_value(app->casefile, key);
    if (value && *value && strcmp(value, "unknown") != 0)
        return value;
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    if (strcmp(name, "hospital") == 0) {
        if (app->books.site && *app->books.site->name)
            return app->books.site->name;
        return c && *c->site ? c->site : NULL;
    }
    return NULL;
}

const char *tui_actor(const struct tui_app *app) {
    const char *name = tui_fact(app, "my_name");
    return name ? name : "operator";
}

/* What is not known is a blank with its name on it: the reader says it, or says 確認中です. */
static const char *blank_of(const struct tui_app *app, const char *name) {
    static const struct {
        const char *name;
        enum tui_msg label;
    } rows[] = {{"hospital", MSG_BLANK_HOSPITAL}, {"my_name", MSG_BLANK_MY_NAME},
                {"callback", MSG_BLANK_CALLBACK}, {"place", MSG_BLANK_PLACE},
                {"found_at", MSG_BLANK_FOUND_AT}, {"symptom", MSG_BLANK_SYMPTOM},
                {"stopped", MSG_BLANK_STOPPED}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return tui_text(app, rows[i].label);
    }
    return tui_text(app, MSG_BEING_CHECKED);
}

/* As a person says it on the telephone: local, without the year. What is no time stays as typed. */
static void add_spoken(const struct tui_app *app, const char *value, struct shodo_buf *out) {
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    char full[SHODO_TIME_TEXT_BYTES];
    struct shodo_civil c;
    int64_t t = SHODO_TIME_NONE;
    size_t n = strlen(value);
    if (n == strlen("2026-11-22 19:36")) /* kept in the time of the house */
        n = (size_t)snprintf(full, sizeof full, "%.10sT%.5s:00+09:00", value, value + 11);
    else
        n = (size_t)snprintf(full, sizeof full, "%.40s", value);
    if (!shodo_time_parse(full, n, &t)) {
        shodo_buf_adds(out, value);
        return;
    }
    shodo_time_to_civil(t, JST_MINUTES, &c);
    if (tui_is_ja(app))
        shodo_buf_addf(out, "%d月%d日 %d時%d分", c.month, c.day, c.hour, c.minute);
    else
        shodo_buf_addf(out, "%02d:%02d on %d %s", c.hour, c.minute, c.day, months[c.month - 1]);
}

void tui_fill(const struct tui_app *app, const char *text, struct shodo_buf *out) {
    for (const char *p = text; *p;) {
        const char *end = strncmp(p, "__", 2) == 0 ? strstr(p + 2, "__:value") : NULL;
        size_t n = end ? (size_t)(end - p) - 2 : 0;
        if (!end || n == 0 || n >= FACT_NAME_BYTES || memchr(p + 2, ' ', n)) {
            shodo_buf_addc(out, *p++);
            continue;
        }
        char name[FACT_NAME_BYTES];
        snprintf(name, sizeof name, "%.*s", (int)n, p + 2);
        const char *value = tui_fact(app, name);
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        if (value && strstr(name, "_at"))
            add_spoken(app, value, out);
        else if (value)
            shodo_buf_adds(out, tui_said(app, value, &said));
        else
            shodo_buf_addf(out, "〔%s〕", blank_of(app, name));
        p = end + strlen("__:value");
    }
}

bool tui_record(struct tui_app *app, const char *key, const char *value, const char *note) {
    struct shodo_error err = SHODO_ERROR_INIT;
    if (tui_casefile_decide(app->casefile, tui_actor(app), key, value, note, &err) == SHODO_OK)
        return true;
    tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
    return false;
}

const char *tui_masked(const struct tui_app *app, const char *path, struct shodo_buf *buf) {
    if (app->shows_names || !path)
        return path ? path : "";
    shodo_buf_clear(buf);
    tui_mask(buf, path, strlen(path));
    return shodo_buf_cstr(buf);
}

void tui_function_done(struct tui_app *app, const char *value, const char *note) {
    if (!app->pending[0])
        return;
    char key[sizeof app->pending];
    memcpy(key, app->pending, sizeof key);
    if (tui_record(app, key, value, note))
        app->pending[0] = 0;
}
