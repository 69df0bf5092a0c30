/* SPDX-License-Identifier: Apache-2.0 */
/* findings.jsonl, facts.jsonl and ledger.jsonl of a foreign case: what was read is written back and
 * reads the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"
#include "model/finding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Gives the line of a finding, a fact or a ledger line read from v; false when it is none. */
typedef bool (*rewrite)(struct shodo_buf *out, const struct shodo_value *v,
                        struct shodo_arena *arena);

static bool finding(struct shodo_buf *out, const struct shodo_value *v, struct shodo_arena *arena) {
    struct shodo_finding f;
    struct shodo_json j = shodo_json_to(out);
    if (shodo_finding_read(&f, v, arena, NULL) != SHODO_OK)
        return false;
    shodo_finding_write(&j, &f, 7);
    return true;
}

static bool fact(struct shodo_buf *out, const struct shodo_value *v, struct shodo_arena *arena) {
    struct shodo_fact f;
    struct shodo_json j = shodo_json_to(out);
    if (shodo_fact_read(&f, v, arena, NULL) != SHODO_OK)
        return false;
    shodo_fact_write(&j, &f);
    return true;
}

static bool ledger(struct shodo_buf *out, const struct shodo_value *v, struct shodo_arena *arena) {
    struct shodo_ledger l;
    struct shodo_json j = shodo_json_to(out);
    if (shodo_ledger_read(&l, v, arena, NULL) != SHODO_OK)
        return false;
    shodo_ledger_write(&j, &l, 7);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const rewrite kinds[] = {finding, fact, ledger};
    struct shodo_doc *d = NULL;
    if (shodo_doc_parse_json(&d, "line", (const char *)data, size, NULL) != SHODO_OK)
        return 0;
    for (size_t i = 0; i < 3; i++) {
        shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
        shodo_auto(shodo_buf) struct shodo_buf once = SHODO_BUF_INIT, twice = SHODO_BUF_INIT;
        struct shodo_doc *again = NULL;
        if (!kinds[i](&once, shodo_doc_root(d), &arena))
            continue;
        if (shodo_doc_parse_json(&again, "again", shodo_buf_cstr(&once), once.len, NULL) !=
                SHODO_OK ||
            !kinds[i](&twice, shodo_doc_root(again), &arena) || once.len != twice.len ||
            memcmp(once.data, twice.data, once.len) != 0)
            abort();
        shodo_doc_free(again);
    }
    shodo_doc_free(d);
    return 0;
}
