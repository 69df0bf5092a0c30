/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/xml.h"

#include <string.h>

#include "base/text.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts(const struct shodo_xml *x, const char *s) {
    size_t n = strlen(s);
    return x->n - x->at >= n && memcmp(x->p + x->at, s, n) == 0;
}

static bool pass(struct shodo_xml *x, size_t from, const char *end) {
    size_t n = strlen(end);
    const char *hit = from <= x->n ? memmem(x->p + from, x->n - from, end, n) : NULL;
    if (hit)
        x->at = (size_t)(hit - x->p) + n;
    return hit != NULL;
}

static enum shodo_status damaged(const struct shodo_xml *x, struct shodo_error *err) {
    return shodo_fail(err, SHODO_DAMAGED, "no XML at byte %zu", x->at);
}

/* The end of the tag that starts at `at`: a '>' outside quotes. */
static bool tag_end(const struct shodo_xml *x, size_t *ret) {
    char quote = 0;
    for (size_t i = x->at + 1; i < x->n; i++) {
        char c = x->p[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '<') {
            return false;
        } else if (c == '>') {
            *ret = i + 1;
            return true;
        }
    }
    return false;
}

static bool take_tag(struct shodo_xml *x, struct shodo_xml_tag *t) {
    size_t end = 0;
    if (!tag_end(x, &end))
        return false;
    *t = (struct shodo_xml_tag){.kind = SHODO_XML_OPEN, .start = x->at, .end = end};
    size_t from = x->at + 1, to = end - 1;
    if (from < to && x->p[from] == '/') {
        t->kind = SHODO_XML_CLOSE;
        from++;
    } else if (to > from && x->p[to - 1] == '/') {
        t->kind = SHODO_XML_EMPTY;
        to--;
    }
    size_t name = from;
    while (from < to && !is_blank(x->p[from]))
        from++;
    const char *colon = memchr(x->p + name, ':', from - name);
    size_t local = colon ? (size_t)(colon - x->p) + 1 : name;
    t->prefix = x->p + name;
    t->prefix_len = local - name;
    t->name = x->p + local;
    t->name_len = from - local;
    t->attrs = x->p + from;
    t->attrs_len = to - from;
    x->at = end;
    return t->name_len > 0;
}

enum shodo_status shodo_xml_next(struct shodo_xml *x, struct shodo_xml_tag *ret,
                                 struct shodo_error *err) {
    for (;;) {
        const char *lt = x->at < x->n ? memchr(x->p + x->at, '<', x->n - x->at) : NULL;
        if (!lt)
            return SHODO_END;
        x->at = (size_t)(lt - x->p);
        bool is_fine = true;
        if (starts(x, "<!--"))
            is_fine = pass(x, x->at + 4, "-->");
        else if (starts(x, "<![CDATA["))
            is_fine = pass(x, x->at + 9, "]]>");
        else if (starts(x, "<?"))
            is_fine = pass(x, x->at + 2, "?>");
        else if (starts(x, "<!"))
            return shodo_fail(err, SHODO_UNSUPPORTED, "a DOCTYPE at byte %zu", x->at);
        else
            return take_tag(x, ret) ? SHODO_OK : damaged(x, err);
        if (!is_fine)
            return damaged(x, err);
    }
}

bool shodo_xml_is(const struct shodo_xml_tag *t, const char *name) {
    return strlen(name) == t->name_len && memcmp(name, t->name, t->name_len) == 0;
}

static bool decode_reference(struct shodo_buf *out, const char *p, size_t n) {
    static const char *const names[][2] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (strlen(names[i][0]) == n && memcmp(names[i][0], p, n) == 0)
            return shodo_buf_adds(out, names[i][1]);
    bool is_hex = n > 2 && p[1] == 'x';
    uint32_t code = 0;
    if (n < 2 || p[0] != '#' || n > 9)
        return false;
    for (size_t i = is_hex ? 2 : 1; i < n; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0')
                         : is_hex && (c | 32) >= 'a' && (c | 32) <= 'f'
                             ? (uint32_t)((c | 32) - 'a') + 10
                             : 99;
        if (digit > 15)
            return false;
        code = code * (is_hex ? 16 : 10) + digit;
    }
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return false;
    shodo_text_put(out, code);
    return true;
}

static bool decode(struct shodo_buf *out, const char *p, size_t n) {
    for (size_t i = 0; i < n;) {
        const char *amp = memchr(p + i, '&', n - i);
        size_t plain = amp ? (size_t)(amp - p) - i : n - i;
        shodo_buf_add(out, p + i, plain);
        i += plain;
        if (!amp)
            break;
        const char *semi = memchr(amp, ';', SHODO_MIN(n - i, (size_t)12));
        if (!semi || !decode_reference(out, amp + 1, (size_t)(semi - amp - 1)))
            return false;
        i = (size_t)(semi - p) + 1;
    }
    return !out->failed;
}

bool shodo_xml_attr(const struct shodo_xml_tag *t, const char *name, struct shodo_buf *out) {
    const char *p = t->attrs, *end = t->attrs + t->attrs_len;
    size_t want = strlen(name);
    shodo_buf_clear(out);
    while (p < end) {
        while (p < end && is_blank(*p))
            p++;
        const char *start = p;
        while (p < end && *p != '=' && !is_blank(*p))
            p++;
        size_t n = (size_t)(p - start);
        while (p < end && is_blank(*p))
            p++;
        if (p >= end || *p != '=')
            return false;
        p++;
        while (p < end && is_blank(*p))
            p++;
        const char *value = p < end && (*p == '"' || *p == '\'') ? p + 1 : NULL;
        const char *close = value ? memchr(value, *p, (size_t)(end - value)) : NULL;
        if (!close)
            return false;
        p = close + 1;
        const char *colon = strchr(name, ':') ? NULL : memchr(start, ':', n);
        size_t skip = colon ? (size_t)(colon - start) + 1 : 0;
        bool is_xmlns = n >= 5 && memcmp(start, "xmlns", 5) == 0;
        if (!is_xmlns && n - skip == want && memcmp(start + skip, name, want) == 0)
            return decode(out, value, (size_t)(close - value));
    }
    return false;
}

void shodo_xml_escape(struct shodo_buf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        switch (c) {
        case '&':
            shodo_buf_adds(out, "&amp;");
            break;
        case '<':
            shodo_buf_adds(out, "&lt;");
            break;
        case '>':
            shodo_buf_adds(out, "&gt;");
            break;
        case '"':
            shodo_buf_adds(out, "&quot;");
            break;
        default:
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
                (c == 0xef && n - i >= 3 && (unsigned char)s[i + 1] == 0xbf &&
                 (unsigned char)s[i + 2] >= 0xbe)) {
                i += c == 0xef ? 2 : 0;
                shodo_buf_adds(out, "\xef\xbf\xbd");
            } else {
                shodo_buf_addc(out, (char)c);
            }
        }
    }
}
