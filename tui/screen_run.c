/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine at work: what is being read, how far, how long still, what was found so far and what
 * could not be read. The first answers come while it still works. Esc and F5 ask first, with 続ける
 * preselected; a stopped run is kept and goes on where it stopped.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "play.h"
#include "progress.h"
#include "relay.h"
#include "screens.h"

#define QUIET_MS        5000
#define STALL_MS        30000
#define SECRET_BYTES    64
#define BAR_MIN         20
#define EXIT_INCOMPLETE 3
#define PASS_LABEL_COLS 14
#define ANSWER_ROWS     4
#define PASS_DIGITS     8 /* first and last group of the number */

struct run {
    enum tui_run_kind kind;
    struct tui_progress p;
    char source[1024], endpoint[13];
    char seal[128]; /* name of the bundle, before the number is shown */
    /* shown, then hidden, until its first and last group were typed back from paper */
    char passphrase[SECRET_BYTES];
    bool is_hidden;
    char typed[12];
    unsigned tries;
    char error[TUI_PROGRESS_TEXT];
    bool has_ended, is_paused;
    bool was_refused; /* stopped by a person while the number was asked for */
    bool is_stopped;  /* by a person, whatever the engine says about it */
    bool has_void;    /* a sealing before did not finish: its number may stand on paper */
    int exit_code;
    uint64_t elapsed_ms;
};

static struct run *run_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "run") == 0 ? v->data : NULL;
}

/* The last sealing of this machine did not come to its end. */
static bool was_sealing(const struct tui_app *app, const char *endpoint) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    const struct shodo_case_run *r = k ? shodo_case_last_run(k, endpoint, "collect") : NULL;
    return r && r->status != SHODO_RUN_DONE && r->status != SHODO_RUN_INCOMPLETE;
}

void tui_run_start(struct tui_app *app, const struct tui_run_request *q) {
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    const char *path = tui_casefile_path(app->casefile);
    const char *argv[24] = {app->engine_path};
    size_t n = 1;
    shodo_buf_addf(&out, "%s/out", path);
    bool is_triage = q->kind == TUI_RUN_TRIAGE;
    shodo_auto(shodo_buf) struct shodo_buf relay = SHODO_BUF_INIT;
    argv[n++] = is_triage ? "triage" : q->kind == TUI_RUN_PACK ? "pack" : "collect";
    if (is_triage)
        argv[n++] = q->source;
    argv[n++] = "--case";
    argv[n++] = path;
    if (q->kind != TUI_RUN_PACK) {
        argv[n++] = "--events";
        argv[n++] = "3";
    }
    if (is_triage) {
        argv[n++] = "--profile";
        argv[n++] = q->profile ? q->profile : "standard";
        if (tui_relay_write(app, app->disk_endpoint, &relay)) { /* what the others showed */
            argv[n++] = "--rules";
            argv[n++] = shodo_buf_cstr(&relay);
        }
    } else {
        argv[n++] = "--out";
        argv[n++] = shodo_buf_cstr(&out);
        argv[n++] = "--confirm-fd";
        argv[n++] = "4";
    }
    if (q->kind == TUI_RUN_COLLECT) {
        argv[n++] = "--endpoint";
        argv[n++] = q->endpoint;
    } else if (q->kind == TUI_RUN_PACK) {
        argv[n++] = "--lang";
        argv[n++] = tui_is_ja(app) ? "ja" : "en";
    }
    argv[n++] = "--json";
    if (q->secret) {
        argv[n++] = "--recovery-key-file";
        argv[n++] = "-";
    }
    bool has_void = q->kind == TUI_RUN_COLLECT && was_sealing(app, q->endpoint);
    if (tui_child_start(&app->child, argv, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s", err.text);
        return;
    }
    tui_child_say(&app->child, q->secret ? q->secret : "", true);
    tui_push(app, "run", 0);
    struct run *r = run_of(app);
    if (!r)
        return;
    r->kind = q->kind;
    r->p.heard_ms = shodo_time_mono_ms();
    r->has_void = has_void;
    snprintf(r->source, sizeof r->source, "%.1000s", q->source ? q->source : "");
    snprintf(r->endpoint, sizeof r->endpoint, "%.12s", q->endpoint ? q->endpoint : "");
}

/* ---- listening ---- */

static const char disk_gone[] = "disk no longer answers"; /* how the engine says it */

static void hear(struct tui_app *app, struct run *r) {
    const char *line = NULL;
    size_t n = 0;
    if (r->has_ended)
        return;
    tui_child_poll(&app->child);
    while (tui_child_line(&app->child, TUI_CHILD_EVENTS, &line, &n))
        tui_progress_line(&r->p, line, n, shodo_time_mono_ms());
    static const char mark[] = "passphrase: ", name[] = "seal: ";
    while (tui_child_line(&app->child, TUI_CHILD_ERR, &line, &n)) {
        if (n > sizeof mark - 1 && n < SECRET_BYTES && memcmp(line, mark, sizeof mark - 1) == 0)
            snprintf(r->passphrase, sizeof r->passphrase, "%.*s", (int)(n - (sizeof mark - 1)),
                     line + sizeof mark - 1);
        else if (n > sizeof name - 1 && memcmp(line, name, sizeof name - 1) == 0)
            shodo_text_safe_fixed(r->seal, sizeof r->seal, line + sizeof name - 1,
                                  n - (sizeof name - 1));
        else if (n > 0 && !r->passphrase[0])
            shodo_text_safe_fixed(r->error, sizeof r->error, line, n);
    }
    r->elapsed_ms = shodo_time_mono_ms() - app->child.started_ms;
    if (!app->child.is_running) {
        r->has_ended = true;
        r->exit_code = app->child.exit_code;
        if (r->kind == TUI_RUN_PACK) { /* a few seconds: it tells no events */
            r->p.is_done = r->exit_code == 0 || r->exit_code == EXIT_INCOMPLETE;
            snprintf(r->p.status, sizeof r->p.status, "%s", r->p.is_done ? "done" : "failed");
            r->p.problems += r->exit_code == EXIT_INCOMPLETE;
        }
        explicit_bzero(r->passphrase, sizeof r->passphrase);
        if (strstr(r->error,
                   disk_gone)) /* put back, it may have another name: it is chosen again */
            app->has_disk = false;
        tui_casefile_reload(app->casefile);
    }
}

/* ---- drawing ---- */

static void draw_bar(struct tui_canvas *c, int row, struct tui_area a, uint64_t done,
                     uint64_t total) {
    int cols = SHODO_MAX(BAR_MIN, a.cols - 10);
    uint64_t percent = total ? SHODO_MIN(done, total) * 100 / total : 0;
    tui_canvas_fill(c, row, a.col, (int)((uint64_t)cols * percent / 100), TUI_ROLE_PROGRESS);
    for (int i = (int)((uint64_t)cols * percent / 100); i < cols; i++)
        tui_canvas_text(c, row, a.col + i, 1, TUI_ROLE_FRAME, "-");
    char text[16];
    snprintf(text, sizeof text, "%3u%%", (unsigned)percent);
    tui_canvas_text(c, row, a.col + cols + 1, 8, TUI_ROLE_NORMAL, text);
}

static void bytes_text(struct shodo_buf *b, uint64_t n) {
    if (n >= 10000000000ULL)
        shodo_buf_addf(b, "%llu GB", (unsigned long long)(n / 1000000000));
    else
        shodo_buf_addf(b, "%llu MB", (unsigned long long)(n / 1000000));
}

/* A collection at its end: how many of the chosen files are in the bundle, and why the others are
 * not. */
static int draw_copied(const struct tui_app *app, const struct tui_progress *p,
                       struct tui_canvas *c, struct tui_area a, int row) {
    static const enum tui_msg whys[TUI_NOT_COPIED] = {MSG_NOT_THERE, MSG_NOT_EMPTY, MSG_NOT_LIMITED,
                                                      MSG_NOT_READ, MSG_NOT_WITHHELD};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    uint64_t left = 0;
    for (size_t i = 0; i < TUI_NOT_COPIED; i++)
        left += p->not_copied[i];
    shodo_buf_addf(&b, tui_text(app, MSG_COPIED), (unsigned long long)p->files);
    bytes_text(&b, p->bytes);
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    if (!left)
        return row;
    shodo_buf_clear(&b);
    shodo_buf_addf(&b, tui_text(app, MSG_NOT_COPIED), (unsigned long long)left);
    for (size_t i = 0, n = 0; i < TUI_NOT_COPIED; i++) {
        if (p->not_copied[i])
            shodo_buf_addf(&b, "%s%s %llu", n++ ? ", " : "", tui_text(app, whys[i]),
                           (unsigned long long)p->not_copied[i]);
    }
    return row + tui_canvas_wrap(c, row, 2, a.col, a.cols, 0,
                                 p->not_copied[TUI_NOT_FAILED] ? TUI_ROLE_UNKNOWN : TUI_ROLE_NORMAL,
                                 shodo_buf_cstr(&b), b.len);
}

static int draw_amounts(const struct tui_app *app, const struct run *r, struct tui_canvas *c,
                        struct tui_area a, int row) {
    const struct tui_progress *p = &r->p;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    uint64_t rate = tui_progress_rate(p);
    shodo_buf_addf(&b, "%s %llu", tui_text(app, MSG_FILES), (unsigned long long)p->files);
    if (p->files_total)
        shodo_buf_addf(&b, " / %llu", (unsigned long long)p->files_total);
    shodo_buf_adds(&b, "   ");
    bytes_text(&b, p->bytes);
    if (p->bytes_total) {
        shodo_buf_adds(&b, " / ");
        bytes_text(&b, p->bytes_total);
    }
    if (rate && !r->has_ended) {
        shodo_buf_adds(&b, "   ");
        bytes_text(&b, rate);
        shodo_buf_adds(&b, "/s");
    }
    tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    return row + 1;
}

static int draw_figures(const struct tui_app *app, const struct run *r, struct tui_canvas *c,
                        struct tui_area a, int row) {
    const struct tui_progress *p = &r->p;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    uint64_t s = r->elapsed_ms / 1000;
    row = p->is_done && r->kind == TUI_RUN_COLLECT ? draw_copied(app, p, c, a, row)
                                                   : draw_amounts(app, r, c, a, row);
    shodo_buf_addf(&b, "%s %llu:%02llu", tui_text(app, MSG_ELAPSED), (unsigned long long)(s / 60),
                   (unsigned long long)(s % 60));
    unsigned from = 0, to = 0;
    if (!r->has_ended && tui_progress_eta(p, r->elapsed_ms, &from, &to))
        shodo_buf_addf(&b, tui_text(app, MSG_ETA), from, to);
    else if (!r->has_ended && p->seconds_to)
        shodo_buf_addf(&b, tui_text(app, MSG_BUDGET), (unsigned)(p->seconds_from / 60),
                       (unsigned)(p->seconds_to / 60 + 1));
    else if (!r->has_ended && p->bytes_total)
        shodo_buf_addf(&b, "   %s", tui_text(app, MSG_ETA_COUNTING));
    if (!r->has_ended && p->bytes_left) {
        shodo_buf_adds(&b, tui_text(app, MSG_BUDGET_LEFT));
        bytes_text(&b, p->bytes_left);
    }
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    return row;
}

static int draw_state(const struct tui_app *app, const struct run *r, struct tui_canvas *c,
                      struct tui_area a, int row) {
    const struct tui_progress *p = &r->p;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf masked = SHODO_BUF_INIT;
    /* What is left out on purpose is counted at the end; until then only what could not be read is
     * known. */
    bool is_all = p->is_done && r->kind == TUI_RUN_TRIAGE;
    shodo_buf_addf(&b, "[%s] %llu", tui_text(app, is_all ? MSG_NOT_EXAMINED : MSG_UNREADABLE),
                   (unsigned long long)(p->problems + (is_all ? p->policy : 0)));
    if (r->kind == TUI_RUN_TRIAGE) /* sealing looks for nothing */
        shodo_buf_addf(&b, "   %s %llu", tui_text(app, MSG_FOUND), (unsigned long long)p->findings);
    tui_canvas_text(c, row++, a.col, a.cols, p->problems ? TUI_ROLE_UNKNOWN : TUI_ROLE_NORMAL,
                    shodo_buf_cstr(&b));
    if (!r->has_ended && *p->current)
        tui_canvas_path(c, row, a.col, a.cols, TUI_ROLE_DIM, tui_masked(app, p->current, &masked),
                        strlen(tui_masked(app, p->current, &masked)));
    row++;
    uint64_t quiet = shodo_time_mono_ms() - p->heard_ms;
    if (!r->has_ended && r->is_paused) {
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_WARN, tui_text(app, MSG_RUN_PAUSED));
    } else if (!r->has_ended && quiet > QUIET_MS) {
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, tui_text(app, quiet > STALL_MS ? MSG_STALLED : MSG_QUIET),
                       (unsigned)(quiet / 1000));
        tui_canvas_text(c, row, a.col, a.cols, quiet > STALL_MS ? TUI_ROLE_WARN : TUI_ROLE_DIM,
                        shodo_buf_cstr(&b));
    }
    return row + 1;
}

/* As it stands on the paper: what it is, then the words. */
static int draw_labelled(const struct tui_app *app, struct tui_canvas *c, struct tui_area a,
                         int row, enum tui_msg label, const char *text) {
    if (!*text)
        return row;
    tui_canvas_text(c, row, a.col + 2, PASS_LABEL_COLS, TUI_ROLE_NORMAL, tui_text(app, label));
    tui_canvas_text(c, row, a.col + 2 + PASS_LABEL_COLS, a.cols - 2 - PASS_LABEL_COLS,
                    TUI_ROLE_TITLE, text);
    return row + 1;
}

static void draw_passphrase(const struct tui_app *app, const struct run *r, struct tui_canvas *c,
                            struct tui_area a, int row) {
    const char *text = tui_text(app, r->is_hidden ? MSG_PASS_HIDDEN : MSG_PASS_TEXT);
    if (r->has_void)
        row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_DANGER,
                               tui_text(app, MSG_PASS_VOID), strlen(tui_text(app, MSG_PASS_VOID))) +
               1;
    row += tui_canvas_wrap(c, row, 6, a.col, a.cols, 0, TUI_ROLE_WARN, text, strlen(text)) + 1;
    row = draw_labelled(app, c, a, row, MSG_PASS_MACHINE, tui_machine_name(app, r->endpoint));
    row = draw_labelled(app, c, a, row, MSG_SEAL_NAME, r->seal);
    if (!r->is_hidden) {
        row = draw_labelled(app, c, a, row, MSG_PASS_DIGITS, r->passphrase);
        tui_canvas_text(c, row + 1, a.col, a.cols, TUI_ROLE_NORMAL,
                        tui_text(app, MSG_PASS_WRITTEN));
        return;
    }
    row++;
    int used = tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL,
                               tui_text(app, MSG_PASS_BACK));
    tui_canvas_fill(c, row, a.col + used + 1, PASS_DIGITS + 2, TUI_ROLE_INPUT);
    tui_canvas_text(c, row, a.col + used + 1, PASS_DIGITS + 2, TUI_ROLE_INPUT, r->typed);
    c->cursor_row = row;
    c->cursor_col = a.col + used + 1 + (int)strlen(r->typed);
}

/* What the engine says in English, for those who have to do something about it; the words
 * themselves stay below for the support. */
static const char *known_error(const struct tui_app *app, const char *error) {
    static const struct {
        const char *begins;
        enum tui_msg text;
    } rows[] = {
        {disk_gone, MSG_DISK_GONE}, /* first: it may be why examiners cannot start */
        {"examiner processes cannot start", MSG_ERROR_EXAMINER},
        {"No space left", MSG_ERROR_FULL},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        if (strstr(error, rows[i].begins))
            return tui_text(app, rows[i].text);
    }
    return NULL;
}

static void draw_end(const struct tui_app *app, const struct run *r, struct tui_canvas *c,
                     struct tui_area a, int row) {
    bool has_failed = !r->p.is_done || strcmp(r->p.status, "failed") == 0;
    bool cancelled = r->was_refused || strcmp(r->p.status, "cancelled") == 0 ||
                     (r->is_stopped && has_failed);
    bool failed = !cancelled && has_failed;
    bool is_seal = r->kind != TUI_RUN_TRIAGE;
    enum tui_msg text = failed                      ? MSG_RUN_FAILED
                        : cancelled && is_seal      ? MSG_SEAL_STOPPED
                        : cancelled                 ? MSG_RUN_CANCELLED
                        : r->kind == TUI_RUN_TRIAGE ? MSG_RUN_DONE
                        : r->kind == TUI_RUN_PACK   ? MSG_PACK_DONE
                                                    : MSG_COLLECT_DONE;
    enum tui_role role = failed                       ? TUI_ROLE_ERROR
                         : r->p.problems || cancelled ? TUI_ROLE_WARN
                                                      : TUI_ROLE_OK;
    row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, role, tui_text(app, text),
                           strlen(tui_text(app, text)));
    if (!failed && r->p.locked && r->kind == TUI_RUN_TRIAGE)
        row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_UNKNOWN,
                               tui_text(app, MSG_RUN_LOCKED),
                               strlen(tui_text(app, MSG_RUN_LOCKED)));
    if (!failed && r->p.problems && r->kind == TUI_RUN_TRIAGE)
        row += tui_canvas_wrap(c, row, 2, a.col, a.cols, 0, TUI_ROLE_UNKNOWN,
                               tui_text(app, MSG_RUN_INCOMPLETE),
                               strlen(tui_text(app, MSG_RUN_INCOMPLETE)));
    if (r->kind != TUI_RUN_TRIAGE && (failed || cancelled))
        row += tui_canvas_wrap(c, row, 2, a.col, a.cols, 0, TUI_ROLE_WARN,
                               tui_text(app, MSG_PASS_VOID_END),
                               strlen(tui_text(app, MSG_PASS_VOID_END)));
    row = draw_labelled(app, c, a, row, MSG_SEAL_NAME, r->p.name);
    const char *known = failed ? known_error(app, r->error) : NULL;
    if (known)
        row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_WARN, known, strlen(known));
    if (failed && *r->error)
        row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_NORMAL, r->error,
                               strlen(r->error));
    tui_canvas_text(c, row + 1, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_RUN_ENTER));
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    struct run *r = v->data;
    int row = a.row;
    const char *phase = *r->p.phase ? r->p.phase : "start";
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s  %s%s%s",
                   tui_text(app, r->kind == TUI_RUN_TRIAGE ? MSG_RUN_TRIAGE
                                 : r->kind == TUI_RUN_PACK ? MSG_SHEET_QUICK
                                                           : MSG_RUN_COLLECT),
                   r->source, r->endpoint, r->has_ended ? "" : "  ");
    if (!r->has_ended)
        shodo_buf_adds(&b, tui_text(app, strcmp(phase, "listing") == 0   ? MSG_PHASE_LISTING
                                         : strcmp(phase, "early") == 0   ? MSG_PHASE_EARLY
                                         : strcmp(phase, "risky") == 0   ? MSG_PHASE_RISKY
                                         : strcmp(phase, "collect") == 0 ? MSG_PHASE_COLLECT
                                         : strcmp(phase, "earlier") == 0 ? MSG_PHASE_EARLIER
                                         : strcmp(phase, "start") == 0   ? MSG_PHASE_START
                                                                         : MSG_PHASE_REST));
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    if (r->passphrase[0]) {
        draw_passphrase(app, r, c, a, row + 1);
        return;
    }
    bool is_whole = r->p.is_done && strcmp(r->p.status, "done") == 0;
    /* No total: no percent. Files count when they are further than bytes: equal content is read
     * once. */
    uint64_t by_files = r->p.files_total ? r->p.files * 1000 / r->p.files_total : 0;
    uint64_t by_bytes = r->p.bytes_total ? r->p.bytes * 1000 / r->p.bytes_total : 0;
    if (r->p.bytes_total || r->p.files_total)
        draw_bar(c, row, a,
                 is_whole ? 1000 : SHODO_MIN(SHODO_MAX(by_files, by_bytes), (uint64_t)1000), 1000);
    if (r->kind != TUI_RUN_PACK) {
        row = draw_figures(app, r, c, a, row + 1);
        row = draw_state(app, r, c, a, row);
    }
    if (*r->p.answer[app->lang])
        row += tui_canvas_wrap(c, row, ANSWER_ROWS, a.col, a.cols, 0,
                               r->p.is_hit ? TUI_ROLE_DANGER : TUI_ROLE_TITLE,
                               r->p.answer[app->lang], strlen(r->p.answer[app->lang]));
    if (*r->p.warning)
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, r->p.warning);
    for (size_t i = 0; i < r->p.recent_count && row < a.row + a.rows - 5; i++, row++) {
        bool is_match = r->p.recent[i].is_match;
        tui_canvas_text(c, row, a.col, 10, is_match ? TUI_ROLE_DANGER : TUI_ROLE_WARN,
                        tui_text(app, is_match ? MSG_MATCH : MSG_SUSPECT));
        tui_canvas_text(c, row, a.col + 11, a.cols - 11, TUI_ROLE_NORMAL,
                        tui_masked(app, r->p.recent[i].text[app->lang], &b));
    }
    if (r->has_ended)
        draw_end(app, r, c, a, row + 1);
    else
        tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_DIM,
                        tui_text(app, MSG_RUN_READONLY));
}

/* ---- keys ---- */

static void on_cancel(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct run *r = run_of(app);
    if (index != 1 || !r)
        return;
    r->is_stopped = true;
    tui_child_pause(&app->child, false); /* what is held would not hear it */
    tui_child_cancel(&app->child);
    if (r->passphrase[0]) { /* it waits for the number: no more comes */
        tui_child_reply(&app->child, "", true);
        explicit_bzero(r->passphrase, sizeof r->passphrase);
        r->was_refused = true;
    }
}

static void ask_cancel(struct tui_app *app, long is_seal) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_CANCEL_TITLE),
                                      tui_text(app, is_seal ? MSG_CANCEL_SEAL : MSG_CANCEL_TEXT),
                                      on_cancel, is_seal);
    tui_told_by(app, ask_cancel, is_seal);
    tui_ask_add(a, tui_text(app, MSG_CANCEL_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_CANCEL_YES), NULL);
    tui_ask_needs_enter(a);
}

/* The first and the last group, from paper: the number itself is no longer on the screen. */
static unsigned type_back(struct tui_app *app, struct run *r, struct tui_key key) {
    size_t n = strlen(r->typed), all = strlen(r->passphrase);
    if (key.action == TUI_ACTION_NEXT || (!r->is_hidden && key.action == TUI_ACTION_ENTER)) {
        r->is_hidden = !r->is_hidden;
        memset(r->typed, 0, sizeof r->typed);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ERASE && n > 0)
        r->typed[n - 1] = 0;
    else if (r->is_hidden && key.action == TUI_ACTION_CHAR && key.ch >= '0' && key.ch <= '9' &&
             n < PASS_DIGITS)
        r->typed[n] = (char)key.ch;
    if (key.action != TUI_ACTION_ENTER)
        return TUI_EFFECT_REDRAW;
    bool fits = all >= PASS_DIGITS && n == PASS_DIGITS && memcmp(r->typed, r->passphrase, 4) == 0 &&
                memcmp(r->typed + 4, r->passphrase + all - 4, 4) == 0;
    /* after three wrong ones the engine writes nothing and says so */
    if (fits || ++r->tries >= 3) {
        tui_child_reply(&app->child, fits ? r->typed + 4 : "", true);
        explicit_bzero(r->passphrase, sizeof r->passphrase);
    } else {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_PASS_WRONG));
    }
    memset(r->typed, 0, sizeof r->typed);
    return TUI_EFFECT_REDRAW;
}

static void ask_next(struct tui_app *app, long is_triage);

/* Nobody stands alone after a run: read, then collect, then put the machine away. What is opened
 * leads back here, with the cursor where it was. */
static void on_next(struct tui_app *app, long is_triage, int index) {
    enum { NEXT_ANSWERS, NEXT_FINDINGS, NEXT_COLLECT, NEXT_SEALS, NEXT_EJECT, NEXT_HOME };
    int what = is_triage ? index : index + NEXT_SEALS;
    if (what == NEXT_HOME)
        return;
    ask_next(app, is_triage);
    tui_ask_select(tui_top(app)->data, index);
    if (what == NEXT_ANSWERS)
        tui_answers_show(app, tui_machine_last(app));
    else if (what == NEXT_FINDINGS)
        tui_push(app, "findings", tui_machine_last(app));
    else if (what == NEXT_COLLECT)
        tui_collect_go(app);
    else if (what == NEXT_SEALS)
        tui_push(app, "seals", 0);
    else
        tui_function_open(app, "eject");
}

static void ask_next(struct tui_app *app, long is_triage) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_NEXT_TITLE),
                                      tui_text(app, is_triage ? MSG_NEXT_TRIAGE : MSG_NEXT_COLLECT),
                                      on_next, is_triage);
    tui_told_by(app, ask_next, is_triage);
    if (is_triage) {
        tui_ask_add(a, tui_text(app, MSG_ANSWERS_TOOL), NULL);
        tui_ask_add(a, tui_text(app, MSG_NEXT_FINDINGS), NULL);
        tui_ask_add(a, tui_text(app, MSG_COLLECT_TOOL), NULL);
    }
    tui_ask_add(a, tui_text(app, MSG_NEXT_SEALS), NULL);
    tui_ask_add(a, tui_text(app, MSG_EJECT_TOOL), NULL);
    tui_ask_add(a, tui_text(app, MSG_NEXT_HOME), NULL);
    tui_ask_needs_enter(a); /* sealing is among them */
}

static unsigned finish(struct tui_app *app, struct run *r) {
    char note[80];
    bool ok = r->p.is_done && strcmp(r->p.status, "failed") != 0 &&
              strcmp(r->p.status, "cancelled") != 0;
    snprintf(note, sizeof note, "%s %llu / %s %llu", "findings", (unsigned long long)r->p.findings,
             "problems", (unsigned long long)r->p.problems);
    bool is_step = app->pending[0] != 0, is_triage = r->kind == TUI_RUN_TRIAGE;
    if (ok)
        tui_function_done(app, "done", note);
    app->pending[0] = 0;
    tui_pop(app);
    tui_casefile_reload(app->casefile);
    if (!ok || is_step)
        return TUI_EFFECT_REDRAW;
    if (!is_triage && strcmp(tui_top(app)->screen->id, "choice") == 0)
        tui_pop(app); /* what was next after the examination: the sealing came from there */
    ask_next(app, is_triage);
    return TUI_EFFECT_REDRAW;
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct run *r = v->data;
    hear(app, r);
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_REDRAW;
    if (r->passphrase[0] && key.action != TUI_ACTION_BACK && key.action != TUI_ACTION_CANCEL &&
        key.action != TUI_ACTION_LANGUAGE)
        return type_back(app, r, key);
    if (r->has_ended)
        return key.action == TUI_ACTION_ENTER || key.action == TUI_ACTION_BACK ? finish(app, r)
                                                                               : TUI_EFFECT_IGNORED;
    if (key.action == TUI_ACTION_PAUSE && r->kind == TUI_RUN_TRIAGE) {
        r->is_paused = !r->is_paused;
        tui_child_pause(&app->child, r->is_paused);
        r->p.heard_ms = shodo_time_mono_ms();
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_CANCEL || key.action == TUI_ACTION_BACK) {
        ask_cancel(app, r->kind != TUI_RUN_TRIAGE);
        return TUI_EFFECT_REDRAW;
    }
    return TUI_EFFECT_IGNORED;
}

static void close_run(struct tui_app *app, struct tui_view *v) {
    struct run *r = v->data;
    explicit_bzero(r->passphrase, sizeof r->passphrase);
    tui_child_done(&app->child);
}

static bool asks(const struct tui_view *v) {
    return ((const struct run *)v->data)->passphrase[0] != 0;
}

static bool has_key(const struct tui_view *v, enum tui_action a) {
    const struct run *r = v->data;
    if (a == TUI_ACTION_ENTER)
        return r->has_ended || r->passphrase[0];
    return !r->has_ended &&
           (a != TUI_ACTION_PAUSE || (r->kind == TUI_RUN_TRIAGE && !r->passphrase[0]));
}

static const enum tui_action keys[] = {TUI_ACTION_ENTER, TUI_ACTION_PAUSE, TUI_ACTION_CANCEL,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_run = {.id = "run",
                                          .title = MSG_RUN,
                                          .help = MSG_RUN_HELP,
                                          .keys = keys,
                                          .data_bytes = sizeof(struct run),
                                          .has_key = has_key,
                                          .close = close_run,
                                          .draw = draw,
                                          .key = on_key,
                                          .is_text_field = asks};
