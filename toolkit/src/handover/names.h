/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a bag: a set of strings with their index, the reversible escape, and the rules a name
 * from a foreign bag must pass before anything uses it.
 */
#ifndef SHODO_HANDOVER_NAMES_H
#define SHODO_HANDOVER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Open-addressing table of strings; the strings are copied. Zero-initialise. */
struct shodo_names {
    struct shodo_arena arena;
    const char **names; /* by index */
    uint32_t *slots;    /* index + 1, 0 = free */
    size_t count, cap, slots_count;
};

void shodo_names_done(struct shodo_names *t);
/* Index of the name, SIZE_MAX when it is not there. */
size_t shodo_names_find(const struct shodo_names *t, const char *s, size_t n);
/* Adds, or finds what is there (`*ret_is_new` false). SIZE_MAX on no memory. */
size_t shodo_names_add(struct shodo_names *t, const char *s, size_t n, bool *ret_is_new);
SHODO_DEFINE_AUTO(shodo_names, shodo_names_done)

/* Why a name of a foreign bag must not be used, or NULL: "absolute", "traversal", "backslash",
 * "drive", "control", "encoding", "empty part", "home", "too long", "too deep". `*ret_code` is
 * "traversal" or "name". */
const char *shodo_name_refuse(const char *s, size_t n, const char **ret_code);
/* Case-folded form for finding names that differ by case only. */
bool shodo_name_fold(struct shodo_buf *out, const char *s, size_t n);

#endif
