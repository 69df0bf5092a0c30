/* SPDX-License-Identifier: Apache-2.0 */
/* A hive and its transaction log. */
#include <stdint.h>

#include "reader_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    /* byte 0 chooses the kind of hive and how much of the rest (in 16ths) is the hive; what follows
     * is its log */
    static const char *const paths[] = {"/Windows/System32/config/SYSTEM",
                                        "/Windows/System32/config/SOFTWARE",
                                        "/Windows/System32/config/SAM",
                                        "/Windows/System32/config/SECURITY",
                                        "/Users/a/NTUSER.DAT",
                                        "/Windows/AppCompat/Programs/Amcache.hve",
                                        "/Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat",
                                        "/Boot/BCD"};
    if (n < 1)
        return 0;
    size_t hive = (n - 1) * ((p[0] >> 4) + 1u) / 16;
    struct shodo_reader_memory mem = {.p = p + 1, .n = hive},
                               log = {.p = p + 1 + hive, .n = n - 1 - hive};
    struct shodo_reader_file f = {
        .path = paths[p[0] % 8], .stream = "", .bytes = shodo_reader_in_memory(&mem)};
    f.companions[f.companions_count++] = shodo_reader_in_memory(&log);
    shodo_reader_registry.run(&f, &reader_sink);
    return 0;
}
