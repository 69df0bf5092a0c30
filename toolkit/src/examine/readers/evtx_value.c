/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/evtx_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/macro.h"
#include "base/time.h"

enum { BINARY_SHOWN = 64, SUBAUTHORITIES = 15 };

static char *room(struct evtx_text *t, size_t n) {
    if (n > t->cap - t->len) {
        t->is_full = true;
        return NULL;
    }
    char *p = t->data + t->len;
    t->len += n;
    return p;
}

static size_t put_utf8(char *o, uint32_t c) {
    if (c < 0x80) {
        o[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        o[0] = (char)(0xc0 | c >> 6);
        o[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        o[0] = (char)(0xe0 | c >> 12);
        o[1] = (char)(0x80 | (c >> 6 & 63));
        o[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    o[0] = (char)(0xf0 | c >> 18);
    o[1] = (char)(0x80 | (c >> 12 & 63));
    o[2] = (char)(0x80 | (c >> 6 & 63));
    o[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* Own loop instead of base/text.h: no memory is asked for, this runs some ten times for each of a
 * million records. Unpaired surrogates become U+FFFD. */
const char *evtx_text_utf16(struct evtx_text *t, const uint8_t *p, size_t bytes) {
    size_t n = bytes / 2;
    while (n > 0 && shodo_le16(p + 2 * n - 2) == 0)
        n--;
    if (n == 0)
        return "";
    char *start = room(t, 3 * n + 1);
    if (!start)
        return "";
    char *o = start;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = shodo_le16(p + 2 * i);
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t d = c < 0xdc00 && i + 1 < n ? shodo_le16(p + 2 * i + 2) : 0;
            bool is_pair = d >= 0xdc00 && d < 0xe000;
            c = is_pair ? 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00) : 0xfffd;
            i += is_pair;
        }
        o += put_utf8(o, c ? c : ' ');
    }
    *o++ = 0;
    t->len = (size_t)(o - t->data);
    return start;
}

static const char *keep(struct evtx_text *t, const char *s) {
    size_t n = strlen(s) + 1;
    char *p = room(t, n);
    return p ? memcpy(p, s, n) : "";
}

static const char *guid_text(struct evtx_text *t, const uint8_t *p) {
    char s[40];
    snprintf(s, sizeof s, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", shodo_le32(p),
             shodo_le16(p + 4), shodo_le16(p + 6), p[8], p[9], p[10], p[11], p[12], p[13], p[14],
             p[15]);
    return keep(t, s);
}

static const char *sid_text(struct evtx_text *t, const uint8_t *p, size_t n) {
    char s[256];
    uint64_t authority = 0;
    if (n < 8)
        return "";
    for (unsigned i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    int at = snprintf(s, sizeof s, "S-%u-%" PRIu64, p[0], authority);
    for (size_t i = 0; i < p[1] && i < SUBAUTHORITIES && 12 + 4 * i <= n; i++)
        at += snprintf(s + at, sizeof s - (size_t)at, "-%u", shodo_le32(p + 8 + 4 * i));
    return keep(t, s);
}

static const char *time_text(struct evtx_text *t, int64_t time) {
    char s[SHODO_TIME_TEXT_BYTES];
    shodo_time_utc(time, 7, s);
    return keep(t, s);
}

static const char *system_time_text(struct evtx_text *t, const uint8_t *p) {
    const struct shodo_civil c = {.year = shodo_le16(p),
                                  .month = shodo_le16(p + 2),
                                  .day = shodo_le16(p + 6),
                                  .hour = shodo_le16(p + 8),
                                  .minute = shodo_le16(p + 10),
                                  .second = shodo_le16(p + 12)};
    bool is_date = c.year >= 1678 && c.year < 2262 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
                   c.day <= 31 && c.hour < 24 && c.minute < 60 && c.second < 61;
    return is_date ? time_text(t, shodo_time_from_civil(&c, 0)) : "";
}

static const char *binary_text(struct evtx_text *t, const uint8_t *p, size_t n) {
    char s[2 * BINARY_SHOWN + 1];
    size_t m = SHODO_MIN(n, (size_t)BINARY_SHOWN);
    for (size_t i = 0; i < m; i++)
        snprintf(s + 2 * i, 3, "%02X", p[i]);
    s[2 * m] = 0;
    return keep(t, s);
}

static uint64_t number(const uint8_t *p, size_t n) {
    uint64_t v = 0;
    for (size_t i = SHODO_MIN(n, (size_t)8); i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static int64_t signed_number(const uint8_t *p, size_t n) {
    uint64_t v = number(p, n);
    if (n > 0 && n < 8 && v >> (8 * n - 1))
        v |= UINT64_MAX << (8 * n);
    return (int64_t)v;
}

static const char *ansi_text(struct evtx_text *t, const uint8_t *p, size_t n) {
    char *o = room(t, n + 1);
    size_t len = 0;
    for (size_t i = 0; o && i < n && p[i]; i++)
        o[len++] = p[i] < 0x80 ? (char)p[i] : '?';
    if (o)
        o[len] = 0;
    return o ? o : "";
}

const char *evtx_value_text(struct evtx_text *t, uint8_t type, const uint8_t *p, size_t n) {
    static const uint8_t sizes[] = {
        [3] = 1, [4] = 1, [5] = 2, [6] = 2, [7] = 4, [8] = 4, [9] = 8, [10] = 8};
    char s[40];
    if (n == 0 || type == 0)
        return "";
    if (type == EVTX_TYPE_STRING)
        return evtx_text_utf16(t, p, n);
    if (type == 2)
        return ansi_text(t, p, n);
    if (type >= 3 && type <= 10 && n >= sizes[type]) {
        if (type % 2)
            snprintf(s, sizeof s, "%" PRId64, signed_number(p, sizes[type]));
        else
            snprintf(s, sizeof s, "%" PRIu64, number(p, sizes[type]));
        return keep(t, s);
    }
    if (type == 13 && n >= 4)
        return shodo_le32(p) ? "true" : "false";
    if (type == 15 && n >= 16)
        return guid_text(t, p);
    if (type == 16 || type == 20 || type == 21) {
        snprintf(s, sizeof s, "0x%" PRIx64, number(p, n));
        return keep(t, s);
    }
    if (type == 17 && n >= 8)
        return time_text(t, shodo_time_from_filetime(shodo_le64(p)));
    if (type == 18 && n >= 16)
        return system_time_text(t, p);
    if (type == 19)
        return sid_text(t, p, n);
    return binary_text(t, p, n);
}
