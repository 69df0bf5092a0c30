/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case: what people know and did. Two halves that do not know each other:
 *
 *  - struct shodo_case is the fold of the journal: plain data, a pure function of the records.
 * Unknown events are ignored (counted), so that an older program can read a newer journal; nothing
 * is ever taken back, a later record overrides. docs/formats-journal.md lists every event and key.
 *  - struct shodo_case_dir is the directory on the stick (design 4): descriptors of its folders,
 * key and journal.
 *
 * Usual use: shodo_case_dir_open, shodo_case_load, act, shodo_journal_add, shodo_case_load again.
 */
#ifndef SHODO_CASE_CASE_H
#define SHODO_CASE_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/time.h"
#include "case/journal.h"
#include "case/key.h"

/* ---- the fold ---- */

enum shodo_run_status {
    /* no end yet: running, or the machine went off (the caller knows which) */
    SHODO_RUN_STARTED,
    SHODO_RUN_DONE,
    SHODO_RUN_INCOMPLETE, /* done, with ledger lines of class problem */
    SHODO_RUN_CANCELLED,
    SHODO_RUN_FAILED,
};
/* "started" "done" "incomplete" "cancelled" "failed" */
const char *shodo_run_status_name(enum shodo_run_status s);

struct shodo_case_endpoint {
    const char *id;       /* 12 hex */
    const char *name;     /* what people call it */
    const char *computer; /* Windows computer name, "" unknown */
    const char *source;   /* what was named on the command line */
    uint64_t size_bytes;
    int64_t added;
};

struct shodo_case_run {
    const char *id;
    const char *endpoint; /* id */
    const char *kind;     /* "triage", "collect", … */
    const char *profile;
    enum shodo_run_status status;
    int64_t started, ended; /* ended: NONE while there is no run.end */
    uint64_t findings, problems, files, bytes;
    const char *stick;
};

struct shodo_case_seal {
    const char *name; /* stem of the bundle's files in out/ */
    const char *endpoint;
    const char *tagmanifest_sha256, *segments_sha256, *signer, *timestamp_query_sha256;
    const char *recipients; /* comma-separated, "" = passphrase */
    uint64_t files, payload_bytes, sealed_bytes;
    uint32_t segments;
    bool is_timestamped; /* a fitting time-stamp reply was attached */
    int64_t time;
};

/* The newest state of a playbook step, or of any question that has one answer at a time. */
struct shodo_case_decision {
    const char *key;   /* "<playbook>/<step>" or a question's id */
    const char *value; /* "done" "skipped" "unknown" "yes" … : the playbook's words */
    const char *note;
    const char *actor;
    int64_t time;
    uint32_t changes; /* how many records spoke about it */
};

/* A machine to look at next, as the answers of an examined one name it. */
struct shodo_case_host {
    const char *host;     /* name or address */
    const char *endpoint; /* of the machine that it was found on; newest */
    const char *alias, *why_ja, *why_en;
    bool is_touched; /* used after the intrusion, on any of them */
    int64_t time;    /* of the newest record */
};

struct shodo_case_note {
    const char *text, *actor; /* a withdrawn note says so in its text, wherever it is printed */
    int64_t time;
    uint64_t seq; /* of its record, in the journal of `stick` */
    const char *stick;
    bool is_withdrawn;
};

struct shodo_case {
    struct shodo_arena arena; /* owns every string below */
    const char *id;           /* "" before case.new */
    const char *site;         /* hospital's name, "" unknown */
    bool is_drill, is_ended;
    int64_t created, last; /* NONE before the first record; `last` = newest record */
    uint64_t records, unknown, torn, checkpoints;
    struct shodo_vec endpoints; /* struct shodo_case_endpoint, in order of appearance */
    struct shodo_vec runs;      /* struct shodo_case_run */
    struct shodo_vec seals;     /* struct shodo_case_seal */
    struct shodo_vec decisions; /* struct shodo_case_decision */
    struct shodo_vec notes;     /* struct shodo_case_note */
    struct shodo_vec hosts;     /* struct shodo_case_host, in order of appearance */
    /* machines that one triage named beyond those it put into the case; of the run with most */
    uint64_t hosts_left_out;
};

void shodo_case_init(struct shodo_case *c);
void shodo_case_done(struct shodo_case *c);
SHODO_DEFINE_AUTO(shodo_case, shodo_case_done)
/* Applies one record. NOMEM, or LIMIT when a table has SHODO_LIMIT_CASE_ROWS rows; the state then
 * stays valid. */
enum shodo_status shodo_case_apply(struct shodo_case *c, const struct shodo_record *r,
                                   struct shodo_error *err);
/* Borrowed rows; NULL when there is none. */
const struct shodo_case_endpoint *shodo_case_find_endpoint(const struct shodo_case *c,
                                                           const char *id);
const struct shodo_case_run *shodo_case_find_run(const struct shodo_case *c, const char *id);
const struct shodo_case_run *shodo_case_last_run(const struct shodo_case *c, const char *endpoint,
                                                 const char *kind);
const struct shodo_case_seal *shodo_case_find_seal(const struct shodo_case *c, const char *name);
const struct shodo_case_decision *shodo_case_find_decision(const struct shodo_case *c,
                                                           const char *key);

/* ---- the directory ---- */

struct shodo_case_dir {
    int fd; /* the case root */
    int keys_fd, journal_fd, endpoints_fd, relay_fd, sheets_fd, out_fd;
    int site_fd;                   /* -1 when there is no site/ */
    struct shodo_key *key;         /* NULL when opened for reading */
    struct shodo_journal *journal; /* NULL when opened for reading */
    bool is_key_new; /* the stick's key was made just now: its fingerprint has to be written down */
};
#define SHODO_CASE_DIR_INIT                                                                        \
    {                                                                                              \
        .fd = -1, .keys_fd = -1, .journal_fd = -1, .endpoints_fd = -1, .relay_fd = -1,             \
        .sheets_fd = -1, .out_fd = -1, .site_fd = -1                                               \
    }

struct shodo_case_options {
    const char *id;   /* NULL: made from date and random, "20261122-7f3a" */
    const char *site; /* hospital's name, NULL unknown */
    bool is_drill;
    const char *passphrase; /* of the stick's key; NULL none */
    /* object with build id, versions, rule packs; goes into journal.start; NULL {} */
    const char *start_json;
    const char *actor; /* NULL: "operator" */
};

/*
 * Makes `path` (host path of the user) into a case: root, journal/, endpoints/, relay/, sheets/,
 * out/. keys/ and site/: those of the stick when `path` is <stick>/cases/<id>, otherwise inside the
 * case. Writes journal.start, case.new and a checkpoint. EXISTS when `path` already holds a case;
 * an empty or missing directory is fine.
 */
enum shodo_status shodo_case_dir_new(struct shodo_case_dir *ret, const char *path,
                                     const struct shodo_case_options *o, struct shodo_error *err);
/* Opens an existing case for work (`o` gives passphrase and start_json; may be NULL): key, journal,
 * folders that are missing. */
enum shodo_status shodo_case_dir_open(struct shodo_case_dir *ret, const char *path,
                                      const struct shodo_case_options *o, struct shodo_error *err);
/* For looking only: nothing is written, not even a missing folder; key and journal stay NULL. */
enum shodo_status shodo_case_dir_look(struct shodo_case_dir *ret, const char *path,
                                      struct shodo_error *err);
void shodo_case_dir_done(struct shodo_case_dir *d);
SHODO_DEFINE_AUTO(shodo_case_dir, shodo_case_dir_done)

/* Folds all journals of the case. `c` is initialised by this call. */
enum shodo_status shodo_case_load(struct shodo_case *c, const struct shodo_case_dir *d,
                                  struct shodo_error *err);

/* endpoints/<id>/, made when `make`; NOTFOUND otherwise. INVALID for an id that is not 12
 * lower-case hex digits. */
enum shodo_status shodo_case_endpoint_dir(int *ret_fd, const struct shodo_case_dir *d,
                                          const char *id, bool make, struct shodo_error *err);

/* What identifies a disk; unknown parts are empty. */
struct shodo_endpoint_facts {
    uint64_t size_bytes;
    const char *table_id;              /* GPT disk GUID or MBR signature as text; NULL or "" none */
    const char *const *volume_serials; /* text, in disk order */
    size_t volume_serials_count;
    const char *computer, *name, *source; /* for the record; not part of the id */
};
/* First 12 hex of SHA-256 over "size\ntable\nserial\n…". */
void shodo_case_endpoint_id(const struct shodo_endpoint_facts *f, char ret[13]);
/* Adds endpoint.add when the case does not have it (or its names changed), makes its folder, gives
 * the id. */
enum shodo_status shodo_case_register(struct shodo_case_dir *d, const struct shodo_case *c,
                                      const struct shodo_endpoint_facts *f, const char *actor,
                                      char ret_id[13], struct shodo_error *err);

#endif
