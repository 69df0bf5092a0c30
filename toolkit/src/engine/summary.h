/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short text about one endpoint, from its files: what was not examined first (at most
 * SHODO_SUMMARY_REASONS reasons, problems before policy), then what was found: files, not findings,
 * and files that the same rules hit in one entry. Verdict words only as in model/finding.h.
 */
#ifndef SHODO_ENGINE_SUMMARY_H
#define SHODO_ENGINE_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "model/finding.h"

enum { SHODO_SUMMARY_REASONS = 7, SHODO_SUMMARY_GROUPS = 7 };

struct shodo_summary_reason {
    bool is_problem;
    enum shodo_ledger_reason reason;
    uint64_t lines, items, bytes;
    char *text;    /* of the first line; policy lines of another text are another reason */
    char *example; /* path of the first line; NULL when it has none */
};
struct shodo_summary_rule {
    char *rule, *description, *description_ja, *example;
    enum shodo_verdict verdict;
    uint64_t count;
};

/* Files that exactly these rules hit. */
struct shodo_summary_group {
    enum shodo_verdict verdict; /* MATCH when one of the rules says so */
    uint64_t files;
    const char **rules; /* names, sorted; in the arena */
    size_t rules_count;
    const char *description, *description_ja; /* of the first rule that has one */
    const char *example;                      /* path of one of the files */
};

struct shodo_summary {
    struct shodo_vec reasons; /* struct shodo_summary_reason, problems first, then by items */
    struct shodo_vec rules;   /* struct shodo_summary_rule, matches first, then by count */
    struct shodo_vec groups;  /* struct shodo_summary_group, matches first, then by files */
    uint64_t match_files, suspect_files; /* files with a match; those with nothing but suspects */
    uint64_t matches, suspects, artifacts, facts; /* findings */
    struct shodo_unexamined unexamined;
    struct shodo_arena arena;
    bool is_unfinished; /* the marks do not end with "done" */
    uint64_t files_done, files_total;
    uint64_t bytes, bytes_left; /* of files that the run reads and of those that it leaves out */
};

/* NOTFOUND when there are no results yet. */
enum shodo_status shodo_summary_load(struct shodo_summary *ret, int endpoint_dirfd,
                                     struct shodo_error *err);
void shodo_summary_done(struct shodo_summary *s);
/* In this order in every text about an endpoint; the answers may stand between them. */
void shodo_summary_print_unexamined(const struct shodo_summary *s, bool is_japanese,
                                    struct shodo_buf *out);
void shodo_summary_print_found(const struct shodo_summary *s, bool is_japanese,
                               struct shodo_buf *out);
void shodo_summary_write(struct shodo_json *j, const char *key, const struct shodo_summary *s);

#endif
