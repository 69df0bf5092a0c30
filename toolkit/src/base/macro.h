/* SPDX-License-Identifier: Apache-2.0 */
/* Compiler attributes and the few macros that everything uses. */
#ifndef SHODO_BASE_MACRO_H
#define SHODO_BASE_MACRO_H

#include <stddef.h>

#define SHODO_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SHODO_MIN(a, b)     ((a) < (b) ? (a) : (b))
#define SHODO_MAX(a, b)     ((a) > (b) ? (a) : (b))

#define SHODO_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define SHODO_NODISCARD          __attribute__((warn_unused_result))
#define SHODO_NORETURN           __attribute__((noreturn))
#define SHODO_UNUSED             __attribute__((unused))

/*
 * Cleanup at the end of the scope: `shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;`
 * Each type that wants it defines `static inline void shodo_auto_TYPE(struct TYPE *p)` for embedded
 * values, or `shodo_autop_TYPE(struct TYPE **p)` for owned pointers.
 */
#define shodo_auto(type)  __attribute__((cleanup(shodo_auto_##type)))
#define shodo_autop(type) __attribute__((cleanup(shodo_autop_##type)))

#define SHODO_DEFINE_AUTO(type, done)                                                              \
    static inline void shodo_auto_##type(struct type *p) {                                         \
        done(p);                                                                                   \
    }
#define SHODO_DEFINE_AUTOP(type, free_fn)                                                          \
    static inline void shodo_autop_##type(struct type **p) {                                       \
        if (*p)                                                                                    \
            free_fn(*p);                                                                           \
    }

/* Programmer errors only (never reachable from evidence bytes); stays on in release builds. */
SHODO_NORETURN void shodo_assert_fail(const char *what, const char *file, int line);
#define shodo_assert(x) ((x) ? (void)0 : shodo_assert_fail(#x, __FILE__, __LINE__))

#endif
