/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/tap.h"

#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "examine/plan.h"

static const struct shodo_tap *const table[] = {
    &shodo_tap_artifact, &shodo_tap_digest, &shodo_tap_identify,
    &shodo_tap_measure,  &shodo_tap_scan,   &shodo_tap_note,
};

size_t shodo_tap_count(void) {
    return SHODO_ARRAY_SIZE(table);
}

const struct shodo_tap *shodo_tap_at(size_t i) {
    return table[i];
}

void shodo_look_finding(struct shodo_look *l, struct shodo_finding *f) {
    const struct shodo_entry *e = l->entry;
    if (l->findings++ >= SHODO_LIMIT_FINDINGS_PER_FILE) {
        if (l->findings == SHODO_LIMIT_FINDINGS_PER_FILE + 1)
            shodo_look_problem(l, SHODO_LEDGER_TOO_LARGE, l->size_bytes,
                               "more than %u findings in one stream; the rest is not listed",
                               SHODO_LIMIT_FINDINGS_PER_FILE);
        return;
    }
    f->endpoint = l->plan->endpoint;
    f->volume = e->volume;
    f->record = e->record;
    f->sequence = e->sequence;
    f->drive = e->drive;
    f->path = f->path ? f->path : l->path;
    f->stream = f->stream ? f->stream : l->stream_name;
    if (!f->other_paths) {
        f->other_paths = l->others;
        f->other_paths_count = l->others_count;
    }
    f->size_bytes = l->size_bytes;
    f->has_sha256 = l->has_sha256;
    memcpy(f->sha256, l->sha256, sizeof f->sha256);
    memcpy(f->times, e->times, sizeof f->times);
    f->is_deleted = (e->flags & SHODO_ENTRY_DELETED) != 0;
    shodo_auto(shodo_buf) struct shodo_buf owner = SHODO_BUF_INIT;
    if (e->owner_len > 0 && shodo_buf_add(&owner, e->owner, e->owner_len))
        f->owner = shodo_buf_cstr(&owner);
    shodo_finding_id(f);
    if (l->sink->finding)
        l->sink->finding(l->sink->ctx, f);
}

static void tell(struct shodo_look *l, struct shodo_ledger *line) {
    line->endpoint = l->plan->endpoint;
    line->volume = l->entry->volume;
    line->drive = l->entry->drive;
    line->count = 1;
    line->size_bytes = l->size_bytes;
    if (l->sink->ledger)
        l->sink->ledger(l->sink->ctx, line);
}

void shodo_look_problem(struct shodo_look *l, enum shodo_ledger_reason reason,
                        uint64_t examined_bytes, const char *fmt, ...) {
    char text[SHODO_ERROR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct shodo_ledger line = {.is_problem = true,
                                .reason = reason,
                                .record = l->entry->record,
                                .sequence = l->entry->sequence,
                                .path = l->path,
                                .stream = l->stream_name,
                                .examined_bytes = examined_bytes,
                                .text = text};
    tell(l, &line);
}

void shodo_look_policy(struct shodo_look *l, enum shodo_ledger_reason reason, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf folder = SHODO_BUF_INIT;
    const char *slash = strrchr(l->path, '/');
    shodo_buf_add(&folder, l->path, slash ? (size_t)(slash - l->path) : 0);
    if (folder.len == 0)
        shodo_buf_addc(&folder, '/');
    struct shodo_ledger line = {.is_problem = false,
                                .reason = reason,
                                .path = shodo_buf_cstr(&folder),
                                .stream = "",
                                .text = text};
    tell(l, &line);
}

void shodo_look_fact(struct shodo_look *l, const char *reader, const char *kind, int64_t time,
                     const char *values_json) {
    struct shodo_fact f = {.endpoint = l->plan->endpoint,
                           .reader = reader,
                           .kind = kind,
                           .time = time,
                           .volume = l->entry->volume,
                           .record = l->entry->record,
                           .path = l->path,
                           .source = l->stream_name,
                           .values_json = values_json};
    shodo_fact_id(&f);
    if (l->sink->fact)
        l->sink->fact(l->sink->ctx, &f);
}
