/* SPDX-License-Identifier: Apache-2.0 */
/* Private to base/value*.c: the tree, and building it. */
#ifndef SHODO_BASE_VALUE_TREE_H
#define SHODO_BASE_VALUE_TREE_H

#include "base/buf.h"
#include "base/value.h"

struct shodo_value {
    enum shodo_value_kind kind;
    unsigned line;
    const char *text; /* STR, and the source text of a plain YAML scalar; else NULL */
    size_t text_len;
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct {
            struct shodo_value **items;
            const char **keys; /* MAP only */
            uint32_t *sorted;  /* MAP only: item numbers in key order */
            size_t count;
        } list;
    } as;
};

struct shodo_doc {
    struct shodo_arena arena;
    struct shodo_value *root;
    const char *name; /* borrowed; for messages while parsing */
    size_t nodes;
};

struct shodo_doc *shodo_doc_new(const char *name);
/* A zeroed node. NOMEM, or LIMIT after SHODO_LIMIT_DOC_NODES. */
enum shodo_status shodo_doc_node(struct shodo_doc *d, struct shodo_value **ret,
                                 enum shodo_value_kind kind, unsigned line,
                                 struct shodo_error *err);
/* Gives a LIST or MAP its children: copies `count` pointers (and keys, which must live in the arena
 * or a constant) and, for a map, sorts them. DAMAGED with both lines for a duplicate key. */
enum shodo_status shodo_doc_fill(struct shodo_doc *d, struct shodo_value *v,
                                 struct shodo_value *const *items, const char *const *keys,
                                 size_t count, struct shodo_error *err);
/* DOC_BYTES. */
enum shodo_status shodo_doc_check_size(const char *name, size_t n, struct shodo_error *err);

#endif
