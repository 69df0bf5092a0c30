/* SPDX-License-Identifier: Apache-2.0 */
/* Exports: fields, escapes, deterministic ids. */
#include "base/value.h"
#include "handover/export.h"
#include "unit.h"

static const char finding[] =
    "{\"event.id\":\"ab\",\"shodo.kind\":\"detection\",\"shodo.verdict\":\"match\",\"rule.name\":\"r\",\"rule.description\":\"d\","
    "\"file.name\":\"a|b.exe\",\"shodo.path\":\"/x\\\\y/a|b\\u0001.exe\",\"file.path\":\"C:\\\\x\",\"file.inode\":\"42\",\"file.size\":7,"
    "\"file.created\":\"2026-11-21T17:03:06.999700000Z\",\"file.mtime\":\"1969-12-31T23:59:59.500000000Z\","
    "\"file.hash.sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}";
static const char line[] =
    "{\"time\":\"2026-11-21T17:00:11.000000000Z\",\"what\":\"cmd\",\"ja\":\"影\",\"en\":\"shadow\",\"place\":\"/e\",\"technique\":\"T1490\","
    "\"data_type\":\"windows:evtx:record\",\"is_sign\":true,\"evidence\":\"cd\"}";

static void make(enum shodo_export_format f, struct shodo_buf *out) {
    struct shodo_export *e = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_export_new(&e, f, "case-1", 1795000000LL * 1000000000, &err), SHODO_OK);
    shodo_export_host(e, "0123456789ab", "PC");
    assert_int_equal(shodo_export_line(e, SHODO_EXPORT_FINDING, finding, sizeof finding - 1, &err),
                     SHODO_OK);
    assert_int_equal(shodo_export_line(e, SHODO_EXPORT_FINDING, finding, sizeof finding - 1, &err),
                     SHODO_OK);
    assert_int_equal(shodo_export_line(e, SHODO_EXPORT_TIMELINE, line, sizeof line - 1, &err),
                     SHODO_OK);
    assert_int_equal(shodo_export_line(e, SHODO_EXPORT_TIMELINE, "{", 1, &err), SHODO_DAMAGED);
    assert_int_equal(shodo_export_finish(e, out, &err), SHODO_OK);
    shodo_export_free(e);
}

static void uuid(void **state) {
    (void)state;
    char out[37];
    /* an IPv4 address object (STIX 2.1, 2.9); the expected value is what Python's uuid.uuid5()
     * gives for it */
    static const char name[] = "{\"value\":\"198.51.100.3\"}";
    shodo_uuid5(name, sizeof name - 1, out);
    assert_string_equal(out, "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
}

static void timesketch(void **state) {
    (void)state;
    struct shodo_buf b = SHODO_BUF_INIT;
    make(SHODO_EXPORT_TIMESKETCH, &b);
    assert_non_null(strstr(
        shodo_buf_cstr(&b),
        "\"datetime\":\"2026-11-21T17:03:06.999700+00:00\",\"timestamp\":1795280586999700,\"timestamp_desc\":\"Creation Time\""));
    assert_non_null(
        strstr(shodo_buf_cstr(&b),
               "\"message\":\"shadow\",\"datetime\":\"2026-11-21T17:00:11.000000+00:00\""));
    shodo_buf_done(&b);
}

static void bodyfile(void **state) {
    (void)state;
    struct shodo_buf b = SHODO_BUF_INIT;
    make(SHODO_EXPORT_BODYFILE, &b);
    assert_non_null(
        strstr(shodo_buf_cstr(&b),
               "\n0|/x\\\\y/a\\|b\\x01.exe|42-128|r/rrwxrwxrwx|0|0|7|0|-1|0|1795280586\n"));
    shodo_buf_done(&b);
}

static void stix(void **state) {
    (void)state;
    struct shodo_buf a = SHODO_BUF_INIT, b = SHODO_BUF_INIT;
    struct shodo_doc *d = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    make(SHODO_EXPORT_STIX, &a);
    make(SHODO_EXPORT_STIX, &b);
    assert_string_equal(shodo_buf_cstr(&a), shodo_buf_cstr(&b));
    assert_int_equal(shodo_doc_parse_json(&d, "bundle", shodo_buf_cstr(&a), a.len, &err), SHODO_OK);
    const struct shodo_value *objects = shodo_value_get(shodo_doc_root(d), "objects");
    /* marking, file, indicator, report; the second finding is the same file */
    assert_int_equal(shodo_value_count(objects), 4);
    assert_string_equal(shodo_value_get_str(shodo_value_at(objects, 1), "type"), "file");
    assert_non_null(strstr(shodo_value_get_str(shodo_value_at(objects, 2), "pattern"),
                           "[file:hashes.'SHA-256' = '0123"));
    const struct shodo_value *report = shodo_value_at(objects, 3),
                             *refs = shodo_value_get(report, "object_refs");
    assert_string_equal(shodo_value_get_str(report, "type"), "report");
    assert_int_equal(shodo_value_count(refs), 2);
    assert_string_equal(shodo_value_str(shodo_value_at(refs, 0)),
                        shodo_value_get_str(shodo_value_at(objects, 1), "id"));
    assert_string_equal(shodo_value_str(shodo_value_at(refs, 1)),
                        shodo_value_get_str(shodo_value_at(objects, 2), "id"));
    shodo_doc_free(d);
    shodo_buf_done(&a);
    shodo_buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(uuid), cmocka_unit_test(timesketch),
                                       cmocka_unit_test(bodyfile), cmocka_unit_test(stix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
