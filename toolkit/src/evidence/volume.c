/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/volume.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "evidence/bitlocker.h"
#include "evidence/detect.h"
#include "evidence/partition.h"
#include "evidence/vss.h"

static void note(struct shodo_volume_table *t, const char *text) {
    size_t len = strlen(t->problem);
    snprintf(t->problem + len, sizeof(t->problem) - len, "%s%s", len > 0 ? "; " : "", text);
}

/* What protects the volume and which paper to look for; one whose protection is suspended opens
 * right away. */
static void explain_bitlocker(struct shodo_volume *v) {
    struct shodo_bitlocker_info info;
    struct shodo_error err = SHODO_ERROR_INIT;
    char kinds[100] = "";
    v->is_bitlocker = true;
    if (shodo_bitlocker_read(&info, v->source, &err) != SHODO_OK) {
        snprintf(v->why, sizeof(v->why), "%.200s", err.text);
        return;
    }
    for (size_t i = 0; i < info.protectors_count; i++) {
        const struct shodo_bitlocker_protector *p = &info.protectors[i];
        size_t n = strlen(kinds), k = strlen(v->key_ids);
        const char *name = shodo_bitlocker_kind_name(p->kind);
        if (!strstr(kinds, name))
            snprintf(kinds + n, sizeof(kinds) - n, "%s%s", n > 0 ? ", " : "", name);
        if (p->kind == SHODO_BITLOCKER_RECOVERY && k + 40 < sizeof(v->key_ids))
            snprintf(v->key_ids + k, sizeof(v->key_ids) - k, "%s%s", k > 0 ? ", " : "", p->id);
    }
    if (info.refuse[0] != '\0')
        snprintf(v->why, sizeof(v->why), "%s", info.refuse);
    else if (v->key_ids[0] == '\0')
        snprintf(v->why, sizeof(v->why), "encrypted with BitLocker (%s); it has no recovery key",
                 kinds);
    else
        snprintf(v->why, sizeof(v->why),
                 "encrypted with BitLocker (%.60s); recovery key with this ID is needed: %.118s",
                 kinds, v->key_ids);
    if (info.has_clear_key)
        shodo_volume_unlock(v, NULL, NULL);
}

enum shodo_status shodo_volume_unlock(struct shodo_volume *v, const struct shodo_bitlocker_key *key,
                                      struct shodo_error *err) {
    struct shodo_source *inner = NULL;
    enum shodo_status st = SHODO_OK;
    if (v->fs != SHODO_FS_BITLOCKER)
        return shodo_fail(err, SHODO_INVALID, "shodo_volume_unlock: volume %u is not locked",
                          v->index);
    st = shodo_bitlocker_open(&inner, v->source, key, err);
    if (st != SHODO_OK)
        return st;
    v->outer = v->source;
    v->source = inner;
    v->why[0] = '\0';
    detect_volume(v);
    return SHODO_OK;
}

static enum shodo_status add(struct shodo_volume_table *t, struct shodo_source *s, uint64_t offset,
                             uint64_t length, const struct partition *part,
                             struct shodo_error *err) {
    uint64_t size = shodo_source_size(s);
    struct shodo_volume *v = shodo_vec_push(&t->volumes);
    enum shodo_status st = SHODO_OK;
    bool is_cut = offset >= size || length > size - offset;
    if (!v)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the volume table");
    v->index = (uint32_t)(t->volumes.count - 1);
    v->offset = offset;
    v->length = length;
    if (part) {
        snprintf(v->part_type, sizeof(v->part_type), "%s", part->type);
        snprintf(v->part_name, sizeof(v->part_name), "%s", part->name);
    }
    if (is_cut) {
        note(t, "a partition reaches beyond the end of the source");
        offset = SHODO_MIN(offset, size);
        length = SHODO_MIN(length, size - offset);
    }
    st = shodo_source_window(&v->source, s, offset, length, err);
    if (st != SHODO_OK)
        return st;
    detect_volume(v);
    if (v->fs == SHODO_FS_BITLOCKER)
        explain_bitlocker(v);
    return SHODO_OK;
}

static bool gets_letter(const struct shodo_volume *v) {
    static const char *const hidden[] = {
        "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", /* EFI system */
        "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", /* Windows recovery */
        "0x27",
        "0xef",
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(hidden); i++)
        if (strcmp(v->part_type, hidden[i]) == 0)
            return false;
    return v->fs == SHODO_FS_NTFS || v->fs == SHODO_FS_FAT || v->fs == SHODO_FS_EXFAT;
}

void shodo_volume_table_letters(struct shodo_volume_table *t) {
    struct shodo_volume *v = t->volumes.data;
    struct shodo_volume *system = NULL;
    char next = 'D';
    for (size_t i = 0; i < t->volumes.count; i++) {
        v[i].drive = 0;
        if (v[i].has_windows && !system)
            system = &v[i];
    }
    if (system)
        system->drive = 'C';
    for (size_t i = 0; i < t->volumes.count && next <= 'Z'; i++)
        if (&v[i] != system && gets_letter(&v[i]))
            v[i].drive = next++;
}

static enum shodo_status read_partitions(struct shodo_volume_table *t, struct shodo_source *s,
                                         struct shodo_error *err) {
    struct partition_table parts;
    enum shodo_status st = partition_read(&parts, s, err);
    if (st == SHODO_OK) {
        snprintf(t->scheme, sizeof(t->scheme), "%s", parts.scheme);
        snprintf(t->disk_id, sizeof(t->disk_id), "%s", parts.disk_id);
        t->sector_bytes = parts.sector_bytes;
        if (parts.problem[0] != '\0')
            note(t, parts.problem);
    }
    for (size_t i = 0; st == SHODO_OK && i < parts.parts.count; i++) {
        const struct partition *p = shodo_vec_at(&parts.parts, i);
        st = add(t, s, p->offset, p->length, p, err);
    }
    partition_done(&parts);
    return st;
}

enum shodo_status shodo_volume_table_open(struct shodo_volume_table *ret, struct shodo_source *s,
                                          struct shodo_error *err) {
    uint8_t head[512];
    uint64_t bad = 0;
    const char *container = NULL;
    enum shodo_status st = SHODO_NOTFOUND;
    *ret = (struct shodo_volume_table){.volumes = SHODO_VEC_INIT(sizeof(struct shodo_volume)),
                                       .sector_bytes = shodo_source_sector(s)};
    if (shodo_source_size(s) < sizeof(head))
        return shodo_fail(err, SHODO_DAMAGED, "source of %llu bytes is too small for a disk",
                          (unsigned long long)shodo_source_size(s));
    st = shodo_source_read(s, 0, head, sizeof(head), &bad, err);
    if (st != SHODO_OK)
        return st;
    container = bad == 0 ? detect_container(head, sizeof(head)) : NULL;
    if (container)
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "the image is in %s format; make a raw copy first: "
                          "qemu-img convert -O raw IMAGE COPY.raw",
                          container);
    if (bad > 0)
        note(ret, "the first sector cannot be read");
    st = SHODO_NOTFOUND;
    if (bad > 0 || !detect_is_boot_sector(head, sizeof(head)))
        st = read_partitions(ret, s, err);
    if (st == SHODO_NOTFOUND) {
        snprintf(ret->scheme, sizeof(ret->scheme), "none");
        st = add(ret, s, 0, shodo_source_size(s), NULL, err);
    }
    if (st == SHODO_OK)
        shodo_volume_table_letters(ret);
    else
        shodo_volume_table_done(ret);
    return st;
}

void shodo_volume_table_done(struct shodo_volume_table *t) {
    for (size_t i = 0; i < t->volumes.count; i++) {
        struct shodo_volume *v = shodo_volume_at(t, i);
        shodo_source_free(v->source);
        shodo_source_free(v->outer);
    }
    shodo_vec_done(&t->volumes);
}

struct shodo_volume *shodo_volume_at(const struct shodo_volume_table *t, size_t i) {
    return shodo_vec_at(&t->volumes, i);
}

void shodo_endpoint_id(const struct shodo_volume_table *t, uint64_t disk_bytes, char out[13]) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_buf_addf(&b, "%llu\n%s\n", (unsigned long long)disk_bytes, t->disk_id);
    for (size_t i = 0; i < t->volumes.count; i++)
        shodo_buf_addf(&b, "%s\n", shodo_volume_at(t, i)->serial);
    shodo_sha256(shodo_buf_cstr(&b), b.len, digest);
    shodo_hex(digest, 6, out);
}

static void write_shadows(struct shodo_json *j, const struct shodo_volume_shadows *s) {
    shodo_json_str(j, "shadow_state", shodo_vss_state_name(s->state));
    shodo_json_array(j, "shadow_copies");
    for (uint32_t i = 0; i < s->count && i < SHODO_VOLUME_SHADOWS; i++) {
        shodo_json_object(j, NULL);
        shodo_json_u64(j, "number", i + 1);
        shodo_json_time(j, "created", s->created[i]);
        shodo_json_bool(j, "is_readable", s->local >> i & 1);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

const char *shodo_sleep_name(enum shodo_sleep s) {
    static const char *const names[] = {"none", "awake", "asleep", "unknown"};
    return s < SHODO_ARRAY_SIZE(names) ? names[s] : "unknown";
}

void shodo_volume_write(struct shodo_json *j, const char *key, const struct shodo_volume *v) {
    char drive[2] = {v->drive, '\0'};
    shodo_json_object(j, key);
    shodo_json_u64(j, "index", v->index);
    shodo_json_u64(j, "offset_bytes", v->offset);
    shodo_json_u64(j, "length_bytes", v->length);
    shodo_json_str(j, "fs", v->fs_name);
    shodo_json_bool(j, "is_read", v->why[0] == '\0' && v->fs != SHODO_FS_NONE);
    shodo_json_str(j, "why", v->why);
    shodo_auto(shodo_buf) struct shodo_buf ja = SHODO_BUF_INIT;
    shodo_volume_why_show(&ja, v->why, true);
    shodo_json_str(j, "why_ja", shodo_buf_cstr(&ja));
    shodo_json_str(j, "drive", drive);
    shodo_json_str(j, "label", v->label);
    shodo_json_str(j, "serial", v->serial);
    shodo_json_str(j, "part_type", v->part_type);
    shodo_json_str(j, "part_name", v->part_name);
    shodo_json_bool(j, "has_windows", v->has_windows);
    shodo_json_array(j, "users");
    for (const char *p = v->users; *p;) {
        size_t n = strcspn(p, "/");
        shodo_json_strn(j, NULL, p, n);
        p += n + (p[n] == '/');
    }
    shodo_json_array_end(j);
    if (v->fs == SHODO_FS_NTFS) {
        shodo_json_bool(j, "is_dirty", v->is_dirty);
        shodo_json_str(j, "hibernation", shodo_sleep_name(v->sleep));
    }
    shodo_json_bool(j, "is_bitlocker", v->is_bitlocker);
    shodo_json_str(j, "key_ids", v->key_ids);
    shodo_json_u64(j, "cluster_bytes", v->cluster_bytes);
    if (v->shadows.is_known)
        write_shadows(j, &v->shadows);
    shodo_json_object_end(j);
}
