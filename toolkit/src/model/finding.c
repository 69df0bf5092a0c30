/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"

#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "model/entry.h"
#include "model/line.h"

static const struct {
    const char *name, *ja;
} verdicts[] = {
    [SHODO_VERDICT_MATCH] = {"match", "一致"},
    [SHODO_VERDICT_SUSPECT] = {"suspect", "要確認"},
    [SHODO_VERDICT_NOTHING] = {"nothing_found", "該当なし"},
    [SHODO_VERDICT_NOT_EXAMINED] = {"not_examined", "未検査"},
};

const char *shodo_verdict_name(enum shodo_verdict v) {
    shodo_assert((size_t)v < SHODO_ARRAY_SIZE(verdicts));
    return verdicts[v].name;
}

const char *shodo_verdict_ja(enum shodo_verdict v) {
    shodo_assert((size_t)v < SHODO_ARRAY_SIZE(verdicts));
    return verdicts[v].ja;
}

bool shodo_verdict_parse(const char *name, enum shodo_verdict *ret) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(verdicts); i++)
        if (strcmp(name, verdicts[i].name) == 0) {
            *ret = (enum shodo_verdict)i;
            return true;
        }
    return false;
}

void shodo_finding_id(struct shodo_finding *f) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;

    shodo_line_part(&b, "shodo-finding-1");
    shodo_line_part(&b, f->endpoint);
    shodo_buf_add_var(&b, f->volume);
    shodo_buf_add_var(&b, f->record);
    shodo_buf_add_var(&b, f->sequence);
    shodo_line_part(&b, f->record == 0 ? f->path : NULL);
    shodo_line_part(&b, f->stream);
    shodo_line_part(&b, f->tap);
    shodo_line_part(&b, f->rule);
    shodo_line_part(&b, f->ruleset_digest);
    shodo_line_id(&b, f->id);
}

static void write_file(struct shodo_json *j, const struct shodo_finding *f) {
    shodo_auto(shodo_buf) struct shodo_buf ext = SHODO_BUF_INIT;
    const char *base;
    size_t len;

    shodo_line_place(j, f->volume, f->record, f->sequence, f->path, f->drive, f->stream);
    if (f->path) {
        shodo_entry_base_name(f->path, strlen(f->path), &base, &len);
        shodo_json_strn(j, "file.name", base, len);
        if (shodo_entry_extension(&ext, f->path, strlen(f->path)) && ext.len > 1)
            shodo_json_strn(j, "file.extension", ext.data + 1, ext.len - 1); /* ECS: no dot */
        if (ext.failed)
            j->out->failed = true;
    }
    shodo_line_count(j, "file.size", f->size_bytes);
    shodo_line_str(j, "file.owner", f->owner);
    shodo_line_time(j, "file.created", f->times[SHODO_TIME_BORN]);
    shodo_line_time(j, "file.mtime", f->times[SHODO_TIME_MODIFIED]);
    shodo_line_time(j, "file.ctime", f->times[SHODO_TIME_CHANGED]);
    shodo_line_time(j, "file.accessed", f->times[SHODO_TIME_ACCESSED]);
    if (f->has_sha256)
        shodo_json_hex(j, "file.hash.sha256", f->sha256, sizeof(f->sha256));
    if (f->other_paths_count > 0) {
        shodo_json_array(j, "shodo.other_paths");
        for (size_t i = 0; i < f->other_paths_count; i++)
            shodo_json_str(j, NULL, f->other_paths[i]);
        shodo_json_array_end(j);
    }
    shodo_json_bool(j, "shodo.deleted", f->is_deleted);
}

static void write_rule(struct shodo_json *j, const struct shodo_finding *f) {
    shodo_line_str(j, "rule.name", f->rule);
    shodo_line_str(j, "rule.id", f->rule_id);
    shodo_line_str(j, "rule.ruleset", f->ruleset);
    if (f->rule_author) {
        shodo_json_array(j, "rule.author");
        shodo_json_str(j, NULL, f->rule_author);
        shodo_json_array_end(j);
    }
    shodo_line_str(j, "rule.reference", f->rule_reference);
    shodo_line_str(j, "rule.description", f->description);
    shodo_line_str(j, "shodo.description_ja", f->description_ja);
    shodo_line_str(j, "shodo.ruleset_sha256", f->ruleset_digest);
}

void shodo_finding_write(struct shodo_json *j, const struct shodo_finding *f, int64_t measured_at) {
    bool is_artifact = f->kind && strcmp(f->kind, "artifact") == 0;

    shodo_json_object(j, NULL);
    shodo_json_time(j, "@timestamp", measured_at);
    shodo_json_str(j, "ecs.version", SHODO_ECS_VERSION);
    shodo_json_str(j, "event.kind", is_artifact ? "event" : "alert");
    shodo_json_str(j, "event.dataset", "shodo.finding");
    shodo_json_str(j, "event.id", f->id);
    shodo_line_str(j, "event.module", f->tap);
    shodo_json_array(j, "event.category");
    shodo_json_str(j, NULL, "file");
    shodo_json_array_end(j);
    shodo_json_array(j, "event.type");
    shodo_json_str(j, NULL, is_artifact ? "info" : "indicator");
    shodo_json_array_end(j);
    shodo_line_str(j, "host.id", f->endpoint);
    shodo_json_str(j, "shodo.verdict", shodo_verdict_name(f->verdict));
    shodo_line_str(j, "shodo.kind", f->kind);
    write_rule(j, f);
    write_file(j, f);
    if (f->detail_json)
        shodo_json_raw(j, "shodo.detail", f->detail_json, strlen(f->detail_json));
    shodo_json_object_end(j);
}

static void take_other_paths(struct shodo_line *l, struct shodo_finding *f) {
    const struct shodo_value *list = shodo_value_get(l->v, "shodo.other_paths");
    size_t count = shodo_value_count(list);

    if (!list)
        return;
    if (shodo_value_kind(list) != SHODO_VALUE_LIST || count > SHODO_LIMIT_NAMES_PER_FINDING) {
        shodo_line_bad(l, "shodo.other_paths", SHODO_INVALID);
        return;
    }
    const char **paths = shodo_arena_alloc(l->arena, (count + 1) * sizeof(*paths),
                                           _Alignof(char *));
    if (!paths) {
        shodo_line_bad(l, "shodo.other_paths", SHODO_NOMEM);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        if (!shodo_value_bytes(&b, shodo_value_at(list, i)))
            shodo_line_bad(l, "shodo.other_paths", b.failed ? SHODO_NOMEM : SHODO_INVALID);
        paths[i] = shodo_arena_str(l->arena, shodo_buf_cstr(&b), b.len);
        if (!paths[i])
            shodo_line_bad(l, "shodo.other_paths", SHODO_NOMEM);
    }
    f->other_paths = paths;
    f->other_paths_count = count;
}

static void take_rule(struct shodo_line *l, struct shodo_finding *f) {
    f->rule = shodo_line_take_str(l, "rule.name", false);
    f->rule_id = shodo_line_take_str(l, "rule.id", false);
    f->ruleset = shodo_line_take_str(l, "rule.ruleset", false);
    f->rule_author = shodo_value_str(shodo_value_at(shodo_value_get(l->v, "rule.author"), 0));
    f->rule_reference = shodo_line_take_str(l, "rule.reference", false);
    f->description = shodo_line_take_str(l, "rule.description", false);
    f->description_ja = shodo_line_take_str(l, "shodo.description_ja", false);
    f->ruleset_digest = shodo_line_take_str(l, "shodo.ruleset_sha256", false);
}

enum shodo_status shodo_finding_read(struct shodo_finding *ret, const struct shodo_value *v,
                                     struct shodo_arena *arena, struct shodo_error *err) {
    struct shodo_line l = {.v = v, .arena = arena, .noun = "finding", .rc = SHODO_OK};
    struct shodo_finding f = {.id = ""};
    const char *verdict, *hex;

    shodo_line_take_id(&l, "event.id", f.id);
    f.tap = shodo_line_take_str(&l, "event.module", true);
    f.endpoint = shodo_line_take_str(&l, "host.id", false);
    f.kind = shodo_line_take_str(&l, "shodo.kind", true);
    verdict = shodo_line_take_str(&l, "shodo.verdict", true);
    if (verdict && !shodo_verdict_parse(verdict, &f.verdict))
        shodo_line_bad(&l, "shodo.verdict", SHODO_INVALID);
    take_rule(&l, &f);
    shodo_line_take_place(&l, &f.volume, &f.record, &f.sequence, &f.path, &f.drive, &f.stream);
    f.size_bytes = shodo_line_take_count(&l, "file.size", INT64_MAX);
    f.owner = shodo_line_take_str(&l, "file.owner", false);
    f.times[SHODO_TIME_BORN] = shodo_line_take_time(&l, "file.created");
    f.times[SHODO_TIME_MODIFIED] = shodo_line_take_time(&l, "file.mtime");
    f.times[SHODO_TIME_CHANGED] = shodo_line_take_time(&l, "file.ctime");
    f.times[SHODO_TIME_ACCESSED] = shodo_line_take_time(&l, "file.accessed");
    hex = shodo_line_take_str(&l, "file.hash.sha256", false);
    f.has_sha256 = hex && shodo_text_parse_hex(hex, strlen(hex), f.sha256, sizeof(f.sha256));
    if (hex && !f.has_sha256)
        shodo_line_bad(&l, "file.hash.sha256", SHODO_INVALID);
    take_other_paths(&l, &f);
    f.is_deleted = shodo_value_bool(shodo_value_get(v, "shodo.deleted"), false);
    f.detail_json = shodo_line_take_object(&l, "shodo.detail");
    if (l.rc == SHODO_OK)
        *ret = f;
    return shodo_line_end(&l, err);
}
