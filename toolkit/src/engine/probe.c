/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include <stdlib.h>
#include <string.h>

#include "engine/channel.h"
#include "engine/host.h"
#include "engine/host_image.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "evidence/volume.h"
#include "evidence/vss.h"

/* A key that opens nothing is a slip of the user; volumes that wait are named with their key IDs.
 */
static enum shodo_status refuse_keys(const struct shodo_volume_table *t, struct shodo_error *err) {
    for (size_t i = 0; i < t->volumes.count; i++) {
        const struct shodo_volume *v = shodo_volume_at(t, i);
        if (v->fs == SHODO_FS_BITLOCKER)
            return shodo_fail(err, SHODO_REFUSED, "the recovery key does not fit volume %u: %s",
                              v->index, v->why);
    }
    return SHODO_OK; /* nothing is locked: no key was needed */
}

int shodo_probe_run(void *ctx, int channel_fd) {
    const struct shodo_host_source *h = ctx;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    char endpoint[SHODO_ENDPOINT_TEXT_BYTES];
    struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_sandbox_enter(NULL, &err);
    uint64_t unlocked = 0;
    if (st == SHODO_OK)
        st = shodo_host_volumes_open(&s, &t, h, &unlocked, &err);
    if (st == SHODO_OK && h->keys.count && !unlocked)
        st = refuse_keys(&t, &err);
    for (size_t i = 0; st == SHODO_OK && i < t.volumes.count; i++)
        shodo_vss_describe(shodo_volume_at(&t, i));
    if (st == SHODO_OK) {
        shodo_endpoint_id(&t, shodo_source_size(s), endpoint);
        shodo_msg_put_probe(&b, &t, endpoint, shodo_source_size(s), shodo_source_sector(s));
        st = shodo_channel_send(channel_fd, SHODO_MSG_PROBE, b.data, b.len, &err);
    }
    if (st != SHODO_OK)
        shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
    return st != SHODO_OK;
}

static enum shodo_status send_verdicts(int fd, size_t first, const struct shodo_rule_verdict *v,
                                       size_t count, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < count && st == SHODO_OK; i++) {
        shodo_buf_clear(&b);
        shodo_msg_put_verdict(&b, first + i, &v[i]);
        st = shodo_channel_send(fd, SHODO_MSG_VERDICT, b.data, b.len, err);
    }
    return st;
}

int shodo_trial_run(void *ctx, int channel_fd) {
    const struct shodo_trial *t = ctx;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_sandbox_enter(NULL, &err);
    struct shodo_rule_verdict *v = calloc(t->count + 1, sizeof *v);
    if (st == SHODO_OK && !v)
        st = shodo_fail(&err, SHODO_NOMEM, "no memory for verdicts");
    for (size_t done = 0; st == SHODO_OK && done < t->count;) {
        const struct shodo_rule_text *texts = t->texts + t->first + done;
        size_t n = t->is_artifacts || t->is_alone
                       ? 0
                       : shodo_rules_try_together(texts, t->count - done, v);
        if (n == 0 && t->is_artifacts)
            shodo_artifacts_try(texts, v);
        else if (n == 0)
            shodo_rule_try(texts, v);
        n = SHODO_MAX(n, (size_t)1);
        st = send_verdicts(channel_fd, t->first + done, v, n, &err);
        done += n;
    }
    free(v);
    if (st != SHODO_OK)
        shodo_channel_send(channel_fd, SHODO_MSG_FAIL, err.text, strlen(err.text), NULL);
    return st != SHODO_OK;
}
