/* SPDX-License-Identifier: Apache-2.0 */
/* Change journal: every record against what Windows' own fsutil says of it; facts; broken bytes. */
#include "test_reader_lib.h"

#include "base/cur.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/readers/usn.h"

/* ---- the text that fsutil writes, made from our records ---- */

struct bit {
    uint32_t bit;
    const char *name;
};

/* "0x80000002: Data extend | Close" */
static void add_bits(struct shodo_buf *b, const char *label, uint32_t v, const struct bit *bits,
                     size_t count) {
    const char *before = "";
    shodo_buf_addf(b, "%-18s: 0x%08x: ", label, v);
    for (size_t i = 0; i < count; i++)
        if (v & bits[i].bit) {
            shodo_buf_addf(b, "%s%s", before, bits[i].name);
            before = " | ";
        }
    shodo_buf_adds(b, v ? "\r\n" : "*NONE*\r\n");
}

static void add_time(struct shodo_buf *b, int64_t t) {
    struct shodo_civil c;
    shodo_time_to_civil(t, 0, &c);
    shodo_buf_addf(b, "Time stamp        : %d/%d/%d %02d:%02d:%02d\r\n", c.month, c.day, c.year,
                   c.hour, c.minute, c.second);
}

static void add_extents(struct shodo_buf *b, const struct shodo_usn_record *r) {
    shodo_buf_addf(b, "Number of extents : %u\r\nRemaining extents : %u\r\nExtents           :\r\n",
                   r->extents_count, r->extents_left);
    for (unsigned i = 0; i < r->extents_count; i++)
        shodo_buf_addf(b, "    [%u: %llu, %llu] \r\n", i + 1,
                       (unsigned long long)shodo_le64(r->extents + 16 * (size_t)i),
                       (unsigned long long)shodo_le64(r->extents + 16 * (size_t)i + 8));
}

/* fsutil shows version 2 as version 3: wider numbers, so a longer record. */
static void add_record(struct shodo_buf *b, const struct shodo_usn_record *r) {
    static const struct bit reasons[] = {
        {0x1, "Data overwrite"},      {0x2, "Data extend"},          {0x4, "Data truncation"},
        {0x100, "File create"},       {0x200, "File delete"},        {0x1000, "Rename: old name"},
        {0x2000, "Rename: new name"}, {0x8000, "Basic info change"}, {0x80000, "Object ID change"},
        {0x80000000, "Close"},
    };
    static const struct bit attributes[] = {{0x1, "Read-only"},
                                            {0x2, "Hidden"},
                                            {0x4, "System"},
                                            {0x10, "Directory"},
                                            {0x20, "Archive"}};
    bool has_name = r->major < 4;
    shodo_buf_addf(b, "Usn               : %llu\r\n", (unsigned long long)r->usn);
    if (has_name) {
        shodo_buf_adds(b, "File name         : ");
        assert_true(shodo_text_decode(b, SHODO_UTF16LE, r->name, r->name_bytes, NULL));
        shodo_buf_addf(b, "\r\nFile name length  : %u\r\n", r->name_bytes);
    }
    add_bits(b, "Reason", r->reason, reasons, SHODO_ARRAY_SIZE(reasons));
    if (has_name) {
        add_time(b, r->time);
        add_bits(b, "File attributes", r->attributes, attributes, SHODO_ARRAY_SIZE(attributes));
    }
    shodo_buf_addf(b, "File ID           : %032llx\r\nParent file ID    : %032llx\r\n",
                   (unsigned long long)r->file, (unsigned long long)r->parent);
    add_bits(b, "Source info", r->source, NULL, 0);
    if (has_name)
        shodo_buf_addf(b, "Security ID       : %u\r\n", r->security);
    shodo_buf_addf(b,
                   "Major version     : %u\r\nMinor version     : %u\r\nRecord length     : %u\r\n",
                   has_name ? 3 : r->major, r->minor,
                   has_name ? (76u + r->name_bytes + 7u) / 8u * 8u : r->length);
    if (has_name)
        shodo_buf_adds(b, "\r\n");
    else
        add_extents(b, r);
}

/* Every record of the journal that fsutil was shown, all that it says of them, as one text. */
static void test_fsutil(void **state) {
    (void)state;
    /* when the text was written; three younger records are in the extract */
    enum { NEXT_USN = 29792 };
    size_t n = 0, text_n = 0, records[5] = {0};
    uint8_t *p = file_bytes(TESTDATA "usn/usnjrnlj.bin", &n);
    char *text = (char *)file_bytes(TESTDATA "usn/usnjrnlj.fsutil.txt", &text_n);
    if (!p || !text)
        skip();
    shodo_auto(shodo_buf) struct shodo_buf ours = SHODO_BUF_INIT;
    for (size_t at = 0; at < NEXT_USN && at + 8 <= n;) {
        struct shodo_usn_record r;
        if (shodo_le32(p + at) == 0) { /* no record reaches over the end of a page */
            at = (at / SHODO_USN_PAGE_BYTES + 1) * SHODO_USN_PAGE_BYTES;
            continue;
        }
        assert_true(shodo_usn_parse(p + at, n - at, &r));
        assert_int_equal(r.usn, at);
        records[r.major]++;
        add_record(&ours, &r);
        at += r.length;
    }
    const char *body = memmem(text, text_n, "\r\n\r\n", 4);
    assert_non_null(body);
    body += 4;
    size_t body_n = text_n - (size_t)(body - text), same = 0;
    while (same < body_n && same < ours.len && body[same] == ours.data[same])
        same++;
    if (same < body_n && strspn(body + same, "\r\n") < body_n - same)
        fail_msg("after %zu bytes fsutil says '%.60s', we say '%.60s'", same, body + same,
                 same < ours.len ? ours.data + same : "");
    assert_true(ours.len - same <= 2); /* the blank line behind the last record */
    print_message("%zu bytes of text equal: %zu records of version 2, %zu of version 4\n", same,
                  records[2], records[4]);
    assert_int_equal(records[2], 261);
    assert_int_equal(records[4], 7);
    free(text);
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
    assert_true(HAS(&k, "usn_journal 2019-01-22T21:36:10Z", "\"records\":271",
                    "\"range_records\":7", "\"damaged\":0"));
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
