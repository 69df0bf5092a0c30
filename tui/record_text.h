/* SPDX-License-Identifier: Apache-2.0 */
/* One record of the journal as lines to read: what people need under a name in their language,
 * the rest under the name that stands in the record. */
#ifndef SHODO_TUI_RECORD_TEXT_H
#define SHODO_TUI_RECORD_TEXT_H

#include "app.h"

struct shodo_record;

/* `word` gives a recorded word in the reader's language. Appends. */
void tui_record_lines(const struct tui_app *app, const struct shodo_record *r,
                      const char *(*word)(const struct tui_app *app, const char *s),
                      struct shodo_buf *out);

#endif
