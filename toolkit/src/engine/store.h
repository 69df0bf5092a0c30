/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files a run writes for one endpoint: findings.jsonl, facts.jsonl, ledger.jsonl (one JSON
 * object a line, appended) and marks.jsonl (how far the run is). A line that is there already, by
 * id (findings, facts) or by content (ledger), is not written again, so that a resumed run gives
 * the same set.
 *
 * A fresh run moves the files of an earlier one to NAME.before-N.jsonl; a resumed run goes on in
 * them after cutting off a torn last line. Lines are on the medium after shodo_store_sync() or a
 * mark.
 */
#ifndef SHODO_ENGINE_STORE_H
#define SHODO_ENGINE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "model/finding.h"

struct shodo_store_counts {
    uint64_t detections, artifacts, facts, bytes;
    struct shodo_unexamined unexamined;
};

struct shodo_store;
/* `dirfd` = endpoints/<id>, borrowed. */
enum shodo_status shodo_store_open(struct shodo_store **ret, int dirfd, const char *endpoint,
                                   bool is_resumed, struct shodo_error *err);
struct shodo_store *shodo_store_free(struct shodo_store *s); /* does not sync */
/* Fills id and endpoint, appends. `*ret_line` (may be NULL) borrows the JSON line without LF; NULL
 * when it was there. */
enum shodo_status shodo_store_finding(struct shodo_store *s, struct shodo_finding *f,
                                      const char **ret_line, struct shodo_error *err);
enum shodo_status shodo_store_fact(struct shodo_store *s, struct shodo_fact *f,
                                   const char **ret_line, struct shodo_error *err);
enum shodo_status shodo_store_ledger(struct shodo_store *s, struct shodo_ledger *l,
                                     const char **ret_line, struct shodo_error *err);
/* Everything on the medium. */
enum shodo_status shodo_store_sync(struct shodo_store *s, struct shodo_error *err);
/* The same, then the mark. */
enum shodo_status shodo_store_mark(struct shodo_store *s, const char *mark_json, size_t n,
                                   struct shodo_error *err);
const struct shodo_store_counts *shodo_store_counts(const struct shodo_store *s);
/* Complete lines of one of the files, oldest first; a torn last line is not given. A callback's
 * non-OK ends it. */
enum shodo_status shodo_store_each(int dirfd, const char *name,
                                   enum shodo_status (*each)(void *ctx, const char *line, size_t n),
                                   void *ctx, struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_store, shodo_store_free)

#endif
