/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run says: findings, ledger lines and facts, one JSON object a line, and their ids.
 * Field names: Elastic Common Schema 9, flat dotted keys, plus shodo.* for what ECS does not have.
 * docs/formats.md lists every key.
 */
#ifndef SHODO_MODEL_FINDING_H
#define SHODO_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/status.h"
#include "base/value.h"

/* The four outcomes; there is no fifth. */
enum shodo_verdict {
    SHODO_VERDICT_MATCH,       /* 一致 */
    SHODO_VERDICT_SUSPECT,     /* 要確認 */
    SHODO_VERDICT_NOTHING,     /* 該当なし */
    SHODO_VERDICT_NOT_EXAMINED /* 未検査, with a reason */
};
/* "match" "suspect" "nothing_found" "not_examined" */
const char *shodo_verdict_name(enum shodo_verdict v);
const char *shodo_verdict_ja(enum shodo_verdict v);
bool shodo_verdict_parse(const char *name, enum shodo_verdict *ret);

#define SHODO_ID_TEXT_BYTES       65 /* 64 hex + NUL */
#define SHODO_ENDPOINT_TEXT_BYTES 13

/* Strings are borrowed; NULL = absent. */
struct shodo_finding {
    char id[SHODO_ID_TEXT_BYTES]; /* filled by shodo_finding_id() */
    const char *endpoint;         /* 12 hex */
    const char *tap;              /* "scan", "artifact", "identify", "measure", … */
    const char *rule;             /* rule name or artifact name */
    const char *ruleset;          /* rule file or set it came from */
    const char *ruleset_digest;   /* hex SHA-256 */
    const char *rule_id;          /* meta.id */
    const char *rule_author;      /* meta.author: shown (licence duty of public sets) */
    const char *rule_reference;
    const char *description; /* one sentence */
    const char *description_ja;
    /* MATCH or SUSPECT; artifact selections use NOTHING with kind "artifact" */
    enum shodo_verdict verdict;
    const char *kind; /* "detection" or "artifact" */
    uint32_t volume;
    uint64_t record;
    uint16_t sequence;
    const char *path; /* evidence path */
    char drive;
    const char *stream;             /* "" unnamed */
    const char *const *other_paths; /* further names of the same content */
    size_t other_paths_count;
    uint64_t size_bytes;
    bool has_sha256;
    uint8_t sha256[SHODO_SHA256_BYTES];
    int64_t times[4]; /* $SI, MACB order of model/entry.h */
    bool is_deleted;
    const char *owner;
    const char *detail_json; /* tap-specific object, valid JSON */
};

/* SHA-256 over endpoint, volume, record, sequence, stream, tap, rule, rule-set digest, each
 * length-prefixed. For directory sources (record 0) the path takes the record's place. Never time,
 * order or run. "" when memory ran out. */
void shodo_finding_id(struct shodo_finding *f);
void shodo_finding_write(struct shodo_json *j, const struct shodo_finding *f, int64_t measured_at);
/* Strings are borrowed from `v` and, where they had to be made (b64 texts, lists, objects as text),
 * from `arena`. INVALID names the missing or ill-typed key. The same for ledger lines and facts
 * below. */
enum shodo_status shodo_finding_read(struct shodo_finding *ret, const struct shodo_value *v,
                                     struct shodo_arena *arena, struct shodo_error *err);

/* Why something was not examined. One word each, in JSON lower case. */
#define SHODO_LEDGER_REASONS(X)                                                                    \
    X(UNREADABLE, "unreadable", "読めない領域")                                                    \
    X(ENCRYPTED, "encrypted", "暗号化されていて鍵がない")                                          \
    X(TOO_LARGE, "too_large", "大きすぎる")                                                        \
    X(TIMEOUT, "timeout", "時間切れ")                                                              \
    X(CANCELLED, "cancelled", "中止された")                                                        \
    X(UNSUPPORTED, "unsupported", "対応していない形式")                                            \
    X(CRASH, "crash", "検査プログラムの異常終了")                                                  \
    X(DAMAGED, "damaged", "壊れている")                                                            \
    X(NOSPACE, "nospace", "空き容量不足")                                                          \
    X(POLICY, "policy", "対象外の設定")                                                            \
    X(RULE, "rule", "規則が読めない")
enum shodo_ledger_reason {
#define X(id, name, ja) SHODO_LEDGER_##id,
    SHODO_LEDGER_REASONS(X)
#undef X
        SHODO_LEDGER_REASON_COUNT
};

/*
 * class "problem": one line per item. class "policy": one line per reason and folder with count and
 * bytes (count > 1, `path` is the folder).
 */
struct shodo_ledger {
    bool is_problem;
    enum shodo_ledger_reason reason;
    const char *endpoint;
    uint32_t volume;
    uint64_t record;
    uint16_t sequence;
    const char *path; /* NULL when it is about the volume or the run */
    char drive;
    const char *stream;
    uint64_t count;      /* items; at least 1 */
    uint64_t size_bytes; /* of the items */
    uint64_t examined_bytes;
    const char *text;   /* English, complete: "examined 16777216 of 209715200 bytes" */
    bool is_of_collect; /* about copying, not about examining */
};

/*
 * The one count of what was not examined (未検査), wherever it is shown: items (`count`), not
 * lines, of what a triage did not look at or not to the end. Problems and what the profile leaves
 * out are kept apart. Lines that collecting adds are no part of it: a file that was examined and
 * not copied is not 未検査, and the count does not grow when a bundle is made.
 */
struct shodo_unexamined {
    uint64_t problems;
    uint64_t policy;
};
/* false: the line is not about examining and was not counted. */
bool shodo_unexamined_add(struct shodo_unexamined *u, const struct shodo_ledger *l);

const char *shodo_ledger_reason_name(enum shodo_ledger_reason r);
const char *shodo_ledger_reason_ja(enum shodo_ledger_reason r);
bool shodo_ledger_reason_parse(const char *name, enum shodo_ledger_reason *ret);
void shodo_ledger_write(struct shodo_json *j, const struct shodo_ledger *l, int64_t measured_at);
enum shodo_status shodo_ledger_read(struct shodo_ledger *ret, const struct shodo_value *v,
                                    struct shodo_arena *arena, struct shodo_error *err);

/* One observation by a reader. `values_json` is an object with the reader's own keys (documented
 * with the reader). */
struct shodo_fact {
    char id[SHODO_ID_TEXT_BYTES]; /* SHA-256 over endpoint, source, kind, time, values */
    const char *endpoint;
    const char *reader; /* "evtx", "regf", "usn", "mft", … */
    const char *kind;   /* "logon", "service_installed", … */
    int64_t time;       /* ns UTC, NONE when the fact has no time */
    uint32_t volume;
    uint64_t record;
    const char *path;   /* file it was read from */
    const char *source; /* place inside the file: "record 4711", "SYSTEM\\…\\Services\\x" */
    const char *values_json;
};
void shodo_fact_id(struct shodo_fact *f);
void shodo_fact_write(struct shodo_json *j, const struct shodo_fact *f);
enum shodo_status shodo_fact_read(struct shodo_fact *ret, const struct shodo_value *v,
                                  struct shodo_arena *arena, struct shodo_error *err);

/*
 * Events: what a run says while it works (`--events FD`), one JSON object a line, "event" first:
 *
 * start {run, endpoint, source, profile, files, bytes, bytes_left, seconds_from, seconds_to,
 * volumes:[...]}: the budget, before any content is read (engine/budget.h)
 *
 * progress {phase, files, files_total, bytes, bytes_total, findings, problems, current, elapsed_ms}
 *
 * finding {finding object}, fact {...}, answer {...}, ledger {ledger object} (problems only)
 *
 * warning {text}
 *
 * done {status: done|cancelled|failed, exit, files, bytes, findings, problems, policy, elapsed_ms;
 *   of a collection also name and the files that are not in it: missing, empty, limited, failed,
 * withheld}
 */
#define SHODO_EVENT_VERSION 1

#endif
