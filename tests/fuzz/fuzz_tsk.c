/* SPDX-License-Identifier: Apache-2.0 */
/* FAT, exFAT and ext volumes: the input is a list of sectors (number as two bytes, 512 bytes) of a
 * 1 MiB volume; what is listed is read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/source_fault.h"
#include "evidence/content.h"
#include "evidence/walk.h"

#define DISK_BYTES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct pass {
    struct shodo_source *source;
    unsigned entries;
};

static enum shodo_status read_streams(void *ctx, const struct shodo_entry *e) {
    static uint8_t buf[65536];
    struct pass *pass = ctx;
    for (size_t i = 0; i < e->streams_count; i++) {
        struct shodo_content *c = NULL;
        size_t got = 0;
        if (shodo_content_open(&c, pass->source, e, i, NULL) != SHODO_OK)
            continue;
        shodo_content_read(c, 0, buf, sizeof(buf), &got, NULL);
        shodo_content_read(c, shodo_content_size(c) / 2, buf, sizeof(buf), &got, NULL);
        shodo_content_free(c);
    }
    return ++pass->entries < 2000 ? SHODO_OK : SHODO_CANCELLED;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static uint8_t disk[DISK_BYTES];
    const struct shodo_walk_options o = {.want_deleted = true, .want_system = true};
    struct source_fault f = {.data = disk, .size = DISK_BYTES};
    struct shodo_volume_table t;
    struct shodo_source *s = NULL;
    memset(disk, 0, sizeof(disk));
    for (; n >= 514; p += 514, n -= 514)
        memcpy(disk + (size_t)(p[0] | (p[1] & 7) << 8) * 512, p + 2, 512);
    setenv("TZ", "UTC0", 1);
    tzset();
    if (source_fault_open(&s, &f, NULL) != SHODO_OK)
        abort();
    if (shodo_volume_table_open(&t, s, NULL) == SHODO_OK) {
        struct shodo_volume *v = shodo_volume_at(&t, 0);
        struct shodo_walk *w = NULL;
        if (v->fs != SHODO_FS_NTFS && shodo_walk_open(&w, v, NULL) == SHODO_OK) {
            struct pass pass = {.source = v->source};
            const struct shodo_walk_sink sink = {.ctx = &pass, .entry = read_streams};
            shodo_walk_run(w, &o, &sink, NULL, NULL);
        }
        shodo_walk_free(w);
        shodo_volume_table_done(&t);
    }
    shodo_source_free(s);
    return 0;
}
