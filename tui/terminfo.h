/* SPDX-License-Identifier: Apache-2.0 */
/* Terminal descriptions as TERMINFO values ("b64:…"), made at build time from the host's terminfo
 * by make-terminfo. */
#ifndef SHODO_TUI_TERMINFO_H
#define SHODO_TUI_TERMINFO_H

/* Value for $TERMINFO, or NULL when the name is not among the embedded ones. */
const char *tui_terminfo_find(const char *term);

#endif
