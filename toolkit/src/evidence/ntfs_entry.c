/* SPDX-License-Identifier: Apache-2.0 */
/* From a base record and its extension records to an entry. */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/ntfs.h"

#define ATTRIBUTE_LIST_BYTES_MAX SHODO_KIB(256) /* Windows' own limit */

enum {
    TAG_MOUNT_POINT = 0xa0000003,
    TAG_SYMLINK = 0xa000000c,
    TAG_LX_SYMLINK = 0xa000001d,
    TAG_AF_UNIX = 0x80000023,
    TAG_LX_FIFO = 0x80000024,
    TAG_LX_CHR = 0x80000025,
    TAG_LX_BLK = 0x80000026,
    TAG_WOF = 0x80000017,
};

enum { /* DOS attributes, [MS-FSCC] 2.6 */
       DOS_READONLY = 0x1,
       DOS_HIDDEN = 0x2,
       DOS_SYSTEM = 0x4,
       DOS_ARCHIVE = 0x20,
       DOS_OFFLINE = 0x1000,
       DOS_RECALL_ON_OPEN = 0x40000,
       DOS_RECALL_ON_DATA_ACCESS = 0x400000,
};

struct build {
    struct shodo_ntfs *n;
    struct shodo_arena *arena;
    struct shodo_entry *e;
    bool want_not_data;
    uint32_t security_id;
    uint32_t wof_chunk;
    bool is_wof;
    struct shodo_error *err;
};

void ntfs_entry_damage(struct shodo_entry *e, struct shodo_arena *arena, const char *text) {
    size_t have = e->damage_len, add = strlen(text);
    char *p = NULL;
    e->flags |= SHODO_ENTRY_DAMAGED;
    if (have > 400 || (have >= add && memmem(e->damage, have, text, add)))
        return;
    p = shodo_arena_alloc(arena, have + add + 3, 1);
    if (!p)
        return;
    if (have > 0) {
        memcpy(p, e->damage, have);
        memcpy(p + have, "; ", 2);
        have += 2;
    }
    memcpy(p + have, text, add);
    e->damage = p;
    e->damage_len = have + add;
}

static enum shodo_status no_memory(struct shodo_error *err) {
    return shodo_fail(err, SHODO_NOMEM, "no memory for an entry");
}

static enum shodo_status collect_attrs(struct build *b, const struct ntfs_record *r) {
    struct ntfs_attr a;
    const char *damage = NULL;
    for (uint32_t pos = r->first_attr; ntfs_attr_next(r, &pos, &a, &damage);) {
        struct ntfs_attr *slot = shodo_vec_push(&b->n->attrs);
        if (!slot)
            return no_memory(b->err);
        *slot = a;
    }
    if (damage)
        ntfs_entry_damage(b->e, b->arena, damage);
    return SHODO_OK;
}

/* One extension record: it must say that it belongs to this record. */
static enum shodo_status collect_extension(struct build *b, const struct ntfs_record *base,
                                           uint64_t number, uint16_t sequence) {
    uint8_t *buf = shodo_arena_alloc(b->arena, b->n->boot.record_bytes, 8);
    struct ntfs_record r;
    enum ntfs_record_state state;
    bool is_deleted = (base->flags & NTFS_RECORD_IN_USE) == 0;
    enum shodo_status st = SHODO_OK;
    if (!buf)
        return no_memory(b->err);
    st = ntfs_record_read(b->n, number, buf, &r, &state, NULL);
    if (st == SHODO_UNREADABLE)
        ntfs_entry_damage(b->e, b->arena, "an extension record cannot be read");
    if (st == SHODO_NOTFOUND || state != NTFS_RECORD_OK) {
        if (st != SHODO_UNREADABLE)
            ntfs_entry_damage(b->e, b->arena, "an extension record is missing");
        return SHODO_OK;
    }
    if (!r.is_extension || r.base != base->number || (!is_deleted && r.sequence != sequence) ||
        (!is_deleted && r.base_sequence != base->sequence) ||
        (is_deleted && r.base_sequence != base->sequence &&
         r.base_sequence != (uint16_t)(base->sequence - 1))) {
        ntfs_entry_damage(b->e, b->arena,
                          is_deleted ? "an extension record has been reused"
                                     : "an extension record belongs to something else");
        return SHODO_OK;
    }
    if (r.damage)
        ntfs_entry_damage(b->e, b->arena, r.damage);
    return collect_attrs(b, &r);
}

static int compare_u64(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The distinct records that an attribute list names, other than the base. */
static enum shodo_status follow_list(struct build *b, const struct ntfs_record *base,
                                     const uint8_t *p, size_t n) {
    uint64_t *refs = shodo_arena_alloc(b->arena, (n / 24 + 1) * sizeof(*refs), 8);
    size_t count = 0, at = 0;
    if (!refs)
        return no_memory(b->err);
    while (n - at >= 26) {
        uint16_t length = shodo_le16(p + at + 4);
        uint64_t ref = shodo_le64(p + at + 16);
        if (length < 26 || length > n - at) {
            ntfs_entry_damage(b->e, b->arena, "attribute list is broken");
            break;
        }
        if ((ref & NTFS_REFERENCE_MASK) != base->number)
            refs[count++] = ref;
        at += length;
    }
    qsort(refs, count, sizeof(*refs), compare_u64);
    for (size_t i = 0; i < count; i++) {
        enum shodo_status st = SHODO_OK;
        if (i > 0 && refs[i] == refs[i - 1])
            continue;
        st = collect_extension(b, base, refs[i] & NTFS_REFERENCE_MASK, (uint16_t)(refs[i] >> 48));
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

/* Value of an attribute whatever its residence, in the arena when it is not resident. */
static enum shodo_status attr_value(struct build *b, const struct ntfs_attr *a, size_t max,
                                    const uint8_t **ret, size_t *ret_len) {
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    uint64_t clusters = 0;
    uint8_t *p = NULL;
    size_t n = (size_t)SHODO_MIN(a->size_bytes, (uint64_t)max);
    *ret = a->value;
    *ret_len = a->value_bytes;
    if (a->is_resident)
        return SHODO_OK;
    *ret_len = 0;
    b->n->runs.count = 0;
    if (!a->pairs || shodo_runs_decode(&b->n->runs, a->pairs, a->pairs_bytes,
                                       b->n->boot.cluster_bytes, &clusters) != SHODO_RUNS_OK) {
        ntfs_entry_damage(b->e, b->arena, "run list is broken");
        return SHODO_OK;
    }
    p = shodo_arena_alloc(b->arena, n + 1, 8);
    if (!p)
        return no_memory(b->err);
    if (n < a->size_bytes ||
        shodo_runs_read(b->n->source, b->n->runs.data, b->n->runs.count, &pos, 0, p, n) > 0)
        ntfs_entry_damage(b->e, b->arena, "an attribute that describes the file cannot be read");
    *ret = p;
    *ret_len = n;
    return SHODO_OK;
}

static int compare_attrs(const void *pa, const void *pb) {
    const struct ntfs_attr *a = pa, *b = pb;
    size_t n = SHODO_MIN(a->name_bytes, b->name_bytes);
    int d = a->type < b->type ? -1 : a->type > b->type;
    if (d == 0)
        d = n > 0 ? memcmp(a->name, b->name, n) : 0;
    if (d == 0)
        d = a->name_bytes < b->name_bytes ? -1 : a->name_bytes > b->name_bytes;
    if (d == 0)
        d = a->first_cluster < b->first_cluster ? -1 : a->first_cluster > b->first_cluster;
    if (d == 0)
        d = a->id < b->id ? -1 : a->id > b->id;
    return d;
}

static enum shodo_status collect(struct build *b, const struct ntfs_record *r) {
    size_t own = 0;
    enum shodo_status st = SHODO_OK;
    b->n->attrs.count = 0;
    st = collect_attrs(b, r);
    own = b->n->attrs.count;
    for (size_t i = 0; st == SHODO_OK && i < own; i++) {
        struct ntfs_attr a = *(struct ntfs_attr *)shodo_vec_at(&b->n->attrs, i);
        const uint8_t *list = NULL;
        size_t len = 0;
        if (a.type != NTFS_ATTRIBUTE_LIST)
            continue;
        st = attr_value(b, &a, ATTRIBUTE_LIST_BYTES_MAX, &list, &len);
        if (st == SHODO_OK && len > 0)
            st = follow_list(b, r, list, len);
        break;
    }
    if (st == SHODO_OK && b->n->attrs.count > own) /* pieces from several records: bring together */
        qsort(b->n->attrs.data, b->n->attrs.count, sizeof(struct ntfs_attr), compare_attrs);
    return st;
}

static int64_t time_of(struct shodo_entry *e, const uint8_t *p) {
    uint64_t filetime = shodo_le64(p);
    int64_t t = shodo_time_from_filetime(filetime);
    if (t == SHODO_TIME_NONE && filetime != 0)
        e->flags |= SHODO_ENTRY_TIMES_CLIPPED;
    return t;
}

/* Born, modified, changed, accessed: the order on disk of both $SI and $FN. */
static void times_of(struct shodo_entry *e, const uint8_t *p, int64_t out[SHODO_TIMES]) {
    out[SHODO_TIME_BORN] = time_of(e, p);
    out[SHODO_TIME_MODIFIED] = time_of(e, p + 8);
    out[SHODO_TIME_CHANGED] = time_of(e, p + 16);
    out[SHODO_TIME_ACCESSED] = time_of(e, p + 24);
}

static void take_standard(struct build *b, const struct ntfs_attr *a) {
    static const struct {
        uint32_t dos, flag;
    } map[] = {
        {DOS_READONLY, SHODO_ENTRY_READONLY},
        {DOS_HIDDEN, SHODO_ENTRY_HIDDEN},
        {DOS_SYSTEM, SHODO_ENTRY_DOS_SYSTEM},
        {DOS_ARCHIVE, SHODO_ENTRY_ARCHIVE},
        {DOS_OFFLINE, SHODO_ENTRY_OFFLINE},
        {DOS_RECALL_ON_OPEN, SHODO_ENTRY_OFFLINE},
        {DOS_RECALL_ON_DATA_ACCESS, SHODO_ENTRY_OFFLINE},
    };
    uint32_t dos = 0;
    if (!a->is_resident || a->value_bytes < 48) {
        ntfs_entry_damage(b->e, b->arena, "$STANDARD_INFORMATION is too short");
        return;
    }
    times_of(b->e, a->value, b->e->times);
    dos = shodo_le32(a->value + 32);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(map); i++)
        if (dos & map[i].dos)
            b->e->flags |= map[i].flag;
    if (a->value_bytes >= 72)
        b->security_id = shodo_le32(a->value + 52);
}

static enum shodo_status take_name(struct build *b, const struct ntfs_attr *a) {
    struct shodo_name *nm = &b->e->names[b->e->names_count];
    struct shodo_buf *t = &b->n->text;
    bool is_odd = false;
    if (!a->is_resident || a->value_bytes < 66 || a->value_bytes - 66 < 2u * a->value[64] ||
        a->value[64] == 0) {
        ntfs_entry_damage(b->e, b->arena, "a file name attribute is broken");
        return SHODO_OK;
    }
    shodo_buf_clear(t);
    if (!ntfs_name_append(t, a->value + 66, 2u * a->value[64], &is_odd))
        return no_memory(b->err);
    if (is_odd)
        ntfs_entry_damage(b->e, b->arena, "a name holds '/' or NUL, shown as U+FFFD");
    nm->name = shodo_arena_str(b->arena, t->data, t->len);
    if (!nm->name)
        return no_memory(b->err);
    nm->name_len = t->len;
    nm->parent = shodo_le64(a->value) & NTFS_REFERENCE_MASK;
    nm->parent_seq = shodo_le16(a->value + 6);
    nm->name_space = a->value[65];
    times_of(b->e, a->value + 8, nm->times);
    b->e->names_count++;
    return SHODO_OK;
}

/* DOS-only names go when the same folder holds a long one. */
static void drop_dos_names(struct shodo_entry *e) {
    size_t keep = 0;
    for (size_t i = 0; i < e->names_count; i++) {
        bool has_long = false;
        for (size_t k = 0; e->names[i].name_space == 2 && k < e->names_count; k++)
            has_long = has_long ||
                       (e->names[k].name_space != 2 && e->names[k].parent == e->names[i].parent);
        if (!has_long)
            e->names[keep++] = e->names[i];
    }
    e->names_count = keep;
}

static enum shodo_status take_names(struct build *b) {
    const struct ntfs_attr *a = b->n->attrs.data;
    size_t count = 0;
    for (size_t i = 0; i < b->n->attrs.count; i++)
        count += a[i].type == NTFS_FILE_NAME;
    if (count > SHODO_LIMIT_NAMES) {
        ntfs_entry_damage(b->e, b->arena, "more names than the limit of 1024");
        count = SHODO_LIMIT_NAMES;
    }
    b->e->names = shodo_arena_alloc(b->arena, (count + 1) * sizeof(*b->e->names), 8);
    if (!b->e->names)
        return no_memory(b->err);
    for (size_t i = 0; i < b->n->attrs.count && count > 0; i++) {
        if (a[i].type == NTFS_FILE_NAME) {
            enum shodo_status st = take_name(b, &a[i]);
            if (st != SHODO_OK)
                return st;
            count--;
        }
    }
    drop_dos_names(b->e);
    return SHODO_OK;
}

static enum shodo_status take_reparse(struct build *b, const struct ntfs_attr *a) {
    const uint8_t *p = NULL;
    size_t len = 0;
    enum shodo_status st = attr_value(b, a, SHODO_KIB(16), &p, &len);
    static const uint32_t chunk[] = {4096, 32768, 8192, 16384}; /* by WOF algorithm */
    if (st != SHODO_OK)
        return st;
    if (len < 8) {
        ntfs_entry_damage(b->e, b->arena, "reparse point is too short");
        return SHODO_OK;
    }
    b->e->flags |= SHODO_ENTRY_REPARSE;
    b->e->reparse_tag = shodo_le32(p);
    switch (b->e->reparse_tag) {
    case TAG_MOUNT_POINT:
    case TAG_SYMLINK:
    case TAG_LX_SYMLINK:
        b->e->kind = SHODO_ENTRY_LINK;
        break;
    case TAG_AF_UNIX:
    case TAG_LX_FIFO:
    case TAG_LX_CHR:
    case TAG_LX_BLK:
        b->e->kind = SHODO_ENTRY_OTHER;
        break;
    case TAG_WOF:
        b->is_wof = true;
        if (len >= 24 && shodo_le32(p + 12) == 2 && shodo_le32(p + 20) < SHODO_ARRAY_SIZE(chunk))
            b->wof_chunk = chunk[shodo_le32(p + 20)];
        break;
    default:
        break;
    }
    return SHODO_OK;
}

/* Volumes before NTFS 3.0, and the system's own files, carry the descriptor themselves. */
static enum shodo_status take_descriptor(struct build *b, const struct ntfs_attr *a) {
    const uint8_t *p = NULL;
    size_t len = 0;
    enum shodo_status st = attr_value(b, a, SHODO_KIB(64), &p, &len);
    if (st != SHODO_OK)
        return st;
    shodo_buf_clear(&b->n->text);
    if (len == 0 || !ntfs_owner_text(&b->n->text, p, len))
        return SHODO_OK;
    b->e->owner = shodo_arena_str(b->arena, b->n->text.data, b->n->text.len);
    b->e->owner_len = b->e->owner ? b->n->text.len : 0;
    return b->e->owner ? SHODO_OK : no_memory(b->err);
}

static bool same_stream(const struct ntfs_attr *a, const struct ntfs_attr *b) {
    return a->type == b->type && a->name_bytes == b->name_bytes &&
           (a->name_bytes == 0 || memcmp(a->name, b->name, a->name_bytes) == 0);
}

static bool is_stream_type(const struct build *b, uint32_t type) {
    return type == NTFS_DATA ||
           (b->want_not_data &&
            (type == NTFS_INDEX_ALLOCATION || type == NTFS_BITMAP || type == NTFS_LOGGED_STREAM));
}

/* Run list of the pieces a[0..count), which are the same stream in ascending order. */
static enum shodo_status take_runs(struct build *b, const struct ntfs_attr *a, size_t count,
                                   struct shodo_stream *s) {
    uint64_t clusters = 0, cluster = b->n->boot.cluster_bytes;
    struct shodo_vec *runs = &b->n->runs;
    struct shodo_run *copy = NULL;
    runs->count = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t before = clusters;
        enum shodo_runs_end end = SHODO_RUNS_BROKEN;
        if (a[i].pairs && a[i].first_cluster == clusters)
            end = shodo_runs_decode(runs, a[i].pairs, a[i].pairs_bytes, b->n->boot.cluster_bytes,
                                    &clusters);
        if (end == SHODO_RUNS_NOMEM)
            return no_memory(b->err);
        if (end == SHODO_RUNS_CUT)
            s->flags |= SHODO_STREAM_RUNS_CUT;
        if (end != SHODO_RUNS_OK ||
            a[i].last_cluster + 1 != a[i].first_cluster + (clusters - before)) {
            ntfs_entry_damage(b->e, b->arena,
                              end == SHODO_RUNS_CUT ? "more runs than the limit of 100000"
                                                    : "run list contradicts its header");
            break;
        }
    }
    if (clusters != 0 ? a->allocated_bytes != clusters * cluster : a->allocated_bytes != 0)
        ntfs_entry_damage(b->e, b->arena, "allocated size contradicts the run list");
    copy = shodo_arena_alloc(b->arena, runs->count * sizeof(*copy) + 1, 8);
    if (!copy)
        return no_memory(b->err);
    for (size_t i = 0; i < runs->count; i++) {
        copy[i] = ((const struct shodo_run *)runs->data)[i];
        if (!copy[i].is_hole && copy[i].offset + copy[i].length > b->n->boot.volume_bytes)
            ntfs_entry_damage(b->e, b->arena, "run list leaves the volume");
    }
    s->runs = copy;
    s->runs_count = runs->count;
    return SHODO_OK;
}

static void check_sizes(struct build *b, const struct ntfs_attr *a, struct shodo_stream *s) {
    if (a->size_bytes > INT64_MAX || a->size_bytes > a->allocated_bytes) {
        ntfs_entry_damage(b->e, b->arena, "size of a stream is larger than its allocation");
        if (s->size_bytes > INT64_MAX)
            s->size_bytes = a->allocated_bytes;
    }
    if (s->valid_bytes > s->size_bytes) {
        ntfs_entry_damage(b->e, b->arena, "valid length of a stream is larger than its size");
        s->valid_bytes = s->size_bytes;
    }
}

static enum shodo_status take_stream(struct build *b, const struct ntfs_attr *a, size_t count) {
    struct shodo_stream *s = &b->e->streams[b->e->streams_count];
    struct shodo_buf *t = &b->n->text;
    bool is_odd = false;
    shodo_buf_clear(t);
    if (!ntfs_name_append(t, a->name, a->name_bytes, &is_odd))
        return no_memory(b->err);
    s->name = shodo_arena_str(b->arena, t->len > 0 ? t->data : "", t->len);
    if (!s->name)
        return no_memory(b->err);
    s->name_len = t->len;
    s->attr_id = a->id;
    s->attr_type = (uint16_t)a->type;
    s->size_bytes = a->size_bytes;
    s->valid_bytes = a->valid_bytes;
    if (a->type != NTFS_DATA)
        s->flags |= SHODO_STREAM_NOT_DATA;
    if (a->flags & NTFS_ATTR_SPARSE)
        s->flags |= SHODO_STREAM_SPARSE;
    if (a->flags & NTFS_ATTR_ENCRYPTED)
        s->flags |= SHODO_STREAM_ENCRYPTED;
    b->e->streams_count++;
    if (a->is_resident) {
        s->flags |= SHODO_STREAM_RESIDENT;
        s->resident = shodo_arena_alloc(b->arena, a->value_bytes + 1, 1);
        if (!s->resident)
            return no_memory(b->err);
        memcpy((uint8_t *)s->resident, a->value, a->value_bytes);
        s->resident_len = a->value_bytes;
        return SHODO_OK;
    }
    if ((a->flags & 0xff) == NTFS_ATTR_COMPRESSED && a->unit_shift > 0) {
        s->flags |= SHODO_STREAM_COMPRESSED;
        if (a->unit_shift > 8 ||
            (uint64_t)b->n->boot.cluster_bytes << a->unit_shift > SHODO_MIB(16)) {
            ntfs_entry_damage(b->e, b->arena, "compression unit is out of bounds");
            s->unit_bytes = 0;
        } else {
            s->unit_bytes = b->n->boot.cluster_bytes << a->unit_shift;
        }
    }
    check_sizes(b, a, s);
    return take_runs(b, a, count, s);
}

/* Attributes of one stream stand side by side. */
static enum shodo_status take_streams(struct build *b) {
    const struct ntfs_attr *a = b->n->attrs.data;
    size_t total = b->n->attrs.count, count = 0;
    for (size_t i = 0; i < total; i++)
        count += is_stream_type(b, a[i].type);
    b->e->streams = shodo_arena_alloc(b->arena, (count + 1) * sizeof(*b->e->streams), 8);
    if (!b->e->streams)
        return no_memory(b->err);
    for (size_t i = 0, pieces = 0; i < total; i += pieces) {
        enum shodo_status st = SHODO_OK;
        pieces = 1;
        if (!is_stream_type(b, a[i].type))
            continue;
        while (!a[i].is_resident && i + pieces < total && same_stream(&a[i], &a[i + pieces]) &&
               !a[i + pieces].is_resident)
            pieces++;
        if (!a[i].is_resident && a[i].first_cluster != 0) {
            ntfs_entry_damage(b->e, b->arena, "the first part of a stream is missing");
            continue;
        }
        if (b->e->streams_count >= SHODO_LIMIT_STREAMS) {
            ntfs_entry_damage(b->e, b->arena, "more streams than the limit of 4096");
            break;
        }
        st = take_stream(b, &a[i], pieces);
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

/* The unnamed $DATA comes first whatever else there is. */
static void unnamed_first(struct shodo_entry *e) {
    for (size_t i = 1; i < e->streams_count; i++) {
        if (e->streams[i].attr_type == NTFS_DATA && e->streams[i].name_len == 0) {
            struct shodo_stream s = e->streams[i];
            memmove(&e->streams[1], &e->streams[0], i * sizeof(s));
            e->streams[0] = s;
            return;
        }
    }
}

enum shodo_status ntfs_entry_build(struct shodo_ntfs *n, const struct ntfs_record *r,
                                   bool want_not_data, struct shodo_entry *ret,
                                   uint32_t *ret_security_id, struct shodo_arena *arena,
                                   struct shodo_error *err) {
    struct build b = {.n = n, .arena = arena, .e = ret, .want_not_data = want_not_data, .err = err};
    enum shodo_status st = SHODO_OK;
    *ret = (struct shodo_entry){
        .record = r->number,
        .sequence = r->sequence,
        .kind = r->flags & NTFS_RECORD_DIRECTORY ? SHODO_ENTRY_DIR : SHODO_ENTRY_FILE,
        .flags = r->flags & NTFS_RECORD_IN_USE ? 0 : SHODO_ENTRY_DELETED,
        .path = "",
        .owner = "",
        .damage = "",
        .times = {SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE, SHODO_TIME_NONE},
    };
    if (r->damage)
        ntfs_entry_damage(ret, arena, r->damage);
    st = collect(&b, r);
    for (size_t i = 0; st == SHODO_OK && i < n->attrs.count; i++) {
        struct ntfs_attr a = *(struct ntfs_attr *)shodo_vec_at(&n->attrs, i);
        if (a.type == NTFS_STANDARD_INFORMATION)
            take_standard(&b, &a);
        else if (a.type == NTFS_REPARSE_POINT)
            st = take_reparse(&b, &a);
        else if (a.type == NTFS_SECURITY_DESCRIPTOR)
            st = take_descriptor(&b, &a);
    }
    if (st == SHODO_OK)
        st = take_names(&b);
    if (st == SHODO_OK)
        st = take_streams(&b);
    if (st != SHODO_OK)
        return st;
    unnamed_first(ret);
    if (b.is_wof && ret->streams_count > 0 && ret->streams[0].name_len == 0) {
        ret->streams[0].flags |= SHODO_STREAM_WOF;
        ret->streams[0].unit_bytes = b.wof_chunk;
    }
    *ret_security_id = b.security_id;
    return SHODO_OK;
}
