/* SPDX-License-Identifier: Apache-2.0 */
/* The site profile, and the number list of the isolation walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "case/site.h"

static void count(void *ctx, unsigned line, const char *text) {
    (void)line;
    (void)text;
    ++*(unsigned *)ctx;
}

static struct shodo_site *load(const char *text, unsigned *problems, enum shodo_status *ret) {
    struct shodo_site *s = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    *problems = 0;
    *ret = shodo_site_load(&s, "t.yaml", text, strlen(text), count, problems, &err);
    return s;
}

static void example_of_the_repository(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_site *s = NULL;
    unsigned problems = 0;
    assert_int_equal(shodo_io_read_file(&text, AT_FDCWD, SHODO_REPO "/rules/site/site.example.yaml",
                                        SHODO_LIMIT_DOC_BYTES, &err),
                     SHODO_OK);
    assert_int_equal(shodo_site_load(&s, "site.example.yaml", shodo_buf_cstr(&text), text.len,
                                     count, &problems, &err),
                     SHODO_OK);
    assert_int_equal(problems, 0);
    assert_string_not_equal(s->name, "");
    assert_true(s->has_big_cut);
    assert_string_equal(s->phones_over_network, "yes");
    unsigned kinds[3] = {0};
    for (size_t i = 0; i < s->lines.count; i++) {
        const struct shodo_site_line *l = shodo_vec_at(&s->lines, i);
        kinds[0] += strcmp(l->kind, "backup") == 0;
        kinds[1] += strcmp(l->kind, "external") == 0;
        kinds[2] += strcmp(l->kind, "segment") == 0;
        assert_string_not_equal(l->name.ja, "");
        assert_string_not_equal(l->place, "");
        assert_null(strstr(l->phone, "null")); /* what is not known is no text */
        assert_null(strstr(l->vendor, "null"));
    }
    assert_true(kinds[0] >= 2 && kinds[1] >= 5 && kinds[2] >= 1);
    const struct shodo_site_decision *d = shodo_site_decision(s, "cut-all-lines");
    assert_non_null(d);
    assert_non_null(strstr(d->decider, "病院長")); /* the id became a name */
    assert_true(d->deputies.count >= 2);
    shodo_site_free(s);
}

static void rooms_lists_and_names(void **state) {
    (void)state;
    enum shodo_status st;
    unsigned problems;
    struct shodo_site *s = load(
        "hospital: {name: H}\n"
        "people: [{id: a, name: A, role: boss, phones: ['1', '2']}]\n"
        "rooms: [{id: r, building: B, floor: 3, name: R}]\n"
        "connections: [{id: c, kind: vpn, name: N, room: r, device: D, what_stops: [x, y], may_decide: [a, z],"
        " vendor: null, vendor_phone: '5', vendor_phone_night: '6', pre_approved: true}]\n"
        "backup_paths: [{name: {ja: J, en: E}}]\n",
        &problems, &st);
    assert_int_equal(st, SHODO_OK);
    assert_int_equal(problems, 1); /* the backup path has no place */
    const struct shodo_site_line *b = shodo_vec_at(&s->lines, 0), *c = shodo_vec_at(&s->lines, 1);
    assert_string_equal(b->name.en, "E");
    assert_string_equal(b->id, "backup-1");
    assert_string_equal(c->kind, "external");
    assert_string_equal(c->building, "B");
    assert_string_equal(c->floor, "3");
    assert_string_equal(c->place, "R D");
    assert_string_equal(c->stops.ja, "x、y");
    assert_string_equal(c->decides, "A（boss）、z");
    assert_string_equal(c->vendor, "");
    assert_string_equal(c->phone, "6"); /* the number that works at night comes first */
    assert_true(c->is_pre_approved);
    shodo_site_free(s);
}

static void wrong_shapes_are_no_crash(void **state) {
    (void)state;
    static const char *const texts[] = {
        "[]",
        "5",
        "hospital: 5",
        "connections: {a: b}",
        "connections: [5, null, [], {name: 1, room: {a: b}, what_stops: {x: y}}]",
        "people: [null, 5, {name: {ja: x}}]",
        "decisions: [1, {id: [x], options: {a: b}, deputies: 5}]",
        "big_cut: 5",
        "rooms: 7",
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
        enum shodo_status st;
        unsigned problems;
        struct shodo_site *s = load(texts[i], &problems, &st);
        assert_true(st == SHODO_OK || st == SHODO_INVALID);
        assert_true((s != NULL) == (st == SHODO_OK));
        shodo_site_free(s);
    }
}

struct seen {
    char text[200];
};

static void note(void *ctx, unsigned n) {
    struct seen *s = ctx;
    size_t at = strlen(s->text);
    snprintf(s->text + at, sizeof s->text - at, "%u ", n);
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: refused */
    } rows[] = {
        {"1", "1 "},
        {"1-3,5", "1 2 3 5 "},
        {" 2 - 4 , 7 ", "2 3 4 7 "},
        {"20", "20 "},
        {"21", NULL},
        {"0", NULL},
        {"3-1", NULL},
        {"1,,2", NULL},
        {"a", NULL},
        {"1-", NULL},
        {"", NULL},
        {"1 2", NULL},
        {"9999999", NULL},
        {"-1", NULL},
        {"1-3-5", NULL},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        struct seen s = {.text = ""};
        struct shodo_error err = SHODO_ERROR_INIT;
        enum shodo_status st = shodo_site_numbers(rows[i].text, 20, note, &s, &err);
        assert_int_equal(st, rows[i].want ? SHODO_OK : SHODO_INVALID);
        if (rows[i].want)
            assert_string_equal(s.text, rows[i].want);
        else
            assert_string_not_equal(err.text, "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_of_the_repository),
        cmocka_unit_test(rooms_lists_and_names),
        cmocka_unit_test(wrong_shapes_are_no_crash),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
