/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of the journal: writing it, reading it, its hash. Used by the writer, the reader and the
 * verifier, so that the three cannot disagree. Lines are foreign input: a stick may come back from
 * anywhere.
 */
#ifndef SHODO_CASE_JOURNAL_LINE_H
#define SHODO_CASE_JOURNAL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/value.h"

#define SHODO_JOURNAL_ZERO "0000000000000000000000000000000000000000000000000000000000000000"

struct shodo_line {
    uint64_t seq;
    int64_t time;
    const char *actor, *event, *prev; /* borrowed from doc */
    const struct shodo_value *data;
    struct shodo_doc *doc;
};

/* `n` excludes the LF. DAMAGED: not JSON or a required key is missing or of the wrong kind. */
enum shodo_status shodo_line_parse(struct shodo_line *ret, const char *p, size_t n,
                                   struct shodo_error *err);
void shodo_line_done(struct shodo_line *l);
SHODO_DEFINE_AUTO(shodo_line, shodo_line_done)

/* Appends a record with its LF. INVALID when `data_json` is not a JSON object, LIMIT when the line
 * is too long. */
enum shodo_status shodo_line_write(struct shodo_buf *out, uint64_t seq, const char *actor,
                                   const char *event, const char *data_json, const char *prev,
                                   struct shodo_error *err);
/* SHA-256 (hex) of a line's exact bytes including its LF; `n` includes the LF. */
void shodo_line_hash(const char *p, size_t n, char ret_hex[65]);

/* RFC 4648 base64 with padding. Decoding refuses anything else, including white space. */
bool shodo_base64_add(struct shodo_buf *out, const void *p, size_t n);
bool shodo_base64_read(struct shodo_buf *out, const char *s, size_t n);

/* Walks complete lines of a whole file: the next line and its length with LF; false at the end or
 * at a partial line. */
bool shodo_line_next(const char *p, size_t n, size_t *pos, const char **ret, size_t *ret_len);

#endif
