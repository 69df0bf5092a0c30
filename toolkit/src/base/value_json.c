/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents by way of jansson. */
#include <string.h>
#include <sys/random.h>

#include <jansson.h>

#include "base/limits.h"
#include "base/value_tree.h"

/*
 * Depth and number of values, counted before jansson builds anything: its tree costs up to 80 bytes
 * for a byte of input, and it recurses. Brackets and commas outside strings bound both.
 */
static enum shodo_status check_shape(const char *name, const char *p, size_t n,
                                     struct shodo_error *err) {
    size_t depth = 0, nodes = 1;
    bool in_string = false;

    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        in_string = c == '"';
        nodes += c == ',' || c == '[' || c == '{';
        if ((c == '[' || c == '{') && ++depth > SHODO_LIMIT_DOC_DEPTH)
            return shodo_fail(err, SHODO_LIMIT, "%s: nested deeper than %u", name,
                              SHODO_LIMIT_DOC_DEPTH);
        if ((c == ']' || c == '}') && depth > 0)
            depth--;
    }
    if (nodes > SHODO_LIMIT_DOC_NODES)
        return shodo_fail(err, SHODO_LIMIT, "%s: more than %u values", name, SHODO_LIMIT_DOC_NODES);
    return SHODO_OK;
}

static enum shodo_status convert(struct shodo_doc *d, struct shodo_value **ret, const json_t *j,
                                 struct shodo_error *err);

static enum shodo_status convert_items(struct shodo_doc *d, struct shodo_value *v, const json_t *j,
                                       struct shodo_error *err) {
    size_t count = json_is_array(j) ? json_array_size(j) : json_object_size(j), i = 0;
    shodo_auto(shodo_vec) struct shodo_vec items = SHODO_VEC_INIT(sizeof(struct shodo_value *));
    shodo_auto(shodo_vec) struct shodo_vec keys = SHODO_VEC_INIT(sizeof(char *));
    enum shodo_status rc = SHODO_OK;
    void *it = json_is_array(j) ? NULL : json_object_iter((json_t *)(uintptr_t)j);

    if (!shodo_vec_reserve(&items, count) || !shodo_vec_reserve(&keys, count))
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
    for (; i < count && rc == SHODO_OK; i++) {
        struct shodo_value **item = shodo_vec_push(&items);
        const char **key = shodo_vec_push(&keys);
        if (json_is_array(j)) {
            rc = convert(d, item, json_array_get(j, i), err);
            continue;
        }
        const char *k = json_object_iter_key(it);
        *key = shodo_arena_str(&d->arena, k, strlen(k));
        if (!*key)
            return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
        rc = convert(d, item, json_object_iter_value(it), err);
        it = json_object_iter_next((json_t *)(uintptr_t)j, it);
    }
    if (rc != SHODO_OK)
        return rc;
    return shodo_doc_fill(d, v, items.data, keys.data, count, err);
}

/* Recursion is bounded by check_shape(). */
static enum shodo_status convert(struct shodo_doc *d, struct shodo_value **ret, const json_t *j,
                                 struct shodo_error *err) {
    static const enum shodo_value_kind kinds[] = {
        [JSON_OBJECT] = SHODO_VALUE_MAP, [JSON_ARRAY] = SHODO_VALUE_LIST,
        [JSON_STRING] = SHODO_VALUE_STR, [JSON_INTEGER] = SHODO_VALUE_INT,
        [JSON_REAL] = SHODO_VALUE_REAL,  [JSON_TRUE] = SHODO_VALUE_BOOL,
        [JSON_FALSE] = SHODO_VALUE_BOOL, [JSON_NULL] = SHODO_VALUE_NULL,
    };
    struct shodo_value *v;
    enum shodo_status rc = shodo_doc_node(d, &v, kinds[json_typeof(j)], 0, err);

    if (rc != SHODO_OK)
        return rc;
    *ret = v;
    switch (v->kind) {
    case SHODO_VALUE_MAP:
    case SHODO_VALUE_LIST:
        return convert_items(d, v, j, err);
    case SHODO_VALUE_STR:
        v->text_len = json_string_length(j);
        v->text = shodo_arena_str(&d->arena, json_string_value(j), v->text_len);
        return v->text ? SHODO_OK : shodo_fail(err, SHODO_NOMEM, "%s: out of memory", d->name);
    case SHODO_VALUE_INT:
        v->as.integer = json_integer_value(j);
        break;
    case SHODO_VALUE_REAL:
        v->as.real = json_real_value(j);
        break;
    case SHODO_VALUE_BOOL:
        v->as.boolean = json_is_true(j);
        break;
    case SHODO_VALUE_NULL:
        break;
    }
    return SHODO_OK;
}

/* jansson seeds its hash tables from /dev/urandom and getpid(), which the filter of an examiner
 * forbids. */
static void seed_hash_tables(void) {
    size_t seed = 0;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed) || seed == 0)
        seed = 0x5bd1e995u;
    json_object_seed(seed); /* only the first call has an effect */
}

enum shodo_status shodo_doc_parse_json(struct shodo_doc **ret, const char *name, const char *p,
                                       size_t n, struct shodo_error *err) {
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    enum shodo_status rc = shodo_doc_check_size(name, n, err);
    json_error_t je;

    if (rc == SHODO_OK)
        rc = check_shape(name, p, n, err);
    if (rc != SHODO_OK)
        return rc;
    d = shodo_doc_new(name);
    if (!d)
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", name);
    seed_hash_tables();
    /* \u0000 stays refused: a C string would end there, and readers would see another text than was
     * checked */
    json_t *j = json_loadb(n ? p : "", n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &je);
    if (!j && json_error_code(&je) == json_error_out_of_memory)
        return shodo_fail(err, SHODO_NOMEM, "%s: out of memory", name);
    if (!j)
        return shodo_fail(err, SHODO_DAMAGED, "%s:%d: %s", name, je.line, je.text);
    rc = convert(d, &d->root, j, err);
    json_decref(j);
    if (rc != SHODO_OK)
        return rc;
    *ret = d;
    d = NULL;
    return SHODO_OK;
}
