/* SPDX-License-Identifier: Apache-2.0 */
/* Gates of rules: what a condition demands, the search against a plain one, and never shut where
 * libyara matches. */
#include "unit.h"

#include "examine/literals.h"
#include "examine/taps/scan_yara.h"
#include "examine/yara_need.h"
#include "examine/yara_split.h"

static const struct {
    const char *strings, *condition;
    unsigned needs;    /* number of patterns; 0: nothing is demanded */
    const char *opens; /* a text that opens the gate, or NULL */
    const char *shuts; /* one that does not */
} table[] = {
    {"$a = \"encrypted\"", "$a", 1, "x encrypted x", "x ENCRYPTED x"},
    {"$a = \"encrypted\" nocase", "$a", 1, "x EncRypted x", "x encrypte x"},
    {"$a = \"encrypted\" wide", "$a", 1, NULL, "encrypted"},
    {"$a = \"encrypted\" wide ascii", "$a", 2, "encrypted", "e.n.c.r.y.p.t.e.d"},
    {"$a = \"encrypted\" fullword private", "$a at 0", 1, "encrypted", "encrypt"},
    {"$a = \"tab\\tquote\\\"x\\x41\"", "$a", 1, "tab\tquote\"xA", "tab\\tquote"},
    {"$a = \"encrypted\" $b = \"short\"", "$a and $b", 1, "encrypted", "short"},
    {"$a = \"encrypted\" $b = \"ransomware\"", "$a or $b", 2, "ransomware", "ransom"},
    {"$a = \"encrypted\" $b = \"ransomware\" $c = \"decryptor\"", "2 of them", 2, NULL,
     "none of these"},
    {"$a = \"encrypted\" $b = \"ransomware\" $c = \"decryptor\"", "all of ($a, $b) and $c", 1, NULL,
     "none"},
    {"$a1 = \"encrypted\" $a2 = \"ransomware\" $b = \"x\"", "any of ($a*)", 2, "ransomware",
     "ransom"},
    {"$a = \"encrypted\"", "$a in (0..100) and filesize < 10KB", 1, "encrypted", "encrypt"},
    {"$a = { 4D 5A 90 00 [2-4] C1 E9 02 F3 A5 8B CA 83 E1 03 F3 A4 }", "$a", 1,
     "\xc1\xe9\x02\xf3\xa5\x8b\xca\x83\xe1\x03\xf3\xa4", "x"},
    {"$a = { 11 22 33 44 55 ?? 77 8? 99 AA BB }", "$a", 1, "\x11\x22\x33\x44\x55zw\x81\x99\xaa\xbb",
     "\x11\x22\x33\x44\x55zw\x71\x99\xaa\xbb"},
    {"$a = { 11 22 33 44 54 66 77 88 ( 01 | 02 03 ) 12 } // } ", "$a", 1,
     "\x11\x22\x33\x44\x54\x66\x77\x88", "\x11\x22"},
    {"$a = { 11 22 /* 33 } */ 44 55 66 77 88 99 AA }", "$a", 1,
     "\x11\x22\x44\x55\x66\x77\x88\x99\xaa", "\x11\x22"},
    /* nothing is certain */
    {"$a = \"encrypted\"", "not $a", 0, NULL, NULL},
    {"$a = \"encrypted\"", "not all of them", 0, NULL, NULL},
    {"$a = \"encrypted\"", "$a or filesize < 10", 0, NULL, NULL},
    {"$a = \"encrypted\" $b = \"short\"", "any of them", 0, NULL, NULL},
    {"$a = \"encrypted\"", "0 of them", 0, NULL, NULL},
    {"$a = \"encrypted\"", "#a < 5", 0, NULL, NULL},
    {"$a = \"encrypted\"", "for any of them : ( # < 5 )", 0, NULL, NULL},
    {"$a = \"encrypted\"", "for all of ($a) : ( $ or true )", 0, NULL, NULL},
    {"$a = \"encrypted\" xor", "$a", 0, NULL, NULL},
    {"$a = \"encrypted\" xor(1-255)", "$a", 0, NULL, NULL},
    {"$a = \"encrypted\" base64", "$a", 0, NULL, NULL},
    {"$a = /encrypted/", "$a", 0, NULL, NULL},
    {"$a = { 00 00 00 00 00 00 00 00 00 00 00 00 }", "$a", 0, NULL, NULL},
    {"$a = { ( 11 22 33 44 55 66 77 88 99 | 12 ) 13 }", "$a", 0, NULL, NULL},
};

static struct shodo_literals *gate_of(const struct shodo_split *s) {
    struct shodo_literals *gate = shodo_literals_new((const struct shodo_literal *)s->needs.data,
                                                     s->needs.count);
    assert_non_null(gate);
    return gate;
}

static bool opens(const struct shodo_literals *gate, const void *p, size_t n) {
    return shodo_literals_find(gate, (const uint8_t *)p, n);
}

static void test_conditions(void **state) {
    (void)state;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        char text[512];
        struct shodo_split s;
        snprintf(text, sizeof text, "rule r { meta: strings = \"x\" strings: %s\ncondition: %s\n}",
                 table[i].strings, table[i].condition);
        assert_true(shodo_split_init(&s, text, strlen(text)));
        assert_int_equal(s.rules.count, 1);
        const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(&s.rules,
                                                                                         0);
        if (s.is_whole || r->needs_count != table[i].needs)
            fail_msg("%s: %zu patterns", text, r->needs_count);
        struct shodo_literals *gate = table[i].needs ? gate_of(&s) : NULL;
        if (gate && table[i].opens && !opens(gate, table[i].opens, strlen(table[i].opens)))
            fail_msg("%s: shut", text);
        if (gate && table[i].shuts && opens(gate, table[i].shuts, strlen(table[i].shuts)))
            fail_msg("%s: open", text);
        (void)shodo_literals_free(gate);
        shodo_split_done(&s);
    }
}

static uint32_t seed = 20261126;

static uint32_t below(uint32_t n) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static bool plain_find(const struct shodo_literal *items, size_t count, const uint8_t *p,
                       size_t n) {
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at + items[i].len <= n; at++) {
            size_t k = 0;
            while (k < items[i].len && (p[at + k] & items[i].mask[k]) == items[i].bytes[k])
                k++;
            if (k == items[i].len)
                return true;
        }
    }
    return false;
}

/* Small alphabets, so that anchors repeat and overlap; patterns at both ends and across the lanes.
 */
static void test_search(void **state) {
    (void)state;
    size_t found = 0;
    for (unsigned round = 0; round < 3000; round++) {
        struct shodo_literal items[6] = {{.len = 0}};
        size_t count = 1 + below(6);
        for (size_t i = 0; i < count; i++) {
            struct shodo_literal *l = &items[i];
            l->anchor_len = (uint8_t)(SHODO_ANCHOR_MIN_BYTES + below(4));
            l->anchor = (uint8_t)below(5);
            l->len = (uint8_t)(l->anchor + l->anchor_len + below(5));
            for (size_t k = 0; k < l->len; k++) {
                bool is_anchor = k >= l->anchor && k < (size_t)l->anchor + l->anchor_len;
                l->mask[k] = is_anchor ? (below(4) ? 0xff : 0xdf)
                                       : (uint8_t)(below(3) ? 0xff : 0xf0);
                l->bytes[k] = (uint8_t)("aAbB"[below(4)] & l -> mask[k]);
            }
        }
        uint8_t data[300];
        size_t n = below(sizeof data);
        for (size_t i = 0; i < n; i++)
            data[i] = (uint8_t) "aAbBq"[below(5)];
        const struct shodo_literal *one = &items[below((uint32_t)count)];
        if (below(2) && n >= one->len) {
            size_t at = below(3) ? below((uint32_t)(n - one->len + 1))
                                 : (below(2) ? 0 : n - one->len);
            for (size_t k = 0; k < one->len; k++)
                data[at + k] = one->bytes[k];
        }
        struct shodo_literals *gate = shodo_literals_new(items, count);
        assert_non_null(gate);
        bool want = plain_find(items, count, data, n);
        if (opens(gate, data, n) != want)
            fail_msg("round %u: %s", round, want ? "missed" : "invented");
        found += want;
        (void)shodo_literals_free(gate);
    }
    assert_in_range(found, 1000, 2500);
}

/* ---- against libyara ---- */

static const char *const pieces[] = {
    "$%c = \"encrypted\"",
    "$%c = \"Your Files\" nocase",
    "$%c = \"decryptor\" wide nocase",
    "$%c = \"readme.txt\" ascii wide fullword",
    "$%c = { 8B 45 ?? 83 C0 ?? 50 E8 [4] 85 C0 0F 84 }",
    "$%c = { 6A 40 68 00 30 [2-6] C1 E9 02 ( F3 A5 | 90 ) 8? 11 22 33 44 55 }",
    "$%c = { 11 22 33 44 55 66 ?7 8? 99 }",
    "$%c = \"key\"",
    "$%c = /pay[0-9]{2,4}now/",
};
static const char *const shapes[] = {
    "$a and $b",
    "$a or $b",
    "any of them",
    "all of them",
    "2 of them",
    "$a and ($b or $c)",
    "($a and $b) or ($b and $c)",
    "not $a and $b",
    "any of ($a, $c) and $b",
    "#a > 1 or $b",
    "for any of them : ( @ > 3 )",
    "$c in (0..400) or ($a and $b)",
};
static const char *const fills[] = {
    "encrypted",
    "YOUR files",
    "d\0e\0C\0r\0y\0p\0t\0o\0r\0",
    "readme.txt ",
    "r\0e\0a\0d\0m\0e\0.\0t\0x\0t\0",
    "\x8b\x45\x08\x83\xc0\x01\x50\xe8\x01\x02\x03\x04\x85\xc0\x0f\x84",
    "\x6a\x40\x68\x00\x30\x01\x02\xc1\xe9\x02\xf3\xa5\x85\x11\x22\x33\x44\x55",
    "\x11\x22\x33\x44\x55\x66\x37\x81\x99",
    "key",
    "pay123now",
};
static const size_t fill_bytes[] = {9, 10, 18, 11, 20, 16, 18, 9, 3, 9};

static void on_hit(void *ctx, const struct shodo_yara_match *m) {
    (void)m;
    ++*(size_t *)ctx;
}

static size_t matches_of(const char *text, const uint8_t *p, size_t n) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_yara_text t = {.text = text};
    struct shodo_yara_rules *rules = NULL;
    struct shodo_yara_scanner *scanner = NULL;
    size_t hits = 0;
    if (shodo_yara_compile(&rules, &t, 1, false, NULL, &err) != SHODO_OK)
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(shodo_yara_scanner_new(&scanner, rules, &err), SHODO_OK);
    struct shodo_yara_input in = {.head = p, .head_len = n, .size_bytes = n};
    assert_int_equal(shodo_yara_scan(scanner, &in, NULL, 10, on_hit, &hits, NULL, &err), SHODO_OK);
    (void)shodo_yara_scanner_free(scanner);
    (void)shodo_yara_rules_free(rules);
    return hits;
}

/* Whatever matches must find its gate open; and the gates must be worth something. */
static void test_never_shut(void **state) {
    (void)state;
    size_t hits = 0, gated = 0, shut = 0;
    struct shodo_error err = SHODO_ERROR_INIT;
    assert_int_equal(shodo_yara_start(&err), SHODO_OK);
    for (unsigned round = 0; round < 1500; round++) {
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        shodo_buf_adds(&text, "rule r { strings:\n");
        for (char name = 'a'; name <= 'c'; name++) {
            const char *piece = pieces[below(SHODO_ARRAY_SIZE(pieces))];
            shodo_buf_addf(&text, "$%c%s\n", name, strchr(piece, 'c') + 1);
        }
        /* the second half uses every string: libyara refuses unused ones */
        shodo_buf_addf(&text, "condition: (%s) or (filesize == 99999 and all of them) }",
                       shapes[below(SHODO_ARRAY_SIZE(shapes))]);
        uint8_t data[1024] = {0};
        size_t n = 0;
        for (unsigned k = 1 + below(5); k > 0; k--) {
            size_t f = below(SHODO_ARRAY_SIZE(fills));
            n += below(60);
            memcpy(data + n, fills[f], fill_bytes[f]);
            n += fill_bytes[f];
        }
        struct shodo_split s;
        assert_true(shodo_split_init(&s, shodo_buf_cstr(&text), text.len));
        assert_false(s.is_whole);
        const struct shodo_split_rule *r = (const struct shodo_split_rule *)shodo_vec_at(&s.rules,
                                                                                         0);
        size_t found = matches_of(shodo_buf_cstr(&text), data, n);
        if (r->needs_count > 0) {
            struct shodo_literals *gate = gate_of(&s);
            bool is_open = opens(gate, data, n);
            if (found && !is_open)
                fail_msg("round %u: matches behind a shut gate: %s", round, shodo_buf_cstr(&text));
            gated++;
            shut += !is_open;
            hits += found;
            (void)shodo_literals_free(gate);
        }
        shodo_split_done(&s);
    }
    shodo_yara_stop();
    print_message("%zu rules with a gate, %zu matches behind one, %zu times shut\n", gated, hits,
                  shut);
    assert_true(gated > 500 && hits > 50 && shut > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_never_shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
