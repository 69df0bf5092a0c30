/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/lznt1.h"

#include <stdbool.h>
#include <string.h>

#include "base/cur.h"
#include "base/macro.h"

#define CHUNK 4096u

/* One compressed chunk. false when a reference leaves it; *ret_done = bytes that are right. */
static bool decode_chunk(const uint8_t *p, size_t n, uint8_t *out, size_t room, size_t *ret_done) {
    size_t at = 0, to = 0;
    unsigned shift = 12; /* bits of the length part */
    while (at < n && to < room) {
        uint8_t flags = p[at++];
        for (int bit = 0; bit < 8 && at < n && to < room; bit++, flags >>= 1) {
            size_t length = 0, back = 0;
            uint16_t token = 0;
            if ((flags & 1) == 0) {
                out[to++] = p[at++];
                continue;
            }
            *ret_done = to;
            if (n - at < 2)
                return false;
            token = shodo_le16(p + at);
            at += 2;
            while (to > 0 && shift > 4 &&
                   ((to - 1) >> (16 - shift)) != 0) /* more history: longer distance */
                shift--;
            back = (size_t)(token >> shift) + 1;
            length = (size_t)(token & ((1u << shift) - 1)) + 3;
            if (back > to || length > room - to)
                return false;
            for (; length > 0; length--, to++)
                out[to] = out[to - back];
        }
    }
    *ret_done = to;
    return true;
}

size_t shodo_lznt1_decode(const uint8_t *p, size_t n, uint8_t *out, size_t out_len) {
    size_t at = 0, to = 0, lost = 0;
    while (to < out_len) {
        size_t room = SHODO_MIN((size_t)CHUNK, out_len - to), done = 0, length = 0;
        uint16_t header = n - at >= 2 ? shodo_le16(p + at) : 0;
        bool is_good = true;
        if (header == 0) { /* the end */
            memset(out + to, 0, out_len - to);
            break;
        }
        at += 2;
        length = (header & 0x0fffu) + 1;
        if (length > n - at || (header & 0x7000) != 0x3000) {
            memset(out + to, 0, out_len - to);
            return lost + (out_len - to);
        }
        if (header & 0x8000) {
            is_good = decode_chunk(p + at, length, out + to, room, &done);
        } else {
            done = SHODO_MIN(length, room);
            memcpy(out + to, p + at, done);
        }
        memset(out + to + done, 0, room - done);
        if (!is_good)
            lost += room - done;
        at += length;
        to += room;
    }
    return lost;
}
