/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/finding.h"
#include "model/line.h"

static const struct {
    const char *name, *ja;
} reasons[] = {
#define X(id, name, ja) [SHODO_LEDGER_##id] = {name, ja},
    SHODO_LEDGER_REASONS(X)
#undef X
};

const char *shodo_ledger_reason_name(enum shodo_ledger_reason r) {
    shodo_assert((size_t)r < SHODO_ARRAY_SIZE(reasons));
    return reasons[r].name;
}

const char *shodo_ledger_reason_ja(enum shodo_ledger_reason r) {
    shodo_assert((size_t)r < SHODO_ARRAY_SIZE(reasons));
    return reasons[r].ja;
}

bool shodo_ledger_reason_parse(const char *name, enum shodo_ledger_reason *ret) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(reasons); i++)
        if (strcmp(name, reasons[i].name) == 0) {
            *ret = (enum shodo_ledger_reason)i;
            return true;
        }
    return false;
}

void shodo_ledger_write(struct shodo_json *j, const struct shodo_ledger *l, int64_t measured_at) {
    shodo_json_object(j, NULL);
    shodo_json_time(j, "@timestamp", measured_at);
    shodo_json_str(j, "ecs.version", SHODO_ECS_VERSION);
    shodo_json_str(j, "event.kind", l->is_problem ? "pipeline_error" : "state");
    shodo_json_str(j, "event.dataset", "shodo.ledger");
    shodo_json_str(j, "event.reason", shodo_ledger_reason_name(l->reason));
    shodo_line_str(j, "host.id", l->endpoint);
    shodo_json_str(j, "shodo.class", l->is_problem ? "problem" : "policy");
    if (l->is_of_collect)
        shodo_json_str(j, "shodo.stage", "collect");
    shodo_line_place(j, l->volume, l->record, l->sequence, l->path, l->drive, l->stream);
    shodo_line_count(j, "shodo.count", l->count);
    shodo_line_count(j, "file.size", l->size_bytes);
    shodo_line_count(j, "shodo.examined_bytes", l->examined_bytes);
    shodo_line_str(j, "message", l->text);
    shodo_json_object_end(j);
}

enum shodo_status shodo_ledger_read(struct shodo_ledger *ret, const struct shodo_value *v,
                                    struct shodo_arena *arena, struct shodo_error *err) {
    struct shodo_line l = {.v = v, .arena = arena, .noun = "ledger", .rc = SHODO_OK};
    struct shodo_ledger g = {.is_problem = false};
    const char *class = shodo_line_take_str(&l, "shodo.class", true);
    const char *reason = shodo_line_take_str(&l, "event.reason", true);

    g.is_problem = class && strcmp(class, "problem") == 0;
    if (class && !g.is_problem && strcmp(class, "policy") != 0)
        shodo_line_bad(&l, "shodo.class", SHODO_INVALID);
    if (reason && !shodo_ledger_reason_parse(reason, &g.reason))
        shodo_line_bad(&l, "event.reason", SHODO_INVALID);
    g.endpoint = shodo_line_take_str(&l, "host.id", false);
    const char *stage = shodo_line_take_str(&l, "shodo.stage", false);
    g.is_of_collect = stage && strcmp(stage, "collect") == 0;
    shodo_line_take_place(&l, &g.volume, &g.record, &g.sequence, &g.path, &g.drive, &g.stream);
    g.count = shodo_line_take_count(&l, "shodo.count", INT64_MAX);
    if (g.count == 0)
        shodo_line_bad(&l, "shodo.count", SHODO_INVALID);
    g.size_bytes = shodo_line_take_count(&l, "file.size", INT64_MAX);
    g.examined_bytes = shodo_line_take_count(&l, "shodo.examined_bytes", INT64_MAX);
    g.text = shodo_line_take_str(&l, "message", false);
    /* lines of before there was a stage */
    g.is_of_collect = g.is_of_collect || (g.text && (strncmp(g.text, "collecting: ", 12) == 0 ||
                                                     strncmp(g.text, "not collected: ", 15) == 0));
    if (l.rc == SHODO_OK)
        *ret = g;
    return shodo_line_end(&l, err);
}

bool shodo_unexamined_add(struct shodo_unexamined *u, const struct shodo_ledger *l) {
    if (l->is_of_collect)
        return false;
    uint64_t *sum = l->is_problem ? &u->problems : &u->policy;
    if (!shodo_add_u64(*sum, SHODO_MAX(l->count, (uint64_t)1), sum))
        *sum = UINT64_MAX;
    return true;
}
