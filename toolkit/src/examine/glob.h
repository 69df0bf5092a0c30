/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many path patterns at once, matched against one path after the other.
 *
 * Patterns are ForensicArtifacts globs with '/' between the segments: `*` and `?` and `[set]`
 * inside a segment, a whole segment `**` for 1 to 10 levels, `**N` for 1 to N (N > 10 or N < 1
 * counts as 10, as in plaso). Comparison is case-insensitive as on NTFS. They are compiled into a
 * trie by segments, so that the cost for a path depends on its own depth and on the patterns that
 * share its beginning, not on their number.
 */
#ifndef SHODO_EXAMINE_GLOB_H
#define SHODO_EXAMINE_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define SHODO_GLOB_SEGMENTS_MAX 64u /* of one pattern */
/* `**` segments in one pattern: each multiplies the work by 10 */
#define SHODO_GLOB_DEEP_MAX 3u

struct shodo_globset;
struct shodo_globset *shodo_globset_new(void); /* NULL on no memory */
struct shodo_globset *shodo_globset_free(struct shodo_globset *g);
/* `pattern` begins with '/'. INVALID: empty segment or no leading '/'; LIMIT: too deep or too many
 * patterns. */
enum shodo_status shodo_globset_add(struct shodo_globset *g, const char *pattern, size_t n,
                                    uint32_t id, struct shodo_error *err);
size_t shodo_globset_count(const struct shodo_globset *g);
/* Calls `hit` for every pattern that fits; with several `**` an id may come more than once. false:
 * no memory. */
bool shodo_globset_match(const struct shodo_globset *g, const char *path, size_t n,
                         void (*hit)(void *ctx, uint32_t id), void *ctx);
SHODO_DEFINE_AUTOP(shodo_globset, shodo_globset_free)

/* One segment against one pattern segment (no `**`). Compares bytes: fold both first. */
bool shodo_glob_fits(const char *pattern, size_t pn, const char *s, size_t n);

#endif
