/* SPDX-License-Identifier: Apache-2.0 */
/* A folder's index, to look up one name or to list them: every block is read, the tree order is not
 * trusted. */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "evidence/ntfs.h"

#define INDEX_BYTES_MAX SHODO_MIB(64)
#define FOLDER_FLAG     0x10000000u /* in the flags of $FILE_NAME: it has an index of names */

struct lookup {
    const char *name;
    size_t name_len;
    uint64_t record;
    bool is_found;
    ntfs_index_name each; /* instead of a name: all of them */
    void *ctx;
};

static uint8_t upper(uint8_t c) {
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

static bool name_is(const struct lookup *l, const uint8_t *utf16, size_t units) {
    if (units != l->name_len)
        return false;
    for (size_t i = 0; i < units; i++)
        if (utf16[2 * i + 1] != 0 || upper(utf16[2 * i]) != upper((uint8_t)l->name[i]))
            return false;
    return true;
}

/* Index node header at p: entries follow. */
static void search_node(struct lookup *l, const uint8_t *p, size_t n) {
    size_t at = 0, end = 0;
    if (n < 16)
        return;
    at = shodo_le32(p);
    end = SHODO_MIN((size_t)shodo_le32(p + 4), n);
    while (!l->is_found && at < end && end - at >= 16) {
        size_t length = shodo_le16(p + at + 8), key = shodo_le16(p + at + 10);
        if (length < 16 || length > end - at || (p[at + 12] & 2) != 0)
            break;
        bool is_whole = key >= 66 && key <= length - 16 && 66 + 2u * p[at + 16 + 64] <= key;
        const uint8_t *file_name = p + at + 16;
        if (is_whole && l->each)
            l->each(l->ctx, file_name + 66, file_name[64], file_name[65],
                    (shodo_le32(file_name + 56) & FOLDER_FLAG) != 0);
        else if (is_whole && name_is(l, file_name + 66, file_name[64])) {
            l->record = shodo_le64(p + at) & NTFS_REFERENCE_MASK;
            l->is_found = true;
        }
        at += length;
    }
}

static void search_blocks(struct shodo_ntfs *n, struct lookup *l, const struct shodo_stream *s) {
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    uint32_t size = n->boot.index_bytes;
    uint64_t total = SHODO_MIN(s->size_bytes, (uint64_t)INDEX_BYTES_MAX);
    uint8_t *buf = malloc(size);
    for (uint64_t at = 0; buf && !l->is_found && at + size <= total; at += size) {
        if (shodo_runs_read(n->source, s->runs, s->runs_count, &pos, at, buf, size) > 0 ||
            memcmp(buf, "INDX", 4) != 0 || ntfs_fixup(buf, size) != NULL)
            continue;
        search_node(l, buf + 24, size - 24);
    }
    free(buf);
}

static enum shodo_status search(struct shodo_ntfs *n, uint64_t dir, struct lookup *l,
                                struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct ntfs_record r;
    enum ntfs_record_state state;
    struct shodo_entry e;
    uint32_t security = 0;
    enum shodo_status st = ntfs_record_read(n, dir, n->record_buf, &r, &state, err);
    if (st != SHODO_OK)
        return st;
    if (state != NTFS_RECORD_OK || (r.flags & NTFS_RECORD_DIRECTORY) == 0)
        return shodo_fail(err, SHODO_NOTFOUND, "record %llu is no folder", (unsigned long long)dir);
    st = ntfs_entry_build(n, &r, true, &e, &security, &arena, err);
    if (st != SHODO_OK)
        return st;
    for (size_t i = 0; i < n->attrs.count && !l->is_found; i++) {
        const struct ntfs_attr *a = shodo_vec_at(&n->attrs, i);
        if (a->type == NTFS_INDEX_ROOT && a->is_resident && a->value_bytes > 16)
            search_node(l, a->value + 16, a->value_bytes - 16);
    }
    for (size_t i = 0; i < e.streams_count && !l->is_found; i++)
        if (e.streams[i].attr_type == NTFS_INDEX_ALLOCATION)
            search_blocks(n, l, &e.streams[i]);
    return SHODO_OK;
}

enum shodo_status ntfs_index_find(struct shodo_ntfs *n, uint64_t dir, const char *name,
                                  uint64_t *ret_record, struct shodo_error *err) {
    struct lookup l = {.name = name, .name_len = strlen(name)};
    enum shodo_status st = search(n, dir, &l, err);
    if (st != SHODO_OK)
        return st;
    if (!l.is_found)
        return shodo_fail(err, SHODO_NOTFOUND, "no '%s' in record %llu", name,
                          (unsigned long long)dir);
    *ret_record = l.record;
    return SHODO_OK;
}

enum shodo_status ntfs_index_names(struct shodo_ntfs *n, uint64_t dir, ntfs_index_name each,
                                   void *ctx, struct shodo_error *err) {
    struct lookup l = {.each = each, .ctx = ctx};
    return search(n, dir, &l, err);
}
