/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every sealed bundle needs, whatever goes into it: who may open it, a name that never comes
 * back, tag files, and the journal record without which it does not count. Used by collect and
 * pack.
 */
#ifndef SHODO_ENGINE_SEALING_H
#define SHODO_ENGINE_SEALING_H

#include "base/buf.h"
#include "case/case.h"
#include "engine/recipients.h"
#include "handover/bag.h"

enum { SHODO_SEALING_NAME_BYTES = 128 };

struct shodo_sealing {
    const struct shodo_case_dir *dir; /* borrowed, opened for work */
    const struct shodo_case *state;   /* borrowed */
    struct shodo_recipients recipients;
    int out_fd;
    struct shodo_bag *bag;
    struct shodo_seal seal;
    char name[SHODO_SEALING_NAME_BYTES], passphrase[30];
};
#define SHODO_SEALING_INIT                                                                         \
    { .recipients = SHODO_RECIPIENTS_INIT, .out_fd = -1 }
void shodo_sealing_done(struct shodo_sealing *s);
SHODO_DEFINE_AUTO(shodo_sealing, shodo_sealing_done)

/* Certificates named (`paths`: const char *) and those in site/recipients; a new pass phrase when
 * there is none and `is_plain` is not set. */
enum shodo_status shodo_sealing_recipients(struct shodo_sealing *s, const struct shodo_vec *paths,
                                           uint64_t passphrase_fd, bool is_plain,
                                           struct shodo_error *err);
/* "<case>_<word>_<n>" that no seal and no file in the output folder has. */
enum shodo_status shodo_sealing_name(struct shodo_sealing *s, const char *word,
                                     struct shodo_error *err);
/* Starts the bag with its read-me. */
enum shodo_status shodo_sealing_open(struct shodo_sealing *s, uint64_t max_bytes, bool is_plain,
                                     struct shodo_error *err);
enum shodo_status shodo_sealing_tag(struct shodo_sealing *s, const char *path, const void *p,
                                    size_t n, struct shodo_error *err);
/* A file that is not there is left out. */
enum shodo_status shodo_sealing_tag_file(struct shodo_sealing *s, int dirfd, const char *name,
                                         const char *path, struct shodo_error *err);
/* 00_最初に読む.pdf: the one page for who opens the bag. A page that cannot be made is left out:
 * the text file says the same. */
enum shodo_status shodo_sealing_first_page(struct shodo_sealing *s, const char *case_path,
                                           struct shodo_error *err);
/* bag-info.txt. */
enum shodo_status shodo_sealing_info(struct shodo_sealing *s, const char *endpoint,
                                     const char *description, struct shodo_error *err);
/* The record seal.done and a checkpoint. `endpoint` "": the bundle is of the whole case. */
enum shodo_status shodo_sealing_record(struct shodo_sealing *s, const char *endpoint,
                                       struct shodo_error *err);

#endif
