/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run with examiners that misbehave on purpose: a program of its own, so that it can be static
 * and sandboxed like shodo (cmocka has no archive). In sanitizer builds the filter is off and the
 * forbidden calls are left out. engine_run DIR     DIR must not exist; prints what it checks; exit
 * 0 = all as asked
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/value.h"
#include "engine/message.h"
#include "engine/sandbox.h"
#include "engine/supervisor.h"
#include "engine/worker.h"

#ifdef SHODO_SANITIZED
#define SHODO_CRASH_TEXT "exit status" /* ASan reports and ends the process */
#else
#define SHODO_CRASH_TEXT "signal 11"
#endif

static int failures;

static void check(bool ok, const char *what) {
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failures += !ok;
}

/* What an examiner does when it meets a file of this name. */
struct misdeed {
    const char *name;
    void (*act)(int channel_fd);
    bool needs_filter;
    const char *reason; /* in the ledger; NULL: nothing may happen */
    const char *text;   /* part of the message */
};

static void do_crash(int fd) {
    (void)fd;
    /* not the null pointer, so that no sanitizer explains it away */
    volatile uintptr_t nowhere = 64;
    *(volatile char *)nowhere = 1;
}
static void do_hang(int fd) {
    (void)fd;
    for (volatile unsigned long i = 0;; i++)
        ;
}
static void do_open(int fd) {
    (void)fd;
    (void)!open("/etc/passwd", O_RDONLY);
}
static void do_socket(int fd) {
    (void)fd;
    (void)!socket(AF_INET, SOCK_STREAM, 0);
}
static void do_exec(int fd) {
    char *const argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    (void)fd;
    execve("/bin/true", argv, argv + 1);
}
static void do_fork(int fd) {
    (void)fd;
    if (fork() == 0)
        _exit(0);
}
static void do_exec_memory(int fd) {
    (void)fd;
    (void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void do_length(int fd) {
    static const uint8_t bytes[] = {0xff, 0xff, 0xff, 0x7f, SHODO_MSG_FINDING, 0, 0};
    (void)!write(fd, bytes, sizeof bytes);
}
static void do_zero_length(int fd) {
    static const uint8_t bytes[] = {0, 0, 0, 0, 0, 0, 0};
    (void)!write(fd, bytes, sizeof bytes);
}
static void do_unknown(int fd) {
    shodo_channel_send(fd, 200, "abc", 3, NULL);
}
static void do_junk_finding(int fd) {
    shodo_channel_send(fd, SHODO_MSG_FINDING, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01zzzz", 14,
                       NULL);
}
static void do_wrong_done(int fd) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_msg_put_stats(&b, &(struct shodo_item_stats){.index = 999999});
    shodo_channel_send(fd, SHODO_MSG_DONE, b.data, b.len, NULL);
}
static void do_foreign_finding(int fd) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_finding f = {.tap = "scan",
                              .rule = "forged",
                              .kind = "detection",
                              .path = "/elsewhere",
                              .volume = 7,
                              .record = 77};
    shodo_msg_put_finding(&b, &f);
    shodo_channel_send(fd, SHODO_MSG_FINDING, b.data, b.len, NULL);
}
static void do_list_totals(int fd) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_msg_put_totals(&b, &(struct shodo_totals){.files = 1});
    shodo_channel_send(fd, SHODO_MSG_TOTALS, b.data, b.len, NULL);
}
static void do_short_ask(int fd) {
    shodo_channel_send(fd, SHODO_MSG_ASK, "short", 5, NULL);
}

static const struct misdeed misdeeds[] = {
    {"crash.bin", do_crash, false, "crash", SHODO_CRASH_TEXT},
    {"hang.bin", do_hang, false, "timeout", "time limit"},
    {"open.bin", do_open, true, "crash", "forbidden system call"},
    {"socket.bin", do_socket, true, "crash", "forbidden system call"},
    {"exec.bin", do_exec, true, "crash", "forbidden system call"},
    {"fork.bin", do_fork, true, "crash", "forbidden system call"},
    {"execmem.bin", do_exec_memory, true, "crash", "forbidden system call"},
    {"length.bin", do_length, false, "crash", "length"},
    {"zero.bin", do_zero_length, false, "crash", "length"},
    {"unknown.bin", do_unknown, false, "crash", "unexpected message"},
    {"junk.bin", do_junk_finding, false, "crash", "damaged finding"},
    {"wrongdone.bin", do_wrong_done, false, "crash", "not asked"},
    {"foreign.bin", do_foreign_finding, false, "crash", "another entry"},
    {"totals.bin", do_list_totals, false, "crash", "unexpected message"},
    {"ask.bin", do_short_ask, false, "crash", "without a digest"},
};

static void hook(const struct shodo_entry *e, int channel_fd) {
    const char *name = NULL;
    size_t n = 0;
    shodo_entry_base_name(e->path, e->path_len, &name, &n);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(misdeeds); i++)
        if (strlen(misdeeds[i].name) == n && memcmp(misdeeds[i].name, name, n) == 0 &&
            (!misdeeds[i].needs_filter || shodo_sandbox_has_filter()))
            misdeeds[i].act(channel_fd);
}

struct seen {
    unsigned lines[SHODO_ARRAY_SIZE(misdeeds)], good[SHODO_ARRAY_SIZE(misdeeds)], others;
};

static enum shodo_status on_line(void *ctx, const char *line, size_t n) {
    struct seen *s = ctx;
    struct shodo_doc *doc = NULL;
    struct shodo_arena arena = SHODO_ARENA_INIT;
    struct shodo_ledger l;
    if (shodo_doc_parse_json(&doc, "ledger", line, n, NULL) == SHODO_OK &&
        shodo_ledger_read(&l, shodo_doc_root(doc), &arena, NULL) == SHODO_OK && l.is_problem) {
        const char *slash = l.path ? strrchr(l.path, '/') : NULL;
        size_t i = 0;
        while (i < SHODO_ARRAY_SIZE(misdeeds) &&
               (!slash || strcmp(slash + 1, misdeeds[i].name) != 0))
            i++;
        if (i == SHODO_ARRAY_SIZE(misdeeds)) {
            s->others++;
            printf("      other line: %s: %s\n", l.path ? l.path : "-", l.text);
        } else {
            s->lines[i]++;
            s->good[i] += strcmp(shodo_ledger_reason_name(l.reason), misdeeds[i].reason) == 0 &&
                          strstr(l.text, misdeeds[i].text);
            if (!s->good[i])
                printf("      %s: %s: %s\n", misdeeds[i].name, shodo_ledger_reason_name(l.reason),
                       l.text);
        }
    }
    shodo_doc_free(doc);
    shodo_arena_done(&arena);
    return SHODO_OK;
}

enum { GOOD_FILES = 40 };

static void put_file(const char *dir, const char *name, const char *text) {
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static void make_tree(const char *dir) {
    char name[64], text[128];
    for (int i = 0; i < GOOD_FILES; i++) {
        snprintf(name, sizeof name, "\xe8\xa8\x98\xe9\x8c\xb2%02d.txt", i); /* 記録 */
        snprintf(text, sizeof text, "file %d marker-of-the-run-test\n", i);
        put_file(dir, name, text);
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(misdeeds); i++)
        put_file(dir, misdeeds[i].name, misdeeds[i].name);
}

static const char rule[] =
    "rule marker { meta: author=\"t\" strings: $a=\"marker-of-the-run-test\" condition: $a }";

static struct shodo_plan *make_plan(void) {
    struct shodo_rule_text text = {.name = "marker.yar", .text = rule, .len = sizeof rule - 1};
    struct shodo_rule_verdict verdict = {.accepted = false};
    uint8_t d[32];
    shodo_sha256(rule, sizeof rule - 1, d);
    shodo_hex(d, sizeof d, text.digest);
    shodo_rule_try(&text, &verdict);
    struct shodo_plan *plan = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    const struct shodo_plan_options o = {.profile = SHODO_PROFILE_FULL,
                                         .yara = &text,
                                         .yara_verdicts = &verdict,
                                         .yara_count = 1,
                                         .scan_limit_bytes = 1 << 20,
                                         .endpoint = "0123456789ab"};
    if (!verdict.accepted || shodo_plan_new(&plan, &o, &err) != SHODO_OK)
        printf("plan: %s %s\n", verdict.message, err.text);
    return plan;
}

static enum shodo_status count_line(void *ctx, const char *line, size_t n) {
    unsigned *count = ctx;
    *count += memmem(line, n, "\"marker\"", 8) != NULL;
    return SHODO_OK;
}

int main(int argc, char **argv) {
    char tree[2048], out[2048];
    if (argc != 2 || mkdir(argv[1], 0755) != 0)
        return fprintf(stderr, "engine_run DIR (new)\n"), 2;
    snprintf(tree, sizeof tree, "%s/tree", argv[1]);
    snprintf(out, sizeof out, "%s/out", argv[1]);
    if (mkdir(tree, 0755) != 0 || mkdir(out, 0755) != 0)
        return 2;
    make_tree(tree);
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_host_source host;
    struct shodo_store *store = NULL;
    struct shodo_events events;
    struct shodo_run_result result;
    struct shodo_plan *plan = make_plan();
    int outfd = open(out, O_RDONLY | O_DIRECTORY);
    shodo_signals_init();
    shodo_events_init(&events, -1);
    if (!plan || shodo_host_open(&host, tree, &err) != SHODO_OK ||
        shodo_store_open(&store, outfd, "0123456789ab", false, &err) != SHODO_OK)
        return fprintf(stderr, "%s\n", err.text), 2;
    const struct shodo_run_key key = {.run = "r", .source = tree, .profile = "full", .rules = "x"};
    const struct shodo_run_options o = {.host = &host,
                                        .plan = plan,
                                        .key = &key,
                                        .store = store,
                                        .events = &events,
                                        .endpoint = "0123456789ab",
                                        .jobs = 2,
                                        .entry_ms = 3000,
                                        .examiner_hook = hook};
    enum shodo_status st = shodo_run(&o, &result, &err);
    check(st == SHODO_OK, "the run comes to its end");
    if (st != SHODO_OK)
        printf("      %s\n", err.text);
    check(result.files_done == result.totals.files &&
              result.totals.files == GOOD_FILES + SHODO_ARRAY_SIZE(misdeeds),
          "every file was examined or is in the ledger");
    struct seen seen = {.others = 0};
    shodo_store_each(outfd, "ledger.jsonl", on_line, &seen, NULL);
    unsigned expected = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(misdeeds); i++) {
        bool is_on = !misdeeds[i].needs_filter || shodo_sandbox_has_filter();
        char what[128];
        snprintf(what, sizeof what, "%s: %s", misdeeds[i].name,
                 is_on ? "one ledger line with the right reason" : "filter is off in this build");
        check(is_on ? seen.lines[i] == 1 && seen.good[i] == 1 : seen.lines[i] == 0, what);
        expected += is_on;
    }
    check(seen.others == 0, "no other entry is blamed");
    check(result.respawns == expected, "one fresh examiner for each");
    unsigned markers = 0;
    shodo_store_each(outfd, "findings.jsonl", count_line, &markers, NULL);
    check(markers == GOOD_FILES, "every other file was scanned");
    if (shodo_sandbox_has_filter())
        puts("filter: on");
    else
        puts("filter: off (sanitizer build)");
    shodo_store_free(store);
    shodo_plan_free(plan);
    shodo_host_done(&host);
    close(outfd);
    return failures != 0;
}
