/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZIP, written in one stream and read from a file. The only place that knows libarchive. Needs a
 * UTF-8 LC_CTYPE (shodo_text_locale_init): without it libarchive loses every Japanese name, so both
 * ends refuse to open.
 */
#ifndef SHODO_HANDOVER_ZIP_H
#define SHODO_HANDOVER_ZIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* Where the ZIP's bytes go. A failure ends the ZIP. */
struct shodo_sink {
    enum shodo_status (*write)(void *ctx, const void *p, size_t n, struct shodo_error *err);
    void *ctx;
};

/* A sink that appends to a buffer (`ctx` of the sink). */
struct shodo_sink shodo_sink_to(struct shodo_buf *b);

struct shodo_zip;
/* `password` not NULL: traditional ZIP encryption of every member (keeps antivirus and curious
 * hands off, protects nothing). */
enum shodo_status shodo_zip_new(struct shodo_zip **ret, const struct shodo_sink *sink,
                                const char *password, struct shodo_error *err);
struct shodo_zip *shodo_zip_free(struct shodo_zip *z);
/* Times: ns UTC or SHODO_TIME_NONE; kept in seconds (extended timestamp field), those before 1980
 * are left out. */
enum shodo_status shodo_zip_begin(struct shodo_zip *z, const char *name, bool is_stored,
                                  int64_t modified, int64_t accessed, int64_t born,
                                  struct shodo_error *err);
/* A whole member whose size is known: no ZIP64 fields, which some spreadsheet programs refuse. */
enum shodo_status shodo_zip_add(struct shodo_zip *z, const char *name, int64_t modified,
                                const void *p, size_t n, struct shodo_error *err);
enum shodo_status shodo_zip_data(struct shodo_zip *z, const void *p, size_t n,
                                 struct shodo_error *err);
enum shodo_status shodo_zip_finish(struct shodo_zip *z, struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_zip, shodo_zip_free)

/* Members of a foreign ZIP, in the order of the file. */
struct shodo_zip_member {
    const char *name; /* raw bytes as they stand in the ZIP; not checked */
    bool is_dir, is_regular, is_encrypted;
    int64_t modified; /* ns UTC or NONE */
};
struct shodo_unzip;
/* `fd` is read with pread and must be seekable; it is borrowed. */
enum shodo_status shodo_unzip_new(struct shodo_unzip **ret, int fd, struct shodo_error *err);
struct shodo_unzip *shodo_unzip_free(struct shodo_unzip *u);
/* END after the last one; DAMAGED when the ZIP contradicts itself. */
enum shodo_status shodo_unzip_next(struct shodo_unzip *u, struct shodo_zip_member *ret,
                                   struct shodo_error *err);
/* Up to `n` bytes of the current member; 0 bytes at its end. LIMIT at SHODO_LIMIT_ZIP_RATIO. */
enum shodo_status shodo_unzip_read(struct shodo_unzip *u, void *p, size_t n, size_t *ret_n,
                                   struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_unzip, shodo_unzip_free)

#endif
