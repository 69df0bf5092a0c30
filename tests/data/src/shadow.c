/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished NTFS volume gets a shadow copy: `shadow=IMAGE` holds the same volume in an earlier
 * state. What differs, in blocks of 16 KiB, goes into the file of the copy below "System Volume
 * Information", as Windows keeps it there. Layout: "Volume Shadow Snapshot (VSS) format" (J. Metz);
 * the test opens the result with libvshadow's own programs.
 */
#include "disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 0x4000, HEAD = 128, VOLUME_HEAD = 0x1e00, CATALOG = 0x10000 };
enum { RECORD_VOLUME = 1, RECORD_CATALOG, RECORD_LIST, RECORD_STORE, RECORD_RANGES, RECORD_BITMAP };

#define PROVIDER "{3808876b-c176-4e48-b7ae-04046e6cc752}"
static const uint8_t provider[16] = {0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
                                     0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52};
/* of the copy: written in its file's name and in the catalog */
#define COPY "{5b0d0c51-c9f2-11f0-8f1e-00155d010203}"
static const uint8_t copy[16] = {0x51, 0x0c, 0x0d, 0x5b, 0xf2, 0xc9, 0xf0, 0x11,
                                 0x8f, 0x1e, 0x00, 0x15, 0x5d, 0x01, 0x02, 0x03};

static const char catalog_path[] = "/System Volume Information/" PROVIDER;
static const char store_path[] = "/System Volume Information/" COPY PROVIDER;

struct area {
    uint64_t at, end; /* whole blocks inside the file */
    uint64_t first;   /* byte of the file in the volume */
    uint64_t used;    /* next free block */
};

struct maker {
    const struct td_part *part;
    uint8_t *now;
    const uint8_t *then;
    struct area store;
    uint64_t catalog, header, list, ranges, bitmap;
};

/* shadow=IMAGE shadow-at=TIME [shadow-size=8M] of a `partition` line. */
void td_shadow_parse(struct td_disk *d, struct td_part *p, struct td_line *l) {
    const char *image = td_line_text(l, "shadow", ""), *at = td_line_text(l, "shadow-at", "");

    p->shadow.bytes = td_line_size(l, "shadow-size", 8u << 20);
    if (!*image)
        return;
    if (p->fs != TD_FS_NTFS || !*at)
        td_fail(&l->at, "shadow= needs fs=ntfs and shadow-at=");
    p->shadow.image = td_script_find(&d->script, &l->at, image);
    p->shadow.at = td_time(&d->script, &l->at, at);
}

static void add_file(struct td_part *p, const char *path, uint64_t bytes) {
    struct td_node *n = td_node_make(&p->vol, &p->at, path, false);
    uint8_t *zeros = calloc(1, bytes);

    if (!zeros)
        td_die("out of memory");
    n->attributes = 0x26;
    for (size_t k = 0; k < 4; k++)
        n->si[k] = n->fn[k] = p->shadow.at;
    td_content_data(&td_stream_add(n, "")->content, zeros, bytes);
    free(zeros);
}

/* Made last, so that every other file keeps its record number. */
void td_shadow_files(struct td_part *p) {
    if (!p->shadow.image)
        return;
    add_file(p, catalog_path, CATALOG);
    add_file(p, store_path, p->shadow.bytes);
}

static struct area find_area(const struct maker *m, const char *path, uint64_t bytes) {
    const struct td_node *n = td_node_find((struct td_volume *)&m->part->vol, path);
    struct area a = {.first = n->stream[0].first_byte};

    if (!a.first || a.first + bytes > m->part->bytes)
        td_fail(&m->part->at, "'%s' has no place of its own", path);
    for (uint64_t i = 0; i < bytes; i++)
        if (m->now[a.first + i])
            td_fail(&m->part->at, "'%s' does not lie in one piece", path);
    a.at = a.used = (a.first + BLOCK - 1) / BLOCK * BLOCK;
    a.end = (a.first + bytes) / BLOCK * BLOCK;
    return a;
}

static uint64_t take_block(struct maker *m) {
    uint64_t at = m->store.used;

    if (at + BLOCK > m->store.end)
        td_fail(&m->part->at, "shadow-size= is too small for what differs");
    m->store.used += BLOCK;
    return at;
}

static uint8_t *put_head(struct maker *m, uint64_t at, uint64_t first, unsigned record) {
    uint8_t *p = m->now + at;

    memcpy(p, provider, sizeof provider);
    td_put32(p + 16, 1);
    td_put32(p + 20, record);
    td_put64(p + 24, at - first);
    td_put64(p + 32, at);
    return p;
}

/* One descriptor for each block that differs, behind it the earlier bytes. */
static void put_blocks(struct maker *m) {
    uint64_t list = m->list, in_list = HEAD;

    for (uint64_t at = 0; at + BLOCK <= m->part->bytes; at += BLOCK) {
        bool is_own = at >= m->store.first && at < m->store.end;
        if (is_own || !memcmp(m->now + at, m->then + at, BLOCK))
            continue;
        if (in_list == BLOCK) {
            uint64_t next = take_block(m);
            td_put64(m->now + list + 40, next);
            put_head(m, next, m->store.first, RECORD_LIST);
            list = next;
            in_list = HEAD;
        }
        uint64_t kept = take_block(m);
        memcpy(m->now + kept, m->then + at, BLOCK);
        td_put64(m->now + list + in_list, at);
        td_put64(m->now + list + in_list + 8, kept - m->store.first);
        td_put64(m->now + list + in_list + 16, kept);
        in_list += 32;
    }
}

static void put_store(struct maker *m) {
    static const char machine[] = "SHODO-PC";
    uint8_t *p;

    m->header = take_block(m);
    m->list = take_block(m);
    m->ranges = take_block(m);
    m->bitmap = take_block(m);
    if ((m->part->bytes / BLOCK + 7) / 8 > BLOCK - HEAD)
        td_fail(&m->part->at, "a volume with shadow= is at most 2000 MiB");
    put_head(m, m->list, m->store.first, RECORD_LIST);
    put_head(m, m->bitmap, m->store.first, RECORD_BITMAP); /* no bit: every block was in use */
    p = put_head(m, m->ranges, m->store.first, RECORD_RANGES) + HEAD;
    td_put64(p, m->store.at);
    td_put64(p + 8, m->store.at - m->store.first);
    td_put64(p + 16, m->store.end - m->store.at);
    p = put_head(m, m->header, m->store.first, RECORD_STORE);
    td_put64(p + 48, 64 + 2 * (2 + 2 * (sizeof machine - 1)));
    p += HEAD;
    memcpy(p + 16, copy, sizeof copy);
    memcpy(p + 32, copy, sizeof copy);
    td_put32(p + 48, 0xd);        /* client accessible */
    td_put32(p + 52, 1);          /* the provider of Windows */
    td_put32(p + 56, 0x0002001d); /* persistent, client accessible, differential … */
    p += 64;
    for (size_t k = 0; k < 2; k++) {
        td_put16(p, 2 * (sizeof machine - 1));
        for (size_t i = 0; i + 1 < sizeof machine; i++)
            td_put16(p + 2 + 2 * i, (unsigned char)machine[i]);
        p += 2 + 2 * (sizeof machine - 1);
    }
}

static void put_catalog(struct maker *m) {
    uint8_t *p = put_head(m, m->catalog, m->catalog, RECORD_CATALOG) + HEAD;
    const struct td_node *n = td_node_find((struct td_volume *)&m->part->vol, store_path);

    td_put64(p, 2);
    td_put64(p + 8, m->part->bytes);
    memcpy(p + 16, copy, sizeof copy);
    td_put64(p + 32, 1);
    td_put64(p + 40, 0x40);
    td_put64(p + 48, m->part->shadow.at);
    p += HEAD;
    td_put64(p, 3);
    td_put64(p + 8, m->list);
    memcpy(p + 16, copy, sizeof copy);
    td_put64(p + 32, m->header);
    td_put64(p + 40, m->ranges);
    td_put64(p + 48, m->bitmap);
    td_put64(p + 56, n->mft | (uint64_t)n->seq << 48);
    td_put64(p + 64, m->store.end - m->store.at);
    p = put_head(m, VOLUME_HEAD, 0, RECORD_VOLUME);
    td_put64(p + 32, VOLUME_HEAD);
    td_put64(p + 40, 0);
    td_put64(p + 48, m->catalog);
    memcpy(p + 64, copy, sizeof copy);
    memcpy(p + 80, copy, sizeof copy);
}

static const uint8_t *map_earlier(const struct td_disk *d, const struct td_part *p, size_t *ret) {
    int fd = open(p->shadow.image, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) || (uint64_t)st.st_size != d->size)
        td_fail(&p->at, "'%s' is no image of the size of this disk", p->shadow.image);
    *ret = (size_t)st.st_size;
    const uint8_t *image = mmap(NULL, *ret, PROT_READ, MAP_PRIVATE, fd, 0);
    if (image == MAP_FAILED)
        td_die("cannot map '%s'", p->shadow.image);
    close(fd);
    return image;
}

void td_shadow_write(const struct td_disk *d, struct td_part *p, const char *path) {
    struct maker m = {.part = p};
    size_t then_bytes = 0;
    int fd;

    if (!p->shadow.image)
        return;
    fd = open(path, O_RDWR | O_CLOEXEC);
    m.now = fd < 0 ? MAP_FAILED : mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (m.now == MAP_FAILED)
        td_die("cannot map '%s'", path);
    const uint8_t *image = map_earlier(d, p, &then_bytes);
    m.then = image + p->start;
    m.catalog = find_area(&m, catalog_path, CATALOG).at;
    m.store = find_area(&m, store_path, p->shadow.bytes);
    put_store(&m);
    put_blocks(&m);
    put_catalog(&m);
    if (munmap(m.now, p->bytes) || close(fd) || munmap((void *)image, then_bytes))
        td_die("cannot write '%s'", path);
}
