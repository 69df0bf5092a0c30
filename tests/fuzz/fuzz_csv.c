/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that a hospital exports from a spreadsheet: contacts and connections. What is made of them
 * is JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/value.h"
#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(struct shodo_buf *b) {
    struct shodo_doc *d = NULL;
    if (shodo_doc_parse_yaml(&d, "made", shodo_buf_cstr(b), b->len, NULL) != SHODO_OK)
        abort();
    shodo_doc_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    shodo_auto(shodo_buf) struct shodo_buf contacts = SHODO_BUF_INIT, connections = SHODO_BUF_INIT;
    size_t rows = 0;
    if (tui_csv_contacts((const char *)data, size, NULL, &contacts, &rows, NULL) == SHODO_OK)
        read_back(&contacts);
    if (tui_csv_connections((const char *)data, size, NULL, &connections, &rows, NULL) == SHODO_OK)
        read_back(&connections);
    return 0;
}
