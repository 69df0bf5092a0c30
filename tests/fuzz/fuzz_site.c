/* SPDX-License-Identifier: Apache-2.0 */
/* Site profiles, and the lists of numbers in them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "case/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_problem(void *ctx, unsigned line, const char *text) {
    (void)ctx, (void)line;
    if (!text[0])
        abort();
}

static void on_number(void *ctx, unsigned n) {
    if (n < 1 || n > 200)
        abort();
    ++*(unsigned *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct shodo_site *s = NULL;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    unsigned count = 0;
    if (shodo_site_load(&s, "site.yaml", (const char *)data, size, on_problem, NULL, NULL) ==
        SHODO_OK)
        (void)shodo_site_decision(s, "shutdown");
    shodo_site_free(s);
    shodo_buf_add(&text, data, size);
    if (size < 4096)
        (void)shodo_site_numbers(shodo_buf_cstr(&text), 200, on_number, &count, NULL);
    return 0;
}
