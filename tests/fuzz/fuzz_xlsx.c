/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet of a foreign spreadsheet: an edit that is said to be done must read back, and a second
 * one must find the same cells. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "handover/xlsx.h"
#include "handover/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT "a<&>\"\n\xe9\xab\x99"

static size_t count(const struct shodo_buf *b, const char *what) {
    size_t n = 0, len = strlen(what);
    for (const char *p = b->data;
         p && (p = memmem(p, b->len - (size_t)(p - b->data), what, len)) != NULL; p += len)
        n++;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    struct shodo_xlsx_cell cells[] = {
        {.cell = "B2", .text = TEXT},         {.cell = "A1", .text = TEXT},
        {.cell = "$C$7", .text = TEXT},       {.cell = "B2", .text = "twice"},
        {.cell = "XFD1048576", .text = TEXT}, {.cell = "", .text = TEXT}};
    struct shodo_xlsx_cell *all[SHODO_ARRAY_SIZE(cells)];
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT, again = SHODO_BUF_INIT,
                                           value = SHODO_BUF_INIT;
    struct shodo_xml x = {.p = text, .n = size};
    struct shodo_xml_tag t;
    while (shodo_xml_next(&x, &t, NULL) == SHODO_OK)
        (void)shodo_xml_attr(&t, "r", &value);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(cells); i++)
        all[i] = &cells[i];
    if (shodo_xlsx_edit_sheet(text, size, all, SHODO_ARRAY_SIZE(cells), &out, NULL) != SHODO_OK)
        return 0;
    size_t filled = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(cells); i++)
        filled += cells[i].outcome == SHODO_XLSX_FILLED;
    shodo_assert(cells[5].outcome == SHODO_XLSX_NO_CELL);
    shodo_assert(count(&out, "a&lt;&amp;&gt;&quot;") >=
                 filled - (cells[3].outcome == SHODO_XLSX_FILLED));
    shodo_assert(shodo_xlsx_edit_sheet(out.data, out.len, all, SHODO_ARRAY_SIZE(cells), &again,
                                       NULL) == SHODO_OK);
    shodo_assert(again.len == out.len && memcmp(again.data, out.data, out.len) == 0);
    return 0;
}
