/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/artifact_load.h"

#include <stdalign.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/value.h"

struct loader {
    struct shodo_vec *out;
    struct shodo_arena *arena;
    const char *file;
    enum shodo_status status;
    struct shodo_error *err;
};

static bool refuse(struct loader *l, const struct shodo_value *at, const char *what,
                   const char *subject) {
    l->status = shodo_fail(l->err, SHODO_INVALID, "%s:%u: %s '%s'", l->file, shodo_value_line(at),
                           what, subject ? subject : "");
    return false;
}

static bool no_memory(struct loader *l) {
    l->status = shodo_fail(l->err, SHODO_NOMEM, "no memory for artifact definitions");
    return false;
}

static bool is_one_of(const char *s, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(s, list[i]) == 0)
            return true;
    }
    return false;
}

static bool check_keys(struct loader *l, const struct shodo_value *map, const char *const *allowed,
                       size_t n) {
    for (size_t i = 0; i < shodo_value_count(map); i++) {
        if (!is_one_of(shodo_value_key_at(map, i), allowed, n))
            return refuse(l, shodo_value_at(map, i), "unknown key", shodo_value_key_at(map, i));
    }
    return true;
}

/* Copies a list of texts; absent gives an empty list. */
static bool copy_list(struct loader *l, const struct shodo_value *list, const char *key,
                      const char ***ret, size_t *ret_n) {
    size_t n = shodo_value_count(list);
    *ret = NULL;
    *ret_n = 0;
    if (!list)
        return true;
    if (shodo_value_kind(list) != SHODO_VALUE_LIST)
        return refuse(l, list, "not a list:", key);
    const char **items = shodo_arena_alloc(l->arena, (n + 1) * sizeof *items,
                                           alignof(const char *));
    if (!items)
        return no_memory(l);
    for (size_t i = 0; i < n; i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        const char *s = shodo_value_str(v);
        if (!s)
            return refuse(l, v, "not a text in", key);
        items[i] = shodo_arena_str(l->arena, s, shodo_value_str_len(v));
        if (!items[i])
            return no_memory(l);
    }
    *ret = items;
    *ret_n = n;
    return true;
}

/* Absent: every system. */
static bool read_systems(struct loader *l, const struct shodo_value *map, bool outer,
                         bool *ret_windows) {
    static const char *const known[] = {"Android", "Darwin", "ESXi", "iOS", "Linux", "Windows"};
    const struct shodo_value *list = shodo_value_get(map, "supported_os");
    *ret_windows = outer;
    if (!list)
        return true;
    if (shodo_value_kind(list) != SHODO_VALUE_LIST)
        return refuse(l, list, "not a list:", "supported_os");
    bool has_windows = false;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const char *s = shodo_value_str(shodo_value_at(list, i));
        if (!s || !is_one_of(s, known, SHODO_ARRAY_SIZE(known)))
            return refuse(l, shodo_value_at(list, i), "unknown system", s);
        has_windows = has_windows || strcmp(s, "Windows") == 0;
    }
    *ret_windows = outer && has_windows;
    return true;
}

static const struct source_type {
    const char *name;
    const char *attribute; /* the required one */
    enum shodo_artifact_kind kind;
} source_types[] = {
    {"FILE", "paths", SHODO_ARTIFACT_FILE},
    {"PATH", "paths", SHODO_ARTIFACT_OTHER},
    {"DIRECTORY", "paths", SHODO_ARTIFACT_OTHER},
    {"REGISTRY_KEY", "keys", SHODO_ARTIFACT_OTHER},
    {"REGISTRY_VALUE", "key_value_pairs", SHODO_ARTIFACT_OTHER},
    {"COMMAND", "cmd", SHODO_ARTIFACT_OTHER},
    {"WMI", "query", SHODO_ARTIFACT_OTHER},
    {"ARTIFACT_GROUP", "names", SHODO_ARTIFACT_GROUP},
};

static bool check_registry(struct loader *l, const struct shodo_value *keys) {
    for (size_t i = 0; i < shodo_value_count(keys); i++) {
        const char *s = shodo_value_str(shodo_value_at(keys, i));
        if (s && strncasecmp(s, "HKEY_CURRENT_USER\\", 18) == 0)
            return refuse(l, shodo_value_at(keys, i), "use HKEY_USERS\\%%users.sid%% instead of",
                          s);
    }
    return true;
}

static bool load_source(struct loader *l, const struct shodo_value *v, bool is_windows,
                        struct shodo_artifact_source *ret) {
    static const char *const keys[] = {"type", "attributes", "supported_os"};
    if (shodo_value_kind(v) != SHODO_VALUE_MAP)
        return refuse(l, v, "not a map:", "sources");
    if (!check_keys(l, v, keys, SHODO_ARRAY_SIZE(keys)))
        return false;
    const char *type = shodo_value_get_str(v, "type");
    const struct source_type *t = NULL;
    for (size_t i = 0; type && i < SHODO_ARRAY_SIZE(source_types); i++) {
        if (strcmp(source_types[i].name, type) == 0)
            t = &source_types[i];
    }
    if (!t)
        return refuse(l, v, "unknown source type", type);
    const struct shodo_value *attributes = shodo_value_get(v, "attributes");
    const struct shodo_value *needed = shodo_value_get(attributes, t->attribute);
    if (!needed)
        return refuse(l, v, "source lacks the attribute", t->attribute);
    ret->kind = t->kind;
    ret->separator = '/';
    const char *separator = shodo_value_get_str(attributes, "separator");
    if (separator) {
        if (strcmp(separator, "/") != 0 && strcmp(separator, "\\") != 0)
            return refuse(l, attributes, "separator is neither / nor \\:", separator);
        ret->separator = separator[0];
    }
    if (!read_systems(l, v, is_windows, &ret->is_windows))
        return false;
    if (strcmp(t->attribute, "keys") == 0)
        return check_registry(l, needed);
    if (t->kind == SHODO_ARTIFACT_OTHER)
        return true;
    return copy_list(l, needed, t->attribute, &ret->items, &ret->items_count);
}

static bool load_sources(struct loader *l, const struct shodo_value *root, bool is_windows,
                         struct shodo_definition *d) {
    const struct shodo_value *list = shodo_value_get(root, "sources");
    size_t n = shodo_value_count(list);
    if (shodo_value_kind(list) != SHODO_VALUE_LIST || n == 0)
        return refuse(l, root, "definition without sources:", d->artifact.name);
    d->sources = shodo_arena_alloc(l->arena, n * sizeof *d->sources,
                                   alignof(struct shodo_artifact_source));
    if (!d->sources)
        return no_memory(l);
    d->sources_count = n;
    for (size_t i = 0; i < n; i++) {
        if (!load_source(l, shodo_value_at(list, i), is_windows, &d->sources[i]))
            return false;
    }
    return true;
}

static bool load_labels(struct loader *l, const struct shodo_value *root,
                        struct shodo_definition *d) {
    const char **labels = NULL;
    size_t n = 0;
    if (!copy_list(l, shodo_value_get(root, "labels"), "labels", &labels, &n))
        return false;
    for (size_t i = 0; i < n; i++)
        d->artifact.is_credential = d->artifact.is_credential ||
                                    shodo_text_ieq(labels[i], "credential");
    return true;
}

static bool load_definition(struct loader *l, const struct shodo_value *root,
                            struct shodo_definition *d) {
    static const char *const keys[] = {"aliases",  "conditions", "doc",          "labels", "name",
                                       "provides", "sources",    "supported_os", "urls"};
    if (shodo_value_kind(root) != SHODO_VALUE_MAP)
        return refuse(l, root, "not a definition", "");
    const char *name = shodo_value_get_str(root, "name");
    const char *doc = shodo_value_get_str(root, "doc");
    if (!name || !name[0])
        return refuse(l, root, "definition without", "name");
    if (!doc)
        return refuse(l, root, "definition without doc:", name);
    if (!check_keys(l, root, keys, SHODO_ARRAY_SIZE(keys)))
        return false;
    d->artifact.name = shodo_arena_str(l->arena, name, strlen(name));
    d->artifact.doc = shodo_arena_str(l->arena, doc, strlen(doc));
    d->artifact.file = l->file;
    d->artifact.digest = "";
    d->artifact.line = shodo_value_line(root);
    if (!d->artifact.name || !d->artifact.doc)
        return no_memory(l);
    bool is_windows = true;
    return read_systems(l, root, true, &is_windows) && load_labels(l, root, d) &&
           copy_list(l, shodo_value_get(root, "aliases"), "aliases", &d->aliases,
                     &d->aliases_count) &&
           load_sources(l, root, is_windows, d);
}

static bool each_document(void *ctx, const struct shodo_value *root) {
    struct loader *l = ctx;
    if (shodo_value_kind(root) == SHODO_VALUE_NULL)
        return true; /* comments before the first "---" */
    if (l->out->count >= SHODO_LIMIT_ARTIFACTS) {
        l->status = shodo_fail(l->err, SHODO_LIMIT, "%s: more than %u artifact definitions",
                               l->file, SHODO_LIMIT_ARTIFACTS);
        return false;
    }
    struct shodo_definition d = {.artifact = {.name = NULL}};
    if (!load_definition(l, root, &d))
        return false;
    struct shodo_definition *slot = shodo_vec_push(l->out);
    if (!slot)
        return no_memory(l);
    *slot = d;
    return true;
}

enum shodo_status shodo_definitions_load(struct shodo_vec *out, struct shodo_arena *arena,
                                         const char *file, const char *text, size_t len,
                                         struct shodo_error *err) {
    struct loader l = {.out = out, .arena = arena, .file = file, .status = SHODO_OK, .err = err};
    enum shodo_status st = shodo_doc_each_yaml(file, text, len, each_document, &l, err);
    return l.status != SHODO_OK ? l.status : st;
}
