/* SPDX-License-Identifier: Apache-2.0 */
/* Who may open a bundle: the certificates that were named, and those of the hospital, which are
 * always added. */
#ifndef SHODO_ENGINE_RECIPIENTS_H
#define SHODO_ENGINE_RECIPIENTS_H

#include "base/buf.h"
#include "base/status.h"
#include "handover/cms.h"

struct shodo_recipients {
    struct shodo_vec list; /* struct shodo_recipient; its texts are in the arena */
    struct shodo_arena arena;
};
#define SHODO_RECIPIENTS_INIT                                                                      \
    { .list = SHODO_VEC_INIT(sizeof(struct shodo_recipient)), .arena = SHODO_ARENA_INIT }

/* `paths`: const char *, of PEM files on the host. LIMIT beyond SHODO_LIMIT_RECIPIENTS. */
enum shodo_status shodo_recipients_add_files(struct shodo_recipients *r,
                                             const struct shodo_vec *paths,
                                             struct shodo_error *err);
/* The .pem files in recipients/ of the site folder; `site_fd` -1 or no such folder: none. */
enum shodo_status shodo_recipients_add_site(struct shodo_recipients *r, int site_fd,
                                            struct shodo_error *err);
void shodo_recipients_done(struct shodo_recipients *r);

#endif
