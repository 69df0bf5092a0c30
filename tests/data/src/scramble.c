/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scramble GLOB...: makes files of the model look as an encryptor leaves them. There is no cipher
 * and no key here: content is overwritten with seeded random bytes in an image under construction.
 */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

struct scramble {
    struct td_volume *v;
    uint64_t at, step;
    const char *mode, *ext, *seed, *note, *except;
    uint64_t head, block, period, footer;
    bool keeps_times, renames;
    struct td_buf note_text;
    int owner;
    struct td_node *last_dir;
    uint64_t count;
};

static void overwrite(const struct scramble *s, struct td_buf *b, struct td_rng *r) {
    if (!strcmp(s->mode, "full")) {
        td_rng_fill(r, b->p, b->n);
    } else if (!strcmp(s->mode, "head")) {
        td_rng_fill(r, b->p, b->n < s->head ? b->n : s->head);
    } else if (!strcmp(s->mode, "blocks")) {
        for (size_t i = 0; i < b->n; i += s->period)
            td_rng_fill(r, b->p + i, b->n - i < s->block ? b->n - i : s->block);
    } else { /* lanes: every other sixteen bytes */
        for (size_t i = 0; i < b->n; i += 32)
            td_rng_fill(r, b->p + i, b->n - i < 16 ? b->n - i : 16);
    }
}

static void drop_note(struct scramble *s, struct td_line *l, struct td_node *dir, uint64_t t) {
    struct td_buf path = {0};
    struct td_node *n;

    td_node_path(dir, &path);
    td_buf_fmt(&path, "/%s", s->note);
    td_buf_u8(&path, 0);
    if (!td_node_find(s->v, (char *)path.p)) {
        n = td_node_make(s->v, &l->at, (char *)path.p, false);
        td_content_data(&td_stream_add(n, "")->content, s->note_text.p, s->note_text.n);
        for (unsigned i = 0; i < 4; i++)
            n->si[i] = n->fn[i] = t;
        n->attributes = 0x20;
        n->owner = s->owner >= 0 ? s->owner : n->owner;
        n->verdict = td_dup("note", 4);
        td_usn_add(s->v, t, n, NULL, 0x100);
        td_usn_add(s->v, t, n, NULL, 0x102);
        td_usn_add(s->v, t, n, NULL, 0x80000102);
    }
    td_buf_done(&path);
}

static void one_file(struct scramble *s, struct td_line *l, struct td_node *n, const char *path) {
    uint64_t t = s->at + s->count++ * s->step;
    struct td_content *c = &n->stream[0].content;
    struct td_buf b = {0}, seed = {0}, name = {0};
    struct td_rng r;

    td_buf_fmt(&seed, "%s/%s", s->seed, path);
    td_buf_u8(&seed, 0);
    td_rng_init(&r, (char *)seed.p);
    td_content_flat(c, &b);
    overwrite(s, &b, &r);
    if (s->footer)
        td_rng_fill(&r, td_buf_grow(&b, s->footer), s->footer);
    td_content_done(c);
    td_content_data(c, b.p, b.n);
    if (s->note && n->parent != s->last_dir)
        drop_note(s, l, n->parent, t - 3000); /* 0.3 ms before the first file of the folder */
    s->last_dir = n->parent;
    if (!s->keeps_times)
        n->si[TD_MODIFIED] = n->si[TD_ACCESSED] = t;
    n->si[TD_CHANGED] = t;
    td_usn_add(s->v, t, n, NULL, s->footer ? 0x3 : 0x1);
    n->original = td_dup(path, strlen(path));
    if (s->renames) {
        char *old = td_dup(n->name, n->name_n);

        td_buf_fmt(&name, "%s%s", n->name, s->ext);
        td_buf_u8(&name, 0);
        td_node_rename(s->v, n, (char *)name.p);
        memcpy(n->fn, n->si,
               sizeof n->fn); /* a rename makes a new $FILE_NAME from $STANDARD_INFORMATION */
        td_usn_add(s->v, t + 1000, n, old, 0x1000);
        td_usn_add(s->v, t + 1000, n, NULL, 0x2000);
        td_usn_add(s->v, t + 2000, n, NULL, 0x80002000);
        free(old);
    } else {
        td_usn_add(s->v, t + 2000, n, NULL, 0x80000000 | (s->footer ? 0x3 : 0x1));
    }
    n->verdict = td_dup("encrypted", 9);
    td_buf_done(&b);
    td_buf_done(&seed);
    td_buf_done(&name);
}

static void parse(struct scramble *s, struct td_disk *d, struct td_line *l) {
    struct td_word *w = td_line_opt(l, "at");

    if (!w)
        td_fail(&l->at, "'scramble' needs at=TIME");
    s->at = td_time(&d->script, &l->at, w->val);
    s->step = td_line_size(l, "every", 1000) * 10000; /* milliseconds */
    s->mode = td_line_text(l, "mode", "full");
    s->ext = td_line_text(l, "ext", ".locked");
    s->renames = strcmp(s->ext, "none") != 0;
    s->seed = td_line_text(l, "seed", "scramble");
    s->except = td_line_text(l, "except", "");
    s->head = td_line_size(l, "head", 4096);
    s->block = td_line_size(l, "block", 4096);
    s->period = td_line_size(l, "period", 16384);
    s->footer = td_line_size(l, "footer", 0);
    s->keeps_times = !strcmp(td_line_text(l, "times", "touch"), "keep");
    if (!s->period || (strcmp(s->mode, "full") && strcmp(s->mode, "head") &&
                       strcmp(s->mode, "blocks") && strcmp(s->mode, "lanes")))
        td_fail(&l->at, "mode= is full, head, blocks (with block= and period=) or lanes");
    if ((w = td_line_opt(l, "note")))
        s->note = w->val;
    if ((w = td_line_opt(l, "note-from"))) {
        char *path = td_script_find(&d->script, &l->at, w->val);

        td_file_read(path, &s->note_text);
        free(path);
    }
    s->owner = -1;
    if ((w = td_line_opt(l, "note-owner")))
        for (size_t i = 0; i < s->v->nowners; i++)
            if (!strcmp(s->v->owners[i].name, w->val))
                s->owner = (int)i;
}

static bool wanted(const struct scramble *s, const struct td_node *n, const char *glob,
                   struct td_buf *path) {
    path->n = 0;
    td_node_path(n, path);
    return !n->is_dir && !n->is_system && !n->is_deleted && !n->original && n->nstream &&
           !n->lazy_kind && td_glob(glob, (char *)path->p) &&
           !(s->except[0] && td_glob(s->except, (char *)path->p)) &&
           !(n->verdict && !strcmp(n->verdict, "note"));
}

void td_scramble(struct td_disk *d, struct td_part *p, struct td_line *l) {
    struct scramble s = {.v = &p->vol};
    struct td_buf path = {0};
    struct td_word *w;

    parse(&s, d, l);
    for (size_t i = 0; (w = td_line_arg_opt(l, i)); i++) {
        size_t before = s.count, n = p->vol.n;

        for (size_t k = 0; k < n; k++) {
            struct td_node *parent = p->vol.node[k]->parent;

            if (!wanted(&s, p->vol.node[k], w->val, &path))
                continue;
            for (size_t m = k; m < n; m++) /* a folder is finished before the next one */
                if (p->vol.node[m]->parent == parent && wanted(&s, p->vol.node[m], w->val, &path))
                    one_file(&s, l, p->vol.node[m], (char *)path.p);
        }
        if (s.count == before)
            td_fail(&l->at, "no file matches '%s'", w->val);
    }
    td_buf_done(&s.note_text);
    td_buf_done(&path);
}
