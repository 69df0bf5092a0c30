/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at entries: one read per file, every tap sees the same buffer. Runs inside an examiner:
 * no path is opened, no allocation without a limit, everything it says goes to the sink.
 *
 * Two steps: an exam *plan* (rules compiled, definitions loaded) is made once in the supervisor
 * from what a sandboxed trial accepted, then every forked examiner uses it read-only through its
 * own shodo_exam.
 */
#ifndef SHODO_EXAMINE_EXAM_H
#define SHODO_EXAMINE_EXAM_H

#include <stdbool.h>

#include "base/status.h"
#include "evidence/source.h"
#include "model/entry.h"
#include "model/finding.h"

struct shodo_detect;

enum shodo_profile { SHODO_PROFILE_QUICK, SHODO_PROFILE_STANDARD, SHODO_PROFILE_FULL };

/* One file of rules or definitions as bytes (from the stick or embedded); `name` is what messages
 * call it. */
struct shodo_rule_text {
    const char *name;
    const char *text;
    size_t len;
    char digest[65]; /* hex SHA-256 of the text; filled by the caller */
};

/* What the sandboxed trial says of one rule file: passed back to the supervisor as plain data. */
struct shodo_rule_verdict {
    bool accepted;
    bool needs_externals; /* per-name: never de-duplicated by content */
    char message[256];    /* compiler's first error, with line */
};

/*
 * Once in the supervisor, before anything is forked or locked: starts libyara, so that examiners
 * have nothing left to set up. The functions below work without it too (they start it themselves),
 * but then inside the sandbox.
 */
enum shodo_status shodo_exam_prepare(struct shodo_error *err);

/* Compiles one YARA rule file alone (with and without externals), in the sandbox. Never fails: the
 * verdict says it. */
void shodo_rule_try(const struct shodo_rule_text *text, struct shodo_rule_verdict *ret);
/*
 * The same for many texts in one compiler, without externals: fills the verdicts of those before
 * the first that does not compile so, and gives their number. In the sandbox.
 */
size_t shodo_rules_try_together(const struct shodo_rule_text *texts, size_t count,
                                struct shodo_rule_verdict *ret);
/* Parses one artifact definition file (ForensicArtifacts YAML + ADS extension) the same way. */
void shodo_artifacts_try(const struct shodo_rule_text *text, struct shodo_rule_verdict *ret);

struct shodo_plan;
struct shodo_plan_options {
    enum shodo_profile profile;
    const struct shodo_rule_text *yara; /* accepted files only */
    const struct shodo_rule_verdict *yara_verdicts;
    size_t yara_count;
    const struct shodo_rule_text *artifacts; /* accepted files only */
    size_t artifacts_count;
    /* groups or definitions to select, e.g. "ShodoTier1" */
    const char *const *artifact_names;
    size_t artifact_names_count;
    uint64_t scan_limit_bytes; /* SHODO_LIMIT_SCAN_BYTES or less */
    uint64_t digest_ms;        /* 0: SHODO_LIMIT_DIGEST_SECONDS */
    const char *endpoint;      /* 12 hex, for finding ids */
    /* names of families in notes; borrowed, must outlive the plan; NULL none */
    const struct shodo_detect *detect;
};
/* A scan limit below this is raised to it. */
#define SHODO_SCAN_LIMIT_MIN_BYTES ((uint64_t)4 << 20)
/* Texts must outlive the call only. `yara_verdicts` NULL: every text is tried here first, refused
 * ones are left out. */
enum shodo_status shodo_plan_new(struct shodo_plan **ret, const struct shodo_plan_options *o,
                                 struct shodo_error *err);
struct shodo_plan *shodo_plan_free(struct shodo_plan *p);
/* hex SHA-256 over all accepted texts in order */
const char *shodo_plan_ruleset_digest(const struct shodo_plan *p);
size_t shodo_plan_rule_count(const struct shodo_plan *p);

/* What the lister asks before an entry becomes work: which phase, or why not (policy). SKIP with a
 * NULL reason: there is nothing to examine (a directory, a link), which needs no ledger line. The
 * reason is a constant text. */
enum shodo_phase {
    SHODO_PHASE_EARLY, /* notes, registry, logs, $MFT statistics, artifacts */
    SHODO_PHASE_RISKY, /* places where attackers put things */
    SHODO_PHASE_REST,
    SHODO_PHASE_SKIP, /* outside the profile: policy ledger */
    SHODO_PHASES
};
enum shodo_phase shodo_plan_phase(const struct shodo_plan *p, const struct shodo_entry *e,
                                  const char **ret_reason);

struct shodo_exam_sink {
    void *ctx;
    void (*finding)(void *ctx, const struct shodo_finding *f);
    /* Policy lines come one per item, `path` being its folder: add up those of equal folder, reason
     * and text. */
    void (*ledger)(void *ctx, const struct shodo_ledger *l);
    void (*fact)(void *ctx, const struct shodo_fact *f);
    /* Equal content: asks what is known of (sha256, rule set). true: `matches` (opaque bytes, as
     * passed to `learned`) were put into `out`, and the content need not be scanned. May be NULL.
     */
    bool (*known)(void *ctx, const uint8_t sha256[32], struct shodo_buf *out);
    void (*learned)(void *ctx, const uint8_t sha256[32], const void *matches, size_t n);
};

struct shodo_exam_stats {
    uint64_t streams, bytes_read, bytes_scanned, reused;
};

/* One examiner's working state (buffers, scanners). All memory and descriptors that are needed
 * later are made here, before the sandbox closes. */
struct shodo_exam;
enum shodo_status shodo_exam_new(struct shodo_exam **ret, const struct shodo_plan *p,
                                 const struct shodo_exam_sink *sink, struct shodo_error *err);
struct shodo_exam *shodo_exam_free(struct shodo_exam *x);
/* All streams of an entry. `source` as in shodo_content_open. Problems go to the sink's ledger; the
 * call fails only when the examiner itself cannot go on. */
enum shodo_status shodo_exam_entry(struct shodo_exam *x, struct shodo_source *source,
                                   const struct shodo_entry *e, struct shodo_error *err);
/* Entries that the next one needs to be understood (transaction logs of a hive): borrowed until
 * they are replaced. */
struct shodo_exam_companion {
    struct shodo_entry entry;
    struct shodo_source *source; /* NULL: that of the next entry */
};
void shodo_exam_companions(struct shodo_exam *x, const struct shodo_exam_companion *companions,
                           size_t count);
const struct shodo_exam_stats *shodo_exam_stats(const struct shodo_exam *x);

#endif
