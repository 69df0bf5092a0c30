/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts the source text of a YARA rule file into its rules and says, for each, on which files it
 * cannot match.
 *
 * Why: libyara spends most of its time on strings of rules that can never match the file at hand. A
 * rule whose condition is `uint16(0) == 0x5A4D and …` needs to be tried on files that start with
 * "MZ" only. The cut is conservative: only a conjunct of the top-level `and` counts, files with a
 * `global` rule are never cut, rules that refer to each other stay together without a guard, and
 * whatever the tokenizer does not understand makes the whole file uncut.
 *
 * This is a tokenizer, not a compiler: it decides nothing about whether a rule is right (libyara
 * does). Grammar: YARA 4.2 and 4.5 manuals, "Writing YARA rules".
 */
#ifndef SHODO_EXAMINE_YARA_SPLIT_H
#define SHODO_EXAMINE_YARA_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum shodo_guard {
    SHODO_GUARD_NONE,  /* may match anything */
    SHODO_GUARD_MZ,    /* the file starts with "MZ" */
    SHODO_GUARD_ELF,   /* the file starts with 7F 45 ("\x7fE") */
    SHODO_GUARD_SMALL, /* the file has at most max_bytes */
};

/* Modules that a rule's condition mentions (`pe.…`): bit i = shodo_yara_modules[i]. */
#define SHODO_YARA_MODULES 14u
extern const char *const shodo_yara_modules[SHODO_YARA_MODULES];

struct shodo_split_rule {
    size_t start; /* offset of the first modifier or of `rule` */
    size_t end;   /* offset behind the closing brace */
    size_t name;  /* offset and length of the identifier */
    size_t name_len;
    size_t condition; /* offset behind "condition:" */
    enum shodo_guard guard;
    uint64_t max_bytes; /* SHODO_GUARD_SMALL */
    uint32_t modules;
    /* index in the file's `needs`: one of the next needs_count texts is in every file that matches
     */
    size_t needs;
    size_t needs_count; /* 0: nothing is known */
    bool is_private;
    bool is_global;
    bool uses_md5; /* mentions the external `md5` */
};

struct shodo_split {
    const char *text; /* borrowed */
    size_t len;
    struct shodo_vec rules; /* struct shodo_split_rule, in file order */
    struct shodo_vec needs; /* struct shodo_literal (examine/yara_need.h) */
    uint32_t imports;       /* modules imported anywhere in the file */
    bool is_whole;          /* not cut: take the text as it is, without guards */
};

/* A filesize guard counts only up to this bound: larger ones exclude next to nothing. */
#define SHODO_SPLIT_SMALL_BYTES ((uint64_t)1 << 20)

/* Never fails for bad text (is_whole then); false only when memory ran out. `text` is borrowed for
 * the life of `s`. */
bool shodo_split_init(struct shodo_split *s, const char *text, size_t len);
void shodo_split_done(struct shodo_split *s);
/*
 * Appends the text of the rules for which want(ctx, rule) is true, in file order, with the imports
 * that they need; nothing when there is none. An uncut file is appended as it is when `want_whole`.
 * Returns the number of rules appended (for an uncut file the number the tokenizer saw, at least
 * 1).
 */
size_t shodo_split_write(const struct shodo_split *s, struct shodo_buf *out, bool want_whole,
                         bool (*want)(void *ctx, const struct shodo_split_rule *r), void *ctx);
SHODO_DEFINE_AUTO(shodo_split, shodo_split_done)

#endif
