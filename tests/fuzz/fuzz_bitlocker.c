/* SPDX-License-Identifier: Apache-2.0 */
/* BitLocker metadata: the input is the metadata block, at all three places of a small volume. What
 * opens by a clear key is read at its edges. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/source_fault.h"
#include "evidence/bitlocker.h"

#define DISK_BYTES (512u << 10)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static uint8_t disk[DISK_BYTES], out[70000];
    struct source_fault f = {.data = disk, .size = DISK_BYTES};
    struct shodo_bitlocker_info info;
    struct shodo_source *s = NULL, *inner = NULL;
    uint64_t bad = 0;
    if (n > 65536)
        return 0;
    memset(disk, 0, sizeof(disk));
    memcpy(disk + 3, "-FVE-FS-", 8);
    for (unsigned i = 0; i < 3; i++) {
        disk[176 + 8 * i + 2] = (uint8_t)(1 + 2 * i); /* 64, 192, 320 KiB */
        memcpy(disk + (1 + 2 * i) * 65536, p, n);
    }
    if (source_fault_open(&s, &f, NULL) != SHODO_OK)
        abort();
    shodo_bitlocker_read(&info, s, NULL);
    if (shodo_bitlocker_open(&inner, s, NULL, NULL) == SHODO_OK) {
        shodo_source_read(inner, 0, out, sizeof(out), &bad, NULL);
        shodo_source_read(inner, 511, out, 2, &bad, NULL);
        shodo_source_read(inner, DISK_BYTES - sizeof(out), out, sizeof(out), &bad, NULL);
        shodo_source_free(inner);
    }
    shodo_source_free(s);
    return 0;
}
