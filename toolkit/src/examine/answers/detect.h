/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detection knowledge: the files of rules/detect/ (and the site's own, same schemas), as one object
 * that is only read. Every file is one YAML map; a list of the same name in several files is one
 * list (built-in rows first). Loaded in the supervisor from texts of the stick, never from
 * evidence; forked workers share it.
 */
#ifndef SHODO_EXAMINE_ANSWERS_DETECT_H
#define SHODO_EXAMINE_ANSWERS_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/value.h"
#include "examine/exam.h"

struct shodo_detect;
/* INVALID names the file and line that is no YAML map with a "schema". Texts need not outlive the
 * call. */
enum shodo_status shodo_detect_new(struct shodo_detect **ret, const struct shodo_rule_text *texts,
                                   size_t count, struct shodo_error *err);
struct shodo_detect *shodo_detect_free(struct shodo_detect *d);
SHODO_DEFINE_AUTOP(shodo_detect, shodo_detect_free)
/* hex SHA-256 over all texts in order */
const char *shodo_detect_digest(const struct shodo_detect *d);

/* Rows of a list over all files: "families", "patterns" (of `schema` only, when it is not NULL),
 * "tools", … */
size_t shodo_detect_count(const struct shodo_detect *d, const char *schema, const char *list);
const struct shodo_value *shodo_detect_row(const struct shodo_detect *d, const char *schema,
                                           const char *list, size_t i);
/* A single value of the first file that has it ("min_directories" of note-names, …). */
const struct shodo_value *shodo_detect_value(const struct shodo_detect *d, const char *schema,
                                             const char *key);

/* `*` and `?` (one character) over the whole text; both sides folded before. No sets: '[' is
 * itself. */
bool shodo_wild(const char *pattern, const char *s, size_t n);
/* Any of the list's texts fits `s` (folded by the caller); patterns are folded here. Backslashes
 * count as '/'. */
bool shodo_wild_any(const struct shodo_value *list, const char *folded, size_t n);
/* Fold of `s` with '\\' turned into '/', into `out` (cleared first). */
const char *shodo_fold_path(struct shodo_buf *out, const char *s, size_t n);

/* ---- what is asked of every entry of a volume: compiled ---- */

enum shodo_extension_list {
    SHODO_EXT_UNKNOWN,
    SHODO_EXT_WEAK,
    SHODO_EXT_STRONG,
    SHODO_EXT_PATTERN,
    SHODO_EXT_NEVER
};
/* `folded_name`: base name. `*ret_family` = "" or an id of families. */
enum shodo_extension_list shodo_detect_extension(const struct shodo_detect *d,
                                                 const char *extension, const char *folded_name,
                                                 size_t n, const char **ret_family);
/* Is it named like a note? 0 no, 1 weak, 2 strong. */
int shodo_detect_note(const struct shodo_detect *d, const char *folded_name, size_t n,
                      const char *extension, uint64_t size);
/* Index of the first patient-data indicator that fits, or -1. `folded_path` with '/', `extension`
 * folded. `*ret_is_named`: by extension or name, not only by the folder it lies in. */
int shodo_detect_patient(const struct shodo_detect *d, const char *folded_path, size_t n,
                         const char *extension, bool *ret_is_named);

#endif
