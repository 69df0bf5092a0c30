/* SPDX-License-Identifier: Apache-2.0 */
/* The newest answers of one endpoint as text: a line for each question with its verdict, below it
 * the sentences. */
#ifndef SHODO_ENGINE_ANSWERS_SHOW_H
#define SHODO_ENGINE_ANSWERS_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SHODO_ANSWERS_SHOW_ALL = 0, SHODO_ANSWERS_SHOW_HEAD = 3 };

/*
 * Appends to `out`; nothing when the folder holds no answers yet. At most `most` sentences for each
 * question (0: all, with confidence, number of pieces of evidence and what was not examined), then
 * how many more there are. Foreign text is made safe. false: there were no answers.
 */
bool shodo_answers_show(int endpoint_dirfd, bool is_japanese, size_t most, struct shodo_buf *out);

#endif
