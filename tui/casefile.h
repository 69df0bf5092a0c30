/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case as the screens see it: the fold of the journal and the newest result files of each endpoint, read again by
 * tui_casefile_reload(). Nothing here is state of its own.
 */
#ifndef SHODO_TUI_CASEFILE_H
#define SHODO_TUI_CASEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "model/finding.h"
#include "msg.h"

#define TUI_FINDINGS_SHOWN 2000 /* detections kept for the list of one endpoint; the count says how many there are */

struct tui_finding_row {
    enum shodo_verdict verdict;
    const char *path, *rule, *text_ja, *text_en, *author, *sha256;
    uint64_t size_bytes;
    char drive;
};

struct tui_endpoint {
    char id[SHODO_ENDPOINT_TEXT_BYTES];
    const char *name;
    uint64_t matches, suspects, artifacts, problems, policy_items;
    struct shodo_vec findings; /* struct tui_finding_row, matches first */
    struct shodo_vec reasons;  /* struct tui_reason, problems first, largest first */
};

struct tui_reason {
    enum shodo_ledger_reason reason;
    bool is_problem;
    uint64_t count, bytes;
};

struct tui_casefile;
enum shodo_status tui_casefile_open(struct tui_casefile **ret, const char *case_root, struct shodo_error *err);
struct tui_casefile *tui_casefile_free(struct tui_casefile *f);
void tui_casefile_reload(struct tui_casefile *f);
/* One line for the header: case, hospital, endpoint, state of the journal. Appends. */
void tui_casefile_header(const struct tui_casefile *f, enum tui_lang lang, struct shodo_buf *out);
bool tui_casefile_is_drill(const struct tui_casefile *f);
const char *tui_casefile_problem(const struct tui_casefile *f); /* "" or why the case could not be read */
size_t tui_casefile_endpoints(const struct tui_casefile *f);
const struct tui_endpoint *tui_casefile_endpoint(const struct tui_casefile *f, size_t i);

#endif
