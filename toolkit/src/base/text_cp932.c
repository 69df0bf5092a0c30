/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CP932 over the tables that gen_cp932.c makes at build time.
 * Single bytes: ASCII as it is, A1..DF half-width katakana. The bytes 80, A0, FD, FE, FF have no
 * meaning.
 */
#include "base/text_tables.h"

#define LEAD_FIRST  0x81u
#define LEAD_LAST   0xfcu
#define TRAIL_FIRST 0x40u
#define TRAIL_LAST  0xfcu

extern const uint16_t shodo_cp932_forward[LEAD_LAST - LEAD_FIRST + 1][TRAIL_LAST - TRAIL_FIRST + 1];
extern const uint8_t shodo_cp932_page[256];
extern const uint16_t shodo_cp932_backward[];

size_t shodo_cp932_decode(const uint8_t *p, size_t n, uint32_t *ret_cp) {
    uint8_t lead = p[0];
    uint16_t cp;

    if (lead < 0x80) {
        *ret_cp = lead;
        return 1;
    }
    if (lead >= 0xa1 && lead <= 0xdf) {
        *ret_cp = 0xff61u + (lead - 0xa1u);
        return 1;
    }
    if (lead < LEAD_FIRST || lead > LEAD_LAST || n < 2 || p[1] < TRAIL_FIRST || p[1] > TRAIL_LAST)
        return 0;
    cp = shodo_cp932_forward[lead - LEAD_FIRST][p[1] - TRAIL_FIRST];
    *ret_cp = cp;
    return cp ? 2 : 0;
}

bool shodo_cp932_is_lead(uint8_t b) {
    return (b >= LEAD_FIRST && b <= 0x9f) || (b >= 0xe0 && b <= LEAD_LAST);
}

size_t shodo_cp932_encode(uint32_t cp, char out[4]) {
    uint16_t code;

    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp > 0xffff)
        return 0;
    code = shodo_cp932_backward[shodo_cp932_page[cp >> 8] * 256u + (cp & 0xff)];
    if (code == 0)
        return 0;
    if (code < 0x100) {
        out[0] = (char)code;
        return 1;
    }
    out[0] = (char)(code >> 8);
    out[1] = (char)code;
    return 2;
}
