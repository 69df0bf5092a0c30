/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the house: sealed bundles with their digests, and the documents that the engine makes
 * from the case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "screens.h"

/* ---- seals ---- */

static void draw_seals(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    size_t n = k ? k->seals.count : 0;
    int row = a.row;
    const char *text = tui_text(app, n ? MSG_SEALS_TEXT : MSG_SEALS_NONE);
    row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_NORMAL, text, strlen(text)) + 1;
    for (size_t i = n; i > 0 && row + 4 < a.row + a.rows; i--) {
        const struct shodo_case_seal *s = shodo_vec_at(&k->seals, i - 1);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char when[SHODO_TIME_TEXT_BYTES];
        shodo_time_local(s->time, 540, when);
        when[16] = 0;
        shodo_buf_addf(&b, "%s  %s  %llu %s  %llu MB", when, s->name, (unsigned long long)s->files,
                       tui_text(app, MSG_ITEMS), (unsigned long long)(s->sealed_bytes / 1000000));
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
        tui_canvas_text(c, row, a.col + 2, 10, TUI_ROLE_DIM, "SHA-256");
        tui_canvas_text(c, row++, a.col + 12, a.cols - 12, TUI_ROLE_NORMAL, s->segments_sha256);
        tui_canvas_text(c, row, a.col + 2, 10, TUI_ROLE_DIM, tui_text(app, MSG_RECIPIENTS));
        tui_canvas_text(c, row++, a.col + 12, a.cols - 12, TUI_ROLE_NORMAL,
                        *s->recipients ? s->recipients : tui_text(app, MSG_BY_PASSPHRASE));
        row++;
    }
    (void)v;
}

static unsigned seals_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    (void)v;
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    if (key.action != TUI_ACTION_ENTER)
        return TUI_EFFECT_IGNORED;
    if (k && k->seals.count)
        tui_function_done(
            app, "done",
            ((const struct shodo_case_seal *)shodo_vec_at(&k->seals, k->seals.count - 1))->name);
    return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
}

static const enum tui_action seals_keys[] = {TUI_ACTION_ENTER, TUI_ACTION_NONE};
const struct tui_screen tui_screen_seals = {.id = "seals",
                                            .title = MSG_SEALS,
                                            .help = MSG_SEALS_HELP,
                                            .keys = seals_keys,
                                            .draw = draw_seals,
                                            .key = seals_key};

/* ---- documents ---- */

static const char *const names[] = {
    "contact",     "mhlw-first",  "mhlw-follow", "mhlw-final", "ransomware-common",
    "ddos-common", "ppc",         "police",      "jpcert",     "ipa",
    "jma",         "vendor",      "insurer",     "founder",    "summary",
    "timeline",    "custody",     "handover",    "shift",      "isolation",
    "quick-pack",  "improvement", "drill",       "first-page", "tags"};
static const enum tui_msg labels[] = {
    MSG_SHEET_CONTACT, MSG_SHEET_FIRST,    MSG_SHEET_FOLLOW,  MSG_SHEET_FINAL,
    MSG_SHEET_COMMON,  MSG_SHEET_DDOS,     MSG_SHEET_PPC,     MSG_SHEET_POLICE,
    MSG_SHEET_JPCERT,  MSG_SHEET_IPA,      MSG_SHEET_JMA,     MSG_SHEET_VENDOR,
    MSG_SHEET_INSURER, MSG_SHEET_FOUNDER,  MSG_SHEET_SUMMARY, MSG_SHEET_TIMELINE,
    MSG_SHEET_CUSTODY, MSG_SHEET_HANDOVER, MSG_SHEET_SHIFT,   MSG_SHEET_ISOLATION,
    MSG_SHEET_QUICK,   MSG_SHEET_IMPROVE,  MSG_SHEET_DRILL,   MSG_SHEET_FIRST_PAGE,
    MSG_SHEET_TAGS};

struct sheet {
    char name[64];
    bool is_working, is_direct; /* direct: opened by a step for one document */
};

static void make_sheet(struct tui_app *app, struct sheet *s, const char *name) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    snprintf(s->name, sizeof s->name, "%.60s", name);
    if (strcmp(name, "isolation") == 0) {
        tui_walk_print(app);
        return;
    }
    if (strcmp(name, "shift") == 0) {
        tui_push(app, "shift", 0);
        return;
    }
    shodo_buf_addf(&out, "%s/sheets/%s.txt", tui_casefile_path(app->casefile), name);
    const char *argv[] = {app->engine_path,
                          "sheet",
                          name,
                          "--case",
                          tui_casefile_path(app->casefile),
                          "--format",
                          "txt",
                          "--lang",
                          tui_is_ja(app) ? "ja" : "en",
                          "--out",
                          "-",
                          NULL};
    if (tui_child_start(&app->child, argv, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
        return;
    }
    tui_child_say(&app->child, "", true);
    s->is_working = true;
}

static void hear_sheet(struct tui_app *app, struct sheet *s) {
    if (!s->is_working)
        return;
    tui_child_poll(&app->child);
    if (app->child.is_running)
        return;
    s->is_working = false;
    const struct shodo_buf *text = &app->child.text[TUI_CHILD_OUT],
                           *errors = &app->child.text[TUI_CHILD_ERR];
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    bool ok = text->len > 0 && app->child.exit_code != 2 && app->child.exit_code != 4;
    if (ok)
        shodo_buf_add(&b, text->data, text->len);
    else
        shodo_buf_addf(&b, "%s\n\n%.*s", tui_text(app, MSG_SHEET_FAILED),
                       (int)SHODO_MIN(errors->len, (size_t)2000), errors->data ? errors->data : "");
    tui_child_done(&app->child);
    if (s->is_direct)
        tui_pop(app); /* the page takes this screen's place */
    tui_page_show(app, tui_text(app, MSG_SHEETS), shodo_buf_cstr(&b));
}

static void draw_sheet(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    const struct sheet *s = v->data;
    int n = (int)SHODO_ARRAY_SIZE(names);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE,
                    tui_text(app, s->is_working ? MSG_SHEET_WORKING : MSG_SHEET_TEXT));
    tui_list_scroll(v, a.rows - 2);
    for (int i = v->scroll; i < n && i - v->scroll < a.rows - 2; i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        tui_canvas_fill(c, a.row + 2 + i - v->scroll, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col, 2, role, i == v->selected ? ">" : " ");
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col + 2, a.cols - 2, role,
                        tui_text(app, labels[i]));
    }
    if (v->scroll + a.rows - 2 < n)
        tui_canvas_text(c, a.row + a.rows, a.col, a.cols, TUI_ROLE_DIM,
                        tui_text(app, MSG_LIST_MORE));
}

static void open_sheet(struct tui_app *app, struct tui_view *v) {
    struct sheet *s = v->data;
    for (size_t i = 0; app->pending[0] && i < SHODO_ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], app->open_text) != 0)
            continue;
        v->selected = (int)i;
        s->is_direct = strcmp(names[i], "isolation") != 0 && strcmp(names[i], "shift") != 0;
        if (s->is_direct)
            make_sheet(app, s, names[i]);
    }
}

static void close_sheet(struct tui_app *app, struct tui_view *v) {
    const struct sheet *s = v->data;
    if (s->is_working)
        tui_child_done(&app->child);
}

static unsigned sheet_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct sheet *s = v->data;
    bool was_working = s->is_working;
    hear_sheet(app, s);
    if (key.action == TUI_ACTION_TICK || was_working)
        return key.action == TUI_ACTION_BACK ? TUI_EFFECT_IGNORED : TUI_EFFECT_REDRAW;
    if (tui_list_key(v, key, (int)SHODO_ARRAY_SIZE(names), 10))
        return TUI_EFFECT_REDRAW;
    if (key.action != TUI_ACTION_ENTER)
        return TUI_EFFECT_IGNORED;
    make_sheet(app, s, names[v->selected]);
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action sheet_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                             TUI_ACTION_NONE};
const struct tui_screen tui_screen_sheet = {.id = "sheet",
                                            .title = MSG_SHEETS,
                                            .help = MSG_SHEET_HELP,
                                            .keys = sheet_keys,
                                            .data_bytes = sizeof(struct sheet),
                                            .open = open_sheet,
                                            .close = close_sheet,
                                            .draw = draw_sheet,
                                            .key = sheet_key};

/* ---- scope: all machines of the case ---- */

static void draw_scope(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    int row = a.row;
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_SCOPE_HEAD));
    size_t n = tui_casefile_endpoints(app->casefile);
    v->scroll = SHODO_MIN(v->scroll, SHODO_MAX(0, (int)n - 1));
    for (size_t i = (size_t)v->scroll; i < n && row < a.row + a.rows - 2; i++, row++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        const struct shodo_case_run *r = k ? shodo_case_last_run(k, e->id, "triage") : NULL;
        enum tui_msg verdict = e->matches                            ? MSG_MATCH
                               : e->suspects                         ? MSG_SUSPECT
                               : r && r->status != SHODO_RUN_STARTED ? MSG_NOTHING
                                                                     : MSG_NOT_EXAMINED;
        char when[SHODO_TIME_TEXT_BYTES] = "";
        if (r)
            shodo_time_local(r->started, 540, when);
        when[16] = 0;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "[%s]", tui_text(app, verdict));
        tui_canvas_text(c, row, a.col, 12,
                        e->matches    ? TUI_ROLE_DANGER
                        : e->suspects ? TUI_ROLE_WARN
                                      : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, "%zu %s", i + 1, e->name && *e->name ? e->name : e->id);
        tui_canvas_text(c, row, a.col + 13, 20, TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, "%s %llu  %s %llu  %s %llu", tui_text(app, MSG_NOT_EXAMINED),
                       (unsigned long long)(e->problems + e->policy_items),
                       tui_text(app, MSG_MATCH), (unsigned long long)e->matches,
                       tui_text(app, MSG_SUSPECT), (unsigned long long)e->suspects);
        tui_canvas_text(c, row, a.col + 34, 32, e->problems ? TUI_ROLE_UNKNOWN : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
        tui_canvas_text(c, row, a.col + 67, a.cols - 67, TUI_ROLE_DIM,
                        strlen(when) > 5 ? when + 5 : "");
        if (e->since[0] && row + 1 < a.row + a.rows - 2) {
            shodo_buf_clear(&b);
            shodo_buf_addf(&b, tui_text(app, MSG_SCOPE_SINCE), e->since);
            tui_canvas_text(c, ++row, a.col + 13, a.cols - 13, TUI_ROLE_DIM, shodo_buf_cstr(&b));
        }
    }
    if (n == 0)
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL, tui_text(app, MSG_HOME_EMPTY));
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN,
                    tui_text(app, MSG_HOME_RELEASE));
}

static unsigned scope_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_view list = {.selected = v->scroll};
    if (tui_list_key(&list, key, SHODO_MAX(1, (int)tui_casefile_endpoints(app->casefile)), 10)) {
        v->scroll = list.selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ENTER) {
        tui_function_done(app, "done", NULL);
        return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
    }
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action scope_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                             TUI_ACTION_NONE};
const struct tui_screen tui_screen_scope = {.id = "scope",
                                            .title = MSG_SCOPE,
                                            .help = MSG_SCOPE_HELP,
                                            .keys = scope_keys,
                                            .draw = draw_scope,
                                            .key = scope_key};
