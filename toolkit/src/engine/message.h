/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the messages of engine/channel.h say. One encoder and one decoder each. Decoders take bytes
 * of a process that may have been taken over by evidence: every length, enum and number is checked,
 * text must hold no NUL, `detail` and `values` must parse as a JSON object; anything else is
 * DAMAGED and the worker is killed. Decoded strings live in the arena.
 */
#ifndef SHODO_ENGINE_MESSAGE_H
#define SHODO_ENGINE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/status.h"
#include "evidence/volume.h"
#include "examine/exam.h"
#include "model/finding.h"

enum shodo_message {
    SHODO_MSG_FAIL = 1, /* text: the worker cannot go on */
    SHODO_MSG_VERDICT,  /* trial: index, shodo_rule_verdict */
    SHODO_MSG_PROBE,    /* volume table */
    SHODO_MSG_LISTING,  /* lister: heartbeat; volume, entries so far */
    SHODO_MSG_TOTALS,   /* lister: struct shodo_totals, before the first item */
    /* lister → supervisor → examiner: struct shodo_item and the encoded entry */
    SHODO_MSG_ITEM,
    SHODO_MSG_LISTED, /* lister: that was the last item */
    SHODO_MSG_FINDING,
    SHODO_MSG_FACT,
    SHODO_MSG_LEDGER,
    SHODO_MSG_ASK,     /* examiner: is this SHA-256 known? */
    SHODO_MSG_ANSWER,  /* supervisor: u8 known, matches */
    SHODO_MSG_LEARNED, /* examiner: SHA-256, matches */
    SHODO_MSG_DONE,    /* examiner: struct shodo_item_stats */
    SHODO_MSG_RETIRE,  /* examiner: has used half of its CPU time, wants to be replaced */
    SHODO_MSG_TEXT,    /* list: printable lines */
    SHODO_MSG_BEGIN,   /* collect: a selected stream begins */
    SHODO_MSG_DATA,
    SHODO_MSG_END,   /* collect: lost bytes, damage */
    SHODO_MSG_READY, /* examiner: sandbox closed, source open */
    /* supervisor, directory sources, before an item: u8 which of its companions; the descriptor */
    SHODO_MSG_COMPANION,
};

enum {
    SHODO_MSG_TEXT_BYTES = 4096,       /* any text that is not a path */
    SHODO_MSG_DETAIL_BYTES = 256 << 10 /* JSON of a finding's detail or a fact's values */
};

/* A work item as the supervisor sees it; the encoded entry behind it is opaque to it. */
struct shodo_item {
    uint64_t index; /* place in the run's order: the same for the same source, profile and rules */
    enum shodo_phase phase;
    uint32_t volume;
    uint64_t record;
    uint16_t sequence;
    uint64_t size_bytes; /* of all streams */
    char drive;
    const char *path;
    size_t path_len;
    const uint8_t *entry; /* borrowed from the message */
    size_t entry_len;
};

struct shodo_totals {
    uint64_t files, bytes; /* that will be looked at; bytes without the file system's own */
    uint64_t bytes_left;   /* of files whose content will not be read */
    uint64_t files_phase[SHODO_PHASES];
    uint64_t entries, deleted, directories, problems; /* of the walk */
    /* over the items in order: two equal listings have the same */
    uint8_t digest[32];
};

struct shodo_item_stats {
    uint64_t index;
    uint64_t streams, bytes_read, bytes_scanned, reused;
};

bool shodo_msg_put_item(struct shodo_buf *b, const struct shodo_item *i);
enum shodo_status shodo_msg_get_item(struct shodo_item *ret, struct shodo_cur *c,
                                     struct shodo_arena *a, struct shodo_error *err);
bool shodo_msg_put_totals(struct shodo_buf *b, const struct shodo_totals *t);
enum shodo_status shodo_msg_get_totals(struct shodo_totals *ret, struct shodo_cur *c,
                                       struct shodo_error *err);
bool shodo_msg_put_stats(struct shodo_buf *b, const struct shodo_item_stats *s);
enum shodo_status shodo_msg_get_stats(struct shodo_item_stats *ret, struct shodo_cur *c,
                                      struct shodo_error *err);
bool shodo_msg_put_finding(struct shodo_buf *b, const struct shodo_finding *f);
/* `ret->other_paths` lives in the arena too. Id and endpoint are left empty: the supervisor fills
 * them. */
enum shodo_status shodo_msg_get_finding(struct shodo_finding *ret, struct shodo_cur *c,
                                        struct shodo_arena *a, struct shodo_error *err);
bool shodo_msg_put_ledger(struct shodo_buf *b, const struct shodo_ledger *l);
enum shodo_status shodo_msg_get_ledger(struct shodo_ledger *ret, struct shodo_cur *c,
                                       struct shodo_arena *a, struct shodo_error *err);
bool shodo_msg_put_fact(struct shodo_buf *b, const struct shodo_fact *f);
enum shodo_status shodo_msg_get_fact(struct shodo_fact *ret, struct shodo_cur *c,
                                     struct shodo_arena *a, struct shodo_error *err);
bool shodo_msg_put_verdict(struct shodo_buf *b, uint64_t index, const struct shodo_rule_verdict *v);
enum shodo_status shodo_msg_get_verdict(uint64_t *ret_index, struct shodo_rule_verdict *ret,
                                        struct shodo_cur *c, struct shodo_error *err);
/* The volume table without sources. `endpoint` = 12 hex digits. */
bool shodo_msg_put_probe(struct shodo_buf *b, const struct shodo_volume_table *t,
                         const char *endpoint, uint64_t size_bytes, uint32_t sector_bytes);
/* `*ret_size`: bytes of the medium, which an E01 says itself. */
enum shodo_status shodo_msg_get_probe(struct shodo_volume_table *ret,
                                      char ret_endpoint[SHODO_ENDPOINT_TEXT_BYTES],
                                      uint64_t *ret_size, uint32_t *ret_sector, struct shodo_cur *c,
                                      struct shodo_error *err);

/* NUL-free text of at most `max` bytes into the arena; `is_absent` texts give NULL. Shared by the
 * codecs of collect. */
bool shodo_msg_put_text(struct shodo_buf *b, const char *s);
bool shodo_msg_get_text(const char **ret, size_t max, struct shodo_cur *c, struct shodo_arena *a);

#endif
