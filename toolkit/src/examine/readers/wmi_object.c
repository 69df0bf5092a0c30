/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/wmi_object.h"

#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"

enum {
    TEXT_MIN = 2,
    QUIET_BYTES = 512, /* without a text: the object is over */
    HASH_CHARS = 32,   /* MD5 until Windows Vista, SHA-256 (64) since */
    HEAD_BYTES = 1024, /* from the hash to the name of the class, at most */
};

static bool is_text(uint8_t c) {
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

static bool is_hash_char(const uint8_t *p) {
    return p[1] == 0 && ((p[0] >= '0' && p[0] <= '9') || (p[0] >= 'A' && p[0] <= 'F'));
}

/* Length of a run of hexadecimal digits in UTF-16, in digits. */
static size_t hash_run(const uint8_t *p, size_t n) {
    size_t k = 0;
    while (2 * k + 1 < n && is_hash_char(p + 2 * k))
        k++;
    return k;
}

/* A text behind the mark 01 is UTF-16; its length in bytes, 0 when it is none. */
static size_t wide_run(const uint8_t *p, size_t n) {
    size_t k = 0;
    for (; k + 1 < n; k += 2) {
        uint16_t c = shodo_le16(p + k);
        if (c == 0)
            return k >= 2 * (size_t)TEXT_MIN ? k : 0;
        if (c < 0x20 && c != '\t' && c != '\r' && c != '\n')
            return 0;
    }
    return 0;
}

static size_t plain_run(const uint8_t *p, size_t n) {
    size_t k = 0;
    while (k < n && is_text(p[k]))
        k++;
    return k < n && p[k] == 0 && k >= TEXT_MIN ? k : 0;
}

static void keep(struct wmi_texts *t, struct shodo_arena *arena, const char *s, size_t n) {
    const char *copy = t->count < WMI_TEXTS ? shodo_arena_str(arena, s, n) : NULL;
    if (copy)
        t->s[t->count++] = copy;
}

void wmi_texts_take(struct wmi_texts *t, struct shodo_arena *arena, const uint8_t *p, size_t n,
                    size_t at) {
    size_t end = SHODO_MIN(n, at + SHODO_LIMIT_WMI_OBJECT_BYTES), last = at;
    t->count = 0;
    while (at < end && t->count < WMI_TEXTS && at - last < QUIET_BYTES) {
        if (hash_run(p + at, end - at) >= HASH_CHARS)
            return; /* the next object's head */
        size_t wide = p[at] == 1 ? wide_run(p + at + 1, end - at - 1) : 0;
        size_t plain = wide ? 0 : plain_run(p + at, end - at);
        if (wide) {
            shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
            if (shodo_text_decode(&b, SHODO_UTF16LE, p + at + 1, wide, NULL))
                keep(t, arena, shodo_buf_cstr(&b), b.len);
            at += 1 + wide;
        } else if (plain) {
            keep(t, arena, (const char *)p + at, plain);
            at += plain;
        }
        last = wide || plain ? at : last;
        at++;
    }
}

bool wmi_texts_have(const struct wmi_texts *t, const char *s) {
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->s[i], s) == 0)
            return true;
    return false;
}

int64_t wmi_time(const uint8_t *p, size_t at) {
    size_t from = at > HEAD_BYTES ? at - HEAD_BYTES : 0;
    for (size_t i = at; i-- > from;) {
        /* the last digit of a run: then its beginning must be 32 digits or more before it */
        size_t run = 0;
        while (i >= 2 * run + 1 && is_hash_char(p + i - 2 * run - 1))
            run++;
        if (run < HASH_CHARS || i + 9 > at)
            continue;
        int64_t t = shodo_time_from_filetime(shodo_le64(p + i + 1));
        int64_t year = 365LL * 24 * 3600 * 1000000000;
        return t != SHODO_TIME_NONE && t > 30 * year && t < 130 * year ? t : SHODO_TIME_NONE;
    }
    return SHODO_TIME_NONE;
}
