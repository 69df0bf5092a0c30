/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments: the ZIP stream cut into pieces, each its own CMS file, and the list that pins their
 * order, sizes and digests.
 *
 *   NAME.001.zip.p7m …          the pieces (plain bundles: one NAME.zip)
 *   NAME.segments.txt           the list below, signed in NAME.segments.txt.p7s
 *
 *   Shodo-Segments: 1
 *   Bundle: NAME
 *   Encryption: CMS-AuthEnvelopedData-AES-256-GCM        (or: none)
 *   Segments: N
 *   Zip-Bytes: B
 *   Zip-SHA256: <64 hex>                                 the joined plain ZIP
 *   Tagmanifest-SHA256: <64 hex>
 *   Signer-SHA256: <64 hex>                              fingerprint of the signer's certificate
 *   Segment: <number> <size> <sha256> <plain size> <file name>      N lines, in order
 *   File: <size> <sha256> <file name>                    the clear files beside the segments
 *
 * LF line ends, this order, nothing else. UTF-8.
 */
#ifndef SHODO_HANDOVER_SEGMENT_H
#define SHODO_HANDOVER_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "handover/bag.h"
#include "handover/zip.h"

#define SHODO_READ_ME_NAME "00_最初に読む.txt"

struct shodo_segment {
    char *name; /* owned by the list's arena */
    uint64_t size, plain;
    char sha256[65];
};

struct shodo_segment_list {
    struct shodo_arena arena;
    const char *bundle;
    bool is_plain;
    uint64_t zip_bytes;
    char zip_sha256[65], tagmanifest_sha256[65], signer_sha256[65];
    struct shodo_vec segments; /* struct shodo_segment */
    struct shodo_vec files;    /* struct shodo_segment; plain is not used */
};
void shodo_segment_list_init(struct shodo_segment_list *l);
void shodo_segment_list_done(struct shodo_segment_list *l);
SHODO_DEFINE_AUTO(shodo_segment_list, shodo_segment_list_done)
bool shodo_segment_list_write(struct shodo_buf *out, const struct shodo_segment_list *l);
/* Strict; the text is foreign. `l` is initialised by this call. Every file name in it is checked
 * against the bundle's name: a name that could leave the directory is DAMAGED. */
enum shodo_status shodo_segment_list_parse(struct shodo_segment_list *l, const char *p, size_t n,
                                           struct shodo_error *err);
bool shodo_segment_list_add(struct shodo_segment_list *l, struct shodo_vec *v, const char *name,
                            uint64_t size, uint64_t plain, const char *sha256);

/* NAME.sha256, what `sha256sum -c` wants: every file of the bundle but itself. */
bool shodo_segment_sums_write(struct shodo_buf *out, const struct shodo_segment_list *l,
                              const char *list_sha256, const char *signature_sha256);

/* What may be a bundle's name: 1 to 120 bytes of letters, digits, '.', '_', '-' and harmless
 * non-ASCII, not starting with '.' or '-': it goes into file names, a shell recipe and a sha256sum
 * list. */
bool shodo_bundle_name_is_ok(const char *s, size_t n);

/* The writer. Bytes in, files out; on any failure, or when freed unfinished, everything written is
 * removed. */
struct shodo_segment_writer;
enum shodo_status shodo_segment_writer_new(struct shodo_segment_writer **ret,
                                           const struct shodo_bag_options *o,
                                           struct shodo_error *err);
struct shodo_sink shodo_segment_writer_sink(struct shodo_segment_writer *w);
/* bytes on the medium so far */
uint64_t shodo_segment_writer_sealed(const struct shodo_segment_writer *w);
/* bytes that may still be written */
uint64_t shodo_segment_writer_room(const struct shodo_segment_writer *w);
/* Ends the last segment; fills segments, zip_bytes, zip_sha256 of `l`. */
enum shodo_status shodo_segment_writer_finish(struct shodo_segment_writer *w,
                                              struct shodo_segment_list *l,
                                              struct shodo_error *err);
/* A clear file beside the segments; counted and, when freed unkept, removed like them. */
enum shodo_status shodo_segment_writer_file(struct shodo_segment_writer *w, const char *suffix,
                                            const void *p, size_t n,
                                            struct shodo_segment_list *l /* NULL: not listed */,
                                            struct shodo_error *err);
/* Everything is complete: free no longer removes. */
void shodo_segment_writer_keep(struct shodo_segment_writer *w);
struct shodo_segment_writer *shodo_segment_writer_free(struct shodo_segment_writer *w);

#endif
