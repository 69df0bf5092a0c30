/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tap: one way of looking at content, one row of the table in tap.c.
 *
 * Adding one: (1) write taps/NAME.c with a `const struct shodo_tap shodo_tap_NAME`, filling only
 * the hooks it needs; (2) declare it below and add its row to the table in tap.c, behind the taps
 * whose results it uses; (3) name the file in CMakeLists.txt. It then sees every stream that is
 * read, in the same read as all others.
 *
 * Order of the calls: entry() once per entry, before anything is read; then for each stream data()
 * with all bytes in order (only when the whole stream is read), sample() with each measuring
 * window, whole() last. A tap speaks through the shodo_look_… functions; it opens nothing, and what
 * it needs after the sandbox is closed it makes in open().
 */
#ifndef SHODO_EXAMINE_TAP_H
#define SHODO_EXAMINE_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "examine/exam.h"
#include "examine/identify.h"
#include "examine/measure.h"

/* One stream under examination, and what the taps so far have found out about it. */
struct shodo_look {
    const struct shodo_plan *plan;
    const struct shodo_exam_sink *sink;
    struct shodo_exam_stats *stats;
    const struct shodo_entry *entry;
    size_t stream;                                     /* index; in entry() 0 */
    const char *path;                                  /* NUL-terminated copy of the entry's path */
    const char *stream_name;                           /* "" the unnamed one */
    const char *extension;                             /* of the path: lower case, with dot */
    const char *others[SHODO_LIMIT_NAMES_PER_FINDING]; /* further names of the same content */
    size_t others_count;
    uint64_t size_bytes;
    uint64_t findings;                       /* told of this stream so far */
    const struct shodo_signature *signature; /* by identify */
    bool has_sha256;                         /* by digest */
    uint8_t sha256[SHODO_SHA256_BYTES];
    struct shodo_measure measure; /* by measure */
};

/* The bytes of a stream: all of them in `head`, or, of a large one, its beginning and its end. */
struct shodo_bytes {
    const uint8_t *head;
    size_t head_len;
    const uint8_t *tail; /* NULL when head is everything */
    size_t tail_len;
    uint64_t tail_offset;
};

struct shodo_tap {
    const char *name;
    enum shodo_status (*open)(void **ret, const struct shodo_plan *p, struct shodo_error *err);
    void (*close)(void *state);
    void (*entry)(void *state, struct shodo_look *l);
    void (*start)(void *state, struct shodo_look *l); /* before a stream's first byte */
    void (*data)(void *state, struct shodo_look *l, const uint8_t *p, size_t n);
    void (*sample)(void *state, struct shodo_look *l, unsigned i, unsigned count, const uint8_t *p,
                   size_t n);
    void (*whole)(void *state, struct shodo_look *l, const struct shodo_bytes *b);
};

/* taps/artifact.c: definitions that select the entry */
extern const struct shodo_tap shodo_tap_artifact;
extern const struct shodo_tap shodo_tap_digest; /* taps/digest.c: SHA-256 */
/* taps/identify.c: own signature table, disguises, archives */
extern const struct shodo_tap shodo_tap_identify;
/* taps/measure.c: entropy and chi-square of samples */
extern const struct shodo_tap shodo_tap_measure;
extern const struct shodo_tap shodo_tap_scan; /* taps/scan.c: YARA */
/* taps/note.c: family names in texts that scan has found */
extern const struct shodo_tap shodo_tap_note;

/* The table, in calling order. */
size_t shodo_tap_count(void);
const struct shodo_tap *shodo_tap_at(size_t i);

/* Fills what is known of the stream (place, names, times, digest, id) and passes the finding on. At
 * most SHODO_LIMIT_FINDINGS_PER_FILE per stream; the first one too many becomes a ledger line. */
void shodo_look_finding(struct shodo_look *l, struct shodo_finding *f);
/* One problem line about this stream. */
void shodo_look_problem(struct shodo_look *l, enum shodo_ledger_reason reason,
                        uint64_t examined_bytes, const char *fmt, ...) SHODO_PRINTF(4, 5);
/* Policy: a line for the folder with count 1; the receiver adds up lines of equal folder, reason
 * and text. */
void shodo_look_policy(struct shodo_look *l, enum shodo_ledger_reason reason, const char *text);
/* An observation about this stream. `time` as in struct shodo_fact. */
void shodo_look_fact(struct shodo_look *l, const char *reader, const char *kind, int64_t time,
                     const char *values_json);

#endif
