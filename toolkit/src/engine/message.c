/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/message.h"

#include <string.h>

#include "base/limits.h"
#include "base/value.h"

enum { VERDICTS = SHODO_VERDICT_NOT_EXAMINED };

/* 0 = absent, else length + 1 and the bytes. */
bool shodo_msg_put_text(struct shodo_buf *b, const char *s) {
    if (!s)
        return shodo_buf_add_var(b, 0);
    size_t n = strlen(s);
    return shodo_buf_add_var(b, (uint64_t)n + 1) && shodo_buf_add(b, s, n);
}

bool shodo_msg_get_text(const char **ret, size_t max, struct shodo_cur *c, struct shodo_arena *a) {
    *ret = NULL;
    uint64_t n = shodo_cur_var(c);
    if (c->bad)
        return false;
    if (n == 0)
        return true;
    if (n - 1 > max)
        return !(c->bad = true);
    const uint8_t *p = shodo_cur_bytes(c, (size_t)n - 1);
    if (!p && n > 1)
        return false;
    if (n > 1 && memchr(p, 0, (size_t)n - 1))
        return !(c->bad = true);
    *ret = shodo_arena_str(a, n > 1 ? (const char *)p : "", (size_t)n - 1);
    if (!*ret)
        c->bad = true;
    return *ret != NULL;
}

static void put_time(struct shodo_buf *b, int64_t t) {
    shodo_buf_add_le64(b, (uint64_t)t);
}

static int64_t get_time(struct shodo_cur *c) {
    return (int64_t)shodo_cur_le64(c);
}

static enum shodo_status bad(struct shodo_error *err, const char *what) {
    return shodo_fail(err, SHODO_DAMAGED, "worker sent a damaged %s message", what);
}

/* The drive letter is shown in paths: only a letter or nothing. */
static char get_drive(struct shodo_cur *c) {
    uint8_t d = shodo_cur_u8(c);
    if (d != 0 && !(d >= 'A' && d <= 'Z'))
        c->bad = true;
    return (char)d;
}

static bool is_object(const char *json) {
    if (!json)
        return true;
    struct shodo_doc *doc = NULL;
    bool ok = shodo_doc_parse_json(&doc, "detail", json, strlen(json), NULL) == SHODO_OK &&
              shodo_value_kind(shodo_doc_root(doc)) == SHODO_VALUE_MAP;
    shodo_doc_free(doc);
    return ok;
}

bool shodo_msg_put_item(struct shodo_buf *b, const struct shodo_item *i) {
    shodo_buf_add_var(b, i->index);
    shodo_buf_addc(b, (char)i->phase);
    shodo_buf_add_var(b, i->volume);
    shodo_buf_add_var(b, i->record);
    shodo_buf_add_le16(b, i->sequence);
    shodo_buf_add_var(b, i->size_bytes);
    shodo_buf_addc(b, i->drive);
    shodo_buf_add_str(b, i->path, i->path_len);
    shodo_buf_add_str(b, (const char *)i->entry, i->entry_len);
    return !b->failed;
}

enum shodo_status shodo_msg_get_item(struct shodo_item *ret, struct shodo_cur *c,
                                     struct shodo_arena *a, struct shodo_error *err) {
    *ret = (struct shodo_item){.index = shodo_cur_var(c)};
    uint8_t phase = shodo_cur_u8(c);
    uint64_t volume = shodo_cur_var(c);
    ret->record = shodo_cur_var(c);
    ret->sequence = shodo_cur_le16(c);
    ret->size_bytes = shodo_cur_var(c);
    ret->drive = get_drive(c);
    size_t n = 0, m = 0;
    const char *path = shodo_cur_str(c, &n);
    const char *entry = shodo_cur_str(c, &m);
    if (c->bad || phase >= SHODO_PHASE_SKIP || volume >= SHODO_LIMIT_VOLUMES ||
        n > SHODO_LIMIT_PATH_BYTES || (n && memchr(path, 0, n)))
        return bad(err, "item");
    ret->phase = (enum shodo_phase)phase;
    ret->volume = (uint32_t)volume;
    ret->path = shodo_arena_str(a, n ? path : "", n);
    ret->path_len = n;
    ret->entry = (const uint8_t *)entry;
    ret->entry_len = m;
    return ret->path ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "no memory for a work item");
}

bool shodo_msg_put_totals(struct shodo_buf *b, const struct shodo_totals *t) {
    const uint64_t v[] = {t->files,       t->bytes,    t->entries,   t->deleted,
                          t->directories, t->problems, t->bytes_left};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(v); i++)
        shodo_buf_add_var(b, v[i]);
    for (size_t i = 0; i < SHODO_PHASES; i++)
        shodo_buf_add_var(b, t->files_phase[i]);
    return shodo_buf_add(b, t->digest, sizeof t->digest) && !b->failed;
}

enum shodo_status shodo_msg_get_totals(struct shodo_totals *ret, struct shodo_cur *c,
                                       struct shodo_error *err) {
    *ret = (struct shodo_totals){0};
    uint64_t *v[] = {&ret->files,       &ret->bytes,    &ret->entries,   &ret->deleted,
                     &ret->directories, &ret->problems, &ret->bytes_left};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(v); i++)
        *v[i] = shodo_cur_var(c);
    for (size_t i = 0; i < SHODO_PHASES; i++)
        ret->files_phase[i] = shodo_cur_var(c);
    const uint8_t *d = shodo_cur_bytes(c, sizeof ret->digest);
    if (c->bad || !d || ret->files > (uint64_t)SHODO_LIMIT_ENTRIES * SHODO_LIMIT_VOLUMES)
        return bad(err, "totals");
    memcpy(ret->digest, d, sizeof ret->digest);
    return SHODO_OK;
}

bool shodo_msg_put_stats(struct shodo_buf *b, const struct shodo_item_stats *s) {
    const uint64_t v[] = {s->index, s->streams, s->bytes_read, s->bytes_scanned, s->reused};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(v); i++)
        shodo_buf_add_var(b, v[i]);
    return !b->failed;
}

enum shodo_status shodo_msg_get_stats(struct shodo_item_stats *ret, struct shodo_cur *c,
                                      struct shodo_error *err) {
    uint64_t *v[] = {&ret->index, &ret->streams, &ret->bytes_read, &ret->bytes_scanned,
                     &ret->reused};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(v); i++)
        *v[i] = shodo_cur_var(c);
    return c->bad ? bad(err, "done") : SHODO_OK;
}

static size_t finding_texts(const struct shodo_finding *f, const char **out) {
    const char *t[] = {
        f->tap,         f->rule,           f->ruleset,     f->ruleset_digest, f->rule_id,
        f->rule_author, f->rule_reference, f->description, f->description_ja, f->kind,
        f->path,        f->stream,         f->owner,       f->detail_json};
    memcpy(out, t, sizeof t);
    return SHODO_ARRAY_SIZE(t);
}

enum { FINDING_TEXTS = 14 };

bool shodo_msg_put_finding(struct shodo_buf *b, const struct shodo_finding *f) {
    const char *t[FINDING_TEXTS];
    size_t n = finding_texts(f, t);
    for (size_t i = 0; i < n; i++)
        shodo_msg_put_text(b, t[i]);
    shodo_buf_addc(b, (char)f->verdict);
    shodo_buf_add_var(b, f->volume);
    shodo_buf_add_var(b, f->record);
    shodo_buf_add_le16(b, f->sequence);
    shodo_buf_addc(b, f->drive);
    shodo_buf_add_var(b, f->size_bytes);
    shodo_buf_addc(b, f->has_sha256);
    shodo_buf_add(b, f->sha256, sizeof f->sha256);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(f->times); i++)
        put_time(b, f->times[i]);
    shodo_buf_addc(b, f->is_deleted);
    size_t others = SHODO_MIN(f->other_paths_count, (size_t)SHODO_LIMIT_NAMES_PER_FINDING);
    shodo_buf_add_var(b, others);
    for (size_t i = 0; i < others; i++)
        shodo_msg_put_text(b, f->other_paths[i]);
    return !b->failed;
}

static bool get_others(struct shodo_finding *ret, struct shodo_cur *c, struct shodo_arena *a) {
    uint64_t n = shodo_cur_var(c);
    if (c->bad || n > SHODO_LIMIT_NAMES_PER_FINDING)
        return false;
    if (!n)
        return true;
    const char **list = shodo_arena_alloc(a, (size_t)n * sizeof *list, sizeof(void *));
    if (!list)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!shodo_msg_get_text(&list[i], SHODO_LIMIT_PATH_BYTES, c, a) || !list[i])
            return false;
    ret->other_paths = list;
    ret->other_paths_count = (size_t)n;
    return true;
}

enum shodo_status shodo_msg_get_finding(struct shodo_finding *ret, struct shodo_cur *c,
                                        struct shodo_arena *a, struct shodo_error *err) {
    *ret = (struct shodo_finding){.endpoint = NULL};
    const char **t[FINDING_TEXTS] = {&ret->tap,
                                     &ret->rule,
                                     &ret->ruleset,
                                     &ret->ruleset_digest,
                                     &ret->rule_id,
                                     &ret->rule_author,
                                     &ret->rule_reference,
                                     &ret->description,
                                     &ret->description_ja,
                                     &ret->kind,
                                     &ret->path,
                                     &ret->stream,
                                     &ret->owner,
                                     &ret->detail_json};
    for (size_t i = 0; i < FINDING_TEXTS; i++) {
        size_t max = SHODO_MSG_TEXT_BYTES;
        if (t[i] == &ret->path || t[i] == &ret->stream)
            max = SHODO_LIMIT_PATH_BYTES;
        else if (t[i] == &ret->detail_json)
            max = SHODO_MSG_DETAIL_BYTES;
        if (!shodo_msg_get_text(t[i], max, c, a))
            return bad(err, "finding");
    }
    uint8_t verdict = shodo_cur_u8(c);
    uint64_t volume = shodo_cur_var(c);
    ret->record = shodo_cur_var(c);
    ret->sequence = shodo_cur_le16(c);
    ret->drive = get_drive(c);
    ret->size_bytes = shodo_cur_var(c);
    ret->has_sha256 = shodo_cur_u8(c) != 0;
    const uint8_t *sha = shodo_cur_bytes(c, sizeof ret->sha256);
    if (sha)
        memcpy(ret->sha256, sha, sizeof ret->sha256);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ret->times); i++)
        ret->times[i] = get_time(c);
    ret->is_deleted = shodo_cur_u8(c) != 0;
    if (c->bad || verdict >= VERDICTS || volume >= SHODO_LIMIT_VOLUMES || !ret->tap || !ret->rule ||
        !ret->kind || !ret->path ||
        (strcmp(ret->kind, "detection") != 0 && strcmp(ret->kind, "artifact") != 0) ||
        !get_others(ret, c, a) || !is_object(ret->detail_json))
        return bad(err, "finding");
    ret->verdict = (enum shodo_verdict)verdict;
    ret->volume = (uint32_t)volume;
    if (!ret->stream)
        ret->stream = "";
    return SHODO_OK;
}

bool shodo_msg_put_ledger(struct shodo_buf *b, const struct shodo_ledger *l) {
    shodo_buf_addc(b, l->is_problem);
    shodo_buf_addc(b, (char)l->reason);
    shodo_buf_add_var(b, l->volume);
    shodo_buf_add_var(b, l->record);
    shodo_buf_add_le16(b, l->sequence);
    shodo_msg_put_text(b, l->path);
    shodo_buf_addc(b, l->drive);
    shodo_msg_put_text(b, l->stream);
    shodo_buf_add_var(b, l->count);
    shodo_buf_add_var(b, l->size_bytes);
    shodo_buf_add_var(b, l->examined_bytes);
    return shodo_msg_put_text(b, l->text) && !b->failed;
}

enum shodo_status shodo_msg_get_ledger(struct shodo_ledger *ret, struct shodo_cur *c,
                                       struct shodo_arena *a, struct shodo_error *err) {
    *ret = (struct shodo_ledger){.is_problem = shodo_cur_u8(c) != 0};
    uint8_t reason = shodo_cur_u8(c);
    uint64_t volume = shodo_cur_var(c);
    ret->record = shodo_cur_var(c);
    ret->sequence = shodo_cur_le16(c);
    shodo_msg_get_text(&ret->path, SHODO_LIMIT_PATH_BYTES, c, a);
    ret->drive = get_drive(c);
    shodo_msg_get_text(&ret->stream, SHODO_LIMIT_PATH_BYTES, c, a);
    ret->count = shodo_cur_var(c);
    ret->size_bytes = shodo_cur_var(c);
    ret->examined_bytes = shodo_cur_var(c);
    shodo_msg_get_text(&ret->text, SHODO_MSG_TEXT_BYTES, c, a);
    if (c->bad || reason >= SHODO_LEDGER_REASON_COUNT || volume >= SHODO_LIMIT_VOLUMES)
        return bad(err, "ledger");
    ret->reason = (enum shodo_ledger_reason)reason;
    ret->volume = (uint32_t)volume;
    ret->count = ret->count ? ret->count : 1;
    return SHODO_OK;
}

bool shodo_msg_put_fact(struct shodo_buf *b, const struct shodo_fact *f) {
    shodo_msg_put_text(b, f->reader);
    shodo_msg_put_text(b, f->kind);
    put_time(b, f->time);
    shodo_buf_add_var(b, f->volume);
    shodo_buf_add_var(b, f->record);
    shodo_msg_put_text(b, f->path);
    shodo_msg_put_text(b, f->source);
    return shodo_msg_put_text(b, f->values_json) && !b->failed;
}

enum shodo_status shodo_msg_get_fact(struct shodo_fact *ret, struct shodo_cur *c,
                                     struct shodo_arena *a, struct shodo_error *err) {
    *ret = (struct shodo_fact){.endpoint = NULL};
    shodo_msg_get_text(&ret->reader, SHODO_MSG_TEXT_BYTES, c, a);
    shodo_msg_get_text(&ret->kind, SHODO_MSG_TEXT_BYTES, c, a);
    ret->time = get_time(c);
    uint64_t volume = shodo_cur_var(c);
    ret->record = shodo_cur_var(c);
    shodo_msg_get_text(&ret->path, SHODO_LIMIT_PATH_BYTES, c, a);
    shodo_msg_get_text(&ret->source, SHODO_LIMIT_PATH_BYTES, c, a);
    shodo_msg_get_text(&ret->values_json, SHODO_MSG_DETAIL_BYTES, c, a);
    if (c->bad || volume >= SHODO_LIMIT_VOLUMES || !ret->reader || !ret->kind ||
        !ret->values_json || !is_object(ret->values_json))
        return bad(err, "fact");
    ret->volume = (uint32_t)volume;
    return SHODO_OK;
}

bool shodo_msg_put_verdict(struct shodo_buf *b, uint64_t index,
                           const struct shodo_rule_verdict *v) {
    shodo_buf_add_var(b, index);
    shodo_buf_addc(b, v->accepted);
    shodo_buf_addc(b, v->needs_externals);
    return shodo_buf_add_str(b, v->message, strnlen(v->message, sizeof v->message)) && !b->failed;
}

enum shodo_status shodo_msg_get_verdict(uint64_t *ret_index, struct shodo_rule_verdict *ret,
                                        struct shodo_cur *c, struct shodo_error *err) {
    *ret = (struct shodo_rule_verdict){.accepted = false};
    *ret_index = shodo_cur_var(c);
    ret->accepted = shodo_cur_u8(c) != 0;
    ret->needs_externals = shodo_cur_u8(c) != 0;
    size_t n = 0;
    const char *s = shodo_cur_str(c, &n);
    if (c->bad || n >= sizeof ret->message)
        return bad(err, "verdict");
    if (n)
        memcpy(ret->message, s, n);
    return SHODO_OK;
}

static void put_fixed(struct shodo_buf *b, const char *s, size_t size) {
    shodo_buf_add_str(b, s, strnlen(s, size));
}

static void get_fixed(char *out, size_t size, struct shodo_cur *c) {
    size_t n = 0;
    const char *s = shodo_cur_str(c, &n);
    if (c->bad || n >= size || (n && memchr(s, 0, n))) {
        c->bad = true;
        return;
    }
    memset(out, 0, size);
    if (n)
        memcpy(out, s, n);
}

static void put_shadows(struct shodo_buf *b, const struct shodo_volume_shadows *s) {
    shodo_buf_addc(b, s->is_known);
    shodo_buf_addc(b, (char)s->state);
    shodo_buf_add_var(b, s->count);
    shodo_buf_add_var(b, s->local);
    for (uint32_t i = 0; i < s->count && i < SHODO_VOLUME_SHADOWS; i++)
        shodo_buf_add_le64(b, (uint64_t)s->created[i]);
}

static bool get_shadows(struct shodo_volume_shadows *s, struct shodo_cur *c) {
    s->is_known = shodo_cur_u8(c) != 0;
    uint8_t state = shodo_cur_u8(c);
    uint64_t count = shodo_cur_var(c);
    s->local = shodo_cur_var(c);
    if (c->bad || state > SHODO_VSS_DAMAGED || count > SHODO_LIMIT_SHADOWS)
        return false;
    s->state = (enum shodo_vss_state)state;
    s->count = (uint32_t)count;
    for (uint32_t i = 0; i < s->count && i < SHODO_VOLUME_SHADOWS; i++)
        s->created[i] = (int64_t)shodo_cur_le64(c);
    return !c->bad;
}

bool shodo_msg_put_probe(struct shodo_buf *b, const struct shodo_volume_table *t,
                         const char *endpoint, uint64_t size_bytes, uint32_t sector_bytes) {
    shodo_buf_add_str(b, endpoint, strlen(endpoint));
    shodo_buf_add_var(b, size_bytes);
    shodo_buf_add_le32(b, sector_bytes);
    put_fixed(b, t->scheme, sizeof t->scheme);
    put_fixed(b, t->disk_id, sizeof t->disk_id);
    put_fixed(b, t->problem, sizeof t->problem);
    shodo_buf_add_le32(b, t->sector_bytes);
    shodo_buf_add_var(b, t->volumes.count);
    for (size_t i = 0; i < t->volumes.count; i++) {
        const struct shodo_volume *v = shodo_vec_at(&t->volumes, i);
        shodo_buf_add_var(b, v->index);
        shodo_buf_add_var(b, v->offset);
        shodo_buf_add_var(b, v->length);
        shodo_buf_addc(b, (char)v->fs);
        put_fixed(b, v->fs_name, sizeof v->fs_name);
        put_fixed(b, v->why, sizeof v->why);
        put_fixed(b, v->label, sizeof v->label);
        put_fixed(b, v->serial, sizeof v->serial);
        put_fixed(b, v->part_type, sizeof v->part_type);
        put_fixed(b, v->part_name, sizeof v->part_name);
        shodo_buf_addc(b, v->drive);
        shodo_buf_addc(b, v->has_windows);
        put_fixed(b, v->users, sizeof v->users);
        shodo_buf_addc(b, v->is_dirty);
        shodo_buf_addc(b, (char)v->sleep);
        shodo_buf_add_le32(b, v->cluster_bytes);
        shodo_buf_addc(b, v->is_bitlocker);
        put_fixed(b, v->key_ids, sizeof v->key_ids);
        put_shadows(b, &v->shadows);
    }
    return !b->failed;
}

static bool get_volume(struct shodo_volume *v, struct shodo_cur *c, uint64_t i) {
    uint64_t index = shodo_cur_var(c);
    v->index = (uint32_t)i;
    v->offset = shodo_cur_var(c);
    v->length = shodo_cur_var(c);
    uint8_t fs = shodo_cur_u8(c);
    get_fixed(v->fs_name, sizeof v->fs_name, c);
    get_fixed(v->why, sizeof v->why, c);
    get_fixed(v->label, sizeof v->label, c);
    get_fixed(v->serial, sizeof v->serial, c);
    get_fixed(v->part_type, sizeof v->part_type, c);
    get_fixed(v->part_name, sizeof v->part_name, c);
    v->drive = get_drive(c);
    v->has_windows = shodo_cur_u8(c) != 0;
    get_fixed(v->users, sizeof v->users, c);
    v->is_dirty = shodo_cur_u8(c) != 0;
    uint8_t asleep = shodo_cur_u8(c);
    v->cluster_bytes = shodo_cur_le32(c);
    v->is_bitlocker = shodo_cur_u8(c) != 0;
    get_fixed(v->key_ids, sizeof v->key_ids, c);
    bool is_good = get_shadows(&v->shadows, c);
    v->fs = (enum shodo_volume_fs)fs;
    v->sleep = (enum shodo_sleep)asleep;
    return is_good && !c->bad && index == i && fs <= SHODO_FS_UNKNOWN &&
           asleep <= SHODO_SLEEP_UNKNOWN;
}

enum shodo_status shodo_msg_get_probe(struct shodo_volume_table *ret,
                                      char ret_endpoint[SHODO_ENDPOINT_TEXT_BYTES],
                                      uint64_t *ret_size, uint32_t *ret_sector, struct shodo_cur *c,
                                      struct shodo_error *err) {
    *ret = (struct shodo_volume_table){.volumes = SHODO_VEC_INIT(sizeof(struct shodo_volume))};
    get_fixed(ret_endpoint, SHODO_ENDPOINT_TEXT_BYTES, c);
    *ret_size = shodo_cur_var(c);
    *ret_sector = shodo_cur_le32(c);
    get_fixed(ret->scheme, sizeof ret->scheme, c);
    get_fixed(ret->disk_id, sizeof ret->disk_id, c);
    get_fixed(ret->problem, sizeof ret->problem, c);
    ret->sector_bytes = shodo_cur_le32(c);
    uint64_t n = shodo_cur_var(c);
    /* the endpoint id becomes a directory name: hex digits and nothing else */
    if (c->bad || n > SHODO_LIMIT_VOLUMES ||
        strspn(ret_endpoint, "0123456789abcdef") != SHODO_ENDPOINT_TEXT_BYTES - 1)
        return bad(err, "probe");
    for (uint64_t i = 0; i < n; i++) {
        struct shodo_volume *v = shodo_vec_push(&ret->volumes);
        if (!v || !get_volume(v, c, i)) {
            shodo_vec_done(&ret->volumes);
            return bad(err, "probe");
        }
    }
    return SHODO_OK;
}
