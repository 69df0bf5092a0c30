/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sealing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "engine/secret.h"
#include "handover/readme.h"
#include "handover/sheet.h"

enum { BUNDLES_MAX = 10000 };

void shodo_sealing_done(struct shodo_sealing *s) {
    s->bag = shodo_bag_free(s->bag);
    explicit_bzero(s->passphrase, sizeof s->passphrase);
    shodo_io_close(&s->out_fd);
    shodo_recipients_done(&s->recipients);
}

/* Who writes the number down writes beside it what it opens: the name goes before it. */
static enum shodo_status ask_passphrase(struct shodo_sealing *s, uint64_t fd,
                                        struct shodo_error *err) {
    if (fd != UINT64_MAX && s->name[0])
        dprintf(STDERR_FILENO, "seal: %s\n", s->name);
    return shodo_secret_new(s->passphrase, fd, err);
}

enum shodo_status shodo_sealing_recipients(struct shodo_sealing *s, const struct shodo_vec *paths,
                                           uint64_t passphrase_fd, bool is_plain,
                                           struct shodo_error *err) {
    enum shodo_status st = shodo_recipients_add_files(&s->recipients, paths, err);
    if (st == SHODO_OK)
        st = shodo_recipients_add_site(&s->recipients, s->dir->site_fd, err);
    if (st == SHODO_OK && !s->recipients.list.count && !is_plain)
        st = ask_passphrase(s, passphrase_fd, err);
    return st;
}

/* Also what a collection that was killed left behind: it is never written over. */
static bool has_files(int dirfd, const char *name) {
    size_t n = strlen(name);
    bool found = false;
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d)
        shodo_io_close(&fd);
    for (struct dirent *e; d && !found && (e = readdir(d)) != NULL;)
        found = strncmp(e->d_name, name, n) == 0 && (e->d_name[n] == '.' || e->d_name[n] == '\0');
    if (d)
        closedir(d);
    return found;
}

/* n counts the seals of the case, so that names never come back. */
enum shodo_status shodo_sealing_name(struct shodo_sealing *s, const char *word,
                                     struct shodo_error *err) {
    for (unsigned n = 1; n < BUNDLES_MAX; n++) {
        snprintf(s->name, sizeof s->name, "%.64s_%.24s_%03u", s->state->id, word, n);
        if (!shodo_case_find_seal(s->state, s->name) && !has_files(s->out_fd, s->name))
            return SHODO_OK;
    }
    return shodo_fail(err, SHODO_LIMIT, "too many bundles");
}

enum shodo_status shodo_sealing_open(struct shodo_sealing *s, uint64_t max_bytes, bool is_plain,
                                     struct shodo_error *err) {
    struct shodo_buf text = SHODO_BUF_INIT;
    const struct shodo_readme r = {.name = s->name,
                                   .hospital = *s->state->site ? s->state->site : NULL,
                                   .fingerprint = shodo_key_fingerprint(s->dir->key),
                                   .has_certificate = s->recipients.list.count > 0,
                                   .has_passphrase = s->passphrase[0] != '\0',
                                   .is_plain = is_plain,
                                   .is_drill = s->state->is_drill};
    shodo_readme_write(&text, &r);
    const struct shodo_bag_options o = {.out_dirfd = s->out_fd,
                                        .name = s->name,
                                        .recipients = s->recipients.list.data,
                                        .recipients_count = s->recipients.list.count,
                                        .passphrase = s->passphrase[0] ? s->passphrase : NULL,
                                        .key = s->dir->key,
                                        .segment_bytes = SHODO_LIMIT_SEGMENT_BYTES,
                                        .max_bytes = max_bytes,
                                        .read_me = shodo_buf_cstr(&text),
                                        .is_plain = is_plain};
    enum shodo_status st = shodo_bag_new(&s->bag, &o, err);
    shodo_buf_done(&text);
    return st;
}

enum shodo_status shodo_sealing_tag(struct shodo_sealing *s, const char *path, const void *p,
                                    size_t n, struct shodo_error *err) {
    const struct shodo_bag_file f = {.path = path,
                                     .size_bytes = n,
                                     .modified = SHODO_TIME_NONE,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE,
                                     .is_tag = true};
    return shodo_bag_add(s->bag, &f, p, n, err);
}

enum shodo_status shodo_sealing_tag_file(struct shodo_sealing *s, int dirfd, const char *name,
                                         const char *path, struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_file(&b, dirfd, name, SHODO_LIMIT_TAG_FILE_BYTES, err);
    if (st == SHODO_OK)
        st = shodo_sealing_tag(s, path, b.data ? b.data : "", b.len, err);
    else if (st == SHODO_NOTFOUND)
        st = SHODO_OK;
    shodo_buf_done(&b);
    return st;
}

/* The disclosure rules give this page to who may open the bag. */
enum shodo_status shodo_sealing_first_page(struct shodo_sealing *s, const char *case_path,
                                           struct shodo_error *err) {
    const struct shodo_sheet_options o = {
        .case_path = case_path, .is_ja = true, .now = shodo_time_now()};
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_auto(shodo_buf) struct shodo_buf pdf = SHODO_BUF_INIT;
    enum shodo_status st = shodo_sheet_make(shodo_sheet_find("read-first"), &o, &d, NULL);
    if (st == SHODO_OK)
        st = shodo_document_pdf(&d, &pdf, NULL);
    return st == SHODO_OK ? shodo_sealing_tag(s, "00_最初に読む.pdf", pdf.data, pdf.len, err)
                          : SHODO_OK;
}

enum shodo_status shodo_sealing_info(struct shodo_sealing *s, const char *endpoint,
                                     const char *description, struct shodo_error *err) {
    const char *const info[][2] = {
        {"Source-Organization", s->state->site},
        {"External-Identifier", s->state->id},
        {"Internal-Sender-Identifier", endpoint},
        {"External-Description", description},
    };
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(info) && st == SHODO_OK; i++)
        if (info[i][1] && *info[i][1])
            st = shodo_bag_info(s->bag, info[i][0], info[i][1], err);
    return st;
}

enum shodo_status shodo_sealing_record(struct shodo_sealing *s, const char *endpoint,
                                       struct shodo_error *err) {
    struct shodo_buf b = SHODO_BUF_INIT, names = SHODO_BUF_INIT;
    for (size_t i = 0; i < s->recipients.list.count; i++) {
        const struct shodo_recipient *r = shodo_vec_at(&s->recipients.list, i);
        char hex[65] = "";
        shodo_key_cert_fingerprint(r->cert_pem, r->cert_len, hex, NULL);
        shodo_buf_addf(&names, "%s%s", i ? "," : "", hex);
    }
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "name", s->name);
    shodo_json_str(&j, "endpoint", endpoint);
    shodo_json_str(&j, "tagmanifest_sha256", s->seal.tagmanifest_sha256);
    shodo_json_str(&j, "segments_sha256", s->seal.segments_sha256);
    shodo_json_str(&j, "signer", shodo_key_fingerprint(s->dir->key));
    shodo_json_str(&j, "timestamp_query_sha256", s->seal.timestamp_query_sha256);
    shodo_json_str(&j, "recipients", shodo_buf_cstr(&names));
    shodo_json_u64(&j, "files", s->seal.files);
    shodo_json_u64(&j, "payload_bytes", s->seal.payload_bytes);
    shodo_json_u64(&j, "sealed_bytes", s->seal.sealed_bytes);
    shodo_json_u64(&j, "segments", s->seal.segments);
    shodo_json_object_end(&j);
    enum shodo_status st = b.failed ? shodo_fail(err, SHODO_NOMEM, "no memory for a journal record")
                                    : shodo_journal_add(s->dir->journal, "engine", "seal.done",
                                                        shodo_buf_cstr(&b), err);
    shodo_buf_done(&b);
    shodo_buf_done(&names);
    return st == SHODO_OK ? shodo_journal_checkpoint(s->dir->journal, err) : st;
}
