/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation of our own code fails (linked with -Wl,--wrap: the libraries' own allocations
 * are not touched).
 */
#ifndef SHODO_TEST_CASE_ALLOC_H
#define SHODO_TEST_CASE_ALLOC_H

#include <stdbool.h>
#include <stdlib.h>

static unsigned long alloc_fail_at, alloc_count; /* 0 = never */
static bool alloc_fails_on;                      /* and all that follow it, too */

static bool alloc_fails(void) {
    return alloc_fail_at &&
           (++alloc_count == alloc_fail_at || (alloc_fails_on && alloc_count > alloc_fail_at));
}

static inline void alloc_arm(unsigned long n) {
    alloc_fail_at = n;
    alloc_count = 0;
}
/* Was the armed allocation reached? Disarms. */
static inline bool alloc_disarm(void) {
    bool reached = alloc_count >= alloc_fail_at;
    alloc_fail_at = 0;
    return reached;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

void *__wrap_malloc(size_t n) {
    return alloc_fails() ? NULL : __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t size) {
    return alloc_fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t n) {
    return alloc_fails() ? NULL : __real_realloc(p, n);
}
void *__wrap_reallocarray(void *p, size_t n, size_t size) {
    return alloc_fails() ? NULL : __real_reallocarray(p, n, size);
}

#endif
