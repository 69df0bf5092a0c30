/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of one stream of an entry: resident, run list in own pread, sparse, LZNT1 (own
 * decoder), valid data length, and the layers that hide them (WOF; EFS and cloud placeholders are
 * refused by name).
 */
#ifndef SHODO_EVIDENCE_CONTENT_H
#define SHODO_EVIDENCE_CONTENT_H

#include "base/status.h"
#include "evidence/source.h"
#include "model/entry.h"

struct shodo_content;
/* `source` = the volume's source (or the file's own source for SHODO_STREAM_HOST_FD); entry and
 * source are borrowed for the life of the content. ENCRYPTED, UNSUPPORTED, DAMAGED say why the
 * bytes cannot be had (→ ledger). */
enum shodo_status shodo_content_open(struct shodo_content **ret, struct shodo_source *source,
                                     const struct shodo_entry *e, size_t stream,
                                     struct shodo_error *err);
struct shodo_content *shodo_content_free(struct shodo_content *c);
uint64_t shodo_content_size(const struct shodo_content *c);
/* Random access; fills n bytes (clipped at the end; *ret_n says how many). Bytes that could not be
 * read or decoded are zeros and counted in shodo_content_lost(). DAMAGED only when nothing at all
 * can be given. */
enum shodo_status shodo_content_read(struct shodo_content *c, uint64_t offset, void *p, size_t n,
                                     size_t *ret_n, struct shodo_error *err);
/* bytes given as zeros because unreadable */
uint64_t shodo_content_lost(const struct shodo_content *c);
/* "" or the first thing that was wrong */
const char *shodo_content_damage(const struct shodo_content *c);
/* First byte at or after `offset` that is not in a hole (sparse $UsnJrnl:$J); size when none. */
uint64_t shodo_content_next_data(const struct shodo_content *c, uint64_t offset);
SHODO_DEFINE_AUTOP(shodo_content, shodo_content_free)

#endif
