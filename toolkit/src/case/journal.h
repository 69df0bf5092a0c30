/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: one append-only, hash-chained file per stick (journal/<stick-id>.jsonl). A record is
 * one JSON line:
 *   {"seq":N,"time":"…Z","mono_ms":N,"actor":"…","event":"…","data":{…},"prev":"<64 hex>"}
 * prev = SHA-256 of the previous line's exact bytes including its LF; the first record has 64 zeros
 * and carries stick id, build id and versions. fsync per record, flock while appending. A torn last
 * line is cut off into <stick-id>.torn-N when the journal is opened for writing, and reported by a
 * record "journal.torn". A checkpoint record's data holds {"upto":seq,"digest":"<hex of the
 * previous line's hash>","cert":"<fingerprint>", "signature":"<base64 DER ECDSA over the 64 hex
 * characters of digest>"}; the certificate stands in the first record.
 */
#ifndef SHODO_CASE_JOURNAL_H
#define SHODO_CASE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/status.h"
#include "base/value.h"
#include "case/key.h"

struct shodo_journal;

enum shodo_status shodo_journal_open(struct shodo_journal **ret, int journal_dirfd,
                                     struct shodo_key *key, const char *first_data_json,
                                     struct shodo_error *err);
struct shodo_journal *shodo_journal_free(struct shodo_journal *j);
/* Appends one record; `data_json` is a JSON object. OK means it is on the medium. */
enum shodo_status shodo_journal_add(struct shodo_journal *j, const char *actor, const char *event,
                                    const char *data_json, struct shodo_error *err);
enum shodo_status shodo_journal_checkpoint(struct shodo_journal *j, struct shodo_error *err);
uint64_t shodo_journal_seq(const struct shodo_journal *j); /* of the last record */
/* hex hash of the last line */
const char *shodo_journal_head(const struct shodo_journal *j);

/* All records of all sticks' journals in time order (seq order inside a file); the fold reads this.
 */
struct shodo_record {
    uint64_t seq;
    int64_t time;
    const char *stick;
    const char *actor, *event;
    const struct shodo_value *data;
    const char *line;
    size_t line_len;
};
enum shodo_status shodo_journal_each(int journal_dirfd,
                                     enum shodo_status (*each)(void *ctx,
                                                               const struct shodo_record *r),
                                     void *ctx, struct shodo_error *err);

struct shodo_journal_report {
    uint64_t records, checkpoints;
    uint64_t after_checkpoint; /* records that no checkpoint covers yet */
    bool torn;
};
/* Checks every file: chain, sequence, checkpoints' signatures. Each problem goes to `problem` (one
 * line of English); REFUSED when there was one. `expect_head` (hex, may be NULL): a hash that must
 * occur in the chain (from a bundle or a card). */
enum shodo_status shodo_journal_verify(int journal_dirfd, const char *expect_head,
                                       void (*problem)(void *ctx, const char *text), void *ctx,
                                       struct shodo_journal_report *ret, struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_journal, shodo_journal_free)

#endif
