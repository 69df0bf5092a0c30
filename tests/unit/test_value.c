/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <math.h>

#include "base/limits.h"
#include "base/value.h"

typedef enum shodo_status (*parse_fn)(struct shodo_doc **ret, const char *name, const char *p,
                                      size_t n, struct shodo_error *err);

static void to_json(struct shodo_buf *out, const struct shodo_value *v) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_value_write(&j, "v", v);
    shodo_json_object_end(&j);
}

static void test_yaml(void **state) {
    static const struct {
        const char *yaml, *want;
    } rows[] = {
        {"a: 1\nb: [x, 'y', \"z\\n\"]\n", "{\"v\":{\"a\":1,\"b\":[\"x\",\"y\",\"z\\n\"]}}"},
        {"z: 1\na: 2\nm: 3\n", "{\"v\":{\"z\":1,\"a\":2,\"m\":3}}"}, /* order kept */
        {"[null, ~, '', Null, nUll]", "{\"v\":[null,null,\"\",null,\"nUll\"]}"},
        {"[true, False, TRUE, yes, no, on, 'true']",
         "{\"v\":[true,false,true,\"yes\",\"no\",\"on\",\"true\"]}"},
        {"[0, -7, +7, 0x1F, 0o17, 017, 1_000, 0b1]", "{\"v\":[0,-7,7,31,15,17,\"1_000\",\"0b1\"]}"},
        {"[9223372036854775807, -9223372036854775808, 9223372036854775808, '5']",
         "{\"v\":[9223372036854775807,-9223372036854775808,9.223372036854776e+18,\"5\"]}"},
        {"[1.5, .5, 1., 1e3, -2.5E-1, ., 1e, 0x, -, .inf, .nan, 1.2.3]",
         "{\"v\":[1.5,0.5,1.0,1e+03,-0.25,\".\",\"1e\",\"0x\",\"-\",null,null,\"1.2.3\"]}"},
        {"03-1234-5678", "{\"v\":\"03-1234-5678\"}"},
        {"2026-11-22", "{\"v\":\"2026-11-22\"}"},
        {"a: |\n  一行目\n  二行目\n", "{\"v\":{\"a\":\"一行目\\n二行目\\n\"}}"},
        {"\xef\xbb\xbf"
         "a: b\n",
         "{\"v\":{\"a\":\"b\"}}"},
        {"--- \na: {}\n...\n", "{\"v\":{\"a\":{}}}"},
        {"a:\n", "{\"v\":{\"a\":null}}"},
        {"1: x\n", "{\"v\":{\"1\":\"x\"}}"},
        {"%YAML 1.2\n---\nx\n", "{\"v\":\"x\"}"},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        enum shodo_status rc = shodo_doc_parse_yaml(&d, "t", rows[i].yaml, strlen(rows[i].yaml),
                                                    &err);
        assert_string_equal(err.text, "");
        assert_int_equal(rc, SHODO_OK);
        to_json(&b, shodo_doc_root(d));
        assert_buf(b, rows[i].want);
    }
}

static void test_refusals(void **state) {
    static const struct {
        parse_fn parse;
        const char *text;
        size_t n; /* 0: strlen */
        enum shodo_status rc;
        const char *message;
    } rows[] = {
        {shodo_doc_parse_yaml, "a: 1\nb: &x 2\n", 0, SHODO_UNSUPPORTED,
         "t:2: anchors are not supported"},
        {shodo_doc_parse_yaml, "a: &x [1]\n", 0, SHODO_UNSUPPORTED,
         "t:1: anchors are not supported"},
        {shodo_doc_parse_yaml, "a: 1\n\nb: *x\n", 0, SHODO_UNSUPPORTED,
         "t:3: aliases are not supported"},
        {shodo_doc_parse_yaml, "a: !!str 1\n", 0, SHODO_UNSUPPORTED, "t:1: tags are not supported"},
        {shodo_doc_parse_yaml, "a: !x {}\n", 0, SHODO_UNSUPPORTED, "t:1: tags are not supported"},
        {shodo_doc_parse_yaml, "%TAG ! x:\n---\na: 1\n", 0, SHODO_UNSUPPORTED,
         "t:1: tag directives are not supported"},
        {shodo_doc_parse_yaml, "a: 1\nb: 2\nc:\n  d: 1\na: 3\n", 0, SHODO_DAMAGED,
         "t:5: duplicate key 'a', first on line 1"},
        {shodo_doc_parse_yaml, "? [1, 2]\n: x\n", 0, SHODO_UNSUPPORTED,
         "t:1: a key must be a plain text"},
        {shodo_doc_parse_yaml, "a: \"x\\0y\"\n", 0, SHODO_UNSUPPORTED,
         "t:1: a text with a NUL character is not supported"},
        {shodo_doc_parse_yaml, "a: [1\n", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_yaml, "a: \xff\n", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_yaml, "a\0b", 3, SHODO_DAMAGED, NULL},
        /* UTF-16 is not guessed */
        {shodo_doc_parse_yaml,
         "\xff\xfe"
         "a\0:\0 \0b\0",
         10, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_yaml, "", 0, SHODO_DAMAGED, "t: no document in it"},
        {shodo_doc_parse_yaml, "# only a comment\n", 0, SHODO_DAMAGED, "t: no document in it"},
        {shodo_doc_parse_yaml, "a\n---\nb\n", 0, SHODO_DAMAGED, "t: more than one document"},
        {shodo_doc_parse_yaml, "a: 1\n\tb: 2\n", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "{\"a\":1,\"a\":2}", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "[1,2] x", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "\"a\\u0000b\"", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "\"a\0b\"", 5, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "\"\xff\"", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "\"\\ud800\"", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "[9223372036854775808]", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "{\"a\":}", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "[1,]", 0, SHODO_DAMAGED, NULL},
        {shodo_doc_parse_json, "NaN", 0, SHODO_DAMAGED, NULL},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct shodo_doc *d = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        size_t n = rows[i].n ? rows[i].n : strlen(rows[i].text);
        enum shodo_status rc = rows[i].parse(&d, "t", rows[i].text, n, &err);
        if (rc != rows[i].rc)
            print_error("row %zu (%s): %s\n", i, rows[i].text, err.text);
        assert_int_equal(rc, rows[i].rc);
        assert_null(d);
        assert_memory_equal(err.text, "t:", 2);
        if (rows[i].message)
            assert_string_equal(err.text, rows[i].message);
    }
}

static void fill(struct shodo_buf *b, const char *piece, size_t count) {
    shodo_buf_clear(b);
    for (size_t i = 0; i < count; i++)
        shodo_buf_adds(b, piece);
}

static void test_limits(void **state) {
    static const parse_fn parsers[] = {shodo_doc_parse_json, shodo_doc_parse_yaml};
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_doc *d = NULL;
    (void)state;

    for (size_t p = 0; p < 2; p++) {
        fill(&b, "[", SHODO_LIMIT_DOC_DEPTH);
        for (size_t i = 0; i < SHODO_LIMIT_DOC_DEPTH; i++)
            shodo_buf_addc(&b, ']');
        assert_int_equal(parsers[p](&d, "t", b.data, b.len, &err), SHODO_OK);
        d = shodo_doc_free(d);
        fill(&b, "[", SHODO_LIMIT_DOC_DEPTH + 1);
        for (size_t i = 0; i <= SHODO_LIMIT_DOC_DEPTH; i++)
            shodo_buf_addc(&b, ']');
        assert_int_equal(parsers[p](&d, "t", b.data, b.len, &err), SHODO_LIMIT);
        fill(&b, "[", 100000); /* never closed */
        assert_int_equal(parsers[p](&d, "t", b.data, b.len, &err), SHODO_LIMIT);
        fill(&b, " ", SHODO_LIMIT_DOC_BYTES + 1);
        assert_int_equal(parsers[p](&d, "t", b.data, b.len, &err), SHODO_LIMIT);
        shodo_buf_clear(&b);
        shodo_buf_addc(&b, '[');
        for (size_t i = 0; i < SHODO_LIMIT_DOC_NODES; i++)
            shodo_buf_adds(&b, "1,");
        shodo_buf_adds(&b, "1]");
        assert_int_equal(parsers[p](&d, "t", b.data, b.len, &err), SHODO_LIMIT);
        assert_null(d);
    }
    /* brackets in strings are no depth */
    shodo_buf_clear(&b);
    shodo_buf_adds(
        &b,
        "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"");
    assert_int_equal(shodo_doc_parse_json(&d, "t", b.data, b.len, &err), SHODO_OK);
    shodo_doc_free(d);
}

static void test_access(void **state) {
    static const char text[] =
        "name: 中央病院\nbeds: 320\nratio: 2.5\nopen: true\nlist:\n  - a\n  - b\nkeys:\n  z: 1\n";
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    const struct shodo_value *r;
    (void)state;

    assert_int_equal(shodo_doc_parse_yaml(&d, "t", text, strlen(text), NULL), SHODO_OK);
    r = shodo_doc_root(d);
    assert_string_equal(shodo_value_get_str(r, "name"), "中央病院");
    assert_int_equal(shodo_value_str_len(shodo_value_get(r, "name")), 12);
    assert_int_equal(shodo_value_get_int(r, "beds", -1), 320);
    assert_string_equal(shodo_value_get_str(r, "beds"), "320"); /* plain scalar: also as text */
    assert_true(fabs(shodo_value_real(shodo_value_get(r, "ratio"), 0) - 2.5) < 1e-9);
    assert_true(shodo_value_bool(shodo_value_get(r, "open"), false));
    assert_int_equal(shodo_value_line(shodo_value_get(r, "list")), 5); /* the key's line */
    assert_int_equal(shodo_value_line(shodo_value_at(shodo_value_get(r, "list"), 1)), 7);
    assert_int_equal(shodo_value_count(r), 6);
    assert_string_equal(shodo_value_key_at(r, 5), "keys");
    /* wrong kinds and missing things give the fallback, all the way down */
    assert_null(shodo_value_get(shodo_value_at(shodo_value_get(r, "nothing"), 3), "x"));
    assert_int_equal(shodo_value_get_int(r, "name", -5), -5);
    assert_int_equal(shodo_value_count(shodo_value_get(r, "name")), 0);
    assert_null(shodo_value_at(shodo_value_get(r, "list"), 2));
    assert_null(shodo_value_key_at(shodo_value_get(r, "list"), 0));
    assert_null(shodo_value_str(shodo_value_get(r, "list")));
    assert_int_equal(shodo_value_kind(NULL), SHODO_VALUE_NULL);
    assert_null(shodo_doc_root(NULL));
}

static void test_big_map(void **state) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    (void)state;

    shodo_buf_addc(&b, '{');
    for (unsigned i = 0; i < 50000; i++)
        shodo_buf_addf(&b, "%s\"k%u\":%u", i ? "," : "", i * 7919u % 50000u, i);
    shodo_buf_addc(&b, '}');
    assert_int_equal(shodo_doc_parse_json(&d, "t", b.data, b.len, NULL), SHODO_OK);
    for (unsigned i = 0; i < 50000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%u", i * 7919u % 50000u);
        assert_int_equal(shodo_value_get_int(shodo_doc_root(d), key, -1), i);
        assert_string_equal(shodo_value_key_at(shodo_doc_root(d), i), key);
    }
}

static bool count_doc(void *ctx, const struct shodo_value *root) {
    int *left = (int *)ctx;
    assert_non_null(shodo_value_get_str(root, "name"));
    return --*left > 0;
}

static void test_each(void **state) {
    static const char text[] = "---\nname: a\n---\nname: b\n---\nname: c\n";
    struct shodo_error err = SHODO_ERROR_INIT;
    int left = 10;
    (void)state;

    assert_int_equal(shodo_doc_each_yaml("t", text, strlen(text), count_doc, &left, &err),
                     SHODO_OK);
    assert_int_equal(left, 7);
    left = 2; /* stops */
    assert_int_equal(shodo_doc_each_yaml("t", text, strlen(text), count_doc, &left, &err),
                     SHODO_OK);
    assert_int_equal(left, 0);
    left = 10; /* the good documents come, then the error with its line */
    assert_int_equal(
        shodo_doc_each_yaml("t", "name: a\n---\nname: &x b\n", 23, count_doc, &left, &err),
        SHODO_UNSUPPORTED);
    assert_int_equal(left, 9);
    assert_string_equal(err.text, "t:3: anchors are not supported");
    assert_int_equal(shodo_doc_each_yaml("t", "", 0, count_doc, &left, &err), SHODO_OK);
}

static void test_bytes(void **state) {
    static const struct {
        const char *json;
        const char *want; /* NULL: refused */
    } rows[] = {
        {"\"abc\"", "abc"},
        {"{\"b64\":\"YWJj\"}", "abc"},
        {"{\"b64\":\"YWI=\"}", "ab"},
        {"{\"b64\":\"YQ==\"}", "a"},
        {"{\"b64\":\"\"}", ""},
        {"{\"b64\":\"YQ=\"}", NULL},
        {"{\"b64\":\"YR==\"}", NULL}, /* spare bits set */
        {"{\"b64\":\"Y===\"}", NULL},
        {"{\"b64\":\"YQ==YQ==\"}", NULL},
        {"{\"b64\":\"YW!j\"}", NULL},
        {"{\"b64\":1}", NULL},
        {"{\"b64\":\"YQ==\",\"x\":1}", NULL},
        {"[]", NULL},
        {"1", NULL},
    };
    (void)state;

    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        assert_int_equal(shodo_doc_parse_json(&d, "t", rows[i].json, strlen(rows[i].json), NULL),
                         SHODO_OK);
        assert_int_equal(shodo_value_bytes(&b, shodo_doc_root(d)), rows[i].want != NULL);
        if (rows[i].want)
            assert_string_equal(shodo_buf_cstr(&b), rows[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml),    cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_access),
        cmocka_unit_test(test_big_map), cmocka_unit_test(test_each),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
