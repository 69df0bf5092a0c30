/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays a corpus without libFuzzer: every file of the folders named, and SHODO_FUZZ_MUTATIONS
 * (64) seeded mutations of each. The seed is fixed: a failure comes again.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint32_t seed = 20261122;

static uint32_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* A copy that ends where the allocation ends, so that a sanitizer sees one byte too many. */
static void run_one(const uint8_t *p, size_t n) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (!copy)
        abort();
    memcpy(copy, p, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void run_mutations(const uint8_t *p, size_t n, unsigned count) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (!copy)
        abort();
    for (unsigned i = 0; i < count && n > 0; i++) {
        size_t len = i % 8 == 0 ? next_random() % n : n;
        memcpy(copy, p, n);
        for (uint32_t k = next_random() % 8; k > 0 && len > 0; k--) {
            static const uint8_t nasty[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
            uint32_t r = next_random();
            copy[next_random() % len] = r & 1 ? nasty[r / 2 % sizeof(nasty)] : (uint8_t)(r >> 8);
        }
        run_one(copy, len);
    }
    free(copy);
}

static unsigned run_file(const char *path, unsigned mutations) {
    static uint8_t buf[1 << 20];
    FILE *f = fopen(path, "rb");
    size_t n = 0;
    if (!f)
        return 0;
    n = fread(buf, 1, sizeof(buf), f);
    fclose(f);
    run_one(buf, n);
    run_mutations(buf, n, mutations);
    return 1;
}

int main(int argc, char **argv) {
    const char *env = getenv("SHODO_FUZZ_MUTATIONS");
    unsigned mutations = 64, files = 0;
    if (env)
        for (mutations = 0; *env >= '0' && *env <= '9'; env++)
            mutations = mutations * 10 + (unsigned)(*env - '0');
    run_one((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct dirent **list = NULL;
        int count = scandir(argv[i], &list, NULL, alphasort);
        for (int k = 0; k < count; k++) {
            char path[4096];
            if (list[k]->d_name[0] != '.') {
                snprintf(path, sizeof(path), "%s/%s", argv[i], list[k]->d_name);
                files += run_file(path, mutations);
            }
            free(list[k]);
        }
        free(list);
        if (count < 0)
            files += run_file(argv[i], mutations);
    }
    printf("%u inputs and %u mutations of each\n", files, mutations);
    return files == 0;
}
