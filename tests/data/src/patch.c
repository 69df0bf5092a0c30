/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libntfs-3g cannot do: written into the closed volume file, record by record. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_RECORD = 4096 };

static void get(const struct td_part *p, int fd, uint64_t at, void *b, size_t n) {
    if (pread(fd, b, n, (off_t)at) != (ssize_t)n)
        td_fail(&p->at, "cannot read the volume file back: %s", strerror(errno));
}

static void put(const struct td_part *p, int fd, uint64_t at, const void *b, size_t n) {
    if (pwrite(fd, b, n, (off_t)at) != (ssize_t)n)
        td_fail(&p->at, "cannot patch the volume file: %s", strerror(errno));
}

/* Update sequence (fixups): the last two bytes of each 512-byte stride. */
static unsigned strides(const unsigned char *rec) {
    unsigned n = td_get16(rec + 6);

    if (n < 2 || n > MAX_RECORD / 512 + 1 || td_get16(rec + 4) > 512)
        td_die("internal: a record has no usable update sequence");
    return n;
}

static void unprotect(unsigned char *rec) {
    unsigned at = td_get16(rec + 4), n = strides(rec);

    for (unsigned i = 1; i < n; i++)
        memcpy(rec + 512 * i - 2, rec + at + 2 * i, 2);
}

static void protect(unsigned char *rec) {
    unsigned at = td_get16(rec + 4), n = strides(rec), usn = td_get16(rec + at) + 1u;

    td_put16(rec + at, usn & 0xffff ? usn : 1);
    for (unsigned i = 1; i < n; i++) {
        memcpy(rec + at + 2 * i, rec + 512 * i - 2, 2);
        memcpy(rec + 512 * i - 2, rec + at, 2);
    }
}

/* The next resident attribute of the type after `a` (NULL: the first). */
static unsigned char *next_resident(unsigned char *rec, size_t n, uint32_t type, unsigned char *a) {
    size_t at = a ? (size_t)(a - rec) + td_get32(a + 4) : td_get16(rec + 20);

    while (at + 24 < n && td_get32(rec + at) != 0xffffffff && td_get32(rec + at + 4)) {
        if (td_get32(rec + at) == type && !rec[at + 8])
            return rec + at;
        at += td_get32(rec + at + 4);
    }
    return NULL;
}

static void four_times(unsigned char *p, const uint64_t t[4]) {
    for (unsigned i = 0; i < 4; i++)
        td_put64(p + 8 * i, t[i]); /* created, modified, changed, accessed: the order on disk */
}

static void system_times(const struct td_part *p, int fd) {
    const struct td_volume *v = &p->vol;
    unsigned char rec[MAX_RECORD];

    for (unsigned i = 0; i < TD_SYSTEM_RECORDS; i++) {
        uint64_t t[4] = {v->formatted, v->formatted, v->formatted, v->formatted};
        unsigned char *a = NULL;

        get(p, fd, v->system_at[i], rec, v->record_size);
        if (memcmp(rec, "FILE", 4) || (i >= 16 && i < 24))
            continue;
        unprotect(rec);
        if (i == 5)
            memcpy(t, v->root->si, sizeof t);
        if ((a = next_resident(rec, v->record_size, 0x10, NULL)))
            four_times(a + td_get16(a + 20), t);
        for (a = NULL; (a = next_resident(rec, v->record_size, 0x30, a));)
            four_times(a + td_get16(a + 20) + 8, t);
        protect(rec);
        put(p, fd, v->system_at[i], rec, v->record_size);
    }
}

static void restore_deleted(const struct td_part *p, int fd, const struct td_node *n) {
    size_t size = p->vol.record_size;
    unsigned char rec[MAX_RECORD], old[MAX_RECORD];

    get(p, fd, n->record_at, rec, size);
    if (td_get16(rec + 22) & 1)
        return; /* used again: the old content is gone, as on a real disk */
    memcpy(old, n->kept, size);
    td_put16(old + td_get16(old + 4), td_get16(rec + td_get16(rec + 4)));
    td_put16(old + 16, n->seq + 1);
    td_put16(old + 22, td_get16(old + 22) & ~1u);
    protect(old);
    put(p, fd, n->record_at, old, size);
}

static void stale_parent(const struct td_part *p, int fd, const struct td_node *n) {
    unsigned char rec[MAX_RECORD], *a = NULL;

    get(p, fd, n->record_at, rec, p->vol.record_size);
    unprotect(rec);
    while ((a = next_resident(rec, p->vol.record_size, 0x30, a))) {
        unsigned char *fn = a + td_get16(a + 20);

        td_put16(fn + 6, td_get16(fn + 6) + 1u);
    }
    protect(rec);
    put(p, fd, n->record_at, rec, p->vol.record_size);
}

/* $MFTMirr holds the first four records, or as many as one cluster takes. Damage comes later and is
 * not mirrored. */
static void copy_mirror(const struct td_part *p, int fd) {
    size_t n = 4u * p->vol.record_size > p->cluster ? 4u * p->vol.record_size : p->cluster;
    unsigned char *b = td_alloc(n);

    get(p, fd, p->vol.system_at[0], b, n);
    put(p, fd, p->vol.mirror_at, b, n);
    free(b);
}

static void one_patch(const struct td_part *p, int fd, const struct td_patch *x) {
    unsigned char rec[MAX_RECORD];
    size_t size = p->vol.record_size;

    if (x->kind == TD_PATCH_CONTENT || x->kind == TD_PATCH_RAW) {
        put(p, fd, x->found, x->data.p, x->data.n);
        return;
    }
    if (x->offset > size || x->data.n > size - x->offset)
        td_fail(&x->at, "the patch leaves the record of %zu bytes", size);
    get(p, fd, x->found, rec, size);
    if (x->kind == TD_PATCH_RECORD)
        unprotect(rec);
    memcpy(rec + x->offset, x->data.p, x->data.n);
    if (x->kind == TD_PATCH_RECORD)
        protect(rec);
    put(p, fd, x->found, rec, size);
}

static void set_serial(const struct td_disk *d, const struct td_part *p, int fd) {
    unsigned char serial[8];

    td_put64(serial, p->serial);
    put(p, fd, 0x48, serial, 8);
    put(p, fd, p->bytes - d->sector + 0x48, serial, 8); /* the copy in the last sector */
}

void td_patch_apply(struct td_disk *d, struct td_part *p, const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        td_fail(&p->at, "cannot open '%s': %s", path, strerror(errno));
    if (p->vol.record_size > MAX_RECORD)
        td_fail(&p->at, "records of %u bytes are not supported", p->vol.record_size);
    set_serial(d, p, fd);
    system_times(p, fd);
    for (size_t i = 0; i < p->vol.n; i++) {
        if (p->vol.node[i]->kept)
            restore_deleted(p, fd, p->vol.node[i]);
        if (p->vol.node[i]->has_stale_parent)
            stale_parent(p, fd, p->vol.node[i]);
    }
    copy_mirror(p, fd);
    for (size_t i = 0; i < p->vol.npatch; i++)
        one_patch(p, fd, &p->vol.patch[i]);
    if (close(fd))
        td_fail(&p->at, "cannot close '%s': %s", path, strerror(errno));
}
