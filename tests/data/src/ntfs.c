/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a formatted NTFS volume file through libntfs-3g, in this process, as an ordinary user: no
 * mount, no FUSE.
 *
 * libntfs-3g takes the time from the system. This program defines clock_gettime() and time()
 * itself, so that the library sees the time the description wants and two builds give the same
 * bytes.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <ntfs-3g/attrib.h>
#include <ntfs-3g/cache.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/reparse.h>
#include <ntfs-3g/runlist.h>
#include <ntfs-3g/security.h>
#include <ntfs-3g/volume.h>

#include "device.h"

#define UNIX_EPOCH 116444736000000000ull

/* The one variable of the process: what its clock says, as FILETIME. */
static uint64_t now = UNIX_EPOCH;

int clock_gettime(clockid_t id, struct timespec *ts) {
    (void)id;
    ts->tv_sec = (time_t)((now - UNIX_EPOCH) / 10000000);
    ts->tv_nsec = (long)((now - UNIX_EPOCH) % 10000000) * 100;
    return 0;
}

time_t time(time_t *t) {
    time_t s = (time_t)((now - UNIX_EPOCH) / 10000000);

    if (t)
        *t = s;
    return s;
}

struct fill {
    struct td_disk *d;
    struct td_part *p;
    struct td_volume *v;
    ntfs_volume *vol;
    struct td_node *dir; /* the one folder that is open */
    ntfs_inode *dir_ni;
};

static noreturn void fail(const struct td_node *n, const char *what) {
    struct td_buf b = {0};
    int e = errno;

    td_node_path(n, &b);
    td_fail(&n->at, "'%s': cannot %s: %s", (char *)b.p, what, strerror(e));
}

static void close_dir(struct fill *f) {
    if (f->dir_ni && ntfs_inode_close(f->dir_ni))
        fail(f->dir, "close the folder");
    f->dir_ni = NULL;
    f->dir = NULL;
}

static ntfs_inode *open_node(struct fill *f, const struct td_node *n) {
    ntfs_inode *ni = ntfs_inode_open(f->vol,
                                     n->is_system ? (MFT_REF)n->mft : MK_MREF(n->mft, n->seq));

    if (!ni)
        fail(n, "open the record");
    return ni;
}

static ntfs_inode *open_dir(struct fill *f, struct td_node *n) {
    if (f->dir != n) {
        close_dir(f);
        f->dir_ni = open_node(f, n);
        f->dir = n;
    }
    return f->dir_ni;
}

static ntfschar *to_name(const struct td_node *n, const char *name, size_t len, unsigned *ret_n) {
    size_t k;
    uint16_t *u = td_utf16(&n->at, name, len, &k);

    if (k > 255)
        td_fail(&n->at, "a name has %zu UTF-16 units, NTFS allows 255", k);
    for (size_t i = 0; i < k; i++)
        td_put16(&u[i], u[i]);
    *ret_n = (unsigned)k;
    return (ntfschar *)u;
}

/* ---- owners -------------------------------------------------------------------------------------
 */

static void add_ace(struct td_buf *b, const struct td_buf *sid) {
    td_buf_u8(b, 0); /* allowed */
    td_buf_u8(b, 3); /* inherited by files and folders */
    td_buf_le16(b, (unsigned)(8 + sid->n));
    td_buf_le32(b, 0x1f01ff);
    td_buf_add(b, sid->p, sid->n);
}

/* Self-relative descriptor: the owner, SYSTEM and Administrators may do everything. */
static void make_descriptor(const struct td_at *at, const char *owner, struct td_buf *b) {
    struct td_buf sid = {0}, group = {0}, system = {0}, acl = {0};

    td_buf_sid(at, &sid, owner);
    td_buf_sid(at, &group, "S-1-5-32-544");
    td_buf_sid(at, &system, "S-1-5-18");
    add_ace(&acl, &system);
    add_ace(&acl, &group);
    add_ace(&acl, &sid);
    td_buf_u8(b, 1);
    td_buf_u8(b, 0);
    td_buf_le16(b, 0x8004);
    td_buf_le32(b, (uint32_t)(28 + acl.n));
    td_buf_le32(b, (uint32_t)(28 + acl.n + sid.n));
    td_buf_le32(b, 0);
    td_buf_le32(b, 20);
    td_buf_le16(b, 2);
    td_buf_le16(b, (unsigned)(8 + acl.n));
    td_buf_le16(b, 3);
    td_buf_le16(b, 0);
    td_buf_add(b, acl.p, acl.n);
    td_buf_add(b, sid.p, sid.n);
    td_buf_add(b, group.p, group.n);
    td_buf_done(&sid);
    td_buf_done(&group);
    td_buf_done(&system);
    td_buf_done(&acl);
}

static void set_owner(struct fill *f, struct td_node *n, ntfs_inode *ni) {
    struct td_owner *o = &f->v->owners[n->owner];
    struct SECURITY_CONTEXT scx = {.vol = f->vol};
    struct td_buf sd = {0};

    make_descriptor(&n->at, o->sid_text, &sd);
    if (ntfs_set_ntfs_acl(&scx, ni, (char *)sd.p, sd.n, 0) < 0)
        fail(n, "set the owner");
    o->security_id = le32_to_cpu(ni->security_id);
    td_buf_done(&sd);
}

/* ---- streams ------------------------------------------------------------------------------------
 */

static void write_stream(struct td_node *n, ntfs_inode *ni, struct td_stream *s) {
    unsigned len = 0;
    ntfschar *name = s->name[0] ? to_name(n, s->name, strlen(s->name), &len) : AT_UNNAMED;
    uint64_t at = 0;
    ntfs_attr *na;

    if (s->name[0] && !ntfs_attr_exist(ni, AT_DATA, name, len) &&
        ntfs_attr_add(ni, AT_DATA, name, (u8)len, NULL, 0))
        fail(n, "add a stream");
    if (s->is_compressed) {
        if (ntfs_attr_set_flags(ni, AT_DATA, name, (u8)len, ATTR_IS_COMPRESSED,
                                ATTR_COMPRESSION_MASK))
            fail(n, "mark the stream as compressed");
        if (!s->name[0])
            ni->flags |= FILE_ATTR_COMPRESSED;
    }
    na = ntfs_attr_open(ni, AT_DATA, name, len);
    if (!na)
        fail(n, "open a stream");
    for (size_t i = 0; i < s->content.n; i++) {
        const struct td_piece *p = &s->content.v[i];
        size_t done = 0;

        while (done < p->data.n) {
            size_t k = p->data.n - done;
            s64 w = ntfs_attr_pwrite(na, (s64)(at + done), (s64)(k > 1u << 20 ? 1u << 20 : k),
                                     p->data.p + done);

            if (w <= 0)
                fail(n, "write content");
            done += (size_t)w;
        }
        at += p->len;
    }
    if (at > (uint64_t)na->data_size && ntfs_attr_truncate(na, (s64)at))
        fail(n, "grow a stream");
    if (s->is_compressed && ntfs_attr_pclose(na))
        fail(n, "finish a compressed stream");
    ntfs_attr_close(na);
    if (s->name[0])
        free(name);
    s->size = s->content.size;
    if (!s->is_wof && !td_content_sha256(&s->content, s->sha256))
        s->sha256[0] = 0;
    td_content_done(&s->content);
}

static void make_lazy(struct td_node *n) {
    struct td_stream *s = td_stream_add(n, "");
    struct td_buf b = {0};
    struct td_rng r;
    char seed[32];

    snprintf(seed, sizeof seed, "%llu", (unsigned long long)n->lazy_seed);
    if (!strcmp(n->lazy_kind, "random")) {
        td_rng_init(&r, seed);
        td_rng_fill(&r, td_buf_grow(&b, n->lazy_size), n->lazy_size);
    } else if (!strcmp(n->lazy_kind, "empty")) {
        b.n = 0;
    } else if (!td_format(&b, n->lazy_kind, n->lazy_size, seed)) {
        td_fail(&n->at, "unknown kind '%s'", n->lazy_kind);
    }
    td_content_data(&s->content, b.p, b.n);
    td_buf_done(&b);
}

/* ---- times and what the truth list says about attributes
 * ----------------------------------------- */

static void set_si(const struct td_node *n, ntfs_inode *ni) {
    ni->creation_time = cpu_to_sle64((s64)n->si[TD_CREATED]);
    ni->last_data_change_time = cpu_to_sle64((s64)n->si[TD_MODIFIED]);
    ni->last_mft_change_time = cpu_to_sle64((s64)n->si[TD_CHANGED]);
    ni->last_access_time = cpu_to_sle64((s64)n->si[TD_ACCESSED]);
    ni->flags = (ni->flags & ~cpu_to_le32(0x27u)) | cpu_to_le32(n->attributes);
    NInoSetDirty(ni);
    NInoFileNameSetDirty(ni); /* closing copies them into the index of the folder */
}

static void set_fn(struct td_node *n, ntfs_inode *ni) {
    ntfs_attr_search_ctx *c = ntfs_attr_get_search_ctx(ni, NULL);

    if (!c)
        fail(n, "look at the names");
    while (!ntfs_attr_lookup(AT_FILE_NAME, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, c)) {
        FILE_NAME_ATTR *fn = (FILE_NAME_ATTR *)((u8 *)c->attr + le16_to_cpu(c->attr->value_offset));

        fn->creation_time = cpu_to_sle64((s64)n->fn[TD_CREATED]);
        fn->last_data_change_time = cpu_to_sle64((s64)n->fn[TD_MODIFIED]);
        fn->last_mft_change_time = cpu_to_sle64((s64)n->fn[TD_CHANGED]);
        fn->last_access_time = cpu_to_sle64((s64)n->fn[TD_ACCESSED]);
        ntfs_inode_mark_dirty(c->ntfs_ino);
    }
    ntfs_attr_put_search_ctx(c);
}

static void note_streams(struct td_node *n, ntfs_inode *ni) {
    ntfs_attr_search_ctx *c = ntfs_attr_get_search_ctx(ni, NULL);

    if (!c)
        fail(n, "look at the streams");
    while (!ntfs_attr_lookup(AT_DATA, NULL, 0, CASE_SENSITIVE, 0, NULL, 0, c)) {
        const ntfschar *name = (const ntfschar *)((u8 *)c->attr +
                                                  le16_to_cpu(c->attr->name_offset));
        ATTR_RECORD *a = c->attr;

        if (a->non_resident && a->lowest_vcn)
            continue;
        for (size_t i = 0; i < n->nstream; i++) {
            struct td_stream *s = &n->stream[i];
            unsigned k;
            ntfschar *u = to_name(n, s->name, strlen(s->name), &k);
            bool same = k == a->name_length && !memcmp(u, name, k * sizeof *u);

            free(u);
            if (!same)
                continue;
            s->attr_id = le16_to_cpu(c->al_entry ? c->al_entry->instance : a->instance);
            s->is_resident = !a->non_resident;
            if (a->non_resident) {
                runlist_element *rl = ntfs_mapping_pairs_decompress(ni->vol, a, NULL);

                for (runlist_element *r = rl; r && r->length; r++)
                    if (r->lcn >= 0) {
                        s->first_byte = (uint64_t)r->lcn << ni->vol->cluster_size_bits;
                        break;
                    }
                free(rl);
            }
        }
    }
    ntfs_attr_put_search_ctx(c);
}

/* ---- the steps ----------------------------------------------------------------------------------
 */

static void finish(struct fill *f, struct td_node *n, ntfs_inode *ni, ntfs_inode *dir_ni) {
    set_si(n, ni);
    set_fn(n, ni);
    note_streams(n, ni);
    (void)f;
    if (ntfs_inode_close_in_dir(ni, dir_ni))
        fail(n, "close the record");
}

static void create(struct fill *f, struct td_node *n) {
    ntfs_inode *dir = open_dir(f, n->parent), *ni;
    uint32_t security = f->v->owners[n->owner].security_id;
    unsigned len;
    ntfschar *name = to_name(n, n->name, n->name_n, &len);

    now = n->fn[TD_CREATED];
    ni = ntfs_create(dir, cpu_to_le32(security), name, (u8)len, n->is_dir ? S_IFDIR : S_IFREG);
    free(name);
    if (!ni)
        fail(n, "create it");
    n->mft = ni->mft_no;
    n->seq = le16_to_cpu(ni->mrec->sequence_number);
    n->written = true;
    if (!security)
        set_owner(f, n, ni);
    if (n->lazy_kind)
        make_lazy(n);
    for (size_t i = 0; i < n->nstream; i++)
        write_stream(n, ni, &n->stream[i]);
    if (n->reparse_tag) {
        struct td_buf b = {0};

        td_buf_le32(&b, n->reparse_tag);
        td_buf_le16(&b, (unsigned)n->reparse.n);
        td_buf_le16(&b, 0);
        td_buf_add(&b, n->reparse.p, n->reparse.n);
        if (ntfs_set_ntfs_reparse_data(ni, (char *)b.p, b.n, 0))
            fail(n, "set the reparse point");
        td_buf_done(&b);
    }
    if (n->dos_name) {
        /* the library closes both inodes here */
        f->dir_ni = NULL;
        f->dir = NULL;
        if (ntfs_set_ntfs_dos_name(ni, dir, n->dos_name, strlen(n->dos_name), 0))
            fail(n, "set the DOS name");
        dir = open_dir(f, n->parent);
        ni = open_node(f, n);
    }
    finish(f, n, ni, dir);
}

static void make_link(struct fill *f, struct td_node *n, const struct td_link *link) {
    unsigned len;
    ntfschar *name = to_name(n, link->name, strlen(link->name), &len);

    close_dir(f);
    ntfs_inode *ni = open_node(f, n), *dir = open_node(f, link->parent);
    now = n->fn[TD_CREATED];
    if (ntfs_link(ni, dir, name, (u8)len))
        fail(n, "make the link");
    free(name);
    if (ntfs_inode_close(dir))
        fail(n, "close the folder of the link");
    finish(f, n, ni, NULL);
}

/*
 * libntfs-3g takes the name out of a record it frees; Windows leaves it there. So the record is
 * kept and put back after unmounting, marked as free (td_patch_apply() leaves it alone if the
 * record was used again).
 */
static void delete_node(struct fill *f, struct td_node *n) {
    unsigned len;
    ntfschar *name = to_name(n, n->name, n->name_n, &len);

    close_dir(f);
    ntfs_inode *ni = open_node(f, n), *dir = open_node(f, n->parent);
    if (n->nlink)
        td_fail(&n->at, "a file with hard links cannot be deleted");
    n->kept = td_dup((char *)ni->mrec, f->vol->mft_record_size);
    if (ntfs_delete(f->vol, NULL, ni, dir, name, (u8)len)) /* closes both */
        fail(n, "delete it");
    free(name);
}

static void finish_folders(struct fill *f) {
    close_dir(f);
    for (size_t i = 0; i < f->v->n; i++) {
        struct td_node *n = f->v->node[i];

        if (n->is_dir && !n->is_system && !n->is_deleted)
            finish(f, n, open_node(f, n), NULL);
    }
}

static void finish_journal(struct fill *f) {
    struct td_node *n = f->v->usn_node;
    ntfs_inode *ni;

    if (!n)
        return;
    td_usn_build(f->v, &n->stream[2].content, &n->stream[1].content);
    close_dir(f);
    ni = open_node(f, n);
    write_stream(n, ni, &n->stream[1]);
    write_stream(n, ni, &n->stream[2]);
    finish(f, n, ni, NULL);
}

/* ---- what must be known before unmounting -------------------------------------------------------
 */

static uint64_t byte_of_record(struct fill *f, uint64_t mft) {
    uint64_t at = mft << f->vol->mft_record_size_bits;
    LCN lcn = ntfs_attr_vcn_to_lcn(f->vol->mft_na, (VCN)(at >> f->vol->cluster_size_bits));

    if (lcn < 0)
        td_die("record %llu has no place in $MFT", (unsigned long long)mft);
    return ((uint64_t)lcn << f->vol->cluster_size_bits) + (at & (f->vol->cluster_size - 1));
}

static uint64_t byte_of_content(struct fill *f, const struct td_at *at, struct td_node *n,
                                const char *stream, uint64_t offset) {
    unsigned len = 0;
    ntfschar *name = stream[0] ? to_name(n, stream, strlen(stream), &len) : AT_UNNAMED;
    ntfs_inode *ni = open_node(f, n);
    ntfs_attr *na = ntfs_attr_open(ni, AT_DATA, name, len);
    LCN lcn;

    if (!na)
        td_fail(at, "there is no such stream");
    if (!NAttrNonResident(na))
        td_fail(at, "the content is resident (use damage-record)");
    lcn = ntfs_attr_vcn_to_lcn(na, (VCN)(offset >> f->vol->cluster_size_bits));
    if (lcn < 0)
        td_fail(at, "byte %llu has no cluster", (unsigned long long)offset);
    ntfs_attr_close(na);
    ntfs_inode_close(ni);
    if (stream[0])
        free(name);
    return ((uint64_t)lcn << f->vol->cluster_size_bits) + (offset & (f->vol->cluster_size - 1));
}

static void locate(struct fill *f) {
    struct td_volume *v = f->v;

    for (size_t i = 0; i < v->n; i++)
        if (v->node[i]->kept || v->node[i]->has_stale_parent || v->node[i]->is_system)
            v->node[i]->record_at = byte_of_record(f, v->node[i]->mft);
    for (unsigned i = 0; i < TD_SYSTEM_RECORDS; i++)
        v->system_at[i] = byte_of_record(f, i);
    for (size_t i = 0; i < v->nbad; i++)
        v->bad[i].found = byte_of_content(f, &v->bad[i].at, v->bad[i].node, v->bad[i].stream,
                                          v->bad[i].offset);
    for (size_t i = 0; i < v->npatch; i++) {
        struct td_patch *p = &v->patch[i];

        if (p->kind == TD_PATCH_CONTENT)
            p->found = byte_of_content(f, &p->at, p->node, p->stream, p->offset);
        else if (p->kind != TD_PATCH_RAW)
            p->found = byte_of_record(f, p->node->mft);
        else
            p->found = p->offset;
    }
    v->record_size = f->vol->mft_record_size;
    v->mirror_at = (uint64_t)f->vol->mftmirr_lcn << f->vol->cluster_size_bits;
}

static void set_label(struct fill *f) {
    struct td_node *root = f->v->root;
    unsigned len;
    ntfschar *name = to_name(root, f->p->label, strlen(f->p->label), &len);

    if (len && ntfs_volume_rename(f->vol, name, (int)len))
        fail(root, "set the label");
    free(name);
}

void td_ntfs_fill(struct td_disk *d, struct td_part *p, const char *path) {
    struct fill f = {.d = d, .p = p, .v = &p->vol};
    struct td_volume *v = &p->vol;

    now = v->formatted;
    f.vol = ntfs_device_mount(td_device_new(path), 0);
    if (!f.vol)
        td_fail(&p->at, "cannot open the new volume: %s", strerror(errno));
    ntfs_create_lru_caches(f.vol);
    NVolSetCompression(f.vol);
    set_label(&f);
    for (size_t i = 0; i < v->nop; i++) {
        struct td_op *op = &v->op[i];

        if (op->kind == TD_OP_CREATE)
            create(&f, op->node);
        else if (op->kind == TD_OP_LINK)
            make_link(&f, op->node, &op->node->link[op->link]);
        else
            delete_node(&f, op->node);
    }
    finish_journal(&f);
    for (size_t i = v->n; i-- > 0;) /* last, so that nothing uses the freed clusters */
        if (v->node[i]->is_deleted && !v->node[i]->kept)
            delete_node(&f, v->node[i]);
    finish_folders(&f);
    locate(&f);
    if (ntfs_umount(f.vol, FALSE))
        td_fail(&p->at, "cannot close the volume: %s", strerror(errno));
}

void td_ntfs_format(const struct td_disk *d, const struct td_part *p, const char *path) {
    static const char *const places[] = {"/usr/sbin/mkntfs", "/sbin/mkntfs", "/usr/bin/mkntfs"};
    char sector[16], cluster[16], start[24];
    const char *mkntfs = "mkntfs";
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || ftruncate(fd, (off_t)p->bytes) || close(fd))
        td_die("cannot make '%s': %s", path, strerror(errno));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (!access(places[i], X_OK)) {
            mkntfs = places[i];
            break;
        }
    snprintf(sector, sizeof sector, "%u", d->sector);
    snprintf(cluster, sizeof cluster, "%u", p->cluster);
    snprintf(start, sizeof start, "%llu", (unsigned long long)(p->start / d->sector));
    const char *argv[] = {mkntfs,  "-q", "-q",  "-F", "-Q",  "-T", "-s", sector, "-c",
                          cluster, "-p", start, "-H", "255", "-S", "63", path,   NULL};
    if (td_run(argv))
        td_fail(&p->at, "mkntfs failed");
}
