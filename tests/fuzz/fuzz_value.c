/* SPDX-License-Identifier: Apache-2.0 */
/* JSON and YAML from the stick: what was read is written as JSON, reads again and gives the same
 * bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_tree(struct shodo_buf *out, const struct shodo_value *v) {
    struct shodo_json j = shodo_json_to(out);
    shodo_value_write(&j, NULL, v);
}

static void roundtrip(const struct shodo_value *root) {
    shodo_auto(shodo_buf) struct shodo_buf once = SHODO_BUF_INIT, twice = SHODO_BUF_INIT;
    struct shodo_doc *again = NULL;
    write_tree(&once, root);
    if (once.failed ||
        shodo_doc_parse_json(&again, "again", shodo_buf_cstr(&once), once.len, NULL) != SHODO_OK)
        abort();
    write_tree(&twice, shodo_doc_root(again));
    shodo_doc_free(again);
    if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
        abort();
}

static bool on_document(void *ctx, const struct shodo_value *root) {
    (void)ctx;
    roundtrip(root);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct shodo_doc *d = NULL;
    if (shodo_doc_parse_json(&d, "x.json", (const char *)data, size, NULL) == SHODO_OK)
        roundtrip(shodo_doc_root(d));
    shodo_doc_free(d);
    (void)shodo_doc_each_yaml("x.yaml", (const char *)data, size, on_document, NULL, NULL);
    return 0;
}
