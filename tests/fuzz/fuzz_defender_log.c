/* SPDX-License-Identifier: Apache-2.0 */
/* A protection log of Microsoft Defender. */
#include <stdint.h>
#include <stdlib.h>

#include "reader_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct shodo_reader_memory mem = {.p = p, .n = n};
    struct shodo_reader_file f = {
        .path = "/ProgramData/Microsoft/Windows Defender/Support/MPLog-1.log",
        .stream = "",
        .bytes = shodo_reader_in_memory(&mem)};
    shodo_reader_defender.run(&f, &reader_sink);
    return 0;
}
