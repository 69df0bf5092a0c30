/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pass phrases on their way in. Never an argument, never in the environment, never in a record.
 * `--passphrase-fd N` reads one line from descriptor N (tests and the TUI use a pipe); without it
 * the terminal is asked. Collecting makes its own pass phrase, so there `--confirm-fd N` is where
 * the typed-back group comes from.
 */
#ifndef SHODO_ENGINE_SECRET_H
#define SHODO_ENGINE_SECRET_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* One line from the descriptor without its end; nothing when `fd` is UINT64_MAX. */
enum shodo_status shodo_secret_read(struct shodo_buf *out, uint64_t fd, struct shodo_error *err);
void shodo_secret_wipe(struct shodo_buf *b);

/*
 * A new 24-digit pass phrase for a bundle: shows it, and gives it only after its last group was
 * typed back. With a descriptor the digits are written to standard error as "passphrase: …" and the
 * group is read from the descriptor. REFUSED when the group does not fit three times: nothing was
 * written.
 */
enum shodo_status shodo_secret_new(char out[30], uint64_t fd, struct shodo_error *err);

#endif
