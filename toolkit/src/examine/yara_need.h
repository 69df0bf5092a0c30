/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be in a file for a YARA rule to match: at least one of a few byte patterns.
 *
 * Conservative, from the rule's own source: a conjunct of the condition that demands a string
 * (`$a`, `$a at …`, `all of them`, `2 of ($x*)`) whose definition has at least
 * SHODO_ANCHOR_MIN_BYTES fixed bytes in a row and is rare enough with what surrounds them. Of
 * several the rarest is taken; an `or` needs such a text on both sides; `n of k` strings needs k -
 * n + 1 of them. Regular expressions, xor and base64 strings give nothing, nor does any shape that
 * is not understood.
 */
#ifndef SHODO_EXAMINE_YARA_NEED_H
#define SHODO_EXAMINE_YARA_NEED_H

#include "base/buf.h"
#include "examine/literals.h"
#include "examine/yara_token.h"

/* A rule that needs one of more texts than this is tried on every file. */
#define SHODO_NEED_MAX 64u

/*
 * `text[start..condition)` is the rule from its name to behind "condition:", `tokens` (struct
 * shodo_token) its condition. Appends struct shodo_literal to `out`; nothing when the rule may
 * match without. false: no memory.
 */
bool shodo_need_of(struct shodo_vec *out, const char *text, size_t start, size_t condition,
                   const struct shodo_token *tokens, size_t count);

#endif
