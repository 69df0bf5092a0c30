/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transaction logs that travel with their hive. A hive of a machine that lost power is only
 * complete with its LOG files, but an examiner gets one entry at a time: the lister keeps the
 * (small) encoded entries of the logs and puts them behind the hive's own entry in the same work
 * item. The examiner decodes what is left of the item's bytes as companions. To the supervisor the
 * bytes are opaque, unless the source is a directory: then it opens the logs as it opens the hive,
 * below the directory only, and passes them before the item.
 */
#ifndef SHODO_ENGINE_COMPANIONS_H
#define SHODO_ENGINE_COMPANIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/entry.h"

#define SHODO_COMPANIONS_OF_ONE 3u /* LOG1, LOG2, LOG */

struct shodo_companions;
struct shodo_companions *shodo_companions_new(void); /* NULL on no memory */
struct shodo_companions *shodo_companions_free(struct shodo_companions *c);
/* Remembers the entry when it is a log of a hive; at most SHODO_LIMIT_COMPANIONS. false: no memory.
 */
bool shodo_companions_add(struct shodo_companions *c, const struct shodo_entry *e);
/* Appends the encoded logs of the hive at `path` (compared without case). Returns how many. */
size_t shodo_companions_append(const struct shodo_companions *c, uint32_t volume, const char *path,
                               size_t n, struct shodo_buf *out);

#endif
