/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How random the content looks, and whether its first bytes fit its extension. Only what is out of
 * the ordinary becomes a fact; whether it is encryption is decided from all facts together.
 *
 * fact: reader "content", kind "odd", time = $SI changed, values
 *   extension   ".docx"
 *   stream      name of the stream, absent for the unnamed one
 *   identified  name of the signature, "" when none fits
 *   expected    true when the extension demands a signature and none of them is there
 *   size, samples, random, lanes, laned, head_random, head_entropy, head_chi2, tail_entropy,
 * tail_chi2   (examine/measure.h)
 */
#include "examine/measure.h"

#include <string.h>

#include "examine/tap.h"

static void start(void *state, struct shodo_look *l) {
    (void)state;
    memset(&l->measure, 0, sizeof l->measure);
}

static void sample(void *state, struct shodo_look *l, unsigned i, unsigned count, const uint8_t *p,
                   size_t n) {
    (void)state;
    shodo_measure_add(&l->measure, i, count, p, n);
}

static void whole(void *state, struct shodo_look *l, const struct shodo_bytes *b) {
    (void)state;
    const struct shodo_measure *m = &l->measure;
    bool is_main = l->stream_name[0] == 0;
    bool is_mismatch = is_main && b->head_len > 0 &&
                       !shodo_extension_allows(l->extension, l->signature);
    bool is_random = !l->signature && (m->random > 0 || m->lanes > 0 || m->is_laned);
    if (!is_mismatch && !is_random)
        return;
    shodo_auto(shodo_buf) struct shodo_buf values = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&values);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "extension", l->extension);
    if (!is_main)
        shodo_json_str(&j, "stream", l->stream_name);
    shodo_json_str(&j, "identified", l->signature ? l->signature->name : "");
    shodo_json_bool(&j, "expected", is_mismatch);
    shodo_json_u64(&j, "size", l->size_bytes);
    shodo_json_u64(&j, "samples", m->samples);
    shodo_json_u64(&j, "random", m->random);
    shodo_json_u64(&j, "lanes", m->lanes);
    shodo_json_bool(&j, "laned", m->is_laned);
    shodo_json_bool(&j, "head_random", m->is_head_random);
    shodo_json_real(&j, "head_entropy", m->head_entropy, 3);
    shodo_json_real(&j, "head_chi2", m->head_chi2, 1);
    shodo_json_real(&j, "tail_entropy", m->tail_entropy, 3);
    shodo_json_real(&j, "tail_chi2", m->tail_chi2, 1);
    shodo_json_object_end(&j);
    shodo_look_fact(l, "content", "odd", l->entry->times[SHODO_TIME_CHANGED],
                    shodo_buf_cstr(&values));
}

const struct shodo_tap shodo_tap_measure = {
    .name = "measure", .start = start, .sample = sample, .whole = whole};
