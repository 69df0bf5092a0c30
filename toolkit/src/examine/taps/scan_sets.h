/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled rules of a plan, sorted into sets by the files on which they can match.
 *
 * Two tables: CONTENT, rules that see content alone (equal content is scanned once), and NAME, rule
 * files that need externals (evaluated for every name). In each table four sets: ANY    rules
 * without a guard: every file that does not begin with "MZ" SMALL  rules with a small filesize
 * guard, after ANY, on small files ELF    rules for ELF, after ANY MZ     everything that can match
 * a file beginning with "MZ", in one set, because a second pass over a program costs a third more;
 * ANY and SMALL rules are therefore compiled twice. Empty when no rule has that guard: then such
 *          files are treated like all others
 * Each set has two parts: FREE rules, tried on every file of the set, and NEEDED ones, of which
 * each demands one of a few plain texts (examine/yara_need.h): they are tried only where the gate
 * of the set finds such a text. A module is imported only by the parts that need it (building pe,
 * elf, … costs 0.95 ms a file).
 */
#ifndef SHODO_EXAMINE_TAPS_SCAN_SETS_H
#define SHODO_EXAMINE_TAPS_SCAN_SETS_H

#include "base/status.h"
#include "examine/exam.h"
#include "examine/literals.h"
#include "examine/taps/scan_yara.h"

enum shodo_set_table { SHODO_TABLE_CONTENT, SHODO_TABLE_NAME, SHODO_TABLES };
enum shodo_set_kind { SHODO_SET_ANY, SHODO_SET_SMALL, SHODO_SET_ELF, SHODO_SET_MZ, SHODO_SETS };
enum shodo_set_part { SHODO_PART_FREE, SHODO_PART_NEEDED, SHODO_PARTS };

struct shodo_scan_rules {
    struct shodo_yara_rules *rules; /* NULL: empty */
    uint32_t *ids;                  /* index in `rules` → rule id */
};

struct shodo_scan_set {
    struct shodo_scan_rules parts[SHODO_PARTS];
    struct shodo_literals *gate; /* of the NEEDED part; NULL when that is empty */
};

struct shodo_scan_rule {
    struct shodo_yara_rule rule; /* .space = index of the file */
};

struct shodo_scan_file {
    char *name;
    char digest[65];
};

struct shodo_scan_sets {
    struct shodo_scan_set sets[SHODO_TABLES][SHODO_SETS];
    uint64_t small_bytes[SHODO_TABLES]; /* largest bound of a rule in SMALL */
    bool needs_md5;
    struct shodo_scan_file *files;
    size_t files_count;
    struct shodo_scan_rule *rules; /* by rule id, sorted by file and name */
    size_t rules_count;
    uint8_t stamp[8]; /* of all accepted texts: what cached matches are tied to */
};

/*
 * Compiles the accepted texts (`verdicts` NULL: tries each first). A text that was accepted alone
 * but fails here is taken uncut; INVALID names it when that fails too. `digest` is
 * shodo_plan_ruleset_digest().
 */
enum shodo_status shodo_scan_sets_new(struct shodo_scan_sets **ret,
                                      const struct shodo_rule_text *texts,
                                      const struct shodo_rule_verdict *verdicts, size_t count,
                                      const char *digest, struct shodo_error *err);
struct shodo_scan_sets *shodo_scan_sets_free(struct shodo_scan_sets *s);

#endif
