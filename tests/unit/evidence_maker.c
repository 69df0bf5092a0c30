/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_maker.h"

#include <stdlib.h>
#include <string.h>

#define BITMAP_CLUSTER 24u
#define MIRROR_CLUSTER 2u

static void put16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
static void put32(uint8_t *p, uint32_t v) {
    put16(p, (uint16_t)v);
    put16(p + 2, (uint16_t)(v >> 16));
}
static void put64(uint8_t *p, uint64_t v) {
    put32(p, (uint32_t)v);
    put32(p + 4, (uint32_t)(v >> 32));
}

uint8_t *maker_record(struct maker *m, uint32_t number) {
    return m->disk + MAKER_MFT + 1024 * (size_t)number;
}

void maker_begin(struct maker *m, uint32_t number, uint16_t flags) {
    m->record = maker_record(m, number);
    m->number = number;
    m->next_id = 0;
    memset(m->record, 0, 1024);
    memcpy(m->record, "FILE", 4);
    put16(m->record + 4, 48);
    put16(m->record + 6, 3);
    put16(m->record + 16, 1);
    put16(m->record + 18, 1);
    put16(m->record + 20, 56);
    put16(m->record + 22, flags);
    put32(m->record + 28, 1024);
    put32(m->record + 44, number);
    m->at = 56;
}

/* Common head of an attribute; returns its start. */
static uint8_t *attr(struct maker *m, uint32_t type, const char *name, size_t head,
                     size_t payload) {
    uint8_t *p = m->record + m->at;
    size_t units = strlen(name), length = (head + 2 * units + payload + 7 + 7) / 8 * 8;
    put32(p, type);
    put32(p + 4, (uint32_t)length);
    p[9] = (uint8_t)units;
    put16(p + 10, (uint16_t)head);
    put16(p + 14, m->next_id++);
    for (size_t i = 0; i < units; i++)
        p[head + 2 * i] = (uint8_t)name[i];
    m->at += (uint32_t)length;
    return p;
}

void maker_resident(struct maker *m, uint32_t type, const char *name, const void *value, size_t n) {
    size_t at = (24 + 2 * strlen(name) + 7) / 8 * 8;
    uint8_t *p = attr(m, type, name, 24, n);
    put32(p + 16, (uint32_t)n);
    put16(p + 20, (uint16_t)at);
    if (n > 0)
        memcpy(p + at, value, n);
}

void maker_stream(struct maker *m, const struct maker_stream *s) {
    size_t at = (64 + 2 * strlen(s->name) + 7) / 8 * 8;
    uint8_t *p = attr(m, s->type, s->name, 64, s->pairs_bytes);
    p[8] = 1;
    put16(p + 12, s->flags);
    put64(p + 16, s->first_cluster);
    put64(p + 24, s->last_cluster);
    put16(p + 32, (uint16_t)at);
    p[34] = s->unit_shift;
    put64(p + 40, s->allocated);
    put64(p + 48, s->size);
    put64(p + 56, s->valid);
    memcpy(p + at, s->pairs, s->pairs_bytes);
}

void maker_standard(struct maker *m, uint32_t dos_attributes) {
    uint8_t v[72] = {0};
    for (int i = 0; i < 4; i++)
        put64(v + 8 * i, 0x01da000000000000ULL + (uint64_t)i * 10000000);
    put32(v + 32, dos_attributes);
    maker_resident(m, 0x10, "", v, sizeof(v));
}

void maker_name16(struct maker *m, uint32_t parent, uint16_t parent_seq, int name_space,
                  const uint16_t *name, size_t units) {
    uint8_t v[66 + 510] = {0};
    put64(v, (uint64_t)parent | (uint64_t)parent_seq << 48);
    for (int i = 0; i < 4; i++)
        put64(v + 8 + 8 * i, 0x01da100000000000ULL + (uint64_t)i * 10000000);
    v[64] = (uint8_t)units;
    v[65] = (uint8_t)name_space;
    for (size_t i = 0; i < units; i++)
        put16(v + 66 + 2 * i, name[i]);
    maker_resident(m, 0x30, "", v, 66 + 2 * units);
}

void maker_name(struct maker *m, uint32_t parent, uint16_t parent_seq, int name_space,
                const char *name) {
    uint16_t units[255];
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        units[i] = (uint8_t)name[i];
    maker_name16(m, parent, parent_seq, name_space, units, n);
}

void maker_end(struct maker *m) {
    uint8_t *r = m->record;
    put32(r + m->at, 0xffffffff);
    put32(r + 24, m->at + 8);
    put16(r + 48, 0x0007);
    for (int i = 1; i <= 2; i++) {
        memcpy(r + 48 + 2 * i, r + 512 * i - 2, 2);
        put16(r + 512 * i - 2, 0x0007);
    }
    if (r[22] & 1)
        m->disk[BITMAP_CLUSTER * MAKER_CLUSTER + m->number / 8] |= (uint8_t)(1 << (m->number % 8));
    if (m->number < 4)
        memcpy(m->disk + MIRROR_CLUSTER * MAKER_CLUSTER + 1024 * (size_t)m->number, r, 1024);
}

void maker_start(struct maker *m) {
    static const uint8_t mft_runs[] = {0x11, 16, 4, 0},
                         bitmap_runs[] = {0x11, 1, BITMAP_CLUSTER, 0};
    uint8_t *boot = NULL;
    *m = (struct maker){.disk = calloc(1, MAKER_BYTES)};
    boot = m->disk;
    memcpy(boot, "\xeb\x52\x90NTFS    ", 11);
    put16(boot + 11, 512);
    boot[13] = 8;
    put64(boot + 40, MAKER_BYTES / 512 - 1);
    put64(boot + 48, 4);
    put64(boot + 56, MIRROR_CLUSTER);
    boot[64] = 0xf6; /* 1024 */
    boot[68] = 1;
    put64(boot + 72, 0x1122334455667788ULL);
    boot[510] = 0x55;
    boot[511] = 0xaa;
    memcpy(m->disk + MAKER_BYTES - 512, boot, 512);
    maker_begin(m, 0, 1);
    maker_standard(m, 6);
    maker_name(m, 5, 5, 3, "$MFT");
    maker_stream(m, &(struct maker_stream){0x80, "", 0, 15, 65536, 65536, 65536, 0, 0, mft_runs,
                                           sizeof(mft_runs)});
    maker_stream(m, &(struct maker_stream){0xb0, "", 0, 0, 4096, 8, 8, 0, 0, bitmap_runs,
                                           sizeof(bitmap_runs)});
    maker_end(m);
    for (uint32_t i = 1; i < 4; i++) {
        maker_begin(m, i, 1);
        maker_standard(m, 6);
        maker_name(m, 5, 5, 3, i == 1 ? "$MFTMirr" : i == 2 ? "$LogFile" : "$Volume");
        maker_end(m);
    }
    maker_begin(m, 5, 3);
    put16(m->record + 16, 5);
    maker_standard(m, 6);
    maker_name(m, 5, 5, 3, ".");
    maker_end(m);
}

void maker_file(struct maker *m, uint32_t number, const char *name, const char *content) {
    maker_begin(m, number, 1);
    maker_standard(m, 0x20);
    maker_name(m, 5, 5, 3, name);
    maker_resident(m, 0x80, "", content, strlen(content));
    maker_end(m);
}

void maker_done(struct maker *m) {
    free(m->disk);
}
