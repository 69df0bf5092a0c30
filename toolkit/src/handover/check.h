/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of a bag's content: fed with every file that is there (from a directory or a ZIP),
 * then asked whether that is what was sealed. Names are checked here before anybody uses them; each
 * problem is one line with a code:
 *
 *   missing extra changed duplicate case traversal name link fetch bagit manifest unsigned forged
 * signer timestamp oxum damaged limit          and from the outside (verify.c): truncated swapped
 * wrong-key card
 */
#ifndef SHODO_HANDOVER_CHECK_H
#define SHODO_HANDOVER_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "handover/cms.h"
#include "handover/verify.h"

/* Collects problems for one verification; counts into the report. */
struct shodo_problems {
    const struct shodo_verify_options *o;
    struct shodo_verify_report *report;
    /* of them: what came is incomplete or broken, while the signed list is intact */
    uint64_t damaged;
};
void shodo_problem(struct shodo_problems *p, const char *code, const char *path, const char *fmt,
                   ...) SHODO_PRINTF(4, 5);

struct shodo_check;
enum shodo_status shodo_check_new(struct shodo_check **ret, struct shodo_problems *problems,
                                  struct shodo_error *err);
struct shodo_check *shodo_check_free(struct shodo_check *c);
/* A file with its path relative to the bag. SKIP: the name is refused (reported); its bytes are not
 * wanted. */
enum shodo_status shodo_check_begin(struct shodo_check *c, const char *path, size_t n,
                                    struct shodo_error *err);
enum shodo_status shodo_check_data(struct shodo_check *c, const void *p, size_t n,
                                   struct shodo_error *err);
enum shodo_status shodo_check_end(struct shodo_check *c, struct shodo_error *err);
/* All files were fed: compares everything; fills files, bytes and the signer of the bag. */
enum shodo_status shodo_check_finish(struct shodo_check *c, struct shodo_cms_signer *ret_signer,
                                     char ret_tagmanifest_sha256[65], struct shodo_error *err);
/* SHA-256 that was seen for a path, NULL when it is not part of the bag. */
const uint8_t *shodo_check_digest(const struct shodo_check *c, const char *path, size_t n);
SHODO_DEFINE_AUTOP(shodo_check, shodo_check_free)

/*
 * The folder of a bundle: NAME.sha256 against the list; files that carry the bundle's name and are
 * in no list are problems, others are notes. `list_sha256`, `signature_sha256`: of
 * NAME.segments.txt and its signature.
 */
struct shodo_segment_list;
enum shodo_status shodo_folder_check(struct shodo_problems *p, int dirfd,
                                     const struct shodo_segment_list *l, const char *list_sha256,
                                     const char *signature_sha256, struct shodo_error *err);

/* Feeds a bag directory, or the bag in a ZIP (one top folder; its name is given back, at most 255
 * bytes). */
enum shodo_status shodo_scan_dir(struct shodo_check *c, struct shodo_problems *p, int bag_fd,
                                 struct shodo_error *err);
enum shodo_status shodo_scan_zip(struct shodo_check *c, struct shodo_problems *p, int zip_fd,
                                 struct shodo_buf *ret_base, struct shodo_error *err);

/* The whole verification; with `ret_zip_fd` (may be NULL) the joined plain ZIP stays open for
 * extraction, `*ret_check` and `ret_base` belong to it. `scratch_dirfd`: where the joined ZIP may
 * lie unnamed, -1 = the system's temporary directory. */
enum shodo_status shodo_verify_run(int dirfd, const char *name,
                                   const struct shodo_verify_options *o, int scratch_dirfd,
                                   struct shodo_verify_report *ret, int *ret_zip_fd,
                                   struct shodo_check **ret_check, struct shodo_buf *ret_base,
                                   struct shodo_error *err);

#endif
