/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/text_file.h"

#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"

static bool decode(struct shodo_buf *out, const char *p, size_t n) {
    const uint8_t *b = (const uint8_t *)p;
    bool has_mark = n >= 2 && b[0] == 0xff && b[1] == 0xfe;
    if (has_mark || (n >= 4 && b[1] == 0 && b[3] == 0))
        return shodo_text_decode(out, SHODO_UTF16LE, p + 2 * has_mark,
                                 (n - 2 * has_mark) & ~(size_t)1, NULL);
    bool has_utf8_mark = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0;
    if (has_utf8_mark || shodo_text_is_utf8(p, n))
        return shodo_buf_add(out, p + 3 * has_utf8_mark, n - 3 * has_utf8_mark);
    return shodo_text_decode(out, SHODO_CP932, p, n, NULL);
}

/* The end of a file that is too long: its newest lines. */
static bool load_raw(struct shodo_buf *raw, const struct shodo_reader_file *f,
                     const struct shodo_reader_sink *sink) {
    struct shodo_error err = SHODO_ERROR_INIT;
    uint64_t size = f->bytes.size,
             from = size > SHODO_LIMIT_REMOTE_LOG_BYTES ? size - SHODO_LIMIT_REMOTE_LOG_BYTES : 0;
    if (from == 0)
        return shodo_reader_load(raw, &f->bytes, SHODO_LIMIT_REMOTE_LOG_BYTES, "text file", sink) ||
               raw->len > 0;
    from -= from % 2;
    size_t want = (size_t)(size - from);
    shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, want,
                         "only the last %zu of %llu bytes were read", want,
                         (unsigned long long)size);
    if (!shodo_buf_reserve(raw, want + 1))
        return false;
    for (size_t got = 1; got > 0 && raw->len < want; raw->len += got)
        if (f->bytes.read(f->bytes.ctx, from + raw->len, raw->data + raw->len, want - raw->len,
                          &got, &err) != SHODO_OK)
            break;
    return raw->len > 0;
}

bool shodo_text_file_load(struct shodo_buf *out, const struct shodo_reader_file *f,
                          const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf raw = SHODO_BUF_INIT;
    return load_raw(&raw, f, sink) && decode(out, raw.data, raw.len);
}

void shodo_text_file_lines(const struct shodo_buf *text, size_t max, void *ctx,
                           void (*line)(void *ctx, uint64_t number, const char *s, size_t n)) {
    uint64_t number = 0;
    for (size_t at = 0; at < text->len;) {
        const char *s = text->data + at, *end = memchr(s, '\n', text->len - at);
        size_t n = end ? (size_t)(end - s) : text->len - at, shown = n;
        while (shown > 0 && (s[shown - 1] == '\r' || s[shown - 1] == ' '))
            shown--;
        line(ctx, ++number, s, SHODO_MIN(shown, max));
        at += n + 1;
    }
}
