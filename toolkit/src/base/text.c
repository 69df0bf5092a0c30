/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings. Showing and measuring text is in text_show.c and text_width.c. */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/text_tables.h"

#define REPLACEMENT 0xfffdu

static bool is_tail(uint8_t b) {
    return (b & 0xc0) == 0x80;
}

/*
 * One code point of generalised UTF-8 (surrogates allowed); its length in bytes, or 0 when the
 * bytes at `p` are not one. Shortest form and U+10FFFF are enforced by the ranges of the second
 * byte (Unicode 15, table 3-7).
 */
static size_t decode_one(const uint8_t *p, size_t n, uint32_t *ret) {
    uint8_t b = p[0];

    if (b < 0x80) {
        *ret = b;
        return 1;
    }
    if (b < 0xc2 || b > 0xf4)
        return 0;
    if (b < 0xe0) {
        if (n < 2 || !is_tail(p[1]))
            return 0;
        *ret = (uint32_t)(b & 0x1f) << 6 | (p[1] & 0x3f);
        return 2;
    }
    if (b < 0xf0) {
        if (n < 3 || !is_tail(p[1]) || !is_tail(p[2]) || (b == 0xe0 && p[1] < 0xa0))
            return 0;
        *ret = (uint32_t)(b & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        return 3;
    }
    if (n < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3]) || (b == 0xf0 && p[1] < 0x90) ||
        (b == 0xf4 && p[1] > 0x8f))
        return 0;
    *ret = (uint32_t)(b & 7) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 |
           (p[3] & 0x3f);
    return 4;
}

static bool is_surrogate(uint32_t cp) {
    return cp >= 0xd800 && cp <= 0xdfff;
}

uint32_t shodo_text_next(const char *s, size_t n, size_t *pos) {
    uint32_t cp = REPLACEMENT;
    size_t len;

    shodo_assert(*pos < n);
    len = decode_one((const uint8_t *)s + *pos, n - *pos, &cp);
    *pos += len ? len : 1;
    return len ? cp : REPLACEMENT;
}

bool shodo_text_is_utf8(const char *s, size_t n) {
    const uint8_t *p = (const uint8_t *)s;

    for (size_t i = 0; i < n;) {
        uint32_t cp;
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t len = decode_one(p + i, n - i, &cp);
        if (len == 0 || is_surrogate(cp))
            return false;
        i += len;
    }
    return true;
}

size_t shodo_text_utf8(uint32_t cp, char out[4]) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    if (cp > 0x10ffff)
        return shodo_text_utf8(REPLACEMENT, out);
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

bool shodo_text_put(struct shodo_buf *out, uint32_t code_point) {
    char b[4];
    size_t n = shodo_text_utf8(code_point, b);

    return shodo_buf_add(out, b, n);
}

size_t shodo_text_take(enum shodo_encoding enc, const uint8_t *p, size_t n, uint32_t *ret_cp,
                       bool *ret_bad) {
    *ret_bad = false;
    *ret_cp = REPLACEMENT;
    switch (enc) {
    case SHODO_UTF8: {
        size_t len = decode_one(p, n, ret_cp);
        if (len > 0 && !is_surrogate(*ret_cp))
            return len;
        break;
    }
    case SHODO_UTF16LE: {
        if (n < 2)
            break;
        uint32_t hi = shodo_le16(p), lo = n >= 4 ? shodo_le16(p + 2) : 0;
        *ret_cp = hi;
        if (!is_surrogate(hi))
            return 2;
        if (hi < 0xdc00 && lo >= 0xdc00 && lo <= 0xdfff) {
            *ret_cp = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
            return 4;
        }
        *ret_bad = true; /* kept as WTF-8 */
        return 2;
    }
    case SHODO_LATIN1:
        *ret_cp = p[0];
        return 1;
    case SHODO_CP932: {
        size_t len = shodo_cp932_decode(p, n, ret_cp);
        if (len > 0)
            return len;
        break;
    }
    }
    *ret_cp = REPLACEMENT;
    *ret_bad = true;
    return 1;
}

bool shodo_text_decode(struct shodo_buf *out, enum shodo_encoding enc, const void *p, size_t n,
                       size_t *ret_bad) {
    const uint8_t *s = (const uint8_t *)p;
    size_t bad_count = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp;
        bool bad;
        i += shodo_text_take(enc, s + i, n - i, &cp, &bad);
        bad_count += bad;
        shodo_text_put(out, cp);
    }
    if (ret_bad)
        *ret_bad = bad_count;
    return !out->failed;
}

size_t shodo_text_give(enum shodo_encoding enc, uint32_t cp, char out[4]) {
    switch (enc) {
    case SHODO_UTF8:
        return is_surrogate(cp) ? 0 : shodo_text_utf8(cp, out);
    case SHODO_UTF16LE: {
        uint32_t hi = cp, lo = 0;
        if (cp >= 0x10000) {
            hi = 0xd800 + ((cp - 0x10000) >> 10);
            lo = 0xdc00 + ((cp - 0x10000) & 0x3ff);
        }
        out[0] = (char)hi;
        out[1] = (char)(hi >> 8);
        if (cp < 0x10000)
            return 2;
        out[2] = (char)lo;
        out[3] = (char)(lo >> 8);
        return 4;
    }
    case SHODO_LATIN1:
        out[0] = (char)cp;
        return cp < 0x100 ? 1 : 0;
    case SHODO_CP932:
        return shodo_cp932_encode(cp, out);
    }
    return 0;
}

bool shodo_text_encode(struct shodo_buf *out, enum shodo_encoding enc, const char *s, size_t n,
                       size_t *ret_bad) {
    size_t bad_count = 0;

    for (size_t i = 0; i < n;) {
        char b[4];
        uint32_t cp;
        size_t len = decode_one((const uint8_t *)s + i, n - i, &cp);
        size_t made = len ? shodo_text_give(enc, cp, b) : 0;
        if (made == 0) {
            bad_count++;
            made = shodo_text_give(enc, '?', b);
        }
        shodo_buf_add(out, b, made);
        i += len ? len : 1;
    }
    if (ret_bad)
        *ret_bad = bad_count;
    return !out->failed;
}

bool shodo_text_fold(struct shodo_buf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t at = i;
        uint32_t cp = 0;
        size_t len = decode_one((const uint8_t *)s + i, n - i, &cp);
        i += len ? len : 1;
        if (len)
            shodo_text_put(out, shodo_text_upper(cp));
        else
            shodo_buf_add(out, s + at, 1); /* foreign byte: stays itself */
    }
    return !out->failed;
}

static char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool shodo_text_ieq(const char *a, const char *b) {
    while (*a && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

bool shodo_text_parse_u64(const char *s, size_t n, uint64_t *ret) {
    uint64_t v = 0;

    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || !shodo_mul_u64(v, 10, &v) ||
            !shodo_add_u64(v, (uint64_t)(s[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool shodo_text_parse_hex(const char *s, size_t n, void *out, size_t out_len) {
    uint8_t *p = (uint8_t *)out;

    if (n % 2 != 0 || n / 2 != out_len)
        return false;
    for (size_t i = 0; i < n; i++)
        if (hex_digit(s[i]) < 0)
            return false;
    for (size_t i = 0; i < out_len; i++)
        p[i] = (uint8_t)(hex_digit(s[2 * i]) << 4 | hex_digit(s[2 * i + 1]));
    return true;
}

const char *shodo_text_fingerprint(const char *hex, char out[SHODO_FINGERPRINT_SHOWN_BYTES]) {
    size_t n = 0, digits = strlen(hex);
    for (size_t i = 0; digits == 64 && i < digits; i++) {
        if (i > 0 && i % 4 == 0)
            out[n++] = ' ';
        out[n++] = hex[i];
    }
    out[n] = '\0';
    return out;
}

const char *shodo_text_size(uint64_t bytes, char out[SHODO_SIZE_SHOWN_BYTES]) {
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    uint64_t tenths = 0;
    for (; bytes >= 1024; unit++) {
        tenths = bytes % 1024 * 10 / 1024;
        bytes /= 1024;
    }
    if (unit > 0 && bytes < 100 && tenths > 0)
        snprintf(out, SHODO_SIZE_SHOWN_BYTES, "%u.%u %s", (unsigned)bytes, (unsigned)tenths,
                 units[unit]);
    else
        snprintf(out, SHODO_SIZE_SHOWN_BYTES, "%u %s", (unsigned)bytes,
                 bytes == 1 && unit == 0 ? "byte" : units[unit]);
    return out;
}
