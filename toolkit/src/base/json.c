/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"

static void add_escape(struct shodo_buf *b, uint32_t cp) {
    if (cp >= 0x10000) {
        cp -= 0x10000;
        shodo_buf_addf(b, "\\u%04x\\u%04x", 0xd800 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
    } else {
        shodo_buf_addf(b, "\\u%04x", cp);
    }
}

static void add_ascii_escape(struct shodo_buf *b, char c) {
    switch (c) {
    case '"':
        shodo_buf_adds(b, "\\\"");
        break;
    case '\\':
        shodo_buf_adds(b, "\\\\");
        break;
    case '\n':
        shodo_buf_adds(b, "\\n");
        break;
    case '\r':
        shodo_buf_adds(b, "\\r");
        break;
    case '\t':
        shodo_buf_adds(b, "\\t");
        break;
    default:
        add_escape(b, (uint8_t)c);
    }
}

/* `s` is valid UTF-8. Runs of harmless characters are copied as one piece. */
static void add_quoted(struct shodo_buf *b, const char *s, size_t n) {
    size_t pos = 0, run = 0;

    shodo_buf_addc(b, '"');
    while (pos < n) {
        uint8_t c = (uint8_t)s[pos];
        size_t at = pos;
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            pos++;
            continue;
        }
        uint32_t cp = shodo_text_next(s, n, &pos);
        if (cp >= 0x80 && !shodo_text_is_invisible(cp))
            continue;
        shodo_buf_add(b, s + run, at - run);
        if (cp < 0x80)
            add_ascii_escape(b, (char)cp);
        else
            add_escape(b, cp);
        run = pos;
    }
    shodo_buf_add(b, s + run, n - run);
    shodo_buf_addc(b, '"');
}

/* RFC 4648 section 4, with padding. */
static void add_base64(struct shodo_buf *b, const uint8_t *p, size_t n) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16;
        if (i + 1 < n)
            v |= (uint32_t)p[i + 1] << 8;
        if (i + 2 < n)
            v |= p[i + 2];
        const char four[4] = {digit[v >> 18], digit[v >> 12 & 63],
                              i + 1 < n ? digit[v >> 6 & 63] : '=',
                              i + 2 < n ? digit[v & 63] : '='};
        shodo_buf_add(b, four, sizeof(four));
    }
}

/* Comma and key in front of a value. */
static void begin(struct shodo_json *j, const char *key) {
    if (j->need_comma)
        shodo_buf_addc(j->out, ',');
    j->need_comma = true;
    if (key) {
        size_t n = strlen(key);
        shodo_assert(shodo_text_is_utf8(key, n));
        add_quoted(j->out, key, n);
        shodo_buf_addc(j->out, ':');
    }
}

static void open_level(struct shodo_json *j, const char *key, char c) {
    begin(j, key);
    shodo_buf_addc(j->out, c);
    j->depth++;
    j->need_comma = false;
}

static void close_level(struct shodo_json *j, char c) {
    shodo_assert(j->depth > 0);
    shodo_buf_addc(j->out, c);
    j->depth--;
    j->need_comma = true;
}

void shodo_json_object(struct shodo_json *j, const char *key) {
    open_level(j, key, '{');
}

void shodo_json_object_end(struct shodo_json *j) {
    close_level(j, '}');
}

void shodo_json_array(struct shodo_json *j, const char *key) {
    open_level(j, key, '[');
}

void shodo_json_array_end(struct shodo_json *j) {
    close_level(j, ']');
}

void shodo_json_str(struct shodo_json *j, const char *key, const char *s) {
    if (s)
        shodo_json_strn(j, key, s, strlen(s));
    else
        shodo_json_null(j, key);
}

void shodo_json_strn(struct shodo_json *j, const char *key, const char *s, size_t n) {
    begin(j, key);
    if (shodo_text_is_utf8(s, n) && (n == 0 || !memchr(s, '\0', n))) {
        add_quoted(j->out, s, n);
    } else {
        shodo_buf_adds(j->out, "{\"b64\":\"");
        add_base64(j->out, (const uint8_t *)s, n);
        shodo_buf_adds(j->out, "\"}");
    }
}

void shodo_json_u64(struct shodo_json *j, const char *key, uint64_t v) {
    begin(j, key);
    shodo_buf_addf(j->out, "%" PRIu64, v);
}

void shodo_json_i64(struct shodo_json *j, const char *key, int64_t v) {
    begin(j, key);
    shodo_buf_addf(j->out, "%" PRId64, v);
}

void shodo_json_real(struct shodo_json *j, const char *key, double v, int decimals) {
    begin(j, key);
    if (isfinite(v))
        shodo_buf_addf(j->out, "%.*f", SHODO_MIN(SHODO_MAX(decimals, 0), 17), v);
    else
        shodo_buf_adds(j->out, "null");
}

void shodo_json_bool(struct shodo_json *j, const char *key, bool v) {
    begin(j, key);
    shodo_buf_adds(j->out, v ? "true" : "false");
}

void shodo_json_null(struct shodo_json *j, const char *key) {
    begin(j, key);
    shodo_buf_adds(j->out, "null");
}

void shodo_json_hex(struct shodo_json *j, const char *key, const void *p, size_t n) {
    begin(j, key);
    shodo_buf_addc(j->out, '"');
    shodo_buf_add_hex(j->out, p, n);
    shodo_buf_addc(j->out, '"');
}

/* Always nine decimals: the text then sorts as the time does. */
void shodo_json_time(struct shodo_json *j, const char *key, int64_t time_ns) {
    char text[SHODO_TIME_TEXT_BYTES];

    shodo_time_utc(time_ns, 9, text);
    shodo_json_str(j, key, text[0] ? text : NULL);
}

void shodo_json_raw(struct shodo_json *j, const char *key, const char *json, size_t n) {
    begin(j, key);
    shodo_buf_add(j->out, json, n);
}

void shodo_json_line_end(struct shodo_json *j) {
    shodo_assert(j->depth == 0);
    shodo_buf_addc(j->out, '\n');
    j->need_comma = false;
}
