/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run: a lister, N examiners, and the one process that talks to them, keeps the files and
 * parses no evidence.
 *
 * Items are handed out in the lister's order. When an examiner dies, sends something damaged or
 * needs longer than the limit for an entry, that entry becomes one ledger line (crash, timeout) and
 * a fresh fork goes on with the next. When the lister dies, the volume it was in becomes one ledger
 * line and a fresh lister leaves that volume out.
 *
 * SIGINT/SIGTERM cancel: what is being looked at is finished (at most SHODO_RUN_GRACE_MS), results
 * so far are kept, the marks say how far it came, and the same command later goes on there. SIGUSR1
 * pauses, SIGUSR2 continues.
 */
#ifndef SHODO_ENGINE_SUPERVISOR_H
#define SHODO_ENGINE_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/events.h"
#include "engine/host.h"
#include "engine/message.h"
#include "engine/store.h"
#include "engine/tally.h"
#include "examine/answers/detect.h"
#include "examine/exam.h"

#define SHODO_RUN_GRACE_MS 3000

/* How far an earlier, unfinished run of the same kind came (marks.jsonl). */
struct shodo_resume {
    bool is_valid;
    char run[33];
    uint8_t listing[32]; /* digest of the listing it worked on */
    uint64_t files;
    uint64_t done;         /* all items below are finished */
    struct shodo_vec also; /* uint64_t: finished items above */
    struct shodo_tally *policy;
    struct shodo_item_stats stats;
    /* profile of the newest run, when that came to its end; "": it did not, or there is none */
    char finished[16];
};

/* What must be equal for a run to be continued; written as the first mark. */
struct shodo_run_key {
    const char *run;    /* id of this run: 32 hex */
    const char *source; /* host path */
    const char *profile;
    const char *rules; /* rule-set digest */
    uint64_t locked;   /* volumes without their key: a run with it is another run */
};
/* Reads marks.jsonl; not valid when there is none, when it is finished, or when the key differs
 * (apart from the run id). */
enum shodo_status shodo_resume_load(struct shodo_resume *ret, int endpoint_dirfd,
                                    const struct shodo_run_key *key, struct shodo_error *err);
void shodo_resume_done(struct shodo_resume *r);

struct shodo_run_options {
    const struct shodo_host_source *host;
    const struct shodo_plan *plan;
    /* of the probe, for the start event; NULL for directories */
    const struct shodo_volume_table *volumes;
    const struct shodo_run_key *key;
    const struct shodo_detect *detect; /* for the census of all entries; NULL: none */
    /* the census is in the store, no content was read yet; may be NULL */
    void (*on_listed)(void *ctx);
    void *on_listed_ctx;
    const struct shodo_resume *resume; /* NULL: from the start */
    struct shodo_store *store;
    struct shodo_events *events;
    const char *endpoint;
    unsigned jobs;
    uint64_t entry_ms; /* wall clock for one entry; 0: SHODO_LIMIT_ENTRY_SECONDS */
    bool is_loud;      /* progress on stderr */
    bool is_japanese;  /* its language */
    /* tests only; see engine/examiner.h */
    void (*examiner_hook)(const struct shodo_entry *e, int channel_fd);
};

struct shodo_run_result {
    struct shodo_totals totals;
    uint64_t files_done, bytes_read, bytes_scanned, reused;
    uint64_t respawns;
    uint64_t elapsed_ms;
    bool is_cancelled;
    bool has_listing; /* false: ended before the lister was through */
};

/* The store holds the results. Fails only when the run cannot go on (no space, examiners cannot
 * start). */
enum shodo_status shodo_run(const struct shodo_run_options *o, struct shodo_run_result *ret,
                            struct shodo_error *err);

#endif
