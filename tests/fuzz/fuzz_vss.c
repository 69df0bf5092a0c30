/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow copy structures: the input is a list of 512-byte sectors (number as two bytes) of a 1 MiB
 * volume. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/source_fault.h"
#include "evidence/vss.h"

#define DISK_BYTES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static uint8_t disk[DISK_BYTES], out[65536];
    struct source_fault f = {.data = disk, .size = DISK_BYTES};
    struct shodo_source *s = NULL;
    struct shodo_vss *v = NULL;
    memset(disk, 0, sizeof(disk));
    for (; n >= 514; p += 514, n -= 514)
        memcpy(disk + (size_t)(p[0] | (p[1] & 7) << 8) * 512, p + 2, 512);
    if (source_fault_open(&s, &f, NULL) != SHODO_OK)
        abort();
    if (shodo_vss_open(&v, s, NULL) == SHODO_OK) {
        for (size_t i = 0; i < shodo_vss_count(v); i++) {
            struct shodo_source *then = NULL;
            uint64_t bad = 0;
            if (shodo_vss_source(&then, v, i, NULL) != SHODO_OK)
                continue;
            if (shodo_source_size(then) >= sizeof(out))
                shodo_source_read(then, 0, out, sizeof(out), &bad, NULL);
            shodo_source_free(then);
        }
        shodo_vss_free(v);
    }
    shodo_source_free(s);
    return 0;
}
