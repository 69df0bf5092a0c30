/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run by static_base.sh as a static program in an empty root with an empty environment, first as it
 * is, then inside the system-call filter of an examiner: what base/ promises must hold there, where
 * libc finds no file to help it. Prints one line per check; exit 0 when all hold. "--speed" prints
 * MB/s of SHA-256 instead.
 */
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wchar.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "base/value.h"

static int failures;

static void check(const char *what, bool ok) {
    printf("%s %s\n", ok ? "ok  " : "FAIL", what);
    failures += !ok;
}

static bool convert(const char *to, const char *from, const char *in, size_t n, const char *want) {
    iconv_t cd = iconv_open(to, from);
    char out[64] = "", *ip = (char *)(uintptr_t)in, *op = out;
    size_t room = sizeof(out) - 1;

    if (cd == (iconv_t)-1)
        return false;
    size_t rc = iconv(cd, &ip, &n, &op, &room);
    iconv_close(cd);
    return rc == 0 && strcmp(out, want) == 0;
}

static bool sha256_is(const char *text, const char *want) {
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    uint8_t raw[SHODO_SHA256_BYTES];
    char hex[2 * SHODO_SHA256_BYTES + 1];

    shodo_hash_update(h, text, strlen(text));
    shodo_hash_final(h, raw);
    shodo_hex(raw, sizeof(raw), hex);
    return strcmp(hex, want) == 0;
}

static void parsing_and_hashing(void) {
    static const char json[] = "{\"a\":[1,2,{\"b\":\"病院\"}]}",
                      yaml[] = "a: [1, 2]\nb: {c: 病院}\n";
    shodo_autop(shodo_doc) struct shodo_doc *j = NULL;
    shodo_autop(shodo_doc) struct shodo_doc *y = NULL;
    uint8_t random[32];

    check("SHA-256",
          sha256_is("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    check("JSON", shodo_doc_parse_json(&j, "json", json, strlen(json), NULL) == SHODO_OK);
    check("YAML", shodo_doc_parse_yaml(&y, "yaml", yaml, strlen(yaml), NULL) == SHODO_OK);
    check("random bytes", shodo_random(random, sizeof(random), NULL) == SHODO_OK);
    check("clock", shodo_time_now() > 0);
    check("iconv CP932", convert("UTF-8", "CP932", "\x95\x61\x89\x40", 4, "病院"));
    check("iconv UTF-16LE", convert("UTF-8", "UTF-16LE", "\xc5\x75\x62\x96", 4, "病院"));
}

/* The 14 calls of an examiner; anything else kills. */
static bool lock(void) {
    static const int calls[] = {SYS_read,         SYS_write,     SYS_pread64,       SYS_mmap,
                                SYS_munmap,       SYS_mremap,    SYS_mprotect,      SYS_madvise,
                                SYS_brk,          SYS_futex,     SYS_clock_gettime, SYS_getrandom,
                                SYS_rt_sigreturn, SYS_exit_group};
    struct sock_filter f[2 * SHODO_ARRAY_SIZE(calls) + 2];
    unsigned short n = 0;

    f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                          offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(calls); i++) {
        f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1);
        f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog p = {.len = n, .filter = f};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) == 0;
}

static int speed(void) {
    enum { PIECE = 1 << 20, PIECES = 1024, SMALL = 200000 };
    static uint8_t piece[PIECE];
    shodo_autop(shodo_hash) struct shodo_hash *h = shodo_hash_new(SHODO_SHA256);
    uint8_t raw[SHODO_SHA256_BYTES];
    uint64_t start = shodo_time_mono_ms(), ms;

    for (int i = 0; i < PIECES; i++)
        shodo_hash_update(h, piece, sizeof(piece));
    shodo_hash_final(h, raw);
    ms = shodo_time_mono_ms() - start;
    printf("large: %llu MB/s\n",
           (unsigned long long)((uint64_t)PIECES * PIECE / 1000 / (ms ? ms : 1)));
    start = shodo_time_mono_ms();
    for (int i = 0; i < SMALL; i++) {
        shodo_hash_reset(h);
        shodo_hash_update(h, piece, 1000);
        shodo_hash_final(h, raw);
    }
    ms = shodo_time_mono_ms() - start;
    printf("1,000-byte contents: %llu per ms\n", (unsigned long long)SMALL / (ms ? ms : 1));
    return 0;
}

int main(int argc, char **argv) {
    struct shodo_error err = SHODO_ERROR_INIT;
    bool want_locale = argc < 2 || strcmp(argv[1], "--no-locale") != 0;

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* nothing is lost when the filter kills */
    if (argc > 1 && strcmp(argv[1], "--speed") == 0)
        return speed();
    enum shodo_status rc = shodo_text_locale_init(argc > 2 ? argv[2] : NULL, &err);
    if (want_locale) {
        check("locale",
              rc == SHODO_OK && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && MB_CUR_MAX == 6);
        check("wcwidth", wcwidth(0x75c5) == 2 && wcwidth(0x3099) == 0 && wcwidth('a') == 1);
        check("LOCPATH is gone", getenv("LOCPATH") == NULL);
    } else {
        check("nothing writable is told",
              rc == SHODO_NOSPACE && strstr(err.text, "no writable directory"));
    }
    parsing_and_hashing();
    shodo_hash_prepare();
    check("filter", lock());
    parsing_and_hashing();
    return failures != 0;
}
