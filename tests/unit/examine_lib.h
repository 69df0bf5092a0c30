/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the examine tests: a plan, an exam and everything it said, in one process. Linked into
 * each of them. */
#ifndef SHODO_TESTS_EXAMINE_LIB_H
#define SHODO_TESTS_EXAMINE_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "examine/exam.h"

struct said_finding {
    char tap[16], rule[128], path[512], stream[64], ruleset[128], author[64];
    enum shodo_verdict verdict;
    char kind[16];
    size_t others;
    bool has_sha256;
    char detail[512];
};
struct said_line {
    bool is_problem;
    enum shodo_ledger_reason reason;
    char path[512], text[512];
    uint64_t size_bytes, examined_bytes;
};
struct said_fact {
    char path[512], values[512];
};

struct exam_run {
    struct shodo_plan *plan;
    struct shodo_exam *exam;
    struct shodo_exam_sink sink;
    struct shodo_vec findings; /* struct said_finding */
    struct shodo_vec lines;    /* struct said_line */
    struct shodo_vec facts;    /* struct said_fact */
    struct shodo_vec cache;    /* what known/learned remember */
    uint64_t asked, learned;
};

/* Asserts that it works; verdicts come from shodo_rule_try. */
void run_open(struct exam_run *r, const struct shodo_plan_options *o);
void run_close(struct exam_run *r);
void run_forget(struct exam_run *r); /* findings, lines and facts */
/* Examines bytes under a name on drive C. `stream`: NULL, or the name of a data stream beside an
 * empty unnamed one. */
void run_bytes(struct exam_run *r, const char *path, const char *stream, const void *p, size_t n);
/* The same with a descriptor of `size` bytes and an entry that the caller has made ready but for
 * its streams. */
void run_fd(struct exam_run *r, struct shodo_entry *e, int fd, uint64_t size);
/* Every file below a host directory. */
void run_tree(struct exam_run *r, const char *directory);

struct shodo_entry entry_of(const char *path); /* borrowed path, drive C, no streams */
struct shodo_rule_text rule_text(const char *name, const char *text);
/* rule NULL: any */
size_t count_findings(const struct exam_run *r, const char *tap, const char *rule);
const struct said_finding *find_finding(const struct exam_run *r, const char *rule);
const struct said_line *find_line(const struct exam_run *r, enum shodo_ledger_reason reason);

/* All files below `directory` with this suffix, as rule texts whose names are the base names.
 * Returns their number. */
size_t load_texts(const char *directory, const char *suffix, struct shodo_rule_text **ret);
void free_texts(struct shodo_rule_text *texts, size_t n);
/* The folder of the ReversingLabs rules, unpacked on the first call; skips the running test when
 * the archive is absent. */
const char *reversinglabs(void);
/* Runs a program and asserts that it exits with 0; its output into `out` when not NULL. */
void run_program(const char *const argv[], struct shodo_buf *out);

#endif
