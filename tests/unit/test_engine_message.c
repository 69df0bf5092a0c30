/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: what is put comes out again; every truncation and many mutations are refused or
 * harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/channel.h"
#include "engine/message.h"

static const char *const others[] = {"/a/コピー.exe", "/b"};

static struct shodo_finding sample_finding(void) {
    struct shodo_finding f = {.tap = "scan",
                              .rule = "rule_x",
                              .ruleset = "yara/x.yar",
                              .ruleset_digest = "00",
                              .description = "what",
                              .description_ja = "説明",
                              .kind = "detection",
                              .verdict = SHODO_VERDICT_SUSPECT,
                              .volume = 3,
                              .record = 1ULL << 40,
                              .sequence = 65535,
                              .path = "/Users/医事課/x.exe",
                              .drive = 'C',
                              .stream = "Zone.Identifier",
                              .other_paths = others,
                              .other_paths_count = 2,
                              .size_bytes = UINT64_MAX,
                              .has_sha256 = true,
                              .is_deleted = true,
                              .owner = "",
                              .detail_json = "{\"a\":[1,2]}"};
    memset(f.sha256, 0xab, sizeof f.sha256);
    f.times[0] = INT64_MIN;
    f.times[3] = -1;
    return f;
}

static void finding_round_trip(void **state) {
    (void)state;
    struct shodo_finding f = sample_finding(), g;
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_arena a = SHODO_ARENA_INIT;
    assert_true(shodo_msg_put_finding(&b, &f));
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_finding(&g, &c, &a, NULL), SHODO_OK);
    assert_int_equal(shodo_cur_left(&c), 0);
    assert_string_equal(g.path, f.path);
    assert_string_equal(g.description_ja, f.description_ja);
    assert_string_equal(g.owner, "");
    assert_null(g.rule_id);
    assert_int_equal(g.other_paths_count, 2);
    assert_string_equal(g.other_paths[0], others[0]);
    assert_true(g.size_bytes == UINT64_MAX && g.record == f.record && g.sequence == 65535 &&
                g.drive == 'C');
    assert_true(g.times[0] == INT64_MIN && g.times[3] == -1 && g.has_sha256 && g.is_deleted);
    assert_memory_equal(g.sha256, f.sha256, 32);
    for (size_t n = 0; n < b.len; n++) {
        c = shodo_cur_of(b.data, n);
        assert_int_equal(shodo_msg_get_finding(&g, &c, &a, NULL), SHODO_DAMAGED);
    }
    shodo_arena_done(&a);
    shodo_buf_done(&b);
}

static void finding_refusals(void **state) {
    (void)state;
    struct shodo_arena a = SHODO_ARENA_INIT;
    for (int i = 0; i < 7; i++) {
        struct shodo_finding f = sample_finding(), g;
        struct shodo_buf b = SHODO_BUF_INIT;
        switch (i) {
        case 0:
            f.kind = "other";
            break;
        case 1:
            f.kind = NULL;
            break;
        case 2:
            f.tap = NULL;
            break;
        case 3:
            f.detail_json = "[1]";
            break;
        case 4:
            f.detail_json = "{\"a\":";
            break;
        case 5:
            f.drive = '\x1b';
            break;
        case 6:
            f.volume = SHODO_LIMIT_VOLUMES;
            break;
        }
        assert_true(shodo_msg_put_finding(&b, &f));
        struct shodo_cur c = shodo_cur_of(b.data, b.len);
        assert_int_equal(shodo_msg_get_finding(&g, &c, &a, NULL), SHODO_DAMAGED);
        shodo_buf_done(&b);
    }
    shodo_arena_done(&a);
}

static void ledger_and_fact(void **state) {
    (void)state;
    struct shodo_arena a = SHODO_ARENA_INIT;
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_ledger l = {.is_problem = true,
                             .reason = SHODO_LEDGER_CRASH,
                             .volume = 1,
                             .record = 9,
                             .path = "/x",
                             .drive = 0,
                             .count = 0,
                             .size_bytes = 7,
                             .examined_bytes = 3,
                             .text = "why"},
                        m;
    assert_true(shodo_msg_put_ledger(&b, &l));
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_ledger(&m, &c, &a, NULL), SHODO_OK);
    assert_true(m.is_problem && m.reason == SHODO_LEDGER_CRASH && m.count == 1 &&
                m.size_bytes == 7);
    assert_string_equal(m.text, "why");
    assert_null(m.stream);
    b.data[1] = SHODO_LEDGER_REASON_COUNT;
    c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_ledger(&m, &c, &a, NULL), SHODO_DAMAGED);
    shodo_buf_clear(&b);
    struct shodo_fact f = {.reader = "evtx",
                           .kind = "logon",
                           .time = 5,
                           .volume = 2,
                           .record = 3,
                           .path = "/l",
                           .values_json = "{}"},
                      g;
    assert_true(shodo_msg_put_fact(&b, &f));
    for (size_t n = 0; n < b.len; n++) {
        c = shodo_cur_of(b.data, n);
        assert_int_equal(shodo_msg_get_fact(&g, &c, &a, NULL), SHODO_DAMAGED);
    }
    c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_fact(&g, &c, &a, NULL), SHODO_OK);
    assert_string_equal(g.values_json, "{}");
    shodo_buf_done(&b);
    shodo_arena_done(&a);
}

static void item_and_probe(void **state) {
    (void)state;
    struct shodo_arena a = SHODO_ARENA_INIT;
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_item i = {.index = 5,
                           .phase = SHODO_PHASE_RISKY,
                           .volume = 1,
                           .record = 2,
                           .sequence = 3,
                           .size_bytes = 4,
                           .drive = 'D',
                           .path = "/p",
                           .path_len = 2,
                           .entry = (const uint8_t *)"entry",
                           .entry_len = 5},
                      k;
    assert_true(shodo_msg_put_item(&b, &i));
    struct shodo_cur c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_item(&k, &c, &a, NULL), SHODO_OK);
    assert_true(k.index == 5 && k.phase == SHODO_PHASE_RISKY && k.entry_len == 5 &&
                memcmp(k.entry, "entry", 5) == 0);
    for (size_t n = 0; n < b.len; n++) {
        c = shodo_cur_of(b.data, n);
        assert_int_equal(shodo_msg_get_item(&k, &c, &a, NULL), SHODO_DAMAGED);
    }
    shodo_buf_clear(&b);
    struct shodo_volume_table t = {.volumes = SHODO_VEC_INIT(sizeof(struct shodo_volume)),
                                   .scheme = "gpt",
                                   .disk_id = "id",
                                   .sector_bytes = 512},
                              u;
    struct shodo_volume *v = shodo_vec_push(&t.volumes);
    *v = (struct shodo_volume){.index = 0,
                               .length = 100,
                               .fs = SHODO_FS_NTFS,
                               .fs_name = "NTFS",
                               .drive = 'C',
                               .has_windows = true,
                               .shadows = {.is_known = true,
                                           .state = SHODO_VSS_PRESENT,
                                           .count = 2,
                                           .created = {7, 8},
                                           .local = 3}};
    char endpoint[SHODO_ENDPOINT_TEXT_BYTES];
    uint64_t size = 0;
    uint32_t sector = 0;
    assert_true(shodo_msg_put_probe(&b, &t, "0123456789ab", 4096, 512));
    for (size_t n = 0; n < b.len; n++) {
        c = shodo_cur_of(b.data, n);
        assert_int_equal(shodo_msg_get_probe(&u, endpoint, &size, &sector, &c, NULL),
                         SHODO_DAMAGED);
    }
    c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_probe(&u, endpoint, &size, &sector, &c, NULL), SHODO_OK);
    assert_string_equal(endpoint, "0123456789ab");
    assert_true(size == 4096 && sector == 512);
    assert_int_equal(u.volumes.count, 1);
    const struct shodo_volume_shadows *shadows = &shodo_volume_at(&u, 0)->shadows;
    assert_true(shadows->is_known && shadows->state == SHODO_VSS_PRESENT && shadows->count == 2 &&
                shadows->created[1] == 8 && shadows->local == 3);
    shodo_vec_done(&u.volumes);
    v->shadows.count = SHODO_LIMIT_SHADOWS + 1;
    shodo_buf_clear(&b);
    assert_true(shodo_msg_put_probe(&b, &t, "0123456789ab", 4096, 512));
    c = shodo_cur_of(b.data, b.len);
    assert_int_equal(shodo_msg_get_probe(&u, endpoint, &size, &sector, &c, NULL), SHODO_DAMAGED);
    static const char *const bad[] = {"../../../etc", "0123456789a", "0123456789AB",
                                      "0123456789a/"};
    for (size_t n = 0; n < SHODO_ARRAY_SIZE(bad); n++) {
        shodo_buf_clear(&b);
        assert_true(shodo_msg_put_probe(&b, &t, bad[n], 4096, 512));
        c = shodo_cur_of(b.data, b.len);
        assert_int_equal(shodo_msg_get_probe(&u, endpoint, &size, &sector, &c, NULL),
                         SHODO_DAMAGED);
    }
    shodo_vec_done(&t.volumes);
    shodo_buf_done(&b);
    shodo_arena_done(&a);
}

/* A peer fed byte by byte gives the same messages; a length outside the limit is refused at once.
 */
static void peer_lengths(void **state) {
    (void)state;
    static const struct {
        uint32_t len;
        enum shodo_status want;
    } rows[] = {{0, SHODO_DAMAGED},
                {1, SHODO_OK},
                {5, SHODO_OK},
                {1u << 20, SHODO_END},
                {(1u << 20) + 1, SHODO_DAMAGED},
                {UINT32_MAX, SHODO_DAMAGED}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++) {
        int fds[2];
        struct shodo_peer p;
        uint8_t bytes[9] = {0}, type = 0;
        struct shodo_cur c;
        assert_int_equal(shodo_channel_pair(fds, NULL), SHODO_OK);
        assert_int_equal(shodo_peer_init(&p, fds[0], NULL), SHODO_OK);
        for (int k = 0; k < 4; k++)
            bytes[k] = (uint8_t)(rows[i].len >> (8 * k));
        bytes[4] = 42;
        for (size_t k = 0; k < sizeof bytes; k++) {
            assert_int_equal(write(fds[1], bytes + k, 1), 1);
            assert_int_equal(shodo_peer_fill(&p, NULL), SHODO_OK);
        }
        assert_int_equal(shodo_peer_next(&p, &type, &c, NULL), rows[i].want);
        if (rows[i].want == SHODO_OK)
            assert_true(type == 42 && c.len == rows[i].len - 1);
        close(fds[1]);
        shodo_peer_done(&p);
    }
}

static void descriptors_ride(void **state) {
    (void)state;
    int fds[2], pipes[2], got = -1;
    struct shodo_peer p;
    struct shodo_buf in = SHODO_BUF_INIT;
    uint8_t type = 0;
    assert_int_equal(shodo_channel_pair(fds, NULL), SHODO_OK);
    assert_int_equal(shodo_peer_init(&p, fds[0], NULL), SHODO_OK);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(shodo_peer_queue(&p, 1, "one", 3, -1, NULL), SHODO_OK);
    assert_int_equal(shodo_peer_queue(&p, 2, "two", 3, pipes[0], NULL), SHODO_OK);
    assert_int_equal(shodo_peer_queue(&p, 3, "three", 5, -1, NULL), SHODO_OK);
    assert_int_equal(shodo_peer_flush(&p, NULL), SHODO_OK);
    assert_false(shodo_peer_has_output(&p));
    for (uint8_t i = 1; i <= 3; i++) {
        assert_int_equal(shodo_channel_recv(fds[1], &type, &in, &got, NULL), SHODO_OK);
        assert_int_equal(type, i);
        assert_true((got >= 0) == (i == 2));
        if (got >= 0) {
            char c = 0;
            assert_int_equal(write(pipes[1], "x", 1), 1);
            assert_int_equal(read(got, &c, 1), 1);
            close(got);
        }
    }
    /* a worker that passes a descriptor back only loses it */
    int before = dup(0);
    close(before);
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    uint8_t message[] = {1, 0, 0, 0, 9};
    struct iovec iov = {message, sizeof message};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    struct cmsghdr *cm = CMSG_FIRSTHDR(&m);
    cm->cmsg_level = SOL_SOCKET;
    cm->cmsg_type = SCM_RIGHTS;
    cm->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(cm), &pipes[1], sizeof(int));
    assert_int_equal(sendmsg(fds[1], &m, 0), sizeof message);
    assert_int_equal(shodo_peer_fill(&p, NULL), SHODO_OK);
    int after = dup(0);
    assert_int_equal(before, after);
    close(after);
    close(pipes[1]);
    close(fds[1]);
    shodo_peer_done(&p);
    shodo_buf_done(&in);
}

static uint64_t next_random(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void mutations(void **state) {
    (void)state;
    uint64_t seed = 0x5eed5eed5eedULL;
    struct shodo_finding f = sample_finding();
    struct shodo_buf b = SHODO_BUF_INIT;
    assert_true(shodo_msg_put_finding(&b, &f));
    uint8_t copy[1024];
    assert_true(b.len < sizeof copy);
    unsigned refused = 0;
    for (int i = 0; i < 20000; i++) {
        struct shodo_arena a = SHODO_ARENA_INIT;
        memcpy(copy, b.data, b.len);
        for (uint64_t k = next_random(&seed) % 4 + 1; k; k--)
            copy[next_random(&seed) % b.len] = (uint8_t)next_random(&seed);
        struct shodo_cur c = shodo_cur_of(copy, b.len);
        struct shodo_finding g;
        enum shodo_status st = shodo_msg_get_finding(&g, &c, &a, NULL);
        assert_true(st == SHODO_OK || st == SHODO_DAMAGED);
        refused += st == SHODO_DAMAGED;
        if (st == SHODO_OK)
            assert_true(g.tap && g.rule && g.path && g.volume < SHODO_LIMIT_VOLUMES);
        shodo_arena_done(&a);
    }
    assert_true(refused > 1000);
    shodo_buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_round_trip), cmocka_unit_test(finding_refusals),
        cmocka_unit_test(ledger_and_fact),    cmocka_unit_test(item_and_probe),
        cmocka_unit_test(peer_lengths),       cmocka_unit_test(descriptors_ride),
        cmocka_unit_test(mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
