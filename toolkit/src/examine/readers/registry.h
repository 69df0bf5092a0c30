/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts from registry hives: a table of key patterns (registry_rows.c), and decoders for what is
 * not plain text or numbers (registry_decode.c). Never a secret: of password values only that they
 * are there. For the files registry*.c only.
 */
#ifndef SHODO_EXAMINE_READERS_REGISTRY_H
#define SHODO_EXAMINE_READERS_REGISTRY_H

#include "examine/readers/reader.h"
#include "examine/readers/regf.h"

enum hive_kind {
    HIVE_SYSTEM = 1 << 0,
    HIVE_SOFTWARE = 1 << 1,
    HIVE_SAM = 1 << 2,
    HIVE_SECURITY = 1 << 3,
    HIVE_USER = 1 << 4, /* NTUSER.DAT, DEFAULT */
    HIVE_CLASSES = 1 << 5,
    HIVE_AMCACHE = 1 << 6,
    HIVE_BCD = 1 << 7,
};

struct hive {
    struct shodo_regf *regf;
    const struct shodo_reader_sink *sink;
    const char *name;     /* "SYSTEM" */
    const char *user;     /* from the path of a user's hive; "" otherwise */
    char control_set[24]; /* "ControlSet001" */
    uint64_t facts;       /* of the row at hand */
};

enum row_flag {
    ROW_DATA = 0,      /* one fact a key: the values named; none of them there: no fact */
    ROW_EACH = 1 << 0, /* one fact a value */
    ROW_KEY = 1 << 1,  /* the key itself is the fact */
    ROW_WOW = 1 << 2,  /* also below WOW6432Node */
};

struct row {
    unsigned hives; /* HIVE_* */
    const char *kind;
    /* '\\' between segments; `*` in a segment stands for anything; the segment CCS is the current
     * control set */
    const char *key;
    /* names separated by '|'; "*" all; "@" the default value; "!x" only whether x is there */
    const char *values;
    unsigned flags;
    /* Instead of the plain form. */
    void (*decode)(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                   const char *path);
};

extern const struct row registry_rows[];
size_t registry_row_count(void);

/* Starts the object of a fact: hive, key, user. The caller adds its own keys, then registry_tell()
 * closes and tells it. */
void registry_begin(struct hive *h, struct shodo_buf *out, struct shodo_json *j, const char *path);
void registry_tell(struct hive *h, const char *kind, int64_t time, const char *path,
                   struct shodo_buf *out, struct shodo_json *j);

typedef void registry_decoder(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                              const char *path);
registry_decoder registry_shutdown, registry_bam, registry_shim_cache, registry_user_assist,
    registry_task, registry_network, registry_audit, registry_cached_logons, registry_domain,
    registry_firewall_rule;
registry_decoder registry_sam_user, registry_sam_group, registry_sam_machine; /* registry_sam.c */

#endif
