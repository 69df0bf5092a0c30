/* SPDX-License-Identifier: Apache-2.0 */
/* A CompactOS file: bytes 0 to 3 choose algorithm and plain size, the rest is WofCompressedData
 * with its table of chunks. */
#include <stdint.h>
#include <stdlib.h>

#include "../lib/source_fault.h"
#include "evidence/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static const uint32_t chunks[] = {4096, 32768, 8192, 16384};
    static uint8_t disk[4096], buf[70000];
    if (n < 4 || n - 4 > 65536)
        return 0;
    struct source_fault f = {.data = disk, .size = sizeof(disk)};
    struct shodo_source *s = NULL;
    struct shodo_content *c = NULL;
    uint64_t size = p[1] | (uint64_t)p[2] << 8 | (uint64_t)(p[3] & 7) << 16;
    struct shodo_stream streams[2] = {{.name = "",
                                       .size_bytes = size,
                                       .valid_bytes = size,
                                       .flags = SHODO_STREAM_WOF | SHODO_STREAM_SPARSE,
                                       .unit_bytes = chunks[p[0] % 4]},
                                      {.name = "WofCompressedData",
                                       .name_len = 17,
                                       .size_bytes = n - 4,
                                       .valid_bytes = n - 4,
                                       .flags = SHODO_STREAM_RESIDENT,
                                       .resident = p + 4,
                                       .resident_len = n - 4}};
    struct shodo_entry e = {.path = "/x",
                            .path_len = 2,
                            .owner = "",
                            .damage = "",
                            .streams = streams,
                            .streams_count = 2};
    if (source_fault_open(&s, &f, NULL) != SHODO_OK)
        abort();
    if (shodo_content_open(&c, s, &e, 0, NULL) == SHODO_OK) {
        size_t got = 0;
        for (uint64_t at = 0; at < size; at += sizeof(buf))
            if (shodo_content_read(c, at, buf, sizeof(buf), &got, NULL) != SHODO_OK || got == 0)
                break;
        shodo_content_read(c, size / 2, buf, 100, &got, NULL);
    }
    shodo_content_free(c);
    shodo_source_free(s);
    return 0;
}
