/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON writing (the only writer in the program) into a shodo_buf. Keys come out in the order
 * written; callers keep that order fixed, so the same data gives the same bytes. No white space.
 * Strings that are not valid UTF-8 are written as {"b64":"…"}. Control characters, U+2028/9, DEL
 * and bidi controls are \u-escaped, so that a line of output is harmless on a terminal. `key` is
 * NULL inside an array.
 */
#ifndef SHODO_BASE_JSON_H
#define SHODO_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct shodo_json {
    struct shodo_buf *out;
    unsigned depth;
    bool need_comma;
};

static inline struct shodo_json shodo_json_to(struct shodo_buf *out) {
    return (struct shodo_json){.out = out, .depth = 0, .need_comma = false};
}

void shodo_json_object(struct shodo_json *j, const char *key);
void shodo_json_object_end(struct shodo_json *j);
void shodo_json_array(struct shodo_json *j, const char *key);
void shodo_json_array_end(struct shodo_json *j);
void shodo_json_str(struct shodo_json *j, const char *key, const char *s); /* NULL → null */
void shodo_json_strn(struct shodo_json *j, const char *key, const char *s, size_t n);
void shodo_json_u64(struct shodo_json *j, const char *key, uint64_t v);
void shodo_json_i64(struct shodo_json *j, const char *key, int64_t v);
/* fixed decimals */
void shodo_json_real(struct shodo_json *j, const char *key, double v, int decimals);
void shodo_json_bool(struct shodo_json *j, const char *key, bool v);
void shodo_json_null(struct shodo_json *j, const char *key);
void shodo_json_hex(struct shodo_json *j, const char *key, const void *p, size_t n);
/* RFC 3339 UTC; NONE → null */
void shodo_json_time(struct shodo_json *j, const char *key, int64_t time_ns);
/* already valid JSON */
void shodo_json_raw(struct shodo_json *j, const char *key, const char *json, size_t n);
void shodo_json_line_end(struct shodo_json *j); /* '\n' and ready for the next object */

#endif
