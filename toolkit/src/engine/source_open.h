/* SPDX-License-Identifier: Apache-2.0 */
/* A source and what the sandboxed probe says of it: volumes and endpoint id. */
#ifndef SHODO_ENGINE_SOURCE_OPEN_H
#define SHODO_ENGINE_SOURCE_OPEN_H

#include "case/case.h"
#include "engine/host.h"
#include "evidence/volume.h"

struct shodo_opened {
    struct shodo_host_source host;
    struct shodo_volume_table volumes; /* without sources; empty for directories */
    char probed[13];                   /* endpoint id by the probe; "" for directories */
};

/* `key_paths` (const char *, may be NULL): files with recovery keys. REFUSED when no key fits a
 * locked volume. */
enum shodo_status shodo_opened_open(struct shodo_opened *ret, const char *path,
                                    const struct shodo_vec *key_paths, struct shodo_error *err);
/* How many volumes a recovery key is still wanted for: part of what makes two runs the same. */
size_t shodo_opened_locked(const struct shodo_opened *o);
void shodo_opened_done(struct shodo_opened *o);
/* What identifies it in a case. For a directory that is its `name`. `serials` must hold
 * SHODO_LIMIT_VOLUMES pointers. */
struct shodo_endpoint_facts shodo_opened_facts(const struct shodo_opened *o, const char *name,
                                               const char **serials);

#endif
