/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event stream of a run (`--events FD`, model/finding.h lists the events). A reader that is
 * gone or stuck must not stop a run: after a failed write nothing more is written.
 */
#ifndef SHODO_ENGINE_EVENTS_H
#define SHODO_ENGINE_EVENTS_H

#include <stdbool.h>

#include "base/json.h"

struct shodo_events {
    int fd; /* -1: nobody listens */
    struct shodo_buf line;
    struct shodo_json json;
};

void shodo_events_init(struct shodo_events *e, int fd);
void shodo_events_done(struct shodo_events *e);
/* Begins {"event":NAME,"version":1; add keys with the returned writer, then send. NULL when nobody
 * listens. */
struct shodo_json *shodo_events_begin(struct shodo_events *e, const char *name);
void shodo_events_send(struct shodo_events *e);
/* {"event":NAME,"data":<line>} */
void shodo_events_line(struct shodo_events *e, const char *name, const char *json_line);
void shodo_events_warning(struct shodo_events *e, const char *text);

#endif
