/* SPDX-License-Identifier: Apache-2.0 */
/* The check of a BitLocker recovery key while it is typed: a wrong digit is found in its own group.
 */
#ifndef SHODO_TUI_RECOVERY_KEY_H
#define SHODO_TUI_RECOVERY_KEY_H

#include <stdbool.h>

#define TUI_RECOVERY_KEY_BYTES 56 /* 48 digits, 7 dashes, NUL */

/* 8 groups of 6 digits, dashes and blanks anywhere; each group a multiple of 11 below 720896
 * ([MS-FVE]: 16 bits times 11). `out`: with dashes. `ret_bad`: 1-based number of the first wrong or
 * incomplete group, 0 none. */
bool tui_recovery_key_ok(const char *text, char out[TUI_RECOVERY_KEY_BYTES], unsigned *ret_bad);

#endif
