/* SPDX-License-Identifier: Apache-2.0 */
/* BagIt 1.0 (RFC 8493) tag files as foreign text: manifests, bagit.txt, Payload-Oxum. */
#ifndef SHODO_HANDOVER_MANIFEST_H
#define SHODO_HANDOVER_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* One call per line; `path` has %0A, %0D and %25 decoded and is otherwise unchecked. A result other
 * than OK stops. */
typedef enum shodo_status (*shodo_manifest_fn)(void *ctx, const uint8_t *digest, const char *path,
                                               size_t path_n);

/* `digest_bytes`: 32 or 64. DAMAGED with the line number: byte order mark, not "<hex> <path>", './'
 * or '*' before the path, last line not ended is accepted. */
enum shodo_status shodo_manifest_parse(const char *p, size_t n, size_t digest_bytes,
                                       shodo_manifest_fn each, void *ctx, struct shodo_error *err);
/* Exactly the two lines of version 1.0 with UTF-8. */
enum shodo_status shodo_bagit_txt_check(const char *p, size_t n, struct shodo_error *err);
/* false when bag-info.txt has no Payload-Oxum; DAMAGED ones give true and `*ret_is_bad`. */
bool shodo_bag_info_oxum(const char *p, size_t n, uint64_t *ret_bytes, uint64_t *ret_files,
                         bool *ret_is_bad);

#endif
