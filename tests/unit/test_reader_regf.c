/* SPDX-License-Identifier: Apache-2.0 */
/* Hives: counts after log replay, comparison with hivex key by key, damaged hives, facts. */
#include "test_reader_lib.h"

#include "examine/readers/regf.h"

#ifdef SHODO_HAS_HIVEX
#include <hivex.h>
#endif

static bool load(const char *name, struct shodo_buf *out) {
    char path[4096];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", SHODO_READERS_DATA, name);
    uint8_t *p = file_bytes(path, &n);
    if (!p) {
        print_message("no '%s': skipped\n", path);
        return false;
    }
    shodo_buf_clear(out);
    assert_true(shodo_buf_add(out, p, n));
    free(p);
    return true;
}

/* Figures known from the data set: without and with its transaction logs. */
static void test_replay(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf log1 = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf log2 = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_regf h;
    struct shodo_regf_count c;
    struct shodo_regf_replay r;
    if (!load("SYSTEM_B", &hive) || !load("SYSTEM_B.LOG1", &log1) || !load("SYSTEM_B.LOG2", &log2))
        skip();
    assert_int_equal(shodo_regf_open(&h, hive.data, hive.len, &err), SHODO_OK);
    assert_int_equal(shodo_regf_walk(&h, &c, &err), SHODO_OK);
    assert_int_equal(c.keys, 33123);
    assert_int_equal(c.values, 74957);
    const struct shodo_regf_log logs[] = {{(const uint8_t *)log1.data, log1.len},
                                          {(const uint8_t *)log2.data, log2.len}};
    assert_int_equal(shodo_regf_replay(&hive, logs, 2, &r, &err), SHODO_OK);
    assert_true(r.is_dirty);
    assert_false(r.has_gap);
    assert_int_equal(r.entries, 24);
    assert_int_equal(r.pages, 315);
    assert_int_equal(shodo_regf_open(&h, hive.data, hive.len, &err), SHODO_OK);
    assert_int_equal(shodo_regf_walk(&h, &c, &err), SHODO_OK);
    assert_int_equal(c.keys, 35595);
    assert_int_equal(c.values, 78901);
    assert_int_equal(h.damage, 0);
    /* a second time: nothing is newer than the hive any more */
    assert_int_equal(shodo_regf_replay(&hive, logs, 2, &r, &err), SHODO_OK);
    assert_false(r.is_dirty);
    assert_true(r.entries <= 1);
}

/* One flipped byte in a log page ends the replay there. */
static void test_replay_damaged(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf log2 = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_regf_replay r;
    if (!load("SYSTEM_B", &hive) || !load("SYSTEM_B.LOG2", &log2))
        skip();
    log2.data[log2.len / 3] ^= 1;
    const struct shodo_regf_log log = {(const uint8_t *)log2.data, log2.len};
    assert_int_equal(shodo_regf_replay(&hive, &log, 1, &r, &err), SHODO_OK);
    assert_true(r.entries < 24);
}

#ifdef SHODO_HAS_HIVEX
struct comparing {
    struct shodo_regf *h;
    hive_h *oracle;
    hive_node_h node;
    size_t keys;
};

static bool child_is_there(void *ctx, const struct shodo_regf_key *k) {
    struct comparing *c = ctx;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    assert_true(shodo_regf_key_name(&name, k));
    hive_node_h node = hivex_node_get_child(c->oracle, c->node, shodo_buf_cstr(&name));
    assert_true(node != 0);
    c->keys++;
    size_t values = 0;
    hive_value_h *list = hivex_node_values(c->oracle, node);
    for (hive_value_h *v = list; v && *v; v++, values++) {
        hive_type type;
        size_t len = 0;
        char *label = hivex_value_key(c->oracle, *v);
        char *data = hivex_value_value(c->oracle, *v, &type, &len);
        struct shodo_regf_value mine;
        shodo_auto(shodo_buf) struct shodo_buf scratch = SHODO_BUF_INIT;
        const uint8_t *p = NULL;
        size_t n = 0;
        assert_non_null(label);
        /* of two values of one name only the first can be asked for */
        if (shodo_regf_value(c->h, k, label, &mine) && data &&
            shodo_regf_data(c->h, &mine, &scratch, &p, &n) && n == len)
            assert_int_equal(mine.type, type);
        free(label);
        free(data);
    }
    free(list);
    assert_int_equal(values, k->values);
    struct comparing below = *c;
    below.node = node;
    shodo_regf_children(c->h, k, child_is_there, &below);
    c->keys = below.keys;
    return true;
}
#endif

static void test_oracle(void **state) {
    (void)state;
#ifdef SHODO_HAS_HIVEX
    static const char *const names[] = {"NTUSER.DAT", "SAM", "SECURITY", "amcache.hve"};
    for (size_t i = 0; i < 4; i++) {
        shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        struct shodo_regf h;
        struct shodo_regf_key root;
        char path[4096];
        if (!load(names[i], &hive))
            skip();
        snprintf(path, sizeof path, "%s/%s", SHODO_READERS_DATA, names[i]);
        assert_int_equal(shodo_regf_open(&h, hive.data, hive.len, &err), SHODO_OK);
        assert_true(shodo_regf_root(&h, &root));
        struct comparing c = {.h = &h, .oracle = hivex_open(path, HIVEX_OPEN_UNSAFE)};
        assert_non_null(c.oracle);
        c.node = hivex_root(c.oracle);
        shodo_regf_children(&h, &root, child_is_there, &c);
        print_message("%s: %zu keys as hivex sees them\n", names[i], c.keys);
        assert_true(c.keys > 10);
        hivex_close(c.oracle);
    }
#else
    print_message("built without hivex: skipped\n");
    skip();
#endif
}

static void test_corrupted(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_regf h;
    struct shodo_regf_count c;
    if (!load("corrupted_system_hive", &hive))
        skip();
    assert_int_equal(shodo_regf_open(&h, hive.data, hive.len, &err), SHODO_OK);
    assert_int_equal(shodo_regf_walk(&h, &c, &err), SHODO_OK);
    print_message("corrupted hive: %llu keys, %llu values, %llu damaged places, the first: %s\n",
                  (unsigned long long)c.keys, (unsigned long long)c.values,
                  (unsigned long long)h.damage, h.first_damage);
    assert_true(c.keys >= 1687);
    assert_true(h.damage > 0);
}

static void test_facts(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf log1 = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf log2 = SHODO_BUF_INIT;
    struct kept k;
    if (!load("SYSTEM_B", &hive) || !load("SYSTEM_B.LOG1", &log1) || !load("SYSTEM_B.LOG2", &log2))
        skip();
    struct shodo_reader_memory logs[] = {{(const uint8_t *)log1.data, log1.len},
                                         {(const uint8_t *)log2.data, log2.len}};
    run_reader(&k, &shodo_reader_registry, "/Windows/System32/config/SYSTEM", hive.data, hive.len,
               logs, 2);
    assert_true(HAS(&k, "computer_name ", "\"ComputerName\":\""));
    assert_true(HAS(&k, "time_zone ", "\"TimeZoneKeyName\":\""));
    assert_true(HAS(&k, "service ", "\\\\Services\\\\TermService\"", "svchost"));
    assert_true(HAS(&k, "program_seen_shim ", "\"position\":0"));
    assert_true(HAS(&k, "rdp_listener ", "\"PortNumber\":3389"));
    assert_true(HAS(&k, "hive ", "\"dirty\":true", "\"log_entries\":24"));
    assert_int_equal(k.problems, 0);
    size_t with = k.facts;
    shodo_buf_done(&k.text);
    /* without its logs the hive is told to be incomplete */
    run_reader(&k, &shodo_reader_registry, "/Windows/System32/config/SYSTEM", hive.data, hive.len,
               NULL, 0);
    assert_true(HAS(&k, "! damaged", "transaction logs are missing"));
    print_message("%zu facts with the logs, %zu without\n", with, k.facts);
    shodo_buf_done(&k.text);
    if (load("SAM", &hive)) {
        run_reader(&k, &shodo_reader_registry, "/windows/system32/CONFIG/sam", hive.data, hive.len,
                   NULL, 0);
        assert_true(HAS(&k, "account ", "\"rid\":500", "\"account\":\"Administrator\""));
        assert_true(HAS(&k, "machine_sid ", "S-1-5-21-"));
        assert_true(HAS(&k, "group_members ", "\"rid\":544", "-500"));
        shodo_buf_done(&k.text);
    }
}

/* Cut at many places: never more than a problem. */
static void test_cut(void **state) {
    (void)state;
    shodo_auto(shodo_buf) struct shodo_buf hive = SHODO_BUF_INIT;
    if (!load("SAM", &hive))
        skip();
    for (size_t n = 0; n < hive.len; n += 1009) {
        struct kept k;
        uint8_t *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, hive.data, n);
        run_reader(&k, &shodo_reader_registry, "/Windows/System32/config/SAM", copy, n, NULL, 0);
        shodo_buf_done(&k.text);
        free(copy);
    }
}

static void put32(uint8_t *p, uint32_t v) {
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

/* A key at `cell` with a name of one character and the list at `list`. */
static void put_key(uint8_t *hive, uint32_t cell, const char *name, uint32_t list,
                    uint32_t subkeys) {
    uint8_t *p = hive + 4096 + cell;
    put32(p, (uint32_t)-96);
    memcpy(p + 4, "nk\x20", 3);
    put32(p + 4 + 20, subkeys);
    put32(p + 4 + 28, list);
    p[4 + 72] = (uint8_t)strlen(name);
    memcpy(p + 4 + 76, name, strlen(name));
}

/*
 * 512 KiB, in which every key is its own child 30,000 times: looking for `CLSID\\*\\InprocServer32`
 * would take 900 million steps. The reader stops at its limit and says so.
 */
static void test_endless(void **state) {
    (void)state;
    enum { COUNT = 30000, LEN = 512 << 10 };
    uint8_t *hive = calloc(1, LEN);
    struct kept k;
    assert_non_null(hive);
    memcpy(hive, "regf", 4);
    put32(hive + 4, 1);
    put32(hive + 8, 1);
    put32(hive + 36, 0x20);
    put32(hive + 40, LEN - 4096);
    put_key(hive, 0x20, "CLSID", 0x100, COUNT);
    uint8_t *list = hive + 4096 + 0x100;
    put32(list, (uint32_t) - (8 + 8 * COUNT));
    memcpy(list + 4, "lf", 2);
    list[6] = COUNT & 0xff;
    list[7] = COUNT >> 8;
    for (size_t i = 0; i < COUNT; i++)
        put32(list + 8 + 8 * i, 0x20);
    uint64_t begin = shodo_time_mono_ms();
    run_reader(&k, &shodo_reader_registry, "/Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat",
               hive, LEN, NULL, 0);
    print_message("stopped after %llu ms\n", (unsigned long long)(shodo_time_mono_ms() - begin));
    assert_true(HAS(&k, "! damaged", "lists without end"));
    shodo_buf_done(&k.text);
    free(hive);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),  cmocka_unit_test(test_replay_damaged),
        cmocka_unit_test(test_oracle),  cmocka_unit_test(test_corrupted),
        cmocka_unit_test(test_facts),   cmocka_unit_test(test_cut),
        cmocka_unit_test(test_endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
