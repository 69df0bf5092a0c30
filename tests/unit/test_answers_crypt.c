/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted or not, per class of files that look alike: tests/lib/classes.py lays out at least 200
 * files of each (real ones of this machine first, the rest made from real contents). Every file is
 * judged as it is and made random in four ways (whole, head, every fourth block, every other 16
 * bytes), each with and without its extension. The goals hold for every class by itself.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/value.h"
#include "examine/answers/crypt.h"
#include "examine/identify.h"
#include "examine/measure.h"
#include "unit.h"

enum { MIN_FILES = 200, MAX_BYTES = 1 << 20, BLOCK = 4096, PERIOD = 16384 };
enum mode { PLAIN, WHOLE, HEAD, BLOCKS, LANES, MODES };
static const char *const names[MODES] = {"plain", "whole", "head", "blocks", "16 of 32"};

struct tally {
    unsigned files, called[2][MODES]; /* [1]: without extension */
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
        bool is_hit = m == WHOLE || (m == HEAD && i < BLOCK) ||
                      (m == BLOCKS && i % PERIOD < BLOCK) || (m == LANES && i / 16 % 2 == 0);
        uint8_t r = (uint8_t)(next(&s) >> 56);
        if (is_hit)
            p[i] = r;
    }
}

static struct shodo_detect *detect;

static void load_detect(void) {
    size_t n = 0;
    static char text[65536];
    FILE *f = fopen(SHODO_REPO "/rules/detect/benign-tools.yaml", "rb");
    assert_non_null(f);
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    struct shodo_rule_text t = {.name = "benign-tools.yaml", .text = text, .len = n};
    assert_int_equal(shodo_detect_new(&detect, &t, 1, NULL), SHODO_OK);
}

/* The same steps as the taps: signature, measure, fact, judgement. */
static bool is_called_encrypted(const uint8_t *p, size_t n, const char *extension) {
    const struct shodo_signature *sig = shodo_identify(p, n);
    struct shodo_measure m;
    shodo_measure_whole(&m, p, n);
    const struct shodo_crypt_signs s = {.extension = extension,
                                        .identified = sig ? sig->name : "",
                                        .is_mismatch = !shodo_extension_allows(extension, sig),
                                        .is_head_random = m.is_head_random,
                                        .is_laned = m.is_laned,
                                        .size = n,
                                        .samples = m.samples,
                                        .random = m.random,
                                        .lanes = m.lanes};
    bool has_fact = s.is_mismatch || (!sig && (m.random > 0 || m.lanes > 0 || m.is_laned));
    return has_fact && shodo_crypt_judge(&s, detect) == SHODO_CRYPT_YES;
}

static void try_file(struct tally *t, const char *path, const char *extension) {
    static uint8_t p[MAX_BYTES], q[MAX_BYTES];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(p, 1, sizeof p, f) : 0;
    if (f)
        fclose(f);
    if (n < SHODO_MEASURE_MIN_BYTES)
        return;
    for (enum mode m = PLAIN; m < MODES; m++) {
        memcpy(q, p, n);
        if (m != PLAIN)
            scramble(q, n, m, n * 2654435761u + m);
        bool with = is_called_encrypted(q, n, extension), without = is_called_encrypted(q, n, "");
        t->called[0][m] += with;
        t->called[1][m] += without;
        if (m == PLAIN && (with || without))
            printf("  false: %s%s%s\n", path, with ? " with its extension" : "",
                   without ? " without" : "");
    }
    t->files++;
}

static void try_class(struct tally *t, const char *top, const char *class) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", top, class);
    struct dirent **list = NULL;
    int n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *dot = strrchr(list[i]->d_name, '.');
        if (list[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s/%s", top, class, list[i]->d_name);
            try_file(t, path, dot ? dot : "");
        }
        free(list[i]);
    }
    free(list);
}

/* Prints the class; false when a goal is missed. */
static bool say(const char *class, const char *real, const char *made, const struct tally *t) {
    unsigned right = 0, wrong = t->called[0][PLAIN] + t->called[1][PLAIN],
             all = t->files * 2 * (MODES - 1);
    printf("%-14s %4u files (%s real, %s made)", class, t->files, real, made);
    for (enum mode m = PLAIN; m < MODES; m++) {
        printf("  %s %u+%u", names[m], t->called[0][m], t->called[1][m]);
        right += m == PLAIN ? 0 : t->called[0][m] + t->called[1][m];
    }
    bool is_good = t->files >= MIN_FILES && right * 1000u > (right + wrong) * 990u &&
                   right * 1000u > all * 970u;
    printf("  precision %.4f recall %.4f%s\n", (double)right / SHODO_MAX(1u, right + wrong),
           (double)right / SHODO_MAX(1u, all), is_good ? "" : "  MISSED");
    return is_good;
}

static void by_class(void **state) {
    (void)state;
    const char *top = getenv("SHODO_TEST_CLASSES");
    char path[4096], class[64], real[16], made[16];
    snprintf(path, sizeof path, "%s/classes.tsv", top ? top : "");
    FILE *f = fopen(path, "r");
    if (!f) {
        printf("skipped: no %s (made by tests/lib/classes.py)\n", path);
        skip();
    }
    load_detect();
    unsigned missed = 0, classes = 0;
    printf("numbers: called encrypted, with + without extension\n");
    while (fscanf(f, "%63[^\t]\t%15[^\t]\t%15[^\n]\n", class, real, made) == 3) {
        struct tally t = {0};
        try_class(&t, top, class);
        missed += !say(class, real, made, &t);
        classes++;
    }
    fclose(f);
    detect = shodo_detect_free(detect);
    printf("%u classes, %u with a missed goal\n", classes, missed);
    assert_true(classes >= 30);
    assert_int_equal(missed, 0);
}

static void by_nature(void **state) {
    (void)state;
    static const struct {
        struct shodo_crypt_signs s;
        enum shodo_crypt want;
    } rows[] = {
        {{.extension = ".docx",
          .identified = "",
          .is_mismatch = true,
          .is_head_random = true,
          .size = 9000,
          .samples = 3,
          .random = 3},
         SHODO_CRYPT_YES},
        {{.extension = ".docx", .identified = "", .is_mismatch = true, .size = 900},
         SHODO_CRYPT_MAYBE},
        {{.extension = ".docx", .identified = "", .is_mismatch = true, .size = 9000, .samples = 3},
         SHODO_CRYPT_NO},
        {{.extension = ".rtf",
          .identified = "text",
          .is_mismatch = true,
          .size = 9000,
          .samples = 3},
         SHODO_CRYPT_NO},
        {{.extension = ".txt", .identified = "", .size = 9000, .samples = 3, .lanes = 3},
         SHODO_CRYPT_YES},
        {{.extension = ".unheard",
          .identified = "",
          .is_head_random = true,
          .size = 9000,
          .samples = 3,
          .random = 3},
         SHODO_CRYPT_MAYBE},
        {{.extension = ".unheard",
          .identified = "",
          .is_candidate = true,
          .size = 9000,
          .samples = 3,
          .random = 3},
         SHODO_CRYPT_YES},
        {{.extension = ".unheard",
          .identified = "zip",
          .is_candidate = true,
          .size = 9000,
          .samples = 3,
          .random = 3},
         SHODO_CRYPT_NO},
        {{.extension = "",
          .identified = "",
          .is_head_random = true,
          .size = 9000,
          .samples = 3,
          .random = 1},
         SHODO_CRYPT_YES},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        assert_int_equal(shodo_crypt_judge(&rows[i].s, NULL), rows[i].want);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_nature), cmocka_unit_test(by_class)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
