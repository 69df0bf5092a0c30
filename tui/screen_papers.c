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
#include "filter.h"
#include "screens.h"

#define PAPER_WAIT_MS 20000
#define DIGEST_COL    34
#define DIGEST_HALF   40 /* eight groups of four and their blanks */

/* ---- seals ---- */

/* A digest as it is compared aloud and on paper: groups of four, two rows. */
static int draw_digest(const struct tui_app *app, enum tui_msg label, const char *hex,
                       struct tui_canvas *c, struct tui_area a, int row) {
    char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    size_t n = strlen(shodo_text_fingerprint(hex, shown));
    tui_canvas_text(c, row, a.col + 2, DIGEST_COL - 3, TUI_ROLE_DIM, tui_text(app, label));
    if (n > DIGEST_HALF) {
        tui_canvas_text(c, row + 1, a.col + DIGEST_COL, a.cols - DIGEST_COL, TUI_ROLE_NORMAL,
                        shown + DIGEST_HALF);
        shown[DIGEST_HALF - 1] = 0;
    }
    tui_canvas_text(c, row, a.col + DIGEST_COL, a.cols - DIGEST_COL, TUI_ROLE_NORMAL, shown);
    return row + 2;
}

static void draw_seals(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    size_t n = k ? k->seals.count : 0;
    int row = a.row;
    const char *text = tui_text(app, n ? MSG_SEALS_TEXT : MSG_SEALS_NONE);
    row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_NORMAL, text, strlen(text)) + 1;
    for (size_t i = n; i > 0 && row + 7 <= a.row + a.rows; i--) {
        const struct shodo_case_seal *s = shodo_vec_at(&k->seals, i - 1);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        char when[SHODO_TIME_TEXT_BYTES];
        shodo_time_local(s->time, 540, when);
        when[16] = 0;
        shodo_buf_addf(&b, "%s  %llu %s  %llu MB", when, (unsigned long long)s->files,
                       tui_text(app, MSG_ITEMS), (unsigned long long)(s->sealed_bytes / 1000000));
        if (s->endpoint && *s->endpoint)
            shodo_buf_addf(&b, "  %s: %s", tui_text(app, MSG_PASS_MACHINE),
                           tui_machine_name(app, s->endpoint));
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
        tui_canvas_text(c, row, a.col + 2, DIGEST_COL - 3, TUI_ROLE_DIM,
                        tui_text(app, MSG_SEAL_NAME));
        tui_canvas_text(c, row++, a.col + DIGEST_COL, a.cols - DIGEST_COL, TUI_ROLE_TITLE, s->name);
        row = draw_digest(app, MSG_SEAL_FILE_SHA256, s->segments_sha256, c, a, row);
        row = draw_digest(app, MSG_SEAL_SIGNER, s->signer, c, a, row);
        tui_canvas_text(c, row, a.col + 2, DIGEST_COL - 3, TUI_ROLE_DIM,
                        tui_text(app, MSG_RECIPIENTS));
        tui_canvas_text(c, row++, a.col + DIGEST_COL, a.cols - DIGEST_COL, TUI_ROLE_NORMAL,
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

enum tui_msg tui_sheet_label(const char *name) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], name) == 0)
            return labels[i];
    }
    return MSG_SHEETS;
}

struct sheet {
    char name[64];
    char file[160];             /* below the case's folder, "" on the screen */
    bool is_working, is_direct; /* direct: opened by a step for one document */
};

/* The n-th paper that the filter leaves, -1 when there are no more. */
static int shown_at(const struct tui_app *app, const struct tui_view *v, int n) {
    for (int i = 0; i < (int)SHODO_ARRAY_SIZE(names); i++) {
        bool hits = tui_filter_hits(v, tui_text(app, labels[i])) || tui_filter_hits(v, names[i]);
        if (hits && n-- == 0)
            return i;
    }
    return -1;
}

static int shown_count(const struct tui_app *app, const struct tui_view *v) {
    int n = 0;
    while (shown_at(app, v, n) >= 0)
        n++;
    return n;
}

/* Papers that are made here or by another screen. */
static bool open_elsewhere(struct tui_app *app, const char *name) {
    if (strcmp(name, "isolation") == 0)
        tui_walk_print(app);
    else if (strcmp(name, "shift") == 0)
        tui_push(app, "shift", 0);
    else if (strcmp(name, "quick-pack") == 0)
        tui_pack_go(app);
    else
        return false;
    return true;
}

/* On the screen, or as a PDF in the case's folder sheets/: then it can be printed elsewhere. */
static bool make_sheet(struct tui_app *app, struct sheet *s, const char *name, bool as_pdf) {
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    char when[SHODO_TIME_TEXT_BYTES];
    snprintf(s->name, sizeof s->name, "%.60s", name);
    s->file[0] = 0;
    shodo_time_local(tui_now(app), 540, when);
    if (as_pdf) /* the time in the name: nothing is written over */
        snprintf(s->file, sizeof s->file, "sheets/%.60s-%.4s%.2s%.2s-%.2s%.2s%.2s.pdf", name, when,
                 when + 5, when + 8, when + 11, when + 14, when + 17);
    shodo_buf_addf(&out, "%s/%s", tui_casefile_path(app->casefile), s->file);
    const char *argv[] = {app->engine_path,
                          "sheet",
                          name,
                          "--case",
                          tui_casefile_path(app->casefile),
                          "--format",
                          as_pdf ? "pdf" : "txt",
                          "--lang",
                          tui_is_ja(app) ? "ja" : "en",
                          "--out",
                          as_pdf ? shodo_buf_cstr(&out) : "-",
                          NULL};
    if (tui_child_start(&app->child, argv, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
        return false;
    }
    tui_child_say(&app->child, "", true);
    s->is_working = true;
    return true;
}

/* What the engine wrote, or why it did not; false: it did not. */
static bool take_text(struct tui_app *app, struct shodo_buf *out) {
    const struct shodo_buf *text = &app->child.text[TUI_CHILD_OUT],
                           *errors = &app->child.text[TUI_CHILD_ERR];
    bool ok = text->len > 0 && app->child.exit_code != 2 && app->child.exit_code != 4;
    if (ok)
        shodo_buf_add(out, text->data, text->len);
    else
        shodo_buf_addf(out, "%s\n\n%.*s", tui_text(app, MSG_SHEET_FAILED),
                       (int)SHODO_MIN(errors->len, (size_t)2000), errors->data ? errors->data : "");
    tui_child_done(&app->child);
    return ok;
}

static void print_paper(struct tui_app *app, long paper) {
    struct sheet s = {.is_direct = false};
    if (!make_sheet(app, &s, names[paper], true))
        return;
    bool ok = tui_child_wait(&app->child, PAPER_WAIT_MS) && app->child.exit_code == 0;
    if (ok)
        tui_message(app, TUI_ROLE_OK, tui_text(app, MSG_SHEET_SAVED),
                    tui_casefile_case(app->casefile)->id, s.file);
    else
        tui_message(app, TUI_ROLE_ERROR, "%s", tui_text(app, MSG_SHEET_FAILED));
    tui_child_done(&app->child);
}

/* The paper in the language of now; short enough to be waited for. */
static void show_again(struct tui_app *app, long paper) {
    struct sheet s = {.is_direct = false};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!make_sheet(app, &s, names[paper], false))
        return;
    if (!tui_child_wait(&app->child, PAPER_WAIT_MS)) {
        tui_child_done(&app->child);
        return;
    }
    take_text(app, &b);
    tui_page_show(app, tui_text(app, MSG_SHEETS), shodo_buf_cstr(&b));
    tui_told_by(app, show_again, paper);
    tui_page_prints(app, print_paper, paper);
}

static long paper_of(const char *name) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], name) == 0)
            return (long)i;
    }
    return -1;
}

static void hear_sheet(struct tui_app *app, struct sheet *s) {
    if (!s->is_working)
        return;
    tui_child_poll(&app->child);
    if (app->child.is_running)
        return;
    s->is_working = false;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (s->file[0] && app->child.exit_code == 0) {
        tui_child_done(&app->child);
        tui_message(app, TUI_ROLE_OK, tui_text(app, MSG_SHEET_SAVED),
                    tui_casefile_case(app->casefile)->id, s->file);
        return;
    }
    bool ok = take_text(app, &b);
    long paper = paper_of(s->name);
    bool was_direct = s->is_direct;
    if (was_direct)
        tui_pop(app); /* the page takes this screen's place */
    tui_page_show(app, tui_text(app, MSG_SHEETS), shodo_buf_cstr(&b));
    if (paper >= 0) {
        tui_told_by(app, show_again, paper);
        tui_page_prints(app, print_paper, paper);
    }
    if (was_direct && ok)
        tui_page_closes_step(app);
}

static void draw_sheet(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    const struct sheet *s = v->data;
    shodo_auto(shodo_buf) struct shodo_buf head = SHODO_BUF_INIT;
    shodo_buf_adds(&head, tui_text(app, s->is_working ? MSG_SHEET_WORKING : MSG_SHEET_TEXT));
    tui_filter_text(app, v, &head);
    tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&head));
    tui_list_scroll(v, a.rows - 2);
    for (int i = v->scroll, at; (at = shown_at(app, v, i)) >= 0 && i - v->scroll < a.rows - 2;
         i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        tui_canvas_fill(c, a.row + 2 + i - v->scroll, a.col, a.cols, role);
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col, 2, role, i == v->selected ? ">" : " ");
        tui_canvas_text(c, a.row + 2 + i - v->scroll, a.col + 2, a.cols - 2, role,
                        tui_text(app, labels[at]));
    }
    if (v->scroll + a.rows - 2 < shown_count(app, v))
        tui_canvas_text(c, a.row + a.rows, a.col, a.cols, TUI_ROLE_DIM,
                        tui_text(app, MSG_LIST_MORE));
}

static void open_sheet(struct tui_app *app, struct tui_view *v) {
    struct sheet *s = v->data;
    for (size_t i = 0; app->pending[0] && i < SHODO_ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], app->open_text) != 0)
            continue;
        v->selected = (int)i;
        s->is_direct = true;
        make_sheet(app, s, names[i], false);
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
    if (tui_list_key(v, key, SHODO_MAX(1, shown_count(app, v)), 10))
        return TUI_EFFECT_REDRAW;
    int at = shown_at(app, v, v->selected);
    if (key.action == TUI_ACTION_FILTER) {
        tui_filter_ask(app);
    } else if (key.action == TUI_ACTION_ENTER && at >= 0) {
        if (!open_elsewhere(app, names[at]))
            make_sheet(app, s, names[at], false);
    } else if (key.action == TUI_ACTION_PDF && at >= 0) {
        if (!open_elsewhere(app, names[at]))
            make_sheet(app, s, names[at], true);
    } else {
        return TUI_EFFECT_IGNORED;
    }
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action sheet_keys[] = {TUI_ACTION_UP,  TUI_ACTION_DOWN,   TUI_ACTION_ENTER,
                                             TUI_ACTION_PDF, TUI_ACTION_FILTER, TUI_ACTION_NONE};
const struct tui_screen tui_screen_sheet = {.id = "sheet",
                                            .title = MSG_SHEETS,
                                            .help = MSG_SHEET_HELP,
                                            .keys = sheet_keys,
                                            .data_bytes = sizeof(struct sheet),
                                            .open = open_sheet,
                                            .close = close_sheet,
                                            .draw = draw_sheet,
                                            .key = sheet_key};
