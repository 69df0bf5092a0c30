/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/glob.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"

enum edge_kind { EDGE_LITERAL, EDGE_GLOB, EDGE_DEEP };

struct edge {
    char *text; /* folded; in the arena */
    size_t len;
    uint32_t node;
    uint8_t kind;
    uint8_t levels; /* EDGE_DEEP */
};

struct node {
    struct shodo_vec literals; /* struct edge, sorted by text */
    struct shodo_vec others;   /* struct edge: globs and deep ones */
    struct shodo_vec ids;      /* uint32_t: patterns that end here */
};

struct shodo_globset {
    struct shodo_vec nodes; /* struct node */
    struct shodo_arena arena;
    size_t count;
};

/* Levels that the deepest pattern can reach: deeper paths match nothing. */
#define PATH_SEGMENTS_MAX (SHODO_GLOB_SEGMENTS_MAX + SHODO_GLOB_DEEP_MAX * SHODO_LIMIT_GLOB_DEPTH)

static struct node *node_at(const struct shodo_globset *g, uint32_t i) {
    return (struct node *)shodo_vec_at(&g->nodes, i);
}

static bool add_node(struct shodo_globset *g, uint32_t *ret) {
    struct node *n = shodo_vec_push(&g->nodes);
    if (!n)
        return false;
    *n = (struct node){.literals = SHODO_VEC_INIT(sizeof(struct edge)),
                       .others = SHODO_VEC_INIT(sizeof(struct edge)),
                       .ids = SHODO_VEC_INIT(sizeof(uint32_t))};
    *ret = (uint32_t)(g->nodes.count - 1);
    return true;
}

struct shodo_globset *shodo_globset_new(void) {
    struct shodo_globset *g = calloc(1, sizeof *g);
    uint32_t root = 0;
    if (!g)
        return NULL;
    g->nodes = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct node));
    g->arena = (struct shodo_arena)SHODO_ARENA_INIT;
    return add_node(g, &root) ? g : shodo_globset_free(g);
}

struct shodo_globset *shodo_globset_free(struct shodo_globset *g) {
    if (!g)
        return NULL;
    for (uint32_t i = 0; i < g->nodes.count; i++) {
        struct node *n = node_at(g, i);
        shodo_vec_done(&n->literals);
        shodo_vec_done(&n->others);
        shodo_vec_done(&n->ids);
    }
    shodo_vec_done(&g->nodes);
    shodo_arena_done(&g->arena);
    free(g);
    return NULL;
}

size_t shodo_globset_count(const struct shodo_globset *g) {
    return g->count;
}

static int compare(const char *a, size_t an, const char *b, size_t bn) {
    int c = memcmp(a, b, SHODO_MIN(an, bn));
    return c != 0 ? c : (an > bn) - (an < bn);
}

/* Index of the first literal not before `s`. */
static size_t find_literal(const struct node *n, const char *s, size_t len, bool *ret_found) {
    size_t lo = 0, hi = n->literals.count;
    *ret_found = false;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const struct edge *e = (const struct edge *)shodo_vec_at(&n->literals, mid);
        int c = compare(e->text, e->len, s, len);
        if (c == 0) {
            *ret_found = true;
            return mid;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static enum edge_kind edge_kind_of(const char *s, size_t n, uint8_t *ret_levels) {
    if (n >= 2 && s[0] == '*' && s[1] == '*') {
        uint64_t levels = 0;
        bool is_plain = n == 2;
        if (is_plain || shodo_text_parse_u64(s + 2, n - 2, &levels)) {
            is_plain = levels < 1 || levels > SHODO_LIMIT_GLOB_DEPTH;
            *ret_levels = (uint8_t)(is_plain ? SHODO_LIMIT_GLOB_DEPTH : levels);
            return EDGE_DEEP;
        }
    }
    bool has_set = memchr(s, '[', n) != NULL && memchr(s, ']', n) != NULL;
    return memchr(s, '*', n) || memchr(s, '?', n) || has_set ? EDGE_GLOB : EDGE_LITERAL;
}

/* The child of `from` by this segment; made when it is not there. */
static bool child(struct shodo_globset *g, uint32_t from, const char *s, size_t n, uint32_t *ret) {
    struct edge e = {.len = n};
    e.kind = (uint8_t)edge_kind_of(s, n, &e.levels);
    bool found = false;
    size_t at = 0;
    struct node *node = node_at(g, from);
    if (e.kind == EDGE_LITERAL) {
        at = find_literal(node, s, n, &found);
        if (found) {
            *ret = ((struct edge *)shodo_vec_at(&node->literals, at))->node;
            return true;
        }
    }
    for (size_t i = 0; e.kind != EDGE_LITERAL && i < node->others.count; i++) {
        const struct edge *o = (const struct edge *)shodo_vec_at(&node->others, i);
        if (compare(o->text, o->len, s, n) == 0) {
            *ret = o->node;
            return true;
        }
    }
    e.text = shodo_arena_str(&g->arena, s, n);
    if (!e.text || !add_node(g, &e.node))
        return false;
    node = node_at(g, from); /* the nodes may have moved */
    struct shodo_vec *list = e.kind == EDGE_LITERAL ? &node->literals : &node->others;
    struct edge *slot = shodo_vec_push(list);
    if (!slot)
        return false;
    if (e.kind == EDGE_LITERAL && at + 1 < list->count) {
        struct edge *base = (struct edge *)list->data;
        memmove(base + at + 1, base + at, (list->count - 1 - at) * sizeof *base);
        slot = base + at;
    }
    *slot = e;
    *ret = e.node;
    return true;
}

static enum shodo_status add_folded(struct shodo_globset *g, const char *s, size_t n, uint32_t id,
                                    struct shodo_error *err) {
    uint32_t at = 0;
    unsigned segments = 0, deep = 0;
    uint8_t levels = 0;
    for (size_t pos = 1; pos <= n;) {
        const char *slash = memchr(s + pos, '/', n - pos);
        size_t len = slash ? (size_t)(slash - s) - pos : n - pos;
        if (len == 0)
            return shodo_fail(err, SHODO_INVALID, "empty segment in pattern");
        deep += edge_kind_of(s + pos, len, &levels) == EDGE_DEEP;
        if (++segments > SHODO_GLOB_SEGMENTS_MAX || deep > SHODO_GLOB_DEEP_MAX)
            return shodo_fail(err, SHODO_LIMIT, "pattern with more than %u segments or %u '**'",
                              SHODO_GLOB_SEGMENTS_MAX, SHODO_GLOB_DEEP_MAX);
        if (!child(g, at, s + pos, len, &at))
            return shodo_fail(err, SHODO_NOMEM, "no memory for patterns");
        pos += len + 1;
    }
    uint32_t *slot = shodo_vec_push(&node_at(g, at)->ids);
    if (!slot)
        return shodo_fail(err, SHODO_NOMEM, "no memory for patterns");
    *slot = id;
    g->count++;
    return SHODO_OK;
}

enum shodo_status shodo_globset_add(struct shodo_globset *g, const char *pattern, size_t n,
                                    uint32_t id, struct shodo_error *err) {
    if (n < 2 || pattern[0] != '/')
        return shodo_fail(err, SHODO_INVALID,
                          "pattern does not begin with a separator or is empty");
    if (n > SHODO_LIMIT_PATH_BYTES || g->count >= SHODO_LIMIT_TARGETS)
        return shodo_fail(err, SHODO_LIMIT, "pattern longer than %u bytes or more than %u patterns",
                          SHODO_LIMIT_PATH_BYTES, SHODO_LIMIT_TARGETS);
    shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT;
    if (!shodo_text_fold(&folded, pattern, n))
        return shodo_fail(err, SHODO_NOMEM, "no memory for patterns");
    return add_folded(g, folded.data, folded.len, id, err);
}

/* ---- matching ---- */

struct path {
    const char *start[PATH_SEGMENTS_MAX];
    size_t len[PATH_SEGMENTS_MAX];
    size_t count;
};

struct matcher {
    const struct shodo_globset *g;
    const struct path *path;
    void (*hit)(void *ctx, uint32_t id);
    void *ctx;
};

/* Depth of recursion: at most the segments of a pattern. */
static void step(const struct matcher *m, uint32_t at, size_t i) {
    const struct node *n = node_at(m->g, at);
    if (i == m->path->count) {
        for (size_t k = 0; k < n->ids.count; k++)
            m->hit(m->ctx, *(const uint32_t *)shodo_vec_at(&n->ids, k));
        return;
    }
    const char *s = m->path->start[i];
    size_t len = m->path->len[i];
    bool found = false;
    size_t k = find_literal(n, s, len, &found);
    if (found)
        step(m, ((const struct edge *)shodo_vec_at(&n->literals, k))->node, i + 1);
    for (k = 0; k < n->others.count; k++) {
        const struct edge *e = (const struct edge *)shodo_vec_at(&n->others, k);
        if (e->kind == EDGE_GLOB) {
            if (shodo_glob_fits(e->text, e->len, s, len))
                step(m, e->node, i + 1);
            continue;
        }
        for (size_t levels = 1; levels <= e->levels && i + levels <= m->path->count; levels++)
            step(m, e->node, i + levels);
    }
}

bool shodo_globset_match(const struct shodo_globset *g, const char *path, size_t n,
                         void (*hit)(void *ctx, uint32_t id), void *ctx) {
    shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT;
    struct path p = {.count = 0};
    if (!shodo_text_fold(&folded, path, n))
        return false;
    for (size_t pos = 0; pos < folded.len;) {
        const char *slash = memchr(folded.data + pos, '/', folded.len - pos);
        size_t len = slash ? (size_t)(slash - folded.data) - pos : folded.len - pos;
        if (len > 0) {
            if (p.count == PATH_SEGMENTS_MAX)
                return true; /* deeper than any pattern reaches */
            p.start[p.count] = folded.data + pos;
            p.len[p.count++] = len;
        }
        pos += len + 1;
    }
    struct matcher m = {.g = g, .path = &p, .hit = hit, .ctx = ctx};
    if (p.count > 0)
        step(&m, 0, 0);
    return true;
}

/* `[abc]`, `[a-z]`, `[!x]`, `[^x]` at pattern[*i]; *i moves behind it. A '[' without ']' stands for
 * itself. */
static bool set_fits(const char *p, size_t pn, size_t *i, uint32_t c) {
    size_t k = *i + 1;
    bool is_negated = k < pn && (p[k] == '!' || p[k] == '^');
    k += is_negated;
    size_t first = k;
    bool is_in = false;
    while (k < pn && (p[k] != ']' || k == first)) {
        uint32_t low = shodo_text_next(p, pn, &k), high = low;
        if (k + 1 < pn && p[k] == '-' && p[k + 1] != ']') {
            k++;
            high = shodo_text_next(p, pn, &k);
        }
        is_in = is_in || (low <= c && c <= high);
    }
    if (k >= pn) {
        (*i)++;
        return c == '[';
    }
    *i = k + 1;
    return is_in != is_negated;
}

bool shodo_glob_fits(const char *pattern, size_t pn, const char *s, size_t n) {
    size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;
    while (i < n) {
        size_t next = i, after = p;
        uint32_t c = shodo_text_next(s, n, &next);
        bool fits = false;
        if (p < pn && pattern[p] == '*') {
            star = ++p;
            resume = i;
            continue;
        }
        if (p < pn && pattern[p] == '?') {
            fits = true;
            after = p + 1;
        } else if (p < pn && pattern[p] == '[') {
            fits = set_fits(pattern, pn, &after, c);
        } else if (p < pn) {
            fits = shodo_text_next(pattern, pn, &after) == c;
        }
        if (fits) {
            p = after;
            i = next;
        } else if (star != SIZE_MAX) {
            /* one more character for the last star */
            p = star;
            (void)shodo_text_next(s, n, &resume);
            i = resume;
        } else {
            return false;
        }
    }
    while (p < pn && pattern[p] == '*')
        p++;
    return p == pn;
}
