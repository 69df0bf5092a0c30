/* SPDX-License-Identifier: GPL-2.0-or-later */
/* $UsnJrnl: USN_RECORD_V2 (winioctl.h), no record crosses a 4096-byte page, the head is a hole. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, NAME_AT = 60 };

static int by_time(const void *a, const void *b) {
    const struct td_usn *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static uint64_t reference(const struct td_node *n) {
    return n->mft | (uint64_t)n->seq << 48;
}

void td_usn_build(struct td_volume *v, struct td_content *j, struct td_content *max) {
    struct td_buf b = {0}, m = {0};
    uint64_t head = v->usn_head / 65536 * 65536;

    if (v->nusn)
        qsort(v->usn, v->nusn, sizeof *v->usn, by_time);
    for (size_t i = 0; i < v->nusn; i++) {
        const struct td_usn *u = &v->usn[i];
        struct td_buf name = {0};

        td_buf_utf16(&name, u->name, strlen(u->name));
        size_t n = (NAME_AT + name.n + 7) & ~(size_t)7, left = PAGE - b.n % PAGE;
        if (n > left)
            td_buf_grow(&b, left);
        unsigned char *r = td_buf_grow(&b, n);
        td_put32(r, (uint32_t)n);
        td_put16(r + 4, 2);
        td_put64(r + 8, reference(u->node));
        td_put64(r + 16, reference(u->parent));
        td_put64(r + 24, head + (uint64_t)(r - b.p));
        td_put64(r + 32, u->time);
        td_put32(r + 40, u->reason);
        td_put32(r + 52, u->node->is_dir ? 0x10 : u->node->attributes);
        td_put16(r + 56, (unsigned)name.n);
        td_put16(r + 58, NAME_AT);
        for (size_t k = 0; k < name.n; k++)
            r[NAME_AT + k] = name.p[k];
        td_buf_done(&name);
    }
    if (b.n % PAGE)
        td_buf_grow(&b, PAGE - b.n % PAGE);
    td_content_hole(j, head);
    td_content_data(j, b.p, b.n);
    td_buf_le64(&m, 32u << 20);
    td_buf_le64(&m, 8u << 20);
    td_buf_le64(&m, v->usn_id);
    td_buf_le64(&m, 0);
    td_content_data(max, m.p, m.n);
    td_buf_done(&b);
    td_buf_done(&m);
}
