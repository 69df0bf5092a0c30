/* SPDX-License-Identifier: Apache-2.0 */
/* MFT records: the input takes the place of records 24 and on of a small volume (magic and update
 * sequence are made right, or nothing behind them would be reached); every entry is listed and
 * every stream read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/source_fault.h"
#include "../unit/evidence_maker.h"
#include "evidence/content.h"
#include "evidence/walk.h"

#define FIRST 24u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum shodo_status read_streams(void *ctx, const struct shodo_entry *e) {
    static uint8_t buf[65536];
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    if (!shodo_entry_encode(&text, e))
        abort();
    for (size_t i = 0; i < e->streams_count; i++) {
        struct shodo_content *c = NULL;
        uint64_t size = 0;
        size_t got = 0;
        if (shodo_content_open(&c, ctx, e, i, NULL) != SHODO_OK)
            continue;
        size = shodo_content_size(c);
        shodo_content_read(c, 0, buf, sizeof(buf), &got, NULL);
        if (size > sizeof(buf)) {
            shodo_content_read(c, size - 4096, buf, sizeof(buf), &got, NULL);
            shodo_content_read(c, size / 2, buf, 4096, &got, NULL);
        }
        shodo_content_next_data(c, size / 3);
        shodo_content_free(c);
    }
    return SHODO_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    const struct shodo_walk_options o = {
        .want_deleted = true, .want_system = true, .want_owner = true};
    struct source_fault f = {.size = MAKER_BYTES};
    struct shodo_volume_table t;
    struct shodo_source *s = NULL;
    struct shodo_walk *w = NULL;
    struct maker m;
    maker_start(&m);
    for (uint32_t i = 0; i * 1024 < n && FIRST + i < MAKER_RECORDS; i++) {
        size_t len = n - i * 1024 < 1024 ? n - i * 1024 : 1024;
        uint8_t *r = maker_record(&m, FIRST + i);
        memcpy(r, p + i * 1024, len);
        memcpy(r, "FILE\x30\0\x03\0", 8);
        memcpy(r + 48, "\x07\0\0\0\0\0", 6);
        r[44] = (uint8_t)(FIRST + i);
        memset(r + 45, 0, 3);
        memcpy(r + 510, "\x07\0", 2);
        memcpy(r + 1022, "\x07\0", 2);
    }
    f.data = m.disk;
    if (source_fault_open(&s, &f, NULL) != SHODO_OK ||
        shodo_volume_table_open(&t, s, NULL) != SHODO_OK)
        abort();
    if (shodo_walk_open(&w, shodo_volume_at(&t, 0), NULL) == SHODO_OK) {
        const struct shodo_walk_sink sink = {.ctx = shodo_volume_at(&t, 0)->source,
                                             .entry = read_streams};
        shodo_walk_run(w, &o, &sink, NULL, NULL);
    }
    shodo_walk_free(w);
    shodo_volume_table_done(&t);
    shodo_source_free(s);
    maker_done(&m);
    return 0;
}
