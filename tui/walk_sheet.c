/* SPDX-License-Identifier: Apache-2.0 */
/* The round list on paper: lines by building and floor, with blanks for several people who walk. */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "screens.h"
#include "walk.h"

static const struct tui_walk_filter all_rows = {.kind = "", .view = NULL};

static void walk_text(const struct tui_app *app, struct shodo_buf *out) {
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(tui_now(app), 540, when);
    when[16] = 0;
    shodo_buf_addf(out, "%s  %s%s\n", tui_text(app, MSG_WALK_SHEET), when,
                   tui_casefile_is_drill(app->casefile) ? tui_text(app, MSG_DRILL_MARK) : "");
    const char *place = NULL;
    struct tui_walk_row r;
    /* rooms in the order of the list; rows of one building and floor stay together */
    size_t n = tui_walk_count(app, all_rows);
    bool *is_done = calloc(n + 1, sizeof *is_done);
    for (size_t i = 0; is_done && i < n; i++) {
        if (is_done[i])
            continue;
        tui_walk_row(app, all_rows, i, &r);
        const char *building = r.line ? r.line->building : "", *floor = r.line ? r.line->floor : "";
        place = *building || *floor ? building : tui_text(app, MSG_WALK_NO_PLACE);
        shodo_buf_addf(out, "\n== %s %s%s\n", place, floor, tui_walk_floor_word(app, floor));
        for (size_t k = i; k < n; k++) {
            struct tui_walk_row x;
            tui_walk_row(app, all_rows, k, &x);
            if (is_done[k] || strcmp(x.line ? x.line->building : "", building) != 0 ||
                strcmp(x.line ? x.line->floor : "", floor) != 0)
                continue;
            is_done[k] = true;
            shodo_buf_addf(out, "%3zu [%s] %s  %s\n", x.number,
                           tui_walk_tag(app, tui_walk_value(app, x.id)), tui_walk_name(app, &x),
                           x.line ? x.line->place : tui_text(app, tui_walk_kind_words[x.own_kind]));
            if (x.line && *x.line->how.ja)
                shodo_buf_addf(out, "      %s: %s\n", tui_text(app, MSG_WALK_HOW),
                               tui_pick(app, &x.line->how));
            if (x.line && *x.line->stops.ja)
                shodo_buf_addf(out, "      %s: %s\n", tui_text(app, MSG_WALK_STOPS),
                               tui_pick(app, &x.line->stops));
            shodo_buf_addf(out, "      %s\n", tui_text(app, MSG_WALK_BLANKS));
        }
    }
    free(is_done);
    shodo_auto(shodo_buf) struct shodo_buf unlisted = SHODO_BUF_INIT;
    tui_unlisted_text(app, &unlisted);
    if (unlisted.len)
        shodo_buf_addf(out, "\n== %s\n%s", tui_text(app, MSG_UNLISTED), unlisted.data);
}

static void show(struct tui_app *app, long arg) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s\n\n", tui_text(app, MSG_WALK_PRINT));
    walk_text(app, &b);
    tui_page_show(app, tui_text(app, MSG_WALK_SHEET), shodo_buf_cstr(&b));
    tui_told_by(app, show, arg);
}

void tui_walk_print(struct tui_app *app) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    walk_text(app, &b);
    enum shodo_status st = shodo_case_dir_look(&d, tui_casefile_path(app->casefile), &err);
    if (st == SHODO_OK)
        st = shodo_io_write_generation(d.sheets_fd, "isolation", "txt", b.data, b.len, &err);
    show(app, 0);
    if (st == SHODO_OK)
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_WALK_SAVED));
    else
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_NOT_RECORDED), err.text);
}
