/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const struct td_node *parent, const char *name, size_t n) {
    uint64_t h = 1469598103934665603ull ^ (uint64_t)(uintptr_t)parent;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)name[i]) * 1099511628211ull;
    return h ^ h >> 29;
}

static struct td_node **slot_of(struct td_volume *v, const struct td_node *parent, const char *name,
                                size_t n) {
    uint64_t h = hash_of(parent, name, n);

    for (;; h++) {
        struct td_node **s = &v->hash[h & (v->hash_cap - 1)];

        if (!*s || ((*s)->parent == parent && (*s)->name_n == n && !memcmp((*s)->name, name, n)))
            return s;
    }
}

static void rehash(struct td_volume *v, size_t cap) {
    free(v->hash);
    v->hash = td_alloc(cap * sizeof *v->hash);
    v->hash_cap = cap;
    for (size_t i = 0; i < v->n; i++)
        *slot_of(v, v->node[i]->parent, v->node[i]->name, v->node[i]->name_n) = v->node[i];
}

static struct td_node *add_node(struct td_volume *v, const struct td_at *at, struct td_node *parent,
                                const char *name, size_t n, bool is_dir) {
    struct td_node *d = td_alloc(sizeof *d);

    *d = (struct td_node){.name = td_dup(name, n),
                          .name_n = n,
                          .parent = parent,
                          .at = *at,
                          .is_dir = is_dir,
                          .owner = v->default_owner};
    d->verdict = v->verdict;
    for (unsigned i = 0; i < 4; i++)
        d->si[i] = d->fn[i] = v->default_time;
    if (v->n == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 256;
        v->node = realloc(v->node, v->cap * sizeof *v->node);
        if (!v->node)
            td_die("out of memory");
    }
    if ((v->n + 1) * 2 > v->hash_cap)
        rehash(v, v->hash_cap ? v->hash_cap * 2 : 1024);
    v->node[v->n++] = d;
    *slot_of(v, parent, name, n) = d;
    return d;
}

static void add_op(struct td_volume *v, enum td_op_kind kind, struct td_node *n, size_t link) {
    if (v->nop == v->op_cap) {
        v->op_cap = v->op_cap ? v->op_cap * 2 : 256;
        v->op = realloc(v->op, v->op_cap * sizeof *v->op);
        if (!v->op)
            td_die("out of memory");
    }
    v->op[v->nop++] = (struct td_op){kind, n, link};
}

static struct td_node *add_system(struct td_volume *v, const struct td_at *at,
                                  struct td_node *parent, const char *name, uint64_t mft) {
    struct td_node *n = add_node(v, at, parent, name, strlen(name), true);

    n->is_system = n->written = true;
    n->mft = mft;
    n->seq = (unsigned)mft;
    return n;
}

static void volume_init(struct td_volume *v, const struct td_at *at, uint64_t formatted) {
    static const char administrators[] = "S-1-5-32-544";

    v->default_time = v->formatted = formatted;
    v->prefix = td_dup("", 0);
    v->root = add_system(v, at, NULL, "", 5);
    v->extend = add_system(v, at, v->root, "$Extend", 11);
    v->owners = td_alloc(sizeof *v->owners);
    v->owners[v->nowners++] = (struct td_owner){
        .name = td_dup("administrators", 14),
        .sid_text = td_dup(administrators, sizeof administrators - 1)};
}

/* Walks "/a/b/c"; with `at`, missing folders are made. */
static struct td_node *walk(struct td_volume *v, const char *path, const struct td_at *at,
                            bool last_is_dir) {
    struct td_node *n = v->root;
    const char *p = path;

    while (*p) {
        size_t k;

        p += *p == '/';
        k = strcspn(p, "/");
        if (!k)
            break;
        struct td_node *child = *slot_of(v, n, p, k);
        if (!child) {
            if (!at)
                return NULL;
            child = add_node(v, at, n, p, k, p[k] || last_is_dir);
            add_op(v, TD_OP_CREATE, child, 0);
        } else if (p[k] && !child->is_dir) {
            if (at)
                td_fail(at, "'%s' runs through a file", path);
            return NULL;
        }
        n = child;
        p += k;
    }
    return n;
}

struct td_node *td_node_find(struct td_volume *v, const char *path) {
    return walk(v, path, NULL, false);
}

struct td_node *td_node_make(struct td_volume *v, const struct td_at *at, const char *path,
                             bool is_dir) {
    if (!is_dir && td_node_find(v, path))
        td_fail(at, "'%s' is there already", path);
    return walk(v, path, at, is_dir);
}

void td_node_rename(struct td_volume *v, struct td_node *n, const char *name) {
    n->name = td_dup(name, strlen(name));
    n->name_n = strlen(name);
    rehash(v, v->hash_cap);
}

void td_node_path(const struct td_node *n, struct td_buf *b) {
    if (n->parent) {
        td_node_path(n->parent, b);
        td_buf_str(b, "/");
        td_buf_add(b, n->name, n->name_n);
    }
    td_buf_u8(b, 0);
    b->n--;
}

struct td_stream *td_stream_add(struct td_node *n, const char *name) {
    n->stream = realloc(n->stream, (n->nstream + 1) * sizeof *n->stream);
    if (!n->stream)
        td_die("out of memory");
    n->stream[n->nstream] = (struct td_stream){.name = td_dup(name, strlen(name)), .attr_id = -1};
    return &n->stream[n->nstream++];
}

void td_usn_add(struct td_volume *v, uint64_t time, struct td_node *n, const char *name,
                uint32_t reason) {
    if (v->nusn == v->usn_cap) {
        v->usn_cap = v->usn_cap ? v->usn_cap * 2 : 256;
        v->usn = realloc(v->usn, v->usn_cap * sizeof *v->usn);
        if (!v->usn)
            td_die("out of memory");
    }
    v->usn[v->nusn] = (struct td_usn){
        .time = time,
        .node = n,
        .parent = n->parent,
        .name = td_dup(name ? name : n->name, strlen(name ? name : n->name)),
        .reason = reason,
        .order = v->nusn};
    v->nusn++;
}

/* ---- lines --------------------------------------------------------------------------------------
 */

static char *full_path(struct td_volume *v, const struct td_at *at, const struct td_word *w) {
    struct td_buf b = {0};

    if (memchr(w->val, 0, w->n))
        td_fail(at, "a name must not hold NUL");
    if (w->val[0] != '/') {
        if (!v->prefix[0])
            td_fail(at, "'%s' is not absolute and there is no 'in'", w->val);
        td_buf_fmt(&b, "%s/", v->prefix);
    }
    td_buf_add(&b, w->val, w->n + 1);
    return (char *)b.p;
}

static void parse_times(struct td_disk *d, struct td_line *l, const char *key, uint64_t t[4]) {
    struct td_word *w = td_line_opt(l, key);

    if (!w)
        return;
    const char *p = w->val;
    for (unsigned i = 0; i < 4; i++) {
        size_t k = strcspn(p, ",");
        char *one = td_dup(p, k);

        if (k)
            t[i] = td_time(&d->script, &l->at, one);
        free(one);
        if (!p[k]) {
            if (i == 0)
                t[1] = t[2] = t[3] = t[0];
            else if (i < 3)
                td_fail(&l->at, "%s= takes one time or four (created,modified,changed,accessed)",
                        key);
            return;
        }
        p += k + 1;
    }
    td_fail(&l->at, "%s= takes one time or four (created,modified,changed,accessed)", key);
}

static uint32_t parse_attributes(struct td_line *l) {
    static const struct {
        const char *name;
        uint32_t bit;
    } known[] = {{"readonly", 1},        {"hidden", 2},        {"system", 4},
                 {"archive", 0x20},      {"temporary", 0x100}, {"offline", 0x1000},
                 {"notindexed", 0x2000}, {"recall", 0x400000}};
    struct td_word *w = td_line_opt(l, "attr");
    uint32_t bits = 0;

    for (const char *p = w ? w->val : ""; *p;) {
        size_t k = strcspn(p, "+"), i = 0;

        while (i < sizeof known / sizeof *known &&
               (strlen(known[i].name) != k || strncmp(known[i].name, p, k)))
            i++;
        if (i == sizeof known / sizeof *known)
            td_fail(&l->at, "unknown attribute '%.*s'", (int)k, p);
        bits |= known[i].bit;
        p += k + (p[k] == '+');
    }
    return bits;
}

static int owner_index(struct td_volume *v, const struct td_at *at, const char *name) {
    for (size_t i = 0; i < v->nowners; i++)
        if (!strcmp(v->owners[i].name, name))
            return (int)i;
    td_fail(at, "no owner is named '%s'", name);
}

/* Options that files, folders and trees share. */
static void parse_common(struct td_disk *d, struct td_volume *v, struct td_line *l,
                         struct td_node *n) {
    struct td_word *w;

    parse_times(d, l, "si", n->si);
    if (td_line_opt(l, "si"))
        memcpy(n->fn, n->si, sizeof n->fn);
    parse_times(d, l, "fn", n->fn);
    n->attributes |= parse_attributes(l);
    if ((w = td_line_opt(l, "owner")))
        n->owner = owner_index(v, &l->at, w->val);
    if ((w = td_line_opt(l, "dos")))
        n->dos_name = td_dup(w->val, w->n);
    if ((w = td_line_opt(l, "verdict")))
        n->verdict = td_dup(w->val, w->n);
}

static void line_file(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    char *path = full_path(v, &l->at, td_line_arg(l, 0, "a path"));
    struct td_node *n = td_node_make(v, &l->at, path, false);
    struct td_stream *s = td_stream_add(n, "");

    n->attributes = 0x20;
    parse_common(d, v, l, n);
    td_content_parse(&d->script, l, &s->content);
    s->is_compressed = !strcmp(td_line_text(l, "compressed", "no"), "yes");
    if (!strcmp(td_line_text(l, "journal", "no"), "yes")) {
        td_usn_add(v, n->fn[TD_CREATED], n, NULL, 0x100);
        td_usn_add(v, n->fn[TD_CREATED], n, NULL, 0x102);
        td_usn_add(v, n->fn[TD_CREATED], n, NULL, 0x80000102);
    }
    free(path);
}

static void line_dir(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    char *path = full_path(v, &l->at, td_line_arg(l, 0, "a path"));
    struct td_node *n = td_node_make(v, &l->at, path, true);

    if (!n->is_dir)
        td_fail(&l->at, "'%s' is a file", path);
    parse_common(d, v, l, n);
    free(path);
}

static struct td_node *existing(struct td_volume *v, struct td_line *l, size_t arg) {
    char *path = full_path(v, &l->at, td_line_arg(l, arg, "a path"));
    struct td_node *n = td_node_find(v, path);

    if (!n)
        td_fail(&l->at, "there is no '%s'", path);
    free(path);
    return n;
}

static void line_ads(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_node *n = existing(v, l, 0);
    struct td_stream *s = td_stream_add(n, td_line_arg(l, 1, "a stream name")->val);

    td_content_parse(&d->script, l, &s->content);
    s->is_compressed = !strcmp(td_line_text(l, "compressed", "no"), "yes");
}

static void line_link(struct td_volume *v, struct td_line *l) {
    struct td_node *n = existing(v, l, 0);
    char *path = full_path(v, &l->at, td_line_arg(l, 1, "the new path")),
         *slash = strrchr(path, '/');

    *slash = 0;
    n->link = realloc(n->link, (n->nlink + 1) * sizeof *n->link);
    if (!n->link)
        td_die("out of memory");
    n->link[n->nlink] = (struct td_link){walk(v, path, &l->at, true),
                                         td_dup(slash + 1, strlen(slash + 1))};
    add_op(v, TD_OP_LINK, n, n->nlink++);
    free(path);
}

static void line_delete(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_node *n = existing(v, l, 0);
    struct td_word *w = td_line_opt(l, "at");

    n->is_deleted = true;
    if (!strcmp(td_line_text(l, "when", "end"), "now"))
        add_op(v, TD_OP_DELETE, n, 0);
    if (w)
        td_usn_add(v, td_time(&d->script, &l->at, w->val), n, NULL, 0x80000200);
}

static void line_owner(struct td_volume *v, struct td_line *l) {
    struct td_word *name = td_line_arg(l, 0, "a name"), *sid = td_line_arg(l, 1, "a SID");

    v->owners = realloc(v->owners, (v->nowners + 1) * sizeof *v->owners);
    if (!v->owners)
        td_die("out of memory");
    v->owners[v->nowners++] = (struct td_owner){.name = td_dup(name->val, name->n),
                                                .sid_text = td_dup(sid->val, sid->n)};
}

static void line_default(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_word *w;

    if ((w = td_line_opt(l, "time")))
        v->default_time = td_time(&d->script, &l->at, w->val);
    if ((w = td_line_opt(l, "owner")))
        v->default_owner = owner_index(v, &l->at, w->val);
    if ((w = td_line_opt(l, "verdict")))
        v->verdict = w->n ? td_dup(w->val, w->n) : NULL;
}

static void line_tree(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    char *path = full_path(v, &l->at, td_line_arg(l, 0, "a path"));
    uint64_t files = td_line_size(l, "files", 1000), per = td_line_size(l, "per-dir", 200);
    uint64_t min = td_line_size(l, "min", 100), max = td_line_size(l, "max", 5000);
    uint64_t step = td_line_size(l, "step", 1);
    const char *kind = td_line_text(l, "kind", "ascii"), *ext = td_line_text(l, "ext", ".txt");
    const char *dir = td_line_text(l, "dir", "診療"), *name = td_line_text(l, "name", "記録_");
    uint64_t t[4] = {v->default_time, v->default_time, v->default_time, v->default_time};
    struct td_node *parent = NULL, like = {.attributes = 0x20, .owner = v->default_owner};
    struct td_rng r;

    parse_times(d, l, "si", t);
    memcpy(like.si, t, sizeof t);
    parse_common(d, v, l, &like);
    if (!per || max < min)
        td_fail(&l->at, "'tree' needs per-dir > 0 and min <= max");
    td_rng_init(&r, td_line_text(l, "seed", "tree"));
    for (uint64_t i = 0; i < files; i++) {
        struct td_buf b = {0};

        if (i % per == 0) {
            td_buf_fmt(&b, "%s/%s%05llu", path, dir, (unsigned long long)(i / per));
            td_buf_u8(&b, 0);
            parent = td_node_make(v, &l->at, (char *)b.p, true);
            b.n = 0;
        }
        td_buf_fmt(&b, "%s%07llu%s", name, (unsigned long long)i, ext);
        struct td_node *n = add_node(v, &l->at, parent, (char *)b.p, b.n, false);
        add_op(v, TD_OP_CREATE, n, 0);
        td_buf_done(&b);
        n->attributes = like.attributes;
        n->owner = like.owner;
        n->verdict = like.verdict ? like.verdict : v->verdict;
        for (unsigned k = 0; k < 4; k++) {
            n->si[k] = t[k] + i * step * 10000000;
            n->fn[k] = n->si[k];
        }
        n->lazy_kind = kind;
        n->lazy_size = min + td_rng_below(&r, max - min + 1);
        n->lazy_seed = td_rng_next(&r);
    }
    free(path);
}

static void line_reparse(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_node *n = existing(v, l, 0);
    struct td_content c;

    n->reparse_tag = (uint32_t)td_line_size(l, "tag", 0);
    td_content_parse(&d->script, l, &c);
    td_content_flat(&c, &n->reparse);
    td_content_done(&c);
    if (!n->reparse_tag)
        td_fail(&l->at, "'reparse' needs tag=0x…");
}

static void line_patch(struct td_disk *d, struct td_volume *v, struct td_line *l,
                       enum td_patch_kind kind) {
    struct td_patch p = {.at = l->at,
                         .kind = kind,
                         .stream = td_line_text(l, "stream", ""),
                         .offset = td_line_size(l, "offset", 0)};
    struct td_content c;

    if (kind != TD_PATCH_RAW) {
        p.node = existing(v, l, 0);
        p.node->is_damaged = true;
    }
    if (!td_content_parse(&d->script, l, &c))
        td_fail(&l->at, "'%s' needs content", td_line_verb(l));
    td_content_flat(&c, &p.data);
    td_content_done(&c);
    v->patch = realloc(v->patch, (v->npatch + 1) * sizeof *v->patch);
    if (!v->patch)
        td_die("out of memory");
    v->patch[v->npatch++] = p;
}

static void line_bad(struct td_volume *v, struct td_line *l) {
    v->bad = realloc(v->bad, (v->nbad + 1) * sizeof *v->bad);
    if (!v->bad)
        td_die("out of memory");
    v->bad[v->nbad++] = (struct td_bad){.at = l->at,
                                        .node = existing(v, l, 0),
                                        .stream = td_line_text(l, "stream", ""),
                                        .offset = td_line_size(l, "offset", 0),
                                        .length = td_line_size(l, "length", 512)};
}

static void line_usn(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    static const struct {
        const char *name;
        uint32_t bit;
    } known[] = {{"overwrite", 1},  {"extend", 2},        {"truncate", 4},      {"create", 0x100},
                 {"delete", 0x200}, {"security", 0x800},  {"old", 0x1000},      {"new", 0x2000},
                 {"basic", 0x8000}, {"stream", 0x200000}, {"close", 0x80000000}};
    struct td_node *n = existing(v, l, 0);
    uint64_t at = td_time(&d->script, &l->at, td_line_arg(l, 1, "a time")->val);
    const char *p = td_line_arg(l, 2, "reasons")->val;
    uint32_t bits = 0;

    while (*p) {
        size_t k = strcspn(p, "+"), i = 0;

        while (i < sizeof known / sizeof *known &&
               (strlen(known[i].name) != k || strncmp(known[i].name, p, k)))
            i++;
        if (i == sizeof known / sizeof *known)
            td_fail(&l->at, "unknown reason '%.*s'", (int)k, p);
        bits |= known[i].bit;
        p += k + (p[k] == '+');
    }
    td_usn_add(v, at, n, td_line_text(l, "name", NULL), bits);
}

static void line_set(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_node *n = existing(v, l, 0);

    parse_common(d, v, l, n);
    if (!strcmp(td_line_text(l, "stale-parent", "no"), "yes"))
        n->has_stale_parent = true;
}

static void line_in(struct td_volume *v, struct td_line *l) {
    struct td_word *w = td_line_arg(l, 0, "a folder");

    if (w->val[0] != '/')
        td_fail(&l->at, "'in' needs an absolute folder");
    v->prefix = td_dup(w->val, w->n);
}

static void line_usnjrnl(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    struct td_word *w = td_line_opt(l, "id");

    v->has_usn = true;
    v->usn_head = td_line_size(l, "head", 32u << 20);
    v->usn_id = w ? td_time(&d->script, &l->at, w->val) : v->formatted;
    v->usn_node = td_node_make(v, &l->at, "/$Extend/$UsnJrnl", false);
    v->usn_node->attributes = 0x6; /* hidden, system */
    for (unsigned i = 0; i < 4; i++)
        v->usn_node->si[i] = v->usn_node->fn[i] = v->usn_id;
    td_stream_add(v->usn_node, "");
    td_stream_add(v->usn_node, "$Max");
    td_stream_add(v->usn_node, "$J");
}

static void line_wof(struct td_disk *d, struct td_volume *v, struct td_line *l) {
    static const char *const algorithms[] = {"xpress4k", "lzx", "xpress8k", "xpress16k"};
    char *path = full_path(v, &l->at, td_line_arg(l, 0, "a path"));
    const char *algorithm = td_line_arg(l, 1, "an algorithm")->val;
    struct td_node *n = td_node_make(v, &l->at, path, false);
    struct td_buf plain = {0}, packed = {0};
    struct td_content c;
    unsigned i = 0;

    while (i < 4 && strcmp(algorithms[i], algorithm))
        i++;
    if (i == 4)
        td_fail(&l->at, "the algorithm is xpress4k, xpress8k, xpress16k or lzx");
    n->attributes = 0x20;
    parse_common(d, v, l, n);
    if (!td_content_parse(&d->script, l, &c) || c.has_hole)
        td_fail(&l->at, "'wof' needs content without holes");
    td_content_flat(&c, &plain);
    td_wof_pack(&l->at, i, plain.p, plain.n, &packed);
    struct td_stream *s = td_stream_add(n, "");
    td_content_hole(&s->content, plain.n);
    s->is_wof = true;
    td_content_sha256(&c, s->sha256);
    s = td_stream_add(n, "WofCompressedData");
    td_content_data(&s->content, packed.p, packed.n);
    n->reparse_tag = 0x80000017;
    td_buf_le32(&n->reparse, 1);
    td_buf_le32(&n->reparse, 2);
    td_buf_le32(&n->reparse, 1);
    td_buf_le32(&n->reparse, i);
    td_content_done(&c);
    td_buf_done(&plain);
    td_buf_done(&packed);
    free(path);
}

static void volume_line(struct td_disk *d, struct td_part *p, struct td_line *l) {
    struct td_volume *v = &p->vol;
    const char *verb = td_line_verb(l);

    if (!strcmp(verb, "file"))
        line_file(d, v, l);
    else if (!strcmp(verb, "dir"))
        line_dir(d, v, l);
    else if (!strcmp(verb, "ads"))
        line_ads(d, v, l);
    else if (!strcmp(verb, "link"))
        line_link(v, l);
    else if (!strcmp(verb, "delete"))
        line_delete(d, v, l);
    else if (!strcmp(verb, "owner"))
        line_owner(v, l);
    else if (!strcmp(verb, "default"))
        line_default(d, v, l);
    else if (!strcmp(verb, "in"))
        line_in(v, l);
    else if (!strcmp(verb, "set"))
        line_set(d, v, l);
    else if (!strcmp(verb, "tree"))
        line_tree(d, v, l);
    else if (!strcmp(verb, "wof"))
        line_wof(d, v, l);
    else if (!strcmp(verb, "reparse"))
        line_reparse(d, v, l);
    else if (!strcmp(verb, "scramble"))
        td_scramble(d, p, l);
    else if (!strcmp(verb, "usnjrnl"))
        line_usnjrnl(d, v, l);
    else if (!strcmp(verb, "usn"))
        line_usn(d, v, l);
    else if (!strcmp(verb, "damage"))
        line_patch(d, v, l, TD_PATCH_CONTENT);
    else if (!strcmp(verb, "damage-record"))
        line_patch(d, v, l, TD_PATCH_RECORD);
    else if (!strcmp(verb, "damage-record-raw"))
        line_patch(d, v, l, TD_PATCH_RECORD_RAW);
    else if (!strcmp(verb, "damage-volume"))
        line_patch(d, v, l, TD_PATCH_RAW);
    else if (!strcmp(verb, "bad"))
        line_bad(v, l);
    else
        td_fail(&l->at, "unknown line '%s'", verb);
}

static void line_partition(struct td_disk *d, struct td_line *l) {
    static const char *const types[] = {"basic", "esp", "msr", "recovery"};
    struct td_part p = {.at = l->at};
    struct td_word *w;
    size_t i = 0;

    const char *fs = td_line_text(l, "fs", "ntfs");
    p.fs = !strcmp(fs, "ntfs") ? TD_FS_NTFS : !strcmp(fs, "fat") ? TD_FS_FAT : TD_FS_NONE;
    if (p.fs == TD_FS_NONE && strcmp(fs, "none"))
        td_fail(&l->at, "fs= is ntfs, fat or none");
    p.type = td_dup(td_line_text(l, "type", "basic"), strlen(td_line_text(l, "type", "basic")));
    while (i < 4 && strcmp(types[i], p.type))
        i++;
    if (i == 4)
        td_fail(&l->at, "type= is basic, esp, msr or recovery");
    p.label = td_dup(td_line_text(l, "label", ""), strlen(td_line_text(l, "label", "")));
    w = td_line_opt(l, "size");
    p.bytes = w && strcmp(w->val, "rest") ? td_size(&l->at, w->val) : 0;
    p.start = td_line_size(l, "start", 0);
    p.serial = td_line_size(l, "serial", 0);
    p.cluster = (uint32_t)td_line_size(l, "cluster", 4096);
    td_bitlocker_parse(&p, l);
    td_shadow_parse(d, &p, l);
    w = td_line_opt(l, "formatted");
    d->part = realloc(d->part, (d->nparts + 1) * sizeof *d->part);
    if (!d->part)
        td_die("out of memory");
    d->part[d->nparts] = p;
    volume_init(&d->part[d->nparts].vol, &l->at,
                td_time(&d->script, &l->at, w ? w->val : "2026-01-05T00:00:00Z"));
    d->nparts++;
}

static void line_disk(struct td_disk *d, struct td_line *l) {
    const char *table = td_line_text(l, "table", "gpt");

    d->size = td_line_size(l, "size", 0);
    d->sector = (uint32_t)td_line_size(l, "sector", 512);
    if (d->sector != 512 && d->sector != 4096)
        td_fail(&l->at, "sector= is 512 or 4096");
    if (!d->size || d->size % d->sector)
        td_fail(&l->at, "size= is missing or no multiple of the sector");
    d->table = !strcmp(table, "gpt")   ? TD_TABLE_GPT
               : !strcmp(table, "mbr") ? TD_TABLE_MBR
                                       : TD_TABLE_NONE;
    if (d->table == TD_TABLE_NONE && strcmp(table, "none"))
        td_fail(&l->at, "table= is gpt, mbr or none");
    d->seed = td_dup(td_line_text(l, "seed", "disk"), strlen(td_line_text(l, "seed", "disk")));
}

void td_disk_parse(struct td_disk *d) {
    for (size_t i = 0; i < d->script.n; i++) {
        struct td_line *l = &d->script.line[i];
        const char *verb = td_line_verb(l);

        if (!strcmp(verb, "disk"))
            line_disk(d, l);
        else if (!d->size)
            td_fail(&l->at, "the first line must be 'disk'");
        else if (!strcmp(verb, "partition"))
            line_partition(d, l);
        else if (!d->nparts)
            td_fail(&l->at, "'%s' needs a 'partition' before it", verb);
        else
            volume_line(d, &d->part[d->nparts - 1], l);
        td_line_check(l);
    }
    if (!d->nparts)
        td_die("the description has no partition");
    for (size_t i = 0; i < d->nparts; i++) {
        td_shadow_files(&d->part[i]);
        td_bitlocker_files(&d->part[i]);
    }
}
