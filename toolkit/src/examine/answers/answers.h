/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers: what findings, facts and ledger of one endpoint mean. A pure function of these lines
 * and of the detection data: no disk, no clock, the same bytes out for the same bytes in.
 * docs/formats-answers.md has the schema of both outputs.
 *
 * Order of use: new; every line of the three files, in file order, lines of a kind in any order;
 * write. Nothing is kept of the lines but what the answers need; each table has a limit and says so
 * in `not_examined` when it was hit.
 */
#ifndef SHODO_EXAMINE_ANSWERS_ANSWERS_H
#define SHODO_EXAMINE_ANSWERS_ANSWERS_H

#include <stdbool.h>

#include "base/json.h"
#include "base/value.h"
#include "examine/answers/detect.h"

struct shodo_answers_options {
    const char *endpoint;
    bool is_first;      /* after the listing only: contents are not looked at yet */
    bool is_unfinished; /* the run was cancelled or ended early */
    /* list of maps: "connections" of the site profile; NULL unknown */
    const struct shodo_value *connections;
};

struct shodo_answers;
enum shodo_status shodo_answers_new(struct shodo_answers **ret, const struct shodo_detect *d,
                                    const struct shodo_answers_options *o, struct shodo_error *err);
struct shodo_answers *shodo_answers_free(struct shodo_answers *a);
SHODO_DEFINE_AUTOP(shodo_answers, shodo_answers_free)

/* One JSON line, without LF. A line that is no finding (fact, ledger line) is counted and left out.
 */
enum shodo_status shodo_answers_finding(struct shodo_answers *a, const char *line, size_t n,
                                        struct shodo_error *err);
enum shodo_status shodo_answers_fact(struct shodo_answers *a, const char *line, size_t n,
                                     struct shodo_error *err);
enum shodo_status shodo_answers_ledger(struct shodo_answers *a, const char *line, size_t n,
                                       struct shodo_error *err);

/* After the last line, before writing. */
enum shodo_status shodo_answers_conclude(struct shodo_answers *a, struct shodo_error *err);
/* answers.json: one object */
void shodo_answers_write(struct shodo_answers *a, struct shodo_json *j);
/* timeline.jsonl */
void shodo_answers_timeline(const struct shodo_answers *a, struct shodo_buf *out);
/* of the first answer: "match", … */
const char *shodo_answers_verdict(const struct shodo_answers *a);
/* The machines to look at next, used ones first, at most SHODO_LIMIT_SCOPE_HOSTS, as a list of
 * {host, alias, why_ja, why_en, used_after_intrusion, last, evidence}. Returns how many the answers
 * name: more than are written when the limit was reached. */
size_t shodo_answers_hosts(const struct shodo_answers *a, struct shodo_json *j, const char *key);
size_t shodo_answers_count(void);
/* One answer alone, as in answers.json (for the event "answer"). */
void shodo_answers_write_one(struct shodo_answers *a, size_t i, struct shodo_json *j,
                             const char *key);

#endif
