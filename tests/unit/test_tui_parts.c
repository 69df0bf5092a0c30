/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the screen program that are functions of their input: kana, CSV, progress, recovery key,
 * canvas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/value.h"
#include "canvas.h"
#include "csv.h"
#include "held.h"
#include "kana.h"
#include "progress.h"
#include "reading.h"
#include "recovery_key.h"

static void kana(void **state) {
    (void)state;
    static const struct {
        const char *romaji, *want;
        bool is_katakana;
    } rows[] = {
        {"nyuryoku", "にゅりょく", false},
        {"kanja", "かんじゃ", false},
        {"sippu", "しっぷ", false},
        {"konnna", "こんな", false},
        {"tsunagaranai", "つながらない", false},
        {"sa-ba", "サーバ", true},
        {"shinryou", "しんりょう", false},
        {"hon", "ほん", false},
        {"PC-07", "pc", false},
        {"denwa.", "でんわ。", false},
        {"かな", "かな", false},
        {"", "", false},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        tui_kana(&b, rows[i].romaji, rows[i].is_katakana, true);
        if (strcmp(rows[i].want, "pc") == 0) /* what is no syllable stays letters */
            assert_non_null(strstr(shodo_buf_cstr(&b), "PC"));
        else
            assert_string_equal(shodo_buf_cstr(&b), rows[i].want);
    }
    shodo_auto(shodo_buf) struct shodo_buf open = SHODO_BUF_INIT;
    tui_kana(&open, "kan", false, false);
    assert_string_equal(shodo_buf_cstr(&open), "かn"); /* the n may still become な */
}

static void held(void **state) {
    (void)state;
    const struct tui_key one = {.action = TUI_ACTION_CHAR, .ch = '1'},
                         enter = {.action = TUI_ACTION_ENTER}, down = {.action = TUI_ACTION_DOWN};
    struct tui_held h = {.last_ms = 0};
    /* a held digit answers once: first repeat after 250 ms, then every 33 ms */
    assert_false(tui_held_repeats(&h, one, false, 10000));
    for (uint64_t t = 10250; t < 12000; t += 33)
        assert_true(tui_held_repeats(&h, one, false, t));
    /* released and pressed again */
    assert_false(tui_held_repeats(&h, one, false, 12000 + TUI_HELD_MS));
    /* it opened a text field and is still held: nothing of it lands in the field */
    for (uint64_t t = 12030 + TUI_HELD_MS; t < 14000; t += 33)
        assert_true(tui_held_repeats(&h, one, true, t));
    /* digits that are typed in a field repeat, arrows always, Enter never */
    for (uint64_t t = 15000; t < 15200; t += 33)
        assert_false(tui_held_repeats(&h, one, true, t));
    assert_false(tui_held_repeats(&h, down, false, 20000));
    assert_false(tui_held_repeats(&h, down, false, 20033));
    assert_false(tui_held_repeats(&h, enter, true, 20066));
    assert_true(tui_held_repeats(&h, enter, true, 20100));
    /* the Enter after a digit that answered belongs to it, once, and not for long */
    tui_held_answers(&h);
    assert_true(tui_held_is_habit(&h, enter));
    assert_false(tui_held_is_habit(&h, enter));
    tui_held_answers(&h);
    assert_false(tui_held_repeats(&h, enter, false, 20100 + TUI_HABIT_MS));
    assert_false(tui_held_is_habit(&h, enter));
}

static void recovery_key(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        unsigned bad;
    } rows[] = {
        {"000011-000022-000033-000044-000055-000066-000077-000088", true, 0},
        {"000011000022000033000044000055000066000077720885", true, 0},
        {"000011 000022 000033 000044 000055 000066 000077 000089", false, 8},
        {"000011-000023-000033-000044-000055-000066-000077-000088", false, 2},
        {"720896-000022-000033-000044-000055-000066-000077-000088", false, 1},
        {"000011-000022", false, 3},
        {"00001a", false, 1},
        {"", false, 1},
        {"000011-000022-000033-000044-000055-000066-000077-000088-000099", false, 9},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        char out[TUI_RECOVERY_KEY_BYTES];
        unsigned bad = 99;
        assert_int_equal(tui_recovery_key_ok(rows[i].text, out, &bad), rows[i].ok);
        assert_int_equal(bad, rows[i].bad);
        if (rows[i].ok)
            assert_int_equal(strlen(out), 55);
    }
}

static void csv(void **state) {
    (void)state;
    static const char utf8[] =
        "\xef\xbb\xbf名前,場所,電話,種類\r\nVPN,\"1階,\"\"奥\"\"\",03-0,外部\r\nNAS,,,バックアップ\r\n,,,\r\n";
    shodo_auto(shodo_buf) struct shodo_buf cp932 = SHODO_BUF_INIT;
    size_t bad = 0;
    assert_true(shodo_text_encode(&cp932, SHODO_CP932, utf8 + 3, strlen(utf8) - 3, &bad));
    assert_int_equal(bad, 0);
    const struct {
        const char *p;
        size_t n;
    } files[] = {{utf8, sizeof utf8 - 1}, {cp932.data, cp932.len}};
    for (size_t i = 0; i < 2; i++) {
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
        struct shodo_error err = SHODO_ERROR_INIT;
        size_t rows = 0;
        assert_int_equal(tui_csv_connections(files[i].p, files[i].n, NULL, &out, &rows, &err),
                         SHODO_OK);
        assert_int_equal(rows, 2);
        assert_int_equal(shodo_doc_parse_yaml(&doc, "t.yaml", shodo_buf_cstr(&out), out.len, &err),
                         SHODO_OK);
        const struct shodo_value *list = shodo_value_get(shodo_doc_root(doc), "connections");
        assert_string_equal(shodo_value_get_str(shodo_value_at(list, 0), "place"), "1階,\"奥\"");
        assert_string_equal(shodo_value_get_str(shodo_value_at(list, 0), "kind"), "external");
        assert_string_equal(shodo_value_get_str(shodo_value_at(list, 1), "kind"), "backup");
    }
    static const char *const wrong[] = {"", "a,b\n1,2\n", "名前\n\"never ends\n"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(wrong); i++) {
        shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        size_t rows = 0;
        assert_int_equal(tui_csv_contacts(wrong[i], strlen(wrong[i]), NULL, &out, &rows, &err),
                         SHODO_INVALID);
    }
}

static void say(struct tui_progress *p, const char *line, uint64_t ms) {
    tui_progress_line(p, line, strlen(line), ms);
}

static void progress(void **state) {
    (void)state;
    struct tui_progress p = {.bytes = 0};
    unsigned from = 0, to = 0;
    say(&p, "{\"event\":\"ledger\",\"data\":{\"event.reason\":\"damaged\"}}", 0);
    assert_int_equal(p.locked, 0);
    say(&p, "{\"event\":\"ledger\",\"data\":{\"event.reason\":\"encrypted\"}}", 0);
    assert_int_equal(p.locked, 1); /* a volume that waits for its key */
    say(&p, "{\"event\":\"start\",\"files\":10,\"bytes\":100000000}", 0);
    assert_false(tui_progress_eta(&p, 60000, &from, &to)); /* no rate yet */
    for (unsigned i = 0; i <= 20; i++) {
        char line[100];
        snprintf(line, sizeof line,
                 "{\"event\":\"progress\",\"phase\":\"rest\",\"files\":%u,\"bytes\":%u}", i,
                 i * 100000);
        say(&p, line, i * 1000);
    }
    assert_int_equal(tui_progress_rate(&p), 100000);
    assert_int_equal(p.ring_count, TUI_PROGRESS_RING);
    assert_false(tui_progress_eta(&p, 9000, &from, &to)); /* not before ten seconds */
    assert_true(tui_progress_eta(&p, 20000, &from, &to));
    assert_true(from <= 16 && to >= 16); /* 98 MB at 0.1 MB/s = 16.3 min */
    say(&p, "not json", 21000);
    say(&p, "{\"event\":5}", 21000);
    say(&p, "[]", 21000);
    assert_int_equal(p.bad_lines, 3);
    say(&p, "{\"event\":\"finding\",\"data\":{\"shodo.kind\":\"artifact\",\"file.path\":\"x\"}}",
        21000);
    assert_int_equal(p.recent_count, 0);
    for (unsigned i = 0; i < 9; i++)
        say(&p,
            "{\"event\":\"finding\",\"data\":{\"shodo.kind\":\"detection\",\"shodo.verdict\":\"match\",\"rule.name\":\"r\\u001b[31m\"}}",
            21000);
    assert_int_equal(p.recent_count, TUI_PROGRESS_RECENT);
    assert_null(strchr(p.recent[0].text[TUI_LANG_JA], 27)); /* nothing raw */
    say(&p, "{\"event\":\"done\",\"status\":\"done\",\"exit\":1,\"findings\":9}", 22000);
    assert_true(p.is_done);
    assert_int_equal(p.findings, 9);
}

static void canvas(void **state) {
    (void)state;
    struct tui_canvas c = {.rows = 0};
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    assert_true(tui_canvas_size(&c, 2, 6));
    tui_canvas_text(&c, 0, 0, 6, TUI_ROLE_NORMAL, "日本語");
    /* half of a wide character is gone: the other half becomes a blank */
    tui_canvas_text(&c, 0, 1, 1, TUI_ROLE_NORMAL, "x");
    /* the last cell of the last row is never written */
    tui_canvas_text(&c, 1, 0, 6, TUI_ROLE_NORMAL, "あいう");
    tui_canvas_dump(&c, &out, false);
    assert_string_equal(shodo_buf_cstr(&out), " x本語\nあ..\n");
    assert_int_equal(tui_canvas_at(&c, 1, 5)->text[0], ' ');
    tui_canvas_done(&c);
}

/* Kana or whole romaji finds the words that are known; other kanji only as they are written. */
static void reading(void **state) {
    (void)state;
    static const struct {
        const char *typed, *text;
        bool hits;
    } rows[] = {{"kyuushoku", "給食業者との線", true},
                {"きゅうしょく", "給食業者との線", true},
                {"キュウショク", "給食業者との線", true},
                {"kyuu", "給食業者との線", true},
                {"でんし", "電子カルテ", true},
                {"karute", "電子カルテ", true},
                {"かるて", "電子カルテ", true},
                {"touseki", "給食業者との線", false},
                {"ka", "電子カルテ", false},
                {"VPN", "給食業者との線", false},
                {"給食", "給食業者との線", false}, /* that is what the plain search is for */
                {"", "給食業者との線", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char kana[128];
        tui_reading_of(rows[i].typed, kana, sizeof kana);
        if (tui_reading_hits(kana, rows[i].text) != rows[i].hits)
            fail_msg("'%s' (%s) in '%s'", rows[i].typed, kana, rows[i].text);
    }
    char small[4];
    tui_reading_of("kyuushoku", small, sizeof small);
    assert_string_equal(small, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kana),    cmocka_unit_test(held),     cmocka_unit_test(recovery_key),
        cmocka_unit_test(csv),     cmocka_unit_test(progress), cmocka_unit_test(canvas),
        cmocka_unit_test(reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
