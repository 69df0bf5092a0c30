/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes, verifies and opens bundles for tests/e2e/bundle and bundle_tamper, straight on handover/:
 * what is tested there is the bundle, not the command line.
 *
 *   bundle_tool make OUT KEYS NAME [--cert F]… [--pass P] [--plain] [--segment BYTES] [--big BYTES]
 * [--max BYTES] bundle_tool verify PATH [--trust F] [--key F] [--pass P] [--card F] bundle_tool
 * open PATH OUT [--trust F] [--key F] [--pass P] bundle_tool timestamp OUT NAME TSR [--trust
 * AUTHORITIES]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/text.h"
#include "base/time.h"
#include "handover/bag.h"
#include "handover/readme.h"
#include "handover/tsq.h"
#include "handover/verify.h"

#define FILE_BYTES_MAX (1u << 20)
#define CERTS_MAX      4

struct args {
    const char *words[4];
    size_t words_count;
    struct shodo_buf certs[CERTS_MAX];
    size_t certs_count;
    struct shodo_buf trust, key, card;
    const char *pass;
    bool is_plain;
    uint64_t segment, big, max;
};

static int die(const char *what, const struct shodo_error *err) {
    fprintf(stderr, "bundle_tool: %s: %s (%s)\n", what, err->text, shodo_status_name(err->status));
    return err->status == SHODO_REFUSED ? 1 : 4;
}

static bool load(struct shodo_buf *b, const char *path) {
    struct shodo_error err = SHODO_ERROR_INIT;
    if (shodo_io_read_file(b, AT_FDCWD, path, FILE_BYTES_MAX, &err) == SHODO_OK)
        return true;
    die(path, &err);
    return false;
}

static bool number(const char *s, uint64_t *ret) {
    return shodo_text_parse_u64(s, strlen(s), ret);
}

static bool parse(struct args *a, int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        const char *v = i + 1 < argc ? argv[i + 1] : "";
        bool ok = true, has_value = true;
        if (strcmp(argv[i], "--cert") == 0 && a->certs_count < CERTS_MAX)
            ok = load(&a->certs[a->certs_count++], v);
        else if (strcmp(argv[i], "--trust") == 0)
            ok = load(&a->trust, v);
        else if (strcmp(argv[i], "--key") == 0)
            ok = load(&a->key, v);
        else if (strcmp(argv[i], "--card") == 0)
            ok = load(&a->card, v);
        else if (strcmp(argv[i], "--pass") == 0)
            a->pass = v;
        else if (strcmp(argv[i], "--segment") == 0)
            ok = number(v, &a->segment);
        else if (strcmp(argv[i], "--big") == 0)
            ok = number(v, &a->big);
        else if (strcmp(argv[i], "--max") == 0)
            ok = number(v, &a->max);
        else if (strcmp(argv[i], "--plain") == 0)
            a->is_plain = true, has_value = false;
        else if (a->words_count < SHODO_ARRAY_SIZE(a->words))
            a->words[a->words_count++] = argv[i], has_value = false;
        else
            ok = false;
        if (!ok)
            return false;
        i += has_value;
    }
    return true;
}

/* 2024-06-01T00:00:00Z and times around it. */
#define BASE_TIME (1717200000LL * 1000000000LL)

static const struct {
    const char *path, *text;
    bool is_stored, is_quarantined;
} content[] = {
    {"/C/Users/医事課/デスクトップ/予約 表.txt", "診察予約\n", false, false},
    {"/C/Windows/System32/config/SYSTEM", "regf....", true, false},
    {"/C/$MFT", "FILE0...FILE0...", true, false},
    {"/C/Users/a/x.exe:Zone.Identifier", "[ZoneTransfer]\nZoneId=3\n", false, false},
    {"/C/odd/100%=sure?.txt", "escape\n", false, false},
    {"/C/odd/CON.log", "reserved\n", false, false},
    {"/C/odd/trailing. ", "dot and blank\n", false, false},
    {"/C/odd/gp\xe2\x80\xae"
     "fdp.exe",
     "bidi\n", false, false},
    {"/C/odd/lone\xed\xa0\x80surrogate", "WTF-8\n", false, false},
    {"/C/odd/Case.txt", "one\n", false, false},
    {"/C/odd/CASE.TXT", "two\n", false, false},
    {"/C/empty", "", false, false},
    {"/C/Users/医事課/README_復元方法.txt", "Your files are encrypted (drill)\n", false, true},
    {"/C/Users/Public/dropper.exe", "MZ harmless sample of the drill\n", false, true},
};

/* Not compressible and the same every time. */
static enum shodo_status add_big(struct shodo_bag *b, uint64_t bytes, struct shodo_error *err) {
    static uint64_t block[8192];
    const struct shodo_bag_file f = {.path = "/C/big.bin",
                                     .size_bytes = bytes,
                                     .modified = BASE_TIME,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE,
                                     .is_stored = true};
    uint64_t x = 88172645463325252u;
    enum shodo_status st = shodo_bag_begin(b, &f, err);
    for (uint64_t done = 0; st == SHODO_OK && done < bytes;) {
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(block); i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            block[i] = x;
        }
        size_t n = (size_t)SHODO_MIN(bytes - done, (uint64_t)sizeof block);
        st = shodo_bag_data(b, block, n, err);
        done += n;
    }
    return st == SHODO_OK ? shodo_bag_end(b, NULL, err) : st;
}

static enum shodo_status fill(struct shodo_bag *b, uint64_t big, struct shodo_error *err) {
    enum shodo_status st = SHODO_OK;
    for (size_t i = 0; st == SHODO_OK && i < SHODO_ARRAY_SIZE(content); i++) {
        const struct shodo_bag_file f = {.path = content[i].path,
                                         .size_bytes = strlen(content[i].text),
                                         .modified = BASE_TIME + (int64_t)i * 1000000001,
                                         .accessed = BASE_TIME + 5,
                                         .born = BASE_TIME - 86400LL * 1000000000,
                                         .is_stored = content[i].is_stored,
                                         .is_quarantined = content[i].is_quarantined};
        st = shodo_bag_add(b, &f, content[i].text, strlen(content[i].text), err);
    }
    char long_name[700] = "/C/long/";
    for (int i = 0; i < 80; i++)
        memcpy(long_name + 8 + i * 6, "病院", 7);
    const struct shodo_bag_file f = {.path = long_name,
                                     .size_bytes = 5,
                                     .modified = SHODO_TIME_NONE,
                                     .accessed = SHODO_TIME_NONE,
                                     .born = SHODO_TIME_NONE};
    if (st == SHODO_OK)
        st = shodo_bag_add(b, &f, "long\n", 5, err);
    const struct shodo_bag_file tag = {.path = "tags/ledger.jsonl",
                                       .modified = BASE_TIME,
                                       .accessed = SHODO_TIME_NONE,
                                       .born = SHODO_TIME_NONE,
                                       .is_tag = true};
    if (st == SHODO_OK)
        st = shodo_bag_add(b, &tag, "{}\n", 3, err);
    if (st == SHODO_OK && big)
        st = add_big(b, big, err);
    if (st == SHODO_OK)
        st = shodo_bag_info(b, "Source-Organization", "東病院\nforged: line", err);
    return st;
}

static int make(struct args *a) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_recipient recipients[CERTS_MAX];
    shodo_autop(shodo_key) struct shodo_key *key = NULL;
    shodo_autop(shodo_bag) struct shodo_bag *bag = NULL;
    shodo_auto(shodo_buf) struct shodo_buf read_me = SHODO_BUF_INIT;
    int out = -1, keys = -1;
    if (a->words_count != 3)
        return 2;
    for (size_t i = 0; i < a->certs_count; i++)
        recipients[i] = (struct shodo_recipient){a->certs[i].data, a->certs[i].len, "support"};
    if (shodo_io_open_dir(&out, AT_FDCWD, a->words[0], &err) != SHODO_OK ||
        shodo_io_open_dir(&keys, AT_FDCWD, a->words[1], &err) != SHODO_OK ||
        shodo_key_open(&key, keys, NULL, NULL, &err) != SHODO_OK)
        return die("opening", &err);
    const struct shodo_readme text = {.name = a->words[2],
                                      .hospital = "東病院",
                                      .fingerprint = shodo_key_fingerprint(key),
                                      .has_certificate = a->certs_count > 0,
                                      .has_passphrase = a->pass != NULL,
                                      .is_plain = a->is_plain,
                                      .is_drill = true};
    shodo_readme_write(&read_me, &text);
    const struct shodo_bag_options o = {.out_dirfd = out,
                                        .name = a->words[2],
                                        .recipients = recipients,
                                        .recipients_count = a->certs_count,
                                        .passphrase = a->pass,
                                        .key = key,
                                        .segment_bytes = a->segment,
                                        .max_bytes = a->max,
                                        .read_me = shodo_buf_cstr(&read_me),
                                        .is_plain = a->is_plain};
    struct shodo_seal seal;
    if (shodo_bag_new(&bag, &o, &err) != SHODO_OK || fill(bag, a->big, &err) != SHODO_OK ||
        shodo_bag_seal(bag, &seal, &err) != SHODO_OK)
        return die("making the bundle", &err);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf(
        "files %llu payload %llu sealed %llu segments %u tagmanifest %s segments-sha256 %s peak-kb %ld\n",
        (unsigned long long)seal.files, (unsigned long long)seal.payload_bytes,
        (unsigned long long)seal.sealed_bytes, seal.segments, seal.tagmanifest_sha256,
        seal.segments_sha256, use.ru_maxrss);
    return 0;
}

static void on_problem(void *ctx, const char *code, const char *path, const char *text) {
    (void)ctx;
    printf("%s: '%s': %s\n", code, path, text);
}

static void on_note(void *ctx, const char *path, const char *text) {
    (void)ctx;
    printf("note: '%s': %s\n", path, text);
}

static int verify(struct args *a, bool is_open) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_verify_report r;
    const struct shodo_verify_options o = {.trust_pem = a->trust.data,
                                           .trust_len = a->trust.len,
                                           .key_pem = a->key.data,
                                           .key_len = a->key.len,
                                           .passphrase = a->pass,
                                           .card = a->card.data,
                                           .problem = on_problem,
                                           .note = on_note};
    int out = -1;
    if (a->words_count != (is_open ? 2u : 1u))
        return 2;
    if (is_open && shodo_io_open_dir(&out, AT_FDCWD, a->words[1], &err) != SHODO_OK)
        return die("opening", &err);
    enum shodo_status st = is_open ? shodo_open_bundle(AT_FDCWD, a->words[0], &o, out, &r, &err)
                                   : shodo_verify(AT_FDCWD, a->words[0], &o, &r, &err);
    printf("%s, signer %s, inside %s, files %llu\n", shodo_seal_state_name(r.state),
           r.is_signer_confirmed ? "confirmed" : "unconfirmed",
           r.is_inside_checked ? "checked" : "not checked", (unsigned long long)r.files);
    return st == SHODO_OK ? 0 : die("verifying", &err);
}

static int timestamp(struct args *a) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_timestamp stamp;
    int out = -1;
    if (a->words_count != 3)
        return 2;
    if (shodo_io_open_dir(&out, AT_FDCWD, a->words[0], &err) != SHODO_OK ||
        shodo_timestamp_attach(out, a->words[1], AT_FDCWD, a->words[2], a->trust.data, a->trust.len,
                               &stamp, &err) != SHODO_OK)
        return die("attaching the time stamp", &err);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_utc(stamp.time, 0, when);
    printf("%s by %s, %s\n", when, stamp.tsa,
           stamp.is_trusted ? "trusted" : "authority not checked");
    return 0;
}

int main(int argc, char **argv) {
    static struct args a;
    struct shodo_error err = SHODO_ERROR_INIT;
    const char *verb = argc > 1 ? argv[1] : "";
    if (!parse(&a, argc, argv)) {
        fprintf(stderr, "bundle_tool: bad arguments\n");
        return 2;
    }
    shodo_random_allow_seed(true); /* this is a test */
    if (shodo_text_locale_init(NULL, &err) != SHODO_OK)
        return die("locale", &err);
    int rc = strcmp(verb, "make") == 0        ? make(&a)
             : strcmp(verb, "verify") == 0    ? verify(&a, false)
             : strcmp(verb, "open") == 0      ? verify(&a, true)
             : strcmp(verb, "timestamp") == 0 ? timestamp(&a)
                                              : 2;
    for (size_t i = 0; i < CERTS_MAX; i++)
        shodo_buf_done(&a.certs[i]);
    shodo_buf_done(&a.trust);
    shodo_buf_done(&a.key);
    shodo_buf_done(&a.card);
    return rc;
}
