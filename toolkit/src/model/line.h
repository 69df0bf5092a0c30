/* SPDX-License-Identifier: Apache-2.0 */
/* Private to model/: what findings, ledger lines and facts have in common when written and read. */
#ifndef SHODO_MODEL_LINE_H
#define SHODO_MODEL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "base/value.h"

#define SHODO_ECS_VERSION "9.0.0"

/* A text key, left out when `s` is NULL. */
void shodo_line_str(struct shodo_json *j, const char *key, const char *s);
/* A count; beyond INT64_MAX (only in damaged evidence) it is written as INT64_MAX, which readers
 * can still hold. */
void shodo_line_count(struct shodo_json *j, const char *key, uint64_t v);
/* A time key, left out when unknown. */
void shodo_line_time(struct shodo_json *j, const char *key, int64_t t);
/* "shodo.volume", "file.inode", "shodo.sequence", "file.path", "shodo.path", "shodo.drive",
 * "file.fork_name". */
void shodo_line_place(struct shodo_json *j, uint32_t volume, uint64_t record, uint16_t sequence,
                      const char *path, char drive, const char *stream);

/* Reading: the first thing that is wrong is kept, the others are ignored. */
struct shodo_line {
    const struct shodo_value *v;
    struct shodo_arena *arena;
    const char *noun; /* "finding" in messages */
    const char *bad_key;
    enum shodo_status rc;
};

const char *shodo_line_take_str(struct shodo_line *l, const char *key, bool required);
uint64_t shodo_line_take_count(struct shodo_line *l, const char *key, uint64_t max);
int64_t shodo_line_take_time(struct shodo_line *l, const char *key);
/* 64 hex digits, required */
void shodo_line_take_id(struct shodo_line *l, const char *key, char out[65]);
/* The text of an object; NULL when the key is absent. */
const char *shodo_line_take_object(struct shodo_line *l, const char *key);
void shodo_line_take_place(struct shodo_line *l, uint32_t *volume, uint64_t *record,
                           uint16_t *sequence, const char **path, char *drive, const char **stream);
void shodo_line_bad(struct shodo_line *l, const char *key, enum shodo_status rc);
enum shodo_status shodo_line_end(const struct shodo_line *l, struct shodo_error *err);

/* Hex SHA-256 of what was collected with shodo_buf_add_str/_var; "" when memory ran out. */
void shodo_line_id(const struct shodo_buf *parts, char out[65]);
void shodo_line_part(struct shodo_buf *parts, const char *s); /* length-prefixed; NULL as "" */

#endif
