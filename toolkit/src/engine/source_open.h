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

enum shodo_status shodo_opened_open(struct shodo_opened *ret, const char *path, struct shodo_error *err);
void shodo_opened_done(struct shodo_opened *o);
/* What identifies it in a case. For a directory that is its `name`. `serials` must hold SHODO_LIMIT_VOLUMES pointers. */
struct shodo_endpoint_facts shodo_opened_facts(const struct shodo_opened *o, const char *name, const char **serials);

#endif
