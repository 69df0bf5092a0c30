/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An examiner: makes its scanners, closes the sandbox, then looks at one item after the other. Up
 * to SHODO_LIMIT_ITEMS_AHEAD items may be waiting in its socket; it answers in order, so that the
 * first unanswered item is the one that is to blame when it dies.
 */
#ifndef SHODO_ENGINE_EXAMINER_H
#define SHODO_ENGINE_EXAMINER_H

#include "engine/host.h"
#include "examine/exam.h"

struct shodo_examiner {
    const struct shodo_host_source *host;
    const struct shodo_plan *plan;
    /* of the probe: another table now means another disk, or none; may be NULL */
    const struct shodo_volume_table *volumes;
    /* Called before each entry. NULL in the program; the sandbox tests put a crash, a hang or a
     * forbidden call here. */
    void (*hook)(const struct shodo_entry *e, int channel_fd);
};

/* For shodo_worker_start; ctx = struct shodo_examiner. */
int shodo_examiner_run(void *ctx, int channel_fd);

#endif
