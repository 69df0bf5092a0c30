/* SPDX-License-Identifier: Apache-2.0 */
#include "play_view.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/case.h"
#include "casefile.h"
#include "screens.h"

#define LABEL_COLS    12
#define QUESTION_ROWS 2

const char *tui_step_function(const struct shodo_step *s) {
    return s->commands_count > 0 ? s->commands[0].function : NULL;
}

static void add(struct tui_option *out, size_t *n, enum tui_option_kind kind, const char *value,
                const char *label) {
    if (*n < TUI_OPTIONS_MAX)
        out[(*n)++] = (struct tui_option){.kind = kind, .value = value, .label = label};
}

static bool is_function(const struct shodo_step *s, const char *name) {
    const char *f = tui_step_function(s);
    size_t n = strlen(name);
    return f && strncmp(f, name, n) == 0 && (f[n] == 0 || f[n] == ':');
}

bool tui_step_is_run(const struct shodo_step *s) {
    return is_function(s, "triage") || is_function(s, "collect");
}

bool tui_step_seals(const struct shodo_step *s) {
    const char *f = tui_step_function(s);
    return is_function(s, "collect") || is_function(s, "eject") ||
           (f && strcmp(f, "sheet:quick-pack") == 0);
}

/* What the engine was to do is done only when the case has it: nobody can say so by a slip. */
static bool is_proved(const struct tui_app *app, const struct shodo_step *s) {
    const struct shodo_case *c = tui_casefile_case(app->casefile);
    bool needs_run = is_function(s, "triage") || is_function(s, "findings");
    bool needs_seal = is_function(s, "collect") || is_function(s, "seal") ||
                      is_function(s, "eject") || is_function(s, "sheet:handover");
    if (is_function(s, "choose-disk"))
        return tui_casefile_value(app->casefile, TUI_KEY_DISK) != NULL;
    if (needs_seal)
        return tui_has_evidence_seal(c);
    for (size_t i = 0; needs_run && c && i < c->runs.count; i++) {
        const struct shodo_case_run *r = shodo_vec_at(&c->runs, i);
        if (strcmp(r->kind, "triage") == 0 && r->status != SHODO_RUN_STARTED &&
            r->status != SHODO_RUN_FAILED)
            return true;
    }
    return !needs_run;
}

size_t tui_step_options(const struct tui_app *app, const struct shodo_step *s,
                        struct tui_option out[TUI_OPTIONS_MAX]) {
    size_t n = 0;
    if (s->decision_id) { /* one place for option, decider and reason: nothing is asked twice */
        add(out, &n, TUI_OPTION_OPEN, NULL, tui_text(app, MSG_OPTION_DECIDE));
        add(out, &n, TUI_OPTION_UNKNOWN, "unknown", tui_text(app, MSG_OPTION_UNDECIDED));
        return n;
    }
    for (size_t i = 0; i < s->question.choices_count; i++)
        add(out, &n, TUI_OPTION_ANSWER, s->question.choices[i].value,
            tui_pick(app, &s->question.choices[i].label));
    if (s->question.variable && !s->question.choices_count)
        add(out, &n, TUI_OPTION_ANSWER, NULL,
            tui_text(app, s->is_promise ? MSG_OPTION_TIME : MSG_OPTION_TYPE));
    if (s->question.variable) {
        add(out, &n, TUI_OPTION_UNKNOWN, "unknown", tui_text(app, MSG_OPTION_UNKNOWN));
        return n;
    }
    if (s->type == SHODO_STEP_PLAYBOOK_ACTION || tui_step_function(s))
        add(out, &n, TUI_OPTION_OPEN, NULL,
            tui_text(app, s->type == SHODO_STEP_PLAYBOOK_ACTION ? MSG_OPTION_PLAYBOOK
                                                                : MSG_OPTION_OPEN));
    if (is_proved(app, s))
        add(out, &n, TUI_OPTION_DONE, "done", tui_text(app, MSG_OPTION_DONE));
    else
        add(out, &n, TUI_OPTION_OTHERWISE, NULL, tui_text(app, MSG_OPTION_OTHERWISE));
    add(out, &n, TUI_OPTION_LATER, "skipped", tui_text(app, MSG_OPTION_LATER));
    add(out, &n, TUI_OPTION_UNKNOWN, "unknown", tui_text(app, MSG_OPTION_UNKNOWN));
    return n;
}

int tui_step_unknown(const struct tui_option *o, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (o[i].kind == TUI_OPTION_UNKNOWN)
            return (int)i;
    }
    return -1;
}

bool tui_step_needs_enter(const struct shodo_step *s, const struct tui_option *o) {
    if (o->kind == TUI_OPTION_OPEN)
        return tui_step_seals(s);
    if (!o->value)
        return false;
    const char *unsure = s->question.unknown_means;
    bool asks_more = (s->is_decision || s->asks_name) && o->kind == TUI_OPTION_ANSWER &&
                     !(unsure && strcmp(unsure, o->value) == 0);
    return (s->is_decision || s->decision_id || s->asks_name) && !asks_more;
}

static int para(struct tui_canvas *c, struct tui_area a, int row, const char *label,
                enum tui_role role, const char *text) {
    int bottom = a.row + a.rows, indent = label ? LABEL_COLS : 0;
    if (!text || !*text)
        return row;
    if (label && row >= a.row && row < bottom)
        tui_canvas_text(c, row, a.col, indent, TUI_ROLE_DIM, label);
    int at = SHODO_MAX(row, a.row); /* above it: scrolled away */
    return row + tui_canvas_wrap(c, at, SHODO_MAX(0, bottom - at), a.col + indent, a.cols - indent,
                                 at - row, role, text, strlen(text));
}

/* The number first, then the words: in the order of the hands. */
static int draw_call(const struct tui_app *app, const struct shodo_step *s, struct tui_canvas *c,
                     struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!s->call)
        return row;
    tui_contact_text(app, s->call, &b);
    return para(c, a, row, tui_text(app, MSG_STEP_CALL), TUI_ROLE_NORMAL, shodo_buf_cstr(&b));
}

static int draw_commands(const struct tui_app *app, const struct shodo_step *s,
                         struct tui_canvas *c, struct tui_area a, int row) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->commands_count; i++) {
        const struct shodo_command *k = &s->commands[i];
        bool is_foreign = !k->function && strcmp(k->type, "manual") != 0;
        if (is_foreign)
            row = para(c, a, row, tui_text(app, MSG_NOT_RUN), TUI_ROLE_WARN,
                       tui_pick(app, &k->text));
        else if (!k->function)
            row = para(c, a, row, tui_text(app, MSG_STEP_DO), TUI_ROLE_NORMAL,
                       tui_pick(app, &k->text));
        if (i == 0)
            row = draw_call(app, s, c, a, row);
        const char *say = tui_pick(app, &k->say);
        if (say && *say) {
            shodo_buf_clear(&b);
            if (tui_casefile_is_drill(app->casefile)) /* whoever hears it does not see the screen */
                shodo_buf_adds(&b, tui_text(app, MSG_SAY_DRILL));
            tui_fill(app, say, &b);
            row = para(c, a, row, tui_text(app, MSG_STEP_SAY), TUI_ROLE_LINK, shodo_buf_cstr(&b));
        }
    }
    return row;
}

static void draw_options(const struct tui_app *app, const struct shodo_step *s, int selected,
                         struct tui_canvas *c, struct tui_area a, int row) {
    struct tui_option o[TUI_OPTIONS_MAX];
    size_t n = tui_step_options(app, s, o);
    int bottom = a.row + a.rows;
    int first = bottom - (int)n;
    row = SHODO_MIN(row + 1, first); /* the answers are never pushed off the screen */
    for (size_t i = 0; i < n && row < bottom; i++, row++) {
        bool is_here = (int)i == selected;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_menu_row(&b, (int)i, selected, tui_step_unknown(o, n));
        shodo_buf_adds(&b, o[i].label);
        if (o[i].kind == TUI_OPTION_OPEN && tui_step_function(s) && !s->decision_id)
            shodo_buf_addf(&b, ": %s", tui_text(app, tui_function_title(tui_step_function(s))));
        const struct shodo_playbook *to = o[i].kind == TUI_OPTION_OPEN && s->playbook_id
                                              ? tui_books_find(&app->books, s->playbook_id)
                                              : NULL;
        if (to)
            shodo_buf_addf(&b, ": %s", tui_pick(app, &to->name));
        if (tui_step_needs_enter(s, &o[i]))
            shodo_buf_adds(&b, TUI_NEEDS_ENTER);
        tui_canvas_fill(c, row, a.col, a.cols, is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL);
        tui_canvas_text(c, row, a.col, a.cols, is_here ? TUI_ROLE_SELECTED : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
    }
}

int tui_step_draw(const struct tui_app *app, const struct shodo_step *s,
                  const struct tui_step_look *look, struct tui_canvas *c, struct tui_area a) {
    struct tui_option o[TUI_OPTIONS_MAX];
    int n = (int)tui_step_options(app, s, o);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s %s", tui_text(app, s->is_must ? MSG_TAG_MUST : MSG_TAG_SHOULD),
                   tui_pick(app, &s->name));
    bool opens = s->type == SHODO_STEP_PLAYBOOK_ACTION || tui_step_function(s);
    const char *question = s->question.variable ? tui_pick(app, &s->question.text)
                           : opens              ? tui_text(app, MSG_STEP_CHOOSE)
                                                : tui_text(app, MSG_STEP_RESULT);
    int asked = SHODO_MIN(
        QUESTION_ROWS,
        tui_canvas_wrap(c, a.row, 0, a.col, a.cols, 0, TUI_ROLE_TITLE, question, strlen(question)));
    struct tui_area body = {
        .row = a.row, .col = a.col, .rows = SHODO_MAX(4, a.rows - n - 1 - asked), .cols = a.cols};
    int row = para(c, body, a.row - look->scroll, NULL, TUI_ROLE_TITLE, shodo_buf_cstr(&b));
    row = para(c, body, row, tui_text(app, MSG_STEP_WHO), TUI_ROLE_NORMAL, tui_pick(app, &s->who));
    if (look->shows_why) {
        const char *why = tui_pick(app, &s->why);
        row = para(c, body, row, tui_text(app, MSG_STEP_WHY), TUI_ROLE_NORMAL,
                   *why ? why : tui_text(app, MSG_NO_WHY));
        row = para(c, body, row, tui_text(app, MSG_STEP_HOW), TUI_ROLE_NORMAL,
                   tui_pick(app, &s->how));
    }
    row = para(c, body, row, NULL, TUI_ROLE_NORMAL, tui_pick(app, &s->description));
    row = draw_commands(app, s, c, body, row);
    if (s->wants_photo || *tui_pick(app, &s->evidence))
        row = para(c, body, row, tui_text(app, MSG_STEP_PHOTO), TUI_ROLE_WARN,
                   *tui_pick(app, &s->evidence) ? tui_pick(app, &s->evidence)
                                                : tui_text(app, MSG_PHOTO_ANY));
    if (s->wants_two_people)
        row = para(c, body, row, NULL, TUI_ROLE_WARN, tui_text(app, MSG_TWO_PEOPLE));
    int question_row = SHODO_MIN(row + 1, a.row + a.rows - n - asked);
    for (int i = 0; i < asked; i++)
        tui_canvas_fill(c, question_row + i, a.col, a.cols, TUI_ROLE_NORMAL);
    tui_canvas_wrap(c, question_row, asked, a.col, a.cols, 0, TUI_ROLE_TITLE, question,
                    strlen(question));
    draw_options(app, s, look->selected, c, a, question_row + asked - 1);
    int hidden = SHODO_MAX(0, row - (body.row + body.rows));
    if (hidden)
        tui_canvas_text(c, body.row + body.rows, a.col, a.cols, TUI_ROLE_WARN,
                        tui_text(app, MSG_PAGE_MORE));
    return hidden + look->scroll;
}

void tui_step_draw_list(const struct tui_app *app, const struct tui_standing *st,
                        struct tui_canvas *c, struct tui_area a) {
    int shown = 0;
    for (size_t i = 0; i < st->play.count; i++)
        shown += tui_play_is_action(tui_play_step(st, (int)i));
    int skip = SHODO_MAX(0, shown - a.rows), row = a.row, number = 0;
    for (size_t i = 0; i < st->play.count && row < a.row + a.rows; i++) {
        const struct shodo_visit *v = &st->play.visits[i];
        const struct shodo_step *s = &st->book->steps[v->step];
        if (!tui_play_is_action(s) || number++ < skip)
            continue;
        bool is_unknown = v->answer && strcmp(v->answer, "unknown") == 0;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s %2d %s",
                       v->is_done ? is_unknown ? "[?]" : tui_text(app, MSG_TAG_DONE)
                                  : tui_text(app, MSG_TAG_OPEN),
                       number, tui_pick(app, &s->name));
        tui_canvas_text(c, row++, a.col, a.cols,
                        (int)i == st->play.current ? TUI_ROLE_UNFOCUSED
                        : v->is_done               ? TUI_ROLE_DIM
                                                   : TUI_ROLE_NORMAL,
                        shodo_buf_cstr(&b));
    }
    for (int r = a.row; r < a.row + a.rows; r++)
        tui_canvas_text(c, r, a.col + a.cols, 1, TUI_ROLE_FRAME, "|");
}
