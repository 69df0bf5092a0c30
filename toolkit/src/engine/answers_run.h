/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of one endpoint from its files: findings.jsonl, facts.jsonl, ledger.jsonl →
 * answers.NNNN.json and timeline.NNNN.jsonl (new generations; nothing is overwritten). Needs no
 * disk.
 */
#ifndef SHODO_ENGINE_ANSWERS_RUN_H
#define SHODO_ENGINE_ANSWERS_RUN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "engine/events.h"
#include "examine/answers/detect.h"

/* Built-in detection data, then the site's own (site/detect/, same schemas); `site_fd` may be -1.
 */
enum shodo_status shodo_detect_load(struct shodo_detect **ret, int site_fd,
                                    struct shodo_error *err);

struct shodo_answers_job {
    int endpoint_fd;
    int site_fd; /* for site.yaml's connections; -1 none */
    const char *endpoint;
    const struct shodo_detect *detect;
    struct shodo_events *events; /* an "answer" event for each; may be NULL */
    bool is_first;               /* right after the listing: events only, no files */
    bool is_unfinished;
    /* data of the journal record "scope.add"; left empty when no other machine is named; may be
     * NULL */
    struct shodo_buf *ret_scope;
};
/* `ret_verdict` (may be NULL): of the first answer, a constant text. */
enum shodo_status shodo_answers_run(const struct shodo_answers_job *job, const char **ret_verdict,
                                    struct shodo_error *err);

#endif
