/* SPDX-License-Identifier: Apache-2.0 */
/* Up to the first line end a pattern, then paths, one a line; and the whole as a definition file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "examine/artifact.h"
#include "examine/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void count(void *ctx, uint32_t id) {
    if (id != 7)
        abort();
    (*(unsigned *)ctx)++;
}

static void match_lines(const char *s, size_t n) {
    const char *end = n > 0 ? memchr(s, '\n', n) : NULL;
    size_t len = end ? (size_t)(end - s) : n;
    struct shodo_globset *g = shodo_globset_new();
    if (!g)
        return;
    bool is_added = shodo_globset_add(g, s, len, 7, NULL) == SHODO_OK;
    for (size_t pos = len + 1; pos < n;) {
        unsigned hits = 0;
        end = memchr(s + pos, '\n', n - pos);
        size_t k = end ? (size_t)(end - s) - pos : n - pos;
        shodo_globset_match(g, s + pos, k, count, &hits);
        shodo_glob_fits(s, len, s + pos, k);
        if (hits > 0 && !is_added)
            abort();
        pos += k + 1;
    }
    (void)shodo_globset_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    match_lines((const char *)p, n);
    struct shodo_artifacts *a = shodo_artifacts_new();
    if (a && shodo_artifacts_add(a, "f", "", (const char *)p, n, NULL) == SHODO_OK &&
        shodo_artifacts_count(a) > 0) {
        const char *name = shodo_artifacts_at(a, 0)->name;
        (void)shodo_artifacts_select(a, &name, 1, NULL);
    }
    (void)shodo_artifacts_free(a);
    return 0;
}
