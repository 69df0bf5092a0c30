/* SPDX-License-Identifier: Apache-2.0 */
/* Texts as small numbers, in order of first appearance; at most `max` of them. */
#ifndef SHODO_EXAMINE_INTERN_H
#define SHODO_EXAMINE_INTERN_H

#include "base/buf.h"

#define SHODO_INTERN_NONE UINT32_MAX

struct shodo_intern {
    struct shodo_arena arena;
    struct shodo_vec texts; /* const char * */
    uint32_t *slots;        /* index + 1; 0 empty */
    size_t slots_count;
    uint32_t max;
    bool is_cut; /* more than max, or no memory */
};

void shodo_intern_init(struct shodo_intern *t, uint32_t max);
void shodo_intern_done(struct shodo_intern *t);
uint32_t shodo_intern_add(struct shodo_intern *t, const char *s, size_t n); /* NONE when cut */
const char *shodo_intern_text(const struct shodo_intern *t, uint32_t i);    /* "" for NONE */

#endif
