/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/cur.h"
#include "model/finding.h"
#include "model/line.h"

/* "Source" is everything that says where it was read: volume, file and place in it. */
void shodo_fact_id(struct shodo_fact *f) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;

    shodo_line_part(&b, "shodo-fact-1");
    shodo_line_part(&b, f->endpoint);
    shodo_buf_add_var(&b, f->volume);
    shodo_buf_add_var(&b, f->record);
    shodo_line_part(&b, f->path);
    shodo_line_part(&b, f->source);
    shodo_line_part(&b, f->kind);
    shodo_buf_add_le64(&b, (uint64_t)f->time);
    shodo_line_part(&b, f->values_json);
    shodo_line_id(&b, f->id);
}

void shodo_fact_write(struct shodo_json *j, const struct shodo_fact *f) {
    shodo_json_object(j, NULL);
    shodo_line_time(j, "@timestamp", f->time);
    shodo_json_str(j, "ecs.version", SHODO_ECS_VERSION);
    shodo_json_str(j, "event.kind", "event");
    shodo_json_str(j, "event.dataset", "shodo.fact");
    shodo_json_str(j, "event.id", f->id);
    shodo_line_str(j, "event.module", f->reader);
    shodo_line_str(j, "event.action", f->kind);
    shodo_line_str(j, "host.id", f->endpoint);
    shodo_line_place(j, f->volume, f->record, 0, f->path, '\0', NULL);
    shodo_line_str(j, "shodo.source", f->source);
    if (f->values_json)
        shodo_json_raw(j, "shodo.values", f->values_json, strlen(f->values_json));
    shodo_json_object_end(j);
}

enum shodo_status shodo_fact_read(struct shodo_fact *ret, const struct shodo_value *v,
                                  struct shodo_arena *arena, struct shodo_error *err) {
    struct shodo_line l = {.v = v, .arena = arena, .noun = "fact", .rc = SHODO_OK};
    struct shodo_fact f = {.id = ""};
    const char *stream;
    uint16_t sequence;
    char drive;

    shodo_line_take_id(&l, "event.id", f.id);
    f.time = shodo_line_take_time(&l, "@timestamp");
    f.reader = shodo_line_take_str(&l, "event.module", true);
    f.kind = shodo_line_take_str(&l, "event.action", true);
    f.endpoint = shodo_line_take_str(&l, "host.id", false);
    shodo_line_take_place(&l, &f.volume, &f.record, &sequence, &f.path, &drive, &stream);
    f.source = shodo_line_take_str(&l, "shodo.source", false);
    f.values_json = shodo_line_take_object(&l, "shodo.values");
    if (l.rc == SHODO_OK)
        *ret = f;
    return shodo_line_end(&l, err);
}
