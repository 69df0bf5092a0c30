/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-hive DESCRIPTION HIVE [SEARCH-FOLDER...]: writes a registry hive (regf 1.5) from nothing.
 *
 *   hive [name=SYSTEM] [written=TIME] [sequence=N] [root=NAME]
 *
 *   key PATH [time=TIME]        the lines below put values into it; missing parents are made
 *
 *   sz NAME TEXT, expand NAME TEXT, multi NAME TEXT..., dword NAME N, qword NAME N,
 *   binary NAME CONTENT..., none NAME, raw NAME type=N CONTENT...    (NAME "" is the default value)
 *
 *   flushed                     what stands above is in the hive, what follows only in HIVE.LOG1,
 *                               after a second `flushed` only in HIVE.LOG2: as after a power cut
 *
 * For SAM (names, times and flags; no password hashes):
 *
 *   user NAME rid=N [full=] [comment=] [logon=TIME] [password=TIME] [bad=TIME] [flags=N] [logons=N]
 *        [bads=N] [created=TIME]
 *
 *   alias RID NAME SID...       a local group with its members
 *
 *   machine S-1-5-21-A-B-C      sets Domains\Account\V
 *
 * A path has `\` between names. A key without time= has the time of the hive.
 * Layout: the regf specification by Maxim Suhanov; checked with hivex, the logs with real ones.
 */
#include "content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BIN = 4096, BIG_DATA = 16344, LEAF = 500, NO_CELL = 0xffffffff };

struct value {
    char *name;
    uint32_t type;
    struct td_buf data;
};

struct key {
    char *name;
    uint64_t time;
    bool has_time;
    struct key **sub;
    size_t nsub;
    struct value *value;
    size_t nvalue;
};

struct state { /* hive bins at one moment */
    struct td_buf bins;
    uint32_t root;
};

struct hive {
    struct td_script script;
    struct state state[3];
    unsigned states;
    struct key root;
    const char *name;
    uint64_t written;
    uint32_t sequence;
    struct td_buf out;   /* hive bins */
    size_t bin, bin_end; /* the bin being filled: its start and end */
    size_t used;         /* end of the last cell */
    uint32_t sk;
    uint32_t keys;
};

/* ---- the tree -----------------------------------------------------------------------------------
 */

static unsigned upper(unsigned c) {
    return (c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) ? c - 32 : c;
}

static int compare_names(const char *a, const char *b) {
    struct td_at at = {.file = "key name", .line = 0};
    size_t na, nb, i = 0;
    uint16_t *ua = td_utf16(&at, a, strlen(a), &na), *ub = td_utf16(&at, b, strlen(b), &nb);
    int c = 0;

    for (; !c && i < na && i < nb; i++)
        c = (int)upper(ua[i]) - (int)upper(ub[i]);
    if (!c)
        c = (na > nb) - (na < nb);
    free(ua);
    free(ub);
    return c;
}

static int by_name(const void *a, const void *b) {
    return compare_names((*(struct key *const *)a)->name, (*(struct key *const *)b)->name);
}

static struct key *subkey(struct key *k, const char *name, size_t n) {
    char *copy = td_dup(name, n);

    for (size_t i = 0; i < k->nsub; i++)
        if (!compare_names(k->sub[i]->name, copy)) {
            free(copy);
            return k->sub[i];
        }
    k->sub = realloc(k->sub, (k->nsub + 1) * sizeof(struct key *));
    if (!k->sub)
        td_die("out of memory");
    k->sub[k->nsub] = td_alloc(sizeof *k);
    k->sub[k->nsub]->name = copy;
    return k->sub[k->nsub++];
}

static struct key *find(struct hive *h, const char *path) {
    struct key *k = &h->root;

    for (const char *p = path; *p;) {
        size_t n = strcspn(p, "\\");

        if (n)
            k = subkey(k, p, n);
        p += n + (p[n] == '\\');
    }
    return k;
}

static struct value *add_value(struct key *k, const char *name, uint32_t type) {
    k->value = realloc(k->value, (k->nvalue + 1) * sizeof *k->value);
    if (!k->value)
        td_die("out of memory");
    k->value[k->nvalue] = (struct value){.name = td_dup(name, strlen(name)), .type = type};
    return &k->value[k->nvalue++];
}

/* ---- SAM ----------------------------------------------------------------------------------------
 */

static uint64_t opt_time(struct hive *h, struct td_line *l, const char *key) {
    struct td_word *w = td_line_opt(l, key);

    return w ? td_time(&h->script, &l->at, w->val) : 0;
}

static void sam_field(struct td_buf *v, struct td_buf *data, unsigned at,
                      const struct td_buf *field) {
    td_put32(v->p + at, (uint32_t)data->n);
    td_put32(v->p + at + 4, (uint32_t)field->n);
    td_buf_add(data, field->p, field->n);
    while (data->n % 4)
        td_buf_u8(data, 0);
}

static void sam_text(struct td_buf *v, struct td_buf *data, unsigned at, const char *text) {
    struct td_buf field = {0};

    td_buf_utf16(&field, text, strlen(text));
    sam_field(v, data, at, &field);
    td_buf_done(&field);
}

static void line_user(struct hive *h, struct td_line *l) {
    const char *name = td_line_arg(l, 0, "a name")->val;
    uint32_t rid = (uint32_t)td_line_size(l, "rid", 0);
    struct td_buf path = {0}, data = {0}, empty_hash = {0};
    struct key *k;

    td_buf_fmt(&path, "SAM\\Domains\\Account\\Users\\%08X", rid);
    td_buf_u8(&path, 0);
    k = find(h, (char *)path.p);
    struct value *f = add_value(k, "F", 3);
    unsigned char *p = td_buf_grow(&f->data, 80);
    td_put16(p, 3);
    td_put16(p + 2, 1);
    td_put64(p + 8, opt_time(h, l, "logon"));
    td_put64(p + 24, opt_time(h, l, "password"));
    td_put64(p + 32, 0x7fffffffffffffff);
    td_put64(p + 40, opt_time(h, l, "bad"));
    td_put32(p + 48, rid);
    td_put32(p + 52, 513);
    td_put16(p + 56, (unsigned)td_line_size(l, "flags", 0x10));
    td_put16(p + 64, (unsigned)td_line_size(l, "bads", 0));
    td_put16(p + 66, (unsigned)td_line_size(l, "logons", 0));
    struct value *v = add_value(k, "V", 3);
    td_buf_grow(&v->data, 0xcc);
    sam_text(&v->data, &data, 0x0c, name);
    sam_text(&v->data, &data, 0x18, td_line_text(l, "full", ""));
    sam_text(&v->data, &data, 0x24, td_line_text(l, "comment", ""));
    for (unsigned at = 0x30; at < 0x9c; at += 12)
        sam_text(&v->data, &data, at, "");
    td_buf_le32(&empty_hash, 0x00010001); /* revision only: there is no hash here */
    sam_field(&v->data, &data, 0x9c, &empty_hash);
    sam_field(&v->data, &data, 0xa8, &empty_hash);
    td_buf_add(&v->data, data.p, data.n);
    path.n = 0;
    td_buf_fmt(&path, "SAM\\Domains\\Account\\Users\\Names\\%s", name);
    td_buf_u8(&path, 0);
    struct key *names = find(h, (char *)path.p);
    add_value(names, "", rid);
    names->time = opt_time(h, l, "created");
    names->has_time = names->time != 0;
    k->time = names->time;
    k->has_time = names->has_time;
    td_buf_done(&path);
    td_buf_done(&data);
    td_buf_done(&empty_hash);
}

static void line_alias(struct hive *h, struct td_line *l) {
    uint32_t rid = (uint32_t)td_size(&l->at, td_line_arg(l, 0, "a RID")->val), members = 0;
    const char *name = td_line_arg(l, 1, "a name")->val;
    struct td_buf path = {0}, text = {0}, sids = {0};
    struct td_word *w;

    for (size_t i = 2; (w = td_line_arg_opt(l, i)); i++, members++)
        td_buf_sid(&l->at, &sids, w->val);
    td_buf_utf16(&text, name, strlen(name));
    td_buf_fmt(&path, "SAM\\Domains\\Builtin\\Aliases\\%08X", rid);
    td_buf_u8(&path, 0);
    struct value *c = add_value(find(h, (char *)path.p), "C", 3);
    unsigned char *p = td_buf_grow(&c->data, 0x34);
    td_put32(p, rid);
    td_put32(p + 0x10, 0);
    td_put32(p + 0x14, (uint32_t)text.n);
    td_put32(p + 0x28, (uint32_t)((text.n + 3) & ~(size_t)3));
    td_put32(p + 0x2c, (uint32_t)sids.n);
    td_put32(p + 0x30, members);
    td_buf_add(&c->data, text.p, text.n);
    if (text.n % 4)
        td_buf_grow(&c->data, 4 - text.n % 4);
    td_buf_add(&c->data, sids.p, sids.n);
    td_buf_done(&path);
    td_buf_done(&text);
    td_buf_done(&sids);
}

static void line_machine(struct hive *h, struct td_line *l) {
    struct value *v = add_value(find(h, "SAM\\Domains\\Account"), "V", 3);
    struct td_buf sid = {0};

    td_buf_sid(&l->at, &sid, td_line_arg(l, 0, "a SID")->val);
    if (sid.n != 24)
        td_fail(&l->at, "a machine SID is S-1-5-21-A-B-C");
    td_buf_grow(&v->data, 64);
    td_buf_add(&v->data, sid.p, sid.n); /* readers take the last twelve bytes */
    td_buf_done(&sid);
}

/* ---- lines --------------------------------------------------------------------------------------
 */

static void text_value(struct key *k, struct td_line *l, uint32_t type) {
    const char *name = td_line_arg(l, 0, "a value name")->val;
    struct value *v = add_value(k, name, type);
    struct td_word *w;

    for (size_t i = 1; (w = td_line_arg_opt(l, i)); i++) {
        td_buf_utf16(&v->data, w->val, w->n);
        td_buf_le16(&v->data, 0);
        if (type != 7 && i > 1)
            td_fail(&l->at, "this value takes one text");
    }
    if (type == 7 || !v->data.n)
        td_buf_le16(&v->data, 0);
}

static void take_state(struct hive *h);

static void one_line(struct hive *h, struct key **at, struct td_line *l) {
    const char *verb = td_line_verb(l);
    struct key *k = *at;

    if (!strcmp(verb, "key")) {
        struct td_word *w;

        *at = k = find(h, td_line_arg(l, 0, "a path")->val);
        if ((w = td_line_opt(l, "time"))) {
            k->time = td_time(&h->script, &l->at, w->val);
            k->has_time = true;
        }
    } else if (!strcmp(verb, "flushed")) {
        if (h->states == 2)
            td_fail(&l->at, "at most two 'flushed' lines: there are two logs");
        l->w[0].used = true;
        take_state(h);
    } else if (!strcmp(verb, "user")) {
        line_user(h, l);
    } else if (!strcmp(verb, "alias")) {
        line_alias(h, l);
    } else if (!strcmp(verb, "machine")) {
        line_machine(h, l);
    } else if (!strcmp(verb, "sz")) {
        text_value(k, l, 1);
    } else if (!strcmp(verb, "expand")) {
        text_value(k, l, 2);
    } else if (!strcmp(verb, "multi")) {
        text_value(k, l, 7);
    } else if (!strcmp(verb, "dword")) {
        td_buf_le32(&add_value(k, td_line_arg(l, 0, "a value name")->val, 4)->data,
                    (uint32_t)td_size(&l->at, td_line_arg(l, 1, "a number")->val));
    } else if (!strcmp(verb, "qword")) {
        td_buf_le64(&add_value(k, td_line_arg(l, 0, "a value name")->val, 11)->data,
                    td_size(&l->at, td_line_arg(l, 1, "a number")->val));
    } else if (!strcmp(verb, "binary") || !strcmp(verb, "none") || !strcmp(verb, "raw")) {
        uint32_t type = verb[0] == 'b'   ? 3
                        : verb[0] == 'n' ? 0
                                         : (uint32_t)td_line_size(l, "type", 0);
        struct value *v = add_value(k, td_line_arg(l, 0, "a value name")->val, type);
        struct td_content c;

        td_content_parse(&h->script, l, &c);
        td_content_flat(&c, &v->data);
        td_content_done(&c);
    } else {
        td_fail(&l->at, "unknown line '%s'", verb);
    }
    td_line_check(l);
}

/* ---- the file -----------------------------------------------------------------------------------
 */

static void close_bin(struct hive *h) {
    if (h->bin_end > h->used)
        td_put32(h->out.p + h->used,
                 (uint32_t)(h->bin_end - h->used)); /* a positive size is a free cell */
    h->used = h->bin_end;
}

/* A cell for n bytes, zeroed; returns its offset (from the first bin), the data starts four bytes
 * later. */
static uint32_t cell(struct hive *h, size_t n) {
    size_t size = (n + 4 + 7) & ~(size_t)7;

    if (h->bin_end - h->used < size) {
        size_t bin = (size + 32 + BIN - 1) / BIN * BIN;

        close_bin(h);
        h->bin = h->out.n;
        unsigned char *p = td_buf_grow(&h->out, bin);
        memcpy(p, "hbin", 4);
        td_put32(p + 4, (uint32_t)h->bin);
        td_put32(p + 8, (uint32_t)bin);
        td_put64(p + 20, h->bin ? 0 : h->written);
        h->used = h->bin + 32;
        h->bin_end = h->out.n;
    }
    uint32_t at = (uint32_t)h->used;
    td_put32(h->out.p + at, 0u - (uint32_t)size);
    h->used += size;
    return at;
}

static unsigned char *at_cell(struct hive *h, uint32_t at) {
    return h->out.p + at + 4;
}

static uint32_t data_cell(struct hive *h, const void *p, size_t n) {
    uint32_t at = cell(h, n);

    memcpy(at_cell(h, at), p, n);
    return at;
}

/* Names whose characters all fit one byte are stored so ("compressed"). */
static bool narrow(const char *name, struct td_buf *out) {
    struct td_at at = {.file = "name", .line = 0};
    size_t n;
    uint16_t *u = td_utf16(&at, name, strlen(name), &n);
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        ok = ok && u[i] < 256;
    for (size_t i = 0; i < n; i++)
        if (ok)
            td_buf_u8(out, u[i]);
        else
            td_buf_le16(out, u[i]);
    free(u);
    return ok;
}

static uint32_t value_data(struct hive *h, const struct td_buf *d) {
    struct td_buf list = {0};
    uint32_t at, segments = 0;

    if (d->n <= BIG_DATA)
        return data_cell(h, d->p, d->n);
    for (size_t pos = 0; pos < d->n; pos += BIG_DATA, segments++)
        td_buf_le32(&list, data_cell(h, d->p + pos, d->n - pos < BIG_DATA ? d->n - pos : BIG_DATA));
    uint32_t list_at = data_cell(h, list.p, list.n);
    at = cell(h, 8);
    memcpy(at_cell(h, at), "db", 2);
    td_put16(at_cell(h, at) + 2, segments);
    td_put32(at_cell(h, at) + 4, list_at);
    td_buf_done(&list);
    return at;
}

static uint32_t write_value(struct hive *h, const struct value *v) {
    struct td_buf name = {0};
    bool is_narrow = narrow(v->name, &name);
    uint32_t data = v->data.n > 4 ? value_data(h, &v->data) : 0, at = cell(h, 20 + name.n);
    unsigned char *p = at_cell(h, at);

    memcpy(p, "vk", 2);
    td_put16(p + 2, (unsigned)name.n);
    td_put32(p + 4, (uint32_t)v->data.n | (v->data.n > 4 ? 0 : 0x80000000));
    td_put32(p + 8, data);
    if (v->data.n <= 4 && v->data.n)
        memcpy(p + 8, v->data.p, v->data.n);
    td_put32(p + 12, v->type);
    td_put16(p + 16, is_narrow ? 1 : 0);
    if (name.n)
        memcpy(p + 20, name.p, name.n);
    td_buf_done(&name);
    return at;
}

static uint32_t name_hash(const char *name) {
    struct td_at at = {.file = "key name", .line = 0};
    size_t n;
    uint16_t *u = td_utf16(&at, name, strlen(name), &n);
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v * 37 + upper(u[i]);
    free(u);
    return v;
}

static uint32_t write_leaf(struct hive *h, struct key *k, const uint32_t *child, size_t from,
                           size_t n) {
    uint32_t at = cell(h, 4 + 8 * n);
    unsigned char *p = at_cell(h, at);

    memcpy(p, "lh", 2);
    td_put16(p + 2, (unsigned)n);
    for (size_t i = 0; i < n; i++) {
        td_put32(p + 4 + 8 * i, child[from + i]);
        td_put32(p + 8 + 8 * i, name_hash(k->sub[from + i]->name));
    }
    return at;
}

static uint32_t write_list(struct hive *h, struct key *k, const uint32_t *child) {
    struct td_buf index = {0};

    if (k->nsub <= LEAF)
        return write_leaf(h, k, child, 0, k->nsub);
    td_buf_str(&index, "ri");
    td_buf_le16(&index, (unsigned)((k->nsub + LEAF - 1) / LEAF));
    for (size_t i = 0; i < k->nsub; i += LEAF)
        td_buf_le32(&index, write_leaf(h, k, child, i, k->nsub - i < LEAF ? k->nsub - i : LEAF));
    uint32_t at = data_cell(h, index.p, index.n);
    td_buf_done(&index);
    return at;
}

static uint32_t write_key(struct hive *h, struct key *k, uint32_t parent) {
    struct td_buf name = {0}, values = {0};
    bool is_narrow = narrow(k->name, &name), is_root = k == &h->root;
    uint32_t at = cell(h, 76 + name.n), list = NO_CELL, value_list = NO_CELL;
    uint32_t *child = td_alloc((k->nsub + 1) * sizeof *child), longest_name = 0, longest_sub = 0,
             longest_data = 0;

    if (k->nsub)
        qsort(k->sub, k->nsub, sizeof *k->sub, by_name);
    for (size_t i = 0; i < k->nsub; i++) {
        size_t n = strlen(k->sub[i]->name) * 2;

        child[i] = write_key(h, k->sub[i], at);
        longest_sub = n > longest_sub ? (uint32_t)n : longest_sub;
    }
    if (k->nsub)
        list = write_list(h, k, child);
    for (size_t i = 0; i < k->nvalue; i++) {
        size_t n = strlen(k->value[i].name) * 2;

        td_buf_le32(&values, write_value(h, &k->value[i]));
        longest_name = n > longest_name ? (uint32_t)n : longest_name;
        longest_data = k->value[i].data.n > longest_data ? (uint32_t)k->value[i].data.n
                                                         : longest_data;
    }
    if (k->nvalue)
        value_list = data_cell(h, values.p, values.n);
    unsigned char *p = at_cell(h, at);
    memcpy(p, "nk", 2);
    td_put16(p + 2, (is_root ? 0x0cu : 0) | (is_narrow ? 0x20u : 0));
    td_put64(p + 4, k->has_time ? k->time : h->written);
    td_put32(p + 16, parent);
    td_put32(p + 20, (uint32_t)k->nsub);
    td_put32(p + 28, list);
    td_put32(p + 32, NO_CELL);
    td_put32(p + 36, (uint32_t)k->nvalue);
    td_put32(p + 40, value_list);
    td_put32(p + 44, h->sk);
    td_put32(p + 48, NO_CELL);
    td_put32(p + 52, longest_sub);
    td_put32(p + 60, longest_name);
    td_put32(p + 64, longest_data);
    td_put16(p + 72, (unsigned)name.n);
    memcpy(p + 76, name.p, name.n);
    h->keys++;
    free(child);
    td_buf_done(&name);
    td_buf_done(&values);
    return at;
}

/* One descriptor for all keys: SYSTEM and Administrators own and control everything. */
static void write_security(struct hive *h) {
    struct td_at at = {.file = "internal", .line = 0};
    struct td_buf sd = {0}, admin = {0}, system = {0};

    td_buf_sid(&at, &admin, "S-1-5-32-544");
    td_buf_sid(&at, &system, "S-1-5-18");
    td_buf_le32(&sd, 0x80040001);
    td_buf_le32(&sd, (uint32_t)(20 + 8 + 8 + admin.n + 8 + system.n));
    td_buf_le32(&sd, (uint32_t)(20 + 8 + 8 + admin.n + 8 + system.n + admin.n));
    td_buf_le32(&sd, 0);
    td_buf_le32(&sd, 20);
    td_buf_le16(&sd, 2);
    td_buf_le16(&sd, (unsigned)(8 + 8 + admin.n + 8 + system.n));
    td_buf_le32(&sd, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct td_buf *sid = i ? &system : &admin;

        td_buf_le16(&sd, 0x0200); /* allowed, inherited by subkeys */
        td_buf_le16(&sd, (unsigned)(8 + sid->n));
        td_buf_le32(&sd, 0xf003f);
        td_buf_add(&sd, sid->p, sid->n);
    }
    td_buf_add(&sd, admin.p, admin.n);
    td_buf_add(&sd, system.p, system.n);
    h->sk = cell(h, 20 + sd.n);
    unsigned char *p = at_cell(h, h->sk);
    memcpy(p, "sk", 2);
    td_put32(p + 4, h->sk);
    td_put32(p + 8, h->sk);
    td_put32(p + 16, (uint32_t)sd.n);
    memcpy(p + 20, sd.p, sd.n);
    td_buf_done(&sd);
    td_buf_done(&admin);
    td_buf_done(&system);
}

/* The base block is that of the newest bins; `type` 0 is a hive, 6 a log. */
static void base_block(const struct hive *h, const struct state *t, unsigned type, uint32_t seq1,
                       uint32_t seq2, unsigned char *b) {
    struct td_buf name = {0};
    uint32_t sum = 0;

    memcpy(b, "regf", 4);
    td_put32(b + 4, seq1);
    td_put32(b + 8, seq2);
    td_put64(b + 12, h->written);
    td_put32(b + 20, 1);
    td_put32(b + 24, 5);
    td_put32(b + 28, type);
    td_put32(b + 32, 1);
    td_put32(b + 36, t->root);
    td_put32(b + 40, (uint32_t)t->bins.n);
    td_put32(b + 44, 1);
    td_buf_utf16(&name, h->name, strlen(h->name));
    memcpy(b + 48, name.p, name.n > 62 ? 62 : name.n);
    for (unsigned i = 0; i < 508; i += 4)
        sum ^= td_get32(b + i);
    td_put32(b + 508, sum == 0 ? 1 : sum == 0xffffffff ? 0xfffffffe : sum);
    td_buf_done(&name);
}

/* Turns the tree as it is now into hive bins. */
static void take_state(struct hive *h) {
    struct state *t = &h->state[h->states++];

    h->out = (struct td_buf){0};
    h->bin = h->bin_end = h->used = h->keys = 0;
    write_security(h);
    t->root = write_key(h, &h->root, NO_CELL);
    close_bin(h);
    td_put32(at_cell(h, h->sk) + 12, h->keys);
    t->bins = h->out;
}

/* Marvin32 with the seed of the registry, as the regf specification gives it; checked with real
 * logs. */
static uint64_t marvin(const unsigned char *p, size_t n) {
    uint32_t lo = 0x7a4e55c5, hi = 0x82ef4d88;
    unsigned char tail[4] = {0};

    for (size_t i = 0;; i += 4) {
        bool is_last = i + 4 > n;

        if (is_last) {
            memcpy(tail, p + i, n - i);
            tail[n - i] = 0x80;
        }
        lo += td_get32(is_last ? tail : p + i);
        for (unsigned k = 0; k < (is_last ? 2 : 1); k++) {
            hi ^= lo;
            lo = (lo << 20 | lo >> 12) + hi;
            hi = (hi << 9 | hi >> 23) ^ lo;
            lo = (lo << 27 | lo >> 5) + hi;
            hi = hi << 19 | hi >> 13;
        }
        if (is_last)
            return lo | (uint64_t)hi << 32;
    }
}

static bool page_differs(const struct state *a, const struct state *b, size_t at) {
    return at + BIN > a->bins.n || memcmp(a->bins.p + at, b->bins.p + at, BIN) != 0;
}

/* A log with one entry: the pages that differ from the state before. Without `to`, a log with no
 * entry. */
static void write_log(struct hive *h, const char *path, const char *ext, const struct state *from,
                      const struct state *to, uint32_t seq) {
    struct td_buf file = {0}, refs = {0}, pages = {0}, name = {0};

    base_block(h, to ? to : from, 6, seq, seq, td_buf_grow(&file, 512));
    for (size_t at = 0; to && at < to->bins.n;) {
        size_t end = at;

        while (end < to->bins.n && page_differs(from, to, end))
            end += BIN;
        if (end > at) {
            td_buf_le32(&refs, (uint32_t)at);
            td_buf_le32(&refs, (uint32_t)(end - at));
            td_buf_add(&pages, to->bins.p + at, end - at);
        }
        at = end + BIN;
    }
    if (to) {
        size_t size = (40 + refs.n + pages.n + 511) & ~(size_t)511;
        unsigned char *e = td_buf_grow(&file, size);

        memcpy(e, "HvLE", 4);
        td_put32(e + 4, (uint32_t)size);
        td_put32(e + 12, seq);
        td_put32(e + 16, (uint32_t)to->bins.n);
        td_put32(e + 20, (uint32_t)(refs.n / 8));
        if (refs.n)
            memcpy(e + 40, refs.p, refs.n);
        if (pages.n)
            memcpy(e + 40 + refs.n, pages.p, pages.n);
        td_put64(e + 24, marvin(e + 40, size - 40));
        td_put64(e + 32, marvin(e, 32));
    }
    td_buf_fmt(&name, "%s%s", path, ext);
    td_buf_u8(&name, 0);
    td_file_write((char *)name.p, file.p, file.n);
    td_buf_done(&file);
    td_buf_done(&refs);
    td_buf_done(&pages);
    td_buf_done(&name);
}

static void write_hive(struct hive *h, const char *path) {
    struct td_buf file = {0};
    bool is_dirty;

    take_state(h);
    is_dirty = h->states > 1;
    base_block(h, &h->state[0], 0, h->sequence + is_dirty, h->sequence, td_buf_grow(&file, 4096));
    td_buf_add(&file, h->state[0].bins.p, h->state[0].bins.n);
    td_file_write(path, file.p, file.n);
    td_buf_done(&file);
    if (!is_dirty)
        return;
    write_log(h, path, ".LOG1", &h->state[0], &h->state[1], h->sequence + 1);
    write_log(h, path, ".LOG2", &h->state[1], h->states > 2 ? &h->state[2] : NULL, h->sequence + 2);
}

int main(int argc, char **argv) {
    struct hive h = {.name = "SYSTEM", .sequence = 1};
    struct key *at = &h.root;
    size_t first = 0;

    if (argc < 3) {
        fputs("usage: make-hive DESCRIPTION HIVE [SEARCH-FOLDER...]\n", stderr);
        return 2;
    }
    td_script_read(&h.script, argv[1], argv + 3, (size_t)argc - 3);
    h.root.name = td_dup("ROOT", 4);
    if (h.script.n && !strcmp(td_line_verb(&h.script.line[0]), "hive")) {
        struct td_line *l = &h.script.line[first++];

        h.name = td_line_text(l, "name", "SYSTEM");
        h.written = opt_time(&h, l, "written");
        h.sequence = (uint32_t)td_line_size(l, "sequence", 1);
        h.root.name = td_dup(td_line_text(l, "root", "ROOT"),
                             strlen(td_line_text(l, "root", "ROOT")));
        td_line_check(l);
    }
    for (size_t i = first; i < h.script.n; i++)
        one_line(&h, &at, &h.script.line[i]);
    write_hive(&h, argv[2]);
    return 0;
}
