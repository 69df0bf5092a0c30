/* SPDX-License-Identifier: Apache-2.0 */
/* zlib streams (RFC 1950) and gzip (RFC 1952) in memory, for small things of our own: embedded
 * data, PDF streams. */
#ifndef SHODO_BASE_DEFLATE_H
#define SHODO_BASE_DEFLATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/* Appends the zlib stream of the bytes. */
enum shodo_status shodo_deflate(struct shodo_buf *out, const void *p, size_t n,
                                struct shodo_error *err);
/* Appends what a zlib or gzip stream holds (nothing on failure); LIMIT past `max` bytes, DAMAGED
 * for anything that is not one whole stream. */
enum shodo_status shodo_inflate(struct shodo_buf *out, const void *p, size_t n, size_t max,
                                struct shodo_error *err);

#endif
