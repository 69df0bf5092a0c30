/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows event logs (EVTX), chunk by chunk: what a record says as flat names and values, no XML.
 *
 * A chunk of 64 KiB is complete in itself (names and templates are inside), so damaged and cut logs
 * lose only what is damaged: the file header is not used, chunks are recognised by their own magic.
 * Records behind the "free" mark of a chunk are read too as long as they hold together, and marked
 * as recovered. Sources: the BinXML format as documented by libevtx; own measurements
 * (docs/formats-facts.md). Hostile input: every offset is checked against the chunk; depth, tokens,
 * pairs and text of a record have limits.
 */
#ifndef SHODO_EXAMINE_READERS_EVTX_H
#define SHODO_EXAMINE_READERS_EVTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/macro.h"

#define SHODO_EVTX_HEAD_BYTES  4096u
#define SHODO_EVTX_CHUNK_BYTES 65536u
#define SHODO_EVTX_TEXT_BYTES  (512u << 10) /* of one record, as UTF-8 */

struct shodo_evtx_pair {
    const char *element; /* "Data", "SubjectUserName", "Provider" */
    const char *name;    /* attribute, or the Name= of a Data element; NULL for plain content */
    const char *value;
};

struct shodo_evtx_record {
    uint64_t number;
    int64_t written; /* ns UTC, from the record; `created` from TimeCreated where there is one */
    int64_t created;
    uint32_t event_id;
    const char *provider, *channel, *computer; /* "" when missing */
    const struct shodo_evtx_pair *pairs;       /* everything, System part included */
    size_t pairs_count;
    size_t data_first; /* first pair that is not of the System part */
    bool is_recovered; /* behind the end of the chunk's records */
    bool is_partial;   /* something in it could not be decoded */
};

struct shodo_evtx_chunk {
    uint64_t first, last; /* record numbers the chunk claims */
    size_t records;       /* decoded */
    size_t partial;       /* of these, not completely */
    size_t recovered;
    bool is_cut; /* records end with something that is no record, before the free mark */
};

struct shodo_evtx;
struct shodo_evtx *shodo_evtx_new(void); /* NULL on no memory */
struct shodo_evtx *shodo_evtx_free(struct shodo_evtx *e);
/* true when the bytes begin a chunk. */
bool shodo_evtx_is_chunk(const uint8_t *p, size_t n);
/* Decodes the records of one chunk (n up to SHODO_EVTX_CHUNK_BYTES, less when the file is cut); the
 * record is borrowed for the call. `each` returns false to stop. */
void shodo_evtx_read_chunk(struct shodo_evtx *e, const uint8_t *p, size_t n,
                           bool (*each)(void *ctx, const struct shodo_evtx_record *r), void *ctx,
                           struct shodo_evtx_chunk *ret);
/* Value of a name in the data part ("TargetUserName"); "" when there is none. */
const char *shodo_evtx_data(const struct shodo_evtx_record *r, const char *name);
SHODO_DEFINE_AUTOP(shodo_evtx, shodo_evtx_free)

#endif
