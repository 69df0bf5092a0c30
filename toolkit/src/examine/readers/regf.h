/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows registry hives ("regf") in memory: keys, values, times; and the transaction logs that
 * belong to them.
 *
 * Since Windows 8.1 the hive file may lag up to an hour behind its logs, so a machine that lost
 * power has its newest keys only there. shodo_regf_replay() puts them into a copy of the hive; the
 * evidence is not touched. Source of the format: "Windows registry file format specification" (M.
 * Suhanov), checked against real hives. Nothing is trusted: offsets and counts are checked against
 * the buffer, cycles end at SHODO_LIMIT_HIVE_KEYS and SHODO_LIMIT_HIVE_DEPTH; what contradicts the
 * format is counted in `damage` and left out.
 */
#ifndef SHODO_EXAMINE_READERS_REGF_H
#define SHODO_EXAMINE_READERS_REGF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"

enum {
    SHODO_REG_NONE = 0,
    SHODO_REG_SZ = 1,
    SHODO_REG_EXPAND_SZ = 2,
    SHODO_REG_BINARY = 3,
    SHODO_REG_DWORD = 4,
    SHODO_REG_DWORD_BE = 5,
    SHODO_REG_LINK = 6,
    SHODO_REG_MULTI_SZ = 7,
    SHODO_REG_QWORD = 11,
};

struct shodo_regf {
    const uint8_t *data;
    size_t len;
    uint32_t root;
    /* list entries looked at; at SHODO_LIMIT_HIVE_WORK lists end (told as damage) */
    uint64_t work;
    uint64_t damage;       /* places that contradict the format */
    char first_damage[96]; /* what the first one was */
};

struct shodo_regf_key {
    uint32_t cell;
    int64_t time; /* last write, ns UTC */
    uint32_t subkeys, subkeys_list;
    uint32_t values, values_list;
    const uint8_t *name;
    uint16_t name_bytes;
    bool is_latin1;
};

struct shodo_regf_value {
    const uint8_t *name; /* empty: the default value */
    uint16_t name_bytes;
    bool is_latin1;
    uint32_t type;
    uint32_t size;
    bool is_inline;
    uint8_t inlined[4];
    uint32_t cell;
};

struct shodo_regf_log {
    const uint8_t *p;
    size_t n;
};
struct shodo_regf_replay {
    bool is_dirty;    /* the hive says that it was not written completely */
    uint32_t entries; /* applied log entries */
    uint32_t pages;   /* applied pages (old format: sectors) */
    bool has_gap;     /* a log goes on behind a missing entry */
};
/* Applies what is newer than the hive, in order, and repairs its header. DAMAGED: no hive. Logs
 * that are not usable are left out. LIMIT: the hive would grow beyond SHODO_LIMIT_HIVE_BYTES. */
enum shodo_status shodo_regf_replay(struct shodo_buf *hive, const struct shodo_regf_log *logs,
                                    size_t count, struct shodo_regf_replay *ret,
                                    struct shodo_error *err);

/* Bytes are borrowed. DAMAGED when there is no root key. */
enum shodo_status shodo_regf_open(struct shodo_regf *ret, const void *p, size_t n,
                                  struct shodo_error *err);
bool shodo_regf_root(struct shodo_regf *h, struct shodo_regf_key *ret);
/* '\\' between the names, ASCII case-insensitive (others exactly); "" is `from` itself. */
bool shodo_regf_find(struct shodo_regf *h, const struct shodo_regf_key *from, const char *path,
                     struct shodo_regf_key *ret);
/* Calls `each` until it returns false. */
void shodo_regf_children(struct shodo_regf *h, const struct shodo_regf_key *k,
                         bool (*each)(void *ctx, const struct shodo_regf_key *k), void *ctx);
void shodo_regf_values(struct shodo_regf *h, const struct shodo_regf_key *k,
                       bool (*each)(void *ctx, const struct shodo_regf_value *v), void *ctx);
bool shodo_regf_value(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                      struct shodo_regf_value *ret);
/* UTF-8; false: no memory */
bool shodo_regf_key_name(struct shodo_buf *out, const struct shodo_regf_key *k);
bool shodo_regf_value_name(struct shodo_buf *out, const struct shodo_regf_value *v);
/* The bytes of a value: borrowed from the hive, or put together in `scratch`. false: damaged. */
bool shodo_regf_data(struct shodo_regf *h, const struct shodo_regf_value *v,
                     struct shodo_buf *scratch, const uint8_t **ret, size_t *ret_n);
/* DWORD or QWORD. */
bool shodo_regf_number(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                       uint64_t *ret);
/* SZ, EXPAND_SZ, LINK up to the first NUL, MULTI_SZ joined by '\n', as UTF-8. false: no such text.
 */
bool shodo_regf_text(struct shodo_regf *h, const struct shodo_regf_key *k, const char *name,
                     struct shodo_buf *out);
/* Writes a value as JSON: text, number, list of texts, or hex (at most SHODO_LIMIT_HIVE_HEX_BYTES).
 */
void shodo_regf_json(struct shodo_regf *h, const struct shodo_regf_value *v, struct shodo_json *j,
                     const char *key);

struct shodo_regf_count {
    uint64_t keys, values, data_bytes;
};
/* Every key and value, data read. LIMIT when a limit ended it. */
enum shodo_status shodo_regf_walk(struct shodo_regf *h, struct shodo_regf_count *ret,
                                  struct shodo_error *err);

#endif
