/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHODO_TUI_RELAY_H
#define SHODO_TUI_RELAY_H

#include "app.h"

/* Rules for the files that matched on the other machines of the case so far (`endpoint`, the one to
 * be examined, left out: its own files are no news), in relay/relay.NNNN.yar (written when they
 * changed). Appends the path; returns how many there are, 0: none, or it could not be written. */
size_t tui_relay_write(const struct tui_app *app, const char *endpoint, struct shodo_buf *ret_path);

#endif
