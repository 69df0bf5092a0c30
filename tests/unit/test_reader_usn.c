/* SPDX-License-Identifier: Apache-2.0 */
/* Change journal: every record against what Windows' own fsutil says of it; facts; broken bytes. */
#include "test_reader_lib.h"

#include "base/cur.h"
#include "base/text.h"
#include "examine/readers/usn.h"

/* Value behind "Label   : " at the start of a line; NULL when it is another line. */
static const char *value_of(const char *line, const char *label) {
    size_t n = strlen(label);
    if (strncmp(line, label, n) != 0)
        return NULL;
    const char *s = strchr(line, ':');
    return s && s[1] == ' ' ? s + 2 : NULL;
}

struct expected {
    uint64_t usn, version, length, reason;
    bool has_name, is_record;
    char name[512];
};

/* The next block of the text; false at its end. */
static bool next_block(char **at, struct expected *e) {
    *e = (struct expected){0};
    while (**at) {
        char *line = *at;
        size_t n = strcspn(line, "\r\n");
        char *next = line + n;
        while (*next == '\r')
            next++;
        next += *next == '\n';
        line[n] = 0;
        *at = next;
        const char *v = NULL;
        if (n == 0) {
            if (e->is_record)
                return true;
        } else if ((v = value_of(line, "Usn "))) {
            e->usn = strtoull(v, NULL, 10);
            e->is_record = true;
        } else if ((v = value_of(line, "File name  "))) {
            snprintf(e->name, sizeof e->name, "%s", v);
            e->has_name = true;
        } else if ((v = value_of(line, "Reason "))) {
            e->reason = strtoull(v, NULL, 16);
        } else if ((v = value_of(line, "Major version"))) {
            e->version = strtoull(v, NULL, 10);
        } else if ((v = value_of(line, "Record length"))) {
            e->length = strtoull(v, NULL, 10);
        }
    }
    return e->is_record;
}

/* fsutil shows records in its own (V3) form: numbers, names and reasons are compared, lengths are not. */
static void test_fsutil(void **state) {
    (void)state;
    size_t n = 0, text_n = 0, compared = 0, v4 = 0;
    uint8_t *p = file_bytes(TESTDATA "usn/usnjrnlj.bin", &n);
    uint8_t *raw = file_bytes(TESTDATA "usn/usnjrnlj.fsutil.txt", &text_n);
    if (!p || !raw)
        skip();
    char *text = malloc(text_n + 1);
    assert_non_null(text);
    memcpy(text, raw, text_n);
    text[text_n] = 0;
    char *at = text;
    struct expected e;
    while (next_block(&at, &e)) {
        struct shodo_usn_record r;
        shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
        if (e.usn >= n)
            continue; /* behind the end of the extract */
        assert_true(shodo_usn_parse(p + e.usn, n - e.usn, &r));
        assert_int_equal(r.usn, e.usn);
        if (r.major == 4) {
            v4++;
            continue;
        }
        assert_int_equal(r.reason, e.reason);
        if (e.has_name) {
            assert_true(shodo_text_decode(&name, SHODO_UTF16LE, r.name, r.name_bytes, NULL));
            assert_string_equal(shodo_buf_cstr(&name), e.name);
        }
        compared++;
    }
    print_message("%zu records as fsutil says, and %zu of version 4\n", compared, v4);
    /* the text was written when the next number was 29792: the three records from there on are not in it, nor are those of
     * version 4, which fsutil does not show */
    assert_int_equal(compared, 261);
    assert_int_equal(v4, 0);
    free(text);
    free(raw);
    free(p);
}

static void test_facts(void **state) {
    (void)state;
    size_t n = 0;
    struct kept k;
    uint8_t *p = file_bytes(TESTDATA "usn/usnjrnlj.bin", &n);
    if (!p)
        skip();
    run_reader(&k, &shodo_reader_usn, "/$Extend/$UsnJrnl", p, n, NULL, 0);
    assert_true(HAS(&k, "usn_journal 2019-01-22T21:36:10Z", "\"records\":271", "\"range_records\":7", "\"damaged\":0"));
    assert_true(HAS(&k, "usn_renames ", "\"extension\":\".txt\"", "\"count\":2"));
    assert_int_equal(k.problems, 0);
    shodo_buf_done(&k.text);
    /* broken bytes cost their page only and are told */
    memset(p + 5000, 0xff, 64);
    run_reader(&k, &shodo_reader_usn, "/$Extend/$UsnJrnl", p, n, NULL, 0);
    assert_true(k.problems == 1 && HAS(&k, "! damaged change journal"));
    assert_true(HAS(&k, "usn_journal "));
    shodo_buf_done(&k.text);
    for (size_t cut = 0; cut < n; cut += 997) {
        uint8_t *copy = malloc(cut + 1);
        assert_non_null(copy);
        memcpy(copy, p, cut);
        run_reader(&k, &shodo_reader_usn, "/$Extend/$UsnJrnl", copy, cut, NULL, 0);
        shodo_buf_done(&k.text);
        free(copy);
    }
    free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fsutil), cmocka_unit_test(test_facts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
