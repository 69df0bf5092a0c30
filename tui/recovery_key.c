/* SPDX-License-Identifier: Apache-2.0 */
#include "recovery_key.h"

#include <stddef.h>

#define DIGITS       48
#define GROUP_DIGITS 6
#define GROUPS       8
#define GROUP_MAX    720895u /* 65535 * 11 = 720885 is the greatest multiple below 720896 */

bool tui_recovery_key_ok(const char *text, char out[56], unsigned *ret_bad) {
    size_t digits = 0, at = 0;
    unsigned group = 0, value = 0;
    *ret_bad = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '-' || *p == ' ')
            continue;
        if (*p < '0' || *p > '9' || digits == DIGITS) {
            *ret_bad = group + 1;
            return false;
        }
        value = value * 10 + (unsigned)(*p - '0');
        out[at++] = *p;
        if (++digits % GROUP_DIGITS != 0)
            continue;
        group++;
        if (value % 11 != 0 || value > GROUP_MAX) {
            *ret_bad = group;
            return false;
        }
        value = 0;
        if (group < GROUPS)
            out[at++] = '-';
    }
    out[at] = 0;
    if (digits != DIGITS)
        *ret_bad = group + 1;
    return digits == DIGITS;
}
