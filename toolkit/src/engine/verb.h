/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb table: one row a command. `shodo help`, `shodo help VERB` and the dispatch come from it;
 * adding a command is one file and one row. Options are rows too: parsing and the option list of
 * the help share them.
 */
#ifndef SHODO_ENGINE_VERB_H
#define SHODO_ENGINE_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

enum shodo_exit {
    SHODO_EXIT_NOTHING = 0,  /* done, nothing found */
    SHODO_EXIT_FINDINGS = 1, /* findings present, or verification failed */
    SHODO_EXIT_USAGE = 2,
    SHODO_EXIT_INCOMPLETE = 3, /* done, with ledger lines of class problem, or cancelled */
    SHODO_EXIT_FAILED = 4,
};

struct shodo_verb {
    const char *name;
    const char *usage;   /* what follows the name */
    const char *help;    /* one line */
    const char *exits;   /* what 0, 1 and 3 mean here */
    const char *example; /* what follows the name */
    /* argv[0] = first word after the name */
    int (*run)(const struct shodo_verb *v, int argc, char **argv);
};

extern const struct shodo_verb shodo_verbs[];
extern const size_t shodo_verbs_count;

/* One option: exactly one of the targets is set. A list collects `const char *`. */
struct shodo_option {
    const char *name; /* "--case" */
    const char **text;
    bool *flag;
    uint64_t *number;
    struct shodo_vec *list;
    const char *choices; /* "ja|en": what a text may be; NULL: anything */
};
/* Splits argv into options and at most `max` plain words. false after a message: return
 * SHODO_EXIT_USAGE. "--name=x" is the same as "--name x"; "--" ends the options; a word "-" is
 * plain. */
bool shodo_args_parse(const struct shodo_verb *v, int argc, char **argv,
                      const struct shodo_option *options, size_t count, const char **words,
                      size_t max, size_t *ret_words);
/* `shodo help VERB`, on stdout: usage, what it does, options, exit codes, an example. */
void shodo_verb_help(const struct shodo_verb *v);
/* "shodo VERB: text" on stderr, foreign text made safe; gives `code`. */
int shodo_verb_fail(const struct shodo_verb *v, int code, const char *text);
int shodo_verb_usage(const struct shodo_verb *v, const char *text);

/* clang-format off */
#define SHODO_VERB_LIST(X) \
    X(sources) X(list) X(cat) X(compare) X(case) X(triage) X(collect) \
    X(pack) X(verify) X(open) X(journal) X(key) X(rules) X(artifacts) \
    X(playbook) X(drill) X(sheet) X(site) X(answers) X(export)
/* clang-format on */
#define X(id) int shodo_verb_##id(const struct shodo_verb *v, int argc, char **argv);
SHODO_VERB_LIST(X)
#undef X

#endif
