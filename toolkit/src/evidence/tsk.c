/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/tsk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tsk/libtsk.h>

#include "base/limits.h"
#include "base/time.h"
#include "evidence/ext_blocks.h"
#include "evidence/runs.h"

/* What libtsk takes as an image; it knows the first member only. */
struct image {
    TSK_IMG_INFO info;
    struct shodo_source *source;
    uint64_t bad_bytes; /* given to libtsk as zeros */
};

struct tsk {
    struct image *image;
    TSK_FS_INFO *fs;
    const struct shodo_volume *volume;
};

/* A further name of an inode with several links waits here until all are known. */
struct link {
    uint64_t record;
    size_t path_at;
    size_t path_len;
};

struct walk {
    struct tsk *t;
    const struct shodo_walk_options *o;
    const struct shodo_walk_sink *sink;
    struct shodo_walk_stats *stats;
    struct shodo_buf path; /* of the folder being listed, without '/' at its end */
    struct shodo_arena arena;
    struct shodo_vec links; /* struct link */
    struct shodo_buf link_paths;
    uint64_t *folders; /* open-addressed set of the folders entered: a loop is entered once */
    size_t folders_cap, folders_count;
    struct shodo_error *err;
};

/* libtsk's own allocator, in its place: an inode of ext4 may claim gigabytes of inline data, and
 * libtsk would allocate and clear them for every name of it. A refusal is an error of that entry.
 */
void *tsk_malloc(size_t n);
void *tsk_realloc(void *p, size_t n);

static void *refuse(size_t n) {
    tsk_error_reset();
    tsk_error_set_errno(TSK_ERR_AUX_MALLOC);
    tsk_error_set_errstr("%llu bytes of memory are more than the limit", (unsigned long long)n);
    return NULL;
}

void *tsk_malloc(size_t n) {
    void *p = n <= SHODO_LIMIT_TSK_BYTES ? calloc(1, n ? n : 1) : NULL;
    return p ? p : refuse(n);
}

void *tsk_realloc(void *p, size_t n) {
    void *q = n <= 4 * SHODO_LIMIT_TSK_BYTES ? realloc(p, n) : NULL;
    return q ? q : refuse(n);
}

static ssize_t image_read(TSK_IMG_INFO *info, TSK_OFF_T offset, char *p, size_t n) {
    struct image *im = (struct image *)info;
    uint64_t bad = 0, size = shodo_source_size(im->source);
    if (offset < 0 || (uint64_t)offset >= size)
        return -1;
    n = (size_t)SHODO_MIN((uint64_t)n, size - (uint64_t)offset);
    if (shodo_source_read(im->source, (uint64_t)offset, p, n, &bad, NULL) != SHODO_OK)
        return -1;
    im->bad_bytes += bad;
    return (ssize_t)n;
}

static void image_close(TSK_IMG_INFO *info) {
    (void)info;
}

static void image_stat(TSK_IMG_INFO *info, FILE *f) {
    (void)info;
    (void)f;
}

/* libtsk's last error, made printable. */
static const char *tsk_says(char out[200]) {
    const char *s = tsk_error_get();
    size_t n = 0;
    for (; s && s[n] != '\0' && n < 199; n++)
        out[n] = s[n] >= 0x20 && s[n] < 0x7f ? s[n] : '?';
    out[n] = '\0';
    tsk_error_reset();
    return n > 0 ? out : "no reason given";
}

enum shodo_status tsk_open(struct tsk **ret, struct shodo_volume *v, struct shodo_error *err) {
    struct tsk *t = calloc(1, sizeof(*t));
    char text[200];
    uint32_t sector = shodo_source_sector(v->source);
    TSK_FS_TYPE_ENUM type = v->fs == SHODO_FS_EXT     ? TSK_FS_TYPE_EXT_DETECT
                            : v->fs == SHODO_FS_EXFAT ? TSK_FS_TYPE_EXFAT
                                                      : TSK_FS_TYPE_FAT_DETECT;
    const char *contradiction = v->fs == SHODO_FS_EXT ? ext_contradiction(v->source) : NULL;
    if (contradiction) {
        free(t);
        return shodo_fail(err, SHODO_DAMAGED, "%s cannot be opened: %s", v->fs_name, contradiction);
    }
    if (t)
        t->image = calloc(1, sizeof(*t->image));
    if (!t || !t->image) {
        free(t);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a volume");
    }
    t->volume = v;
    t->image->source = v->source;
    tsk_error_reset();
    if (!tsk_img_open_external(t->image, (TSK_OFF_T)shodo_source_size(v->source), sector,
                               image_read, image_close, image_stat)) {
        tsk_free(t);
        return shodo_fail(err, SHODO_DAMAGED, "%s cannot be opened: %s", v->fs_name,
                          tsk_says(text));
    }
    t->fs = tsk_fs_open_img(&t->image->info, 0, type);
    if (!t->fs) {
        enum shodo_status st = t->image->bad_bytes > 0 ? SHODO_UNREADABLE : SHODO_DAMAGED;
        tsk_free(t);
        return shodo_fail(err, st, "%s cannot be opened: %s", v->fs_name, tsk_says(text));
    }
    *ret = t;
    return SHODO_OK;
}

struct tsk *tsk_free(struct tsk *t) {
    if (!t)
        return NULL;
    if (t->fs)
        tsk_fs_close(t->fs);
    if (t->image->info.read) /* opened; calls image_close(), frees nothing of ours */
        tsk_img_close(&t->image->info);
    free(t->image);
    free(t);
    return NULL;
}

static void problem(struct walk *w, enum shodo_ledger_reason reason, uint64_t record,
                    const char *path, const char *text) {
    w->stats->problems++;
    if (w->sink->problem)
        w->sink->problem(w->sink->ctx, reason, record, path, text);
}

static enum shodo_status no_memory(struct shodo_error *err) {
    return shodo_fail(err, SHODO_NOMEM, "no memory for an entry");
}

static int64_t time_of(time_t s, uint32_t ns) {
    return s == 0 && ns == 0 ? SHODO_TIME_NONE
                             : shodo_time_from_unix((int64_t)s, ns < 1000000000 ? ns : 0);
}

static void say_damage(struct shodo_entry *e, const char *constant) {
    e->flags |= SHODO_ENTRY_DAMAGED;
    e->damage = constant;
    e->damage_len = strlen(constant);
}

/* Runs of one attribute; blocks are counted from the start of the volume. */
static enum shodo_status take_runs(struct tsk *t, const TSK_FS_ATTR *a, struct shodo_entry *e,
                                   struct shodo_stream *s, struct shodo_arena *arena,
                                   struct shodo_error *err) {
    struct shodo_vec runs = SHODO_VEC_INIT(sizeof(struct shodo_run));
    uint64_t block = t->fs->block_size;
    enum shodo_status st = SHODO_OK;
    struct shodo_run *copy = NULL;
    for (const TSK_FS_ATTR_RUN *r = a->nrd.run; r && st == SHODO_OK; r = r->next) {
        /* filler = a gap between the extents of ext4 */
        bool is_hole = (r->flags & (TSK_FS_ATTR_RUN_FLAG_SPARSE | TSK_FS_ATTR_RUN_FLAG_FILLER)) !=
                       0;
        uint64_t at = 0, n = 0;
        if (r->len == 0)
            continue;
        if (!shodo_mul_u64(r->addr, block, &at) || !shodo_mul_u64(r->len, block, &n) ||
            at > INT64_MAX || n > INT64_MAX || runs.count >= SHODO_LIMIT_RUNS) {
            say_damage(e, "run list is broken or longer than the limit of 100000");
            break;
        }
        if (!shodo_runs_add(&runs, at, n, is_hole))
            st = no_memory(err);
    }
    if (st == SHODO_OK) {
        copy = shodo_arena_alloc(arena, runs.count * sizeof(*copy) + 1, 8);
        if (!copy)
            st = no_memory(err);
        else if (runs.count > 0)
            memcpy(copy, runs.data, runs.count * sizeof(*copy));
        s->runs = copy;
        s->runs_count = runs.count;
    }
    shodo_vec_done(&runs);
    return st;
}

static enum shodo_status take_stream(struct tsk *t, const TSK_FS_ATTR *a, struct shodo_entry *e,
                                     struct shodo_arena *arena, struct shodo_error *err) {
    struct shodo_stream *s = &e->streams[e->streams_count];
    s->name = "";
    s->attr_type = 128;
    s->attr_id = a->id;
    s->size_bytes = a->size > 0 ? (uint64_t)a->size : 0;
    s->valid_bytes = s->size_bytes;
    e->streams_count++;
    if (a->flags & TSK_FS_ATTR_RES) {
        size_t n = (size_t)SHODO_MIN(s->size_bytes, (uint64_t)a->rd.buf_size);
        s->flags |= SHODO_STREAM_RESIDENT;
        if (n > SHODO_LIMIT_RESIDENT_BYTES) {
            say_damage(e, "inline data is larger than the limit of 65536 bytes");
            n = SHODO_LIMIT_RESIDENT_BYTES;
        }
        s->resident = shodo_arena_alloc(arena, n + 1, 1);
        if (!s->resident)
            return no_memory(err);
        memcpy((uint8_t *)s->resident, a->rd.buf, n);
        s->resident_len = n;
        return SHODO_OK;
    }
    if (a->nrd.initsize >= 0 && (uint64_t)a->nrd.initsize < s->size_bytes)
        s->valid_bytes = (uint64_t)a->nrd.initsize;
    if (a->flags & TSK_FS_ATTR_SPARSE)
        s->flags |= SHODO_STREAM_SPARSE;
    return take_runs(t, a, e, s, arena, err);
}

static enum shodo_entry_kind kind_of(TSK_FS_META_TYPE_ENUM type) {
    switch (type) {
    case TSK_FS_META_TYPE_REG:
        return SHODO_ENTRY_FILE;
    case TSK_FS_META_TYPE_DIR:
        return SHODO_ENTRY_DIR;
    case TSK_FS_META_TYPE_LNK:
        return SHODO_ENTRY_LINK;
    default:
        return SHODO_ENTRY_OTHER;
    }
}

/* libtsk walks the blocks of a file up to its size: one that no volume of this size can hold,
 * sparse or not, would keep it busy for ever. */
static bool is_possible_size(const struct tsk *t, const TSK_FS_META *m) {
    uint64_t volume = shodo_source_size(t->image->source),
             size = m->size > 0 ? (uint64_t)m->size : 0;
    return m->size >= 0 && size / 64 <= volume + SHODO_MIB(16);
}

static bool has_block_lists(const struct tsk *t, const TSK_FS_META *m) {
    return t->volume->fs == SHODO_FS_EXT && m->content_type == TSK_FS_META_CONTENT_TYPE_DEFAULT &&
           m->content_ptr && m->content_len >= EXT_ADDRESSES * sizeof(TSK_DADDR_T);
}

/* A folder is never sparse; libtsk reads those of ext2 and ext3 through lists of blocks, of which
 * the third level is as long as a disk. */
static bool is_possible_folder(const struct tsk *t, const TSK_FS_META *m) {
    uint64_t block = t->fs->block_size, per_list = block / 4,
             size = m->size > 0 ? (uint64_t)m->size : 0;
    uint64_t reach = 12 + per_list + (per_list <= 1024 ? per_list * per_list : 0);
    return m->size >= 0 && size <= shodo_source_size(t->image->source) &&
           (!has_block_lists(t, m) || size / block < reach);
}

/* The stream of an ext2 or ext3 file; false when its blocks cannot be told. */
static bool take_block_lists(struct tsk *t, const TSK_FS_META *m, struct shodo_entry *e,
                             struct shodo_arena *arena) {
    struct shodo_vec runs = SHODO_VEC_INIT(sizeof(struct shodo_run));
    uint64_t addresses[EXT_ADDRESSES], size = (uint64_t)m->size, block = t->fs->block_size;
    for (size_t i = 0; i < EXT_ADDRESSES; i++)
        addresses[i] = ((const TSK_DADDR_T *)m->content_ptr)[i];
    bool is_good = ext_runs(&runs, t->image->source, (uint32_t)block, addresses,
                            (size + block - 1) / block);
    struct shodo_run *copy = is_good ? shodo_arena_alloc(arena, runs.count * sizeof(*copy) + 1, 8)
                                     : NULL;
    struct shodo_stream s = {.name = "",
                             .attr_type = 128,
                             .size_bytes = size,
                             .valid_bytes = size,
                             .runs = copy,
                             .runs_count = runs.count};
    if (copy && runs.count > 0)
        memcpy(copy, runs.data, runs.count * sizeof(*copy));
    for (size_t i = 0; copy && i < runs.count; i++)
        s.flags |= copy[i].is_hole ? SHODO_STREAM_SPARSE : 0;
    shodo_vec_done(&runs);
    if (!copy)
        return false;
    e->streams[0] = s;
    e->streams_count = 1;
    return true;
}

/* Everything but names and paths. */
static enum shodo_status make_entry(struct tsk *t, TSK_FS_FILE *f, struct shodo_entry *e,
                                    struct shodo_arena *arena, struct shodo_error *err) {
    const TSK_FS_META *m = f->meta;
    shodo_auto(shodo_buf) struct shodo_buf owner = SHODO_BUF_INIT;
    *e = (struct shodo_entry){
        .volume = t->volume->index,
        .drive = t->volume->drive,
        .record = m->addr,
        .kind = kind_of(m->type),
        .path = "",
        .owner = "",
        .damage = "",
        .times = {time_of(m->mtime, m->mtime_nano), time_of(m->atime, m->atime_nano),
                  time_of(m->ctime, m->ctime_nano), time_of(m->crtime, m->crtime_nano)},
    };
    /* FAT has no change time; libtsk puts something else there */
    if (t->volume->fs != SHODO_FS_EXT) {
        e->times[SHODO_TIME_CHANGED] = SHODO_TIME_NONE;
    } else if (shodo_buf_addf(&owner, "uid:%u", (unsigned)m->uid)) {
        e->owner = shodo_arena_str(arena, owner.data, owner.len);
        e->owner_len = e->owner ? owner.len : 0;
    }
    if (m->flags & TSK_FS_META_FLAG_UNALLOC)
        e->flags |= SHODO_ENTRY_DELETED;
    if (e->kind != SHODO_ENTRY_FILE)
        return SHODO_OK;
    e->streams = shodo_arena_alloc(arena, sizeof(*e->streams), 8);
    if (!e->streams)
        return no_memory(err);
    tsk_error_reset();
    bool is_ours = has_block_lists(t, m) && is_possible_size(t, m);
    if (is_ours && take_block_lists(t, m, e, arena))
        return SHODO_OK;
    for (int i = 0, n = !is_ours && is_possible_size(t, m) ? tsk_fs_file_attr_getsize(f) : 0; i < n;
         i++) {
        const TSK_FS_ATTR *a = tsk_fs_file_attr_get_idx(f, i);
        if (a && e->streams_count == 0 &&
            (a->type == TSK_FS_ATTR_TYPE_DEFAULT || a->type == TSK_FS_ATTR_TYPE_NTFS_DATA))
            return take_stream(t, a, e, arena, err);
    }
    if (tsk_error_get_errno() != 0 || m->size != 0) {
        tsk_error_reset();
        e->streams[0] = (struct shodo_stream){.name = "", .attr_type = 128};
        if (m->size > 0)
            e->streams[0].size_bytes = e->streams[0].valid_bytes = (uint64_t)m->size;
        e->streams_count = 1; /* no runs: reading it says that all of it is lost */
        say_damage(e, "the list of its blocks cannot be read");
    }
    return SHODO_OK;
}

/* true when it was not in the set before. */
static bool enter_folder(struct walk *w, uint64_t record) {
    size_t i = 0;
    uint64_t key = record + 1; /* 0 = empty slot */
    if (2 * w->folders_count >= w->folders_cap) {
        size_t cap = w->folders_cap > 0 ? 2 * w->folders_cap : 1024;
        uint64_t *grown = calloc(cap, sizeof(*grown));
        if (!grown)
            return false;
        for (size_t k = 0; k < w->folders_cap; k++) {
            if (w->folders[k] == 0)
                continue;
            for (i = (size_t)(w->folders[k] * 0x9e3779b97f4a7c15ULL) % cap; grown[i] != 0;
                 i = (i + 1) % cap)
                ;
            grown[i] = w->folders[k];
        }
        free(w->folders);
        w->folders = grown;
        w->folders_cap = cap;
    }
    for (i = (size_t)(key * 0x9e3779b97f4a7c15ULL) % w->folders_cap; w->folders[i] != 0;
         i = (i + 1) % w->folders_cap)
        if (w->folders[i] == key)
            return false;
    w->folders[i] = key;
    w->folders_count++;
    return true;
}

static enum shodo_status emit(struct walk *w, struct shodo_entry *e) {
    w->stats->entries++;
    w->stats->streams += e->streams_count;
    w->stats->directories += e->kind == SHODO_ENTRY_DIR;
    w->stats->deleted += (e->flags & SHODO_ENTRY_DELETED) != 0;
    if ((e->flags & SHODO_ENTRY_DELETED) == 0 && e->streams_count > 0)
        w->stats->data_bytes += e->streams[0].size_bytes;
    if ((e->flags & SHODO_ENTRY_DAMAGED) && (e->flags & SHODO_ENTRY_DELETED) == 0) {
        const char *path = shodo_arena_str(&w->arena, e->path, e->path_len);
        problem(w, SHODO_LEDGER_DAMAGED, e->record, path, e->damage);
    }
    return w->sink->entry(w->sink->ctx, e);
}

static struct shodo_name name_of(const char *path, size_t len) {
    struct shodo_name nm = {.path = path, .path_len = len};
    const char *slash = memrchr(path, '/', len);
    nm.name = slash ? slash + 1 : path;
    nm.name_len = (size_t)(path + len - nm.name);
    for (int i = 0; i < SHODO_TIMES; i++)
        nm.times[i] = SHODO_TIME_NONE;
    return nm;
}

static enum shodo_status list_folder(struct walk *w, uint64_t record, unsigned depth);

/* One name in a folder; w->path is its full path now. */
static enum shodo_status list_name(struct walk *w, TSK_FS_FILE *f, unsigned depth) {
    struct shodo_entry e;
    struct shodo_name nm;
    enum shodo_status st = SHODO_OK;
    bool is_deleted = (f->name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0;
    if (is_deleted && !w->o->want_deleted)
        return SHODO_OK;
    if (!f->meta) {
        if (!is_deleted)
            problem(w, SHODO_LEDGER_DAMAGED, f->name->meta_addr, shodo_buf_cstr(&w->path),
                    "what this name stands for cannot be read");
        return SHODO_OK;
    }
    shodo_arena_clear(&w->arena);
    st = make_entry(w->t, f, &e, &w->arena, w->err);
    if (st != SHODO_OK)
        return st;
    if (is_deleted)
        e.flags |= SHODO_ENTRY_DELETED;
    if (e.kind == SHODO_ENTRY_FILE && f->meta->nlink > 1 && !is_deleted &&
        w->t->volume->fs == SHODO_FS_EXT) {
        struct link *l = shodo_vec_push(&w->links);
        if (!l || !shodo_buf_add(&w->link_paths, w->path.data, w->path.len))
            return no_memory(w->err);
        *l = (struct link){.record = e.record,
                           .path_at = w->link_paths.len - w->path.len,
                           .path_len = w->path.len};
        return SHODO_OK;
    }
    nm = name_of(w->path.data, w->path.len);
    e.names = &nm;
    e.names_count = 1;
    e.path = w->path.data;
    e.path_len = w->path.len;
    st = emit(w, &e);
    if (st == SHODO_OK && e.kind == SHODO_ENTRY_DIR && !is_deleted)
        st = list_folder(w, e.record, depth + 1);
    return st;
}

/* Names that libtsk makes up for areas of the file system are not files. */
static bool is_listed(const struct walk *w, const TSK_FS_FILE *f) {
    const TSK_FS_NAME *n = f ? f->name : NULL;
    if (n && n->name && w->t->volume->fs == SHODO_FS_EXFAT &&
        (strcmp(n->name, "$ALLOC_BITMAP") == 0 || strcmp(n->name, "$UPCASE_TABLE") == 0 ||
         strcmp(n->name, "$VOLUME_GUID") == 0))
        return false;
    return n && n->name && n->name[0] != '\0' && strcmp(n->name, ".") != 0 &&
           strcmp(n->name, "..") != 0 && n->type != TSK_FS_NAME_TYPE_VIRT &&
           n->type != TSK_FS_NAME_TYPE_VIRT_DIR &&
           !(f->meta && (f->meta->type == TSK_FS_META_TYPE_VIRT ||
                         f->meta->type == TSK_FS_META_TYPE_VIRT_DIR));
}

static enum shodo_status list_folder(struct walk *w, uint64_t record, unsigned depth) {
    TSK_FS_DIR *d = NULL;
    TSK_FS_FILE *folder = NULL;
    enum shodo_status st = SHODO_OK;
    size_t before = w->path.len;
    uint64_t bad = w->t->image->bad_bytes;
    char text[200];
    if (depth > SHODO_LIMIT_DEPTH || w->path.len > SHODO_LIMIT_PATH_BYTES / 2) {
        problem(w, SHODO_LEDGER_TOO_LARGE, record, shodo_buf_cstr(&w->path),
                "folders are nested deeper than the limit");
        return SHODO_OK;
    }
    if (!enter_folder(w, record)) {
        problem(w, SHODO_LEDGER_DAMAGED, record, shodo_buf_cstr(&w->path),
                "this folder was listed before: a loop");
        return SHODO_OK;
    }
    tsk_error_reset();
    folder = tsk_fs_file_open_meta(w->t->fs, NULL, record);
    if (folder && folder->meta && is_possible_folder(w->t, folder->meta))
        d = tsk_fs_dir_open_meta(w->t->fs, record);
    if (folder)
        tsk_fs_file_close(folder);
    if (!d || tsk_error_get_errno() != 0)
        problem(w, SHODO_LEDGER_DAMAGED, record, shodo_buf_cstr(&w->path), tsk_says(text));
    else if (w->t->image->bad_bytes != bad)
        problem(w, SHODO_LEDGER_UNREADABLE, record, shodo_buf_cstr(&w->path),
                "the folder, or something beside it, cannot be read: its list may be incomplete");
    for (size_t i = 0, n = d ? tsk_fs_dir_getsize(d) : 0; st == SHODO_OK && i < n; i++) {
        TSK_FS_FILE *f = tsk_fs_dir_get(d, i);
        if (is_listed(w, f)) {
            if (w->stats->entries >= SHODO_LIMIT_ENTRIES)
                st = shodo_fail(w->err, SHODO_LIMIT, "more entries than the limit of 8000000");
            else if (!shodo_buf_addc(&w->path, '/') || !shodo_buf_adds(&w->path, f->name->name))
                st = no_memory(w->err);
            else
                st = list_name(w, f, depth);
            w->path.len = before;
        }
        if (f)
            tsk_fs_file_close(f);
    }
    if (d)
        tsk_fs_dir_close(d);
    return st;
}

static int compare_links(const void *a, const void *b) {
    const struct link *x = a, *y = b;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->path_at < y->path_at ? -1 : x->path_at > y->path_at;
}

/* Files with several names, once each. */
static enum shodo_status emit_links(struct walk *w) {
    const struct link *l = w->links.data;
    enum shodo_status st = SHODO_OK;
    if (w->links.count > 0)
        qsort(w->links.data, w->links.count, sizeof(*l), compare_links);
    for (size_t i = 0, n = 0; st == SHODO_OK && i < w->links.count; i += n) {
        struct shodo_entry e;
        for (n = 1; i + n < w->links.count && l[i + n].record == l[i].record; n++)
            ;
        shodo_arena_clear(&w->arena);
        st = tsk_record(w->t, l[i].record, &e, &w->arena, w->err);
        if (st != SHODO_OK)
            return st;
        e.names = shodo_arena_alloc(&w->arena, n * sizeof(*e.names), 8);
        if (!e.names)
            return no_memory(w->err);
        for (size_t k = 0; k < n && k < SHODO_LIMIT_NAMES; k++, e.names_count++)
            e.names[k] = name_of(w->link_paths.data + l[i + k].path_at, l[i + k].path_len);
        e.path = e.names[0].path;
        e.path_len = e.names[0].path_len;
        st = emit(w, &e);
    }
    return st;
}

enum shodo_status tsk_walk(struct tsk *t, const struct shodo_walk_options *o,
                           const struct shodo_walk_sink *sink, struct shodo_walk_stats *stats,
                           struct shodo_error *err) {
    struct walk w = {.t = t,
                     .o = o,
                     .sink = sink,
                     .stats = stats,
                     .path = SHODO_BUF_INIT,
                     .arena = SHODO_ARENA_INIT,
                     .links = SHODO_VEC_INIT(sizeof(struct link)),
                     .link_paths = SHODO_BUF_INIT,
                     .err = err};
    enum shodo_status st = SHODO_OK;
    /* allocation tables are read while listing: what was bad there cannot be told apart */
    st = list_folder(&w, t->fs->root_inum, 0);
    if (st == SHODO_OK)
        st = emit_links(&w);
    if (st == SHODO_OK && t->image->bad_bytes > 0)
        problem(
            &w, SHODO_LEDGER_UNREADABLE, 0, NULL,
            "places of the file system's own tables, or beside them, cannot be read: the list may be incomplete");
    shodo_buf_done(&w.path);
    shodo_arena_done(&w.arena);
    shodo_vec_done(&w.links);
    shodo_buf_done(&w.link_paths);
    free(w.folders);
    return st;
}

enum shodo_status tsk_record(struct tsk *t, uint64_t record, struct shodo_entry *ret,
                             struct shodo_arena *arena, struct shodo_error *err) {
    TSK_FS_FILE *f = NULL;
    enum shodo_status st = SHODO_OK;
    char text[200];
    tsk_error_reset();
    f = tsk_fs_file_open_meta(t->fs, NULL, record);
    if (!f || !f->meta)
        st = shodo_fail(err, SHODO_DAMAGED, "record %llu: %s", (unsigned long long)record,
                        tsk_says(text));
    else
        st = make_entry(t, f, ret, arena, err);
    if (f)
        tsk_fs_file_close(f);
    return st;
}
