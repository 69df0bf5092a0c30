/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lister: one sandboxed worker that turns the volumes of a source into work items: by phase,
 * inside a phase by volume and first cluster. Sends LEDGER for what cannot be listed and for what
 * the profile leaves out, TOTALS, then every ITEM in order, then LISTED; before TOTALS the census
 * of all entries as FACTs (examine/answers/census.h). In text mode it sends printable lines instead
 * (`shodo list`).
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

enum shodo_list_form { SHODO_LIST_ITEMS, SHODO_LIST_TEXT, SHODO_LIST_JSON };

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

/* Length of the longest prefix that is plainly fit to be shown: ASCII without controls, kana and
 * the common CJK ideographs. What follows it needs a real look (shodo_text_safe); this only makes
 * the usual case fast. */
size_t shodo_list_plain(const uint8_t *p, size_t n);

/* For shodo_worker_start; ctx = struct shodo_lister. */
int shodo_lister_run(void *ctx, int channel_fd);
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
