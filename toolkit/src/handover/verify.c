/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying what a user names: finds out what it is, checks the outside (segment list, its
 * signature, every segment), and with a key the inside. Digests are compared before a segment is
 * opened, so that a key that does not fit can be told from bytes that were changed.
 */
#include "handover/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "handover/check.h"
#include "handover/segment.h"

#define LIST_SUFFIX ".segments.txt"
#define READ_BYTES  65536u

struct outer {
    struct shodo_problems p;
    const struct shodo_verify_options *o;
    struct shodo_verify_report *report;
    int dirfd, scratch_dirfd;
    struct shodo_buf list_name, list_text;
    struct shodo_segment_list list;
    struct shodo_cms_signer signer; /* of the list, or of the bag when there is no list */
    char list_sha256[65];           /* digest of the bundle; "" for a bag alone */
    char signature_sha256[65];      /* of the list's signature; "" when that is not there */
    char tagmanifest_sha256[65];    /* of the bag that was looked at */
    int zip_fd;                     /* joined plain ZIP */
    struct shodo_check *check;
    struct shodo_buf base;
    uint64_t wrong_keys; /* problems that say nothing about the bundle */
};

static bool ends_with(const char *s, const char *end) {
    size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

/* SHA-256 and size of an open file. */
static enum shodo_status digest_file(int fd, char ret_hex[65], uint64_t *ret_size,
                                     struct shodo_error *err) {
    uint8_t digest[SHODO_SHA256_BYTES], *block = malloc(READ_BYTES);
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    enum shodo_status st = block && h
                               ? SHODO_OK
                               : shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    *ret_size = 0;
    while (st == SHODO_OK) {
        ssize_t got = pread(fd, block, READ_BYTES, (off_t)*ret_size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            st = shodo_fail_errno(err, "reading a file of the bundle");
        if (got <= 0)
            break;
        shodo_hash_update(h, block, (size_t)got);
        *ret_size += (uint64_t)got;
    }
    if (st == SHODO_OK) {
        shodo_hash_final(h, digest);
        shodo_hex(digest, sizeof digest, ret_hex);
    }
    free(block);
    return st;
}

/* ---- the outside ---- */

static const struct shodo_segment *with_digest(const struct shodo_segment_list *l,
                                               const char *hex) {
    for (size_t i = 0; i < l->segments.count; i++) {
        const struct shodo_segment *s = shodo_vec_at(&l->segments, i);
        if (strcmp(s->sha256, hex) == 0)
            return s;
    }
    return NULL;
}

static enum shodo_status check_listed(struct outer *u, const struct shodo_segment *s,
                                      bool is_segment, struct shodo_error *err) {
    struct shodo_error why = SHODO_ERROR_INIT;
    int fd = -1;
    enum shodo_status st = shodo_io_open_read(&fd, u->dirfd, s->name, &why);
    if (st != SHODO_OK) {
        if (st == SHODO_NOTFOUND)
            shodo_problem(&u->p, "missing", s->name, "it is not there");
        else
            shodo_problem(&u->p, "link", s->name, "not a regular file that can be read: %s",
                          why.text);
        return SHODO_OK;
    }
    struct stat sb;
    char hex[65];
    uint64_t size = 0;
    if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode)) {
        shodo_problem(&u->p, "link", s->name, "not a regular file");
        shodo_io_close(&fd);
        return SHODO_OK;
    }
    st = digest_file(fd, hex, &size, err);
    shodo_io_close(&fd);
    if (st != SHODO_OK || strcmp(hex, s->sha256) == 0)
        return st;
    const struct shodo_segment *other = is_segment ? with_digest(&u->list, hex) : NULL;
    /* encrypted bytes cannot be edited to say something else, they can only break */
    u->p.damaged += is_segment && !u->list.is_plain && !other && size >= s->size;
    if (other)
        shodo_problem(&u->p, "swapped", s->name, "it holds what belongs in '%s'", other->name);
    else if (size < s->size)
        shodo_problem(&u->p, "truncated", s->name, "%llu of %llu bytes", (unsigned long long)size,
                      (unsigned long long)s->size);
    else
        shodo_problem(&u->p, "changed", s->name, "its content is not that of the segment list");
    return SHODO_OK;
}

static enum shodo_status check_list(struct outer *u, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf sig = SHODO_BUF_INIT, sig_name = SHODO_BUF_INIT;
    struct shodo_error why = SHODO_ERROR_INIT;
    const char *name = shodo_buf_cstr(&u->list_name);
    enum shodo_status st = shodo_io_read_file(&u->list_text, u->dirfd, name,
                                              SHODO_LIMIT_SEGMENT_LIST_BYTES, err);
    if (st != SHODO_OK)
        return st;
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(u->list_text.data ? u->list_text.data : "", u->list_text.len, digest);
    shodo_hex(digest, sizeof digest, u->list_sha256);
    if (!shodo_buf_addf(&sig_name, "%s.p7s", name))
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    st = shodo_io_read_file(&sig, u->dirfd, sig_name.data, SHODO_LIMIT_SIGNATURE_BYTES, &why);
    if (st == SHODO_NOMEM)
        return shodo_fail(err, st, "%s", why.text);
    if (st != SHODO_OK) {
        shodo_problem(&u->p, "unsigned", sig_name.data, "the signature of the segment list: %s",
                      why.text);
    } else {
        shodo_sha256(sig.data ? sig.data : "", sig.len, digest);
        shodo_hex(digest, sizeof digest, u->signature_sha256);
        st = shodo_cms_check(sig.data ? sig.data : "", sig.len,
                             u->list_text.data ? u->list_text.data : "", u->list_text.len,
                             &u->signer, &why);
        if (st != SHODO_OK)
            shodo_problem(&u->p, "forged", name,
                          "the segment list is not the one that was signed: %s", why.text);
    }
    st = shodo_segment_list_parse(&u->list, u->list_text.data ? u->list_text.data : "",
                                  u->list_text.len, &why);
    if (st == SHODO_NOMEM)
        return shodo_fail(err, st, "%s", why.text);
    if (st != SHODO_OK)
        shodo_problem(&u->p, "damaged", name, "%s", why.text);
    return SHODO_OK;
}

static enum shodo_status check_segments(struct outer *u, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    shodo_auto(shodo_buf) struct shodo_buf expect = SHODO_BUF_INIT;
    if (!shodo_buf_addf(&expect, "%s" LIST_SUFFIX, u->list.bundle))
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    if (strcmp(expect.data, shodo_buf_cstr(&u->list_name)) != 0)
        shodo_problem(&u->p, "name", shodo_buf_cstr(&u->list_name), "the list is of bundle '%s'",
                      u->list.bundle);
    for (size_t i = 0; st == SHODO_OK && i < u->list.segments.count; i++)
        st = check_listed(u, shodo_vec_at(&u->list.segments, i), true, err);
    for (size_t i = 0; st == SHODO_OK && i < u->list.files.count; i++)
        st = check_listed(u, shodo_vec_at(&u->list.files, i), false, err);
    if (st == SHODO_OK)
        st = shodo_folder_check(&u->p, u->dirfd, &u->list, u->list_sha256, u->signature_sha256,
                                err);
    if (u->signer.fingerprint[0] && strcmp(u->signer.fingerprint, u->list.signer_sha256) != 0)
        shodo_problem(&u->p, "signer", shodo_buf_cstr(&u->list_name),
                      "signed by another certificate than the one the list names");
    u->report->segments = (uint32_t)u->list.segments.count;
    return st;
}

/* ---- the inside ---- */

/* An unnamed file: what is decrypted never has a name before it is verified. */
static enum shodo_status open_scratch(struct outer *u, struct shodo_error *err) {
    const char *const places[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    if (u->scratch_dirfd >= 0)
        u->zip_fd = openat(u->scratch_dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    for (size_t i = 0; u->zip_fd < 0 && i < SHODO_ARRAY_SIZE(places); i++)
        if (places[i])
            u->zip_fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    /* exFAT, FUSE: no unnamed files */
    for (size_t i = 0; u->zip_fd < 0 && i <= SHODO_ARRAY_SIZE(places); i++) {
        uint8_t random[8];
        char name[40] = "shodo-open-";
        if (shodo_random(random, sizeof random, err) != SHODO_OK)
            return SHODO_IO;
        shodo_hex(random, sizeof random, name + strlen(name));
        int dir = i == 0          ? u->scratch_dirfd
                  : places[i - 1] ? open(places[i - 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                                  : -1;
        u->zip_fd = dir >= 0 ? openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                      0600)
                             : -1;
        if (u->zip_fd >= 0)
            (void)unlinkat(dir, name, 0);
        if (i > 0)
            shodo_io_close(&dir);
    }
    return u->zip_fd >= 0 ? SHODO_OK : shodo_fail_errno(err, "no place for the opened bundle");
}

static enum shodo_status open_segment(struct outer *u, const struct shodo_segment *s,
                                      struct shodo_error *err) {
    struct shodo_error why = SHODO_ERROR_INIT;
    uint64_t plain = 0;
    int fd = -1;
    enum shodo_status st = shodo_io_open_read(&fd, u->dirfd, s->name, err);
    if (st != SHODO_OK)
        return st;
    st = shodo_cms_open(fd, u->o->key_pem, u->o->key_len, u->o->passphrase, u->zip_fd, &plain,
                        &why);
    shodo_io_close(&fd);
    u->wrong_keys += st == SHODO_REFUSED;
    if (st == SHODO_REFUSED)
        shodo_problem(&u->p, "wrong-key", s->name,
                      "the segment is unchanged, but this key or passphrase does not open it");
    else if (st == SHODO_DAMAGED || st == SHODO_UNSUPPORTED || st == SHODO_LIMIT)
        shodo_problem(&u->p, "damaged", s->name, "%s", why.text);
    else if (st != SHODO_OK)
        return shodo_fail(err, st, "'%s': %s", s->name, why.text);
    else if (plain != s->plain)
        shodo_problem(&u->p, "changed", s->name, "it opens to %llu bytes, the list says %llu",
                      (unsigned long long)plain, (unsigned long long)s->plain);
    return SHODO_OK;
}

static enum shodo_status check_inside(struct outer *u, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    uint64_t before = u->report->problems;
    if (u->list.is_plain) {
        const struct shodo_segment *s = shodo_vec_at(&u->list.segments, 0);
        st = shodo_io_open_read(&u->zip_fd, u->dirfd, s->name, err);
    } else {
        st = open_scratch(u, err);
        for (size_t i = 0;
             st == SHODO_OK && i < u->list.segments.count && u->report->problems == before; i++)
            st = open_segment(u, shodo_vec_at(&u->list.segments, i), err);
    }
    if (st != SHODO_OK || u->report->problems != before)
        return st;
    char hex[65];
    uint64_t size = 0;
    st = digest_file(u->zip_fd, hex, &size, err);
    if (st == SHODO_OK && strcmp(hex, u->list.zip_sha256) != 0)
        shodo_problem(&u->p, "changed", u->list.bundle,
                      "the joined ZIP is not the one of the segment list");
    return st;
}

static enum shodo_status finish_bag(struct outer *u, struct shodo_error *err) {
    struct shodo_cms_signer bag;
    enum shodo_status st = shodo_check_finish(u->check, &bag, u->tagmanifest_sha256, err);
    if (st != SHODO_OK)
        return st;
    u->report->is_inside_checked = true;
    if (!u->list_sha256[0])
        u->signer = bag;
    else if (bag.fingerprint[0] && strcmp(bag.fingerprint, u->signer.fingerprint) != 0)
        shodo_problem(&u->p, "signer", u->list.bundle,
                      "the bag inside was signed by another certificate than the segment list");
    if (u->list_sha256[0] && strcmp(u->tagmanifest_sha256, u->list.tagmanifest_sha256) != 0)
        shodo_problem(&u->p, "swapped", u->list.bundle,
                      "the bag inside is not the one of the segment list");
    return SHODO_OK;
}

static enum shodo_status check_zip(struct outer *u, struct shodo_error *err) {
    enum shodo_status st = shodo_check_new(&u->check, &u->p, err);
    if (st == SHODO_OK)
        st = shodo_scan_zip(u->check, &u->p, u->zip_fd, &u->base, err);
    if (st == SHODO_OK && u->list_sha256[0] && u->base.len > 0 &&
        strcmp(shodo_buf_cstr(&u->base), u->list.bundle) != 0)
        shodo_problem(&u->p, "name", shodo_buf_cstr(&u->base),
                      "the bag's folder has not the name of the bundle");
    return st == SHODO_OK ? finish_bag(u, err) : st;
}

static enum shodo_status verify_bundle(struct outer *u, struct shodo_error *err) {
    enum shodo_status st = check_list(u, err);
    if (st != SHODO_OK || u->list.segments.count == 0)
        return st;
    st = check_segments(u, err);
    bool has_key = u->o->key_pem || (u->o->passphrase && *u->o->passphrase) || u->list.is_plain;
    /* Nothing that is not what was signed is ever given to the CMS or ZIP parsers. */
    if (st != SHODO_OK || !has_key || u->report->problems > 0)
        return st;
    st = check_inside(u, err);
    return st == SHODO_OK && u->report->problems == 0 ? check_zip(u, err) : st;
}

/* ---- who signed ---- */

/* Hex digits of a card without the blanks, colons and line breaks that people put between them. */
static bool card_has(const char *card, const char *hex) {
    shodo_auto(shodo_buf) struct shodo_buf digits = SHODO_BUF_INIT;
    for (const char *s = card; *s; s++) {
        if (strchr(" \t\r\n:-", *s))
            continue;
        shodo_buf_addc(&digits, *s >= 'A' && *s <= 'F' ? (char)(*s + 32) : *s);
    }
    return *hex && strstr(shodo_buf_cstr(&digits), hex) != NULL;
}

static enum shodo_status judge_signer(struct outer *u, bool *ret_is_other,
                                      struct shodo_error *err) {
    const struct shodo_verify_options *o = u->o;
    memcpy(u->report->signer_fingerprint, u->signer.fingerprint, 65);
    snprintf(u->report->signer_name, sizeof u->report->signer_name, "%s", u->signer.name);
    *ret_is_other = false;
    if (!u->signer.fingerprint[0])
        return SHODO_OK;
    if (o->trust_pem) {
        char trusted[65];
        enum shodo_status st = shodo_key_cert_fingerprint(o->trust_pem, o->trust_len, trusted, err);
        if (st != SHODO_OK)
            return shodo_error_context(err, "the trusted certificate"), st;
        u->report->is_signer_confirmed = strcmp(trusted, u->signer.fingerprint) == 0;
        if (!u->report->is_signer_confirmed) {
            *ret_is_other = true;
            char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
            shodo_problem(&u->p, "signer", shodo_text_fingerprint(u->signer.fingerprint, shown),
                          "signed by another certificate than the trusted one");
        }
    }
    if (!o->card)
        return SHODO_OK;
    const char *digest = u->list_sha256[0] ? u->list_sha256 : u->tagmanifest_sha256;
    if (!card_has(o->card, digest)) {
        *ret_is_other = true;
        shodo_problem(&u->p, "card", digest, "this is not the bundle of the handover card");
    } else if (card_has(o->card, u->signer.fingerprint)) {
        u->report->is_signer_confirmed = !*ret_is_other;
    }
    return SHODO_OK;
}

const char *shodo_seal_state_name(enum shodo_seal_state s) {
    static const char *const names[] = {"unchanged", "damaged", "other", "changed"};
    return names[s];
}

/* ---- what did the user name? ---- */

/* The one segment list of a directory. */
static enum shodo_status find_list(struct outer *u, struct shodo_error *err) {
    int fd = openat(u->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        enum shodo_status st = shodo_fail_errno(err, "listing the directory");
        shodo_io_close(&fd);
        return st;
    }
    unsigned count = 0;
    bool ok = true;
    const struct dirent *e = NULL;
    while ((e = readdir(dir)) != NULL)
        if (ends_with(e->d_name, LIST_SUFFIX) && ++count == 1)
            ok = shodo_buf_adds(&u->list_name, e->d_name);
    closedir(dir);
    if (!ok)
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    if (count == 0)
        return shodo_fail(err, SHODO_NOTFOUND,
                          "neither a bag (bagit.txt) nor a bundle (*" LIST_SUFFIX ") is there");
    if (count > 1)
        return shodo_fail(err, SHODO_INVALID,
                          "%u bundles are there: name the " LIST_SUFFIX " of one", count);
    return SHODO_OK;
}

static enum shodo_status verify_directory(struct outer *u, struct shodo_error *err) {
    struct stat sb;
    if (fstatat(u->dirfd, "bagit.txt", &sb, AT_SYMLINK_NOFOLLOW) == 0) {
        enum shodo_status st = shodo_check_new(&u->check, &u->p, err);
        if (st == SHODO_OK)
            st = shodo_scan_dir(u->check, &u->p, u->dirfd, err);
        return st == SHODO_OK ? finish_bag(u, err) : st;
    }
    enum shodo_status st = find_list(u, err);
    return st == SHODO_OK ? verify_bundle(u, err) : st;
}

/* "NAME.segments.txt", or any file of an encrypted bundle, or a ZIP. */
static enum shodo_status verify_file(struct outer *u, const char *name, struct shodo_error *err) {
    size_t n = strlen(name);
    static const char *const others[] = {".segments.txt.p7s", ".sha256", ".signer.pem"};
    size_t cut = ends_with(name, LIST_SUFFIX) ? n - strlen(LIST_SUFFIX) : 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(others); i++)
        if (ends_with(name, others[i]))
            cut = n - strlen(others[i]);
    if (ends_with(name, ".zip.p7m")) {
        for (cut = n - strlen(".zip.p7m"); cut > 0 && name[cut - 1] != '.'; cut--)
            continue;
        cut = cut > 0 ? cut - 1 : 0;
    }
    if (cut > 0) {
        if (!shodo_buf_add(&u->list_name, name, cut) || !shodo_buf_adds(&u->list_name, LIST_SUFFIX))
            return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
        return verify_bundle(u, err);
    }
    char magic[4] = "";
    enum shodo_status st = shodo_io_open_read(&u->zip_fd, u->dirfd, name, err);
    if (st != SHODO_OK)
        return st;
    if (pread(u->zip_fd, magic, sizeof magic, 0) != 4 || memcmp(magic, "PK\3\4", 4) != 0)
        return shodo_fail(err, SHODO_UNSUPPORTED, "'%s' is neither a bundle nor a ZIP of a bag",
                          name);
    return check_zip(u, err);
}

/* Splits a user's path, so that everything else happens inside one directory. */
static enum shodo_status open_named(struct outer *u, int dirfd, const char *path,
                                    const char **ret_file, struct shodo_error *err) {
    u->dirfd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *ret_file = NULL;
    if (u->dirfd >= 0)
        return SHODO_OK;
    if (errno != ENOTDIR)
        return shodo_fail_errno(err, "opening '%s'", path);
    const char *slash = strrchr(path, '/');
    shodo_auto(shodo_buf) struct shodo_buf parent = SHODO_BUF_INIT;
    if (!shodo_buf_add(&parent, slash ? path : ".",
                       slash ? SHODO_MAX((size_t)(slash - path), (size_t)1) : 1))
        return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bundle");
    u->dirfd = openat(dirfd, parent.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (u->dirfd < 0)
        return shodo_fail_errno(err, "opening '%s'", parent.data);
    *ret_file = slash ? slash + 1 : path;
    return SHODO_OK;
}

enum shodo_status shodo_verify_run(int dirfd, const char *name,
                                   const struct shodo_verify_options *o, int scratch_dirfd,
                                   struct shodo_verify_report *ret, int *ret_zip_fd,
                                   struct shodo_check **ret_check, struct shodo_buf *ret_base,
                                   struct shodo_error *err) {
    *ret = (struct shodo_verify_report){.state = SHODO_SEAL_CHANGED};
    struct outer u = {.p = {.o = o, .report = ret},
                      .o = o,
                      .report = ret,
                      .dirfd = -1,
                      .scratch_dirfd = scratch_dirfd,
                      .zip_fd = -1};
    const char *file = NULL;
    bool is_other = false;
    shodo_segment_list_init(&u.list);
    enum shodo_status st = open_named(&u, dirfd, name, &file, err);
    if (st == SHODO_OK)
        st = file ? verify_file(&u, file, err) : verify_directory(&u, err);
    uint64_t content_problems = ret->problems;
    if (st == SHODO_OK)
        st = judge_signer(&u, &is_other, err);
    if (st == SHODO_OK) {
        /* Another signer than the one we trust may have sealed anything: then nothing is known to
         * be unchanged. */
        ret->state = content_problems > u.wrong_keys + u.p.damaged || !u.signer.fingerprint[0]
                         ? SHODO_SEAL_CHANGED
                     : is_other        ? SHODO_SEAL_OTHER
                     : u.p.damaged > 0 ? SHODO_SEAL_DAMAGED
                                       : SHODO_SEAL_UNCHANGED;
        ret->is_unchanged = ret->state == SHODO_SEAL_UNCHANGED;
        ret->is_key_wrong = u.wrong_keys > 0;
        if (ret->problems > 0)
            st = shodo_fail(err, SHODO_REFUSED, "%llu problem%s found",
                            (unsigned long long)ret->problems,
                            ret->problems == 1 ? " was" : "s were");
    }
    if (st == SHODO_OK && ret_zip_fd) {
        *ret_zip_fd = u.zip_fd;
        *ret_check = u.check;
        *ret_base = u.base;
        u.zip_fd = -1;
        u.check = NULL;
        u.base = (struct shodo_buf)SHODO_BUF_INIT;
    }
    shodo_check_free(u.check);
    shodo_segment_list_done(&u.list);
    shodo_buf_done(&u.base);
    shodo_buf_done(&u.list_name);
    shodo_buf_done(&u.list_text);
    shodo_io_close(&u.zip_fd);
    shodo_io_close(&u.dirfd);
    return st;
}

enum shodo_status shodo_verify(int dirfd, const char *name, const struct shodo_verify_options *o,
                               struct shodo_verify_report *ret, struct shodo_error *err) {
    return shodo_verify_run(dirfd, name, o, -1, ret, NULL, NULL, NULL, err);
}
