/* SPDX-License-Identifier: Apache-2.0 */
/* Text logs of Windows programs: UTF-8, UTF-16 or CP932 by their first bytes and content. */
#ifndef SHODO_EXAMINE_READERS_TEXT_FILE_H
#define SHODO_EXAMINE_READERS_TEXT_FILE_H

#include "examine/readers/reader.h"

/* The file as UTF-8; of one above SHODO_LIMIT_REMOTE_LOG_BYTES its end, the newest lines, and a
 * problem says so. false: nothing could be read, which is said. */
bool shodo_text_file_load(struct shodo_buf *out, const struct shodo_reader_file *f,
                          const struct shodo_reader_sink *sink);
/* Every line without its end, numbered from 1; of long ones the first `max` bytes. */
void shodo_text_file_lines(const struct shodo_buf *text, size_t max, void *ctx,
                           void (*line)(void *ctx, uint64_t number, const char *s, size_t n));

#endif
