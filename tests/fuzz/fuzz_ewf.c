/* SPDX-License-Identifier: Apache-2.0 */
/* One E01 segment; what opens is read at its start, middle and end. */
#include <stdint.h>
#include <stdlib.h>

#include "../lib/source_fault.h"
#include "evidence/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static uint8_t out[100000];
    struct source_fault f = {.data = p, .size = n};
    struct shodo_source *part = NULL, *s = NULL;
    struct shodo_ewf_info info;
    if (source_fault_open(&part, &f, NULL) != SHODO_OK)
        abort();
    if (shodo_ewf_open(&s, &part, 1, &info, NULL) == SHODO_OK) {
        uint64_t size = shodo_source_size(s), bad = 0;
        size_t piece = size < sizeof(out) ? (size_t)size : sizeof(out);
        shodo_source_read(s, 0, out, piece, &bad, NULL);
        shodo_source_read(s, size / 2, out,
                          (size_t)(size - size / 2 < piece ? size - size / 2 : piece), &bad, NULL);
        shodo_source_read(s, size - piece, out, piece, &bad, NULL);
        shodo_source_free(s);
    }
    return 0;
}
