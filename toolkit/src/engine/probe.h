/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two small sandboxed workers that run before any listing: the probe (what is on this source?) and
 * the trial of rule texts (which of them compile?). Both for shodo_worker_start.
 */
#ifndef SHODO_ENGINE_PROBE_H
#define SHODO_ENGINE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "examine/exam.h"

/* Probe: sends one PROBE message; ctx = struct shodo_host_source. */
int shodo_probe_run(void *ctx, int channel_fd);
/*
 * Trial: compiles rule texts and sends VERDICTs in order; ctx = struct shodo_trial. Together as far
 * as that goes (a compiler for each text costs more than compiling it), each alone from the first
 * that fails. When the process dies before the verdict of a text, that text is to blame only if
 * `is_alone` was set.
 */
struct shodo_trial {
    const struct shodo_rule_text *texts;
    size_t first, count; /* from `first` on */
    bool is_artifacts, is_alone;
};
int shodo_trial_run(void *ctx, int channel_fd);

#endif
