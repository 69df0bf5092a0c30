/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contents that were scanned in this run: SHA-256 → what matched (opaque bytes of examine/).
 * Belongs to one rule set. The first answer for a digest stays. After SHODO_LIMIT_CACHE_CONTENTS
 * contents, or SHODO_LIMIT_CACHE_BYTES of matches, nothing more is learned: the rest is scanned
 * again, never skipped.
 */
#ifndef SHODO_ENGINE_KNOWN_H
#define SHODO_ENGINE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shodo_known;
struct shodo_known *shodo_known_new(void); /* NULL on no memory */
struct shodo_known *shodo_known_free(struct shodo_known *k);
/* Out of memory is not an error: the content is then not remembered. */
void shodo_known_learn(struct shodo_known *k, const uint8_t sha256[32], const void *matches,
                       size_t n);
/* Borrowed until the next learn. */
bool shodo_known_find(const struct shodo_known *k, const uint8_t sha256[32], const void **ret,
                      size_t *ret_n);
size_t shodo_known_count(const struct shodo_known *k);

#endif
