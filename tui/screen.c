/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app.h"
#include "screens.h"

static const struct tui_screen *const table[] = {
    &tui_screen_home,
    &tui_screen_findings,
    &tui_screen_detail,
    &tui_screen_help,
};

const struct tui_screen *tui_screen_find(const char *id) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        if (strcmp(table[i]->id, id) == 0)
            return table[i];
    }
    return NULL;
}
