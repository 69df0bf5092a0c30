/* SPDX-License-Identifier: Apache-2.0 */
/* Values of event log records as text. For evtx.c only. */
#ifndef SHODO_EXAMINE_READERS_EVTX_VALUE_H
#define SHODO_EXAMINE_READERS_EVTX_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVTX_TYPE_STRING = 0x01, EVTX_TYPE_LIST = 0x80 };

/* Text of one record: handed out in order, given back all at once. */
struct evtx_text {
    char *data;
    size_t len, cap;
    bool is_full; /* something did not fit: "" was given */
};

/* up to trailing NULs */
const char *evtx_text_utf16(struct evtx_text *t, const uint8_t *p, size_t bytes);
/* Numbers decimal, hex types with 0x, times RFC 3339, SIDs and GUIDs in their usual form, binary as
 * hex (64 bytes). */
const char *evtx_value_text(struct evtx_text *t, uint8_t type, const uint8_t *p, size_t n);

#endif
