/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/manifest.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

static bool has_bom(const char *p, size_t n) {
    return n >= 3 && memcmp(p, byte_order_mark, 3) == 0;
}

/* Next line; LF, CR and CRLF end one. false at the end of the text. */
static bool next_line(const char *p, size_t n, size_t *pos, const char **ret, size_t *ret_n) {
    if (*pos >= n)
        return false;
    size_t i = *pos;
    while (i < n && p[i] != '\n' && p[i] != '\r')
        i++;
    *ret = p + *pos;
    *ret_n = i - *pos;
    if (i + 1 < n && p[i] == '\r' && p[i + 1] == '\n')
        i++;
    *pos = i < n ? i + 1 : n;
    return true;
}

static bool decode_path(struct shodo_buf *out, const char *s, size_t n) {
    static const struct {
        const char *code;
        char byte;
    } codes[] = {{"0A", '\n'}, {"0a", '\n'}, {"0D", '\r'}, {"0d", '\r'}, {"25", '%'}};
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        for (size_t k = 0; c == '%' && n - i >= 3 && k < SHODO_ARRAY_SIZE(codes); k++)
            if (memcmp(s + i + 1, codes[k].code, 2) == 0) {
                c = codes[k].byte;
                i += 2;
                break;
            }
        if (!shodo_buf_addc(out, c))
            return false;
    }
    return true;
}

enum shodo_status shodo_manifest_parse(const char *p, size_t n, size_t digest_bytes,
                                       shodo_manifest_fn each, void *ctx, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    size_t pos = 0, len = 0, hex = digest_bytes * 2;
    const char *line = NULL;
    uint8_t digest[64];
    if (digest_bytes > sizeof digest)
        return shodo_fail(err, SHODO_INVALID, "shodo_manifest_parse: digest size");
    if (has_bom(p, n))
        return shodo_fail(err, SHODO_DAMAGED, "line 1: byte order mark");
    for (size_t number = 1; next_line(p, n, &pos, &line, &len); number++) {
        if (number > SHODO_LIMIT_BAG_FILES)
            return shodo_fail(err, SHODO_LIMIT, "more than %u lines", SHODO_LIMIT_BAG_FILES);
        if (len < hex + 2 || !shodo_text_parse_hex(line, hex, digest, digest_bytes) ||
            (line[hex] != ' ' && line[hex] != '\t'))
            return shodo_fail(err, SHODO_DAMAGED, "line %zu: not a digest and a path", number);
        size_t at = hex;
        while (at < len && (line[at] == ' ' || line[at] == '\t'))
            at++;
        if (at == len || line[at] == '*' || (len - at >= 2 && memcmp(line + at, "./", 2) == 0))
            return shodo_fail(err, SHODO_DAMAGED,
                              "line %zu: the path is missing or starts with '*' or './'", number);
        shodo_buf_clear(&path);
        if (!decode_path(&path, line + at, len - at))
            return shodo_fail(err, SHODO_NOMEM, "no memory for a manifest");
        enum shodo_status st = each(ctx, digest, path.data, path.len);
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

enum shodo_status shodo_bagit_txt_check(const char *p, size_t n, struct shodo_error *err) {
    static const char *const lines[] = {"BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"};
    size_t pos = 0, len = 0;
    const char *line = NULL;
    if (has_bom(p, n))
        return shodo_fail(err, SHODO_DAMAGED, "it starts with a byte order mark");
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(lines); i++)
        if (!next_line(p, n, &pos, &line, &len) || len != strlen(lines[i]) ||
            memcmp(line, lines[i], len) != 0)
            return shodo_fail(err, SHODO_DAMAGED, "line %zu is not '%s'", i + 1, lines[i]);
    if (pos != n)
        return shodo_fail(err, SHODO_DAMAGED, "it has more than two lines");
    return SHODO_OK;
}

bool shodo_bag_info_oxum(const char *p, size_t n, uint64_t *ret_bytes, uint64_t *ret_files,
                         bool *ret_is_bad) {
    static const char label[] = "payload-oxum:";
    size_t pos = 0, len = 0, k = sizeof label - 1;
    const char *line = NULL;
    unsigned seen = 0;
    *ret_is_bad = false;
    while (next_line(p, n, &pos, &line, &len)) {
        bool fits = len >= k;
        for (size_t i = 0; fits && i < k; i++) {
            char c = line[i] >= 'A' && line[i] <= 'Z' ? (char)(line[i] + 32) : line[i];
            fits = c == label[i];
        }
        if (!fits)
            continue;
        const char *v = line + k;
        size_t left = len - k;
        while (left > 0 && (*v == ' ' || *v == '\t'))
            v++, left--;
        const char *dot = left ? memchr(v, '.', left) : NULL;
        if (!dot || !shodo_text_parse_u64(v, (size_t)(dot - v), ret_bytes) ||
            !shodo_text_parse_u64(dot + 1, left - (size_t)(dot - v) - 1, ret_files) || ++seen > 1)
            *ret_is_bad = true;
        seen = seen ? seen : 1;
    }
    return seen > 0;
}
