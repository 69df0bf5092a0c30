/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Playbooks: the OASIS CACAO 2.0 object model, from JSON or from YAML with the same keys, with our
 * localisation extension. Loading checks everything a player will rely on; a playbook that was
 * loaded can be played to its end.
 *
 * Extension (docs/formats.md): in `playbook_extensions` and `step_extensions`, one object with the
 * key SHODO_PLAYBOOK_EXTENSION. `texts` holds translations, `ui` and `ask` what the screen needs.
 *
 * What is run: `manual` commands are shown, commands of type `x-shodo` name one of the built-in
 * functions of the program; every other type is shown as text and never run.
 */
#ifndef SHODO_CASE_PLAYBOOK_H
#define SHODO_CASE_PLAYBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/value.h"

#define SHODO_PLAYBOOK_EXTENSION "extension-definition--7b0a5b0e-6f5e-5d0c-9a63-2b1f4d6c8e10"

#define SHODO_STEP_TYPES(X)                                                                        \
    X(START, "start")                                                                              \
    X(END, "end")                                                                                  \
    X(ACTION, "action")                                                                            \
    X(PLAYBOOK_ACTION, "playbook-action")                                                          \
    X(PARALLEL, "parallel")                                                                        \
    X(IF, "if-condition")                                                                          \
    X(WHILE, "while-condition")                                                                    \
    X(SWITCH, "switch-condition")
enum shodo_step_type {
#define X(id, name) SHODO_STEP_##id,
    SHODO_STEP_TYPES(X)
#undef X
        SHODO_STEP_TYPE_COUNT
};
const char *shodo_step_type_name(enum shodo_step_type t);

/* A text in both languages; `ja` falls back to `en` and the other way round; never NULL in a loaded
 * playbook. */
struct shodo_text2 {
    const char *ja, *en;
};

struct shodo_command {
    const char *type;        /* "manual", "x-shodo", others: shown only */
    struct shodo_text2 text; /* what to do, or for foreign types the command itself */
    struct shodo_text2 say;  /* words for the telephone, "" none */
    /* x-shodo: the built-in's name with its argument, e.g. "sheet:contact" */
    const char *function;
};

struct shodo_choice {
    const char *value;
    struct shodo_text2 label;
};

/* The question of a step: its first `out_args` variable. */
struct shodo_question {
    const char *variable; /* "__name__"; NULL: the step asks nothing */
    struct shodo_text2 text;
    const char *type;             /* CACAO variable type: bool string integer … */
    struct shodo_choice *choices; /* bool gives yes/no; "unknown" is always there */
    size_t choices_count;
    /* the value that 分からない stands for: the branch that changes least */
    const char *unknown_means;
};

struct shodo_step {
    const char *id;
    enum shodo_step_type type;
    struct shodo_text2 name, description; /* what */
    struct shodo_text2 why, how, who, evidence;
    struct shodo_command *commands;
    size_t commands_count;
    struct shodo_question question;
    const char *role; /* agent's name */
    bool is_must;     /* ui.severity == must */
    bool wants_photo, wants_two_people, is_decision;
    /* ui.named: a person confirmed it; the name is asked, except for what unknown_means names */
    bool asks_name;
    bool is_promise; /* ui.promise: the answer is a time at which somebody will be called */
    /* ui.decide: the answer is this decision of the site's table; NULL none */
    const char *decision_id;
    const char *call; /* ui.call: id of a contact whose numbers are shown; NULL none */
    /* indexes of steps, -1 none */
    int on_completion, on_success, on_failure;
    const char *condition; /* if, while */
    int on_true, on_false;
    const char *switch_variable;
    struct shodo_case_branch {
        const char *value;
        int step;
    } * branches; /* switch: cases; parallel: next_steps */
    size_t branches_count;
    const char *playbook_id; /* playbook-action */
    const struct shodo_value *raw;
};

struct shodo_variable {
    const char *name, *type, *value; /* value NULL: none */
    bool is_constant;
};

struct shodo_playbook {
    /* key: short name ("ransomware"), from the extension or the file name */
    const char *id, *key;
    struct shodo_text2 name, description;
    const char *modified;
    struct shodo_step *steps;
    size_t steps_count;
    struct shodo_variable *variables;
    size_t variables_count;
    int start, exception; /* indexes */
    const struct shodo_value *raw;
};

/* `name` is the file's name (messages, key). YAML when it ends in .yaml or .yml. The playbook owns
 * a copy of everything. Problems go one by one to `problem` (may be NULL); INVALID when there was
 * one that makes it unplayable. */
typedef void (*shodo_playbook_problem)(void *ctx, unsigned line, const char *text);
enum shodo_status shodo_playbook_load(struct shodo_playbook **ret, const char *name, const char *p,
                                      size_t n, shodo_playbook_problem problem, void *ctx,
                                      struct shodo_error *err);
struct shodo_playbook *shodo_playbook_free(struct shodo_playbook *p);
/* Beyond loading: every step reachable, every path ends, every question has unknown_means and both
 * languages, own rules of the house. Returns the number of problems. */
size_t shodo_playbook_check(const struct shodo_playbook *p, shodo_playbook_problem problem,
                            void *ctx);
int shodo_playbook_find(const struct shodo_playbook *p, const char *step_id); /* -1 */
/* The CACAO JSON, unknown properties preserved. */
void shodo_playbook_write_json(const struct shodo_playbook *p, struct shodo_buf *out);
SHODO_DEFINE_AUTOP(shodo_playbook, shodo_playbook_free)

/*
 * Playing is a pure function: the answers so far (from the fold of the journal) give the steps that
 * were walked and the one where we stand. Nothing else is remembered, so a killed program stands
 * where it stood.
 */
struct shodo_visit {
    int step;
    unsigned round; /* 0, or the n-th pass of a loop */
    bool is_done;
    const char *answer; /* value given, NULL none; borrowed from `lookup` */
};
struct shodo_play {
    struct shodo_visit *visits; /* in order; the last one that is not done is where we stand */
    size_t count;
    int current; /* index in visits, -1: the playbook is finished */
};
/* `lookup` gives the value recorded for a key ("<step id>" or "<step id>#<round>"): NULL = not done
 * yet, "" = done with no answer, otherwise the answer. LIMIT after SHODO_LIMIT_PLAY_VISITS visits
 * (a loop that never ends). */
enum shodo_status shodo_play_trace(struct shodo_play *ret, const struct shodo_playbook *p,
                                   const char *(*lookup)(void *ctx, const char *key), void *ctx,
                                   struct shodo_error *err);
void shodo_play_done(struct shodo_play *p);
/* Journal key of a visit. */
void shodo_play_key(const struct shodo_playbook *p, const struct shodo_visit *v, char out[160]);
/* "__x__:value = 'yes' AND …": =, !=, <, >, <=, >=, IN ('a','b'), AND, OR, brackets are not needed.
 * INVALID for anything else. */
enum shodo_status shodo_condition_eval(const char *text,
                                       const char *(*variable)(void *ctx, const char *name,
                                                               size_t n),
                                       void *ctx, bool *ret, struct shodo_error *err);

#endif
