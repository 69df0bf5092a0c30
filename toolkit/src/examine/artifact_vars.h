/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of artifact paths and their literal defaults. Used by artifact.c only. */
#ifndef SHODO_EXAMINE_ARTIFACT_VARS_H
#define SHODO_EXAMINE_ARTIFACT_VARS_H

#include <stdbool.h>
#include <stddef.h>

#define SHODO_ARTIFACT_EXPANSIONS_MAX 16u

/*
 * Calls `each` with every expansion of a path as a pattern for shodo_globset ('/' between segments,
 * no drive). `stream` is what stood behind the colon of the last segment ("" for none). false when
 * a variable is unknown or there are more than SHODO_ARTIFACT_EXPANSIONS_MAX expansions.
 */
bool shodo_artifact_expand(const char *path, char separator,
                           bool (*each)(void *ctx, const char *pattern, size_t n,
                                        const char *stream),
                           void *ctx);

#endif
