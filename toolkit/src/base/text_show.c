/* SPDX-License-Identifier: Apache-2.0 */
/* Showing text: safe forms, clipping, wrapping with kinsoku (JIS X 4051). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/text_tables.h"

/* Marks on one base character that are passed on; more is an attack on the layout ("zalgo"). */
#define MARKS_MAX       4u
#define SAFE_CHAR_BYTES 16

size_t shodo_text_columns(const char *s, size_t n) {
    size_t columns = 0;

    for (size_t i = 0; i < n;)
        columns += (size_t)shodo_text_width(shodo_text_next(s, n, &i));
    return columns;
}

/* End of the character at `pos` with the zero-width characters that follow it. */
static size_t cluster_end(const char *s, size_t n, size_t pos, size_t *ret_columns) {
    *ret_columns = (size_t)shodo_text_width(shodo_text_next(s, n, &pos));
    while (pos < n) {
        size_t next = pos;
        uint32_t cp = shodo_text_next(s, n, &next);
        if (cp == '\n' || shodo_text_width(cp) != 0)
            break;
        pos = next;
    }
    return pos;
}

size_t shodo_text_clip(const char *s, size_t n, size_t columns, size_t *ret_columns) {
    size_t pos = 0, used = 0;

    while (pos < n) {
        size_t width, end = cluster_end(s, n, pos, &width);
        if (width > columns - used)
            break;
        used += width;
        pos = end;
    }
    if (ret_columns)
        *ret_columns = used;
    return pos;
}

static const uint32_t not_at_start[] = {
    '!',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    '%',    0x00bb, 0x2019,
    0x201d, 0x2025, 0x2026, 0x2030, 0x203c, 0x2047, 0x2048, 0x2049, 0x3001, 0x3002, 0x3005, 0x3009,
    0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x3017, 0x3019, 0x301c, 0x301f, 0x303b, 0x3041, 0x3043,
    0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308e, 0x3095, 0x3096, 0x309b, 0x309c,
    0x309d, 0x309e, 0x30a0, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7,
    0x30ee, 0x30f5, 0x30f6, 0x30fb, 0x30fc, 0x30fd, 0x30fe, 0xff01, 0xff05, 0xff09, 0xff0c, 0xff0e,
    0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d, 0xff5e, 0xff60, 0xff61, 0xff63, 0xff64, 0xff65, 0xff67,
    0xff68, 0xff69, 0xff6a, 0xff6b, 0xff6c, 0xff6d, 0xff6e, 0xff6f, 0xff70, 0xff9e, 0xff9f,
};

static const uint32_t not_at_end[] = {
    '(',    '[',    '{',    0x00ab, 0x2018, 0x201c, 0x3008, 0x300a, 0x300c, 0x300e, 0x3010,
    0x3014, 0x3016, 0x3018, 0x301d, 0xff04, 0xff08, 0xff3b, 0xff5b, 0xff5f, 0xff62, 0xffe5,
};

static bool is_in(const uint32_t *set, size_t count, uint32_t cp) {
    for (size_t i = 0; i < count; i++)
        if (set[i] == cp)
            return true;
    return false;
}

/* May a line end between `a` and `b`? Japanese breaks anywhere but for kinsoku, Latin words at
 * spaces. */
static bool may_break(uint32_t a, uint32_t b) {
    if (is_in(not_at_start, SHODO_ARRAY_SIZE(not_at_start), b) ||
        is_in(not_at_end, SHODO_ARRAY_SIZE(not_at_end), a) || b == ' ')
        return false;
    return a == ' ' || a == '-' || a == '/' || a == '\\' || shodo_text_width(a) == 2 ||
           shodo_text_width(b) == 2;
}

/* Bytes of the first line of `s` (no '\n' in it): the last permitted break, else the last character
 * that fits. */
static size_t line_bytes(const char *s, size_t n, size_t columns) {
    size_t pos = 0, used = 0, best = 0;
    uint32_t before = 0, earlier = 0;

    while (pos < n) {
        size_t width, peek = pos, end = cluster_end(s, n, pos, &width);
        uint32_t cp = shodo_text_next(s, n, &peek);
        /* "https://" stays with what follows: a person copies the address by hand */
        bool is_scheme = before == '/' && (earlier == ':' || earlier == '/');
        if (pos > 0 && !is_scheme && may_break(before, cp))
            best = pos;
        /* a space may hang over the edge: it is dropped there */
        if (used + width > columns && pos > 0 && cp != ' ')
            return best ? best : pos;
        used += width;
        pos = end;
        earlier = before;
        before = cp;
    }
    return n;
}

void shodo_text_wrap(const char *s, size_t n, size_t columns,
                     void (*line)(void *ctx, const char *s, size_t n), void *ctx) {
    for (size_t at = 0;;) {
        const char *nl = at < n ? memchr(s + at, '\n', n - at) : NULL;
        size_t end = nl ? (size_t)(nl - s) : n;
        do {
            size_t len = line_bytes(s + at, end - at, columns), shown = len;
            while (shown > 0 && s[at + shown - 1] == ' ')
                shown--;
            line(ctx, s + at, shown);
            at += len;
            while (at < end && s[at] == ' ')
                at++;
        } while (at < end);
        if (!nl)
            break;
        at = end + 1;
    }
}

/* The safe form of the character at *pos, written to `out`; its length. `marks` counts marks since
 * the last base. */
static size_t safe_one(const char *s, size_t n, size_t *pos, unsigned *marks,
                       char out[SAFE_CHAR_BYTES]) {
    size_t at = *pos;
    uint32_t cp = shodo_text_next(s, n, pos);
    bool decoded = *pos - at > 1 || (uint8_t)s[at] < 0x80;
    bool hide = shodo_text_is_invisible(cp) || (cp >= 0xd800 && cp <= 0xdfff);

    if (shodo_text_is_mark(cp)) {
        hide |= *marks >= MARKS_MAX;
        ++*marks;
    } else {
        *marks = 0;
    }
    if (!decoded || cp < 0x20 || cp == 0x7f) {
        *marks = MARKS_MAX;
        return (size_t)snprintf(out, SAFE_CHAR_BYTES, "<0x%02X>", (unsigned)(uint8_t)s[at]);
    }
    if (hide) {
        *marks = MARKS_MAX; /* nothing may sit on the escape */
        return (size_t)snprintf(out, SAFE_CHAR_BYTES, "<U+%04X>", (unsigned)cp);
    }
    memcpy(out, s + at, *pos - at);
    return *pos - at;
}

bool shodo_text_safe(struct shodo_buf *out, const char *s, size_t n) {
    unsigned marks = MARKS_MAX; /* a mark at the start has no base */

    for (size_t i = 0; i < n;) {
        char b[SAFE_CHAR_BYTES];
        size_t len = safe_one(s, n, &i, &marks, b);
        shodo_buf_add(out, b, len);
    }
    return !out->failed;
}

size_t shodo_text_safe_fixed(char *out, size_t cap, const char *s, size_t n) {
    unsigned marks = MARKS_MAX;
    size_t used = 0;

    shodo_assert(cap > 0);
    for (size_t i = 0; i < n;) {
        char b[SAFE_CHAR_BYTES];
        size_t len = safe_one(s, n, &i, &marks, b);
        if (len >= cap - used)
            break;
        memcpy(out + used, b, len);
        used += len;
    }
    out[used] = '\0';
    return used;
}

/* Start of the longest suffix of at most `columns`. */
static size_t suffix_start(const char *s, size_t n, size_t total, size_t columns) {
    size_t pos = 0;

    while (pos < n && total > columns) {
        size_t width;
        pos = cluster_end(s, n, pos, &width);
        total -= width;
    }
    return pos;
}

size_t shodo_text_safe_clip(struct shodo_buf *out, const char *s, size_t n, size_t columns,
                            bool keep_end) {
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    size_t total, used;

    if (!shodo_text_safe(&safe, s, n)) {
        out->failed = true;
        return 0;
    }
    total = shodo_text_columns(safe.data, safe.len);
    if (total <= columns) {
        shodo_buf_add(out, shodo_buf_cstr(&safe), safe.len);
        return total;
    }
    if (columns < 2) {
        shodo_buf_add(out, "..", columns);
        return columns;
    }
    if (keep_end) {
        size_t from = suffix_start(safe.data, safe.len, total, columns - 2);
        shodo_buf_adds(out, "..");
        shodo_buf_add(out, safe.data + from, safe.len - from);
        return 2 + shodo_text_columns(safe.data + from, safe.len - from);
    }
    size_t len = shodo_text_clip(safe.data, safe.len, columns - 2, &used);
    shodo_buf_add(out, safe.data, len);
    shodo_buf_adds(out, "..");
    return used + 2;
}

/* Variation selectors on an ideograph (registered name forms) or an emoji are ordinary writing. */
static bool is_variation(uint32_t cp, uint32_t before) {
    bool selector = (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);

    return selector && before >= 0x2000 && !shodo_text_is_invisible(before);
}

bool shodo_text_is_deceptive(const char *s, size_t n) {
    uint32_t before = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp = shodo_text_next(s, n, &i);
        if (shodo_text_is_invisible(cp) && !is_variation(cp, before))
            return true;
        before = cp;
    }
    return false;
}
