/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes are a file's beginning; measuring goes over all of them. */
#include <stdint.h>
#include <stdlib.h>

#include "examine/identify.h"
#include "examine/measure.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    const struct shodo_signature *s = shodo_identify(p, n);
    struct shodo_measure m;
    if (s && !s->name[0])
        abort();
    shodo_measure_whole(&m, p, n);
    if (m.random > m.samples || m.head_entropy < 0 || m.head_entropy > 8.000001)
        abort();
    return 0;
}
