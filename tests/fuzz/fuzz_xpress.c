/* SPDX-License-Identifier: Apache-2.0 */
/* Byte 0 says how much room there is (256ths of 131072 bytes), the rest is packed data. */
#include <stdint.h>
#include <stdlib.h>

#include "evidence/xpress.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    size_t room = 0;
    uint8_t *out = NULL;
    if (n < 1)
        return 0;
    room = (p[0] + 1u) * (131072 / 256);
    out = malloc(room);
    if (!out)
        return 0;
    shodo_xpress_decode(p + 1, n - 1, out, room);
    free(out);
    return 0;
}
