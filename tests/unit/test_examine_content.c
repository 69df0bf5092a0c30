/* SPDX-License-Identifier: Apache-2.0 */
/* What content is and how random it looks: signature table, entropy, chi-square, MD5, and what the
 * taps make of them. */
#include "unit.h"

#include <math.h>

#include "base/hash.h"
#include "examine/identify.h"
#include "examine/md5.h"
#include "examine/measure.h"
#include "examine_lib.h"

#define BYTES(s) (s), sizeof(s) - 1

static const struct {
    const char *bytes;
    size_t n;
    const char *name; /* NULL: nothing */
    const char *yara_type;
} samples[] = {
    {BYTES("MZ\x90"), "exe", "EXE"},
    {BYTES("\x7f"
           "ELF\2"),
     "elf", "ELF"},
    {BYTES("\xca\xfe\xba\xbe\0\0\0\2\0\0"), "macho", "MACH-O"},
    {BYTES("\xca\xfe\xba\xbe\0\0\0\x34\0\0"), "class", ""},
    {BYTES("{\\rtf1\\ansi"), "rtf", "RTF"},
    {BYTES("<?php echo 1;"), "php", "PHP"},
    {BYTES("<%@ page import=\"x\" %>"), "jsp", "JSP"},
    {BYTES("<%@ Language=VBScript %>"), "asp", "ASP"},
    {BYTES("@echo off\r\n"), "batch", "BATCH"},
    {BYTES("\xef\xbb\xbf@echo off\r\n"), "batch", "BATCH"},
    {BYTES("#!/usr/bin/env python3\n"), "python", "Python"},
    {BYTES("#!/bin/sh\n"), "shell", ""},
    {BYTES("On Error Resume Next\r\nSet x = 1\r\n"), "vbs", "VBS"},
    {BYTES("MDMP\x93\xa7\0\0"), "minidump", "MDMP"},
    {BYTES("%PDF-1.7\n"), "pdf", ""},
    {BYTES("\r\n\r\n%PDF-1.4\n"), "pdf", ""},
    {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "ole", ""},
    {BYTES("PK\3\4\x14\0\6\0\10\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml"),
     "ooxml", ""},
    {BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplication"),
     "odf", ""},
    {BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\0META-INF/"), "jar", ""},
    {BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.txt"), "zip", ""},
    {BYTES("PK\3\4"), "zip", ""},
    {BYTES("7z\xbc\xaf\x27\x1c"), "7z", ""},
    {BYTES("Rar!\x1a\7\1\0"), "rar", ""},
    {BYTES("\x1f\x8b\x08\0"), "gz", ""},
    {BYTES("\xfd"
           "7zXZ\0"),
     "xz", ""},
    {BYTES("\x28\xb5\x2f\xfd"), "zst", ""},
    {BYTES("MSCF\0\0\0\0"), "cab", ""},
    {BYTES("\x1d\x80-lh5-"), "lha", ""},
    {BYTES("\xff\xd8\xff\xe0"), "jpg", ""},
    {BYTES("\x89PNG\r\n\x1a\n"), "png", ""},
    {BYTES("BM\x36\0\0\0\0\0\0\0\x36\0\0\0"), "bmp", ""},
    {BYTES("\0\0\0\x20"
           "ftypisom"),
     "mp4", ""},
    {BYTES("SQLite format 3\0"), "sqlite", ""},
    {BYTES("\0\1\0\0Standard Jet DB"), "jet", ""},
    {BYTES("\1\2\3\4\xef\xcd\xab\x89"), "ese", ""},
    {BYTES("ElfFile\0"), "evtx", ""},
    {BYTES("regf\1\0\0\0"), "regf", ""},
    {BYTES("L\0\0\0\1\x14\2\0"), "lnk", ""},
    {BYTES("MSH|^~\\&|HIS"), "hl7", ""},
    {BYTES("<?xml version"), "xml", ""},
    {BYTES("plain words\r\n"), "text", ""},
    {BYTES("\xe8\xaa\xad\xe3\x82\x93\xe3\x81\xa7"), "text", ""},                     /* UTF-8 */
    {BYTES("\x93\xc7\x82\xf1\x82\xc5\x82\xad\x82\xbe\x82\xb3\x82\xa2"), "text", ""}, /* CP932 */
    {BYTES("\xff\xfe"
           "a\0b\0"),
     "text", ""},
    {BYTES(""), NULL, NULL},
    {BYTES("\x8f\x12\xc0\x01\x80\xff\xfe\x99\x03\x1c\xbe"), NULL, NULL},
    {BYTES("M"), "text", ""},
    {BYTES("\0\0\0\0"), NULL, NULL},
};

static void test_identify(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(samples); i++) {
        const struct shodo_signature *s = shodo_identify((const uint8_t *)samples[i].bytes,
                                                         samples[i].n);
        const char *name = s ? s->name : "nothing",
                   *want = samples[i].name ? samples[i].name : "nothing";
        if (strcmp(name, want) != 0)
            fail_msg("sample %zu: '%s' instead of '%s'", i, name, want);
        if (s)
            assert_string_equal(s->yara_type, samples[i].yara_type);
    }
    uint8_t dicom[132] = {0};
    memcpy(dicom + 128, "DICM", 4);
    assert_string_equal(shodo_identify(dicom, sizeof dicom)->name, "dicom");
    dicom[131] = 'X';
    assert_null(shodo_identify(dicom, sizeof dicom));
}

/* Every row can be reached: its own bytes at its own offset give its name (or one of its
 * refinements). */
static void test_rows(void **state) {
    (void)state;
    assert_true(shodo_signature_count() >= 60);
    for (size_t i = 0; i < shodo_signature_count(); i++) {
        const struct shodo_signature *s = shodo_signature_at(i);
        size_t n = s->offset + s->len + 64;
        uint8_t *p = calloc(n, 1);
        assert_non_null(p);
        memcpy(p + s->offset, s->bytes, s->len);
        const struct shodo_signature *found = shodo_identify(p, n);
        if (!found || strcmp(found->name, s->name) != 0)
            fail_msg("row %zu '%s' gives '%s'", i, s->name, found ? found->name : "nothing");
        free(p);
    }
}

static void test_extensions(void **state) {
    (void)state;
    const struct shodo_signature *zip = shodo_identify((const uint8_t *)"PK\3\4", 4);
    assert_true(shodo_extension_allows(".docx", zip));
    assert_false(shodo_extension_allows(".pdf", zip));
    assert_false(shodo_extension_allows(".docx", NULL));
    assert_true(shodo_extension_allows(".bin", NULL));
    assert_true(shodo_extension_allows("", NULL));
    assert_int_equal(shodo_extension_class(".exe"), SHODO_CLASS_PROGRAM);
    assert_int_equal(shodo_extension_class(".lockbit"), SHODO_CLASS_UNKNOWN);
}

/* Deterministic bytes that look random: SHA-256 of a counter. */
static void noise(uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i += 32) {
        uint8_t sum[32];
        uint64_t counter = i + 1;
        shodo_sha256(&counter, sizeof counter, sum);
        memcpy(p + i, sum, SHODO_MIN((size_t)32, n - i));
    }
}

static bool near(double a, double b) {
    return fabs(a - b) < 1e-9;
}

static void test_statistics(void **state) {
    (void)state;
    uint8_t all[4096], two[4096] = {0};
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof two; i += 2)
        two[i] = 1;
    assert_true(near(shodo_entropy(all, sizeof all), 8.0));
    assert_true(near(shodo_chi_square(all, sizeof all), 0.0));
    assert_true(near(shodo_entropy(two, sizeof two), 1.0));
    /* two values of 2048 against 16 expected each: 2*(2032^2)/16 + 254*16 */
    assert_true(
        near(shodo_chi_square(two, sizeof two), 2.0 * 2032.0 * 2032.0 / 16.0 + 254.0 * 16.0));
    assert_true(near(shodo_entropy(two, 1), 0.0));
    assert_true(near(shodo_entropy(NULL, 0), 0.0));
    assert_true(near(shodo_chi_square(NULL, 0), 0.0));
    uint8_t *p = malloc(1 << 20);
    assert_non_null(p);
    noise(p, 1 << 20);
    double chi2 = shodo_chi_square(p, 1 << 20);
    assert_true(chi2 > 170 && chi2 < 350); /* 255 +- 4 sigma */
    assert_true(shodo_entropy(p, 1 << 20) > 7.99);
    free(p);
}

static void test_windows(void **state) {
    (void)state;
    static const uint64_t sizes[] = {
        0,     1,     4095,  4096,    4097,     8192,      10000,
        53248, 57343, 60000, 1 << 20, 99999999, 100000001, UINT64_C(1) << 40};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(sizes); i++) {
        struct shodo_window w[SHODO_MEASURE_SAMPLES_MAX];
        unsigned n = shodo_measure_windows(sizes[i], w);
        uint64_t end = 0;
        assert_int_equal(n == 0, sizes[i] == 0);
        for (unsigned k = 0; k < n; k++) {
            assert_true(w[k].offset >= end && w[k].length > 0);
            end = w[k].offset + w[k].length;
            assert_true(end <= sizes[i]);
        }
        if (n > 0) {
            assert_true(w[0].offset == 0);
            assert_true(end == sizes[i]);
        }
        assert_int_equal(n == SHODO_MEASURE_SAMPLES_MAX, sizes[i] > SHODO_MEASURE_LARGE_BYTES);
    }
}

/* Full, head only, every other 16 bytes, none. */
static void test_patterns(void **state) {
    (void)state;
    size_t n = 1 << 20;
    uint8_t *plain = malloc(n), *p = malloc(n), *random = malloc(n);
    assert_true(plain && p && random);
    for (size_t i = 0; i < n; i++)
        plain[i] = (uint8_t)("patient list, ward 3\r\n"[i % 22]);
    noise(random, n);
    struct shodo_measure m;
    shodo_measure_whole(&m, plain, n);
    assert_int_equal(m.random + m.lanes, 0);
    assert_int_equal(m.samples, 5);
    shodo_measure_whole(&m, random, n);
    assert_int_equal(m.random, m.samples);
    memcpy(p, plain, n);
    memcpy(p, random, 4096);
    shodo_measure_whole(&m, p, n);
    assert_true(m.is_head_random);
    assert_int_equal(m.random, 1);
    memcpy(p, plain, n);
    for (size_t i = 0; i < n; i += 32)
        memcpy(p + i, random + i, 16);
    shodo_measure_whole(&m, p, n);
    assert_int_equal(m.random, 0);
    assert_int_equal(m.lanes, m.samples);
    free(plain);
    free(random);
    free(p);
}

static void test_md5(void **state) {
    (void)state;
    static const char *const vectors[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
        {"0123456789012345678901234567890123456789012345678901234",
         "6e7a4fc92eb1c3f6e652425bcc8d44b5"},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(vectors); i++) {
        uint8_t sum[16];
        char hex[33];
        shodo_md5(vectors[i][0], strlen(vectors[i][0]), sum);
        shodo_hex(sum, sizeof sum, hex);
        assert_string_equal(hex, vectors[i][1]);
    }
}

/* What the taps say: disguise, hidden program, odd content, deceptive name, archive. */
static void test_taps(void **state) {
    (void)state;
    struct shodo_plan_options o = {.profile = SHODO_PROFILE_FULL, .endpoint = "0123456789ab"};
    struct exam_run r;
    uint8_t random[20000], program[256] = "MZ";
    noise(random, sizeof random);
    run_open(&r, &o);
    run_bytes(&r, "/Users/a/paper.txt", NULL, "ordinary words\n", 15);
    run_bytes(&r, "/Users/a/tool.exe", NULL, program, sizeof program);
    run_bytes(&r, "/Users/a/empty.docx", NULL, "", 0);
    assert_int_equal(r.findings.count + r.facts.count + r.lines.count, 0);

    run_bytes(&r, "/Users/a/photo.jpg", NULL, program, sizeof program);
    assert_int_equal(find_finding(&r, "ProgramInDisguise")->verdict, SHODO_VERDICT_SUSPECT);
    assert_true(find_finding(&r, "ProgramInDisguise")->has_sha256);
    run_bytes(&r, "/Users/a/b.txt", "hidden", program, sizeof program);
    assert_string_equal(find_finding(&r, "ProgramInStream")->stream, "hidden");
    run_bytes(&r,
              "/Users/a/gpj.\xe2\x80\xae"
              "exe.txt",
              NULL, "x\n", 2);
    assert_non_null(find_finding(&r, "DeceptiveName"));
    run_bytes(&r, "/Users/a/old.zip", NULL, "PK\3\4aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 37);
    assert_false(find_line(&r, SHODO_LEDGER_POLICY)->is_problem);
    assert_string_equal(find_line(&r, SHODO_LEDGER_POLICY)->path, "/Users/a");

    run_forget(&r);
    run_bytes(&r, "/Users/a/report.docx", NULL, random, sizeof random);
    run_bytes(&r, "/Users/a/report.docx.lockbit", NULL, random, sizeof random);
    assert_int_equal(r.facts.count, 2);
    const struct said_fact *f = shodo_vec_at(&r.facts, 0);
    assert_non_null(
        strstr(f->values,
               "\"extension\":\".docx\",\"identified\":\"\",\"expected\":true,\"size\":20000,"));
    assert_non_null(strstr(f->values, "\"head_random\":true"));
    run_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identify),   cmocka_unit_test(test_rows),
        cmocka_unit_test(test_extensions), cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_windows),    cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_md5),        cmocka_unit_test(test_taps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
