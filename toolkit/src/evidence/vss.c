/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/vss.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HAVE_LIBBFIO                                                                               \
    1 /* without it the headers of Debian 13 hide the calls that take our reader                   \
       */
#include <libbfio.h>
#include <libvshadow.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/limits.h"
#include "base/time.h"

#define HEADER_AT 0x1e00u /* volume header: identifier, version, then the offset of the catalog */

/* What libbfio takes as a file. */
struct reader {
    struct shodo_source *source;
    uint64_t at;
    uint64_t budget; /* reads left: lists of blocks that loop would keep libvshadow busy for ever */
    bool is_open;
};

struct shodo_vss {
    struct reader reader;
    libbfio_handle_t *io;
    libvshadow_volume_t *volume;
    enum shodo_vss_state state;
    struct shodo_vec stores; /* struct shodo_vss_store */
};

struct layer {
    struct shodo_vss *vss; /* borrowed */
    libvshadow_store_t *store;
    unsigned failures; /* before the first read that succeeded */
    bool has_read;
};

/* No sound structure needs more reads than the volume has blocks. */
static void renew_budget(struct shodo_vss *v) {
    v->reader.budget = shodo_source_size(v->reader.source) / 16384 + 4096;
}

static struct reader *reader_of(intptr_t *p) {
    return (struct reader *)p;
}

static int reader_free(intptr_t **p, libbfio_error_t **e) {
    (void)e;
    *p = NULL; /* it is part of the shodo_vss */
    return 1;
}

static int reader_clone(intptr_t **to, intptr_t *from, libbfio_error_t **e) {
    (void)e;
    *to = from;
    return 1;
}

static int reader_open(intptr_t *p, int flags, libbfio_error_t **e) {
    (void)e;
    if (flags & LIBBFIO_ACCESS_FLAG_WRITE)
        return -1;
    reader_of(p)->is_open = true;
    reader_of(p)->at = 0;
    return 1;
}

static int reader_close(intptr_t *p, libbfio_error_t **e) {
    (void)e;
    reader_of(p)->is_open = false;
    return 0;
}

/* Bytes that cannot be read fail: a copy built on zeros would look sound. */
static ssize_t reader_read(intptr_t *p, uint8_t *out, size_t n, libbfio_error_t **e) {
    struct reader *r = reader_of(p);
    uint64_t size = shodo_source_size(r->source), bad = 0;
    (void)e;
    if (r->at >= size)
        return 0;
    if (r->budget == 0)
        return -1;
    r->budget--;
    n = (size_t)SHODO_MIN((uint64_t)n, size - r->at);
    if (shodo_source_read(r->source, r->at, out, n, &bad, NULL) != SHODO_OK || bad > 0)
        return -1;
    r->at += n;
    return (ssize_t)n;
}

static ssize_t reader_write(intptr_t *p, const uint8_t *in, size_t n, libbfio_error_t **e) {
    (void)p;
    (void)in;
    (void)n;
    (void)e;
    return -1;
}

static off64_t reader_seek(intptr_t *p, off64_t offset, int whence, libbfio_error_t **e) {
    struct reader *r = reader_of(p);
    int64_t base = whence == SEEK_CUR   ? (int64_t)r->at
                   : whence == SEEK_END ? (int64_t)shodo_source_size(r->source)
                                        : 0;
    int64_t to = 0;
    (void)e;
    if (__builtin_add_overflow(base, (int64_t)offset, &to) || to < 0)
        return -1;
    r->at = (uint64_t)to;
    return (off64_t)to;
}

static int reader_exists(intptr_t *p, libbfio_error_t **e) {
    (void)p;
    (void)e;
    return 1;
}

static int reader_is_open(intptr_t *p, libbfio_error_t **e) {
    (void)e;
    return reader_of(p)->is_open;
}

static int reader_size(intptr_t *p, size64_t *ret, libbfio_error_t **e) {
    (void)e;
    *ret = shodo_source_size(reader_of(p)->source);
    return 1;
}

/* What the volume header says, read by ourselves: libvshadow tells "none" and "damaged" not apart.
 */
static enum shodo_vss_state header_state(struct shodo_source *s) {
    static const uint8_t id[16] = {0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
                                   0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52};
    uint8_t p[64];
    uint64_t bad = 0, catalog = 0;
    if (shodo_source_size(s) < HEADER_AT + sizeof(p) ||
        shodo_source_read(s, HEADER_AT, p, sizeof(p), &bad, NULL) != SHODO_OK || bad > 0)
        return SHODO_VSS_DAMAGED;
    if (memcmp(p, id, sizeof(id)) != 0)
        return SHODO_VSS_NEVER;
    catalog = shodo_le64(p + 48);
    if (catalog == 0)
        return SHODO_VSS_NONE;
    return catalog < shodo_source_size(s) ? SHODO_VSS_PRESENT : SHODO_VSS_DAMAGED;
}

static enum shodo_status take_store(struct shodo_vss *v, int i, struct shodo_error *err) {
    struct shodo_vss_store *st = shodo_vec_push(&v->stores);
    libvshadow_store_t *s = NULL;
    uint8_t id[16] = {0};
    uint64_t filetime = 0;
    size64_t size = 0;
    if (!st)
        return shodo_fail(err, SHODO_NOMEM, "no memory for shadow copies");
    st->created = SHODO_TIME_NONE;
    renew_budget(v);
    if (libvshadow_volume_get_store(v->volume, i, &s, NULL) != 1)
        return SHODO_OK;
    if (libvshadow_store_get_creation_time(s, &filetime, NULL) == 1)
        st->created = shodo_time_from_filetime(filetime);
    if (libvshadow_store_get_volume_size(s, &size, NULL) == 1)
        st->volume_bytes = size;
    st->is_local = libvshadow_store_has_in_volume_data(s, NULL) == 1;
    if (libvshadow_store_get_identifier(s, id, sizeof(id), NULL) == 1)
        snprintf(st->id, sizeof(st->id), "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X",
                 shodo_le32(id), shodo_le16(id + 4), shodo_le16(id + 6), id[8], id[9], id[10],
                 id[11], id[12], id[13], id[14], id[15]);
    libvshadow_store_free(&s, NULL);
    return SHODO_OK;
}

static enum shodo_status open_volume(struct shodo_vss *v, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    int count = 0;
    renew_budget(v);
    if (libbfio_handle_initialize(
            &v->io, (intptr_t *)&v->reader, reader_free, reader_clone, reader_open, reader_close,
            reader_read, reader_write, reader_seek, reader_exists, reader_is_open, reader_size,
            LIBBFIO_FLAG_IO_HANDLE_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION, NULL) != 1 ||
        libvshadow_volume_initialize(&v->volume, NULL) != 1)
        return shodo_fail(err, SHODO_NOMEM, "no memory for shadow copies");
    if (libvshadow_volume_open_file_io_handle(v->volume, v->io, LIBVSHADOW_OPEN_READ, NULL) != 1 ||
        libvshadow_volume_get_number_of_stores(v->volume, &count, NULL) != 1) {
        v->state = SHODO_VSS_DAMAGED;
        return SHODO_OK;
    }
    if (count > (int)SHODO_LIMIT_SHADOWS)
        count = (int)SHODO_LIMIT_SHADOWS;
    for (int i = 0; st == SHODO_OK && i < count; i++)
        st = take_store(v, i, err);
    if (count == 0)
        v->state = SHODO_VSS_NONE;
    return st;
}

enum shodo_status shodo_vss_open(struct shodo_vss **ret, struct shodo_source *volume,
                                 struct shodo_error *err) {
    struct shodo_vss *v = calloc(1, sizeof(*v));
    enum shodo_status st = SHODO_OK;
    if (!v)
        return shodo_fail(err, SHODO_NOMEM, "no memory for shadow copies");
    v->reader.source = volume;
    v->stores = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_vss_store));
    v->state = header_state(volume);
    if (v->state == SHODO_VSS_PRESENT)
        st = open_volume(v, err);
    if (st != SHODO_OK) {
        shodo_vss_free(v);
        return st;
    }
    *ret = v;
    return SHODO_OK;
}

struct shodo_vss *shodo_vss_free(struct shodo_vss *v) {
    if (!v)
        return NULL;
    if (v->volume)
        libvshadow_volume_free(&v->volume, NULL);
    if (v->io)
        libbfio_handle_free(&v->io, NULL);
    shodo_vec_done(&v->stores);
    free(v);
    return NULL;
}

enum shodo_vss_state shodo_vss_state(const struct shodo_vss *v) {
    return v->state;
}

size_t shodo_vss_count(const struct shodo_vss *v) {
    return v->stores.count;
}

const struct shodo_vss_store *shodo_vss_at(const struct shodo_vss *v, size_t i) {
    return shodo_vec_at(&v->stores, i);
}

/* A copy whose list of blocks cannot be read fails again at every sector, at the cost of the whole
 * list. */
static int64_t layer_read(void *self, uint64_t offset, void *p, size_t n) {
    struct layer *l = self;
    ssize_t got = 0;
    renew_budget(l->vss);
    got = libvshadow_store_read_buffer_at_offset(l->store, p, n, (off64_t)offset, NULL);
    l->has_read = l->has_read || got > 0;
    l->failures += got <= 0;
    if (got <= 0)
        errno = !l->has_read && l->failures >= SHODO_LIMIT_SHADOW_FAILURES ? ENODEV : EIO;
    return got > 0 ? (int64_t)got : -1;
}

static void layer_free(void *self) {
    struct layer *l = self;
    libvshadow_store_free(&l->store, NULL);
    free(l);
}

enum shodo_status shodo_vss_source(struct shodo_source **ret, struct shodo_vss *v, size_t i,
                                   struct shodo_error *err) {
    static const struct shodo_source_ops ops = {.read = layer_read, .free = layer_free};
    const struct shodo_vss_store *s = i < v->stores.count ? shodo_vss_at(v, i) : NULL;
    struct layer *l = NULL;
    if (!s)
        return shodo_fail(err, SHODO_INVALID, "shodo_vss_source: no shadow copy %zu", i);
    if (!s->is_local || s->volume_bytes == 0)
        return shodo_fail(err, SHODO_UNSUPPORTED,
                          "shadow copy %zu is kept on another volume or is damaged", i + 1);
    l = calloc(1, sizeof(*l));
    renew_budget(v);
    if (!l || libvshadow_volume_get_store(v->volume, (int)i, &l->store, NULL) != 1) {
        free(l);
        return shodo_fail(err, SHODO_DAMAGED, "shadow copy %zu cannot be opened", i + 1);
    }
    l->vss = v;
    return shodo_source_layer(ret, &ops, l, s->volume_bytes, shodo_source_sector(v->reader.source),
                              err);
}

void shodo_vss_describe(struct shodo_volume *v) {
    struct shodo_vss *vss = NULL;
    v->shadows = (struct shodo_volume_shadows){.is_known = false};
    if (v->fs != SHODO_FS_NTFS || v->why[0] != '\0' ||
        shodo_vss_open(&vss, v->source, NULL) != SHODO_OK)
        return;
    v->shadows.is_known = true;
    v->shadows.state = vss->state;
    v->shadows.count = (uint32_t)vss->stores.count;
    for (size_t i = 0; i < vss->stores.count && i < SHODO_VOLUME_SHADOWS; i++) {
        v->shadows.created[i] = shodo_vss_at(vss, i)->created;
        if (shodo_vss_at(vss, i)->is_local)
            v->shadows.local |= 1ULL << i;
    }
    shodo_vss_free(vss);
}

const char *shodo_vss_state_name(enum shodo_vss_state s) {
    static const char *const names[] = {"never", "none", "present", "damaged"};
    return names[s <= SHODO_VSS_DAMAGED ? s : SHODO_VSS_DAMAGED];
}

enum shodo_status shodo_vss_volume(struct shodo_volume *ret, struct shodo_vss **ret_vss,
                                   const struct shodo_volume *v, uint32_t number,
                                   struct shodo_error *err) {
    size_t count = 0;
    enum shodo_status st = shodo_vss_open(ret_vss, v->source, err);
    if (st != SHODO_OK)
        return st;
    count = shodo_vss_count(*ret_vss);
    if (number == SHODO_VSS_NEWEST && count > 0)
        number = (uint32_t)count;
    *ret = *v;
    ret->source = NULL;
    ret->outer = NULL;
    if ((*ret_vss)->state == SHODO_VSS_DAMAGED)
        st = shodo_fail(err, SHODO_DAMAGED, "the list of shadow copies of volume %u is damaged",
                        v->index);
    else if (number == 0 || number > count)
        st = shodo_fail(err, SHODO_NOTFOUND,
                        "volume %u has %zu shadow copies; 'shodo sources' lists them", v->index,
                        count);
    else
        st = shodo_vss_source(&ret->source, *ret_vss, number - 1, err);
    if (st != SHODO_OK)
        *ret_vss = shodo_vss_free(*ret_vss);
    return st;
}
