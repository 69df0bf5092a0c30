/* SPDX-License-Identifier: Apache-2.0 */
/* What is inside a plan; for this room only. Everything is read-only once the plan is made:
 * examiners share it by fork. */
#ifndef SHODO_EXAMINE_PLAN_H
#define SHODO_EXAMINE_PLAN_H

#include "examine/artifact.h"
#include "examine/exam.h"
#include "examine/glob.h"

struct shodo_scan_sets;

struct shodo_plan {
    enum shodo_profile profile;
    uint64_t scan_limit_bytes, digest_ms;
    char endpoint[SHODO_ENDPOINT_TEXT_BYTES];
    char digest[65];
    struct shodo_artifacts *artifacts;
    struct shodo_globset *risky;
    struct shodo_scan_sets *sets;
    const struct shodo_detect *detect; /* borrowed; may be NULL */
};

/* The places of SHODO_PHASE_RISKY as patterns (phase.c). NULL on no memory. */
struct shodo_globset *shodo_phase_risky_places(void);

#endif
