/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bag (BagIt 1.0, RFC 8493) as a stream. Manifests grow as text in memory (about 400 bytes a
 * file); everything else is constant. Order in the ZIP: bagit.txt, 00_最初に読む.txt, the files,
 * quarantine.zip, tag files, manifests, signature.
 */
#include "handover/bag.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "handover/cms.h"
#include "handover/names.h"
#include "handover/segment.h"
#include "handover/tsq.h"
#include "handover/zip.h"

#define PART_BYTES_MAX  240u
#define PART_BYTES_KEPT 200u
#define SEAL_RESERVE    SHODO_MIB(1)
#define SHORT_MARK      "=~"

struct manifest {
    struct shodo_buf sha256, sha512;
};

struct shodo_bag {
    struct shodo_bag_options o;
    char *name, *read_me;
    struct shodo_segment_writer *segments;
    struct shodo_zip *zip;
    struct shodo_zip *inner; /* quarantine.zip, into inner_bytes; NULL until the first file */
    struct shodo_buf inner_bytes;
    struct shodo_segment_list list;
    struct manifest payload, tags;
    struct shodo_buf files, info, quarantine;
    struct shodo_names paths, folded;
    /* collected: files the caller added, quarantined ones included */
    uint64_t payload_files, payload_bytes, collected;
    /* the file that is open */
    bool is_open, is_quarantined, is_tag;
    struct shodo_buf path; /* in the bag, with data/ */
    struct shodo_hash *h256, *h512;
    uint64_t bytes;
    bool is_dead; /* a write failed: only free is left */
};

static enum shodo_status no_memory(struct shodo_error *err) {
    return shodo_fail(err, SHODO_NOMEM, "no memory for the bag");
}

/* Once the stream is broken nothing can be repaired. */
static enum shodo_status dead(struct shodo_bag *b, enum shodo_status st) {
    if (st < 0)
        b->is_dead = true;
    return st;
}

static enum shodo_status inner_write(void *ctx, const void *p, size_t n, struct shodo_error *err) {
    struct shodo_bag *b = ctx;
    if (b->inner_bytes.len + n > SHODO_LIMIT_QUARANTINE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "samples and notes are larger than %llu bytes together",
                          (unsigned long long)SHODO_LIMIT_QUARANTINE_BYTES);
    return shodo_buf_add(&b->inner_bytes, p, n) ? SHODO_OK : no_memory(err);
}

static enum shodo_status add_tag(struct shodo_bag *b, const char *path, const void *p, size_t n,
                                 struct shodo_error *err) {
    const struct shodo_bag_file f = {.path = path,
                                     .size_bytes = n,
                                     .modified = shodo_time_now(),
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE,
                                     .is_tag = true};
    return shodo_bag_add(b, &f, p, n, err);
}

static enum shodo_status check_options(const struct shodo_bag_options *o, struct shodo_error *err) {
    if (!o->key || !o->name || !o->read_me)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_new: name, key and read_me are needed");
    if (!shodo_bundle_name_is_ok(o->name, strlen(o->name)))
        return shodo_fail(
            err, SHODO_INVALID,
            "a bundle's name has at most 120 bytes of letters, digits, '.', '_', '-' and Japanese");
    if (!o->is_plain && o->recipients_count == 0 && !(o->passphrase && *o->passphrase))
        return shodo_fail(err, SHODO_INVALID,
                          "a bundle needs a recipient's certificate or a passphrase");
    return SHODO_OK;
}

static enum shodo_status start(struct shodo_bag *b, struct shodo_error *err) {
    enum shodo_status st = shodo_segment_writer_new(&b->segments, &b->o, err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_file(b->segments, SHODO_READ_ME_NAME, b->read_me,
                                       strlen(b->read_me), &b->list, err);
    if (st != SHODO_OK)
        return st;
    const struct shodo_sink sink = shodo_segment_writer_sink(b->segments);
    st = shodo_zip_new(&b->zip, &sink, NULL, err);
    static const char bagit[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    if (st == SHODO_OK)
        st = add_tag(b, "bagit.txt", bagit, sizeof bagit - 1, err);
    if (st == SHODO_OK)
        st = add_tag(b, SHODO_READ_ME_NAME, b->read_me, strlen(b->read_me), err);
    return st;
}

enum shodo_status shodo_bag_new(struct shodo_bag **ret, const struct shodo_bag_options *o,
                                struct shodo_error *err) {
    enum shodo_status st = check_options(o, err);
    if (st != SHODO_OK)
        return st;
    shodo_autop(shodo_bag) struct shodo_bag *b = calloc(1, sizeof *b);
    if (!b)
        return no_memory(err);
    shodo_segment_list_init(&b->list);
    b->o = *o;
    b->o.name = b->name = strdup(o->name);
    b->o.read_me = b->read_me = strdup(o->read_me);
    b->h256 = shodo_hash_new(SHODO_SHA256);
    b->h512 = shodo_hash_new(SHODO_SHA512);
    if (!b->name || !b->read_me || !b->h256 || !b->h512)
        return no_memory(err);
    st = start(b, err);
    if (st != SHODO_OK)
        return st;
    *ret = b;
    b = NULL;
    return SHODO_OK;
}

struct shodo_bag *shodo_bag_free(struct shodo_bag *b) {
    if (!b)
        return NULL;
    shodo_zip_free(b->inner);
    shodo_zip_free(b->zip);
    shodo_segment_writer_free(b->segments);
    shodo_segment_list_done(&b->list);
    struct shodo_buf *const bufs[] = {&b->inner_bytes, &b->payload.sha256, &b->payload.sha512,
                                      &b->tags.sha256, &b->tags.sha512,    &b->files,
                                      &b->info,        &b->quarantine,     &b->path};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bufs); i++)
        shodo_buf_done(bufs[i]);
    shodo_names_done(&b->paths);
    shodo_names_done(&b->folded);
    shodo_hash_free(b->h256);
    shodo_hash_free(b->h512);
    free(b->name);
    free(b->read_me);
    free(b);
    return NULL;
}

uint64_t shodo_bag_sealed_bytes(const struct shodo_bag *b) {
    return shodo_segment_writer_sealed(b->segments);
}

uint64_t shodo_bag_room_bytes(const struct shodo_bag *b) {
    uint64_t reserve = SEAL_RESERVE + b->inner_bytes.len + b->payload.sha256.len +
                       b->payload.sha512.len + b->files.len;
    uint64_t room = shodo_segment_writer_room(b->segments);
    return room - SHODO_MIN(room, reserve);
}

/* ---- names ---- */

static bool add_digest_mark(struct shodo_buf *out, const char *s, size_t n) {
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(s, n, digest);
    return shodo_buf_adds(out, SHORT_MARK) && shodo_buf_add_hex(out, digest, 8);
}

/* Copies an escaped path, shortening parts that Linux file systems cannot hold (255 bytes; NTFS has
 * 255 UTF-16 units). */
static bool add_shortened(struct shodo_buf *out, const char *s, size_t n) {
    for (size_t start = 0; start <= n;) {
        const char *slash = memchr(s + start, '/', n - start);
        size_t len = slash ? (size_t)(slash - s) - start : n - start;
        bool ok = true;
        if (len <= PART_BYTES_MAX) {
            ok = shodo_buf_add(out, s + start, len);
        } else {
            size_t kept = PART_BYTES_KEPT;
            while (kept > 0 && ((uint8_t)s[start + kept] & 0xc0) == 0x80)
                kept--; /* not inside a character */
            ok = shodo_buf_add(out, s + start, kept) && add_digest_mark(out, s + start, len);
        }
        if (!ok || (slash && !shodo_buf_addc(out, '/')))
            return false;
        start += len + 1;
    }
    return true;
}

/* A name that differs from another one by case only gets the digest of its exact spelling. */
static enum shodo_status make_unique(struct shodo_bag *b, struct shodo_error *err) {
    bool is_new = false;
    if (shodo_names_add(&b->paths, b->path.data, b->path.len, &is_new) == SIZE_MAX)
        return no_memory(err);
    if (!is_new)
        return shodo_fail(err, SHODO_EXISTS, "the bag has this path already");
    shodo_auto(shodo_buf) struct shodo_buf fold = SHODO_BUF_INIT;
    if (!shodo_name_fold(&fold, b->path.data, b->path.len) ||
        shodo_names_add(&b->folded, fold.data, fold.len, &is_new) == SIZE_MAX)
        return no_memory(err);
    if (is_new)
        return SHODO_OK;
    shodo_auto(shodo_buf) struct shodo_buf exact = SHODO_BUF_INIT;
    if (!shodo_buf_add(&exact, b->path.data, b->path.len) ||
        !add_digest_mark(&b->path, exact.data, exact.len))
        return no_memory(err);
    return SHODO_OK;
}

static enum shodo_status make_path(struct shodo_bag *b, const struct shodo_bag_file *f,
                                   struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf escaped = SHODO_BUF_INIT;
    shodo_buf_clear(&b->path);
    bool ok = shodo_bag_escape(&escaped, f->path, strlen(f->path));
    if (ok && escaped.len == 0)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_begin: a file needs a path");
    ok = ok &&
         shodo_buf_adds(&b->path, f->is_tag           ? ""
                                  : f->is_quarantined ? "quarantine/"
                                                      : "data/") &&
         add_shortened(&b->path, escaped.data, escaped.len);
    if (!ok)
        return no_memory(err);
    return make_unique(b, err);
}

/* ---- files ---- */

static enum shodo_status add_file_line(struct shodo_bag *b, const struct shodo_bag_file *f) {
    struct shodo_json j = shodo_json_to(&b->files);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "path", shodo_buf_cstr(&b->path));
    shodo_json_str(&j, "original", f->path);
    shodo_json_time(&j, "modified", f->modified);
    shodo_json_time(&j, "accessed", f->accessed);
    shodo_json_time(&j, "born", f->born);
    shodo_json_bool(&j, "quarantined", f->is_quarantined);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
    return b->files.failed ? SHODO_NOMEM : SHODO_OK;
}

static enum shodo_status begin_member(struct shodo_bag *b, const struct shodo_bag_file *f,
                                      struct shodo_error *err) {
    if (f->is_quarantined) {
        if (!b->inner) {
            const struct shodo_sink sink = {.write = inner_write, .ctx = b};
            enum shodo_status st = shodo_zip_new(&b->inner, &sink, SHODO_QUARANTINE_PASSWORD, err);
            if (st != SHODO_OK)
                return st;
        }
        return shodo_zip_begin(b->inner, shodo_buf_cstr(&b->path) + strlen("quarantine/"),
                               f->is_stored, f->modified, f->accessed, f->born, err);
    }
    shodo_auto(shodo_buf) struct shodo_buf full = SHODO_BUF_INIT;
    if (!shodo_buf_addf(&full, "%s/%s", b->name, shodo_buf_cstr(&b->path)))
        return no_memory(err);
    return shodo_zip_begin(b->zip, full.data, f->is_stored, f->modified, f->accessed, f->born, err);
}

enum shodo_status shodo_bag_begin(struct shodo_bag *b, const struct shodo_bag_file *f,
                                  struct shodo_error *err) {
    if (b->is_dead || b->is_open)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_begin: %s",
                          b->is_dead ? "the bag has failed" : "a file is open");
    if (!f->is_tag && b->paths.count >= SHODO_LIMIT_BAG_FILES)
        return shodo_fail(err, SHODO_LIMIT, "more than %u files in one bag", SHODO_LIMIT_BAG_FILES);
    if (!f->is_tag && f->size_bytes > shodo_bag_room_bytes(b))
        return shodo_fail(err, SHODO_LIMIT, "%llu bytes do not fit: there is room for %llu",
                          (unsigned long long)f->size_bytes,
                          (unsigned long long)shodo_bag_room_bytes(b));
    if (f->is_quarantined &&
        f->size_bytes > SHODO_LIMIT_QUARANTINE_BYTES / 2 -
                            SHODO_MIN(b->inner_bytes.len, SHODO_LIMIT_QUARANTINE_BYTES / 2))
        return shodo_fail(err, SHODO_LIMIT, "%llu bytes do not fit into the inner ZIP for samples",
                          (unsigned long long)f->size_bytes);
    enum shodo_status st = make_path(b, f, err);
    if (st != SHODO_OK)
        return st == SHODO_NOMEM ? dead(b, st) : st;
    if (!f->is_tag && add_file_line(b, f) != SHODO_OK)
        return dead(b, no_memory(err));
    st = begin_member(b, f, err);
    if (st != SHODO_OK)
        return dead(b, st);
    b->is_open = true;
    b->is_quarantined = f->is_quarantined;
    b->is_tag = f->is_tag;
    b->bytes = 0;
    shodo_hash_reset(b->h256);
    shodo_hash_reset(b->h512);
    return SHODO_OK;
}

enum shodo_status shodo_bag_data(struct shodo_bag *b, const void *p, size_t n,
                                 struct shodo_error *err) {
    if (!b->is_open || b->is_dead)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_data: no file is open");
    shodo_hash_update(b->h256, p, n);
    shodo_hash_update(b->h512, p, n);
    b->bytes += n;
    return dead(b, shodo_zip_data(b->is_quarantined ? b->inner : b->zip, p, n, err));
}

enum shodo_status shodo_bag_end(struct shodo_bag *b, uint8_t ret_sha256[32],
                                struct shodo_error *err) {
    if (!b->is_open || b->is_dead)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_end: no file is open");
    uint8_t d256[SHODO_SHA256_BYTES], d512[SHODO_SHA512_BYTES];
    char hex[2 * SHODO_SHA512_BYTES + 1];
    b->is_open = false;
    shodo_hash_final(b->h256, d256);
    shodo_hash_final(b->h512, d512);
    if (ret_sha256)
        memcpy(ret_sha256, d256, sizeof d256);
    if (!b->is_tag)
        b->collected++;
    shodo_hex(d256, sizeof d256, hex);
    if (b->is_quarantined) {
        shodo_buf_addf(&b->quarantine, "%s  %s\n", hex,
                       shodo_buf_cstr(&b->path) + strlen("quarantine/"));
        return b->quarantine.failed ? dead(b, no_memory(err)) : SHODO_OK;
    }
    struct manifest *m = b->is_tag ? &b->tags : &b->payload;
    shodo_buf_addf(&m->sha256, "%s  %s\n", hex, shodo_buf_cstr(&b->path));
    shodo_hex(d512, sizeof d512, hex);
    shodo_buf_addf(&m->sha512, "%s  %s\n", hex, shodo_buf_cstr(&b->path));
    if (m->sha256.failed || m->sha512.failed)
        return dead(b, no_memory(err));
    if (!b->is_tag) {
        b->payload_files++;
        b->payload_bytes += b->bytes;
    }
    return SHODO_OK;
}

enum shodo_status shodo_bag_add(struct shodo_bag *b, const struct shodo_bag_file *f, const void *p,
                                size_t n, struct shodo_error *err) {
    enum shodo_status st = shodo_bag_begin(b, f, err);
    if (st == SHODO_OK)
        st = shodo_bag_data(b, p, n, err);
    if (st == SHODO_OK)
        st = shodo_bag_end(b, NULL, err);
    return st;
}

/* One line per label: line breaks in a value become blanks (a continuation line would be legal, and
 * read by few). */
enum shodo_status shodo_bag_info(struct shodo_bag *b, const char *label, const char *value,
                                 struct shodo_error *err) {
    if (!*label || strpbrk(label, ":\r\n") || label[0] == ' ' || label[0] == '\t')
        return shodo_fail(err, SHODO_INVALID,
                          "shodo_bag_info: a label has no colon, line break or leading blank");
    shodo_buf_addf(&b->info, "%s: ", label);
    shodo_auto(shodo_buf) struct shodo_buf safe = SHODO_BUF_INIT;
    for (const char *s = value; *s; s++)
        shodo_buf_addc(&safe, *s == '\r' || *s == '\n' ? ' ' : *s);
    shodo_text_safe(&b->info, shodo_buf_cstr(&safe), safe.len);
    shodo_buf_addc(&b->info, '\n');
    return b->info.failed || safe.failed ? no_memory(err) : SHODO_OK;
}

/* ---- seal ---- */

static enum shodo_status seal_quarantine(struct shodo_bag *b, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    if (b->inner) {
        st = shodo_zip_finish(b->inner, err);
        const struct shodo_bag_file f = {.path = SHODO_QUARANTINE_PATH,
                                         .size_bytes = 0, /* already counted file by file */
                                         .modified = shodo_time_now(),
                                         .accessed = SHODO_TIME_NONE,
                                         .born = SHODO_TIME_NONE,
                                         .is_stored = true};
        if (st == SHODO_OK)
            st = shodo_bag_add(b, &f, b->inner_bytes.data, b->inner_bytes.len, err);
        b->collected--; /* our own container */
        if (st == SHODO_OK)
            st = add_tag(b, "tags/quarantine-sha256.txt", shodo_buf_cstr(&b->quarantine),
                         b->quarantine.len, err);
    }
    if (st == SHODO_OK && b->payload_files == 0) { /* data/ must exist */
        const struct shodo_bag_file f = {.path = "empty.txt",
                                         .modified = SHODO_TIME_NONE,
                                         .accessed = SHODO_TIME_NONE,
                                         .born = SHODO_TIME_NONE};
        st = shodo_bag_add(b, &f, "", 0, err);
        b->collected--;
    }
    return st;
}

static enum shodo_status seal_info(struct shodo_bag *b, struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    char day[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(shodo_time_now(), 9 * 60, day);
    shodo_buf_addf(&text,
                   "Bagging-Date: %.10s\nBag-Software-Agent: shodo " SHODO_VERSION
                   "\nPayload-Oxum: %llu.%llu\n",
                   day, (unsigned long long)b->payload_bytes, (unsigned long long)b->payload_files);
    shodo_buf_add(&text, b->info.data, b->info.len);
    if (text.failed)
        return no_memory(err);
    return add_tag(b, "bag-info.txt", text.data, text.len, err);
}

static enum shodo_status seal_manifests(struct shodo_bag *b, struct shodo_error *err) {
    enum shodo_status st = add_tag(b, "tags/files.jsonl", shodo_buf_cstr(&b->files), b->files.len,
                                   err);
    if (st == SHODO_OK)
        st = seal_info(b, err);
    if (st == SHODO_OK)
        st = add_tag(b, "manifest-sha256.txt", shodo_buf_cstr(&b->payload.sha256),
                     b->payload.sha256.len, err);
    if (st == SHODO_OK)
        st = add_tag(b, "manifest-sha512.txt", shodo_buf_cstr(&b->payload.sha512),
                     b->payload.sha512.len, err);
    return st;
}

/* The tag manifests list all tag files before them, not each other and not the signature over them.
 */
static enum shodo_status seal_signature(struct shodo_bag *b, struct shodo_buf *tsq,
                                        struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf m256 = SHODO_BUF_INIT, m512 = SHODO_BUF_INIT,
                                           sig = SHODO_BUF_INIT;
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_buf_add(&m256, b->tags.sha256.data, b->tags.sha256.len);
    shodo_buf_add(&m512, b->tags.sha512.data, b->tags.sha512.len);
    if (m256.failed || m512.failed)
        return no_memory(err);
    shodo_sha256(m256.data, m256.len, digest);
    shodo_hex(digest, sizeof digest, b->list.tagmanifest_sha256);
    enum shodo_status st = shodo_cms_sign(b->o.key, m256.data, m256.len, &sig, err);
    if (st == SHODO_OK)
        st = shodo_tsq_make(digest, tsq, err);
    if (st == SHODO_OK)
        st = add_tag(b, "tagmanifest-sha256.txt", m256.data, m256.len, err);
    if (st == SHODO_OK)
        st = add_tag(b, "tagmanifest-sha512.txt", m512.data, m512.len, err);
    if (st == SHODO_OK)
        st = add_tag(b, "signatures/tagmanifest-sha256.txt.p7s", sig.data, sig.len, err);
    if (st == SHODO_OK)
        st = add_tag(b, "signatures/tagmanifest-sha256.txt.tsq", tsq->data, tsq->len, err);
    return st;
}

static void digest_text(const struct shodo_buf *text, char ret_hex[65]) {
    uint8_t digest[SHODO_SHA256_BYTES];
    shodo_sha256(text->data, text->len, digest);
    shodo_hex(digest, sizeof digest, ret_hex);
}

static enum shodo_status seal_outside(struct shodo_bag *b, const struct shodo_buf *tsq,
                                      char ret_sha256[65], struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf list = SHODO_BUF_INIT, sig = SHODO_BUF_INIT,
                                           sums = SHODO_BUF_INIT;
    const char *cert = shodo_key_cert_pem(b->o.key);
    char signature_sha256[65];
    b->list.bundle = b->name;
    b->list.is_plain = b->o.is_plain;
    memcpy(b->list.signer_sha256, shodo_key_fingerprint(b->o.key), 65);
    enum shodo_status st = shodo_segment_writer_file(b->segments, "tagmanifest-sha256.tsq",
                                                     tsq->data, tsq->len, &b->list, err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_file(b->segments, "signer.pem", cert, strlen(cert), &b->list,
                                       err);
    if (st == SHODO_OK && !shodo_segment_list_write(&list, &b->list))
        st = no_memory(err);
    if (st == SHODO_OK)
        st = shodo_cms_sign(b->o.key, list.data, list.len, &sig, err);
    if (st != SHODO_OK)
        return st;
    digest_text(&list, ret_sha256);
    digest_text(&sig, signature_sha256);
    if (!shodo_segment_sums_write(&sums, &b->list, ret_sha256, signature_sha256))
        st = no_memory(err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_file(b->segments, "segments.txt", list.data, list.len, NULL, err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_file(b->segments, "segments.txt.p7s", sig.data, sig.len, NULL,
                                       err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_file(b->segments, "sha256", sums.data, sums.len, NULL, err);
    return st;
}

enum shodo_status shodo_bag_seal(struct shodo_bag *b, struct shodo_seal *ret,
                                 struct shodo_error *err) {
    if (b->is_dead || b->is_open)
        return shodo_fail(err, SHODO_INVALID, "shodo_bag_seal: %s",
                          b->is_dead ? "the bag has failed" : "a file is open");
    struct shodo_seal seal = {.files = 0};
    shodo_auto(shodo_buf) struct shodo_buf tsq = SHODO_BUF_INIT;
    enum shodo_status st = seal_quarantine(b, err);
    if (st == SHODO_OK)
        st = seal_manifests(b, err);
    if (st == SHODO_OK)
        st = seal_signature(b, &tsq, err);
    if (st == SHODO_OK)
        st = shodo_zip_finish(b->zip, err);
    if (st == SHODO_OK)
        st = shodo_segment_writer_finish(b->segments, &b->list, err);
    if (st == SHODO_OK)
        st = seal_outside(b, &tsq, seal.segments_sha256, err);
    b->is_dead = true; /* sealed or failed: nothing can be added any more */
    if (st != SHODO_OK)
        return st;
    digest_text(&tsq, seal.timestamp_query_sha256);
    memcpy(seal.tagmanifest_sha256, b->list.tagmanifest_sha256, 65);
    seal.files = b->collected;
    seal.payload_bytes = b->payload_bytes;
    seal.sealed_bytes = shodo_segment_writer_sealed(b->segments);
    seal.segments = (uint32_t)b->list.segments.count;
    shodo_segment_writer_keep(b->segments);
    *ret = seal;
    return SHODO_OK;
}
