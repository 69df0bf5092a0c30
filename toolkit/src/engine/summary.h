/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short text about one endpoint, from its files: what was not examined first (at most SHODO_SUMMARY_REASONS reasons,
 * problems before policy), then what was found. Verdict words only as in model/finding.h.
 */
#ifndef SHODO_ENGINE_SUMMARY_H
#define SHODO_ENGINE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "model/finding.h"

enum { SHODO_SUMMARY_REASONS = 7, SHODO_SUMMARY_RULES = 20 };

struct shodo_summary_reason {
    bool is_problem;
    enum shodo_ledger_reason reason;
    uint64_t lines, items, bytes;
    char *example; /* path or text of the first line */
};
struct shodo_summary_rule {
    char *rule, *description, *description_ja, *example;
    enum shodo_verdict verdict;
    uint64_t count;
};

struct shodo_summary {
    struct shodo_vec reasons; /* struct shodo_summary_reason, problems first, then by items */
    struct shodo_vec rules;   /* struct shodo_summary_rule, matches first, then by count */
    uint64_t matches, suspects, artifacts, facts, problems, policy_items;
    struct shodo_arena arena;
    bool is_unfinished; /* the marks do not end with "done" */
    uint64_t files_done, files_total;
};

/* NOTFOUND when there are no results yet. */
enum shodo_status shodo_summary_load(struct shodo_summary *ret, int endpoint_dirfd, struct shodo_error *err);
void shodo_summary_done(struct shodo_summary *s);
/* In this order in every text about an endpoint; the answers may stand between them. */
void shodo_summary_print_unexamined(const struct shodo_summary *s, bool is_japanese, struct shodo_buf *out);
void shodo_summary_print_found(const struct shodo_summary *s, bool is_japanese, struct shodo_buf *out);
void shodo_summary_write(struct shodo_json *j, const char *key, const struct shodo_summary *s);

#endif
