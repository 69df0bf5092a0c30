/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case as the screens see it: the fold of the journal and the newest result files of each
 * endpoint, read again by tui_casefile_reload(). Nothing here is state of its own.
 */
#ifndef SHODO_TUI_CASEFILE_H
#define SHODO_TUI_CASEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "model/finding.h"
#include "msg.h"

/* detections kept for the list of one endpoint; the count says how many there are */
#define TUI_FINDINGS_SHOWN 2000

struct tui_finding_row {
    enum shodo_verdict verdict;
    const char *path, *rule, *text_ja, *text_en, *author, *sha256;
    uint64_t size_bytes;
    char drive;
};

struct tui_endpoint {
    char id[SHODO_ENDPOINT_TEXT_BYTES];
    const char *name;
    char since[20]; /* first sign of the attack on it, local time to the minute, "" unknown */
    bool is_since_encryption; /* that is its encryption, there may be earlier signs */
    uint64_t matches, suspects, artifacts, problems, policy_items;
    struct shodo_vec findings; /* struct tui_finding_row, matches first */
    struct shodo_vec reasons;  /* struct tui_reason, problems first, largest first */
};

struct tui_reason {
    enum shodo_ledger_reason reason;
    bool is_problem;
    uint64_t count, bytes;
    const char *example; /* path of the first, NULL none */
};

struct tui_casefile;
struct tui_case_day;
struct shodo_case;
struct shodo_record;
struct tui_case_row;
/*
 * `root` is a case, or a stick (or any folder) whose cases lie in cases/. The first of them in the
 * order of cases.h is loaded; none is fine.
 */
enum shodo_status tui_casefile_open(struct tui_casefile **ret, const char *root,
                                    struct shodo_error *err);
/* The stick's signature over the journal so far, when its last record is no checkpoint: at the end
 * of the program nothing stays unprotected. */
enum shodo_status tui_casefile_checkpoint(struct tui_casefile *f, struct shodo_error *err);
struct tui_casefile *tui_casefile_free(struct tui_casefile *f);
void tui_casefile_reload(struct tui_casefile *f);
/* One line for the header: case, hospital, endpoint, state of the journal. Appends. */
void tui_casefile_header(const struct tui_casefile *f, enum tui_lang lang, struct shodo_buf *out);
bool tui_casefile_is_drill(const struct tui_casefile *f);
/* "" or why the case could not be read */
const char *tui_casefile_problem(const struct tui_casefile *f);
const char *tui_casefile_root(const struct tui_casefile *f);
const char *tui_casefile_path(const struct tui_casefile *f); /* of the case, "" none */
/* the folder site/ that belongs to the root */
const char *tui_casefile_site_dir(const struct tui_casefile *f);
/* the fold; NULL: no case */
const struct shodo_case *tui_casefile_case(const struct tui_casefile *f);
/* The cases that are not over, as they were read when the program began, a case was made, or
 * tui_casefile_cases_read() was called. */
void tui_casefile_cases_read(struct tui_casefile *f);
size_t tui_casefile_open_cases(const struct tui_casefile *f);
const struct tui_case_row *tui_casefile_open_case(const struct tui_casefile *f, size_t i);
/* That one is loaded; loads it. */
bool tui_casefile_is_at(const struct tui_casefile *f, size_t i);
void tui_casefile_switch(struct tui_casefile *f, size_t i);
size_t tui_casefile_endpoints(const struct tui_casefile *f);
const struct tui_endpoint *tui_casefile_endpoint(const struct tui_casefile *f, size_t i);
/* of the medium; SHODO_FREE_BYTES in tests */
uint64_t tui_casefile_free_bytes(const struct tui_casefile *f);
/* About how many more machines fit: free space by the mean size of the bundles so far (4 GiB before
 * the first). */
unsigned tui_casefile_more_machines(const struct tui_casefile *f);

/* Value of a key as last recorded; NULL: never, or reopened. */
const char *tui_casefile_value(const struct tui_casefile *f, const char *key);
const char *tui_casefile_note_of(const struct tui_casefile *f, const char *key);

/* Writing. Each opens the journal, appends, fsyncs, closes, and folds again: what was answered is
 * on the medium. */
/* `start_json`: object for the first record of the journal. */
enum shodo_status tui_casefile_make(struct tui_casefile *f, bool is_drill, const char *site,
                                    const struct tui_case_day *day, const char *start_json,
                                    struct shodo_error *err);
enum shodo_status tui_casefile_decide(struct tui_casefile *f, const char *actor, const char *key,
                                      const char *value, const char *note, struct shodo_error *err);
enum shodo_status tui_casefile_note(struct tui_casefile *f, const char *actor, const char *text,
                                    struct shodo_error *err);
/* Withdraws a note: a record of its own, the old one stays and is shown as withdrawn. */
enum shodo_status tui_casefile_withdraw(struct tui_casefile *f, const char *actor, uint64_t seq,
                                        const char *stick, struct shodo_error *err);
enum shodo_status tui_casefile_event(struct tui_casefile *f, const char *actor, const char *event,
                                     const char *data_json, struct shodo_error *err);
enum shodo_status tui_casefile_each(const struct tui_casefile *f,
                                    enum shodo_status (*each)(void *ctx,
                                                              const struct shodo_record *r),
                                    void *ctx, struct shodo_error *err);

#define TUI_VALUE_REOPENED "reopened"

#endif
