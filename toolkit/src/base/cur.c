/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cur.h"

#define VAR_BYTES_MAX 10

size_t shodo_cur_left(const struct shodo_cur *c) {
    return c->len - c->pos;
}

const uint8_t *shodo_cur_bytes(struct shodo_cur *c, size_t n) {
    if (n > c->len - c->pos || !c->data) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *p = c->data + c->pos;
    c->pos += n;
    return p;
}

uint8_t shodo_cur_u8(struct shodo_cur *c) {
    const uint8_t *p = shodo_cur_bytes(c, 1);
    return p ? *p : 0;
}

uint16_t shodo_cur_le16(struct shodo_cur *c) {
    const uint8_t *p = shodo_cur_bytes(c, 2);
    return p ? shodo_le16(p) : 0;
}

uint32_t shodo_cur_le32(struct shodo_cur *c) {
    const uint8_t *p = shodo_cur_bytes(c, 4);
    return p ? shodo_le32(p) : 0;
}

uint64_t shodo_cur_le64(struct shodo_cur *c) {
    const uint8_t *p = shodo_cur_bytes(c, 8);
    return p ? shodo_le64(p) : 0;
}

/* Overlong forms are refused as well: one value has one encoding, so that equal data has equal
 * bytes. */
uint64_t shodo_cur_var(struct shodo_cur *c) {
    uint64_t v = 0;
    size_t left = shodo_cur_left(c);

    for (size_t i = 0; i < VAR_BYTES_MAX && i < left; i++) {
        uint8_t b = c->data[c->pos + i];
        if (i == VAR_BYTES_MAX - 1 && b > 1)
            break;
        v |= (uint64_t)(b & 0x7f) << (7 * i);
        if (b < 0x80) {
            if (b == 0 && i > 0)
                break;
            c->pos += i + 1;
            return v;
        }
    }
    c->bad = true;
    return 0;
}

bool shodo_cur_seek(struct shodo_cur *c, size_t pos) {
    if (pos > c->len) {
        c->bad = true;
        return false;
    }
    c->pos = pos;
    return true;
}

bool shodo_cur_skip(struct shodo_cur *c, size_t n) {
    if (n > shodo_cur_left(c)) {
        c->bad = true;
        return false;
    }
    c->pos += n;
    return true;
}

const char *shodo_cur_str(struct shodo_cur *c, size_t *ret_len) {
    size_t start = c->pos;
    uint64_t n = shodo_cur_var(c);

    *ret_len = 0;
    if (c->bad || n > shodo_cur_left(c)) {
        c->pos = start;
        c->bad = true;
        return NULL;
    }
    *ret_len = (size_t)n;
    return (const char *)shodo_cur_bytes(c, (size_t)n);
}

bool shodo_buf_add_le16(struct shodo_buf *b, uint16_t v) {
    const uint8_t p[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    return shodo_buf_add(b, p, sizeof(p));
}

bool shodo_buf_add_le32(struct shodo_buf *b, uint32_t v) {
    const uint8_t p[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    return shodo_buf_add(b, p, sizeof(p));
}

bool shodo_buf_add_le64(struct shodo_buf *b, uint64_t v) {
    uint8_t p[8];
    for (size_t i = 0; i < sizeof(p); i++)
        p[i] = (uint8_t)(v >> (8 * i));
    return shodo_buf_add(b, p, sizeof(p));
}

bool shodo_buf_add_var(struct shodo_buf *b, uint64_t v) {
    uint8_t p[VAR_BYTES_MAX];
    size_t n = 0;

    do {
        p[n] = (uint8_t)(v & 0x7f);
        v >>= 7;
        if (v)
            p[n] |= 0x80;
        n++;
    } while (v);
    return shodo_buf_add(b, p, n);
}

bool shodo_buf_add_str(struct shodo_buf *b, const char *s, size_t n) {
    return shodo_buf_add_var(b, n) && shodo_buf_add(b, s, n);
}
