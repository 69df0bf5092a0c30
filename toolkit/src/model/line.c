/* SPDX-License-Identifier: Apache-2.0 */
#include "model/line.h"

#include <stdio.h>
#include <string.h>

#include "base/cur.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "model/entry.h"

void shodo_line_str(struct shodo_json *j, const char *key, const char *s) {
    if (s)
        shodo_json_str(j, key, s);
}

void shodo_line_count(struct shodo_json *j, const char *key, uint64_t v) {
    shodo_json_u64(j, key, SHODO_MIN(v, (uint64_t)INT64_MAX));
}

void shodo_line_time(struct shodo_json *j, const char *key, int64_t t) {
    if (t != SHODO_TIME_NONE)
        shodo_json_time(j, key, t);
}

void shodo_line_place(struct shodo_json *j, uint32_t volume, uint64_t record, uint16_t sequence,
                      const char *path, char drive, const char *stream) {
    const char drive_text[2] = {drive, '\0'};
    char inode[24];
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;

    shodo_json_u64(j, "shodo.volume", volume);
    /* a string, as ECS has it */
    snprintf(inode, sizeof(inode), "%llu", (unsigned long long)record);
    shodo_json_str(j, "file.inode", inode);
    shodo_json_u64(j, "shodo.sequence", sequence);
    if (path) {
        shodo_entry_windows_path(&b, drive, path, strlen(path), NULL, 0);
        shodo_json_strn(j, "file.path", shodo_buf_cstr(&b), b.len);
        shodo_json_str(j, "shodo.path", path);
    }
    if (drive)
        shodo_json_str(j, "shodo.drive", drive_text);
    if (stream && *stream)
        shodo_json_str(j, "file.fork_name", stream);
    if (b.failed)
        j->out->failed = true;
}

void shodo_line_bad(struct shodo_line *l, const char *key, enum shodo_status rc) {
    if (l->rc == SHODO_OK) {
        l->rc = rc;
        l->bad_key = key;
    }
}

const char *shodo_line_take_str(struct shodo_line *l, const char *key, bool required) {
    const struct shodo_value *v = shodo_value_get(l->v, key);

    if (!v) {
        if (required)
            shodo_line_bad(l, key, SHODO_NOTFOUND);
        return NULL;
    }
    if (shodo_value_kind(v) == SHODO_VALUE_STR)
        return shodo_value_str(v);
    /* bytes that are no UTF-8: a NUL in them ends the text, as it did for the writer */
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!shodo_value_bytes(&b, v)) {
        shodo_line_bad(l, key, b.failed ? SHODO_NOMEM : SHODO_INVALID);
        return NULL;
    }
    const char *s = shodo_arena_str(l->arena, shodo_buf_cstr(&b), b.len);
    if (!s)
        shodo_line_bad(l, key, SHODO_NOMEM);
    return s;
}

uint64_t shodo_line_take_count(struct shodo_line *l, const char *key, uint64_t max) {
    const struct shodo_value *v = shodo_value_get(l->v, key);
    int64_t n = shodo_value_int(v, -1);

    if (!v)
        return 0;
    if (n < 0 || (uint64_t)n > max) {
        shodo_line_bad(l, key, SHODO_INVALID);
        return 0;
    }
    return (uint64_t)n;
}

int64_t shodo_line_take_time(struct shodo_line *l, const char *key) {
    const char *s = shodo_line_take_str(l, key, false);
    int64_t t = SHODO_TIME_NONE;

    if (s && !shodo_time_parse(s, strlen(s), &t))
        shodo_line_bad(l, key, SHODO_INVALID);
    return t;
}

void shodo_line_take_id(struct shodo_line *l, const char *key, char out[65]) {
    const char *s = shodo_line_take_str(l, key, true);
    uint8_t raw[SHODO_SHA256_BYTES];

    out[0] = '\0';
    if (!s)
        return;
    if (!shodo_text_parse_hex(s, strlen(s), raw, sizeof(raw)))
        shodo_line_bad(l, key, SHODO_INVALID);
    else
        shodo_hex(raw, sizeof(raw), out);
}

const char *shodo_line_take_object(struct shodo_line *l, const char *key) {
    const struct shodo_value *v = shodo_value_get(l->v, key);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);

    if (!v)
        return NULL;
    if (shodo_value_kind(v) != SHODO_VALUE_MAP) {
        shodo_line_bad(l, key, SHODO_INVALID);
        return NULL;
    }
    shodo_value_write(&j, NULL, v);
    const char *s = b.failed ? NULL : shodo_arena_str(l->arena, b.data, b.len);
    if (!s)
        shodo_line_bad(l, key, SHODO_NOMEM);
    return s;
}

void shodo_line_take_place(struct shodo_line *l, uint32_t *volume, uint64_t *record,
                           uint16_t *sequence, const char **path, char *drive,
                           const char **stream) {
    const char *inode = shodo_line_take_str(l, "file.inode", false);
    const char *letter = shodo_line_take_str(l, "shodo.drive", false);

    *volume = (uint32_t)shodo_line_take_count(l, "shodo.volume", UINT32_MAX);
    *record = 0;
    if (inode && !shodo_text_parse_u64(inode, strlen(inode), record))
        shodo_line_bad(l, "file.inode", SHODO_INVALID);
    *sequence = (uint16_t)shodo_line_take_count(l, "shodo.sequence", UINT16_MAX);
    *path = shodo_line_take_str(l, "shodo.path", false);
    *drive = letter ? letter[0] : '\0';
    *stream = shodo_line_take_str(l, "file.fork_name", false);
}

enum shodo_status shodo_line_end(const struct shodo_line *l, struct shodo_error *err) {
    switch (l->rc) {
    case SHODO_OK:
        return SHODO_OK;
    case SHODO_NOMEM:
        return shodo_fail(err, SHODO_NOMEM, "out of memory");
    case SHODO_NOTFOUND:
        return shodo_fail(err, SHODO_INVALID, "%s: key '%s' is missing", l->noun, l->bad_key);
    default:
        return shodo_fail(err, SHODO_INVALID, "%s: key '%s' has a wrong value", l->noun,
                          l->bad_key);
    }
}

void shodo_line_id(const struct shodo_buf *parts, char out[65]) {
    uint8_t digest[SHODO_SHA256_BYTES];

    out[0] = '\0';
    if (parts->failed)
        return;
    shodo_sha256(parts->data, parts->len, digest);
    shodo_hex(digest, sizeof(digest), out);
}

void shodo_line_part(struct shodo_buf *parts, const char *s) {
    if (!s)
        s = "";
    shodo_buf_add_str(parts, s, strlen(s));
}
