/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of one file belong together, and files that the same rules hit are one entry of the
 * summary. */
#ifndef SHODO_ENGINE_SUMMARY_GROUP_H
#define SHODO_ENGINE_SUMMARY_GROUP_H

#include "engine/summary.h"

struct shodo_grouping;
/* Texts of the groups are kept in the summary's arena. NULL: no memory. */
struct shodo_grouping *shodo_grouping_new(struct shodo_summary *s);
struct shodo_grouping *shodo_grouping_free(struct shodo_grouping *g);
/* A detection. A file is its volume, record and path; its streams count as one. */
enum shodo_status shodo_grouping_add(struct shodo_grouping *g, const struct shodo_finding *f);
/* Fills groups, match_files and suspect_files of the summary. */
enum shodo_status shodo_grouping_finish(struct shodo_grouping *g, struct shodo_error *err);

#endif
