/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting YARA source: guards, references, tricky text; every rule of a real rule set is kept. */
#include "unit.h"

#include "examine/taps/scan_yara.h"
#include "examine/yara_split.h"
#include "examine_lib.h"

#define STRINGS " strings: $a = \"x\" "

static const struct {
    const char *condition;
    enum shodo_guard guard;
    uint64_t max_bytes;
} guards[] = {
    {"uint16(0) == 0x5A4D and $a", SHODO_GUARD_MZ, 0},
    {"$a and uint16(0) == 0x5a4d", SHODO_GUARD_MZ, 0},
    {"uint16(0)==23117 and $a", SHODO_GUARD_MZ, 0},
    {"uint16be(0) == 0x4D5A and $a", SHODO_GUARD_MZ, 0},
    {"0x5A4D == uint16(0) and $a", SHODO_GUARD_MZ, 0},
    {"uint32(0) == 0x00905a4d and $a", SHODO_GUARD_MZ, 0},
    {"(uint16(0) == 0x5A4D and $a)", SHODO_GUARD_MZ, 0},
    {"((uint16(0) == 0x5A4D) and (any of them))", SHODO_GUARD_MZ, 0},
    {"(uint16(0) == 0x5A4D and filesize < 100KB) and $a", SHODO_GUARD_MZ, 0},
    {"for any i in (1..#a) : ( @a[i] > 5 ) and uint16(0) == 0x5A4D", SHODO_GUARD_MZ, 0},
    {"pe.is_pe and $a", SHODO_GUARD_MZ, 0},
    {"uint32(0) == 0x464C457F and $a", SHODO_GUARD_ELF, 0},
    {"uint32be(0) == 0x7f454c46 and $a", SHODO_GUARD_ELF, 0},
    {"uint16(0) == 0x457f and $a", SHODO_GUARD_ELF, 0},
    {"filesize < 100KB and $a", SHODO_GUARD_SMALL, 102400},
    {"filesize <= 5 and $a and filesize < 9", SHODO_GUARD_SMALL, 5},
    {"1MB > filesize and $a", SHODO_GUARD_SMALL, 1048576},
    {"filesize == 0", SHODO_GUARD_SMALL, 0},
    /* not certain: no guard */
    {"uint16(0) == 0x5A4D or $a", SHODO_GUARD_NONE, 0},
    {"uint16(0) == 0x5A4D and $a or filesize < 10", SHODO_GUARD_NONE, 0},
    {"$a or (uint16(0) == 0x5A4D and $a)", SHODO_GUARD_NONE, 0},
    {"(uint16(0) == 0x5A4D or uint16(0) == 0x457f) and $a", SHODO_GUARD_NONE, 0},
    {"not uint16(0) == 0x5A4D and $a", SHODO_GUARD_NONE, 0},
    {"not (uint16(0) == 0x5A4D and $a)", SHODO_GUARD_NONE, 0},
    {"uint16(0) != 0x5A4D and $a", SHODO_GUARD_NONE, 0},
    {"uint16(2) == 0x5A4D and $a", SHODO_GUARD_NONE, 0},
    {"uint16(0) == 0x5A4D + 1 and $a", SHODO_GUARD_NONE, 0},
    {"uint8(0) == 0x4D and $a", SHODO_GUARD_NONE, 0},
    {"uint32(0) == 0x04034b50 and $a", SHODO_GUARD_NONE, 0},
    {"filesize > 100 and $a", SHODO_GUARD_NONE, 0},
    {"100 < filesize and $a", SHODO_GUARD_NONE, 0},
    {"filesize < 20MB and $a", SHODO_GUARD_NONE, 0},
    {"filesize < 1.5 and $a", SHODO_GUARD_NONE, 0},
    {"for any i in (1..2) : ( uint16(0) == 0x5A4D and i == 1 )", SHODO_GUARD_NONE, 0},
    {"for any of them : ( $ at 0 and uint16(0) == 0x5A4D )", SHODO_GUARD_NONE, 0},
    {"$a /* uint16(0) == 0x5A4D and */ // uint16(0) == 0x5A4D and", SHODO_GUARD_NONE, 0},
    {"pe.is_pe == 0 and $a", SHODO_GUARD_NONE, 0},
    {"pe.imphash() == \"and uint16(0) == 0x5A4D and\" and $a", SHODO_GUARD_NONE, 0},
};

static const struct shodo_split_rule *rule_of(const struct shodo_split *s, size_t i) {
    return (const struct shodo_split_rule *)shodo_vec_at(&s->rules, i);
}

static void test_guards(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(guards); i++) {
        char text[512];
        struct shodo_split s;
        snprintf(text, sizeof text, "import \"pe\"\nrule r {" STRINGS "condition: %s\n}",
                 guards[i].condition);
        assert_true(shodo_split_init(&s, text, strlen(text)));
        if (s.is_whole || s.rules.count != 1 || rule_of(&s, 0)->guard != guards[i].guard ||
            (guards[i].guard == SHODO_GUARD_SMALL &&
             rule_of(&s, 0)->max_bytes != guards[i].max_bytes))
            fail_msg("%s: guard %d", guards[i].condition,
                     s.rules.count > 0 ? (int)rule_of(&s, 0)->guard : -1);
        shodo_split_done(&s);
    }
}

static bool every(void *ctx, const struct shodo_split_rule *r) {
    (void)ctx;
    (void)r;
    return true;
}

static bool only_any(void *ctx, const struct shodo_split_rule *r) {
    (void)ctx;
    return r->guard == SHODO_GUARD_NONE;
}

/* Text that has ended more than one home-made parser. */
static const char tricky[] =
    "/* rule not_one { condition: true } */\n"
    "// rule nor_this { condition: true }\n"
    "import \"pe\" import \"math\"\n"
    "private rule first : tag1 tag2 { meta: author = \"rule x { condition: } \\\" \\\\\" n = -5 conditions = \"y\"\n"
    " strings: $a = { 4D 5A [2-4] ( 90 | ?? ) // } rule\n /* } */ 01 } $b = /[}\"{]rule \\/ x{2,3}/is fullword\n"
    " $c = \"}\" xor(0x01-0xff) $d = \"//\" $ = \"/*\"\n condition: for any of ($*) : ($) and uint16(0) == 0x5A4D }\n"
    "rule second{condition:first and math.entropy(0,filesize)>7.0}\n"
    "rule third { strings: $x = \"md5\" condition: $x and uint16(0) == 0x5A4D and for all n in (1..pe.number_of_sections): ( n > 0 ) }\n"
    "rule fourth { condition: uint16(0) == 0x5A4D and 10 \\ 2 == 5 }\n"
    "rule fifth { condition: uint32(0) == 0x464c457f and any of (four*) }\n"
    "rule sixth { condition: uint16(0) == 0x5A4D and filesize < 5KB }";

static void test_tricky(void **state) {
    (void)state;
    struct shodo_split s;
    assert_true(shodo_split_init(&s, tricky, strlen(tricky)));
    assert_false(s.is_whole);
    assert_int_equal(s.rules.count, 6);
    assert_true(rule_of(&s, 0)->is_private);
    /* first and second, fourth and fifth refer to each other: no guards there */
    static const enum shodo_guard want[] = {SHODO_GUARD_NONE, SHODO_GUARD_NONE, SHODO_GUARD_MZ,
                                            SHODO_GUARD_NONE, SHODO_GUARD_NONE, SHODO_GUARD_MZ};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(rule_of(&s, i)->guard, want[i]);
    assert_int_equal(rule_of(&s, 1)->modules, 1u << 5);
    assert_int_equal(rule_of(&s, 2)->modules, 1u << 0);
    assert_int_equal(rule_of(&s, 3)->modules, 0);

    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    assert_int_equal(shodo_split_write(&s, &out, true, only_any, NULL), 4);
    assert_null(strstr(shodo_buf_cstr(&out), "import \"pe\""));
    assert_non_null(strstr(shodo_buf_cstr(&out), "import \"math\""));
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_yara_start(&err), SHODO_OK);
    struct shodo_yara_text t = {.space = 7, .text = shodo_buf_cstr(&out)};
    struct shodo_yara_rules *rules = NULL;
    if (shodo_yara_compile(&rules, &t, 1, false, NULL, &err) != SHODO_OK)
        fail_msg("%s in\n%s", err.text, t.text);
    assert_int_equal(shodo_yara_rules_count(rules), 4);
    struct shodo_yara_rule rule;
    shodo_yara_rule_at(rules, 0, &rule);
    assert_int_equal(rule.space, 7);
    assert_string_equal(rule.name, "first");
    assert_string_equal(rule.author, "rule x { condition: } \" \\");
    (void)shodo_yara_rules_free(rules);
    shodo_yara_stop();
    shodo_split_done(&s);
}

/* Left alone as a whole: global rules, text that is no rule file, an include, unknown modules. */
static void test_whole(void **state) {
    (void)state;
    static const char *const texts[] = {
        "global rule g { condition: true } rule a { condition: uint16(0) == 0x5A4D }",
        "rule a { condition: uint16(0) == 0x5A4D ",
        "rule a { strings: $a = { 01 02 condition: $a }",
        "rule a { strings: $a = \"open\n\" condition: $a }",
        "include \"other.yar\" rule a { condition: uint16(0) == 0x5A4D }",
        "import \"no_such_module\" rule a { condition: uint16(0) == 0x5A4D }",
        "rule a { condition: uint16(0) == 0x5A4D } }",
        "/* open rule a { condition: true }",
        "\x01\x02",
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
        struct shodo_split s;
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        assert_true(shodo_split_init(&s, texts[i], strlen(texts[i])));
        if (!s.is_whole)
            fail_msg("cut: %s", texts[i]);
        assert_int_equal(shodo_split_write(&s, &out, false, every, NULL), 0);
        assert_true(shodo_split_write(&s, &out, true, every, NULL) > 0);
        assert_string_equal(shodo_buf_cstr(&out), texts[i]);
        shodo_split_done(&s);
    }
}

static bool of_guard(void *ctx, const struct shodo_split_rule *r) {
    return r->guard == *(const enum shodo_guard *)ctx;
}

/* Each rule of the set stands in exactly one part, and every part compiles. */
static void test_real_rules(void **state) {
    (void)state;
    struct shodo_rule_text *texts = NULL;
    size_t n = load_texts(reversinglabs(), ".yara", &texts), total = 0, parts[4] = {0};
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_yara_start(&err), SHODO_OK);
    for (size_t i = 0; i < n; i++) {
        struct shodo_split s;
        size_t whole = 0, sum = 0;
        struct shodo_yara_rules *rules = NULL;
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        shodo_buf_add(&text, texts[i].text, texts[i].len);
        struct shodo_yara_text t = {.space = 0, .text = shodo_buf_cstr(&text)};
        assert_int_equal(shodo_yara_compile(&rules, &t, 1, false, NULL, &err), SHODO_OK);
        whole = shodo_yara_rules_count(rules);
        rules = shodo_yara_rules_free(rules);
        assert_true(shodo_split_init(&s, texts[i].text, texts[i].len));
        assert_false(s.is_whole);
        for (enum shodo_guard g = SHODO_GUARD_NONE; g <= SHODO_GUARD_SMALL; g++) {
            shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
            if (shodo_split_write(&s, &out, true, of_guard, &g) == 0)
                continue;
            t.text = shodo_buf_cstr(&out);
            if (shodo_yara_compile(&rules, &t, 1, false, NULL, &err) != SHODO_OK)
                fail_msg("%s: %s", texts[i].name, err.text);
            parts[g] += shodo_yara_rules_count(rules);
            sum += shodo_yara_rules_count(rules);
            rules = shodo_yara_rules_free(rules);
        }
        assert_int_equal(sum, whole);
        total += whole;
        shodo_split_done(&s);
    }
    shodo_yara_stop();
    free_texts(texts, n);
    print_message("%zu rules: %zu without guard, %zu MZ, %zu ELF, %zu small\n", total, parts[0],
                  parts[1], parts[2], parts[3]);
    assert_int_equal(total, 254);
    assert_true(parts[SHODO_GUARD_MZ] >= 240);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_tricky),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_real_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
