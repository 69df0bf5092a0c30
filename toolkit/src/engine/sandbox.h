/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cage of every process that touches bytes of evidence or text of rules.
 *
 * After shodo_sandbox_enter() the process is uid/gid 65534 (when it was root), has no_new_privs, no
 * core file, limited address space, CPU time, descriptors and file size, and a seccomp filter: the
 * calls of the table in sandbox.c and no others; any other call, an executable mapping or another
 * architecture kills the process. x86_64 only; on any other machine the call is refused
 * (UNSUPPORTED) and the caller must not go on. In sanitizer builds (SHODO_SANITIZED) only the
 * privileges are dropped: ASan needs the address space and other calls.
 */
#ifndef SHODO_ENGINE_SANDBOX_H
#define SHODO_ENGINE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct shodo_sandbox_limits {
    uint64_t as_bytes;    /* RLIMIT_AS, 0: SHODO_LIMIT_EXAMINER_AS_BYTES */
    uint64_t cpu_seconds; /* RLIMIT_CPU, 0: SHODO_LIMIT_EXAMINER_CPU_SECONDS */
};

enum shodo_status shodo_sandbox_enter(const struct shodo_sandbox_limits *limits,
                                      struct shodo_error *err);
/* The part without the filter, for the process that lists a directory of the host: it must open
 * directories, and parses no content. Stays the user it is, because it must be able to read what
 * the user can read. */
enum shodo_status shodo_sandbox_limits_only(const struct shodo_sandbox_limits *limits,
                                            struct shodo_error *err);
/* false in sanitizer builds. */
bool shodo_sandbox_has_filter(void);

#endif
