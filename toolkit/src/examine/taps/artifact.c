/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifact definitions that select this entry: a finding of kind "artifact" for each, which
 * collecting consumes. Detail: {"order":n,"credential":bool,"hole":bytes}; `credential` is what
 * collecting refuses unless a step has named a recipient, `hole` is how far a sparse beginning
 * reaches (absent: none): it is no part of what would be copied.
 */
#include "examine/artifact.h"

#include "examine/plan.h"
#include "examine/tap.h"

static uint64_t hole_of(const struct shodo_stream *s) {
    uint64_t end = 0;
    for (size_t i = 0; i < s->runs_count && s->runs[i].is_hole; i++)
        end += s->runs[i].length;
    return SHODO_MIN(end, s->size_bytes);
}

static void hit(void *ctx, const struct shodo_artifact *d, size_t stream) {
    struct shodo_look *l = ctx;
    const struct shodo_stream *s = &l->entry->streams[stream];
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf detail = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&detail);
    shodo_buf_add(&name, s->name, s->name_len);
    shodo_json_object(&j, NULL);
    shodo_json_u64(&j, "order", d->order);
    shodo_json_bool(&j, "credential", d->is_credential);
    if (hole_of(s) > 0)
        shodo_json_u64(&j, "hole", hole_of(s));
    shodo_json_object_end(&j);
    struct shodo_finding f = {.tap = "artifact",
                              .rule = d->name,
                              .ruleset = d->file,
                              .ruleset_digest = d->digest,
                              .description = d->doc,
                              .verdict = SHODO_VERDICT_NOTHING,
                              .kind = "artifact",
                              .stream = shodo_buf_cstr(&name),
                              .detail_json = shodo_buf_cstr(&detail)};
    l->size_bytes = s->size_bytes;
    shodo_look_finding(l, &f);
}

static void on_entry(void *state, struct shodo_look *l) {
    (void)state;
    if (!shodo_artifacts_match(l->plan->artifacts, l->entry, hit, l, NULL))
        shodo_look_problem(l, SHODO_LEDGER_CRASH, 0,
                           "no memory for comparing with artifact definitions");
}

const struct shodo_tap shodo_tap_artifact = {.name = "artifact", .entry = on_entry};
