/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which disk? Model, size, Windows volumes and what the engine says about them; never a device name
 * alone. The engine lists them (`shodo sources --json`); this program opens no disk. BitLocker keys
 * are checked group by group and go to the engine through a pipe only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "base/value.h"
#include "case/case.h"
#include "casefile.h"
#include "recovery_key.h"
#include "screens.h"

#define DISKS_MAX   64
#define JST_MINUTES 540
#define DISK_ROWS   16 /* more than any disk takes */

struct disk {
    char path[400], model[128], serial[128], volumes[300], users[200], problem[200];
    uint64_t size_bytes;
    char endpoint[16], why_ja[200], why_en[200]; /* why: of the first volume that cannot be read */
    bool is_removable, needs_key, has_windows, is_asleep, is_dirty;
    bool knows_shadows; /* some volume says what it knows of its shadow copies */
    unsigned shadows;
};

struct disks {
    struct shodo_vec list; /* struct disk */
    struct disk own;       /* the stick that this runs from: shown last, cannot be chosen */
    bool has_own, is_listing;
    bool is_guide; /* nothing is listed here */
    char error[300];
};

/* arg of the view: 0 choose only, 1 round (triage follows at once), 2 choose and then triage with
 * app->open_text */

static void start_list(struct tui_app *app, struct disks *d) {
    const char *argv[40] = {app->engine_path, "sources", "--json"};
    struct shodo_error err = SHODO_ERROR_INIT;
    size_t n = 3;
    for (size_t i = 0; i < app->options->sources_count && n < SHODO_ARRAY_SIZE(argv) - 1; i++)
        argv[n++] = app->options->sources[i];
    d->error[0] = 0;
    d->is_listing = tui_child_start(&app->child, argv, &err) == SHODO_OK;
    if (!d->is_listing)
        snprintf(d->error, sizeof d->error, "%.290s", err.text);
    else
        tui_child_say(&app->child, "", true);
}

static void safe(char *out, size_t cap, const char *s) {
    shodo_text_safe_fixed(out, cap, s ? s : "", s ? strlen(s) : 0);
}

/* Kinds that hold no files: nobody has to do anything about them. */
static bool has_no_files(const char *fs) {
    static const char *const kinds[] = {"reserved", "BIOS boot", "swap"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(kinds); i++)
        if (strcmp(fs, kinds[i]) == 0)
            return true;
    return false;
}

static void add_volumes(struct disk *k, const struct shodo_value *list) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf users = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        const char *fs = shodo_value_get_str(v, "fs"), *drive = shodo_value_get_str(v, "drive"),
                   *label = shodo_value_get_str(v, "label");
        bool is_bitlocker = shodo_value_bool(shodo_value_get(v, "is_bitlocker"), false);
        bool is_windows = shodo_value_bool(shodo_value_get(v, "has_windows"), false);
        bool is_named = label && *label, is_said = is_bitlocker && fs && strstr(fs, "BitLocker");
        if (fs && strcmp(fs, "reserved") != 0)
            shodo_buf_addf(&b, "%s%s%s%s%s%s%s%s", b.len ? ", " : "", drive && *drive ? drive : "",
                           drive && *drive ? ": " : "", *fs ? fs : "?",
                           is_bitlocker && !is_said ? " BitLocker" : "", is_named ? " " : "",
                           is_named ? label : "", is_windows ? " (Windows)" : "");
        k->has_windows = k->has_windows || is_windows;
        const char *sleep = shodo_value_get_str(v, "hibernation");
        k->is_asleep = k->is_asleep || (sleep && strcmp(sleep, "asleep") == 0);
        k->is_dirty = k->is_dirty || shodo_value_bool(shodo_value_get(v, "is_dirty"), false);
        k->needs_key = k->needs_key ||
                       (is_bitlocker && !shodo_value_bool(shodo_value_get(v, "is_read"), false));
        const char *why = shodo_value_get_str(v, "why"), *why_ja = shodo_value_get_str(v, "why_ja");
        if (why && *why && !is_bitlocker && fs && !has_no_files(fs) && !*k->why_en) {
            safe(k->why_en, sizeof k->why_en, why);
            safe(k->why_ja, sizeof k->why_ja, why_ja && *why_ja ? why_ja : why);
        }
        const struct shodo_value *copies = shodo_value_get(v, "shadow_copies");
        k->knows_shadows = k->knows_shadows || (copies && is_windows);
        k->shadows += (unsigned)shodo_value_count(copies);
        const struct shodo_value *names = shodo_value_get(v, "users");
        for (size_t u = 0; u < shodo_value_count(names); u++) {
            const char *name = shodo_value_str(shodo_value_at(names, u));
            shodo_buf_addf(&users, "%s%s", users.len ? ", " : "", name ? name : "");
        }
    }
    safe(k->volumes, sizeof k->volumes, shodo_buf_cstr(&b));
    safe(k->users, sizeof k->users, shodo_buf_cstr(&users));
}

static void add_disk(struct disks *d, const char *line, size_t n) {
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    if (n < 2 || shodo_doc_parse_json(&doc, "sources", line, n, NULL) != SHODO_OK)
        return;
    const struct shodo_value *v = shodo_doc_root(doc);
    const char *path = shodo_value_get_str(v, "path");
    int64_t size = shodo_value_get_int(v, "size_bytes", 0);
    if (!path || strlen(path) >= sizeof((struct disk *)0)->path || d->list.count >= DISKS_MAX)
        return;
    bool is_own = shodo_value_bool(shodo_value_get(v, "is_stick"), false);
    struct disk *k = is_own ? &d->own : shodo_vec_push(&d->list);
    if (!k)
        return;
    d->has_own = d->has_own || is_own;
    snprintf(k->path, sizeof k->path, "%s", path);
    safe(k->model, sizeof k->model, shodo_value_get_str(v, "model"));
    safe(k->serial, sizeof k->serial, shodo_value_get_str(v, "serial"));
    safe(k->endpoint, sizeof k->endpoint, shodo_value_get_str(v, "endpoint"));
    safe(k->problem, sizeof k->problem, shodo_value_get_str(v, "problem"));
    k->size_bytes = size > 0 ? (uint64_t)size : 0;
    k->is_removable = shodo_value_bool(shodo_value_get(v, "is_removable"), false);
    add_volumes(k, shodo_value_get(v, "volumes"));
}

static int by_windows(const void *a, const void *b) {
    const struct disk *x = a, *y = b;
    if (x->has_windows != y->has_windows)
        return x->has_windows ? -1 : 1;
    if (x->is_removable != y->is_removable)
        return x->is_removable ? 1 : -1;
    return strcmp(x->path, y->path);
}

static void hear(struct tui_app *app, struct disks *d) {
    const char *line = NULL;
    size_t n = 0;
    if (!d->is_listing)
        return;
    tui_child_poll(&app->child);
    while (tui_child_line(&app->child, TUI_CHILD_OUT, &line, &n))
        add_disk(d, line, n);
    while (tui_child_line(&app->child, TUI_CHILD_ERR, &line, &n))
        shodo_text_safe_fixed(d->error, sizeof d->error, line, n);
    if (app->child.is_running)
        return;
    d->is_listing = false;
    if (d->list.count > 1)
        qsort(d->list.data, d->list.count, d->list.item_bytes, by_windows);
}

static void open_disks(struct tui_app *app, struct tui_view *v) {
    struct disks *d = v->data;
    d->list = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct disk));
    v->selected = -1;
    const char *pc = tui_casefile_value(app->casefile, TUI_KEY_PC);
    if (pc && strcmp(pc, "guide") == 0) /* the disk of the guide PC is never opened */
        d->is_guide = true;
    else
        start_list(app, d);
}

static void close_disks(struct tui_app *app, struct tui_view *v) {
    struct disks *d = v->data;
    if (d->is_listing)
        tui_child_done(&app->child);
    shodo_vec_done(&d->list);
}

/* Decimal, as printed on disks: "512 MB", "1.5 GB". */
static void add_size(struct shodo_buf *b, uint64_t bytes) {
    if (bytes < 1000000000)
        shodo_buf_addf(b, "%llu MB", (unsigned long long)(bytes / 1000000));
    else
        shodo_buf_addf(b, "%llu.%llu GB", (unsigned long long)(bytes / 1000000000),
                       (unsigned long long)(bytes / 100000000 % 10));
}

/* Examined before in this case: when, and how it ended. */
static bool was_examined(const struct tui_app *app, const struct disk *k, struct shodo_buf *out) {
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    const struct shodo_case_run *r = c && *k->endpoint
                                         ? shodo_case_last_run(c, k->endpoint, "triage")
                                         : NULL;
    if (!r || r->status == SHODO_RUN_STARTED || r->status == SHODO_RUN_FAILED)
        return false;
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(r->started, JST_MINUTES, when);
    when[16] = 0;
    bool is_whole = r->status == SHODO_RUN_DONE || r->status == SHODO_RUN_INCOMPLETE;
    shodo_buf_addf(out, tui_text(app, is_whole ? MSG_DISK_EXAMINED : MSG_DISK_HALF), when + 5);
    return true;
}

static int draw_remarks(const struct tui_app *app, const struct disk *k, struct tui_canvas *c,
                        struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    int col = a.col + 5, cols = a.cols - 5;
    if (was_examined(app, k, &b))
        tui_canvas_text(c, row++, col, cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    if (k->is_asleep || k->is_dirty)
        tui_canvas_text(c, row++, col, cols, TUI_ROLE_UNKNOWN,
                        tui_text(app, k->is_asleep ? MSG_ASLEEP : MSG_DIRTY));
    if (k->needs_key)
        tui_canvas_text(c, row++, col, cols, TUI_ROLE_WARN, tui_text(app, MSG_NEEDS_KEY));
    if (k->knows_shadows) {
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, tui_text(app, k->shadows ? MSG_DISK_SHADOWS : MSG_DISK_NO_SHADOWS),
                       k->shadows);
        tui_canvas_text(c, row++, col, cols, TUI_ROLE_DIM, shodo_buf_cstr(&b));
    }
    const char *why = tui_is_ja(app) ? k->why_ja : k->why_en;
    if (*why)
        row += tui_canvas_wrap(c, row, 2, col, cols, 0, TUI_ROLE_UNKNOWN, why, strlen(why));
    if (*k->problem) {
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, tui_text(app, MSG_DISK_PROBLEM), k->problem);
        tui_canvas_text(c, row++, col, cols, TUI_ROLE_UNKNOWN, shodo_buf_cstr(&b));
    }
    return row;
}

static void draw_own(const struct tui_app *app, const struct disk *k, struct tui_canvas *c,
                     struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s  ", *k->model ? k->model : tui_text(app, MSG_NO_MODEL));
    add_size(&b, k->size_bytes);
    shodo_buf_addf(&b, "  %s", tui_text(app, MSG_OWN_STICK));
    tui_canvas_text(c, row, a.col + 5, a.cols - 5, TUI_ROLE_DIM, shodo_buf_cstr(&b));
}

/* One disk with everything that is said about it; the rows below `a` are clipped. */
static int draw_disk(const struct tui_app *app, const struct disk *k, size_t i, bool is_here,
                     struct tui_canvas *c, struct tui_area a, int row) {
    enum tui_role role = is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    tui_menu_row(&b, (int)i, is_here ? (int)i : -1, -1);
    shodo_buf_addf(&b, "%s  ", *k->model ? k->model : tui_text(app, MSG_NO_MODEL));
    add_size(&b, k->size_bytes);
    shodo_buf_addf(&b, "  %s%s%s", k->serial, k->is_removable ? tui_text(app, MSG_REMOVABLE) : "",
                   TUI_NEEDS_ENTER);
    tui_canvas_fill(c, row, a.col, a.cols, role);
    tui_canvas_text(c, row++, a.col, a.cols, role, shodo_buf_cstr(&b));
    tui_canvas_text(c, row++, a.col + 5, a.cols - 5, TUI_ROLE_NORMAL,
                    *k->volumes ? k->volumes : tui_text(app, MSG_NO_VOLUMES));
    shodo_buf_clear(&b);
    shodo_buf_addf(&b, "%s: %s   %s", tui_text(app, MSG_WINDOWS_USERS),
                   *k->users ? k->users : tui_text(app, MSG_USERS_LATER), k->path);
    tui_canvas_text(c, row++, a.col + 5, a.cols - 5, TUI_ROLE_DIM, shodo_buf_cstr(&b));
    return draw_remarks(app, k, c, a, row) + 1;
}

/* Rows of a disk, by drawing it on a canvas that nobody sees. */
static int disk_rows(const struct tui_app *app, const struct disk *k, int cols) {
    struct tui_canvas c = {.cells = NULL};
    struct tui_area a = {.row = 0, .col = 0, .rows = DISK_ROWS, .cols = cols};
    int rows = tui_canvas_size(&c, DISK_ROWS, cols) ? draw_disk(app, k, 0, false, &c, a, 0)
                                                    : DISK_ROWS;
    tui_canvas_done(&c);
    return rows;
}

/* The first disk to draw, so that the selected one is whole on the screen. */
static size_t first_shown(const struct tui_app *app, const struct tui_view *v, int rows, int cols) {
    const struct disks *d = v->data;
    size_t first = SHODO_MIN((size_t)SHODO_MAX(v->selected, 0), d->list.count);
    for (int used = 0; first < d->list.count; first--) {
        used += disk_rows(app, shodo_vec_at(&d->list, first), cols);
        if (used > rows && (int)first < v->selected)
            return first + 1;
        if (first == 0)
            break;
    }
    return first;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct disks *d = v->data;
    /* the last line is kept for the stick itself */
    int row = a.row, bottom = a.row + a.rows - 1, end = d->has_own ? bottom - 1 : bottom;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_adds(&b, tui_text(app, d->is_listing ? MSG_DISKS_LOOKING : MSG_DISKS_TEXT));
    if (!d->is_listing && d->list.count)
        shodo_buf_addf(&b, tui_text(app, MSG_DISKS_COUNT), (unsigned)d->list.count);
    tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    row += 2;
    size_t i = first_shown(app, v, end - row, a.cols);
    for (size_t first = i; i < d->list.count; i++) {
        const struct disk *k = shodo_vec_at(&d->list, i);
        if (i > first && row + disk_rows(app, k, a.cols) - 1 > end)
            break; /* whole or not at all: what is said about a disk is not cut */
        row = draw_disk(app, k, i, (int)i == v->selected, c, a, row);
    }
    if (i < d->list.count) {
        shodo_buf_clear(&b);
        shodo_buf_addf(&b, tui_text(app, MSG_DISKS_MORE), (unsigned)(d->list.count - i));
        tui_canvas_text(c, end, a.col, a.cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    }
    const char *error = d->is_guide ? tui_text(app, MSG_GUIDE_NO_DISK) : d->error;
    if (!d->is_listing && !d->list.count && !*error)
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_WARN, tui_text(app, MSG_NO_DISKS));
    if (d->has_own) {
        draw_own(app, &d->own, c, a, i < d->list.count ? bottom : SHODO_MIN(row, bottom));
        row++;
    }
    if (*error)
        tui_canvas_wrap(c, row, 3, a.col, a.cols, 0, TUI_ROLE_WARN, error, strlen(error));
}

/* ---- key and go ---- */

static void start_triage(struct tui_app *app, const char *path) {
    struct tui_run_request q = {.kind = TUI_RUN_TRIAGE,
                                .source = path,
                                .profile = app->profile[0] ? app->profile : "standard",
                                .secret = app->secret[0] ? app->secret : NULL};
    tui_run_start(app, &q);
}

static void on_key_typed(struct tui_app *app, long arg, const char *text) {
    char key[56];
    unsigned bad = 0;
    if (*text && !tui_recovery_key_ok(text, key, &bad)) {
        tui_key_ask(app, arg);
        tui_message(app, TUI_ROLE_ERROR, tui_text(app, MSG_KEY_BAD_GROUP), bad);
        return;
    }
    snprintf(app->secret, sizeof app->secret, "%s", *text ? key : "");
    explicit_bzero(key, sizeof key);
    if (arg == TUI_KEY_THEN_TRIAGE) {
        const char *path = tui_casefile_value(app->casefile, TUI_KEY_DISK);
        char source[400];
        snprintf(source, sizeof source, "%.390s", path ? path : "");
        start_triage(app, source);
    } else {
        tui_function_done(app, *text ? "done" : "skipped", NULL);
    }
}

void tui_key_ask(struct tui_app *app, long then) {
    tui_input_ask(app, MSG_BITLOCKER, MSG_BITLOCKER_TEXT, "", TUI_INPUT_SECRET, on_key_typed, then);
}

void tui_triage_go(struct tui_app *app) {
    const char *path = tui_casefile_value(app->casefile, TUI_KEY_DISK);
    char source[400];
    if (!path || !*path || !app->has_disk) { /* a disk chosen on another PC is not this PC's disk */
        tui_push(app, "disks", 2);
        return;
    }
    snprintf(source, sizeof source, "%.390s", path);
    start_triage(app, source);
}

static unsigned choose(struct tui_app *app, struct tui_view *v, int index) {
    struct disks *d = v->data;
    if (index < 0 && d->list.count) /* a run is never one slip of Enter away */
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_CHOOSE_FIRST));
    if (index < 0 || index >= (int)d->list.count)
        return TUI_EFFECT_REDRAW;
    const struct disk k = *(const struct disk *)shodo_vec_at(&d->list, (size_t)index);
    char note[400];
    long then = v->arg;
    snprintf(note, sizeof note, "%.100s %llu MB %.100s", k.model,
             (unsigned long long)(k.size_bytes >> 20), k.serial);
    char before[400] = "";
    const char *known = tui_casefile_value(app->casefile, TUI_KEY_DISK);
    snprintf(before, sizeof before, "%.390s", known ? known : "");
    if (!tui_record(app, TUI_KEY_DISK, k.path, note))
        return TUI_EFFECT_REDRAW;
    if (strcmp(before, k.path) != 0) /* the key belongs to the disk before */
        explicit_bzero(app->secret, sizeof app->secret);
    app->has_disk = true;
    app->disk_needs_key = k.needs_key;
    memcpy(app->disk_endpoint, k.endpoint, sizeof app->disk_endpoint);
    tui_pop(app);
    if (then == 0)
        tui_function_done(app, "done", note);
    else if (k.needs_key && !app->secret[0])
        tui_key_ask(app, TUI_KEY_THEN_TRIAGE);
    else
        start_triage(app, k.path);
    return TUI_EFFECT_REDRAW;
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct disks *d = v->data;
    hear(app, d);
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_REDRAW;
    if (tui_menu_key(v, key, SHODO_MAX(1, (int)d->list.count), 3)) {
        if (key.action == TUI_ACTION_CHAR)
            tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_ENTER_CONFIRMS));
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ENTER)
        return choose(app, v, v->selected);
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_disks = {.id = "disks",
                                            .title = MSG_DISKS,
                                            .help = MSG_DISKS_HELP,
                                            .keys = keys,
                                            .data_bytes = sizeof(struct disks),
                                            .open = open_disks,
                                            .close = close_disks,
                                            .draw = draw,
                                            .key = on_key};
