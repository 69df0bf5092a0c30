/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted or not, on real files of this machine: as they are, without extension, and made random in four ways (whole,
 * head, every fourth block, every other 16 bytes). Precision and recall per class are printed; the goals are asserted.
 */
#include <fts.h>
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/value.h"
#include "examine/answers/crypt.h"
#include "examine/identify.h"
#include "examine/measure.h"
#include "unit.h"

enum { PER_CLASS = 300, MIN_BYTES = 8192, MAX_BYTES = 2 << 20, BLOCK = 4096, PERIOD = 16384 };
enum mode { PLAIN, PLAIN_NO_EXTENSION, WHOLE, WHOLE_NO_EXTENSION, HEAD, BLOCKS, LANES, MODES };

struct kind {
    const char *extension;
    unsigned files, called[MODES];
};

static uint64_t next(uint64_t *s) { /* xorshift64*, Vigna 2016 */
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;
    return *s * UINT64_C(2685821657736338717);
}

static void scramble(uint8_t *p, size_t n, enum mode m, uint64_t seed) {
    uint64_t s = seed | 1;
    for (size_t i = 0; i < n; i++) {
        bool is_hit = m == WHOLE || m == WHOLE_NO_EXTENSION || (m == HEAD && i < BLOCK) || (m == BLOCKS && i % PERIOD < BLOCK) ||
                      (m == LANES && i / 16 % 2 == 0);
        uint8_t r = (uint8_t)(next(&s) >> 56);
        if (is_hit)
            p[i] = r;
    }
}

/* The same steps as the taps: signature, measure, fact, judgement. */
static bool is_called_encrypted(const uint8_t *p, size_t n, const char *extension) {
    const struct shodo_signature *sig = shodo_identify(p, n);
    struct shodo_measure m;
    shodo_measure_whole(&m, p, n);
    const struct shodo_crypt_signs s = {.extension = extension, .identified = sig ? sig->name : "", .is_mismatch = !shodo_extension_allows(extension, sig),
                                        .is_head_random = m.is_head_random, .size = n, .samples = m.samples, .random = m.random, .lanes = m.lanes};
    bool has_fact = s.is_mismatch || (!sig && (m.random > 0 || m.lanes > 0));
    return has_fact && shodo_crypt_judge(&s, NULL) == SHODO_CRYPT_YES;
}

static uint8_t *load(const char *path, size_t *ret_n) {
    FILE *f = fopen(path, "rb");
    uint8_t *p = f ? malloc(MAX_BYTES) : NULL;
    *ret_n = p ? fread(p, 1, MAX_BYTES, f) : 0;
    if (f)
        fclose(f);
    return p;
}

static void try_file(struct kind *k, const char *path) {
    size_t n = 0;
    uint8_t *p = load(path, &n), *q = malloc(MAX_BYTES);
    assert_non_null(q);
    for (enum mode m = PLAIN; p && n >= MIN_BYTES && m < MODES; m++) {
        memcpy(q, p, n);
        if (m >= WHOLE)
            scramble(q, n, m, n * 2654435761u + m);
        k->called[m] += is_called_encrypted(q, n, m == PLAIN_NO_EXTENSION || m == WHOLE_NO_EXTENSION ? "" : k->extension);
    }
    k->files += p && n >= MIN_BYTES;
    free(p);
    free(q);
}

static void visit(struct kind *kinds, size_t count, char *const *tops) {
    FTS *t = fts_open(tops, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    assert_non_null(t);
    for (FTSENT *e; (e = fts_read(t)) != NULL;) {
        const char *dot = e->fts_info == FTS_F ? strrchr(e->fts_name, '.') : NULL;
        if (!dot || e->fts_statp->st_size < MIN_BYTES || e->fts_statp->st_size > MAX_BYTES)
            continue;
        for (size_t i = 0; i < count; i++)
            if (strcmp(dot, kinds[i].extension) == 0 && kinds[i].files < PER_CLASS)
                try_file(&kinds[i], e->fts_path);
    }
    fts_close(t);
}

static void real_files(void **state) {
    (void)state;
    struct kind kinds[] = {{.extension = ".gz"}, {.extension = ".xz"}, {.extension = ".zst"}, {.extension = ".png"}, {.extension = ".woff2"},
                           {.extension = ".jpg"}, {.extension = ".deb"}, {.extension = ".zip"}, {.extension = ".jar"}, {.extension = ".pdf"},
                           {.extension = ".txt"}, {.extension = ".html"}, {.extension = ".xml"}, {.extension = ".csv"}, {.extension = ".docx"},
                           {.extension = ".xlsx"}, {.extension = ".sqlite"}, {.extension = ".evtx"}};
    char usr[] = "/usr", var[] = "/var", opt[] = "/opt", shared[] = SHODO_SHARED "/testdata";
    char *const tops[] = {usr, var, opt, shared, NULL};
    visit(kinds, SHODO_ARRAY_SIZE(kinds), tops);
    static const char *const names[MODES] = {"plain", "no ext", "whole", "whole, no ext", "head", "blocks", "16 of 32"};
    uint64_t right = 0, wrong = 0, made[MODES] = {0}, found[MODES] = {0}, files = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(kinds); i++) {
        const struct kind *k = &kinds[i];
        printf("%-8s %4u files:", k->extension, k->files);
        for (enum mode m = PLAIN; m < MODES; m++) {
            printf("  %s %u", names[m], k->called[m]);
            made[m] += k->files;
            found[m] += k->called[m];
            *(m < WHOLE ? &wrong : &right) += k->called[m];
        }
        printf("\n");
        files += k->files;
    }
    if (files < 500) {
        printf("skipped: only %llu real files here\n", (unsigned long long)files);
        skip();
    }
    printf("precision %.4f\n", (double)right / (double)(right + wrong));
    for (enum mode m = WHOLE; m < MODES; m++)
        printf("recall, %s: %.4f\n", names[m], (double)found[m] / (double)made[m]);
    assert_true(right * 1000 >= (right + wrong) * 990);
    for (enum mode m = WHOLE; m < MODES; m++)
        assert_true(found[m] * 1000 >= made[m] * 970);
}

static void by_nature(void **state) {
    (void)state;
    static const struct {
        struct shodo_crypt_signs s;
        enum shodo_crypt want;
    } rows[] = {
        {{.extension = ".docx", .identified = "", .is_mismatch = true, .is_head_random = true, .size = 9000, .samples = 3, .random = 3}, SHODO_CRYPT_YES},
        {{.extension = ".docx", .identified = "", .is_mismatch = true, .size = 900}, SHODO_CRYPT_MAYBE},
        {{.extension = ".docx", .identified = "", .is_mismatch = true, .size = 9000, .samples = 3}, SHODO_CRYPT_NO},
        {{.extension = ".rtf", .identified = "text", .is_mismatch = true, .size = 9000, .samples = 3}, SHODO_CRYPT_NO},
        {{.extension = ".txt", .identified = "", .size = 9000, .samples = 3, .lanes = 3}, SHODO_CRYPT_YES},
        {{.extension = ".unheard", .identified = "", .is_head_random = true, .size = 9000, .samples = 3, .random = 3}, SHODO_CRYPT_MAYBE},
        {{.extension = ".unheard", .identified = "", .is_candidate = true, .size = 9000, .samples = 3, .random = 3}, SHODO_CRYPT_YES},
        {{.extension = ".unheard", .identified = "zip", .is_candidate = true, .size = 9000, .samples = 3, .random = 3}, SHODO_CRYPT_NO},
        {{.extension = "", .identified = "", .is_head_random = true, .size = 9000, .samples = 3, .random = 1}, SHODO_CRYPT_YES},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_crypt_judge(&rows[i].s, NULL), rows[i].want);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_nature), cmocka_unit_test(real_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
