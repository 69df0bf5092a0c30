/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition tables: GPT as in UEFI 2.10 section 5.3, or four MBR entries, or nothing at all. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ENTRIES = 128, ENTRY = 128, ALIGN = 1 << 20 };

static uint64_t table_sectors(const struct td_disk *d) {
    return ENTRIES * ENTRY / d->sector;
}

void td_table_layout(struct td_disk *d) {
    uint64_t first = d->table == TD_TABLE_NONE ? 0 : ALIGN, end = d->size;

    if (d->table == TD_TABLE_GPT)
        end -= (table_sectors(d) + 1) * d->sector;
    if (d->table == TD_TABLE_NONE && d->nparts != 1)
        td_fail(&d->part[1].at, "without a table there is one volume only");
    if (d->table == TD_TABLE_MBR && d->nparts > 4)
        td_fail(&d->part[4].at, "an MBR has four entries");
    for (size_t i = 0; i < d->nparts; i++) {
        struct td_part *p = &d->part[i];

        p->start = p->start ? p->start * d->sector : first;
        if (p->start < first || p->start >= end)
            td_fail(&p->at, "the partition starts outside the free space");
        if (!p->bytes)
            p->bytes = d->table == TD_TABLE_NONE ? end : (end - p->start) / ALIGN * ALIGN;
        if (!p->bytes || p->bytes % d->sector || p->bytes > end - p->start)
            td_fail(&p->at, "the partition does not fit on the disk");
        first = (p->start + p->bytes + ALIGN - 1) / ALIGN * ALIGN;
    }
}

/* A version 4 GUID from the seed, in the mixed-endian form of the disk. */
static void guid(const struct td_disk *d, const char *what, unsigned number,
                 unsigned char out[16]) {
    struct td_buf b = {0};
    unsigned char h[32];

    td_buf_fmt(&b, "%s/%s/%u", d->seed, what, number);
    td_sha256_of(b.p, b.n, h);
    memcpy(out, h, 16);
    out[7] = (unsigned char)((out[7] & 0x0f) | 0x40);
    out[8] = (unsigned char)((out[8] & 0x3f) | 0x80);
    td_buf_done(&b);
}

static const unsigned char *type_guid(const struct td_part *p) {
    static const unsigned char esp[16] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
                                          0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};
    static const unsigned char msr[16] = {0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d,
                                          0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15, 0xae};
    static const unsigned char recovery[16] = {0xa4, 0xbb, 0x94, 0xde, 0xd1, 0x06, 0x40, 0x4d,
                                               0xa1, 0x6a, 0xbf, 0xd5, 0x01, 0x79, 0xd6, 0xac};
    static const unsigned char basic[16] = {0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
                                            0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7};

    return !strcmp(p->type, "esp")        ? esp
           : !strcmp(p->type, "msr")      ? msr
           : !strcmp(p->type, "recovery") ? recovery
                                          : basic;
}

static void mbr_entry(unsigned char *e, unsigned type, uint64_t start, uint64_t n) {
    memset(e, 0, 16);
    memcpy(e + 1, "\xfe\xff\xff", 3);
    e[4] = (unsigned char)type;
    memcpy(e + 5, "\xfe\xff\xff", 3);
    td_put32(e + 8, (uint32_t)start);
    td_put32(e + 12, n > 0xffffffff ? 0xffffffff : (uint32_t)n);
}

static void header(const struct td_disk *d, unsigned char *h, uint64_t self, uint64_t other,
                   uint64_t table, uint32_t table_crc) {
    uint64_t last = d->size / d->sector - 1;

    memcpy(h, "EFI PART\0\0\1\0", 12);
    td_put32(h + 12, 92);
    td_put64(h + 24, self);
    td_put64(h + 32, other);
    td_put64(h + 40, 2 + table_sectors(d));
    td_put64(h + 48, last - table_sectors(d) - 1);
    guid(d, "disk", 0, h + 56);
    td_put64(h + 72, table);
    td_put32(h + 80, ENTRIES);
    td_put32(h + 84, ENTRY);
    td_put32(h + 88, table_crc);
    td_put32(h + 16, td_crc32(0, h, 92));
}

static void put(const char *path, int fd, uint64_t at, const void *b, size_t n) {
    if (pwrite(fd, b, n, (off_t)at) != (ssize_t)n)
        td_die("cannot write '%s': %s", path, strerror(errno));
}

static void write_gpt(const struct td_disk *d, const char *path, int fd) {
    static unsigned char table[ENTRIES * ENTRY];
    unsigned char sector[4096] = {0};
    uint64_t last = d->size / d->sector - 1, second = last - table_sectors(d);

    memset(table, 0, sizeof table);
    for (size_t i = 0; i < d->nparts; i++) {
        unsigned char *e = table + i * ENTRY;
        const struct td_part *p = &d->part[i];
        struct td_buf name = {0};

        memcpy(e, type_guid(p), 16);
        guid(d, "partition", (unsigned)i, e + 16);
        td_put64(e + 32, p->start / d->sector);
        td_put64(e + 40, (p->start + p->bytes) / d->sector - 1);
        td_buf_utf16(&name, p->label, strlen(p->label));
        memcpy(e + 56, name.p ? name.p : (unsigned char *)"", name.n > 72 ? 72 : name.n);
        td_buf_done(&name);
    }
    uint32_t crc = td_crc32(0, table, sizeof table);
    mbr_entry(sector + 446, 0xee, 1, last);
    td_put16(sector + 510, 0xaa55);
    put(path, fd, 0, sector, d->sector);
    memset(sector, 0, sizeof sector);
    header(d, sector, 1, last, 2, crc);
    put(path, fd, d->sector, sector, d->sector);
    put(path, fd, 2ull * d->sector, table, sizeof table);
    memset(sector, 0, sizeof sector);
    header(d, sector, last, 1, second, crc);
    put(path, fd, second * d->sector, table, sizeof table);
    put(path, fd, last * d->sector, sector, d->sector);
}

static void write_mbr(const struct td_disk *d, const char *path, int fd) {
    unsigned char sector[4096] = {0}, id[16];

    guid(d, "mbr", 0, id);
    memcpy(sector + 440, id, 4);
    for (size_t i = 0; i < d->nparts; i++)
        mbr_entry(sector + 446 + 16 * i, !strcmp(d->part[i].type, "esp") ? 0xef : 0x07,
                  d->part[i].start / d->sector, d->part[i].bytes / d->sector);
    td_put16(sector + 510, 0xaa55);
    put(path, fd, 0, sector, d->sector);
}

void td_table_write(const struct td_disk *d, const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || ftruncate(fd, (off_t)d->size))
        td_die("cannot make '%s': %s", path, strerror(errno));
    if (d->table == TD_TABLE_GPT)
        write_gpt(d, path, fd);
    else if (d->table == TD_TABLE_MBR)
        write_mbr(d, path, fd);
    if (close(fd))
        td_die("cannot write '%s': %s", path, strerror(errno));
}

void td_table_copy(const char *volume, const char *image, uint64_t at) {
    static unsigned char chunk[1 << 20];
    int in = open(volume, O_RDONLY | O_CLOEXEC), out = open(image, O_WRONLY | O_CLOEXEC);
    off_t pos = 0;

    if (in < 0 || out < 0)
        td_die("cannot copy '%s' into '%s': %s", volume, image, strerror(errno));
    while ((pos = lseek(in, pos, SEEK_DATA)) >= 0) {
        off_t end = lseek(in, pos, SEEK_HOLE);

        while (pos < end) {
            size_t want = end - pos < (off_t)sizeof chunk ? (size_t)(end - pos) : sizeof chunk;
            ssize_t n = pread(in, chunk, want, pos);

            if (n <= 0)
                td_die("cannot read '%s': %s", volume, strerror(errno));
            put(image, out, at + (uint64_t)pos, chunk, (size_t)n);
            pos += n;
        }
    }
    close(in);
    if (close(out))
        td_die("cannot write '%s': %s", image, strerror(errno));
}
