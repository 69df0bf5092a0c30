/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/events.h"

#include <string.h>

#include "base/io.h"
#include "model/finding.h"

void shodo_events_init(struct shodo_events *e, int fd) {
    *e = (struct shodo_events){.fd = fd, .line = SHODO_BUF_INIT};
}

void shodo_events_done(struct shodo_events *e) {
    shodo_buf_done(&e->line);
    e->fd = -1;
}

struct shodo_json *shodo_events_begin(struct shodo_events *e, const char *name) {
    if (e->fd < 0)
        return NULL;
    shodo_buf_clear(&e->line);
    e->json = shodo_json_to(&e->line);
    shodo_json_object(&e->json, NULL);
    shodo_json_str(&e->json, "event", name);
    shodo_json_u64(&e->json, "version", SHODO_EVENT_VERSION);
    return &e->json;
}

void shodo_events_send(struct shodo_events *e) {
    if (e->fd < 0)
        return;
    shodo_json_object_end(&e->json);
    shodo_json_line_end(&e->json);
    if (e->line.failed || shodo_io_write_all(e->fd, e->line.data, e->line.len, NULL) != SHODO_OK)
        e->fd = -1;
}

void shodo_events_line(struct shodo_events *e, const char *name, const char *json_line) {
    struct shodo_json *j = shodo_events_begin(e, name);
    if (!j)
        return;
    shodo_json_raw(j, "data", json_line, strlen(json_line));
    shodo_events_send(e);
}

void shodo_events_warning(struct shodo_events *e, const char *text) {
    struct shodo_json *j = shodo_events_begin(e, "warning");
    if (!j)
        return;
    shodo_json_str(j, "text", text);
    shodo_events_send(e);
}
