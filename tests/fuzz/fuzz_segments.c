/* SPDX-License-Identifier: Apache-2.0 */
/* A foreign segment list: what is accepted is written back as the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "handover/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    shodo_auto(shodo_segment_list) struct shodo_segment_list l;
    shodo_auto(shodo_buf) struct shodo_buf again = SHODO_BUF_INIT;
    if (shodo_segment_list_parse(&l, (const char *)data, size, NULL) != SHODO_OK)
        return 0;
    for (size_t i = 0; i < l.segments.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&l.segments, i);
        shodo_assert(!strchr(s->name, '/') && strcmp(s->name, "..") != 0);
    }
    shodo_assert(shodo_segment_list_write(&again, &l));
    /* numbers may be written with leading zeros: the parser takes them, the writer drops them */
    shodo_assert(again.len <= size);
    return 0;
}
