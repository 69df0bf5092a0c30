/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small NTFS volume made in memory, record by record, so that a test can say exactly what is
 * wrong with it. 4 KiB clusters, 1 KiB records, MFT at cluster 4, mirror at cluster 2, 64 records,
 * 1 MiB in all.
 */
#ifndef SHODO_TESTS_EVIDENCE_MAKER_H
#define SHODO_TESTS_EVIDENCE_MAKER_H

#include <stddef.h>
#include <stdint.h>

#define MAKER_BYTES      (1u << 20)
#define MAKER_CLUSTER    4096u
#define MAKER_RECORDS    64u
#define MAKER_MFT        (4 * MAKER_CLUSTER)
#define MAKER_FIRST_FREE 40u /* first cluster that the maker does not use itself */

struct maker {
    uint8_t *disk;   /* MAKER_BYTES, free() */
    uint8_t *record; /* the one being written, not yet protected */
    uint32_t at;     /* where its next attribute goes */
    uint32_t number;
    uint16_t next_id;
};

/* Boot sector, $MFT with bitmap, $MFTMirr, root. */
void maker_start(struct maker *m);
/* flags: 1 in use, 2 directory. Sequence is 1 unless changed in the record afterwards. */
void maker_begin(struct maker *m, uint32_t number, uint16_t flags);
void maker_standard(struct maker *m, uint32_t dos_attributes);
/* name in ASCII or given as UTF-16 units */
void maker_name(struct maker *m, uint32_t parent, uint16_t parent_seq, int name_space,
                const char *name);
void maker_name16(struct maker *m, uint32_t parent, uint16_t parent_seq, int name_space,
                  const uint16_t *name, size_t units);
void maker_resident(struct maker *m, uint32_t type, const char *name, const void *value, size_t n);
struct maker_stream {
    uint32_t type;
    const char *name;
    uint64_t first_cluster, last_cluster, allocated, size, valid;
    uint16_t flags;
    uint8_t unit_shift;
    const uint8_t *pairs;
    size_t pairs_bytes;
};
void maker_stream(struct maker *m, const struct maker_stream *s);
/* Ends the record, protects it, sets its bit in the bitmap when in use. */
void maker_end(struct maker *m);
/* A whole live file: record, name in the root, resident content. */
void maker_file(struct maker *m, uint32_t number, const char *name, const char *content);
uint8_t *maker_record(struct maker *m, uint32_t number); /* as stored */
void maker_done(struct maker *m);

#endif
