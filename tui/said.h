/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes of records keep the words in which they were written: the heads of a decision (papers look
 * for them) and the reasons that were chosen. On the screen those that the program itself wrote
 * stand in the language of now; what people typed stays as it is.
 */
#ifndef SHODO_TUI_SAID_H
#define SHODO_TUI_SAID_H

#include "app.h"

/* Words of the program that were told in the other language, in the language of now; NULL: they are
 * not the program's. */
const char *tui_same_words(const struct tui_app *app, const char *s, size_t n);
/* In `buf`, which is cleared; "" for NULL. */
const char *tui_said(const struct tui_app *app, const char *note, struct shodo_buf *buf);

#endif
