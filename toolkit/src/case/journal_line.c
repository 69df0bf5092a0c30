/* SPDX-License-Identifier: Apache-2.0 */
#include "case/journal_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"

static bool is_hex64(const char *s) {
    if (!s || strlen(s) != 64)
        return false;
    return strspn(s, "0123456789abcdef") == 64;
}

enum shodo_status shodo_line_parse(struct shodo_line *ret, const char *p, size_t n,
                                   struct shodo_error *err) {
    *ret = (struct shodo_line){.doc = NULL};
    if (n > SHODO_LIMIT_LINE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "journal line is longer than %llu bytes",
                          (unsigned long long)SHODO_LIMIT_LINE_BYTES);
    struct shodo_doc *doc = NULL;
    enum shodo_status st = shodo_doc_parse_json(&doc, "journal", p, n, err);
    if (st != SHODO_OK)
        return st;
    const struct shodo_value *root = shodo_doc_root(doc);
    const char *time = shodo_value_get_str(root, "time");
    int64_t seq = shodo_value_get_int(root, "seq", -1);
    struct shodo_line l = {.actor = shodo_value_get_str(root, "actor"),
                           .event = shodo_value_get_str(root, "event"),
                           .prev = shodo_value_get_str(root, "prev"),
                           .data = shodo_value_get(root, "data"),
                           .doc = doc};
    if (seq < 1 || !l.actor || !l.event || !is_hex64(l.prev) ||
        shodo_value_kind(l.data) != SHODO_VALUE_MAP || !time ||
        !shodo_time_parse(time, strlen(time), &l.time)) {
        shodo_doc_free(doc);
        return shodo_fail(err, SHODO_DAMAGED,
                          "journal line lacks seq, time, actor, event, data or prev");
    }
    l.seq = (uint64_t)seq;
    *ret = l;
    return SHODO_OK;
}

void shodo_line_done(struct shodo_line *l) {
    l->doc = shodo_doc_free(l->doc);
}

/* Checks `data_json` and appends it as one line of JSON without white space that could end the
 * record. */
static enum shodo_status write_data(struct shodo_json *j, const char *data_json,
                                    struct shodo_error *err) {
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    enum shodo_status st = shodo_doc_parse_json(&doc, "data", data_json, strlen(data_json), err);
    if (st == SHODO_NOMEM)
        return st;
    if (st != SHODO_OK || shodo_value_kind(shodo_doc_root(doc)) != SHODO_VALUE_MAP)
        return shodo_fail(err, SHODO_INVALID, "data of a journal record must be one JSON object");
    shodo_value_write(j, "data", shodo_doc_root(doc));
    return SHODO_OK;
}

enum shodo_status shodo_line_write(struct shodo_buf *out, uint64_t seq, const char *actor,
                                   const char *event, const char *data_json, const char *prev,
                                   struct shodo_error *err) {
    size_t start = out->len;
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_u64(&j, "seq", seq);
    shodo_json_time(&j, "time", shodo_time_now());
    /* A fixed wall clock (tests) fixes this one too, so that the chain can be reproduced. */
    shodo_json_u64(&j, "mono_ms", getenv("SHODO_CLOCK") ? 0 : shodo_time_mono_ms());
    shodo_json_str(&j, "actor", actor);
    shodo_json_str(&j, "event", event);
    enum shodo_status st = write_data(&j, data_json && *data_json ? data_json : "{}", err);
    if (st != SHODO_OK)
        return st;
    shodo_json_str(&j, "prev", prev);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
    if (out->failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a journal record");
    if (out->len - start > SHODO_LIMIT_LINE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "journal record '%s' is longer than %llu bytes", event,
                          (unsigned long long)SHODO_LIMIT_LINE_BYTES);
    return SHODO_OK;
}

void shodo_line_hash(const char *p, size_t n, char ret_hex[65]) {
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(p, n, digest);
    shodo_hex(digest, sizeof digest, ret_hex);
}

static const char
    base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool shodo_base64_add(struct shodo_buf *out, const void *p, size_t n) {
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t v = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) |
                     (left > 2 ? b[i + 2] : 0);
        char four[4] = {base64_digits[v >> 18], base64_digits[v >> 12 & 63],
                        left > 1 ? base64_digits[v >> 6 & 63] : '=',
                        left > 2 ? base64_digits[v & 63] : '='};
        if (!shodo_buf_add(out, four, sizeof four))
            return false;
    }
    return true;
}

static int base64_value(char c) {
    const char *at = c ? strchr(base64_digits, c) : NULL;
    return at ? (int)(at - base64_digits) : -1;
}

bool shodo_base64_read(struct shodo_buf *out, const char *s, size_t n) {
    if (n % 4 != 0)
        return false;
    for (size_t i = 0; i < n; i += 4) {
        size_t pad = i + 4 == n
                         ? (size_t)(s[i + 3] == '=') + (size_t)(s[i + 3] == '=' && s[i + 2] == '=')
                         : 0;
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k >= 4 - pad ? 0 : base64_value(s[i + k]);
            if (d < 0)
                return false;
            v = v << 6 | (uint32_t)d;
        }
        const uint8_t three[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
        if (!shodo_buf_add(out, three, 3 - pad))
            return false;
    }
    return true;
}

bool shodo_line_next(const char *p, size_t n, size_t *pos, const char **ret, size_t *ret_len) {
    if (*pos >= n)
        return false;
    const char *end = memchr(p + *pos, '\n', n - *pos);
    if (!end)
        return false;
    *ret = p + *pos;
    *ret_len = (size_t)(end - *ret) + 1;
    *pos += *ret_len;
    return true;
}
