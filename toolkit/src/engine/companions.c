/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/companions.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "examine/readers/reader.h"

struct companion {
    uint32_t volume;
    const char *path; /* with its suffix */
    size_t path_len;
    const char *encoded;
    size_t encoded_len;
};

struct shodo_companions {
    struct shodo_vec list;
    struct shodo_arena arena;
    struct shodo_buf scratch;
};

struct shodo_companions *shodo_companions_new(void) {
    struct shodo_companions *c = calloc(1, sizeof *c);
    if (c)
        *c = (struct shodo_companions){.list = SHODO_VEC_INIT(sizeof(struct companion)),
                                       .arena = SHODO_ARENA_INIT,
                                       .scratch = SHODO_BUF_INIT};
    return c;
}

struct shodo_companions *shodo_companions_free(struct shodo_companions *c) {
    if (!c)
        return NULL;
    shodo_vec_done(&c->list);
    shodo_arena_done(&c->arena);
    shodo_buf_done(&c->scratch);
    free(c);
    return NULL;
}

bool shodo_companions_add(struct shodo_companions *c, const struct shodo_entry *e) {
    if (!shodo_reader_is_companion(e) || c->list.count >= SHODO_LIMIT_COMPANIONS)
        return true;
    shodo_buf_clear(&c->scratch);
    if (!shodo_entry_encode(&c->scratch, e) || c->scratch.len > SHODO_LIMIT_COMPANION_BYTES)
        return !c->scratch.failed;
    char *path = shodo_arena_str(&c->arena, e->path, e->path_len);
    char *encoded = shodo_arena_alloc(&c->arena, c->scratch.len, 1);
    struct companion *one = path && encoded ? shodo_vec_push(&c->list) : NULL;
    if (!one)
        return false;
    memcpy(encoded, c->scratch.data, c->scratch.len);
    *one = (struct companion){.volume = e->volume,
                              .path = path,
                              .path_len = e->path_len,
                              .encoded = encoded,
                              .encoded_len = c->scratch.len};
    return true;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_beside(const struct companion *one, const char *path, size_t n) {
    /* add() took nothing but ".LOG", ".LOG1", ".LOG2" */
    if (one->path_len != n + 4 && one->path_len != n + 5)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(one->path[i]) != lower(path[i]))
            return false;
    return one->path[n] == '.';
}

size_t shodo_companions_append(const struct shodo_companions *c, uint32_t volume, const char *path,
                               size_t n, struct shodo_buf *out) {
    size_t count = 0;
    for (size_t i = 0; i < c->list.count && count < SHODO_COMPANIONS_OF_ONE; i++) {
        const struct companion *one = shodo_vec_at(&c->list, i);
        if (one->volume != volume || !is_beside(one, path, n))
            continue;
        shodo_buf_add(out, one->encoded, one->encoded_len);
        count++;
    }
    return count;
}
