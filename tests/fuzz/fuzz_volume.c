/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables and what is on the volumes. Byte 0 chooses the sector size; the rest is the
 * start of a 2 MiB disk, its last KiB the end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/source_fault.h"
#include "evidence/volume.h"

#define DISK_BYTES (2u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static uint8_t disk[DISK_BYTES];
    struct source_fault f = {.data = disk, .size = DISK_BYTES};
    struct shodo_source *s = NULL;
    struct shodo_volume_table t;
    char id[13];
    size_t tail = 0;
    if (n < 2 || n > DISK_BYTES)
        return 0;
    f.sector = p[0] & 1 ? 4096 : 512;
    memset(disk, 0, sizeof(disk));
    memcpy(disk, p + 1, n - 1);
    tail = n - 1 < 1024 ? n - 1 : 1024;
    memcpy(disk + DISK_BYTES - tail, p + n - tail, tail);
    if (source_fault_open(&s, &f, NULL) != SHODO_OK)
        abort();
    if (shodo_volume_table_open(&t, s, NULL) == SHODO_OK) {
        shodo_endpoint_id(&t, DISK_BYTES, id);
        shodo_volume_table_done(&t);
    }
    shodo_source_free(s);
    return 0;
}
