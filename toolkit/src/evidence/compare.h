/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two states of one volume: a shadow copy and the present, by record, sequence
 * and stream. Only files; directories show through the paths. By default sizes, times, paths and
 * attributes of the listing are compared; with `want_content` also the bytes of streams that look
 * untouched, which reads both states.
 */
#ifndef SHODO_EVIDENCE_COMPARE_H
#define SHODO_EVIDENCE_COMPARE_H

#include "base/status.h"
#include "evidence/volume.h"
#include "evidence/walk.h"

enum shodo_difference_kind {
    SHODO_DIFFERENCE_ADDED,   /* not there before */
    SHODO_DIFFERENCE_REMOVED, /* no longer there */
    SHODO_DIFFERENCE_CHANGED, /* other size or write time, or (want_content) other bytes */
    /* same record, other path; may be changed too: compare the sizes and times */
    SHODO_DIFFERENCE_RENAMED,
    SHODO_DIFFERENCE_REPLACED, /* the same path, but another file */
};
const char *shodo_difference_name(enum shodo_difference_kind k); /* "added", … */

struct shodo_version {
    const char *path; /* UTF-8, as in entries */
    size_t path_len;
    uint64_t record;
    uint16_t sequence;
    uint64_t size_bytes;
    int64_t modified;
};

struct shodo_difference {
    enum shodo_difference_kind kind;
    const char *stream; /* "" for the unnamed one */
    size_t stream_len;
    const struct shodo_version *before, *now; /* NULL: was not, is not there */
    bool is_content;                          /* size and times are equal, the bytes are not */
};

struct shodo_compare_sink {
    void *ctx;
    /* non-OK ends the comparison */
    enum shodo_status (*difference)(void *ctx, const struct shodo_difference *d);
    void (*problem)(void *ctx, enum shodo_ledger_reason reason, uint64_t record, const char *path,
                    const char *text);
    enum shodo_status (*beat)(void *ctx); /* now and then while working; may be NULL */
};

struct shodo_compare_stats {
    uint64_t before, now; /* streams compared */
    uint64_t differences;
    uint64_t unread; /* want_content: pairs of which one could not be read whole */
};

struct shodo_compare_options {
    bool want_content;
    uint64_t max_streams; /* of one state; more: LIMIT. 0: as many as memory holds */
    /* paths that are no part of the comparison; may be NULL */
    bool (*is_left_out)(const char *path, size_t path_len);
};

/* `before` and `now` are volumes whose `source` is the state to read. Differences come in the order
 * of the records. */
enum shodo_status shodo_compare(struct shodo_volume *before, struct shodo_volume *now,
                                const struct shodo_compare_options *o,
                                const struct shodo_compare_sink *sink,
                                struct shodo_compare_stats *ret, struct shodo_error *err);

#endif
