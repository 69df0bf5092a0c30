/* SPDX-License-Identifier: Apache-2.0 */
/* Rule text. Cut rules lie inside the text, one behind the other, and each is written into exactly
 * one guard's part. */
#include <stdint.h>
#include <stdlib.h>

#include "examine/yara_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool of_guard(void *ctx, const struct shodo_split_rule *r) {
    return r->guard == *(const enum shodo_guard *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct shodo_split s;
    if (!shodo_split_init(&s, (const char *)p, n))
        return 0;
    size_t end = 0, written = 0;
    for (size_t i = 0; !s.is_whole && i < s.rules.count; i++) {
        const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(&s.rules,
                                                                                         i);
        if (r->start < end || r->end <= r->start || r->end > n || r->name + r->name_len > r->end)
            abort();
        end = r->end;
    }
    for (enum shodo_guard g = SHODO_GUARD_NONE; !s.is_whole && g <= SHODO_GUARD_SMALL; g++) {
        struct shodo_buf out = SHODO_BUF_INIT;
        written += shodo_split_write(&s, &out, true, of_guard, &g);
        shodo_buf_done(&out);
    }
    if (!s.is_whole && written != s.rules.count)
        abort();
    shodo_split_done(&s);
    return 0;
}
