/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "case/playbook.h"

#define KEY_BYTES 160

struct trace {
    const struct shodo_playbook *book;
    const char *(*lookup)(void *ctx, const char *key);
    void *ctx;
    struct shodo_vec visits; /* struct shodo_visit */
    unsigned *rounds;        /* per step: times visited */
    bool is_waiting;         /* a step was met that is not done */
    struct shodo_error *err;
};

void shodo_play_key(const struct shodo_playbook *p, const struct shodo_visit *v,
                    char out[KEY_BYTES]) {
    const char *id = p->steps[v->step].id;
    if (v->round == 0)
        snprintf(out, KEY_BYTES, "%s", id);
    else
        snprintf(out, KEY_BYTES, "%s#%u", id, v->round);
}

/* Value of a variable: the newest answer of a step that asks for it, else the playbook's own value.
 */
static const char *variable_value(void *ctx, const char *name, size_t n) {
    struct trace *t = ctx;
    for (size_t i = t->visits.count; i-- > 0;) {
        const struct shodo_visit *v = shodo_vec_at(&t->visits, i);
        const struct shodo_step *s = &t->book->steps[v->step];
        const char *asks = s->question.variable;
        if (!asks)
            asks = shodo_value_str(shodo_value_at(shodo_value_get(s->raw, "out_args"), 0));
        if (v->is_done && v->answer && asks && strlen(asks) == n && memcmp(asks, name, n) == 0) {
            bool is_unknown = strcmp(v->answer, "unknown") == 0 && s->question.unknown_means;
            return is_unknown ? s->question.unknown_means : v->answer;
        }
    }
    for (size_t i = 0; i < t->book->variables_count; i++) {
        const struct shodo_variable *v = &t->book->variables[i];
        if (strlen(v->name) == n && memcmp(v->name, name, n) == 0)
            return v->value;
    }
    return NULL;
}

/* Notes the visit; false when the step is not done yet and the walk has to stop here. */
static enum shodo_status visit(struct trace *t, int step, bool *ret_is_done) {
    if (t->visits.count >= SHODO_LIMIT_PLAY_VISITS)
        return shodo_fail(t->err, SHODO_LIMIT, "playbook '%s' does not end after %u steps",
                          t->book->key, SHODO_LIMIT_PLAY_VISITS);
    struct shodo_visit *v = shodo_vec_push(&t->visits);
    if (!v)
        return shodo_fail(t->err, SHODO_NOMEM, "no memory for playing '%s'", t->book->key);
    enum shodo_step_type type = t->book->steps[step].type;
    *v = (struct shodo_visit){.step = step, .round = t->rounds[step]++};
    bool is_silent = type == SHODO_STEP_START || type == SHODO_STEP_END || type == SHODO_STEP_IF ||
                     type == SHODO_STEP_WHILE || type == SHODO_STEP_SWITCH ||
                     type == SHODO_STEP_PARALLEL;
    char key[KEY_BYTES];
    shodo_play_key(t->book, v, key);
    v->answer = is_silent ? NULL : t->lookup(t->ctx, key);
    v->is_done = is_silent || v->answer != NULL;
    *ret_is_done = v->is_done;
    return SHODO_OK;
}

static enum shodo_status walk(struct trace *t, int step, unsigned depth);

static enum shodo_status walk_branches(struct trace *t, const struct shodo_step *s,
                                       unsigned depth) {
    enum shodo_status status = SHODO_OK;
    bool holds = false;
    switch (s->type) {
    case SHODO_STEP_IF:
        status = shodo_condition_eval(s->condition, variable_value, t, &holds, t->err);
        if (status == SHODO_OK && (holds ? s->on_true : s->on_false) >= 0)
            status = walk(t, holds ? s->on_true : s->on_false, depth + 1);
        return status;
    case SHODO_STEP_WHILE:
        while ((status = shodo_condition_eval(s->condition, variable_value, t, &holds, t->err)) ==
                   SHODO_OK &&
               holds && !t->is_waiting) {
            status = walk(t, s->on_true, depth + 1);
            if (status != SHODO_OK)
                return status;
        }
        return status;
    case SHODO_STEP_PARALLEL:
        /* For people a checklist: every branch is open at once, in any order. */
        for (size_t i = 0; status == SHODO_OK && i < s->branches_count; i++)
            status = walk(t, s->branches[i].step, depth + 1);
        return status;
    case SHODO_STEP_SWITCH: {
        size_t n = strlen(s->switch_variable);
        size_t cut = n > 6 && strcmp(s->switch_variable + n - 6, ":value") == 0 ? n - 6 : n;
        const char *value = variable_value(t, s->switch_variable, cut);
        int fallback = -1;
        for (size_t i = 0; i < s->branches_count; i++) {
            if (value && strcmp(s->branches[i].value, value) == 0)
                return walk(t, s->branches[i].step, depth + 1);
            if (strcmp(s->branches[i].value, "default") == 0)
                fallback = s->branches[i].step;
        }
        return fallback >= 0 ? walk(t, fallback, depth + 1) : SHODO_OK;
    }
    default:
        return SHODO_OK;
    }
}

/* From `step` to the end of its branch. */
static enum shodo_status walk(struct trace *t, int step, unsigned depth) {
    if (depth > SHODO_LIMIT_DOC_DEPTH)
        return shodo_fail(t->err, SHODO_LIMIT, "playbook '%s' nests deeper than %u branches",
                          t->book->key, SHODO_LIMIT_DOC_DEPTH);
    while (step >= 0) {
        const struct shodo_step *s = &t->book->steps[step];
        bool is_done = false;
        enum shodo_status status = visit(t, step, &is_done);
        if (status != SHODO_OK)
            return status;
        if (!is_done) {
            t->is_waiting = true;
            return SHODO_OK;
        }
        bool was_waiting = t->is_waiting;
        t->is_waiting = false;
        status = walk_branches(t, s, depth);
        if (status != SHODO_OK || t->is_waiting)
            return status;
        t->is_waiting = was_waiting;
        if (s->type == SHODO_STEP_END)
            return SHODO_OK;
        const struct shodo_visit *v = shodo_vec_at(&t->visits, t->visits.count - 1);
        bool has_failed = v->step == step && v->answer && strcmp(v->answer, "failed") == 0;
        if (has_failed && (s->on_failure >= 0 || t->book->exception >= 0))
            step = s->on_failure >= 0 ? s->on_failure : t->book->exception;
        else
            step = s->on_completion >= 0 ? s->on_completion : s->on_success;
    }
    return SHODO_OK;
}

enum shodo_status shodo_play_trace(struct shodo_play *ret, const struct shodo_playbook *p,
                                   const char *(*lookup)(void *ctx, const char *key), void *ctx,
                                   struct shodo_error *err) {
    struct trace t = {.book = p,
                      .lookup = lookup,
                      .ctx = ctx,
                      .visits = SHODO_VEC_INIT(sizeof(struct shodo_visit)),
                      .err = err};
    t.rounds = calloc(p->steps_count, sizeof(*t.rounds));
    enum shodo_status status = t.rounds ? walk(&t, p->start, 0)
                                        : shodo_fail(err, SHODO_NOMEM, "no memory for playing '%s'",
                                                     p->key);
    free(t.rounds);
    if (status != SHODO_OK) {
        shodo_vec_done(&t.visits);
        return status;
    }
    *ret = (struct shodo_play){.visits = t.visits.data, .count = t.visits.count, .current = -1};
    for (size_t i = 0; i < ret->count && ret->current < 0; i++) {
        if (!ret->visits[i].is_done)
            ret->current = (int)i;
    }
    return SHODO_OK;
}

void shodo_play_done(struct shodo_play *p) {
    free(p->visits);
    *p = (struct shodo_play){.visits = NULL, .count = 0, .current = -1};
}
