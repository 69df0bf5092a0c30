/* SPDX-License-Identifier: Apache-2.0 */
/* Every key and value of a hive with our reader, data read: the counterpart of hivexml and
 * reglookup in tests/bench/readers. */
#include <stdio.h>
#include <stdlib.h>

#include "examine/readers/regf.h"

int main(int argc, char **argv) {
    FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!f || fseek(f, 0, SEEK_END) != 0)
        return 2;
    long n = ftell(f);
    void *p = n > 0 ? malloc((size_t)n) : NULL;
    rewind(f);
    if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
        return 2;
    fclose(f);
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_regf h;
    struct shodo_regf_count c = {0};
    if (shodo_regf_open(&h, p, (size_t)n, &err) != SHODO_OK ||
        shodo_regf_walk(&h, &c, &err) != SHODO_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 4;
    }
    printf("%llu %llu %llu\n", (unsigned long long)c.keys, (unsigned long long)c.values,
           (unsigned long long)c.data_bytes);
    free(p);
    return 0;
}
