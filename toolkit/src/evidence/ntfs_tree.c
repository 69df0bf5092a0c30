/* SPDX-License-Identifier: Apache-2.0 */
/* The parent map: directories by record number, and paths made from it. */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"
#include "evidence/ntfs.h"

#define CHUNK_BYTES SHODO_MIB(1)
#define ORPHANS     "/$OrphanFiles"

struct tree_pass {
    struct shodo_ntfs *n;
    struct shodo_error *err;
};

enum shodo_status ntfs_each_record(struct shodo_ntfs *n,
                                   enum shodo_status (*each)(void *ctx, const struct ntfs_record *r,
                                                             enum ntfs_record_state state,
                                                             bool is_unreadable),
                                   void *ctx, struct shodo_error *err) {
    uint32_t size = n->boot.record_bytes;
    uint64_t per_chunk = CHUNK_BYTES / size, count = 0;
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    uint8_t *buf = malloc(CHUNK_BYTES);
    enum shodo_status st = SHODO_OK;
    if (!buf)
        return shodo_fail(err, SHODO_NOMEM, "no memory for reading $MFT");
    for (uint64_t i = 0; st == SHODO_OK && i < n->records; i += count) {
        uint64_t lost = 0;
        count = SHODO_MIN(per_chunk, n->records - i);
        lost = shodo_runs_read(n->source, n->mft.data, n->mft.count, &pos, i * size, buf,
                               (size_t)count * size);
        for (uint64_t k = 0; st == SHODO_OK && k < count; k++) {
            struct ntfs_record r;
            enum ntfs_record_state state;
            bool is_unreadable = false;
            uint8_t *p = buf + k * size;
            if (lost > 0) /* which of them: the source knows, and answers without the medium */
                is_unreadable = ntfs_record_read(n, i + k, p, &r, &state, NULL) == SHODO_UNREADABLE;
            else
                state = ntfs_record_parse(&r, i + k, p, size);
            st = each(ctx, &r, state, is_unreadable);
        }
    }
    free(buf);
    return st;
}

static bool append_ascii(struct shodo_buf *out, const uint8_t *p, size_t units) {
    char *to = NULL;
    if (!shodo_buf_reserve(out, units))
        return false;
    to = out->data + out->len;
    for (size_t i = 0; i < units; i++)
        to[i] = (char)p[2 * i];
    out->len += units;
    out->data[out->len] = '\0';
    return true;
}

bool ntfs_name_append(struct shodo_buf *out, const uint8_t *utf16, size_t bytes, bool *ret_odd) {
    size_t units = bytes / 2, from = 0;
    bool is_ascii = true;
    for (size_t i = 0; i < units; i++) {
        uint16_t c = shodo_le16(utf16 + 2 * i);
        if (c == 0 || c == '/') {
            if (!shodo_text_decode(out, SHODO_UTF16LE, utf16 + 2 * from, 2 * (i - from), NULL) ||
                !shodo_buf_adds(out, "\xef\xbf\xbd"))
                return false;
            from = i + 1;
            *ret_odd = true;
        }
        is_ascii = is_ascii && c < 0x80;
    }
    if (from == 0 && is_ascii)
        return append_ascii(out, utf16, units);
    return shodo_text_decode(out, SHODO_UTF16LE, utf16 + 2 * from, 2 * (units - from), NULL);
}

static enum shodo_status add_dir(struct shodo_ntfs *n, const struct ntfs_record *r, uint64_t parent,
                                 uint16_t parent_sequence, const char *name, size_t len,
                                 struct shodo_error *err) {
    struct ntfs_dir *d = NULL;
    size_t at = n->dir_names.len;
    if (at + len > UINT32_MAX || len > UINT16_MAX)
        return shodo_fail(err, SHODO_LIMIT, "folder names of the volume exceed 4 GiB");
    d = shodo_vec_push(&n->dirs);
    if (!d || !shodo_buf_add(&n->dir_names, name, len))
        return shodo_fail(err, SHODO_NOMEM, "no memory for the folder map");
    *d = (struct ntfs_dir){
        .parent = parent,
        .record = (uint32_t)r->number,
        .name_at = (uint32_t)at,
        .name_len = (uint16_t)len,
        .parent_sequence = parent_sequence,
        .sequence = r->sequence,
        .is_deleted = (r->flags & NTFS_RECORD_IN_USE) == 0,
    };
    n->dir_of[r->number] = (uint32_t)n->dirs.count;
    return SHODO_OK;
}

/* The name is not in the base record itself: build the whole entry. */
static enum shodo_status add_dir_slow(struct shodo_ntfs *n, const struct ntfs_record *r,
                                      struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry e;
    uint32_t security = 0;
    enum shodo_status st = ntfs_entry_build(n, r, false, &e, &security, &arena, err);
    if (st != SHODO_OK || e.names_count == 0)
        return st;
    return add_dir(n, r, e.names[0].parent, e.names[0].parent_seq, e.names[0].name,
                   e.names[0].name_len, err);
}

static enum shodo_status tree_record(void *ctx, const struct ntfs_record *r,
                                     enum ntfs_record_state state, bool is_unreadable) {
    struct tree_pass *p = ctx;
    struct shodo_ntfs *n = p->n;
    struct ntfs_attr a, best = {.type = 0};
    const char *damage = NULL;
    bool has_list = false, is_odd = false;
    (void)is_unreadable;
    if (state != NTFS_RECORD_OK || r->is_extension || (r->flags & NTFS_RECORD_DIRECTORY) == 0)
        return SHODO_OK;
    for (uint32_t pos = r->first_attr; ntfs_attr_next(r, &pos, &a, &damage);) {
        if (a.type == NTFS_ATTRIBUTE_LIST)
            has_list = true;
        if (a.type != NTFS_FILE_NAME || !a.is_resident || a.value_bytes < 66 ||
            a.value_bytes - 66 < 2u * a.value[64] || a.value[64] == 0)
            continue;
        if (best.type == 0 || best.value[65] == 2)
            best = a;
    }
    if (best.type == 0 || (has_list && best.value[65] == 2))
        return has_list ? add_dir_slow(n, r, p->err) : SHODO_OK;
    shodo_buf_clear(&n->text);
    if (!ntfs_name_append(&n->text, best.value + 66, 2u * best.value[64], &is_odd))
        return shodo_fail(p->err, SHODO_NOMEM, "no memory for the folder map");
    return add_dir(n, r, shodo_le64(best.value) & NTFS_REFERENCE_MASK, shodo_le16(best.value + 6),
                   n->text.data, n->text.len, p->err);
}

enum shodo_status ntfs_tree_build(struct shodo_ntfs *n, struct shodo_error *err) {
    struct tree_pass p = {.n = n, .err = err};
    enum shodo_status st = SHODO_OK;
    n->dirs.count = 0;
    n->dir_names.len = 0;
    n->path_parent = UINT64_MAX;
    memset(n->dir_of, 0, n->records * sizeof(*n->dir_of));
    st = ntfs_each_record(n, tree_record, &p, err);
    n->has_tree = st == SHODO_OK;
    return st;
}

enum shodo_status ntfs_tree_need(struct shodo_ntfs *n, const struct shodo_entry *e,
                                 struct shodo_error *err) {
    struct tree_pass p = {.n = n, .err = err};
    enum shodo_status st = SHODO_OK;
    uint8_t *buf = NULL;
    if (n->has_tree)
        return SHODO_OK;
    buf = malloc(n->boot.record_bytes);
    if (!buf)
        return shodo_fail(err, SHODO_NOMEM, "no memory for an MFT record");
    n->path_parent = UINT64_MAX;
    for (size_t i = 0; st == SHODO_OK && i < e->names_count; i++) {
        uint64_t at = e->names[i].parent;
        for (unsigned depth = 0; depth <= SHODO_LIMIT_DEPTH && at < n->records; depth++) {
            struct ntfs_record r;
            enum ntfs_record_state state;
            if (n->dir_of[at] == 0) {
                if (ntfs_record_read(n, at, buf, &r, &state, NULL) == SHODO_NOTFOUND)
                    break;
                st = tree_record(&p, &r, state, false);
            }
            if (st != SHODO_OK || n->dir_of[at] == 0 || at == NTFS_ROOT)
                break;
            at = ((const struct ntfs_dir *)shodo_vec_at(&n->dirs, n->dir_of[at] - 1))->parent;
        }
    }
    free(buf);
    return st;
}

/* A freed record counts its sequence up, so a child of a deleted folder is one behind. */
static bool is_same_generation(const struct ntfs_dir *d, uint16_t sequence) {
    return d->sequence == sequence || (d->is_deleted && (uint16_t)(d->sequence - 1) == sequence);
}

/* Path of folder (record, sequence) into n->path; ends without '/'. The root is "". */
static enum shodo_status folder_path(struct shodo_ntfs *n, uint64_t record, uint16_t sequence,
                                     struct shodo_error *err) {
    const struct ntfs_dir *chain[SHODO_LIMIT_DEPTH];
    size_t depth = 0, bytes = 0;
    uint64_t at = record;
    uint16_t want = sequence;
    bool is_orphan = false;
    if (n->path_parent == record && n->path_parent_sequence == sequence)
        return SHODO_OK;
    for (;;) {
        const struct ntfs_dir *d = NULL;
        if (at < n->records && n->dir_of[at] != 0)
            d = shodo_vec_at(&n->dirs, n->dir_of[at] - 1);
        if (!d || !is_same_generation(d, want) || depth == SHODO_LIMIT_DEPTH ||
            bytes + d->name_len + 1 > SHODO_LIMIT_PATH_BYTES / 2) {
            is_orphan = true;
            break;
        }
        if (at == NTFS_ROOT)
            break;
        chain[depth++] = d;
        bytes += d->name_len + 1u;
        at = d->parent;
        want = d->parent_sequence;
    }
    if (is_orphan && depth == SHODO_LIMIT_DEPTH)
        depth = 0; /* a loop: its names mean nothing */
    shodo_buf_clear(&n->path);
    if (is_orphan)
        shodo_buf_adds(&n->path, ORPHANS);
    while (depth > 0) {
        const struct ntfs_dir *d = chain[--depth];
        shodo_buf_addc(&n->path, '/');
        shodo_buf_add(&n->path, n->dir_names.data + d->name_at, d->name_len);
    }
    n->path_parent = record;
    n->path_parent_sequence = sequence;
    n->path_is_orphan = is_orphan;
    if (n->path.failed) {
        n->path_parent = UINT64_MAX;
        return shodo_fail(err, SHODO_NOMEM, "no memory for a path");
    }
    return SHODO_OK;
}

static enum shodo_status set_path(struct shodo_ntfs *n, struct shodo_name *nm,
                                  struct shodo_arena *arena, struct shodo_error *err) {
    char *p = NULL;
    size_t len = n->path.len;
    enum shodo_status st = folder_path(n, nm->parent, nm->parent_seq, err);
    if (st != SHODO_OK)
        return st;
    len = n->path.len;
    p = shodo_arena_alloc(arena, len + nm->name_len + 2, 1);
    if (!p)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a path");
    if (len > 0)
        memcpy(p, n->path.data, len);
    p[len] = '/';
    memcpy(p + len + 1, nm->name, nm->name_len);
    nm->path = p;
    nm->path_len = len + 1 + nm->name_len;
    return SHODO_OK;
}

enum shodo_status ntfs_tree_paths(struct shodo_ntfs *n, struct shodo_entry *e,
                                  struct shodo_arena *arena, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const struct shodo_name *first = NULL;
    bool first_is_orphan = true;
    if (e->record == NTFS_ROOT) {
        e->path = "/";
        e->path_len = 1;
        for (size_t i = 0; i < e->names_count; i++) {
            e->names[i].path = e->path;
            e->names[i].path_len = e->path_len;
        }
        return SHODO_OK;
    }
    for (size_t i = 0; i < e->names_count; i++) {
        enum shodo_status st = set_path(n, &e->names[i], arena, err);
        if (st != SHODO_OK)
            return st;
        if (!first || (first_is_orphan && !n->path_is_orphan)) {
            first = &e->names[i];
            first_is_orphan = n->path_is_orphan;
        }
    }
    if (!first) {
        if (!shodo_buf_addf(&b, ORPHANS "/OrphanFile-%llu", (unsigned long long)e->record))
            return shodo_fail(err, SHODO_NOMEM, "no memory for a path");
        e->path = shodo_arena_str(arena, b.data, b.len);
        e->path_len = b.len;
    } else {
        e->path = first->path;
        e->path_len = first->path_len;
    }
    if (!e->path)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a path");
    if (first_is_orphan)
        e->flags |= SHODO_ENTRY_ORPHAN;
    return SHODO_OK;
}
