/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site profile (site/site.yaml): what the hospital wrote down on a quiet day: people, systems,
 * external connections and backup paths, the big cut, who decides what. Missing is the normal case:
 * then the built-in profile of a nameless hospital (rules/site/generic-site.yaml) gives the usual
 * kinds of lines and decisions.
 *
 * Texts are `key: text`, `key: {ja:, en:}` or `key_ja:` with `key_en:`. Unknown keys are left
 * alone.
 */
#ifndef SHODO_CASE_SITE_H
#define SHODO_CASE_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "case/playbook.h"

/* One line that can be cut. Strings are never NULL. */
struct shodo_site_line {
    const char *id;
    const char *kind; /* "backup" "external" "segment" */
    struct shodo_text2 name, how, stops, patient_effect, substitute, note;
    const char *building, *floor, *place; /* place: room, then device */
    const char *vendor, *phone, *decides; /* several numbers or names: joined */
    bool is_pre_approved;
};

struct shodo_site_person {
    const char *id, *name, *role, *phone, *shown; /* shown: name (role) */
};

struct shodo_site_option {
    const char *value;
    struct shodo_text2 label, consequence;
};

/* A row of the decision table. `options` may be empty: then yes / not yet. */
struct shodo_site_decision {
    const char *id;
    struct shodo_text2 question, recommendation;
    const char *source;        /* of the recommendation */
    const char *decider;       /* name or role */
    struct shodo_vec deputies; /* const char *, in order */
    const char *night;         /* who may decide alone at night, "" nobody */
    struct shodo_vec options;  /* struct shodo_site_option */
};

struct shodo_site {
    const char *name;                /* of the hospital, "" unknown */
    const char *phones_over_network; /* "yes" "no" "unknown" */
    bool has_big_cut, big_cut_stops_phones;
    struct shodo_site_line big_cut;
    struct shodo_vec lines, people, decisions, rooms, systems; /* rooms, systems: const char * */
};

/* Problems (missing name, a line without place …) go to `problem` one by one and do not refuse the
 * file; INVALID or the reader's status when it is no profile at all. */
enum shodo_status shodo_site_load(struct shodo_site **ret, const char *name, const char *p,
                                  size_t n, shodo_playbook_problem problem, void *ctx,
                                  struct shodo_error *err);
struct shodo_site *shodo_site_free(struct shodo_site *s);
/* NULL */
const struct shodo_site_decision *shodo_site_decision(const struct shodo_site *s, const char *id);
SHODO_DEFINE_AUTOP(shodo_site, shodo_site_free)

/* "1-12,15" → calls `each` with every number from 1 to `max`, in order written. INVALID names what
 * cannot be read. */
enum shodo_status shodo_site_numbers(const char *text, unsigned max,
                                     void (*each)(void *ctx, unsigned n), void *ctx,
                                     struct shodo_error *err);

#endif
