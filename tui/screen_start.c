/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first screen, and the home screen with the playbooks. A stick goes from PC to PC: which PC
 * this is, is asked once per start of a PC; after a crash the program finds its own start in the
 * journal and comes back where it was.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "casename.h"
#include "cases.h"
#include "play.h"
#include "screens.h"

#define BOOT_BYTES 64
#define ROWS_MAX   6

enum what {
    WHAT_CONTINUE,
    WHAT_ROUND,
    WHAT_OTHER,
    WHAT_NEW,
    WHAT_DRILL,
    WHAT_PREPARE,
    WHAT_ROLE /* asked from the home screen */
};

static void boot_id(char out[BOOT_BYTES]) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    out[0] = 0;
    if (shodo_io_read_file(&b, AT_FDCWD, "/proc/sys/kernel/random/boot_id", 4096, NULL) == SHODO_OK)
        snprintf(out, BOOT_BYTES, "%.36s", shodo_buf_cstr(&b));
    out[strcspn(out, "\n")] = 0;
}

bool tui_start_is_same_boot(const struct tui_app *app) {
    char now[BOOT_BYTES];
    const char *known = tui_casefile_value(app->casefile, TUI_KEY_BOOT);
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    boot_id(now);
    return c && !c->is_ended && now[0] && known && strcmp(known, now) == 0;
}

/* After a crash: the case that was worked on last at this start of the PC. */
bool tui_start_find_same_boot(struct tui_app *app) {
    char now[BOOT_BYTES];
    boot_id(now);
    int last = -1;
    for (size_t i = 0; now[0] && i < tui_casefile_open_cases(app->casefile); i++) {
        const struct tui_case_row *r = tui_casefile_open_case(app->casefile, i);
        if (strcmp(r->boot, now) == 0 &&
            (last < 0 || r->boot_time > tui_casefile_open_case(app->casefile, last)->boot_time))
            last = (int)i;
    }
    if (last >= 0)
        tui_casefile_switch(app->casefile, (size_t)last);
    return tui_start_is_same_boot(app);
}

void tui_start_continue(struct tui_app *app) {
    tui_push(app, "home", 0);
    tui_play_restore(app);
}

/* ---- questions ---- */

/* The case is worked on at this start of the PC; the newest such record is the one to come back to.
 */
static void record_boot(struct tui_app *app) {
    char now[BOOT_BYTES];
    boot_id(now);
    shodo_auto(shodo_buf) struct shodo_buf image = SHODO_BUF_INIT;
    tui_image_line(&app->image, &image);
    tui_record(app, TUI_KEY_BOOT, now[0] ? now : "unknown", shodo_buf_cstr(&image));
}

static void begin_work(struct tui_app *app, long what) {
    record_boot(app);
    if (what == WHAT_ROLE) { /* only now: without an answer about the restart it stays a guide */
        tui_record(app, TUI_KEY_PC, app->is_guide ? "guide" : "suspect", NULL);
        tui_message(app, TUI_ROLE_OK, "%s",
                    tui_text(app, app->is_guide ? MSG_CHANGED_GUIDE : MSG_CHANGED_SUSPECT));
        return;
    }
    if (what == WHAT_ROUND) {
        tui_push(app, "home", 0);
        tui_push(app, "disks", 1);
        return;
    }
    tui_start_continue(app);
}

/* How it was switched off decides what is left of the evidence. */
static void on_power_off(struct tui_app *app, long what, int index) {
    static const char *const values[] = {"power-button", "power-windows", "power-plug", "unknown"};
    tui_record(app, "start/reboot", "decided", NULL);
    tui_record(app, "start/power-off", values[index], NULL);
    begin_work(app, what);
    snprintf(app->open_text, sizeof app->open_text, "reboot");
    tui_push(app, "decide", 0);
}

static void ask_power_off(struct tui_app *app, long what) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_POWER_TITLE),
                                      tui_text(app, MSG_POWER_TEXT), on_power_off, what);
    tui_ask_add(a, tui_text(app, MSG_POWER_BUTTON), NULL);
    tui_ask_add(a, tui_text(app, MSG_POWER_WINDOWS), NULL);
    tui_ask_add(a, tui_text(app, MSG_POWER_PLUG), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_UNKNOWN), NULL);
    tui_ask_last_is_unknown(a);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_power_off, what);
}

static void on_prior_record(struct tui_app *app, long what, int index) {
    static const char *const values[] = {"recorded", "none"};
    if (index == 2) { /* decided now: then the decision screen asks who, why */
        ask_power_off(app, what);
        return;
    }
    tui_record(app, "start/reboot", values[index], index == 1 ? "事前の記録なし" : NULL);
    begin_work(app, what);
}

static void ask_prior_record(struct tui_app *app, long what) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_PRIOR_TITLE),
                                      tui_text(app, MSG_PRIOR_TEXT), on_prior_record, what);
    tui_ask_add(a, tui_text(app, MSG_PRIOR_YES), NULL);
    tui_ask_add(a, tui_text(app, MSG_PRIOR_NONE), NULL);
    tui_ask_add(a, tui_text(app, MSG_PRIOR_NOW), NULL);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_prior_record, what);
}

/* Before another case: its records get their signature, and what was chosen for it (disk, its key)
 * is not the next one's. */
static void leave_case(struct tui_app *app) {
    struct shodo_error err = SHODO_ERROR_INIT;
    if (tui_casefile_checkpoint(app->casefile, &err) != SHODO_OK)
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
    app->has_disk = app->disk_needs_key = false;
    app->pending[0] = app->open_text[0] = 0;
    explicit_bzero(app->secret, sizeof app->secret);
}

/* The time is known as well as it can be: a new case gets its number from it. */
static void with_clock(struct tui_app *app, long what) {
    struct shodo_error err = SHODO_ERROR_INIT;
    const char *site = app->books.site ? app->books.site->name : NULL;
    const struct tui_case_day day = tui_clock_day(app);
    shodo_auto(shodo_buf) struct shodo_buf start = SHODO_BUF_INIT;
    tui_image_json(&app->image, &start);
    if (what == WHAT_NEW || what == WHAT_DRILL)
        leave_case(app);
    if ((what == WHAT_NEW || what == WHAT_DRILL) &&
        tui_casefile_make(app->casefile, what == WHAT_DRILL, site, &day, shodo_buf_cstr(&start),
                          &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
        return;
    }
    if (what != WHAT_ROLE)
        tui_record(app, TUI_KEY_PC, app->is_guide ? "guide" : "suspect", NULL);
    tui_clock_record(app);
    if (app->is_guide)
        begin_work(app, what);
    else
        ask_prior_record(app, what);
}

static void on_pc(struct tui_app *app, long what, int index) {
    app->is_guide = index == 0;
    tui_clock_ask(app, with_clock, what);
}

static void ask_pc(struct tui_app *app, long what) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_PC_TITLE), tui_text(app, MSG_PC_TEXT),
                                      on_pc, what);
    tui_ask_add(a, tui_text(app, MSG_PC_GUIDE), tui_text(app, MSG_PC_GUIDE_MORE));
    tui_ask_add(a, tui_text(app, MSG_PC_SUSPECT), tui_text(app, MSG_PC_SUSPECT_MORE));
    tui_told_by(app, ask_pc, what);
}

static bool is_busy(struct tui_app *app) {
    if (app->child.is_running)
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_NOT_WHILE_RUNNING));
    return app->child.is_running;
}

/* false: that case cannot be worked on now, and the screen says why. */
static bool switch_to(struct tui_app *app, size_t i) {
    if (tui_casefile_is_at(app->casefile, i))
        return tui_casefile_case(app->casefile) != NULL;
    if (is_busy(app))
        return false;
    leave_case(app);
    tui_casefile_switch(app->casefile, i);
    return tui_casefile_case(app->casefile) != NULL;
}

static void go_on(struct tui_app *app, size_t i) {
    bool is_other = !tui_casefile_is_at(app->casefile, i);
    if (!switch_to(app, i))
        return;
    if (!tui_start_is_same_boot(app)) {
        ask_pc(app, WHAT_CONTINUE);
        return;
    }
    if (is_other)
        record_boot(app);
    tui_start_continue(app);
}

static void case_text(const struct tui_app *app, size_t i, struct shodo_buf *out) {
    static const enum tui_msg tags[] = {MSG_TAG_REAL, MSG_TAG_DRILL, MSG_TAG_UNREAD,
                                        MSG_TAG_UNREAD};
    const struct tui_case_row *r = tui_casefile_open_case(app->casefile, i);
    shodo_buf_addf(out, "%s %s", tui_text(app, tags[r->state]), r->id);
}

static void on_other(struct tui_app *app, long arg, int index) {
    (void)arg;
    go_on(app, (size_t)index);
}

/* More open cases than the first screen has rows for. */
static void ask_other(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_START_OTHER),
                                      tui_text(app, MSG_START_OTHER_TEXT), on_other, arg);
    for (size_t i = 0; i < tui_casefile_open_cases(app->casefile); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        case_text(app, i, &b);
        tui_ask_add(a, shodo_buf_cstr(&b), NULL);
    }
    tui_told_by(app, ask_other, arg);
}

void tui_start_change_pc(struct tui_app *app) {
    if (!is_busy(app))
        ask_pc(app, WHAT_ROLE);
}

/* A second case beside an open one is rarely meant: going back is preselected. */
static void on_new(struct tui_app *app, long what, int index) {
    if (index == 1)
        ask_pc(app, what);
}

static void ask_new(struct tui_app *app, long what) {
    size_t count = tui_casefile_open_cases(app->casefile);
    if (is_busy(app))
        return;
    if (!count) {
        ask_pc(app, what);
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    for (size_t i = 0; i < count && i < 3; i++) {
        shodo_buf_adds(&text, i ? "   " : "");
        case_text(app, i, &text);
    }
    shodo_buf_addf(&text, "\n%s", tui_text(app, MSG_NEW_TEXT));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_NEW_TITLE), shodo_buf_cstr(&text),
                                      on_new, what);
    tui_ask_add(a, tui_text(app, MSG_NEW_BACK), NULL);
    tui_ask_add(a, tui_text(app, what == WHAT_DRILL ? MSG_NEW_GO_DRILL : MSG_NEW_GO), NULL);
    tui_ask_needs_enter(a);
    tui_told_by(app, ask_new, what);
}

/* ---- the first screen ---- */

static bool is_old(const char *date) {
    return tui_image_age_days(date, shodo_time_now()) > TUI_IMAGE_OLD_DAYS;
}

/* Which stick this is, how old it is, what stands in the way on this PC. */
static int draw_image(const struct tui_app *app, struct tui_canvas *c, struct tui_area a, int row) {
    const struct tui_image *m = &app->image;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!m->is_known)
        return row;
    if (m->has_raid)
        row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_WARN,
                               tui_text(app, MSG_RAID_TEXT), strlen(tui_text(app, MSG_RAID_TEXT)));
    shodo_buf_addf(&b, "%s: %s   %s %s %s", tui_text(app, MSG_START_PHRASE), m->phrase,
                   tui_text(app, MSG_START_BUILD), m->build, m->boot_path);
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    bool any = is_old(m->build_date) || is_old(m->rules_date) || is_old(m->contacts_date);
    char parts[3][64];
    const char *dates[3] = {m->build_date, m->rules_date, m->contacts_date};
    for (int i = 0; i < 3; i++)
        snprintf(parts[i], sizeof parts[i], "%.10s%s", dates[i],
                 is_old(dates[i]) ? tui_text(app, MSG_OLD) : "");
    shodo_buf_clear(&b);
    shodo_buf_addf(&b, tui_text(app, MSG_START_AGES), parts[0], parts[1], parts[2]);
    tui_canvas_text(c, row++, a.col, a.cols, any ? TUI_ROLE_WARN : TUI_ROLE_DIM,
                    shodo_buf_cstr(&b));
    if (any && !m->is_clock_wrong)
        row += tui_canvas_wrap(c, row, 2, a.col, a.cols, 0, TUI_ROLE_WARN,
                               tui_text(app, MSG_START_OLD), strlen(tui_text(app, MSG_START_OLD)));
    return row;
}

struct start_row {
    enum what what;
    size_t at; /* which open case */
};

/* The first case with its round, a second one beside it; more than two have a list of their own. */
static int rows_of(const struct tui_app *app, struct start_row out[ROWS_MAX]) {
    size_t count = tui_casefile_open_cases(app->casefile);
    int n = 0;
    if (count) {
        out[n++] = (struct start_row){.what = WHAT_CONTINUE};
        if (tui_casefile_open_case(app->casefile, 0)->state != TUI_CASE_UNREAD)
            out[n++] = (struct start_row){.what = WHAT_ROUND};
    }
    if (count == 2)
        out[n++] = (struct start_row){.what = WHAT_CONTINUE, .at = 1};
    else if (count > 2)
        out[n++] = (struct start_row){.what = WHAT_OTHER};
    for (enum what w = WHAT_NEW; w <= WHAT_PREPARE; w++)
        out[n++] = (struct start_row){.what = w};
    return n;
}

static void row_text(const struct tui_app *app, const struct start_row *r, struct shodo_buf *out) {
    static const enum tui_msg labels[] = {MSG_START_CONTINUE, MSG_START_ROUND, MSG_START_OTHER,
                                          MSG_START_NEW,      MSG_START_DRILL, MSG_START_PREPARE};
    shodo_buf_adds(out, tui_text(app, labels[r->what]));
    if (r->what == WHAT_OTHER)
        shodo_buf_addf(out, " (%zu)", tui_casefile_open_cases(app->casefile));
    if (r->what != WHAT_CONTINUE &&
        (r->what != WHAT_ROUND || tui_casefile_open_cases(app->casefile) < 2))
        return;
    shodo_buf_adds(out, ": ");
    case_text(app, r->at, out);
}

static int draw_warning(struct tui_canvas *c, struct tui_area a, int row, enum tui_role role,
                        const char *text) {
    int fit = SHODO_MIN(2, a.row + a.rows - row);
    return *text && fit > 0
               ? tui_canvas_wrap(c, row, fit, a.col, a.cols, 0, role, text, strlen(text))
               : 0;
}

static void draw_start(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                       struct tui_area a) {
    static const enum tui_msg more[] = {MSG_START_CONTINUE_MORE, MSG_START_ROUND_MORE,
                                        MSG_START_OTHER,         MSG_START_NEW_MORE,
                                        MSG_START_DRILL_MORE,    MSG_START_PREPARE_MORE};
    struct start_row rows[ROWS_MAX];
    int n = rows_of(app, rows), row = a.row;
    const char *text = tui_text(app, MSG_START_TEXT);
    row += tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_TITLE, text, strlen(text)) + 1;
    for (int i = 0; i < n; i++) {
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_menu_row(&b, i, v->selected, -1);
        row_text(app, &rows[i], &b);
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row++, a.col, a.cols, role, shodo_buf_cstr(&b));
        if (rows[i].at == 0 && rows[i].what != WHAT_OTHER)
            tui_canvas_text(c, row++, a.col + 5, a.cols - 5, TUI_ROLE_DIM,
                            tui_text(app, more[rows[i].what]));
    }
    row = draw_image(app, c, a, row + (app->image.has_raid || n == ROWS_MAX ? 0 : 1));
    row += draw_warning(c, a, row, TUI_ROLE_ERROR, tui_casefile_problem(app->casefile));
    if (!app->books.site)
        row += draw_warning(c, a, row, TUI_ROLE_WARN, tui_text(app, MSG_NO_SITE));
    else if (!*app->books.site->name)
        row += draw_warning(c, a, row, TUI_ROLE_WARN, tui_text(app, MSG_SITE_NO_NAME));
    else if (app->books.site_gaps)
        row += draw_warning(c, a, row, TUI_ROLE_WARN, tui_text(app, MSG_SITE_HAS_GAPS));
    if (app->books.problems_count && row < a.row + a.rows) {
        shodo_auto(shodo_buf) struct shodo_buf b = app->books.problems;
        tui_canvas_wrap(c, row, a.row + a.rows - row, a.col, a.cols, 0, TUI_ROLE_WARN, b.data,
                        b.len);
        b = (struct shodo_buf)SHODO_BUF_INIT; /* borrowed */
    }
}

static void begin_round(struct tui_app *app, size_t at) {
    if (switch_to(app, at))
        on_pc(app, WHAT_ROUND, 1);
}

static unsigned start_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct start_row rows[ROWS_MAX];
    int n = rows_of(app, rows);
    tui_menu_answers(app, v, &key, n);
    if (tui_menu_key(v, key, n, 5))
        return TUI_EFFECT_REDRAW;
    int index = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (index < 0 || index >= n)
        return TUI_EFFECT_IGNORED;
    switch (rows[index].what) {
    case WHAT_CONTINUE:
        go_on(app, rows[index].at);
        break;
    case WHAT_ROUND:
        begin_round(app, rows[index].at);
        break;
    case WHAT_OTHER:
        ask_other(app, 0);
        break;
    case WHAT_NEW:
    case WHAT_DRILL:
        v->selected = 0; /* with the new case the rows are others */
        ask_new(app, rows[index].what);
        break;
    case WHAT_ROLE: /* no row of this screen */
        break;
    case WHAT_PREPARE:
        tui_push(app, "prepare", 0);
        break;
    }
    return TUI_EFFECT_REDRAW;
}

static const enum tui_action start_keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                             TUI_ACTION_TEXT_SIZE, TUI_ACTION_NONE};
const struct tui_screen tui_screen_start = {.id = "start",
                                            .title = MSG_START,
                                            .help = MSG_START_HELP,
                                            .keys = start_keys,
                                            .draw = draw_start,
                                            .key = start_key};
