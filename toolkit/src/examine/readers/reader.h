/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader: what turns one kind of file (a hive, an event log, …) into facts.
 *
 * Adding one: (1) write NAME.c with a `const struct shodo_reader shodo_reader_NAME`; (2) declare it
 * below and add its row to the table in reader.c; (3) name the file in sources.cmake; (4) document
 * its facts in docs/formats-facts.md. The examiner calls it for every stream that it wants, outside
 * of the taps: it reads what it needs itself (a hive whole, a log piece by piece, a journal without
 * its hole).
 *
 * Readers are pure functions over bytes: no path is opened, no state is kept, the input is hostile.
 * Damage is told through `problem` and what could be read is still told. Every amount has a limit
 * of base/limits.h.
 */
#ifndef SHODO_EXAMINE_READERS_READER_H
#define SHODO_EXAMINE_READERS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "evidence/source.h"
#include "examine/exam.h"
#include "examine/tap.h"
#include "model/entry.h"
#include "model/finding.h"

/* Random access to the bytes of one stream. */
struct shodo_reader_bytes {
    void *ctx;
    uint64_t size;
    /* Fills up to n bytes; *ret_n says how many (0 at the end). */
    enum shodo_status (*read)(void *ctx, uint64_t offset, void *p, size_t n, size_t *ret_n,
                              struct shodo_error *err);
    /* first byte that is not in a hole; size when none */
    uint64_t (*next_data)(void *ctx, uint64_t offset);
};
/* A stream that lies in memory; `mem` must outlive the result. */
struct shodo_reader_memory {
    const uint8_t *p;
    size_t n;
};
struct shodo_reader_bytes shodo_reader_in_memory(struct shodo_reader_memory *mem);

#define SHODO_READER_COMPANIONS 3u

struct shodo_reader_file {
    const char *path;   /* evidence path, NUL-terminated */
    const char *stream; /* "" the unnamed one */
    struct shodo_reader_bytes bytes;
    /* Transaction logs of a hive (LOG1, LOG2, LOG), as far as there are any. */
    struct shodo_reader_bytes companions[SHODO_READER_COMPANIONS];
    size_t companions_count;
};

/* Where results go. All texts are borrowed for the call. */
struct shodo_reader_sink {
    void *ctx;
    /* `source` is the place inside the file ("record 4711"), `time` ns UTC or NONE, `values_json`
     * an object. */
    void (*fact)(void *ctx, const char *reader, const char *kind, int64_t time, const char *source,
                 const char *values_json);
    void (*problem)(void *ctx, enum shodo_ledger_reason reason, uint64_t examined_bytes,
                    const char *text);
};
void shodo_reader_problem(const struct shodo_reader_sink *s, enum shodo_ledger_reason reason,
                          uint64_t examined_bytes, const char *fmt, ...) SHODO_PRINTF(4, 5);

struct shodo_reader {
    const char *name;
    const char *const *patterns; /* globs of '/' paths (shodo_reader_fits), NULL-terminated */
    const char *stream;          /* "" or the name of the data stream, case-insensitive */
    bool wants_logs;             /* companions: PATH.LOG1, PATH.LOG2, PATH.LOG */
    void (*run)(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink);
};

extern const struct shodo_reader shodo_reader_registry; /* registry.c */
extern const struct shodo_reader shodo_reader_evtx;     /* events.c */
extern const struct shodo_reader shodo_reader_usn;      /* usn.c */
extern const struct shodo_reader shodo_reader_prefetch; /* prefetch.c */
extern const struct shodo_reader shodo_reader_text;     /* remote_log.c */
extern const struct shodo_reader shodo_reader_defender; /* defender_log.c */
extern const struct shodo_reader shodo_reader_wmi;      /* wmi.c */

size_t shodo_reader_count(void);
const struct shodo_reader *shodo_reader_at(size_t i);
/* One path against one pattern: ASCII case-insensitive; `*` inside a segment, a leading `**` for
 * any folders. */
bool shodo_reader_fits(const char *pattern, const char *path, size_t n);
/* The reader that wants this stream of the entry, or NULL. */
const struct shodo_reader *shodo_reader_of(const struct shodo_entry *e, size_t stream);
/* true when some stream of the entry is wanted (→ phase EARLY). */
bool shodo_reader_wants(const struct shodo_entry *e);
/* true for a file that a hive at the same place may need: its path without ".LOG", ".LOG1", ".LOG2"
 * is a hive's. */
bool shodo_reader_is_companion(const struct shodo_entry *e);

/* Reads the whole stream. false: said as a problem; what could be read up to there is in `out`. */
bool shodo_reader_load(struct shodo_buf *out, const struct shodo_reader_bytes *b,
                       uint64_t max_bytes, const char *what, const struct shodo_reader_sink *sink);

/* All wanted streams of the entry of `l`. */
void shodo_readers_run(struct shodo_look *l, struct shodo_source *source,
                       const struct shodo_exam_companion *companions, size_t companions_count);

#endif
