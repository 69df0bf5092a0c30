/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the evidence tests: opening images of the test data, running oracle programs. Linked
 * into each of them. */
#ifndef SHODO_TESTS_EVIDENCE_LIB_H
#define SHODO_TESTS_EVIDENCE_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/content.h"
#include "evidence/source.h"
#include "evidence/volume.h"
#include "evidence/walk.h"

/* SHODO_EVIDENCE_DATA/NAME; skips the running test with a message when it is not there. */
const char *data_path(const char *name, char out[512]);

struct image {
    int fd;
    struct shodo_source *source;
    struct shodo_volume_table table;
};
/* Asserts that opening works. */
void image_open(struct image *im, const char *path);
void image_close(struct image *im);

/* Runs a program with its output read to the end: SHA-256 of it and its length. Returns the exit
 * code. */
int run_sha256(const char *const argv[], uint8_t digest[32], uint64_t *ret_len);
/* Same, output kept in `out` (NUL-terminated, cut at n). */
int run_text(const char *const argv[], char *out, size_t n);
void file_sha256(const char *path, uint8_t digest[32]);
/* All bytes of a stream; returns what was lost. */
uint64_t stream_sha256(struct shodo_source *s, const struct shodo_entry *e, size_t stream,
                       uint8_t digest[32]);

#endif
