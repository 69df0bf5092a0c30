/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text_iconv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/text_tables.h"

enum charset { UTF8, UTF16LE, UTF16BE, UCS2LE, UCS2BE, LATIN1, CP932, ASCII, UTF32LE };

struct shodo_iconv {
    enum charset to, from;
    bool translit, ignore;
};

enum { TAKE_BAD = 0, TAKE_SHORT = -1 };

static const struct {
    const char *name;
    enum charset charset;
} names[] = {
    {"", UTF8},
    {"CHAR", UTF8},
    {"UTF-8", UTF8},
    {"UTF8", UTF8},
    {"UTF-16LE", UTF16LE},
    {"UTF16LE", UTF16LE},
    {"UTF-16BE", UTF16BE},
    {"UTF16BE", UTF16BE},
    {"UCS-2LE", UCS2LE},
    {"UCS-2BE", UCS2BE},
    {"LATIN1", LATIN1},
    {"ISO-8859-1", LATIN1},
    {"ISO8859-1", LATIN1},
    {"ISO_8859-1", LATIN1},
    {"CP932", CP932},
    {"SHIFT_JIS", CP932},
    {"SHIFT-JIS", CP932},
    {"SJIS", CP932},
    {"WINDOWS-31J", CP932},
    {"MS932", CP932},
    {"ASCII", ASCII},
    {"US-ASCII", ASCII},
    {"ANSI_X3.4-1968", ASCII},
    {"UTF-32LE", UTF32LE},
    {"UCS-4LE", UTF32LE},
    {"WCHAR_T", UTF32LE},
};

/* The name up to the first "//". */
static bool find_charset(const char *name, enum charset *ret) {
    char plain[24];
    const char *end = strstr(name, "//");
    size_t n = end ? (size_t)(end - name) : strlen(name);

    if (n >= sizeof(plain))
        return false;
    memcpy(plain, name, n);
    plain[n] = '\0';
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (shodo_text_ieq(names[i].name, plain)) {
            *ret = names[i].charset;
            return true;
        }
    return false;
}

struct shodo_iconv *shodo_iconv_open(const char *to, const char *from) {
    struct shodo_iconv cd = {.translit = strcasestr(to, "//TRANSLIT") != NULL,
                             .ignore = strcasestr(to, "//IGNORE") != NULL};

    if (!find_charset(to, &cd.to) || !find_charset(from, &cd.from)) {
        errno = EINVAL;
        return NULL;
    }
    struct shodo_iconv *p = malloc(sizeof(*p));
    if (p)
        *p = cd;
    return p;
}

struct shodo_iconv *shodo_iconv_free(struct shodo_iconv *cd) {
    free(cd);
    return NULL;
}

/* Is `p` (not decodable as it stands) the start of a longer UTF-8 character? */
static bool is_utf8_prefix(const uint8_t *p, size_t n) {
    size_t want = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

    if (p[0] < 0xc2 || p[0] > 0xf4 || n >= want)
        return false;
    if (n >= 2 && ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
                   (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)))
        return false;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return false;
    return true;
}

static int take_utf16(const uint8_t *p, size_t n, bool big, bool pairs, uint32_t *ret) {
    if (n < 2)
        return TAKE_SHORT;
    uint32_t hi = big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
    *ret = hi;
    if (hi < 0xd800 || hi > 0xdfff)
        return 2;
    if (hi >= 0xdc00 || !pairs)
        return TAKE_BAD;
    if (n < 4)
        return TAKE_SHORT;
    uint32_t lo = big ? (uint32_t)(p[2] << 8 | p[3]) : (uint32_t)(p[3] << 8 | p[2]);
    if (lo < 0xdc00 || lo > 0xdfff)
        return TAKE_BAD;
    *ret = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
    return 4;
}

/* Bytes of the character at `p`, or TAKE_*. */
static int take(enum charset from, const uint8_t *p, size_t n, uint32_t *ret) {
    bool bad;
    size_t len;

    switch (from) {
    case UTF8:
        len = shodo_text_take(SHODO_UTF8, p, n, ret, &bad);
        if (bad)
            return is_utf8_prefix(p, n) ? TAKE_SHORT : TAKE_BAD;
        return (int)len;
    case UTF16LE:
    case UTF16BE:
    case UCS2LE:
    case UCS2BE:
        return take_utf16(p, n, from == UTF16BE || from == UCS2BE,
                          from == UTF16LE || from == UTF16BE, ret);
    case LATIN1:
        *ret = p[0];
        return 1;
    case ASCII:
        *ret = p[0];
        return p[0] < 0x80 ? 1 : TAKE_BAD;
    case CP932:
        if (n < 2 && shodo_cp932_is_lead(p[0]))
            return TAKE_SHORT;
        return (int)shodo_cp932_decode(p, n, ret);
    case UTF32LE:
        if (n < 4)
            return TAKE_SHORT;
        *ret = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        return *ret > 0x10ffff || (*ret >= 0xd800 && *ret <= 0xdfff) ? TAKE_BAD : 4;
    }
    return TAKE_BAD;
}

static void swap(char *a, char *b) {
    char t = *a;
    *a = *b;
    *b = t;
}

/* Bytes written to `b`; 0 when the target has no such character. */
static size_t give(enum charset to, uint32_t cp, char b[4]) {
    size_t n;

    switch (to) {
    case UTF8:
        return shodo_text_give(SHODO_UTF8, cp, b);
    case UTF16LE:
    case UTF16BE:
    case UCS2LE:
    case UCS2BE:
        if (cp > 0xffff && (to == UCS2LE || to == UCS2BE))
            return 0;
        n = shodo_text_give(SHODO_UTF16LE, cp, b);
        if (to == UTF16BE || to == UCS2BE) {
            swap(&b[0], &b[1]);
            if (n == 4)
                swap(&b[2], &b[3]);
        }
        return n;
    case LATIN1:
        return shodo_text_give(SHODO_LATIN1, cp, b);
    case ASCII:
        b[0] = (char)cp;
        return cp < 0x80 ? 1 : 0;
    case CP932:
        return shodo_text_give(SHODO_CP932, cp, b);
    case UTF32LE:
        for (size_t i = 0; i < 4; i++)
            b[i] = (char)(cp >> (8 * i));
        return 4;
    }
    return 0;
}

/* Skips one unit of bad input. */
static size_t bad_unit(enum charset from, size_t left) {
    switch (from) {
    case UTF16LE:
    case UTF16BE:
    case UCS2LE:
    case UCS2BE:
        return 2;
    case UTF32LE:
        return SHODO_MIN(left, (size_t)4);
    default:
        return 1;
    }
}

static size_t fail(int e) {
    errno = e;
    return (size_t)-1;
}

size_t shodo_iconv_convert(struct shodo_iconv *cd, char **in, size_t *in_left, char **out,
                           size_t *out_left) {
    size_t changed = 0;

    if (!in || !*in)
        return 0; /* no encoding here has a shift state */
    while (*in_left > 0) {
        char b[4];
        uint32_t cp = 0;
        int used = take(cd->from, (const uint8_t *)*in, *in_left, &cp);
        size_t step = used > 0 ? (size_t)used : bad_unit(cd->from, *in_left), made = 0;
        if (used == TAKE_SHORT)
            return fail(EINVAL);
        if (used == TAKE_BAD && !cd->ignore)
            return fail(EILSEQ);
        if (used > 0) {
            made = give(cd->to, cp, b);
            if (made == 0 && !cd->translit && !cd->ignore)
                return fail(EILSEQ);
            if (made == 0 && cd->translit) {
                made = give(cd->to, '?', b);
                changed++;
            } else if (made == 0) {
                changed++;
            }
        } else {
            changed++;
        }
        if (made > *out_left)
            return fail(E2BIG);
        memcpy(*out, b, made);
        *out += made;
        *out_left -= made;
        *in += step;
        *in_left -= step;
    }
    return changed;
}
