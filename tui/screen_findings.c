/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of one machine: what was not examined first, then matches, then suspects; one line
 * each, detail on Enter. */
#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "filter.h"
#include "screens.h"

#define REASONS_SHOWN 7

static const struct tui_endpoint *endpoint_of(const struct tui_app *app, const struct tui_view *v) {
    size_t n = tui_casefile_endpoints(app->casefile);
    return v->arg >= 0 && (size_t)v->arg < n ? tui_casefile_endpoint(app->casefile, (size_t)v->arg)
                                             : NULL;
}

/* The rows above the findings: why something was not examined, each can be opened. */
static int reasons_of(const struct tui_endpoint *e) {
    return e ? (int)SHODO_MIN(e->reasons.count, (size_t)REASONS_SHOWN) : 0;
}

static void reason_text(const struct tui_app *app, const struct tui_reason *r,
                        struct shodo_buf *out) {
    const char *name = app->lang == TUI_LANG_JA ? shodo_ledger_reason_ja(r->reason)
                                                : shodo_ledger_reason_name(r->reason);
    shodo_buf_addf(out, "[%s] %s: %llu %s", tui_text(app, MSG_NOT_EXAMINED), name,
                   (unsigned long long)r->count,
                   tui_text(app, r->count == 1 ? MSG_ITEM : MSG_ITEMS));
    if (r->bytes)
        shodo_buf_addf(out, ", %s%llu MB", r->bytes < 1000000 ? "<" : "",
                       (unsigned long long)SHODO_MAX(r->bytes / 1000000, (uint64_t)1));
}

static int draw_reasons(const struct tui_app *app, const struct tui_view *v,
                        const struct tui_endpoint *e, struct tui_canvas *c, struct tui_area a) {
    int row = a.row;
    for (int i = 0; i < reasons_of(e); i++, row++) {
        const struct tui_reason *r = shodo_vec_at(&e->reasons, (size_t)i);
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED
                             : r->is_problem  ? TUI_ROLE_UNKNOWN
                                              : TUI_ROLE_DIM;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        reason_text(app, r, &b);
        if (i == v->selected)
            tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row, a.col, a.cols, role, shodo_buf_cstr(&b));
    }
    return row;
}

/* Why it was not examined, what that means, what to do; an example where there is one. */
static void show_reason(struct tui_app *app, long arg) {
    static const enum tui_msg texts[SHODO_LEDGER_REASON_COUNT] = {
        [SHODO_LEDGER_UNREADABLE] = MSG_WHY_UNREADABLE,
        [SHODO_LEDGER_ENCRYPTED] = MSG_WHY_ENCRYPTED,
        [SHODO_LEDGER_TOO_LARGE] = MSG_WHY_TOO_LARGE,
        [SHODO_LEDGER_TIMEOUT] = MSG_WHY_TIMEOUT,
        [SHODO_LEDGER_CANCELLED] = MSG_WHY_CANCELLED,
        [SHODO_LEDGER_UNSUPPORTED] = MSG_WHY_UNSUPPORTED,
        [SHODO_LEDGER_CRASH] = MSG_WHY_CRASH,
        [SHODO_LEDGER_DAMAGED] = MSG_WHY_DAMAGED,
        [SHODO_LEDGER_NOSPACE] = MSG_WHY_NOSPACE,
        [SHODO_LEDGER_POLICY] = MSG_WHY_POLICY,
        [SHODO_LEDGER_RULE] = MSG_WHY_RULE};
    const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile,
                                                         (size_t)(arg / REASONS_SHOWN));
    const struct tui_reason *r = e ? shodo_vec_at(&e->reasons, (size_t)(arg % REASONS_SHOWN))
                                   : NULL;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT, masked = SHODO_BUF_INIT;
    if (!r)
        return;
    reason_text(app, r, &b);
    shodo_buf_addf(&b, "\n\n%s\n", tui_text(app, texts[r->reason]));
    if (r->example)
        shodo_buf_addf(&b, "\n%s: %s\n", tui_text(app, MSG_WHY_EXAMPLE),
                       tui_masked(app, r->example, &masked));
    shodo_buf_addf(&b, "\n%s", tui_text(app, MSG_WHY_NOT_CLEAR));
    tui_page_show(app, tui_text(app, MSG_NOT_EXAMINED), shodo_buf_cstr(&b));
    tui_told_by(app, show_reason, arg);
}

static void draw_row(const struct tui_app *app, const struct tui_finding_row *f,
                     struct tui_canvas *c, struct tui_area a, int row, bool is_here) {
    bool is_match = f->verdict == SHODO_VERDICT_MATCH;
    enum tui_role role = is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
    tui_canvas_fill(c, row, a.col, a.cols, role);
    shodo_auto(shodo_buf) struct shodo_buf tag = SHODO_BUF_INIT;
    shodo_buf_addf(&tag, "[%s]", tui_text(app, is_match ? MSG_MATCH : MSG_SUSPECT));
    tui_canvas_text(c, row, a.col, 9,
                    is_here    ? role
                    : is_match ? TUI_ROLE_DANGER
                               : TUI_ROLE_WARN,
                    shodo_buf_cstr(&tag));
    int path_cols = (a.cols - 10) / 2;
    shodo_auto(shodo_buf) struct shodo_buf masked = SHODO_BUF_INIT;
    const char *path = tui_masked(app, f->path, &masked);
    tui_canvas_path(c, row, a.col + 10, path_cols, role, path, strlen(path));
    const char *text = app->lang == TUI_LANG_JA && f->text_ja ? f->text_ja
                       : f->text_en                           ? f->text_en
                                                              : f->rule;
    tui_canvas_text(c, row, a.col + 11 + path_cols, a.cols - 11 - path_cols, role, text);
}

static bool is_shown(const struct tui_view *v, const struct tui_finding_row *f) {
    return tui_filter_hits(v, f->path) || tui_filter_hits(v, f->text_ja) ||
           tui_filter_hits(v, f->text_en) || tui_filter_hits(v, f->rule);
}

/* Index of the n-th row that the filter leaves, -1 when there are no more. */
static int nth(const struct tui_view *v, const struct tui_endpoint *e, int n) {
    for (size_t i = 0; i < e->findings.count; i++) {
        if (is_shown(v, shodo_vec_at(&e->findings, i)) && n-- == 0)
            return (int)i;
    }
    return -1;
}

static int count(const struct tui_view *v, const struct tui_endpoint *e) {
    int n = 0;
    for (size_t i = 0; e && i < e->findings.count; i++)
        n += is_shown(v, shodo_vec_at(&e->findings, i));
    return n;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct tui_endpoint *e = endpoint_of(app, v);
    if (!e) {
        tui_canvas_text(c, a.row, a.col, a.cols, TUI_ROLE_NORMAL, tui_text(app, MSG_HOME_EMPTY));
        return;
    }
    int row = draw_reasons(app, v, e, c, a);
    int n = count(v, e), above = reasons_of(e), here = v->selected - above;
    int fit = a.row + a.rows - 1 - row;
    if (n == 0)
        tui_canvas_text(c, row, a.col, a.cols, TUI_ROLE_NORMAL,
                        tui_text(app, v->filter[0] ? MSG_FILTER_NONE : MSG_FINDINGS_NONE));
    if (here < v->scroll)
        v->scroll = SHODO_MAX(0, here);
    if (here >= v->scroll + fit)
        v->scroll = here - fit + 1;
    for (int i = v->scroll; i < n && i - v->scroll < fit; i++)
        draw_row(app, shodo_vec_at(&e->findings, (size_t)nth(v, e, i)), c, a, row + i - v->scroll,
                 i == here);
    uint64_t total = e->matches + e->suspects;
    if (total > (uint64_t)n || v->filter[0]) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        if (v->filter[0])
            shodo_buf_addf(&b, "%s: %s  %d / %llu", tui_text(app, MSG_KEY_FILTER), v->filter, n,
                           (unsigned long long)total);
        else
            shodo_buf_addf(&b, "%s %llu", tui_text(app, MSG_MORE),
                           (unsigned long long)(total - (uint64_t)n));
        tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN, shodo_buf_cstr(&b));
    }
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    const struct tui_endpoint *e = endpoint_of(app, v);
    int n = count(v, e), above = reasons_of(e);
    if (key.action == TUI_ACTION_FILTER) {
        v->selected = above; /* what is left begins with the first finding */
        tui_filter_ask(app);
        return TUI_EFFECT_REDRAW;
    }
    v->selected = SHODO_MAX(0, SHODO_MIN(v->selected, above + n - 1));
    if (tui_list_key(v, key, above + n, 10))
        return TUI_EFFECT_REDRAW;
    if (key.action == TUI_ACTION_ENTER && v->selected < above) {
        show_reason(app, v->arg * REASONS_SHOWN + v->selected);
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ENTER && n > 0) {
        tui_push(app, "detail", v->arg * TUI_FINDINGS_SHOWN + nth(v, e, v->selected - above));
        return TUI_EFFECT_REDRAW;
    }
    if (key.action == TUI_ACTION_ANSWERS && e) {
        tui_answers_show(app, v->arg);
        return TUI_EFFECT_REDRAW;
    }
    return key.action == TUI_ACTION_FINDINGS ? TUI_EFFECT_NONE : TUI_EFFECT_IGNORED;
}

static void line(const struct tui_app *app, struct tui_canvas *c, struct tui_area a, int *row,
                 enum tui_msg label, const char *text) {
    if (!text || !*text)
        return;
    tui_canvas_text(c, *row, a.col, 12, TUI_ROLE_DIM, tui_text(app, label));
    *row += SHODO_MAX(1, tui_canvas_wrap(c, *row, 4, a.col + 13, a.cols - 13, 0, TUI_ROLE_NORMAL,
                                         text, strlen(text)));
}

static void draw_detail(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                        struct tui_area a) {
    size_t endpoint = (size_t)(v->arg / TUI_FINDINGS_SHOWN);
    size_t index = (size_t)(v->arg % TUI_FINDINGS_SHOWN);
    if (endpoint >= tui_casefile_endpoints(app->casefile))
        return;
    const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, endpoint);
    if (index >= e->findings.count)
        return;
    const struct tui_finding_row *f = shodo_vec_at(&e->findings, index);
    int row = a.row;
    const char *text = app->lang == TUI_LANG_JA && f->text_ja ? f->text_ja : f->text_en;
    if (text)
        row += 1 + tui_canvas_wrap(c, row, 4, a.col, a.cols, 0, TUI_ROLE_TITLE, text, strlen(text));
    bool is_match = f->verdict == SHODO_VERDICT_MATCH;
    line(app, c, a, &row, MSG_MEANING,
         tui_text(app, is_match ? MSG_MEANING_MATCH : MSG_MEANING_SUSPECT));
    line(app, c, a, &row, MSG_DO_NOW, tui_text(app, is_match ? MSG_DO_MATCH : MSG_DO_SUSPECT));
    row++;
    shodo_auto(shodo_buf) struct shodo_buf masked = SHODO_BUF_INIT;
    line(app, c, a, &row, MSG_PATH, tui_masked(app, f->path, &masked));
    line(app, c, a, &row, MSG_RULE, f->rule);
    line(app, c, a, &row, MSG_AUTHOR, f->author);
    char size[32];
    snprintf(size, sizeof(size), "%llu", (unsigned long long)f->size_bytes);
    line(app, c, a, &row, MSG_SIZE, size);
    tui_canvas_text(c, row, a.col, 12, TUI_ROLE_DIM, "SHA-256");
    if (f->sha256)
        tui_canvas_text(c, row, a.col + 13, a.cols - 13, TUI_ROLE_NORMAL, f->sha256);
    tui_canvas_text(c, a.row + a.rows - 1, a.col, a.cols, TUI_ROLE_WARN,
                    tui_text(app, MSG_HOME_RELEASE));
}

/* On the first finding; the rows above it are one key up. */
static void open_findings(struct tui_app *app, struct tui_view *v) {
    const struct tui_endpoint *e = endpoint_of(app, v);
    v->selected = e && e->findings.count ? reasons_of(e) : 0;
}

static const enum tui_action keys[] = {TUI_ACTION_UP,      TUI_ACTION_DOWN,   TUI_ACTION_ENTER,
                                       TUI_ACTION_ANSWERS, TUI_ACTION_FILTER, TUI_ACTION_MASK,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_findings = {.id = "findings",
                                               .title = MSG_FINDINGS,
                                               .help = MSG_FINDINGS_HELP,
                                               .open = open_findings,
                                               .keys = keys,
                                               .draw = draw,
                                               .key = on_key};
const struct tui_screen tui_screen_detail = {
    .id = "detail", .title = MSG_DETAIL, .help = MSG_DETAIL_HELP, .draw = draw_detail};
