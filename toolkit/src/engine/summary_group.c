/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary_group.h"

#include <stdlib.h>
#include <string.h>

/* A rule as it was first seen. */
struct rule {
    const char *name, *description, *description_ja;
    enum shodo_verdict verdict;
};

/* One rule on one file. */
struct hit {
    uint64_t file; /* hash of what the file is */
    uint32_t rule; /* index */
    const char *path;
};

struct shodo_grouping {
    struct shodo_summary *s;
    struct shodo_vec rules; /* struct rule */
    struct shodo_vec hits;  /* struct hit */
};

struct shodo_grouping *shodo_grouping_new(struct shodo_summary *s) {
    struct shodo_grouping *g = calloc(1, sizeof *g);
    if (g)
        *g = (struct shodo_grouping){.s = s,
                                     .rules = SHODO_VEC_INIT(sizeof(struct rule)),
                                     .hits = SHODO_VEC_INIT(sizeof(struct hit))};
    return g;
}

struct shodo_grouping *shodo_grouping_free(struct shodo_grouping *g) {
    if (g) {
        shodo_vec_done(&g->rules);
        shodo_vec_done(&g->hits);
        free(g);
    }
    return NULL;
}

/* FNV-1a, 64 bits. Files that fall together by chance or by design are counted as one: the list
 * itself is not touched. */
static uint64_t mix(uint64_t h, const void *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((const uint8_t *)p)[i]) * 0x100000001b3u;
    return h;
}

static uint64_t file_of(const struct shodo_finding *f) {
    uint64_t h = mix(0xcbf29ce484222325u, &f->volume, sizeof f->volume);
    h = mix(h, &f->record, sizeof f->record);
    return mix(h, f->path, strlen(f->path));
}

static const char *keep(struct shodo_grouping *g, const char *s) {
    return s ? shodo_arena_str(&g->s->arena, s, strlen(s)) : NULL;
}

/* Index of the rule, new or known; UINT32_MAX: no memory. */
static uint32_t rule_of(struct shodo_grouping *g, const struct shodo_finding *f) {
    for (size_t i = 0; i < g->rules.count; i++) {
        struct rule *r = shodo_vec_at(&g->rules, i);
        if (r->verdict == f->verdict && strcmp(r->name, f->rule) == 0)
            return (uint32_t)i;
    }
    struct rule *r = shodo_vec_push(&g->rules);
    if (!r)
        return UINT32_MAX;
    *r = (struct rule){.name = keep(g, f->rule),
                       .description = keep(g, f->description),
                       .description_ja = keep(g, f->description_ja),
                       .verdict = f->verdict};
    return r->name ? (uint32_t)(g->rules.count - 1) : UINT32_MAX;
}

enum shodo_status shodo_grouping_add(struct shodo_grouping *g, const struct shodo_finding *f) {
    uint32_t rule = rule_of(g, f);
    struct hit *h = rule == UINT32_MAX ? NULL : shodo_vec_push(&g->hits);
    if (!h)
        return SHODO_NOMEM;
    *h = (struct hit){.file = file_of(f), .rule = rule, .path = keep(g, f->path)};
    return h->path ? SHODO_OK : SHODO_NOMEM;
}

static int by_file(const void *pa, const void *pb) {
    const struct hit *a = pa, *b = pb;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->rule != b->rule ? (a->rule < b->rule ? -1 : 1) : 0;
}

static int by_weight(const void *pa, const void *pb) {
    const struct shodo_summary_group *a = pa, *b = pb;
    if (a->verdict != b->verdict)
        return a->verdict == SHODO_VERDICT_MATCH ? -1 : 1;
    return a->files != b->files ? (a->files < b->files ? 1 : -1) : strcmp(a->rules[0], b->rules[0]);
}

/* The rules of hits[from..to), one file, without repetition: a group made for the arena, or what is
 * there already. */
static enum shodo_status count_file(struct shodo_grouping *g, const struct hit *hits, size_t n) {
    const struct rule *rules = g->rules.data;
    size_t count = 0;
    const char **names = shodo_arena_alloc(&g->s->arena, n * sizeof *names, sizeof(void *));
    struct shodo_summary_group fresh = {
        .verdict = SHODO_VERDICT_SUSPECT, .files = 1, .rules = names, .example = hits[0].path};
    if (!names)
        return SHODO_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct rule *r = &rules[hits[i].rule];
        if (i > 0 && hits[i].rule == hits[i - 1].rule)
            continue;
        names[count++] = r->name;
        if (r->verdict == SHODO_VERDICT_MATCH)
            fresh.verdict = SHODO_VERDICT_MATCH;
        fresh.description = fresh.description ? fresh.description : r->description;
        fresh.description_ja = fresh.description_ja ? fresh.description_ja : r->description_ja;
    }
    fresh.rules_count = count;
    (*(fresh.verdict == SHODO_VERDICT_MATCH ? &g->s->match_files : &g->s->suspect_files))++;
    for (size_t i = 0; i < g->s->groups.count; i++) {
        struct shodo_summary_group *x = shodo_vec_at(&g->s->groups, i);
        if (x->verdict == fresh.verdict && x->rules_count == count &&
            memcmp(x->rules, names, count * sizeof *names) == 0) {
            x->files++;
            return SHODO_OK;
        }
    }
    struct shodo_summary_group *x = shodo_vec_push(&g->s->groups);
    if (!x)
        return SHODO_NOMEM;
    *x = fresh;
    return SHODO_OK;
}

enum shodo_status shodo_grouping_finish(struct shodo_grouping *g, struct shodo_error *err) {
    struct hit *hits = g->hits.data;
    enum shodo_status st = SHODO_OK;
    if (g->hits.count)
        qsort(hits, g->hits.count, sizeof *hits, by_file);
    for (size_t from = 0, to; from < g->hits.count && st == SHODO_OK; from = to) {
        for (to = from + 1; to < g->hits.count && hits[to].file == hits[from].file;)
            to++;
        st = count_file(g, hits + from, to - from);
    }
    if (g->s->groups.count)
        qsort(g->s->groups.data, g->s->groups.count, sizeof(struct shodo_summary_group), by_weight);
    return st == SHODO_OK ? st : shodo_fail(err, st, "no memory for a summary");
}
