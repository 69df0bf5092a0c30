/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's end of a channel: framing and every decoder, fed as a worker that was taken over
 * would. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "engine/channel.h"
#include "engine/message.h"

static void decode(uint8_t type, struct shodo_cur c, struct shodo_arena *a) {
    struct shodo_item item;
    struct shodo_totals totals;
    struct shodo_item_stats stats;
    struct shodo_finding finding;
    struct shodo_ledger ledger;
    struct shodo_fact fact;
    struct shodo_rule_verdict verdict;
    struct shodo_volume_table table;
    char endpoint[SHODO_ENDPOINT_TEXT_BYTES];
    uint64_t index = 0, medium = 0;
    uint32_t sector = 0;
    switch (type % 8) {
    case 0:
        if (shodo_msg_get_item(&item, &c, a, NULL) == SHODO_OK &&
            (strlen(item.path) != item.path_len || item.phase >= SHODO_PHASE_SKIP))
            abort();
        break;
    case 1:
        (void)shodo_msg_get_totals(&totals, &c, NULL);
        break;
    case 2:
        (void)shodo_msg_get_stats(&stats, &c, NULL);
        break;
    case 3:
        if (shodo_msg_get_finding(&finding, &c, a, NULL) == SHODO_OK &&
            (!finding.tap || !finding.rule || !finding.path ||
             finding.other_paths_count > SHODO_LIMIT_NAMES_PER_FINDING))
            abort();
        break;
    case 4:
        if (shodo_msg_get_ledger(&ledger, &c, a, NULL) == SHODO_OK &&
            (ledger.reason >= SHODO_LEDGER_REASON_COUNT || ledger.count == 0))
            abort();
        break;
    case 5:
        (void)shodo_msg_get_fact(&fact, &c, a, NULL);
        break;
    case 6:
        (void)shodo_msg_get_verdict(&index, &verdict, &c, NULL);
        break;
    default:
        if (shodo_msg_get_probe(&table, endpoint, &medium, &sector, &c, NULL) == SHODO_OK) {
            if (strspn(endpoint, "0123456789abcdef") != SHODO_ENDPOINT_TEXT_BYTES - 1)
                abort();
            shodo_vec_done(&table.volumes);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct shodo_peer peer = {.fd = -1,
                              .in = SHODO_BUF_INIT,
                              .out = SHODO_BUF_INIT,
                              .passing = SHODO_VEC_INIT(sizeof(struct shodo_passing))};
    struct shodo_arena a = SHODO_ARENA_INIT;
    if (n > SHODO_LIMIT_MESSAGE_BYTES * 2 || !shodo_buf_add(&peer.in, p, n))
        return 0;
    for (;;) {
        uint8_t type = 0;
        struct shodo_cur c;
        enum shodo_status st = shodo_peer_next(&peer, &type, &c, NULL);
        if (st != SHODO_OK)
            break;
        if (c.len >= SHODO_LIMIT_MESSAGE_BYTES)
            abort();
        shodo_arena_clear(&a);
        decode(type, c, &a);
    }
    shodo_arena_done(&a);
    shodo_peer_done(&peer);
    return 0;
}
