/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: where the MFT lies, which records are in use, the label; and reading one record. */
#include "evidence/ntfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"

#define MFT_BITMAP_BYTES_MAX (SHODO_LIMIT_ENTRIES / 8 + 8)

static void note(struct shodo_ntfs *n, const char *text) {
    size_t len = strlen(n->problem);
    snprintf(n->problem + len, sizeof(n->problem) - len, "%s%s", len > 0 ? "; " : "", text);
}

/* Record 0 from the place the boot sector names, or from the mirror. */
static enum shodo_status read_first(struct shodo_ntfs *n, uint64_t at, struct ntfs_record *ret,
                                    struct shodo_error *err) {
    uint64_t bad = 0, size = shodo_source_size(n->source);
    if (at > size || n->boot.record_bytes > size - at)
        return shodo_fail(err, SHODO_DAMAGED, "$MFT would lie beyond the volume");
    if (shodo_source_read(n->source, at, n->record_buf, n->boot.record_bytes, &bad, err) !=
        SHODO_OK)
        return SHODO_UNREADABLE;
    if (ntfs_record_parse(ret, NTFS_MFT, n->record_buf, n->boot.record_bytes) != NTFS_RECORD_OK ||
        ret->damage || bad > 0)
        return shodo_fail(err, bad > 0 ? SHODO_UNREADABLE : SHODO_DAMAGED, "record 0: %s",
                          bad > 0       ? "cannot be read"
                          : ret->damage ? ret->damage
                                        : "is empty");
    return SHODO_OK;
}

/* The unnamed $DATA of record 0 as far as the base record describes it. */
static enum shodo_status find_mft(struct shodo_ntfs *n, const struct ntfs_record *r,
                                  struct shodo_error *err) {
    struct ntfs_attr a;
    const char *damage = NULL;
    uint32_t pos = r->first_attr;
    uint64_t clusters = 0;
    n->mft.count = 0;
    while (ntfs_attr_next(r, &pos, &a, &damage)) {
        if (a.type != NTFS_DATA || a.name_bytes > 0 || a.is_resident || a.first_cluster != 0)
            continue;
        if (!a.pairs || shodo_runs_decode(&n->mft, a.pairs, a.pairs_bytes, n->boot.cluster_bytes,
                                          &clusters) != SHODO_RUNS_OK)
            return shodo_fail(err, SHODO_DAMAGED, "run list of $MFT is broken");
        n->mft_bytes = a.size_bytes;
        break;
    }
    if (n->mft.count == 0 || n->mft_bytes < n->boot.record_bytes)
        return shodo_fail(err, SHODO_DAMAGED, "record 0 describes no $MFT");
    n->records = n->mft_bytes / n->boot.record_bytes;
    if (n->records > SHODO_LIMIT_ENTRIES) {
        note(n, "more MFT records than the limit, the rest is not listed");
        n->records = SHODO_LIMIT_ENTRIES;
    }
    return SHODO_OK;
}

static void load_bitmap(struct shodo_ntfs *n, const struct shodo_stream *st) {
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    size_t want = (size_t)SHODO_MIN(st->size_bytes, (uint64_t)MFT_BITMAP_BYTES_MAX);
    uint64_t lost = 0;
    if (!shodo_buf_reserve(&n->bitmap, want + 1))
        return;
    if (st->resident) {
        shodo_buf_add(&n->bitmap, st->resident, st->resident_len);
        return;
    }
    lost = shodo_runs_read(n->source, st->runs, st->runs_count, &pos, 0, n->bitmap.data, want);
    if (lost > 0) {
        note(n, "$MFT:$BITMAP cannot be read completely and is not used");
        return;
    }
    n->bitmap.len = want;
}

/* Record 0 as an entry: all pieces of $MFT, its bitmap. */
static enum shodo_status load_mft(struct shodo_ntfs *n, const struct ntfs_record *r,
                                  struct shodo_error *err) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_entry e;
    uint32_t security = 0;
    enum shodo_status st = ntfs_entry_build(n, r, true, &e, &security, &arena, err);
    if (st != SHODO_OK)
        return st;
    if (e.flags & SHODO_ENTRY_DAMAGED)
        note(n, e.damage);
    for (size_t i = 0; i < e.streams_count; i++) {
        const struct shodo_stream *s = &e.streams[i];
        if (s->attr_type == NTFS_DATA && s->name_len == 0 && s->runs_count > 0) {
            n->mft.count = 0;
            for (size_t k = 0; k < s->runs_count; k++)
                if (!shodo_runs_add(&n->mft, s->runs[k].offset, s->runs[k].length,
                                    s->runs[k].is_hole))
                    return shodo_fail(err, SHODO_NOMEM, "no memory for the runs of $MFT");
            n->mft_pos = (struct shodo_runs_pos){.index = 0, .start = 0};
        } else if (s->attr_type == NTFS_BITMAP) {
            load_bitmap(n, s);
        }
    }
    return SHODO_OK;
}

bool ntfs_volume_attr(struct shodo_ntfs *n, uint32_t type, struct ntfs_attr *ret) {
    struct ntfs_record r;
    enum ntfs_record_state state;
    const char *damage = NULL;
    if (ntfs_record_read(n, NTFS_VOLUME, n->record_buf, &r, &state, NULL) != SHODO_OK ||
        state != NTFS_RECORD_OK)
        return false;
    for (uint32_t pos = r.first_attr; ntfs_attr_next(&r, &pos, ret, &damage);)
        if (ret->type == type && ret->is_resident)
            return true;
    return false;
}

static void load_label(struct shodo_ntfs *n) {
    struct ntfs_attr a;
    if (!ntfs_volume_attr(n, NTFS_VOLUME_NAME, &a))
        return;
    shodo_buf_clear(&n->text);
    if (shodo_text_decode(&n->text, SHODO_UTF16LE, a.value, a.value_bytes, NULL))
        snprintf(n->label, sizeof(n->label), "%s", shodo_buf_cstr(&n->text));
}

/* The first records of $MFT against their copies: says which of the two is to be doubted. */
static void check_mirror(struct shodo_ntfs *n) {
    uint32_t size = n->boot.record_bytes;
    uint8_t *copy = malloc(size);
    for (uint64_t i = 0; copy && i < 4 && i < n->records; i++) {
        uint64_t at = n->boot.mirror_offset + i * size, bad = 0;
        struct ntfs_record r, m;
        enum ntfs_record_state state;
        if (at > shodo_source_size(n->source) || size > shodo_source_size(n->source) - at ||
            shodo_source_read(n->source, at, copy, size, &bad, NULL) != SHODO_OK || bad > 0 ||
            ntfs_record_parse(&m, i, copy, size) != NTFS_RECORD_OK || m.damage) {
            note(n, "$MFTMirr is damaged");
            break;
        }
        if (ntfs_record_read(n, i, n->record_buf, &r, &state, NULL) != SHODO_OK ||
            state != NTFS_RECORD_OK || m.used != r.used ||
            memcmp(copy + 48, r.data + 48, r.used - 48) != 0) {
            note(n, "$MFT and $MFTMirr differ");
            break;
        }
    }
    free(copy);
}

static enum shodo_status open_volume(struct shodo_ntfs *n, struct shodo_error *err) {
    struct ntfs_record r;
    bool is_copy = false;
    enum shodo_status st = ntfs_boot_read(&n->boot, n->source, &is_copy, err);
    if (st != SHODO_OK)
        return st;
    if (is_copy)
        note(n, "boot sector is damaged, its copy was used");
    n->record_buf = malloc(n->boot.record_bytes);
    if (!n->record_buf)
        return shodo_fail(err, SHODO_NOMEM, "no memory for an MFT record");
    st = read_first(n, n->boot.mft_offset, &r, err);
    if (st == SHODO_OK)
        st = find_mft(n, &r, err);
    if (st != SHODO_OK) {
        note(n, "$MFT begins damaged, $MFTMirr was used");
        st = read_first(n, n->boot.mirror_offset, &r, err);
        if (st == SHODO_OK)
            st = find_mft(n, &r, err);
    }
    if (st == SHODO_OK)
        st = load_mft(n, &r, err);
    if (st != SHODO_OK)
        return st;
    n->dir_of = calloc(n->records, sizeof(*n->dir_of));
    if (!n->dir_of)
        return shodo_fail(err, SHODO_NOMEM, "no memory for %llu records",
                          (unsigned long long)n->records);
    load_label(n);
    check_mirror(n);
    return SHODO_OK;
}

enum shodo_status ntfs_open(struct shodo_ntfs **ret, struct shodo_source *s,
                            struct shodo_error *err) {
    struct shodo_ntfs *n = calloc(1, sizeof(*n));
    enum shodo_status st = SHODO_OK;
    if (!n)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a volume");
    n->source = s;
    n->mft = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_run));
    n->dirs = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ntfs_dir));
    n->owners = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ntfs_owner));
    n->attrs = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct ntfs_attr));
    n->runs = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_run));
    n->path_parent = UINT64_MAX;
    st = open_volume(n, err);
    if (st != SHODO_OK) {
        ntfs_free(n);
        return st;
    }
    *ret = n;
    return SHODO_OK;
}

struct shodo_ntfs *ntfs_free(struct shodo_ntfs *n) {
    if (!n)
        return NULL;
    shodo_vec_done(&n->mft);
    shodo_vec_done(&n->dirs);
    shodo_vec_done(&n->owners);
    shodo_vec_done(&n->attrs);
    shodo_vec_done(&n->runs);
    shodo_buf_done(&n->bitmap);
    shodo_buf_done(&n->dir_names);
    shodo_buf_done(&n->owner_texts);
    shodo_buf_done(&n->text);
    shodo_buf_done(&n->path);
    free(n->record_buf);
    free(n->dir_of);
    free(n);
    return NULL;
}

bool ntfs_is_allocated(const struct shodo_ntfs *n, uint64_t number, bool fallback) {
    if (number / 8 >= n->bitmap.len)
        return fallback;
    return ((uint8_t)n->bitmap.data[number / 8] >> (number % 8) & 1) != 0;
}

enum shodo_status ntfs_record_read(struct shodo_ntfs *n, uint64_t number, uint8_t *buf,
                                   struct ntfs_record *ret, enum ntfs_record_state *ret_state,
                                   struct shodo_error *err) {
    uint64_t lost = 0;
    uint32_t size = n->boot.record_bytes;
    if (number >= n->records)
        return shodo_fail(err, SHODO_NOTFOUND, "record %llu is beyond the end of $MFT",
                          (unsigned long long)number);
    lost = shodo_runs_read(n->source, n->mft.data, n->mft.count, &n->mft_pos, number * size, buf,
                           size);
    *ret_state = ntfs_record_parse(ret, number, buf, size);
    if (lost > 0)
        return shodo_fail(err, SHODO_UNREADABLE, "record %llu cannot be read",
                          (unsigned long long)number);
    return SHODO_OK;
}
