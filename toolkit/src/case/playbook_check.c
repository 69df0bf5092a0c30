/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the house for playbooks, beyond what loading needs: what a person at 3 a.m. must be able
 * to rely on. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "case/playbook.h"

#define TEXT_COLUMNS_MAX 4000 /* one text of a step; more belongs into a manual */

struct check {
    const struct shodo_playbook *p;
    shodo_playbook_problem problem;
    void *ctx;
    size_t problems;
    bool *is_seen;
    bool *reaches_end;
};

SHODO_PRINTF(3, 4)
static void complain(struct check *c, const struct shodo_step *s, const char *fmt, ...) {
    char text[SHODO_ERROR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    int n = s ? snprintf(text, sizeof(text), "step '%s': ", s->id) : 0;
    vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
    va_end(ap);
    c->problems++;
    if (c->problem)
        c->problem(c->ctx, s ? shodo_value_line(s->raw) : 0, text);
}

/* Every way out of a step, including into its branches. */
static size_t edges(const struct shodo_step *s, int *out, size_t max) {
    const int fixed[] = {s->on_completion, s->on_success, s->on_failure, s->on_true, s->on_false};
    size_t n = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(fixed); i++) {
        if (fixed[i] >= 0 && n < max)
            out[n++] = fixed[i];
    }
    for (size_t i = 0; i < s->branches_count; i++) {
        if (s->branches[i].step >= 0 && n < max)
            out[n++] = s->branches[i].step;
    }
    return n;
}

#define EDGES_MAX 256

static void mark_reachable(struct check *c) {
    const struct shodo_playbook *p = c->p;
    c->is_seen[p->start] = true;
    if (p->exception >= 0)
        c->is_seen[p->exception] = true;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < p->steps_count; i++) {
            int to[EDGES_MAX];
            size_t n = c->is_seen[i] ? edges(&p->steps[i], to, EDGES_MAX) : 0;
            for (size_t k = 0; k < n; k++) {
                grew = grew || !c->is_seen[to[k]];
                c->is_seen[to[k]] = true;
            }
        }
    }
    for (size_t i = 0; i < p->steps_count; i++) {
        if (!c->is_seen[i])
            complain(c, &p->steps[i], "cannot be reached from the start");
    }
}

static void mark_ends(struct check *c) {
    const struct shodo_playbook *p = c->p;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < p->steps_count; i++) {
            bool ends = p->steps[i].type == SHODO_STEP_END;
            int to[EDGES_MAX];
            size_t n = edges(&p->steps[i], to, EDGES_MAX);
            for (size_t k = 0; k < n && !ends; k++)
                ends = c->reaches_end[to[k]];
            grew = grew || (ends && !c->reaches_end[i]);
            c->reaches_end[i] = c->reaches_end[i] || ends;
        }
    }
    for (size_t i = 0; i < p->steps_count; i++) {
        if (!c->reaches_end[i])
            complain(c, &p->steps[i], "no path from here comes to an end");
    }
}

/* CACAO: a branch finishes in an end step of its own; two branches must not share one. */
static void check_unique_ends(struct check *c) {
    const struct shodo_playbook *p = c->p;
    for (size_t e = 0; e < p->steps_count; e++) {
        if (p->steps[e].type != SHODO_STEP_END)
            continue;
        size_t users = 0;
        for (size_t i = 0; i < p->steps_count; i++) {
            const struct shodo_step *s = &p->steps[i];
            users += s->on_true == (int)e;
            users += s->on_false == (int)e;
            for (size_t b = 0; b < s->branches_count; b++)
                users += s->branches[b].step == (int)e;
        }
        if (users > 1)
            complain(c, &p->steps[e], "is the end of %zu branches; each branch needs its own",
                     users);
    }
}

static bool has_ja(const char *s) {
    for (size_t pos = 0, n = strlen(s); pos < n;) {
        if (shodo_text_next(s, n, &pos) >= 0x3000)
            return true;
    }
    return false;
}

static void check_text(struct check *c, const struct shodo_step *s, const char *what,
                       const struct shodo_text2 *t, bool is_needed) {
    if (is_needed && (!*t->ja || !*t->en)) {
        complain(c, s, "%s is missing", what);
        return;
    }
    if (*t->ja && strcmp(t->ja, t->en) == 0 && !has_ja(t->ja))
        complain(c, s, "%s has no Japanese text", what);
    if (shodo_text_columns(t->ja, strlen(t->ja)) > TEXT_COLUMNS_MAX ||
        shodo_text_columns(t->en, strlen(t->en)) > TEXT_COLUMNS_MAX)
        complain(c, s, "%s is longer than a screen can show", what);
    if (shodo_text_is_deceptive(t->ja, strlen(t->ja)) ||
        shodo_text_is_deceptive(t->en, strlen(t->en)))
        complain(c, s, "%s holds invisible or direction-changing characters", what);
}

static void check_question(struct check *c, const struct shodo_step *s) {
    const struct shodo_question *q = &s->question;
    if (!q->variable)
        return;
    check_text(c, s, "the question", &q->text, true);
    bool is_free = q->choices_count == 0;
    bool found = is_free;
    for (size_t i = 0; i < q->choices_count; i++) {
        check_text(c, s, "a choice", &q->choices[i].label, true);
        found = found || (q->unknown_means && strcmp(q->choices[i].value, q->unknown_means) == 0);
    }
    if (!q->unknown_means)
        complain(c, s, "the question '%s' does not say what 'unknown' means (unknown_means)",
                 q->variable);
    else if (!found)
        complain(c, s, "unknown_means '%s' is not one of the choices", q->unknown_means);
}

static const char *no_value(void *ctx, const char *name, size_t n) {
    (void)ctx;
    (void)name;
    (void)n;
    return NULL;
}

static void check_condition(struct check *c, const struct shodo_step *s) {
    bool holds = false;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (s->condition &&
        shodo_condition_eval(s->condition, no_value, NULL, &holds, &err) != SHODO_OK)
        complain(c, s, "%s", err.text);
}

static void check_step(struct check *c, const struct shodo_step *s) {
    check_condition(c, s);
    if (s->type != SHODO_STEP_ACTION && s->type != SHODO_STEP_PLAYBOOK_ACTION)
        return;
    check_text(c, s, "the name", &s->name, true);
    check_text(c, s, "the description", &s->description, false);
    for (size_t i = 0; i < s->commands_count; i++) {
        if (!s->commands[i].function)
            check_text(c, s, "a command", &s->commands[i].text, true);
    }
    check_question(c, s);
    if (s->decision_id && !s->question.choices_count)
        complain(c, s, "records the decision '%s' but has no choices", s->decision_id);
}

size_t shodo_playbook_check(const struct shodo_playbook *p, shodo_playbook_problem problem,
                            void *ctx) {
    struct check c = {.p = p, .problem = problem, .ctx = ctx};
    c.is_seen = calloc(p->steps_count, sizeof(bool));
    c.reaches_end = calloc(p->steps_count, sizeof(bool));
    if (c.is_seen && c.reaches_end) {
        mark_reachable(&c);
        mark_ends(&c);
        check_unique_ends(&c);
        for (size_t i = 0; i < p->steps_count; i++)
            check_step(&c, &p->steps[i]);
    } else {
        complain(&c, NULL, "no memory for the check");
    }
    free(c.is_seen);
    free(c.reaches_end);
    return c.problems;
}
