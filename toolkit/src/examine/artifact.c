/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/artifact.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "examine/artifact_load.h"
#include "examine/artifact_vars.h"
#include "examine/glob.h"

/* One compiled pattern: which definition, which stream. */
struct target {
    uint32_t definition;
    const char *stream; /* folded pattern; "" the unnamed one */
    size_t stream_len;
};

struct shodo_artifacts {
    struct shodo_arena arena;
    struct shodo_vec definitions; /* struct shodo_definition */
    struct shodo_vec targets;     /* struct target; ids of the globset */
    struct shodo_globset *globs;
    size_t unresolved, missing;
    uint32_t next_order;
};

struct shodo_artifacts *shodo_artifacts_new(void) {
    struct shodo_artifacts *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->arena = (struct shodo_arena)SHODO_ARENA_INIT;
    a->definitions = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_definition));
    a->targets = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct target));
    a->globs = shodo_globset_new();
    return a->globs ? a : shodo_artifacts_free(a);
}

struct shodo_artifacts *shodo_artifacts_free(struct shodo_artifacts *a) {
    if (!a)
        return NULL;
    a->globs = shodo_globset_free(a->globs);
    shodo_vec_done(&a->definitions);
    shodo_vec_done(&a->targets);
    shodo_arena_done(&a->arena);
    free(a);
    return NULL;
}

static struct shodo_definition *definition_at(const struct shodo_artifacts *a, size_t i) {
    return (struct shodo_definition *)shodo_vec_at(&a->definitions, i);
}

static struct shodo_definition *find_definition(const struct shodo_artifacts *a, const char *name) {
    for (size_t i = 0; i < a->definitions.count; i++) {
        struct shodo_definition *d = definition_at(a, i);
        if (shodo_text_ieq(d->artifact.name, name))
            return d;
        for (size_t k = 0; k < d->aliases_count; k++) {
            if (shodo_text_ieq(d->aliases[k], name))
                return d;
        }
    }
    return NULL;
}

enum shodo_status shodo_artifacts_add(struct shodo_artifacts *a, const char *file,
                                      const char *digest, const char *text, size_t len,
                                      struct shodo_error *err) {
    size_t first = a->definitions.count;
    const char *name = shodo_arena_str(&a->arena, file, strlen(file));
    const char *hex = shodo_arena_str(&a->arena, digest, strlen(digest));
    if (!name || !hex)
        return shodo_fail(err, SHODO_NOMEM, "no memory for artifact definitions");
    enum shodo_status st = shodo_definitions_load(&a->definitions, &a->arena, name, text, len, err);
    for (size_t i = first; st == SHODO_OK && i < a->definitions.count; i++) {
        struct shodo_definition *d = definition_at(a, i);
        d->artifact.digest = hex;
        const struct shodo_definition *other = find_definition(a, d->artifact.name);
        if (other != d)
            st = shodo_fail(err, SHODO_INVALID, "%s:%u: '%s' is already defined in %s:%u", name,
                            d->artifact.line, d->artifact.name, other->artifact.file,
                            other->artifact.line);
    }
    if (st != SHODO_OK)
        a->definitions.count = first; /* all of a file or nothing */
    return st;
}

/* ---- selection ---- */

struct adding {
    struct shodo_artifacts *a;
    uint32_t definition;
    enum shodo_status status;
    struct shodo_error *err;
};

static bool add_target(void *ctx, const char *pattern, size_t n, const char *stream) {
    struct adding *x = ctx;
    struct shodo_artifacts *a = x->a;
    shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT;
    struct target *t = shodo_vec_push(&a->targets);
    if (!t || !shodo_text_fold(&folded, stream, strlen(stream))) {
        x->status = shodo_fail(x->err, SHODO_NOMEM, "no memory for artifact definitions");
        return false;
    }
    *t = (struct target){.definition = x->definition,
                         .stream = shodo_arena_str(&a->arena, shodo_buf_cstr(&folded), folded.len),
                         .stream_len = folded.len};
    if (!t->stream)
        x->status = shodo_fail(x->err, SHODO_NOMEM, "no memory for artifact definitions");
    else
        x->status = shodo_globset_add(a->globs, pattern, n, (uint32_t)(a->targets.count - 1),
                                      x->err);
    if (x->status != SHODO_OK && x->err) {
        const struct shodo_artifact *d = &definition_at(a, x->definition)->artifact;
        (void)shodo_error_context(x->err, "%s:%u: '%s'", d->file, d->line, d->name);
    }
    return x->status == SHODO_OK;
}

static enum shodo_status compile_paths(struct shodo_artifacts *a, size_t index,
                                       struct shodo_error *err) {
    const struct shodo_definition *d = definition_at(a, index);
    for (size_t i = 0; i < d->sources_count; i++) {
        const struct shodo_artifact_source *s = &d->sources[i];
        if (s->kind != SHODO_ARTIFACT_FILE || !s->is_windows)
            continue;
        for (size_t k = 0; k < s->items_count; k++) {
            struct adding x = {
                .a = a, .definition = (uint32_t)index, .status = SHODO_OK, .err = err};
            if (!shodo_artifact_expand(s->items[k], s->separator, add_target, &x)) {
                if (x.status != SHODO_OK)
                    return x.status;
                a->unresolved++;
            }
        }
    }
    return SHODO_OK;
}

static enum shodo_status select_one(struct shodo_artifacts *a, struct shodo_definition *d,
                                    bool is_credential, unsigned depth, struct shodo_error *err) {
    is_credential = is_credential || d->artifact.is_credential;
    d->artifact.is_credential = is_credential; /* a labelled group labels its members */
    if (d->artifact.is_selected || depth > SHODO_LIMIT_DOC_DEPTH)
        return SHODO_OK;
    d->artifact.is_selected = true;
    d->artifact.order = a->next_order++;
    enum shodo_status st = compile_paths(a, (size_t)(d - definition_at(a, 0)), err);
    for (size_t i = 0; st == SHODO_OK && i < d->sources_count; i++) {
        const struct shodo_artifact_source *s = &d->sources[i];
        if (s->kind != SHODO_ARTIFACT_GROUP || !s->is_windows)
            continue;
        for (size_t k = 0; st == SHODO_OK && k < s->items_count; k++) {
            struct shodo_definition *member = find_definition(a, s->items[k]);
            if (member)
                st = select_one(a, member, is_credential, depth + 1, err);
            else
                a->missing++;
        }
    }
    return st;
}

enum shodo_status shodo_artifacts_select(struct shodo_artifacts *a, const char *const *names,
                                         size_t count, struct shodo_error *err) {
    for (size_t i = 0; i < count; i++) {
        struct shodo_definition *d = find_definition(a, names[i]);
        if (!d)
            return shodo_fail(err, SHODO_NOTFOUND,
                              "artifact '%s' is not defined in the loaded files", names[i]);
        enum shodo_status st = select_one(a, d, false, 0, err);
        if (st != SHODO_OK)
            return st;
    }
    return SHODO_OK;
}

size_t shodo_artifacts_count(const struct shodo_artifacts *a) {
    return a->definitions.count;
}

const struct shodo_artifact *shodo_artifacts_at(const struct shodo_artifacts *a, size_t i) {
    return &definition_at(a, i)->artifact;
}

const struct shodo_artifact *shodo_artifacts_find(const struct shodo_artifacts *a,
                                                  const char *name) {
    const struct shodo_definition *d = find_definition(a, name);
    return d ? &d->artifact : NULL;
}

size_t shodo_artifacts_targets(const struct shodo_artifacts *a) {
    return a->targets.count;
}

size_t shodo_artifacts_unresolved(const struct shodo_artifacts *a) {
    return a->unresolved;
}

size_t shodo_artifacts_missing(const struct shodo_artifacts *a) {
    return a->missing;
}

/* ---- matching ---- */

struct seen {
    uint32_t definition;
    uint32_t stream;
};

struct matching {
    const struct shodo_artifacts *a;
    const struct shodo_entry *e;
    void (*hit)(void *ctx, const struct shodo_artifact *d, size_t stream);
    void *ctx;
    struct shodo_vec seen; /* struct seen */
    bool is_short;         /* of memory */
};

static void hit_once(struct matching *m, uint32_t definition, size_t stream) {
    for (size_t i = 0; i < m->seen.count; i++) {
        const struct seen *s = (const struct seen *)shodo_vec_at(&m->seen, i);
        if (s->definition == definition && s->stream == stream)
            return;
    }
    struct seen *s = shodo_vec_push(&m->seen);
    if (!s) {
        m->is_short = true;
        return;
    }
    *s = (struct seen){.definition = definition, .stream = (uint32_t)stream};
    if (m->hit)
        m->hit(m->ctx, &definition_at(m->a, definition)->artifact, stream);
}

static void hit_target(void *ctx, uint32_t id) {
    struct matching *m = ctx;
    const struct target *t = (const struct target *)shodo_vec_at(&m->a->targets, id);
    for (size_t i = 0; i < m->e->streams_count; i++) {
        const struct shodo_stream *s = &m->e->streams[i];
        if (t->stream_len == 0 && s->name_len == 0 && !(s->flags & SHODO_STREAM_NOT_DATA))
            hit_once(m, t->definition, i);
        if (t->stream_len == 0 || s->name_len == 0)
            continue;
        shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT;
        if (!shodo_text_fold(&folded, s->name, s->name_len))
            m->is_short = true;
        else if (shodo_glob_fits(t->stream, t->stream_len, folded.data, folded.len))
            hit_once(m, t->definition, i);
    }
}

bool shodo_artifacts_match(const struct shodo_artifacts *a, const struct shodo_entry *e,
                           void (*hit)(void *ctx, const struct shodo_artifact *d, size_t stream),
                           void *ctx, bool *ret_any) {
    struct matching m = {
        .a = a, .e = e, .hit = hit, .ctx = ctx, .seen = SHODO_VEC_INIT(sizeof(struct seen))};
    bool ok = true;
    if (a->targets.count > 0 && e->kind == SHODO_ENTRY_FILE) {
        ok = shodo_globset_match(a->globs, e->path, e->path_len, hit_target, &m);
        for (size_t i = 0; ok && i < e->names_count; i++) {
            const struct shodo_name *n = &e->names[i];
            if (n->path &&
                !(n->path_len == e->path_len && memcmp(n->path, e->path, n->path_len) == 0))
                ok = shodo_globset_match(a->globs, n->path, n->path_len, hit_target, &m);
        }
    }
    if (ret_any)
        *ret_any = m.seen.count > 0;
    shodo_vec_done(&m.seen);
    return ok && !m.is_short;
}

size_t shodo_artifacts_idle(const struct shodo_artifacts *a, const char **ret_first) {
    size_t idle = 0;
    *ret_first = NULL;
    for (size_t i = 0; i < a->definitions.count; i++) {
        const struct shodo_definition *d = definition_at(a, i);
        bool is_idle = true;
        for (size_t k = 0; k < d->sources_count; k++)
            is_idle = is_idle &&
                      (!d->sources[k].is_windows || d->sources[k].kind == SHODO_ARTIFACT_OTHER);
        if (is_idle && idle++ == 0)
            *ret_first = d->artifact.name;
    }
    return idle;
}
