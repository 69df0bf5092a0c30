/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a run: what differs between the newest shadow copies and the present, counted by a worker
 * of its own. When that worker dies or stays silent, the run has lost this count and nothing else:
 * one line of the ledger.
 */
#ifndef SHODO_ENGINE_EARLIER_H
#define SHODO_ENGINE_EARLIER_H

#include "engine/host.h"
#include "engine/store.h"
#include "evidence/volume.h"

struct shodo_earlier {
    const struct shodo_host_source *host;
    const struct shodo_volume_table
        *volumes; /* of the probe; NULL for directories: nothing to do */
    struct shodo_store *store;
    /* called about twice a second; may be NULL */
    void (*beat)(void *ctx);
    void *ctx;
};

/* Facts "vss" "differs" (engine/lister_shadow.h) and ledger lines go to the store. OK also when
 * there is nothing to compare; not OK: the store failed. */
enum shodo_status shodo_earlier_run(const struct shodo_earlier *e, struct shodo_error *err);

#endif
