/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds-checked cursor over foreign bytes, and little-endian loads and stores.
 * A read past the end returns zero, sets `bad` and does not move: check `bad` once after a group of
 * reads. Variable-length integers are LEB128 (unsigned), at most 10 bytes.
 */
#ifndef SHODO_BASE_CUR_H
#define SHODO_BASE_CUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct shodo_cur {
    const uint8_t *data;
    size_t len;
    size_t pos;
    bool bad;
};

static inline struct shodo_cur shodo_cur_of(const void *p, size_t n) {
    return (struct shodo_cur){.data = (const uint8_t *)p, .len = n, .pos = 0, .bad = false};
}

uint8_t shodo_cur_u8(struct shodo_cur *c);
uint16_t shodo_cur_le16(struct shodo_cur *c);
uint32_t shodo_cur_le32(struct shodo_cur *c);
uint64_t shodo_cur_le64(struct shodo_cur *c);
uint64_t shodo_cur_var(struct shodo_cur *c);
/* NULL and bad when fewer are left */
const uint8_t *shodo_cur_bytes(struct shodo_cur *c, size_t n);
bool shodo_cur_seek(struct shodo_cur *c, size_t pos); /* false and bad when past the end */
bool shodo_cur_skip(struct shodo_cur *c, size_t n);
size_t shodo_cur_left(const struct shodo_cur *c);
/* Length-prefixed (var) bytes; borrowed from the cursor's data. */
const char *shodo_cur_str(struct shodo_cur *c, size_t *ret_len);

static inline uint16_t shodo_le16(const void *p) {
    const uint8_t *b = (const uint8_t *)p;
    return (uint16_t)(b[0] | b[1] << 8);
}
static inline uint32_t shodo_le32(const void *p) {
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}
static inline uint64_t shodo_le64(const void *p) {
    const uint8_t *b = (const uint8_t *)p;
    return (uint64_t)shodo_le32(b) | (uint64_t)shodo_le32(b + 4) << 32;
}

bool shodo_buf_add_le16(struct shodo_buf *b, uint16_t v);
bool shodo_buf_add_le32(struct shodo_buf *b, uint32_t v);
bool shodo_buf_add_le64(struct shodo_buf *b, uint64_t v);
bool shodo_buf_add_var(struct shodo_buf *b, uint64_t v);
bool shodo_buf_add_str(struct shodo_buf *b, const char *s, size_t n); /* var length + bytes */

#endif
