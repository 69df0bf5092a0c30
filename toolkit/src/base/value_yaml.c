/* SPDX-License-Identifier: Apache-2.0 */
/* YAML documents by way of libyaml's events; YAML 1.2 core schema (spec section 10.3) for plain
 * scalars. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/value_tree.h"

/* A collection that is still open. Its children lie on the common stack from `first` on. */
struct level {
    struct shodo_value *v;
    size_t first;
    const char *key; /* map: key that waits for its value */
    unsigned key_line;
};

struct child {
    struct shodo_value *v;
    const char *key;
};

struct reader {
    yaml_parser_t parser;
    const char *name;
    struct shodo_doc *doc;
    struct level levels[SHODO_LIMIT_DOC_DEPTH];
    size_t depth;
    struct shodo_vec children; /* struct child */
    struct shodo_error *err;
};

static unsigned line_of(const yaml_event_t *e) {
    return (unsigned)e->start_mark.line + 1;
}

static enum shodo_status refuse(struct reader *r, unsigned line, const char *what) {
    return shodo_fail(r->err, SHODO_UNSUPPORTED, "%s:%u: %s", r->name, line, what);
}

static enum shodo_status no_memory(struct reader *r) {
    return shodo_fail(r->err, SHODO_NOMEM, "%s: out of memory", r->name);
}

static bool is_one_of(const char *s, const char *const *words) {
    for (; *words; words++)
        if (strcmp(s, *words) == 0)
            return true;
    return false;
}

/* [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+; false also for what does not fit
 * int64_t (it becomes a REAL). */
static bool parse_int(const char *s, int64_t *ret) {
    unsigned base = 10;
    bool negative = false;
    uint64_t v = 0;

    if (s[0] == '0' && (s[1] == 'o' || s[1] == 'x')) {
        base = s[1] == 'o' ? 8 : 16;
        s += 2;
    } else if (*s == '-' || *s == '+') {
        negative = *s == '-';
        s++;
    }
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned digit = *s >= '0' && *s <= '9'   ? (unsigned)(*s - '0')
                         : *s >= 'a' && *s <= 'f' ? (unsigned)(*s - 'a' + 10)
                         : *s >= 'A' && *s <= 'F' ? (unsigned)(*s - 'A' + 10)
                                                  : 99u;
        if (digit >= base || !shodo_mul_u64(v, base, &v) || !shodo_add_u64(v, digit, &v))
            return false;
    }
    if (v > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

/* [-+]? ( \.[0-9]+ | [0-9]+ (\.[0-9]*)? ) ([eE][-+]?[0-9]+)?  and  [-+]?.inf  .nan */
static bool parse_real(const char *s, double *ret) {
    static const char *const inf[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nan_words[] = {".nan", ".NaN", ".NAN", NULL};
    const char *p = s + (*s == '-' || *s == '+');
    size_t whole, part = 0;

    if (is_one_of(p, inf)) {
        *ret = *s == '-' ? -HUGE_VAL : HUGE_VAL;
        return true;
    }
    if (is_one_of(s, nan_words)) {
        *ret = NAN;
        return true;
    }
    whole = strspn(p, "0123456789");
    p += whole;
    if (*p == '.') {
        p++;
        part = strspn(p, "0123456789");
        p += part;
    }
    if (whole + part == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        size_t exponent = strspn(p, "0123456789");
        if (exponent == 0)
            return false;
        p += exponent;
    }
    if (*p)
        return false;
    *ret = strtod(s, NULL); /* LC_NUMERIC is always "C" here */
    return true;
}

static void resolve_plain(struct shodo_value *v) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};

    if (is_one_of(v->text, nulls)) {
        v->kind = SHODO_VALUE_NULL;
    } else if (is_one_of(v->text, trues) || is_one_of(v->text, falses)) {
        v->kind = SHODO_VALUE_BOOL;
        v->as.boolean = is_one_of(v->text, trues);
    } else if (parse_int(v->text, &v->as.integer)) {
        v->kind = SHODO_VALUE_INT;
    } else if (parse_real(v->text, &v->as.real)) {
        v->kind = SHODO_VALUE_REAL;
    }
}

/* Puts a finished or just opened value into the innermost open collection, or makes it the root. */
static enum shodo_status attach(struct reader *r, struct shodo_value *v) {
    if (r->depth == 0) {
        r->doc->root = v;
        return SHODO_OK;
    }
    struct level *l = &r->levels[r->depth - 1];
    struct child *c = shodo_vec_push(&r->children);
    if (!c)
        return no_memory(r);
    *c = (struct child){.v = v, .key = l->key};
    if (l->key)
        v->line = l->key_line; /* the line that a person looks for */
    l->key = NULL;
    return SHODO_OK;
}

static bool wants_key(const struct reader *r) {
    return r->depth > 0 && r->levels[r->depth - 1].v->kind == SHODO_VALUE_MAP &&
           !r->levels[r->depth - 1].key;
}

static enum shodo_status on_scalar(struct reader *r, const yaml_event_t *e) {
    const char *s = (const char *)e->data.scalar.value;
    size_t n = e->data.scalar.length;
    unsigned line = line_of(e);
    struct shodo_value *v;
    enum shodo_status rc;

    if (e->data.scalar.anchor)
        return refuse(r, line, "anchors are not supported");
    if (e->data.scalar.tag)
        return refuse(r, line, "tags are not supported");
    if (memchr(s, '\0', n))
        return refuse(r, line, "a text with a NUL character is not supported");
    char *text = shodo_arena_str(&r->doc->arena, s, n);
    if (!text)
        return no_memory(r);
    if (wants_key(r)) {
        r->levels[r->depth - 1].key = text;
        r->levels[r->depth - 1].key_line = line;
        return SHODO_OK;
    }
    rc = shodo_doc_node(r->doc, &v, SHODO_VALUE_STR, line, r->err);
    if (rc != SHODO_OK)
        return rc;
    v->text = text;
    v->text_len = n;
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        resolve_plain(v);
    return attach(r, v);
}

static enum shodo_status on_open(struct reader *r, const yaml_event_t *e,
                                 enum shodo_value_kind kind, const yaml_char_t *anchor,
                                 const yaml_char_t *tag) {
    struct shodo_value *v;
    enum shodo_status rc;

    if (anchor)
        return refuse(r, line_of(e), "anchors are not supported");
    if (tag)
        return refuse(r, line_of(e), "tags are not supported");
    if (wants_key(r))
        return refuse(r, line_of(e), "a key must be a plain text");
    if (r->depth == SHODO_LIMIT_DOC_DEPTH)
        return shodo_fail(r->err, SHODO_LIMIT, "%s:%u: nested deeper than %u", r->name, line_of(e),
                          SHODO_LIMIT_DOC_DEPTH);
    rc = shodo_doc_node(r->doc, &v, kind, line_of(e), r->err);
    if (rc == SHODO_OK)
        rc = attach(r, v);
    if (rc != SHODO_OK)
        return rc;
    r->levels[r->depth++] = (struct level){.v = v, .first = r->children.count, .key = NULL};
    return SHODO_OK;
}

static enum shodo_status on_close(struct reader *r) {
    struct level *l = &r->levels[--r->depth];
    size_t count = r->children.count - l->first;
    shodo_auto(shodo_vec) struct shodo_vec items = SHODO_VEC_INIT(sizeof(struct shodo_value *));
    shodo_auto(shodo_vec) struct shodo_vec keys = SHODO_VEC_INIT(sizeof(char *));

    if (!shodo_vec_reserve(&items, count) || !shodo_vec_reserve(&keys, count))
        return no_memory(r);
    for (size_t i = 0; i < count; i++) {
        const struct child *c = shodo_vec_at(&r->children, l->first + i);
        *(struct shodo_value **)shodo_vec_push(&items) = c->v;
        *(const char **)shodo_vec_push(&keys) = c->key;
    }
    r->children.count = l->first;
    return shodo_doc_fill(r->doc, l->v, items.data, keys.data, count, r->err);
}

static enum shodo_status on_event(struct reader *r, const yaml_event_t *e) {
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (e->data.document_start.tag_directives.start !=
            e->data.document_start.tag_directives.end)
            return refuse(r, line_of(e), "tag directives are not supported");
        return SHODO_OK;
    case YAML_ALIAS_EVENT:
        return refuse(r, line_of(e), "aliases are not supported");
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(r, e, SHODO_VALUE_LIST, e->data.sequence_start.anchor,
                       e->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return on_open(r, e, SHODO_VALUE_MAP, e->data.mapping_start.anchor,
                       e->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_close(r);
    default:
        return SHODO_OK;
    }
}

static enum shodo_status parser_error(struct reader *r) {
    const yaml_parser_t *p = &r->parser;

    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    if (p->error == YAML_READER_ERROR)
        return shodo_fail(r->err, SHODO_DAMAGED, "%s: byte %zu: %s", r->name, p->problem_offset,
                          p->problem ? p->problem : "unreadable");
    return shodo_fail(r->err, SHODO_DAMAGED, "%s:%zu: %s", r->name, p->problem_mark.line + 1,
                      p->problem ? p->problem : "not YAML");
}

/* Events up to the end of one document. END: the stream has no more; `ret` is then untouched. */
static enum shodo_status next_document(struct reader *r, struct shodo_doc **ret) {
    enum shodo_status rc = SHODO_OK;
    yaml_event_type_t type = YAML_NO_EVENT;
    shodo_autop(shodo_doc) struct shodo_doc *d = shodo_doc_new(r->name);

    if (!d)
        return no_memory(r);
    r->doc = d;
    r->depth = 0;
    r->children.count = 0;
    while (rc == SHODO_OK && type != YAML_DOCUMENT_END_EVENT) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->parser, &e))
            return parser_error(r);
        type = e.type;
        rc = type == YAML_STREAM_END_EVENT ? SHODO_END : on_event(r, &e);
        yaml_event_delete(&e);
    }
    if (rc == SHODO_OK) {
        *ret = d;
        d = NULL;
    }
    return rc;
}

static enum shodo_status reader_init(struct reader *r, const char *name, const char *p, size_t n,
                                     struct shodo_error *err) {
    enum shodo_status rc = shodo_doc_check_size(name, n, err);

    if (rc != SHODO_OK)
        return rc;
    *r = (struct reader){
        .name = name, .children = SHODO_VEC_INIT(sizeof(struct child)), .err = err};
    if (!yaml_parser_initialize(&r->parser))
        return no_memory(r);
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) { /* Notepad's byte order mark */
        p += 3;
        n -= 3;
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING); /* no guessing of UTF-16 */
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)p, n);
    return SHODO_OK;
}

static void reader_done(struct reader *r) {
    yaml_parser_delete(&r->parser);
    shodo_vec_done(&r->children);
}

enum shodo_status shodo_doc_each_yaml(const char *name, const char *p, size_t n,
                                      bool (*each)(void *ctx, const struct shodo_value *root),
                                      void *ctx, struct shodo_error *err) {
    struct reader r;
    enum shodo_status rc = reader_init(&r, name, p, n, err);
    bool go_on = true;

    if (rc != SHODO_OK)
        return rc;
    while (go_on) {
        struct shodo_doc *d = NULL;
        rc = next_document(&r, &d);
        if (rc != SHODO_OK)
            break;
        go_on = each(ctx, d->root);
        shodo_doc_free(d);
    }
    reader_done(&r);
    return rc == SHODO_END ? SHODO_OK : rc;
}

enum shodo_status shodo_doc_parse_yaml(struct shodo_doc **ret, const char *name, const char *p,
                                       size_t n, struct shodo_error *err) {
    struct shodo_doc *d = NULL, *second = NULL;
    struct reader r;
    enum shodo_status rc = reader_init(&r, name, p, n, err);

    if (rc != SHODO_OK)
        return rc;
    rc = next_document(&r, &d);
    if (rc == SHODO_END)
        rc = shodo_fail(err, SHODO_DAMAGED, "%s: no document in it", name);
    if (rc == SHODO_OK) {
        rc = next_document(&r, &second);
        if (rc == SHODO_OK)
            rc = shodo_fail(err, SHODO_DAMAGED, "%s: more than one document", name);
        else if (rc == SHODO_END)
            rc = SHODO_OK;
        shodo_doc_free(second);
    }
    reader_done(&r);
    if (rc != SHODO_OK) {
        shodo_doc_free(d);
        return rc;
    }
    *ret = d;
    return SHODO_OK;
}
