/* SPDX-License-Identifier: Apache-2.0 */
/* Who, and the facts for the telephone: chosen from the site profile or from the usual words, typed
 * only as the last way. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "casefile.h"
#include "said.h"
#include "screens.h"

#define MINUTE 60000000000LL

/* ---- who ---- */

static const enum tui_msg roles[] = {MSG_ROLE_DIRECTOR, MSG_ROLE_DEPUTY, MSG_ROLE_SECURITY,
                                     MSG_ROLE_OFFICE,   MSG_ROLE_NURSE,  MSG_ROLE_IT,
                                     MSG_ROLE_DUTY};

static void on_who_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    if (*text && app->who_done)
        app->who_done(app, text);
}

/* A role alone says little: the name goes with it when somebody knows it. */
static void on_role_name(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    char who[200];
    snprintf(who, sizeof who, *text ? "%.120s（%.60s）" : "%.0s%.60s", text, app->who_role);
    app->who_done(app, who);
}

static void ask_role_name(struct tui_app *app, long role) {
    snprintf(app->who_role, sizeof app->who_role, "%.60s", tui_text(app, roles[role]));
    tui_input_begin(app, app->who_role, tui_text(app, MSG_WHO_NAME), "", TUI_INPUT_KANA,
                    on_role_name, role);
    tui_told_by(app, ask_role_name, role);
}

static void on_who(struct tui_app *app, long arg, int index) {
    (void)arg;
    size_t people = app->books.site ? app->books.site->people.count : 0;
    if ((size_t)index < people) {
        const struct shodo_site_person *p = shodo_vec_at(&app->books.site->people, (size_t)index);
        app->who_done(app, p->shown);
    } else if ((size_t)index - people < SHODO_ARRAY_SIZE(roles)) {
        ask_role_name(app, (long)((size_t)index - people));
    } else {
        tui_input_ask(app, MSG_WHO_TYPE, MSG_EMPTY, "", TUI_INPUT_KANA, on_who_typed, 0);
    }
}

static void on_person(struct tui_app *app, long arg, int index) {
    (void)arg;
    if ((size_t)index < app->books.site->people.count)
        app->who_done(app, ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people,
                                                                           (size_t)index))
                               ->shown);
    else
        tui_input_ask(app, MSG_WHO_TYPE, MSG_EMPTY, "", TUI_INPUT_KANA, on_who_typed, 0);
}

static void ask_person_again(struct tui_app *app, long title) {
    tui_person_ask(app, (enum tui_msg)title, app->who_done);
}

static void ask_who_again(struct tui_app *app, long title) {
    tui_who_ask(app, (enum tui_msg)title, app->who_done);
}

static void ask_clinical_again(struct tui_app *app, long arg) {
    (void)arg;
    tui_clinical_ask(app, app->who_done);
}

void tui_person_ask(struct tui_app *app, enum tui_msg title, tui_who_done done) {
    app->who_done = done;
    if (!app->books.site || !app->books.site->people.count) {
        tui_input_ask(app, title, MSG_EMPTY, "", TUI_INPUT_KANA, on_who_typed, 0);
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, title), "", on_person, 0);
    tui_told_by(app, ask_person_again, title);
    for (size_t i = 0; i < app->books.site->people.count; i++)
        tui_ask_add(
            a, ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people, i))->shown,
            NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
    tui_ask_select(a, -1);
}

struct tui_ask *tui_who_ask(struct tui_app *app, enum tui_msg title, tui_who_done done) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, title), "", on_who, 0);
    tui_told_by(app, ask_who_again, title);
    app->who_done = done;
    for (size_t i = 0; app->books.site && i < app->books.site->people.count; i++)
        tui_ask_add(
            a, ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people, i))->shown,
            NULL);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(roles); i++)
        tui_ask_add(a, tui_text(app, roles[i]), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
    tui_ask_select(a, -1);
    return a;
}

/* ---- who answered for the patients ---- */

static void on_clinical(struct tui_app *app, long has_last, int index) {
    size_t people = app->books.site ? app->books.site->people.count : 0;
    char last[200];
    if (has_last && index == 0) {
        snprintf(last, sizeof last, "%.190s", tui_fact(app, "clinical"));
        app->who_done(app, last);
        return;
    }
    size_t i = (size_t)index - (has_last ? 1 : 0);
    if (i < people)
        app->who_done(
            app,
            ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people, i))->shown);
    else
        tui_input_ask(app, MSG_CLINICAL, MSG_EMPTY, "", TUI_INPUT_KANA, on_who_typed, 0);
}

void tui_clinical_ask(struct tui_app *app, tui_who_done done) {
    const char *last = tui_fact(app, "clinical");
    size_t people = app->books.site ? app->books.site->people.count : 0;
    app->who_done = done;
    if (!last && !people) {
        tui_input_ask(app, MSG_CLINICAL, MSG_CLINICAL_TEXT, "", TUI_INPUT_KANA, on_who_typed, 0);
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_CLINICAL),
                                      tui_text(app, MSG_CLINICAL_TEXT), on_clinical, last != NULL);
    tui_told_by(app, ask_clinical_again, 0);
    if (last)
        tui_ask_add(a, last, NULL);
    for (size_t i = 0; i < people; i++)
        tui_ask_add(
            a, ((const struct shodo_site_person *)shodo_vec_at(&app->books.site->people, i))->shown,
            NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
    tui_ask_select(a, -1);
    tui_ask_needs_enter(a); /* patients depend on it */
}

/* ---- facts ---- */

static const struct {
    const char *name;
    enum tui_msg label;
    enum tui_msg words[7]; /* usual answers; MSG_NONE ends */
} facts[] = {
    {"my_name", MSG_FACT_MY_NAME, {MSG_NONE}},
    {"hospital", MSG_FACT_HOSPITAL, {MSG_NONE}},
    {"found_at", MSG_FACT_FOUND_AT, {MSG_NONE}},
    {"place",
     MSG_FACT_PLACE,
     {MSG_PLACE_OFFICE, MSG_PLACE_WARD, MSG_PLACE_SERVER, MSG_PLACE_RADIOLOGY, MSG_PLACE_OUTPATIENT,
      MSG_NONE}},
    {"symptom",
     MSG_FACT_SYMPTOM,
     {MSG_SYMPTOM_NOTE, MSG_SYMPTOM_FILES, MSG_SYMPTOM_SLOW, MSG_SYMPTOM_CALL, MSG_SYMPTOM_AV,
      MSG_NONE}},
    {"stopped",
     MSG_FACT_STOPPED,
     {MSG_STOPPED_EMR, MSG_STOPPED_ORDER, MSG_STOPPED_IMAGES, MSG_STOPPED_ALL, MSG_STOPPED_NONE,
      MSG_NONE}},
    {"callback", MSG_FACT_CALLBACK, {MSG_NONE}},
    {"known_at", MSG_FACT_KNOWN_AT, {MSG_NONE}},
    {"note_text", MSG_FACT_NOTE_TEXT, {MSG_NONE}},
    {"note_id", MSG_FACT_NOTE_ID, {MSG_NONE}},
    {"note_contact", MSG_FACT_NOTE_CONTACT, {MSG_NONE}},
};
#define FACTS SHODO_ARRAY_SIZE(facts)

static bool is_time(size_t i) {
    return strcmp(facts[i].name, "found_at") == 0 || strcmp(facts[i].name, "known_at") == 0;
}

static void keep_fact(struct tui_app *app, size_t i, const char *value) {
    char key[64];
    snprintf(key, sizeof key, "fact/%s", facts[i].name);
    if (*value)
        tui_record(app, key, value, NULL);
}

static void on_fact_typed(struct tui_app *app, long i, const char *text) {
    keep_fact(app, (size_t)i, text);
}

static void type_fact(struct tui_app *app, size_t i) {
    bool is_digits = strcmp(facts[i].name, "callback") == 0 || is_time(i);
    bool is_of_note = strncmp(facts[i].name, "note_", 5) == 0; /* mostly English and addresses */
    const char *now = tui_fact(app, facts[i].name);
    tui_input_ask(app, facts[i].label, is_of_note ? MSG_FACT_NOTE_TEXT_MORE : MSG_EMPTY,
                  now ? now : "",
                  is_digits    ? 0
                  : is_of_note ? TUI_INPUT_KANA | TUI_INPUT_LETTERS
                               : TUI_INPUT_KANA,
                  on_fact_typed, (long)i);
}

static void time_text(const struct tui_app *app, int minutes_ago, char out[SHODO_TIME_TEXT_BYTES]) {
    shodo_time_local(tui_now(app) - minutes_ago * MINUTE, 540, out);
    out[16] = 0; /* "2026-11-22 19:36": deadlines are counted from it */
}

static const int ago[] = {0, 15, 30, 60, 180};

/* Lists of a fact: site's rooms or systems first. */
static const struct shodo_vec *site_list(const struct tui_app *app, size_t i) {
    static const struct shodo_vec none = SHODO_VEC_INIT(sizeof(const char *));
    if (!app->books.site)
        return &none;
    return strcmp(facts[i].name, "place") == 0     ? &app->books.site->rooms
           : strcmp(facts[i].name, "stopped") == 0 ? &app->books.site->systems
                                                   : &none;
}

static void on_fact(struct tui_app *app, long arg, int index) {
    size_t i = (size_t)arg, k = (size_t)index;
    const struct shodo_vec *list = site_list(app, i);
    if (is_time(i) && k < SHODO_ARRAY_SIZE(ago)) {
        char text[SHODO_TIME_TEXT_BYTES];
        time_text(app, ago[k], text);
        keep_fact(app, i, text);
        return;
    }
    if (is_time(i)) {
        type_fact(app, i);
        return;
    }
    if (k < list->count) {
        keep_fact(app, i, *(const char **)shodo_vec_at(list, k));
        return;
    }
    k -= list->count;
    size_t words = 0;
    while (facts[i].words[words] != MSG_NONE)
        words++;
    if (k < words)
        keep_fact(app, i, tui_text(app, facts[i].words[k]));
    else
        type_fact(app, i);
}

static void on_my_name(struct tui_app *app, const char *who) {
    keep_fact(app, 0, who);
}

static void ask_fact(struct tui_app *app, long at) {
    size_t i = (size_t)at;
    if (i == 0) {
        tui_person_ask(app, facts[i].label, on_my_name);
        return;
    }
    const struct shodo_vec *list = site_list(app, i);
    if (!is_time(i) && !list->count && facts[i].words[0] == MSG_NONE) {
        type_fact(app, i);
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, facts[i].label), "", on_fact, at);
    tui_told_by(app, ask_fact, at);
    for (size_t k = 0; is_time(i) && k < SHODO_ARRAY_SIZE(ago); k++) {
        char text[SHODO_TIME_TEXT_BYTES];
        time_text(app, ago[k], text);
        tui_ask_add(a, text, NULL);
    }
    for (size_t k = 0; k < list->count; k++)
        tui_ask_add(a, *(const char **)shodo_vec_at(list, k), NULL);
    for (size_t k = 0; facts[i].words[k] != MSG_NONE; k++)
        tui_ask_add(a, tui_text(app, facts[i].words[k]), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const char *text = tui_text(app, MSG_FACTS_TEXT);
    int row = a.row +
              tui_canvas_wrap(c, a.row, 3, a.col, a.cols, 0, TUI_ROLE_NORMAL, text, strlen(text)) +
              1;
    for (size_t i = 0; i < FACTS; i++, row++) {
        enum tui_role role = (int)i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        const char *value = tui_fact(app, facts[i].name);
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row, a.col, 2, role, (int)i == v->selected ? ">" : " ");
        tui_canvas_text(c, row, a.col + 2, 24, role, tui_text(app, facts[i].label));
        tui_canvas_text(c, row, a.col + 27, a.cols - 27, role,
                        value ? tui_said(app, value, &said) : tui_text(app, MSG_BEING_CHECKED));
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    tui_menu_answers(app, v, &key, (int)FACTS);
    if (tui_menu_key(v, key, (int)FACTS, 5))
        return TUI_EFFECT_REDRAW;
    if (key.action == TUI_ACTION_ENTER) {
        size_t i = (size_t)v->selected;
        v->selected = (int)((i + 1) % FACTS); /* one after the other with Enter */
        ask_fact(app, (long)i);
        return TUI_EFFECT_REDRAW;
    }
    return key.action == TUI_ACTION_FACTS ? TUI_EFFECT_POP | TUI_EFFECT_REDRAW : TUI_EFFECT_IGNORED;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_facts = {.id = "facts",
                                            .title = MSG_FACTS,
                                            .help = MSG_FACTS_HELP,
                                            .keys = keys,
                                            .draw = draw,
                                            .key = on_key};
