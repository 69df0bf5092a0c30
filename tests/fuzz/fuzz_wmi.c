/* SPDX-License-Identifier: Apache-2.0 */
/* A WMI repository. */
#include <stdint.h>
#include <stdlib.h>

#include "reader_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct shodo_reader_memory mem = {.p = p, .n = n};
    struct shodo_reader_file f = {.path = "/Windows/System32/wbem/Repository/OBJECTS.DATA",
                                  .stream = "",
                                  .bytes = shodo_reader_in_memory(&mem)};
    shodo_reader_wmi.run(&f, &reader_sink);
    return 0;
}
