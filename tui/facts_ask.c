/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before the first call: who is calling, from which hospital, where to ring back. Asked once per
 * case, one after the other, each may be left open ("あとで"): then the words for the telephone
 * show a labelled blank.
 */
#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "screens.h"

#define KEY_ASKED "start/facts"

static const struct {
    const char *name;
    enum tui_msg label, text;
    unsigned flags;
} rows[] = {
    {"my_name", MSG_FACT_MY_NAME, MSG_ASK_MY_NAME, TUI_INPUT_KANA},
    {"hospital", MSG_FACT_HOSPITAL, MSG_ASK_HOSPITAL, TUI_INPUT_KANA},
    {"callback", MSG_FACT_CALLBACK, MSG_ASK_CALLBACK, 0},
};

static void ask_from(struct tui_app *app, size_t i);

static void keep(struct tui_app *app, long i, const char *text) {
    char key[64];
    snprintf(key, sizeof key, "fact/%s", rows[i].name);
    if (*text)
        tui_record(app, key, text, NULL);
    ask_from(app, (size_t)i + 1);
}

static void type_it(struct tui_app *app, long i) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_buf_addf(&text, "%s\n%s", tui_text(app, rows[i].text), tui_text(app, MSG_ASK_LATER));
    tui_input_begin(app, tui_text(app, rows[i].label), shodo_buf_cstr(&text), "", rows[i].flags,
                    keep, i);
    tui_told_by(app, type_it, i);
}

static void on_person(struct tui_app *app, const char *who) {
    keep(app, 0, who);
}

static void ask_from(struct tui_app *app, size_t i) {
    while (i < SHODO_ARRAY_SIZE(rows) && tui_fact(app, rows[i].name))
        i++;
    if (i >= SHODO_ARRAY_SIZE(rows))
        return;
    if (i == 0 && app->books.site && app->books.site->people.count)
        tui_person_ask(app, rows[0].label, on_person);
    else
        type_it(app, (long)i);
}

void tui_facts_before_calls(struct tui_app *app) {
    if (!tui_casefile_case(app->casefile) || tui_casefile_value(app->casefile, KEY_ASKED))
        return;
    if (tui_record(app, KEY_ASKED, "asked", NULL))
        ask_from(app, 0);
}
