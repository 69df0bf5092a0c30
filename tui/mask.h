/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of patients in paths, so that a screen can be photographed: on by default, `m` shows them.
 * A guess, not a proof: names in Japanese letters with a separator or 様 etc. behind them, and
 * numbers of six digits or more. What is on disk and in the journal stays as it is.
 */
#ifndef SHODO_TUI_MASK_H
#define SHODO_TUI_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends `s` with what looks like a patient's name or number replaced by asterisks; true when
 * something was. */
bool tui_mask(struct shodo_buf *out, const char *s, size_t n);

#endif
