/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lister: one sandboxed worker that turns the volumes of a source into work items: by phase,
 * inside a phase by volume and first cluster. Sends LEDGER for what cannot be listed and for what
 * the profile leaves out, TOTALS, then every ITEM in order, then LISTED; before TOTALS the census
 * of all entries as FACTs (examine/answers/census.h). In text mode it sends printable lines instead
 * (`shodo list`), or, after a run, facts about what differs from the shadow copies.
 *
 * For a directory of the host the same code runs without the filter (it must open directories; it
 * reads no content).
 */
#ifndef SHODO_ENGINE_LISTER_H
#define SHODO_ENGINE_LISTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "engine/host.h"
#include "evidence/volume.h"
#include "examine/answers/detect.h"
#include "examine/exam.h"

enum shodo_list_form {
    SHODO_LIST_ITEMS,
    SHODO_LIST_TEXT,
    SHODO_LIST_JSON,
    SHODO_LIST_EARLIER, /* no entry: facts about what differs from the newest shadow copies */
};

struct shodo_lister {
    const struct shodo_host_source *host;
    const struct shodo_plan *plan; /* NULL in text mode */
    enum shodo_list_form form;
    bool want_deleted;
    /* text mode: this shadow copy instead of the present state; 0 none, SHODO_VSS_NEWEST */
    uint32_t shadow;
    bool is_compared;  /* text mode: what differs between that copy and the present */
    bool want_content; /* compare bytes too */
    const char *only;  /* text mode: only this volume, by number or drive letter; NULL all */
    const struct shodo_detect *detect;       /* NULL: no census */
    uint64_t skip[SHODO_LIMIT_VOLUMES / 64]; /* bit set: a lister died on this volume before */
};

/* Is `v` what the user named: its number, or its drive letter with or without ':'? NULL names every
 * volume. */
bool shodo_lister_is_named(const char *name, const struct shodo_volume *v);
/* "3" or "newest"; false when it is neither. */
bool shodo_lister_shadow(const char *word, uint32_t *ret);

/* For shodo_worker_start; ctx = struct shodo_lister. */
int shodo_lister_run(void *ctx, int channel_fd);

#endif
