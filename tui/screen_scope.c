/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scope: every machine of the case with its result, then the machines that the examined ones name
 * (scope.add in the journal): used after the intrusion first, with the reason. How many a run named
 * but did not put into the case is said.
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "casefile.h"
#include "screens.h"

#define JST_MINUTES 540
#define NAME_COL_JA 13 /* behind "[該当なし]" */
#define NAME_COL_EN 16 /* behind "[nothing found]" */
#define COUNTS_COL  34
#define WHEN_COL    67
#define PAGE_ROWS   10

static int name_col(const struct tui_app *app) {
    return tui_is_ja(app) ? NAME_COL_JA : NAME_COL_EN;
}

static enum tui_msg verdict_of(const struct shodo_case *k, const struct tui_endpoint *e) {
    const struct shodo_case_run *r = k ? shodo_case_last_run(k, e->id, "triage") : NULL;
    return e->matches                            ? MSG_MATCH
           : e->suspects                         ? MSG_SUSPECT
           : r && r->status != SHODO_RUN_STARTED ? MSG_NOTHING
                                                 : MSG_NOT_EXAMINED;
}

static void draw_tag(const struct tui_app *app, struct tui_canvas *c, struct tui_area a, int row,
                     enum tui_role role, enum tui_msg tag) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "[%s]", tui_text(app, tag));
    tui_canvas_text(c, row, a.col, name_col(app), role, shodo_buf_cstr(&b));
}

static int draw_machine(const struct tui_app *app, size_t i, struct tui_canvas *c,
                        struct tui_area a, int row, int end) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
    const struct shodo_case_run *r = k ? shodo_case_last_run(k, e->id, "triage") : NULL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    char when[SHODO_TIME_TEXT_BYTES] = "";
    if (r)
        shodo_time_local(r->started, JST_MINUTES, when);
    when[16] = 0;
    draw_tag(app, c, a, row,
             e->matches    ? TUI_ROLE_DANGER
             : e->suspects ? TUI_ROLE_WARN
                           : TUI_ROLE_NORMAL,
             verdict_of(k, e));
    shodo_buf_addf(&b, "%zu %s", i + 1, e->name && *e->name ? e->name : e->id);
    tui_canvas_text(c, row, a.col + name_col(app), COUNTS_COL - name_col(app) - 1, TUI_ROLE_NORMAL,
                    shodo_buf_cstr(&b));
    shodo_buf_clear(&b);
    shodo_buf_addf(&b, "%llu / %llu / %llu", /* in the order of the heading */
                   (unsigned long long)(e->problems + e->policy_items),
                   (unsigned long long)e->matches, (unsigned long long)e->suspects);
    tui_canvas_text(c, row, a.col + COUNTS_COL, WHEN_COL - COUNTS_COL - 1,
                    e->problems ? TUI_ROLE_UNKNOWN : TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
    tui_canvas_text(c, row++, a.col + WHEN_COL, a.cols - WHEN_COL, TUI_ROLE_DIM,
                    strlen(when) > 5 ? when + 5 : "");
    if (e->since[0] && row < end) {
        shodo_buf_clear(&b);
        shodo_buf_addf(
            &b, tui_text(app, e->is_since_encryption ? MSG_SCOPE_ENCRYPTED : MSG_SCOPE_SINCE),
            e->since);
        tui_canvas_text(c, row++, a.col + name_col(app), a.cols - name_col(app), TUI_ROLE_DIM,
                        shodo_buf_cstr(&b));
    }
    return row;
}

/* ---- machines that are named, not examined yet ---- */

static bool is_name_of(const char *name, const struct shodo_case_host *h) {
    return *name &&
           (shodo_text_ieq(name, h->host) || (*h->alias && shodo_text_ieq(name, h->alias)));
}

/* By the name of a machine that was examined; addresses of them are not known here. */
static bool was_examined(const struct shodo_case *k, const struct shodo_case_host *h) {
    for (size_t i = 0; i < k->endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&k->endpoints, i);
        if (is_name_of(e->name, h) || is_name_of(e->computer, h))
            return true;
    }
    return false;
}

/* The n-th to look at, those used after the intrusion first; NULL: there are fewer. With ret_count
 * their number. */
static const struct shodo_case_host *nth_host(const struct shodo_case *k, size_t n,
                                              size_t *ret_count) {
    const struct shodo_case_host *found = NULL;
    size_t at = 0;
    for (int touched = 1; k && touched >= 0; touched--) {
        for (size_t i = 0; i < k->hosts.count; i++) {
            const struct shodo_case_host *h = shodo_vec_at(&k->hosts, i);
            if (h->is_touched == (touched == 1) && !was_examined(k, h) && at++ == n)
                found = h;
        }
    }
    if (ret_count)
        *ret_count = at;
    return found;
}

static int draw_host(const struct tui_app *app, const struct shodo_case_host *h,
                     struct tui_canvas *c, struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    draw_tag(app, c, a, row, TUI_ROLE_UNKNOWN, MSG_NOT_EXAMINED);
    shodo_buf_addf(&b, "%s%s%s%s", h->host, *h->alias ? " (" : "", h->alias, *h->alias ? ")" : "");
    int col = a.col + name_col(app);
    col += SHODO_MAX(COUNTS_COL - name_col(app) - 1,
                     tui_canvas_text(c, row, col, a.cols - name_col(app) - 1, TUI_ROLE_NORMAL,
                                     shodo_buf_cstr(&b)));
    shodo_buf_clear(&b);
    shodo_buf_addf(&b, "%s%s", h->is_touched ? tui_text(app, MSG_SCOPE_TOUCHED) : "",
                   tui_is_ja(app) ? h->why_ja : h->why_en);
    tui_canvas_text(c, row, col + 1, a.col + a.cols - col - 1,
                    h->is_touched ? TUI_ROLE_WARN : TUI_ROLE_DIM, shodo_buf_cstr(&b));
    return row + 1;
}

static int draw_hosts_head(const struct tui_app *app, const struct shodo_case *k, size_t hosts,
                           struct tui_canvas *c, struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, tui_text(app, MSG_SCOPE_NEXT), (unsigned)hosts);
    if (k->hosts_left_out) {
        shodo_buf_addf(&b, tui_text(app, MSG_SCOPE_CUT), (unsigned)k->hosts_left_out);
    }
    tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    return row + 1;
}

static size_t rows_of(const struct tui_app *app, size_t *ret_hosts) {
    nth_host(tui_casefile_case(app->casefile), SIZE_MAX, ret_hosts);
    return tui_casefile_endpoints(app->casefile) + (*ret_hosts ? 1 + *ret_hosts : 0);
}

/* The last page is a full one. */
static int scroll_max(const struct tui_app *app, int rows) {
    size_t n = tui_casefile_endpoints(app->casefile), hosts = 0, i = rows_of(app, &hosts);
    for (; i > 0 && rows > 0; i--) {
        bool has_since = i <= n && tui_casefile_endpoint(app->casefile, i - 1)->since[0];
        rows -= has_since ? 2 : 1;
    }
    return (int)i + (rows < 0);
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct shodo_case *k = tui_casefile_case(app->casefile);
    int row = a.row, end = a.row + a.rows - 2;
    tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, tui_text(app, MSG_SCOPE_HEAD));
    size_t n = tui_casefile_endpoints(app->casefile), hosts = 0, all = rows_of(app, &hosts);
    v->scroll = SHODO_MIN(v->scroll, scroll_max(app, end - row));
    size_t i = (size_t)v->scroll;
    for (; i < all && row < end; i++) {
        if (i < n)
            row = draw_machine(app, i, c, a, row, end);
        else if (i == n)
            row = draw_hosts_head(app, k, hosts, c, a, row);
        else
            row = draw_host(app, nth_host(k, i - n - 1, NULL), c, a, row);
    }
    if (all == 0)
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL, tui_text(app, MSG_HOME_EMPTY));
    if (i < all)
        tui_canvas_text(c, end, a.col, a.cols, TUI_ROLE_WARN, tui_text(app, MSG_LIST_MORE));
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN,
                    tui_text(app, MSG_HOME_RELEASE));
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct tui_view list = {.selected = v->scroll};
    size_t hosts = 0;
    if (tui_list_key(&list, key, SHODO_MAX(1, (int)rows_of(app, &hosts)), PAGE_ROWS)) {
        v->scroll = list.selected;
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ENTER) {
        tui_function_done(app, "done", NULL);
        return TUI_EFFECT_POP | TUI_EFFECT_REDRAW;
    }
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_scope = {.id = "scope",
                                            .title = MSG_SCOPE,
                                            .help = MSG_SCOPE_HELP,
                                            .keys = keys,
                                            .draw = draw,
                                            .key = on_key};
