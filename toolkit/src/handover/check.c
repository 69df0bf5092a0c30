/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "handover/manifest.h"
#include "handover/names.h"
#include "handover/tsq.h"

#define SIGNATURE_PATH "signatures/tagmanifest-sha256.txt.p7s"
#define TSQ_PATH       "signatures/tagmanifest-sha256.txt.tsq"
#define TSR_PATH       "signatures/tagmanifest-sha256.txt.tsr"

enum { IN_SHA256 = 1, IN_SHA512 = 2, IN_TAG256 = 4, IN_TAG512 = 8 };

struct item {
    uint8_t sha256[SHODO_SHA256_BYTES], sha512[SHODO_SHA512_BYTES];
    uint8_t listed;        /* IN_… */
    struct shodo_buf kept; /* content of tag files that have to be read */
};

struct shodo_check {
    struct shodo_problems *problems;
    struct shodo_names names, folded;
    struct shodo_vec items; /* struct item, index as in names */
    struct shodo_hash *h256, *h512;
    struct item *now;
    bool is_kept;
    uint64_t kept_bytes, payload_files, payload_bytes, bytes;
};

void shodo_problem(struct shodo_problems *p, const char *code, const char *path, const char *fmt,
                   ...) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT, safe = SHODO_BUF_INIT,
                                           safe_path = SHODO_BUF_INIT;
    va_list ap;
    p->report->problems++;
    p->damaged += strcmp(code, "missing") == 0 || strcmp(code, "truncated") == 0;
    va_start(ap, fmt);
    shodo_buf_addv(&text, fmt, ap);
    va_end(ap);
    shodo_text_safe(&safe, shodo_buf_cstr(&text), text.len);
    shodo_text_safe(&safe_path, path, strlen(path));
    if (p->o->problem)
        p->o->problem(p->o->ctx, code, shodo_buf_cstr(&safe_path), shodo_buf_cstr(&safe));
}

static enum shodo_status no_memory(struct shodo_error *err) {
    return shodo_fail(err, SHODO_NOMEM, "no memory to verify the bag");
}

enum shodo_status shodo_check_new(struct shodo_check **ret, struct shodo_problems *problems,
                                  struct shodo_error *err) {
    shodo_autop(shodo_check) struct shodo_check *c = calloc(1, sizeof *c);
    if (!c)
        return no_memory(err);
    c->problems = problems;
    c->items = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct item));
    c->h256 = shodo_hash_new(SHODO_SHA256);
    c->h512 = shodo_hash_new(SHODO_SHA512);
    if (!c->h256 || !c->h512)
        return no_memory(err);
    *ret = c;
    c = NULL;
    return SHODO_OK;
}

struct shodo_check *shodo_check_free(struct shodo_check *c) {
    if (!c)
        return NULL;
    for (size_t i = 0; i < c->items.count; i++)
        shodo_buf_done(&((struct item *)shodo_vec_at(&c->items, i))->kept);
    shodo_vec_done(&c->items);
    shodo_names_done(&c->names);
    shodo_names_done(&c->folded);
    shodo_hash_free(c->h256);
    shodo_hash_free(c->h512);
    free(c);
    return NULL;
}

static bool is_payload(const char *path) {
    return strncmp(path, "data/", 5) == 0;
}

static bool is_read(const char *path) {
    return !strchr(path, '/') || strncmp(path, "signatures/", 11) == 0;
}

enum shodo_status shodo_check_begin(struct shodo_check *c, const char *path, size_t n,
                                    struct shodo_error *err) {
    const char *code = NULL, *why = shodo_name_refuse(path, n, &code);
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT, fold = SHODO_BUF_INIT;
    if (!shodo_buf_add(&text, path, n))
        return no_memory(err);
    if (why || memchr(path, '\0', n)) {
        shodo_problem(c->problems, code, shodo_buf_cstr(&text), "the name is refused: %s",
                      why ? why : "NUL");
        return SHODO_SKIP;
    }
    if (c->names.count >= SHODO_LIMIT_BAG_FILES)
        return shodo_fail(err, SHODO_LIMIT, "more than %u files in the bag", SHODO_LIMIT_BAG_FILES);
    bool is_new = false, is_fold_new = false;
    if (!shodo_name_fold(&fold, path, n) ||
        shodo_names_add(&c->names, path, n, &is_new) == SIZE_MAX ||
        shodo_names_add(&c->folded, fold.data, fold.len, &is_fold_new) == SIZE_MAX)
        return no_memory(err);
    if (!is_new) {
        shodo_problem(c->problems, "duplicate", shodo_buf_cstr(&text), "the file is there twice");
        return SHODO_SKIP;
    }
    if (!is_fold_new)
        shodo_problem(c->problems, "case", shodo_buf_cstr(&text),
                      "another name differs from it by upper and lower case only");
    c->now = shodo_vec_push(&c->items);
    if (!c->now)
        return no_memory(err);
    c->is_kept = is_read(shodo_buf_cstr(&text));
    c->payload_files += is_payload(text.data);
    c->bytes = 0;
    shodo_hash_reset(c->h256);
    shodo_hash_reset(c->h512);
    return SHODO_OK;
}

enum shodo_status shodo_check_data(struct shodo_check *c, const void *p, size_t n,
                                   struct shodo_error *err) {
    shodo_hash_update(c->h256, p, n);
    shodo_hash_update(c->h512, p, n);
    c->bytes += n;
    if (!c->is_kept)
        return SHODO_OK;
    c->kept_bytes += n;
    if (c->kept_bytes > SHODO_LIMIT_TAG_FILE_BYTES)
        return shodo_fail(err, SHODO_LIMIT, "tag files are larger than %llu bytes together",
                          (unsigned long long)SHODO_LIMIT_TAG_FILE_BYTES);
    return shodo_buf_add(&c->now->kept, p, n) ? SHODO_OK : no_memory(err);
}

enum shodo_status shodo_check_end(struct shodo_check *c, struct shodo_error *err) {
    (void)err;
    shodo_hash_final(c->h256, c->now->sha256);
    shodo_hash_final(c->h512, c->now->sha512);
    c->problems->report->files++;
    c->problems->report->bytes += c->bytes;
    if (is_payload(c->names.names[c->items.count - 1]))
        c->payload_bytes += c->bytes;
    return SHODO_OK;
}

static struct item *find(const struct shodo_check *c, const char *path) {
    size_t i = shodo_names_find(&c->names, path, strlen(path));
    return i == SIZE_MAX ? NULL : shodo_vec_at(&c->items, i);
}

const uint8_t *shodo_check_digest(const struct shodo_check *c, const char *path, size_t n) {
    size_t i = shodo_names_find(&c->names, path, n);
    return i == SIZE_MAX ? NULL : ((struct item *)shodo_vec_at(&c->items, i))->sha256;
}

/* ---- manifests ---- */

struct listing {
    struct shodo_check *c;
    const char *name; /* of the manifest */
    bool is_tag, is_512;
    uint8_t mark;
};

static bool is_tagmanifest(const char *path) {
    return strncmp(path, "tagmanifest-", 12) == 0;
}

static enum shodo_status on_line(void *ctx, const uint8_t *digest, const char *path, size_t n) {
    struct listing *l = ctx;
    struct shodo_problems *p = l->c->problems;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    const char *code = NULL;
    if (!shodo_buf_add(&text, path, n))
        return SHODO_NOMEM;
    const char *why = shodo_name_refuse(path, n, &code);
    if (why || memchr(path, '\0', n)) {
        shodo_problem(p, code, shodo_buf_cstr(&text), "'%s' lists a name that is refused: %s",
                      l->name, why ? why : "NUL");
        return SHODO_OK;
    }
    bool is_wrong_kind = l->is_tag ? is_payload(text.data) || is_tagmanifest(text.data)
                                   : !is_payload(text.data);
    if (is_wrong_kind) {
        shodo_problem(p, "manifest", text.data, "'%s' must not list this file", l->name);
        return SHODO_OK;
    }
    struct item *it = find(l->c, text.data);
    if (!it) {
        shodo_problem(p, "missing", text.data, "listed in '%s', but not there", l->name);
        return SHODO_OK;
    }
    if (it->listed & l->mark)
        shodo_problem(p, "duplicate", text.data, "listed twice in '%s'", l->name);
    it->listed |= l->mark;
    bool fits = l->is_512 ? memcmp(digest, it->sha512, sizeof it->sha512) == 0
                          : memcmp(digest, it->sha256, sizeof it->sha256) == 0;
    if (!fits)
        shodo_problem(p, "changed", text.data, "its content is not that of '%s'", l->name);
    return SHODO_OK;
}

/* Reads one manifest when it is there; false when it is not. */
static bool read_manifest(struct shodo_check *c, const char *name, bool is_tag, bool is_512,
                          uint8_t mark, enum shodo_status *ret, struct shodo_error *err) {
    const struct item *it = find(c, name);
    *ret = SHODO_OK;
    if (!it)
        return false;
    struct listing l = {.c = c, .name = name, .is_tag = is_tag, .is_512 = is_512, .mark = mark};
    struct shodo_error why = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_manifest_parse(it->kept.data ? it->kept.data : "", it->kept.len,
                                                is_512 ? 64 : 32, on_line, &l, &why);
    if (st == SHODO_NOMEM)
        *ret = no_memory(err);
    else if (st != SHODO_OK)
        shodo_problem(c->problems, "manifest", name, "%s", why.text);
    return true;
}

static enum shodo_status check_manifests(struct shodo_check *c, struct shodo_error *err) {
    static const struct {
        const char *name;
        bool is_tag, is_512;
        uint8_t mark;
    } rows[] = {{"manifest-sha256.txt", false, false, IN_SHA256},
                {"manifest-sha512.txt", false, true, IN_SHA512},
                {"tagmanifest-sha256.txt", true, false, IN_TAG256},
                {"tagmanifest-sha512.txt", true, true, IN_TAG512}};
    uint8_t present = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        enum shodo_status st = SHODO_OK;
        if (read_manifest(c, rows[i].name, rows[i].is_tag, rows[i].is_512, rows[i].mark, &st, err))
            present |= rows[i].mark;
        if (st != SHODO_OK)
            return st;
    }
    if (!(present & (IN_SHA256 | IN_SHA512)))
        shodo_problem(c->problems, "manifest", "manifest-sha256.txt",
                      "the bag has no payload manifest");
    if (!(present & IN_TAG256))
        shodo_problem(c->problems, "manifest", "tagmanifest-sha256.txt",
                      "the tag manifest that is signed is missing");
    for (size_t i = 0; i < c->items.count; i++) {
        const char *name = c->names.names[i];
        const struct item *it = shodo_vec_at(&c->items, i);
        uint8_t want = is_payload(name) ? present & (IN_SHA256 | IN_SHA512)
                                        : present & (IN_TAG256 | IN_TAG512);
        bool is_free = is_tagmanifest(name) || strcmp(name, SIGNATURE_PATH) == 0 ||
                       strcmp(name, TSQ_PATH) == 0 || strcmp(name, TSR_PATH) == 0;
        if (is_free || (it->listed & want) == want)
            continue;
        if (it->listed & want)
            shodo_problem(c->problems, "manifest", name, "listed in one manifest only");
        else
            shodo_problem(c->problems, "extra", name,
                          "in no manifest: it was added after the seal");
    }
    return SHODO_OK;
}

static void check_declaration(struct shodo_check *c) {
    const struct item *bagit = find(c, "bagit.txt"), *info = find(c, "bag-info.txt");
    struct shodo_error why = SHODO_ERROR_INIT;
    if (!bagit)
        shodo_problem(c->problems, "bagit", "bagit.txt", "missing: this is not a bag");
    else if (shodo_bagit_txt_check(bagit->kept.data ? bagit->kept.data : "", bagit->kept.len,
                                   &why) != SHODO_OK)
        shodo_problem(c->problems, "bagit", "bagit.txt", "%s", why.text);
    if (find(c, "fetch.txt"))
        shodo_problem(c->problems, "fetch", "fetch.txt",
                      "a bag that wants files fetched from elsewhere is refused");
    if (c->payload_files == 0)
        shodo_problem(c->problems, "missing", "data/", "the bag has no payload");
    uint64_t bytes = 0, files = 0;
    bool is_bad = false;
    if (info &&
        shodo_bag_info_oxum(info->kept.data ? info->kept.data : "", info->kept.len, &bytes, &files,
                            &is_bad) &&
        (is_bad || bytes != c->payload_bytes || files != c->payload_files))
        shodo_problem(c->problems, "oxum", "bag-info.txt", "Payload-Oxum is not %llu.%llu",
                      (unsigned long long)c->payload_bytes, (unsigned long long)c->payload_files);
}

static void check_timestamp(struct shodo_check *c, const struct item *tags) {
    const struct item *tsq = find(c, TSQ_PATH), *tsr = find(c, TSR_PATH);
    struct shodo_error why = SHODO_ERROR_INIT;
    struct shodo_timestamp stamp;
    if (tsq && shodo_tsq_check(tsq->kept.data ? tsq->kept.data : "", tsq->kept.len, tags->sha256,
                               &why) != SHODO_OK)
        shodo_problem(c->problems, "timestamp", TSQ_PATH, "%s", why.text);
    else if (tsr && tsq &&
             shodo_tsr_check(tsr->kept.data ? tsr->kept.data : "", tsr->kept.len, tsq->kept.data,
                             tsq->kept.len, NULL, 0, &stamp, &why) != SHODO_OK)
        shodo_problem(c->problems, "timestamp", TSR_PATH, "%s", why.text);
}

static enum shodo_status check_signature(struct shodo_check *c, struct shodo_cms_signer *ret,
                                         struct shodo_error *err) {
    const struct item *tags = find(c, "tagmanifest-sha256.txt"), *sig = find(c, SIGNATURE_PATH);
    struct shodo_error why = SHODO_ERROR_INIT;
    if (!tags)
        return SHODO_OK; /* reported with the manifests */
    if (!sig) {
        shodo_problem(c->problems, "unsigned", SIGNATURE_PATH, "the bag is not signed");
        return SHODO_OK;
    }
    enum shodo_status st = shodo_cms_check(sig->kept.data ? sig->kept.data : "", sig->kept.len,
                                           tags->kept.data ? tags->kept.data : "", tags->kept.len,
                                           ret, &why);
    if (st == SHODO_NOMEM)
        return no_memory(err);
    if (st != SHODO_OK)
        shodo_problem(c->problems, "forged", SIGNATURE_PATH,
                      "the tag manifest is not the one that was signed: %s", why.text);
    check_timestamp(c, tags);
    return SHODO_OK;
}

enum shodo_status shodo_check_finish(struct shodo_check *c, struct shodo_cms_signer *ret_signer,
                                     char ret_tagmanifest_sha256[65], struct shodo_error *err) {
    *ret_signer = (struct shodo_cms_signer){.is_expired = false};
    ret_tagmanifest_sha256[0] = '\0';
    check_declaration(c);
    enum shodo_status st = check_manifests(c, err);
    if (st == SHODO_OK)
        st = check_signature(c, ret_signer, err);
    const struct item *tags = find(c, "tagmanifest-sha256.txt");
    if (tags)
        shodo_hex(tags->sha256, sizeof tags->sha256, ret_tagmanifest_sha256);
    return st;
}
