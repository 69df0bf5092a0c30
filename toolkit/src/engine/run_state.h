/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the supervisor, shared by supervisor.c (loop, lister, marks) and slots.c (examiners).
 */
#ifndef SHODO_ENGINE_RUN_STATE_H
#define SHODO_ENGINE_RUN_STATE_H

#include "engine/examiner.h"
#include "engine/known.h"
#include "engine/lister.h"
#include "engine/supervisor.h"
#include "engine/worker.h"

/* A work item in the supervisor's hands. */
struct job {
    struct job *next;
    struct shodo_item item; /* path and entry point behind the struct */
};
struct jobs {
    struct job *head, *tail;
    size_t count;
};

/* One examiner and what it was given, in order. */
struct slot {
    struct shodo_worker worker;
    struct jobs given;
    uint64_t since_ms; /* when the head became the current one */
    bool is_ready;
    uint64_t findings, ledger, facts; /* of the current item */
    /* encoded policy lines of the current item: counted when it is done */
    struct shodo_buf policy;
    struct shodo_error last; /* what it said before it ended */
};

struct run {
    const struct shodo_run_options *o;
    struct shodo_run_result *result;
    struct shodo_examiner examiner;
    struct shodo_lister lister;
    struct shodo_worker listing;
    uint32_t listing_volume;
    bool is_listed;
    struct slot slots[SHODO_LIMIT_EXAMINERS];
    unsigned jobs;
    struct jobs queue;
    uint64_t next_index;   /* of the next item from the lister */
    struct shodo_vec done; /* uint8_t bitmap */
    uint64_t done_low;     /* all below are done */
    struct shodo_known *known;
    struct shodo_tally *policy;       /* of the whole run */
    struct shodo_tally *policy_fresh; /* since the last mark */
    struct shodo_arena arena;         /* of one message */
    struct shodo_buf scratch;
    uint64_t started_ms, marked_ms, progress_ms;
    unsigned failed_starts;
    const struct job *shown; /* current item for progress */
};

struct job *shodo_job_new(const struct shodo_item *item);
void shodo_jobs_push(struct jobs *q, struct job *j);
struct job *shodo_jobs_pop(struct jobs *q);
void shodo_jobs_done(struct jobs *q);

enum shodo_status shodo_run_ledger(struct run *r, struct shodo_ledger *l, struct shodo_error *err);
enum shodo_status shodo_run_item_done(struct run *r, const struct job *j, struct shodo_error *err);

/* Starts missing examiners, hands out items. */
enum shodo_status shodo_slots_feed(struct run *r, struct shodo_error *err);
/* Reads and answers one examiner's messages; replaces it when it is gone. */
enum shodo_status shodo_slot_serve(struct run *r, struct slot *s, bool is_readable,
                                   struct shodo_error *err);
enum shodo_status shodo_slots_check_time(struct run *r, struct shodo_error *err);
size_t shodo_slots_busy(const struct run *r);
void shodo_slots_stop(struct run *r);

#endif
