/* SPDX-License-Identifier: Apache-2.0 */
/* The case: each examined machine with its counts, what was not examined first. */
#include <string.h>

#include "casefile.h"
#include "screens.h"

int tui_machine_last(const struct tui_app *app) {
    return (int)tui_casefile_endpoints(app->casefile) - 1;
}

const char *tui_machine_name(const struct tui_app *app, const char *endpoint) {
    for (size_t i = 0; i < tui_casefile_endpoints(app->casefile); i++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        if (strcmp(e->id, endpoint) == 0 && e->name && *e->name)
            return e->name;
    }
    return endpoint;
}

static int count_text(const struct tui_app *app, struct tui_canvas *c, int row, int col,
                      enum tui_role role, enum tui_msg what, uint64_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s %llu", tui_text(app, what), (unsigned long long)n);
    return tui_canvas_text(c, row, col, c->cols - col, role, shodo_buf_cstr(&b)) + 3;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const char *problem = tui_casefile_problem(app->casefile);
    if (*problem) {
        tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_ERROR,
                        tui_text(app, MSG_CASE_UNREADABLE));
        tui_canvas_wrap(c, a.row + 1, a.rows - 1, a.col, a.cols, 0, TUI_ROLE_NORMAL, problem,
                        strlen(problem));
        return;
    }
    size_t n = tui_casefile_endpoints(app->casefile);
    if (n == 0)
        tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_NORMAL, tui_text(app, MSG_HOME_EMPTY));
    int row = a.row;
    for (size_t i = 0; i < n && row + 2 < a.row + a.rows; i++, row += 3) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        bool is_here = (int)i == v->selected;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s %s %zu  %s  %s", is_here ? ">" : " ", tui_text(app, MSG_MACHINE),
                       i + 1, e->name ? e->name : "", e->id);
        tui_canvas_text(c, row, a.col, a.cols, is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
        int col = a.col + 4;
        bool has_gaps = e->problems + e->policy_items > 0;
        col += count_text(app, c, row + 1, col, has_gaps ? TUI_ROLE_UNKNOWN : TUI_ROLE_NORMAL,
                          MSG_NOT_EXAMINED, e->problems + e->policy_items);
        col += count_text(app, c, row + 1, col, e->matches ? TUI_ROLE_DANGER : TUI_ROLE_NORMAL,
                          MSG_MATCH, e->matches);
        count_text(app, c, row + 1, col, e->suspects ? TUI_ROLE_WARN : TUI_ROLE_NORMAL, MSG_SUSPECT,
                   e->suspects);
    }
    const char *release = tui_text(app, MSG_HOME_RELEASE);
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN, release);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    int n = (int)tui_casefile_endpoints(app->casefile);
    if (tui_list_key(v, key, n, 5))
        return TUI_EFFECT_REDRAW;
    if (key.action == TUI_ACTION_ENTER && n > 0) {
        tui_push(app, "findings", v->selected);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ANSWERS && n > 0) {
        tui_answers_show(app, v->selected);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_TICK)
        return TUI_EFFECT_RELOAD;
    return TUI_EFFECT_IGNORED;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_ANSWERS, TUI_ACTION_NONE};
static void open_machines(struct tui_app *app, struct tui_view *v) {
    v->selected = SHODO_MAX(0, tui_machine_last(app));
}

const struct tui_screen tui_screen_machines = {.id = "machines",
                                               .title = MSG_HOME,
                                               .open = open_machines,
                                               .help = MSG_HOME_HELP,
                                               .keys = keys,
                                               .draw = draw,
                                               .key = on_key};
