/* SPDX-License-Identifier: Apache-2.0 */
/* Adds one record to the journal of a case, for tests/e2e/sheets: sheets_tool CASE ACTOR EVENT
 * JSON. The time is SHODO_CLOCK. */
#include <stdio.h>

#include "base/hash.h"
#include "case/case.h"

int main(int argc, char **argv) {
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    if (argc != 5)
        return 2;
    enum shodo_status st = shodo_case_dir_open(&d, argv[1], NULL, &err);
    if (st == SHODO_OK)
        st = shodo_journal_add(d.journal, argv[2], argv[3], argv[4], &err);
    if (st != SHODO_OK)
        fprintf(stderr, "sheets_tool: %s\n", err.text);
    return st == SHODO_OK ? 0 : 4;
}
