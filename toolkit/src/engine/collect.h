/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collecting: what triage selected, copied out of the source in one stream. Three parts: the picks
 * (a list made from the findings of the endpoint), the reader (a sandboxed worker that sends the
 * bytes of each pick), the bundle (handover/bag).
 *
 * Picked are: artifact findings, in the order of their definitions; ransom notes (findings of rule
 * files named
 * "*notes*"), at most SHODO_COLLECT_NOTES distinct ones; programs and scripts that a rule matched,
 * at most SHODO_COLLECT_PROGRAM_BYTES together; at most SHODO_COLLECT_SAMPLES encrypted files,
 * smallest first, system and program folders before user folders. Notes, programs and samples go
 * into the quarantine. Credential stores (SAM, SECURITY, NTDS) are listed and not copied unless
 * that was allowed. No other documents, pictures or databases.
 */
#ifndef SHODO_ENGINE_COLLECT_H
#define SHODO_ENGINE_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "engine/host.h"
#include "model/finding.h"

enum { SHODO_COLLECT_SAMPLES = 5, SHODO_COLLECT_NOTES = 20 };
#define SHODO_COLLECT_PROGRAM_BYTES (50ULL << 20)
/* A change journal is copied from its first data on when its sparse beginning is at least this
 * long. */
#define SHODO_COLLECT_HOLE_BYTES (1ULL << 20)

enum shodo_outcome {
    SHODO_OUTCOME_PLANNED, /* not reached: cancelled */
    SHODO_OUTCOME_COLLECTED,
    SHODO_OUTCOME_MISSING, /* no longer where triage saw it, or a definition that matched nothing */
    SHODO_OUTCOME_EMPTY,
    SHODO_OUTCOME_LIMITED,  /* left out for space, or for the number of samples */
    SHODO_OUTCOME_FAILED,   /* could not be read, or only in part */
    SHODO_OUTCOME_WITHHELD, /* credential store: 意図的に採取していない */
};
const char *shodo_outcome_name(enum shodo_outcome o);

enum shodo_pick_kind {
    SHODO_PICK_ARTIFACT,
    SHODO_PICK_NOTE,
    SHODO_PICK_PROGRAM,
    SHODO_PICK_SAMPLE
};

struct shodo_pick {
    enum shodo_pick_kind kind;
    const char *rule; /* artifact definition or rule */
    uint64_t order;
    uint32_t volume;
    uint64_t record;
    uint16_t sequence;
    char drive;
    const char *path, *stream; /* path NULL: a definition that matched nothing */
    uint64_t size_bytes;
    int64_t times[4];
    bool is_credential, is_quarantined, is_stored, is_deleted;
    bool has_sha256;
    uint8_t sha256[32];
    /* what became of it */
    enum shodo_outcome outcome;
    /* limited on purpose (copies, number of samples): the collection is not incomplete for it */
    bool is_by_policy;
    /* skipped: sparse head of a change journal */
    uint64_t written_bytes, lost_bytes, skipped_bytes;
    uint8_t written_sha256[32];
    char text[200]; /* why, when not simply collected */
};

struct shodo_picks {
    struct shodo_vec list; /* struct shodo_pick, in collection order */
    struct shodo_arena arena;
    uint64_t bytes; /* of what is to be copied */
};

/* NOTFOUND when the endpoint has no findings file. `allow_credentials`: an approved step named a
 * recipient. */
enum shodo_status shodo_picks_load(struct shodo_picks *ret, int endpoint_dirfd,
                                   bool allow_credentials, struct shodo_error *err);
void shodo_picks_done(struct shodo_picks *p);
/* Marks what does not fit into `max_bytes` (0: no limit) as limited, largest harm last: the order
 * stays. */
void shodo_picks_budget(struct shodo_picks *p, uint64_t max_bytes);
/* One line of tags/collected.jsonl. */
void shodo_pick_write(struct shodo_json *j, const struct shodo_pick *p);
/* Where it lies below data/: "C/Users/…", "volume2/…"; an alternate stream as ":name" at the end.
 */
bool shodo_pick_bag_path(struct shodo_buf *out, const struct shodo_pick *p);

struct shodo_collect_sink {
    void *ctx;
    /* SKIP: leave this one out (its outcome is set by the sink). */
    enum shodo_status (*begin)(void *ctx, struct shodo_pick *p, struct shodo_error *err);
    enum shodo_status (*data)(void *ctx, struct shodo_pick *p, const void *bytes, size_t n,
                              struct shodo_error *err);
    enum shodo_status (*end)(void *ctx, struct shodo_pick *p, struct shodo_error *err);
};
/* Reads every pick that is still planned, in order. CANCELLED after a signal; a negative status of
 * the sink ends it. */
enum shodo_status shodo_collect_read(struct shodo_picks *p, const struct shodo_host_source *host,
                                     const struct shodo_collect_sink *sink,
                                     struct shodo_error *err);

#endif
