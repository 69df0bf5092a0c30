/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in functions a playbook step may name (rules/playbooks/README.md): one row each. */
#include <stdio.h>
#include <string.h>

#include "case/case.h"
#include "casefile.h"
#include "play.h"
#include "screens.h"

static void screen(struct tui_app *app, const char *id, const char *argument) {
    (void)argument;
    tui_push(app, id, 0);
}

static void triage(struct tui_app *app, const char *id, const char *argument) {
    (void)id;
    static const char *const profiles[] = {"quick", "standard", "full"};
    app->profile[0] = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(profiles); i++) {
        if (strcmp(argument, profiles[i]) == 0)
            snprintf(app->profile, sizeof app->profile, "%s", profiles[i]);
    }
    tui_triage_go(app);
}

static void bitlocker(struct tui_app *app, const char *id, const char *argument) {
    (void)id;
    (void)argument;
    if (app->has_disk && !app->disk_needs_key) {
        tui_function_done(app, "done", "不要");
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_KEY_NOT_NEEDED));
        return;
    }
    tui_key_ask(app, TUI_KEY_THEN_STEP);
}

void tui_collect_go(struct tui_app *app) {
    int last = tui_machine_last(app);
    const char *pc = tui_casefile_value(app->casefile, TUI_KEY_PC);
    if (last < 0 || (pc && strcmp(pc, "guide") == 0)) {
        app->pending[0] = 0;
        tui_message(app, TUI_ROLE_WARN, "%s",
                    tui_text(app, last < 0 ? MSG_TRIAGE_FIRST : MSG_GUIDE_NO_DISK));
        return;
    }
    /* the machine of the newest run, not the newest in the list: a machine may be examined twice */
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    char endpoint[13];
    snprintf(endpoint, sizeof endpoint, "%.12s",
             tui_casefile_endpoint(app->casefile, (size_t)last)->id);
    for (size_t i = c->runs.count; i > 0; i--) {
        const struct shodo_case_run *r = shodo_vec_at(&c->runs, i - 1);
        if (strcmp(r->kind, "triage") == 0) {
            snprintf(endpoint, sizeof endpoint, "%.12s", r->endpoint);
            break;
        }
    }
    struct tui_run_request q = {.kind = TUI_RUN_COLLECT,
                                .endpoint = endpoint,
                                .secret = app->secret[0] ? app->secret : NULL};
    tui_run_start(app, &q);
}

static void collect(struct tui_app *app, const char *id, const char *argument) {
    (void)id;
    (void)argument;
    tui_collect_go(app);
}

void tui_pack_go(struct tui_app *app) {
    const struct tui_run_request q = {.kind = TUI_RUN_PACK};
    tui_run_start(app, &q);
}

bool tui_has_evidence_seal(const struct shodo_case *c) {
    for (size_t i = 0; c && i < c->seals.count; i++) {
        const struct shodo_case_seal *s = shodo_vec_at(&c->seals, i);
        if (s->endpoint && *s->endpoint)
            return true;
    }
    return false;
}

static void ask_eject(struct tui_app *app, long arg);

static void on_unsealed(struct tui_app *app, long arg, int index) {
    (void)arg;
    if (index == 0)
        tui_collect_go(app);
    else if (index == 2)
        ask_eject(app, 0);
}

static void on_eject(struct tui_app *app, long arg, int index) {
    (void)arg;
    if (index == 1) {
        tui_function_done(app, "done", NULL);
        app->is_over = true;
    } else if (index == 2) {
        tui_function_done(app, "done", NULL);
    }
}

static void ask_unsealed(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_UNSEALED_TITLE),
                                      tui_text(app, MSG_UNSEALED_TEXT), on_unsealed, arg);
    tui_ask_add(a, tui_text(app, MSG_COLLECT_TOOL), NULL);
    tui_ask_add(a, tui_text(app, MSG_EJECT_STAY), NULL);
    tui_ask_add(a, tui_text(app, MSG_UNSEALED_GO), NULL);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_unsealed, arg);
}

static void eject(struct tui_app *app, const char *id, const char *argument) {
    (void)id;
    (void)argument;
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    if (!c || !c->endpoints.count || tui_has_evidence_seal(c))
        ask_eject(app, 0);
    else
        ask_unsealed(app, 0);
}

static void ask_eject(struct tui_app *app, long arg) {
    const char *pc = tui_casefile_value(app->casefile, TUI_KEY_PC);
    bool is_guide = pc && strcmp(pc, "guide") == 0; /* its own disk was never in question */
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_EJECT_TITLE),
                                      tui_text(app, is_guide ? MSG_EJECT_GUIDE : MSG_EJECT_TEXT),
                                      on_eject, arg);
    tui_ask_add(a, tui_text(app, MSG_EJECT_STAY), NULL);
    tui_ask_add(a, tui_text(app, MSG_EJECT_GO), NULL);
    tui_ask_add(a, tui_text(app, MSG_EJECT_NEXT), NULL);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_eject, arg);
}

/* The round list and the change of shift are made here, every other paper by the engine. */
static void sheet(struct tui_app *app, const char *id, const char *argument) {
    if (strcmp(argument, "isolation") == 0) {
        tui_walk_print(app);
        tui_page_closes_step(app);
    } else if (strcmp(argument, "quick-pack") == 0) {
        tui_pack_go(app);
    } else {
        tui_push(app, strcmp(argument, "shift") == 0 ? "shift" : id, 0);
    }
}

/* The moment of knowledge is a fact that deadlines are counted from, the check of the site has its
 * screen; everything else is a note. */
static void journal_note(struct tui_app *app, const char *id, const char *argument) {
    tui_push(app,
             strcmp(argument, "known-at") == 0     ? "facts"
             : strcmp(argument, "site-check") == 0 ? "site"
                                                   : id,
             0);
}

static const struct {
    const char *name;
    void (*open)(struct tui_app *app, const char *id, const char *argument);
    const char *screen;
} rows[] = {
    {"facts", screen, "facts"},
    {"isolation-walk", screen, "walk"},
    {"choose-disk", screen, "disks"},
    {"bitlocker-key", bitlocker, NULL},
    {"triage", triage, NULL},
    {"findings", screen, "machines"},
    {"scope", screen, "scope"},
    {"collect", collect, NULL},
    {"seal", screen, "seals"},
    {"eject", eject, NULL},
    {"sheet", sheet, "sheet"},
    {"decision", screen, "decide"},
    {"journal-note", journal_note, "note"},
};

enum tui_msg tui_function_title(const char *function) {
    static const struct {
        const char *name;
        enum tui_msg title;
    } others[] = {{"bitlocker-key", MSG_BITLOCKER},
                  {"triage", MSG_RUN_TRIAGE},
                  {"collect", MSG_RUN_COLLECT},
                  {"eject", MSG_EJECT_TITLE}};
    size_t n = strcspn(function, ":");
    if (n == strlen("sheet") && strncmp(function, "sheet:", n + 1) == 0)
        return tui_sheet_label(function + n + 1);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(others); i++) {
        if (strlen(others[i].name) == n && memcmp(others[i].name, function, n) == 0)
            return others[i].title;
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        if (rows[i].screen && strlen(rows[i].name) == n && memcmp(rows[i].name, function, n) == 0)
            return tui_screen_find(rows[i].screen)->title;
    }
    return MSG_EMPTY;
}

bool tui_function_open(struct tui_app *app, const char *function) {
    size_t n = strcspn(function, ":");
    const char *argument = function[n] ? function + n + 1 : "";
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        if (strlen(rows[i].name) != n || memcmp(rows[i].name, function, n) != 0)
            continue;
        snprintf(app->open_text, sizeof app->open_text, "%.60s", argument);
        rows[i].open(app, rows[i].screen, app->open_text);
        return true;
    }
    return false;
}
