/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule texts of a run: the ones built into the program, the site's, and what the command line
 * names; then the trial, in sandboxed processes, that says which of them may be loaded.
 */
#ifndef SHODO_ENGINE_RULES_SET_H
#define SHODO_ENGINE_RULES_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "examine/exam.h"

enum shodo_rules_kind { SHODO_RULES_YARA, SHODO_RULES_ARTIFACTS, SHODO_RULES_DETECT };

struct shodo_rules_set {
    enum shodo_rules_kind kind;
    struct shodo_vec texts;    /* struct shodo_rule_text; accepted ones first after the trial */
    struct shodo_vec verdicts; /* struct shodo_rule_verdict, same order */
    size_t accepted;
    struct shodo_arena arena;
};

void shodo_rules_init(struct shodo_rules_set *r, enum shodo_rules_kind kind);
void shodo_rules_done(struct shodo_rules_set *r);
enum shodo_status shodo_rules_add_builtin(struct shodo_rules_set *r, struct shodo_error *err);
/* A file, or a directory with everything below it: *.yar *.yara, or *.yaml *.yml, in the order of
 * their names. */
enum shodo_status shodo_rules_add_path(struct shodo_rules_set *r, const char *path,
                                       struct shodo_error *err);
/* The same below an open directory; NOTFOUND when there is no such folder. */
enum shodo_status shodo_rules_add_dir(struct shodo_rules_set *r, int dirfd, const char *name,
                                      const char *shown, struct shodo_error *err);
/* Compiles each text in a sandboxed process; one that kills it is not accepted. Sorts accepted
 * texts to the front. */
enum shodo_status shodo_rules_try(struct shodo_rules_set *r, struct shodo_error *err);

#endif
