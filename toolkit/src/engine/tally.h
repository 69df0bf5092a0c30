/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy half of the ledger: lines with the same volume, reason, text and folder are added up
 * to one, with count and bytes. After SHODO_LIMIT_POLICY_LINES different folders the rest is added
 * up per volume, reason and text (path "/").
 */
#ifndef SHODO_ENGINE_TALLY_H
#define SHODO_ENGINE_TALLY_H

#include "base/status.h"
#include "model/finding.h"

struct shodo_tally;
struct shodo_tally *shodo_tally_new(void); /* NULL on no memory */
struct shodo_tally *shodo_tally_free(struct shodo_tally *t);
/* `l->path` is the item's path (its folder is taken), or, with count > 1, already a folder. */
enum shodo_status shodo_tally_add(struct shodo_tally *t, const struct shodo_ledger *l,
                                  struct shodo_error *err);
/* `l->path` is a folder, whatever the count: a line of another tally. */
enum shodo_status shodo_tally_add_folder(struct shodo_tally *t, const struct shodo_ledger *l,
                                         struct shodo_error *err);
size_t shodo_tally_count(const struct shodo_tally *t);
/* In order of first appearance; borrowed. */
const struct shodo_ledger *shodo_tally_at(const struct shodo_tally *t, size_t i);
void shodo_tally_clear(struct shodo_tally *t);

#endif
