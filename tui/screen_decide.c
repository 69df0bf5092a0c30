/* SPDX-License-Identifier: Apache-2.0 */
/* A decision of the table: who decides and who when that one cannot be reached, options with
 * consequences, recommendation with its source; then who decided and why. */
#include <stdio.h>
#include <string.h>

#include "casefile.h"
#include "said.h"
#include "screens.h"

struct decide {
    char id[64];
    char value[64], who[200];
    const struct shodo_step *step; /* whose choices these are; NULL: the table's own options */
};

static const struct shodo_site_decision *row_of(const struct tui_app *app, const char *id) {
    return tui_books_decision(&app->books, id);
}

/* Options: the site's own, else the generic ones, else yes / not yet. */
static const struct shodo_vec *options_of(const struct tui_app *app, const char *id) {
    const struct shodo_site_decision *d = row_of(app, id),
                                     *g = tui_books_generic_decision(&app->books, id);
    if (d && d->options.count)
        return &d->options;
    return g && g->options.count ? &g->options : NULL;
}

static int para(struct tui_canvas *c, struct tui_area a, int row, const char *label,
                const char *text) {
    int bottom = a.row + a.rows;
    if (!text || !*text || row >= bottom)
        return row;
    tui_canvas_text(c, row, a.col, 14, TUI_ROLE_DIM, label);
    return row + tui_canvas_wrap(c, row, bottom - row, a.col + 14, a.cols - 14, 0, TUI_ROLE_NORMAL,
                                 text, strlen(text));
}

static int draw_people(const struct tui_app *app, const struct shodo_site_decision *d,
                       struct tui_canvas *c, struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    for (size_t i = 0; i < d->deputies.count; i++)
        shodo_buf_addf(&b, "%s%s", i ? " -> " : "",
                       tui_said(app, *(const char **)shodo_vec_at(&d->deputies, i), &said));
    row = para(c, a, row, tui_text(app, MSG_DECIDER), tui_said(app, d->decider, &said));
    row = para(c, a, row, tui_text(app, MSG_DEPUTIES), shodo_buf_cstr(&b));
    return para(c, a, row, tui_text(app, MSG_NIGHT), tui_said(app, d->night, &said));
}

/* What the table says about a value, "" nothing. */
static const char *consequence_of(const struct tui_app *app, const char *id, const char *value) {
    const struct shodo_vec *options = options_of(app, id);
    for (size_t i = 0; options && i < options->count; i++) {
        const struct shodo_site_option *o = shodo_vec_at(options, i);
        if (strcmp(o->value, value) == 0)
            return tui_pick(app, &o->consequence);
    }
    return "";
}

static void option_text(const struct tui_app *app, const struct decide *k, int i,
                        const char **label, const char **consequence) {
    const struct shodo_vec *options = options_of(app, k->id);
    *consequence = "";
    if (k->step) {
        const struct shodo_choice *o = &k->step->question.choices[i];
        *label = tui_pick(app, &o->label);
        *consequence = consequence_of(app, k->id, o->value);
    } else if (options) {
        const struct shodo_site_option *o = shodo_vec_at(options, (size_t)i);
        *label = tui_pick(app, &o->label);
        *consequence = tui_pick(app, &o->consequence);
    } else {
        *label = tui_text(app, i == 0 ? MSG_DECIDE_YES : MSG_DECIDE_WAIT);
    }
}

static const char *option_value(const struct tui_app *app, const struct decide *k, int i) {
    const struct shodo_vec *options = options_of(app, k->id);
    if (k->step)
        return k->step->question.choices[i].value;
    if (options)
        return ((const struct shodo_site_option *)shodo_vec_at(options, (size_t)i))->value;
    return i == 0 ? "yes" : "wait";
}

static int option_count(const struct tui_app *app, const struct decide *k) {
    const struct shodo_vec *options = options_of(app, k->id);
    if (k->step)
        return (int)k->step->question.choices_count;
    return options ? (int)options->count : 2;
}

static const char *label_of(const struct tui_app *app, const struct decide *k, const char *value) {
    for (int i = 0; i < option_count(app, k); i++) {
        const char *label = "", *consequence = "";
        option_text(app, k, i, &label, &consequence);
        if (strcmp(option_value(app, k, i), value) == 0)
            return label;
    }
    return value;
}

/* Nobody is asked for this one: it is written by Enter. */
static bool is_undecided(const struct tui_app *app, const struct decide *k, int i) {
    const char *undecided = k->step ? k->step->question.unknown_means : "wait";
    return undecided && strcmp(undecided, option_value(app, k, i)) == 0;
}

static void draw(const struct tui_app *app, struct tui_view *v, struct tui_canvas *c,
                 struct tui_area a) {
    const struct decide *k = v->data;
    const struct shodo_site_decision *d = row_of(app, k->id),
                                     *g = tui_books_generic_decision(&app->books, k->id);
    int row = a.row;
    if (d) {
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE, tui_pick(app, &d->question));
        row = draw_people(app, d, c, a, row);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        const char *source = *d->source ? d->source : app->books.site && d != g ? "site.yaml" : "";
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s (%s: %s)", tui_pick(app, &d->recommendation),
                       tui_text(app, MSG_SOURCE), tui_said(app, source, &said));
        row = para(c, a, row, tui_text(app, MSG_RECOMMENDED), shodo_buf_cstr(&b));
    } else {
        tui_canvas_text(c, row++, a.col, a.cols, TUI_ROLE_TITLE,
                        k->step ? tui_pick(app, &k->step->name) : k->id);
    }
    char key[80];
    snprintf(key, sizeof key, "decide/%s", k->id);
    const char *now = tui_casefile_value(app->casefile, key);
    if (now) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s  %s", label_of(app, k, now),
                       tui_said(app, tui_casefile_note_of(app->casefile, key), &said));
        row = para(c, a, row, tui_text(app, MSG_DECIDED_NOW), shodo_buf_cstr(&b));
    }
    row++;
    for (int i = 0; i < option_count(app, k) && row < a.row + a.rows; i++) {
        const char *label = "", *consequence = "";
        enum tui_role role = i == v->selected ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL;
        option_text(app, k, i, &label, &consequence);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_menu_row(&b, i, v->selected, -1);
        shodo_buf_addf(&b, "%s%s", label, is_undecided(app, k, i) ? TUI_NEEDS_ENTER : "");
        tui_canvas_fill(c, row, a.col, a.cols, role);
        tui_canvas_text(c, row++, a.col, a.cols, role, shodo_buf_cstr(&b));
        if (*consequence && row < a.row + a.rows)
            row += tui_canvas_wrap(c, row, 2, a.col + 5, a.cols - 5, 0, TUI_ROLE_DIM, consequence,
                                   strlen(consequence));
    }
}

static struct decide *decide_of(struct tui_app *app) {
    struct tui_view *v = tui_top(app);
    return strcmp(v->screen->id, "decide") == 0 ? v->data : NULL;
}

/* `who` NULL: nobody decided yet. A decision that differs from the recorded one says so; both stay
 * in the journal. */
static void finish(struct tui_app *app, const char *who, const char *reason) {
    struct decide *k = decide_of(app);
    if (!k)
        return;
    char key[80];
    shodo_auto(shodo_buf) struct shodo_buf note = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf before = SHODO_BUF_INIT;
    snprintf(key, sizeof key, "decide/%s", k->id);
    const char *old = tui_casefile_value(app->casefile, key);
    bool differs = old && strcmp(old, k->value) != 0;
    if (differs)
        shodo_buf_adds(&before, label_of(app, k, old));
    /* papers print words, not values */
    shodo_buf_addf(&note, "決まったこと: %s / ", label_of(app, k, k->value));
    if (who)
        shodo_buf_addf(&note, "決めた人: %s / 理由: %s", who, reason);
    else
        shodo_buf_adds(&note, "未決定（だれも承認していない）");
    if (differs)
        shodo_buf_addf(&note, " / 前の記録: %s", shodo_buf_cstr(&before));
    char value[sizeof k->value];
    memcpy(value, k->value, sizeof value);
    bool is_step = k->step != NULL;
    if (!tui_record(app, key, value, shodo_buf_cstr(&note)))
        return;
    tui_function_done(app, is_step ? value : "done", shodo_buf_cstr(&note));
    bool is_waiting = strcmp(k->id, "reboot") == 0 && strcmp(value, "wait") == 0;
    tui_pop(app);
    if (is_waiting && strcmp(tui_top(app)->screen->id, "disks") ==
                          0) /* it was decided to wait: no disk is offered */
        tui_pop(app);
    if (differs)
        tui_message(app, TUI_ROLE_WARN, tui_text(app, MSG_DECIDE_DIFFERS), shodo_buf_cstr(&before));
    else
        tui_message(app, TUI_ROLE_OK, "%s", tui_text(app, MSG_RECORDED));
}

static void finish_with(struct tui_app *app, const char *reason) {
    struct decide *k = decide_of(app);
    char who[sizeof k->who] = "";
    if (k)
        memcpy(who, k->who, sizeof who);
    finish(app, who, reason);
}

static const enum tui_msg reasons[] = {MSG_REASON_SPREAD, MSG_REASON_PATIENT,
                                       MSG_REASON_RECOMMENDED, MSG_REASON_VENDOR};

static void on_reason_typed(struct tui_app *app, long arg, const char *text) {
    (void)arg;
    finish_with(app, *text ? text : tui_text(app, MSG_REASON_NONE));
}

static void on_reason(struct tui_app *app, long arg, int index) {
    (void)arg;
    if ((size_t)index < SHODO_ARRAY_SIZE(reasons))
        finish_with(app, tui_text(app, reasons[index]));
    else if ((size_t)index == SHODO_ARRAY_SIZE(reasons))
        finish_with(app, tui_text(app, MSG_REASON_NONE));
    else
        tui_input_ask(app, MSG_REASON_TITLE, MSG_EMPTY, "", TUI_INPUT_KANA, on_reason_typed, 0);
}

static void ask_reason(struct tui_app *app, long arg) {
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_REASON_TITLE), "", on_reason, arg);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(reasons); i++)
        tui_ask_add(a, tui_text(app, reasons[i]), NULL);
    tui_ask_add(a, tui_text(app, MSG_REASON_NONE), NULL);
    tui_ask_add(a, tui_text(app, MSG_OPTION_TYPE), NULL);
    tui_ask_select(a, -1);
    tui_ask_needs_enter(a); /* the last of the three questions writes the decision */
    tui_told_by(app, ask_reason, arg);
}

static void on_who(struct tui_app *app, const char *who) {
    struct decide *k = decide_of(app);
    if (!k)
        return;
    snprintf(k->who, sizeof k->who, "%.190s", who);
    ask_reason(app, 0);
}

static void on_table_who(struct tui_app *app, long arg, int index) {
    (void)arg;
    struct decide *k = decide_of(app);
    const struct shodo_site_decision *d = k ? row_of(app, k->id) : NULL;
    if (!k)
        return;
    if (d && index == 0 && *d->decider)
        on_who(app, d->decider);
    else if (d && index > 0 && (size_t)index <= d->deputies.count)
        on_who(app, *(const char **)shodo_vec_at(&d->deputies, (size_t)index - 1));
    else
        tui_who_ask(app, MSG_WHO_DECIDED, on_who);
}

static void ask_who(struct tui_app *app, long arg) {
    const struct decide *k = decide_of(app);
    if (!k)
        return;
    const struct shodo_site_decision *d = row_of(app, k->id);
    if (!d || !*d->decider) {
        tui_who_ask(app, MSG_WHO_DECIDED, on_who);
        return;
    }
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_WHO_DECIDED),
                                      tui_text(app, MSG_WHO_DECIDED_TEXT), on_table_who, arg);
    shodo_auto(shodo_buf) struct shodo_buf said = SHODO_BUF_INIT;
    tui_ask_add(a, tui_said(app, d->decider, &said), NULL);
    for (size_t i = 0; i < d->deputies.count; i++)
        tui_ask_add(a, tui_said(app, *(const char **)shodo_vec_at(&d->deputies, i), &said), NULL);
    tui_ask_add(a, tui_text(app, MSG_OTHER_PERSON), NULL);
    tui_ask_select(a, -1);
    tui_told_by(app, ask_who, arg);
}

static unsigned on_key(struct tui_app *app, struct tui_view *v, struct tui_key key) {
    struct decide *k = v->data;
    int n = option_count(app, k);
    struct tui_view there = *v;
    if (tui_menu_key(&there, key, n, 5) && !is_undecided(app, k, there.selected))
        tui_menu_answers(app, v, &key, n); /* who and why follow; 未決定 is written by Enter */
    if (tui_menu_key(v, key, n, 5))
        return TUI_EFFECT_REDRAW;
    int i = key.action == TUI_ACTION_ENTER ? v->selected : -1;
    if (key.action == TUI_ACTION_ENTER && i < 0) {
        tui_message(app, TUI_ROLE_WARN, "%s", tui_text(app, MSG_CHOOSE_FIRST));
        return TUI_EFFECT_REDRAW;
    }
    if (i < 0 || i >= n)
        return TUI_EFFECT_IGNORED;
    v->selected = i;
    snprintf(k->value, sizeof k->value, "%.60s", option_value(app, k, i));
    if (is_undecided(app, k, i))
        finish(app, NULL, "");
    else
        ask_who(app, 0);
    if (tui_top(app) != v && decide_of(app) != k)
        v->selected = -1; /* back from the question nothing is chosen */
    return TUI_EFFECT_REDRAW;
}

static void open_decide(struct tui_app *app, struct tui_view *v) {
    struct decide *k = v->data;
    snprintf(k->id, sizeof k->id, "%.60s", app->open_text);
    v->selected = -1;
}

void tui_decide_step(struct tui_app *app, const struct shodo_step *s) {
    snprintf(app->open_text, sizeof app->open_text, "%.60s", s->decision_id);
    tui_push(app, "decide", 0);
    struct decide *k = decide_of(app);
    if (k)
        k->step = s;
}

static const enum tui_action keys[] = {TUI_ACTION_UP, TUI_ACTION_DOWN, TUI_ACTION_ENTER,
                                       TUI_ACTION_NONE};
const struct tui_screen tui_screen_decide = {.id = "decide",
                                             .title = MSG_DECIDE,
                                             .help = MSG_DECIDE_HELP,
                                             .keys = keys,
                                             .data_bytes = sizeof(struct decide),
                                             .open = open_decide,
                                             .draw = draw,
                                             .key = on_key};
