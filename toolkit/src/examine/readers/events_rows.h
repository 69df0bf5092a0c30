/* SPDX-License-Identifier: Apache-2.0 */
/* Which events become facts, and how equal ones are added up. For events*.c only. */
#ifndef SHODO_EXAMINE_READERS_EVENTS_ROWS_H
#define SHODO_EXAMINE_READERS_EVENTS_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* Equal events fall together: in windows of so many seconds, over the whole log, or never. */
#define EVENTS_EACH   0u
#define EVENTS_MINUTE 60u
#define EVENTS_LOG    UINT32_MAX

struct event_row {
    uint32_t id;
    const char *provider;
    const char *kind;
    uint32_t window;
    const char *keys; /* names that make two events equal, separated by '|'; NULL: all data */
};

/* The row for an event, or NULL. Providers are compared without case. */
const struct event_row *events_row(const char *provider, uint32_t id);

#endif
