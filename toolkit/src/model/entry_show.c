/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of an entry in other forms, and its JSON. */
#include <string.h>

#include "base/json.h"
#include "model/entry.h"

void shodo_entry_base_name(const char *path, size_t n, const char **ret, size_t *ret_len) {
    const char *slash = n > 0 ? memrchr(path, '/', n) : NULL;
    const char *base = slash ? slash + 1 : path;

    *ret = base;
    *ret_len = n - (size_t)(base - path);
}

/* A name that only starts with a dot has no extension ("/x/.profile"), nor has one that ends with
 * it. */
bool shodo_entry_extension(struct shodo_buf *out, const char *path, size_t n) {
    const char *base;
    size_t len;

    shodo_entry_base_name(path, n, &base, &len);
    const char *dot = len > 0 ? memrchr(base, '.', len) : NULL;
    if (!dot || dot == base || dot == base + len - 1)
        return true;
    for (; dot < base + len; dot++)
        shodo_buf_addc(out, *dot >= 'A' && *dot <= 'Z' ? (char)(*dot + 32) : *dot);
    return !out->failed;
}

bool shodo_entry_windows_path(struct shodo_buf *out, char drive, const char *path, size_t n,
                              const char *stream, size_t stream_n) {
    if (drive) {
        shodo_buf_addc(out, drive);
        shodo_buf_addc(out, ':');
    }
    for (size_t i = 0; i < n; i++)
        shodo_buf_addc(out, path[i] == '/' ? '\\' : path[i]);
    if (stream_n > 0) {
        shodo_buf_addc(out, ':');
        shodo_buf_add(out, stream, stream_n);
    }
    return !out->failed;
}

uint64_t shodo_entry_first_offset(const struct shodo_entry *e) {
    if (e->streams_count == 0 || e->streams[0].name_len > 0 ||
        (e->streams[0].flags & SHODO_STREAM_RESIDENT))
        return UINT64_MAX;
    const struct shodo_stream *s = &e->streams[0];
    for (size_t i = 0; i < s->runs_count; i++)
        if (!s->runs[i].is_hole)
            return s->runs[i].offset;
    return UINT64_MAX;
}

struct flag_name {
    uint32_t flag;
    const char *name;
};

static void write_flags(struct shodo_json *j, const char *key, uint32_t flags,
                        const struct flag_name *names, size_t count) {
    shodo_json_array(j, key);
    for (size_t i = 0; i < count; i++)
        if (flags & names[i].flag)
            shodo_json_str(j, NULL, names[i].name);
    shodo_json_array_end(j);
}

static void write_times(struct shodo_json *j, const int64_t times[SHODO_TIMES]) {
    shodo_json_time(j, "mtime", times[SHODO_TIME_MODIFIED]);
    shodo_json_time(j, "atime", times[SHODO_TIME_ACCESSED]);
    shodo_json_time(j, "ctime", times[SHODO_TIME_CHANGED]);
    shodo_json_time(j, "btime", times[SHODO_TIME_BORN]);
}

static void write_name(struct shodo_json *j, const struct shodo_name *n) {
    shodo_json_object(j, NULL);
    shodo_json_strn(j, "name", n->name, n->name_len);
    shodo_json_u64(j, "parent", n->parent);
    shodo_json_u64(j, "parent_sequence", n->parent_seq);
    shodo_json_u64(j, "namespace", n->name_space);
    if (n->path)
        shodo_json_strn(j, "path", n->path, n->path_len);
    write_times(j, n->times);
    shodo_json_object_end(j);
}

static void write_stream(struct shodo_json *j, const struct shodo_stream *s) {
    static const struct flag_name names[] = {
        {SHODO_STREAM_RESIDENT, "resident"},
        {SHODO_STREAM_SPARSE, "sparse"},
        {SHODO_STREAM_COMPRESSED, "compressed"},
        {SHODO_STREAM_ENCRYPTED, "encrypted"},
        {SHODO_STREAM_WOF, "wof"},
        {SHODO_STREAM_NOT_DATA, "not_data"},
        {SHODO_STREAM_RUNS_CUT, "runs_cut"},
        {SHODO_STREAM_HOST_FD, "host_file"},
    };

    shodo_json_object(j, NULL);
    shodo_json_strn(j, "name", s->name, s->name_len);
    shodo_json_u64(j, "size", s->size_bytes);
    shodo_json_u64(j, "valid", s->valid_bytes);
    shodo_json_u64(j, "attribute_type", s->attr_type);
    shodo_json_u64(j, "attribute_id", s->attr_id);
    shodo_json_u64(j, "runs", s->runs_count);
    write_flags(j, "flags", s->flags, names, SHODO_ARRAY_SIZE(names));
    shodo_json_object_end(j);
}

void shodo_entry_write(struct shodo_json *j, const char *key, const struct shodo_entry *e) {
    static const char *const kinds[] = {
        [SHODO_ENTRY_FILE] = "file",
        [SHODO_ENTRY_DIR] = "dir",
        [SHODO_ENTRY_LINK] = "link",
        [SHODO_ENTRY_OTHER] = "other",
    };
    static const struct flag_name names[] = {
        {SHODO_ENTRY_DELETED, "deleted"},
        {SHODO_ENTRY_SYSTEM, "system"},
        {SHODO_ENTRY_REPARSE, "reparse"},
        {SHODO_ENTRY_ORPHAN, "orphan"},
        {SHODO_ENTRY_DAMAGED, "damaged"},
        {SHODO_ENTRY_OFFLINE, "offline"},
        {SHODO_ENTRY_TIMES_CLIPPED, "times_clipped"},
        {SHODO_ENTRY_READONLY, "dos_readonly"},
        {SHODO_ENTRY_HIDDEN, "dos_hidden"},
        {SHODO_ENTRY_DOS_SYSTEM, "dos_system"},
        {SHODO_ENTRY_ARCHIVE, "dos_archive"},
    };
    const char drive[2] = {e->drive, '\0'};

    shodo_json_object(j, key);
    shodo_json_u64(j, "volume", e->volume);
    shodo_json_u64(j, "record", e->record);
    shodo_json_u64(j, "sequence", e->sequence);
    shodo_json_str(j, "kind", kinds[e->kind]);
    shodo_json_strn(j, "path", e->path, e->path_len);
    if (e->drive)
        shodo_json_str(j, "drive", drive);
    write_flags(j, "flags", e->flags, names, SHODO_ARRAY_SIZE(names));
    if (e->flags & SHODO_ENTRY_REPARSE)
        shodo_json_u64(j, "reparse_tag", e->reparse_tag);
    if (e->owner_len > 0)
        shodo_json_strn(j, "owner", e->owner, e->owner_len);
    if (e->damage_len > 0)
        shodo_json_strn(j, "damage", e->damage, e->damage_len);
    write_times(j, e->times);
    shodo_json_array(j, "names");
    for (size_t i = 0; i < e->names_count; i++)
        write_name(j, &e->names[i]);
    shodo_json_array_end(j);
    shodo_json_array(j, "streams");
    for (size_t i = 0; i < e->streams_count; i++)
        write_stream(j, &e->streams[i]);
    shodo_json_array_end(j);
    shodo_json_object_end(j);
}
