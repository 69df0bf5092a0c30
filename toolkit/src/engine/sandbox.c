/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

enum { NOBODY = 65534 };

static enum shodo_status limit(int what, uint64_t value, struct shodo_error *err) {
    struct rlimit r = {.rlim_cur = value, .rlim_max = value};
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max != RLIM_INFINITY &&
        now.rlim_max < value)
        r.rlim_cur = r.rlim_max = now.rlim_max;
    if (setrlimit((__rlimit_resource_t)what, &r) != 0)
        return shodo_fail_errno(err, "setting resource limit %d", what);
    return SHODO_OK;
}

static enum shodo_status set_limits(const struct shodo_sandbox_limits *l, struct shodo_error *err) {
    uint64_t cpu = l && l->cpu_seconds ? l->cpu_seconds : SHODO_LIMIT_EXAMINER_CPU_SECONDS;
    enum shodo_status st = limit(RLIMIT_CORE, 0, err);
    if (st == SHODO_OK)
        st = limit(RLIMIT_CPU, cpu, err);
    if (st == SHODO_OK)
        st = limit(RLIMIT_NOFILE, SHODO_LIMIT_EXAMINER_FILES, err);
#ifndef SHODO_SANITIZED
    uint64_t as = l && l->as_bytes ? l->as_bytes : SHODO_LIMIT_EXAMINER_AS_BYTES;
    if (st == SHODO_OK)
        st = limit(RLIMIT_AS, as, err);
    if (st == SHODO_OK)
        st = limit(RLIMIT_FSIZE, 0, err);
#endif
    return st;
}

static enum shodo_status drop_user(struct shodo_error *err) {
    if (geteuid() != 0)
        return SHODO_OK;
    if (setgroups(0, NULL) != 0)
        return shodo_fail_errno(err, "dropping supplementary groups");
    if (setresgid(NOBODY, NOBODY, NOBODY) != 0)
        return shodo_fail_errno(err, "becoming group %d", NOBODY);
    if (setresuid(NOBODY, NOBODY, NOBODY) != 0)
        return shodo_fail_errno(err, "becoming user %d", NOBODY);
    return SHODO_OK;
}

#if !defined(SHODO_SANITIZED) && defined(__x86_64__)

/* The 14 calls measured as enough for libyara, libmagic and libtsk, and the three of the channel.
 */
static const unsigned short allowed[] = {
    SYS_read,         SYS_write,      SYS_pread64, SYS_munmap,        SYS_mremap,
    SYS_madvise,      SYS_brk,        SYS_futex,   SYS_clock_gettime, SYS_getrandom,
    SYS_rt_sigreturn, SYS_exit_group, SYS_recvmsg, SYS_sendmsg,       SYS_close,
};
/* Allowed as well, unless they ask for an executable mapping. */
static const unsigned short mapping[] = {SYS_mmap, SYS_mprotect};

enum { X32_BIT = 0x40000000, PROGRAM_MAX = 64 };

static void put(struct sock_filter *f, size_t *n, unsigned short code, unsigned char jt,
                unsigned char jf, uint32_t k) {
    f[(*n)++] = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
}

static enum shodo_status set_filter(struct shodo_error *err) {
    struct sock_filter f[PROGRAM_MAX];
    size_t n = 0;
    put(f, &n, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
    put(f, &n, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
    put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    put(f, &n, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
    put(f, &n, BPF_JMP | BPF_JSET | BPF_K, 0, 1, X32_BIT);
    put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(allowed); i++) {
        put(f, &n, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, allowed[i]);
        put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(mapping); i++) {
        /* third argument is the protection in both calls; not this call: jump over the four lines
         */
        put(f, &n, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, mapping[i]);
        put(f, &n, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[2]));
        put(f, &n, BPF_JMP | BPF_JSET | BPF_K, 0, 1, PROT_EXEC);
        put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
        put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    }
    put(f, &n, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    shodo_assert(n <= PROGRAM_MAX);
    struct sock_fprog p = {.len = (unsigned short)n, .filter = f};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) != 0)
        return shodo_fail_errno(err, "setting the system-call filter");
    return SHODO_OK;
}

bool shodo_sandbox_has_filter(void) {
    return true;
}

#elif defined(SHODO_SANITIZED)

static enum shodo_status set_filter(struct shodo_error *err) {
    (void)err;
    return SHODO_OK;
}

bool shodo_sandbox_has_filter(void) {
    return false;
}

#else

static enum shodo_status set_filter(struct shodo_error *err) {
    return shodo_fail(err, SHODO_UNSUPPORTED, "the system-call filter is written for x86_64 only");
}

bool shodo_sandbox_has_filter(void) {
    return false;
}

#endif

enum shodo_status shodo_sandbox_limits_only(const struct shodo_sandbox_limits *limits,
                                            struct shodo_error *err) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return shodo_fail_errno(err, "setting no_new_privs");
    return set_limits(limits, err);
}

enum shodo_status shodo_sandbox_enter(const struct shodo_sandbox_limits *limits,
                                      struct shodo_error *err) {
    enum shodo_status st = drop_user(err);
    if (st == SHODO_OK)
        st = shodo_sandbox_limits_only(limits, err);
    if (st == SHODO_OK)
        st = set_filter(err);
    return st;
}
