/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document read from JSON or YAML: one tree type for both, with line numbers for error messages.
 * YAML: maps, lists, scalars (core schema for plain scalars; quoted = string); anchors, aliases and
 * tags are refused by name; duplicate keys are refused with both lines. Limits: SHODO_LIMIT_DOC_*.
 * No text holds a NUL character ("\u0000" is refused), so that C string calls see all of it; bytes
 * that are no text travel as {"b64":"…"}. An integer that does not fit int64_t is an error in JSON
 * and a REAL in YAML. Everything is owned by the document; accessors accept NULL and give
 * NULL/0/false/default, so that chains of lookups need one check at the end.
 */
#ifndef SHODO_BASE_VALUE_H
#define SHODO_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/status.h"

enum shodo_value_kind {
    SHODO_VALUE_NULL,
    SHODO_VALUE_BOOL,
    SHODO_VALUE_INT,
    SHODO_VALUE_REAL,
    SHODO_VALUE_STR,
    SHODO_VALUE_LIST,
    SHODO_VALUE_MAP,
};

struct shodo_value; /* borrowed from its document */
struct shodo_doc;   /* owns the tree */

/* `name` is used in error messages ("contacts.yaml:12: …"). One JSON text or one YAML document. */
enum shodo_status shodo_doc_parse_json(struct shodo_doc **ret, const char *name, const char *p,
                                       size_t n, struct shodo_error *err);
enum shodo_status shodo_doc_parse_yaml(struct shodo_doc **ret, const char *name, const char *p,
                                       size_t n, struct shodo_error *err);
/* Multi-document YAML: calls back per document; the callback borrows `root` for the call only and
 * returns false to stop. */
enum shodo_status shodo_doc_each_yaml(const char *name, const char *p, size_t n,
                                      bool (*each)(void *ctx, const struct shodo_value *root),
                                      void *ctx, struct shodo_error *err);
struct shodo_doc *shodo_doc_free(struct shodo_doc *d);
const struct shodo_value *shodo_doc_root(const struct shodo_doc *d);
SHODO_DEFINE_AUTOP(shodo_doc, shodo_doc_free)

enum shodo_value_kind shodo_value_kind(const struct shodo_value *v); /* NULL → SHODO_VALUE_NULL */
/* 1-based, of the key for a map's value; 0 for JSON or NULL */
unsigned shodo_value_line(const struct shodo_value *v);
const struct shodo_value *shodo_value_get(const struct shodo_value *map, const char *key);
size_t shodo_value_count(const struct shodo_value *list_or_map);
const struct shodo_value *shodo_value_at(const struct shodo_value *list_or_map, size_t i);
const char *shodo_value_key_at(const struct shodo_value *map, size_t i);
/* text of a STR (or of any plain YAML scalar); else NULL */
const char *shodo_value_str(const struct shodo_value *v);
size_t shodo_value_str_len(const struct shodo_value *v);
bool shodo_value_bool(const struct shodo_value *v, bool fallback);
int64_t shodo_value_int(const struct shodo_value *v, int64_t fallback);
double shodo_value_real(const struct shodo_value *v, double fallback);
/* The reverse of shodo_json_strn(): the bytes of a STR, or of {"b64":"…"}. Appends; false when it
 * is neither. */
bool shodo_value_bytes(struct shodo_buf *out, const struct shodo_value *v);
/* Shorthands: text/int of map[key]. */
const char *shodo_value_get_str(const struct shodo_value *map, const char *key);
int64_t shodo_value_get_int(const struct shodo_value *map, const char *key, int64_t fallback);
/* Writes the tree as JSON (map order kept). */
void shodo_value_write(struct shodo_json *j, const char *key, const struct shodo_value *v);

#endif
